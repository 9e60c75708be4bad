/* Any file with the beginning of a SQLite database: rows and pages are read within bounds, and to an end. */
#include "told.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char magic[16] = "SQLite format 3";
	char *copy = mem_get(n + 16);
	memcpy(copy, bytes, n);
	memcpy(copy, magic, n < 16 ? n : 16);
	struct str text = { copy, n };
	struct source s = source_of_text(&text);
	struct told t;
	told_open(&t, &s, FILE_SQLITE, STR("x.db"), 64 << 20, 0);
	buf_free(&t.out);
	free(copy);
	return 0;
}
