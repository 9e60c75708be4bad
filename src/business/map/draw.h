/* draw - the map as a picture people understand: swim lanes, the card's way apart from the way of customers' other details.
 *
 * Pure: from the map's plain struct to boxes and lines, and from those to SVG. Wide: the lanes stand beside each other. Narrow, for a phone: they
 * lie below each other, the card's way runs on the left and the details' way on the right. No box lies on another, every flow that is in use is a
 * line, and no line crosses a box. More than BOXES_SINGLE holders, or LINES_SINGLE lines: those of one sort with the same flows become one box, and if that
 * is not enough, all of one sort; so a picture has at most BOXES_MAX boxes, however large the map is.
 */
#ifndef DRAW_H
#define DRAW_H

#include "map.h"
#include "verb.h"

enum lane { LANE_CUSTOMERS, LANE_PEOPLE, LANE_DEVICES, LANE_SERVICES, LANE_STORES, LANES };
enum { BOXES_SINGLE = 25, LINES_SINGLE = 36, BOXES_MAX = 60, DRAW_POINTS = 8 };

struct draw_box {
	int x, y, w, h;
	enum lane lane; int row;                         /* its place in the lane, from 0 */
	enum holder_sort sort;                           /* 0: the customers */
	const uint32_t *holder; size_t n;                /* which of the map's holders: indexes into atlas.holder */
	bool closed;                                     /* no longer used, but what it keeps was not deleted yet */
};
struct draw_point { int x, y; };
/* One line for all flows between two boxes that carry the same class of information. */
struct draw_line {
	size_t from, to;                                 /* boxes */
	bool card;                                       /* what a card holds (number, end date, code, stripe, PIN); else other details */
	bool assumed;                                    /* nobody told of it: what a sort of holder is for */
	kinds kinds;                                     /* of that class; 0 when assumed */
	struct draw_point at[DRAW_POINTS]; size_t n;
};
struct draw_band { enum lane lane; int x, y, w, h, name_x; };
struct drawing {
	bool narrow;
	int w, h;
	struct draw_box *box; size_t boxes;
	struct draw_line *line; size_t lines;
	struct draw_band band[LANES]; size_t bands;
};

/* The map as of `now`: closed flows are left out, and holders where everything was deleted since they were closed. Lives in the arena. */
void draw_map(struct arena *, const struct atlas *, int64_t now, bool narrow, struct drawing *);
kinds draw_card_kinds(void);                             /* what makes the card's way */

/* A risky spot on a holder that is drawn; from a room above. level: 1 stop it today, 2 soon, 3 good to do. */
struct draw_mark { holder_id holder; int level; struct str words; };
/* What stands in a picture, in the reader's language. */
struct draw_words {
	const char *title, *desc, *lane[LANES], *sort[PLACE + 1], *sorts[PLACE + 1];   /* sorts: of several */
	const char *customers, *card, *details, *assumed, *spot, *closed;
	struct str (*kinds)(void *to, kinds); void *to;
	const char *link;                                /* in front of a holder's number: "/holder/"; NULL: no links */
	const char *all;                                 /* where a box of several leads: "#holder-" and the first one's number */
};
/* English, without links, for files; op: where texts live. */
struct draw_words draw_english(struct op *);
/* One <svg> with title and description; its ids begin with `id`. Colours are attributes, so that it stands by itself, and classes (map-...), so that a page's
 * style may say otherwise. No styles, no scripts. marks may be NULL. */
void draw_svg(struct buf *, const struct atlas *, const struct drawing *, const struct draw_words *, const char *id, const struct draw_mark *, size_t marks);
/* The verb "map", whose fields are format and narrow: the map as text, SVG, DOT or JSON. The marks, which may be NULL, stand in the picture alone. */
bool map_tell(struct op *, const struct args *, const struct draw_mark *, size_t marks, struct answer *);

#endif
