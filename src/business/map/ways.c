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
	int64_t end_min, dwell_asks; bool by_last, longer;
};

struct hunt {
	struct op *op;
	const struct atlas *map;
	const struct standing *holder; size_t holders;   /* by number; how many numbers */
	struct index into;
	int64_t **told;                                  /* by holder: what it says of each kind, or KEEPS_UNTOLD; NULL: nothing */
	int64_t *emptied; uint32_t *emptied_from;        /* deletions by holder, ascending */
	const struct suspicion *suspicion;
	uint32_t index;                                  /* which suspicion */
	uint32_t stack[FLOWS_MAX]; size_t depth;
	uint64_t steps;
	const struct bits *dwelling;
	struct source *source; size_t n, cap;
	struct { struct suspicion of; size_t from, to; } like;   /* sources that are so of others, too: see like_others. of.holder 0: none */
	struct dwell *dwell; size_t dwells, dwell_cap;
	struct way *way; size_t ways, way_cap;
};

static int64_t minus(int64_t at, int64_t keep)
{
	return keep >= FAR_OFF ? LONG_AGO : when_add(at, -keep);
}

static enum holder_sort sort_of(const struct hunt *t, int64_t h)
{
	return (enum holder_sort)t->holder[h].sort;
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
	return map_assumed(sort_of(t, h), k);
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
	a->dwell_asks = a->asks;
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
	enum holder_sort sort = sort_of(t, entry);
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
		if (d->first_max == a->first_max && d->end_min == a->end_min && d->by_last == a->by_last && d->longer == a->longer && d->asks.n == a->dwell_asks) {
			d->kinds |= (kinds)1 << k;
			return;
		}
	}
	t->dwell = arena_more(t->op->a, t->dwell, t->dwells, &t->dwell_cap, sizeof *t->dwell);
	t->dwell[t->dwells++] = (struct dwell){ .entry = { entry }, .kinds = (kinds)1 << k, .first_max = a->first_max, .end_min = a->end_min, .by_last = a->by_last,
	                                     .longer = a->longer, .asks = { a->dwell_asks }, .suspicion = t->index, .way = (uint32_t)t->ways };
}

/* No flow yet, and nothing told of this holder: then all of its sort that are suspected alike are asked alike. */
static bool like_others(const struct hunt *t, int64_t entry)
{
	return !t->depth && !t->told[entry] && t->emptied_from[entry] == t->emptied_from[entry + 1] && !(t->dwelling && bits_has(t->dwelling, (size_t)entry));
}

static bool like_the_last(const struct hunt *t, int64_t entry)
{
	const struct suspicion *a = &t->like.of, *b = t->suspicion;
	return a->holder.n && sort_of(t, a->holder.n) == sort_of(t, entry) && a->from == b->from && a->to == b->to && a->manner == b->manner;
}

static void sources_repeat(struct hunt *t, int64_t entry)
{
	for (size_t i = t->like.from; i < t->like.to; i++) {
		t->source = arena_more(t->op->a, t->source, t->n, &t->cap, sizeof *t->source);
		struct source *s = &t->source[t->n++];
		*s = t->source[i];
		s->entry.n = entry, s->asks.n = s->asks.n ? entry : 0, s->suspicion = t->index, s->way = (uint32_t)t->ways;
	}
}

static void kinds_ask(struct hunt *t, int64_t entry, kinds passed)
{
	size_t sources = t->n, dwells = t->dwells;
	bool dwelling = t->dwelling && bits_has(t->dwelling, (size_t)entry);
	kinds takes = map_takes(sort_of(t, entry));
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
}

/* The flows from `hunt->stack` make a way that begins at `entry`: what is asked there, kind by kind. */
static void way_done(struct hunt *t, int64_t entry, kinds passed)
{
	size_t sources = t->n, dwells = t->dwells;
	bool like = like_others(t, entry);
	if (like && like_the_last(t, entry))
		sources_repeat(t, entry);
	else
		kinds_ask(t, entry, passed);
	if (like)
		t->like.of = *t->suspicion, t->like.from = sources, t->like.to = t->n;
	if (t->n == sources && t->dwells == dwells)
		return;
	t->way = arena_more(t->op->a, t->way, t->ways, &t->way_cap, sizeof *t->way);
	int64_t *flow = t->depth ? ARENA_ARRAY(t->op->a, int64_t, t->depth) : NULL;
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
	size_t n = t->holders;
	t->map = m;
	t->into = flows_by(t->op, m, n, true);
	t->told = ARENA_ARRAY(a, int64_t *, n);
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

static bool suspect(struct hunt *t, const struct suspicion *s, size_t index)
{
	if (s->holder.n <= 0 || (size_t)s->holder.n >= t->holders || !t->holder[s->holder.n].sort)
		return err_set(&t->op->err, NOT_FOUND, "holder", "A suspected holder is not on the map.");
	t->suspicion = s;
	t->index = (uint32_t)index;
	return follow_back(t, s->holder.n, KINDS_ALL);
}

/* A place suspected of keeping asks which holders stand there, and suspects them too. */
static bool suspect_standing(struct hunt *t, const struct suspicion *place, size_t index, bool *any)
{
	struct suspicion there = *place;
	*any = false;
	for (size_t h = 1; h < t->holders; h++) {
		if (t->holder[h].place != place->holder.n)
			continue;
		*any = true;
		there.holder.n = (int64_t)h;
		if (!suspect(t, &there, index))
			return false;
	}
	return true;
}

bool map_sources(struct op *op, const struct suspicion *s, size_t n, const struct bits *dwelling, struct sources *out)
{
	struct atlas m = { 0 };
	struct standing *holder;
	struct hunt t = { .op = op, .dwelling = dwelling };
	struct sources found = { 0 };
	size_t empty_cap = 0;
	if (!standing_read(op, &holder, &t.holders) || !atlas_flows(op, &m))
		return false;
	t.holder = holder;
	hunt_open(&t, &m);
	t.cap = t.way_cap = n + 16;                      /* room from the start: there may be tens of thousands */
	t.source = ARENA_ARRAY(op->a, struct source, t.cap);
	t.way = ARENA_ARRAY(op->a, struct way, t.way_cap);
	for (size_t i = 0; i < n; i++) {
		bool any;
		if (!suspect(&t, &s[i], i))
			return false;
		if (s[i].manner == PASSING || sort_of(&t, s[i].holder.n) != PLACE)
			continue;
		if (!suspect_standing(&t, &s[i], i, &any))
			return false;
		if (!any) {
			found.place_empty = arena_more(op->a, found.place_empty, found.places_empty, &empty_cap, sizeof *found.place_empty);
			found.place_empty[found.places_empty++] = s[i].holder;
		}
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
	size_t size = m->holders ? (size_t)m->holder[m->holders - 1].id.n + 1 : 1;
	struct chain c = { op, &with, flows_by(op, &with, size, false), ARENA_ARRAY(op->a, bool, size), 0 };
	*too_long = false;
	for (size_t i = 0; i < m->holders && !*too_long; i++)
		*too_long = longest(&c, m->holder[i].id.n, flow->kinds, 0) > FLOWS_MAX;
	return true;
}
