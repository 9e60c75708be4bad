/* words - the letters' texts: a small markup (doc/letters.md), what is put into it, and how it looks as plain text and as HTML.
 *
 * A text is parsed into parts before any value is known; values are only ever put in as words. What a language says stands in
 * data/notice, one file for each language.
 */
#include "detect.h"
#include "notice_back.h"
#include "notice_data.h"
#include "notice_int.h"
#include "telling.h"

#include <assert.h>
#include <stdio.h>
#include <inttypes.h>

enum { PASSAGES_MAX = 200, PARTS_MAX = 1000, OWN_MAX = 64 << 10, VALUE_MAX = 500, LETTER_MAX = 1 << 20, FIRST_STEPS = 3, FURTHER_STEPS = 4 };

enum word { W_NONE, W_GREETING, W_WHAT, W_WINDOW, W_YOURS, W_DOING, W_CALL, W_BUSINESS, W_ADDRESS, W_NAME, W_PHONE, W_DATE, B_KINDS, B_ADVICE, B_MONITORING, B_BUREAUS };
static const struct { const char *name; enum word word; } fields[] = {
	{ "greeting", W_GREETING }, { "customer", W_NAME }, { "date", W_DATE }, { "what", W_WHAT },
	{ "window", W_WINDOW }, { "yours", W_YOURS }, { "doing", W_DOING }, { "call", W_CALL },
	{ "business", W_BUSINESS }, { "phone", W_PHONE }, { "address", W_ADDRESS },
	{ "kinds", B_KINDS }, { "advice", B_ADVICE }, { "monitoring", B_MONITORING }, { "bureaus", B_BUREAUS },
};

struct part { enum word word; struct str text; };
struct piece { enum passage_sort sort; size_t first, n; };
struct template { struct piece piece[PASSAGES_MAX]; size_t n; struct part part[PARTS_MAX]; size_t parts; enum language language; };

struct str language_code(enum language l)
{
	return l == SPANISH ? STR("es") : STR("en");
}

/* ---- parsing ---- */

static bool part_add(struct op *op, struct template *t, enum word word, struct str text, int line)
{
	if (t->parts == PARTS_MAX)
		return err_set(&op->err, TOO_BIG, "text", "Line %d: the text is too long for a letter.", line);
	t->part[t->parts++] = (struct part){ word, text };
	t->piece[t->n - 1].n++;
	return true;
}

static bool field_add(struct op *op, struct template *t, struct str name, int line)
{
	for (size_t f = 0; f < LENGTH(fields); f++)
		if (str_eq(name, str_of(fields[f].name)))
			return part_add(op, t, fields[f].word, STR(""), line);
	struct buf b = BUF(200);
	for (size_t f = 0; f < LENGTH(fields); f++)
		buf_printf(&b, "%s%s", f ? ", " : "", fields[f].name);
	err_set(&op->err, INVALID, "text", "Line %d: there is no field \"%.*s\". Fields are " STR_FMT ".", line, (int)(name.n < 40 ? name.n : 40), name.p, STR_ARG(buf_str(&b)));
	buf_free(&b);
	return false;
}

/* One line of the text, added to the passage that is open. */
static bool line_add(struct op *op, struct template *t, struct str line, int number)
{
	struct piece *piece = &t->piece[t->n - 1];
	if (piece->n && !part_add(op, t, W_NONE, STR(" "), number))
		return false;
	while (line.n) {
		const char *open = memmem(line.p, line.n, "{{", 2), *close = open ? memmem(open, line.n - (size_t)(open - line.p), "}}", 2) : NULL;
		if (open && !close)
			return err_set(&op->err, INVALID, "text", "Line %d: \"{{\" without \"}}\".", number);
		if (!open)
			return part_add(op, t, W_NONE, line, number);
		if (open > line.p && !part_add(op, t, W_NONE, (struct str){ line.p, (size_t)(open - line.p) }, number))
			return false;
		if (!field_add(op, t, str_trim((struct str){ open + 2, (size_t)(close - open) - 2 }), number))
			return false;
		line = (struct str){ close + 2, line.n - (size_t)(close + 2 - line.p) };
	}
	return true;
}

static bool piece_open(struct op *op, struct template *t, enum passage_sort sort, int line)
{
	if (t->n == PASSAGES_MAX)
		return err_set(&op->err, TOO_BIG, "text", "Line %d: a letter has at most %d paragraphs.", line, PASSAGES_MAX);
	t->piece[t->n++] = (struct piece){ .sort = sort, .first = t->parts };
	return true;
}

static bool blocks_alone(struct op *op, const struct template *t, int line)
{
	const struct piece *p = &t->piece[t->n - 1];
	for (size_t i = 0; i < p->n && p->n > 1; i++)
		if (t->part[p->first + i].word >= B_KINDS)
			return err_set(&op->err, INVALID, "text", "Line %d: {{ kinds }}, {{ advice }}, {{ monitoring }} and {{ bureaus }} stand alone, between empty lines.", line);
	return true;
}

static struct template *template_parse(struct op *op, struct str text, enum language language, int number)
{
	struct template *t = ARENA_NEW(op->a, struct template);
	bool open = false;                               /* the next plain line goes on with this passage */
	t->language = language;
	for (; text.p; number++) {
		struct str line = str_trim(str_split(&text, '\n'));
		enum passage_sort sort = PASSAGE_TEXT;
		size_t skip = 0;
		if (str_starts(line, STR("## ")))
			sort = PASSAGE_HEADING, skip = 3;
		else if (str_starts(line, STR("# ")))
			sort = PASSAGE_TITLE, skip = 2;
		else if (str_starts(line, STR("- ")))
			sort = PASSAGE_BULLET, skip = 2;
		else if (line.n > 3 && line.p[0] >= '1' && line.p[0] <= '9' && line.p[1] == '.' && line.p[2] == ' ')
			sort = PASSAGE_NUMBERED, skip = 3;
		if (line.n && (skip || !open) && !piece_open(op, t, sort, number))
			return NULL;
		line = str_trim((struct str){ line.p + skip, line.n - skip });
		if (line.n && (!line_add(op, t, line, number) || !blocks_alone(op, t, number)))
			return NULL;
		open = line.n && sort != PASSAGE_TITLE && sort != PASSAGE_HEADING;
	}
	return t;
}

/* Stored in a round: "%% NAME" on a line of its own, then that text. Languages en and es; en.correction for those who prove not to
 * be at risk; an owner's own text has the languages it was written in. */
static struct str section(struct str stored, struct str name)
{
	while (stored.p) {
		struct str line = str_trim(str_split(&stored, '\n'));
		if (str_starts(line, STR("%% ")) && str_eq(str_trim((struct str){ line.p + 3, line.n - 3 }), name)) {
			const char *next = stored.p ? memmem(stored.p, stored.n, "\n%% ", 4) : NULL;
			return next ? (struct str){ stored.p, (size_t)(next - stored.p) + 1 } : stored;
		}
	}
	return (struct str){ NULL, 0 };
}

/* Sections like "en.US-MA": for those under one law. */
static bool variants_parse(struct op *op, struct str stored, int added, struct templates *out)
{
	struct str rest = stored;
	for (int line = 1 - added; rest.p; line++) {
		struct str name = str_trim(str_split(&rest, '\n'));
		if (!str_starts(name, STR("%% ")))
			continue;
		name = str_trim((struct str){ name.p + 3, name.n - 3 });
		struct str code = name, text = section(stored, name), language = str_split(&code, '.');
		if (!code.p || str_eq(code, STR("correction")))
			continue;
		size_t v = 0;
		while (v < out->variants && !str_eq(out->variant[v].code, code))
			v++;
		if (v == VARIANTS || (!str_eq(language, STR("en")) && !str_eq(language, STR("es"))))
			return err_set(&op->err, INVALID, "text", "Line %d: \"%%%% " STR_FMT "\" begins no text. A text for people under one law begins like \"%%%% en.US-MA\", at most %d of them.", line, STR_ARG(name), VARIANTS);
		enum language l = str_eq(language, STR("es")) ? SPANISH : ENGLISH;
		out->variant[v].code = code;
		out->variants += v == out->variants;
		if (!(out->variant[v].in[l] = template_parse(op, text, l, line + 1)))
			return false;
	}
	return true;
}

/* added: lines that stand in `stored` before the owner's first one; errors name the owner's lines. */
static bool sections_parse(struct op *op, struct str stored, int added, struct templates *out)
{
	static const char *const names[] = { "en", "es" }, *const corrections[] = { "en.correction", "es.correction" };
	*out = (struct templates){ 0 };
	for (int l = ENGLISH; l <= SPANISH; l++) {
		struct str text = section(stored, str_of(names[l])), correction = section(stored, str_of(corrections[l]));
		int line = 1 - added;
		for (const char *p = stored.p; text.p && p < text.p; p++)
			line += *p == '\n';
		if ((text.p && !(out->in[l] = template_parse(op, text, (enum language)l, line))) ||
		    (correction.p && !(out->correction[l] = template_parse(op, correction, (enum language)l, 1))))
			return false;
	}
	if (!out->in[ENGLISH] && !out->in[SPANISH])
		return err_set(&op->err, INVALID, "text", "The text is empty.");
	if (!variants_parse(op, stored, added, out))
		return false;
	for (int l = ENGLISH; l <= SPANISH; l++)
		if (!out->in[l])
			out->in[l] = out->in[!l];
	return true;
}

bool templates_parse(struct op *op, struct str stored, struct templates *out)
{
	return sections_parse(op, stored, 0, out);
}

struct str templates_text(struct str stored, enum language l)
{
	return section(stored, language_code(l));
}

struct str templates_with_corrections(struct op *op, struct str stored, struct str before)
{
	static const char *const names[] = { "en.correction", "es.correction" };
	for (size_t i = 0; i < LENGTH(names); i++) {
		struct str text = section(before, str_of(names[i]));
		if (text.p && !section(stored, str_of(names[i])).p)
			stored = arena_say(op->a, STR_FMT "\n%%%% %s\n" STR_FMT, STR_ARG(stored), names[i], STR_ARG(text));
	}
	return stored;
}

struct str templates_builtin(struct op *op)
{
	return arena_say(op->a, "%%%% en\n" STR_FMT "\n%%%% es\n" STR_FMT "\n%%%% en.correction\n" STR_FMT "\n%%%% es.correction\n" STR_FMT, STR_ARG(data_first_en_txt),
	                 STR_ARG(data_first_es_txt), STR_ARG(data_correction_en_txt), STR_ARG(data_correction_es_txt));
}

static bool has_heading(const struct template *t, struct str wanted)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; t->piece[i].sort == PASSAGE_HEADING && k < t->piece[i].n; k++) {
			struct str s = t->part[t->piece[i].first + k].text;
			for (size_t at = 0; at + wanted.n <= s.n; at++)
				if (str_eq_nocase((struct str){ s.p + at, wanted.n }, wanted))
					return true;
		}
	return false;
}

static bool headings_there(struct op *op, const struct template *t)
{
	/* the form of Cal. Civ. Code 1798.82(d)(1), which meets every other state's list; another language puts them in brackets */
	static const char *const headings[] = { "What Happened", "What Information Was Involved", "What We Are Doing", "What You Can Do", "For More Information" };
	struct buf b = BUF(300);
	for (size_t h = 0; h < LENGTH(headings); h++)
		if (!has_heading(t, str_of(headings[h])))
			buf_printf(&b, "%s\"## %s\"", b.n ? ", " : "", headings[h]);
	bool good = !b.n || err_set(&op->err, INVALID, "text", "A first notice needs these headings, each on a line of its own: " STR_FMT ".", STR_ARG(buf_str(&b)));
	buf_free(&b);
	return good;
}

static bool no_card_in(struct op *op, struct str text)
{
	struct hit hit;
	int line = 1;
	const char *masked = detect_masked(text);
	if (!masked && !detect(text, &hit, 1))
		return true;
	for (size_t i = 0, at = masked ? (size_t)(masked - text.p) : hit.from; i < at; i++)
		line += text.p[i] == '\n';
	return err_set(&op->err, REFUSED, "text", "Line %d: there is a card number. Take it out; a notice never carries one.", line);
}

/* Behind an own text: ours for those whose law does not let a letter say what happened, where it has none for them. */
static bool with_quiet(struct op *op, const struct templates *t, struct str *stored)
{
	struct law *law;
	size_t laws;
	if (!laws_in_force(op, &law, &laws))
		return false;
	for (size_t i = 0; i < laws; i++) {
		bool there = !law_letter_wants(&law[i], 0, "must_not_state_nature_of_breach");
		for (size_t v = 0; v < t->variants; v++)
			there |= str_eq(t->variant[v].code, law[i].code);
		if (!there)
			*stored = arena_say(op->a, STR_FMT "\n%%%% en." STR_FMT "\n" STR_FMT "\n%%%% es." STR_FMT "\n" STR_FMT, STR_ARG(*stored), STR_ARG(law[i].code), STR_ARG(data_first_en_txt),
			                    STR_ARG(law[i].code), STR_ARG(data_first_es_txt));
	}
	return true;
}

bool templates_own(struct op *op, struct str text, bool first_notice, struct str *stored)
{
	struct templates t;
	if (text.n > OWN_MAX || !str_utf8(text))
		return err_set(&op->err, INVALID, "text", "The text is not UTF-8, or longer than %d KiB.", OWN_MAX >> 10);
	if (!no_card_in(op, text))
		return false;
	/* a text without marks of languages is in the business's own */
	bool marked = section(text, STR("en")).p || section(text, STR("es")).p;
	struct str language = op_setting(op, "language");
	*stored = marked ? text : arena_say(op->a, "%%%% %s\n" STR_FMT, str_starts(language, STR("es")) ? "es" : "en", STR_ARG(text));
	if (!sections_parse(op, *stored, marked ? 0 : 1, &t))
		return false;
	for (int l = ENGLISH; l <= SPANISH; l++) {
		const struct template *one = t.in[l];
		if (!one->n || one->piece[0].sort != PASSAGE_TITLE)
			return err_set(&op->err, INVALID, "text", "A notice begins with its title: a line like \"# Notice of Data Breach\".");
		if (first_notice && !headings_there(op, one))
			return false;
	}
	return !first_notice || with_quiet(op, &t, stored);
}

/* ---- what a language says: KEY=PHRASE lines ---- */

enum { PHRASES_MAX = 240 };
struct phrases { struct { struct str key, phrase; } of[PHRASES_MAX]; size_t n; struct str kind[KIND_COUNT]; };

static const struct phrases *phrases_of(enum language l)
{
	static struct phrases all[2];                    /* read once, of the program's own bytes */
	struct phrases *p = &all[l];
	struct str text = l == SPANISH ? data_words_es_txt : data_words_en_txt;
	if (p->n)
		return p;
	while (text.p) {
		struct str line = str_split(&text, '\n');
		const char *equals = line.n && *line.p != '#' ? memchr(line.p, '=', line.n) : NULL;
		enum kind kind;
		if (!equals)
			continue;
		assert(p->n < PHRASES_MAX);
		struct str key = { line.p, (size_t)(equals - line.p) }, said = { equals + 1, line.n - key.n - 1 };
		p->of[p->n].key = key, p->of[p->n++].phrase = said;
		if (kind_parse(key, &kind))
			p->kind[kind] = said;
	}
	return p;
}

static struct str lookup(enum language l, const char *key)
{
	const struct phrases *p = phrases_of(l);
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->of[i].key, str_of(key)))
			return p->of[i].phrase;
	return STR("");
}

struct str notice_bounce_words(enum bounce_class class, enum bounce_reason reason, bool final, const char *language)
{
	char key[40];
	snprintf(key, sizeof key, "bounce.%s", bounce_reason_name(class == BOUNCE_SOFT && !final ? WHY_DELAYED : reason));
	return lookup(*language == 'e' && language[1] == 's' ? SPANISH : ENGLISH, key);
}

/* %1 to %3 in a phrase; a control character in a value becomes a space */
static struct str phrase(struct op *op, enum language l, const char *key, const struct str *value)
{
	struct str s = lookup(l, key);
	struct buf b = BUF(LETTER_MAX);
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

/* As a phone counts: what UTF-16 needs two units for counts twice. */
static size_t units(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80, n += (unsigned char)s.p[i] >= 0xF0;
	return n;
}

static struct str units_first(struct str s, size_t most)
{
	size_t end = 0;
	for (size_t i = 0; i < s.n; end = ++i) {
		while (i + 1 < s.n && ((unsigned char)s.p[i + 1] & 0xC0) == 0x80)
			i++;
		if (units((struct str){ s.p, i + 1 }) > most)
			break;
	}
	return str_trim((struct str){ s.p, end });
}

/* What is too long is said shorter: the business's name first, then without the link, which is never cut. */
struct str sms_words(struct op *op, const struct telling *t, struct str link)
{
	enum { NAME = 60, NAME_LEAST = 12, NUMBER = 30 };
	struct str value[] = { units_first(plain_line(op, t->business), NAME), units_first(plain_line(op, t->phone), NUMBER), link };
	const char *key = link.n ? "sms.link" : "sms";
	struct str text = phrase(op, t->language, key, value);
	size_t name = units(value[0]), over = units(text) > SMS_MAX ? units(text) - SMS_MAX : 0;
	if (!over)
		return text;
	if (link.n && name < over + NAME_LEAST)
		return sms_words(op, t, STR(""));
	value[0] = units_first(value[0], name - over);
	return phrase(op, t->language, key, value);
}

struct str script_line(struct op *op, size_t n, struct str business, struct str what, struct str phone, const char *language)
{
	char key[16];
	snprintf(key, sizeof key, "script.%zu", n);
	return phrase(op, *language == 'e' && language[1] == 's' ? SPANISH : ENGLISH, key, (const struct str[]){ plain_line(op, business), plain_line(op, what), plain_line(op, phone) });
}

struct str plain_line(struct op *op, struct str s)
{
	struct str out = arena_str(op->a, (struct str){ s.p, s.n < VALUE_MAX ? s.n : VALUE_MAX });
	while (out.n && out.n < s.n && ((unsigned char)s.p[out.n] & 0xC0) == 0x80)
		out.n--;                                 /* not within a character */
	for (size_t i = 0; i < out.n; i++)
		if ((unsigned char)out.p[i] < 0x20 || out.p[i] == 0x7F)
			((char *)(uintptr_t)out.p)[i] = ' ';
	return out;
}

static struct str ended(struct op *op, struct str s)
{
	s = str_trim(plain_line(op, s));
	return s.n && strchr(".!?", s.p[s.n - 1]) ? s : arena_say(op->a, STR_FMT ".", STR_ARG(s));
}

static struct str window_words(struct op *op, const struct telling *t, enum language l)
{
	const char *code = language_code(l).p;
	/* what has not come yet is not told as if it had */
	bool from = t->from > LONG_AGO && t->from <= t->at;
	bool to = t->to < FAR_OFF && (t->to - 1 <= t->at || str_eq(when_day_text(op->a, t->zone, t->to - 1, code), when_day_text(op->a, t->zone, t->at, code)));
	struct str last = to ? when_day_text(op->a, t->zone, t->to - 1, code) : STR("");
	struct str v[3] = { from ? when_day_text(op->a, t->zone, t->from, code) : last, last };
	return phrase(op, l, from && to ? str_eq(v[0], v[1]) ? "window.one" : "window.both" : from ? "window.from" : to ? "window.to" : "window.unknown", v);
}

static struct str yours_words(struct op *op, const struct telling *t, enum language l)
{
	const char *code = language_code(l).p;
	struct str v[3] = { { 0 } };
	if (!t->kinds)
		return STR("");
	if (!t->touches)
		return phrase(op, l, "yours.list", v);
	v[1] = when_day_text(op->a, t->zone, t->first, code), v[2] = when_day_text(op->a, t->zone, t->last, code);
	bool one_day = str_eq(v[1], v[2]);
	v[0] = one_day ? v[1] : arena_say(op->a, "%" PRId64, t->touches);
	return phrase(op, l, one_day ? "yours.one" : "yours.many", v);
}

struct str kind_words(enum language l, enum kind k)
{
	return phrases_of(l)->kind[k];
}

/* ---- the laws of where a customer lives ---- */

size_t laws_for(struct op *op, const struct telling *t, const struct law *out[PLACE_LAWS])
{
	struct str code[PLACE_LAWS], place = t->region.n && !str_eq(t->region, STR("US")) ? t->region : t->home;
	size_t codes = place.n ? laws_of_place(op->a, place, code) : 0, n = 0;
	for (size_t i = 0; i < codes; i++) {
		const struct law *l = law_named(t->law, t->laws, code[i]);
		if (l)
			out[n++] = l;
	}
	return n;
}

bool letter_wants(const struct law *const *law, size_t n, kinds k, const char *rule)
{
	for (size_t i = 0; i < n; i++)
		if (law_letter_wants(law[i], k, rule))
			return true;
	return false;
}

/* One customer's letter being filled. quiet: their law does not let it say what happened. */
struct filling { const struct telling *t; const struct law *law[PLACE_LAWS]; size_t laws; bool quiet; };

static struct str value_of(struct op *op, enum word w, const struct filling *f, enum language l)
{
	const struct telling *t = f->t;
	struct str v[3] = { plain_line(op, w == W_CALL ? t->phone : t->customer) };
	switch (w) {
	case W_GREETING: return phrase(op, l, t->customer.n ? "greeting.name" : "greeting", v);
	case W_NAME:     return v[0];
	case W_DATE:     return t->letter ? STR("") : when_day_text(op->a, t->zone, t->at, language_code(l).p);      /* a letter's stands at its head */
	case W_WHAT:     return f->quiet ? lookup(l, "what.no_nature") : ended(op, t->what[l]);
	case W_WINDOW:   return window_words(op, t, l);
	case W_YOURS:    return yours_words(op, t, l);
	case W_DOING:    return t->doing.n && !f->quiet ? ended(op, t->doing) : lookup(l, "doing");
	case W_CALL:     return phrase(op, l, t->phone.n ? "call.phone" : t->letter && t->address.n ? "call.letter" : !t->letter && t->reply ? "call.reply" : "call.none", v);
	case W_BUSINESS: return plain_line(op, t->business);
	case W_ADDRESS:  return plain_line(op, t->address);
	case W_PHONE:    return plain_line(op, t->phone);
	default:         return STR("");
	}
}

struct str our_words(enum language l, const char *key)
{
	return lookup(l, key);
}

struct str notice_title(const struct incident *i, bool spanish)
{
	return !spanish ? i->title : i->title_es.n ? i->title_es : lookup(SPANISH, "what.unsaid");
}

struct str public_words(struct op *op, const char *key, const struct telling *t, struct str third)
{
	struct str what = arena_say(op->a, STR_FMT " " STR_FMT, STR_ARG(ended(op, t->what[t->language])), STR_ARG(window_words(op, t, t->language)));
	return phrase(op, t->language, key, (const struct str[]){ plain_line(op, t->business), what, plain_line(op, third) });
}

/* ---- filling ---- */

static void add(struct op *op, struct words *w, enum passage_sort sort, struct str text)
{
	enum { STEP = 64 };
	if (w->n % STEP == 0) {
		struct passage *more = ARENA_ARRAY(op->a, struct passage, w->n + STEP);
		if (w->n)
			memcpy(more, w->passage, w->n * sizeof *more);
		w->passage = more;
	}
	w->passage[w->n++] = (struct passage){ sort, text };
}

static void add_kinds(struct op *op, struct words *w, const struct telling *t)
{
	const struct phrases *p = phrases_of(w->language);
	if (!t->kinds)
		add(op, w, PASSAGE_TEXT, lookup(w->language, "kinds.none"));
	kinds told = t->kinds & KINDS_ALL;
	if (told & KIND(CARD_NUMBER))
		told &= ~KIND(CARD_LAST4);               /* the number says it already */
	for (kinds k = told; k; k &= k - 1)
		add(op, w, PASSAGE_BULLET, p->kind[__builtin_ctzll(k)]);
}

/* "KINDS: step" or "KINDS unless KINDS: step": takes what stands before the step off it. */
static bool advice_fits(struct str *step, kinds exposed)
{
	struct str unless = str_split(step, ':'), bad, when = unless;
	kinds some, none = 0;
	const char *word = memmem(unless.p, unless.n, " unless ", 8);
	if (word) {
		when.n = (size_t)(word - unless.p);
		if (!kinds_parse((struct str){ word + 8, unless.n - when.n - 8 }, ',', &none, &bad))
			return false;
	}
	return step->p && kinds_parse(when, ',', &some, &bad) && (some & exposed) && !(none & exposed);
}

size_t notice_advice(kinds of, bool spanish, struct str *step, size_t most)
{
	struct str text = spanish ? data_advice_es_txt : data_advice_en_txt;
	size_t n = 0;
	while (text.p && n < most) {
		struct str one = str_split(&text, '\n');
		if (one.n && one.p[0] != '#' && advice_fits(&one, of))
			step[n++] = str_trim(one);
	}
	return n;
}

struct str notice_kinds(struct op *op, kinds of, bool spanish)
{
	const struct phrases *p = phrases_of(spanish ? SPANISH : ENGLISH);
	struct buf b = BUF(4000);
	for (int k = 0; k < KIND_COUNT; k++)
		if (of >> k & 1)
			buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(p->kind[k]));
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* In the ranked order of the data: three first steps, numbered; what is left is for later (Zou et al., CHI 2019: many unranked
 * actions are not taken). */
static void add_advice(struct op *op, struct words *w, const struct telling *t)
{
	struct str step[FIRST_STEPS + FURTHER_STEPS];
	size_t n = notice_advice(t->kinds, w->language == SPANISH, step, LENGTH(step));
	for (size_t i = 0; i < n; i++) {
		if (i == FIRST_STEPS)
			add(op, w, PASSAGE_TEXT, lookup(w->language, "later"));
		add(op, w, i < FIRST_STEPS ? PASSAGE_NUMBERED : PASSAGE_BULLET, step[i]);
	}
}

/* Who watches over this customer's credit, and their own code for it. */
static void add_monitoring(struct op *op, struct words *w, const struct telling *t)
{
	const struct offer *o = t->offer;
	if (!o || !t->code.n || !t->kinds || o->until < t->at)
		return;
	add(op, w, PASSAGE_TEXT, phrase(op, w->language, "monitoring", (const struct str[]){ arena_say(op->a, "%" PRId64, o->months), plain_line(op, o->vendor), { 0 } }));
	add(op, w, PASSAGE_TEXT, phrase(op, w->language, "monitoring.enrol", (const struct str[]){ plain_line(op, o->page), when_day_text(op->a, t->zone, o->until, language_code(w->language).p), { 0 } }));
	add(op, w, PASSAGE_TEXT, t->code);         /* on a line of its own, whole */
	if (o->phone.n)
		add(op, w, PASSAGE_TEXT, phrase(op, w->language, "monitoring.phone", (const struct str[]){ plain_line(op, o->phone), { 0 }, { 0 } }));
}

static bool has_block(const struct template *t, enum word block)
{
	for (size_t i = 0; i < t->parts; i++)
		if (t->part[i].word == block)
			return true;
	return false;
}

/* What a rule's words are about. false: nothing is known of it, and nothing is said. */
static bool wanted_values(struct op *op, const struct filling *f, const char *rule, enum language l, struct str v[3])
{
	const struct telling *t = f->t;
	if (strcmp(rule, "ag_contact") == 0) {
		const struct attorney *a = NULL;
		for (size_t i = 0; i < f->laws && !a; i++)
			a = law_attorney(f->law[i]->code);
		if (!a)
			return false;
		v[0] = l == SPANISH ? a->whom_es : a->whom, v[1] = a->contact;
	} else if (strcmp(rule, "discovery_date") == 0) {
		v[0] = when_day_text(op->a, t->zone, t->discovered, language_code(l).p);
		return t->discovered != 0;
	} else if (strcmp(rule, "number_affected") == 0) {
		v[0] = arena_say(op->a, "%" PRId64, t->affected);
		return t->affected > 0;
	} else if (strcmp(rule, "parent_company_name") == 0) {
		v[0] = plain_line(op, t->parent);
		return t->parent.n > 0;
	}
	return true;
}

/* What the law wants besides: the bureaus' numbers and addresses where such a number was exposed (Cal. Civ. Code 1798.82(d)(2)(F)) or the state wants them always,
 * and what else data/letter-rules.csv knows of this customer's laws. */
static void add_wanted(struct op *op, struct words *w, const struct filling *f)
{
	static const char *const keys[] = { "bureaus", "bureaus.1", "bureaus.2", "bureaus.3", "bureaus.4" };
	static const char *const rules[] = { "freeze_info", "vigilance_advice", "credit_report_offer", "ag_contact", "police_report_right", "police_report_advice", "fcra_rights", "discovery_date",
		"number_affected", "likely_consequences", "law_enforcement_delay", "right_to_complain", "parent_company_name" };
	const struct telling *t = f->t;
	if (letter_wants(f->law, f->laws, t->kinds, "credit_bureaus") || letter_wants(f->law, f->laws, t->kinds, "freeze_info") ||
	    t->kinds & (KIND(SSN) | KIND(TAX_ID) | KIND(NATIONAL_ID) | KIND(STATE_ID) | KIND(DRIVERS_LICENCE) | KIND(OTHER_GOVERNMENT_ID)))
		for (size_t i = 0; i < LENGTH(keys); i++)
			add(op, w, i ? PASSAGE_BULLET : PASSAGE_TEXT, lookup(w->language, keys[i]));
	else if (letter_wants(f->law, f->laws, t->kinds, "ftc"))
		add(op, w, PASSAGE_TEXT, lookup(w->language, "bureaus.4"));
	for (size_t i = 0; i < LENGTH(rules); i++) {
		struct str v[3] = { { 0 } };
		bool cards = t->kinds & (KIND(CARD_NUMBER) | KIND(CARD_CODE) | KIND(CARD_TRACK) | KIND(CARD_PIN));
		const char *more = strcmp(rules[i], "likely_consequences") == 0 && cards ? ".card" : strcmp(rules[i], "law_enforcement_delay") == 0 && t->waited ? ".waited" : "";
		if (letter_wants(f->law, f->laws, t->kinds, rules[i]) && wanted_values(op, f, rules[i], w->language, v))
			add(op, w, PASSAGE_TEXT, phrase(op, w->language, arena_printf(op->a, "add.%s%s", rules[i], more), v));
	}
}

/* In their language where it is there: for those under one law, for who is not at risk after all, else for everybody. */
static const struct template *template_for(const struct templates *all, const struct filling *f)
{
	const struct telling *t = f->t;
	if (!t->kinds && all->correction[t->language])
		return all->correction[t->language];
	for (size_t v = 0; v < all->variants && t->kinds; v++)
		for (size_t i = 0; i < f->laws; i++)
			if (str_eq(f->law[i]->code, all->variant[v].code))
				return all->variant[v].in[t->language] ? all->variant[v].in[t->language] : all->variant[v].in[!t->language];
	return all->in[t->language];
}

void templates_fill(struct op *op, const struct templates *templates, const struct telling *told, struct words *out)
{
	struct filling f = { .t = told };
	f.laws = laws_for(op, told, f.law);
	f.quiet = told->kinds && letter_wants(f.law, f.laws, told->kinds, "must_not_state_nature_of_breach");
	const struct template *t = template_for(templates, &f);
	struct words w = { .language = t->language };
	for (size_t i = 0; i < t->n; i++) {
		const struct piece *piece = &t->piece[i];
		const struct part *part = &t->part[piece->first];
		struct buf b = BUF(LETTER_MAX);
		for (size_t k = 0; k < piece->n; k++)
			buf_put(&b, part[k].word == W_NONE ? part[k].text : value_of(op, part[k].word, &f, w.language));
		struct str text = str_trim(buf_str(&b));
		if (part->word == B_KINDS)
			add_kinds(op, &w, told);
		else if (part->word == B_ADVICE)
			add_advice(op, &w, told);
		else if (part->word == B_MONITORING)
			add_monitoring(op, &w, told);
		else if (part->word == B_BUREAUS)
			add_wanted(op, &w, &f);
		else if (text.n)
			add(op, &w, piece->sort, arena_str(op->a, text));
		buf_free(&b);
	}
	if (!has_block(t, B_MONITORING))                 /* an own text without a place for it: whoever is owed a code has it all the same */
		add_monitoring(op, &w, told);
	*out = w;
}

void words_where(struct op *op, struct words *w, struct str link, struct str page, struct str code)
{
	struct str v[3] = { page };
	if (link.n) {
		add(op, w, PASSAGE_TEXT, lookup(w->language, "page.mail"));
		add(op, w, PASSAGE_TEXT, link);
	}
	add(op, w, PASSAGE_TEXT, phrase(op, w->language, link.n ? "page.code" : "page.letter", v));
	add(op, w, PASSAGE_TEXT, code);            /* on a line of its own, whole */
}

struct str words_subject(struct op *op, const struct words *w, const struct telling *t)
{
	struct str v[3] = { w->passage[0].text, plain_line(op, t->business) };
	return phrase(op, w->language, "subject", v);
}

/* ---- as plain text, as HTML ---- */

static size_t letters_in(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

/* Broken at spaces, so that no line is longer than a screen's */
static void wrapped(struct buf *b, struct str s, size_t indent)
{
	enum { WIDTH = 72 };
	size_t column = indent;
	for (bool first = true; s.p; first = false) {
		struct str word = str_split(&s, ' ');
		size_t wide = letters_in(word);
		if (!first && column + 1 + wide > WIDTH) {
			buf_byte(b, '\n');
			for (size_t i = 0; i < indent; i++)
				buf_byte(b, ' ');
			column = indent;
		} else if (!first) {
			buf_byte(b, ' ');
			column++;
		}
		buf_put(b, word);
		column += wide;
	}
	buf_byte(b, '\n');
}

static bool in_list(enum passage_sort s)
{
	return s == PASSAGE_BULLET || s == PASSAGE_NUMBERED;
}

struct str words_text(struct op *op, const struct words *w)
{
	struct buf b = BUF(LETTER_MAX);
	const struct passage *p = w->passage;
	for (size_t i = 0, number = 0; i < w->n; i++) {
		number = p[i].sort == PASSAGE_NUMBERED ? number + 1 : 0;
		if (i && !(in_list(p[i].sort) && p[i - 1].sort == p[i].sort))
			buf_byte(&b, '\n');
		if (p[i].sort == PASSAGE_BULLET)
			buf_put(&b, STR("- "));
		if (p[i].sort == PASSAGE_NUMBERED)
			buf_printf(&b, "%zu. ", number);
		wrapped(&b, p[i].text, p[i].sort == PASSAGE_BULLET ? 2 : p[i].sort == PASSAGE_NUMBERED ? 3 : 0);
		for (size_t k = 0, n = letters_in(p[i].text); p[i].sort == PASSAGE_TITLE && k < n && k < 72; k++)
			buf_byte(&b, '=');
		if (p[i].sort == PASSAGE_TITLE)
			buf_byte(&b, '\n');
	}
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* An address alone. */
static bool is_link(struct str s)
{
	return (str_starts(s, STR("https://")) || str_starts(s, STR("http://localhost:"))) && !memchr(s.p, ' ', s.n);
}

struct str words_html(struct op *op, const struct words *w)
{
	static const char *const tags[] = { [PASSAGE_TITLE] = "h1", [PASSAGE_HEADING] = "h2", [PASSAGE_TEXT] = "p", [PASSAGE_BULLET] = "li", [PASSAGE_NUMBERED] = "li" };
	struct buf b = BUF(LETTER_MAX);
	const struct passage *p = w->passage;
	buf_printf(&b, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>", language_code(w->language).p);
	buf_markup(&b, w->n ? p[0].text : STR(""));
	buf_put(&b, STR("</title></head>\n<body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em\">\n"));
	for (size_t i = 0; i < w->n; i++) {
		const char *around = p[i].sort == PASSAGE_BULLET ? "ul" : "ol";
		if (in_list(p[i].sort) && (!i || p[i - 1].sort != p[i].sort))
			buf_printf(&b, "<%s>\n", around);
		bool link = is_link(p[i].text);
		buf_printf(&b, "<%s>", tags[p[i].sort]);
		if (link) {
			buf_put(&b, STR("<a href=\""));
			buf_markup(&b, p[i].text);
			buf_put(&b, STR("\">"));
		}
		buf_markup(&b, p[i].text);
		buf_printf(&b, "%s</%s>\n", link ? "</a>" : "", tags[p[i].sort]);
		if (in_list(p[i].sort) && (i + 1 == w->n || p[i + 1].sort != p[i].sort))
			buf_printf(&b, "</%s>\n", around);
	}
	buf_put(&b, STR("</body></html>\n"));
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}
