/* svg - a laid-out picture as SVG: lanes, lines, boxes with a sign for their sort, marks, and a legend. */
#include "draw_int.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum { CORNER = 7, LETTER = 15, SMALL = 12, LEGEND_ROW = 26, MARK = 11 };

/* Light colours, for a file by itself; a page's style has its own for both themes. */
#define BACK    "#ffffff"
#define BAND    "#f4f1ea"
#define INK     "#1b2624"
#define QUIET   "#55625e"
#define EDGING  "#9aa7a2"
#define CARD    "#0b5a54"
#define DETAILS "#7a5c1e"
#define STOP    "#a92a1d"
#define SOON    "#8a5300"

/* What a sort looks like, in 20 by 20; drawn as lines. */
static const char *const signs[PLACE + 1] = {
	[0] = "M10 10a3.5 3.5 0 1 0-.01 0M3.5 18c0-4 3-6 6.5-6s6.5 2 6.5 6",
	[READER] = "M5 2h10v16H5zM7.5 5h5v3h-5zM8 11.5h.01M10 11.5h.01M12 11.5h.01M8 14.5h.01M10 14.5h.01M12 14.5h.01",
	[SERVICE] = "M5.5 15.5a3.5 3.5 0 0 1 .3-7 4.8 4.8 0 0 1 9.2 1.2 3 3 0 0 1-.5 5.8z",
	[COMPUTER] = "M4 4h12v9H4zM2 16.5h16",
	[STORAGE] = "M4 5c0-3 12-3 12 0v10c0 3-12 3-12 0zM4 5c0 3 12 3 12 0M4 10c0 3 12 3 12 0",
	[MAILBOX] = "M2.5 5h15v10.5h-15zM2.5 5.5l7.5 6 7.5-6",
	[PAPER] = "M5 2h7l3.5 3.5V18H5zM12 2v3.5h3.5M7.5 9h5.5M7.5 12h5.5M7.5 15h3.5",
	[WEBSITE] = "M10 2a8 8 0 1 0 .01 0M2 10h16M10 2c-5 5-5 11 0 16M10 2c5 5 5 11 0 16",
	[PERSON] = "M10 9a3.2 3.2 0 1 0-.01 0M4 17.5c0-4 2.8-6 6-6s6 2 6 6z",
	[PLACE] = "M10 18c-4-5-5.5-7-5.5-10a5.5 5.5 0 0 1 11 0c0 3-1.5 5-5.5 10zM10 9.5a1.8 1.8 0 1 0-.01 0",
};

struct pen {
	struct buf *b; const struct atlas *m; const struct drawing *d; const struct draw_words *w; const struct draw_mark *mark; size_t marks;
	uint8_t *box_of; size_t size;                    /* of each holder's number: its box */
};
_Static_assert(BOXES_MAX < UINT8_MAX, "a box's number fits");

/* Names may come from a file. */
static void text(struct buf *b, struct str s)
{
	struct buf shown = BUF(4096);
	buf_shown(&shown, s);
	buf_markup(b, buf_str(&shown));
	buf_free(&shown);
}

static void words(struct buf *b, const char *s)
{
	buf_markup(b, str_of(s));
}

/* ---- names that fit ---- */

/* How wide about a character is, in hundredths of the letters' height; generous, for fonts differ. n: its bytes. */
static int breadth(struct str s, size_t i, size_t *n)
{
	unsigned char c = (unsigned char)s.p[i];
	*n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	*n = i + *n > s.n ? s.n - i : *n;
	return c >= 0xE2 ? 104 : strchr("mwMW@%", c) && c ? 92 : strchr("iljtfI.,:;'| ", c) && c ? 34 : c >= 'A' && c <= 'Z' ? 72 : 58;
}

/* Takes the first line of at most `room` off *rest, at a space if there is one. */
static struct str line_of(struct str *rest, int room, int size)
{
	int used = 0;
	size_t i = 0, n, space = 0;
	for (; i < rest->n; i += n) {
		used += breadth(*rest, i, &n) * size;
		if (used > room * 100)
			break;
		if (rest->p[i] == ' ')
			space = i;
	}
	size_t cut = i < rest->n && space ? space : i;
	struct str line = { rest->p, cut };
	*rest = str_trim((struct str){ rest->p + cut, rest->n - cut });
	return line;
}

static void text_at(struct buf *b, int x, int y, int size, const char *class, const char *fill, struct str line, bool cut)
{
	buf_printf(b, "<text class=\"%s\" x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"%s\">", class, x, y, size, fill);
	text(b, line);
	buf_put(b, cut ? STR("\xE2\x80\xA6</text>") : STR("</text>"));
}

/* ---- lanes and lines ---- */

static void bands(struct pen *p)
{
	for (size_t i = 0; i < p->d->bands; i++) {
		const struct draw_band *k = &p->d->band[i];
		buf_printf(p->b, "<rect class=\"map-band\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"10\" fill=\"" BAND "\"/>"
		           "<text class=\"map-lane\" x=\"%d\" y=\"%d\" font-size=\"14\" font-weight=\"700\" fill=\"" QUIET "\">", k->x, k->y, k->w, k->h, k->name_x, k->y + 22);
		words(p->b, p->w->lane[k->lane]);
		buf_put(p->b, STR("</text>"));
	}
}

static int sign_of(int n)
{
	return (n > 0) - (n < 0);
}

static int less(int a, int b)
{
	return a < b ? a : b;
}

/* Straight runs with round corners. */
static void path(struct buf *b, const struct draw_line *l)
{
	struct draw_point at[DRAW_POINTS] = { l->at[0] };
	size_t n = 1;
	assert(l->n > 1 && l->n <= DRAW_POINTS);
	for (size_t i = 1; i < l->n; i++) {                      /* a point on a straight run is none */
		bool straight = n > 1 && ((at[n - 1].x == l->at[i].x && at[n - 2].x == at[n - 1].x) || (at[n - 1].y == l->at[i].y && at[n - 2].y == at[n - 1].y));
		n -= straight;
		at[n++] = l->at[i];
	}
	buf_printf(b, "M%d %d", at[0].x, at[0].y);
	for (size_t i = 1; i < n; i++) {
		struct draw_point here = at[i], last = at[i - 1], next = at[i + 1 < n ? i + 1 : i];
		int room = less(abs(here.x - last.x) + abs(here.y - last.y), abs(next.x - here.x) + abs(next.y - here.y)) / 2;
		int r = i + 1 < n ? less(CORNER, room) : 0;
		buf_printf(b, "L%d %d", here.x - r * sign_of(here.x - last.x), here.y - r * sign_of(here.y - last.y));
		if (r)
			buf_printf(b, "Q%d %d %d %d", here.x, here.y, here.x + r * sign_of(next.x - here.x), here.y + r * sign_of(next.y - here.y));
	}
}

/* The tip at (x, y), which the line comes to from the left (1) or the right (-1): full for the card, open for details. */
static void tip(struct buf *b, int x, int y, int way, bool card)
{
	if (card)
		buf_printf(b, "<path class=\"map-tip\" fill=\"" CARD "\" stroke=\"none\" d=\"M%d %dl%d -6v12z\"/>", x, y, -11 * way);
	else
		buf_printf(b, "<path class=\"map-open\" fill=\"none\" stroke=\"" DETAILS "\" stroke-width=\"2\" d=\"M%d %dl%d 5M%d %dl%d -5\"/>", x, y, -8 * way, x, y, -8 * way);
}

static void stroke(struct buf *b, bool card, bool assumed)
{
	buf_printf(b, "<path class=\"map-way map-way--%s%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s d=\"", card ? "card" : "details", assumed ? " map-way--assumed" : "",
	           card ? CARD : DETAILS, card ? "4" : "1.5", assumed ? card ? " stroke-dasharray=\"2 6\"" : " stroke-dasharray=\"2 4\"" : "");
}

static struct str box_name(const struct pen *p, const struct draw_box *x)
{
	return !x->sort ? str_of(p->w->customers) : x->n == 1 ? p->m->holder[x->holder[0]].name : str_of(p->w->sorts[x->sort]);
}

static void line(struct pen *p, const struct draw_line *l)
{
	struct buf *b = p->b;
	buf_put(b, STR("<g><title>"));
	text(b, box_name(p, &p->d->box[l->from]));
	buf_put(b, STR(" \xE2\x86\x92 "));
	text(b, box_name(p, &p->d->box[l->to]));
	buf_put(b, STR(": "));
	if (l->kinds)
		text(b, p->w->kinds(p->w->to, l->kinds));
	else
		words(b, l->assumed ? p->w->assumed : p->w->card);
	buf_put(b, STR("</title>"));
	stroke(b, l->card, l->assumed);
	struct draw_line shaft = *l;
	int way = sign_of(l->at[l->n - 1].x - l->at[l->n - 2].x);
	if (l->card)                                             /* the thick line ends under its tip */
		shaft.at[l->n - 1].x -= 7 * way;
	path(b, &shaft);
	buf_put(b, STR("\"/>"));
	tip(b, l->at[l->n - 1].x, l->at[l->n - 1].y, way, l->card);
	buf_put(b, STR("</g>"));
}

/* ---- boxes ---- */

static void mark_shape(struct buf *b, int x, int y, int level)
{
	buf_printf(b, "<path class=\"map-spot map-spot--%s\" d=\"M%d %dl%d %dh%dz\" fill=\"%s\" stroke=\"%s\" stroke-width=\"2\" stroke-linejoin=\"round\"/>"
	           "<path class=\"map-spot-sign map-spot-sign--%s\" d=\"M%d %dv6M%d %dv.5\" stroke=\"%s\" stroke-width=\"2.2\" stroke-linecap=\"round\" fill=\"none\"/>", level == 1 ? "stop" : "soon", x, y - MARK, MARK,
	           2 * MARK - 2, -2 * MARK, level == 1 ? STOP : BACK, level == 1 ? STOP : SOON, level == 1 ? "stop" : "soon", x, y - 3, x, y + 7, level == 1 ? BACK : SOON);
}

static void marks(struct pen *p, const struct draw_box *x)
{
	int worst = 0;
	struct buf said = BUF(2048);
	for (size_t i = 0, last = p->marks; i < p->marks; i++)
		if ((size_t)p->mark[i].holder.n < p->size && p->box_of[p->mark[i].holder.n] == x - p->d->box) {
			worst = !worst || p->mark[i].level < worst ? p->mark[i].level : worst;
			if (last < p->marks && str_eq(p->mark[last].words, p->mark[i].words))
				continue;                        /* said of another of the same box */
			buf_put(&said, said.n ? STR(" ") : STR(""));
			buf_put(&said, p->mark[i].words);
			last = i;
		}
	if (worst) {
		buf_put(p->b, STR("<g><title>"));
		words(p->b, p->w->spot);
		buf_put(p->b, STR(": "));
		text(p->b, buf_str(&said));
		buf_put(p->b, STR("</title>"));
		mark_shape(p->b, x->x + x->w - 4, x->y + 3, worst);
		buf_put(p->b, STR("</g>"));
	}
	buf_free(&said);
}

static void name_lines(struct pen *p, const struct draw_box *x)
{
	struct buf *b = p->b;
	int left = x->x + 38, room = x->w - 38 - 12;
	struct buf under = BUF(512), several = BUF(200);
	if (x->n > 1) {
		buf_printf(&several, "%zu " STR_FMT, x->n, STR_ARG(box_name(p, x)));
		for (size_t i = 0; i < x->n && under.n < 200; i++) {
			buf_put(&under, i ? STR(", ") : STR(""));
			buf_put(&under, p->m->holder[x->holder[i]].name);
		}
	} else if (x->sort) {
		buf_put(&under, str_of(x->closed ? p->w->closed : p->w->sort[x->sort]));
	}
	struct str rest = x->n > 1 ? buf_str(&several) : box_name(p, x), first = line_of(&rest, room, LETTER), second = rest.n ? line_of(&rest, room, LETTER) : STR("");
	struct str more = buf_str(&under), third = second.n ? STR("") : line_of(&more, room, SMALL);
	int y = x->y + (second.n || third.n ? 25 : 34);
	text_at(b, left, y, LETTER, "map-name", INK, first, false);
	if (second.n)
		text_at(b, left, y + 18, LETTER, "map-name", INK, second, rest.n > 0);
	if (third.n)
		text_at(b, left, y + 18, SMALL, "map-under", QUIET, third, more.n > 0);
	buf_free(&under);
	buf_free(&several);
}

static void box(struct pen *p, const struct draw_box *x)
{
	struct buf *b = p->b;
	bool linked = p->w->link && x->sort;
	if (linked)
		buf_printf(b, "<a class=\"map-link\" href=\"%s%" PRId64 "\">", x->n == 1 ? p->w->link : p->w->all, p->m->holder[x->holder[0]].id.n);
	buf_put(b, STR("<g><title>"));
	for (size_t i = 0; i < x->n && i < 20; i++) {
		buf_put(b, i ? STR(", ") : STR(""));
		text(b, p->m->holder[x->holder[i]].name);
	}
	if (!x->n)
		words(b, p->w->customers);
	if (x->sort) {
		buf_put(b, STR(" ("));
		words(b, x->n > 1 ? p->w->sorts[x->sort] : p->w->sort[x->sort]);
		buf_put(b, STR(")"));
	}
	buf_printf(b, "</title><rect class=\"map-box%s%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"9\" fill=\"" BACK "\" stroke=\"" EDGING "\" stroke-width=\"1.5\"%s/>",
	           x->closed ? " map-box--closed" : "", x->sort ? "" : " map-box--customers", x->x, x->y, x->w, x->h, x->closed ? " stroke-dasharray=\"5 4\"" : "");
	if (x->n > 1)                                            /* several: a second sheet looks out */
		buf_printf(b, "<path class=\"map-more\" fill=\"none\" stroke=\"" EDGING "\" stroke-width=\"1.5\" d=\"M%d %dh%d\"/>", x->x + 10, x->y + x->h + 4, x->w - 20);
	buf_printf(b, "<path class=\"map-sign\" fill=\"none\" stroke=\"" QUIET "\" stroke-width=\"1.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\" transform=\"translate(%d %d)\" d=\"%s\"/>",
	           x->x + 10, x->y + (x->h - 20) / 2, signs[x->sort]);
	name_lines(p, x);
	marks(p, x);
	buf_put(b, linked ? STR("</g></a>") : STR("</g>"));
}

/* ---- what the signs mean ---- */

static void legend_line(struct pen *p, int *x, int *y, const char *said, bool card, bool assumed, bool spot)
{
	int wide = 52 + (int)strlen(said) * 8 + 24;
	if (*x > 14 && *x + wide > p->d->w)
		*x = 14, *y += LEGEND_ROW;
	if (spot) {
		mark_shape(p->b, *x + 22, *y - 4, 1);
	} else {
		stroke(p->b, card, assumed);
		buf_printf(p->b, "M%d %dh%d\"/>", *x, *y - 5, card ? 32 : 40);
		tip(p->b, *x + 40, *y - 5, 1, card);
	}
	text_at(p->b, *x + 50, *y, 14, "map-legend", INK, str_of(said), false);
	*x += wide;
}

void draw_svg(struct buf *b, const struct atlas *m, const struct drawing *d, const struct draw_words *w, const char *id, const struct draw_mark *mark, size_t n)
{
	struct pen p = { b, m, d, w, mark, n, NULL, 1 };
	for (size_t i = 0; i < m->holders; i++)
		p.size = (size_t)m->holder[i].id.n >= p.size ? (size_t)m->holder[i].id.n + 1 : p.size;
	p.box_of = mem_zero(p.size, 1);                  /* 0: the customers' box, where no mark is */
	for (size_t k = 0; k < d->boxes; k++)
		for (size_t i = 0; i < d->box[k].n; i++)
			p.box_of[m->holder[d->box[k].holder[i]].id.n] = (uint8_t)k;
	struct buf legend = BUF(16 << 10);
	int x = 14, y = d->h + 18;
	p.b = &legend;
	legend_line(&p, &x, &y, w->card, true, false, false);
	legend_line(&p, &x, &y, w->details, false, false, false);
	legend_line(&p, &x, &y, w->assumed, true, true, false);
	if (n)
		legend_line(&p, &x, &y, w->spot, false, false, true);
	p.b = b;
	buf_printf(b, "<svg class=\"map-picture\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"group\" aria-labelledby=\"%s-title %s-desc\" "
	           "font-family=\"system-ui, 'Noto Sans', 'Liberation Sans', sans-serif\"><title id=\"%s-title\">", d->w, y + 14, d->w, y + 14, id, id, id);
	words(b, w->title);
	buf_printf(b, "</title><desc id=\"%s-desc\">", id);
	words(b, w->desc);
	buf_put(b, STR("</desc>"));
	bands(&p);
	for (int card = 0; card < 2; card++)
		for (size_t i = 0; i < d->lines; i++)
			if (d->line[i].card == card)
				line(&p, &d->line[i]);
	for (size_t i = 0; i < d->boxes; i++)
		box(&p, &d->box[i]);
	buf_put(b, buf_str(&legend));
	buf_put(b, STR("</svg>"));
	buf_free(&legend);
	free(p.box_of);
}

/* ---- English, for files ---- */

static struct str english_kinds(void *op, kinds k)
{
	return k == (KINDS_ALL & ~draw_card_kinds()) ? STR("everything else") : kinds_text(((struct op *)op)->a, k, ", ");
}

struct draw_words draw_english(struct op *op)
{
	return (struct draw_words){
		.title = "Who holds customers' information, and where it goes on to", .desc = "Lanes: customers, people, devices, services, stores. handback map says the same as text.",
		.lane = { "Customers", "Our people", "Devices and websites", "Services", "Stores" },
		.sort = { "", "card reader", "service", "computer", "storage", "mailbox", "paper", "website", "person", "place" },
		.sorts = { "", "card readers", "services", "computers", "stores", "mailboxes", "papers", "websites", "people", "places" },
		.customers = "Customers", .card = "the card's way", .details = "other details' way", .assumed = "assumed: nobody told", .spot = "risky spot", .closed = "no longer used",
		.kinds = english_kinds, .to = op,
	};
}
