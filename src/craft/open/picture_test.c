/* Pictures: the words beside the pixels, sizes, and reading by tesseract when it is installed; photos are drawn in
 * test/stories/find_documents.py. */
#include "open_int.h"
#include "told.h"

#include <cairo.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static enum open_end opened(struct told *t, struct str bytes, size_t stop_after)
{
	struct source s = source_of_text(&bytes);
	return told_open(t, &s, FILE_PICTURE, STR("x"), (uint64_t)1 << 30, stop_after);
}

static bool has(const struct told *t, const char *text)
{
	return memmem(t->out.p, t->out.n, text, strlen(text)) != NULL;
}

static void assert_says(struct str bytes, const char *line)
{
	struct told t;
	enum open_end end = opened(&t, bytes, 0);
	assert_true(end == OPEN_DONE || end == OPEN_BROKEN || end == OPEN_NO_WAY);
	if (!has(&t, line))
		fail_msg("no \"%s\" in \"%.*s\"", line, (int)t.out.n, t.out.p);
	buf_free(&t.out);
}

/* EXIF: a directory with a comment, and one more that holds a note of the photo's. */
#define EXIF_LITTLE "II*\0\10\0\0\0" "\2\0" "\16\1\2\0\24\0\0\0\46\0\0\0" "\151\207\4\0\1\0\0\0\72\0\0\0" "\0\0\0\0" "Visa card 4539 5787\0" \
	"\1\0" "\206\222\7\0\16\0\0\0\114\0\0\0" "\0\0\0\0" "ASCII\0\0\0a note"
#define EXIF_BIG "MM\0*\0\0\0\10" "\0\1" "\1\16\0\2\0\0\0\12\0\0\0\32" "\0\0\0\0" "big words\0"

static void words_of_each_format(void **state)
{
	(void)state;
	assert_says(STR(EXIF_LITTLE), "description: Visa card 4539 5787");
	assert_says(STR(EXIF_LITTLE), "a note");
	assert_says(STR(EXIF_BIG), "description: big words");
	assert_says(STR("\xFF\xD8\xFF\xE1\0\72Exif\0\0" EXIF_BIG "............"), "EXIF: big words");
	assert_says(STR("\xFF\xD8\xFF\xFE\0\13a comment\xFF\xDA........"), "comment: a comment");
	assert_says(STR("GIF89a\x20\0\x20\0\0\0\0!\xFE\11a comment\0;"), "comment: a comment");
	assert_says(STR("RIFF....WEBPVP8X\12\0\0\0\0\0\0\0\x1F\0\0\x1F\0\0XMP \5\0\0\0words\0...."), "description: words");
	assert_says(STR("RIFF....WEBPVP8X\12\0\0\0\0\0\0\0\x1F\0\0\x1F\0\0EXIF\44\0\0\0" EXIF_BIG "...."), "EXIF: big words");
}

/* A directory of a TIFF that leads to itself, in both ways, and one with entries without end. */
static void circles_come_to_an_end(void **state)
{
	(void)state;
	struct told t;
	opened(&t, STR("II*\0\10\0\0\0" "\1\0" "\151\207\4\0\1\0\0\0\10\0\0\0" "\10\0\0\0"), 0);
	buf_free(&t.out);
	opened(&t, STR("II*\0\10\0\0\0" "\xFF\xFF" "\151\207\4\0\1\0\0\0\10\0\0\0"), 0);
	buf_free(&t.out);
}

static void small_pictures_want_nothing_large_ones_ocr(void **state)
{
	(void)state;
	struct told t;
	char head[] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x40\x08\0\0\0\0....";
	struct str png = { head, sizeof head - 1 };
	assert_int_equal(opened(&t, png, 0), OPEN_DONE);
	assert_false(t.l.wants_ocr);
	buf_free(&t.out);
	head[18] = head[22] = 4;                         /* 1088 by 1088 */
	assert_int_equal(opened(&t, png, 0), OPEN_NO_WAY);
	assert_true(t.l.wants_ocr);
	buf_free(&t.out);
	head[19] = 0;
	head[18] = 0;                                    /* no width: no picture */
	assert_int_equal(opened(&t, png, 0), OPEN_BROKEN);
	assert_false(t.l.wants_ocr);
	buf_free(&t.out);
}

static void who_listens_can_stop(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, STR("\xFF\xD8\xFF\xFE\0\13a comment\xFF\xFE\0\13a comment\xFF\xDA........"), 1), OPEN_STOPPED);
	assert_int_equal(t.events, 1);
	buf_free(&t.out);
}

/* ---- with tesseract; the last test, for from here on it is there ---- */

static void pixels_are_read(void **state)
{
	(void)state;
	if (!open_ocr_prepare())
		skip();
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A8, 700, 120);
	cairo_t *c = cairo_create(s);
	cairo_select_font_face(c, "DejaVu Sans Mono", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
	cairo_set_font_size(c, 40);
	cairo_move_to(c, 60, 80);
	cairo_show_text(c, "4539 5787 6362 1486");
	cairo_destroy(c);
	cairo_surface_flush(s);
	const uint8_t *light_on_dark = cairo_image_surface_get_data(s);
	unsigned stride = (unsigned)cairo_image_surface_get_stride(s);
	struct told t = { .out = BUF(1 << 20) };
	t.l = (struct listener){ .to = &t, .piece = told_piece, .member = told_member, .unread = told_unread };
	assert_int_equal(open_pixels(light_on_dark, 700, 120, stride, STR("page 1, picture"), &t.l), OPEN_DONE);
	assert_true(has(&t, "page 1, picture: 4539 5787 6362 1486"));
	assert_int_equal(t.events, 1);
	assert_int_equal(open_pixels(light_on_dark, 299, 120, stride, STR("page 1, picture"), &t.l), OPEN_DONE);
	assert_int_equal(open_pixels(light_on_dark, 1 << 16, 1 << 16, stride, STR("page 1, picture"), &t.l), OPEN_TOO_BIG);
	assert_int_equal(t.events, 1);
	buf_free(&t.out);
	cairo_surface_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_each_format),
		cmocka_unit_test(circles_come_to_an_end),
		cmocka_unit_test(small_pictures_want_nothing_large_ones_ocr),
		cmocka_unit_test(who_listens_can_stop),
		cmocka_unit_test(pixels_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
