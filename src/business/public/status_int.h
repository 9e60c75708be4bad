/* status_int - what the status page's files share. */
#ifndef STATUS_INT_H
#define STATUS_INT_H

#include "status.h"

enum { STATUS_WAITS = 1, STATUS_OUT, STATUS_DOWN };      /* schema.sql: status_page */
enum { STATUS_MANY = 200 };                              /* incidents with a page, the latest */

/* Ours, as they are now: those for a website. */
bool status_ours(struct op *, const struct incident *, struct status_words[2]);
bool status_known(struct op *, const struct incident *, struct exposure_known *);
bool status_renew(struct op *, int64_t incident);        /* makes the files what they should be; outside a transaction */
bool status_stale(struct op *, int64_t *incident, size_t most, size_t *n);       /* those whose files are not */

#endif
