/* monitoring - who is owed codes for credit monitoring, and whether there are enough. */
#ifndef NOTICE_MONITORING_H
#define NOTICE_MONITORING_H

#include "notice_int.h"
#include "places.h"
#include "telling.h"

bool law_obliges(const struct obligation *, size_t n, struct str code);  /* it surely or probably means these people; a lawyer is asked about others first */
/* Months of monitoring that such laws owe to whom this is told; 0: none. */
unsigned months_owed(struct op *, const struct obligation *, size_t n, const struct telling *);
/* Where a code will stand, in what only shows the letter. */
void code_to_come(struct op *, const struct obligation *, size_t n, struct telling *);
/* Who of a round is owed it. offered: a vendor's offer stands, for `lasts` months, with `left` codes of nobody's; lacking: so many more are needed. */
struct monitoring { customer_id *who; size_t n; unsigned months, lasts; int64_t left, lacking; bool offered; };
bool monitoring_of(struct op *, const struct round *, const struct obligation *, size_t n, struct monitoring *);
/* The same for a page, by counts: without their numbers (who), unless a vendor's codes are offered. */
bool monitoring_seen(struct op *, const struct round *, const struct telling *, const struct obligation *, size_t n, const struct places *, struct monitoring *);
bool monitoring_may_go(struct op *, const struct monitoring *);    /* REFUSED: codes lack, or are for too short */

#endif
