/* veil_test - who may not see contacts can tell two people apart, and write to neither. */
#include "veil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka wants those above */
#include <cmocka.h>

static struct arena *a;

static void assert_veiled(struct str (*veil)(struct arena *, struct str), const char *whole, const char *shown)
{
	struct str said = veil(a, str_of(whole));
	assert_string_equal(arena_printf(a, STR_FMT, STR_ARG(said)), shown);
}

static void names_keep_their_first_letters_and_no_length(void **state)
{
	(void)state;
	assert_veiled(veil_name, "Ann Ames", "A… A…");
	assert_veiled(veil_name, "  Bartholomew   de la Cruz y Vega ", "B… d… l… C…");
	assert_veiled(veil_name, "Żaneta", "Ż…");
	assert_veiled(veil_name, "山田 太郎", "山… 太…");
	assert_veiled(veil_name, "", "");
}

static void addresses_and_numbers_reach_nobody(void **state)
{
	(void)state;
	assert_veiled(veil_email, "ann.ames@example.com", "a…@e…");
	assert_veiled(veil_email, "no address", "n…@…");
	assert_veiled(veil_email, "@", "");
	assert_veiled(veil_email, "", "");
	assert_veiled(veil_phone, "+12025550101", "…01");
	assert_veiled(veil_phone, "(202) 555-0187", "…87");
	assert_veiled(veil_phone, "12", "…");
	assert_veiled(veil_phone, "", "");
}

static void a_customer_is_veiled_whole(void **state)
{
	(void)state;
	struct fact_of name = { STR("Ann Ames"), 1 }, email[] = { { STR("ann@example.com"), 1 }, { STR("other@example.com"), 2 } }, phone = { STR("+12025550101"), 1 };
	struct address at = { STR("1 Mill St"), STR("Apt 4"), STR("Millbrook"), STR("US-NY"), STR("12545"), STR("US"), 1 };
	struct customer c = { .name = &name, .email = email, .phone = &phone, .address = &at, .names = 1, .emails = 2, .phones = 1, .addresses = 1 };
	veil_customer(a, &c);
	assert_true(str_eq(c.name[0].value, STR("A… A…")) && str_eq(c.email[1].value, STR("o…@e…")) && str_eq(c.phone[0].value, STR("…01")));
	assert_true(str_eq(at.city, STR("M…")) && str_eq(at.region, STR("US-NY")) && !at.line1.n && !at.line2.n && !at.postal_code.n);
	assert_true(str_eq(veil_address(a, &at), STR("M…, US-NY")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_keep_their_first_letters_and_no_length),
		cmocka_unit_test(addresses_and_numbers_reach_nobody),
		cmocka_unit_test(a_customer_is_veiled_whole),
	};
	a = arena_open();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_close(a);
	return failed;
}
