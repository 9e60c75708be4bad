/* sieve - the one fast pass over a text: where in it something may stand that is worth a closer look. For detect's own files.
 *
 * 64 bytes become a few 64-bit masks, and a pattern is a handful of shifts and ands of them. What the closer looks would find, they are
 * called for.
 */
#ifndef SIEVE_H
#define SIEVE_H

#include "eight.h"
#include "words.h"

enum sift {
	SIFT_BARE,              /* a run of 12 digits or more ends in front of it */
	SIFT_ROW,               /* so do digits with one space, dash or dot between, 14 bytes or more of them */
	SIFT_CHAIN,             /* so do groups as on a card (4-4-4-4, 4-6-5, 4-6-4) with anything between, at most 6 bytes */
	SIFT_324,               /* so do 3, 2 and 4 digits, as an SSN is written */
	SIFT_333,               /* as a SIN is written */
	SIFT_ID,                /* a run of 6 to 9 digits */
	SIFT_NINO,              /* two letters and six digits, in pairs or not, as an NI number is written */
	SIFT_DATE,              /* four digits behind others, as a year behind day and month, or in front of two and two; or behind a word; or a year of two */
	SIFT_IBAN,              /* thirteen bytes in front of it: the second digit of two behind two letters that begin a word */
	SIFT_GLUED,             /* the tenth digit of a run with a letter in front */
	SIFT_MARK,              /* of a tag, entity or escape, beside a digit; or another byte that may belong to a number */
	SIFT_SCRIPT,            /* digits of another script begin in the 64 bytes around */
	SIFT_WIDE,              /* so do digits beside NULs */
	SIFT_WORD,              /* a long word begins or goes on, that may be base64 */
	SIFTS
};
/* what: 1 << SIFT_..., one or several. digits: so many end in front; DIGITS_SEEN: that many or more. */
struct sifted { uint32_t at; uint16_t what, digits; };
enum { DIGITS_SEEN = 17 };

struct sieve {
	const char *name;
	/* Everything in t from *at to before `to`, by its place (but SIFT_WORD, which may come early), at most max (at least 1024); *at is then where to go on. */
	size_t (*sift)(struct str t, size_t *at, size_t to, struct sifted *out, size_t max);
	/* Where a word may begin, or stand in another, that says what other.c looks for (words.h: telling_senses), from *at to t's end; likewise. */
	size_t (*stems)(struct str t, size_t *at, uint32_t *out, size_t max);
	uint64_t (*digits)(const char *p);               /* which of 64 bytes are digits */
	uint64_t (*lines)(struct str t);                 /* line ends in t */
};

/* The best of this machine; or by name ("avx2", "sse2", "neon", "portable"), NULL if it has not. */
const struct sieve *sieve_of(const char *name);

#endif
