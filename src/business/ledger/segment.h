/* segment - day segments: a UTC day's touches as columns, in parts of at most PART_TOUCHES, sorted by one holder dimension.
 * Private to the ledger. Layout and figures: doc/segments.md. */
#ifndef SEGMENT_H
#define SEGMENT_H

#include "ledger.h"

enum { PART_TOUCHES = 4096 };

/* One touch on its way into the store. hint: 0, or brand << 16 | (last four + 1). */
struct row { int64_t at; uint64_t hash; uint32_t who, entry, service, person, place, flavour, hint, import; };

/* A set of kinds at each place of the path, and the doubt of the moment, as a small code; made when new. In a write transaction. */
struct flavour { uint32_t spread; kinds entry, service, person, place; };
bool flavour_code(struct op *, const struct flavour *, uint32_t *code);
bool flavour_all(struct op *, struct flavour **by_code, size_t *n);     /* [0] is empty */

struct merged { uint64_t fresh, changed, known, folded, named, unnamed; };
/* Merges rows (any order; reordered here) into their days, one transaction a day in ascending order; calls op->progress and ends
 * after a day when op_stopped (then *stopped). A row whose (service, hash) is there already updates it: kinds are OR-ed, empty
 * columns filled, an unnamed touch gets its name; a changed time, entry or person replaces the old value and counts as changed;
 * rows of equal hash within `rows` fold. moved: earlier imports from this service overlap, so a row that its day does not know is
 * looked for in the days around (a time zone was corrected). */
bool segment_merge(struct op *, struct row *rows, size_t n, bool moved, struct merged *add_to, bool *stopped);

/* Listings: who stood in a service's customer list. customers: ascending, each once. In a write transaction. */
bool listing_put(struct op *, holder_id, int64_t import, kinds, int64_t came, const uint32_t *customers, size_t n);

#endif
