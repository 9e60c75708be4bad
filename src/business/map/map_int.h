/* map_int - what map's own files tell each other. */
#ifndef MAP_INT_H
#define MAP_INT_H

#include "map.h"

enum { SELF = 1, BACKUPS };                              /* Handback's own holders: map_begin makes them first */
enum { FLOWS_MAX = 8 };                                  /* in a row (MODEL: the one formula) */
enum { WAYS_MAX = 2000000 };                             /* steps in following ways: a map more tangled than that is refused */

/* Flows by the holder they lead to, and by the one they come from: [start[h], start[h + 1]) in order[]. */
struct index { uint32_t *start, *order; };
struct index flows_by(struct op *, const struct atlas *, size_t size, bool target);      /* size: largest holder number + 1 */

/* What following ways needs of the holders, by number: there may be tens of thousands. sort 0: there is none. */
struct standing { uint32_t place; uint8_t sort; };
bool standing_read(struct op *, struct standing **, size_t *size);
bool atlas_flows(struct op *, struct atlas *);           /* all but the holders */

/* Would this flow be the ninth in a row that passes one kind and comes back to no holder? */
bool map_chain_too_long(struct op *, const struct atlas *, const struct flow *more, bool *too_long);

#endif
