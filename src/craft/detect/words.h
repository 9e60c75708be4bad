/* words - what the words around a number, or its heading, say that it is (data/find-words.csv). For detect's own files. */
#ifndef WORDS_H
#define WORDS_H

#include "around.h"

enum sense {
	SENSE_NONE, SENSE_CARD, SENSE_EXPIRY, SENSE_CODE, SENSE_SSN, SENSE_ITIN, SENSE_SIN, SENSE_NINO, SENSE_IBAN, SENSE_ROUTING,
	SENSE_ACCOUNT, SENSE_BIRTH, SENSE_PASSPORT, SENSE_LICENCE,
	SENSE_PERMIT,           /* to drive, if the word beside it says so: "license" */
	SENSE_OTHER_CARD,       /* with the word beside it a card that pays nothing: "gift card"; told as SENSE_OTHER */
	SENSE_OTHER,            /* says that a number is something else: "order", "imei" */
	SENSE_MASKED,           /* says that it is not the number itself: "token", "hash", "last4" */
	SENSE_FILLER,           /* says nothing: "number", "no", "is" */
	SENSES
};
#define SENSE(name) (1u << SENSE_##name)

enum sense word_sense(struct str word);                  /* case and accents do not matter; UTF-8 or Latin-1 */
/* What other.c looks for only where a word near says so: the senses of such words. */
enum { TELLING = SENSE(SSN) | SENSE(ITIN) | SENSE(SIN) | SENSE(ROUTING) | SENSE(BIRTH) | SENSE(PASSPORT) | SENSE(LICENCE) | SENSE(PERMIT) };
/* Of the words that begin at `at`, or hold it when it is an accent, those senses; maybe also of others right behind. By their first four
 * letters: of each its low and its high half say, a bit for each group of stems, in which it may stand (tools/mkwords.py). */
uint32_t telling_senses(struct str, size_t at);
extern const unsigned char stems[4][2][16];
/* What may be a card's number is no part of something longer: nothing goes on at its edges but a word that says "card" ("card_4539...",
 * "4539..._card"), and behind one such in front the next field's ("VISA4539...EXP1229"). */
bool stands_alone(struct str t, size_t from, size_t to);
/* Whether some word that may label a number ends with these three bytes. */
static inline bool word_may_end(const char *three)
{
	extern const unsigned char word_ends[1 << 12];
	unsigned at = 0;
	for (unsigned i = 0; i < 3; i++)
		at = at << 5 | (is_letter(three[i]) ? three[i] & 31u : (unsigned char)three[i] > 127 ? 27 : 0);
	return word_ends[at >> 3] >> (at & 7) & 1;
}
/* Whether such a word may end in front of the run of digits at `at`, over at most six signs. */
static inline bool label_may_end(struct str t, size_t at)
{
	size_t i = at;
	while (i && at - i < 7 && !is_letter(t.p[i - 1]) && (unsigned char)t.p[i - 1] < 128 && !is_digit(t.p[i - 1]) && t.p[i - 1] != '\n')
		i--;
	i -= i && is_digit(t.p[i - 1]);
	return i >= 2 && word_may_end(t.p + i - 3);
}
/* Of a heading, key, tag or form field ("cardNumber", "CC_NUM", "Social Security No."): a set of senses. */
uint32_t heading_senses(struct str);
/* The heading in front of `at` on its line, as `"key": "`, `key=`, `<tag>`, `attribute="`, `label: `; empty: none. */
struct str label_before(struct str, size_t at);

/* Of all words near; how far away the nearest are (bytes; UINT_MAX: none); of the last one in front that says something. */
struct near { uint32_t senses; unsigned card, other; uint32_t last; };
/* The words within 64 bytes before `from` and 48 behind `to`, on the same line or, if that has none in front, the line above.
 * Words of another cell (behind a comma, semicolon, tab or bar) do not count as against. */
struct near words_near(struct str, size_t from, size_t to);

#endif
