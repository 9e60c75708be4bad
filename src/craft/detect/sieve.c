/* The fast pass, by the widest instructions that the machine has: classes of 64 bytes as masks (sieve_lanes.h), and the patterns in them. */
#include "sieve.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* A window is 64 bytes; what is told of it stands at STEP of them, so that a pattern, what is in front of it and the byte behind it lie
 * within. EVENTS: more than a window can have. */
enum { OVER = DIGITS_SEEN, STEP = 46, EVENTS = 128, IBAN_AHEAD = 13, FEW = 4 /* fewer digits in a window are no part of anything */ };
#define FRESH ((((uint64_t)1 << STEP) - 1) << OVER)
#define SIX(m, k) ((m) << (k) | (m) << ((k) + 1) | (m) << ((k) + 2) | (m) << ((k) + 3) | (m) << ((k) + 4) | (m) << ((k) + 5))

/* Of groups that follow each other, the byte behind the second, the third; the second of 4-6. These reach over more than OVER, and go on
 * in the window that begins at `next`. */
struct chains { uint64_t second, third, second46; size_t next; };

/* The bytes behind the last of 4-4-4-4, 4-6-5 or 4-6-4, with at most six others between; of a window whose ends of groups are these. */
static uint64_t chain_of(struct chains *c, size_t i, uint64_t four, uint64_t five, uint64_t six)
{
	if (c->next != i)
		*c = (struct chains){ 0 };
	c->second = c->second >> STEP | (four & SIX(four, 5) & FRESH);
	c->third = c->third >> STEP | (four & SIX(c->second, 5) & FRESH);
	c->second46 = c->second46 >> STEP | (six & SIX(four, 7) & FRESH);
	c->next = (c->second | c->third | c->second46) >> STEP ? i + STEP : SIZE_MAX;
	return (four & (SIX(c->third, 5) | SIX(c->second46, 5))) | (five & SIX(c->second46, 6));
}

/* A digit of another script begins at p. */
static bool other_digit(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;
	return (b[0] == 0xEF && b[1] == 0xBC && b[2] >= 0x90 && b[2] <= 0x99) || (b[0] == 0xD9 && b[1] <= 0xA9) || (b[0] == 0xDB && b[1] >= 0xB0 && b[1] <= 0xB9) ||
	       (b[0] == 0xE0 && (b[1] == 0xA5 || b[1] == 0xA7) && b[2] >= 0xA6 && b[2] <= 0xAF) || (b[0] == 0xF0 && b[1] == 0x9D && b[2] == 0x9F);
}

#if defined(__x86_64__)
#define NAME(x) x##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,bmi,bmi2,popcnt")))
#define LANE 64
#define IS(v, c) _mm512_cmpeq_epi8_mask((__m512i)(v), (__m512i)(c))
#define BELOW(v, n) _mm512_cmplt_epu8_mask((__m512i)(v), (__m512i)(n))
#define TOP(v) _mm512_movepi8_mask((__m512i)(v))
#define BITS(x) (x)
#define HALF(table, v) _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)(table))), _mm512_adds_epu8((__m512i)(v), _mm512_set1_epi8(0x70)))
#define LETTERS(table, v) (lane_avx512)_mm512_or_si512(HALF(table, v), HALF((table) + 16, (v) - 16))
#include "sieve_lanes.h"
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define LANE 32
#define IS(v, c) ((v) == (c))
#define BELOW(v, n) ((v) < (n))
#define TOP(v) (v)
#define BITS(v) (uint32_t)_mm256_movemask_epi8((__m256i)(v))
#define HALF(table, v) _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(table))), _mm256_adds_epu8((__m256i)(v), _mm256_set1_epi8(0x70)))
#define LETTERS(table, v) (lane_avx2)_mm256_or_si256(HALF(table, v), HALF((table) + 16, (v) - 16))
#include "sieve_lanes.h"
#define NAME(x) x##_sse2
#define TARGET
#define LANE 16
#define IS(v, c) ((v) == (c))
#define BELOW(v, n) ((v) < (n))
#define TOP(v) (v)
#define BITS(v) (uint32_t)_mm_movemask_epi8((__m128i)(v))
#include "sieve_lanes.h"
#elif defined(__aarch64__)
/* Each half's bytes are masked by their place and added up in pairs. */
static inline unsigned bits_neon(uint8x16_t v)
{
	static const uint8_t place[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
	uint8x16_t x = vandq_u8(vreinterpretq_u8_s8(vshrq_n_s8(vreinterpretq_s8_u8(v), 7)), vld1q_u8(place));
	return vaddv_u8(vget_low_u8(x)) | (unsigned)vaddv_u8(vget_high_u8(x)) << 8;
}
#define NAME(x) x##_neon
#define TARGET
#define LANE 16
#define IS(v, c) ((v) == (c))
#define BELOW(v, n) ((v) < (n))
#define TOP(v) (v)
#define BITS(v) bits_neon((uint8x16_t)(v))
#define LETTERS(table, v) (lane_neon)vqtbl2q_u8((uint8x16x2_t){ { vld1q_u8(table), vld1q_u8((table) + 16) } }, (uint8x16_t)(v))
#include "sieve_lanes.h"
#endif

typedef unsigned char bytes8 __attribute__((vector_size(8)));
static inline unsigned bits_portable(bytes8 v)
{
	unsigned bits = 0;
	for (unsigned i = 0; i < 8; i++)
		bits |= (unsigned)(v[i] >> 7) << i;
	return bits;
}
#define NAME(x) x##_portable
#define TARGET
#define LANE 8
#define IS(v, c) ((v) == (c))
#define BELOW(v, n) ((v) < (n))
#define TOP(v) (v)
#define BITS(v) bits_portable((bytes8)(v))
#include "sieve_lanes.h"

const struct sieve *sieve_of(const char *name)
{
	static const struct sieve sieves[] = {
#if defined(__x86_64__)
		{ "avx512", sift_avx512, stems_avx512, digits_avx512, lines_avx512 }, { "avx2", sift_avx2, stems_avx2, digits_avx2, lines_avx2 }, { "sse2", sift_sse2, stems_sse2, digits_sse2, lines_sse2 },
#elif defined(__aarch64__)
		{ "neon", sift_neon, stems_neon, digits_neon, lines_neon },
#endif
		{ "portable", sift_portable, stems_portable, digits_portable, lines_portable },
	};
	for (size_t i = 0; i < LENGTH(sieves); i++) {
#if defined(__x86_64__)
		if (i == 0 && !(__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2")))
			continue;
		if (i == 1 && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")))
			continue;
#endif
		if (!name || strcmp(name, sieves[i].name) == 0)
			return &sieves[i];
	}
	return NULL;
}
