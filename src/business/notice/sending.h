/* sending - one run of a round: sending.c knows what it goes by, send.c does it, by mails.c, sms.c and letters.c, each with the items of items.c; sent.c tells of it. */
#ifndef SENDING_H
#define SENDING_H

#include "marks.h"
#include "notice_int.h"
#include "outbox.h"
#include "own.h"
#include "pace.h"
#include "seal.h"
#include "verb.h"
#include "ways.h"
#include "wire.h"
#include "wire_fetch.h"

enum { RETRIES_MAX = 8, BATCH_MAX = 100, LATER = 3600 };        /* LATER: until another run tries what was put off */

struct sms { struct str url, user, password, from, field[3]; struct wire_way way; };     /* url empty: no gateway is set */
bool sms_open(struct op *, struct sms *);

struct sending {
	struct op *op; struct answer *answer;
	struct round round; struct templates templates; struct telling common;
	struct leave leave; struct bits rows; struct approval approval; struct families families;
	int64_t begun, clock;                            /* clock: in ns of CLOCK_MONOTONIC; waiting passes time also where the clock is told */
	int64_t delay[RETRIES_MAX], batch; size_t delays;
	uint8_t *tries;                                  /* of each customer in this run */
	int64_t again, until;                            /* how many were put off to be tried again in this run, and the last one's time */
	struct wire *wire; struct sms sms; struct pace pace; struct str from, domain, back; uint8_t marks[MARK_KEY];      /* back: where mails come back to, with a * for the mark */
	struct publishing public;
	struct outbox outbox;
	int64_t sent, texts, printed, in_doubt, to_letter, unreachable, failed, done, total;      /* texts: of those sent, by SMS */
	int64_t moves, dropped;                          /* where the exposure's counter stood when the round was settled, -1: not yet; how many it took back */
	struct strayed *strayed; size_t strays; int64_t looked;  /* what sending_look found, and where the counter stood before it, -1: not yet */
	int64_t lost;                                    /* in this run: handed over and not answered */
	int64_t odd; char odd_refs[300];                 /* letters that somebody should look at */
	bool stuck; char why[300], code[16];
};

/* The server and its account, or none: mails go into the outbox. false: a setting is lacking or wrong. */
bool sending_account(struct sending *);
/* How often it tries again within the run, and how many mails are a batch. */
void sending_settings(struct sending *);
int64_t sending_clock(void);                             /* ns that pass also where the clock is told */
int64_t sending_tick(struct sending *);                  /* op->now as it is by now: it is returned, too */
void sending_progress(struct sending *, const char *what);
/* Approved is not at risk for good: whom the exposure has dropped since is not written to. Before a write transaction the exposure is looked at, where anything has
 * changed since the last look; in it, so that nothing changes meanwhile, the counter is compared, and who strayed is taken back. */
bool sending_look(struct sending *);
bool sending_settle(struct sending *);

/* ---- one run's ways, in this order; each ends when none of its kind is due, or the run has to ---- */

bool mails_send(struct sending *);
bool messages_send(struct sending *);
bool letters_send(struct sending *);

/* ---- one who is due ---- */

struct item {
	struct moving m; kinds kinds; int64_t first, last, touches; struct customer c; struct wire_job *job;
	struct str text, code;                           /* what it tells; the customer's code for credit monitoring */
	struct str mail; struct telling t; struct words page;    /* of an e-mail: its bytes, and what their page says */
	uint8_t secret[FRONT_SECRET];                    /* of the customer's link */
	bool torn, gone, written;                        /* its record does not open; somebody moved it since it was read; there is a mail */
	bool answered, told;                             /* its job has its outcome; that is kept */
};
/* The first that are due, at most so many; then what is kept of them, opened under the round's leave. Both outlive the transaction they are read in: */
bool items_due(struct sending *, enum notice_channel, int64_t many, struct item *, size_t *n);
bool items_open(struct sending *, struct item *, size_t n);
/* ... so whoever sends looks in the transaction that keeps it whether they still are; else they are gone. */
bool items_still_due(struct sending *, struct item *, size_t n);
/* What this customer is told, with the link to their page where there are public pages; without it those are the page's words. */
void item_words(struct sending *, const struct item *, struct telling *, struct words *, struct words *page);
/* The same, and their page is put up. In a write transaction, like the moves: */
bool item_words_put(struct sending *, const struct item *, struct telling *, struct words *);
/* what became of its job; it has failed for good, so the next channel or none; it could not be written. code: why. */
bool item_outcome(struct sending *, struct item *);
bool item_fall(struct sending *, const struct item *, const char *code, struct str words);
bool item_spoil(struct sending *, const struct item *, const char *code);

/* ---- when it is over ---- */

/* What came of it, and what to do next. */
bool sending_report(struct sending *);
/* What to look at, where the server's answer tells: a sentence that goes on behind s->why; or nothing. */
const char *stuck_cause(const struct sending *);

#endif
