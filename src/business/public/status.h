/* status - the page of an incident that everybody can read: its words, which an owner decides on, and the look-up for whoever paid by card (doc/front.md).
 *
 * Hides the tables, how the answers come out of the exposure (answers.c), and the page's files. The words are a version each time they change; a version counts
 * when an owner has made it public.
 */
#ifndef STATUS_H
#define STATUS_H

#include "incident.h"
#include "verb.h"
#include "wording.h"

struct lookup;                                           /* lookup.h */
enum { STATUS_TITLE_MAX = 160, STATUS_TEXT_MAX = 6000 };
struct status_words { struct str title, text; };         /* text: a line a paragraph */
struct status {
	int64_t incident, version, since, put;           /* since: when it became public, 0: it is not; put: when its files were last made, 0: they are not there */
	bool waits;                                      /* words that are not public yet */
	struct status_words in[2];                       /* English, Spanish: as they wait, else as they are public, else ours */
	struct status_words out[2];                      /* as they are public */
};
bool status_get(struct op *, const struct incident *, struct status *);
bool status_public(struct op *, struct status **, size_t *n);            /* those that are public, latest incident first; of the words only `out` */

/* Who asks about a payment by card of a place and a day is told yes when every payment that it can be is at risk, no when none is, else perhaps; and never no when
 * cards are at risk by other ways than payments (a file, a list). The arrays live in the arena. rows 0: no payment by card is at risk. */
bool status_answers(struct op *, const struct incident *, struct lookup *);
/* What in these words must not go out: what is untrue by what is known of the exposure, and what brags. In the order English, Spanish. */
struct status_look { struct objection *untrue[2], *brag[2]; size_t untrues[2], brags[2]; struct readability read[2]; bool refused; };
bool status_look(struct op *, const struct incident *, const struct status_words[2], struct status_look *);

/* The page as it would be with these words: its files "status/3/index.html" and "status/3/index.es.html", and the style "look/public.css". host: of the server that
 * answers the look-up by https, for a folder on another web host; empty: the same. look NULL: nothing answers there. */
enum { STATUS_FILES = 3 };
struct status_file { const char *name; struct str bytes; };
bool status_files(struct op *, const struct incident *, const struct status *, const struct status_words[2], const struct lookup *, struct str host, bool preview, struct status_file[STATUS_FILES]);
bool status_preview(struct op *, const struct incident *, const struct status *, struct status_file[STATUS_FILES]);     /* with the words that wait */

/* ---- for the courier ---- */

bool status_due(struct op *, bool *due);                 /* some page's files are not what they should be */
extern const struct verb status_round;                   /* makes them so: no command of its own */

extern const struct verb status_verbs[];                 /* page list|show|words|publish|down|ask|folder */

#endif
