/* response_int - what response's own files share. */
#ifndef RESPONSE_INT_H
#define RESPONSE_INT_H

#include "letter.h"
#include "response.h"
#include "verb.h"

/* ---- verbs of the files ---- */

bool tasks_run(struct op *, const struct args *, struct answer *);
bool task_run(struct op *, const struct args *, struct answer *);
bool ask_run(struct op *, const struct args *, struct answer *);
bool answer_run(struct op *, const struct args *, struct answer *);
bool answers_run(struct op *, const struct args *, struct answer *);
bool say_run(struct op *, const struct args *, struct answer *);
bool cost_run(struct op *, const struct args *, struct answer *);
bool assume_run(struct op *, const struct args *, struct answer *);
bool updates_run(struct op *, const struct args *, struct answer *);
bool update_run(struct op *, const struct args *, struct answer *);
bool timeline_run(struct op *, const struct args *, struct answer *);

#endif
