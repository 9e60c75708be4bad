/* places - of whom a round is made, by place, kinds, language and way; kept for a large one that waits for its approval. */
#ifndef NOTICE_PLACES_H
#define NOTICE_PLACES_H

#include "notice_int.h"

/* language: two letters or empty; open: of n those that are drafted or wait. */
struct share { struct str region, country, language; kinds kinds; enum notice_channel channel; int64_t n, open; };
/* affected: written to in rounds up to this one; counted: when that was, if something has changed since then, else 0. */
struct places { struct share *of; size_t n; int64_t affected, counted; };
bool places_now(struct op *, const struct round *, struct places *);
bool places_seen(struct op *, const struct round *, struct places *);    /* for a page: of a large round as last kept */
bool places_keep(struct op *, const struct round *);     /* in a write transaction; nothing for a small one */
bool places_keep_all(struct op *, int64_t incident);     /* what is not kept or stale of the rounds that wait for their approval; a transaction each */
bool places_check(struct op *, int64_t incident, bool rebuild);          /* TORN: what is kept is not what is there */

#endif
