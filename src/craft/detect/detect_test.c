/* detect: what is found, what is left alone, and what is kept of it. */
#include "detect.h"
#include "scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static char check_digit(const char *digits, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0') << !(i & 1);
		sum += d > 9 ? d - 9 : d;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

/* A number of n digits that begins with prefix and has the right check digit. */
static const char *number(struct str prefix, size_t n)
{
	static char p[32];
	static const char fill[] = "2718281828459045235";
	memcpy(p, fill, n);
	memcpy(p, prefix.p, prefix.n);
	p[n - 1] = check_digit(p, n - 1);
	p[n] = 0;
	return p;
}

static size_t count(const char *text)
{
	size_t n = detect(str_of(text), NULL, 0);
	assert_true(n == 0 || detect_could(str_of(text)));
	return n;
}

static const char *masked(struct arena *a, const char *text)
{
	struct buf once = BUF(1 << 20), twice = BUF(1 << 20);
	detect_mask(&once, str_of(text));
	assert_int_equal(detect_mask(&twice, buf_str(&once)), 0);
	assert_true(str_eq(buf_str(&once), buf_str(&twice)));
	const char *said = arena_str(a, buf_str(&once)).p;
	buf_free(&once);
	buf_free(&twice);
	return said;
}

static struct str file(struct arena *a, const char *name)
{
	const char *root = getenv("HANDBACK_SOURCE");
	assert_non_null(root);
	FILE *f = fopen(arena_printf(a, "%s/%s", root, name), "r");
	assert_non_null(f);
	char *p = arena_get(a, 1 << 16);
	size_t n = fread(p, 1, 1 << 16, f);
	assert_true(n < 1 << 16);
	fclose(f);
	return (struct str){ p, n };
}

/* ---- the table ---- */

struct row { struct str brand, low, high; unsigned lengths; char tier; bool luhn; };

static size_t rows_of(struct arena *a, struct row *row, size_t max)
{
	struct str rest = file(a, "data/card-ranges.csv");
	str_split(&rest, '\n');
	size_t n = 0;
	for (struct str line; line = str_split(&rest, '\n'), line.n; n++) {
		assert_true(n < max);
		row[n] = (struct row){ .brand = str_split(&line, ',') };
		row[n].low = str_split(&line, ',');
		row[n].high = str_split(&line, ',');
		struct str lengths = str_split(&line, ',');
		for (struct str part; part = str_split(&lengths, ';'), part.n;) {
			int64_t from, to;
			struct str first = str_split(&part, '-');
			assert_true(str_i64(first, &from));
			assert_true(str_i64(part.p ? part : first, &to));
			for (; from <= to; from++)
				row[n].lengths |= 1u << from;
		}
		row[n].luhn = str_eq(str_split(&line, ','), STR("yes"));
		row[n].tier = *str_split(&line, ',').p;
	}
	return n;
}

/* The surest tier that any row gives this number. */
static char tier_of(const struct row *row, size_t n, const char *digits)
{
	char best = 'Z';
	for (size_t i = 0; i < n; i++)
		if (memcmp(digits, row[i].low.p, row[i].low.n) >= 0 && memcmp(digits, row[i].high.p, row[i].high.n) <= 0 &&
		    row[i].lengths >> strlen(digits) & 1 && row[i].tier < best)
			best = row[i].tier;
	return best;
}

static void every_brand_and_length_of_the_table_is_found(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct row row[128];
	size_t n = rows_of(a, row, LENGTH(row)), numbers = 0;
	for (size_t i = 0; i < n; i++)
		for (int end = 0; end < 2; end++)
			for (size_t len = 12; len <= 19; len++) {
				if (!(row[i].lengths >> len & 1))
					continue;
				const char *p = number(end ? row[i].high : row[i].low, len);
				char tier = tier_of(row, n, p);
				struct hit h;
				if (count(p) != (tier <= 'B'))
					fail_msg("%s, tier %c", p, tier);
				const char *with = arena_printf(a, "Card no. %s", p);
				assert_int_equal(detect(str_of(with), &h, 1), 1);
				assert_true(h.from == 9 && h.to == strlen(with) && h.sort == HIT_CARD);
				assert_string_equal(h.last4, p + len - 4);
				if (tier == row[i].tier && tier == 'A' && row[i].low.n >= 4 && !str_starts(row[i].low, STR("65")) && len == 16)
					assert_true(str_eq(row[i].brand, str_of(h.brand)));
				char *wrong = arena_printf(a, "card %s", p);
				wrong[4 + len] = (char)('0' + (wrong[4 + len] - '0' + 1) % 10);
				assert_int_equal(count(wrong), !row[i].luhn);
				numbers++;
			}
	assert_true(numbers > 300);
	arena_close(a);
}

static void published_test_numbers_are_told_apart_and_masked(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct str rest = file(a, "data/card-test-numbers.txt");
	size_t n = 0;
	while (rest.p) {
		struct str line = str_split(&rest, '\n');
		if (!line.n || *line.p == '#')
			continue;
		struct hit h;
		assert_int_equal(detect(line, &h, 1), 1);
		assert_int_equal(h.sort, HIT_TEST_NUMBER);
		assert_true(detect_maybe(line));
		const char *want = arena_printf(a, "x [card ending " STR_FMT "]", 4, line.p + line.n - 4);
		assert_string_equal(masked(a, arena_printf(a, "x " STR_FMT, STR_ARG(line))), want);
		n++;
	}
	assert_true(n > 40);
	arena_close(a);
}

/* ---- how it is written ---- */

static const char *const separator[] = { "", " ", "-", ".", "\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF", "\xE2\x80\x93" };

static const char *grouped(struct arena *a, const char *digits, const char *lengths, const char *sep)
{
	struct buf b = BUF(256);
	for (const char *l = lengths; *digits; l++) {
		size_t n = l[0] == 'd' ? 13 : (size_t)(*l - '0');
		buf_put(&b, (struct str){ digits, n });
		digits += n;
		if (*digits)
			buf_put(&b, str_of(sep));
	}
	const char *said = arena_str(a, buf_str(&b)).p;
	buf_free(&b);
	return said;
}

static void every_separator_is_read(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	static const struct { const char *digits, *groups; } way[] = {
		{ "4539578763621486", "4444" }, { "378734493671018", "465" }, { "30569309025912", "464" }, { "6205500000000000012", "44443" },
		{ "6205500000000000012", "6d" }, { "4222222222230", "4333" },
	};
	for (size_t i = 0; i < LENGTH(way); i++)
		for (size_t k = 0; k < LENGTH(separator); k++) {
			char digits[24];
			strcpy(digits, way[i].digits);
			digits[strlen(digits) - 1] = check_digit(digits, strlen(digits) - 1);
			const char *text = arena_printf(a, "a, %s.", grouped(a, digits, way[i].groups, separator[k]));
			assert_int_equal(count(text), 1);
			assert_string_equal(masked(a, text), arena_printf(a, "a, [card ending %s].", digits + strlen(digits) - 4));
		}
	assert_int_equal(count("4539 5787-6362 1486"), 0);
	assert_int_equal(count("4539  5787  6362  1486"), 1);
	assert_int_equal(count("4539,5787,6362,1486"), 0);
	assert_int_equal(count("\xEF\xBC\x94\xEF\xBC\x95\xEF\xBC\x93\xEF\xBC\x99" "5787" "\xEF\xBC\x96\xEF\xBC\x93\xEF\xBC\x96\xEF\xBC\x92" "1486"), 1);
	arena_close(a);
}

static void it_is_found_at_every_place_of_a_row(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	const char *const as[] = { "4539578763621486", "4539 5787 6362 1486", "4539\xE2\x80\x93" "5787\xE2\x80\x93" "6362\xE2\x80\x93" "1486" };
	for (size_t k = 0; k < LENGTH(as); k++)
		for (size_t lead = 0; lead < 200; lead++)
			for (size_t trail = 0; trail < 140; trail += trail < 4 ? 1 : 17) {
				char *text = arena_get(a, 512);
				memset(text, lead % 3 ? 'x' : '7', lead);
				if (lead)
					text[lead - 1] = ',';
				size_t n = strlen(as[k]);
				memcpy(text + lead, as[k], n);
				memset(text + lead + n, 'y', trail);
				if (trail)
					text[lead + n] = ';';
				struct hit h;
				assert_int_equal(count(text), 1);
				assert_int_equal(detect(str_of(text), &h, 1), 1);
				assert_true(h.from == lead && h.to == lead + n);
				assert_string_equal(h.last4, "1486");
				if (lead % 50 == 0)
					arena_reset(a);
			}
	arena_close(a);
}

static void numbers_stand_among_other_groups(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	assert_string_equal(masked(a, "on 2024-05-01 4539 5787 6362 1486 12/29 123, paid"), "on 2024-05-01 [card ending 1486] 12/29 123, paid");
	assert_string_equal(masked(a, "60 4539 5787 6362 1486 card"), "60 [card ending 1486] card");
	assert_string_equal(masked(a, "7,4539578763621486,8"), "7,[card ending 1486],8");
	assert_string_equal(masked(a, "{\"n\":\"4539578763621486\"}"), "{\"n\":\"[card ending 1486]\"}");
	assert_string_equal(masked(a, "4539578763621486.00"), "[card ending 1486].00");
	assert_string_equal(masked(a, "\xE5\x8D\xA1\xE5\x8F\xB7" "4539578763621486"), "\xE5\x8D\xA1\xE5\x8F\xB7[card ending 1486]");
	assert_string_equal(masked(a, "4539\xC2\xB7" "5787\xC2\xB7" "6362\xC2\xB7" "1486"), "[card ending 1486]");
	assert_string_equal(masked(a, "VISA4539578763621486EXP1229, card_4539578763621486"), "VISA[card ending 1486]EXP1229, card_[card ending 1486]");
	assert_string_equal(masked(a, "id_4539578763621486_card"), "id_[card ending 1486]_card");
	assert_string_equal(masked(a, "4539578763621486 4539578763621486"), "[card ending 1486] [card ending 1486]");
	/* in the digits of other scripts: Arabic, Devanagari, and mathematical ones of four bytes */
	assert_string_equal(masked(a, "no ٤٥٣٩٥٧٨٧٦٣٦٢١٤٨٦."), "no [card ending 1486].");
	assert_string_equal(masked(a, "४५३९ ५७८७ ६३६२ १४८६"), "[card ending 1486]");
	assert_string_equal(masked(a, "𝟒𝟓𝟑𝟗𝟓𝟕𝟖𝟕𝟔𝟑𝟔𝟐𝟏𝟒𝟖𝟔"), "[card ending 1486]");
	assert_int_equal(count("١٤٥٣٩٥٧٨٧٦٣٦٢١٤٨٦"), 0);        /* part of a longer number */
	arena_close(a);
}

static void what_is_no_card_stays(void **state)
{
	(void)state;
	static const char *const fine[] = {
		"", "0", "6100000000002", "7210448301117", "9000000000001", "order 6100000000002, parcel 7210448301117, till 9000000000001",
		"4539578763621487", "45395787636214860", "x4539578763621486", "4539578763621486x", "_4539578763621486", "4539578763621486_",
		"0.4539578763621486", "12.4539578763621486", "4.539578763621486e15", ("\xEF\xBC\x91" "4539578763621486"), "0x4539578763621486",
		"a4539578763621486f", "00000000-0000-4539-5787-636214860000", "4539578a-5787-6362-1486-453957876362", "deadbeef-dead-4539-5787-636214860000",
		"00000000-0000-0000-0000-501800000009", "2024-05-01T10:11:12.123456Z", "+1 (555) 010-0123", "192.168.100.200", "10.0.0.1 10.0.0.2 10.0.0.3",
		"0000000000000000", "000000000000", "1700000000000", "9780306406157", "2021 2022 2023 2024", "4 5 3 9 5 7 8 7 6 3 6 2 1 4 8 6",
		"GB29 NWBK 6016 1331 9268 19", "45395787 \n 63621486",
	};
	for (size_t i = 0; i < LENGTH(fine); i++) {
		if (count(fine[i]))
			fail_msg("masked: %s", fine[i]);
	}
}

static void a_doubtful_number_needs_a_card_word_or_an_expiry_near(void **state)
{
	(void)state;
	static const char *const found[] = {
		"card 6100000000002", "Credit Card: 6100000000002", "6100000000002 exp 12/29", "6100000000002 12/29", "card_number=6100000000002",
		"6100000000002 is the PAN", "CARD\t6100000000002", "VISA 4 5 3 9 5 7 8 7 6 3 6 2 1 4 8 6",
	};
	static const char *const left[] = {
		"discard 6100000000002", "cardigan 6100000000002", "6100000000002 on 01/12/2024", "6100000000002 13/29",
		"6100000000002 ...............................................................card", "[card ending 1486] 6100000000002",
		"[card track] 6100000000002", "[card code], 6100000000002",
	};
	for (size_t i = 0; i < LENGTH(found); i++)
		if (count(found[i]) != 1)
			fail_msg("missed: %s", found[i]);
	for (size_t i = 0; i < LENGTH(left); i++)
		if (count(left[i]))
			fail_msg("found: %s", left[i]);
}

static void tracks_are_found_whole(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	static const struct { const char *text, *want; } way[] = {
		{ "x %B4539578763621486^SURNAME/FIRST ^29121010000000000000000000000?A y", "x [card track]A y" },
		{ "B378282246310005^A/B^2912101", "[card track]" },
		{ "%B3782 822463 10005^SURNAME/FIRST^29121011234567?", "[card track]" },
		{ ";4539578763621486=29121010000012345678?9", "[card track]9" },
		{ "4539578763621486=2912101", "[card track]" },
		{ "4539578763621486D29121010000012300F", "[card track]" },
		{ "57134539578763621486D29121010000012300F", "5713[card track]" },
		{ "a;4539578763621486=29121010000012345678?, 4539578763621486", "a[card track], [card ending 1486]" },
		{ "4539578763621486=29", "[card ending 1486]=29" },
		{ "4539578763621487=29121010000012345678?", "4539578763621487=29121010000012345678?" },
	};
	for (size_t i = 0; i < LENGTH(way); i++)
		assert_string_equal(masked(a, way[i].text), way[i].want);
	struct hit h;
	assert_int_equal(detect(STR(";4111111111111111=29121010000012345678?"), &h, 1), 1);
	assert_true(h.sort == HIT_TRACK && str_eq(str_of(h.last4), STR("1111")));
	arena_close(a);
}

static void a_card_code_is_one_only_beside_a_card_number(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	static const struct { const char *text, *want; } way[] = {
		{ "4539578763621486 cvv 123", "[card ending 1486] cvv [card code]" },
		{ "CVV2: 123 - 4539578763621486", "CVV2: [card code] - [card ending 1486]" },
		{ "{\"pan\":\"4539578763621486\",\"cvc\":\"1234\"}", "{\"pan\":\"[card ending 1486]\",\"cvc\":\"[card code]\"}" },
		{ "4539578763621486, security code is 123.", "[card ending 1486], security code is [card code]." },
		{ "4539578763621486 CID=1234; csc 99", "[card ending 1486] CID=[card code]; csc 99" },
		{ "cvv 123", "cvv 123" },
		{ "cvv 12345 4539578763621486", "cvv 12345 [card ending 1486]" },
		{ "cvv 4539 5787 6362 1486", "cvv [card ending 1486]" },
	};
	for (size_t i = 0; i < LENGTH(way); i++)
		assert_string_equal(masked(a, way[i].text), way[i].want);
	arena_close(a);
}

/* Pieces of numbers, words and tags in any order: masked once is masked for good, and the first look denies nothing. */
static void masking_twice_changes_nothing(void **state)
{
	(void)state;
	static const char *const piece[] = { "4539578763621486", "6100000000002", "4539", "5787", "6362", "1486", " ", "-", ".", "card", "cvv", "123", "12/29",
		"[card ending 1486]", "[", "=29121010000", "%B", "^A/B^", "?", "\xE2\x80\x93", "\xEF\xBC\x94", "٤", "٤٥٣٩", "x", "50", "6304000000000000", ",", "57", "13", "D",
		"–6–1–0–0–0–0–0–0–0–0–0–0–2" };
	struct arena *a = arena_open();
	uint64_t seed = 1;
	for (int i = 0; i < 60000; i++) {
		struct buf b = BUF(4096);
		for (int k = 0; k < 24; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			buf_put(&b, str_of(piece[(seed >> 33) % LENGTH(piece)]));
		}
		const char *text = arena_str(a, buf_str(&b)).p;
		count(text);
		masked(a, text);
		buf_free(&b);
		arena_reset(a);
	}
	arena_close(a);
}

/* What the scanner finds in a text is masked there: the same numbers in every writing that it knows, with words around them and without. */
static void scanned(void *to, const struct finding *f)
{
	if (f->sort <= HIT_TEST_NUMBER && f->class > SCAN_UNLIKELY)
		++*(size_t *)to;
}

static bool scan_finds(struct scanner *s, struct str text)
{
	size_t found = 0, room;
	scanner_begin(s, scanned, &found);
	memcpy(scanner_room(s, &room), text.p, text.n);
	scanner_take(s, text.n, true);
	scanner_end(s);
	return found > 0;
}

static void whatever_the_scanner_finds_in_a_cell_is_masked(void **state)
{
	(void)state;
	static const char *const gap[] = { "", " ", "-", ".", "_", "/", ",", ";", "  ", " - ", "\t", "\n", "\r\n", ":", "*", "+", "|", "&nbsp;", "</b><b>", "\xC2\xA0", "\xE2\x80\x93", "%20", "=\r\n" };
	static const char *const front[] = { "", "card ", "pan=", "card number: ", "visa ", "x", "id ", "order ", "<td>", "[card ending 1486] ", "(", "\"", "cvv 123 " };
	static const char *const behind[] = { "", " exp 12/29", " 12/29 cvv 737", ".", ",x", "</td>", " and more", "_x", ")", "\"", "=29121010000?", "^A/B^29121010000?" };
	static const unsigned char shape[][5] = { { 4, 4, 4, 4 }, { 16 }, { 4, 6, 5 }, { 15 }, { 6, 10 }, { 8, 8 }, { 4, 4, 4, 4, 3 } };
	static const char *const prefix[] = { "4539", "5500", "3787", "6011", "2221", "6304", "3528" };
	static const char *const fullwidth[] = { "０", "１", "２", "３", "４", "５", "６", "７", "８", "９" };
	static const uint8_t key[16] = { 1 };
	struct scanner *s = scanner_open(key);
	uint64_t seed = 7;
	size_t found = 0;
	for (int i = 0; i < 10000; i++) {
		#define ANY(n) ((seed = seed * 6364136223846793005u + 1442695040888963407u) >> 33) % (n)
		struct buf b = BUF(4096), once = BUF(4096);
		const unsigned char *groups = shape[ANY(LENGTH(shape))];
		const char *between = gap[ANY(LENGTH(gap))];
		unsigned way = ANY(8);
		char digits[24];
		size_t n = 0, total = 0;
		for (size_t k = 0; k < 5 && groups[k]; k++)
			total += groups[k];
		strcpy(digits, prefix[ANY(LENGTH(prefix))]);
		for (n = 4; n + 1 < total; n++)
			digits[n] = (char)('0' + ANY(10));
		digits[n] = check_digit(digits, n);
		buf_put(&b, str_of(front[ANY(LENGTH(front))]));
		n = 0;
		for (size_t k = 0; k < 5 && groups[k]; k++) {
			if (k)
				buf_put(&b, str_of(ANY(12) ? between : gap[ANY(LENGTH(gap))]));
			for (size_t j = 0; j < groups[k]; j++, n++) {
				if (way == 0)
					buf_printf(&b, "&#%d;", digits[n]);
				else if (way == 1)
					buf_printf(&b, "%%%02x", (unsigned)digits[n]);
				else if (way == 2)
					buf_put(&b, str_of(fullwidth[digits[n] - '0']));
				else if (way == 3)
					buf_printf(&b, "\\u%04x", (unsigned)digits[n]);
				else
					buf_byte(&b, digits[n]);
			}
		}
		buf_put(&b, str_of(behind[ANY(LENGTH(behind))]));
		found += scan_finds(s, buf_str(&b));
		detect_mask(&once, buf_str(&b));
		if (scan_finds(s, buf_str(&once)))
			fail_msg(STR_FMT " was masked as " STR_FMT, STR_ARG(buf_str(&b)), STR_ARG(buf_str(&once)));
		buf_free(&b);
		buf_free(&once);
	}
	assert_in_range(found, 2000, 10000);                   /* it was no empty promise */
	scanner_close(s);
}

static void a_full_buffer_says_so_and_ends_in_time(void **state)
{
	(void)state;
	struct buf b = BUF(20);
	assert_true(detect_mask(&b, STR("4539578763621486 4539578763621486")) >= 1);
	assert_true(b.full);
	buf_free(&b);
	char *long_text = mem_get(1 << 20);
	const char *const fill[] = { "1", "1 ", "4 1111 ", "6100000000002 ", "card ", "cvv ", "\xE2\x80\x93", "4539578763621486^" };
	for (size_t k = 0; k < LENGTH(fill); k++) {
		size_t n = strlen(fill[k]);
		for (size_t i = 0; i < 1 << 20; i++)
			long_text[i] = fill[k][i % n];
		detect((struct str){ long_text, 1 << 20 }, NULL, 0);
		detect_maybe((struct str){ long_text, 1 << 20 });
	}
	free(long_text);
}

static void a_name_is_masked_whatever_stands_around_a_number(void **state)
{
	(void)state;
	static const struct { const char *name, *masked; } rows[] = {
		{ "scan_4539578763621486.txt", "scan_[card ending 1486].txt" },
		{ "card4539578763621486.txt", "card[card ending 1486].txt" },
		{ "4539578763621486_scan.txt", "[card ending 1486]_scan.txt" },
		{ "a.zip!a4539578763621486b.csv", "a.zip!a[card ending 1486]b.csv" },
		{ "a4539578763621486@example.com", "a[card ending 1486]@example.com" },
		{ "x4539-5787-6362-1486y", "x[card ending 1486]y" },
		{ "x4539_5787_6362_1486_2", "x[card ending 1486]_2" },
		{ "4539.5787.6362.1486.pdf", "[card ending 1486].pdf" },
		{ "scan_20240101_4539578763621486", "scan_20240101_[card ending 1486]" },
		{ "202401014539578763621486.png", "20240101[card ending 1486].png" },
		{ "45395787636214864539578763621486", "[card ending 1486][card ending 1486]" },
		{ "ssn_536-90-4399x.pdf", "ssn_[SSN ending 4399]x.pdf" },
		{ "a\xEF\xBC\x94" "539578763621486", "a[card ending 1486]" },
		{ "a۴۵۳۹-۵۷۸۷-۶۳۶۲-۱۴۸۶.txt", "a[card ending 1486].txt" },
		{ "١٦١٠٠٠٠٠٠٠٠٠٠٢.txt", "١٦١٠٠٠٠٠٠٠٠٠٠٢.txt" },      /* of a longer number, and no brand's own length */
		{ "4539578763621487.txt", "4539578763621487.txt" },                  /* its check digit is wrong */
		{ "IMG_20240101_123456.jpg", "IMG_20240101_123456.jpg" },
		{ "1536-90-4399", "1536-90-4399" },
		{ "tel 202-555-0143", "tel 202-555-0143" },
		{ "", "" },
	};
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct buf once = BUF(1000), twice = BUF(1000);
		detect_mask_name(&once, str_of(rows[i].name));
		detect_mask_name(&twice, buf_str(&once));
		buf_byte(&twice, 0);
		assert_string_equal(twice.p, rows[i].masked);
		buf_free(&once);
		buf_free(&twice);
	}
}

static void what_people_write_of_themselves_is_masked_however_it_is_set_apart(void **state)
{
	(void)state;
	static const struct { const char *text, *masked; } rows[] = {
		{ "card4111111111111111x", "card[card ending 1111]x" },
		{ "4539  5787  6362  1486", "[card ending 1486]" },
		{ "4539/5787/6362/1486", "[card ending 1486]" },
		{ "Ana 4539_5787_6362_1486", "Ana [card ending 1486]" },
		{ "4539\xE2\x80\x91" "5787\xE2\x80\x91" "6362\xE2\x80\x91" "1486", "[card ending 1486]" },
		{ "4539\r\n5787\r\n6362\r\n1486", "[card ending 1486]" },
		{ "4,539,578,763,621,486", "[card ending 1486]" },
		{ "Ana ٤٥٣٩/٥٧٨٧/٦٣٦٢/١٤٨٦", "Ana [card ending 1486]" },
		{ "4539\xE2\x80\x8B" "5787\xE2\x80\x8B" "6362\xE2\x80\x8B" "1486", "[card ending 1486]" },
		{ "12 Mill Street, Apt 4, 12345-6789", "12 Mill Street, Apt 4, 12345-6789" },
		{ "Ana Marsh", "Ana Marsh" },
	};
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct buf once = BUF(1000);
		detect_mask_person(&once, str_of(rows[i].text));
		buf_byte(&once, 0);
		assert_string_equal(once.p, rows[i].masked);
		buf_free(&once);
	}
}

/* What lets a cell pass unseen must be what the detector finds nothing in; and nothing but that. */
static void a_moment_needs_no_look(void **state)
{
	(void)state;
	static const char *const zone[] = { "", "Z", "+02:00", "-11:30" };
	uint64_t seed = 5;
	for (int i = 0; i < 20000; i++) {
		struct buf b = BUF(100);
		char at[40];
		struct tm t;
		time_t seconds = -2208988800;                          /* 1900 to 2099 */
		seconds += 3155717 * (time_t)(ANY(2000));
		seconds += ANY(3155717);
		strftime(at, sizeof at, i % 2 ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &t));
		buf_put(&b, str_of(at));
		for (int fraction = (int)(ANY(10)), k = 0; k < fraction; k++)
			buf_byte(&b, k ? (char)('0' + (ANY(10))) : '.');
		buf_put(&b, str_of(zone[ANY(LENGTH(zone))]));
		assert_false(detect_could(buf_str(&b)));
		assert_int_equal(detect(buf_str(&b), NULL, 0), 0);
		buf_put(&b, STR(" 4539578763621486"));
		assert_true(detect_could(buf_str(&b)));
		buf_free(&b);
	}
	assert_true(detect_could(STR("4539-57-87T63:62:14.86")));
	assert_true(detect_could(STR("2026-03-01T11:00:00.4539578763621486Z")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_brand_and_length_of_the_table_is_found),
		cmocka_unit_test(published_test_numbers_are_told_apart_and_masked),
		cmocka_unit_test(every_separator_is_read),
		cmocka_unit_test(it_is_found_at_every_place_of_a_row),
		cmocka_unit_test(numbers_stand_among_other_groups),
		cmocka_unit_test(what_is_no_card_stays),
		cmocka_unit_test(a_doubtful_number_needs_a_card_word_or_an_expiry_near),
		cmocka_unit_test(tracks_are_found_whole),
		cmocka_unit_test(a_card_code_is_one_only_beside_a_card_number),
		cmocka_unit_test(masking_twice_changes_nothing), cmocka_unit_test(whatever_the_scanner_finds_in_a_cell_is_masked),
		cmocka_unit_test(what_people_write_of_themselves_is_masked_however_it_is_set_apart),
		cmocka_unit_test(a_name_is_masked_whatever_stands_around_a_number),
		cmocka_unit_test(a_full_buffer_says_so_and_ends_in_time), cmocka_unit_test(a_moment_needs_no_look),
	};
	return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}
