/* notice_public - those without a name: what reaches whoever paid and is named nowhere, and whoever comes forward. */
#ifndef NOTICE_PUBLIC_H
#define NOTICE_PUBLIC_H

#include "notice.h"

/* What reaches whoever paid and is named nowhere: a poster, words for the website, the till receipt and whoever takes calls, the letter that asks the
 * processor to tell the cards' holders, the law's substitute notice. language: "en", "es". The first line is a title where there are several. */
enum public_word { PUBLIC_POSTER, PUBLIC_WEBSITE, PUBLIC_RECEIPT, PUBLIC_PHONE, PUBLIC_PROCESSOR, PUBLIC_SUBSTITUTE, PUBLIC_WORDS };
const char *notice_public_name(enum public_word);        /* "poster" */
enum { PUBLIC_LINES = 24 };
bool notice_public(struct op *, const struct incident *, enum public_word, const char *language, struct str line[PUBLIC_LINES], size_t *n);

/* The law's substitute notice, law by law of those at risk. missing: of people those who can't be reached; unnamed: payments that name nobody, where the business
 * is; dollars: what letters to all of them would cost, -1: not known; grounds: see law_substitute. */
struct law;
struct substitute_rule;
struct substitute { const struct law *law; const struct substitute_rule *rule; int64_t people, missing, unnamed, dollars; unsigned grounds; int force; };
bool notice_substitute(struct op *, const struct incident *, struct substitute **, size_t *n);
const char *substitute_name(const struct substitute *); /* "yes", "no", "look": a lawyer should look */

/* ---- whoever comes forward though no export names them ---- */

/* A payment without a name that fits what they know. at_risk: its kinds that answer to the incident, 0: none; sure: what they said stands there, else it only does
 * not contradict; where: the reader or service. */
enum { FORWARD_FITS = 50 };
struct forward_fit { struct touch touch; kinds at_risk; bool sure; struct str where; };
/* The fields day, at and last4 of `notice fits`. The surest first; more: there are more than FORWARD_FITS. */
bool forward_fits(struct op *, const struct incident *, const struct args *, struct forward_fit **, size_t *n, bool *more);
/* Who came forward, in order; at most FORWARDS_SHOWN behind number `after`. paid 0: no payment is theirs by this; other: but by another time they came; day 0, last4 empty: they did not say. */
enum { FORWARDS_SHOWN = 100 };
struct forward_one { int64_t id, at, day, paid, undone, other; struct str ref, last4; };
bool forward_list(struct op *, int64_t incident, int64_t after, struct forward_one **, size_t *n);
struct str forward_touch_name(struct op *, const struct touch *);        /* as the field touch of `notice came` takes it */

#endif
