/* paper's own files among themselves. Lengths are points (1/72 in), y grows downwards. */
#ifndef PAPER_INT_H
#define PAPER_INT_H

#include "paper.h"

#include <pango/pangocairo.h>

#define INCH 72.0
#define MM   (72.0 / 25.4)

struct form {                                    /* where things stand on a sheet */
	double width, height;
	double left, text_width;                     /* the text's column */
	double sender_top, sender_height;
	double address_left, address_top, address_width, address_height;
	double first_top, next_top, bottom;          /* the text: on a letter's first page, on the others; its end */
	double foot;                                 /* the foot's base line */
};

/* The layouts used last, by what they are of: what is the same from letter to letter, or twice on one, is laid out once. */
#define KEPT 24
struct kept { char *text; size_t n; double size, width; bool bold; PangoLayout *layout; uint64_t used; };

struct pen {                                     /* what everything is drawn with */
	const struct form *form;
	cairo_t *cr;
	PangoContext *context;
	bool english;
	bool missing_glyphs;                         /* a letter of the sheet in hand is in no font */
	const int *stop;                             /* not 0: the file could not be written, what is still drawn is of no use */
	PangoFontDescription *font;
	struct kept kept[KEPT]; uint64_t uses;
	cairo_surface_t *sender; bool sender_missing;        /* the sender's block, recorded; NULL while none is made */
};

/* ---- paper.c ---- */

/* One PDF into fd: sheets of this form's width and height, drawn by `draw`, which ends each with cairo_show_page. */
bool pdf_draw(int fd, const struct form *, const char *language, bool (*draw)(void *, struct pen *, struct err *), void *, struct err *);
bool text_readable(struct str, struct err *);    /* UTF-8, and not too long */

/* A layout of this text, its size in points; width < 0: never wrapped. The caller unrefs it. */
PangoLayout *pen_layout(const struct pen *, struct str text, double size, bool bold, double width);
/* The same for a line that may come again; it ends in an ellipsis where it is wider. The pen's, until KEPT others were asked for. */
PangoLayout *pen_line(struct pen *, struct str text, double size, bool bold, double width);

/* A QR code in a square of that side. */
void pen_code(const struct pen *, const uint8_t *dark, unsigned wide, double x, double y, double side);

/* ---- fixed.c: what stands at a fixed place ---- */

void fixed_sender(struct pen *, struct str lines);
bool fixed_address(struct pen *, struct str lines);      /* false: it did not fit, and was cut */
void fixed_code(const struct pen *, const uint8_t *dark, unsigned wide);  /* at the top right, clear of the window */
void fixed_foot(struct pen *, struct str code, unsigned page, unsigned pages);

/* ---- flow.c: what flows down the pages ---- */

struct flow;
struct flow *flow_open(struct pen *);
void flow_close(struct flow *);

/* Lays out a letter's date and passages and breaks them into pages: how many, at least 1, or 0 if there are more than
 * PAGES_MAX. It stands until the next call. */
#define PAGES_MAX 99
unsigned flow_letter(struct flow *, const struct sheet *);
void flow_draw(struct flow *, unsigned page);    /* page: from 0 */

#endif
