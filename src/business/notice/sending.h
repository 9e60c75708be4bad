/* sending - one run of a round, for sending.c (what it goes by), send.c (which does it) and sent.c (which tells of it). */
#ifndef SENDING_H
#define SENDING_H

#include "notice_int.h"
#include "seal.h"
#include "verb.h"
#include "wire.h"

enum { RETRIES_MAX = 8, BATCH_MAX = 100, LATER = 3600 };        /* LATER: until another run tries what was put off */

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
	int64_t lost;                                    /* in this run: handed over and not answered */
	int64_t odd; char odd_refs[300];                 /* letters that somebody should look at */
	bool stuck; char why[300], code[16];
};

/* The server and its account, or none: mails go into the outbox. false: a setting is lacking or wrong. */
bool sending_account(struct sending *);
/* How often it tries again within the run, and how many mails are a batch. */
void sending_settings(struct sending *);
/* What came of it, and what to do next. */
bool sending_report(struct sending *);
/* What to look at, where the server's answer tells: a sentence that goes on behind s->why; or nothing. */
const char *stuck_cause(const struct sending *);

#endif
