/* brute - the formula once more, as slow and obvious as can be: every touch, every moment of its doubt, every finding, every way, forwards,
 * in the words of the model. Shares no code with map_sources and ledger_touched; exists to be compared with them. */
#include "exposure.h"
#include "found.h"

#include <stdlib.h>

enum { WAY_MAX = 8 };

/* Information of one kind at one holder: it comes from `first` to `came`, and is there until `last`. */
struct stay { int64_t first, came, last; };

struct brute {
	struct op *op;
	const struct atlas *map;
	const struct suspicion *suspicion; size_t n;
	struct exposed *result;
	int64_t (*keeps)[KIND_COUNT];                    /* by holder: how long each kind is kept, told or assumed */
	bool taken[4096];                                /* flows on the way so far */
	/* the last answer, for touches that are alike */
	struct touch last; kinds answer; bool known;
};

static const struct holder *holder(const struct brute *b, int64_t id)
{
	return &b->map->holder[id - 1];                  /* numbers are dense from 1 */
}

static int64_t plus(int64_t at, int64_t seconds)
{
	if (at <= LONG_AGO || at >= FAR_OFF)
		return at;
	return seconds >= FAR_OFF ? FAR_OFF : at + seconds;
}

static int64_t keep(const struct brute *b, int64_t at, enum kind k, const struct flow *by)
{
	if (by && by->manner == SEES)
		return 0;
	if (by && by->keeps != KEEPS_UNTOLD)
		return by->keeps;
	return b->keeps[at][k];
}

static void keeps_read(struct brute *b)
{
	const struct atlas *m = b->map;
	b->keeps = mem_zero(m->holders + 1, sizeof *b->keeps);
	for (size_t h = 1; h <= m->holders; h++)
		for (int k = 0; k < KIND_COUNT; k++)
			b->keeps[h][k] = map_assumed(holder(b, (int64_t)h)->sort, (enum kind)k);
	for (size_t i = 0; i < m->tolds; i++)
		if (m->told[i].keeps != KEEPS_UNTOLD)
			b->keeps[m->told[i].holder.n][m->told[i].kind] = m->told[i].keeps;
}

static int64_t until_when(const struct brute *b, int64_t at, int64_t came, int64_t how_long)
{
	int64_t last = plus(came, how_long);
	for (size_t i = 0; i < b->map->emptieds; i++)
		if (b->map->emptied[i].holder.n == at && came < b->map->emptied[i].at && b->map->emptied[i].at < last)
			last = b->map->emptied[i].at;
	return last;
}

static bool answers(const struct suspicion *s, const struct stay *t)
{
	switch (s->manner) {
	case PASSING: return t->first < s->to && t->came >= s->from;
	case KEPT:    return t->first < s->to && t->last >= s->from && t->last > t->first;
	default:      return t->first < s->to && t->last >= s->from;
	}
}

/* A place that is suspected of keeping makes what stands there suspect. */
static bool suspected(const struct brute *b, const struct suspicion *s, int64_t at)
{
	if (s->holder.n == at)
		return true;
	const struct holder *place = holder(b, s->holder.n), *here = holder(b, at);
	return s->manner != PASSING && place->sort == PLACE && here->place.n == place->id.n;
}

static bool follow(struct brute *b, int64_t at, enum kind k, const struct stay *t, int depth)
{
	for (size_t i = 0; i < b->n; i++)
		if (suspected(b, &b->suspicion[i], at) && answers(&b->suspicion[i], t))
			return true;
	for (size_t i = 0; i < b->map->flows && depth < WAY_MAX; i++) {
		const struct flow *f = &b->map->flow[i];
		if (f->from.n != at || b->taken[i] || !(f->kinds >> k & 1))
			continue;
		int64_t from = t->first, to = f->manner == HANDS_ON ? t->came : t->last;
		if (from < f->since)
			from = f->since;
		if (f->until < FAR_OFF && to > f->until - 1)
			to = f->until - 1;
		if (from > to)
			continue;                        /* nothing in common: nothing passes */
		struct stay next = { from, to, until_when(b, f->to.n, to, keep(b, f->to.n, k, f)) };
		b->taken[i] = true;
		bool hit = follow(b, f->to.n, k, &next, depth + 1);
		b->taken[i] = false;
		if (hit)
			return true;
	}
	return false;
}

/* Does information of kind k that comes in at `at`, first to came, answer? */
static bool came_in(struct brute *b, int64_t at, enum kind k, int64_t first, int64_t came)
{
	struct stay t = { first, came, until_when(b, at, came, keep(b, at, k, NULL)) };
	return follow(b, at, k, &t, 0);
}

static kinds at_holder(struct brute *b, int64_t id, kinds of, const struct touch *t)
{
	kinds hit = 0;
	if (!id)
		return 0;
	of &= map_takes(holder(b, id)->sort);
	for (int k = 0; k < KIND_COUNT; k++)
		for (int64_t at = t->at; (of >> k & 1) && !(hit >> k & 1) && at <= t->at + (int64_t)t->spread; at++)
			if (came_in(b, id, (enum kind)k, at, at))
				hit |= (kinds)1 << k;
	return hit;
}

static bool alike(const struct touch *a, const struct touch *b)
{
	return a->at == b->at && a->spread == b->spread && a->entry.n == b->entry.n && a->service.n == b->service.n && a->person.n == b->person.n &&
	       a->place.n == b->place.n && a->entry_kinds == b->entry_kinds && a->service_kinds == b->service_kinds &&
	       a->person_kinds == b->person_kinds && a->place_kinds == b->place_kinds;
}

static bool each_touch(void *to, const struct touch *t)
{
	struct brute *b = to;
	if (!b->known || !alike(&b->last, t)) {
		b->answer = at_holder(b, t->entry.n, t->entry_kinds, t) | at_holder(b, t->service.n, t->service_kinds, t) |
		            at_holder(b, t->person.n, t->person_kinds, t) | at_holder(b, t->place.n, t->place_kinds, t);
		b->last = *t;
		b->known = true;
	}
	if (!b->answer)
		return true;
	if (!t->who.n) {
		b->result->unnamed++;
		b->result->unnamed_kinds |= b->answer;
	} else {
		b->result->wide[ledger_person(b->op, t->who).n] |= b->answer;
	}
	return true;
}

static bool each_listed(void *to, const struct listed *l)
{
	struct brute *b = to;
	kinds of = l->kinds & map_takes(holder(b, l->holder.n)->sort);
	for (int k = 0; k < KIND_COUNT; k++)
		if ((of >> k & 1) && came_in(b, l->holder.n, (enum kind)k, LONG_AGO, l->came))
			b->result->wide[ledger_person(b->op, l->who).n] |= (kinds)1 << k;
	return true;
}

/* A finding is there from the date that its file proves until it is gone, or until a deletion that came after it was last seen. */
static int64_t rests_until(const struct brute *b, const struct found *f)
{
	int64_t last = f->gone;
	for (size_t i = 0; i < b->map->emptieds; i++)
		if (b->map->emptied[i].holder.n == f->holder.n && b->map->emptied[i].at > f->seen && b->map->emptied[i].at < last)
			last = b->map->emptied[i].at;
	return last;
}

static bool each_named(void *to, customer_id who, kinds k, struct str spot)
{
	struct brute *b = to;
	(void)spot;
	b->result->wide[ledger_person(b->op, who).n] |= k & b->answer;
	return true;
}

static bool each_found(void *to, const struct found *f)
{
	struct brute *b = to;
	struct stay t = { f->began, f->came, rests_until(b, f) };
	b->answer = 0;
	for (int k = 0; k < KIND_COUNT; k++)
		if ((f->kinds >> k & 1) && follow(b, f->holder.n, (enum kind)k, &t, 0))
			b->answer |= (kinds)1 << k;
	if (f->unnamed_kinds & b->answer) {
		b->result->found += f->unnamed;
		b->result->found_kinds |= f->unnamed_kinds & b->answer;
	}
	return found_names(b->op, f->id, each_named, b);
}

bool exposure_brute(struct op *op, const struct suspicion *s, size_t n, struct exposed **out)
{
	struct atlas m;
	uint32_t customers;
	if (!map_atlas(op, &m) || !ledger_size(op, &customers))
		return false;
	if (m.flows > LENGTH(((struct brute *)0)->taken))
		return err_set(&op->err, TOO_BIG, NULL, "The map has too many flows to compute by brute force.");
	struct brute *b = mem_zero(1, sizeof *b);
	*b = (struct brute){ .op = op, .map = &m, .suspicion = s, .n = n };
	b->result = mem_zero(1, sizeof *b->result);
	b->result->n = customers + 1;
	b->result->mask = b->result->wide = mem_zero(customers + 1, sizeof(kinds));
	keeps_read(b);
	bool good = ledger_each_touch(op, each_touch, b) && ledger_each_listed(op, each_listed, b) && found_each(op, each_found, b) && op->err.code == OK;
	if (good)
		*out = b->result;
	else
		exposed_close(b->result);
	free(b->keeps);
	free(b);
	return good;
}
