/* views - what the front's pages are given. */
#ifndef FRONT_VIEWS_H
#define FRONT_VIEWS_H

#include "html.h"

struct enter_view { const char *wrong; struct str typed; };      /* wrong: what is not right with the code that was typed; NULL: none was */
struct answered_view { const char *what; struct str code; bool masked; };
struct fault_view { const char *title, *say; };

#endif
