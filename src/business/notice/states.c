/* states - what a notice may become. One table; every move goes through it. */
#include "notice_int.h"
#include "notice_sql.h"
#include "seal.h"

static const char *const names[] = {
	[DRAFTED] = "drafted", [QUEUED] = "queued", [HANDED] = "handed", [SENT] = "sent", [IN_DOUBT] = "in_doubt", [BOUNCED] = "bounced",
	[FAILED] = "failed", [PRINTED] = "printed", [POSTED] = "posted", [ACKNOWLEDGED] = "acknowledged", [RETURNED] = "returned",
	[UNDONE] = "undone", [UNREACHABLE] = "unreachable",
};

static const struct { enum notice_state from; enum event event; enum notice_state to; } arrows[] = {
	{ DRAFTED, APPROVE, QUEUED },            { DRAFTED, NOBODY_KNOWS_HOW, UNREACHABLE },  { DRAFTED, TAKE_BACK, UNDONE },
	{ QUEUED, HAND, HANDED },                { QUEUED, ACCEPT, SENT },                    { QUEUED, PRINT, PRINTED },
	{ QUEUED, REFUSE_TO_LETTER, QUEUED },    { QUEUED, REFUSE_FOR_GOOD, FAILED },         { QUEUED, TAKE_BACK, UNDONE },
	{ HANDED, ACCEPT, SENT },                { HANDED, PUT_OFF, QUEUED },                 { HANDED, REFUSE_TO_LETTER, QUEUED },
	{ HANDED, REFUSE_FOR_GOOD, FAILED },     { HANDED, LOSE_TRACK, IN_DOUBT },
	{ IN_DOUBT, TRY_AGAIN, QUEUED },         { IN_DOUBT, REACH, ACKNOWLEDGED },
	{ FAILED, TRY_AGAIN, QUEUED },           { FAILED, REACH, ACKNOWLEDGED },
	{ PRINTED, POST, POSTED },               { PRINTED, REACH, ACKNOWLEDGED },            { PRINTED, TRY_AGAIN, QUEUED },
	{ POSTED, RETURN, RETURNED },            { POSTED, REACH, ACKNOWLEDGED },
	{ SENT, REACH, ACKNOWLEDGED },           { BOUNCED, REACH, ACKNOWLEDGED },            { BOUNCED, TRY_AGAIN, QUEUED },
	{ RETURNED, REACH, ACKNOWLEDGED },       { UNREACHABLE, REACH, ACKNOWLEDGED },        { UNREACHABLE, TRY_AGAIN, QUEUED },
	{ QUEUED, REACH, ACKNOWLEDGED },
};

const char *notice_state_name(enum notice_state s)
{
	return s >= DRAFTED && s <= UNREACHABLE ? names[s] : "unknown";
}

bool state_parse(struct str word, enum notice_state *state)
{
	for (enum notice_state s = DRAFTED; s <= UNREACHABLE; s++)
		if (str_eq(word, str_of(names[s]))) {
			*state = s;
			return true;
		}
	return false;
}

bool state_after(enum notice_state from, enum event event, enum notice_state *to)
{
	for (size_t i = 0; i < LENGTH(arrows); i++)
		if (arrows[i].from == from && arrows[i].event == event) {
			*to = arrows[i].to;
			return true;
		}
	return false;
}

bool notice_move(struct op *op, const struct moving *m, enum event event, const struct outcome *o)
{
	enum notice_state to;
	struct str sealed = STR(""), words = o->words;
	if (!state_after(m->state, event, &to))
		return err_set(&op->err, CONFLICT, NULL, "A notice that is %s can't be changed in this way.", notice_state_name(m->state));
	if (words.n && op->seal) {
		struct place place = { "attempt", "words", op->business, m->who.n };
		if (!seal_wrap(op->seal, &place, &words, &sealed, 1, op->a, &op->err))
			return false;
	}
	int64_t attempt = event == HAND ? o->attempts : m->attempts;
	if (!sql_notice_move(op, m->incident, m->round, m->who.n, o->channel, to, o->attempts, o->due, op->now, str_of(o->code)))
		return false;
	if (event != APPROVE && event != TAKE_BACK &&
	    !sql_attempt_put(op, m->incident, m->round, m->who.n, m->channel, attempt, to, op->now, str_of(o->code), sealed))
		return false;
	return log_add(op, "notice.moved", ABOUT({ "incident", m->incident }, { "round", m->round }, { "customer", m->who.n }, { "channel", m->channel }, { "state", to }));
}
