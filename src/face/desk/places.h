/* places - the choices for where a business is and by which time it goes: the states and territories, and their zones. */
#ifndef PLACES_H
#define PLACES_H

#include "form.h"

enum { PLACES_MAX = 72 };
/* Into `out`; how many. now: what is set, which stands there even when it is elsewhere; empty: nothing is. The first one's value is empty: it is not known. */
size_t place_regions(struct form_choice out[PLACES_MAX], struct str now);
size_t place_zones(struct form_choice out[PLACES_MAX], struct str now, bool machine);      /* machine: the first one is the machine's own clock, its value empty */
const struct form_choice *place_chosen(const struct form_choice *, size_t n, struct str value);      /* NULL: it is none of them */

#endif
