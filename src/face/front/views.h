/* views - what the front's pages are given. */
#ifndef FRONT_VIEWS_H
#define FRONT_VIEWS_H

#include "front.h"
#include "lookup.h"

/* read: they are known to have read the newest notice. */
struct own_view { const struct own_page *page; struct str code, business; bool read; };
struct enter_view { const char *wrong; struct str typed; };      /* wrong: what is not right with the code that was typed; NULL: none was */
/* wrong: nothing was sent, and why; read: what was sent is that they have read it. */
struct answered_view { const char *what, *wrong; struct str code; bool masked, read; };
struct proof_later_view { struct str code; };
/* form: something was not right with what was typed; else the answer. page: the notice. */
struct looked_view { const struct look_form *form; bool yes, no; struct path page; };
struct fault_view { const char *title, *say; };

#endif
