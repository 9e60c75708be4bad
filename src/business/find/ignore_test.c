/* ignore: a .handbackignore leaves out what a .gitignore would. */
#include "find_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static bool left_out(const char *rules, const char *path)
{
	struct ignore *i = ignore_open();
	char full[300];
	bool folder = path[strlen(path) - 1] == '/';
	snprintf(full, sizeof full, "top/%.*s", (int)(strlen(path) - folder), path);
	assert_true(ignore_push(i, str_of(rules), 3));
	bool is = ignore_fits(i, full, strrchr(full, '/') + 1, folder);
	ignore_close(i);
	return is;
}

#define LEFT_OUT(rules, path) assert_true(left_out(rules, path))
#define LOOKED_AT(rules, path) assert_false(left_out(rules, path))

static void names_anywhere(void **state)
{
	(void)state;
	LEFT_OUT("*.log", "a.log");
	LEFT_OUT("*.log", "deep/er/a.log");
	LEFT_OUT("*.log", ".log");
	LOOKED_AT("*.log", "a.logs");
	LOOKED_AT("*.log", "a.log/b");
	LEFT_OUT("old", "x/old/");
	LEFT_OUT("?.txt", "a.txt");
	LOOKED_AT("?.txt", "ab.txt");
	LEFT_OUT("[a-c]?[!0-9].txt", "b1x.txt");
	LOOKED_AT("[a-c]?[!0-9].txt", "b11.txt");
	LEFT_OUT("x[[:digit:]].txt", "x7.txt");
	LEFT_OUT("[]x].txt", "].txt");
	LEFT_OUT("a[", "a[");
	LEFT_OUT("**", "anything");
}

static void places(void **state)
{
	(void)state;
	LEFT_OUT("/build", "build/");
	LOOKED_AT("/build", "src/build/");
	LEFT_OUT("src/*.o", "src/a.o");
	LOOKED_AT("src/*.o", "src/deep/a.o");
	LOOKED_AT("src/*.o", "x/src/a.o");
	LEFT_OUT("tmp/", "x/tmp/");
	LOOKED_AT("tmp/", "x/tmp");
	LEFT_OUT("**/cache", "cache");
	LEFT_OUT("**/cache", "a/b/cache");
	LEFT_OUT("**/cache/*.bin", "a/cache/x.bin");
	LEFT_OUT("logs/**", "logs/a/b");
	LOOKED_AT("logs/**", "logs/");
	LEFT_OUT("a/**/b", "a/b");
	LEFT_OUT("a/**/b", "a/x/y/b");
	LOOKED_AT("a/**/b", "ab");
	LEFT_OUT("a/**/b/*c/d", "a/x/b/y/b/zc/d");
	LEFT_OUT("foo*/x**y", "foobar/xzy");
	LOOKED_AT("a*b", "a/b");
}

static void how_lines_are_read(void **state)
{
	(void)state;
	LOOKED_AT("# a.txt\n\n  \n", "a.txt");
	LEFT_OUT("\\#a", "#a");
	LEFT_OUT("\\!a", "!a");
	LEFT_OUT("a.txt  \r\n", "a.txt");
	LEFT_OUT("a\\ ", "a ");
	LEFT_OUT("\xEF\xBB\xBF" "a.txt", "a.txt");
	LEFT_OUT("a\\*b", "a*b");
	LOOKED_AT("a\\*b", "axb");
	LOOKED_AT("/", "a/");
	LOOKED_AT("*.txt\n!keep.txt", "keep.txt");
	LEFT_OUT("!keep.txt\n*.txt", "keep.txt");
}

static void files_stand_one_below_the_other(void **state)
{
	(void)state;
	struct ignore *i = ignore_open();
	assert_true(ignore_push(i, STR("*.txt"), 1));
	assert_true(ignore_push(i, STR("!/a.txt"), 3));
	assert_false(ignore_fits(i, "/in/a.txt", "a.txt", false));
	assert_true(ignore_fits(i, "/in/b/a.txt", "a.txt", false));
	assert_int_equal(ignore_pop(i, NULL), 0);
	assert_true(ignore_fits(i, "/in/a.txt", "a.txt", false));
	assert_int_equal(ignore_pop(i, NULL), 2);
	ignore_close(i);
}

static void limits_hold(void **state)
{
	(void)state;
	struct ignore *i = ignore_open();
	struct buf b = BUF(1 << 20);
	for (int k = 0; k < 5000; k++)
		buf_put(&b, STR("a\n"));
	assert_false(ignore_push(i, buf_str(&b), 0));        /* too many rules: none holds */
	assert_false(ignore_fits(i, "a", "a", false));
	buf_clear(&b);
	for (int k = 0; k < 200; k++)
		buf_put(&b, STR("**/*a"));
	buf_byte(&b, '\n');
	for (int k = 0; k < 80; k++)
		buf_put(&b, STR("*a*/**/"));                     /* what makes a simple matcher take for ever */
	assert_true(ignore_push(i, buf_str(&b), 0));
	buf_clear(&b);
	for (int k = 0; k < 20000; k++)
		buf_put(&b, STR("aaa/"));
	buf_put(&b, STR("b\0"));
	assert_false(ignore_fits(i, b.p, "b", false));
	assert_true(ignore_push(i, STR("b"), 0));
	size_t pushed = 2;
	while (ignore_push(i, STR("x"), 0))
		assert_true(++pushed <= WALK_DEPTH_MAX + 1);
	ignore_close(i);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_anywhere), cmocka_unit_test(places), cmocka_unit_test(how_lines_are_read), cmocka_unit_test(files_stand_one_below_the_other),
		cmocka_unit_test(limits_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
