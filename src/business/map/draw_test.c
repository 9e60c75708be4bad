/* Pictures of random maps: no box on another, every flow in use a line, nothing outside, no line through a box, and never too many boxes. */
#include "draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOW = 1000, ROUNDS = 60 };

struct world { struct atlas m; uint64_t dice; struct arena *a; };

static uint32_t dice(struct world *w, uint32_t sides)
{
	w->dice = w->dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(w->dice >> 33) % sides;
}

static void world_make(struct world *w, size_t holders, size_t flows)
{
	w->m = (struct atlas){ .holder = ARENA_ARRAY(w->a, struct holder, holders), .flow = ARENA_ARRAY(w->a, struct flow, flows + 1),
	                       .emptied = ARENA_ARRAY(w->a, struct emptied, 1), .holders = holders };
	for (size_t i = 0; i < holders; i++)
		w->m.holder[i] = (struct holder){ { (int64_t)i + 1 }, (enum holder_sort)(READER + dice(w, PLACE)), arena_say(w->a, "Holder <%u> & a long name of \xC3\xA9 it", dice(w, 100000)),
		                                  LONG_AGO, dice(w, 8) ? FAR_OFF : 500, { 0 } };
	for (size_t i = 0; holders > 1 && i < flows; i++) {
		int64_t from = 1 + dice(w, (uint32_t)holders), to = 1 + dice(w, (uint32_t)holders);
		if (from != to)
			w->m.flow[w->m.flows++] = (struct flow){ (int64_t)i + 1, { from }, { to }, (enum manner_flow)(HANDS_ON + dice(w, 3)), 1 + dice(w, 1u << 16), KEEPS_UNTOLD, LONG_AGO, dice(w, 5) ? FAR_OFF : 900 };
	}
}

static const struct draw_box *box_with(const struct world *w, const struct drawing *d, holder_id h)
{
	for (size_t b = 0; b < d->boxes; b++)
		for (size_t k = 0; k < d->box[b].n; k++)
			if (w->m.holder[d->box[b].holder[k]].id.n == h.n)
				return &d->box[b];
	return NULL;
}

static bool line_there(const struct drawing *d, const struct draw_box *from, const struct draw_box *to, bool card, kinds k)
{
	for (size_t i = 0; i < d->lines; i++)
		if (&d->box[d->line[i].from] == from && &d->box[d->line[i].to] == to && d->line[i].card == card && (d->line[i].kinds & k) == k && !d->line[i].assumed)
			return true;
	return false;
}

static void look(const struct world *w, const struct drawing *d)
{
	assert_true(d->boxes <= BOXES_MAX + 1);
	for (size_t a = 0; a < d->boxes; a++) {
		const struct draw_box *x = &d->box[a];
		assert_true(x->x >= 0 && x->y >= 0 && x->x + x->w <= d->w && x->y + x->h <= d->h);
		for (size_t b = a + 1; b < d->boxes; b++) {
			const struct draw_box *y = &d->box[b];
			assert_true(x->x + x->w < y->x || y->x + y->w < x->x || x->y + x->h < y->y || y->y + y->h < x->y);
		}
	}
	for (size_t i = 0; i < w->m.holders; i++)
		assert_true(w->m.holder[i].until <= NOW || box_with(w, d, w->m.holder[i].id));
	for (size_t i = 0; i < w->m.flows; i++) {
		const struct flow *f = &w->m.flow[i];
		const struct draw_box *from = box_with(w, d, f->from), *to = box_with(w, d, f->to);
		kinds card = f->kinds & draw_card_kinds(), details = f->kinds & ~draw_card_kinds();
		if (f->until <= NOW)
			continue;
		assert_non_null(from);
		assert_non_null(to);
		assert_true(from == to || !card || line_there(d, from, to, true, card));
		assert_true(from == to || !details || line_there(d, from, to, false, details));
	}
	for (size_t i = 0; i < d->lines; i++) {
		const struct draw_line *l = &d->line[i];
		assert_true(l->n >= 2 && l->n <= DRAW_POINTS);
		for (size_t k = 0; k < l->n; k++) {
			assert_true(l->at[k].x >= 0 && l->at[k].x <= d->w && l->at[k].y >= 0 && l->at[k].y <= d->h);
			if (!k)
				continue;
			int x1 = l->at[k - 1].x, x2 = l->at[k].x, y1 = l->at[k - 1].y, y2 = l->at[k].y;
			assert_true(x1 == x2 || y1 == y2);
			for (size_t b = 0; b < d->boxes; b++) {
				const struct draw_box *x = &d->box[b];
				int left = x1 < x2 ? x1 : x2, right = x1 < x2 ? x2 : x1, top = y1 < y2 ? y1 : y2, bottom = y1 < y2 ? y2 : y1;
				assert_true(right <= x->x || left >= x->x + x->w || bottom <= x->y || top >= x->y + x->h);
			}
		}
	}
}

/* Two lines of different boxes never share a stretch: it would look as if one were the other. */
static void no_line_on_another(const struct drawing *d)
{
	for (size_t i = 0; i < d->lines; i++)
		for (size_t k = i + 1; k < d->lines; k++) {
			const struct draw_line *a = &d->line[i], *b = &d->line[k];
			if (a->from == b->from || a->to == b->to)
				continue;
			for (size_t p = 1; p < a->n; p++)
				for (size_t q = 1; q < b->n; q++) {
					struct draw_point a1 = a->at[p - 1], a2 = a->at[p], b1 = b->at[q - 1], b2 = b->at[q];
					if (a1.x == a2.x && b1.x == b2.x && a1.x == b1.x)
						assert_true((a1.y > a2.y ? a1.y : a2.y) <= (b1.y < b2.y ? b1.y : b2.y) || (b1.y > b2.y ? b1.y : b2.y) <= (a1.y < a2.y ? a1.y : a2.y));
					if (a1.y == a2.y && b1.y == b2.y && a1.y == b1.y)
						assert_true((a1.x > a2.x ? a1.x : a2.x) <= (b1.x < b2.x ? b1.x : b2.x) || (b1.x > b2.x ? b1.x : b2.x) <= (a1.x < a2.x ? a1.x : a2.x));
				}
		}
}

static void pictures_of_random_maps_are_sound(void **state)
{
	(void)state;
	static const size_t sizes[][2] = { { 0, 0 }, { 1, 0 }, { 2, 1 }, { 5, 6 }, { 12, 20 }, { 24, 40 }, { 40, 60 }, { 200, 300 }, { 3000, 2000 } };
	for (uint64_t round = 0; round < ROUNDS; round++)
		for (size_t s = 0; s < LENGTH(sizes); s++)
			for (int narrow = 0; narrow < 2; narrow++) {
				struct world w = { .dice = round * 977 + s, .a = arena_open() };
				struct drawing d;
				if (sizes[s][0] > 1000 && round > 2) {
					arena_close(w.a);
					continue;
				}
				world_make(&w, sizes[s][0], sizes[s][1]);
				draw_map(w.a, &w.m, NOW, narrow, &d);
				look(&w, &d);
				no_line_on_another(&d);
				if (narrow)
					assert_true(d.w >= 340);
				arena_close(w.a);
			}
}

static struct str no_kinds(void *to, kinds k)
{
	(void)to, (void)k;
	return STR("kinds");
}

static void a_name_is_no_markup_and_a_mark_is_drawn(void **state)
{
	(void)state;
	struct world w = { .dice = 4, .a = arena_open() };
	struct drawing d;
	struct buf b = BUF(16 << 20);
	world_make(&w, 6, 8);
	w.m.holder[0].name = STR("<script>\x1B[2J");
	draw_map(w.a, &w.m, NOW, false, &d);
	struct draw_words words = { .title = "T", .desc = "D", .lane = { "a", "b", "c", "d", "e" }, .customers = "C", .card = "x", .details = "y", .assumed = "z", .spot = "Risky spot", .closed = "left",
		.kinds = no_kinds, .link = "/holder/", .all = "#holder-" };
	for (int s = 0; s <= PLACE; s++)
		words.sort[s] = words.sorts[s] = "sort";
	struct draw_mark mark = { { 1 }, 1, STR("\"too\" <bad>") };
	draw_svg(&b, &w.m, &d, &words, "map", &mark, 1);
	buf_byte(&b, 0);
	assert_non_null(strstr(b.p, "&lt;script&gt;"));
	assert_null(strstr(b.p, "<script"));
	assert_null(strchr(b.p, 0x1B));
	assert_null(strstr(b.p, "style="));
	assert_non_null(strstr(b.p, "Risky spot: &quot;too&quot; &lt;bad&gt;"));
	assert_non_null(strstr(b.p, "map-spot--stop"));
	assert_non_null(strstr(b.p, "href=\"/holder/1\""));
	buf_free(&b);
	arena_close(w.a);
}

static void readers_alone_lead_to_the_one_service_by_a_dotted_line(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct holder holder[] = { { { 1 }, READER, STR("R"), LONG_AGO, FAR_OFF, { 0 } }, { { 2 }, SERVICE, STR("S"), LONG_AGO, FAR_OFF, { 0 } }, { { 3 }, SERVICE, STR("T"), LONG_AGO, FAR_OFF, { 0 } } };
	struct atlas m = { .holder = holder, .holders = 2 };
	struct drawing d;
	draw_map(a, &m, NOW, false, &d);
	assert_int_equal(d.lines, 2);
	assert_true(d.line[0].card && !d.line[0].assumed && d.line[0].from == 0);
	assert_true(d.line[1].card && d.line[1].assumed);
	m.holders = 3;                                   /* which of two it would be, nobody told */
	draw_map(a, &m, NOW, false, &d);
	assert_int_equal(d.lines, 1);
	arena_close(a);
}

static void a_card_number_that_is_told_comes_from_customers(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct holder holder[] = { { { 1 }, PERSON, STR("Ana"), LONG_AGO, FAR_OFF, { 0 } }, { { 2 }, SERVICE, STR("Square"), LONG_AGO, FAR_OFF, { 0 } }, { { 3 }, MAILBOX, STR("Box"), LONG_AGO, FAR_OFF, { 0 } } };
	struct flow flow[] = {
		{ 1, { 1 }, { 2 }, HANDS_ON, KIND(CARD_NUMBER) | KIND(CARD_EXPIRY), KEEPS_UNTOLD, LONG_AGO, FAR_OFF, 0 },
		{ 2, { 2 }, { 1 }, SEES, KIND(NAME) | KIND(CARD_LAST4), KEEPS_UNTOLD, LONG_AGO, FAR_OFF, 0 },
		{ 3, { 3 }, { 1 }, SEES, KIND(CARD_NUMBER), KEEPS_UNTOLD, LONG_AGO, FAR_OFF, 0 },
	};
	struct atlas m = { .holder = holder, .holders = 3, .flow = flow, .flows = 3 };
	struct drawing d;
	for (int narrow = 0; narrow < 2; narrow++) {
		size_t told = 0;
		draw_map(a, &m, NOW, narrow, &d);
		for (size_t i = 0; i < d.lines; i++)
			told += d.line[i].from == 0 && d.line[i].card && !d.line[i].assumed && d.box[d.line[i].to].sort == PERSON;
		assert_int_equal(told, 1);
	}
	flow[0].kinds = KIND(NAME);                      /* who passes on no card number is told none */
	draw_map(a, &m, NOW, false, &d);
	for (size_t i = 0; i < d.lines; i++)
		assert_false(d.line[i].from == 0 && d.line[i].card && d.box[d.line[i].to].sort == PERSON);
	arena_close(a);
}

static void those_alike_share_a_box_where_lines_are_many(void **state)
{
	(void)state;
	enum { PEOPLE = 3, STORES = 7 };
	struct arena *a = arena_open();
	struct holder holder[PEOPLE + STORES];
	struct flow flow[PEOPLE * STORES];
	struct atlas m = { .holder = holder, .flow = flow };
	struct drawing d;
	for (int i = 0; i < PEOPLE + STORES; i++)
		holder[i] = (struct holder){ { i + 2 }, i < PEOPLE ? PERSON : PAPER, arena_say(a, "%d", i), LONG_AGO, FAR_OFF, { 0 } };
	for (int i = 0; i < PEOPLE * STORES; i++)
		flow[i] = (struct flow){ i + 1, { i % PEOPLE + 2 }, { PEOPLE + 2 + i / PEOPLE }, HANDS_ON, KIND(CARD_NUMBER) | KIND(NAME), KEEPS_UNTOLD, LONG_AGO, FAR_OFF, 0 };
	m.holders = PEOPLE + 2, m.flows = PEOPLE * 2;
	draw_map(a, &m, NOW, false, &d);
	assert_int_equal(d.boxes, 1 + PEOPLE + 2);       /* few: each by itself */
	m.holders = PEOPLE + STORES, m.flows = PEOPLE * STORES;
	draw_map(a, &m, NOW, false, &d);
	assert_true(d.lines <= LINES_SINGLE);
	assert_int_equal(d.boxes, 3);                    /* customers, the people, the papers, which are alike, too */
	arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_of_random_maps_are_sound),
		cmocka_unit_test(a_name_is_no_markup_and_a_mark_is_drawn),
		cmocka_unit_test(readers_alone_lead_to_the_one_service_by_a_dotted_line),
		cmocka_unit_test(a_card_number_that_is_told_comes_from_customers),
		cmocka_unit_test(those_alike_share_a_box_where_lines_are_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
