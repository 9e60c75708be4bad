/* html - escaping, and looking words up in a catalogue. */
#include "html.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- words: a .mo file (GNU gettext manual, "The Format of GNU MO Files"): sorted pairs of texts ---- */

static struct str catalogue[2];

void words_load(enum language language, struct str mo)
{
	struct cursor c = cursor_of(mo);
	catalogue[language] = cursor_u32(&c) == 0x950412de ? mo : (struct str){ 0 };
}

static uint32_t number_at(struct str mo, size_t at)
{
	struct cursor c = cursor_of((struct str){ mo.p + at, at + 4 <= mo.n ? 4 : 0 });
	return cursor_u32(&c);
}

/* The i-th original (table 12) or translation (table 16). A 0 follows it in the file. */
static const char *text_at(struct str mo, size_t table, uint32_t i)
{
	return mo.p + number_at(mo, number_at(mo, table) + (size_t)8 * i + 4);
}

const char *words_of(enum language language, const char *english)
{
	struct str mo = catalogue[language];
	uint32_t low = 0, high = mo.n ? number_at(mo, 8) : 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int c = strcmp(english, text_at(mo, 12, middle));
		if (c == 0)
			return text_at(mo, 16, middle);
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return english;
}

/* ---- sentences whole: the form is found by its fixed parts ---- */

enum { FORM_PLACES = 8, FIXED_LEAST = 6, NESTED = 2 };

/* At a place of printf's: its length; 0: there is none. %% is none. */
static size_t place_at(const char *p)
{
	size_t n = *p == '%' ? 1 + strspn(p + 1, "-0123456789.*") : 0;
	n += n ? strspn(p + n, "lz") : 0;
	return n && p[n] && strchr("sducfx", p[n]) ? n + 1 : 0;
}

/* The fixed part of a form from p on, to the next place or the end. */
static struct str fixed_at(const char *p)
{
	size_t n = 0;
	while (p[n] && !place_at(p + n))
		n++;
	return (struct str){ p, n };
}

/* Whether a sentence has this form: how many of its bytes are the form's own, and what stands in its places. 0: it has not, or the form has no place. */
static size_t form_fits(const char *form, struct str said, struct str given[FORM_PLACES])
{
	struct str fixed = fixed_at(form);
	size_t own = fixed.n, n = 0;
	if (!form[fixed.n] || !str_starts(said, fixed))
		return 0;
	said.p += fixed.n, said.n -= fixed.n, form += fixed.n;
	while (*form && n < FORM_PLACES) {
		form += place_at(form);
		fixed = fixed_at(form);
		form += fixed.n;
		own += fixed.n;
		if (fixed.n > said.n)
			return 0;
		const char *at = !*form ? said.p + said.n - fixed.n : fixed.n ? memmem(said.p, said.n, fixed.p, fixed.n) : said.p;
		if (!at || memcmp(at, fixed.p, fixed.n) != 0)
			return 0;
		given[n++] = (struct str){ said.p, (size_t)(at - said.p) };
		said.n -= (size_t)(at - said.p) + fixed.n, said.p = at + fixed.n;
	}
	return *form || said.n || own < FIXED_LEAST ? 0 : own;
}

/* "12 letters", as counted() of base says it: by the plural "{n} letters". NULL: the catalogue has none. */
static const char *counted_form(struct str mo, struct str english, size_t digits)
{
	struct str rest = { english.p + digits, english.n - digits };
	for (uint32_t i = 0, n = number_at(mo, 8); i < n; i++) {
		const char *one = text_at(mo, 12, i), *to = text_at(mo, 16, i), *many = one + strlen(one) + 1;
		if (strncmp(one, "{n}", 3) != 0 || number_at(mo, number_at(mo, 12) + (size_t)8 * i) == strlen(one))
			continue;
		if (str_eq(rest, str_of(many + 3)))
			return to + strlen(to) + 1;
		if (str_eq(rest, str_of(one + 3)))
			return to;
	}
	return NULL;
}

static struct str words_nested(struct arena *a, enum language language, struct str english, int depth)
{
	struct str mo = catalogue[language], given[FORM_PLACES], best[FORM_PLACES];
	/* a single word may be a name that somebody gave */
	if (!mo.n || !depth || !memchr(english.p, ' ', english.n))
		return english;
	const char *plain = arena_printf(a, STR_FMT, STR_ARG(english)), *own = words_of(language, plain), *form = NULL;
	size_t most = 0;
	if (own != plain)
		return str_of(own);
	size_t digits = strspn(plain, "0123456789,");
	const char *counted = digits ? counted_form(mo, english, digits) : NULL, *number = counted ? strstr(counted, "{n}") : NULL;
	if (number)
		return arena_say(a, "%.*s%.*s%s", (int)(number - counted), counted, (int)digits, plain, number + 3);
	for (uint32_t i = 0, n = number_at(mo, 8); i < n; i++) {
		size_t fixed = form_fits(text_at(mo, 12, i), english, given);
		if (fixed > most) {
			most = fixed, form = text_at(mo, 16, i);
			memcpy(best, given, sizeof best);
		}
	}
	if (!form)
		return english;
	struct buf b = BUF(64 << 10);
	for (size_t n = 0; *form;) {
		struct str fixed = fixed_at(form);
		buf_put(&b, fixed);
		form += fixed.n;
		size_t place = place_at(form);
		if (*form && n < FORM_PLACES && !(place > 3 && memcmp(form, "%.0", 3) == 0))
			buf_put(&b, words_nested(a, language, best[n], depth - 1));
		n++;
		form += place;
	}
	struct str said = arena_str(a, buf_str(&b));
	buf_free(&b);
	return said;
}

struct str words_fit(struct arena *a, enum language language, struct str english)
{
	return words_nested(a, language, english, NESTED);
}

/* ---- escaping ---- */

/* How many bytes the character at the beginning takes; 0: it is none. */
static size_t character(struct str s)
{
	for (size_t n = 1; n <= 4 && n <= s.n; n++)
		if (str_utf8((struct str){ s.p, n }))
			return n;
	return 0;
}

static struct str escape_of(char c)
{
	switch (c) {
	case '&': return STR("&amp;");
	case '<': return STR("&lt;");
	case '>': return STR("&gt;");
	case '"': return STR("&quot;");
	case '\'': return STR("&#39;");
	}
	return (struct str){ NULL, 0 };
}

void html_str(struct html *o, struct str s)
{
	bool sound = str_utf8(s);
	size_t from = 0;
	for (size_t i = 0; i < s.n;) {
		size_t n = sound ? 1 : character((struct str){ s.p + i, s.n - i });
		struct str as = n ? escape_of(s.p[i]) : STR("\xEF\xBF\xBD");
		if (as.p) {
			buf_put(o->b, (struct str){ s.p + from, i - from });
			buf_put(o->b, as);
			from = i + 1;
		}
		i += n ? n : 1;
	}
	buf_put(o->b, (struct str){ s.p + from, s.n - from });
}

void html_text(struct html *o, const char *s)
{
	html_str(o, str_of(s));
}

void html_safe(struct html *o, struct safe s)
{
	buf_put(o->b, s.s);
}

void html_raw(struct html *o, const char *s)
{
	buf_put(o->b, str_of(s));
}

void html_said(struct html *o, struct said s)
{
	html_text(o, words_of(o->language, s.english));
}

void html_i64(struct html *o, int64_t n)
{
	buf_printf(o->b, "%" PRId64, n);
}

void html_u64(struct html *o, uint64_t n)
{
	buf_printf(o->b, "%" PRIu64, n);
}

void html_plural(struct html *o, struct plural p)
{
	/* both languages have one form for 1 and one for the rest; msgfmt puts a 0 between the two */
	const char *text = words_of(o->language, p.one), *at;
	if (p.n != 1)
		text = text == p.one ? p.many : text + strlen(text) + 1;
	if (!(at = strstr(text, "{n}"))) {
		html_text(o, text);
		return;
	}
	char digits[32];
	size_t n = (size_t)snprintf(digits, sizeof digits, "%" PRId64, p.n);
	html_str(o, (struct str){ text, (size_t)(at - text) });
	for (size_t i = 0; i < n; i++) {
		buf_byte(o->b, digits[i]);
		if ((n - i - 1) % 3 == 0 && i + 1 < n && digits[i] != '-')
			buf_byte(o->b, ',');            /* in the Spanish of the US as well */
	}
	html_text(o, at + 3);
}

static bool unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void html_url_str(struct html *o, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (unreserved(s.p[i]))
			buf_byte(o->b, s.p[i]);
		else
			buf_printf(o->b, "%%%02X", (unsigned char)s.p[i]);
}

void html_url_text(struct html *o, const char *s)
{
	html_url_str(o, str_of(s));
}

void html_path(struct html *o, struct path path)
{
	bool ours = path.s.n && path.s.p[0] == '/' && !(path.s.n > 1 && (path.s.p[1] == '/' || path.s.p[1] == '\\'));
	html_str(o, ours ? path.s : STR("/"));
}

void html_site(struct html *o, struct site site)
{
	html_str(o, str_starts(site.s, STR("https://")) ? site.s : STR("/"));
}

void html_csrf(struct html *o)
{
	html_raw(o, "<input type=\"hidden\" name=\"csrf\" value=\"");
	html_str(o, o->csrf);
	html_raw(o, "\">");
	if (!o->page.n)
		return;
	html_raw(o, "<input type=\"hidden\" name=\"page\" value=\"");
	html_str(o, o->page);
	html_raw(o, "\">");
}

/* ---- sentences with values ---- */

struct saying words_begin(const struct html *o, const char *english)
{
	return (struct saying){ words_of(o->language, english), -1 };
}

bool words_next(struct html *o, struct saying *w)
{
	const char *at = w->rest;
	while (*at && !(at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}'))
		at++;
	html_str(o, (struct str){ w->rest, (size_t)(at - w->rest) });
	w->place = *at ? at[1] - '0' : -1;
	w->rest = *at ? at + 3 : at;
	return *at != 0;
}
