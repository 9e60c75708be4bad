/* day - a day's rows out of the database and back, with their copies. All that knows the segment and day tables for writing. */
#include "ledger_segments_sql.h"
#include "segment.h"

#include <assert.h>
#include <stdlib.h>

enum { BLOB_MAX = 1 << 20 };

/* ---- memory ---- */

void *space_of(struct space *s, size_t n, size_t size)
{
	assert(n <= SIZE_MAX / 2 / size);
	if (n * size > s->size || !s->p) {
		free(s->p);
		s->size = n * size + n * size / 8;       /* the next day may be a little larger */
		s->p = mem_get(s->size);
	}
	return s->p;
}

void desk_close(struct desk *d)
{
	struct space *all[] = { &d->pair, &d->spare, &d->copy[0], &d->copy[1], &d->block, &d->rank[0], &d->rank[1], &d->rank[2], &d->rank[3], &d->rank[4] };
	for (size_t i = 0; i < LENGTH(all); i++)
		free(all[i]->p);
	*d = (struct desk){ 0 };
}

/* ---- order: stable counting passes over keys, 11 bits at a time ---- */

enum { DIGIT = 11, BUCKETS = 1 << DIGIT };

/* A row's place in the order, or as much of it as fits; and which row. */
struct pair { uint64_t key; uint32_t row; };

static void pairs_pass(const struct pair *from, struct pair *to, size_t n, unsigned shift, uint32_t start[BUCKETS])
{
	uint32_t at = 0;
	for (size_t b = 0; b < BUCKETS; b++) {
		uint32_t many = start[b];
		start[b] = at;
		at += many;
	}
	for (size_t i = 0; i < n; i++)
		to[start[from[i].key >> shift & (BUCKETS - 1)]++] = from[i];
}

/* Sorts by the low `bits` of the keys; gives back where the result is. */
static struct pair *pairs_sort(struct pair *from, struct pair *to, size_t n, unsigned bits)
{
	enum { DIGITS = 6 };
	static uint32_t start[DIGITS][BUCKETS];
	unsigned digits = (bits + DIGIT - 1) / DIGIT;
	memset(start, 0, sizeof start);
	for (size_t i = 0; i < n; i++)
		for (unsigned d = 0; d < digits; d++)
			start[d][from[i].key >> (d * DIGIT) & (BUCKETS - 1)]++;
	for (unsigned d = 0; d < digits; d++) {
		if (start[d][from[0].key >> (d * DIGIT) & (BUCKETS - 1)] == n)
			continue;                        /* all alike */
		pairs_pass(from, to, n, d * DIGIT, start[d]);
		struct pair *t = from;
		from = to, to = t;
	}
	return from;
}

/* The order's parts, least first: they are packed into 64-bit keys, as few as are needed. Holders share their numbers, so where a
 * day's are not too far apart their ranks among the day's own take their place: then nearly always one key is enough. */
enum { BY_SECOND, BY_PLACE, BY_PERSON, BY_SERVICE, BY_ENTRY, BYS };
struct part_of_key { uint64_t most; uint32_t *rank; unsigned bits; };

static uint64_t by(const struct row *r, int what, int64_t begin)
{
	switch (what) {
	case BY_SECOND:  return (uint64_t)(r->at - begin);
	case BY_PLACE:   return r->place;
	case BY_PERSON:  return r->person;
	case BY_SERVICE: return r->service;
	default:         return r->entry;
	}
}

static void ranks(struct space *memory, struct part_of_key *k, const struct row *rows, size_t n, int what)
{
	uint32_t next = 0;
	k->rank = space_of(memory, k->most + 1, sizeof *k->rank);
	memset(k->rank, 0, (k->most + 1) * sizeof *k->rank);
	for (size_t i = 0; i < n; i++)
		k->rank[by(&rows[i], what, 0)] = 1;
	for (uint64_t v = 0; v <= k->most; v++) {
		uint32_t there = k->rank[v];
		k->rank[v] = next;
		next += there;
	}
	k->most = next - 1;
}

static void keys_plan(struct desk *desk, struct part_of_key key[BYS], int64_t day, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (int b = 0; b < BYS; b++) {
			uint64_t v = by(&rows[i], b, day * DAY);
			key[b].most = v > key[b].most ? v : key[b].most;
		}
	for (int b = 0; b < BYS; b++) {
		if (b != BY_SECOND && key[b].most / 4 <= n)
			ranks(&desk->rank[b], &key[b], rows, n, b);
		key[b].bits = key[b].most ? 64 - (unsigned)__builtin_clzll(key[b].most) : 0;
	}
}

static bool alike(const struct row *a, const struct row *b)
{
	return a->entry == b->entry && a->service == b->service && a->person == b->person && a->place == b->place && a->at == b->at;
}

static int pair_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return (x->key > y->key) - (x->key < y->key);
}

/* Rows that are alike so far: by their hash. */
static void pairs_settle(const struct row *rows, struct pair *p, size_t n, bool one_key)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && p[end].key == p[i].key && (one_key || alike(&rows[p[i].row], &rows[p[end].row])); end++)
			;
		if (end == i + 1)
			continue;
		for (size_t k = i; k < end; k++)
			p[k].key = rows[p[k].row].hash;
		qsort(p + i, end - i, sizeof *p, pair_order);
	}
}

/* The entry order: entry, service, person, place, moment, hash. */
static const struct pair *day_order(struct desk *desk, int64_t day, const struct row *rows, size_t n)
{
	struct pair *p = space_of(&desk->pair, n, sizeof *p), *spare = space_of(&desk->spare, n, sizeof *spare);
	struct part_of_key key[BYS] = { 0 };
	unsigned words = 0;
	keys_plan(desk, key, day, rows, n);
	for (size_t i = 0; i < n; i++)
		p[i] = (struct pair){ 0, (uint32_t)i };
	for (int b = 0, first = 0; b < BYS; first = b, words++) {
		unsigned bits = 0, shift[BYS] = { 0 };
		for (; b < BYS && bits + key[b].bits <= 64; bits += key[b++].bits)
			shift[b] = bits;
		for (size_t i = 0; i < n; i++) {
			const struct row *r = &rows[p[i].row];
			p[i].key = 0;
			for (int k = first; k < b; k++) {
				uint64_t v = by(r, k, day * DAY);
				p[i].key |= key[k].bits ? (key[k].rank ? key[k].rank[v] : v) << shift[k] : 0;
			}
		}
		struct pair *sorted = pairs_sort(p, spare, n, bits);
		spare = sorted == p ? spare : p;
		p = sorted;
	}
	pairs_settle(rows, p, n, words == 1);
	return p;
}

/* Copies are made in the entry order, then sorted by their key alone, keeping it. */
static const struct brief *brief_order(struct desk *desk, struct brief *from, size_t n)
{
	struct brief *to = space_of(&desk->spare, n, sizeof *to);
	uint32_t any = 0;
	for (size_t i = 0; i < n; i++)
		any |= from[i].key;
	for (unsigned shift = 0; shift < 32 && any >> shift; shift += DIGIT) {
		uint32_t start[BUCKETS] = { 0 }, at = 0;
		for (size_t i = 0; i < n; i++)
			start[from[i].key >> shift & (BUCKETS - 1)]++;
		for (size_t b = 0; b < BUCKETS; b++) {
			uint32_t many = start[b];
			start[b] = at;
			at += many;
		}
		for (size_t i = 0; i < n; i++)
			to[start[from[i].key >> shift & (BUCKETS - 1)]++] = from[i];
		struct brief *t = from;
		from = to, to = t;
	}
	return from;
}

/* ---- saying what is wrong ---- */

static const char *day_text(struct op *op, int64_t day)
{
	return arena_printf(op->a, "%.10s", when_text(op->a, day * DAY).p);
}

bool day_torn(struct op *op, int64_t day)
{
	return err_set(&op->err, TORN, NULL, "The touches of %s are damaged in the database. Restore a backup; or run handback check --rebuild, which takes that "
	               "day out and says which files to import again.", day_text(op, day));
}

/* ---- what a day is made of, part after part ---- */

struct stored { int64_t day; enum dim dim; int64_t hi, part, lo, n; struct str blob, rest; };

/* Where the parts go: into the database, or beside what is there. */
struct sink {
	struct op *op;
	bool (*put)(struct sink *, const struct stored *);
	struct sql_segments_of q; bool open;             /* comparing: one dimension's parts as they are stored */
	bool differs;
};

static bool entry_parts(struct sink *to, struct desk *desk, int64_t day, const struct row *rows, const struct pair *order, size_t n,
                        struct brief *copies[2], struct blake *sum)
{
	struct buf blob = BUF(BLOB_MAX), rest = BUF(BLOB_MAX);
	struct row *block = space_of(&desk->block, PART_TOUCHES, sizeof *block);
	bool good = true;
	for (size_t at = 0, part = 0; good && at < n; at += PART_TOUCHES, part++) {
		enum { AHEAD = 16 };
		size_t many = n - at < PART_TOUCHES ? n - at : PART_TOUCHES;
		for (size_t i = 0; i < many; i++) {
			__builtin_prefetch(&rows[order[at + i + AHEAD < n ? at + i + AHEAD : at].row]);
			block[i] = rows[order[at + i].row];
		}
		for (size_t i = 0; copies[0] && i < many; i++) {
			uint64_t when = (uint64_t)(block[i].at - day * DAY) | (uint64_t)block[i].flavour << SECOND_BITS;
			copies[0][at + i] = (struct brief){ block[i].person, block[i].who, when };
			copies[1][at + i] = (struct brief){ block[i].place, block[i].who, when };
		}
		part_write(&blob, &rest, day, block, many);
		blake_add(sum, buf_str(&blob));
		blake_add(sum, buf_str(&rest));
		good = to->put(to, &(struct stored){ day, DIM_ENTRY, block[many - 1].entry, (int64_t)part, block[0].entry, (int64_t)many, buf_str(&blob), buf_str(&rest) });
	}
	buf_free(&blob);
	buf_free(&rest);
	return good;
}

static bool copy_parts(struct sink *to, int64_t day, enum dim d, const struct brief *r, size_t n)
{
	struct buf blob = BUF(BLOB_MAX);
	bool good = true;
	for (size_t at = 0, part = 0; good && at < n; at += PART_TOUCHES, part++) {
		size_t many = n - at < PART_TOUCHES ? n - at : PART_TOUCHES;
		copy_write(&blob, d, r + at, many);
		good = to->put(to, &(struct stored){ day, d, r[at + many - 1].key, (int64_t)part, r[at].key, (int64_t)many, buf_str(&blob), STR("") });
	}
	buf_free(&blob);
	return good;
}

static const enum dim copied[2] = { DIM_PERSON, DIM_PLACE };

/* Makes a day of rows; entry or copies may go to a sink that only compares, or nowhere (NULL). */
static bool day_make(struct sink *entry, struct sink *copies, struct desk *desk, int64_t day, const struct row *rows, size_t n, uint8_t sum[32])
{
	struct brief *brief[2] = { NULL, NULL };
	struct blake h;
	bool good = n <= DAY_TOUCHES_MAX || err_set(&entry->op->err, TOO_BIG, NULL, "A single day can hold %d touches at most.", DAY_TOUCHES_MAX);
	if (!good)
		return false;
	const struct pair *order = day_order(desk, day, rows, n);
	for (int i = 0; i < 2 && n > PART_TOUCHES; i++)  /* a small day is one part: scanning that costs nothing */
		brief[i] = space_of(&desk->copy[i], n, sizeof *brief[i]);
	blake_start(&h);
	good = entry_parts(entry, desk, day, rows, order, n, brief, &h);
	blake_end(&h, sum);
	for (int i = 0; i < 2 && good && brief[i]; i++)
		good = copy_parts(copies, day, copied[i], brief_order(desk, brief[i], n), n);
	return good;
}

/* ---- writing ---- */

static bool put_stored(struct sink *to, const struct stored *s)
{
	return sql_segment_put(to->op, s->day, s->dim, s->hi, s->part, s->lo, s->n, s->blob, s->rest);
}

bool day_write(struct op *op, struct desk *desk, int64_t day, const struct row *rows, size_t n)
{
	struct sink to = { .op = op, .put = put_stored };
	uint8_t sum[32];
	if (!sql_segment_drop(op, day))
		return false;
	if (!n)
		return sql_day_drop(op, day);
	return day_make(&to, &to, desk, day, rows, n, sum) && sql_day_put(op, day, (int64_t)n, (struct str){ (const char *)sum, sizeof sum });
}

/* ---- comparing ---- */

static bool compare_stored(struct sink *to, const struct stored *s)
{
	if (!s->part) {
		if (to->open)
			sql_segments_of_stop(&to->q);
		to->open = sql_segments_of(to->op, s->day, s->dim, &to->q);
		if (!to->open)
			return false;
	}
	const struct sql_segments_of *q = &to->q;
	if (!sql_segments_of_next(to->op, &to->q) || q->hi != s->hi || q->part != s->part || q->lo != s->lo || q->n != s->n ||
	    !str_eq(q->blob, s->blob) || !str_eq(q->rest, s->rest))
		to->differs = true;
	return !to->differs && to->op->err.code == OK;
}

/* As many segments as there should be, and no others. */
static bool count_right(struct op *op, int64_t day, size_t n, bool *right)
{
	struct sql_segment_count q;
	bool found;
	int64_t parts = (int64_t)((n + PART_TOUCHES - 1) / PART_TOUCHES);
	if (!sql_segment_count(op, day, &q, &found))
		return false;
	*right = found && q.n == (n > PART_TOUCHES ? 3 * parts : parts);
	return true;
}

bool day_compare(struct op *op, struct desk *desk, int64_t day, const struct row *rows, size_t n, bool rebuild)
{
	struct sink entry = { .op = op, .put = compare_stored }, copies = { .op = op, .put = rebuild ? put_stored : compare_stored };
	struct sql_day_get d;
	uint8_t sum[32] = { 0 };
	bool found, right = false;
	if (!sql_day_get(op, day, &d, &found) || (rebuild && !sql_segment_drop_copies(op, day)))
		return false;
	bool same = day_make(&entry, &copies, desk, day, rows, n, sum);
	if (entry.open)
		sql_segments_of_stop(&entry.q);
	if (copies.open)
		sql_segments_of_stop(&copies.q);
	if (op->err.code != OK)
		return false;
	if (entry.differs || !found || d.n != (int64_t)n || d.digest.n != sizeof sum || memcmp(d.digest.p, sum, sizeof sum) != 0)
		return day_torn(op, day);
	if (!count_right(op, day, n, &right))
		return false;
	return (same && right) || err_set(&op->err, TORN, NULL, "On %s a copy of the touches does not agree with them. Run: handback check --rebuild",
	                                  day_text(op, day));
}

/* ---- reading ---- */

void rows_room(struct rows_of *r, size_t more)
{
	if (r->p && r->cap - r->n >= more)
		return;
	r->cap = r->n + more + r->cap / 2;
	r->p = mem_grow(r->p, r->cap * sizeof *r->p);
}

bool day_read(struct op *op, int64_t day, struct rows_of *to)
{
	struct sql_day_get d;
	struct sql_segments_of q;
	size_t before = to->n;
	bool found, good = true;
	if (!sql_day_get(op, day, &d, &found))
		return false;
	if (!found)
		return true;
	if (!sql_segments_of(op, day, DIM_ENTRY, &q))
		return false;
	while (good && sql_segments_of_next(op, &q)) {
		size_t n = 0;
		rows_room(to, PART_TOUCHES);
		good = part_rows(q.blob, q.rest, day, to->p + to->n, &n) && (int64_t)n == q.n && to->n - before <= DAY_TOUCHES_MAX;
		to->n += n;
	}
	sql_segments_of_stop(&q);
	if (op->err.code != OK)
		return false;
	return (good && to->n > before && (int64_t)(to->n - before) == d.n) || day_torn(op, day);
}

bool day_list(struct op *op, int64_t **list, size_t *n)
{
	struct sql_days q;
	size_t cap = 0;
	*list = NULL, *n = 0;
	if (!sql_days(op, INT64_MIN, INT64_MAX, &q))
		return false;
	while (sql_days_next(op, &q)) {
		if (*n == cap)
			*list = mem_grow(*list, (cap = cap ? 2 * cap : 512) * sizeof **list);
		(*list)[(*n)++] = q.day;
	}
	return op->err.code == OK;
}
