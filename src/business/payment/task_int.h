/* task_int - what the files of the walk tell each other. */
#ifndef TASK_INT_H
#define TASK_INT_H

#include "payment.h"

/* In a write transaction: a task for every answer that nobody knows, once; those whose answer is known now are done. open: how many are. */
bool tasks_of(struct op *, const struct answers *, size_t *open);
bool walk_begin(struct op *, struct walk *);             /* in a write transaction: the draft there is, or a new one with the answers in force */
bool task_list_run(struct op *, const struct args *, struct answer *);
bool task_done_run(struct op *, const struct args *, struct answer *);

#endif
