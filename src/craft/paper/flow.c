/* Passages into pages. What is not personal is laid out and recorded the first time, and painted from the record afterwards:
 * in the PDF it stands once, whatever the number of letters. */
#include "paper_int.h"

#include <stdlib.h>

#define TEXT_SIZE   12.0
#define TITLE_SIZE  15.0
#define INDENT      20.0                         /* of list items */
#define SHARED_MAX  256                          /* passages kept; those beyond are laid out for each letter */
#define FEW         2                            /* lines of a passage that do not stand alone at a page's end or beginning */

struct block {
	struct str text;                             /* with sort and number: what it was laid out from */
	enum passage_sort sort;
	unsigned number;
	PangoLayout *layout, *mark;                  /* mark: bullet or number, or NULL */
	double x, mark_x, height;
	struct line { PangoLayoutLine *line; double top, base_line, end, x; } *line;
	size_t lines;
	cairo_surface_t *record;                     /* of all of it; NULL while none is made */
	bool shared, missing_glyphs;
};

struct place { struct block *block; size_t from, to; unsigned page; double y; };    /* its lines from..to-1, on this page */

struct flow {
	struct pen *pen;
	struct block *shared[SHARED_MAX];
	size_t n_shared;
	struct block *date;                          /* the last one, for most letters have the same */
	struct block **own;                          /* of this letter only */
	size_t n_own, cap_own;
	struct block **block;                        /* this letter's, in order */
	size_t n_block, cap_block;
	struct place *place;
	size_t n_place, cap_place;
};

static void *grown(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap ? *cap * 2 : 32;
	return mem_grow(p, *cap * size);
}

/* ---- one passage ---- */

static void block_close(struct block *b)
{
	g_object_unref(b->layout);
	if (b->mark)
		g_object_unref(b->mark);
	if (b->record)
		cairo_surface_destroy(b->record);
	free(b->line);
	free(b);
}

static double units(int pango) { return (double)pango / PANGO_SCALE; }

static void block_read_lines(struct block *b)
{
	b->lines = (size_t)pango_layout_get_line_count(b->layout);
	b->line = mem_zero(b->lines, sizeof *b->line);
	PangoLayoutIter *iter = pango_layout_get_iter(b->layout);
	for (size_t i = 0; i < b->lines; i++) {
		int top, end;
		PangoRectangle logical;
		pango_layout_iter_get_line_yrange(iter, &top, &end);
		pango_layout_iter_get_line_extents(iter, NULL, &logical);
		b->line[i] = (struct line){ pango_layout_iter_get_line_readonly(iter), units(top), units(pango_layout_iter_get_baseline(iter)), units(end), units(logical.x) };
		pango_layout_iter_next_line(iter);
	}
	pango_layout_iter_free(iter);
	b->height = b->line[b->lines - 1].end;
}

static struct block *block_open(const struct pen *pen, enum passage_sort sort, struct str text, unsigned number)
{
	struct block *b = mem_zero(1, sizeof *b);
	b->text = text;
	b->sort = sort;
	b->number = number;
	bool item = sort == PASSAGE_BULLET || sort == PASSAGE_NUMBERED;
	double width = pen->form->text_width - (item ? INDENT : 0);
	b->layout = pen_layout(pen, text, sort == PASSAGE_TITLE ? TITLE_SIZE : TEXT_SIZE, sort == PASSAGE_TITLE || sort == PASSAGE_HEADING, width);
	if (item) {
		char mark[16];
		snprintf(mark, sizeof mark, sort == PASSAGE_BULLET ? "\xE2\x80\xA2" : "%u.", number);
		b->mark = pen_layout(pen, str_of(mark), TEXT_SIZE, false, -1);
		bool from_right = pango_layout_get_direction(b->layout, 0) == PANGO_DIRECTION_RTL;
		b->x = from_right ? 0 : INDENT;
		b->mark_x = from_right ? width + INDENT / 3 : 0;
	}
	block_read_lines(b);
	b->missing_glyphs = pango_layout_get_unknown_glyphs_count(b->layout) > 0;
	return b;
}

static void block_show_lines(const struct block *b, cairo_t *cr, size_t from, size_t to, double x, double y)
{
	double top = b->line[from].top;
	if (b->mark && from == 0) {
		cairo_move_to(cr, x + b->mark_x, y + b->line[0].base_line - units(pango_layout_get_baseline(b->mark)));
		pango_cairo_show_layout(cr, b->mark);
	}
	for (size_t i = from; i < to; i++) {
		cairo_move_to(cr, x + b->x + b->line[i].x, y + b->line[i].base_line - top);
		pango_cairo_show_layout_line(cr, b->line[i].line);
	}
}

static void block_record(struct block *b, double width)
{
	cairo_rectangle_t whole = { -INDENT, -INDENT, width + 2 * INDENT, b->height + 2 * INDENT };      /* letters may hang over */
	b->record = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &whole);
	cairo_t *cr = cairo_create(b->record);
	block_show_lines(b, cr, 0, b->lines, 0, 0);
	cairo_destroy(cr);
}

/* ---- a letter ---- */

struct flow *flow_open(struct pen *pen)
{
	struct flow *f = mem_zero(1, sizeof *f);
	f->pen = pen;
	return f;
}

static void forget_own(struct flow *f)
{
	for (size_t i = 0; i < f->n_own; i++)
		block_close(f->own[i]);
	f->n_own = f->n_block = f->n_place = 0;
}

void flow_close(struct flow *f)
{
	if (!f)
		return;
	forget_own(f);
	for (size_t i = 0; i < f->n_shared; i++)
		block_close(f->shared[i]);
	if (f->date)
		block_close(f->date);
	free(f->own);
	free(f->block);
	free(f->place);
	free(f);
}

static struct block *shared_block(struct flow *f, enum passage_sort sort, struct str text, unsigned number)
{
	for (size_t i = 0; i < f->n_shared; i++) {
		struct block *b = f->shared[i];
		if (b->text.p == text.p && b->text.n == text.n && b->sort == sort && b->number == number)
			return b;
	}
	if (f->n_shared == SHARED_MAX)
		return NULL;
	struct block *b = block_open(f->pen, sort, text, number);
	b->shared = true;
	return f->shared[f->n_shared++] = b;
}

static void add(struct flow *f, struct block *b)
{
	f->block = grown(f->block, f->n_block, &f->cap_block, sizeof *f->block);
	f->block[f->n_block++] = b;
	f->pen->missing_glyphs |= b->missing_glyphs;
}

static void add_passage(struct flow *f, const struct passage *p, unsigned number)
{
	struct block *b = p->personal ? NULL : shared_block(f, p->sort, p->text, number);
	if (!b) {
		b = block_open(f->pen, p->sort, p->text, number);
		f->own = grown(f->own, f->n_own, &f->cap_own, sizeof *f->own);
		f->own[f->n_own++] = b;
	}
	add(f, b);
}

static void add_date(struct flow *f, struct str date)
{
	if (f->date && !str_eq(f->date->text, date)) {
		block_close(f->date);
		f->date = NULL;
	}
	if (!f->date)
		f->date = block_open(f->pen, PASSAGE_TEXT, date, 0);
	add(f, f->date);
}

static double space_before(const struct block *b, const struct block *last)
{
	if (!last)
		return 0;
	if (b->sort == PASSAGE_TITLE)
		return 18;
	if (b->sort == PASSAGE_HEADING)
		return 14;
	return last->sort == PASSAGE_HEADING ? 3 : b->mark && last->mark ? 4 : 9;
}

/* How many of b's lines from `from` on fit into `space`, with no few left alone. */
static size_t lines_that_fit(const struct block *b, size_t from, double space)
{
	size_t n = 0, rest = b->lines - from;
	while (n < rest && b->line[from + n].end - b->line[from].top <= space)
		n++;
	if (n < rest && rest - n < FEW)
		n = rest > FEW ? rest - FEW : 0;
	return n < rest && n < FEW ? 0 : n;
}

/* What has to stand below a title or heading for it to stay on this page. */
static double company(const struct flow *f, size_t i)
{
	double need = 0;
	for (; f->block[i]->sort <= PASSAGE_HEADING && i + 1 < f->n_block; i++) {
		const struct block *next = f->block[i + 1];
		need += space_before(next, f->block[i]) + (next->sort <= PASSAGE_HEADING || next->lines <= FEW + 1 ? next->height : next->line[FEW - 1].end);
	}
	return need;
}

static void put(struct flow *f, struct block *b, size_t from, size_t to, unsigned page, double y)
{
	f->place = grown(f->place, f->n_place, &f->cap_place, sizeof *f->place);
	f->place[f->n_place++] = (struct place){ b, from, to, page, y };
}

static unsigned break_pages(struct flow *f)
{
	const struct form *form = f->pen->form;
	unsigned page = 0;
	double y = form->first_top;
	const struct block *last = NULL;             /* the one above on this page */
	for (size_t i = 0; i < f->n_block; i++) {
		struct block *b = f->block[i];
		for (size_t from = 0; from < b->lines;) {
			double top = y + (from ? 0 : space_before(b, last));
			double keep = from ? 0 : company(f, i), least = page ? form->next_top : form->first_top;
			size_t n = lines_that_fit(b, from, form->bottom - top);
			if (n && keep > 0 && top + b->height + keep > form->bottom && top > least)
				n = 0;
			if (!n && top > least) {             /* onto the next page */
				if (++page == PAGES_MAX)
					return 0;
				y = form->next_top;
				last = NULL;
				continue;
			}
			if (!n)
				n = 1;                           /* a line higher than a page */
			put(f, b, from, from + n, page, top);
			y = top + b->line[from + n - 1].end - b->line[from].top;
			from += n;
			last = b;
			if (from < b->lines)
				y = form->bottom;
		}
	}
	return page + 1;
}

unsigned flow_letter(struct flow *f, const struct sheet *sheet)
{
	forget_own(f);
	if (sheet->date.n)
		add_date(f, sheet->date);
	unsigned number = 0;
	for (size_t i = 0; i < sheet->n; i++) {
		const struct passage *p = &sheet->passage[i];
		number = p->sort == PASSAGE_NUMBERED ? number + 1 : 0;
		add_passage(f, p, number);
	}
	return break_pages(f);
}

void flow_draw(struct flow *f, unsigned page)
{
	cairo_t *cr = f->pen->cr;
	double x = f->pen->form->left;
	for (size_t i = 0; i < f->n_place; i++) {
		const struct place *p = &f->place[i];
		if (p->page != page)
			continue;
		struct block *b = p->block;
		if (!b->shared || p->from || p->to < b->lines) {
			block_show_lines(b, cr, p->from, p->to, x, p->y);
			continue;
		}
		if (!b->record)
			block_record(b, f->pen->form->text_width);
		cairo_set_source_surface(cr, b->record, x, p->y);
		cairo_paint(cr);
		cairo_set_source_rgb(cr, 0, 0, 0);
	}
}
