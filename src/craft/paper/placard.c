/* A page of few words in large type: the size is the largest in which all fits. A pocket sheet has the same card six times. */
#include "paper_int.h"

#define PT_SMALLEST   6.0
#define PT_STEP       0.5
#define COLUMNS       2
#define ROWS          3

static const struct form sheets[] = {
	[PLACARD_LETTER] = { .width = 8.5 * INCH, .height = 11 * INCH },
	[PLACARD_A4] = { .width = 210 * MM, .height = 297 * MM },
	[PLACARD_POCKET] = { .width = 8.5 * INCH, .height = 11 * INCH },
};
static const struct { double margin, largest; } looks[] = { [PLACARD_LETTER] = { 0.75 * INCH, 30 }, [PLACARD_A4] = { 19 * MM, 30 }, [PLACARD_POCKET] = { 0.2 * INCH, 11 } };

struct job { const struct placard *p; enum placard_size size; };
struct box { double x, y, width, height; };

/* Puts a text there, or only measures it; its height. */
static double put(const struct pen *pen, bool draw, struct str text, double size, bool bold, double x, double y, double width)
{
	int height;
	if (!text.n)
		return 0;
	PangoLayout *layout = pen_layout(pen, text, size, bold, width);
	pango_layout_get_size(layout, NULL, &height);
	if (draw) {
		cairo_move_to(pen->cr, x, y);
		pango_cairo_show_layout(pen->cr, layout);
	}
	g_object_unref(layout);
	return (double)height / PANGO_SCALE;
}

/* All of it in type of this size; how far down it comes. */
static double lay(const struct pen *pen, bool draw, const struct placard *p, const struct box *b, double size)
{
	double y = b->y, indent = p->n > 1 ? size * 1.5 : 0, foot_size = size * 0.6 > PT_SMALLEST ? size * 0.6 : PT_SMALLEST;
	y += put(pen, draw, p->above, size * 0.65, false, b->x, y, b->width);
	y += put(pen, draw, p->title, size * 1.3, true, b->x, y, b->width) + size * 0.5;
	for (size_t i = 0; i < p->n; i++) {
		char mark[24];
		snprintf(mark, sizeof mark, "%zu.", i + 1);
		if (p->n > 1)
			put(pen, draw, str_of(mark), size, true, b->x, y, -1);
		y += put(pen, draw, p->line[i], size, false, b->x + indent, y, b->width - indent) + size * 0.3;
	}
	if (p->odd.n) {
		y += size * 0.3;
		double top = y, pad = size * 0.5, inner = b->width - 2 * pad;
		y += pad + put(pen, draw, p->odd_title, size, true, b->x + pad, y + pad, inner);
		y += put(pen, draw, p->odd, size, false, b->x + pad, y, inner) + pad;
		if (draw) {
			cairo_set_line_width(pen->cr, size * 0.08);
			cairo_rectangle(pen->cr, b->x, top, b->width, y - top);
			cairo_stroke(pen->cr);
		}
		y += size * 0.5;
	}
	double code = p->dark ? (b->width * (p->n > 1 ? 0.2 : 0.34) > 48 ? b->width * (p->n > 1 ? 0.2 : 0.34) : 48) : 0, gap = code ? size * 0.6 : 0;
	double foot = put(pen, draw, p->foot, foot_size, false, b->x + code + gap, y, b->width - code - gap);
	foot += put(pen, draw, p->code, foot_size, false, b->x + code + gap, y + foot, b->width - code - gap);
	if (code && draw)
		pen_code(pen, p->dark, p->wide, b->x, y, code);
	return y + (foot > code ? foot : code);
}

static bool largest(const struct pen *pen, const struct placard *p, const struct box *b, double from, double *size)
{
	for (*size = from; *size >= PT_SMALLEST; *size -= PT_STEP)
		if (lay(pen, false, p, b, *size) <= b->y + b->height)
			return true;
	return false;
}

static bool placard_draw(void *what, struct pen *pen, struct err *e)
{
	const struct job *j = what;
	unsigned across = j->size == PLACARD_POCKET ? COLUMNS : 1, down = j->size == PLACARD_POCKET ? ROWS : 1;
	double width = pen->form->width / across, height = pen->form->height / down, margin = looks[j->size].margin, size;
	struct box b = { margin, margin, width - 2 * margin, height - 2 * margin };
	if (!largest(pen, j->p, &b, looks[j->size].largest, &size))
		return err_set(e, TOO_BIG, "text", "The words do not fit on %s. Make them fewer.", j->size == PLACARD_POCKET ? "a pocket card" : "one page");
	for (unsigned row = 0; row < down; row++)
		for (unsigned i = 0; i < across; i++) {
			struct box at = { i * width + margin, row * height + margin, b.width, b.height };
			lay(pen, true, j->p, &at, size);
		}
	static const double dashes[] = { 3, 3 };
	cairo_set_line_width(pen->cr, 0.4);
	cairo_set_dash(pen->cr, dashes, 2, 0);
	for (unsigned i = 1; i < across; i++)
		cairo_move_to(pen->cr, i * width, 0), cairo_line_to(pen->cr, i * width, pen->form->height);
	for (unsigned row = 1; row < down; row++)
		cairo_move_to(pen->cr, 0, row * height), cairo_line_to(pen->cr, pen->form->width, row * height);
	cairo_stroke(pen->cr);
	cairo_show_page(pen->cr);
	return true;
}

bool paper_placard(int fd, const struct placard *p, enum placard_size size, const char *language, struct err *e)
{
	struct job j = { p, size };
	bool good = text_readable(p->above, e) && text_readable(p->title, e) && text_readable(p->odd_title, e) && text_readable(p->odd, e) && text_readable(p->foot, e) && text_readable(p->code, e);
	for (size_t i = 0; i < p->n && good; i++)
		good = text_readable(p->line[i], e);
	if (good && p->n > PLACARD_LINES)
		good = err_set(e, TOO_BIG, "text", "A sheet has at most %d lines.", PLACARD_LINES);
	return good && pdf_draw(fd, &sheets[size], language, placard_draw, &j, e);
}
