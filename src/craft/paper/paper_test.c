/* paper: what a reader, a post office and a printer get; read back with poppler's tools. */
#include "paper.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static const struct paper_style letter_style = { PAPER_LETTER, { "Oak & Iron Hardware\n410 Mill Road", 33 }, "en" };

static int new_file(void)
{
	int fd = memfd_create("letters", 0);         /* poppler opens it by its name */
	assert_true(fd >= 0);
	return fd;
}

/* What a command says of the file: FILE in it stands for the file's name. */
static struct str told(struct arena *a, int fd, const char *before, const char *after)
{
	FILE *p = popen(arena_printf(a, "%s /dev/fd/%d %s", before, fd, after), "r");
	assert_non_null(p);
	const size_t max = 4 << 20;
	char *said = arena_get(a, max);
	size_t n = fread(said, 1, max - 1, p);
	assert_int_equal(pclose(p), 0);
	return (struct str){ said, n };
}

static const char *page_text(struct arena *a, int fd, unsigned page)
{
	return told(a, fd, arena_printf(a, "pdftotext -f %u -l %u", page, page), "-").p;
}

static unsigned pages_of(struct arena *a, int fd)
{
	const char *pages = strstr(told(a, fd, "pdfinfo", "").p, "Pages:");
	assert_non_null(pages);
	return (unsigned)atoi(pages + 6);
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;
	while ((text = strstr(text, what))) {
		n++;
		text += strlen(what);
	}
	return n;
}

static struct sheet sheet_of(struct str address, const struct passage *p, size_t n)
{
	return (struct sheet){ .address = address, .date = STR("May 10, 2024"), .code = STR("HB-7"), .passage = p, .n = n };
}

static struct paper_result written(int fd, const struct paper_style *style, struct sheet s)
{
	struct paper_result r;
	struct err e = { 0 };
	if (!paper_letters(fd, &s, 1, style, &r, &e))
		fail_msg("%s", e.say);
	return r;
}

static void every_letter_begins_on_a_page_of_its_own(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	enum { N = 12 };
	struct sheet sheet[N];
	struct paper_result r[N];
	static const char same[] = "This sentence is the same in all of them.";
	for (size_t i = 0; i < N; i++) {
		struct passage *p = ARENA_ARRAY(a, struct passage, 60);
		p[0] = (struct passage){ PASSAGE_TITLE, STR("Notice of data breach") };
		p[1] = (struct passage){ PASSAGE_TEXT, arena_say(a, "Dear reader %zu,", i) };
		for (size_t k = 2; k < 60; k++)
			p[k] = (struct passage){ PASSAGE_TEXT, { same, sizeof same - 1 } };
		sheet[i] = sheet_of(arena_say(a, "Reader%zu Smith\n%zu Long Street\nSpringfield", i, i + 1), p, i % 3 == 0 ? 3 : 60 - i);
		sheet[i].code = arena_say(a, "HB-%04zu", i);
	}
	int fd = new_file();
	struct err e = { 0 };
	assert_true(paper_letters(fd, sheet, N, &letter_style, r, &e));
	unsigned page = 1;
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(r[i].first_page, page);
		assert_int_equal(r[i].pages, i % 3 == 0 ? 1 : 3);
		assert_false(r[i].address_cut);
		size_t same_seen = 0;
		for (unsigned k = 0; k < r[i].pages; k++) {
			const char *text = page_text(a, fd, page + k);
			assert_int_equal(times(text, arena_printf(a, "Reader%zu Smith", i)), k == 0);
			assert_int_equal(times(text, arena_printf(a, "Dear reader %zu,", i)), k == 0);
			assert_int_equal(times(text, "Oak & Iron Hardware"), k == 0);
			assert_int_equal(times(text, arena_printf(a, "HB-%04zu", i)), 1);
			assert_int_equal(times(text, arena_printf(a, "Page %u of %u", k + 1, r[i].pages)), 1);
			same_seen += times(text, same);
		}
		assert_int_equal(same_seen, sheet[i].n - 2);
		page += r[i].pages;
	}
	assert_int_equal(pages_of(a, fd), page - 1);
	close(fd);
	arena_close(a);
}

static void what_all_letters_share_stands_once_in_the_file(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	enum { N = 1500 };
	char *words = arena_get(a, N + 1);
	uint64_t seed = 1;
	for (size_t i = 0; i < N; i++) {             /* nothing that packs well */
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		words[i] = i % 7 == 6 ? ' ' : (char)('a' + (seed >> 33) % 26);
	}
	off_t size[2];
	for (int personal = 0; personal < 2; personal++) {
		struct passage p[40];
		struct sheet sheet[40];
		for (size_t i = 0; i < 40; i++) {        /* the same text, each from another place in memory; or the last word is another */
			p[i] = (struct passage){ PASSAGE_TEXT, personal ? arena_say(a, "%.*s %zu", N, words, i + 10) : arena_say(a, "%.*s 10", N, words) };
			sheet[i] = sheet_of(STR("A B"), &p[i], 1);
		}
		int fd = new_file();
		struct err e = { 0 };
		assert_true(paper_letters(fd, sheet, 40, &letter_style, NULL, &e));
		assert_int_equal(pages_of(a, fd), 40);
		if (!personal)
			assert_string_equal(page_text(a, fd, 40), page_text(a, fd, 1));
		size[personal] = lseek(fd, 0, SEEK_END);
		close(fd);
	}
	assert_true(size[0] < size[1] - 39 * 1000);
	arena_close(a);
}

static void any_script_is_written(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	static const char *const name[] = { "فاطمة", "Οδυσσέας", "José Zárate", "Łukasz Żółć", "Дмитрий", "שרה", "अनीता" };
	for (size_t i = 0; i < LENGTH(name); i++) {
		struct passage p[] = { { PASSAGE_BULLET, str_of(name[i]) } };
		int fd = new_file();
		written(fd, &letter_style, sheet_of(arena_say(a, "%s\n1 Street", name[i]), p, 1));
		/* marks of Devanagari come back in the order they are drawn in: its first letter has to do */
		const char *seek = i == 6 ? "अन" : name[i];
		if (times(page_text(a, fd, 1), seek) != 2)
			fail_msg("%s is not there twice: %s", name[i], page_text(a, fd, 1));
		const char *fonts = told(a, fd, "pdffonts", "").p;
		assert_int_equal(times(fonts, " no  yes") + times(fonts, " no  no "), 0);        /* emb: all are */
		close(fd);
	}
	arena_close(a);
}

static void a_letter_that_no_font_has_is_told(void **state)
{
	(void)state;
	struct passage fine[] = { { PASSAGE_TEXT, STR("Dear \xC3\x81na") } }, shared[] = { { PASSAGE_TEXT, STR("Dear \xF3\xB0\x80\x81") } };
	int fd = new_file();
	assert_false(written(fd, &letter_style, sheet_of(STR("A"), fine, 1)).missing_glyphs);
	assert_true(written(fd, &letter_style, sheet_of(STR("\xF3\xB0\x80\x81"), fine, 1)).missing_glyphs);
	struct sheet sheet[] = { sheet_of(STR("A"), shared, 1), sheet_of(STR("A"), shared, 1), sheet_of(STR("A"), fine, 1) };
	struct paper_result r[3];
	struct err e = { 0 };
	assert_true(paper_letters(fd, sheet, 3, &letter_style, r, &e));
	assert_true(r[0].missing_glyphs && r[1].missing_glyphs && !r[2].missing_glyphs);
	close(fd);
}

/* The box of a word on page 1, in points. */
static void box_of(struct arena *a, int fd, const char *word, double box[4])
{
	const char *xml = told(a, fd, "pdftotext -bbox -l 1", "-").p, *found = strstr(xml, arena_printf(a, ">%s</word>", word));
	assert_non_null(found);
	while (strncmp(found, "<word", 5) != 0)
		found--;
	assert_int_equal(sscanf(found, "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &box[0], &box[1], &box[2], &box[3]), 4);
}

static void the_address_shows_in_the_window_and_nothing_else_does(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct passage p[] = { { PASSAGE_TEXT, STR("Body text.") } };
	struct paper_style a4 = letter_style, many = letter_style;
	a4.size = PAPER_A4;
	many.sender = STR("Sender\n2\n3\n4\n5\n6\n7\n8\n9\n10\nLast");
	/* left, right, top and bottom of what shows, wherever the sheet slides to */
	const struct { const struct paper_style *style; double left, right, top, bottom; const char *size; } way[] = {
		{ &letter_style, 0.875 * 72, 4.375 * 72, 2.04 * 72, 3.17 * 72, "612 x 792" }, { &many, 0.875 * 72, 4.375 * 72, 2.04 * 72, 3.17 * 72, "612 x 792" },
		{ &a4, 20 / 25.4 * 72, 105 / 25.4 * 72, 62.7 / 25.4 * 72 - 1, 90 / 25.4 * 72, "595.276 x 841.89" },
	};
	for (size_t i = 0; i < LENGTH(way); i++) {
		int fd = new_file();
		double box[4];
		struct paper_result r = written(fd, way[i].style, sheet_of(STR("Wilhelmina Street-Longname\nc/o Second\nThird 3\nFourth 4\nFifth"), p, 1));
		assert_false(r.address_cut);
		assert_non_null(strstr(told(a, fd, "pdfinfo", "").p, way[i].size));
		const char *const in[] = { "Wilhelmina", "Street-Longname", "Fifth" };
		for (size_t k = 0; k < LENGTH(in); k++) {
			box_of(a, fd, in[k], box);
			assert_true(box[0] >= way[i].left && box[2] <= way[i].right && box[1] >= way[i].top && box[3] <= way[i].bottom);
		}
		box_of(a, fd, "May", box);
		assert_true(box[1] > way[i].bottom);
		if (way[i].style == &many)
			assert_int_equal(times(page_text(a, fd, 1), "Last"), 0);
		box_of(a, fd, way[i].style == &many ? "8" : "Mill", box);
		assert_true(box[3] < way[i].top);
		close(fd);
	}
	arena_close(a);
}

static void a_long_address_shrinks_and_then_is_cut(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct passage p[] = { { PASSAGE_TEXT, STR("Body text.") } };
	static const struct { const char *address; bool cut; double least, most; } way[] = {
		{ "Maria\n1 Street\nTown", false, 15, 20 },
		{ "Maria\nThe Department of Very Long Names, Room 1234\nTown", false, 12, 15 },
		{ "Maria\n2\n3\n4\n5\nTown", false, 12, 15 },
		{ "Maria\nThe Department of Very Long Names and Even Longer Addresses, Room 1234\nTown", false, 15, 20 },      /* on two lines */
		{ "Maria\n2\n3\n4\n5\n6\n7\n8\n9\nTown", true, 12, 13 },
		{ "Maria\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\nTown", true, 12, 13 },
	};
	for (size_t i = 0; i < LENGTH(way); i++) {
		int fd = new_file();
		double box[4];
		assert_int_equal(written(fd, &letter_style, sheet_of(str_of(way[i].address), p, 1)).address_cut, way[i].cut);
		box_of(a, fd, "Maria", box);
		if (box[3] - box[1] < way[i].least || box[3] - box[1] > way[i].most)
			fail_msg("%s: %f high", way[i].address, box[3] - box[1]);
		box_of(a, fd, "Town", box);              /* where it goes is never lost */
		close(fd);
	}
	arena_close(a);
}

static void long_texts_flow_on_and_lose_nothing(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct buf b = BUF(1 << 20);
	for (int i = 0; i < 3000; i++)
		buf_printf(&b, "w%05d ", i);
	for (size_t letters = 1; letters <= 3; letters += 2) {        /* the third is painted from records */
		struct passage p[] = { { PASSAGE_HEADING, STR("Heading one") }, { PASSAGE_TEXT, buf_str(&b) }, { PASSAGE_NUMBERED, STR("first") },
			{ PASSAGE_NUMBERED, STR("second") }, { PASSAGE_TEXT, STR("between") }, { PASSAGE_NUMBERED, STR("anew") } };
		int fd = new_file();
		const struct sheet sheet[3] = { sheet_of(STR("A"), p, LENGTH(p)), sheet_of(STR("A"), p, LENGTH(p)), sheet_of(STR("A"), p, LENGTH(p)) };
		struct paper_result all[3], r;
		struct err e = { 0 };
		assert_true(paper_letters(fd, sheet, letters, &letter_style, all, &e));
		r = all[letters - 1];
		unsigned end = r.first_page + r.pages - 1;
		assert_true(r.pages > 5 && r.pages < 12);
		int next = 0;
		for (unsigned k = r.first_page; k <= end; k++) {
			const char *text = page_text(a, fd, k);
			for (const char *w = text; (w = strstr(w, "w0")); w += 6)
				assert_int_equal(atoi(w + 1), next++);
		}
		assert_int_equal(next, 3000);
		const char *last = page_text(a, fd, end);
		assert_true(times(last, "1.") == 2 && times(last, "2.") == 1);
		close(fd);
	}
	buf_free(&b);
	arena_close(a);
}

static void no_line_ends_within_e_mail(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct passage p[80];
	for (size_t i = 0; i < LENGTH(p); i++)               /* a line holds some 75 letters: the word meets its end in some of them */
		p[i] = (struct passage){ PASSAGE_TEXT, arena_say(a, "%.*s by e-mail or letter.", (int)(10 + i), "who who who who who who who who who who who who who who who who who who who who who who who who") };
	int fd = new_file();
	struct paper_result r = written(fd, &letter_style, sheet_of(STR("A"), p, LENGTH(p)));
	size_t whole = 0;
	for (unsigned k = 1; k <= r.pages; k++) {
		const char *text = page_text(a, fd, k);
		assert_int_equal(times(text, "e-\n"), 0);
		whole += times(text, "e-mail");
	}
	assert_int_equal(whole, LENGTH(p));
	close(fd);
	arena_close(a);
}

static void a_heading_stays_with_its_text(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	for (size_t before = 20; before < 34; before++) {
		struct passage p[64];
		size_t n = 0;
		struct buf b = BUF(4096);
		for (size_t i = 0; i < before; i++)
			buf_printf(&b, "line %zu\n", i);
		p[n++] = (struct passage){ PASSAGE_TEXT, buf_str(&b) };
		p[n++] = (struct passage){ PASSAGE_HEADING, STR("The heading") };
		p[n++] = (struct passage){ PASSAGE_TEXT, STR("Below one\nBelow two\nBelow three\nBelow four\nBelow five") };
		int fd = new_file();
		struct paper_result r = written(fd, &letter_style, sheet_of(STR("A"), p, n));
		bool seen = false;
		for (unsigned k = 1; k <= r.pages; k++) {
			const char *text = page_text(a, fd, k);
			if (strstr(text, "The heading")) {
				assert_non_null(strstr(text, "Below two"));
				seen = true;
			}
			assert_int_equal(times(text, "Below four"), times(text, "Below five"));
		}
		assert_true(seen);
		buf_free(&b);
		close(fd);
	}
	arena_close(a);
}

static void the_same_letters_give_the_same_bytes(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct passage p[] = { { PASSAGE_TITLE, STR("Title") }, { PASSAGE_TEXT, STR("Body فاطمة Οδυσσέας text.") }, { PASSAGE_TEXT, STR("Dear you") } };
	struct str got[2];
	for (int i = 0; i < 2; i++) {
		int fd = new_file();
		written(fd, &letter_style, sheet_of(STR("A\nB"), p, LENGTH(p)));
		got[i] = (struct str){ arena_get(a, 1 << 20), 0 };
		got[i].n = (size_t)pread(fd, (char *)(uintptr_t)got[i].p, 1 << 20, 0);
		assert_null(memmem(got[i].p, got[i].n, "Date", 4));
		close(fd);
		usleep(1100000 * (unsigned)!i);
	}
	assert_true(str_eq(got[0], got[1]));
	arena_close(a);
}

static void a_full_disk_is_told(void **state)
{
	(void)state;
	struct passage p[] = { { PASSAGE_TEXT, STR("Body text.") } };
	struct sheet sheet[300];
	for (size_t n = 1; n <= LENGTH(sheet); n += LENGTH(sheet) - 1) {
		for (size_t i = 0; i < n; i++)
			sheet[i] = sheet_of(STR("A\nB"), p, 1);
		struct paper_result r[300] = { [0].pages = 77 };
		struct err e = { 0 };
		int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
		assert_false(paper_letters(fd, sheet, n, &letter_style, r, &e));
		assert_int_equal(e.code, OUTSIDE);
		assert_non_null(strstr(e.say, "No space left"));
		assert_int_equal(r[0].pages, 77);
		close(fd);
	}
}

static void what_cannot_be_a_letter_is_refused(void **state)
{
	(void)state;
	char *big = mem_get(1 << 20);
	memset(big, 'x', 1 << 20);
	for (size_t i = 0; i < 1 << 20; i += 2)
		big[i] = '\n';
	struct passage torn[] = { { PASSAGE_TEXT, STR("a\xFF") } }, longer[] = { { PASSAGE_TEXT, { big, 1 << 20 } } },
		lines[] = { { PASSAGE_TEXT, { big, 100000 } } }, none[] = { { PASSAGE_TEXT, STR("") } };
	struct { struct passage *p; enum fault code; } way[] = { { torn, INVALID }, { longer, TOO_BIG }, { lines, TOO_BIG } };
	for (size_t i = 0; i < LENGTH(way); i++) {
		struct err e = { 0 };
		struct sheet s = sheet_of(STR("A"), way[i].p, 1);
		int fd = new_file();
		assert_false(paper_letters(fd, &s, 1, &letter_style, NULL, &e));
		assert_int_equal(e.code, way[i].code);
		close(fd);
	}
	int fd = new_file();
	assert_int_equal(written(fd, &letter_style, sheet_of(STR(""), none, 1)).pages, 1);
	assert_int_equal(written(fd, &letter_style, (struct sheet){ 0 }).pages, 1);
	close(fd);
	free(big);
}

static const struct str practice[] = { { "You bring the reader to the customer.", 37 }, { "The customer taps, inserts or hands you the card.", 49 }, { "You hand it back at once.", 25 } };

static struct placard placard_of(void)
{
	return (struct placard){ .above = STR("Fernwood Plumbing"), .title = STR("Paying with the card reader"), .line = practice, .n = LENGTH(practice), .odd_title = STR("Something odd?"),
		.odd = STR("Stop. Call the office: (202) 555-0100."), .foot = STR("Version 2, May 10, 2024"), .code = STR("http://localhost:1/practice/1") };
}

static void a_placard_says_all_on_one_page(void **state)
{
	(void)state;
	for (enum placard_size size = PLACARD_LETTER; size <= PLACARD_POCKET; size++) {
		struct arena *a = arena_open();
		struct err e = { 0 };
		const uint8_t dark[9] = { 1, 0, 1, 0, 1, 0, 1, 1, 1 };
		struct placard p = placard_of();
		p.dark = dark, p.wide = 3;
		int fd = new_file(), again = new_file();
		if (!paper_placard(fd, &p, size, "en", &e) || !paper_placard(again, &p, size, "en", &e))
			fail_msg("%s", e.say);
		assert_int_equal(pages_of(a, fd), 1);
		const char *text = page_text(a, fd, 1);
		size_t copies = size == PLACARD_POCKET ? 6 : 1;
		assert_int_equal(times(text, "Version 2"), copies);
		assert_int_equal(times(text, "hand it back"), copies);
		assert_int_equal(times(text, "Something odd?"), copies);
		assert_int_equal(times(text, "3."), copies);
		char one[1 << 16], two[1 << 16];
		ssize_t n = pread(fd, one, sizeof one, 0);
		assert_true(n > 1000 && n < (ssize_t)sizeof one);
		assert_int_equal(pread(again, two, sizeof two, 0), n);
		assert_memory_equal(one, two, (size_t)n);
		close(fd);
		close(again);
		arena_close(a);
	}
}

static void what_does_not_fit_a_placard_is_refused(void **state)
{
	(void)state;
	struct err e = { 0 };
	static char much[20000];
	memset(much, 'x', sizeof much);
	for (size_t i = 5; i < sizeof much; i += 6)
		much[i] = ' ';
	struct placard p = placard_of();
	p.odd = (struct str){ much, sizeof much };
	int fd = new_file();
	assert_false(paper_placard(fd, &p, PLACARD_POCKET, "en", &e));
	assert_int_equal(e.code, TOO_BIG);
	assert_non_null(strstr(e.say, "pocket card"));
	err_clear(&e);
	p.odd = STR("\xFF");
	assert_false(paper_placard(fd, &p, PLACARD_A4, "en", &e));
	assert_int_equal(e.code, INVALID);
	close(fd);
}

static void a_counter_card_is_one_page_of_a5(void **state)
{
	static char much[3000];
	const uint8_t dark[9] = { 1, 0, 1, 0, 1, 0, 1, 1, 1 };
	struct counter_card c = { .business = STR("Fernwood Plumbing"), .title = STR("Your information with us"), .line = practice, .n = LENGTH(practice), .dark = dark, .wide = 3,
		.more = STR("What we check:"), .url = STR("notice.example.com/trust/"), .call = STR("Questions? Call us:"), .phone = STR("(202) 555-0100"), .note = STR("Printed on May 10, 2024.") };
	struct arena *a = arena_open();
	struct err e = { 0 };
	(void)state;
	int fd = new_file(), again = new_file();
	if (!paper_card(fd, &c, "en", &e) || !paper_card(again, &c, "en", &e))
		fail_msg("%s", e.say);
	assert_int_equal(pages_of(a, fd), 1);
	const char *text = page_text(a, fd, 1);
	for (size_t i = 0; i < c.n; i++)
		assert_non_null(strstr(text, arena_str(a, (struct str){ c.line[i].p, 12 }).p));
	assert_true(strstr(text, "notice.example.com/trust/") && strstr(text, "(202) 555-0100") && strstr(text, "Printed on"));
	char one[1 << 16], two[1 << 16];
	ssize_t n = pread(fd, one, sizeof one, 0);
	assert_true(n > 1000 && n < (ssize_t)sizeof one);
	assert_int_equal(pread(again, two, sizeof two, 0), n);
	assert_memory_equal(one, two, (size_t)n);
	memset(much, 'x', sizeof much);
	for (size_t i = 5; i < sizeof much; i += 6)
		much[i] = ' ';
	c.line = &(struct str){ much, sizeof much }, c.n = 1;
	assert_false(paper_card(fd, &c, "en", &e));
	assert_int_equal(e.code, TOO_BIG);
	err_clear(&e);
	c.line = &(struct str){ "\xFF", 1 };
	assert_false(paper_card(fd, &c, "en", &e));
	assert_int_equal(e.code, INVALID);
	close(fd);
	close(again);
	arena_close(a);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(every_letter_begins_on_a_page_of_its_own), cmocka_unit_test(what_all_letters_share_stands_once_in_the_file),
		cmocka_unit_test(any_script_is_written), cmocka_unit_test(a_letter_that_no_font_has_is_told), cmocka_unit_test(the_address_shows_in_the_window_and_nothing_else_does),
		cmocka_unit_test(a_long_address_shrinks_and_then_is_cut), cmocka_unit_test(long_texts_flow_on_and_lose_nothing),
		cmocka_unit_test(no_line_ends_within_e_mail), cmocka_unit_test(a_heading_stays_with_its_text), cmocka_unit_test(the_same_letters_give_the_same_bytes), cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(what_cannot_be_a_letter_is_refused), cmocka_unit_test(a_placard_says_all_on_one_page),
		cmocka_unit_test(what_does_not_fit_a_placard_is_refused), cmocka_unit_test(a_counter_card_is_one_page_of_a5),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
