/* sqlite - the store on a SQLite file. The only file that includes sqlite3.h. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { KEPT_STATEMENTS = 256, WAIT_MS = 60000, TOLD_MS = 2000, WAL_PAGES = 256 };

struct rows {
	struct db *db;
	const struct statement *of;
	sqlite3_stmt *st;
	bool busy, kept;
};

struct db {
	sqlite3 *sq;
	int lock;                                        /* write.lock, or -1 for a database in memory */
	int wal_pages;                                   /* in the write-ahead log: its file stays as long as it ever was */
	bool begun, writing, read_only;
	void (*waits)(void *); void *about;              /* db_on_wait */
	struct rows kept[KEPT_STATEMENTS];               /* prepared once, found again by the statement's address */
	size_t n;
};

static bool fail(struct db *db, const char *doing, struct err *e)
{
	int code = db->sq ? sqlite3_extended_errcode(db->sq) : SQLITE_CANTOPEN;
	switch (code & 0xFF) {
	case SQLITE_FULL:
		return err_set(e, OUTSIDE, NULL, "The disk is full. What was being done has been taken back; free some space and run it again.");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, CONFLICT, NULL, "Another handback is writing to this data folder. Try again when it has finished.");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(e, TORN, NULL, "The database is damaged (%s). Change nothing: copy the data folder as it is, and go on with a copy from before.", sqlite3_errmsg(db->sq));
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH:
		return err_set(e, OUTSIDE, NULL, "The database can't be opened for this (%s). Check who owns the data folder.",
		               db->sq ? sqlite3_errmsg(db->sq) : "out of memory");
	default:
		return err_set(e, OUTSIDE, NULL, "The database could not %s: %s.", doing, sqlite3_errmsg(db->sq));
	}
}

static bool exec(struct db *db, const char *sql, const char *doing, struct err *e)
{
	return sqlite3_exec(db->sq, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db, doing, e);
}

static bool lock_open(struct db *db, const char *path, struct err *e)
{
	char *name = NULL;
	const char *slash = strrchr(path, '/');
	if (asprintf(&name, "%.*swrite.lock", slash ? (int)(slash + 1 - path) : 0, path) < 0)
		abort();
	db->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(name);
	db->read_only = db->lock < 0 && (errno == EROFS || errno == EACCES || errno == EPERM);
	return db->lock >= 0 || db->read_only || err_errno(e, "Could not open write.lock in the data folder");
}

/* For reading only: with what the write-ahead log holds, where there is one; its index must then stand beside it. */
static bool file_open(struct db *db, const char *path, bool create, struct err *e)
{
	int flags = (db->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
	struct stat st;
	char *wal = sqlite3_mprintf("%s-wal", path), *uri = NULL;
	bool no_wal = !wal || stat(wal, &st) != 0 || !st.st_size;
	sqlite3_free(wal);
	if (db->read_only && no_wal) {
		uri = sqlite3_mprintf("file:%s?immutable=1", path);
		flags |= SQLITE_OPEN_URI;
		if (!uri || strpbrk(path, "?#%"))
			return err_set(e, OUTSIDE, "data", "The path of the data folder has a character that can't stand in it here (?, # or %%). Copy the folder to another place.");
	}
	bool good = sqlite3_open_v2(uri ? uri : path, &db->sq, flags | (create ? SQLITE_OPEN_CREATE : 0), NULL) == SQLITE_OK;
	sqlite3_free(uri);
	return good || fail(db, "be opened", e);
}

static int wal_grew(void *db, sqlite3 *sq, const char *name, int pages)
{
	(void)sq, (void)name;
	((struct db *)db)->wal_pages = pages;
	return SQLITE_OK;
}

#define MAPPED "PRAGMA mmap_size=1099511627776;"           /* as much as there is */

struct db *db_open(const char *path, bool create, struct err *e)
{
	bool in_memory = strcmp(path, ":memory:") == 0;
	struct stat st;
	if (!in_memory && !create && stat(path, &st) != 0) {
		err_set(e, NOT_FOUND, "data", "There is no business at %s yet. Make one with: handback init --name NAME", path);
		return NULL;
	}
	struct db *db = mem_zero(1, sizeof *db);
	db->lock = -1;
	bool good = (in_memory || lock_open(db, path, e)) && file_open(db, path, create || in_memory, e);
	if (good) {
		sqlite3_extended_result_codes(db->sq, 1);
		sqlite3_busy_timeout(db->sq, WAIT_MS);
		sqlite3_db_config(db->sq, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		sqlite3_db_config(db->sq, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db->sq, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_limit(db->sq, SQLITE_LIMIT_ATTACHED, 0);
		good = (db->read_only || (exec(db, "PRAGMA page_size=16384", "be set up", e) && exec(db, "PRAGMA journal_mode=WAL", "be set up", e))) &&
		       exec(db, "PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL;" MAPPED
		                "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=1", "be set up", e);
		sqlite3_wal_hook(db->sq, wal_grew, db);
	}
	if (!good) {
		db_close(db);
		return NULL;
	}
	return db;
}

void db_rest(struct db *db)
{
	sqlite3_db_release_memory(db->sq);
	sqlite3_exec(db->sq, "PRAGMA mmap_size=0;" MAPPED, NULL, NULL, NULL);      /* what is mapped counts as resident, too */
}

void db_close(struct db *db)
{
	if (!db)
		return;
	struct err ignored = { 0 };
	if (db->begun)
		db_end(db, false, &ignored);
	for (size_t i = 0; i < db->n; i++)
		sqlite3_finalize(db->kept[i].st);
	sqlite3_close(db->sq);
	if (db->lock >= 0)
		close(db->lock);
	free(db);
}

/* flock with a limit on the wait, so that a stuck writer is told and not waited for without end */
static bool lock_take(struct db *db, struct err *e)
{
	if (db->lock < 0)
		return true;
	for (int waited = 0; flock(db->lock, LOCK_EX | LOCK_NB) != 0; waited += 20) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_errno(e, "Could not lock the data folder");
		if (waited == TOLD_MS && db->waits)
			db->waits(db->about);
		if (waited >= WAIT_MS)
			return err_set(e, CONFLICT, NULL, "Another handback is writing to this data folder. Try again when it has finished.");
		nanosleep(&(struct timespec){ 0, 20 * 1000000 }, NULL);
	}
	return true;
}

static void lock_leave(struct db *db)
{
	if (db->lock >= 0)
		flock(db->lock, LOCK_UN);
}

bool db_begin(struct db *db, bool write, struct err *e)
{
	if (write && db->read_only)
		return err_set(e, OUTSIDE, "data", "This data folder can only be read; looking works, changing does not. Copy it to where you can write, and use the copy: --data COPY.");
	if (write && !lock_take(db, e))
		return false;
	if (!exec(db, write ? "BEGIN IMMEDIATE" : "BEGIN", "begin", e)) {
		if (write)
			lock_leave(db);
		return false;
	}
	db->begun = true;
	db->writing = write;
	return true;
}

/* Still under the lock: the only place where a checkpoint is made. Passive: readers are not waited for. */
static void checkpoint_if_long(struct db *db)
{
	if (db->wal_pages > WAL_PAGES)
		sqlite3_wal_checkpoint_v2(db->sq, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

bool db_end(struct db *db, bool keep, struct err *e)
{
	bool done = true;
	for (size_t i = 0; i < db->n; i++)
		if (db->kept[i].busy)
			db_stop(&db->kept[i]);
	if (keep)
		done = exec(db, "COMMIT", "keep the change", e);
	if (!keep || !done)
		if (!sqlite3_get_autocommit(db->sq))
			sqlite3_exec(db->sq, "ROLLBACK", NULL, NULL, NULL);
	if (db->writing) {
		if (keep && done)
			checkpoint_if_long(db);
		lock_leave(db);
	}
	db->begun = db->writing = false;
	return done;
}

bool db_read_only(const struct db *db)
{
	return db->read_only;
}

void db_on_wait(struct db *db, void (*waits)(void *), void *about)
{
	db->waits = waits;
	db->about = about;
}

bool db_writing(const struct db *db)
{
	return db->writing;
}

static bool number(struct db *db, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool good = sqlite3_prepare_v2(db->sq, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW;
	if (good)
		*out = sqlite3_column_int64(st, 0);
	else
		fail(db, "be read", e);
	sqlite3_finalize(st);
	return good;
}

int64_t db_version(struct db *db)
{
	struct err ignored = { 0 };
	int64_t version = 0;
	number(db, "PRAGMA data_version", &version, &ignored);
	return version;
}

int64_t db_size(struct db *db)
{
	struct err ignored = { 0 };
	int64_t pages = 0, size = 0;
	number(db, "PRAGMA page_count", &pages, &ignored);
	number(db, "PRAGMA page_size", &size, &ignored);
	return pages * size;
}

bool db_upgrade(struct db *db, const char *const *steps, size_t n, struct err *e)
{
	int64_t version;
	if (!number(db, "PRAGMA user_version", &version, e))
		return false;
	if (version < 0 || (size_t)version > n)
		return err_set(e, CONFLICT, "data", "This data folder was made by a newer handback (version %d, this one knows %zu). Use the newer program.",
		               (int)version, n);
	while ((size_t)version < n) {
		if (!db_begin(db, true, e))
			return false;
		int64_t now;
		char mark[64];
		snprintf(mark, sizeof mark, "PRAGMA user_version=%d", (int)version + 1);
		/* another process may have done this step while we waited for the lock */
		bool good = number(db, "PRAGMA user_version", &now, e);
		if (good && now == version)
			good = exec(db, steps[version], "be brought up to date", e) && exec(db, mark, "be brought up to date", e);
		if (!db_end(db, good, e) || !good)
			return false;
		version = now == version ? version + 1 : now;
	}
	return true;
}

static struct rows *prepared(struct db *db, const struct statement *s, struct err *e)
{
	struct rows *r = NULL;
	for (size_t i = 0; i < db->n && !r; i++)
		if (db->kept[i].of == s && !db->kept[i].busy)
			r = &db->kept[i];
	if (r)
		return r;
	if (db->n < KEPT_STATEMENTS) {
		r = &db->kept[db->n];
		r->kept = true;
	} else {
		r = mem_zero(1, sizeof *r);
	}
	r->db = db;
	r->of = s;
	if (sqlite3_prepare_v3(db->sq, s->sql, -1, r->kept ? SQLITE_PREPARE_PERSISTENT : 0, &r->st, NULL) != SQLITE_OK) {
		fail(db, s->name, e);
		if (!r->kept)
			free(r);
		return NULL;
	}
	if (r->kept)
		db->n++;
	return r;
}

bool db_run(struct db *db, const struct statement *s, const struct value *in, struct rows **out, struct err *e)
{
	struct rows *r = prepared(db, s, e);
	if (!r)
		return false;
	r->busy = true;
	for (int i = 0; s->in[i]; i++) {
		int code = s->in[i] == 'i' ? sqlite3_bind_int64(r->st, i + 1, in[i].i)
		         : s->in[i] == 't' ? sqlite3_bind_text64(r->st, i + 1, in[i].s.p ? in[i].s.p : "", in[i].s.n, SQLITE_STATIC, SQLITE_UTF8)
		                           : sqlite3_bind_blob64(r->st, i + 1, in[i].s.p ? in[i].s.p : "", in[i].s.n, SQLITE_STATIC);
		if (code != SQLITE_OK) {
			fail(db, s->name, e);
			db_stop(r);
			return false;
		}
	}
	*out = r;
	return true;
}

bool db_next(struct rows *r, struct value *out, struct arena *a, struct err *e)
{
	int code = sqlite3_step(r->st);
	if (code != SQLITE_ROW) {
		if (code != SQLITE_DONE)
			fail(r->db, r->of->name, e);
		db_stop(r);
		return false;
	}
	for (int i = 0; r->of->out[i]; i++) {
		if (r->of->out[i] == 'i') {
			out[i].i = sqlite3_column_int64(r->st, i);
			continue;
		}
		const char *p = r->of->out[i] == 't' ? (const char *)sqlite3_column_text(r->st, i) : sqlite3_column_blob(r->st, i);
		struct str s = { p ? p : "", (size_t)sqlite3_column_bytes(r->st, i) };
		out[i].s = r->of->out[i] == 'v' ? s : arena_str(a, s);
	}
	return true;
}

void db_stop(struct rows *r)
{
	if (!r)
		return;
	sqlite3_reset(r->st);
	sqlite3_clear_bindings(r->st);
	r->busy = false;
	if (!r->kept) {
		sqlite3_finalize(r->st);
		free(r);
	}
}

bool db_do(struct db *db, const struct statement *s, const struct value *in, struct err *e)
{
	struct rows *r;
	if (!db_run(db, s, in, &r, e))
		return false;
	int code = sqlite3_step(r->st);
	bool good = code == SQLITE_DONE || code == SQLITE_ROW || fail(db, s->name, e);
	db_stop(r);
	return good;
}

bool db_sound(struct db *db, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool good = sqlite3_prepare_v2(db->sq, "PRAGMA integrity_check(1)", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW;
	if (!good)
		fail(db, "check itself", e);
	else if (strcmp((const char *)sqlite3_column_text(st, 0), "ok") != 0)
		good = err_set(e, TORN, NULL, "The database is damaged: %s.", sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return good;
}

bool db_copy(struct db *db, const char *path, struct err *e)
{
	struct db to = { .lock = -1 };
	bool good = sqlite3_open_v2(path, &to.sq, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK || fail(&to, "be copied", e);
	sqlite3_backup *b = good ? sqlite3_backup_init(to.sq, "main", db->sq, "main") : NULL;
	/* all pages in one step: one moment of the source, which writers do not wait for */
	if (good && b)
		sqlite3_backup_step(b, -1);
	good = good && sqlite3_backup_finish(b) == SQLITE_OK && b;
	if (!good)
		fail(&to, "be copied", e);
	sqlite3_close(to.sq);
	return good;
}
