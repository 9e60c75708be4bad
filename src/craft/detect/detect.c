/* Finds card numbers, tracks and card codes, and masks them: what stands plainly in a text whatever stands around it, and all that the
 * scanner finds likely. Reads the text, writes the caller's buffer, knows nothing else. */
#include "detect.h"
#include "around.h"
#include "card.h"
#include "scan_int.h"
#include "words.h"

#include <stdatomic.h>
#include <stdlib.h>

#define NEAR        64                           /* bytes in which a card word or an expiry counts as context */
#define TRACK_MAX   79                           /* characters of track 1, the longer one (ISO/IEC 7813) */
#define TRACK_TAIL  7                            /* expiry and service code: what a track has at least behind its number */
#define LABEL_REACH 24                           /* bytes between a label as "cvv" and its code */

/* ---- one number ---- */

struct groups {                                  /* what may be a number, read from one place on */
	size_t n;                                    /* digits */
	unsigned char digit[DIGITS_MAX];
	size_t parts;                                /* groups */
	unsigned char end[DIGITS_MAX];               /* where each ends, counted from that place, */
	unsigned char digits[DIGITS_MAX];            /* and how many digits there are up to there */
};

static struct groups groups_from(struct str t, size_t from)
{
	struct groups g = { 0 };
	size_t at = from;
	enum separator kind = NONE, other;
	if (!digit_at(t, at, NULL))
		return g;
	for (size_t takes;;) {
		unsigned value;
		while (g.n < DIGITS_MAX && (takes = digit_at(t, at, &value))) {
			g.digit[g.n++] = (unsigned char)value;
			at += takes;
		}
		if (digit_at(t, at, NULL))
			return g;                            /* this group is too long: the number ended before it, if at all */
		g.end[g.parts] = (unsigned char)(at - from);
		g.digits[g.parts++] = (unsigned char)g.n;
		takes = separator_at(t, at, &other);
		if (!takes || (kind != NONE && other != kind) || g.n == DIGITS_MAX || !digit_at(t, at + takes, NULL))
			return g;
		kind = other;
		at += takes;
	}
}

/* Groups as people write card numbers: none, or of four and more but for the last; 4-3-3-3. Others need context. */
static bool written_as_a_card(const struct groups *g, size_t parts)
{
	if (parts == 4 && g->digits[0] == 4 && g->digits[1] == 7 && g->digits[2] == 10 && g->digits[3] == 13)
		return true;
	for (size_t i = 0; i + 1 < parts; i++)
		if (g->digits[i] - (i ? g->digits[i - 1] : 0) < 4)
			return false;
	return true;
}

/* ---- what stands around it ---- */

/* What detect_mask itself wrote says nothing about what stands beside it. */
static bool our_own_mask(struct str t, size_t at)
{
	struct str rest = { t.p + at, t.n - at };
	return at && t.p[at - 1] == '[' && (str_starts(rest, STR("card ending ")) || str_starts(rest, STR("card track]")) || str_starts(rest, STR("card code]")));
}

static bool card_word_at(struct str t, size_t at)
{
	enum sense sense = word_sense(word_at(t, at));
	return (sense == SENSE_CARD || sense == SENSE_EXPIRY || sense == SENSE_CODE) && !our_own_mask(t, at);
}

static bool context_between(struct str t, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++) {
		bool word_begins = is_letter(t.p[at]) && (!at || (!is_letter(t.p[at - 1]) && (unsigned char)t.p[at - 1] < 128));
		if ((word_begins && card_word_at(t, at)) || (is_digit(t.p[at]) && expiry_at(t, at)))
			return true;
	}
	return false;
}

static bool has_context(struct str t, size_t from, size_t to)
{
	return context_between(t, from > NEAR ? from - NEAR : 0, from) || context_between(t, to, t.n - to > NEAR ? to + NEAR : t.n);
}

/* ---- tracks: their number, a separator, an expiry and more ---- */

static size_t digits_end(struct str t, size_t at)
{
	while (at < t.n && is_digit(t.p[at]))
		at++;
	return at;
}

/* Where the track ends whose number ends at `at`; 0 if it is none. */
static size_t track_end(struct str t, size_t at)
{
	if (at >= t.n)
		return 0;
	size_t tail = at + 1;
	if (t.p[at] == '^') {
		while (tail < t.n && tail - at <= 27 && t.p[tail] != '^' && t.p[tail] != '\n')
			tail++;
		if (tail >= t.n || t.p[tail] != '^' || tail - at < 3)
			return 0;
		tail++;
	} else if (t.p[at] != '=' && (t.p[at] | 32) != 'd') {
		return 0;
	}
	size_t end = digits_end(t, tail);
	if (end - tail < TRACK_TAIL)
		return 0;
	for (size_t i = end; i < t.n && i - at <= TRACK_MAX && t.p[i] != '\n'; i++)   /* the rest of it may be any character */
		if (t.p[i] == '?')
			return i + 1;
	while (end < t.n && (t.p[end] | 32) == 'f')
		end++;
	return end;
}

/* Where the track begins whose number begins at `at`; its sentinel counts. False: the number is part of something longer.
 * EMV's tag 57 (hexadecimal: tag, length, track 2) may stand right in front. */
static bool track_begin(struct str t, size_t at, size_t *from)
{
	*from = at;
	if (at && (t.p[at - 1] | 32) == 'b' && (at < 2 || !joins(t.p[at - 2]))) {
		*from = at - 1 - (at >= 2 && t.p[at - 2] == '%');
		return true;
	}
	if (at && t.p[at - 1] == ';')
		*from = at - 1;
	return *from < at || begins_cleanly(t, at) || (at >= 4 && t.p[at - 4] == '5' && t.p[at - 3] == '7' && t.p[at - 2] == '1');
}

/* ---- a hit at one place ---- */

static void describe(struct hit *h, enum hit_sort sort, size_t from, size_t to, const unsigned char *digit, size_t n)
{
	const struct range *r = card_range(digit, n);
	*h = (struct hit){ .from = from, .to = to, .sort = sort, .brand = r ? r->brand : "card" };
	for (size_t i = 0; i < 4; i++)
		h->last4[i] = (char)('0' + digit[n - 4 + i]);
}

static bool track_at(struct str t, size_t at, const struct groups *g, struct hit *h)
{
	size_t from, to;
	if (!track_begin(t, at, &from))
		return false;
	for (size_t k = 0; k < g->parts; k++)
		if (g->digits[k] >= DIGITS_MIN && (to = track_end(t, at + g->end[k])) && card_range(g->digit, g->digits[k])) {
			describe(h, HIT_TRACK, from, to, g->digit, g->digits[k]);
			return true;
		}
	return false;
}

/* How sure a number is: what needs no context comes first, then the tier. 0: none. */
static unsigned sureness(const struct groups *g, size_t part)
{
	size_t n = g->digits[part];
	if (n < DIGITS_MIN)
		return 0;
	if (card_test_number(g->digit, n))
		return 20;
	const struct range *r = card_range(g->digit, n);
	if (!r)
		return 0;
	return (r->tier <= 'B' && written_as_a_card(g, part + 1) ? 10u : 1u) + ('D' - (unsigned)r->tier);
}

/* The surest number of those that begin at `at`, the longest of equals; 0: none. */
static unsigned number_at(struct str t, size_t at, const struct groups *g, size_t *part)
{
	unsigned best = 0;
	for (size_t k = 0; k < g->parts; k++) {
		unsigned sure = sureness(g, k);
		if (sure && sure >= best && stands_alone(t, at, at + g->end[k]) && !inside_uuid(t, at, at + g->end[k])) {
			best = sure;
			*part = k;
		}
	}
	return best;
}

/* A number that needs no context begins between the two. */
static bool surer_one_between(struct str t, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++) {
		size_t part;
		if (!digit_at(t, at, NULL) || !begins_cleanly(t, at))
			continue;
		struct groups g = groups_from(t, at);
		if (number_at(t, at, &g, &part) >= 10)
			return true;
	}
	return false;
}

static bool card_at(struct str t, size_t at, struct hit *h)
{
	struct groups g = groups_from(t, at);
	if (g.n < DIGITS_MIN)
		return false;
	if (track_at(t, at, &g, h))
		return true;
	size_t part;
	unsigned sure = number_at(t, at, &g, &part);
	if (!sure || (sure < 10 && (!has_context(t, at, at + g.end[part]) || surer_one_between(t, at + 1, at + g.end[part]))))
		return false;
	describe(h, sure == 20 ? HIT_TEST_NUMBER : HIT_CARD, at, at + g.end[part], g.digit, g.digits[part]);
	return true;
}

/* ---- card codes: a label, little between, three or four digits ---- */

static const char *const code_labels[] = { "cvv", "cvc", "cid", "csc", "cvn", "securitycode" };
static const char *const code_fillers[] = { "code", "number", "no", "nr", "is", "value", "was", "the" };

static bool one_of(struct str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(word, str_of(list[i])))
			return true;
	return false;
}

/* The end of the label that begins at `at`; 0 if there is none. */
static size_t label_end(struct str t, size_t at)
{
	struct str word = word_at(t, at), rest = { t.p + at, t.n - at };
	if (str_eq_nocase(word, STR("security")) && rest.n > 13 && str_eq_nocase((struct str){ rest.p + 9, 4 }, STR("code")))
		return at + 13;
	if (!one_of(word, code_labels, LENGTH(code_labels)))
		return 0;
	size_t end = at + word.n;
	return end + 1 < t.n && t.p[end] == '2' && !is_digit(t.p[end + 1]) ? end + 1 : end;
}

static bool code_at(struct str t, size_t at, struct hit *h)
{
	size_t i = label_end(t, at);
	if (!i)
		return false;
	for (size_t limit = i + LABEL_REACH; i < t.n && i < limit && !digit_at(t, i, NULL);) {
		struct str word = word_at(t, i);
		if (word.n && !one_of(word, code_fillers, LENGTH(code_fillers)))
			return false;
		if (!word.n && !strchr(" \t:=#\"'/-_>(.,", t.p[i]))
			return false;
		i += word.n ? word.n : 1;
	}
	size_t end = i, n = 0;
	for (size_t takes; n < 5 && (takes = digit_at(t, end, NULL)); n++)
		end += takes;
	if (n < 3 || n > 4 || !ends_cleanly(t, end))
		return false;
	struct hit number;
	if (card_at(t, i, &number))
		return false;                            /* the label's code is missing, and a card number follows */
	*h = (struct hit){ .from = i, .to = end, .sort = HIT_CODE, .brand = "" };
	return true;
}

/* ---- all hits that stand plainly in a text ---- */

struct walk { struct str text; size_t at; bool codes; };

static size_t skip_digits(struct str t, size_t at)
{
	for (size_t takes; (takes = digit_at(t, at, NULL));)
		at += takes;
	return at;
}

static bool next_hit(struct walk *w, struct hit *h)
{
	struct str t = w->text;
	struct hit code = { 0 };
	for (; w->at < t.n; w->at++) {
		size_t at = w->at;
		bool letter = is_letter(t.p[at]), word_begins = letter && (!at || !is_letter(t.p[at - 1]));
		if (w->codes && code.to <= at && word_begins && code_at(t, at, &code))
			continue;
		if (code.to && at == code.from) {
			*h = code;
			w->at = h->to;
			return true;
		}
		if (!digit_at(t, at, NULL))
			continue;
		if (card_at(t, at, h)) {
			w->at = h->to;
			return true;
		}
		bool tag57 = t.n - at > 16 && t.p[at] == '5' && t.p[at + 1] == '7' && t.p[at + 2] == '1';
		if (tag57 && card_at(t, at + 4, h) && h->sort == HIT_TRACK) {
			w->at = h->to;
			return true;
		}
		w->at = skip_digits(t, at) - 1;
	}
	return false;
}

/* A card code is one only beside a card number; without one the walk is over. */
static struct walk walk_of(struct str t)
{
	struct walk first = { .text = t };
	struct hit h;
	return next_hit(&first, &h) ? (struct walk){ .text = t, .codes = true } : first;
}

size_t detect_plain(struct str text, struct hit *out, size_t max)
{
	struct walk w = walk_of(text);
	struct hit h;
	size_t n = 0;
	for (; next_hit(&w, &h); n++)
		if (n < max)
			out[n] = h;
	return n;
}

/* ---- what the scanner sees besides: other separators, tags, entities, escapes, base64 ---- */

struct hits { struct str text; struct hit *of; size_t n, cap; };

static void hits_add(struct hits *h, const struct hit *hit)
{
	if (h->n == h->cap) {
		h->cap = h->cap ? h->cap * 2 : 16;
		h->of = mem_grow(h->of, h->cap * sizeof *h->of);
	}
	h->of[h->n++] = *hit;
}

/* Equal numbers of a line are told once. */
static void on_finding(void *to, const struct finding *f)
{
	struct hits *h = to;
	if (f->class == SCAN_UNLIKELY || f->sort > HIT_TEST_NUMBER || f->at > h->text.n || f->length > h->text.n - f->at)
		return;
	struct hit hit = { .from = (size_t)f->at, .to = (size_t)f->at + f->length, .sort = f->sort, .brand = *f->brand ? f->brand : "card" };
	memcpy(hit.last4, f->last4, sizeof hit.last4);
	hits_add(h, &hit);
	for (size_t n = f->length, left = f->count - 1; left; left--) {
		const char *again = memmem(h->text.p + hit.to, h->text.n - hit.to, h->text.p + hit.from, n);
		if (!again)
			return;
		hit.from = (size_t)(again - h->text.p);
		hit.to = hit.from + n;
		hits_add(h, &hit);
	}
}

/* Every number that the scanner can find has twelve digits, in whatever writing, or stands in base64. */
static bool worth_scanning(struct str t)
{
	size_t digits = 0, row = 0;
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		bool digit = is_digit(t.p[i]);
		digits += digit || c >= 0xC0;
		row = digit || is_letter(t.p[i]) || c == '+' || c == '/' || c == '-' || c == '_' ? row + 1 : 0;
		if (digits == DIGITS_MIN || row == 16)
			return true;
	}
	return false;
}

/* One that is at hand, so that a file's many cells need not each open one. What it saw of a text is wiped. */
static _Atomic(struct scanner *) spare;

static void scan_hits(struct hits *h)
{
	struct str rest = h->text;
	struct scanner *s = atomic_exchange(&spare, NULL);
	size_t before = h->n;
	if (!s) {
		uint8_t key[16];
		random_bytes(key, sizeof key);
		s = scanner_open(key);
	}
	scanner_begin(s, on_finding, h);
	for (bool last = false; !last;) {
		size_t room;
		char *to = scanner_room(s, &room);
		size_t n = rest.n < room ? rest.n : room;
		memcpy(to, rest.p, n);
		rest.p += n;
		rest.n -= n;
		last = !rest.n;
		scanner_take(s, n, last);
		if (last)
			wipe(scanner_room(s, &room), h->text.n < room ? h->text.n : room);
	}
	scanner_end(s);
	if (h->n > before)
		fold_forget(s->fold);
	scanner_close(atomic_exchange(&spare, s));
}

/* ---- all hits of a text ---- */

static int by_place(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	return x->from != y->from ? (x->from > y->from) - (x->from < y->from) : (x->to < y->to) - (x->to > y->to);
}

/* In order; those that overlap are one. */
static void put_in_order(struct hits *h)
{
	size_t n = 0;
	if (h->n)
		qsort(h->of, h->n, sizeof *h->of, by_place);
	for (size_t i = 0; i < h->n; i++) {
		struct hit *last = n ? &h->of[n - 1] : NULL, one = h->of[i];
		if (!last || one.from >= last->to) {
			h->of[n++] = one;
			continue;
		}
		one.from = last->from;
		one.to = one.to > last->to ? one.to : last->to;
		if (last->sort == HIT_CODE)
			*last = one;
		last->to = one.to;
	}
	h->n = n;
}

static struct hits hits_of(struct str text)
{
	struct hits h = { .text = text };
	struct walk w = walk_of(text);
	struct hit one;
	while (next_hit(&w, &one))
		hits_add(&h, &one);
	if (worth_scanning(text)) {
		scan_hits(&h);
		put_in_order(&h);
	}
	return h;
}

size_t detect(struct str text, struct hit *out, size_t max)
{
	struct hits h = hits_of(text);
	if (h.n && max)
		memcpy(out, h.of, (h.n < max ? h.n : max) * sizeof *out);
	free(h.of);
	return h.n;
}

/* "2026-03-01T11:00:00Z", with a space for the T, a fraction, an offset: what each row of a table has. No card number begins with 19 or 20, and none is
 * written so. */
static bool is_moment(struct str t)
{
	static const char form[] = "0000-00-00_00:00:00";
	size_t n = sizeof form - 1, fraction = 0;
	if (t.n < n || (t.p[0] != '1' && t.p[0] != '2') || t.p[1] != (t.p[0] == '1' ? '9' : '0'))
		return false;
	for (size_t i = 0; i < n; i++)
		if (form[i] == '0' ? !is_digit(t.p[i]) : form[i] == '_' ? t.p[i] != 'T' && t.p[i] != ' ' : t.p[i] != form[i])
			return false;
	if (n < t.n && t.p[n] == '.')
		for (n++; n < t.n && is_digit(t.p[n]) && fraction < 9; n++)
			fraction++;
	struct str zone = { t.p + n, t.n - n };
	return !zone.n || str_eq(zone, STR("Z")) || (zone.n == 6 && (zone.p[0] == '+' || zone.p[0] == '-') && is_digit(zone.p[1]) && is_digit(zone.p[2]) && zone.p[3] == ':' &&
		is_digit(zone.p[4]) && is_digit(zone.p[5]));
}

bool detect_could(struct str text)
{
	return !is_moment(text) && (worth_scanning(text) || detect_maybe(text));
}

static const char number_mask[] = "[card ending";

static size_t put_mask(struct buf *out, struct str text, size_t from, const struct hit *h)
{
	buf_put(out, (struct str){ text.p + from, h->from - from });
	if (h->sort == HIT_TRACK)
		buf_put(out, STR("[card track]"));
	else if (h->sort == HIT_CODE)
		buf_put(out, STR("[card code]"));
	else
		buf_printf(out, "%s %s]", number_mask, h->last4);
	return h->to;
}

const char *detect_masked(struct str text)
{
	return memmem(text.p, text.n, number_mask, strlen(number_mask));
}

static size_t mask_once(struct buf *out, struct str text)
{
	struct hits h = hits_of(text);
	size_t from = 0, n = h.n;
	for (size_t i = 0; i < n; i++)
		from = put_mask(out, text, from, &h.of[i]);
	buf_put(out, (struct str){ text.p + from, text.n - from });
	free(h.of);
	return n;
}

static size_t mask_plain_once(struct buf *out, struct str text)
{
	struct walk w = walk_of(text);
	struct hit h;
	size_t n = 0, from = 0;
	for (; next_hit(&w, &h); n++)
		from = put_mask(out, text, from, &h);
	buf_put(out, (struct str){ text.p + from, text.n - from });
	return n;
}

/* A mask may be shorter than what it stands for, and so bring a card word nearer to another number: again, until nothing is
 * found. Each word has room for few masks around it, so it ends soon. */
static size_t mask_all(struct buf *out, struct str text, size_t (*once)(struct buf *, struct str))
{
	size_t begin = out->n, n = once(out, text);
	for (size_t more = n; more && !out->full;) {
		struct buf again = BUF(out->max);
		more = once(&again, (struct str){ out->p + begin, out->n - begin });
		if (more) {
			out->n = begin;
			buf_put(out, buf_str(&again));
			out->full |= again.full;
		}
		n += more;
		buf_free(&again);
	}
	return n;
}

size_t detect_mask(struct buf *out, struct str text)
{
	return mask_all(out, text, mask_once);
}

size_t detect_mask_plain(struct buf *out, struct str text)
{
	return mask_all(out, text, mask_plain_once);
}
