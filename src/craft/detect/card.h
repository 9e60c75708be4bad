/* card - what a card number is, digit by digit: its check digit, its range, the published test numbers. For detect's own files. */
#ifndef CARD_H
#define CARD_H

#include "signs.h"

struct range { uint32_t low, high; uint32_t lengths; char tier; bool luhn; const char *brand; };

/* The range (data/card-ranges.csv) that prefix, length and check digit fit; NULL: none. n from 9 to 19. */
const struct range *card_range(const unsigned char *digit, size_t n);
/* Whether the n digits in front of `end` may have a range, no false no, and no yes with a wrong check digit where one is asked for; n from 12 to
 * 19. The text has the room around that eight.h says. */
bool card_may_be(struct str, size_t end, size_t n);
/* Whether a number of n digits that begins with these four may fit a range: one look in a table, no false no. */
bool card_begins(unsigned first4, size_t n);
bool card_check(const unsigned char *digit, size_t n);   /* the check digit is right (ISO/IEC 7812-1, annex B); n from 9 to 24 */
bool card_test_number(const unsigned char *digit, size_t n);

#endif
