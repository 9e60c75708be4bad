/* store - one database. Hides SQLite (PostgreSQL will fill the same functions later).
 *
 * Statements stand in .sql files; tools/mksql.py makes one typed C function of each (X.sql -> X_sql.h), and those call what is
 * below. Nobody else does. Text is never put together into SQL.
 *
 * One writer at a time: whoever writes holds flock on `write.lock` beside the database from before BEGIN IMMEDIATE until after
 * COMMIT, and only such a writer makes a checkpoint (SQLite 3.40.1 can corrupt a database when two connections write or checkpoint
 * in the same instant; mended in 3.51.3). Readers take no lock.
 */
#ifndef STORE_H
#define STORE_H

#include "base.h"

struct db;

/* Opens, or with `create` makes, the database file (mode 0600). NOT_FOUND: there is none. CONFLICT: made by a newer program. Where
 * nothing can be written (a read-only medium or folder) it is opened for reading only. */
struct db *db_open(const char *path, bool create, struct err *);
void db_rest(struct db *);                               /* gives back memory that it keeps for speed alone: when nobody asks anything for a while */
void db_close(struct db *);                              /* NULL is fine; an open transaction is taken back */
bool db_read_only(const struct db *);
void db_on_wait(struct db *, void (*waits)(void *), void *about);       /* called once when a wait for another writer lasts 2 s */

/* Brings the schema to the newest version: each step in a transaction of its own. steps[i] leads from version i to i+1. */
bool db_upgrade(struct db *, const char *const *steps, size_t n, struct err *);

/* A transaction. write: with the write lock (waits up to 60 s for another writer; then CONFLICT). Not nested. */
bool db_begin(struct db *, bool write, struct err *);
bool db_end(struct db *, bool keep, struct err *);       /* keep: durable when true comes back; else, or when it fails, as before */
bool db_writing(const struct db *);                      /* inside a write transaction */
int64_t db_version(struct db *);                         /* another number each time another connection has changed something */
int64_t db_size(struct db *);                            /* bytes of the database file */
bool db_sound(struct db *, struct err *);                /* the database's own integrity check: TORN when it finds something */

/* A copy as of now into a new file, while others read and write. */
bool db_copy(struct db *, const char *path, struct err *);

/* ---- for generated code ---- */

struct statement { const char *name, *sql; const char *in, *out; };      /* types: i number, t text, b bytes, v view (valid until the next row) */
struct value { int64_t i; struct str s; };
struct rows;                                             /* a statement being run */

bool db_run(struct db *, const struct statement *, const struct value *in, struct rows **, struct err *);
/* The next row into out, texts copied into the arena; false at the end (then closed) or on an error (then closed, too). */
bool db_next(struct rows *, struct value *out, struct arena *, struct err *);
void db_stop(struct rows *);                             /* leaves early; NULL is fine */
bool db_do(struct db *, const struct statement *, const struct value *in, struct err *);   /* runs to the end, no rows wanted */

#endif
