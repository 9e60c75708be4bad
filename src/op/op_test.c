/* op: founding and opening a data folder, transactions, counters, the log, verbs. */
#include "founded_test.h"
#include "log.h"
#include "seal.h"
#include "verb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static bool nobody(struct op *op, const char *why, struct str *passphrase)
{
	(void)op, (void)why, (void)passphrase;
	return false;
}

static int make(void **state)
{
	return found(state, (struct founding){ .name = STR("Fernwood"), .region = STR("US-NY"), .timezone = STR("America/New_York") }, ask_founder);
}

static void counters_count_only_when_kept(void **state)
{
	struct op *op = *state;
	assert_true(op_begin(op));
	assert_int_equal(op_count(op, "x"), 1);
	assert_int_equal(op_count_many(op, "x", 10), 2);
	assert_true(op_end(op, true));
	assert_true(op_begin(op));
	assert_int_equal(op_count(op, "x"), 12);
	assert_false(op_end(op, false));
	assert_true(op_begin(op));
	assert_int_equal(op_count(op, "x"), 12);
	assert_true(op_end(op, true));
}

static void the_log_grows_only_when_kept(void **state)
{
	struct op *op = *state;
	struct log_state before, after;
	assert_true(log_verify(op, NULL, &before) && !before.broken);
	for (int keep = 0; keep < 2; keep++) {
		assert_true(op_begin(op));
		for (int i = 0; i < 5; i++)
			assert_true(log_add(op, "tried", ABOUT({ "i", i })));
		assert_int_equal(op_end(op, keep), keep);
	}
	assert_true(log_sign(op));
	assert_true(log_verify(op, NULL, &after) && !after.broken);
	assert_int_equal(after.entries, before.entries + 5);
	assert_int_equal(after.signed_entries, after.entries);
}

static void every_size_of_the_log_verifies(void **state)
{
	struct op *op = *state;
	for (int i = 0; i < 40; i++) {
		struct log_state s;
		assert_true(op_begin(op) && log_add(op, "tried", ABOUT({ "i", i })) && op_end(op, true) && log_sign(op));
		assert_true(log_verify(op, NULL, &s) && !s.broken && s.signed_entries == s.entries);
	}
}

static bool refuse(struct op *op, const struct args *args, struct answer *answer)
{
	(void)args, (void)answer;
	return op_setting_put(op, "language", STR("es")) && err_set(&op->err, CONFLICT, NULL, "no");
}

static void a_verb_that_fails_changes_nothing(void **state)
{
	struct op *op = *state;
	const struct verb verb = { "try", "x", "x", VERB_WRITE, NO_FIELDS, refuse };
	struct args args = { 0 };
	struct answer answer = { 0 };
	assert_false(op_do(op, &verb, &args, &answer));
	assert_int_equal(op->err.code, CONFLICT);
	err_clear(&op->err);
	assert_int_equal(op_setting(op, "language").n, 0);
}

static void what_is_needed_is_asked_for(void **state)
{
	struct op *op = *state;
	const struct verb verb = { "try", "x", "x", VERB_READ, FIELDS({ "n", FIELD_NUMBER, FIELD_NEEDED, "a number" }), refuse };
	struct str bad = STR("four"), twice[] = { STR("4"), STR("5") };
	struct arg arg = { verb.fields, &bad, 0 };
	struct args args = { &arg, 1 };
	struct answer answer = { 0 };
	assert_false(op_do(op, &verb, &args, &answer));
	assert_string_equal(op->err.field, "n");
	err_clear(&op->err);
	arg.n = 1;
	assert_false(op_do(op, &verb, &args, &answer) || op->err.code != INVALID);
	err_clear(&op->err);
	arg = (struct arg){ verb.fields, twice, 2 };
	assert_false(op_do(op, &verb, &args, &answer) || op->err.code != INVALID);
	err_clear(&op->err);
}

static bool has_name(struct op *op, const struct args *args, struct answer *answer)
{
	(void)op, (void)answer;
	return args_text(args, "name").n > 0;
}

static void what_turns_the_direction_of_a_text_is_left_out(void **state)
{
	struct op *op = *state;
	const struct verb verb = { "try", "x", "x", VERB_READ, FIELDS({ "name", FIELD_TEXT, FIELD_NEEDED, "a name" }), has_name };
	static const struct { struct str given, kept; } names[] = {
		{ STR("June \xE2\x80\xAE" "hsraM"), STR("June hsraM") }, { STR("\xE2\x81\xA6(202) 555-0100\xE2\x81\xA9"), STR("(202) 555-0100") },
		{ STR("Ana\xE2\x80\x99s caf\xC3\xA9 \xE2\x80\x93 \xD7\x90"), STR("Ana\xE2\x80\x99s caf\xC3\xA9 \xE2\x80\x93 \xD7\x90") },
	};
	for (size_t i = 0; i < LENGTH(names); i++) {
		struct str value = names[i].given;
		struct arg arg = { verb.fields, &value, 1 };
		struct args args = { &arg, 1 };
		struct answer answer = { 0 };
		assert_true(op_do(op, &verb, &args, &answer) && str_eq(value, names[i].kept));
	}
}

static void a_telephone_number_is_set_only_as_one(void **state)
{
	struct op *op = *state;
	struct verb set = op_verbs[0];
	for (size_t i = 0; strcmp(set.name, "set") != 0; i++)
		set = op_verbs[i];
	static const struct { const char *value; bool good; } phones[] = { { "call me", false }, { "(202) 555-0100", true }, { "", true } };
	for (size_t i = 0; i < LENGTH(phones); i++) {
		struct str key = STR("business.phone"), value = str_of(phones[i].value);
		struct arg arg[] = { { set.fields, &key, 1 }, { set.fields + 1, &value, 1 } };
		struct args args = { arg, 2 };
		struct answer answer = { 0 };
		assert_int_equal(op_do(op, &set, &args, &answer), phones[i].good);
		assert_true(phones[i].good || (op->err.code == INVALID && strcmp(op->err.field, "business.phone") == 0));
		err_clear(&op->err);
		assert_true(!phones[i].good || str_eq(op_setting(op, "business.phone"), value));
	}
}

static void locked_is_told(void **state)
{
	(void)state;
	struct op op = { .ask = nobody };
	assert_true(op_open(&op, str_of(folder)));
	assert_false(op_key(&op));
	assert_int_equal(op.err.code, LOCKED);
	op_close(&op);
}

static void a_folder_open_to_others_is_closed(void **state)
{
	(void)state;
	struct op op = { .ask = ask_founder };
	struct stat st;
	assert_int_equal(chmod(folder, 0755), 0);
	assert_true(op_open(&op, str_of(folder)));
	assert_true(stat(folder, &st) == 0 && (st.st_mode & 0777) == 0700);
	op_close(&op);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(counters_count_only_when_kept), cmocka_unit_test(the_log_grows_only_when_kept),
		cmocka_unit_test(every_size_of_the_log_verifies), cmocka_unit_test(a_verb_that_fails_changes_nothing),
		cmocka_unit_test(what_is_needed_is_asked_for), cmocka_unit_test(locked_is_told),
		cmocka_unit_test(what_turns_the_direction_of_a_text_is_left_out), cmocka_unit_test(a_telephone_number_is_set_only_as_one),
		cmocka_unit_test(a_folder_open_to_others_is_closed),
	};
	return cmocka_run_group_tests(all, make, founded_drop);
}
