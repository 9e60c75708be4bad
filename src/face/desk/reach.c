/* reach - until everyone is reached: mails that came back, calls, letters that came back. */
#include "act.h"
#include "laws.h"

#include <stdio.h>

/* ---- mails that came back ---- */

static const char *class_said(struct visit *v, enum bounce_class c)
{
	static const struct said words[] = { [BOUNCE_NONE] = say("Nothing"), [BOUNCE_HARD] = say("Refused for good"), [BOUNCE_SOFT] = say("Refused for now"),
	                                     [BOUNCE_COMPLAINT] = say("Complaint"), [BOUNCE_AUTO] = say("A machine answered"), [BOUNCE_UNKNOWN] = say("For you to decide") };
	return visit_words(v, words[c < BOUNCE_CLASSES ? c : BOUNCE_UNKNOWN].english);
}

static const char *language_of(struct visit *v)
{
	return v->o->language == SPANISH ? "es" : "en";
}

static struct bounce_shown shown(struct visit *v, const struct bounce_row *b)
{
	return (struct bounce_shown){ *b, notice_bounce_words(b->class, b->reason, b->final, language_of(v)), moment_words(v, b->at), class_said(v, b->class) };
}

bool bounces_page(struct visit *v)
{
	struct bounces_view w = { .waiting = pair_has(v->ask->query, "waiting"), .box = op_setting(v->op, op_setting(v->op, "bounces.box").n ? "bounces.box" : "bounces.imap") };
	struct bounces_asked asked = { .waiting = w.waiting };
	struct bounce_row *row;
	if (!query_number(v, "below", &asked.below) || !notice_bounces_waiting(v->op, &w.n) || !notice_bounces(v->op, &asked, &row, &w.rows))
		return false;
	struct bounce_shown *s = ARENA_ARRAY(v->op->a, struct bounce_shown, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		s[i] = shown(v, &row[i]);
	if (w.rows == BOUNCES_PAGE)
		w.more.s = arena_say(v->op->a, "/bounces?below=%lld%s", (long long)row[w.rows - 1].id, w.waiting ? "&waiting=yes" : "");
	w.row = s;
	v->back = STR("/");
	page_bounces(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Mails that came back")));
}

static bool bounce_show(struct visit *v, const struct form *f, bool open)
{
	struct bounce_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD, .locked = !act_key_at_hand(v) };
	int64_t id = path_number(v, "n");
	struct bounces_asked asked = { .below = id + 1 };
	struct bounce_row *row;
	size_t n;
	if (!notice_bounces(v->op, &asked, &row, &n))
		return false;
	if (!n || row[0].id != id)
		return err_set(&v->op->err, NOT_FOUND, "bounce", "%s", visit_words(v, "There is no such mail."));
	w.one = shown(v, &row[0]);
	if (row[0].incident)
		w.round = notice_round_name(v->op, row[0].incident, row[0].round);
	w.opened = open && notice_bounce_mail(v->op, id, &w.words, &w.mail);
	if (open && !w.opened)
		return false;
	v->back = STR("/bounces");
	v->faulty |= f->n > 0;
	page_bounce(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "A mail that came back")));
}

bool bounce_page(struct visit *v)
{
	return bounce_show(v, &(struct form){ 0 }, false);
}

bool bounce_mail_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	bool open = act_key(v);
	if (!open)
		act_fault(v, &f);
	return bounce_show(v, &f, open);
}

bool bounce_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "notice bounce settle");
	act_give(v, &a, "bounce", pair_text(v->ask->param, "n"));
	act_give(v, &a, "customer", visit_text(v, "customer"));
	if (visit_text(v, "customer").n)
		act_give(v, &a, "round", visit_text(v, "round"));
	if (str_eq(visit_text(v, "as"), STR("failed")))
		act_flag(v, &a, "failed");
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/bounces"));
	act_fault(v, &f);
	return bounce_show(v, &f, false);
}

/* ---- calls ---- */

static bool calls_names(struct visit *v, struct call_row *row, size_t n)
{
	customer_id *who = ARENA_ARRAY(v->op->a, customer_id, n + 1);
	struct customer *c = ARENA_ARRAY(v->op->a, struct customer, n + 1);
	for (size_t i = 0; i < n; i++)
		who[i] = row[i].one.who;
	if (n && !notice_people(v->op, who, n, c))
		return false;
	for (size_t i = 0; i < n; i++) {
		row[i].name = c[i].names ? c[i].name[0].value : STR("");
		row[i].phone = c[i].phones ? c[i].phone[0].value : STR("");
		row[i].dial = str_dial(v->op->a, row[i].phone);
	}
	return true;
}

static bool calls_show(struct visit *v, const struct form *f)
{
	struct calls_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD, .locked = !act_key_at_hand(v) };
	struct notice_one *one;
	int64_t skip = 0;
	if (!query_number(v, "skip", &skip) || !round_named(v, &w.r) || !incident_get(v->op, w.r.incident, &w.i) || !notice_calls(v->op, w.r.incident, w.r.round, skip, &one, &w.rows) ||
	    !notice_script(v->op, w.r.incident, w.r.round, language_of(v), w.script))
		return false;
	struct call_row *row = ARENA_ARRAY(v->op->a, struct call_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		row[i].one = one[i];
	w.names = w.may && !w.locked && pair_has(v->ask->query, "names");
	if (w.names && !calls_names(v, row, w.rows))
		return false;
	w.row = row, w.phone = w.r.split.by[QUEUED][PHONE], w.in_person = w.r.split.by[QUEUED][IN_PERSON];
	w.path.s = arena_say(v->op->a, "/incident/%lld/round/%lld/calls", (long long)w.r.incident, (long long)w.r.round);
	if (w.rows == NOTICE_PAGE)
		w.more.s = arena_say(v->op->a, STR_FMT "?skip=%lld%s", STR_ARG(w.path.s), (long long)skip + NOTICE_PAGE, w.names ? "&names=yes" : "");
	v->back = arena_say(v->op->a, "/incident/%lld/round/%lld", (long long)w.r.incident, (long long)w.r.round);
	v->faulty |= f->n > 0;
	page_calls(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Who is to be called")));
}

bool calls_page(struct visit *v)
{
	return calls_show(v, &(struct form){ 0 });
}

bool calls_names_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	if (act_key(v))
		return visit_see(v, arena_say(v->op->a, STR_FMT "?names=yes", STR_ARG(v->ask->path)));
	act_fault(v, &f);
	return calls_show(v, &f);
}

bool pdf_of(struct visit *v, struct act *a, const char *name)
{
	a->people = true;
	if (!act_do(v, a))
		return false;
	v->reply->type = "application/pdf";
	reply_head(v->reply, "Content-Disposition", arena_say(v->op->a, "attachment; filename=\"%s.pdf\"", name));
	buf_put(&v->reply->body, buf_str(&a->file));
	return true;
}

bool calls_print_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "notice calls");
	act_give(v, &a, "round", round_words(v));
	act_flag(v, &a, "paper");
	bool good = pdf_of(v, &a, "calls");
	act_end(&a);
	if (good)
		return true;
	act_fault(v, &f);
	return calls_show(v, &f);
}

/* ---- those without a name ---- */

static bool unnamed_show(struct visit *v, const struct form *f)
{
	static const struct said titles[] = { [PUBLIC_POSTER] = say("On the counter and in the vans"), [PUBLIC_WEBSITE] = say("On the website"), [PUBLIC_RECEIPT] = say("On the till receipt"),
	                                      [PUBLIC_PHONE] = say("For whoever takes calls"), [PUBLIC_PROCESSOR] = say("To the payment service"), [PUBLIC_SUBSTITUTE] = say("The law's substitute notice") };
	struct unnamed_view w = { .form = f };
	struct str in = pair_text(v->ask->query, "in");
	w.spanish = in.n ? str_eq(in, STR("es")) : v->o->language == SPANISH;
	if (!incident_get(v->op, path_number(v, "n"), &w.i))
		return false;
	for (enum public_word k = 0; k < PUBLIC_WORDS; k++) {
		w.shown[k].title = visit_words(v, titles[k].english);
		if (!notice_public(v->op, &w.i, k, w.spanish ? "es" : "en", w.shown[k].line, &w.shown[k].n))
			return false;
	}
	struct substitute *s;
	if (!notice_substitute(v->op, &w.i, &s, &w.subs))
		return false;
	struct substitute_shown *sub = ARENA_ARRAY(v->op->a, struct substitute_shown, w.subs + 1);
	for (size_t k = 0; k < w.subs; k++)
		sub[k] = (struct substitute_shown){ s[k], s[k].law->name, v->o->language == SPANISH ? s[k].rule->wants_es : s[k].rule->wants, s[k].rule->citation.n ? s[k].rule->citation : s[k].law->statute,
		                                    s[k].grounds & SUBSTITUTE_WORDS ? s[k].law->substitute_cost : STR("") };
	w.sub = sub, w.cost_known = op_setting(v->op, "letter.cost").n > 0;
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)w.i.id);
	page_unnamed(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Those without a name")));
}

bool unnamed_page(struct visit *v)
{
	return unnamed_show(v, &(struct form){ 0 });
}

bool unnamed_print_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "notice public");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "what", STR("poster"));
	act_give(v, &a, "language", visit_text(v, "in"));
	act_flag(v, &a, "paper");
	bool good = pdf_of(v, &a, "poster");
	act_end(&a);
	if (good)
		return true;
	act_fault(v, &f);
	return unnamed_show(v, &f);
}

/* ---- whoever comes forward ---- */

/* Where somebody can pay. */
static bool came_where(struct visit *v, struct came_view *w)
{
	enum { SHOWN_MAX = 300 };
	struct holder *h;
	size_t n;
	if (!map_holders(v->op, &h, &n))
		return false;
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, SHOWN_MAX + 1);
	c[w->wheres++] = (struct form_choice){ .value = STR(""), .label = say("They do not know") };
	for (size_t i = 0; i < n && w->wheres <= SHOWN_MAX; i++)
		if (h[i].sort == PLACE || h[i].sort == READER || h[i].sort == WEBSITE)
			c[w->wheres++] = (struct form_choice){ .value = arena_say(v->op->a, "%s:" STR_FMT, sort_name(h[i].sort), STR_ARG(h[i].name)), .text = holder_said(v, &h[i]) };
	w->where = c;
	return true;
}

static bool came_fits(struct visit *v, struct came_view *w, struct form *f)
{
	struct act a;
	struct forward_fit *fit;
	size_t n;
	act_begin(v, &a, "notice fits");
	act_give(v, &a, "day", form_date_text(v->op->a, v->ask->form, "day"));
	act_give(v, &a, "at", visit_text(v, "at"));
	act_give(v, &a, "last4", visit_text(v, "last4"));
	bool good = forward_fits(v->op, &w->i, &a.args, &fit, &n, &w->more);
	act_end(&a);
	if (!good) {
		act_fault(v, f);
		return false;
	}
	struct form_choice *c = ARENA_ARRAY(v->op->a, struct form_choice, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct touch *t = &fit[i].touch;
		c[i] = (struct form_choice){ .value = forward_touch_name(v->op, t), .text = arena_say(v->op->a, STR_FMT ", " STR_FMT "%s%s", STR_ARG(moment_words(v, t->at)), STR_ARG(fit[i].where), *brand_name(t->brand) ? ", " : "", brand_name(t->brand)),
		                             .hint = fit[i].at_risk ? fit[i].sure ? (struct said)say("Fits; at risk by this incident") : (struct said)say("Perhaps; at risk by this incident") : (struct said)say("Not at risk by this incident") };
		if (t->has_last4)
			c[i].text = arena_say(v->op->a, STR_FMT " *%04u", STR_ARG(c[i].text), t->last4);
	}
	c[n] = (struct form_choice){ .value = STR(""), .label = say("None of these, or they are not sure") };
	w->fit = c, w->fits = n + 1, w->looked = true;
	return true;
}

static bool came_show(struct visit *v, struct came_view *w, struct form *f)
{
	struct forward_one *one;
	w->form = f, w->may = v->session->login.role & ROLES_LEAD, w->locked = !act_key_at_hand(v);
	if (!incident_get(v->op, path_number(v, "n"), &w->i) || !came_where(v, w) || !forward_list(v->op, w->i.id, 0, &one, &w->rows))
		return false;
	if (v->ask->form.n && !w->kept.n)
		came_fits(v, w, f);
	struct came_row *row = ARENA_ARRAY(v->op->a, struct came_row, w->rows + 1);
	for (size_t i = 0; i < w->rows; i++)
		row[i] = (struct came_row){ one[i].id, one[i].ref, day_words(v, one[i].at), one[i].paid != 0, one[i].undone != 0, one[i].other != 0 };
	w->row = row;
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)w->i.id);
	v->faulty |= f->n > 0;
	page_came(v->o, w);
	return visit_show(v, str_of(visit_words(v, "Somebody comes forward")));
}

bool came_page(struct visit *v)
{
	return came_show(v, &(struct came_view){ .looked = false }, &(struct form){ 0 });
}

bool came_do(struct visit *v)
{
	static const char *const fields[] = { "name", "email", "phone", "address1", "city", "region", "postal-code", "language", "customer", "at", "last4", "touch" };
	struct form f = { .given = v->ask->form };
	struct came_view w = { .looked = false };
	struct act a;
	if (!str_eq(visit_text(v, "step"), STR("keep")))
		return came_show(v, &w, &f);
	act_begin(v, &a, "notice came");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "day", form_date_text(v->op->a, v->ask->form, "day"));
	for (size_t i = 0; i < LENGTH(fields); i++)
		act_give(v, &a, fields[i], visit_text(v, fields[i]));
	if (visit_text(v, "new").n)
		act_flag(v, &a, "new");
	if (act_do(v, &a)) {
		w.kept = act_text(v, &a, "customer_ref"), w.round = act_text(v, &a, "round");
		w.at_risk = memmem(a.rows.p, a.rows.n, "\"at_risk\":true", 14), w.told = memmem(a.rows.p, a.rows.n, "\"told_before\":true", 18);
		f = (struct form){ 0 };
	} else {
		act_fault(v, &f);
	}
	act_end(&a);
	return came_show(v, &w, &f);
}

bool came_undo_do(struct visit *v)
{
	struct form f = { 0 };
	struct came_view w = { .looked = false };
	struct act a;
	act_begin(v, &a, "notice came undo");
	act_give(v, &a, "forward", visit_text(v, "forward"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/incident/%lld/came", (long long)path_number(v, "n")));
	act_fault(v, &f);
	return came_show(v, &w, &f);
}

/* ---- letters that came back ---- */

static bool returned_show(struct visit *v, const struct form *f, struct str done, struct str next)
{
	struct returned_view w = { .form = f, .done = done, .next = next };
	v->back = STR("/");
	v->faulty |= f->n > 0;
	page_returned(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Letters that came back")));
}

bool returned_page(struct visit *v)
{
	return returned_show(v, &(struct form){ 0 }, STR(""), STR(""));
}

/* A letter's code or the link that its QR code has, or "1.1 C-000123", as it stands at its foot; a scanner may end it with a line. */
bool returned_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str code = str_trim(visit_text(v, "code")), rest = code, round = str_split(&rest, ' '), ref = str_trim(rest.p ? rest : STR(""));
	struct act a;
	bool coded = !ref.n || strspn(code.p, "0123456789.") != round.n || !memchr(round.p, '.', round.n);
	if (!code.n) {
		form_fault(&f, "code", str_of(visit_words(v, "Type the letter's code: six groups of five, or the round and the customer's reference, like 1.1 C-000123.")));
		v->reply->status = 422;
		return returned_show(v, &f, STR(""), STR(""));
	}
	act_begin(v, &a, "notice returned");
	act_give(v, &a, "round", coded ? STR("") : round);
	act_give(v, &a, coded ? "code" : "customer", coded ? code : ref);
	bool good = act_do(v, &a);
	ref = good ? act_text(v, &a, "customer_ref") : ref;
	struct str state = good ? act_text(v, &a, "state") : STR("");
	act_end(&a);
	if (good)
		return returned_show(v, &(struct form){ 0 }, ref, str_eq(state, STR("queued")) ? str_of(visit_words(v, "They are told in another way."))
		                                                                         : str_of(visit_words(v, "No other way is known: call or visit them, or correct their address.")));
	act_fault(v, &f);
	return returned_show(v, &f, STR(""), STR(""));
}
