/* verbs - the table of breach laws: what is in it, one row, and another table in its place. */
#include "laws_int.h"
#include "laws_sql.h"
#include "log.h"


static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct law *law;
	size_t n;
	(void)args;
	if (!laws_in_force(op, &law, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		answer_row(answer);
		answer_text(answer, "code", law[i].code);
		answer_text(answer, "name", law[i].name);
		answer_text(answer, "statute", law[i].statute);
		answer_text(answer, "people", law[i].individual_deadline);
		answer_text(answer, "regulator", law[i].regulator);
		answer_text(answer, "checked_through", law[i].checked_through);
		answer_text(answer, "confidence", law[i].confidence);
		answer_row_end(answer);
		answer_say(answer, "%-18.*s %-28.*s people: %-28.*s checked %.*s", STR_ARG(law[i].code), STR_ARG(law[i].name), STR_ARG(law[i].individual_deadline), STR_ARG(law[i].checked_through));
	}
	answer_say(answer, "This is a table of facts with their sources, and no lawyer. One row: handback laws show US-NY");
	return true;
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct law *law;
	size_t n;
	if (!laws_in_force(op, &law, &n))
		return false;
	const struct law *l = law_named(law, n, args_text(args, "code"));
	if (!l)
		return err_set(&op->err, NOT_FOUND, "code", "There is no row \"" STR_FMT "\". handback laws list shows them.", STR_ARG(args_text(args, "code")));
	const struct { const char *name; struct str value; } lines[] = {
		{ "name", l->name }, { "statute", l->statute }, { "trigger_kinds", l->trigger_kinds }, { "other_kinds", l->other_kinds }, { "individual_deadline", l->individual_deadline },
		{ "individual_clock", l->individual_clock }, { "regulator", l->regulator }, { "regulator_min_residents", l->regulator_min_residents }, { "regulator_deadline", l->regulator_deadline },
		{ "regulator_clock", l->regulator_clock }, { "cra_min_residents", l->cra_min_residents }, { "cra_deadline", l->cra_deadline }, { "harm_threshold", l->harm_threshold },
		{ "harm_record_years", l->harm_record_years }, { "encryption_safe_harbour", l->encryption_safe_harbour }, { "paper_records", l->paper_records },
		{ "notice_contents", l->notice_contents }, { "channels", l->channels }, { "substitute_cost", l->substitute_cost }, { "substitute_count", l->substitute_count },
		{ "vendor_to_owner", l->vendor_to_owner }, { "hold_people", l->hold_people }, { "hold_regulator", l->hold_regulator }, { "hold_after", l->hold_after },
		{ "hold_needs", l->hold_needs }, { "hold_source", l->hold_source }, { "hold_confidence", l->hold_confidence }, { "effective", l->effective }, { "checked_through", l->checked_through }, { "confidence", l->confidence }, { "source", l->source },
		{ "notes", l->notes },
	};
	answer_row(answer);
	answer_text(answer, "code", l->code);
	for (size_t i = 0; i < LENGTH(lines); i++) {
		answer_text(answer, lines[i].name, lines[i].value);
		if (lines[i].value.n)
			answer_say(answer, "%-24s " STR_FMT, lines[i].name, STR_ARG(lines[i].value));
	}
	answer_row_end(answer);
	return true;
}

static const char *changes(const struct law_difference *d)
{
	return !d->was ? "new" : d->is ? "changed" : "gone";
}

/* A row each. */
static void differences_say(struct op *op, const struct law *was, size_t n, const struct law *is, size_t m, struct answer *answer)
{
	size_t all, changed = 0, fresh = 0, gone = 0;
	struct law_difference *d = laws_differences(op->a, was, n, is, m, &all);
	for (size_t i = 0; i < all; i++) {
		const struct law *l = d[i].is ? d[i].is : d[i].was;
		bool both = d[i].is && d[i].was;
		answer_row(answer);
		answer_text(answer, "code", l->code);
		answer_text(answer, "what", str_of(changes(&d[i])));
		struct str columns = both ? law_changes(op->a, d[i].was, d[i].is) : STR("");
		answer_text(answer, "columns", columns);
		answer_row_end(answer);
		answer_say(answer, "  %s: " STR_FMT ", " STR_FMT "%s" STR_FMT, changes(&d[i]), STR_ARG(l->code), STR_ARG(l->name), both ? "; " : "", STR_ARG(columns));
		fresh += !d[i].was, gone += !d[i].is, changed += both;
	}
	answer_say(answer, "%zu %s: %zu new, %zu changed, %zu gone.", m, m == 1 ? "row" : "rows", fresh, changed, gone);
}

static bool import_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct law *was, *is;
	size_t n, m;
	struct buf csv = BUF(LAWS_TABLE_MAX);
	bool built_in = args_has(args, "built-in"), dry = args_has(args, "dry-run");
	if (built_in == args_has(args, "file"))
		return err_set(&op->err, INVALID, "file", "Name a file, or take the table that came with this version: --built-in");
	bool good = laws_in_force(op, &was, &n) && (built_in || file_whole(arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "file"))), &csv, "file", &op->err)) && (built_in || laws_read(op->a, buf_str(&csv), &is, &m, &op->err)) &&
	            (!built_in || laws_built_in(op->a, &is, &m, &op->err)) && (dry || ((built_in ? sql_law_table_drop(op) : sql_law_table_put(op, buf_str(&csv), op->now)) && log_add(op, "laws.imported", ABOUT({ "rows", (int64_t)m }))));
	if (good)
		differences_say(op, was, n, is, m, answer);
	if (good && dry)
		answer_say(answer, "Nothing is changed yet: that was only a look.");
	buf_free(&csv);
	return good;
}

const struct verb laws_verbs[] = {
	{ "laws list", "The breach laws that Handback knows, with when each was last checked.", "handback laws list", VERB_READ, NO_FIELDS, list_run, ROLES_ALL },
	{ "laws show", "One row of the table of breach laws, with its sources.", "handback laws show US-NY", VERB_READ,
	  FIELDS({ "code", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "which, like US-NY" }), show_run, ROLES_ALL },
	{ "laws import", "Takes another table of breach laws in place of the one in force; says what it changes.", "handback laws import breach-laws.csv", VERB_WRITE,
	  FIELDS({ "file", FIELD_PATH, FIELD_PLACED, "the table, doc/laws.md says how it looks" }, { "built-in", FIELD_FLAG, 0, "back to the table that came with this version" },
	         { "dry-run", FIELD_FLAG, 0, "only says what it would change" }), import_run },
	{ 0 },
};
