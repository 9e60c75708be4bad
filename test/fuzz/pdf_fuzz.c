/* Any file: what poppler makes of it is told within bounds. What goes wrong inside poppler a box contains. */
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static bool ready;
	struct str text = { (const char *)bytes, n };
	struct source s = source_of_text(&text);
	struct told t;
	if (!ready)
		ready = open_prepare(false);             /* as in a box: no fonts */
	told_open(&t, &s, FILE_PDF, STR("x.pdf"), 64 << 20, 0);
	buf_free(&t.out);
	return 0;
}
