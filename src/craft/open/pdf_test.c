/* PDFs as cairo makes them, and how reading them is bounded; the rest is told by test/stories/find_documents.py. */
#include "told.h"

#include <cairo-pdf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static cairo_status_t put(void *to, const unsigned char *p, unsigned n)
{
	buf_put(to, (struct str){ (const char *)p, n });
	return CAIRO_STATUS_SUCCESS;
}

static cairo_t *begin(struct buf *b)
{
	*b = BUF(64 << 20);
	cairo_surface_t *s = cairo_pdf_surface_create_for_stream(put, b, 612, 792);
	cairo_t *c = cairo_create(s);
	cairo_surface_destroy(s);
	cairo_select_font_face(c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(c, 12);
	return c;
}

static void say(cairo_t *c, double x, double y, const char *text)
{
	cairo_move_to(c, x, y);
	cairo_show_text(c, text);
}

static struct buf pages(unsigned n)
{
	struct buf b;
	cairo_t *c = begin(&b);
	for (unsigned i = 0; i < n; i++) {
		char text[64];
		snprintf(text, sizeof text, "This is page %u of them", i + 1);
		say(c, 72, 100, text);
		cairo_show_page(c);
	}
	cairo_destroy(c);
	return b;
}

static enum open_end opened(struct told *t, const struct buf *b, size_t stop_after)
{
	struct str bytes = buf_str(b);
	struct source s = source_of_text(&bytes);
	assert_int_equal(open_sort(&s, STR("x.pdf")), FILE_PDF);
	return told_open(t, &s, FILE_PDF, STR("x.pdf"), (uint64_t)1 << 30, stop_after);
}

static bool has(const struct told *t, const char *text)
{
	return memmem(t->out.p, t->out.n, text, strlen(text)) != NULL;
}

static void text_comes_in_rows_page_by_page(void **state)
{
	(void)state;
	struct buf b;
	struct told t;
	cairo_t *c = begin(&b);
	for (int column = 1; column >= 0; column--)
		for (int row = 0; row < 4; row++)
			say(c, 72 + 200 * column, 160 - 20 * row, column ? "4539 5787 6362 1486" : "June Marsh");
	cairo_show_page(c);
	say(c, 72, 100, "a second page");
	cairo_destroy(c);
	assert_int_equal(opened(&t, &b, 0), OPEN_DONE);
	assert_true(has(&t, "page 1: June Marsh\t4539 5787 6362 1486\nJune Marsh\t4539 5787 6362 1486\n"));
	assert_true(has(&t, "page 2: a second page\n"));
	assert_false(t.l.wants_ocr);
	buf_free(&t.out);
	buf_free(&b);
}

/* Poppler makes one line, or one word, of cells in two rows, and of cells that touch. */
static void cells_stay_in_their_row_and_apart(void **state)
{
	(void)state;
	static const char *const cell[][7] = {
		{ "2021-11-11", "Dmitri Kowalski", "tap washer replaced", "2018041551498899", "749.00", "4357 0193 4936 9042", "01/30" },
		{ "2015-03-13", "Liam Park", "new thermostat", "A-719966", "440.00", "5265977309319646", "12/30" },
		{ "2018-05-21", "Ines Chen", "radiator balanced", "14214936", "792.00", "621743-4735398022575", "12/29" },
		{ "2021-01-04", "Farid Ivanov", "tap washer replaced", "4344014496429920", "336.00", "3864 617728 3534", "07/26" },
		{ "2015-08-15", "Dmitri Eriksen", "annual inspection", "2019042422651139", "330.00", "621723 6386893543184", "09/31" },
	};
	struct buf b;
	struct told t;
	cairo_t *c = begin(&b);
	cairo_select_font_face(c, "Liberation Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(c, 8);
	for (size_t i = 0; i < LENGTH(cell); i++)
		for (size_t k = 0; k < LENGTH(cell[i]); k++)
			say(c, 40 + 80 * (double)k, 100 + 14 * (double)i, cell[i][k]);
	cairo_destroy(c);
	assert_int_equal(opened(&t, &b, 0), OPEN_DONE);
	for (size_t i = 0; i < LENGTH(cell); i++) {
		char near[64], far[64];
		snprintf(near, sizeof near, "%s %s\n", cell[i][5], cell[i][6]);
		snprintf(far, sizeof far, "%s\t%s\n", cell[i][5], cell[i][6]);
		assert_true(has(&t, near) || has(&t, far));
	}
	buf_free(&t.out);
	buf_free(&b);
}

/* Also on the next page, where nothing names them; running text is none, and numbers that end with a heading are not cut there. */
static void columns_have_the_names_above_them(void **state)
{
	(void)state;
	static const char *const head[] = { "Order", "Work done", "Amount", "Paid with card" };
	static const char *const cell[] = { "4799770223192639", "annual service", "229.00", "4539 5787 6362 1486" };
	struct buf b;
	struct told t;
	cairo_t *c = begin(&b);
	cairo_text_extents_t name, sum;
	cairo_text_extents(c, head[2], &name);
	cairo_text_extents(c, cell[2], &sum);
	for (int page = 0; page < 2; page++) {
		if (!page)
			say(c, 72, 80, "To be collected by Monday, with thanks");
		for (size_t k = 0; k < LENGTH(head); k++) {
			double x = 72 + 130 * (double)k;
			if (!page)
				say(c, x, 100, head[k]);
			say(c, k == 2 ? x + name.x_advance - sum.x_advance : x, 120, cell[k]);
		}
		say(c, 72, 140, "Thank you for your trust in these times");
		cairo_show_page(c);
	}
	cairo_destroy(c);
	assert_int_equal(opened(&t, &b, 0), OPEN_DONE);
	for (int page = 1; page <= 2; page++) {
		char wanted[400];
		size_t n = 0;
		for (size_t k = 0; k < LENGTH(head); k++)
			n += (size_t)snprintf(wanted + n, sizeof wanted - n, "page %d [%s] #%d: %s\n", page, head[k], page == 1 ? 3 : 5, cell[k]);
		assert_true(has(&t, wanted));
	}
	assert_true(has(&t, "page 2: Thank you for your trust in these times\n"));
	buf_free(&t.out);
	buf_free(&b);
}

static void a_page_that_is_a_picture_wants_ocr(void **state)
{
	(void)state;
	for (int outlines = 0; outlines < 2; outlines++) {
		struct buf b;
		struct told t;
		cairo_t *c = begin(&b);
		if (outlines) {                          /* letters drawn as lines are no text either */
			cairo_move_to(c, 72, 300);
			cairo_text_path(c, "4539 5787 6362 1486");
			cairo_fill(c);
		} else {
			cairo_surface_t *picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 600, 700);
			cairo_set_source_surface(c, picture, 0, 0);
			cairo_paint(c);
			cairo_surface_destroy(picture);
		}
		cairo_destroy(c);
		assert_int_equal(opened(&t, &b, 0), OPEN_DONE);
		assert_true(t.l.wants_ocr);
		assert_false(has(&t, "page 1"));
		buf_free(&t.out);
		buf_free(&b);
	}
}

static void an_empty_page_wants_nothing(void **state)
{
	(void)state;
	struct buf b;
	struct told t;
	cairo_t *c = begin(&b);
	cairo_show_page(c);
	cairo_destroy(c);
	assert_int_equal(opened(&t, &b, 0), OPEN_DONE);
	assert_false(t.l.wants_ocr);
	buf_free(&t.out);
	buf_free(&b);
}

static void the_day_it_was_made_is_told(void **state)
{
	(void)state;
	struct buf b = BUF(64 << 20);
	struct told t;
	cairo_surface_t *s = cairo_pdf_surface_create_for_stream(put, &b, 612, 792);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, "2024-05-06T23:30:00-02:00");
	cairo_surface_destroy(s);
	assert_int_equal(opened(&t, &b, 0), OPEN_DONE);
	assert_true(has(&t, "Created [Created] #1: 2024-05-07\n"));
	buf_free(&t.out);
	buf_free(&b);
}

static unsigned asked;

static bool three_times(void *to)
{
	(void)to;
	return asked++ < 3;
}

static void when_time_is_up_the_pages_before_count(void **state)
{
	(void)state;
	struct buf b = pages(10);
	struct told t = { .out = BUF(1 << 20) };
	t.l = (struct listener){ .to = &t, .piece = told_piece, .member = told_member, .unread = told_unread, .left = 1 << 20, .go_on = three_times };
	asked = 0;
	struct str bytes = buf_str(&b);
	struct source s = source_of_text(&bytes);
	assert_int_equal(open_file(&s, FILE_PDF, STR("x.pdf"), &t.l), OPEN_TOO_BIG);
	assert_true(has(&t, "This is page 3"));
	assert_false(has(&t, "This is page 4"));
	buf_free(&t.out);
	buf_free(&b);
}

static void who_listens_can_stop(void **state)
{
	(void)state;
	struct buf b = pages(10);
	struct told t;
	assert_int_equal(opened(&t, &b, 5), OPEN_STOPPED);
	assert_int_equal(t.events, 5);
	buf_free(&t.out);
	buf_free(&b);
}

/* ---- large files are read where it is needed, not whole ---- */

struct counted { struct str bytes; uint64_t read; };

static size_t count_read(void *of, uint64_t at, void *to, size_t n)
{
	struct counted *c = of;
	struct source s = source_of_text(&c->bytes);
	size_t got = source_read(&s, at, to, n);
	c->read += got;
	return got;
}

static void a_large_file_is_not_read_whole(void **state)
{
	(void)state;
	struct buf b = pages(2);
	enum { BULK = 40 << 20 };
	/* bulk behind the last object, and an xref of its own to lead there: what a file with large pictures looks like */
	const char *xref = memmem(b.p, b.n, "\nxref\n", 6);
	assert_non_null(xref);
	size_t head = (size_t)(xref + 1 - b.p), tail = b.n - head;
	char *p = mem_zero(1, b.n + BULK + 64);
	memcpy(p, b.p, head);
	memset(p + head, '%', BULK - 1);
	memcpy(p + head, "0 0 0\n", 6);                 /* so that looking ahead ends here */
	p[head + BULK - 1] = '\n';
	memcpy(p + head + BULK, b.p + head, tail);
	char *where = memmem(p + head + BULK, tail, "startxref\n", 10);
	assert_non_null(where);
	size_t rest = (size_t)(p + b.n + BULK + 64 - where), n = (size_t)snprintf(where, rest, "startxref\n%zu\n%%%%EOF\n", head + BULK);
	struct counted c = { { p, (size_t)(where - p) + n }, 0 };
	struct source s = { .size = c.bytes.n, .of = &c, .read = count_read };
	struct told t;
	assert_int_equal(told_open(&t, &s, FILE_PDF, STR("x.pdf"), 1 << 20, 0), OPEN_DONE);
	assert_true(has(&t, "This is page 2"));
	assert_true(c.read < 2 << 20);
	buf_free(&t.out);
	free(p);
	buf_free(&b);
}

static void what_is_no_pdf_is_broken(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 10);
	struct told t;
	buf_put(&b, STR("%PDF-1.4\nnothing of the kind\n"));
	assert_int_equal(opened(&t, &b, 0), OPEN_BROKEN);
	buf_free(&t.out);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_comes_in_rows_page_by_page),
		cmocka_unit_test(cells_stay_in_their_row_and_apart),
		cmocka_unit_test(columns_have_the_names_above_them),
		cmocka_unit_test(a_page_that_is_a_picture_wants_ocr),
		cmocka_unit_test(an_empty_page_wants_nothing),
		cmocka_unit_test(the_day_it_was_made_is_told),
		cmocka_unit_test(when_time_is_up_the_pages_before_count),
		cmocka_unit_test(who_listens_can_stop),
		cmocka_unit_test(a_large_file_is_not_read_whole),
		cmocka_unit_test(what_is_no_pdf_is_broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
