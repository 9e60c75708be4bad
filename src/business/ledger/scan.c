/* scan - the formula's ledger half: day segments against intervals of touch times. Also the slow and plain walk over everything. */
#include "ledger_segments_sql.h"
#include "segment.h"

#include <stdlib.h>

/* ---- the result ---- */

struct exposed *exposed_open(struct op *op, bool with_touches)
{
	uint32_t customers;
	if (!ledger_size(op, &customers))
		return NULL;
	struct exposed *e = mem_zero(1, sizeof *e);
	e->n = customers + 1;
	if (with_touches) {
		e->first = mem_get(e->n * sizeof *e->first);
		e->last = mem_get(e->n * sizeof *e->last);
		e->touches = mem_zero(e->n, sizeof *e->touches);
		for (uint32_t i = 0; i < e->n; i++)
			e->first[i] = FAR_OFF, e->last[i] = LONG_AGO;
	}
	return e;
}

void exposed_close(struct exposed *e)
{
	if (!e)
		return;
	free(e->narrow);
	free(e->wide);
	free(e->first);
	free(e->last);
	free(e->touches);
	free(e);
}

static kinds widen(const struct exposed *e, uint8_t narrow)
{
	kinds k = 0;
	for (; narrow; narrow &= (uint8_t)(narrow - 1))
		k |= (kinds)1 << e->kind_of[__builtin_ctz(narrow)];
	return k;
}

kinds exposed_kinds(const struct exposed *e, uint32_t customer)
{
	if (customer >= e->n)
		return 0;
	return e->wide ? e->wide[customer] : e->narrow ? widen(e, e->narrow[customer]) : 0;
}

size_t exposed_customers(const struct exposed *e)
{
	size_t count = 0;
	for (uint32_t i = 1; i < e->n; i++)
		count += e->wide ? e->wide[i] != 0 : e->narrow ? e->narrow[i] != 0 : 0;
	return count;
}

/* Room for these kinds: a byte a customer while at most eight occur, else 64 bits. */
static void make_room(struct exposed *e, kinds of)
{
	kinds have = 0;
	for (size_t i = 0; i < e->n_kinds; i++)
		have |= (kinds)1 << e->kind_of[i];
	if (e->wide || (!e->wide && !e->narrow && !of))
		return;
	if (__builtin_popcountll(have | of) <= 8) {
		for (kinds k = of & ~have; k; k &= k - 1)
			e->kind_of[e->n_kinds++] = (uint8_t)__builtin_ctzll(k);
		if (!e->narrow)
			e->narrow = mem_zero(e->n, 1);
		return;
	}
	e->wide = mem_zero(e->n, sizeof(kinds));
	for (uint32_t i = 0; e->narrow && i < e->n; i++)
		e->wide[i] = widen(e, e->narrow[i]);
	free(e->narrow);
	e->narrow = NULL;
}

static void put(struct exposed *e, uint32_t who, kinds k)
{
	if (e->wide) {
		e->wide[who] |= k;
		return;
	}
	for (size_t i = 0; i < e->n_kinds; i++)
		e->narrow[who] |= (uint8_t)((k >> e->kind_of[i] & 1) << i);
}

/* ---- what is asked, made ready ---- */

/* Sources that differ only in their holder: one interval, one table from flavour to kinds. */
struct class { enum dim dim; kinds kinds; int64_t from, to; kinds *of_flavour; uint8_t *narrow; bool whole; };
struct link { uint32_t class, next; };                   /* a holder's classes, as a list; 0 ends it */
struct wanted { uint32_t *head; uint32_t lo, hi; };      /* by holder number */

enum { CHAIN_MAX = 1024 };

struct scan {
	struct op *op; struct exposed *e;
	struct flavours flavours;
	struct class *class; size_t classes, class_cap;
	struct link *link; size_t links;
	struct wanted wanted[4];                         /* by column */
	size_t holders;
	int64_t first_day, last_day;
	bool columns[4];                                 /* asked for at all */
	const struct class *chain[CHAIN_MAX];
};

static kinds flavour_kinds(const struct flavour *f, enum dim d)
{
	return d == DIM_ENTRY ? f->entry : d == DIM_PERSON ? f->person : d == DIM_PLACE ? f->place : f->service;
}

static uint32_t class_of(struct scan *s, const struct source *q)
{
	for (size_t i = s->classes; i-- > 0;) {          /* alike sources come in runs */
		const struct class *c = &s->class[i];
		if (c->dim == q->dim && c->kinds == q->kinds && c->from == q->from && c->to == q->to)
			return (uint32_t)i;
		if (s->classes - i > 256)
			break;                           /* a double is slower, not wrong */
	}
	if (s->classes == s->class_cap) {
		s->class_cap = s->class_cap ? 2 * s->class_cap : 64;
		s->class = mem_grow(s->class, s->class_cap * sizeof *s->class);
	}
	struct class c = { q->dim, q->kinds, q->from, q->to, ARENA_ARRAY(s->op->a, kinds, s->flavours.n), ARENA_ARRAY(s->op->a, uint8_t, s->flavours.n), false };
	for (size_t f = 1; f < s->flavours.n; f++)
		c.of_flavour[f] = flavour_kinds(&s->flavours.by_code[f], q->dim) & q->kinds;
	s->class[s->classes] = c;
	return (uint32_t)s->classes++;
}

static bool scan_open(struct scan *s, const struct source *q, size_t n)
{
	kinds occur = 0;
	if (!flavour_all(s->op, &s->flavours))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((size_t)q[i].entry.n >= s->holders)
			s->holders = (size_t)q[i].entry.n + 1;
	s->link = mem_get((n + 1) * sizeof *s->link);
	s->links = 1;
	s->first_day = INT64_MAX, s->last_day = INT64_MIN;
	for (int c = 0; c < 4; c++)
		s->wanted[c] = (struct wanted){ mem_zero(s->holders, sizeof(uint32_t)), UINT32_MAX, 0 };
	for (size_t i = 0; i < n; i++) {
		if (q[i].spans_only || q[i].from > when_add(q[i].to, (int64_t)s->flavours.spread_max))
			continue;
		int c = column_of(q[i].dim);
		struct wanted *w = &s->wanted[c];
		uint32_t h = (uint32_t)q[i].entry.n;
		s->link[s->links] = (struct link){ class_of(s, &q[i]), w->head[h] };
		w->head[h] = (uint32_t)s->links++;
		w->lo = h < w->lo ? h : w->lo, w->hi = h > w->hi ? h : w->hi;
		s->columns[c] = true;
		/* a touch of an earlier day may reach into the interval by its doubt */
		int64_t first = when_day(when_add(q[i].from, -(int64_t)s->flavours.spread_max)), last = when_day(q[i].to);
		s->first_day = first < s->first_day ? first : s->first_day, s->last_day = last > s->last_day ? last : s->last_day;
	}
	for (size_t i = 0; i < s->classes; i++)
		for (size_t f = 1; f < s->flavours.n; f++)
			occur |= s->class[i].of_flavour[f];
	make_room(s->e, occur);
	for (size_t i = 0; s->e->narrow && i < s->classes; i++)
		for (size_t f = 1; f < s->flavours.n; f++)
			for (size_t k = 0; k < s->e->n_kinds; k++)
				s->class[i].narrow[f] |= (uint8_t)((s->class[i].of_flavour[f] >> s->e->kind_of[k] & 1) << k);
	return true;
}

static void scan_close(struct scan *s)
{
	for (int c = 0; c < 4; c++)
		free(s->wanted[c].head);
	free(s->link);
	free(s->class);
}

/* ---- one part ---- */

enum { SECOND_BITS = 17, SECOND_MASK = (1 << SECOND_BITS) - 1, AHEAD = 24 };

/* The fast path: one class that covers the whole day, a byte a customer, nothing else asked. */
static bool stretch_whole(struct scan *s, const struct part *p, size_t from, size_t to, const struct class *c)
{
	uint8_t *mask = s->e->narrow;
	uint32_t n = s->e->n;
	size_t flavours = s->flavours.n;
	for (size_t i = from; i < to; i++) {
		if (i + AHEAD < to) {
			uint32_t ahead = part_who(p, i + AHEAD);
			__builtin_prefetch(&mask[ahead < n ? ahead : 0], 1);
		}
		uint32_t who = part_who(p, i);
		uint64_t flavour = part_when(p, i) >> SECOND_BITS;
		if (flavour >= flavours || who >= n)
			return false;
		uint8_t k = c->narrow[flavour];
		if (who) {
			mask[who] |= k;
		} else if (k) {
			s->e->unnamed++;
			s->e->unnamed_kinds |= c->of_flavour[flavour];
		}
	}
	return true;
}

static bool stretch(struct scan *s, const struct part *p, int64_t day, size_t from, size_t to, size_t chain)
{
	struct exposed *e = s->e;
	if (chain == 1 && s->chain[0]->whole && e->narrow && !e->touches)
		return stretch_whole(s, p, from, to, s->chain[0]);
	for (size_t i = from; i < to; i++) {
		uint64_t when = part_when(p, i), flavour = when >> SECOND_BITS;
		uint32_t who = part_who(p, i);
		if (flavour >= s->flavours.n || who >= e->n)
			return false;
		int64_t at = day * DAY + (int64_t)(when & SECOND_MASK), end = at + (int64_t)s->flavours.by_code[flavour].spread;
		kinds k = 0;
		for (size_t c = 0; c < chain; c++)
			if (s->chain[c]->whole || (at <= s->chain[c]->to && end >= s->chain[c]->from))
				k |= s->chain[c]->of_flavour[flavour];
		if (!k)
			continue;
		if (!who) {
			e->unnamed++;
			e->unnamed_kinds |= k;
			continue;
		}
		put(e, who, k);
		if (e->touches) {
			e->touches[who]++;
			e->first[who] = at < e->first[who] ? at : e->first[who];
			e->last[who] = at > e->last[who] ? at : e->last[who];
		}
	}
	return true;
}

/* The classes of one holder that can answer on this day, onto the chain. */
static bool chain_add(struct scan *s, int column, uint32_t holder, int64_t day, size_t *chain)
{
	if (holder >= s->holders)
		return true;
	int64_t begin = day * DAY, end = begin + DAY - 1, doubt = (int64_t)s->flavours.spread_max;
	for (uint32_t l = s->wanted[column].head[holder]; l; l = s->link[l].next) {
		struct class *c = &s->class[s->link[l].class];
		if (c->to < begin || c->from > end + doubt)
			continue;
		if (*chain == CHAIN_MAX)
			return err_set(&s->op->err, TOO_BIG, NULL, "One holder is in more than %d windows. Join some of them.", CHAIN_MAX);
		c->whole = c->from <= begin && c->to >= end;
		s->chain[(*chain)++] = c;
	}
	return true;
}

/* Walks a part in stretches over which none of the wanted columns changes. */
static bool part_scan(struct scan *s, const struct part *p, int64_t day, bool *torn)
{
	uint32_t at[4] = { 0 };
	size_t ends[4] = { 0 };
	for (size_t from = 0, to; from < p->n; from = to) {
		size_t chain = 0;
		to = p->n;
		for (int c = 0; c < 4; c++) {
			if (!s->columns[c])
				continue;
			while (ends[c] <= from)
				ends[c] += part_run(p->runs[c], at[c]++).n;
			if (!chain_add(s, c, part_run(p->runs[c], at[c] - 1).value, day, &chain))
				return false;
			to = ends[c] < to ? ends[c] : to;
		}
		if (chain && !stretch(s, p, day, from, to, chain)) {
			*torn = true;
			return true;
		}
	}
	return true;
}

static bool any_wanted(const struct wanted *w, uint32_t lo, uint32_t hi, size_t holders)
{
	lo = lo > w->lo ? lo : w->lo, hi = hi < w->hi ? hi : w->hi;
	for (uint32_t h = lo; h <= hi && h < holders; h++)
		if (w->head[h])
			return true;
	return false;
}

static bool day_scan(struct scan *s, int64_t day, enum dim d, bool alone)
{
	struct sql_segments_from q;
	const struct wanted *w = &s->wanted[column_of(d)];
	bool torn = false, good = true;
	if (!sql_segments_from(s->op, day, d, alone ? w->lo : 0, &q))
		return false;
	while (good && !torn && sql_segments_from_next(s->op, &q)) {
		struct part p;
		if (alone && q.lo > w->hi)
			break;
		if (alone && !any_wanted(w, (uint32_t)q.lo, (uint32_t)q.hi, s->holders))
			continue;
		torn = !part_open(&p, d, q.blob, STR(""));
		good = torn || part_scan(s, &p, day, &torn);
	}
	sql_segments_from_stop(&q);
	if (torn)
		return err_set(&s->op->err, TORN, NULL, "The touches of " STR_FMT " are damaged in the database. Run handback check, then restore a backup.",
		               10, when_text(s->op->a, day * DAY).p);
	return good && s->op->err.code == OK;
}

/* ---- listings ---- */

static bool listings_scan(struct op *op, const struct source *q, size_t n, struct exposed *e)
{
	struct sql_listings l;
	if (!sql_listings(op, &l))
		return false;
	while (sql_listings_next(op, &l)) {
		kinds k = 0;
		for (size_t i = 0; i < n; i++)           /* listings are few: one a customer file */
			if (q[i].entry.n == l.holder && l.came >= q[i].from)
				k |= (kinds)l.kinds & q[i].kinds;
		if (!k)
			continue;
		make_room(e, k);
		for (size_t i = 0; i + 4 <= l.blob.n; i += 4) {
			uint32_t who;
			memcpy(&who, l.blob.p + i, 4);
			if (who && who < e->n)
				put(e, who, k);
		}
	}
	return op->err.code == OK;
}

/* Customers who proved to be one person count as that person. */
static bool persons(struct op *op, struct exposed *e)
{
	struct sql_same_as_all q;
	if (!sql_same_as_all(op, &q))
		return false;
	while (sql_same_as_all_next(op, &q)) {
		uint32_t who = (uint32_t)q.id, person = ledger_person(op, (customer_id){ who }).n;
		if (who >= e->n || person >= e->n || person == who)
			continue;
		kinds k = exposed_kinds(e, who);
		if (!k)
			continue;
		put(e, person, k);
		if (e->narrow)
			e->narrow[who] = 0;
		else
			e->wide[who] = 0;
		if (e->touches) {
			e->touches[person] += e->touches[who];
			e->first[person] = e->first[who] < e->first[person] ? e->first[who] : e->first[person];
			e->last[person] = e->last[who] > e->last[person] ? e->last[who] : e->last[person];
			e->touches[who] = 0;
		}
	}
	return op->err.code == OK;
}

bool ledger_touched(struct op *op, const struct source *q, size_t n, struct exposed *e)
{
	struct scan s = { .op = op, .e = e };
	struct sql_days d;
	bool good = scan_open(&s, q, n);
	int asked = s.columns[0] + s.columns[1] + s.columns[2] + s.columns[3];
	if (good && asked) {
		good = sql_days(op, s.first_day, s.last_day, &d);
		while (good && sql_days_next(op, &d)) {
			bool copied = d.n > PART_TOUCHES, alone = asked == 1;
			enum dim dim = alone && copied && s.columns[COLUMN_PERSON] ? DIM_PERSON : alone && copied && s.columns[COLUMN_PLACE] ? DIM_PLACE : DIM_ENTRY;
			/* parts are in the order of their own dimension only */
			good = day_scan(&s, d.day, dim, alone && s.columns[column_of(dim)]);
			if (op->progress)
				op->progress(op, "Looking through days", (uint64_t)(d.day - s.first_day), 0);
		}
		sql_days_stop(&d);
		good = good && op->err.code == OK;
	}
	scan_close(&s);
	return good && listings_scan(op, q, n, e) && persons(op, e);
}

/* ---- slow and plain ---- */

bool ledger_size(struct op *op, uint32_t *customers)
{
	struct sql_customer_largest q;
	bool found;
	if (!sql_customer_largest(op, &q, &found))
		return false;
	*customers = (uint32_t)q.id;
	return true;
}

bool ledger_each_touch(struct op *op, bool (*each)(void *, const struct touch *), void *to)
{
	struct sql_days q;
	struct flavours f;
	bool go_on = true;
	if (!flavour_all(op, &f) || !sql_days(op, INT64_MIN, INT64_MAX, &q))
		return false;
	while (go_on && sql_days_next(op, &q)) {
		struct row *rows;
		size_t n;
		if (!day_read(op, q.day, &rows, &n)) {
			sql_days_stop(&q);
			return false;
		}
		for (size_t i = 0; go_on && i < n; i++) {
			const struct row *r = &rows[i];
			if (!r->flavour || r->flavour >= f.n)
				continue;
			const struct flavour *v = &f.by_code[r->flavour];
			struct touch t = {
				{ r->who }, r->at, v->spread, { r->entry }, { r->service }, { r->person }, { r->place }, v->entry, v->service, v->person, v->place,
				r->hash, r->import, (uint8_t)(r->hint >> 16), (uint16_t)(r->hint ? (r->hint & 0xFFFF) - 1 : 0), (r->hint & 0xFFFF) != 0 };
			go_on = each(to, &t);
		}
		free(rows);
	}
	sql_days_stop(&q);
	return op->err.code == OK;
}

bool ledger_each_listed(struct op *op, bool (*each)(void *, const struct listed *), void *to)
{
	struct sql_listings l;
	bool go_on = true;
	if (!sql_listings(op, &l))
		return false;
	while (go_on && sql_listings_next(op, &l))
		for (size_t i = 0; go_on && i + 4 <= l.blob.n; i += 4) {
			struct listed one = { { 0 }, { l.holder }, (kinds)l.kinds, l.came, l.import };
			memcpy(&one.who.n, l.blob.p + i, 4);
			go_on = each(to, &one);
		}
	sql_listings_stop(&l);
	return op->err.code == OK;
}

static const char *const brands[] = { "", "Visa", "Mastercard", "American Express", "Discover", "Diners Club", "JCB", "UnionPay", "Maestro", "Interac", "other" };

const char *brand_name(uint8_t brand)
{
	return brand < LENGTH(brands) ? brands[brand] : "";
}
