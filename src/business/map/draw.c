/* draw - which boxes and which lines a picture of the map has; where they lie is lay.c's. Touches the plain struct only. */
#include "draw_int.h"
#include "map_int.h"

#include <stdlib.h>

enum { HASH_SEED = 16 };

kinds draw_card_kinds(void)
{
	return KIND(CARD_NUMBER) | KIND(CARD_EXPIRY) | KIND(CARD_CODE) | KIND(CARD_TRACK) | KIND(CARD_PIN);
}

/* ---- which holders stand in one box ---- */

/* Of each holder: whether it is drawn, and what its flows look like, so that two with the same may share a box. */
struct standpoint { bool drawn, in, out, in_card, out_card, given_card, gives_card, takes_copies, hands_on; uint64_t flows; };       /* given, gives: handed on, not only seen */
struct draft { struct arena *a; const struct atlas *m; int64_t now; uint32_t *index; size_t ids; struct standpoint *at; struct drawing *d; size_t *box_of; };

static bool in_use(const struct draft *t, const struct flow *f)
{
	return f->since <= t->now && t->now < f->until;
}

static struct standpoint *standpoint(struct draft *t, holder_id h)
{
	return &t->at[t->index[h.n] - 1];
}

static uint64_t flow_hash(const struct flow *f, holder_id other, bool out)
{
	static const uint8_t seed[HASH_SEED] = "flows of a box";
	int64_t all[] = { other.n, out, f->manner, (int64_t)f->kinds };
	return hash64((struct str){ (const char *)all, sizeof all }, seed);
}

static void standpoints(struct draft *t)
{
	const struct atlas *m = t->m;
	for (size_t i = 0; i < m->holders; i++)
		t->ids = (size_t)m->holder[i].id.n >= t->ids ? (size_t)m->holder[i].id.n + 1 : t->ids;
	t->index = ARENA_ARRAY(t->a, uint32_t, t->ids + 1);
	t->at = ARENA_ARRAY(t->a, struct standpoint, m->holders + 1);
	for (size_t i = 0; i < m->holders; i++)
		t->index[m->holder[i].id.n] = (uint32_t)i + 1, t->at[i].drawn = true;
	for (size_t i = 0; i < m->emptieds; i++) {
		const struct holder *h = &m->holder[t->index[m->emptied[i].holder.n] - 1];
		if (h->until <= t->now && m->emptied[i].at >= h->until)
			standpoint(t, h->id)->drawn = false;
	}
	for (size_t i = 0; i < m->flows; i++) {
		const struct flow *f = &m->flow[i];
		if (!in_use(t, f))
			continue;
		struct standpoint *from = standpoint(t, f->from), *to = standpoint(t, f->to);
		from->drawn = to->drawn = from->out = to->in = true;
		from->out_card |= f->kinds != KINDS_ALL && f->kinds & draw_card_kinds();
		to->in_card |= f->kinds != KINDS_ALL && f->kinds & draw_card_kinds();
		from->hands_on |= f->manner == HANDS_ON;
		from->gives_card |= f->manner == HANDS_ON && f->kinds != KINDS_ALL && f->kinds & draw_card_kinds();
		to->given_card |= f->manner == HANDS_ON && f->kinds != KINDS_ALL && f->kinds & draw_card_kinds();
		to->takes_copies |= f->manner == COPIES;
		from->flows += flow_hash(f, f->to, true);
		to->flows += flow_hash(f, f->from, false);
	}
}

/* A computer that copies go to, and that hands nothing on, is a store; so is Handback itself. */
static enum lane lane_of(const struct holder *h, const struct standpoint *s)
{
	static const enum lane lanes[] = { [READER] = LANE_DEVICES, [SERVICE] = LANE_SERVICES, [COMPUTER] = LANE_DEVICES, [STORAGE] = LANE_STORES,
		[MAILBOX] = LANE_SERVICES, [PAPER] = LANE_STORES, [WEBSITE] = LANE_DEVICES, [PERSON] = LANE_PEOPLE, [PLACE] = LANE_PEOPLE };
	return h->id.n == SELF || (h->sort == COMPUTER && s->takes_copies && !s->hands_on) ? LANE_STORES : lanes[h->sort];
}

/* How alike two must be to share a box: 0 only people and places without flows, 1 those with the same flows, 2 all of a sort. */
struct candidate { uint32_t holder; enum lane lane; enum holder_sort sort; bool closed, alone; uint64_t flows; struct str name; };

static int alike(const struct candidate *x, const struct candidate *y)
{
	int c = x->lane != y->lane ? (int)x->lane - (int)y->lane : x->sort != y->sort ? (int)x->sort - (int)y->sort : x->closed - y->closed;
	return c ? c : (x->flows > y->flows) - (x->flows < y->flows);
}

static int candidate_order(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int c = alike(x, y);
	c = c ? c : str_cmp(x->name, y->name);
	return c ? c : (x->holder > y->holder) - (x->holder < y->holder);
}

static size_t boxes_make(struct draft *t, int level)
{
	const struct atlas *m = t->m;
	struct candidate *c = ARENA_ARRAY(t->a, struct candidate, m->holders + 1);
	size_t n = 0;
	for (size_t i = 0; i < m->holders; i++) {
		const struct holder *h = &m->holder[i];
		const struct standpoint *s = &t->at[i];
		if (s->drawn)
			c[n++] = (struct candidate){ (uint32_t)i, lane_of(h, s), h->sort, h->until <= t->now, !s->in && !s->out, level == 2 ? 0 : s->flows, h->name };
	}
	qsort(c, n, sizeof *c, candidate_order);
	struct draw_box *box = ARENA_ARRAY(t->a, struct draw_box, n + 1);
	uint32_t *members = ARENA_ARRAY(t->a, uint32_t, n + 1);
	size_t boxes = 1;
	box[0] = (struct draw_box){ .lane = LANE_CUSTOMERS };
	t->box_of = ARENA_ARRAY(t->a, size_t, m->holders + 1);
	for (size_t i = 0; i < n; i++) {
		bool joins = i && !alike(&c[i - 1], &c[i]) && (level > 0 || (c[i].alone && c[i].sort >= PERSON));
		members[i] = c[i].holder;
		if (!joins)
			box[boxes++] = (struct draw_box){ .lane = c[i].lane, .sort = c[i].sort, .holder = members + i, .closed = c[i].closed };
		box[boxes - 1].n++;
		t->box_of[c[i].holder] = boxes - 1;
	}
	t->d->box = box, t->d->boxes = boxes;
	return boxes;
}

/* ---- the lines ---- */

static void line_put(struct draft *t, size_t from, size_t to, bool card, bool assumed, kinds k)
{
	struct drawing *d = t->d;
	if (from == to)
		return;
	for (size_t i = 0; i < d->lines; i++) {
		struct draw_line *l = &d->line[i];
		if (l->from == from && l->to == to && l->card == card) {
			l->kinds |= k, l->assumed &= assumed;
			return;
		}
	}
	d->line[d->lines++] = (struct draw_line){ .from = from, .to = to, .card = card, .assumed = assumed, .kinds = k };
}

/* What nobody told, but what a sort of holder is for: customers' information comes in where nothing else leads to, and what takes cards passes them to the
 * payment service, if there is just one. Both are drawn dotted, but for the card at a reader, and for the one that is told to somebody, or handed over on
 * paper: who passes on card numbers that nobody here gave them has them from customers. */
static void lines_assumed(struct draft *t)
{
	const struct drawing *d = t->d;
	size_t services = 0, service = 0;
	for (size_t b = 1; b < d->boxes; b++)
		if (d->box[b].sort == SERVICE && !d->box[b].closed)
			services += d->box[b].n, service = b;
	for (size_t b = 1; b < d->boxes; b++) {
		const struct standpoint *s = &t->at[d->box[b].holder[0]];
		enum holder_sort sort = d->box[b].sort;
		if (d->box[b].closed)
			continue;
		if ((!s->in && sort == READER) || (sort == PERSON && s->gives_card && !s->given_card))
			line_put(t, 0, b, true, false, 0);
		else if (!s->in && (sort == WEBSITE || sort == PAPER || sort == MAILBOX || (sort == SERVICE && s->out)))
			line_put(t, 0, b, false, true, 0);
		if (!s->in && (sort == WEBSITE || sort == PAPER || sort == MAILBOX) && s->out_card)
			line_put(t, 0, b, true, true, 0);
		if (!s->out_card && services == 1 && (sort == READER || sort == WEBSITE))
			line_put(t, b, service, true, true, 0);
	}
}

/* Of a flow of everything (a backup, say) cards are part only where cards come. */
static bool carries_card(struct draft *t, const struct flow *f)
{
	const struct standpoint *from = standpoint(t, f->from);
	enum holder_sort sort = t->m->holder[t->index[f->from.n] - 1].sort;
	return f->kinds & draw_card_kinds() && (f->kinds != KINDS_ALL || from->in_card || sort == READER || sort == PAPER || sort == WEBSITE);
}

static void lines_make(struct draft *t)
{
	const struct atlas *m = t->m;
	t->d->line = ARENA_ARRAY(t->a, struct draw_line, 2 * t->d->boxes * t->d->boxes), t->d->lines = 0;
	for (size_t i = 0; i < m->flows; i++) {
		const struct flow *f = &m->flow[i];
		if (!in_use(t, f))
			continue;
		size_t from = t->box_of[t->index[f->from.n] - 1], to = t->box_of[t->index[f->to.n] - 1];
		if (carries_card(t, f))
			line_put(t, from, to, true, false, f->kinds & draw_card_kinds());
		if (f->kinds & ~draw_card_kinds())
			line_put(t, from, to, false, false, f->kinds & ~draw_card_kinds());
	}
	lines_assumed(t);
}

/* ---- the order in a lane: each near what it is joined to ---- */

struct seat { double wish; size_t box; };

static int seat_order(const void *a, const void *b)
{
	const struct seat *x = a, *y = b;
	return x->wish != y->wish ? (x->wish > y->wish) - (x->wish < y->wish) : (x->box > y->box) - (x->box < y->box);
}

static void rows_give(struct arena *a, struct drawing *d)
{
	enum { SWEEPS = 6 };
	size_t in_lane[LANES] = { 0 };
	for (size_t b = 0; b < d->boxes; b++)
		d->box[b].row = (int)in_lane[d->box[b].lane]++;
	struct seat *seat = ARENA_ARRAY(a, struct seat, d->boxes);
	for (int sweep = 0; sweep < SWEEPS; sweep++)
		for (int i = 0; i < LANES; i++) {
			enum lane lane = (enum lane)(sweep % 2 ? LANES - 1 - i : i);
			size_t n = 0;
			for (size_t b = 0; b < d->boxes; b++) {
				double sum = 0;
				int joined = 0;
				for (size_t l = 0; d->box[b].lane == lane && l < d->lines; l++) {
					size_t other = d->line[l].from == b ? d->line[l].to : d->line[l].to == b ? d->line[l].from : b;
					if (d->box[other].lane != lane) {
						size_t rows = in_lane[d->box[other].lane];
						sum += (d->box[other].row + 0.5) / (double)rows, joined++;
					}
				}
				if (d->box[b].lane == lane)
					seat[n++] = (struct seat){ joined ? sum / joined : (d->box[b].row + 0.5) / (double)in_lane[lane], b };
			}
			qsort(seat, n, sizeof *seat, seat_order);
			for (size_t k = 0; k < n; k++)
				d->box[seat[k].box].row = (int)k;
		}
}

/* ---- tracks ---- */

struct stretch *stretch_of(struct stretch *s, size_t *n, int place, uint32_t net)
{
	for (size_t i = 0; i < *n; i++)
		if (s[i].place == place && s[i].net == net)
			return &s[i];
	s[*n] = (struct stretch){ place, net, INT32_MAX, INT32_MIN, -1 };
	return &s[(*n)++];
}

void stretch_cover(struct stretch *s, int from, int to)
{
	int low = from < to ? from : to, high = from < to ? to : from;
	s->low = low < s->low ? low : s->low;
	s->high = high > s->high ? high : s->high;
}

int tracks_give(struct stretch *s, size_t n, int place, int apart)
{
	int tracks = 0;
	for (;;) {
		struct stretch *next = NULL;
		for (size_t i = 0; i < n; i++)
			if (s[i].place == place && s[i].track < 0 && (!next || s[i].high - s[i].low < next->high - next->low))
				next = &s[i];
		if (!next)
			return tracks;
		int track = 0;
		for (size_t i = 0; i < n; i++)
			if (s[i].place == place && s[i].track == track && s[i].low - apart < next->high && next->low - apart < s[i].high)
				track++, i = (size_t)-1;         /* taken: all are looked at again for the next one */
		next->track = track;
		tracks = track + 1 > tracks ? track + 1 : tracks;
	}
}

void draw_map(struct arena *a, const struct atlas *m, int64_t now, bool narrow, struct drawing *d)
{
	struct draft t = { .a = a, .m = m, .now = now, .d = d };
	*d = (struct drawing){ .narrow = narrow };
	standpoints(&t);
	bool many = boxes_make(&t, 0) > BOXES_SINGLE;
	if (!many) {
		lines_make(&t);
		many = d->lines > LINES_SINGLE;
	}
	if (many && boxes_make(&t, 1) > BOXES_MAX)
		boxes_make(&t, 2);
	if (many)
		lines_make(&t);
	rows_give(a, d);
	if (narrow)
		lay_narrow(a, d);
	else
		lay_wide(a, d);
}
