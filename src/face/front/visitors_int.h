/* visitors_int - what the front's own files share: one request of a visitor, and how it is answered. */
#ifndef VISITORS_INT_H
#define VISITORS_INT_H

#include "front.h"
#include "http.h"
#include "pages.h"
#include "visitors.h"

struct guest {                           /* lives until the request is answered */
	struct ask *ask; struct reply *reply;
	struct html o;                   /* the page's own part, in the visitor's language */
	int pages, answers;              /* the folder; the line */
	struct str business;
	bool script;                     /* the page has the one script */
};
struct visit { struct guest guest; };    /* http's name for what a page gets */

void guest_show(struct guest *, const char *title);      /* the layout round what was written; title in English */
/* An error page; say NULL: the status's own words. Both in English, said in the visitor's language. */
void guest_error(struct guest *, int status, const char *say);

/* The page of whoever has this secret, in its language from now on; false: the status that says why not. */
bool guest_own(struct guest *, const uint8_t secret[FRONT_SECRET], struct own_page *, int *status);

bool file_page(struct visit *);
bool icon_page(struct visit *);          /* what stands in a browser's tab */
bool enter_page(struct visit *);         /* where a code is typed */
bool own_page(struct visit *);           /* the page of whoever sent a code */
bool own_proof_page(struct visit *);         /* a proof as a file, for whoever sent a code */
bool answer_do(struct visit *);          /* answer.c */
bool lookup_do(struct visit *);            /* look.c */

#endif
