/* Any text, plain or in pieces: findings lie in it, in order, the same in blocks of any size and by any instructions, and none shows more
 * than four digits of a number. */
#include "scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct check { uint64_t size, last, sum; };

static bool has_long_number(const char *p, size_t n)
{
	size_t digits = 0;
	for (size_t i = 0; i < n; i++) {
		digits = (unsigned char)(p[i] - '0') < 10 ? digits + 1 : 0;
		if (digits >= 12)
			return true;
	}
	return false;
}

static void found(void *of, const struct finding *f)
{
	struct check *c = of;
	if (f->line && (f->at >= c->size || f->at < c->last || f->length > c->size - f->at))
		abort();
	if (f->line)
		c->last = f->at;
	if (f->sort < HIT_CARD || f->sort >= HIT_SORTS || !(f->score >= 0 && f->score <= 1) || strlen(f->last4) > 4 || !f->count || has_long_number(f->brand, strlen(f->brand)))
		abort();
	c->sum = c->sum * 31 + f->at * 7 + f->sort + f->class + f->line * 3 + f->count;
}

/* What is found in blocks of a size, as a number. */
static uint64_t scan(struct scanner *s, const uint8_t *bytes, size_t n, size_t block)
{
	struct check c = { .size = n };
	scanner_begin(s, found, &c);
	for (bool last = false; !last;) {
		size_t room, take;
		char *p = scanner_room(s, &room);
		take = block < room ? block : room;
		take = take < n ? take : n;
		memcpy(p, bytes, take);
		bytes += take;
		n -= take;
		last = n == 0;
		scanner_take(s, take, last);
	}
	scanner_end(s);
	return c.sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct scanner *s;
	if (!s)
		s = scanner_open((const uint8_t[16]){ 1 });
	struct str text = { (const char *)bytes, n };
	uint64_t sum = scan(s, bytes, n, SIZE_MAX);
	if (scan(s, bytes, n, 1 + n / 3) != sum)
		abort();
	static const char *const sets[] = { "portable", "sse2", "avx2" };
	for (size_t i = 0; i < LENGTH(sets); i++)
		if (scanner_use(s, sets[i]) && scan(s, bytes, n, SIZE_MAX) != sum)
			abort();
	scanner_use(s, NULL);
	struct check c = { 0 };
	scanner_begin(s, found, &c);
	for (uint64_t record = 0; text.p && text.n; record++) {
		struct str piece = str_split(&text, '\n'), field = str_split(&piece, ':');
		scanner_piece(s, piece.p ? piece : field, STR("here"), field, record / 3);
	}
	scanner_end(s);
	return 0;
}
