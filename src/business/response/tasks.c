/* tasks - the worklist: what the data say applies to this incident, what was added by hand, and what was decided of each. */
#include "response_int.h"
#include "laws.h"
#include "log.h"
#include "payment.h"
#include "response_data.h"
#include "response_sql.h"
#include "services.h"

#include <inttypes.h>
#include <stdlib.h>

enum { OWN_MAX = 50, AHEAD_MAX = 366 };                 /* added by hand to one incident; days ahead that something may be due */

/* ---- whom to call ---- */

/* The first line answered to a question of the walk-through; empty: none. */
static bool answered_line(struct op *op, const char *question, struct str *out)
{
	struct walk w;
	size_t q;
	*out = STR("");
	if (!payment_in_force(op, &w))
		return false;
	if (question_named(str_of(question), &q) && w.answers.set[q] & ANSWER_NAMED) {
		struct str text = w.answers.text[q];
		*out = str_split(&text, '\n');
	}
	return true;
}

/* Each with the contact for such a case, as the register of services knows it. */
static bool providers_called(struct op *op, const struct facts *f, struct str *call)
{
	struct buf b = BUF(2000);
	struct service s;
	bool good = true;
	for (size_t h = 0; good && h < f->n; h++) {
		if (f->holder[h].sort != SERVICE || map_own(f->holder[h].id))
			continue;
		good = service_get(op, f->holder[h].id, &s);
		if (good)
			buf_printf(&b, "%s" STR_FMT "%s" STR_FMT, b.n ? "; " : "", STR_ARG(s.name), s.contact.n ? ": " : "", STR_ARG(s.contact));
	}
	*call = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return good;
}

static bool call_of(struct op *op, const struct facts *f, struct str whom, struct str *call)
{
	struct str name, phone;
	*call = STR("");
	if (str_eq(whom, STR("provider")))
		return providers_called(op, f, call);
	if (!answered_line(op, "provider", &name) || !answered_line(op, "provider.phone", &phone))
		return false;
	if (name.n && phone.n)
		*call = arena_say(op->a, STR_FMT ": " STR_FMT, STR_ARG(name), STR_ARG(phone));
	else
		*call = name.n ? name : phone;
	return true;
}

/* ---- the data ---- */

/* One task as the data give it; `applies` once its conditions were looked at. */
struct told_task { struct str name, what[2], why[2], who, event, clock, call, seen, page, sorts; int64_t days, minutes; bool applies; };

/* The next of the data, with what of it depends on the facts. */
static bool task_next(struct str *text, const struct facts *f, struct told_task *t)
{
	struct line l;
	struct str *said = NULL;
	bool begun = false;
	*t = (struct told_task){ .applies = true };
	for (struct str ahead = *text; str_entry(&ahead, &l.word, &l.rest); *text = ahead) {
		if (str_eq(l.word, STR("task"))) {
			if (begun)
				return true;
			begun = true, t->name = l.rest;
		} else if (str_eq(l.word, STR("what")) || str_eq(l.word, STR("why"))) {
			said = l.word.p[2] == 'a' ? t->what : t->why;
			said[0] = l.rest;
		} else if (str_eq(l.word, STR("es"))) {
			said[1] = l.rest;
		} else if (str_eq(l.word, STR("who"))) {
			t->who = l.rest;
		} else if (str_eq(l.word, STR("by"))) {
			t->event = str_split(&l.rest, ' ');
			str_i64(l.rest, &t->days);
		} else if (str_eq(l.word, STR("clock"))) {
			t->clock = l.rest;
		} else if (str_eq(l.word, STR("minutes"))) {
			str_i64(l.rest, &t->minutes);
		} else if (str_eq(l.word, STR("if"))) {
			t->applies &= facts_hold(f, l.rest);
			if (str_starts(l.rest, STR("sort ")))
				t->sorts = (struct str){ l.rest.p + 5, l.rest.n - 5 };
		} else if (str_eq(l.word, STR("call"))) {
			t->call = l.rest;
		} else if (str_eq(l.word, STR("seen"))) {
			t->seen = l.rest;
		} else if (str_eq(l.word, STR("page"))) {
			t->page = l.rest;
		}
	}
	*text = (struct str){ 0 };
	return begun;
}

static int64_t last_second(struct op *op, int64_t at, int64_t days)
{
	struct civil c = civil_of(zone_local(op->zone, at) + days * DAY);
	c.hour = 23, c.minute = 59, c.second = 59;
	return zone_instant(op->zone, civil_seconds(&c)).at;
}

static int64_t due_of(struct op *op, const struct facts *f, const struct told_task *t)
{
	int64_t from = str_eq(t->event, STR("opened")) ? f->i.opened : str_eq(t->event, STR("told")) ? f->told : f->i.discovered;
	int64_t due = last_second(op, from, t->days), first = last_second(op, f->i.opened, 0);       /* nobody is late before the list was there */
	return due > first ? due : first;
}

/* Leaves those obligations that no office or partner was told of yet. */
static bool unmet(struct op *op, int64_t incident, struct obligation *d, size_t *n)
{
	struct sql_filed q;
	size_t m = 0;
	if (!sql_filed(op, incident, &q))
		return false;
	while (sql_filed_next(op, &q))
		for (size_t i = 0; i < *n; i++)
			if ((int64_t)d[i].to == q.party && str_eq(d[i].code, q.code))
				d[i].force = LAW_NONE;
	for (size_t i = 0; i < *n; i++)
		if (d[i].force != LAW_NONE)
			d[m++] = d[i];
	*n = m;
	return op->err.code == OK;
}

/* The strictest clock about one of these parties; NULL: none does. Those that only a lawyer can tell count when no other does. */
static const struct obligation *strictest(const struct obligation *d, size_t n, struct str parties)
{
	const struct obligation *best = NULL;
	for (size_t i = 0; i < n; i++)
		for (struct str rest = parties; rest.p;) {
			if (!str_eq(str_split(&rest, ' '), str_of(obligee_name(d[i].to))))
				continue;
			bool sure = d[i].force > LAW_LOOK, best_sure = best && best->force > LAW_LOOK;
			if (!best || sure > best_sure || (sure == best_sure && d[i].by < best->by))
				best = &d[i];
		}
	return best;
}

/* The law's day counts as it is: when it is past, the task is late. "sooner": the house's day stays where it comes first. */
static void clock_set(struct op *op, const struct told_task *t, const struct obligation *d, size_t n, bool spanish, struct work *w)
{
	struct str parties = t->clock, sooner = STR(" sooner");
	bool keep = parties.n > sooner.n && memcmp(parties.p + parties.n - sooner.n, sooner.p, sooner.n) == 0;
	if (keep)
		parties.n -= sooner.n;
	const struct obligation *o = t->clock.n ? strictest(d, n, parties) : NULL;
	if (!o)
		return;
	struct str whom = o->law ? o->law->name : o->whom;
	w->clock = o->by >= FAR_OFF ? arena_say(op->a, spanish ? STR_FMT ", detenido por la policía" : STR_FMT ", stopped by the police", STR_ARG(whom)) : arena_say(op->a, STR_FMT ", " STR_FMT, STR_ARG(whom), STR_ARG(when_due_text(op->a, op->zone, o->by, spanish ? "es" : "en")));
	w->due = keep && w->due < o->by ? w->due : o->by;
}

/* When what the task waits for was seen; 0: it was not. */
static bool seen_at(struct op *op, const struct facts *f, struct str what, int64_t *at)
{
	struct provider_answer *a;
	size_t n;
	*at = 0;
	if (!what.n || !facts_hold(f, what))
		return true;
	*at = str_eq(what, STR("approved")) ? f->approved : str_eq(what, STR("closed")) ? f->i.closed : 0;
	if (*at)
		return true;
	if (!provider_answers(op, f->i.id, &a, &n))
		return false;
	*at = n ? a[0].kept : op->now;
	return true;
}

static struct str role_said(struct str who, bool spanish)
{
	if (str_eq(who, STR("owner")))
		return spanish ? STR("quien es dueño") : STR("the owner");
	return str_eq(who, STR("lead")) ? spanish ? STR("quien dirige") : STR("whoever leads") : spanish ? STR("quien esté cerca") : STR("whoever is near");
}

/* ---- the list ---- */

struct listing { struct work *v; size_t n, room; };

static struct work *work_named(struct listing *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

static bool told_ones(struct op *op, const struct facts *f, bool spanish, struct listing *l)
{
	struct str text = data_tasks_txt;
	struct told_task t;
	struct obligation *owed = NULL;
	size_t owes = 0;
	if (!f->closed && f->risk && (!incident_obligations_counted(op, &f->i, &f->c, &owed, &owes) || !unmet(op, f->i.id, owed, &owes)))
		return false;
	while (task_next(&text, f, &t)) {
		if (!t.applies)
			continue;
		const struct place_value values[] = { { "holders", facts_holders(op, f, t.sorts, spanish) }, { "providers", facts_holders(op, f, STR("service"), spanish) } };
		struct work w = { .name = t.name, .what = filled(op, t.what[spanish], values, LENGTH(values)), .why = t.why[spanish], .who = role_said(t.who, spanish), .page = t.page,
			.due = due_of(op, f, &t), .minutes = (unsigned)t.minutes };
		if ((t.call.n && !call_of(op, f, t.call, &w.call)) || !seen_at(op, f, t.seen, &w.at))
			return false;
		w.state = w.at ? WORK_DONE : WORK_OPEN;
		clock_set(op, &t, owed, owes, spanish, &w);
		l->v = arena_more(op->a, l->v, l->n, &l->room, sizeof *l->v);
		l->v[l->n++] = w;
	}
	return true;
}

/* What was decided of them; what is kept of one that applies no more is shown only when something was done about it. */
static bool decided_ones(struct op *op, int64_t incident, struct listing *l)
{
	struct sql_incident_tasks q;
	if (!sql_incident_tasks(op, incident, &q))
		return false;
	while (sql_incident_tasks_next(op, &q)) {
		struct work *w = work_named(l, q.name);
		bool own = str_starts(q.name, STR("own-"));
		if (!w && !own && q.state == WORK_OPEN)
			continue;
		if (!w) {
			l->v = arena_more(op->a, l->v, l->n, &l->room, sizeof *l->v);
			w = &l->v[l->n++];
			*w = (struct work){ .name = q.name, .what = q.what, .own = own };
		}
		w->who = q.person.n ? q.person : w->who;
		if (q.due)                                       /* somebody's own day: the law's stands beside it */
			w->due = q.due;
		if (q.state != WORK_OPEN)
			w->state = (enum work_state)q.state, w->reason = q.reason, w->by = q.person_by, w->at = q.at;
	}
	return op->err.code == OK;
}

static int work_order(const void *a, const void *b)
{
	const struct work *x = a, *y = b;
	if (x->state != y->state)
		return x->state == WORK_OPEN ? -1 : y->state == WORK_OPEN ? 1 : (x->at > y->at) - (x->at < y->at);
	if (x->state != WORK_OPEN)
		return (x->at > y->at) - (x->at < y->at);
	return x->due != y->due ? (x->due > y->due) - (x->due < y->due) : (x->minutes >> 16 > y->minutes >> 16) - (x->minutes >> 16 < y->minutes >> 16);
}

bool work_list(struct op *op, int64_t incident, bool spanish, struct work **out, size_t *n)
{
	struct facts f;
	struct listing l = { 0 };
	if (!facts_of(op, incident, &f) || !told_ones(op, &f, spanish, &l) || !decided_ones(op, incident, &l))
		return false;
	for (size_t i = 0; i < l.n; i++)                         /* among equals as they stand: sorting alone does not keep that */
		l.v[i].minutes |= (unsigned)i << 16;
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, work_order);
	for (size_t i = 0; i < l.n; i++) {
		bool open = l.v[i].state == WORK_OPEN && !f.closed;
		l.v[i].minutes &= 0xFFFF;
		l.v[i].now = open && i < TASKS_NOW;
		l.v[i].late = open && l.v[i].due < op->now;
	}
	*out = l.v, *n = l.n;
	return true;
}

/* ---- verbs ---- */

static const char *state_name(const struct work *w)
{
	return w->state == WORK_DONE ? "done" : w->state == WORK_SKIPPED ? "skipped" : w->now ? "now" : "later";
}

static bool person_said(struct op *op, int64_t person, struct str *name)
{
	struct sql_person_name q;
	bool found;
	*name = STR("");
	if (!person)
		return true;
	if (!sql_person_name(op, person, &q, &found))
		return false;
	*name = found ? arena_str(op->a, q.name) : STR("");
	return true;
}

static bool work_row(struct op *op, const struct work *w, struct answer *answer)
{
	struct str by;
	if (!person_said(op, w->by, &by))
		return false;
	answer_row(answer);
	answer_text(answer, "task", w->name);
	answer_text(answer, "state", str_of(state_name(w)));
	answer_text(answer, "what", w->what);
	answer_text(answer, "why", w->why);
	answer_text(answer, "who", w->who);
	answer_text(answer, "call", w->call);
	answer_time(answer, "due", w->due);
	answer_text(answer, "clock", w->clock);
	answer_flag(answer, "late", w->late);
	answer_number(answer, "minutes", w->minutes);
	answer_text(answer, "reason", w->reason);
	answer_text(answer, "by", by);
	answer_time(answer, "at", w->state == WORK_OPEN ? FAR_OFF : w->at);
	answer_row_end(answer);
	if (w->state == WORK_OPEN) {
		answer_say(answer, "  %-15.*s " STR_FMT, STR_ARG(w->name), STR_ARG(w->what));
		answer_say(answer, "  %-15s " STR_FMT ", by " STR_FMT "%s%s" STR_FMT, "", STR_ARG(w->who), STR_ARG(w->due < FAR_OFF ? when_due_text(op->a, op->zone, w->due, "en") : STR("the end of the hold")), w->late ? " (late)" : "", w->call.n ? ". Call " : "", STR_ARG(w->call));
		if (w->clock.n)
			answer_say(answer, "  %-15s The strictest clock: " STR_FMT, "", STR_ARG(w->clock));
	} else {
		answer_say(answer, "  %-15.*s %s on " STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(w->name), state_name(w), STR_ARG(day_said(op, w->at, false)), by.n ? " by " : "", STR_ARG(by), w->reason.n ? ": " : "", STR_ARG(w->reason));
	}
	return true;
}

bool tasks_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct work *w;
	size_t n;
	bool spanish;
	if (!language_asked(op, args, &spanish) || !incident_named(op, args, &i) || !work_list(op, i.id, spanish, &w, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		bool first = !k || w[k].now != w[k - 1].now || (w[k].state == WORK_OPEN) != (w[k - 1].state == WORK_OPEN);
		if (first)
			answer_say(answer, w[k].now ? "Now:" : w[k].state == WORK_OPEN ? "Later:" : "Done or left away:");
		if (!work_row(op, &w[k], answer))
			return false;
		answer->attention |= w[k].late;
	}
	return true;
}

static bool due_asked(struct op *op, const struct args *args, int64_t *due)
{
	struct span s;
	*due = 0;
	if (!args_has(args, "by"))
		return true;
	if (!when_parse(args_text(args, "by"), op->zone, &s) || s.to > op->now + (int64_t)AHEAD_MAX * DAY)
		return err_set(&op->err, INVALID, "by", "--by is the day until which it is to be done, within a year, like 2026-11-30.");
	*due = s.date_only ? s.to - 1 : s.from;
	return true;
}

static bool own_name(struct op *op, int64_t incident, struct str *name)
{
	struct sql_incident_tasks_own q;
	bool found;
	if (!sql_incident_tasks_own(op, incident, &q, &found))
		return false;
	*name = arena_say(op->a, "own-%" PRId64, q.n + 1);
	return q.n < OWN_MAX || err_set(&op->err, TOO_BIG, "what", "At most %d tasks are added to one incident.", OWN_MAX);
}

bool task_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct work *all, w = { 0 };
	struct str name = args_text(args, "task"), what = args_text(args, "what"), who = args_text(args, "who"), reason = args_text(args, "reason");
	bool done = args_has(args, "done"), skip = args_has(args, "skip"), again = args_has(args, "again");
	int64_t due;
	struct span on = { .from = op->now };
	size_t n;
	if (!incident_named(op, args, &i) || !due_asked(op, args, &due) || !text_fits(op, "what", what) || !text_fits(op, "who", who) || !text_fits(op, "reason", reason) ||
	    !work_list(op, i.id, false, &all, &n))
		return false;
	if (done + skip + again > 1)
		return err_set(&op->err, INVALID, "done", "Say one of --done, --skip and --again.");
	if (skip && !reason.n)
		return err_set(&op->err, INVALID, "reason", "--reason says why it is left away. It is kept for whoever asks later.");
	if (!op_been(op, "on", args_text(args, "on"), &on))
		return false;
	if (!name.n && !what.n)
		return err_set(&op->err, INVALID, "what", "Name a task of handback incident tasks %" PRId64 ", or say with --what what else is to be done.", i.id);
	if (!name.n && !own_name(op, i.id, &name))
		return false;
	bool known = false;
	for (size_t k = 0; k < n; k++)
		if (str_eq(all[k].name, name))
			w = all[k], known = true;
	if (!known && args_has(args, "task"))
		return err_set(&op->err, NOT_FOUND, "task", "There is no task \"" STR_FMT "\" in incident %" PRId64 ". handback incident tasks %" PRId64 " lists them.", STR_ARG(name), i.id, i.id);
	if (known && what.n && !w.own)
		return err_set(&op->err, INVALID, "what", "The words of this task are ours. Leave it away with --skip, and add your own.");
	struct sql_incident_task_get was;
	bool kept;
	if (!sql_incident_task_get(op, i.id, name, &was, &kept))
		return false;
	bool decides = done || skip || again || !kept;
	int64_t number = kept ? was.n : op_count(op, "incident_task");
	if (!number || !sql_incident_task_put(op, i.id, name, what.n || !kept ? what : was.what, who.n || !kept ? who : was.person, due || !kept ? due : was.due,
	                                      done ? WORK_DONE : skip ? WORK_SKIPPED : decides ? WORK_OPEN : was.state, decides ? reason : was.reason, decides ? op->person : was.person_by,
	                                      decides ? on.from : was.at, number) ||
	    !log_add(op, done ? "incident.task.done" : skip ? "incident.task.skipped" : again ? "incident.task.again" : known ? "incident.task.set" : "incident.task.added",
	             ABOUT({ "incident", i.id }, { "task", number })) ||
	    !work_list(op, i.id, false, &all, &n))
		return false;
	for (size_t k = 0; k < n; k++)
		if (str_eq(all[k].name, name))
			return work_row(op, &all[k], answer);
	return true;
}
