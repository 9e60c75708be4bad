/* front_int - how front's own files write into pages/. */
#ifndef FRONT_INT_H
#define FRONT_INT_H

#include "front.h"

/* The folder `name` in another; make: made when it is not there. A descriptor, close-on-exec; -1, with the reason where e is not NULL. */
int pages_folder(int in, const char *name, bool make, struct err *e);
/* A file of these pieces: written beside, then named. last: it is on the disk before it has its name, and the name afterwards. */
bool pages_put(int folder, const char *name, const struct str *piece, size_t n, bool last, struct err *);

#endif
