/* A cache file from anywhere: believed whole or not at all. The input is taken as such a file, and, behind a head and before a digest that are
 * right, as what it says of files. */
#include "find_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { HEAD = 48, HEAD_N = 40, EACH = 16, DIGEST = 32 };

static void check(bool good)
{
	if (!good)
		abort();
}

/* What it is after it took the bytes is written as a file that can be read. */
static size_t taken(struct str bytes)
{
	struct buf again = BUF(32 << 20);
	struct seen *s = seen_new();
	uint32_t unlikely;
	struct str told;
	seen_take(s, bytes);
	for (size_t i = HEAD; i + 8 <= bytes.n; i += EACH) {
		uint64_t print;
		memcpy(&print, bytes.p + i, sizeof print);
		if (seen_has(s, print, &unlikely, &told))
			check(!told.n || memmem(bytes.p, bytes.n, told.p, told.n));
	}
	seen_bytes(s, &again);
	uint64_t files;
	memcpy(&files, again.p + HEAD_N, sizeof files);
	check(!again.full && again.n >= HEAD + DIGEST && files <= (again.n - HEAD - DIGEST) / EACH);
	struct cursor c = cursor_of((struct str){ again.p + HEAD + files * EACH, again.n - HEAD - DIGEST - files * EACH });
	while (c.p < c.end) {
		cursor_u64(&c);
		cursor_lstr(&c);
		check(!c.torn);
	}
	for (size_t i = 1; i < files; i++) {
		uint64_t pair[2];
		memcpy(&pair[0], again.p + HEAD + (i - 1) * EACH, 8);
		memcpy(&pair[1], again.p + HEAD + i * EACH, 8);
		check(pair[0] < pair[1]);
	}
	seen_close(s);
	buf_free(&again);
	return files;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct buf b = BUF(1 << 20);
	struct seen *s = seen_new();
	uint8_t sum[DIGEST];
	struct blake blake;
	check(taken((struct str){ (const char *)bytes, n }) == 0);
	seen_bytes(s, &b);
	seen_close(s);
	b.n = HEAD_N;
	buf_u64(&b, n / EACH / 2);                      /* what is behind these: what was told of them */
	buf_put(&b, (struct str){ (const char *)bytes, n });
	blake_start(&blake);
	blake_add(&blake, buf_str(&b));
	blake_end(&blake, sum);
	buf_put(&b, (struct str){ (const char *)sum, sizeof sum });
	check(taken(buf_str(&b)) <= n / EACH);
	buf_free(&b);
	return 0;
}
