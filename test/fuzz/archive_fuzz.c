/* Any file as an archive, a compressed file or a uuencoded one: it ends, within its limits, told.h's promises are kept, and it stops when it is told to. */
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str file = { (const char *)bytes, n };
	struct source s = source_of_text(&file);
	struct told t;
	told_open(&t, &s, n > 6 && memcmp(bytes, "begin ", 6) == 0 ? FILE_UU : FILE_ARCHIVE, STR("fuzz"), 32 << 20, n % 16);
	buf_free(&t.out);
	return 0;
}
