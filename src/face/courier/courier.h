/* courier - sends what was approved, with no page and no command open: rounds when they are due, what a mail server put off, letters. A role of its
 * own, started by `ui` and `serve`; it holds no key, and opens contacts by a round's leave only, once somebody has opened the vault. */
#ifndef COURIER_H
#define COURIER_H

#include "op.h"

/* The role. line: closed by the parent when it shall end; broker: where it asks for a line to the keeper (base/role.h). */
int courier_main(int line, int broker, const char *folder);

/* Whether one is at work on this business, and what it has to say, for people: that it waits for somebody to sign in, why the mail server can't be
 * used, or that none is at work. say is empty when all is well. */
struct courier_state { bool runs; struct str say; };
bool courier_state(struct op *, struct courier_state *);

#endif
