/* act - doing verbs for pages, and how pages say moments, sizes and kinds. */
#include "act.h"
#include "drill.h"
#include "filings.h"
#include "find.h"
#include "job.h"
#include "enrol.h"
#include "laws.h"
#include "measures.h"
#include "public.h"
#include "payment.h"
#include "practice.h"
#include "proof.h"
#include "readers.h"
#include "response.h"
#include "risks.h"
#include "saq.h"
#include "seal.h"
#include "trust.h"
#include "services.h"
#include "status.h"
#include "watch.h"

#include <assert.h>
#include <stdio.h>

enum { ROWS_MAX = 16 << 20, WORDS_MAX = 64 << 10, VALUES_MAX = 1000 };

const struct verb *const room_verbs[] = {
	op_verbs,
	log_verbs,
	person_verbs,
	vault_verbs,
	job_verbs,
	map_verbs,
	ledger_verbs,
	readers_verbs,
	services_verbs,
	payment_verbs,
	saq_verbs,
	access_verbs,
	risk_verbs,
	practice_verbs,
	laws_verbs,
	incident_verbs,
	enrol_verbs,
	watch_verbs,
	measures_verbs,
	notice_verbs,
	response_verbs,
	filings_verbs,
	public_verbs,
	status_verbs,
	trust_verbs,
	keep_verbs,
	drill_verbs,
	find_verbs,
};
const size_t room_verbs_n = LENGTH(room_verbs);

void act_begin(struct visit *v, struct act *a, const char *name)
{
	*a = (struct act){ .rows = BUF(ROWS_MAX), .words = BUF(WORDS_MAX), .file = BUF(ROWS_MAX) };
	for (size_t t = 0; t < room_verbs_n && !a->verb; t++)
		for (const struct verb *verb = room_verbs[t]; verb->name && !a->verb; verb++)
			a->verb = strcmp(verb->name, name) == 0 ? verb : NULL;
	assert(a->verb);
	a->args = (struct args){ ARENA_ARRAY(v->op->a, struct arg, a->verb->n + 1), a->verb->n };
	for (size_t f = 0; f < a->verb->n; f++)
		a->args.arg[f].field = &a->verb->fields[f];
}

static struct arg *arg_named(struct act *a, const char *field)
{
	for (size_t f = 0; f < a->args.n; f++)
		if (strcmp(a->args.arg[f].field->name, field) == 0)
			return &a->args.arg[f];
	assert(!"a field of the verb");
	return NULL;
}

static void give(struct visit *v, struct act *a, const char *field, struct str value)
{
	struct arg *arg = arg_named(a, field);
	if (!arg->value)
		arg->value = ARENA_ARRAY(v->op->a, struct str, arg->field->how & FIELD_LIST ? VALUES_MAX : 1);
	if (arg->n < (arg->field->how & FIELD_LIST ? VALUES_MAX : 1))
		arg->value[arg->n++] = value;
}

void act_give(struct visit *v, struct act *a, const char *field, struct str value)
{
	if (value.n)
		give(v, a, field, value);
}

void act_field(struct visit *v, struct act *a, const char *field)
{
	if (pair_has(v->ask->form, field))
		give(v, a, field, visit_text(v, field));
}

void act_flag(struct visit *v, struct act *a, const char *field)
{
	give(v, a, field, STR(""));
}

static void put_row(void *to, struct str s)
{
	buf_put(&((struct act *)to)->rows, s);
}

static void put_word(void *to, struct str s)
{
	buf_put(&((struct act *)to)->words, s);
}

static void put_file(void *to, struct str s)
{
	buf_put(&((struct act *)to)->file, s);
}

/* Whom the operation at work on this thread asks for the passphrase: the form that was sent. */
static _Thread_local struct visit *asked;

/* A page with two forms that ask for it has two names for it: an id stands once. */
static const char *passphrase_field(const struct visit *v)
{
	return pair_has(v->ask->form, "look-passphrase") ? "look-passphrase" : "passphrase";
}

bool act_ask(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	struct str typed = asked ? pair_text(asked->ask->form, passphrase_field(asked)) : STR("");
	if (!typed.n)
		return false;
	*passphrase = arena_str(op->a, typed);           /* it is wiped when it was tried */
	return true;
}

/* A new passphrase: the fields new and new-again. */
static bool ask_form_new(struct op *op, struct str file, struct str *passphrase)
{
	(void)file;
	struct str one = pair_text(asked->ask->form, "new"), two = pair_text(asked->ask->form, "new-again");
	if (!op_passphrase_fits(op, one, STR(""))) {
		struct err why = op->err;
		err_clear(&op->err);
		return err_set(&op->err, INVALID, "new", "%s", why.say);
	}
	if (!str_eq(one, two))
		return err_set(&op->err, INVALID, "new-again", "%s", visit_words(asked, "The two are not the same. Type the passphrase once more, both times."));
	*passphrase = arena_str(op->a, one);
	return true;
}

static bool run(struct visit *v, struct act *a, bool (*ask)(struct op *, const char *, struct str *), bool (*ask_new)(struct op *, struct str, struct str *))
{
	struct answer answer = { .json = !a->people, .put = put_row, .note = put_word, .bytes = put_file, .to = a };
	asked = v;
	v->op->ask = ask;
	v->op->ask_new = ask_new;
	bool good = op_do(v->op, a->verb, &a->args, &answer);
	asked = NULL;
	a->attention = answer.attention;
	return good;
}

bool act_do_by(struct visit *v, struct act *a, bool (*ask)(struct op *, const char *why, struct str *passphrase))
{
	return run(v, a, ask, ask_form_new);
}

bool act_do(struct visit *v, struct act *a)
{
	return run(v, a, act_ask, ask_form_new);
}

bool act_new_fits(struct visit *v)
{
	asked = v;
	bool good = ask_form_new(v->op, STR(""), &(struct str){ 0 });
	asked = NULL;
	return good;
}

struct str act_text(struct visit *v, const struct act *a, const char *key)
{
	struct str rows = buf_str(&a->rows);
	char name[64];
	int n = snprintf(name, sizeof name, "\"%s\":\"", key);
	const char *at = rows.n ? memmem(rows.p, rows.n, name, (size_t)n) : NULL;
	const char *end = at ? memchr(at + n, '"', (size_t)(rows.p + rows.n - at - n)) : NULL;
	return end ? arena_str(v->op->a, (struct str){ at + n, (size_t)(end - at - n) }) : STR("");
}

void act_end(struct act *a)
{
	buf_free(&a->rows);
	buf_free(&a->words);
	buf_free(&a->file);
}

int64_t act_number(const struct act *a, const char *key)
{
	struct str rows = buf_str(&a->rows);
	char name[64];
	int64_t n = 0;
	int m = snprintf(name, sizeof name, "\"%s\":", key);
	const char *at = rows.n ? memmem(rows.p, rows.n, name, (size_t)m) : NULL;
	for (at = at ? at + m : NULL; at && at < rows.p + rows.n && *at >= '0' && *at <= '9'; at++)
		n = n * 10 + (*at - '0');
	return n;
}

bool act_key_at_hand(struct visit *v)
{
	return v->op->seal && seal_is_open(v->op->seal);
}

bool act_key(struct visit *v)
{
	asked = v;
	v->op->ask = act_ask;
	bool good = op_key(v->op);
	asked = NULL;
	return good;
}

bool act_key_again(struct visit *v)
{
	return act_key_by(v, act_ask);
}

bool act_key_by(struct visit *v, bool (*ask)(struct op *, const char *why, struct str *passphrase))
{
	asked = v;
	v->op->ask = ask;
	bool good = op_key_again(v->op);
	asked = NULL;
	return good;
}

/* A day in three boxes, of which the verb says how it is written in one. */
static bool no_such_day(struct visit *v, const struct err *e)
{
	return e->code == INVALID && strstr(e->say, " is a day like ") && pair_text(v->ask->form, arena_printf(v->op->a, "%s-day", e->field)).n;
}

void act_fault(struct visit *v, struct form *f)
{
	struct err *e = &v->op->err;
	if (e->code == LOCKED)
		form_fault(f, passphrase_field(v), str_of(visit_words(v, "Type your passphrase: this opens what is sealed.")));
	else if (e->code == REFUSED && strstr(e->say, "passphrase"))
		form_fault(f, passphrase_field(v), str_of(visit_words(v, "That is not the passphrase. Try once more.")));
	else if (no_such_day(v, e))
		form_fault(f, arena_str(v->op->a, str_of(e->field)).p, str_of(visit_words(v, "There is no such day. Look at the month, the day and the year.")));
	else
		form_fault(f, arena_str(v->op->a, str_of(e->field)).p, visit_said(v, arena_str(v->op->a, str_of(e->say))));
	err_clear(e);
	v->faulty = true;
	v->reply->status = 422;
}

/* ---- words ---- */

struct str day_words(struct visit *v, int64_t at)
{
	if (at <= LONG_AGO || at >= FAR_OFF)
		return str_of(visit_words(v, "not known"));
	return when_day_text(v->op->a, v->op->zone, at, v->o->language == SPANISH ? "es" : "en");
}

struct str due_words(struct visit *v, int64_t at)
{
	return at <= LONG_AGO || at >= FAR_OFF ? day_words(v, at) : when_due_text(v->op->a, v->op->zone, at, v->o->language == SPANISH ? "es" : "en");
}

struct str moment_words(struct visit *v, int64_t at)
{
	if (at <= LONG_AGO || at >= FAR_OFF)
		return day_words(v, at);
	struct civil c = civil_of(zone_local(v->op->zone, at));
	return arena_say(v->op->a, STR_FMT ", %02d:%02d", STR_ARG(day_words(v, at)), c.hour, c.minute);
}

struct str kinds_words(struct visit *v, kinds of)
{
	/* as kinds.h names them; "say" so that their words are found for translation */
	static const struct said words[KIND_COUNT] = {
		[KIND_NAME] = say("name"), [KIND_EMAIL] = say("e-mail address"), [KIND_PHONE] = say("phone number"), [KIND_POSTAL_ADDRESS] = say("postal address"),
		[KIND_CARD_NUMBER] = say("card number"), [KIND_CARD_EXPIRY] = say("card's end date"), [KIND_CARD_CODE] = say("card's security code"),
		[KIND_CARD_TRACK] = say("card's magnetic stripe"), [KIND_CARD_PIN] = say("card's PIN"), [KIND_CARD_LAST4] = say("card's last four digits"),
		[KIND_BANK_ACCOUNT] = say("bank account"), [KIND_ACCOUNT_CODE] = say("bank account's code"), [KIND_SSN] = say("Social Security number"),
		[KIND_TAX_ID] = say("tax number"), [KIND_NATIONAL_ID] = say("national identity number"), [KIND_STATE_ID] = say("state identity card"),
		[KIND_OTHER_GOVERNMENT_ID] = say("other official number"), [KIND_DRIVERS_LICENCE] = say("driver's license"), [KIND_PASSPORT] = say("passport"),
		[KIND_DATE_OF_BIRTH] = say("date of birth"), [KIND_SIGNATURE] = say("signature"), [KIND_CREDENTIALS] = say("sign-in with password"),
		[KIND_HEALTH] = say("health information"), [KIND_HEALTH_INSURANCE] = say("health insurance"), [KIND_BIOMETRIC] = say("biometric information"),
		[KIND_GENETIC] = say("genetic information"), [KIND_PURCHASES] = say("purchases"), [KIND_HOME_ACCESS] = say("how to get into their home"),
	};
	struct buf b = BUF(4096);
	if (of == KINDS_ALL)
		return str_of(visit_words(v, "everything"));
	for (int k = 0; k < KIND_COUNT; k++)
		if (of >> k & 1)
			buf_printf(&b, "%s%s", b.n ? ", " : "", visit_words(v, words[k].english));
	struct str text = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return text;
}

struct str thousands(struct visit *v, int64_t n)
{
	struct str digits = arena_say(v->op->a, "%lld", (long long)n);
	struct buf b = BUF(64);
	for (size_t i = 0; i < digits.n; i++) {
		if (i && (digits.n - i) % 3 == 0 && digits.p[i - 1] != '-')
			buf_byte(&b, ',');
		buf_byte(&b, digits.p[i]);
	}
	struct str text = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return text;
}

struct str money_words(struct visit *v, int64_t cents)
{
	return arena_say(v->op->a, "$" STR_FMT ".%02d", STR_ARG(thousands(v, cents / 100)), (int)(cents % 100));
}

struct str hours_words(struct visit *v, int64_t minutes)
{
	return arena_say(v->op->a, "%lld:%02d", (long long)(minutes / 60), (int)(minutes % 60));
}

const char *sort_said(struct visit *v, enum holder_sort sort)
{
	static const struct said words[] = {
		[READER] = say("Card reader"), [SERVICE] = say("Service"), [COMPUTER] = say("Computer"), [STORAGE] = say("Storage"), [MAILBOX] = say("Mailbox"),
		[PAPER] = say("Paper"), [WEBSITE] = say("Website"), [PERSON] = say("Person"), [PLACE] = say("Place"),
	};
	return visit_words(v, words[sort].english);
}

struct str holder_said(struct visit *v, const struct holder *h)
{
	return arena_say(v->op->a, "%s: " STR_FMT, sort_said(v, h->sort), STR_ARG(h->name));
}

const char *channel_said(struct visit *v, enum notice_channel c)
{
	static const struct said words[] = { [NO_CHANNEL] = say("no known way"), [EMAIL] = say("e-mail"), [LETTER] = say("letter"), [SMS] = say("SMS"), [PHONE] = say("phone"), [IN_PERSON] = say("in person") };
	return visit_words(v, words[c].english);
}

struct str ways_said(struct visit *v, unsigned ways)
{
	const char *mail = ways & WAY_EMAIL ? visit_words(v, "e-mail") : "", *letter = ways & WAY_POSTAL ? visit_words(v, "letter") : "", *phone = ways & WAY_PHONE ? visit_words(v, "phone") : "";
	if (!ways)
		return str_of(visit_words(v, "nothing we know"));
	return arena_say(v->op->a, "%s%s%s%s%s", mail, *mail && *letter ? ", " : "", letter, (*mail || *letter) && *phone ? ", " : "", phone);
}

bool counts_of(struct visit *v, const struct incident *i, struct counts *c, struct reach *r, struct str *counted)
{
	enum { LOOK_AGAIN = 3 };                         /* seconds */
	*counted = STR("");
	for (int look = 0; look < 2; look++) {
		if (!incident_counts(v->op, i, c) || (r && !notice_reach(v->op, i->id, r)))
			return false;
		if ((c->known && !c->stale && !(r && r->counted)) || !counting_ask(v->op, !c->known))
			break;
	}
	if (!c->known)
		v->refresh = LOOK_AGAIN;
	else if (c->stale || (r && r->counted))
		*counted = moment_words(v, c->stale && (!r || !r->counted || c->at < r->counted) ? c->at : r->counted);
	return true;
}

int64_t path_number(struct visit *v, const char *name)
{
	int64_t n;
	return str_i64(pair_text(v->ask->param, name), &n) && n > 0 ? n : 0;
}

bool number_typed(struct visit *v, const char *field, int64_t *n)
{
	struct str typed = visit_text(v, field);
	struct buf digits = BUF(32);
	for (size_t i = 0; i < typed.n; i++)
		if (typed.p[i] != ',' && typed.p[i] != '.' && typed.p[i] != ' ')
			buf_byte(&digits, typed.p[i]);
	bool good = !digits.full && str_i64(buf_str(&digits), n);
	buf_free(&digits);
	return good;
}

bool list_lost(struct visit *v, const char *name)
{
	err_clear(&v->op->err);
	return err_set(&v->op->err, INVALID, name, "%s", visit_words(v, "This address leads nowhere in the list. Go back to where the list begins, and on from there."));
}

bool query_number(struct visit *v, const char *name, int64_t *n)
{
	struct str text = pair_text(v->ask->query, name);
	int64_t given = 0;
	if (!pair_has(v->ask->query, name))
		return true;
	if (!str_i64(text, &given) || given < 0)
		return list_lost(v, name);
	*n = given;
	return true;
}
