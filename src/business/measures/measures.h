/* measures - what the business means to do in response to an incident, with the cause that it removes and what it costs in minutes a week; and the brake on what adds no
 * security and slows the business down.
 *
 * Hides the table and what is known of the measures that people reach for (data/measures.txt).
 */
#ifndef MEASURES_H
#define MEASURES_H

#include "verb.h"

enum measure_verdict { MEASURE_UNKNOWN, MEASURE_NO, MEASURE_ASK, MEASURE_YES };
/* What is known of a measure, in words of ours. */
struct known_measure { struct str name; enum measure_verdict verdict; struct str why, why_es, instead, instead_es, source, against; };       /* against: the sorts of holders where it removes something, "nothing"; empty: that is not known */
/* What the data knows of what an owner typed; false: nothing. Pure. */
bool measure_known(struct str what, struct known_measure *);

/* Does that cause belong elsewhere: is it a holder that the incident (0: none) does not suspect? A risky spot never does. */
bool measure_elsewhere(struct op *, int64_t incident, struct str cause, bool *elsewhere);
/* Should it be thought over, against that cause (empty: none was named)? Then `why` says why: what is known of it, that it has no cause, one elsewhere, or one
 * that it does not remove. Pure. */
bool measure_doubt(struct str what, struct str cause, bool elsewhere, struct known_measure *);

/* cause: a holder ("reader:Van 2 reader") or a risky spot ("R13"); empty: none was named. again: when it is looked at again. */
struct measure { int64_t id, incident; struct str what, cause, reason; int64_t staff, customers, again, made, ended; };     /* minutes a week; incident 0: none; ended 0: in force */
/* Those in force first, by the day on which they are looked at again. incident 0: all. */
bool measures_list(struct op *, int64_t incident, bool ended_too, struct measure **, size_t *n);

extern const struct verb measures_verbs[];               /* measure add|keep|drop, incident measures */

#endif
