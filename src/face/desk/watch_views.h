/* watch_views - what the pages of the watch are given. */
#ifndef WATCH_VIEWS_H
#define WATCH_VIEWS_H

#include "form.h"

struct draft_row { int64_t id, customers, incident; struct str title, service, made, reason; bool letter, confirmed, discarded; };
struct watch_view {
	const struct form *form;
	const struct draft_row *draft; size_t drafts;    /* open ones */
	const struct draft_row *past; size_t pasts;      /* decided */
	bool checks, catalogue, owner, may, asked, none; /* none: no service has a domain that could be looked at */
	struct str checked, catalogue_at, catalogue_says;        /* empty: never */
	struct str source, licence; struct site link;
};
struct maybe_view {
	const struct form *form;
	struct draft_row row;
	struct str said, classes, ours, traceless, happened, added, begins, ends, begins_day, ends_day;     /* _day: YYYY-MM-DD for a form; empty: not known */
	struct str source, licence; struct site page; struct path service;
	bool open, may, untold;                          /* untold: the map doesn't say that anything goes there */
};
struct told_view { const struct form *form; bool unknown; const struct form_choice *service; size_t services; };

#endif
