/* watch - what is due or asked for is looked at: from the command line at once, from a page by way of a row that the courier finds. */
#include "watch_int.h"
#include "watch_sql.h"
#include "wire_fetch.h"

#include <inttypes.h>

enum { ASK_ALL = 0, ASK_CATALOGUE = -1, CATALOGUE_SECONDS = 60 };

static const char at_setting[] = "watch.checked", catalogue_setting[] = "watch.catalogue-at", etag_setting[] = "watch.catalogue-etag", says_setting[] = "watch.catalogue-says";

static int64_t moment(struct op *op, const char *name)
{
	int64_t at;
	return str_i64(op_setting(op, name), &at) ? at : 0;
}

static bool switched(struct op *op, const char *name)
{
	return str_eq(op_setting(op, name), STR("on"));
}

bool watch_state(struct op *op, struct watch_state *w)
{
	struct sql_watch_asked q;
	*w = (struct watch_state){ switched(op, "watch.checks"), switched(op, "watch.catalogue"), false, moment(op, at_setting), moment(op, catalogue_setting), op_setting(op, says_setting) };
	if (!sql_watch_asked(op, &q))
		return false;
	while (sql_watch_asked_next(op, &q))
		w->asked = true;
	return op->err.code == OK;
}

bool watch_due(struct op *op, int64_t *due)
{
	struct watch_state w;
	if (!watch_state(op, &w))
		return false;
	*due = FAR_OFF;
	if (w.checks)
		*due = w.checked + CHECKS_WEEKLY;
	if (w.catalogue && w.catalogue_at + CATALOGUE_DAILY < *due)
		*due = w.catalogue_at + CATALOGUE_DAILY;
	if (w.asked)
		*due = LONG_AGO;
	return true;
}

/* ---- looking ---- */

static bool set_moment(struct op *op, const char *name)
{
	return op_setting_put(op, name, arena_say(op->a, "%" PRId64, op->now));
}

/* When it was last looked at by a program. */
static bool checked_last(struct op *op, holder_id holder, int64_t *at)
{
	struct evidence *e;
	size_t n;
	*at = 0;
	if (!evidence_list(op, holder, false, &e, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (e[i].result != RESULT_NONE && e[i].seen > *at)
			*at = e[i].seen;
	return true;
}

static bool check_one(struct op *op, const struct service *s, bool quiet, struct answer *answer)
{
	unsigned done, unknown;
	int64_t last;
	if (!s->domains) {
		if (!quiet)
			answer_say(answer, STR_FMT ": its domain is not known. Say it first, on its page or by handback service set --domain.", STR_ARG(s->name));
		return true;
	}
	if (!checked_last(op, s->id, &last))
		return false;
	if (last + CHECK_AGAIN > op->now) {
		if (!quiet)
			answer_say(answer, STR_FMT ": it was looked at within the last hour. That is often enough.", STR_ARG(s->name));
		return true;
	}
	return front_check(op, s, answer, &done, &unknown);
}

/* holder 0: every service in use. */
static bool check(struct op *op, holder_id holder, struct answer *answer)
{
	struct service *s, one;
	size_t n;
	if (holder.n)
		return service_get(op, holder, &one) && check_one(op, &one, false, answer);
	if (!services_list(op, false, &s, &n))
		return false;
	for (size_t i = 0; i < n && !op_stopped(op); i++) {
		if (op->progress)
			op->progress(op, "Looking at services from outside", i, n);
		if (!check_one(op, &s[i], n > 20, answer))
			return false;
	}
	if (!n)
		answer_say(answer, "There is no service on the map yet.");
	return op_begin(op) && op_end(op, set_moment(op, at_setting));
}

/* What came of it stays in a setting, for pages: a day without an answer is no alarm. */
static bool catalogue_look(struct op *op, struct answer *answer)
{
	struct wire_way way;
	struct wire_got got;
	size_t drafts = 0;
	const char *says = "";
	op_outward(op, &way);
	wire_fetch(&way, &(struct wire_ask){ .url = catalogue_source().at, .etag = op_setting(op, etag_setting), .most = CATALOGUE_MOST, .seconds = CATALOGUE_SECONDS }, &got, op->a);
	bool asked = got.how == FETCH_ANSWERED && (got.status == 200 || got.status == 304), good = true;
	if (got.how != FETCH_ANSWERED)
		says = arena_printf(op->a, "The catalogue could not be looked at: %s.", got.why);
	else if (!asked)
		says = arena_printf(op->a, "The catalogue could not be looked at: it answered %ld.", got.status);
	else if (got.status == 200)
		good = catalogue_match(op, got.body, answer, &drafts);
	if (!good && op->err.code != INVALID && op->err.code != TOO_BIG)
		return false;
	if (!good)
		says = arena_printf(op->a, "%s", op->err.say);
	err_clear(&op->err);
	if (*says)
		answer_say(answer, "%s", says);
	else if (got.status == 304)
		answer_say(answer, "The catalogue has nothing new.");
	answer->attention |= drafts > 0;
	return op_begin(op) && op_end(op, set_moment(op, catalogue_setting) && op_setting_put(op, says_setting, str_of(says)) &&
	                              (!asked || !good || got.status != 200 || op_setting_put(op, etag_setting, got.etag)));
}

/* ---- verbs ---- */

static bool asked_later(struct op *op, int64_t holder, struct answer *answer)
{
	if (!op_begin(op) || !op_end(op, sql_watch_ask_put(op, holder, op->now)))
		return false;
	answer_row(answer);
	answer_flag(answer, "asked", true);
	answer_row_end(answer);
	answer_say(answer, "It is looked at within a minute, while Handback runs.");
	return true;
}

static bool is_on(struct op *op, const char *setting, const char *what)
{
	return switched(op, setting) || err_set(&op->err, REFUSED, NULL, "%s is switched off: nobody outside is asked anything. To switch it on: handback set %s on", what, setting);
}

static bool check_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str name = args_text(args, "service");
	struct holder h = { { 0 } };
	if (!is_on(op, "watch.checks", "Looking at services from outside"))
		return false;
	if (name.n && (!map_find(op, memchr(name.p, ':', name.n) ? name : arena_say(op->a, "service:" STR_FMT, STR_ARG(name)), &h) || !service_get(op, h.id, &(struct service){ { 0 } })))
		return false;
	return op->afar ? asked_later(op, h.id.n, answer) : check(op, h.id, answer);
}

static bool watch_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct buf b = BUF(CATALOGUE_MOST);
	size_t drafts = 0;
	if (args_has(args, "catalogue")) {
		bool good = file_whole(arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "catalogue"))), &b, "catalogue", &op->err) && catalogue_match(op, buf_str(&b), answer, &drafts);
		buf_free(&b);
		answer->attention |= drafts > 0;
		return good;
	}
	if (!is_on(op, "watch.catalogue", "Looking into the catalogue of breaches"))
		return false;
	return op->afar ? asked_later(op, ASK_CATALOGUE, answer) : catalogue_look(op, answer);
}

static bool asked_done(struct op *op, int64_t holder)
{
	return op_begin(op) && op_end(op, sql_watch_ask_drop(op, holder));
}

static bool round_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct sql_watch_asked q;
	struct watch_state w;
	int64_t *holder = NULL;
	size_t n = 0, room = 0;
	(void)args;
	if (!watch_state(op, &w) || !sql_watch_asked(op, &q))
		return false;
	while (sql_watch_asked_next(op, &q)) {
		holder = arena_more(op->a, holder, n, &room, sizeof *holder);
		holder[n++] = q.holder;
	}
	if (op->err.code != OK)
		return false;
	bool all = w.checks && w.checked + CHECKS_WEEKLY <= op->now, catalogue = w.catalogue && w.catalogue_at + CATALOGUE_DAILY <= op->now;
	for (size_t i = 0; i < n; i++) {
		catalogue |= w.catalogue && holder[i] == ASK_CATALOGUE, all |= w.checks && holder[i] == ASK_ALL;
		/* what can't be done now is not tried for ever: the row goes first */
		if (!asked_done(op, holder[i]) || (w.checks && holder[i] > 0 && !op_stopped(op) && !check(op, (holder_id){ holder[i] }, answer)))
			return false;
	}
	if (catalogue && !op_stopped(op) && !catalogue_look(op, answer))
		return false;
	return !all || op_stopped(op) || check(op, (holder_id){ 0 }, answer);
}

const struct verb watch_round = { "service round", "Looks at services and the catalogue where it is due.", "", VERB_LONG, NO_FIELDS, round_run, ROLES_LEAD };

#define DRAFT { "draft", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the draft's number" }
#define FROM  { "from", FIELD_TIME, 0, "since when it may have been: a day, a time, or unknown" }
#define TO    { "to", FIELD_TIME, 0, "until when: a day (to its end), a time, or unknown" }

const struct verb watch_verbs[] = {
	{ "service check", "Looks at the public front of services: certificate, encryption, security.txt, forged mail, status page. What it sees is kept with its day.",
	  "handback service check Square", VERB_LONG, FIELDS({ "service", FIELD_TEXT, FIELD_PLACED, "which one; all, if not told" }), check_run },
	{ "service watch", "Looks for your services in a catalogue of breaches: a file, else Have I Been Pwned's. A match is a draft, and nobody is told.",
	  "handback service watch breaches.json", VERB_LONG, FIELDS({ "catalogue", FIELD_PATH, FIELD_PLACED, "a file in the format of Have I Been Pwned's breaches" }), watch_run },
	{ "incident told", "A provider wrote that something happened there: makes a draft of an incident.", "handback incident told --service Square --from 2026-10-01 --to 2026-11-03 --said 'Names and e-mail addresses ...'",
	  VERB_WRITE, FIELDS({ "service", FIELD_TEXT, FIELD_NEEDED, "who wrote" }, { "received", FIELD_TIME, 0, "the day on which it reached you; today, if not told" }, FROM, TO,
	         { "said", FIELD_TEXT, 0, "what it says" }, { "new", FIELD_FLAG, 0, "a service that was not named before: without this an unknown name is refused" }), told_run },
	{ "incident drafts", "What may become an incident, out of the catalogue of breaches or a provider's letter.", "handback incident drafts", VERB_READ,
	  FIELDS({ "all", FIELD_FLAG, 0, "also what was decided" }), drafts_run, ROLES_ALL },
	{ "incident confirm", "Makes an incident of a draft.", "handback incident confirm 1 --to 2026-11-03", VERB_WRITE,
	  FIELDS(DRAFT, FROM, TO, { "title", FIELD_TEXT, 0, "what happened, in a few plain words, as letters say it; that something happened at that service, if not told" },
	         { "discovered", FIELD_TIME, 0, "when you learnt of it; when the letter came or the draft was made, if not told" }), confirm_run },
	{ "incident discard", "Puts a draft away: it does not concern you.", "handback incident discard 1 --reason 'We left them before that'", VERB_WRITE,
	  FIELDS(DRAFT, { "reason", FIELD_TEXT, FIELD_NEEDED, "why it does not concern you, in a sentence" }), discard_run },
	{ "doctor mail", "Looks at what mailbox providers want to see before they take your mails: SPF, DKIM, DMARC, reverse name. Says what to set.", "handback doctor mail", VERB_OUT, NO_FIELDS, doctor_mail_run },
	{ 0 },
};
