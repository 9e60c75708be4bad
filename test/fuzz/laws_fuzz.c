/* Any bytes as a table of breach laws: taken whole or refused with a reason, and what is taken gives duties in their order. */
#include "laws.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct zone *zone;
	struct err e = { 0 };
	if (!zone)
		zone = zone_open(STR("America/New_York"), &e);
	struct arena *a = arena_open();
	struct law *law;
	size_t laws, m;
	if (!laws_read(a, (struct str){ (const char *)bytes, n }, &law, &laws, &e)) {
		if (!e.say[0])
			abort();
		arena_close(a);
		return 0;
	}
	const struct residents people[] = { { STR("US-NY"), KINDS_ALL, 5000 }, { STR("DE"), KIND(CARD_NUMBER), 3 }, { STR(""), KIND(SSN), 1 } };
	const struct law_case c = { .people = people, .n = LENGTH(people), .home = STR("US-NY"), .now = 1795000000, .discovered = 1794000000, .zone = zone };
	struct obligation *d;
	if (!laws_obligations(a, law, laws, &c, &d, &m, &e))
		abort();
	for (size_t i = 0; i + 1 < m; i++)
		if (d[i].by > d[i + 1].by || d[i].force < LAW_LOOK || !d[i].by)
			abort();
	arena_close(a);
	return 0;
}
