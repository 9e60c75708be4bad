/* base - the words everything is said in: text, memory of one operation, errors, bytes from strangers, sets.
 *
 * Knows no word of the model but the data kinds (kinds.h). Sees no other room. libsodium (hash, random), OpenSSL (SHA-256) and GLib (time
 * zones, when.h) are hidden here.
 */
#ifndef BASE_H
#define BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* ---- text: a view; it owns nothing and need not end in 0 ---- */

struct str { const char *p; size_t n; };
struct arena;

#define STR(literal)  ((struct str){ (literal), sizeof(literal) - 1 })
#define STR_FMT       "%.*s"
#define STR_ARG(s)    (int)(s).n, (s).p      /* names it twice: no call that changes something */

#define N_(english)   english                            /* a sentence or word of ours that a page may show: its Spanish stands in po/es */

struct str str_of(const char *zero_ended);               /* NULL gives the empty text */
bool       str_eq(struct str, struct str);
bool       str_eq_nocase(struct str, struct str);        /* ASCII letters only */
int        str_cmp(struct str, struct str);              /* bytewise, as memcmp; a prefix comes first */
bool       str_starts(struct str, struct str prefix);
struct str str_trim(struct str);                         /* without ASCII white space at both ends */
struct str str_split(struct str *rest, char separator);  /* takes the next field off *rest; rest->p is NULL after the last */
bool str_lists(struct str lines, struct str one);        /* one of the lines is this */
bool str_entry(struct str *text, struct str *word, struct str *rest);       /* data in lines of WORD REST: takes the next off *text; empty ones and those that begin with # are left out. false: no more */
bool       str_i64(struct str, int64_t *out);            /* the whole text is a decimal number in range */
struct str str_folded(struct arena *, struct str);       /* a name as it is compared: case, the form of accents (e + ´ is é) and runs of blanks set aside */
bool       str_same(struct str, struct str);             /* two names that are one by that */
struct str str_whole(struct str, size_t max);            /* of UTF-8 the beginning, at most so many bytes, no character cut in two */
bool       str_utf8(struct str);                         /* well-formed UTF-8 (RFC 3629), no NUL */
bool       str_region(struct str);                       /* ISO 3166-2: of the US one that there is (US-CA; also US-AE and its like), elsewhere its shape */
struct str str_straight(struct arena *, struct str);     /* without the marks that turn the direction of what follows (UAX 9): a name with one is shown as another. Itself if it has none */
struct str str_unparted(struct arena *, struct str);     /* with blanks and hyphens at which no line ends: a phone number stands on one line */
struct str str_dial(struct arena *, struct str);         /* what a phone dials of a number as people write it: its figures, and a + in front of them */
bool       str_phone(struct str);                        /* looks like a telephone number: 7 to 15 figures (ITU-T E.164) among + ( ) - . / and blanks, then maybe x or ext and 1 to 8 more */

/* ---- memory of one operation: freed at once, never piece by piece ---- */

struct arena *arena_open(void);
void   arena_close(struct arena *);                      /* NULL is fine */
void   arena_reset(struct arena *);                      /* forgets everything, keeps some memory for what comes next */
void  *arena_get(struct arena *, size_t size);           /* zeroed, aligned to 16; ends the process when memory ends */
struct str arena_str(struct arena *, struct str);        /* a copy, with a 0 behind it */
char  *arena_printf(struct arena *, const char *fmt, ...) PRINTF(2, 3);
struct str arena_say(struct arena *, const char *fmt, ...) PRINTF(2, 3);   /* the same, as a view */
const char *counted(struct arena *, int64_t n, const char *one, const char *many);   /* "1 letter", "12 letters" */
#define ARENA_NEW(a, type)       ((type *)arena_get((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n)  ((type *)arena_get_array((a), sizeof(type), (n)))
void  *arena_get_array(struct arena *, size_t size, size_t n);   /* the product is checked */
/* Room for one more behind n of them: the array itself, or a copy of twice the room (*cap). The old one stays until the arena goes. */
void  *arena_more(struct arena *, void *array, size_t n, size_t *cap, size_t size);

/* malloc, calloc and realloc that end the process when memory ends; what they give is freed with free() */
void  *mem_get(size_t);
void  *mem_zero(size_t n, size_t size);
void  *mem_grow(void *, size_t);
/* For a process that will idle: gives back free memory, and lets go of pages of the program and its libraries that nobody writes to; what is needed again comes
 * back from the kernel's cache by itself. */
void   mem_rest(void);

/* ---- bytes being written: grows up to max, then stays full; check `full` once, at the end ---- */

struct buf { char *p; size_t n, cap, max; bool full; };
#define BUF(limit) ((struct buf){ .max = (limit) })
void   buf_put(struct buf *, struct str);
void   buf_byte(struct buf *, char);
void   buf_printf(struct buf *, const char *fmt, ...) PRINTF(2, 3);
void   buf_u8(struct buf *, uint8_t);                    /* the numbers little-endian, for our own records */
void   buf_u16(struct buf *, uint16_t);
void   buf_u32(struct buf *, uint32_t);
void   buf_u64(struct buf *, uint64_t);
void   buf_lstr(struct buf *, struct str);               /* u32 length, then the bytes */
void   buf_shown(struct buf *, struct str);              /* foreign text for people's eyes: what could drive a terminal (control characters,
                                                          * line ends, turns of direction, bytes that are no UTF-8) becomes U+FFFD */
void   buf_markup(struct buf *, struct str);             /* escaped for the text and the quoted attributes of XML and HTML */
char  *buf_space(struct buf *, size_t n);                /* room for n more bytes, already counted in; NULL when full */
void   buf_csv(struct buf *, struct str);                /* a cell of a CSV file (RFC 4180), quoted where it must be; what a spreadsheet would take
                                                          * for a formula gets a ' before it (OWASP), which import takes off */
struct str buf_str(const struct buf *);                  /* what stands there; valid until the next put */
void   buf_clear(struct buf *);                          /* empty again, memory kept */
void   buf_free(struct buf *);                           /* wipes first */

/* ---- foreign bytes being read: past the end the cursor is torn and yields 0 ---- */

struct cursor { const uint8_t *p, *end; bool torn; };
struct cursor cursor_of(struct str);
uint8_t  cursor_u8(struct cursor *);
uint16_t cursor_u16(struct cursor *);                    /* little-endian */
uint32_t cursor_u32(struct cursor *);
uint64_t cursor_u64(struct cursor *);
struct str cursor_bytes(struct cursor *, size_t n);
struct str cursor_lstr(struct cursor *);                 /* the counterpart of buf_lstr */
bool     cursor_done(const struct cursor *);             /* all read, nothing torn */

/* ---- failing: a bool, and the reason in a struct err ---- */

enum fault {
	OK,
	REFUSED,       /* not allowed, or a wrong passphrase */
	INVALID,       /* the call is wrong */
	NOT_FOUND,
	CONFLICT,      /* does not fit what is there already */
	TOO_BIG,       /* over a limit */
	LOCKED,        /* needs the passphrase */
	OUTSIDE,       /* the machine: disk, memory, network, a server */
	TORN,          /* bytes that are damaged or forged */
};
struct err { enum fault code; char field[32]; char say[400]; };

/* Records the reason and returns false: `return err_set(e, INVALID, "to", "...")`. A reason already there is kept: the first
 * one counts. `field` names the argument at fault, or is NULL. The sentence says what to do next; it never holds a secret. */
bool err_set(struct err *, enum fault, const char *field, const char *fmt, ...) PRINTF(4, 5);
bool err_errno(struct err *, const char *what);          /* OUTSIDE, with what the system says of errno */
bool phone_fits(struct err *, const char *field, struct str);            /* str_phone, or INVALID with the field */
void err_clear(struct err *);
const char *fault_name(enum fault);                      /* "not_found", for machines */

/* ---- small files that somebody named ---- */

/* Appends the whole of it, links followed. INVALID with the field when it can't be read, TOO_BIG when out is full then. */
bool file_whole(const char *path, struct buf *out, const char *field, struct err *);
/* Makes it with these bytes; OUTSIDE, and nothing is left, when it is there already or can't be written whole. Not synced to the disk. */
bool file_put(const char *path, struct str bytes, unsigned mode, struct err *);
/* The same in place of what is there: whoever reads it finds the one or the other, whole. It is written beside, as PATH.new. */
bool file_replace(const char *path, struct str bytes, unsigned mode, struct err *);

/* ---- sets of small dense numbers ---- */

struct bits { uint64_t *w; size_t n; };                  /* n: how many numbers fit, 0 to n-1 */
struct bits bits_open(size_t n);                         /* all absent */
void   bits_close(struct bits *);
static inline void bits_add(struct bits *b, size_t i) { if (i < b->n) b->w[i >> 6] |= (uint64_t)1 << (i & 63); }
static inline bool bits_has(const struct bits *b, size_t i) { return i < b->n && (b->w[i >> 6] >> (i & 63) & 1); }
size_t bits_count(const struct bits *);
bool   bits_next(const struct bits *, size_t *i);        /* the first member >= *i into *i; false when there is none */

/* ---- hash and chance (libsodium; SHA-256 by OpenSSL) ---- */

struct sha256 { _Alignas(16) unsigned char state[128]; };
void sha256_start(struct sha256 *);
void sha256_add(struct sha256 *, struct str);
void sha256_end(struct sha256 *, uint8_t out[32]);
void sha256(struct str, uint8_t out[32]);
/* BLAKE2b, 256 bits: for whole files (three times as fast as SHA-256; `b2sum -l 256` gives the same). */
struct blake { _Alignas(64) unsigned char state[384]; };
void blake_start(struct blake *);
void blake_add(struct blake *, struct str);
void blake_end(struct blake *, uint8_t out[32]);
/* A key that follows from another of 16 to 64 bytes, for what `use` names; or, with a text, a proof of it: keyed BLAKE2b, 256 bits. */
void keyed_hash(const uint8_t *key, size_t key_n, const char *use, struct str text, uint8_t out[32]);
uint64_t hash64(struct str, const uint8_t key[16]);      /* SipHash-2-4: for tables and row fingerprints, not for secrets */
void random_bytes(void *, size_t);
void wipe(void *, size_t);                               /* not optimised away */
bool secret_same(const void *, const void *, size_t);    /* in a time that does not tell where they differ */
struct str hex(struct arena *, const uint8_t *, size_t);
void buf_base64(struct buf *, struct str);               /* RFC 4648, 4, with its padding */
bool base64_read(struct str, void *out, size_t max, size_t *n);          /* false: it is none, or is longer than max bytes */

#endif
