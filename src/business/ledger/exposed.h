/* exposed - writing into a result. Private to the ledger. */
#ifndef EXPOSED_H
#define EXPOSED_H

#include "ledger.h"

/* These kinds may be added from now on. Below: of a customer's kinds those that are among them. */
void exposed_room(struct exposed *, kinds);
bool exposed_fits_narrow(const struct exposed *);        /* a mask, if there is one, is narrow; exposed_narrow says how */
uint8_t exposed_narrow(const struct exposed *, kinds);

void exposed_expect(struct exposed *, size_t touches);   /* so many may be added now */
void exposed_add(struct exposed *, uint32_t who, kinds); /* not 0 */
void exposed_settle(struct exposed *);                   /* after adding, before looking or taking */
kinds exposed_take(struct exposed *, uint32_t who);      /* what was there; nothing is, afterwards */

#endif
