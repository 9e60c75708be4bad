/* signins - who can sign in where: the sign-ins of the staff at each holder, and a look at all of them each quarter.
 *
 * A sign-in is a flow by which a person sees what a holder has (map.h), so that a phished one answers by the formula; here stands what else is known of it.
 */
#ifndef SIGNINS_H
#define SIGNINS_H

#include "map.h"

enum { ACCESS_QUARTER = 91 };                            /* days until a sign-in is looked at again; PCI DSS 7.2.4 asks for twice a year */
enum account { ACCOUNT_UNTOLD, ACCOUNT_OWN, ACCOUNT_SHARED };
enum second { SECOND_UNTOLD, SECOND_YES, SECOND_NO };    /* a second step at signing in */
struct access {
	int64_t id;                                      /* the flow's number */
	struct holder holder, person;                    /* where, who */
	enum account account; enum second second;
	int64_t since, until;                            /* LONG_AGO: nobody knows when; FAR_OFF: it is open */
	int64_t looked;                                  /* when somebody last said that it is right; 0: never */
	int64_t wrong;                                   /* since when it is known that it should not be; 0: it should */
};
static inline bool sign_in_open(const struct access *s, int64_t now) { return s->since <= now && now < s->until; }
/* By person, then holder. ended_too: those as well that were closed. */
bool access_list(struct op *, bool ended_too, struct access **, size_t *n);
/* Open ones that nobody looked at for a quarter. */
bool access_due(struct op *, size_t *n);
/* In a write transaction: what saying so changes. */
bool access_end(struct op *, int64_t id, int64_t at);    /* a sign-in is closed there; NOT_FOUND */
bool access_say(struct op *, const struct access *);    /* keeps account, second, looked and wrong */

#endif
