/* fresh - a file that is there whole or not at all: written without a name, mode 0600, and named when it is done. For find's own files. */
#ifndef FRESH_H
#define FRESH_H

#include "base.h"

struct fresh { int fd, folder; char name[256], hidden[40]; struct buf out; bool bad; const char *what; };

/* what: the option it is for, to say so in an error. replace false: CONFLICT when the file is there already. */
/* Whether a report may be written there: nothing is there, an empty file, or an older one of ours, which has `mark` in its first 4 KiB. */
bool fresh_may_replace(struct str path, struct str mark, const char *what, struct err *e);
bool fresh_open(struct fresh *, struct str path, const char *what, bool replace, struct err *);
void fresh_put(struct fresh *, struct str);              /* kept in memory up to a block; an error is told by fresh_keep */
struct buf *fresh_buf(struct fresh *);                   /* room to write a piece into; then fresh_flush */
void fresh_flush(struct fresh *);
bool fresh_keep(struct fresh *, bool replace, struct err *);       /* named now, and on the disk. Closes it in any case */
void fresh_drop(struct fresh *);                         /* nothing stays */

#endif
