/* notice - reaches each customer of an incident: rounds, their texts, e-mail and letters, and what became of each.
 *
 * Hides templates and advice (data/), the outbox, and the states' table. A state only moves along the arrows of doc/notice-states.md.
 * "Finished" is computed from the rows, never set.
 */
#ifndef NOTICE_H
#define NOTICE_H

#include "incident.h"
#include "verb.h"
#include "wording.h"

enum notice_channel { NO_CHANNEL, EMAIL, LETTER, SMS, PHONE, IN_PERSON };        /* how one is told, in this order; a payment channel is how one is paid */
enum notice_state {
	DRAFTED = 1, QUEUED, HANDED, SENT, IN_DOUBT, BOUNCED, FAILED, PRINTED, POSTED, ACKNOWLEDGED, RETURNED, UNDONE, UNREACHABLE
};
const char *notice_state_name(enum notice_state);        /* "in_doubt" */
const char *notice_channel_name(enum notice_channel);    /* "email" */
struct str notice_round_name(struct op *, int64_t incident, int64_t round);      /* "1.2", as commands take it and people say it */
bool notice_state_open(enum notice_state);               /* this customer still has to be reached */
/* As the law asks, the notice is sent or posted (a mail that only lies in the outbox is not: the caller knows); and they are known to have got it. */
static inline bool notice_told(enum notice_state s) { return s == SENT || s == POSTED || s == ACKNOWLEDGED; }
static inline bool notice_known(enum notice_state s) { return s == ACKNOWLEDGED; }

/* ---- for pages: how far an incident's rounds are ---- */

struct split { int64_t by[UNREACHABLE + 1][IN_PERSON + 1], state[UNREACHABLE + 1], all, open; };        /* how many, by state and channel */
enum audience { AUDIENCE_NEW = 1, AUDIENCE_TOLD, AUDIENCE_ALL };
struct notice_round {
	int64_t incident, round; enum audience audience;
	int64_t drafted, approved, ends, undone;         /* 0: not yet; ends: of the approval */
	struct split split; int64_t in_outbox;           /* in_outbox: of the sent mails those that only lie there */
	int64_t due; bool limited;                       /* when the next put-off mail is tried; 0: none waits; limited: by what the mail server takes in a time */
};
bool notice_rounds(struct op *, int64_t incident, struct notice_round **, size_t *n);   /* latest first */
/* Those of a round in one state, from the skip-th on, at most NOTICE_PAGE of them. */
enum { NOTICE_PAGE = 50 };
struct notice_one { customer_id who; struct str ref; enum notice_channel channel; int64_t attempts, at; struct str code; };
bool notice_in_state(struct op *, int64_t incident, int64_t round, enum notice_state, int64_t skip, struct notice_one **, size_t *n);
/* line: the same as text, paragraph by paragraph. */
enum line_sort { LINE_TITLE, LINE_HEADING, LINE_TEXT, LINE_BULLET, LINE_NUMBERED };
struct notice_line { enum line_sort sort; struct str text; };
/* What one customer of a round will read; who 0: the first of them, NOT_FOUND: nobody is in it. The vault is open; the look is logged. */
struct notice_preview { customer_id who; struct str ref, subject, text; enum notice_channel channel; const char *language; const struct notice_line *line; size_t lines; };
bool notice_preview(struct op *, int64_t incident, int64_t round, customer_id who, struct notice_preview *);
/* What one of a round in that place ("US-NY", a law's code; nobody there: elsewhere) reads, without the name: for offices that want a copy. Opens no contact. */
bool notice_sample(struct op *, int64_t incident, int64_t round, struct str place, bool spanish, const struct notice_line **, size_t *n);
/* A round's text in the small markup, in English and in Spanish; an own text may have one of them only, for everybody. own: it is not ours. */
struct notice_text { struct str en, es; bool own; };
bool notice_text(struct op *, int64_t incident, int64_t round, struct notice_text *);
/* What is seen in a round's text, filled in for somebody of whom all its kinds are at risk, before it may be approved: how hard it is to read, what of it is untrue by what
 * is known of the incident (then it can't be approved), and what brags. One for each language that the text has. */
struct text_look { const char *language; struct readability read; struct objection *untrue, *brag; size_t untrues, brags; };
/* What a law wants of the letters to its people and is not so (data/letter-rules.csv). stops: it can't be approved so; sentence: the one at fault, empty: something lacks. */
struct lacking { struct str code, place, rule, add, add_es, citation, sentence; const char *language; int64_t people; size_t more; bool stops; };       /* more: laws that want the same, for people folded into it */
struct notice_look {
	struct text_look text[2]; size_t texts; struct lacking *lack; size_t lacks;
	int64_t monitored, codes_lack;                   /* customers who are owed credit monitoring; of the vendor's codes so many are too few */
	size_t stops;                                    /* how many things keep it from being approved */
	int64_t counted;                                 /* of a large round: when it was counted, if something has changed since then, else 0 */
};
bool notice_look(struct op *, int64_t incident, int64_t round, struct notice_look *);
/* What letters advise those of whom these kinds are at risk, the most urgent first, and how they call the kinds: "your name, your card number". */
size_t notice_advice(kinds, bool spanish, struct str *step, size_t most);
struct str notice_kinds(struct op *, kinds, bool spanish);
/* Who writes, in lines, as it stands on letters: "Fernwood Plumbing", "12 Mill St", "Millbrook, NY 12545", the number. */
struct str notice_sender(struct op *, struct str business, struct str address, struct str phone);
/* What happened, as the incident's title says it; in Spanish a plain phrase of ours, where nobody wrote it. */
struct str notice_title(const struct incident *, bool spanish);
/* How these people can be reached, with the contacts of everybody who is one person with them. The vault is open; the look is logged. */
bool notice_people(struct op *, const customer_id *, size_t n, struct customer *);
/* The printed letters that lie in the outbox, by their files' names: letters-001.pdf ..., then letters.csv. At most LETTER_FILES of them. */
enum { LETTER_FILES = 200 };
bool notice_letters(struct op *, int64_t incident, int64_t round, struct str name[LETTER_FILES], size_t *n);
/* One of them to read; the caller closes it. NOT_FOUND: it is none, or gone. */
bool notice_letters_open(struct op *, int64_t incident, int64_t round, struct str name, int *fd, uint64_t *size);
/* Some of a round's customers, each once, by chance; fewer than asked when there are fewer. */
bool notice_some(struct op *, int64_t incident, int64_t round, customer_id *, size_t asked, size_t *n);
/* How many people an incident's rounds have told, and how many of their notices still have to reach somebody; a mail that only lies in the outbox
 * has told nobody. With its rounds, latest first, by state only (`by` and `due` are not looked up). For overviews: of many notices it is as last
 * kept; counted: when that was, if something has changed since then, else 0. */
struct reach { int64_t told, open, counted; struct notice_round *round; size_t rounds; };
bool notice_reach(struct op *, int64_t incident, struct reach *);
/* Who of an incident is not told, as closing it says it: at risk in no round; notices that reached nobody yet, among them mails that only lie in the
 * outbox, and letters that are printed and not posted. Exact, as of now. */
struct left { int64_t unwritten, open, in_outbox, printed; };
bool notice_left(struct op *, const struct incident *, struct left *);
/* Whose page has this file's name (front_name); not found: nobody's, or it is to be taken away. */
bool notice_page_whose(struct op *, const char *name, customer_id *, bool *found);
/* In a write transaction: this customer has answered from their page, so each notice of theirs that went out has reached them. moved: how many were not
 * known to. */
bool notice_heard(struct op *, customer_id, int64_t *moved);
/* Counts and keeps whatever is not kept or stale; a transaction for each incident. Ends early when op_stopped. */
bool notice_count_all(struct op *);

/* ---- what can be proved of a notice ---- */

/* For each of these customers the last that the log says of their notice in this round, as a proof (op/proof.h, doc/proof.md). Empty: nothing has gone to them
 * yet, it lies in the outbox, or its entry waits for the signature. One pass over the log for all; at most PROOFS_MAX. */
bool notice_proofs(struct op *, int64_t incident, int64_t round, const customer_id *, size_t n, struct str *file);

/* For the courier: whether customers' own pages lack proofs that can be made now, and the verb that puts them there (no command of its own). signed_size: how much of
 * the log was signed when none lacked; the caller keeps it, 0 to begin with. */
bool notice_proofs_due(struct op *, uint64_t *signed_size, bool *due);
extern const struct verb notice_proofs_round;

/* ---- sending, by whoever does it: `notice send` and the courier go the same way, one of them at a time (send.lock) ---- */

struct sent {
	int64_t rounds, sent, printed, in_doubt;         /* rounds that were tried; what was done in this run */
	bool silent;                                     /* the server took a batch and did not answer: more should wait for a person */
	char stuck[420];                                 /* why the server could not be used, in a sentence; empty: it could */
};
/* Sends what is due of every approved round, e-mails first, then letters. First, whatever a killed run left handed becomes in doubt. op->ask
 * NULL: the vault must have been opened by somebody, else LOCKED. CONFLICT: another handback is sending. A round that fails does not keep the
 * others from going out; then false, with the first one's reason. */
bool notice_send_due(struct op *, struct answer *, struct sent *);
/* What of a round has not gone: notices that wait, printed letters, and mails in the outbox that nobody has sent. refs: those mails' customers; pages: of the
 * letters, as "letters-001.pdf: 3, 17", so that a person can take them out of a pile. */
struct unsent { int64_t waiting, printed, mails; struct str *ref; struct str pages; };
/* In a write transaction: takes back whom an approved round would tell what the exposure says no more, also what is printed or lies in the outbox. (Each sending takes back
 * those that wait before it hands anything over.) Then, once that is kept, the files of what lay there. */
bool notice_settle(struct op *, int64_t incident, int64_t round, struct unsent *taken);
bool notice_settled(struct op *, int64_t incident, int64_t round, const struct unsent *taken);
/* How much of a round that has not gone is of these persons. */
bool notice_unsent(struct op *, int64_t incident, int64_t round, const struct bits *who, struct unsent *);
/* When the next notice of an approved round is due: maybe past; FAR_OFF: none waits. */
bool notice_due(struct op *, int64_t *at);

/* ---- whom people tell themselves ---- */

/* Those that wait for a call, or to be told in person, from the skip-th on, at most NOTICE_PAGE of them. */
bool notice_calls(struct op *, int64_t incident, int64_t round, int64_t skip, struct notice_one **, size_t *n);
enum { SCRIPT_LINES = 6 };
bool notice_script(struct op *, int64_t incident, int64_t round, const char *language, struct str line[SCRIPT_LINES]);      /* what to say */
/* Of what waits to go out those that the courier sends; the others wait for people. */
static inline int64_t notice_waits(const struct split *s) { return s->state[QUEUED] - s->by[QUEUED][PHONE] - s->by[QUEUED][IN_PERSON]; }

/* ---- as customers asked to be told ---- */

/* wish: NO_CHANNEL: they did not ask; first: by which way they would be told now; barred: the law of `place`, where they live, does not take a notice so. */
struct notice_wish { enum notice_channel wish, first; bool barred; struct str place; };
bool notice_wish(struct op *, customer_id, struct notice_wish *);
/* In a write transaction. NO_CHANNEL: in any way; own: they said so on their own page. */
bool notice_wish_put(struct op *, customer_id, enum notice_channel, bool own);

/* Every round has whom it was drafted for, in states that there are, and no incident has lost a holder: against the log; and what is kept of
 * notice_reach is so. TORN: which. rebuild: the latter is counted anew. */
bool notice_check(struct op *, bool rebuild, uint64_t *rounds);

extern const struct verb notice_verbs[];                 /* notice draft|text|preview|approve|send|status|retry|posted|returned|reached|undo|bounces, notice bounce list|show|settle, notice fits|came, notice came list|undo, customer wish; log proof; incident close */

#endif
