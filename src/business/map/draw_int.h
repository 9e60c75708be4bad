/* draw_int - what the picture's own files tell each other. */
#ifndef DRAW_INT_H
#define DRAW_INT_H

#include "draw.h"

/* One stretch of tracks between boxes: what runs there side by side. Two that touch (closer than `apart`) get different tracks. */
struct stretch { int place; uint32_t net; int low, high, track; };
/* Gives each stretch of one place its track, from 0; short ones first, so that they lie innermost. The number of tracks of `place`. */
int tracks_give(struct stretch *, size_t n, int place, int apart);
/* The stretch of that net at that place; made when there is none. */
struct stretch *stretch_of(struct stretch *, size_t *n, int place, uint32_t net);
void stretch_cover(struct stretch *, int from, int to);

/* Lines of one class out of one box share their tracks: a net. */
static inline uint32_t net_of(const struct draw_line *l) { return (uint32_t)l->from * 2 + l->card; }

void lay_wide(struct arena *, struct drawing *);
void lay_narrow(struct arena *, struct drawing *);

#endif
