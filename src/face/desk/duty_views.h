/* duty_views - what the pages of what an incident obliges to, of measures and of drills are given to show. */
#ifndef DUTY_VIEWS_H
#define DUTY_VIEWS_H

#include "enrol.h"
#include "filings.h"
#include "form.h"
#include "html.h"
#include "incident_views.h"
#include "laws.h"

struct obligation_row { int to, force; const char *party; struct str whom, citation, checked, code, by, sent, how; bool late; int64_t people; unsigned monitoring; const struct str *because; size_t n; };
struct fact_field { const char *name; struct str value; };
struct obligations_view {
	const struct form *form; struct incident i; bool uncounted; struct str house, counted; const struct obligation_row *row; size_t rows;
	const struct str *question; size_t questions; struct fact_field fact[12];
};

/* key: of a table that was looked at, its name, how many laws it has, what it would change; more: changes beyond those shown. imported: when the one in force was. */
struct laws_view {
	const struct form *form; bool may; struct law *law; size_t laws; struct str imported, key, name; int64_t rows, more; const struct law_difference *difference; size_t differences;
};

/* owed: how many people; key: of a file that was looked at, its name, how many codes it has ... */
struct monitoring_view {
	const struct form *form; struct incident i; struct offer offer; bool offered, locked; struct str until, day, lasts, key, name, column; int64_t owed, months, codes, twice, refused; bool uncounted; struct str counted;
};

struct filing_view {
	const struct form *form; struct incident i; const struct filing *f; const struct filing_letter *letter; struct path path, pdf; struct site portal; struct str whom, where, by, sent; bool late, may;
};
/* The demo or a drill: port: empty, it is not open; key: of the link by which it is entered, empty: it was entered before. beside: it can be opened from here; own: whoever
 * reads this opened it; copy: these are a drill's own pages. */
struct beside_view { struct str port, key; bool beside, own, copy; };
struct drills_view { const struct drill_row *row; size_t rows; struct str next; bool due, may; struct beside_view drill; };     /* next: by when; empty: there was none yet */

struct measure_row { int64_t id; struct str what, cause, again; int64_t staff, customers; bool due; };
struct measures_view {
	const struct form *form; struct incident i; const struct measure_row *row; size_t rows; int64_t staff, customers; const struct form_choice *cause; size_t causes;
	bool doubted; struct str why, instead, source, what, chosen, staff_text, customers_text;         /* doubted: what was typed, and what speaks against it */
};

#endif
