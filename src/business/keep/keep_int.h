/* keep_int - what keep's own files tell each other.
 *
 * A backup (doc/backups.md): MAGIC, u32 length, head; then pieces, each u32 length and sealed bytes. The head is in the clear, and its SHA-256
 * is authenticated with every piece. The first piece says how long the database is and its digest; the others are the database. */
#ifndef KEEP_INT_H
#define KEEP_INT_H

#include "keep.h"
#include "stream.h"
#include "verb.h"

enum { JOINED_MAX = 64 };                                /* customers that are one person */

#define BACKUP_MAGIC "handback backup 1\n"
#define BACKUPS "backups"                                /* in the data folder: backups that nobody named, 0700 */
enum { PIECE = 1 << 18, HEAD_MAX = 64 << 10, BACKUP_SLOTS_MAX = 256 };
struct head { int64_t business, made; struct str public_key, sealed, stream; struct slot *slot; size_t slots; };

bool head_read(struct arena *, struct str bytes, struct head *);         /* false: torn; texts point into bytes */
/* Reads a backup from its pieces on (fd stands there) with this key: checks all, and writes the database to `to`, or nowhere (-1). */
bool pieces_read(struct op *, int fd, const uint8_t key[BACKUP_KEY], struct str head, struct str stream, int to);
bool read_all(int fd, void *to, size_t n);               /* false: there is less */
bool store_proved(struct op *, struct holds *);          /* the database, the ledger and the log are sound, and this is what is in them */
void holds_tell(struct op *, const struct holds *, struct answer *);     /* into one row, or as a sentence */
bool folder_sync(const char *path);                      /* what was made and named in this folder stays */
bool held_tell(struct op *, customer_id, struct answer *);                 /* held.c: into customer show's row, or as sentences */
void folder_drop(const char *path);         /* a folder of ours with files in it */

bool backup_run(struct op *, const struct args *, struct answer *);
struct str backup_name(struct op *);                     /* a new one's path there, by the time */
void backups_thin(struct op *);                          /* the newest of each of 7 days and of 8 weeks stay */
bool export_run(struct op *, const struct args *, struct answer *);
bool undo_import_run(struct op *, const struct args *, struct answer *);
bool rotate_run(struct op *, const struct args *, struct answer *);
bool restore_run(struct op *, const struct args *, struct answer *);
bool sound_run(struct op *, const struct args *, struct answer *);      /* check */
bool log_show_run(struct op *, const struct args *, struct answer *);

#endif
