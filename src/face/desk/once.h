/* once - what is shown once, in this process's memory only; and typing back two groups of a recovery code. */
#ifndef ONCE_H
#define ONCE_H

#include "desk_int.h"

enum { ONCE_MAX = 512, CODE_GROUPS = 8 };
enum once { ONCE_SHEET = 1, ONCE_TYPED, ONCE_CODES, ONCE_TOKEN, ONCE_APP };      /* a recovery code; its two groups, as "0-5"; ... */

void once_put(struct visit *, enum once, struct str text);       /* in place of one that is there; at most ONCE_MAX - 1 bytes are kept */
struct str once_get(struct visit *, enum once);                  /* empty: there is none, or no more */
void once_end(struct visit *, enum once);                        /* wiped */

struct str group_of(struct str code, size_t which);              /* of a recovery code, from 0 */
void groups_choose(size_t group[2]);                             /* two different ones by chance, in their order */

void group_fault(struct visit *, struct form *, const char *field, size_t which);        /* this one is not what stands on the sheet */

#endif
