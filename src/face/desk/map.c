/* map - the map's page: the picture, the same as tables, and what is added by hand; and a holder's own page. */
#include "act.h"
#include "draw.h"
#include "risks.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOLDERS_SHOWN = 500, FLOWS_SHOWN = 500, PICTURE_MAX = 4 << 20 };

struct str keeps_said(struct visit *v, int64_t keeps)
{
	return keeps == KEEPS_UNTOLD ? str_of(visit_words(v, "not told how long"))
	       : keeps >= FAR_OFF    ? str_of(visit_words(v, "until deleted"))
	       : !keeps              ? str_of(visit_words(v, "nothing"))
	                             : arena_say(v->op->a, "%lld %s", (long long)(keeps + DAY - 1) / DAY, visit_words(v, keeps <= DAY ? "day" : "days"));
}

static const char *manner_said(struct visit *v, enum manner_flow m)
{
	return m == COPIES ? visit_words(v, "copies") : m == SEES ? visit_words(v, "sees") : visit_words(v, "hands on");
}

/* ---- the picture ---- */

static struct str kinds_drawn(void *v, kinds k)
{
	return k == (KINDS_ALL & ~draw_card_kinds()) ? str_of(visit_words(v, "all other details")) : kinds_words(v, k);
}

static struct draw_words picture_words(struct visit *v)
{
	struct draw_words w = {
		.title = visit_words(v, "Who holds customers' information, and where it goes on to"),
		.desc = visit_words(v, "Each box is a holder and leads to its page. The thick lines are the card's way, the thin ones that of other details. The tables below say the same."),
		.lane = { visit_words(v, "Customers"), visit_words(v, "Our people"), visit_words(v, "Devices and websites"), visit_words(v, "Services"), visit_words(v, "Stores") },
		.sorts = { "", visit_words(v, "card readers"), visit_words(v, "services"), visit_words(v, "computers"), visit_words(v, "stores"), visit_words(v, "mailboxes"), visit_words(v, "papers"),
		           visit_words(v, "websites"), visit_words(v, "people"), visit_words(v, "places") },
		.customers = visit_words(v, "Customers"), .card = visit_words(v, "the card's way"), .details = visit_words(v, "other details' way"),
		.assumed = visit_words(v, "assumed: nobody told"), .spot = visit_words(v, "risky spot"), .closed = visit_words(v, "no longer used"),
		.kinds = kinds_drawn, .to = v, .link = "/holder/", .all = "#holder-",
	};
	for (int s = READER; s <= PLACE; s++)
		w.sort[s] = sort_said(v, (enum holder_sort)s);
	return w;
}

/* Where risky spots are; for who may see them. */
struct marks { struct draw_mark *mark; size_t n; int64_t open, stop; };

static bool marks_of(struct visit *v, struct marks *out)
{
	struct risk *r;
	size_t n, places = 0;
	*out = (struct marks){ 0 };
	if (!(v->session->login.role & (ROLES_LEAD | ROLE_HELPER)))
		return true;
	if (!risks_list(v->op, &r, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		places += r[i].places;
	out->mark = ARENA_ARRAY(v->op->a, struct draw_mark, places + 1);
	for (size_t i = 0; i < n && r[i].state == RISK_OPEN; i++) {
		struct risk_row row;
		risk_row_fill(v, &r[i], &row);
		out->open++, out->stop += risk_level(&r[i]) == RISK_STOP;
		for (size_t k = 0; k < r[i].places; k++)
			if (r[i].place[k].holder.id.n)
				out->mark[out->n++] = (struct draw_mark){ r[i].place[k].holder.id, (int)risk_level(&r[i]), str_of(row.says) };
	}
	return true;
}

static struct safe picture(struct visit *v, const struct atlas *m, const struct drawing *d, const char *id, const struct marks *marks)
{
	struct buf b = BUF(PICTURE_MAX);
	struct draw_words w = picture_words(v);
	draw_svg(&b, m, d, &w, id, marks->mark, marks->n);
	struct safe svg = { arena_str(v->op->a, buf_str(&b)) };
	buf_free(&b);
	return svg;
}

/* ---- the tables ---- */

static int by_sort(const void *a, const void *b)
{
	const struct holder_row *x = a, *y = b;
	return x->sort != y->sort ? (x->sort > y->sort) - (x->sort < y->sort) : str_cmp(x->name, y->name);
}

static struct flow_row flow_shown(struct visit *v, const struct flow *x, struct str from, struct str to)
{
	return (struct flow_row){ x->id, x->from.n, x->to.n, from, to, manner_said(v, x->manner), kinds_words(v, x->kinds), keeps_said(v, x->keeps), x->until < FAR_OFF ? day_words(v, x->until) : STR("") };
}

/* A line that no flow stands behind is said as well, so that the table is the picture's equal. */
static struct flow_row assumed_shown(struct visit *v, const struct atlas *m, const struct drawing *d, const struct draw_line *l)
{
	const struct draw_box *from = &d->box[l->from], *to = &d->box[l->to];
	struct picked { int64_t id; struct str name; } end[2];
	for (int i = 0; i < 2; i++) {
		const struct draw_box *b = i ? to : from;
		const struct holder *h = b->n ? &m->holder[b->holder[0]] : NULL;
		end[i] = !h ? (struct picked){ 0, str_of(visit_words(v, "Customers")) } : (struct picked){ h->id.n, b->n == 1 ? h->name : arena_say(v->op->a, "%zu %s", b->n, picture_words(v).sorts[b->sort]) };
	}
	return (struct flow_row){ 0, end[0].id, end[1].id, end[0].name, end[1].name, visit_words(v, "hands on"), str_of(l->card ? visit_words(v, "what the card holds") : visit_words(v, "other details")),
		str_of(l->assumed ? visit_words(v, "assumed: nobody told") : ""), STR("") };
}

static bool map_show(struct visit *v, struct form *f)
{
	struct map_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD };
	struct atlas m;
	struct drawing wide, narrow;
	struct marks marks;
	struct str none = STR("");
	if (!map_atlas(v->op, &m) || !marks_of(v, &marks))
		return false;
	w.looks = v->session->login.role & (ROLES_LEAD | ROLE_HELPER), w.risks = marks.open, w.stop = marks.stop;
	draw_map(v->op->a, &m, v->op->now, false, &wide);
	draw_map(v->op->a, &m, v->op->now, true, &narrow);
	struct holder_row *row = ARENA_ARRAY(v->op->a, struct holder_row, HOLDERS_SHOWN);
	struct flow_row *flow = ARENA_ARRAY(v->op->a, struct flow_row, FLOWS_SHOWN + wide.lines);
	const struct str **name = ARENA_ARRAY(v->op->a, const struct str *, m.holders + 2);
	for (size_t i = 0; i < m.holders; i++)
		if ((size_t)m.holder[i].id.n <= m.holders)       /* numbers are dense */
			name[m.holder[i].id.n] = &m.holder[i].name;
	for (size_t i = 0; i < m.holders && w.holders < HOLDERS_SHOWN; i++) {
		const struct holder *h = &m.holder[i];
		struct holder_row *r = &row[w.holders++];
		*r = (struct holder_row){ h->sort, h->id.n, h->name, sort_said(v, h->sort), arena_say(v->op->a, "%s:" STR_FMT, sort_name(h->sort), STR_ARG(h->name)), h->until < FAR_OFF ? day_words(v, h->until) : STR(""), STR("") };
		for (size_t k = 0; k < m.tolds; k++)
			if (m.told[k].holder.n == h->id.n)
				r->keeps = keeps_said(v, m.told[k].keeps);
	}
	qsort(row, w.holders, sizeof *row, by_sort);
	for (size_t i = 0; i < wide.lines; i++)
		if (!wide.line[i].kinds)
			flow[w.flows++] = assumed_shown(v, &m, &wide, &wide.line[i]);
	for (size_t i = 0; i < m.flows && w.flows < FLOWS_SHOWN; i++) {
		const struct str *from = name[m.flow[i].from.n], *to = name[m.flow[i].to.n];
		flow[w.flows++] = flow_shown(v, &m.flow[i], from ? *from : none, to ? *to : none);
	}
	w.wide = picture(v, &m, &wide, "map-wide", &marks), w.narrow = picture(v, &m, &narrow, "map-narrow", &marks);
	w.row = row, w.flow = flow, w.all = m.holders;
	page_map(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Map")));
}

bool map_page(struct visit *v)
{
	return map_show(v, &(struct form){ 0 });
}

bool holder_add_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	if (!visit_text(v, "name").n)
		form_fault(&f, "name", str_of(visit_words(v, "Type a name, like Van 3 reader.")));
	act_begin(v, &a, "holder add");
	act_give(v, &a, "holder", arena_say(v->op->a, STR_FMT ":" STR_FMT, STR_ARG(visit_text(v, "sort")), STR_ARG(visit_text(v, "name"))));
	act_give(v, &a, "keeps", visit_text(v, "holder-keeps"));
	bool good = !f.n && act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/map"));
	if (!f.n)
		act_fault(v, &f);
	v->faulty = true;
	return map_show(v, &f);
}

bool flow_add_do(struct visit *v)
{
	static const char *const fields[] = { "from", "to", "kinds", "manner", "keeps" };
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "flow add");
	for (size_t i = 0; i < LENGTH(fields); i++)
		act_give(v, &a, fields[i], visit_text(v, fields[i]));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/map"));
	act_fault(v, &f);
	return map_show(v, &f);
}

/* ---- one holder ---- */

/* What it was told to keep, kinds that are kept as long in one row. */
static size_t keeps_rows(struct visit *v, const struct atlas *m, holder_id h, struct keep_row *row)
{
	size_t n = 0;
	kinds said = 0;
	for (size_t i = 0; i < m->tolds; i++) {
		kinds same = 0;
		if (m->told[i].holder.n != h.n || said >> m->told[i].kind & 1)
			continue;
		for (size_t k = i; k < m->tolds; k++)
			if (m->told[k].holder.n == h.n && m->told[k].keeps == m->told[i].keeps)
				same |= (kinds)1 << m->told[k].kind;
		said |= same;
		row[n++] = (struct keep_row){ kinds_words(v, same), keeps_said(v, m->told[i].keeps) };
	}
	return n;
}

/* Open risky spots at it; for who may see them. */
static bool holder_risks(struct visit *v, holder_id h, struct holder_view *w)
{
	struct risk *r;
	size_t n;
	if (!(v->session->login.role & (ROLES_LEAD | ROLE_HELPER)))
		return true;
	if (!risks_list(v->op, &r, &n))
		return false;
	struct risk_row *row = ARENA_ARRAY(v->op->a, struct risk_row, n + 1);
	for (size_t i = 0; i < n && r[i].state == RISK_OPEN; i++) {
		bool here = false;
		for (size_t k = 0; k < r[i].places && !here; k++)
			here = r[i].place[k].holder.id.n == h.n;
		if (here)
			risk_row_fill(v, &r[i], &row[w->risks++]);
	}
	w->risk = row;
	return true;
}

static bool holder_show(struct visit *v, struct form *f)
{
	struct holder_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD };
	struct atlas m;
	struct holder other;
	if (!map_holder(v->op, (holder_id){ path_number(v, "n") }, &w.h) || !map_atlas(v->op, &m) || !holder_risks(v, w.h.id, &w))
		return false;
	struct flow_row *in = ARENA_ARRAY(v->op->a, struct flow_row, m.flows + 1), *out = ARENA_ARRAY(v->op->a, struct flow_row, m.flows + 1);
	struct keep_row *keep = ARENA_ARRAY(v->op->a, struct keep_row, KIND_COUNT);
	struct str *emptied = ARENA_ARRAY(v->op->a, struct str, m.emptieds + 1);
	for (size_t i = 0; i < m.flows; i++) {
		const struct flow *x = &m.flow[i];
		if (x->from.n != w.h.id.n && x->to.n != w.h.id.n)
			continue;
		bool leaves = x->from.n == w.h.id.n;
		if (!map_holder(v->op, leaves ? x->to : x->from, &other))
			return false;
		*(leaves ? &out[w.outs++] : &in[w.ins++]) = flow_shown(v, x, leaves ? w.h.name : other.name, leaves ? other.name : w.h.name);
	}
	for (size_t i = 0; i < m.emptieds; i++)
		if (m.emptied[i].holder.n == w.h.id.n)
			emptied[w.emptieds++] = day_words(v, m.emptied[i].at);
	if (w.h.place.n && map_holder(v->op, w.h.place, &other))
		w.place = other.name;
	w.in = in, w.out = out, w.keep = keep, w.emptied = emptied, w.keeps = keeps_rows(v, &m, w.h.id, keep);
	w.sort_words = sort_said(v, w.h.sort);
	w.since = w.h.since > LONG_AGO ? day_words(v, w.h.since) : STR("");
	w.until = w.h.until < FAR_OFF ? day_words(v, w.h.until) : STR("");
	v->back = STR("/map");
	page_holder(v->o, &w);
	return visit_show(v, w.h.name);
}

bool holder_page(struct visit *v)
{
	return holder_show(v, &(struct form){ 0 });
}

/* One of the verbs that take a holder and a day. */
static bool holder_said_do(struct visit *v, const char *verb, const char *field)
{
	struct form f = { .given = v->ask->form };
	struct holder h;
	struct act a;
	if (!map_holder(v->op, (holder_id){ path_number(v, "n") }, &h))
		return false;
	act_begin(v, &a, verb);
	act_give(v, &a, "holder", arena_say(v->op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name)));
	act_give(v, &a, "at", form_date_text(v->op->a, v->ask->form, field));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/holder/%lld", (long long)h.id.n));
	snprintf(v->op->err.field, sizeof v->op->err.field, "%s", field);
	act_fault(v, &f);
	return holder_show(v, &f);
}

bool holder_close_do(struct visit *v)
{
	return holder_said_do(v, "holder close", "closed");
}

bool holder_emptied_do(struct visit *v)
{
	return holder_said_do(v, "holder emptied", "emptied");
}
