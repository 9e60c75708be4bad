/* The sieve for one set of instructions; sieve.c includes it for each, with
 *   NAME(x)   x's name in this set
 *   TARGET    what tells the compiler of the instructions
 *   LANE      how many bytes a vector has
 *   BITS(v)   the top bits of a vector's bytes, as a number
 */
typedef unsigned char NAME(lane) __attribute__((vector_size(LANE), aligned(1), may_alias));

#define EACH(k) for (unsigned k = 0; k < 64; k += LANE)
#define VECTOR(k) (*(const NAME(lane) *)(const void *)(p + (k)))
#define PUT(mask, k, test) ((mask) |= (uint64_t)BITS((NAME(lane))(test)) << (k))

TARGET static inline void NAME(first)(const char *p, uint64_t *digit, uint64_t *high)
{
	*digit = *high = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(*digit, k, v - '0' < 10);
		PUT(*high, k, v);
	}
}

TARGET static inline void NAME(classes)(const char *p, struct masks *m)
{
	m->letter = m->space = m->dash = m->slash = m->mark = m->amp = m->nul = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k), amp = (NAME(lane))(v == '&');
		PUT(m->letter, k, (v | 32) - 'a' < 26);
		PUT(m->space, k, v == ' ');
		PUT(m->dash, k, (v == '-') | (v == '.'));
		PUT(m->slash, k, v == '/');
		PUT(m->mark, k, (NAME(lane))((v == '<') | (v == '%') | (v == '=') | (v == '\\')) | amp);
		PUT(m->amp, k, amp);
		PUT(m->nul, k, v == 0);
	}
}

/* Whether digits of other scripts are there, in UTF-8: full-width, Arabic, Devanagari and Bengali, mathematical. */
TARGET static bool NAME(other_digits)(const char *p)
{
	uint64_t lead = 0, second = 0;
	EACH(k) {
		NAME(lane) v = VECTOR(k);
		PUT(lead, k, (v == 0xEF) | (v == 0xD9) | (v == 0xDB) | (v == 0xE0) | (v == 0xF0));
		PUT(second, k, (v == 0xBC) | (v - 0xA0 < 26) | (v == 0x9D));
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
		PUT(capital, k, v - 'A' < 26);
		PUT(small, k, v - 'a' < 26);
	}
	return __builtin_popcountll(capital & in) >= 3 && __builtin_popcountll(small & in) >= 3;
}

TARGET static size_t NAME(sift)(struct str t, size_t *start, size_t to, struct sifted *out, size_t max)
{
	struct chains chains = { 0 };
	size_t n = 0, from = *start, i = from % STEP + (from / STEP > 2 ? from / STEP - 2 : 0) * STEP;    /* chains reach over more than a window */
	for (; i <= t.n && i < to && max - n >= EVENTS_OF_64; i += STEP) {
		const char *p = t.p + i - OVER;
		struct masks m __attribute__((uninitialized));
		NAME(first)(p, &m.digit, &m.high);
		if (__builtin_popcountll(m.high) >= 30 && i >= from && NAME(other_digits)(p))
			out[n++] = (struct sifted){ (uint32_t)i, SIFT_SCRIPT };
		m.two = m.digit & m.digit << 1;
		if (!m.two && __builtin_popcountll(m.digit) < 5) {
			chains = (struct chains){ 0 };
			continue;
		}
		NAME(classes)(p, &m);
		uint64_t row = m.letter | m.digit;       /* sixteen in a row */
		row &= row >> 1;
		row &= row >> 2;
		row &= row >> 4;
		row &= row >> 8;
		if (row && i >= from && NAME(mixed_case)(p, row | row << 8))
			out[n++] = (struct sifted){ (uint32_t)i, SIFT_WORD };
		n = patterns(i, from, to, &m, &chains, out, n);
	}
	*start = i;
	return n;
}

TARGET static uint64_t NAME(lines)(struct str t)
{
	uint64_t lines = 0;
	for (; t.n >= 64; t.p += 64, t.n -= 64) {
		const char *p = t.p;
		uint64_t ends = 0;
		EACH(k)
			PUT(ends, k, VECTOR(k) == '\n');
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
