/* task_int - what the files of the walk tell each other. */
#ifndef TASK_INT_H
#define TASK_INT_H

#include "payment.h"
#include "verb.h"

/* In a write transaction: a task for every answer that nobody knows, once; those whose answer is known now are done. open: how many are. */
bool tasks_of(struct op *, const struct answers *, size_t *open);
bool task_put(struct op *, struct str question, struct str person, int64_t due);        /* in a write transaction: a new one */
int64_t in_two_weeks(struct op *);                       /* the last second of that day */
bool payment_left_say(struct op *, struct walk *, holder_id reader, struct str what, struct str person, int64_t by);     /* as payment_answer */
bool left_apply(struct op *, const struct walk *, size_t *open);         /* in a write transaction: what was said of readers left out; open: grows by the unknown ones */
bool left_run(struct op *, const struct args *, struct answer *);
bool walk_begin(struct op *, struct walk *);             /* in a write transaction: the draft there is, or a new one with the answers in force */
bool task_list_run(struct op *, const struct args *, struct answer *);
bool task_done_run(struct op *, const struct args *, struct answer *);

#endif
