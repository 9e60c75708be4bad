/* rtf: text in any code page, tables, notes, what is hidden, and the pictures and objects within. */
#include "told.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct told told;

static void tells(struct str file, enum open_end how, const char *what)
{
	struct source s = source_of_text(&file);
	buf_free(&told.out);
	assert_int_equal(open_sort(&s, STR("x")), FILE_RTF);
	assert_int_equal(told_open(&told, &s, FILE_RTF, STR("x.rtf"), 1 << 30, 0), how);
	buf_byte(&told.out, 0);
	assert_string_equal(told.out.p, what);
}

#define TELLS(what, text) tells(STR("{\\rtf1\\ansi " text "}"), OPEN_DONE, what)

static void paragraphs_of_many_runs(void **state)
{
	(void)state;
	TELLS("paragraph 1: 4539578763621486\nparagraph 2: b\tc\nparagraph 4: d\n", "\\pard 4539{\\b 5787}\\i\r\n6362\\i0 1486\\par b\\tab c\\par\\par d");
	TELLS("paragraph 1: one\nparagraph 2: two {x}\\\n", "one\\\ntwo \\{x\\}\\\\");
	TELLS("paragraph 1: hidden 4539\nparagraph 1, deleted text: old\n", "{\\v hidden} {\\deleted old}4539");
}

static void every_code_page(void **state)
{
	(void)state;
	TELLS("paragraph 1: B\xC3\xBCro \xE2\x82\xAC\n", "B\\'fcro \\'80");
	TELLS("paragraph 1: B\xC3\xBCro \xE2\x80\x94 \xF0\x9F\x92\xB3-\n", "B\\u252\\'fcro \\u8212- {\\uc0\\u-10179\\u-9037}\\_");
	TELLS("paragraph 1: \xD0\x94\xD0\xB0 \xE6\x97\xA5 \xC3\xA4\n", "{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}}\\f1\\'c4\\'e0 \\f2\\'93\\'fa \\f0\\'e4");
	TELLS("paragraph 1: \xC4\x84\n", "\\ansicpg1250 \\'a5");
}

static void a_row_is_a_record(void **state)
{
	(void)state;
	TELLS("paragraph 1: before\ntable 1, row 1, column 1 #1: Name\ntable 1, row 1, column 2 #1: Card\n"
	      "table 1, row 2, column 1 [Name] #2: Ann\ntable 1, row 2, column 2 [Card] #2: 4539\n5787\nparagraph 2: after\n"
	      "table 2, row 1, column 1 #3: 1\n",
	      "before\\par\\trowd\\cellx1\\cellx2\\pard\\intbl Name\\cell Card\\cell\\row\\pard\\intbl{Ann\\cell}{4539\\par 5787\\cell}\\row\\pard after\\par"
	      "\\trowd\\pard\\intbl 1\\cell\\row\\pard");
}

static void what_is_not_of_the_text(void **state)
{
	(void)state;
	TELLS("header: top\ndocument properties: Orders\nparagraph 1, footnote: foot\nparagraph 1, comment: ask\nparagraph 1, text box: boxed\n"
	      "paragraph 1: seen twice\nparagraph 1, not shown: HYPERLINK \"http://example.com\"\nsecret\n",
	      "{\\header top\\par}{\\stylesheet{\\s0 Normal;}}{\\info{\\title Orders}{\\creatim\\yr2024}}{\\*\\generator G;}seen"
	      "{\\footnote foot}{\\*\\annotation ask}{\\*\\shpinst{\\sp{\\sn name}}{\\shptxt boxed\\par}}{\\field{\\*\\fldinst HYPERLINK \"http://example.com\"}{\\fldrslt  twice}}"
	      "{\\*\\unheardof secret}");
}

static void pictures_and_objects_are_members(void **state)
{
	(void)state;
	TELLS("> picture 1.png: pixels\nparagraph 1: ab\n> picture 2.jpg: {}raw\n> object 1\n  paragraph 1: within\n",
	      "a{\\pict\\pngblip\\picw1 706978\r\n656c73}b\\par{\\*\\shppict{\\pict\\jpegblip\\bin5 {}raw}}"
	      "{\\object{\\*\\objdata 01050000 7b5c7274665c616e73692077697468696e7d}{\\result{}}}");
}

static void damage_is_told(void **state)
{
	(void)state;
	tells(STR("{\\rtf1 first\\par{\\b sec"), OPEN_BROKEN, "paragraph 1: first\nparagraph 2: sec\n");
	tells(STR("{\\rtf1 a{\\pict\\pngblip 7069"), OPEN_BROKEN, "> picture 1.png: pi\nparagraph 1: a\n");
	tells(STR("{\\rtf1 a\\'"), OPEN_BROKEN, "paragraph 1: a\n");
}

static void groups_are_counted_however_deep(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 22);
	buf_put(&b, STR("{\\rtf1 "));
	for (int i = 0; i < 100000; i++)
		buf_put(&b, STR("{\\footnote x"));
	for (int i = 0; i < 100000; i++)
		buf_byte(&b, '}');
	buf_put(&b, STR("\\par end}"));
	struct str file = buf_str(&b);
	struct source s = source_of_text(&file);
	buf_free(&told.out);
	assert_int_equal(told_open(&told, &s, FILE_RTF, STR("x"), 1 << 30, 0), OPEN_DONE);
	buf_byte(&told.out, 0);
	assert_non_null(strstr(told.out.p, "\nparagraph 2: end\n"));
	buf_free(&b);
}

static void it_stops_when_told(void **state)
{
	(void)state;
	struct str file = STR("{\\rtf1 a\\par b\\par{\\pict 70}c\\par d}");
	struct source s = source_of_text(&file);
	for (size_t i = 1; i < 5; i++) {
		buf_free(&told.out);
		assert_int_equal(told_open(&told, &s, FILE_RTF, STR("x"), 1 << 30, i), OPEN_STOPPED);
		assert_int_equal(told.events, i);
	}
}

static int prepare(void **state)
{
	(void)state;
	open_prepare(false);
	return 0;
}

static int done(void **state)
{
	(void)state;
	buf_free(&told.out);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paragraphs_of_many_runs), cmocka_unit_test(every_code_page), cmocka_unit_test(a_row_is_a_record),
		cmocka_unit_test(what_is_not_of_the_text), cmocka_unit_test(pictures_and_objects_are_members), cmocka_unit_test(damage_is_told),
		cmocka_unit_test(groups_are_counted_however_deep), cmocka_unit_test(it_stops_when_told),
	};
	return cmocka_run_group_tests(tests, prepare, done);
}
