/* Any file as RTF: it ends, within its limits, told.h's promises are kept, and it stops when it is told to. */
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str file = { (const char *)bytes, n };
	struct source s = source_of_text(&file);
	struct told t;
	told_open(&t, &s, FILE_RTF, STR("fuzz"), 32 << 20, n % 16);
	buf_free(&t.out);
	return 0;
}
