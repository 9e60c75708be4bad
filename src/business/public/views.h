/* views - what the status page is given. */
#ifndef PUBLIC_VIEWS_H
#define PUBLIC_VIEWS_H

#include "lookup.h"
#include "status.h"

/* closed: when the incident was, empty while it is open; asks: payments by card are at risk; form: by which it is looked up, NULL: by phone; step: what people can do; own: the
 * pages of one's own are there; trust: so is that one. preview: it is only looked at, and leads nowhere. */
struct status_view { const struct status_words *words; bool preview; struct str day, closed; bool asks; const struct look_form *form; const struct str *step; size_t steps; struct str phone, dial; bool own, trust; };

#endif
