/* report - how far a round is, and what people decide and report of it. */
#include "notice_int.h"
#include "notice_sql.h"
#include "outbox.h"
#include "own.h"
#include "pace.h"
#include "ways.h"

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
	case BOUNCED:      return "bounced, and no other way is known: call or visit";
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

/* What to try next with one of them; empty: nothing by hand. */
static const char *next_words(enum notice_state s, enum notice_channel c, bool outbox)
{
	switch (s) {
	case DRAFTED:      return "approve the round";
	case QUEUED:       return c == PHONE ? "call" : c == IN_PERSON ? "tell in person" : "";
	case SENT:         return outbox ? "send the mail in the outbox" : "";
	case IN_DOUBT:     return "ask whether it came, or try again";
	case BOUNCED:      return "call, or correct the address and try again";
	case FAILED:       return "try again, or call";
	case PRINTED:      return "post the letter";
	case RETURNED:     return "call or visit, or correct the address and try again";
	case UNREACHABLE:  return "call or visit, or learn an address";
	default:           return "";
	}
}

enum { SHOWN_MAX = 20 };

struct listing { struct op *op; struct answer *answer; const struct round *round; int64_t shown; };

static void notice_tell(struct listing *l, struct str ref, enum notice_state state, enum notice_channel channel, int64_t attempts, struct str code, int64_t at, bool outbox)
{
	answer_row(l->answer);
	answer_text(l->answer, "customer_ref", ref);
	answer_text(l->answer, "round", round_name(l->op, l->round));
	answer_text(l->answer, "state", str_of(notice_state_name(state)));
	answer_text(l->answer, "channel", str_of(notice_channel_name(channel)));
	answer_number(l->answer, "attempts", attempts);
	answer_text(l->answer, "last_error", code);
	answer_time(l->answer, "at", at);
	answer_flag(l->answer, "told", notice_told(state) && !outbox);
	answer_flag(l->answer, "known", notice_known(state));
	answer_text(l->answer, "next", str_of(next_words(state, channel, outbox)));
	if (outbox)                                      /* written, and sent to nobody yet as far as we know */
		answer_flag(l->answer, "outbox", true);
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
		notice_tell(l, q.ref, state, (enum notice_channel)q.channel, q.attempts, q.code, q.at, q.outbox);
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
		notice_tell(l, q.ref, (enum notice_state)q.state, (enum notice_channel)q.channel, q.attempts, q.code, q.at, q.outbox);
		if (n % 1024 == 1023)
			arena_reset(mine);
	}
	l->op->a = whole;
	arena_close(mine);
	return good && l->op->err.code == OK;
}

static void channels_say(struct buf *b, const int64_t by[IN_PERSON + 1])
{
	for (enum notice_channel c = EMAIL; c <= IN_PERSON; c++)
		if (by[c])
			buf_printf(b, "%s%" PRId64 " %s", b->n ? ", " : " (", by[c], notice_channel_name(c));
	if (b->n)
		buf_byte(b, ')');
}

/* Printed letters that somebody should look at before they are posted; their places say why (outbox.c). */
static bool letters_odd_say(struct listing *l)
{
	struct sql_letters q;
	l->shown = 0;
	if (!sql_letters(l->op, l->round->incident, l->round->round, &q))
		return false;
	while (sql_letters_next(l->op, &q)) {
		const char *look = q.state == PRINTED ? letter_look(q.place) : "";
		if (!*look)
			continue;
		if (!l->shown++)
			answer_say(l->answer, "          look at these before they are posted (letters.csv says where each stands):");
		if (l->shown <= SHOWN_MAX)
			answer_say(l->answer, "    " STR_FMT "  %s", STR_ARG(q.ref), look);
	}
	if (l->shown > SHOWN_MAX)
		answer_say(l->answer, "    and %" PRId64 " more", l->shown - SHOWN_MAX);
	return l->op->err.code == OK;
}

/* What is to be done next, and whether all is done: computed, never set. */
static bool next_say(struct listing *l, const struct split *s, int64_t in_outbox)
{
	struct op *op = l->op;
	struct mails_waiting w;
	struct sql_reachable_now now;                    /* a way was found since: an address, or an e-mail where none was tried */
	bool found;
	const char *round = round_name(op, l->round).p;
	int64_t told = s->state[SENT] + s->state[POSTED] + s->state[ACKNOWLEDGED];
	if (!mails_waiting(op, l->round, &w) || !sql_reachable_now(op, l->round->incident, l->round->round, &now, &found))
		return false;
	if (now.n && !l->round->undone)
		answer_say(l->answer, "%s an e-mail or postal address by now that was not tried. For each of them: handback notice retry %s --customer REF",
		           counted(op->a, now.n, "who had no way left has", "who had no way left have"), round);
	if (s->state[PRINTED])
		answer_say(l->answer, "When the letters are in the post: handback notice posted %s", round);
	if (in_outbox)
		answer_say(l->answer, "Open the mails in your mail program and send them, then: handback notice posted %s --mails\n"
		                      "To have a mail server send them instead: handback set mail.server ..., then: handback notice retry %s --state outbox", round, round);
	if (s->state[UNDONE] && s->state[UNDONE] == s->all)
		answer_say(l->answer, "Nobody was sent a notice by this round. To draft a new one: handback notice draft %" PRId64, l->round->incident);
	else if (!s->open && !s->state[PRINTED] && !in_outbox)
		answer_say(l->answer, s->state[UNDONE] ? "Finished: those of round %s who were not taken back, %" PRId64 ", were sent a notice." : "Finished: everybody in round %s was sent a notice.",
		           round, told);
	if (s->state[DRAFTED])
		answer_say(l->answer, "Next: handback notice approve %s", round);
	else if (w.n && w.n == notice_waits(s) && w.due > op->now)
		answer_say(l->answer, "Next, after " STR_FMT ": handback notice send %s      %s%s%s", STR_ARG(when_local_text(op->a, op->zone, w.due)), round,
		           w.limited ? "Sooner is more than mail.limit or mail.day-limit lets go" : "At once: handback notice send ", w.limited ? "" : round, w.limited ? "" : " --now");
	else if (notice_waits(s))
		answer_say(l->answer, "Next: handback notice send %s", round);
	if (s->by[QUEUED][PHONE] + s->by[QUEUED][IN_PERSON])
		answer_say(l->answer, "To be told by you, %" PRId64 " by phone and %" PRId64 " in person: handback notice calls %s", s->by[QUEUED][PHONE], s->by[QUEUED][IN_PERSON], round);
	if (s->state[IN_DOUBT])
		answer_say(l->answer, "In doubt are never sent again by themselves. Ask them, or: handback notice retry %s --customer REF", round);
	if (told || s->state[BOUNCED])
		answer_say(l->answer, "Told as the law asks: %" PRId64 ". Known to have been reached: %" PRId64 ".", told - in_outbox, s->state[ACKNOWLEDGED]);
	if (s->state[UNREACHABLE] + s->state[RETURNED] + s->state[BOUNCED])
		answer_say(l->answer, "After a call or a visit: handback notice reached %s --customer REF --by phone", round);
	return true;
}

/* Counts by state and channel; below each state in which somebody is not reached, who. */
static bool status_say(struct listing *l, struct split *s, int64_t in_outbox)
{
	for (enum notice_state k = DRAFTED; k <= UNREACHABLE; k++) {
		struct buf b = BUF(200);
		if (k == SENT && in_outbox) {
			s->by[SENT][EMAIL] -= in_outbox;
			answer_say(l->answer, "%8" PRId64 "  in the outbox: written, but nobody has sent them yet\n          " STR_FMT "/outbox/" STR_FMT, in_outbox,
			           STR_ARG(l->op->folder), STR_ARG(round_name(l->op, l->round)));
		}
		int64_t n = s->state[k] - (k == SENT ? in_outbox : 0);
		if (!n)
			continue;
		channels_say(&b, s->by[k]);
		answer_say(l->answer, "%8" PRId64 "  %s" STR_FMT, n, state_words(k), STR_ARG(buf_str(&b)));
		buf_free(&b);
		if ((k == PRINTED && !letters_odd_say(l)) || (notice_state_open(k) && k != DRAFTED && k != QUEUED && !list_state(l, k)))
			return false;
	}
	return next_say(l, s, in_outbox);
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
	if (s.all != r.people)
		return err_set(&op->err, TORN, "round", "Round " STR_FMT " was drafted for %s, and %" PRId64 " can be read. Put back a backup. What is wrong: handback check",
		               STR_ARG(round_name(op, &r)), counted(op->a, r.people, "customer", "customers"), s.all);
	answer->attention = s.open > 0 || s.state[PRINTED] > 0 || outbox.n > 0;         /* somebody has still to hear of it */
	if (args_has(args, "state")) {
		answer_say(answer, "%8" PRId64 "  %s", s.state[only], state_words(only));
		return list_state(&l, only);
	}
	if (answer->json)
		return list_all(&l);
	answer_say(answer, "Round " STR_FMT "%s: %s", STR_ARG(round_name(op, &r)), r.undone ? " (taken back)" : r.approved ? "" : " (not approved)",
	           counted(op->a, s.all, "customer", "customers"));
	return status_say(&l, &s, outbox.n);
}

/* ---- what people decide ---- */

/* The channel it was on; whoever had none left begins anew with what is known of them now. */
static bool channel_now(struct op *op, const struct moving *m, enum notice_channel *channel)
{
	struct plan p;
	unsigned tried;
	*channel = m->channel;
	if (m->channel != NO_CHANNEL)
		return true;
	if (!plan_now(op, m->incident, m->who, &p) || !channels_tried(op, m, &tried))
		return false;
	*channel = channel_first(op, &p, tried);
	if (*channel == NO_CHANNEL)                      /* all were tried: an address may have been put right since */
		*channel = p.ways & WAY_POSTAL ? LETTER : p.ways & WAY_EMAIL ? EMAIL : NO_CHANNEL;
	return *channel != NO_CHANNEL || err_set(&op->err, CONFLICT, "customer", "There is no way to reach this customer. Import an e-mail or postal address first.");
}

/* What the outbox holds was sent by nobody, as far as we know; what a server took is never sent again. */
static bool retry_one(struct op *op, const struct moving *m, bool in_outbox)
{
	struct outcome o;
	enum notice_channel channel;
	if (m->state == SENT && !in_outbox)
		return err_set(&op->err, CONFLICT, "customer", "This notice was sent; it is not sent twice. If it came back: handback notice returned %s --customer REF",
		               notice_round_name(op, m->incident, m->round).p);
	return channel_now(op, m, &channel) && again_on(op, m, channel, &o) && notice_move(op, m, m->state == SENT ? E_UNSENT : E_TRY_AGAIN, &o);
}

struct stays { struct moving *m; size_t n, cap; };

/* Those in one state; of the sent ones, those whose mail lies in the outbox. First read, then moved: a moved row would be met again. */
static bool in_state(struct op *op, const struct round *r, enum notice_state state, struct stays *s)
{
	struct sql_notices_in q;
	if (!sql_notices_in(op, r->incident, r->round, state, &q))
		return false;
	while (sql_notices_in_next(op, &q)) {
		if (state == SENT && !q.outbox)
			continue;
		if (s->n == s->cap)
			s->m = mem_grow(s->m, (s->cap = s->cap ? 2 * s->cap : 256) * sizeof *s->m);
		s->m[s->n++] = (struct moving){ r->incident, r->round, { (uint32_t)q.customer }, (enum notice_channel)q.channel, state, q.attempts };
	}
	return op->err.code == OK;
}

static bool retry_state(struct op *op, const struct round *r, enum notice_state state, int64_t *n)
{
	struct stays s = { 0 };
	bool good = in_state(op, r, state, &s);
	for (size_t i = 0; good && i < s.n; i++)
		good = retry_one(op, &s.m[i], true);
	free(s.m);
	*n = (int64_t)s.n;
	return good;
}

/* Whether this one's mail lies in the outbox. */
static bool in_outbox(struct op *op, const struct round *r, customer_id who, bool *is)
{
	struct stays s = { 0 };
	bool good = in_state(op, r, SENT, &s);
	*is = false;
	for (size_t i = 0; good && i < s.n; i++)
		*is |= s.m[i].who.n == who.n;
	free(s.m);
	return good;
}

static bool not_undone(struct op *op, const struct round *r)
{
	return !r->undone ||
	       err_set(&op->err, CONFLICT, "round", "Round " STR_FMT " was taken back. Draft a new one: handback notice draft %" PRId64, STR_ARG(round_name(op, r)), r->incident);
}

bool retry_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct str only = args_text(args, "state");
	int64_t failed = 0, in_doubt = 0, outbox = 0;
	bool unsent;
	if (only.n && !str_eq(only, STR("failed")) && !str_eq(only, STR("in_doubt")) && !str_eq(only, STR("outbox")))
		return err_set(&op->err, INVALID, "state", "--state is failed, in_doubt or outbox.");
	if (!round_asked(op, args, &r) || !not_undone(op, &r))
		return false;
	const char *round = round_name(op, &r).p;
	if (args_has(args, "customer")) {
		if (!one_asked(op, args, &r, &m) || !in_outbox(op, &r, m.who, &unsent) || !retry_one(op, &m, unsent))
			return false;
		in_doubt = m.state == IN_DOUBT, outbox = m.state == SENT, failed = !in_doubt && !outbox;
	} else if (str_eq(only, STR("outbox")) ? !retry_state(op, &r, SENT, &outbox)
	                                       : (!str_eq(only, STR("in_doubt")) && !retry_state(op, &r, FAILED, &failed)) ||
	                                                 (!str_eq(only, STR("failed")) && !retry_state(op, &r, IN_DOUBT, &in_doubt))) {
		return false;
	}
	answer_row(answer);
	answer_text(answer, "round", round_name(op, &r));
	answer_number(answer, "failed", failed);
	answer_number(answer, "in_doubt", in_doubt);
	if (outbox)
		answer_number(answer, "outbox", outbox);
	answer_row_end(answer);
	if (in_doubt)
		answer_say(answer, "%" PRId64 " who were in doubt will be sent it again; some of them may get it twice.", in_doubt);
	if (outbox)
		answer_say(answer, "%" PRId64 " whose mails lie in the outbox will be sent it: delete a mail there that you have sent yourself, and say so, or they get it twice.", outbox);
	if (failed)
		answer_say(answer, "%" PRId64 " whom nothing had reached will be tried again.", failed);
	answer_say(answer, failed + in_doubt + outbox ? "Next: handback notice send %s" : "Nothing of round %s has failed or is in doubt.", round);
	return true;
}

/* All that nobody has sent or posted: what lies in the outbox goes back to the queue first. */
static bool take_back(struct op *op, const struct round *r, int64_t back, int64_t *mails)
{
	return retry_state(op, r, SENT, mails) && notices_move_all(op, r->incident, r->round, DRAFTED, E_TAKE_BACK, NO_CHANNEL, IN_PERSON) &&
	       notices_move_all(op, r->incident, r->round, QUEUED, E_TAKE_BACK, NO_CHANNEL, IN_PERSON) &&
	       notices_move_all(op, r->incident, r->round, PRINTED, E_TAKE_BACK, NO_CHANNEL, IN_PERSON) && sql_round_undo(op, r->incident, r->round, op->now, STR("")) &&
	       log_add(op, "round.undone", ABOUT({ "incident", r->incident }, { "round", r->round }, { "customers", back + *mails }));
}

bool undo_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct split s;
	struct sql_in_outbox lies;
	int64_t mails;
	bool found;
	if (!op_begin(op))
		return false;
	bool good = round_asked(op, args, &r) && not_undone(op, &r) && round_split(op, &r, &s) && sql_in_outbox(op, r.incident, r.round, &lies, &found);
	if (good && r.approved && args_has(args, "draft"))      /* whoever throws a draft away has not seen that it was approved */
		good = err_set(&op->err, CONFLICT, "round", "This round was approved meanwhile: nothing was taken back. Look at it as it is now, and decide.");
	int64_t back = good ? s.state[DRAFTED] + s.state[QUEUED] + s.state[PRINTED] : 0;
	if (good && !back && !lies.n && s.all != s.state[UNREACHABLE] + s.state[UNDONE])
		good = err_set(&op->err, CONFLICT, "round", "All of round " STR_FMT " has gone out already; what was sent can't be taken back.", STR_ARG(round_name(op, &r)));
	if (!op_end(op, good && take_back(op, &r, back, &mails)))
		return false;
	outbox_clear(op, &r, true, true);
	int64_t out = s.all - back - mails - s.state[UNREACHABLE] - s.state[UNDONE];
	back += mails;
	answer_row(answer);
	answer_text(answer, "round", round_name(op, &r));
	answer_number(answer, "undone", back);
	answer_number(answer, "gone_out", out);
	answer_row_end(answer);
	answer_say(answer, "%" PRId64 " of round " STR_FMT " %s taken back before %s went out.", back, STR_ARG(round_name(op, &r)), back == 1 ? "is" : "are", back == 1 ? "it" : "they");
	if (mails || s.state[PRINTED])
		answer_say(answer, "With them went %s and %s from the outbox. If you have sent or posted some of them yourself, those customers know already.",
		           counted(op->a, mails, "mail", "mails"), counted(op->a, s.state[PRINTED], "printed letter", "printed letters"));
	if (out)
		answer_say(answer, "%" PRId64 " had gone out; that can't be taken back.", out);
	return true;
}

/* ---- what people and the post report ---- */

static void one_tell(struct answer *answer, struct str ref, struct str round, enum notice_state state)
{
	answer_row(answer);
	answer_text(answer, "customer_ref", ref);
	answer_text(answer, "round", round);
	answer_text(answer, "state", str_of(notice_state_name(state)));
	answer_row_end(answer);
}

bool returned_run(struct op *op, const struct args *args, struct answer *answer)
{
	static const char *const says[] = { [EMAIL] = "gets an e-mail", [LETTER] = "gets a letter", [SMS] = "gets an SMS", [PHONE] = "is to be called", [IN_PERSON] = "is to be told in person" };
	struct round r;
	struct moving m;
	enum notice_channel next;
	struct str ref = args_text(args, "customer");
	bool in_round = args_has(args, "round"), coded = args_has(args, "code");
	if (coded == (ref.n > 0) || (!coded && !in_round))
		return err_set(&op->err, INVALID, coded ? "code" : "customer", "Tell the letter's code, or the round and the customer.");
	if ((in_round && !round_asked(op, args, &r)) || !(coded ? coded_letter(op, args_text(args, "code"), in_round ? &r : NULL, &m, &ref) : one_asked(op, args, &r, &m)))
		return false;
	struct str round = notice_round_name(op, m.incident, m.round);
	if (m.state == ACKNOWLEDGED) {                   /* they know, by their own page or a call: a letter that comes back changes nothing of that */
		one_tell(answer, ref, round, ACKNOWLEDGED);
		answer_say(answer, STR_FMT " is known to have been reached, so nothing more is to be done. The postal address is not right, though: ask them for it.", STR_ARG(ref));
		return true;
	}
	if (!notice_move(op, &m, E_RETURN, &(struct outcome){ m.channel, m.attempts, 0, "returned", { 0 } }))
		return false;
	m.state = m.state == POSTED ? RETURNED : BOUNCED;
	if (!channel_next(op, &m, "", &next))
		return false;
	one_tell(answer, ref, round, next ? QUEUED : m.state);
	if (next)
		answer_say(answer, "Kept: " STR_FMT " %s instead. Next: handback notice %s " STR_FMT, STR_ARG(ref), says[next], next >= PHONE ? "calls" : "send", STR_ARG(round));
	else
		answer_say(answer, "Kept: the notice to " STR_FMT " came back. Try a call, then: handback notice reached " STR_FMT " --customer " STR_FMT " --by phone", STR_ARG(ref),
		           STR_ARG(round), STR_ARG(ref));
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
	one_tell(answer, args_text(args, "customer"), round_name(op, &r), ACKNOWLEDGED);
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

/* One mail of the outbox, or all: a person has sent them. */
static bool mails_sent(struct op *op, const struct round *r, const struct moving *only, size_t *n)
{
	struct stays s = { 0 };
	bool good = in_state(op, r, SENT, &s);
	*n = 0;
	for (size_t i = 0; good && i < s.n; i++) {
		struct attempt a = { r->incident, r->round, s.m[i].who, EMAIL, s.m[i].attempts };
		struct logged k;
		if (only && a.who.n != only->who.n)
			continue;
		++*n;
		good = logged_get(op, &a, &k) &&
		       logged_add(op, &k, &a, "mail.sent_by_hand", ABOUT({ "incident", a.incident }, { "round", a.round }, { "customer", a.who.n }, { "attempt", a.number }), "sent by hand") &&
		       sql_attempt_by_hand(op, a.incident, a.round, a.who.n, a.number, op->now, k.made ? k.entry : -1);
	}
	free(s.m);
	return good;
}

/* The outbox holds names and addresses: letters go from it when they are posted, mails when a person says that they were sent. */
bool posted_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct posting *p = NULL;
	struct split s;
	struct sql_in_outbox unsent;
	size_t letters = 0, mails = 0;
	int64_t left = 0;
	bool one = args_has(args, "customer"), of_mails = args_has(args, "mails"), found;
	if (!round_asked(op, args, &r) || (one && !one_asked(op, args, &r, &m)) || !sql_in_outbox(op, r.incident, r.round, &unsent, &found))
		return false;
	const char *name = round_name(op, &r).p;
	if (!op_begin(op))
		return false;
	bool there = outbox_there(op, &r);
	bool good = of_mails ? mails_sent(op, &r, one ? &m : NULL, &mails) : letters_printed(op, &r, one ? &m : NULL, &p, &letters, &left);
	if (good && of_mails && !mails && (one || !there))
		good = err_set(&op->err, CONFLICT, "round", "No mail of round %s lies in the outbox%s.", name, one ? " for this customer" : "");
	else if (good && !of_mails && !letters && unsent.n)
		good = err_set(&op->err, CONFLICT, "round", "No printed letter of round %s waits for the post%s. Mails in the outbox: %" PRId64 ". When you have sent them: handback notice posted %s --mails",
		               name, one ? " for this customer" : "", unsent.n, name);
	else if (good && !of_mails && !letters && (one || !there))
		good = err_set(&op->err, CONFLICT, "round", "No printed letter of round %s waits for the post%s.", name, one ? " for this customer" : "");
	good = op_end(op, good && letters_post(op, &r, p, letters));
	free(p);
	if (!good || !round_split(op, &r, &s) || !sql_in_outbox(op, r.incident, r.round, &unsent, &found))
		return false;
	bool waits = notice_waits(&s) || s.state[HANDED];
	if (of_mails && one)
		outbox_drop_mail(op, &r, args_text(args, "customer"));
	bool removed = there && outbox_clear(op, &r, !unsent.n && !waits, !s.state[PRINTED] && !waits);
	answer_row(answer);
	answer_text(answer, "round", str_of(name));
	answer_number(answer, "posted", (int64_t)letters);
	answer_number(answer, "left", s.state[PRINTED]);
	answer_number(answer, "mails", (int64_t)mails);
	answer_number(answer, "mails_left", unsent.n);
	answer_flag(answer, "outbox_removed", removed);
	answer_row_end(answer);
	if (of_mails)
		answer_say(answer, "Kept: you have sent %s.", counted(op->a, (int64_t)mails, "mail", "mails"));
	else
		answer_say(answer, "Kept: %s in the post.", counted(op->a, (int64_t)letters, "letter is", "letters are"));
	if (removed)
		answer_say(answer, "The outbox of this round is removed: what it held were names and addresses.");
	if (s.state[PRINTED])
		answer_say(answer, "%s still.", counted(op->a, s.state[PRINTED], "printed letter waits", "printed letters wait"));
	if (unsent.n)
		answer_say(answer, "%s in the outbox, and nobody has sent %s yet. When you have: handback notice posted %s --mails", counted(op->a, unsent.n, "mail lies", "mails lie"),
		           unsent.n == 1 ? "it" : "them", name);
	return true;
}
