/* What is hidden from a plain look: numbers cut by tags, written in entities, escapes or other digits, in UTF-16, or in base64. A fast
 * pass finds where such signs stand beside digits; only there is the text unfolded, with a map back to where each byte came from. */
#include "scan_int.h"

#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct fold { char *text; uint32_t *map; size_t n; };

struct fold *fold_open(void)
{
	struct fold *f = mem_zero(1, sizeof *f);
	f->text = mem_zero(1, RECORD_MAX + PAD);
	f->map = mem_zero(RECORD_MAX + PAD, sizeof *f->map);
	return f;
}

void fold_close(struct fold *f)
{
	if (!f)
		return;
	wipe(f->text, RECORD_MAX);
	free(f->text);
	free(f->map);
	free(f);
}

/* ---- where: 64 bytes at a time ---- */

struct signs { bool marks, wide, base64; };

/* Bits of 64 bytes for each class that matters. */
struct classes { uint64_t digit, high, nul, less, more, hash, percent, slash, equal, word; };

/* Nothing can be here: no digits, no long word, and not mostly other scripts. */
static inline bool nothing(uint64_t digit, uint64_t high, uint64_t word)
{
	uint64_t row = word & word >> 1;
	row &= row >> 2;
	row &= row >> 4;
	row &= row >> 8;
	return !digit && !row && __builtin_popcountll(high) < 24;
}

static inline struct classes classes_portable(const char *p)
{
	struct classes c = { 0 };
	for (unsigned i = 0; i < 64; i++) {
		uint64_t bit = (uint64_t)1 << i;
		unsigned char b = (unsigned char)p[i];
		if (is_digit((char)b)) c.digit |= bit;
		if (b > 127) c.high |= bit;
		if (!b) c.nul |= bit;
		if (b == '<') c.less |= bit;
		if (b == '>') c.more |= bit;
		if (b == '#') c.hash |= bit;
		if (b == '%') c.percent |= bit;
		if (b == '\\') c.slash |= bit;
		if (b == '=') c.equal |= bit;
		if (is_letter((char)b) || is_digit((char)b)) c.word |= bit;
	}
	return c;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline struct classes classes_avx2(const char *p)
{
	struct classes c = { 0 };
	__m256i both[2];
	for (int k = 0; k < 2; k++) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * k));
		__m256i d = _mm256_sub_epi8(v, _mm256_set1_epi8('0'));
		__m256i digit = _mm256_cmpeq_epi8(_mm256_min_epu8(d, _mm256_set1_epi8(9)), d);
		__m256i a = _mm256_sub_epi8(_mm256_or_si256(v, _mm256_set1_epi8(32)), _mm256_set1_epi8('a'));
		__m256i letter = _mm256_cmpeq_epi8(_mm256_min_epu8(a, _mm256_set1_epi8(25)), a);
		c.digit |= (uint64_t)(uint32_t)_mm256_movemask_epi8(digit) << (32 * k);
		c.high |= (uint64_t)(uint32_t)_mm256_movemask_epi8(v) << (32 * k);
		c.word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_or_si256(letter, digit)) << (32 * k);
		both[k] = v;
	}
	if (nothing(c.digit, c.high, c.word))
		return c;
#define EACH(field, expression) c.field |= (uint64_t)(uint32_t)_mm256_movemask_epi8(expression) << (32 * k)
#define IS(byte) _mm256_cmpeq_epi8(v, _mm256_set1_epi8(byte))
	for (int k = 0; k < 2; k++) {
		__m256i v = both[k];
		EACH(nul, _mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
		EACH(less, IS('<'));
		EACH(more, IS('>'));
		EACH(hash, IS('#'));
		EACH(percent, IS('%'));
		EACH(slash, IS('\\'));
		EACH(equal, IS('='));
	}
#undef IS
#undef EACH
	return c;
}
#endif

/* Signs that matter only beside digits; a tag only beside three of them, a base64 word only when 16 of its letters and digits follow each other. */
static inline struct signs signs_of(const struct classes *c)
{
	uint64_t d = c->digit, three = d & d >> 1 & d >> 2;                  /* the first of three */
	uint64_t ends = d & d << 1 & d << 2;                                 /* the third */
	uint64_t marks = (c->high & (d << 1 | d >> 1)) | (c->less & ends << 1) | (c->more & three >> 1) | (c->hash & d >> 1) |
	                 (c->percent & d >> 1 & d >> 2) | (c->equal & d << 1) | (c->equal & d >> 1 & d >> 2 & d << 1) | c->slash;
	uint64_t wide = c->nul & (d << 1 | d >> 1);
	uint64_t row = c->word & c->word >> 1;
	row &= row >> 2;
	row &= row >> 4;
	row &= row >> 8;
	return (struct signs){ .marks = marks || __builtin_popcountll(c->high) >= 24, .wide = __builtin_popcountll(wide) >= 6, .base64 = row && __builtin_popcountll(c->word & ~d) >= 12 };
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

/* A character as the plain look knows it: digits of any script that people mix with ours, spaces, dashes; what is invisible is
 * nothing (0), the rest one byte. */
static int plain(uint32_t c)
{
	static const uint32_t zeros[] = { 0xFF10, 0x660, 0x6F0, 0x966, 0x9E6, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6 };
	if (c < 128)
		return c ? (int)c : ' ';
	for (size_t i = 0; i < LENGTH(zeros); i++)
		if (c >= zeros[i] && c <= zeros[i] + 9)
			return (int)('0' + c - zeros[i]);
	if (c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF)
		return 0;
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
	static const char *const inlines[] = { "b", "i", "u", "s", "em", "strong", "span", "font", "a", "small", "big", "sub", "sup", "mark", "code",
	                                       "tt", "kbd", "wbr", "nobr", "bdi", "bdo", "ins", "del", "var", "abbr", "w:r", "w:t", "text:span" };
	for (size_t i = 0; i < LENGTH(inlines); i++)
		if (str_eq_nocase(name, str_of(inlines[i])))
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
	static const struct { const char *name; uint32_t value; } names[] = {
		{ "nbsp;", 0xA0 }, { "ensp;", 0x2002 }, { "emsp;", 0x2003 }, { "thinsp;", 0x2009 }, { "ndash;", 0x2013 }, { "mdash;", 0x2014 },
		{ "shy;", 0xAD }, { "zwnj;", 0x200C }, { "zwj;", 0x200D }, { "hyphen;", 0x2010 }, { "dash;", 0x2010 }, { "equals;", '=' },
	};
	struct str rest = { t.p + at + 1, t.n - at - 1 };
	for (size_t i = 0; i < LENGTH(names); i++)
		if (str_starts(rest, str_of(names[i].name))) {
			*value = names[i].value;
			return strlen(names[i].name) + 1;
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

/* Escapes: \u0034 \u{34} \x34 %34 =34, and quoted-printable's soft line end; 0: none. *value 0: nothing stands there. */
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
	} else if (c == '%' || c == '=') {
		takes = 3;
		v = hex_at(t, at + 1, 2);
		if (c == '=' && (next == '\n' || next == '\r')) {
			*value = 0;
			return next == '\r' && at + 2 < t.n && t.p[at + 2] == '\n' ? 3 : 2;
		}
		if (c == '=' && !(at && is_digit(t.p[at - 1]) && (v == ' ' || v == 0xA0)))
			v = -1;                          /* "pan=4539" is no escape; quoted-printable writes digits as they are */
		if (v >= 0 && !(v >= ' ' && v < 127) && v != 9 && v != 0xA0)
			v = -1;
	}
	if (v < 0)
		return 0;
	*value = v ? (uint32_t)v : ' ';
	return takes;
}

static uint32_t unfold_marks(struct fold *f, struct str t, size_t from, size_t to)
{
	uint32_t signs = 0;
	f->n = 0;
	for (size_t at = from; at < to;) {
		uint32_t value = 0;
		size_t takes = 0;
		bool inlined = false;
		char c = t.p[at];
		if (c == '<' && (takes = tag_at(t, at, &inlined))) {
			signs |= 1u << SIGN_SPLIT;
			if (!inlined)
				put(f, '\x1f', at);
			at += takes;
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
		if (byte)
			put(f, (char)byte, at);
		at += takes;
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

static int base64_of(unsigned char c)
{
	if (c >= 'A' && c <= 'Z') return c - 'A';
	if (c >= 'a' && c <= 'z') return c - 'a' + 26;
	if (c >= '0' && c <= '9') return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Decodes the base64 text that begins at `at`; its lines may end. Returns where it ends. Only text is worth a look: when the first
 * bytes are none, nothing is kept. */
static size_t unfold_base64(struct fold *f, struct str t, size_t at)
{
	uint32_t word = 0;
	unsigned have = 0;
	size_t odd = 0;
	f->n = 0;
	for (; at < t.n && f->n < RECORD_MAX; at++) {
		int v = base64_of((unsigned char)t.p[at]);
		if (v < 0) {
			if ((t.p[at] == '\n' || t.p[at] == '\r') && f->n > 30)
				continue;
			break;
		}
		word = word << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			unsigned char byte = (unsigned char)(word >> have);
			odd += byte < 9 || (byte > 13 && byte < 32) || byte == 127;
			put(f, (char)byte, at);
			if (f->n == 21 && odd > 1) {
				f->n = 0;
				while (at < t.n && base64_of((unsigned char)t.p[at]) >= 0)
					at++;
				return at;
			}
		}
	}
	if (odd * 10 > f->n)
		f->n = 0;
	return at;
}

/* ---- all stretches of a text ---- */

struct stretch { size_t from, to; };

static void show(struct fold *f, uint32_t signs, void (*look)(void *, const struct view *), void *to)
{
	if (f->n < DIGITS_MIN - 3)
		return;
	memset(f->text + f->n, 0, PAD);
	struct view v = { .text = { f->text, f->n }, .map = f->map, .signs = signs };
	look(to, &v);
}

enum { MARGIN_BEFORE = 96, MARGIN_BEHIND = 224 };

/* Adds the block at `at` to a stretch, or gives the stretch and begins another. */
static bool stretches(struct stretch *s, struct str t, size_t at)
{
	size_t from = at > MARGIN_BEFORE ? at - MARGIN_BEFORE : 0, to = t.n - at > MARGIN_BEHIND ? at + MARGIN_BEHIND : t.n;
	if (s->to && from <= s->to) {
		s->to = to;
		return true;
	}
	return false;
}

struct folding { struct fold *f; struct str t; void (*look)(void *, const struct view *); void *to; struct stretch marks, wide; size_t base64_to; };

static void end_marks(struct folding *g)
{
	if (g->marks.to) {
		uint32_t signs = unfold_marks(g->f, g->t, g->marks.from, g->marks.to);
		if (signs)
			show(g->f, signs & ~(1u << SIGN_SPLIT), g->look, g->to);
	}
	g->marks.to = 0;
}

static void end_wide(struct folding *g)
{
	if (g->wide.to) {
		unfold_wide(g->f, g->t, g->wide.from, g->wide.to);
		show(g->f, 0, g->look, g->to);
	}
	g->wide.to = 0;
}

static void begin(struct stretch *s, struct str t, size_t at)
{
	s->from = at > MARGIN_BEFORE ? at - MARGIN_BEFORE : 0;
	s->to = t.n - at > MARGIN_BEHIND ? at + MARGIN_BEHIND : t.n;
}

static void take_signs(struct folding *g, size_t at, struct signs s)
{
	if (s.marks && !stretches(&g->marks, g->t, at)) {
		end_marks(g);
		begin(&g->marks, g->t, at);
	}
	if (s.wide && !stretches(&g->wide, g->t, at)) {
		end_wide(g);
		begin(&g->wide, g->t, at);
	}
	if (s.base64 && at + 64 > g->base64_to) {
		/* the word may have begun before this block */
		size_t from = at;
		while (from > g->base64_to && from + 200 > at && base64_of((unsigned char)g->t.p[from - 1]) >= 0)
			from--;
		for (size_t end = at + 64 < g->t.n ? at + 64 : g->t.n; from < end;) {
			while (from < end && base64_of((unsigned char)g->t.p[from]) < 0)
				from++;
			size_t to = unfold_base64(g->f, g->t, from);
			if (to - from >= 24 && g->f->n)
				show(g->f, 1u << SIGN_ENCODED, g->look, g->to);
			from = to > from ? to : from + 1;
			g->base64_to = from;
		}
	}
}

#define FOLD(name, see) \
	static void name(struct folding *g) \
	{ \
		for (size_t at = 0; at < g->t.n; at += 64) { \
			struct classes c = see(g->t.p + at); \
			struct signs s = signs_of(&c); \
			if (s.marks | s.wide | s.base64) \
				take_signs(g, at, s); \
		} \
	}

#if defined(__x86_64__)
__attribute__((target("avx2"))) FOLD(fold_avx2, classes_avx2)
#endif
FOLD(fold_portable, classes_portable)

void fold_each(struct fold *f, struct str t, void (*look)(void *, const struct view *), void *to)
{
	struct folding g = { .f = f, .t = t, .look = look, .to = to };
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		fold_avx2(&g);
	else
#endif
		fold_portable(&g);
	end_marks(&g);
	end_wide(&g);
}
