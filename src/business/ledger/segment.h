/* segment - day segments: a UTC day's touches as columns, in parts of at most PART_TOUCHES, sorted by one holder dimension.
 * Private to the ledger. Layout and figures: doc/segments.md. */
#ifndef SEGMENT_H
#define SEGMENT_H

#include "ledger.h"

enum { PART_TOUCHES = 4096, DAY_TOUCHES_MAX = 1 << 28, SPREAD_MAX = 366 * DAY };

/* One touch on its way into the store. hint: 0, or brand << 16 | (last four + 1). */
struct row { int64_t at; uint64_t hash; uint32_t who, entry, service, person, place, flavour, hint, import; };
#define HINT(brand, last4)  ((uint32_t)(brand) << 16 | ((uint32_t)(last4) + 1))

/* A set of kinds at each place of the path, and the doubt of the moment, as a small code; made when new. In a write transaction. */
struct flavour { uint32_t spread; kinds entry, service, person, place; };
struct flavours { struct flavour *by_code; size_t n, cap; uint32_t spread_max; };        /* by_code[0] is empty; in the arena */
bool flavour_same(const struct flavour *, const struct flavour *);
bool flavour_all(struct op *, struct flavours *);
bool flavour_code(struct op *, struct flavours *, const struct flavour *, uint32_t *code);   /* adds to both */

/* ---- one part as bytes: doc/segments.md ---- */

enum { SECOND_BITS = 17, SECOND_MASK = (1 << SECOND_BITS) - 1 };                 /* a moment in a part: second of the day | flavour << SECOND_BITS */

/* What a copy keeps of a touch: its holder in the copy's dimension, its customer, its moment. */
struct brief { uint32_t key, who; uint64_t when; };

/* Rows in their order, at most PART_TOUCHES, all of `day`; the blobs are cleared first. */
void part_write(struct buf *blob, struct buf *rest, int64_t day, const struct row *, size_t n);
void copy_write(struct buf *blob, enum dim, const struct brief *, size_t n);

/* A column of numbers of one width. Eight bytes may be read at any of them: the checksum stands behind the last. */
struct column { const uint8_t *p; uint64_t mask; unsigned width; };
static inline uint64_t column_at(const struct column *c, size_t i)
{
	uint64_t v;
	memcpy(&v, c->p + i * c->width, sizeof v);
	return v & c->mask;
}

/* A column of few changes: value[i] holds for the touches from end[i - 1] (0 for the first) to before end[i]. */
struct runs { size_t n; struct column value, end; };

enum { COLUMN_ENTRY, COLUMN_SERVICE, COLUMN_PERSON, COLUMN_PLACE, COLUMNS };
int column_of(enum dim);

/* A part being read. Bounds are checked when it is opened, so that what follows may trust it; the checksum is part_sound's. */
struct part { size_t n; struct column who, when; struct runs at[COLUMNS]; };     /* a copy has its own dimension's runs only */
struct rest { struct runs import; struct column hash, hint; };
bool part_open(struct part *, enum dim, struct str blob);                        /* false: torn, here and below */
bool part_runs(const struct part *, const struct runs *);                        /* ascending and covering the part: before any use of runs */
bool rest_open(struct rest *, const struct part *, struct str blob);
uint64_t part_sum(struct str blob_without_its_end);
bool part_sound(struct str blob);                                                /* its last eight bytes are the sum of the rest */
/* The rows of an entry part, everything checked. to: room for PART_TOUCHES. */
bool part_rows(struct str blob, struct str rest, int64_t day, struct row *to, size_t *n);

/* ---- days ---- */

/* Memory that is used day after day. */
struct space { void *p; size_t size; };
void *space_of(struct space *, size_t n, size_t size);   /* room for n things; what was there is lost */
struct desk { struct space pair, spare, copy[2], block, rank[5]; };
void desk_close(struct desk *);

struct rows_of { struct row *p; size_t n, cap; };
void rows_room(struct rows_of *, size_t more);           /* so many more fit */
/* Every day that there is, ascending; freed by the caller, also after a false. */
bool day_list(struct op *, int64_t **days, size_t *n);
/* Appends the rows of one day, in the entry order. TORN: damaged. */
bool day_read(struct op *, int64_t day, struct rows_of *);
/* Replaces a day's segments by these rows, given in any order. In a write transaction. n = 0: the day goes. */
bool day_write(struct op *, struct desk *, int64_t day, const struct row *rows, size_t n);
/* Compares what day_write would write of a day's rows with what is there: TORN when they differ, and where. rebuild: writes the
 * copies instead of comparing them; in a write transaction. */
bool day_compare(struct op *, struct desk *, int64_t day, const struct row *rows, size_t n, bool rebuild);
bool day_torn(struct op *, int64_t day);                 /* the error; false */

/* ---- merging ---- */

struct merged { uint64_t fresh, changed, known, folded; };
/* Merges rows (any order; reordered here) into their days, one transaction a day in ascending order; calls op->progress and ends
 * after a day when op_stopped (then *stopped). Rows of equal identity (service, hash, and no other customer) and day fold into one
 * first, the later over the earlier. A row whose identity is there already updates it: kinds are OR-ed, empty columns filled, an unnamed touch gets its
 * name; a changed time, entry, person ... replaces the old value and counts as changed; the number of the first import stays. What
 * brings nothing new is known, and a day of which everything is known is not written. moved: earlier imports overlap, so a row
 * that its day does not know is looked for in the two days before and after (a time zone was corrected) and taken from there. */
bool segment_merge(struct op *, struct row *rows, size_t n, bool moved, struct merged *add_to, bool *stopped);

/* ---- listings: who stood in a service's customer list ---- */

/* customers: ascending, each once. In a write transaction. Again: replaces. */
bool listing_put(struct op *, holder_id, int64_t import, kinds, int64_t came, const uint32_t *customers, size_t n);
/* One stored part of a listing, n customers into `to` (room for LISTING_PART). */
enum { LISTING_PART = 1 << 16 };
void listing_write(struct buf *blob, const uint32_t *customers, size_t n);
bool listing_read(struct str blob, uint32_t *to, size_t *n);             /* false: torn */

#endif
