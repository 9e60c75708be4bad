/* exposed - writing into a result. Private to the ledger. */
#ifndef EXPOSED_H
#define EXPOSED_H

#include "ledger.h"

void exposed_room(struct exposed *, kinds);              /* before any of these kinds is added */
void exposed_add(struct exposed *, uint32_t who, kinds);
kinds exposed_take(struct exposed *, uint32_t who);      /* what was there; nothing is, afterwards */
kinds exposed_widen(const struct exposed *, uint8_t narrow);
uint8_t exposed_narrow(const struct exposed *, kinds);

#endif
