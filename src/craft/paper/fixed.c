/* The sender's block, the address in the window, the foot. */
#include "paper_int.h"

#define SENDER_SIZE  9.0
#define ADDRESS_SIZE 12.0
#define ADDRESS_LEAST 9.0
#define FOOT_SIZE    8.0
#define CODE_SIDE    (1.15 * INCH)               /* of a QR code: a camera reads modules of half a millimetre */
#define LEADING      1.25                        /* from base line to base line, in sizes */
#define LINES_MAX    12

static void show_at(const struct pen *pen, PangoLayout *layout, double x, double base_line)
{
	cairo_move_to(pen->cr, x, base_line - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
	pango_cairo_show_layout(pen->cr, layout);
}

static double width_of(PangoLayout *layout)
{
	int width;
	pango_layout_get_size(layout, &width, NULL);
	return (double)width / PANGO_SCALE;
}

/* The lines that are not empty, at most max of them; *all is how many there are. */
static size_t lines_of(struct str text, struct str *line, size_t max, size_t *all)
{
	*all = 0;
	while (text.p) {
		struct str one = str_trim(str_split(&text, '\n'));
		if (one.n && (*all)++ < max)
			line[*all - 1] = one;
	}
	return *all < max ? *all : max;
}

static void sender_record(struct pen *pen, struct str text)
{
	struct str line[LINES_MAX];
	size_t fit = (size_t)(pen->form->sender_height / (SENDER_SIZE * LEADING)), all;
	size_t n = lines_of(text, line, fit < LINES_MAX ? fit : LINES_MAX, &all);
	cairo_t *page = pen->cr;
	pen->sender = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &(cairo_rectangle_t){ 0, 0, pen->form->width, pen->form->sender_top + pen->form->sender_height + SENDER_SIZE });
	pen->cr = cairo_create(pen->sender);
	for (size_t i = 0; i < n; i++) {
		PangoLayout *layout = pen_line(pen, line[i], SENDER_SIZE, i == 0, pen->form->text_width - CODE_SIDE - 0.3 * INCH);
		pango_layout_set_height(layout, 0);
		pen->sender_missing |= pango_layout_get_unknown_glyphs_count(layout) > 0;
		show_at(pen, layout, pen->form->left, pen->form->sender_top + SENDER_SIZE * (1 + LEADING * (double)i));
	}
	cairo_destroy(pen->cr);
	pen->cr = page;
}

/* The same on all letters of a file: recorded once. */
void fixed_sender(struct pen *pen, struct str text)
{
	if (!pen->sender)
		sender_record(pen, text);
	pen->missing_glyphs |= pen->sender_missing;
	cairo_set_source_surface(pen->cr, pen->sender, 0, 0);
	cairo_paint(pen->cr);
	cairo_set_source_rgb(pen->cr, 0, 0, 0);
}

static bool address_fits(struct pen *pen, const struct str *line, size_t n, size_t all, double size)
{
	if (all > n || (double)n * size * LEADING > pen->form->address_height)
		return false;
	bool fits = true;
	for (size_t i = 0; i < n && fits; i++)
		fits = width_of(pen_line(pen, line[i], size, false, -1)) <= pen->form->address_width;
	return fits;
}

/* The lines as they break at this size; *all counts those that find no room in out, too. */
static size_t address_wrap(const struct pen *pen, const struct str *line, size_t n, double size, struct str *out, size_t *all)
{
	*all = 0;
	for (size_t i = 0; i < n; i++) {
		PangoLayout *layout = pen_layout(pen, line[i], size, false, pen->form->address_width);
		for (int k = 0; k < pango_layout_get_line_count(layout); k++) {
			const PangoLayoutLine *piece = pango_layout_get_line_readonly(layout, k);
			struct str text = str_trim((struct str){ line[i].p + piece->start_index, (size_t)piece->length });
			if (text.n && (*all)++ < LINES_MAX)
				out[*all - 1] = text;
		}
		g_object_unref(layout);
	}
	return *all < LINES_MAX ? *all : LINES_MAX;
}

static size_t address_room(const struct pen *pen, double size)
{
	return (size_t)(pen->form->address_height / (size * LEADING));
}

/* Machines at the post office read it: no bold, no colour, every line at the left whatever its script. Smaller first, then on more
 * lines; where that is not enough the lines in the middle go, for the last two say where it goes. */
bool fixed_address(struct pen *pen, struct str text)
{
	struct str line[LINES_MAX], broken[LINES_MAX];
	size_t all, n = lines_of(text, line, LINES_MAX, &all), whole = all;
	double size = ADDRESS_SIZE;
	bool fits;
	while (!(fits = address_fits(pen, line, n, all, size)) && size > ADDRESS_LEAST)
		size -= 0.5;
	if (!fits && whole <= LINES_MAX)
		for (size = ADDRESS_SIZE;; size -= 0.5) {
			size_t m = address_wrap(pen, line, n, size, broken, &all);
			fits = all == m && m <= address_room(pen, size);
			if (fits) {
				memcpy(line, broken, m * sizeof *line);
				n = m;
			}
			if (fits || size <= ADDRESS_LEAST)
				break;
		}
	size_t room = address_room(pen, size);
	if (n > room) {
		memmove(line + room - 2, line + n - 2, 2 * sizeof *line);
		n = room;
	}
	for (size_t i = 0; i < n; i++) {
		PangoLayout *layout = pen_line(pen, line[i], size, false, fits ? -1 : pen->form->address_width);
		if (!fits && pango_layout_get_direction(layout, 0) == PANGO_DIRECTION_RTL)
			pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);          /* pango turns it round */
		pen->missing_glyphs |= pango_layout_get_unknown_glyphs_count(layout) > 0;
		show_at(pen, layout, pen->form->address_left, pen->form->address_top + size * (1 + LEADING * (double)i));
	}
	return fits;
}

void fixed_code(const struct pen *pen, const uint8_t *dark, unsigned wide)
{
	const struct form *form = pen->form;
	if (wide)
		pen_code(pen, dark, wide, form->left + form->text_width - CODE_SIDE, form->sender_top, CODE_SIDE);
}

void fixed_foot(struct pen *pen, struct str code, unsigned page, unsigned pages)
{
	char said[64];
	snprintf(said, sizeof said, pen->english ? "Page %u of %u" : "%u / %u", page, pages);
	cairo_set_source_rgb(pen->cr, 0.35, 0.35, 0.35);
	PangoLayout *number = pen_line(pen, str_of(said), FOOT_SIZE, false, -1);
	double x = pen->form->left + pen->form->text_width - width_of(number);
	show_at(pen, number, x, pen->form->foot);
	show_at(pen, pen_line(pen, code, FOOT_SIZE, false, x - pen->form->left - 12), pen->form->left, pen->form->foot);
	cairo_set_source_rgb(pen->cr, 0, 0, 0);
}
