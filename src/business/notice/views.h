/* views - what the customer's own page is given. */
#ifndef NOTICE_VIEWS_H
#define NOTICE_VIEWS_H

#include "notice_int.h"

/* What a customer was told in one round: HTML, escaped; the title, the day, and all else. */
struct own_told { int64_t incident, round; enum language language; struct safe title, day, text; };
enum { OWN_TOLD_MAX = 24 };
/* The passages behind the title. */
struct own_text_view { const struct passage *passage; size_t n; };
/* told: newest first, one at least; by: how they are written to now. */
struct own_view { const struct own_told *told; size_t n; struct str code, business, phone; enum notice_channel by; };

#endif
