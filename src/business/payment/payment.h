/* payment - how the business is paid: going through the questions, what the answers put on the map, what is still to be found out, and which of the
 * card industry's questionnaires fits.
 *
 * Hides the questions (data/questions.txt), the drafts of answers, and the rules by which answers become holders, flows and retention.
 */
#ifndef PAYMENT_H
#define PAYMENT_H

#include "map.h"

/* ---- what is still to be found out ---- */

struct task { int64_t id; struct str question, person; int64_t due, made, done; };      /* done 0: it is open; due: the day's last second */
bool payment_tasks(struct op *, bool done_too, struct task **, size_t *n);       /* the most urgent first */
bool payment_task_done(struct op *, int64_t id);         /* in a write transaction. NOT_FOUND; done twice is fine */

extern const struct verb payment_verbs[];                /* task list|done */

#endif
