/* throttle: thirty a minute, whoever asks, and a flood of others neither lets one off nor fills memory. */
#include "throttle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static int64_t lets(struct str from, int64_t now, int times)
{
	int64_t n = 0;
	for (int i = 0; i < times; i++)
		n += throttle_lets(from, now);
	return n;
}

static void thirty_within_a_minute(void **state)
{
	(void)state;
	assert_int_equal(lets(STR("192.0.2.1"), 1000, 100), 30);
	assert_int_equal(lets(STR("192.0.2.1"), 1059, 5), 0);
	assert_int_equal(lets(STR("192.0.2.2"), 1059, 5), 5);
	assert_int_equal(lets(STR("192.0.2.1"), 1060, 100), 30);
}

static void a_network_of_version_6_is_one_asker(void **state)
{
	(void)state;
	assert_int_equal(lets(STR("2001:db8:1:2::1"), 2000, 20), 20);
	assert_int_equal(lets(STR("2001:db8:1:2:ffff::9"), 2000, 20), 10);
	assert_int_equal(lets(STR("2001:db8:1:3::1"), 2000, 20), 20);
}

/* A hundred thousand addresses in the same minute: each is let in, and who asks without end is held all the while it is not the oldest. */
static void a_flood_has_its_room(void **state)
{
	(void)state;
	char text[32];
	int64_t n = 0;
	for (int i = 0; i < 100000; i++) {
		snprintf(text, sizeof text, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		n += throttle_lets(str_of(text), 3000 + i / 10000);
	}
	assert_int_equal(n, 100000);
	assert_int_equal(lets(STR("198.51.100.7"), 3011, 100), 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(thirty_within_a_minute), cmocka_unit_test(a_network_of_version_6_is_one_asker), cmocka_unit_test(a_flood_has_its_room) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
