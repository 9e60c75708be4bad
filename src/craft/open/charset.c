/* charset - iconv for boxes: what may be opened, and conversion that goes on over bad bytes. */
#include "charset.h"

#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

/* Charsets of mail and of Office's code pages, by every name in use (IANA's registry, and what mailers write in its stead). */
static const char *const names[] = {
	"UTF-8", "UTF8", "US-ASCII", "ASCII", "UTF-16", "UTF-16LE", "UTF-16BE", "UCS-2LE", "UCS-2BE", "UTF-32", "UTF-32LE", "UTF-32BE", "UTF-7",
	"ISO-8859-1", "ISO8859-1", "ISO_8859-1", "LATIN1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7",
	"ISO-8859-8", "ISO-8859-9", "ISO-8859-10", "ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "ISO8859-15", "LATIN-9", "ISO-8859-16",
	"WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258",
	"CP1250", "CP1251", "CP1252", "CP1253", "CP1254", "CP1255", "CP1256", "CP1257", "CP1258", "KOI8-R", "KOI8-U", "MACINTOSH",
	"CP437", "IBM437", "CP850", "IBM850", "CP852", "IBM852", "CP855", "CP857", "CP858", "CP860", "CP861", "CP862", "CP863", "CP865", "CP866", "IBM866",
	"GB2312", "GBK", "CP936", "GB18030", "BIG5", "CP950", "BIG5-HKSCS", "SHIFT_JIS", "SHIFT-JIS", "SJIS", "CP932", "WINDOWS-31J", "EUC-JP", "ISO-2022-JP",
	"EUC-KR", "KS_C_5601-1987", "CP949", "UHC", "ISO-2022-KR", "TIS-620", "CP874",
};

static bool closed;                                      /* only what is in the list, from now on */
static iconv_t opened[LENGTH(names)];                    /* never closed, so that their converters stay */

static bool is_open(const char *name)
{
	struct str s = str_of(name);
	const char *suffix = memmem(s.p, s.n, "//", 2);  /* "//TRANSLIT" */
	if (suffix)
		s.n = (size_t)(suffix - s.p);
	for (size_t i = 0; i < LENGTH(names); i++)
		if (str_eq_nocase(s, str_of(names[i])))
			return opened[i] != (iconv_t)-1;
	return false;
}

/* In place of the C library's, for the whole program: the libraries that parse ask for whatever a file names. */
iconv_t iconv_open(const char *to, const char *from)
{
	static iconv_t (*real)(const char *, const char *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "iconv_open");
	if (closed && !(is_open(to) && is_open(from))) {
		errno = EINVAL;
		return (iconv_t)-1;
	}
	return real(to, from);
}

void charset_prepare(void)
{
	for (size_t i = 0; !closed && i < LENGTH(names); i++)
		opened[i] = iconv_open("UTF-8", names[i]);
	closed = true;
}

/* ---- conversion ---- */

struct charset { iconv_t cd; };

struct charset *charset_open(const char *name)
{
	static const char *const plain[] = { "UTF-8", "UTF8", "US-ASCII", "ASCII" };
	for (size_t i = 0; i < LENGTH(plain); i++)
		if (str_eq_nocase(str_of(name), str_of(plain[i])))
			return NULL;
	iconv_t cd = iconv_open("UTF-8", name);
	if (cd == (iconv_t)-1)
		return NULL;
	struct charset *c = mem_get(sizeof *c);
	c->cd = cd;
	return c;
}

void charset_close(struct charset *c)
{
	if (c)
		iconv_close(c->cd);
	free(c);
}

size_t charset_take(struct charset *c, struct str text, struct buf *out)
{
	char *in = (char *)(uintptr_t)text.p;
	size_t left = text.n;
	while (left) {
		char block[4096], *to = block;
		size_t room = sizeof block;
		size_t good = iconv(c->cd, &in, &left, &to, &room);
		int why = errno;
		buf_put(out, (struct str){ block, (size_t)(to - block) });
		if (good != (size_t)-1 || out->full)
			break;
		if (why == EINVAL)
			return text.n - left;
		if (why == EILSEQ) {
			buf_byte(out, '?');
			in++;
			left--;
		}
	}
	return text.n;
}

void charset_text(struct charset *c, struct str text, struct buf *out)
{
	if (c)
		charset_take(c, text, out);
	else
		buf_put(out, text);
}

struct charset *charset_of_page(unsigned page)
{
	static const struct { unsigned page; const char *name; } odd[] = {
		{ 1200, "UTF-16LE" }, { 1201, "UTF-16BE" }, { 10000, "MACINTOSH" }, { 20866, "KOI8-R" }, { 21866, "KOI8-U" }, { 50220, "ISO-2022-JP" },
		{ 51932, "EUC-JP" }, { 51949, "EUC-KR" }, { 54936, "GB18030" }, { 65000, "UTF-7" }, { 65001, "UTF-8" }, { 20127, "US-ASCII" },
		{ 32768, "MACINTOSH" }, { 32769, "CP1252" },    /* in BIFF */
	};
	char name[24];
	if (page > 28590 && page <= 28606)
		snprintf(name, sizeof name, "ISO-8859-%u", page - 28590);
	else
		snprintf(name, sizeof name, "CP%u", page);
	for (size_t i = 0; i < LENGTH(odd); i++)
		if (odd[i].page == page)
			snprintf(name, sizeof name, "%s", odd[i].name);
	return charset_open(name);
}

static void put_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_byte(out, (char)c);
	} else if (c < 0x800) {
		buf_byte(out, (char)(0xC0 | c >> 6));
		buf_byte(out, (char)(0x80 | (c & 0x3F)));
	} else if (c < 0x10000) {
		buf_byte(out, (char)(0xE0 | c >> 12));
		buf_byte(out, (char)(0x80 | (c >> 6 & 0x3F)));
		buf_byte(out, (char)(0x80 | (c & 0x3F)));
	} else {
		buf_byte(out, (char)(0xF0 | c >> 18));
		buf_byte(out, (char)(0x80 | (c >> 12 & 0x3F)));
		buf_byte(out, (char)(0x80 | (c >> 6 & 0x3F)));
		buf_byte(out, (char)(0x80 | (c & 0x3F)));
	}
}

void charset_utf16(struct str bytes, struct buf *out)
{
	struct cursor c = cursor_of(bytes);
	uint32_t high = 0;
	for (size_t n = bytes.n / 2; n; n--) {
		uint32_t u = cursor_u16(&c);
		bool is_high = u >= 0xD800 && u < 0xDC00, is_low = u >= 0xDC00 && u < 0xE000;
		if (high && is_low)
			put_utf8(out, 0x10000 + ((high & 0x3FF) << 10) + (u & 0x3FF));
		else if (high || is_low)
			buf_byte(out, '?');
		if (!is_high && !is_low)
			put_utf8(out, u);
		high = is_high ? u : 0;
	}
	if (high)
		buf_byte(out, '?');
}
