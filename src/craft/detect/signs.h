/* signs - the bytes that card numbers are written with; for detect's own files only. */
#ifndef SIGNS_H
#define SIGNS_H

#include "base.h"

#define DIGITS_MIN 12
#define DIGITS_MAX 19

enum separator { NONE, SPACE, DASH, DOT, NO_BREAK_SPACE, THIN_SPACE, NARROW_SPACE, EN_DASH, MIDDLE_DOT, BULLET };

/* What a decimal digit of any script is worth (Unicode's general category Nd); -1: it is none. */
int digit_of(uint32_t character);

/* The bytes that a digit, of any script in UTF-8, takes at `at`, 0 if there is none; *value may be NULL. */
size_t digit_at(struct str, size_t at, unsigned *value);
size_t digit_before(struct str, size_t at);              /* likewise of one that ends where `at` begins */

/* The bytes that a separator of a number's groups takes at `at`, 0 if there is none. */
size_t separator_at(struct str, size_t at, enum separator *kind);

static inline bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }
/* One of a few signs. */
static inline __attribute__((always_inline)) bool is_one_of(char c, const char *signs)
{
	bool is = false;
	for (size_t i = 0; i < strlen(signs); i++)
		is |= c == signs[i];
	return is;
}
static inline bool is_letter(char c) { return (unsigned char)((c | 32) - 'a') < 26; }

#endif
