/* watch_int - what the files of this room share. */
#ifndef WATCH_INT_H
#define WATCH_INT_H

#include "services.h"
#include "verb.h"
#include "watch.h"

enum { CHECK_AGAIN = 3600, CHECKS_WEEKLY = 7 * DAY, CATALOGUE_DAILY = DAY, SAID_MOST = 2000, CLASSES_MOST = 500 };

/* The public front of one service: asked, then kept as evidence in one transaction. A service without a domain: nothing, *done 0. */
bool front_check(struct op *, const struct service *, struct answer *, unsigned *done, unsigned *unknown);

/* A catalogue's matches become drafts, one transaction; each entry once. */
bool catalogue_match(struct op *, struct str json, struct answer *, size_t *drafts);
kinds classes_kinds(struct str words);                   /* the kinds that a text speaks of, in the catalogue's words */

bool draft_put(struct op *, struct draft *);             /* masks, works out whom and what of ours it concerns, gives it its number; in a write transaction */
void draft_tell(struct op *, const struct draft *, struct answer *);

bool told_run(struct op *, const struct args *, struct answer *);
bool drafts_run(struct op *, const struct args *, struct answer *);
bool confirm_run(struct op *, const struct args *, struct answer *);
bool discard_run(struct op *, const struct args *, struct answer *);
bool doctor_mail_run(struct op *, const struct args *, struct answer *);

#endif
