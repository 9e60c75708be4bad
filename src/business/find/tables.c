/* The tables of a database on a server: their rows are fetched here, handed on to the boxes as files in memory (open/rows.c reads them),
 * and looked at there like any file. */
#include "find_int.h"
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PART = 16 << 20,                /* bytes of rows in one file: more rows make a next one */
	PART_MAX = 60 << 20,            /* with its last row: a row that does not fit is told */
	WAITING_MAX = 48 << 20,         /* bytes in memory that the boxes have not looked at */
};

struct filling {
	struct find *find;
	struct pool *pool;
	struct str base;                                 /* "postgresql://host/shop" */
	const struct server_table *t;
	struct buf b, path;
	size_t head;                                     /* bytes in front of the first row */
	unsigned parts;
	uint64_t waiting;
	bool cut, large;                                 /* a value was read in part; a row was left away */
	struct err *e;
};

/* part 0: all of it. */
static struct str path_of(struct filling *f, unsigned part)
{
	buf_clear(&f->path);
	buf_printf(&f->path, STR_FMT "/" STR_FMT "." STR_FMT, STR_ARG(f->base), STR_ARG(f->t->schema), STR_ARG(f->t->name));
	if (part)
		buf_printf(&f->path, " (part %u)", part);
	return buf_str(&f->path);
}

static bool memory_file(struct str bytes, int *fd, struct err *e)
{
	*fd = memfd_create("rows", MFD_CLOEXEC);
	for (size_t done = 0; *fd >= 0 && done < bytes.n;) {
		ssize_t n = write(*fd, bytes.p + done, bytes.n - done);
		if (n < 0 && errno != EINTR) {
			close(*fd);
			*fd = -1;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	return *fd >= 0 || err_errno(e, "Could not keep rows of the database in memory");
}

/* Hands on what there is; then the next part may begin. complete: with this part the table is, so that what is not in it is not there. */
static bool hand_on(struct filling *f, bool complete)
{
	int fd;
	struct str rows = buf_str(&f->b);
	if (rows.n <= f->head)
		return true;
	if (f->waiting + rows.n > WAITING_MAX) {
		if (!pool_finish(f->pool, f->e))
			return false;
		f->waiting = 0;
	}
	if (!memory_file(rows, &fd, f->e) || !pool_add(f->pool, path_of(f, f->parts || !complete ? f->parts + 1 : 0), fd, rows.n, 0, f->e))
		return false;
	f->find->totals.files -= f->parts > 0;           /* a table is counted once */
	f->waiting += rows.n;
	f->parts++;
	wipe(f->b.p + f->head, f->b.n - f->head);
	f->b.n = f->head;
	return true;
}

static void begin(struct filling *f)
{
	buf_clear(&f->b);
	buf_put(&f->b, STR("handback rows 1\n"));
	buf_u32(&f->b, (uint32_t)f->t->columns);
	for (size_t i = 0; i < f->t->columns; i++)
		buf_lstr(&f->b, f->t->column[i]);
	f->head = f->b.n;
	f->parts = 0;
	f->cut = f->large = false;
}

static bool on_row(void *of, const struct server_row *row)
{
	struct filling *f = of;
	size_t before = f->b.n;
	buf_lstr(&f->b, row->key);
	for (size_t i = 0; i < f->t->columns; i++) {
		const struct server_value *v = &row->value[i];
		f->cut |= v->cut;
		buf_u8(&f->b, v->null ? 0 : v->bytes ? 2 : 1);
		if (!v->null)
			buf_lstr(&f->b, v->v);
	}
	if (f->b.full) {
		f->b.n = before;
		f->b.full = false;
		f->large = true;
	}
	return f->b.n < PART || hand_on(f, false);
}

/* One table; false: the scan is to end. */
static bool table(struct filling *f, struct server *server, const struct server_table *t)
{
	struct err why = { 0 };
	f->t = t;
	begin(f);
	bool read = t->readable && server_rows(server, t, on_row, f, &why);
	if (f->e->code != OK)
		return false;
	if (!hand_on(f, read && !f->cut && !f->large))
		return false;
	if (!f->parts)
		f->find->totals.files++;                 /* it is empty */
	if (!read)
		pool_unread(f->pool, path_of(f, 0), t->readable ? why.say : "no permission to read it");
	else if (f->large || f->cut)
		pool_unread(f->pool, path_of(f, 0), f->large ? "a row in it is too large to look at" : "of a very long value in it only the beginning was looked at");
	return why.code != OUTSIDE || err_set(f->e, OUTSIDE, "database", "%s", why.say);
}

bool tables_look(struct find *find, struct pool *pool, struct err *e)
{
	struct server *server = server_open(find->database, find->stop, e);
	if (!server)
		return false;
	struct filling f = { .find = find, .pool = pool, .base = server_name(server), .b = BUF(PART_MAX), .path = BUF(1 << 10), .e = e };
	struct server_table *t = NULL;
	size_t n = 0;
	bool good = server_tables(server, find->a, &t, &n, e);
	for (size_t i = 0; good && i < n && !(find->stop && *find->stop); i++)
		good = table(&f, server, &t[i]);
	server_close(server);
	buf_free(&f.b);
	buf_free(&f.path);
	return good;
}
