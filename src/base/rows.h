/* rows - rows of small tables (RFC 4180): our own data, and lists that a person names. What customers' exports look like is open's business. */
#ifndef ROWS_H
#define ROWS_H

#include "base.h"

/* The next row of `rest`, divided by `separator`; false at the end. field: the first `max` of its fields, in the arena; n: how many there are. torn: set
 * when a quote is not closed. */
bool row_next(struct arena *, struct str *rest, char separator, struct str *field, size_t max, size_t *n, bool *torn);

#endif
