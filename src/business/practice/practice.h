/* practice - what staff do at the moment of payment: a page for each payment channel, made from the walk-through's answers and data/practice.txt, and who
 * has signed it. The card stays in the customer's sight and is handed back.
 *
 * A version is a set of duties, the readers it goes by and whom to call: other words for the same duty are no new version; a duty more or less, another reader or
 * another number is, and is signed anew by those who sign that page (PCI DSS v4.0.1 requirements 9.5.1.3, 12.6.1; yearly: 12.6.3).
 */
#ifndef PRACTICE_H
#define PRACTICE_H

#include "paper.h"
#include "payment.h"
#include "verb.h"

enum { DUTIES_MAX = 12, SIGNED_FOR = 365 * DAY };
struct duty { struct str name, en, es; };
struct practice {
	struct str channel;                              /* of the questions: "phone_reader" */
	struct both title;
	struct str odd_en, odd_es, readers;              /* readers: our names of those it goes by; empty: none */
	const struct duty *duty; size_t n;
	struct str holds;                                /* what makes a version of it, as it is kept */
	int64_t version, since;                          /* of that; since 0: nobody was shown it yet */
};
/* One for each channel of the walk in force, in the questions' order; n 0: nobody has walked through yet. */
bool practices(struct op *, struct practice **, size_t *n);
bool practice_of(struct op *, struct str channel, struct practice *);    /* NOT_FOUND */
/* Every duty there is for a channel, whatever was answered: for tests of the data. false: there is no such channel. */
bool practice_whole(struct arena *, struct str channel, struct practice *);

/* Who takes payments, and who ever signed. due: not signed, or another version, or more than a year ago. */
struct signer { struct str name; int64_t version, at; bool due; };       /* version 0: never */
bool practice_signers(struct op *, const struct practice *, struct signer **, size_t *n);

/* What the QR code on a print holds: `link`, which is where staff read and sign this; where no phone comes there (link empty), the number to call when
 * something is odd, as "tel:"; empty: no number is known either, and there is no code. says: it for people. */
struct str practice_provider(struct op *);                          /* the payment company, and the number to call there: "Square: (855) 555-0100"; empty: neither is told */
struct str practice_call(struct arena *, struct str phone);         /* "tel:+12025550111"; empty: no figure is in it */
struct str practice_code(struct op *, struct str link, struct str *says);
/* One page of it. link: as practice_code takes it. */
struct str practice_odd(struct op *, const struct practice *, bool spanish);     /* what to do when something is odd, with whom to call */
bool practice_print(struct op *, const struct practice *, enum placard_size, bool spanish, struct str link, int fd);

extern const struct verb practice_verbs[];               /* practice list|status|show|print|sign */

#endif
