/* table - the data files read and checked: every value is one that this program knows, or the table is not taken. */
#include "laws_int.h"
#include "laws_data.h"
#include "laws_sql.h"
#include "rows.h"

#include <stddef.h>

/* ---- words of statutes over our kinds ---- */

/* "card_track|card_number+card_code": choices of sets. "*": whatever there is. */
static bool choices_read(struct str text, kinds *choice, size_t *n, bool *any)
{
	struct str bad;
	*n = 0;
	*any = str_eq(text, STR("*"));
	while (text.p && text.n && !*any) {
		struct str one = str_split(&text, '|');
		if (*n == CHOICES_MAX || !kinds_parse(one, '+', &choice[*n], &bad))
			return false;
		++*n;
	}
	return true;
}

static _Thread_local struct { struct word word[100]; size_t n; struct arena *a; } words;

static void words_read(void)
{
	struct arena *a = words.a = arena_open();        /* lives as long as the thread: the words point into it */
	struct str rest = data_law_kinds_csv, f[7];
	size_t n;
	bool torn = false;
	row_next(a, &rest, ',', f, 7, &n, &torn);
	while (row_next(a, &rest, ',', f, 7, &n, &torn) && words.n < LENGTH(words.word)) {
		struct word *w = &words.word[words.n++];
		*w = (struct word){ .name = f[0], .no_name = f[4].n > 0, .question = f[5],
			.force = str_eq(f[2], STR("should")) ? LAW_SHOULD : str_eq(f[2], STR("look")) ? LAW_LOOK : LAW_NONE };
		if (n != 7 || torn || !choices_read(f[1], w->when, &w->whens, &w->any) || !choices_read(f[3], w->otherwise, &w->otherwises, &w->otherwise_any))
			words.n = 0, rest.n = 0;         /* the test of the data finds it */
	}
}

const struct word *law_word(struct str name)
{
	if (!words.n)
		words_read();
	for (size_t i = 0; i < words.n; i++)
		if (str_eq(words.word[i].name, name))
			return &words.word[i];
	return NULL;
}

/* ---- deadlines ---- */

static bool number_before(struct str s, const char *unit, int *n)
{
	size_t u = strlen(unit);
	int64_t v;
	if (s.n <= u || memcmp(s.p + s.n - u, unit, u) != 0 || !str_i64((struct str){ s.p, s.n - u }, &v) || v < 0 || v > 1000)
		return false;
	*n = (int)v;
	return true;
}

bool deadline_read(struct str s, struct deadline *d)
{
	static const struct { const char *word; struct deadline d; } fixed[] = {
		{ "", { .sort = D_NONE } }, { "none", { .sort = D_NONE } }, { "without_unreasonable_delay", { .sort = D_NO_DAY } }, { "as_soon_as_possible", { .sort = D_NO_DAY } },
		{ "as_soon_as_practicable", { .sort = D_NO_DAY } }, { "as_soon_as_feasible", { .sort = D_NO_DAY } }, { "as_soon_as_reasonably_possible", { .sort = D_NO_DAY } },
		{ "promptly", { .sort = D_NO_DAY } }, { "without_unreasonable_delay_if_high_risk", { .sort = D_NO_DAY, .if_high_risk = true } },
		{ "if_needed_for_protection", { .sort = D_NO_DAY, .if_high_risk = true } }, { "on_or_after_regulator", { .sort = D_NO_DAY } },
		{ "as_directed_by_OCABR", { .sort = D_NO_DAY } }, { "coordinate_if_notice_mentions_credit_report", { .sort = D_WITH } },
		{ "with_individuals", { .sort = D_WITH } }, { "before_individuals", { .sort = D_BEFORE } },
		{ "45_or_with_individuals_if_sooner", { .sort = D_DAYS, .n = 45, .with_if_sooner = true } },
		{ "14bd_or_with_individuals_if_sooner", { .sort = D_BUSINESS, .n = 14, .with_if_sooner = true } },
		{ "3to5d_then_30d", { .sort = D_DAYS, .n = 3 } },
	};
	struct str after = STR("after_individuals+");
	int64_t days;
	for (size_t i = 0; i < LENGTH(fixed); i++)
		if (str_eq(s, str_of(fixed[i].word))) {
			*d = fixed[i].d;
			return true;
		}
	*d = (struct deadline){ 0 };
	if (str_starts(s, after)) {
		struct str rest = { s.p + after.n, s.n - after.n };
		if (number_before(rest, "bd", &d->n))
			d->sort = D_AFTER_BUSINESS;
		else if (number_before(rest, "", &d->n))
			d->sort = D_AFTER;
		return d->sort == D_AFTER || d->sort == D_AFTER_BUSINESS;
	}
	if (number_before(s, "bd", &d->n))
		d->sort = D_BUSINESS;
	else if (number_before(s, "h", &d->n))
		d->sort = D_HOURS;
	else if (number_before(s, "d", &d->n) || (str_i64(s, &days) && number_before(s, "", &d->n)))
		d->sort = D_DAYS;
	else
		return false;
	return d->n > 0;
}

bool clock_known(struct str s)
{
	static const char *const clocks[] = { "", "discovery", "awareness", "awareness_and_scope", "knowledge", "detection", "reasonable_grounds", "confirmation", "determination",
		"determination_of_likely_harm", "discovery_or_notification", "determination_or_notification", "assessment", "individual_notice" };
	for (size_t i = 0; i < LENGTH(clocks); i++)
		if (str_eq(s, str_of(clocks[i])))
			return true;
	return false;
}

/* ---- statutes ---- */

static const struct { const char *name; size_t at; } columns[] = {
#define C(column) { #column, offsetof(struct law, column) }
	C(code), C(name), C(statute), C(trigger_kinds), C(other_kinds), C(individual_deadline), C(individual_clock), C(regulator), C(regulator_min_residents), C(regulator_deadline),
	C(regulator_clock), C(cra_min_residents), C(cra_deadline), C(harm_threshold), C(harm_record_years), C(encryption_safe_harbour), C(paper_records), C(notice_contents), C(channels),
	C(substitute_cost), C(substitute_count), C(substitute_contact_missing), C(vendor_to_owner), C(hold_people), C(hold_regulator), C(hold_after),
	C(hold_needs), C(hold_source), C(hold_confidence), C(source), C(law_year), C(effective), C(checked_through), C(confidence), C(notes),
#undef C
};

static bool among(struct str s, const char *list)
{
	struct str rest = str_of(list);
	while (rest.p)
		if (str_eq(str_split(&rest, ' '), s))
			return true;
	return false;
}

static bool words_known(struct str list)
{
	while (list.p && list.n)
		if (!law_word(str_split(&list, '|')))
			return false;
	return true;
}

static bool count_known(struct str s)
{
	int64_t n;
	return !s.n || (str_i64(s, &n) && n > 0 && n < INT32_MAX);
}

static bool month_known(struct str s)
{
	int64_t year, month;
	return s.n == 7 && s.p[4] == '-' && str_i64((struct str){ s.p, 4 }, &year) && str_i64((struct str){ s.p + 5, 2 }, &month) && year > 2000 && year < 2200 && month >= 1 && month <= 12;
}

/* Each of a list divided by | is among the words. */
static bool all_among(struct str list, const char *known)
{
	while (list.p && list.n)
		if (!among(str_split(&list, '|'), known))
			return false;
	return true;
}

/* The first column of those on holds of the police whose value is not known here; NULL: all are. What a hold may do has its source. */
static const char *hold_fault_of(const struct law *l)
{
	struct deadline d;
	bool told = l->hold_people.n || l->hold_regulator.n;
	return !all_among(l->hold_people, "yes no")       ? "hold_people"
	       : !all_among(l->hold_regulator, "yes no")  ? "hold_regulator"
	       : !deadline_read(l->hold_after, &d) || (d.sort != D_NONE && d.sort != D_DAYS && d.sort != D_BUSINESS) ? "hold_after"
	       : !all_among(l->hold_needs, "written documented dated tell_attorney_general police_tell_attorney_general") ? "hold_needs"
	       : told && !l->hold_source.n                ? "hold_source"
	       : !among(l->hold_confidence, "high medium low") ? "hold_confidence"
	                                                  : NULL;
}

/* The first column whose value is not known here; NULL: all are. */
static const char *fault_of(const struct law *l)
{
	struct deadline d;
	return l->code.n < 2 || l->code.n > 40                                          ? "code"
	       : !l->name.n                                                            ? "name"
	       : !l->statute.n                                                         ? "statute"
	       : !l->trigger_kinds.n || !words_known(l->trigger_kinds)              ? "trigger_kinds"
	       : !words_known(l->other_kinds)                                       ? "other_kinds"
	       : !deadline_read(l->individual_deadline, &d)                            ? "individual_deadline"
	       : !clock_known(l->individual_clock)                                     ? "individual_clock"
	       : !count_known(l->regulator_min_residents)                              ? "regulator_min_residents"
	       : !deadline_read(l->regulator_deadline, &d)                             ? "regulator_deadline"
	       : !clock_known(l->regulator_clock)                                      ? "regulator_clock"
	       : !count_known(l->cra_min_residents)                                    ? "cra_min_residents"
	       : !deadline_read(l->cra_deadline, &d)                                   ? "cra_deadline"
	       : !l->harm_threshold.n                                                  ? "harm_threshold"
	       : !among(l->encryption_safe_harbour, "yes yes_unless_key yes_128bit_unless_key yes_for_individuals_art34(3)(a) no_redaction_only no_factor_only no") ? "encryption_safe_harbour"
	       : !among(l->paper_records, "yes no yes_if_transferred_from_computer")   ? "paper_records"
	       : !month_known(l->checked_through)                                      ? "checked_through"
	       : !among(l->confidence, "high medium low")                              ? "confidence"
	       : l->effective.n < 10                                                   ? "effective"
	       : !l->source.n                                                          ? "source"
	                                                                               : hold_fault_of(l);
}

static bool heads_read(struct arena *a, struct str *rest, size_t place[LENGTH(columns)], struct err *e)
{
	struct str f[64];
	size_t n;
	bool torn = false;
	if (!row_next(a, rest, ',', f, LENGTH(f), &n, &torn) || n > LENGTH(f))
		return err_set(e, INVALID, "file", "This is no table of breach laws: its first row does not name the columns.");
	for (size_t c = 0; c < LENGTH(columns); c++) {
		for (place[c] = 0; place[c] < n && !str_eq(f[place[c]], str_of(columns[c].name)); place[c]++)
			;
		if (place[c] == n)
			return err_set(e, INVALID, "file", "The table lacks the column %s.", columns[c].name);
	}
	return true;
}

bool laws_read(struct arena *a, struct str csv, struct law **out, size_t *n, struct err *e)
{
	struct str f[64];
	size_t place[LENGTH(columns)], fields, m = 0;
	bool torn = false;
	if (csv.n > LAWS_TABLE_MAX || !str_utf8(csv))
		return err_set(e, csv.n > LAWS_TABLE_MAX ? TOO_BIG : INVALID, "file", "A table of breach laws is a CSV file in UTF-8 of at most %d MB.", LAWS_TABLE_MAX >> 20);
	if (str_starts(csv, STR("\xEF\xBB\xBF")))        /* as spreadsheets write UTF-8 */
		csv.p += 3, csv.n -= 3;
	if (!heads_read(a, &csv, place, e))
		return false;
	struct law *law = ARENA_ARRAY(a, struct law, LAWS_MAX);
	while (row_next(a, &csv, ',', f, LENGTH(f), &fields, &torn)) {
		if (fields == 1 && !f[0].n)
			continue;
		if (m == LAWS_MAX)
			return err_set(e, TOO_BIG, "file", "The table has more than %d rows.", LAWS_MAX);
		if (torn)
			return err_set(e, INVALID, "file", "Row %zu: a quotation mark is not closed.", m + 2);
		struct law *l = &law[m];
		for (size_t c = 0; c < LENGTH(columns); c++) {
			if (place[c] >= fields || fields > LENGTH(f))
				return err_set(e, INVALID, "file", "Row %zu has %zu fields, which does not fit its heading.", m + 2, fields);
			void *to = (char *)l + columns[c].at;
			*(struct str *)to = f[place[c]];
		}
		const char *bad = fault_of(l);
		if (bad)
			return strcmp(bad, "source") == 0 ? err_set(e, INVALID, "file", "Row %zu (" STR_FMT "): it lacks its source. Each row says where it can be read.", m + 2, STR_ARG(l->code))
			                                  : err_set(e, INVALID, "file", "Row %zu (" STR_FMT "): the value of %s is not one that this version knows.", m + 2, STR_ARG(l->code), bad);
		if (law_named(law, m, l->code))
			return err_set(e, INVALID, "file", "Row %zu: " STR_FMT " stands there twice.", m + 2, STR_ARG(l->code));
		m++;
	}
	if (!m)
		return err_set(e, INVALID, "file", "The table has no rows.");
	*out = law, *n = m;
	return true;
}

const struct law *law_named(const struct law *law, size_t n, struct str code)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(law[i].code, code))
			return &law[i];
	return NULL;
}

bool laws_built_in(struct arena *a, struct law **law, size_t *n, struct err *e)
{
	return laws_read(a, data_breach_laws_csv, law, n, e);
}

bool laws_in_force(struct op *op, struct law **law, size_t *n)
{
	struct sql_law_table q;
	bool found;
	if (!sql_law_table(op, &q, &found))
		return false;
	return found ? laws_read(op->a, arena_str(op->a, q.csv), law, n, &op->err) : laws_built_in(op->a, law, n, &op->err);
}

bool laws_imported(struct op *op, int64_t *at)
{
	struct sql_law_table q;
	bool found;
	if (!sql_law_table(op, &q, &found))
		return false;
	*at = found ? q.at : 0;
	return true;
}

static bool same_row(const struct law *a, const struct law *b)
{
	const struct str *x = &a->code, *y = &b->code;
	for (size_t i = 0; i < sizeof *a / sizeof *x; i++)
		if (!str_eq(x[i], y[i]))
			return false;
	return true;
}

struct str law_changes(struct arena *a, const struct law *was, const struct law *is)
{
	enum { SHOWN = 40 };
	struct str all = STR("");
	for (size_t c = 0; c < LENGTH(columns); c++) {
		struct str x = *(const struct str *)(const void *)((const char *)was + columns[c].at), y = *(const struct str *)(const void *)((const char *)is + columns[c].at);
		if (str_eq(x, y))
			continue;
		all = x.n <= SHOWN && y.n <= SHOWN ? arena_say(a, STR_FMT "%s%s: " STR_FMT " -> " STR_FMT, STR_ARG(all), all.n ? "; " : "", columns[c].name, STR_ARG(x), STR_ARG(y))
		                                   : arena_say(a, STR_FMT "%s%s", STR_ARG(all), all.n ? "; " : "", columns[c].name);
	}
	return all;
}

struct law_difference *laws_differences(struct arena *a, const struct law *was, size_t n, const struct law *is, size_t m, size_t *differences)
{
	struct law_difference *d = ARENA_ARRAY(a, struct law_difference, n + m + 1);
	*differences = 0;
	for (size_t i = 0; i < m; i++) {
		const struct law *old = law_named(was, n, is[i].code);
		if (!old || !same_row(old, &is[i]))
			d[(*differences)++] = (struct law_difference){ old, &is[i] };
	}
	for (size_t i = 0; i < n; i++)
		if (!law_named(is, m, was[i].code))
			d[(*differences)++] = (struct law_difference){ &was[i], NULL };
	return d;
}

/* ---- places and contracts ---- */

size_t laws_of_place(struct arena *a, struct str place, struct str code[PLACE_LAWS])
{
	struct str country = place, rest = data_law_places_csv, f[3];
	const char *dash = memchr(place.p ? place.p : "", '-', place.n);
	size_t n = 0, fields;
	bool torn = false;
	if (dash)
		country.n = (size_t)(dash - place.p);
	if (dash)
		code[n++] = place;
	row_next(a, &rest, ',', f, 3, &fields, &torn);
	while (row_next(a, &rest, ',', f, 3, &fields, &torn)) {
		struct str list = f[0];
		while (list.p)
			if (str_eq(str_split(&list, '|'), country) && n < PLACE_LAWS)
				code[n++] = f[1];
	}
	if (country.n && n < PLACE_LAWS && !str_eq(country, STR("US")))
		code[n++] = country;
	return n;
}

const struct contract *card_contracts(struct arena *a, size_t *n)
{
	enum { MOST = 20 };
	struct contract *c = ARENA_ARRAY(a, struct contract, MOST);
	struct str rest = data_card_contracts_csv, f[6];
	size_t fields;
	bool torn = false;
	*n = 0;
	row_next(a, &rest, ',', f, 6, &fields, &torn);
	while (row_next(a, &rest, ',', f, 6, &fields, &torn) && *n < MOST) {
		c[*n] = (struct contract){ f[0], f[1], f[4], f[5], { 0 } };
		deadline_read(f[2], &c[(*n)++].after);
	}
	return c;
}
