/* base: the promises of base.h, kinds.h, when.h and json.h that a caller could trip over. */
#include "base.h"
#include "json.h"
#include "kinds.h"
#include "when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void text_splits(void **state)
{
	(void)state;
	struct str rest = STR("a,,b,"), want[] = { STR("a"), STR(""), STR("b"), STR("") };
	for (size_t i = 0; i < LENGTH(want); i++)
		assert_true(rest.p && str_eq(str_split(&rest, ','), want[i]));
	assert_null(rest.p);
}

static void numbers_are_whole_and_in_range(void **state)
{
	(void)state;
	int64_t v = 7;
	assert_true(str_i64(STR("-9223372036854775808"), &v) && v == INT64_MIN);
	assert_true(str_i64(STR("9223372036854775807"), &v) && v == INT64_MAX);
	assert_false(str_i64(STR("9223372036854775808"), &v));
	assert_false(str_i64(STR(""), &v) || str_i64(STR("-"), &v) || str_i64(STR("1 "), &v) || str_i64(STR("1e3"), &v));
}

static void names_are_the_same_in_any_case_and_form(void **state)
{
	(void)state;
	static const struct { const char *a, *b; bool same; } cases[] = {
		{ "Ana", "ana", true }, { "JOS\xC3\x89", "jose\xCC\x81", true }, { " Ana  Silva ", "ana silva", true }, { "STRASSE", "stra\xC3\x9F""e", true },
		{ "Ana", "Ana Silva", false }, { "Jos\xC3\xA9", "Jose", false }, { "\xFF", "\xFF", true }, { "\xFF", "\xFE", false }, { "", "", true }, { "", " ", true } };
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (str_same(str_of(cases[i].a), str_of(cases[i].b)) != cases[i].same)
			fail_msg("case %zu", i);
}

static void utf8_is_judged_strictly(void **state)
{
	(void)state;
	assert_true(str_utf8(STR("Zárate \xF0\x9F\x94\xA7")));
	struct str bad[] = { STR("\xC0\xAF"), STR("\xED\xA0\x80"), STR("\xF4\x90\x80\x80"), STR("\xE2\x82"), STR("a\0b"), STR("\x80") };
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(str_utf8(bad[i]));
}

static void cells_of_a_table_are_quoted_where_they_must_be(void **state)
{
	static const char *const cells[][2] = { { "plain", "plain" }, { "", "" }, { "a,b", "\"a,b\"" }, { "say \"so\"", "\"say \"\"so\"\"\"" }, { "two\nlines", "\"two\nlines\"" }, { " edge", "\" edge\"" },
		{ "=1+1", "'=1+1" }, { "+1 202", "'+1 202" }, { "@x,y", "\"'@x,y\"" }, { "'tis", "''tis" } };
	(void)state;
	for (size_t i = 0; i < LENGTH(cells); i++) {
		struct buf b = BUF(100);
		buf_csv(&b, str_of(cells[i][0]));
		assert_true(str_eq(buf_str(&b), str_of(cells[i][1])));
		buf_free(&b);
	}
}

static void a_region_of_the_us_is_one_that_there_is(void **state)
{
	(void)state;
	static const char *const good[] = { "US-CA", "US-AL", "US-MP", "US-DC", "US-PR", "US-AA", "US-AE", "US-AP", "CA-ON", "GB-ENG", "FR-75", "DE-XX" };
	static const char *const bad[] = { "US-XX", "US-QQ", "US-A", "US-NYC", "US-1A", "US-ny", "us-NY", "US-", "NY", "", "US NY", "USA-NY", "CA-ABCD" };
	for (size_t i = 0; i < LENGTH(good); i++)
		assert_true(str_region(str_of(good[i])));
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(str_region(str_of(bad[i])));
}

static void a_phone_number_stands_on_one_line(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	assert_true(str_eq(str_unparted(a, STR("(202) 555-0100")), STR("(202)\u00A0555\u20110100")));
	assert_int_equal(str_unparted(a, STR("")).n, 0);
	arena_close(a);
}

static void a_phone_number_looks_like_one(void **state)
{
	(void)state;
	static const char *const good[] = { "(202) 555-0100", "555-0100", "+1 202 555 0100", "202.555.0100", "030/555 0100", "(855) 555-0100 x12", "855-555-0100 ext. 4", "8555550100 EXT 4", " 202 555 0100 " };
	static const char *const bad[] = { "", "call me", "555-010", "call 202 555 0100", "202 555 0100 or Ana", "202 555 0100 x", "202 555 0100 ext", "x1234567", "1234567890123456", "202 555 0100 x123456789", "+++++++" };
	for (size_t i = 0; i < LENGTH(good); i++)
		assert_true(str_phone(str_of(good[i])));
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(str_phone(str_of(bad[i])));
}

static void buffers_stay_full(void **state)
{
	(void)state;
	struct buf b = BUF(4);
	buf_put(&b, STR("abc"));
	buf_put(&b, STR("de"));
	buf_byte(&b, 'f');
	assert_true(b.full && str_eq(buf_str(&b), STR("abc")));
	buf_free(&b);
}

static void cursors_tear_instead_of_overrunning(void **state)
{
	(void)state;
	struct buf b = BUF(64);
	buf_u16(&b, 0x1234);
	buf_lstr(&b, STR("hello"));
	struct cursor c = cursor_of(buf_str(&b));
	assert_int_equal(cursor_u16(&c), 0x1234);
	assert_true(str_eq(cursor_lstr(&c), STR("hello")) && cursor_done(&c));
	assert_int_equal(cursor_u32(&c), 0);
	assert_true(c.torn && !cursor_done(&c));
	buf_free(&b);
}

static void sets_walk_in_order(void **state)
{
	(void)state;
	struct bits b = bits_open(200);
	bits_add(&b, 0), bits_add(&b, 63), bits_add(&b, 64), bits_add(&b, 199), bits_add(&b, 200);
	size_t seen[4], n = 0;
	for (size_t i = 0; bits_next(&b, &i); i++)
		seen[n++] = i;
	assert_true(n == 4 && seen[0] == 0 && seen[1] == 63 && seen[2] == 64 && seen[3] == 199 && bits_count(&b) == 4);
	bits_close(&b);
}

static void kinds_go_there_and_back(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	kinds k;
	struct str bad;
	assert_true(kinds_parse(STR("card_number| name"), '|', &k, &bad) && k == (KIND(CARD_NUMBER) | KIND(NAME)));
	assert_string_equal(kinds_text(a, k, ",").p, "name,card_number");
	assert_false(kinds_parse(STR("name|shoe_size"), '|', &k, &bad));
	assert_true(str_eq(bad, STR("shoe_size")));
	assert_int_equal(KIND_HOME_ACCESS, 27);          /* stored in segments: numbers never move */
	arena_close(a);
}

static int64_t at(const char *text, const char *zone, struct span *span)
{
	struct err e = { 0 };
	struct zone *z = zone ? zone_open(str_of(zone), &e) : NULL;
	assert_true(when_parse(str_of(text), z, span));
	zone_close(z);
	return span->from;
}

static void times_are_read(void **state)
{
	(void)state;
	struct span s;
	assert_int_equal(at("2013-12-15T00:00:00Z", NULL, &s), 1387065600);
	assert_int_equal(at("2013-12-14T19:00:00.25-05:00", NULL, &s), 1387065600);
	assert_int_equal(at("2013-12-14 19:00", "America/New_York", &s), 1387065600);
	assert_int_equal(at("2013-12-15", "America/New_York", &s), 1387083600);
	assert_int_equal(s.to - s.from, DAY);
	assert_int_equal(at("2026-03-08", "America/New_York", &s), 1772946000);
	assert_int_equal(s.to - s.from, 23 * 3600);      /* the skipped hour */
	at("2026-11-01", "America/New_York", &s);
	assert_int_equal(s.to - s.from, 25 * 3600);      /* the doubled hour */
	at("2026-11-01T01:30:00", "America/New_York", &s);
	assert_int_equal(s.to - s.from, 3601);           /* any instant of either */
	struct span t;
	assert_false(when_parse(STR("2026-02-29"), NULL, &t) || when_parse(STR("2026-13-01T00:00:00Z"), NULL, &t) ||
	             when_parse(STR("2026-01-01T00:00:00Zx"), NULL, &t) || when_parse(STR("2026-01-01T24:00:00Z"), NULL, &t) ||
	             when_parse(STR("2026-01-01T00:00:00."), NULL, &t));
}

static void civil_time_is_its_own_inverse(void **state)
{
	(void)state;
	for (int64_t t = -62135596800; t < 253402300800; t += 86400 * 37 + 4211) {
		struct civil c = civil_of(t);
		assert_true(civil_valid(&c));
		assert_int_equal(civil_seconds(&c), t);
	}
}

static void clocks_jump(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct zone *z = zone_open(STR("America/New_York"), &e);
	struct civil skipped = { 2026, 3, 8, 2, 30, 0 }, doubled = { 2026, 11, 1, 1, 30, 0 };
	struct instant i = zone_instant(z, civil_seconds(&skipped));
	assert_true(i.skipped && i.spread == 0);
	struct civil shown = civil_of(zone_local(z, i.at));
	assert_int_equal(shown.hour * 60 + shown.minute, 3 * 60 + 30);
	i = zone_instant(z, civil_seconds(&doubled));
	assert_true(!i.skipped && i.spread == 3600);
	assert_int_equal(zone_local(z, i.at), zone_local(z, i.at + 3600));
	zone_close(z);
	assert_null(zone_open(STR("Eastern"), &e));
	assert_int_equal(e.code, INVALID);
}

static void infinities_stay(void **state)
{
	(void)state;
	assert_true(when_add(LONG_AGO, 5) == LONG_AGO && when_add(FAR_OFF, -5) == FAR_OFF && when_add(5, FAR_OFF) == FAR_OFF);
	assert_int_equal(when_add(5, 7), 12);
	int64_t d;
	assert_true(when_duration(STR("90d"), &d) && d == 90 * DAY);
	assert_true(when_duration(STR("2y"), &d) && d == 730 * DAY);
	assert_false(when_duration(STR("90"), &d) || when_duration(STR("-1d"), &d) || when_duration(STR("1.5d"), &d));
}

static void json_escapes(void **state)
{
	(void)state;
	struct buf b = BUF(1000);
	struct json j = json_to(&b);
	json_open(&j, '{');
	json_key(&j, "a\"b");
	json_str(&j, STR("x\n\\\xFF"));
	json_key(&j, "list");
	json_open(&j, '[');
	json_i64(&j, -5), json_bool(&j, true), json_none(&j);
	json_close(&j);
	json_close(&j);
	buf_byte(&b, 0);
	assert_string_equal(b.p, "{\"a\\\"b\":\"x\\u000a\\\\\\ufffd\",\"list\":[-5,true,null]}");
	buf_free(&b);
}

static void the_first_reason_counts(void **state)
{
	(void)state;
	struct err e = { 0 };
	assert_false(err_set(&e, NOT_FOUND, "holder", "There is no holder %d.", 4));
	assert_false(err_set(&e, INVALID, NULL, "later"));
	assert_int_equal(e.code, NOT_FOUND);
	assert_string_equal(e.say, "There is no holder 4.");
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(text_splits), cmocka_unit_test(names_are_the_same_in_any_case_and_form), cmocka_unit_test(numbers_are_whole_and_in_range), cmocka_unit_test(utf8_is_judged_strictly),
		cmocka_unit_test(cells_of_a_table_are_quoted_where_they_must_be), cmocka_unit_test(a_region_of_the_us_is_one_that_there_is), cmocka_unit_test(a_phone_number_looks_like_one), cmocka_unit_test(a_phone_number_stands_on_one_line), cmocka_unit_test(buffers_stay_full), cmocka_unit_test(cursors_tear_instead_of_overrunning),
		cmocka_unit_test(sets_walk_in_order), cmocka_unit_test(kinds_go_there_and_back), cmocka_unit_test(times_are_read),
		cmocka_unit_test(civil_time_is_its_own_inverse), cmocka_unit_test(clocks_jump), cmocka_unit_test(infinities_stay),
		cmocka_unit_test(json_escapes), cmocka_unit_test(the_first_reason_counts),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
