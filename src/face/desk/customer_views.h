/* customer_views - what the pages of customers are given to show. */
#ifndef CUSTOMER_VIEWS_H
#define CUSTOMER_VIEWS_H

#include "form.h"
#include "html.h"
#include "ledger.h"
#include "notice.h"

struct customer_row { struct customer c; struct str ways; };
struct customers_view { const struct form *form; const struct customer_row *row; size_t rows, pairs; int64_t all; bool searched, locked, may, first; struct path more; };   /* pairs: in doubt */
struct pairs_view { const struct doubtful *pair; size_t pairs, all; };
struct pair_view { const struct form *form; const struct customer *customer; bool locked, one_person; struct path path; };
struct hand_row { struct str name; const char *sort; struct str first, last, kinds; int64_t times; bool listed, found; };
struct joined_row { struct str ref; bool can_part; };
struct customer_view {
	struct customer c; struct str ways; const struct form *form; bool may, locked; struct str forgotten;
	const struct joined_row *join; size_t joins; bool joined_itself; struct notice_wish wish; const char *wished, *first;         /* who counts as one person with them; itself: by a join of their own */
};
struct piece_row { const char *what; struct str value, source, when; };
struct told_row { struct str title; const char *state; struct str when; };
struct held_view {
	struct str ref, business, phone, today;
	const struct piece_row *piece; size_t pieces; const struct hand_row *hand; size_t hands; const struct told_row *notice; size_t notices;
};
struct hands_view { struct str ref; const struct hand_row *hand; size_t hands; };

#endif
