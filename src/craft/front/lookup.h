/* lookup - what a status page answers to whoever paid by card: of a place and a day "yes", "no" or "perhaps", by the card's last four digits where it matters.
 *
 * The file pages/look/N (doc/front.md) holds the answers themselves and nothing else: who has the file knows what somebody would who asked about everything. Digits are
 * folded into LOOK_BUCKETS, forty numbers to each, in every file alike. What is asked is kept nowhere.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "front.h"

enum {
	LOOK_BUCKETS = 250, LOOK_SET = 32,               /* a set of buckets, a bit each, in so many bytes */
	LOOK_PLACES_MAX = 200, LOOK_PLACE_MAX = 80,      /* places, bytes of a name */
	LOOK_ROWS_MAX = 200000,
	LOOK_ANYWHERE = 0,                               /* the place of who does not say where */
};
enum look_answer { LOOK_PERHAPS, LOOK_YES, LOOK_NO };

/* For one place and day (days since 1970 where the business is) the buckets whose answer is yes, and no; in neither: perhaps. */
struct look_row { uint32_t place; int32_t day; uint8_t yes[LOOK_SET], no[LOOK_SET]; };
struct look_place { uint32_t id; struct str name; };
/* Before `from` and after `to` every answer is no; of a day between that has no row it is perhaps. row: ascending by place, then day. */
struct lookup { int32_t from, to; const struct look_place *place; size_t places; const struct look_row *row; size_t rows; };

static inline unsigned look_bucket(unsigned last4) { return last4 % LOOK_BUCKETS; }
static inline void look_add(uint8_t set[LOOK_SET], unsigned bucket) { set[bucket / 8] |= (uint8_t)(1u << bucket % 8); }
static inline bool look_has(const uint8_t set[LOOK_SET], unsigned bucket) { return set[bucket / 8] >> bucket % 8 & 1; }

/* The answer of such a row (NULL: there is none for that place and day). */
enum look_answer look_answer(int32_t from, int32_t to, const struct look_row *, int32_t day, unsigned last4);
const struct look_row *look_find(const struct lookup *, uint32_t place, int32_t day);

/* Puts the answers for incident n in place of those before; they last. TOO_BIG: over one of the limits above. */
bool front_look_put(int pages, int64_t n, const struct lookup *, struct err *);
bool front_look_drop(int pages, int64_t n, struct err *);        /* none is fine */
/* The places that can be asked for, in the arena. NOT_FOUND: there are no answers for this incident (any more). TORN. */
bool front_look_places(int pages, int64_t n, struct arena *, struct look_place **, size_t *places, struct err *);
bool front_look(int pages, int64_t n, uint32_t place, int32_t day, unsigned last4, enum look_answer *, struct err *);

/* The form that asks, as the status page has it, and again when something was not right with what was typed. host: where it is sent to by https; empty: to the
 * server that shows it. wrong: what was not right, in English; NULL: nothing was asked yet. preview: it
 * is only looked at: it can't be sent, and says so. */
struct look_form { int64_t incident; const struct look_place *place; size_t places; struct str host, port, day, digits, chosen; const char *wrong; bool preview; };
void page_look_form(struct html *, const struct look_form *);

#endif
