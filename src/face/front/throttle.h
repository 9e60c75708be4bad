/* throttle - how often one asker may ask: a count for each place, in a table of fixed size. Pure but for its lock. */
#ifndef THROTTLE_H
#define THROTTLE_H

#include "base.h"

enum { THROTTLE_MOST = 30, THROTTLE_SECONDS = 60, THROTTLE_PLACES = 8192 };

/* Counts one asking from this address at this second (of any clock that only goes on). Whoever holds one IPv6 address holds its /64. false: it was
 * the thirty-first within the minute. When more places ask than there is room for, the one that has been there longest is forgotten. */
bool throttle_lets(struct str address, int64_t now);

#endif
