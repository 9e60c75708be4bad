/* Any cookie header, any header parameter and any path: pieces of what was given, never more. */
#include "fields.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	struct str s = arena_str(a, (struct str){ (const char *)bytes, n }), value;
	struct pairs p;
	size_t total = 0;
	if (fields_cookie(a, s, &p)) {
		for (size_t i = 0; i < p.n; i++) {
			total += p.at[i].name.n + p.at[i].value.n;
			if (!p.at[i].name.n || (p.at[i].value.n && (p.at[i].value.p < s.p || p.at[i].value.p + p.at[i].value.n > s.p + s.n)))
				abort();
		}
		if (total > n || p.n > HTTP_PAIRS_MAX)
			abort();
	}
	if (fields_parameter(a, s, "name", &value) && value.n > n)
		abort();
	if (fields_path(a, "/incident/:n/round/:r", s, &p) && (p.n != 2 || !p.at[0].value.n || !p.at[1].value.n))
		abort();
	arena_close(a);
	return 0;
}
