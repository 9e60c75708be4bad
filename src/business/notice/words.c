/* words - the letters' texts: a small markup (doc/letters.md), what is put into it, and how it looks as plain text and as HTML.
 *
 * A text is parsed into parts before any value is known; values are only ever put in as words. */
#include "detect.h"
#include "notice_data.h"
#include "notice_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PASSAGES_MAX = 200, PARTS_MAX = 16, TEXT_MAX = 64 << 10 };

enum word { W_NONE, W_GREETING, W_WHAT, W_WINDOW, W_YOURS, W_DOING, W_CALL, W_BUSINESS, W_NAME, W_PHONE, B_KINDS, B_ADVICE };
static const struct { const char *name; enum word word; bool personal; } fields[] = {
	{ "greeting", W_GREETING, true }, { "what", W_WHAT, false }, { "window", W_WINDOW, false }, { "yours", W_YOURS, true }, { "doing", W_DOING, false },
	{ "call", W_CALL, false }, { "business", W_BUSINESS, false }, { "customer", W_NAME, true }, { "phone", W_PHONE, false },
	{ "kinds", B_KINDS, true }, { "advice", B_ADVICE, true },
};

struct part { enum word word; struct str text; };
struct template { struct { enum passage_sort sort; struct part part[PARTS_MAX]; size_t n; bool personal; } passage[PASSAGES_MAX]; size_t n; };

/* ---- parsing ---- */

static bool line_parse(struct op *op, struct template *t, enum passage_sort sort, struct str line, int number)
{
	if (t->n == PASSAGES_MAX)
		return err_set(&op->err, TOO_BIG, "text", "Line %d: a letter has at most %d paragraphs.", number, PASSAGES_MAX);
	size_t at = t->n++, *n = &t->passage[at].n;
	t->passage[at].sort = sort;
	while (line.n) {
		const char *open = memmem(line.p, line.n, "{{", 2), *close = open ? memmem(open, line.n - (size_t)(open - line.p), "}}", 2) : NULL;
		if (*n + 2 > PARTS_MAX)
			return err_set(&op->err, TOO_BIG, "text", "Line %d: too many fields in one paragraph.", number);
		if (!open || !close) {
			if (open)
				return err_set(&op->err, INVALID, "text", "Line %d: \"{{\" without \"}}\".", number);
			t->passage[at].part[(*n)++] = (struct part){ W_NONE, line };
			return true;
		}
		if (open > line.p)
			t->passage[at].part[(*n)++] = (struct part){ W_NONE, { line.p, (size_t)(open - line.p) } };
		struct str name = str_trim((struct str){ open + 2, (size_t)(close - open) - 2 });
		size_t f = 0;
		while (f < LENGTH(fields) && !str_eq(name, str_of(fields[f].name)))
			f++;
		if (f == LENGTH(fields))
			return err_set(&op->err, INVALID, "text", "Line %d: there is no field \"" STR_FMT "\". Fields are greeting, what, window, yours, doing, call, business, customer, phone; and, alone on a line, kinds and advice.",
			               number, STR_ARG(name));
		t->passage[at].part[(*n)++] = (struct part){ fields[f].word, { 0 } };
		t->passage[at].personal |= fields[f].personal;
		line = (struct str){ close + 2, line.n - (size_t)(close + 2 - line.p) };
	}
	if (t->passage[at].n != 1)
		for (size_t i = 0; i < t->passage[at].n; i++)
			if (t->passage[at].part[i].word >= B_KINDS)
				return err_set(&op->err, INVALID, "text", "Line %d: {{ kinds }} and {{ advice }} stand alone on their line.", number);
	return true;
}

struct template *template_parse(struct op *op, struct str text)
{
	struct template *t = ARENA_NEW(op->a, struct template);
	int number = 0;
	while (text.p) {
		struct str line = str_trim(str_split(&text, '\n'));
		enum passage_sort sort = PASSAGE_TEXT;
		number++;
		if (!line.n)
			continue;
		if (str_starts(line, STR("## ")))
			sort = PASSAGE_HEADING, line.p += 3, line.n -= 3;
		else if (str_starts(line, STR("# ")))
			sort = PASSAGE_TITLE, line.p += 2, line.n -= 2;
		else if (str_starts(line, STR("- ")))
			sort = PASSAGE_BULLET, line.p += 2, line.n -= 2;
		else if (line.n > 3 && line.p[0] >= '1' && line.p[0] <= '9' && line.p[1] == '.' && line.p[2] == ' ')
			sort = PASSAGE_NUMBERED, line.p += 3, line.n -= 3;
		if (!line_parse(op, t, sort, line, number))
			return NULL;
	}
	return t;
}

/* Stored in a round: "%% en", the text, "%% es", the text; or "%% *" and one text for all. */
static struct str section(struct str stored, struct str name)
{
	while (stored.p) {
		struct str line = str_split(&stored, '\n');
		if (str_starts(line, STR("%% ")) && str_eq((struct str){ line.p + 3, line.n - 3 }, name)) {
			const char *next = stored.p ? memmem(stored.p, stored.n, "\n%% ", 4) : NULL;
			return next ? (struct str){ stored.p, (size_t)(next - stored.p) + 1 } : stored;
		}
	}
	return (struct str){ NULL, 0 };
}

bool templates_parse(struct op *op, struct str stored, struct templates *out)
{
	struct str one = section(stored, STR("*")), en = section(stored, STR("en")), es = section(stored, STR("es"));
	out->en = template_parse(op, one.p ? one : en);
	out->es = one.p || !es.p ? out->en : template_parse(op, es);
	return out->en && out->es;
}

struct str templates_builtin(struct op *op)
{
	return arena_say(op->a, "%%%% en\n" STR_FMT "\n%%%% es\n" STR_FMT, STR_ARG(data_first_en_txt), STR_ARG(data_first_es_txt));
}

bool templates_own(struct op *op, struct str text, struct str *stored)
{
	/* the five headings that California's form wants, and that meet every other list (Cal. Civ. Code 1798.82(d)(1)) */
	static const char *const headings[] = { "what happened", "what information was involved", "what we are doing", "what you can do", "for more information" };
	struct buf masked = BUF(TEXT_MAX * 2);
	struct templates t;
	if (text.n > TEXT_MAX || !str_utf8(text))
		return err_set(&op->err, INVALID, "text", "The text is not UTF-8, or longer than %d KiB.", TEXT_MAX >> 10);
	bool clean = detect_mask(&masked, text) == 0;
	buf_free(&masked);
	if (!clean)
		return err_set(&op->err, REFUSED, "text", "There is a card number in the text. Take it out: a letter never carries one.");
	*stored = arena_say(op->a, "%%%% *\n" STR_FMT, STR_ARG(text));
	if (!templates_parse(op, *stored, &t))
		return false;
	for (size_t h = 0; h < LENGTH(headings); h++) {
		bool there = false;
		for (size_t i = 0; i < t.en->n && !there; i++)
			there = t.en->passage[i].sort == PASSAGE_HEADING && t.en->passage[i].n == 1 &&
			        str_eq_nocase(t.en->passage[i].part[0].text, str_of(headings[h]));
		if (!there)
			return err_set(&op->err, INVALID, "text", "The heading \"%s\" is missing (a line: ## %s). The law of several states wants it.", headings[h], headings[h]);
	}
	return true;
}

/* ---- words of a language ---- */

static struct str lookup(const char *language, const char *key)
{
	struct str text = strncmp(language, "es", 2) == 0 ? data_words_es_txt : data_words_en_txt;
	size_t n = strlen(key);
	while (text.p) {
		struct str line = str_split(&text, '\n');
		if (line.n > n && line.p[n] == '=' && memcmp(line.p, key, n) == 0)
			return (struct str){ line.p + n + 1, line.n - n - 1 };
	}
	return STR("");
}

/* %1 to %3 in a phrase */
static struct str phrase(struct op *op, const char *language, const char *key, const struct str *value)
{
	struct str s = lookup(language, key);
	struct buf b = BUF(TEXT_MAX);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 1 < s.n && s.p[i + 1] >= '1' && s.p[i + 1] <= '3')
			buf_put(&b, value[s.p[++i] - '1']);
		else
			buf_byte(&b, s.p[i]);
	}
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct str day(struct op *op, const struct telling *t, int64_t at)
{
	return when_day_text(op->a, t->zone, at, t->language);
}

static struct str ended(struct op *op, struct str s)
{
	bool dot = s.n && strchr(".!?", s.p[s.n - 1]);
	return dot ? s : arena_say(op->a, STR_FMT ".", STR_ARG(s));
}

static struct str value_of(struct op *op, enum word w, const struct telling *t)
{
	bool from = t->from > LONG_AGO, to = t->to < FAR_OFF;
	struct str v[3] = { { 0 } };
	switch (w) {
	case W_GREETING:
		v[0] = t->customer;
		return phrase(op, t->language, t->customer.n ? "greeting.name" : "greeting", v);
	case W_NAME:
		return t->customer;
	case W_WHAT:
		return ended(op, t->what);
	case W_WINDOW:
		v[0] = from ? day(op, t, t->from) : to ? day(op, t, t->to - 1) : STR("");
		v[1] = to ? day(op, t, t->to - 1) : STR("");
		return phrase(op, t->language, from && to ? str_eq(v[0], v[1]) ? "window.one" : "window.both" : from ? "window.from" : to ? "window.to" : "window.unknown", v);
	case W_YOURS:
		if (!t->touches)
			return phrase(op, t->language, "yours.list", v);
		v[0] = t->touches == 1 ? day(op, t, t->first) : arena_say(op->a, "%" PRId64, t->touches);
		v[1] = day(op, t, t->first), v[2] = day(op, t, t->last);
		return phrase(op, t->language, t->touches == 1 ? "yours.one" : "yours.many", v);
	case W_DOING:
		return phrase(op, t->language, "doing", v);
	case W_CALL:
		v[0] = t->phone;
		return phrase(op, t->language, t->phone.n ? "call.phone" : t->letter ? "call.letter" : "call.none", v);
	case W_BUSINESS:
		return t->business;
	case W_PHONE:
		return t->phone;
	default:
		return STR("");
	}
}

/* ---- filling ---- */

struct filling { struct passage *p; size_t n, cap; };

static void add(struct op *op, struct filling *f, enum passage_sort sort, bool personal, struct str text)
{
	if (f->n == f->cap) {
		struct passage *more = ARENA_ARRAY(op->a, struct passage, f->cap = f->cap ? 2 * f->cap : 64);
		if (f->n)
			memcpy(more, f->p, f->n * sizeof *more);
		f->p = more;
	}
	f->p[f->n++] = (struct passage){ sort, personal, text };
}

static void add_kinds(struct op *op, struct filling *f, const struct telling *t)
{
	for (kinds k = t->kinds; k; k &= k - 1)
		add(op, f, PASSAGE_BULLET, true, lookup(t->language, kind_name((enum kind)__builtin_ctzll(k))));
}

/* At most three steps, in the ranked order of the data (Zou et al., CHI 2019: many unranked actions are not taken). */
static void add_advice(struct op *op, struct filling *f, const struct telling *t)
{
	enum { STEPS = 3 };
	struct str text = strncmp(t->language, "es", 2) == 0 ? data_advice_es_txt : data_advice_en_txt;
	for (int n = 0; text.p && n < STEPS;) {
		struct str line = str_split(&text, '\n'), rest = line, words = str_split(&rest, ':'), bad;
		kinds k;
		if (!line.n || line.p[0] == '#' || !rest.p || !kinds_parse(words, ',', &k, &bad) || !(k & t->kinds))
			continue;
		add(op, f, PASSAGE_NUMBERED, true, str_trim(rest));
		n++;
	}
}

size_t template_fill(struct op *op, const struct template *t, const struct telling *told, struct passage **out)
{
	struct filling f = { 0 };
	for (size_t i = 0; i < t->n; i++) {
		if (t->passage[i].n == 1 && t->passage[i].part[0].word == B_KINDS) {
			add_kinds(op, &f, told);
			continue;
		}
		if (t->passage[i].n == 1 && t->passage[i].part[0].word == B_ADVICE) {
			add_advice(op, &f, told);
			continue;
		}
		struct buf b = BUF(TEXT_MAX * 2);
		for (size_t k = 0; k < t->passage[i].n; k++) {
			const struct part *part = &t->passage[i].part[k];
			buf_put(&b, part->word == W_NONE ? part->text : value_of(op, part->word, told));
		}
		add(op, &f, t->passage[i].sort, t->passage[i].personal, arena_str(op->a, buf_str(&b)));
		buf_free(&b);
	}
	*out = f.p;
	return f.n;
}

struct str subject_text(struct op *op, const struct telling *t)
{
	return phrase(op, t->language, "subject", &t->business);
}

/* ---- as plain text, as HTML ---- */

/* Broken at spaces, so that no line is longer than a screen's */
static void wrapped(struct buf *b, struct str s, size_t indent)
{
	enum { WIDTH = 72 };
	size_t column = indent;
	while (s.p) {
		struct str word = str_split(&s, ' ');
		if (column > indent && column + 1 + word.n > WIDTH) {
			buf_byte(b, '\n');
			for (size_t i = 0; i < indent; i++)
				buf_byte(b, ' ');
			column = indent;
		} else if (column > indent) {
			buf_byte(b, ' ');
			column++;
		}
		buf_put(b, word);
		column += word.n;
	}
	buf_byte(b, '\n');
}

struct str passages_text(struct op *op, const struct passage *p, size_t n)
{
	struct buf b = BUF(TEXT_MAX * 4);
	for (size_t i = 0, number = 0; i < n; i++) {
		bool list = p[i].sort == PASSAGE_BULLET || p[i].sort == PASSAGE_NUMBERED;
		number = p[i].sort == PASSAGE_NUMBERED ? number + 1 : 0;
		if (i && !(list && p[i - 1].sort == p[i].sort))
			buf_byte(&b, '\n');
		if (p[i].sort == PASSAGE_BULLET)
			buf_put(&b, STR("- "));
		if (p[i].sort == PASSAGE_NUMBERED)
			buf_printf(&b, "%zu. ", number);
		wrapped(&b, p[i].text, p[i].sort == PASSAGE_BULLET ? 2 : p[i].sort == PASSAGE_NUMBERED ? 3 : 0);
		for (size_t k = 0; p[i].sort == PASSAGE_TITLE && k < p[i].text.n && k < 72; k++)
			buf_byte(&b, '=');
		if (p[i].sort == PASSAGE_TITLE)
			buf_byte(&b, '\n');
	}
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}

static void escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '&': buf_put(b, STR("&amp;")); break;
		case '<': buf_put(b, STR("&lt;")); break;
		case '>': buf_put(b, STR("&gt;")); break;
		case '"': buf_put(b, STR("&quot;")); break;
		case '\'': buf_put(b, STR("&#39;")); break;
		default: buf_byte(b, s.p[i]);
		}
}

struct str passages_html(struct op *op, const struct passage *p, size_t n, const char *language)
{
	static const char *const tags[] = { [PASSAGE_TITLE] = "h1", [PASSAGE_HEADING] = "h2", [PASSAGE_TEXT] = "p", [PASSAGE_BULLET] = "li", [PASSAGE_NUMBERED] = "li" };
	struct buf b = BUF(TEXT_MAX * 8);
	buf_printf(&b, "<!DOCTYPE html>\n<html lang=\"%.2s\"><head><meta charset=\"utf-8\"><title>", language);
	escaped(&b, n ? p[0].text : STR(""));
	buf_put(&b, STR("</title></head>\n<body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em\">\n"));
	for (size_t i = 0; i < n; i++) {
		bool list = p[i].sort == PASSAGE_BULLET || p[i].sort == PASSAGE_NUMBERED;
		const char *around = p[i].sort == PASSAGE_BULLET ? "ul" : "ol";
		if (list && (!i || p[i - 1].sort != p[i].sort))
			buf_printf(&b, "<%s>\n", around);
		buf_printf(&b, "<%s>", tags[p[i].sort]);
		escaped(&b, p[i].text);
		buf_printf(&b, "</%s>\n", tags[p[i].sort]);
		if (list && (i + 1 == n || p[i + 1].sort != p[i].sort))
			buf_printf(&b, "</%s>\n", around);
	}
	buf_put(&b, STR("</body></html>\n"));
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}
