/* send - delivers an approved round: e-mails through the server or into the outbox, then letters on paper.
 *
 * Nobody is forgotten and nobody gets it twice: "handed" is committed before a batch can be sent, the outcome after. Whatever a
 * killed run left handed may have been sent: it becomes in doubt and waits for a person. Files of the outbox are named after the
 * customer, so writing one again changes nothing.
 */
#include "notice_data.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "seal.h"
#include "store.h"
#include "wire.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_MAX = 100, LETTERS_A_FILE = 2000, RETRIES_MAX = 8, LATER = 3600, GIVE_UP = 48 * 3600, OPEN_AT_ONCE = 256 };

struct sending {
	struct op *op; struct answer *answer;
	struct round round;
	struct templates templates; struct telling common;
	int64_t begun; struct timespec clock;            /* so that waiting passes time also where the clock is told */
	int64_t delay[RETRIES_MAX]; size_t delays;
	int64_t batch; struct wire *wire;
	struct str from, domain; uint8_t public_key[32];
	int dir; const char *outbox;
	int64_t sent, failed, in_doubt, printed, to_letter, total;
	bool stuck; char why[500];
};

static int64_t now(struct sending *s)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return s->op->now = s->begun + (t.tv_sec - s->clock.tv_sec);
}

struct str outbox_path(struct op *op, const struct round *r)
{
	return arena_say(op->a, STR_FMT "/outbox/%" PRId64 ".%" PRId64, STR_ARG(op->folder), r->incident, r->round);
}

/* ---- one batch of e-mails ---- */

struct item { struct moving m; kinds kinds; int64_t first, last, touches; struct customer c; struct wire_job *job; };

static bool due(struct sending *s, enum notice_channel channel, int64_t many, struct item *item, size_t *n)
{
	struct sql_notices_due q;
	const struct round *r = &s->round;
	*n = 0;
	if (!sql_notices_due(s->op, r->incident, r->round, channel, now(s), many, &q))
		return false;
	while (*n < (size_t)many && sql_notices_due_next(s->op, &q))
		item[(*n)++] = (struct item){ .m = { r->incident, r->round, { (uint32_t)q.customer }, channel, QUEUED, q.attempts }, .kinds = (kinds)q.kinds,
		                              .first = q.first_at, .last = q.last_at, .touches = q.touches };
	sql_notices_due_stop(&q);
	return s->op->err.code == OK;
}

/* Opens the contacts of this batch under the round's leave. */
static bool contacts(struct sending *s, struct item *item, size_t n)
{
	for (size_t at = 0; at < n; at += OPEN_AT_ONCE) {
		size_t many = n - at < OPEN_AT_ONCE ? n - at : OPEN_AT_ONCE;
		customer_id *id = ARENA_ARRAY(s->op->a, customer_id, many);
		struct customer *c = ARENA_ARRAY(s->op->a, struct customer, many);
		for (size_t i = 0; i < many; i++)
			id[i] = item[at + i].m.who;
		if (!op_looked(s->op, many) || !ledger_open(s->op, id, many, c))
			return false;
		for (size_t i = 0; i < many; i++)
			item[at + i].c = c[i];
	}
	return true;
}

static struct str message_id(struct sending *s, customer_id who)
{
	uint8_t hash[32];
	struct buf b = BUF(256);
	buf_put(&b, (struct str){ (const char *)s->public_key, 32 });
	buf_u64(&b, (uint64_t)s->round.incident);
	buf_u64(&b, (uint64_t)s->round.round);
	buf_u32(&b, who.n);
	sha256(buf_str(&b), hash);
	buf_free(&b);
	return arena_say(s->op->a, STR_FMT "@" STR_FMT, STR_ARG(hex(s->op->a, hash, 16)), STR_ARG(s->domain));
}

static bool mail_for(struct sending *s, const struct item *i, struct str *bytes)
{
	struct op *op = s->op;
	struct telling t;
	struct passage *p;
	size_t n;
	struct buf b = BUF(1 << 20);
	if (!letter_for(op, &s->templates, &s->common, &i->c, i->kinds, i->first, i->last, i->touches, false, &t, &p, &n))
		return false;
	struct mail m = { .from_name = t.business, .from = s->from, .to_name = t.customer, .to = i->c.email[0].value, .subject = subject_text(op, &t),
	                  .text = passages_text(op, p, n), .html = passages_html(op, p, n, t.language), .id = message_id(s, i->m.who),
	                  .language = str_of(t.language), .date = op->now };
	struct err e = { 0 };
	bool good = mail_write(&b, &m, &e);
	if (!good && e.code == INVALID) {                /* a name that can't stand in a header: without it */
		m.to_name = STR("");
		buf_clear(&b);
		err_clear(&e);
		good = mail_write(&b, &m, &e);
	}
	if (good)
		*bytes = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return good;
}

/* Where it goes on to when e-mail fails for good. */
static bool fails(struct sending *s, const struct moving *m, const struct customer *c, const char *code, struct str words)
{
	if (c->addresses) {
		s->to_letter++;
		return notice_move(s->op, m, REFUSE_TO_LETTER, &(struct outcome){ LETTER, 0, s->op->now, code, words });
	}
	s->failed++;
	return notice_move(s->op, m, REFUSE_FOR_GOOD, &(struct outcome){ m->channel, m->attempts, 0, code, words });
}

static bool file_put(int dir, const char *name, struct str bytes, struct err *e)
{
	char temp[300];
	snprintf(temp, sizeof temp, ".%s.new", name);
	int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0;
	while (good && bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		good = n > 0;
		if (good)
			bytes.p += n, bytes.n -= (size_t)n;
	}
	good = good && fsync(fd) == 0;
	int why = errno;
	if (fd >= 0)
		close(fd);
	good = good && renameat(dir, temp, dir, name) == 0;
	if (!good) {
		errno = why ? why : errno;
		err_errno(e, "The outbox can't be written");
		unlinkat(dir, temp, 0);
	}
	return good;
}

static bool outbox_batch(struct sending *s, struct item *item, size_t n)
{
	struct op *op = s->op;
	bool *good_one = ARENA_ARRAY(op->a, bool, n);
	for (size_t i = 0; i < n; i++) {
		struct str bytes;
		good_one[i] = item[i].c.emails && mail_for(s, &item[i], &bytes);
		if (good_one[i] && !file_put(s->dir, arena_printf(op->a, STR_FMT ".eml", STR_ARG(item[i].c.ref)), bytes, &op->err))
			return false;
	}
	if (fsync(s->dir) != 0)
		return err_errno(&op->err, "The outbox can't be written");
	if (!op_begin(op))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < n; i++) {
		item[i].m.attempts++;
		s->sent += good_one[i];
		good = good_one[i] ? notice_move(op, &item[i].m, ACCEPT, &(struct outcome){ EMAIL, item[i].m.attempts, op->now, "", { 0 } })
		                   : fails(s, &item[i].m, &item[i].c, "bad address", STR(""));
	}
	return op_end(op, good);
}

static bool wants_stop(void *to)
{
	return op_stopped(((struct sending *)to)->op);
}

static void job_done(void *to, struct wire_job *job)
{
	(void)to, (void)job;
}

/* What the server said of one, as a move. */
static bool outcome(struct sending *s, struct item *i)
{
	struct op *op = s->op;
	const struct wire_result *r = &i->job->result;
	struct sql_first_attempt first;
	bool found;
	const char *code = *r->code ? r->code : r->outcome == WIRE_NOT_HANDED ? "not reached" : "";
	i->m.state = HANDED;
	switch (r->outcome) {
	case WIRE_SENT:
		s->sent++;
		return notice_move(op, &i->m, ACCEPT, &(struct outcome){ EMAIL, i->m.attempts, op->now, "", { 0 } });
	case WIRE_UNKNOWN:
		s->in_doubt++;
		return notice_move(op, &i->m, LOSE_TRACK, &(struct outcome){ EMAIL, i->m.attempts, op->now, "no answer", r->words });
	case WIRE_NOT_BEGUN:
		return notice_move(op, &i->m, PUT_OFF, &(struct outcome){ EMAIL, i->m.attempts - 1, op->now, "", { 0 } });
	case WIRE_REFUSED:
		return fails(s, &i->m, &i->c, code, r->words);
	case WIRE_NOT_HANDED:
		if (r->fatal) {                          /* nothing of this customer's: tried again as if it had not been */
			if (!s->stuck)
				snprintf(s->why, sizeof s->why, STR_FMT, STR_ARG(r->words));
			s->stuck = true;
			return notice_move(op, &i->m, PUT_OFF, &(struct outcome){ EMAIL, i->m.attempts - 1, op->now, code, r->words });
		}
		break;
	case WIRE_LATER:
		break;
	}
	if (!sql_first_attempt(op, i->m.incident, i->m.round, i->m.who.n, EMAIL, &first, &found))
		return false;
	if (first.at && op->now - first.at > GIVE_UP)
		return fails(s, &i->m, &i->c, code, r->words);
	int64_t wait = i->m.attempts >= 1 && (size_t)i->m.attempts <= s->delays ? s->delay[i->m.attempts - 1] : LATER;
	return notice_move(op, &i->m, PUT_OFF, &(struct outcome){ EMAIL, i->m.attempts, op->now + wait, code, r->words });
}

static bool wire_batch(struct sending *s, struct item *item, size_t n)
{
	struct op *op = s->op;
	struct wire_job *job = ARENA_ARRAY(op->a, struct wire_job, n);
	size_t jobs = 0;
	if (!op_begin(op))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < n; i++) {
		struct str bytes;
		if (!item[i].c.emails || !mail_address(item[i].c.email[0].value) || !mail_for(s, &item[i], &bytes)) {
			item[i].m.attempts++;
			good = fails(s, &item[i].m, &item[i].c, "bad address", STR(""));
			continue;
		}
		item[i].m.attempts++;
		item[i].job = &job[jobs++];
		*item[i].job = (struct wire_job){ .from = s->from, .to = item[i].c.email[0].value, .bytes = bytes };
		good = notice_move(op, &item[i].m, HAND, &(struct outcome){ EMAIL, item[i].m.attempts, op->now, "", { 0 } });
	}
	if (!op_end(op, good))
		return false;
	if (jobs && !wire_send(s->wire, job, jobs, job_done, wants_stop, s, op->a, &op->err))
		return false;                            /* they stay handed, and are in doubt next time */
	now(s);
	if (!op_begin(op))
		return false;
	for (size_t i = 0; good && i < n; i++)
		good = !item[i].job || outcome(s, &item[i]);
	return op_end(op, good);
}

/* ---- letters ---- */

static struct str address_lines(struct op *op, const struct customer *c)
{
	const struct address *a = &c->address[0];
	struct buf b = BUF(4096);
	if (c->names)
		buf_printf(&b, STR_FMT "\n", STR_ARG(c->name[0].value));
	buf_printf(&b, STR_FMT "\n", STR_ARG(a->line1));
	if (a->line2.n)
		buf_printf(&b, STR_FMT "\n", STR_ARG(a->line2));
	buf_printf(&b, STR_FMT "%s" STR_FMT " " STR_FMT, STR_ARG(a->city), a->city.n ? ", " : "", STR_ARG(a->region), STR_ARG(a->postal_code));
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct str sender_lines(struct op *op, const struct telling *t)
{
	struct buf b = BUF(4096);
	struct str rest = t->address;
	buf_put(&b, t->business);
	/* the setting divides the address by commas; the last two (town, state and code) share a line */
	while (rest.p && rest.n) {
		struct str part = str_trim(str_split(&rest, ','));
		bool last = !rest.p;
		buf_put(&b, last && t->address.n ? STR(", ") : STR("\n"));
		buf_put(&b, part);
	}
	if (t->phone.n)
		buf_printf(&b, "\n" STR_FMT, STR_ARG(t->phone));
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* letters.csv as the database knows it: which letter stands where. */
static bool list_write(struct sending *s)
{
	struct op *op = s->op;
	struct sql_printed q;
	struct buf b = BUF(1u << 30);
	buf_put(&b, STR("code,customer_ref,file,page\r\n"));
	if (!sql_printed(op, s->round.incident, s->round.round, &q))
		return false;
	while (sql_printed_next(op, &q)) {
		struct str rest = q.code, file = str_split(&rest, '/');
		buf_printf(&b, STR_FMT "," STR_FMT ",letters-" STR_FMT ".pdf," STR_FMT "\r\n", STR_ARG(q.code), STR_ARG(q.ref), STR_ARG(file), STR_ARG(rest.p ? rest : STR("")));
	}
	bool good = op->err.code == OK && file_put(s->dir, "letters.csv", buf_str(&b), &op->err);
	buf_free(&b);
	return good;
}

static int64_t files_so_far(struct sending *s)
{
	struct sql_printed q;
	int64_t most = 0;
	if (sql_printed(s->op, s->round.incident, s->round.round, &q))
		while (sql_printed_next(s->op, &q)) {
			struct str rest = q.code;
			int64_t n;
			if (str_i64(str_split(&rest, '/'), &n) && n > most)
				most = n;
		}
	return most;
}

/* One PDF: written beside, then named, then kept in the database. Killed in between, it is written anew under the same name. */
static bool letters_file(struct sending *s, struct item *item, size_t n, int64_t number)
{
	struct op *op = s->op;
	struct sheet *sheet = ARENA_ARRAY(op->a, struct sheet, n);
	struct paper_result *result = ARENA_ARRAY(op->a, struct paper_result, n);
	struct str size = op_setting(op, "paper.size");
	struct paper_style style = { .size = str_eq(size, STR("a4")) ? PAPER_A4 : PAPER_LETTER, .sender = sender_lines(op, &s->common), .language = "en" };
	char temp[96], name[64];
	size_t sheets = 0;
	for (size_t i = 0; i < n; i++) {
		struct telling t;
		struct passage *p;
		size_t m;
		if (!item[i].c.addresses)
			continue;
		if (!letter_for(op, &s->templates, &s->common, &item[i].c, item[i].kinds, item[i].first, item[i].last, item[i].touches, true, &t, &p, &m))
			return false;
		sheet[sheets++] = (struct sheet){ .address = address_lines(op, &item[i].c), .date = when_day_text(op->a, op->zone, op->now, t.language),
		                                  .code = arena_say(op->a, "%" PRId64 ".%" PRId64 " " STR_FMT, s->round.incident, s->round.round, STR_ARG(item[i].c.ref)),
		                                  .passage = p, .n = m };
	}
	snprintf(name, sizeof name, "letters-%03" PRId64 ".pdf", number);
	snprintf(temp, sizeof temp, ".%s.new", name);
	if (sheets) {
		int fd = openat(s->dir, temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return err_errno(&op->err, "The outbox can't be written");
		bool good = paper_letters(fd, sheet, sheets, &style, result, &op->err) && (fsync(fd) == 0 || err_errno(&op->err, "The letters can't be written"));
		close(fd);
		if (good && renameat(s->dir, temp, s->dir, name) != 0)
			good = err_errno(&op->err, "The letters can't be written");
		if (!good) {
			unlinkat(s->dir, temp, 0);
			return false;
		}
		fsync(s->dir);
	}
	if (!op_begin(op))
		return false;
	bool good = true;
	for (size_t i = 0, k = 0; good && i < n; i++) {
		item[i].m.attempts++;
		if (!item[i].c.addresses) {
			s->failed++;
			good = notice_move(op, &item[i].m, REFUSE_FOR_GOOD, &(struct outcome){ LETTER, item[i].m.attempts, 0, "no address", { 0 } });
			continue;
		}
		char where[32];
		snprintf(where, sizeof where, "%03" PRId64 "/%u", number, result[k++].first_page);
		s->printed++;
		good = notice_move(op, &item[i].m, PRINT, &(struct outcome){ LETTER, item[i].m.attempts, op->now, where, { 0 } });
	}
	return op_end(op, good) && list_write(s);
}

static bool letters(struct sending *s)
{
	struct op *op = s->op;
	int64_t number = files_so_far(s);
	bool good = op->err.code == OK;
	while (good && !op_stopped(op)) {
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		struct item *item = ARENA_ARRAY(mine, struct item, LETTERS_A_FILE);
		size_t n;
		good = due(s, LETTER, LETTERS_A_FILE, item, &n) && (!n || (contacts(s, item, n) && letters_file(s, item, n, ++number)));
		op->a = whole;
		arena_close(mine);
		if (!n)
			break;
		if (op->progress)
			op->progress(op, "Printing", (uint64_t)s->printed, 0);
	}
	return good;
}

/* ---- the run ---- */

static bool mails(struct sending *s)
{
	struct op *op = s->op;
	struct sql_notices_next_due next;
	bool good = true, found;
	while (good && !s->stuck && !op_stopped(op)) {
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		struct item *item = ARENA_ARRAY(mine, struct item, BATCH_MAX);
		size_t n;
		good = due(s, EMAIL, s->batch, item, &n) && (!n || (contacts(s, item, n) && (s->wire ? wire_batch(s, item, n) : outbox_batch(s, item, n))));
		op->a = whole;
		arena_close(mine);
		if (op->progress)
			op->progress(op, "Sending", (uint64_t)(s->sent + s->failed + s->in_doubt), (uint64_t)s->total);
		if (!good || n)
			continue;
		/* nothing is due: wait for what comes back within this run, else it is for another */
		if (!sql_notices_next_due(op, s->round.incident, s->round.round, EMAIL, &next, &found))
			return false;
		int64_t longest = 0;
		for (size_t i = 0; i < s->delays; i++)
			longest = s->delay[i] > longest ? s->delay[i] : longest;
		if (!next.n || next.due - now(s) > longest)
			break;
		nanosleep(&(struct timespec){ 0, 200 * 1000000 }, NULL);
	}
	return good;
}

/* Whatever a killed run left handed: it may have been sent. */
static bool recover(struct sending *s)
{
	struct op *op = s->op;
	struct sql_notices_handed q;
	struct moving m[BATCH_MAX];
	size_t n = 0;
	if (!sql_notices_handed(op, s->round.incident, s->round.round, &q))
		return false;
	while (n < BATCH_MAX && sql_notices_handed_next(op, &q))
		m[n++] = (struct moving){ s->round.incident, s->round.round, { (uint32_t)q.customer }, (enum notice_channel)q.channel, HANDED, q.attempts };
	sql_notices_handed_stop(&q);
	if (op->err.code != OK || !n)
		return op->err.code == OK;
	if (!op_begin(op))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < n; i++)
		good = notice_move(op, &m[i], LOSE_TRACK, &(struct outcome){ m[i].channel, m[i].attempts, op->now, "interrupted", { 0 } });
	s->in_doubt += (int64_t)n;
	return op_end(op, good) && (n < BATCH_MAX || recover(s));
}

static bool account_open(struct sending *s)
{
	struct op *op = s->op;
	struct str server = op_setting(op, "mail.server"), file = op_setting(op, "mail.password-file"), many = op_setting(op, "mail.connections");
	struct wire_account account;
	int64_t connections = 4;
	if (!server.n || str_eq(server, STR("none")))
		return true;
	if (!mail_address(s->from))
		return err_set(&op->err, INVALID, "mail.from", "Set the address your mails come from: handback set mail.from you@example.com");
	if (!wire_account(server, &account, op->a, &op->err))
		return false;
	if (file.n) {
		const char *path = arena_printf(op->a, STR_FMT, STR_ARG(file));
		char text[1024];
		struct stat st;
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return err_set(&op->err, OUTSIDE, "mail.password-file", "The mail password file %s can't be read: %s.", path, strerror(errno));
		ssize_t n = fstat(fd, &st) == 0 && !(st.st_mode & 077) ? read(fd, text, sizeof text) : -1;
		close(fd);
		if (n <= 0)
			return err_set(&op->err, REFUSED, "mail.password-file", "The mail password file %s must hold the password and be yours alone: chmod 600 %s", path, path);
		account.password = arena_str(op->a, str_trim((struct str){ text, (size_t)n }));
		wipe(text, sizeof text);
	}
	account.ca_file = op_setting(op, "mail.ca-file");
	str_i64(many, &connections);
	s->wire = wire_open(&account, (unsigned)connections, &op->err);
	return s->wire != NULL;
}

static bool prepare(struct sending *s, struct bits *rows)
{
	struct op *op = s->op;
	struct str delays = op_setting(op, "mail.retry"), batch = op_setting(op, "mail.batch");
	struct leave leave;
	struct sql_public_key key;
	bool found;
	if (!delays.n)
		delays = STR("5,20,60");
	while (delays.p && s->delays < RETRIES_MAX)
		if (str_i64(str_trim(str_split(&delays, ',')), &s->delay[s->delays]) && s->delay[s->delays] >= 0 && s->delay[s->delays] <= LATER)
			s->delays++;
	s->batch = BATCH_MAX;
	str_i64(batch, &s->batch);
	s->from = op_setting(op, "mail.from");
	const char *at = s->from.n ? memchr(s->from.p, '@', s->from.n) : NULL;
	s->domain = at ? (struct str){ at + 1, s->from.n - (size_t)(at + 1 - s->from.p) } : STR("handback.invalid");
	if (!s->from.n)
		s->from = STR("business@handback.invalid");
	if (s->round.leave.n == 0 || s->round.leave.n > LEAVE_MAX)
		return err_set(&op->err, REFUSED, "round", "Round %" PRId64 ".%" PRId64 " is not approved. Read one (notice preview), then: handback notice approve %" PRId64 ".%" PRId64,
		               s->round.incident, s->round.round, s->round.incident, s->round.round);
	memcpy(leave.bytes, s->round.leave.p, s->round.leave.n);
	leave.n = s->round.leave.n;
	if (!round_telling(op, &s->round, &s->common) || !templates_parse(op, s->round.template, &s->templates) || !op_key(op) ||
	    !round_customers(op, &s->round, rows))
		return false;
	if (!sql_public_key(op, &key, &found) || !found || key.public_key.n != 32)
		return false;
	memcpy(s->public_key, key.public_key.p, 32);
	s->total = (int64_t)bits_count(rows);
	if (!seal_use(op->seal, &leave, rows, &op->err) || !account_open(s))
		return false;
	s->outbox = outbox_path(op, &s->round).p;
	const char *above = arena_printf(op->a, STR_FMT "/outbox", STR_ARG(op->folder));
	if ((mkdir(above, 0700) != 0 && errno != EEXIST) || (mkdir(s->outbox, 0700) != 0 && errno != EEXIST))
		return err_errno(&op->err, "The outbox can't be made");
	s->dir = open(s->outbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->dir >= 0 || err_errno(&op->err, "The outbox can't be opened");
}

static void report(struct sending *s)
{
	struct op *op = s->op;
	struct sql_notices_next_due next;
	bool found;
	int64_t waiting = 0, when = 0;
	if (sql_notices_next_due(op, s->round.incident, s->round.round, EMAIL, &next, &found))
		waiting = next.n, when = next.due;
	answer_row(s->answer);
	answer_text(s->answer, "round", arena_say(op->a, "%" PRId64 ".%" PRId64, s->round.incident, s->round.round));
	answer_number(s->answer, "sent", s->sent);
	answer_number(s->answer, "printed", s->printed);
	answer_number(s->answer, "in_doubt", s->in_doubt);
	answer_number(s->answer, "failed", s->failed);
	answer_number(s->answer, "waiting", waiting);
	answer_row_end(s->answer);
	answer_say(s->answer, "%" PRId64 " e-mails %s, %" PRId64 " letters printed%s%s.", s->sent, s->wire ? "sent" : "put into the outbox", s->printed,
	           s->printed || !s->wire ? ": " : "", s->printed || !s->wire ? s->outbox : "");
	if (s->to_letter)
		answer_say(s->answer, "%" PRId64 " addresses were refused for good; those customers get a letter.", s->to_letter);
	if (s->failed)
		answer_say(s->answer, "%" PRId64 " failed, and there is no other way known.", s->failed);
	if (s->in_doubt)
		answer_note(s->answer, "%" PRId64 " are in doubt: they may have been sent. See: handback notice status %" PRId64 ".%" PRId64 " --state in_doubt", s->in_doubt,
		            s->round.incident, s->round.round);
	if (s->stuck)
		answer_note(s->answer, "The mail server could not be used: %s", s->why);
	if (waiting)
		answer_note(s->answer, "%" PRId64 " e-mails wait. Run handback notice send %" PRId64 ".%" PRId64 " again%s" STR_FMT ".", waiting, s->round.incident, s->round.round,
		            when > op->now ? " after " : "", STR_ARG(when > op->now ? when_local_text(op->a, op->zone, when) : STR("")));
	if (s->printed)
		answer_say(s->answer, "When the letters are in the post: handback notice posted %" PRId64 ".%" PRId64, s->round.incident, s->round.round);
	s->answer->attention |= waiting || s->in_doubt || s->failed || s->stuck;
}

bool send_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct sending s = { .op = op, .answer = answer, .begun = op->now, .dir = -1, .why = "" };
	struct bits rows = { 0 };
	clock_gettime(CLOCK_MONOTONIC, &s.clock);
	if (!round_asked(op, args, &s.round))
		return false;
	/* one send at a time: two would hand over the same mails */
	int lock = open(arena_printf(op->a, STR_FMT "/send.lock", STR_ARG(op->folder)), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0)
		return err_errno(&op->err, "Could not open send.lock in the data folder");
	if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		close(lock);
		return err_set(&op->err, CONFLICT, "round", "Another handback is sending just now. See how far it is: handback notice status");
	}
	bool good = prepare(&s, &rows) && recover(&s) && mails(&s) && letters(&s);
	if (good)
		report(&s);
	wire_close(s.wire);
	bits_close(&rows);
	if (s.dir >= 0)
		close(s.dir);
	close(lock);
	return good;
}

/* ---- posted ---- */

static bool post_one(struct op *op, const struct round *r, customer_id who, int64_t *n)
{
	struct sql_notice_get q;
	bool found;
	if (!sql_notice_get(op, r->incident, r->round, who.n, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "customer", "That customer is not in round %" PRId64 ".%" PRId64 ".", r->incident, r->round);
	++*n;
	struct moving m = { r->incident, r->round, who, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts };
	return notice_move(op, &m, POST, &(struct outcome){ LETTER, m.attempts, op->now, "", { 0 } });
}

/* The letters hold names and addresses: once posted, they go. Mails in the outbox stay for whoever sends them. */
static void letters_remove(struct op *op, const struct round *r)
{
	const char *path = outbox_path(op, r).p;
	DIR *d = opendir(path);
	struct dirent *e;
	while (d && (e = readdir(d)))
		if (str_starts(str_of(e->d_name), STR("letters")))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(path);
}

bool posted_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct sql_printed q;
	customer_id *who = NULL, one;
	size_t n = 0, cap = 0;
	int64_t posted = 0, left = 0;
	if (!round_asked(op, args, &r))
		return false;
	if (args_has(args, "customer")) {
		if (!ledger_customer_by_ref(op, args_text(args, "customer"), &one))
			return false;
		one = ledger_person(op, one);
	}
	if (!sql_printed(op, r.incident, r.round, &q))
		return false;
	while (sql_printed_next(op, &q)) {
		bool wanted = !args_has(args, "customer") || (uint32_t)q.customer == one.n;
		left += !wanted;
		if (!wanted)
			continue;
		if (n == cap)
			who = mem_grow(who, (cap = cap ? 2 * cap : 256) * sizeof *who);
		who[n++] = (customer_id){ (uint32_t)q.customer };
	}
	bool good = op->err.code == OK && (n || err_set(&op->err, CONFLICT, "round", "There is no printed letter of round %" PRId64 ".%" PRId64 " that waits for the post.", r.incident, r.round));
	good = good && op_begin(op);
	if (good) {
		for (size_t i = 0; good && i < n; i++)
			good = post_one(op, &r, who[i], &posted);
		good = op_end(op, good);
	}
	free(who);
	if (!good)
		return false;
	if (!left)
		letters_remove(op, &r);
	answer_say(answer, "Kept: %" PRId64 " letters are in the post.%s", posted, left ? "" : " Their file is removed.");
	return true;
}
