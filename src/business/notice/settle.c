/* settle - what is drafted or approved, against the exposure, which goes on changing: a window is narrowed, an import is taken back. */
#include "notice_int.h"
#include "notice_sql.h"

bool round_strayed(struct op *op, const struct round *r, const struct exposed *e, struct strayed **out, size_t *n)
{
	struct sql_notices_to_go q;
	size_t cap = 0;
	*out = NULL, *n = 0;
	if (r->audience == AUDIENCE_TOLD)                /* they were told, and hear more, whatever has become of it since */
		return true;
	bool good = sql_notices_to_go(op, r->incident, r->round, &q);
	while (good && sql_notices_to_go_next(op, &q)) {
		customer_id given = { (uint32_t)q.customer }, who = q.same_as ? ledger_person(op, given) : given;
		kinds now = who.n < e->n ? exposed_kinds(e, who.n) : 0;
		if (now == (kinds)q.kinds)
			continue;
		*out = arena_more(op->a, *out, *n, &cap, sizeof **out);
		(*out)[(*n)++] = (struct strayed){ { r->incident, r->round, given, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts }, (kinds)q.kinds, now };
	}
	return good && op->err.code == OK;
}

/* What they would read is not so: they are at risk no more, or not with all of it; or they are after all. More than it says takes nothing back. */
static bool untrue(const struct strayed *s)
{
	return s->told ? (s->told & ~s->now) != 0 : s->now != 0;
}

bool round_settle(struct op *op, const struct round *r, int64_t *dropped)
{
	struct strayed *s;
	struct incident i;
	struct sources sources;
	struct exposed *e;
	size_t n;
	*dropped = 0;
	if (!r->approved || r->undone || r->audience == AUDIENCE_TOLD)
		return true;
	if (!incident_get(op, r->incident, &i) || !ledger_sound(op) || !exposure_of(op, i.suspicion, i.n, false, &e, &sources))
		return false;
	bool good = round_strayed(op, r, e, &s, &n);
	exposed_close(e);
	if (!good)
		return false;
	for (size_t k = 0; k < n; k++) {
		if (s[k].m.state != QUEUED || !untrue(&s[k]))
			continue;
		if (!notice_move(op, &s[k].m, E_TAKE_BACK, &(struct outcome){ s[k].m.channel, s[k].m.attempts, 0, "", { 0 } }))
			return false;
		++*dropped;
	}
	return !*dropped || log_add(op, "round.settled", ABOUT({ "incident", r->incident }, { "round", r->round }, { "customers", *dropped }));
}

bool notice_settle(struct op *op, int64_t incident, int64_t round, int64_t *dropped)
{
	struct round r;
	bool found;
	*dropped = 0;
	return round_read(op, incident, round, &r, &found) && (!found || round_settle(op, &r, dropped));
}

bool notice_waiting(struct op *op, int64_t incident, int64_t round, const struct bits *who, int64_t *n)
{
	struct sql_notices_to_go q;
	*n = 0;
	if (!sql_notices_to_go(op, incident, round, &q))
		return false;
	while (sql_notices_to_go_next(op, &q)) {
		customer_id given = { (uint32_t)q.customer };
		*n += bits_has(who, q.same_as ? ledger_person(op, given).n : given.n);
	}
	return op->err.code == OK;
}
