/* monitoring - credit monitoring that customers of an incident are owed: the vendor's codes, looked at first, then kept; how many are left. Never a code. */
#include "act.h"
#include "enrol.h"
#include "laws.h"

#include <unistd.h>

/* How many people are owed it, by the laws as known now, and for how long at most. */
static bool owed_fill(struct visit *v, struct monitoring_view *w)
{
	struct obligation *d;
	struct counts c;
	size_t n;
	if (!counts_of(v, &w->i, &c, NULL, &w->counted) || !incident_obligations_counted(v->op, &w->i, &c, &d, &n))
		return false;
	w->uncounted = !c.known;
	for (size_t i = 0; i < n; i++) {
		if (d[i].to != TO_PEOPLE || !d[i].monitoring || d[i].force < LAW_SHOULD)
			continue;
		w->owed += d[i].must + d[i].should + d[i].look;
		w->months = d[i].monitoring > w->months ? d[i].monitoring : w->months;
	}
	return true;
}

static bool monitoring_show(struct visit *v, const struct form *f, struct monitoring_view *w)
{
	bool found;
	w->form = f;
	if (!incident_get(v->op, path_number(v, "n"), &w->i) || !enrol_offer(v->op, w->i.id, &w->offer, &found) || !owed_fill(v, w))
		return false;
	w->offered = found, w->until = found ? day_words(v, w->offer.until) : STR("");
	struct str day = found ? when_local_text(v->op->a, v->op->zone, w->offer.until) : STR("");
	w->day = (struct str){ day.p, day.n > 10 ? 10 : day.n };
	w->lasts = w->offer.months ? arena_say(v->op->a, "%lld", (long long)w->offer.months) : STR("");
	w->locked = !act_key_at_hand(v);
	v->back = arena_say(v->op->a, "/incident/%lld/obligations", (long long)w->i.id);
	v->faulty |= f->n > 0;
	page_monitoring(v->o, w);
	return visit_show(v, str_of(visit_words(v, "Free credit monitoring")));
}

bool monitoring_page(struct visit *v)
{
	return monitoring_show(v, &(struct form){ 0 }, &(struct monitoring_view){ .owed = 0 });
}

/* The file of that key, only looked at: how many codes it has. false: the form says why. */
static bool looked(struct visit *v, struct str key, struct monitoring_view *w, struct form *f)
{
	char name[UPLOAD_NAME];
	struct act a;
	int fd = upload_take(v, key, name);
	if (fd < 0) {
		upload_gone(v, f);
		return false;
	}
	act_begin(v, &a, "enrolment load");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "file", arena_say(v->op->a, "/proc/self/fd/%d", fd));
	act_give(v, &a, "column", visit_text(v, "column"));
	act_flag(v, &a, "dry-run");
	bool good = act_do(v, &a);
	if (good)
		w->key = key, w->name = arena_str(v->op->a, str_of(name)), w->codes = act_number(&a, "codes"), w->twice = act_number(&a, "twice"), w->refused = act_number(&a, "refused"),
		w->column = visit_text(v, "column");
	else
		act_fault(v, f);
	act_end(&a);
	close(fd);
	return good;
}

bool monitoring_look_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct monitoring_view w = { .owed = 0 };
	struct upload *u = upload_sent(v);
	if (u)
		looked(v, upload_keep(v, u), &w, &f);
	else
		form_fault(&f, "file", str_of(visit_words(v, "Choose a file first.")));
	v->reply->status = f.n ? 422 : 200;
	return monitoring_show(v, &f, &w);
}

bool monitoring_keep_do(struct visit *v)
{
	struct form f = { .given = v->ask->form }, gone = { 0 };
	struct monitoring_view w = { .owed = 0 };
	struct str key = visit_text(v, "key");
	char name[UPLOAD_NAME];
	struct act a;
	int fd = upload_take(v, key, name);
	bool good = false;
	act_begin(v, &a, "enrolment load");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "file", arena_say(v->op->a, "/proc/self/fd/%d", fd));
	act_give(v, &a, "column", visit_text(v, "column"));
	act_give(v, &a, "vendor", visit_text(v, "vendor"));
	act_give(v, &a, "site", visit_text(v, "site"));
	act_give(v, &a, "phone", visit_text(v, "phone"));
	act_give(v, &a, "until", form_date_text(v->op->a, v->ask->form, "until"));
	act_give(v, &a, "months", visit_text(v, "months"));
	if (visit_text(v, "correct").n)
		act_flag(v, &a, "correct");
	if (fd >= 0) {
		good = act_do(v, &a);
		close(fd);
	}
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/incident/" STR_FMT "/monitoring", STR_ARG(pair_text(v->ask->param, "n"))));
	if (fd >= 0)
		act_fault(v, &f);
	v->reply->status = 422;
	return monitoring_show(v, looked(v, key, &w, &gone) ? &f : &gone, &w);
}

bool monitoring_drop_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "enrolment drop");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/incident/" STR_FMT "/monitoring", STR_ARG(pair_text(v->ask->param, "n"))));
	act_fault(v, &f);
	return monitoring_show(v, &f, &(struct monitoring_view){ .owed = 0 });
}
