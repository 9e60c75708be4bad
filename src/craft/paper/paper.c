/* paper - letters as one PDF. A passage that is the same in all letters is laid out and recorded once; the PDF holds it once, too.
 *
 * Measures, in points (72 an inch), from the sheet's top left corner. US Letter in a #10 window envelope, folded in three: the window
 * (4 1/2 x 1 1/8 inches, 7/8 from the left, 1/2 from the bottom of 4 1/8) shows the sheet from about 2 to 3 1/8 inches from the top.
 * A4 in a DL window envelope: DIN 5008 form B, the field from 45 mm to 90 mm from the top, 20 mm from the left.
 */
#include "paper.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct measures { double width, height, left, right, address_top, address_height, body_top, bottom; };
static const struct measures sizes[] = {
	[PAPER_LETTER] = { 612, 792, 72, 72, 150, 72, 260, 72 },
	[PAPER_A4]     = { 595.28, 841.89, 62, 62, 144, 88, 280, 72 },
};
enum { TOP = 56, FOOT = 40, ADDRESS_LEAST = 9, SHARED_MAX = 512 };
static const char family[] = "Liberation Serif, Noto Serif, DejaVu Serif";

/* A passage laid out: recorded when it is shared, else drawn by its lines. */
struct block { PangoLayout *layout; cairo_surface_t *record; double height, indent, before; const char *mark; char number[8]; };
struct shared { const char *p; size_t n; enum passage_sort sort; struct block block; };

struct press {
	int fd, why;                                     /* why: errno of the first write that failed */
	cairo_surface_t *pdf; cairo_t *c; PangoContext *context;
	const struct measures *m; const struct paper_style *style;
	struct shared shared[SHARED_MAX]; size_t n_shared;
	unsigned pages;
};

static cairo_status_t to_file(void *about, const unsigned char *p, unsigned n)
{
	struct press *s = about;
	while (n && !s->why) {
		ssize_t done = write(s->fd, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			s->why = errno ? errno : EIO;
			break;
		}
		p += done, n -= (unsigned)done;
	}
	return s->why ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static PangoLayout *lay(struct press *s, struct str text, double points, bool bold, double width)
{
	PangoLayout *l = pango_layout_new(s->context);
	PangoFontDescription *f = pango_font_description_new();
	pango_font_description_set_family_static(f, family);
	pango_font_description_set_absolute_size(f, points * PANGO_SCALE);
	if (bold)
		pango_font_description_set_weight(f, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(l, f);
	pango_font_description_free(f);
	if (width > 0)
		pango_layout_set_width(l, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_spacing(l, 2 * PANGO_SCALE);
	pango_layout_set_text(l, text.p, (int)text.n);
	return l;
}

static double height_of(PangoLayout *l)
{
	int w, h;
	pango_layout_get_size(l, &w, &h);
	return (double)h / PANGO_SCALE;
}

static double width_of(PangoLayout *l)
{
	PangoRectangle ink;
	pango_layout_get_extents(l, &ink, NULL);
	return (double)(ink.x + ink.width) / PANGO_SCALE;
}

static struct block block_of(struct press *s, const struct passage *p, int number)
{
	static const struct { double points, before, indent; bool bold; } looks[] = {
		[PASSAGE_TITLE] = { 17, 0, 0, true }, [PASSAGE_HEADING] = { 13, 13, 0, true }, [PASSAGE_TEXT] = { 12, 7, 0, false },
		[PASSAGE_BULLET] = { 12, 3, 16, false }, [PASSAGE_NUMBERED] = { 12, 4, 20, false },
	};
	struct block b = { .before = looks[p->sort].before, .indent = looks[p->sort].indent };
	b.layout = lay(s, p->text, looks[p->sort].points, looks[p->sort].bold, s->m->width - s->m->left - s->m->right - b.indent);
	b.height = height_of(b.layout);
	b.mark = p->sort == PASSAGE_BULLET ? "\xE2\x80\xA2" : NULL;
	if (p->sort == PASSAGE_NUMBERED)
		snprintf(b.number, sizeof b.number, "%d.", number);
	return b;
}

/* The same text again: the same block, recorded. */
static struct block *shared_block(struct press *s, const struct passage *p)
{
	for (size_t i = 0; i < s->n_shared; i++)
		if (s->shared[i].sort == p->sort && s->shared[i].n == p->text.n && memcmp(s->shared[i].p, p->text.p, p->text.n) == 0)
			return &s->shared[i].block;
	if (s->n_shared == SHARED_MAX || p->sort == PASSAGE_NUMBERED)
		return NULL;
	struct shared *fresh = &s->shared[s->n_shared++];
	*fresh = (struct shared){ p->text.p, p->text.n, p->sort, block_of(s, p, 0) };
	cairo_rectangle_t all = { -s->m->left, 0, s->m->width, fresh->block.height + 4 };
	fresh->block.record = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &all);
	cairo_t *c = cairo_create(fresh->block.record);
	pango_cairo_show_layout(c, fresh->block.layout);
	cairo_destroy(c);
	return &fresh->block;
}

static void text_at(struct press *s, struct str text, double points, bool bold, double x, double y)
{
	PangoLayout *l = lay(s, text, points, bold, 0);
	cairo_move_to(s->c, x, y);
	pango_cairo_show_layout(s->c, l);
	g_object_unref(l);
}

/* The address in its window: smaller when it does not fit; what then still does not is wrapped, and said. */
static void address(struct press *s, struct str text, struct paper_result *r)
{
	double room = 4.2 * 72;
	for (double points = 12;; points -= 1) {
		PangoLayout *l = lay(s, text, points, false, 0);
		bool fits = width_of(l) <= room && height_of(l) <= s->m->address_height;
		if (!fits && points <= ADDRESS_LEAST) {
			pango_layout_set_width(l, (int)(room * PANGO_SCALE));
			r->address_cut = height_of(l) > s->m->address_height;
			fits = true;
		}
		if (fits) {
			r->missing_glyphs |= pango_layout_get_unknown_glyphs_count(l) > 0;
			cairo_move_to(s->c, s->m->left, s->m->address_top);
			pango_cairo_show_layout(s->c, l);
		}
		g_object_unref(l);
		if (fits)
			return;
	}
}

static void foot(struct press *s, const struct sheet *sheet, unsigned page, unsigned of)
{
	char text[64];
	snprintf(text, sizeof text, "%u / %u", page, of);
	text_at(s, sheet->code, 9, false, s->m->left, s->m->height - FOOT);
	text_at(s, str_of(text), 9, false, s->m->width - s->m->right - 24, s->m->height - FOOT);
}

/* One step of a letter on its page: a whole block, or one line of a block that is longer than a page. */
struct step { const struct block *block; int line; double y; unsigned page; };

static size_t plan(struct press *s, struct block *const *block, size_t n, double first_y, struct step **steps, unsigned *pages)
{
	size_t count = 0, cap = n + 16;
	double y = first_y, end = s->m->height - s->m->bottom;
	*steps = mem_get(cap * sizeof **steps);
	*pages = 1;
	for (size_t i = 0; i < n; i++) {
		const struct block *b = block[i];
		bool heading = i + 1 < n && (b->before > 10);          /* a heading stays with what follows */
		double need = b->height + (heading ? block[i + 1]->before + (block[i + 1]->height < 60 ? block[i + 1]->height : 30) : 0);
		bool long_one = b->height > end - TOP - 20;
		int lines = long_one ? pango_layout_get_line_count(b->layout) : 1;
		y += b->before;
		for (int k = 0; k < lines; k++) {
			PangoRectangle line;
			double h = b->height;
			if (long_one) {
				pango_layout_line_get_extents(pango_layout_get_line_readonly(b->layout, k), NULL, &line);
				h = need = (double)line.height / PANGO_SCALE + 2;
			}
			if (y + need > end && y > TOP) {
				y = TOP;
				++*pages;
			}
			if (count == cap)
				*steps = mem_grow(*steps, (cap *= 2) * sizeof **steps);
			(*steps)[count++] = (struct step){ b, long_one ? k : -1, y, *pages };
			y += h;
		}
	}
	return count;
}

static void draw(struct press *s, const struct step *t)
{
	const struct block *b = t->block;
	double x = s->m->left + b->indent;
	if (t->line <= 0 && (b->mark || *b->number))
		text_at(s, str_of(b->mark ? b->mark : b->number), 12, false, s->m->left + 2, t->y);
	if (t->line >= 0) {
		PangoRectangle line;
		PangoLayoutLine *l = pango_layout_get_line_readonly(b->layout, t->line);
		pango_layout_line_get_extents(l, NULL, &line);
		cairo_move_to(s->c, x, t->y - (double)line.y / PANGO_SCALE);
		pango_cairo_show_layout_line(s->c, l);
	} else if (b->record) {
		cairo_set_source_surface(s->c, b->record, x, t->y);
		cairo_paint(s->c);
		cairo_set_source_rgb(s->c, 0, 0, 0);
	} else {
		cairo_move_to(s->c, x, t->y);
		pango_cairo_show_layout(s->c, b->layout);
	}
}

static void letter(struct press *s, const struct sheet *sheet, struct paper_result *r)
{
	struct block *own = mem_zero(sheet->n, sizeof *own), **block = mem_zero(sheet->n, sizeof *block);
	struct step *steps;
	*r = (struct paper_result){ .first_page = s->pages + 1 };
	for (size_t i = 0, number = 0; i < sheet->n; i++) {
		const struct passage *p = &sheet->passage[i];
		number = p->sort == PASSAGE_NUMBERED ? number + 1 : 0;
		block[i] = p->personal ? NULL : shared_block(s, p);
		if (!block[i]) {
			own[i] = block_of(s, p, (int)number);
			block[i] = &own[i];
		}
		r->missing_glyphs |= pango_layout_get_unknown_glyphs_count(block[i]->layout) > 0;
	}
	size_t n = plan(s, block, sheet->n, s->m->body_top, &steps, &r->pages);
	text_at(s, s->style->sender, 10, false, s->m->left, TOP - 10);
	address(s, sheet->address, r);
	text_at(s, sheet->date, 12, false, s->m->left, s->m->body_top - 28);
	for (size_t i = 0, page = 1; i <= n; i++) {
		if (i == n || steps[i].page != page) {
			foot(s, sheet, (unsigned)page, r->pages);
			cairo_show_page(s->c);
			s->pages++;
			page++;
		}
		if (i < n)
			draw(s, &steps[i]);
	}
	for (size_t i = 0; i < sheet->n; i++)
		if (own[i].layout)
			g_object_unref(own[i].layout);
	free(steps);
	free(own);
	free(block);
}

bool paper_letters(int fd, const struct sheet *sheet, size_t n, const struct paper_style *style, struct paper_result *results, struct err *e)
{
	struct press *s = mem_zero(1, sizeof *s);
	s->fd = fd;
	s->style = style;
	s->m = &sizes[style->size];
	s->pdf = cairo_pdf_surface_create_for_stream(to_file, s, s->m->width, s->m->height);
	cairo_pdf_surface_set_metadata(s->pdf, CAIRO_PDF_METADATA_CREATOR, "Handback");
	s->c = cairo_create(s->pdf);
	s->context = pango_cairo_create_context(s->c);
	pango_context_set_language(s->context, pango_language_from_string(style->language));
	for (size_t i = 0; i < n && !s->why && cairo_status(s->c) == CAIRO_STATUS_SUCCESS; i++) {
		struct paper_result r;
		letter(s, &sheet[i], &r);
		if (results)
			results[i] = r;
	}
	cairo_status_t status = cairo_status(s->c);
	g_object_unref(s->context);
	cairo_destroy(s->c);
	cairo_surface_finish(s->pdf);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(s->pdf);
	for (size_t i = 0; i < s->n_shared; i++) {
		cairo_surface_destroy(s->shared[i].block.record);
		g_object_unref(s->shared[i].block.layout);
	}
	cairo_surface_destroy(s->pdf);
	int why = s->why;
	free(s);
	if (why) {
		errno = why;
		return err_errno(e, "The letters can't be written");
	}
	return status == CAIRO_STATUS_SUCCESS || err_set(e, OUTSIDE, NULL, "The letters can't be made: %s.", cairo_status_to_string(status));
}
