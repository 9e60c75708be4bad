/* response: the data's conditions and places mean what they say, and every line of the data is whole in both languages. */
#include "founded_test.h"
#include "log.h"
#include "response_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

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
	static const char *const sentences[] = { "what", "why", "title", "open", "ask", "end", "say", "never", "source", NULL };
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
		while (str_entry(&text, &l.word, &l.rest)) {
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

/* ---- limits, in a business of its own ---- */

static void put_nowhere(void *to, struct str s)
{
	(void)to, (void)s;
}

/* Does a verb with these fields, "name", "value" ..., NULL at the end. */
static bool done(struct op *op, const struct verb *verbs, const char *name, const char *const *given)
{
	const struct verb *v = verbs;
	struct answer answer = { .put = put_nowhere, .note = put_nowhere };
	while (strcmp(v->name, name) != 0)
		v++;
	struct arg *arg = ARENA_ARRAY(op->a, struct arg, v->n);
	for (size_t f = 0; f < v->n; f++) {
		arg[f].field = &v->fields[f];
		for (size_t g = 0; given[g]; g += 2)
			if (strcmp(given[g], v->fields[f].name) == 0) {
				arg[f].value = ARENA_NEW(op->a, struct str);
				*arg[f].value = str_of(given[g + 1]), arg[f].n = 1;
			}
	}
	err_clear(&op->err);
	return op_do(op, v, &(struct args){ arg, v->n }, &answer);
}

#define DONE(op, verbs, name, ...) done(op, verbs, name, (const char *const[]){ __VA_ARGS__, NULL })

static int begin(void **state)
{
	if (found(state, (struct founding){ .name = STR("Fernwood"), .region = STR("US-NY"), .timezone = STR("America/New_York"), .first = map_begin }, ask_founder))
		return -1;
	struct op *op = *state;
	return DONE(op, map_verbs, "holder add", "holder", "service:Square") && DONE(op, incident_verbs, "incident open", "title", "A break-in", "holder", "service:Square", "from", "unknown", "to", "unknown") ? 0 : -1;
}

static void what_is_added_has_a_maximum(void **state)
{
	struct op *op = *state;
	struct work *w;
	size_t n, own = 0;
	char *much = mem_zero(WORDS_MAX_BYTES + 2, 1);
	memset(much, 'x', WORDS_MAX_BYTES + 1);
	assert_false(DONE(op, response_verbs, "incident task", "incident", "1", "what", much));
	assert_int_equal(op->err.code, TOO_BIG);
	much[WORDS_MAX_BYTES] = 0;
	for (int i = 0; i < 50; i++)
		assert_true(DONE(op, response_verbs, "incident task", "incident", "1", "what", much));
	assert_false(DONE(op, response_verbs, "incident task", "incident", "1", "what", "one more"));
	assert_int_equal(op->err.code, TOO_BIG);
	for (int i = 0; i < 100; i++)
		assert_true(DONE(op, response_verbs, "incident answer", "incident", "1", "who", "Ana", "said", "We look into it"));
	assert_false(DONE(op, response_verbs, "incident answer", "incident", "1", "who", "Ana", "said", "Still"));
	assert_int_equal(op->err.code, TOO_BIG);
	err_clear(&op->err);
	assert_true(work_list(op, 1, false, &w, &n));
	for (size_t i = 0; i < n; i++)
		own += w[i].own;
	assert_int_equal(own, 50);
	free(much);
}

/* However many single notices: one line, and what came after them is not lost. */
static void single_notices_are_told_together(void **state)
{
	struct op *op = *state;
	struct record r;
	size_t mails = 0, facts = 0;
	err_clear(&op->err);
	assert_true(op_begin(op));
	for (int i = 0; i <= MOMENTS_MAX; i++)
		assert_true(log_add(op, "mail.sent_by_hand", ABOUT({ "incident", 1 }, { "round", 1 }, { "customer", i + 1 })));
	assert_true(log_add(op, "mail.sent_by_hand", ABOUT({ "incident", 1 }, { "round", 2 }, { "customer", 1 })) && log_add(op, "incident.fact", ABOUT({ "incident", 1 }, { "facts", 1 })));
	assert_true(op_end(op, true));
	assert_true(record_of(op, 1, false, &r));
	assert_false(r.cut);
	for (size_t i = 0; i < r.n; i++) {
		const struct moment *m = &r.moment[i];
		facts += strcmp(m->what, "incident.fact") == 0;
		if (strcmp(m->what, "mail.sent_by_hand") != 0)
			continue;
		bool first = mails++ == 0;
		assert_string_equal(m->say.p, first ? "2001 mails were sent by hand, round 1" : "1 mail was sent by hand, round 2");
		assert_int_equal(m->last - m->entry, first ? MOMENTS_MAX : 0);
		assert_string_equal(moment_entry(op, m).p, arena_printf(op->a, first ? "%ld-%ld" : "%ld", (long)m->entry, (long)m->last));
	}
	assert_true(mails == 2 && facts == 1);
}

static void a_long_record_is_cut_and_says_so(void **state)
{
	struct op *op = *state;
	struct record r;
	int fd = memfd_create("record", MFD_CLOEXEC);
	err_clear(&op->err);
	assert_true(op_begin(op));
	for (int i = 0; i < MOMENTS_MAX; i++)
		assert_true(log_add(op, "incident.fact", ABOUT({ "incident", 1 }, { "facts", 1 })) && log_add(op, "incident.fact", ABOUT({ "incident", 11 }, { "facts", 1 })));
	assert_true(op_end(op, true));
	assert_true(record_of(op, 1, false, &r));
	assert_true(r.cut && r.n >= MOMENTS_MAX && r.n < MOMENTS_MAX + 10);
	for (size_t i = 1; i < r.n; i++)
		assert_true(r.moment[i].at >= r.moment[i - 1].at);
	assert_true(record_pdf(op, 1, true, fd));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest all[] = { cmocka_unit_test(conditions_hold_as_they_say), cmocka_unit_test(names_and_windows_are_said), cmocka_unit_test(data_are_whole), cmocka_unit_test(what_is_added_has_a_maximum),
		cmocka_unit_test(single_notices_are_told_together), cmocka_unit_test(a_long_record_is_cut_and_says_so) };
	return cmocka_run_group_tests(all, begin, founded_drop);
}
