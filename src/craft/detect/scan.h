/* scan - the detector for whole files: finds what looks like a card number or another identifier in any amount of text, gathers what
 * speaks for and against it, and judges it when the file has been seen to its end. One scanner, one thread; no files, no output.
 *
 * Rules are those of detect.h, and of data/card-ranges.csv; SSN and ITIN (SSA, IRS), IBAN (ISO 13616), ABA routing numbers, Canadian SIN
 * and UK NINO have their own check or their own shape; dates of birth, passports and driving licences need a word that says so.
 * What no other tool weighs: of all look-alikes in the same column, key or place of a log line, how many have a right check digit.
 * By chance it is one in ten; of card numbers all.
 */
#ifndef SCAN_H
#define SCAN_H

#include "detect.h"

enum scan_class { SCAN_UNLIKELY, SCAN_LIKELY, SCAN_CERTAIN };

/* What speaks for (or against) a finding; the words for people are made of these. */
#define SIGNS_LIST(X) \
	X(GROUPED)          /* written in the groups that are printed on a card, or as this number is written */ \
	X(ODD_GROUPS)       /* in groups that are not usual */ \
	X(WORD)             /* a word near it says so */ \
	X(HEADING)          /* its column, key or form field says so */ \
	X(WORD_AGAINST)     /* a word near it says that it is something else */ \
	X(HEADING_AGAINST)  /* its heading says so */ \
	X(EXPIRY)           /* an expiry date beside it */ \
	X(CODE)             /* a card code beside it */ \
	X(COLUMN)           /* its likes in the same place pass their check */ \
	X(COLUMN_AGAINST)   /* its likes in the same place mostly fail it: chance */ \
	X(CHECK)            /* its own check digits are strong (IBAN), or its track is complete */ \
	X(RARE)             /* a range or length that is seldom used */ \
	X(SPLIT)            /* put together from lines, cells or tags */ \
	X(ENCODED)          /* written in an encoding inside the text */ \
	X(EXAMPLE)          /* a number that is published as an example, or looks invented */
enum scan_sign {
#define X(name) SIGN_##name,
	SIGNS_LIST(X)
#undef X
	SIGNS
};

struct finding {
	enum hit_sort sort;
	enum scan_class class;
	float score;                                     /* 0 to 1: how sure */
	uint32_t signs;                                  /* 1 << SIGN_... */
	uint32_t alike, passing;                         /* look-alikes in the same place, and those that pass; 0: not counted */
	uint64_t at;                                     /* in text: offset of its first byte, */
	uint64_t line, column;                           /* and where that is, from 1, in characters (of UTF-16 in units); in pieces: 0 */
	uint32_t length;                                 /* bytes from its first to its last, as it stands there */
	uint32_t count;                                  /* how often in this line or piece */
	uint32_t record;                                 /* the piece's; 0: running text, or no pieces */
	uint64_t same;                                   /* equal numbers have equal ones, in this run only */
	const char *brand;                               /* of a card; else "" */
	char last4[5];                                   /* "" where the sort has none to show */
	struct str where, heading;                       /* of the piece; the heading also of text, when there is one */
};

struct scanner;
/* key: random, for `same`; kept in this process alone. */
struct scanner *scanner_open(const uint8_t key[16]);
void scanner_close(struct scanner *);
/* For tests and benchmarks: look with these instructions ("avx512", "avx2", "sse2", "neon", "portable"). False: the machine has them not. */
bool scanner_use(struct scanner *, const char *instructions);

/* A file begins. What is found in it is told when it has been seen to its end, in the order of its place (of very many findings, in
 * parts before); the views of a finding are good during the call. */
void scanner_begin(struct scanner *, void (*found)(void *, const struct finding *), void *to);
/* Text, a block at a time: read up to *n bytes to the place given, then say how many came; last: nothing follows. */
char *scanner_room(struct scanner *, size_t *n);
void scanner_take(struct scanner *, size_t n, bool last);
/* Before the first block: only what begins from `from` to before `until` is told, its lines counted from there; the blocks begin `before`
 * bytes earlier and end so many later, at most SCAN_AROUND (less where the text begins or ends). head: the text's first bytes, for
 * a table's headings; it may stand in the scanner's room. */
enum { SCAN_AROUND = 4 << 10 };
void scanner_part(struct scanner *, struct str head, uint64_t from, size_t before, uint64_t until);
/* Between blocks: n zero bytes stand here that need not be looked at. */
void scanner_skip(struct scanner *, uint64_t n);
/* When the last block was taken: line ends in what was looked at; *behind: the offset behind the last of them, when there is one. */
uint64_t scanner_lines(const struct scanner *, uint64_t *behind);
/* Or a piece of a document (open.h has the same words). */
void scanner_piece(struct scanner *, struct str text, struct str where, struct str field, uint64_t record);
/* Judges and tells. Returns how many findings there were, without the unlikely. */
size_t scanner_end(struct scanner *);

#endif
