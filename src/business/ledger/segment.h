/* segment - day segments: a UTC day's touches as columns, in parts of at most PART_TOUCHES, sorted by one holder dimension.
 * Private to the ledger. Layout and figures: doc/segments.md. */
#ifndef SEGMENT_H
#define SEGMENT_H

#include "ledger.h"

enum { PART_TOUCHES = 4096 };

/* One touch on its way into the store. hint: 0, or brand << 16 | (last four + 1). */
struct row { int64_t at; uint64_t hash; uint32_t who, entry, service, person, place, flavour, hint, import; };
#define HINT(brand, last4)  ((uint32_t)(brand) << 16 | ((uint32_t)(last4) + 1))

/* A set of kinds at each place of the path, and the doubt of the moment, as a small code; made when new. In a write transaction. */
struct flavour { uint32_t spread; kinds entry, service, person, place; };
struct flavours { struct flavour *by_code; size_t n; uint32_t spread_max; };     /* by_code[0] is empty */
bool flavour_all(struct op *, struct flavours *);
bool flavour_code(struct op *, struct flavours *, const struct flavour *, uint32_t *code);   /* adds to both */

/* ---- one part as bytes ---- */

/* Rows in their dimension's order. day: at is within it. The entry part also fills rest. */
void part_write(struct buf *blob, struct buf *rest, enum dim, int64_t day, const struct row *, size_t n);

/* A part being read: checked for bounds when opened, so that what follows may trust it. */
struct run { uint32_t value, n; };
struct part {
	size_t n;
	const uint8_t *who, *when; unsigned who_width, when_width;       /* when: second of the day | flavour << 17 */
	const uint8_t *runs[4]; uint32_t runs_n[4];                      /* by column: entry, service, person, place; a copy has its own only */
	const uint8_t *hash, *hint; const uint8_t *imports; uint32_t imports_n; unsigned hint_width;   /* of rest */
};
enum { COLUMN_ENTRY, COLUMN_SERVICE, COLUMN_PERSON, COLUMN_PLACE };
int column_of(enum dim);
bool part_open(struct part *, enum dim, struct str blob, struct str rest);       /* rest may be empty: its columns are then not there. false: torn */
struct run part_run(const uint8_t *runs, uint32_t i);
static inline uint32_t part_who(const struct part *p, size_t i)
{
	uint32_t v = 0;
	memcpy(&v, p->who + i * p->who_width, 4);        /* the column has three bytes of room behind it */
	return p->who_width == 4 ? v : v & ((1u << (8 * p->who_width)) - 1);
}
static inline uint64_t part_when(const struct part *p, size_t i)
{
	uint64_t v = 0;
	memcpy(&v, p->when + i * p->when_width, p->when_width == 4 ? 4 : 8);
	return v;
}
/* All rows of an entry part, appended. */
void part_rows(const struct part *, int64_t day, struct row *to);
uint64_t part_checksum(struct str blob, struct str rest);

/* ---- days ---- */

/* The rows of one day, decoded and checked, in the entry order; *rows is malloc'ed. */
bool day_read(struct op *, int64_t day, struct row **rows, size_t *n);
/* Replaces a day's segments by these rows (sorted here). In a write transaction. n = 0: the day goes. */
bool day_write(struct op *, int64_t day, struct row *rows, size_t n);
/* Makes the copies of a day from its rows in entry order. */
bool day_copies(struct op *, int64_t day, const struct row *rows, size_t n, bool write);     /* write false: compares; TORN when they differ */

/* ---- merging ---- */

struct merged { uint64_t fresh, changed, known, folded; };
/* Merges rows (any order; reordered here) into their days, one transaction a day in ascending order; calls op->progress and ends
 * after a day when op_stopped (then *stopped). A row whose (service, hash) is there already updates it: kinds are OR-ed, empty
 * columns filled, an unnamed touch gets its name; a changed time, entry or person replaces the old value; rows of equal identity
 * within `rows` fold. moved: earlier imports overlap, so a row that its day does not know is looked for in the days around (a time
 * zone was corrected). */
bool segment_merge(struct op *, struct row *rows, size_t n, bool moved, struct merged *add_to, bool *stopped);

/* Listings: who stood in a service's customer list. customers: ascending, each once. In a write transaction. */
bool listing_put(struct op *, holder_id, int64_t import, kinds, int64_t came, const uint32_t *customers, size_t n);

#endif
