/* found - findings as they are kept on the map, and what the formula asks of them.
 *
 * A finding puts the kinds of the customers that it names at its holder from the earliest date that the file itself proves (LONG_AGO when it
 * proves none) until a new scan shows it gone; a deletion that is confirmed for a later moment than it was last seen ends it, too. It had
 * come by the scan that met it first. From there it goes along flows like a touch.
 */
#ifndef FOUND_H
#define FOUND_H

#include "ledger.h"

struct found {
	int64_t id; holder_id holder; struct str path, sample;
	kinds kinds, unnamed_kinds; uint64_t numbers, unnamed;           /* unnamed: of the numbers those in nobody's record */
	int64_t began, came, seen, gone;                 /* as kept */
	int64_t last;                                    /* gone, or the confirmed deletion that ended it; FAR_OFF */
	bool looked;                                     /* whose it is was looked up */
};
/* Holder by holder, in the order of their numbers, those that are gone, too. Texts live in op->a. False from `each` ends it, and is no error. */
bool found_each(struct op *, bool (*each)(void *, const struct found *), void *);
/* Whom a finding names; spot: where in the file, good during the call. */
bool found_names(struct op *, int64_t finding, bool (*each)(void *, customer_id, kinds, struct str spot), void *);

/* What a scan met in one file: kept, in a write transaction. The same as before: it was seen again. Something else: what was there is gone by
 * now, and a new finding begins. As long as it was not looked up whose it is, in this scan or the last, nothing is taken for gone: the
 * finding only grows. named: by customer, each once. */
struct named { customer_id who; kinds kinds; struct str spot; };
struct met { struct str path, sample; kinds kinds, unnamed_kinds; uint64_t numbers, unnamed; int64_t began; bool looked; const struct named *named; size_t n; };
bool found_keep(struct op *, holder_id, const struct met *, int64_t *finding);
bool found_gone(struct op *, int64_t finding);           /* a scan at op->now shows it */

struct str find_todo_of(struct arena *, kinds, struct str path);         /* what to do about a file with these kinds in it, a sentence or two */

/* Holders where something was ever found; bits_close it. */
bool found_holders(struct op *, struct bits *);
/* What of a finding answers to this, of its kinds. */
static inline kinds found_answers(const struct found *f, const struct dwell *d)
{
	int64_t end = d->by_last ? f->last : f->came;
	return f->holder.n == d->entry.n && f->began <= d->first_max && end >= d->end_min && (!d->longer || end > f->began) ? d->kinds : 0;
}
/* Findings name holders and customers that there are, and times in their order. TORN and which one is not. */
bool found_check(struct op *, uint64_t *findings);
/* The formula's half: adds whom the findings name that answer, and numbers that are nobody's. any: some did. */
bool find_at(struct op *, const struct dwell *, size_t n, struct exposed *add_to, bool *any);

#endif
