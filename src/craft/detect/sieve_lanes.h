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
struct NAME(batch) { size_t at[NAME(WINDOWS)]; NAME(words) digit, high, letter, space, dash, dot, slash, mark, amp, nul, line, century, escape; unsigned n, script; bool escapes; };

/* The bytes that are looked for, a vector each. */
struct NAME(signs) { NAME(lane) low, alphabet, small, zero, ten, space, dash, dot, slash, less, percent, equals, backslash, amp, nul, line, one, two, escape; };

#define ALL(c) ((NAME(lane)){ 0 } + (unsigned char)(c))
#define EACH(k) for (unsigned k = 0; k < 64; k += LANE)
#define VECTOR(k) (*(const NAME(lane) *)(const void *)(p + (k)))
#define PUT(mask, k, test) ((mask) |= (uint64_t)BITS(test) << (k))

TARGET static inline void NAME(first)(const struct NAME(signs) *s, const char *p, uint64_t *digit, uint64_t *high)
{
	*digit = *high = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(*digit, k, BELOW(v - s->zero, s->ten));
		PUT(*high, k, TOP(v));
	}
}

/* Adds a window; returns its letters. */
TARGET static inline uint64_t NAME(classes)(const struct NAME(signs) *s, struct NAME(batch) *b, const char *p, size_t at, uint64_t digit, uint64_t high)
{
	uint64_t letter = 0, space = 0, dash = 0, dot = 0, slash = 0, mark = 0, amp = 0, nul = 0, line = 0, century = 0, escape = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(letter, k, BELOW((v | s->low) - s->small, s->alphabet));
		PUT(space, k, IS(v, s->space));
		PUT(dash, k, IS(v, s->dash));
		PUT(dot, k, IS(v, s->dot));
		PUT(slash, k, IS(v, s->slash));
		PUT(mark, k, IS(v, s->less) | IS(v, s->percent) | IS(v, s->equals) | IS(v, s->backslash) | IS(v, s->amp));
		PUT(amp, k, IS(v, s->amp));
		PUT(nul, k, IS(v, s->nul));
		PUT(line, k, IS(v, s->line));
		PUT(century, k, IS(v, s->one) | IS(v, s->two));
		PUT(escape, k, IS(v, s->escape));
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
	b->escape[n] = escape;
	b->escapes |= escape != 0;
	return letter;
}

#include "sieve_patterns.h"

/* Whether digits of other scripts are there, in UTF-8: full-width, Arabic, Devanagari and Bengali, mathematical. */
TARGET static bool NAME(other_digits)(const char *p)
{
	uint64_t lead = 0, second = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(lead, k, IS(v, ALL(0xEF)) | IS(v, ALL(0xD9)) | IS(v, ALL(0xDB)) | IS(v, ALL(0xE0)) | IS(v, ALL(0xF0)));
		PUT(second, k, IS(v, ALL(0xBC)) | BELOW(v - 0xA0, ALL(26)) | IS(v, ALL(0x9D)));
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
		PUT(capital, k, BELOW(v - 'A', ALL(26)));
		PUT(small, k, BELOW(v - 'a', ALL(26)));
	}
	return __builtin_popcountll(capital & in) >= 3 && __builtin_popcountll(small & in) >= 3;
}

TARGET static size_t NAME(sift)(struct str t, size_t *start, size_t to, struct sifted *out, size_t max)
{
	struct NAME(batch) batch = { .n = 0 };
	struct NAME(signs) signs = { .low = ALL(32), .small = ALL('a'), .alphabet = ALL(26), .zero = ALL('0'), .ten = ALL(10), .space = ALL(' '), .dash = ALL('-'), .dot = ALL('.'),
	                             .slash = ALL('/'), .less = ALL('<'), .percent = ALL('%'), .equals = ALL('='), .backslash = ALL('\\'), .amp = ALL('&'), .line = ALL('\n'),
	                             .one = ALL('1'), .two = ALL('2'), .escape = ALL(0x1B) };
	__asm__("" : "+m"(signs));                       /* or each is made anew for each window, at the price of its comparison */
	struct chains chains = { .next = SIZE_MAX };
	size_t n = 0, from = *start, i = from % STEP + (from / STEP > 2 ? from / STEP - 2 : 0) * STEP;    /* chains reach over more than a window */
	do {
		for (batch.n = batch.script = 0, batch.escapes = false; batch.n < NAME(WINDOWS) && i <= t.n && i < to && max - n > EVENTS * (NAME(WINDOWS) + 1); i += STEP) {
			const char *p = t.p + i - OVER;
			uint64_t digit, high;
			NAME(first)(&signs, p, &digit, &high);
			bool script = __builtin_popcountll(high) >= 30 && NAME(other_digits)(p);
			if (__builtin_popcountll(digit) < FEW && !script)
				continue;
			batch.script |= (unsigned)script << batch.n;
			uint64_t row = digit | NAME(classes)(&signs, &batch, p, i, digit, high);
			row &= row >> 1;                 /* sixteen in a row */
			row &= row >> 2;
			row &= row >> 4;
			row &= row >> 8;
			if (row && i >= from && NAME(mixed_case)(p, row | row << 8 | row << 15))
				for (uint64_t b = row & ~(row << 1); b; b &= b - 1)
					if (i + (unsigned)__builtin_ctzll(b) >= OVER)
						out[n++] = (struct sifted){ (uint32_t)(i - OVER + (unsigned)__builtin_ctzll(b)), 1u << SIFT_WORD, 0 };
		}
		n = NAME(patterns)(&batch, from, to, &chains, out, n);
	} while (batch.n == NAME(WINDOWS));
	*start = i;
	return n;
}

#include "sieve_other.h"

#undef ALL
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
