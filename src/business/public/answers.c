/* answers - the look-up of a status page, worked out of the exposure: for each place and day, by buckets of last four digits. */
#include "lookup.h"
#include "status.h"

#include <stdlib.h>

enum { MAP_LEAST = 1024 };

static const kinds CARD = KIND(CARD_NUMBER) | KIND(CARD_EXPIRY) | KIND(CARD_CODE) | KIND(CARD_TRACK) | KIND(CARD_PIN) | KIND(CARD_LAST4);

/* What stands in a place's payments by card of one day. blind: one without its last four digits is among them, so that it can be anybody's. */
struct seen { uint32_t place; int32_t day; bool used, blind_risk, blind_safe, risky, safe; uint8_t risk[LOOK_SET], kept[LOOK_SET]; };
struct table { struct op *op; struct seen *at; size_t cap, n; int32_t from, to; bool any; };

static size_t slot_of(const struct seen *at, size_t cap, uint32_t place, int32_t day)
{
	size_t i = ((uint64_t)place << 32 | (uint32_t)day) * 0x9E3779B97F4A7C15u >> 20 & (cap - 1);
	while (at[i].used && (at[i].place != place || at[i].day != day))
		i = (i + 1) & (cap - 1);
	return i;
}

static struct seen *seen_of(struct table *t, uint32_t place, int32_t day)
{
	if (2 * t->n >= t->cap) {
		size_t cap = t->cap ? 2 * t->cap : MAP_LEAST;
		struct seen *more = mem_zero(cap, sizeof *more);
		for (size_t i = 0; i < t->cap; i++)
			if (t->at[i].used)
				more[slot_of(more, cap, t->at[i].place, t->at[i].day)] = t->at[i];
		free(t->at);
		t->at = more, t->cap = cap;
	}
	struct seen *s = &t->at[slot_of(t->at, t->cap, place, day)];
	t->n += !s->used;
	s->used = true, s->place = place, s->day = day;
	return s;
}

static int32_t day_of(struct op *op, int64_t at)
{
	return at <= LONG_AGO / 2 ? INT32_MIN : at >= FAR_OFF / 2 ? INT32_MAX : (int32_t)when_day(zone_local(op->zone, at));
}

static void note(struct seen *s, const struct touch *t, bool risk)
{
	*(risk ? &s->risky : &s->safe) = true;
	if (t->has_last4)
		look_add(risk ? s->risk : s->kept, look_bucket(t->last4));
	else
		*(risk ? &s->blind_risk : &s->blind_safe) = true;
}

/* Each counts at its place and for who does not say where; one without a place is put to all places later. */
static void touch_note(void *to, const struct touch *touch, kinds answers)
{
	struct table *t = to;
	if (!((touch->entry_kinds | touch->service_kinds | touch->person_kinds | touch->place_kinds) & CARD))
		return;                                  /* cash, and what is no payment */
	int32_t first = day_of(t->op, touch->at), last = day_of(t->op, touch->at + (int64_t)touch->spread);
	for (int32_t day = first; day <= last; day++) {
		if (touch->place.n)
			note(seen_of(t, (uint32_t)touch->place.n, day), touch, answers != 0);
		else
			note(seen_of(t, UINT32_MAX, day), touch, answers != 0);
		note(seen_of(t, LOOK_ANYWHERE, day), touch, answers != 0);
		t->any |= answers != 0;
		if (answers) {
			t->from = day < t->from ? day : t->from;
			t->to = day > t->to ? day : t->to;
		}
	}
}

/* One that names no place may have been there. */
static void join(struct seen *s, const struct seen *other)
{
	s->blind_risk |= other->blind_risk, s->blind_safe |= other->blind_safe, s->risky |= other->risky, s->safe |= other->safe;
	for (size_t i = 0; i < LOOK_SET; i++)
		s->risk[i] |= other->risk[i], s->kept[i] |= other->kept[i];
}

static void answer(const struct seen *s, bool never_no, struct look_row *row)
{
	*row = (struct look_row){ .place = s->place, .day = s->day };
	for (unsigned b = 0; b < LOOK_BUCKETS; b++) {
		bool risk = look_has(s->risk, b), safe = look_has(s->kept, b);
		if (!s->safe || (risk && !safe && !s->blind_safe))
			look_add(row->yes, b);
		else if (!never_no && (!s->risky || (safe && !risk && !s->blind_risk)))
			look_add(row->no, b);
	}
}

static int newest_first(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	return x->used != y->used ? (x->used ? -1 : 1) : (x->day < y->day) - (x->day > y->day);
}

static int by_place(const void *a, const void *b)
{
	const struct look_row *x = a, *y = b;
	return x->place != y->place ? (x->place < y->place ? -1 : 1) : (x->day > y->day) - (x->day < y->day);
}

/* The rows between from and to; when there are too many the oldest go, whose answer is then perhaps. */
static void rows_make(struct table *t, bool never_no, struct lookup *l)
{
	size_t n = 0;
	for (size_t i = 0; i < t->cap; i++) {
		struct seen *s = &t->at[i];
		if (!s->used || s->place == UINT32_MAX || s->place == LOOK_ANYWHERE)
			continue;
		const struct seen *nowhere = &t->at[slot_of(t->at, t->cap, UINT32_MAX, s->day)];
		if (nowhere->used)
			join(s, nowhere);
	}
	for (size_t i = 0; i < t->cap; i++)              /* what no answer needs */
		t->at[i].used = t->at[i].used && t->at[i].place != UINT32_MAX && t->at[i].day >= t->from && t->at[i].day <= t->to;
	qsort(t->at, t->cap, sizeof *t->at, newest_first);
	while (n < t->cap && t->at[n].used && n < LOOK_ROWS_MAX)
		n++;
	struct look_row *row = ARENA_ARRAY(t->op->a, struct look_row, n + 1);
	for (size_t i = 0; i < n; i++)
		answer(&t->at[i], never_no, &row[i]);
	qsort(row, n, sizeof *row, by_place);
	l->row = row, l->rows = n;
}

static bool places_name(struct op *op, struct lookup *l)
{
	struct look_place *place = ARENA_ARRAY(op->a, struct look_place, LOOK_PLACES_MAX);
	for (size_t i = 0; i < l->rows; i++) {
		struct holder h;
		uint32_t id = l->row[i].place;
		if (id == LOOK_ANYWHERE || (i && l->row[i - 1].place == id) || l->places == LOOK_PLACES_MAX)
			continue;
		if (!map_holder(op, (holder_id){ id }, &h))
			return false;
		while (h.name.n > LOOK_PLACE_MAX || !str_utf8(h.name))
			h.name.n--;                      /* not within a letter */
		place[l->places++] = (struct look_place){ id, h.name };
	}
	l->place = place;
	return true;
}

bool status_answers(struct op *op, const struct incident *i, struct lookup *l)
{
	struct exposed *e;
	struct sources s;
	bool listed;
	*l = (struct lookup){ .from = INT32_MAX, .to = INT32_MIN };
	if (!exposure_of(op, i->suspicion, i->n, false, &e, &s))
		return false;
	bool found = s.found && (e->occur | e->found_kinds) & CARD;
	exposed_close(e);
	struct table t = { .op = op, .from = INT32_MAX, .to = INT32_MIN };
	for (size_t k = 0; k < s.n; k++)
		if (!s.source[k].spans_only && s.source[k].from <= s.source[k].to) {
			int32_t from = day_of(op, s.source[k].from), to = day_of(op, s.source[k].to);
			t.from = from < t.from ? from : t.from, t.to = to > t.to ? to : t.to;
		}
	bool good = exposure_listed(op, &s, CARD, &listed) && exposure_each_touch(op, &s, touch_note, &t);
	if (good && t.any)
		rows_make(&t, found || listed, l);
	free(t.at);
	l->from = found || listed ? INT32_MIN : t.from, l->to = found || listed ? INT32_MAX : t.to;
	return good && places_name(op, l);
}
