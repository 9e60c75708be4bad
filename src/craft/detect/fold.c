/* What is hidden from a plain look: numbers cut by tags, written in entities, escapes or other digits, in UTF-16, in base64, or in a dump. A fast
 * pass finds where such signs stand beside digits; only there is the text unfolded, with a map back to where each byte came from. */
#include "scan_int.h"

#include <stdlib.h>

enum { STRETCHES_MAX = 4500, CHUNK = 32 << 10, MARGIN_BEFORE = 96, MARGIN_BEHIND = 224, ESC = 0x1B, CONTROL_MAX = 24,
	BASE64_NUMBER_MAX = 64, DUMP_ROW = 16, DUMP_LINE_MAX = 160 };

struct stretches { struct { uint32_t from, to; } *s; size_t n; };

struct fold {
	char *text;                                      /* what is unfolded, */
	uint32_t *map;                                   /* and of each byte where it comes from */
	size_t n;
	struct stretches marks, wide, hex, dump, words;       /* what is to be unfolded */
	size_t word_to;                                  /* up to here long words were looked at */
	bool joined;                                     /* ends of lines were left out in it */
	bool doubled;                                    /* its lines have an offset and a text */
};

struct fold *fold_open(void)
{
	struct fold *f = mem_zero(1, sizeof *f);
	f->text = text_get(RECORD_MAX);
	f->map = mem_zero(RECORD_MAX + PAD, sizeof *f->map);
	for (struct stretches *k = &f->marks; k <= &f->words; k++)
		k->s = mem_zero(STRETCHES_MAX, sizeof *k->s);
	return f;
}

void fold_close(struct fold *f)
{
	if (!f)
		return;
	text_free(f->text, RECORD_MAX);
	free(f->map);
	for (struct stretches *k = &f->marks; k <= &f->words; k++)
		free(k->s);
	free(f);
}

void fold_forget(struct fold *f)
{
	wipe(f->text, RECORD_MAX);
}

/* ---- unfolding ---- */

static void put(struct fold *f, char c, size_t from)
{
	if (f->n < RECORD_MAX) {
		f->map[f->n] = (uint32_t)from;
		f->text[f->n++] = c;
	}
}

static int hex_of(char c)
{
	if (is_digit(c))
		return c - '0';
	unsigned v = (unsigned char)((c | 32) - 'a');
	return v < 6 ? (int)v + 10 : -1;
}

static int hex_at(struct str t, size_t at, size_t digits)
{
	int v = 0;
	if (t.n - at < digits || at > t.n)
		return -1;
	for (size_t i = 0; i < digits; i++) {
		int h = hex_of(t.p[at + i]);
		if (h < 0)
			return -1;
		v = v * 16 + h;
	}
	return v;
}

int plain(uint32_t c)
{
	if (c < 128)
		return c ? (int)c : ' ';
	if (digit_of(c) >= 0)
		return '0' + digit_of(c);
	if (c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF)
		return 0;
	if (c >= 0xC0 && c <= 0xFF)
		return (int)c;                           /* a letter with an accent: words.c knows it */
	if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000)
		return ' ';
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFF0D || c == 0x2043 || c == 0xFE63)
		return '-';
	return 0xFF;
}

static uint32_t utf8_at(struct str t, size_t at, size_t *takes)
{
	unsigned char c = (unsigned char)t.p[at];
	size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	uint32_t v = c & (0x7Fu >> n);
	*takes = 1;
	if (c < 0xC2 || c > 0xF4 || t.n - at < n)
		return c == 0xA0 ? 0xA0 : c == 0x96 || c == 0x97 ? 0x2013 : c == 0xAD ? 0xAD : 0xFFFD;    /* Windows-1252 */
	for (size_t i = 1; i < n; i++) {
		unsigned char b = (unsigned char)t.p[at + i];
		if ((b & 0xC0) != 0x80)
			return c == 0xA0 ? 0xA0 : 0xFFFD;
		v = v << 6 | (b & 0x3F);
	}
	*takes = n;
	return v;
}

/* Tags that cut no text: a number goes on behind them. */
static bool inline_tag(struct str name)
{
	static const struct str inlines[] = { STR("b"), STR("i"), STR("u"), STR("s"), STR("em"), STR("strong"), STR("span"), STR("font"), STR("a"), STR("small"),
	                                      STR("big"), STR("sub"), STR("sup"), STR("mark"), STR("code"), STR("tt"), STR("kbd"), STR("wbr"), STR("nobr"), STR("bdi"),
	                                      STR("bdo"), STR("ins"), STR("del"), STR("var"), STR("abbr"), STR("w:r"), STR("w:t"), STR("text:span"), STR("tspan") };
	for (size_t i = 0; i < LENGTH(inlines); i++)
		if (name.n == inlines[i].n && (name.p[0] | 32) == inlines[i].p[0] && str_eq_nocase(name, inlines[i]))
			return true;
	return false;
}

/* The bytes that a tag or comment takes at `at`; 0: none. */
static size_t tag_at(struct str t, size_t at, bool *inlined)
{
	size_t i = at + 1, end = t.n - at > 512 ? at + 512 : t.n;
	bool comment = t.n - at > 6 && memcmp(t.p + at, "<!--", 4) == 0;
	if (i >= t.n || !(is_letter(t.p[i]) || t.p[i] == '/' || t.p[i] == '!' || t.p[i] == '?'))
		return 0;
	size_t name = i + (t.p[i] == '/'), name_end = name;
	while (name_end < end && (joins(t.p[name_end]) || t.p[name_end] == ':'))
		name_end++;
	while (i < end && t.p[i] != '>')
		i++;
	if (i >= end)
		return 0;
	*inlined = comment || inline_tag((struct str){ t.p + name, name_end - name });
	return i + 1 - at;
}

/* &#52; &#x34; &nbsp; and the like; 0: none. */
static size_t entity_at(struct str t, size_t at, uint32_t *value)
{
	static const struct { struct str name; uint32_t value; } names[] = {
		{ STR("nbsp;"), 0xA0 }, { STR("ensp;"), 0x2002 }, { STR("emsp;"), 0x2003 }, { STR("thinsp;"), 0x2009 }, { STR("ndash;"), 0x2013 }, { STR("mdash;"), 0x2014 },
		{ STR("shy;"), 0xAD }, { STR("zwnj;"), 0x200C }, { STR("zwj;"), 0x200D }, { STR("hyphen;"), 0x2010 }, { STR("dash;"), 0x2010 }, { STR("equals;"), '=' },
	};
	struct str rest = { t.p + at + 1, t.n - at - 1 };
	for (size_t i = 0; i < LENGTH(names); i++)
		if (rest.n && rest.p[0] == names[i].name.p[0] && str_starts(rest, names[i].name)) {
			*value = names[i].value;
			return names[i].name.n + 1;
		}
	if (rest.n < 3 || rest.p[0] != '#')
		return 0;
	bool hexadecimal = (rest.p[1] | 32) == 'x';
	uint32_t v = 0;
	size_t i = 1 + hexadecimal, first = i;
	for (; i < rest.n && i - first < 7; i++) {
		int h = hex_of(rest.p[i]);
		if (h < 0 || (!hexadecimal && h > 9))
			break;
		v = v * (hexadecimal ? 16 : 10) + (uint32_t)h;
	}
	if (i == first || i >= rest.n || rest.p[i] != ';')
		return 0;
	*value = v;
	return i + 2;
}

static bool is_octal(char c) { return c >= '0' && c <= '7'; }

/* Escapes: \u0034 \x34 \064 %34 =34, and quoted-printable's soft line end; 0: none. *value 0: nothing stands there. */
static size_t escape_at(struct str t, size_t at, uint32_t *value)
{
	char c = t.p[at], next = at + 1 < t.n ? t.p[at + 1] : 0;
	int v = -1;
	size_t takes = 0;
	if (c == '\\' && next == 'u') {
		takes = 6;
		v = hex_at(t, at + 2, 4);
	} else if (c == '\\' && next == 'x') {
		takes = 4;
		v = hex_at(t, at + 2, 2);
	} else if (c == '\\' && (next == '0' || next == '1') && at + 3 < t.n && is_octal(t.p[at + 2]) && is_octal(t.p[at + 3])) {
		takes = 4;
		v = (next - '0') * 64 + (t.p[at + 2] - '0') * 8 + (t.p[at + 3] - '0');
	} else if (c == '\\' && (next == '6' || next == '7') && at + 3 < t.n && is_octal(t.p[at + 2]) && !is_digit(t.p[at + 3])) {
		takes = 3;                               /* C's are as long as they need be: a digit's has two */
		v = (next - '0') * 8 + (t.p[at + 2] - '0');
	} else if (c == '%' && next == '2' && at + 4 < t.n && t.p[at + 2] == '5' && (v = hex_at(t, at + 3, 2)) >= ' ' && v < 127) {
		takes = 5;                               /* twice */
	} else if (c == '%' || c == '=') {
		takes = 3;
		v = hex_at(t, at + 1, 2);
		if (c == '=' && (next == '\n' || next == '\r')) {
			*value = 0;
			return next == '\r' && at + 2 < t.n && t.p[at + 2] == '\n' ? 3 : 2;
		}
		if (v >= 0xC2) {                         /* UTF-8 */
			char bytes[4] = { (char)v };
			size_t n = v >= 0xF0 ? 4 : v >= 0xE0 ? 3 : 2, k = 1, used;
			for (int next_byte; k < n && at + 3 * k < t.n && t.p[at + 3 * k] == c && (next_byte = hex_at(t, at + 3 * k + 1, 2)) >= 0x80; k++)
				bytes[k] = (char)next_byte;
			uint32_t point = k == n ? utf8_at((struct str){ bytes, n }, 0, &used) : 0xFFFD;
			v = point == 0xFFFD ? -1 : (int)point;
			takes = 3 * n;
		} else if (c == '=' && !(at && is_digit(t.p[at - 1]) && (v == ' ' || v == 0xA0))) {
			v = -1;                          /* "pan=4539" is no escape; quoted-printable writes digits as they are */
		} else if (v >= 0 && !(v >= ' ' && v < 127) && v != 9 && v != 0xA0) {
			v = -1;
		}
	}
	if (v < 0)
		return 0;
	*value = v ? (uint32_t)v : ' ';
	return takes;
}

/* What tells a terminal how to show text takes at `at`, behind its ESC: "[1;31m" (ECMA-48, 5.4); 0: none. */
static size_t control_at(struct str t, size_t at)
{
	size_t i = at;
	if (i >= t.n || t.p[i++] != '[')
		return 0;
	while (i < t.n && i - at < CONTROL_MAX && t.p[i] >= '0' && t.p[i] <= '?')
		i++;
	return i < t.n && is_letter(t.p[i]) ? i + 1 - at : 0;
}

/* Whether such a thing ends in front of `at`. */
static bool control_before(struct str t, size_t at)
{
	size_t i = at - 1;
	if (!at || !is_letter(t.p[i]))
		return false;
	while (i && at - i < CONTROL_MAX && t.p[i - 1] >= '0' && t.p[i - 1] <= '?')
		i--;
	return i > 1 && t.p[i - 1] == '[' && t.p[i - 2] == ESC;
}

/* A number that the end of a line cuts: at its first digit behind it where its last digit in front ends; 0: none. Whole or in the groups of a
 * card, of which the cut goes through one: where it goes between two they are a chain. */
static size_t line_cut(struct str t, size_t at)
{
	size_t to = at - (t.p[at - 1] == ' ');
	if (!to || t.p[to - 1] != '\n')
		return 0;
	to -= 1 + (to > 1 && t.p[to - 2] == '\r');
	unsigned char front[DIGITS_MAX];
	size_t left = 0, right = 0, from = to, end = at, first = digits_in_front(t, to), second = digits_from(t, at);
	char gap = to > first ? t.p[to - first - 1] : 0;
	if (!first || !second || first + second > DIGITS_MAX)
		return 0;
	if (!is_one_of(gap, " -") || to - first < 2 || !is_digit(t.p[to - first - 2]))
		gap = is_one_of(t.p[at + second], " -") && is_digit(t.p[at + second + 1]) ? t.p[at + second] : 0;
	if (gap && first + second != 4 && first + second != 6)
		return 0;
	for (; from && left < DIGITS_MAX && (is_digit(t.p[from - 1]) || (gap && t.p[from - 1] == gap && from > 1 && is_digit(t.p[from - 2]))); from--)
		if (is_digit(t.p[from - 1]))
			front[left++] = (unsigned char)(t.p[from - 1] - '0');
	for (; right < DIGITS_MAX && (is_digit(t.p[end]) || (gap && t.p[end] == gap && is_digit(t.p[end + 1]))); end++)
		if (is_digit(t.p[end]) && left + right++ < 4)
			front[DIGITS_MAX - right] = (unsigned char)(t.p[end] - '0');
	if (left + right < DIGITS_MIN || left + right > DIGITS_MAX)
		return 0;
	unsigned begins = 0;
	for (size_t i = 0; i < 4; i++)
		begins = begins * 10 + (i < left ? front[left - 1 - i] : front[DIGITS_MAX - 1 - (i - left)]);
	wipe(front, sizeof front);
	return card_begins(begins, left + right) ? to : 0;
}

static uint32_t unfold_marks(struct fold *f, struct str t, size_t from, size_t to)
{
	uint32_t signs = 0;
	f->n = 0;
	f->joined = false;
	for (size_t at = from; at < to;) {
		uint32_t value = 0;
		size_t takes = 0;
		bool inlined = false;
		char c = t.p[at];
		if (is_digit(c) && at > from + 1 && (t.p[at - 1] == '\n' || t.p[at - 1] == ' ')) {
			size_t cut = line_cut(t, at);
			for (; cut && f->n && f->map[f->n - 1] >= cut; f->joined = true)
				f->n--;
		}
		if (c == '<' && (takes = tag_at(t, at, &inlined))) {
			signs |= 1u << SIGN_SPLIT;
			if (!inlined)
				put(f, '\x1f', at);
			at += takes;
			continue;
		}
		if (c == ESC && (takes = control_at(t, at + 1))) {
			at += 1 + takes;
			continue;
		}
		if (c == '&')
			takes = entity_at(t, at, &value);
		else if (c == '\\' || c == '%' || c == '=')
			takes = escape_at(t, at, &value);
		else if ((unsigned char)c > 127)
			value = utf8_at(t, at, &takes);
		if (!takes) {
			put(f, c, at++);
			continue;
		}
		signs |= 1u << SIGN_ENCODED;
		int byte = value ? plain(value) : 0;
		size_t control = byte == ESC ? control_at(t, at + takes) : 0;
		if (byte && !control)
			put(f, (char)byte, at);
		at += takes + control;
	}
	return signs;
}

/* UTF-16: the bytes beside the NULs, from the parity at which digits stand. */
static void unfold_wide(struct fold *f, struct str t, size_t from, size_t to)
{
	size_t odd = 0, even = 0, count[2] = { 0, 0 };
	for (size_t i = from; i + 1 < to; i++)
		if (is_digit(t.p[i]))
			count[i & 1] += t.p[i + 1] == 0 || (i && t.p[i - 1] == 0);
	odd = count[1];
	even = count[0];
	size_t at = from + ((from & 1) != (odd > even));
	/* which neighbour holds the high half: the one behind (little-endian) or the one in front */
	size_t behind = 0, front = 0;
	for (size_t i = at; i + 1 < to; i += 2) {
		behind += is_digit(t.p[i]) && t.p[i + 1] == 0;
		front += is_digit(t.p[i]) && i && t.p[i - 1] == 0;
	}
	bool little = behind >= front;
	f->n = 0;
	for (; at < to; at += 2) {
		unsigned char low = (unsigned char)t.p[at], high = 0;
		if (little ? at + 1 < t.n : at > 0)
			high = (unsigned char)t.p[little ? at + 1 : at - 1];
		int byte = plain((uint32_t)high << 8 | low);
		if (byte)
			put(f, (char)byte, at);
	}
}

/* RFC 4648, sections 4 and 5: the six bits that a character stands for; -1: none. */
static int base64_of(unsigned char c)
{
	static const signed char bits[256] = {           /* one more than they are */
#define FOUR(c, n) [c] = (n) + 1, [(c) + 1] = (n) + 2, [(c) + 2] = (n) + 3, [(c) + 3] = (n) + 4
		FOUR('A', 0), FOUR('E', 4), FOUR('I', 8), FOUR('M', 12), FOUR('Q', 16), FOUR('U', 20), ['Y'] = 25, ['Z'] = 26,
		FOUR('a', 26), FOUR('e', 30), FOUR('i', 34), FOUR('m', 38), FOUR('q', 42), FOUR('u', 46), ['y'] = 51, ['z'] = 52,
		FOUR('0', 52), FOUR('4', 56), ['8'] = 61, ['9'] = 62, ['+'] = 63, ['-'] = 63, ['/'] = 64, ['_'] = 64,
#undef FOUR
	};
	return bits[c] - 1;
}

static void unfold_base64(struct fold *f, struct str t, size_t from, size_t to)
{
	uint32_t word = 0;
	unsigned have = 0;
	f->n = 0;
	for (size_t at = from; at < to; at++) {
		int v = base64_of((unsigned char)t.p[at]);
		if (v < 0)
			continue;
		word = word << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			if ((char)(word >> have))        /* of UTF-16 one byte of each character */
				put(f, (char)(word >> have), f->n ? at : from);
		}
	}
}

/* Bytes as xxd, hexdump and a terminal's log show them: pairs of hexadecimal digits, one to four together, with a space between. In a dump an
 * offset stands in front, and text behind: its lines go on in the next. */
static void unfold_dump(struct fold *f, struct str t, size_t from, size_t to)
{
	f->n = 0;
	for (size_t at = from; at < to;) {
		size_t bytes = 0, offset = at;
		while (offset < to && hex_of(t.p[offset]) >= 0)
			offset++;
		bool dump = offset - at >= 4 && offset + 1 < to && (t.p[offset] == ':' || (t.p[offset] == ' ' && t.p[offset + 1] == ' '));
		f->doubled |= dump;
		for (at = dump ? offset + 1 : at; at < to && t.p[at] != '\n';) {
			size_t end = at, gap = 0;
			while (end < to && hex_of(t.p[end]) >= 0)
				end++;
			bool pairs = end > at && end - at <= 8 && (end - at) % 2 == 0 && !joins(t.p[end]);
			for (; pairs && at < end && !(dump && bytes == DUMP_ROW); at += 2, bytes++) {
				int c = hex_at(t, at, 2);
				put(f, c < ' ' || c > '~' ? ' ' : (char)c, at);
			}
			for (; !pairs && !dump && at < to && t.p[at] != ' ' && t.p[at] != '\n'; at++)
				put(f, t.p[at], at);     /* a word that may say what it is */
			for (; at < to && t.p[at] == ' '; at++)
				gap++;
			if (dump && (!pairs || gap > 2 || bytes == DUMP_ROW) && (bytes || !gap))
				break;
			if (!dump && !pairs)
				put(f, ' ', at);
		}
		const char *line = at < to ? memchr(t.p + at, '\n', to - at) : NULL;
		at = line ? (size_t)(line - t.p) + 1 : to;
		if (!dump)
			put(f, '\n', at - 1);
	}
}

static void unfold_hex(struct fold *f, struct str t, size_t from, size_t to)
{
	f->n = 0;
	for (size_t at = from; at + 2 <= to; at += 2)
		put(f, (char)hex_at(t, at, 2), f->n ? at + 1 : at);
}

/* ---- where it is worth it ---- */

/* A tag behind a digit: does a number go on behind it? Over tags that part cells only in groups as on cards. */
static bool tag_is_worth(struct str t, size_t at)
{
	size_t left = digits_in_front(t, at), end = at;
	bool inlined = true, one = false;
	for (size_t takes; end < t.n && t.p[end] == '<' && (takes = tag_at(t, end, &one)) && end - at < 300;) {
		inlined &= one;
		end += takes;
		while (end < t.n && end - at < 300) {
			uint32_t value = 0;
			size_t entity = t.p[end] == '&' ? entity_at(t, end, &value) : 0;
			int byte = entity ? plain(value) : t.p[end];
			if (byte != ' ' && byte != '-' && byte != '\n' && (byte || !entity))
				break;
			end += entity ? entity : 1;
		}
	}
	size_t right = digits_from(t, end);
	return right && end > at && (inlined || ((left == 4 || left == 6) && right >= 4 && right <= 6));
}

static bool is_worth(struct str t, size_t at)
{
	unsigned char c = (unsigned char)t.p[at];
	uint32_t value = 0;
	size_t takes = 0;
	if (is_digit((char)c)) {
		size_t first = at - digits_in_front(t, at);
		if (first && (t.p[first - 1] == '\n' || t.p[first - 1] == ' '))
			return line_cut(t, first);
		if (control_before(t, first))
			return true;
	}
	if (is_digit((char)c))                           /* "&#52;" or "&#x34;" */
		return at > 1 && (t.p[at - 1] == '#' || (at > 2 && (t.p[at - 1] | 32) == 'x' && t.p[at - 2] == '#'));
	if (c == '<')
		return tag_is_worth(t, at);
	if (c == ESC)
		return control_at(t, at + 1);
	takes = c == '&' ? entity_at(t, at, &value) : c > 127 ? (value = utf8_at(t, at, &takes), takes) : escape_at(t, at, &value);
	if (!takes)
		return false;
	int byte = value ? plain(value) : 0;
	char next = at + takes < t.n ? t.p[at + takes] : 0;
	if (byte == ESC)
		return control_at(t, at + takes);
	if (byte == '=' || byte == '^')
		return digits_in_front(t, at) >= DIGITS_MIN;
	return byte >= 0 && (is_digit((char)byte) || ((byte == 0 || byte == ' ' || byte == '-') && (is_digit(next) || (unsigned char)next > 127 || strchr("%=&<\\ -", next))));
}

/* Bytes of text begin with 001 to 011 in base64; of eight such beginnings most are, by chance three: one may be none. */
static bool is_base64_of_text(struct str t, size_t from, size_t to)
{
	unsigned bad = 0, all = 0;
	for (size_t at = from; at + 3 < to && all < 12 && bad < 2; at += 4, all++) {
		int v = base64_of((unsigned char)t.p[at]);
		if (v < 0)
			break;
		bad += !((v >= 8 && v <= 31) || v == 2 || v == 3);
	}
	return bad < 2 && all >= (bad ? 8 : 6);
}

/* In UTF-16 every second byte of it is 0: of eight characters these say so. */
static bool is_base64_of_wide_text(struct str t, size_t from)
{
	for (size_t at = from; at < from + 24; at += 8)
		if (t.n - at < 8 || (t.p[at + 2] != 'A' && t.p[at + 2] != 'B') || t.p[at + 4] != 'A' || t.p[at + 7] != 'A' || base64_of((unsigned char)t.p[at]) < 8)
			return false;
	return true;
}

/* Where a word of base64 ends that is nothing but a card's digits, in groups or not: longer ones are told by their letters. 0: it is none. */
static size_t base64_number_end(struct str t, size_t from)
{
	uint32_t word = 0;
	unsigned have = 0, digits = 0;
	size_t at = from;
	for (int v; at < t.n && at - from <= BASE64_NUMBER_MAX && (v = base64_of((unsigned char)t.p[at])) >= 0; at++) {
		word = word << 6 | (uint32_t)v;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		char c = (char)(word >> have);
		if (!is_digit(c) && !(digits && (!c || is_one_of(c, " -"))))
			return 0;
		digits += is_digit(c);
	}
	return at - from <= BASE64_NUMBER_MAX && digits >= DIGITS_MIN && digits <= DIGITS_MAX ? at : 0;
}

static void note(struct stretches *k, size_t from, size_t to)
{
	if (k->n && from <= k->s[k->n - 1].to)
		k->s[k->n - 1].to = (uint32_t)to > k->s[k->n - 1].to ? (uint32_t)to : k->s[k->n - 1].to;
	else if (k->n < STRETCHES_MAX)
		k->s[k->n].from = (uint32_t)from, k->s[k->n++].to = (uint32_t)to;
}

/* A long word goes on at `at`; its lines may end. */
static void note_word(struct fold *f, struct str t, size_t at)
{
	size_t from = at, skip = 0;
	while (from > f->word_to && at - from < 128 && base64_of((unsigned char)t.p[from - 1]) >= 0)
		from--;
	if (from < f->word_to)
		return;
	size_t number = base64_number_end(t, from);
	if (number) {
		note(&f->words, from, number);
		f->word_to = number;
		return;
	}
	while (skip < 4 && !is_base64_of_text(t, from + skip, t.n) && !is_base64_of_wide_text(t, from + skip))
		skip += from ? 4 : 1;                    /* at the text's beginning it may have begun before */
	if (skip >= 4)
		return;
	size_t to = at;
	for (; to < t.n; to++) {
		if (base64_of((unsigned char)t.p[to]) >= 0)
			continue;
		size_t next = to + (t.p[to] == '\r');
		if (to - from < 60 || next >= t.n || t.p[next] != '\n' || next + 1 >= t.n || base64_of((unsigned char)t.p[next + 1]) < 0)
			break;
		to = next;
	}
	if (to - from >= 24)
		note(&f->words, from + skip, to);
	f->word_to = to;
}

/* Every second one of eight bytes is 3, or 2. */
static bool tens_are_alike(uint64_t x)
{
	const uint64_t tens = 0x0033003300330033u;
	x |= 0x0101010101010101u;
	return (x & 0x00FF00FF00FF00FFu) == tens || (x >> 8 & 0x00FF00FF00FF00FFu) == tens;
}

/* A long run of digits ends at `at`: it may be a card's, each written in hexadecimal, 30 to 39, with 20 between groups. */
static void note_hex(struct fold *f, struct str t, size_t at)
{
	size_t run = at - digits_in_front(t, at), first = run;
	while (first < at && !tens_are_alike(eight_at(t.p + first)))
		first += 16;                             /* eight of every 24 bytes are met whole */
	if (first >= at)
		return;
	for (size_t begin = run; begin < run + 2; begin++)
		for (size_t i = begin, digits = 0, from = i; i <= at; i += 2) {
			bool pair = i + 2 <= at, digit = pair && t.p[i] == '3';
			if (!digits && digit)
				from = i;
			if (digit || (digits && pair && t.p[i] == '2' && t.p[i + 1] == '0')) {
				digits += digit;
				continue;
			}
			if (digits >= DIGITS_MIN && digits <= 2 * DIGITS_MAX) {
				note(&f->hex, from, i);
				return;
			}
			digits = 0;
		}
}

/* A row of digits and spaces that ends at `at` is one of bytes, most of which are digits: 30 to 39, each alone or two together. */
static void note_dump(struct fold *f, struct str t, size_t at)
{
	size_t from = at > DUMP_LINE_MAX ? at - DUMP_LINE_MAX : 0, line = at, to = at;
	for (unsigned lines = 0; line > from; line--)    /* this line and the one above */
		if (t.p[line - 1] == '\n' && lines++)
			break;
	for (unsigned lines = 0; to < t.n && to - at < DUMP_LINE_MAX && !(t.p[to] == '\n' && lines++); to++)
		;
	note(&f->dump, line, to);
}

bool fold_is_dump(struct str t, size_t at, uint64_t digits)
{
	enum { SEEN = 48 };
	unsigned pairs = 0, twos = 0;
	uint64_t begins = digits & ~(digits << 1), two = begins & ~(digits >> 2), four = begins & digits >> 2 & digits >> 3 & ~(digits >> 4);
	for (unsigned k = 0; k < 3; k++)
		two &= two - 1;
	if (!two && !(four & (four - 1)))
		return false;                            /* fewer groups have the length of one of these */
	for (size_t i = at, low = at > SEEN ? at - SEEN : 0; i > low && (is_digit(t.p[i - 1]) || t.p[i - 1] == ' '); i--)
		if (t.p[i - 1] == ' ' && t.p[i] == '3') {
			pairs += !is_digit(t.p[i + 2]);
			twos += t.p[i + 2] == '3' && is_digit(t.p[i + 3]) && !is_digit(t.p[i + 4]);
		}
	return pairs >= 4 || twos >= 2;
}

void fold_note(struct fold *f, struct str t, size_t at, uint32_t what)
{
	size_t from = at > MARGIN_BEFORE ? at - MARGIN_BEFORE : 0, to = t.n - at > MARGIN_BEHIND ? at + MARGIN_BEHIND : t.n;
	if (what & 1u << SIFT_BARE)
		note_hex(f, t, at);
	if (what & 1u << SIFT_ROW)
		note_dump(f, t, at);
	if (at >= t.n)
		return;
	if (what & 1u << SIFT_WORD)
		note_word(f, t, at);
	if (what & 1u << SIFT_WIDE)
		note(&f->wide, from, to);
	if (what & 1u << SIFT_SCRIPT || (what & 1u << SIFT_MARK && ((f->marks.n && at + 64 < f->marks.s[f->marks.n - 1].to) || is_worth(t, at))))
		note(&f->marks, from, to);
}

/* ---- showing it ---- */

static void show(struct fold *f, uint32_t signs, void (*look)(void *, const struct view *), void *to)
{
	if (f->n < 9)
		return;
	memset(f->text + f->n, 0, PAD);
	struct view v = { .text = { f->text, f->n }, .map = f->map, .signs = signs, .joined = f->joined, .dump = f->doubled };
	look(to, &v);
}

void fold_show(struct fold *f, struct str t, void (*look)(void *, const struct view *), void *to)
{
	for (struct stretches *k = &f->marks; k <= &f->words; k++) {
		for (size_t i = 0; i < k->n; i++)
			for (size_t from = k->s[i].from, end = k->s[i].to; from < end; from += CHUNK) {
				size_t chunk_end = end - from > CHUNK + 512 ? from + CHUNK + 512 : end;      /* they overlap */
				uint32_t signs = 1u << SIGN_ENCODED;
				f->doubled = false;
				if (k == &f->marks)
					signs = unfold_marks(f, t, from, chunk_end) & ~(1u << SIGN_SPLIT);
				else if (f->joined = false, k == &f->wide)
					unfold_wide(f, t, from, chunk_end), signs = 0;
				else if (k == &f->hex)
					unfold_hex(f, t, from, chunk_end);
				else if (k == &f->dump)
					unfold_dump(f, t, from, chunk_end);
				else
					unfold_base64(f, t, from, chunk_end);
				show(f, signs, look, to);
			}
		k->n = 0;
	}
	f->word_to = 0;
}
