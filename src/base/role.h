/* role - starting this program anew as one of its lesser roles (keeper, box), with a line to it on descriptor 3.
 *
 * Nothing of the parent's memory is in the child; of its descriptors only 0 (null), 2 (the parent's, or null), 3 and what is
 * handed on as 4. */
#ifndef ROLE_H
#define ROLE_H

#include "base.h"
#include <sys/types.h>

enum { ROLE_LINE = 3, ROLE_EXTRA = 4 };

/* What is started: main names the program itself. NULL (a unit test, which would start itself again and again): what HANDBACK_PROGRAM
 * names, else nothing is. */
extern const char *role_program;
/* Starts `handback --role ROLE [WORK]`. *line becomes our end of a stream socket pair (close-on-exec). extra: a descriptor that
 * the child gets as ROLE_EXTRA, or -1. */
bool role_start(const char *role, const char *work, int extra, pid_t *child, int *line, struct err *);
bool line_write(int line, struct str);                   /* all of it; no SIGPIPE */
bool line_read(int line, void *, size_t);                /* exactly so many bytes; false at the end or on an error */
/* A message: a length, then so many bytes. A full buffer is not sent; one that is longer than `room`, max bytes, is not taken. */
bool line_say(int line, const struct buf *);
bool line_hear(int line, char *room, size_t max, struct cursor *);
/* A descriptor goes along a line, with one byte of its own. It stays the sender's; the taker's is close-on-exec, -1: none came. */
bool line_pass(int line, int fd);
int  line_taken(int line);
int  role_wait(pid_t child);                             /* its wait status */

/* ---- helpers: started here or, in a role that may start nothing itself, by the parent, which brokers them ---- */

struct helper { pid_t pid; int line, call; };            /* line: to it, close-on-exec; call: to the broker, -1 without one */
/* As role_start. With a broker only "box" and, by a desk, "scan", "demo", "drill" and "restore" may be asked for. */
bool helper_start(const char *role, const char *work, int extra, struct helper *, struct err *);
bool helper_wait(struct helper *, int milliseconds, int *status);        /* its wait status, once; false: it goes on. -1 ms: without end */
void helper_kill(const struct helper *);                 /* at once; helper_wait follows */

/* The asker's end: from here on this process asks on this line; called before threads begin. */
void role_broker(int line);
bool role_brokered(void);
int  role_call(const char *what, struct err *);          /* asks the parent for something that goes on over this call in words of its own; -1 with the reason */
int  role_keeper(struct err *);                          /* a line to the parent's keeper, close-on-exec; -1 with the reason */

/* The parent's end. A request is read within a second, or not at all. */
struct wanted { int call, extra; char role[16], work[32]; };             /* extra: a descriptor to hand on, or -1 */
bool broker_read(int line, struct wanted *);             /* false: the asker is gone, or speaks another language; its call is closed */
bool broker_give(int call, int line, pid_t);             /* the answer: a descriptor, which stays ours, and whose it is */
bool broker_ended(int call, int status);                 /* the helper has ended so */

#endif
