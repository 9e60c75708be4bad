/* Runs of digits in a text, 64 bytes at a time, by the widest instructions that the machine has. */
#include "scan_int.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* A bit is set for each of 64 bytes that is a digit. */
#if defined(__x86_64__)
static inline uint64_t digits_sse2(const char *p)
{
	uint64_t m = 0;
	for (int k = 0; k < 4; k++) {
		__m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + 16 * k)), _mm_set1_epi8('0'));
		m |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v)) << (16 * k);
	}
	return m;
}

__attribute__((target("avx2"))) static inline uint64_t digits_avx2(const char *p)
{
	uint64_t m = 0;
	for (int k = 0; k < 2; k++) {
		__m256i v = _mm256_sub_epi8(_mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * k)), _mm256_set1_epi8('0'));
		m |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(9)), v)) << (32 * k);
	}
	return m;
}
#elif defined(__aarch64__)
/* One bit a byte: each half's bytes are masked by their place and added up in pairs. */
static inline uint64_t digits_neon(const char *p)
{
	static const uint8_t place[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
	uint8x16_t bit = vld1q_u8(place), part[4];
	for (int k = 0; k < 4; k++)
		part[k] = vandq_u8(vcleq_u8(vsubq_u8(vld1q_u8((const uint8_t *)p + 16 * k), vdupq_n_u8('0')), vdupq_n_u8(9)), bit);
	uint8x16_t sum = vpaddq_u8(vpaddq_u8(part[0], part[1]), vpaddq_u8(part[2], part[3]));
	return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}
#else
static inline uint64_t digits_portable(const char *p)
{
	uint64_t m = 0;
	for (unsigned i = 0; i < 64; i++)
		m |= (uint64_t)is_digit(p[i]) << i;
	return m;
}
#endif

/* A byte is in a run that counts from its third digit on: so one mask tells where runs of three begin and end. A run that reaches
 * the end of what may be taken is left for the next call. */
#define RUNS(name, digits) \
	static size_t name(struct str t, size_t *at, struct run *run, size_t max) \
	{ \
		size_t n = 0, from = 0; \
		uint64_t before = 0, two_before = 0, inside = 0; \
		for (size_t i = *at; i < t.n; i += 64) { \
			uint64_t d = digits(t.p + i); \
			if (t.n - i < 64) \
				d &= ((uint64_t)1 << (t.n - i)) - 1; \
			if (!(d | before)) \
				continue; \
			uint64_t third = d & (d << 1 | before >> 63) & (d << 2 | before >> 62); \
			uint64_t edges = third ^ (third << 1 | inside); \
			uint64_t two = d & (d << 1 | before >> 63), one = ~(d << 2 | before >> 62); \
			uint64_t pairs = two & one & (two << 3 | two_before >> 61) & ~(d << 5 | before >> 59) & (two << 6 | two_before >> 58); \
			before = d; \
			two_before = two; \
			if (!(edges | pairs)) \
				continue; \
			if (max - n < 56) { \
				/* 64 bytes hold no more edges; go on where this block, or the run that reaches into it, begins */ \
				*at = inside ? from : i > 2 && i - 2 > *at ? i - 2 : i; \
				return n; \
			} \
			for (; pairs; pairs &= pairs - 1) { \
				size_t end = i + (unsigned)__builtin_ctzll(pairs) + 1; \
				if (end >= PAIRS && t.p[end - 3] == ' ' && t.p[end - 6] == ' ') \
					run[n++] = (struct run){ (uint32_t)(end - PAIRS), (uint32_t)end }; \
			} \
			for (; edges; edges &= edges - 1) { \
				size_t edge = i + (unsigned)__builtin_ctzll(edges); \
				if (inside) \
					run[n++] = (struct run){ (uint32_t)from, (uint32_t)edge }; \
				else \
					from = edge - 2; \
				inside ^= 1; \
			} \
		} \
		if (inside) \
			run[n++] = (struct run){ (uint32_t)from, (uint32_t)t.n }; \
		*at = t.n; \
		return n; \
	}

#if defined(__x86_64__)
RUNS(runs_sse2, digits_sse2)
__attribute__((target("avx2,bmi"))) RUNS(runs_avx2, digits_avx2)

size_t runs_find(struct str t, size_t *at, struct run *run, size_t max)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") ? runs_avx2(t, at, run, max) : runs_sse2(t, at, run, max);
}

__attribute__((target("avx2"))) static uint64_t lines_avx2(struct str t)
{
	uint64_t lines = 0;
	const __m256i end = _mm256_set1_epi8('\n');
	while (t.n >= 32) {
		/* a byte of `sum` counts to 255 before it is added up */
		__m256i sum = _mm256_setzero_si256();
		for (int k = 0; k < 255 && t.n >= 32; k++, t.p += 32, t.n -= 32)
			sum = _mm256_sub_epi8(sum, _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)t.p), end));
		__m256i four = _mm256_sad_epu8(sum, _mm256_setzero_si256());
		lines += (uint64_t)_mm256_extract_epi64(four, 0) + (uint64_t)_mm256_extract_epi64(four, 1) +
		         (uint64_t)_mm256_extract_epi64(four, 2) + (uint64_t)_mm256_extract_epi64(four, 3);
	}
	for (; t.n; t.p++, t.n--)
		lines += *t.p == '\n';
	return lines;
}
#elif defined(__aarch64__)
RUNS(runs_neon, digits_neon)

size_t runs_find(struct str t, size_t *at, struct run *run, size_t max)
{
	return runs_neon(t, at, run, max);
}
#else
RUNS(runs_portable, digits_portable)

size_t runs_find(struct str t, size_t *at, struct run *run, size_t max)
{
	return runs_portable(t, at, run, max);
}
#endif

uint64_t lines_count(struct str t)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return lines_avx2(t);
#endif
	uint64_t lines = 0;
	for (size_t i = 0; i < t.n; i++)                 /* a compiler makes 16 at a time of it */
		lines += t.p[i] == '\n';
	return lines;
}
