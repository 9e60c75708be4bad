/* letter - what letters about an incident are made of, for this room and for filings: the facts of an incident that their data ask for, how those data are read, and paper. */
#ifndef LETTER_H
#define LETTER_H

#include "ledger.h"
#include "notice.h"
#include "verb.h"

/* ---- facts ---- */

struct facts {
	struct incident i; struct counts c;
	struct holder *holder; size_t n;                 /* that are concerned, each once */
	kinds kinds;                                     /* at risk; all, while that is not counted */
	int64_t told, approved;                          /* when a provider told us (else the discovery); the first notice's approval, 0: none */
	bool risk, provider, asked, unanswered, closed;  /* asked: somebody said so in the worklist */
};
bool facts_of(struct op *, int64_t incident, struct facts *);         /* by kept counts (incident_counts) */
bool facts_exact(struct op *, struct facts *);           /* counts anew what is not known or stale, for what is handed to others */
/* A condition of the data: "sort reader", "kind ssn tax_id", "risk", ... Unknown words hold never. */
bool facts_hold(const struct facts *, struct str condition);
/* The names of those of these sorts (a condition's words; empty: all), "Square and Mailchimp". */
struct str facts_holders(struct op *, const struct facts *, struct str sorts, bool spanish);
struct str facts_window(struct op *, const struct facts *, bool spanish);        /* all windows together, in words */
struct str window_words(struct op *, int64_t from, int64_t to, bool spanish);   /* "since January 1, 2025; nobody knows yet when it ended" */
struct str kinds_named(struct op *, kinds, bool spanish);                       /* "names, card numbers" */

/* Puts values at {name}: a name that is not among them stays as it is. */
struct place_value { const char *name; struct str value; };
struct str filled(struct op *, struct str text, const struct place_value *, size_t n);

struct line { struct str word, rest; };                  /* of our data (str_entry) */

bool language_asked(struct op *, const struct args *, bool *spanish);            /* --language en or es */
bool incident_named(struct op *, const struct args *, struct incident *);
bool text_fits(struct op *, const char *field, struct str);                      /* at most WORDS_MAX_BYTES. TOO_BIG */
struct str day_said(struct op *, int64_t at, bool spanish);
/* The passages on paper, as a letter of ours. */
struct passage;
bool pdf_made(struct op *, struct str address, const struct passage *, size_t n, bool spanish, int fd);
/* What `fill` draws, into a new file that the field `pdf` names; nothing without it. */
bool pdf_asked(struct op *, const struct args *, bool (*fill)(struct op *, void *, int fd), void *);

#endif
