/* exposure - the formula: who was exposed by these holders in these windows, which kinds of theirs, and why. */
#ifndef EXPOSURE_H
#define EXPOSURE_H

#include "ledger.h"

/* with_touches: also first, last and number of the touches that answer. */
bool exposure_of(struct op *, const struct suspicion *, size_t n, bool with_touches, struct exposed **, struct sources *);

/* Its map half alone: where it looks, what it assumes. */
bool exposure_sources(struct op *, const struct suspicion *, size_t n, struct sources *);

/* Which kinds of this touch answer to these sources; 0: it does not. */
kinds exposure_touch(const struct sources *, const struct touch *);
kinds exposure_listing(const struct sources *, const struct listed *);  /* likewise */
/* Every touch, with what of it answers to these sources (0: nothing), in day order: slow and plain, as ledger_each_touch. listed: whether a listing answers with
 * one of these kinds. */
bool exposure_each_touch(struct op *, const struct sources *, void (*each)(void *, const struct touch *, kinds answers), void *to);
bool exposure_listed(struct op *, const struct sources *, kinds, bool *listed);

/* The ledger is so small that an answer takes some milliseconds: it is worked out at each asking, and not kept. */
bool exposure_quick(struct op *, bool *yes);

/* Why one customer is in it: each touch, listing or finding that answers, with the way it went and the retentions that count. A
 * finding's `at` is when it was last seen. */
struct reason {
	bool listing, finding; int64_t at; uint32_t spread; holder_id entry; enum dim dim; kinds kinds;
	struct str way;                                  /* "Van 2 reader" or "Square -> Handback -> Backup" */
	struct str because;                              /* one sentence: what answers, told or assumed */
	uint8_t brand; uint16_t last4; bool has_last4;
	uint32_t suspicion;
};
bool exposure_why(struct op *, const struct suspicion *, size_t n, customer_id, struct reason **, size_t *m);

/* The same by brute force, over decoded touches, following the flows second by second arithmetic by itself; shares nothing with
 * map_sources and ledger_touched. For --verify and the property tests. */
bool exposure_brute(struct op *, const struct suspicion *, size_t n, struct exposed **);
bool exposed_same(const struct exposed *, const struct exposed *, uint32_t *differs_at);

/* Questions whose answer would replace an assumption: "how long does Square itself keep this?" */
bool exposure_questions(struct op *, const struct sources *, struct str **, size_t *n);

#endif
