/* picture - the timeline of an incident. Lines and words take the theme's colours by their classes (look/). */
#include "picture.h"

enum { WIDE = 360, LEFT = 4, RIGHT = 356, TOP = 16, ROW = 46, BARS_MAX = 12 };

struct scale { int64_t from, to; };

static int x_of(const struct scale *s, int64_t at)
{
	int64_t inside = at < s->from ? s->from : at > s->to ? s->to : at;
	return LEFT + (int)((double)(inside - s->from) / (double)(s->to - s->from) * (RIGHT - LEFT));
}

/* All that has a date, and a little room on both sides. */
static struct scale scale_of(struct visit *v, const struct incident *i, const struct notice_round *r, size_t rounds)
{
	int64_t low = i->discovered, high = i->discovered;
	for (size_t k = 0; k < i->n; k++) {
		if (i->suspicion[k].from > LONG_AGO && i->suspicion[k].from < low)
			low = i->suspicion[k].from;
		if (i->suspicion[k].to < FAR_OFF && i->suspicion[k].to > high)
			high = i->suspicion[k].to;
		if (i->suspicion[k].from > LONG_AGO && i->suspicion[k].from > high)
			high = i->suspicion[k].from;
	}
	for (size_t k = 0; k < rounds; k++)
		high = r[k].approved > high ? r[k].approved : high;
	high = v->op->now > high && v->op->now - high < 30 * DAY ? v->op->now : high;
	int64_t room = (high - low) / 10 > 2 * DAY ? (high - low) / 10 : 2 * DAY;
	return (struct scale){ low - room, high + room };
}

static void mark(struct html *o, const struct scale *s, int64_t at, int bottom, const char *class, const char *words, int y)
{
	int x = x_of(s, at);
	bool left = x > WIDE / 2;
	buf_printf(o->b, "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/><text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", class, x, x, TOP - 10, bottom,
	           left ? x - 6 : x + 6, y, left ? "end" : "start");
	html_text(o, words);
	buf_put(o->b, STR("</text>"));
}

struct safe timeline_picture(struct visit *v, const struct incident *i, const struct window_row *window, const struct notice_round *r, size_t rounds)
{
	struct buf b = BUF(64 << 10);
	struct html o = { .b = &b, .language = v->o->language };
	struct scale s = scale_of(v, i, r, rounds);
	size_t bars = i->n < BARS_MAX ? i->n : BARS_MAX;
	int bottom = TOP + (int)bars * ROW, tall = bottom + 62;
	buf_printf(&b, "<svg class=\"desk-picture\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"timeline-title\" xmlns=\"http://www.w3.org/2000/svg\"><title id=\"timeline-title\">", WIDE, tall);
	html_text(&o, visit_words(v, "When it happened; the table below says the same"));
	buf_put(&b, STR("</title>"));
	for (size_t k = 0; k < bars; k++) {
		const struct suspicion *p = &i->suspicion[k];
		int y = TOP + (int)k * ROW, from = x_of(&s, p->from), to = x_of(&s, p->to);
		buf_printf(&b, "<text x=\"%d\" y=\"%d\">", LEFT, y + 12);
		html_str(&o, window[k].name);
		buf_printf(&b, "</text><rect class=\"desk-picture__bar\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\" rx=\"4\"/>", from, y + 20, to - from < 4 ? 4 : to - from);
	}
	buf_printf(&b, "<line class=\"desk-picture__axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", LEFT, RIGHT, bottom, bottom);
	mark(&o, &s, i->discovered, bottom + 20, "desk-picture__mark", visit_words(v, "discovered"), bottom + 18);
	for (size_t k = rounds; k-- > 0;)
		if (r[k].approved && !r[k].undone) {
			mark(&o, &s, r[k].approved, bottom + 40, "desk-picture__mark", visit_words(v, "approved"), bottom + 38);
			break;
		}
	buf_printf(&b, "<text class=\"desk-picture__day\" x=\"%d\" y=\"%d\">", LEFT, tall - 4);
	html_str(&o, day_words(v, s.from));
	buf_printf(&b, "</text><text class=\"desk-picture__day\" x=\"%d\" y=\"%d\" text-anchor=\"end\">", RIGHT, tall - 4);
	html_str(&o, day_words(v, s.to));
	buf_put(&b, STR("</text></svg>"));
	struct safe picture = { arena_str(v->op->a, buf_str(&b)) };
	buf_free(&b);
	return picture;
}
