/* Rows of a table on a server, as find hands them on. */
#include "told.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct buf begin(uint32_t columns)
{
	struct buf b = BUF(1 << 20);
	buf_put(&b, STR("handback rows 1\n"));
	buf_u32(&b, columns);
	for (uint32_t i = 0; i < columns; i++)
		buf_lstr(&b, i ? STR("photo") : STR("pan"));
	return b;
}

static void put_value(struct buf *b, uint8_t sort, struct str value)
{
	buf_u8(b, sort);
	if (sort)
		buf_lstr(b, value);
}

static enum open_end opened(struct told *t, struct buf *b)
{
	struct str bytes = buf_str(b);
	struct source s = source_of_text(&bytes);
	assert_int_equal(open_sort(&s, STR("rows")), FILE_ROWS);
	enum open_end end = told_open(t, &s, FILE_ROWS, STR("rows"), (uint64_t)1 << 30, 0);
	buf_byte(&t->out, 0);
	return end;
}

static void each_row_is_a_record_of_named_cells(void **state)
{
	(void)state;
	struct told t;
	struct buf b = begin(2);
	buf_lstr(&b, STR("7"));
	put_value(&b, 1, STR("4539578763621486"));
	put_value(&b, 0, STR(""));
	buf_lstr(&b, STR("8"));
	put_value(&b, 1, STR(""));
	put_value(&b, 2, STR("%PDF-1.4 and what follows it\n"));
	buf_lstr(&b, STR("9"));
	put_value(&b, 2, STR("plain bytes that are some text"));
	put_value(&b, 2, STR("\0\1\2"));
	assert_int_equal(opened(&t, &b), OPEN_DONE);
	assert_string_equal(t.out.p, "row 7, column pan [pan] #1: 4539578763621486\n> row 8, column photo\n! row 8, column photo: broken\n"
	                    "row 9, column pan [pan] #3: plain bytes that are some text\nrow 9, column photo [photo] #3: ");
	buf_free(&t.out);
	buf_free(&b);
}

static void what_is_cut_off_or_made_up_is_broken(void **state)
{
	(void)state;
	struct told t;
	struct buf b = begin(1);
	buf_lstr(&b, STR("1"));
	put_value(&b, 1, STR("first"));
	buf_lstr(&b, STR("2"));
	put_value(&b, 1, STR("second"));
	b.n -= 3;
	assert_int_equal(opened(&t, &b), OPEN_BROKEN);
	assert_string_equal(t.out.p, "row 1, column pan [pan] #1: first\n");
	buf_free(&t.out);
	buf_clear(&b);
	buf_put(&b, STR("handback rows 1\n\xFF\xFF\xFF\xFF"));
	assert_int_equal(opened(&t, &b), OPEN_BROKEN);
	buf_free(&t.out);
	buf_free(&b);
	b = begin(1);
	buf_lstr(&b, STR("1"));
	put_value(&b, 3, STR("x"));
	assert_int_equal(opened(&t, &b), OPEN_BROKEN);
	buf_free(&t.out);
	buf_free(&b);
	b = begin(0);
	buf_lstr(&b, STR("1"));
	assert_int_equal(opened(&t, &b), OPEN_BROKEN);
	buf_free(&t.out);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_row_is_a_record_of_named_cells), cmocka_unit_test(what_is_cut_off_or_made_up_is_broken) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
