/* risks - risky spots: what on the map, in findings, in the registers of readers and services, among sign-ins and in the walk's answers is likely to hurt, and the cheapest
 * thing that helps.
 *
 * Hides where the facts come from. The rules are data (data/risky-spots.txt, made C by tools/mkrisks.py); risk_fires is a pure function of the facts.
 */
#ifndef RISKS_H
#define RISKS_H

#include "access.h"
#include "verb.h"

enum { RISKS_NOW = 3 };                                  /* to be done now; the rest is for later */
enum { ACCEPT_DAYS_MAX = 366 };                          /* what is accepted is looked at again within a year */

/* What may be true of a holder. */
enum holder_fact {
	HOLDER_READER = 1 << 0, HOLDER_SERVICE = 1 << 1, HOLDER_COMPUTER = 1 << 2, HOLDER_STORAGE = 1 << 3, HOLDER_MAILBOX = 1 << 4, HOLDER_PAPER = 1 << 5, HOLDER_WEBSITE = 1 << 6,
	HOLDER_OWN = 1 << 7,                             /* Handback itself and its backups */
	HOLDER_CLOSED = 1 << 8,                          /* no longer used */
	HOLDER_EMPTIED = 1 << 9,                         /* everything there was deleted since it was closed */
	HOLDER_KEEPS_CARD = 1 << 10,                     /* card numbers were found there, or somebody said that they are kept */
	HOLDER_PASSES_CARD = 1 << 11,                    /* a flow of card numbers leads there or from there; a paper: one came in on it */
	HOLDER_KEEPS_CODE = 1 << 12,                     /* likewise the card's code, stripe or PIN */
	HOLDER_NOTES_CARD = 1 << 13,                     /* its export had a card number in a text field */
	HOLDER_HOME_ACCESS = 1 << 14, HOLDER_ADDRESS = 1 << 15,         /* a flow brings gate codes and keys; postal addresses come, or are kept */
	HOLDER_COMES_IN = 1 << 16,                       /* a flow leads there */
	HOLDER_UNTOLD = 1 << 17,                         /* nobody told how long it keeps what comes there */
	HOLDER_RESTS = 1 << 18,                          /* something of customers may still be there, told or assumed */
	HOLDER_KEEPS_LONG = 1 << 19,                     /* told: contacts until deleted, or for more than seven years */
	HOLDER_PAYMENT_COMPANY = 1 << 20,                /* as the walk names it */
	HOLDER_UNREGISTERED = 1 << 21,                   /* a reader without a serial number in the register */
	HOLDER_UNPROVEN = 1 << 22,                       /* a service that takes part in card payments or can affect them: nobody to call is noted, or no evidence that counts today */
	HOLDER_STRANGER = 1 << 23,                       /* a look found that somebody came to repair or exchange it unasked, and nobody has looked into it yet */
	HOLDER_UNLOOKED = 1 << 24,                       /* a reader that nobody has looked at for two days */
	HOLDER_UNSHOWN = 1 << 25,                        /* a person who takes payments, as the walk names them, and signed no page of the practice for a year */
};
enum { HOLDER_FACTS = 26 };
enum sign_in_fact { SIGN_IN_SHARED = 1 << 0, SIGN_IN_NO_SECOND = 1 << 1, SIGN_IN_LEFT = 1 << 2, SIGN_IN_WRONG = 1 << 3 };

enum risk_severity { RISK_STOP = 1, RISK_SOON, RISK_GOOD };      /* today; within a month; lowers the harm later */
/* What saying "fixed" changes on the map; from RISK_AT_READER on nothing: where it is put right, and then the spot of a place goes by itself. */
enum risk_does { RISK_NOTES, RISK_ENDS, RISK_OWN, RISK_SECOND, RISK_EMPTIES, RISK_AT_READER, RISK_AT_SERVICE, RISK_AT_HOLDER, RISK_AT_PRACTICE };
enum risk_each { EACH_HOLDER, EACH_SIGN_IN, EACH_WALK };
struct risk_answer { const char *question, *const *option; };    /* one of these options; NULL after the last */
struct risk_when { enum risk_each each; uint32_t all, none; const struct risk_answer *answer; size_t answers; const char *at; };    /* at: whose answer names the place; NULL: none, any holder */
struct risk_rule {
	int id; enum risk_severity severity; int minutes, cost;          /* of the cheapest fix; US dollars at most */
	enum risk_does does; const struct risk_when *when; size_t whens;
	struct both says, fix, changes, better, avoid; const char *source;
};
extern const struct risk_rule risk_rules[]; extern const size_t risk_rules_n;
/* Does this condition hold, of something of which these facts are true? Pure. */
bool risk_fires(const struct risk_when *, uint32_t facts, const struct answers *);

/* One rule, with the places where it is so and what was said of them in common. */
struct risk_place { int64_t id; struct holder holder; struct str name; };       /* id: the holder's or sign-in's number, 0: the whole business's; holder.id 0: none */
enum risk_state { RISK_OPEN = 1, RISK_ACCEPTED };
struct risk { const struct risk_rule *rule; enum risk_state state; struct risk_place *place; size_t places; int64_t again; struct str reason; bool back, now; };
/* again, reason: of an accepted one; back: it was said to be fixed, and shows again; now: one of the RISKS_NOW to be done first. Open ones first, as they are to be done; of one rule at most one open
 * and one accepted. What was said to be fixed is left out until something newer shows it again. */
bool risks_list(struct op *, struct risk **, size_t *n);
/* What was said, the newest first: fixed, or accepted until a day. */
enum risk_seen { SEEN_GONE, SEEN_STILL, SEEN_AGAIN };    /* now: nothing shows it; what showed it before is still told, and nothing newer; something newer shows it */
struct risk_word { const struct risk_rule *rule; int64_t place; struct str name, person; int64_t fixed, accepted, again; struct str reason; enum risk_seen seen; };   /* name: of the place; fixed or accepted 0: it was the other */
bool risks_said(struct op *, struct risk_word **, size_t *n);
/* How urgent it is shown to be: what would be stopped today and waits behind the three is for soon. */
static inline enum risk_severity risk_level(const struct risk *r) { return r->rule->severity == RISK_STOP && r->state == RISK_OPEN && !r->now ? RISK_SOON : r->rule->severity; }
struct str risk_name(struct op *, const struct risk_rule *);     /* "R13" */

extern const struct verb risk_verbs[];                   /* risk list|show|fixed|accept|said|undo, payment risks, map */

#endif
