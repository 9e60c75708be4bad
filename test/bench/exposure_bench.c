/* exposure_bench FOLDER FROM TO TIMES: how long exposure_of takes for all readers in that window, warm; one JSON line. */
#include "exposure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct op op = { 0 };
	struct span from, to;
	struct holder *holder;
	size_t n;
	struct str name = STR("reader:*");
	struct arg names = { .value = &name, .n = 1 };
	if (argc != 5 || !op_open(&op, str_of(argv[1])) || !when_parse(str_of(argv[2]), op.zone, &from) || !when_parse(str_of(argv[3]), op.zone, &to) ||
	    !map_find_all(&op, &names, &holder, &n)) {
		fprintf(stderr, "exposure_bench: %s\n", op.err.say);
		return 1;
	}
	struct suspicion *s = mem_zero(n, sizeof *s);
	for (size_t i = 0; i < n; i++)
		s[i] = (struct suspicion){ holder[i].id, from.from, to.to, PASSING };
	printf("{\"readers\":%zu,\"seconds\":[", n);
	size_t customers = 0;
	for (int k = 0; k < atoi(argv[4]) + 1; k++) {
		struct exposed *e;
		struct sources sources;
		struct arena *mine = arena_open(), *whole = op.a;
		op.a = mine;
		double begun = now();
		if (!exposure_of(&op, s, n, false, &e, &sources)) {
			fprintf(stderr, "exposure_bench: %s\n", op.err.say);
			return 1;
		}
		double took = now() - begun;
		customers = exposed_customers(e);
		if (k)                                   /* the first warms up, as the peer's first does */
			printf("%s%.6f", k > 1 ? "," : "", took);
		exposed_close(e);
		op.a = whole;
		arena_close(mine);
	}
	printf("],\"customers\":%zu}\n", customers);
	free(s);
	op_close(&op);
	return 0;
}
