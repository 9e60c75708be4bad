/* around - what stands around a number in a text: its edges, a UUID, an expiry, words and what they mean. For detect's own files. */
#ifndef AROUND_H
#define AROUND_H

#include "signs.h"

static inline bool joins(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

bool ends_cleanly(struct str, size_t at);                /* no word or longer number goes on at `at` */
bool begins_cleanly(struct str, size_t at);              /* none stands in front, nor a decimal point */
bool inside_uuid(struct str, size_t from, size_t to);
bool expiry_at(struct str, size_t at);                   /* MM/YY or MM/YYYY, and no part of a date with a day */
struct str word_at(struct str, size_t at);               /* the letters (and bytes over 127) from `at` to the end of the word */

/* ---- what words mean ---- */

enum sense {
	SENSE_NONE, SENSE_CARD, SENSE_EXPIRY, SENSE_CODE, SENSE_SSN, SENSE_ITIN, SENSE_SIN, SENSE_NINO, SENSE_IBAN, SENSE_ROUTING,
	SENSE_ACCOUNT, SENSE_BIRTH, SENSE_PASSPORT, SENSE_LICENCE,
	SENSE_OTHER,            /* says that a number is something else: "order", "imei" */
	SENSE_MASKED,           /* says that it is not the number itself: "token", "hash", "last4" */
	SENSE_FILLER,           /* says nothing: "number", "no", "is" */
	SENSES
};
#define SENSE(name) (1u << SENSE_##name)

enum sense word_sense(struct str word);
/* Of a heading, key, tag or form field ("cardNumber", "CC_NUM", "Social Security No."): a set of senses. */
uint32_t heading_senses(struct str);
/* The heading in front of `at` on its line, as `"key": "`, `key=`, `<tag>`, `attribute="`, `label: `; empty: none. */
struct str label_before(struct str, size_t at);

struct near { uint32_t senses; unsigned card, other; };  /* of all words near; how far away the nearest are (bytes; UINT_MAX: none) */
/* The words within 64 bytes before `from` and 48 behind `to`, on the same line or, if that has none in front, the line above.
 * Words of another cell (behind a comma, semicolon, tab or bar) do not count as against. */
struct near words_near(struct str, size_t from, size_t to);

#endif
