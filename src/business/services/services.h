/* services - the service providers: which there are, what each holds of whose, what shows that it takes care, what is due, and leaving one.
 *
 * A service is a holder of that sort (map.h); here stands what else is known of it. Hides the register, what is known of common services (data/services.txt), the
 * sorts of evidence and what is needed of whom (data/evidence.txt), and how counts are kept. No score is made of anything.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include "exposure.h"
#include "verb.h"

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

/* ---- what it holds of whom ---- */

/* Of a small ledger, and at the command line, as counted now; in pages of a large one as last kept: `stale`, if something has changed since `at`, not `known`, if it was never counted.
 * untold: nothing is there, and no way leads there on the map, so that nobody told what it gets: that is no answer. */
struct holding { int64_t customers, unnamed, found, by_kind[KIND_COUNT], at, moves; bool known, stale, untold; };
bool service_holding(struct op *, holder_id, struct holding *);
struct kind_count { enum kind kind; int64_t n; };
size_t holding_kinds(const struct holding *, struct kind_count[KIND_COUNT]);     /* those that are there, most first */
bool services_count_all(struct op *);                    /* counts and keeps whatever is not known or stale; a transaction for each */
bool services_check(struct op *, bool rebuild, uint64_t *kept);         /* what is kept and not stale is what the formula gives: TORN, if not */

/* ---- what is at stake there, and what is needed of it; pure but for service_lacks ---- */

enum stake { STAKE_CARD, STAKE_BANK, STAKE_IDS, STAKE_HOME, STAKE_HEALTH, STAKE_PAGE, STAKE_AFFECTS, STAKE_MAIL, STAKE_FILES, STAKE_MANY, STAKES };
enum { STAKE_MANY_CUSTOMERS = 100 };
enum weight { WEIGHT_LITTLE = 1, WEIGHT_SOME, WEIGHT_MUCH };     /* decides how much is asked: by what is there, not by fame */
unsigned service_stakes(const struct service *, const struct holding *);         /* a bit each. What was never counted is as usual with such a service */
enum weight stakes_weight(unsigned stakes);
const struct tongues *stake_says(enum stake);

enum need_of { OF_CARD, OF_MUCH, OF_SOME };
struct need { struct str name, by, source; enum need_of of; struct tongues says, what; };        /* by: sorts of evidence, blanks between; what: to do about it */
const struct need *needs_all(size_t *n);
/* One thing that is needed there. met: by something that counts today; until: how long, FAR_OFF: no end; was: when what there was ran out, 0: nothing. */
struct lack { const struct need *need; bool met; int64_t until, was; };
/* What is needed of it, in the data's order: what is met, too. Of one that was left nothing. */
bool service_lacks(struct op *, const struct service *, const struct holding *, struct lack **, size_t *n);

/* Of the services in use that take part in card payments or can affect their security (PCI DSS 12.8): how many there are, and how many have one of these sorts of
 * evidence that counts today (blanks between; empty: all have). */
bool services_with(struct op *, struct str by, size_t *of, size_t *with);

/* ---- what is due ---- */

enum { RENEWAL_DAYS = 60 };                              /* 60, 30 and 7 days before it is told */
enum renewal_of { RENEW_EVIDENCE, RENEW_CONTRACT, RENEW_USED, RENEW_DELETION };
struct renewal { enum renewal_of of; int64_t due; holder_id id; struct str service; const struct evidence_sort *sort; int days; };       /* days until then, rounded up; below 1: it is past */
/* What runs out or is to be looked at within `days`, and what is past, the soonest first. */
bool services_renewals(struct op *, int days, struct renewal **, size_t *n);
struct tongues renewal_says(struct op *, const struct renewal *);       /* "Attestation of compliance (AOC)" is to be asked for again */

void renewals_ics(struct op *, const struct renewal *, size_t n, bool spanish, struct buf *);    /* as a calendar (RFC 5545): a day each, told 30 and 7 days before */

/* ---- all of it together, for lists and pages ---- */

struct looked { struct service s; struct holding h; unsigned stakes; enum weight weight; struct lack *lack; size_t lacks, missing; };
bool service_look(struct op *, const struct service *, struct looked *);
/* As services_list, by how much of our customers is there: how many, then pieces of theirs, then the name. */
bool services_look(struct op *, bool gone_too, struct looked **, size_t *n);

/* ---- before taking one on: five questions, and what is known ---- */

/* What is known of one for the questions: which data (kinds: usual or there; h: of ours), whose word that it takes care, signing in, what it promises, getting out. */
struct compared { struct str name; bool ours; kinds usual, maybe; struct holding h; struct tongues care, sign_in, promise, out; };
enum { QUESTIONS_BEFORE = 5 };
extern const struct tongues questions_before[QUESTIONS_BEFORE];          /* in the order of struct compared: data, care, sign_in, promise, out */
/* What the data knows of `name`, and beside it those of ours that do the same; of a name that is not known: all of ours. The first is the new one. */
bool service_compare(struct op *, struct str name, struct compared **, size_t *n);

/* ---- leaving one ---- */

/* In a write transaction. Left: used no more from `at` on, and nothing goes there any more; what it keeps goes on counting. CONFLICT: it was left already. */
bool service_leave(struct op *, struct service *, int64_t at);
/* Deletion was asked for; it was confirmed for a moment, with where that stands: then it counts no more. CONFLICT: it was not left. */
bool service_asked(struct op *, struct service *, int64_t at);
bool service_deleted(struct op *, struct service *, int64_t at, struct str note);
struct str service_letter(struct op *, const struct service *, bool spanish);    /* asks it to delete what it has and to confirm the day */

extern const struct verb services_verbs[];               /* service list|show|known|add|set|evidence|renewals|compare|leave|letter */

#endif
