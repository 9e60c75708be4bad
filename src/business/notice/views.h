/* views - what the customer's own page is given. */
#ifndef NOTICE_VIEWS_H
#define NOTICE_VIEWS_H

#include "html.h"
#include "paper.h"

/* The passages behind the title. */
struct own_text_view { const struct passage *passage; size_t n; };
#endif
