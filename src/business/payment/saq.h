/* saq - which of the card industry's self-assessment questionnaires (PCI DSS v4.0.1) fits how we are paid, what would lead to a smaller one, and which of its
 * requirements our own registers answer. The acquirer, or whoever pays us out, decides which it takes.
 *
 * Hides data/pci-saq.txt: numbers of requirements and a few words of our own for each; no text of the standard. All but saq_evidence and saq_paper is pure.
 */
#ifndef SAQ_H
#define SAQ_H

#include "payment.h"
#include "verb.h"

const char *saq_name(enum saq);                          /* "SAQ B-IP"; of PROVIDER and NONE "no form" */

struct requirement { struct str id, answered_by, gist, gist_es; uint32_t forms; };       /* answered_by: one of ours, "readers"; empty: none. forms: bit of enum saq */
const struct requirement *saq_requirements(size_t *n);
size_t saq_size(enum saq);                               /* how many requirements it has. SPOC: as P2PE's, for its list is not published; PROVIDER: as D's */

/* What fits. What is not answered counts as not known, and that as the riskiest answer. */
enum { FITS_MAX = 40, CHANGES_MAX = 3 };
struct fit { enum saq form; size_t part; const struct form_rule *because; };
struct assessment {
	struct fit all[FITS_MAX]; size_t n;              /* of each channel; a channel with several ways may have several */
	struct fit fit;                                  /* the largest of them; FORM_NONE: no card is taken */
	bool several;                                    /* more than one form: one for each channel if the acquirer agrees, else D */
	bool code_kept;                                  /* whatever the form: nobody may keep the card's code (PCI DSS 3.3.1.2) */
};
void saq_assess(const struct answers *, struct assessment *);

/* The fewest changes that lead to a smaller form, and of as many those that lead to the smallest. option -1: finding out what is not known; drop: leaving a
 * channel. n 0: nothing that we know of does. */
struct saq_change { size_t question; int option; bool drop; };
struct saq_advice { struct saq_change change[CHANGES_MAX]; size_t n; enum saq form; };
void saq_advise(const struct answers *, struct saq_advice *);
struct str saq_change_say(struct arena *, const struct saq_change *, bool spanish);

/* The two sentences: what fits and why; and what a channel each or the payment company may change about it. */
struct str saq_say(struct arena *, const struct assessment *, bool spanish);
/* The way to a smaller one. When there is none: of the largest form what makes it that, channel by channel; of others nothing (empty). */
struct str saq_advice_say(struct arena *, const struct assessment *, const struct saq_advice *, bool spanish);

/* What there is in our own registers for a requirement that names one; there: it is more than nothing. */
struct answered { bool there; struct str say; };
bool saq_evidence(struct op *, struct str answered_by, bool spanish, struct answered *);

/* For the acquirer, of the answers in force: the requirements of the form with what answers them, as CSV (RFC 4180, UTF-8) or as a letter in PDF. NOT_FOUND:
 * nobody has walked through it yet. */
bool saq_csv(struct op *, bool spanish, struct buf *);
bool saq_pdf(struct op *, bool spanish, int fd);

extern const struct verb saq_verbs[];                    /* payment saq */

#endif
