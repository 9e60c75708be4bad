/* pdf_int - what the halves of the PDF opener share. */
#ifndef PDF_INT_H
#define PDF_INT_H

#include "open_int.h"

#include <poppler.h>

/* A place on a page, in points, y downwards from its upper edge. */
struct area { double x1, y1, x2, y2; };

struct page_text {
	struct buf text;                /* its lines, in the order in which a person reads them */
	struct page_word { struct area at; uint32_t from, n, line; } *word;      /* their bytes stand in what poppler gave */
	size_t words, cap;
};
/* Reads it anew; what stands in one of the `skip` areas is left out. */
void page_text_read(struct page_text *, PopplerPage *, const struct area *skip, size_t skips);
void page_text_free(struct page_text *);
size_t page_words_within(const struct page_text *, struct area);

#endif
