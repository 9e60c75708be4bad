/* report - how far a round is, and what people decide and report of it. */
#include "notice_int.h"
#include "notice_sql.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- status ---- */

static const char *state_words(enum notice_state s)
{
	switch (s) {
	case DRAFTED:      return "drafted: to be approved";
	case QUEUED:       return "queued: to be sent";
	case HANDED:       return "handed to the mail server, no answer yet";
	case SENT:         return "sent";
	case IN_DOUBT:     return "in doubt: it may have been sent";
	case BOUNCED:      return "bounced";
	case FAILED:       return "failed: the notice could not be written";
	case PRINTED:      return "printed: to be posted";
	case POSTED:       return "posted";
	case ACKNOWLEDGED: return "reached";
	case RETURNED:     return "came back";
	case UNDONE:       return "taken back";
	case UNREACHABLE:  return "no way left: call or visit";
	}
	return "";
}

struct listing { struct op *op; struct answer *answer; const struct round *round; int64_t shown; };

static void notice_tell(struct listing *l, struct str ref, enum notice_state state, enum notice_channel channel, int64_t attempts, struct str code, int64_t at)
{
	enum { SHOWN_MAX = 20 };
	answer_row(l->answer);
	answer_text(l->answer, "customer_ref", ref);
	answer_text(l->answer, "round", round_name(l->op, l->round));
	answer_text(l->answer, "state", str_of(notice_state_name(state)));
	answer_text(l->answer, "channel", str_of(channel_name(channel)));
	answer_number(l->answer, "attempts", attempts);
	answer_text(l->answer, "last_error", code);
	answer_time(l->answer, "at", at);
	answer_row_end(l->answer);
	if (l->shown++ < SHOWN_MAX)
		answer_say(l->answer, "    " STR_FMT "%s" STR_FMT, STR_ARG(ref), code.n ? "  " : "", STR_ARG(code));
	else if (l->shown == SHOWN_MAX + 1)
		answer_say(l->answer, "    ... --json lists them all");
}

/* Those in one state; for people, by ref. */
static bool list_state(struct listing *l, enum notice_state state)
{
	struct arena *mine = arena_open(), *whole = l->op->a;
	struct sql_notices_in q;
	l->op->a = mine;
	l->shown = 0;
	bool good = sql_notices_in(l->op, l->round->incident, l->round->round, state, &q);
	for (size_t n = 0; good && sql_notices_in_next(l->op, &q); n++) {
		notice_tell(l, q.ref, state, (enum notice_channel)q.channel, q.attempts, q.code, q.at);
		if (n % 1024 == 1023)
			arena_reset(mine);
	}
	l->op->a = whole;
	arena_close(mine);
	return good && l->op->err.code == OK;
}

static bool list_all(struct listing *l)
{
	struct arena *mine = arena_open(), *whole = l->op->a;
	struct sql_notices q;
	l->op->a = mine;
	bool good = sql_notices(l->op, l->round->incident, l->round->round, &q);
	for (size_t n = 0; good && sql_notices_next(l->op, &q); n++) {
		notice_tell(l, q.ref, (enum notice_state)q.state, (enum notice_channel)q.channel, q.attempts, q.code, q.at);
		if (n % 1024 == 1023)
			arena_reset(mine);
	}
	l->op->a = whole;
	arena_close(mine);
	return good && l->op->err.code == OK;
}

/* Counts by state and channel; below each state in which somebody is not reached, who. */
static bool status_say(struct listing *l, const struct split *s, int64_t in_outbox)
{
	struct op *op = l->op;
	for (enum notice_state k = DRAFTED; k <= UNREACHABLE; k++) {
		struct buf b = BUF(200);
		if (!s->state[k])
			continue;
		for (enum notice_channel c = NO_CHANNEL; c <= IN_PERSON; c++)
			if (s->by[k][c] && c != NO_CHANNEL)
				buf_printf(&b, "%s%" PRId64 " %s", b.n ? ", " : "", s->by[k][c], channel_name(c));
		answer_say(l->answer, "%8" PRId64 "  %s%s" STR_FMT "%s", s->state[k], state_words(k), b.n ? " (" : "", STR_ARG(buf_str(&b)), b.n ? ")" : "");
		buf_free(&b);
		if (k == SENT && in_outbox)
			answer_say(l->answer, "          %" PRId64 " of them are in the outbox: " STR_FMT "/outbox/" STR_FMT, in_outbox, STR_ARG(op->folder), STR_ARG(round_name(op, l->round)));
		if (state_open(k) && k != DRAFTED && k != QUEUED && !list_state(l, k))
			return false;
	}
	const char *round = round_name(op, l->round).p;
	if (!s->open)
		answer_say(l->answer, s->state[PRINTED] ? "When the letters are in the post: handback notice posted %s" : "Finished: everybody in round %s was sent a notice.", round);
	if (s->state[DRAFTED])
		answer_say(l->answer, "Next: handback notice approve %s", round);
	else if (s->state[QUEUED])
		answer_say(l->answer, "Next: handback notice send %s", round);
	if (s->state[IN_DOUBT])
		answer_say(l->answer, "In doubt are never sent again by themselves. Ask them, or: handback notice retry %s --customer REF", round);
	if (s->state[UNREACHABLE] + s->state[RETURNED])
		answer_say(l->answer, "After a call or a visit: handback notice reached %s --customer REF --by phone", round);
	return true;
}

bool status_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct split s;
	struct sql_in_outbox outbox;
	struct listing l = { op, answer, &r, 0 };
	enum notice_state only;
	bool found;
	if (args_has(args, "state") && !state_parse(args_text(args, "state"), &only))
		return err_set(&op->err, INVALID, "state", "There is no state \"" STR_FMT "\".", STR_ARG(args_text(args, "state")));
	if (!round_asked(op, args, &r) || !round_split(op, &r, &s) || !sql_in_outbox(op, r.incident, r.round, &outbox, &found))
		return false;
	answer->attention = s.open > 0;
	if (args_has(args, "state")) {
		answer_say(answer, "%8" PRId64 "  %s", s.state[only], state_words(only));
		return list_state(&l, only);
	}
	if (answer->json)
		return list_all(&l);
	answer_say(answer, "Round " STR_FMT "%s: %" PRId64 " customers", STR_ARG(round_name(op, &r)), r.undone ? " (taken back)" : r.approved ? "" : " (not approved)", s.all);
	return status_say(&l, &s, found && outbox_there(op, &r) ? outbox.n : 0);
}

/* ---- what people decide ---- */

/* Attempts on a channel go on counting where they ended. */
static bool again_on(struct op *op, const struct moving *m, enum notice_channel channel, struct outcome *o)
{
	struct sql_attempts_on q;
	bool found;
	if (!sql_attempts_on(op, m->incident, m->round, m->who.n, channel, &q, &found))
		return false;
	*o = (struct outcome){ channel, q.attempts, op->now, "", { 0 } };
	return true;
}

static bool ways_now(struct op *op, customer_id who, unsigned *ways)
{
	struct families f;
	struct sql_customer_ways w;
	bool found;
	if (!sql_customer_ways(op, who.n, &w, &found) || !families_open(op, &f))
		return false;
	*ways = found ? (unsigned)w.ways : 0;
	bool good = family_ways(op, &f, who, ways);
	families_close(&f);
	return good;
}

/* The channel it was on; whoever had none left begins anew with what is known of them now. */
static bool channel_now(struct op *op, const struct moving *m, enum notice_channel *channel)
{
	unsigned ways;
	*channel = m->channel;
	if (m->channel != NO_CHANNEL)
		return true;
	if (!ways_now(op, m->who, &ways))
		return false;
	*channel = ways & WAY_POSTAL ? LETTER : ways & WAY_EMAIL ? EMAIL : NO_CHANNEL;
	return *channel != NO_CHANNEL || err_set(&op->err, CONFLICT, "customer", "There is no way to reach this customer. Import an e-mail or postal address first.");
}

static bool retry_one(struct op *op, const struct moving *m)
{
	struct outcome o;
	enum notice_channel channel;
	return channel_now(op, m, &channel) && again_on(op, m, channel, &o) && notice_move(op, m, E_TRY_AGAIN, &o);
}

static bool retry_state(struct op *op, const struct round *r, enum notice_state state, int64_t *n)
{
	struct sql_notices_in q;
	struct moving *m = NULL;
	size_t many = 0, cap = 0;
	if (!sql_notices_in(op, r->incident, r->round, state, &q))
		return false;
	while (sql_notices_in_next(op, &q)) {            /* first read, then moved: a moved row would be met again */
		if (many == cap)
			m = mem_grow(m, (cap = cap ? 2 * cap : 256) * sizeof *m);
		m[many++] = (struct moving){ r->incident, r->round, { (uint32_t)q.customer }, (enum notice_channel)q.channel, state, q.attempts };
	}
	bool good = op->err.code == OK;
	for (size_t i = 0; good && i < many; i++)
		good = retry_one(op, &m[i]);
	free(m);
	*n = (int64_t)many;
	return good;
}

static bool not_undone(struct op *op, const struct round *r)
{
	return !r->undone || err_set(&op->err, CONFLICT, "round", "Round " STR_FMT " was taken back. Draft a new one: handback notice draft %" PRId64, STR_ARG(round_name(op, r)), r->incident);
}

bool retry_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct str only = args_text(args, "state");
	int64_t failed = 0, in_doubt = 0;
	if (only.n && !str_eq(only, STR("failed")) && !str_eq(only, STR("in_doubt")))
		return err_set(&op->err, INVALID, "state", "--state is failed or in_doubt.");
	if (!round_asked(op, args, &r) || !not_undone(op, &r))
		return false;
	const char *round = round_name(op, &r).p;
	if (args_has(args, "customer")) {
		if (!one_asked(op, args, &r, &m) || !retry_one(op, &m))
			return false;
		failed = m.state != IN_DOUBT, in_doubt = m.state == IN_DOUBT;
	} else if ((!str_eq(only, STR("in_doubt")) && !retry_state(op, &r, FAILED, &failed)) || (!str_eq(only, STR("failed")) && !retry_state(op, &r, IN_DOUBT, &in_doubt))) {
		return false;
	}
	answer_row(answer);
	answer_text(answer, "round", round_name(op, &r));
	answer_number(answer, "failed", failed);
	answer_number(answer, "in_doubt", in_doubt);
	answer_row_end(answer);
	if (in_doubt)
		answer_say(answer, "%" PRId64 " who were in doubt will be sent it again; some of them may get it twice.", in_doubt);
	if (failed)
		answer_say(answer, "%" PRId64 " whom nothing had reached will be tried again.", failed);
	answer_say(answer, failed + in_doubt ? "Next: handback notice send %s" : "Nothing of round %s has failed or is in doubt.", round);
	return true;
}

bool undo_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct split s;
	if (!round_asked(op, args, &r) || !not_undone(op, &r) || !round_split(op, &r, &s))
		return false;
	int64_t back = s.state[DRAFTED] + s.state[QUEUED], out = s.all - back - s.state[UNREACHABLE];
	if (!back && s.all != s.state[UNREACHABLE])
		return err_set(&op->err, CONFLICT, "round", "All of round " STR_FMT " has gone out already; what was sent can't be taken back.", STR_ARG(round_name(op, &r)));
	if (!notices_move_all(op, r.incident, r.round, DRAFTED, E_TAKE_BACK, NO_CHANNEL, IN_PERSON) ||
	    !notices_move_all(op, r.incident, r.round, QUEUED, E_TAKE_BACK, NO_CHANNEL, IN_PERSON) || !sql_round_undo(op, r.incident, r.round, op->now, STR("")))
		return false;
	answer_row(answer);
	answer_text(answer, "round", round_name(op, &r));
	answer_number(answer, "undone", back);
	answer_number(answer, "gone_out", out);
	answer_row_end(answer);
	answer_say(answer, "%" PRId64 " of round " STR_FMT " are taken back before they went out.", back, STR_ARG(round_name(op, &r)));
	if (out)
		answer_say(answer, "%" PRId64 " had gone out; that can't be taken back.", out);
	return log_add(op, "round.undone", ABOUT({ "incident", r.incident }, { "round", r.round }, { "customers", back }));
}

/* ---- what people and the post report ---- */

static void one_tell(struct answer *answer, struct op *op, const struct args *args, const struct round *r, enum notice_state state)
{
	answer_row(answer);
	answer_text(answer, "customer_ref", args_text(args, "customer"));
	answer_text(answer, "round", round_name(op, r));
	answer_text(answer, "state", str_of(notice_state_name(state)));
	answer_row_end(answer);
}

/* An e-mail that came back is followed by a letter. */
static bool letter_instead(struct op *op, struct moving *m, bool *letter)
{
	struct outcome o;
	unsigned ways;
	m->state = BOUNCED;
	if (!ways_now(op, m->who, &ways))
		return false;
	*letter = ways & WAY_POSTAL;
	return !*letter || (again_on(op, m, LETTER, &o) && notice_move(op, m, E_NEXT_CHANNEL, &o));
}

bool returned_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	bool letter = false;
	if (!round_asked(op, args, &r) || !one_asked(op, args, &r, &m) ||
	    !notice_move(op, &m, E_RETURN, &(struct outcome){ m.channel, m.attempts, 0, "returned", { 0 } }) ||
	    (m.channel == EMAIL && !letter_instead(op, &m, &letter)))
		return false;
	one_tell(answer, op, args, &r, letter ? QUEUED : m.channel == EMAIL ? BOUNCED : RETURNED);
	if (letter) {
		answer_say(answer, "Kept: " STR_FMT " gets a letter instead. Next: handback notice send " STR_FMT, STR_ARG(args_text(args, "customer")), STR_ARG(round_name(op, &r)));
		return true;
	}
	answer_say(answer, "Kept: the notice to " STR_FMT " came back. Try a call, then: handback notice reached " STR_FMT " --customer " STR_FMT " --by phone",
	           STR_ARG(args_text(args, "customer")), STR_ARG(round_name(op, &r)), STR_ARG(args_text(args, "customer")));
	return true;
}

bool reached_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct outcome o;
	struct str by = args_text(args, "by");
	if (!str_eq(by, STR("phone")) && !str_eq(by, STR("in-person")))
		return err_set(&op->err, INVALID, "by", "--by is phone or in-person.");
	if (!round_asked(op, args, &r) || !one_asked(op, args, &r, &m) || !again_on(op, &m, by.p[0] == 'p' ? PHONE : IN_PERSON, &o))
		return false;
	o.attempts++, o.due = 0;
	if (!notice_move(op, &m, E_REACH, &o))
		return false;
	one_tell(answer, op, args, &r, ACKNOWLEDGED);
	answer_say(answer, "Kept: " STR_FMT " was reached %s.", STR_ARG(args_text(args, "customer")), o.channel == PHONE ? "by phone" : "in person");
	return true;
}

struct posting { customer_id who; enum notice_state state; int64_t attempt; };

static bool letters_printed(struct op *op, const struct round *r, const struct moving *only, struct posting **out, size_t *n, int64_t *left)
{
	struct sql_letters q;
	size_t cap = 0;
	if (!sql_letters(op, r->incident, r->round, &q))
		return false;
	while (sql_letters_next(op, &q)) {
		if (q.state != PRINTED)
			continue;
		if (only && only->who.n != (uint32_t)q.customer) {
			++*left;
			continue;
		}
		if (*n == cap)
			*out = mem_grow(*out, (cap = cap ? 2 * cap : 256) * sizeof **out);
		(*out)[(*n)++] = (struct posting){ { (uint32_t)q.customer }, PRINTED, q.attempt };
	}
	return op->err.code == OK;
}

static bool letters_post(struct op *op, const struct round *r, const struct posting *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct moving m = { r->incident, r->round, p[i].who, LETTER, p[i].state, p[i].attempt };
		if (!notice_move(op, &m, E_POST, &(struct outcome){ LETTER, m.attempts, 0, "", { 0 } }))
			return false;
	}
	return true;
}

/* The outbox holds names and addresses: when nothing in it waits any more, it goes. */
bool posted_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct posting *p = NULL;
	struct split s;
	size_t n = 0;
	int64_t left = 0;
	bool one = args_has(args, "customer");
	if (!round_asked(op, args, &r) || (one && !one_asked(op, args, &r, &m)))
		return false;
	if (!op_begin(op))
		return false;
	bool there = outbox_there(op, &r), good = letters_printed(op, &r, one ? &m : NULL, &p, &n, &left);
	if (good && !n && (one || !there))
		good = err_set(&op->err, CONFLICT, "round", "No printed letter of round " STR_FMT " waits for the post%s.", STR_ARG(round_name(op, &r)), one ? " for this customer" : "");
	good = op_end(op, good && letters_post(op, &r, p, n));
	free(p);
	if (!good || !round_split(op, &r, &s))
		return false;
	bool empty = !left && !s.state[QUEUED] && !s.state[HANDED];
	if (empty)
		outbox_remove(op, &r);
	answer_row(answer);
	answer_text(answer, "round", round_name(op, &r));
	answer_number(answer, "posted", (int64_t)n);
	answer_number(answer, "left", left);
	answer_flag(answer, "outbox_removed", there && empty);
	answer_row_end(answer);
	answer_say(answer, "Kept: %zu letters are in the post.%s", n, there && empty ? " The outbox of this round is removed: what it held were names and addresses." : "");
	if (left)
		answer_say(answer, "%" PRId64 " printed letters wait still.", left);
	return true;
}
