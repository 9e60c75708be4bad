/* paper: what stands in the PDF, read back by poppler's pdftotext. */
#include "paper.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];
static const struct paper_style style = { PAPER_LETTER, { "Fernwood Plumbing\n12 Mill St", 28 }, "en" };
static const struct passage passages[] = {
	{ PASSAGE_TITLE, false, { "Notice of Data Breach", 21 } }, { PASSAGE_TEXT, true, { "Dear \xE6\x9D\x8E \xE6\x98\x8E,", 13 } },
	{ PASSAGE_HEADING, false, { "What Happened", 13 } }, { PASSAGE_TEXT, false, { "A skimmer was found.", 20 } },
	{ PASSAGE_BULLET, true, { "your card number", 16 } }, { PASSAGE_NUMBERED, true, { "Call your bank.", 15 } },
};

static char *text_of(const char *options)
{
	char command[200];
	struct buf b = BUF(16 << 20);
	snprintf(command, sizeof command, "pdftotext %s %s -", options, path);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	for (int c; (c = fgetc(f)) != EOF;)
		buf_byte(&b, (char)c);
	assert_int_equal(pclose(f), 0);
	buf_byte(&b, 0);
	return b.p;
}

static void print(const struct sheet *s, size_t n, struct paper_result *r)
{
	struct err e = { 0 };
	int fd = open(path, O_RDWR | O_TRUNC | O_CREAT, 0600);
	assert_true(fd >= 0 && paper_letters(fd, s, n, &style, r, &e));
	close(fd);
}

static struct sheet sheet(struct str address)
{
	return (struct sheet){ address, STR("November 24, 2026"), STR("1.1 C-000017"), passages, LENGTH(passages) };
}

static void all_that_is_said_stands_there(void **state)
{
	(void)state;
	struct sheet s = sheet(STR("Stefan Turner\n4 Kiln Row\nHudson, NY 12534"));
	struct paper_result r;
	print(&s, 1, &r);
	char *text = text_of("-layout");
	static const char *const wanted[] = { "Fernwood Plumbing", "Stefan Turner", "Hudson, NY 12534", "November 24, 2026", "Notice of Data Breach", "What Happened",
	                                      "A skimmer was found.", "your card number", "1.", "Call your bank.", "1.1 C-000017", "1/1" };
	for (size_t i = 0; i < LENGTH(wanted); i++)
		assert_non_null(strstr(text, wanted[i]));
	free(text);
	assert_true(r.pages == 1 && r.first_page == 1 && !r.address_cut);
}

static void the_address_stands_in_the_window(void **state)
{
	(void)state;
	struct sheet s = sheet(STR("Xanthippe Turner\n4 Kiln Row\nHudson, NY 12534"));
	struct paper_result r;
	print(&s, 1, &r);
	char *text = text_of("-bbox");
	char *word = strstr(text, ">Xanthippe<");
	assert_non_null(word);
	while (*word != '\n' && word > text)
		word--;
	double x, y;
	assert_int_equal(sscanf(strstr(word, "xMin"), "xMin=\"%lf\" yMin=\"%lf\"", &x, &y), 2);
	assert_true(x >= 63 && y >= 144 && y < 225);      /* 7/8 inch from the left; 2 to 3 1/8 inches from the top */
	free(text);
}

static void each_letter_begins_on_a_page_of_its_own(void **state)
{
	(void)state;
	enum { N = 300 };
	struct sheet s[N];
	struct paper_result r[N];
	for (int i = 0; i < N; i++)
		s[i] = sheet(STR("Stefan Turner\n4 Kiln Row"));
	print(s, N, r);
	char *text = text_of("");
	size_t pages = 0, titles = 0;
	for (char *p = text; *p; p++)
		pages += *p == '\f';
	for (char *p = text; (p = strstr(p, "Notice of Data Breach")); p++)
		titles++;
	assert_true(pages == N && titles == N && r[N - 1].first_page == N);
	free(text);
}

static void a_long_text_goes_on_on_further_pages(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 20);
	for (int i = 0; i < 3000; i++)
		buf_printf(&b, "word%d ", i);
	const struct passage p[] = { { PASSAGE_TEXT, true, buf_str(&b) }, { PASSAGE_TEXT, false, STR("the end") } };
	struct sheet s[] = { sheet(STR("A\nB")), sheet(STR("A\nB")) };
	s[0].passage = p, s[0].n = LENGTH(p);
	struct paper_result r[2];
	print(s, 2, r);
	assert_true(r[0].pages > 3 && r[1].first_page == r[0].pages + 1);
	char *text = text_of("");
	for (int i = 0; i < 3000; i += 97) {
		char word[16];
		snprintf(word, sizeof word, "word%d", i);
		assert_non_null(strstr(text, word));
	}
	assert_non_null(strstr(text, "the end"));
	free(text);
	buf_free(&b);
}

static void other_scripts_are_there(void **state)
{
	(void)state;
	struct sheet s = sheet(STR("\xCE\x93\xCE\xB9\xCF\x8E\xCF\x81\xCE\xB3\xCE\xBF\xCF\x82 \xCE\xA0\xCE\xB1\xCF\x80\xCF\x80\xCE\xAC\xCF\x82\n\xD0\x9C\xD0\xB0\xD1\x80\xD0\xB8\xD1\x8F"));
	struct paper_result r;
	print(&s, 1, &r);
	char *text = text_of("");
	assert_non_null(strstr(text, "\xCE\xA0\xCE\xB1\xCF\x80\xCF\x80\xCE\xAC\xCF\x82"));
	assert_non_null(strstr(text, "\xD0\x9C\xD0\xB0\xD1\x80\xD0\xB8\xD1\x8F"));
	free(text);
}

static void an_address_too_long_for_the_window_is_told(void **state)
{
	(void)state;
	struct sheet s = sheet(STR("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12"));
	struct paper_result r;
	print(&s, 1, &r);
	assert_true(r.address_cut);
	s = sheet(STR("A name that is so long that it does not fit the window of the envelope in twelve points at all\n4 Kiln Row"));
	print(&s, 1, &r);
	assert_false(r.address_cut);
}

static void a_full_disk_is_told(void **state)
{
	(void)state;
	struct sheet s = sheet(STR("A\nB"));
	struct err e = { 0 };
	int fd = open("/dev/full", O_WRONLY);
	assert_true(fd >= 0);
	assert_false(paper_letters(fd, &s, 1, &style, NULL, &e));
	assert_int_equal(e.code, OUTSIDE);
	close(fd);
}

static int make(void **state)
{
	(void)state;
	strcpy(path, "/tmp/handback-paper-XXXXXX");
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int drop(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(all_that_is_said_stands_there), cmocka_unit_test(the_address_stands_in_the_window),
		cmocka_unit_test(each_letter_begins_on_a_page_of_its_own), cmocka_unit_test(a_long_text_goes_on_on_further_pages),
		cmocka_unit_test(other_scripts_are_there), cmocka_unit_test(an_address_too_long_for_the_window_is_told),
		cmocka_unit_test(a_full_disk_is_told),
	};
	return cmocka_run_group_tests(all, make, drop);
}
