/* A connection is ended when its time is over, not before, and not when it was done in time. */
#include "guard.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

static bool ends_within(int fd, int milliseconds)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	return poll(&p, 1, milliseconds) == 1;
}

static void only_what_is_late_is_ended(void **state)
{
	struct err e = { 0 };
	struct guard *g = guard_open(&e);
	int late[2], early[2], done[2];
	(void)state;
	assert_non_null(g);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, late), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, early), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, done), 0);
	struct guarded *one = guard_add(g, late[0], 7, 3, 1), *two = guard_add(g, early[0], 7, 3, 1), *three = guard_add(g, done[0], 7, 3, 1);
	guard_until(g, two, 600);
	guard_drop(g, three);
	assert_true(ends_within(late[1], 10000));
	assert_false(ends_within(early[1], 100));
	assert_false(ends_within(done[1], 0));
	guard_until(g, two, 0);
	assert_true(ends_within(early[1], 10000));
	guard_drop(g, two);
	guard_drop(g, one);
	guard_close(g);
	for (int i = 0; i < 2; i++)
		close(late[i]), close(early[i]), close(done[i]);
}

static void one_place_has_so_many_and_others_have_theirs(void **state)
{
	static const struct { uint64_t place; bool stays; } cases[] = { { 1, true }, { 1, true }, { 2, true }, { 1, false }, { 0, true }, { 0, true }, { 0, true }, { 2, true }, { 2, false } };
	struct err e = { 0 };
	struct guard *g = guard_open(&e);
	int pair[LENGTH(cases) + 1][2];
	struct guarded *one[LENGTH(cases) + 1];
	(void)state;
	assert_non_null(g);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair[i]), 0);
		one[i] = guard_add(g, pair[i][0], cases[i].place, 2, 600);
		assert_int_equal(ends_within(pair[i][1], 0), !cases[i].stays);
	}
	/* who goes makes room */
	guard_drop(g, one[0]);
	guard_drop(g, one[3]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair[LENGTH(cases)]), 0);
	one[0] = guard_add(g, pair[LENGTH(cases)][0], 1, 2, 600);
	assert_false(ends_within(pair[LENGTH(cases)][1], 0));
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (i != 3)
			guard_drop(g, one[i]);
	guard_close(g);
	for (size_t i = 0; i <= LENGTH(cases); i++)
		close(pair[i][0]), close(pair[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(only_what_is_late_is_ended), cmocka_unit_test(one_place_has_so_many_and_others_have_theirs) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
