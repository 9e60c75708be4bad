/* response - the work of an incident: what is to be done by whom, what the providers are asked and answer, what to say when customers ring, what it costs, when
 * customers hear again, and the record of it all. Everything is made anew from the incident's facts at each asking, so it follows the exposure.
 *
 * Hides the data (data/tasks.txt, provider-letter.txt, phone.txt, costs.txt, update.*.txt), how its conditions are read, and what was decided and told.
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#include "incident.h"
#include "verb.h"

/* ---- the worklist ---- */

enum { TASKS_NOW = 3, WORDS_MAX_BYTES = 1000 };          /* so many are to be done now, the rest later; of one text that somebody typed */
enum work_state { WORK_OPEN, WORK_DONE, WORK_SKIPPED };
/* due: FAR_OFF while the police hold it up. clock: the strictest law that drives it, in words; empty: none. by: who decided (a person); 0 when it was seen by itself. page: "draft", "obligations", ...; empty: none. call: whom to call, with the number if it is known. */
struct work {
	struct str name, what, why, who, call, page, reason, clock; /* name: "ask_provider", "own-2"; who: a person, or "the owner" */
	int64_t due, by, at; unsigned minutes; enum work_state state; bool own, now, late;
};
/* Those to be done now first, then later ones, then what is done or skipped. spanish: our own words. */
bool work_list(struct op *, int64_t incident, bool spanish, struct work **, size_t *n);

/* ---- the provider ---- */

bool response_providers(struct op *, const struct incident *, struct holder **, size_t *n);      /* the services that were concerned */
/* The letter to one of them, out of the incident's facts; pdf -1: only the text. */
bool provider_letter(struct op *, int64_t incident, const struct holder *, bool spanish, struct str *text, int pdf);
/* What somebody there said. from, to, only: the window that it means, as `incident suspect` takes it; from empty: it says nothing of the window. */
struct provider_answer { int64_t id, said, kept, by; holder_id holder; struct str who, what, from, to, only; };
bool provider_answers(struct op *, int64_t incident, struct provider_answer **, size_t *n);      /* latest first */
/* Whom that window would add and drop; *differs false: it says no window, or the incident has it already. The caller closes both sets when it differs. */
bool answer_change(struct op *, int64_t incident, const struct provider_answer *, struct difference *, bool *differs);

/* ---- when customers ring; what it costs ---- */

struct phone_line { struct str question, say; };         /* question empty: what not to say */
bool phone_lines(struct op *, int64_t incident, bool spanish, struct phone_line **, size_t *n);

/* value of an assumption: of its unit ("cents", "percent", "seconds", "minutes"). told: the business changed it. */
struct assumption { struct str name, unit, what, source; int64_t value; bool told; };
struct cost_line { const char *name; struct str what; int64_t count, cents, minutes; };
/* cents, minutes: the sums; all_cents: with what the minutes cost. known: who is at risk is counted. */
struct cost { struct assumption *assumption; size_t assumptions; struct cost_line line[8]; size_t lines; int64_t cents, minutes, all_cents; bool known; };
/* Before a round is drafted it looks up how each can be reached, which takes as long as the exposure. */
bool cost_of(struct op *, int64_t incident, bool spanish, struct cost *);
bool cost_letter(struct op *, int64_t *cents);           /* of one: as it was told, else as it is assumed */

/* ---- the update plan ---- */

/* every: days; last: the last word that was approved (0: none yet), due: the end of the day of the next (FAR_OFF: none is owed), then: of the one after it. */
struct update { int64_t incident, every, last, due, then; bool late, closing, ended; };     /* closing: what is owed is the last word; ended: it was said */
bool update_plan(struct op *, const struct incident *, struct update *);
/* What Handback would write, in the markup of notices, both languages; news: the owner's words, empty: there are none. */
bool update_words(struct op *, int64_t incident, bool closing, struct str news, struct str news_es, struct str *text);
/* The incident whose word is the longest overdue; 0: none. */
bool update_overdue(struct op *, int64_t *incident);

/* ---- the record ---- */

/* entry: in the log, from 0; -1: out of a table. What is of single notices is one moment a round, kind, person and day: of so many entries, the last is `last`. */
struct moment { int64_t at, entry, last, many; const char *what; struct str say, by; };
/* cut: more than MOMENTS_MAX that are not folded; root: of the log's tree, hex; note, key: its last signed head and what checks it (proof.h), empty: none yet. */
struct record { struct moment *moment; size_t n; bool cut; uint64_t size, signed_size; struct str root, note, key; };
enum { MOMENTS_MAX = 2000 };
bool record_of(struct op *, int64_t incident, bool spanish, struct record *);    /* in time's order */
struct str moment_entry(struct op *, const struct moment *);                     /* "214", "214-301"; empty: none */
bool record_pdf(struct op *, int64_t incident, bool spanish, int fd);

extern const struct verb response_verbs[];               /* incident tasks|task|ask|answer|answers|say|cost|assume|updates|update|timeline */

#endif
