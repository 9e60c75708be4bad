/* filings - what offices and partners are told of an incident: a letter, which also has what their web forms ask, for each obligation to a regulator, the credit bureaus, the
 * card brands and the insurer; and what was sent, when and how.
 *
 * Hides the data (data/filings.txt) and the table. Everything comes out of the incident's facts at each asking; what only a person can tell is marked.
 */
#ifndef FILINGS_H
#define FILINGS_H

#include "incident.h"
#include "laws.h"
#include "verb.h"

/* One obligation, and whether it was met. sent: when, 0: not yet. */
struct filing { struct obligation owed; int64_t sent; struct str how, reference; unsigned months; };      /* months: of monitoring that the letters to the same law's people owe */
/* All but those to people, which rounds meet; in the obligations' order. */
bool filings_list(struct op *, int64_t incident, struct filing **, size_t *n);
/* The same of obligations that are at hand. */
bool filings_of(struct op *, int64_t incident, const struct obligation *, size_t all, struct filing **, size_t *n);
/* NOT_FOUND: the incident obliges to no such thing. to: "regulator"; code: "US-NY", "visa". */
bool filing_named(struct op *, int64_t incident, struct str to, struct str code, struct filing *);

/* A line of a letter. label empty: a paragraph (or title, first). fill: a person has to write it in; value then says what, or is empty. */
struct filing_line { struct str label, value; bool title, fill; };
struct filing_letter { const struct filing_line *line; size_t n, fills; struct str text; };      /* text: all of it, the places to fill in as [TO FILL IN: ...] */
/* pdf: a descriptor that it is written to as well; -1: none. */
bool filing_letter(struct op *, int64_t incident, const struct filing *, bool spanish, struct filing_letter *, int pdf);

/* Where it is sent, as far as the data tell; what they do not is said with how to find it. Empty: not an office. */
struct str filing_where(struct op *, const struct filing *, bool spanish);

/* The proofs of all that went out for this incident, each a file of its own, then the key that checks them, the log's signed head and how to check: given to `put` one after
 * another (name like "1.2-345.tlog-proof"). made, lacking: of how many there is one, and none yet. */
bool filing_proofs(struct op *, int64_t incident, bool (*put)(void *to, const char *name, struct str bytes), void *to, int64_t *made, int64_t *lacking);

extern const struct verb filings_verbs[];                /* filing list|make|proofs|sent|unsent */

#endif
