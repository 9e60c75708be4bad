/* persons - who may use Handback here: their roles, passphrases, sessions and tokens. For owners. */
#include "act.h"
#include "once.h"
#include "persons.h"

struct said role_said(enum role role)
{
	static const struct said words[] = { [ROLE_OWNER] = say("Owner"), [ROLE_MANAGER] = say("Manager"), [ROLE_STAFF] = say("Staff"), [ROLE_HELPER] = say("Helper") };
	return words[role];
}

/* A browser as people know it, out of what it calls itself: each names others, too, and the first that is found here is the one it is. */
static struct str agent_words(struct visit *v, struct str agent)
{
	static const char *const browsers[][2] = { { "Edg", "Edge" }, { "OPR/", "Opera" }, { "Firefox/", "Firefox" }, { "FxiOS/", "Firefox" }, { "CriOS/", "Chrome" },
		{ "Chrome/", "Chrome" }, { "Safari/", "Safari" } };
	static const char *const systems[][2] = { { "Android", "Android" }, { "iPhone", "iPhone" }, { "iPad", "iPad" }, { "Windows", "Windows" }, { "Mac OS", "Mac" },
		{ "CrOS", "Chromebook" }, { "Linux", "Linux" } };
	const char *text = arena_printf(v->op->a, STR_FMT, STR_ARG(agent)), *browser = NULL, *system = NULL;
	for (size_t i = 0; i < LENGTH(browsers) && !browser; i++)
		browser = strstr(text, browsers[i][0]) ? browsers[i][1] : NULL;
	for (size_t i = 0; i < LENGTH(systems) && !system; i++)
		system = strstr(text, systems[i][0]) ? systems[i][1] : NULL;
	if (!browser && !system)
		return agent.n ? agent : str_of(visit_words(v, "a program that does not say which"));
	return browser && system ? arena_say(v->op->a, "%s, %s", browser, system) : str_of(browser ? browser : system);
}

bool session_rows(struct visit *v, int64_t person, struct session_row **rows, size_t *n)
{
	struct login *l;
	size_t m;
	if (!login_list(v->op, person, &l, &m))
		return false;
	*rows = ARENA_ARRAY(v->op->a, struct session_row, m + 1);
	*n = m;
	for (size_t i = 0; i < m; i++)
		(*rows)[i] = (struct session_row){ agent_words(v, l[i].agent), moment_words(v, l[i].began), moment_words(v, l[i].seen), hex(v->op->a, l[i].mark, sizeof l[i].mark),
			memcmp(l[i].mark, v->session->login.mark, sizeof l[i].mark) == 0 };
	return true;
}

/* ---- all ---- */

static bool all_show(struct visit *v, struct form *f)
{
	struct person *list;
	struct persons_view w = { .form = f, .saved = pair_has(v->ask->query, "saved") };
	size_t n;
	unsigned needs;
	if (!person_list(v->op, &list, &n) || !factor_roles(v->op, &needs))
		return false;
	struct pair *needed = ARENA_ARRAY(v->op->a, struct pair, 4);
	for (unsigned r = ROLE_OWNER; r <= ROLE_HELPER && !f->n; r <<= 1)
		if (needs & r)
			needed[f->given.n++] = (struct pair){ STR("needs"), str_of(role_name((enum role)r)) };
	f->given.at = f->n ? f->given.at : needed;
	struct person_line *row = ARENA_ARRAY(v->op->a, struct person_line, n + 1);
	for (int ended = 0; ended < 2; ended++)
		for (size_t i = 0; i < n; i++)
			if ((list[i].ended != 0) == ended)
				row[w.rows++] = (struct person_line){ list[i], role_said(list[i].role) };
	w.row = row;
	v->back = STR("/settings");
	page_persons(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Persons")));
}

bool persons_page(struct visit *v)
{
	return all_show(v, &(struct form){ 0 });
}

/* Of which roles a second factor is asked. */
bool persons_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "person factor require");
	for (size_t i = 0; i < v->ask->form.n; i++)
		if (str_eq(v->ask->form.at[i].name, STR("needs")))
			act_give(v, &a, "role", v->ask->form.at[i].value);
	if (!pair_has(v->ask->form, "needs"))
		act_give(v, &a, "role", STR("none"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/persons?saved=yes"));
	act_fault(v, &f);
	return all_show(v, &f);
}

static bool new_show(struct visit *v, const struct form *f)
{
	v->back = STR("/persons");
	page_person_new(v->o, &(struct person_new_view){ f });
	return visit_show(v, str_of(visit_words(v, "Add somebody")));
}

bool person_new_page(struct visit *v)
{
	return new_show(v, &(struct form){ 0 });
}

/* What can be wrong is looked at first: nobody is added without the passphrase that was chosen for them. */
bool person_new_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	int64_t id = 0;
	bool good = act_new_fits(v) && act_key_again(v);
	if (good) {
		act_begin(v, &a, "person add");
		act_give(v, &a, "name", visit_text(v, "name"));
		act_give(v, &a, "role", visit_text(v, "role"));
		good = act_do(v, &a);
		id = act_number(&a, "person");
		act_end(&a);
	}
	if (good) {
		act_begin(v, &a, "vault slot add");
		act_give(v, &a, "person", arena_say(v->op->a, "%lld", (long long)id));
		good = act_do(v, &a);
		act_end(&a);
	}
	if (good)
		return visit_see(v, arena_say(v->op->a, "/person/%lld", (long long)id));
	act_fault(v, &f);
	return new_show(v, &f);
}

/* ---- one ---- */

static bool show(struct visit *v, const struct form *f)
{
	struct op *op = v->op;
	struct person_view w = { .form = f };
	struct session_row *sessions;
	struct token *t;
	if (!person_get(op, path_number(v, "n"), &w.p) || !session_rows(v, w.p.id, &sessions, &w.sessions) || !token_list(op, w.p.id, &t, &w.tokens))
		return false;
	struct token_row *row = ARENA_ARRAY(op->a, struct token_row, w.tokens + 1);
	for (size_t i = 0; i < w.tokens; i++)
		row[i] = (struct token_row){ t[i].id, t[i].name, day_words(v, t[i].made), day_words(v, t[i].ends), t[i].seen ? moment_words(v, t[i].seen) : STR(""), t[i].ends > op->now };
	w.session = sessions, w.key = row, w.role = role_said(w.p.role), w.since = day_words(v, w.p.since);
	w.ended = w.p.ended ? day_words(v, w.p.ended) : STR("");
	w.path.s = arena_say(op->a, "/person/%lld", (long long)w.p.id);
	w.founder = w.p.id == PERSON_FIRST, w.self = w.p.id == op->person;
	w.token = once_get(v, ONCE_TOKEN);
	once_end(v, ONCE_TOKEN);
	v->back = STR("/persons");
	page_person(v->o, &w);
	return visit_show(v, w.p.name);
}

bool person_page(struct visit *v)
{
	return show(v, &(struct form){ 0 });
}

/* What a button says -> the verb, and which of the form's fields it takes. */
static const struct { const char *what, *verb, *field[2]; } deeds[] = {
	{ "role", "person role", { "role" } }, { "factors", "person factor end", { NULL } }, { "session", "session end", { "session" } },
	{ "sessions", "session end", { NULL } }, { "token", "token add", { "name", "days" } },
};

bool person_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str what = visit_text(v, "do"), n = pair_text(v->ask->param, "n");
	struct act a;
	size_t i = 0;
	while (i < LENGTH(deeds) && !str_eq(what, str_of(deeds[i].what)))
		i++;
	if (str_eq(what, STR("token-end"))) {
		act_begin(v, &a, "token end");
		act_give(v, &a, "token", visit_text(v, "token"));
	} else if (i < LENGTH(deeds)) {
		act_begin(v, &a, deeds[i].verb);
		act_give(v, &a, "person", n);
		for (size_t k = 0; k < LENGTH(deeds[i].field); k++)
			if (deeds[i].field[k])
				act_give(v, &a, deeds[i].field[k], visit_text(v, deeds[i].field[k]));
	} else {
		return err_set(&v->op->err, INVALID, "do", "%s", visit_words(v, "This form is not known here. Go back and try once more."));
	}
	bool good = act_do(v, &a);
	if (good && str_eq(what, STR("token")))
		once_put(v, ONCE_TOKEN, act_text(v, &a, "secret"));
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/person/" STR_FMT, STR_ARG(n)));
	act_fault(v, &f);
	return show(v, &f);
}

/* ---- a passphrase for them; taking them out: each on a page of its own ---- */

struct step { const char *verb, *title; void (*page)(struct html *, const struct person_view *); };
static const struct step passphrase_step = { "vault slot add", "A passphrase for them", page_person_passphrase }, end_step = { "person end", "End their access", page_person_end };

static bool step_show(struct visit *v, const struct step *s, const struct form *f)
{
	struct person_view w = { .form = f };
	if (!person_get(v->op, path_number(v, "n"), &w.p))
		return false;
	v->back = arena_say(v->op->a, "/person/%lld", (long long)w.p.id);
	s->page(v->o, &w);
	return visit_show(v, str_of(visit_words(v, s->title)));
}

static bool step_do(struct visit *v, const struct step *s)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, s->verb);
	act_give(v, &a, "person", pair_text(v->ask->param, "n"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/person/" STR_FMT, STR_ARG(pair_text(v->ask->param, "n"))));
	act_fault(v, &f);
	return step_show(v, s, &f);
}

bool person_passphrase_page(struct visit *v) { return step_show(v, &passphrase_step, &(struct form){ 0 }); }
bool person_passphrase_do(struct visit *v) { return step_do(v, &passphrase_step); }
bool person_end_page(struct visit *v) { return step_show(v, &end_step, &(struct form){ 0 }); }
bool person_end_do(struct visit *v) { return step_do(v, &end_step); }
