/* Each risky spot has a world in which it shows and one in which it does not, both made by the verbs as people would. */
#include "payment.h"
#include "readers.h"
#include "risks.h"
#include "services.h"

#include "exposure_test.h"

/* ---- worlds: a walk with the least risk in every answer, and what a case changes ---- */

/* The answer with the least risk: the first option, but for names, and for being paid in every way except by messages. */
static size_t safest(size_t q, struct str *value)
{
	static const struct { const char *question, *answer; } names[] = {
		{ "provider", "Square" }, { "takers", "Ana" }, { "list", "Jobber" }, { "phone_reader.readers", "Van 1 reader" }, { "counter.readers", "Counter terminal" },
		{ "web.site", "fernwood.example.com" }, { "mail.boxes", "orders" }, { "provider.phone", "555-0100" }, { "old", "year1" } };
	const struct question *asked = &questions[q];
	size_t n = 0;
	for (size_t i = 0; q == 0 && i < asked->options; i++)
		if (strcmp(asked->option[i].name, "mail") != 0)
			value[n++] = str_of(asked->option[i].name);
	for (size_t i = 0; !n && i < LENGTH(names); i++)
		if (strcmp(names[i].question, asked->name) == 0)
			value[n++] = str_of(names[i].answer);
	if (!n)
		value[n++] = asked->options ? str_of(asked->option[0].name) : STR("-");
	return n;
}

static void walk_answer(struct op *op, const char *text)
{
	struct str rest = str_of(text), name = str_split(&rest, '='), value[NAMES_MAX];
	struct walk w;
	size_t q, n = 0;
	assert_true(question_named(name, &q));
	while (rest.p)
		value[n++] = str_split(&rest, '|');
	done(op, op_begin(op) && payment_draft(op, &w) && payment_answer(op, &w, q, value, n, STR(""), 0) && op_end(op, true));
}

static void walk_apply(struct op *op)
{
	struct walk w;
	struct applied a;
	struct str value[NAMES_MAX];
	done(op, op_begin(op) && payment_draft(op, &w));
	size_t asked = 0;
	for (size_t q; (q = question_next(&w.answers, 0)) < questions_n; asked++) {
		if (asked > questions_n)
			fail_msg("%s is asked for ever", questions[q].name);
		done(op, payment_answer(op, &w, q, value, safest(q, value), STR(""), 0));
	}
	done(op, payment_apply(op, &a) && op_end(op, true));
}

/* "?question=answer" is answered in the walk; "+DAY,PAPER,KINDS" is imported as a customer's touch; "verb|field=value|..." is done. */
static void change(struct op *op, const char *text)
{
	static const struct verb *const tables[] = { map_verbs, readers_verbs, services_verbs, access_verbs, risk_verbs };
	const char *words[12] = { NULL };
	struct str rest = str_of(text);
	if (*text == '?') {
		walk_answer(op, text + 1);
		return;
	}
	if (*text == '+') {
		struct buf csv = BUF(1000);
		buf_printf(&csv, "touched_at,reader,data_kinds,customer_ref\n%s,A-1\n", text + 1);
		touches_import(op, &csv);
		buf_free(&csv);
		return;
	}
	struct str verb = str_split(&rest, '|');
	for (size_t n = 0; rest.p && n + 1 < LENGTH(words); n++)
		words[n] = arena_str(op->a, str_split(&rest, '|')).p;
	for (size_t t = 0; t < LENGTH(tables); t++)
		for (const struct verb *v = tables[t]; v->name; v++)
			if (str_eq(verb, str_of(v->name))) {
				done(op, say(op, tables[t], v->name, words));
				return;
			}
	fail_msg("no verb %.*s", STR_ARG(verb));
}

static void world_changed(struct op *op, const char *const *changes)
{
	world_open(op);
	for (; *changes && **changes == '?'; changes++)
		change(op, *changes);
	walk_apply(op);
	for (; *changes; changes++)
		change(op, *changes);
}

static const struct risk *spot_of(struct op *op, int id, enum risk_state state)
{
	struct risk *r;
	size_t n;
	done(op, risks_list(op, &r, &n));
	for (size_t i = 0; i < n; i++)
		if (r[i].rule->id == id && r[i].state == state)
			return &r[i];
	return NULL;
}

/* shows: what makes it; quiet: a world that is near and has it not; at: a place that it shows at. */
static const struct world_case { int spot; const char *shows[5], *quiet[5], *at; } cases[] = {
	{ 1, { "?cards_kept=paper", "?code_kept=yes" }, { "?cards_kept=paper", "?code_kept=no" }, "Notebook" },
	{ 2, { "holder add|holder=computer:Office PC|keeps=card_number=deleted" }, { "holder add|holder=computer:Office PC|keeps=card_number=none" }, "Office PC" },
	{ 3, { "?channels=mail|cash", "?mail.boxes=orders", "?mail.where=email" }, { NULL }, "orders" },
	{ 3, { "holder add|holder=mailbox:info", "flow add|from=info|to=Square|kinds=card_number" }, { "holder add|holder=mailbox:info", "flow add|from=info|to=Square|kinds=email" }, "info" },
	{ 4, { "?phone.recorded=yes" }, { "?phone.recorded=paused" }, NULL },
	{ 5, { "holder add|holder=paper:Order forms|keeps=card_number=30d" }, { "holder add|holder=paper:Order forms|keeps=name=30d" }, "Order forms" },
	{ 5, { "+2025-06-02 10:00,paper:Order forms,name|card_number" }, { "+2025-06-02 10:00,paper:Order forms,name" }, "Order forms" },
	{ 5, { "+2025-06-02 10:00,paper:Order forms,name|card_number", "holder emptied|holder=Order forms|at=2025-06-01" },
	  { "+2025-06-02 10:00,paper:Order forms,name|card_number", "holder emptied|holder=Order forms|at=2025-06-09" }, "Order forms" },
	{ 6, { "?phone_reader.sight=away" }, { "?phone_reader.sight=sight" }, "Van 1 reader" },
	{ 6, { "?counter.sight=away" }, { "?counter.sight=customer" }, "Counter terminal" },
	{ 7, { "?phone_reader.kind=swipe" }, { "?phone_reader.kind=tap_insert" }, "Van 1 reader" },
	{ 8, { "?phone_reader.lock=no" }, { NULL }, NULL },
	{ 9, { "holder add|holder=reader:Spare" }, { "reader set|reader=Van 1 reader|serial=1", "reader set|reader=Counter terminal|serial=2" }, "Spare" },
	{ 10, { "?counter.reach=yes" }, { NULL }, "Counter terminal" },
	{ 10, { "?phone_reader.night=van" }, { "?phone_reader.night=home" }, "Van 1 reader" },
	{ 11, { "?swap=let" }, { NULL }, NULL },
	{ 11, { "reader inspect|reader=Van 1 reader|odd=stranger" }, { "reader inspect|reader=Van 1 reader|odd=seal" }, "Van 1 reader" },
	{ 12, { "?counter.kind=net", "?counter.network=guests" }, { "?counter.kind=net", "?counter.network=own" }, "Counter terminal" },
	{ 13, { "access add|who=Ana|holder=Square|account=shared" }, { "access add|who=Ana|holder=Square|account=own" }, "Square (Ana)" },
	{ 13, { "?provider.login=shared" }, { NULL }, "Square" },
	{ 14, { "access add|who=Ana|holder=Square|second=no" }, { "access add|who=Ana|holder=Square|second=yes" }, "Square (Ana)" },
	{ 15, { "access add|who=Ben|holder=Square", "holder close|holder=person:Ben|at=2020-01-01" }, { "access add|who=Ben|holder=Square" }, "Square (Ben)" },
	{ 16, { "?web.page=fields" }, { "?web.page=provider" }, "fernwood.example.com" },
	{ 17, { "?web.page=frame", "?web.script=no" }, { "?web.page=frame", "?web.script=yes" }, "fernwood.example.com" },
	{ 18, { "?web.page=frame", "?web.care=no" }, { "?web.page=frame", "?web.care=yes" }, "fernwood.example.com" },
	{ 19, { "?card_on_file.unused=never" }, { NULL }, NULL },
	{ 20, { "?card_on_file.consent=no" }, { NULL }, NULL },
	{ 21, { "?paper.where=open" }, { NULL }, NULL },
	{ 22, { "?paper.copies=yes" }, { NULL }, NULL },
	{ 23, { "?cheque.photo=private" }, { "?cheque.photo=company" }, NULL },
	{ 24, { "?bank_transfer.change=mail" }, { NULL }, NULL },
	{ 25, { "?written=photos" }, { "?written=notebook" }, NULL },
	{ 26, { "?phone_reader.visit=list" }, { "?phone_reader.visit=nothing" }, "Jobber" },
	{ 27, { "holder add|holder=storage:NAS", "flow add|from=Jobber|to=NAS|kinds=name" }, { "holder add|holder=storage:NAS|keeps=90d", "flow add|from=Jobber|to=NAS|kinds=name" }, "NAS" },
	{ 28, { "?written=computer", "?encrypted=no" }, { "?written=computer", "?encrypted=yes" }, "Office computer" },
	{ 28, { "?written=computer", "?encrypted=no", "holder add|holder=storage:NAS" }, { "holder add|holder=storage:NAS" }, "NAS" },
	{ 29, { NULL }, { "service set|service=Square|contact=555-0100", "service evidence|service=Square|sort=aoc", "service set|service=Jobber|contact=555-0101",
	                  "service evidence|service=Jobber|sort=agreement" }, "Square" },
	{ 30, { NULL }, { "?takers=-" }, "Ana" },
	{ 31, { "?phone_reader.offline=yes" }, { NULL }, "Van 1 reader" },
	{ 32, { "?counter.prints=yes" }, { NULL }, "Counter terminal" },
	{ 33, { "?web.page=frame", "?web.form=yes" }, { "?web.page=frame", "?web.form=no" }, "fernwood.example.com" },
	{ 34, { "?export=all" }, { NULL }, "Jobber" },
	{ 35, { "?counter.sight=tab" }, { "?counter.sight=sight" }, "Counter terminal" },
	{ 36, { "?counter.reach=alone" }, { "?counter.reach=alone", "reader inspect|reader=Counter terminal" }, "Counter terminal" },
	{ 36, { "?counter.reach=alone" }, { "?counter.reach=yes" }, "Counter terminal" },
	{ 37, { "?cards_kept=notes" }, { "?cards_kept=no" }, "Jobber" },
	{ 38, { "holder add|holder=service:Old app", "holder close|holder=Old app|at=2025-06-30" },
	  { "holder add|holder=service:Old app", "holder close|holder=Old app|at=2025-06-30", "holder emptied|holder=Old app|at=2025-08-01" }, "Old app" },
	{ 39, { "?old=never" }, { "?old=year3" }, "Jobber" },
};

static void every_spot_shows_where_it_is_and_not_where_it_is_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct world_case *c = &cases[i];
		struct op op;
		bool at = !c->at;
		world_changed(&op, c->shows);
		const struct risk *r = spot_of(&op, c->spot, RISK_OPEN);
		if (!r)
			fail_msg("spot %d, case %zu does not show", c->spot, i);
		for (size_t k = 0; k < r->places && !at; k++)
			at = str_eq(r->place[k].name, str_of(c->at));
		if (!at)
			fail_msg("spot %d, case %zu is not at %s", c->spot, i, c->at);
		op_close(&op);
		world_changed(&op, c->quiet);
		r = spot_of(&op, c->spot, RISK_OPEN);
		if (r)
			fail_msg("spot %d, case %zu shows where it is not: %.*s", c->spot, i, STR_ARG(r->place[0].name));
		op_close(&op);
	}
}

static void no_spot_is_without_a_case(void **state)
{
	(void)state;
	for (size_t r = 0; r < risk_rules_n; r++) {
		bool there = false;
		for (size_t i = 0; i < LENGTH(cases); i++)
			there |= cases[i].spot == risk_rules[r].id;
		if (!there)
			fail_msg("spot %d has no world", risk_rules[r].id);
	}
}

/* What is fixed stays away until something newer shows it; what is accepted comes back on its day. */
static void what_is_said_of_a_spot_holds_until_something_newer(void **state)
{
	(void)state;
	struct op op;
	world_changed(&op, (const char *const[]){ "?phone_reader.sight=away", "?old=never", NULL });
	assert_non_null(spot_of(&op, 6, RISK_OPEN));
	change(&op, "risk fixed|spot=R06");
	assert_null(spot_of(&op, 6, RISK_OPEN));
	op.now += DAY;
	walk_apply(&op);                                 /* gone through again, and it is still so */
	const struct risk *r = spot_of(&op, 6, RISK_OPEN);
	assert_non_null(r);
	assert_true(r->back);
	op_close(&op);
}

/* What a register says is so until it says otherwise: a word is not enough, and the place is where it is put right. */
static void what_a_register_says_goes_by_itself(void **state)
{
	(void)state;
	struct op op;
	world_changed(&op, (const char *const[]){ "?counter.reach=alone", "reader set|reader=Van 1 reader|serial=1", NULL });
	assert_false(SAY(&op, risk_verbs, "risk fixed", "spot=R09"));
	assert_int_equal(op.err.code, CONFLICT);
	err_clear(&op.err);
	assert_int_equal(spot_of(&op, 9, RISK_OPEN)->places, 1);
	change(&op, "reader set|reader=Counter terminal|serial=2");
	assert_null(spot_of(&op, 9, RISK_OPEN));
	const struct risk *r = spot_of(&op, 36, RISK_OPEN);  /* only where nobody stands */
	assert_int_equal(r->places, 1);
	assert_true(str_eq(r->place->name, STR("Counter terminal")));
	change(&op, "reader inspect|reader=Counter terminal");
	assert_null(spot_of(&op, 36, RISK_OPEN));
	op.now += 3 * DAY;
	assert_non_null(spot_of(&op, 36, RISK_OPEN));
	op_close(&op);
}

/* What the map tells after something was said to be fixed shows it again, and what has nothing to do with it does not. */
static void the_map_told_anew_shows_it_again(void **state)
{
	(void)state;
	struct op op;
	struct risk_word *w;
	size_t n;
	world_open(&op);
	change(&op, "holder add|holder=paper:Order forms|keeps=card_number=1y");
	op.now += DAY;
	change(&op, "risk fixed|spot=R05");
	done(&op, risks_said(&op, &w, &n));
	assert_int_equal(n, 1);
	assert_int_equal(w->seen, SEEN_STILL);               /* the map has not been changed */
	op.now += DAY;
	change(&op, "flow add|from=Order forms|to=Handback|kinds=name");
	walk_apply(&op);
	assert_null(spot_of(&op, 5, RISK_OPEN));
	op.now += DAY;
	change(&op, "holder add|holder=paper:Order forms|keeps=card_number=30d");
	assert_true(spot_of(&op, 5, RISK_OPEN)->back);
	change(&op, "holder add|holder=paper:Order forms|keeps=card_number=none");
	done(&op, risks_said(&op, &w, &n));
	assert_int_equal(w->seen, SEEN_GONE);
	op_close(&op);
}

static void what_was_said_is_listed_and_taken_back(void **state)
{
	(void)state;
	struct op op;
	struct risk_word *w;
	struct access *s;
	size_t n;
	world_changed(&op, (const char *const[]){ "?phone_reader.sight=away", "access add|who=Ana|holder=Square|account=shared|second=no", "access add|who=Ben|holder=Square",
	                                          "access leave|who=Ben|at=2020-01-01", "holder add|holder=service:Old app", "holder close|holder=Old app|at=2025-06-30", NULL });
	static const int said[] = { 6, 13, 14, 15, 38 };
	for (size_t i = 0; i < LENGTH(said); i++) {
		op.now++;
		change(&op, arena_printf(op.a, "risk fixed|spot=R%02d", said[i]));
		assert_null(spot_of(&op, said[i], RISK_OPEN));
	}
	done(&op, risks_said(&op, &w, &n));
	assert_true(n >= LENGTH(said));
	assert_int_equal(w->rule->id, 38);                   /* the newest first */
	assert_true(str_eq(w->name, STR("Old app")) && str_eq(w->person, STR("Owner")) && w->fixed == op.now);
	assert_int_equal(w->seen, SEEN_GONE);
	assert_int_equal(w[n - 1].rule->id, 6);
	assert_int_equal(w[n - 1].seen, SEEN_STILL);
	for (size_t i = 0; i < LENGTH(said); i++) {
		change(&op, arena_printf(op.a, "risk undo|spot=R%02d", said[i]));
		if (!spot_of(&op, said[i], RISK_OPEN))
			fail_msg("R%02d is not back", said[i]);
		assert_false(spot_of(&op, said[i], RISK_OPEN)->back);
	}
	done(&op, access_list(&op, false, &s, &n));
	bool ben = false;
	for (size_t i = 0; i < n; i++)
		ben |= str_eq(s[i].person.name, STR("Ben"));
	assert_true(ben);
	done(&op, risks_said(&op, &w, &n));
	assert_int_equal(n, 0);
	assert_false(SAY(&op, risk_verbs, "risk undo", "spot=R06"));
	assert_int_equal(op.err.code, NOT_FOUND);
	op_close(&op);
}

/* Without a word of how the business is paid. What is fixed stays so until the next order form with a number. */
static void orders_on_paper_show_without_a_walk(void **state)
{
	(void)state;
	struct op op;
	world_open(&op);
	assert_null(spot_of(&op, 5, RISK_OPEN));
	change(&op, "+2025-06-02 10:00,paper:Order forms,name|card_number");
	assert_non_null(spot_of(&op, 5, RISK_OPEN));
	change(&op, "risk fixed|spot=R05");
	assert_null(spot_of(&op, 5, RISK_OPEN));
	change(&op, "+2025-06-03 10:00,paper:Order forms,name|card_number");
	assert_null(spot_of(&op, 5, RISK_OPEN));             /* older than what was said */
	struct str later = when_text(op.a, op.now + DAY);
	op.now += 2 * DAY;
	change(&op, arena_printf(op.a, "+" STR_FMT ",paper:Order forms,name|card_number", STR_ARG(later)));
	assert_non_null(spot_of(&op, 5, RISK_OPEN));
	op_close(&op);
}

/* Each paper by its own last order, and one that a list alone names by none. */
static void each_paper_has_its_own_last_order(void **state)
{
	(void)state;
	struct op op;
	holder_id id[3];
	int64_t last[3];
	world_open(&op);
	change(&op, "+2025-06-02 10:00,paper:Order forms,name|card_number");
	change(&op, "+2025-06-03 10:00,paper:Gift cards,name|card_number");
	change(&op, "+2025-06-04 10:00,paper:Order forms,name");
	change(&op, "holder add|holder=paper:Notebook");
	static const char *const names[] = { "paper:Order forms", "paper:Gift cards", "paper:Notebook" };
	for (size_t i = 0; i < LENGTH(names); i++) {
		struct holder h;
		done(&op, map_find(&op, str_of(names[i]), &h));
		id[i] = h.id;
	}
	done(&op, ledger_last(&op, id, 3, KIND(CARD_NUMBER), last));
	assert_int_equal(last[1] - last[0], DAY);
	assert_int_equal(last[2], LONG_AGO);
	done(&op, ledger_last(&op, id, 3, KIND(NAME), last));
	assert_int_equal(last[0] - last[1], DAY);
	op_close(&op);
}

static void accepting_needs_a_day_within_a_year(void **state)
{
	(void)state;
	struct op op;
	world_changed(&op, (const char *const[]){ "?old=never", NULL });
	struct str soon = when_text(op.a, op.now + 30 * DAY), far = when_text(op.a, op.now + 400 * DAY);
	assert_false(SAY(&op, risk_verbs, "risk accept", "spot=R39", "reason=why", arena_printf(op.a, "until=" STR_FMT, STR_ARG(far))));
	assert_int_equal(op.err.code, INVALID);
	err_clear(&op.err);
	assert_false(SAY(&op, risk_verbs, "risk accept", "spot=R39", "reason=why", "until=2020-01-01"));
	err_clear(&op.err);
	done(&op, SAY(&op, risk_verbs, "risk accept", "spot=R39", "reason=why", arena_printf(op.a, "until=" STR_FMT, STR_ARG(soon))));
	assert_null(spot_of(&op, 39, RISK_OPEN));
	assert_true(str_eq(spot_of(&op, 39, RISK_ACCEPTED)->reason, STR("why")));
	op.now += 31 * DAY;
	assert_non_null(spot_of(&op, 39, RISK_OPEN));
	assert_null(spot_of(&op, 39, RISK_ACCEPTED));
	op_close(&op);
}

static void fixing_a_sign_in_changes_the_sign_in(void **state)
{
	(void)state;
	struct op op;
	struct access *s;
	size_t n;
	world_changed(&op, (const char *const[]){ "access add|who=Ana|holder=Square|account=shared|second=no", "access add|who=Ben|holder=Square|account=shared", NULL });
	const struct risk *r = spot_of(&op, 13, RISK_OPEN);
	assert_int_equal(r->places, 2);
	change(&op, arena_printf(op.a, "risk fixed|spot=R13|place=%lld", (long long)r->place[0].id));
	assert_int_equal(spot_of(&op, 13, RISK_OPEN)->places, 1);
	change(&op, "risk fixed|spot=R13");
	change(&op, "risk fixed|spot=R14");
	assert_null(spot_of(&op, 13, RISK_OPEN));
	done(&op, access_list(&op, false, &s, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(s[i].person.name, STR("Ana")) && str_eq(s[i].holder.name, STR("Square")))
			assert_true(s[i].account == ACCOUNT_OWN && s[i].second == SECOND_YES);
	change(&op, "access leave|who=Ben|at=2020-01-01");
	assert_non_null(spot_of(&op, 15, RISK_OPEN));
	change(&op, "risk fixed|spot=R15");
	assert_null(spot_of(&op, 15, RISK_OPEN));
	struct leaving *l;
	done(&op, access_leavings(&op, &l, &n));
	assert_int_equal(n, 1);
	assert_int_equal(l->n, leaving_things_n + 1);
	assert_int_equal(l->open, leaving_things_n);     /* the sign-in is closed */
	op_close(&op);
}

static void a_look_is_due_each_quarter(void **state)
{
	(void)state;
	struct op op;
	size_t n;
	world_changed(&op, (const char *const[]){ "access add|who=Ana|holder=Square", "access look|all=", NULL });
	done(&op, access_due(&op, &n));
	assert_int_equal(n, 0);
	op.now += (ACCESS_QUARTER + 1) * (int64_t)DAY;
	done(&op, access_due(&op, &n));
	assert_true(n > 0);
	op_close(&op);
}

static void the_order_is_severity_then_what_is_quick(void **state)
{
	(void)state;
	struct op op;
	struct risk *r;
	size_t n;
	world_changed(&op, (const char *const[]){ "?phone_reader.sight=away", "?phone.recorded=yes", "?web.form=yes", "?old=never", NULL });
	done(&op, risks_list(&op, &r, &n));
	assert_true(n >= 4);
	assert_int_equal(r[0].rule->id, 6);              /* 5 minutes */
	assert_int_equal(r[1].rule->id, 33);             /* 15 */
	for (size_t i = 1; i < n; i++)
		assert_true(r[i - 1].state < r[i].state || r[i - 1].rule->severity <= r[i].rule->severity);
	op_close(&op);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spot_shows_where_it_is_and_not_where_it_is_not),
		cmocka_unit_test(no_spot_is_without_a_case),
		cmocka_unit_test(what_is_said_of_a_spot_holds_until_something_newer),
		cmocka_unit_test(what_a_register_says_goes_by_itself), cmocka_unit_test(the_map_told_anew_shows_it_again),
		cmocka_unit_test(what_was_said_is_listed_and_taken_back), cmocka_unit_test(orders_on_paper_show_without_a_walk), cmocka_unit_test(each_paper_has_its_own_last_order),
		cmocka_unit_test(accepting_needs_a_day_within_a_year),
		cmocka_unit_test(fixing_a_sign_in_changes_the_sign_in),
		cmocka_unit_test(a_look_is_due_each_quarter),
		cmocka_unit_test(the_order_is_severity_then_what_is_quick),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
