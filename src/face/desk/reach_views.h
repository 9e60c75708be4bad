/* reach_views - the pages on mails that came back, on calls, and on letters that came back. */
#ifndef REACH_VIEWS_H
#define REACH_VIEWS_H

#include "form.h"
#include "notice_back.h"
#include "notice_public.h"

struct bounce_shown { struct bounce_row b; struct str why, when; const char *class; };
struct bounces_view { const struct bounce_shown *row; size_t rows; bool waiting; int64_t n; struct path more; struct str box; };     /* box: where they are read from; empty: nowhere */
struct bounce_view { struct bounce_shown one; const struct form *form; bool may, locked, opened; struct str words, mail, round; };
struct call_row { struct notice_one one; struct str name, phone, dial; };
struct calls_view {
	struct incident i; struct notice_round r; const struct form *form; struct str script[SCRIPT_LINES];
	const struct call_row *row; size_t rows; int64_t phone, in_person; bool may, locked, names; struct path path, more;
};
struct public_shown { const char *title; struct str line[PUBLIC_LINES]; size_t n; };
struct substitute_shown { struct substitute s; struct str name, wants, citation, words; };
struct unnamed_view { const struct substitute_shown *sub; size_t subs; bool cost_known; struct incident i; const struct form *form; struct public_shown shown[PUBLIC_WORDS]; bool spanish; };
struct came_row { int64_t id; struct str ref, when; bool tied, undone, other; };
/* looked: which payments fit was asked, and stands in fit; kept: whose record was made just now, and what comes next. */
struct came_view {
	struct incident i; const struct form *form; bool looked, more, may, locked; const struct form_choice *where, *fit; size_t wheres, fits;
	struct str kept, round; bool at_risk, told; const struct came_row *row; size_t rows;
};
struct returned_view { const struct form *form; struct str done, next; };        /* done: whose letter was ticked off just now */

#endif
