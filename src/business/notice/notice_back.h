/* notice_back - mails that come back: from a Maildir, a mailbox file or a mailbox elsewhere, and what they mean (doc/bounces.md). */
#ifndef NOTICE_BACK_H
#define NOTICE_BACK_H

#include "bounce.h"
#include "notice.h"

/* Reads the mails of a Maildir or a mailbox file (each once, however often it is read), puts those that are about a notice to it, keeps them sealed
 * and moves the customer on (doc/bounces.md). Asks for the key; where there is nobody to ask the vault must be open, and an address alone tells
 * nothing. */
struct bounces_read { int64_t looked, kept, moved, stuck, waiting; };    /* moved: on another way; stuck: there is none */
bool notice_bounces_read(struct op *, struct str from, struct answer *, struct bounces_read *);
struct bounce_row {
	int64_t id, at; enum bounce_class class; enum bounce_reason reason; bool final, moved, by_address;
	struct str status; int64_t incident, round; customer_id who; struct str ref; int64_t settled;   /* incident, who: 0 when not known; settled 0: it waits for a person */
};
/* Newest first, at most BOUNCES_PAGE of those below `below` (0: all); of one round, or of all (incident 0). */
enum { BOUNCES_PAGE = 50 };
struct bounces_asked { int64_t below, incident, round; bool waiting; };
bool notice_bounces(struct op *, const struct bounces_asked *, struct bounce_row **, size_t *n);
bool notice_bounces_waiting(struct op *, int64_t *n);
/* What it means, in a sentence or two; language: "en", "es". */
struct str notice_bounce_words(enum bounce_class, enum bounce_reason, bool final, const char *language);
/* One of them, opened: the vault is; the look is logged. Empty: forgotten at the customer's wish. */
bool notice_bounce_mail(struct op *, int64_t id, struct str *words, struct str *mail);

#endif
