/* lookup: a file answers as what was put into it; what is damaged answers nothing; and it holds nothing but the answers. */
#include "lookup.h"
#include "pages_test.h"

#include <fcntl.h>
#include <sys/stat.h>

static enum look_answer ask(uint32_t place, int32_t day, unsigned last4)
{
	struct err e = { 0 };
	enum look_answer a;
	assert_true(front_look(pages, 7, place, day, last4, &a, &e));
	return a;
}

static void it_answers_as_it_was_told(void **state)
{
	struct arena *a = arena_open();
	struct err e = { 0 };
	struct look_place *place;
	size_t n;
	const struct look_place places[] = { { 3, STR("Market stall") }, { 9, STR("Van 2") } };
	struct look_row row[3] = { { .place = 0, .day = 20500 }, { .place = 3, .day = 20500 }, { .place = 9, .day = 20501 } };
	(void)state;
	look_add(row[1].yes, look_bucket(4242));
	look_add(row[1].no, look_bucket(1111));
	memset(row[2].yes, 255, LOOK_SET);
	assert_true(front_look_put(pages, 7, &(struct lookup){ 20500, 20510, places, 2, row, 3 }, &e));
	assert_int_equal(ask(3, 20500, 4242), LOOK_YES);
	assert_int_equal(ask(3, 20500, 4242 + LOOK_BUCKETS), LOOK_YES);          /* forty numbers share an answer */
	assert_int_equal(ask(3, 20500, 1111), LOOK_NO);
	assert_int_equal(ask(3, 20500, 5000), LOOK_PERHAPS);
	assert_int_equal(ask(0, 20500, 4242), LOOK_PERHAPS);
	assert_int_equal(ask(3, 20502, 4242), LOOK_PERHAPS);                     /* nothing is known of that day */
	assert_int_equal(ask(9, 20501, 0), LOOK_YES);
	assert_int_equal(ask(9, 20501, 9999), LOOK_YES);
	assert_int_equal(ask(9, 20499, 9999), LOOK_NO);                          /* before it began, and after it ended */
	assert_int_equal(ask(9, 20511, 9999), LOOK_NO);
	assert_int_equal(ask(77, 20500, 4242), LOOK_PERHAPS);
	assert_true(front_look_places(pages, 7, a, &place, &n, &e));
	assert_int_equal(n, 2);
	assert_true(place[1].id == 9 && str_eq(place[1].name, STR("Van 2")));
	assert_true(front_look_drop(pages, 7, &e) && front_look_drop(pages, 7, &e));
	assert_false(front_look_places(pages, 7, a, &place, &n, &e));
	assert_int_equal(e.code, NOT_FOUND);
	arena_close(a);
}

static void what_is_damaged_is_told_from_an_answer(void **state)
{
	struct err e = { 0 };
	struct look_row row[2] = { { .place = 0, .day = 1 }, { .place = 0, .day = 2 } };
	char path[100];
	enum look_answer a;
	struct stat st;
	(void)state;
	snprintf(path, sizeof path, "%s/pages/look/7", folder);
	assert_true(front_look_put(pages, 7, &(struct lookup){ .from = 1, .to = 2, .row = row, .rows = 2 }, &e));
	assert_int_equal(stat(path, &st), 0);
	for (off_t cut = 0; cut < st.st_size; cut++) {
		assert_int_equal(truncate(path, st.st_size - 1 - cut), 0);
		err_clear(&e);
		assert_false(front_look(pages, 7, 0, 1, 4242, &a, &e));
		assert_int_equal(e.code, TORN);
	}
	/* any byte may be another: an answer, or that it is damaged */
	for (off_t at = 0; at < st.st_size; at++) {
		err_clear(&e);
		assert_true(front_look_put(pages, 7, &(struct lookup){ .from = 1, .to = 2, .row = row, .rows = 2 }, &e));
		int fd = open(path, O_WRONLY);
		assert_int_equal(pwrite(fd, "\xFF", 1, at), 1);
		close(fd);
		assert_true(front_look(pages, 7, 0, 1, 4242, &a, &e) || e.code == TORN);
	}
}

static void there_is_a_limit_to_it(void **state)
{
	struct err e = { 0 };
	static struct look_place many[LOOK_PLACES_MAX + 1];
	char name[LOOK_PLACE_MAX + 1];
	(void)state;
	memset(name, 'x', sizeof name);
	assert_true(front_look_put(pages, 8, &(struct lookup){ .place = many, .places = LOOK_PLACES_MAX }, &e));
	assert_false(front_look_put(pages, 8, &(struct lookup){ .place = many, .places = LOOK_PLACES_MAX + 1 }, &e));
	assert_int_equal(e.code, TOO_BIG);
	err_clear(&e);
	many[0].name = (struct str){ name, sizeof name };
	assert_false(front_look_put(pages, 8, &(struct lookup){ .place = many, .places = 1 }, &e));
	assert_int_equal(e.code, TOO_BIG);
	err_clear(&e);
	assert_false(front_look_put(pages, 8, &(struct lookup){ .rows = LOOK_ROWS_MAX + 1 }, &e));
	assert_int_equal(e.code, TOO_BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(it_answers_as_it_was_told), cmocka_unit_test(what_is_damaged_is_told_from_an_answer), cmocka_unit_test(there_is_a_limit_to_it) };
	return cmocka_run_group_tests(tests, begin, end);
}
