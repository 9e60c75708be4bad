/* response: the data's conditions and places mean what they say, and every line of the data is whole in both languages. */
#include "response_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void conditions_hold_as_they_say(void **unused)
{
	struct holder holder[] = { { .id = { 7 }, .sort = READER, .name = STR("R-1") }, { .id = { 8 }, .sort = SERVICE, .name = STR("Square") } };
	struct facts f = { .holder = holder, .n = 2, .kinds = KIND(CARD_NUMBER) | KIND(NAME), .risk = true, .provider = true, .unanswered = true, .c = { .known = true } };
	static const char *const yes[] = { "sort reader", "sort paper service", "kind card_number", "kind ssn name", "risk", "provider", "unanswered", "unapproved", "open" };
	static const char *const no[] = { "sort paper", "sort", "kind ssn", "kind shoe_size", "safe", "unnamed", "answered", "asked", "approved", "closed", "counting", "", "moonlight" };
	(void)unused;
	for (size_t i = 0; i < LENGTH(yes); i++)
		if (!facts_hold(&f, str_of(yes[i])))
			fail_msg("%s does not hold", yes[i]);
	for (size_t i = 0; i < LENGTH(no); i++)
		if (facts_hold(&f, str_of(no[i])))
			fail_msg("%s holds", no[i]);
	f.unanswered = false, f.approved = 5, f.closed = true, f.risk = false, f.c.known = false;
	assert_true(facts_hold(&f, STR("answered")) && facts_hold(&f, STR("approved")) && facts_hold(&f, STR("closed")) && facts_hold(&f, STR("safe")) && facts_hold(&f, STR("counting")));
}

static void names_and_windows_are_said(void **unused)
{
	struct op op = { .a = arena_open(), .zone = zone_open(STR("America/New_York"), &(struct err){ 0 }) };
	struct holder holder[] = { { .id = { 7 }, .sort = READER, .name = STR("R-1") }, { .id = { 8 }, .sort = READER, .name = STR("R-2") }, { .id = { 9 }, .sort = READER, .name = STR("R-3") },
	                           { .id = { 10 }, .sort = READER, .name = STR("R-4") }, { .id = { 11 }, .sort = SERVICE, .name = STR("Square") } };
	struct suspicion s[] = { { { 7 }, 1764565200, 1764651600, BOTH }, { { 11 }, 1764565200, FAR_OFF, BOTH } };
	struct facts f = { .holder = holder, .n = 5, .i = { .suspicion = s, .n = 1 } };
	(void)unused;
	assert_string_equal(facts_holders(&op, &f, STR("reader"), false).p, "R-1, R-2, R-3 and 1 more");
	assert_string_equal(facts_holders(&op, &f, STR("service"), false).p, "Square");
	f.n = 2;
	assert_string_equal(facts_holders(&op, &f, STR("reader"), true).p, "R-1 y R-2");
	assert_string_equal(facts_window(&op, &f, false).p, "December 1, 2025");
	f.i.n = 2;
	assert_string_equal(facts_window(&op, &f, false).p, "since December 1, 2025; nobody knows yet when it ended");
	s[1].from = LONG_AGO;
	assert_string_equal(facts_window(&op, &f, true).p, "no se sabe todavía desde cuándo hasta cuándo");
	assert_string_equal(kinds_named(&op, KIND(NAME) | KIND(CARD_NUMBER), false).p, "names, card numbers");
	const struct place_value v[] = { { "a", STR("one") }, { "b", STR("{a}") } };
	assert_string_equal(filled(&op, STR("{a}, {b}, {c}, {"), v, LENGTH(v)).p, "one, {a}, {c}, {");
	zone_close(op.zone);
	arena_close(op.a);
}

/* A file of the project's data; freed by the caller. */
static struct buf data_file(const char *name)
{
	char path[4096];
	struct buf b = BUF(1 << 20);
	snprintf(path, sizeof path, "%s/data/%s", getenv("HANDBACK_SOURCE"), name);
	assert_true(file_whole(path, &b, "data", &(struct err){ 0 }));
	return b;
}

static bool among(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(s, str_of(*words)))
			return true;
	return false;
}

/* Each sentence of ours has its Spanish behind it, and each condition is one that there is. */
static void data_are_whole(void **unused)
{
	static const char *const files[] = { "tasks.txt", "provider-letter.txt", "phone.txt", "costs.txt" };
	static const char *const sentences[] = { "what", "why", "title", "open", "ask", "end", "say", "never", NULL };
	static const char *const plain[] = { "risk", "safe", "unnamed", "provider", "asked", "unanswered", "answered", "approved", "unapproved", "closed", "open", "counting", NULL };
	static const char *const pages[] = { "provider", "phone", "obligations", "import", "draft", "measures", "updates", NULL }, *const who[] = { "owner", "lead", "all", NULL }, *const events[] = { "discovered", "told", "opened", NULL };
	(void)unused;
	for (size_t i = 0; i < LENGTH(files); i++) {
		struct buf b = data_file(files[i]);
		struct str text = buf_str(&b), bad;
		struct line l;
		bool owes = false;
		size_t sentences_met = 0;
		kinds of;
		while (line_next(&text, &l)) {
			if (owes && !str_eq(l.word, STR("es")))
				fail_msg("%s: no Spanish before: " STR_FMT, files[i], STR_ARG(l.rest));
			owes = among(l.word, sentences);
			sentences_met += owes;
			if (str_eq(l.word, STR("if")) || str_eq(l.word, STR("unless"))) {
				struct str rest = l.rest, word = str_split(&rest, ' ');
				enum holder_sort sort;
				bool good = str_eq(word, STR("kind")) ? kinds_parse(rest, ' ', &of, &bad) : str_eq(word, STR("sort")) ? true : among(l.rest, plain);
				while (str_eq(word, STR("sort")) && rest.p)
					good &= sort_parse(str_split(&rest, ' '), &sort);
				if (!good)
					fail_msg("%s: no condition: " STR_FMT, files[i], STR_ARG(l.rest));
			}
			if ((str_eq(l.word, STR("page")) && !among(l.rest, pages)) || (str_eq(l.word, STR("who")) && !among(l.rest, who)) ||
			    (str_eq(l.word, STR("by")) && !among(str_split(&l.rest, ' '), events)) || (str_eq(l.word, STR("seen")) && !among(l.rest, plain)))
				fail_msg("%s: " STR_FMT " " STR_FMT, files[i], STR_ARG(l.word), STR_ARG(l.rest));
		}
		assert_false(owes);
		assert_true(sentences_met > 5);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest all[] = { cmocka_unit_test(conditions_hold_as_they_say), cmocka_unit_test(names_and_windows_are_said), cmocka_unit_test(data_are_whole) };
	return cmocka_run_group_tests(all, NULL, NULL);
}
