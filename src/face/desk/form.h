/* form - the parts that forms are made of, each a function that a page calls: {% form_text(o, v->form, .name = "email", .label = say("E-mail")); %}
 *
 * A field shows again what was typed, and its own error beside it; the same words stand at the top (form_summary). No field is marked as
 * needed, no button is grey: who leaves one out is told what is missing.
 */
#ifndef FORM_H
#define FORM_H

#include "html.h"
#include "http.h"

struct form_fault { const char *field; struct str say; };
struct form { struct pairs given; struct form_fault fault[20]; size_t n; };      /* given: as it was sent; empty when the form is shown first */

/* A choice of radios, checkboxes or a select. */
struct form_choice { struct str value; struct said label, hint; struct str text; };      /* text: instead of label, when it is data */

struct form_field {
	const char *name;
	struct said label, hint;         /* hint may be missing */
	struct str value;                /* what stands there at first */
	const char *type;                /* "email", "password", "tel", "search", "number" is "text" with inputmode; NULL: "text" */
	const char *autocomplete, *inputmode;    /* NULL: not told */
	int width;                       /* in characters: 2, 3, 4, 5, 10, 20, 30; 0: the line */
	int rows;                        /* of a text area; 0: 5 */
	bool focus;                      /* the page begins there, for hand-held scanners: of one field only */
	bool heading;                    /* the label is the page's heading: one question on a page */
	bool small;                      /* radios and checkboxes: small ones, beside each other on wide screens */
	const struct form_choice *choice; size_t choices;
};

/* Notes what is wrong with a field. Its words must live as long as the request. */
void form_fault(struct form *, const char *field, struct str say);
const struct form_fault *form_fault_of(const struct form *, const char *field);  /* NULL: nothing is wrong */
struct str form_value(const struct form *, const struct form_field *);           /* what was typed, else what stood there at first */
bool form_chosen(const struct form *, const struct form_field *, const struct form_choice *);
/* The part `name-part` of a date as it was typed, else of the field's value (YYYY-MM-DD). */
struct str form_date_part(const struct form *, const struct form_field *, const char *part);

/* The three fields of a date as one text, YYYY-MM-DD; empty when nothing was typed, and as typed (2026-31-x) when it is no date: the verb says so. */
struct str form_date_text(struct arena *, struct pairs, const char *name);

#define form_text(o, f, ...)   form_text_page((o), (f), &(struct form_field){ __VA_ARGS__ })
#define form_area(o, f, ...)   form_area_page((o), (f), &(struct form_field){ __VA_ARGS__ })
#define form_select(o, f, ...) form_select_page((o), (f), &(struct form_field){ __VA_ARGS__ })
#define form_radios(o, f, ...) form_choices_page((o), (f), &(struct form_field){ __VA_ARGS__ }, false)
#define form_checks(o, f, ...) form_choices_page((o), (f), &(struct form_field){ __VA_ARGS__ }, true)
#define form_date(o, f, ...)   form_date_page((o), (f), &(struct form_field){ __VA_ARGS__ })   /* fields name-month, name-day, name-year */
#define form_file(o, f, ...)   form_file_page((o), (f), &(struct form_field){ __VA_ARGS__ })        /* in a form with enctype="multipart/form-data" */
/* form_summary(o, f): the list of errors, first on the page; nothing when there is none. form_button(o, say("Continue")). Both in pages.h. */

#endif
