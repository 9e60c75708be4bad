/* laws' own files among themselves. */
#ifndef LAWS_INT_H
#define LAWS_INT_H

#include "laws.h"

/* A word of a statute as conditions over our kinds: each list is a choice of sets, one of which must be there whole. */
enum { CHOICES_MAX = 8 };
struct word { struct str name; kinds when[CHOICES_MAX], otherwise[CHOICES_MAX]; size_t whens, otherwises; bool any, otherwise_any, no_name; enum law_force force; struct str question; };
const struct word *law_word(struct str name);    /* NULL: there is no such word */

/* "45", "3bd", "72h", "after_individuals+15" ...: what a deadline says. */
enum deadline_sort { D_DAYS, D_BUSINESS, D_HOURS, D_NO_DAY, D_WITH, D_BEFORE, D_AFTER, D_AFTER_BUSINESS, D_NONE };
struct deadline { enum deadline_sort sort; int n; bool with_if_sooner, if_high_risk; };
bool deadline_read(struct str, struct deadline *);
bool clock_known(struct str);

struct contract { struct str who, to, note, source; struct deadline after; };
const struct contract *card_contracts(struct arena *, size_t *n);
/* The table that came with this version. */
bool laws_built_in(struct arena *, struct law **, size_t *n, struct err *);

#endif
