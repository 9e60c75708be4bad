/* trust - what the business may say to its customers: sentences that are true today, each with the look that it rests on, and the page, card and security.txt
 * made of those that the owner chose.
 *
 * Hides data/trust.txt, how each sentence's evidence is looked up (evidence.c), the page's HTML, and which versions were ever said. A date in a sentence is
 * the day of the look; a sentence whose look is too old, or that an open incident touches, is not said. Nothing keeps an old date fresh.
 */
#ifndef TRUST_H
#define TRUST_H

#include "verb.h"

/* held: an open incident concerns what it speaks of; due: true, and its look runs out soon */
enum claim_state { CLAIM_TRUE = 1, CLAIM_DUE, CLAIM_LAPSED, CLAIM_HELD };
const char *claim_state_name(enum claim_state);
struct claim {
	struct str name, part, link;                     /* "readers"; "check", "keep", "help", "tell" or "call"; a page of ours, empty: none */
	struct str say[2], todo[2];                      /* English, Spanish. say is empty while it can't be said */
	struct str rests;                                /* on what, for the record: "reader 3 looked 2026-11-20T..." */
	enum claim_state state; bool promise, own, chosen, card;     /* card: short enough for the counter */
	int64_t at, until;                               /* the look's; FAR_OFF: it does not run out */
};
bool trust_claims(struct op *, struct claim **, size_t *n);      /* ours in the data's order, then the owner's own */

/* The page's files as they would be today: "trust/index.html", "trust/index.es.html", "trust/trust.css", ".well-known/security.txt" where there is a contact. */
enum { TRUST_FILES = 4, TRUST_PAGE_MAX = 30000 };
struct trust_file { const char *name; struct str bytes; };
bool trust_files(struct op *, struct trust_file[TRUST_FILES], size_t *n);
/* Keeps what is said today as a version, if it is another than the last; in a write transaction. */
bool trust_keep(struct op *, int64_t *version);
struct version { int64_t id, at; struct str text, rests; };      /* text: the sentences of both languages; rests: the evidence, a line for each */
bool trust_versions(struct op *, struct version **, size_t *n);  /* latest first */
/* The counter card, A5 size on its sheet, with a QR code that leads to public.url. */
bool trust_card(struct op *, bool spanish, int fd);
/* Puts the page again among the public files, if it was put there once and says something else now, or is a week old. */
bool trust_renew(struct op *);

extern const struct verb trust_verbs[];                  /* trust claims|choose|drop|say|page|card|versions */

#endif
