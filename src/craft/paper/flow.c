/* Passages into pages. What more than one letter says is laid out once and recorded, and painted from the record afterwards: in the PDF it stands once,
 * whatever the number of letters. What is the same is seen by the text itself.
 */
#include "paper_int.h"

#include <stdlib.h>

#define TEXT_SIZE   12.0
#define TITLE_SIZE  15.0
#define EXACT_LEAST 4.0                          /* of lines that stay whole; longer ones are broken after all */
#define INDENT      20.0                         /* of list items */
#define BLOCKS_MAX  512                          /* passages kept; when there are more, those that a single letter had go */
#define RECORDS_MAX 128
#define PLACES_MAX  64                           /* of a record */
#define COMMON      4                            /* what one letter in so many has is recorded with its neighbours */
#define FEW         2                            /* lines of a passage that do not stand alone at a page's end or beginning */

struct block {
	uint64_t mark;                               /* of what it was laid out from */
	enum passage_sort sort;
	PangoLayout *layout, *bullet;                /* bullet: or number; NULL: none */
	double x, bullet_x, height;
	struct line { PangoLayoutLine *line; double top, base_line, end, x; } *line;
	size_t lines;
	unsigned letters, last;                      /* how many had it, and which was the last */
	bool missing_glyphs;
};

struct place { struct block *block; size_t from, to; unsigned page; double y; };    /* its lines from..to-1, on this page */

/* Passages that stand below each other, drawn once. */
struct record { uint64_t mark; cairo_surface_t *drawn; unsigned last; };

struct flow {
	struct pen *pen;
	uint8_t key[16];                             /* of the marks */
	unsigned letter;                             /* the one in hand, from 1 */
	struct block **kept;
	uint64_t *mark;                              /* of each that is kept: what is looked through */
	size_t n_kept, cap_kept, cap_mark;
	struct block **block;                        /* this letter's, in order */
	size_t n_block, cap_block;
	struct place *place;
	size_t n_place, cap_place;
	struct record record[RECORDS_MAX];
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
	if (b->bullet)
		g_object_unref(b->bullet);
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

static double exact_size(const struct pen *pen, struct str text, double width)
{
	int wide, high;
	PangoLayout *whole = pen_layout(pen, text, TEXT_SIZE, false, -1);
	pango_layout_get_size(whole, &wide, &high);
	g_object_unref(whole);
	double fits = TEXT_SIZE * 0.99 * width / units(wide + 1);        /* type does not shrink quite evenly */
	return fits > TEXT_SIZE ? TEXT_SIZE : fits < EXACT_LEAST ? EXACT_LEAST : fits;
}

static struct block *block_open(const struct pen *pen, enum passage_sort sort, struct str text, unsigned number)
{
	struct block *b = mem_zero(1, sizeof *b);
	b->sort = sort;
	bool item = sort == PASSAGE_BULLET || sort == PASSAGE_NUMBERED;
	double width = pen->form->text_width - (item ? INDENT : 0);
	double size = sort == PASSAGE_TITLE ? TITLE_SIZE : sort == PASSAGE_EXACT ? exact_size(pen, text, width) : TEXT_SIZE;
	b->layout = pen_layout(pen, text, size, sort == PASSAGE_TITLE || sort == PASSAGE_HEADING, width);
	if (item) {
		char bullet[16];
		snprintf(bullet, sizeof bullet, sort == PASSAGE_BULLET ? "\xE2\x80\xA2" : "%u.", number);
		b->bullet = pen_layout(pen, str_of(bullet), TEXT_SIZE, false, -1);
		bool from_right = pango_layout_get_direction(b->layout, 0) == PANGO_DIRECTION_RTL;
		b->x = from_right ? 0 : INDENT;
		b->bullet_x = from_right ? width + INDENT / 3 : 0;
	}
	block_read_lines(b);
	b->missing_glyphs = pango_layout_get_unknown_glyphs_count(b->layout) > 0;
	return b;
}

static void block_show_lines(const struct block *b, cairo_t *cr, size_t from, size_t to, double x, double y)
{
	double top = b->line[from].top;
	if (b->bullet && from == 0) {
		cairo_move_to(cr, x + b->bullet_x, y + b->line[0].base_line - units(pango_layout_get_baseline(b->bullet)));
		pango_cairo_show_layout(cr, b->bullet);
	}
	for (size_t i = from; i < to; i++) {
		cairo_move_to(cr, x + b->x + b->line[i].x, y + b->line[i].base_line - top);
		pango_cairo_show_layout_line(cr, b->line[i].line);
	}
}

/* ---- a letter ---- */

struct flow *flow_open(struct pen *pen)
{
	struct flow *f = mem_zero(1, sizeof *f);
	f->pen = pen;
	random_bytes(f->key, sizeof f->key);
	return f;
}

void flow_close(struct flow *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n_kept; i++)
		block_close(f->kept[i]);
	for (size_t i = 0; i < RECORDS_MAX && f->record[i].drawn; i++)
		cairo_surface_destroy(f->record[i].drawn);
	free(f->kept);
	free(f->mark);
	free(f->block);
	free(f->place);
	free(f);
}

/* Makes room between two letters: what a single one had goes, and where that is not enough, what the last one had not. */
static void forget(struct flow *f)
{
	for (int hard = 0; hard < 2 && f->n_kept > BLOCKS_MAX; hard++) {
		size_t n = 0;
		for (size_t i = 0; i < f->n_kept; i++) {
			struct block *b = f->kept[i];
			if (hard ? b->last < f->letter : b->letters < 2) {
				block_close(b);
				continue;
			}
			f->kept[n] = b;
			f->mark[n++] = b->mark;
		}
		f->n_kept = n;
	}
}

static struct block *block_of(struct flow *f, enum passage_sort sort, struct str text, unsigned number)
{
	const uint64_t as = (uint64_t)sort << 32 | number, mark = hash64(text, f->key) ^ hash64((struct str){ (const char *)&as, sizeof as }, f->key);
	for (size_t i = 0; i < f->n_kept; i++)
		if (f->mark[i] == mark)
			return f->kept[i];
	struct block *b = block_open(f->pen, sort, text, number);
	b->mark = mark;
	f->kept = grown(f->kept, f->n_kept, &f->cap_kept, sizeof *f->kept);
	f->mark = grown(f->mark, f->n_kept, &f->cap_mark, sizeof *f->mark);
	f->mark[f->n_kept] = mark;
	return f->kept[f->n_kept++] = b;
}

static void add(struct flow *f, enum passage_sort sort, struct str text, unsigned number)
{
	struct block *b = block_of(f, sort, text, number);
	b->letters += b->last != f->letter;
	b->last = f->letter;
	f->block = grown(f->block, f->n_block, &f->cap_block, sizeof *f->block);
	f->block[f->n_block++] = b;
	f->pen->missing_glyphs |= b->missing_glyphs;
}

static double space_before(const struct block *b, const struct block *last)
{
	if (!last)
		return 0;
	if (b->sort == PASSAGE_TITLE)
		return 18;
	if (b->sort == PASSAGE_HEADING)
		return 14;
	return last->sort == PASSAGE_HEADING ? 3 : b->bullet && last->bullet ? 4 : 9;
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
	forget(f);
	f->letter++;
	f->n_block = f->n_place = 0;
	if (sheet->date.n)
		add(f, PASSAGE_TEXT, sheet->date, 0);
	unsigned number = 0;
	for (size_t i = 0; i < sheet->n; i++) {
		const struct passage *p = &sheet->passage[i];
		number = p->sort == PASSAGE_NUMBERED ? number + 1 : 0;
		add(f, p->sort, p->text, number);
	}
	return break_pages(f);
}

/* ---- drawing ---- */

static bool whole(const struct place *p)
{
	return p->from == 0 && p->to == p->block->lines;
}

static bool common(const struct flow *f, const struct place *p)
{
	return whole(p) && p->block->letters > 1 && p->block->letters * COMMON >= f->letter;
}

/* How many of the places from here on go into one record: those that many letters have, else one that has been in another letter; 0: none. */
static size_t run_of(const struct flow *f, size_t from)
{
	size_t n = 0;
	while (n < PLACES_MAX && from + n < f->n_place && f->place[from + n].page == f->place[from].page && common(f, &f->place[from + n]))
		n++;
	return n ? n : whole(&f->place[from]) && f->place[from].block->letters > 1;
}

static void run_draw(const struct place *p, size_t n, cairo_t *cr, double x, double y)
{
	for (size_t i = 0; i < n; i++)
		block_show_lines(p[i].block, cr, p[i].from, p[i].to, x, y + p[i].y - p->y);
}

/* The record of these; the one that was not used for longest makes room for a new one. */
static cairo_surface_t *run_record(struct flow *f, const struct place *p, size_t n)
{
	uint64_t marks[PLACES_MAX], mark;
	for (size_t i = 0; i < n; i++)
		marks[i] = p[i].block->mark;
	mark = hash64((struct str){ (const char *)marks, n * sizeof *marks }, f->key);
	struct record *r = f->record;
	for (size_t i = 0; i < RECORDS_MAX; i++) {
		struct record *at = &f->record[i];
		if (at->drawn && at->mark == mark) {
			at->last = f->letter;
			return at->drawn;
		}
		r = at->last < r->last ? at : r;
	}
	if (r->drawn)
		cairo_surface_destroy(r->drawn);
	double height = p[n - 1].y + p[n - 1].block->height - p->y;
	cairo_rectangle_t area = { -INDENT, -INDENT, f->pen->form->text_width + 2 * INDENT, height + 2 * INDENT };      /* letters may hang over */
	*r = (struct record){ mark, cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &area), f->letter };
	cairo_t *cr = cairo_create(r->drawn);
	run_draw(p, n, cr, 0, 0);
	cairo_destroy(cr);
	return r->drawn;
}

void flow_draw(struct flow *f, unsigned page)
{
	cairo_t *cr = f->pen->cr;
	double x = f->pen->form->left;
	for (size_t i = 0, n; i < f->n_place; i += n ? n : 1) {
		const struct place *p = &f->place[i];
		n = 0;
		if (p->page != page)
			continue;
		n = run_of(f, i);
		if (!n) {
			run_draw(p, 1, cr, x, p->y);
			continue;
		}
		cairo_set_source_surface(cr, run_record(f, p, n), x, p->y);
		cairo_paint(cr);
		cairo_set_source_rgb(cr, 0, 0, 0);
	}
}
