/* card - what a card number is, digit by digit: its check digit, its range, the published test numbers. For detect's own files. */
#ifndef CARD_H
#define CARD_H

#include "eight.h"
#include "signs.h"

struct range { uint32_t low, high; uint32_t lengths; char tier; bool luhn; const char *brand; };

/* The range (data/card-ranges.csv) that prefix, length and check digit fit; NULL: none. n from 9 to 19. */
const struct range *card_range(const unsigned char *digit, size_t n);
/* Whether a number of n digits that begins with these four may fit a range: one look in a table, no false no. */
bool card_begins(unsigned first4, size_t n);
bool card_check(const unsigned char *digit, size_t n);   /* the check digit is right (ISO/IEC 7812-1, annex B); n from 9 to 24 */
bool card_test_number(const unsigned char *digit, size_t n);

/* By the first four digits the lengths, from DIGITS_MIN on, that some range has, a bit for each; by the first two those of ranges without a check
 * digit (tools/mkranges.py). */
enum { CARD_BEGINNINGS = 10000 };
extern const uint8_t card_beginnings[CARD_BEGINNINGS], card_unchecked[100];
static inline unsigned card_lengths(unsigned first4) { return first4 < CARD_BEGINNINGS ? (unsigned)card_beginnings[first4] << DIGITS_MIN : 0; }

/* What eight digits count, the last one highest: each second from there double, less nine if that is more than nine. */
static inline uint64_t card_counts(uint64_t x)
{
	uint64_t twice = x & 0x00FF00FF00FF00FFu, over = (twice + 0x007B007B007B007Bu) >> 7 & 0x0001000100010001u;
	return x + twice - 9 * over;
}
/* Whether what the digits count, added up in each of eight bytes, is a right check digit's. */
static inline bool card_counts_right(uint64_t counts) { return (uint8_t)(counts * 0x0101010101010101u >> 56) % 10u == 0; }

/* Whether the n digits in front of `end` may have a range, no false no, and no yes with a wrong check digit where one is asked for; n from 12 to
 * 19. The text has the room around that eight.h says. */
static inline bool card_may_be(struct str t, size_t end, size_t n)
{
	/* sixteen bytes as one: all machines have instructions for these */
	typedef unsigned char sixteen __attribute__((vector_size(16)));
	typedef uint64_t halves __attribute__((vector_size(16)));
	static const unsigned char digits_behind[32] = { [16] = 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15 };
	static const sixteen seconds = { 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0 };
	const uint64_t value = 0x0F0F0F0F0F0F0F0Fu;
	const char *p = t.p + end;
	sixteen digit, ours;
	memcpy(&digit, p - 16, sizeof digit);
	memcpy(&ours, digits_behind + (n < 16 ? n : 16), sizeof ours);
	digit &= ours;
	digit += digit & seconds;                        /* up to 18; then its digits together are nine less */
	digit -= (sixteen)(digit > 9) & 9;
	halves sum = (halves)digit;
	uint64_t count = sum[0] + sum[1];
	if (n > 16)
		count += card_counts(eight_at(p - 24) & value << 8 * (24 - n));
	uint64_t begin = eight_at(p - n) & value;
	unsigned pairs = (unsigned)((begin * 10 + (begin >> 8)) & 0x00FF00FF), first4 = (pairs & 0xFF) * 100 + (pairs >> 16);
	return card_lengths(first4) >> n & (card_counts_right(count) | (unsigned)card_unchecked[pairs & 0xFF] << DIGITS_MIN >> n) & 1;
}

#endif
