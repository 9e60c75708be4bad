/* readers' own files among themselves. */
#ifndef READERS_INT_H
#define READERS_INT_H

#include "readers.h"

const char *photo_type(struct str start);                /* by its first bytes; NULL: no kind of picture that is taken here */
/* Seals a photo, in the transaction that has the look. INVALID, TOO_BIG. */
bool photo_keep(struct op *, int64_t look, struct str photo);

#endif
