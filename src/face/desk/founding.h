/* founding - how a desk before the founding asks the parent to found the business: one message, and one answer. The desk can make no file in the
 * data folder; the parent can, and checks what it is told as it would a command line.
 */
#ifndef FOUNDING_H
#define FOUNDING_H

#include "base.h"

enum { FOUNDING_MAX = 4096, FOUNDING_KEY = 32 };         /* bytes of a message; letters of a one-time link's key */

struct founding_asked { struct str name, region, timezone, passphrase; };        /* region, timezone: empty, not told */
/* The desk's end, by role_broker's line. code: the recovery code; key: of the link with which the next desk lets the visitor in. Wipe both. On false
 * the parent's own words say why, and nothing was made. */
bool founding_ask(const struct founding_asked *, char code[64], char key[FOUNDING_KEY + 1], struct err *);
/* The parent's end of the same call. Texts point into `room`, which is FOUNDING_MAX bytes; wipe it. */
bool founding_take(int call, char *room, struct founding_asked *);
bool founding_answer(int call, struct str code, struct str key, const struct err *);     /* without a code: err says why */

#endif
