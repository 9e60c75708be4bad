/* practice: the data. Every page has few short lines in both languages, and every condition names a question and an answer that there are. */
#include "practice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LINES = 8, WORDS = 22 };

static size_t words(struct str s)
{
	size_t n = 0;
	while (s.p)
		n += str_split(&s, ' ').n > 0;
	return n;
}

static void every_channel_but_cash_has_a_page(void **unused)
{
	struct arena *a = arena_open();
	struct practice p;
	(void)unused;
	for (size_t i = 1; i < walk_parts_n; i++)
		assert_int_equal(practice_whole(a, str_of(walk_parts[i].name), &p), strcmp(walk_parts[i].name, "cash") != 0);
	assert_false(practice_whole(a, STR("no such"), &p));
	arena_close(a);
}

static void lines_are_few_and_short_in_both_languages(void **unused)
{
	struct arena *a = arena_open();
	struct practice p;
	(void)unused;
	for (size_t i = 1; i < walk_parts_n; i++) {
		if (!practice_whole(a, str_of(walk_parts[i].name), &p))
			continue;
		assert_in_range(p.n, 2, LINES);
		assert_true(strlen(p.title.en) > 5 && strlen(p.title.es) > 5 && p.odd_en.n && p.odd_es.n);
		assert_non_null(memmem(p.odd_en.p, p.odd_en.n, "{phone}", 7));
		assert_non_null(memmem(p.odd_es.p, p.odd_es.n, "{phone}", 7));
		for (size_t k = 0; k < p.n; k++) {
			assert_true(p.duty[k].name.n > 2);
			assert_in_range(words(p.duty[k].en), 3, WORDS);
			assert_in_range(words(p.duty[k].es), 3, WORDS + 5);
			for (size_t j = 0; j < k; j++)
				assert_false(str_eq(p.duty[j].name, p.duty[k].name));
		}
	}
	arena_close(a);
}

static void conditions_name_what_there_is(void **unused)
{
	struct arena *a = arena_open();
	const char *path = arena_printf(a, "%s/data/practice.txt", getenv("HANDBACK_SOURCE"));
	FILE *f = fopen(path, "r");
	char line[1000];
	size_t seen = 0;
	(void)unused;
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		struct str text = str_trim(str_of(line));
		if (!str_starts(text, STR("when ")))
			continue;
		str_split(&text, ' ');
		while (text.p) {
			struct str any = str_split(&text, ' '), name = str_split(&any, '=');
			size_t q;
			if (!question_named(name, &q))
				fail_msg("no question " STR_FMT, STR_ARG(name));
			while (any.p) {
				struct str option = str_split(&any, '|');
				bool known = str_eq(option, STR("unknown"));
				for (size_t i = 0; i < questions[q].options; i++)
					known |= str_eq(option, str_of(questions[q].option[i].name));
				if (!known)
					fail_msg(STR_FMT " has no option " STR_FMT, STR_ARG(name), STR_ARG(option));
				seen++;
			}
		}
	}
	fclose(f);
	arena_close(a);
	assert_true(seen > 20);
}

static void a_number_is_called_as_phones_do(void **unused)
{
	static const struct { const char *phone, *call; } cases[] = {
		{ "(855) 555-0100", "tel:8555550100" }, { "+1 (202) 555-0111", "tel:+12025550111" }, { "555-0100 + 2", "tel:55501002" }, { "the office", "" }, { "", "" } };
	struct arena *a = arena_open();
	(void)unused;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_true(str_eq(practice_call(a, str_of(cases[i].phone)), str_of(cases[i].call)));
	arena_close(a);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(every_channel_but_cash_has_a_page), cmocka_unit_test(lines_are_few_and_short_in_both_languages), cmocka_unit_test(conditions_name_what_there_is),
		cmocka_unit_test(a_number_is_called_as_phones_do),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
