/* Any text, plain or in pieces: findings lie in it, in order, and never show a whole number. */
#include "scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct check { uint64_t size, last; };

static void found(void *of, const struct finding *f)
{
	struct check *c = of;
	if (f->line && (f->at >= c->size || f->at < c->last))
		abort();
	if (f->line)
		c->last = f->at;
	if (f->sort < HIT_CARD || f->sort >= HIT_SORTS || !(f->score >= 0 && f->score <= 1) || strlen(f->last4) > 4 || !f->count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct scanner *s;
	if (!s)
		s = scanner_open((const uint8_t[16]){ 1 });
	struct check c = { .size = n };
	struct str text = { (const char *)bytes, n };
	scanner_begin(s, found, &c);
	size_t room;
	char *p = scanner_room(s, &room);
	if (n >= room)
		return 0;
	memcpy(p, bytes, n);
	scanner_take(s, n, true);
	scanner_end(s);
	c = (struct check){ 0 };
	scanner_begin(s, found, &c);
	for (uint64_t record = 0; text.p && text.n; record++) {
		struct str piece = str_split(&text, '\n'), field = str_split(&piece, ':');
		scanner_piece(s, piece.p ? piece : field, STR("here"), field, record / 3);
	}
	scanner_end(s);
	return 0;
}
