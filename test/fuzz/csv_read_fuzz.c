/* Any stream from a box: rows that keep their promises, or TORN. */
#include "csv_int.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	struct csv *c = csv_open(fd);
	struct csv_batch t = { 0 };
	struct err e = { 0 };
	uint64_t number = 0, line = 0;
	while (csv_next(c, &t, &e) && t.n)
		for (size_t i = 0; i < t.n; i++) {
			const struct csv_row *r = &t.row[i];
			if (r->number != ++number || r->line <= line || r->line > csv_bytes(c) || r->n > CSV_CELLS_MAX || (r->n == 0) != !!r->fault)
				abort();
			line = r->line;
			for (size_t k = 0; k < r->n; k++)
				if (!str_utf8(r->cell[k]))
					abort();
		}
	if (e.code != OK && e.code != TORN)
		abort();
	csv_close(c);
	close(fd);
	return 0;
}
