/* enrol - credit monitoring that customers of an incident are owed: a vendor watches, and takes a code of each. Codes are read from the vendor's CSV, kept
 * sealed, and given one to a customer, whose it stays: a later round, a reprint, another way have the same.
 *
 * Hides the tables and how a vendor's CSV is read: in a box, as imports are. A code stands in no log, no error, no answer, and on no page but in that customer's own notice. Who is owed one
 * is notice's business.
 */
#ifndef ENROL_H
#define ENROL_H

#include "incident.h"
#include "verb.h"

/* ---- a vendor's CSV ---- */

enum { CODES_MAX = 200000, CODES_FILE_MAX = 16 << 20, CODE_MAX = 64, NOT_CODES = 10 };
/* n codes, each once, in the arena; twice: how many stood there before; refused: rows that hold none, the first NOT_CODES of them by line number and why.
 * column: the heading under which they stood; empty: there was none. */
struct code_list { struct str *code, column; size_t n, twice, refused; struct { size_t line; const char *why; } no[NOT_CODES]; };
/* A table that is read row by row. column: the codes' heading; empty: as vendors call it, or the only column. Its beginning is 0 but for the first three. */
struct codes_reading { struct arena *a; struct str column; struct code_list *to; size_t at, room; bool begun; };
/* The next row, of which `line` is where it begins; its cells are copied. INVALID: which column has the codes is not clear; TOO_BIG. */
bool codes_row(struct codes_reading *, const struct str *cell, size_t n, size_t line, struct err *);
/* After the last: each code once, where it stood first. INVALID: there is none. */
bool codes_end(struct codes_reading *, struct err *);

/* ---- what is offered for an incident ---- */

/* until: the last second in which a code is taken; months: how long they watch. left, given: codes. */
struct offer { int64_t incident; struct str vendor, page, phone; int64_t until, months, left, given; };
bool enrol_offer(struct op *, int64_t incident, struct offer *, bool *found);
static inline bool offer_stands(const struct op *op, const struct offer *o) { return o->until >= op->now; }

/* ---- giving codes ---- */

/* How many of these customers have none yet. A code of somebody who proved to be one person with them is theirs. */
bool enrol_without(struct op *, int64_t incident, const customer_id *, size_t n, int64_t *without);
/* Gives one to each who has none, in a write transaction, the passphrase having been given within 15 minutes. CONFLICT: there are not enough. */
bool enrol_give(struct op *, int64_t incident, const customer_id *, size_t n, int64_t *given);
/* Their codes, under the session or the round's leave that is in use; empty: has none. */
bool enrol_open(struct op *, int64_t incident, const customer_id *, size_t n, struct str *code);
/* Each code opens: for `check`. The vault is open. TORN: which does not. */
bool enrol_check(struct op *);

extern const struct verb enrol_verbs[];                  /* enrolment load|list|drop */

#endif
