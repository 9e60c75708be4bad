/* veil - contacts as those may see them who may not see them whole (OWASP ASVS 5.0, 8.2.3): enough to tell two people apart, too little to write to them.
 * How long what is left out is does not show. Pure.
 */
#ifndef VEIL_H
#define VEIL_H

#include "ledger.h"

struct str veil_name(struct arena *, struct str);        /* "Ann Ames": A... A...; at most four words */
struct str veil_email(struct arena *, struct str);       /* "ann@example.com": a...@e... */
struct str veil_phone(struct arena *, struct str);       /* the last two figures: ...01 */
struct str veil_address(struct arena *, const struct address *);         /* the city's first letter and the region: M..., US-NY */
/* Every contact of an opened customer, in place; what cannot be veiled is dropped, not shown. An address keeps its region alone, and its veiled city. */
void veil_customer(struct arena *, struct customer *);

#endif
