/* segment - a part's columns as bytes, and back. See doc/segments.md. */
#include "segment.h"

#include <stdlib.h>

enum { FORMAT = 1, HEAD = 1 + 1 + 2 + 1 + 1 + 1 + 1, SLACK = 4, SECOND_BITS = 17 };
/* a constant key: the checksum finds damage, not malice (that is the log's and the seal's part) */
static const uint8_t checksum_key[16] = "handback-segment";

int column_of(enum dim d)
{
	return d == DIM_ENTRY ? COLUMN_ENTRY : d == DIM_PERSON ? COLUMN_PERSON : d == DIM_PLACE ? COLUMN_PLACE : COLUMN_SERVICE;
}

static uint32_t column(const struct row *r, int c)
{
	return c == COLUMN_ENTRY ? r->entry : c == COLUMN_SERVICE ? r->service : c == COLUMN_PERSON ? r->person : r->place;
}

/* u32 how many, then (u32 value, u32 how often) each */
static void runs_write(struct buf *b, const struct row *r, size_t n, int c)
{
	size_t head = b->n;
	uint32_t runs = 0;
	buf_u32(b, 0);
	for (size_t i = 0, k; i < n; i = k, runs++) {
		uint32_t v = c < 0 ? r[i].import : column(&r[i], c);
		for (k = i + 1; k < n && (c < 0 ? r[k].import : column(&r[k], c)) == v; k++)
			;
		buf_u32(b, v);
		buf_u32(b, (uint32_t)(k - i));
	}
	memcpy(b->p + head, &runs, sizeof runs);         /* little-endian machines only: x86-64 and arm64 */
}

static void slack(struct buf *b)
{
	buf_u32(b, 0);
}

static unsigned width_of(uint32_t largest)
{
	return largest < 1u << 8 ? 1 : largest < 1u << 16 ? 2 : largest < 1u << 24 ? 3 : 4;
}

void part_write(struct buf *blob, struct buf *rest, enum dim d, int64_t day, const struct row *r, size_t n)
{
	uint32_t who = 0, flavour = 0, hint = 0;
	for (size_t i = 0; i < n; i++) {
		who = r[i].who > who ? r[i].who : who;
		flavour = r[i].flavour > flavour ? r[i].flavour : flavour;
		hint |= r[i].hint;
	}
	unsigned who_width = width_of(who), when_width = flavour >> (32 - SECOND_BITS) ? 8 : 4, hint_width = hint ? 4 : 0;
	buf_u8(blob, FORMAT);
	buf_u8(blob, (uint8_t)d);
	buf_u16(blob, (uint16_t)n);
	buf_u8(blob, (uint8_t)who_width);
	buf_u8(blob, (uint8_t)when_width);
	buf_u8(blob, (uint8_t)hint_width);
	buf_u8(blob, 0);
	for (int c = 0; c < 4; c++)
		if (d == DIM_ENTRY || c == column_of(d))
			runs_write(blob, r, n, c);
	char *to = buf_space(blob, n * who_width);
	for (size_t i = 0; i < n; i++)
		memcpy(to + i * who_width, &r[i].who, who_width);
	slack(blob);
	to = buf_space(blob, n * when_width);
	for (size_t i = 0; i < n; i++) {
		uint64_t v = (uint64_t)(r[i].at - day * DAY) | (uint64_t)r[i].flavour << SECOND_BITS;
		memcpy(to + i * when_width, &v, when_width);
	}
	slack(blob);
	if (d != DIM_ENTRY)
		return;
	runs_write(rest, r, n, -1);
	to = buf_space(rest, n * 8);
	for (size_t i = 0; i < n; i++)
		memcpy(to + i * 8, &r[i].hash, 8);
	to = buf_space(rest, n * hint_width);
	for (size_t i = 0; hint_width && i < n; i++)
		memcpy(to + i * 4, &r[i].hint, 4);
}

struct run part_run(const uint8_t *runs, uint32_t i)
{
	struct run r;
	memcpy(&r, runs + (size_t)i * sizeof r, sizeof r);
	return r;
}

/* Runs that are there and add up to n. */
static bool runs_open(struct cursor *c, size_t n, const uint8_t **runs, uint32_t *count)
{
	*count = cursor_u32(c);
	struct str s = cursor_bytes(c, (size_t)*count * sizeof(struct run));
	size_t total = 0;
	if (c->torn || *count > n)
		return false;
	*runs = (const uint8_t *)s.p;
	for (uint32_t i = 0; i < *count; i++) {
		uint32_t many = part_run(*runs, i).n;
		if (!many || many > n)
			return false;
		total += many;
	}
	return total == n;
}

bool part_open(struct part *p, enum dim d, struct str blob, struct str rest)
{
	struct cursor c = cursor_of(blob), r = cursor_of(rest);
	*p = (struct part){ 0 };
	uint8_t format = cursor_u8(&c), dim = cursor_u8(&c);
	p->n = cursor_u16(&c);
	p->who_width = cursor_u8(&c);
	p->when_width = cursor_u8(&c);
	p->hint_width = cursor_u8(&c);
	cursor_u8(&c);
	if (c.torn || format != FORMAT || dim != d || !p->n || p->n > PART_TOUCHES || p->who_width < 1 || p->who_width > 4 ||
	    (p->when_width != 4 && p->when_width != 8) || (p->hint_width != 0 && p->hint_width != 4))
		return false;
	for (int k = 0; k < 4; k++)
		if ((d == DIM_ENTRY || k == column_of(d)) && !runs_open(&c, p->n, &p->runs[k], &p->runs_n[k]))
			return false;
	p->who = (const uint8_t *)cursor_bytes(&c, p->n * p->who_width).p;
	cursor_bytes(&c, SLACK);
	p->when = (const uint8_t *)cursor_bytes(&c, p->n * p->when_width).p;
	cursor_bytes(&c, SLACK);
	if (!cursor_done(&c))
		return false;
	if (!rest.n)
		return true;
	if (!runs_open(&r, p->n, &p->imports, &p->imports_n))
		return false;
	p->hash = (const uint8_t *)cursor_bytes(&r, p->n * 8).p;
	p->hint = (const uint8_t *)cursor_bytes(&r, p->n * p->hint_width).p;
	return cursor_done(&r);
}

void part_rows(const struct part *p, int64_t day, struct row *to)
{
	for (size_t i = 0; i < p->n; i++) {
		uint64_t when = part_when(p, i);
		to[i] = (struct row){ .at = day * DAY + (int64_t)(when & ((1u << SECOND_BITS) - 1)), .flavour = (uint32_t)(when >> SECOND_BITS),
		                      .who = part_who(p, i) };
		memcpy(&to[i].hash, p->hash + 8 * i, 8);
		if (p->hint_width)
			memcpy(&to[i].hint, p->hint + 4 * i, 4);
	}
	for (int c = 0; c < 4; c++)
		for (uint32_t k = 0, at = 0; k < p->runs_n[c]; k++)
			for (struct run run = part_run(p->runs[c], k); run.n; run.n--, at++)
				*(c == COLUMN_ENTRY ? &to[at].entry : c == COLUMN_SERVICE ? &to[at].service : c == COLUMN_PERSON ? &to[at].person
				                                                                                                   : &to[at].place) = run.value;
	for (uint32_t k = 0, at = 0; k < p->imports_n; k++)
		for (struct run run = part_run(p->imports, k); run.n; run.n--)
			to[at++].import = run.value;
}

uint64_t part_checksum(struct str blob, struct str rest)
{
	return hash64(blob, checksum_key) * 31 + (rest.n ? hash64(rest, checksum_key) : 0);
}
