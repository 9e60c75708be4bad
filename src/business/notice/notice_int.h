/* notice_int - what notice's own files tell each other. words.c makes texts, states.c keeps the states, rounds.c drafts and approves,
 * send.c delivers. */
#ifndef NOTICE_INT_H
#define NOTICE_INT_H

#include "notice.h"
#include "paper.h"

/* ---- words ---- */

/* A text in the small markup, parsed once: values are put into the parsed tree, so nothing in a value can become markup. */
struct template;
struct template *template_parse(struct op *, struct str text);          /* NULL: err says which line and why */
struct templates { struct template *en, *es; };                         /* es may be en, when the owner wrote one text */
bool templates_parse(struct op *, struct str stored, struct templates *);
struct str templates_builtin(struct op *);                               /* as stored in a round */
bool templates_own(struct op *, struct str text, struct str *stored);    /* the owner's own text, checked */

/* What is put into it. */
struct telling {
	const char *language;                            /* "en", "es" */
	struct str customer, business, address, phone;
	struct str what; int64_t from, to;               /* the incident */
	kinds kinds; int64_t first, last, touches;       /* this customer's */
	bool letter;
	struct zone *zone;
};
size_t template_fill(struct op *, const struct template *, const struct telling *, struct passage **);
struct str passages_text(struct op *, const struct passage *, size_t n);
struct str passages_html(struct op *, const struct passage *, size_t n, const char *language);
struct str subject_text(struct op *, const struct telling *);

/* ---- states: one table (doc/notice-states.md) ---- */

enum event {
	APPROVE, NOBODY_KNOWS_HOW, HAND, ACCEPT, PUT_OFF, REFUSE_TO_LETTER, REFUSE_FOR_GOOD, LOSE_TRACK, PRINT, POST, RETURN, REACH, TRY_AGAIN, TAKE_BACK,
	EVENT_COUNT
};
bool state_after(enum notice_state, enum event, enum notice_state *);    /* false: there is no such arrow */
bool state_parse(struct str, enum notice_state *);

/* One notice on its way. */
struct moving { int64_t incident, round; customer_id who; enum notice_channel channel; enum notice_state state; int64_t attempts; };
/* Moves it along an arrow in the running transaction: the row, the attempt, the log entry. due, code and words as they apply. */
struct outcome { enum notice_channel channel; int64_t attempts, due; const char *code; struct str words; };
bool notice_move(struct op *, const struct moving *, enum event, const struct outcome *);

/* ---- rounds ---- */

struct round { int64_t incident, round, audience, drafted, approved, ends; struct str template, leave; };
/* "1.2", or "1" for the latest round of incident 1 */
bool round_asked(struct op *, const struct args *, struct round *);
bool round_customers(struct op *, const struct round *, struct bits *);  /* all who are in it, as approved */
/* The facts of a round that are the same for each letter. */
bool round_telling(struct op *, const struct round *, struct telling *);
/* One customer's letter. */
bool letter_for(struct op *, const struct templates *, const struct telling *common, const struct customer *, kinds, int64_t first, int64_t last, int64_t touches,
                bool letter, struct telling *, struct passage **, size_t *n);

bool send_run(struct op *, const struct args *, struct answer *);
bool posted_run(struct op *, const struct args *, struct answer *);
struct str outbox_path(struct op *, const struct round *);

#endif
