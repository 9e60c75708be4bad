/* paper - print-ready letters, and sheets to hang up. Hides pango and cairo.
 *
 * One PDF of many letters, each beginning on a page of its own, address where a window envelope (US #10 or DL) shows it, any
 * script. What is the same in all letters of a batch is laid out once and recorded once.
 */
#ifndef PAPER_H
#define PAPER_H

#include "base.h"

/* exact: its lines stay whole, in type as small as that needs: what a program is to read again, never what people are told. */
enum passage_sort { PASSAGE_TITLE, PASSAGE_HEADING, PASSAGE_TEXT, PASSAGE_BULLET, PASSAGE_NUMBERED, PASSAGE_EXACT };
struct passage { enum passage_sort sort; struct str text; };

enum paper_size { PAPER_LETTER, PAPER_A4 };
struct paper_style {
	enum paper_size size;
	struct str sender;                               /* lines: name, address, phone */
	const char *language;                            /* for the choice of scripts, and "Page 1 of 2": "en" */
};
struct sheet {
	struct str address;                              /* lines: name, street, city ... */
	struct str date;
	struct str code;                                 /* short, printed small at the foot with the page number: what the list names */
	const uint8_t *dark; unsigned wide;              /* a QR code at the top right of its first page, wide x wide modules, 1 is dark; wide 0: none */
	const struct passage *passage; size_t n;
};
struct paper_result { unsigned pages, first_page; bool address_cut, missing_glyphs; };   /* of one letter. cut: it did not fit the window; missing: no font here has some letter */

/* Writes one PDF for n letters (at least 1) to fd (the caller syncs and closes). results: n, or NULL. Texts at 12 point (breach
 * laws' floor is 10); PDF 1.5, fonts embedded, no dates: the same letters give the same bytes. False: INVALID or TOO_BIG for a text
 * (not UTF-8, over 256 KiB, over 1,000 passages or 99 pages a letter), OUTSIDE when it could not be written; what is in the file
 * then is of no use. About 2,000 letters a file is the caller's business. */
bool paper_letters(int fd, const struct sheet *, size_t n, const struct paper_style *, struct paper_result *, struct err *);

/* One page of few words in large type, to hang up or to carry: a title, numbered lines, what to do when something is odd, and a QR code. */
enum placard_size { PLACARD_LETTER, PLACARD_A4, PLACARD_POCKET };    /* pocket: a Letter sheet of six cards, to be cut apart */
struct placard {
	struct str above, title;                         /* above: small, over the title */
	const struct str *line; size_t n;                /* numbered when there are several, at most PLACARD_LINES */
	struct str odd_title, odd;
	struct str foot;                                 /* small, below; empty: none */
	const uint8_t *dark; unsigned wide;              /* the QR code, wide x wide modules, 1 is dark; NULL: none */
	struct str code;                                 /* what the QR code says, printed beside it */
};
enum { PLACARD_LINES = 20 };
/* The largest type in which all fits on one page. Faults as above; TOO_BIG also when it does not fit in the smallest. The same words give the same
 * bytes. */
bool paper_placard(int fd, const struct placard *, enum placard_size, const char *language, struct err *);

/* A card for the counter, A5: a few sentences, and a box with the QR code, where it leads (url, as people type it), and whom to call. note: small, at the foot. Faults as
 * above. */
struct counter_card { struct str business, title; const struct str *line; size_t n; const uint8_t *dark; unsigned wide; struct str more, url, call, phone, note; };
bool paper_card(int fd, const struct counter_card *, const char *language, struct err *);

#endif
