/* response - the work of an incident in pages: what to do, the provider, the phone, the cost, the updates, the record. */
#include "act.h"
#include "response.h"
#include "services.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PDF_MAX = 8 << 20, PARAGRAPHS = 60 };

static bool spanish(const struct visit *v)
{
	return v->o->language == SPANISH;
}

static bool incident_of(struct visit *v, struct incident *i)
{
	if (!incident_get(v->op, path_number(v, "n"), i))
		return false;
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)i->id);
	return true;
}

static struct str page_of(struct visit *v, const char *what)
{
	return arena_say(v->op->a, "/incident/" STR_FMT "/%s", STR_ARG(pair_text(v->ask->param, "n")), what);
}

/* A text as its lines that say something. */
static struct str *paragraphs_of(struct visit *v, struct str text, size_t *n)
{
	struct str *out = ARENA_ARRAY(v->op->a, struct str, PARAGRAPHS);
	for (*n = 0; text.p && *n < PARAGRAPHS;) {
		struct str line = str_trim(str_split(&text, '\n'));
		if (line.n)
			out[(*n)++] = line;
	}
	return out;
}

/* ---- what to do ---- */

/* Where a task is done, in the desk's own pages; nowhere for whoever may not go there. */
static void work_link(struct visit *v, int64_t incident, struct str page, struct work_row *r)
{
	static const struct { const char *page, *path; unsigned roles; struct said words; } pages[] = {
		{ "provider", "/provider", ROLES_LEAD, say("Our questions to the provider") }, { "phone", "/phone", ROLES_ALL, say("What to say on the phone") },
		{ "obligations", "/obligations", ROLES_LEAD, say("Whom to tell, by when") }, { "draft", "", ROLES_ALL, say("The notice") },
		{ "measures", "/measures", ROLES_LEAD, say("What we do about it") }, { "updates", "/updates", ROLES_LEAD, say("When customers hear again") },
		{ "import", NULL, ROLES_LEAD, say("Import") },
	};
	for (size_t i = 0; i < LENGTH(pages); i++)
		if (str_eq(page, str_of(pages[i].page)) && v->session->login.role & pages[i].roles) {
			r->link.s = pages[i].path ? arena_say(v->op->a, "/incident/%lld%s", (long long)incident, pages[i].path) : STR("/import");
			r->link_words = pages[i].words;
		}
}

static bool row_of(struct visit *v, int64_t incident, const struct work *w, struct work_row *r)
{
	struct person by;
	*r = (struct work_row){ .name = w->name, .what = w->what, .why = w->why, .who = w->who, .call = w->call, .due = !w->due ? STR("") : w->due < FAR_OFF ? due_words(v, w->due) : str_of(visit_words(v, "the end of the hold")), .clock = w->clock, .reason = w->reason, .late = w->late,
		.skipped = w->state == WORK_SKIPPED, .at = w->state == WORK_OPEN ? STR("") : day_words(v, w->at) };
	if (w->by && !person_get(v->op, w->by, &by))
		return false;
	if (w->by)
		r->by = by.name;
	work_link(v, incident, w->page, r);
	return true;
}

static bool work_show(struct visit *v, struct form *f)
{
	struct work_view w = { .form = f, .may = v->session->login.role & ROLES_WORK };
	struct work *all;
	size_t n;
	if (!incident_of(v, &w.i) || !work_list(v->op, w.i.id, spanish(v), &all, &n))
		return false;
	struct work_row *row = ARENA_ARRAY(v->op->a, struct work_row, n + 1);
	for (size_t k = 0; k < n; k++) {
		if (!row_of(v, w.i.id, &all[k], &row[k]))
			return false;
		w.nows += all[k].now, w.dones += all[k].state != WORK_OPEN;
	}
	w.laters = n - w.nows - w.dones;
	w.now = row, w.later = row + w.nows, w.done = row + w.nows + w.laters;
	page_work(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What to do")));
}

bool work_page(struct visit *v)
{
	return work_show(v, &(struct form){ 0 });
}

bool work_add_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "incident task");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "what", visit_text(v, "what"));
	act_give(v, &a, "who", visit_text(v, "who"));
	act_give(v, &a, "by", form_date_text(v->op->a, v->ask->form, "by"));
	bool good = visit_text(v, "what").n && act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, page_of(v, "work"));
	if (visit_text(v, "what").n)
		act_fault(v, &f);
	else
		form_fault(&f, "what", str_of(visit_words(v, "Say in a sentence what is to be done."))), v->faulty = true;
	return work_show(v, &f);
}

static bool task_show(struct visit *v, struct form *f)
{
	struct task_view w = { .form = f, .lead = v->session->login.role & ROLES_LEAD };
	struct work *all;
	struct str name = pair_text(v->ask->param, "task");
	size_t n;
	if (!incident_of(v, &w.i) || !work_list(v->op, w.i.id, spanish(v), &all, &n))
		return false;
	v->back = page_of(v, "work");
	for (size_t k = 0; k < n; k++) {
		if (!str_eq(all[k].name, name))
			continue;
		if (!row_of(v, w.i.id, &all[k], &w.row))
			return false;
		w.open = all[k].state == WORK_OPEN;
		page_work_task(v->o, &w);
		return visit_show(v, str_of(visit_words(v, "A task")));
	}
	return err_set(&v->op->err, NOT_FOUND, "task", "There is no such task in this incident.");
}

bool work_task_page(struct visit *v)
{
	return task_show(v, &(struct form){ 0 });
}

bool work_task_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct str what = visit_text(v, "do");
	act_begin(v, &a, "incident task");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "task", pair_text(v->ask->param, "task"));
	if (str_eq(what, STR("done")) || str_eq(what, STR("skip")) || str_eq(what, STR("again")))
		act_flag(v, &a, arena_str(v->op->a, what).p);
	if (str_eq(what, STR("give"))) {
		act_give(v, &a, "who", visit_text(v, "who"));
		act_give(v, &a, "by", form_date_text(v->op->a, v->ask->form, "by"));
	} else if (!str_eq(what, STR("again"))) {
		act_give(v, &a, "reason", visit_text(v, "reason"));
	}
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, page_of(v, "work"));
	if (str_eq(what, STR("skip")) && v->op->err.code != REFUSED && !visit_text(v, "reason").n)
		err_clear(&v->op->err), form_fault(&f, "reason", str_of(visit_words(v, "Say why it is left away. It is kept for whoever asks later."))), v->faulty = true;
	else
		act_fault(v, &f);
	return task_show(v, &f);
}

/* ---- the provider ---- */

static struct str holder_word(struct visit *v, const struct holder *h)
{
	return arena_say(v->op->a, "%s:" STR_FMT, sort_name(h->sort), STR_ARG(h->name));
}

/* The manner in which the incident suspects it, as a page's form says it; empty: not at all. */
static const char *manner_of(const struct incident *i, holder_id id)
{
	for (size_t k = 0; k < i->n; k++)
		if (i->suspicion[k].holder.n == id.n)
			return manner_name(i->suspicion[k].manner);
	return "";
}

static bool answers_fill(struct visit *v, const struct incident *i, struct provider_view *w)
{
	struct provider_answer *a;
	struct buf b = BUF(4000);
	if (!provider_answers(v->op, i->id, &a, &w->rows))
		return false;
	struct heard_row *row = ARENA_ARRAY(v->op->a, struct heard_row, w->rows + 1);
	bool good = true;
	for (size_t k = 0; good && k < w->rows; k++) {
		struct holder h;
		struct difference d;
		good = map_holder(v->op, a[k].holder, &h) && answer_change(v->op, i->id, &a[k], &d, &row[k].differs);
		if (!good)
			break;
		row[k].at = day_words(v, a[k].said), row[k].provider = h.name, row[k].who = a[k].who, row[k].what = a[k].what, row[k].from = a[k].from, row[k].to = a[k].to;
		if (!row[k].differs)
			continue;
		row[k].adds = (int64_t)bits_count(&d.added), row[k].drops = (int64_t)bits_count(&d.dropped);
		bits_close(&d.added);
		bits_close(&d.dropped);
		struct html address = { .b = &b };
		const struct { const char *name; struct str value; } part[] = { { "holder", holder_word(v, &h) }, { "from", a[k].from }, { "to", a[k].to }, { "how", a[k].only.n ? a[k].only : STR("both") }, { "look", STR("yes") } };
		buf_clear(&b);
		for (size_t p = 0; p < LENGTH(part); p++) {
			buf_printf(&b, "%s%s=", p ? "&" : "", part[p].name);
			html_url_str(&address, part[p].value);
		}
		row[k].change.s = arena_say(v->op->a, STR_FMT "?" STR_FMT, STR_ARG(page_of(v, "change")), STR_ARG(buf_str(&b)));
	}
	buf_free(&b);
	w->row = row;
	return good;
}

/* The one that is asked for, else the first; false: nobody is to be asked. */
static bool provider_chosen(struct visit *v, struct holder *all, size_t n, struct str asked, struct holder *h)
{
	for (size_t k = 0; k < n; k++)
		if (!asked.n || str_eq(asked, holder_word(v, &all[k]))) {
			*h = all[k];
			return true;
		}
	return false;
}

static bool provider_show(struct visit *v, struct form *f)
{
	struct provider_view w = { .form = f };
	struct holder *all, h;
	struct str text, asked = pair_text(v->ask->query, "holder");
	size_t n;
	if (!incident_of(v, &w.i) || !response_providers(v->op, &w.i, &all, &n) || !answers_fill(v, &w.i, &w))
		return false;
	struct form_choice *other = ARENA_ARRAY(v->op->a, struct form_choice, n + 1);
	for (size_t k = 0; k < n; k++)
		other[k] = (struct form_choice){ .value = holder_word(v, &all[k]), .text = all[k].name };
	w.other = other, w.others = n;
	if (provider_chosen(v, all, n, asked.n ? asked : visit_text(v, "holder"), &h)) {
		struct service s;
		if (!service_get(v->op, h.id, &s))
			return false;
		w.name = h.name, w.contact = s.contact, w.holder = holder_word(v, &h);
		if (!provider_letter(v->op, w.i.id, &h, spanish(v), &text, -1))
			return false;
		w.paragraph = paragraphs_of(v, text, &w.paragraphs);
	}
	page_provider(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Ask the provider")));
}

bool provider_page(struct visit *v)
{
	return provider_show(v, &(struct form){ 0 });
}

bool provider_answer_do(struct visit *v)
{
	static const char *const dates[] = { "from", "to" };
	struct form f = { .given = v->ask->form };
	struct incident i;
	struct holder h;
	struct act a;
	struct str holder = visit_text(v, "holder"), day[2];
	if (!incident_of(v, &i) || !map_find(v->op, holder, &h))
		return false;
	for (size_t d = 0; d < LENGTH(dates); d++)
		day[d] = form_date_text(v->op->a, v->ask->form, dates[d]);
	for (size_t d = 0; d < LENGTH(dates); d++)               /* one bound alone: of the other they said nothing */
		day[d] = !day[d].n && day[1 - d].n ? STR("unknown") : day[d];
	act_begin(v, &a, "incident answer");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "holder", holder);
	act_give(v, &a, "who", visit_text(v, "who"));
	act_give(v, &a, "said", visit_text(v, "said"));
	act_give(v, &a, "on", form_date_text(v->op->a, v->ask->form, "on"));
	act_give(v, &a, "from", day[0]);
	act_give(v, &a, "to", day[1]);
	const char *manner = manner_of(&i, h.id);
	if (day[0].n && (strcmp(manner, "passing") == 0 || strcmp(manner, "kept") == 0))
		act_give(v, &a, "only", str_of(manner));
	if (!visit_text(v, "who").n)
		form_fault(&f, "who", str_of(visit_words(v, "Say who said it: a name, or a department.")));
	if (!visit_text(v, "said").n)
		form_fault(&f, "said", str_of(visit_words(v, "Write down what was said.")));
	bool good = !f.n && act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, page_of(v, "provider"));
	if (f.n)
		v->faulty = true;
	else
		act_fault(v, &f);
	return provider_show(v, &f);
}

/* What `fill` draws, to be kept or printed. */
bool pdf_answer(struct visit *v, int fd, bool drawn, int64_t most, const char *name)
{
	struct stat st;
	bool good = drawn && fstat(fd, &st) == 0 && st.st_size <= most;
	char *to = good ? buf_space(&v->reply->body, (size_t)st.st_size) : NULL;
	good = to && pread(fd, to, (size_t)st.st_size, 0) == st.st_size;
	if (fd >= 0)
		close(fd);
	if (!good)                                               /* a reason that was given counts */
		return err_set(&v->op->err, OUTSIDE, NULL, "The letter could not be made.");
	v->reply->type = "application/pdf";
	reply_head(v->reply, "Content-Disposition", arena_say(v->op->a, "attachment; filename=\"%s.pdf\"", name));
	return true;
}

static bool in_spanish(struct visit *v)
{
	return str_eq(pair_text(v->ask->query, "language"), STR("es"));
}

bool provider_pdf(struct visit *v)
{
	struct incident i;
	struct holder h;
	struct str text;
	if (!incident_of(v, &i) || !map_find(v->op, pair_text(v->ask->query, "holder"), &h))
		return false;
	int fd = memfd_create("letter", MFD_CLOEXEC);
	return (fd >= 0 || err_errno(&v->op->err, "memory for the letter")) && pdf_answer(v, fd, provider_letter(v->op, i.id, &h, in_spanish(v), &text, fd), PDF_MAX, "questions");
}

/* ---- when customers ring ---- */

bool phone_page(struct visit *v)
{
	struct phone_view w = { 0 };
	struct phone_line *line;
	if (!incident_of(v, &w.i) || !phone_lines(v->op, w.i.id, spanish(v), &line, &w.lines))
		return false;
	w.line = line;
	page_phone(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "When customers ring")));
}

/* ---- what it costs ---- */

static bool cost_show(struct visit *v, struct form *f)
{
	static const struct { const char *unit; struct said words; } units[] = { { "cents", say("cents") }, { "percent", say("percent") }, { "seconds", say("seconds") }, { "minutes", say("minutes") } };
	struct cost_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD };
	struct cost c;
	struct counts now;
	if (!incident_of(v, &w.i) || !counts_of(v, &w.i, &now, NULL, &w.counted) || !cost_of(v->op, w.i.id, spanish(v), &c))
		return false;
	struct cost_row *row = ARENA_ARRAY(v->op->a, struct cost_row, c.lines + 1);
	for (size_t k = 0; k < c.lines; k++)
		row[w.rows++] = (struct cost_row){ c.line[k].what, thousands(v, c.line[k].count), c.line[k].cents ? money_words(v, c.line[k].cents) : STR(""), c.line[k].minutes ? hours_words(v, c.line[k].minutes) : STR("") };
	struct assumed_row *assumed = ARENA_ARRAY(v->op->a, struct assumed_row, c.assumptions + 1);
	for (size_t k = 0; k < c.assumptions; k++) {
		const struct assumption *a = &c.assumption[k];
		assumed[k] = (struct assumed_row){ .name = arena_str(v->op->a, a->name).p, .what = a->what, .source = a->source, .value = arena_say(v->op->a, "%lld", (long long)a->value), .unit = "", .told = a->told };
		for (size_t u = 0; u < LENGTH(units); u++)
			if (str_eq(a->unit, str_of(units[u].unit)))
				assumed[k].unit = visit_words(v, units[u].words.english);
	}
	w.row = row, w.assumed = assumed, w.assumptions = c.assumptions, w.known = c.known;
	w.money = money_words(v, c.cents), w.hours = hours_words(v, c.minutes), w.all = money_words(v, c.all_cents);
	page_cost(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What it will cost")));
}

bool cost_page(struct visit *v)
{
	return cost_show(v, &(struct form){ 0 });
}

/* Those that were changed; the first that is wrong ends it, and is told beside its field. */
bool cost_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct cost c;
	struct incident i;
	if (!incident_of(v, &i) || !cost_of(v->op, i.id, spanish(v), &c))
		return false;
	for (size_t k = 0; k < c.assumptions && !f.n; k++) {
		const char *name = arena_str(v->op->a, c.assumption[k].name).p;
		struct str typed = visit_text(v, name);
		struct act a;
		if (!pair_has(v->ask->form, name) || str_eq(typed, arena_say(v->op->a, "%lld", (long long)c.assumption[k].value)))
			continue;
		act_begin(v, &a, "incident assume");
		act_give(v, &a, "name", c.assumption[k].name);
		act_give(v, &a, "value", typed);
		bool good = act_do(v, &a);
		act_end(&a);
		if (good)
			continue;
		snprintf(v->op->err.field, sizeof v->op->err.field, "%s", name);
		act_fault(v, &f);
	}
	return f.n ? cost_show(v, &f) : visit_see(v, page_of(v, "cost"));
}

/* ---- updates ---- */

/* The markup as a reader sees it: headings and paragraphs of one language, with what each customer's own stands for. */
static struct str *words_shown(struct visit *v, struct str text, size_t *n)
{
	struct str mark = spanish(v) ? STR("%% es\n") : STR("%% en\n");
	const char *at = memmem(text.p, text.n, mark.p, mark.n);
	struct str body = at ? (struct str){ at + mark.n, text.n - (size_t)(at + mark.n - text.p) } : text;
	const char *end = memmem(body.p, body.n, "\n%% ", 4);
	return paragraphs_of(v, end ? (struct str){ body.p, (size_t)(end - body.p) } : body, n);
}

static bool updates_show(struct visit *v, struct form *f)
{
	struct updates_view w = { .form = f };
	struct str text;
	if (!incident_of(v, &w.i) || !update_plan(v->op, &w.i, &w.u) || !update_words(v->op, w.i.id, w.u.closing, STR(""), STR(""), &text))
		return false;
	w.due = day_words(v, w.u.due), w.last = day_words(v, w.u.last), w.every = arena_say(v->op->a, "%lld", (long long)w.u.every);
	w.paragraph = words_shown(v, text, &w.paragraphs);
	w.closed = w.i.closed < FAR_OFF;
	page_updates(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "When customers hear again")));
}

bool updates_page(struct visit *v)
{
	return updates_show(v, &(struct form){ 0 });
}

bool updates_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct str what = visit_text(v, "do");
	bool draft = str_eq(what, STR("draft")) || str_eq(what, STR("closing"));
	act_begin(v, &a, "incident update");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	if (draft) {
		act_flag(v, &a, "draft");
		if (str_eq(what, STR("closing")))
			act_flag(v, &a, "closing");
		act_give(v, &a, "news", visit_text(v, "news"));
		act_give(v, &a, "news-es", visit_text(v, "news-es"));
	} else {
		act_give(v, &a, "every", visit_text(v, "every"));
	}
	bool good = act_do(v, &a);
	struct str round = act_text(v, &a, "round"), number = round;
	act_end(&a);
	str_split(&number, '.');
	if (good && draft && number.p)
		return visit_see(v, arena_say(v->op->a, STR_FMT "/" STR_FMT, STR_ARG(page_of(v, "round")), STR_ARG(number)));
	if (good)
		return visit_see(v, page_of(v, "updates"));
	act_fault(v, &f);
	return updates_show(v, &f);
}

/* ---- the record ---- */

bool record_page(struct visit *v)
{
	struct record_view w = { 0 };
	struct record r;
	if (!incident_of(v, &w.i) || !record_of(v->op, w.i.id, spanish(v), &r))
		return false;
	struct moment_row *row = ARENA_ARRAY(v->op->a, struct moment_row, r.n + 1);
	for (size_t k = 0; k < r.n; k++)
		row[k] = (struct moment_row){ moment_words(v, r.moment[k].at), mask_said(v, r.moment[k].say), r.moment[k].by, moment_entry(v->op, &r.moment[k]) };
	w.row = row, w.rows = r.n, w.root = r.root, w.size = r.size, w.signed_size = r.signed_size, w.cut = r.cut;
	page_record(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Timeline")));
}

bool record_pdf_page(struct visit *v)
{
	struct incident i;
	if (!incident_of(v, &i))
		return false;
	int fd = memfd_create("timeline", MFD_CLOEXEC);
	return (fd >= 0 || err_errno(&v->op->err, "memory for the page")) && pdf_answer(v, fd, record_pdf(v->op, i.id, in_spanish(v), fd), PDF_MAX, "timeline");
}
