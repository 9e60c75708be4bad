/* picture - what is drawn: SVG made here, without styles; the page has a table of the same beside it. */
#ifndef PICTURE_H
#define PICTURE_H

#include "act.h"

/* An incident's windows as bars over time, with when it was discovered and when notices were approved. */
struct safe timeline_picture(struct visit *, const struct incident *, const struct window_row *, const struct notice_round *, size_t rounds);

#endif
