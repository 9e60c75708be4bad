/* watch - the pages of what may have happened at a service: looking at services from outside, drafts, and a provider's letter. A page asks; the courier looks. */
#include "act.h"
#include "services.h"
#include "watch.h"

enum { PAST_MAX = 50 };

static void row_fill(struct visit *v, const struct draft *d, struct draft_row *row)
{
	struct holder h = { .name = STR("") };
	if (!map_holder(v->op, d->holder, &h))
		err_clear(&v->op->err);
	*row = (struct draft_row){ .id = d->id, .customers = d->customers, .incident = d->incident, .title = d->from == FROM_LETTER ? h.name : d->title, .service = h.name, .made = day_words(v, d->made),
		.reason = d->reason, .letter = d->from == FROM_LETTER, .confirmed = d->state == DRAFT_CONFIRMED, .discarded = d->state == DRAFT_DISCARDED };
}

/* ---- all of it ---- */

static bool watch_show(struct visit *v, struct form *f)
{
	enum role role = v->session->login.role;
	struct catalogue_source source = catalogue_source();
	struct watch_view w = { .form = f, .owner = role == ROLE_OWNER, .may = role & ROLES_LEAD, .none = true, .source = source.name, .licence = source.licence, .link = { source.link } };
	struct watch_state state;
	struct service *s;
	struct draft *d;
	size_t n, services;
	if (!watch_state(v->op, &state) || !drafts_list(v->op, true, &d, &n) || !services_list(v->op, false, &s, &services))
		return false;
	for (size_t i = 0; i < services; i++)
		w.none = w.none && !s[i].domains;
	struct draft_row *open = ARENA_ARRAY(v->op->a, struct draft_row, n + 1), *past = ARENA_ARRAY(v->op->a, struct draft_row, PAST_MAX);
	for (size_t i = 0; i < n; i++)
		if (d[i].state == DRAFT_OPEN)
			row_fill(v, &d[i], &open[w.drafts++]);
		else if (w.pasts < PAST_MAX)
			row_fill(v, &d[i], &past[w.pasts++]);
	w.draft = open, w.past = past, w.checks = state.checks, w.catalogue = state.catalogue, w.asked = state.asked;
	w.checked = state.checked ? moment_words(v, state.checked) : STR(""), w.catalogue_at = state.catalogue_at ? moment_words(v, state.catalogue_at) : STR("");
	w.catalogue_says = state.catalogue_says.n ? str_of(visit_words(v, "The last look did not get through. That says nothing either way; it is tried again tomorrow.")) : STR("");
	page_watch(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Is something wrong at a service?")));
}

bool watch_page(struct visit *v)
{
	return watch_show(v, &(struct form){ 0 });
}

/* What a button there stands for. */
bool watch_do(struct visit *v)
{
	static const struct { const char *what, *verb, *setting, *value; } does[] = {
		{ "checks-on", "set", "watch.checks", "on" }, { "checks-off", "set", "watch.checks", "off" }, { "catalogue-on", "set", "watch.catalogue", "on" },
		{ "catalogue-off", "set", "watch.catalogue", "off" }, { "look", "service check", NULL, NULL }, { "catalogue", "service watch", NULL, NULL },
	};
	struct form f = { .given = v->ask->form };
	struct act a;
	size_t i = 0;
	while (i < LENGTH(does) && !str_eq(visit_text(v, "do"), str_of(does[i].what)))
		i++;
	if (i == LENGTH(does))
		return visit_see(v, STR("/watch"));
	act_begin(v, &a, does[i].verb);
	if (does[i].setting)
		act_give(v, &a, "key", str_of(does[i].setting)), act_give(v, &a, "value", str_of(does[i].value));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/watch"));
	act_fault(v, &f);
	return watch_show(v, &f);
}

/* ---- a draft ---- */

static struct str day_of(struct visit *v, int64_t at)
{
	return at <= LONG_AGO || at >= FAR_OFF ? STR("") : (struct str){ when_local_text(v->op->a, v->op->zone, at).p, 10 };
}

static bool draft_show(struct visit *v, struct form *f)
{
	struct catalogue_source source = catalogue_source();
	struct maybe_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD, .source = source.name, .licence = source.licence };
	struct atlas atlas;
	struct draft d;
	if (!draft_get(v->op, path_number(v, "n"), &d) || !map_atlas(v->op, &atlas))
		return false;
	row_fill(v, &d, &w.row);
	w.open = d.state == DRAFT_OPEN;
	w.said = d.said, w.classes = d.from == FROM_CATALOGUE ? d.classes : d.named ? kinds_words(v, d.named) : STR(""), w.ours = d.kinds ? kinds_words(v, d.kinds) : STR("");
	w.traceless = d.named & ~d.kinds ? kinds_words(v, d.named & ~d.kinds) : STR("");
	w.happened = d.happened < FAR_OFF && d.happened > LONG_AGO ? day_words(v, d.happened) : STR(""), w.added = day_words(v, d.added);
	w.begins = day_words(v, d.begins), w.ends = day_words(v, d.ends < FAR_OFF ? d.ends - 1 : d.ends);
	w.begins_day = day_of(v, d.begins), w.ends_day = day_of(v, d.ends < FAR_OFF ? d.ends - 1 : d.ends);
	w.page.s = arena_say(v->op->a, STR_FMT STR_FMT, STR_ARG(source.page), STR_ARG(d.entry)), w.service.s = arena_say(v->op->a, "/service/%lld", (long long)d.holder.n);
	w.untold = !d.customers;
	for (size_t i = 0; i < atlas.flows; i++)
		w.untold &= atlas.flow[i].to.n != d.holder.n;
	v->back = STR("/watch");
	page_draft_incident(v->o, &w);
	return visit_show(v, w.row.title);
}

bool draft_incident_page(struct visit *v)
{
	return draft_show(v, &(struct form){ 0 });
}

bool draft_confirm_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str from = form_date_text(v->op->a, v->ask->form, "from"), to = form_date_text(v->op->a, v->ask->form, "to");
	struct act a;
	act_begin(v, &a, "incident confirm");
	act_give(v, &a, "draft", pair_text(v->ask->param, "n"));
	act_give(v, &a, "title", visit_text(v, "title"));
	act_give(v, &a, "from", from.n ? from : STR("unknown"));
	act_give(v, &a, "to", to.n ? to : STR("unknown"));
	bool good = act_do(v, &a);
	int64_t incident = act_number(&a, "incident");
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/incident/%lld", (long long)incident));
	act_fault(v, &f);
	return draft_show(v, &f);
}

bool draft_discard_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "incident discard");
	act_give(v, &a, "draft", pair_text(v->ask->param, "n"));
	act_give(v, &a, "reason", visit_text(v, "reason"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/watch"));
	act_fault(v, &f);
	return draft_show(v, &f);
}

/* ---- a provider's letter ---- */

/* unknown: the name that was told is of no service. */
static bool told_show(struct visit *v, struct form *f, bool unknown)
{
	struct told_view w = { .form = f };
	struct service *s;
	size_t n;
	if (!services_list(v->op, true, &s, &n))
		return false;
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, n + 1);
	c[w.services++] = (struct form_choice){ .value = STR(""), .label = say("Another one") };
	for (size_t i = 0; i < n; i++)
		c[w.services++] = (struct form_choice){ .value = s[i].name, .text = s[i].name };
	w.service = c, w.unknown = unknown;
	v->back = STR("/watch");
	page_told(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "We got a letter from a provider")));
}

bool told_page(struct visit *v)
{
	return told_show(v, &(struct form){ 0 }, false);
}

bool told_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "incident told");
	act_give(v, &a, "service", visit_text(v, "known").n ? visit_text(v, "known") : visit_text(v, "service"));
	act_give(v, &a, "received", form_date_text(v->op->a, v->ask->form, "received"));
	act_give(v, &a, "from", form_date_text(v->op->a, v->ask->form, "from"));
	act_give(v, &a, "to", form_date_text(v->op->a, v->ask->form, "to"));
	act_give(v, &a, "said", visit_text(v, "said"));
	if (visit_text(v, "new").n)
		act_flag(v, &a, "new");
	bool good = act_do(v, &a);
	int64_t draft = act_number(&a, "draft");
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/draft/%lld", (long long)draft));
	bool unknown = v->op->err.code == NOT_FOUND || visit_text(v, "new").n;
	act_fault(v, &f);
	return told_show(v, &f, unknown);
}
