/* status - the page of an incident that everybody can read: its words, how it would look, and whether it is public. */
#include "act.h"
#include "status.h"

static struct str path_of(struct visit *v, const char *more)
{
	return arena_say(v->op->a, "/incident/%lld%s", (long long)path_number(v, "n"), more);
}

static bool asked(struct visit *v, struct incident *i, struct status *s)
{
	return incident_get(v->op, path_number(v, "n"), i) && status_get(v->op, i, s);
}

static bool status_show(struct visit *v, const struct form *f)
{
	struct status s;
	struct status_look look;
	struct incident_public_view w = { .form = f };
	if (!asked(v, &w.i, &s) || !status_look(v->op, &w.i, s.in, &look))
		return false;
	for (int l = 0; l < 2; l++)
		w.look.text[l] = (struct text_look){ .language = l ? "es" : "en", .read = look.read[l], .untrue = look.untrue[l], .untrues = look.untrues[l], .brag = look.brag[l], .brags = look.brags[l] };
	w.look.texts = 2;
	w.title = s.in[0].title, w.text = s.in[0].text, w.title_es = s.in[1].title, w.text_es = s.in[1].text;
	w.waits = s.waits, w.refused = look.refused;
	w.since = s.since ? moment_words(v, s.since) : STR(""), w.there = s.put > 0;
	w.url = op_setting(v->op, "public.url");
	v->back = path_of(v, "");
	v->faulty |= f->n > 0;
	page_incident_public(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "The page for everybody")));
}

bool incident_public_page(struct visit *v)
{
	return status_show(v, &(struct form){ 0 });
}

static bool done(struct visit *v, struct act *a)
{
	struct form f = { .given = v->ask->form };
	bool good = act_do(v, a);
	act_end(a);
	if (good)
		return visit_see(v, path_of(v, "/page"));
	act_fault(v, &f);
	return status_show(v, &f);
}

bool incident_public_words_do(struct visit *v)
{
	static const char *const field[] = { "title", "text", "spanish-title", "spanish-text" };
	struct act a;
	act_begin(v, &a, "page words");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	bool ours = str_eq(visit_text(v, "do"), STR("ours"));
	if (ours)
		act_flag(v, &a, "ours");
	for (size_t i = 0; i < LENGTH(field) && !ours; i++)
		if (visit_text(v, field[i]).n)
			act_give(v, &a, field[i], visit_text(v, field[i]));
		else
			act_flag(v, &a, field[i]);       /* emptied: the verb says so */
	return done(v, &a);
}

bool incident_public_do(struct visit *v)
{
	struct act a;
	act_begin(v, &a, str_eq(visit_text(v, "do"), STR("down")) ? "page down" : "page publish");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	return done(v, &a);
}

/* As everybody would see it with these words; its form asks nobody here. */
bool incident_public_file(struct visit *v)
{
	struct incident i;
	struct status s;
	struct status_file file[STATUS_FILES];
	struct str name = pair_text(v->ask->param, "file");
	if (!asked(v, &i, &s) || !status_preview(v->op, &i, &s, file))
		return false;
	for (size_t k = 0; k < LENGTH(file); k++) {
		struct str end = str_of(strrchr(file[k].name, '/') + 1);
		if (!str_eq(name, end))
			continue;
		if (str_eq(name, STR("public.css")))
			v->reply->type = "text/css; charset=utf-8";
		buf_put(&v->reply->body, file[k].bytes);
		return true;
	}
	return err_set(&v->op->err, NOT_FOUND, NULL, "There is no such page.");
}
