/* passkeys - how a page asks a browser for a passkey, and what comes back in the form (look/desk.js). */
#ifndef PASSKEYS_H
#define PASSKEYS_H

#include "desk_int.h"
#include "passkey.h"

/* What a page of this session asks for: one of a person's passkeys, or (making) a new one. false: passkeys do not count here, for the address is
 * a number and no name. */
bool passkeys_ask(struct visit *, int64_t person, bool making, struct passkey_ask *);
bool passkeys_count(struct visit *);                     /* do they, under this address? */
/* The form's answer to what was asked with this id. *person: whose it is. REFUSED. */
bool passkeys_right(struct visit *, const uint8_t id[LOGIN_ID], int64_t *person);
bool passkeys_add(struct visit *, struct str name);      /* the form's new one, for who is signed in */

/* Before anybody is signed in: a number in a cookie, which this process knows again for ten minutes, and takes once. */
bool passkeys_door(struct visit *, struct passkey_ask *);
bool passkeys_door_right(struct visit *, int64_t *person);

#endif
