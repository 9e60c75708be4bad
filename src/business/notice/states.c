/* states - what a notice may become. One table (doc/notice-states.md); every move goes through it. */
#include "notice_int.h"
#include "notice_sql.h"
#include "seal.h"
#include "ways.h"

#include <assert.h>
#include <inttypes.h>

static const char *const state_names[] = {
	[DRAFTED] = "drafted", [QUEUED] = "queued", [HANDED] = "handed", [SENT] = "sent", [IN_DOUBT] = "in_doubt", [BOUNCED] = "bounced",
	[FAILED] = "failed", [PRINTED] = "printed", [POSTED] = "posted", [ACKNOWLEDGED] = "acknowledged", [RETURNED] = "returned",
	[UNDONE] = "undone", [UNREACHABLE] = "unreachable",
};
static const char *const event_names[] = {
	[E_APPROVE] = "approve", [E_HAND] = "hand over", [E_ACCEPT] = "accepted", [E_PUT_OFF] = "put off", [E_NEXT_CHANNEL] = "next channel",
	[E_NO_CHANNEL] = "no channel left", [E_SPOIL] = "could not be written", [E_LOSE_TRACK] = "lose track", [E_PRINT] = "print", [E_POST] = "post",
	[E_RETURN] = "come back", [E_REACH] = "reach", [E_TRY_AGAIN] = "try again", [E_TAKE_BACK] = "take back", [E_UNSENT] = "was not sent",
};

const struct arrow arrows[] = {
	{ DRAFTED, E_APPROVE, QUEUED },          { DRAFTED, E_NO_CHANNEL, UNREACHABLE },     { DRAFTED, E_TAKE_BACK, UNDONE },
	{ QUEUED, E_HAND, HANDED },              { QUEUED, E_ACCEPT, SENT },                 { QUEUED, E_NEXT_CHANNEL, QUEUED },
	{ QUEUED, E_NO_CHANNEL, UNREACHABLE },   { QUEUED, E_SPOIL, FAILED },                { QUEUED, E_PRINT, PRINTED },
	{ QUEUED, E_PUT_OFF, QUEUED },           { QUEUED, E_REACH, ACKNOWLEDGED },           { QUEUED, E_TAKE_BACK, UNDONE },
	{ HANDED, E_ACCEPT, SENT },              { HANDED, E_PUT_OFF, QUEUED },              { HANDED, E_NEXT_CHANNEL, QUEUED },
	{ HANDED, E_NO_CHANNEL, UNREACHABLE },   { HANDED, E_LOSE_TRACK, IN_DOUBT },
	{ SENT, E_RETURN, BOUNCED },             { SENT, E_REACH, ACKNOWLEDGED },            { SENT, E_UNSENT, QUEUED },
	{ IN_DOUBT, E_ACCEPT, SENT },            { IN_DOUBT, E_RETURN, BOUNCED },         { IN_DOUBT, E_REACH, ACKNOWLEDGED },        { IN_DOUBT, E_TRY_AGAIN, QUEUED },
	{ BOUNCED, E_NEXT_CHANNEL, QUEUED },     { BOUNCED, E_REACH, ACKNOWLEDGED },         { BOUNCED, E_TRY_AGAIN, QUEUED },
	{ FAILED, E_REACH, ACKNOWLEDGED },       { FAILED, E_TRY_AGAIN, QUEUED },
	{ PRINTED, E_POST, POSTED },             { PRINTED, E_REACH, ACKNOWLEDGED },          { PRINTED, E_TAKE_BACK, UNDONE },
	{ POSTED, E_RETURN, RETURNED },          { POSTED, E_REACH, ACKNOWLEDGED },
	{ RETURNED, E_NEXT_CHANNEL, QUEUED },    { RETURNED, E_REACH, ACKNOWLEDGED },     { RETURNED, E_TRY_AGAIN, QUEUED },
	{ UNREACHABLE, E_REACH, ACKNOWLEDGED },  { UNREACHABLE, E_TRY_AGAIN, QUEUED },
};
const size_t arrows_n = LENGTH(arrows);

const char *notice_state_name(enum notice_state s)
{
	return s >= DRAFTED && s <= UNREACHABLE ? state_names[s] : "unknown";
}

/* A mail that only lies in the outbox has gone to nobody. */
static const char *notice_outcome_name(enum notice_state s, const char *code)
{
	return s == SENT && strcmp(code, "outbox") == 0 ? "outbox" : notice_state_name(s);
}

const char *event_name(enum event e)
{
	return event_names[e];
}

const char *notice_channel_name(enum notice_channel c)
{
	static const char *const names[] = { [NO_CHANNEL] = "none", [EMAIL] = "email", [LETTER] = "letter", [SMS] = "sms", [PHONE] = "phone", [IN_PERSON] = "in-person" };
	return c >= NO_CHANNEL && c <= IN_PERSON ? names[c] : "none";
}

const char *notice_channel_said(enum notice_channel c)
{
	static const char *const words[] = { [NO_CHANNEL] = "no known way", [EMAIL] = "e-mail", [LETTER] = "letter", [SMS] = "SMS", [PHONE] = "phone", [IN_PERSON] = "word of mouth" };
	return words[c >= NO_CHANNEL && c <= IN_PERSON ? c : NO_CHANNEL];
}

bool state_parse(struct str word, enum notice_state *state)
{
	for (enum notice_state s = DRAFTED; s <= UNREACHABLE; s++)
		if (str_eq(word, str_of(state_names[s]))) {
			*state = s;
			return true;
		}
	return false;
}

bool notice_state_open(enum notice_state s)
{
	return s != SENT && s != PRINTED && s != POSTED && s != ACKNOWLEDGED && s != UNDONE;
}

bool state_after(enum notice_state from, enum event event, enum notice_state *to)
{
	for (size_t i = 0; i < arrows_n; i++)
		if (arrows[i].from == from && arrows[i].event == event) {
			*to = arrows[i].to;
			return true;
		}
	return false;
}

/* The attempt in m, or for `hand over`, `print` and `reach` the new one. false: the move begins none yet, and what became of the last one stays. */
static bool attempt_of(const struct moving *m, enum event event, const struct outcome *o, struct attempt *a, bool *fresh)
{
	*fresh = event == E_HAND || event == E_PRINT || event == E_REACH || (event == E_ACCEPT && m->state == QUEUED);
	*a = (struct attempt){ m->incident, m->round, m->who, *fresh ? o->channel : m->channel, *fresh ? o->attempts : m->attempts };
	return event != E_TRY_AGAIN && event != E_UNSENT && ((m->state != BOUNCED && m->state != RETURNED) || *fresh);
}

/* What became of it. */
static bool attempt_kept(struct op *op, const struct moving *m, const struct attempt *a, const struct logged *k, enum event event, enum notice_state to, const struct outcome *o)
{
	enum notice_channel channel = a->channel;
	int64_t attempt = a->number, entry = k->made ? k->entry : -1;
	struct str sealed = STR("");
	if (event == E_POST || event == E_RETURN)
		return sql_attempt_move(op, m->incident, m->round, m->who.n, channel, attempt, to, op->now, entry);
	if (o->words.n) {
		struct place place = { "attempt", "words", op->business, m->who.n };
		if (!seal_wrap(op->seal, &place, &o->words, &sealed, 1, op->a, &op->err))
			return false;
	}
	return sql_attempt_put(op, m->incident, m->round, m->who.n, channel, attempt, to, op->now, str_of(o->code), sealed, entry, logged_salt(k), logged_text(k));
}

bool notice_move(struct op *op, const struct moving *m, enum event event, const struct outcome *o)
{
	enum notice_state to;
	if (!state_after(m->state, event, &to))
		return err_set(&op->err, CONFLICT, "customer", "This notice is %s; \"%s\" can't be said of it. See: handback notice status %s",
		               notice_state_name(m->state), event_names[event], notice_round_name(op, m->incident, m->round).p);
	bool place = event == E_PRINT || event == E_ACCEPT;      /* then the code is of the attempt only: where it lies */
	bool fresh, begun;
	struct attempt a;
	struct logged k = { 0 };
	begun = attempt_of(m, event, o, &a, &fresh);
	/* the customer goes on; this address, or this call, did not work */
	enum notice_state became = event == E_NEXT_CHANNEL || event == E_NO_CHANNEL || (event == E_PUT_OFF && m->state == QUEUED) ? BOUNCED : to;
	if (fresh)
		logged_new(&k, o->text);
	return (fresh || !begun || logged_get(op, &a, &k)) &&
	       logged_add(op, &k, &a, "notice.moved", ABOUT({ "incident", m->incident }, { "round", m->round }, { "customer", m->who.n },
	                                                  { "channel", o->channel }, { "attempt", o->attempts }, { "state", to }),
	                notice_outcome_name(became, o->code)) &&
	       sql_notice_move(op, m->incident, m->round, m->who.n, o->channel, to, o->attempts, o->due, op->now, str_of(place ? "" : o->code)) &&
	       (!begun || attempt_kept(op, m, &a, &k, event, became, o));
}

bool notices_move_all(struct op *op, int64_t incident, int64_t round, enum notice_state from, enum event event, enum notice_channel least, enum notice_channel most)
{
	enum notice_state to = from;
	bool arrow = state_after(from, event, &to);
	assert(arrow);
	return sql_notices_move(op, incident, round, from, to, least, most, op->now) &&
	       log_add(op, "notices.moved", ABOUT({ "incident", incident }, { "round", round }, { "from", from }, { "channels", most }, { "state", to }));
}
