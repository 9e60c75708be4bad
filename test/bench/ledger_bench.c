/* ledger_bench FILE [TOUCHES [CUSTOMERS [READERS [PLACES [DAYS]]]]]: generates touches, merges them, and asks; prints one figure a
 * line. FILE is the database; it must not be there, it stays, and given again with TOUCHES 0 it is only asked. */
#include "ledger_test.h"
#include "segment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_DAY = 20000, WINDOW = 19, PERSONS = 4, SERVICES = 3, BATCH = 4000000 };

static uint64_t state = 88172645463325252u;

static uint64_t chance(uint64_t below)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return state % below;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(struct op *op, bool good)
{
	if (good)
		return;
	fprintf(stderr, "ledger_bench: %s\n", op->err.say);
	exit(1);
}

struct plan { uint64_t touches; uint32_t customers, readers, places; int64_t days; };

static const struct flavour flavours[] = {
	{ 0, KIND(NAME) | KIND(CARD_NUMBER) | KIND(CARD_EXPIRY), KIND(NAME) | KIND(CARD_LAST4) | KIND(PURCHASES), KIND(PURCHASES), KIND(PURCHASES) },
	{ 0, KIND(CARD_NUMBER) | KIND(CARD_EXPIRY), KIND(CARD_LAST4) | KIND(PURCHASES), 0, KIND(PURCHASES) },
	{ 0, KIND(NAME) | KIND(CARD_TRACK), KIND(NAME) | KIND(EMAIL) | KIND(PURCHASES), KIND(NAME), KIND(PURCHASES) },
	{ 3600, KIND(CARD_NUMBER) | KIND(CARD_EXPIRY), KIND(CARD_LAST4), 0, KIND(PURCHASES) } };

/* Holders: readers from 1, then services, places, persons. A reader stands in one place, where a few persons use it. */
static struct row touch(const struct plan *p, int64_t day, uint64_t number)
{
	uint32_t reader = (uint32_t)chance(p->readers), place = reader % p->places;
	uint32_t brand = 1 + (uint32_t)chance(4), kind = (uint32_t)chance(50);
	return (struct row){
		.at = day * DAY + 28800 + (int64_t)chance(43200), .hash = number * 0x9E3779B97F4A7C15u, .who = chance(10) ? 1 + (uint32_t)chance(p->customers) : 0,
		.entry = 1 + reader, .service = p->readers + 1 + reader % SERVICES, .place = p->readers + SERVICES + 1 + place,
		.person = p->readers + SERVICES + p->places + 1 + place * PERSONS + (uint32_t)chance(PERSONS),
		.flavour = kind ? 1 + kind % 3 : 4, .hint = brand << 16 | (1 + (uint32_t)chance(10000)), .import = 1 };
}

static void fill(struct op *op, const struct plan *p, struct flavours *f)
{
	struct row *rows = mem_get(BATCH * sizeof *rows);
	struct merged count = { 0 };
	uint64_t done = 0;
	double merging = 0;
	clock_t working = 0;
	uint32_t code;
	must(op, op_begin(op) && sql_test_customer_put(op, p->customers, STR("last"), 0));
	for (size_t i = 0; i < LENGTH(flavours); i++)
		must(op, flavour_code(op, f, &flavours[i], &code));
	must(op, op_end(op, true));
	for (int64_t day = 0, next = 0; done < p->touches; day = next) {
		size_t n = 0;
		bool stopped;
		/* whole days, as long as they fit */
		for (; next < p->days && (!n || n + p->touches / (uint64_t)p->days + 1 <= BATCH); next++)
			for (uint64_t end = p->touches * (uint64_t)(next + 1) / (uint64_t)p->days; done < end && n < BATCH; done++)
				rows[n++] = touch(p, FIRST_DAY + next, done + 1);
		double begun = now();
		clock_t worked = clock();
		must(op, segment_merge(op, rows, n, false, &count, &stopped));
		merging += now() - begun;
		working += clock() - worked;
		if (day == 0) {
			begun = now();
			must(op, segment_merge(op, rows, n, false, &count, &stopped));
			printf("again      %12.0f rows/s (%zu rows)\n", (double)n / (now() - begun), n);
		}
	}
	printf("merge      %12.0f rows/s (%" PRIu64 " rows in %.2f s, processor %.2f s; %.0f a day)\n", (double)p->touches / merging, p->touches, merging, (double)working / CLOCKS_PER_SEC,
	       (double)p->touches / (double)p->days);
	free(rows);
}

/* One more touch in a day that is there: all of it is read, and written anew. */
static void rewrite(struct op *op, const struct plan *p)
{
	enum { TIMES = 5 };
	struct merged count = { 0 };
	bool stopped;
	double begun = now();
	for (int i = 0; i < TIMES; i++) {
		struct row one = touch(p, FIRST_DAY + i % p->days, p->touches + 1 + (uint64_t)i);
		must(op, segment_merge(op, &one, 1, false, &count, &stopped));
	}
	printf("rewrite    %12.3f s a day of %.0f\n", (now() - begun) / TIMES, (double)p->touches / (double)p->days);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void ask(struct op *op, const char *what, const struct source *q, size_t n)
{
	enum { TIMES = 7 };
	double took[TIMES];
	size_t customers = 0;
	uint64_t unnamed = 0;
	for (int i = -1; i < TIMES; i++) {               /* the first warms up */
		struct exposed *e;
		double begun = now();
		must(op, (e = exposed_open(op, false)) != NULL && ledger_touched(op, q, n, e));
		double end = now();
		took[i < 0 ? 0 : i] = end - begun;
		customers = exposed_customers(e), unnamed = e->unnamed;
		exposed_close(e);
	}
	qsort(took, TIMES, sizeof *took, by_value);
	printf("%-36s %9.3f ms (best %.3f; %zu customers, %" PRIu64 " unnamed)\n", what, took[TIMES / 2] * 1e3, took[0] * 1e3, customers, unnamed);
}

static void questions(struct op *op, const struct plan *p)
{
	struct source *q = mem_zero(p->readers + p->places, sizeof *q);
	int64_t from = (FIRST_DAY + p->days / 3) * DAY, to = from + WINDOW * DAY - 1;
	for (uint32_t i = 0; i < p->readers; i++)
		q[i] = (struct source){ .entry = { i + 1 }, .dim = DIM_ENTRY, .kinds = KINDS_ALL, .from = from, .to = to };
	ask(op, "all readers, 19 days", q, p->readers);
	ask(op, "one reader, 19 days", q + p->readers / 2, 1);
	for (uint32_t i = 0; i < 100; i++)
		q[i].entry.n = 1 + (int64_t)i * (p->readers / 100);
	ask(op, "100 readers, 19 days", q, 100);
	for (uint32_t i = 0; i < 1000; i++) {
		q[i].entry.n = 1 + (int64_t)i * p->readers / 1000;
		q[i].from = from + 40000 + (int64_t)i * 7, q[i].to = q[i].from + 2 * DAY + 20000;
	}
	ask(op, "1,000 readers, odd edges, 3 days", q, p->readers < 1000 ? p->readers : 1000);
	for (uint32_t i = 0; i < p->places; i++)
		q[i] = (struct source){ .entry = { p->readers + SERVICES + 1 + i }, .dim = DIM_PLACE, .kinds = KINDS_ALL, .from = from, .to = to };
	ask(op, "one place, 19 days", q, 1);
	q[0] = (struct source){ .entry = { p->readers + SERVICES + p->places + 1 }, .dim = DIM_PERSON, .kinds = KINDS_ALL, .from = from, .to = to };
	ask(op, "one person, 19 days", q, 1);
	q[0] = (struct source){ .entry = { p->readers + 1 }, .dim = DIM_SERVICE, .kinds = KINDS_ALL, .from = from, .to = to };
	ask(op, "one service, 19 days", q, 1);
	q[0].from = LONG_AGO, q[0].to = FAR_OFF;
	ask(op, "one service, always", q, 1);
	free(q);
}

int main(int argc, char **argv)
{
	struct op op = { 0 };
	struct flavours f;
	struct sql_test_size size;
	bool found;
	uint64_t given[5] = { 10000000, 2500000, 10000, 450, 90 };
	for (int i = 2; i < argc && i < 7; i++)
		given[i - 2] = strtoull(argv[i], NULL, 10);
	struct plan p = { given[0], (uint32_t)given[1], (uint32_t)given[2], (uint32_t)given[3], (int64_t)given[4] };
	if (argc < 2 || p.readers < 1000 || !p.places || !p.days || p.touches / (uint64_t)p.days > BATCH) {
		fprintf(stderr, "ledger_bench FILE [TOUCHES [CUSTOMERS [READERS (1000 or more) [PLACES [DAYS]]]]]\n");
		return 1;
	}
	must(&op, test_open(&op, argv[1]));
	must(&op, flavour_all(&op, &f));
	if (p.touches)
		fill(&op, &p, &f);
	if (p.touches)
		rewrite(&op, &p);
	must(&op, sql_test_size(&op, &size, &found));
	if (p.touches)
		printf("stored     %12.1f bytes a touch (blobs %.1f, sources %.1f)\n", (double)db_size(op.db) / (double)p.touches,
		       (double)size.bytes / (double)p.touches, (double)size.rest / (double)p.touches);
	questions(&op, &p);
	op_close(&op);
	return 0;
}
