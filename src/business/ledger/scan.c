/* scan - the formula's ledger half: day segments and listings against intervals of touch times. Reads only.
 *
 * What is asked is sorted by holder. Of each day the parts that can hold a wanted holder are read, and in each the stretches over
 * which no asked column changes; for a stretch it is known which kinds answer at which place of the path, but for intervals that
 * end within the day: those are compared with every touch's own second. */
#include "exposed.h"
#include "ledger_segments_sql.h"
#include "segment.h"

#include <stdlib.h>

/* ---- what is asked, made ready ---- */

struct ask { int column; uint32_t holder; int64_t from, to; kinds kinds; uint32_t narrow; };

/* What answers at each place of a touch's path; narrow: the same as one byte for each column. */
struct answer_mask { kinds at[COLUMNS]; uint32_t narrow; };

/* Holders of one column of whom the same is asked: [first, end) in ask[], and what that comes to on the day it was last looked at. */
struct class { uint32_t first, end; int64_t day; struct answer_mask mask; bool edges; };

struct where { int64_t hi, lo, part; };

struct scan {
	struct op *op; struct exposed *e;
	struct flavours flavours;
	struct answer_mask *flavour;                     /* by code: what comes in where */
	struct ask *ask; size_t asks;
	uint32_t *first[COLUMNS];                        /* by holder: its first ask in this column; the next holder's is the end */
	uint32_t *of[COLUMNS];                           /* by holder: its class in this column; 0: nothing is asked of it */
	struct class *class; uint32_t classes;
	uint32_t holders;                                /* holder numbers asked for are below */
	uint32_t hi[COLUMNS];                            /* the largest of each column */
	int asked_at[COLUMNS]; size_t asked;             /* the columns that are asked */
	int64_t first_day, last_day;
	kinds occur;                                     /* what can come of it */
	/* of the stretch at hand */
	const struct ask **edge; size_t edges;           /* intervals that begin or end within the day */
	uint32_t *who; uint8_t *answer;                  /* of its touches; by flavour */
	struct where *where; size_t where_cap;           /* parts to be read */
};

enum { AHEAD = 32 };

static int ask_order(const void *a, const void *b)
{
	const struct ask *x = a, *y = b;
	if (x->column != y->column)
		return x->column - y->column;
	if (x->holder != y->holder)
		return x->holder < y->holder ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* Sorted by column and holder; those that differ only in their kinds become one. */
static void asks_gather(struct scan *s, const struct source *q, size_t n)
{
	int64_t doubt = (int64_t)s->flavours.spread_max;
	bool sorted = true;
	size_t kept = 0;
	s->ask = mem_get(n * sizeof *s->ask);
	for (size_t i = 0; i < n; i++) {
		if (q[i].spans_only || !q[i].kinds || q[i].entry.n <= 0 || q[i].from > when_add(q[i].to, doubt))
			continue;                        /* no touch answers */
		s->ask[s->asks] = (struct ask){ column_of(q[i].dim), (uint32_t)q[i].entry.n, q[i].from, q[i].to, q[i].kinds, 0 };
		sorted = sorted && (!s->asks || ask_order(&s->ask[s->asks - 1], &s->ask[s->asks]) <= 0);
		s->asks++;
	}
	if (!sorted)
		qsort(s->ask, s->asks, sizeof *s->ask, ask_order);
	for (size_t i = 0; i < s->asks; i++)
		if (kept && ask_order(&s->ask[kept - 1], &s->ask[i]) == 0)
			s->ask[kept - 1].kinds |= s->ask[i].kinds;
		else
			s->ask[kept++] = s->ask[i];
	s->asks = kept;
}

static bool asks_alike(const struct ask *a, const struct ask *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (a[i].from != b[i].from || a[i].to != b[i].to || a[i].kinds != b[i].kinds)
			return false;
	return true;
}

/* Neighbours of whom the same is asked share a class: nearly always all. */
static void classes_make(struct scan *s)
{
	s->class = mem_get((s->asks + 1) * sizeof *s->class);
	s->classes = 1;
	for (int c = 0; c < COLUMNS; c++) {
		const struct class *last = NULL;
		s->of[c] = mem_zero(s->holders, sizeof(uint32_t));
		for (uint32_t h = 0; s->hi[c] && h <= s->hi[c]; h++) {
			uint32_t first = s->first[c][h], end = s->first[c][h + 1];
			if (first == end)
				continue;
			if (!last || last->end - last->first != end - first || !asks_alike(&s->ask[last->first], &s->ask[first], end - first)) {
				last = &s->class[s->classes];
				s->class[s->classes++] = (struct class){ .first = first, .end = end, .day = INT64_MIN };
			}
			s->of[c][h] = s->classes - 1;
		}
	}
}

static void asks_index(struct scan *s)
{
	size_t edges = 1, longest[COLUMNS] = { 0 };
	s->first_day = INT64_MAX, s->last_day = INT64_MIN;
	for (size_t i = 0; i < s->asks; i++) {
		const struct ask *a = &s->ask[i];
		s->holders = a->holder >= s->holders ? a->holder + 1 : s->holders;
		/* a touch of an earlier day may reach into the interval by its doubt */
		int64_t first = when_day(when_add(a->from, -(int64_t)s->flavours.spread_max)), last = when_day(a->to);
		s->first_day = first < s->first_day ? first : s->first_day, s->last_day = last > s->last_day ? last : s->last_day;
	}
	for (int c = 0; c < COLUMNS; c++)
		s->first[c] = mem_zero((size_t)s->holders + 1, sizeof(uint32_t));
	for (size_t i = 0, many = 0; i < s->asks; i++) {
		const struct ask *a = &s->ask[i];
		if (!s->hi[a->column])
			s->asked_at[s->asked++] = a->column;
		s->hi[a->column] = a->holder;
		many = i && a[-1].column == a->column && a[-1].holder == a->holder ? many + 1 : 1;
		longest[a->column] = many > longest[a->column] ? many : longest[a->column];
	}
	for (int c = 0; c < COLUMNS; c++) {
		size_t i = 0;
		while (i < s->asks && s->ask[i].column < c)
			i++;
		for (uint32_t h = 0; h <= s->holders; h++) {
			while (i < s->asks && s->ask[i].column == c && s->ask[i].holder < h)
				i++;
			s->first[c][h] = (uint32_t)i;
		}
		edges += longest[c];
	}
	classes_make(s);
	s->edge = mem_get(edges * sizeof *s->edge);
	s->who = mem_get((PART_TOUCHES + AHEAD) * sizeof *s->who);
	s->answer = mem_get(s->flavours.n);
}

/* Which kinds can come of it, and the tables by flavour. */
static void kinds_ready(struct scan *s)
{
	kinds wanted[COLUMNS] = { 0 }, occur = 0;
	for (size_t i = 0; i < s->asks; i++)
		wanted[s->ask[i].column] |= s->ask[i].kinds;
	s->flavour = mem_zero(s->flavours.n, sizeof *s->flavour);
	for (size_t f = 1; f < s->flavours.n; f++) {
		const struct flavour *v = &s->flavours.by_code[f];
		const kinds at[COLUMNS] = { [COLUMN_ENTRY] = v->entry, [COLUMN_SERVICE] = v->service, [COLUMN_PERSON] = v->person, [COLUMN_PLACE] = v->place };
		for (int c = 0; c < COLUMNS; c++)
			occur |= s->flavour[f].at[c] = at[c] & wanted[c];
	}
	s->occur = occur;
	exposed_room(s->e, occur);
	if (!exposed_fits_narrow(s->e))
		return;
	for (size_t f = 1; f < s->flavours.n; f++)
		for (int c = 0; c < COLUMNS; c++)
			s->flavour[f].narrow |= (uint32_t)exposed_narrow(s->e, s->flavour[f].at[c]) << (8 * c);
	for (size_t i = 0; i < s->asks; i++)
		s->ask[i].narrow = (uint32_t)exposed_narrow(s->e, s->ask[i].kinds) << (8 * s->ask[i].column);
}

static void scan_close(struct scan *s)
{
	for (int c = 0; c < COLUMNS; c++) {
		free(s->first[c]);
		free(s->of[c]);
	}
	free(s->class);
	free(s->ask);
	free(s->edge);
	free(s->who);
	free(s->answer);
	free(s->where);
	free(s->flavour);
}

/* ---- stretches of a part ---- */

static uint8_t narrow_of(uint32_t by_column)
{
	by_column |= by_column >> 16;
	return (uint8_t)(by_column | by_column >> 8);
}

/* Everything in the stretch answers alike, a byte a customer is enough, and times are not asked for: nearly all of a wide window. */
static bool stretch_whole(struct scan *s, const struct part *p, size_t from, size_t to, uint32_t mask)
{
	const struct column whos = p->who, whens = p->when;      /* of our own: what is written below can't touch them */
	uint32_t *who = s->who, most = 0;
	uint8_t *by_flavour = s->answer, *of = s->e->narrow;
	uint64_t flavours = s->flavours.n, bad = 0, unnamed = 0;
	size_t n = to - from;
	for (size_t f = 0; f < flavours; f++)
		by_flavour[f] = narrow_of(s->flavour[f].narrow & mask);
	for (size_t i = 0; i < n; i++) {
		who[i] = (uint32_t)column_at(&whos, from + i);
		most = who[i] > most ? who[i] : most;
	}
	if (most >= s->e->n)
		return false;
	memset(who + n, 0, AHEAD * sizeof *who);
	for (size_t i = 0; i < n; i++) {
		uint64_t f = column_at(&whens, from + i) >> SECOND_BITS;
		uint8_t answer = by_flavour[f < flavours ? f : 0];
		__builtin_prefetch(&of[who[i + AHEAD]], 1);
		bad |= f - 1 >= flavours - 1;
		unnamed += !who[i] & (answer != 0);
		of[who[i]] |= answer;                    /* nobody's gather at 0 */
	}
	s->e->unnamed += unnamed;
	return !bad;
}

static void touch_add(struct exposed *e, uint32_t who, int64_t at)
{
	e->touches[who]++;
	e->first[who] = at < e->first[who] ? at : e->first[who];
	e->last[who] = at > e->last[who] ? at : e->last[who];
}

static bool stretch(struct scan *s, const struct part *p, int64_t day, size_t from, size_t to, const struct answer_mask *mask)
{
	struct exposed *e = s->e;
	for (size_t i = from; i < to; i++) {
		uint64_t when = column_at(&p->when, i), f = when >> SECOND_BITS;
		uint32_t who = (uint32_t)column_at(&p->who, i);
		if (!f || f >= s->flavours.n || who >= e->n)
			return false;
		int64_t at = day * DAY + (int64_t)(when & SECOND_MASK), end = at + (int64_t)s->flavours.by_code[f].spread;
		struct answer_mask m = *mask;
		for (size_t k = 0; k < s->edges; k++) {
			const struct ask *a = s->edge[k];
			if (at <= a->to && end >= a->from)
				m.at[a->column] |= a->kinds, m.narrow |= a->narrow;
		}
		bool answers;
		if (e->narrow) {
			uint8_t k = narrow_of(s->flavour[f].narrow & m.narrow);
			e->narrow[who] |= k;             /* nobody's gather at 0 */
			answers = k != 0;
		} else {
			const kinds *in = s->flavour[f].at;
			kinds k = (in[0] & m.at[0]) | (in[1] & m.at[1]) | (in[2] & m.at[2]) | (in[3] & m.at[3]);
			answers = k != 0;
			if (answers && who)
				exposed_add(e, who, k);
			else
				e->unnamed_kinds |= k;
		}
		if (answers && !who)
			e->unnamed++;
		else if (answers && e->touches)
			touch_add(e, who, at);
	}
	return true;
}

/* What is asked of a class on this day: whole days into its mask; the rest are edges. */
static bool reaches(const struct scan *s, const struct ask *a, int64_t day)
{
	return a->to >= day * DAY && a->from <= day * DAY + DAY - 1 + (int64_t)s->flavours.spread_max;
}

static bool covers(const struct ask *a, int64_t day)
{
	return a->from <= day * DAY && a->to >= day * DAY + DAY - 1;
}

static void class_today(struct scan *s, struct class *k, int64_t day)
{
	k->day = day, k->mask = (struct answer_mask){ 0 }, k->edges = false;
	for (uint32_t i = k->first; i < k->end; i++) {
		const struct ask *a = &s->ask[i];
		if (covers(a, day))
			k->mask.at[a->column] |= a->kinds, k->mask.narrow |= a->narrow;
		else
			k->edges |= reaches(s, a, day);
	}
}

/* Adds what is asked of a class to that of the stretch at hand. */
static void class_add(struct scan *s, struct answer_mask *m, uint32_t class, int64_t day)
{
	struct class *k = &s->class[class];
	if (!class)
		return;
	if (k->day != day)
		class_today(s, k, day);
	for (int c = 0; c < COLUMNS; c++)
		m->at[c] |= k->mask.at[c];
	m->narrow |= k->mask.narrow;
	for (uint32_t i = k->first; k->edges && i < k->end; i++)
		if (!covers(&s->ask[i], day) && reaches(s, &s->ask[i], day))
			s->edge[s->edges++] = &s->ask[i];
}

static bool mask_same(const struct answer_mask *a, const struct answer_mask *b)
{
	return a->at[0] == b->at[0] && a->at[1] == b->at[1] && a->at[2] == b->at[2] && a->at[3] == b->at[3];
}

static bool mask_empty(const struct answer_mask *m)
{
	return !(m->at[0] | m->at[1] | m->at[2] | m->at[3]);
}

/* Where a part is being read, in each of the columns that are asked: the run at hand, its end and its class. */
struct reading { size_t run[COLUMNS], end[COLUMNS]; uint32_t class[COLUMNS]; };

/* Goes on to the runs that `from` is in; returns to where they hold, and whether they are of other classes than before. */
static size_t read_on(const struct scan *s, const struct part *p, struct reading *r, size_t from, bool *other)
{
	size_t to = p->n;
	*other = false;
	for (size_t k = 0; k < s->asked; k++) {
		if (r->end[k] <= from) {
			const struct runs *runs = &p->at[s->asked_at[k]];
			uint64_t holder = column_at(&runs->value, r->run[k]);
			uint32_t class = holder < s->holders ? s->of[s->asked_at[k]][holder] : 0;
			*other |= class != r->class[k];
			r->class[k] = class;
			r->end[k] = column_at(&runs->end, r->run[k]++);
		}
		to = r->end[k] < to ? r->end[k] : to;
	}
	return to;
}

static bool part_scan(struct scan *s, const struct part *p, int64_t day)
{
	static const struct answer_mask none = { 0 };
	struct answer_mask before = none;                /* of the stretch that waits, [waits, from) */
	struct reading r = { 0 };
	size_t waits = 0;
	bool whole = s->e->narrow && !s->e->touches, waiting = false, other;
	for (size_t k = 0; k < s->asked; k++)
		if (!part_runs(p, &p->at[s->asked_at[k]]))
			return false;
	for (size_t from = 0, to; from < p->n; from = to) {
		struct answer_mask m = none;
		to = read_on(s, p, &r, from, &other);
		if (waiting && !other)
			continue;
		s->edges = 0;
		for (size_t k = 0; k < s->asked; k++)
			class_add(s, &m, r.class[k], day);
		waiting = whole && !s->edges;            /* stretches that answer alike are done together */
		if (!(waiting && mask_same(&m, &before))) {
			if (!mask_empty(&before) && !stretch_whole(s, p, waits, from, before.narrow))
				return false;
			before = waiting ? m : none;
			waits = from;
		}
		if (!waiting && !(mask_empty(&m) && !s->edges) && !stretch(s, p, day, from, to, &m))
			return false;
	}
	return mask_empty(&before) || stretch_whole(s, p, waits, p->n, before.narrow);
}

/* ---- days ---- */

static bool any_wanted(const struct scan *s, int column, int64_t lo, int64_t hi)
{
	if (lo >= s->holders)
		return false;
	hi = hi < (int64_t)s->holders ? hi + 1 : (int64_t)s->holders;
	return s->first[column][hi] > s->first[column][lo];
}

static bool all_parts(struct scan *s, int64_t day, enum dim d, int64_t touches)
{
	struct sql_segments_all q;
	struct part p;
	bool good = true;
	exposed_expect(s->e, (size_t)touches);
	if (!sql_segments_all(s->op, day, d, &q))
		return false;
	while (good && sql_segments_all_next(s->op, &q)) {
		good = part_open(&p, d, q.blob) && part_scan(s, &p, day);
		touches -= (int64_t)p.n;
	}
	sql_segments_all_stop(&q);
	return s->op->err.code == OK && ((good && !touches) || day_torn(s->op, day));
}

static bool one_part(struct scan *s, int64_t day, enum dim d, const struct where *at)
{
	struct sql_segment_get q;
	struct part p;
	if (!sql_segment_get(s->op, day, d, at->hi, at->lo, at->part, &q))
		return false;
	bool there = sql_segment_get_next(s->op, &q), good = there && part_open(&p, d, q.blob) && part_scan(s, &p, day);
	sql_segment_get_stop(&q);
	return good || (s->op->err.code == OK && day_torn(s->op, day));
}

/* The parts are in the order of the one column that is asked: most need not be read. First they are only listed, which the key alone
 * answers; a row's blob is copied by whoever steps on it. */
static bool wanted_parts(struct scan *s, int64_t day, enum dim d, int64_t touches)
{
	struct sql_segments_from q;
	int c = column_of(d);
	size_t listed = 0, n = 0;
	if (!sql_segments_from(s->op, day, d, s->ask[0].holder, &q))
		return false;
	while (sql_segments_from_next(s->op, &q) && q.lo <= s->hi[c]) {
		if (q.lo < 0 || q.lo > q.hi || q.hi > UINT32_MAX) {
			sql_segments_from_stop(&q);
			return day_torn(s->op, day);
		}
		listed++;
		if (!any_wanted(s, c, q.lo, q.hi))
			continue;
		if (n == s->where_cap)
			s->where = mem_grow(s->where, (s->where_cap = s->where_cap ? 2 * s->where_cap : 256) * sizeof *s->where);
		s->where[n++] = (struct where){ q.hi, q.lo, q.part };
	}
	sql_segments_from_stop(&q);
	if (s->op->err.code != OK)
		return false;
	if (n > 8 && n > listed / 2)
		return all_parts(s, day, d, touches);
	for (size_t i = 0; i < n; i++)
		if (!one_part(s, day, d, &s->where[i]))
			return false;
	return true;
}

static bool days_scan(struct scan *s)
{
	struct sql_days d;
	uint64_t done = 0;
	bool good = true;
	if (!s->asks)
		return true;
	if (!sql_days(s->op, s->first_day, s->last_day, &d))
		return false;
	while (good && sql_days_next(s->op, &d)) {
		bool copied = d.n > PART_TOUCHES && s->asked == 1;
		enum dim dim = copied && s->hi[COLUMN_PERSON] ? DIM_PERSON : copied && s->hi[COLUMN_PLACE] ? DIM_PLACE : DIM_ENTRY;
		good = s->asked == 1 && s->hi[column_of(dim)] ? wanted_parts(s, d.day, dim, d.n) : all_parts(s, d.day, DIM_ENTRY, d.n);
		if (s->op->progress)
			s->op->progress(s->op, "Looking through days", ++done, 0);
	}
	sql_days_stop(&d);
	return good && s->op->err.code == OK;
}

/* ---- listings ---- */

/* A listing is there from an unknown beginning until it came. */
static kinds listing_answers(const struct sql_listings *l, const struct source *q, size_t n)
{
	kinds k = 0;
	for (size_t i = 0; i < n; i++)
		if (q[i].entry.n == l->holder && q[i].to >= LONG_AGO && q[i].from <= l->came)
			k |= (kinds)l->kinds & q[i].kinds;
	return k;
}

static bool listing_add(struct exposed *e, struct str blob, kinds k, uint32_t *who)
{
	size_t n;
	if (!listing_read(blob, who, &n) || who[n - 1] >= e->n)
		return false;
	for (size_t i = 0; i < n; i++)
		exposed_add(e, who[i], k);
	return true;
}

static bool listings_scan(struct op *op, const struct source *q, size_t n, struct exposed *e)
{
	struct sql_listings l;
	int64_t holder = 0, import = 0, of = 0, came = 0;        /* the listing that k is of: its parts come one after another */
	kinds k = 0;
	bool good = true;
	if (!sql_listings(op, &l))
		return false;
	uint32_t *who = mem_get(LISTING_PART * sizeof *who);
	while (good && sql_listings_next(op, &l)) {
		if (l.holder != holder || l.import != import || l.kinds != of || l.came != came) {
			k = listing_answers(&l, q, n);
			holder = l.holder, import = l.import, of = l.kinds, came = l.came;
			exposed_room(e, k);
		}
		good = !k || listing_add(e, l.blob, k, who);
	}
	sql_listings_stop(&l);
	free(who);
	if (!good)
		return err_set(&op->err, TORN, NULL, "A customer list is damaged in the database. Restore a backup, or import it again.");
	return op->err.code == OK;
}

/* ---- persons ---- */

struct same { uint32_t id, as; kinds moved; };

static int same_order(const void *a, const void *b)
{
	const struct same *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

/* Whom this customer was proved to be: followed to its end, but never in a circle. */
static uint32_t person_of(const struct same *list, size_t n, uint32_t who)
{
	const struct same *s;
	for (size_t i = 0; i < n && (s = bsearch(&(struct same){ .id = who }, list, n, sizeof *list, same_order)) != NULL; i++)
		who = s->as;
	return who;
}

static void touches_move(struct exposed *e, uint32_t who, uint32_t person)
{
	e->touches[person] += e->touches[who];
	e->first[person] = e->first[who] < e->first[person] ? e->first[who] : e->first[person];
	e->last[person] = e->last[who] > e->last[person] ? e->last[who] : e->last[person];
	e->touches[who] = 0, e->first[who] = FAR_OFF, e->last[who] = LONG_AGO;
}

/* Customers who proved to be one person count as that person. */
static bool persons(struct op *op, struct exposed *e)
{
	struct sql_same_as_all q;
	struct same *list = NULL;
	size_t n = 0, cap = 0;
	if (!sql_same_as_all(op, &q))
		return false;
	while (sql_same_as_all_next(op, &q)) {
		if (n == cap)
			list = mem_grow(list, (cap = cap ? 2 * cap : 64) * sizeof *list);
		list[n++] = (struct same){ (uint32_t)q.id, (uint32_t)q.same_as, 0 };
	}
	if (n)
		qsort(list, n, sizeof *list, same_order);
	for (size_t i = 0; i < n; i++) {                 /* first all are taken: what was added must settle before looking */
		uint32_t who = list[i].id, person = person_of(list, n, who);
		list[i].as = person;
		if (who < e->n && person < e->n && person != who)
			list[i].moved = exposed_take(e, who);
		if (list[i].moved && e->touches)
			touches_move(e, who, person);
	}
	for (size_t i = 0; i < n; i++)
		if (list[i].moved)
			exposed_add(e, list[i].as, list[i].moved);
	free(list);
	return op->err.code == OK;
}

bool ledger_touched(struct op *op, const struct source *q, size_t n, struct exposed *e)
{
	struct scan s = { .op = op, .e = e };
	if (!flavour_all(op, &s.flavours))
		return false;
	asks_gather(&s, q, n);
	asks_index(&s);
	kinds_ready(&s);
	bool good = !s.occur || days_scan(&s);
	scan_close(&s);
	exposed_settle(e);
	e->unnamed_kinds |= exposed_take(e, 0);
	good = good && listings_scan(op, q, n, e);
	exposed_settle(e);
	good = good && persons(op, e);
	exposed_settle(e);
	return good;
}

bool ledger_add(struct op *op, const struct few *few, size_t n, struct exposed *e)
{
	kinds of = 0;
	for (size_t i = 0; i < n; i++)
		of |= few[i].kinds;
	exposed_room(e, of);
	for (size_t i = 0; i < n; i++)
		if (few[i].who && few[i].who < e->n && few[i].kinds)
			exposed_add(e, few[i].who, few[i].kinds);
	exposed_settle(e);
	bool good = persons(op, e);
	exposed_settle(e);
	return good;
}
