/* Any bytes as a catalogue of breaches: refused, or entries within their bounds. */
#include "watch.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct zone *utc;
	struct err e = { 0 };
	struct arena *a = arena_open();
	struct breach *b;
	size_t m, unread;
	utc = utc ? utc : zone_open(STR("UTC"), &e);
	if (catalogue_read((struct str){ (const char *)bytes, n }, utc, &b, &m, &unread, a, &e)) {
		for (size_t i = 0; i < m; i++)
			must(b[i].name.n && b[i].name.n <= 100 && b[i].title.n <= 200 && b[i].domain.n <= 253 && b[i].classes.n <= 500 && b[i].doubt > b[i].happened && str_utf8(b[i].name));
	} else {
		must(e.code == INVALID || e.code == TOO_BIG);
	}
	arena_close(a);
	return 0;
}
