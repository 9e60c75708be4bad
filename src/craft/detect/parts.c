/* Numbers in parts: what stands between the parts is the same each time, as in four fields of a form, four keys of JSON, the boxes of a
 * table or the strings of a program. The sieve knows nothing of these: they are looked for in a text's beginning, in documents, and in all
 * of a text where one was met. */
#include "scan_int.h"

enum { HEAD = 16 << 10, GAP_MAX = 120, BOX_GAP_MAX = 40, STRING_GAP_MAX = 48 };

static bool all_digits(struct str t, size_t at, size_t n) { return at + n <= t.n && digits_from(t, at) == n; }

/* The n bytes at a and b are the same, but for what counts: "card1", "card2". */
static bool same_gap(struct str t, size_t a, size_t b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (b + i >= t.n || (t.p[a + i] != t.p[b + i] && !(is_digit(t.p[a + i]) && is_digit(t.p[b + i]))))
			return false;
	return true;
}

/* Such a gap stands in front of the first part, or behind the last, with digits beyond: they are some of a list. */
static bool is_listed(struct str t, const struct run *part, size_t n, size_t gap)
{
	size_t first = part[0].from, last = part[n - 1].to, between = part[0].to;
	return (first > gap && is_digit(t.p[first - gap - 1]) && same_gap(t, between, first - gap, gap)) ||
	       (last + gap < t.n && is_digit(t.p[last + gap]) && same_gap(t, between, last, gap));
}

/* The parts that follow the first at equal gaps: as many as have `digits` each, at most `max` with it. */
static size_t follow(struct str t, size_t gap, size_t digits, struct run *part, size_t max)
{
	size_t n = 1, first = part[0].to;
	for (size_t to = first; n < max; n++) {
		if ((n > 1 && !same_gap(t, first, to, gap)) || !all_digits(t, to + gap, digits))
			break;
		part[n] = (struct run){ (uint32_t)(to + gap), (uint32_t)(to + gap + digits) };
		to = part[n].to;
	}
	return n;
}

/* Four digits at `from`, then three more such groups, or six and five, with as much between that a chain is no longer. */
static void fields_look(struct looking *l, size_t from)
{
	struct str t = l->v->text;
	struct run part[4] = { { (uint32_t)from, (uint32_t)from + 4 } };
	size_t at = from + 4, end = t.n - at > GAP_MAX ? at + GAP_MAX : t.n, digits = 0;
	bool letters = false;
	for (; at < end; at++) {                         /* what counts, and sizes, are shorter */
		letters |= is_letter(t.p[at]);
		digits = is_digit(t.p[at]) ? digits_from(t, at) : 0;
		if ((digits == 4 || digits == 6) && begins_cleanly(t, at))
			break;
		at += digits ? digits - 1 : 0;
	}
	size_t gap = at - from - 4, n;
	if (at >= end || (gap < 7 && !letters))
		return;
	if (digits == 4) {
		n = follow(t, gap, 4, part, 4);
	} else {
		part[1] = (struct run){ (uint32_t)at, (uint32_t)at + 6 };
		bool third = same_gap(t, from + 4, at + 6, gap) && all_digits(t, at + 6 + gap, 5);
		part[2] = (struct run){ (uint32_t)(at + 6 + gap), (uint32_t)(at + 6 + gap + 5) };
		n = third ? 3 : 0;
	}
	if ((n == 4 || (n == 3 && digits == 6)) && !is_listed(t, part, n, gap))
		card_parts(l, part, n);
}

/* Four digits, spaces, and the other ten or eleven of a Diners or American Express card: in a PDF what stands close is one. */
static void close_look(struct looking *l, size_t from)
{
	struct str t = l->v->text;
	size_t at = from + 4;
	while (at < t.n && at - from < 12 && is_one_of(t.p[at], " \t\x1f"))
		at++;
	size_t n = digits_from(t, at);
	struct run part[2] = { { (uint32_t)from, (uint32_t)from + 4 }, { (uint32_t)at, (uint32_t)(at + n) } };
	if (t.p[from] == '3' && at > from + 4 && (n == 10 || n == 11) && ends_cleanly(t, at + n))
		card_parts(l, part, 2);
}

/* A digit in each box; or each as its code in hexadecimal, of which `from` is then the second: 0x34, 0x35 or \u{34}\u{35}. */
static void boxes_look(struct looking *l, size_t from, bool codes)
{
	struct str t = l->v->text;
	struct run part[DIGITS_MAX] = { { (uint32_t)from, (uint32_t)from + 1 } };
	size_t at = from + 1;
	while (at < t.n && at - from < BOX_GAP_MAX && !(is_digit(t.p[at]) && (codes ? t.p[at - 1] == '3' && at > from + 2 : !joins(t.p[at - 1]))))
		at++;
	size_t gap = at - from - 1;
	if (gap == 1 && is_one_of(t.p[from + 1], " -."))
		return;
	size_t n = follow(t, gap, 1, part, DIGITS_MAX);
	if (n >= DIGITS_MIN && !is_listed(t, part, n, gap))
		card_parts(l, part, n);
}

/* A number as a spreadsheet shows it, 4,539,148,876,029,311: one to three digits end at `to`. */
static void thousands_look(struct looking *l, size_t from, size_t to)
{
	struct str t = l->v->text;
	struct run part[DIGITS_MAX / 3 + 1] = { { (uint32_t)from, (uint32_t)to } };
	size_t n = follow(t, 1, 3, part, LENGTH(part));
	size_t digits = to - from + 3 * (n - 1);
	if (n > 1 && digits >= DIGITS_MIN && digits <= DIGITS_MAX && !is_listed(t, part, n, 1))
		card_parts(l, part, n);
}

/* How many bytes stand between the ends of two strings that a program puts together: "4539" + "1488", 'a' . 'b', "a" & _, "a" "b"; 0: they
 * are two. */
static size_t string_gap(struct str t, size_t at)
{
	char quote = t.p[at];
	size_t i = at + 1, end = t.n - at > STRING_GAP_MAX ? at + STRING_GAP_MAX : t.n, signs = 0;
	for (; i < end && t.p[i] != quote; i++) {
		if (!is_one_of(t.p[i], " \t\r\n"))
			signs++;
		if (signs > 2 || !is_one_of(t.p[i], " \t\r\n+.&_|\\"))
			return 0;
	}
	return i < end && is_digit(t.p[i + 1]) && i > at + 1 ? i + 1 - at : 0;
}

/* Digits from `from` to `to`, the last of a string. */
static void strings_look(struct looking *l, size_t from, size_t to)
{
	struct str t = l->v->text;
	struct run part[8] = { { (uint32_t)from, (uint32_t)to } };
	size_t n = 1, digits = to - from;
	for (size_t gap; n < LENGTH(part) && digits < DIGITS_MAX && (gap = string_gap(t, to)); n++) {
		from = to + gap;
		to = from + digits_from(t, from);
		part[n] = (struct run){ (uint32_t)from, (uint32_t)to };
		digits += to - from;
		if (t.p[to] != t.p[part[0].to])
			return;
	}
	if (n > 1 && digits >= DIGITS_MIN && digits <= DIGITS_MAX && !string_gap(t, to))
		card_parts(l, part, n);
}

void parts_look(struct looking *l)
{
	struct scanner *s = l->s;
	struct str t = l->v->text;
	size_t end = l->limit;
	if (!l->in_record && !s->in_parts)
		end = s->base >= HEAD ? 0 : end < HEAD - s->base ? end : HEAD - (size_t)s->base;
	for (size_t at = l->from; (at = digit_from(t, at, end)) < end;) {
		size_t n = digits_from(t, at), to = at + n;
		char behind = t.p[to], front = at ? t.p[at - 1] : 0;
		if (n == 2 && t.p[at] == '3' && !joins(behind) && is_one_of(front, "{x0"))
			boxes_look(l, at + 1, true);
		if (n <= 10 && begins_cleanly(t, at) && !joins(behind)) {
			if (n == 4) {
				fields_look(l, at);
				close_look(l, at);
			}
			if (n == 1)
				boxes_look(l, at, false);
			if (n <= 3 && is_one_of(behind, ",."))
				thousands_look(l, at, to);
			if ((behind == '"' || behind == '\'') && front == behind)
				strings_look(l, at, to);
		}
		at = to;
	}
}
