/* persons - what the pages of persons and one's own page share. */
#ifndef PERSONS_H
#define PERSONS_H

#include "desk_int.h"

struct said role_said(enum role);
bool session_rows(struct visit *, int64_t person, struct session_row **, size_t *n);     /* the browsers somebody is signed in with, latest first */

#endif
