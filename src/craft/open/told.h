/* told - for tests: a listener that writes down what it is told, a line each, and keeps the openers to their promises.
 *
 *	WHERE [FIELD] #RECORD: TEXT        a piece; the field and the record only if there is one
 *	> NAME: TEXT                       a member that is plain, its first 200 bytes
 *	> NAME                             one that is opened; what it holds follows, further in
 *	! NAME: WHY                        what could not be read
 */
#ifndef TOLD_H
#define TOLD_H

#include "open.h"

#include <stdlib.h>

enum { TOLD_NAME_MAX = 16 << 10 };

struct told { struct buf out; struct listener l; uint64_t record[OPEN_DEPTH_MAX + 2]; uint64_t bytes; size_t events, stop_after; };

static const char *const told_ends[OPEN_ENDS] = { "done", "stopped", "broken", "encrypted", "too big", "no way", "too deep" };

static inline void told_must(bool good)
{
	if (!good)
		abort();
}

static inline void told_indent(struct told *t)
{
	for (unsigned i = 0; i < t->l.depth; i++)
		buf_put(&t->out, STR("  "));
}

static inline bool told_on(struct told *t)
{
	told_must(!t->stop_after || t->events < t->stop_after);      /* whoever said stop is told nothing more */
	return ++t->events != t->stop_after;
}

static inline bool told_piece(void *to, const struct piece *p)
{
	struct told *t = to;
	told_must(p->text.n && p->text.n <= OPEN_PIECE_MAX && p->where.n && p->where.n <= TOLD_NAME_MAX && p->field.n <= TOLD_NAME_MAX);
	told_must(str_utf8(p->where) && str_utf8(p->field));
	told_must(!p->record || p->record >= t->record[t->l.depth]);
	if (p->record)
		t->record[t->l.depth] = p->record;
	told_indent(t);
	buf_put(&t->out, p->where);
	if (p->field.n)
		buf_printf(&t->out, " [" STR_FMT "]", STR_ARG(p->field));
	if (p->record)
		buf_printf(&t->out, " #%llu", (unsigned long long)p->record);
	buf_put(&t->out, STR(": "));
	buf_put(&t->out, p->text);
	buf_byte(&t->out, '\n');
	return told_on(t);
}

static inline bool told_unread(void *to, struct str name, enum open_end why)
{
	struct told *t = to;
	told_must(name.n && name.n <= TOLD_NAME_MAX && str_utf8(name) && why != OPEN_DONE && why != OPEN_STOPPED && why < OPEN_ENDS);
	told_indent(t);
	buf_printf(&t->out, "! " STR_FMT ": %s\n", STR_ARG(name), told_ends[why]);
	return told_on(t);
}

static inline void told_plain(struct told *t, const struct source *s)
{
	static char block[64 << 10];
	size_t got;
	uint64_t at = 0;
	do {
		got = source_read(s, at, block, sizeof block);
		if (at == 0)
			buf_printf(&t->out, ": %.*s", (int)(got < 200 ? got : 200), block);
		at += got;
	} while (got == sizeof block);
	t->bytes += at;
	buf_byte(&t->out, '\n');
}

static inline bool told_member(void *to, struct str name, const struct source *s)
{
	struct told *t = to;
	told_must(name.n && name.n <= TOLD_NAME_MAX && str_utf8(name));
	told_indent(t);
	buf_printf(&t->out, "> " STR_FMT, STR_ARG(name));
	enum file_sort sort = open_sort(s, name);
	if (sort == FILE_PLAIN) {
		told_plain(t, s);
		return told_on(t);
	}
	buf_byte(&t->out, '\n');
	if (!told_on(t))
		return false;
	t->l.depth++;
	t->record[t->l.depth] = 0;
	enum open_end end = open_file(s, sort, name, &t->l);
	t->l.depth--;
	if (end == OPEN_STOPPED)
		return false;
	return end == OPEN_DONE || told_unread(t, name, end);
}

/* Opens it with `left` bytes to unpack; stop_after: of so many events (0: never). What was told is in t->out. */
static inline enum open_end told_open(struct told *t, const struct source *s, enum file_sort sort, struct str name, uint64_t left, size_t stop_after)
{
	*t = (struct told){ .out = BUF(1 << 26), .stop_after = stop_after };
	t->l = (struct listener){ .to = t, .piece = told_piece, .member = told_member, .unread = told_unread, .left = left };
	return open_file(s, sort, name, &t->l);
}

#endif
