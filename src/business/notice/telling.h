/* telling - what a notice says, in the small markup (doc/letters.md), and what is put into it. Opens nothing. */
#ifndef NOTICE_TELLING_H
#define NOTICE_TELLING_H

#include "enrol.h"
#include "html.h"
#include "laws.h"
#include "notice.h"
#include "paper.h"

struct str language_code(enum language);                 /* "en" */

/* A text in the small markup (doc/letters.md), parsed once into parts: values are put in as words, so nothing in a value can
 * become markup. */
struct template;
/* By language; an owner's one text stands for both. correction: for who proves not to be at risk; NULL: the same text. variant: for those under one law, "US-MA". */
enum { VARIANTS = 8 };
struct templates { struct template *in[2], *correction[2]; struct { struct str code; struct template *in[2]; } variant[VARIANTS]; size_t variants; };
/* stored: as kept in a round. INVALID: err says which line and why. */
bool templates_parse(struct op *, struct str stored, struct templates *);
struct str templates_builtin(struct op *);
/* The owner's own text, checked: fields, and the headings that the law wants of a first notice. A card number that was masked on its way is
 * refused like one that was not. Of a first notice, those whose law does not let a letter say what happened (Massachusetts) read ours, unless it has a text for them. */
bool templates_own(struct op *, struct str text, bool first_notice, struct str *stored);

struct str templates_text(struct str stored, enum language);             /* that language's text; no p: there is none of its own */
/* What is told to those who prove not to be at risk, as stored in `before`, behind an own text that has none. */
struct str templates_with_corrections(struct op *, struct str stored, struct str before);

/* What is put into it. */
struct telling {
	enum language language;
	struct str customer, region, business, address, phone;   /* region: where the customer lives, "US-MA", or only "DE"; empty: not known */
	const struct law *law; size_t laws; struct str home;     /* the table in force; where the business is: whose law counts for those of no known place */
	struct str parent;                               /* the company that owns the business; empty: none was told */
	int64_t discovered, affected; bool waited;       /* of the incident: when it was learned of; how many have been written to so far, this round included; the police asked to wait */
	struct str what[2], doing; int64_t from, to;     /* of the incident; what: in English, Spanish; [from, to) */
	kinds kinds; int64_t first, last, touches;       /* this customer's; kinds 0: not at risk after all */
	const struct offer *offer; struct str code;      /* who watches over credits, NULL: nobody; this customer's code for that, empty: has none */
	bool letter, reply;                              /* reply: a mail comes from an address that is read */
	int64_t at; struct zone *zone;                   /* the day of this notice */
};
struct words { struct passage *passage; size_t n; enum language language; };
void templates_fill(struct op *, const struct templates *, const struct telling *, struct words *);
struct str kind_words(enum language, enum kind);          /* "your card number" */
/* Adds where the customer's own page is: a link, or for a letter none, and where to type the code. */
void words_where(struct op *, struct words *, struct str link, struct str page, struct str code);
struct str plain_line(struct op *, struct str);           /* a value for one line: control characters are spaces, at most 500 bytes */
struct notice_line *words_lines(struct op *, const struct words *);      /* as many as passages */
struct str words_text(struct op *, const struct words *);
struct str words_html(struct op *, const struct words *);        /* the same words; escaped by construction */
struct str our_words(enum language, const char *key);      /* the phrase as it stands */
/* What reaches those without a name: the phrase `key`, in t's language. */
struct str public_words(struct op *, const char *key, const struct telling *t, struct str third);
enum { SMS_MAX = 300 };                                  /* units of UTF-16: two parts of GSM 03.38, five where a letter is not in that */
struct str sms_words(struct op *, const struct telling *, struct str link);       /* at most SMS_MAX; link: whole, or left out where it does not fit; empty: there are no public pages */
/* One line of what to say at the phone, from 1. */
struct str script_line(struct op *, size_t n, struct str business, struct str what, struct str phone, const char *language);
struct str words_subject(struct op *, const struct words *, const struct telling *);      /* title and business */

/* The laws that a letter to this customer follows. */
size_t laws_for(struct op *, const struct telling *, const struct law *out[PLACE_LAWS]);
bool letter_wants(const struct law *const *, size_t n, kinds, const char *rule);
void customer_telling(struct op *, const struct customer *, struct telling *);   /* language and name */

#endif
