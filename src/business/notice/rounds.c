/* rounds - drafting, previewing and approving a round; what people report of it. */
#include "notice_int.h"
#include "notice_sql.h"
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum audience { AUDIENCE_NEW = 1, AUDIENCE_TOLD, AUDIENCE_ALL };

bool round_asked(struct op *op, const struct args *args, struct round *r)
{
	struct str text = args_text(args, "round"), rest = text, number = str_split(&rest, '.');
	struct sql_round_latest latest;
	struct sql_round_get q;
	bool found;
	*r = (struct round){ 0 };
	if (!str_i64(number, &r->incident) || (rest.p && !str_i64(rest, &r->round)))
		return err_set(&op->err, INVALID, "round", "A round is named like 1.2: the second round of incident 1.");
	if (!rest.p) {
		if (!sql_round_latest(op, r->incident, &latest, &found))
			return false;
		r->round = latest.round;
	}
	if (!sql_round_get(op, r->incident, r->round, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "round", "There is no round " STR_FMT ". To make one: handback notice draft %" PRId64, STR_ARG(text), r->incident);
	r->audience = q.audience, r->drafted = q.drafted, r->approved = q.approved, r->ends = q.ends, r->template = q.template, r->leave = q.leave;
	return true;
}

bool round_customers(struct op *op, const struct round *r, struct bits *out)
{
	struct sql_notices q;
	uint32_t n;
	if (!ledger_size(op, &n) || !sql_notices(op, r->incident, r->round, &q))
		return false;
	*out = bits_open((size_t)n + 1);
	while (sql_notices_next(op, &q))
		bits_add(out, (size_t)q.customer);
	if (op->err.code == OK)
		return true;
	bits_close(out);
	return false;
}

bool round_telling(struct op *op, const struct round *r, struct telling *t)
{
	struct incident i;
	if (!incident_get(op, r->incident, &i))
		return false;
	*t = (struct telling){ .business = op_setting(op, "business.name"), .address = op_setting(op, "business.address"), .phone = op_setting(op, "business.phone"),
	                       .what = i.title, .from = FAR_OFF, .to = LONG_AGO, .zone = op->zone };
	for (size_t k = 0; k < i.n; k++) {
		t->from = i.suspicion[k].from < t->from ? i.suspicion[k].from : t->from;
		t->to = i.suspicion[k].to > t->to ? i.suspicion[k].to : t->to;
	}
	return true;
}

bool letter_for(struct op *op, const struct templates *templates, const struct telling *common, const struct customer *c, kinds k, int64_t first, int64_t last,
                int64_t touches, bool letter, struct telling *t, struct passage **p, size_t *n)
{
	struct str language = c->language.n ? c->language : op_setting(op, "language");
	bool es = str_starts(language, STR("es"));
	*t = *common;
	t->language = es ? "es" : "en";
	t->customer = c->names ? c->name[0].value : STR("");
	t->kinds = k, t->first = first, t->last = last, t->touches = touches, t->letter = letter;
	*n = template_fill(op, es ? templates->es : templates->en, t, p);
	return true;
}

/* ---- draft ---- */

static bool customers_of(struct op *op, bool (*start)(struct op *, int64_t, struct bits *), int64_t incident, uint32_t n, struct bits *out)
{
	*out = bits_open(n);
	if (start(op, incident, out))
		return true;
	bits_close(out);
	return false;
}

static bool earlier(struct op *op, int64_t incident, struct bits *out)
{
	struct sql_earlier_customers q;
	if (!sql_earlier_customers(op, incident, &q))
		return false;
	while (sql_earlier_customers_next(op, &q))
		bits_add(out, (size_t)q.customer);
	return op->err.code == OK;
}

static bool told(struct op *op, int64_t incident, struct bits *out)
{
	struct sql_told_customers q;
	if (!sql_told_customers(op, incident, &q))
		return false;
	while (sql_told_customers_next(op, &q))
		bits_add(out, (size_t)q.customer);
	return op->err.code == OK;
}

static bool text_read(struct op *op, const struct args *args, struct str *stored)
{
	if (!args_has(args, "text")) {
		*stored = templates_builtin(op);
		return true;
	}
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "text")));
	struct buf b = BUF(128 << 10);
	char some[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(&op->err, INVALID, "text", "%s can't be read: %s.", path, strerror(errno));
	while ((n = read(fd, some, sizeof some)) > 0)
		buf_put(&b, (struct str){ some, (size_t)n });
	close(fd);
	bool good = n == 0 && !b.full ? templates_own(op, buf_str(&b), stored) : err_set(&op->err, TOO_BIG, "text", "%s is too long for a letter.", path);
	buf_free(&b);
	return good;
}

static bool audience_read(struct op *op, const struct args *args, enum audience *a)
{
	struct str s = args_text(args, "for");
	*a = !s.n || str_eq(s, STR("new")) ? AUDIENCE_NEW : str_eq(s, STR("told")) ? AUDIENCE_TOLD : AUDIENCE_ALL;
	return *a != AUDIENCE_ALL || str_eq(s, STR("all")) || err_set(&op->err, INVALID, "for", "--for is new (not told yet), told, or all.");
}

static bool draft_rows(struct op *op, const struct exposed *e, int64_t incident, int64_t round, enum audience a, const struct bits *before, const struct bits *informed,
                       int64_t by_channel[3])
{
	for (uint32_t who = 1; who < e->n; who++) {
		kinds k = exposed_kinds(e, who);
		bool in = a == AUDIENCE_NEW ? k && !bits_has(before, who) : a == AUDIENCE_TOLD ? bits_has(informed, who) : k || bits_has(informed, who);
		struct customer c;
		if (!in)
			continue;
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		bool good = ledger_customers(op, &(customer_id){ who }, 1, &c);
		op->a = whole;
		enum notice_channel channel = good && c.ways & WAY_EMAIL ? EMAIL : good && c.ways & WAY_POSTAL ? LETTER : NO_CHANNEL;
		arena_close(mine);
		if (!good || !sql_notice_put(op, incident, round, who, (int64_t)k, e->first[who], e->last[who], e->touches[who], channel, op->now))
			return false;
		by_channel[channel]++;
	}
	return true;
}

static bool draft_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct exposed *e;
	struct sources sources;
	struct sql_round_latest latest;
	struct sql_round_get before_it;
	struct bits before, informed;
	struct str stored;
	enum audience a;
	int64_t id, by_channel[3] = { 0 };
	bool found;
	if (!args_number(args, "incident", &id) || !incident_get(op, id, &i) || !audience_read(op, args, &a) || !text_read(op, args, &stored) ||
	    !sql_round_latest(op, id, &latest, &found))
		return false;
	if (latest.round && sql_round_get(op, id, latest.round, &before_it, &found) && found && !before_it.approved && before_it.ends == 0)
		return err_set(&op->err, CONFLICT, "incident", "Round %" PRId64 ".%" PRId64 " is drafted already. Approve it (handback notice approve %" PRId64 ".%" PRId64
		               ") or take it back (handback notice undo %" PRId64 ".%" PRId64 ").", id, latest.round, id, latest.round, id, latest.round);
	if (op->err.code || !exposure_of(op, i.suspicion, i.n, true, &e, &sources))
		return false;
	int64_t round = latest.round + 1;
	bool good = customers_of(op, earlier, id, e->n, &before);
	if (good && !(good = customers_of(op, told, id, e->n, &informed)))
		bits_close(&before);
	if (good) {
		good = sql_round_put(op, id, round, a, stored, op->now, STR("")) && draft_rows(op, e, id, round, a, &before, &informed, by_channel);
		bits_close(&before);
		bits_close(&informed);
	}
	exposed_close(e);
	if (!good)
		return false;
	int64_t all = by_channel[NO_CHANNEL] + by_channel[EMAIL] + by_channel[LETTER];
	if (!all) {
		answer_say(answer, "Nobody is left to be told: everybody at risk is in an earlier round.");
		/* the round is not made: what was written goes with the transaction */
		return sql_round_drop(op, id, round);
	}
	answer_row(answer);
	answer_text(answer, "round", arena_say(op->a, "%" PRId64 ".%" PRId64, id, round));
	answer_number(answer, "customers", all);
	answer_number(answer, "email", by_channel[EMAIL]);
	answer_number(answer, "letter", by_channel[LETTER]);
	answer_number(answer, "unreachable", by_channel[NO_CHANNEL]);
	answer_row_end(answer);
	answer_say(answer, "Round %" PRId64 ".%" PRId64 ": %" PRId64 " customers. %" PRId64 " by e-mail, %" PRId64 " by letter, %" PRId64 " with no known way.", id, round, all,
	           by_channel[EMAIL], by_channel[LETTER], by_channel[NO_CHANNEL]);
	if (!op_setting(op, "business.phone").n)
		answer_note(answer, "No phone number stands in the letter yet: handback set business.phone '(202) 555-0100'");
	if (by_channel[LETTER] && !op_setting(op, "business.address").n)
		answer_note(answer, "No sender stands on the printed letters yet: handback set business.address '12 Mill St, Millbrook, NY 12545'");
	answer_say(answer, "Read one before it goes out: handback notice preview %" PRId64 ".%" PRId64, id, round);
	return log_add(op, "round.drafted", ABOUT({ "incident", id }, { "round", round }, { "customers", all }));
}

/* ---- preview ---- */

static bool preview_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct telling common, t;
	struct templates templates;
	customer_id who = { 0 };
	struct customer c;
	struct sql_notice_get q;
	struct sql_notices any;
	struct passage *p;
	size_t n;
	bool found;
	if (!round_asked(op, args, &r) || !round_telling(op, &r, &common) || !templates_parse(op, r.template, &templates))
		return false;
	if (args_has(args, "customer")) {
		if (!ledger_customer_by_ref(op, args_text(args, "customer"), &who))
			return false;
		who = ledger_person(op, who);
	} else {
		if (!sql_notices(op, r.incident, r.round, &any))
			return false;
		if (sql_notices_next(op, &any))
			who.n = (uint32_t)any.customer;
		sql_notices_stop(&any);
	}
	if (!sql_notice_get(op, r.incident, r.round, who.n, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "customer", "That customer is not in round %" PRId64 ".%" PRId64 ".", r.incident, r.round);
	if (!op_key(op) || !op_looked(op, 1) || !ledger_open(op, &who, 1, &c) ||
	    !letter_for(op, &templates, &common, &c, (kinds)q.kinds, q.first_at, q.last_at, q.touches, q.channel == LETTER, &t, &p, &n))
		return false;
	struct str text = passages_text(op, p, n);
	answer_row(answer);
	answer_text(answer, "customer_ref", c.ref);
	answer_text(answer, "channel", q.channel == EMAIL ? STR("email") : q.channel == LETTER ? STR("letter") : STR("none"));
	answer_text(answer, "subject", subject_text(op, &t));
	answer_text(answer, "text", text);
	answer_row_end(answer);
	answer_say(answer, "To " STR_FMT ", by %s\n\n" STR_FMT, STR_ARG(c.ref), q.channel == EMAIL ? "e-mail" : q.channel == LETTER ? "letter" : "no known way", STR_ARG(text));
	return true;
}

/* ---- moving many ---- */

struct each { struct moving m; int64_t due, at, touches; struct str code; };

static bool each_notice(struct op *op, const struct round *r, bool (*one)(struct op *, const struct each *, void *), void *to)
{
	struct sql_notices q;
	if (!sql_notices(op, r->incident, r->round, &q))
		return false;
	while (sql_notices_next(op, &q)) {
		struct each e = { { r->incident, r->round, { (uint32_t)q.customer }, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts }, q.due, q.at, q.touches, q.code };
		if (!one(op, &e, to)) {
			sql_notices_stop(&q);
			return false;
		}
	}
	return op->err.code == OK;
}

static bool approve_one(struct op *op, const struct each *e, void *to)
{
	int64_t *counts = to;
	counts[e->m.channel]++;
	return notice_move(op, &e->m, e->m.channel == NO_CHANNEL ? NOBODY_KNOWS_HOW : APPROVE,
	                   &(struct outcome){ e->m.channel, 0, op->now, "", { 0 } });
}

static bool approve_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct bits rows;
	struct leave leave;
	int64_t hours = 48, counts[3] = { 0 };
	struct str told_hours = op_setting(op, "approval.hours");
	if (!round_asked(op, args, &r))
		return false;
	if (r.approved)
		return err_set(&op->err, CONFLICT, "round", "This round was approved on " STR_FMT ".", STR_ARG(when_day_text(op->a, op->zone, r.approved, "en")));
	if (r.ends)
		return err_set(&op->err, CONFLICT, "round", "This round was taken back. Draft a new one.");
	if (told_hours.n)
		str_i64(told_hours, &hours);
	if (!op_key_again(op) || !round_customers(op, &r, &rows))
		return false;
	/* the keeper knows the clock of this machine only */
	int64_t ends = (int64_t)time(NULL) + hours * 3600;
	bool good = seal_approve(op->seal, r.incident, r.round, &rows, ends, &leave, &op->err);
	bits_close(&rows);
	if (!good || !op_begin(op) ||
	    !op_end(op, sql_round_approve(op, r.incident, r.round, op->now, ends, (struct str){ (const char *)leave.bytes, leave.n }) &&
	                        each_notice(op, &r, approve_one, counts) &&
	                        log_add(op, "round.approved", ABOUT({ "incident", r.incident }, { "round", r.round }, { "customers", counts[0] + counts[1] + counts[2] }))))
		return false;
	answer_row(answer);
	answer_text(answer, "round", arena_say(op->a, "%" PRId64 ".%" PRId64, r.incident, r.round));
	answer_number(answer, "customers", counts[0] + counts[1] + counts[2]);
	answer_number(answer, "email", counts[EMAIL]);
	answer_number(answer, "letter", counts[LETTER]);
	answer_number(answer, "unreachable", counts[NO_CHANNEL]);
	answer_row_end(answer);
	answer_say(answer, "Approved: %" PRId64 " customers. %" PRId64 " by e-mail, %" PRId64 " by letter, %" PRId64 " with no known way. It holds for %" PRId64 " hours.",
	           counts[0] + counts[1] + counts[2], counts[EMAIL], counts[LETTER], counts[NO_CHANNEL], hours);
	answer_say(answer, "Next: handback notice send %" PRId64 ".%" PRId64, r.incident, r.round);
	return true;
}

/* ---- status ---- */

struct telling_status { struct answer *answer; enum notice_state only; int64_t by[UNREACHABLE + 1]; int64_t open, shown; const struct round *r; int64_t next_due; };

static bool undelivered(enum notice_state s)
{
	return s == DRAFTED || s == QUEUED || s == HANDED || s == IN_DOUBT || s == BOUNCED || s == FAILED || s == RETURNED || s == UNREACHABLE;
}

static bool status_one(struct op *op, const struct each *e, void *to)
{
	enum { SHOWN_MAX = 20 };
	struct telling_status *s = to;
	struct arena *mine = arena_open(), *whole = op->a;
	struct customer c;
	op->a = mine;
	bool good = ledger_customers(op, &e->m.who, 1, &c), wanted = !s->only || s->only == e->m.state;
	op->a = whole;
	s->by[e->m.state]++;
	s->open += undelivered(e->m.state);
	if (e->m.state == QUEUED && e->m.channel == EMAIL && (!s->next_due || e->due < s->next_due))
		s->next_due = e->due;
	if (good && wanted) {
		answer_row(s->answer);
		answer_text(s->answer, "customer_ref", c.ref);
		answer_text(s->answer, "round", arena_say(mine, "%" PRId64 ".%" PRId64, e->m.incident, e->m.round));
		answer_text(s->answer, "state", str_of(notice_state_name(e->m.state)));
		answer_text(s->answer, "channel", e->m.channel == EMAIL ? STR("email") : e->m.channel == LETTER ? STR("letter") : STR("none"));
		answer_number(s->answer, "attempts", e->m.attempts);
		answer_text(s->answer, "last_error", e->m.state == PRINTED || e->m.state == POSTED ? STR("") : e->code);
		/* when it became so; of a mail that waits, when it is tried again */
		answer_time(s->answer, "at", e->m.state == QUEUED && e->due > op->now ? e->due : e->at);
		answer_row_end(s->answer);
		if ((undelivered(e->m.state) || s->only) && s->shown++ < SHOWN_MAX)
			answer_say(s->answer, "  " STR_FMT "  %s%s" STR_FMT, STR_ARG(c.ref), notice_state_name(e->m.state), e->code.n ? "  " : "", STR_ARG(e->code));
	}
	arena_close(mine);
	return good;
}

static bool status_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct telling_status s = { .answer = answer, .r = &r };
	if (!round_asked(op, args, &r) || (args_has(args, "state") && !state_parse(args_text(args, "state"), &s.only)))
		return op->err.code ? false : err_set(&op->err, INVALID, "state", "There is no such state.");
	if (!answer->json)
		answer_say(answer, "Round %" PRId64 ".%" PRId64 "%s", r.incident, r.round, r.approved ? "" : " (not approved)");
	if (!each_notice(op, &r, status_one, &s))
		return false;
	if (s.shown > 20)
		answer_say(answer, "  ... and %" PRId64 " more (--json lists all)", s.shown - 20);
	for (enum notice_state k = DRAFTED; k <= UNREACHABLE; k++)
		if (s.by[k])
			answer_say(answer, "%8" PRId64 "  %s", s.by[k], notice_state_name(k));
	if (!s.open)
		answer_say(answer, "Finished: everybody in this round was sent something.");
	else if (s.by[IN_DOUBT])
		answer_say(answer, "%" PRId64 " may have been sent or not, for the line was lost. They are never sent again by themselves. Ask them, or: handback notice retry %" PRId64 ".%" PRId64 " --customer REF",
		           s.by[IN_DOUBT], r.incident, r.round);
	if (s.by[UNREACHABLE] || s.by[FAILED])
		answer_say(answer, "Try a call or a visit, then: handback notice reached %" PRId64 ".%" PRId64 " --customer REF --by phone", r.incident, r.round);
	answer->attention = s.open > 0;
	return true;
}

/* ---- what people decide and report ---- */

static bool one_asked(struct op *op, const struct args *args, const struct round *r, struct moving *m)
{
	customer_id who;
	struct sql_notice_get q;
	bool found;
	if (!ledger_customer_by_ref(op, args_text(args, "customer"), &who))
		return false;
	who = ledger_person(op, who);
	if (!sql_notice_get(op, r->incident, r->round, who.n, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "customer", "That customer is not in round %" PRId64 ".%" PRId64 ".", r->incident, r->round);
	*m = (struct moving){ r->incident, r->round, who, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts };
	return true;
}

struct retrying { int64_t n; };

static bool channel_again(struct op *op, const struct moving *m, enum notice_channel *channel)
{
	struct customer c;
	if (!ledger_customers(op, &m->who, 1, &c))
		return false;
	*channel = m->channel != NO_CHANNEL ? m->channel : c.ways & WAY_EMAIL ? EMAIL : c.ways & WAY_POSTAL ? LETTER : NO_CHANNEL;
	return *channel != NO_CHANNEL || err_set(&op->err, CONFLICT, "customer", "There is still no way to reach that customer. Import an address first.");
}

static bool retry_one(struct op *op, const struct each *e, void *to)
{
	struct retrying *r = to;
	if (e->m.state != FAILED)
		return true;                             /* in doubt: one by one only, by a person's decision */
	r->n++;
	return notice_move(op, &e->m, TRY_AGAIN, &(struct outcome){ e->m.channel, e->m.attempts, op->now, "", { 0 } });
}

static bool retry_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct retrying all = { 0 };
	enum notice_channel channel;
	if (!round_asked(op, args, &r))
		return false;
	if (!args_has(args, "customer")) {
		if (!each_notice(op, &r, retry_one, &all))
			return false;
		answer_say(answer, "%" PRId64 " will be tried again. Next: handback notice send %" PRId64 ".%" PRId64, all.n, r.incident, r.round);
		return true;
	}
	if (!one_asked(op, args, &r, &m) || !channel_again(op, &m, &channel))
		return false;
	answer_say(answer, STR_FMT " will be tried again. Next: handback notice send %" PRId64 ".%" PRId64, STR_ARG(args_text(args, "customer")), r.incident, r.round);
	return notice_move(op, &m, TRY_AGAIN, &(struct outcome){ channel, m.attempts, op->now, "", { 0 } });
}

static bool undo_one(struct op *op, const struct each *e, void *to)
{
	int64_t *n = to;
	if (e->m.state != DRAFTED && e->m.state != QUEUED)
		return true;
	++*n;
	return notice_move(op, &e->m, TAKE_BACK, &(struct outcome){ e->m.channel, e->m.attempts, 0, "", { 0 } });
}

static bool undo_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	int64_t n = 0;
	if (!round_asked(op, args, &r) || !each_notice(op, &r, undo_one, &n) || !sql_round_approve(op, r.incident, r.round, r.approved, op->now, STR("")))
		return false;
	answer_say(answer, "%" PRId64 " of round %" PRId64 ".%" PRId64 " were taken back before they went out. What was sent can't be.", n, r.incident, r.round);
	return log_add(op, "round.undone", ABOUT({ "incident", r.incident }, { "round", r.round }, { "customers", n }));
}

static bool returned_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	if (!round_asked(op, args, &r) || !one_asked(op, args, &r, &m))
		return false;
	answer_say(answer, "Kept: the letter to " STR_FMT " came back. Try a call, then: handback notice reached %" PRId64 ".%" PRId64 " --customer " STR_FMT " --by phone",
	           STR_ARG(args_text(args, "customer")), r.incident, r.round, STR_ARG(args_text(args, "customer")));
	return notice_move(op, &m, RETURN, &(struct outcome){ m.channel, m.attempts, 0, "", { 0 } });
}

static bool reached_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct str by = args_text(args, "by");
	if (!str_eq(by, STR("phone")) && !str_eq(by, STR("in-person")))
		return err_set(&op->err, INVALID, "by", "--by is phone or in-person.");
	if (!round_asked(op, args, &r) || !one_asked(op, args, &r, &m))
		return false;
	answer_say(answer, "Kept: " STR_FMT " was reached.", STR_ARG(args_text(args, "customer")));
	return notice_move(op, &m, REACH, &(struct outcome){ m.channel, m.attempts, 0, by.p[0] == 'p' ? "phone" : "in-person", { 0 } });
}

#define ROUND { "round", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "like 1.2: the second round of incident 1; a bare 1 is its latest" }
#define WHO(how) { "customer", FIELD_TEXT, how, "a customer reference" }

const struct verb notice_verbs[] = {
	{ "notice draft", "Drafts a round: a letter to each customer at risk who was not told yet.", "handback notice draft 1", VERB_WRITE,
	  FIELDS({ "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" },
	         { "for", FIELD_TEXT, 0, "new: not told yet (if not told); told: an update; all" },
	         { "text", FIELD_PATH, 0, "your own text instead of ours, see doc/letters.md" }), draft_run },
	{ "notice preview", "Shows what one customer will read.", "handback notice preview 1.1 --customer C-000123", VERB_LONG, FIELDS(ROUND, WHO(0)), preview_run },
	{ "notice approve", "Approves a round, after asking for the passphrase again: from here on it may go out.", "handback notice approve 1.1", VERB_LONG,
	  FIELDS(ROUND), approve_run },
	{ "notice send", "Sends what is due of an approved round: e-mails first, then letters.", "handback notice send 1.1", VERB_LONG, FIELDS(ROUND), send_run },
	{ "notice status", "Says how far a round is, and who is not reached.", "handback notice status 1.1 --json", VERB_READ,
	  FIELDS(ROUND, { "state", FIELD_TEXT, 0, "only these, like in_doubt" }), status_run },
	{ "notice retry", "Tries again those that failed; or one that is in doubt, by your decision.", "handback notice retry 1.1 --customer C-000123", VERB_WRITE,
	  FIELDS(ROUND, WHO(0)), retry_run },
	{ "notice undo", "Takes back what has not gone out yet.", "handback notice undo 1.1", VERB_WRITE, FIELDS(ROUND), undo_run },
	{ "notice posted", "Says that the printed letters were posted; removes them from the outbox.", "handback notice posted 1.1", VERB_LONG,
	  FIELDS(ROUND, WHO(0)), posted_run },
	{ "notice returned", "Says that a letter came back.", "handback notice returned 1.1 --customer C-000123", VERB_WRITE, FIELDS(ROUND, WHO(FIELD_NEEDED)), returned_run },
	{ "notice reached", "Says that a customer was reached in another way.", "handback notice reached 1.1 --customer C-000123 --by phone", VERB_WRITE,
	  FIELDS(ROUND, WHO(FIELD_NEEDED), { "by", FIELD_TEXT, FIELD_NEEDED, "phone or in-person" }), reached_run },
	{ 0 },
};
