/* around - what stands around a number in a text: its edges, a UUID, an expiry, words and what they mean. For detect's own files. */
#ifndef AROUND_H
#define AROUND_H

#include "signs.h"

static inline bool joins(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

/* No word or longer number goes on at `at`. */
static inline bool ends_cleanly(struct str t, size_t at)
{
	return at >= t.n || (!joins(t.p[at]) && ((unsigned char)t.p[at] < 128 || !digit_at(t, at, NULL)));
}
/* None stands in front, nor a decimal point. */
static inline bool begins_cleanly(struct str t, size_t at)
{
	if (at == 0)
		return true;
	if (joins(t.p[at - 1]) || ((unsigned char)t.p[at - 1] > 127 && digit_before(t, at)))
		return false;
	return !(t.p[at - 1] == '.' && at >= 2 && is_digit(t.p[at - 2]));
}
bool inside_uuid(struct str, size_t from, size_t to);
bool expiry_at(struct str, size_t at);                   /* MM/YY or MM/YYYY, and no part of a date with a day */
struct str word_at(struct str, size_t at);               /* the letters (and bytes over 127) from `at` to the end of the word */

#endif
