/* find_int - the messages between the pool and its boxes, and what the room's files share. All numbers little-endian.
 *
 * To a box, up to BOX_FDS_MAX files and their descriptors: 16 bytes for fingerprints (scanner_open), u8 whether contacts are looked for,
 * too, u32 number, then of each u32 id, u64 size,
 * from, to, text name. Of a plain file what begins from `from` to before `to` is looked at; any other is opened when from is 0, and is
 * done at once when not.
 * From a box: records, several in a message (record.c), of one file after another in the order in which they were handed to it. A child
 * of the box speaks for the files that the box has lent it, and for no other.
 */
#ifndef FIND_INT_H
#define FIND_INT_H

#include "find.h"
#include <sys/stat.h>

/* ---- find.c, afar.c ---- */

bool find_here(struct find *, struct err *);             /* as find_scan, by this process */
bool find_afar(struct find *, struct err *);             /* by one that the parent starts: who asks may open no files */

/* What comes over the line between the two: one frame, which calls back; what is asked. false: nothing that ours would say. */
bool afar_hear(struct find *, struct arena *, struct cursor *, bool *over, struct err *);
bool afar_asked(struct cursor *, struct find *);

/* ---- record.c: what a box says, and how it is written ---- */

enum record_sort {
	RECORD_HIT = 1,         /* something was found */
	RECORD_CONTACT,         /* somebody is named */
	RECORD_UNREAD,          /* a member could not be read */
	RECORD_PROGRESS,        /* so many more bytes were looked at */
	RECORD_LENT,            /* the box's word: this file and some behind it are a child's, which speaks for them from now on */
	RECORD_AGAIN,           /* the box's word: the child is gone; what it said of this file does not count */
	RECORD_BEYOND,          /* a plain box's word: this file must be opened, which another sort of box does; it reads no more */
	RECORD_DONE,            /* the file is done */
	RECORD_SORTS
};
enum unread { READ_WELL, UNREAD_BROKEN, UNREAD_ENCRYPTED, UNREAD_TOO_BIG, UNREAD_TOO_DEEP, UNREAD_TOO_LONG, UNREAD_TOO_MANY, UNREAD_NO_WAY, UNREAD_STOPPED, UNREAD_ERROR, UNREAD_COUNT };
const char *unread_words(enum unread);

enum { MEMBER_MAX = 1000, WORDS_MAX = 400, CONTACT_MAX = 254 };      /* bytes of a way inside, of a place's words, of an address */
enum { RECORD_MAX = 2 * MEMBER_MAX + 2 * WORDS_MAX };    /* at least what one takes */

struct record {
	enum record_sort sort;
	uint32_t id;                                     /* of the file */
	struct find_hit hit;                             /* HIT, without its path */
	struct str member;                               /* CONTACT, UNREAD */
	struct contact contact;                          /* CONTACT */
	enum unread why;                                 /* UNREAD, DONE */
	uint32_t unlikely;                               /* DONE: how many were found */
	bool wants_ocr;                                  /* DONE: it holds a picture that was not read; LENT: none can be, for want of tesseract */
	uint32_t files;                                  /* LENT: how many */
	uint64_t bytes;                                  /* PROGRESS, DONE: looked at since the last that was said */
	uint64_t lines, behind;                          /* DONE, of plain text: line ends in its part, the offset behind the last; */
	uint64_t holes;                                  /* and bytes that the disk has no room for: zeros, passed over */
	struct str what;                                 /* DONE: what went wrong, for a person, or empty */
};
void record_put(struct buf *, const struct record *);    /* cuts texts that are too long */
/* A box's word is a stranger's: numbers are checked, texts cleaned and masked, all in the arena. False: nothing that a box of ours says. */
bool record_take(struct cursor *, struct arena *, struct record *);

/* What opening a file of so many bytes may cost: seconds of processor time, after which its opener should end; those that are then left
 * it to do so; and how much may be found in it. */
unsigned reading_seconds(uint64_t size, bool ocr);
unsigned reading_grace(uint64_t size, bool ocr);
uint64_t reading_finds(uint64_t size);

/* ---- seen.c: the files that are remembered ---- */

uint64_t seen_print(const struct seen *, const char *name, const struct stat *);       /* of a file as it is now; not 0 */
bool seen_has_rested(const struct stat *);               /* it can be remembered: its times will tell when it changes again */
bool seen_any(const struct seen *);                      /* it is worth asking */
/* told: records of what is in it, as record_put writes them; a view of *seen's. */
bool seen_has(struct seen *, uint64_t print, uint32_t *unlikely, struct str *told);
void seen_put(struct seen *, uint64_t print, uint32_t unlikely, struct str told);      /* now and then keeps what is new */
struct seen *seen_from(struct str bytes, bool contacts); /* a copy, without a place to be kept */
void seen_renew(struct seen *, struct str bytes);        /* a copy was used and says what there is now */
/* Without a place to be kept, and its bytes: for tests. */
struct seen *seen_new(void);
void seen_take(struct seen *, struct str bytes);         /* believes them, or none of them */
void seen_bytes(struct seen *, struct buf *);

/* ---- pool.c: the boxes at work ---- */

struct pool;
struct pool *pool_open(struct find *);                   /* boxes start when there is work for them */
/* A file to look at; takes fd over. print: of seen_print, under which it is remembered when it was read whole; 0: it is not. Waits while too many are under way. False: the machine gives no boxes (err), or the scan is to stop. */
bool pool_add(struct pool *, struct str path, int fd, uint64_t size, uint64_t print, struct err *);
/* A file that is still as it was; told: of seen_has. */
bool pool_known(struct pool *, struct str path, uint64_t size, uint32_t unlikely, struct str told, struct err *);
/* Something that can't be read, in its turn. */
void pool_unread(struct pool *, struct str path, const char *why);
void pool_left_out(struct pool *, struct str path, const char *why);        /* on purpose */
bool pool_finish(struct pool *, struct err *);           /* waits for the rest, unless the scan is to stop */
void pool_close(struct pool *);

/* ---- ignore.c: what a .handbackignore leaves out, as gitignore(5) says it ---- */

enum { WALK_DEPTH_MAX = 256 };                           /* folders within folders */

struct ignore;
struct ignore *ignore_open(void);
void ignore_close(struct ignore *);
/* The text of the file in the folder whose path has `base` bytes; its rules hold until ignore_pop. False: over a limit, then none hold. */
bool ignore_push(struct ignore *, struct str text, size_t base);
/* How many the last one left out; some: the names of the first IGNORE_NAMED of them, below its folder (NULL: not asked). */
enum { IGNORE_NAMED = 3 };
uint64_t ignore_pop(struct ignore *, struct buf *some);
/* Both end in 0; name is the path's last part. */
bool ignore_fits(struct ignore *, const char *path, const char *name, bool folder);

/* ---- tables.c ---- */

/* Adds the rows of find's database to the pool. False: as walk; or the database can't be read (err). */
bool tables_look(struct find *, struct pool *, struct err *);

/* ---- walk.c ---- */

/* Adds what is below find's paths to the pool. False: it should stop, the machine gives no boxes, or there is no such path (err). */
bool walk(struct find *, struct pool *, struct err *);
/* How much work that is, in the pool's measure: bytes, and FILE_COSTS for each file. 0: it can't be told in a quarter of a second. */
enum { FILE_COSTS = 4096 };                              /* bytes that can be read in the time that opening a file takes */
uint64_t walk_size(const struct find *);
uint64_t now_ms(void);                                   /* of a clock that only goes on */

#endif
