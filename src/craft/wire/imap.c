/* imap - a few commands of IMAP4rev1 (RFC 3501): LOGIN, EXAMINE, UID SEARCH, UID FETCH. What the server says is foreign: each line, number and literal has a bound. */
#include "wire_imap.h"
#include "wire_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LINE_MAX_ = 1 << 20, WAIT_MS = 60000, LINES_MAX = 2000 };

struct imap {
	struct conn *c; unsigned tag; struct buf line;
	uint32_t validity; uint32_t *uid; size_t n;      /* of EXAMINE; of SEARCH */
	size_t most; struct buf mail; bool got;          /* of FETCH */
};

/* What stands in a quoted string: no line end can (4.3). */
static bool quoted(struct buf *b, struct str s)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_byte(b, '\\');
		if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] >= 0x7F)
			return false;
		buf_byte(b, s.p[i]);
	}
	buf_byte(b, '"');
	return !b->full;
}

static void number_after(struct str line, const char *word, uint32_t *out)
{
	const char *at = memmem(line.p, line.n, word, strlen(word));
	if (!at)
		return;
	at += strlen(word);
	uint64_t v = 0;
	for (const char *end = line.p + line.n; at < end && *at >= '0' && *at <= '9' && v <= UINT32_MAX; at++)
		v = v * 10 + (uint64_t)(*at - '0');
	*out = v <= UINT32_MAX ? (uint32_t)v : 0;
}

static void searched(struct imap *m, struct str line)
{
	struct str rest = line;
	size_t cap = m->n;
	str_split(&rest, ' '), str_split(&rest, ' ');
	while (rest.p && rest.n) {
		struct str word = str_split(&rest, ' ');
		int64_t v;
		if (!str_i64(word, &v) || v <= 0 || v > UINT32_MAX)
			continue;
		if (m->n == cap)
			m->uid = mem_grow(m->uid, (cap = cap ? 2 * cap : 1024) * sizeof *m->uid);
		m->uid[m->n++] = (uint32_t)v;
	}
}

/* A line that ends in {123} goes on with so many bytes. */
static bool literal(struct imap *m, struct str line, size_t *n)
{
	int64_t v;
	const char *open = line.n && line.p[line.n - 1] == '}' ? memrchr(line.p, '{', line.n) : NULL;
	*n = 0;
	if (!open || !str_i64((struct str){ open + 1, (size_t)(line.p + line.n - open) - 2 }, &v) || v < 0)
		return true;
	*n = (size_t)v;
	return *n <= m->most;
}

/* One command and all that is answered to it. */
static bool command(struct imap *m, struct str words, struct err *e)
{
	char tag[16];
	struct buf out = BUF(4096);
	snprintf(tag, sizeof tag, "h%u ", ++m->tag);
	buf_printf(&out, "%s" STR_FMT "\r\n", tag, STR_ARG(words));
	conn_wait(m->c, WAIT_MS);
	bool good = !out.full && conn_write(m->c, buf_str(&out)) == out.n;
	wipe(out.p, out.n);
	buf_free(&out);
	for (size_t lines = 0; good && lines < LINES_MAX; lines++) {
		size_t n;
		buf_clear(&m->line);
		if (!conn_line(m->c, &m->line))
			break;
		struct str line = buf_str(&m->line);
		if (str_starts(line, str_of(tag))) {
			struct str rest = { line.p + strlen(tag), line.n - strlen(tag) };
			if (str_starts(rest, STR("OK")))
				return true;
			return err_set(e, OUTSIDE, "bounces.imap", "The mailbox's server said no: %.*s", (int)(rest.n < 120 ? rest.n : 120), rest.p);
		}
		number_after(line, "[UIDVALIDITY ", &m->validity);
		if (str_starts(line, STR("* SEARCH")))
			searched(m, line);
		if (!literal(m, line, &n))
			return err_set(e, OUTSIDE, "bounces.imap", "The mailbox's server sends more than it was asked for.");
		if (n) {
			buf_clear(&m->mail);
			if (!conn_take(m->c, n, &m->mail))
				break;
			m->got = true;
		}
	}
	return err_set(e, OUTSIDE, "bounces.imap", "The mailbox could not be read: %s", *m->c->why ? m->c->why : "its server's answer has no end");
}

static bool sign_in(struct imap *m, const struct wire_account *a, struct str folder, struct err *e)
{
	struct buf b = BUF(2048);
	buf_clear(&m->line);
	bool good = conn_line(m->c, &m->line) && str_starts(buf_str(&m->line), STR("* OK"));
	if (!good) {
		buf_free(&b);
		return err_set(e, OUTSIDE, "bounces.imap", "No mail server for reading answers there: %s", *m->c->why ? m->c->why : "it does not greet");
	}
	buf_put(&b, STR("LOGIN "));
	good = quoted(&b, a->user);
	buf_byte(&b, ' ');
	good = good && quoted(&b, a->password);
	good = good ? command(m, buf_str(&b), e) : err_set(e, INVALID, "bounces.imap", "The user or the password has a letter that can't be sent to this server.");
	wipe(b.p, b.n);
	buf_clear(&b);
	buf_put(&b, STR("EXAMINE "));
	good = good && (quoted(&b, folder) || err_set(e, INVALID, "bounces.imap", "The folder's name has a letter that can't be sent to this server.")) && command(m, buf_str(&b), e);
	buf_free(&b);
	return good && (m->validity || err_set(e, OUTSIDE, "bounces.imap", "The mailbox's server does not number its mails (UIDVALIDITY)."));
}

static bool find(struct imap *m, int64_t since, uint32_t after, struct err *e)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char words[80];
	struct tm t;
	time_t at = since;
	gmtime_r(&at, &t);
	snprintf(words, sizeof words, "UID SEARCH UID %" PRIu32 ":* SINCE %d-%s-%d", after + 1, t.tm_mday, months[t.tm_mon], t.tm_year + 1900);
	return command(m, str_of(words), e);
}

static int ascending(const void *a, const void *b)
{
	return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
}

static bool fetch_all(struct imap *m, struct imap_at *at, bool (*each)(void *, struct str), void *to, bool *more, struct err *e)
{
	size_t done = 0;
	if (m->n)
		qsort(m->uid, m->n, sizeof *m->uid, ascending);
	for (size_t i = 0; i < m->n; i++) {
		char words[80];
		if (m->uid[i] <= at->uid)                /* n:* always names the last one (6.4.8) */
			continue;
		if (done++ == IMAP_AT_ONCE)
			return *more = true;
		m->got = false;
		snprintf(words, sizeof words, "UID FETCH %" PRIu32 " (BODY.PEEK[]<0.%zu>)", m->uid[i], m->most);
		if (!command(m, str_of(words), e) || (m->got && !each(to, buf_str(&m->mail))))
			return false;                    /* not got: somebody took it away meanwhile */
		at->uid = m->uid[i];
	}
	return true;
}

bool mailbox_read(struct conn *c, const struct wire_account *a, struct str folder, int64_t since, size_t most, struct imap_at *at, bool (*each)(void *, struct str mail), void *to, bool *more,
                  struct err *e)
{
	struct imap m = { .c = c, .line = BUF(LINE_MAX_), .mail = BUF(most), .most = most };
	*more = false;
	bool good = sign_in(&m, a, folder, e);
	if (good && m.validity != at->validity)
		*at = (struct imap_at){ m.validity, 0 };
	good = good && find(&m, since, at->uid, e) && fetch_all(&m, at, each, to, more, e);
	if (good)
		command(&m, STR("LOGOUT"), &(struct err){ 0 });
	buf_free(&m.line);
	buf_free(&m.mail);
	free(m.uid);
	return good;
}

bool wire_imap(const struct wire_account *a, struct str folder, int64_t since, size_t most, struct imap_at *at, bool (*each)(void *, struct str mail), void *to, bool *more, struct err *e)
{
	struct conn c = { .fd = -1 };
	struct trust *trust = trust_open(a, e);
	*more = false;
	bool good = trust && ((conn_open(&c, a) && conn_tls(&c, a, trust)) || err_set(e, OUTSIDE, "bounces.imap", "The mailbox's server can't be reached: %s", c.why)) &&
	            mailbox_read(&c, a, folder, since, most, at, each, to, more, e);
	conn_close(&c);
	trust_close(trust);
	return good;
}
