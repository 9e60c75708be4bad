/* reach - how far an incident's notices are, for overviews: counted on the spot while they are few, else kept in the table `reach` from one count
 * to the next. Whatever is decided by a number (approving, closing) counts for itself. */
#include "notice_int.h"
#include "notice_sql.h"
#include "places.h"

#include <inttypes.h>

enum { ON_THE_SPOT = 50000 };        /* notices that are looked through at each asking: some milliseconds */

/* The rounds as they stand, latest first, their notices not counted. */
static bool rounds_of(struct op *op, int64_t incident, struct reach *to)
{
	struct sql_round_latest latest;
	struct round r;
	bool found;
	*to = (struct reach){ 0 };
	if (!sql_round_latest(op, incident, &latest, &found))
		return false;
	to->round = ARENA_ARRAY(op->a, struct notice_round, (size_t)latest.round + 1);
	for (int64_t n = latest.round; n >= 1; n--) {
		if (!round_read(op, incident, n, &r, &found))
			return false;
		if (found)
			to->round[to->rounds++] = (struct notice_round){ r.incident, r.round, r.audience, r.drafted, r.approved, r.ends, r.undone };
	}
	return true;
}

/* A mail that lies in the outbox was written, and sent by nobody yet. */
static void add_up(struct reach *to)
{
	for (size_t i = 0; i < to->rounds; i++) {
		const struct notice_round *r = &to->round[i];
		to->open += r->split.open + r->in_outbox;
		to->told -= r->in_outbox < to->told ? r->in_outbox : to->told;
	}
}

static bool count(struct op *op, int64_t incident, struct reach *to)
{
	struct sql_told_count told;
	struct sql_in_outbox lies;
	bool found;
	if (!rounds_of(op, incident, to) || (to->rounds && !sql_told_count(op, incident, &told, &found)))
		return false;
	to->told = to->rounds ? told.told : 0;
	for (size_t i = 0; i < to->rounds; i++) {
		struct notice_round *r = &to->round[i];
		if (!round_split(op, &(struct round){ .incident = incident, .round = r->round }, &r->split) || !sql_in_outbox(op, incident, r->round, &lies, &found))
			return false;
		r->in_outbox = lies.n;
	}
	return true;
}

bool notices_few(struct op *op, int64_t incident, bool *yes)
{
	struct sql_people_in q;
	bool found;
	if (!sql_people_in(op, incident, &q, &found))
		return false;
	*yes = q.n <= ON_THE_SPOT;
	return true;
}

/* ---- kept ---- */

static bool read_kept(struct op *op, int64_t incident, struct reach *to, bool *known)
{
	struct sql_reach_get q;
	struct sql_reach_parts p;
	int64_t moves;
	if (!op_moves(op, MOVES_NOTICES, &moves) || !sql_reach_get(op, incident, &q, known))
		return false;
	if (!*known)
		return true;
	if (!rounds_of(op, incident, to))
		return false;
	to->told = q.told, to->counted = q.moves == moves ? 0 : q.at;
	for (size_t i = 0; i < to->rounds; i++) {
		struct notice_round *r = &to->round[i];
		if (!sql_reach_parts(op, incident, r->round, &p))
			return false;
		while (sql_reach_parts_next(op, &p)) {
			if (p.state)
				split_add(&r->split, (enum notice_state)p.state, p.n);
			else
				r->in_outbox = p.n;
		}
	}
	for (size_t i = 0; i < to->rounds; i++)          /* a round that was drafted since */
		*known = *known && to->round[i].split.all;
	return op->err.code == OK;
}

static bool put_kept(struct op *op, int64_t incident, int64_t moves, const struct reach *c)
{
	bool good = sql_reach_drop(op, incident) && sql_reach_parts_drop(op, incident) && sql_reach_put(op, incident, moves, op->now, c->told);
	for (size_t i = 0; good && i < c->rounds; i++) {
		const struct notice_round *r = &c->round[i];
		good = !r->in_outbox || sql_reach_part_put(op, incident, r->round, 0, r->in_outbox);
		for (int state = DRAFTED; good && state <= UNREACHABLE; state++)
			good = !r->split.state[state] || sql_reach_part_put(op, incident, r->round, state, r->split.state[state]);
	}
	return good;
}

bool notice_reach(struct op *op, int64_t incident, struct reach *to)
{
	bool now, known = false;
	if (!notices_few(op, incident, &now) || (!now && !read_kept(op, incident, to, &known)) || (!known && !count(op, incident, to)))
		return false;
	if (!now && !known)
		to->counted = op->now;                   /* of now, but whoever keeps counts is to know */
	add_up(to);
	return true;
}

static bool incidents_of(struct op *op, int64_t **out, size_t *n)
{
	struct sql_round_incidents q;
	int64_t *id = NULL;
	size_t m = 0, room = 0;
	if (!sql_round_incidents(op, &q))
		return false;
	while (sql_round_incidents_next(op, &q)) {
		id = arena_more(op->a, id, m, &room, sizeof *id);
		id[m++] = q.incident;
	}
	*out = id, *n = m;
	return op->err.code == OK;
}

static bool keep_one(struct op *op, int64_t incident)
{
	struct reach c;
	int64_t moves;
	return op_moves(op, MOVES_NOTICES, &moves) && count(op, incident, &c) && op_begin(op) && op_end(op, put_kept(op, incident, moves, &c));
}

bool notice_count_all(struct op *op)
{
	int64_t *id;
	size_t n;
	if (!incidents_of(op, &id, &n))
		return false;
	for (size_t i = 0; i < n && !op_stopped(op); i++) {
		struct reach c;
		bool now, known = false;
		if (!notices_few(op, id[i], &now) || (!now && !read_kept(op, id[i], &c, &known)))
			return false;
		if (!now && (((!known || c.counted) && !keep_one(op, id[i])) || !places_keep_all(op, id[i])))
			return false;
	}
	return true;
}

/* ---- check ---- */

static bool same(const struct reach *a, const struct reach *b)
{
	bool same = a->told == b->told && a->rounds == b->rounds;
	for (size_t i = 0; same && i < a->rounds; i++)
		same = a->round[i].in_outbox == b->round[i].in_outbox && memcmp(a->round[i].split.state, b->round[i].split.state, sizeof a->round[i].split.state) == 0;
	return same;
}

bool reach_check(struct op *op, bool rebuild)
{
	int64_t *id, before, after;
	size_t n;
	if (!incidents_of(op, &id, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct reach was, is;
		bool known;
		if (!places_check(op, id[i], rebuild) || !op_moves(op, MOVES_NOTICES, &before) || !read_kept(op, id[i], &was, &known))
			return false;
		if (!known || (was.counted && !rebuild))
			continue;
		if (rebuild && !keep_one(op, id[i]))
			return false;
		if (rebuild)
			continue;
		if (!count(op, id[i], &is) || !op_moves(op, MOVES_NOTICES, &after))
			return false;
		if (before == after && !same(&was, &is))
			return err_set(&op->err, TORN, NULL, "What was counted of incident %" PRId64 "'s notices is not what is there. Run: handback check --rebuild", id[i]);
	}
	return true;
}
