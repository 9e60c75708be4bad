/* Any file: the words beside a picture's pixels are told within bounds. The pixels are not looked at without OCR. */
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str text = { (const char *)bytes, n };
	struct source s = source_of_text(&text);
	struct told t;
	told_open(&t, &s, FILE_PICTURE, STR("x.png"), 64 << 20, 0);
	buf_free(&t.out);
	return 0;
}
