/* find_int - the messages between the pool and its boxes, and what the room's files share. All numbers little-endian.
 *
 * To a box, up to BOX_FDS_MAX files and their descriptors: u32 number, then of each u32 id, u64 size, u64 from, u64 to, text name. A plain
 * file is looked at from `from` to before `to`; any other is opened when from is 0, and is done at once when not.
 * From a box: records, several in a message; each begins with its sort and the file's id.
 */
#ifndef FIND_INT_H
#define FIND_INT_H

#include "find.h"

enum record_sort {
	RECORD_HIT = 1,         /* u8 sort, u8 class, u32 score in millionths, u32 signs, alike, passing, u64 at, line, column, u32 length, count, record, u64 same, text brand,
	                         * last4, member, where, heading */
	RECORD_UNREAD,          /* u8 why (enum unread), text member */
	RECORD_PROGRESS,        /* u64 bytes looked at since the last */
	RECORD_DONE,            /* u8 why (enum unread), u64 bytes, u64 lines, u32 unlikely, u8 a picture wants OCR, text what went wrong */
};
enum unread { READ_WELL, UNREAD_BROKEN, UNREAD_ENCRYPTED, UNREAD_TOO_BIG, UNREAD_NO_WAY, UNREAD_STOPPED, UNREAD_ERROR, UNREAD_COUNT };
const char *unread_words(enum unread);

enum { MEMBER_MAX = 1000, WORDS_MAX = 400 };             /* bytes of a way inside, and of a place's words */

/* ---- pool.c: the boxes at work ---- */

struct pool;
struct pool *pool_open(struct find *, struct err *);
/* A file to look at; takes fd over. Waits while too many are under way. False: the machine gives no boxes (err). */
bool pool_add(struct pool *, struct str path, int fd, uint64_t size, struct err *);
/* Something that can't be read, in its turn. */
void pool_unread(struct pool *, struct str path, const char *why);
void pool_left_out(struct pool *, struct str path, const char *why);        /* on purpose */
bool pool_finish(struct pool *, struct err *);           /* waits for the rest */
void pool_close(struct pool *);

/* ---- walk.c ---- */

bool walk(struct find *, struct pool *, struct err *);

#endif
