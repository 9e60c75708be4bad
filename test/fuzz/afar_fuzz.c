/* The line between a desk and a scan: what either may say when it was taken over is refused, or safe to go on with. */
#include "find_int.h"
#include "told.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check(bool good)
{
	if (!good)
		abort();
}

static void on_hit(void *to, const struct find_hit *h)
{
	struct arena *a = arena_open();
	struct telling t;
	(void)to;
	check(*find_kind(&h->f) && str_utf8(h->member) && strlen(h->f.last4) <= 4);
	told_make(a, h, &t);
	check(str_utf8(t.place) && str_utf8(t.reason) && str_utf8(t.masked));
	arena_close(a);
}

static void on_contact(void *to, const struct find_contact *c)
{
	(void)to;
	check(str_utf8(c->member) && c->c.from <= c->c.to);
}

static void on_unread(void *to, const struct find_unread *u)
{
	(void)to;
	check(str_utf8(u->member) && str_utf8(u->why));
}

static void on_done(void *to, struct str path, bool well)
{
	(void)to, (void)well;
	check(!path.n || path.p);
}

static void on_progress(void *to, const char *what, uint64_t done, uint64_t of)
{
	(void)to, (void)done, (void)of;
	check(str_utf8(str_of(what)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	struct err e = { 0 };
	struct find find = { .a = a, .hit = on_hit, .contact = on_contact, .unread = on_unread, .done = on_done, .progress = on_progress };
	if (n && bytes[0] & 1) {
		bool over;
		struct arena *one = arena_open();
		struct cursor c = cursor_of((struct str){ (const char *)bytes + 1, n - 1 });
		find.seen = seen_new();
		if (!afar_hear(&find, one, &c, &over, &e) && over)
			check(e.code && str_utf8(str_of(e.say)));
		seen_close(find.seen);
		arena_close(one);
	} else if (n) {
		struct cursor c = cursor_of((struct str){ (const char *)bytes + 1, n - 1 });
		if (afar_asked(&c, &find)) {
			for (size_t i = 0; i < find.paths; i++)
				check(find.path[i].p[find.path[i].n] == 0);
			seen_close(find.seen);
		}
	}
	arena_close(a);
	return 0;
}
