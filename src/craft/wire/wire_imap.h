/* wire_imap - reads what has come into a mailbox elsewhere, by IMAP (RFC 3501) over TLS. The mailbox is only looked at (EXAMINE, BODY.PEEK): nothing in it is
 * deleted, moved or marked as read. */
#ifndef WIRE_IMAP_H
#define WIRE_IMAP_H

#include "wire.h"

/* imaps://user@host:port/FOLDER; % and two hex digits for what can't stand there. INVALID. */
bool wire_box_account(struct str url, struct wire_account *, struct str *folder, struct arena *, struct err *);

/* How far it was read: the mailbox's UIDVALIDITY (0: never) and the last UID. With another validity all is new. */
struct imap_at { uint32_t validity, uid; };
enum { IMAP_AT_ONCE = 500 };
/* Gives each mail that has come since, oldest first, at most IMAP_AT_ONCE of them and `most` bytes of each; not those from before the day of `since`. *at moves
 * behind the last that `each` took (false from it ends, with its reason in err). more: there are more. OUTSIDE: the server could not be read; then *at is behind what was. */
bool wire_imap(const struct wire_account *, struct str folder, int64_t since, size_t most, struct imap_at *at, bool (*each)(void *, struct str mail), void *to, bool *more, struct err *);

#endif
