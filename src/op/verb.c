/* verb - checking a call, running it, and what it answers. */
#include "detect.h"
#include "op_int.h"
#include "store.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

/* ---- the answer ---- */

static PRINTF(3, 0) void say(void (*put)(void *, struct str), void *to, const char *fmt, va_list ap)
{
	char *line = NULL;
	int n = vasprintf(&line, fmt, ap);
	if (n >= 0 && put) {
		put(to, (struct str){ line, (size_t)n });
		put(to, STR("\n"));
	}
	free(line);
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
	enum { ROW_MAX = 16 << 20 };
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
		json_key(&a->j, key), json_real(&a->j, value);
}

void answer_time(struct answer *a, const char *key, int64_t at)
{
	if (!a->json)
		return;
	json_key(&a->j, key);
	if (at <= LONG_AGO || at >= FAR_OFF) {
		json_null(&a->j);
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
	bool placed = f->how & FIELD_PLACED;
	if (!a || !a->n)
		return !(f->how & FIELD_NEEDED) || err_set(&op->err, INVALID, f->name, "%s%s is needed: %s.", placed ? "" : "--", f->name, f->help);
	if (a->n > 1 && !(f->how & FIELD_LIST))
		return err_set(&op->err, INVALID, f->name, "%s%s can be given once only.", placed ? "" : "--", f->name);
	for (size_t i = 0; i < a->n; i++) {
		int64_t n;
		if (f->type == FIELD_NUMBER && !str_i64(a->value[i], &n))
			return err_set(&op->err, INVALID, f->name, "%s%s takes a whole number.", placed ? "" : "--", f->name);
		if (!str_utf8(a->value[i]))
			return err_set(&op->err, INVALID, f->name, "%s%s is not readable text (UTF-8).", placed ? "" : "--", f->name);
		if (f->type != FIELD_TEXT || !detect_maybe(a->value[i]))
			continue;
		struct buf masked = BUF(1 << 20);
		if (detect_mask(&masked, a->value[i])) {
			a->value[i] = arena_str(op->a, buf_str(&masked));
			answer_note(answer, "A card number in %s%s was masked. Handback never keeps one; please don't send it again.", placed ? "" : "--", f->name);
		}
		buf_free(&masked);
	}
	return true;
}

bool op_do(struct op *op, const struct verb *verb, const struct args *args, struct answer *answer)
{
	for (size_t i = 0; i < verb->n; i++)
		if (!field_fits(op, &verb->fields[i], given(args, verb->fields[i].name), answer))
			return false;
	bool good;
	if (verb->how == VERB_WRITE) {
		if (!op_begin(op))
			return false;
		good = verb->run(op, args, answer);
		good = op_end(op, good);
	} else {
		good = verb->run(op, args, answer);
	}
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
	{ "region", FIELD_TEXT, "where the business is, like US-CA" },
	{ "timezone", FIELD_TEXT, "a name like America/New_York" },
	{ "language", FIELD_TEXT, "the language customers are written to in when theirs is not known: en or es" },
	{ "mail.server", FIELD_TEXT, "smtp://user@host:port or smtps://..., or none: mails go into the folder outbox" },
	{ "mail.password-file", FIELD_PATH, "a file only you can read, with the mail server's password" },
	{ "mail.ca-file", FIELD_PATH, "certificates to trust instead of the system's" },
	{ "mail.from", FIELD_TEXT, "the address customers see as the sender" },
	{ "mail.connections", FIELD_NUMBER, "how many at once, 1 to 20" },
	{ "mail.batch", FIELD_NUMBER, "mails handed over between two records, 1 to 100" },
	{ "mail.retry", FIELD_TEXT, "seconds before each new try of a mail that was put off, like 5,20,60" },
	{ "approval.hours", FIELD_NUMBER, "how long an approval holds, 1 to 720" },
	{ "notice.doing", FIELD_TEXT, "what you are doing about it, as notices drafted from now on say it" },
	{ "paper.size", FIELD_TEXT, "letter or a4" },
};

static bool one_of(struct str value, const char *a, const char *b)
{
	return str_eq(value, str_of(a)) || str_eq(value, str_of(b));
}

static bool setting_fits(struct op *op, const char *name, enum field_type type, struct str v)
{
	int64_t n = 0;
	if (type == FIELD_NUMBER && !str_i64(v, &n))
		return err_set(&op->err, INVALID, name, "%s takes a whole number.", name);
	if ((strcmp(name, "mail.connections") == 0 && (n < 1 || n > 20)) || (strcmp(name, "mail.batch") == 0 && (n < 1 || n > 100)) ||
	    (strcmp(name, "approval.hours") == 0 && (n < 1 || n > 720)))
		return err_set(&op->err, INVALID, name, "%s is out of its range.", name);
	if (strcmp(name, "mail.server") == 0 && !str_eq(v, STR("none")) && !str_starts(v, STR("smtp://")) && !str_starts(v, STR("smtps://")))
		return err_set(&op->err, INVALID, name, "mail.server is smtp://user@host:port, smtps://user@host:port, or none.");
	if ((strcmp(name, "language") == 0 && !one_of(v, "en", "es")) || (strcmp(name, "paper.size") == 0 && !one_of(v, "letter", "a4")))
		return err_set(&op->err, INVALID, name, "%s is %s.", name, name[0] == 'l' ? "en or es" : "letter or a4");
	if (strcmp(name, "business.name") == 0 && !v.n)
		return err_set(&op->err, INVALID, name, "A business needs a name.");
	if (strcmp(name, "timezone") == 0) {
		struct zone *z = zone_open(v, &op->err);
		zone_close(z);
		return z != NULL;
	}
	return true;
}

static bool set_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str key = args_text(args, "key");
	bool change = args_has(args, "value"), known = false;
	for (size_t i = 0; i < LENGTH(settings); i++) {
		const char *name = settings[i].name;
		if (key.n && !str_eq(key, str_of(name)))
			continue;
		known = true;
		struct str value = change ? args_text(args, "value") : op_setting(op, name);
		if (change && (!setting_fits(op, name, settings[i].type, value) || !op_setting_put(op, name, value) ||
		               !log_add(op, "setting.changed", ABOUT({ "setting", (int64_t)i }))))
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

static bool show_entry(void *to, int64_t n, struct str text)
{
	struct answer *answer = to;
	answer_row(answer);
	answer_number(answer, "n", n);
	answer_text(answer, "entry", text);
	answer_row_end(answer);
	answer_say(answer, "%6" PRId64 "  " STR_FMT, n, STR_ARG(text));
	return true;
}

struct following { struct answer *answer; int64_t next; };

static bool follow_entry(void *to, int64_t n, struct str text)
{
	struct following *f = to;
	f->next = n + 1;
	return show_entry(f->answer, n, text);
}

static bool log_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct following f = { answer, 0 };
	args_number(args, "from", &f.next);
	bool good = log_each(op, f.next, follow_entry, &f);
	while (good && args_has(args, "follow") && !op_stopped(op)) {
		answer->put(answer->to, STR(""));        /* so that what was shown is seen at once */
		nanosleep(&(struct timespec){ 0, 500 * 1000000 }, NULL);
		good = log_each(op, f.next, follow_entry, &f);
	}
	return good;
}

static bool log_verify_run(struct op *op, const struct args *args, struct answer *answer)
{
	(void)args;
	struct log_state s;
	if (!log_verify(op, &s))
		return false;
	answer_row(answer);
	answer_number(answer, "entries", (int64_t)s.entries);
	answer_number(answer, "signed", (int64_t)s.signed_entries);
	answer_flag(answer, "unbroken", !s.broken);
	if (s.broken) {
		answer_number(answer, "broken_at", (int64_t)s.broken_at);
		answer_text(answer, "how", str_of(s.how));
	}
	answer_row_end(answer);
	if (s.broken)
		answer_say(answer, "The log is broken at entry %" PRIu64 ": %s. Keep this folder as it is and compare it with a backup.", s.broken_at, s.how);
	else
		answer_say(answer, "The log is unbroken: %" PRIu64 " entries, %" PRIu64 " of them signed.", s.entries, s.signed_entries);
	answer->attention = s.broken;
	return true;
}

const struct verb op_verbs[] = {
	{ "set", "Shows the settings, or changes one.", "handback set business.phone '(202) 555-0100'", VERB_WRITE,
	  FIELDS({ "key", FIELD_TEXT, FIELD_PLACED, "which setting" }, { "value", FIELD_TEXT, FIELD_PLACED, "its new value; '' takes it away" }), set_run },
	{ "log", "Shows the log: every change, and every look at sealed data.", "handback log", VERB_READ,
	  FIELDS({ "from", FIELD_NUMBER, 0, "begin with this entry" }, { "follow", FIELD_FLAG, 0, "goes on showing new ones until Ctrl-C" }), log_run },
	{ "log verify", "Proves that no entry of the log was changed, taken out or moved.", "handback log verify", VERB_READ, NO_FIELDS, log_verify_run },
	{ 0 },
};
