/* enrol: a vendor's CSV in the shapes that it comes in. What becomes of the codes is test/stories/enrol_story.py's. */
#include "enrol.h"
#include "csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct read { struct arena *a; struct code_list l; struct err e; };

/* By the box's half of the reader, in a process of its own. */
static bool reads_text(struct read *r, struct str text, const char *column)
{
	struct codes_reading reading = { r->a, str_of(column), &r->l };
	struct csv_batch b;
	int line[2], fd = memfd_create("csv", MFD_CLOEXEC);
	bool good = true;
	err_clear(&r->e);
	r->l = (struct code_list){ .n = 0 };
	assert_true(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) == 0);
	pid_t box = fork();
	if (!box)
		_exit(csv_main(line[1], fd));
	close(line[1]);
	struct csv *csv = csv_open(line[0]);
	while (good && (good = csv_next(csv, &b, &r->e)) && b.n)
		for (size_t i = 0; good && i < b.n; i++)
			good = !b.row[i].fault && codes_row(&reading, b.row[i].cell, b.row[i].n, (size_t)b.row[i].line, &r->e);
	csv_close(csv);
	close(line[0]);
	close(fd);
	waitpid(box, NULL, 0);
	return good && codes_end(&reading, &r->e);
}

static bool reads(struct read *r, const char *csv, const char *column)
{
	return reads_text(r, str_of(csv), column);
}

static void codes_are_found_under_whatever_vendors_call_them(void **state)
{
	static const char *const files[] = {
		"Activation Code\nAAA-1\nBBB-2\n", "\xEF\xBB\xBF" "Code\r\nAAA-1\r\nBBB-2", "\n\r\nEnrollment_Code,Batch\nAAA-1,7\nBBB-2,7\n", "No.;Redemption code;Note\n1;AAA-1;x\n2;BBB-2;\n",
		"id\tMembership Number\n1\tAAA-1\n\n2\tBBB-2\n", "AAA-1\nBBB-2\n", "\"Unique code\"\n\" AAA-1 \"\n\n\"BBB-2\"\n", "C\xC3\xB3" "digo\nAAA-1\nBBB-2\n", "Anything\nAAA-1\nBBB-2\n",
	};
	struct read r = { arena_open() };
	(void)state;
	for (size_t i = 0; i < LENGTH(files); i++) {
		assert_true(reads(&r, files[i], ""));
		assert_true(r.l.n == 2 && str_eq(r.l.code[0], STR("AAA-1")) && str_eq(r.l.code[1], STR("BBB-2")) && !r.l.refused && !r.l.twice);
	}
	arena_close(r.a);
}

static void each_code_counts_once_and_rows_without_one_are_told(void **state)
{
	struct read r = { arena_open() };
	(void)state;
	assert_true(reads(&r, "code,n\nA1,1\nB2,2\nA1,3\n,4\nC 3,5\n4111111111111111,6\nA1,7\n", ""));
	assert_true(r.l.n == 2 && r.l.twice == 2 && r.l.refused == 3);
	assert_true(r.l.no[0].line == 5 && r.l.no[1].line == 6 && r.l.no[2].line == 7);
	assert_true(str_eq(r.l.code[0], STR("A1")) && str_eq(r.l.code[1], STR("B2")));
	arena_close(r.a);
}

static void what_is_not_clear_is_asked(void **state)
{
	struct read r = { arena_open() };
	(void)state;
	assert_false(reads(&r, "left,right\nA1,B1\n", ""));
	assert_string_equal(r.e.field, "column");
	assert_false(reads(&r, "Code,Access code\nA1,B1\n", ""));
	assert_string_equal(r.e.field, "column");
	assert_true(reads(&r, "Code,Access code\nA1,B1\n", "access CODE") && str_eq(r.l.code[0], STR("B1")));
	assert_false(reads(&r, "Code\nA1\n", "Voucher"));
	assert_false(reads(&r, "", ""));
	assert_false(reads(&r, "Code\n\n\n", ""));
	assert_false(reads(&r, "Code\n\"A1\n", ""));
	assert_true(reads_text(&r, (struct str){ "\xFF\xFE" "C\0o\0d\0e\0\n\0A\0001\0", 16 }, "") && str_eq(r.l.code[0], STR("A1")));      /* as some spreadsheets save it */
	arena_close(r.a);
}

static void more_than_the_most_is_refused(void **state)
{
	struct read r = { arena_open() };
	struct buf b = BUF(CODES_FILE_MAX + 2);
	(void)state;
	for (size_t i = 0; i <= CODES_MAX; i++)
		buf_printf(&b, "c%zu\n", i);
	assert_false(reads_text(&r, buf_str(&b), ""));
	assert_int_equal(r.e.code, TOO_BIG);
	buf_free(&b);
	arena_close(r.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_found_under_whatever_vendors_call_them), cmocka_unit_test(each_code_counts_once_and_rows_without_one_are_told),
		cmocka_unit_test(what_is_not_clear_is_asked), cmocka_unit_test(more_than_the_most_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
