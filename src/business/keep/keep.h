/* keep - what we owe those whose data we keep ourselves: showing a customer whose hands it was in, forgetting at their wish; backup and restore.
 *
 * Hides what a backup looks like: doc/backups.md. */
#ifndef KEEP_H
#define KEEP_H

#include "incident.h"

/* One holder through whose hands a customer's information went: which kinds, first and last touch and how many; listed: a customer list of its
 * shows them; found: a file there does. By holder number. */
struct hand { struct holder holder; kinds kinds; int64_t first, last, times; bool listed, found; };
bool keep_hands(struct op *, customer_id, struct hand **, size_t *n);

/* Takes out all that is sealed, or found by a keyed hash: when the key is lost for good. In a write transaction. */
bool keep_lost(struct op *);

extern const struct verb keep_verbs[];                   /* customer show|forget, backup, restore */

#endif
