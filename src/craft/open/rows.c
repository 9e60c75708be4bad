/* rows - the rows of a table that was fetched from a database on a server, as find writes them:
 *
 *	"handback rows 1\n"; u32 columns, and the name of each; then of each row its key, and of each column
 *	u8 sort (0: nothing, 1: text, 2: bytes) and, but for nothing, the value. Numbers and texts as base.h writes them. */
#include "open_int.h"

#include <stdlib.h>

enum { FILE_MAX = 64 << 20, COLUMNS_MAX = 1664, NAMES_MAX = 600, BYTES_FILE_MIN = 26 };      /* columns: more than PostgreSQL allows */

struct rows { struct listener *l; struct buf names, where; struct str column[COLUMNS_MAX]; uint32_t columns; uint64_t record; };

/* Bytes that may be a file, or text in UTF-16. */
static bool is_file(struct str bytes)
{
	struct source s = source_of_text(&bytes);
	return bytes.n >= BYTES_FILE_MIN && (memchr(bytes.p, 0, bytes.n) || open_sort(&s, STR("")) != FILE_PLAIN);
}

static enum open_end give(struct rows *r, bool bytes, struct str value, struct str key, struct str column)
{
	buf_clear(&r->where);
	buf_printf(&r->where, "row " STR_FMT ", column " STR_FMT, STR_ARG(key), STR_ARG(column));
	struct str where = buf_str(&r->where);
	if (bytes && is_file(value)) {
		struct source s = source_of_text(&value);
		if (!open_takes(r->l, value.n))
			return OPEN_TOO_BIG;
		return r->l->member(r->l->to, where, &s) ? OPEN_DONE : OPEN_STOPPED;
	}
	while (value.n) {
		size_t n = open_part(value);
		if (!r->l->piece(r->l->to, &(struct piece){ { value.p, n }, where, column, r->record }))
			return OPEN_STOPPED;
		value.p += n;
		value.n -= n;
	}
	return OPEN_DONE;
}

/* A name that stays; empty when it is none. */
static struct str name_of(struct rows *r, struct cursor *c, struct buf *one)
{
	struct str raw = cursor_lstr(c), name = open_name(one, raw.n <= NAMES_MAX ? raw : STR(""));
	size_t at = r->names.n;
	buf_put(&r->names, name);
	return (struct str){ r->names.p + at, r->names.full ? 0 : name.n };
}

static enum open_end read_rows(struct rows *r, struct cursor *c)
{
	struct buf one = BUF(4 * NAMES_MAX);
	enum open_end end = OPEN_DONE;
	while (end == OPEN_DONE && c->p < c->end) {
		size_t names = r->names.n;
		struct str key = name_of(r, c, &one);
		r->record++;
		for (uint32_t i = 0; i < r->columns && end == OPEN_DONE; i++) {
			uint8_t sort = cursor_u8(c);
			struct str value = sort ? cursor_lstr(c) : STR("");
			end = c->torn || sort > 2 ? OPEN_BROKEN : give(r, sort == 2, value, key, r->column[i]);
		}
		r->names.n = names;
		if (end == OPEN_DONE && (c->torn || !r->columns))
			end = OPEN_BROKEN;
	}
	buf_free(&one);
	return end;
}

enum open_end open_rows(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	enum { ROOM = (COLUMNS_MAX + 2) * 4 * NAMES_MAX };
	struct str all;
	if (!source_all(s, FILE_MAX, &all))
		return OPEN_TOO_BIG;
	struct rows *r = mem_zero(1, sizeof *r);
	struct buf one = BUF(4 * NAMES_MAX);
	*r = (struct rows){ .l = l, .names = BUF(ROOM), .where = BUF(16 * NAMES_MAX) };
	buf_space(&r->names, ROOM);                      /* at once, for names are views of it */
	buf_clear(&r->names);
	struct cursor c = cursor_of(all);
	cursor_bytes(&c, 16);
	r->columns = cursor_u32(&c);
	enum open_end end = c.torn || r->columns > COLUMNS_MAX ? OPEN_BROKEN : OPEN_DONE;
	for (uint32_t i = 0; end == OPEN_DONE && i < r->columns; i++)
		r->column[i] = name_of(r, &c, &one);
	if (end == OPEN_DONE)
		end = read_rows(r, &c);
	buf_free(&one);
	buf_free(&r->names);
	buf_free(&r->where);
	free(r);
	wipe((void *)(uintptr_t)all.p, all.n);
	free((void *)(uintptr_t)all.p);
	return end;
}
