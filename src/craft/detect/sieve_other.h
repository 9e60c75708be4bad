/* The other passes: where words may begin that tell, digits, line ends. sieve_lanes.h includes it for each set of instructions. */

#ifndef LETTERS
TARGET static inline NAME(lane) NAME(letters)(const unsigned char *table, NAME(lane) v)
{
	for (unsigned i = 0; i < LANE; i++)
		v[i] = v[i] < 32 ? table[v[i]] : 0;
	return v;
}
#define LETTERS(table, v) NAME(letters)(table, v)
#endif

TARGET static size_t NAME(stems)(struct str t, size_t *start, uint32_t *out, size_t max)
{
	size_t n = 0, i = *start;
	for (; i < t.n && max - n >= 64; i += 64) {
		const char *p = t.p + i;
		uint64_t letter = 0, capital = 0, high = 0, no_two = 0, no_three = 0, no_word = 0, no_part = 0;
		EACH(k) {
			NAME(lane) v = VECTOR(k), fits = v | 0xFF;
			for (unsigned j = 0; j < 4; j++)
				fits &= LETTERS(stem_letters[j], (VECTOR(k + j) | 32) - 'a') | stem_any[j];
			PUT(no_two, k, IS(fits & 0x01, ALL(0)));
			PUT(no_three, k, IS(fits & 0x02, ALL(0)));
			PUT(no_word, k, IS(fits & 0x0C, ALL(0)));
			PUT(no_part, k, IS(fits & 0xF0, ALL(0)));
			PUT(letter, k, BELOW((v | 32) - 'a', ALL(26)));
			PUT(capital, k, BELOW(v - 'A', ALL(26)));
			PUT(high, k, TOP(v));
		}
		uint64_t small = letter & ~capital, begins = ~(letter << 1) | capital;
		uint64_t may = ~no_part | (begins & (~no_word | (~no_two & ~(small >> 2)) | (~no_three & ~(small >> 3)))) | (high & (letter << 1 | 1));
		for (uint64_t b = may & (t.n - i < 64 ? ((uint64_t)1 << (t.n - i)) - 1 : ~(uint64_t)0); b; b &= b - 1)
			out[n++] = (uint32_t)(i + (unsigned)__builtin_ctzll(b));
	}
	*start = i;
	return n;
}

TARGET static uint64_t NAME(digits)(const char *p)
{
	uint64_t digits = 0;
	EACH(k)
		PUT(digits, k, BELOW(VECTOR(k) - '0', ALL(10)));
	return digits;
}

TARGET static uint64_t NAME(lines)(struct str t)
{
	uint64_t lines = 0;
	for (; t.n >= 64; t.p += 64, t.n -= 64) {
		const char *p = t.p;
		uint64_t ends = 0;
		EACH(k)
			PUT(ends, k, IS(VECTOR(k), ALL('\n')));
		lines += (uint64_t)__builtin_popcountll(ends);
	}
	for (; t.n; t.p++, t.n--)
		lines += *t.p == '\n';
	return lines;
}

#undef LETTERS
#undef HALF
