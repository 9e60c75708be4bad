/* Any bytes as Outlook's folders: what is told is within the listener's limits, and nothing follows a stop. */
#include "open.h"
#include "open_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct heard { size_t events, stop_after; };

static bool on(struct heard *h)
{
	if (h->events == h->stop_after)
		abort();
	return ++h->events < h->stop_after;
}

static bool on_piece(void *to, const struct piece *p)
{
	if (p->text.n > OPEN_PIECE_MAX || !p->text.n || !p->where.n)
		abort();
	return on(to);
}

static bool on_member(void *to, struct str name, const struct source *s)
{
	(void)name;
	char head[512];
	source_read(s, 0, head, sizeof head);
	source_read(s, 600, head, sizeof head);
	return on(to);
}

static bool on_unread(void *to, struct str name, enum open_end why)
{
	(void)name;
	if (why == OPEN_DONE || why == OPEN_STOPPED)
		abort();
	return on(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static bool prepared;
	if (!prepared)
		open_mail_prepare();
	prepared = true;
	if (!n)
		return 0;
	struct str file = { (const char *)bytes + 1, n - 1 };
	struct heard h = { .stop_after = bytes[0] < 128 ? 1 << 30 : bytes[0] - 127u };
	struct source s = source_of_text(&file);
	struct listener l = { .to = &h, .piece = on_piece, .member = on_member, .unread = on_unread, .left = 1 << 24 };
	enum open_end end = open_pst(&s, STR("x.pst"), &l);
	if ((h.events == h.stop_after) != (end == OPEN_STOPPED))
		abort();
	return 0;
}
