/* A vendor's CSV as bytes; before the first line end the codes' heading. */
#include "enrol.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct str csv = { (const char *)data, size }, column = str_split(&csv, '\n');
	struct code_list l;
	struct err e = { 0 };
	if (csv.p && codes_read(a, csv, column, &l, &e))
		for (size_t i = 0; i < l.n; i++)
			assert(l.code[i].n && l.code[i].n <= CODE_MAX);
	arena_close(a);
	return 0;
}
