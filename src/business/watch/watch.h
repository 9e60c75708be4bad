/* watch - what a program can see of our service providers from outside: checks of their public front, and a catalogue of breaches; and the drafts of incidents that
 * come of it or of a provider's letter.
 *
 * Nothing is asked of anybody until a setting is switched on (watch.checks, watch.catalogue), and then only the domains of the services in the register, their status
 * pages, and the catalogue. A draft is not an incident: nothing is sent from it and no clock is counted for it until a person confirms it.
 * Hides the formats (signs.h), the catalogue's classes (data/breach-catalogue.txt) and the tables. A page can't reach out: what it asks for is a row, done by the courier.
 */
#ifndef WATCH_H
#define WATCH_H

#include "map.h"
#include "verb.h"

/* ---- drafts ---- */

enum draft_from { FROM_CATALOGUE = 1, FROM_LETTER };
enum draft_state { DRAFT_OPEN = 1, DRAFT_CONFIRMED, DRAFT_DISCARDED };
struct draft {
	int64_t id; holder_id holder; enum draft_from from; enum draft_state state;
	struct str entry, title, said, classes;          /* the catalogue's key, else empty; its title; what it or the letter says, plain text; the classes in its own words */
	int64_t happened, added;                         /* when it happened, as they say, FAR_OFF: not said; when the catalogue got it, or the letter came */
	int64_t begins, ends;                            /* the window proposed, [begins, ends) */
	kinds named, kinds; int64_t customers;           /* what they say was taken; of that, what of ours the formula knew there in the window; whom it would concern; all when it was made */
	int64_t made, decided, incident; struct str reason;
};
bool drafts_list(struct op *, bool decided_too, struct draft **, size_t *n);            /* newest first */
bool draft_get(struct op *, int64_t id, struct draft *);                                 /* NOT_FOUND */

/* ---- the catalogue ---- */

enum { CATALOGUE_MOST = 8 << 20, CATALOGUE_ENTRIES = 20000 };
struct breach { struct str name, title, domain, said, classes; int64_t happened, doubt, added; kinds kinds; bool verified; };     /* happened to doubt: the day, month or year that it names, in seconds as if of UTC */
/* Each entry that tells of a breach of its domain (not made up, not taken back, no list for spam, no stealer's loot), in its order. INVALID: it is no catalogue, or over a
 * limit; an entry that can't be read is left out and counted. Pure. */
bool catalogue_read(struct str json, struct zone *utc, struct breach **, size_t *n, size_t *unread, struct arena *, struct err *);
struct catalogue_source { struct str at, page, name, link, licence; };
struct catalogue_source catalogue_source(void);

/* ---- for pages and the courier ---- */

/* How the watch stands. The moments: 0, never. catalogue_says: what came of the last look, or empty. asked: a page asked for something that is not done yet. */
struct watch_state { bool checks, catalogue, asked; int64_t checked, catalogue_at; struct str catalogue_says; };
bool watch_state(struct op *, struct watch_state *);
/* When the next look is due: LONG_AGO, now; FAR_OFF, nothing is switched on or asked for. */
bool watch_due(struct op *, int64_t *);
extern const struct verb watch_round;                    /* does what is due: for the courier, no command of its own */

extern const struct verb watch_verbs[];                  /* service check|watch, incident told|drafts|confirm|discard, doctor mail */

#endif
