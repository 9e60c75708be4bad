/* A cache file from anywhere: believed whole or not at all, and what is written again is the same. The input is given its digest, so that
 * what is behind it is reached, too. */
#include "find_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct buf b = BUF(1 << 20), again = BUF(32 << 20);
	uint8_t sum[32];
	struct blake blake;
	uint32_t unlikely;
	buf_put(&b, STR("handback seen 1\n"));
	buf_put(&b, (struct str){ (const char *)bytes, n });
	struct seen *s = seen_new();
	seen_take(s, buf_str(&b));
	blake_start(&blake);
	blake_add(&blake, buf_str(&b));
	blake_end(&blake, sum);
	buf_put(&b, (struct str){ (const char *)sum, sizeof sum });
	seen_take(s, buf_str(&b));
	for (size_t i = 32; i + 8 <= n; i += 16) {
		uint64_t print;
		memcpy(&print, bytes + i, sizeof print);
		seen_has(s, print, &unlikely);
	}
	seen_bytes(s, &again);
	if (again.full || again.n < 80 || (again.n - 80) % 16)
		abort();
	seen_close(s);
	buf_free(&b);
	buf_free(&again);
	return 0;
}
