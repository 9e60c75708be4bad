/* SQLite files: live rows of every sort of table, deleted ones, damaged and hostile files. */
#include "told.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* The bytes of a database that these statements make (sqlite3_free). */
static struct str made_by(const char *statements)
{
	sqlite3 *db;
	sqlite3_int64 n;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA secure_delete = OFF", NULL, NULL, NULL), SQLITE_OK);
	char *why = NULL;
	if (sqlite3_exec(db, statements, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	unsigned char *bytes = sqlite3_serialize(db, "main", &n, 0);
	assert_non_null(bytes);
	sqlite3_close(db);
	return (struct str){ (char *)bytes, (size_t)n };
}

static enum open_end opened_bytes(struct told *t, struct str bytes, size_t stop_after)
{
	struct source s = source_of_text(&bytes);
	return told_open(t, &s, FILE_SQLITE, STR("x.db"), (uint64_t)1 << 32, stop_after);
}

static enum open_end opened(struct told *t, const char *statements)
{
	struct str bytes = made_by(statements);
	enum open_end end = opened_bytes(t, bytes, 0);
	sqlite3_free((void *)(uintptr_t)bytes.p);
	return end;
}

static bool has(const struct told *t, const char *text)
{
	return memmem(t->out.p, t->out.n, text, strlen(text)) != NULL;
}

static size_t count_of(const struct told *t, const char *text)
{
	size_t n = 0;
	const char *end = t->out.p + t->out.n;
	for (const char *p = t->out.p; (p = memmem(p, (size_t)(end - p), text, strlen(text))); p++)
		n++;
	return n;
}

static void each_row_is_a_record_of_named_cells(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "CREATE TABLE card(id INTEGER PRIMARY KEY, holder TEXT, pan TEXT);"
	                        "INSERT INTO card VALUES(7, 'June', '4539578763621486'), (12, 'Karl', '6011000990139424')"), OPEN_DONE);
	assert_true(has(&t, "table card, row 7, column holder [holder] #2: June\n"));
	assert_true(has(&t, "table card, row 7, column pan [pan] #2: 4539578763621486\n"));
	assert_true(has(&t, "table card, row 12, column pan [pan] #3: 6011000990139424\n"));
	buf_free(&t.out);
}

static void numbers_are_written_out_whatever_they_are_kept_as(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "CREATE TABLE a(i INTEGER, r REAL, f REAL, x); INSERT INTO a VALUES(4539578763621486, 4539578763621486.0, 1.5, x'3435');"
	                        "CREATE TABLE b(k TEXT PRIMARY KEY, i) WITHOUT ROWID; INSERT INTO b VALUES('a', 371449635398431), ('b', -5);"
	                        "CREATE TABLE c(rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO c VALUES('x', 'y', '30569309025904')"), OPEN_DONE);
	assert_true(has(&t, "table a, row 1, column i [i] #4: 4539578763621486\n"));
	assert_true(has(&t, "table a, row 1, column r [r] #4: 4539578763621486\n"));
	assert_true(has(&t, "column f [f] #4: 1.5\n"));
	assert_true(has(&t, "column x [x] #4: 45\n"));
	assert_true(has(&t, "table b, row 1, column i [i] #5: 371449635398431\n"));
	assert_true(has(&t, "table c, row 1, column oid [oid] #7: 30569309025904\n"));
	buf_free(&t.out);
}

static void text_in_utf_16_and_odd_names(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "PRAGMA encoding = 'UTF-16be'; CREATE TABLE \"a \"\" b\"(\"p'a\"\"n\" TEXT); INSERT INTO \"a \"\" b\" VALUES('Zo\xC3\xAB 4539578763621486')"),
	                 OPEN_DONE);
	assert_true(has(&t, "table a \" b, row 1, column p'a\"n [p'a\"n] #2: Zo\xC3\xAB 4539578763621486\n"));
	buf_free(&t.out);
}

static void blobs_are_files_where_they_look_like_it(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "CREATE TABLE b(x BLOB);"
	                        "INSERT INTO b VALUES(x'255044462D312E340A6161616161616161616161616161616161616161616161616161'), (CAST('plain words of some length here' AS BLOB)),"
	                        "(zeroblob(40)), (zeroblob(8))"), OPEN_DONE);
	assert_true(has(&t, "> table b, row 1, column x\n"));
	assert_true(has(&t, "table b, row 2, column x [x] #3: plain words of some length here\n"));
	assert_int_equal(count_of(&t, "> "), 2);
	buf_free(&t.out);
}

static void a_value_of_many_megabytes_is_read_in_place(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "CREATE TABLE b(a, x BLOB, z); INSERT INTO b VALUES('before', 'small', 1), (4539578763621486, zeroblob(20000000), 'behind'), ('after', '', 2)"),
	                 OPEN_DONE);
	assert_true(has(&t, "table b, row 2, column a [a] #3: 4539578763621486\n"));
	assert_true(has(&t, "> table b, row 2, column x: "));
	assert_true(t.bytes == 20000000);
	assert_true(has(&t, "table b, row 2, column z [z] #3: behind\n"));
	assert_true(has(&t, "table b, row 3, column a [a] #4: after\n"));
	buf_free(&t.out);
}

static void a_long_text_comes_in_parts_cut_between_words(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "CREATE TABLE t(x); WITH RECURSIVE n(i, s) AS (SELECT 1, '' UNION ALL SELECT i + 1, s || 'card 4539578763621486 of June ' FROM n WHERE i < 4000)"
	                        "INSERT INTO t SELECT s FROM n WHERE i = 4000"), OPEN_DONE);
	assert_true(t.events > 3);
	assert_int_equal(count_of(&t, "4539578763621486"), 3999);
	buf_free(&t.out);
}

/* How many of the numbers base+1 to base+n were heard, as rows of a place. */
static unsigned count_told(const struct told *t, const char *place, long long base, unsigned n)
{
	unsigned found = 0;
	for (unsigned i = 1; i <= n; i++) {
		char number[32];
		snprintf(number, sizeof number, ": %lld\n", base + i);
		const char *end = t->out.p + t->out.n;
		for (const char *p = t->out.p; (p = memmem(p, (size_t)(end - p), number, strlen(number))); p++) {
			const char *line = memrchr(t->out.p, '\n', (size_t)(p - t->out.p));
			line = line ? line + 1 : t->out.p;
			if (memmem(line, (size_t)(p - line), place, strlen(place))) {
				found++;
				break;
			}
		}
	}
	return found;
}

static void deleted_rows_come_back_numbers_too(void **state)
{
	(void)state;
	static const char *const tables[] = {
		"CREATE TABLE card(id INTEGER PRIMARY KEY, holder TEXT, pan INTEGER);",
		"CREATE TABLE card(holder TEXT, pan INTEGER, note TEXT);",
		"CREATE TABLE card(pan INTEGER, holder TEXT);",
	};
	for (size_t i = 0; i < LENGTH(tables); i++) {
		char statements[1000];
		snprintf(statements, sizeof statements, "%s WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
		         "INSERT INTO card(holder, pan) SELECT 'June Marsh', 4000000000000000 + i FROM n; DELETE FROM card WHERE rowid %% 3 = 0", tables[i]);
		struct told t;
		assert_int_equal(opened(&t, statements), OPEN_DONE);
		assert_true(count_told(&t, "table card, row", 4000000000000000, 400) == 267);
		assert_true(count_told(&t, "deleted rows", 4000000000000000, 400) >= 130);
		buf_free(&t.out);
	}
}

/* The pages of a table that was emptied are nobody's: its rows are known again by how many columns they have, if no other table's have as many. */
static void rows_of_an_emptied_table_have_its_columns(void **state)
{
	(void)state;
	static const char make[] = "%s CREATE TABLE sale(id INTEGER PRIMARY KEY, holder TEXT, order_no INTEGER); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
	                           "INSERT INTO sale(holder, order_no) SELECT 'June Marsh', 4000000000000000 + i FROM n; DELETE FROM sale";
	for (int another = 0; another < 2; another++) {
		char statements[1000];
		snprintf(statements, sizeof statements, make, another ? "CREATE TABLE other(a, b, c);" : "CREATE TABLE other(a, b);");
		struct told t;
		assert_int_equal(opened(&t, statements), OPEN_DONE);
		assert_true(count_told(&t, "deleted rows", 4000000000000000, 400) >= 350);
		assert_int_equal(count_told(&t, "table ?, deleted rows", 4000000000000000, 400) > 0, another);
		assert_int_equal(count_told(&t, "table sale, deleted rows", 4000000000000000, 400) >= 350, !another);
		buf_free(&t.out);
	}
}

/* The blocks of neighbours become one, whatever the order in which they are deleted. */
static void neighbours_that_were_deleted_are_told_apart(void **state)
{
	(void)state;
	static const char *const deleted[] = {
		"DELETE FROM card WHERE id BETWEEN 11 AND 20",
		"DELETE FROM card WHERE id = 20; DELETE FROM card WHERE id = 19; DELETE FROM card WHERE id BETWEEN 11 AND 18",
		"DELETE FROM card WHERE id BETWEEN 11 AND 20 AND id % 2 = 0; DELETE FROM card WHERE id BETWEEN 11 AND 20",
		"DELETE FROM card WHERE id BETWEEN 11 AND 20 AND id % 2 = 1; DELETE FROM card WHERE id BETWEEN 11 AND 20",
		"DELETE FROM card WHERE id = 15; DELETE FROM card WHERE id = 13; DELETE FROM card WHERE id = 14; DELETE FROM card WHERE id BETWEEN 11 AND 20",
	};
	for (size_t i = 0; i < 2 * LENGTH(deleted); i++) {
		char statements[1000];
		int last = i < LENGTH(deleted) ? 30 : 20;                 /* in the middle, and last of all */
		snprintf(statements, sizeof statements, "CREATE TABLE card(id INTEGER PRIMARY KEY, holder TEXT, pan INTEGER);"
		         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
		         "INSERT INTO card(holder, pan) SELECT 'June ' || substr('Marshland', 1, i %% 7 + 1), 4000000000000000 + i FROM n; %s", last, deleted[i % LENGTH(deleted)]);
		struct told t;
		assert_int_equal(opened(&t, statements), OPEN_DONE);
		assert_int_equal(count_told(&t, "table card, deleted rows", 4000000000000010, 10), 10);
		assert_int_equal(count_told(&t, "table card, row", 4000000000000000, (unsigned)last), last - 10);
		buf_free(&t.out);
	}
}

static void a_dropped_table_is_found_on_the_free_pages(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "CREATE TABLE kept(a); CREATE TABLE card(holder TEXT, pan INTEGER); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
	                        "INSERT INTO card SELECT 'June', 4000000000000000 + i FROM n; DROP TABLE card"), OPEN_DONE);
	assert_true(count_told(&t, "deleted rows, page", 4000000000000000, 1000) >= 990);
	buf_free(&t.out);
}

static void secure_delete_leaves_nothing(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "PRAGMA secure_delete = ON; CREATE TABLE card(pan TEXT, n); INSERT INTO card VALUES('4539578763621486', 1), ('kept', 2); DELETE FROM card WHERE n = 1"),
	                 OPEN_DONE);
	assert_false(has(&t, "4539578763621486"));
	assert_true(has(&t, "kept"));
	buf_free(&t.out);
}

/* Nothing that the file says is run: a view, a computed column, a virtual table. */
static void nothing_of_the_files_own_is_run(void **state)
{
	(void)state;
	struct told t;
	assert_int_equal(opened(&t, "CREATE TABLE t(a, g GENERATED ALWAYS AS (hex(a) || 'computed') VIRTUAL, s AS (a + 1) STORED); INSERT INTO t(a) VALUES(41);"
	                        "CREATE VIEW v AS SELECT 'from a view'; CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES('words in an index')"), OPEN_DONE);
	assert_true(has(&t, "table t, row 1, column a [a]"));
	assert_true(has(&t, "column s [s]"));
	assert_false(has(&t, "computed\n"));
	assert_false(has(&t, ": from a view\n"));
	assert_true(has(&t, "table f_content, row 1, column c0 [c0]"));
	assert_false(has(&t, "table f, row"));
	buf_free(&t.out);
}

static void damage_costs_what_is_damaged(void **state)
{
	(void)state;
	struct str whole = made_by("CREATE TABLE a(pan INTEGER); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
	                           "INSERT INTO a SELECT 4000000000000000 + i FROM n; CREATE TABLE b(x); INSERT INTO b VALUES('still here')");
	/* the table's root is no page of a tree any more */
	char *p = mem_get(whole.n);
	memcpy(p, whole.p, whole.n);
	memset(p + 4096, 0xEE, 100);
	struct told t;
	assert_int_equal(opened_bytes(&t, (struct str){ p, whole.n }, 0), OPEN_BROKEN);
	assert_true(has(&t, "table b, row 1, column x [x]"));
	assert_int_equal(count_told(&t, "rows, page", 4000000000000000, 2000), 2000);
	buf_free(&t.out);
	/* no schema */
	memcpy(p, whole.p, whole.n);
	memset(p + 100, 0, 8);
	assert_int_equal(opened_bytes(&t, (struct str){ p, whole.n }, 0), OPEN_BROKEN);
	assert_int_equal(count_told(&t, "table ?, rows, page", 4000000000000000, 2000), 2000);
	buf_free(&t.out);
	/* cut off */
	assert_int_equal(opened_bytes(&t, (struct str){ whole.p, whole.n / 2 }, 0), OPEN_BROKEN);
	assert_true(count_told(&t, "page", 4000000000000000, 2000) > 500);
	buf_free(&t.out);
	free(p);
	sqlite3_free((void *)(uintptr_t)whole.p);
}

static void who_listens_can_stop(void **state)
{
	(void)state;
	struct str bytes = made_by("CREATE TABLE a(x); INSERT INTO a VALUES(1), (2), (3), (4), (5), (6), (7), (8), (9)");
	struct told t;
	assert_int_equal(opened_bytes(&t, bytes, 7), OPEN_STOPPED);
	assert_int_equal(t.events, 7);
	buf_free(&t.out);
	sqlite3_free((void *)(uintptr_t)bytes.p);
}

/* Pages that lead to each other give no more than the file could hold. */
static void a_circle_of_pages_comes_to_an_end(void **state)
{
	(void)state;
	struct str bytes = made_by("CREATE TABLE a(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
	                           "INSERT INTO a SELECT 'row ' || i FROM n");
	unsigned char *p = (unsigned char *)(uintptr_t)bytes.p + 4096;
	assert_int_equal(*p, 5);
	unsigned cells = (unsigned)p[3] << 8 | p[4];
	for (unsigned i = 0; i < cells; i++) {           /* every child is the same leaf */
		unsigned at = (unsigned)p[12 + 2 * i] << 8 | p[13 + 2 * i];
		memcpy(p + at, "\0\0\0\3", 4);
	}
	struct told t;
	enum open_end end = opened_bytes(&t, bytes, 0);
	assert_true(end == OPEN_DONE || end == OPEN_BROKEN || end == OPEN_TOO_BIG);
	assert_true(t.out.n < 100 * bytes.n);
	buf_free(&t.out);
	sqlite3_free((void *)(uintptr_t)bytes.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_is_a_record_of_named_cells),
		cmocka_unit_test(numbers_are_written_out_whatever_they_are_kept_as),
		cmocka_unit_test(text_in_utf_16_and_odd_names),
		cmocka_unit_test(blobs_are_files_where_they_look_like_it),
		cmocka_unit_test(a_value_of_many_megabytes_is_read_in_place),
		cmocka_unit_test(a_long_text_comes_in_parts_cut_between_words),
		cmocka_unit_test(deleted_rows_come_back_numbers_too),
		cmocka_unit_test(rows_of_an_emptied_table_have_its_columns), cmocka_unit_test(neighbours_that_were_deleted_are_told_apart),
		cmocka_unit_test(a_dropped_table_is_found_on_the_free_pages),
		cmocka_unit_test(secure_delete_leaves_nothing),
		cmocka_unit_test(nothing_of_the_files_own_is_run),
		cmocka_unit_test(damage_costs_what_is_damaged),
		cmocka_unit_test(who_listens_can_stop),
		cmocka_unit_test(a_circle_of_pages_comes_to_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
