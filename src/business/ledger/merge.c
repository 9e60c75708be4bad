/* merge - new rows into the days that are there: which are known, which say something new. */
#include "segment.h"

#include <assert.h>
#include <stdlib.h>

enum { MOVED_DAYS = 2 };

/* ---- finding rows by their identity: an open-addressing table of tags and positions ---- */

struct table { uint64_t *slot; size_t mask; };           /* slot: tag << 32 | position + 1; 0: empty */

static uint64_t identity(const struct row *r)
{
	uint64_t h = (r->hash ^ (uint64_t)r->service * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
	return h ^ h >> 32;
}

/* Two that name different customers are two, whatever their reference says: nobody is forgotten because a number was used twice. */
static bool same(const struct row *a, const struct row *b)
{
	return a->hash == b->hash && a->service == b->service && (a->who == b->who || !a->who || !b->who);
}

static struct table table_of(struct space *memory, size_t n)
{
	struct table t = { .mask = 63 };
	while (t.mask < 2 * n)
		t.mask = 2 * t.mask + 1;
	t.slot = space_of(memory, t.mask + 1, sizeof *t.slot);
	memset(t.slot, 0, (t.mask + 1) * sizeof *t.slot);
	return t;
}

/* The memory that finding rows [i], [i + AHEAD] ... will need, asked for early: first the slot, then the row it most likely tells of. */
enum { AHEAD = 12 };

static void table_ahead(const struct table *t, const struct row *rows, const struct row *r, size_t i, size_t n)
{
	if (i + 2 * AHEAD < n)
		__builtin_prefetch(&t->slot[identity(&r[i + 2 * AHEAD]) & t->mask]);
	if (i + AHEAD < n) {
		uint64_t hit = t->slot[identity(&r[i + AHEAD]) & t->mask];
		__builtin_prefetch(&rows[hit ? (uint32_t)hit - 1 : 0]);
	}
}

/* The slot of that identity, or the empty one where it belongs. */
static uint64_t *table_find(const struct table *t, const struct row *rows, const struct row *r)
{
	uint64_t h = identity(r), tag = h >> 32;
	size_t at = h & t->mask;
	while (t->slot[at] && (t->slot[at] >> 32 != tag || !same(&rows[(uint32_t)t->slot[at] - 1], r)))
		at = (at + 1) & t->mask;
	return &t->slot[at];
}

static void table_set(uint64_t *slot, const struct row *r, size_t position)
{
	*slot = identity(r) >> 32 << 32 | (uint64_t)(position + 1);
}

/* ---- one row ---- */

struct merging {
	struct op *op;
	struct flavours flavours;
	struct rows_of rows, other;                      /* of the day, old and then new; of a day beside it */
	struct space table, fate;
	struct desk desk;
};

/* A row of the day, brought up to date by what is newly said of it; *changed when that makes a difference. */
static bool row_update(struct merging *m, struct row *old, const struct row *new, bool *changed)
{
	struct flavours *f = &m->flavours;
	bool moved = old->at != new->at;
	*changed = false;
	if (old->flavour != new->flavour) {
		struct flavour a = f->by_code[old->flavour], b = f->by_code[new->flavour];
		/* a whole day or a doubled hour that is now told exactly is a changed time like any other */
		struct flavour both = { b.spread, a.entry | b.entry, a.service | b.service, a.person | b.person, a.place | b.place };
		if (!flavour_same(&a, &both)) {
			if (!flavour_code(m->op, f, &both, &old->flavour))
				return false;
			*changed = true;
		}
	}
	if (moved)
		old->at = new->at, *changed = true;
	uint32_t *mine[] = { &old->who, &old->entry, &old->person, &old->place, &old->hint };
	const uint32_t theirs[] = { new->who, new->entry, new->person, new->place, new->hint };
	for (size_t i = 0; i < LENGTH(mine); i++)
		if (theirs[i] && *mine[i] != theirs[i])  /* filled where empty, else replaced: the newer word counts */
			*mine[i] = theirs[i], *changed = true;
	return true;
}

static bool flavours_fit(struct merging *m, int64_t day, const struct rows_of *r)
{
	uint32_t most = 0, least = 1;
	for (size_t i = 0; i < r->n; i++) {
		most = r->p[i].flavour > most ? r->p[i].flavour : most;
		least = r->p[i].flavour < least ? r->p[i].flavour : least;
	}
	return (least && most < m->flavours.n) || day_torn(m->op, day);
}

/* ---- one day ---- */

enum { FRESH, KNOWN, MOVED };                            /* a new row's fate; at first every one is fresh */
/* Puts new rows behind the old ones, those of equal identity folded into one. */
static bool fold(struct merging *m, const struct table *t, const struct row *new, size_t n, struct merged *count)
{
	rows_room(&m->rows, n);
	for (size_t i = 0; i < n; i++) {
		table_ahead(t, m->rows.p, new, i, n);
		uint64_t *slot = table_find(t, m->rows.p, &new[i]);
		bool ignored;
		if (*slot) {
			count->folded++;
			if (!row_update(m, &m->rows.p[(uint32_t)*slot - 1], &new[i], &ignored))
				return false;
			continue;
		}
		table_set(slot, &new[i], m->rows.n);
		m->rows.p[m->rows.n++] = new[i];
	}
	return true;
}

/* Brings old rows up to date by the new ones of the same identity. */
static bool update(struct merging *m, const struct table *t, size_t n_old, uint8_t *fate, struct merged *count, bool *write)
{
	for (size_t i = 0; i < n_old; i++) {
		table_ahead(t, m->rows.p, m->rows.p, i, n_old);
		uint64_t hit = *table_find(t, m->rows.p, &m->rows.p[i]);
		bool changed;
		if (!hit)
			continue;
		size_t new = (uint32_t)hit - 1;
		if (!row_update(m, &m->rows.p[i], &m->rows.p[new], &changed))
			return false;
		*write |= changed;
		if (fate[new - n_old] == FRESH) {        /* one that names nobody may fit several: it counts once */
			count->changed += changed;
			count->known += !changed;
		}
		fate[new - n_old] = KNOWN;
	}
	return true;
}

/* Takes out of another day what `rows` now says to be in this one: a time was corrected. It stays the touch of its first import. */
static bool take_moved(struct merging *m, const struct table *t, int64_t from, size_t n_old, uint8_t *fate, struct merged *count)
{
	struct rows_of *r = &m->other;
	size_t kept = 0;
	r->n = 0;
	if (!day_read(m->op, from, r) || !flavours_fit(m, from, r))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		uint64_t hit = *table_find(t, m->rows.p, &r->p[i]);
		size_t new = hit ? (uint32_t)hit - 1 : 0;
		bool changed;
		if (!hit || fate[new - n_old] != FRESH) {
			r->p[kept++] = r->p[i];
			continue;
		}
		struct row old = r->p[i];
		if (!row_update(m, &old, &m->rows.p[new], &changed))
			return false;
		m->rows.p[new] = old;
		fate[new - n_old] = MOVED;
		count->changed++;
	}
	return kept == r->n || day_write(m->op, &m->desk, from, r->p, kept);
}

/* In the day's transaction. */
static bool merge_day(struct merging *m, int64_t day, const struct row *new, size_t n, bool moved, struct merged *count)
{
	struct table t = table_of(&m->table, n);
	bool write = false;
	m->rows.n = 0;
	if (!day_read(m->op, day, &m->rows) || !flavours_fit(m, day, &m->rows))
		return false;
	size_t n_old = m->rows.n, left = n_old, fresh = 0;
	uint8_t *fate = memset(space_of(&m->fate, n, 1), FRESH, n);
	if (!fold(m, &t, new, n, count) || !update(m, &t, n_old, fate, count, &write))
		return false;
	size_t net = m->rows.n - n_old;
	for (size_t i = 0; i < net; i++)
		fresh += fate[i] == FRESH;
	for (int64_t d = day - MOVED_DAYS; moved && fresh && d <= day + MOVED_DAYS; d++)
		if (d != day && !take_moved(m, &t, d, n_old, fate, count))
			return false;
	for (size_t i = 0; i < net; i++) {
		if (fate[i] == KNOWN)
			continue;
		count->fresh += fate[i] == FRESH;
		m->rows.p[left++] = m->rows.p[n_old + i];
	}
	write |= left > n_old;
	return !write || day_write(m->op, &m->desk, day, m->rows.p, left);
}

/* ---- all days ---- */

struct dated { int64_t day; size_t row; };

static int dated_order(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;
	return x->day != y->day ? (x->day > y->day) - (x->day < y->day) : (x->row > y->row) - (x->row < y->row);
}

static void spread_by_day(struct row *rows, size_t n, int64_t low, int64_t high)
{
	enum { SPAN_MAX = 1 << 16 };
	struct row *to = mem_get(n * sizeof *to);
	if (high - low < SPAN_MAX) {
		size_t span = (size_t)(high - low) + 1, *start = mem_zero(span + 1, sizeof *start);
		for (size_t i = 0; i < n; i++)
			start[when_day(rows[i].at) - low + 1]++;
		for (size_t d = 1; d <= span; d++)
			start[d] += start[d - 1];
		for (size_t i = 0; i < n; i++)
			to[start[when_day(rows[i].at) - low]++] = rows[i];
		free(start);
	} else {
		struct dated *order = mem_get(n * sizeof *order);
		for (size_t i = 0; i < n; i++)
			order[i] = (struct dated){ when_day(rows[i].at), i };
		qsort(order, n, sizeof *order, dated_order);
		for (size_t i = 0; i < n; i++)
			to[i] = rows[order[i].row];
		free(order);
	}
	memcpy(rows, to, n * sizeof *rows);
	free(to);
}

/* Groups rows by day, keeping their order in it. They mostly come so, then this is one look. */
static void by_day(const struct flavours *f, struct row *rows, size_t n)
{
	int64_t low = INT64_MAX, high = INT64_MIN, day = 0, begin = 1, end = 0;
	bool sorted = true;
	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];
		assert(r->flavour && r->flavour < f->n && r->at > LONG_AGO && r->at < FAR_OFF);
		if (r->at >= begin && r->at < end)
			continue;
		day = when_day(r->at);
		sorted &= !i || day > high;
		low = day < low ? day : low, high = day > high ? day : high;
		begin = day * DAY, end = begin + DAY;
	}
	if (!sorted)
		spread_by_day(rows, n, low, high);
}

bool segment_merge(struct op *op, struct row *rows, size_t n, bool moved, struct merged *add_to, bool *stopped)
{
	struct merging m = { .op = op };
	bool good = (n <= DAY_TOUCHES_MAX || err_set(&op->err, TOO_BIG, NULL, "More than %d rows at once.", DAY_TOUCHES_MAX)) && flavour_all(op, &m.flavours);
	*stopped = false;
	if (good)
		by_day(&m.flavours, rows, n);
	for (size_t at = 0, end; good && at < n && !*stopped; at = end) {
		int64_t day = when_day(rows[at].at);
		struct merged count = *add_to;
		for (end = at + 1; end < n && rows[end].at < (day + 1) * DAY; end++)
			;
		good = op_begin(op) && op_end(op, merge_day(&m, day, rows + at, end - at, moved, &count));
		if (!good)
			break;
		*add_to = count;
		if (op->progress)
			op->progress(op, "Keeping", end, n);
		*stopped = op_stopped(op) && end < n;
	}
	desk_close(&m.desk);
	free(m.rows.p);
	free(m.other.p);
	free(m.table.p);
	free(m.fate.p);
	return good;
}
