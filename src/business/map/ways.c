/* ways - the formula's map half: each way from where information comes in to a suspected holder, and for each kind on it the one
 * interval of touch times that answers.
 *
 * Ways are followed backwards, from the suspected holder. What is asked at its end ("came at or after c") is carried against the
 * flows: min(top, until - 1) >= c asks top >= c of the flow's source, and top is its `came` (hands on) or its `last` (copies,
 * sees); last >= c asks came >= c - keep, and not before a deletion that lies before c. All of these only bound `came` from below
 * and `first` from above, so one interval is left (MODEL: the bounds grow with t).
 */
#include "map_int.h"

#include <stdlib.h>

/* What is still asked, at some holder on the way back, of information of one kind. */
struct ask {
	int64_t first_max;                               /* first <= this */
	int64_t came_min;                                /* came >= this */
	int64_t begun_max;                               /* the latest beginning of a flow before here that still fits */
	bool strict;                                     /* came > first, too */
	int64_t asks;                                    /* a holder on whose retention, which nobody told, this dwells; 0: none */
	/* here, before what the holder keeps turns last into came: for what dwells here by itself */
	int64_t end_min; bool by_last, longer;
};

struct hunt {
	struct op *op;
	const struct atlas *map;
	struct index into;
	int64_t **told;                                  /* by holder: what it says of each kind, or KEEPS_UNTOLD; NULL: nothing */
	const struct holder **holder;                    /* by number */
	int64_t *emptied; uint32_t *emptied_from;        /* deletions by holder, ascending */
	const struct suspicion *suspicion;
	uint32_t index;                                  /* which suspicion */
	uint32_t stack[FLOWS_MAX]; size_t depth;
	uint64_t steps;
	const struct bits *dwelling;
	struct source *source; size_t n, cap;
	struct dwell *dwell; size_t dwells, dwell_cap;
	struct way *way; size_t ways, way_cap;
};

static int64_t minus(int64_t at, int64_t keep)
{
	return keep >= FAR_OFF ? LONG_AGO : when_add(at, -keep);
}

/* How long holder h keeps kind k of what the flow `by` brought it (NULL: it came in here). */
static int64_t keep_of(const struct hunt *t, int64_t h, enum kind k, const struct flow *by, bool *assumed)
{
	if (by && by->manner == SEES)
		return 0;
	if (by && by->keeps != KEEPS_UNTOLD)
		return by->keeps;
	if (t->told[h] && t->told[h][k] != KEEPS_UNTOLD)
		return t->told[h][k];
	*assumed = true;
	return map_assumed(t->holder[h]->sort, k);
}

/* last >= c at h becomes came >= the result: long enough kept, and no deletion between coming and c. */
static int64_t came_for_last(const struct hunt *t, int64_t h, int64_t c, int64_t keep)
{
	int64_t least = minus(c, keep);
	for (uint32_t i = t->emptied_from[h]; i < t->emptied_from[h + 1] && t->emptied[i] < c; i++)
		if (t->emptied[i] > least)
			least = t->emptied[i];
	return least;
}

static bool possible(const struct ask *a)
{
	return a->first_max > LONG_AGO && a->begun_max > LONG_AGO && a->came_min < FAR_OFF;
}

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

/* What the window asks at its holder, of what the flow `by` brought (NULL: came in here). A bound at infinity asks nothing. */
static struct ask ask_of_window(const struct hunt *t, enum kind k, const struct flow *by)
{
	const struct suspicion *s = t->suspicion;
	int64_t to = s->to >= FAR_OFF ? FAR_OFF : s->to - 1;
	struct ask a = { .first_max = to, .came_min = s->from, .begun_max = to, .end_min = s->from, .by_last = s->manner != PASSING, .longer = s->manner == KEPT };
	if (s->manner == PASSING)
		return a;
	bool assumed = false;
	int64_t keep = keep_of(t, s->holder.n, k, by, &assumed);
	if (s->from > LONG_AGO)
		a.came_min = came_for_last(t, s->holder.n, s->from, keep);
	a.strict = s->manner == KEPT && keep == 0;
	if (assumed && (s->from > LONG_AGO || s->manner == KEPT))
		a.asks = s->holder.n;
	return a;
}

/* The same asked one flow earlier, of what is at its source g and came there by `by`. */
static bool ask_before(const struct hunt *t, const struct flow *f, enum kind k, const struct flow *by, struct ask *a)
{
	int64_t end = f->until >= FAR_OFF ? FAR_OFF : f->until - 1;
	bool strict = a->strict;
	/* here: first' = max(first, since), came' = min(top, end) */
	if (f->since > end || a->came_min > end || f->since > a->begun_max)
		return false;
	if (strict) {                                    /* came' > first': end > first and since; top > since (top > first: below) */
		if (f->since >= end)
			return false;
		a->first_max = lesser(a->first_max, end >= FAR_OFF ? FAR_OFF : end - 1);
		a->begun_max = lesser(a->begun_max, end >= FAR_OFF ? FAR_OFF : end - 1);
	}
	a->first_max = lesser(a->first_max, end);
	a->begun_max = lesser(a->begun_max, end);
	int64_t top = greater(a->came_min, f->since > LONG_AGO ? f->since + strict : LONG_AGO);
	a->end_min = top, a->by_last = f->manner != HANDS_ON, a->longer = strict;
	if (f->manner == HANDS_ON) {
		a->came_min = top;
		return possible(a);
	}
	bool assumed = false;
	int64_t keep = keep_of(t, f->from.n, k, by, &assumed);
	a->came_min = top > LONG_AGO ? came_for_last(t, f->from.n, top, keep) : LONG_AGO;
	a->strict = strict && keep == 0;                 /* what is kept at all is there for longer than a moment */
	if (assumed && (top > LONG_AGO || strict))
		a->asks = f->from.n;
	return possible(a);
}

/* What is asked at the way's entry of kind k. False: nothing can answer. */
static bool ask_at_entry(const struct hunt *t, enum kind k, struct ask *a)
{
	/* stack[0] is the last flow, stack[depth - 1] the first */
	*a = ask_of_window(t, k, t->depth ? &t->map->flow[t->stack[0]] : NULL);
	bool good = possible(a);
	for (size_t i = 0; good && i < t->depth; i++)
		good = ask_before(t, &t->map->flow[t->stack[i]], k, i + 1 < t->depth ? &t->map->flow[t->stack[i + 1]] : NULL, a);
	return good;
}

static void source_add(struct hunt *t, int64_t entry, enum kind k, const struct ask *a, size_t since)
{
	enum holder_sort sort = t->holder[entry]->sort;
	for (size_t i = since; i < t->n; i++) {          /* kinds alike together */
		struct source *s = &t->source[i];
		if (s->to == a->first_max && s->from == a->came_min && s->spans_only == a->strict && s->asks.n == a->asks) {
			s->kinds |= (kinds)1 << k;
			return;
		}
	}
	t->source = arena_more(t->op->a, t->source, t->n, &t->cap, sizeof *t->source);
	t->source[t->n++] = (struct source){
		.entry = { entry }, .dim = sort == PERSON ? DIM_PERSON : sort == PLACE ? DIM_PLACE : sort == SERVICE ? DIM_SERVICE : DIM_ENTRY,
		.kinds = (kinds)1 << k, .from = a->came_min, .to = a->first_max, .spans_only = a->strict,
		.asks = { a->asks }, .suspicion = t->index, .way = (uint32_t)t->ways };
}

static void dwell_add(struct hunt *t, int64_t entry, enum kind k, const struct ask *a, size_t since)
{
	for (size_t i = since; i < t->dwells; i++) {
		struct dwell *d = &t->dwell[i];
		if (d->first_max == a->first_max && d->end_min == a->end_min && d->by_last == a->by_last && d->longer == a->longer) {
			d->kinds |= (kinds)1 << k;
			return;
		}
	}
	t->dwell = arena_more(t->op->a, t->dwell, t->dwells, &t->dwell_cap, sizeof *t->dwell);
	t->dwell[t->dwells++] = (struct dwell){ .entry = { entry }, .kinds = (kinds)1 << k, .first_max = a->first_max, .end_min = a->end_min, .by_last = a->by_last,
	                                     .longer = a->longer, .suspicion = t->index, .way = (uint32_t)t->ways };
}

/* The flows from `hunt->stack` make a way that begins at `entry`: what is asked there, kind by kind. */
static void way_done(struct hunt *t, int64_t entry, kinds passed)
{
	size_t sources = t->n, dwells = t->dwells;
	bool dwelling = t->dwelling && bits_has(t->dwelling, (size_t)entry);
	kinds takes = map_takes(t->holder[entry]->sort);
	for (kinds left = dwelling ? passed : passed & takes; left; left &= left - 1) {
		enum kind k = (enum kind)__builtin_ctzll(left);
		struct ask a;
		if (!ask_at_entry(t, k, &a))
			continue;
		if (takes >> k & 1)
			source_add(t, entry, k, &a, sources);
		if (dwelling)
			dwell_add(t, entry, k, &a, dwells);
	}
	if (t->n == sources && t->dwells == dwells)
		return;
	t->way = arena_more(t->op->a, t->way, t->ways, &t->way_cap, sizeof *t->way);
	int64_t *flow = ARENA_ARRAY(t->op->a, int64_t, t->depth);
	for (size_t i = 0; i < t->depth; i++)
		flow[i] = t->map->flow[t->stack[t->depth - 1 - i]].id;
	t->way[t->ways++] = (struct way){ { entry }, flow, t->depth };
}

static bool follow_back(struct hunt *t, int64_t at, kinds passed)
{
	if (++t->steps > WAYS_MAX)
		return err_set(&t->op->err, TOO_BIG, "flow", "The map has too many ways through it to follow. Close flows that are not in use (handback flow list).");
	way_done(t, at, passed);
	if (t->depth == FLOWS_MAX)
		return true;
	for (uint32_t i = t->into.start[at]; i < t->into.start[at + 1]; i++) {
		uint32_t f = t->into.order[i];
		const struct flow *flow = &t->map->flow[f];
		bool taken = false;
		for (size_t k = 0; k < t->depth; k++)
			taken |= t->stack[k] == f;
		if (taken || !(flow->kinds & passed))
			continue;
		t->stack[t->depth++] = f;
		bool good = follow_back(t, flow->from.n, passed & flow->kinds);
		t->depth--;
		if (!good)
			return false;
	}
	return true;
}

static int emptied_order(const void *a, const void *b)
{
	const struct emptied *x = a, *y = b;
	if (x->holder.n != y->holder.n)
		return x->holder.n < y->holder.n ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static void hunt_open(struct hunt *t, const struct atlas *m)
{
	struct arena *a = t->op->a;
	size_t n = atlas_size(m);
	t->map = m;
	t->into = flows_by(t->op, m, true);
	t->holder = ARENA_ARRAY(a, const struct holder *, n);
	t->told = ARENA_ARRAY(a, int64_t *, n);
	for (size_t i = 0; i < m->holders; i++)
		t->holder[m->holder[i].id.n] = &m->holder[i];
	for (size_t i = 0; i < m->tolds; i++) {
		int64_t **of = &t->told[m->told[i].holder.n];
		if (!*of) {
			*of = ARENA_ARRAY(a, int64_t, KIND_COUNT);
			for (int k = 0; k < KIND_COUNT; k++)
				(*of)[k] = KEEPS_UNTOLD;
		}
		(*of)[m->told[i].kind] = m->told[i].keeps;
	}
	if (m->emptieds)
		qsort(m->emptied, m->emptieds, sizeof *m->emptied, emptied_order);
	t->emptied = ARENA_ARRAY(a, int64_t, m->emptieds + 1);
	t->emptied_from = ARENA_ARRAY(a, uint32_t, n + 1);
	for (size_t i = 0; i < m->emptieds; i++) {
		t->emptied[i] = m->emptied[i].at;
		t->emptied_from[m->emptied[i].holder.n + 1]++;
	}
	for (size_t h = 1; h <= n; h++)
		t->emptied_from[h] += t->emptied_from[h - 1];
}

/* A place suspected of keeping asks which holders stand there, and suspects them too. */
static bool places(struct op *op, const struct atlas *m, const struct suspicion *s, size_t n, struct suspicion **all, uint32_t **of, size_t *total,
                   struct sources *out)
{
	size_t cap = n + 16, count = 0, of_cap = cap, empty_cap = 0;                 /* room from the start: there may be tens of thousands */
	struct suspicion *list = ARENA_ARRAY(op->a, struct suspicion, cap);
	uint32_t *asked = ARENA_ARRAY(op->a, uint32_t, of_cap);
	size_t size = atlas_size(m);
	const struct holder **by_number = ARENA_ARRAY(op->a, const struct holder *, size);
	for (size_t h = 0; h < m->holders; h++)
		by_number[m->holder[h].id.n] = &m->holder[h];
	for (size_t i = 0; i < n; i++) {
		if (s[i].holder.n <= 0 || (size_t)s[i].holder.n >= size || !by_number[s[i].holder.n])
			return err_set(&op->err, NOT_FOUND, "holder", "A suspected holder is not on the map.");
		list = arena_more(op->a, list, count, &cap, sizeof *list);
		asked = arena_more(op->a, asked, count, &of_cap, sizeof *asked);
		asked[count] = (uint32_t)i;
		list[count++] = s[i];
	}
	for (size_t i = 0; i < n; i++) {
		const struct holder *place = by_number[s[i].holder.n];
		if (s[i].manner == PASSING || place->sort != PLACE)
			place = NULL;
		bool any = false;
		for (size_t h = 0; place && h < m->holders; h++)
			if (m->holder[h].place.n == place->id.n) {
				any = true;
				list = arena_more(op->a, list, count, &cap, sizeof *list);
				asked = arena_more(op->a, asked, count, &of_cap, sizeof *asked);
				asked[count] = (uint32_t)i;
				list[count++] = (struct suspicion){ m->holder[h].id, s[i].from, s[i].to, s[i].manner };
			}
		if (place && !any) {
			out->place_empty = arena_more(op->a, out->place_empty, out->places_empty, &empty_cap, sizeof *out->place_empty);
			out->place_empty[out->places_empty++] = place->id;
		}
	}
	*all = list, *of = asked, *total = count;
	return true;
}

bool map_sources(struct op *op, const struct suspicion *s, size_t n, const struct bits *dwelling, struct sources *out)
{
	struct atlas m;
	struct hunt t = { .op = op, .dwelling = dwelling };
	struct sources found = { 0 };
	struct suspicion *all = NULL;
	uint32_t *of = NULL;
	size_t total = 0;
	if (!atlas_read(op, false, &m) || !places(op, &m, s, n, &all, &of, &total, &found))
		return false;
	hunt_open(&t, &m);
	t.cap = t.way_cap = total + 16;
	t.source = ARENA_ARRAY(op->a, struct source, t.cap);
	t.way = ARENA_ARRAY(op->a, struct way, t.way_cap);
	for (size_t i = 0; i < total; i++) {
		t.suspicion = &all[i];
		t.index = of[i];
		if (!follow_back(&t, all[i].holder.n, KINDS_ALL))
			return false;
	}
	found.source = t.source, found.n = t.n, found.way = t.way, found.ways = t.ways, found.dwell = t.dwell, found.dwells = t.dwells;
	*out = found;
	return true;
}

/* ---- chains ---- */

struct chain { struct op *op; const struct atlas *m; struct index from; bool *seen; uint64_t steps; };

/* The most flows in a row from h that pass `passed` and come back to no holder, at most FLOWS_MAX + 1. */
static size_t longest(struct chain *c, int64_t h, kinds passed, size_t sofar)
{
	size_t most = sofar;
	if (sofar > FLOWS_MAX || ++c->steps > WAYS_MAX)
		return FLOWS_MAX + 1;
	c->seen[h] = true;
	for (uint32_t i = c->from.start[h]; i < c->from.start[h + 1] && most <= FLOWS_MAX; i++) {
		const struct flow *f = &c->m->flow[c->from.order[i]];
		if (c->seen[f->to.n] || !(f->kinds & passed))
			continue;
		size_t n = longest(c, f->to.n, passed & f->kinds, sofar + 1);
		if (n > most)
			most = n;
	}
	c->seen[h] = false;
	return most;
}

bool map_chain_too_long(struct op *op, const struct atlas *m, const struct flow *flow, bool *too_long)
{
	struct atlas with = *m;
	with.flow = ARENA_ARRAY(op->a, struct flow, m->flows + 1);
	if (m->flows)
		memcpy(with.flow, m->flow, m->flows * sizeof *with.flow);
	with.flow[with.flows++] = *flow;
	struct chain c = { op, &with, flows_by(op, &with, false), ARENA_ARRAY(op->a, bool, atlas_size(m)), 0 };
	*too_long = false;
	for (size_t i = 0; i < m->holders && !*too_long; i++)
		*too_long = longest(&c, m->holder[i].id.n, flow->kinds, 0) > FLOWS_MAX;
	return true;
}
