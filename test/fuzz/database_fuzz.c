/* Any file with the beginning of a SQLite database: rows and pages are read within bounds, and to an end. */
#include "open_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool piece(void *to, const struct piece *p)
{
	size_t *said = to;
	*said += p->text.n;
	if (p->text.n > OPEN_PIECE_MAX)
		abort();
	return true;
}

static bool member(void *to, struct str name, const struct source *s)
{
	char some[256];
	(void)to, (void)name;
	return source_read(s, 0, some, sizeof some) <= sizeof some;
}

static bool unread(void *to, struct str name, enum open_end why)
{
	(void)to, (void)name, (void)why;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char magic[16] = "SQLite format 3";
	char *copy = mem_get(n + 16);
	memcpy(copy, bytes, n);
	memcpy(copy, magic, n < 16 ? n : 16);
	struct str text = { copy, n };
	struct source s = source_of_text(&text);
	size_t said = 0;
	struct listener l = { .to = &said, .piece = piece, .member = member, .unread = unread, .left = 64 << 20 };
	open_sqlite(&s, STR("x.db"), &l);
	if (said > 9 * n + (2 << 20))
		abort();
	free(copy);
	return 0;
}
