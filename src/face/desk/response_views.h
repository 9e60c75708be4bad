/* response_views - what the pages of an incident's work are given to show. */
#ifndef RESPONSE_VIEWS_H
#define RESPONSE_VIEWS_H

#include "form.h"
#include "html.h"
#include "response.h"

/* link, link_words: where it is done; empty: nowhere here. */
struct work_row { struct str name, what, why, who, call, due, clock, reason, by, at; bool late, skipped; struct path link; struct said link_words; };
struct work_view { const struct form *form; struct incident i; const struct work_row *now, *later, *done; size_t nows, laters, dones; bool may; };
struct task_view { const struct form *form; struct incident i; struct work_row row; bool open, lead; };     /* lead: may leave it away */

struct heard_row { struct str at, provider, who, what, from, to; bool differs; int64_t adds, drops; struct path change; };
struct provider_view {
	const struct form *form; struct incident i; struct str name, contact, holder; struct str *paragraph; size_t paragraphs;       /* the letter to this one; name empty: nobody to ask */
	const struct form_choice *other; size_t others;  /* the services that were concerned, when there are several */
	const struct heard_row *row; size_t rows;
};
struct phone_view { struct incident i; const struct phone_line *line; size_t lines; };
struct cost_row { struct str what, count, money, hours; };
struct assumed_row { const char *name; struct str what, source, value; const char *unit; bool told; };
struct cost_view {
	struct str counted;                              /* from when the counts are, when something has changed since */
	const struct form *form; struct incident i; const struct cost_row *row; size_t rows; struct str money, hours, all; const struct assumed_row *assumed; size_t assumptions; bool may, known;
};
struct updates_view { const struct form *form; struct incident i; struct update u; struct str due, last, every; struct str *paragraph; size_t paragraphs; bool closed; };
struct moment_row { struct str at, say, by, entry; };
struct record_view { struct incident i; const struct moment_row *row; size_t rows; struct str root; uint64_t size, signed_size; bool cut; };

#endif
