/* The scanner: takes text in blocks or pieces, finds what looks like a card number, and knows the place of each. */
#include "scan_int.h"

#include <stdlib.h>

/* ---- opening ---- */

char *text_get(size_t n)
{
	return (char *)mem_zero(1, FRONT + n + PAD) + FRONT;
}

void text_free(char *text, size_t n)
{
	if (!text)
		return;
	wipe(text, n);
	free(text - FRONT);
}

struct scanner *scanner_open(const uint8_t key[16])
{
	struct scanner *s = mem_zero(1, sizeof *s);
	memcpy(s->key, key, sizeof s->key);
	s->buffer = text_get(BACK + BLOCK);
	s->group = mem_zero(GROUPS_MAX, sizeof *s->group);
	s->names = BUF(NAMES_MAX);
	s->fold = fold_open();
	s->sieve = sieve_of(NULL);
	s->alike_step = 1;
	s->sifted = mem_zero(SIFTED_MAX, sizeof *s->sifted);
	s->alike = mem_zero(ALIKE_MAX, sizeof *s->alike);
	s->words = arena_open();
	s->table.words = arena_open();
	return s;
}

bool scanner_use(struct scanner *s, const char *instructions)
{
	const struct sieve *sieve = sieve_of(instructions);
	if (sieve)
		s->sieve = sieve;
	return sieve;
}

void scanner_close(struct scanner *s)
{
	if (!s)
		return;
	text_free(s->buffer, BACK + BLOCK);
	text_free(s->record, RECORD_MAX);
	free(s->cell);
	free(s->sifted);
	free(s->alike);
	free(s->spot);
	free(s->group);
	buf_free(&s->names);
	fold_close(s->fold);
	arena_close(s->words);
	arena_close(s->table.words);
	free(s);
}

void scanner_begin(struct scanner *s, void (*found)(void *, const struct finding *), void *to)
{
	s->found = found;
	s->to = to;
	s->kept = s->filled = s->from = s->counted = s->record_n = s->cells = s->tail_n = s->spots = s->told = 0;
	s->base = s->lines = s->line_start = s->line_more = s->record_id = 0;
	s->begun = false;
	s->odd = s->mark = 0;
	s->in_parts = s->stamps = s->ebcdic = false;
	s->until = UINT64_MAX;
	s->wide = NARROW;
	s->records = s->card_record = 0;
	s->unsaid[0] = s->unsaid[1] = 0;
	s->table.delimiter = 0;
	s->insert.n = s->insert.all_senses = 0;
	s->html.at = s->html.looked = s->html.n = 0;
	s->table.all_senses = 0;
	s->fixed.width = 0;
	s->fixed.columns = 0;
	s->table.named = false;
	arena_reset(s->table.words);
	arena_reset(s->words);
	while (s->groups)
		s->group[s->used[--s->groups]] = (struct group){ 0 };
	buf_clear(&s->names);
	s->last_name_at = 0;
}

/* ---- looking at a view ---- */

/* Words that say what stands at a place: in the 64 bytes in front, or in a heading. */
static inline bool words_may_be(const struct looking *l, size_t at)
{
	return at < 64 || l->in_record || table_is_wanted(l->s) || letters_may_be(l->v->text, at - 64, at);
}

/* Whether a short run of digits that ends at `end` may be something: it has nine, or a label, or is a British licence's. */
static inline bool id_may_be(const struct looking *l, size_t end, size_t n)
{
	struct str t = l->v->text;
	size_t letters = 0;
	while (letters < 4 && is_letter(t.p[end - n - 1 - letters]))
		letters++;
	if (n == 9 && !words_may_be(l, end - n))
		return false;
	return letters <= 2 ? (n == 9 && !letters) || label_may_end(t, end - n - letters) : letters == 4 && n == 6;
}

static inline void look_at(struct looking *l, struct sifted e, struct fold *fold)
{
	enum { CARDS = 1 << SIFT_BARE | 1 << SIFT_ROW | 1 << SIFT_CHAIN, FOLDED = 1 << SIFT_MARK | 1 << SIFT_SCRIPT | 1 << SIFT_WIDE | 1 << SIFT_WORD };
	const struct table *table = &l->s->table;
	struct str t = l->v->text;
	if (e.what & 1u << SIFT_ID && !id_may_be(l, e.at, e.digits))
		e.what &= (uint16_t)~(1u << SIFT_ID);
	if (!e.what)
		return;                                  /* most are ids that are none */
	size_t digits = e.digits;
	if (e.what & 1u << SIFT_BARE)
		card_bare(l, e.at, digits = digits < DIGITS_SEEN ? digits : digits_in_front(t, e.at));
	bool row = e.what & 1u << SIFT_ROW;
	uint64_t in_front = row ? l->s->sieve->digits(t.p + e.at - 64) : 0;
	bool dump = row && fold && fold_is_dump(t, e.at, in_front);
	if (row && !dump) {
		card_row(l, e.at, in_front);
		if (e.at >= LICENCE_SIGNS && is_letter(t.p[e.at - LICENCE_SIGNS]))
			other_look(l, e.at, SIFT_ROW);
	}
	if (e.what & 1u << SIFT_CHAIN)
		card_chain(l, e.at);
	uint32_t others = e.what & ~(uint32_t)(CARDS | FOLDED);
	if (others & 1u << SIFT_DATE && table->named && !(table->all_senses & SENSE(BIRTH)) && !l->in_record)
		others &= ~(1u << SIFT_DATE);
	for (; others; others &= others - 1)
		other_look(l, e.at, (enum sift)__builtin_ctz(others));
	uint32_t folded = e.what & (FOLDED | (uint32_t)(digits >= 2 * DIGITS_MIN) << SIFT_BARE | (uint32_t)dump << SIFT_ROW);
	if (folded && fold)
		fold_note(fold, t, e.at, folded);
}

/* All of the view from `from` to before `to`. */
static void look(struct looking *l, size_t from, size_t to, struct fold *fold)
{
	struct scanner *s = l->s;
	struct str t = l->v->text;
	s->promising = false;
	for (size_t at = from; at < to;) {
		size_t n = s->sieve->sift(t, &at, to, s->sifted, SIFTED_MAX);
		for (size_t i = 0; i < n; i++)
			look_at(l, s->sifted[i], fold);
	}
	/* where a text has no find that may be one there is nothing that its likes could speak for; a record's likes stand in others */
	cards_count(l, l->in_record || s->promising);
}

/* What the unfolded text holds, of places that are this block's. */
static void look_unfolded(void *of, const struct view *v)
{
	struct looking *outer = of, l = *outer;
	l.v = v;
	look(&l, 0, v->text.n + 1, NULL);
}

static void look_all(struct looking *l)
{
	size_t n = l->v->text.n;
	look(l, l->from, n - l->limit > REACH && l->limit < n ? l->limit + REACH : n + 1, l->s->fold);
	fold_show(l->s->fold, l->v->text, look_unfolded, l);
	labels_look(l);
	parts_look(l);
	cards_count(l, true);
}

/* ---- EBCDIC, as hosts of banks write it (code page 037 and its like) ---- */

/* What is not in all of its code pages, or no text, is a space: fields of packed digits stand beside a number. */
static const char ebcdic[256] = {
	[0x05] = '\t', [0x0D] = '\r', [0x15] = '\n', [0x25] = '\n', [0x40] = ' ', [0x4B] = '.', '<', '(', '+', '|', '&', [0x5C] = '*', ')', ';', [0x60] = '-', '/',
	[0x6B] = ',', '%', '_', '>', '?', [0x7A] = ':', '#', '@', '\'', '=', '"', [0x81] = 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', [0x91] = 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r',
	[0xA2] = 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', [0xC1] = 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', [0xD1] = 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R',
	[0xE2] = 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', [0xF0] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
};

/* Nearly all of its beginning are letters, digits and spaces of this code: of no other text are they. */
static bool is_ebcdic(struct str head)
{
	size_t n = head.n < 512 ? head.n : 512, spaces = 0, words = 0, rest = 0;
	for (size_t i = 0; i < n && rest * 5 <= n; i++) {
		unsigned char c = (unsigned char)head.p[i];
		spaces += c == 0x40;
		words += c > 0x80 && ebcdic[c];
		rest += c != 0x40 && !(c > 0x80 && ebcdic[c]);
	}
	return n >= 48 && rest * 5 <= n && spaces * 20 >= n && words * 10 >= n * 3;
}

static void from_ebcdic(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = ebcdic[(unsigned char)p[i]] ? ebcdic[(unsigned char)p[i]] : ' ';
}

/* ---- UTF-16 ---- */

/* Whether it is UTF-32, of which each character of ours stands at this byte of four: UTF-16 with a NUL beside each, which are spaces then. */
static bool is_wider(const unsigned char *p, size_t n, size_t place)
{
	size_t i = 0;
	for (n &= ~(size_t)3; i < n; i++)
		if ((i & 3) == place ? p[i] < 9 || p[i] == 127 : p[i] != 0)
			return false;
	return n >= 64;
}

/* Whether a text is UTF-16: it says so with its first character, or every other byte of its beginning is 0 and nearly no other. */
static void wide_begin(struct scanner *s, struct str head)
{
	const unsigned char *p = (const unsigned char *)head.p;
	size_t n = head.n < 1024 ? head.n & ~(size_t)1 : 1024, zeros[2] = { 0, 0 };
	for (size_t i = 0; i < n && (i || memchr(p, 0, n)); i++)
		zeros[i & 1] += p[i] == 0;
	if (n < 16)
		return;
	s->ebcdic = is_ebcdic(head);
	s->mark = (p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF);
	if (p[0] == 0xFF && p[1] == 0xFE)
		s->wide = WIDE_LITTLE;
	else if (p[0] == 0xFE && p[1] == 0xFF)
		s->wide = WIDE_BIG;
	else if ((zeros[1] * 2 > n * 8 / 10 && zeros[0] * 50 < n) || is_wider(p, n, 0))
		s->wide = WIDE_LITTLE;
	else if ((zeros[0] * 2 > n * 8 / 10 && zeros[1] * 50 < n) || is_wider(p, n, 3))
		s->wide = WIDE_BIG;
}

/* n characters of UTF-16 as a byte each; they may be in the same place. */
static void make_narrow(const struct scanner *s, const char *wide, size_t n, char *out)
{
	const unsigned char *in = (const unsigned char *)wide;
	unsigned high = s->wide == WIDE_LITTLE;
	for (size_t i = 0; i < n; i++) {
		unsigned char h = in[2 * i + high], l = in[2 * i + !high];
		int byte = !h && l < 128 ? l : h == 0xFE && l == 0xFF ? ' ' : plain((uint32_t)h << 8 | l);
		out[i] = (char)(byte || (!h && !l) ? byte : 0xFF);
	}
}

/* ---- text ---- */

static struct str beginning(const char *p, size_t n)
{
	return (struct str){ p, n < BLOCK ? n : BLOCK };
}

static void text_begin(struct scanner *s, struct str head)
{
	table_begin(s, head);
	fixed_begin(s, head);
}

void scanner_part(struct scanner *s, struct str head, uint64_t from, size_t before, uint64_t until)
{
	head = beginning(head.p, head.n);
	wide_begin(s, head);
	if (s->wide) {
		size_t n = head.n / 2;
		char *narrow = mem_get(n + 1);
		make_narrow(s, head.p, n, narrow);
		text_begin(s, (struct str){ narrow, n });
		wipe(narrow, n);
		free(narrow);
		/* a character whose first byte is in front is the other part's */
		s->odd = (from - before) & 1;
		uint64_t begin = (from - before + 1) / 2;
		from = (from + 1) / 2;
		before = (size_t)(from - begin);
		until = until / 2 + (until & 1);
	} else if (s->ebcdic) {
		char *ours = mem_get(head.n + 1);
		memcpy(ours, head.p, head.n);
		from_ebcdic(ours, head.n);
		text_begin(s, (struct str){ ours, head.n });
		wipe(ours, head.n);
		free(ours);
	} else {
		text_begin(s, head);
	}
	s->begun = true;
	s->from = s->counted = before;
	s->base = from - before;
	s->line_start = from;
	s->until = until;
}

void scanner_skip(struct scanner *s, uint64_t n)
{
	scanner_take(s, 0, true);
	s->base += s->wide ? n / 2 : n;
}

uint64_t scanner_lines(const struct scanner *s, uint64_t *behind)
{
	*behind = s->wide ? s->line_start * 2 : s->line_start;
	return s->lines;
}

char *scanner_room(struct scanner *s, size_t *n)
{
	*n = BACK + BLOCK - s->filled;
	return s->buffer + s->filled;
}

void scanner_take(struct scanner *s, size_t n, bool last)
{
	s->filled += n;
	if (!last && s->filled < BACK + BLOCK)
		return;
	if (!s->begun) {
		struct str head = beginning(s->buffer, s->filled);
		wide_begin(s, head);
		if (s->ebcdic)
			from_ebcdic(s->buffer, s->filled);
		if (!s->wide)
			text_begin(s, head);
	} else if (s->ebcdic) {
		from_ebcdic(s->buffer + s->kept, s->filled - s->kept);
	}
	if (s->wide) {
		char *in = s->buffer + s->kept + s->odd, *out = s->buffer + s->kept;
		size_t units = (s->filled - s->kept - s->odd) / 2;
		make_narrow(s, in, units, out);
		s->filled = s->kept + units;
		wipe(s->buffer + s->filled, BACK + BLOCK - s->filled);
		s->odd = 0;
		if (!s->begun)
			text_begin(s, beginning(s->buffer, s->filled));
	}
	s->begun = true;
	memset(s->buffer + s->filled, 0, PAD);
	s->block_line = s->line_start;
	size_t limit = last || s->filled < AHEAD ? s->filled : s->filled - AHEAD;
	if (s->base + limit > s->until)
		limit = s->until > s->base ? (size_t)(s->until - s->base) : 0;
	struct view v = { .text = { s->buffer, s->filled } };
	struct looking l = { .s = s, .v = &v, .base = s->base, .line_from = 1, .from = s->from, .limit = limit };
	if (limit > s->from) {
		look_all(&l);
		if (table_is_wanted(s))
			table_look(&l);
		if (s->fixed.columns)
			fixed_look(&l);
	}
	struct spot nowhere;
	locate(s, limit > s->counted ? limit : s->counted, &nowhere);
	s->telling_known = 0;
	size_t keep = last ? 0 : BACK;
	memmove(s->buffer, s->buffer + s->filled - keep, keep);
	size_t gone = s->filled - keep;
	s->base += gone;
	s->from = limit - gone;
	s->counted = s->from;
	s->filled = s->kept = keep;
}

/* ---- pieces ---- */

static void record_end(struct scanner *s)
{
	if (!s->cells)
		return;
	memset(s->record + s->record_n, 0, PAD);
	s->records++;
	struct view v = { .text = { s->record, s->record_n } };
	/* a number may go on from one paragraph to the next */
	bool goes_on = s->tail_n > 1 && is_digit(s->record[s->tail_n - 2]) && is_digit(s->record[s->tail_n]);
	struct looking l = { .s = s, .v = &v, .in_record = true, .line_from = 1, .base = (uint64_t)s->records << RECORD_BITS,
	                     .from = goes_on ? 0 : s->tail_n, .limit = s->record_n, .seen = s->tail_n };
	look_all(&l);
	if (!s->record_id && s->card_record && s->card_record != s->records && s->records - s->card_record <= CODE_RECORDS)
		codes_near(&l, s->tail_n, s->tail_n);
	for (size_t i = 0; i < s->cells; i++) {
		struct cell *c = &s->cell[i];
		if (c->to - c->from > 64 || !(c->senses & ~(SENSE(CARD) | SENSE(EXPIRY) | SENSE(OTHER))))
			continue;
		struct str text = str_trim((struct str){ s->record + c->from, c->to - c->from });
		size_t begin = (size_t)(text.p - s->record);
		struct place p = place_in_record(&l, c->from);
		if (text.n)
			other_cell(&l, begin, begin + text.n, &p);
	}
	s->cells = s->record_n = s->tail_n = 0;
	arena_reset(s->words);
}

void scanner_piece(struct scanner *s, struct str text, struct str where, struct str field, uint64_t record)
{
	if (!s->record)
		s->record = text_get(RECORD_MAX);
	if (text.n > RECORD_MAX - 256)
		text.n = RECORD_MAX - 256;
	bool running = record == 0;
	if (running || record != s->record_id || s->record_n + text.n + 1 > RECORD_MAX) {
		/* a label at the end of one paragraph may name what the next one holds */
		char tail[128];
		size_t n = running && s->record_id == 0 ? (s->record_n < sizeof tail - 1 ? s->record_n : sizeof tail - 1) : 0;
		if (n)
			memcpy(tail, s->record + s->record_n - n, n);
		record_end(s);
		if (n) {
			memcpy(s->record, tail, n);
			s->record[n++] = '\n';
			s->record_n = s->tail_n = n;
		}
	} else if (s->record_n) {
		s->record[s->record_n++] = '\x1f';
	}
	s->record_id = record;
	if (s->cells == s->cells_cap) {
		s->cells_cap = s->cells_cap ? s->cells_cap * 2 : 32;
		s->cell = mem_grow(s->cell, s->cells_cap * sizeof *s->cell);
	}
	struct cell *c = &s->cell[s->cells++];
	*c = (struct cell){ .from = (uint32_t)s->record_n, .to = (uint32_t)(s->record_n + text.n), .senses = senses_of(s, field),
	                    .where = arena_str(s->words, where), .field = arena_str(s->words, field) };
	memcpy(s->record + s->record_n, text.p, text.n);
	s->record_n += text.n;
}

size_t scanner_end(struct scanner *s)
{
	record_end(s);
	spots_tell(s);
	return s->told;
}
