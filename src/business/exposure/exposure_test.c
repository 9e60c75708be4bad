/* exposure: the formula against its brute-force twin, on random maps and ledgers that went through the real import, and the model's
 * own sentences as cases. */
#include "exposure.h"
#include "found.h"
#include "segment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char base[64];                                    /* a fresh business, copied for each world */
static char world[96];

static bool ask(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	*passphrase = arena_str(op->a, STR("four plain words here"));
	return true;
}

static void quiet(void *to, struct str s)
{
	(void)to, (void)s;
}

/* Runs a verb as the command line would: words of the form "name=value". */
static bool say(struct op *op, const struct verb *verbs, const char *name, const char *const *words)
{
	const struct verb *v = verbs;
	while (v->name && strcmp(v->name, name) != 0)
		v++;
	assert_non_null(v->name);
	struct arg arg[16] = { 0 };
	struct str value[16][8];
	for (size_t f = 0; f < v->n; f++) {
		arg[f] = (struct arg){ &v->fields[f], value[f], 0 };
		for (size_t w = 0; words[w]; w++) {
			struct str rest = str_of(words[w]), key = str_split(&rest, '=');
			if (str_eq(key, str_of(v->fields[f].name)))
				value[f][arg[f].n++] = rest;
		}
	}
	struct args args = { arg, v->n };
	struct answer answer = { .put = quiet, .note = quiet };
	return op_do(op, v, &args, &answer);
}
#define SAY(op, verbs, name, ...) say(op, verbs, name, (const char *const[]){ __VA_ARGS__, NULL })

static void done(struct op *op, bool good)
{
	if (!good)
		fail_msg("%s", op->err.say);
}

static void shell(const char *command, const char *a, const char *b)
{
	char line[400];
	snprintf(line, sizeof line, "%s %s %s", command, a, b);
	assert_int_equal(system(line), 0);
}

static void world_open(struct op *op)
{
	snprintf(world, sizeof world, "%s.world", base);
	shell("rm -rf", world, "");
	shell("cp -r", base, world);
	*op = (struct op){ .ask = ask };
	done(op, op_open(op, str_of(world)));
}

static void touches_import(struct op *op, const struct buf *csv)
{
	char path[128];
	snprintf(path, sizeof path, "%s/touches.csv", world);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fwrite(csv->p, 1, csv->n, f);
	fclose(f);
	done(op, SAY(op, ledger_verbs, "import", arena_printf(op->a, "file=%s", path)));
}

/* ---- random worlds ---- */

static uint64_t state;

static uint32_t below(uint32_t n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 33) * n >> 31);
}

static const char *const holders[] = { "reader:R1", "reader:R2", "website:Shop", "paper:Forms", "service:Square", "service:Mailer", "computer:Office",
                                       "storage:Drive", "mailbox:Info", "person:Ana", "person:Ben", "place:Van", "place:Store" };
static const char *const kind_words[] = { "name", "email", "card_number", "card_track", "card_code", "purchases" };
static const int64_t FIRST = 1793404800;                 /* 2026-10-31T00:00:00Z: clocks go back on 1 November at 06:00Z */

/* Few different moments, so that edges meet often; a second to either side now and then. */
static int64_t moment(void)
{
	return FIRST + (int64_t)below(12) * 4 * 3600 + (int64_t)below(3) - 1;
}

static const char *text(struct op *op, int64_t at)
{
	return when_text(op->a, at).p;
}

static const char *some_kinds(struct op *op, char separator)
{
	struct buf b = BUF(200);
	uint32_t set = 1 + below((1u << LENGTH(kind_words)) - 1);
	for (size_t k = 0; k < LENGTH(kind_words); k++)
		if (set >> k & 1) {
			if (b.n)
				buf_byte(&b, separator);
			buf_put(&b, str_of(kind_words[k]));
		}
	const char *p = arena_str(op->a, buf_str(&b)).p;
	buf_free(&b);
	return p;
}

static const char *some_keeps(struct op *op)
{
	static const char *const keeps[] = { "none", "deleted", "4h", "8h", "1s", "1d" };
	(void)op;
	return keeps[below(LENGTH(keeps))];
}

static void world_make(struct op *op)
{
	struct buf csv = BUF(1 << 20);
	struct arena *a = op->a;
	done(op, SAY(op, map_verbs, "holder add", "holder=place:Van") && SAY(op, map_verbs, "holder add", "holder=place:Store"));
	for (size_t i = 0; i < LENGTH(holders); i++)
		done(op, SAY(op, map_verbs, "holder add", arena_printf(a, "holder=%s", holders[i]),
		             below(3) ? "x=" : arena_printf(a, "keeps=%s", some_keeps(op)),
		             below(3) ? "x=" : arena_printf(a, "keeps=%s=%s", some_kinds(op, ','), some_keeps(op)),
		             i < 9 && below(3) == 0 ? below(2) ? "at=place:Van" : "at=place:Store" : "x="));
	for (uint32_t n = below(7); n; n--)
		if (!SAY(op, map_verbs, "holder emptied", arena_printf(a, "holder=%s", holders[below(LENGTH(holders))]), arena_printf(a, "at=%s", text(op, moment()))))
			err_clear(&op->err);
	for (uint32_t n = below(14); n; n--) {
		static const char *const manners[] = { "hands-on", "copies", "sees" };
		int64_t since = moment(), until = moment();
		/* what is refused (to itself, ended before it began, a ninth in a row) is refused: the map is what it is */
		if (!SAY(op, map_verbs, "flow add", arena_printf(a, "from=%s", holders[below(LENGTH(holders))]), arena_printf(a, "to=%s", holders[below(LENGTH(holders))]),
		         arena_printf(a, "kinds=%s", some_kinds(op, ',')), arena_printf(a, "manner=%s", manners[below(3)]),
		         below(2) ? "x=" : arena_printf(a, "keeps=%s", some_keeps(op)), below(2) ? "x=" : arena_printf(a, "since=%s", text(op, since)),
		         below(2) ? "x=" : arena_printf(a, "until=%s", text(op, until))))
			err_clear(&op->err);
	}
	buf_put(&csv, STR("touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"));
	for (uint32_t i = 0, n = 5 + below(40); i < n; i++) {
		static const char *const entries[] = { "R1", "R2", "website:Shop", "paper:Forms", "" };
		static const char *const services[] = { "Square", "Mailer", "" }, *const staff[] = { "Ana", "Ben", "" }, *const places[] = { "Van", "Store", "" };
		const char *entry = entries[below(5)], *service = services[below(3)], *person = staff[below(3)], *place = places[below(3)];
		/* in the doubled hour, told by the wall clock only: two moments are possible */
		const char *when = below(6) ? text(op, moment()) : below(2) ? "2026-11-01T01:30:00" : "2026-11-01T01:00:00";
		if (!*entry && !*service && !*person && !*place)
			entry = "R1";
		if (below(5))
			buf_printf(&csv, "%s,A-%u", when, below(12));
		else
			buf_printf(&csv, "%s,", when);
		buf_printf(&csv, ",%s,%s,%s,%s,%s,S%u\n", entry, service, person, place, some_kinds(op, '|'), i);
	}
	touches_import(op, &csv);
	buf_free(&csv);
	uint32_t customers;
	done(op, ledger_size(op, &customers));
	for (uint32_t n = customers > 3 ? below(3) : 0; n; n--) {
		struct holder h;
		uint32_t who[] = { 1 + below(customers / 2), customers / 2 + 1 + below(customers / 2) };
		done(op, map_find(op, str_of(holders[4 + below(2)]), &h));
		done(op, op_begin(op) && op_end(op, listing_put(op, h.id, 100 + n, KIND(NAME) | KIND(EMAIL), moment(), who, 2)));
	}
}

static kinds some_set(struct op *op)
{
	kinds k = 0;
	struct str bad;
	assert_true(kinds_parse(str_of(some_kinds(op, ',')), ',', &k, &bad));
	return k;
}

/* Files that scans met at different times: some changed between two scans, some gone, some not looked up; dates proved or not. */
static void findings_make(struct op *op)
{
	uint32_t customers;
	int64_t now = op->now;
	done(op, ledger_size(op, &customers));
	op->now = FIRST;
	for (uint32_t n = below(9); n; n--) {
		struct holder h;
		struct named named[4];
		struct met m = { .path = str_of(below(2) ? "/a.csv" : "/b.csv"), .sample = STR(""), .began = below(2) ? LONG_AGO : moment(), .looked = below(4) != 0 };
		int64_t id;
		done(op, map_find(op, str_of(holders[below(LENGTH(holders))]), &h));
		for (uint32_t who = 1 + below(3); m.looked && m.n < LENGTH(named) && who <= customers; who += 1 + below(4)) {
			named[m.n] = (struct named){ { who }, some_set(op), STR("line 1") };
			m.kinds |= named[m.n++].kinds;
		}
		m.named = named;
		if (!m.n || below(2)) {
			m.unnamed_kinds = some_set(op);
			m.kinds |= m.unnamed_kinds;
			m.unnamed = 1 + below(3);
		}
		m.numbers = m.unnamed + m.n;
		op->now += below(3) * 4 * 3600 + below(2);       /* scans follow each other */
		done(op, op_begin(op) && op_end(op, found_keep(op, h.id, &m, &id)));
		if (below(3) == 0) {
			op->now += below(3) * 4 * 3600;
			done(op, op_begin(op) && op_end(op, found_gone(op, id)));
		}
	}
	op->now = now;
}

static void world_ask(struct op *op, unsigned seed)
{
	for (int q = 0; q < 40; q++) {
		struct suspicion s[4];
		size_t n = 1 + below(4);
		for (size_t i = 0; i < n; i++) {
			struct holder h;
			int64_t a = moment(), b = moment();
			done(op, map_find(op, str_of(holders[below(LENGTH(holders))]), &h));
			s[i] = (struct suspicion){ h.id, below(6) ? a < b ? a : b : LONG_AGO, below(6) ? (a < b ? b : a) + 1 : FAR_OFF, (enum manner)(1 + below(3)) };
		}
		struct exposed *fast, *slow;
		struct sources sources;
		uint32_t at;
		bool with = below(2);
		done(op, exposure_of(op, s, n, with, &fast, &sources));
		done(op, exposure_brute(op, s, n, &slow));
		if (!exposed_same(fast, slow, &at)) {
			for (size_t i = 0; i < n; i++)
				print_message("suspicion %zu: holder %d [%s, %s) manner %d\n", i, (int)s[i].holder.n, text(op, s[i].from), text(op, s[i].to), s[i].manner);
			fail_msg("seed %u, question %d: customer %u: %s, by brute force %s; unnamed %u and %u, found %u and %u", seed, q, at, kinds_text(op->a, exposed_kinds(fast, at), "|").p,
			         kinds_text(op->a, exposed_kinds(slow, at), "|").p, (unsigned)fast->unnamed, (unsigned)slow->unnamed,
			         (unsigned)fast->found, (unsigned)slow->found);
		}
		/* why says at least one reason for each who is exposed, and none for the others */
		for (uint32_t c = 1; c < fast->n && q % 8 == 0; c++) {
			struct reason *reason;
			size_t m;
			kinds k = 0;
			done(op, exposure_why(op, s, n, (customer_id){ c }, &reason, &m));
			for (size_t i = 0; i < m; i++)
				k |= reason[i].kinds;
			assert_true(k == exposed_kinds(fast, c));
		}
		exposed_close(fast);
		exposed_close(slow);
	}
}

static void the_formula_is_what_brute_force_says(void **unused)
{
	(void)unused;
	const char *told = getenv("HANDBACK_SEED"), *many = getenv("HANDBACK_WORLDS");
	unsigned first = told ? (unsigned)atoi(told) : 1, worlds = told ? 1 : many ? (unsigned)atoi(many) : 60;
	for (unsigned seed = first; seed < first + worlds; seed++) {
		struct op op;
		state = seed * 0x9E3779B97F4A7C15u;
		world_open(&op);
		world_make(&op);
		findings_make(&op);
		world_ask(&op, seed);
		op_close(&op);
	}
}

/* ---- the model's sentences ---- */

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

static int make(void **unused)
{
	struct op op = { .ask = ask };
	char recovery[64];
	struct founding f = { STR("Fernwood"), STR("US-NY"), STR("America/New_York"), STR("four plain words here"), 46, 1, map_begin };
	(void)unused;
	strcpy(base, "/dev/shm/handback-exposure-XXXXXX");
	if (!mkdtemp(base) || rmdir(base) != 0)
		return -1;
	bool good = op_create(&op, str_of(base), &f, recovery);
	if (!good)
		fprintf(stderr, "%s\n", op.err.say);
	op_close(&op);
	return good ? 0 : -1;
}

static int drop(void **unused)
{
	(void)unused;
	shell("rm -rf", base, world);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(a_skimmer_takes_what_passes_in_its_window), cmocka_unit_test(what_a_service_keeps_counts_until_it_is_deleted),
		cmocka_unit_test(nobody_is_assumed_to_keep_tracks_and_codes), cmocka_unit_test(backups_of_backups_hold_it_too),
		cmocka_unit_test(who_signs_in_sees_what_is_there), cmocka_unit_test(a_place_suspects_what_stands_there),
		cmocka_unit_test(a_file_exposes_whom_it_names_until_it_is_gone),
		cmocka_unit_test(an_answer_names_what_it_assumes), cmocka_unit_test(the_ninth_flow_in_a_row_is_refused),
		cmocka_unit_test(the_formula_is_what_brute_force_says),
	};
	return cmocka_run_group_tests(all, make, drop);
}
