/* exposure: the model's own sentences as cases, asked of the formula and of its brute-force twin. */
#include "exposure_test.h"

struct one { struct op op; };

static void one_open(struct one *o, const char *rows)
{
	struct buf b = BUF(4096);
	world_open(&o->op);
	buf_printf(&b, "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n%s", rows);
	touches_import(&o->op, &b);
	buf_free(&b);
}

static size_t exposed_to(struct one *o, const char *name, const char *from, const char *to, enum manner manner)
{
	struct holder h;
	struct span a = { LONG_AGO, 0, false }, b = { FAR_OFF, FAR_OFF, false };
	struct exposed *e, *slow;
	struct sources sources;
	uint32_t at;
	done(&o->op, map_find(&o->op, str_of(name), &h));
	assert_true(!from || when_parse(str_of(from), o->op.zone, &a));
	assert_true(!to || when_parse(str_of(to), o->op.zone, &b));
	struct suspicion s = { h.id, a.from, b.from, manner };
	done(&o->op, exposure_of(&o->op, &s, 1, false, &e, &sources));
	done(&o->op, exposure_brute(&o->op, &s, 1, &slow));
	assert_true(exposed_same(e, slow, &at));
	size_t n = exposed_customers(e);
	exposed_close(e);
	exposed_close(slow);
	return n;
}

#define AT(hour) "2026-03-02T" hour ":00:00Z"

static void a_skimmer_takes_what_passes_in_its_window(void **unused)
{
	(void)unused;
	struct one o;
	one_open(&o, "2026-03-02T10:00:00Z,A,R1,,,,card_number,1\n2026-03-02T10:00:01Z,B,R1,,,,card_number,2\n2026-03-02T10:00:01Z,C,R2,,,,card_number,3\n");
	assert_int_equal(exposed_to(&o, "R1", AT("10"), "2026-03-02T10:00:01Z", PASSING), 1);    /* the end is not in it */
	assert_int_equal(exposed_to(&o, "R1", AT("10"), "2026-03-02T10:00:02Z", PASSING), 2);
	assert_int_equal(exposed_to(&o, "R1", "2026-03-02T10:00:02Z", NULL, PASSING), 0);
	assert_int_equal(exposed_to(&o, "R1", NULL, NULL, KEPT), 0);                             /* a reader keeps nothing */
	op_close(&o.op);
}

static void what_a_service_keeps_counts_until_it_is_deleted(void **unused)
{
	(void)unused;
	struct one o;
	one_open(&o, "2026-03-02T10:00:00Z,A,,Square,,,name|card_track,1\n");
	assert_int_equal(exposed_to(&o, "Square", AT("12"), AT("13"), KEPT), 1);
	assert_int_equal(exposed_to(&o, "Square", AT("12"), AT("13"), PASSING), 0);
	done(&o.op, SAY(&o.op, map_verbs, "holder emptied", "holder=Square", "at=" AT("11")));
	assert_int_equal(exposed_to(&o, "Square", AT("12"), AT("13"), KEPT), 0);
	assert_int_equal(exposed_to(&o, "Square", AT("11"), AT("13"), KEPT), 1);                 /* until the deletion, included */
	op_close(&o.op);
}

static void nobody_is_assumed_to_keep_tracks_and_codes(void **unused)
{
	(void)unused;
	struct one o;
	one_open(&o, "2026-03-02T10:00:00Z,A,,Square,,,card_track|card_code,1\n");
	assert_int_equal(exposed_to(&o, "Square", AT("12"), NULL, KEPT), 0);
	done(&o.op, SAY(&o.op, map_verbs, "holder add", "holder=service:Square", "keeps=card_track=1d"));
	assert_int_equal(exposed_to(&o, "Square", AT("12"), NULL, KEPT), 1);                     /* unless somebody says so */
	op_close(&o.op);
}

static void backups_of_backups_hold_it_too(void **unused)
{
	(void)unused;
	struct one o;
	one_open(&o, "2026-03-02T10:00:00Z,A,,Square,,,name,1\n");
	done(&o.op, SAY(&o.op, map_verbs, "holder add", "holder=computer:Office") && SAY(&o.op, map_verbs, "holder add", "holder=storage:Drive"));
	done(&o.op, SAY(&o.op, map_verbs, "flow add", "from=Square", "to=Office", "kinds=name", "since=" AT("11")));
	done(&o.op, SAY(&o.op, map_verbs, "flow add", "from=Office", "to=Drive", "kinds=name", "keeps=2h"));
	assert_int_equal(exposed_to(&o, "Drive", NULL, AT("11"), KEPT), 0);                      /* the copy began at 11 */
	assert_int_equal(exposed_to(&o, "Drive", NULL, "2026-03-02T11:00:01Z", KEPT), 1);
	done(&o.op, SAY(&o.op, map_verbs, "holder emptied", "holder=Square", "at=" AT("12")));
	done(&o.op, SAY(&o.op, map_verbs, "holder emptied", "holder=Office", "at=" AT("13")));
	assert_int_equal(exposed_to(&o, "Drive", AT("15"), NULL, KEPT), 1);                      /* came until 13, kept two hours more */
	assert_int_equal(exposed_to(&o, "Drive", "2026-03-02T15:00:01Z", NULL, KEPT), 0);
	op_close(&o.op);
}

static void who_signs_in_sees_what_is_there(void **unused)
{
	(void)unused;
	struct one o;
	one_open(&o, "2026-03-02T10:00:00Z,A,,Square,,,name,1\n");
	done(&o.op, SAY(&o.op, map_verbs, "holder add", "holder=person:Ana"));
	done(&o.op, SAY(&o.op, map_verbs, "flow add", "from=Square", "to=Ana", "kinds=name", "manner=sees", "until=" AT("12")));
	assert_int_equal(exposed_to(&o, "Ana", AT("11"), NULL, PASSING), 1);
	assert_int_equal(exposed_to(&o, "Ana", AT("12"), NULL, PASSING), 0);                     /* her sign-in ended */
	op_close(&o.op);
}

static void a_place_suspects_what_stands_there(void **unused)
{
	(void)unused;
	struct one o;
	struct holder h;
	struct sources sources;
	one_open(&o, "2026-03-02T10:00:00Z,A,paper:Forms,,,Store,name,1\n");
	done(&o.op, map_find(&o.op, STR("place:Store"), &h));
	struct suspicion s = { h.id, LONG_AGO, FAR_OFF, KEPT };
	done(&o.op, map_sources(&o.op, &s, 1, NULL, &sources));
	assert_int_equal(sources.places_empty, 1);                                               /* not known what stands there: said, not 0 */
	assert_int_equal(exposed_to(&o, "Store", NULL, NULL, KEPT), 0);
	done(&o.op, SAY(&o.op, map_verbs, "holder add", "holder=paper:Forms", "at=place:Store"));
	assert_int_equal(exposed_to(&o, "Store", NULL, NULL, KEPT), 1);
	op_close(&o.op);
}

static void a_file_exposes_whom_it_names_until_it_is_gone(void **unused)
{
	(void)unused;
	struct one o;
	struct holder h;
	struct span at;
	int64_t id;
	one_open(&o, "2026-03-02T10:00:00Z,A,R1,,,,card_number,1\n2026-03-02T10:00:00Z,B,R1,,,,card_number,2\n");
	done(&o.op, SAY(&o.op, map_verbs, "holder add", "holder=computer:Laptop") && SAY(&o.op, map_verbs, "holder add", "holder=storage:Drive"));
	done(&o.op, SAY(&o.op, map_verbs, "flow add", "from=Laptop", "to=Drive", "kinds=card_number", "since=" AT("12"), "keeps=2h"));
	done(&o.op, map_find(&o.op, STR("Laptop"), &h));
	struct named named = { { 1 }, KIND(CARD_NUMBER) | KIND(CARD_TRACK), STR("line 12") };
	struct met m = { STR("/orders.csv"), STR("Visa ending 1111, 12:30"), KIND(CARD_NUMBER) | KIND(CARD_TRACK), KIND(CARD_NUMBER), 5, 4, LONG_AGO, true, &named, 1 };
	assert_true(when_parse(STR(AT("08")), o.op.zone, &at));
	m.began = at.from;
	assert_true(when_parse(STR(AT("14")), o.op.zone, &at));
	o.op.now = at.from;
	done(&o.op, op_begin(&o.op) && op_end(&o.op, found_keep(&o.op, h.id, &m, &id)));
	assert_int_equal(exposed_to(&o, "Laptop", AT("09"), AT("10"), KEPT), 1);                 /* the file proves that it was there then */
	assert_int_equal(exposed_to(&o, "Laptop", NULL, AT("08"), KEPT), 0);
	assert_int_equal(exposed_to(&o, "Laptop", AT("20"), NULL, KEPT), 1);                     /* nobody has shown it gone */
	assert_int_equal(exposed_to(&o, "Drive", NULL, AT("12"), KEPT), 0);
	assert_int_equal(exposed_to(&o, "Drive", AT("13"), AT("14"), KEPT), 1);
	struct reason *reason;
	size_t n;
	struct suspicion s = { h.id, LONG_AGO, FAR_OFF, KEPT };
	done(&o.op, exposure_why(&o.op, &s, 1, (customer_id){ 1 }, &reason, &n));
	assert_int_equal(n, 1);
	assert_true(reason->finding && reason->kinds == named.kinds);
	struct exposed *e;
	struct sources sources;
	struct str *question;
	done(&o.op, exposure_of(&o.op, &s, 1, false, &e, &sources) && exposure_questions(&o.op, &sources, &question, &n));
	assert_int_equal(n, 0);                                                                  /* what is found is there: nothing is assumed */
	exposed_close(e);
	assert_string_equal(reason->because.p, "It was found in /orders.csv on Laptop, line 12, last seen March 2, 2026.");
	o.op.now += 4 * 3600;
	done(&o.op, op_begin(&o.op) && op_end(&o.op, found_gone(&o.op, id)));
	assert_int_equal(exposed_to(&o, "Laptop", AT("18"), NULL, KEPT), 1);
	assert_int_equal(exposed_to(&o, "Laptop", "2026-03-02T18:00:01Z", NULL, KEPT), 0);
	assert_int_equal(exposed_to(&o, "Drive", AT("20"), NULL, KEPT), 1);                      /* came until 18, kept two hours more */
	assert_int_equal(exposed_to(&o, "Drive", "2026-03-02T20:00:01Z", NULL, KEPT), 0);
	op_close(&o.op);
}

static void an_answer_names_what_it_assumes(void **unused)
{
	(void)unused;
	struct one o;
	struct holder h;
	struct exposed *e;
	struct sources sources;
	struct str *question;
	size_t n;
	one_open(&o, "2026-03-02T10:00:00Z,A,,Square,,,name,1\n");
	done(&o.op, map_find(&o.op, STR("Square"), &h));
	struct suspicion s = { h.id, LONG_AGO, FAR_OFF, KEPT };
	for (int told = 0; told < 2; told++) {
		done(&o.op, exposure_of(&o.op, &s, 1, false, &e, &sources) && exposure_questions(&o.op, &sources, &question, &n));
		assert_int_equal(n, !told);
		exposed_close(e);
		done(&o.op, SAY(&o.op, map_verbs, "holder add", "holder=service:Square", "keeps=7y"));
	}
	op_close(&o.op);
}

static void the_ninth_flow_in_a_row_is_refused(void **unused)
{
	(void)unused;
	struct one o;
	one_open(&o, "2026-03-02T10:00:00Z,A,,Square,,,name,1\n");
	for (int i = 0; i < 10; i++)
		done(&o.op, SAY(&o.op, map_verbs, "holder add", arena_printf(o.op.a, "holder=computer:C%d", i)));
	for (int i = 0; i < 8; i++)
		done(&o.op, SAY(&o.op, map_verbs, "flow add", arena_printf(o.op.a, "from=C%d", i), arena_printf(o.op.a, "to=C%d", i + 1), "kinds=name"));
	assert_false(SAY(&o.op, map_verbs, "flow add", "from=C8", "to=C9", "kinds=name"));
	assert_int_equal(o.op.err.code, INVALID);
	err_clear(&o.op.err);
	done(&o.op, SAY(&o.op, map_verbs, "flow add", "from=C8", "to=C0", "kinds=name"));        /* it comes back: that is fine */
	done(&o.op, SAY(&o.op, map_verbs, "flow add", "from=C8", "to=C9", "kinds=email"));       /* another kind */
	op_close(&o.op);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(a_skimmer_takes_what_passes_in_its_window), cmocka_unit_test(what_a_service_keeps_counts_until_it_is_deleted),
		cmocka_unit_test(nobody_is_assumed_to_keep_tracks_and_codes), cmocka_unit_test(backups_of_backups_hold_it_too),
		cmocka_unit_test(who_signs_in_sees_what_is_there), cmocka_unit_test(a_place_suspects_what_stands_there),
		cmocka_unit_test(a_file_exposes_whom_it_names_until_it_is_gone),
		cmocka_unit_test(an_answer_names_what_it_assumes), cmocka_unit_test(the_ninth_flow_in_a_row_is_refused),
	};
	return cmocka_run_group_tests(all, make, drop);
}
