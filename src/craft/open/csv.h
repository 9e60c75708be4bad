/* csv - tables as they come: any usual encoding, any usual delimiter. One half runs in a box and parses; the other half, outside,
 * reads what the box says and believes nothing of it.
 *
 * In the box: UTF-8 with and without BOM, UTF-16 (BOM, or seen by its NULs), else Windows-1252 when the first 1 MiB is not UTF-8, nor
 * nearly so: a foreign byte among much that is well-formed is a fault of its row;
 * comma, semicolon or tab, sniffed outside quotes on the header, before which rows of title may stand; CRLF, LF, lone CR; newlines
 * in quotes (RFC 4180, libcsv: a quote inside a bare cell is text, spaces round a bare cell are dropped). Empty lines are no rows.
 */
#ifndef CSV_H
#define CSV_H

#include "base.h"

enum { CSV_CELLS_MAX = 512, CSV_ROW_MAX = 1 << 20 };     /* cells a row; bytes a row. A row over either is told as such, and skipped */

/* The box's half: parses `fd` from its start (a pipe from where it stands) and writes batches to `line` until the end, or until
 * nobody listens. Returns the exit status: 1 when the file can't be read. */
int csv_main(int line, int fd);

/* ---- outside ---- */

enum csv_encoding { CSV_UTF8, CSV_UTF8_BOM, CSV_UTF16LE, CSV_UTF16BE, CSV_CP1252 };

struct csv_row {
	uint64_t number;                                 /* of the record in the file, from 1; the header row counts */
	uint64_t line;                                   /* of the file where it begins, from 1 */
	uint32_t n;                                      /* cells */
	const struct str *cell;                          /* well-formed UTF-8 without NUL, checked */
	bool open;                                       /* the file ends in it, without a line end: it may be cut off */
	const char *fault;                               /* NULL, or why there are no cells: "over 1 MiB", "quote not closed" ... */
};
struct csv_batch { const struct csv_row *row; size_t n; };

struct csv;
struct csv *csv_open(int line);                          /* reads what the box writes; the line stays the caller's */
void csv_close(struct csv *);
/* The next some rows, valid until the next call. n = 0 at the end. TORN: the box said something impossible, or stopped; if it
 * stopped, box_end with an err of its own says why. */
bool csv_next(struct csv *, struct csv_batch *, struct err *);
enum csv_encoding csv_encoding(const struct csv *);      /* known after the first batch */
char csv_delimiter(const struct csv *);
uint64_t csv_bytes(const struct csv *);                  /* how far in the file the box is, for progress */

#endif
