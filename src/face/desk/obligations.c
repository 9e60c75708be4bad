/* obligations - whom an incident obliges the business to tell, by when, and the questions that settle it. */
#include "act.h"
#include "laws.h"

static struct str *all_told(struct visit *v, const struct str *sentence, size_t n)
{
	struct str *out = ARENA_ARRAY(v->op->a, struct str, n + 1);
	for (size_t i = 0; i < n; i++)
		out[i] = visit_said(v, sentence[i]);
	return out;
}

/* What is known already, as the form shows it: of a moment its local day. */
static bool known_fill(struct visit *v, int64_t incident, struct obligations_view *w)
{
	struct known_fact *k;
	size_t n;
	if (!incident_known(v->op, incident, &k, &n))
		return false;
	for (size_t i = 0; i < n && i < LENGTH(w->fact); i++) {
		bool end = strcmp(k[i].name, "hold-until") == 0;
		struct str day = k[i].moment && k[i].text.n && k[i].at < FAR_OFF ? when_local_text(v->op->a, v->op->zone, k[i].at - end) : STR("");
		w->fact[i] = (struct fact_field){ k[i].name, k[i].moment ? (struct str){ day.p, day.n > 10 ? 10 : day.n } : k[i].text };
	}
	return true;
}

static bool obligations_show(struct visit *v, struct form *f)
{
	struct obligations_view w = { .form = f };
	struct obligation *d;
	struct str *question;
	size_t n;
	if (!incident_get(v->op, path_number(v, "n"), &w.i) || !incident_obligations(v->op, w.i.id, &d, &n) || !known_fill(v, w.i.id, &w))
		return false;
	struct obligation_row *row = ARENA_ARRAY(v->op->a, struct obligation_row, n + 1);
	for (size_t i = 0; i < n; i++)
		row[i] = (struct obligation_row){ .to = (int)d[i].to, .force = (int)d[i].force, .whom = d[i].law && d[i].to != TO_PEOPLE ? arena_say(v->op->a, STR_FMT ": " STR_FMT, STR_ARG(d[i].law->name), STR_ARG(d[i].whom)) : d[i].whom, .citation = d[i].citation, .code = d[i].code,
			.by = d[i].by >= FAR_OFF ? STR("") : day_words(v, d[i].by), .late = d[i].by <= v->op->now, .people = d[i].must + d[i].should + d[i].look, .monitoring = d[i].monitoring,
			.because = all_told(v, d[i].because, d[i].n), .n = d[i].n };
	laws_questions(v->op->a, d, n, &question, &w.questions);
	w.question = all_told(v, question, w.questions);
	w.row = row, w.rows = n;
	w.house = day_words(v, law_house_day(v->op->zone, w.i.discovered));
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)w.i.id);
	page_obligations(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Whom to tell, by when")));
}

bool obligations_page(struct visit *v)
{
	return obligations_show(v, &(struct form){ 0 });
}

bool facts_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct known_fact *k;
	size_t n;
	if (!incident_known(v->op, path_number(v, "n"), &k, &n))
		return false;
	act_begin(v, &a, "incident fact");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	for (size_t i = 0; i < n; i++) {                         /* emptied: taken back */
		struct str typed = k[i].moment ? form_date_text(v->op->a, v->ask->form, k[i].name) : visit_text(v, k[i].name);
		act_give(v, &a, k[i].name, typed.n || !k[i].text.n ? typed : strcmp(k[i].name, "hold-until") == 0 ? STR("") : STR("unknown"));
	}
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/incident/" STR_FMT "/obligations", STR_ARG(pair_text(v->ask->param, "n"))));
	act_fault(v, &f);
	return obligations_show(v, &f);
}
