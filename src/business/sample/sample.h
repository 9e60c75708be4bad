/* sample - the invented business: Fernwood Plumbing, three vans with phone readers, an office, its customers and a year of their
 * payments, as its processor would export them. The same seed and size give the same bytes. All people are invented; addresses
 * are at example.com (RFC 2606), telephone numbers 555-01xx. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "verb.h"

struct sample { uint64_t seed; uint32_t customers; uint32_t payments; int64_t from, to; };
bool sample_square_customers(const struct sample *, int fd, struct err *);      /* a Square customer directory export */
bool sample_square_transactions(const struct sample *, int fd, struct err *);   /* a Square transactions export */
bool sample_touches(const struct sample *, uint32_t readers, int fd, struct err *);   /* our own format: for measuring */

extern const struct verb sample_verbs[];                 /* sample: writes the files into a folder */

#endif
