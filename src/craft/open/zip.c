/* zip - zip files whose parts are stored or deflated (APPNOTE 6.3.10), and office documents that are such (OOXML, ODF) by their parts' names;
 * libarchive reads the others: encrypted, damaged, or packed in other ways. */
#include "office.h"
#include "zip_int.h"

#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

enum { END_BYTES = 22, END_SEARCH = END_BYTES + 0xFFFF, DIRECTORY_MAX = 16 << 20, BLOCK = 64 << 10 };
enum { ENCRYPTED = 1 | 1 << 6 | 1 << 13, STORED = 0, DEFLATED = 8 };

/* ---- the directory ---- */

static struct cursor at(struct str s, size_t from)
{
	return cursor_of((struct str){ s.p + from, s.n - from });
}

/* The place, length and count of the directory, as the zip's end tells them; the end itself stands at `end`. */
struct directory { uint64_t at, n, parts, end; };

static bool end64(const struct source *s, struct directory *d)
{
	char bytes[56];
	if (d->end < 20 || source_read(s, d->end - 20, bytes, 20) != 20 || memcmp(bytes, "PK\6\7", 4) != 0)
		return false;
	struct cursor c = at((struct str){ bytes, 20 }, 8);
	uint64_t place = cursor_u64(&c);
	if (source_read(s, place, bytes, sizeof bytes) != sizeof bytes || memcmp(bytes, "PK\6\6", 4) != 0)
		return false;
	c = at((struct str){ bytes, sizeof bytes }, 32);
	d->parts = cursor_u64(&c);
	d->n = cursor_u64(&c);
	d->at = cursor_u64(&c);
	d->end = place;
	return true;
}

static bool find_end(const struct source *s, struct directory *d)
{
	size_t n = s->size < END_SEARCH ? (size_t)s->size : END_SEARCH;
	char *tail = mem_get(n + 1);
	bool found = false;
	if (source_read(s, s->size - n, tail, n) == n)
		for (size_t i = n < END_BYTES ? 0 : n - END_BYTES + 1; i-- > 0 && !found;) {
			if (memcmp(tail + i, "PK\5\6", 4) != 0)
				continue;
			struct cursor c = at((struct str){ tail, n }, i + 10);
			d->parts = cursor_u16(&c);
			d->n = cursor_u32(&c);
			d->at = cursor_u32(&c);
			d->end = s->size - n + i;
			found = cursor_u16(&c) <= n - i - END_BYTES;
		}
	free(tail);
	if (found && (d->parts == 0xFFFF || d->n == UINT32_MAX || d->at == UINT32_MAX))
		end64(s, d);
	return found && d->n <= d->end && d->at <= d->end - d->n;
}

/* The lengths and the place that do not fit 32 bits stand in the extra field, those that are missing only (4.5.3). */
static bool extra64(struct str extra, struct zip_part *p)
{
	struct cursor c = cursor_of(extra);
	while (c.end - c.p >= 4 && !c.torn) {
		uint16_t id = cursor_u16(&c);
		struct cursor field = cursor_of(cursor_bytes(&c, cursor_u16(&c)));
		if (id != 1)
			continue;
		uint64_t *const of[] = { &p->size, &p->packed, &p->at };
		for (size_t i = 0; i < LENGTH(of); i++)
			if (*of[i] == UINT32_MAX)
				*of[i] = cursor_u64(&field);
	}
	return !c.torn;
}

/* `moved`: how far all stands behind where it says, because something was put in front. */
static bool read_part(struct cursor *c, struct zip_part *p, uint64_t moved, struct arena *a)
{
	if (cursor_u32(c) != 0x02014B50)
		return false;
	cursor_bytes(c, 4);
	p->flags = cursor_u16(c);
	p->method = cursor_u16(c);
	cursor_bytes(c, 4);
	p->crc = cursor_u32(c);
	p->packed = cursor_u32(c);
	p->size = cursor_u32(c);
	uint16_t name = cursor_u16(c), extra = cursor_u16(c), comment = cursor_u16(c);
	cursor_bytes(c, 8);
	p->at = cursor_u32(c);
	struct str raw = cursor_bytes(c, name);
	bool good = extra64(cursor_bytes(c, extra), p);
	cursor_bytes(c, comment);
	struct buf b = BUF(4 * 0xFFFF);
	p->name = arena_str(a, raw.n ? open_name(&b, raw) : STR("?"));
	for (size_t i = 0; i < p->name.n; i++)
		if (p->name.p[i] == '\\')
			((char *)(uintptr_t)p->name.p)[i] = '/';
	buf_free(&b);
	p->at += moved;
	return good && !c->torn;
}

/* Shorter names come first, the case of letters does not count. */
static int compare_names(struct str a, struct str b)
{
	return a.n != b.n ? (a.n < b.n ? -1 : 1) : strncasecmp(a.p, b.p, a.n);
}

static int compare_parts(const void *a, const void *b)
{
	const struct zip_part *const *p = a, *const *q = b;
	int order = compare_names((*p)->name, (*q)->name);
	return order ? order : *p < *q ? -1 : 1;
}

static void sort_parts(struct zip *z)
{
	z->by_name = ARENA_ARRAY(z->a, struct zip_part *, z->n + 1);
	for (size_t i = 0; i < z->n; i++)
		z->by_name[i] = &z->part[i];
	qsort(z->by_name, z->n, sizeof *z->by_name, compare_parts);
}

bool zip_index(struct zip *z, const struct source *s, bool *damaged)
{
	*z = (struct zip){ .s = s, .a = arena_open() };
	struct directory d;
	*damaged = s->size == UINT64_MAX || !find_end(s, &d);
	if (*damaged || d.parts > ZIP_PARTS_MAX || d.n > DIRECTORY_MAX)
		return false;
	uint64_t place = d.end - d.n;                    /* right before its end, wherever it says it is */
	struct str bytes = { arena_get(z->a, (size_t)d.n + 1), (size_t)d.n };
	*damaged = source_read(s, place, (char *)(uintptr_t)bytes.p, bytes.n) != bytes.n;
	z->part = ARENA_ARRAY(z->a, struct zip_part, d.parts + 1);
	bool good = !*damaged;
	struct cursor c = cursor_of(bytes);
	for (; z->n < d.parts && !*damaged; z->n++) {
		struct zip_part *p = &z->part[z->n];
		*damaged = !read_part(&c, p, place - d.at, z->a);
		good = good && !(p->flags & ENCRYPTED) && (p->method == STORED || p->method == DEFLATED);
	}
	good = good && !*damaged;
	if (good)
		sort_parts(z);
	return good;
}

void zip_close(struct zip *z)
{
	arena_close(z->a);
	*z = (struct zip){ 0 };
}

struct zip_part *zip_find(const struct zip *z, struct str name)
{
	size_t from = 0, to = z->n;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (compare_names(z->by_name[mid]->name, name) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from < z->n && compare_names(z->by_name[from]->name, name) == 0 ? z->by_name[from] : NULL;
}

/* ---- a part's bytes ---- */

struct unzip {
	const struct source *s;
	struct listener *l;
	uint64_t at, left;                               /* of the packed bytes */
	bool deflated, ended;
	uint32_t crc, want;
	z_stream z;
	enum open_end end;
	size_t in_n;                                     /* the most that was in the block */
	unsigned char in[BLOCK];                         /* last, for it is not cleared */
};

struct unzip *unzip_open(const struct zip *zip, const struct zip_part *p, struct listener *l)
{
	struct unzip *u = mem_get(sizeof *u);
	char head[30];
	memset(u, 0, offsetof(struct unzip, in));
	struct cursor c = at((struct str){ head, sizeof head }, 26);
	bool good = source_read(zip->s, p->at, head, sizeof head) == sizeof head && memcmp(head, "PK\3\4", 4) == 0;
	u->s = zip->s, u->l = l, u->left = p->packed, u->want = p->crc;
	u->at = p->at + sizeof head + cursor_u16(&c);
	u->at += cursor_u16(&c);
	u->deflated = p->method == DEFLATED;
	if (!good || (u->deflated && inflateInit2(&u->z, -MAX_WBITS) != Z_OK)) {
		u->end = OPEN_BROKEN;
		u->ended = true;
	}
	return u;
}

static bool refill(struct unzip *u)
{
	size_t n = u->left < BLOCK ? (size_t)u->left : BLOCK, got = source_read(u->s, u->at, u->in, n);
	u->z.next_in = u->in, u->z.avail_in = (uInt)got;
	u->in_n = got > u->in_n ? got : u->in_n;
	u->at += got;
	u->left -= got;
	return got > 0;
}

/* Some bytes, at least one until it ends. */
static size_t inflate_some(struct unzip *u, char *to, size_t n)
{
	u->z.next_out = (unsigned char *)to, u->z.avail_out = (uInt)n;
	while (u->z.avail_out == n && !u->ended) {
		if (!u->z.avail_in)
			refill(u);
		int how = inflate(&u->z, Z_NO_FLUSH);
		if (how == Z_OK)
			continue;
		u->ended = true;
		u->end = how == Z_STREAM_END ? OPEN_DONE : OPEN_BROKEN;
	}
	return n - u->z.avail_out;
}

static size_t stored_some(struct unzip *u, char *to, size_t n)
{
	n = n < u->left ? n : (size_t)u->left;
	size_t got = source_read(u->s, u->at, to, n);
	u->at += got;
	u->left -= got;
	u->ended = u->left == 0 || got < n;
	u->end = got < n ? OPEN_BROKEN : OPEN_DONE;
	return got;
}

size_t unzip_more(void *of, char *to, size_t n)
{
	struct unzip *u = of;
	size_t done = 0;
	while (done < n && !u->ended) {
		size_t want = n - done < 1 << 30 ? n - done : 1 << 30;
		size_t got = u->deflated ? inflate_some(u, to + done, want) : stored_some(u, to + done, want);
		u->crc = (uint32_t)crc32_z(u->crc, (unsigned char *)to + done, got);
		if (!open_takes(u->l, got)) {
			u->ended = true;
			u->end = OPEN_TOO_BIG;
			return done;
		}
		done += got;
		if (u->ended && u->end == OPEN_DONE && u->crc != u->want)
			u->end = OPEN_BROKEN;
	}
	return done;
}

enum open_end unzip_close(struct unzip *u)
{
	enum open_end end = u->end;
	if (u->deflated)
		inflateEnd(&u->z);
	wipe(u->in, u->in_n);
	free(u);
	return end;
}

/* ---- what it is ---- */

static bool is_odf(const struct zip *z, struct listener *l)
{
	static const struct str type = { "application/vnd.oasis.opendocument.", 35 };
	char text[35];
	const struct zip_part *p = zip_find(z, STR("mimetype"));
	if (!p)
		return false;
	struct unzip *u = unzip_open(z, p, l);
	size_t n = unzip_more(u, text, sizeof text);
	unzip_close(u);
	return str_eq((struct str){ text, n }, type);
}

enum open_end open_zip(const struct source *s, struct str name, struct listener *l)
{
	struct zip z;
	bool damaged = false;
	if (s->forward)
		return open_archive(s, name, l);
	enum open_end end;
	if (!zip_index(&z, s, &damaged)) {
		/* without its directory each part still tells where it ends */
		struct source onwards = *s;
		onwards.forward = damaged;
		end = open_archive(&onwards, name, l);
		if (damaged && (end == OPEN_DONE || end == OPEN_NO_WAY))
			end = OPEN_BROKEN;
	} else if (is_odf(&z, l)) {
		end = open_odf(&z, l);
	} else if (zip_find(&z, STR("_rels/.rels"))) {
		end = open_ooxml(&z, l);
	} else {
		end = office_rest(&(struct office){ .zip = &z, .l = l });
	}
	zip_close(&z);
	return end;
}
