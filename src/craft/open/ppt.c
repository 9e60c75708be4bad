/* ppt - presentations of PowerPoint 97 to 2003: records within records [MS-PPT]. A presentation that was saved quickly still holds
 * its older slides; they are read like the rest. */
#include "charset.h"
#include "ole_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { PLACE_MAX = 40, DEPTH_MAX = 32, SLIDES_MAX = 1 << 14, PERSIST_MAX = 1 << 16, TEXT_BLOCK = 32 << 10, LIST_MAX = 1 << 20 };
enum record {
	R_DOCUMENT = 1000, R_SLIDE = 1006, R_NOTES = 1008, R_SLIDE_PERSIST = 1011, R_MASTER = 1016, R_TEXT_CHARS = 4000, R_TEXT_BYTES = 4008, R_CSTRING = 4026,
	R_TEXT_LIST = 4080, R_OLE_OBJECT = 4113, R_PERSIST_DIRECTORY = 6002,
};
enum { LIST_SLIDES = 0 };
#define TOKEN_ENCRYPTED 0xF3D1C4DFu

struct head { uint16_t version, instance, type; uint32_t n; };

struct ppt {
	struct ole *o;
	const struct source *s;
	uint32_t *persist;              /* where the object of each number stands */
	uint32_t order[SLIDES_MAX];     /* the slides shown, by such numbers */
	size_t slides;
	unsigned objects;
	struct buf text;
};

static bool head_read(struct ppt *p, uint64_t at, uint64_t end, struct head *h)
{
	char bytes[8];
	if (end - at < 8 || source_read(p->s, at, bytes, sizeof bytes) < sizeof bytes)
		return false;
	struct cursor c = cursor_of((struct str){ bytes, sizeof bytes });
	uint16_t first = cursor_u16(&c);
	*h = (struct head){ .version = first & 15, .instance = first >> 4, .type = cursor_u16(&c), .n = cursor_u32(&c) };
	if (h->n > end - at - 8)                         /* cut off: as far as it goes */
		h->n = (uint32_t)(end - at - 8);
	return true;
}

/* ---- which slide is which ---- */

static void directory_read(struct ppt *p, uint64_t at, uint32_t n)
{
	char *bytes = mem_get(n < LIST_MAX ? n + 1 : LIST_MAX);
	struct cursor c = cursor_of((struct str){ bytes, source_read(p->s, at, bytes, n < LIST_MAX ? n : LIST_MAX) });
	while (!c.torn && c.p < c.end) {
		uint32_t first = cursor_u32(&c);
		for (uint32_t id = first & 0xFFFFF, k = first >> 20; k && !c.torn; k--, id++) {
			uint32_t place = cursor_u32(&c);
			if (!c.torn && id < PERSIST_MAX)
				p->persist[id] = place;
		}
	}
	free(bytes);
}

static void order_read(struct ppt *p, uint64_t at, uint64_t end)
{
	struct head h;
	p->slides = 0;
	for (; p->slides < SLIDES_MAX && head_read(p, at, end, &h); at += 8 + (uint64_t)h.n) {
		char bytes[4];
		if (h.type != R_SLIDE_PERSIST || source_read(p->s, at + 8, bytes, sizeof bytes) < sizeof bytes)
			continue;
		struct cursor c = cursor_of((struct str){ bytes, sizeof bytes });
		p->order[p->slides++] = cursor_u32(&c);
	}
}

/* The last directory entry and the last document count. */
static void index_read(struct ppt *p)
{
	struct head h, in;
	for (uint64_t at = 0; head_read(p, at, p->s->size, &h); at += 8 + (uint64_t)h.n) {
		uint64_t end = at + 8 + h.n;
		if (h.type == R_PERSIST_DIRECTORY)
			directory_read(p, at + 8, h.n);
		for (uint64_t inner = at + 8; h.type == R_DOCUMENT && head_read(p, inner, end, &in); inner += 8 + (uint64_t)in.n)
			if (in.type == R_TEXT_LIST && in.instance == LIST_SLIDES)
				order_read(p, inner + 8, inner + 8 + in.n);
	}
}

/* ---- text ---- */

static bool text_read(struct ppt *p, uint64_t at, const struct head *h, const char *place)
{
	char block[TEXT_BLOCK];
	bool wide = h->type != R_TEXT_BYTES;             /* else the low bytes of UTF-16 */
	for (uint32_t left = h->n; left;) {
		size_t want = left < sizeof block / 2 ? left : sizeof block / 2, got = source_read(p->s, at, block, want);
		for (size_t i = got; !wide && i-- > 0;) {
			block[2 * i] = block[i];
			block[2 * i + 1] = 0;
		}
		buf_clear(&p->text);
		charset_utf16((struct str){ block, wide ? got : 2 * got }, &p->text);
		for (size_t i = 0; i < p->text.n; i++)   /* paragraphs end with 13, lines with 11 */
			if (p->text.p[i] == 13 || p->text.p[i] == 11)
				p->text.p[i] = '\n';
		if (!ole_tell(p->o, buf_str(&p->text), place, STR(""), 0))
			return false;
		if (got < want)
			return true;
		at += want;
		left -= (uint32_t)want;
	}
	return true;
}

/* ---- embedded objects ---- */

struct unpacking { struct ole *o; const struct source *s; uint64_t at, end; z_stream z; char in[8 << 10]; bool ended, too_big; };

static size_t unpack_more(void *of, char *to, size_t n)
{
	struct unpacking *u = of;
	u->z.next_out = (Bytef *)to;
	u->z.avail_out = (uInt)n;
	while (u->z.avail_out && !u->ended) {
		if (!u->z.avail_in) {
			size_t want = u->end - u->at < sizeof u->in ? (size_t)(u->end - u->at) : sizeof u->in;
			u->z.next_in = (Bytef *)u->in;
			u->z.avail_in = (uInt)source_read(u->s, u->at, u->in, want);
			u->at += u->z.avail_in;
			if (!u->z.avail_in)
				break;
		}
		int how = inflate(&u->z, Z_NO_FLUSH);
		u->ended = how != Z_OK;
	}
	n -= u->z.avail_out;
	if (open_takes(u->o->l, n))
		return n;
	u->ended = u->too_big = true;
	return 0;
}

static bool object_read(struct ppt *p, uint64_t at, const struct head *h)
{
	char name[40];
	snprintf(name, sizeof name, "embedded object %u", ++p->objects);
	if (!h->instance) {
		struct slice slice = { p->s, at, h->n };
		struct source object = slice_source(&slice);
		return ole_member(p->o, str_of(name), &object);
	}
	struct unpacking *u = mem_zero(1, sizeof *u);
	*u = (struct unpacking){ .o = p->o, .s = p->s, .at = at + 4, .end = at + h->n };       /* behind its unpacked length */
	struct stream stream = { .more = unpack_more, .of = u };
	if (h->n > 4 && inflateInit(&u->z) == Z_OK) {
		struct source object = stream_source(&stream, UINT64_MAX);
		ole_member(p->o, str_of(name), &object);
		stream_close(&stream);
		inflateEnd(&u->z);
		if (u->too_big)
			ole_unread(p->o, name, OPEN_TOO_BIG);
	}
	free(u);
	return !p->o->stopped;
}

/* ---- all records ---- */

/* What a record at the top is called. */
static void place_of(struct ppt *p, uint64_t at, const struct head *h, char place[PLACE_MAX])
{
	static const struct { uint16_t type; const char *place; } sorts[] = { { R_NOTES, "notes" }, { R_MASTER, "master slide" }, { R_SLIDE, "slide that is no longer shown" } };
	snprintf(place, PLACE_MAX, "presentation");
	for (size_t i = 0; i < LENGTH(sorts); i++)
		if (h->type == sorts[i].type)
			snprintf(place, PLACE_MAX, "%s", sorts[i].place);
	for (size_t i = 0; h->type == R_SLIDE && i < p->slides; i++)
		if (p->order[i] < PERSIST_MAX && p->persist[p->order[i]] == at)
			snprintf(place, PLACE_MAX, "slide %zu", i + 1);
}

static bool records_read(struct ppt *p, uint64_t at, uint64_t end, unsigned depth, const char *outer)
{
	struct head h;
	unsigned slide = 0;
	char place[PLACE_MAX];
	snprintf(place, sizeof place, "%s", outer);
	for (; !p->o->stopped && head_read(p, at, end, &h); at += 8 + (uint64_t)h.n) {
		if (!depth)
			place_of(p, at, &h, place);
		bool on = true;
		if (h.type == R_TEXT_CHARS || h.type == R_TEXT_BYTES || h.type == R_CSTRING)
			on = text_read(p, at + 8, &h, place);
		else if (h.type == R_OLE_OBJECT)
			on = object_read(p, at + 8, &h);
		else if (h.type == R_SLIDE_PERSIST)
			snprintf(place, PLACE_MAX, "slide %u", ++slide);
		else if (h.version == 15 && depth < DEPTH_MAX)
			on = records_read(p, at + 8, at + 8 + h.n, depth + 1, place);
		else if (h.version == 15)
			on = ole_unread(p->o, "records within records", OPEN_TOO_DEEP);
		if (!on)
			return false;
	}
	return !p->o->stopped;
}

static bool is_encrypted(struct ole *o)
{
	struct str user = ole_all(o, "Current User", 64);
	struct cursor c = cursor_of(user);
	cursor_bytes(&c, 12);
	bool encrypted = cursor_u32(&c) == TOKEN_ENCRYPTED;
	free((void *)(uintptr_t)user.p);
	return encrypted;
}

enum open_end ole_ppt(struct ole *o)
{
	struct ole_stream s;
	if (is_encrypted(o))
		return OPEN_ENCRYPTED;
	if (!ole_open(o, "PowerPoint Document", &s))
		return OPEN_BROKEN;
	struct ppt *p = mem_zero(1, sizeof *p);
	p->o = o;
	p->s = &s.source;
	p->persist = mem_zero(PERSIST_MAX, sizeof *p->persist);
	p->text = BUF(4 * TEXT_BLOCK);
	index_read(p);
	records_read(p, 0, p->s->size, 0, "");
	if (!o->stopped)
		ole_pictures(o, "Pictures");
	buf_free(&p->text);
	free(p->persist);
	free(p);
	ole_close(&s);
	return OPEN_DONE;
}
