/* The fast pass, by the widest instructions that the machine has: classes of 64 bytes as masks (sieve_lanes.h), and the patterns in them. */
#include "sieve.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* A window is 64 bytes; what is told of it stands at STEP of them, so that a pattern, what is in front of it and the byte behind it lie within. */
enum { OVER = 17, STEP = 46, EVENTS_OF_64 = 512 };

struct masks { uint64_t digit, high, two, letter, space, dash, slash, mark, amp, nul; };

/* Of groups that follow each other, the byte behind the second, the third; the second of 4-6. These reach over more than OVER. */
struct chains { uint64_t second, third, second46; };

#define TELL(mask, sort) for (uint64_t b = (mask) & mine; b; b &= b - 1) out[n++] = (struct sifted){ (uint32_t)(i - OVER + (unsigned)__builtin_ctzll(b)), sort }
#define SIX(m, k) ((m) << (k) | (m) << ((k) + 1) | (m) << ((k) + 2) | (m) << ((k) + 3) | (m) << ((k) + 4) | (m) << ((k) + 5))
/* Without branches, until there is something to tell. */
static inline __attribute__((always_inline)) size_t patterns(size_t i, size_t from, size_t to, const struct masks *m, struct chains *c, struct sifted *out, size_t n)
{
	const uint64_t fresh = (((uint64_t)1 << STEP) - 1) << OVER;
	uint64_t d = m->digit, two = m->two, three = two & d << 2, four = two & two << 2, eight = four & four << 4, end = ~d & d << 1;
	uint64_t letter = m->letter, word = letter | d;

	uint64_t end4 = end & four << 1, alone4 = end4 & ~(d << 5), bare = end4 & eight << 1 & four << 9, ids = end4 & two << 5 & ~(d << 10);
	uint64_t glued = (four & eight << 2 & ~(d << 10) & letter << 10);
	/* digits with a single sign between */
	uint64_t joined = (m->space | m->dash) & d << 1 & d >> 1, row = d | joined, row2 = row & row << 1, row4 = row2 & row2 << 2, row8 = row4 & row4 << 4;
	uint64_t rows = ~row & (row8 & row4 << 8 & row2 << 12) << 1;
	uint64_t parts3 = joined << 8 & three << 9 & ~(d << 12), p324 = alone4 & joined << 5 & two << 6 & parts3;
	uint64_t p333 = end & three << 1 & ~(d << 4) & joined << 4 & three << 5 & parts3;
	uint64_t pairs = end & two << 1 & m->space << 3 & two << 4 & m->space << 6 & two << 7 & (letter << 9 | letter << 10);
	uint64_t cut = m->slash | m->dash, date = (alone4 & cut << 5 & d << 6) | (end & two << 1 & cut << 3 & two << 4 & cut << 6 & four << 7 & ~(d << 11)), iban = two & letter << 2 & letter << 3 & ~(word << 4);
	uint64_t mark = ((m->mark | m->high) & d << 1) | (d & ~(d << 1) & (m->amp << 2 | m->amp << 3));

	struct chains now = { c->second >> STEP | (alone4 & SIX(alone4, 5) & fresh), c->third >> STEP, c->second46 >> STEP };
	uint64_t six = end4 & d << 5 & d << 6 & ~(d << 7), chain = 0;
	if (six)
		now.second46 |= six & SIX(alone4, 7) & fresh;
	if (now.second | now.second46) {
		uint64_t five = end4 & d << 5 & ~(d << 6);
		now.third |= alone4 & SIX(now.second, 5) & fresh;
		chain = (alone4 & (SIX(now.third, 5) | SIX(now.second46, 5))) | (five & SIX(now.second46, 6));
	}
	*c = now;

	uint64_t mine = i < from ? 0 : to - i < STEP ? (((uint64_t)1 << (to - i)) - 1) << OVER : fresh;
	if ((bare | ids | rows | p324 | p333 | mark | date | iban | pairs | glued | chain) & mine) {
		TELL(bare, SIFT_BARE);
		TELL(rows, SIFT_ROW);
		TELL(ids, SIFT_ID);
		TELL(mark, SIFT_MARK);
		TELL(date, SIFT_DATE);
		if ((p324 | p333 | pairs | iban | glued | chain) & mine) {
			TELL(chain, SIFT_CHAIN);
			TELL(p324, SIFT_324);
			TELL(p333, SIFT_333);
			TELL(pairs, SIFT_PAIRS);
			TELL(iban, SIFT_IBAN);
			TELL(glued, SIFT_GLUED);
		}
	}
	uint64_t nuls = m->nul & (d << 1 | d >> 1);
	if (nuls && i >= from && __builtin_popcountll(nuls) >= 6)
		out[n++] = (struct sifted){ (uint32_t)i, SIFT_WIDE };
	return n;
}
#undef TELL
#undef SIX

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
#define BITS(v) _mm512_movepi8_mask((__m512i)(v))
#include "sieve_lanes.h"
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define LANE 32
#define BITS(v) (uint32_t)_mm256_movemask_epi8((__m256i)(v))
#include "sieve_lanes.h"
#define NAME(x) x##_sse2
#define TARGET
#define LANE 16
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
#define BITS(v) bits_neon((uint8x16_t)(v))
#include "sieve_lanes.h"
#endif

typedef unsigned char eight __attribute__((vector_size(8)));
static inline unsigned bits_portable(eight v)
{
	unsigned bits = 0;
	for (unsigned i = 0; i < 8; i++)
		bits |= (unsigned)(v[i] >> 7) << i;
	return bits;
}
#define NAME(x) x##_portable
#define TARGET
#define LANE 8
#define BITS(v) bits_portable((eight)(v))
#include "sieve_lanes.h"

const struct sieve *sieve_of(const char *name)
{
	static const struct sieve sieves[] = {
#if defined(__x86_64__)
		{ "avx512", sift_avx512, lines_avx512 }, { "avx2", sift_avx2, lines_avx2 }, { "sse2", sift_sse2, lines_sse2 },
#elif defined(__aarch64__)
		{ "neon", sift_neon, lines_neon },
#endif
		{ "portable", sift_portable, lines_portable },
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
