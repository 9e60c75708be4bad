/* incident - something happened to one or more holders: its windows, who is at risk by it. */
#ifndef INCIDENT_H
#define INCIDENT_H

#include "exposure.h"
#include "verb.h"

struct incident { int64_t id; struct str title, title_es; int64_t opened, discovered, closed; struct suspicion *suspicion; size_t n; int64_t unwritten, published; };
/* title_es: empty, if nobody wrote it; unwritten: at risk and in no notice when it was closed; published: since when everybody can read its page (status.h), 0: nobody can */
bool incident_get(struct op *, int64_t id, struct incident *);          /* NOT_FOUND */
bool incident_list(struct op *, struct incident **, size_t *n);          /* all, latest first; without their windows */

/* A new one, in a write transaction; its number. */
bool incident_begin(struct op *, struct str title, struct str title_es, int64_t discovered, const struct suspicion *, size_t n, int64_t *id);
bool incident_publish(struct op *, int64_t id, int64_t since);           /* its page is public since then; 0: no longer */
/* What the fields from and to say (a day, a time, unknown; see incident open) in place of what stands in w; either may be missing. INVALID: it would end before it begins. */
bool incident_window(struct op *, const struct args *, struct suspicion *w);

/* Who of an exposure is counted, and how often. kind 0: any; region: empty for any, "unknown" for those whose region is not known. */
struct region_count { struct str name; int64_t n; };
struct tally {
	struct bits who; int64_t customers, forgotten, by_kind[KIND_COUNT];      /* who: by number; the caller closes */
	struct region_count *region; size_t regions;     /* most first */
};
bool incident_tally(struct op *, const struct exposed *, kinds kind, struct str region, struct tally *);

/* How many an incident puts at risk, for pages. Of a small ledger they are counted at each asking; of a large one they are as last kept: `stale`, if
 * something has changed since `at`; not `known`, if they were never counted. tally.who is empty; home: where they live, with which kinds (laws.h), by place. */
struct residents;
struct counts { struct tally tally; const struct residents *home; size_t homes; int64_t unnamed, found, letters, at, moves; bool touched, dwelt, known, stale; };      /* letters: at risk, with an address and no e-mail */
bool incident_counts(struct op *, const struct incident *, struct counts *);
/* The same by the formula, now; and of an exposure that is at hand. */
bool incident_counts_now(struct op *, const struct incident *, struct counts *);
bool incident_counts_exact(struct op *, const struct incident *, struct counts *);      /* as kept, if that is known and not stale; else by the formula: for what is handed to others */
bool incident_counts_of(struct op *, const struct exposed *, const struct sources *, struct counts *);
/* Counts and keeps whatever is not known or stale, open incidents first; a transaction for each. Ends early when op_stopped. */
bool incident_count_all(struct op *);
/* What would make its counts more exact: exposure_questions. */
bool incident_questions(struct op *, const struct incident *, const struct counts *, struct str **question, size_t *n);
/* What is kept and not stale is what the formula gives: TORN, if not. rebuild: all is counted anew. */
bool incident_check(struct op *, bool rebuild, uint64_t *kept);

/* What the fields of `incident suspect` ask for: the incident with its windows as they would be. */
bool incident_suspect(struct op *, const struct args *, struct incident *now, struct incident *then);
/* Whom other windows add, and whom they drop. The caller closes both sets. */
struct difference { struct bits added, dropped; uint64_t customers, unnamed; };
bool incident_difference(struct op *, const struct incident *now, const struct incident *then, struct difference *);

/* What the law's clocks depend on and no kind of data tells: each fact that may be told (incident fact), in a fixed order; text empty: not told. */
struct known_fact { const char *name; bool moment; int64_t at; struct str text; };
bool incident_known(struct op *, int64_t incident, struct known_fact **, size_t *n);
/* While the police ask to wait nobody is told, until somebody decides that people are told all the same (the fact hold-anyway says why). why: who asks, and until
 * when; empty: nobody does, now. until: when that ends, FAR_OFF: no end yet. */
bool incident_hold(struct op *, int64_t incident, struct str *why, int64_t *until);
bool known_safe(const struct known_fact *, size_t n);    /* by these facts the data was encrypted where it was taken, and its key was not */
struct obligation;                                       /* laws.h */
/* Whom this incident obliges the business to tell, by when (laws.h): computed anew at each asking, so it follows the exposure and what is known. */
bool incident_obligations(struct op *, int64_t incident, struct obligation **, size_t *n);
/* The same by counts, for pages: at once, however large the ledger, and as old as they are. None while they are not known. */
bool incident_obligations_counted(struct op *, const struct incident *, const struct counts *, struct obligation **, size_t *n);

const char *manner_name(enum manner);                    /* "passing", "kept", "both" */
/* A window's bounds for people, in the business's time zone: "2025-11-27 00:00 to unknown, America/New_York" */
struct str window_text(struct op *, int64_t from, int64_t to);

extern const struct verb incident_verbs[];               /* incident open|suspect|exposed|list|show; close: notice.h */

#endif
