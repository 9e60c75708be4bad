/* holders - who holds what, and where it goes on to. */
#include "act.h"

#include <stdlib.h>

enum { HOLDERS_SHOWN = 500, FLOWS_SHOWN = 500 };

static struct str keeps_said(struct visit *v, int64_t keeps)
{
	return keeps == KEEPS_UNTOLD ? str_of(visit_words(v, "not told how long"))
	       : keeps >= FAR_OFF    ? str_of(visit_words(v, "until deleted"))
	       : !keeps              ? str_of(visit_words(v, "nothing"))
	                             : arena_say(v->op->a, "%lld %s", (long long)(keeps + DAY - 1) / DAY, visit_words(v, "days"));
}

static int by_sort(const void *a, const void *b)
{
	const struct holder_row *x = a, *y = b;
	return x->sort != y->sort ? (x->sort > y->sort) - (x->sort < y->sort) : str_cmp(x->name, y->name);
}

static bool map_show(struct visit *v, struct form *f)
{
	struct map_view w = { .form = f };
	struct atlas m;
	if (!map_atlas(v->op, &m))
		return false;
	struct holder_row *row = ARENA_ARRAY(v->op->a, struct holder_row, HOLDERS_SHOWN);
	struct flow_row *flow = ARENA_ARRAY(v->op->a, struct flow_row, FLOWS_SHOWN);
	for (size_t i = 0; i < m.holders && w.holders < HOLDERS_SHOWN; i++) {
		const struct holder *h = &m.holder[i];
		struct holder_row *r = &row[w.holders++];
		*r = (struct holder_row){ h->sort, h->name, sort_said(v, h->sort), arena_say(v->op->a, "%s:" STR_FMT, sort_name(h->sort), STR_ARG(h->name)), h->until < FAR_OFF ? day_words(v, h->until) : STR(""), STR("") };
		for (size_t k = 0; k < m.tolds; k++)
			if (m.told[k].holder.n == h->id.n)
				r->keeps = keeps_said(v, m.told[k].keeps);
	}
	qsort(row, w.holders, sizeof *row, by_sort);
	for (size_t i = 0; i < m.flows && w.flows < FLOWS_SHOWN; i++) {
		const struct flow *x = &m.flow[i];
		struct holder from, to;
		if (!map_holder(v->op, x->from, &from) || !map_holder(v->op, x->to, &to))
			return false;
		flow[w.flows++] = (struct flow_row){ x->id, from.name, to.name, x->manner == COPIES ? visit_words(v, "copies") : x->manner == SEES ? visit_words(v, "sees") : visit_words(v, "hands on"),
			kinds_words(v, x->kinds), keeps_said(v, x->keeps), x->until < FAR_OFF ? day_words(v, x->until) : STR("") };
	}
	w.row = row, w.flow = flow, w.all = m.holders;
	page_map(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Holders")));
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
