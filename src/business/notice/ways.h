/* ways - how somebody can be told: the contacts of one person, who may be several customers, and the next way when one has failed. */
#ifndef NOTICE_WAYS_H
#define NOTICE_WAYS_H

#include "laws.h"
#include "moves.h"

struct families { struct bits roots; };                  /* who has others joined to them */
bool families_open(struct op *, struct families *);
void families_close(struct families *);
bool family_ways(struct op *, const struct families *, customer_id, unsigned *ways);
/* Their numbers, itself first. */
enum { FAMILY_MAX = 32 };
bool family_of(struct op *, const struct families *, customer_id, customer_id member[FAMILY_MAX], size_t *n);
/* Opens n people: each with the contacts of all its family that `opens` allows (NULL: all). The look is in the log before. */
bool contacts_open(struct op *, const struct families *, const struct bits *opens, const customer_id *, size_t n, struct customer *);
struct str customer_email(const struct customer *);      /* the newest that can be one; empty: none */
const struct address *customer_address(const struct customer *);         /* the newest; NULL: none */
struct str customer_name(const struct customer *);       /* the newest that is one: a masked card number is not; empty: none */

/* How one can be told. ways: with those of everybody who is one person with them; wish: as they asked, NO_CHANNEL: they did not; barred: the channels (a bit
 * each) that the law of where they live does not take for a notice: never the first while another is open, and not left out; shut: those that can't carry it. */
struct plan { unsigned ways, barred, shut; enum notice_channel wish; };
struct wish;
struct place_of { struct str name; uint8_t barred; bool own_word; };     /* own_word: an e-mail is barred only to who did not ask for it */
enum { OWN_WORD = 1 };                                   /* beside the channels' bits, whose first is EMAIL's */
struct planner {
	struct families families; struct wish *wish; size_t wishes;
	unsigned shut;                                   /* an SMS has no room for a code of credit monitoring: where a customer has no page of their own, a letter takes it */
	bool strict;                                     /* the business says that its customers have not agreed to notices by e-mail */
	struct law *law; size_t laws; struct place_of place[128]; size_t places; uint8_t *at; size_t ats;       /* at: of each customer, when all were asked for */
};
bool planner_open(struct op *, int64_t incident, bool everybody, struct planner *);        /* incident: 0: of none; everybody: many of them will be asked about */
void planner_close(struct planner *);
bool plan_of(struct op *, struct planner *, customer_id person, struct plan *);
bool plan_now(struct op *, int64_t incident, customer_id person, struct plan *);   /* the same for one */
bool law_bars(const struct law *, enum notice_channel); /* it takes no such notice; the law may be NULL */
bool law_asks_consent(const struct law *);               /* it takes an e-mail only from who agreed to it, or is mostly dealt with so */
const char *notice_channel_said(enum notice_channel);    /* "e-mail" */
bool channel_open(struct op *, enum notice_channel, unsigned ways);       /* it can be tried by itself */
/* The first that is open and not among `tried` (a bit each); NO_CHANNEL: none is left. */
enum notice_channel channel_first(struct op *, const struct plan *, unsigned tried);
bool channels_tried(struct op *, const struct moving *, unsigned *tried);       /* in its round, and the one it is on */
/* Attempts on a channel go on counting where they ended. */
bool again_on(struct op *, const struct moving *, enum notice_channel, struct outcome *);
/* Of a notice that came back (m->state BOUNCED or RETURNED): the next channel, where there is one (*to; else NO_CHANNEL, and nothing is moved). */
bool channel_next(struct op *, struct moving *m, const char *code, enum notice_channel *to);

#endif
