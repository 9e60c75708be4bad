/* What stands in a batch of windows; sieve_lanes.h includes it for each set of instructions. */

/* The patterns in all windows of the batch at once. */
TARGET __attribute__((noinline)) static size_t NAME(patterns)(struct NAME(batch) *w, size_t from, size_t to, struct chains *chains, struct sifted *out, size_t n)
{
	for (unsigned k = w->n; k < NAME(WINDOWS); k++)
		w->digit[k] = 0;
	NAME(words) d = w->digit, letter = w->letter, word = letter | d, end = ~d & d << 1;
	NAME(words) two = d & d << 1, three = two & d << 2, four = two & two << 2, eight = four & four << 4;
	NAME(words) end4 = end & four << 1, alone4 = end4 & ~(d << 5), six = end4 & d << 5 & d << 6 & ~(d << 7);
	/* words of more than twenty signs: hashes, where no id is */
	NAME(words) deep = word & word << 1, hash;
	deep &= deep << 2;
	deep &= deep << 4;
	hash = deep & deep << 8 & deep << 13;
	hash |= hash >> 1;
	hash |= hash >> 2;
	hash |= hash >> 4;
	hash |= hash >> 8 | hash >> 13;
	NAME(words) bare = end4 & eight << 1 & four << 9, id = end4 & two << 5 & ~((eight << 1 & two << 9) | hash << 1), glued = four & eight << 2 & ~(d << 10 | hash) & letter << 10;
	/* digits with a single sign between */
	NAME(words) between = d << 1 & d >> 1, gap = (w->space | w->dash) & between, row = d | gap | (w->dot & between), row2 = row & row << 1, row4 = row2 & row2 << 2, row8 = row4 & row4 << 4;
	NAME(words) rows = ~row & (row8 & row4 << 8 & row2 << 12 & ~(eight & four << 8 & two << 12)) << 1, parts3 = gap << 8 & three << 9 & ~(d << 12);
	NAME(words) p324 = alone4 & gap << 5 & two << 6 & parts3, p333 = end & three << 1 & ~(d << 4) & gap << 4 & three << 5 & parts3;
	NAME(words) part2 = w->space | w->dash, pairs = end & two << 1 & part2 << 3 & two << 4 & part2 << 6 & two << 7 & (letter << 9 | letter << 10), nino = pairs | (six & letter << 7 & letter << 8 & ~(letter << 9 | hash << 1));
	NAME(words) cut = w->slash | w->dash | w->dot, part = w->slash | w->dot, iban = two & letter << 2 & letter << 3 & ~(word << 4);
#define FIRST(k) (d << (k) & (~(d | part) << ((k) + 1) | (d << ((k) + 1) & ~(d | part) << ((k) + 2))))
	/* not at the beginning of a line, nor with a letter behind: that is when something was written */
	NAME(words) date = (alone4 & w->century << 4 & cut << 5 & d << 6) | (end & two << 1 & cut << 3 & two << 4 & cut << 6 & four << 7 & w->century << 10 & ~((d | w->line) << 11) & ~letter) |
	             (alone4 & w->century << 4 & (w->space | w->dash) << 5 & ~(d | w->space | w->line) << 6) |
	             (end & ~(w->dot & d >> 1) & two << 1 & part << 3 & d << 4 & ((part << 5 & FIRST(6)) | (d << 5 & part << 6 & FIRST(7))));     /* no address */
	NAME(words) mark = ((w->mark | w->high) & d << 1) | (d & ~(d << 1) & (w->amp << 2 | w->amp << 3)), nuls = w->nul & (d << 1 | d >> 1);
	/* a number goes on behind the end of a line, in the next column or the second (RFC 5545, 3.1: a fold): eight of its digits stand in front of
	 * it, or behind, or a group of four and a part of one in front; twelve behind are too many */
	NAME(words) cut_off = eight | (gap << 1 & four << 2 & d) | (gap << 2 & four << 3 & two) | (gap << 3 & four << 4 & three), over = w->line & (cut_off << 1 | cut_off << 2);
	NAME(words) begun = eight & ~(d << 8), ended = w->line & ~over & (d << 1 | d << 2);
	mark |= (d & ~(eight >> 7 & four >> 11) & (over << 1 | (w->space << 1 & over << 2))) | (begun & (ended << 8 | (w->space << 8 & ended << 9)));
	if (w->escapes) {                                /* a terminal's colours, behind a digit or in front of it: ESC [ 1 ; 3 1 m */
		NAME(words) esc = w->escape, begins = d & ~(d << 1) & letter << 1;
		mark |= (esc & d << 1) | (begins & (SIX(esc, 3) | esc << 9 | esc << 10 | esc << 11));
	}
	iban <<= IBAN_AHEAD;                             /* its digits are in sight then */
	/* four digits stand at most six signs in front of four, none of them a letter */
	NAME(words) gaps = alone4 & ~letter, behind4 = gaps << 5;
	for (unsigned k = 0; k < 5; k++) {
		gaps = gaps << 1 & ~letter;
		behind4 |= gaps << 5;
	}
	NAME(words) group = (alone4 & behind4) | (six & behind4 << 2), seldom = p324 | p333 | nino | glued | iban, any = bare | id | rows | mark | date | seldom;
	NAME(words) rare = seldom | group | nuls, all = any | rare;
	for (unsigned k = 0; k < w->n; k++) {
		size_t i = w->at[k];
		bool script = w->script >> k & 1;
		if (!(all[k] & FRESH) && chains->next != i && !script)
			continue;
		uint64_t mine = i < from ? 0 : to - i < STEP ? (((uint64_t)1 << (to - i)) - 1) << OVER : FRESH, chain = 0;
		if ((group[k] & FRESH) || chains->next == i)
			chain = chain_of(chains, i, alone4[k], end4[k] & d[k] << 5 & ~(d[k] << 6), six[k]);
		for (uint64_t b = (any[k] | chain) & mine; b; b &= b - 1) {
			unsigned at = (unsigned)__builtin_ctzll(b);
#define IF(mask, sort) ((uint32_t)((mask) >> at & 1) << (sort))
			uint32_t what = IF(bare[k], SIFT_BARE) | IF(rows[k], SIFT_ROW) | IF(id[k], SIFT_ID) | IF(date[k], SIFT_DATE) | IF(mark[k], SIFT_MARK);
			if ((rare[k] | chain) >> at & 1)
				what |= IF(chain, SIFT_CHAIN) | IF(p324[k], SIFT_324) | IF(p333[k], SIFT_333) | IF(nino[k], SIFT_NINO) | IF(iban[k], SIFT_IBAN) | IF(glued[k], SIFT_GLUED);
			unsigned digits = (unsigned)__builtin_clzll(~(d[k] << (64 - at)));
			out[n++] = (struct sifted){ (uint32_t)(i - OVER + at), (uint16_t)what, digits < DIGITS_SEEN ? (uint16_t)digits : DIGITS_SEEN };
		}
		bool wide = __builtin_popcountll(nuls[k]) >= 6;
		if ((script || wide) && i >= from)
			out[n++] = (struct sifted){ (uint32_t)i, (uint16_t)(script << SIFT_SCRIPT | wide << SIFT_WIDE), 0 };
	}
	return n;
}

#undef IF
#undef FIRST
