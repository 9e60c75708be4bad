/* signs - the small formats by which a provider's front says what it does. See signs.h. */
#include "signs.h"

#include <jansson.h>

enum { LINES_MAX = 1000, TAGS_MAX = 50, TERMS_MAX = 200, ENTRIES_MAX = 200, TITLE_MAX = 300, ENTITY_MAX = 10 };

/* The next piece before `separator`, trimmed; p NULL: no more. */
static struct str piece(struct str *rest, char separator)
{
	struct str s = str_split(rest, separator);
	return s.p ? str_trim(s) : s;
}

static bool ends(struct str s, const char *end)
{
	size_t n = strlen(end);
	return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

static bool begins_nocase(struct str s, const char *start)
{
	struct str t = str_of(start);
	return s.n >= t.n && str_eq_nocase((struct str){ s.p, t.n }, t);
}

/* ---- HSTS ---- */

bool hsts_read(struct str header, int64_t *max_age)
{
	int64_t seconds = -1;
	for (int i = 0; header.p && i < TAGS_MAX; i++) {
		struct str value = piece(&header, ';'), name = piece(&value, '=');
		if (!str_eq_nocase(name, STR("max-age")))
			continue;
		if (value.p && (value = str_trim(value)).n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = (struct str){ value.p + 1, value.n - 2 };
		if (seconds >= 0 || !value.p || !str_i64(value, &seconds) || seconds < 0)
			return false;                    /* said twice, or unreadable: none of it counts */
	}
	if (seconds < 0)
		return false;
	*max_age = seconds;
	return true;
}

/* ---- security.txt ---- */

/* RFC 3339 with an offset: a local time would mean nothing. */
static bool moment(struct str s, struct zone *utc, int64_t *at)
{
	struct span span;
	bool offset = s.n > 19 && (s.p[s.n - 1] == 'Z' || s.p[s.n - 1] == 'z' || (s.n >= 25 && (s.p[s.n - 6] == '+' || s.p[s.n - 6] == '-')));
	if (!offset || !when_parse(s, utc, &span) || span.date_only)
		return false;
	*at = span.from;
	return true;
}

bool security_txt_read(struct str text, struct zone *utc, struct security_txt *out)
{
	struct security_txt t = { .contact = STR("") };
	unsigned expiries = 0;
	bool head = false, good = text.n <= SECURITY_TXT_MOST && str_utf8(text);
	for (int i = 0; text.p && good && i < LINES_MAX; i++) {
		struct str line = piece(&text, '\n'), name;
		if (str_eq(line, STR("-----BEGIN PGP SIGNED MESSAGE-----"))) {
			head = t.signed_text = true;
			continue;
		}
		if (str_eq(line, STR("-----BEGIN PGP SIGNATURE-----")))
			break;
		if (head) {                              /* its own headers, until an empty line */
			head = line.n > 0;
			continue;
		}
		if (!line.n || line.p[0] == '#')
			continue;
		if (t.signed_text && str_starts(line, STR("- ")))
			line = (struct str){ line.p + 2, line.n - 2 };
		name = piece(&line, ':');
		struct str value = line.p ? str_trim(line) : STR("");
		if (str_eq_nocase(name, STR("contact")) && value.n) {
			t.contact = t.contacts++ ? t.contact : value;
		} else if (str_eq_nocase(name, STR("expires"))) {
			expiries++;
			good = moment(value, utc, &t.expires);
		}
	}
	if (!good || !t.contacts || expiries != 1)
		return false;
	*out = t;
	return true;
}

/* ---- SPF ---- */

/* "include:x" without its qualifier */
static struct str mechanism(struct str term)
{
	return term.n && strchr("+-~?", term.p[0]) ? (struct str){ term.p + 1, term.n - 1 } : term;
}

static bool is_spf(struct str s)
{
	return begins_nocase(s, "v=spf1") && (s.n == 6 || s.p[6] == ' ');
}

void spf_read(const struct str *txt, size_t n, struct spf *out)
{
	static const char *const asks[] = { "include:", "a:", "a/", "mx:", "mx/", "ptr:", "exists:", "redirect=" };
	struct spf s = { .text = STR("") };
	for (size_t i = 0; i < n; i++)
		if (is_spf(txt[i]) && !s.records++)
			s.text = txt[i];
	struct str rest = s.text;
	for (int i = 0; rest.p && i < TERMS_MAX && s.records; i++) {
		struct str term = piece(&rest, ' '), m = mechanism(term);
		if (str_eq_nocase(m, STR("all")))
			s.all = term.n > m.n ? term.p[0] : '+';
		bool one = str_eq_nocase(m, STR("a")) || str_eq_nocase(m, STR("mx")) || str_eq_nocase(m, STR("ptr"));
		for (size_t k = 0; k < LENGTH(asks); k++)
			one |= begins_nocase(m, asks[k]);
		s.lookups += one;
		s.redirect |= begins_nocase(m, "redirect=");
	}
	*out = s;
}

bool spf_names(struct str text, struct str word)
{
	for (int i = 0; text.p && i < TERMS_MAX; i++)
		if (str_eq_nocase(mechanism(piece(&text, ' ')), word))
			return true;
	return false;
}

/* ---- DMARC ---- */

static void dmarc_one(struct str text, struct dmarc *d)
{
	bool policy = false;
	for (int i = 0; text.p && i < TAGS_MAX; i++) {
		struct str value = piece(&text, ';'), name = piece(&value, '=');
		value = value.p ? str_trim(value) : STR("");
		if (str_eq_nocase(name, STR("p")) && !policy) {
			policy = true;
			d->sound = str_eq_nocase(value, STR("none")) || str_eq_nocase(value, STR("quarantine")) || str_eq_nocase(value, STR("reject"));
			d->policy = str_eq_nocase(value, STR("reject")) ? DMARC_REJECT : str_eq_nocase(value, STR("quarantine")) ? DMARC_QUARANTINE : DMARC_NONE;
		} else if (str_eq_nocase(name, STR("pct")) && (!str_i64(value, &d->pct) || d->pct < 0 || d->pct > 100)) {
			d->pct = 100;                    /* RFC 7489, 6.3: what can't be read is as if it weren't there */
		} else if (str_eq_nocase(name, STR("rua"))) {
			d->reports = value;
		}
	}
}

void dmarc_read(const struct str *txt, size_t n, struct dmarc *out)
{
	struct dmarc d = { .pct = 100, .reports = STR("") };
	for (size_t i = 0; i < n; i++) {
		struct str rest = txt[i], first = piece(&rest, ';'), name = piece(&first, '=');
		if (!str_eq(name, STR("v")) || !first.p || !str_eq(str_trim(first), STR("DMARC1")))
			continue;
		if (!d.records++)
			dmarc_one(rest.p ? rest : STR(""), &d);
	}
	d.sound = d.sound && d.records == 1;
	*out = d;
}

/* ---- status pages ---- */

static bool word_at(struct str text, size_t at, const char *word)
{
	size_t n = strlen(word);
	bool start = at == 0 || !(((unsigned char)text.p[at - 1] | 0x20) >= 'a' && ((unsigned char)text.p[at - 1] | 0x20) <= 'z');
	return start && at + n <= text.n && str_eq_nocase((struct str){ text.p + at, n }, (struct str){ word, n });
}

bool speaks_of_breach(struct str s)
{
	static const char *const words[] = { "breach", "unauthori", "leak", "stolen", "compromis", "data exposure", "exposed data", "security incident", "cyber", "hack", "ransom", "phishing" };
	for (size_t i = 0; i < s.n; i++)
		for (size_t k = 0; k < LENGTH(words); k++)
			if (word_at(s, i, words[k]))
				return true;
	return false;
}

static void entry_told(struct status_said *s, struct str title, struct arena *a)
{
	title.n = title.n > TITLE_MAX ? TITLE_MAX : title.n;
	s->entries++;
	if (!s->worry.n && speaks_of_breach(title))
		s->worry = arena_str(a, title);
}

bool status_json(struct str text, struct status_said *out, struct arena *a)
{
	struct status_said s = { .line = STR(""), .worry = STR("") };
	json_t *root = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, NULL);
	const char *line = json_string_value(json_object_get(json_object_get(root, "status"), "description"));
	json_t *list = json_object_get(root, "incidents"), *entry;
	size_t i;
	if (line)
		s.line = arena_str(a, (struct str){ line, strnlen(line, TITLE_MAX) });
	json_array_foreach(list, i, entry) {
		const char *title = json_string_value(json_object_get(entry, "name"));
		if (title && s.entries < ENTRIES_MAX)
			entry_told(&s, str_of(title), a);
	}
	json_decref(root);
	if (line)
		*out = s;
	return line != NULL;
}

bool status_feed(struct str text, struct status_said *out, struct arena *a)
{
	struct status_said s = { .line = STR(""), .worry = STR("") };
	const char *end = text.p + text.n, *at = text.p;
	bool feed = text.n && (memmem(text.p, text.n, "<rss", 4) || memmem(text.p, text.n, "<feed", 5));
	while (feed && s.entries < ENTRIES_MAX) {
		const char *item = memmem(at, (size_t)(end - at), "<item", 5), *entry = memmem(at, (size_t)(end - at), "<entry", 6);
		item = !item || (entry && entry < item) ? entry : item;
		const char *open = item ? memmem(item, (size_t)(end - item), "<title", 6) : NULL;
		const char *from = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
		const char *to = from ? memmem(from, (size_t)(end - from), "</title", 7) : NULL;
		if (!to)
			break;
		struct buf plain = BUF(4 * TITLE_MAX);
		struct str raw = { from + 1, (size_t)(to - from - 1) };
		if (str_starts(raw, STR("<![CDATA[")) && ends(raw, "]]>"))
			raw = (struct str){ raw.p + 9, raw.n - 12 };
		html_plain(&plain, raw);
		entry_told(&s, buf_str(&plain), a);
		buf_free(&plain);
		at = to;
	}
	if (feed)
		*out = s;
	return feed;
}

/* ---- HTML ---- */

static void put_letter(struct buf *out, uint32_t c)
{
	if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) {
		buf_byte(out, ' ');
	} else if (c < 0x80) {
		buf_byte(out, (char)c);
	} else if (c < 0x800) {
		buf_byte(out, (char)(0xC0 | c >> 6)), buf_byte(out, (char)(0x80 | (c & 63)));
	} else {
		if (c < 0x10000)
			buf_byte(out, (char)(0xE0 | c >> 12));
		else
			buf_byte(out, (char)(0xF0 | c >> 18)), buf_byte(out, (char)(0x80 | (c >> 12 & 63)));
		buf_byte(out, (char)(0x80 | (c >> 6 & 63))), buf_byte(out, (char)(0x80 | (c & 63)));
	}
}

/* The letter that &...; stands for, without its & and ;. 0: none that is known. */
static uint32_t entity(struct str s)
{
	static const struct { const char *name; uint32_t letter; } known[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' }, { "nbsp", ' ' }, { "ndash", 0x2013 },
		{ "mdash", 0x2014 }, { "rsquo", 0x2019 }, { "lsquo", 0x2018 }, { "ldquo", 0x201C }, { "rdquo", 0x201D }, { "hellip", 0x2026 } };
	for (size_t i = 0; i < LENGTH(known); i++)
		if (str_eq(s, str_of(known[i].name)))
			return known[i].letter;
	bool hexadecimal = s.n > 2 && (s.p[1] | 0x20) == 'x';
	uint32_t letter = 0;
	if (s.n < 2 || s.p[0] != '#')
		return 0;
	for (size_t i = hexadecimal ? 2 : 1; i < s.n; i++) {
		char c = (char)(s.p[i] | 0x20);
		int digit = s.p[i] >= '0' && s.p[i] <= '9' ? s.p[i] - '0' : hexadecimal && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (digit < 0)
			return 0;
		letter = letter * (hexadecimal ? 16 : 10) + (uint32_t)digit;
	}
	return letter;
}

/* The end of what can't be read by people, when it begins here: a tag, a comment, script and style with all that is in them. */
static size_t skipped(struct str s, size_t at)
{
	static const struct { const char *open, *close; } whole[] = { { "<!--", "-->" }, { "<script", "</script" }, { "<style", "</style" } };
	struct str rest = { s.p + at, s.n - at };
	for (size_t i = 0; i < LENGTH(whole); i++)
		if (begins_nocase(rest, whole[i].open)) {
			size_t n = strlen(whole[i].close);
			for (size_t k = strlen(whole[i].open); k + n <= rest.n; k++)
				if (str_eq_nocase((struct str){ rest.p + k, n }, str_of(whole[i].close))) {
					rest = (struct str){ rest.p + k, rest.n - k };
					break;
				}
		}
	const char *close = memchr(rest.p, '>', rest.n);
	return close ? (size_t)(close + 1 - s.p) : s.n;
}

void html_plain(struct buf *out, struct str s)
{
	bool blank = false;
	size_t start = out->n;
	for (size_t i = 0; i < s.n && !out->full;) {
		uint32_t letter = 0;
		size_t next = i + 1;
		if (s.p[i] == '<' && next < s.n && (strchr("/!?", s.p[next]) || ((s.p[next] | 0x20) >= 'a' && (s.p[next] | 0x20) <= 'z'))) {
			bool breaks = begins_nocase((struct str){ s.p + i, s.n - i }, "<br") || begins_nocase((struct str){ s.p + i, s.n - i }, "<p") || begins_nocase((struct str){ s.p + i, s.n - i }, "<li");
			blank |= breaks;
			i = skipped(s, i);
			continue;
		}
		if (s.p[i] == '&') {
			const char *close = memchr(s.p + i, ';', s.n - i < ENTITY_MAX ? s.n - i : ENTITY_MAX);
			letter = close ? entity((struct str){ s.p + i + 1, (size_t)(close - s.p) - i - 1 }) : 0;
			next = letter ? (size_t)(close + 1 - s.p) : next;
		}
		if (letter == ' ' || (!letter && ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7F))) {
			blank = true;
		} else {
			if (blank && out->n > start)
				buf_byte(out, ' ');
			blank = false;
			if (letter)
				put_letter(out, letter);
			else
				buf_byte(out, s.p[i]);
		}
		i = next;
	}
}
