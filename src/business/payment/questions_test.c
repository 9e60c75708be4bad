/* questions: which comes next, for any answers; how many there are; what an answer may say. */
#include "questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { RANDOM_WALKS = 20000 };

static struct arena *arena;

static int begin(void **state)
{
	(void)state;
	srand(20261127);
	arena = arena_open();
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_close(arena);
	return 0;
}

static void answer(struct answers *a, size_t q, const char *words)
{
	struct str value[32], rest = str_of(words);
	struct err e = { 0 };
	size_t n = 0;
	while (rest.p)
		value[n++] = str_split(&rest, ',');
	if (!question_read(arena, q, value, n, &a->set[q], &a->text[q], &e))
		fail_msg("%s", e.say);
}

static void answer_named(struct answers *a, const char *question, const char *words)
{
	size_t q;
	assert_true(question_named(str_of(question), &q));
	answer(a, q, words);
}

/* Anything that the question takes. */
static uint32_t chance(size_t q)
{
	const struct question *asked = &questions[q];
	if (q > 0 && rand() % 6 == 0)
		return ANSWER_UNKNOWN;
	if (asked->kind >= ANSWER_NAMES)
		return rand() % 3 ? ANSWER_NAMED : ANSWER_NONE;
	uint32_t one = 1u << (size_t)rand() % asked->options, all = (1u << asked->options) - 1;
	return asked->kind == ANSWER_ONE ? one : ((uint32_t)rand() & all) | one;
}

static void any_walk_asks_each_question_once_in_order_and_ends(void **state)
{
	(void)state;
	for (int i = 0; i < RANDOM_WALKS; i++) {
		struct answers a = { 0 };
		size_t q, last = questions_n, n = 0;
		while ((q = question_next(&a, 0)) < questions_n) {
			bool asked[QUESTIONS_MAX];
			size_t k, of, left = questions_left(&a);
			questions_asked(&a, asked);
			assert_true(asked[q] && !a.set[q] && left > 0);
			/* no answer makes an earlier one be asked */
			assert_true(last == questions_n || q > last);
			question_place(&a, q, &k, &of);
			assert_true(k >= 1 && k <= of && of <= walk_parts[questions[q].part].n);
			if (last < questions_n)
				assert_int_equal(question_before(&a, q), last);
			a.set[q] = chance(q);
			last = q;
			assert_true(++n <= questions_n);
		}
		assert_int_equal(questions_left(&a), 0);
	}
}

static void the_number_of_questions_that_may_come_only_falls(void **state)
{
	(void)state;
	for (int i = 0; i < RANDOM_WALKS / 10; i++) {
		struct answers a = { 0 };
		size_t q, part = walk_parts_n, before = 0;
		while ((q = question_next(&a, 0)) < questions_n) {
			size_t k, of;
			question_place(&a, q, &k, &of);
			assert_true(questions[q].part != part || of <= before);
			part = questions[q].part, before = of;
			a.set[q] = chance(q);
		}
	}
}

static void an_answer_that_is_no_longer_asked_for_does_not_count(void **state)
{
	struct answers a = { 0 };
	(void)state;
	answer_named(&a, "channels", "phone_reader");
	answer_named(&a, "phone_reader.kind", "tap_insert");
	answer_named(&a, "phone_reader.readers", "Van 1 reader");
	assert_true(question_has(&a, "phone_reader.readers", "named"));
	answer_named(&a, "phone_reader.kind", "tap_phone");
	assert_false(question_has(&a, "phone_reader.readers", "named"));
	answer_named(&a, "phone_reader.kind", "tap_insert");
	assert_true(question_has(&a, "phone_reader.readers", "named"));          /* and is not lost */
	answer_named(&a, "channels", "cash");
	assert_false(question_has(&a, "phone_reader.kind", "tap_insert"));
}

static size_t words(const char *text)
{
	struct str rest = str_of(text ? text : "");
	size_t n = 0;
	while (rest.p)
		n += str_split(&rest, ' ').n > 0;
	return n;
}

/* Seconds for one question: all of it read at 180 words a minute (Brysbaert 2019: 238, silently), five to think, three for a tap and for Continue, and what is
 * typed at two characters a second (Palin and others 2019: three, on a phone). */
static double seconds(const struct question *asked, bool spanish, size_t typed)
{
	size_t n = words(spanish ? asked->ask.es : asked->ask.en) + words(spanish ? asked->help.es : asked->help.en);
	for (size_t i = 0; i < asked->options; i++)
		n += words(spanish ? asked->option[i].label.es : asked->option[i].label.en);
	return (double)n * 60 / 180 + 5 + 3 + (double)typed / 2;
}

/* Ten minutes for a business with three readers that types everything, a minute and a half of them to look through the answers; and no more than 23 questions. */
static void a_business_with_three_readers_is_through_in_ten_minutes(void **state)
{
	struct answers a = { 0 };
	size_t q, n = 0;
	double english = 90, spanish = 90;
	(void)state;
	while ((q = question_next(&a, 0)) < questions_n) {
		const struct question *asked = &questions[q];
		size_t typed = asked->kind == ANSWER_PHONE ? 14 : asked->kind != ANSWER_NAMES ? 0 : strcmp(asked->name, "phone_reader.readers") == 0 ? 38 : 10;
		english += seconds(asked, false, typed), spanish += seconds(asked, true, typed);
		n++;
		if (strcmp(asked->name, "channels") == 0)
			answer(&a, q, "phone_reader");
		else if (strcmp(asked->name, "phone_reader.readers") == 0)
			answer(&a, q, "Van 1 reader,Van 2 reader,Van 3 reader");
		else
			a.set[q] = asked->kind >= ANSWER_NAMES ? ANSWER_NAMED : 1;
	}
	assert_in_range(n, 12, 23);
	assert_true(english < 600 && spanish < 600);
}

static void names_on_one_line_are_several(void **state)
{
	static const struct { const char *typed, *names; } cases[] = {
		{ "Ana, Ben", "Ana|Ben" }, { "Ana.", "Ana" }, { "Ana; Ben, ,Carla.", "Ana|Ben|Carla" }, { "Ana S., Bob Jr.", "Ana S.|Bob Jr." },
		{ " Al. ", "Al" }, { "Block, Inc.", "Block, Inc." }, { "Square, Stripe.", "Square|Stripe" }, { "Block Inc.", "Block Inc." }, { "Block, Inc., Stripe", "Block, Inc.|Stripe" },
		{ "Van 1, Van 2", "Van 1|Van 2" }, { ", ;", "" } };
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct str name[NAMES_MAX + 1];
		struct buf b = BUF(1000);
		size_t n = names_typed(str_of(cases[i].typed), name);
		for (size_t k = 0; k < n; k++)
			buf_printf(&b, "%s" STR_FMT, k ? "|" : "", STR_ARG(name[k]));
		if (!str_eq(buf_str(&b), str_of(cases[i].names)))
			fail_msg("%s: " STR_FMT, cases[i].typed, STR_ARG(buf_str(&b)));
		buf_free(&b);
	}
}

static bool refused(size_t q, const char *words, const char *why)
{
	struct str value[64], rest = str_of(words), text;
	struct err e = { 0 };
	size_t n = 0;
	uint32_t set;
	while (rest.p && n < LENGTH(value))
		value[n++] = str_split(&rest, ',');
	return !question_read(arena, q, value, n, &set, &text, &e) && strstr(e.say, why);
}

static void what_does_not_fit_is_refused_in_words_that_help(void **state)
{
	size_t one = 0, several = 0, names = 0, line = 0;
	struct buf long_name = BUF(1000), many = BUF(10000);
	(void)state;
	assert_true(question_named(STR("old"), &one) && question_named(STR("cards_kept"), &several) && question_named(STR("takers"), &names) &&
	            question_named(STR("provider.phone"), &line));
	assert_false(question_named(STR("old "), &one));
	assert_true(question_named(STR("old"), &one));
	assert_true(refused(one, "soon", "\"soon\" is no answer to old. It takes year1, year3, year7, never"));
	assert_true(refused(one, "year1,year3", "one answer"));
	assert_true(refused(one, "", "no answer yet"));
	assert_true(refused(one, "-", "is no answer"));
	assert_true(refused(one, "unknown", "is no answer"));
	assert_true(refused(several, "no,file", "goes with no other"));
	for (size_t q = 1; q < questions_n; q++)                 /* none, or unknown, beside a name: never a name of its own */
		if (questions[q].kind >= ANSWER_NAMES)
			assert_true(refused(q, "-,Zoe", "goes with no other") && refused(q, "Zoe, - ", "goes with no other") && refused(q, "Zoe,?", "goes with no other"));
	assert_true(refused(line, "(202) 555-0100,(202) 555-0101", "one answer"));
	assert_true(refused(0, "?", "is no answer") && refused(0, "", "Give one."));        /* somebody knows how we are paid */
	assert_false(refused(0, "?", "nobody knows"));       /* and is not told to say that nobody does */
	assert_true(refused(line, "ask Ana", "is no phone number"));
	assert_true(refused(names, "Ana,4111 1111 1111 1111", "card number"));
	assert_true(refused(names, "[card ending 1111]", "card number"));
	assert_true(refused(names, "\xff", "UTF-8"));
	for (int i = 0; i < NAME_LENGTH + 1; i++)
		buf_byte(&long_name, 'x');
	assert_true(refused(names, arena_str(arena, buf_str(&long_name)).p, "at most 80"));
	for (int i = 0; i < NAMES_MAX + 1; i++)
		buf_printf(&many, "%sp%d", i ? "," : "", i);
	assert_true(refused(names, arena_str(arena, buf_str(&many)).p, "at most 40"));
	buf_free(&long_name);
	buf_free(&many);
}

static void an_answer_reads_back_as_it_is_kept(void **state)
{
	(void)state;
	for (size_t q = 0; q < questions_n; q++)
		for (size_t i = 0; i < questions[q].options; i++) {
			struct answers a = { 0 }, again = { 0 };
			answer(&a, q, questions[q].option[i].name);
			answer(&again, q, arena_str(arena, a.text[q]).p);
			assert_int_equal(a.set[q], 1u << i);
			assert_int_equal(again.set[q], a.set[q]);
		}
	struct answers a = { 0 };
	size_t names;
	assert_true(question_named(STR("takers"), &names));
	answer(&a, names, " Ana , Ben,Ana,,");
	assert_true(str_eq(a.text[names], STR("Ana\nBen")));
}

static void every_word_of_a_question_has_its_spanish(void **state)
{
	(void)state;
	for (size_t q = 0; q < questions_n; q++) {
		const struct question *asked = &questions[q];
		assert_true(asked->ask.es && asked->source && !asked->help.en == !asked->help.es && !asked->prefill.en == !asked->prefill.es);
		for (size_t i = 0; i < asked->options; i++)
			assert_true(asked->option[i].label.es && !asked->option[i].change.en == !asked->option[i].change.es);
	}
	for (size_t i = 0; i < form_rules_n; i++)
		assert_true(form_rules[i].because.en && form_rules[i].because.es);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_walk_asks_each_question_once_in_order_and_ends),
		cmocka_unit_test(the_number_of_questions_that_may_come_only_falls),
		cmocka_unit_test(an_answer_that_is_no_longer_asked_for_does_not_count),
		cmocka_unit_test(a_business_with_three_readers_is_through_in_ten_minutes),
		cmocka_unit_test(names_on_one_line_are_several),
		cmocka_unit_test(what_does_not_fit_is_refused_in_words_that_help),
		cmocka_unit_test(an_answer_reads_back_as_it_is_kept),
		cmocka_unit_test(every_word_of_a_question_has_its_spanish),
	};
	return cmocka_run_group_tests_name("questions", tests, begin, end);
}
