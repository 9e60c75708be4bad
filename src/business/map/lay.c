/* lay - where the boxes and lines of a picture lie. Lines run along and across, in tracks between the boxes. */
#include "draw_int.h"

enum {
	TALL = 58, TRACK = 8, EDGE = 12, HEAD = 34,              /* a box's height; between two tracks; the picture's edge; a lane's name */
	WIDE_BOX = 172, NARROW_BOX = 150, NARROW_WIDTH = 358, NARROW_GAP = 12,
	STUB = 22, CORRIDOR = 9,                                 /* from a box to the first track; round the tracks between two rows */
};

/* Where a line meets a box's side, from the box's top. In and out, card and details stand apart, and the two sides differ, so that lines that pass close by
 * never run into one. */
static int port(bool right, bool in, bool card)
{
	return card ? (right == in ? 21 : 14) : (right == in ? 44 : 37);
}

static void point(struct draw_line *l, int x, int y)
{
	if (l->n && l->at[l->n - 1].x == x && l->at[l->n - 1].y == y)
		return;
	l->at[l->n++] = (struct draw_point){ x, y };
}

/* ---- wide: lanes beside each other; gutter g lies left of lane column g, corridor k above row k ---- */

struct wide {
	struct drawing *d;
	int column[LANES], columns, rows;
	int *row_of;                                             /* of each box: its row in the grid */
	bool (*dodges)[2][2];                                    /* of each box, side (right: 1) and class: what comes in would run into what leaves its neighbour */
	struct stretch *along, *down; size_t alongs, downs;      /* in corridors, by gutters; in gutters, by height */
	int gutter_x[LANES + 2], corridor_y[BOXES_MAX + 2];
};

/* The way of a line in words: out of the right side or the left, by which gutters and which corridor (-1: none), in at the right side or the left. */
struct route { bool out_right, in_right; int first, last, corridor; };

static struct route route_of(const struct wide *w, const struct draw_line *l)
{
	int from = w->column[w->d->box[l->from].lane], to = w->column[w->d->box[l->to].lane], r = w->row_of[l->from], q = w->row_of[l->to];
	struct route way = { .out_right = to >= from, .in_right = to <= from, .corridor = -1 };
	way.first = way.out_right ? from + 1 : from;
	way.last = way.in_right ? to + 1 : to;
	if (way.first != way.last)                               /* other lanes lie between: past their boxes on the side that is nearer */
		way.corridor = r < q || (r == q && l->card) ? q : q + 1;
	return way;
}

static int port_y(const struct drawing *d, size_t box, bool right, bool in, bool card)
{
	return d->box[box].y + port(right, in, card);
}

/* Where a line comes in, or goes out, in the wide picture. */
static int meets(const struct wide *w, size_t box, bool right, bool in, bool card)
{
	int aside = in && w->dodges[box][right][card] ? right ? 7 : -7 : 0;
	return port_y(w->d, box, right, in, card) + aside;
}

static void dodges_find(struct wide *w)
{
	const struct drawing *d = w->d;
	for (size_t i = 0; i < d->lines; i++)
		for (size_t k = 0; k < d->lines; k++) {
			const struct draw_line *out = &d->line[i], *in = &d->line[k];
			struct route leaves = route_of(w, out), comes = route_of(w, in);
			if (out->card == in->card && out->from != in->from && out->to != in->to && w->row_of[out->from] == w->row_of[in->to] &&
			    leaves.first == comes.last && leaves.out_right != comes.in_right)
				w->dodges[in->to][comes.in_right][in->card] = true;
		}
}

static void rows_lay(struct wide *w)
{
	struct drawing *d = w->d;
	for (size_t i = 0; i < d->lines; i++) {
		struct route way = route_of(w, &d->line[i]);
		if (way.corridor >= 0)
			stretch_cover(stretch_of(w->along, &w->alongs, way.corridor, net_of(&d->line[i])), way.first, way.last);
	}
	int y = EDGE + HEAD;
	for (int k = 0; k <= w->rows; k++) {
		int tracks = tracks_give(w->along, w->alongs, k, 1);
		w->corridor_y[k] = y + CORRIDOR;
		y += tracks ? 2 * CORRIDOR + (tracks - 1) * TRACK : 2 * CORRIDOR;
		for (size_t b = 0; b < d->boxes && k < w->rows; b++)
			if (w->row_of[b] == k)
				d->box[b].y = y, d->box[b].h = TALL;
		y += k < w->rows ? TALL : 0;
	}
	d->h = y + EDGE;
}

static int corridor_at(struct wide *w, int k, uint32_t net)
{
	return w->corridor_y[k] + stretch_of(w->along, &w->alongs, k, net)->track * TRACK;
}

static void columns_lay(struct wide *w)
{
	struct drawing *d = w->d;
	for (size_t i = 0; i < d->lines; i++) {
		const struct draw_line *l = &d->line[i];
		struct route way = route_of(w, l);
		int from = meets(w, l->from, way.out_right, false, l->card), to = meets(w, l->to, way.in_right, true, l->card);
		int between = way.corridor < 0 ? to : corridor_at(w, way.corridor, net_of(l));
		stretch_cover(stretch_of(w->down, &w->downs, way.first, net_of(l)), from, between);
		if (way.corridor >= 0)
			stretch_cover(stretch_of(w->down, &w->downs, way.last, net_of(l)), between, to);
	}
	int x = EDGE;
	for (int g = 0; g <= w->columns; g++) {
		int tracks = tracks_give(w->down, w->downs, g, 5);
		w->gutter_x[g] = x + STUB;
		x += tracks ? 2 * STUB + (tracks - 1) * TRACK : g && g < w->columns ? 2 * STUB - TRACK : 0;
		for (size_t b = 0; b < d->boxes && g < w->columns; b++)
			if (w->column[d->box[b].lane] == g)
				d->box[b].x = x, d->box[b].w = WIDE_BOX;
		x += g < w->columns ? WIDE_BOX : 0;
	}
	d->w = x + EDGE;
}

static int gutter_at(struct wide *w, int g, uint32_t net)
{
	return w->gutter_x[g] + stretch_of(w->down, &w->downs, g, net)->track * TRACK;
}

static void line_lay(struct wide *w, struct draw_line *l)
{
	const struct drawing *d = w->d;
	const struct draw_box *from = &d->box[l->from], *to = &d->box[l->to];
	struct route way = route_of(w, l);
	int y = meets(w, l->from, way.out_right, false, l->card), end = meets(w, l->to, way.in_right, true, l->card);
	int x = gutter_at(w, way.first, net_of(l));
	point(l, way.out_right ? from->x + from->w : from->x, y);
	point(l, x, y);
	if (way.corridor >= 0) {
		int between = corridor_at(w, way.corridor, net_of(l));
		point(l, x, between);
		x = gutter_at(w, way.last, net_of(l));
		point(l, x, between);
	}
	point(l, x, end);
	point(l, way.in_right ? to->x + to->w : to->x, end);
}

void lay_wide(struct arena *a, struct drawing *d)
{
	struct wide w = { .d = d, .row_of = ARENA_ARRAY(a, int, d->boxes), .along = ARENA_ARRAY(a, struct stretch, 2 * d->boxes * (d->boxes + 1) + 1),
	                  .down = ARENA_ARRAY(a, struct stretch, 2 * d->boxes * (LANES + 2) + 1) };
	int in_lane[LANES] = { 0 };
	for (size_t b = 0; b < d->boxes; b++)
		in_lane[d->box[b].lane]++;
	for (int lane = 0; lane < LANES; lane++) {
		w.column[lane] = in_lane[lane] ? w.columns++ : -1;
		w.rows = in_lane[lane] > w.rows ? in_lane[lane] : w.rows;
	}
	for (size_t b = 0; b < d->boxes; b++)                    /* a short lane stands in the middle */
		w.row_of[b] = d->box[b].row + (w.rows - in_lane[d->box[b].lane]) / 2;
	w.dodges = arena_get_array(a, sizeof *w.dodges, d->boxes);
	dodges_find(&w);
	rows_lay(&w);
	columns_lay(&w);
	for (size_t i = 0; i < d->lines; i++)
		line_lay(&w, &d->line[i]);
	for (size_t b = 0; b < d->boxes; b++) {
		const struct draw_box *box = &d->box[b];
		if (box->row == 0)
			d->band[d->bands++] = (struct draw_band){ box->lane, box->x - 10, EDGE, box->w + 20, d->h - 2 * EDGE, box->x + 2 };
	}
}

/* ---- narrow: one box below the other; cards run on the left of them, details on the right ---- */

void lay_narrow(struct arena *a, struct drawing *d)
{
	struct stretch *s = ARENA_ARRAY(a, struct stretch, 2 * d->boxes + 1);
	size_t n = 0;
	int y = EDGE;
	for (int lane = 0; lane < LANES; lane++) {
		int top = y, rows = 0;
		for (size_t b = 0; b < d->boxes; b++)
			if (d->box[b].lane == (enum lane)lane) {
				d->box[b].y = top + HEAD + d->box[b].row * (TALL + NARROW_GAP), d->box[b].h = TALL;
				rows++;
			}
		if (!rows)
			continue;
		y = top + HEAD + rows * (TALL + NARROW_GAP);
		d->band[d->bands++] = (struct draw_band){ .lane = (enum lane)lane, .y = top, .h = y - top };
		y += NARROW_GAP / 2;
	}
	d->h = y + EDGE;
	for (size_t i = 0; i < d->lines; i++) {
		const struct draw_line *l = &d->line[i];
		stretch_cover(stretch_of(s, &n, l->card, net_of(l)), port_y(d, l->from, !l->card, false, l->card), port_y(d, l->to, !l->card, true, l->card));
	}
	int left = tracks_give(s, n, true, 5), right = tracks_give(s, n, false, 5);
	left = left ? 2 * EDGE + left * TRACK : EDGE;
	right = right ? 2 * EDGE + right * TRACK : EDGE;
	int wide = NARROW_WIDTH - left - right > NARROW_BOX ? NARROW_WIDTH - left - right : NARROW_BOX;
	d->w = left + wide + right;
	for (size_t b = 0; b < d->boxes; b++)
		d->box[b].x = left, d->box[b].w = wide;
	for (size_t i = 0; i < d->bands; i++)
		d->band[i].w = d->w, d->band[i].name_x = left + 2;
	for (size_t i = 0; i < d->lines; i++) {
		struct draw_line *l = &d->line[i];
		int side = l->card ? left : left + wide, away = STUB - 4 + stretch_of(s, &n, l->card, net_of(l))->track * TRACK;
		int x = l->card ? side - away : side + away, from = port_y(d, l->from, !l->card, false, l->card), to = port_y(d, l->to, !l->card, true, l->card);
		point(l, side, from);
		point(l, x, from);
		point(l, x, to);
		point(l, side, to);
	}
}
