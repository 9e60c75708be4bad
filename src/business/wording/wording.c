/* wording - the rules of data/wording applied to a text's sentences. */
#include "wording.h"
#include "pattern.h"
#include "wording_data.h"

#include <inttypes.h>

static bool spanish(struct str language)
{
	return str_starts(language, STR("es"));
}

static struct str value_of(struct str text, const char *key)
{
	struct str word, rest;
	while (str_entry(&text, &word, &rest))
		if (str_eq(word, str_of(key)))
			return rest;
	return STR("");
}

static void taken_apart(struct arena *a, struct str text, bool es, struct sentence **s, size_t *n)
{
	sentences_of(a, text, value_of(es ? data_read_es_txt : data_read_en_txt, "abbreviations"), s, n);
}

/* ---- readability ---- */

const char *sighting_name(enum sighting_sort s)
{
	static const char *const names[] = { [SIGHT_LONG] = "long", [SIGHT_HEDGING] = "hedging", [SIGHT_PASSIVE] = "passive", [SIGHT_JARGON] = "jargon" };
	return names[s];
}

struct reading { struct sighting *seen; size_t n, room; };

static void sight(struct arena *a, struct readability *out, struct reading *r, enum sighting_sort sort, const struct sentence *s, struct str words, struct str instead)
{
	out->by[sort]++;
	if (r->n == SIGHTINGS_MAX)
		return;
	r->seen = arena_more(a, r->seen, r->n, &r->room, sizeof *r->seen);
	r->seen[r->n++] = (struct sighting){ sort, s->raw, words, instead };
}

/* Each rule counts once a sentence. */
static void read_sentence(struct arena *a, const struct sentence *s, struct str rules, struct readability *out, struct reading *r)
{
	struct str word, rest, seen, instead = STR("");
	if (s->n > SENTENCE_LONG)
		sight(a, out, r, SIGHT_LONG, s, s->raw, STR(""));
	while (str_entry(&rules, &word, &rest)) {
		enum sighting_sort sort = SIGHT_LONG + 1;
		while (sort < SIGHT_SORTS && !str_eq(word, str_of(sighting_name(sort))))
			sort++;
		if (str_eq(word, STR("instead")))
			instead = rest;
		else if (sort < SIGHT_SORTS && pattern_in(s, rest, STR(""), &seen))
			sight(a, out, r, sort, s, seen, instead);
	}
}

void wording_read(struct arena *a, struct str text, struct str language, struct readability *out)
{
	bool es = spanish(language);
	struct sentence *s;
	struct reading r = { 0 };
	size_t n;
	*out = (struct readability){ 0 };
	taken_apart(a, text, es, &s, &n);
	for (size_t i = 0; i < n; i++) {
		out->words += (int64_t)s[i].n;
		out->longest = (int64_t)s[i].n > out->longest ? (int64_t)s[i].n : out->longest;
		read_sentence(a, &s[i], es ? data_read_es_txt : data_read_en_txt, out, &r);
	}
	out->sentences = (int64_t)n;
	out->average = n ? (double)out->words / (double)n : 0;
	out->seen = r.seen, out->n = r.n;
}

void objections_refused(struct objection *o, size_t *n)
{
	size_t m = 0;
	for (size_t i = 0; i < *n; i++)
		if (o[i].sort == OBJECTION_REFUSED)
			o[m++] = o[i];
	*n = m;
}

/* ---- objections ---- */

struct objections { struct arena *a; struct objection *of; size_t n, room; };

/* One rule at a time; of each rule, a sentence is objected to once. */
static void object(struct objections *l, const struct sentence *s, const struct objection *rule, struct str seen)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->of[i].sentence.p == s->raw.p && str_eq(l->of[i].name, rule->name))
			return;
	l->of = arena_more(l->a, l->of, l->n, &l->room, sizeof *l->of);
	l->of[l->n] = *rule;
	l->of[l->n].sentence = s->raw;
	l->of[l->n++].words = seen;
}

/* {people} in a reason becomes the number */
static struct str with_people(struct arena *a, struct str why, int64_t people)
{
	const char *at = memmem(why.p, why.n, "{people}", 8);
	if (!at)
		return why;
	struct str before = { why.p, (size_t)(at - why.p) }, after = { at + 8, why.n - before.n - 8 };
	return arena_say(a, STR_FMT "%" PRId64 STR_FMT, STR_ARG(before), people, STR_ARG(after));
}

/* Does a claim's condition hold: any, unencrypted, more-than N. What hangs on the sentence (beyond, more-than #) is looked at there. */
static bool contradicted(struct str when, const struct exposure_known *k)
{
	int64_t n;
	struct str word = str_split(&when, ' ');
	if (str_eq(word, STR("more-than")))
		return when.p && (str_eq(when, STR("#")) || (str_i64(str_trim(when), &n) && k->people > n));
	return str_eq(word, STR("unencrypted")) ? !k->encrypted : str_eq(word, STR("any")) || str_eq(word, STR("beyond"));
}

/* A block of the data: a rule with its patterns; what the rule is about stands before them. block: what stands behind its first line. */
struct rule { struct objection o; bool holds, beyond, number; struct str called, block; };

static bool excepted(const struct sentence *s, struct str rules)
{
	struct str word, rest, seen;
	while (str_entry(&rules, &word, &rest))
		if (str_eq(word, STR("except")) && pattern_in(s, rest, STR(""), &seen))
			return true;
	return false;
}

/* The kinds that a sentence names: of the words that name some the longest counts, so that "e-mail addresses" names no address. */
static kinds kinds_in(const struct sentence *s, struct str rules)
{
	kinds all = 0;
	for (size_t at = 0, longest; at < s->n; at += longest ? longest : 1) {
		struct str data = rules, word, rest, bad;
		kinds of = 0, one;
		longest = 0;
		while (str_entry(&data, &word, &rest)) {
			if (!str_eq(word, STR("named")))
				continue;
			struct str which = str_split(&rest, ' ');
			size_t covered = pattern_at(s, at, rest);
			if (covered > longest && kinds_parse(which, ',', &one, &bad))
				longest = covered, of = one;
		}
		all |= of;
	}
	return all;
}

/* All words that name kinds, one a line. */
static struct str named_of(struct arena *a, struct str rules)
{
	struct str word, rest;
	struct buf b = BUF(64 << 10);
	while (str_entry(&rules, &word, &rest))
		if (str_eq(word, STR("named"))) {
			str_split(&rest, ' ');
			buf_put(&b, rest);
			buf_byte(&b, '\n');
		}
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* Every "deny" pattern with what the rule calls these kinds. */
static void denied(struct objections *l, const struct sentence *s, struct str rules, const struct rule *r)
{
	struct str word, rest, seen;
	while (str_entry(&rules, &word, &rest))
		if (str_eq(word, STR("deny")) && pattern_in(s, rest, r->called, &seen))
			object(l, s, &r->o, seen);
}

static bool begins_rule(struct str word)
{
	static const char *const words[] = { "kinds", "claim", "refused", "questioned", "deny", "named" };
	for (size_t i = 0; i < LENGTH(words); i++)
		if (str_eq(word, str_of(words[i])))
			return true;
	return false;
}

/* What a rule calls its kinds: the lines "as" of its block, one a line. */
static struct str called_of(struct arena *a, struct str rules)
{
	struct str word, rest;
	struct buf b = BUF(64 << 10);
	while (str_entry(&rules, &word, &rest) && !begins_rule(word))
		if (str_eq(word, STR("as"))) {
			buf_put(&b, rest);
			buf_byte(&b, '\n');
		}
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* What stands behind `key` in this rule's block. */
static struct str said_of(struct str rules, const char *key)
{
	struct str word, rest;
	while (str_entry(&rules, &word, &rest) && !begins_rule(word))
		if (str_eq(word, str_of(key)))
			return rest;
	return STR("");
}

/* Does the sentence say what its rule is about, against what is known? */
static bool untrue(const struct sentence *s, struct str pattern, const struct rule *r, struct str all, const struct exposure_known *k, struct str *seen)
{
	struct str block = r->block, word, rest, here;
	if (!pattern_in(s, pattern, r->called, seen) || excepted(s, all) || (r->number && k->people <= pattern_number(*seen)) || (r->beyond && !(k->kinds & ~kinds_in(s, all))))
		return false;
	while (str_entry(&block, &word, &rest) && !begins_rule(word))
		if (str_eq(word, STR("unless")) && pattern_in(s, rest, STR(""), &here))
			return false;
	return true;
}

void wording_honest(struct arena *a, struct str text, struct str language, const struct exposure_known *k, struct objection **out, size_t *n)
{
	bool es = spanish(language);
	struct str all = es ? data_honest_es_txt : data_honest_en_txt;
	struct objections l = { .a = a };
	struct sentence *s;
	size_t many;
	*out = NULL, *n = 0;
	if (!k->kinds)
		return;
	taken_apart(a, text, es, &s, &many);
	struct str rules = all, word, rest, seen;
	struct rule r = { .holds = false };
	while (str_entry(&rules, &word, &rest)) {
		bool of_kinds = str_eq(word, STR("kinds"));
		if (of_kinds || str_eq(word, STR("claim"))) {
			kinds about = 0;
			struct str bad, name = str_split(&rest, ' ');
			r = (struct rule){ .o = { .sort = OBJECTION_REFUSED, .name = name, .why = with_people(a, said_of(rules, "why"), k->people), .instead = said_of(rules, "instead") } };
			r.block = rules, r.beyond = !of_kinds && str_eq(rest, STR("beyond")), r.number = !of_kinds && str_eq(rest, STR("more-than #"));
			if (r.beyond)
				r.called = named_of(a, all);
			r.holds = of_kinds ? str_eq(rest, STR("*")) || (kinds_parse(rest, ',', &about, &bad) && about & k->kinds) : contradicted(rest, k);
			if (of_kinds && r.holds)
				r.called = called_of(a, rules);
			for (size_t i = 0; of_kinds && r.holds && i < many; i++)
				if (!excepted(&s[i], all))
					denied(&l, &s[i], all, &r);
		} else if (str_eq(word, STR("match")) && r.holds) {
			for (size_t i = 0; i < many; i++)
				if (untrue(&s[i], rest, &r, all, k, &seen))
					object(&l, &s[i], &r.o, seen);
		}
	}
	*out = l.of, *n = l.n;
}

static void boasts(struct objections *l, struct str text, bool es)
{
	struct sentence *s;
	size_t many;
	taken_apart(l->a, text, es, &s, &many);
	struct str rules = es ? data_modest_es_txt : data_modest_en_txt, word, rest, seen;
	struct objection o = { 0 };
	while (str_entry(&rules, &word, &rest))
		if (str_eq(word, STR("refused")) || str_eq(word, STR("questioned")))
			o = (struct objection){ .sort = *word.p == 'r' ? OBJECTION_REFUSED : OBJECTION_QUESTIONED, .name = rest, .why = said_of(rules, "why"), .instead = said_of(rules, "instead") };
		else if (str_eq(word, STR("match")))
			for (size_t i = 0; i < many; i++)
				if (pattern_in(&s[i], rest, STR(""), &seen))
					object(l, &s[i], &o, seen);
}

void wording_modest(struct arena *a, struct str text, struct str language, struct objection **out, size_t *n)
{
	struct objections l = { .a = a };
	bool es = spanish(language);
	boasts(&l, text, es);
	boasts(&l, text, !es);
	*out = l.of, *n = l.n;
}

struct taken { struct sentence *s; size_t n; bool es; };

const struct taken *wording_take(struct arena *a, struct str text, struct str language)
{
	struct taken *t = ARENA_NEW(a, struct taken);
	t->es = spanish(language);
	taken_apart(a, text, t->es, &t->s, &t->n);
	return t;
}

bool wording_says(const struct taken *t, struct str name, struct str *sentence)
{
	struct str rules = t->es ? data_says_es_txt : data_says_en_txt, word, rest, seen;
	bool here = false;
	while (str_entry(&rules, &word, &rest)) {
		if (str_eq(word, STR("says")))
			here = str_eq(rest, name);
		for (size_t i = 0; here && str_eq(word, STR("match")) && i < t->n; i++)
			if (pattern_in(&t->s[i], rest, STR(""), &seen)) {
				*sentence = t->s[i].raw;
				return true;
			}
	}
	return false;
}
