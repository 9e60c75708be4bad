/* Any bytes as a message, as a mailbox, and as what Outlook wraps: what comes is within the listener's limits. */
#include "open.h"
#include "open_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool on_piece(void *to, const struct piece *p)
{
	(void)to;
	if (p->text.n > OPEN_PIECE_MAX || !p->text.n)
		abort();
	return true;
}

static bool on_member(void *to, struct str name, const struct source *s)
{
	(void)to, (void)name;
	char head[512];
	source_read(s, 0, head, sizeof head);
	source_read(s, 600, head, sizeof head);
	return true;
}

static bool on_unread(void *to, struct str name, enum open_end why)
{
	(void)to, (void)name, (void)why;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static bool prepared;
	if (!prepared)
		open_mail_prepare();
	prepared = true;
	struct str text = { (const char *)bytes, n };
	struct source s = source_of_text(&text);
	struct listener l = { .piece = on_piece, .member = on_member, .unread = on_unread, .left = 1 << 24 };
	if (open_mail(&s, STR("x.eml"), &l) != OPEN_DONE || open_mbox(&s, STR("x.mbox"), &l) != OPEN_DONE)
		abort();
	enum open_end end = open_tnef(&s, STR("winmail.dat"), &l);
	if (end != OPEN_DONE && end != OPEN_BROKEN)
		abort();
	return 0;
}
