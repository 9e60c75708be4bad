/* catalogue - a list of breaches in Have I Been Pwned's format: read within bounds, and compared with the services in the register. */
#include "signs.h"
#include "watch_data.h"
#include "watch_int.h"
#include "watch_sql.h"
#include "wire_fetch.h"

#include <jansson.h>

enum { KEY_MOST = 100, TITLE_MOST = 200, DOUBT_LEAST = 7 * DAY, DEPTH_MOST = 32 };

/* ---- the data beside it ---- */

/* The next line's first word and the rest; false: no more. */
static bool data_line(struct str *text, struct str *word, struct str *rest)
{
	while (text->p) {
		struct str line = str_trim(str_split(text, '\n'));
		if (!line.n || line.p[0] == '#')
			continue;
		*word = str_split(&line, ' ');
		*rest = line.p ? str_trim(line) : STR("");
		return true;
	}
	return false;
}

struct catalogue_source catalogue_source(void)
{
	struct str text = data_breach_catalogue_txt, word, rest;
	struct catalogue_source s = { { 0 } };
	while (data_line(&text, &word, &rest)) {
		struct str *to = str_eq(word, STR("at")) ? &s.at : str_eq(word, STR("page")) ? &s.page : str_eq(word, STR("name")) ? &s.name : str_eq(word, STR("link")) ? &s.link :
		                 str_eq(word, STR("licence")) ? &s.licence : NULL;
		if (to)
			*to = rest;
	}
	return s;
}

/* Each class that `fits` says is there; its kinds. letter: the words of letters, too. */
static kinds classes(bool (*fits)(struct str class, struct str in), bool letter, struct str in)
{
	struct str text = data_breach_catalogue_txt, word, rest, bad;
	kinds all = 0, k;
	while (data_line(&text, &word, &rest))
		if ((str_eq(word, STR("class")) || (letter && str_eq(word, STR("word")))) && fits(str_trim(str_split(&rest, '=')), in) && kinds_parse(str_trim(rest), ' ', &k, &bad))
			all |= k;
	return all;
}

static bool is_class(struct str class, struct str in)
{
	return str_eq_nocase(class, in);
}

/* "Email addresses" stands in "... names, email addresses and ..."; a singular would miss, so the plural's s is not asked for. */
static bool speaks_of(struct str class, struct str in)
{
	size_t n = class.n - (class.n && class.p[class.n - 1] == 's');
	for (size_t i = 0; i + n <= in.n; i++) {
		bool start = i == 0 || !(((unsigned char)in.p[i - 1] | 0x20) >= 'a' && ((unsigned char)in.p[i - 1] | 0x20) <= 'z');
		if (start && str_eq_nocase((struct str){ in.p + i, n }, (struct str){ class.p, n }))
			return true;
	}
	return false;
}

kinds classes_kinds(struct str words)
{
	return classes(speaks_of, true, words);
}

/* ---- reading ---- */

static struct str text_of(const json_t *entry, const char *name, size_t most, struct arena *a)
{
	const json_t *value = json_object_get(entry, name);
	struct str s = { json_string_value(value), json_string_length(value) };
	s.n = s.n > most ? most : s.n;
	while (s.n && !str_utf8(s))                      /* cut within a letter */
		s.n--;
	return s.n ? arena_str(a, s) : STR("");
}

static bool moment_of(const json_t *entry, const char *name, struct zone *utc, struct span *out)
{
	const json_t *value = json_object_get(entry, name);
	return json_is_string(value) && when_parse((struct str){ json_string_value(value), json_string_length(value) }, utc, out);
}

/* A first of January stands for a year, the first of a month for that month: so the catalogue dates what is known no better. */
static int64_t doubt_of(int64_t day)
{
	struct civil c = civil_of(day);
	int64_t least = day + DAY + DOUBT_LEAST;
	if (c.day != 1)
		return least;
	struct civil next = c.month == 1 ? (struct civil){ .year = c.year + 1, .month = 1, .day = 1 } :
	                    (struct civil){ .year = c.year + (c.month == 12), .month = c.month % 12 + 1, .day = 1 };
	int64_t end = civil_seconds(&next);
	return end > least ? end : least;
}

/* false: it can't be read. name empty: it is none of those that count. */
static bool entry_read(const json_t *entry, struct zone *utc, struct breach *out, struct arena *a)
{
	static const char *const not[] = { "IsFabricated", "IsRetired", "IsSpamList", "IsMalware", "IsStealerLog" };
	struct breach b = { .name = text_of(entry, "Name", KEY_MOST + 1, a), .title = text_of(entry, "Title", TITLE_MOST, a), .domain = text_of(entry, "Domain", 253, a) };
	struct span happened, added;
	struct buf said = BUF(64 << 10), list = BUF(CLASSES_MOST);
	json_t *classes_said = json_object_get(entry, "DataClasses"), *one;
	size_t i;
	if (!json_is_object(entry) || !b.name.n || b.name.n > KEY_MOST || !moment_of(entry, "BreachDate", utc, &happened) || !moment_of(entry, "AddedDate", utc, &added))
		return false;
	for (i = 0; i < LENGTH(not); i++)
		if (json_is_true(json_object_get(entry, not[i]))) {
			*out = (struct breach){ .name = STR("") };
			return true;
		}
	json_array_foreach(classes_said, i, one) {
		struct str class = { json_string_value(one), json_string_length(one) };
		if (!class.n || class.n > TITLE_MOST)
			continue;
		b.kinds |= classes(is_class, false, class);
		if (list.n + class.n + 2 <= CLASSES_MOST)
			buf_printf(&list, "%s" STR_FMT, list.n ? ", " : "", STR_ARG(class));
	}
	html_plain(&said, text_of(entry, "Description", 32 << 10, a));
	b.said = arena_str(a, buf_str(&said)), b.classes = arena_str(a, buf_str(&list));
	buf_free(&said);
	buf_free(&list);
	b.happened = happened.from, b.doubt = doubt_of(happened.from), b.added = added.from;
	b.verified = json_is_true(json_object_get(entry, "IsVerified"));
	*out = b;
	return true;
}

/* Brackets within brackets, outside of texts: before a parser that goes as deep as it is led. */
static bool too_deep(struct str s)
{
	int depth = 0;
	bool text = false;
	for (size_t i = 0; i < s.n; i++) {
		if (text && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			text = !text;
		else if (!text && (s.p[i] == '[' || s.p[i] == '{') && ++depth > DEPTH_MOST)
			return true;
		else if (!text && (s.p[i] == ']' || s.p[i] == '}'))
			depth--;
	}
	return false;
}

bool catalogue_read(struct str text, struct zone *utc, struct breach **out, size_t *n, size_t *unread, struct arena *a, struct err *e)
{
	struct breach *v = NULL, b;
	size_t m = 0, room = 0, i, lost = 0;
	json_error_t fault;
	json_t *entry;
	if (text.n > CATALOGUE_MOST)
		return err_set(e, TOO_BIG, "catalogue", "The catalogue is larger than %d MiB: it is not read.", CATALOGUE_MOST >> 20);
	json_t *root = too_deep(text) ? NULL : json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &fault);
	if (!json_is_array(root) || json_array_size(root) > CATALOGUE_ENTRIES) {
		bool many = json_is_array(root);
		json_decref(root);
		return many ? err_set(e, TOO_BIG, "catalogue", "The catalogue has more than %d entries: it is not read.", CATALOGUE_ENTRIES)
		            : err_set(e, INVALID, "catalogue", "This is no catalogue of breaches: it should be a list in JSON, as " STR_FMT " gives it.", STR_ARG(catalogue_source().at));
	}
	json_array_foreach(root, i, entry) {
		if (!entry_read(entry, utc, &b, a)) {
			lost++;
		} else if (b.name.n) {
			v = arena_more(a, v, m, &room, sizeof *v);
			v[m++] = b;
		}
	}
	json_decref(root);
	*out = v, *n = m, *unread = lost;
	return true;
}

/* ---- comparing ---- */

static bool of_service(struct str theirs, const struct service *s)
{
	for (size_t i = 0; i < s->domains && theirs.n; i++)
		if (str_eq(theirs, s->domain[i]))
			return true;
	return false;
}

/* Since when we give it something, by the flows to it; else since it is in use. */
static bool given_since(struct op *op, const struct service *s, int64_t *since)
{
	struct atlas atlas;
	bool any = false;
	*since = s->since;
	if (!map_atlas(op, &atlas))
		return false;
	for (size_t i = 0; i < atlas.flows; i++)
		if (atlas.flow[i].to.n == s->id.n) {
			*since = !any || atlas.flow[i].since < *since ? atlas.flow[i].since : *since;
			any = true;
		}
	return true;
}

static bool entry_drafted(struct op *op, const struct breach *b, const struct service *s, struct answer *answer, size_t *drafts)
{
	/* the catalogue names days, not moments: they are read as days of the business */
	int64_t happened = zone_instant(op->zone, b->happened).at, doubt = zone_instant(op->zone, b->doubt).at;
	struct sql_breach_seen seen;
	struct catalogue_source source = catalogue_source();
	bool there;
	int64_t since;
	if (!sql_breach_seen(op, s->id.n, b->name, &seen, &there) || (there && seen.added >= b->added))
		return op->err.code == OK;
	if (!given_since(op, s, &since) || !sql_breach_seen_put(op, s->id.n, b->name, b->added, op->now))
		return false;
	struct draft d = { .holder = s->id, .from = FROM_CATALOGUE, .entry = b->name, .title = b->title.n ? b->title : b->name, .said = b->said, .classes = b->classes, .happened = happened, .added = b->added,
	                   .begins = since, .ends = doubt < b->added ? doubt : b->added, .named = b->kinds };
	struct evidence e = { .holder = s->id, .sort = evidence_sort(STR("breach")), .seen = b->added, .link = arena_say(op->a, STR_FMT STR_FMT, STR_ARG(source.page), STR_ARG(b->name)),
	                      .note = arena_say(op->a, STR_FMT ", %.10s: " STR_FMT, STR_ARG(d.title), when_text(op->a, b->happened).p, STR_ARG(b->classes)) };
	if (!evidence_put(op, &e))
		return false;
	if (s->emptied && s->emptied < d.ends)
		d.ends = s->emptied;
	if (d.ends <= d.begins || (s->emptied && happened >= s->emptied))     /* it was before anything of ours was there, or after */
		return true;
	if (!draft_put(op, &d))
		return false;
	draft_tell(op, &d, answer);
	++*drafts;
	return true;
}

bool catalogue_match(struct op *op, struct str json, struct answer *answer, size_t *drafts)
{
	struct service *s;
	struct breach *b;
	size_t services, n, unread;
	struct zone *utc = zone_open(STR("UTC"), &op->err);
	*drafts = 0;
	bool good = utc && catalogue_read(json, utc, &b, &n, &unread, op->a, &op->err) && services_list(op, true, &s, &services);     /* a catalogue learns of it months later: also what was left */
	zone_close(utc);
	if (!good || !op_begin(op))
		return false;
	for (size_t k = 0; k < services; k++)
		for (size_t i = 0; i < s[k].domains; i++)
			s[k].domain[i] = wire_registrable(s[k].domain[i], op->a);
	for (size_t i = 0; i < n && good; i++) {
		struct str theirs = wire_registrable(b[i].domain, op->a);
		for (size_t k = 0; k < services && good; k++)
			if (of_service(theirs, &s[k]))
				good = entry_drafted(op, &b[i], &s[k], answer, drafts);
	}
	if (!op_end(op, good) || !good)
		return false;
	if (unread)
		answer_note(answer, "Of the catalogue, %s could not be read and %s left out.", counted(op->a, (int64_t)unread, "entry", "entries"), unread == 1 ? "was" : "were");
	answer_say(answer, "%s looked at, %zu of them about what you gave a service of yours.", counted(op->a, (int64_t)n, "entry", "entries"), *drafts);
	return true;
}
