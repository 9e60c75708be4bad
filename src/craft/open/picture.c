/* picture - photos, scans and screenshots: the words that stand beside the pixels (comments, EXIF, XMP), and the pixels for OCR
 * (picture_ocr.c). The file's own structure is read here only as far as these words and the size; leptonica decodes it, in memory. */
#include "picture_int.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <zlib.h>

enum {
	FILE_MAX = 64 << 20,            /* bytes that are taken into memory to decode them */
	PIXELS_MAX = 40 << 20,          /* of colour; a larger JPEG is decoded at a half, a quarter or an eighth of its size */
	BITS_MAX = 8 * (PIXELS_MAX << 1),      /* of a TIFF: fax pages are large, but of one bit a pixel */
	WORDS_MAX = 64 << 10,           /* bytes of one comment */
	SEGMENTS_MAX = 1000, ENTRIES_MAX = 500, DIRECTORIES_MAX = 64,
	PAGES_MAX = 2000,
};

struct picture {
	const struct source *s;
	struct listener *l;
	uint32_t w, h;                  /* 0: not known */
	unsigned turned;                /* quarters to the right that make it upright */
	enum open_end end;              /* OPEN_DONE while it goes on */
	struct buf room, name;
};

static uint32_t be(const uint8_t *p, unsigned n)
{
	uint32_t v = 0;
	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static uint32_t le(const uint8_t *p, unsigned n)
{
	uint32_t v = 0;
	for (unsigned i = n; i--;)
		v = v << 8 | p[i];
	return v;
}

/* ---- words ---- */

static void give(struct picture *p, struct str text, const char *where, struct str field)
{
	text = str_trim(text);
	while (text.n && p->end == OPEN_DONE) {
		size_t n = open_part(text);
		if (!p->l->piece(p->l->to, &(struct piece){ .text = { text.p, n }, .where = str_of(where), .field = field }))
			p->end = OPEN_STOPPED;
		text.p += n;
		text.n -= n;
	}
}

/* Bytes of the file, at most WORDS_MAX; empty where there are none. */
static struct str bytes_at(struct picture *p, uint64_t at, uint64_t n)
{
	buf_clear(&p->room);
	char *to = buf_space(&p->room, WORDS_MAX);
	p->room.n = source_read(p->s, at, to, n < WORDS_MAX ? (size_t)n : WORDS_MAX);
	return buf_str(&p->room);
}

/* ---- TIFF, and EXIF which is one (TIFF 6.0, section 2; EXIF 2.3, 4.6) ---- */

struct tiff { const struct source *s; uint64_t base; bool little; unsigned directories; };

static uint32_t tiff_u(const struct tiff *t, const uint8_t *p, unsigned n)
{
	return t->little ? le(p, n) : be(p, n);
}

static void tiff_entry(struct picture *p, struct tiff *t, const uint8_t *e, bool own, uint64_t *more)
{
	enum { BYTE = 1, ASCII, SHORT, LONG, UNDEFINED = 7, ORIENTATION = 0x112, WIDTH = 0x100, LENGTH_ = 0x101, EXIF = 0x8769, GPS = 0x8825, MAKER = 0x927C };
	static const uint8_t quarters[9] = { 0, 0, 0, 2, 2, 1, 1, 3, 3 };
	uint32_t tag = tiff_u(t, e, 2), type = tiff_u(t, e + 2, 2), n = tiff_u(t, e + 4, 4), value = tiff_u(t, e + 8, type == SHORT ? 2 : 4);
	if (tag == ORIENTATION && value < 9)
		p->turned = quarters[value];
	else if (tag == WIDTH && own && !p->w)
		p->w = value;
	else if (tag == LENGTH_ && own && !p->h)
		p->h = value;
	else if ((tag == EXIF || tag == GPS) && type == LONG)
		*more = value;
	else if ((type == ASCII || type == UNDEFINED || type == BYTE) && n > 4 && tag != MAKER)
		give(p, bytes_at(p, t->base + value, n), own ? "description" : "EXIF", STR(""));
}

static void tiff_directory(struct picture *p, struct tiff *t, uint64_t at, bool own)
{
	uint8_t head[2], entry[12];
	if (t->directories++ >= DIRECTORIES_MAX || source_read(t->s, t->base + at, head, 2) != 2)
		return;
	uint32_t n = tiff_u(t, head, 2);
	for (uint32_t i = 0; i < n && i < ENTRIES_MAX && p->end == OPEN_DONE; i++) {
		uint64_t more = 0;
		if (source_read(t->s, t->base + at + 2 + 12 * i, entry, 12) != 12)
			return;
		tiff_entry(p, t, entry, own, &more);
		if (more)
			tiff_directory(p, t, more, own);
	}
	if (n <= ENTRIES_MAX && source_read(t->s, t->base + at + 2 + 12 * n, entry, 4) == 4 && tiff_u(t, entry, 4))
		tiff_directory(p, t, tiff_u(t, entry, 4), own);
}

/* own: it is the file, not a part of one. */
static void tiff_words(struct picture *p, uint64_t at, bool own)
{
	uint8_t h[8];
	struct tiff t = { .s = p->s, .base = at };
	if (source_read(p->s, at, h, 8) != 8 || (memcmp(h, "II", 2) != 0 && memcmp(h, "MM", 2) != 0))
		return;
	t.little = h[0] == 'I';
	tiff_directory(p, &t, tiff_u(&t, h + 4, 4), own);
}

/* ---- PNG (ISO/IEC 15948, 11.3.4) ---- */

static struct str inflated(struct buf *to, struct str packed)
{
	buf_clear(to);
	char *out = buf_space(to, WORDS_MAX);
	uLongf n = WORDS_MAX;
	int how = uncompress((Bytef *)out, &n, (const Bytef *)packed.p, packed.n);
	return (struct str){ out, how == Z_OK || how == Z_BUF_ERROR ? n : 0 };
}

/* keyword, 0; of iTXt then flags, language, 0, translated keyword, 0; then the text, deflated in zTXt and marked iTXt. */
static void png_text(struct picture *p, const char *kind, struct str chunk)
{
	struct buf plain = BUF(WORDS_MAX + 1);
	bool packed = memcmp(kind, "zTXt", 4) == 0;
	struct str rest = chunk, keyword = str_split(&rest, 0);
	if (memcmp(kind, "iTXt", 4) == 0 && rest.n > 2) {
		packed = rest.p[0];
		rest = (struct str){ rest.p + 2, rest.n - 2 };
		str_split(&rest, 0);
		str_split(&rest, 0);
	} else if (packed && rest.n) {
		rest = (struct str){ rest.p + 1, rest.n - 1 };
	}
	struct str field = open_name(&p->name, keyword.n < 80 ? keyword : STR(""));
	if (rest.p)
		give(p, packed ? inflated(&plain, rest) : rest, "comment", field);
	buf_free(&plain);
}

static void png_words(struct picture *p)
{
	uint8_t h[24];
	if (source_read(p->s, 0, h, 24) != 24)
		return;
	p->w = be(h + 16, 4);
	p->h = be(h + 20, 4);
	uint64_t at = 8;
	for (unsigned i = 0; i < SEGMENTS_MAX && p->end == OPEN_DONE && source_read(p->s, at, h, 8) == 8; i++) {
		uint32_t n = be(h, 4);
		const char *kind = (const char *)h + 4;
		if (memcmp(kind, "tEXt", 4) == 0 || memcmp(kind, "zTXt", 4) == 0 || memcmp(kind, "iTXt", 4) == 0)
			png_text(p, kind, bytes_at(p, at + 8, n));
		else if (memcmp(kind, "eXIf", 4) == 0)
			tiff_words(p, at + 8, false);
		at += 12 + (uint64_t)n;
	}
}

/* ---- JPEG (ITU-T T.81, annex B) ---- */

static void jpeg_words(struct picture *p)
{
	uint8_t h[12];
	uint64_t at = 2;
	for (unsigned i = 0; i < SEGMENTS_MAX && p->end == OPEN_DONE && source_read(p->s, at, h, 12) == 12 && h[0] == 0xFF; i++) {
		uint32_t n = be(h + 2, 2);
		uint8_t kind = h[1];
		if (kind == 0xDA || n < 2)                       /* the pixels */
			return;
		if (kind >= 0xC0 && kind <= 0xCF && kind != 0xC4 && kind != 0xC8 && kind != 0xCC) {
			p->h = be(h + 5, 2);
			p->w = be(h + 7, 2);
		} else if (kind == 0xFE) {
			give(p, bytes_at(p, at + 4, n - 2), "comment", STR(""));
		} else if (kind == 0xE1 && memcmp(h + 4, "Exif\0", 6) == 0) {
			tiff_words(p, at + 10, false);
		} else if (kind == 0xE1 || kind == 0xED) {       /* XMP; IPTC */
			give(p, bytes_at(p, at + 4, n - 2), "description", STR(""));
		}
		at += 2 + n;
	}
}

/* ---- WebP (RFC 9649), GIF (89a, 24), BMP ---- */

static void webp_words(struct picture *p)
{
	uint8_t h[30];
	if (source_read(p->s, 0, h, 30) != 30)
		return;
	if (memcmp(h + 12, "VP8X", 4) == 0) {
		p->w = le(h + 24, 3) + 1;
		p->h = le(h + 27, 3) + 1;
	} else if (memcmp(h + 12, "VP8L", 4) == 0) {
		p->w = (le(h + 21, 4) & 0x3FFF) + 1;
		p->h = (le(h + 21, 4) >> 14 & 0x3FFF) + 1;
	} else {
		p->w = le(h + 26, 2) & 0x3FFF;
		p->h = le(h + 28, 2) & 0x3FFF;
	}
	uint64_t at = 12;
	for (unsigned i = 0; i < SEGMENTS_MAX && p->end == OPEN_DONE && source_read(p->s, at, h, 8) == 8; i++) {
		uint32_t n = le(h + 4, 4);
		if (memcmp(h, "EXIF", 4) == 0)
			tiff_words(p, at + 8, false);
		else if (memcmp(h, "XMP ", 4) == 0)
			give(p, bytes_at(p, at + 8, n), "description", STR(""));
		at += 8 + (uint64_t)n + (n & 1);
	}
}

/* A chain of blocks from `at`, each a length and as many bytes; `to`: where they go, or NULL. Returns where it ends. */
static uint64_t gif_blocks(struct picture *p, uint64_t at, struct buf *to)
{
	uint8_t b[256];
	for (size_t got; (got = source_read(p->s, at, b, 256)) && b[0] && got > b[0]; at += 1 + b[0])
		if (to)
			buf_put(to, (struct str){ (char *)b + 1, b[0] });
	return at + 1;
}

static void gif_words(struct picture *p)
{
	uint8_t h[13];
	if (source_read(p->s, 0, h, 13) != 13)
		return;
	p->w = le(h + 6, 2);
	p->h = le(h + 8, 2);
	uint64_t at = 13 + (h[10] & 0x80 ? 3u << ((h[10] & 7) + 1) : 0);
	for (unsigned i = 0; i < SEGMENTS_MAX && p->end == OPEN_DONE && source_read(p->s, at, h, 10) >= 2; i++) {
		struct buf text = BUF(WORDS_MAX);
		if (h[0] == 0x21) {
			at = gif_blocks(p, at + 2, h[1] == 0xFE ? &text : NULL);
			give(p, buf_str(&text), "comment", STR(""));
		} else if (h[0] == 0x2C) {
			at = gif_blocks(p, at + 11 + (h[9] & 0x80 ? 3u << ((h[9] & 7) + 1) : 0), NULL);
		} else {
			i = SEGMENTS_MAX;
		}
		buf_free(&text);
	}
}

static void bmp_size(struct picture *p)
{
	uint8_t h[26];
	if (source_read(p->s, 0, h, 26) != 26)
		return;
	int32_t height = (int32_t)le(h + 22, 4);         /* upside down when below 0 */
	p->w = le(h + 18, 4);
	p->h = height < 0 ? 0 - (uint32_t)height : (uint32_t)height;
}

/* ---- pixels ---- */

enum form { FORM_OTHER, FORM_JPEG, FORM_TIFF };

/* Takes the words, and learns the size. */
static enum form words(struct picture *p)
{
	uint8_t h[12] = { 0 };
	source_read(p->s, 0, h, sizeof h);
	if (memcmp(h, "\x89PNG", 4) == 0) {
		png_words(p);
	} else if (memcmp(h, "\xFF\xD8", 2) == 0) {
		jpeg_words(p);
		return FORM_JPEG;
	} else if (memcmp(h, "GIF8", 4) == 0) {
		gif_words(p);
	} else if (memcmp(h, "BM", 2) == 0) {
		bmp_size(p);
	} else if (memcmp(h + 8, "WEBP", 4) == 0) {
		webp_words(p);
	} else {
		tiff_words(p, 0, true);
		return FORM_TIFF;
	}
	return FORM_OTHER;
}

static void look(struct picture *p, PIX *pix, struct str where)
{
	PIX *grey = pix ? pixConvertTo8(pix, 0) : NULL;
	pixDestroy(&pix);
	if (grey && p->turned) {
		PIX *upright = pixRotateOrth(grey, (int)p->turned);
		pixDestroy(&grey);
		grey = upright;
	}
	if (!grey)
		p->end = OPEN_BROKEN;
	else if (pixGetWidth(grey) < PICTURE_WIDTH_MIN || pixGetHeight(grey) < PICTURE_HEIGHT_MIN)
		pixDestroy(&grey);
	else
		p->end = ocr_read(grey, where, p->l);
}

static void look_tiff(struct picture *p, struct str file)
{
	const l_uint8 *bytes = (const l_uint8 *)file.p;
	size_t at = 0;
	bool many = readHeaderMemTiff(bytes, file.n, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL) == 0;
	for (int page = 0; p->end == OPEN_DONE && page < PAGES_MAX; page++) {
		int w, h, bits, samples;
		struct buf where = BUF(64);
		if (readHeaderMemTiff(bytes, file.n, page, &w, &h, &bits, &samples, NULL, NULL, NULL) != 0) {
			p->end = page ? OPEN_DONE : OPEN_BROKEN;
			return;
		}
		if ((double)w * h * bits * samples > BITS_MAX) {
			p->end = OPEN_TOO_BIG;
			return;
		}
		buf_put(&where, STR("picture"));
		if (many)
			buf_printf(&where, ", page %d", page + 1);
		PIX *pix = pixReadMemFromMultipageTiff(bytes, file.n, &at);
		look(p, pix, buf_str(&where));
		buf_free(&where);
		if (!at)
			return;
		if (!open_may_go_on(p->l))
			p->end = OPEN_TOO_BIG;
	}
}

static void look_other(struct picture *p, struct str file, enum form form)
{
	const l_uint8 *bytes = (const l_uint8 *)file.p;
	uint64_t pixels = (uint64_t)p->w * p->h;
	int reduction = 1;
	while (form == FORM_JPEG && reduction < 8 && pixels / (unsigned)(reduction * reduction) > PIXELS_MAX / 2)
		reduction *= 2;
	if (pixels / (unsigned)(reduction * reduction) > PIXELS_MAX)
		p->end = OPEN_TOO_BIG;
	else
		look(p, form == FORM_JPEG ? pixReadMemJpeg(bytes, file.n, 0, reduction, NULL, 0) : pixReadMem(bytes, file.n), STR("picture"));
}

enum open_end open_picture(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	struct str file;
	struct picture p = { .s = s, .l = l, .room = BUF(WORDS_MAX), .name = BUF(1 << 10) };
	enum form form = words(&p);
	bool large = p.turned % 2 ? p.h >= PICTURE_WIDTH_MIN && p.w >= PICTURE_HEIGHT_MIN : p.w >= PICTURE_WIDTH_MIN && p.h >= PICTURE_HEIGHT_MIN;
	if (p.end != OPEN_DONE || (!large && p.w && p.h)) {
		;
	} else if (!p.w || !p.h) {
		p.end = OPEN_BROKEN;
	} else if (!open_ocr_ready()) {
		l->wants_ocr = true;
		p.end = OPEN_NO_WAY;
	} else if (!source_all(s, FILE_MAX, &file)) {
		p.end = OPEN_TOO_BIG;
	} else {
		l->spent = true;
		setMsgSeverity(L_SEVERITY_NONE);
		if (form == FORM_TIFF)
			look_tiff(&p, file);
		else
			look_other(&p, file, form);
		free((void *)(uintptr_t)file.p);
	}
	buf_free(&p.room);
	buf_free(&p.name);
	return p.end;
}

enum open_end open_pixels(const uint8_t *grey, unsigned w, unsigned h, unsigned stride, struct str where, struct listener *l)
{
	if (!open_ocr_ready()) {
		l->wants_ocr = true;
		return OPEN_NO_WAY;
	}
	if (w < PICTURE_WIDTH_MIN || h < PICTURE_HEIGHT_MIN)
		return OPEN_DONE;
	PIX *pix = (uint64_t)w * h > PIXELS_MAX ? NULL : pixCreate((int)w, (int)h, 8);
	if (!pix)
		return OPEN_TOO_BIG;
	for (unsigned y = 0; y < h; y++) {
		l_uint32 *line = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
		for (unsigned x = 0; x < w; x++)
			SET_DATA_BYTE(line, x, grey[(size_t)y * stride + x]);
	}
	return ocr_read(pix, where, l);
}
