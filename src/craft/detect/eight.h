/* eight - looks at eight bytes of a text at once, with the arithmetic of one word; for detect's own files. */
#ifndef EIGHT_H
#define EIGHT_H

#include "base.h"

enum { PAD = 128, FRONT = 64 };     /* bytes behind a text, and in front of it, that can be read, as zeros */

/* A word as its bytes stand, the first the lowest. */
static inline uint64_t little(uint64_t x)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? x : __builtin_bswap64(x);
}

/* Of eight bytes of a text the first is the lowest. */
static inline uint64_t eight_at(const char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
	return little(x);
}

/* Which of them are no digits: the top bit of each. */
static inline uint64_t no_digits(uint64_t x)
{
	x ^= 0x3030303030303030u;
	return (((x & 0x7F7F7F7F7F7F7F7Fu) + 0x7676767676767676u) | x) & 0x8080808080808080u;
}

/* How many digits end in front of `at`; and begin there. */
static inline size_t digits_in_front(struct str t, size_t at)
{
	size_t n = 0;
	uint64_t none = no_digits(eight_at(t.p + at - 8));
	for (; !none; none = no_digits(eight_at(t.p + at - n - 8)))
		n += 8;
	return n + (unsigned)__builtin_clzll(none) / 8;
}
static inline size_t digits_from(struct str t, size_t at)
{
	size_t n = 0;
	uint64_t none = no_digits(eight_at(t.p + at));
	for (; !none; none = no_digits(eight_at(t.p + at + n)))
		n += 8;
	return n + (unsigned)__builtin_ctzll(none) / 8;
}

/* The first digit from `at` on; `end` or behind: there is none in front of it. */
static inline size_t digit_from(struct str t, size_t at, size_t end)
{
	for (; at < end; at += 8) {
		uint64_t digits = no_digits(eight_at(t.p + at)) ^ 0x8080808080808080u;
		if (digits)
			return at + (unsigned)__builtin_ctzll(digits) / 8;
	}
	return at;
}

/* No false no: letters, bytes over 127, some signs; up to seven bytes behind `to` may count. */
static inline bool letters_may_be(struct str t, size_t from, size_t to)
{
	uint64_t any = 0;
	for (size_t at = from; at < to; at += 8)
		any |= eight_at(t.p + at);
	return any & 0xC0C0C0C0C0C0C0C0u;
}

#endif
