/* mime - the parts of one mail in memory (RFC 5322, 2045, 2046, 2047), read leniently: what is broken is read as far as it goes. */
#include "bounce_int.h"

#include <stdlib.h>

enum { DEPTH_MAX = 6, PARTS_MAX = 64, VALUE_MAX = 4 << 10 };

/* ---- lines and fields ---- */

static struct str line_next(struct str *rest)
{
	struct str line = str_split(rest, '\n');
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool folded(struct str line)
{
	return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
}

bool head_get(struct str head, const char *name, struct str *value, struct arena *a)
{
	struct str wanted = str_of(name);
	bool here = false;
	struct buf b = BUF(VALUE_MAX);
	while (head.p) {
		struct str line = line_next(&head);
		if (here && !folded(line))
			break;
		if (here) {
			buf_byte(&b, ' ');
			buf_put(&b, str_trim(line));
		} else if (line.n > wanted.n && line.p[wanted.n] == ':' && str_eq_nocase((struct str){ line.p, wanted.n }, wanted)) {
			here = true;
			buf_put(&b, str_trim((struct str){ line.p + wanted.n + 1, line.n - wanted.n - 1 }));
		}
	}
	if (here)
		*value = str_trim(arena_str(a, buf_str(&b)));
	buf_free(&b);
	return here;
}

/* The fields, and behind the empty line the body. */
static void divide(struct str mail, struct str *head, struct str *body)
{
	struct str rest = mail;
	*head = (struct str){ mail.p, 0 }, *body = STR("");
	while (rest.p) {
		struct str line = line_next(&rest);
		if (!line.n) {
			*body = rest.p ? rest : STR("");
			return;
		}
		head->n = rest.p ? (size_t)(rest.p - mail.p) : mail.n;
	}
}

struct str text_lower(struct str s, struct arena *a)
{
	struct str out = arena_str(a, s);
	for (size_t i = 0; i < out.n; i++)
		if (out.p[i] >= 'A' && out.p[i] <= 'Z')
			((char *)(uintptr_t)out.p)[i] += 32;
	return out;
}

/* ---- transfer encodings ---- */

static int digit64(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}

static struct str base64_plain(struct str s, struct arena *a)
{
	char *out = arena_get(a, s.n / 4 * 3 + 4);
	size_t n = 0;
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < s.n; i++) {
		int d = digit64(s.p[i]);
		if (d < 0)
			continue;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8)
			out[n++] = (char)(bits >> (have -= 8) & 255);
	}
	return (struct str){ out, n };
}

static int digit16(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* word: of a header, where _ is a space */
static struct str quoted_plain(struct str s, bool word, struct arena *a)
{
	char *out = arena_get(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '=' && i + 2 < s.n && digit16(s.p[i + 1]) >= 0 && digit16(s.p[i + 2]) >= 0) {
			out[n++] = (char)(digit16(s.p[i + 1]) << 4 | digit16(s.p[i + 2]));
			i += 2;
		} else if (c == '=' && i + 1 < s.n && (s.p[i + 1] == '\n' || (s.p[i + 1] == '\r' && i + 2 < s.n && s.p[i + 2] == '\n'))) {
			i += s.p[i + 1] == '\r' ? 2 : 1;
		} else {
			out[n++] = word && c == '_' ? ' ' : c;
		}
	}
	return (struct str){ out, n };
}

struct str text_utf8(struct str s, struct arena *a)
{
	if (str_utf8(s))
		return s;
	char *out = arena_get(a, 2 * s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x80)
			out[n++] = (char)(0xC0 | c >> 6), out[n++] = (char)(0x80 | (c & 0x3F));
		else
			out[n++] = c ? (char)c : ' ';
	}
	return (struct str){ out, n };
}

/* =?charset?B?...?= at the start of s; *whole: all of it. */
static bool encoded_word(struct str s, struct str *whole, struct str *plain, struct arena *a)
{
	struct str rest = { s.p + 2, s.n - 2 };
	str_split(&rest, '?');
	struct str how = rest.p ? str_split(&rest, '?') : STR("");
	const char *end = rest.p && rest.n ? memmem(rest.p, rest.n, "?=", 2) : NULL;
	if (how.n != 1 || !end)
		return false;
	struct str text = { rest.p, (size_t)(end - rest.p) };
	if (how.p[0] == 'B' || how.p[0] == 'b')
		*plain = base64_plain(text, a);
	else if (how.p[0] == 'Q' || how.p[0] == 'q')
		*plain = quoted_plain(text, true, a);
	else
		return false;
	*whole = (struct str){ s.p, (size_t)(end + 2 - s.p) };
	return true;
}

struct str head_words(struct str value, struct arena *a)
{
	struct buf b = BUF(VALUE_MAX);
	bool last = false;
	for (size_t i = 0; i < value.n;) {
		struct str rest = { value.p + i, value.n - i }, whole, plain;
		if (rest.n > 4 && rest.p[0] == '=' && rest.p[1] == '?' && encoded_word(rest, &whole, &plain, a)) {
			while (last && b.n && b.p[b.n - 1] == ' ')
				b.n--;                   /* the space between two of them is none */
			buf_put(&b, text_utf8(plain, a));
			i += whole.n;
			last = true;
			continue;
		}
		last = last && value.p[i] == ' ';
		buf_byte(&b, value.p[i++]);
	}
	struct str out = text_utf8(arena_str(a, buf_str(&b)), a);
	buf_free(&b);
	return out;
}

struct str html_words(struct str s, struct arena *a)
{
	static const struct { struct str code; char c; } entities[] = { { { "&nbsp;", 6 }, ' ' }, { { "&lt;", 4 }, '<' }, { { "&gt;", 4 }, '>' }, { { "&amp;", 5 }, '&' },
	                                                                { { "&#39;", 5 }, '\'' }, { { "&quot;", 6 }, '"' } };
	char *out = arena_get(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *end = s.p[i] == '<' ? memchr(s.p + i, '>', s.n - i) : NULL;
		size_t e = LENGTH(entities);
		if (s.p[i] == '&')
			for (e = 0; e < LENGTH(entities) && !str_starts((struct str){ s.p + i, s.n - i }, entities[e].code); e++)
				;
		if (end) {
			out[n++] = ' ';
			i = (size_t)(end - s.p);
		} else if (e < LENGTH(entities)) {
			out[n++] = entities[e].c;
			i += entities[e].code.n - 1;
		} else {
			out[n++] = s.p[i];
		}
	}
	return (struct str){ out, n };
}

/* ---- parts ---- */

struct walk { void (*each)(void *, const struct leaf *); void *to; struct arena *a; unsigned parts; };

/* The value of one parameter of a Content-Type, without quotes. */
static struct str parameter(struct str value, const char *name)
{
	struct str wanted = str_of(name);
	for (size_t i = 0; i + wanted.n < value.n; i++) {
		struct str s = { value.p + i, wanted.n };
		if (!str_eq_nocase(s, wanted) || (i && value.p[i - 1] != ';' && value.p[i - 1] != ' ' && value.p[i - 1] != '\t'))
			continue;
		struct str rest = { s.p + s.n, value.n - i - s.n };
		if (rest.n && rest.p[0] == '"') {
			rest.p++, rest.n--;
			return str_split(&rest, '"');
		}
		return str_trim(str_split(&rest, ';'));
	}
	return STR("");
}

static void part_walk(struct walk *w, struct str part, unsigned depth);

/* Each piece between lines "--boundary"; what stands before the first counts for nothing. */
static void parts_walk(struct walk *w, struct str body, struct str boundary, unsigned depth)
{
	struct str rest = body;
	const char *begun = NULL;
	while (rest.p) {
		const char *at = rest.p;
		struct str line = line_next(&rest);
		if (line.n < boundary.n + 2 || line.p[0] != '-' || line.p[1] != '-' || memcmp(line.p + 2, boundary.p, boundary.n) != 0)
			continue;
		if (begun)
			part_walk(w, (struct str){ begun, (size_t)(at - begun) }, depth + 1);
		struct str tail = { line.p + 2 + boundary.n, line.n - 2 - boundary.n };
		begun = str_starts(tail, STR("--")) ? NULL : rest.p;
	}
	if (begun)                                       /* it was never closed */
		part_walk(w, (struct str){ begun, (size_t)(body.p + body.n - begun) }, depth + 1);
}

static void part_walk(struct walk *w, struct str part, unsigned depth)
{
	struct str body, value = STR("text/plain"), encoding = STR("");
	struct leaf leaf;
	if (w->parts++ >= PARTS_MAX)
		return;
	divide(part, &leaf.head, &body);
	head_get(leaf.head, "Content-Type", &value, w->a);
	head_get(leaf.head, "Content-Transfer-Encoding", &encoding, w->a);
	struct str rest = value, boundary = parameter(value, "boundary=");
	leaf.type = text_lower(str_trim(str_split(&rest, ';')), w->a);
	if (str_starts(leaf.type, STR("multipart/")) && boundary.n && depth < DEPTH_MAX) {
		parts_walk(w, body, boundary, depth);
		return;
	}
	leaf.body = str_eq_nocase(encoding, STR("base64")) ? base64_plain(body, w->a) : str_eq_nocase(encoding, STR("quoted-printable")) ? quoted_plain(body, false, w->a) : body;
	w->each(w->to, &leaf);
}

void mime_walk(struct str mail, struct str *head, void (*each)(void *, const struct leaf *), void *to, struct arena *a)
{
	struct walk w = { each, to, a, 0 };
	struct str body;
	divide(mail, head, &body);
	part_walk(&w, mail, 0);
}
