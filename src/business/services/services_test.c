/* services: common ones are recognised by name and by domain, and only these; the data is whole; evidence is kept masked, counts until its day, and gives way. */
#include "services.h"

#include "exposure_test.h"

static void common_services_are_recognised(void **state)
{
	static const struct { const char *text, *name; } said[] = {
		{ "Square", "Square" }, { "square POS", "Square" }, { "Squarespace", "Squarespace" }, { "squareup.com", "Square" }, { "pay.squareup.com", "Square" }, { "notsquareup.com", NULL },
		{ "Mailchimp (newsletter)", "Mailchimp" }, { "Gmail", "Google Workspace" }, { "Our web agency", "Web agency" }, { "QuickBooks Online", "QuickBooks" }, { "Wave", "Wave" },
		{ "Heatwave Radio", NULL }, { "", NULL }, { "com", NULL }, { "Fernwood", NULL }, { "ADP", "ADP" }, { "IT helper", "IT helper" }, { "status.stripe.com", "Stripe" },
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(said); i++) {
		const struct known_service *k = service_known(str_of(said[i].text));
		if ((k != NULL) != (said[i].name != NULL) || (k && !str_eq(k->name, str_of(said[i].name))))
			fail_msg("%s: " STR_FMT, said[i].text, STR_ARG(k ? k->name : STR("nothing")));
	}
}

static void the_data_is_whole(void **state)
{
	size_t n, sorts;
	const struct known_service *k = services_known(&n);
	const struct evidence_sort *e = evidence_sorts(&sorts);
	(void)state;
	assert_true(n >= 30 && sorts >= 20);
	for (size_t i = 0; i < n; i++) {
		if (!k[i].does.en.n || !k[i].does.es.n || !k[i].way.en.n || !k[i].way.es.n || !k[i].export.en.n || !k[i].export.es.n || !k[i].ask.en.n || !k[i].ask.es.n || !k[i].sure.n)
			fail_msg("words are lacking of " STR_FMT, STR_ARG(k[i].name));
		assert_ptr_equal(service_known(k[i].name), &k[i]);       /* found by its own name, not by another's */
		for (struct str rest = k[i].domains; rest.n;)
			assert_ptr_equal(service_known(str_split(&rest, ' ')), &k[i]);
		assert_false(k[i].usual & k[i].maybe);
	}
	for (size_t i = 0; i < sorts; i++) {
		assert_true(e[i].word && e[i].says.en.n && e[i].says.es.n && e[i].shows.en.n && e[i].shows.es.n);
		assert_ptr_equal(evidence_sort(e[i].name), &e[i]);
	}
	assert_null(evidence_sort(STR("badge")));
}

/* ---- the register ---- */

static struct op it;

static int world_begin(void **state)
{
	world_open(&it);
	*state = &it;
	return 0;
}

static int world_end(void **state)
{
	op_close(*state);
	return 0;
}
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)

static holder_id made(struct op *op, enum holder_sort sort, const char *name)
{
	holder_id id = { 0 };
	done(op, map_name(op, sort, str_of(name), 0, &id));
	return id;
}

static void what_is_told_counts_more_than_what_is_known(void **state)
{
	struct op *op = *state;
	struct service s, *all;
	size_t n;
	done(op, op_begin(op));
	holder_id square = made(op, SERVICE, "Square"), own = made(op, SERVICE, "Our shop's host"), reader = made(op, READER, "R-1");
	done(op, service_get(op, square, &s));
	assert_true(s.card && s.power & POWER_PAGE && s.hours == HOURS_UNTOLD && s.domains == 2 && str_eq(s.domain[0], STR("squareup.com")));
	done(op, service_get(op, own, &s));
	assert_true(!s.card && !s.known && !s.domains && s.until == FAR_OFF && s.ends == FAR_OFF);
	s.told = STR("Host.Example.com"), s.said_page = 1, s.hours = 24, s.contact = STR("555-0111, at night too");
	done(op, service_put(op, &s) && service_get(op, own, &s));
	assert_true(s.card && s.power & POWER_PAGE && s.hours == 24 && str_eq(s.domain[0], STR("host.example.com")) && str_eq(s.contact, STR("555-0111, at night too")));
	s.said_card = 2;
	done(op, service_put(op, &s) && service_get(op, own, &s));
	assert_false(s.card);
	assert_false(service_get(op, reader, &s));
	assert_int_equal(op->err.code, INVALID);
	err_clear(&op->err);
	done(op, services_list(op, false, &all, &n));
	assert_int_equal(n, 2);
	assert_true(str_eq(all[0].name, STR("Our shop's host")) && str_eq(all[1].name, STR("Square")));
	done(op, map_holder_end(op, own, op->now) && services_list(op, false, &all, &n));
	assert_int_equal(n, 2);                                  /* left, but nobody confirmed that it deleted anything */
	done(op, map_emptied_put(op, own, op->now) && services_list(op, false, &all, &n));
	assert_int_equal(n, 1);
	done(op, services_list(op, true, &all, &n));
	assert_int_equal(n, 2);
	op_end(op, false);
}

static void evidence_counts_until_its_day_and_measurements_give_way(void **state)
{
	struct op *op = *state;
	struct evidence *all, aoc = { .sort = evidence_sort(STR("aoc")), .seen = op->now - 30 * DAY, .note = STR("for 4111 1111 1111 1111 and Point of Sale"), .link = STR("drive/AOC.pdf") };
	struct evidence tls = { .sort = evidence_sort(STR("tls")), .result = RESULT_GOOD, .seen = op->now };
	size_t n;
	done(op, op_begin(op));
	aoc.holder = tls.holder = made(op, SERVICE, "Square");
	done(op, evidence_put(op, &aoc) && evidence_put(op, &tls));
	int64_t first = tls.id;
	assert_int_equal(aoc.until, op->now + 335 * DAY);
	tls.until = 0, tls.result = RESULT_WEAK;
	done(op, evidence_put(op, &tls));
	done(op, evidence_list(op, aoc.holder, false, &all, &n));
	assert_int_equal(n, 2);
	assert_true(all[0].id == tls.id && all[0].result == RESULT_WEAK && all[1].id == aoc.id && str_eq(all[1].link, STR("drive/AOC.pdf")));
	assert_true(all[1].note.n && !memmem(all[1].note.p, all[1].note.n, "4111 1111", 9));
	done(op, evidence_list(op, (holder_id){ 0 }, true, &all, &n));
	assert_int_equal(n, 3);
	assert_false(evidence_end(op, first));                   /* overtaken already */
	assert_int_equal(op->err.code, NOT_FOUND);
	err_clear(&op->err);
	done(op, evidence_end(op, aoc.id) && evidence_list(op, aoc.holder, false, &all, &n));
	assert_int_equal(n, 1);
	for (n = 1; n < EVIDENCE_MAX; n++) {
		aoc.until = 0;
		done(op, evidence_put(op, &aoc));
	}
	assert_false(evidence_put(op, &aoc));
	assert_int_equal(op->err.code, TOO_BIG);
	err_clear(&op->err);
	op_end(op, false);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(common_services_are_recognised), cmocka_unit_test(the_data_is_whole),
		IN_A_WORLD(what_is_told_counts_more_than_what_is_known), IN_A_WORLD(evidence_counts_until_its_day_and_measurements_give_way),
	};
	return cmocka_run_group_tests(all, make, drop);
}
