/* services - the service providers: which there are, what each holds of whose, what shows that it takes care, what is due, and leaving one.
 *
 * A service is a holder of that sort (map.h); here stands what else is known of it. Hides the register, what is known of common services (data/services.txt), the
 * sorts of evidence and what is needed of whom (data/evidence.txt), and how counts are kept. No score is made of anything.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include "exposure.h"

struct tongues { struct str en, es; };
static inline struct str tongue(const struct tongues *t, bool spanish) { return spanish ? t->es : t->en; }

/* ---- what is known of common services; pure ---- */

enum card_role { CARD_NONE, CARD_PARTNER, CARD_PROCESSOR, CARD_TAKES, CARD_AFFECTS };
enum power_there { POWER_PAGE = 1, POWER_MAIL = 2, POWER_FILES = 4 };  /* can change where customers pay; resets other sign-ins; holds whatever is put there */
struct known_service {
	struct str name, names, domains, status, sure;   /* names: others, | between them; domains: blanks between them; sure: B generally known, C to be looked at, own */
	struct str class; struct tongues does;           /* services of one class can stand in for each other */
	kinds usual, maybe; enum card_role card; unsigned power;
	struct tongues way, export, ask;                 /* how one comes to its evidence on cards; what to export, what to ask when something happened */
	bool second;                                     /* it offers a second step; else it varies */
};
const struct known_service *services_known(size_t *n);
/* By its name as a word in this one, another name of it, or a domain of its own or above it; NULL: not known. */
const struct known_service *service_known(struct str name_or_domain);

/* ---- the register ---- */

enum { DOMAINS_MAX = 8, HOURS_UNTOLD = -1, HOURS_NONE = 0, TEXT_MAX = 500 };
struct service {
	holder_id id; struct str name; int64_t since, until;             /* FAR_OFF: in use */
	const struct known_service *known;               /* NULL: nothing */
	struct str domain[DOMAINS_MAX]; size_t domains;  /* as told, else as known; lower case */
	struct str told, contact, clause, account;       /* told: the domain as told; whom to reach; where the contract says that they tell us; our number there. Empty: not told */
	int64_t hours;                                   /* within how many they tell us; HOURS_NONE: it promises nothing */
	int64_t used, ends;                              /* when somebody last said that it is still used, 0: never; the contract's day for giving notice, FAR_OFF: none */
	int64_t asked, emptied;                          /* after it was left: when deletion was asked for, and for when it was confirmed; 0: not */
	int said_card, said_page;                        /* as told: 0 not, 1 yes, 2 no */
	bool card;                                       /* takes part in card payments or can affect their security (PCI DSS 12.8) */
	unsigned power;
};
/* Every service on the map, by name: those in use, and those that were left and may still keep something. gone_too: also those that confirmed deletion. */
bool services_list(struct op *, bool gone_too, struct service **, size_t *n);
bool service_get(struct op *, holder_id, struct service *);             /* INVALID: it is no service */
bool service_put(struct op *, const struct service *);                   /* in a write transaction: keeps what was told of it */

/* ---- evidence: what shows that a statement about a holder is true ---- */

enum word_of { WORD_THEIRS = 1, WORD_AUDITOR, WORD_BRAND, WORD_OURS, WORD_CONTRACT, WORD_MEASURED, WORD_PUBLIC };
enum result { RESULT_NONE, RESULT_GOOD, RESULT_WEAK, RESULT_UNKNOWN };   /* of a check: as it should be, not so, could not be looked at (which is not bad) */
struct evidence_sort { struct str name; enum word_of word; int days; struct tongues says, shows; };      /* days: it counts so long where nothing else is told; 0: no end */
const struct evidence_sort *evidence_sorts(size_t *n);
const struct evidence_sort *evidence_sort(struct str name);              /* NULL: there is none */
struct evidence {
	int64_t id; holder_id holder; const struct evidence_sort *sort; enum result result;
	int64_t seen, until, made, ended;                /* until: FAR_OFF, no end; made: when it was noted; ended 0: it counts */
	struct str note, link;                           /* what it says; where it lies or can be seen: the document itself is not kept. Masked, TEXT_MAX at most */
};
/* In force, or all; newest first. holder 0: of all. */
bool evidence_list(struct op *, holder_id, bool ended_too, struct evidence **, size_t *n);
/* In a write transaction: masks and keeps it, gives it its number. until 0: seen and the sort's days. What was measured takes the place of the one before of its sort,
 * which goes after a year. TOO_BIG: the holder has EVIDENCE_MAX already. */
enum { EVIDENCE_MAX = 200 };
bool evidence_put(struct op *, struct evidence *);
bool evidence_end(struct op *, int64_t id);              /* taken back, or overtaken; NOT_FOUND */

#endif
