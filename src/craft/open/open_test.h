/* open_test - what the openers' tests share: a listener that writes down what it hears, a line each. */
#ifndef OPEN_TEST_H
#define OPEN_TEST_H

#include "open.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* Pieces as "where [field] #record: text", members as "member name: first bytes (size)", what is unread as "unread name: why". */
struct heard { struct buf text; size_t pieces, members, stop_after; struct listener l; };

static bool heard_piece(void *to, const struct piece *p)
{
	struct heard *h = to;
	assert_true(p->text.n <= OPEN_PIECE_MAX);
	buf_printf(&h->text, STR_FMT " [" STR_FMT "] #%llu: ", STR_ARG(p->where), STR_ARG(p->field), (unsigned long long)p->record);
	buf_put(&h->text, p->text);
	buf_byte(&h->text, '\n');
	return ++h->pieces != h->stop_after;
}

static bool heard_member(void *to, struct str name, const struct source *s)
{
	struct heard *h = to;
	char head[64];
	struct str first = { head, source_read(s, 0, head, sizeof head) };
	buf_printf(&h->text, "member " STR_FMT ": ", STR_ARG(name));
	buf_put(&h->text, first);
	buf_printf(&h->text, " (%lld)\n", (long long)s->size);
	h->members++;
	return true;
}

static bool heard_unread(void *to, struct str name, enum open_end why)
{
	struct heard *h = to;
	buf_printf(&h->text, "unread " STR_FMT ": %d\n", STR_ARG(name), (int)why);
	return true;
}

static struct heard heard_new(void)
{
	return (struct heard){ .text = BUF(64 << 20), .l = { .piece = heard_piece, .member = heard_member, .unread = heard_unread,
	                                                      .left = (uint64_t)1 << 32 } };
}

/* Opens bytes; what was heard is in h->text, which ends in a 0. */
static enum open_end heard_open(struct heard *h, struct str bytes, const char *name)
{
	struct source s = source_of_text(&bytes);
	h->l.to = h;
	enum open_end end = open_file(&s, open_sort(&s, str_of(name)), str_of(name), &h->l);
	buf_byte(&h->text, 0);
	h->text.n--;
	return end;
}

static inline bool heard_has(const struct heard *h, const char *text)
{
	return memmem(h->text.p, h->text.n, text, strlen(text)) != NULL;
}

static inline void heard_free(struct heard *h)
{
	buf_free(&h->text);
}

#endif
