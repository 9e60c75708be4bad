/* incidents - opening one in five questions, what it put at risk and why, and its windows changed. */
#include "act.h"
#include "drill.h"
#include "picture.h"
#include "readers.h"
#include "response.h"

#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 5, CHECK = STEPS + 1, PEOPLE_PAGE = 50, SHOWN = 10 };

/* ---- opening: the answers so far stand in the address, so that Back loses nothing ---- */

static bool unknown_ticked(struct visit *v, const char *name)
{
	return str_eq(pair_text(v->ask->query, arena_printf(v->op->a, "%s-unknown", name)), STR("yes"));
}

static struct str when_asked(struct visit *v, const char *name)
{
	if (unknown_ticked(v, name))
		return STR("unknown");
	struct str typed = form_date_text(v->op->a, v->ask->query, name);
	return typed.n ? typed : str_trim(pair_text(v->ask->query, name));
}

static struct str when_said(struct visit *v, struct str at)
{
	struct span s;
	return when_parse(at, v->op->zone, &s) ? day_words(v, s.from) : str_of(visit_words(v, "not known"));
}

static const char *how_said(struct visit *v, struct str how)
{
	return str_eq(how, STR("passing")) ? visit_words(v, "What went through it then")
	       : str_eq(how, STR("kept"))  ? visit_words(v, "What was kept there then")
	                                   : visit_words(v, "Not known: both, what went through it and what was kept there");
}

static bool date_good(struct visit *v, struct form *f, const char *name, struct str at)
{
	struct span s;
	if (unknown_ticked(v, name) && form_date_text(v->op->a, v->ask->query, name).n) {
		form_fault(f, name, str_of(visit_words(v, "There is a day, and \"I don't know\" is ticked. Which of the two is it? Empty the day, or take the tick away.")));
		return false;
	}
	if (str_eq(at, STR("unknown")) || when_parse(at, v->op->zone, &s))
		return true;
	form_fault(f, name, str_of(visit_words(v, at.n ? "That is no day. Type it like 11 27 2026, or tick \"I don't know\"." : "Type the day, or tick \"I don't know\".")));
	return false;
}

/* The first question that has no good answer yet, up to the one that is asked for. */
static int step_of(struct visit *v, struct open_view *w, struct form *f)
{
	int64_t asked = 1;
	struct span from, to;
	bool chosen = w->other_name.n > 0;
	enum holder_sort sort;
	str_i64(pair_text(v->ask->query, "step"), &asked);
	for (size_t i = 0; i < w->holders; i++)
		chosen |= w->holder[i].chosen;
	if (asked > 1 && !w->title.n) {
		form_fault(f, "title", str_of(visit_words(v, "Say in a few words what happened.")));
		return 1;
	}
	if (asked > 2 && !chosen) {
		form_fault(f, "holder", str_of(visit_words(v, "Tick at least one, or type what it was.")));
		return 2;
	}
	if (asked > 2 && w->other_name.n && !sort_parse(w->other_sort, &sort)) {
		form_fault(f, "other-sort", str_of(visit_words(v, "Choose what it is.")));
		return 2;
	}
	if (asked > 3 && !date_good(v, f, "from", w->from))
		return 3;
	if (asked > 3 && when_parse(w->from, v->op->zone, &from) && from.from > v->op->now) {
		form_fault(f, "from", str_of(visit_words(v, "That day has not come yet. Type the day when it may have begun.")));
		return 3;
	}
	if (asked > 4 && !date_good(v, f, "to", w->to))
		return 4;
	if (asked > 4 && when_parse(w->to, v->op->zone, &to) && to.from > v->op->now) {
		form_fault(f, "to", str_of(visit_words(v, "That day has not come yet. If it goes on, or nobody knows, tick \"I don't know\".")));
		return 4;
	}
	if (asked > 4 && when_parse(w->from, v->op->zone, &from) && when_parse(w->to, v->op->zone, &to) && to.to <= from.from) {
		form_fault(f, "to", str_of(visit_words(v, "That is before it began. Check the two days.")));
		return 4;
	}
	return asked < 1 ? 1 : asked > CHECK ? CHECK : (int)asked;
}

static void add_field(struct visit *v, struct buf *b, const char *name, struct str value)
{
	struct html part = { .b = b };
	(void)v;
	if (!value.n)
		return;
	buf_printf(b, "&%s=", name);
	html_url_str(&part, value);
}

/* Readers first, and each sort by its names; Handback's own at the end. */
static int holder_order(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	if (map_own(x->id) != map_own(y->id))
		return map_own(x->id) - map_own(y->id);
	return x->sort != y->sort ? (x->sort > y->sort) - (x->sort < y->sort) : str_cmp(x->name, y->name);
}

static bool holders_offered(struct visit *v, struct pairs given, struct holder_choice **out, size_t *n)
{
	struct holder *h;
	size_t holders, m = 0;
	if (!map_holders(v->op, &h, &holders))
		return false;
	struct holder_choice *c = ARENA_ARRAY(v->op->a, struct holder_choice, holders + 1);
	qsort(h, holders, sizeof *h, holder_order);
	for (size_t i = 0; i < holders; i++) {
		struct str name = arena_say(v->op->a, "%s:" STR_FMT, sort_name(h[i].sort), STR_ARG(h[i].name));
		c[m] = (struct holder_choice){ name, holder_said(v, &h[i]), false };
		for (size_t k = 0; k < given.n; k++)
			c[m].chosen |= str_eq(given.at[k].name, STR("holder")) && str_eq(given.at[k].value, name);
		m++;
	}
	*out = c, *n = m;
	return true;
}

/* The local day of a moment, as a date's fields take it. */
static struct str day_text(struct visit *v, int64_t at)
{
	struct str s = when_local_text(v->op->a, v->op->zone, at);
	return (struct str){ s.p, s.n < 10 ? s.n : 10 };
}

/* Where only readers were ticked that somebody has looked over: the earliest of their last clean looks begins the window. */
static bool begin_proposed(struct visit *v, struct open_view *w)
{
	int64_t earliest = w->other_name.n ? LONG_AGO : FAR_OFF;
	struct span told;
	for (size_t i = 0; i < w->holders; i++) {
		struct holder h;
		struct reader r;
		if (!w->holder[i].chosen)
			continue;
		if (!map_find(v->op, w->holder[i].name, &h))
			return false;
		if (h.sort != READER)
			earliest = LONG_AGO;
		else if (!reader_get(v->op, h.id, &r))
			return false;
		else if (r.clean < earliest)
			earliest = r.clean;
	}
	if (earliest > LONG_AGO && earliest < FAR_OFF)
		w->clean = day_words(v, earliest), w->from_day = day_text(v, earliest);
	if (when_parse(w->from, v->op->zone, &told))
		w->from_day = day_text(v, told.from);
	return true;
}

static void open_show(struct visit *v, struct open_view *w)
{
	struct buf b = BUF(64 << 10);
	buf_put(&b, STR("/incident/new?"));
	buf_put(&b, STR("run=")), buf_put(&b, w->run);
	add_field(v, &b, "title", w->title);
	if (w->title_es.n)
		add_field(v, &b, "title-es", w->title_es);
	for (size_t i = 0; i < w->holders; i++)
		if (w->holder[i].chosen)
			add_field(v, &b, "holder", w->holder[i].name);
	if (w->other_name.n) {
		add_field(v, &b, "other-sort", w->other_sort);
		add_field(v, &b, "other-name", w->other_name);
	}
	add_field(v, &b, "from", w->from);
	add_field(v, &b, "to", w->to);
	add_field(v, &b, "how", w->how);
	w->again.s = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	if (w->step > 1)
		v->back = arena_say(v->op->a, STR_FMT "&step=%d", STR_ARG(w->again.s), w->step - 1);
	else
		v->back = STR("/incidents");
	w->from_words = when_said(v, w->from), w->to_words = when_said(v, w->to), w->how_words = how_said(v, w->how);
	page_open(v->o, w);
}

/* The word of this time through the questions: every page of it has it, so that its last form, however often the browser's way back shows it, counts once. */
static struct str run_of(const struct visit *v, struct str given)
{
	bool good = given.n == v->o->page.n;
	for (size_t i = 0; i < given.n && good; i++)
		good = (given.p[i] >= '0' && given.p[i] <= '9') || (given.p[i] >= 'a' && given.p[i] <= 'f');
	return good ? given : v->o->page;
}

bool incident_new_page(struct visit *v)
{
	struct form f = { .given = v->ask->query };
	struct open_view w = { .form = &f, .steps = STEPS, .title = str_trim(pair_text(v->ask->query, "title")), .title_es = str_trim(pair_text(v->ask->query, "title-es")), .how = pair_text(v->ask->query, "how"),
		.other_sort = pair_text(v->ask->query, "other-sort"), .other_name = str_trim(pair_text(v->ask->query, "other-name")) };
	struct holder_choice *h;
	if (!holders_offered(v, v->ask->query, &h, &w.holders))
		return false;
	w.holder = h;
	w.run = v->o->page = run_of(v, pair_text(v->ask->query, "run"));
	w.from = when_asked(v, "from"), w.to = when_asked(v, "to");
	w.step = step_of(v, &w, &f);
	v->faulty = f.n > 0;
	if (w.step == 3 && !begin_proposed(v, &w))
		return false;
	if (w.step < 3 || !pair_has(v->ask->query, "from-day"))     /* a date that came whole is shown in its parts */
		f.given = f.n ? f.given : (struct pairs){ 0 };
	open_show(v, &w);
	return visit_show(v, str_of(visit_words(v, w.step == CHECK ? "Check your answers" : "Something happened")));
}

/* What was named besides is put on the map; what is there already stays as it is. */
static bool other_add(struct visit *v, struct str name)
{
	struct act a;
	act_begin(v, &a, "holder add");
	act_give(v, &a, "holder", name);
	bool good = act_do(v, &a);
	act_end(&a);
	return good;
}

bool incident_open_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct open_view w = { .form = &f, .steps = STEPS, .step = CHECK, .title = visit_text(v, "title"), .title_es = visit_text(v, "title-es"), .from = visit_text(v, "from"), .to = visit_text(v, "to"), .how = visit_text(v, "how"),
		.other_sort = visit_text(v, "other-sort"), .other_name = visit_text(v, "other-name") };
	struct str other = w.other_name.n ? arena_say(v->op->a, STR_FMT ":" STR_FMT, STR_ARG(w.other_sort), STR_ARG(w.other_name)) : STR("");
	struct holder_choice *h;
	struct act a;
	if (!holders_offered(v, v->ask->form, &h, &w.holders))
		return false;
	w.holder = h;
	w.run = v->o->page = run_of(v, visit_text(v, "page"));
	act_begin(v, &a, "incident open");
	act_give(v, &a, "title", w.title);
	act_give(v, &a, "title-es", w.title_es);
	for (size_t i = 0; i < w.holders; i++)
		if (h[i].chosen)
			act_give(v, &a, "holder", h[i].name);
	act_give(v, &a, "holder", other);
	act_give(v, &a, "from", w.from);
	act_give(v, &a, "to", w.to);
	if (str_eq(w.how, STR("passing")) || str_eq(w.how, STR("kept")))
		act_give(v, &a, "only", w.how);
	bool good = (!other.n || other_add(v, other)) && act_do(v, &a);
	int64_t id = act_number(&a, "incident");
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/incident/%lld", (long long)id));
	act_fault(v, &f);
	open_show(v, &w);
	return visit_show(v, str_of(visit_words(v, "Check your answers")));
}

/* ---- one incident ---- */

static bool incident_named(struct visit *v, struct incident *i)
{
	return incident_get(v->op, path_number(v, "n"), i);
}

static bool windows_of(struct visit *v, const struct incident *i, struct window_row **out)
{
	struct window_row *row = ARENA_ARRAY(v->op->a, struct window_row, i->n + 1);
	struct holder *all;
	size_t n;
	if (!map_holders(v->op, &all, &n))
		return false;
	for (size_t k = 0; k < i->n; k++) {
		const struct suspicion *s = &i->suspicion[k];
		const struct holder *h = map_among(v->op, all, n, s->holder);
		if (!h)
			return false;
		row[k] = (struct window_row){ arena_say(v->op->a, "%s:" STR_FMT, sort_name(h->sort), STR_ARG(h->name)), holder_said(v, h), h->name,
			moment_words(v, s->from), moment_words(v, s->to >= FAR_OFF ? s->to : s->to - 1),
			how_said(v, str_of(manner_name(s->manner))) };
	}
	*out = row;
	return true;
}

static int share_order(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	return (x->n < y->n) - (x->n > y->n);
}

static void shares_of(struct visit *v, const struct tally *t, struct incident_view *w)
{
	struct share *kind = ARENA_ARRAY(v->op->a, struct share, KIND_COUNT), *region = ARENA_ARRAY(v->op->a, struct share, t->regions + 1);
	for (int k = 0; k < KIND_COUNT; k++)
		if (t->by_kind[k])
			kind[w->kinds++] = (struct share){ kinds_words(v, (kinds)1 << k), t->by_kind[k], (int)(100 * t->by_kind[k] / t->customers) };
	qsort(kind, w->kinds, sizeof *kind, share_order);
	for (size_t r = 0; r < t->regions; r++)
		region[w->regions++] = (struct share){ str_eq(t->region[r].name, STR("unknown")) ? str_of(visit_words(v, "not known where")) : t->region[r].name,
			t->region[r].n, (int)(100 * t->region[r].n / t->customers) };
	w->kind = kind, w->region = region;
}

static bool left_of(struct visit *v, const struct incident *i, struct left *l, bool *any)
{
	bool good = notice_left(v->op, i, l);
	*any = good && (l->unwritten || l->open || l->in_outbox || l->printed);
	return good;
}

/* What its work asks for next, what to say on the phone, and what it costs; of a large ledger the latter takes long, and stands on its own page. */
static bool work_of(struct visit *v, struct incident_view *w)
{
	enum { QUICK = 20000 };
	bool spanish = v->o->language == SPANISH;
	struct work *work;
	struct phone_line *line;
	struct holder *provider;
	struct update u;
	struct cost c;
	size_t n, providers;
	uint32_t customers;
	if (!work_list(v->op, w->i.id, spanish, &work, &n) || !phone_lines(v->op, w->i.id, spanish, &line, &w->lines) || !response_providers(v->op, &w->i, &provider, &providers) ||
	    !update_plan(v->op, &w->i, &u) || !ledger_size(v->op, &customers) || (customers <= QUICK && !cost_of(v->op, w->i.id, spanish, &c)))
		return false;
	for (size_t k = 0; k < n; k++)
		w->tasks += work[k].state == WORK_OPEN;
	w->task = w->tasks ? work[0].what : STR("");
	w->line = line, w->provider = providers > 0;
	if (u.due < FAR_OFF)
		w->update = day_words(v, u.due);
	if (customers <= QUICK)
		w->money = money_words(v, c.cents), w->hours = hours_words(v, c.minutes);
	return true;
}

bool held_words(struct visit *v, int64_t incident, struct str *out)
{
	struct str why;
	int64_t until;
	if (!incident_hold(v->op, incident, &why, &until))
		return false;
	*out = why.n ? visit_said(v, why) : STR("");
	return true;
}

static bool incident_show(struct visit *v, const struct form *f)
{
	struct op *op = v->op;
	struct incident_view w = { .form = f };
	struct counts c;
	struct window_row *window;
	struct str *question = NULL;
	if (!incident_named(v, &w.i) || !windows_of(v, &w.i, &window))
		return false;
	bool open = w.i.closed >= FAR_OFF;
	if (open ? !counts_of(v, &w.i, &c, &w.reach, &w.counted) || !incident_questions(op, &w.i, &c, &question, &w.questions) : !notice_reach(op, w.i.id, &w.reach))
		return false;
	if (!open)                                       /* what was told is kept; who was at risk is not counted anew */
		c = (struct counts){ .known = true };
	w.unnamed = c.unnamed, w.found = c.found, w.at_risk = c.tally.customers, w.forgotten = c.tally.forgotten, w.uncounted = !c.known;
	for (size_t k = 0; k < w.questions; k++)
		question[k] = visit_said(v, question[k]);
	w.window = window, w.windows = w.i.n, w.question = question;
	w.discovered = day_words(v, w.i.discovered), w.opened = moment_words(v, w.i.opened);
	if (w.i.closed < FAR_OFF) {
		w.closed = moment_words(v, w.i.closed);
		if (!left_of(v, &w.i, &w.left, &w.untold))
			return false;
	}
	shares_of(v, &c.tally, &w);
	if (open && c.known && !drill_seen(op, w.i.id))
		return false;
	struct holder_choice *holder;
	if (!holders_offered(v, (struct pairs){ 0 }, &holder, &w.holders) || !held_words(v, w.i.id, &w.held))
		return false;
	w.holder = holder;
	if (!work_of(v, &w))
		return false;
	w.picture = timeline_picture(v, &w.i, window, w.reach.round, w.reach.rounds);
	v->back = STR("/incidents");
	page_incident(v->o, &w);
	return visit_show(v, w.i.title);
}

bool incident_page(struct visit *v)
{
	return incident_show(v, &(struct form){ 0 });
}

/* Asks first: who was not told is named before it is done. */
bool incident_close_page(struct visit *v)
{
	struct close_view w = { 0 };
	if (!incident_named(v, &w.i))
		return false;
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)w.i.id);
	if (w.i.closed < FAR_OFF)
		return visit_see(v, v->back);
	if (!left_of(v, &w.i, &w.left, &w.untold))
		return false;
	page_close(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Close this incident?")));
}

/* Does it; then the incident's page, with what was refused. */
static bool incident_done(struct visit *v, struct act *a)
{
	struct form f = { .given = v->ask->form };
	bool good = act_do(v, a);
	act_end(a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/incident/%lld", (long long)path_number(v, "n")));
	act_fault(v, &f);
	return incident_show(v, &f);
}

bool incident_close_do(struct visit *v)
{
	struct act a;
	act_begin(v, &a, "incident close");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	return incident_done(v, &a);
}

bool incident_title_do(struct visit *v)
{
	struct act a;
	act_begin(v, &a, "incident title");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_field(v, &a, "title");
	act_field(v, &a, "title-es");
	return incident_done(v, &a);
}

/* ---- who is at risk, in pages; and why one of them ---- */

bool people_page(struct visit *v)
{
	struct op *op = v->op;
	struct form f = { .given = v->ask->query };
	struct people_view w = { .form = &f };
	struct exposed *e;
	struct sources s;
	int64_t from = 1;
	if (!query_number(v, "from", &from) || !incident_named(v, &w.i) || !exposure_of(op, w.i.suspicion, w.i.n, false, &e, &s))
		return false;
	customer_id id[PEOPLE_PAGE];
	kinds of[PEOPLE_PAGE];
	struct customer c[PEOPLE_PAGE];
	uint32_t at = from > 0 && from < UINT32_MAX ? (uint32_t)from : 1;
	while (w.rows < PEOPLE_PAGE && exposed_next(e, &at)) {
		of[w.rows] = exposed_kinds(e, at);
		id[w.rows++].n = at++;
	}
	if (w.rows == PEOPLE_PAGE && exposed_next(e, &at))
		w.more.s = arena_say(op->a, "/incident/%lld/people?from=%u", (long long)w.i.id, at);
	w.at_risk = (int64_t)exposed_customers(e);
	exposed_close(e);
	if (!ledger_customers(op, id, w.rows, c))
		return false;
	struct person_row *row = ARENA_ARRAY(op->a, struct person_row, PEOPLE_PAGE);
	for (size_t i = 0; i < w.rows; i++)
		row[i] = (struct person_row){ c[i].ref, kinds_words(v, of[i]), c[i].region };
	w.row = row;
	v->back = arena_say(op->a, "/incident/%lld", (long long)w.i.id);
	w.first = !pair_text(v->ask->query, "from").n;
	page_people(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Who is at risk")));
}

bool why_page(struct visit *v)
{
	struct op *op = v->op;
	struct why_view w = { .ref = str_trim(pair_text(v->ask->query, "customer")) };
	struct reason *reason;
	customer_id id;
	if (!incident_named(v, &w.i) || !ledger_customer_by_ref(op, w.ref, &id) || !exposure_why(op, w.i.suspicion, w.i.n, ledger_person(op, id), &reason, &w.rows))
		return false;
	w.rows = w.rows < 200 ? w.rows : 200;
	struct why_row *row = ARENA_ARRAY(op->a, struct why_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++) {
		const struct reason *r = &reason[i];
		row[i] = (struct why_row){ r->listing   ? str_of(visit_words(v, "In a customer list"))
			                   : r->finding ? str_of(visit_words(v, "In a file"))
			                                : moment_words(v, r->at),
			r->way, kinds_words(v, r->kinds), visit_said(v, r->because),
			r->has_last4 ? arena_say(op->a, "%s ... %04u", brand_name(r->brand), r->last4) : STR("") };
	}
	w.row = row;
	v->back = arena_say(op->a, "/incident/%lld/people", (long long)w.i.id);
	page_why(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Why this customer")));
}

/* ---- a window changed: shown first, then saved ---- */

static bool refs_of(struct visit *v, struct bits *who, const struct str **out, size_t *n)
{
	customer_id id[SHOWN];
	struct customer c[SHOWN];
	size_t at = 1;
	*n = 0;
	for (; *n < SHOWN && bits_next(who, &at); at++)
		id[(*n)++].n = (uint32_t)at;
	struct str *ref = ARENA_ARRAY(v->op->a, struct str, SHOWN);
	if (!ledger_customers(v->op, id, *n, c))
		return false;
	for (size_t i = 0; i < *n; i++)
		ref[i] = c[i].ref;
	*out = ref;
	return true;
}

static void change_act(struct visit *v, struct act *a, const struct change_view *w)
{
	act_begin(v, a, "incident suspect");
	act_give(v, a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, a, "holder", w->holder);
	if (w->clear)
		act_flag(v, a, "clear");
	act_give(v, a, "from", w->clear ? STR("") : w->from);
	act_give(v, a, "to", w->clear ? STR("") : w->to);
	if (!w->clear && (str_eq(w->how_text, STR("passing")) || str_eq(w->how_text, STR("kept"))))
		act_give(v, a, "only", w->how_text);
}

static bool difference_of(struct visit *v, struct change_view *w)
{
	struct incident now, then;
	struct difference d;
	struct act a;
	change_act(v, &a, w);
	bool good = incident_suspect(v->op, &a.args, &now, &then) && incident_difference(v->op, &now, &then, &d);
	act_end(&a);
	if (!good)
		return false;
	w->adds = (int64_t)bits_count(&d.added), w->drops = (int64_t)bits_count(&d.dropped), w->customers = (int64_t)d.customers;
	good = refs_of(v, &d.added, &w->added, &w->n_added) && refs_of(v, &d.dropped, &w->dropped, &w->n_dropped);
	bits_close(&d.added);
	bits_close(&d.dropped);
	return good;
}

/* The first window of the holder that is asked about, as it stands. */
static void window_now(struct visit *v, struct change_view *w)
{
	struct holder h;
	for (size_t k = 0; k < w->i.n; k++) {
		const struct suspicion *s = &w->i.suspicion[k];
		if (!map_holder(v->op, s->holder, &h) || !str_eq(w->holder, arena_say(v->op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name))))
			continue;
		w->from_text = s->from <= LONG_AGO ? STR("") : (struct str){ when_local_text(v->op->a, v->op->zone, s->from).p, 10 };
		w->to_text = s->to >= FAR_OFF ? STR("") : (struct str){ when_local_text(v->op->a, v->op->zone, s->to - 1).p, 10 };
		w->how_text = str_of(manner_name(s->manner));
		return;
	}
}

bool change_page(struct visit *v)
{
	struct form f = { 0 };
	struct change_view w = { .form = &f, .holder = pair_text(v->ask->query, "holder"), .clear = pair_has(v->ask->query, "clear"), .from = when_asked(v, "from"), .to = when_asked(v, "to") };
	struct holder h;
	if (!incident_named(v, &w.i) || !map_find(v->op, w.holder, &h))
		return false;
	w.title = h.name;
	w.shown = pair_has(v->ask->query, "look");
	window_now(v, &w);
	if (w.shown) {
		f.given = v->ask->query;
		w.how_text = pair_text(v->ask->query, "how");
		/* both are looked at, so that both are told */
		bool from = w.clear || date_good(v, &f, "from", w.from), to = w.clear || date_good(v, &f, "to", w.to);
		if (!from || !to)
			w.shown = false;
		else if (!difference_of(v, &w))
			act_fault(v, &f), w.shown = false;
		v->faulty = f.n > 0;
	}
	w.how = how_said(v, w.how_text);
	if (w.shown && !w.clear)
		w.from_text = when_said(v, w.from), w.to_text = when_said(v, w.to);
	v->back = w.shown ? arena_say(v->op->a, STR_FMT "?holder=" STR_FMT, STR_ARG(v->ask->path), STR_ARG(w.holder)) : arena_say(v->op->a, "/incident/%lld", (long long)w.i.id);
	page_change(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Change the time")));
}

bool change_do(struct visit *v)
{
	struct act a;
	struct form f = { .given = v->ask->form };
	struct change_view w = { .form = &f, .holder = visit_text(v, "holder"), .clear = pair_has(v->ask->form, "clear"), .from = visit_text(v, "from"), .to = visit_text(v, "to"), .how_text = visit_text(v, "how") };
	change_act(v, &a, &w);
	bool good = act_do(v, &a);
	act_end(&a);
	return good && visit_see(v, arena_say(v->op->a, "/incident/%lld", (long long)path_number(v, "n")));
}
