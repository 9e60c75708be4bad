/* whom: whom a text names, and in which record. */
#include "whom.h"
#include "when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct buf said;

static void found(void *to, const struct contact *c)
{
	(void)to;
	static const char *const sorts[] = { "", "email", "phone", "reference", "date", "beside", "within" };
	buf_printf(&said, "%s", sorts[c->sort]);
	if (c->sort == CONTACT_DATE) {
		struct civil d = civil_of(c->date);
		buf_printf(&said, " %04d-%02d-%02d", d.year, d.month, d.day);
	} else if (c->sort == CONTACT_BESIDE) {
		buf_printf(&said, "%s%s", c->kinds & KIND(NAME) ? " name" : "", c->kinds & KIND(POSTAL_ADDRESS) ? " address" : "");
	} else {
		buf_printf(&said, " " STR_FMT, STR_ARG(c->text));
	}
	if (c->to)
		buf_printf(&said, " %u-%u", (unsigned)c->from, (unsigned)c->to);
	if (c->record)
		buf_printf(&said, " #%u", (unsigned)c->record);
	buf_byte(&said, '\n');
}

/* In blocks of every size the same. */
static const char *of_text(struct str text)
{
	static char answer[4096];
	struct whom *c = whom_open();
	for (size_t block = 1; block <= text.n; block = block < 8 ? block + 1 : block * 3) {
		buf_clear(&said);
		said.max = sizeof answer - 1;
		whom_begin(c, found, NULL);
		for (size_t at = 0; at < text.n; at += block)
			whom_text(c, (struct str){ text.p + at, text.n - at < block ? text.n - at : block });
		whom_end(c);
		buf_byte(&said, 0);
		if (block > 1)
			assert_string_equal(said.p, answer);
		memcpy(answer, said.p, said.n);
	}
	whom_close(c);
	return answer;
}
#define TEXT(literal) of_text(STR(literal))

static void addresses_and_numbers_are_found_as_people_write_them(void **unused)
{
	(void)unused;
	assert_string_equal(TEXT("write to June.O'Neil+shop@mail.example.com, or <b@example.org>."), "email June.O'Neil+shop@mail.example.com\nemail b@example.org\n");
	assert_string_equal(TEXT("call (202) 555-0101 or 202-555-0102, 1.202.555.0103, +1 202 555 0104, +44 20 7946 0018 x"),
	                    "phone (202) 555-0101\nphone 202-555-0102\nphone 202.555.0103\nphone +1 202 555 0104\nphone +44 20 7946 0018\n");
	assert_string_equal(TEXT("no: 4539 5787 6262 1486, 123-45-6789, 2026-11-26, 12025550105, id 7-202-555-0106-1, a@b, @x.org, 202-555-01067"), "");
	assert_string_equal(TEXT("twice a@example.com and a@example.com"), "email a@example.com\n");
}

static void a_tables_rows_are_records(void **unused)
{
	(void)unused;
	assert_string_equal(TEXT("name,email\nA,a@example.com\nB,b@example.com\n"), "email a@example.com 11-27\nemail b@example.com 27-43\n");
	assert_string_equal(TEXT("n;Phone\nA;2025550101\nB;07700 900123\n"), "phone 2025550101 8-21\nphone 07700 900123 21-36\n");
	assert_string_equal(TEXT("n,order\nA,2025550101\n"), "");
	assert_string_equal(TEXT("Full name,Street,email\nAl,1 Oak,a@example.com\n,,b@example.com\n"), "email a@example.com 23-46\nbeside name address 23-46\nemail b@example.com 46-62\n");
	assert_string_equal(TEXT("Customer ID,Order ID\nC-17,99\n,98\n"), "reference C-17 21-29\n");
	/* a row may go over lines */
	assert_string_equal(TEXT("a,b\n\"x\n1,2\",a@example.com\n3,\"b@example.com\"\n4,5\n6,7\n8,9\n"), "email a@example.com\nemail b@example.com\n");
	assert_string_equal(TEXT("a,b\n3,4\n5,6\n7,8\n9,0\n\"x\ny\",a@example.com\n4,b@example.com\n"), "email a@example.com 20-40\nemail b@example.com 40-56\n");
}

static void objects_of_json_are_records(void **unused)
{
	(void)unused;
	assert_string_equal(TEXT("{\"all\":[{\"e\":\"a@example.com\",\"c\":[{\"x\":1}]},{\"e\":\"b@example.com\"}],\"by\":\"s@example.com\"}"),
	                    "email a@example.com 8-43\nemail b@example.com 44-65\nemail s@example.com\n");
	assert_string_equal(TEXT("[{\"first_name\":\"Al\",\"phone\": \"2025550101\",\"email\":\"a@example.com\"},{\"filename\":\"x\",\"e\":\"b@example.com\"}]"),
	                    "phone 2025550101 1-66\nemail a@example.com 1-66\nbeside name 1-66\nemail b@example.com 67-103\n");
	assert_string_equal(TEXT("{\"e\":\"a@example.com\"}\n{\"e\":\"b@example.com\"}\n"), "email a@example.com 0-21\nemail b@example.com 22-43\n");
	assert_string_equal(TEXT("[\n {\"t\": \"a}\\\"]\",\n  \"e\": \"a@example.com\"}\n]\n"), "email a@example.com 3-41\n");
}

static void lines_that_begin_with_a_time_are_records(void **unused)
{
	(void)unused;
	assert_string_equal(TEXT("2026-03-02T10:00:00 a@example.com\n2026-03-02T10:00:01 x\n more: b@example.com\n"),
	                    "email a@example.com 0-34\nemail b@example.com 34-77\ndate 2026-03-02\n");
}

static void utf16_is_read(void **unused)
{
	(void)unused;
	const char *plain = "n\te\nA\ta@example.com\nB\tb@example.com\n";
	char wide[200] = { '\xff', '\xfe' };
	size_t n = strlen(plain);
	for (size_t i = 0; i < n; i++)
		wide[2 + 2 * i] = plain[i];
	assert_string_equal(of_text((struct str){ wide, 2 + 2 * n }), "email a@example.com 10-42\nemail b@example.com 42-74\n");
}

static void a_date_counts_when_every_record_has_one(void **unused)
{
	(void)unused;
	assert_string_equal(TEXT("Order date,n\n2011-05-06,1\n3/4/2012,2\n"), "date 2011-05-06\n");
	assert_string_equal(TEXT("Order date,n\n2011-05-06,1\n,2\n"), "");
	assert_string_equal(TEXT("Date of birth,n\n1961-05-06,1\n"), "");
	assert_string_equal(TEXT("Date,n\n3/4/2012,1\n"), "date 2012-03-04\n");                  /* the earlier of both readings */
	struct whom *c = whom_open();
	buf_clear(&said);
	whom_begin(c, found, NULL);
	whom_piece(c, STR("Tue, 3 Mar 2026 10:00:00 -0500"), STR("m 1"), STR("Date"), 1);
	whom_piece(c, STR("a@example.com"), STR("m 1"), STR("From"), 1);
	whom_piece(c, STR("Mon, 2 Mar 2026 10:00:00 -0500"), STR("m 2"), STR("Date"), 2);
	whom_piece(c, STR("a@example.com a@example.com"), STR("m 2"), STR("From"), 2);
	whom_end(c);
	buf_byte(&said, 0);
	assert_string_equal(said.p, "email a@example.com #1\nemail a@example.com #2\ndate 2026-03-02\n");
	/* when a document was made is enough; when it was changed is nothing */
	buf_clear(&said);
	whom_begin(c, found, NULL);
	whom_piece(c, STR("2020-01-01T10:00:00Z"), STR("document properties"), STR("print-date"), 0);
	whom_piece(c, STR("x"), STR("row 1"), STR("Name"), 1);
	whom_end(c);
	assert_int_equal(said.n, 0);
	whom_begin(c, found, NULL);
	whom_piece(c, STR("2021-05-01T10:00:00Z"), STR("document properties"), STR("created"), 0);
	whom_piece(c, STR("x"), STR("row 1"), STR("Name"), 1);
	whom_end(c);
	buf_byte(&said, 0);
	assert_string_equal(said.p, "date 2021-05-01\n");
	whom_close(c);
}

static void a_record_with_very_many_is_told_of_the_file(void **unused)
{
	(void)unused;
	struct buf b = BUF(1 << 20);
	buf_put(&b, STR("[{\"e\":\""));
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "u%d@example.com ", i);
	buf_put(&b, STR("\"}]"));
	struct whom *c = whom_open();
	buf_clear(&said);
	said.max = 1 << 20;
	whom_begin(c, found, NULL);
	whom_text(c, buf_str(&b));
	whom_end(c);
	size_t lines = 0;
	for (size_t i = 0; i < said.n; i++)
		lines += said.p[i] == '\n';
	assert_int_equal(lines, 300);
	whom_close(c);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_numbers_are_found_as_people_write_them), cmocka_unit_test(a_tables_rows_are_records),
		cmocka_unit_test(objects_of_json_are_records), cmocka_unit_test(lines_that_begin_with_a_time_are_records), cmocka_unit_test(utf16_is_read),
		cmocka_unit_test(a_date_counts_when_every_record_has_one), cmocka_unit_test(a_record_with_very_many_is_told_of_the_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
