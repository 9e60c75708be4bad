/* segment - a part's columns as bytes, and back: doc/segments.md. Bytes that are read may be damaged: every length is checked when
 * a part is opened, and nothing is read outside. Touches no database. */
#include "segment.h"

#include <assert.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are stored as they stand in memory");

enum { FORMAT = 1, CHECKSUM = 8, END_WIDTH = 2 };
/* Not a secret: the checksum finds damage. Malice is for the log and the seal. */
static const uint8_t checksum_key[16] = { 'd', 'a', 'y', ' ', 's', 'e', 'g', 'm', 'e', 'n', 't', 's', ' ', 'o', 'n', 'e' };

int column_of(enum dim d)
{
	return d == DIM_ENTRY ? COLUMN_ENTRY : d == DIM_PERSON ? COLUMN_PERSON : d == DIM_PLACE ? COLUMN_PLACE : COLUMN_SERVICE;
}

/* ---- writing ---- */

static unsigned width_of(uint64_t largest)
{
	return largest ? (unsigned)(71 - __builtin_clzll(largest)) / 8 : 0;
}

/* A field of each of n structs. */
struct field { const void *first; size_t stride, size; };
#define FIELD(array, name) ((struct field){ &(array)->name, sizeof *(array), sizeof (array)->name })

static uint64_t field_at(struct field f, size_t i)
{
	uint64_t v = 0;
	if (f.size == 4)
		memcpy(&v, (const char *)f.first + i * f.stride, 4);
	else
		memcpy(&v, (const char *)f.first + i * f.stride, 8);
	return v;
}

static unsigned field_width(struct field f, size_t n)
{
	uint64_t any = 0;
	for (size_t i = 0; i < n; i++)
		any |= field_at(f, i);
	return width_of(any);
}

static void column_write(struct buf *b, struct field f, size_t n, unsigned width)
{
	char *to = buf_space(b, n * width + sizeof(uint64_t));
	assert(to);
	for (size_t i = 0; i < n; i++, to += width) {
		uint64_t v = field_at(f, i);
		memcpy(to, &v, sizeof v);                /* the next one writes over what is too much */
	}
	b->n -= sizeof(uint64_t);
}

/* u16 how many, u8 width of the values, 0; later runs_body: the ends, then the values. */
static size_t runs_head(struct buf *b, struct field f, size_t n)
{
	size_t count = 0;
	if (f.first)
		for (size_t i = 0; i < n; i++)
			count += !i || field_at(f, i) != field_at(f, i - 1);
	buf_u16(b, (uint16_t)count);
	buf_u8(b, (uint8_t)(f.first ? field_width(f, n) : 0));
	buf_u8(b, 0);
	return count;
}

static void runs_body(struct buf *b, struct field f, size_t n, size_t count)
{
	if (!count)
		return;
	unsigned width = field_width(f, n);
	char *end = buf_space(b, count * END_WIDTH + count * width + sizeof(uint64_t)), *value = end + count * END_WIDTH;
	assert(end);
	for (size_t i = 1; i <= n; i++)
		if (i == n || field_at(f, i) != field_at(f, i - 1)) {
			uint16_t at = (uint16_t)i;
			uint64_t v = field_at(f, i - 1);
			memcpy(end, &at, END_WIDTH), end += END_WIDTH;
			memcpy(value, &v, sizeof v), value += width;     /* the next one writes over what is too much */
		}
	b->n -= sizeof(uint64_t);
}

uint64_t part_sum(struct str s)
{
	return hash64(s, checksum_key);
}

static void seal_off(struct buf *b)
{
	buf_u64(b, part_sum(buf_str(b)));
	assert(!b->full);
}

static void shorts_write(struct buf *b, enum dim d, struct field who, struct field when, const struct field runs[COLUMNS], size_t n)
{
	unsigned who_width = field_width(who, n), when_width = field_width(when, n);
	size_t count[COLUMNS];
	assert(n && n <= PART_TOUCHES);
	buf_clear(b);
	buf_u8(b, FORMAT);
	buf_u8(b, (uint8_t)d);
	buf_u16(b, (uint16_t)n);
	buf_u8(b, (uint8_t)who_width);
	buf_u8(b, (uint8_t)when_width);
	buf_u16(b, 0);
	for (int c = 0; c < COLUMNS; c++)
		count[c] = runs_head(b, runs[c], n);
	column_write(b, who, n, who_width);
	column_write(b, when, n, when_width);
	for (int c = 0; c < COLUMNS; c++)
		runs_body(b, runs[c], n, count[c]);
	seal_off(b);
}

void part_write(struct buf *blob, struct buf *rest, int64_t day, const struct row *r, size_t n)
{
	uint64_t when[PART_TOUCHES];
	for (size_t i = 0; i < n; i++)
		when[i] = (uint64_t)(r[i].at - day * DAY) | (uint64_t)r[i].flavour << SECOND_BITS;
	const struct field runs[COLUMNS] = { FIELD(r, entry), FIELD(r, service), FIELD(r, person), FIELD(r, place) };
	shorts_write(blob, DIM_ENTRY, FIELD(r, who), (struct field){ when, sizeof *when, sizeof *when }, runs, n);
	unsigned hint_width = field_width(FIELD(r, hint), n);
	buf_clear(rest);
	buf_u8(rest, FORMAT);
	buf_u8(rest, (uint8_t)hint_width);
	buf_u16(rest, (uint16_t)n);
	size_t imports = runs_head(rest, FIELD(r, import), n);
	runs_body(rest, FIELD(r, import), n, imports);
	column_write(rest, FIELD(r, hash), n, 8);
	column_write(rest, FIELD(r, hint), n, hint_width);
	seal_off(rest);
}

void copy_write(struct buf *blob, enum dim d, const struct brief *r, size_t n)
{
	struct field runs[COLUMNS] = { 0 };
	runs[column_of(d)] = FIELD(r, key);
	shorts_write(blob, d, FIELD(r, who), FIELD(r, when), runs, n);
}

/* ---- reading ---- */

static struct column column_open(struct cursor *c, size_t n, unsigned width)
{
	struct str s = cursor_bytes(c, n * width);
	return (struct column){ (const uint8_t *)s.p, width ? UINT64_MAX >> (64 - 8 * width) : 0, width };
}

struct head { size_t n; unsigned width; };

static struct head head_open(struct cursor *c, unsigned width_max)
{
	struct head h = { .n = cursor_u16(c), .width = cursor_u8(c) };
	if (!cursor_u8(c) && h.n <= PART_TOUCHES && h.width <= width_max)
		return h;
	c->torn = true;
	return (struct head){ 0 };
}

static struct runs runs_open(struct cursor *c, struct head h)
{
	struct runs r = { .n = h.n };
	r.end = column_open(c, h.n, END_WIDTH);
	r.value = column_open(c, h.n, h.width);
	return r;
}

bool part_open(struct part *p, enum dim d, struct str blob)
{
	struct cursor c = cursor_of(blob);
	struct head heads[COLUMNS];
	uint8_t format = cursor_u8(&c), dim = cursor_u8(&c);
	*p = (struct part){ .n = cursor_u16(&c) };
	unsigned who_width = cursor_u8(&c), when_width = cursor_u8(&c);
	if (cursor_u16(&c) || format != FORMAT || dim != d || !p->n || p->n > PART_TOUCHES || who_width > 4 || when_width > 7)
		return false;
	for (int k = 0; k < COLUMNS; k++) {
		heads[k] = head_open(&c, 4);
		if (!heads[k].n != (d != DIM_ENTRY && k != column_of(d)))
			return false;
	}
	p->who = column_open(&c, p->n, who_width);
	p->when = column_open(&c, p->n, when_width);
	for (int k = 0; k < COLUMNS; k++)
		p->at[k] = runs_open(&c, heads[k]);
	cursor_bytes(&c, CHECKSUM);
	return cursor_done(&c);
}

bool part_runs(const struct part *p, const struct runs *r)
{
	uint64_t before = 0;
	for (size_t i = 0; i < r->n; i++) {
		uint64_t end = column_at(&r->end, i);
		if (end <= before)
			return false;
		before = end;
	}
	return before == p->n;
}

bool rest_open(struct rest *r, const struct part *p, struct str blob)
{
	struct cursor c = cursor_of(blob);
	uint8_t format = cursor_u8(&c);
	unsigned hint_width = cursor_u8(&c);
	if (cursor_u16(&c) != p->n || format != FORMAT || hint_width > 4)
		return false;
	r->import = runs_open(&c, head_open(&c, 4));
	r->hash = column_open(&c, p->n, 8);
	r->hint = column_open(&c, p->n, hint_width);
	cursor_bytes(&c, CHECKSUM);
	return cursor_done(&c) && part_runs(p, &r->import);
}

bool part_sound(struct str blob)
{
	uint64_t sum;
	if (blob.n < CHECKSUM)
		return false;
	memcpy(&sum, blob.p + blob.n - CHECKSUM, CHECKSUM);
	return sum == part_sum((struct str){ blob.p, blob.n - CHECKSUM });
}

static void spread_out(const struct runs *r, void *first, size_t stride)
{
	for (size_t k = 0, at = 0; k < r->n; k++) {
		uint32_t v = (uint32_t)column_at(&r->value, k);
		for (size_t end = column_at(&r->end, k); at < end; at++)
			memcpy((char *)first + at * stride, &v, sizeof v);
	}
}

bool part_rows(struct str blob, struct str rest, int64_t day, struct row *to, size_t *n)
{
	struct part p;
	struct rest r;
	if (!part_sound(blob) || !part_sound(rest) || !part_open(&p, DIM_ENTRY, blob) || !rest_open(&r, &p, rest))
		return false;
	for (int c = 0; c < COLUMNS; c++)
		if (!part_runs(&p, &p.at[c]))
			return false;
	uint64_t latest = 0;
	for (size_t i = 0; i < p.n; i++) {
		uint64_t when = column_at(&p.when, i), second = when & SECOND_MASK;
		latest = second > latest ? second : latest;
		to[i].at = day * DAY + (int64_t)second;
		to[i].flavour = (uint32_t)(when >> SECOND_BITS);
		to[i].who = (uint32_t)column_at(&p.who, i);
		to[i].hash = column_at(&r.hash, i);
		to[i].hint = (uint32_t)column_at(&r.hint, i);
	}
	spread_out(&p.at[COLUMN_ENTRY], &to->entry, sizeof *to);
	spread_out(&p.at[COLUMN_SERVICE], &to->service, sizeof *to);
	spread_out(&p.at[COLUMN_PERSON], &to->person, sizeof *to);
	spread_out(&p.at[COLUMN_PLACE], &to->place, sizeof *to);
	spread_out(&r.import, &to->import, sizeof *to);
	*n = p.n;
	return latest < DAY;
}

/* ---- listings: format, how many, then each number as the difference to the one before, seven bits a byte ---- */

void listing_write(struct buf *b, const uint32_t *customers, size_t n)
{
	uint32_t before = 0;
	assert(n && n <= LISTING_PART);
	buf_clear(b);
	buf_u8(b, FORMAT);
	buf_u32(b, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		assert(customers[i] > before);
		uint32_t step = customers[i] - before;
		for (; step > 0x7F; step >>= 7)
			buf_u8(b, (uint8_t)(step | 0x80));
		buf_u8(b, (uint8_t)step);
		before = customers[i];
	}
	seal_off(b);
}

static uint64_t step_read(struct cursor *c)
{
	uint64_t step = 0;
	for (unsigned shift = 0; shift < 35; shift += 7) {
		uint8_t b = cursor_u8(c);
		step |= (uint64_t)(b & 0x7F) << shift;
		if (!(b & 0x80))
			return step;
	}
	return 0;
}

bool listing_read(struct str blob, uint32_t *to, size_t *n)
{
	struct cursor c = cursor_of(blob);
	uint8_t format = cursor_u8(&c);
	uint32_t many = cursor_u32(&c);
	uint64_t who = 0;
	if (!part_sound(blob) || format != FORMAT || !many || many > LISTING_PART)
		return false;
	for (uint32_t i = 0; i < many; i++) {
		uint64_t step = step_read(&c);
		who += step;
		if (!step || who > UINT32_MAX)
			return false;
		to[i] = (uint32_t)who;
	}
	*n = many;
	cursor_bytes(&c, CHECKSUM);
	return cursor_done(&c);
}
