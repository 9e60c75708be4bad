/* drill - an incident that is invented, to practise on a copy of one's own data: from "told" to "all notices approved", step by step.
 *
 * The copy is a data folder inside the data folder (`drill/`); a setting in it says what is practised, and makes sure that nothing in it is ever
 * sent (notice_send_due). Evidence for PCI DSS v4.0.1 12.10.2: the plan for incidents is tested once a year.
 */
#ifndef DRILL_H
#define DRILL_H

#include "notice.h"
#include "verb.h"

enum { DRILL_EVERY = 365 * DAY };

/* A case, and how far it has come: moments, 0 where it has not yet. story: of data/drills.txt. [from, to): the window that the case tells. */
struct drill {
	int64_t id;
	struct str story, holder; int64_t from, to;
	int64_t told, opened, seen, drafted, approved;   /* seen: who is at risk; drafted: the first notice; approved: the last, when nobody at risk is left out */
	int64_t customers;                               /* at risk by the incident that was opened */
	struct str who;                                  /* who practised */
};

/* Invents the next case, each in turn, about the holder of its sort whose two weeks concern most customers. CONFLICT: there is nobody in the ledger
 * whom any case would concern. Writes nothing. */
bool drill_invent(struct op *, struct drill *);
/* Makes the copy, in which `d` is told as of now, in `folder`, which is not there yet. A broken-off copy is the caller's to take away. */
bool drill_copy(struct op *, struct str folder, struct drill *d);
struct str drill_folder(struct op *);                    /* where the copy of this data folder is */

/* Is this data folder such a copy? Then what is practised, and how far that is, computed from its own tables; else told is 0. */
bool drill_here(struct op *, struct drill *);
/* Who is at risk by this incident stood on a page. On a copy the first time is kept, of the incident that was opened in it; elsewhere nothing is done. */
bool drill_seen(struct op *, int64_t incident);
/* The case in a sentence or two, as somebody would tell it. */
struct str drill_story(struct op *, const struct drill *, bool spanish);

/* Those that were kept, the latest first. */
bool drills(struct op *, struct drill **, size_t *n);
/* How long each step took, in seconds: opened, seen, drafted, approved, each since the one before, and all together; -1: not there yet. */
enum { DRILL_STEPS = 5 };
void drill_steps(const struct drill *, int64_t took[DRILL_STEPS]);
/* The one before `id`, the latest for 0; told is 0: there was none. */
bool drill_before(struct op *, int64_t id, struct drill *);
/* "2 minutes less", "40 seconds more", "the same". */
struct str drill_difference(struct op *, int64_t took, int64_t before, bool spanish);
/* "12 minutes", "1 hour 5 minutes", "40 seconds". */
struct str drill_time(struct op *, int64_t seconds, bool spanish);
/* The certificate of one, with the one before beside it, as PDF into fd. NOT_FOUND. */
bool drill_certificate(struct op *, int64_t id, bool spanish, int fd);

extern const struct verb drill_verbs[];                  /* drill list|show|certificate|keep */

#endif
