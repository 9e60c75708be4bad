/* views - what the customer's own page is given. */
#ifndef NOTICE_VIEWS_H
#define NOTICE_VIEWS_H

#include "notice_int.h"

/* passage: what we tell this customer, without the title, which stands apart; by: how we wrote, and on which day. */
struct own_view { struct str title; const struct passage *passage; size_t n; struct str code, business, phone, day; enum notice_channel by; };

#endif
