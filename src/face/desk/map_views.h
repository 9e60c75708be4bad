/* map_views - what the pages of the map, of risky spots and of sign-ins are given to show. */
#ifndef MAP_VIEWS_H
#define MAP_VIEWS_H

#include "form.h"
#include "html.h"
#include "map.h"

struct holder_row { enum holder_sort sort; int64_t id; struct str name; const char *sort_words; struct str whole, until, keeps; };
struct flow_row { int64_t id, from_id, to_id; struct str from, to; const char *manner; struct str kinds, keeps, until; };       /* id 0: assumed; from_id 0: the customers */
struct map_view {
	const struct form *form; const struct holder_row *row; size_t holders, all; const struct flow_row *flow; size_t flows;
	struct safe wide, narrow; bool may, looks;       /* the picture, for wide screens and for phones; looks: may see risky spots and who has access */
	int64_t risks, stop;                             /* open ones; to be stopped today */
};
struct spot_place { int64_t id, holder; struct str name; };       /* holder 0: nowhere on the map */
struct risk_row { int id; const char *severity, *colour, *says, *fix, *changes, *better, *avoid, *source; const struct spot_place *place; size_t places; int minutes, cost; bool back; struct str again, reason; struct path go; struct str until, until_words; const char *later; };      /* until, later: the day and the reason that are offered for accepting it; go: where it is put right, and then goes by itself; empty: it is said to be */
struct said_row { int id; int64_t place; const char *says; struct str name, at, person; bool still, back; };      /* still: what showed it is still told; back: it shows again */
struct risks_view { const struct risk_row *now, *later, *accepted; size_t nows, laters, accepteds; const struct said_row *said; size_t saids; bool may; };
struct risk_view { const struct form *form; struct risk_row row; const struct form_choice *place; size_t places; bool may, accepted; };
struct access_row { int64_t id, holder; struct str who, where, since; const char *account, *second; bool wrong, left, due; };
struct leaving_row { struct str name, words, due; bool done, late; };
struct leaving_view { int64_t person; struct str who, last; const struct leaving_row *row; size_t rows, open; };
struct alike_row { struct str a, b; };
struct access_view {
	const struct form *form; const struct access_row *row; size_t rows, due; const struct leaving_view *leaving; size_t leavings;
	const struct form_choice *where, *who; size_t wheres, whos; bool may;
	const struct alike_row *alike; size_t alikes;    /* names that may be of one person */
};
struct keep_row { struct str kinds, keeps; };
struct holder_view {
	const struct form *form; struct holder h; const char *sort_words; struct str place, since, until;
	const struct keep_row *keep; size_t keeps; const struct str *emptied; size_t emptieds;
	const struct flow_row *in, *out; size_t ins, outs; bool may;
	const struct risk_row *risk; size_t risks;       /* at it */
};

#endif
