/* op_int - what op's own files tell each other. */
#ifndef OP_INT_H
#define OP_INT_H

#include "op.h"
#include "merkle.h"

bool log_flush(struct op *);                             /* writes the log's new end into the running transaction */
struct signed_so_far;                                    /* seal.h */
bool log_record(struct op *, struct signed_so_far *);    /* what the keeper's record says; a folder without one counts as lost */
bool log_record_lost(struct op *, bool *);               /* the keeper's record knows less than the log's head */
enum { HASH = TREE_HASH };
static inline struct str bytes_of(const uint8_t *p, size_t n) { return (struct str){ (const char *)p, n }; }
void log_forget(struct op *);                            /* after a transaction: the end is read anew next time */

#endif
