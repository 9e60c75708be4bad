/* service_views - what the pages of services are given to show. */
#ifndef SERVICE_VIEWS_H
#define SERVICE_VIEWS_H

#include "form.h"
#include "html.h"
#include "services.h"

/* holds: "name 2,900, e-mail address 1,204"; state: of one that was left; counted: from when the numbers are, where something has changed since. */
struct service_row { int64_t id, customers, unnamed, found, missing; struct str name, does, holds, state, counted; bool known, untold, left, gone, card; const struct str *because; size_t becauses; };
struct renewal_row { int64_t id; struct str service, says, due; bool late, soon; };
struct services_view {
	const struct form *form; const struct service_row *row; size_t rows; const struct renewal_row *renewal; size_t renewals;
	const struct form_choice *known, *from; size_t knowns, froms; bool may;
};
struct lack_row { struct str says, what, source, was; };
struct evidence_row { int64_t id; struct str says, shows, seen, until, note, link; const char *word, *result, *colour; bool over; };
struct signer_in_row { struct str who; const char *second; bool weak; };
struct service_view {
	const struct form *form; const struct service *s; struct service_row row; const struct lack_row *lack; size_t lacks;
	const struct evidence_row *evidence; size_t evidences; const struct signer_in_row *who; size_t whos;
	const struct form_choice *sort; size_t sorts; struct str domains, status, promise, asked, ends, export, ask; bool may, unsure;
};
struct service_letter_view { int64_t id; struct str name, text; bool spanish; };
struct compared_row { struct str name; bool ours; struct str said[QUESTIONS_BEFORE]; };
struct compare_view {
	const struct form *form; struct str name; const struct str *question; const struct compared_row *row; size_t rows;
	const struct form_choice *from; size_t froms; bool may;
};

#endif
