/* readers - the card readers: what each is and who has it, and the short looks at it that begin the window of what may have happened since.
 *
 * Hides the register (PCI DSS 4.0.1 requirement 9.5.1.1), the looks (9.5.1.2) with their sealed photos, and data/reader-checks.csv.
 */
#ifndef READERS_H
#define READERS_H

#include "exposure.h"
#include "verb.h"

enum { CHECKS_MAX = 16, PHOTO_MAX = 12 << 20, LOOKS_MAX = 1000, LOOK_BACK_DAYS = 3 * 366 };       /* LOOK_BACK_DAYS: how far back one can be entered */
/* What is looked for, as data: its name for machines, and the sentence that is true of a good reader. */
struct reader_check { int bit; struct str name, en, es; };
const struct reader_check *reader_checks(size_t *n);

struct reader {
	holder_id id; struct str name, make, model, serial;              /* empty: not told */
	holder_id place, person; struct str place_name, person_name;
	int64_t every;                                   /* seconds between two looks: a week where nothing was told */
	int64_t until;                                   /* FAR_OFF: in use */
	int64_t looked, clean, due;                      /* last look, last clean one: LONG_AGO if none; when the next is due: now if none */
	struct str looked_by;                            /* by whom, the last one */
	bool odd;                                        /* a look found something, and nobody has looked into it yet */
};
/* Every card reader of the map; those in use first, among them those of which something was odd, then the longest due. */
bool readers_list(struct op *, struct reader **, size_t *n);
bool reader_get(struct op *, holder_id, struct reader *);                /* INVALID: it is no card reader */

/* entered: when it was written down, by whom; later than `at`, if an owner or a manager entered it afterwards. settled: when what was odd had been looked into; 0: not */
struct inspection { int64_t id; holder_id reader; int64_t at, entered; struct str by, entered_by, note; int64_t odd; bool photo; int64_t settled; struct str why; };
/* The looks at a reader, newest first, at most LOOKS_MAX; reader_look gives all but who entered it when. */
bool reader_looks(struct op *, holder_id, struct inspection **, size_t *n);
bool reader_look(struct op *, int64_t id, struct inspection *);          /* NOT_FOUND */

/* Whom staff tell of something odd: the owners and managers who may sign in, and the business's number if it is known: "Maria, (202) 555-0100". */
bool reader_tell(struct op *, struct str *names);

/* Where a window for something found at `found` begins: the last clean look before it; LONG_AGO: there was none. Behind an odd look that nobody has
 * looked into no look is a clean one. */
bool reader_window(struct op *, holder_id, int64_t found, int64_t *from);
/* If something is found on it at `at`: who was there since the last clean look. */
struct at_stake { int64_t since; uint64_t customers, unnamed; };
bool reader_at_stake(struct op *, holder_id, int64_t at, struct at_stake *);

/* The photo of a look, opened: needs the key, and is a look in the log. type: "image/jpeg", "image/png" or "image/webp". NOT_FOUND: there is none. */
bool reader_photo(struct op *, int64_t look, struct buf *, const char **type);

extern const struct verb readers_verbs[];                /* reader list|show|set|inspect|settle|photo|checks */

#endif
