/* The fast first look: is there a stretch of nothing but digits and separators, in which 12 digits stand with at most one
 * separator between two of them? Every hit but a card code holds one, and a card code needs a card number beside it. */
#include "detect.h"
#include "signs.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* A byte that a number may be made of. All bytes over 127 are taken: what they mean is looked at later. */
static bool takes_part(char c)
{
	return is_digit(c) || c == ' ' || c == '-' || c == '.' || (unsigned char)c > 127;
}

/* Reads the stretch around `at`: true if 12 digits stand in it; else *end is where it ends. */
static bool number_around(struct str t, size_t at, size_t *end)
{
	while (at && takes_part(t.p[at - 1]))
		at--;
	unsigned digits = 0;
	bool after_digit = false;
	while (at < t.n && takes_part(t.p[at])) {
		enum separator kind;
		size_t n = digit_at(t, at, NULL);
		bool digit = n;
		if (digit && ++digits == DIGITS_MIN)
			return true;
		if (!digit && (!(n = separator_at(t, at, &kind)) || !after_digit))
			digits = 0;
		after_digit = digit;
		at += n ? n : 1;
	}
	*end = at;
	return false;
}

/* Looks at every twelfth byte, and closer only where that one takes part. */
static bool look_portable(struct str t, size_t from)
{
	for (size_t at = from; at < t.n && t.n - at >= DIGITS_MIN;) {
		size_t i = at + DIGITS_MIN;
		while (i > at && takes_part(t.p[i - 1]))
			i--;
		if (i > at)
			at = i;
		else if (number_around(t, at, &at))
			return true;
	}
	return false;
}

#if defined(__x86_64__)
#define WINDOW 64
#define STEP (WINDOW - DIGITS_MIN + 1)           /* windows overlap, so that a stretch of 12 lies whole in one */

/* A window's bytes that take part, and those among them that are digits or over 127. */
struct marks { uint64_t part, digit; };

static inline struct marks marks_sse2(const char *p)
{
	struct marks m = { 0, 0 };
	for (int k = 0; k < 4; k++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * k));
		__m128i value = _mm_sub_epi8(v, _mm_set1_epi8('0'));
		__m128i digit = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value), v);   /* v: its top bit */
		__m128i dash = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('-')), _mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
		__m128i part = _mm_or_si128(_mm_or_si128(digit, dash), _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
		m.digit |= (uint64_t)(unsigned)_mm_movemask_epi8(digit) << (16 * k);
		m.part |= (uint64_t)(unsigned)_mm_movemask_epi8(part) << (16 * k);
	}
	return m;
}

__attribute__((target("avx2"))) static inline struct marks marks_avx2(const char *p)
{
	struct marks m = { 0, 0 };
	for (int k = 0; k < 2; k++) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * k));
		__m256i value = _mm256_sub_epi8(v, _mm256_set1_epi8('0'));
		__m256i digit = _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value), v);
		__m256i dash = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('-')), _mm256_cmpeq_epi8(v, _mm256_set1_epi8('.')));
		__m256i part = _mm256_or_si256(_mm256_or_si256(digit, dash), _mm256_cmpeq_epi8(v, _mm256_set1_epi8(' ')));
		m.digit |= (uint64_t)(uint32_t)_mm256_movemask_epi8(digit) << (32 * k);
		m.part |= (uint64_t)(uint32_t)_mm256_movemask_epi8(part) << (32 * k);
	}
	return m;
}

/* Where 12 that take part stand in a row, of which 12 may be digits, or which go on outside the window; else WINDOW. */
static inline unsigned worth_a_look(struct marks m)
{
	for (;;) {
		uint64_t row = m.part & m.part >> 1;
		row &= row >> 2;
		row &= row >> 4;
		row &= row >> 4;
		if (!row)
			return WINDOW;
		unsigned from = (unsigned)__builtin_ctzll(row);
		uint64_t beyond = ~m.part & ~(uint64_t)0 << from;            /* the first that takes no part, after the row */
		if (!from || !beyond)
			return from;
		uint64_t rest = ~(uint64_t)0 << __builtin_ctzll(beyond);
		if (__builtin_popcountll(m.digit & ~rest & ~(uint64_t)0 << from) >= DIGITS_MIN)
			return from;
		m.part &= rest;
	}
}

/* The two looks differ in nothing but the instructions, which a compiler picks by function. */
#define LOOK(name, marks) \
	static bool name(struct str t) \
	{ \
		size_t at = 0; \
		while (t.n - at >= WINDOW) { \
			unsigned i = worth_a_look(marks(t.p + at)); \
			if (i == WINDOW) \
				at += STEP; \
			else if (number_around(t, at + i, &at)) \
				return true; \
		} \
		return look_portable(t, at); \
	}
LOOK(look_sse2, marks_sse2)
__attribute__((target("avx2"))) LOOK(look_avx2, marks_avx2)

bool detect_maybe(struct str t)
{
	return __builtin_cpu_supports("avx2") ? look_avx2(t) : look_sse2(t);
}

#else

bool detect_maybe(struct str t)
{
	return look_portable(t, 0);
}

#endif
