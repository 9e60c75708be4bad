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
	struct guarded *one = guard_add(g, late[0], 1), *two = guard_add(g, early[0], 1), *three = guard_add(g, done[0], 1);
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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(only_what_is_late_is_ended) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
