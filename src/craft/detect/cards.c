/* Card numbers and tracks, where the sieve says that some may be. */
#include "scan_int.h"

#include <limits.h>
#include <stdlib.h>

/* ---- card numbers ---- */

enum { ROW_MAX = 160, CHAIN_GAP = 6 };

static const bool gap_bytes[128] = { [' '] = 1, ['-'] = 1, ['.'] = 1, ['/'] = 1, ['_'] = 1, [','] = 1, [';'] = 1, ['|'] = 1, [':'] = 1, ['*'] = 1,
	['+'] = 1, ['\t'] = 1, ['\r'] = 1, ['\n'] = 1, ['\x1f'] = 1, ['>'] = 1, ['"'] = 1, ['\''] = 1, ['='] = 1, ['~'] = 1, ['&'] = 1, ['('] = 1, [')'] = 1 };

/* What stands between two groups, as one number; 0: nothing that parts the groups of a number. */
enum { GAP_LINE = 1 };
static uint32_t gap_of(struct str t, size_t from, size_t to)
{
	size_t n = to - from;
	uint32_t id = 0;
	bool line = false;
	if (n == 0 || n > 6)
		return 0;
	for (size_t i = from; i < to; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if (c > 127) {
			enum separator kind;
			size_t takes = separator_at(t, i, &kind);
			if (!takes || i + takes > to)
				return 0;
			i += takes - 1;
			id = id * 31 + 200 + (uint32_t)kind;
			continue;
		}
		if (!gap_bytes[c])
			return 0;
		line |= c == '\n';
		id = id * 31 + c;
	}
	return line ? GAP_LINE : id + 2;
}

/* A separator that people type between the groups of a card number. */
static bool usual_gap(uint32_t gap)
{
	return gap == ' ' + 2 || gap == '-' + 2 || gap == '.' + 2 || (gap >= 202 && gap <= 202 + EN_DASH);
}

struct cards {                                           /* groups that follow each other */
	struct looking *l;
	struct run part[PARTS_MAX];
	uint32_t gap[PARTS_MAX];                         /* in front of each but the first */
	size_t n;
	bool apart;                                      /* in fields, boxes or strings of their own */
	size_t padded, tail;                             /* digits in front of the first, and behind the last, that are none of its: zeros, a length */
};

enum shape { SHAPE_NONE, SHAPE_ODD, SHAPE_BARE, SHAPE_GROUPED };

/* ISO/IEC 7812 says nothing of groups; these are what is printed on cards. */
static bool printed_groups(const struct run *part, size_t n)
{
	static const unsigned char shapes[][6] = { { 4, 4, 4, 4 }, { 4, 6, 5 }, { 4, 6, 4 }, { 4, 4, 4, 4, 3 }, { 4, 4, 4, 4, 2 }, { 4, 4, 4, 4, 1 }, { 6, 13 }, { 4, 3, 3, 3 } };
	for (size_t k = 0; k < LENGTH(shapes); k++) {
		size_t i = 0;
		while (i < n && i < 5 && part[i].to - part[i].from == shapes[k][i])
			i++;
		if (i == n && !shapes[k][i])
			return true;
	}
	return false;
}

static enum shape shape_of(const struct cards *c, size_t i, size_t j, bool *split)
{
	*split = false;
	if (i == j)
		return SHAPE_BARE;
	uint32_t gap = 0;
	unsigned lines = 0;
	bool mixed = false;
	for (size_t k = i + 1; k <= j; k++) {
		if (c->gap[k] == GAP_LINE)
			lines++;
		else if (gap && c->gap[k] != gap)
			mixed = true;
		else
			gap = c->gap[k];
	}
	if (mixed && (lines || j - i != 3))
		return SHAPE_NONE;
	bool printed = printed_groups(&c->part[i], j - i + 1);
	*split = true;
	if (mixed)                                       /* 4539 1488-7602 9311, (4539) 1488 7602 9311 */
		return printed ? SHAPE_ODD : SHAPE_NONE;
	*split = lines || !usual_gap(gap);
	if (*split)
		return printed && (lines <= 1 || lines == j - i) && (gap || !lines || lines == j - i) ? SHAPE_GROUPED : SHAPE_NONE;
	bool fours = j - i == 2 && c->part[i].to - c->part[i].from == 4 && c->part[j].to - c->part[j].from == 4;
	return printed ? SHAPE_GROUPED : gap == '.' + 2 && !fours ? SHAPE_NONE : SHAPE_ODD;         /* 2.450591455558162 */
}

static bool edges_are_clean(struct str t, size_t from, size_t to)
{
	if (!stands_alone(t, from, to))
		return false;
	/* a decimal fraction is one, unless it is a spreadsheet's ".0" */
	if (to + 1 < t.n && t.p[to] == '.' && is_digit(t.p[to + 1])) {
		size_t zeros = to + 1;
		while (zeros < t.n && t.p[zeros] == '0')
			zeros++;
		return zeros - to <= 3 && ends_cleanly(t, zeros);
	}
	return true;
}

enum { DIGITS_ROOM = 24 };
struct candidate { size_t i, j, n; unsigned char digit[DIGITS_ROOM]; enum shape shape; bool split; const struct range *range; bool test; };

/* A number's digits and what stands behind them. */
static void digits_at(struct str t, size_t at, unsigned char digit[DIGITS_ROOM])
{
	for (size_t i = 0; i < DIGITS_ROOM; i++)
		digit[i] = (unsigned char)(t.p[at + i] - '0');
}

static size_t digits_of(const struct cards *c, size_t i, size_t j, unsigned char *digit)
{
	size_t n = 0;
	if (i == j) {
		digits_at(c->l->v->text, c->part[i].from, digit);
		return c->part[i].to - c->part[i].from;
	}
	for (size_t k = i; k <= j; k++)
		for (uint32_t at = c->part[k].from; at < c->part[k].to && n < DIGITS_MAX; at++)
			digit[n++] = (unsigned char)(c->l->v->text.p[at] - '0');
	return n;
}

static bool candidate_at(const struct cards *c, size_t i, size_t j, struct candidate *out)
{
	struct str t = c->l->v->text;
	struct candidate k __attribute__((uninitialized));
	k.i = i;
	k.j = j;
	k.shape = shape_of(c, i, j, &k.split);
	if (k.shape == SHAPE_NONE)
		return false;
	k.n = digits_of(c, i, j, k.digit);
	k.range = card_range(k.digit, k.n);
	if (!k.range || ((k.split || c->padded) && k.range->tier != 'A'))
		return false;
	k.test = card_test_number(k.digit, k.n);
	/* ".4300.0020.0011.0002" */
	if (j > i && c->gap[j] == '.' + 2 && c->part[i].from && t.p[c->part[i].from - 1] == '.')
		return false;
	if (!edges_are_clean(t, c->part[i].from - c->padded, c->part[j].to + c->tail) || inside_uuid(t, c->part[i].from, c->part[j].to))
		return false;
	*out = k;
	return true;
}

/* Few different digits among the last twelve, or eight zeros at the end: nobody's card. */
static bool looks_invented(const unsigned char *digit, size_t n)
{
	uint16_t seen = 0;
	size_t zeros = 0;
	for (size_t i = n - 12; i < n; i++)
		seen |= (uint16_t)(1u << digit[i]);
	for (size_t i = 4; i < n; i++)
		zeros += digit[i] == 0;
	return __builtin_popcount(seen) < 3 || zeros >= n - 6;
}

/* An expiry right behind, or in the next cells; or a bare MMYY, or MM-YY. */
static bool expiry_behind(struct str t, size_t to)
{
	size_t end = t.n - to > 40 ? to + 40 : t.n;
	if (!memchr(t.p + to, '/', end - to + 2))
		return false;
	for (size_t at = to; at < end && t.p[at] != '\n'; at++)
		if (is_digit(t.p[at]) && !is_digit(t.p[at - 1]) && expiry_at(t, at))
			return true;
	return false;
}

/* Other digits are joined to it by more than a space: it may be a part of a longer number. */
static bool goes_on(struct str t, size_t from, size_t to)
{
	return (from > 1 && is_one_of(t.p[from - 1], "-./_:") && is_digit(t.p[from - 2])) || (to + 1 < t.n && is_one_of(t.p[to], "-/_:") && is_digit(t.p[to + 1]));
}

/* Groups of one of several in a row, as in a table of numbers: another stands in front, or behind, and that is no expiry or code. */
static bool in_a_row(const struct looking *l, size_t from, size_t to)
{
	struct str t = l->v->text;
	char gap = to < t.n ? t.p[to] : 0, front = from > 1 && is_digit(t.p[from - 2]) ? t.p[from - 1] : 0;
	if (front == ' ' || ((front == ',' || front == '\t') && front != l->s->table.delimiter)) {
		size_t n = 1;
		while (n + 1 < from && n < 7 && is_digit(t.p[from - 2 - n]))
			n++;
		if (n >= 4 || front != '\t')
			return true;
	}
	size_t n = 0;
	while (to + 1 + n < t.n && n < 8 && is_digit(t.p[to + 1 + n]))
		n++;
	if (gap != ' ' || n == 0 || n == 3 || expiry_at(t, to + 1))
		return false;
	unsigned month = n == 4 || n == 6 ? (unsigned)(t.p[to + 1] - '0') * 10 + (unsigned)(t.p[to + 2] - '0') : 13;
	return month < 1 || month > 12;
}

/* Four groups of four, each a little more than the one in front, or nearly the same: counted, or read off a scale. */
static bool is_counted(const struct candidate *k)
{
	if (k->j - k->i != 3 || k->n != 16)
		return false;
	for (size_t i = 4; i < 16; i += 4) {
		int a = k->digit[i - 4] * 1000 + k->digit[i - 3] * 100 + k->digit[i - 2] * 10 + k->digit[i - 1];
		int b = k->digit[i] * 1000 + k->digit[i + 1] * 100 + k->digit[i + 2] * 10 + k->digit[i + 3];
		if (abs(a - b) > 3 && (b < a || b - a > 60))
			return false;
	}
	return true;
}

static bool is_control(char c) { return (unsigned char)c < 9 || ((unsigned char)c > 13 && (unsigned char)c < 31) || c == 127; }

/* What the signs weigh, as log-odds; fitted by hand on the half of test/bench/corpus_text.py's texts that is for it. */
static void card_put(struct cards *c, const struct candidate *k)
{
	struct looking *l = c->l;
	struct str t = l->v->text;
	size_t from = c->part[k->i].from, to = c->part[k->j].to;
	if (is_counted(k))
		return;
	char tier = k->range->tier;
	uint32_t signs = 0;
	float weight = -0.6f;
	struct place p = place_of(l, from);
	bool invented = k->test || looks_invented(k->digit, k->n);
	bool masked = p.senses & SENSE(MASKED);
	bool heading_for = p.senses & SENSE(CARD) && !masked;
	bool heading_against = masked || (p.senses & (SENSE(OTHER) | SENSE(SSN) | SENSE(IBAN) | SENSE(ROUTING)) && !heading_for);
	struct near near = { .card = UINT_MAX, .other = UINT_MAX };
	if (!heading_for && !(heading_against && tier != 'A'))
		near = words_near(t, from, to);
	bool named = to < t.n && t.p[to] == '_';         /* "_card": its edge is clean for that alone */
	near.card = named ? 0 : near.card;
	bool expiry = expiry_behind(t, to), word = named || near.senses & (heading_against ? SENSE(EXPIRY) : SENSE(CARD) | SENSE(EXPIRY)), code = near.senses & SENSE(CODE);
	if (tier != 'A') {
		weight -= tier == 'B' ? 1.2f : tier == 'C' ? 2.5f : 3.0f;
		signs |= 1u << SIGN_RARE;
	}
	if (k->split) {
		/* over the items of a list it is more likely a list */
		weight -= strchr(",;\r\n", t.p[c->part[k->i].to]) ? 1.4f : 0.2f;
		signs |= 1u << SIGN_SPLIT;
	} else if (k->shape == SHAPE_GROUPED) {
		weight += 2.5f;
		signs |= 1u << SIGN_GROUPED;
	} else if (k->shape == SHAPE_ODD) {
		weight -= 2.0f;
		signs |= 1u << SIGN_ODD_GROUPS;
	}
	if (heading_for) {
		weight += 3.5f;
		signs |= 1u << SIGN_HEADING;
	} else if (heading_against) {
		weight -= 3.5f;
		signs |= 1u << SIGN_HEADING_AGAINST;
	}
	if (word) {
		weight += near.card <= near.other ? 3.0f : 1.5f;
		signs |= 1u << SIGN_WORD;
	}
	bool attribute = c->apart && from > 1 && t.p[from - 2] == '=';       /* of a form's field; those beside it say how it looks: size="4" */
	if (near.senses & (SENSE(OTHER) | SENSE(MASKED)) && !heading_against && near.other < near.card && !attribute) {
		weight -= 2.5f;
		signs |= 1u << SIGN_WORD_AGAINST;
	}
	if (expiry) {
		weight += 2.5f;
		signs |= 1u << SIGN_EXPIRY;
	}
	if (code) {
		weight += 2.0f;
		signs |= 1u << SIGN_CODE;
	}
	if (c->tail) {                                   /* a whole message says so */
		weight += 2.0f;
		signs |= 1u << SIGN_CHECK;
	} else if (c->padded) {
		weight -= 0.5f;
	}
	if (goes_on(t, from, to))
		weight -= 2.0f;
	else if (k->i != k->j && !heading_for && !word && in_a_row(l, from, to))
		weight -= 7.0f;
	/* in a program or a font, not in a text */
	if ((from > 1 && is_control(t.p[from - 1]) && t.p[from - 1]) || (to < t.n && is_control(t.p[to]) && t.p[to]))
		weight -= 2.0f;
	if ((from && t.p[from - 1] == '/') || (to < t.n && t.p[to] == '/'))
		weight -= 1.0f;
	bool joined = l->v->joined && l->v->map[to - 1] - l->v->map[from] != to - 1 - from;
	if (joined) {
		weight -= 1.4f;
		signs |= 1u << SIGN_SPLIT;
	}
	if (invented)
		signs |= 1u << SIGN_EXAMPLE;
	/* groups that no card has, or a seldom range, need somebody who says so */
	if ((k->shape == SHAPE_ODD || tier >= 'C' || joined || c->apart) && !heading_for && !word && !expiry && !code)
		weight -= 3.0f;
	l->s->promising |= weight > -4.5f;
	struct spot *spot = spot_put(l, invented ? HIT_TEST_NUMBER : HIT_CARD, from, to, &p, weight, signs);
	spot->brand = k->range->brand;
	spot->tier = tier;
	spot->same = fingerprint(l->s, HIT_CARD, k->digit, k->n);
	for (size_t i = 0; i < 4; i++)
		spot->last4[i] = (char)('0' + k->digit[k->n - 4 + i]);
	if (weight > -3)
		l->s->card_record = l->s->records;
	if (weight > -3 && !(heading_for && !l->in_record && l->s->table.delimiter && l->s->table.named))
		codes_near(l, from, to);
}

/* Whether the number that was met is kept for the statistic of its place: of each block a few hundred, evenly (every second, fourth... when they get too many). */
static bool is_kept(struct scanner *s) { return (s->alikes_met++ & (s->alike_step - 1)) == 0; }

static void alike(struct looking *l, uint32_t from, const unsigned char *digit, size_t n, bool passes)
{
	struct scanner *s = l->s;
	if (s->alikes == ALIKE_MAX) {
		for (size_t i = 0; i < ALIKE_MAX / 2; i++)
			s->alike[i] = s->alike[2 * i];
		s->alikes /= 2;
		s->alike_step *= 2;
	}
	uint64_t first, middle, last;                    /* of at most 19 they are all */
	memcpy(&first, digit, 8);
	memcpy(&middle, digit + (n - 8) / 2, 8);
	memcpy(&last, digit + n - 8, 8);
	uint64_t same = ((first * 0x9E3779B97F4A7C15u ^ middle) * 0x9E3779B97F4A7C15u ^ last) + n;
	bool fits = card_begins(digit[0] * 1000u + digit[1] * 100u + digit[2] * 10u + digit[3], n);
	s->alike[s->alikes++] = (struct alike){ .at = from, .same = same * 0x9E3779B97F4A7C15u, .fits = fits,
	                                        .check = passes ? RIGHT : !fits && card_check(digit, n) ? MISFIT : WRONG };
}

static bool better(const struct candidate *a, const struct candidate *b)
{
	if (a->shape != b->shape)
		return a->shape > b->shape;
	if (a->split != b->split)
		return b->split;
	return a->n > b->n;
}

static void take(struct cards *c, struct candidate *k)
{
	if (!k->test && is_kept(c->l->s))
		alike(c->l, c->part[k->i].from, k->digit, k->n, true);
	card_put(c, k);
	wipe(k->digit, sizeof k->digit);
}

/* The best number of several groups in these, then what is left on either side. */
static void cards_between(struct cards *c, size_t low, size_t high)
{
	struct candidate best __attribute__((uninitialized)), k __attribute__((uninitialized));
	best.n = 0;
	for (size_t i = low; i < high; i++) {
		size_t n = c->part[i].to - c->part[i].from;
		for (size_t j = i + 1; j < high; j++) {
			n += c->part[j].to - c->part[j].from;
			if (n > DIGITS_MAX)
				break;
			if (n >= DIGITS_MIN && candidate_at(c, i, j, &k) && (!best.n || better(&k, &best)))
				best = k;
		}
	}
	if (best.n) {
		size_t i = best.i, j = best.j;
		take(c, &best);
		cards_between(c, low, i);
		cards_between(c, j + 1, high);
		return;
	}
	for (size_t i = low; i + 3 < high; i++) {        /* look-alikes that fail */
		unsigned char digit[DIGITS_ROOM];
		if (!printed_groups(&c->part[i], 4) || !is_kept(c->l->s) || !edges_are_clean(c->l->v->text, c->part[i].from, c->part[i + 3].to))
			continue;
		alike(c->l, c->part[i].from, digit, digits_of(c, i, i + 3, digit), false);
		i += 3;
	}
}

/* ---- what the sieve tells ---- */

/* A track: a number, "=" or "D" or "^name^", an expiry and more: detect knows it. */
static void track_look(struct looking *l, uint32_t from, uint32_t to)
{
	struct str t = l->v->text;
	char behind = t.p[to];
	size_t low = from > 8 ? from - 8 : 0, high = t.n - to > 90 ? to + 90 : t.n;
	struct hit h[2];
	struct str around = { t.p + low, high - low };
	size_t n = detect_plain(around, h, LENGTH(h));
	for (size_t i = 0; i < n && i < LENGTH(h); i++) {
		if (h[i].sort != HIT_TRACK || low + h[i].to <= to || low + h[i].from >= to)
			continue;
		unsigned char digit[DIGITS_MAX];
		size_t k = 0;
		for (uint32_t at = to - from > DIGITS_MAX ? to - DIGITS_MAX : from; at < to; at++)
			digit[k++] = (unsigned char)(t.p[at] - '0');
		/* the month of its expiry; and "D" is the separator of networks, not of airlines */
		size_t expiry = to + 1;
		if (behind == '^') {
			const char *name_end = memchr(t.p + to + 1, '^', high - to - 1);
			expiry = name_end ? (size_t)(name_end - t.p) + 1 : t.n;
		}
		const struct range *range = card_range(digit, k);
		unsigned month = t.n - expiry > 4 ? (unsigned)(t.p[expiry + 2] - '0') * 10 + (unsigned)(t.p[expiry + 3] - '0') : 0;
		if (!month || month > 12 || (range && range->tier >= 'C' && (behind | 32) == 'd'))
			continue;
		struct place p = place_of(l, from);
		bool invented = card_test_number(digit, k) || (k >= 12 && looks_invented(digit, k));
		struct spot *spot = spot_put(l, invented ? HIT_TEST_NUMBER : HIT_TRACK, low + h[i].from, low + h[i].to, &p, 6.0f, 1u << SIGN_CHECK | (invented ? 1u << SIGN_EXAMPLE : 0));
		spot->brand = h[i].brand;
		memcpy(spot->last4, h[i].last4, sizeof spot->last4);
		spot->tier = 'A';
		spot->same = fingerprint(l->s, HIT_TRACK, digit, k);
		wipe(digit, sizeof digit);
	}
}

/* A message of ISO 8583 in text: 0100, a bitmap of 16 (or 32) hexadecimal digits whose second bit says that the number comes first, its
 * length, the number. `from` is where its last long run of digits begins. Where the number begins; *from and *end are then the
 * message's beginning and the number's end. Else *from. */
static size_t iso8583_number(struct str t, size_t *from, size_t *end)
{
	size_t begin = *from;
	while (begin && *from - begin < 40 && joins(t.p[begin - 1]))
		begin--;
	if (t.n - begin < 40 || (begin && joins(t.p[begin - 1])) || t.p[begin] != '0' || t.p[begin + 3] != '0' || !is_digit(t.p[begin + 1]) || !is_digit(t.p[begin + 2]))
		return *from;
	char c = t.p[begin + 4];
	unsigned nibble = is_digit(c) ? (unsigned)(c - '0') : (c & 7u) + 9;
	size_t at = begin + 4 + (nibble & 8 ? 32 : 16);
	if (!(nibble & 4) || t.n - at < 22 || !is_digit(t.p[at]) || !is_digit(t.p[at + 1]))
		return *from;
	size_t length = (size_t)(t.p[at] - '0') * 10 + (size_t)(t.p[at + 1] - '0'), to = at + 2 + length;
	if (at < *from || to > *end || length < DIGITS_MIN || length > DIGITS_MAX)
		return *from;
	*from = begin;
	*end = to;
	return at + 2;
}

/* The number at t[begin, end) of a run of digits from `from` to `last`, if it is one. */
static __attribute__((noinline)) bool bare_take(struct looking *l, size_t from, size_t begin, size_t end, size_t last)
{
	struct cards c __attribute__((uninitialized));
	struct candidate k __attribute__((uninitialized));
	c.l = l;
	c.n = 1;
	c.apart = false;
	c.padded = begin - from;
	c.tail = last - end;
	c.part[0] = (struct run){ (uint32_t)begin, (uint32_t)end };
	if (!candidate_at(&c, 0, 0, &k))
		return false;
	take(&c, &k);
	return true;
}

static __attribute__((noinline)) void bare_fails(struct looking *l, size_t from, size_t begin, size_t end)
{
	unsigned char digit[DIGITS_ROOM];
	if (!edges_are_clean(l->v->text, from, end))
		return;
	digits_at(l->v->text, begin, digit);
	alike(l, (uint32_t)begin, digit, end - begin, false);
}

/* The number at t[*begin, *end) of a run of digits with more in front, or behind. */
static void number_in(struct str t, size_t *from, size_t *begin, size_t *end)
{
	const char *p = t.p;
	size_t n = *end - *from;
	unsigned length = (unsigned)(p[*from] - '0') * 10 + (unsigned)(p[*from + 1] - '0');
	if (n <= 24 && length < 10)                      /* zeros in front, as in a field of fixed width */
		while (*end - *begin > 13 && p[*begin] == '0')
			++*begin;
	else if (length == n - 2)                        /* a length in front, as in ISO 8583 */
		*begin += 2;
	else if (n > DIGITS_MAX)
		*begin = iso8583_number(t, from, end);
}

static inline void number_look(struct looking *l, size_t from, size_t begin, size_t end, size_t last)
{
	struct str t = l->v->text;
	char behind = t.p[last];
	size_t n = end - begin;
	if (n <= DIGITS_MAX && !(card_may_be(t, end, n) && bare_take(l, from, begin, end, last)) && is_kept(l->s))
		bare_fails(l, from, begin, end);
	if (behind == '=' || behind == '^' || (behind | 32) == 'd')
		track_look(l, (uint32_t)from, (uint32_t)last);
}

/* A run with more in front of its number, or behind. */
static __attribute__((noinline)) void long_look(struct looking *l, size_t from, size_t last)
{
	size_t begin = from, end = last;
	number_in(l->v->text, &from, &begin, &end);
	number_look(l, from, begin, end, last);
}

void card_bare(struct looking *l, size_t end, size_t n)
{
	size_t from = end - n;
	if (n > DIGITS_MAX || (n > 15 && l->v->text.p[from] < '2'))
		long_look(l, from, end);
	else
		number_look(l, from, from, end, end);
}

/* Whether two groups that follow each other, of those with single signs between that end at `end`, have no more digits together than a card
 * number: no false no. */
static inline bool row_may_be(const struct looking *l, size_t end, uint64_t digits)
{
	const char *p = l->v->text.p + end;
	uint64_t none = ~digits;                             /* the last byte's is the highest */
	size_t last = DIGITS_MAX;                            /* digits of the group behind */
	for (unsigned left = 64; none;) {
		unsigned n = (unsigned)__builtin_clzll(none);
		if (!n || n >= left)
			return n;                            /* nothing; out of sight */
		if (last + n <= DIGITS_MAX)
			return true;
		last = n;
		p -= n + 1;
		if (*p != ' ' && *p != '-' && *p != '.')
			return false;
		left -= n + 1;
		none <<= n;
		none <<= 1;
	}
	return true;
}

/* Groups with single signs between; only those of more than one group, bare runs are told apart. */
void card_row(struct looking *l, size_t end, uint64_t digits)
{
	if (!row_may_be(l, end, digits))
		return;
	struct str t = l->v->text;
	struct cards c __attribute__((uninitialized));
	struct run part[ROW_MAX / 2 + 1] __attribute__((uninitialized));
	size_t first = LENGTH(part), low = end > ROW_MAX ? end - ROW_MAX : 0, seen = end;
	for (size_t at = end; first && at > low && is_digit(t.p[at - 1]); at--) {          /* from the last to the first */
		if (seen - at > 32)
			digits = l->s->sieve->digits(t.p + at - 64), seen = at;
		size_t to = at, n = (unsigned)__builtin_clzll(~(digits << (seen - at)) | 1);
		n = n < 31 ? n : digits_in_front(t, at);
		at -= n < at - low ? n : at - low;
		part[--first] = (struct run){ (uint32_t)at, (uint32_t)to };
		if (at <= low + 1 || (t.p[at - 1] != ' ' && t.p[at - 1] != '-' && t.p[at - 1] != '.'))
			break;
	}
	c.l = l;
	c.n = c.padded = c.tail = 0;
	c.apart = false;
	for (; first < LENGTH(part); first++) {
		if (c.n == PARTS_MAX) {                  /* a long row: its end may begin a number */
			cards_between(&c, 0, c.n);
			memmove(c.part, c.part + c.n - 4, 4 * sizeof *c.part);
			memmove(c.gap, c.gap + c.n - 4, 4 * sizeof *c.gap);
			c.n = 4;
		}
		c.part[c.n] = part[first];
		c.gap[c.n] = c.n ? gap_of(t, c.part[c.n - 1].to, c.part[c.n].from) : 0;
		c.n++;
	}
	cards_between(&c, 0, c.n);
}

/* Groups as they are printed on cards, with anything short between; not one of a list of such groups, save four cells that a heading or an
 * expiry behind them says to be a card's. */
void card_chain(struct looking *l, size_t end)
{
	struct str t = l->v->text;
	struct cards c = { .l = l };
	struct run part[6];
	size_t n = 0, at = end;
	while (n < LENGTH(part)) {
		size_t to = at;
		while (at && to - at < 7 && is_digit(t.p[at - 1]))
			at--;
		if (to - at < 4 || to - at > 6)
			break;
		part[n++] = (struct run){ (uint32_t)at, (uint32_t)to };
		size_t gap = at;
		while (gap && at - gap < CHAIN_GAP && !is_digit(t.p[gap - 1]))
			gap--;
		if (!gap || !is_digit(t.p[gap - 1]) || !gap_of(t, gap, at))
			break;
		at = gap;
	}
	/* what goes on behind it */
	size_t next = end;
	while (next < t.n && next - end < CHAIN_GAP && !is_digit(t.p[next]))
		next++;
	size_t last = next;
	while (last < t.n && last - next < 7 && is_digit(t.p[last]))
		last++;
	uint32_t gap = n > 1 ? gap_of(t, part[1].to, part[0].from) : 0;
	bool list = n > 1 && (t.p[part[1].to] == ',' || t.p[part[1].to] == ';');         /* its items may be of any length */
	bool more = last > next && (last - next == 4 || list) && gap && gap_of(t, end, next) == gap;
	size_t want = n >= 2 && part[1].to - part[1].from == 6 ? 3 : 4;
	more |= list && n == want && at == part[n - 1].from && at > 2 && is_digit(t.p[at - 1 - (size_t)(t.p[at - 1] == ' ') - 1]);
	if (more && !list)
		return;
	if (n < want || (n > want && gap_of(t, part[want].to, part[want - 1].from) == gap_of(t, part[want - 1].to, part[want - 2].from)))
		return;
	bool usual = true;
	for (size_t i = 0; i < want; i++) {
		c.part[i] = part[want - 1 - i];
		c.gap[i] = i ? gap_of(t, c.part[i - 1].to, c.part[i].from) : 0;
		usual &= !i || usual_gap(c.gap[i]);
	}
	c.n = want;
	struct candidate k;
	if (usual || (more && !expiry_at(t, next) && !(place_of(l, c.part[0].from).senses & SENSE(CARD))))
		return;
	if (candidate_at(&c, 0, want - 1, &k))
		take(&c, &k);
	else if ((list || is_one_of(t.p[c.part[0].to], "\t|\x1f")) && is_kept(l->s))                  /* of four cells as many pass by chance as of one */
		alike(l, c.part[0].from, k.digit, digits_of(&c, 0, want - 1, k.digit), false);
}

void card_parts(struct looking *l, const struct run *part, size_t n)
{
	struct cards c = { .l = l, .n = n, .apart = true };
	struct candidate k = { .j = n - 1, .shape = SHAPE_GROUPED, .split = true };
	memcpy(c.part, part, n * sizeof *part);
	k.n = digits_of(&c, 0, n - 1, k.digit);
	k.range = card_range(k.digit, k.n);
	if (k.range && k.range->tier == 'A') {
		k.test = card_test_number(k.digit, k.n);
		l->s->in_parts = true;
		take(&c, &k);
	} else if (is_kept(l->s)) {
		alike(l, part->from, k.digit, k.n, false);
	}
}

void cards_count(struct looking *l, bool places)
{
	struct scanner *s = l->s;
	for (size_t i = 0; i < s->alikes; i++) {
		struct alike *a = &s->alike[i];
		if (places || a->check == RIGHT) {
			struct place p = place_of(l, a->at);
			group_count(s, p.group, a->same, a->check);
			if (p.senses & SENSE(CARD))
				continue;                /* where nobody says what they are, chance is asked */
		}
		if (a->fits)
			s->unsaid[a->check == RIGHT]++;
	}
	wipe(s->alike, s->alikes * sizeof *s->alike);
	s->alikes = s->alikes_met = 0;
	s->alike_step = 1;
}
