/* public - what comes and goes between the business and the public side: replies from customers' own pages.
 *
 * Hides the tables and what a sealed answer looks like (doc/front.md).
 */
#ifndef PUBLIC_H
#define PUBLIC_H

#include "ledger.h"
#include "verb.h"

/* ---- for the courier ---- */

/* Takes what visitors sent off the line from the front and keeps it, sealed as it is: no key is needed. What comes from no page of ours is dropped;
 * at most REPLIES_A_DAY of one page within a day, and REPLIES_MAX in all. */
enum { REPLIES_A_DAY = 20, REPLIES_MAX = 1000000 };
bool public_take(struct op *, int line);
/* Takes away the pages of who is forgotten. */
bool public_tidy(struct op *);

/* ---- replies ---- */

enum { REPLY_FIELDS = 4 };
struct reply_field { struct str name, value; };
/* what: "" nobody has opened it yet, "unreadable", or what its form was: read, call, address, channel, held, forget. field: only where it is opened now. */
struct reply_one { int64_t id, came, done; customer_id who; struct str ref, what, sealed; struct reply_field field[REPLY_FIELDS]; size_t n; };
/* Those that wait first, each oldest first; at most REPLIES_PAGE of them behind number `after`. open: with what stands in them (the vault is open; the look is logged). */
enum { REPLIES_PAGE = 50 };
bool replies_list(struct op *, bool done_too, int64_t after, bool open, struct reply_one **, size_t *n);
/* How many nobody has opened, and how many were opened and wait for somebody. */
bool replies_count(struct op *, int64_t *unopened, int64_t *waiting);

extern const struct verb public_verbs[];                 /* reply list|show|open|done */

#endif
