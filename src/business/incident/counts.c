/* counts - how many an incident puts at risk, for pages: counted on the spot where that takes a moment, else kept in the table `tally` from one
 * count to the next. On these counts nobody is told anything: whoever drafts a notice asks the formula itself. */
#include "incident_int.h"
#include "incident_sql.h"
#include "laws.h"

#include <inttypes.h>
#include <stdlib.h>

bool incident_counts_of(struct op *op, const struct exposed *e, const struct sources *s, struct counts *c)
{
	bool good = incident_tally(op, e, 0, STR(""), &c->tally) && incident_homes(op, e, c);
	c->unnamed = (int64_t)e->unnamed, c->found = (int64_t)e->found;
	c->touched = s->touched, c->dwelt = s->found;
	c->at = op->now, c->known = true, c->stale = false;
	if (good)
		bits_close(&c->tally.who);
	return good;
}

bool incident_counts_now(struct op *op, const struct incident *i, struct counts *c)
{
	struct exposed *e;
	struct sources s;
	*c = (struct counts){ 0 };
	if (!op_moves(op, MOVES_ANSWERS, &c->moves) || !exposure_of(op, i->suspicion, i->n, false, &e, &s))
		return false;
	bool good = incident_counts_of(op, e, &s, c);
	exposed_close(e);
	return good;
}

/* ---- kept ---- */

/* The program may have learnt another formula since. */
static bool read_kept(struct op *op, int64_t incident, struct counts *c)
{
	struct sql_tally_get q;
	struct sql_tally_parts p;
	struct sql_tally_homes h;
	struct tally *t = &c->tally;
	struct residents *home = NULL;
	size_t room = 0, homes_room = 0;
	int64_t moves;
	*c = (struct counts){ 0 };
	if (!op_moves(op, MOVES_ANSWERS, &moves) || !sql_tally_get(op, incident, &q, &c->known))
		return false;
	if (!c->known)
		return true;
	c->moves = q.moves, c->at = q.at, c->stale = q.moves != moves || !str_eq(q.program, STR(HANDBACK_VERSION));
	t->customers = q.customers, t->forgotten = q.forgotten, c->unnamed = q.unnamed, c->found = q.found;
	c->touched = q.touched, c->dwelt = q.dwelt, c->letters = q.letters;
	if (!sql_tally_parts(op, incident, &p))
		return false;
	while (sql_tally_parts_next(op, &p)) {
		if (p.kind >= KIND_COUNT)
			continue;
		if (p.kind >= 0) {
			t->by_kind[p.kind] = p.n;
			continue;
		}
		t->region = arena_more(op->a, t->region, t->regions, &room, sizeof *t->region);
		t->region[t->regions++] = (struct region_count){ p.region, p.n };
	}
	if (op->err.code != OK || !sql_tally_homes(op, incident, &h))
		return false;
	while (sql_tally_homes_next(op, &h)) {
		home = arena_more(op->a, home, c->homes, &homes_room, sizeof *home);
		home[c->homes++] = (struct residents){ h.place, (kinds)h.kinds, h.n };
	}
	c->home = home;
	return op->err.code == OK;
}

static bool put_kept(struct op *op, int64_t incident, const struct counts *c)
{
	const struct tally *t = &c->tally;
	bool good = sql_tally_drop(op, incident) && sql_tally_parts_drop(op, incident) && sql_tally_homes_drop(op, incident) &&
	            sql_tally_put(op, incident, STR(HANDBACK_VERSION), c->moves, c->at, t->customers, t->forgotten, c->unnamed, c->found, c->touched, c->dwelt, c->letters);
	for (int k = 0; good && k < KIND_COUNT; k++)
		good = !t->by_kind[k] || sql_tally_part_put(op, incident, k, STR(""), t->by_kind[k]);
	for (size_t r = 0; good && r < t->regions; r++)
		good = sql_tally_part_put(op, incident, -1, t->region[r].name, t->region[r].n);
	for (size_t h = 0; good && h < c->homes; h++)
		good = sql_tally_home_put(op, incident, c->home[h].place, (int64_t)c->home[h].kinds, c->home[h].n);
	return good;
}

bool incident_counts(struct op *op, const struct incident *i, struct counts *c)
{
	bool now;
	*c = (struct counts){ 0 };
	return exposure_quick(op, &now) && (now ? incident_counts_now(op, i, c) : read_kept(op, i->id, c));
}

bool incident_count_all(struct op *op)
{
	struct incident *all, i;
	struct counts c;
	size_t n;
	bool now;
	if (!exposure_quick(op, &now) || !incident_list(op, &all, &n))
		return false;
	for (int closed = 0; closed < 2; closed++)       /* open ones first */
		for (size_t k = 0; k < n && !now && !op_stopped(op); k++) {
			if ((all[k].closed < FAR_OFF) != closed)
				continue;
			if (!read_kept(op, all[k].id, &c))
				return false;
			if (c.known && !c.stale)
				continue;
			if (!incident_get(op, all[k].id, &i) || !incident_counts_now(op, &i, &c) || !op_begin(op) || !op_end(op, put_kept(op, i.id, &c)))
				return false;
		}
	return true;
}

bool incident_counts_exact(struct op *op, const struct incident *i, struct counts *c)
{
	return incident_counts(op, i, c) && ((c->known && !c->stale) || incident_counts_now(op, i, c));
}

/* ---- questions, as exposure_of's own sources would ask them ---- */

bool incident_questions(struct op *op, const struct incident *i, const struct counts *c, struct str **question, size_t *n)
{
	struct sources s;
	if (!exposure_sources(op, i->suspicion, i->n, &s))
		return false;
	s.touched = c->touched, s.found = c->dwelt;
	return exposure_questions(op, &s, question, n);
}

/* ---- check ---- */

static bool same(const struct counts *a, const struct counts *b)
{
	bool same = a->tally.customers == b->tally.customers && a->tally.forgotten == b->tally.forgotten && a->tally.regions == b->tally.regions && a->unnamed == b->unnamed &&
	            a->found == b->found && a->letters == b->letters && a->touched == b->touched && a->dwelt == b->dwelt && memcmp(a->tally.by_kind, b->tally.by_kind, sizeof a->tally.by_kind) == 0;
	same = same && a->homes == b->homes;
	for (size_t h = 0; same && h < a->homes; h++)
		same = str_eq(a->home[h].place, b->home[h].place) && a->home[h].kinds == b->home[h].kinds && a->home[h].n == b->home[h].n;
	for (size_t r = 0; same && r < a->tally.regions; r++)
		same = a->tally.region[r].n == b->tally.region[r].n && str_eq(a->tally.region[r].name, b->tally.region[r].name);
	return same;
}

bool incident_check(struct op *op, bool rebuild, uint64_t *kept)
{
	struct incident *all, i;
	struct counts was, is;
	size_t n;
	*kept = 0;
	if (rebuild && !(op_begin(op) && op_end(op, sql_tallies_drop(op) && sql_tallies_parts_drop(op) && sql_tallies_homes_drop(op))))
		return false;
	if (rebuild && !incident_count_all(op))
		return false;
	if (!incident_list(op, &all, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		if (!read_kept(op, all[k].id, &was))
			return false;
		if (!was.known || was.stale)
			continue;
		if (!incident_get(op, all[k].id, &i) || !incident_counts_now(op, &i, &is))
			return false;
		if (is.moves == was.moves && !same(&was, &is))   /* else somebody wrote meanwhile, and it is stale */
			return err_set(&op->err, TORN, NULL, "What was counted for incident %" PRId64 " is not what is there. Run: handback check --rebuild", i.id);
		++*kept;
	}
	return true;
}
