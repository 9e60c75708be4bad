/* Any text: hits lie in it in order, the first look never denies one, and what is masked holds none. */
#include "detect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str text = { (const char *)bytes, n };
	struct hit hit[64];
	size_t hits = detect(text, hit, LENGTH(hit));
	if (hits && !detect_could(text))
		abort();
	for (size_t i = 0; i < hits && i < LENGTH(hit); i++)
		if (hit[i].from >= hit[i].to || hit[i].to > n || (i && hit[i].from < hit[i - 1].to))
			abort();
	struct buf once = BUF(1 << 24), twice = BUF(1 << 24);
	if (detect_mask(&once, text) < hits || once.full || detect(buf_str(&once), NULL, 0))
		abort();
	if (detect_mask(&twice, buf_str(&once)) || !str_eq(buf_str(&once), buf_str(&twice)) || (!hits && !str_eq(text, buf_str(&once))))
		abort();
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
