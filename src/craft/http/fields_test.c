/* What askers write: decoded exactly, and refused when it is broken or too much. */
#include "fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

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

static void a_star_stands_for_all_the_rest(void **state)
{
	struct pairs p;
	(void)state;
	assert_true(fields_path(a, "/api/v1/*verb", STR("/api/v1/incident/open"), &p));
	assert_text(pair_text(p, "verb"), "incident/open");
	assert_false(fields_path(a, "/api/v1/*verb", STR("/api/v1/"), &p));
	assert_false(fields_path(a, "/api/v1/*verb", STR("/api/v1"), &p));
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

static enum multipart_state form(struct str text, size_t piece, struct pairs *fields, struct upload **files, size_t *n)
{
	struct multipart *m = multipart_open(a, STR("xx"));
	while (text.n) {
		size_t k = text.n < piece ? text.n : piece;
		multipart_put(m, (struct str){ text.p, k });
		text.p += k, text.n -= k;
	}
	enum multipart_state state = multipart_end(m, fields, files, n);
	multipart_close(m);
	return state;
}

#define PART(head) "--xx\r\nContent-Disposition: form-data; " head "\r\n\r\n"

static void a_form_with_files_is_the_same_however_it_is_cut(void **state)
{
	static const struct str text = STR(PART("name=\"kind\"") "e\r\n-mail\r\n" PART("name=empty") "\r\n"
		PART("name=\"file\"; filename=\"C:\\\\lists\\\\may.csv\"\r\nContent-Type: text/csv") "a,b\r\n--x\r\n1,2\r\n" PART("name=\"none\"; filename=\"\"") "\r\n--xx--\r\n");
	struct pairs fields;
	struct upload *file;
	size_t n;
	char bytes[64];
	(void)state;
	for (size_t piece = 1; piece <= text.n; piece++) {
		assert_int_equal(form(text, piece, &fields, &file, &n), MULTIPART_GOING);
		assert_int_equal(fields.n, 2);
		assert_text(pair_text(fields, "kind"), "e\r\n-mail");
		assert_text(pair_text(fields, "empty"), "");
		assert_int_equal(n, 1);
		assert_text(file[0].field, "file");
		assert_text(file[0].name, "may.csv");
		assert_int_equal(file[0].size, 13);
		assert_int_equal(read(file[0].fd, bytes, sizeof bytes), 13);
		assert_memory_equal(bytes, "a,b\r\n--x\r\n1,2", 13);
		close(file[0].fd);
	}
}

static void a_broken_or_endless_form_is_refused(void **state)
{
	static const struct { struct str text; enum multipart_state state; } forms[] = {
		{ STR(""), MULTIPART_BROKEN }, { STR("--xx"), MULTIPART_BROKEN }, { STR("--xx\r\n\r\n\r\n--xx--"), MULTIPART_BROKEN },
		{ STR(PART("name=\"a\"") "1"), MULTIPART_BROKEN }, { STR(PART("nam=\"a\"") "1\r\n--xx--"), MULTIPART_BROKEN },
		{ STR(PART("name=\"a\"") "\xff\r\n--xx--"), MULTIPART_BROKEN }, { STR("--xxy\r\n"), MULTIPART_BROKEN },
	};
	struct pairs fields;
	struct upload *file;
	size_t n;
	(void)state;
	for (size_t i = 0; i < LENGTH(forms); i++)
		assert_int_equal(form(forms[i].text, 3, &fields, &file, &n), forms[i].state);
	struct buf b = BUF(1 << 24);
	buf_put(&b, STR("--xx\r\n"));
	while (b.n < MULTIPART_HEAD_MAX + 20)
		buf_put(&b, STR("x: y\r\n"));
	assert_int_equal(form(buf_str(&b), 1000, &fields, &file, &n), MULTIPART_TOO_MUCH);
	buf_clear(&b);
	buf_put(&b, STR(PART("name=\"a\"")));
	while (b.n < HTTP_BODY_MAX + 200)
		buf_put(&b, STR("0123456789"));
	assert_int_equal(form(buf_str(&b), 100000, &fields, &file, &n), MULTIPART_TOO_MUCH);
	buf_clear(&b);
	for (int i = 0; i <= HTTP_UPLOADS_MAX; i++)
		buf_put(&b, STR(PART("name=\"f\"; filename=\"x\"") "1\r\n"));
	buf_put(&b, STR("--xx--"));
	assert_int_equal(form(buf_str(&b), 100, &fields, &file, &n), MULTIPART_TOO_MUCH);
	buf_clear(&b);
	for (int i = 0; i <= HTTP_PAIRS_MAX; i++)
		buf_put(&b, STR(PART("name=\"f\"") "1\r\n"));
	buf_put(&b, STR("--xx--"));
	assert_int_equal(form(buf_str(&b), 100, &fields, &file, &n), MULTIPART_TOO_MUCH);
	buf_free(&b);
	struct multipart *m = multipart_open(a, STR(""));
	assert_int_equal(multipart_put(m, STR("x")), MULTIPART_BROKEN);
	multipart_close(m);
}

static void files_have_a_greatest_size_together(void **state)
{
	static char megabyte[1 << 20];
	struct multipart *m = multipart_open(a, STR("xx"));
	(void)state;
	memset(megabyte, 'x', sizeof megabyte);
	multipart_put(m, STR(PART("name=\"f\"; filename=\"x\"")));
	for (int i = 0; i < HTTP_UPLOAD_MAX >> 20; i++)
		assert_int_equal(multipart_put(m, (struct str){ megabyte, sizeof megabyte }), MULTIPART_GOING);
	assert_int_equal(multipart_put(m, (struct str){ megabyte, 100 }), MULTIPART_TOO_MUCH);
	multipart_close(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_signs_are_decoded_or_refused),
		cmocka_unit_test(a_form_gives_its_pairs_in_order),
		cmocka_unit_test(more_pairs_than_allowed_are_refused),
		cmocka_unit_test(cookies_lose_their_quotes_and_nothing_else),
		cmocka_unit_test(a_path_fits_its_pattern_word_by_word),
		cmocka_unit_test(a_star_stands_for_all_the_rest),
		cmocka_unit_test(a_header_gives_its_parameters),
		cmocka_unit_test(a_form_with_files_is_the_same_however_it_is_cut),
		cmocka_unit_test(a_broken_or_endless_form_is_refused),
		cmocka_unit_test(files_have_a_greatest_size_together),
	};
	return cmocka_run_group_tests(tests, up, down);
}
