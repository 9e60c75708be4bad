/* A card for the counter, A5 upright: whose it is, a few sentences, and at its foot a box with the QR code, where it leads, and whom to call. */
#include "paper_int.h"

#define MARGIN      (13 * MM)
#define PT_LARGEST  15.5
#define PT_SMALLEST 9.0
#define PT_STEP     0.5
#define PT_TITLE    27.0
#define PT_TITLE_LEAST 20.0
#define CODE_SIDE   (33 * MM)
#define PAD         (5 * MM)

static const struct form a5 = { .width = 148 * MM, .height = 210 * MM };

static void colour(const struct pen *pen, unsigned rgb)
{
	cairo_set_source_rgb(pen->cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}
enum { GREEN = 0x0b5a54, INK = 0x1d2725, QUIET = 0x54605d, LINE = 0xc9d6d1, PALE = 0xe9f2ee };     /* as the page has them; all stay readable in black and white */

/* Puts a text there, or with draw false only measures it; its height. */
static double put(const struct pen *pen, bool draw, struct str text, double size, bool bold, unsigned rgb, double x, double y, double width)
{
	int height;
	if (!text.n)
		return 0;
	PangoLayout *layout = pen_layout(pen, text, size, bold, width);
	pango_layout_set_spacing(layout, (int)(size * 0.12 * PANGO_SCALE));
	pango_layout_get_size(layout, NULL, &height);
	if (draw) {
		colour(pen, rgb);
		cairo_move_to(pen->cr, x, y);
		pango_cairo_show_layout(pen->cr, layout);
	}
	g_object_unref(layout);
	return (double)height / PANGO_SCALE;
}

/* The sentences in type of this size with `gap` above and below each; how high they are together. */
static double sentences(const struct pen *pen, bool draw, const struct counter_card *c, double size, double gap, double top)
{
	double y = top, width = a5.width - 2 * MARGIN, indent = size * 1.35;
	for (size_t i = 0; i < c->n; i++) {
		if (draw) {
			colour(pen, LINE);
			cairo_set_line_width(pen->cr, 0.8);
			cairo_move_to(pen->cr, MARGIN, y), cairo_line_to(pen->cr, MARGIN + width, y);
			cairo_stroke(pen->cr);
			colour(pen, GREEN);
			cairo_arc(pen->cr, MARGIN + size * 0.35, y + gap + size * 0.72, size * 0.26, 0, 2 * G_PI);
			cairo_fill(pen->cr);
		}
		y += gap;
		y += put(pen, draw, c->line[i], size, false, INK, MARGIN + indent, y, width - indent) + gap;
	}
	return y - top;
}

/* The box at the foot of the card; its top. */
static double foot(const struct pen *pen, bool draw, const struct counter_card *c)
{
	double width = a5.width - 2 * MARGIN, height = CODE_SIDE + 2 * PAD, note = put(pen, false, c->note, 8, false, QUIET, 0, 0, width);
	double top = a5.height - MARGIN - note - 2.5 * MM - height, x = MARGIN + PAD + CODE_SIDE + PAD, y = top + PAD, right = width - (x - MARGIN) - PAD;
	if (!draw)
		return top;
	colour(pen, PALE);
	cairo_rectangle(pen->cr, MARGIN, top, width, height);
	cairo_fill(pen->cr);
	colour(pen, GREEN);
	cairo_rectangle(pen->cr, MARGIN, top, 1.2 * MM, height);
	cairo_fill(pen->cr);
	pen_code(pen, c->dark, c->wide, MARGIN + PAD, top + PAD, CODE_SIDE);
	y += put(pen, true, c->more, 10, false, INK, x, y, right) + 1 * MM;
	y += put(pen, true, c->url, 11, true, GREEN, x, y, right) + 3.5 * MM;
	y += put(pen, true, c->call, 10, false, INK, x, y, right) + 0.5 * MM;
	put(pen, true, c->phone, 17, true, GREEN, x, y, right);
	put(pen, true, c->note, 8, false, QUIET, MARGIN, top + height + 2.5 * MM, width);
	return top;
}

static bool card_draw(void *what, struct pen *pen, struct err *e)
{
	const struct counter_card *c = what;
	double width = a5.width - 2 * MARGIN, y = MARGIN, end = foot(pen, false, c) - 5 * MM, size = PT_LARGEST;
	y += put(pen, false, c->business, 12, true, GREEN, 0, 0, width) + 2 * MM + 5 * MM;
	double title = PT_TITLE, line = put(pen, false, c->title, 1, true, INK, 0, 0, -1);
	while (title > PT_TITLE_LEAST && put(pen, false, c->title, title, true, INK, 0, 0, width) > 1.5 * line * title)       /* on one line, if it can be */
		title -= PT_STEP;
	y += put(pen, false, c->title, title, true, INK, 0, 0, width) + 5 * MM;
	while (size > PT_SMALLEST && sentences(pen, false, c, size, size * 0.55, y) > end - y)
		size -= PT_STEP;
	double free_of = end - y - sentences(pen, false, c, size, 0, y);
	if (free_of < 0)
		return err_set(e, TOO_BIG, "text", "The words do not fit on the card. Choose fewer or shorter sentences.");
	double gap = free_of / (2.0 * (double)(c->n ? c->n : 1));      /* what is left is shared out, within reason: then all of it moves to the middle */
	gap = gap < size * 1.1 ? gap : size * 1.1;
	double rest = end - y - sentences(pen, false, c, size, gap, y);
	double at = MARGIN + put(pen, true, c->business, 12, true, GREEN, MARGIN, MARGIN, width) + 2 * MM;
	colour(pen, GREEN);
	cairo_rectangle(pen->cr, MARGIN, at, width, 0.7 * MM);
	cairo_fill(pen->cr);
	at += 5 * MM + rest / 3;
	at += put(pen, true, c->title, title, true, INK, MARGIN, at, width) + 5 * MM;
	sentences(pen, true, c, size, gap, at);
	foot(pen, true, c);
	cairo_show_page(pen->cr);
	return true;
}

bool paper_card(int fd, const struct counter_card *c, const char *language, struct err *e)
{
	const struct str text[] = { c->business, c->title, c->more, c->url, c->call, c->phone, c->note };
	struct counter_card card = *c;
	bool good = true;
	for (size_t i = 0; i < LENGTH(text) && good; i++)
		good = text_readable(text[i], e);
	for (size_t i = 0; i < c->n && good; i++)
		good = text_readable(c->line[i], e);
	return good && pdf_draw(fd, &a5, language, card_draw, &card, e);
}
