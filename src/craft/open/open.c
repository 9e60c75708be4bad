/* open - the front of the openers: what sort of file it is, by its first bytes, and which opener reads it. Touches no library. */
#include "charset.h"
#include "open.h"
#include "open_int.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- sources ---- */

static size_t text_read(void *of, uint64_t at, void *to, size_t n)
{
	const struct str *text = of;
	if (at >= text->n)
		return 0;
	if (n > text->n - at)
		n = text->n - (size_t)at;
	memcpy(to, text->p + at, n);
	return n;
}

struct source source_of_text(const struct str *text)
{
	return (struct source){ .size = text->n, .of = (void *)(uintptr_t)text, .read = text_read };
}

static size_t fd_read(void *of, uint64_t at, void *to, size_t n)
{
	const int *fd = of;
	size_t done = 0;
	while (done < n) {
		ssize_t got = pread(*fd, (char *)to + done, n - done, (off_t)(at + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

struct source source_of_fd(const int *fd, uint64_t size)
{
	return (struct source){ .size = size, .of = (void *)(uintptr_t)fd, .read = fd_read };
}

size_t source_read(const struct source *s, uint64_t at, void *to, size_t n)
{
	return s->read(s->of, at, to, n);
}

bool source_all(const struct source *s, size_t max, struct str *all)
{
	if (s->size != UINT64_MAX && s->size > max)
		return false;
	size_t cap = s->size != UINT64_MAX ? (size_t)s->size + 1 : 1 << 16, n = 0;
	char *p = mem_get(cap);
	for (;;) {
		size_t got = source_read(s, n, p + n, cap - n);
		n += got;
		if (n < cap || n > max)
			break;
		cap = cap > max / 2 ? max + 1 : cap * 2;
		p = mem_grow(p, cap);
	}
	if (n > max || (s->size != UINT64_MAX && n != s->size)) {
		wipe(p, n);
		free(p);
		return false;
	}
	*all = (struct str){ p, n };
	return true;
}

static size_t slice_read(void *of, uint64_t at, void *to, size_t n)
{
	struct slice *slice = of;
	if (at >= slice->n)
		return 0;
	return source_read(slice->s, slice->at + at, to, n < slice->n - at ? n : (size_t)(slice->n - at));
}

struct source slice_source(struct slice *slice)
{
	return (struct source){ .size = slice->n, .of = slice, .read = slice_read };
}

bool open_bytes(struct listener *l, const struct source *s)
{
	struct slice rest = { s, 8, s->size > 8 ? s->size - 8 : 0 };
	struct source bytes = slice_source(&rest);
	return l->member(l->to, STR("its bytes"), &bytes);
}

/* What comes onwards: the head from memory, the rest as it comes. */
static size_t stream_read(void *of, uint64_t at, void *to, size_t n)
{
	struct stream *s = of;
	char *p = to;
	size_t done = 0;
	if (s->at == 0)
		s->at = s->head_n = s->more(s->of, s->head, OPEN_HEAD);
	if (at < s->head_n) {
		done = n < s->head_n - at ? n : s->head_n - (size_t)at;
		memcpy(p, s->head + at, done);
		at += done;
	}
	if (done == n || s->head_n < OPEN_HEAD)
		return done;
	while (at > s->at) {
		char skipped[4096];
		size_t want = at - s->at < sizeof skipped ? (size_t)(at - s->at) : sizeof skipped, got = s->more(s->of, skipped, want);
		s->at += got;
		if (got < want)
			return done;
	}
	if (at < s->at)
		return done;
	size_t got = s->more(s->of, p + done, n - done);
	s->at += got;
	return done + got;
}

struct source stream_source(struct stream *s, uint64_t size)
{
	if (!s->head)
		s->head = mem_get(OPEN_HEAD);
	s->at = s->head_n = 0;
	return (struct source){ .size = size, .forward = true, .of = s, .read = stream_read };
}

void stream_close(struct stream *s)
{
	if (s->head)
		wipe(s->head, OPEN_HEAD);
	free(s->head);
	s->head = NULL;
}

/* ---- texts ---- */

size_t open_part(struct str text)
{
	enum { PART = 32 << 10, BACK = 4 << 10 };
	if (text.n <= PART)
		return text.n;
	const char *line = memrchr(text.p + PART - BACK, '\n', BACK);
	if (line)
		return (size_t)(line + 1 - text.p);
	for (size_t n = PART; n > PART - BACK; n--)
		if ((text.p[n - 1] | 32) >= 'a' && (text.p[n - 1] | 32) <= 'z' && (unsigned char)text.p[n] < 128)
			return n;
	return PART;
}

/* ---- names ---- */

static bool control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			return true;
	return false;
}

struct str open_name(struct buf *b, struct str raw)
{
	bool good = str_utf8(raw);
	if (good && !control(raw))
		return raw;
	buf_clear(b);
	struct charset *c = good ? NULL : charset_of_page(437);
	charset_text(c, raw, b);
	charset_close(c);
	for (size_t i = 0; i < b->n; i++)
		if ((unsigned char)b->p[i] < ' ' || b->p[i] == 0x7F)
			b->p[i] = '?';
	return buf_str(b);
}

/* ---- what sort of file ---- */

static const struct { size_t at; struct str bytes; enum file_sort sort; } magics[] = {
	{ 0, { "PK\3\4", 4 }, FILE_ZIP },
	{ 0, { "PK\5\6", 4 }, FILE_ZIP },                     /* an empty one */
	{ 0, { "7z\xBC\xAF\x27\x1C", 6 }, FILE_ARCHIVE },
	{ 0, { "Rar!\x1A\7", 6 }, FILE_ARCHIVE },
	{ 0, { "\x1F\x8B\b", 3 }, FILE_ARCHIVE },              /* gzip */
	{ 0, { "BZh", 3 }, FILE_ARCHIVE },
	{ 0, { "\xFD" "7zXZ", 6 }, FILE_ARCHIVE },
	{ 0, { "\x28\xB5\x2F\xFD", 4 }, FILE_ARCHIVE },        /* zstd */
	{ 0, { "\x04\x22\x4D\x18", 4 }, FILE_ARCHIVE },        /* lz4 */
	{ 0, { "LZIP\1", 5 }, FILE_ARCHIVE },
	{ 0, { "\x1F\x9D", 2 }, FILE_ARCHIVE },                /* compress */
	{ 0, { "MSCF\0\0\0\0", 8 }, FILE_ARCHIVE },            /* cab */
	{ 0, { "!<arch>\n", 8 }, FILE_ARCHIVE },               /* ar */
	{ 0, { "070701", 6 }, FILE_ARCHIVE },                  /* cpio */
	{ 0, { "070707", 6 }, FILE_ARCHIVE },
	{ 257, { "ustar", 5 }, FILE_ARCHIVE },
	{ 32769, { "CD001", 5 }, FILE_ARCHIVE },               /* ISO 9660 */
	{ 0, { "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8 }, FILE_OLE },
	{ 0, { "{\\rtf", 5 }, FILE_RTF },
	{ 0, { "!BDN", 4 }, FILE_PST },
	{ 0, { "\x78\x9F\x3E\x22", 4 }, FILE_TNEF },
	{ 0, { "SQLite format 3", 16 }, FILE_SQLITE },
	{ 0, { "handback rows 1\n", 16 }, FILE_ROWS },
	{ 0, { "\x89PNG\r\n\x1A\n", 8 }, FILE_PICTURE },
	{ 0, { "\xFF\xD8\xFF", 3 }, FILE_PICTURE },            /* JPEG */
	{ 0, { "II*\0", 4 }, FILE_PICTURE },                   /* TIFF */
	{ 0, { "MM\0*", 4 }, FILE_PICTURE },
	{ 0, { "GIF8", 4 }, FILE_PICTURE },
	{ 8, { "WEBP", 4 }, FILE_PICTURE },
};

static bool ends_with(struct str name, const char *ending)
{
	size_t n = strlen(ending);
	return name.n >= n && str_eq_nocase((struct str){ name.p + name.n - n, n }, str_of(ending));
}

/* A name of a header field and a colon: how a message begins (RFC 5322 2.2). */
static bool header_line(struct str line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] > ' ' && line.p[n] < 127 && line.p[n] != ':')
		n++;
	return n && n < line.n && line.p[n] == ':';
}

/* A message: header lines to the first empty one (or as far as we see), among them two that only messages have. A mail file's name
 * or its place (Maildir's "cur", "new") is not asked for: many have none that tells. */
static bool is_message(struct str head)
{
	static const char *const telling[] = { "From:", "To:", "Subject:", "Date:", "Message-ID:", "Received:", "MIME-Version:", "Return-Path:",
	                                       "Delivered-To:", "Content-Type:" };
	unsigned lines = 0, known = 0;
	for (struct str line; head.n && lines < 200; lines++) {
		line = str_split(&head, '\n');
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!line.n)
			break;
		if (lines && (line.p[0] == ' ' || line.p[0] == '\t'))
			continue;
		if (!header_line(line))
			return false;
		for (size_t i = 0; i < LENGTH(telling); i++) {
			size_t n = strlen(telling[i]);
			known += line.n >= n && str_eq_nocase((struct str){ line.p, n }, str_of(telling[i]));
		}
		if (!head.p)
			break;
	}
	return known >= 2;
}

static bool is_mbox(struct str head)
{
	if (!str_starts(head, STR("From ")))
		return false;
	str_split(&head, '\n');
	return is_message(head);
}

enum file_sort open_sort(const struct source *s, struct str name)
{
	char *head = mem_get(OPEN_HEAD);
	struct str h = { head, source_read(s, 0, head, OPEN_HEAD) };
	enum file_sort sort = FILE_PLAIN;
	for (size_t i = 0; sort == FILE_PLAIN && i < LENGTH(magics); i++)
		if (h.n >= magics[i].at + magics[i].bytes.n && memcmp(h.p + magics[i].at, magics[i].bytes.p, magics[i].bytes.n) == 0)
			sort = magics[i].sort;
	/* a PDF may have up to 1,024 bytes of something else in front (ISO 32000-1, annex H, note 13) */
	if (sort == FILE_PLAIN && memmem(h.p, h.n < 1024 ? h.n : 1024, "%PDF-", 5))
		sort = FILE_PDF;
	/* LZMA as it was before xz says hardly anything: its usual properties */
	if (sort == FILE_PLAIN && h.n > 13 && memcmp(h.p, "\x5D\0\0", 3) == 0 && ends_with(name, ".lzma"))
		sort = FILE_ARCHIVE;
	if (sort == FILE_PLAIN && h.n > 26 && h.p[0] == 'B' && h.p[1] == 'M' && ends_with(name, ".bmp"))
		sort = FILE_PICTURE;
	if (sort == FILE_PLAIN && uu_begins(h))
		sort = FILE_UU;
	if (sort == FILE_PLAIN && is_mbox(h))
		sort = FILE_MBOX;
	if (sort == FILE_PLAIN && (is_message(h) || (ends_with(name, ".eml") && h.n && header_line(h))))
		sort = FILE_MAIL;
	wipe(head, h.n);
	free(head);
	return sort;
}

/* ---- opening ---- */

struct str open_cut(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	s.n = max;
	while (s.n && ((unsigned char)s.p[s.n] & 0xC0) == 0x80)
		s.n--;
	return s;
}

bool open_text(struct listener *l, const struct piece *whole)
{
	struct piece p = *whole;
	for (struct str rest = whole->text; rest.n; rest.p += p.text.n, rest.n -= p.text.n) {
		p.text = (struct str){ rest.p, open_part(rest) };
		if (!l->piece(l->to, &p))
			return false;
	}
	return true;
}

enum { HOLD_MAX = 96 << 20, GROWTH_FREE = 128 << 20, GROWTH_RATIO = 500 };

/* What came onwards, as far as it fits in memory; the rest after it, if there is one. */
struct hold { char *p; size_t n; const struct source *rest; };

static size_t hold_read(void *of, uint64_t at, void *to, size_t n)
{
	struct hold *h = of;
	size_t done = 0;
	if (at < h->n) {
		done = n < h->n - at ? n : h->n - (size_t)at;
		memcpy(to, h->p + at, done);
	}
	if (done == n || !h->rest)
		return done;
	return done + source_read(h->rest, at + done, (char *)to + done, n - done);
}

static struct source hold(struct hold *h, const struct source *s, size_t max)
{
	bool known = s->size != UINT64_MAX;
	*h = (struct hold){ .rest = s };
	if (known && s->size > max)
		return *s;
	for (size_t cap = known ? (size_t)s->size : max < OPEN_HEAD ? max : OPEN_HEAD;; cap = cap > max / 2 ? max : cap * 2) {
		h->p = mem_grow(h->p, cap + 1);
		h->n += source_read(s, h->n, h->p + h->n, cap - h->n);
		if (known || h->n < cap)
			h->rest = NULL;
		if (!h->rest || cap == max)
			break;
	}
	return (struct source){ .size = h->rest ? UINT64_MAX : h->n, .forward = h->rest != NULL, .of = h, .read = hold_read };
}

enum { CALM = 128 };

unsigned open_together(enum file_sort sort)
{
	bool calm = sort == FILE_PLAIN || sort == FILE_UU || sort == FILE_ZIP || sort == FILE_RTF || sort == FILE_MAIL || sort == FILE_MBOX || sort == FILE_TNEF || sort == FILE_PICTURE;
	return calm ? CALM : sort == FILE_PDF ? 8 : 1;
}

static enum open_end open_held(const struct source *s, enum file_sort sort, struct str name, struct listener *l)
{
	static enum open_end (*const openers[FILE_SORTS])(const struct source *, struct str, struct listener *) = {
		[FILE_ZIP] = open_zip, [FILE_ARCHIVE] = open_archive, [FILE_UU] = open_uu, [FILE_PDF] = open_pdf, [FILE_OLE] = open_ole, [FILE_RTF] = open_rtf,
		[FILE_MAIL] = open_mail, [FILE_MBOX] = open_mbox, [FILE_PST] = open_pst, [FILE_TNEF] = open_tnef, [FILE_SQLITE] = open_sqlite,
		[FILE_ROWS] = open_rows, [FILE_PICTURE] = open_picture,
	};
	static const bool onwards[FILE_SORTS] = { [FILE_ZIP] = true, [FILE_ARCHIVE] = true, [FILE_UU] = true, [FILE_RTF] = true, [FILE_MAIL] = true, [FILE_MBOX] = true };
	if (s->forward && !onwards[sort])
		return OPEN_TOO_BIG;
	l->spent |= l->depth && open_together(sort) < CALM;
	return openers[sort] ? openers[sort](s, name, l) : OPEN_NO_WAY;
}

enum open_end open_file(const struct source *s, enum file_sort sort, struct str name, struct listener *l)
{
	if (l->depth > OPEN_DEPTH_MAX)
		return OPEN_TOO_DEEP;
	uint64_t most = s->size > UINT64_MAX / GROWTH_RATIO - GROWTH_FREE ? UINT64_MAX : GROWTH_FREE + s->size * GROWTH_RATIO;
	uint64_t spare = l->left > most ? l->left - most : 0;
	struct hold h = { 0 };
	struct source in = s->forward ? hold(&h, s, HOLD_MAX - (size_t)l->held) : *s;
	l->left -= spare;
	l->held += h.n;
	enum open_end end = open_held(&in, sort, name, l);
	l->held -= h.n;
	l->left += spare;
	if (h.p)
		wipe(h.p, h.n);
	free(h.p);
	return end;
}

bool open_prepare(bool ocr)
{
	open_archive_prepare();
	open_mail_prepare();
	open_pdf_prepare();
	return !ocr || open_ocr_prepare();
}
