/* services - the pages of the service providers: the list with what is due, one of them, comparing before taking one on, and leaving one. */
#include "act.h"
#include "access.h"
#include "services.h"
#include "signins.h"

#include <stdio.h>

enum { FROM_MAX = 300, CALENDAR_MAX = 1 << 20, LOOK_AGAIN = 3 };

static bool spanish(const struct visit *v)
{
	return v->o->language == SPANISH;
}

/* ---- what it holds ---- */

static struct str holds_words(struct visit *v, const struct holding *h)
{
	struct kind_count k[KIND_COUNT];
	size_t n = holding_kinds(h, k);
	struct buf b = BUF(8192);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s" STR_FMT " " STR_FMT, i ? ", " : "", STR_ARG(kinds_words(v, (kinds)1 << k[i].kind)), STR_ARG(thousands(v, k[i].n)));
	struct str s = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

static struct str state_words(struct visit *v, const struct service *s)
{
	if (s->until > v->op->now)
		return STR("");
	if (s->emptied)
		return arena_say(v->op->a, "%s " STR_FMT, visit_words(v, "Left. It confirmed deletion for"), STR_ARG(day_words(v, s->emptied)));
	if (s->asked)
		return arena_say(v->op->a, "%s " STR_FMT "%s", visit_words(v, "Left. Deletion was asked for on"), STR_ARG(day_words(v, s->asked)), visit_words(v, ", and is not confirmed: it still counts."));
	return str_of(visit_words(v, "Left. Deletion was not asked for yet: it still counts."));
}

static void row_fill(struct visit *v, const struct looked *l, struct service_row *row)
{
	struct str *because = ARENA_ARRAY(v->op->a, struct str, STAKES);
	*row = (struct service_row){ .id = l->s.id.n, .customers = l->h.customers, .unnamed = l->h.unnamed, .found = l->h.found, .missing = (int64_t)l->missing, .name = l->s.name,
		.does = l->s.known ? tongue(&l->s.known->does, spanish(v)) : STR(""), .holds = holds_words(v, &l->h), .state = state_words(v, &l->s),
		.counted = l->h.stale ? moment_words(v, l->h.at) : STR(""), .known = l->h.known, .untold = l->h.untold, .left = l->s.until <= v->op->now, .gone = l->s.emptied != 0, .card = l->s.card };
	for (int i = 0; i < STAKES; i++)
		if (l->stakes >> i & 1)
			because[row->becauses++] = tongue(stake_says((enum stake)i), spanish(v));
	row->because = because;
}

/* What is stale or missing is counted anew behind the page. */
static void count_behind(struct visit *v, const struct holding *h)
{
	if (!h->known || h->stale)
		counting_ask(v->op, !h->known);
	if (!h->known)
		v->refresh = LOOK_AGAIN;
}

/* ---- the list ---- */

static bool from_fill(struct visit *v, const struct form_choice **out, size_t *n)
{
	struct holder *h;
	size_t all, m = 0;
	if (!map_holders(v->op, &h, &all))
		return false;
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, FROM_MAX + 1);
	c[m++] = (struct form_choice){ .value = STR(""), .label = say("I don't know yet") };
	for (size_t i = 0; i < all && m <= FROM_MAX; i++)
		if (h[i].until > v->op->now && h[i].sort != PERSON && h[i].sort != READER && h[i].sort != PLACE)
			c[m++] = (struct form_choice){ .value = arena_say(v->op->a, "%s:" STR_FMT, sort_name(h[i].sort), STR_ARG(h[i].name)), .text = holder_said(v, &h[i]) };
	*out = c, *n = m;
	return true;
}

/* Those that are known and not had yet. */
static void known_fill(struct visit *v, const struct looked *l, size_t had, struct services_view *w)
{
	size_t n;
	const struct known_service *k = services_known(&n);
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, n + 1);
	c[w->knowns++] = (struct form_choice){ .value = STR(""), .label = say("Another one") };
	for (size_t i = 0; i < n; i++) {
		bool ours = false;
		for (size_t j = 0; j < had && !ours; j++)
			ours = l[j].s.known == &k[i];
		if (!ours)
			c[w->knowns++] = (struct form_choice){ .value = k[i].name, .text = arena_say(v->op->a, STR_FMT " (" STR_FMT ")", STR_ARG(k[i].name), STR_ARG(tongue(&k[i].does, spanish(v)))) };
	}
	w->known = c;
}

static bool renewals_fill(struct visit *v, struct services_view *w)
{
	struct renewal *r;
	if (!services_renewals(v->op, RENEWAL_DAYS, &r, &w->renewals))
		return false;
	struct renewal_row *row = ARENA_ARRAY(v->op->a, struct renewal_row, w->renewals + 1);
	for (size_t i = 0; i < w->renewals; i++) {
		struct tongues says = renewal_says(v->op, &r[i]);
		row[i] = (struct renewal_row){ r[i].id.n, r[i].service, tongue(&says, spanish(v)), day_words(v, r[i].due), r[i].days < 1, r[i].days <= 7 };
	}
	w->renewal = row;
	return true;
}

static bool services_show(struct visit *v, struct form *f)
{
	struct services_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD };
	struct looked *l;
	if (!services_look(v->op, pair_has(v->ask->query, "gone"), &l, &w.rows) || !renewals_fill(v, &w) || !from_fill(v, &w.from, &w.froms))
		return false;
	struct service_row *row = ARENA_ARRAY(v->op->a, struct service_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++) {
		row_fill(v, &l[i], &row[i]);
		count_behind(v, &l[i].h);
	}
	w.row = row;
	known_fill(v, l, w.rows, &w);
	page_services(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Services")));
}

bool services_page(struct visit *v)
{
	return services_show(v, &(struct form){ 0 });
}

bool service_add_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct str name = visit_text(v, "service").n ? visit_text(v, "service") : visit_text(v, "known"), kinds_told = STR("");
	for (size_t i = 0; i < v->ask->form.n; i++)
		if (str_eq(v->ask->form.at[i].name, STR("kinds")))
			kinds_told = arena_say(v->op->a, STR_FMT "%s" STR_FMT, STR_ARG(kinds_told), kinds_told.n ? "," : "", STR_ARG(v->ask->form.at[i].value));
	act_begin(v, &a, "service add");
	act_give(v, &a, "service", name);
	act_give(v, &a, "from", visit_text(v, "from"));
	if (visit_text(v, "from").n)
		act_give(v, &a, "kinds", kinds_told);
	act_give(v, &a, "why", visit_text(v, "why"));
	bool good = act_do(v, &a);
	int64_t id = act_number(&a, "holder");
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/service/%lld", (long long)id));
	act_fault(v, &f);
	return services_show(v, &f);
}

bool services_calendar(struct visit *v)
{
	struct renewal *r;
	size_t n;
	if (!services_renewals(v->op, 366, &r, &n))
		return false;
	v->reply->type = "text/calendar; charset=utf-8";
	reply_head(v->reply, "Content-Disposition", STR("attachment; filename=\"renewals.ics\""));
	renewals_ics(v->op, r, n, spanish(v), &v->reply->body);
	return !v->reply->body.full || err_set(&v->op->err, TOO_BIG, NULL, "The calendar is too long.");
}

/* ---- one of them ---- */

static bool service_there(struct visit *v, struct service *s)
{
	if (service_get(v->op, (holder_id){ path_number(v, "n") }, s))
		return true;
	if (v->op->err.code != NOT_FOUND && v->op->err.code != INVALID)
		return false;
	err_clear(&v->op->err);
	return err_set(&v->op->err, NOT_FOUND, NULL, "%s", visit_words(v, "There is no such service."));
}

static void lacks_fill(struct visit *v, const struct looked *l, struct service_view *w)
{
	struct lack_row *row = ARENA_ARRAY(v->op->a, struct lack_row, l->lacks + 1);
	for (size_t i = 0; i < l->lacks; i++) {
		const struct lack *k = &l->lack[i];
		if (!k->met)
			row[w->lacks++] = (struct lack_row){ tongue(&k->need->says, spanish(v)), tongue(&k->need->what, spanish(v)), k->need->source, k->was ? day_words(v, k->was - 1) : STR("") };
	}
	w->lack = row;
}

static bool evidence_fill(struct visit *v, const struct service *s, struct service_view *w)
{
	static const struct said words[] = { [WORD_THEIRS] = say("their own word"), [WORD_AUDITOR] = say("an auditor's word"), [WORD_BRAND] = say("a card brand's or the PCI Council's word"),
		[WORD_OURS] = say("our own word"), [WORD_CONTRACT] = say("stands in the contract"), [WORD_MEASURED] = say("measured"), [WORD_PUBLIC] = say("from a public list") };
	static const struct said results[] = { [RESULT_GOOD] = say("As it should be"), [RESULT_WEAK] = say("Not as it should be"), [RESULT_UNKNOWN] = say("Could not be looked at") };
	static const char *const colours[] = { "", "green", "yellow", "grey" };
	struct evidence *e;
	if (!evidence_list(v->op, s->id, false, &e, &w->evidences))
		return false;
	struct evidence_row *row = ARENA_ARRAY(v->op->a, struct evidence_row, w->evidences + 1);
	for (size_t i = 0; i < w->evidences; i++)
		row[i] = (struct evidence_row){ e[i].id, tongue(&e[i].sort->says, spanish(v)), tongue(&e[i].sort->shows, spanish(v)), day_words(v, e[i].seen),
			e[i].until < FAR_OFF ? day_words(v, e[i].until - 1) : STR(""), visit_said(v, e[i].note), e[i].link, visit_words(v, words[e[i].sort->word].english),
			e[i].result ? visit_words(v, results[e[i].result].english) : NULL, colours[e[i].result], e[i].until <= v->op->now };
	w->evidence = row;
	return true;
}

static bool sign_ins_fill(struct visit *v, holder_id id, struct service_view *w)
{
	struct access *a;
	size_t n;
	if (!access_list(v->op, false, &a, &n) || !access_by_walk(v->op, a, n, ARENA_ARRAY(v->op->a, bool, n + 1)))
		return false;
	struct signer_in_row *row = ARENA_ARRAY(v->op->a, struct signer_in_row, n + 1);
	for (size_t i = 0; i < n; i++)
		if (a[i].holder.id.n == id.n)
			row[w->whos++] = (struct signer_in_row){ a[i].person.name, a[i].second == SECOND_YES ? visit_words(v, "with a second step")
				: a[i].second == SECOND_NO ? visit_words(v, "a password alone") : visit_words(v, "second step: not told"), a[i].second == SECOND_NO };
	w->who = row;
	return true;
}

static void sorts_fill(struct visit *v, struct service_view *w)
{
	size_t n;
	const struct evidence_sort *s = evidence_sorts(&n);
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, n);
	for (size_t i = 0; i < n; i++)
		if (s[i].word != WORD_MEASURED && !str_eq(s[i].name, STR("deletion")) && !str_eq(s[i].name, STR("breach")))
			c[w->sorts++] = (struct form_choice){ .value = s[i].name, .text = tongue(&s[i].says, spanish(v)) };
	w->sort = c;
}

static bool service_show(struct visit *v, struct form *f)
{
	struct service_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD };
	struct service s;
	struct looked l;
	if (!service_there(v, &s) || !service_look(v->op, &s, &l) || !evidence_fill(v, &s, &w) || !sign_ins_fill(v, s.id, &w))
		return false;
	row_fill(v, &l, &w.row);
	count_behind(v, &l.h);
	lacks_fill(v, &l, &w);
	sorts_fill(v, &w);
	w.s = &s;
	for (size_t i = 0; i < s.domains; i++)
		w.domains = arena_say(v->op->a, STR_FMT "%s" STR_FMT, STR_ARG(w.domains), i ? ", " : "", STR_ARG(s.domain[i]));
	if (s.known)
		w.status = s.known->status, w.export = tongue(&s.known->export, spanish(v)), w.ask = tongue(&s.known->ask, spanish(v)), w.unsure = str_eq(s.known->sure, STR("C"));
	w.asked = s.asked ? day_words(v, s.asked) : STR(""), w.ends = s.ends < FAR_OFF ? day_words(v, s.ends) : STR("");
	v->back = STR("/services");
	page_service(v->o, &w);
	return visit_show(v, s.name);
}

bool service_page(struct visit *v)
{
	return service_show(v, &(struct form){ 0 });
}

static bool service_done(struct visit *v, struct act *a, struct form *f, int64_t id)
{
	bool good = act_do(v, a);
	act_end(a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/service/%lld", (long long)id));
	act_fault(v, f);
	return service_show(v, f);
}

bool service_set_do(struct visit *v)
{
	static const char *const fields[] = { "domain", "contact", "hours", "clause", "account", "card" };
	struct form f = { .given = v->ask->form };
	struct service s;
	struct act a;
	if (!service_there(v, &s))
		return false;
	act_begin(v, &a, "service set");
	act_give(v, &a, "service", s.name);
	for (size_t i = 0; i < LENGTH(fields); i++)
		act_give(v, &a, fields[i], visit_text(v, fields[i]));
	act_give(v, &a, "page", visit_text(v, "pay-page"));
	act_give(v, &a, "ends", form_date_text(v->op->a, v->ask->form, "ends"));
	return service_done(v, &a, &f, s.id.n);
}

bool service_evidence_do(struct visit *v)
{
	static const char *const fields[] = { "sort", "note", "link" };
	struct form f = { .given = v->ask->form };
	struct service s;
	struct act a;
	if (!service_there(v, &s))
		return false;
	act_begin(v, &a, "service evidence");
	act_give(v, &a, "service", s.name);
	for (size_t i = 0; i < LENGTH(fields); i++)
		act_give(v, &a, fields[i], visit_text(v, fields[i]));
	act_give(v, &a, "seen", form_date_text(v->op->a, v->ask->form, "seen"));
	act_give(v, &a, "until", form_date_text(v->op->a, v->ask->form, "until"));
	return service_done(v, &a, &f, s.id.n);
}

bool service_evidence_drop_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct service s;
	struct act a;
	if (!service_there(v, &s))
		return false;
	act_begin(v, &a, "service evidence drop");
	act_give(v, &a, "evidence", arena_say(v->op->a, "%lld", (long long)path_number(v, "e")));
	return service_done(v, &a, &f, s.id.n);
}

/* The field `do`: left, asked or confirmed; its day is the date field of that name. */
bool service_leave_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct service s;
	struct act a;
	struct str what = visit_text(v, "do");
	bool asked = str_eq(what, STR("asked")), confirmed = str_eq(what, STR("confirmed"));
	const char *field = asked ? "asked" : confirmed ? "confirmed" : "at";
	if (!service_there(v, &s))
		return false;
	struct str day = form_date_text(v->op->a, v->ask->form, field);
	if (!day.n && (asked || confirmed)) {                    /* today */
		struct civil c = civil_of(zone_local(v->op->zone, v->op->now));
		day = arena_say(v->op->a, "%04d-%02d-%02d", c.year, c.month, c.day);
	}
	act_begin(v, &a, "service leave");
	act_give(v, &a, "service", s.name);
	act_give(v, &a, field, day);
	act_give(v, &a, "note", confirmed ? visit_text(v, "confirmed-note") : STR(""));
	return service_done(v, &a, &f, s.id.n);
}

bool service_letter_page(struct visit *v)
{
	struct service_letter_view w = { .spanish = spanish(v) };
	struct service s;
	if (!service_there(v, &s))
		return false;
	struct str language = pair_text(v->ask->query, "language");
	w.spanish = language.n ? str_eq(language, STR("es")) : w.spanish;
	w.id = s.id.n, w.name = s.name, w.text = service_letter(v->op, &s, w.spanish);
	v->back = arena_say(v->op->a, "/service/%lld", (long long)s.id.n);
	page_service_letter(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Please delete what you have")));
}

/* ---- before taking one on ---- */

static struct str data_words(struct visit *v, const struct compared *c)
{
	if (c->ours) {
		struct str holds = holds_words(v, &c->h);
		return !c->h.known ? str_of(visit_words(v, "Being counted.")) : holds.n ? holds : c->h.unnamed ? str_of(visit_words(v, "Payments that name nobody."))
		       : c->h.untold ? str_of(visit_words(v, "Nobody told what it gets.")) : str_of(visit_words(v, "Nothing now."));
	}
	if (!(c->usual | c->maybe))
		return str_of(visit_words(v, "Not known: ask it."));
	return arena_say(v->op->a, "%s " STR_FMT "%s%s" STR_FMT, visit_words(v, "Usually:"), STR_ARG(c->usual ? kinds_words(v, c->usual) : str_of(visit_words(v, "what is put there"))), c->maybe ? ". " : "",
	                 c->maybe ? arena_printf(v->op->a, "%s ", visit_words(v, "Maybe:")) : "", STR_ARG(c->maybe ? kinds_words(v, c->maybe) : STR("")));
}

bool service_compare_page(struct visit *v)
{
	struct form f = { 0 };
	struct compare_view w = { .form = &f, .name = pair_text(v->ask->query, "service"), .may = v->session->login.role & ROLES_LEAD };
	struct compared *c;
	struct str *q = ARENA_ARRAY(v->op->a, struct str, QUESTIONS_BEFORE);
	for (int i = 0; i < QUESTIONS_BEFORE; i++)
		q[i] = tongue(&questions_before[i], spanish(v));
	w.question = q;
	w.name = str_trim(mask_said(v, w.name));
	if (w.name.n && !service_compare(v->op, w.name, &c, &w.rows)) {
		act_fault(v, &f);
		w.rows = 0;
	}
	struct compared_row *row = ARENA_ARRAY(v->op->a, struct compared_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		row[i] = (struct compared_row){ c[i].name, c[i].ours, { data_words(v, &c[i]), tongue(&c[i].care, spanish(v)), tongue(&c[i].sign_in, spanish(v)), tongue(&c[i].promise, spanish(v)),
		                                                      tongue(&c[i].out, spanish(v)) } };
	w.row = row;
	if (!from_fill(v, &w.from, &w.froms))
		return false;
	v->back = STR("/services");
	page_service_compare(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Before you take one on")));
}
