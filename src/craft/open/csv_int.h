/* csv_int - what both halves of the csv reader agree on: the frames on the line, and their limits.
 *
 * The line carries one csv_head, then frames. A frame is a csv_frame and, right behind it, its tables: csv_line[rows],
 * uint32_t[cells] with the length of each cell, text[text] with the cells one after another. Numbers are the machine's own: both
 * ends are the same program. A frame without rows is the end.
 */
#ifndef CSV_INT_H
#define CSV_INT_H

#include "csv.h"

/* A frame is sent when it passes one of these; the row that does so may add a whole row's worth. */
enum { CSV_FRAME_ROWS = 1 << 14, CSV_FRAME_CELLS = 1 << 16, CSV_FRAME_TEXT = 1 << 18 };
enum { CSV_CELLS_CAP = CSV_FRAME_CELLS + CSV_CELLS_MAX, CSV_TEXT_CAP = CSV_FRAME_TEXT + CSV_ROW_MAX };

enum csv_fault { FAULT_NONE, FAULT_BYTES, FAULT_CELLS, FAULT_NUL, FAULT_UTF8, FAULT_QUOTE, FAULT_COUNT };

struct csv_head  { uint8_t encoding; char delimiter; };
struct csv_frame { uint32_t rows, cells, text, open; uint64_t bytes; };    /* open: the file ends in its last row, without a line end; bytes: read of it so far */
struct csv_line  { uint64_t line; uint32_t cells, fault; };                /* a row that has a fault has no cells */

/* Whether it is all ASCII without NUL, eight bytes at a time. Bytes from 1 to 0x7F are the only ones that neither have their
 * high bit set nor get it when 1 is taken away. */
static inline bool csv_plain(struct str s)
{
	const uint64_t ones = UINT64_MAX / 255, high = ones << 7;
	uint64_t odd = 0, word;
	for (; s.n >= 32; s.p += 32, s.n -= 32) {
		for (size_t i = 0; i < 32; i += 8) {
			memcpy(&word, s.p + i, 8);
			odd |= word | (word - ones);
		}
		if (odd & high)                          /* a borrow may raise a false alarm only beside a real one */
			return false;
	}
	for (; s.n; s.p++, s.n--)
		odd |= (uint64_t)(*s.p & 0x80) | (*s.p == 0 ? 0x80 : 0);
	return !(odd & high);
}

/* The box's half with its ends open, for tests: reads fd, hands what it has to say to `say` (false from there ends it), and parses
 * `piece` bytes at a time. Returns the exit status. */
int csv_box(int fd, size_t piece, bool (*say)(void *to, struct str), void *to);

#endif
