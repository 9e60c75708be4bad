/* whom - e-mail addresses, telephone numbers and dates in text and in pieces, by record. */
#include "whom.h"
#include "signs.h"
#include "when.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	CHUNK = 64 << 10, ROOM = 512 << 10,  /* what is looked at together, at most: a line, or a part of a long one; bytes that wait for it */
	HEAD = 256 << 10,                    /* the beginning, which says what sort of text it is */
	HELD_MAX = 256,                      /* contacts of one record that wait for its end; more are told of the whole file */
	DEPTH_MAX = 64, SEEN = 4096, COLUMNS_MAX = 256, EMAIL_MAX = 254, PHONE_MAX = 32, REFERENCE_MAX = 64
};

enum shape { WHOLE, ROWS, OBJECTS, LOG };
enum meaning { MEANS_PHONE = 1, MEANS_DATE = 2, MEANS_REFERENCE = 4, MEANS_NAME = 8, MEANS_ADDRESS = 16 };
struct held { enum contact_sort sort; uint32_t at, n; uint64_t line; };

struct whom {
	void (*found)(void *, const struct contact *);
	void *to;
	char *text; size_t n;                            /* not looked at yet */
	uint64_t base, line;                             /* offset of text[0]; line ends before it */
	bool begun, wide, big_endian;                    /* wide: UTF-16 */
	char *narrow;                                    /* a chunk of it as UTF-8, */
	uint32_t *map;                                   /* and where each byte comes from */
	enum shape shape;
	/* rows */
	char delimiter;
	unsigned char means[COLUMNS_MAX]; size_t columns;
	bool in_quotes, headed;
	/* objects: open brackets; bit set: [ */
	uint64_t brackets; int depth, object; bool in_string, escaped, object_lines; unsigned value_means;
	/* the record at work */
	uint64_t from;
	bool open;
	struct held held[HELD_MAX]; size_t held_n;
	struct buf words;
	uint64_t piece_record;
	kinds beside; bool named;                        /* of the record: what headings say of it; a contact stands in it */
	/* dates */
	int64_t oldest; bool dated, undated, date_here, records, made;       /* made: the document says when it was made */
	uint64_t seen[SEEN];
	uint8_t key[16];
};

struct whom *whom_open(void)
{
	struct whom *c = mem_zero(1, sizeof *c);
	c->text = mem_get(ROOM);
	c->narrow = mem_get(2 * CHUNK);
	c->map = mem_get((2 * CHUNK + 1) * sizeof *c->map);
	c->words = BUF(HELD_MAX * (EMAIL_MAX + 1));
	random_bytes(c->key, sizeof c->key);
	return c;
}

void whom_close(struct whom *c)
{
	if (!c)
		return;
	wipe(c->text, ROOM);
	free(c->text);
	free(c->narrow);
	free(c->map);
	buf_free(&c->words);
	free(c);
}

void whom_begin(struct whom *c, void (*found)(void *, const struct contact *), void *to)
{
	c->found = found;
	c->to = to;
	c->n = c->held_n = c->columns = 0;
	c->base = c->line = c->from = c->piece_record = 0;
	c->begun = c->wide = c->in_quotes = c->headed = c->in_string = c->escaped = c->object_lines = c->open = false;
	c->dated = c->undated = c->date_here = c->records = c->made = false;
	c->shape = WHOLE;
	c->named = false;
	c->beside = 0;
	c->value_means = 0;
	c->depth = c->object = 0;
	c->oldest = FAR_OFF;
	buf_clear(&c->words);
	memset(c->seen, 0, sizeof c->seen);
}

/* ---- telling ---- */

static bool seen_before(struct whom *c, struct str text, uint64_t record)
{
	uint64_t h = (hash64(text, c->key) ^ record * 0x9E3779B97F4A7C15u) | 1;
	uint64_t *slot = &c->seen[(h >> 32) % SEEN];
	bool known = *slot == h;
	*slot = h;
	return known;
}

static void tell_beside(struct whom *c, uint64_t from, uint64_t to)
{
	if (c->named && c->beside)
		c->found(c->to, &(struct contact){ .sort = CONTACT_BESIDE, .record = c->piece_record, .from = from, .to = to, .kinds = c->beside });
	c->named = false;
	c->beside = 0;
}

static void tell_held(struct whom *c, uint64_t to)
{
	for (size_t i = 0; i < c->held_n; i++) {
		const struct held *h = &c->held[i];
		c->found(c->to, &(struct contact){ .sort = h->sort, .text = { c->words.p + h->at, h->n }, .line = h->line, .from = c->from, .to = to });
	}
	c->held_n = 0;
	buf_clear(&c->words);
	tell_beside(c, c->from, to);
}

/* The record at work ends before `to`; the next begins there. */
static void record_ends(struct whom *c, uint64_t to)
{
	tell_held(c, to);
	if (c->records && !c->date_here)
		c->undated = true;
	c->date_here = c->records = false;
	c->from = to;
}

static void put(struct whom *c, enum contact_sort sort, struct str text)
{
	bool by_record = c->shape != WHOLE && (c->shape != OBJECTS || c->open);
	if (seen_before(c, text, by_record ? c->from + 1 : 0))
		return;
	c->named |= by_record;
	if (!by_record || c->held_n == HELD_MAX) {
		c->found(c->to, &(struct contact){ .sort = sort, .text = text, .line = c->line + 1 });
		return;
	}
	c->held[c->held_n++] = (struct held){ sort, (uint32_t)c->words.n, (uint32_t)text.n, c->line + 1 };
	buf_put(&c->words, text);
}

/* ---- e-mail addresses (what people use of RFC 5321) ---- */

static bool in_local(char ch) { return is_letter(ch) || is_digit(ch) || (ch & 0x80) || (ch && strchr("._%+-'", ch)); }
static bool in_domain(char ch) { return is_letter(ch) || is_digit(ch) || (ch & 0x80) || ch == '.' || ch == '-'; }

typedef void tell_fn(void *, enum contact_sort, struct str);

static void emails_in(struct str t, tell_fn *tell, void *to)
{
	for (const char *at = t.p, *end = t.p + t.n; (at = memchr(at, '@', (size_t)(end - at))) != NULL; at++) {
		const char *low = at, *high = at + 1;
		while (low > t.p && at - low < 64 && in_local(low[-1]))
			low--;
		while (low < at && strchr(".'-%", *low))
			low++;
		while (high < end && in_domain(*high))
			high++;
		while (high > at && (high[-1] == '.' || high[-1] == '-'))
			high--;
		const char *dot = memrchr(at, '.', (size_t)(high - at));
		bool good = low < at && dot && dot > at + 1 && high - dot > 2 && high - low <= EMAIL_MAX;
		for (const char *p = dot; good && ++p < high;)
			good = is_letter(*p) || (*p & 0x80);
		if (good)
			tell(to, CONTACT_EMAIL, (struct str){ low, (size_t)(high - low) });
	}
}

/* ---- telephone numbers ---- */

static size_t digits_at(struct str t, size_t at, size_t n)
{
	size_t k = 0;
	while (k < n && at + k < t.n && is_digit(t.p[at + k]))
		k++;
	return k;
}

static bool parts_number(char ch) { return ch == ' ' || ch == '-' || ch == '.' || ch == '/'; }

/* A North American number as people write it: area and exchange begin with 2 to 9, and something parts them. Returns its end, or 0. */
static size_t nanp_at(struct str t, size_t at)
{
	bool round = t.p[at] == '(';
	at += round;
	if (digits_at(t, at, 4) != 3 || t.p[at] < '2')
		return 0;
	at += 3;
	if (round && (at >= t.n || t.p[at++] != ')'))
		return 0;
	size_t gap = at;
	while (at < t.n && parts_number(t.p[at]) && at - gap < 3)
		at++;
	if ((at == gap && !round) || digits_at(t, at, 4) != 3 || t.p[at] < '2')
		return 0;
	at += 3;
	gap = at;
	while (at < t.n && parts_number(t.p[at]) && at - gap < 3)
		at++;
	return at > gap && digits_at(t, at, 5) == 4 ? at + 4 : 0;
}

/* "+" and a country: 8 to 15 digits in groups (ITU-T E.164). */
static size_t international_at(struct str t, size_t at)
{
	size_t n = 0, end = 0, gap = 0;
	for (size_t i = at + 1; i < t.n && n <= 15 && i - at < PHONE_MAX; i++) {
		if (is_digit(t.p[i])) {
			n++;
			gap = 0;
			end = i + 1;
		} else if ((!parts_number(t.p[i]) && t.p[i] != '(' && t.p[i] != ')') || ++gap > 2) {
			break;
		}
	}
	return n >= 8 && n <= 15 ? end : 0;
}

static void phones_in(struct str t, tell_fn *tell, void *to)
{
	for (size_t i = 0; i < t.n; i++) {
		char ch = t.p[i];
		if (!is_digit(ch) && ch != '(' && ch != '+')
			continue;
		bool begins = !i || (!is_digit(t.p[i - 1]) && !is_letter(t.p[i - 1]) && t.p[i - 1] != '_');
		/* digits in front, parted: a longer number, unless it is the country's 1 */
		bool joined = i > 1 && parts_number(t.p[i - 1]) && t.p[i - 1] != ' ' && is_digit(t.p[i - 2]) && t.p[i - 2] != '1';
		size_t end = !begins || joined ? 0 : ch == '+' ? international_at(t, i) : nanp_at(t, i);
		bool goes_on = end && end < t.n && (is_digit(t.p[end]) || is_letter(t.p[end]) || t.p[end] == '_');
		if (end && (!goes_on || (t.p[end] | 32) == 'x')) {
			tell(to, CONTACT_PHONE, (struct str){ t.p + i, end - i });
			i = end - 1;
		} else {
			while (i + 1 < t.n && is_digit(ch) && is_digit(t.p[i + 1]))
				i++;
		}
	}
}

/* What a heading calls a telephone number is one however it is written. */
static void phone_cell(struct str cell, tell_fn *tell, void *to)
{
	size_t digits = 0;
	cell = str_trim(cell);
	for (size_t i = 0; i < cell.n; i++)
		digits += is_digit(cell.p[i]);
	if (digits >= 7 && digits <= 15 && cell.n <= PHONE_MAX)
		tell(to, CONTACT_PHONE, cell);
}

/* What a heading calls a customer's number. */
static void reference_cell(struct str cell, tell_fn *tell, void *to)
{
	cell = str_trim(cell);
	for (size_t i = 0; i < cell.n; i++)
		if (!is_digit(cell.p[i]) && !is_letter(cell.p[i]) && !strchr("._-", cell.p[i]))
			return;
	if (cell.n && cell.n <= REFERENCE_MAX)
		tell(to, CONTACT_REFERENCE, cell);
}

/* ---- headings and dates ---- */

static bool has_word(struct str text, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= text.n; i++)
		if (str_eq_nocase((struct str){ text.p + i, n }, str_of(word)))
			return true;
	return false;
}

/* Dates that say when a record was made; not those of birth, of expiry, or of what is to come. */
static unsigned heading_means(struct str h)
{
	static const char *const phones[] = { "phone", "mobile", "telef", "fax" }, *const dates[] = { "date", "time", "created", "creation", "datum", "fecha", "timestamp", "_at" };
	static const char *const others[] = { "birth", "expir", "valid", "due", "until", "appointment", "start", "end", "next", "geb", "nacimiento", "updated", "zone" };
	unsigned means = str_eq_nocase(h, STR("tel")) || str_eq_nocase(h, STR("cell")) ? MEANS_PHONE : 0;
	static const char *const customers[] = { "customer", "client", "reference" }, *const numbers[] = { "id", "ref", "number", "key" };
	for (size_t i = 0; i < LENGTH(customers); i++)
		for (size_t j = 0; j < LENGTH(numbers); j++)
			if (has_word(h, customers[i]) && has_word(h, numbers[j]))
				means |= MEANS_REFERENCE;
	static const char *const no_names[] = { "user", "file", "product", "item", "company", "business", "host", "domain", "brand", "store", "bank", "event", "service", "device" };
	static const char *const addresses[] = { "street", "address", "postal", "zip" }, *const no_addresses[] = { "mail", "ip", "mac", "web", "url" };
	if (has_word(h, "name"))
		means |= MEANS_NAME;
	for (size_t i = 0; i < LENGTH(no_names); i++)
		if (has_word(h, no_names[i]))
			means &= ~(unsigned)MEANS_NAME;
	for (size_t i = 0; i < LENGTH(addresses); i++)
		if (has_word(h, addresses[i]))
			means |= MEANS_ADDRESS;
	for (size_t i = 0; i < LENGTH(no_addresses); i++)
		if (has_word(h, no_addresses[i]) && !str_starts(h, STR("zip")))
			means &= ~(unsigned)MEANS_ADDRESS;
	for (size_t i = 0; i < LENGTH(phones); i++)
		if (has_word(h, phones[i]))
			means |= MEANS_PHONE;
	for (size_t i = 0; i < LENGTH(dates); i++)
		if (has_word(h, dates[i]))
			means |= MEANS_DATE;
	for (size_t i = 0; i < LENGTH(others); i++)
		if (has_word(h, others[i]))
			means &= ~(unsigned)MEANS_DATE;
	return means;
}

static bool number_at(struct str t, size_t *at, size_t least, size_t most, int *out)
{
	size_t n = digits_at(t, *at, most + 1);
	if (n < least || n > most)
		return false;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		*out = *out * 10 + (t.p[*at + i] - '0');
	*at += n;
	return true;
}

/* A date where t begins: 2026-11-26, 26.11.2026, 11/26/2026 (which may be the 11th: the earlier counts), 3 Mar 2026. */
static bool date_of(struct str t, int64_t *out)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	struct civil c = { 0 }, other;
	int a, b;
	size_t at = 0;
	t = str_trim(t);
	if (t.n && (t.p[0] == '[' || t.p[0] == '"'))
		at = 1;
	while (at < t.n && at < 6 && (is_letter(t.p[at]) || t.p[at] == ',' || t.p[at] == ' '))          /* "Tue, " */
		at++;
	size_t begin = at;
	if (number_at(t, &at, 4, 4, &c.year) && at < t.n && (t.p[at] == '-' || t.p[at] == '/' || t.p[at] == '.')) {
		char mark = t.p[at++];
		if (!number_at(t, &at, 1, 2, &c.month) || at >= t.n || t.p[at++] != mark || !number_at(t, &at, 1, 2, &c.day))
			return false;
	} else {
		at = begin;
		c.year = 0;
		if (!number_at(t, &at, 1, 2, &a) || at >= t.n)
			return false;
		char mark = t.p[at++];
		if (mark == ' ' && at + 4 < t.n) {
			c.day = a;
			for (int m = 0; m < 12; m++)
				if (str_eq_nocase((struct str){ t.p + at, 3 }, (struct str){ months + 3 * m, 3 }))
					c.month = m + 1;
			at += 4;
		} else if ((mark == '.' || mark == '/' || mark == '-') && number_at(t, &at, 1, 2, &b) && at < t.n && t.p[at] == mark) {
			c.month = mark == '.' ? b : a, c.day = mark == '.' ? a : b;
			at++;
		} else {
			return false;
		}
		if (at > t.n || !number_at(t, &at, 4, 4, &c.year))
			return false;
	}
	other = (struct civil){ c.year, c.day, c.month, 0, 0, 0 };
	bool good = c.year >= 1980 && c.year < 2100 && civil_valid(&c), swapped = c.year >= 1980 && c.year < 2100 && civil_valid(&other) && t.p[at - 5] == '/';
	if (!good && !swapped)
		return false;
	int64_t one = good ? civil_seconds(&c) : FAR_OFF, two = swapped ? civil_seconds(&other) : FAR_OFF;
	*out = one < two ? one : two;
	return true;
}

static void date_take(struct whom *c, struct str text)
{
	int64_t at;
	if (!date_of(text, &at))
		return;
	c->date_here = c->dated = true;
	if (at < c->oldest)
		c->oldest = at;
}

/* What a heading says of its value. */
static void value_take(struct whom *c, struct str value, unsigned means, tell_fn *tell, void *to)
{
	if (means & MEANS_PHONE)
		phone_cell(value, tell, to);
	if (means & MEANS_REFERENCE)
		reference_cell(value, tell, to);
	if (str_trim(value).n > 1)
		c->beside |= (means & MEANS_NAME ? KIND(NAME) : 0) | (means & MEANS_ADDRESS ? KIND(POSTAL_ADDRESS) : 0);
}

/* ---- what sort of text it is ---- */

static size_t cells_of(struct str line, char delimiter)
{
	size_t n = 1;
	bool quoted = false;
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
		n += line.p[i] == delimiter && !quoted;
	}
	return quoted ? 0 : n;
}

static struct str next_line(struct str *rest)
{
	struct str line = str_split(rest, '\n');
	return str_trim(line);
}

/* A time of day, 10:05:00, near its beginning. */
static bool begins_with_time(struct str line)
{
	for (size_t i = 2; i + 5 < line.n && i < 64; i++)
		if (line.p[i] == ':' && line.p[i + 3] == ':' && digits_at(line, i - 2, 3) == 2 && digits_at(line, i + 1, 3) == 2 && digits_at(line, i + 4, 2) == 2)
			return true;
	return false;
}

/* Of the beginning of a text: five lines are enough to tell. */
static void shape_tell(struct whom *c, struct str head)
{
	static const char delimiters[] = ",;\t|";
	struct str rest = head, line[5], first;
	size_t n = 0;
	if (str_starts(rest, STR("\xef\xbb\xbf")))
		rest.p += 3, rest.n -= 3;
	first = str_trim(rest);
	if (first.n > 1 && (first.p[0] == '{' || first.p[0] == '[') && (first.p[0] == '[' || first.p[1] == '"' || (unsigned char)first.p[1] <= ' ')) {
		struct str inner = str_trim((struct str){ first.p + 1, first.n - 1 });
		if (inner.n && (inner.p[0] == '"' || inner.p[0] == '{' || inner.p[0] == '['))
			c->shape = OBJECTS;
	}
	while (rest.p && n < LENGTH(line)) {
		line[n] = next_line(&rest);
		n += line[n].n > 0;
	}
	c->object_lines = n > 1 && line[0].p[0] == '{' && line[0].p[line[0].n - 1] == '}' && line[1].p[0] == '{';
	if (c->shape == OBJECTS)
		return;
	size_t logs = 0;
	for (size_t i = 0; i < n; i++)
		logs += begins_with_time(line[i]);
	size_t best = 1;
	for (const char *d = delimiters; *d; d++) {
		size_t cells = n > 1 ? cells_of(line[0], *d) : 0, same = 0;
		for (size_t i = 0; i < n; i++)
			same += cells_of(line[i], *d) == cells;
		if (same == n && cells > best)
			best = cells, c->delimiter = *d, c->shape = ROWS;
	}
	if (c->shape == WHOLE && logs > 1 && 2 * logs >= n && begins_with_time(line[0]))        /* others go on from the one before */
		c->shape = LOG;
}

/* ---- looking at a chunk ---- */

static void on_found(void *to, enum contact_sort sort, struct str text)
{
	put(to, sort, text);
}

static void find_in(struct whom *c, struct str t)
{
	emails_in(t, on_found, c);
	phones_in(t, on_found, c);
}

/* A row's cells, for what their headings mean. */
static void row_look(struct whom *c, struct str line)
{
	struct str cell = { line.p, 0 };
	size_t column = 0;
	bool quoted = false;
	for (size_t i = 0; i <= line.n; i++) {
		if (i < line.n && line.p[i] == '"')
			quoted = !quoted;
		if (i < line.n && (quoted || line.p[i] != c->delimiter)) {
			cell.n++;
			continue;
		}
		struct str text = str_trim(cell);
		if (text.n > 1 && text.p[0] == '"' && text.p[text.n - 1] == '"')
			text = (struct str){ text.p + 1, text.n - 2 };
		if (!c->headed && column < COLUMNS_MAX)
			c->means[c->columns++] = (unsigned char)heading_means(text);
		if (c->headed && column < c->columns)
			value_take(c, text, c->means[column], on_found, c);
		if (c->headed && column < c->columns && c->means[column] & MEANS_DATE)
			date_take(c, text);
		cell = (struct str){ line.p + i + 1, 0 };
		column++;
	}
}

static uint64_t offset_of(const struct whom *c, struct str t, size_t at)
{
	return c->base + (c->wide ? (at < t.n ? c->map[at] : c->map[t.n]) : at);
}

/* A key says what its value is. */
static void string_ends(struct whom *c, struct str t, size_t from, size_t end)
{
	struct str text = { t.p + from, from < end ? end - from : 0 };
	size_t next = end + 1;
	while (next < t.n && (unsigned char)t.p[next] <= ' ')
		next++;
	if (next < t.n && t.p[next] == ':') {
		c->value_means = heading_means(text);
	} else {
		value_take(c, text, c->value_means, on_found, c);
		c->value_means = 0;
	}
}

/* JSON: a record is an object that stands in an array, or of several one after another, and in no other such object. */
static void objects_look(struct whom *c, struct str t)
{
	size_t done = 0, string = t.n;                   /* string: where the one at work began, if in sight */
	for (size_t i = 0; i < t.n; i++) {
		char ch = t.p[i];
		if (c->in_string) {
			c->in_string = c->escaped || ch != '"';
			c->escaped = !c->escaped && ch == '\\';
			if (!c->in_string)
				string_ends(c, t, string, i);
			continue;
		}
		if (ch == '"') {
			c->in_string = true;
			string = i + 1;
		} else if (ch == '{' || ch == '[') {
			if (ch == '{' && !c->open && (c->depth ? c->brackets & 1 : c->object_lines)) {
				find_in(c, (struct str){ t.p + done, i - done });
				done = i;
				c->open = true;
				c->object = c->depth;
				c->beside = 0;
				c->from = offset_of(c, t, i);
			}
			if (c->depth < DEPTH_MAX)
				c->brackets = c->brackets << 1 | (ch == '[');
			c->depth++;
		} else if ((ch == '}' || ch == ']') && c->depth) {
			c->depth--;
			if (c->depth < DEPTH_MAX)
				c->brackets >>= 1;
			if (c->open && c->depth == c->object) {
				find_in(c, (struct str){ t.p + done, i + 1 - done });
				done = i + 1;
				tell_held(c, offset_of(c, t, i) + 1);
				c->open = false;
			}
		}
	}
	find_in(c, (struct str){ t.p + done, t.n - done });
}

/* A line, or a part of one that is too long. */
static void look(struct whom *c, struct str t, uint64_t behind, bool line_ends)
{
	switch (c->shape) {
	case ROWS:
		find_in(c, t);
		row_look(c, t);
		c->records |= c->headed && str_trim(t).n > 0;
		c->headed = true;
		for (size_t i = 0; i < t.n; i++)
			c->in_quotes ^= t.p[i] == '"';
		if (line_ends && !c->in_quotes)
			record_ends(c, behind);
		break;
	case LOG:
		if (begins_with_time(t)) {
			record_ends(c, c->base);
			c->records = true;
			date_take(c, t);
		}
		find_in(c, t);
		break;
	case OBJECTS:
		objects_look(c, t);
		break;
	case WHOLE:
		find_in(c, t);
		break;
	}
}

/* UTF-16 as UTF-8, and where each byte comes from. */
static struct str narrowed(struct whom *c, struct str raw)
{
	size_t n = 0;
	for (size_t i = 0; i + 1 < raw.n; i += 2) {
		unsigned char a = (unsigned char)raw.p[i], b = (unsigned char)raw.p[i + 1];
		unsigned unit = c->big_endian ? a << 8 | b : b << 8 | a;
		char out[3];
		size_t k = 1;
		if (unit < 0x80)
			out[0] = (char)unit;
		else if (unit < 0x800)
			out[0] = (char)(0xC0 | unit >> 6), out[1] = (char)(0x80 | (unit & 63)), k = 2;
		else
			out[0] = (char)(0xE0 | unit >> 12), out[1] = (char)(0x80 | (unit >> 6 & 63)), out[2] = (char)(0x80 | (unit & 63)), k = 3;
		for (size_t j = 0; j < k; j++) {
			c->map[n] = (uint32_t)i;
			c->narrow[n++] = out[j];
		}
	}
	c->map[n] = (uint32_t)raw.n;
	return (struct str){ c->narrow, n };
}

/* Where the next line ends, with its end; 0: not in sight. */
static size_t line_end(const struct whom *c, size_t from)
{
	for (size_t at = from; at < c->n; at++) {
		const char *p = memchr(c->text + at, '\n', c->n - at);
		if (!p)
			return 0;
		at = (size_t)(p - c->text);
		if (!c->wide)
			return at + 1;
		bool here = c->big_endian ? (at - from) % 2 == 1 && !c->text[at - 1] : (at - from) % 2 == 0 && at + 1 < c->n && !c->text[at + 1];
		if (here)
			return c->big_endian ? at + 1 : at + 2;
	}
	return 0;
}

static void chunk(struct whom *c, size_t from, size_t to, bool line_ends)
{
	struct str raw = { c->text + from, to - from };
	uint64_t base = c->base;
	c->base += from;
	look(c, c->wide ? narrowed(c, raw) : raw, base + to, line_ends);
	c->base = base;
	c->line += line_ends;
}

static void drain(struct whom *c, bool last)
{
	enum { MOST = CHUNK - CHUNK % 2 };
	size_t at = 0;
	while (at < c->n) {
		size_t end = line_end(c, at);
		bool whole = end != 0;
		size_t left = (whole ? end : c->n) - at, most = c->wide ? MOST / 2 : MOST;
		if (!whole && !last && left < most)
			break;
		if (left > most) {                               /* parted where no word goes on, if there is such a place */
			size_t cut = at + most;
			while (!c->wide && cut > at + most / 2 && (in_local(c->text[cut - 1]) || in_local(c->text[cut]) || c->text[cut] == '@' || c->text[cut - 1] == '@'))
				cut--;
			end = cut;
			whole = false;
		} else if (!whole) {
			end = c->n;
		}
		chunk(c, at, end, whole);
		at = end;
	}
	memmove(c->text, c->text + at, c->n - at);
	c->n -= at;
	c->base += at;
}

static void begin_text(struct whom *c)
{
	struct str head = { c->text, c->n < HEAD ? c->n : HEAD };
	c->begun = true;
	c->big_endian = str_starts(head, STR("\xfe\xff"));
	c->wide = c->big_endian || str_starts(head, STR("\xff\xfe"));
	if (c->wide) {
		head.p += 2;
		head.n = head.n - 2 < CHUNK ? head.n - 2 : CHUNK;
		head = narrowed(c, head);
	}
	shape_tell(c, head);
}

void whom_text(struct whom *c, struct str block)
{
	while (block.n) {
		size_t n = ROOM - c->n < block.n ? ROOM - c->n : block.n;
		memcpy(c->text + c->n, block.p, n);
		c->n += n;
		block.p += n, block.n -= n;
		if (c->n < ROOM)
			return;
		if (!c->begun)
			begin_text(c);
		drain(c, false);
	}
}

void whom_skip(struct whom *c, uint64_t n)
{
	if (!c->begun)
		begin_text(c);
	drain(c, true);
	c->base += n;
}

void whom_end(struct whom *c)
{
	if (!c->begun)
		begin_text(c);
	drain(c, true);
	record_ends(c, c->base);
	if (c->made || (c->dated && !c->undated))
		c->found(c->to, &(struct contact){ .sort = CONTACT_DATE, .date = c->oldest });
}

/* ---- pieces ---- */

struct piecing { struct whom *c; struct str where; uint64_t record; };

static void on_piece(void *to, enum contact_sort sort, struct str text)
{
	struct piecing *p = to;
	p->c->named |= p->record != 0;
	if (!seen_before(p->c, text, p->record ? p->record : hash64(p->where, p->c->key)))
		p->c->found(p->c->to, &(struct contact){ .sort = sort, .text = text, .where = p->where, .record = p->record });
}

/* "June Doe <june@example.com>" */
static bool has_name_in_front(struct str text)
{
	const char *at = text.n ? memchr(text.p, '<', text.n) : NULL;
	size_t letters = 0;
	for (const char *p = text.p; at && p < at; p++)
		letters += is_letter(*p) || (*p & 0x80);
	return letters > 1 && memchr(at, '@', text.n - (size_t)(at - text.p)) && at - text.p < 128;
}

void whom_piece(struct whom *c, struct str text, struct str where, struct str field, uint64_t record)
{
	struct piecing p = { c, where, record };
	unsigned means = field.n ? heading_means(field) : 0;
	if (record != c->piece_record) {
		record_ends(c, 0);
		c->piece_record = record;
	}
	c->records |= record != 0;
	/* of what is said of the document as a whole only this is no date of a change */
	bool made = has_word(field, "creat");
	if (means & MEANS_DATE && (record || made)) {
		date_take(c, text);
		c->made |= made && c->date_here;
		c->date_here &= record != 0;
	}
	emails_in(text, on_piece, &p);
	value_take(c, text, means, on_piece, &p);
	phones_in(text, on_piece, &p);
	if (record && has_name_in_front(text))
		c->beside |= KIND(NAME);
	if (!record)
		c->beside = 0;
}
