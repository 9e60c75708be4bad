/* The sieve for one set of instructions; sieve.c includes it for each, with
 *   NAME(x)   x's name in this set
 *   TARGET    what tells the compiler of the instructions
 *   LANE      how many bytes a vector has
 *   IS(v, c), BELOW(v, n), TOP(v)   which bytes of a vector are c, are less than n, have their top bit: something that | joins, and of which
 *   BITS(x)   makes a number
 *   LETTERS(table, v)   of 32 bytes those that the bytes of a vector say, 0 for what is 32 or more; left out where there is no such instruction
 */
typedef unsigned char NAME(lane) __attribute__((vector_size(LANE), aligned(1), may_alias));
typedef uint64_t NAME(words) __attribute__((vector_size(LANE)));

/* As many windows as a vector has words: where each stands, and its classes of bytes. */
enum { NAME(WINDOWS) = LANE / 8 };
struct NAME(batch) { size_t at[NAME(WINDOWS)]; NAME(words) digit, high, letter, space, dash, dot, slash, mark, amp, nul, line, century; unsigned n; };

#define EACH(k) for (unsigned k = 0; k < 64; k += LANE)
#define VECTOR(k) (*(const NAME(lane) *)(const void *)(p + (k)))
#define PUT(mask, k, test) ((mask) |= (uint64_t)BITS(test) << (k))

TARGET static inline void NAME(first)(const char *p, uint64_t *digit, uint64_t *high)
{
	*digit = *high = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(*digit, k, BELOW(v - '0', 10));
		PUT(*high, k, TOP(v));
	}
}

/* Adds a window; returns its letters. */
TARGET static inline uint64_t NAME(classes)(struct NAME(batch) *b, const char *p, size_t at, uint64_t digit, uint64_t high)
{
	uint64_t letter = 0, space = 0, dash = 0, dot = 0, slash = 0, mark = 0, amp = 0, nul = 0, line = 0, century = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(letter, k, BELOW((v | 32) - 'a', 26));
		PUT(space, k, IS(v, ' '));
		PUT(dash, k, IS(v, '-'));
		PUT(dot, k, IS(v, '.'));
		PUT(slash, k, IS(v, '/'));
		PUT(mark, k, IS(v, '<') | IS(v, '%') | IS(v, '=') | IS(v, '\\') | IS(v, '&'));
		PUT(amp, k, IS(v, '&'));
		PUT(nul, k, IS(v, 0));
		PUT(line, k, IS(v, '\n'));
		PUT(century, k, IS(v, '1') | IS(v, '2'));
	}
	unsigned n = b->n++;
	b->at[n] = at;
	b->digit[n] = digit;
	b->high[n] = high;
	b->letter[n] = letter;
	b->space[n] = space;
	b->dash[n] = dash;
	b->dot[n] = dot;
	b->slash[n] = slash;
	b->mark[n] = mark;
	b->amp[n] = amp;
	b->nul[n] = nul;
	b->line[n] = line;
	b->century[n] = century;
	return letter;
}

#include "sieve_patterns.h"

/* Whether digits of other scripts are there, in UTF-8: full-width, Arabic, Devanagari and Bengali, mathematical. */
TARGET static bool NAME(other_digits)(const char *p)
{
	uint64_t lead = 0, second = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(lead, k, IS(v, 0xEF) | IS(v, 0xD9) | IS(v, 0xDB) | IS(v, 0xE0) | IS(v, 0xF0));
		PUT(second, k, IS(v, 0xBC) | BELOW(v - 0xA0, 26) | IS(v, 0x9D));
	}
	unsigned n = 0;
	for (uint64_t b = lead & second >> 1; b; b &= b - 1)
		n += other_digit(p + __builtin_ctzll(b));
	return n >= 4;
}

/* Whether capitals and small letters are where `in` says, three of each: so it is in base64, not in hexadecimal. */
TARGET static bool NAME(mixed_case)(const char *p, uint64_t in)
{
	uint64_t capital = 0, small = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(capital, k, BELOW(v - 'A', 26));
		PUT(small, k, BELOW(v - 'a', 26));
	}
	return __builtin_popcountll(capital & in) >= 3 && __builtin_popcountll(small & in) >= 3;
}

TARGET static size_t NAME(sift)(struct str t, size_t *start, size_t to, struct sifted *out, size_t max)
{
	struct NAME(batch) batch __attribute__((uninitialized));
	struct chains chains = { .next = SIZE_MAX };
	size_t n = 0, from = *start, i = from % STEP + (from / STEP > 2 ? from / STEP - 2 : 0) * STEP;    /* chains reach over more than a window */
	batch.n = 0;
	for (; i <= t.n && i < to && max - n > EVENTS * (NAME(WINDOWS) + 1); i += STEP) {
		const char *p = t.p + i - OVER;
		uint64_t digit, high;
		NAME(first)(p, &digit, &high);
		if (__builtin_popcountll(high) >= 30 && i >= from && NAME(other_digits)(p))
			out[n++] = (struct sifted){ (uint32_t)i, SIFT_SCRIPT };
		if (__builtin_popcountll(digit) < FEW)
			continue;
		uint64_t row = digit | NAME(classes)(&batch, p, i, digit, high);
		row &= row >> 1;                         /* sixteen in a row */
		row &= row >> 2;
		row &= row >> 4;
		row &= row >> 8;
		if (row && i >= from && NAME(mixed_case)(p, row | row << 8))
			for (uint64_t b = row & ~(row << 1); b; b &= b - 1)
				if (i + (unsigned)__builtin_ctzll(b) >= OVER)
					out[n++] = (struct sifted){ (uint32_t)(i - OVER + (unsigned)__builtin_ctzll(b)), SIFT_WORD };
		if (batch.n == NAME(WINDOWS))
			n = NAME(patterns)(&batch, from, to, &chains, out, n);
	}
	if (batch.n)
		n = NAME(patterns)(&batch, from, to, &chains, out, n);
	*start = i;
	return n;
}

#include "sieve_stems.h"

TARGET static uint64_t NAME(lines)(struct str t)
{
	uint64_t lines = 0;
	for (; t.n >= 64; t.p += 64, t.n -= 64) {
		const char *p = t.p;
		uint64_t ends = 0;
		EACH(k)
			PUT(ends, k, IS(VECTOR(k), '\n'));
		lines += (uint64_t)__builtin_popcountll(ends);
	}
	for (; t.n; t.p++, t.n--)
		lines += *t.p == '\n';
	return lines;
}

#undef EACH
#undef VECTOR
#undef PUT
#undef NAME
#undef TARGET
#undef LANE
#undef BITS
#undef IS
#undef BELOW
#undef TOP
