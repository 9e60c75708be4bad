/* mail - one mail as bytes: RFC 5322 headers, RFC 2047 words, MIME multipart/alternative in quoted-printable. A header value cannot
 * hold a line end, so no value becomes a header. */
#include "wire_int.h"

#include <idn2.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LINE = 76, ADDRESS_MAX = 254, LOCAL_MAX = 64 };

static bool clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return str_utf8(s);
}

static bool ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* The domain in ASCII (IDNA 2008); false: it is none. */
static bool domain_plain(struct str domain, char out[256])
{
	char *plain = NULL, text[256];
	if (!domain.n || domain.n >= sizeof text)
		return false;
	memcpy(text, domain.p, domain.n);
	text[domain.n] = 0;
	bool plainly = ascii(domain) && !memmem(domain.p, domain.n, "--", 2);    /* IDNA changes others only */
	bool good = plainly || idn2_to_ascii_8z(text, &plain, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK;
	const char *is = plainly ? text : plain;
	good = good && strlen(is) < 254 && (strcpy(out, is), true);
	idn2_free(plain);
	size_t labels = 0, run = 0, n = good ? strlen(out) : 0;
	bool letters = false;                            /* in the last label: 127.0.0.1 is no domain */
	for (size_t i = 0; i <= n && good; i++) {
		char c = i < n ? out[i] : '.';
		if (c == '.') {
			good = run > 0 && run <= 63 && out[i - 1] != '-';
			labels++, run = 0;
			good = good && (i < n || letters);
			letters = false;
		} else {
			good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c == '-' && run);
			letters = letters || c > '9';
			run++;
		}
	}
	return good && labels >= 2;
}

/* Local parts with other than ASCII letters need SMTPUTF8, which too few servers have. */
bool address_plain(struct str s, char out[PLAIN_ADDRESS])
{
	static const char also[] = "!#$%&'*+-/=?^_`{|}~.";
	char domain[256];
	const char *at = s.n ? memrchr(s.p, '@', s.n) : NULL;
	if (!at || s.n > ADDRESS_MAX || !clean(s))
		return false;
	struct str local = { s.p, (size_t)(at - s.p) };
	if (!local.n || local.n > LOCAL_MAX || local.p[0] == '.' || local.p[local.n - 1] == '.')
		return false;
	for (size_t i = 0; i < local.n; i++) {
		char c = local.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && (!c || !strchr(also, c)))
			return false;
		if (c == '.' && local.p[i + 1] == '.')
			return false;
	}
	if (!domain_plain((struct str){ at + 1, s.n - local.n - 1 }, domain))
		return false;
	snprintf(out, PLAIN_ADDRESS, STR_FMT "@%s", STR_ARG(local), domain);
	return true;
}

bool mail_address(struct str s)
{
	char plain[PLAIN_ADDRESS];
	return address_plain(s, plain);
}

/* ---- headers ---- */

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64_put(struct buf *b, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)(i + 1 < n ? p[i + 1] : 0) << 8 | (i + 2 < n ? p[i + 2] : 0);
		buf_byte(b, base64[v >> 18]);
		buf_byte(b, base64[v >> 12 & 63]);
		buf_byte(b, i + 1 < n ? base64[v >> 6 & 63] : '=');
		buf_byte(b, i + 2 < n ? base64[v & 63] : '=');
	}
}

/* RFC 2047: pieces never cut within a character, each an encoded word on a line of its own, of at most 76 with the longest name. */
static void encoded(struct buf *b, struct str s)
{
	enum { PIECE = 39 };
	for (size_t at = 0; at < s.n;) {
		size_t n = s.n - at < PIECE ? s.n - at : PIECE;
		while (at + n < s.n && ((unsigned char)s.p[at + n] & 0xC0) == 0x80)
			n--;
		buf_put(b, at ? STR("\r\n =?UTF-8?B?") : STR("=?UTF-8?B?"));
		base64_put(b, (const unsigned char *)s.p + at, n);
		buf_put(b, STR("?="));
		at += n;
	}
}

/* Whether it can stand as it is; what some readers would take for an encoded word cannot, not even within quotes. */
static bool stands_plain(struct str s, size_t most)
{
	return ascii(s) && s.n <= most && !memmem(s.p ? s.p : "", s.n, "=?", 2);
}

static bool text_header(struct buf *b, const char *name, struct str value, struct err *e)
{
	if (!clean(value) || value.n > 500)
		return err_set(e, INVALID, name, "The %s of a mail can't be this.", name);
	buf_printf(b, "%s: ", name);
	if (stands_plain(value, LINE - strlen(name) - 2))
		buf_put(b, value);
	else
		encoded(b, value);
	buf_put(b, STR("\r\n"));
	return true;
}

static bool address_header(struct buf *b, const char *name, struct str display, struct str address, struct err *e)
{
	char plain[PLAIN_ADDRESS];
	if (!clean(display) || display.n > 300 || !address_plain(address, plain))
		return err_set(e, INVALID, name, "The %s of a mail can't be this.", name);
	buf_printf(b, "%s: ", name);
	if (display.n && stands_plain(display, 49)) {
		buf_byte(b, '"');
		for (size_t i = 0; i < display.n; i++) {
			if (display.p[i] == '"' || display.p[i] == '\\')
				buf_byte(b, '\\');
			buf_byte(b, display.p[i]);
		}
		buf_put(b, STR("\"\r\n "));
	} else if (display.n) {
		encoded(b, display);
		buf_put(b, STR("\r\n "));
	}
	buf_printf(b, "<%s>\r\n", plain);
	return true;
}

static void date_header(struct buf *b, int64_t at)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t when = (time_t)at;
	struct tm t;
	gmtime_r(&when, &t);
	buf_printf(b, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[(t.tm_wday + 3) % 7], t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min,
	           t.tm_sec);
}

/* ---- bodies ---- */

/* Stands as it is, wherever it is: most of a text. */
static inline bool stays(char c)
{
	return (c > '.' && c < 127 && c != '=') || (c > ' ' && c < '.');
}

static void quoted_printable(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	/* at most three bytes a character and a soft break a line: room once, then plain stores */
	size_t worst = s.n * 3 + s.n * 3 / (LINE - 4) * 3 + s.n * 2 + 16;
	size_t begun = b->n;
	char *to = buf_space(b, worst), *p = to;
	size_t column = 0;
	if (!to)
		return;
	for (size_t i = 0; i < s.n; i++) {
		for (; i < s.n && column < LINE - 1 && stays(s.p[i]); i++, column++)
			*p++ = s.p[i];
		if (i == s.n)
			break;
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\r')
			continue;
		if (c == '\n') {
			*p++ = '\r', *p++ = '\n';
			column = 0;
			continue;
		}
		bool end = i + 1 == s.n || s.p[i + 1] == '\n' || s.p[i + 1] == '\r';
		bool plain = (c > 32 && c < 127 && c != '=' && !(c == '.' && !column)) || ((c == ' ' || c == '\t') && !end);
		size_t width = plain ? 1 : 3;
		if (column + width > LINE - 1) {
			*p++ = '=', *p++ = '\r', *p++ = '\n';
			column = 0;
			plain = plain && c != '.';
			width = plain ? 1 : 3;
		}
		if (plain)
			*p++ = (char)c;
		else
			*p++ = '=', *p++ = digits[c >> 4], *p++ = digits[c & 15];
		column += width;
	}
	*p++ = '\r', *p++ = '\n';
	b->n = begun + (size_t)(p - to);
}

static void body(struct buf *b, const char *boundary, const char *type, struct str text)
{
	buf_printf(b, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", boundary, type);
	quoted_printable(b, text);
}

bool mail_write(struct buf *b, const struct mail *m, struct err *e)
{
	char boundary[64];
	if (!clean(m->id) || !ascii(m->id) || !m->id.n || m->id.n > 200 || memchr(m->id.p, ' ', m->id.n) || memchr(m->id.p, '<', m->id.n) || memchr(m->id.p, '>', m->id.n))
		return err_set(e, INVALID, "Message-ID", "The Message-ID of a mail can't be this.");
	if (!clean(m->language) || !ascii(m->language) || m->language.n > 20)
		return err_set(e, INVALID, "Content-Language", "The language of a mail can't be this.");
	static const uint8_t key[16] = "handback-boundar";
	snprintf(boundary, sizeof boundary, "=_%016llx", (unsigned long long)hash64(m->id, key));
	if (!address_header(b, "From", m->from_name, m->from, e) || !address_header(b, "To", m->to_name, m->to, e) ||
	    (m->reply_to.n && !address_header(b, "Reply-To", STR(""), m->reply_to, e)) || !text_header(b, "Subject", m->subject, e))
		return false;
	date_header(b, m->date);
	buf_printf(b, "Message-ID: <" STR_FMT ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n", STR_ARG(m->id));
	if (m->unsent)
		buf_put(b, STR("X-Unsent: 1\r\n"));
	if (m->language.n)
		buf_printf(b, "Content-Language: " STR_FMT "\r\n", STR_ARG(m->language));
	buf_printf(b, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
	body(b, boundary, "text/plain", m->text);
	body(b, boundary, "text/html", m->html);
	buf_printf(b, "--%s--\r\n", boundary);
	return !b->full || err_set(e, TOO_BIG, NULL, "The mail is too long.");
}
