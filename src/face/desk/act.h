/* act - what a page does, it does by a verb: fields out of a form, and the verb's answer. Roles and limits are the verb's (op_do). */
#ifndef ACT_H
#define ACT_H

#include "desk_int.h"
#include "notice.h"
#include "verb.h"

struct act {
	const struct verb *verb; struct args args;
	bool people;                                     /* sentences are wanted, not rows */
	struct buf rows, words, file;                    /* what it answered: JSON Lines or sentences; remarks, a line each; a file, where that is the answer */
	bool attention;
};
void act_begin(struct visit *, struct act *, const char *verb);  /* a verb by its name */
void act_give(struct visit *, struct act *, const char *field, struct str value);       /* once more for a list; an empty value is not given */
void act_field(struct visit *, struct act *, const char *field);  /* the form's field of that name, an empty one too: it takes away what is there; one that the form lacks is not given */
void act_flag(struct visit *, struct act *, const char *field);
/* Does it. Where it needs the passphrase, the form's field `passphrase` is asked; where it needs a new one, `new` and `new-again`. false: op->err says why. act_end in any case. */
bool act_do(struct visit *, struct act *);
bool act_do_by(struct visit *, struct act *, bool (*ask)(struct op *, const char *why, struct str *passphrase));    /* another is asked, as op.h says */
void act_end(struct act *);
/* A file that was sent and waits for a decision, in memory and this session's own, for half an hour (imports.c): its key. Takes the descriptor over. */
enum { UPLOAD_NAME = 201 };
struct upload *upload_sent(const struct visit *);        /* the form's `file`; NULL: none was sent, or an empty one */
void upload_gone(struct visit *, struct form *);         /* its fault: what upload_take did not find is to be chosen once more */
struct str upload_keep(struct visit *, struct upload *);
/* A descriptor of its own; -1: there is no such file of this session's any more. */
int upload_take(struct visit *, struct str key, char name[UPLOAD_NAME]);
/* As a job, which goes on without the visit, with what this session may open and the form's passphrase. fd: descriptors that it works with, closed when it
 * is over, or at once when it does not begin; NULL: none. false: as job_start. */
bool job_begin_for(struct visit *, struct act *, const int fd[2], int64_t *job);
struct job;
bool job_wait(struct visit *, int64_t job, struct job *);        /* as it is when it has ended, or after a second; false: it can't be read */
bool job_see(struct visit *, int64_t job);               /* to its page; true. What is done in a second is waited for */
bool number_typed(struct visit *, const char *field, int64_t *n);       /* what a person types to confirm: with or without signs between the thousands */
/* A number of the first row that has it; 0: none has. */
int64_t act_number(const struct act *, const char *key);
/* A text of the first row that has it, without anything that JSON escapes: a code, a token. It is a secret: show it, and keep it nowhere. Empty: none has. */
struct str act_text(struct visit *, const struct act *, const char *key);
bool act_new_fits(struct visit *);                       /* the form's new passphrase (new, new-again): whether it may be one */
/* The vault is open, or the form's passphrase opens it. false: LOCKED, or a wrong one. */
bool act_key(struct visit *);
bool act_key_again(struct visit *);                      /* the form's passphrase is tried, though the vault be open */
bool act_key_by(struct visit *, bool (*ask)(struct op *, const char *why, struct str *passphrase));         /* likewise, asked so */
bool act_ask(struct op *, const char *why, struct str *passphrase);      /* what a form, or a call's body, brought as the passphrase of the visit at work; false: nothing */
bool act_key_at_hand(struct visit *);                    /* the vault is open already: contacts may be shown */
/* What op->err says, beside the field that it names, or above the form. The error is then told, and cleared. */
void act_fault(struct visit *, struct form *);

/* What a business's moments and sizes look like on a page. */
struct str day_words(struct visit *, int64_t at);        /* November 27, 2026; "not known" for an infinity */
struct str due_words(struct visit *, int64_t at);         /* the last moment in which something may be done: its day, with the time where that is not the day's end */
struct str moment_words(struct visit *, int64_t at);     /* November 27, 2026, 14:30 */
struct str kinds_words(struct visit *, kinds);           /* "card number, name", in the reader's language */
struct risk;
void risk_row_fill(struct visit *, const struct risk *, struct risk_row *);      /* a risky spot in the reader's language */
struct str thousands(struct visit *, int64_t);           /* 1,234,567 */
const char *sort_said(struct visit *, enum holder_sort);
struct str keeps_said(struct visit *, int64_t keeps);    /* how long something is kept: "30 days" (map.c) */
bool held_words(struct visit *, int64_t incident, struct str *);         /* that the police ask to wait, for pages; empty: nobody does (incidents.c) */
struct str holder_said(struct visit *, const struct holder *);   /* "Card reader: Van 2 reader" */
const char *channel_said(struct visit *, enum notice_channel);     /* "e-mail"; NO_CHANNEL: "no known way" */
struct str ways_said(struct visit *, unsigned ways);     /* "e-mail, letter, phone" */
/* Whose hands a person's information was in, for a page. */
struct hand_row;
bool hands_of(struct visit *, customer_id, const struct hand_row **, size_t *n);     /* customers.c */
const char *state_said(struct visit *, enum notice_state);                           /* rounds.c, likewise: */
bool round_named(struct visit *, struct notice_round *);         /* the path's :n and :r */
struct str round_words(struct visit *);                  /* the same as commands take it: "1.2" */
/* Does it, and answers with the PDF that it gives; reach.c. */
bool pdf_of(struct visit *, struct act *, const char *name);
/* incident_counts and notice_reach (r may be NULL) for a page: what is stale or missing is counted anew behind it; *counted: from when it is, when it is stale. */
bool counts_of(struct visit *, const struct incident *, struct counts *, struct reach *, struct str *counted);
/* A number out of the path's :name; 0: it is none. */
int64_t path_number(struct visit *, const char *name);
/* The address's ?name=N, where a list goes on: n stays as it is when there is none. false: INVALID, it is no number of a list. */
bool query_number(struct visit *, const char *name, int64_t *n);
bool list_lost(struct visit *, const char *name);        /* INVALID, with the reason: the address's NAME is nowhere in the list */
struct str money_words(struct visit *, int64_t cents);   /* $1,234.50 */
struct str hours_words(struct visit *, int64_t minutes); /* 6:05 */

/* What was drawn into fd (-1: nothing could be), at most so many bytes, as a PDF file to keep under that name; closes fd. drawn: it was, else its reason counts. */
bool pdf_answer(struct visit *, int fd, bool drawn, int64_t most, const char *name);

#endif
