/* payment - how the business is paid: going through the questions, what the answers put on the map, what is still to be found out, and which of the
 * card industry's questionnaires fits.
 *
 * Hides how answers are kept and the rules by which they become holders, flows and retention. The questions themselves: questions.h.
 */
#ifndef PAYMENT_H
#define PAYMENT_H

#include "questions.h"
#include "verb.h"

/* ---- the walk ---- */

/* One going through. The newest that was put on the map is in force; a draft is changed by whoever goes on, and is on no map. */
struct walk { int64_t id, began, changed, applied; struct answers answers; };   /* id 0: there is none; applied 0: a draft */
bool payment_in_force(struct op *, struct walk *);
bool payment_draft(struct op *, struct walk *);          /* id 0: none was begun; then with the answers in force, which it would begin with */
/* In a write transaction: keeps an answer in the draft, which begins with it. value: as question_read takes it. An unknown one is found out by `person` (empty:
 * who answers) until the end of the day `by` (0: in two weeks). */
bool payment_answer(struct op *, struct walk *, size_t q, const struct str *value, size_t n, struct str person, int64_t by);
/* What is offered as the answer: holders of that sort on the map, and where card numbers were found. imported: an import brought one of them. */
struct offered { struct str *name; size_t n; bool imported; };
bool payment_offered(struct op *, size_t q, struct offered *);

/* Card readers in use that no answer names: what of each? One that takes payments after all is added to that question's names; one that is gone is closed, and one that
 * nobody knows of, or that nobody was asked of, is a task, when the answers are put on the map. */
enum left_is { LEFT_UNASKED, LEFT_SPARE, LEFT_GONE, LEFT_UNKNOWN };
struct left_out { holder_id reader; struct str name; enum left_is is; struct str person; int64_t due; };
struct left_choice { const char *name, *names; enum left_is is; struct both label; };       /* names: the question that it is then named in; name is the way of being paid */
extern const struct left_choice left_choices[]; extern const size_t left_choices_n;
bool left_fits(const struct answers *, const struct left_choice *);     /* it can be chosen, as the answers stand */
struct str left_ask(struct arena *, struct str name, bool spanish);     /* the question itself */
bool payment_left(struct op *, const struct walk *, struct left_out **, size_t *n);
bool left_next(struct op *, const struct walk *, struct left_out *, bool *any);     /* the first that nobody was asked of */
bool left_task(struct op *, struct str question, struct holder *reader);        /* is a task's question this, and of which reader? */

/* ---- what answers put on the map ---- */

struct plan_holder { enum holder_sort sort; struct str name; holder_id id; bool stand_in; };     /* id 0: not on the map yet; stand_in: nobody named it */
struct plan_flow { size_t from, to; enum manner_flow manner; kinds kinds; size_t part; };        /* indices of holders */
struct plan_keep { size_t holder; enum kind kind; int64_t keeps; };
struct plan { struct plan_holder *holder; size_t holders; struct plan_flow *flow; size_t flows; struct plan_keep *keep; size_t keeps; };
bool payment_plan(struct op *, const struct answers *, struct plan *);
struct str plan_flow_say(struct arena *, const struct plan *, const struct plan_flow *, bool spanish);   /* "Van 2 reader passes on to Square: card_number" */
/* In a write transaction: the draft is put on the map, and is in force. What is there already stays as it is; flows of an earlier walk that are told no more
 * end now; new ones began, for all that is known, after the earlier walk (the first: nobody knows when). CONFLICT: a question is still open. */
struct applied { int64_t walk; size_t holders, flows, ended, keeps, tasks; };
bool payment_apply(struct op *, struct applied *);
/* Questions answered differently, or asked of one walk only, in their order. */
bool payment_changed(const struct answers *before, const struct answers *now, size_t q);

/* ---- what is still to be found out ---- */

struct task { int64_t id; struct str question, person; int64_t due, made, done; };      /* done 0: it is open; due: the day's last second */
bool payment_tasks(struct op *, bool done_too, struct task **, size_t *n);       /* the most urgent first */
bool payment_task(struct op *, int64_t id, struct task *);               /* NOT_FOUND */
/* What it asks is still without an answer, in the draft if there is one: then it is done by giving one. */
bool payment_task_open(struct op *, const struct task *, bool *open);
bool payment_task_done(struct op *, int64_t id);         /* in a write transaction. NOT_FOUND; done twice is fine */

extern const struct verb payment_verbs[];                /* payment answer|left|apply|show|channels|questions, task list|done */

#endif
