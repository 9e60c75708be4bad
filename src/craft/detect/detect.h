/* detect - what in a text must not be kept: card numbers, tracks and card codes. Whatever else these need of a text than the caller's buffer
 * is wiped. scan.h is the same detector for whole files, with more sorts and a judgement: what it finds likely or certain in a text is found
 * here, too, in whatever writing. Found besides, whatever it thinks of it, is what stands plainly there:
 *
 * A card number is 12 to 19 digits of any script (groups with one kind of separator) whose prefix and length stand in
 * data/card-ranges.csv and whose check digit is right (ISO/IEC 7812-1, Luhn), not part of a longer number or word. Rare ranges and odd
 * groups count only with a card word or an expiry within 64 bytes; 3 or 4 digits are a card code only behind a label such as "cvv"
 * and with a card number in the same text. A number is masked to its last four (PCI DSS 3.4.1 allows more; we keep less).
 */
#ifndef DETECT_H
#define DETECT_H

#include "base.h"

enum hit_sort {
	HIT_CARD = 1, HIT_TRACK, HIT_CODE, HIT_TEST_NUMBER,
	/* the scanner's alone (scan.h): what imports bring in of these is there on purpose */
	HIT_SSN, HIT_ITIN, HIT_IBAN, HIT_BANK, HIT_SIN, HIT_NINO, HIT_BIRTH, HIT_PASSPORT, HIT_LICENCE, HIT_SORTS
};
struct hit { size_t from, to; enum hit_sort sort; const char *brand; char last4[5]; };

/* Finds up to max hits in text, in order, not overlapping; returns how many there are in all. */
size_t detect(struct str text, struct hit *out, size_t max);
/* Likewise only what stands plainly in it: for large texts that go past the scanner anyway. */
size_t detect_plain(struct str text, struct hit *out, size_t max);

/* Whether text could hold a hit at all: one fast pass, no false no. */
bool detect_could(struct str text);
/* Whether one could stand plainly in it, in digits with at most one separator between two (several GB/s). */
bool detect_maybe(struct str text);

/* Text that is safe to keep and show: each hit replaced by e.g. "[card ending 1111]", a track or code by "[card track]",
 * "[card code]". Masking it again changes nothing. Returns the number of hits. Published test numbers are masked too: keeping them
 * apart is the scanner's business. */
size_t detect_mask(struct buf *out, struct str text);
/* Where the first card number that was masked so stands; NULL: nowhere. */
const char *detect_masked(struct str text);
/* Only what stands plainly in it. */
size_t detect_mask_plain(struct buf *out, struct str text);

/* Likewise for names that others chose (of files, members, sheets, columns; addresses), more strictly: every 12 to 19 digits, with at most
 * one space, dash, dot or underscore between two, whose beginning, length and check digit are a card's, and every ddd-dd-dddd
 * ("[SSN ending 1234]"), whatever stands around it. Inside a longer number: only 15 or 16 digits of the large brands. */
size_t detect_mask_name(struct buf *out, struct str name);
/* Likewise for what people write of themselves (a name, a street): whatever but letters stands between two digits, up to 4 bytes of it. */
size_t detect_mask_person(struct buf *out, struct str text);

#endif
