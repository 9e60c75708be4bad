/* person_int - what the person room's own files tell each other. */
#ifndef PERSON_INT_H
#define PERSON_INT_H

#include "person.h"

/* Runs a step in the transaction that is open, or in one of its own. */
bool step_begin(struct op *, bool *own);
bool step_end(struct op *, bool own, bool keep);
struct str hash_of(struct op *, struct str secret);      /* SHA-256, in the arena */

#endif
