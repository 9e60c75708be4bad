/* The file, its pages, and one PDF of many letters: what goes on each. Writes to the caller's fd and nowhere else. */
#include "paper_int.h"

#include <assert.h>
#include <cairo-pdf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define TEXT_MAX     (256 * 1024)                /* bytes of a passage */
#define PASSAGES_MAX 1000
#define FONTS        "Noto Sans, DejaVu Sans, sans-serif"

/* US Letter, folded in three, for a #10 envelope: 9.5 x 4.125 in, its window 4.5 x 1.125 in, 0.875 in from the left and 0.5 in from
 * the bottom. The sheet lies on the envelope's bottom edge and may slide 1 in sideways, so it is the sheet's 0.875 to 4.375 in
 * that always shows, from 2.04 to 3.17 in below its top. A4: DIN 5008, form B (DIN 680 windows, DL). */
static const struct form forms[] = {
	[PAPER_LETTER] = {
		.width = 8.5 * INCH, .height = 11 * INCH, .left = 0.95 * INCH, .text_width = 6.6 * INCH,
		.sender_top = 0.6 * INCH, .sender_height = 1.3 * INCH,
		.address_left = 0.95 * INCH, .address_top = 2.1 * INCH, .address_width = 3.35 * INCH, .address_height = 0.98 * INCH,
		.first_top = 3.4 * INCH, .next_top = 0.9 * INCH, .bottom = 10.1 * INCH, .foot = 10.45 * INCH,
	},
	[PAPER_A4] = {
		.width = 210 * MM, .height = 297 * MM, .left = 25 * MM, .text_width = 165 * MM,
		.sender_top = 14 * MM, .sender_height = 30 * MM,
		.address_left = 25 * MM, .address_top = 62.7 * MM, .address_width = 75 * MM, .address_height = 27.3 * MM,
		.first_top = 98.5 * MM, .next_top = 25 * MM, .bottom = 272 * MM, .foot = 283 * MM,
	},
};

/* ---- the file ---- */

struct file { int fd, error; size_t n; unsigned char p[1 << 16]; };

static bool file_flush(struct file *f)
{
	for (size_t done = 0; done < f->n && !f->error;) {
		ssize_t n = write(f->fd, f->p + done, f->n - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			f->error = n == 0 ? ENOSPC : errno;
	}
	f->n = 0;
	return !f->error;
}

static cairo_status_t file_write(void *to, const unsigned char *p, unsigned n)
{
	struct file *f = to;
	while (n) {
		size_t piece = sizeof f->p - f->n < n ? sizeof f->p - f->n : n;
		memcpy(f->p + f->n, p, piece);
		f->n += piece;
		p += piece;
		n -= (unsigned)piece;
		if (f->n == sizeof f->p && !file_flush(f))
			return CAIRO_STATUS_WRITE_ERROR;
	}
	return f->error ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* The same letters give the same bytes: no date of making. cairo leaves out a date that it cannot read. */
static cairo_surface_t *pdf_open(struct file *f, const struct form *form)
{
	cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(file_write, f, form->width, form->height);
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "Handback " HANDBACK_VERSION);
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, "none");
	return pdf;
}

/* ---- the pen ---- */

/* No line ends within "e-mail". */
static void keep_whole(PangoLayout *layout, struct str text)
{
	static const char word[] = "-mail";
	PangoAttrList *list = NULL;
	for (const char *at = text.p, *end = text.p + text.n; at && (at = memmem(at, (size_t)(end - at), word, sizeof word - 1)); at++) {
		if (at == text.p)
			continue;
		PangoAttribute *whole = pango_attr_allow_breaks_new(FALSE);
		whole->start_index = (guint)(at - 1 - text.p);
		whole->end_index = (guint)(at + sizeof word - 1 - text.p);
		list = list ? list : pango_attr_list_new();
		pango_attr_list_insert(list, whole);
	}
	if (list) {
		pango_layout_set_attributes(layout, list);
		pango_attr_list_unref(list);
	}
}

PangoLayout *pen_layout(const struct pen *pen, struct str text, double size, bool bold, double width)
{
	PangoLayout *layout = pango_layout_new(pen->context);
	PangoAttrList *whole = pango_attr_list_new();
	pango_attr_list_insert(whole, pango_attr_insert_hyphens_new(false));       /* where an address or a code is broken nothing is put that one might type */
	pango_layout_set_attributes(layout, whole);
	pango_attr_list_unref(whole);
	pango_font_description_set_absolute_size(pen->font, size * PANGO_SCALE);
	pango_font_description_set_weight(pen->font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, pen->font);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_text(layout, text.n ? text.p : "", (int)text.n);
	keep_whole(layout, text);
	return layout;
}

static void kept_drop(struct kept *k)
{
	if (k->layout)
		g_object_unref(k->layout);
	free(k->text);
	*k = (struct kept){ 0 };
}

PangoLayout *pen_line(struct pen *pen, struct str text, double size, bool bold, double width)
{
	struct kept *oldest = pen->kept;
	for (struct kept *k = pen->kept; k < pen->kept + KEPT; k++) {
		if (k->layout && k->bold == bold && !(k->size < size || k->size > size || k->width < width || k->width > width) && str_eq((struct str){ k->text, k->n }, text)) {
			k->used = ++pen->uses;
			return k->layout;
		}
		oldest = k->used < oldest->used ? k : oldest;
	}
	kept_drop(oldest);
	*oldest = (struct kept){ mem_zero(text.n + 1, 1), text.n, size, width, bold, pen_layout(pen, text, size, bold, width), ++pen->uses };
	if (text.n)
		memcpy(oldest->text, text.p, text.n);
	pango_layout_set_ellipsize(oldest->layout, PANGO_ELLIPSIZE_END);
	return oldest->layout;
}

/* As a picture of one bit a module, which a file holds in a tenth of the room that drawn squares take. */
void pen_code(const struct pen *pen, const uint8_t *dark, unsigned wide, double x, double y, double side)
{
	cairo_surface_t *code = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)wide, (int)wide);
	unsigned char *row = cairo_image_surface_get_data(code);
	for (unsigned i = 0; row && i < wide; i++, row += cairo_image_surface_get_stride(code))
		for (unsigned k = 0; k < wide; k++)
			((uint32_t *)(void *)row)[k] = dark[(size_t)i * wide + k] ? 0 : 0xFFFFFF;
	cairo_surface_mark_dirty(code);
	cairo_save(pen->cr);
	cairo_translate(pen->cr, x, y);
	cairo_scale(pen->cr, side / wide, side / wide);
	cairo_set_source_surface(pen->cr, code, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(pen->cr), CAIRO_FILTER_NEAREST);
	cairo_paint(pen->cr);
	cairo_restore(pen->cr);
	cairo_surface_destroy(code);
}

static PangoContext *context_open(PangoFontMap *fonts, const char *language)
{
	PangoContext *context = pango_font_map_create_context(fonts);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_cairo_context_set_resolution(context, 72);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string(language ? language : "en"));
	return context;
}

/* ---- letters ---- */

bool text_readable(struct str text, struct err *e)
{
	if (text.n > TEXT_MAX)
		return err_set(e, TOO_BIG, "text", "A text is longer than %d bytes. Make it shorter.", TEXT_MAX);
	return str_utf8(text) || err_set(e, INVALID, "text", "A text is not UTF-8. Write it anew.");
}

static bool sheet_readable(const struct sheet *s, struct err *e)
{
	if (s->n > PASSAGES_MAX)
		return err_set(e, TOO_BIG, "text", "A letter has more than %d passages. Make it shorter.", PASSAGES_MAX);
	bool fine = text_readable(s->address, e) && text_readable(s->date, e) && text_readable(s->code, e);
	for (size_t i = 0; i < s->n && fine; i++)
		fine = text_readable(s->passage[i].text, e);
	return fine;
}

static bool letter(struct pen *pen, struct flow *flow, const struct sheet *s, struct str sender, unsigned *page, struct paper_result *r, struct err *e)
{
	if (!sheet_readable(s, e))
		return false;
	pen->missing_glyphs = false;
	unsigned pages = flow_letter(flow, s);
	if (!pages)
		return err_set(e, TOO_BIG, "text", "A letter has more than %d pages. Make it shorter.", PAGES_MAX);
	*r = (struct paper_result){ .pages = pages, .first_page = *page + 1 };
	for (unsigned k = 0; k < pages; k++) {
		if (k == 0) {
			fixed_sender(pen, sender);
			fixed_code(pen, s->dark, s->wide);
			r->address_cut = !fixed_address(pen, s->address);
		}
		flow_draw(flow, k);
		fixed_foot(pen, s->code, k + 1, pages);
		cairo_show_page(pen->cr);
	}
	r->missing_glyphs = pen->missing_glyphs;
	*page += pages;
	return true;
}

/* ---- one PDF, whatever is drawn into it ---- */

bool pdf_draw(int fd, const struct form *form, const char *language, bool (*draw)(void *, struct pen *, struct err *), void *what, struct err *e)
{
	struct file *file = mem_zero(1, sizeof *file);
	file->fd = fd;
	struct pen pen = { .form = form, .font = pango_font_description_from_string(FONTS), .english = !language || str_starts(str_of(language), STR("en")), .stop = &file->error };
	cairo_surface_t *pdf = pdf_open(file, form);
	PangoFontMap *fonts = pango_cairo_font_map_new();
	pen.cr = cairo_create(pdf);
	pen.context = context_open(fonts, language);
	bool done = draw(what, &pen, e);
	for (size_t i = 0; i < KEPT; i++)
		kept_drop(&pen.kept[i]);
	if (pen.sender)
		cairo_surface_destroy(pen.sender);
	pango_font_description_free(pen.font);
	cairo_destroy(pen.cr);
	cairo_surface_finish(pdf);
	cairo_status_t status = cairo_surface_status(pdf);
	cairo_surface_destroy(pdf);
	g_object_unref(pen.context);
	g_object_unref(fonts);
	if (done && !file_flush(file)) {
		errno = file->error;
		done = err_errno(e, "The pages could not be written");
	} else if (done && status != CAIRO_STATUS_SUCCESS) {
		done = err_set(e, OUTSIDE, NULL, "The pages could not be drawn: %s.", cairo_status_to_string(status));
	}
	wipe(file, sizeof *file);
	free(file);
	return done;
}

struct letters { const struct sheet *sheet; size_t n; struct str sender; struct paper_result *result; };

static bool letters_draw(void *what, struct pen *pen, struct err *e)
{
	struct letters *l = what;
	struct flow *flow = flow_open(pen);
	unsigned page = 0;
	bool done = true;
	for (size_t i = 0; i < l->n && done && !*pen->stop; i++)
		done = letter(pen, flow, &l->sheet[i], l->sender, &page, &l->result[i], e);
	flow_close(flow);
	return done;
}

bool paper_letters(int fd, const struct sheet *sheet, size_t n, const struct paper_style *style, struct paper_result *results, struct err *e)
{
	assert(n > 0);
	if (!text_readable(style->sender, e))
		return false;
	struct letters l = { sheet, n, style->sender, mem_zero(n, sizeof *l.result) };
	bool done = pdf_draw(fd, &forms[style->size], style->language, letters_draw, &l, e);
	if (done && results)
		memcpy(results, l.result, n * sizeof *results);
	free(l.result);
	return done;
}
