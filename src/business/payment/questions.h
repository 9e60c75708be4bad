/* questions - what the walk-through asks (data/questions.txt, made C by tools/mkquestions.py), and which question comes next. Pure: nothing here touches the
 * database. For payment's own files and for whoever shows a question.
 */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include "map.h"
#include "verb.h"

struct both { const char *en, *es; };                    /* words of ours; NULL: there are none */

/* An answer is a set: an option a bit, from bit 0; or one of these. 0: not answered. */
#define ANSWER_NAMED   (1u << 28)                        /* names, or a telephone number */
#define ANSWER_NONE    (1u << 29)                        /* of names: there is nobody, nothing */
#define ANSWER_UNKNOWN (1u << 30)                        /* "I don't know": a task */
enum { QUESTIONS_MAX = 96, NAMES_MAX = 40, NAME_LENGTH = 80 };   /* NAMES_MAX: of one answer, each of at most NAME_LENGTH bytes */

enum answer_kind { ANSWER_ONE, ANSWER_SEVERAL, ANSWER_NAMES, ANSWER_PHONE };
struct clause { uint8_t question; uint32_t any; };       /* its answer has one of these */
struct condition { const struct clause *clause; size_t n; };     /* all of them; none: always */
/* change: what moving to it takes; drop: leaving it, and then: what is answered of the channel that takes its place; alone: goes with no other */
struct option { const char *name; struct both label, change, drop; struct condition then; bool alone; };
struct question {
	const char *name; uint8_t part; enum answer_kind kind; unsigned sort;    /* sort: enum holder_sort of ANSWER_NAMES */
	struct both ask, help, prefill; const char *source;
	struct condition when; const struct option *option; size_t options;
	int instead;                                     /* a stand-in while no name is known; -1: none */
};
struct part { const char *name; struct both title; size_t first, n, form, forms; int ways; };    /* questions [first, first + n); rules [form, form + forms) */
struct stand_in { enum holder_sort sort; struct both name; };
struct rule_end { bool asked; uint8_t n; };                 /* the names answered to question n, or stand-in n */
struct map_rule { uint8_t part; struct rule_end from, to; enum manner_flow manner; kinds kinds; struct condition when; };
struct keep_rule { uint8_t part; struct rule_end holder; kinds kinds; int64_t keeps; struct condition when; };
/* The self-assessment questionnaires of PCI DSS v4.0.1; PROVIDER: there is none for this alone, ask whoever pays you out. In no order. */
enum saq { FORM_NONE, FORM_A, FORM_A_EP, FORM_B, FORM_B_IP, FORM_C, FORM_C_VT, FORM_P2PE, FORM_SPOC, FORM_PROVIDER, FORM_D, FORMS };
struct form_rule { enum saq form; struct both because; struct condition when; };

extern const struct question questions[]; extern const size_t questions_n;
extern const struct part walk_parts[]; extern const size_t walk_parts_n;            /* 0: the business; then the payment channels, as the options of question 0 */
extern const struct stand_in stand_ins[]; extern const size_t stand_ins_n;
extern const struct map_rule map_rules[]; extern const size_t map_rules_n;
extern const struct keep_rule keep_rules[]; extern const size_t keep_rules_n;
extern const struct form_rule form_rules[]; extern const size_t form_rules_n;

/* The answers of one walk. text: options or names, one a line; "-" none, "?" unknown. person, due: who finds an unknown one out, by the end of which day. */
struct answers { uint32_t set[QUESTIONS_MAX]; struct str text[QUESTIONS_MAX], person[QUESTIONS_MAX]; int64_t due[QUESTIONS_MAX]; };

bool question_named(struct str name, size_t *q);         /* false: there is no such question */
/* What this answer says, written as options or names, "-" or "?"; INVALID says what is wrong with it. text: as it is kept. */
bool question_read(struct arena *, size_t q, const struct str *value, size_t n, uint32_t *set, struct str *text, struct err *);
/* The names of a line as somebody typed it: "Ana, Ben." are two, "Block, Inc." is one; at most NAMES_MAX + 1, which question_read refuses. */
size_t names_typed(struct str typed, struct str name[NAMES_MAX + 1]);
bool question_has(const struct answers *, const char *question, const char *option);     /* asked, and the option (or "unknown", "named", "none") is among the answer */

/* A question is asked when its channel is among those chosen, and what it depends on was asked and answered so; an answer to one that is not asked is kept
 * and does not count. */
bool part_chosen(const struct answers *, size_t part);
void questions_asked(const struct answers *, bool asked[QUESTIONS_MAX]);
bool condition_holds(const struct answers *, const bool asked[QUESTIONS_MAX], const struct condition *);
/* The first that is asked and not answered, not before `from`; questions_n: none is left. */
size_t question_next(const struct answers *, size_t from);
size_t question_before(const struct answers *, size_t q);        /* the one asked before it; questions_n: it is the first */
/* Where q stands in its part: k of about n. n counts what may still come, so it only falls while the part is answered. */
void question_place(const struct answers *, size_t q, size_t *k, size_t *n);
bool question_may_come(const struct answers *, size_t q);        /* asked, or it comes to be when what is open is answered so */
size_t questions_left(const struct answers *);           /* asked and not answered */

#endif
