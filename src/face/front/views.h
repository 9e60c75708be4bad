/* views - what the front's pages are given. */
#ifndef FRONT_VIEWS_H
#define FRONT_VIEWS_H

#include "html.h"
#include "lookup.h"

struct enter_view { const char *wrong; struct str typed; };      /* wrong: what is not right with the code that was typed; NULL: none was */
struct answered_view { const char *what; struct str code; bool masked; };
struct proof_later_view { struct str code; };
/* form: something was not right with what was typed; else the answer. page: the notice. */
struct looked_view { const struct look_form *form; bool yes, no; struct path page; };
struct fault_view { const char *title, *say; };

#endif
