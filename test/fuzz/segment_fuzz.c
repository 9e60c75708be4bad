/* Any bytes as a part, with right checksums so that what is behind them is met: read within bounds or torn; what is understood is
 * written and read again the same. */
#include "segment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A copy of exactly that size, so that one byte too far is noticed; the last eight are the checksum that the rest should have. */
static struct str blob_of(const uint8_t *p, size_t n)
{
	char *copy = mem_get(n);
	memcpy(copy, p, n);
	struct str s = { copy, n };
	if (n >= sizeof(uint64_t)) {
		uint64_t sum = part_sum((struct str){ copy, n - sizeof sum });
		memcpy(copy + n - sizeof sum, &sum, sizeof sum);
	}
	return s;
}

static uint64_t sum_columns(const struct part *p)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < p->n; i++)
		sum += column_at(&p->who, i) + column_at(&p->when, i);
	for (int c = 0; c < COLUMNS; c++)
		for (size_t i = 0; p->at[c].n && part_runs(p, &p->at[c]) && i < p->at[c].n; i++)
			sum += column_at(&p->at[c].value, i) + column_at(&p->at[c].end, i);
	return sum;
}

static void again(const struct row *rows, size_t n)
{
	static struct row back[PART_TOUCHES];
	struct buf blob = BUF(1 << 20), rest = BUF(1 << 20);
	size_t m;
	part_write(&blob, &rest, 0, rows, n);
	if (!part_rows(buf_str(&blob), buf_str(&rest), 0, back, &m) || m != n || memcmp(rows, back, n * sizeof *rows) != 0)
		abort();
	buf_free(&blob);
	buf_free(&rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct row rows[PART_TOUCHES];
	static uint32_t who[LISTING_PART];
	struct part p;
	size_t m;
	if (n < 3)
		return 0;
	size_t cut = (bytes[0] | (size_t)bytes[1] << 8) % (n - 1);
	struct str blob = blob_of(bytes + 2, cut < n - 2 ? cut : n - 2), rest = blob_of(bytes + 2 + blob.n, n - 2 - blob.n);
	for (int d = DIM_ENTRY; d <= DIM_SERVICE; d++)
		if (part_open(&p, (enum dim)d, blob) && sum_columns(&p) == 42)
			rows[0].hash++;
	memset(rows, 0, sizeof rows);
	if (part_rows(blob, rest, 0, rows, &m))
		again(rows, m);
	listing_read(blob, who, &m);
	free((void *)(uintptr_t)blob.p);
	free((void *)(uintptr_t)rest.p);
	return 0;
}
