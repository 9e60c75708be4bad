/* verb - checking a call, running it, and what it answers. */
#include "detect.h"
#include "log.h"
#include "op_int.h"
#include "op_sql.h"
#include "store.h"
#include "verb.h"
#include "wire.h"
#include "wire_imap.h"
#include "wire_fetch.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SAID_MAX = 16 << 20, ROW_MAX = 1 << 30 };

static const struct arg *given(const struct args *args, const char *name)
{
	for (size_t i = 0; i < args->n; i++)
		if (strcmp(args->arg[i].field->name, name) == 0 && args->arg[i].n)
			return &args->arg[i];
	return NULL;
}

struct str args_text(const struct args *args, const char *name)
{
	const struct arg *a = given(args, name);
	return a ? a->value[0] : STR("");
}

bool args_has(const struct args *args, const char *name)
{
	return given(args, name) != NULL;
}

const struct arg *args_list(const struct args *args, const char *name)
{
	return given(args, name);
}

bool args_number(const struct args *args, const char *name, int64_t *n)
{
	const struct arg *a = given(args, name);
	return a && str_i64(a->value[0], n);
}

bool op_been(struct op *op, const char *name, struct str text, struct span *out)
{
	if (text.n && !when_parse(text, op->zone, out))
		return err_set(&op->err, INVALID, name, "That is no day. A day is written like 2026-11-27.");
	return !text.n || out->from <= op->now || err_set(&op->err, INVALID, name, "That day has not come yet.");
}

/* ---- the answer ---- */

/* One conversion of a format. precision -1: not told. */
struct conversion { bool left, zero; int width, precision; char length, letter; };

static void padded(struct buf *b, const struct conversion *c, struct str s)
{
	size_t wide = 0;
	for (size_t i = 0; i < s.n; i++)
		wide += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	size_t pad = c->width > 0 && (size_t)c->width > wide ? (size_t)c->width - wide : 0;
	for (size_t i = 0; i < pad && !c->left; i++)
		buf_byte(b, ' ');
	buf_put(b, s);
	for (size_t i = 0; i < pad && c->left; i++)
		buf_byte(b, ' ');
}

/* A number in a format, or the argument that a * stands for. */
static int format_number(const char **p, va_list *ap)
{
	int n = 0;
	if (**p == '*') {
		++*p;
		return va_arg(*ap, int);
	}
	for (; **p >= '0' && **p <= '9'; ++*p)
		n = n * 10 + (**p - '0');
	return n;
}

/* What printf would make of it, but that texts put in can't drive the terminal: only the format's own words may hold a line end. */
static void formatted(struct buf *b, const char *fmt, va_list given_args)
{
	va_list ap;
	va_copy(ap, given_args);
	for (const char *p = fmt; *p; p++) {
		struct conversion c = { .precision = -1 };
		char number[64];
		if (*p != '%') {
			buf_byte(b, *p);
			continue;
		}
		for (p++; *p == '-' || *p == '0'; p++)
			c.left |= *p == '-', c.zero |= *p == '0';
		c.width = format_number(&p, &ap);
		if (*p == '.') {
			p++;
			c.precision = format_number(&p, &ap);
		}
		if (*p == 'l' || *p == 'z')
			c.length = *p++;
		c.letter = *p;
		switch (c.letter) {
		case 's': {
			const char *text = va_arg(ap, const char *);
			size_t n = c.precision >= 0 ? strnlen(text ? text : "", (size_t)c.precision) : strlen(text);
			struct buf shown = BUF(SAID_MAX);
			for (struct str rest = { text, n }, line; rest.p;) {        /* lines of a field stand in one: none of them can pass for ours */
				line = str_split(&rest, '\n');
				buf_shown(&shown, line);
				if (rest.p)
					buf_byte(&shown, ' ');
			}
			padded(b, &c, buf_str(&shown));
			buf_free(&shown);
			break;
		}
		case 'd': case 'u': {
			long v = c.letter == 'd' ? (c.length ? va_arg(ap, long) : va_arg(ap, int)) : c.length ? (long)va_arg(ap, unsigned long) : (long)va_arg(ap, unsigned);
			int width = c.width > 0 && c.width < 30 ? c.width : 0;
			snprintf(number, sizeof number, c.zero ? "%0*ld" : c.left ? "%-*ld" : "%*ld", width, v);
			buf_put(b, str_of(number));
			break;
		}
		case 'f':
			snprintf(number, sizeof number, "%*.*f", c.width > 0 && c.width < 30 ? c.width : 0, c.precision < 0 ? 6 : c.precision, va_arg(ap, double));
			buf_put(b, str_of(number));
			break;
		default:
			assert(c.letter == '%');
			buf_byte(b, '%');
		}
	}
	va_end(ap);
}

static PRINTF(3, 0) void say(void (*put)(void *, struct str), void *to, const char *fmt, va_list ap)
{
	struct buf line = BUF(SAID_MAX);
	formatted(&line, fmt, ap);
	if (put) {
		put(to, buf_str(&line));
		put(to, STR("\n"));
	}
	buf_free(&line);
}

void answer_lines(struct answer *a, struct str text)
{
	while (!a->json && text.p) {
		struct buf line = BUF(SAID_MAX);
		buf_shown(&line, str_split(&text, '\n'));
		buf_byte(&line, '\n');
		a->put(a->to, buf_str(&line));
		buf_free(&line);
	}
}

void answer_say(struct answer *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (!a->json)
		say(a->put, a->to, fmt, ap);
	va_end(ap);
}

void answer_note(struct answer *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(a->note, a->to, fmt, ap);
	va_end(ap);
}

void answer_row(struct answer *a)
{
	if (!a->json)
		return;
	a->row.max = ROW_MAX;
	buf_clear(&a->row);
	a->j = json_to(&a->row);
	json_open(&a->j, '{');
}

void answer_text(struct answer *a, const char *key, struct str value)
{
	if (a->json)
		json_key(&a->j, key), json_str(&a->j, value);
}

void answer_number(struct answer *a, const char *key, int64_t value)
{
	if (a->json)
		json_key(&a->j, key), json_i64(&a->j, value);
}

void answer_flag(struct answer *a, const char *key, bool value)
{
	if (a->json)
		json_key(&a->j, key), json_bool(&a->j, value);
}

void answer_real(struct answer *a, const char *key, double value)
{
	if (a->json)
		json_key(&a->j, key), json_decimal(&a->j, value);
}

void answer_time(struct answer *a, const char *key, int64_t at)
{
	if (!a->json)
		return;
	json_key(&a->j, key);
	if (at <= LONG_AGO || at >= FAR_OFF) {
		json_none(&a->j);
		return;
	}
	struct civil c = civil_of(at);
	char text[64];
	int n = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
	json_str(&a->j, (struct str){ text, (size_t)n });
}

void answer_words(struct answer *a, const char *key, const struct str *words, size_t n)
{
	if (!a->json)
		return;
	json_key(&a->j, key);
	json_open(&a->j, '[');
	for (size_t i = 0; i < n; i++)
		json_str(&a->j, words[i]);
	json_close(&a->j);
}

void answer_counts(struct answer *a, const char *key, const struct str *words, const int64_t *counts, size_t n)
{
	if (!a->json)
		return;
	json_key(&a->j, key);
	json_open(&a->j, '{');
	for (size_t i = 0; i < n; i++) {
		char *name = strndup(words[i].p, words[i].n);
		if (!name)
			abort();
		json_key(&a->j, name), json_i64(&a->j, counts[i]);
		free(name);
	}
	json_close(&a->j);
}

void answer_texts(struct answer *a, const char *key, const char *const *names, const struct str *words, size_t n)
{
	if (!a->json)
		return;
	json_key(&a->j, key);
	if (!n) {
		json_none(&a->j);
		return;
	}
	json_open(&a->j, '{');
	for (size_t i = 0; i < n; i++)
		json_key(&a->j, names[i]), json_str(&a->j, words[i]);
	json_close(&a->j);
}

void answer_row_end(struct answer *a)
{
	if (!a->json)
		return;
	json_close(&a->j);
	buf_byte(&a->row, '\n');
	a->put(a->to, buf_str(&a->row));
}

/* ---- doing ---- */

static bool field_fits(struct op *op, const struct verb_field *f, const struct arg *a, struct answer *answer)
{
	const char *dashes = f->how & FIELD_PLACED || op->afar ? "" : "--";     /* as a command line has it */
	if (!a || !a->n)
		return !(f->how & FIELD_NEEDED) || err_set(&op->err, INVALID, f->name, "%s%s is needed: %s.", dashes, f->name, f->help);
	if (a->n > 1 && !(f->how & FIELD_LIST))
		return err_set(&op->err, INVALID, f->name, "%s%s can be given once only.", dashes, f->name);
	for (size_t i = 0; i < a->n; i++) {
		int64_t n;
		if (f->type == FIELD_NUMBER && !str_i64(a->value[i], &n))
			return err_set(&op->err, INVALID, f->name, "%s%s takes a whole number.", dashes, f->name);
		if (!str_utf8(a->value[i]))
			return err_set(&op->err, INVALID, f->name, "%s%s is not readable text (UTF-8).", dashes, f->name);
		if (f->type != FIELD_TEXT)
			continue;
		a->value[i] = str_straight(op->a, a->value[i]);
		if (!detect_could(a->value[i]))
			continue;
		struct buf masked = BUF(1 << 20);
		if (detect_mask(&masked, a->value[i])) {
			a->value[i] = arena_str(op->a, buf_str(&masked));
			answer_note(answer, "A card number in %s%s was masked. Handback never keeps one; please don't send it again.", dashes, f->name);
		}
		buf_free(&masked);
	}
	return true;
}

/* What a WRITE verb says is kept until its transaction is: nobody reads "done" of what was then taken back. */
struct kept { struct answer *answer; struct buf said; };

static void keep(struct kept *k, uint8_t which, struct str s)
{
	buf_u8(&k->said, which);
	buf_lstr(&k->said, s);
}

static void keep_put(void *to, struct str s)
{
	keep(to, 0, s);
}

static void keep_note(void *to, struct str s)
{
	keep(to, 1, s);
}

static bool write_do(struct op *op, const struct verb *verb, const struct args *args, struct answer *answer)
{
	struct kept kept = { answer, BUF((size_t)2 * ROW_MAX) };
	struct answer later = { .json = answer->json, .put = keep_put, .note = keep_note, .to = &kept };
	if (!op_begin(op))
		return false;
	bool good = verb->run(op, args, &later);
	if (good && kept.said.full)
		good = err_set(&op->err, TOO_BIG, NULL, "The answer is too long to be kept. Ask for less at once.");
	if (good && op_stopped(op))
		good = err_set(&op->err, REFUSED, NULL, "Stopped by you; nothing was changed.");
	good = op_end(op, good);
	struct cursor c = cursor_of(buf_str(&kept.said));
	while (good && c.p < c.end) {
		bool note = cursor_u8(&c);
		struct str s = cursor_lstr(&c);
		if (note ? answer->note != NULL : answer->put != NULL)
			(note ? answer->note : answer->put)(answer->to, s);
	}
	answer->attention |= later.attention;
	buf_free(&later.row);
	buf_free(&kept.said);
	return good;
}

bool op_role(struct op *op, enum role *role)
{
	struct sql_person_role q;
	bool found;
	if (!sql_person_role(op, op->person, &q, &found))
		return false;
	*role = found ? (enum role)q.role : 0;
	return *role || err_set(&op->err, REFUSED, NULL, "This person is not, or no longer, among those who may use Handback here.");
}

bool op_may_decide(struct op *op, struct str person)
{
	struct sql_person_name me;
	enum role role;
	bool found;
	if (!op_role(op, &role) || !sql_person_name(op, op->person, &me, &found))
		return false;
	return role & ROLES_LEAD || (found && str_same(me.name, person)) ||
	       err_set(&op->err, REFUSED, NULL, "This is " STR_FMT "'s. They may say so, or an owner or a manager.", STR_ARG(person));
}

/* Without a business there are no persons. */
static bool may(struct op *op, const struct verb *verb, const struct args *args)
{
	enum role role;
	if (!op->db)
		return true;
	if (!op_role(op, &role))
		return false;
	if (!(verb_roles(verb) & role)) {
		log_watched(op, "role.refused", role);
		return err_set(&op->err, REFUSED, NULL, "Your role does not allow this. Ask an owner.");
	}
	for (size_t i = 0; i < verb->n; i++)
		if (verb->fields[i].how & FIELD_LEAD && args_has(args, verb->fields[i].name) && !(role & ROLES_LEAD))
			return err_set(&op->err, REFUSED, verb->fields[i].name, "Only an owner or a manager may do this. Ask them to.");
	return true;
}

bool op_fits(struct op *op, const struct verb *verb, const struct args *args, struct answer *answer)
{
	if (!may(op, verb, args))
		return false;
	for (size_t i = 0; i < verb->n; i++)
		if (!field_fits(op, &verb->fields[i], given(args, verb->fields[i].name), answer))
			return false;
	return true;
}

bool op_do(struct op *op, const struct verb *verb, const struct args *args, struct answer *answer)
{
	if (!op_fits(op, verb, args, answer))
		return false;
	bool good = verb->how == VERB_WRITE ? write_do(op, verb, args, answer) : verb->run(op, args, answer);
	/* an unsigned end is no failure of the verb: whoever opens the vault next signs it */
	struct err why = op->err;
	if (good && !log_sign(op))
		answer_note(answer, "The log's newest entries are not signed yet: %s", op->err.say);
	op->err = why;
	buf_free(&answer->row);
	return good;
}

/* ---- op's own verbs ---- */

static const struct { const char *name; enum field_type type; const char *help; } settings[] = {
	{ "business.name", FIELD_TEXT, "the business's name, as customers know it" },
	{ "business.phone", FIELD_TEXT, "the number customers call" },
	{ "business.address", FIELD_TEXT, "the address on letters, parts divided by commas" },
	{ "business.parent", FIELD_TEXT, "the company that owns yours, if one does: some laws want it named" },
	{ "region", FIELD_TEXT, "where the business is, like US-CA" },
	{ "timezone", FIELD_TEXT, "a name like America/New_York" },
	{ "language", FIELD_TEXT, "the language customers are written to in when theirs is not known: en or es" },
	{ "public.url", FIELD_TEXT, "how people reach the public pages, like https://notice.example.com; without it no link is printed" },
	{ "mail.server", FIELD_TEXT, "smtp://user@host:port or smtps://..., or none: mails go into the folder outbox" },
	{ "mail.password-file", FIELD_PATH, "a file only you can read, with the mail server's password" },
	{ "mail.ca-file", FIELD_PATH, "certificates to trust instead of the system's" },
	{ "mail.from", FIELD_TEXT, "the address customers see as the sender" },
	{ "mail.limit", FIELD_TEXT, "at most so many mails in so many seconds, as your mail provider allows, like 30/60 or 500/3600; what is over waits" },
	{ "mail.day-limit", FIELD_NUMBER, "at most so many mails in any 24 hours; what is over waits" },
	{ "mail.domain-limit", FIELD_TEXT, "at most so many mails to one mail domain in so many seconds, like 100/60; what is over waits" },
	{ "sms.gateway", FIELD_TEXT, "who sends SMS to those with a phone number only: twilio:ACCOUNT, or your own gateway's https://..." },
	{ "sms.from", FIELD_TEXT, "the number or name that SMS come from" },
	{ "sms.user", FIELD_TEXT, "the user of your own gateway" },
	{ "sms.password-file", FIELD_PATH, "a file only you can read, with the gateway's password or token" },
	{ "bounces.address", FIELD_TEXT, "where mails that can't be delivered go back to; * stands for a mark: you+*@example.com, where your provider allows it" },
	{ "bounces.box", FIELD_PATH, "where they arrive: a Maildir or a mailbox file of this machine" },
	{ "bounces.imap", FIELD_TEXT, "or the mailbox elsewhere, which is only looked at: imaps://user@host:port/INBOX" },
	{ "bounces.password-file", FIELD_PATH, "a file only you can read, with that mailbox's password" },
	{ "mail.connections", FIELD_NUMBER, "how many at once, 1 to 20" },
	{ "mail.batch", FIELD_NUMBER, "mails handed over between two records, 1 to 100" },
	{ "mail.retry", FIELD_TEXT, "seconds before each new try of a mail that was put off, like 5,20,60" },
	{ "approval.hours", FIELD_NUMBER, "how long an approval holds, 1 to 720" },
	{ "notice.email-consent", FIELD_TEXT, "whether your customers agreed to get such notices by e-mail, or you mostly deal with them so: yes or no; no: a letter first, where the law asks for that" },
	{ "notice.doing", FIELD_TEXT, "what you are doing about it, as notices drafted from now on say it" },
	{ "paper.size", FIELD_TEXT, "letter or a4" },
	{ "letter.cost", FIELD_NUMBER, "what one letter costs you in cents: paper, envelope and stamp; 1 to 10000" },
	{ "find.folders", FIELD_PATH, "folders of this machine that the pages may look through, parted by colons" },
	{ "watch.checks", FIELD_TEXT, "on: the public front of your services is looked at each week, and when you ask; off" },
	{ "watch.catalogue", FIELD_TEXT, "on: the breaches that Have I Been Pwned lists are looked through for your services each day; off" },
	{ "outward.ca-file", FIELD_PATH, "certificates to trust, instead of the system's, of what is asked for by HTTPS" },
	{ "outward.resolver", FIELD_TEXT, "a name server's address instead of the system's, like 9.9.9.9" },
	{ "outward.to", FIELD_TEXT, "for trying things out: a port of this machine that stands in for the whole internet, like 127.0.0.1:8443" },
};

static bool one_of(struct str value, const char *a, const char *b)
{
	return str_eq(value, str_of(a)) || str_eq(value, str_of(b));
}

static bool delays_fit(struct str v)
{
	int n = 0;
	for (int64_t seconds; v.p; n++)
		if (!str_i64(str_trim(str_split(&v, ',')), &seconds) || seconds < 0 || seconds > 3600)
			return false;
	return n <= 8;
}

static bool is_ca_file(const char *name)
{
	return strcmp(name, "mail.ca-file") == 0 || strcmp(name, "outward.ca-file") == 0;
}

/* A file is named from wherever a command may run later, and is good for its purpose now. */
static bool file_fits(struct op *op, const char *name, struct str *v)
{
	const char *given_path = arena_printf(op->a, STR_FMT, STR_ARG(*v));
	char *path = realpath(given_path, NULL);
	struct str secret;
	if (!path && is_ca_file(name))
		return true;                             /* sending says what is wrong with it */
	if (!path)
		return err_set(&op->err, INVALID, name, "%s can't be read: %s.", given_path, strerror(errno));
	*v = arena_str(op->a, str_of(path));
	free(path);
	if (is_ca_file(name) || strcmp(name, "bounces.box") == 0)
		return true;
	bool good = wire_password(name, *v, &secret, op->a, &op->err);
	if (good)
		wipe((char *)(uintptr_t)secret.p, secret.n);
	return good;
}

/* Each is a folder, named from the root; not our own data's, where there is nothing to find. */
static bool folders_fit(struct op *op, struct str *v)
{
	enum { MOST = 16 };
	char *data = realpath(arena_str(op->a, op->folder).p, NULL);
	struct str rest = *v, all = STR(""), own = arena_str(op->a, str_of(data));
	size_t n = 0;
	free(data);
	while (rest.p) {
		const char *given_path = arena_str(op->a, str_split(&rest, ':')).p;
		char *path = realpath(given_path, NULL);
		struct stat st;
		struct str real = arena_str(op->a, str_of(path));
		free(path);
		if (!real.n || stat(real.p, &st) != 0 || !S_ISDIR(st.st_mode))
			return err_set(&op->err, INVALID, "find.folders", "%s is not a folder that is there. Several are parted by colons.", given_path);
		if (memchr(real.p, ':', real.n))
			return err_set(&op->err, INVALID, "find.folders", "%s has a colon in its name, which parts folders here. Name the one above it.", real.p);
		if (own.n && str_starts(real, own) && (real.n == own.n || real.p[own.n] == '/'))
			return err_set(&op->err, INVALID, "find.folders", "%s is Handback's own data: there is nothing to look for.", real.p);
		if (++n > MOST)
			return err_set(&op->err, TOO_BIG, "find.folders", "At most %d folders: name the ones above them.", MOST);
		all = arena_say(op->a, STR_FMT "%s" STR_FMT, STR_ARG(all), all.n ? ":" : "", STR_ARG(real));
	}
	*v = all;
	return true;
}

static bool limit_fits(struct str v)
{
	int64_t most, seconds;
	struct str rest = v, mails = str_split(&rest, '/');
	return str_i64(mails, &most) && rest.p && str_i64(rest, &seconds) && most > 0 && seconds > 0 && seconds <= 86400;
}

/* An address, with at most one * in its local part: 50 characters come in its place. */
static bool back_fits(struct op *op, struct str v)
{
	const char *star = memchr(v.p, '*', v.n), *at = memchr(v.p, '@', v.n);
	size_t before = star ? (size_t)(star - v.p) : 0;
	struct str plain = star ? arena_say(op->a, STR_FMT "1" STR_FMT, (int)before, v.p, (int)(v.n - before - 1), star + 1) : v;
	bool room = !star || (at && star < at && at - v.p <= 34);
	return (room && mail_address(plain)) ||
	       err_set(&op->err, INVALID, "bounces.address", "bounces.address is an address like you+*@example.com, with at most 33 characters beside the * before the @.");
}

/* A name, maybe with a port; http:// for this machine alone: to try it. The port that https:// has by itself goes, for browsers don't say it. */
static bool public_url(struct str *url)
{
	bool safe = str_starts(*url, STR("https://"));
	struct str port = safe ? (struct str){ url->p + 8, url->n - 8 } : str_starts(*url, STR("http://localhost:")) ? (struct str){ url->p + 7, url->n - 7 } : STR("");
	struct str name = str_split(&port, ':');
	int64_t n = 0;
	for (size_t i = 0; i < name.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", name.p[i]) || !name.p[i])
			return false;
	bool good = name.n && name.n < 100 && (!port.p || (str_i64(port, &n) && n > 0 && n < 65536 && port.p[0] != '0' && port.p[0] != '+'));
	if (good && safe && n == 443)
		url->n = (size_t)(name.p + name.n - url->p);
	return good;
}

/* v may be made more exact. An empty one takes the setting away. */
static bool setting_fits(struct op *op, const char *name, enum field_type type, struct str *value)
{
	struct str v = *value;
	struct wire_account account;
	int64_t n = 0;
	if (strcmp(name, "business.name") == 0 && !v.n)
		return err_set(&op->err, INVALID, name, "A business needs a name.");
	if (type == FIELD_PATH && op->afar)
		return err_set(&op->err, REFUSED, name, "%s names a file of this machine: set it there, on the command line.", name);
	if (str_starts(str_of(name), STR("outward.")) && op->afar)
		return err_set(&op->err, REFUSED, name, "%s says how this machine reaches the outside: set it there, on the command line.", name);
	if (!v.n && strcmp(name, "timezone") != 0)
		return true;
	if (type == FIELD_NUMBER && !str_i64(v, &n))
		return err_set(&op->err, INVALID, name, "%s takes a whole number.", name);
	if ((strcmp(name, "mail.connections") == 0 && (n < 1 || n > 20)) || (strcmp(name, "mail.day-limit") == 0 && n < 1) || (strcmp(name, "mail.batch") == 0 && (n < 1 || n > 100)) ||
	    (strcmp(name, "approval.hours") == 0 && (n < 1 || n > 720)) || (strcmp(name, "letter.cost") == 0 && (n < 1 || n > 10000)))
		return err_set(&op->err, INVALID, name, "%s is out of its range.", name);
	if (strcmp(name, "mail.server") == 0 && !str_eq(v, STR("none")))
		return wire_account(v, &account, op->a, &op->err);
	if (strcmp(name, "bounces.imap") == 0) {
		struct str folder;
		return op->afar ? err_set(&op->err, REFUSED, name, "bounces.imap says where a password of yours goes: set it on the machine itself, on the command line.") : wire_box_account(v, &account, &folder, op->a, &op->err);
	}
	if (strcmp(name, "public.url") == 0)
		return public_url(value) ||
		       err_set(&op->err, INVALID, name, "public.url begins with https:// and is a name, with a port if need be, like https://notice.example.com or https://shop.example.com:8443, without a / at its end.");
	if (strcmp(name, "mail.from") == 0 && !mail_address(v))
		return err_set(&op->err, INVALID, name, "mail.from is the address your mails come from, like you@example.com.");
	if (strcmp(name, "mail.limit") == 0 && !limit_fits(v))
		return err_set(&op->err, INVALID, name, "mail.limit is a number of mails and of seconds, a day of them at most, like 30/60: at most 30 mails in any 60 seconds.");
	if (strcmp(name, "mail.domain-limit") == 0 && !limit_fits(v))
		return err_set(&op->err, INVALID, name, "mail.domain-limit is a number of mails and of seconds, like 100/60: at most 100 to one mail domain in any 60 seconds.");
	if (strcmp(name, "bounces.address") == 0)
		return back_fits(op, v);
	if (strcmp(name, "mail.retry") == 0 && !delays_fit(v))
		return err_set(&op->err, INVALID, name, "mail.retry is up to eight numbers of seconds, 0 to 3600, like 5,20,60.");
	if (strcmp(name, "business.phone") == 0 && !phone_fits(&op->err, name, v))
		return false;
	if (strcmp(name, "region") == 0 && !str_region(v))
		return err_set(&op->err, INVALID, name, "There is no region \"" STR_FMT "\". It is a country and a part of it, like US-CA.", STR_ARG(v));
	if ((strcmp(name, "language") == 0 && !one_of(v, "en", "es")) || (strcmp(name, "paper.size") == 0 && !one_of(v, "letter", "a4")))
		return err_set(&op->err, INVALID, name, "%s is %s.", name, name[0] == 'l' ? "en or es" : "letter or a4");
	if (str_starts(str_of(name), STR("watch.")) && !one_of(v, "on", "off"))
		return err_set(&op->err, INVALID, name, "%s is on or off.", name);
	if (strcmp(name, "notice.email-consent") == 0 && !one_of(v, "yes", "no"))
		return err_set(&op->err, INVALID, name, "notice.email-consent is yes or no.");
	if (strcmp(name, "timezone") == 0) {
		struct zone *z = zone_open(v, &op->err);
		zone_close(z);
		return z != NULL;
	}
	if (strcmp(name, "find.folders") == 0)
		return folders_fit(op, value);
	if (strcmp(name, "outward.resolver") == 0)
		return wire_way_fits(&(struct wire_way){ .resolver = v }, &op->err);
	if (strcmp(name, "outward.to") == 0)
		return wire_way_fits(&(struct wire_way){ .to = v }, &op->err);
	return type != FIELD_PATH || file_fits(op, name, value);
}

const char *op_setting_help(int64_t number)
{
	return number >= 0 && (size_t)number < LENGTH(settings) ? settings[number].help : "";
}

static bool set_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str key = args_text(args, "key");
	bool change = args_has(args, "value"), check = args_has(args, "check"), known = false;
	for (size_t i = 0; i < LENGTH(settings); i++) {
		const char *name = settings[i].name;
		if (key.n && !str_eq(key, str_of(name)))
			continue;
		known = true;
		struct str value = change ? args_text(args, "value") : op_setting(op, name);
		if (change && !setting_fits(op, name, settings[i].type, &value))
			return false;
		if (change && !check && (!op_setting_put(op, name, value) || !log_add(op, "setting.changed", ABOUT({ "setting", (int64_t)i }))))
			return false;
		answer_row(answer);
		answer_text(answer, "setting", str_of(name));
		answer_text(answer, "value", value);
		answer_text(answer, "help", str_of(settings[i].help));
		answer_row_end(answer);
		answer_say(answer, "%-20s %-28.*s %s", name, STR_ARG(value.n ? value : STR("-")), settings[i].help);
	}
	return known || err_set(&op->err, INVALID, "key", "There is no setting \"" STR_FMT "\". handback set lists them all.", STR_ARG(key));
}

const struct verb op_verbs[] = {
	{ "set", "Shows the settings, or changes one.", "handback set business.phone '(202) 555-0100'", VERB_WRITE,
	  FIELDS({ "key", FIELD_TEXT, FIELD_PLACED, "which setting" }, { "value", FIELD_TEXT, FIELD_PLACED, "its new value; '' takes it away" },
	         { "check", FIELD_FLAG, 0, "only says whether the value could be set" }), set_run, ROLE_OWNER },
	{ 0 },
};
