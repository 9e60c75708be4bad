/* own - a page that is one customer's alone, and the link to it (doc/front.md). */
#ifndef NOTICE_OWN_H
#define NOTICE_OWN_H

#include "front.h"
#include "moves.h"
#include "telling.h"

struct round;
struct publishing { int pages; struct str url; bool keyed; };            /* pages -1: nothing is public, and all below does nothing */
bool own_open(struct op *, struct publishing *);
void own_close(struct publishing *);
/* These customers' secrets, under the round's leave that is in use. */
bool own_links(struct op *, struct publishing *, const customer_id *, size_t n, uint8_t (*secret)[FRONT_SECRET]);
/* Puts the customer's page, with what this round says above what earlier ones said; in a write transaction. It lasts after own_sync: before the message goes out. */
bool own_put(struct op *, const struct publishing *, const struct moving *, const uint8_t secret[FRONT_SECRET], const struct words *, const struct telling *);
bool own_sync(struct op *, const struct publishing *);
/* The letter whose code (or link, as its QR code has it) was typed: the latest that is in the post, else that was answered; of one round if `only` is told. ref lives in op->a. */
bool coded_letter(struct op *, struct str typed, const struct round *only, struct moving *, struct str *ref);
/* Adds the link to what the message says. */
void words_link(struct op *, struct words *, const struct telling *, const struct publishing *, const uint8_t secret[FRONT_SECRET]);

#endif
