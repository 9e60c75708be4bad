/* SQLite files: live rows of every sort of table, deleted ones, damaged and hostile files. */
#include "open_test.h"

#include <sqlite3.h>

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

static enum open_end opened(struct heard *h, const char *statements)
{
	struct str bytes = made_by(statements);
	*h = heard_new();
	enum open_end end = heard_open(h, bytes, "x.db");
	sqlite3_free((void *)(uintptr_t)bytes.p);
	return end;
}

static void each_row_is_a_record_of_named_cells(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "CREATE TABLE card(id INTEGER PRIMARY KEY, holder TEXT, pan TEXT);"
	                        "INSERT INTO card VALUES(7, 'June', '4539578763621486'), (12, 'Karl', '6011000990139424')"), OPEN_DONE);
	assert_true(heard_has(&h, "table card, row 7, column holder [holder] #2: June\n"));
	assert_true(heard_has(&h, "table card, row 7, column pan [pan] #2: 4539578763621486\n"));
	assert_true(heard_has(&h, "table card, row 12, column pan [pan] #3: 6011000990139424\n"));
	heard_free(&h);
}

static void numbers_are_written_out_whatever_they_are_kept_as(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "CREATE TABLE a(i INTEGER, r REAL, f REAL, x); INSERT INTO a VALUES(4539578763621486, 4539578763621486.0, 1.5, x'3435');"
	                        "CREATE TABLE b(k TEXT PRIMARY KEY, i) WITHOUT ROWID; INSERT INTO b VALUES('a', 371449635398431), ('b', -5);"
	                        "CREATE TABLE c(rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO c VALUES('x', 'y', '30569309025904')"), OPEN_DONE);
	assert_true(heard_has(&h, "table a, row 1, column i [i] #4: 4539578763621486\n"));
	assert_true(heard_has(&h, "table a, row 1, column r [r] #4: 4539578763621486\n"));
	assert_true(heard_has(&h, "column f [f] #4: 1.5\n"));
	assert_true(heard_has(&h, "column x [x] #4: 45\n"));
	assert_true(heard_has(&h, "table b, row 1, column i [i] #5: 371449635398431\n"));
	assert_true(heard_has(&h, "table c, row 1, column oid [oid] #7: 30569309025904\n"));
	heard_free(&h);
}

static void text_in_utf_16_and_odd_names(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "PRAGMA encoding = 'UTF-16be'; CREATE TABLE \"a \"\" b\"(\"p'a\"\"n\" TEXT); INSERT INTO \"a \"\" b\" VALUES('Zo\xC3\xAB 4539578763621486')"),
	                 OPEN_DONE);
	assert_true(heard_has(&h, "table a \" b, row 1, column p'a\"n [p'a\"n] #2: Zo\xC3\xAB 4539578763621486\n"));
	heard_free(&h);
}

static void blobs_are_files_where_they_look_like_it(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "CREATE TABLE b(x BLOB);"
	                        "INSERT INTO b VALUES(x'255044462D312E340A6161616161616161616161616161616161616161616161616161'), (CAST('plain words of some length here' AS BLOB)),"
	                        "(zeroblob(40)), (zeroblob(8))"), OPEN_DONE);
	assert_true(heard_has(&h, "member table b, row 1, column x: %PDF-1.4"));
	assert_true(heard_has(&h, "table b, row 2, column x [x] #3: plain words of some length here\n"));
	assert_int_equal(h.members, 2);
	heard_free(&h);
}

static void a_value_of_many_megabytes_is_read_in_place(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "CREATE TABLE b(a, x BLOB, z); INSERT INTO b VALUES('before', 'small', 1), (4539578763621486, zeroblob(20000000), 'behind'), ('after', '', 2)"),
	                 OPEN_DONE);
	assert_true(heard_has(&h, "table b, row 2, column a [a] #3: 4539578763621486\n"));
	assert_true(heard_has(&h, "member table b, row 2, column x: "));
	assert_true(heard_has(&h, "(20000000)\n"));
	assert_true(heard_has(&h, "table b, row 2, column z [z] #3: behind\n"));
	assert_true(heard_has(&h, "table b, row 3, column a [a] #4: after\n"));
	heard_free(&h);
}

static void a_long_text_comes_in_parts_cut_between_words(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "CREATE TABLE t(x); WITH RECURSIVE n(i, s) AS (SELECT 1, '' UNION ALL SELECT i + 1, s || 'card 4539578763621486 of June ' FROM n WHERE i < 4000)"
	                        "INSERT INTO t SELECT s FROM n WHERE i = 4000"), OPEN_DONE);
	assert_true(h.pieces > 3);
	size_t cards = 0;
	for (const char *p = h.text.p; (p = strstr(p, "4539578763621486")); p++)
		cards++;
	assert_int_equal(cards, 3999);
	heard_free(&h);
}

/* How many of the numbers base+1 to base+n were heard, as rows of a place. */
static unsigned count_heard(const struct heard *h, const char *place, long long base, unsigned n)
{
	unsigned found = 0;
	for (unsigned i = 1; i <= n; i++) {
		char number[32];
		snprintf(number, sizeof number, ": %lld\n", base + i);
		const char *end = h->text.p + h->text.n;
		for (const char *p = h->text.p; (p = memmem(p, (size_t)(end - p), number, strlen(number))); p++) {
			const char *line = memrchr(h->text.p, '\n', (size_t)(p - h->text.p));
			line = line ? line + 1 : h->text.p;
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
		struct heard h;
		assert_int_equal(opened(&h, statements), OPEN_DONE);
		assert_true(count_heard(&h, "table card, row", 4000000000000000, 400) == 267);
		assert_true(count_heard(&h, "deleted rows", 4000000000000000, 400) >= 130);
		heard_free(&h);
	}
}

static void a_dropped_table_is_found_on_the_free_pages(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "CREATE TABLE kept(a); CREATE TABLE card(holder TEXT, pan INTEGER); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
	                        "INSERT INTO card SELECT 'June', 4000000000000000 + i FROM n; DROP TABLE card"), OPEN_DONE);
	assert_true(count_heard(&h, "deleted rows, page", 4000000000000000, 1000) >= 990);
	heard_free(&h);
}

static void secure_delete_leaves_nothing(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "PRAGMA secure_delete = ON; CREATE TABLE card(pan TEXT, n); INSERT INTO card VALUES('4539578763621486', 1), ('kept', 2); DELETE FROM card WHERE n = 1"),
	                 OPEN_DONE);
	assert_false(heard_has(&h, "4539578763621486"));
	assert_true(heard_has(&h, "kept"));
	heard_free(&h);
}

/* Nothing that the file says is run: a view, a computed column, a virtual table. */
static void nothing_of_the_files_own_is_run(void **state)
{
	(void)state;
	struct heard h;
	assert_int_equal(opened(&h, "CREATE TABLE t(a, g GENERATED ALWAYS AS (hex(a) || 'computed') VIRTUAL, s AS (a + 1) STORED); INSERT INTO t(a) VALUES(41);"
	                        "CREATE VIEW v AS SELECT 'from a view'; CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES('words in an index')"), OPEN_DONE);
	assert_true(heard_has(&h, "table t, row 1, column a [a]"));
	assert_true(heard_has(&h, "column s [s]"));
	assert_false(heard_has(&h, "computed\n"));
	assert_false(heard_has(&h, ": from a view\n"));
	assert_true(heard_has(&h, "table f_content, row 1, column c0 [c0]"));
	assert_false(heard_has(&h, "table f, row"));
	heard_free(&h);
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
	struct heard h = heard_new();
	assert_int_equal(heard_open(&h, (struct str){ p, whole.n }, "x.db"), OPEN_BROKEN);
	assert_true(heard_has(&h, "table b, row 1, column x [x]"));
	assert_int_equal(count_heard(&h, "rows, page", 4000000000000000, 2000), 2000);
	heard_free(&h);
	/* no schema */
	memcpy(p, whole.p, whole.n);
	memset(p + 100, 0, 8);
	h = heard_new();
	assert_int_equal(heard_open(&h, (struct str){ p, whole.n }, "x.db"), OPEN_BROKEN);
	assert_int_equal(count_heard(&h, "table ?, rows, page", 4000000000000000, 2000), 2000);
	heard_free(&h);
	/* cut off */
	h = heard_new();
	assert_int_equal(heard_open(&h, (struct str){ whole.p, whole.n / 2 }, "x.db"), OPEN_BROKEN);
	assert_true(count_heard(&h, "page", 4000000000000000, 2000) > 500);
	heard_free(&h);
	free(p);
	sqlite3_free((void *)(uintptr_t)whole.p);
}

static void who_listens_can_stop(void **state)
{
	(void)state;
	struct str bytes = made_by("CREATE TABLE a(x); INSERT INTO a VALUES(1), (2), (3), (4), (5), (6), (7), (8), (9)");
	struct heard h = heard_new();
	h.stop_after = 7;
	assert_int_equal(heard_open(&h, bytes, "x.db"), OPEN_STOPPED);
	assert_int_equal(h.pieces, 7);
	heard_free(&h);
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
	struct heard h = heard_new();
	enum open_end end = heard_open(&h, bytes, "x.db");
	assert_true(end == OPEN_DONE || end == OPEN_BROKEN || end == OPEN_TOO_BIG);
	assert_true(h.text.n < 100 * bytes.n);
	heard_free(&h);
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
		cmocka_unit_test(a_dropped_table_is_found_on_the_free_pages),
		cmocka_unit_test(secure_delete_leaves_nothing),
		cmocka_unit_test(nothing_of_the_files_own_is_run),
		cmocka_unit_test(damage_costs_what_is_damaged),
		cmocka_unit_test(who_listens_can_stop),
		cmocka_unit_test(a_circle_of_pages_comes_to_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
