/* views - what pages are given to show: plain structs, filled by the desk. A page asks nothing of anybody. */
#ifndef VIEWS_H
#define VIEWS_H

#include "care_views.h"
#include "customer_views.h"
#include "duty_views.h"
#include "find_views.h"
#include "form.h"
#include "html.h"
#include "incident_views.h"
#include "map_views.h"
#include "payment_views.h"
#include "person_views.h"
#include "reach_views.h"
#include "replies_views.h"
#include "response_views.h"
#include "service_views.h"
#include "upkeep_views.h"
#include "watch_views.h"

/* A text with the phone numbers in it as links that call them (dial.c). */
void dialled(struct html *, struct str text);

static inline const char *language_other(const struct html *o) { return o->language == SPANISH ? "en" : "es"; }

struct menu_item { struct path path; struct said words; struct str also; bool here, exactly; };      /* also: what other pages' addresses begin with, between spaces */
struct layout_view {
	struct str title, business, folder, css, js, icon;
	struct path back;                /* where the link Back leads; empty: no such link */
	struct safe body;
	unsigned refresh;
	bool faulty, signed_in, demo, practice, masked;
	struct str person;               /* who is signed in; empty before the founding */
	struct path here;                /* this page's own address */
	const struct menu_item *menu; size_t menu_n;
};
struct error_view { int status; struct str title, what; };
struct sign_in_view { const struct form *form; const struct passkey_ask *ask; bool code, restored; };    /* ask NULL: no passkey is asked for; code: a code is; restored: after a backup was put back */
/* The pages before there is a business. group: the two of the recovery code that are to be typed back, from 0. */
extern const struct said group_names[8];                 /* of a recovery code: "Group 1" (once.c) */
struct first_view {
	const struct form *form;
	struct str name, region, folder, code, key, region_value, zone_value, machine; struct said zone;
	const struct form_choice *regions, *zones; size_t regions_n, zones_n;
	const size_t *group;
};

#endif
