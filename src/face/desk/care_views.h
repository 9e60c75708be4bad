/* care_views - what the pages of readers, of the practice for staff and of trust are given to show. */
#ifndef CARE_VIEWS_H
#define CARE_VIEWS_H

#include "form.h"
#include "html.h"
#include "readers.h"

struct reader_row { struct reader r; struct str looked, due; bool is_due, gone; };
struct readers_view { const struct form *form; const struct reader_row *row; size_t rows; bool may; };
struct look_row { int64_t id; struct str at, by, note, odd; bool photo; struct str why, entered, entered_by; };      /* entered: empty: when it was looked at */
struct reader_view {
	const struct form *form; struct reader_row row; const struct look_row *look; size_t looks;
	int64_t customers, unnamed, days; struct str since, every, name, title, from, tell, company; bool may, can_look, locked;       /* tell: whom staff tell of something odd; company: whom to call then, empty: not told */
};
struct inspect_view { const struct form *form; struct reader_row row; const struct form_choice *check; size_t checks; bool locked; };

struct practice_row { struct str channel, title; int64_t due; bool mine; };
struct practices_view { const struct practice_row *row; size_t rows; };
struct signer_row { struct str name, at; bool due, other; int64_t version; };
struct practice_view {
	const struct form *form; struct str channel, title, readers, odd, me; const struct str *duty; size_t duties;
	int64_t version, before; const struct signer_row *row;      /* before: the version that who reads signed; 0: none */
	size_t rows; bool due, lead, may, leads; struct str calls;      /* leads: the code on a print leads to this page; else it calls that number; empty: there is none */
};

/* group: 0 on the page, 1 true and not chosen, 2 can't be said now */
struct trust_row { int group; struct str name, say, todo, until, about; struct path link; bool due, held, promise, chosen; };
struct trust_view { const struct form *form; const struct trust_row *row; size_t rows; struct str put; bool asked; };      /* put: since when it is out; empty: it is not */
struct trust_version_row { struct str at; const struct str *line; size_t lines; };
struct trust_versions_view { const struct trust_version_row *row; size_t rows; };

#endif
