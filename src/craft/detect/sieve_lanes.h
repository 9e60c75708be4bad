/* The sieve for one set of instructions; sieve.c includes it for each, with
 *   NAME(x)   x's name in this set
 *   TARGET    what tells the compiler of the instructions
 *   LANE      how many bytes a vector has
 *   IS(v, c), BELOW(v, n), TOP(v)   which bytes of a vector are c, are less than n, have their top bit: something that | joins, and of which
 *   BITS(x)   makes a number
 *   LOOKUP(table, v)   of 16 bytes those that the bytes of a vector say; left out where there is no such instruction
 */
typedef unsigned char NAME(lane) __attribute__((vector_size(LANE), aligned(1), may_alias));
typedef uint64_t NAME(words) __attribute__((vector_size(LANE)));

/* As many windows as a vector has words: where each stands, and its classes of bytes. */
enum { NAME(WINDOWS) = LANE / 8 };
struct NAME(batch) { size_t at[NAME(WINDOWS)]; NAME(words) digit, high, letter, space, dash, dot, slash, mark, amp, nul, line; unsigned n; };

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
	uint64_t letter = 0, space = 0, dash = 0, dot = 0, slash = 0, mark = 0, amp = 0, nul = 0, line = 0;
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
	return letter;
}

/* The patterns in all windows of the batch at once. */
TARGET static size_t NAME(patterns)(struct NAME(batch) *w, size_t from, size_t to, struct chains *chains, struct sifted *out, size_t n)
{
	for (unsigned k = w->n; k < NAME(WINDOWS); k++)
		w->digit[k] = 0;
	NAME(words) d = w->digit, letter = w->letter, word = letter | d, end = ~d & d << 1;
	NAME(words) two = d & d << 1, three = two & d << 2, four = two & two << 2, eight = four & four << 4;
	NAME(words) end4 = end & four << 1, alone4 = end4 & ~(d << 5), six = end4 & d << 5 & d << 6 & ~(d << 7);
	NAME(words) bare = end4 & eight << 1 & four << 9, id = end4 & two << 5 & ~(eight << 1 & two << 9), glued = four & eight << 2 & ~(d << 10) & letter << 10;
	/* digits with a single sign between */
	NAME(words) between = d << 1 & d >> 1, gap = (w->space | w->dash) & between, row = d | gap | (w->dot & between), row2 = row & row << 1, row4 = row2 & row2 << 2, row8 = row4 & row4 << 4;
	NAME(words) rows = ~row & (row8 & row4 << 8 & row2 << 12 & ~(eight & four << 8 & two << 12)) << 1, parts3 = gap << 8 & three << 9 & ~(d << 12);
	NAME(words) p324 = alone4 & gap << 5 & two << 6 & parts3, p333 = end & three << 1 & ~(d << 4) & gap << 4 & three << 5 & parts3;
	NAME(words) pairs = end & two << 1 & w->space << 3 & two << 4 & w->space << 6 & two << 7 & (letter << 9 | letter << 10), nino = pairs | (six & letter << 7 & letter << 8 & ~(letter << 9));
	NAME(words) cut = w->slash | w->dash | w->dot, part = w->slash | w->dot, iban = two & letter << 2 & letter << 3 & ~(word << 4);
#define FIRST(k) (d << (k) & (~(d | part) << ((k) + 1) | (d << ((k) + 1) & ~(d | part) << ((k) + 2))))
	/* not at the beginning of a line, nor with a letter behind: that is when something was written */
	NAME(words) date = (alone4 & cut << 5 & d << 6) | (end & two << 1 & cut << 3 & two << 4 & cut << 6 & four << 7 & ~((d | w->line) << 11) & ~letter) |
	             (alone4 & (w->space | w->dash) << 5 & ~(d | w->space | w->line) << 6) |
	             (end & ~(w->dot & d >> 1) & two << 1 & part << 3 & d << 4 & ((part << 5 & FIRST(6)) | (d << 5 & part << 6 & FIRST(7))));     /* no address */
	NAME(words) mark = ((w->mark | w->high) & d << 1) | (d & ~(d << 1) & (w->amp << 2 | w->amp << 3)), nuls = w->nul & (d << 1 | d >> 1);
	iban <<= IBAN_AHEAD;                             /* its digits are in sight then */
	NAME(words) group = (alone4 & SIX(alone4, 5)) | (six & SIX(alone4, 7)), often = bare | id | rows | mark | date;
	NAME(words) seldom = p324 | p333 | nino | glued | group | nuls | iban, any = often | seldom;
	for (unsigned k = 0; k < w->n; k++) {
		size_t i = w->at[k];
		uint64_t mine = i < from ? 0 : to - i < STEP ? (((uint64_t)1 << (to - i)) - 1) << OVER : FRESH;
		if (!(any[k] & FRESH) && chains->next != i)
			continue;
#define TELL(mask, sort) for (uint64_t b = (mask) & mine; b; b &= b - 1) out[n++] = (struct sifted){ (uint32_t)(i - OVER + (unsigned)__builtin_ctzll(b)), sort }
		TELL(bare[k], SIFT_BARE);
		TELL(rows[k], SIFT_ROW);
		TELL(id[k], SIFT_ID);
		TELL(mark[k], SIFT_MARK);
		TELL(date[k], SIFT_DATE);
		if ((seldom[k] & FRESH) || chains->next == i) {
			if (group[k] & FRESH || chains->next == i)
				TELL(chain_of(chains, i, alone4[k], end4[k] & d[k] << 5 & ~(d[k] << 6), six[k]), SIFT_CHAIN);
			TELL(p324[k], SIFT_324);
			TELL(p333[k], SIFT_333);
			TELL(nino[k], SIFT_NINO);
			TELL(iban[k], SIFT_IBAN);
			TELL(glued[k], SIFT_GLUED);
			if (i >= from && __builtin_popcountll(nuls[k]) >= 6)
				out[n++] = (struct sifted){ (uint32_t)i, SIFT_WIDE };
		}
	}
	w->n = 0;
	return n;
}

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

#ifndef LOOKUP
TARGET static inline NAME(lane) NAME(lookup)(const unsigned char *table, NAME(lane) v)
{
	for (unsigned i = 0; i < LANE; i++)
		v[i] = table[v[i]];
	return v;
}
#define LOOKUP(table, v) NAME(lookup)(table, v)
#endif

TARGET static size_t NAME(stems)(struct str t, size_t *start, uint32_t *out, size_t max)
{
	size_t n = 0, i = *start;
	for (; i < t.n && max - n >= 64; i += 64) {
		const char *p = t.p + i;
		uint64_t letter = 0, capital = 0, high = 0, no_two = 0, no_three = 0, no_word = 0, no_part = 0;
		EACH(k) {
			NAME(lane) v = VECTOR(k), fits = v | 0xFF;
			for (unsigned j = 0; j < 4; j++) {
				NAME(lane) c = VECTOR(k + j) | 32;
				fits &= LOOKUP(stems[j][0], c & 15) & LOOKUP(stems[j][1], c >> 4);
			}
			PUT(no_two, k, IS(fits & 0x01, 0));
			PUT(no_three, k, IS(fits & 0x02, 0));
			PUT(no_word, k, IS(fits & 0x0C, 0));
			PUT(no_part, k, IS(fits & 0xF0, 0));
			PUT(letter, k, BELOW((v | 32) - 'a', 26));
			PUT(capital, k, BELOW(v - 'A', 26));
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
#undef LOOKUP
#undef IS
#undef BELOW
#undef TOP
#undef TELL
#undef FIRST
