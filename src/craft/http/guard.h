/* guard - ends connections whose request does not come to an end (the library's own time limit begins anew with every byte), and those of an asker
 * who holds very many, so that nobody takes all that there are. */
#ifndef GUARD_H
#define GUARD_H

#include "base.h"

struct guard;                                            /* one server's connections */
struct guarded;                                          /* one connection */
struct guard *guard_open(struct err *);                  /* starts a thread that looks once a second; NULL with the reason */
void guard_close(struct guard *);                        /* after the last connection is gone; NULL is fine */
/* The socket is shut down when so many seconds are over; at once, if its place has `most` already. place: who it comes from; 0: is not counted. */
struct guarded *guard_add(struct guard *, int fd, uint64_t place, size_t most, unsigned seconds);
void guard_until(struct guard *, struct guarded *, unsigned seconds);    /* counted anew from now */
void guard_drop(struct guard *, struct guarded *);       /* before the socket is closed */

#endif
