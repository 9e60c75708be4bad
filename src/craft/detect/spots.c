/* What is found, until it is judged and told. */
#include "scan_int.h"

#include <stdlib.h>

/* ---- what is found ---- */

static int by_place(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;
	if (x->where != y->where && (x->where == 0) != (y->where == 0))
		return x->where ? 1 : -1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->weight > y->weight ? -1 : x->weight < y->weight;
}

static bool overlap(const struct spot *a, const struct spot *b)
{
	return a->at < b->at + b->length && b->at < a->at + a->length;
}

/* Of several readings of one place the one of most weight stays. */
static void drop_doubles(struct scanner *s)
{
	for (size_t i = 0; i < s->spots; i++)
		for (size_t k = i; k-- && i - k <= 8;) {
			struct spot *a = &s->spot[k], *b = &s->spot[i];
			if (a->dropped || !overlap(a, b))
				continue;
			if (b->weight > a->weight) {
				a->dropped = true;
			} else {
				b->dropped = true;
				break;
			}
		}
}

/* Bytes between two places; of a document's paragraphs as if each had sixty. */
static uint64_t far_apart(const struct spot *a, const struct spot *b)
{
	const struct spot *first = a->at < b->at ? a : b, *second = a->at < b->at ? b : a;
	uint64_t records = a->line ? 0 : (second->at >> RECORD_BITS) - (first->at >> RECORD_BITS);
	return records ? records * 60 : second->at - first->at;
}

/* A card code is one only beside a card number that is likely, and no example. */
static bool has_card_beside(const struct scanner *s, const bool *likely, size_t i)
{
	enum { BESIDE = 400 };
	const struct spot *code = &s->spot[i];
	uint64_t nearest = BESIDE + 1;
	bool real = false;
	for (int way = -1; way <= 1; way += 2)
		for (size_t k = i + (size_t)way; k < s->spots; k += (size_t)way) {
			const struct spot *a = &s->spot[k];
			uint64_t far = far_apart(a, code);
			if (far > BESIDE)
				break;
			bool card = a->sort == HIT_CARD || a->sort == HIT_TRACK || a->sort == HIT_TEST_NUMBER;
			if (!card || !likely[k] || a->dropped || (code->record && a->record != code->record))
				continue;
			far += a->line != code->line ? 100 : 0;
			if (far < nearest) {
				nearest = far;
				real = a->sort != HIT_TEST_NUMBER;
			}
			break;
		}
	return real;
}

/* Judges what there is, tells it, and forgets it. */
void spots_tell(struct scanner *s)
{
	if (!s->spots)
		return;
	size_t sorted = 1;
	while (sorted < s->spots && by_place(&s->spot[sorted - 1], &s->spot[sorted]) <= 0)
		sorted++;
	if (sorted < s->spots)
		qsort(s->spot, s->spots, sizeof *s->spot, by_place);
	drop_doubles(s);
	struct finding *f = mem_zero(s->spots, sizeof *f);
	bool *likely = mem_zero(s->spots, sizeof *likely);
	for (size_t i = 0; i < s->spots; i++)
		if (!s->spot[i].dropped) {
			judge(s, &s->spot[i], &f[i]);
			likely[i] = f[i].class > SCAN_UNLIKELY;
		}
	for (size_t i = 0; i < s->spots; i++)
		if (!s->spot[i].dropped && s->spot[i].sort == HIT_CODE && !has_card_beside(s, likely, i))
			s->spot[i].dropped = true;
	for (size_t i = 0; i < s->spots; i++) {
		if (s->spot[i].dropped)
			continue;
		for (size_t k = i + 1; k < s->spots && k - i <= 16 && s->spot[k].line == s->spot[i].line; k++) {     /* once a line, but each card's code */
			struct spot *a = &s->spot[k];
			if (!a->dropped && a->same == s->spot[i].same && f[k].class == f[i].class && str_eq(f[k].where, f[i].where) &&
			    (a->sort != HIT_CODE || (a->at == s->spot[i].at && a->record == s->spot[i].record))) {
				a->dropped = true;
				f[i].count += a->sort != HIT_CODE;       /* a code that two numbers are beside is one */
			}
		}
		s->told += f[i].class > SCAN_UNLIKELY;
		s->found(s->to, &f[i]);
	}
	free(f);
	free(likely);
	s->spots = 0;
}

/* Bytes of text that begin no character of UTF-8; of Latin-1 nearly none. */
static uint64_t no_characters(const char *p, size_t n)
{
	const uint64_t tops = 0x8080808080808080u;
	uint64_t all = 0;
	size_t i = 0;
	for (; n - i >= 8; i += 8) {
		uint64_t x = eight_at(p + i);
		all += (unsigned)__builtin_popcountll(x & ~(x << 1) & eight_at(p + i - 1) & tops);
	}
	for (; i < n; i++)
		all += (p[i] & 0xC0) == 0x80 && p[i - 1] & 0x80;
	return all;
}

/* Line and column (in characters) of a place of the block; what is asked for next is mostly near. */
void locate(struct scanner *s, size_t at, struct spot *spot)
{
	bool back = at < s->counted;
	struct str passed = { s->buffer + (back ? at : s->counted), back ? s->counted - at : at - s->counted };
	uint64_t lines = s->sieve->lines(passed);
	s->counted = at;
	if (lines) {
		const char *p = memrchr(s->buffer, '\n', at);
		s->lines += back ? -lines : lines;
		s->line_start = p ? s->base + (uint64_t)(p + 1 - s->buffer) : s->block_line;
		size_t begin = s->line_start > s->base ? (size_t)(s->line_start - s->base) : 0;
		s->line_more = no_characters(s->buffer + begin, at - begin);
	} else {
		uint64_t more = no_characters(passed.p, passed.n);
		s->line_more = !back ? s->line_more + more : s->line_more > more ? s->line_more - more : 0;
	}
	/* the first character of UTF-8 that says so is in no column, as of UTF-16 */
	uint64_t mark = s->line_start ? 0 : s->mark ? s->mark : (at >= 3 && !s->base && memcmp(s->buffer, "\xEF\xBB\xBF", 3) == 0);
	spot->line = s->lines + 1;
	spot->column = (uint32_t)(s->base + at - s->line_start + 1 - s->line_more - mark);
}

struct spot *spot_put(struct looking *l, enum hit_sort sort, size_t from, size_t to, const struct place *p, float weight, uint32_t signs)
{
	struct scanner *s = l->s;
	size_t at = source_at(l, from), end = source_at(l, to);
	if (l->v->dump) {                                /* with its text */
		struct str t = l->in_record ? (struct str){ s->record, s->record_n } : (struct str){ s->buffer, s->filled };
		const char *line = memchr(t.p + end, '\n', t.n - end);
		end = line ? (size_t)(line - t.p) : t.n;
	}
	if (at < l->from || at >= l->limit || end <= l->seen) {            /* another block tells of it */
		s->elsewhere = (struct spot){ 0 };
		return &s->elsewhere;
	}
	if (s->spots == SPOTS_MAX)
		spots_tell(s);
	if (s->spots == s->spots_cap) {
		s->spots_cap = s->spots_cap ? s->spots_cap * 2 : 64;
		s->spot = mem_grow(s->spot, s->spots_cap * sizeof *s->spot);
	}
	struct spot *spot = &s->spot[s->spots++];
	*spot = (struct spot){ .at = l->base + at, .length = end > at ? (uint32_t)(end - at) : 1, .group = p->group, .where = name_put(s, p->where), .heading = name_put(s, p->heading),
	                       .record = p->record, .signs = signs | l->v->signs, .weight = weight, .sort = (uint8_t)sort, .brand = "" };
	if (!l->in_record)
		locate(s, at, spot);
	return spot;
}

