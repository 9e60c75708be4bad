/* measures - what is done because of an incident: what it is against, what it costs, and whether it goes on. */
#include "act.h"
#include "measures.h"
#include "risks.h"

#include <stdlib.h>

enum { SPOTS = 6 };              /* risky spots that are offered as causes: those to do first */

/* What may be its cause: what was suspected, and the risky spots to do first. */
static bool causes_fill(struct visit *v, const struct incident *i, struct measures_view *w)
{
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, i->n + SPOTS + 1);
	struct risk *r;
	size_t risks, spots = 0;
	if (!risks_list(v->op, &r, &risks))
		return false;
	for (size_t k = 0; k < i->n; k++) {
		struct holder h;
		bool known = false;
		if (!map_holder(v->op, i->suspicion[k].holder, &h))
			return false;
		struct str name = arena_say(v->op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name));
		for (size_t n = 0; n < w->causes; n++)
			known |= str_eq(c[n].value, name);
		if (!known)
			c[w->causes++] = (struct form_choice){ .value = name, .text = holder_said(v, &h) };
	}
	for (size_t k = 0; k < risks && spots < SPOTS; k++)
		if (r[k].state == RISK_OPEN) {
			c[w->causes++] = (struct form_choice){ .value = risk_name(v->op, r[k].rule), .text = str_of(v->o->language == SPANISH ? r[k].rule->says.es : r[k].rule->says.en) };
			spots++;
		}
	c[w->causes++] = (struct form_choice){ .value = STR(""), .label = say("None of these, or I don't know") };
	w->cause = c;
	return true;
}

static bool measures_show(struct visit *v, struct form *f, const struct known_measure *doubt)
{
	struct measures_view w = { .form = f, .doubted = doubt != NULL };
	struct measure *m;
	if (!incident_get(v->op, path_number(v, "n"), &w.i) || !measures_list(v->op, w.i.id, false, &m, &w.rows) || !causes_fill(v, &w.i, &w))
		return false;
	struct measure_row *row = ARENA_ARRAY(v->op->a, struct measure_row, w.rows + 1);
	for (size_t k = 0; k < w.rows; k++) {
		row[k] = (struct measure_row){ m[k].id, m[k].what, m[k].cause, day_words(v, m[k].again), m[k].staff, m[k].customers, m[k].again <= v->op->now };
		w.staff += m[k].staff, w.customers += m[k].customers;
	}
	if (doubt) {
		bool es = v->o->language == SPANISH;
		w.why = es ? doubt->why_es : doubt->why, w.instead = es ? doubt->instead_es : doubt->instead, w.source = doubt->source;
		w.what = visit_text(v, "what"), w.chosen = visit_text(v, "cause"), w.staff_text = visit_text(v, "staff-minutes"), w.customers_text = visit_text(v, "customer-minutes");
	}
	w.row = row;
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)w.i.id);
	page_measures(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What we do about it")));
}

bool measures_page(struct visit *v)
{
	return measures_show(v, &(struct form){ 0 }, NULL);
}

bool measure_add_do(struct visit *v)
{
	static const char *const fields[] = { "what", "cause", "staff-minutes", "customer-minutes", "reason" };
	struct form f = { .given = v->ask->form };
	struct known_measure doubt = { 0 };
	struct act a;
	act_begin(v, &a, "measure add");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	for (size_t i = 0; i < LENGTH(fields); i++)
		act_give(v, &a, fields[i], visit_text(v, fields[i]));
	act_give(v, &a, "again", form_date_text(v->op->a, v->ask->form, "again"));
	bool good = act_do(v, &a), doubted = a.attention, elsewhere = false;
	act_end(&a);
	if (good && !doubted)
		return visit_see(v, arena_say(v->op->a, "/incident/" STR_FMT "/measures", STR_ARG(pair_text(v->ask->param, "n"))));
	if (!good)
		act_fault(v, &f);
	else
		good = measure_elsewhere(v->op, path_number(v, "n"), visit_text(v, "cause"), &elsewhere) && measure_doubt(visit_text(v, "what"), visit_text(v, "cause"), elsewhere, &doubt);
	return measures_show(v, &f, good ? &doubt : NULL);
}

bool measure_do(struct visit *v)
{
	struct measure *m;
	size_t n;
	struct act a;
	int64_t id = path_number(v, "m"), incident = 0;
	if (!measures_list(v->op, 0, true, &m, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (m[i].id == id)
			incident = m[i].incident;
	act_begin(v, &a, str_eq(visit_text(v, "do"), STR("drop")) ? "measure drop" : "measure keep");
	act_give(v, &a, "measure", pair_text(v->ask->param, "m"));
	bool good = act_do(v, &a);
	act_end(&a);
	return good && visit_see(v, incident ? arena_say(v->op->a, "/incident/%lld/measures", (long long)incident) : STR("/incidents"));
}
