/* A vendor's table as rows; the first line is the codes' heading. How bytes become rows is csv_fuzz.c's. */
#include "enrol.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { CELLS = 8 };
	struct arena *a = arena_open();
	struct str csv = { (const char *)data, size };
	struct code_list l = { .n = 0 };
	struct codes_reading r = { a, str_split(&csv, '\n'), &l };
	struct err e = { 0 };
	bool good = true;
	for (size_t line = 1; good && csv.p; line++) {
		struct str rest = str_split(&csv, '\n'), cell[CELLS];
		size_t n = 0;
		while (rest.p && n < CELLS)
			cell[n++] = str_split(&rest, ',');
		good = codes_row(&r, cell, n, line, &e);
	}
	if (good && codes_end(&r, &e))
		for (size_t i = 0; i < l.n; i++)
			assert(l.code[i].n && l.code[i].n <= CODE_MAX);
	arena_close(a);
	return 0;
}
