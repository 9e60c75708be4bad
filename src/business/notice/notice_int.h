/* notice_int - rounds, and the verbs of notice's files. Others have headers of their own: telling (texts), moves (states), ways (contacts, channels), marks, pace,
 * monitoring, places (of whom a round is made), own (customers' pages), outbox, sending (a run). */
#ifndef NOTICE_INT_H
#define NOTICE_INT_H

#include "moves.h"
#include "verb.h"

struct telling;
struct templates;
struct monitoring;

/* ---- rounds ---- */

struct round { int64_t incident, round, drafted, approved, ends, undone, begins, until, people; enum audience audience; struct str template, what[2], doing, leave, opens; };
struct str round_name(struct op *, const struct round *);                /* notice_round_name */
bool round_asked(struct op *, const struct args *, struct round *);      /* "1.2", or "1" for the latest round of incident 1, or "" for the latest of all */
bool round_read(struct op *, int64_t incident, int64_t round, struct round *, bool *found);
bool round_get(struct op *, int64_t incident, int64_t round, struct round *);     /* NOT_FOUND: there is none */
bool round_unheld(struct op *, int64_t incident);        /* REFUSED: the police asked to wait (incident_hold) */
bool round_telling(struct op *, const struct round *, struct telling *); /* what is the same for all */
bool round_telling_of(struct op *, const struct round *, int64_t affected, struct telling *);      /* the same, when it is known how many were written to so far */
/* The one that `customer` names, in this round. */
bool one_asked(struct op *, const struct args *, const struct round *, struct moving *);
/* What is approved: this round, with the contacts in `rows`, and a digest of its text and of what each customer is told. */
struct approval;
bool round_approval(struct op *, const struct round *, const struct bits *rows, struct approval *);
/* The leave it was approved with and the rows that opens (closed by the caller); false: it has none. */
struct leave;
bool round_leave(const struct round *, struct leave *, struct bits *rows);
bool round_split(struct op *, const struct round *, struct split *);     /* how many in which state, by channel */
void split_add(struct split *, enum notice_state, int64_t n);            /* without the channel */
bool reach_check(struct op *, bool rebuild);             /* what is kept of notice_reach, and of places, against the notices */
bool notices_few(struct op *, int64_t incident, bool *yes);      /* so few that they are counted at each asking */

/* Whose notice has not gone out yet and says other kinds than the exposure has of them now; none of a round to those who were told. */
struct strayed { struct moving m; kinds told, now; };
bool round_strayed(struct op *, const struct round *, const struct exposed *now, struct strayed **, size_t *n);
/* The same of an approved round, by the exposure as it is now: outside of a transaction, for with many customers it takes seconds. */
bool round_look(struct op *, const struct round *, struct strayed **, size_t *n);
/* In a write transaction: who of these waits and would read what is no more so, as they are at risk no longer or not with all of it, is taken back. */
bool round_settle(struct op *, const struct round *, const struct strayed *, size_t n, int64_t *dropped);

/* Who was in an earlier round (told: and was reached, or may have been), by the number that stands for the person now; out: n + 1 bits, closed by the caller. */
bool earlier_people(struct op *, int64_t incident, bool told, uint32_t n, struct bits *out);

/* ---- look.c: what stands in a text before it goes out ---- */

/* REFUSED: a sentence is untrue, or codes lack; err says which, and what to do instead. m: who is to have a code. */
bool round_may_go(struct op *, const struct round *, const struct incident *, const struct counts *now, struct monitoring *m);
/* What each law of where this customer lives wants of their letter and is not so. */
void letter_lacks(struct op *, const struct templates *, const struct telling *, struct lacking **, size_t *n);
bool round_look_say(struct op *, const struct round *, struct answer *, size_t *stops);  /* as remarks; how many things keep it from being approved */
bool check_run(struct op *, const struct args *, struct answer *);

/* A PDF that was drawn, into a file that is new (to not empty), or to whoever reads the answer. */
bool pdf_give(struct op *, int fd, const char *to, struct answer *);

/* ---- verbs of the other files ---- */

bool proof_run(struct op *, const struct args *, struct answer *);
bool incident_close_run(struct op *, const struct args *, struct answer *);      /* close.c */
bool fits_run(struct op *, const struct args *, struct answer *);
bool came_run(struct op *, const struct args *, struct answer *);
bool forwards_run(struct op *, const struct args *, struct answer *);
bool forward_undo_run(struct op *, const struct args *, struct answer *);
bool substitute_run(struct op *, const struct args *, struct answer *);
bool wish_run(struct op *, const struct args *, struct answer *);
bool text_run(struct op *, const struct args *, struct answer *);
bool send_run(struct op *, const struct args *, struct answer *);
bool status_run(struct op *, const struct args *, struct answer *);
bool retry_run(struct op *, const struct args *, struct answer *);
bool undo_run(struct op *, const struct args *, struct answer *);
bool posted_run(struct op *, const struct args *, struct answer *);
bool returned_run(struct op *, const struct args *, struct answer *);
bool reached_run(struct op *, const struct args *, struct answer *);
bool public_run(struct op *, const struct args *, struct answer *);
bool calls_run(struct op *, const struct args *, struct answer *);
bool called_run(struct op *, const struct args *, struct answer *);
bool bounces_run(struct op *, const struct args *, struct answer *);
bool bounce_list_run(struct op *, const struct args *, struct answer *);
bool bounce_show_run(struct op *, const struct args *, struct answer *);
bool bounce_settle_run(struct op *, const struct args *, struct answer *);

#endif
