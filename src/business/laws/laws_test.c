/* laws: scenario tables - a place, kinds, dates, and the duties that follow -, the calendar, and that the data is whole. */
#include "laws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *a;
static struct law *law;
static size_t laws;
static struct zone *new_york, *utc;

static struct str file_of(const char *name)
{
	FILE *f = fopen(arena_printf(a, "%s/data/%s", getenv("HANDBACK_SOURCE"), name), "rb");
	struct buf b = BUF(LAWS_TABLE_MAX);
	char chunk[1 << 16];
	size_t n;
	assert_non_null(f);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_put(&b, (struct str){ chunk, n });
	fclose(f);
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static int64_t at(const char *text)
{
	struct span s;
	assert_true(when_parse(str_of(text), new_york, &s));
	return s.from;
}

static struct str day_of(int64_t moment)
{
	struct str s = moment >= FAR_OFF ? STR("never") : when_local_text(a, new_york, moment);
	s.n = s.n > 10 ? 10 : s.n;
	return s;
}

static kinds kinds_of(const char *list)
{
	kinds k;
	struct str bad;
	assert_true(kinds_parse(str_of(list), ',', &k, &bad));
	return k;
}

static const struct obligation *find(const struct obligation *d, size_t n, const char *code, enum obligee to)
{
	for (size_t i = 0; i < n; i++)
		if (d[i].to == to && str_eq(d[i].code, str_of(code)))
			return &d[i];
	return NULL;
}

static void duties_of(const struct law_case *c, struct obligation **d, size_t *n)
{
	struct err e = { 0 };
	if (!laws_obligations(a, law, laws, c, d, n, &e))
		fail_msg("%s", e.say);
}

/* ---- the scenarios ---- */

/* kinds of n people in a place; discovered, determined (0: not told); who must be told how surely by which day. */
static const struct scenario {
	const char *place, *kinds; int64_t n; const char *discovered, *determined;
	enum obligee to; enum law_force force; const char *by, *code;    /* code: of the duty; NULL: the place's own law */
} scenarios[] = {
	/* New York: 30 days from discovery, bare card numbers usable alone count; the Attorney General with the letters, from one resident on */
	{ "US-NY", "name,card_number", 1, "2026-11-27", NULL, TO_PEOPLE, LAW_MUST, "2026-12-27" },
	{ "US-NY", "name,card_number", 1, "2026-11-27", NULL, TO_REGULATOR, LAW_MUST, "2026-12-27" },
	{ "US-NY", "name,card_number", 5000, "2026-11-27", NULL, TO_BUREAUS, LAW_NONE, "" },
	{ "US-NY", "name,card_number", 5001, "2026-11-27", NULL, TO_BUREAUS, LAW_MUST, "2026-12-27" },
	{ "US-NY", "name,email,phone", 100, "2026-11-27", NULL, TO_PEOPLE, LAW_NONE, "" },
	{ "US-NY", "card_number", 1, "2026-11-27", NULL, TO_PEOPLE, LAW_SHOULD, "2026-12-27" },       /* without a name */
	/* California: 30 days; the Attorney General from 501 residents on, 15 days after the letters */
	{ "US-CA", "name,ssn", 500, "2026-01-31", NULL, TO_PEOPLE, LAW_MUST, "2026-03-02" },          /* over the end of February */
	{ "US-CA", "name,ssn", 500, "2026-01-31", NULL, TO_REGULATOR, LAW_NONE, "" },
	{ "US-CA", "name,ssn", 501, "2026-01-31", NULL, TO_REGULATOR, LAW_MUST, "2026-03-17" },
	{ "US-CA", "name,card_number", 10, "2026-01-31", NULL, TO_PEOPLE, LAW_SHOULD, "2026-03-02" },  /* a bare number: arguable */
	{ "US-CA", "card_track", 10, "2026-01-31", NULL, TO_PEOPLE, LAW_MUST, "2026-03-02" },          /* the track holds the name */
	/* Texas and Alabama count from determination */
	{ "US-TX", "name,ssn", 1, "2026-11-01", "2026-11-20", TO_PEOPLE, LAW_MUST, "2027-01-19" },
	{ "US-TX", "name,ssn", 1, "2026-11-01", NULL, TO_PEOPLE, LAW_MUST, "2026-12-31" },             /* nobody said when: from discovery */
	{ "US-AL", "name,ssn", 1000, "2026-11-01", "2026-11-20", TO_REGULATOR, LAW_NONE, "" },
	{ "US-AL", "name,ssn", 1001, "2026-11-01", "2026-11-20", TO_REGULATOR, LAW_MUST, "2027-01-04" },
	/* Louisiana: 60 days, the Attorney General 10 days after the letters */
	{ "US-LA", "name,ssn", 1, "2028-02-01", NULL, TO_PEOPLE, LAW_MUST, "2028-04-01" },             /* a leap year */
	{ "US-LA", "name,ssn", 1, "2028-02-01", NULL, TO_REGULATOR, LAW_MUST, "2028-04-11" },
	/* Iowa: five business days after the letters; without a day for people our own 30 days count */
	{ "US-IA", "name,ssn", 501, "2026-11-02", NULL, TO_REGULATOR, LAW_MUST, "2026-12-09" },
	/* the European Union by country: the authority in 72 hours */
	{ "DE", "name,email", 3, "2026-11-27T12:00:00Z", NULL, TO_REGULATOR, LAW_MUST, "2026-11-30" },
	{ "DE-BY", "email", 3, "2026-11-27T12:00:00Z", NULL, TO_REGULATOR, LAW_MUST, "2026-11-30" },
	{ "FR", "email", 3, "2026-11-27T12:00:00Z", NULL, TO_PEOPLE, LAW_MUST, "2026-12-27" },
	/* whom no law of their place names, and whose place is not in the table: told by our own rule, and never passed over */
	{ "US-NY", "name,email,phone", 100, "2026-11-27", NULL, TO_PEOPLE, LAW_LOOK, "2026-12-27", "other-kinds" },
	{ "US-IL", "email", 1, "2028-01-30", NULL, TO_PEOPLE, LAW_LOOK, "2028-02-29", "other-kinds" },
	{ "MX", "name,ssn", 2, "2026-11-27", NULL, TO_PEOPLE, LAW_LOOK, "2026-12-27", "other-places" },
	{ "MX-CMX", "email", 2, "2026-11-27", NULL, TO_PEOPLE, LAW_LOOK, "2026-12-27", "other-places" },
	{ "MX", "name,ssn", 2, "2026-11-27", NULL, TO_PEOPLE, LAW_NONE, "", "other-kinds" },
	{ "US-NY", "name,card_number", 1, "2026-11-27", NULL, TO_PEOPLE, LAW_NONE, "", "other-kinds" },
};

static const char *law_of(const char *place)
{
	return strncmp(place, "DE", 2) == 0 || strncmp(place, "FR", 2) == 0 ? "EU" : place;
}

static void each_scenario_has_its_duty(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < LENGTH(scenarios); i++) {
		const struct scenario *s = &scenarios[i];
		const struct residents r = { str_of(s->place), kinds_of(s->kinds), s->n };
		const struct law_case c = { .people = &r, .n = 1, .home = STR("US-NJ"), .now = at("2026-11-28"), .discovered = at(s->discovered), .determined = s->determined ? at(s->determined) : 0,
			.zone = new_york };
		struct obligation *d;
		size_t n;
		duties_of(&c, &d, &n);
		const struct obligation *found = find(d, n, s->code ? s->code : law_of(s->place), s->to);
		if ((found ? found->force : LAW_NONE) != s->force)
			fail_msg("scenario %zu, %s %s: %s instead of %s", i, s->place, s->kinds, force_name(found ? found->force : LAW_NONE), force_name(s->force));
		if (found && !str_eq(day_of(found->by), str_of(s->by)))
			fail_msg("scenario %zu, %s %s: " STR_FMT " instead of %s", i, s->place, s->kinds, STR_ARG(day_of(found->by)), s->by);
		if (found)
			assert_true(found->citation.n > 0);
	}
}

static void a_day_is_the_businesss_own_and_ends_at_its_end(void **unused)
{
	(void)unused;
	/* over both changes of the clocks in New York, month ends, a leap day */
	assert_int_equal(law_days(new_york, at("2026-10-20"), 30, false), at("2026-11-20") - 1);
	assert_int_equal(law_days(new_york, at("2026-02-20"), 30, false), at("2026-03-23") - 1);
	assert_int_equal(law_days(new_york, at("2028-02-28T23:59:59-05:00"), 1, false), at("2028-03-01") - 1);
	assert_int_equal(law_days(new_york, at("2026-11-28T02:00:00Z"), 0, false), at("2026-11-28") - 1);      /* there it is still the 27th */
	assert_int_equal(law_days(utc, at("2026-11-28T02:00:00Z"), 0, false), at("2026-11-29T00:00:00Z") - 1);
	/* business days pass over the weekend: from Friday one is Monday */
	assert_int_equal(law_days(new_york, at("2026-11-27"), 1, true), at("2026-12-01") - 1);
	assert_int_equal(law_days(new_york, at("2026-11-28"), 3, true), at("2026-12-03") - 1);
}

static struct law_case new_york_case(const struct residents *r)
{
	return (struct law_case){ .people = r, .n = 1, .home = STR("US-NY"), .now = at("2026-11-28"), .discovered = at("2026-11-27"), .zone = new_york };
}

static void what_lowers_a_duty_makes_it_look_and_never_silence(void **unused)
{
	(void)unused;
	const struct residents r = { STR("US-FL"), KIND(NAME) | KIND(SSN), 3 };
	struct law_case c = new_york_case(&r);
	struct obligation *d;
	size_t n;
	duties_of(&c, &d, &n);
	assert_int_equal(find(d, n, "US-FL", TO_PEOPLE)->force, LAW_MUST);
	c.encrypted = SAID_YES;
	duties_of(&c, &d, &n);
	assert_int_equal(find(d, n, "US-FL", TO_PEOPLE)->force, LAW_MUST);              /* the key may have gone, too: asked */
	assert_true(find(d, n, "US-FL", TO_PEOPLE)->questions > 0);
	c.key_taken = SAID_NO;
	duties_of(&c, &d, &n);
	assert_int_equal(find(d, n, "US-FL", TO_PEOPLE)->force, LAW_LOOK);
	c.encrypted = UNSAID, c.no_harm = SAID_YES;
	duties_of(&c, &d, &n);
	assert_int_equal(find(d, n, "US-FL", TO_PEOPLE)->force, LAW_LOOK);
	const struct residents none = { STR("US-CA"), KIND(NAME) | KIND(SSN), 3 };             /* California knows no such test */
	c.people = &none;
	duties_of(&c, &d, &n);
	assert_int_equal(find(d, n, "US-CA", TO_PEOPLE)->force, LAW_MUST);
}

/* What the police's hold does to the day of New York's people, who were to be told by the end of the 30th day after the discovery. */
static void a_hold_moves_whole_days_of_the_calendar(void **unused)
{
	(void)unused;
	static const struct { const char *discovered, *since, *until, *by; } of[] = {
		{ "2026-11-27", "2026-12-01", "2026-12-11", "2027-01-06" },
		{ "2026-10-10", "2026-10-20", "2026-11-05", "2026-11-25" },              /* the clocks go back meanwhile */
		{ "2026-02-20", "2026-03-01", "2026-03-11", "2026-04-01" },              /* and forward */
		{ "2028-02-01", "2028-02-28", "2028-03-01", "2028-03-04" },              /* a leap day */
		{ "2026-11-27", "2026-12-01", NULL, "never" },                           /* no end was told */
		{ "2026-11-27", "2026-11-17", "2026-12-07", "2027-01-06" },              /* asked for before we knew: counts from the discovery */
		{ "2026-11-27", "2026-11-01", "2026-11-20", "2026-12-27" },              /* over before we knew */
		{ "2026-11-27", "2027-01-05", NULL, "2026-12-27" },                      /* the day was past when they asked */
		{ "2026-11-27", "2026-12-01T08:00:00-05:00", "2026-12-01T20:00:00-05:00", "2026-12-27" },
	};
	for (size_t i = 0; i < LENGTH(of); i++) {
		const struct residents r = { STR("US-NY"), KIND(NAME) | KIND(CARD_NUMBER), 3 };
		struct law_case c = new_york_case(&r);
		struct obligation *d;
		size_t n;
		c.discovered = at(of[i].discovered), c.hold_since = at(of[i].since), c.hold_until = of[i].until ? at(of[i].until) : 0;
		duties_of(&c, &d, &n);
		const struct obligation *people = find(d, n, "US-NY", TO_PEOPLE);
		if (!str_eq(day_of(people->by), str_of(of[i].by)))
			fail_msg("hold %zu: " STR_FMT " instead of %s", i, STR_ARG(day_of(people->by)), of[i].by);
		assert_int_equal(people->stopped, !str_eq(str_of(of[i].by), STR("2026-12-27")) || i == 8);
		if (people->by < FAR_OFF)
			assert_int_equal(people->by, law_days(new_york, people->by, 0, false));
		bool asked = false;
		for (size_t q = 0; q < people->questions; q++)
			asked |= str_starts(people->question[q], STR("Who asks you to wait"));
		assert_true(asked);
		c.hold_named = true;
		duties_of(&c, &d, &n);
		people = find(d, n, "US-NY", TO_PEOPLE);
		for (size_t q = 0; q < people->questions; q++)
			assert_false(str_starts(people->question[q], STR("Who asks you to wait")));
	}
}

static void a_laws_own_day_stands_before_ours(void **unused)
{
	(void)unused;
	const struct residents r[] = { { STR("CA-QC"), KIND(NAME) | KIND(CARD_NUMBER), 3 }, { STR("US-NY"), KIND(NAME) | KIND(CARD_NUMBER), 2 } };
	struct law_case c = new_york_case(r);
	struct obligation *d;
	size_t n;
	c.n = 2;
	duties_of(&c, &d, &n);
	const struct obligation *own = find(d, n, "US-NY", TO_PEOPLE), *ours = find(d, n, "CA-QC", TO_PEOPLE);
	assert_int_equal(own->by, ours->by);
	assert_true(ours->house && own < ours);
}

static void whom_no_payment_names_may_make_it_enough(void **unused)
{
	(void)unused;
	static const struct { int64_t known, unnamed; enum law_force is; } of[] = { { 500, 0, LAW_NONE }, { 500, 1, LAW_LOOK }, { 481, 19, LAW_NONE }, { 481, 20, LAW_LOOK }, { 501, 20, LAW_MUST } };
	for (size_t i = 0; i < LENGTH(of); i++) {
		const struct residents r = { STR("US-CA"), KIND(NAME) | KIND(SSN), of[i].known };
		struct law_case c = new_york_case(&r);
		struct obligation *d;
		size_t n;
		c.unnamed = of[i].unnamed;
		duties_of(&c, &d, &n);
		const struct obligation *office = find(d, n, "US-CA", TO_REGULATOR);
		assert_int_equal(office ? office->force : LAW_NONE, of[i].is);
		if (of[i].is == LAW_LOOK)
			assert_non_null(memmem(office->because[0].p, office->because[0].n, "payments name nobody", 20));
	}
}

static void a_hold_stops_only_the_clocks_that_it_may(void **unused)
{
	(void)unused;
	const struct residents r[] = { { STR("US-NY"), KIND(NAME) | KIND(CARD_NUMBER), 3 }, { STR("DE"), KIND(NAME) | KIND(CARD_NUMBER), 2 } };
	struct law_case c = new_york_case(r);
	struct obligation *d;
	size_t n;
	c.n = 2;
	c.hold_since = at("2026-12-01"), c.hold_until = FAR_OFF;
	duties_of(&c, &d, &n);
	assert_true(find(d, n, "US-NY", TO_PEOPLE)->stopped);
	assert_true(find(d, n, "US-NY", TO_PEOPLE)->by == FAR_OFF);
	assert_false(find(d, n, "EU", TO_REGULATOR)->stopped);
	assert_string_equal(arena_str(a, day_of(find(d, n, "EU", TO_REGULATOR)->by)).p, "2026-11-30");
	assert_false(find(d, n, "acquirer", TO_CARDS)->stopped);
	c.hold_until = at("2026-12-11");
	duties_of(&c, &d, &n);
	assert_int_equal(find(d, n, "US-NY", TO_PEOPLE)->by, at("2026-12-28") - 1 + 10 * DAY);
}

/* What the table says of holds, law by law: the day without a hold, with one that ends, with one without an end; which of them stops it: 1, 2. */
static void a_hold_does_what_each_law_lets_it_do(void **unused)
{
	(void)unused;
	static const struct { const char *place, *code; enum obligee to; bool named; const char *by[3], *says; int stopped; } of[] = {
		/* discovered on 27 November, the hold from 1 December on, to the end of 10 December */
		{ "US-CA", NULL, TO_PEOPLE, true, { "2026-12-27", "2027-01-06", "never" }, "1798.82(c)", 3 },
		{ "US-CA", NULL, TO_PEOPLE, true, { "2026-12-27", "2027-01-06", "never" }, "rests on one source", 3 },
		{ "US-AZ", NULL, TO_PEOPLE, true, { "2027-01-11", "2027-01-24", "never" }, "within 45 days of its end", 3 },            /* not moved: 45 days from its end */
		{ "US-MD", NULL, TO_PEOPLE, true, { "2027-01-11", "2027-01-11", "never" }, "within 7 days of its end", 3 },             /* its own day is later */
		{ "US-ME", NULL, TO_PEOPLE, true, { "2026-12-27", "2026-12-27", "never" }, "within 7 business days (Monday to Friday) of its end", 3 },
		{ "US-SD", NULL, TO_PEOPLE, true, { "2027-01-26", "2027-01-26", "never" }, "within 30 days of its end", 3 },
		{ "US-SD", NULL, TO_REGULATOR, true, { "2027-01-26", "2027-01-26", "never" }, "within 30 days of its end", 3 },
		{ "US-NM", NULL, TO_REGULATOR, true, { "2027-01-11", "2027-01-21", "never" }, "57-12C-9", 3 },                             /* every notification of the Act */
		{ "US-NM", NULL, TO_BUREAUS, true, { "2027-01-11", "2027-01-11", "2027-01-11" }, "LOOK: ", 0 },
		{ "US-FL", NULL, TO_PEOPLE, true, { "2026-12-27", "2027-01-06", "2026-12-27" }, "until a day that the police name", 1 },   /* only to a day that is named ... */
		{ "US-FL", NULL, TO_PEOPLE, false, { "2026-12-27", "2026-12-27", "2026-12-27" }, "in writing", 0 },                       /* ... and in writing */
		{ "US-FL", NULL, TO_REGULATOR, true, { "2026-12-27", "2026-12-27", "2026-12-27" }, "does not stop this clock: Fla. Stat. 501.171(4)(b).", 0 },
		{ "US-AL", NULL, TO_PEOPLE, false, { "2027-01-11", "2027-01-11", "2027-01-11" }, "in writing", 0 },
		{ "US-AL", NULL, TO_PEOPLE, true, { "2027-01-11", "2027-01-21", "never" }, "8-38-5(c)", 3 },
		{ "US-AL", NULL, TO_REGULATOR, true, { "2027-01-11", "2027-01-21", "never" }, "8-38-6(a)", 3 },                            /* its own section excepts a hold */
		{ "US-AL", NULL, TO_REGULATOR, false, { "2027-01-11", "2027-01-11", "2027-01-11" }, "in writing", 0 },
		{ "US-CO", NULL, TO_REGULATOR, true, { "2026-12-27", "2026-12-27", "2026-12-27" }, "LOOK: ", 0 },                         /* the table does not know: it goes on */
		{ "US-PR", NULL, TO_PEOPLE, true, { "2026-12-27", "2026-12-27", "2026-12-27" }, "LOOK: ", 0 },
		{ "US-LA", NULL, TO_PEOPLE, true, { "2027-01-26", "2027-02-05", "never" }, "tell the Attorney General why", 3 },
		{ "US-MA", NULL, TO_PEOPLE, true, { "2026-12-27", "2027-01-06", "never" }, "only if the police told the Attorney General", 3 },
		{ "US-NY", NULL, TO_REGULATOR, true, { "2026-12-27", "2027-01-06", "2026-12-27" }, NULL, 0 },                           /* goes with the letters; sooner breaks nothing */
		{ "DE", "EU", TO_PEOPLE, true, { "2026-12-27", "2026-12-27", "2026-12-27" }, "LOOK: ", 0 },
		{ "DE", "EU", TO_REGULATOR, true, { "2026-11-30", "2026-11-30", "2026-11-30" }, NULL, 0 },                              /* over before the hold began */
		{ "MX", "other-places", TO_PEOPLE, true, { "2026-12-27", "2026-12-27", "2026-12-27" }, "LOOK: ", 0 },
	};
	for (size_t i = 0; i < LENGTH(of); i++) {
		bool said = !of[i].says;
		for (int pass = 0; pass < 3; pass++) {
			const struct residents r = { str_of(of[i].place), KIND(NAME) | KIND(SSN) | KIND(CARD_NUMBER) | KIND(CARD_CODE), 3000 };
			struct law_case c = new_york_case(&r);
			struct obligation *d;
			size_t n;
			c.hold_named = of[i].named;
			c.hold_since = pass ? at("2026-12-01") : 0, c.hold_until = pass == 1 ? at("2026-12-11") : 0;
			duties_of(&c, &d, &n);
			const struct obligation *f = find(d, n, of[i].code ? of[i].code : of[i].place, of[i].to);
			assert_non_null(f);
			if (!str_eq(day_of(f->by), str_of(of[i].by[pass])) || f->stopped != (pass && of[i].stopped & pass))
				fail_msg("%s to %s, pass %d: " STR_FMT "%s instead of %s", of[i].place, obligee_name(of[i].to), pass, STR_ARG(day_of(f->by)), f->stopped ? ", stopped," : "", of[i].by[pass]);
			for (size_t k = 0; pass && k < f->n; k++)
				said |= of[i].says && memmem(f->because[k].p, f->because[k].n, of[i].says, strlen(of[i].says));
		}
		if (!said)
			fail_msg("%s to %s: nothing says %s", of[i].place, obligee_name(of[i].to), of[i].says);
	}
}

/* Where the law names how soon after a hold: over a weekend, a month's end, a leap day, a change of the clocks. The hold's last day is the one before `until`. */
static void after_a_hold_counts_what_the_law_names(void **unused)
{
	(void)unused;
	static const struct { const char *place, *discovered, *since, *until, *by; } of[] = {
		{ "US-ME", "2026-11-27", "2026-12-01", "2027-01-11", "2027-01-19" },    /* seven business days from a Sunday */
		{ "US-MD", "2026-11-27", "2026-12-01", "2027-02-22", "2027-02-28" },    /* to the month's last day */
		{ "US-SD", "2028-01-20", "2028-01-25", "2028-02-29", "2028-03-29" },    /* over the leap day and the clocks' change */
		{ "US-TN", "2026-09-01", "2026-09-10", "2026-10-20", "2026-12-03" },    /* 45 days over the clocks' change; its own day was October 16 */
		{ "US-AZ", "2026-11-27", "2026-12-01", "2026-12-02", "2027-01-15" },
	};
	for (size_t i = 0; i < LENGTH(of); i++) {
		const struct residents r = { str_of(of[i].place), KIND(NAME) | KIND(SSN) | KIND(CARD_NUMBER) | KIND(CARD_CODE), 3 };
		struct law_case c = new_york_case(&r);
		struct obligation *d;
		size_t n;
		c.discovered = at(of[i].discovered), c.hold_since = at(of[i].since), c.hold_until = at(of[i].until), c.hold_named = true;
		duties_of(&c, &d, &n);
		const struct obligation *f = find(d, n, of[i].place, TO_PEOPLE);
		if (!str_eq(day_of(f->by), str_of(of[i].by)))
			fail_msg("%s: " STR_FMT " instead of %s", of[i].place, STR_ARG(day_of(f->by)), of[i].by);
		assert_int_equal(f->by, law_days(new_york, f->by, 0, false));      /* the last second of that day */
		assert_true(f->stopped);
	}
}

/* No row lets a hold stop a clock without its section and source; a row that does not know says so and does not stop. */
static void each_row_says_where_its_hold_comes_from(void **unused)
{
	(void)unused;
	size_t lets = 0;
	for (size_t i = 0; i < laws; i++) {
		bool yes = str_eq(law[i].hold_people, STR("yes")) || str_eq(law[i].hold_regulator, STR("yes"));
		lets += yes;
		if ((law[i].hold_people.n || law[i].hold_regulator.n) && !memchr(law[i].hold_source.p, ':', law[i].hold_source.n))
			fail_msg(STR_FMT ": no section and source", STR_ARG(law[i].code));
		assert_false(yes && str_eq(law[i].hold_confidence, STR("low")));
	}
	assert_true(lets >= 50);
}

static void who_lives_nobody_knows_where_counts_at_home(void **unused)
{
	(void)unused;
	const struct residents r[] = { { STR(""), KIND(NAME) | KIND(CARD_NUMBER), 7 }, { STR("US"), KIND(NAME) | KIND(CARD_NUMBER), 2 } };
	struct law_case c = new_york_case(r);
	struct obligation *d;
	size_t n;
	c.n = 2;
	duties_of(&c, &d, &n);
	const struct obligation *home = find(d, n, "US-NY", TO_PEOPLE);
	assert_int_equal(home->force, LAW_SHOULD);
	assert_int_equal(home->should, 9);
}

static void cards_are_told_to_the_payment_company_first(void **unused)
{
	(void)unused;
	const struct residents r = { STR("US-NY"), KIND(CARD_TRACK), 3 };
	const struct residents mail = { STR("US-NY"), KIND(EMAIL), 3 };
	struct law_case c = new_york_case(&r);
	struct obligation *d;
	size_t n;
	duties_of(&c, &d, &n);
	const struct obligation *acquirer = find(d, n, "acquirer", TO_CARDS);
	assert_int_equal(acquirer->force, LAW_MUST);
	assert_int_equal(acquirer->by, c.discovered);
	assert_string_equal(arena_str(a, day_of(find(d, n, "visa", TO_CARDS)->by)).p, "2026-11-30");
	for (size_t i = 0; i + 1 < n; i++)
		assert_true(d[i].by <= d[i + 1].by);
	c.people = &mail;
	duties_of(&c, &d, &n);
	assert_null(find(d, n, "acquirer", TO_CARDS));
}

static void monitoring_is_owed_for_the_kinds_that_call_for_it(void **unused)
{
	(void)unused;
	static const struct { const char *place, *kinds; unsigned months; } owed[] = {
		{ "US-CT", "name,ssn", 24 }, { "US-CT", "name,card_number,card_code", 0 }, { "US-MA", "name,ssn", 18 }, { "US-DE", "name,ssn", 12 }, { "US-CA", "name,drivers_licence", 12 },
		{ "US-PA", "name,bank_account,account_code", 12 }, { "US-NY", "name,ssn", 0 },
	};
	for (size_t i = 0; i < LENGTH(owed); i++) {
		const struct residents r = { str_of(owed[i].place), kinds_of(owed[i].kinds), 1 };
		struct law_case c = new_york_case(&r);
		struct obligation *d;
		size_t n;
		duties_of(&c, &d, &n);
		assert_int_equal(find(d, n, owed[i].place, TO_PEOPLE)->monitoring, owed[i].months);
	}
}

static void a_table_is_taken_whole_or_not_at_all(void **unused)
{
	(void)unused;
	struct str whole = file_of("breach-laws.csv");
	static const struct { const char *was, *is, *says; } wrong[] = {
		{ "trigger_kinds,", "triggers,", "lacks the column trigger_kinds" }, { "US-AK,", "US-AL,", "stands there twice" }, { ",determination,", ",full_moon,", "clock" },
		{ "ssn|", "shoe_size|", "trigger_kinds" }, { ",45,", ",45 or so,", "deadline" }, { ",written,", ",spoken,", "hold_needs" }, { ",7bd,", ",after a week,", "hold_after" }, { "2026-06,high", "June,high", "checked_through" },
	};
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		struct err e = { 0 };
		struct buf b = BUF(LAWS_TABLE_MAX);
		struct law *l;
		size_t n = 0;
		const char *place = memmem(whole.p, whole.n, wrong[i].was, strlen(wrong[i].was));
		assert_non_null(place);
		buf_put(&b, (struct str){ whole.p, (size_t)(place - whole.p) });
		buf_put(&b, str_of(wrong[i].is));
		place += strlen(wrong[i].was);
		buf_put(&b, (struct str){ place, whole.n - (size_t)(place - whole.p) });
		assert_false(laws_read(a, buf_str(&b), &l, &n, &e));
		assert_int_equal(e.code, INVALID);
		if (!strstr(e.say, wrong[i].says))
			fail_msg("%s: %s", wrong[i].is, e.say);
		buf_free(&b);
	}
}

/* Where reports go: an office's own page, in both languages, of a law that the table has and that tells an office. */
static void where_reports_go_is_a_page_of_the_offices_own(void **unused)
{
	(void)unused;
	size_t portals = 0;
	for (size_t i = 0; i < laws; i++) {
		const struct portal *p = law_portal(law[i].code);
		if (!p)
			continue;
		portals++;
		assert_true(str_starts(p->page, STR("https://")) && p->how.n && p->how_es.n && p->seen.n == 7);
		assert_true(law[i].regulator_deadline.n > 0);
	}
	struct str rest = file_of("filing-portals.csv");
	size_t lines = 0;
	while (rest.p)
		lines += str_split(&rest, '\n').n > 0;
	assert_int_equal(portals, lines - 1);
	assert_true(portals >= 31);
	assert_true(law_portal(STR("US-NJ")) && law_portal(STR("GB")) && !law_portal(STR("EU")));
}

/* Every row gives a duty for every kind that it names, so no word of the table is without a meaning here. */
static void no_row_is_silent(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < laws; i++) {
		const struct residents r = { str_eq(law[i].code, STR("EU")) ? STR("DE") : law[i].code, KINDS_ALL, 1000000 };
		struct law_case c = new_york_case(&r);
		struct obligation *d;
		size_t n, found = 0;
		c.home = STR("XX");
		duties_of(&c, &d, &n);
		for (size_t k = 0; k < n; k++)
			found += d[k].law == &law[i];
		if (!found && !str_starts(law[i].code, STR("US-FTC")))
			fail_msg(STR_FMT " asks for nothing", STR_ARG(law[i].code));
	}
}

static int begin(void **unused)
{
	struct err e = { 0 };
	(void)unused;
	a = arena_open();
	new_york = zone_open(STR("America/New_York"), &e);
	utc = zone_open(STR("UTC"), &e);
	return new_york && utc && laws_read(a, file_of("breach-laws.csv"), &law, &laws, &e) ? 0 : (fprintf(stderr, "%s\n", e.say), -1);
}

static int end(void **unused)
{
	(void)unused;
	zone_close(new_york);
	zone_close(utc);
	arena_close(a);
	return 0;
}

/* ---- a notice to all ---- */

static void a_notice_to_all_stands_where_the_table_lets_it(void **state)
{
	(void)state;
	static const struct { const char *code; int64_t people, missing, dollars; unsigned grounds; } of[] = {
		{ "US-NY", 100, 0, 500, 0 }, { "US-NY", 100, 3, 500, SUBSTITUTE_CONTACT }, { "US-NY", 500000, 0, 250000, 0 }, { "US-NY", 500001, 0, 250001, SUBSTITUTE_COUNT | SUBSTITUTE_COST }, { "US-NY", 500001, 0, -1, SUBSTITUTE_COUNT },
		{ "US-IN", 100, 50, 500, 0 }, { "US-MD", 900000, 0, 900000, 0 }, { "US-MD", 10, 1, 10, SUBSTITUTE_CONTACT }, { "US-ME", 1001, 0, 5001, SUBSTITUTE_COUNT | SUBSTITUTE_COST }, { "EU", 10, 0, 10, SUBSTITUTE_WORDS },
		{ "US-HIPAA", 100, 9, 100, 0 }, { "US-HIPAA", 100, 10, 100, SUBSTITUTE_CONTACT }, { "US-FTC-SAFEGUARDS", 900, 900, 9000, 0 }, { "US-UT", 900, 900, 900000, 0 }, { "US-NY", 0, 0, 0, 0 },
	};
	for (size_t i = 0; i < LENGTH(of); i++)
		assert_int_equal(law_substitute(law_named(law, laws, str_of(of[i].code)), of[i].people, of[i].missing, of[i].dollars), of[i].grounds);
	for (size_t i = 0; i < laws; i++) {              /* each has its rule, in both languages, with a number of days that can be */
		const struct substitute_rule *r = law_substitute_rule(&law[i]);
		assert_non_null(r);
		assert_true(r->wants.n && r->wants_es.n && r->days >= 0 && r->days <= 120 && (r->citation.n || str_eq(r->place, STR("*"))));
	}
	assert_int_equal(law_substitute_rule(law_named(law, laws, STR("US-AZ")))->days, 45);
	assert_string_equal(law_substitute_rule(law_named(law, laws, STR("US-NY")))->place.p, "*");
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(a_notice_to_all_stands_where_the_table_lets_it),
		cmocka_unit_test(each_scenario_has_its_duty), cmocka_unit_test(a_day_is_the_businesss_own_and_ends_at_its_end), cmocka_unit_test(what_lowers_a_duty_makes_it_look_and_never_silence),
		cmocka_unit_test(whom_no_payment_names_may_make_it_enough), cmocka_unit_test(a_hold_stops_only_the_clocks_that_it_may), cmocka_unit_test(a_hold_does_what_each_law_lets_it_do), cmocka_unit_test(each_row_says_where_its_hold_comes_from), cmocka_unit_test(after_a_hold_counts_what_the_law_names),
		 cmocka_unit_test(a_hold_moves_whole_days_of_the_calendar), cmocka_unit_test(a_laws_own_day_stands_before_ours), cmocka_unit_test(who_lives_nobody_knows_where_counts_at_home), cmocka_unit_test(cards_are_told_to_the_payment_company_first),
		cmocka_unit_test(monitoring_is_owed_for_the_kinds_that_call_for_it), cmocka_unit_test(a_table_is_taken_whole_or_not_at_all), cmocka_unit_test(no_row_is_silent), cmocka_unit_test(where_reports_go_is_a_page_of_the_offices_own),
	};
	return cmocka_run_group_tests(all, begin, end);
}
