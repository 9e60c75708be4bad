/* wording - a drafted round in the owner's own words: ours to begin with, in each language, changed where they like. */
#include "act.h"

static const struct field_words { const char *field; struct said words; } fields[] = {
	{ "{{ greeting }}", say("\"Dear June Marsh,\" or \"Hello,\" where no name is known") }, { "{{ what }}", say("the title of the incident") },
	{ "{{ window }}", say("when it was") }, { "{{ yours }}", say("when this customer's information was there") },
	{ "{{ kinds }}", say("which of their information; alone on its line") }, { "{{ doing }}", say("what you are doing about it, as Settings say") },
	{ "{{ advice }}", say("what to do about just this information; alone on its line") },
	{ "{{ monitoring }}", say("free credit monitoring and this customer's code, where it is owed; alone on its line") },
	{ "{{ bureaus }}", say("the credit bureaus' addresses, where the law wants them; alone on its line") },
	{ "{{ call }}", say("whom to ask: your phone number") }, { "{{ business }}", say("the name of your business") },
};

/* Lines that are one paragraph become one line: a browser breaks them where its window ends. */
static struct str unbroken(struct visit *v, struct str text)
{
	struct str out = arena_str(v->op->a, text);
	char *p = (char *)(uintptr_t)out.p;
	bool heading = out.n && *p == '#';
	for (size_t i = 0; i + 1 < out.n; i++) {
		if (p[i] != '\n')
			continue;
		bool goes_on = !heading && i && p[i - 1] != '\n' && !strchr("\n#-", p[i + 1]) && !(p[i + 1] >= '1' && p[i + 1] <= '9');
		heading = p[i + 1] == '#';
		if (goes_on)
			p[i] = ' ';
	}
	return out;
}

static struct str path_of(struct visit *v, const char *more)
{
	return arena_say(v->op->a, "/incident/%lld/round/%lld%s", (long long)path_number(v, "n"), (long long)path_number(v, "r"), more);
}

static bool wording_show(struct visit *v, const struct form *f)
{
	struct notice_text text;
	struct wording_view w = { .form = f, .fields = LENGTH(fields) };
	if (!incident_get(v->op, path_number(v, "n"), &w.i) || !notice_text(v->op, w.i.id, path_number(v, "r"), &text))
		return false;
	w.en = unbroken(v, text.en), w.es = unbroken(v, text.es), w.own = text.own, w.round = path_number(v, "r");
	struct field_row *row = ARENA_ARRAY(v->op->a, struct field_row, LENGTH(fields));
	for (size_t i = 0; i < LENGTH(fields); i++)
		row[i] = (struct field_row){ fields[i].field, visit_words(v, fields[i].words.english) };
	w.field = row;
	v->back = path_of(v, "");
	v->faulty |= f->n > 0;
	page_wording(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "The words of this notice")));
}

bool wording_page(struct visit *v)
{
	return wording_show(v, &(struct form){ 0 });
}

/* One language alone stands for everybody. */
bool wording_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str en = visit_text(v, "en"), es = visit_text(v, "es");
	struct act a;
	act_begin(v, &a, "notice text");
	act_give(v, &a, "round", round_words(v));
	if (str_eq(visit_text(v, "do"), STR("ours")))
		act_flag(v, &a, "ours");
	else
		act_give(v, &a, "words", arena_say(v->op->a, "%s" STR_FMT "%s" STR_FMT, en.n ? "%% en\n" : "", STR_ARG(en), es.n ? "\n%% es\n" : "", STR_ARG(es)));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, path_of(v, ""));
	act_fault(v, &f);
	f.fault[0].field = en.n || !es.n ? "en" : "es";
	return wording_show(v, &f);
}
