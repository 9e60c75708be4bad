/* practice - the page for staff on each way of being paid: to read on the phone, to sign, to print. */
#include "act.h"
#include "practice.h"

static bool spanish(const struct visit *v)
{
	return v->o->language == SPANISH;
}

static struct str title_of(const struct visit *v, const struct practice *p)
{
	return str_of(spanish(v) ? p->title.es : p->title.en);
}

/* As they are called in the list of who has signed; empty: nobody is signed in by name. */
static bool my_name(struct visit *v, struct str *name)
{
	struct person me;
	bool good = person_get(v->op, v->op->person, &me);
	*name = good ? me.name : STR("");
	return good;
}

bool practices_page(struct visit *v)
{
	struct practices_view w = { 0 };
	struct practice *p;
	struct str me;
	if (!practices(v->op, &p, &w.rows) || !my_name(v, &me))
		return false;
	struct practice_row *row = ARENA_ARRAY(v->op->a, struct practice_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++) {
		struct signer *s;
		size_t n;
		if (!practice_signers(v->op, &p[i], &s, &n))
			return false;
		row[i] = (struct practice_row){ .channel = p[i].channel, .title = title_of(v, &p[i]) };
		for (size_t k = 0; k < n; k++) {
			row[i].due += s[k].due;
			row[i].mine |= s[k].due && str_same(s[k].name, me);
		}
	}
	w.row = row;
	page_practices(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "How we take payment")));
}

/* Is this page open under an address that a phone comes to? */
static bool from_outside(const struct visit *v)
{
	return !str_starts(v->ask->host, STR("localhost")) && !str_starts(v->ask->host, STR("127.")) && !str_starts(v->ask->host, STR("[::1]"));
}

static bool practice_show(struct visit *v, struct form *f)
{
	struct practice_view w = { .form = f };
	struct practice p;
	struct signer *s;
	size_t n;
	if (!practice_of(v->op, pair_text(v->ask->param, "channel"), &p) || !practice_signers(v->op, &p, &s, &n) || !my_name(v, &w.me))
		return false;
	struct str *duty = ARENA_ARRAY(v->op->a, struct str, p.n + 1);
	for (size_t i = 0; i < p.n; i++)
		duty[i] = spanish(v) ? p.duty[i].es : p.duty[i].en;
	struct signer_row *row = ARENA_ARRAY(v->op->a, struct signer_row, n + 1);
	w.due = true;
	for (size_t i = 0; i < n; i++) {
		row[i] = (struct signer_row){ s[i].name, s[i].at ? day_words(v, s[i].at) : STR(""), s[i].due, s[i].version != p.version, s[i].version };
		if (str_same(s[i].name, w.me))
			w.before = s[i].version;
		if (str_same(s[i].name, w.me) && s[i].version == p.version && !s[i].due)
			w.due = false;
	}
	w.channel = p.channel, w.title = title_of(v, &p), w.readers = p.readers, w.odd = practice_odd(v->op, &p, spanish(v));
	w.duty = duty, w.duties = p.n, w.version = p.version, w.row = row, w.rows = n;
	w.lead = v->session->login.role & ROLES_LEAD, w.may = v->session->login.role & ROLES_WORK;
	w.leads = from_outside(v);
	if (!w.leads)
		practice_code(v->op, STR(""), &w.calls);
	v->back = STR("/practice");
	page_practice(v->o, &w);
	return visit_show(v, w.title);
}

bool practice_page(struct visit *v)
{
	return practice_show(v, &(struct form){ 0 });
}

bool practice_sign_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "practice sign");
	act_give(v, &a, "channel", pair_text(v->ask->param, "channel"));
	act_give(v, &a, "name", visit_text(v, "name"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/practice/" STR_FMT, STR_ARG(pair_text(v->ask->param, "channel"))));
	act_fault(v, &f);
	return practice_show(v, &f);
}

/* Posted, for printing makes a version of what is printed. */
bool practice_print_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct str channel = pair_text(v->ask->param, "channel");
	act_begin(v, &a, "practice print");
	act_give(v, &a, "channel", channel);
	act_give(v, &a, "size", visit_text(v, "size"));
	act_give(v, &a, "language", visit_text(v, "language"));
	if (from_outside(v))
		act_give(v, &a, "link", arena_say(v->op->a, "http%s://" STR_FMT "/practice/" STR_FMT, v->ask->secure ? "s" : "", STR_ARG(v->ask->host), STR_ARG(channel)));
	bool good = pdf_of(v, &a, arena_str(v->op->a, channel).p);
	act_end(&a);
	if (good)
		return true;
	act_fault(v, &f);
	return practice_show(v, &f);
}
