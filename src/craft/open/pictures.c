/* pictures - those in the drawings of Office's older files [MS-ODRAW] 2.2.23: each behind a header that says how long it is. They are looked
 * for byte by byte, since the structures around them differ from program to program and may be damaged. */
#include "ole_int.h"

#include <stdio.h>

enum { BLOCK = 64 << 10, HEAD = 8 + 33 + 8, PICTURES_MAX = 4096 };

/* The types of blips whose bytes are a picture file, and what such a file begins with. */
static const struct { uint16_t type; struct str magic; const char *ending; } blips[] = {
	{ 0xF01D, { "\xFF\xD8\xFF", 3 }, "jpg" }, { 0xF02A, { "\xFF\xD8\xFF", 3 }, "jpg" }, { 0xF01E, { "\x89PNG", 4 }, "png" },
	{ 0xF029, { "II*\0", 4 }, "tif" }, { 0xF029, { "MM\0*", 4 }, "tif" },
};

/* Whether a picture's header begins here: then where its bytes are, from there on. */
static const char *picture_at(struct str head, size_t *skip, uint32_t *n)
{
	struct cursor c = cursor_of(head);
	if (cursor_u16(&c) & 15)
		return NULL;
	uint16_t type = cursor_u16(&c);
	*n = cursor_u32(&c);
	for (size_t i = 0; i < LENGTH(blips); i++)
		for (*skip = 8 + 17; type == blips[i].type && *skip <= 8 + 33; *skip += 16)      /* behind one digest or two, and a tag */
			if (*n > *skip - 8 && head.n >= *skip + blips[i].magic.n && memcmp(head.p + *skip, blips[i].magic.p, blips[i].magic.n) == 0) {
				*n -= (uint32_t)*skip - 8;
				return blips[i].ending;
			}
	return NULL;
}

void ole_pictures(struct ole *o, const char *stream)
{
	struct ole_stream s;
	char block[BLOCK];
	unsigned pictures = 0;
	if (!ole_open(o, stream, &s))
		return;
	uint64_t at = 0;
	for (size_t got; !o->stopped && (got = source_read(&s.source, at, block, sizeof block)) > HEAD;) {
		size_t i = 0, step = 0;
		for (; i + HEAD < got && !step; i++) {
			size_t skip;
			uint32_t n;
			const char *ending = block[i + 3] == '\xF0' ? picture_at((struct str){ block + i, got - i }, &skip, &n) : NULL;
			if (!ending || at + i + skip + n > s.source.size || ++pictures > PICTURES_MAX)
				continue;
			char name[32];
			snprintf(name, sizeof name, "picture %u.%s", pictures, ending);
			struct slice slice = { &s.source, at + i + skip, n };
			struct source picture = slice_source(&slice);
			ole_member(o, str_of(name), &picture);
			step = skip + n;
		}
		at += step ? i - 1 + step : i;
	}
	ole_close(&s);
}
