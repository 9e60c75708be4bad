/* exposure: the formula against its brute-force twin, on random maps and ledgers: chains, copies, late flows, cycles, deletions, doubtful
 * times, lists, files, and customers who prove to be one. Thousands of small worlds, each a business of its own in one database; and a
 * few that went through the real import, some so large that a day is many parts.
 *
 * HANDBACK_WORLDS says how many small ones (a hundredth as many are imported), HANDBACK_SEED which is the first: a failure names its seed,
 * and HANDBACK_SEED=N alone makes that world again. */
#include "exposure_test.h"
#include "ledger_test.h"
#include "segment.h"

#include <inttypes.h>

static uint64_t state;

static uint32_t below(uint32_t n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 33) * n >> 31);
}

static bool once_in(uint32_t n)
{
	return below(n) == 0;
}

/* What one world is made from: few names, so that ways meet. Where touches come in stands first. */
enum { ENTRIES = 5, SERVICES = 7, PERSONS = 9, PLACES = 11, NAMES = 15 };
static const char *const names[NAMES] = { "reader:R1", "reader:R2", "website:Shop", "paper:Forms", "computer:Till", "service:Square", "service:Mailer", "person:Ana", "person:Ben",
                                          "place:Van", "place:Store", "computer:Office", "storage:Drive", "storage:Old drive", "mailbox:Info" };
static const char *const kind_words[] = { "name", "card_number", "card_track", "email", "card_code", "purchases", "signature", "phone", "ssn", "postal_address" };
static bool there[NAMES];
static uint32_t kinds_used;
static unsigned seed;

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

static const char *name(void)
{
	uint32_t i;
	do
		i = below(NAMES);
	while (!there[i]);
	return names[i];
}

static const char *some_kinds(struct op *op, char separator)
{
	struct buf b = BUF(200);
	uint32_t set = 1 + below((1u << kinds_used) - 1);
	for (size_t k = 0; k < kinds_used; k++)
		if (set >> k & 1) {
			if (b.n)
				buf_byte(&b, separator);
			buf_put(&b, str_of(kind_words[k]));
		}
	const char *p = arena_str(op->a, buf_str(&b)).p;
	buf_free(&b);
	return p;
}

static kinds some_set(struct op *op)
{
	kinds k = 0;
	struct str bad;
	assert_true(kinds_parse(str_of(some_kinds(op, ',')), ',', &k, &bad));
	return k;
}

static const char *some_keeps(void)
{
	static const char *const keeps[] = { "none", "deleted", "4h", "8h", "1s", "1d" };
	return keeps[below(LENGTH(keeps))];
}

/* ---- the map ---- */

/* What is refused (to itself, ended before it began, a ninth in a row) is refused: the world is what it is. */
#define TRY(op, ...) do { if (!SAY(op, __VA_ARGS__)) err_clear(&(op)->err); } while (0)

static void map_make(struct op *op)
{
	struct arena *a = op->a;
	kinds_used = 1 + below(LENGTH(kind_words));
	for (size_t i = 0, all = below(2); i < NAMES; i++)
		there[i] = all || i == 0 || i == ENTRIES || below(2);
	for (size_t i = 0; i < NAMES; i++) {
		static const size_t places_first[] = { PLACES - 2, PLACES - 1 };
		size_t n = i < 2 ? places_first[i] : i <= PLACES - 1 ? i - 2 : i;
		const char *place = once_in(2) ? "place:Van" : "place:Store";
		bool stands = !str_starts(str_of(names[n]), STR("p")) && there[place[6] == 'V' ? PLACES - 2 : PLACES - 1] && once_in(3);
		if (there[n])
			done(op, SAY(op, map_verbs, "holder add", arena_printf(a, "holder=%s", names[n]), below(3) ? "x=" : arena_printf(a, "keeps=%s", some_keeps()),
			             below(3) ? "x=" : arena_printf(a, "keeps=%s=%s", some_kinds(op, ','), some_keeps()), stands ? arena_printf(a, "at=%s", place) : "x="));
	}
	for (uint32_t n = below(7); n; n--)
		TRY(op, map_verbs, "holder emptied", arena_printf(a, "holder=%s", name()), arena_printf(a, "at=%s", text(op, moment())));
	for (uint32_t n = below(14); n; n--) {
		static const char *const manners[] = { "hands-on", "copies", "sees" };
		int64_t since = moment(), until = moment();
		TRY(op, map_verbs, "flow add", arena_printf(a, "from=%s", name()), arena_printf(a, "to=%s", name()), arena_printf(a, "kinds=%s", some_kinds(op, ',')),
		    arena_printf(a, "manner=%s", manners[below(3)]), below(2) ? "x=" : arena_printf(a, "keeps=%s", some_keeps()),
		    below(2) ? "x=" : arena_printf(a, "since=%s", text(op, since)), below(2) ? "x=" : arena_printf(a, "until=%s", text(op, until)));
	}
}

/* ---- touches ---- */

/* One of those of names[from..end) that are there, or NULL: no such holder took part. */
static const char *took_part(size_t from, size_t end)
{
	size_t i = from + below((uint32_t)(end - from) + 1);
	return i < end && there[i] ? names[i] : NULL;
}

static uint32_t number(struct op *op, const char *of)
{
	struct holder h = { 0 };
	if (of)
		done(op, map_find(op, str_of(of), &h));
	return (uint32_t)h.id.n;
}

/* As an import leaves them, without its reading: some of one second's doubt or three, few of an hour's. */
static void touches_make(struct op *op, uint32_t customers)
{
	enum { MOST = 12 };
	struct row row[MOST];
	struct flavours flavours;
	struct merged merged = { 0 };
	size_t n = below(MOST + 1);
	bool stopped;
	done(op, op_begin(op) && flavour_all(op, &flavours));
	for (uint32_t i = 0; i < customers; i++)
		done(op, sql_test_customer_put(op, i + 1, str_of(arena_printf(op->a, "A-%u", i)), 0));
	for (size_t i = 0; i < n; i++) {
		struct flavour f = { below(4) ? 0 : once_in(40) ? 3600 : 1 + below(3), some_set(op), some_set(op), some_set(op), some_set(op) };
		row[i] = (struct row){ .at = moment(), .hash = below(100), .who = below(customers + 1), .import = 1, .entry = number(op, took_part(0, ENTRIES)),
		                       .service = number(op, took_part(ENTRIES, SERVICES)), .person = number(op, took_part(SERVICES, PERSONS)), .place = number(op, took_part(PERSONS, PLACES)) };
		done(op, flavour_code(op, &flavours, &f, &row[i].flavour));
	}
	done(op, op_end(op, true) && segment_merge(op, row, n, true, &merged, &stopped));
}

static const char *bare(const char *sorted)              /* a row names a reader, a service, a person and a place without its sort */
{
	struct str rest = str_of(sorted ? sorted : "");
	struct str sort = str_split(&rest, ':');
	return !sorted ? "" : str_eq(sort, STR("website")) || str_eq(sort, STR("paper")) || str_eq(sort, STR("computer")) ? sorted : rest.p;
}

static void touches_through_the_import(struct op *op, uint32_t n, uint32_t customers, uint32_t hours)
{
	struct buf csv = BUF(8 << 20);
	buf_put(&csv, STR("touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"));
	for (uint32_t i = 0; i < n; i++) {
		const char *entry = took_part(0, ENTRIES), *service = took_part(ENTRIES, SERVICES), *person = took_part(SERVICES, PERSONS), *place = took_part(PERSONS, PLACES);
		/* in the doubled hour, told by the wall clock only: two moments are possible */
		const char *when = below(hours) ? text(op, moment()) : below(2) ? "2026-11-01T01:30:00" : "2026-11-01T01:00:00";
		if (!entry && !service && !person && !place)
			entry = names[0];
		buf_printf(&csv, "%s,", when);
		if (below(5))
			buf_printf(&csv, "A-%u", below(customers));
		buf_printf(&csv, ",%s,%s,%s,%s,%s,S%u\n", bare(entry), bare(service), bare(person), bare(place), some_kinds(op, '|'), i);
	}
	touches_import(op, &csv);
	buf_free(&csv);
}

/* ---- lists, files, persons ---- */

static void lists_make(struct op *op, uint32_t customers)
{
	for (uint32_t n = customers > 3 ? below(3) : 0; n; n--) {
		holder_id at = { number(op, name()) };
		uint32_t who[] = { 1 + below(customers / 2), customers / 2 + 1 + below(customers / 2) };
		done(op, op_begin(op) && op_end(op, listing_put(op, at, 100 + n, some_set(op), moment(), who, 2)));
	}
}

/* Files that scans met at different times: some changed between two scans, some gone, some not looked up; dates proved or not. */
static void findings_make(struct op *op, uint32_t customers)
{
	int64_t now = op->now;
	op->now = FIRST;
	for (uint32_t n = below(3) ? below(9) : 0; n; n--) {
		holder_id at = { number(op, name()) };
		struct named named[4];
		struct met m = { .path = str_of(below(2) ? "/a.csv" : "/b.csv"), .sample = STR(""), .began = below(2) ? LONG_AGO : moment(), .looked = below(4) != 0 };
		int64_t id;
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
		done(op, op_begin(op) && op_end(op, found_keep(op, at, &m, &id)));
		if (once_in(3)) {
			op->now += below(3) * 4 * 3600;
			done(op, op_begin(op) && op_end(op, found_gone(op, id)));
		}
	}
	op->now = now;
}

static void persons_make(struct op *op, uint32_t customers)
{
	for (uint32_t n = below(2) ? below(4) : 0; n; n--)
		TRY(op, ledger_verbs, "customer merge", arena_printf(op->a, "customer=A-%u", below(customers)), arena_printf(op->a, "other=A-%u", below(customers)));
}

/* ---- asking ---- */

static void differ(struct op *op, const struct suspicion *s, size_t n, const struct exposed *fast, const struct exposed *slow, uint32_t at)
{
	for (size_t i = 0; i < n; i++)
		print_message("suspicion %zu: holder %d [%s, %s) manner %d\n", i, (int)s[i].holder.n, text(op, s[i].from), text(op, s[i].to), s[i].manner);
	fail_msg("HANDBACK_SEED=%u: customer %u: %s, by brute force %s; unnamed %" PRIu64 " and %" PRIu64 ", found %" PRIu64 " and %" PRIu64, seed, at,
	         kinds_text(op->a, exposed_kinds(fast, at), "|").p, kinds_text(op->a, exposed_kinds(slow, at), "|").p, fast->unnamed, slow->unnamed, fast->found, slow->found);
}

/* Why says at least one reason for each who is exposed, and none for the others. */
static void ask_why(struct op *op, const struct suspicion *s, size_t n, const struct exposed *e, uint32_t most)
{
	for (uint32_t c = 1; c < e->n && c <= most; c++) {
		struct reason *reason;
		size_t m;
		kinds k = 0;
		done(op, exposure_why(op, s, n, (customer_id){ c }, &reason, &m));
		for (size_t i = 0; i < m; i++)
			k |= reason[i].kinds;
		if (k != exposed_kinds(e, c))
			fail_msg("HANDBACK_SEED=%u: customer %u: %s, but why says %s", seed, c, kinds_text(op->a, exposed_kinds(e, c), "|").p, kinds_text(op->a, k, "|").p);
	}
}

static void ask_all(struct op *op, int questions, uint32_t whys)
{
	for (int q = 0; q < questions; q++) {
		struct suspicion s[4];
		size_t n = 1 + below(4);
		for (size_t i = 0; i < n; i++) {
			int64_t a = moment(), b = moment();
			s[i] = (struct suspicion){ { number(op, name()) }, below(6) ? a < b ? a : b : LONG_AGO, below(6) ? (a < b ? b : a) + 1 : FAR_OFF, (enum manner)(1 + below(3)) };
		}
		struct exposed *fast, *slow;
		struct sources sources;
		uint32_t at;
		done(op, exposure_of(op, s, n, below(2), &fast, &sources));
		done(op, exposure_brute(op, s, n, &slow));
		if (!exposed_same(fast, slow, &at))
			differ(op, s, n, fast, slow, at);
		if (q % 8 == 0)
			ask_why(op, s, n, fast, whys);
		exposed_close(fast);
		exposed_close(slow);
	}
}

/* ---- worlds ---- */

static unsigned first, worlds;

static void begin(unsigned n)
{
	seed = n;
	state = n * 0x9E3779B97F4A7C15u;
}

static void rest_make(struct op *op)
{
	uint32_t customers;
	done(op, ledger_size(op, &customers));
	lists_make(op, customers);
	findings_make(op, customers);
	persons_make(op, customers ? customers : 1);
}

/* A business for each: so none may see another's. */
static void small_worlds_say_what_brute_force_says(void **unused)
{
	enum { IN_ONE_DATABASE = 500 };
	struct op op = { 0 };
	(void)unused;
	for (unsigned i = 0; i < worlds; i++) {
		if (i % IN_ONE_DATABASE == 0) {
			if (i)
				op_close(&op);
			assert_true(test_open(&op, ":memory:"));
			op.zone = zone_open(STR("America/New_York"), &op.err);
			assert_non_null(op.zone);
		}
		struct arena *whole = op.a;
		op.a = arena_open();
		op.business = 1 + i;
		begin(first + i);
		uint32_t customers = 1 + below(6);
		done(&op, op_begin(&op) && op_end(&op, sql_test_owner_put(&op) && map_begin(&op)));
		map_make(&op);
		touches_make(&op, customers);
		rest_make(&op);
		ask_all(&op, 12, customers);
		arena_close(op.a);
		op.a = whole;
	}
	op_close(&op);
}

static void imported_worlds_say_what_brute_force_says(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i <= worlds / 100; i++) {
		struct op op;
		begin(first + i);
		world_open(&op);
		map_make(&op);
		if (seed % 8 == 0)
			touches_through_the_import(&op, 9000 + below(12000), 4000, 9000);
		else
			touches_through_the_import(&op, 5 + below(40), 12, 10);
		rest_make(&op);
		ask_all(&op, seed % 8 == 0 ? 9 : 25, 12);
		op_close(&op);
	}
}

int main(void)
{
	const char *told = getenv("HANDBACK_SEED"), *many = getenv("HANDBACK_WORLDS");
	enum { WORLDS = 3000 };
	random_bytes(&first, sizeof first);
	first = told ? (unsigned)strtoul(told, NULL, 10) : first % 1000000000;
	worlds = many ? (unsigned)strtoul(many, NULL, 10) : told ? 1 : WORLDS;
	const struct CMUnitTest all[] = {
		cmocka_unit_test(small_worlds_say_what_brute_force_says), cmocka_unit_test(imported_worlds_say_what_brute_force_says),
	};
	printf("# %u small worlds and %u imported ones from HANDBACK_SEED=%u\n", worlds, worlds / 100 + 1, first);
	fflush(stdout);
	return cmocka_run_group_tests(all, make, drop);
}
