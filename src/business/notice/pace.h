/* pace - never more than so many mails in any stretch of time: to the mail server (mail.limit), to it in any 24 hours (mail.day-limit), to one mail domain
 * (mail.domain-limit). Hides the count (table mail_pace), which outlives a run. */
#ifndef PACE_H
#define PACE_H

#include "marks.h"
#include "notice_int.h"

struct limit { int64_t most, seconds; };                 /* most 0: none */
struct pace {
	struct limit domain, server[2];
	int64_t relay;                                   /* the mail server, among what is counted */
	int64_t out[128]; size_t n;                      /* whose mails are on their way */
};
bool pace_open(struct op *, struct pace *);
/* So many may go to the server now; *later 0, or when the next may: none may now. */
bool pace_room(struct op *, const struct pace *, int64_t *room, int64_t *later);

/* In the transactions of who sends, one at a time. A mail counts from when it is taken, for as long as it is on its way, and then from when it was done. */

/* Before the first: what a killed run had on its way went out by now. */
bool pace_resume(struct op *, struct pace *);
/* One that there is room for: *later 0: it may go, and counts; else when its domain may have it. */
bool pace_take(struct op *, struct pace *, const uint8_t key[MARK_KEY], struct str address, int64_t *later);
/* One that was taken has not been offered to any server: it counts no more. */
bool pace_spare(struct op *, const struct pace *, const uint8_t key[MARK_KEY], struct str address);
/* Those that were taken are done with. */
bool pace_done(struct op *, struct pace *);

/* A round's e-mails that wait: how many, and when the next may go, maybe past; limited: when the server's limits let it. */
struct mails_waiting { int64_t n, due; bool limited; };
bool mails_waiting(struct op *, const struct round *, struct mails_waiting *);

#endif
