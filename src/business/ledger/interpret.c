/* interpret - what one row says: the moment, the holders, the kinds at each, and the person. Pure but for zones kept open. */
#include "import_int.h"
#include "ledger_data.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- cells ---- */

static struct str cell_at(const struct str *cell, size_t n, int at)
{
	if (at < 0 || (size_t)at >= n)
		return STR("");
	struct str s = cell[at];
	if (s.n && ((unsigned char)s.p[0] <= ' ' || (unsigned char)s.p[s.n - 1] <= ' '))
		s = str_trim(s);
	if (s.n > 1 && s.p[0] == '\'')                   /* exports put one before what a spreadsheet would turn into a number */
		s.p++, s.n--;
	return s;
}

static struct str field(const struct layout *l, enum field f, const struct str *cell, size_t n, struct arena *a)
{
	const struct where *w = &l->format->where[f];
	if (w->n == 1)
		return cell_at(cell, n, l->at[f][0]);
	struct str out = STR("");
	for (size_t i = 0; i < w->n; i++) {
		struct str s = cell_at(cell, n, l->at[f][i]);
		if (!s.n)
			continue;
		if (w->first_of || !out.n)
			out = s;
		else
			out = arena_say(a, STR_FMT " " STR_FMT, STR_ARG(out), STR_ARG(s));
		if (w->first_of)
			break;
	}
	return out;
}

/* ---- the moment ---- */

struct scanner { struct str rest; };

static bool number(struct scanner *s, int least, int most, int *out, int *digits)
{
	int n = 0, v = 0;
	while (n < most && (size_t)n < s->rest.n && s->rest.p[n] >= '0' && s->rest.p[n] <= '9')
		v = v * 10 + (s->rest.p[n++] - '0');
	if (n < least)
		return false;
	s->rest.p += n, s->rest.n -= (size_t)n;
	*out = v;
	if (digits)
		*digits = n;
	return true;
}

static bool one(struct scanner *s, const char *any)
{
	if (!s->rest.n || !strchr(any, s->rest.p[0]))
		return false;
	s->rest.p++, s->rest.n--;
	return true;
}

static bool month_word(struct scanner *s, int *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	if (s->rest.n < 3)
		return false;
	for (int m = 0; m < 12; m++)
		if (str_eq_nocase((struct str){ s->rest.p, 3 }, (struct str){ names + 3 * m, 3 })) {
			*month = m + 1;
			while (s->rest.n && ((s->rest.p[0] | 32) >= 'a' && (s->rest.p[0] | 32) <= 'z'))
				s->rest.p++, s->rest.n--;
			return true;
		}
	return false;
}

static bool date(struct scanner *s, bool day_first, struct civil *t)
{
	int a, digits, *first = day_first ? &t->day : &t->month, *second = day_first ? &t->month : &t->day;
	if (month_word(s, &t->month))                    /* Dec 02, 2025 */
		return one(s, " ") && number(s, 1, 2, &t->day, NULL) && (one(s, ","), one(s, " ")) && number(s, 4, 4, &t->year, NULL);
	if (!number(s, 1, 4, &a, &digits) || !one(s, "-/."))
		return false;
	if (digits == 4) {                               /* 2025-12-02 */
		t->year = a;
		return number(s, 1, 2, &t->month, NULL) && one(s, "-/.") && number(s, 1, 2, &t->day, NULL);
	}
	if (digits > 2)
		return false;
	if (month_word(s, &t->month))                    /* 02-Dec-2025 */
		t->day = a;
	else {
		*first = a;
		if (!number(s, 1, 2, second, NULL))
			return false;
	}
	if (!one(s, "-/.") || !number(s, 2, 4, &t->year, &digits))
		return false;
	if (digits == 2)
		t->year += 2000;
	return digits != 3;
}

static bool clock(struct scanner *s, struct civil *t)
{
	if (!number(s, 1, 2, &t->hour, NULL) || !one(s, ":") || !number(s, 2, 2, &t->minute, NULL) || (one(s, ":") && !number(s, 2, 2, &t->second, NULL)))
		return false;
	if (one(s, ".,")) {
		int ignored;
		if (!number(s, 1, 9, &ignored, NULL))
			return false;
	}
	struct scanner before = *s;
	one(s, " ");
	if (s->rest.n >= 2 && (s->rest.p[1] | 32) == 'm' && ((s->rest.p[0] | 32) == 'a' || (s->rest.p[0] | 32) == 'p') && t->hour >= 1 && t->hour <= 12) {
		t->hour = t->hour % 12 + ((s->rest.p[0] | 32) == 'p' ? 12 : 0);
		s->rest.p += 2, s->rest.n -= 2;
	} else {
		*s = before;
	}
	return true;
}

/* Letters like EST, or an offset like -0500; *two: the letters have two readings. */
static bool zone_letters(struct str text, int64_t *offset, bool *two)
{
	if (text.n >= 5 && (text.p[0] == '+' || text.p[0] == '-')) {
		struct scanner s = { { text.p + 1, text.n - 1 } };
		int h, m;
		if (!number(&s, 2, 2, &h, NULL) || (one(&s, ":"), !number(&s, 2, 2, &m, NULL)) || s.rest.n || h > 15 || m > 59)
			return false;
		*offset = (h * 3600 + m * 60) * (text.p[0] == '-' ? -1 : 1);
		return true;
	}
	if (str_eq(text, STR("Z")) || str_eq(text, STR("z"))) {
		*offset = 0;
		return true;
	}
	struct str rows = data_zone_letters_csv;
	while (rows.p) {
		struct str row = str_split(&rows, '\n');
		if (!str_eq_nocase(str_split(&row, ','), text))
			continue;
		int64_t minutes, readings;
		if (!str_i64(str_split(&row, ','), &minutes) || !str_i64(row, &readings))
			return false;
		*offset = minutes * 60;
		*two = readings > 1;
		return true;
	}
	return false;
}

/* A zone by its IANA or Rails name; kept open. NULL: no such zone. */
static struct zone *zone_named(struct setting *s, struct str name)
{
	struct err ignored = { 0 };
	for (size_t i = s->n_zones; i-- > 0;)
		if (str_eq(s->zones[i].name, name))
			return s->zones[i].zone;
	struct str iana = name, rows = data_zones_csv;
	while (rows.p) {
		struct str row = str_split(&rows, '\n'), rails = str_split(&row, ',');
		if (str_eq_nocase(rails, name))
			iana = row;
	}
	if (s->n_zones == LENGTH(s->zones))
		return NULL;
	struct zone *z = zone_open(iana, &ignored);
	s->zones[s->n_zones].name = arena_str(s->keep, name);
	s->zones[s->n_zones++].zone = z;
	return z;
}

void setting_close(struct setting *s)
{
	for (size_t i = 0; i < s->n_zones; i++)
		zone_close(s->zones[i].zone);
	s->n_zones = 0;
}

/* When: text in whatever way vendors write it, in the row's zone, else the file's, else the business's. */
static const char *moment(const struct layout *l, struct setting *s, struct str text, struct str zone_name, struct said *out, struct instant *at)
{
	struct civil t = { 0 };
	struct scanner c = { text };
	if (!text.n)
		return N_("there is no time");
	if (!date(&c, l->format->day_first, &t))
		return N_("the date can't be read");
	bool timed = c.rest.n && (one(&c, "Tt") || one(&c, " ") || one(&c, ","));
	while (one(&c, " "))
		;
	if (timed && !clock(&c, &t))
		return N_("the time can't be read");
	if (!civil_valid(&t))
		return t.month > 12 ? N_("the month is above 12: are day and month turned?") : N_("there is no such day or time");
	int64_t local = civil_seconds(&t), offset = 0;
	c.rest = str_trim(c.rest);
	if (c.rest.n || (!zone_name.n && l->format->utc)) {
		bool two = false;
		if (c.rest.n && !zone_letters(c.rest, &offset, &two))
			return N_("the time zone behind the time is not known");
		if (!two) {
			*at = (struct instant){ local - offset, timed ? 0 : DAY - 1, false };
			return NULL;
		}
		out->two_readings = true;                /* CST, BST, IST: the business's own zone */
	}
	struct zone *z = s->zone;
	if (zone_name.n && !(z = zone_named(s, zone_name))) {
		bool two = false;
		if (!zone_letters(zone_name, &offset, &two))
			return N_("the time zone is not known");
		*at = (struct instant){ local - offset, timed ? 0 : DAY - 1, false };
		return NULL;
	}
	*at = timed ? zone_instant(z, local) : zone_whole_day(z, local);
	out->skipped_hour |= at->skipped;
	return NULL;
}

/* 2026-03-02T14:14:30Z, as our own format nearly always has it, without detours */
static bool moment_plain(struct str s, int64_t *at)
{
	if (s.n != 20 || s.p[19] != 'Z' || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':')
		return false;
	int v[20];
	for (int i = 0; i < 19; i++) {
		v[i] = s.p[i] - '0';
		if (i != 4 && i != 7 && i != 10 && i != 13 && i != 16 && (v[i] < 0 || v[i] > 9))
			return false;
	}
	struct civil t = { v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3], v[5] * 10 + v[6], v[8] * 10 + v[9], v[11] * 10 + v[12], v[14] * 10 + v[15],
	                   v[17] * 10 + v[18] };
	if (!civil_valid(&t))
		return false;
	*at = civil_seconds(&t);
	return true;
}

/* ---- contacts ---- */

struct str email_plain(struct arena *a, struct str typed)
{
	const char *at = typed.n ? memchr(typed.p, '@', typed.n) : NULL;
	if (!at || at == typed.p || typed.n > 254 || !memchr(at, '.', typed.n - (size_t)(at - typed.p)))
		return STR("");
	struct str s = arena_str(a, typed);
	for (size_t i = 0; i < s.n; i++) {
		char *c = (char *)(uintptr_t)s.p + i;
		if ((unsigned char)*c <= ' ' || *c == ',' || *c == ';')
			return STR("");
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	}
	return s;
}

/* E.164. Without a country code it is taken as a North American number where the business is in the US or Canada. */
struct str phone_plain(struct arena *a, struct str typed, struct str country)
{
	char digits[24];
	size_t n = 0;
	bool plus = false;
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];
		if (c >= '0' && c <= '9') {
			if (n == 15)
				return STR("");
			digits[n++] = c;
		} else if (c == '+' && !n) {
			plus = true;
		} else if ((c | 32) == 'x') {
			break;                           /* an extension */
		} else if (!strchr(" -().\t/", c)) {
			return STR("");
		}
	}
	bool nanp = str_eq(country, STR("US")) || str_eq(country, STR("CA")) || !country.n;
	if (plus && n >= 8)
		return arena_say(a, "+%.*s", (int)n, digits);
	if (nanp && n == 10)
		return arena_say(a, "+1%.*s", (int)n, digits);
	if (nanp && n == 11 && digits[0] == '1')
		return arena_say(a, "+%.*s", (int)n, digits);
	return n >= 7 && !nanp ? arena_say(a, "%.*s", (int)n, digits) : STR("");
}

/* One cell may hold several, divided by commas or " ::: ". */
static size_t several(struct str cell, struct str *out, size_t max)
{
	size_t n = 0;
	while (cell.p && n < max) {
		const char *colons = cell.n ? memmem(cell.p, cell.n, ":::", 3) : NULL;
		struct str part;
		if (colons) {
			part = (struct str){ cell.p, (size_t)(colons - cell.p) };
			cell = (struct str){ colons + 3, cell.n - part.n - 3 };
		} else {
			part = str_split(&cell, ',');
		}
		part = str_trim(part);
		if (part.n)
			out[n++] = part;
	}
	return n;
}

static void person(const struct layout *l, const struct str *cell, size_t n, struct arena *a, struct said *out)
{
	out->name = field(l, F_NAME, cell, n, a);
	if (!out->name.n) {
		struct str given = field(l, F_GIVEN, cell, n, a), family = field(l, F_FAMILY, cell, n, a);
		out->name = given.n && family.n ? arena_say(a, STR_FMT " " STR_FMT, STR_ARG(given), STR_ARG(family)) : given.n ? given : family;
	}
	out->emails = several(field(l, F_EMAIL, cell, n, a), out->email, LENGTH(out->email));
	out->phones = several(field(l, F_PHONE, cell, n, a), out->phone, LENGTH(out->phone));
	out->line1 = field(l, F_LINE1, cell, n, a);
	out->line2 = field(l, F_LINE2, cell, n, a);
	out->city = field(l, F_CITY, cell, n, a);
	out->region = field(l, F_REGION, cell, n, a);
	out->postal_code = field(l, F_POSTAL_CODE, cell, n, a);
	out->country = field(l, F_COUNTRY, cell, n, a);
	out->language = field(l, F_LANGUAGE, cell, n, a);
}

/* ---- the rest of a touch ---- */

/* 4.24E+15: what a spreadsheet leaves of a long number. It tells nobody from anybody. */
static struct str reference(struct str s, struct said *out)
{
	size_t digits = 0, i = 0;
	for (; i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.' || s.p[i] == ','); i++)
		digits++;
	if (!digits || s.n - i < 3 || (s.p[i] | 32) != 'e' || s.p[i + 1] != '+')
		return s;
	for (i += 2; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return s;
	out->cut_key = true;
	return STR("");
}

static uint32_t hint_of(struct str brand, struct str last4)
{
	static const struct { const char *word; uint8_t brand; } words[] = {
		{ "visa", 1 }, { "mastercard", 2 }, { "american express", 3 }, { "amex", 3 }, { "discover", 4 }, { "diners", 5 }, { "diners club", 5 },
		{ "jcb", 6 }, { "unionpay", 7 }, { "china unionpay", 7 }, { "maestro", 8 }, { "interac", 9 },
	};
	int64_t four;
	uint8_t b = brand.n ? 10 : 0;
	for (size_t i = 0; b && i < LENGTH(words); i++)
		if (str_eq_nocase(brand, str_of(words[i].word)))
			b = words[i].brand;
	/* a spreadsheet drops leading zeros: one to four digits are a last four */
	if (!last4.n || last4.n > 4 || !str_i64(last4, &four) || four < 0)
		return (uint32_t)b << 16;
	return HINT(b, four);
}

/* One of the cell's words is one of those. */
static bool has_any(struct str cell, struct str words)
{
	while (cell.p) {
		struct str word = str_trim(str_split(&cell, ',')), rest = words;
		while (rest.p)
			if (str_eq_nocase(word, str_trim(str_split(&rest, ','))))
				return true;
	}
	return false;
}

static bool holds(const struct condition *c, struct str cell)
{
	switch (c->test) {
	case EMPTY:  return !cell.n;
	case FILLED: return cell.n != 0;
	case IS:     return str_eq_nocase(cell, c->value);
	case HAS:    return has_any(cell, c->value);
	default:     return !has_any(cell, c->value);
	}
}

static void rules(const struct layout *l, const struct str *cell, size_t n, struct said *out)
{
	for (size_t r = 0; r < l->format->rules; r++) {
		const struct rule *rule = &l->format->rule[r];
		bool all = true;
		for (size_t i = 0; i < rule->n && all; i++)
			all = holds(&rule->condition[i], cell_at(cell, n, l->condition_at[r][i]));
		if (!all)
			continue;
		out->flavour.entry |= rule->entry, out->flavour.service |= rule->service;
		out->flavour.person |= rule->person, out->flavour.place |= rule->place;
		if (rule->at_service) {
			out->entry = out->person = out->place = STR("");
			out->flavour.entry = out->flavour.person = out->flavour.place = 0;
		}
	}
}

static const char *own_kinds(struct setting *s, struct str text, struct said *out)
{
	struct str bad;
	kinds k = 0;
	size_t i = 0;
	while (i < s->n_sets && !str_eq(s->sets[i].text, text))
		i++;
	if (i < s->n_sets) {
		k = s->sets[i].kinds;
	} else {
		if (!kinds_parse(text, '|', &k, &bad))
			return N_("data_kinds names a kind that there is not");
		if (!k)
			return N_("data_kinds is empty: say what came in, e.g. name|card_number");
		if (s->n_sets < LENGTH(s->sets)) {
			s->sets[s->n_sets].text = arena_str(s->keep, text);
			s->sets[s->n_sets++].kinds = k;
		}
	}
	out->flavour.entry = out->flavour.service = out->flavour.person = out->flavour.place = k;
	return NULL;
}

/* `reader` takes whatever took the information in: website:Shop, paper:Order forms; without a sort a card reader */
static const char *own_entry(struct said *out)
{
	struct str rest = out->entry, before = str_split(&rest, ':');
	enum holder_sort sort;
	out->entry_sort = READER;
	if (!out->entry.n || !rest.p || !sort_parse(before, &sort))
		return NULL;
	if (sort == PERSON || sort == PLACE || sort == SERVICE)
		return N_("the reader column takes what took the information in: a reader, website, paper, computer, storage or mailbox");
	out->entry_sort = sort;
	out->entry = str_trim(rest);
	return out->entry.n ? NULL : "the reader has a sort and no name";
}

static bool ref_fits(struct str ref)
{
	for (size_t i = 0; i < ref.n; i++) {
		char c = ref.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-'))
			return false;
	}
	return ref.n <= 64;
}

void interpret(const struct layout *l, struct setting *s, const struct str *cell, size_t n, struct arena *a, struct said *out)
{
	const struct format *f = l->format;
	*out = (struct said){ .entry_sort = READER };
	out->ref = field(l, F_REF, cell, n, a);
	if (f->own && (!ref_fits(out->ref) || (f->contacts && !out->ref.n))) {
		out->refuse = f->contacts && !out->ref.n ? N_("there is no customer_ref") : N_("a customer_ref has 1 to 64 letters, digits, dots, dashes or underscores");
		return;
	}
	if (!f->own || f->contacts) {
		out->key = reference(field(l, F_KEY, cell, n, a), out);
		person(l, cell, n, a, out);
	}
	if (f->contacts) {
		rules(l, cell, n, out);
		if (!f->own && !out->key.n && !out->name.n && !out->emails && !out->phones)
			out->refuse = N_("nobody is named");
		return;
	}
	struct str time = field(l, F_TIME, cell, n, a);
	if (!f->own || !moment_plain(time, &out->at.at))
		out->refuse = moment(l, s, time, field(l, F_ZONE, cell, n, a), out, &out->at);
	out->flavour.spread = out->at.spread;
	out->entry = field(l, F_ENTRY, cell, n, a);
	out->service = f->own ? field(l, F_SERVICE, cell, n, a) : f->service;
	out->person = field(l, F_PERSON, cell, n, a);
	out->place = field(l, F_PLACE, cell, n, a);
	out->source = reference(field(l, F_SOURCE, cell, n, a), out);
	out->hint = hint_of(field(l, F_BRAND, cell, n, a), field(l, F_LAST4, cell, n, a));
	if (!out->refuse && f->own)
		out->refuse = own_kinds(s, field(l, F_DATA_KINDS, cell, n, a), out);
	if (!out->refuse && f->own)
		out->refuse = own_entry(out);
	rules(l, cell, n, out);
	if (!out->entry.n)
		out->flavour.entry = 0;
	if (!out->service.n)
		out->flavour.service = 0;
	if (!out->person.n)
		out->flavour.person = 0;
	if (!out->place.n)
		out->flavour.place = 0;
	struct str refunded = field(l, F_REFUNDED, cell, n, a);
	struct instant then;
	if (!out->refuse && refunded.n && !moment(l, s, refunded, STR(""), out, &then))
		out->refund_too = true, out->refunded_at = then.at;
	if (!out->refuse && !out->entry.n && !out->service.n && !out->person.n && !out->place.n)
		out->refuse = N_("no reader, service, person or place is named");
	if (out->entry.n > 200 || out->service.n > 200 || out->person.n > 200 || out->place.n > 200)
		out->refuse = N_("a holder's name is longer than 200 characters");
}
