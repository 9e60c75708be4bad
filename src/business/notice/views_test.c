/* views: what pages read, told on one small business whose ledger went through the real import. */
#include "founded_test.h"
#include "pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void quiet(void *to, struct str s)
{
	(void)to, (void)s;
}

/* The fields of a verb out of words of the form "name=value". */
static const struct args *args_of(struct op *op, const struct verb *v, const char *const *words)
{
	struct args *args = ARENA_NEW(op->a, struct args);
	args->arg = ARENA_ARRAY(op->a, struct arg, v->n + 1);
	args->n = v->n;
	for (size_t f = 0; f < v->n; f++) {
		args->arg[f] = (struct arg){ &v->fields[f], ARENA_ARRAY(op->a, struct str, 8), 0 };
		for (size_t w = 0; words[w]; w++) {
			struct str rest = str_of(words[w]), key = str_split(&rest, '=');
			if (str_eq(key, str_of(v->fields[f].name)))
				args->arg[f].value[args->arg[f].n++] = rest;
		}
	}
	return args;
}

static const struct verb *verb_of(const struct verb *v, const char *name)
{
	while (strcmp(v->name, name) != 0)
		v++;
	return v;
}

static void good(struct op *op, bool done)
{
	if (!done)
		fail_msg("%s", op->err.say);
}

static void say(struct op *op, const struct verb *verbs, const char *name, const char *const *words)
{
	struct answer answer = { .put = quiet, .note = quiet };
	const struct verb *v = verb_of(verbs, name);
	good(op, op_do(op, v, args_of(op, v, words), &answer));
}
#define SAY(op, verbs, name, ...) say(op, verbs, name, (const char *const[]){ __VA_ARGS__, NULL })

static void import(struct op *op, const char *csv)
{
	static int n;
	const char *path = arena_printf(op->a, "/tmp/%s-%d.csv", folder + 5, n++);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(csv, f);
	fclose(f);
	SAY(op, ledger_verbs, "import", arena_printf(op->a, "file=%s", path));
	unlink(path);
}

/* Four customers: A and B at the reader R-1 in the morning and the evening of 1 December, C at R-2, D without any region or contact. */
static int make(void **state)
{
	if (found(state, (struct founding){ .name = STR("Fernwood"), .region = STR("US-NY"), .timezone = STR("America/New_York") }, ask_founder) != 0)
		return -1;
	struct op *op = *state;
	SAY(op, op_verbs, "set", "key=business.phone", "value=(202) 555-0100");
	import(op, "customer_ref,name,email,phone,address1,city,region,postal_code,country\n"
	           "A,Ann Ames,ann@example.com,(202) 555-0101,1 Mill St,Millbrook,NY,12545,US\n"
	           "B,Bea Boyd,bea@example.com,(202) 555-0102,2 Mill St,Kent,CT,06757,US\n"
	           "C,Cal Cole,,(202) 555-0102,3 Mill St,Millbrook,NY,12545,US\n");
	import(op, "touched_at,customer_ref,reader,data_kinds\n"
	           "2025-12-01T08:00:00-05:00,A,R-1,card_number|name\n2025-12-01T20:00:00-05:00,B,R-1,card_number\n"
	           "2025-12-01T12:00:00-05:00,C,R-2,card_number\n2025-12-01T09:00:00-05:00,D,R-1,card_number\n2025-12-01T09:30:00-05:00,,R-1,card_number\n");
	SAY(op, incident_verbs, "incident open", "title=A skimmer", "holder=R-1", "from=2025-12-01", "to=2025-12-01", "only=passing");
	return 0;
}

static void imports_come_newest_first_and_in_pages(void **state)
{
	struct op *op = *state;
	struct imported *m;
	size_t n;
	good(op, ledger_imports(op, INT64_MAX, 1, &m, &n));
	assert_int_equal(n, 1);
	assert_int_equal(m[0].id, 2);
	assert_int_equal(m[0].fresh, 5);
	assert_int_equal(m[0].unnamed, 1);
	good(op, ledger_imports(op, m[0].id, 50, &m, &n));
	assert_int_equal(n, 1);
	assert_int_equal(m[0].id, 1);
	assert_true(m[0].done > 0);
}

static void a_search_takes_whatever_was_typed(void **state)
{
	static const struct { const char *typed; size_t n; const char *ref; } cases[] = {
		{ "A", 1, "A" }, { "Ann@Example.com", 1, "A" }, { "202-555-0101", 1, "A" }, { "+1 (202) 555-0102", 2, NULL }, { "nobody@example.com", 0, NULL }, { "Ann Ames", 0, NULL },
	};
	struct op *op = *state;
	customer_id found[FOUND_MAX];
	struct customer c;
	size_t n;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		good(op, ledger_search(op, str_of(cases[i].typed), found, &n));
		if (n != cases[i].n)
			fail_msg("%s: %zu found", cases[i].typed, n);
		if (cases[i].ref) {
			good(op, ledger_customers(op, found, 1, &c));
			assert_true(str_eq(c.ref, str_of(cases[i].ref)));
		}
	}
}

static void customers_come_in_pages(void **state)
{
	struct op *op = *state;
	struct customer *c;
	size_t n;
	good(op, ledger_page(op, STR("B"), &c, &n));
	assert_int_equal(n, 2);
	assert_true(str_eq(c[0].ref, STR("C")) && str_eq(c[0].region, STR("US-NY")) && c[0].ways == (WAY_PHONE | WAY_POSTAL));
	assert_true(str_eq(c[1].ref, STR("D")) && !c[1].region.n && !c[1].ways);
}

static void a_tally_counts_by_kind_and_region(void **state)
{
	static const struct { kinds kind; const char *region; int64_t customers; size_t regions; } cases[] = {
		{ 0, "", 3, 3 }, { KIND(NAME), "", 1, 1 }, { 0, "US-CT", 1, 1 }, { 0, "unknown", 1, 1 }, { KIND(NAME), "US-CT", 0, 0 }, { 0, "US-TX", 0, 0 },
	};
	struct op *op = *state;
	struct incident i;
	struct exposed *e = NULL;
	struct sources s;
	struct tally t;
	good(op, incident_get(op, 1, &i) && exposure_of(op, i.suspicion, i.n, false, &e, &s));
	assert_int_equal(e->unnamed, 1);
	for (size_t k = 0; k < LENGTH(cases); k++) {
		good(op, incident_tally(op, e, cases[k].kind, str_of(cases[k].region), &t));
		if (t.customers != cases[k].customers || t.regions != cases[k].regions)
			fail_msg("case %zu: %ld customers in %zu regions", k, (long)t.customers, t.regions);
		assert_int_equal(t.by_kind[KIND_CARD_NUMBER], t.customers);
		bits_close(&t.who);
	}
	exposed_close(e);
}

static void other_windows_show_whom_they_add_and_drop_and_change_nothing(void **state)
{
	struct op *op = *state;
	struct incident now, then;
	struct difference d;
	customer_id b, c;
	const struct verb *v = verb_of(incident_verbs, "incident suspect");
	good(op, ledger_customer_by_ref(op, STR("B"), &b) && ledger_customer_by_ref(op, STR("C"), &c));
	/* narrower: B came in the evening */
	good(op, incident_suspect(op, args_of(op, v, (const char *const[]){ "incident=1", "holder=R-1", "from=2025-12-01T06:00:00-05:00", "to=2025-12-01T10:00:00-05:00", NULL }), &now, &then) &&
	                 incident_difference(op, &now, &then, &d));
	assert_int_equal(d.customers, 2);
	assert_int_equal(bits_count(&d.added), 0);
	assert_true(bits_count(&d.dropped) == 1 && bits_has(&d.dropped, b.n));
	bits_close(&d.added), bits_close(&d.dropped);
	/* a second reader */
	good(op, incident_suspect(op, args_of(op, v, (const char *const[]){ "incident=1", "holder=R-2", "from=unknown", "to=unknown", NULL }), &now, &then) && incident_difference(op, &now, &then, &d));
	assert_true(bits_count(&d.added) == 1 && bits_has(&d.added, c.n) && !bits_count(&d.dropped));
	bits_close(&d.added), bits_close(&d.dropped);
	/* taken out */
	good(op, incident_suspect(op, args_of(op, v, (const char *const[]){ "incident=1", "holder=R-1", "clear=", NULL }), &now, &then) && incident_difference(op, &now, &then, &d));
	assert_true(bits_count(&d.dropped) == 3 && !d.customers && !d.unnamed);
	bits_close(&d.added), bits_close(&d.dropped);
	good(op, incident_get(op, 1, &now));
	assert_int_equal(now.n, 1);
}

static void rounds_are_counted_shown_and_previewed(void **state)
{
	struct op *op = *state;
	struct notice_round *r;
	struct notice_one *one;
	struct notice_preview p;
	customer_id some[8];
	size_t n;
	struct reach reach;
	good(op, notice_rounds(op, 1, &r, &n));
	assert_int_equal(n, 0);
	SAY(op, notice_verbs, "notice draft", "incident=1");
	good(op, notice_rounds(op, 1, &r, &n));
	assert_int_equal(n, 1);
	assert_true(r[0].round == 1 && r[0].audience == AUDIENCE_NEW && r[0].drafted && !r[0].approved && r[0].split.all == 3);
	assert_true(r[0].split.by[DRAFTED][EMAIL] == 2 && r[0].split.by[DRAFTED][NO_CHANNEL] == 1);
	/* each of them once, whatever chance says, and not more than there are */
	for (int k = 0; k < 20; k++) {
		good(op, notice_some(op, 1, 1, some, 2, &n));
		assert_true(n == 2 && some[0].n != some[1].n);
		good(op, notice_some(op, 1, 1, some, 8, &n));
		assert_int_equal(n, 3);
		assert_true(some[0].n != some[1].n && some[1].n != some[2].n && some[0].n != some[2].n);
	}
	good(op, notice_preview(op, 1, 1, (customer_id){ 0 }, &p));
	assert_true(p.channel == EMAIL && memmem(p.text.p, p.text.n, "Ann Ames", 8) && memmem(p.subject.p, p.subject.n, "Fernwood", 8));
	assert_false(notice_preview(op, 1, 9, p.who, &p));
	assert_int_equal(op->err.code, NOT_FOUND);
	err_clear(&op->err);
	SAY(op, notice_verbs, "notice approve", "round=1.1");
	good(op, notice_in_state(op, 1, 1, UNREACHABLE, 0, &one, &n));
	assert_true(n == 1 && str_eq(one[0].ref, STR("D")));
	good(op, notice_in_state(op, 1, 1, QUEUED, 1, &one, &n));
	assert_int_equal(n, 1);
	SAY(op, notice_verbs, "notice reached", "round=1.1", "customer=A", "by=phone");
	good(op, notice_reach(op, 1, &reach));
	assert_true(reach.told == 1 && reach.open == 2 && !reach.counted && reach.rounds == 1 && reach.round[0].split.all == 3);
}

/* What answers are computed from, and how far notices are: whoever changes it is seen to have, and nobody else. */
/* An e-mail of the round of before waits; it is not due before the server may have one more. */
static void what_is_over_a_limit_is_due_later(void **state)
{
	struct op *op = *state;
	const uint8_t key[MARK_KEY] = { 1 };
	struct notice_round *r;
	struct pace p;
	size_t n;
	int64_t due, later;
	good(op, notice_due(op, &due) && notice_rounds(op, 1, &r, &n));
	assert_true(due <= op->now && r[0].due <= op->now && !r[0].limited);
	SAY(op, op_verbs, "set", "key=mail.server", "value=smtp://127.0.0.1:2525");
	SAY(op, op_verbs, "set", "key=mail.limit", "value=2/100");
	good(op, op_begin(op) && op_end(op, pace_open(op, &p) && pace_take(op, &p, key, STR("a@example.com"), &later) && pace_take(op, &p, key, STR("b@example.com"), &later) && pace_done(op, &p)));
	SAY(op, op_verbs, "set", "key=mail.server", "value=smtps://office@127.0.0.1:465");         /* no other server */
	good(op, notice_rounds(op, 1, &r, &n));
	assert_true(r[0].due == op->now + 101 && r[0].limited);
	good(op, notice_due(op, &due));
	assert_int_equal(due, op->now + 101);
	SAY(op, op_verbs, "set", "key=mail.server", "value=smtp://mail.example.com:2525");
	good(op, notice_due(op, &due));
	assert_true(due <= op->now);
}

static void changes_move_what_depends_on_them(void **state)
{
	struct op *op = *state;
	static const struct { const struct verb *verbs; const char *name, *words[5]; bool answers, notices; } cases[] = {
		{ op_verbs, "set", { "key=business.phone", "value=(202) 555-0100" }, false, false },
		{ map_verbs, "holder add", { "holder=reader:R-9" }, true, false },
		{ map_verbs, "holder add", { "holder=reader:R-9", "keeps=name=9d" }, true, false },
		{ map_verbs, "flow add", { "from=R-1", "to=R-9", "kinds=name" }, true, false },
		{ incident_verbs, "incident suspect", { "incident=1", "holder=R-9", "from=2025-12-01", "to=2025-12-02" }, true, false },
		{ ledger_verbs, "customer correct", { "customer=A", "region=VT" }, true, false },
		{ ledger_verbs, "customer merge", { "customer=A", "other=B" }, true, false },
		{ notice_verbs, "notice draft", { "incident=1" }, false, true },
		{ notice_verbs, "notice reached", { "round=1.1", "customer=B", "by=phone" }, false, true },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		int64_t answers, notices, answers_now, notices_now;
		good(op, op_moves(op, MOVES_ANSWERS, &answers) && op_moves(op, MOVES_NOTICES, &notices));
		say(op, cases[i].verbs, cases[i].name, cases[i].words);
		good(op, op_moves(op, MOVES_ANSWERS, &answers_now) && op_moves(op, MOVES_NOTICES, &notices_now));
		if ((answers_now > answers) != cases[i].answers || (notices_now > notices) != cases[i].notices)
			fail_msg("%s, case %zu: answers %d, notices %d", cases[i].name, i, answers_now > answers, notices_now > notices);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(imports_come_newest_first_and_in_pages), cmocka_unit_test(a_search_takes_whatever_was_typed),
		cmocka_unit_test(customers_come_in_pages), cmocka_unit_test(a_tally_counts_by_kind_and_region),
		cmocka_unit_test(other_windows_show_whom_they_add_and_drop_and_change_nothing), cmocka_unit_test(rounds_are_counted_shown_and_previewed), cmocka_unit_test(what_is_over_a_limit_is_due_later),
		cmocka_unit_test(changes_move_what_depends_on_them),
	};
	return cmocka_run_group_tests(tests, make, founded_drop);
}
