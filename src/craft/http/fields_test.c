/* What askers write: decoded exactly, and refused when it is broken or too much. */
#include "fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static struct arena *a;

static int up(void **state)
{
	(void)state;
	a = arena_open();
	return 0;
}

static int down(void **state)
{
	(void)state;
	arena_close(a);
	return 0;
}

#define assert_text(got, want) do { struct str got_ = (got), want_ = STR(want); \
	assert_int_equal(got_.n, want_.n); assert_memory_equal(got_.p, want_.p, want_.n); } while (0)

static void percent_signs_are_decoded_or_refused(void **state)
{
	struct str s;
	(void)state;
	assert_true(fields_percent(a, STR("a%20b%C3%a9"), false, &s));
	assert_text(s, "a b\xC3\xA9");
	assert_true(fields_percent(a, STR("a+b"), false, &s));
	assert_text(s, "a+b");
	assert_true(fields_percent(a, STR("a+b"), true, &s));
	assert_text(s, "a b");
	static const struct str broken[] = { { "%", 1 }, { "%4", 2 }, { "%4g", 3 }, { "a%", 2 }, { "%00", 3 }, { "%ff", 3 }, { "%C3", 3 }, { "%ED%A0%80", 9 } };
	for (size_t i = 0; i < LENGTH(broken); i++)
		assert_false(fields_percent(a, broken[i], false, &s));
}

static void a_form_gives_its_pairs_in_order(void **state)
{
	struct pairs p;
	(void)state;
	assert_true(fields_form(a, STR("name=Ann+B&kind=email&kind=phone&empty=&flag&&x=a%3Db%26c"), &p));
	assert_int_equal(p.n, 6);
	assert_text(pair_text(p, "name"), "Ann B");
	assert_text(pair_text(p, "kind"), "email");
	assert_text(p.at[2].value, "phone");
	assert_true(pair_has(p, "flag"));
	assert_false(pair_has(p, "other"));
	assert_text(pair_text(p, "x"), "a=b&c");
	assert_true(fields_form(a, STR(""), &p));
	assert_int_equal(p.n, 0);
	assert_false(fields_form(a, STR("a=%zz"), &p));
}

static void more_pairs_than_allowed_are_refused(void **state)
{
	struct buf form = BUF(1 << 20), cookie = BUF(1 << 20);
	struct pairs p;
	(void)state;
	for (int i = 0; i < HTTP_PAIRS_MAX; i++) {
		buf_put(&form, STR("a=1&"));
		buf_put(&cookie, STR("a=1;"));
	}
	assert_true(fields_form(a, buf_str(&form), &p));
	assert_int_equal(p.n, HTTP_PAIRS_MAX);
	assert_true(fields_cookie(a, buf_str(&cookie), &p));
	assert_int_equal(p.n, HTTP_PAIRS_MAX);
	buf_put(&form, STR("b=2"));
	buf_put(&cookie, STR("b=2"));
	assert_false(fields_form(a, buf_str(&form), &p));
	assert_false(fields_cookie(a, buf_str(&cookie), &p));
	buf_free(&form);
	buf_free(&cookie);
}

static void cookies_lose_their_quotes_and_nothing_else(void **state)
{
	struct pairs p;
	(void)state;
	assert_true(fields_cookie(a, STR("a=1; b=\"two\";junk; c=x=y ;=no"), &p));
	assert_int_equal(p.n, 3);
	assert_text(pair_text(p, "b"), "two");
	assert_text(pair_text(p, "c"), "x=y");
}

static void a_path_fits_its_pattern_word_by_word(void **state)
{
	struct pairs p;
	(void)state;
	assert_true(fields_path(a, "/", STR("/"), &p));
	assert_true(fields_path(a, "/incident/:n/notices", STR("/incident/12/notices"), &p));
	assert_text(pair_text(p, "n"), "12");
	static const char *const others[] = { "/incident//notices", "/incident/12", "/incident/12/notices/", "/incident/12/notice", "incident/12/notices", "" };
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_false(fields_path(a, "/incident/:n/notices", str_of(others[i]), &p));
}

static void a_header_gives_its_parameters(void **state)
{
	struct str s;
	(void)state;
	assert_true(fields_parameter(a, STR("multipart/form-data; boundary=abc"), "boundary", &s));
	assert_text(s, "abc");
	assert_true(fields_parameter(a, STR("form-data; name=\"a;b\"; filename=\"x \\\"y\\\".csv\""), "filename", &s));
	assert_text(s, "x \"y\".csv");
	assert_true(fields_parameter(a, STR("x; flag; Name=v ; q=1"), "name", &s));
	assert_text(s, "v");
	assert_false(fields_parameter(a, STR("form-data; name=\"open"), "name", &s));
	assert_false(fields_parameter(a, STR("form-data"), "name", &s));
	assert_false(fields_parameter(a, STR("form-data; xname=1"), "name", &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_signs_are_decoded_or_refused),
		cmocka_unit_test(a_form_gives_its_pairs_in_order),
		cmocka_unit_test(more_pairs_than_allowed_are_refused),
		cmocka_unit_test(cookies_lose_their_quotes_and_nothing_else),
		cmocka_unit_test(a_path_fits_its_pattern_word_by_word),
		cmocka_unit_test(a_header_gives_its_parameters),
	};
	return cmocka_run_group_tests(tests, up, down);
}
