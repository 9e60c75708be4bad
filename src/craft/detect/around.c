/* What stands around a number: its edges, a UUID, an expiry, words. */
#include "around.h"

static bool is_hex(char c) { return is_digit(c) || (unsigned char)((c | 32) - 'a') < 6; }

static bool uuid_at(struct str t, size_t at)
{
	if (t.n - at < 36 || (at && joins(t.p[at - 1])) || !ends_cleanly(t, at + 36))
		return false;
	for (size_t i = 0; i < 36; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? t.p[at + i] != '-' : !is_hex(t.p[at + i]))
			return false;
	return true;
}

bool inside_uuid(struct str t, size_t from, size_t to)
{
	if (!memchr(t.p + from, '-', to - from) && !(from && t.p[from - 1] == '-') && !(to < t.n && t.p[to] == '-'))
		return false;
	for (size_t at = from > 35 ? from - 35 : 0; at <= from; at++)
		if (at + 36 >= to && at + 36 <= t.n && uuid_at(t, at))
			return true;
	return false;
}

/* MM/YY or MM/YYYY, and no part of a date with a day. */
bool expiry_at(struct str t, size_t at)
{
	if (t.n - at < 5 || t.p[at + 2] != '/' || (at && (joins(t.p[at - 1]) || t.p[at - 1] == '/' || t.p[at - 1] == '.')))
		return false;
	for (size_t i = 0; i < 5; i++)
		if (i != 2 && !is_digit(t.p[at + i]))
			return false;
	int month = (t.p[at] - '0') * 10 + t.p[at + 1] - '0';
	size_t end = at + 5;
	if (t.n - end >= 2 && is_digit(t.p[end]) && is_digit(t.p[end + 1]))
		end += 2;
	return month >= 1 && month <= 12 && ends_cleanly(t, end) && (end >= t.n || t.p[end] != '/');
}

/* The letters (and bytes over 127) from `at` to the end of the word. */
struct str word_at(struct str t, size_t at)
{
	size_t end = at;
	while (end < t.n && (is_letter(t.p[end]) || (unsigned char)t.p[end] > 127))
		end++;
	return (struct str){ t.p + at, end - at };
}
