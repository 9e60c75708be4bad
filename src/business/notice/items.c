/* items - those of a round who are due, each as an item: their contacts, their words, and what became of theirs as a move. Contacts are opened under the
 * round's leave only. For the three ways of sending; nothing goes out here.
 */
#include "notice_bounces_sql.h"
#include "notice_sql.h"
#include "sending.h"

#include <stdio.h>

enum {
	GIVE_UP = 48 * 3600,                             /* put off for longer, an e-mail falls to the letter */
	OPEN_AT_ONCE = 256,
};

bool items_due(struct sending *s, enum notice_channel channel, int64_t many, struct item *item, size_t *n)
{
	struct sql_notices_due q;
	const struct round *r = &s->round;
	*n = 0;
	if (!sql_notices_due(s->op, r->incident, r->round, channel, sending_tick(s), many, &q))
		return false;
	while (*n < (size_t)many && sql_notices_due_next(s->op, &q))
		item[(*n)++] = (struct item){ .m = { r->incident, r->round, { (uint32_t)q.customer }, channel, QUEUED, q.attempts }, .kinds = (kinds)q.kinds, .first = q.first_at,
		                              .last = q.last_at, .touches = q.touches };
	sql_notices_due_stop(&q);
	return s->op->err.code == OK;
}

/* One damaged record does not keep the others from being told: each by itself. */
static bool contact_alone(struct sending *s, const customer_id *id, struct customer *c, bool *torn)
{
	err_clear(&s->op->err);
	*torn = !contacts_open(s->op, &s->families, &s->rows, id, 1, c);
	if (!*torn)
		return true;
	if (s->op->err.code != TORN)
		return false;
	err_clear(&s->op->err);
	return true;
}

bool items_open(struct sending *s, struct item *item, size_t n)
{
	for (size_t at = 0; at < n; at += OPEN_AT_ONCE) {
		size_t many = n - at < OPEN_AT_ONCE ? n - at : OPEN_AT_ONCE;
		customer_id *id = ARENA_ARRAY(s->op->a, customer_id, many);
		struct customer *c = ARENA_ARRAY(s->op->a, struct customer, many);
		for (size_t i = 0; i < many; i++)
			id[i] = item[at + i].m.who;
		bool all = contacts_open(s->op, &s->families, &s->rows, id, many, c);
		if (!all && s->op->err.code != TORN)
			return false;
		for (size_t i = 0; i < many; i++) {
			if (!all && !contact_alone(s, &id[i], &c[i], &item[at + i].torn))
				return false;
			item[at + i].c = c[i];
		}
		uint8_t (*secret)[FRONT_SECRET] = arena_get_array(s->op->a, sizeof *secret, many);
		if (!own_links(s->op, &s->public, id, many, secret))
			return false;
		struct str *code = ARENA_ARRAY(s->op->a, struct str, many);
		if (s->common.offer && !enrol_open(s->op, s->round.incident, id, many, code))
			return false;
		for (size_t i = 0; i < many; i++) {
			memcpy(item[at + i].secret, secret[i], FRONT_SECRET);
			item[at + i].code = code[i];
		}
	}
	return true;
}

/* What this customer is told, with the link to their page where there are public pages; without it those are the page's words. */
void item_words(struct sending *s, const struct item *i, struct telling *t, struct words *w, struct words *page)
{
	*t = s->common;
	t->at = s->op->now;
	t->kinds = i->kinds, t->first = i->first, t->last = i->last, t->touches = i->touches, t->letter = i->m.channel == LETTER, t->code = i->code;
	customer_telling(s->op, &i->c, t);
	templates_fill(s->op, &s->templates, t, w);
	*page = *w;
	words_link(s->op, w, t, &s->public, i->secret);
}

/* The same, and their page is put up. In a write transaction. */
bool item_words_put(struct sending *s, const struct item *i, struct telling *t, struct words *w)
{
	struct words page;
	item_words(s, i, t, w, &page);
	return own_put(s->op, &s->public, &i->m, i->secret, &page, t);
}

/* One has failed for good: the next channel, or none. An address that does not open is none. */
bool item_fall(struct sending *s, const struct item *i, const char *code, struct str words)
{
	struct outcome o;
	struct plan p;
	unsigned tried;
	if (!plan_now(s->op, i->m.incident, i->m.who, &p) || !channels_tried(s->op, &i->m, &tried))
		return false;
	p.ways = (customer_address(&i->c) ? WAY_POSTAL : 0) | (i->c.phones ? WAY_PHONE : 0) | (customer_email(&i->c).n ? WAY_EMAIL : 0);
	enum notice_channel to = channel_first(s->op, &p, tried);
	if (to == NO_CHANNEL) {
		s->unreachable++;
		return notice_move(s->op, &i->m, E_NO_CHANNEL, &(struct outcome){ NO_CHANNEL, i->m.attempts, 0, code, words });
	}
	s->to_letter += to == LETTER;
	if (!again_on(s->op, &i->m, to, &o))
		return false;
	o.code = code, o.words = words;
	return notice_move(s->op, &i->m, E_NEXT_CHANNEL, &o);
}

bool sending_look(struct sending *s)
{
	int64_t moves;
	if (!op_moves(s->op, MOVES_ANSWERS, &moves))
		return false;
	if (moves == s->moves)
		return true;
	s->looked = moves;
	return round_look(s->op, &s->round, &s->strayed, &s->strays);
}

/* What changed in between is looked at here: others wait then. */
bool sending_settle(struct sending *s)
{
	int64_t moves, dropped;
	if (!op_moves(s->op, MOVES_ANSWERS, &moves))
		return false;
	if (moves == s->moves)
		return true;
	if (moves != s->looked && !round_look(s->op, &s->round, &s->strayed, &s->strays))
		return false;
	if (!round_settle(s->op, &s->round, s->strayed, s->strays, &dropped))
		return false;
	s->moves = s->looked = moves, s->dropped += dropped;
	return true;
}

/* They were read outside of the transaction, for looks are logged before them: taken back or reached meanwhile, they don't go out. */
bool items_still_due(struct sending *s, struct item *item, size_t n)
{
	if (!sending_settle(s))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct sql_notice_get q;
		bool found;
		if (!sql_notice_get(s->op, item[i].m.incident, item[i].m.round, item[i].m.who.n, &q, &found))
			return false;
		item[i].gone = !found || q.state != QUEUED || q.channel != item[i].m.channel;
	}
	return true;
}

bool item_spoil(struct sending *s, const struct item *i, const char *why)
{
	s->failed++, s->done++;
	return notice_move(s->op, &i->m, E_SPOIL, &(struct outcome){ i->m.channel, i->m.attempts, 0, why, { 0 } });
}

static bool put_off(struct sending *s, const struct item *i, int64_t attempts, int64_t wait)
{
	const struct wire_result *r = &i->job->result;
	s->done--;
	return notice_move(s->op, &i->m, E_PUT_OFF, &(struct outcome){ i->m.channel, attempts, s->op->now + wait, r->code, r->words });
}

/* It was not taken now, and may be later: tried again within this run, then by another, for two days. */
static bool try_later(struct sending *s, const struct item *i)
{
	struct sql_attempts_on q;
	bool found;
	uint8_t *tries = &s->tries[i->m.who.n];
	if (!sql_attempts_on(s->op, i->m.incident, i->m.round, i->m.who.n, i->m.channel, &q, &found))
		return false;
	if (s->op->now - q.begun > GIVE_UP)
		return item_fall(s, i, i->job->result.code, i->job->result.words);
	if (*tries >= s->delays)
		return put_off(s, i, i->m.attempts, LATER);
	int64_t wait = s->delay[(*tries)++];
	s->again++;
	s->until = s->op->now + wait > s->until ? s->op->now + wait : s->until;
	return put_off(s, i, i->m.attempts, wait);
}

/* What became of one, as a move. */
bool item_outcome(struct sending *s, struct item *i)
{
	const struct wire_result *r = &i->job->result;
	i->m.state = HANDED;
	switch (r->outcome) {
	case WIRE_SENT:
		s->sent++, s->texts += i->m.channel == SMS;
		outbox_drop(&s->outbox, arena_printf(s->op->a, STR_FMT ".eml", STR_ARG(i->c.ref)));    /* an earlier run may have put one there */
		return notice_move(s->op, &i->m, E_ACCEPT, &(struct outcome){ i->m.channel, i->m.attempts, 0, "", { 0 } });
	case WIRE_UNKNOWN:
		s->in_doubt++, s->lost++;
		return notice_move(s->op, &i->m, E_LOSE_TRACK, &(struct outcome){ i->m.channel, i->m.attempts, 0, *r->code ? r->code : "no answer", r->words });
	case WIRE_REFUSED:
		return item_fall(s, i, r->code, r->words);
	case WIRE_NOT_BEGUN:                             /* as if it had not been due */
		return put_off(s, i, i->m.attempts - 1, 0);
	case WIRE_NOT_HANDED:
		if (r->fatal && !s->stuck) {
			s->stuck = true;
			struct str words = r->words;             /* a sentence goes on behind them */
			while (words.n && words.p[words.n - 1] == '.')
				words.n--;
			snprintf(s->why, sizeof s->why, STR_FMT, STR_ARG(words));
			memcpy(s->code, r->code, sizeof s->code);
		}
		if (r->fatal)                            /* no fault of this customer's: as if it had not been tried */
			return put_off(s, i, i->m.attempts - 1, 0);
		return try_later(s, i);
	case WIRE_LATER:
		return try_later(s, i);
	}
	return true;
}
