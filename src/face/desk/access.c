/* access - the pages of who can sign in where: the list, the quarterly look, and what is closed when somebody leaves. */
#include "act.h"
#include "risks.h"

#include <stdio.h>

enum { HOLDERS_SHOWN = 500 };

/* by_walk: it was said of all there. */
static const char *account_said(struct visit *v, enum account a, bool by_walk)
{
	return a == ACCOUNT_OWN ? visit_words(v, "their own") : a == ACCOUNT_SHARED && by_walk ? visit_words(v, "shared by some: say whose") : a == ACCOUNT_SHARED ? visit_words(v, "shared") : visit_words(v, "not told");
}

static const char *second_said(struct visit *v, enum second s)
{
	return s == SECOND_YES ? visit_words(v, "yes") : s == SECOND_NO ? visit_words(v, "no, a password alone") : visit_words(v, "not told");
}

static bool rows_fill(struct visit *v, struct access *s, size_t n, struct access_view *w)
{
	bool *by_walk = ARENA_ARRAY(v->op->a, bool, n + 1);
	if (!access_by_walk(v->op, s, n, by_walk))
		return false;
	struct access_row *row = ARENA_ARRAY(v->op->a, struct access_row, n + 1);
	for (size_t i = 0; i < n; i++)
		row[i] = (struct access_row){ s[i].id, s[i].holder.id.n, s[i].person.name, s[i].holder.name, s[i].since > LONG_AGO ? day_words(v, s[i].since) : STR(""), account_said(v, s[i].account, by_walk[i]),
			second_said(v, s[i].second), s[i].wrong != 0, s[i].person.until <= v->op->now, s[i].looked < v->op->now - (int64_t)ACCESS_QUARTER * DAY };
	w->row = row, w->rows = n;
	return true;
}

static bool leavings_fill(struct visit *v, struct access_view *w)
{
	struct leaving *l;
	if (!access_leavings(v->op, &l, &w->leavings))
		return false;
	struct leaving_view *out = ARENA_ARRAY(v->op->a, struct leaving_view, w->leavings + 1);
	for (size_t i = 0; i < w->leavings; i++) {
		struct leaving_row *row = ARENA_ARRAY(v->op->a, struct leaving_row, l[i].n + 1);
		for (size_t k = 0; k < l[i].n; k++) {
			const struct leaving_item *it = &l[i].item[k];
			const struct both *says = it->sign_in ? NULL : &leaving_things[-1 - it->item].says;
			struct str words = says ? arena_say(v->op->a, "%s%s" STR_FMT "%s", v->o->language == SPANISH ? says->es : says->en, it->readers.n ? " (" : "", STR_ARG(it->readers), it->readers.n ? ")" : "")
			                        : arena_say(v->op->a, "%s " STR_FMT, it->sign_in->account == ACCOUNT_SHARED ? visit_words(v, "Change the shared password at") : visit_words(v, "Remove the sign-in at"),
			                                    STR_ARG(it->sign_in->holder.name));
			row[k] = (struct leaving_row){ it->sign_in ? arena_say(v->op->a, "%lld", (long long)it->item) : str_of(leaving_things[-1 - it->item].name), words,
				day_words(v, it->done ? it->done : it->due - 1), it->done != 0, !it->done && it->due < v->op->now };
		}
		out[i] = (struct leaving_view){ l[i].person.id.n, l[i].person.name, l[i].person.until < FAR_OFF ? day_words(v, l[i].person.until - 1) : STR(""), row, l[i].n, l[i].open };
	}
	w->leaving = out;
	return true;
}

static bool access_show(struct visit *v, struct form *f)
{
	struct access_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD };
	struct access *s;
	struct holder *h;
	size_t n, holders;
	if (!access_list(v->op, false, &s, &n) || !access_due(v->op, &w.due) || !leavings_fill(v, &w) || !map_holders(v->op, &h, &holders))
		return false;
	struct form_choice *where = ARENA_ARRAY(v->op->a, struct form_choice, HOLDERS_SHOWN), *who = ARENA_ARRAY(v->op->a, struct form_choice, HOLDERS_SHOWN);
	for (size_t i = 0; i < holders; i++) {
		if (h[i].until <= v->op->now || h[i].sort == PLACE || h[i].sort == READER)
			continue;
		bool person = h[i].sort == PERSON;
		if ((person ? w.whos : w.wheres) < HOLDERS_SHOWN)
			*(person ? &who[w.whos++] : &where[w.wheres++]) = (struct form_choice){ .value = person ? h[i].name : arena_say(v->op->a, "%s:" STR_FMT, sort_name(h[i].sort), STR_ARG(h[i].name)), .text = h[i].name };
	}
	w.where = where, w.who = who;
	struct alike *pair;
	if (!map_alike(v->op, &pair, &w.alikes))
		return false;
	struct alike_row *alike = ARENA_ARRAY(v->op->a, struct alike_row, w.alikes + 1);
	for (size_t i = 0; i < w.alikes; i++)
		alike[i] = (struct alike_row){ pair[i].a.name, pair[i].b.name };
	w.alike = alike;
	if (!rows_fill(v, s, n, &w))
		return false;
	v->back = STR("/map");
	page_access(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Who can sign in where")));
}

bool access_page(struct visit *v)
{
	return access_show(v, &(struct form){ 0 });
}

static bool access_done(struct visit *v, struct act *a, struct form *f)
{
	bool good = act_do(v, a);
	act_end(a);
	if (good)
		return visit_see(v, STR("/access"));
	act_fault(v, f);
	return access_show(v, f);
}

bool access_add_do(struct visit *v)
{
	static const char *const fields[] = { "who", "holder", "account", "second" };
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "access add");
	for (size_t i = 0; i < LENGTH(fields); i++)
		act_give(v, &a, fields[i], visit_text(v, fields[i]));
	return access_done(v, &a, &f);
}

bool access_same_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "access same");
	act_give(v, &a, "who", visit_text(v, "one"));
	act_give(v, &a, "other", visit_text(v, "other"));
	if (str_eq(visit_text(v, "do"), STR("two")))
		act_flag(v, &a, "apart");
	return access_done(v, &a, &f);
}

bool access_end_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "access end");
	act_give(v, &a, "sign-in", arena_say(v->op->a, "%lld", (long long)path_number(v, "n")));
	return access_done(v, &a, &f);
}

bool access_look_page(struct visit *v)
{
	struct access_view w = { .may = true };
	struct access *s;
	size_t n;
	if (!access_list(v->op, false, &s, &n))
		return false;
	if (!rows_fill(v, s, n, &w))
		return false;
	v->back = STR("/access");
	page_access_look(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Is this still right?")));
}

/* The fields s-NUMBER, right or wrong each. */
bool access_look_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "access look");
	for (size_t i = 0; i < v->ask->form.n; i++) {
		const struct pair *p = &v->ask->form.at[i];
		if (!str_starts(p->name, STR("s-")))
			continue;
		bool right = str_eq(p->value, STR("right"));
		act_give(v, &a, right ? "right" : "wrong", (struct str){ p->name.p + 2, p->name.n - 2 });
	}
	return access_done(v, &a, &f);
}

bool access_leave_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "access leave");
	act_give(v, &a, "who", visit_text(v, "leaver"));
	act_give(v, &a, "at", form_date_text(v->op->a, v->ask->form, "last"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/access"));
	snprintf(v->op->err.field, sizeof v->op->err.field, "%s", strcmp(v->op->err.field, "at") == 0 ? "last" : "leaver");     /* as the form calls it */
	act_fault(v, &f);
	return access_show(v, &f);
}

bool access_leaving_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct holder person;
	struct act a;
	if (!map_holder(v->op, (holder_id){ path_number(v, "n") }, &person))
		return false;
	act_begin(v, &a, "access done");
	act_give(v, &a, "who", person.name);
	for (size_t i = 0; i < v->ask->form.n; i++)
		if (str_eq(v->ask->form.at[i].name, STR("item")))
			act_give(v, &a, "item", v->ask->form.at[i].value);
	return access_done(v, &a, &f);
}
