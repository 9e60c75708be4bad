/* saq: which questionnaire fits. Over all combinations of the answers that decide it, a riskier one never gives a smaller form. */
#include "saq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

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

/* "question=option,option" each */
static struct answers answers_of(const char *const *words)
{
	struct answers a = { 0 };
	for (; *words; words++) {
		struct str rest = str_of(*words), name = str_split(&rest, '='), value[32];
		struct err e = { 0 };
		size_t q, n = 0;
		if (!question_named(name, &q))
			fail_msg("no question %s", *words);
		while (rest.p)
			value[n++] = str_split(&rest, ',');
		if (!question_read(arena, q, value, n, &a.set[q], &a.text[q], &e))
			fail_msg("%s", e.say);
	}
	return a;
}
#define ANSWERS(...) answers_of((const char *const[]){ __VA_ARGS__, "cards_kept=no", NULL })

static enum saq form_of(const struct answers *a)
{
	struct assessment s;
	saq_assess(a, &s);
	return s.fit.form;
}

static size_t size_of(const struct answers *a)
{
	return saq_size(form_of(a));
}

static void the_table_has_the_counts_of_its_source(void **state)
{
	size_t n;
	const struct requirement *r = saq_requirements(&n);
	(void)state;
	assert_int_equal(n, 234);
	assert_int_equal(saq_size(FORM_A), 27);
	assert_int_equal(saq_size(FORM_A_EP), 139);
	assert_int_equal(saq_size(FORM_B), 27);
	assert_int_equal(saq_size(FORM_B_IP), 50);
	assert_int_equal(saq_size(FORM_C), 124);
	assert_int_equal(saq_size(FORM_C_VT), 54);
	assert_int_equal(saq_size(FORM_P2PE), 21);
	assert_int_equal(saq_size(FORM_D), 234);
	assert_int_equal(saq_size(FORM_NONE), 0);
	for (size_t i = 0; i < n; i++)
		assert_true(r[i].id.n && r[i].gist.n && r[i].gist_es.n && r[i].forms);
}

static void what_fits(void **state)
{
	/* the decision by the eligibility of each form, case by case */
	static const struct { enum saq form; const char *words[8]; } cases[] = {
		{ FORM_NONE, { "channels=cash,cheque,bank_transfer" } },
		{ FORM_C, { "channels=phone_reader", "phone_reader.kind=tap_insert", "phone_reader.phone=only", "phone_reader.typed=never" } },
		{ FORM_D, { "channels=phone_reader", "phone_reader.kind=tap_insert", "phone_reader.phone=company", "phone_reader.typed=never" } },
		{ FORM_P2PE, { "channels=phone_reader", "phone_reader.kind=p2pe", "phone_reader.phone=company", "phone_reader.typed=never" } },
		{ FORM_SPOC, { "channels=phone_reader", "phone_reader.kind=spoc", "phone_reader.phone=company", "phone_reader.typed=never" } },
		{ FORM_D, { "channels=phone_reader", "phone_reader.kind=spoc", "phone_reader.phone=company", "phone_reader.typed=app" } },
		{ FORM_PROVIDER, { "channels=phone_reader", "phone_reader.kind=tap_phone", "phone_reader.phone=only", "phone_reader.typed=never" } },
		{ FORM_B, { "channels=counter", "counter.kind=line" } },
		{ FORM_B_IP, { "channels=counter", "counter.kind=net", "counter.network=own" } },
		{ FORM_D, { "channels=counter", "counter.kind=net", "counter.network=guests" } },
		{ FORM_C, { "channels=counter", "counter.kind=till", "counter.network=own" } },
		{ FORM_P2PE, { "channels=counter", "counter.kind=p2pe", "counter.network=guests" } },
		{ FORM_A, { "channels=phone", "phone.how=link", "phone.paper=never", "phone.recorded=no" } },
		{ FORM_C_VT, { "channels=phone", "phone.how=page_only", "phone.recorded=paused" } },
		{ FORM_D, { "channels=phone", "phone.how=page_office", "phone.recorded=no" } },
		{ FORM_D, { "channels=phone", "phone.how=link", "phone.recorded=yes" } },
		{ FORM_A, { "channels=web", "web.page=link", "web.form=no" } },
		{ FORM_A, { "channels=web", "web.page=frame", "web.script=yes", "web.form=no" } },
		{ FORM_A_EP, { "channels=web", "web.page=frame", "web.script=no", "web.form=no" } },
		{ FORM_A_EP, { "channels=web", "web.page=fields", "web.form=no" } },
		{ FORM_D, { "channels=web", "web.page=server", "web.form=no" } },
		{ FORM_D, { "channels=web", "web.page=link", "web.form=yes" } },
		{ FORM_D, { "channels=mail" } },
		{ FORM_A, { "channels=card_on_file", "card_on_file.where=vault" } },
		{ FORM_D, { "channels=card_on_file", "card_on_file.where=vault,file" } },
		{ FORM_NONE, { "channels=paper", "paper.what=contact", "paper.copies=yes" } },
		{ FORM_B, { "channels=paper", "paper.what=card", "paper.how=line", "paper.copies=no" } },
		{ FORM_D, { "channels=paper", "paper.what=card", "paper.how=line", "paper.copies=yes" } },
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const char *words[10];
		size_t n = 0;
		while (cases[i].words[n])
			words[n] = cases[i].words[n], n++;
		words[n++] = "cards_kept=no", words[n] = NULL;
		struct answers a = answers_of(words);
		if (form_of(&a) != cases[i].form)
			fail_msg("case %zu: %s, not %s", i, saq_name(form_of(&a)), saq_name(cases[i].form));
	}
}

static void numbers_kept_in_a_file_make_it_d_whatever_else_there_is(void **state)
{
	struct answers a = answers_of((const char *const[]){ "channels=counter", "counter.kind=line", "cards_kept=file", NULL });
	struct saq_advice advice;
	struct assessment s;
	(void)state;
	saq_assess(&a, &s);
	assert_int_equal(s.fit.form, FORM_D);
	assert_true(!s.several && s.code_kept);              /* nobody said that the code is not kept */
	saq_advise(&a, &advice);
	assert_int_equal(advice.n, 1);
	assert_int_equal(advice.form, FORM_B);
	assert_string_equal(saq_advice_say(arena, &s, &advice, false).p,
	                    "Stop keeping card numbers: put them into the payment company's vault, then delete your copies: from 234 requirements to 27 (SAQ B).");
}

static void two_causes_need_two_changes_and_unknowns_are_found_out_first(void **state)
{
	struct answers a = answers_of((const char *const[]){ "channels=phone", "phone.how=page_office", "phone.recorded=yes", "cards_kept=no", NULL });
	struct saq_advice advice;
	(void)state;
	saq_advise(&a, &advice);
	assert_int_equal(advice.n, 2);
	assert_int_equal(advice.form, FORM_A);
	a = ANSWERS("channels=web", "web.page=frame", "web.script=?", "web.form=no");
	saq_advise(&a, &advice);
	assert_true(advice.n == 1 && advice.change[0].option == -1 && advice.form == FORM_A);
	a = ANSWERS("channels=counter,mail", "counter.kind=line");
	saq_advise(&a, &advice);
	assert_true(advice.n == 1 && advice.change[0].drop);
	assert_int_equal(advice.form, FORM_B);
	a = ANSWERS("channels=counter", "counter.kind=p2pe", "counter.network=own");
	saq_advise(&a, &advice);
	assert_int_equal(advice.n, 0);
}

static void card_numbers_by_e_mail_alone_lead_to_a_payment_link(void **state)
{
	static const char *const known[][3] = { { "channels=mail", NULL }, { "channels=mail", "web.page=server", "web.form=yes" } };       /* answers of a channel that is not used do not count */
	struct saq_advice advice;
	struct assessment s;
	(void)state;
	for (size_t i = 0; i < LENGTH(known); i++) {
		struct answers a = ANSWERS(known[i][0], "mail.where=email", "mail.deleted=stay");
		if (known[i][1])
			a = ANSWERS(known[i][0], "mail.where=email", "mail.deleted=stay", known[i][1], known[i][2]);
		saq_assess(&a, &s);
		assert_int_equal(s.fit.form, FORM_D);
		saq_advise(&a, &advice);
		assert_true(advice.n == 1 && advice.change[0].drop);
		assert_int_equal(advice.form, FORM_A);
		assert_string_equal(saq_advice_say(arena, &s, &advice, false).p,
		                    "Answer card numbers in e-mails, texts and chats with a payment link, and delete them: from 234 requirements to 27 (SAQ A).");
		assert_non_null(strstr(saq_advice_say(arena, &s, &advice, true).p, "de 234 requisitos a 27 (SAQ A)"));
	}
	struct answers a = ANSWERS("channels=mail,web", "web.page=server", "web.form=no");
	saq_advise(&a, &advice);
	assert_int_equal(advice.n, 2);                       /* a website that takes cards itself is no payment link: it changes, too */
}

static void when_no_three_changes_help_what_counts_most_is_said(void **state)
{
	struct answers a = ANSWERS("channels=phone_reader,counter,phone,web", "phone_reader.kind=tap_insert", "phone_reader.phone=company", "phone_reader.typed=never", "counter.kind=net",
	                           "counter.network=guests", "phone.how=link", "phone.recorded=yes", "web.page=server", "web.form=no");
	struct saq_advice advice;
	struct assessment s;
	(void)state;
	saq_assess(&a, &s);
	saq_advise(&a, &advice);
	assert_int_equal(s.fit.form, FORM_D);
	assert_int_equal(advice.n, 0);
	const char *say = saq_advice_say(arena, &s, &advice, false).p;
	assert_non_null(strstr(say, "No one, two or three changes that we know of lead to a smaller one. What counts most: "));
	for (size_t i = 0; i < s.n; i++)
		assert_non_null(strstr(say, s.all[i].because->because.en));
	assert_non_null(strstr(saq_advice_say(arena, &s, &advice, true).p, "Lo que más cuenta: "));
	a = ANSWERS("channels=phone_reader,counter,phone", "phone_reader.kind=tap_insert", "phone_reader.phone=company", "phone_reader.typed=never", "counter.kind=net",
	            "counter.network=guests", "phone.how=link", "phone.recorded=yes");
	saq_advise(&a, &advice);
	assert_int_equal(advice.n, 3);                       /* with one channel less it is three */
	a = ANSWERS("channels=counter", "counter.kind=p2pe", "counter.network=own");
	saq_assess(&a, &s);
	saq_advise(&a, &advice);
	assert_int_equal(saq_advice_say(arena, &s, &advice, false).n, 0);
}

static void several_ways_are_said_to_be_several(void **state)
{
	struct answers a = ANSWERS("channels=counter,web", "counter.kind=net", "counter.network=own", "web.page=link", "web.form=no");
	struct assessment s;
	(void)state;
	saq_assess(&a, &s);
	assert_true(s.several && s.n == 2 && s.fit.form == FORM_B_IP);
	assert_non_null(strstr(saq_say(arena, &s, false).p, "if your acquirer agrees"));
	assert_non_null(strstr(saq_say(arena, &s, true).p, "si su adquirente lo acepta"));
}

/* ---- a riskier answer never gives a smaller form ---- */

static uint32_t alone(const struct question *q)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < q->options; i++)
		if (q->option[i].alone)
			bits |= 1u << i;
	return bits;
}

/* Calls `each` with all answers that are riskier by a step: a later option of one, one option more of several, and not known. */
static void riskier(const struct answers *a, size_t q, void (*each)(const struct answers *before, const struct answers *after))
{
	struct answers b = *a;
	const struct question *asked = &questions[q];
	uint32_t was = a->set[q];
	if (was == ANSWER_UNKNOWN)
		return;
	for (size_t i = 0; i < asked->options; i++) {
		uint32_t bit = 1u << i;
		if (asked->kind == ANSWER_ONE ? bit <= was : (was & bit) || (alone(asked) & bit))
			continue;
		b.set[q] = asked->kind == ANSWER_ONE ? bit : (was & ~alone(asked)) | bit;
		each(a, &b);
	}
	if (q) {
		b.set[q] = ANSWER_UNKNOWN;
		each(a, &b);
	}
}

static uint64_t pairs;

static void not_smaller(const struct answers *before, const struct answers *after)
{
	pairs++;
	if (size_of(after) >= size_of(before))
		return;
	for (size_t q = 0; q < questions_n; q++)
		if (before->set[q] || after->set[q])
			print_error("%s: %x, then %x\n", questions[q].name, before->set[q], after->set[q]);
	fail_msg("%s became %s", saq_name(form_of(before)), saq_name(form_of(after)));
}

/* The questions that decide a part's form, those of the business included. */
static size_t deciding(size_t part, size_t out[QUESTIONS_MAX])
{
	bool in[QUESTIONS_MAX] = { false };
	size_t n = 0;
	for (size_t i = walk_parts[part].form; i < walk_parts[part].form + walk_parts[part].forms; i++)
		for (size_t k = 0; k < form_rules[i].when.n; k++)
			in[form_rules[i].when.clause[k].question] = true;
	for (size_t q = 1; q < questions_n; q++)
		if (in[q])
			out[n++] = q;
	return n;
}

/* All answers to the questions q[at..]: of one each option, of several each set of options, and not known. */
static void every(struct answers *a, const size_t *q, size_t n, size_t at)
{
	if (at == n) {
		for (size_t i = 0; i < n; i++)
			riskier(a, q[i], not_smaller);
		return;
	}
	const struct question *asked = &questions[q[at]];
	uint32_t end_of = 1u << asked->options, lone = alone(asked);
	for (uint32_t set = 1; set < end_of; set++) {
		if (set & (set - 1) && (asked->kind == ANSWER_ONE || (set & lone)))
			continue;
		a->set[q[at]] = set;
		every(a, q, n, at + 1);
	}
	a->set[q[at]] = ANSWER_UNKNOWN;
	every(a, q, n, at + 1);
}

static void over_all_combinations_of_a_channel_a_riskier_answer_never_gives_a_smaller_form(void **state)
{
	(void)state;
	for (size_t p = 0; p < walk_parts_n; p++) {
		struct answers a = { 0 };
		size_t q[QUESTIONS_MAX], n = deciding(p, q), no;
		a.set[0] = p ? 1u << (p - 1) : 1u << (walk_parts_n - 2);      /* the business's own: with cash alone */
		assert_true(question_named(STR("cards_kept"), &no));
		if (p)
			a.set[no] = 1;
		every(&a, q, n, 0);
	}
	assert_true(pairs > 100000);
}

/* Channels together: each one more, and each answer of any of them. */
static void over_channels_together_too(void **state)
{
	size_t q[QUESTIONS_MAX];
	(void)state;
	for (int i = 0; i < 4000; i++) {
		struct answers a = { 0 };
		a.set[0] = ((uint32_t)rand() & ((1u << questions[0].options) - 1)) | 1u << (rand() % (int)questions[0].options);
		for (size_t p = 0; p < walk_parts_n; p++) {
			size_t n = deciding(p, q);
			for (size_t k = 0; k < n; k++) {
				const struct question *asked = &questions[q[k]];
				uint32_t set = asked->kind == ANSWER_ONE ? 1u << (rand() % (int)asked->options) : (uint32_t)rand() & ((1u << asked->options) - 1) & ~alone(asked);
				a.set[q[k]] = rand() % 8 == 0 ? ANSWER_UNKNOWN : set ? set : 1;
			}
		}
		riskier(&a, 0, not_smaller);
		for (size_t k = 1; k < questions_n; k++)
			if (a.set[k])
				riskier(&a, k, not_smaller);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_the_counts_of_its_source),
		cmocka_unit_test(what_fits),
		cmocka_unit_test(numbers_kept_in_a_file_make_it_d_whatever_else_there_is),
		cmocka_unit_test(two_causes_need_two_changes_and_unknowns_are_found_out_first),
		cmocka_unit_test(card_numbers_by_e_mail_alone_lead_to_a_payment_link),
		cmocka_unit_test(when_no_three_changes_help_what_counts_most_is_said),
		cmocka_unit_test(several_ways_are_said_to_be_several),
		cmocka_unit_test(over_all_combinations_of_a_channel_a_riskier_answer_never_gives_a_smaller_form),
		cmocka_unit_test(over_channels_together_too),
	};
	return cmocka_run_group_tests_name("saq", tests, begin, end);
}
