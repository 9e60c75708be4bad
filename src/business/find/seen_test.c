/* seen: what was clean is remembered, until anything of the file changes; what is torn or foreign is not believed. */
#include "find_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static struct stat a_file(void)
{
	return (struct stat){ .st_dev = 1, .st_ino = 2, .st_size = 3, .st_mtim = { 1000, 5 }, .st_ctim = { 1000, 5 } };
}

/* The bytes of one that remembers n files. */
static void remembers(struct buf *b, unsigned n)
{
	struct seen *s = seen_new();
	struct stat st = a_file();
	for (st.st_ino = 0; st.st_ino < n; st.st_ino++)
		seen_put(s, seen_print(s, "x", &st), (uint32_t)st.st_ino, STR(""));
	seen_bytes(s, b);
	seen_close(s);
}

static struct seen *from(struct str bytes)
{
	struct seen *s = seen_new();
	seen_take(s, bytes);
	return s;
}

static void it_is_known_while_it_stays_as_it_is(void **state)
{
	(void)state;
	struct buf b = BUF(64 << 20);
	remembers(&b, 10000);
	struct seen *s = from(buf_str(&b));
	struct stat st = a_file();
	uint32_t unlikely;
	struct str told;
	for (st.st_ino = 0; st.st_ino < 10000; st.st_ino++) {
		assert_true(seen_has(s, seen_print(s, "x", &st), &unlikely, &told));
		assert_int_equal(unlikely, st.st_ino);
	}
	assert_false(seen_has(s, seen_print(s, "x", &st), &unlikely, &told));
	st = a_file();
	assert_false(seen_has(s, seen_print(s, "y", &st), &unlikely, &told));
	struct stat other[6] = { st, st, st, st, st, st };
	other[0].st_size++, other[1].st_mtim.tv_nsec++, other[2].st_mtim.tv_sec++, other[3].st_ctim.tv_nsec++, other[4].st_ctim.tv_sec--, other[5].st_dev++;
	for (size_t i = 0; i < LENGTH(other); i++)
		assert_false(seen_has(s, seen_print(s, "x", &other[i]), &unlikely, &told));
	seen_close(s);
	buf_free(&b);
}

static void old_and_new_stay_together(void **state)
{
	(void)state;
	struct buf b = BUF(64 << 20), both = BUF(64 << 20);
	struct stat st = a_file();
	uint32_t unlikely;
	struct str told;
	remembers(&b, 100);
	struct seen *s = from(buf_str(&b));
	for (st.st_ino = 50; st.st_ino < 150; st.st_ino++)
		seen_put(s, seen_print(s, "x", &st), 7, STR(""));
	seen_bytes(s, &both);
	seen_close(s);
	assert_int_equal(both.n - b.n, 50 * 16);
	s = from(buf_str(&both));
	for (st.st_ino = 0; st.st_ino < 150; st.st_ino++)
		assert_true(seen_has(s, seen_print(s, "x", &st), &unlikely, &told));
	seen_close(s);
	buf_free(&b);
	buf_free(&both);
}

static void there_is_a_most(void **state)
{
	(void)state;
	enum { MOST = 1 << 20 };
	struct buf b = BUF(64 << 20);
	remembers(&b, MOST + 5);
	assert_in_range(b.n, 1, 48 + MOST * 16 + 32);
	struct seen *s = from(buf_str(&b));
	struct stat st = a_file();
	uint32_t unlikely;
	struct str told;
	st.st_ino = 3;
	assert_true(seen_has(s, seen_print(s, "x", &st), &unlikely, &told));
	for (st.st_ino = MOST + 10; st.st_ino < MOST + 1010; st.st_ino++)      /* new ones in the place of such as were not met */
		seen_put(s, seen_print(s, "x", &st), 1, STR(""));
	buf_clear(&b);
	seen_bytes(s, &b);
	seen_close(s);
	s = from(buf_str(&b));
	for (st.st_ino = MOST + 10; st.st_ino < MOST + 1010; st.st_ino++)
		assert_true(seen_has(s, seen_print(s, "x", &st), &unlikely, &told));
	st.st_ino = 3;
	assert_true(seen_has(s, seen_print(s, "x", &st), &unlikely, &told));
	seen_close(s);
	buf_free(&b);
}

static void what_was_told_comes_again_or_the_file_is_read(void **state)
{
	(void)state;
	enum { FILES = 600, EACH = 30 << 10 };                 /* twice as much as there is room for */
	static char text[EACH];
	struct buf b = BUF(64 << 20);
	struct stat st = a_file();
	uint32_t unlikely;
	struct str told;
	struct seen *s = seen_new();
	memset(text, 'x', sizeof text);
	seen_put(s, seen_print(s, "x", &st), 3, STR("a Visa in line 4"));
	for (st.st_ino = 10; st.st_ino < 10 + FILES / 2; st.st_ino++)
		seen_put(s, seen_print(s, "x", &st), 0, (struct str){ text, EACH });
	seen_bytes(s, &b);
	seen_close(s);
	s = from(buf_str(&b));
	st = a_file();
	assert_true(seen_has(s, seen_print(s, "x", &st), &unlikely, &told));
	assert_int_equal(unlikely, 3);
	assert_true(str_eq(told, STR("a Visa in line 4")));
	/* new ones: none is known without what was told of it, whichever found no room */
	for (st.st_ino = 10 + FILES / 2; st.st_ino < 10 + FILES; st.st_ino++)
		seen_put(s, seen_print(s, "x", &st), 0, (struct str){ text, EACH });
	buf_clear(&b);
	seen_bytes(s, &b);
	seen_close(s);
	assert_in_range(b.n, 6 << 20, (8 << 20) + FILES * 16 + 200);
	s = from(buf_str(&b));
	size_t known = 0;
	for (st.st_ino = 10; st.st_ino < 10 + FILES; st.st_ino++)
		if (seen_has(s, seen_print(s, "x", &st), &unlikely, &told)) {
			assert_int_equal(told.n, EACH);
			known++;
		}
	assert_in_range(known, FILES / 3, FILES / 2);
	seen_close(s);
	buf_free(&b);
}

static void what_is_torn_or_foreign_is_not_believed(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 20);
	remembers(&b, 20);
	for (size_t i = 0; i < b.n; i++) {                     /* each byte counts */
		b.p[i] ^= 1;
		struct seen *s = from(buf_str(&b));
		assert_false(seen_any(s));
		seen_close(s);
		s = from((struct str){ b.p, i });
		assert_false(seen_any(s));
		seen_close(s);
		b.p[i] ^= 1;
	}
	/* well made, but by another program: its rules are other ones */
	struct blake blake;
	b.p[16 + 16] ^= 1;
	blake_start(&blake);
	blake_add(&blake, (struct str){ b.p, b.n - 32 });
	blake_end(&blake, (uint8_t *)b.p + b.n - 32);
	struct seen *s = from(buf_str(&b));
	assert_false(seen_any(s));
	seen_close(s);
	/* too old, or from the future */
	b.p[16 + 16] ^= 1;
	for (int way = -1; way <= 1; way += 2) {
		struct buf c = BUF(1 << 20);
		buf_put(&c, (struct str){ b.p, b.n - 32 });
		for (size_t i = 48; i < c.n; i += 16) {
			uint32_t day;
			memcpy(&day, c.p + i + 12, 4);
			day += (uint32_t)(way * 91);
			memcpy(c.p + i + 12, &day, 4);
		}
		uint8_t sum[32];
		blake_start(&blake);
		blake_add(&blake, buf_str(&c));
		blake_end(&blake, sum);
		buf_put(&c, (struct str){ (const char *)sum, 32 });
		s = from(buf_str(&c));
		assert_false(seen_any(s));
		seen_close(s);
		buf_free(&c);
	}
	buf_free(&b);
}

static void only_what_has_rested_is_remembered(void **state)
{
	(void)state;
	struct stat st = a_file();
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	assert_true(seen_has_rested(&st));
	st.st_ctim = (struct timespec){ now.tv_sec, 1 };
	assert_false(seen_has_rested(&st));
	st.st_ctim.tv_sec += 1000;
	assert_false(seen_has_rested(&st));
	st.st_ctim.tv_sec = now.tv_sec - 3;
	assert_true(seen_has_rested(&st));
	st.st_ctim.tv_nsec = 0;                                /* whole seconds: it may be rounded */
	assert_false(seen_has_rested(&st));
	st.st_mtim.tv_sec = now.tv_sec + 5;
	assert_false(seen_has_rested(&st));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_known_while_it_stays_as_it_is), cmocka_unit_test(old_and_new_stay_together), cmocka_unit_test(there_is_a_most), cmocka_unit_test(what_was_told_comes_again_or_the_file_is_read),
		cmocka_unit_test(what_is_torn_or_foreign_is_not_believed), cmocka_unit_test(only_what_has_rested_is_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
