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
/* A descriptor goes along a line, with one byte of its own. It stays the sender's; the taker's is close-on-exec, -1: none came. */
bool line_pass(int line, int fd);
int  line_taken(int line);
int  role_wait(pid_t child);                             /* its wait status */

#endif
