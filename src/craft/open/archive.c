/* archive - the members of archives and compressed files (libarchive; gzip by zlib, which keeps all that comes before damage). Zip files
 * come here when they are no office documents. */
#include "open_int.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

enum { BLOCK = 128 << 10, ENTRIES_MAX = 1 << 20, NAME_BYTES = 4 << 10 };

/* ---- gzip (RFC 1952): members one after another are one stream ---- */

struct gunzip {
	const struct source *s;
	uint64_t at;
	z_stream z;
	bool between;                                    /* two members; zeros may fill the place */
	bool ended;
	enum open_end end;
	unsigned char in[BLOCK];
};

static size_t gunzip_more(void *of, char *to, size_t n)
{
	struct gunzip *g = of;
	n = n < UINT32_MAX ? n : UINT32_MAX;
	g->z.next_out = (unsigned char *)to, g->z.avail_out = (uInt)n;
	while (g->z.avail_out && !g->ended) {
		if (!g->z.avail_in) {
			g->z.next_in = g->in;
			g->z.avail_in = (uInt)source_read(g->s, g->at, g->in, sizeof g->in);
			g->at += g->z.avail_in;
		}
		if (g->between && g->z.avail_in && !*g->z.next_in) {
			g->z.next_in++, g->z.avail_in--;
			continue;
		}
		if (g->z.avail_in) {
			g->between = false;
			int how = inflate(&g->z, Z_NO_FLUSH);
			if (how == Z_OK)
				continue;
			g->between = how == Z_STREAM_END && inflateReset(&g->z) == Z_OK;
			if (g->between)
				continue;
		}
		g->ended = true;
		g->end = g->between ? OPEN_DONE : OPEN_BROKEN;
	}
	return n - g->z.avail_out;
}

/* ---- the archive as libarchive reads it ---- */

struct unpacking {
	const struct source *s;
	uint64_t at;                                     /* read so far */
	char *block;
	struct archive *a;
	struct listener *l;
	const char *data;                                /* of the member, a block: what is left of it, */
	size_t data_n;
	uint64_t data_at, member_at;                     /* where it stands, and how far the member was read */
	enum open_end end;                               /* of the member */
	bool ended;
	struct buf rar5;                                 /* the names of encrypted members of a RAR 5 */
};

static la_ssize_t on_read(struct archive *a, void *of, const void **block)
{
	(void)a;
	struct unpacking *u = of;
	size_t n = source_read(u->s, u->at, u->block, BLOCK);
	u->at += n;
	*block = u->block;
	return (la_ssize_t)n;
}

static la_int64_t on_skip(struct archive *a, void *of, la_int64_t n)
{
	(void)a;
	struct unpacking *u = of;
	uint64_t rest = u->at < u->s->size ? u->s->size - u->at : 0;
	uint64_t skip = (uint64_t)n < rest ? (uint64_t)n : rest;
	u->at += skip;
	return (la_int64_t)skip;
}

static la_int64_t on_seek(struct archive *a, void *of, la_int64_t by, int whence)
{
	(void)a;
	struct unpacking *u = of;
	int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)u->at : (int64_t)u->s->size, to;
	if (__builtin_add_overflow(base, by, &to) || to < 0)
		return ARCHIVE_FATAL;
	u->at = (uint64_t)to;
	return to;
}

static enum open_end why(struct archive *a, int how)
{
	static const char crypt[] = "Encryption is not supported";       /* all it says of a RAR 5 that hides its names */
	const char *said = archive_error_string(a);
	if (archive_errno(a) == ENOMEM)
		return OPEN_TOO_BIG;
	if (archive_read_has_encrypted_entries(a) == 1 || (said && strncmp(said, crypt, sizeof crypt - 1) == 0))
		return OPEN_ENCRYPTED;
	return how == ARCHIVE_FAILED ? OPEN_NO_WAY : OPEN_BROKEN;
}

/* The next block; takes it off what may be unpacked, a hole before it too, since that comes as zeros. */
static void next_block(struct unpacking *u)
{
	const void *data;
	size_t n;
	la_int64_t at;
	int how = archive_read_data_block(u->a, &data, &n, &at);
	if (how != ARCHIVE_OK) {
		u->ended = true;
		u->end = how == ARCHIVE_EOF ? OPEN_DONE : why(u->a, how);
		return;
	}
	if (at < 0 || (uint64_t)at < u->member_at) {
		u->ended = true;
		u->end = OPEN_BROKEN;
		return;
	}
	u->data = data, u->data_n = n, u->data_at = (uint64_t)at;
	if (!open_takes(u->l, n) || !open_takes(u->l, u->data_at - u->member_at)) {
		u->ended = true;
		u->end = OPEN_TOO_BIG;
	}
}

static size_t member_more(void *of, char *to, size_t n)
{
	struct unpacking *u = of;
	size_t done = 0;
	while (done < n && !u->ended) {
		size_t part;
		if (u->member_at < u->data_at) {
			uint64_t hole = u->data_at - u->member_at;
			part = hole < n - done ? (size_t)hole : n - done;
			memset(to + done, 0, part);
		} else if (u->data_n) {
			part = u->data_n < n - done ? u->data_n : n - done;
			memcpy(to + done, u->data, part);
			u->data += part, u->data_n -= part;
			u->data_at += part;
		} else {
			next_block(u);
			continue;
		}
		u->member_at += part;
		done += part;
	}
	return done;
}

/* ---- which members of a RAR 5 are encrypted: libarchive does not see it ---- */

enum { RAR5_BLOCKS_MAX = 1 << 16, RAR5_HEADER_MAX = 64 << 10, RAR5_NAMES_MAX = 1 << 20 };
enum { RAR5_FILE = 2, RAR5_HAS_EXTRA = 1, RAR5_HAS_DATA = 2, RAR5_HAS_TIME = 2, RAR5_HAS_CRC = 4, RAR5_CRYPT = 1 };

static uint64_t vint(struct cursor *c)
{
	uint64_t v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(c);
		v |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			break;
	}
	return v;
}

/* The name goes to `names`, between zeros, when a record of the extra area says that the file is encrypted. */
static void rar5_file(struct cursor *c, uint64_t extra_n, struct buf *names)
{
	uint64_t flags = vint(c);
	vint(c), vint(c);                                /* length, attributes */
	cursor_bytes(c, (flags & RAR5_HAS_TIME ? 4 : 0) + (flags & RAR5_HAS_CRC ? 4 : 0));
	vint(c), vint(c);                                /* method, system */
	struct str name = cursor_bytes(c, (size_t)vint(c));
	if (c->torn || extra_n > (uint64_t)(c->end - c->p))
		return;
	c->p = c->end - extra_n;
	while (c->p < c->end && !c->torn) {
		struct cursor record = cursor_of(cursor_bytes(c, (size_t)vint(c)));
		if (vint(&record) == RAR5_CRYPT && !record.torn) {
			buf_byte(names, 0);
			buf_put(names, name);
			buf_byte(names, 0);
			return;
		}
	}
}

/* RAR 5.0 archive format: blocks of a CRC, a length, and a header of type, flags, extra and data lengths. */
static void rar5_encrypted(const struct source *s, struct buf *names)
{
	char *block = mem_get(RAR5_HEADER_MAX);
	uint64_t at = 8;
	for (size_t i = 0; i < RAR5_BLOCKS_MAX && !s->forward; i++) {
		size_t got = source_read(s, at, block, RAR5_HEADER_MAX);
		struct cursor c = cursor_of((struct str){ block, got });
		cursor_u32(&c);
		uint64_t n = vint(&c);
		at += (uint64_t)((const char *)c.p - block) + n;
		struct cursor header = cursor_of(cursor_bytes(&c, n < RAR5_HEADER_MAX ? (size_t)n : RAR5_HEADER_MAX));
		uint64_t type = vint(&header), flags = vint(&header), extra_n = flags & RAR5_HAS_EXTRA ? vint(&header) : 0;
		uint64_t data_n = flags & RAR5_HAS_DATA ? vint(&header) : 0;
		if (header.torn || n == 0 || data_n > s->size - at)
			break;
		if (type == RAR5_FILE)
			rar5_file(&header, extra_n, names);
		at += data_n;
	}
	free(block);
}

/* ---- members ---- */

static bool is_file(struct archive_entry *e)
{
	if (archive_entry_hardlink(e) && archive_entry_size(e) == 0)
		return false;                            /* it comes with its first name */
	unsigned type = archive_entry_filetype(e);
	return type == AE_IFREG || type == 0;
}

static struct str name_of(struct archive_entry *e, struct buf *b)
{
	const char *name = archive_entry_pathname(e);
	if (!name)
		name = archive_entry_pathname_utf8(e);
	struct str raw = str_of(name && *name ? name : "?");
	raw.n = raw.n < NAME_BYTES ? raw.n : NAME_BYTES;
	return open_name(b, raw);
}

static bool rar5_hides(const struct unpacking *u, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	if (!u->rar5.n || !name)
		return false;
	struct buf b = BUF(RAR5_NAMES_MAX);
	buf_byte(&b, 0);
	buf_put(&b, str_of(name));
	buf_byte(&b, 0);
	bool found = memmem(u->rar5.p, u->rar5.n, b.p, b.n) != NULL;
	buf_free(&b);
	return found;
}

/* Hands the member on. False: no more of this archive, with the reason in *end. */
static bool member(struct unpacking *u, struct archive_entry *e, struct str name, struct stream *stream, enum open_end *end)
{
	if (archive_entry_is_data_encrypted(e) || rar5_hides(u, e)) {
		if (u->l->unread(u->l->to, name, OPEN_ENCRYPTED))
			return true;
		*end = OPEN_STOPPED;
		return false;
	}
	u->data_n = 0;
	u->data_at = u->member_at = 0;
	u->end = OPEN_DONE;
	u->ended = false;
	struct source s = stream_source(stream, archive_entry_size_is_set(e) && archive_entry_size(e) >= 0 ? (uint64_t)archive_entry_size(e) : UINT64_MAX);
	bool on = u->l->member(u->l->to, name, &s);
	if (on && u->end != OPEN_DONE)
		on = u->l->unread(u->l->to, name, u->end);
	if (on && u->end != OPEN_TOO_BIG)
		return true;
	*end = on ? OPEN_TOO_BIG : OPEN_STOPPED;
	return false;
}

/* `raw`: the name of what a compressed file holds when it is no archive. *entries: how many it has. */
static enum open_end members(struct unpacking *u, struct str raw, size_t *entries)
{
	enum open_end end = OPEN_DONE;
	struct stream stream = { .more = member_more, .of = u };
	struct buf b = BUF(4 * NAME_BYTES);
	struct archive_entry *e;
	for (*entries = 0;; ++*entries) {
		int how = archive_read_next_header(u->a, &e);
		if (how == ARCHIVE_EOF)
			break;
		if (how == ARCHIVE_FATAL || how == ARCHIVE_FAILED) {
			end = why(u->a, how);
			break;
		}
		if (*entries == ENTRIES_MAX) {
			end = OPEN_TOO_BIG;
			break;
		}
		if (how == ARCHIVE_RETRY || !is_file(e))
			continue;
		if (*entries == 0 && archive_format(u->a) == ARCHIVE_FORMAT_RAR_V5)
			rar5_encrypted(u->s, &u->rar5);
		struct str name = archive_format(u->a) == ARCHIVE_FORMAT_RAW ? raw : name_of(e, &b);
		if (!member(u, e, name, &stream, &end))
			break;
	}
	/* a volume with nothing but the middle of a file */
	bool rar = (archive_format(u->a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAR || archive_format(u->a) == ARCHIVE_FORMAT_RAR_V5;
	if (rar && *entries == 0 && end == OPEN_DONE)
		end = OPEN_BROKEN;
	stream_close(&stream);
	buf_free(&b);
	return end;
}

enum packing { ARCHIVE, PACKED_ARCHIVE, PACKED };

/* Nothing that libarchive would start another program for, and no format made of text. In a compressed file only what is usual there:
 * a zip or an office document in it is a member, to be opened as such. */
static void formats(struct archive *a, enum packing packing)
{
	if (packing != ARCHIVE) {
		archive_read_support_filter_bzip2(a);
		archive_read_support_filter_compress(a);
		archive_read_support_filter_lz4(a);
		archive_read_support_filter_lzip(a);
		archive_read_support_filter_lzma(a);
		archive_read_support_filter_xz(a);
		archive_read_support_filter_zstd(a);
		archive_read_support_format_raw(a);
		archive_read_support_format_empty(a);
	}
	if (packing != PACKED) {
		archive_read_support_format_tar(a);
		archive_read_support_format_cpio(a);
		archive_read_set_options(a, "tar:read_concatenated_archives");       /* nor is anything hidden behind a tar's end */
	}
	if (packing == ARCHIVE) {
		archive_read_support_format_7zip(a);
		archive_read_support_format_ar(a);
		archive_read_support_format_iso9660(a);
		archive_read_support_format_rar(a);
		archive_read_support_format_rar5(a);
		archive_read_support_format_zip(a);
	}
}

static enum open_end unpack(const struct source *s, enum packing packing, struct str raw, struct listener *l, size_t *entries)
{
	struct unpacking u = { .s = s, .l = l, .block = mem_get(BLOCK), .a = archive_read_new(), .rar5 = BUF(RAR5_NAMES_MAX) };
	enum open_end end = OPEN_TOO_BIG;
	*entries = 0;
	if (u.a) {
		formats(u.a, packing);
		archive_read_set_read_callback(u.a, on_read);
		if (!s->forward) {
			archive_read_set_skip_callback(u.a, on_skip);
			archive_read_set_seek_callback(u.a, on_seek);
		}
		archive_read_set_callback_data(u.a, &u);
		int how = archive_read_open1(u.a);
		/* it fails where nothing is as in its format: then nothing else can be asked of it */
		end = how == ARCHIVE_OK ? members(&u, raw, entries) : archive_errno(u.a) == ENOMEM ? OPEN_TOO_BIG : OPEN_BROKEN;
		archive_read_free(u.a);
	}
	wipe(u.block, BLOCK);
	free(u.block);
	buf_free(&u.rar5);
	return end;
}

/* ---- compressed files ---- */

static const struct { struct str bytes; bool gzip; } compressions[] = {
	{ { "\x1F\x8B\b", 3 }, true }, { { "BZh", 3 }, false }, { { "\xFD" "7zXZ", 6 }, false }, { { "\x28\xB5\x2F\xFD", 4 }, false },
	{ { "\x04\x22\x4D\x18", 4 }, false }, { { "LZIP", 4 }, false }, { { "\x1F\x9D", 2 }, false }, { { "\x5D\0\0", 3 }, false },
};

/* What the file is called when it is unpacked: "orders.csv.gz" is orders.csv. */
static struct str without_ending(struct str name)
{
	static const char *const endings[] = { ".gz", ".bz2", ".xz", ".zst", ".lz4", ".lz", ".lzma", ".Z" };
	for (size_t i = 0; i < LENGTH(endings); i++) {
		struct str ending = str_of(endings[i]);
		if (name.n > ending.n && str_eq_nocase((struct str){ name.p + name.n - ending.n, ending.n }, ending))
			return (struct str){ name.p, name.n - ending.n };
	}
	return name;
}

static enum open_end unpack_gzip(const struct source *s, enum packing packing, struct str raw, struct listener *l, size_t *entries)
{
	struct gunzip *g = mem_zero(1, sizeof *g);
	struct stream stream = { .more = gunzip_more, .of = g };
	g->s = s;
	enum open_end end = OPEN_TOO_BIG;
	if (inflateInit2(&g->z, 16 + MAX_WBITS) == Z_OK) {
		struct source in = stream_source(&stream, UINT64_MAX);
		end = unpack(&in, packing, raw, l, entries);
		if (end == OPEN_DONE)
			end = g->end;
		inflateEnd(&g->z);
	}
	stream_close(&stream);
	wipe(g, sizeof *g);
	free(g);
	return end;
}

/* An archive in it, or just bytes: so also when they begin with zeros, which are a tar's end. */
static enum open_end open_packed(const struct source *s, bool gzip, struct str raw, struct listener *l)
{
	enum open_end (*const how)(const struct source *, enum packing, struct str, struct listener *, size_t *) = gzip ? unpack_gzip : unpack;
	size_t entries;
	enum open_end end = how(s, PACKED_ARCHIVE, raw, l, &entries);
	if (entries || end == OPEN_STOPPED || end == OPEN_TOO_BIG)
		return end;
	return s->forward ? OPEN_TOO_BIG : how(s, PACKED, raw, l, &entries);
}

enum open_end open_archive(const struct source *s, struct str name, struct listener *l)
{
	char head[8];
	struct str h = { head, source_read(s, 0, head, sizeof head) };
	l->spent = true;
	for (size_t i = 0; i < LENGTH(compressions); i++)
		if (str_starts(h, compressions[i].bytes))
			return open_packed(s, compressions[i].gzip, without_ending(name), l);
	if (str_starts(h, STR("MSCF")))
		return OPEN_NO_WAY;                      /* libarchive 3.6.2 can read cabinets, and falls over damaged ones */
	size_t entries;
	return unpack(s, ARCHIVE, (struct str){ "", 0 }, l, &entries);
}

/* Names come in UTF-8. A time in a zip, which nobody asks for, would have the machine's time zone looked up again and again. */
void open_archive_prepare(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC0", 1);
	tzset();
}
