/* payment - walking through how the business is paid: one question a page, the answers checked before anything is on the map, what is still to be found out,
 * and the questionnaire.
 */
#include "act.h"
#include "saq.h"

#include <sys/mman.h>
#include <unistd.h>

enum { YEAR = 365 * DAY, SOON = 3 * DAY, WAYS_SHOWN = 300, PDF_MAX = 16 << 20 };

static bool spanish(const struct visit *v)
{
	return v->o->language == SPANISH;
}

static const char *in(const struct visit *v, const struct both *b)
{
	return spanish(v) ? b->es : b->en;
}

/* ---- where it stands ---- */

static struct str left_path(struct visit *v, holder_id reader)
{
	return arena_say(v->op->a, "/payment/left?reader=%lld", (long long)reader.n);
}

static struct str task_path(struct visit *v, int64_t task, const char *end)
{
	return arena_say(v->op->a, "/task/%lld%s", (long long)task, end);
}

static bool task_rows(struct visit *v, struct task_row **out, size_t *n)
{
	struct task *t;
	struct holder reader;
	size_t q;
	if (!payment_tasks(v->op, false, &t, n))
		return false;
	struct task_row *row = ARENA_ARRAY(v->op->a, struct task_row, *n + 1);
	for (size_t i = 0; i < *n; i++) {
		bool known = question_named(t[i].question, &q), left = !known && left_task(v->op, t[i].question, &reader), open;
		if (!payment_task_open(v->op, &t[i], &open))
			return false;
		row[i] = (struct task_row){ t[i].id, known ? str_of(in(v, &questions[q].ask)) : left ? left_ask(v->op->a, reader.name, spanish(v)) : t[i].question, t[i].person, day_words(v, t[i].due), t[i].due, t[i].due < v->op->now,
			v->session->login.role & ROLES_LEAD || (v->session->login.role & ROLES_WORK && str_same(v->session->login.name, t[i].person)),
			open, { .s = task_path(v, t[i].id, "") } };
	}
	*out = row;
	return true;
}

bool payment_page(struct visit *v)
{
	struct payment_view w = { .may = v->session->login.role & ROLES_LEAD, .looks = v->session->login.role & (ROLES_LEAD | ROLE_HELPER) };
	struct walk now, draft;
	struct task_row *task;
	if (!payment_in_force(v->op, &now) || !payment_draft(v->op, &draft) || !task_rows(v, &task, &w.tasks))
		return false;
	struct str *channel = ARENA_ARRAY(v->op->a, struct str, walk_parts_n);
	for (size_t p = 1; p < walk_parts_n && now.id; p++)
		if (part_chosen(&now.answers, p))
			channel[w.channels++] = str_of(in(v, &questions[0].option[p - 1].label));
	w.channel = channel, w.task = task, w.draft = draft.id, w.left = questions_left(&draft.answers);
	if (now.id)
		w.told = day_words(v, now.applied), w.old = now.applied < v->op->now - YEAR;
	page_payment(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "How we are paid")));
}

bool payment_next(struct visit *v, struct home_view *h)
{
	struct task_row *task;
	struct walk now, draft;
	size_t n;
	if (!task_rows(v, &task, &n) || !payment_in_force(v->op, &now) || !payment_draft(v->op, &draft))
		return false;
	bool may = v->session->login.role & ROLES_LEAD;
	h->next_path.s = STR("/payment");
	size_t mine = 0;                                 /* who leads may do all of them, others what was given to them */
	while (mine < n && !task[mine].off)
		mine++;
	if (mine < n && task[mine].due_at < v->op->now + SOON)
		h->next = NEXT_TASK, h->title = task[mine].ask, h->task_by = task[mine].due, h->next_path = task[mine].open ? task[mine].path : h->next_path;
	else if (may && !now.id)
		h->next = NEXT_WALK;
	else if (may && draft.id && !questions_left(&draft.answers))
		h->next = NEXT_CHECK, h->next_path.s = STR("/payment/check");
	else if (may && now.applied < v->op->now - YEAR)
		h->next = NEXT_WALK_AGAIN;
	return true;
}

/* ---- one question ---- */

static struct str question_path(struct visit *v, size_t q, bool check)
{
	return arena_say(v->op->a, "/payment/question?q=%s%s", questions[q].name, check ? "&check=yes" : "");
}

/* Where one goes on: the first question that is open, then a reader that no answer names, else all of them to be checked. */
static bool go_on(struct visit *v)
{
	struct walk w;
	struct left_out l;
	bool left;
	if (!payment_draft(v->op, &w) || !left_next(v->op, &w, &l, &left))
		return false;
	size_t next = question_next(&w.answers, 0);
	return visit_see(v, next < questions_n ? question_path(v, next, false) : left ? left_path(v, l.reader) : STR("/payment/check"));
}

/* The question that is asked for, when the answers so far lead to it. */
static bool question_asked(struct visit *v, struct pairs from, struct walk *w, size_t *q)
{
	bool asked[QUESTIONS_MAX];
	if (!payment_draft(v->op, w))
		return false;
	questions_asked(&w->answers, asked);
	return (question_named(pair_text(from, "q"), q) && asked[*q]) || err_set(&v->op->err, NOT_FOUND, NULL, "%s", visit_words(v, "This is not asked, as the answers stand. Go back to how we are paid."));
}

/* An offered name is ticked at first where an import brought it and there is little doubt. */
static bool ticked(const struct walk *w, size_t q, const struct offered *o, struct str name)
{
	const struct question *asked = &questions[q];
	if (w->answers.set[q])
		return str_lists(w->answers.text[q], name);
	for (size_t i = 0; i < q; i++)
		if (questions[i].kind == ANSWER_NAMES && questions[i].sort == asked->sort && asked->sort == READER && str_lists(w->answers.text[i], name))
			return false;
	return o->imported && (o->n == 1 || asked->sort == READER);
}

static void choices_of(struct visit *v, const struct walk *w, size_t q, const struct offered *o, struct form *f, struct question_view *out)
{
	const struct question *asked = &questions[q];
	size_t most = asked->options + o->n + 1, n = 0, pairs = 0;
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, most);
	struct pair *given = ARENA_ARRAY(v->op->a, struct pair, most);
	struct buf more = BUF(64 << 10);
	for (size_t i = 0; i < asked->options; i++) {
		c[n++] = (struct form_choice){ .value = str_of(asked->option[i].name), .text = str_of(in(v, &asked->option[i].label)) };
		if (w->answers.set[q] >> i & 1)
			given[pairs++] = (struct pair){ STR("answer"), c[n - 1].value };
	}
	for (size_t i = 0; asked->kind == ANSWER_NAMES && i < o->n; i++) {
		c[n++] = (struct form_choice){ .value = o->name[i], .text = o->name[i] };
		if (ticked(w, q, o, o->name[i]))
			given[pairs++] = (struct pair){ STR("answer"), o->name[i] };
	}
	if (asked->kind == ANSWER_NAMES) {
		c[n++] = (struct form_choice){ .value = STR("-"), .label = asked->sort == PERSON ? say("Nobody") : say("None") };
		if (w->answers.set[q] == ANSWER_NONE)
			given[pairs++] = (struct pair){ STR("answer"), STR("-") };
	}
	for (struct str rest = w->answers.set[q] & ANSWER_NAMED ? w->answers.text[q] : (struct str){ NULL, 0 }, one; rest.p;) {
		bool offered = false;
		one = str_split(&rest, '\n');
		for (size_t i = 0; i < o->n; i++)
			offered |= str_eq(one, o->name[i]);
		if (!offered || asked->kind == ANSWER_PHONE)
			buf_printf(&more, "%s" STR_FMT, more.n ? "\n" : "", STR_ARG(one));
	}
	out->choice = c, out->choices = n;
	out->value = arena_str(v->op->a, buf_str(&more));
	buf_free(&more);
	if (!f->n)                                               /* shown first: as it stands */
		f->given = (struct pairs){ given, pairs };
}

/* task: it is asked by itself, because it was to be found out; 0: it is one of the walk. */
static bool question_put(struct visit *v, struct form *f, const struct walk *w, size_t q, bool check, int64_t task)
{
	struct offered o;
	if (!payment_offered(v->op, q, &o))
		return false;
	const struct question *asked = &questions[q];
	struct question_view view = { .form = f, .one = asked->kind == ANSWER_ONE, .names = asked->kind == ANSWER_NAMES, .phone = asked->kind == ANSWER_PHONE, .first = !q, .name = asked->name, .part = in(v, &walk_parts[asked->part].title), .ask = in(v, &asked->ask), .help = in(v, &asked->help),
		.source = asked->source, .check = check, .task = task, .to = { task ? task_path(v, task, "/done") : STR("/payment/question") } };
	if (o.n && (o.imported || asked->kind != ANSWER_NAMES))
		view.prefill = in(v, &asked->prefill);
	if (asked->kind != ANSWER_NAMES)
		view.seen = o.name, view.seens = o.n;
	question_place(&w->answers, q, &view.k, &view.n);
	choices_of(v, w, q, &o, f, &view);
	size_t before = question_before(&w->answers, q);
	v->back = task ? STR("/payment") : check ? STR("/payment/check") : before < questions_n ? question_path(v, before, false) : STR("/payment");
	page_question(v->o, &view);
	return visit_show(v, str_of(view.ask));
}

static bool question_show(struct visit *v, struct form *f, struct pairs from)
{
	struct walk w;
	size_t q;
	return question_asked(v, from, &w, &q) && question_put(v, f, &w, q, str_eq(pair_text(from, "check"), STR("yes")), 0);
}

bool question_page(struct visit *v)
{
	return pair_has(v->ask->query, "q") ? question_show(v, &(struct form){ 0 }, v->ask->query) : go_on(v);
}

/* What was ticked, and each line that was typed. */
static void answers_give(struct visit *v, struct act *a, const struct question *asked)
{
	struct str rest = visit_text(v, "more");
	for (size_t i = 0; i < v->ask->form.n; i++)
		if (str_eq(v->ask->form.at[i].name, STR("answer")))
			act_give(v, a, "answer", str_trim(v->ask->form.at[i].value));
	while (rest.p && rest.n)
		act_give(v, a, "answer", asked->kind == ANSWER_NAMES ? str_trim(str_split(&rest, '\n')) : str_split(&rest, '\n'));
}

/* Every answer goes through the verb. What it refuses is told beside the field. */
static bool answer_by_verb(struct visit *v, struct form *f, const struct question *asked, bool unknown, int64_t task)
{
	struct act a;
	act_begin(v, &a, task ? "task done" : "payment answer");
	if (task)
		act_give(v, &a, "task", arena_say(v->op->a, "%lld", (long long)task));
	else
		act_give(v, &a, "question", str_of(asked->name));
	if (unknown) {
		act_give(v, &a, "answer", STR("?"));
		act_give(v, &a, "person", visit_text(v, "person"));
		act_give(v, &a, "by", form_date_text(v->op->a, v->ask->form, "by"));
	} else {
		answers_give(v, &a, asked);
	}
	bool good = act_do(v, &a);
	act_end(&a);
	if (!good && !unknown && (v->op->err.code == INVALID || task) && !visit_text(v, "more").n && !pair_has(v->ask->form, "answer")) {
		err_clear(&v->op->err);
		form_fault(f, asked->kind == ANSWER_PHONE ? "more" : "answer", str_of(asked == &questions[0] || task ? visit_words(v, "Choose an answer.") : visit_words(v, "Choose an answer, or press \"I don't know\".")));
		v->faulty = true;
		v->reply->status = 422;
	} else if (!good) {
		if (str_eq(str_of(v->op->err.field), STR("answer")) && asked->kind >= ANSWER_NAMES)
			memcpy(v->op->err.field, "more", 5);
		act_fault(v, f);
	}
	return good;
}

static bool checking(struct visit *v)
{
	return str_eq(visit_text(v, "check"), STR("yes"));
}

bool question_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct walk w;
	size_t q;
	if (!question_asked(v, v->ask->form, &w, &q))
		return false;
	if (pair_has(v->ask->form, "unknown"))
		return visit_see(v, arena_say(v->op->a, "/payment/unknown?q=%s%s", questions[q].name, checking(v) ? "&check=yes" : ""));
	return answer_by_verb(v, &f, &questions[q], false, 0) ? go_on(v) : question_show(v, &f, v->ask->form);
}

/* ---- "I don't know": who finds it out, and by when ---- */

static bool unknown_show(struct visit *v, struct form *f, struct pairs from)
{
	struct walk w;
	struct person me;
	size_t q;
	if (!question_asked(v, from, &w, &q) || !person_get(v->op, v->op->person, &me))
		return false;
	struct civil c = civil_of(zone_local(v->op->zone, w.answers.due[q] ? w.answers.due[q] : v->op->now + 14 * DAY));
	struct unknown_view view = { .form = f, .name = questions[q].name, .ask = in(v, &questions[q].ask), .person = w.answers.person[q].n ? w.answers.person[q] : me.name,
		.by = arena_say(v->op->a, "%04d-%02d-%02d", c.year, c.month, c.day), .check = str_eq(pair_text(from, "check"), STR("yes")) };
	v->back = question_path(v, q, view.check);
	page_unknown(v->o, &view);
	return visit_show(v, str_of(visit_words(v, "Who finds it out?")));
}

bool unknown_page(struct visit *v)
{
	return unknown_show(v, &(struct form){ 0 }, v->ask->query);
}

bool unknown_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct walk w;
	size_t q;
	if (!question_asked(v, v->ask->form, &w, &q))
		return false;
	return answer_by_verb(v, &f, &questions[q], true, 0) ? go_on(v) : unknown_show(v, &f, v->ask->form);
}

/* ---- a reader that no answer names ---- */

static bool left_put(struct visit *v, struct form *f, holder_id reader, int64_t task)
{
	struct walk w;
	struct left_out *l;
	size_t n, i = 0;
	if (!payment_draft(v->op, &w) || !payment_left(v->op, &w, &l, &n))
		return false;
	while (i < n && l[i].reader.n != reader.n)
		i++;
	if (i == n)                                              /* named meanwhile */
		return task ? visit_see(v, STR("/payment")) : go_on(v);
	struct left_reader_view view = { .form = f, .to = { task ? task_path(v, task, "/done") : STR("/payment/left") }, .task = task, .reader = l[i].reader.n, .ask = left_ask(v->op->a, l[i].name, spanish(v)).p, .source = "PCI DSS 9.5.1.1" };
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, left_choices_n);
	struct pair *given = ARENA_NEW(v->op->a, struct pair);
	for (size_t k = 0; k < left_choices_n; k++) {
		if (!left_fits(&w.answers, &left_choices[k]))
			continue;
		c[view.choices++] = (struct form_choice){ .value = str_of(left_choices[k].name), .text = str_of(in(v, &left_choices[k].label)) };
		if (l[i].is != LEFT_UNASKED && left_choices[k].is == l[i].is)
			*given = (struct pair){ STR("what"), str_of(left_choices[k].name) };
	}
	view.choice = c;
	if (!f->n)
		f->given = (struct pairs){ given, given->name.n > 0 };
	v->back = STR("/payment");
	page_payment_left(v->o, &view);
	return visit_show(v, str_of(view.ask));
}

static bool left_show(struct visit *v, struct form *f, struct pairs from)
{
	int64_t id = 0;
	str_i64(pair_text(from, "reader"), &id);
	return left_put(v, f, (holder_id){ id }, 0);
}

bool left_reader_page(struct visit *v)
{
	return left_show(v, &(struct form){ 0 }, v->ask->query);
}

bool left_reader_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct holder h;
	int64_t id;
	bool unknown = pair_has(v->ask->form, "unknown");
	if (!str_i64(visit_text(v, "reader"), &id) || !map_holder(v->op, (holder_id){ id }, &h))
		return err_set(&v->op->err, NOT_FOUND, NULL, "%s", visit_words(v, "This is not asked, as the answers stand. Go back to how we are paid."));
	if (!unknown && !visit_text(v, "what").n) {
		form_fault(&f, "what", str_of(visit_words(v, "Choose an answer, or press \"I don't know\".")));
		v->faulty = true;
		v->reply->status = 422;
		return left_show(v, &f, v->ask->form);
	}
	act_begin(v, &a, "payment left");
	act_give(v, &a, "reader", h.name);
	act_give(v, &a, "what", unknown ? STR("?") : visit_text(v, "what"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return go_on(v);
	act_fault(v, &f);
	return left_show(v, &f, v->ask->form);
}

/* ---- what was to be found out ---- */

static bool task_show(struct visit *v, struct form *f, const struct task *t)
{
	struct walk w;
	struct holder reader;
	bool open;
	size_t q;
	if (!payment_task_open(v->op, t, &open) || !payment_draft(v->op, &w))
		return false;
	if (!open)
		return visit_see(v, STR("/payment"));
	if (question_named(t->question, &q))
		return question_put(v, f, &w, q, false, t->id);
	return left_task(v->op, t->question, &reader) && left_put(v, f, reader.id, t->id);
}

/* Its own to answer, or who looks leads. */
static bool task_there(struct visit *v, struct task *t)
{
	return payment_task(v->op, path_number(v, "n"), t) && op_may_decide(v->op, t->person);
}

bool task_page(struct visit *v)
{
	struct task t;
	return task_there(v, &t) && task_show(v, &(struct form){ 0 }, &t);
}

bool task_done_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct task t;
	struct act a;
	size_t q;
	if (!task_there(v, &t))
		return false;
	if (question_named(t.question, &q))
		return answer_by_verb(v, &f, &questions[q], false, t.id) ? visit_see(v, STR("/payment")) : task_show(v, &f, &t);
	act_begin(v, &a, "task done");
	act_give(v, &a, "task", pair_text(v->ask->param, "n"));
	act_give(v, &a, "answer", visit_text(v, "what"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/payment"));
	if (v->op->err.code != CONFLICT)
		return false;
	err_clear(&v->op->err);
	form_fault(&f, "what", str_of(visit_words(v, "Choose an answer.")));
	v->faulty = true, v->reply->status = 422;
	return task_show(v, &f, &t);
}

/* ---- all answers, before they are on the map ---- */

static struct str answer_said(struct visit *v, const struct answers *a, size_t q)
{
	struct buf b = BUF(64 << 10);
	if (a->set[q] == ANSWER_UNKNOWN)
		buf_printf(&b, "%s: " STR_FMT ", " STR_FMT, visit_words(v, "To be found out"), STR_ARG(a->person[q]), STR_ARG(day_words(v, a->due[q])));
	else if (a->set[q] == ANSWER_NONE)
		buf_put(&b, str_of(questions[q].sort == PERSON ? visit_words(v, "Nobody") : visit_words(v, "None")));
	for (struct str rest = a->set[q] & ANSWER_NAMED ? a->text[q] : (struct str){ NULL, 0 }, one; rest.p;) {
		one = str_split(&rest, '\n');
		buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(one));
	}
	for (size_t i = 0; i < questions[q].options; i++)
		if (a->set[q] >> i & 1)
			buf_printf(&b, "%s%s", b.n ? "; " : "", in(v, &questions[q].option[i].label));
	struct str text = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return text;
}

/* What is alike but for where it comes from is one line: "Van 1 reader, Van 2 reader"; then likewise by where it goes. */
static size_t ways_of(struct visit *v, const struct plan *p, const struct way_row **out)
{
	static const struct said manners[] = { [HANDS_ON] = say("passes on to"), [COPIES] = say("is copied to"), [SEES] = say("is seen by") };
	struct way_row *row = ARENA_ARRAY(v->op->a, struct way_row, p->flows + 1);
	bool *done = ARENA_ARRAY(v->op->a, bool, p->flows + 1);
	size_t n = 0;
	for (size_t i = 0; i < p->flows; i++) {
		const struct plan_flow *f = &p->flow[i];
		if (done[i])
			continue;
		struct str from = p->holder[f->from].name;
		for (size_t k = i + 1; k < p->flows; k++) {
			const struct plan_flow *g = &p->flow[k];
			if (g->to != f->to || g->manner != f->manner || g->kinds != f->kinds)
				continue;
			from = arena_say(v->op->a, STR_FMT ", " STR_FMT, STR_ARG(from), STR_ARG(p->holder[g->from].name));
			done[k] = true;
		}
		struct str what = kinds_words(v, f->kinds), to = p->holder[f->to].name;
		size_t r = 0;
		while (r < n && !(str_eq(row[r].from, from) && row[r].manner.english == manners[f->manner].english && str_eq(row[r].kinds, what)))
			r++;
		if (r < n)
			row[r].to = arena_say(v->op->a, STR_FMT ", " STR_FMT, STR_ARG(row[r].to), STR_ARG(to));
		else
			row[n++] = (struct way_row){ from, to, what, manners[f->manner] };
	}
	*out = row;
	return n < WAYS_SHOWN ? n : WAYS_SHOWN;
}

/* What last time's answers say on the map and these do not. */
static void ends_of(struct visit *v, const struct plan *last, const struct plan *now, struct check_view *w)
{
	struct plan ending = *last;
	ending.flow = ARENA_ARRAY(v->op->a, struct plan_flow, last->flows + 1);
	ending.flows = 0;
	for (size_t i = 0; i < last->flows; i++) {
		const struct plan_flow *f = &last->flow[i];
		kinds left = f->kinds;
		for (size_t k = 0; k < now->flows; k++) {
			const struct plan_flow *g = &now->flow[k];
			const struct plan_holder *from = &now->holder[g->from], *to = &now->holder[g->to];
			if (g->manner == f->manner && from->sort == last->holder[f->from].sort && to->sort == last->holder[f->to].sort &&
			    str_eq(from->name, last->holder[f->from].name) && str_eq(to->name, last->holder[f->to].name))
				left &= ~g->kinds;
		}
		if (left) {
			ending.flow[ending.flows] = *f;
			ending.flow[ending.flows++].kinds = left;
		}
	}
	w->ends = ways_of(v, &ending, &w->end);
}

/* Names of the answer of last time that are not among these. */
static struct str taken_out(struct visit *v, const struct answers *last, const struct answers *now, size_t q)
{
	struct str out = STR("");
	for (struct str rest = last->set[q] == ANSWER_NAMED && questions[q].kind == ANSWER_NAMES ? last->text[q] : (struct str){ NULL, 0 }; rest.p;) {
		struct str one = str_split(&rest, '\n');
		if (now->set[q] != ANSWER_NAMED || !str_lists(now->text[q], one))
			out = arena_say(v->op->a, STR_FMT "%s" STR_FMT, STR_ARG(out), out.n ? ", " : "", STR_ARG(one));
	}
	return out;
}

static struct str left_said(struct visit *v, const struct left_out *l)
{
	for (size_t k = 0; k < left_choices_n; k++)
		if (l->is != LEFT_UNASKED && left_choices[k].is == l->is)
			return str_of(in(v, &left_choices[k].label));
	return arena_say(v->op->a, "%s: " STR_FMT ", " STR_FMT, visit_words(v, "To be found out"), STR_ARG(l->person), STR_ARG(day_words(v, l->due)));
}

/* What was looked at: answers that another tab changed meanwhile are not put on the map unseen. */
static struct str answers_mark(struct visit *v, const struct answers *a, const struct left_out *l, size_t n)
{
	struct sha256 h;
	uint8_t mark[32];
	sha256_start(&h);
	for (size_t q = 0; q < questions_n; q++) {
		sha256_add(&h, a->text[q]);
		sha256_add(&h, STR("\n\n"));
	}
	for (size_t i = 0; i < n; i++)
		sha256_add(&h, arena_say(v->op->a, "%lld %d\n", (long long)l[i].reader.n, (int)l[i].is));
	sha256_end(&h, mark);
	return hex(v->op->a, mark, 16);
}

static bool check_show(struct visit *v, struct form *f)
{
	struct walk now, last;
	struct plan p, before;
	struct check_view w = { .form = f };
	bool asked[QUESTIONS_MAX], was[QUESTIONS_MAX], open;
	struct left_out *l, one;
	size_t lefts;
	if (!payment_draft(v->op, &now) || !payment_in_force(v->op, &last) || !payment_plan(v->op, &now.answers, &p) || !payment_plan(v->op, &last.answers, &before) || !payment_left(v->op, &now, &l, &lefts) ||
	    !left_next(v->op, &now, &one, &open))
		return false;
	if (question_next(&now.answers, 0) < questions_n || open)
		return go_on(v);
	questions_asked(&now.answers, asked);
	questions_asked(&last.answers, was);
	struct answered_row *gone = ARENA_ARRAY(v->op->a, struct answered_row, questions_n + 1);
	struct part_rows *part = ARENA_ARRAY(v->op->a, struct part_rows, walk_parts_n + 1);
	for (size_t i = 0; i < walk_parts_n; i++) {
		struct answered_row *row = ARENA_ARRAY(v->op->a, struct answered_row, walk_parts[i].n + 1);
		size_t n = 0;
		for (size_t q = walk_parts[i].first; q < walk_parts[i].first + walk_parts[i].n; q++) {
			bool changed = last.id && payment_changed(&last.answers, &now.answers, q);
			w.changed += changed;
			if (changed && !asked[q])
				gone[w.gones++] = (struct answered_row){ .ask = in(v, &questions[q].ask), .before = answer_said(v, &last.answers, q) };
			if (!asked[q])
				continue;
			row[n++] = (struct answered_row){ { .s = question_path(v, q, true) }, in(v, &questions[q].ask), answer_said(v, &now.answers, q), changed,
				changed && was[q] ? answer_said(v, &last.answers, q) : STR(""), changed && was[q] ? taken_out(v, &last.answers, &now.answers, q) : STR("") };
		}
		if (n)
			part[w.parts++] = (struct part_rows){ in(v, &walk_parts[i].title), row, n };
	}
	struct answered_row *row = ARENA_ARRAY(v->op->a, struct answered_row, lefts + 1);
	for (size_t i = 0; i < lefts; i++)
		row[i] = (struct answered_row){ { .s = left_path(v, l[i].reader) }, left_ask(v->op->a, l[i].name, spanish(v)).p, left_said(v, &l[i]), false, STR(""), STR("") };
	if (lefts)
		part[w.parts++] = (struct part_rows){ visit_words(v, "Other readers"), row, lefts };
	w.part = part, w.again = last.id, w.mark = answers_mark(v, &now.answers, l, lefts);
	w.ways = ways_of(v, &p, &w.way), w.gone = gone;
	if (last.id)
		ends_of(v, &before, &p, &w);
	v->back = STR("/payment");
	page_payment_check(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Check your answers")));
}

bool payment_check_page(struct visit *v)
{
	return check_show(v, &(struct form){ 0 });
}

bool payment_apply_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct walk now;
	struct left_out *l;
	size_t lefts;
	if (!payment_draft(v->op, &now) || !payment_left(v->op, &now, &l, &lefts))
		return false;
	if (!str_eq(visit_text(v, "seen"), answers_mark(v, &now.answers, l, lefts))) {
		form_fault(&f, "", str_of(visit_words(v, "The answers were changed meanwhile. Look at them once more.")));
		return check_show(v, &f);
	}
	act_begin(v, &a, "payment apply");
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/payment"));
	act_fault(v, &f);
	return check_show(v, &f);
}

/* ---- the questionnaire ---- */

bool saq_page(struct visit *v)
{
	struct saq_view w = { .may = v->session->login.role & ROLES_LEAD };
	struct walk now;
	struct assessment s;
	struct saq_advice advice;
	size_t n;
	const struct requirement *r = saq_requirements(&n);
	if (!payment_in_force(v->op, &now))
		return false;
	if (!now.id)
		return visit_see(v, STR("/payment"));
	saq_assess(&now.answers, &s);
	saq_advise(&now.answers, &advice);
	w.say = saq_say(v->op->a, &s, spanish(v)), w.advice = saq_advice_say(v->op->a, &s, &advice, spanish(v)), w.form = str_of(saq_name(s.fit.form)), w.code_kept = s.code_kept;
	struct str *each = ARENA_ARRAY(v->op->a, struct str, s.n + 1);
	for (size_t i = 0; s.several && i < s.n; i++)
		each[w.eachs++] = arena_say(v->op->a, "%s: %s", in(v, &walk_parts[s.all[i].part].title), saq_name(s.all[i].form));
	struct requirement_row *ours = ARENA_ARRAY(v->op->a, struct requirement_row, n), *rest = ARENA_ARRAY(v->op->a, struct requirement_row, n);
	for (size_t i = 0; i < n; i++) {
		struct answered e;
		if (!(r[i].forms & 1u << s.fit.form))
			continue;
		if (!saq_evidence(v->op, r[i].answered_by, spanish(v), &e))
			return false;
		struct requirement_row row = { r[i].id, spanish(v) ? r[i].gist_es : r[i].gist, e.say, e.there };
		if (r[i].answered_by.n)
			ours[w.ours_n++] = row;
		else
			rest[w.rest_n++] = row;
		w.there += e.there;
	}
	w.each = each, w.ours = ours, w.rest = rest;
	v->back = STR("/payment");
	page_saq(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "The questionnaire")));
}

bool saq_table_page(struct visit *v)
{
	v->reply->type = "text/csv; charset=utf-8";
	reply_head(v->reply, "Content-Disposition", STR("attachment; filename=\"saq.csv\""));
	return saq_csv(v->op, spanish(v), &v->reply->body);
}

bool saq_letter_page(struct visit *v)
{
	int fd = memfd_create("saq", MFD_CLOEXEC);
	return pdf_answer(v, fd, fd >= 0 && saq_pdf(v->op, spanish(v), fd), PDF_MAX, "saq");
}
