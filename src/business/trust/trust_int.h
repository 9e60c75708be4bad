/* trust_int - what trust's own files tell each other. evidence.c looks things up, claims.c decides what may be said, page.c writes it, trust.c keeps it and has
 * the verbs. */
#ifndef TRUST_INT_H
#define TRUST_INT_H

#include "incident.h"
#include "status.h"
#include "trust.h"

/* ---- the data ---- */

struct both2 { struct str in[2]; };                      /* English, Spanish */
struct entry { struct str kind, name, part, rests, link; struct both2 say, todo; int64_t days; bool promise, card; };  /* kind: "claim", "word", "kind" or "absent" */
bool entry_next(struct str *text, struct entry *);       /* takes one off; begin with trust_data() */
struct str trust_data(void);
struct str word_of(struct op *, const char *name, int language); /* 0 English, 1 Spanish */
/* A sentence with its places filled in; a place that is not known stays empty. */
struct filling { const char *place; struct str value; };
struct str filled_in(struct op *, struct str text, const struct filling *, size_t n);
/* "a, b and c", with this word between the last two */
struct str listed(struct op *, const struct str *, size_t n, const char *word, int language);

/* ---- evidence ---- */

struct ground { bool there; int64_t at, until, n; struct str what[2], where[2], rests; const holder_id *holder; size_t holders; };      /* holders: whom it speaks of */
bool ground_look(struct op *, struct str rests, int64_t days, struct ground *);
struct str trust_uses(struct op *, int language);        /* the kinds of data that we have of customers: by their records, lists, and flows in use; as people call them. Empty: none is known */

/* ---- what incidents are open, and whether one is told ---- */

struct open_ones { struct suspicion *suspicion; size_t n; bool told; struct status *page; size_t pages; };     /* page: those that everybody can read */
bool open_incidents(struct op *, struct open_ones *);

#endif
