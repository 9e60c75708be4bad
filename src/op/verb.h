/* verb - the only way to change anything: what can be asked for, with what fields, by whom. The command line, the pages and the API are made from each room's
 * table of verbs. Hides checking and masking what comes in, and the transaction round it.
 */
#ifndef VERB_H
#define VERB_H

#include "json.h"
#include "op.h"

enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_TIME, FIELD_FLAG, FIELD_PATH };      /* times stay text: what a date means is the verb's business */
/* placed: given without its name, in order; terminal: for who sits there and waits; afar: a path that may be named from elsewhere, too; secret: a file
 * with a secret, which from elsewhere comes by itself; slow: where it is given, the verb may take minutes; lead: only an owner or a manager gives it */
enum { FIELD_NEEDED = 1, FIELD_LIST = 2, FIELD_PLACED = 4, FIELD_TERMINAL = 8, FIELD_AFAR = 16, FIELD_SECRET = 32, FIELD_SLOW = 64, FIELD_LEAD = 128 };
struct verb_field { const char *name; enum field_type type; unsigned how; const char *help; };

struct arg { const struct verb_field *field; struct str *value; size_t n; };
struct args { struct arg *arg; size_t n; };
struct str args_text(const struct args *, const char *name);        /* the first value; empty when not given */
bool args_has(const struct args *, const char *name);
const struct arg *args_list(const struct args *, const char *name); /* NULL when not given */
bool args_number(const struct args *, const char *name, int64_t *); /* false: not given. Checked to be a number by op_do */
/* When something happened, a day or a time: no day, or one still to come, is INVALID for the field of that name. Empty: *out stays. */
bool op_been(struct op *, const char *name, struct str text, struct span *out);

/* Where a verb's words go; those of a WRITE verb once its transaction is kept. A face shows rows to machines as JSON Lines, sentences to people. */
struct answer {
	bool json;                                       /* rows are wanted; else sentences */
	bool attention;                                  /* exit status 1: done, and the answer needs attention */
	bool stopped;                                    /* it ended before its end, and what it kept by then is good */
	void (*put)(void *, struct str);                 /* a piece of the answer; an empty one: show what there is */
	void (*note)(void *, struct str);                /* a remark */
	void (*bytes)(void *, struct str);               /* a piece of a file that is the answer; NULL: nobody takes one (a LONG verb) */
	void *to;
	struct buf row; struct json j;
};
/* One line for people; nothing when rows are wanted. What is put in by %s can't drive the terminal, and ends no line: a line feed in it becomes a space. fmt knows s, d, u and
 * f with width, precision, - and 0, l and z. */
void answer_say(struct answer *, const char *fmt, ...) PRINTF(2, 3);
void answer_note(struct answer *, const char *fmt, ...) PRINTF(2, 3);  /* a remark beside the answer, for people, in any case */
void answer_lines(struct answer *, struct str);          /* a text of several lines, for people */
void answer_row(struct answer *);                        /* begins a row; nothing when sentences are wanted, likewise below */
void answer_text(struct answer *, const char *key, struct str);
void answer_number(struct answer *, const char *key, int64_t);
void answer_flag(struct answer *, const char *key, bool);
void answer_real(struct answer *, const char *key, double);             /* with three digits behind the point */
void answer_time(struct answer *, const char *key, int64_t);           /* RFC 3339 UTC; null when unknown */
void answer_words(struct answer *, const char *key, const struct str *, size_t n);   /* a list of texts */
void answer_counts(struct answer *, const char *key, const struct str *, const int64_t *, size_t n);   /* an object of numbers */
void answer_texts(struct answer *, const char *key, const char *const *names, const struct str *, size_t n);      /* an object of texts; null when n is 0 */
void answer_row_end(struct answer *);

/* alone: needs no data folder; maybe: uses it when there is a business in it (else op->db is NULL) */
/* new: makes the data folder itself; out: long, and goes over the network */
enum verb_how { VERB_READ, VERB_WRITE, VERB_LONG, VERB_ALONE, VERB_MAYBE, VERB_NEW, VERB_OUT };
struct verb {
	const char *name, *help, *example;               /* "incident open"; one sentence; one call */
	enum verb_how how;
	const struct verb_field *fields; size_t n;
	bool (*run)(struct op *, const struct args *, struct answer *);
	unsigned roles;                                  /* who may; 0: ROLES_LEAD */
	bool slow;                                       /* may take minutes: pages and the API do it as a job */
	bool again;                                      /* in a browser's session only soon after who it is was proved (ASVS 5.0, 7.5.3) */
	bool afar;                                       /* of those that go over the network: asked from elsewhere (op->afar), it leaves that to the courier */
};
static inline unsigned verb_roles(const struct verb *v) { return v->roles ? v->roles : ROLES_LEAD; }
#define FIELDS(...) (const struct verb_field[]){ __VA_ARGS__ }, sizeof((const struct verb_field[]){ __VA_ARGS__ }) / sizeof(struct verb_field)
#define NO_FIELDS NULL, 0

/* Checks that op->person may do this, what is needed and of what type, masks card numbers in every text (a masked one is refused: it is not a name), makes the
 * transaction, runs, signs the log. On false op->err says why and nothing is changed but complete steps of a LONG verb. */
bool op_do(struct op *, const struct verb *, const struct args *, struct answer *);
bool op_fits(struct op *, const struct verb *, const struct args *, struct answer *);    /* its checks alone, and its masking */
extern const struct verb op_verbs[];                     /* set; ends with a NULL name, like every room's */

#endif
