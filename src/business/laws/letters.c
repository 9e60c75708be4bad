/* letters - what a law wants of a letter to people: the words of notice_contents with what is looked for, from data/letter-rules.csv; attorneys general, and where an office takes reports. */
#include "rows.h"
#include "laws_int.h"
#include "laws_data.h"

enum { RULES_MAX = 120, ATTORNEYS_MAX = 80, PORTALS_MAX = 80, SUBSTITUTES_MAX = 40 };

static _Thread_local struct {
	struct letter_rule rule[RULES_MAX]; size_t n;
	struct attorney attorney[ATTORNEYS_MAX]; size_t attorneys;
	struct portal portal[PORTALS_MAX]; size_t portals;
	struct substitute_rule substitute[SUBSTITUTES_MAX]; size_t substitutes;
	struct arena *a;                                 /* lives as long as the thread: the rules point into it */
} rules;

static void rules_read(void)
{
	struct arena *a = rules.a = arena_open();
	struct str rest = data_letter_rules_csv, f[8];
	size_t n;
	bool torn = false;
	row_next(a, &rest, ',', f, 8, &n, &torn);
	while (row_next(a, &rest, ',', f, 8, &n, &torn) && rules.n < RULES_MAX)
		if (n == 8 && !torn)                     /* the test of the data finds what is left out */
			rules.rule[rules.n++] = (struct letter_rule){ .place = f[0], .name = f[1], .looks_for = f[2], .stops = str_eq(f[3], STR("yes")), .add = f[4], .add_es = f[5], .citation = f[6],
				.confidence = f[7] };
	rest = data_attorneys_general_csv;
	row_next(a, &rest, ',', f, 6, &n, &torn);
	while (row_next(a, &rest, ',', f, 6, &n, &torn) && rules.attorneys < ATTORNEYS_MAX)
		if (n == 6 && !torn)
			rules.attorney[rules.attorneys++] = (struct attorney){ f[0], f[1], f[2], f[3] };
	rest = data_filing_portals_csv;
	row_next(a, &rest, ',', f, 7, &n, &torn);
	while (row_next(a, &rest, ',', f, 7, &n, &torn) && rules.portals < PORTALS_MAX)
		if (n == 7 && !torn)
			rules.portal[rules.portals++] = (struct portal){ f[0], f[1], f[2], f[3], f[5], str_eq(f[6], STR("high")) };
	rest = data_substitute_notice_csv;
	row_next(a, &rest, ',', f, 6, &n, &torn);
	while (row_next(a, &rest, ',', f, 6, &n, &torn) && rules.substitutes < SUBSTITUTES_MAX) {
		struct substitute_rule r = { .place = f[0], .wants = f[2], .wants_es = f[3], .citation = f[4], .confidence = f[5] };
		if (n == 6 && !torn && str_i64(f[1], &r.days))
			rules.substitute[rules.substitutes++] = r;
	}
}

static const struct letter_rule *rule_of(struct str place, struct str name)
{
	const struct letter_rule *general = NULL;
	for (size_t i = 0; i < rules.n; i++) {
		if (!str_eq(rules.rule[i].name, name))
			continue;
		if (str_eq(rules.rule[i].place, place))
			return &rules.rule[i];
		if (str_eq(rules.rule[i].place, STR("*")))
			general = &rules.rule[i];
	}
	return general;
}

/* "credit_bureaus_if_ssn_dl" is credit_bureaus, for some kinds only; false: for none of these. */
static bool word_counts(struct str *word, kinds there)
{
	const char *condition = memmem(word->p, word->n, "_if_ssn", 7);
	if (!condition)
		return true;
	kinds owed = KIND(SSN);
	if (memmem(word->p, word->n, "_dl", 3))
		owed |= KIND(DRIVERS_LICENCE) | KIND(STATE_ID);
	if (memmem(word->p, word->n, "tax_id", 6))
		owed |= KIND(TAX_ID);
	word->n = (size_t)(condition - word->p);
	return (there & owed) != 0;
}

/* The next of a law's words that counts for these kinds; false: there is none more. */
static bool word_next(const struct law *l, kinds there, struct str *list, struct str *word)
{
	while (list->p) {
		*word = str_split(list, '|');
		bool months = str_starts(*word, STR("free_credit_monitoring_months="));
		if (months ? !law_monitoring(l, there) : !word_counts(word, there))
			continue;
		if (months)
			*word = STR("free_credit_monitoring_months");
		return true;
	}
	return false;
}

size_t law_letter(const struct law *l, kinds there, struct letter_rule out[LETTER_RULES])
{
	struct str list = l->notice_contents, word;
	size_t n = 0;
	if (!rules.n)
		rules_read();
	while (n < LETTER_RULES && word_next(l, there, &list, &word)) {
		const struct letter_rule *r = rule_of(l->code, word);
		if (!r)
			continue;
		out[n] = *r;
		out[n].general = str_eq(r->place, STR("*")) ? NULL : rule_of(STR("*"), word);
		if (!out[n].citation.n)
			out[n].citation = l->statute;
		n++;
	}
	return n;
}

bool law_letter_wants(const struct law *l, kinds there, const char *name)
{
	struct str list = l ? l->notice_contents : (struct str){ 0 }, word;
	if (!rules.n)
		rules_read();
	while (word_next(l, there, &list, &word))
		if (str_eq(word, str_of(name)) && rule_of(l->code, word))
			return true;
	return false;
}

const struct attorney *law_attorney(struct str place)
{
	if (!rules.n)
		rules_read();
	for (size_t i = 0; i < rules.attorneys; i++)
		if (str_eq(rules.attorney[i].place, place))
			return &rules.attorney[i];
	return NULL;
}

const struct portal *law_portal(struct str place)
{
	if (!rules.n)
		rules_read();
	for (size_t i = 0; i < rules.portals; i++)
		if (str_eq(rules.portal[i].place, place))
			return &rules.portal[i];
	return NULL;
}

/* ---- a notice to all ---- */

unsigned law_substitute(const struct law *l, int64_t people, int64_t missing, int64_t dollars)
{
	int64_t count, cost;
	unsigned on = 0;
	if (str_eq(l->channels, STR("none")) || !people)
		return 0;
	if (str_eq(l->substitute_contact_missing, STR("yes")) && missing && !(l->substitute_count.n && !l->substitute_cost.n && str_i64(l->substitute_count, &count) && missing < count))
		on |= SUBSTITUTE_CONTACT;
	if (l->substitute_cost.n && l->substitute_count.n && str_i64(l->substitute_count, &count) && people >= count)
		on |= SUBSTITUTE_COUNT;
	if (str_i64(l->substitute_cost, &cost))
		on |= dollars > cost ? SUBSTITUTE_COST : 0;
	else if (l->substitute_cost.n)
		on |= SUBSTITUTE_WORDS;
	return on;
}

const struct substitute_rule *law_substitute_rule(const struct law *l)
{
	if (!rules.a)
		rules_read();
	const struct substitute_rule *general = NULL;
	for (size_t i = 0; i < rules.substitutes; i++) {
		if (str_eq(rules.substitute[i].place, l->code))
			return &rules.substitute[i];
		general = str_eq(rules.substitute[i].place, STR("*")) ? &rules.substitute[i] : general;
	}
	return general;
}
