/* access - who can sign in where: the sign-ins of the staff at each holder, a look at all of them each quarter, and what is closed when somebody leaves.
 *
 * A sign-in is a flow by which a person sees what a holder has (map.h), so that a phished one answers by the formula; here stands what else is known of it.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include "questions.h"

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

/* What is taken back from who leaves, beside sign-ins: data/risky-spots.txt. */
struct leaving_thing { const char *name; int days; struct both says; const char *source; };
extern const struct leaving_thing leaving_things[]; extern const size_t leaving_things_n;
/* One thing to do of a checklist: a sign-in to close (its number), or -1 - k for leaving_things[k]. */
struct leaving_item { int64_t item, due, done; const struct access *sign_in; struct str readers; };    /* done 0: open; readers: those that they have, for "devices" */
struct leaving { struct holder person; struct leaving_item *item; size_t n, open; };
/* Everybody who leaves or left, latest first; the checklists in the order of their days. */
bool access_leavings(struct op *, struct leaving **, size_t *n);

extern const struct verb access_verbs[];                 /* access list|add|end|look|leave|leaving|done, payment access */

#endif
