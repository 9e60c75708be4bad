/* access - what of who can sign in where (signins.h) is closed, and what is taken back, when somebody leaves; the verbs of both. */
#ifndef ACCESS_H
#define ACCESS_H

#include "questions.h"
#include "signins.h"
#include "verb.h"

/* What nobody told of these sign-ins themselves and the walk in force says of all at the payment company is set in them: for showing, never to be kept. said[i]: that
 * was so of its account; "some share one" makes each a shared one, for nobody said which. */
bool access_by_walk(struct op *, struct access *, size_t n, bool *said);

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
