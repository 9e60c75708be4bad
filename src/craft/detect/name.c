/* Masks names: of files, members, sheets, columns, addresses. A name has no words around it that say what a number is, and says it to
 * whoever sees a list: so every number that can be a card's goes, whatever stands beside it. Reads the text, writes the caller's buffer. */
#include "around.h"
#include "card.h"
#include "detect.h"

enum { SSN_DIGITS = 9 };

struct digit { unsigned char value; size_t from, to; };
struct run { size_t n; struct digit digit[DIGITS_MAX]; };

/* How far it is to the next digit: 0 when it is next or there is none. A name's groups are one sign apart; in what people write of
 * themselves anything but letters may stand between. */
static size_t gap_at(struct str t, size_t at, bool loose)
{
	enum { GAP_MAX = 4 };
	for (size_t n = 0; n <= (loose ? GAP_MAX : 1) && at + n < t.n; n++) {
		char c = t.p[at + n];
		if (digit_at(t, at + n, NULL))
			return n;
		if (loose ? is_letter(c) : !c || !strchr(" -._", c))
			return 0;
	}
	return 0;
}

/* The digits from `at` on. */
static struct run run_from(struct str t, size_t at, bool loose)
{
	struct run r = { 0 };
	unsigned value;
	for (size_t takes; r.n < DIGITS_MAX && (takes = digit_at(t, at, &value)); at += takes) {
		r.digit[r.n++] = (struct digit){ (unsigned char)value, at, at + takes };
		at += gap_at(t, at + takes, loose);
	}
	return r;
}

/* Where a number may stand: as whole groups; at an edge of a longer group; anywhere in one. Those that are surer go first, so that none is
 * cut in two by a chance one. */
enum standing { WHOLE, AT_EDGE, INSIDE, STANDINGS };

/* How many of the run's digits are a card number: the most. Within a longer group only those of the brands that nearly all cards are of,
 * or every second long number would be one. */
static size_t card_digits(struct str t, const struct run *r, enum standing standing)
{
	unsigned char value[DIGITS_MAX];
	bool begins = r->n && !digit_before(t, r->digit[0].from);
	for (size_t i = 0; i < r->n; i++)
		value[i] = r->digit[i].value;
	for (size_t n = r->n; n >= DIGITS_MIN; n--) {
		const struct range *range = card_range(value, n);
		bool ends = !digit_at(t, r->digit[n - 1].to, NULL);
		if (standing == WHOLE && begins && ends && (range || card_test_number(value, n)))
			return n;
		if (standing != WHOLE && (standing == INSIDE || begins || ends) && range && range->tier == 'A' && range->luhn && (n == 15 || n == 16))
			return n;
	}
	return 0;
}

/* ddd-dd-dddd, with any one separator. */
static bool is_ssn(struct str t, const struct run *r)
{
	const struct digit *d = r->digit;
	if (r->n < SSN_DIGITS || digit_before(t, d[0].from) || digit_at(t, d[SSN_DIGITS - 1].to, NULL))
		return false;
	for (size_t i = 0; i + 1 < SSN_DIGITS; i++)
		if ((d[i].to != d[i + 1].from) != (i == 2 || i == 4))
			return false;
	return t.p[d[2].to] == t.p[d[4].to];
}

static bool could_be(struct str t)
{
	size_t digits = 0;
	for (size_t i = 0, takes; i < t.n && digits < SSN_DIGITS; i += takes ? takes : 1) {
		takes = digit_at(t, i, NULL);
		digits += takes > 0;
	}
	return digits == SSN_DIGITS;
}

static size_t mask_bare(struct buf *out, struct str t, enum standing standing, bool loose)
{
	size_t masks = 0, from = 0;
	for (size_t at = 0, takes; at < t.n; at += takes ? takes : 1) {
		takes = digit_at(t, at, NULL);
		if (!takes)
			continue;
		struct run r = run_from(t, at, loose);
		size_t n = card_digits(t, &r, standing);
		bool ssn = !n && is_ssn(t, &r);
		if (!n && !ssn)
			continue;
		n = ssn ? SSN_DIGITS : n;
		const struct digit *last = &r.digit[n - 4];
		buf_put(out, (struct str){ t.p + from, at - from });
		buf_printf(out, "[%s ending %d%d%d%d]", ssn ? "SSN" : "card", last[0].value, last[1].value, last[2].value, last[3].value);
		from = r.digit[n - 1].to;
		takes = from - at;
		masks++;
	}
	buf_put(out, (struct str){ t.p + from, t.n - from });
	return masks;
}

static size_t mask_all(struct buf *out, struct str name, bool loose)
{
	if (!could_be(name)) {
		buf_put(out, name);
		return 0;
	}
	struct buf before = BUF(out->max), after = BUF(out->max);
	size_t n = detect_mask_plain(&before, name);
	for (enum standing standing = WHOLE; standing < STANDINGS; standing++) {
		buf_clear(&after);
		n += mask_bare(&after, buf_str(&before), standing, loose);
		struct buf swap = before;
		before = after;
		after = swap;
	}
	buf_put(out, buf_str(&before));
	out->full |= before.full || after.full;
	buf_free(&before);
	buf_free(&after);
	return n;
}

size_t detect_mask_name(struct buf *out, struct str name)
{
	return mask_all(out, name, false);
}

size_t detect_mask_person(struct buf *out, struct str text)
{
	return mask_all(out, text, true);
}
