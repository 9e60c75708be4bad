/* Any file: the box says rows that the outside takes, the same ones however the file is cut into pieces. */
#include "csv_int.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int file_of(const void *bytes, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

static bool keep(void *to, struct str s)
{
	buf_put(to, s);
	return true;
}

/* The rows, without the frames' borders. */
static struct buf rows_of(int file, size_t piece)
{
	struct buf said = BUF(1 << 30), rows = BUF(1 << 30);
	lseek(file, 0, SEEK_SET);
	if (csv_box(file, piece, keep, &said) != 0 || said.full)
		abort();
	int fd = file_of(said.p, said.n);
	struct csv *c = csv_open(fd);
	struct csv_batch t;
	struct err e = { 0 };
	do {
		if (!csv_next(c, &t, &e))
			abort();
		for (size_t i = 0; i < t.n; i++) {
			buf_u64(&rows, t.row[i].line);
			buf_lstr(&rows, str_of(t.row[i].fault));
			buf_u32(&rows, t.row[i].n);
			for (size_t k = 0; k < t.row[i].n; k++)
				buf_lstr(&rows, t.row[i].cell[k]);
		}
	} while (t.n);
	csv_close(c);
	close(fd);
	buf_free(&said);
	return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	int file = file_of(bytes, n);
	struct buf whole = rows_of(file, 1 << 16), parts = rows_of(file, 1 + n % 7);
	if (!str_eq(buf_str(&whole), buf_str(&parts)))
		abort();
	buf_free(&whole);
	buf_free(&parts);
	close(file);
	return 0;
}
