/* pdf_text - the text of a PDF's page by position. A PDF says where each glyph stands, in any order; poppler makes words and lines of them.
 * Here lines side by side become the row of a table again, unless they are columns of running text, and digits that stand one in a box
 * become a number. */
#include "pdf_int.h"

#include <math.h>
#include <stdlib.h>

enum {
	TEXT_MAX = 8 << 20,             /* bytes of one page */
	COMB_MIN = 8,                   /* so many single digits in a row are one number */
	PROSE_BYTES = 30,               /* a line so long beside another is running text in columns */
};

struct line { struct area at; uint32_t first, n; uint32_t row; };      /* words */

static bool within(struct area a, struct area box)
{
	double x = (a.x1 + a.x2) / 2, y = (a.y1 + a.y2) / 2;
	return x >= box.x1 && x <= box.x2 && y >= box.y1 && y <= box.y2;
}

struct area area_joined(struct area a, struct area b)
{
	return (struct area){ fmin(a.x1, b.x1), fmin(a.y1, b.y1), fmax(a.x2, b.x2), fmax(a.y2, b.y2) };
}

size_t page_words_within(const struct page_text *t, struct area box)
{
	size_t n = 0;
	for (size_t i = 0; i < t->words; i++)
		n += within(t->word[i].at, box);
	return n;
}

/* ---- words ---- */

/* Poppler puts cells of a row together without a space, and those of the row below: words end where a glyph stands away from the one
 * before, or a digit upon it, as the next cell's does when a number is too wide for its own. Turned text goes up or down. */
static bool stands_apart(struct area word, struct area last, struct area glyph, bool digit)
{
	double h = word.y2 - word.y1, middle = (last.x1 + last.x2) / 2;
	if (glyph.y1 < word.y2 && glyph.y2 > word.y1)
		return glyph.x1 - word.x2 > 0.3 * h || glyph.x2 < word.x1 - 0.3 * h || (digit && glyph.x1 < middle && glyph.x2 > middle);
	double over = fmin(last.x2, glyph.x2) - fmax(last.x1, glyph.x1), wide = fmin(last.x2 - last.x1, glyph.x2 - glyph.x1);
	return over < wide / 2 || fmax(glyph.y1 - last.y2, last.y1 - glyph.y2) > 0.3 * wide;
}

static void words_of(struct page_text *t, const char *text, size_t n, const PopplerRectangle *glyph, size_t glyphs, const struct area *skip, size_t skips)
{
	uint32_t line = 0;
	bool open = false;
	struct area last = { 0 };
	t->words = 0;
	for (size_t at = 0, g = 0; at < n; g++) {
		size_t takes = (size_t)(g_utf8_next_char(text + at) - (text + at));
		struct area a = { 0 };
		if (g < glyphs)
			a = (struct area){ glyph[g].x1, glyph[g].y1, glyph[g].x2, glyph[g].y2 };
		bool space = text[at] == ' ' || text[at] == '\n' || text[at] == '\f';
		line += text[at] == '\n';
		for (size_t i = 0; i < skips && !space; i++)
			space = within(a, skip[i]);
		if (space) {
			open = false;
		} else if (open && !stands_apart(t->word[t->words - 1].at, last, a, g_ascii_isdigit(text[at]))) {
			struct page_word *w = &t->word[t->words - 1];
			w->n += (uint32_t)takes;
			w->at = area_joined(w->at, a);
		} else {
			if (t->words == t->cap) {
				t->cap = t->cap ? t->cap * 2 : 256;
				t->word = mem_grow(t->word, t->cap * sizeof *t->word);
			}
			t->word[t->words++] = (struct page_word){ a, (uint32_t)at, (uint32_t)takes, line };
			open = true;
		}
		last = a;
		at += takes;
	}
}

/* ---- lines, and rows of them ---- */

/* Whether word b goes on where a ends: to its right, in the same row; or, of turned text, above or below it. */
static bool goes_on(const struct page_word *a, const struct page_word *b)
{
	struct area p = a->at, q = b->at;
	if (p.y1 < q.y2 && p.y2 > q.y1)
		return q.x1 > p.x1;
	double over = fmin(p.x2, q.x2) - fmax(p.x1, q.x1);
	return over * 2 > fmin(p.x2 - p.x1, q.x2 - q.x1) && p.x2 - p.x1 < 1.5 * (p.y2 - p.y1) && q.x2 - q.x1 < 1.5 * (q.y2 - q.y1);
}

bool page_wide_gap(const struct page_word *a, const struct page_word *b)
{
	return b->at.x1 - a->at.x2 >= 1.2 * fmax(a->at.y2 - a->at.y1, 1);
}

/* Poppler's lines in parts without wide gaps: what it calls one may have holes, in which others stand, or go on in the row below. */
static size_t lines_of(const struct page_text *t, struct line *line)
{
	size_t n = 0;
	for (size_t i = 0; i < t->words; i++) {
		const struct page_word *w = &t->word[i];
		if (i && w[-1].line == w->line && goes_on(w - 1, w) && !page_wide_gap(w - 1, w)) {
			line[n - 1].at = area_joined(line[n - 1].at, w->at);
			line[n - 1].n++;
		} else {
			line[n++] = (struct line){ w->at, (uint32_t)i, 1, 0 };
		}
	}
	return n;
}

static double middle(const struct line *l) { return (l->at.y1 + l->at.y2) / 2; }
static double height(const struct line *l) { return l->at.y2 - l->at.y1; }

static int by_height(const void *a, const void *b)
{
	double x = middle(a), y = middle(b);
	return x < y ? -1 : x > y;
}

static int by_row(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->at.x1 < y->at.x1 ? -1 : x->at.x1 > y->at.x1;
}

/* Bytes of a line's words. */
static size_t bytes_of(const struct page_text *t, const struct line *l)
{
	size_t n = 0;
	for (uint32_t i = 0; i < l->n; i++)
		n += t->word[l->first + i].n + 1;
	return n;
}

/* Gives each line its row: poppler's order, or (true) by height where the lines side by side are cells. */
static bool put_in_rows(const struct page_text *t, struct line *line, size_t n)
{
	size_t upright = 0, beside = 0, prose = 0;
	struct line *sorted = mem_get((n + 1) * sizeof *sorted);
	memcpy(sorted, line, n * sizeof *line);
	qsort(sorted, n, sizeof *sorted, by_height);
	uint32_t row = 0;
	for (size_t i = 0, begin = 0; i < n; i++) {
		if (i && middle(&sorted[i]) - middle(&sorted[begin]) > fmin(height(&sorted[i]), height(&sorted[begin])) / 2) {
			begin = i;
			row++;
		}
		sorted[i].row = row;
		upright += sorted[i].at.x2 - sorted[i].at.x1 >= height(&sorted[i]) || bytes_of(t, &sorted[i]) < 6;
	}
	for (size_t i = 0; i < n; i++) {
		bool has = (i && sorted[i - 1].row == sorted[i].row) || (i + 1 < n && sorted[i + 1].row == sorted[i].row);
		beside += has;
		prose += has && bytes_of(t, &sorted[i]) >= PROSE_BYTES && sorted[i].n >= 4;
	}
	bool cells = prose * 2 <= beside && upright * 2 >= n;
	if (!cells) {
		for (size_t i = 1; i < n; i++) {
			const struct page_word *w = &t->word[line[i].first];
			line[i].row = line[i - 1].row + !(w[-1].line == w->line && goes_on(w - 1, w));
		}
	} else {
		qsort(sorted, n, sizeof *sorted, by_row);
		memcpy(line, sorted, n * sizeof *line);
	}
	free(sorted);
	return cells;
}

/* ---- writing ---- */

static bool is_digit_word(const char *text, const struct page_word *w)
{
	return w->n == 1 && text[w->from] >= '0' && text[w->from] <= '9';
}

static double distance(const struct page_word *a, const struct page_word *b)
{
	return (b->at.x1 + b->at.x2) / 2 - (a->at.x1 + a->at.x2) / 2;
}

/* How many digits from word k on stand one by one, evenly; *step: how far apart most of them are. */
static size_t comb_at(const char *text, const struct page_word *const *w, size_t n, size_t k, double *step)
{
	size_t end = k;
	double least = INFINITY;
	while (end < n && is_digit_word(text, w[end])) {
		if (end > k)
			least = fmin(least, distance(w[end - 1], w[end]));
		end++;
	}
	*step = least;
	if (end - k < COMB_MIN || least <= 0)
		return 0;
	size_t close = 0;
	for (size_t i = k + 1; i < end; i++)
		close += distance(w[i - 1], w[i]) < 1.4 * least;
	return close * 3 >= (end - k) * 2 ? end - k : 0;
}

/* What stands between two words of a row: nothing in a number that was cut by its font's pieces, more than a space between cells. */
static void put_gap(struct buf *b, const char *text, const struct page_word *a, const struct page_word *c)
{
	double gap = c->at.x1 - a->at.x2, h = fmax(a->at.y2 - a->at.y1, 1);
	if (a->line != c->line && fabs(gap) < 0.15 * h && g_ascii_isdigit(text[a->from + a->n - 1]) && g_ascii_isdigit(text[c->from]))
		return;
	buf_byte(b, page_wide_gap(a, c) ? '\t' : ' ');
}

static void put_words(struct buf *b, const char *text, const struct page_word *const *w, size_t n)
{
	double step = 0;
	size_t comb = 0;                                 /* words left of it */
	for (size_t i = 0; i < n; i++) {
		if (i) {
			if (!comb)
				put_gap(b, text, w[i - 1], w[i]);
			else if (distance(w[i - 1], w[i]) >= 1.4 * step)
				buf_byte(b, ' ');
		}
		comb = comb ? comb - 1 : comb_at(text, w, n, i, &step);
		comb -= comb == 1;
		buf_put(b, (struct str){ text + w[i]->from, w[i]->n });
	}
}

static bool tell(struct page_text *t, struct str heading, uint32_t row)
{
	bool on = t->tell(t->to, buf_str(&t->text), heading, row);
	buf_clear(&t->text);
	return on;
}

static bool tell_cells(struct page_text *t, const char *text, const struct page_word *const *w, const struct page_cell *cell, size_t cells, uint32_t row)
{
	bool on = !t->text.n || tell(t, STR(""), 0);
	for (size_t i = 0; i < cells && on; w += cell[i++].words) {
		const struct page_heading *h = &t->table.heading[cell[i].heading];
		put_words(&t->text, text, w, cell[i].words);
		on = tell(t, (struct str){ h->text, h->n }, row);
	}
	return on;
}

static void put_rows(struct page_text *t, const char *text)
{
	struct line *line = mem_get((t->words + 1) * sizeof *line);
	const struct page_word **word = mem_get((t->words + 1) * sizeof *word);
	size_t *begin = mem_get((t->words + 1) * sizeof *begin), rows = 0, words = 0, cells;
	struct page_cell *cell = mem_get((t->words + 1) * sizeof *cell);
	size_t n = lines_of(t, line);
	bool tables = put_in_rows(t, line, n);
	for (size_t i = 0; i < n; i++) {
		if (!i || line[i].row != line[i - 1].row)
			begin[rows++] = words;
		for (uint32_t k = 0; k < line[i].n; k++)
			word[words++] = &t->word[line[i].first + k];
	}
	begin[rows] = words;
	bool on = true;
	for (size_t i = 0; i < rows && on; i++) {
		const struct page_word *const *w = word + begin[i];
		size_t takes = begin[i + 1] - begin[i];
		bool names = tables && i + 1 < rows &&
			page_table_begins(&t->table, text, w, takes, word + begin[i + 1], begin[i + 2] - begin[i + 1]);
		if (tables && !names && page_table_row(&t->table, w, takes, cell, &cells)) {
			on = tell_cells(t, text, w, cell, cells, (uint32_t)i + 1);
		} else {
			put_words(&t->text, text, w, takes);
			buf_byte(&t->text, '\n');
		}
	}
	if (on && t->text.n)
		tell(t, STR(""), 0);
	free(cell);
	free(begin);
	free(word);
	free(line);
}

void page_text_read(struct page_text *t, PopplerPage *page, const struct area *skip, size_t skips)
{
	if (!t->text.max)
		t->text = BUF(2 * TEXT_MAX);
	buf_clear(&t->text);
	t->words = 0;
	char *text = poppler_page_get_text(page);
	size_t n = text ? strlen(text) : 0;
	PopplerRectangle *glyph = NULL;
	guint glyphs = 0;
	if (n && n < TEXT_MAX) {
		if (!poppler_page_get_text_layout(page, &glyph, &glyphs))
			glyphs = 0;
		words_of(t, text, n, glyph, glyphs, skip, skips);
		put_rows(t, text);
	} else if (n) {
		t->tell(t->to, (struct str){ text, TEXT_MAX }, STR(""), 0);
	}
	g_free(glyph);
	g_free(text);
}

void page_text_free(struct page_text *t)
{
	buf_free(&t->text);
	free(t->word);
}
