/* last - when kinds of data last came in at each of some holders: the newest day first, each day once, and no further back than it takes. Reads only. */
#include "ledger_segments_sql.h"
#include "segment.h"

#include <stdlib.h>

struct seeking { struct op *op; struct flavours flavours; const holder_id *entry; size_t n, left; kinds of; int64_t *last; int64_t lo, hi; };

static void run_last(struct seeking *s, const struct part *p, int64_t day, size_t k, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		uint64_t when = column_at(&p->when, i), f = when >> SECOND_BITS;
		int64_t at = day * DAY + (int64_t)(when & SECOND_MASK);
		if (f < s->flavours.n && s->flavours.by_code[f].entry & s->of && at > s->last[k])
			s->last[k] = at;
	}
}

static bool part_last(struct seeking *s, const struct part *p, int64_t day)
{
	const struct runs *r = &p->at[COLUMN_ENTRY];
	if (!part_runs(p, r))
		return false;
	for (size_t i = 0, from = 0, to; i < r->n; i++, from = to) {
		int64_t holder = (int64_t)column_at(&r->value, i);
		to = column_at(&r->end, i);
		for (size_t k = 0; k < s->n; k++)
			if (s->entry[k].n == holder && s->last[k] < day * DAY + DAY)         /* a later day has not answered for it */
				run_last(s, p, day, k, from, to);
	}
	return true;
}

static bool wanted(const struct seeking *s, int64_t lo, int64_t hi)
{
	for (size_t k = 0; k < s->n; k++)
		if (s->last[k] == LONG_AGO && s->entry[k].n >= lo && s->entry[k].n <= hi)
			return true;
	return false;
}

/* First the parts are only listed, which the key alone answers; then those that may hold one are opened. */
static bool day_last(struct seeking *s, int64_t day)
{
	struct { int64_t hi, lo, part; } *where = NULL;
	struct sql_segments_from q;
	size_t n = 0, cap = 0;
	bool good = true;
	if (!sql_segments_from(s->op, day, DIM_ENTRY, s->lo, &q))
		return false;
	while (sql_segments_from_next(s->op, &q) && q.lo <= s->hi) {
		if (!wanted(s, q.lo, q.hi))
			continue;
		if (n == cap)
			where = mem_grow(where, (cap = cap ? 2 * cap : 16) * sizeof *where);
		where[n].hi = q.hi, where[n].lo = q.lo, where[n++].part = q.part;
	}
	sql_segments_from_stop(&q);
	for (size_t i = 0; good && i < n && s->op->err.code == OK; i++) {
		struct sql_segment_get g;
		struct part p;
		if (!sql_segment_get(s->op, day, DIM_ENTRY, where[i].hi, where[i].lo, where[i].part, &g))
			break;
		good = sql_segment_get_next(s->op, &g) && part_open(&p, DIM_ENTRY, g.blob) && part_last(s, &p, day);
		sql_segment_get_stop(&g);
	}
	free(where);
	s->left = 0;
	for (size_t k = 0; k < s->n; k++)
		s->left += s->last[k] == LONG_AGO;
	return s->op->err.code == OK && (good || day_torn(s->op, day));
}

bool ledger_last(struct op *op, const holder_id *entry, size_t n, kinds of, int64_t *last)
{
	struct seeking s = { .op = op, .entry = entry, .n = n, .left = n, .of = of, .last = last, .lo = FAR_OFF };
	bool comes = false, good = true;
	int64_t *day = NULL;
	size_t days = 0;
	for (size_t k = 0; k < n; k++) {
		last[k] = LONG_AGO;
		s.lo = entry[k].n < s.lo ? entry[k].n : s.lo, s.hi = entry[k].n > s.hi ? entry[k].n : s.hi;
	}
	if (!flavour_all(op, &s.flavours))
		return false;
	for (size_t f = 1; f < s.flavours.n; f++)
		comes |= (s.flavours.by_code[f].entry & of) != 0;
	if (!comes || !n)
		return true;
	good = day_list(op, &day, &days);
	while (good && days && s.left)
		good = day_last(&s, day[--days]);
	free(day);
	return good;
}
