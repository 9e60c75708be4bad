/* Any bytes as a mail: what is said of it is well-formed and within its limits. The same bytes as what a box wrote: no place outside. */
#include "bounce.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	struct str all = { (const char *)bytes, n };
	struct cursor c = cursor_of(all);
	struct bounce b;
	struct bounce_told t;
	bounce_read(all, &b, a);
	must(b.class < BOUNCE_CLASSES && b.reason < BOUNCE_REASONS && b.marks <= BOUNCE_MARKS && b.text.n <= BOUNCE_TEXT);
	must(str_utf8(str_of(b.words)) || !*b.words);
	must(b.class != BOUNCE_NONE || !b.final);
	while (bounce_told(&c, 1000, &t, a))
		must(t.at <= 1000 && t.n <= 1000 - t.at);
	arena_close(a);
	return 0;
}
