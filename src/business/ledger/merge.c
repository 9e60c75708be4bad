/* merge - rows into their days: read the day, merge, write its parts anew, one transaction a day. */
#include "ledger_segments_sql.h"
#include "segment.h"
#include "store.h"

#include <assert.h>
#include <stdlib.h>

enum { SECOND_BITS = 17, MOVED_DAYS = 2 };

/* ---- flavours ---- */

bool flavour_all(struct op *op, struct flavours *out)
{
	struct sql_flavours q;
	size_t cap = 64;
	struct flavours f = { ARENA_ARRAY(op->a, struct flavour, cap), 1, 0 };
	if (!sql_flavours(op, &q))
		return false;
	while (sql_flavours_next(op, &q)) {
		if (q.code != (int64_t)f.n) {
			sql_flavours_stop(&q);
			return err_set(&op->err, TORN, NULL, "The ledger's flavours are not whole. Restore a backup.");
		}
		if (f.n == cap) {
			struct flavour *more = ARENA_ARRAY(op->a, struct flavour, 2 * cap);
			memcpy(more, f.by_code, cap * sizeof *more);
			f.by_code = more;
			cap *= 2;
		}
		f.by_code[f.n++] = (struct flavour){ (uint32_t)q.spread, (kinds)q.entry_kinds, (kinds)q.service_kinds, (kinds)q.person_kinds, (kinds)q.place_kinds };
		if ((uint32_t)q.spread > f.spread_max)
			f.spread_max = (uint32_t)q.spread;
	}
	if (op->err.code != OK)
		return false;
	*out = f;
	return true;
}

static bool flavour_same(const struct flavour *a, const struct flavour *b)
{
	return a->spread == b->spread && a->entry == b->entry && a->service == b->service && a->person == b->person && a->place == b->place;
}

bool flavour_code(struct op *op, struct flavours *all, const struct flavour *f, uint32_t *code)
{
	for (size_t i = 1; i < all->n; i++)
		if (flavour_same(&all->by_code[i], f)) {
			*code = (uint32_t)i;
			return true;
		}
	if (!sql_flavour_put(op, (int64_t)all->n, f->spread, (int64_t)f->entry, (int64_t)f->service, (int64_t)f->person, (int64_t)f->place))
		return false;
	struct flavour *more = ARENA_ARRAY(op->a, struct flavour, all->n + 64);
	memcpy(more, all->by_code, all->n * sizeof *more);
	more[all->n] = *f;
	all->by_code = more;
	*code = (uint32_t)all->n++;
	if (f->spread > all->spread_max)
		all->spread_max = f->spread;
	return true;
}

/* ---- order ---- */

static int row_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	if (x->service != y->service)
		return x->service < y->service ? -1 : 1;
	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* One stable counting pass over the bits [shift, shift + 11) of a key. */
enum { DIGIT = 11, BUCKETS = 1 << DIGIT };

static void pass(const struct row *from, struct row *to, size_t n, uint32_t (*key)(const struct row *), unsigned shift)
{
	size_t start[BUCKETS + 1] = { 0 };
	for (size_t i = 0; i < n; i++)
		start[(key(&from[i]) >> shift & (BUCKETS - 1)) + 1]++;
	for (size_t b = 1; b <= BUCKETS; b++)
		start[b] += start[b - 1];
	for (size_t i = 0; i < n; i++)
		to[start[key(&from[i]) >> shift & (BUCKETS - 1)]++] = from[i];
}

static uint32_t key_at(const struct row *r) { return (uint32_t)(r->at % DAY + (r->at % DAY < 0 ? DAY : 0)); }
static uint32_t key_entry(const struct row *r) { return r->entry; }
static uint32_t key_service(const struct row *r) { return r->service; }
static uint32_t key_person(const struct row *r) { return r->person; }
static uint32_t key_place(const struct row *r) { return r->place; }

static void sort_by(struct row **rows, struct row **spare, size_t n, uint32_t (*key)(const struct row *))
{
	uint32_t any = 0, all = UINT32_MAX;
	bool sorted = true;
	for (size_t i = 0; i < n; i++) {
		uint32_t k = key(&(*rows)[i]);
		any |= k, all &= k;
		sorted &= !i || key(&(*rows)[i - 1]) <= k;
	}
	uint32_t varies = any & ~all;
	for (unsigned shift = 0; !sorted && shift < 32 && varies >> shift; shift += DIGIT)
		if (varies >> shift & (BUCKETS - 1)) {
			pass(*rows, *spare, n, key, shift);
			struct row *t = *rows;
			*rows = *spare, *spare = t;
		}
}

/* Into the entry order: entry, service, person, place, moment, hash. */
static void day_sort(struct row *rows, size_t n)
{
	enum { FEW = 64 };
	if (n < FEW) {
		qsort(rows, n, sizeof *rows, row_order);
		return;
	}
	struct row *spare = mem_get(n * sizeof *spare), *own = spare, *from = rows;
	sort_by(&from, &spare, n, key_at);
	sort_by(&from, &spare, n, key_place);
	sort_by(&from, &spare, n, key_person);
	sort_by(&from, &spare, n, key_service);
	sort_by(&from, &spare, n, key_entry);
	if (from != rows)
		memcpy(rows, from, n * sizeof *rows);
	for (size_t i = 1; i < n; i++)                   /* equal but for the hash: few */
		for (size_t k = i; k && row_order(&rows[k - 1], &rows[k]) > 0; k--) {
			struct row t = rows[k];
			rows[k] = rows[k - 1];
			rows[k - 1] = t;
		}
	free(own);
}

/* ---- a day, read and written ---- */

static bool torn_day(struct op *op, int64_t day)
{
	return err_set(&op->err, TORN, NULL, "The touches of " STR_FMT " are damaged in the database. Restore a backup, or import that day's files again.",
	               10, when_text(op->a, day * DAY).p);
}

bool day_read(struct op *op, int64_t day, struct row **out, size_t *n)
{
	struct sql_day_get d;
	struct sql_segments_whole q;
	bool found;
	*out = NULL, *n = 0;
	if (!sql_day_get(op, day, &d, &found) || !found)
		return op->err.code == OK;
	if (d.n < 0 || d.n > INT32_MAX || !sql_segments_whole(op, day, &q))
		return op->err.code == OK ? torn_day(op, day) : false;
	struct row *rows = mem_get(((size_t)d.n + 1) * sizeof *rows);
	size_t count = 0;
	bool good = true;
	while (good && sql_segments_whole_next(op, &q)) {
		struct part p;
		good = part_open(&p, DIM_ENTRY, q.blob, q.rest) && q.rest.n && part_checksum(q.blob, q.rest) == (uint64_t)q.checksum &&
		       (int64_t)p.n == q.n && count + p.n <= (size_t)d.n;
		if (good)
			part_rows(&p, day, rows + count), count += p.n;
	}
	sql_segments_whole_stop(&q);
	if (op->err.code == OK && (!good || count != (size_t)d.n))
		torn_day(op, day);
	if (op->err.code != OK) {
		free(rows);
		return false;
	}
	*out = rows, *n = count;
	return true;
}

static uint32_t by_dim(const struct row *r, enum dim d)
{
	return d == DIM_PERSON ? r->person : d == DIM_PLACE ? r->place : r->entry;
}

/* Writes rows as the parts of one dimension; sums what was written. */
static bool parts_write(struct op *op, int64_t day, enum dim d, const struct row *rows, size_t n, struct sha256 *sum)
{
	struct buf blob = BUF(1 << 20), rest = BUF(1 << 20);
	bool good = true;
	for (size_t at = 0, part = 0; good && at < n; at += PART_TOUCHES, part++) {
		size_t many = n - at < PART_TOUCHES ? n - at : PART_TOUCHES;
		buf_clear(&blob);
		buf_clear(&rest);
		part_write(&blob, &rest, d, day, rows + at, many);
		assert(!blob.full && !rest.full);
		if (sum)
			sha256_add(sum, buf_str(&blob)), sha256_add(sum, buf_str(&rest));
		good = sql_segment_put(op, day, d, by_dim(&rows[at + many - 1], d), (int64_t)part, by_dim(&rows[at], d), (int64_t)many, buf_str(&blob),
		                       buf_str(&rest), (int64_t)part_checksum(buf_str(&blob), buf_str(&rest)));
	}
	buf_free(&blob);
	buf_free(&rest);
	return good;
}

/* Compares what would be written with what is there, byte for byte. */
static bool parts_compare(struct op *op, int64_t day, enum dim d, const struct row *rows, size_t n)
{
	struct sql_segments_dim q;
	struct buf blob = BUF(1 << 20), rest = BUF(1 << 20);
	size_t at = 0;
	bool same = true;
	if (!sql_segments_dim(op, day, d, &q))
		return false;
	while (same && sql_segments_dim_next(op, &q)) {
		size_t many = n - at < PART_TOUCHES ? n - at : PART_TOUCHES;
		buf_clear(&blob);
		buf_clear(&rest);
		same = many > 0;
		if (same)
			part_write(&blob, &rest, d, day, rows + at, many);
		same = same && str_eq(q.blob, buf_str(&blob)) && (uint64_t)q.checksum == part_checksum(q.blob, STR(""));
		at += many;
	}
	sql_segments_dim_stop(&q);
	buf_free(&blob);
	buf_free(&rest);
	if (op->err.code == OK && (!same || at != n))
		err_set(&op->err, TORN, NULL, "On " STR_FMT " the copy sorted by %s does not agree with the touches. Run: handback check --rebuild",
		        10, when_text(op->a, day * DAY).p, d == DIM_PERSON ? "person" : "place");
	return op->err.code == OK;
}

bool day_copies(struct op *op, int64_t day, const struct row *rows, size_t n, bool write)
{
	static const enum dim dims[] = { DIM_PERSON, DIM_PLACE };
	struct row *copy = mem_get((n + 1) * sizeof *copy), *spare = mem_get((n + 1) * sizeof *spare), *from = copy, *to = spare;
	bool good = true;
	for (size_t i = 0; good && i < LENGTH(dims); i++) {
		size_t many = n > PART_TOUCHES ? n : 0;  /* a small day is one part: scanning that costs nothing */
		if (many) {
			memcpy(from, rows, n * sizeof *from);
			sort_by(&from, &to, n, dims[i] == DIM_PERSON ? key_person : key_place);
		}
		good = write ? parts_write(op, day, dims[i], from, many, NULL) : parts_compare(op, day, dims[i], from, many);
	}
	free(copy);
	free(spare);
	return good;
}

bool day_write(struct op *op, int64_t day, struct row *rows, size_t n)
{
	uint8_t sum[32];
	struct sha256 h;
	if (!sql_segment_drop(op, day))
		return false;
	if (!n)
		return sql_day_drop(op, day);
	day_sort(rows, n);
	sha256_start(&h);
	if (!parts_write(op, day, DIM_ENTRY, rows, n, &h))
		return false;
	sha256_end(&h, sum);
	return sql_day_put(op, day, (int64_t)n, (struct str){ (const char *)sum, 32 }) && day_copies(op, day, rows, n, true);
}

/* ---- merging ---- */

/* Finds rows by their identity (service, hash): an open-addressing table of positions + 1. */
struct table { uint32_t *slot; size_t mask; };

static struct table table_open(size_t n)
{
	size_t size = 64;
	while (size < 2 * n)
		size *= 2;
	return (struct table){ mem_zero(size, sizeof(uint32_t)), size - 1 };
}

static uint32_t *table_find(const struct table *t, const struct row *rows, const struct row *r)
{
	size_t at = (size_t)((r->hash ^ (uint64_t)r->service * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u >> 17) & t->mask;
	while (t->slot[at] && (rows[t->slot[at] - 1].hash != r->hash || rows[t->slot[at] - 1].service != r->service))
		at = (at + 1) & t->mask;
	return &t->slot[at];
}

/* What is newly said of a touch that is known: true when it changes anything. */
static bool row_update(struct op *op, struct flavours *f, struct row *old, const struct row *new, bool *good)
{
	struct flavour a = f->by_code[old->flavour], b = f->by_code[new->flavour];
	bool changed = false, moved = old->at != new->at || a.spread != b.spread;
	/* a whole day or a doubled hour that is now told exactly is a changed time like any other */
	struct flavour both = { moved ? b.spread : a.spread, a.entry | b.entry, a.service | b.service, a.person | b.person, a.place | b.place };
	if (!flavour_same(&a, &both)) {
		uint32_t code = 0;
		if (!flavour_code(op, f, &both, &code)) {
			*good = false;
			return false;
		}
		old->flavour = code;
		changed = true;
	}
	if (moved)
		old->at = new->at, changed = true;
	uint32_t *mine[] = { &old->who, &old->entry, &old->person, &old->place, &old->hint };
	const uint32_t theirs[] = { new->who, new->entry, new->person, new->place, new->hint };
	for (size_t i = 0; i < LENGTH(mine); i++)
		if (theirs[i] && *mine[i] != theirs[i])  /* filled where empty, else replaced: the newer word counts */
			*mine[i] = theirs[i], changed = true;
	return changed;
}

struct merging {
	struct op *op;
	struct flavours flavours;
	struct row *rows; size_t n;                      /* of the day, old and new */
	struct table table;
	bool changed;
};

static bool flavours_fit(struct merging *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->rows[i].flavour == 0 || m->rows[i].flavour >= m->flavours.n)
			return err_set(&m->op->err, TORN, NULL, "A touch in the database has no flavour. Restore a backup.");
	return true;
}

/* Takes the touches that `fresh` names out of another day, where they were before a time was corrected; they become old ones here. */
static bool take_moved(struct merging *m, int64_t day, const uint32_t *fresh, size_t n_fresh, size_t *moved)
{
	struct row *rows;
	size_t n, kept = 0;
	if (!day_read(m->op, day, &rows, &n))
		return false;
	if (!n)
		return true;
	struct table t = table_open(n_fresh);
	for (size_t i = 0; i < n_fresh; i++)
		*table_find(&t, m->rows, &m->rows[fresh[i]]) = fresh[i] + 1;
	bool good = true;
	for (size_t i = 0; i < n; i++) {
		uint32_t hit = *table_find(&t, m->rows, &rows[i]);
		if (!hit) {
			rows[kept++] = rows[i];
			continue;
		}
		struct row merged = rows[i];             /* what it was, with what is newly said; the first import keeps it */
		row_update(m->op, &m->flavours, &merged, &m->rows[hit - 1], &good);
		m->rows[hit - 1] = merged;
		++*moved;
	}
	if (good && kept < n)
		good = day_write(m->op, day, rows, kept);
	free(t.slot);
	free(rows);
	return good;
}

/* In the day's transaction: rows [0, n) of one day, which are in any order. */
static bool merge_day(struct merging *m, int64_t day, const struct row *new, size_t n, bool moved, struct merged *count)
{
	struct row *old;
	size_t n_old, n_fresh = 0;
	if (!day_read(m->op, day, &old, &n_old))
		return false;
	m->rows = mem_get((n_old + n) * sizeof *m->rows);
	m->n = n_old;
	if (n_old)
		memcpy(m->rows, old, n_old * sizeof *old);
	free(old);
	m->table = table_open(n_old + n);
	uint32_t *fresh = mem_get((n + 1) * sizeof *fresh);
	bool *touched = mem_zero(n_old + n + 1, 1), good = flavours_fit(m);
	m->changed = false;
	for (size_t i = 0; good && i < n_old; i++)
		*table_find(&m->table, m->rows, &m->rows[i]) = (uint32_t)i + 1;
	for (size_t i = 0; good && i < n; i++) {
		uint32_t *slot = table_find(&m->table, m->rows, &new[i]);
		if (!*slot) {
			m->rows[m->n] = new[i];
			fresh[n_fresh++] = (uint32_t)m->n;
			touched[m->n] = true;
			*slot = (uint32_t)++m->n;
			continue;
		}
		bool again = touched[*slot - 1], differs = row_update(m->op, &m->flavours, &m->rows[*slot - 1], &new[i], &good);
		m->changed |= differs;
		if (again)
			count->folded++;
		else if (differs)
			count->changed++;
		else
			count->known++;
		touched[*slot - 1] = true;
	}
	size_t elsewhere = 0;
	for (int64_t d = day - MOVED_DAYS; good && moved && n_fresh && d <= day + MOVED_DAYS; d++)
		good = d == day || take_moved(m, d, fresh, n_fresh, &elsewhere);
	count->fresh += n_fresh - elsewhere;
	count->changed += elsewhere;
	/* a time that was corrected within `new` itself may lead out of this day: then it is this day's no longer */
	if (good && (m->changed || n_fresh))
		good = day_write(m->op, day, m->rows, m->n);
	free(m->table.slot);
	free(m->rows);
	free(fresh);
	free(touched);
	return good;
}

static int day_order(const void *a, const void *b)
{
	int64_t x = when_day(((const struct row *)a)->at), y = when_day(((const struct row *)b)->at);
	return (x > y) - (x < y);
}

/* Groups rows by day: they mostly come in order, then this is one look; else one stable counting sort over the span of days. */
static void by_day(struct row *rows, size_t n)
{
	enum { SPAN_MAX = 1 << 20 };
	int64_t low = INT64_MAX, high = INT64_MIN, before = INT64_MIN;
	bool sorted = true;
	for (size_t i = 0; i < n; i++) {
		int64_t d = when_day(rows[i].at);
		low = d < low ? d : low, high = d > high ? d : high;
		sorted &= d >= before;
		before = d;
	}
	if (sorted)
		return;
	if (high - low > SPAN_MAX) {
		qsort(rows, n, sizeof *rows, day_order);
		return;
	}
	size_t span = (size_t)(high - low) + 1, *start = mem_zero(span + 1, sizeof *start);
	struct row *to = mem_get(n * sizeof *to);
	for (size_t i = 0; i < n; i++)
		start[when_day(rows[i].at) - low + 1]++;
	for (size_t d = 1; d <= span; d++)
		start[d] += start[d - 1];
	for (size_t i = 0; i < n; i++)
		to[start[when_day(rows[i].at) - low]++] = rows[i];
	memcpy(rows, to, n * sizeof *rows);
	free(to);
	free(start);
}

bool segment_merge(struct op *op, struct row *rows, size_t n, bool moved, struct merged *add_to, bool *stopped)
{
	by_day(rows, n);
	*stopped = false;
	struct merging m = { .op = op };
	if (!flavour_all(op, &m.flavours))
		return false;
	for (size_t at = 0, end; at < n && !*stopped; at = end) {
		int64_t day = when_day(rows[at].at);
		struct merged count = *add_to;
		for (end = at + 1; end < n && when_day(rows[end].at) == day; end++)
			;
		if (!op_begin(op) || !op_end(op, merge_day(&m, day, rows + at, end - at, moved, &count)))
			return false;
		*add_to = count;
		if (op->progress)
			op->progress(op, "Keeping", end, n);
		*stopped = op_stopped(op) && end < n;
	}
	return true;
}

/* ---- listings ---- */

bool listing_put(struct op *op, holder_id holder, int64_t import, kinds k, int64_t came, const uint32_t *customers, size_t n)
{
	enum { PART = 1 << 16 };
	struct buf b = BUF(PART * 4);
	bool good = true;
	for (size_t at = 0, part = 0; good && at < n; at += PART, part++) {
		size_t many = n - at < PART ? n - at : PART;
		buf_clear(&b);
		for (size_t i = at; i < at + many; i++)
			buf_u32(&b, customers[i]);
		good = sql_listing_put_part(op, holder.n, import, (int64_t)k, (int64_t)part, came, (int64_t)many, buf_str(&b));
	}
	buf_free(&b);
	return good;
}
