/* places - of whom a round is made: how many of them by place, kinds, language and way, and how many were written to so far. Of a large round that waits for its approval
 * this is kept from one count to the next, so that its page is there at once; whoever approves counts anew. */
#include "places.h"
#include "notice_sql.h"

#include <inttypes.h>

static bool affected_now(struct op *op, const struct round *r, int64_t *affected)
{
	struct sql_round_affected q;
	bool found;
	if (!sql_round_affected(op, r->incident, r->round, &q, &found))
		return false;
	*affected = q.n;
	return true;
}

static void place_add(struct op *op, struct places *p, size_t *room, struct share of)
{
	p->of = arena_more(op->a, p->of, p->n, room, sizeof *p->of);
	p->of[p->n++] = (struct share){ arena_str(op->a, of.region), arena_str(op->a, of.country), arena_str(op->a, of.language), of.kinds, of.channel, of.n, of.open };
}

bool places_now(struct op *op, const struct round *r, struct places *p)
{
	struct sql_round_places q;
	size_t room = 0;
	*p = (struct places){ .n = 0 };
	if (!affected_now(op, r, &p->affected) || !sql_round_places(op, r->incident, r->round, &q))
		return false;
	while (sql_round_places_next(op, &q))
		place_add(op, p, &room, (struct share){ q.region, q.country, q.language, (kinds)q.kinds, (enum notice_channel)q.channel, q.n, q.open });
	return op->err.code == OK;
}

/* ---- kept ---- */

static bool read_kept(struct op *op, const struct round *r, struct places *p, bool *known)
{
	struct sql_places_get q;
	struct sql_places_parts part;
	int64_t notices, answers;
	size_t room = 0;
	*p = (struct places){ .n = 0 };
	if (!op_moves(op, MOVES_NOTICES, &notices) || !op_moves(op, MOVES_ANSWERS, &answers) || !sql_places_get(op, r->incident, r->round, &q, known))
		return false;
	if (!*known)
		return true;
	p->affected = q.affected, p->counted = q.notices == notices && q.answers == answers ? 0 : q.at;
	if (!sql_places_parts(op, r->incident, r->round, &part))
		return false;
	while (sql_places_parts_next(op, &part))
		place_add(op, p, &room, (struct share){ part.region, part.country, part.language, (kinds)part.kinds, (enum notice_channel)part.channel, part.n, part.open });
	return op->err.code == OK;
}

static bool put_kept(struct op *op, const struct round *r, int64_t notices, int64_t answers, const struct places *p)
{
	bool good = sql_places_drop(op, r->incident, r->round) && sql_places_parts_drop(op, r->incident, r->round) &&
	            sql_places_put(op, r->incident, r->round, notices, answers, op->now, p->affected);
	for (size_t i = 0; good && i < p->n; i++) {
		const struct share *of = &p->of[i];
		good = sql_places_part_put(op, r->incident, r->round, of->region, of->country, (int64_t)of->kinds, of->language, of->channel, of->n, of->open);
	}
	return good;
}

bool places_seen(struct op *op, const struct round *r, struct places *p)
{
	bool few, known = false;
	return notices_few(op, r->incident, &few) && (few || read_kept(op, r, p, &known)) && (known || places_now(op, r, p));
}

bool places_keep(struct op *op, const struct round *r)
{
	struct places p;
	int64_t notices, answers;
	bool few;
	if (!notices_few(op, r->incident, &few) || few)
		return op->err.code == OK;
	return op_moves(op, MOVES_NOTICES, &notices) && op_moves(op, MOVES_ANSWERS, &answers) && places_now(op, r, &p) && put_kept(op, r, notices, answers, &p);
}

static bool keep_one(struct op *op, const struct round *r)
{
	return op_begin(op) && op_end(op, places_keep(op, r));
}

/* ---- of all rounds ---- */

/* The rounds of an incident that wait for their approval. */
static bool waiting(struct op *op, int64_t incident, struct round **out, size_t *n)
{
	struct sql_round_latest latest;
	bool found;
	*n = 0;
	if (!sql_round_latest(op, incident, &latest, &found))
		return false;
	*out = ARENA_ARRAY(op->a, struct round, (size_t)latest.round + 1);
	for (int64_t round = 1; round <= latest.round; round++) {
		struct round *r = &(*out)[*n];
		if (!round_read(op, incident, round, r, &found))
			return false;
		*n += found && !r->approved && !r->undone;
	}
	return true;
}

bool places_keep_all(struct op *op, int64_t incident)
{
	struct round *r;
	size_t n;
	if (!waiting(op, incident, &r, &n))
		return false;
	for (size_t i = 0; i < n && !op_stopped(op); i++) {
		struct places p;
		bool known;
		if (!read_kept(op, &r[i], &p, &known) || ((!known || p.counted) && !keep_one(op, &r[i])))
			return false;
	}
	return true;
}

static bool same(const struct places *a, const struct places *b)
{
	bool same = a->affected == b->affected && a->n == b->n;
	for (size_t i = 0; same && i < a->n; i++) {
		const struct share *x = &a->of[i], *y = &b->of[i];
		same = str_eq(x->region, y->region) && str_eq(x->country, y->country) && str_eq(x->language, y->language) && x->kinds == y->kinds && x->channel == y->channel && x->n == y->n && x->open == y->open;
	}
	return same;
}

bool places_check(struct op *op, int64_t incident, bool rebuild)
{
	struct round *r;
	size_t n;
	if (!waiting(op, incident, &r, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct places was, is, after;
		bool known;
		if (!read_kept(op, &r[i], &was, &known))
			return false;
		if (!known || (was.counted && !rebuild))
			continue;
		if (rebuild && !keep_one(op, &r[i]))
			return false;
		if (rebuild)
			continue;
		if (!places_now(op, &r[i], &is) || !read_kept(op, &r[i], &after, &known))
			return false;
		if (known && !after.counted && !same(&was, &is))
			return err_set(&op->err, TORN, NULL, "What was counted of incident %" PRId64 "'s notices is not what is there. Run: handback check --rebuild", incident);
	}
	return true;
}
