/* answers: on random payments nobody whose payment is at risk is told no, nobody whose payment is not is told yes, by the formula's brute-force twin; who is alone in a
 * bucket gets a clear answer; and what the file says can be asked by anybody, so it tells no more. */
#include "lookup.h"
#undef say                                               /* html.h's; here a verb is said */
#include "exposure_test.h"
#include "status.h"

#include <inttypes.h>

static uint64_t chance = 20260301;

static uint32_t below(uint32_t n)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((chance >> 33) * n >> 31);
}

enum { PAYMENTS = 120, WORLDS = 6 };
struct paid { int32_t day; const char *place; unsigned last4; bool digits, cash; };

/* A world of payments by card over a week, each of a customer of its own: some without a place, some without digits, some in cash. */
static void payments(struct op *op, struct paid *p, bool whole)
{
	static const char *const places[] = { "", "Market stall", "Store" }, *const readers[] = { "R1", "R2" };
	struct buf b = BUF(64 << 10);
	buf_put(&b, STR("touched_at,customer_ref,reader,service,staff,place,data_kinds,last4,source_ref\n"));
	for (size_t i = 0; i < PAYMENTS; i++) {
		int64_t at = 1772366400 + (int64_t)below(7 * 24) * 3600;           /* 2026-03-01T12:00:00Z */
		p[i] = (struct paid){ .day = (int32_t)when_day(zone_local(op->zone, at)), .place = places[whole ? 1 + below(2) : below(3)], .last4 = below(whole ? 10000 : 8), .digits = whole || below(4),
		                      .cash = below(12) == 0 };
		buf_printf(&b, STR_FMT ",C%03zu,%s,Square,,%s,%s,", STR_ARG(when_text(op->a, at)), i, readers[below(2)], p[i].place, p[i].cash ? "name" : "name|card_number");
		if (p[i].digits && !p[i].cash)
			buf_printf(&b, "%04u", p[i].last4);
		buf_printf(&b, ",%zu\n", i);
	}
	touches_import(op, &b);
	buf_free(&b);
}

static struct incident incident_at(struct op *op, const char *holder, enum manner manner, struct suspicion *s)
{
	struct holder h;
	done(op, map_find(op, str_of(holder), &h));
	*s = (struct suspicion){ h.id, 1772366400 + (int64_t)below(60) * 3600, 1772366400 + (int64_t)(70 + below(90)) * 3600, manner };
	return (struct incident){ .id = 1, .closed = FAR_OFF, .suspicion = s, .n = 1 };
}

static void nobody_at_risk_is_told_no(void **unused)
{
	(void)unused;
	int said[3] = { 0 };
	for (int w = 0; w < WORLDS; w++) {
		struct op op;
		struct paid p[PAYMENTS];
		struct suspicion s;
		struct exposed *e;
		struct lookup l;
		struct holder h;
		world_open(&op);
		payments(&op, p, w >= WORLDS / 2);
		struct incident i = incident_at(&op, w % 3 == 2 ? "service:Square" : w % 2 ? "R2" : "R1", w % 3 == 2 ? KEPT : PASSING, &s);
		done(&op, exposure_brute(&op, &s, 1, &e));
		done(&op, status_answers(&op, &i, &l));
		for (size_t k = 0; k < PAYMENTS; k++) {
			customer_id who;
			uint32_t place = LOOK_ANYWHERE;
			if (p[k].cash)
				continue;
			done(&op, ledger_customer_by_ref(&op, arena_say(op.a, "C%03zu", k), &who));
			bool risk = exposed_kinds(e, who.n) != 0;
			if (*p[k].place) {
				done(&op, map_find(&op, arena_say(op.a, "place:%s", p[k].place), &h));
				place = (uint32_t)h.id.n;
			}
			for (int where = 0; where < 2; where++) {                      /* who says where, and who is not sure */
				uint32_t asked = where ? place : LOOK_ANYWHERE;
				enum look_answer a = look_answer(l.from, l.to, look_find(&l, asked, p[k].day), p[k].day, p[k].last4);
				said[a]++;
				assert_true(a != (risk ? LOOK_NO : LOOK_YES));
				/* who does not know where their payment without a place is put names any */
				if (!*p[k].place)
					for (size_t m = 0; m < l.places; m++)
						assert_true(look_answer(l.from, l.to, look_find(&l, l.place[m].id, p[k].day), p[k].day, p[k].last4) != (risk ? LOOK_NO : LOOK_YES));
			}
		}
		exposed_close(e);
		op_close(&op);
	}
	assert_true(said[LOOK_YES] > 50 && said[LOOK_NO] > 50 && said[LOOK_PERHAPS] > 0);    /* it does tell */
}

static void where_all_is_known_it_says_so(void **unused)
{
	(void)unused;
	struct op op;
	struct lookup l;
	struct holder stall;
	struct buf b = BUF(4096);
	world_open(&op);
	buf_put(&b, STR("touched_at,customer_ref,reader,service,staff,place,data_kinds,last4,source_ref\n"
	                "2026-03-02T15:00:00Z,,R1,Square,,Stall,card_number,4242,1\n2026-03-02T16:00:00Z,,R2,Square,,Stall,card_number,1111,2\n"
	                "2026-03-02T17:00:00Z,,R1,Square,,Stall,card_number,5000,3\n2026-03-02T18:00:00Z,,R2,Square,,Stall,card_number,5000,4\n"
	                "2026-03-03T15:00:00Z,,R1,Square,,Stall,card_number,7777,5\n2026-03-04T15:00:00Z,,R2,Square,,Stall,card_number,8888,6\n"));
	touches_import(&op, &b);
	done(&op, map_find(&op, STR("place:Stall"), &stall));
	struct suspicion s;
	struct incident i = incident_at(&op, "R1", PASSING, &s);
	s.from = 1772323200, s.to = 1772323200 + 10 * DAY;                     /* 2026-03-01 to 2026-03-11, UTC */
	done(&op, status_answers(&op, &i, &l));
	static const struct { int day; unsigned last4; enum look_answer a; } cases[] = {
		{ 2, 4242, LOOK_YES }, { 2, 1111, LOOK_NO }, { 2, 5000, LOOK_PERHAPS }, { 2, 1234, LOOK_PERHAPS }, { 3, 7777, LOOK_YES },
		{ 3, 1, LOOK_YES },                      /* every payment of that day was at risk */
		{ 4, 8888, LOOK_NO }, { 4, 1, LOOK_NO }, { 5, 4242, LOOK_PERHAPS }, { 25, 4242, LOOK_NO },
	};
	for (size_t k = 0; k < LENGTH(cases); k++) {
		int32_t day = (int32_t)(when_day(1772323200) + cases[k].day - 1);
		assert_int_equal(look_answer(l.from, l.to, look_find(&l, (uint32_t)stall.id.n, day), day, cases[k].last4), cases[k].a);
		assert_int_equal(look_answer(l.from, l.to, look_find(&l, LOOK_ANYWHERE, day), day, cases[k].last4), cases[k].a);
	}
	assert_int_equal(l.places, 1);
	/* a card that lies in a file is at risk whenever it paid: nobody is told no */
	struct named named = { { 0 }, KIND(CARD_NUMBER), STR("line 1") };
	struct met m = { STR("/cards.txt"), STR("Visa ending 4242"), KIND(CARD_NUMBER), KIND(CARD_NUMBER), 1, 1, LONG_AGO, true, &named, 0 };
	int64_t id;
	done(&op, SAY(&op, map_verbs, "holder add", "holder=computer:Laptop"));
	struct holder laptop;
	done(&op, map_find(&op, STR("Laptop"), &laptop));
	done(&op, op_begin(&op) && op_end(&op, found_keep(&op, laptop.id, &m, &id)));
	struct suspicion both[2] = { s, { laptop.id, LONG_AGO, FAR_OFF, KEPT } };
	i.suspicion = both, i.n = 2;
	done(&op, status_answers(&op, &i, &l));
	for (size_t k = 0; k < l.rows; k++)
		for (unsigned b4 = 0; b4 < LOOK_BUCKETS; b4++)
			assert_false(look_has(l.row[k].no, b4));
	assert_int_equal(look_answer(l.from, l.to, NULL, 100, 4242), LOOK_PERHAPS);
	buf_free(&b);
	op_close(&op);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nobody_at_risk_is_told_no), cmocka_unit_test(where_all_is_known_it_says_so) };
	return cmocka_run_group_tests(tests, make, drop);
}
