/* pattern - taking a text apart into sentences and words, and finding patterns of words in them. */
#include "pattern.h"

/* ---- words ---- */

/* One character: its bytes, and what it is without case and accent; 0: no part of a word. Bytes that are no UTF-8 are no part of one. */
static size_t character(struct str s, size_t at, char out[4], size_t *n)
{
	/* U+00C0 to U+00FF, which is all that Spanish and most names need */
	static const char folded[] = "aaaaaaaceeeeiiiidnooooo\0ouuuuytsaaaaaaaceeeeiiiidnooooo\0ouuuuyty";
	unsigned char c = (unsigned char)s.p[at], d = at + 1 < s.n ? (unsigned char)s.p[at + 1] : 0;
	*n = 1;
	out[0] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	if (c < 0x80) {
		*n = (c >= '0' && c <= '9') || (out[0] >= 'a' && out[0] <= 'z') || c == '\'' ? 1 : 0;
		return 1;
	}
	if (c == 0xC3 && d >= 0x80 && d < 0xC0) {
		out[0] = folded[d - 0x80];
		*n = out[0] ? 1 : 0;
		return 2;
	}
	if (c == 0xE2 && d == 0x80 && at + 2 < s.n && (unsigned char)s.p[at + 2] == 0x99) {
		out[0] = '\'';                           /* a typesetter's apostrophe */
		return 3;
	}
	size_t wide = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
	if (at + wide > s.n || !str_utf8((struct str){ s.p + at, wide }))
		wide = 1, c = 0x80;
	*n = c == 0xC2 || c == 0xE2 || wide == 1 ? 0 : wide;     /* signs: ¿ ¡ « » and those of U+2000 to U+2FFF */
	memcpy(out, s.p + at, *n);
	return wide;
}

static size_t word_at(struct arena *a, struct str s, size_t at, struct token *out)
{
	struct buf b = BUF(200);
	char c[4];
	size_t from = at, n;
	while (at < s.n) {
		size_t wide = character(s, at, c, &n);
		if (!n)
			break;
		buf_put(&b, (struct str){ c, n });
		at += wide;
	}
	if (at == from && s.p[at] == '%')
		buf_byte(&b, s.p[at++]);
	struct str norm = buf_str(&b);
	while (norm.n && *norm.p == '\'')
		norm.p++, norm.n--;
	while (norm.n && norm.p[norm.n - 1] == '\'')
		norm.n--;
	*out = (struct token){ arena_str(a, norm), { s.p + from, at - from } };
	buf_free(&b);
	return at;
}

/* ---- sentences ---- */

static bool one_of(struct str list, struct str word)
{
	while (list.p)
		if (str_eq(str_trim(str_split(&list, '|')), word))
			return true;
	return false;
}

static struct str without_mark(struct str line)
{
	size_t i = 0;
	while (i < line.n && (line.p[i] == '#' || line.p[i] == '-' || line.p[i] == ' '))
		i++;
	if (!i && line.n > 2 && line.p[0] >= '0' && line.p[0] <= '9' && line.p[1] == '.')
		i = 2;
	return str_trim((struct str){ line.p + i, line.n - i });
}

struct list { struct arena *a; struct sentence *of; size_t n, room; };

static void sentence_add(struct list *l, struct str raw, struct token *token, size_t n)
{
	if (!n)
		return;
	l->of = arena_more(l->a, l->of, l->n, &l->room, sizeof *l->of);
	l->of[l->n++] = (struct sentence){ str_trim(raw), token, n };
}

static void line_read(struct list *l, struct str line, struct str abbreviations)
{
	struct token *token = NULL;
	size_t n = 0, room = 0, from = 0, at = 0;
	while (at < line.n) {
		struct token t;
		size_t next = word_at(l->a, line, at, &t);
		if (next > at) {
			at = next;
			if (t.norm.n) {
				token = arena_more(l->a, token, n, &room, sizeof *token);
				token[n++] = t;
			}
			continue;
		}
		char c = line.p[at++];
		bool space = at >= line.n || line.p[at] == ' ' || line.p[at] == '"' || line.p[at] == ')' || (unsigned char)line.p[at] >= 0x80;
		bool ends = (c == '!' || c == '?' || (c == '.' && n && token[n - 1].norm.n > 1 && !one_of(abbreviations, token[n - 1].norm))) && space;
		if (!ends)
			continue;
		sentence_add(l, (struct str){ line.p + from, at - from }, token, n);
		token = NULL, n = 0, room = 0, from = at;
	}
	sentence_add(l, (struct str){ line.p + from, line.n - from }, token, n);
}

void sentences_of(struct arena *a, struct str text, struct str abbreviations, struct sentence **out, size_t *n)
{
	struct list l = { .a = a };
	while (text.p)
		line_read(&l, without_mark(str_trim(str_split(&text, '\n'))), abbreviations);
	*out = l.of, *n = l.n;
}

/* ---- patterns ---- */

static bool word_fits(struct str choices, struct str word)
{
	if (str_eq(choices, STR("?")))
		return true;
	if (choices.n > 1 && *choices.p == '!')
		return !word_fits((struct str){ choices.p + 1, choices.n - 1 }, word);
	while (choices.p) {
		struct str c = str_split(&choices, '|');
		bool begins = c.n && c.p[c.n - 1] == '*', ends = c.n && c.p[0] == '*';
		c = (struct str){ c.p + ends, c.n - begins - ends };
		if (word.n < c.n || (!begins && !ends && word.n != c.n))
			continue;
		if (memcmp(ends ? word.p + word.n - c.n : word.p, c.p, c.n) == 0)
			return true;
	}
	return false;
}

static bool digits(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
	return word.n > 0;
}

/* "2,900" is two words, the second of three digits behind a single sign. */
static size_t number_end(const struct sentence *s, size_t at)
{
	if (!digits(s->token[at].norm))
		return at;
	for (at++; at < s->n && s->token[at].norm.n == 3 && digits(s->token[at].norm); at++)
		if (s->token[at].raw.p != s->token[at - 1].raw.p + s->token[at - 1].raw.n + 1)
			break;
	return at;
}

int64_t pattern_number(struct str seen)
{
	int64_t n = 0;
	size_t i = 0;
	while (i < seen.n && (seen.p[i] < '0' || seen.p[i] > '9'))
		i++;
	for (; i < seen.n && n < INT64_MAX / 1000; i++) {
		bool digit = seen.p[i] >= '0' && seen.p[i] <= '9';
		if (!digit && (i + 3 >= seen.n || !digits((struct str){ seen.p + i + 1, 3 })))
			break;
		n = digit ? n * 10 + (seen.p[i] - '0') : n;
	}
	return n;
}

/* Fits from `at` on; *end: behind the last word that fitted. */
static bool fits(const struct sentence *s, size_t at, struct str pattern, struct str called, size_t *end)
{
	pattern = str_trim(pattern);
	if (!pattern.n) {
		*end = at;
		return true;
	}
	struct str first = str_split(&pattern, ' ');
	pattern = pattern.p ? pattern : STR("");
	if (str_eq(first, STR("~"))) {
		for (size_t skip = 0; skip <= GAP && at + skip <= s->n; skip++)
			if (fits(s, at + skip, pattern, called, end))
				return true;
		return false;
	}
	if (str_eq(first, STR("#"))) {
		size_t after = at < s->n ? number_end(s, at) : at;
		return after > at && fits(s, after, pattern, called, end);
	}
	if (str_eq(first, STR("{}"))) {
		while (called.p) {
			struct str one = str_split(&called, '\n');
			size_t after;
			if (str_trim(one).n && fits(s, at, one, STR(""), &after) && fits(s, after, pattern, STR(""), end))
				return true;
		}
		return false;
	}
	return at < s->n && word_fits(first, s->token[at].norm) && fits(s, at + 1, pattern, called, end);
}

size_t pattern_at(const struct sentence *s, size_t at, struct str pattern)
{
	size_t end;
	return fits(s, at, pattern, STR(""), &end) ? end - at : 0;
}

bool pattern_in(const struct sentence *s, struct str pattern, struct str called, struct str *seen)
{
	size_t end;
	for (size_t at = 0; at < s->n; at++)
		if (fits(s, at, pattern, called, &end) && end > at) {
			const char *from = s->token[at].raw.p;
			*seen = (struct str){ from, (size_t)(s->token[end - 1].raw.p + s->token[end - 1].raw.n - from) };
			return true;
		}
	return false;
}
