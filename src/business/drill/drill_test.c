/* drill: what it tells is there in both languages, and times are said as people say them. */
#include "drill.h"
#include "founded_test.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void times_are_said_as_people_say_them(void **state)
{
	static const struct { int64_t seconds; const char *en, *es; } said[] = {
		{ 0, "0 seconds", "0 segundos" }, { 1, "1 second", "1 segundo" }, { 59, "59 seconds", "59 segundos" }, { 60, "1 minute", "1 minuto" }, { 3599, "59 minutes", "59 minutos" },
		{ 3600, "1 hour", "1 hora" }, { 3660, "1 hour 1 minute", "1 hora 1 minuto" }, { 90000, "25 hours", "25 horas" },
	};
	for (size_t i = 0; i < LENGTH(said); i++) {
		assert_string_equal(drill_time(*state, said[i].seconds, false).p, said[i].en);
		assert_string_equal(drill_time(*state, said[i].seconds, true).p, said[i].es);
	}
}

static void each_case_is_told_in_both_languages(void **state)
{
	static const char *const cases[] = { "skimmer", "break_in", "mailbox", "website", "paper" };
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (int es = 0; es < 2; es++) {
			struct drill d = { .story = str_of(cases[i]), .holder = STR("Van {to}"), .from = 1763269200, .to = 1764478800 };      /* November 16 to 29, 2025, in New York */
			struct str s = drill_story(*state, &d, es);
			assert_non_null(strstr(s.p, "Van {to}"));        /* a holder's name is no place */
			assert_non_null(strstr(s.p, es ? "16 de noviembre de 2025" : "November 16, 2025"));
			assert_non_null(strstr(s.p, es ? "29 de noviembre de 2025" : "November 29, 2025"));
			assert_null(strstr(s.p, "{holder}"));
		}
}

static void without_anybody_in_the_ledger_there_is_nothing_to_practise(void **state)
{
	struct op *op = *state;
	struct drill d;
	assert_false(drill_invent(op, &d));
	assert_int_equal(op->err.code, CONFLICT);
	err_clear(&op->err);
	assert_true(drill_here(op, &d));
	assert_int_equal(d.told, 0);
}

static int begin(void **state)
{
	return found(state, (struct founding){ STR("Fernwood Plumbing"), STR("US-NY"), STR("America/New_York") }, ask_founder);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(times_are_said_as_people_say_them), cmocka_unit_test(each_case_is_told_in_both_languages),
		cmocka_unit_test(without_anybody_in_the_ledger_there_is_nothing_to_practise),
	};
	return cmocka_run_group_tests(all, begin, founded_drop);
}
