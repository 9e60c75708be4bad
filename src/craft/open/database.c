/* database - tables of SQLite files. SQLite's own library reads them, through a file system that has one file and cannot write. No
 * statement of the file's is run: no view, no trigger, no virtual table, no generated column; an authorizer sees to it. */
#include "database_int.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	HEAP_MAX = 128 << 20,           /* what SQLite may take */
	VALUE_MAX = 16 << 20,           /* a longer one is read in place, never whole */
	TREES_MAX = 60000,
	NAME_MAX_BYTES = 200,
	BLOB_FILE_MIN = 26,             /* bytes: a shorter blob holds no file, nor a number of 13 digits in UTF-16 */
};

/* ---- a file system of one source ---- */

struct file { sqlite3_file base; const struct source *s; };
static const struct source *opening;    /* what the next xOpen opens */

static int file_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *to, int n, sqlite3_int64 at)
{
	struct file *f = (struct file *)base;
	size_t got = source_read(f->s, (uint64_t)at, to, (size_t)n);
	if (got == (size_t)n)
		return SQLITE_OK;
	memset((char *)to + got, 0, (size_t)n - got);
	return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	(void)f, (void)from, (void)n, (void)at;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	(void)f, (void)size;
	return SQLITE_READONLY;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)((struct file *)base)->s->size;
	return SQLITE_OK;
}

static int file_nothing(sqlite3_file *f, int what)
{
	(void)f, (void)what;
	return SQLITE_OK;
}

static int file_reserved(sqlite3_file *f, int *is)
{
	(void)f;
	*is = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int what, void *with)
{
	(void)f, (void)what, (void)with;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
	(void)f;
	return 4096;
}

/* Immutable: SQLite takes no lock and looks for no journal; the log of a database that has one is a file of its own to us. */
static int file_traits(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_IMMUTABLE;
}

static int fs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 1, .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate, .xSync = file_nothing,
		.xFileSize = file_size, .xLock = file_nothing, .xUnlock = file_nothing, .xCheckReservedLock = file_reserved,
		.xFileControl = file_control, .xSectorSize = file_sector, .xDeviceCharacteristics = file_traits,
	};
	(void)vfs, (void)name;
	struct file *f = (struct file *)base;
	*f = (struct file){ 0 };
	if (!(flags & SQLITE_OPEN_MAIN_DB) || !opening)
		return SQLITE_CANTOPEN;
	f->s = opening;
	f->base.pMethods = &methods;
	opening = NULL;
	if (out)
		*out = flags;
	return SQLITE_OK;
}

static int fs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs, (void)name, (void)sync;
	return SQLITE_READONLY;
}

static int fs_access(sqlite3_vfs *vfs, const char *name, int what, int *is)
{
	(void)vfs, (void)name, (void)what;
	*is = 0;
	return SQLITE_OK;
}

static int fs_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)n, "%s", name);
	return SQLITE_OK;
}

static int fs_random(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	random_bytes(out, (size_t)n);
	return n;
}

static int fs_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs, (void)us;
	return 0;
}

static int fs_time(sqlite3_vfs *vfs, double *day)
{
	(void)vfs;
	*day = 2440587.5;                                /* nothing here asks for it */
	return SQLITE_OK;
}

static sqlite3_vfs file_system = {
	.iVersion = 1, .szOsFile = sizeof(struct file), .mxPathname = 64, .zName = "handback-source", .xOpen = fs_open, .xDelete = fs_delete,
	.xAccess = fs_access, .xFullPathname = fs_path, .xRandomness = fs_random, .xSleep = fs_sleep, .xCurrentTime = fs_time,
};

/* ---- what may be asked ---- */

static int may(void *of, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)of, (void)b, (void)c, (void)d;
	return action == SQLITE_SELECT || action == SQLITE_READ || (action == SQLITE_PRAGMA && strcmp(a, "table_xinfo") == 0) ? SQLITE_OK
	                                                                                                                        : SQLITE_DENY;
}

static sqlite3 *database_open(const struct source *s)
{
	sqlite3 *db = NULL;
	sqlite3_hard_heap_limit64(HEAP_MAX);
	sqlite3_vfs_register(&file_system, 0);
	opening = s;
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	bool good = sqlite3_open_v2("source", &db, flags, file_system.zName) == SQLITE_OK;
	static const struct { int what, to; } settings[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 }, { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 }, { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 }, { SQLITE_DBCONFIG_DQS_DDL, 0 }, { SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 }, { SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
	};
	for (size_t i = 0; good && i < LENGTH(settings); i++)
		good = sqlite3_db_config(db, settings[i].what, settings[i].to, NULL) == SQLITE_OK;
	if (good) {
		sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
		sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
		sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
		sqlite3_set_authorizer(db, may, NULL);
		return db;
	}
	sqlite3_close(db);
	return NULL;
}

/* ---- giving ---- */

/* Text that stands in a file as it is: neither zeros nor many control characters. */
static bool printable(struct str s)
{
	size_t odd = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (!c)
			return false;
		odd += (c < 32 && c != '\n' && c != '\r' && c != '\t') || c == 127;
	}
	return odd <= s.n / 32;
}

static bool end_with(struct database *db, enum open_end why)
{
	db->end = why;
	return false;
}

static bool give_text(struct database *db, struct str text, struct str where, struct str field, uint64_t record)
{
	while (text.n) {
		size_t n = open_part(text);
		struct piece p = { .text = { text.p, n }, .where = where, .field = field, .record = record };
		if (!db->l->piece(db->l->to, &p))
			return end_with(db, OPEN_STOPPED);
		text.p += n;
		text.n -= n;
	}
	return true;
}

static bool give_member(struct database *db, const struct source *s, struct str where)
{
	if (!open_takes(db->l, s->size))
		return end_with(db, OPEN_TOO_BIG);
	return db->l->member(db->l->to, where, s) || end_with(db, OPEN_STOPPED);
}

bool database_give(struct database *db, const struct value *v, struct str where, struct str field, uint64_t record)
{
	char number[40];
	struct str text = v->bytes;
	if (v->sort == VALUE_NULL)
		return true;
	if (v->sort == VALUE_INTEGER)
		text = (struct str){ number, (size_t)snprintf(number, sizeof number, "%lld", (long long)v->integer) };
	else if (v->sort == VALUE_REAL)          /* a whole number is written as one: a card number kept so has no ".0" */
		text = (struct str){ number, (size_t)snprintf(number, sizeof number, fabs(v->real) < 9e15 && v->real == trunc(v->real) ? "%.0f" : "%.15g",
		                                              v->real) };
	if (text.n > db->left)
		return end_with(db, OPEN_TOO_BIG);
	db->left -= text.n;
	if (v->sort == VALUE_BLOB) {
		struct source s = source_of_text(&text);
		if (text.n >= BLOB_FILE_MIN && (!printable(text) || open_sort(&s, STR("")) != FILE_PLAIN))
			return give_member(db, &s, where);
	}
	return give_text(db, text, where, field, record);
}

/* ---- tables ---- */

static struct value value_of(sqlite3_stmt *q, int column)
{
	switch (sqlite3_column_type(q, column)) {
	case SQLITE_INTEGER: return (struct value){ .sort = VALUE_INTEGER, .integer = sqlite3_column_int64(q, column) };
	case SQLITE_FLOAT: return (struct value){ .sort = VALUE_REAL, .real = sqlite3_column_double(q, column) };
	case SQLITE_TEXT: {
		const char *p = (const char *)sqlite3_column_text(q, column);
		return (struct value){ .sort = VALUE_TEXT, .bytes = { p, p ? (size_t)sqlite3_column_bytes(q, column) : 0 } };
	}
	case SQLITE_BLOB: {
		const char *p = sqlite3_column_blob(q, column);
		return (struct value){ .sort = VALUE_BLOB, .bytes = { p, p ? (size_t)sqlite3_column_bytes(q, column) : 0 } };
	}
	default: return (struct value){ .sort = VALUE_NULL };
	}
}

static sqlite3_stmt *prepare(sqlite3 *sql, struct buf *text)
{
	sqlite3_stmt *q = NULL;
	buf_byte(text, 0);
	if (text->full || sqlite3_prepare_v2(sql, text->p, -1, &q, NULL) != SQLITE_OK)
		q = NULL;
	buf_clear(text);
	return q;
}

static void put_name(struct buf *b, struct str name)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"')
			buf_byte(b, '"');
		buf_byte(b, name.p[i]);
	}
	buf_byte(b, '"');
}

struct table {                                           /* one that is being read */
	struct database *db;
	sqlite3 *sql;
	struct tree *tree;
	struct buf text;                                 /* a statement, later a place's words */
	struct str *column, *shown;                      /* those that are stored, in the table's order; and as people see them */
	size_t columns;
	const char *row;                                 /* what the row's number is called; NULL: it has none */
};

/* A name for people. */
static struct str shown(struct database *db, struct str name)
{
	struct buf b = BUF(4 * NAME_MAX_BYTES);
	if (name.n > NAME_MAX_BYTES)
		for (name.n = NAME_MAX_BYTES; name.n && ((unsigned char)name.p[name.n] & 0xC0) == 0x80; name.n--)
			;
	struct str s = arena_str(db->a, open_name(&b, name));
	buf_free(&b);
	return s;
}

static void learn_columns(struct table *t)
{
	bool taken[3] = { false };
	static const char *const names[] = { "rowid", "_rowid_", "oid" };
	size_t cap = 0, caps = 0;
	buf_put(&t->text, STR("PRAGMA table_xinfo("));
	put_name(&t->text, t->tree->table);
	buf_byte(&t->text, ')');
	sqlite3_stmt *q = prepare(t->sql, &t->text);
	while (q && sqlite3_step(q) == SQLITE_ROW) {
		struct str name = str_of((const char *)sqlite3_column_text(q, 1));
		for (size_t i = 0; i < LENGTH(names); i++)
			taken[i] |= str_eq_nocase(name, str_of(names[i]));
		if (sqlite3_column_int(q, 6) == 2)       /* computed when it is asked for: never */
			continue;
		t->column = arena_more(t->db->a, t->column, t->columns, &cap, sizeof *t->column);
		t->shown = arena_more(t->db->a, t->shown, t->columns, &caps, sizeof *t->shown);
		t->shown[t->columns] = shown(t->db, name);
		t->column[t->columns++] = arena_str(t->db->a, name);
	}
	sqlite3_finalize(q);
	for (size_t i = 0; i < LENGTH(names) && !t->row; i++) {
		if (taken[i])
			continue;
		buf_printf(&t->text, "SELECT %s FROM ", names[i]);
		put_name(&t->text, t->tree->table);
		q = prepare(t->sql, &t->text);
		if (q)
			t->row = names[i];
		sqlite3_finalize(q);
	}
}

static struct str place_of(struct table *t, int64_t row, size_t column)
{
	struct str name = t->shown[column];
	buf_clear(&t->text);
	buf_printf(&t->text, "table " STR_FMT ", row %lld, column ", STR_ARG(t->tree->shown), (long long)row);
	buf_put(&t->text, name);
	return buf_str(&t->text);
}

static size_t blob_read(void *of, uint64_t at, void *to, size_t n)
{
	uint64_t size = (uint64_t)sqlite3_blob_bytes(of);
	if (at >= size)
		return 0;
	if (n > size - at)
		n = (size_t)(size - at);
	return sqlite3_blob_read(of, to, (int)n, (int)at) == SQLITE_OK ? n : 0;
}

/* The statement that reads `what` of the table, from row ?1 on when rows have numbers. */
static sqlite3_stmt *ask(struct table *t, const struct str *column, size_t columns)
{
	buf_clear(&t->text);
	buf_put(&t->text, STR("SELECT "));
	if (t->row)
		buf_put(&t->text, str_of(t->row));
	for (size_t i = 0; i < columns; i++) {
		if (i || t->row)
			buf_byte(&t->text, ',');
		put_name(&t->text, column[i]);
	}
	buf_put(&t->text, STR(" FROM "));
	put_name(&t->text, t->tree->table);
	buf_put(&t->text, STR(" NOT INDEXED"));
	if (t->row)
		buf_printf(&t->text, " WHERE %s >= ?1 ORDER BY %s", t->row, t->row);
	return prepare(t->sql, &t->text);
}

/* A value over VALUE_MAX is read in place. */
static bool read_long(struct table *t, int64_t row, size_t column)
{
	sqlite3_blob *blob = NULL;
	bool good = sqlite3_blob_open(t->sql, "main", t->tree->table.p, t->column[column].p, row, 0, &blob) == SQLITE_OK;
	if (good) {
		struct source s = { .size = (uint64_t)sqlite3_blob_bytes(blob), .of = blob, .read = blob_read };
		good = give_member(t->db, &s, place_of(t, row, column));
	}
	sqlite3_blob_close(blob);
	return good;
}

/* The first row from *row on, which has such a value, a column at a time. */
static bool read_large(struct table *t, int64_t *row)
{
	sqlite3_stmt *q = ask(t, NULL, 0);
	sqlite3_bind_int64(q, 1, *row);
	bool good = sqlite3_step(q) == SQLITE_ROW;
	if (good)
		*row = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	t->db->record++;
	for (size_t i = 0; good && i < t->columns; i++) {
		q = ask(t, &t->column[i], 1);
		sqlite3_bind_int64(q, 1, *row);
		int how = sqlite3_step(q);
		if (how == SQLITE_ROW) {
			struct value v = value_of(q, 1);
			how = v.sort != VALUE_NULL && !v.bytes.p && v.sort >= VALUE_TEXT ? SQLITE_TOOBIG : how;
			good = how != SQLITE_ROW || database_give(t->db, &v, place_of(t, *row, i), t->shown[i], t->db->record);
		}
		sqlite3_finalize(q);
		if (how == SQLITE_TOOBIG)
			good = read_long(t, *row, i);
	}
	return good;
}

static bool give_row(struct table *t, sqlite3_stmt *q, int64_t row)
{
	struct database *db = t->db;
	int first = t->row != NULL;
	db->record++;
	for (size_t i = 0; i < t->columns; i++) {
		struct value v = value_of(q, (int)i + first);
		if (v.sort != VALUE_NULL && !database_give(db, &v, place_of(t, row, i), t->shown[i], db->record))
			return false;
	}
	return true;
}

/* Its rows; true when all were read. */
static bool read_rows(struct table *t)
{
	sqlite3_stmt *q = ask(t, t->column, t->columns);
	int64_t row = t->row ? INT64_MIN : 1;            /* the next */
	/* a row takes four bytes of its page at least: of more the pages go in a circle */
	uint64_t most = t->db->s->size / 4 + 1;
	int how = q ? sqlite3_bind_int64(q, 1, row) : SQLITE_ERROR;
	for (bool good = q; good && most; most--) {
		how = sqlite3_step(q);
		if (how == SQLITE_ROW) {
			if (t->row)
				row = sqlite3_column_int64(q, 0);
			good = give_row(t, q, row);
		} else if (how == SQLITE_TOOBIG && t->row) {
			sqlite3_reset(q);
			good = read_large(t, &row);
			sqlite3_bind_int64(q, 1, row + (row < INT64_MAX));
		} else {
			break;
		}
		row += row < INT64_MAX;
	}
	sqlite3_finalize(q);
	return how == SQLITE_DONE;
}

static void read_table(struct database *db, sqlite3 *sql, struct tree *tree)
{
	struct table t = { .db = db, .sql = sql, .tree = tree, .text = BUF(1 << 20) };
	learn_columns(&t);
	tree->rows = t.row != NULL;
	if (tree->rows) {
		tree->column = t.shown;
		tree->columns = (uint32_t)t.columns;
	}
	tree->read = t.columns && read_rows(&t);
	buf_free(&t.text);
}

/* Learns what trees there are; false: the file's own list of them is damaged. */
static bool learn_trees(struct database *db, sqlite3 *sql)
{
	sqlite3_stmt *q = NULL;
	int how = sqlite3_prepare_v2(sql, "SELECT tbl_name, rootpage, type = 'table' FROM sqlite_schema WHERE rootpage > 0", -1, &q, NULL);
	struct tree own = { .root = 1, .table = STR("sqlite_schema"), .shown = STR("sqlite_schema"), .rows = true };
	db->tree = arena_more(db->a, db->tree, 0, &db->trees_cap, sizeof *db->tree);
	db->tree[db->trees++] = own;
	while (how == SQLITE_OK && db->trees < TREES_MAX && (how = sqlite3_step(q)) == SQLITE_ROW) {
		how = SQLITE_OK;
		struct str name = str_of((const char *)sqlite3_column_text(q, 0));
		db->tree = arena_more(db->a, db->tree, db->trees, &db->trees_cap, sizeof *db->tree);
		db->tree[db->trees++] = (struct tree){ .root = (uint32_t)sqlite3_column_int64(q, 1), .table = arena_str(db->a, name), .shown = shown(db, name),
		                                       .rows = sqlite3_column_int(q, 2), .read = !sqlite3_column_int(q, 2) };
	}
	sqlite3_finalize(q);
	return how == SQLITE_DONE || how == SQLITE_OK;
}

static void read_all(struct database *db, sqlite3 *sql)
{
	bool whole = learn_trees(db, sql);
	for (size_t i = 0; i < db->trees && db->end == OPEN_DONE; i++) {
		struct tree *tree = &db->tree[i];
		if (!tree->read)
			read_table(db, sql, tree);
		whole &= tree->read;
	}
	if (db->end == OPEN_DONE)
		database_pages(db);
	if (db->end == OPEN_DONE && !whole)
		db->end = OPEN_BROKEN;
}

enum open_end open_sqlite(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	struct database db = { .s = s, .l = l, .a = arena_open(), .left = 8 * s->size + (1 << 20) };
	sqlite3 *sql = database_open(s);
	if (sql)
		read_all(&db, sql);
	else
		db.end = OPEN_BROKEN;
	sqlite3_close(sql);
	arena_close(db.a);
	return db.end;
}
