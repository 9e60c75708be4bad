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
/* Of the words that begin at `at`, or hold it when it is an accent, those senses; maybe also of others right behind. */
uint32_t telling_senses(struct str, size_t at);
/* By their first four letters: each letter says, a bit for each group of such words, in which it may stand there; and in which anything may
 * (tools/mkwords.py). */
extern const unsigned char stem_letters[4][32], stem_any[4];
/* What may be a card's number is no part of something longer: nothing goes on at its edges but a word that says "card" ("card_4539...",
 * "4539..._card"), and behind one such in front the next field's ("VISA4539...EXP1229"). */
bool stands_alone(struct str t, size_t from, size_t to);
/* Letters are 1 to 26, what is over 127 is 27, digits are 28; 32: a line end; 0: the rest. */
extern const unsigned char class_of[256];
static inline unsigned letter_class(char c) { return class_of[(unsigned char)c] & 31u; }
/* Whether some word that may label a number ends in front of `at`: it has those last four letters, or is that short and stands alone. The
 * text has the room around that eight.h says. */
static inline bool label_ends(struct str t, size_t at)
{
	extern const unsigned char end_of[1 << 15];
	extern const uint32_t end_before[];
	const char *p = t.p + at - 4;
	unsigned three = letter_class(p[1]) << 10 | letter_class(p[2]) << 5 | letter_class(p[3]);
	return end_before[end_of[three]] >> letter_class(p[0]) & 1;
}
/* Whether such a word may end in front of the run of digits at `at`, over at most six signs. */
static inline bool label_may_end(struct str t, size_t at)
{
	size_t i = at;
	while (i && at - i < 7 && !class_of[(unsigned char)t.p[i - 1]])
		i--;
	i -= i && is_digit(t.p[i - 1]);
	return i >= 2 && label_ends(t, i);
}
/* Of a heading, key, tag or form field ("cardNumber", "CC_NUM", "Social Security No."): a set of senses. */
uint32_t heading_senses(struct str);
/* The heading in front of `at` on its line, as `"key": "`, `key=`, `<tag>`, `attribute="`, `label: `; empty: none. */
struct str label_before(struct str, size_t at);
/* Of a label that is one of HTML's own tags, which say how a text looks: the words in front of it, over other tags, "Card number" of
 * `<dt>Card number</dt><dd>`; empty: none that are short and have no number. `at` as there. */
bool label_is_markup(struct str label);
struct str label_before_tags(struct str, size_t at);

/* Of all words near; how far away the nearest are (bytes; UINT_MAX: none); of the last one in front that says something. */
struct near { uint32_t senses; unsigned card, other; uint32_t last; };
/* The words within 64 bytes before `from` and 48 behind `to`, on the same line or, if that has none in front, the line above.
 * Words of another cell (behind a comma, semicolon, tab or bar) do not count as against. The text has the room around that eight.h says. */
struct near words_near(struct str, size_t from, size_t to);

#endif
