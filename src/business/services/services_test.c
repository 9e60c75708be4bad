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

/* ---- what is at stake, what is needed ---- */

static unsigned stakes_of(const char *name, const char *there, int64_t customers, int said_card)
{
	struct str bad;
	kinds k = 0;
	struct service s = { .known = service_known(str_of(name)), .said_card = said_card };
	struct holding h = { .known = true, .customers = customers, .untold = !*there };
	assert_true(!*there || kinds_parse(str_of(there), ',', &k, &bad));
	for (int i = 0; i < KIND_COUNT; i++)
		h.by_kind[i] = k >> i & 1 ? customers : 0;
	s.power = s.known ? s.known->power : 0;
	s.card = said_card ? said_card == 1 : s.known && s.known->card != CARD_NONE;
	return service_stakes(&s, &h);
}

static void much_is_at_stake_by_what_is_there_not_by_fame(void **state)
{
	static const struct { const char *name, *there; int64_t customers; int said; unsigned stakes; enum weight weight; } cases[] = {
		{ "Square", "card_number,name", 5, 0, 1u << STAKE_CARD | 1u << STAKE_PAGE, WEIGHT_MUCH },
		{ "Xero", "name,email", 99, 0, 0, WEIGHT_LITTLE },
		{ "Xero", "name,email", 100, 0, 1u << STAKE_MANY, WEIGHT_SOME },
		{ "Xero", "purchases", 1000, 0, 0, WEIGHT_LITTLE },
		{ "Xero", "bank_account", 1, 0, 1u << STAKE_BANK, WEIGHT_MUCH },
		{ "Somebody", "home_access", 1, 0, 1u << STAKE_HOME, WEIGHT_MUCH },
		{ "Somebody", "credentials", 1, 0, 1u << STAKE_IDS, WEIGHT_MUCH },
		{ "Somebody", "date_of_birth", 1, 0, 1u << STAKE_HEALTH, WEIGHT_MUCH },
		{ "Somebody", "name", 1, 1, 1u << STAKE_AFFECTS, WEIGHT_MUCH },
		{ "Somebody", "", 0, 0, 0, WEIGHT_LITTLE },
		{ "Gmail", "name", 1, 0, 1u << STAKE_MAIL | 1u << STAKE_FILES, WEIGHT_MUCH },
		{ "IT helper", "name", 1, 0, 1u << STAKE_AFFECTS, WEIGHT_MUCH },
		{ "IT helper", "name", 1, 2, 0, WEIGHT_LITTLE },
		{ "Mailchimp", "", 0, 0, 1u << STAKE_MANY, WEIGHT_SOME },        /* nobody told: as usual with it */
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		unsigned stakes = stakes_of(cases[i].name, cases[i].there, cases[i].customers, cases[i].said);
		if (stakes != cases[i].stakes || stakes_weight(stakes) != cases[i].weight)
			fail_msg("case %zu, %s: %x", i, cases[i].name, stakes);
	}
	for (int i = 0; i < STAKES; i++)
		assert_true(stake_says((enum stake)i)->en.n && stake_says((enum stake)i)->es.n);
	size_t n;
	const struct need *d = needs_all(&n);
	for (size_t i = 0; i < n; i++) {
		assert_true(d[i].says.en.n && d[i].says.es.n && d[i].what.en.n && d[i].what.es.n && d[i].source.n);
		for (struct str rest = d[i].by; rest.n;) {
			struct str by = str_split(&rest, ' ');
			assert_true(evidence_sort(by) || str_eq(by, STR("contact")) || str_eq(by, STR("promise")));
		}
	}
}

/* Told 60 days before, late behind its last day; of one sort what counts longest; what is left asks for its deletion. */
static void what_runs_out_is_told_in_time(void **state)
{
	struct op *op = *state;
	struct renewal *r;
	struct service s;
	struct evidence aoc = { .sort = evidence_sort(STR("aoc")) }, tls = { .sort = evidence_sort(STR("tls")) };
	size_t n;
	done(op, op_begin(op));
	aoc.holder = tls.holder = made(op, SERVICE, "Square");
	int64_t now = op->now;
	aoc.seen = tls.seen = now, aoc.until = now + 60 * DAY + 2;
	done(op, evidence_put(op, &aoc) && evidence_put(op, &tls));
	done(op, services_renewals(op, RENEWAL_DAYS, &r, &n));
	assert_int_equal(n, 0);                          /* a second more than 60 days; and what is measured is not asked for */
	op->now = now + 1;
	done(op, services_renewals(op, RENEWAL_DAYS, &r, &n));
	assert_true(n == 1 && r[0].days == 60);
	op->now = now + 61 * DAY;
	done(op, services_renewals(op, RENEWAL_DAYS, &r, &n));
	assert_true(n == 1 && r[0].days < 1 && r[0].sort == aoc.sort);
	aoc.seen = op->now, aoc.until = 0;
	done(op, evidence_put(op, &aoc) && services_renewals(op, RENEWAL_DAYS, &r, &n));
	assert_int_equal(n, 0);
	done(op, service_get(op, aoc.holder, &s));
	s.ends = op->now + 10 * DAY, s.used = op->now - 340 * DAY;
	done(op, service_put(op, &s) && services_renewals(op, RENEWAL_DAYS, &r, &n));
	assert_true(n == 2 && r[0].of == RENEW_CONTRACT && r[0].days == 10 && r[1].of == RENEW_USED && r[1].days == 25);
	done(op, service_leave(op, &s, op->now) && services_renewals(op, RENEWAL_DAYS, &r, &n));
	assert_true(n == 1 && r[0].of == RENEW_DELETION && r[0].days < 1);
	done(op, service_asked(op, &s, op->now) && services_renewals(op, RENEWAL_DAYS, &r, &n));
	assert_true(n == 1 && r[0].days == 30);
	assert_false(service_leave(op, &s, op->now));
	assert_int_equal(op->err.code, CONFLICT);
	err_clear(&op->err);
	assert_false(service_deleted(op, &s, op->now - DAY, STR("")));
	err_clear(&op->err);
	done(op, service_deleted(op, &s, op->now, STR("mail")) && services_renewals(op, RENEWAL_DAYS, &r, &n));
	assert_int_equal(n, 0);
	op_end(op, false);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(common_services_are_recognised), cmocka_unit_test(the_data_is_whole),
		cmocka_unit_test(much_is_at_stake_by_what_is_there_not_by_fame), IN_A_WORLD(what_runs_out_is_told_in_time),
		IN_A_WORLD(what_is_told_counts_more_than_what_is_known), IN_A_WORLD(evidence_counts_until_its_day_and_measurements_give_way),
	};
	return cmocka_run_group_tests(all, make, drop);
}
