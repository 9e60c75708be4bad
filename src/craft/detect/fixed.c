/* Records of a fixed width, as banks exchange them: a number's digits stand in the same columns of every line, and the next field's right
 * behind them, so that nothing but the columns tells where it begins. A column is a card number's when what stands in it passes in line
 * after line: by chance one in ten would. */
#include "scan_int.h"

enum { WIDTH_MIN = 24, WIDTH_MAX = 1000, LINES = 72, ROWS_MIN = 8, NUMBER = 16 };

_Static_assert((int)WIDTH_MAX <= (int)AHEAD, "a record that begins in a block is in sight");

/* Its digits, if the bytes there are such. */
static bool digits_of(struct str t, size_t at, unsigned char digit[NUMBER])
{
	for (size_t i = 0; i < NUMBER; i++) {
		if (!is_digit(t.p[at + i]))
			return false;
		digit[i] = (unsigned char)(t.p[at + i] - '0');
	}
	return true;
}

static const struct range *range_of(const unsigned char digit[NUMBER])
{
	return card_check(digit, NUMBER) ? card_range(digit, NUMBER) : NULL;
}

/* Of the rows that have so many digits there, nearly all pass, and enough different ones do. */
static bool is_column(struct str t, const size_t *row, size_t rows, size_t at)
{
	unsigned char digit[NUMBER], last[NUMBER] = { 0 };
	size_t passing = 0, failing = 0, different = 0;
	for (size_t i = 0; i < rows && failing <= rows / 10; i++) {
		if (!digits_of(t, row[i] + at, digit))
			continue;
		bool good = range_of(digit);
		passing += good;
		failing += !good;
		different += good && memcmp(digit, last, NUMBER) != 0;
		memcpy(last, digit, NUMBER);
	}
	wipe(digit, sizeof digit);
	wipe(last, sizeof last);
	return different >= ROWS_MIN && failing * 10 <= passing;
}

void fixed_begin(struct scanner *s, struct str text)
{
	size_t begin[LINES + 1], lines = 0, rows = 0, row[LINES];
	for (size_t at = 0; lines <= LINES; at++) {
		begin[lines++] = at;
		const char *end = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
		if (!end)
			break;
		at = (size_t)(end - text.p);
	}
	if (lines < ROWS_MIN + 2)
		return;
	size_t width = begin[4] - begin[3];              /* in front of them may be a head of its own */
	for (size_t i = 0; i + 1 < lines; i++)
		if (begin[i + 1] - begin[i] == width)
			row[rows++] = begin[i];
	if (width < WIDTH_MIN || width > WIDTH_MAX || rows < ROWS_MIN || rows * 10 < (lines - 1) * 8)
		return;
	s->fixed.width = (uint32_t)width;
	for (size_t at = 0; at + NUMBER < width && s->fixed.columns < LENGTH(s->fixed.column); at++)
		if (is_column(text, row, rows, at)) {
			s->fixed.column[s->fixed.columns++] = (uint32_t)at;
			at += NUMBER - 1;
		}
}

/* One that stands alone is found without its column. */
static void number_look(struct looking *l, size_t at, size_t column)
{
	struct str t = l->v->text;
	unsigned char digit[NUMBER];
	if (at < l->from || at >= l->limit || t.n - at < NUMBER || stands_alone(t, at, at + NUMBER) || !digits_of(t, at, digit))
		return;
	const struct range *range = range_of(digit);
	uint64_t same = fingerprint(l->s, HIT_CARD, digit, NUMBER);
	struct place p = { .group = group_by_id(l->s, (column + 1) * 0x9E3779B97F4A7C15u) };
	group_count(l->s, p.group, same, range ? RIGHT : WRONG);
	if (range) {
		struct spot *spot = spot_put(l, card_test_number(digit, NUMBER) ? HIT_TEST_NUMBER : HIT_CARD, at, at + NUMBER, &p, -0.6f, 0);
		spot->brand = range->brand;
		spot->tier = range->tier;
		spot->same = same;
		for (size_t i = 0; i < 4; i++)
			spot->last4[i] = (char)('0' + digit[NUMBER - 4 + i]);
	}
	wipe(digit, sizeof digit);
}

void fixed_look(struct looking *l)
{
	struct scanner *s = l->s;
	struct str t = l->v->text;
	const char *line = l->from ? memrchr(t.p, '\n', l->from) : NULL;
	size_t at = line ? (size_t)(line - t.p) + 1 : 0, end;
	for (; at < l->limit; at = end) {
		const char *p = memchr(t.p + at, '\n', t.n - at);
		end = p ? (size_t)(p - t.p) + 1 : t.n + 1;
		if (end - at == s->fixed.width)
			for (size_t i = 0; i < s->fixed.columns; i++)
				number_look(l, at + s->fixed.column[i], i);
	}
}
