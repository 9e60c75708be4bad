/* seal_int - the line between seal.c (everybody's end) and keeper.c (the key's end).
 *
 * A request: u32 length, u8 which, payload. An answer: u32 length, u8 enum fault, payload; on a fault the payload is one sentence. */
#ifndef SEAL_INT_H
#define SEAL_INT_H

#include "seal.h"

enum request {
	R_CREATE = 1, R_LOGIN, R_AGAIN, R_WRAP, R_UNWRAP, R_VERIFY, R_INDEX, R_APPROVE, R_USE, R_SIGN, R_SLOT, R_BACKUP, R_SESSION, R_END, R_LINE,
	R_RESEAL, R_ROTATE, R_LOCK, R_LINK, R_ANSWER, R_GIVE,
	R_COUNT
};

enum {
	FRAME_MAX = 16 << 20,       /* a frame's length, at most: a set of 128 million customers */
	BATCH = 512 << 10,          /* what the client gathers before it asks */
	SLOTS_MAX = 256,
	PASSPHRASE_MIN = 12, PASSPHRASE_MAX = 1024,
	RECOVERY_GROUPS = 8, RECOVERY_GROUP = 5,
};

/* The set's digest in a leave: BLAKE2b over its members. */
void rows_digest(const struct bits *, uint8_t digest[32]);
bool origin_fits(struct str);                            /* as seal_checkpoint says */

/* One request handled, as the fuzz target also does; false: the asker broke the rules, and its line ends. */
struct keeper;
struct line;
struct keeper *keeper_open(int record, int64_t business);
void keeper_close(struct keeper *);
struct line *keeper_line(struct keeper *, enum asker);   /* a line without a descriptor */
/* Opens the vault with a master key and no passphrase, and signs a person in on this line; again: as if the passphrase was given again. */
void keeper_unlock(struct keeper *, struct line *, const uint8_t master[32], int64_t person, bool owner, bool again);
bool keeper_handle(struct keeper *, struct line *, struct str request, struct buf *answer);

#endif
