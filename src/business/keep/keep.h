/* keep - what we owe those whose data we keep ourselves: showing a customer whose hands it was in, forgetting at their wish; backup and restore.
 *
 * Hides what a backup looks like: doc/backups.md. */
#ifndef KEEP_H
#define KEEP_H

#include "notice.h"
#include "verb.h"

/* One holder through whose hands a customer's information went: which kinds, first and last touch and how many; listed: a customer list of its
 * shows them; found: a file there does. By holder number. */
struct hand { struct holder holder; kinds kinds; int64_t first, last, times; bool listed, found; };
bool keep_hands(struct op *, customer_id, struct hand **, size_t *n);

/* What we hold of a person, piece by piece, under each reference that is theirs: `what` is name, email, phone, address or number (a service's own),
 * with where it came from and when. The vault is open; the look is in the log. */
struct held { struct str of, what, value, source; int64_t at; };         /* at: LONG_AGO when nobody noted it */
bool keep_held(struct op *, customer_id, struct held **, size_t *n);
/* What they were told: each of their notices, latest first. */
struct noticed { int64_t incident, round, at; enum notice_state state; enum notice_channel channel; };
bool keep_noticed(struct op *, customer_id, struct noticed **, size_t *n);

/* Everything in open formats as one ZIP file into the open file `zip`; the passphrase was given again just before. TOO_BIG: over 256 MB; into a folder
 * there is no limit (the verb). */
bool keep_export(struct op *, int zip, uint64_t *size);

/* What it would touch to take an import back; nothing is changed. Of each open incident which looks at something that it brought: how many at risk it names, of
 * whom those drop whom nothing else names, and its payments that name nobody; of that incident's rounds those of which a notice to one of them has not gone: it is
 * drafted, waits, is printed, or lies in the outbox. */
struct reaching_round { int64_t round; struct unsent left; bool approved; };
struct reaching { int64_t incident, customers, unnamed; struct str title; struct reaching_round *round; size_t rounds; };
bool keep_undo_reaches(struct op *, int64_t import, struct reaching **, size_t *n);      /* NOT_FOUND */

/* Takes out all that is sealed, or found by a keyed hash: when the key is lost for good. In a write transaction. */
bool keep_lost(struct op *);

/* The backups in the data folder's own folder, newest first. made: as the name tells, to the minute. */
struct backup { struct str name; int64_t made, size; };
bool keep_backups(struct op *, struct backup **, size_t *n);
int  keep_backup_open(struct op *, struct str name);     /* to read; -1 with NOT_FOUND: there is none of this name */
/* The night's backup is due: none since 20 hours and it is between 2 and 5 in the morning here, or none since 36 hours. */
bool keep_backup_due(struct op *, bool *due);

/* What a data folder holds, or a backup. made: when the backup was; 0: it is none. chain: the first eight bytes of the log's. */
struct holds { struct str business; int64_t made, customers, touches, imports, incidents, entries, chain; };
bool keep_holds(struct op *, struct holds *);            /* the one that is open */

/* Puts a backup into a folder of its own beside the data folder op->folder, which nobody has to have made yet: everything there, proved, and on the disk when
 * *kept. Then whoever asked gives it the name. The passphrase or the recovery code is asked by op->ask. */
struct restoring {
	int fd; const char *name;                        /* the backup, from where it stands; what sentences call it */
	bool (*ready)(struct op *, const char *beside);  /* before what is in it is read, with the new folder and a keeper there; NULL: nothing is to be done */
	bool (*sure)(struct op *, const struct holds *, void *about);    /* this is in it: is it to be kept? */
	void *about;
};
bool keep_restore(struct op *, const struct restoring *, bool *kept);
const char *keep_beside(struct op *);                    /* that folder */
void keep_beside_drop(struct op *);                      /* what one that was ended left there */

extern const struct verb keep_verbs[];                   /* customer show|forget, import undo, backup, restore, export */

#endif
