/* bounce - what a mail says of a mail that was sent: it could not be delivered, somebody complains of it, a machine answered. Reads raw
 * mails, in a box only (bounce_main), and believes nothing: whose notice it is, and whether the mark in it is ours, is decided outside.
 *
 * Hides MIME, delivery reports (RFC 3464), complaints (RFC 5965), automatic answers (RFC 3834) and the words of mail servers
 * (data/bounce-phrases.txt).
 */
#ifndef BOUNCE_H
#define BOUNCE_H

#include "base.h"

enum bounce_class {
	BOUNCE_NONE,            /* nothing of the kind: a person's mail, a newsletter */
	BOUNCE_HARD,            /* it was refused for good */
	BOUNCE_SOFT,            /* for now; `final`: whoever tried has given up */
	BOUNCE_COMPLAINT,       /* the reader's provider says that they called it spam */
	BOUNCE_AUTO,            /* a machine answered, and it arrived */
	BOUNCE_UNKNOWN,         /* it is about our mail, and a person has to read it */
	BOUNCE_CLASSES
};
enum bounce_reason {
	WHY_UNTOLD, WHY_NO_MAILBOX, WHY_NO_DOMAIN, WHY_BAD_ADDRESS, WHY_CLOSED, WHY_FULL, WHY_TOO_BIG, WHY_BLOCKED, WHY_CONTENT, WHY_UNREACHABLE, WHY_DELAYED,
	WHY_LOOP, WHY_SPAM, WHY_AWAY, WHY_ARRIVED, WHY_READ, WHY_CHALLENGE, WHY_LEFT, WHY_ANSWER, BOUNCE_REASONS
};
const char *bounce_class_name(enum bounce_class);        /* "auto-reply" */
const char *bounce_reason_name(enum bounce_reason);      /* "no_mailbox" */

/* The mark that our mails carry in their sender's address and their Message-ID: "INCIDENT-ROUND-CUSTOMER-" and 16 letters of [a-z2-7]. Whatever looks
 * like one is reported, lower case, each once; at most BOUNCE_MARKS. */
enum { BOUNCE_MARKS = 4, BOUNCE_MARK_MAX = 52, BOUNCE_MAC = 16 };
struct bounce {
	enum bounce_class class; enum bounce_reason reason;
	bool final;                                      /* nobody tries it any more */
	char status[12];                                 /* "5.1.1" (RFC 3463), or "550"; empty: none was told */
	char address[256];                               /* to whom it was; empty: not told */
	char mark[BOUNCE_MARKS][BOUNCE_MARK_MAX]; size_t marks;
	char words[300];                                 /* what the server said, the subject of an answer: foreign text */
	struct str text;                                 /* its words, decoded, at most BOUNCE_TEXT bytes; in the arena */
};
enum { BOUNCE_MAIL_MAX = 256 << 10, BOUNCE_TEXT = 16 << 10 };    /* what follows in a longer mail is not read */
void bounce_read(struct str mail, struct bounce *, struct arena *);

/* ---- many, in a box: work "bounce" on a descriptor that holds a mailbox (mbox), or what bounce_frame put together ---- */

enum { BOUNCE_AT_ONCE = 10000 };                         /* mails of one box */
void bounce_frame(struct buf *, struct str mail);        /* appends; the first one begins it */
int bounce_main(int line, int fd);
/* The answers that such a box wrote, one after another: where the mail stands in what it was given (cut to BOUNCE_MAIL_MAX), and what it says.
 * size: of what it was given. false: no more, or torn. */
struct bounce_told { size_t at, n; struct bounce bounce; };
bool bounce_told(struct cursor *, size_t size, struct bounce_told *, struct arena *);

#endif
