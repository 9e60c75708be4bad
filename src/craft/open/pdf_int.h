/* pdf_int - what the halves of the PDF opener share. */
#ifndef PDF_INT_H
#define PDF_INT_H

#include "open_int.h"

#include <poppler.h>

/* A place on a page, in points, y downwards from its upper edge. */
struct area { double x1, y1, x2, y2; };

struct page_word { struct area at; uint32_t from, n, line; };    /* its bytes stand in what poppler gave */
/* What names the columns of a table, on this page or one before. */
struct page_table {
	struct page_heading { struct area at; size_t n; char text[64]; } heading[32];
	size_t n;
};

struct page_text {
	/* Told in the order in which a person reads it: lines of running text (row 0), and each cell of a table, with its heading; rows are
	 * numbered from 1 on each page. False: no more is wanted. */
	bool (*tell)(void *to, struct str text, struct str heading, uint32_t row);
	void *to;
	struct buf text;                /* lines not told yet */
	struct page_word *word;
	size_t words, cap;
	struct page_table table;
};
/* Reads and tells it; what stands in one of the `skip` areas is left out. */
void page_text_read(struct page_text *, PopplerPage *, const struct area *skip, size_t skips);
void page_text_free(struct page_text *);
size_t page_words_within(const struct page_text *, struct area);

struct area area_joined(struct area, struct area);
/* Whether b stands away from a, to its right: a cell of its own. */
bool page_wide_gap(const struct page_word *a, const struct page_word *b);

/* ---- tables (pdf_table.c); a row is its words from left to right ---- */

/* Whether the row names columns, under which the row below stands: then they are the table's. */
bool page_table_begins(struct page_table *, const char *text, const struct page_word *const *row, size_t n, const struct page_word *const *below,
                       size_t n_below);
/* The row's cells (at most as many as words), in order; false: it does not stand under the headings. */
struct page_cell { size_t heading, words; };
bool page_table_row(const struct page_table *, const struct page_word *const *row, size_t n, struct page_cell *, size_t *cells);

#endif
