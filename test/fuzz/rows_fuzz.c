/* Any rows: told within bounds. */
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct buf b = BUF(64 << 20);
	buf_put(&b, STR("handback rows 1\n"));
	buf_put(&b, (struct str){ (const char *)bytes, n });
	struct str text = buf_str(&b);
	struct source s = source_of_text(&text);
	struct told t;
	told_open(&t, &s, FILE_ROWS, STR("rows"), 64 << 20, 0);
	buf_free(&t.out);
	buf_free(&b);
	return 0;
}
