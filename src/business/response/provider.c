/* provider - the letter that asks a service what happened there, and what it answered. */
#include "response_int.h"
#include "laws.h"
#include "log.h"
#include "paper.h"
#include "response_data.h"
#include "response_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

enum { ANSWERS_MAX = 100, ANSWER_DAYS = 2, PASSAGES = 40 };

/* ---- the letter ---- */

/* What the law of our place asks of whoever holds data for others; empty: nothing that helps. */
static bool law_said(struct op *op, bool spanish, struct str *say)
{
	struct law *law;
	struct sql_home_place home;
	size_t n;
	bool found;
	*say = STR("");
	if (!laws_in_force(op, &law, &n) || !sql_home_place(op, &home, &found))
		return false;
	const struct law *l = found ? law_named(law, n, home.region) : NULL;
	static const char *const silent[] = { "", "n/a", "contract", "no time stated", "agent_is_principal" };
	for (size_t i = 0; l && i < LENGTH(silent); i++)
		if (str_eq(l->vendor_to_owner, str_of(silent[i])))
			return true;
	if (l)
		*say = arena_say(op->a, spanish ? "La ley de nuestro lugar (" STR_FMT ") pide a quien guarda datos ajenos avisar a su dueño sin demora."
		                                : "The law of our place (" STR_FMT ") asks whoever holds data for others to tell their owner: " STR_FMT ".", STR_ARG(l->statute), STR_ARG(l->vendor_to_owner));
	return true;
}

/* So many days on that are no Saturday or Sunday. */
static int64_t working_days(struct op *op, int64_t at, int days)
{
	return law_days(op->zone, at, days, true);
}

/* Only what concerns this provider: its windows, and who is at risk there. */
static bool facts_at(struct op *op, int64_t incident, const struct holder *h, struct facts *f, int64_t *customers)
{
	struct exposed *e;
	struct sources s;
	size_t n = 0;
	if (!facts_of(op, incident, f))
		return false;
	struct suspicion *here = ARENA_ARRAY(op->a, struct suspicion, f->i.n + 1);
	for (size_t k = 0; k < f->i.n; k++)
		if (f->i.suspicion[k].holder.n == h->id.n)
			here[n++] = f->i.suspicion[k];
	if (!n)
		return err_set(&op->err, INVALID, "holder", STR_FMT " is not among what incident %" PRId64 " concerned.", STR_ARG(h->name), incident);
	if (!exposure_of(op, here, n, false, &e, &s))
		return false;
	f->kinds = 0;
	for (uint32_t who = 0; exposed_next(e, &who); who++)
		f->kinds |= exposed_kinds(e, who);
	*customers = (int64_t)exposed_customers(e);
	f->risk = *customers > 0;
	exposed_close(e);
	f->i.suspicion = here, f->i.n = n;
	return true;
}

static bool letter_passages(struct op *op, const struct facts *f, const struct holder *h, int64_t customers, bool spanish, struct passage *p, size_t *n)
{
	struct str text = data_provider_letter_txt, law, contact[3] = { op_setting(op, "business.phone"), op_setting(op, "mail.from"), op_setting(op, "business.address") };
	struct buf reach = BUF(2000);
	struct line l;
	if (!law_said(op, spanish, &law))
		return false;
	for (size_t i = 0; i < LENGTH(contact); i++)
		if (contact[i].n)
			buf_printf(&reach, "%s" STR_FMT, reach.n ? ", " : "", STR_ARG(contact[i]));
	const struct place_value values[] = {
		{ "provider", h->name }, { "business", op_setting(op, "business.name") }, { "what", notice_title(&f->i, spanish) }, { "window", facts_window(op, f, spanish) },
		{ "discovered", day_said(op, f->i.discovered, spanish) }, { "customers", arena_say(op->a, "%" PRId64, customers) }, { "kinds", kinds_named(op, f->kinds, spanish) },
		{ "answer_by", day_said(op, working_days(op, op->now, ANSWER_DAYS), spanish) }, { "contact", arena_str(op->a, buf_str(&reach)) }, { "law", law },
	};
	buf_free(&reach);
	struct passage one = { 0 };
	bool holds = true, any = false;
	*n = 0;
	for (bool more = true; more;) {
		more = str_entry(&text, &l.word, &l.rest);
		bool begins = more && (str_eq(l.word, STR("title")) || str_eq(l.word, STR("open")) || str_eq(l.word, STR("ask")) || str_eq(l.word, STR("end")));
		if ((begins || !more) && any && holds) {
			one.text = filled(op, one.text, values, LENGTH(values));
			if (one.text.n && !memmem(one.text.p, one.text.n, ": .", 3))         /* nothing to be reached by is told */
				p[(*n)++] = one;
		}
		if (begins) {
			one = (struct passage){ str_eq(l.word, STR("title")) ? PASSAGE_TITLE : str_eq(l.word, STR("ask")) ? PASSAGE_NUMBERED : PASSAGE_TEXT, l.rest };
			holds = any = true;
		} else if (more && str_eq(l.word, STR("es")) && spanish) {
			one.text = l.rest;
		} else if (more && str_eq(l.word, STR("if"))) {
			holds &= facts_hold(f, l.rest);
		} else if (more && str_eq(l.word, STR("unless"))) {
			holds &= !facts_hold(f, l.rest);
		}
	}
	return true;
}

bool provider_letter(struct op *op, int64_t incident, const struct holder *h, bool spanish, struct str *text, int pdf)
{
	struct facts f;
	struct passage p[PASSAGES];
	int64_t customers;
	size_t n, asked = 0;
	struct buf b = BUF(32 << 10);
	if (!facts_at(op, incident, h, &f, &customers) || !letter_passages(op, &f, h, customers, spanish, p, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i].sort == PASSAGE_NUMBERED)
			buf_printf(&b, "%zu. ", ++asked);
		buf_put(&b, p[i].text);
		buf_put(&b, i + 1 < n && p[i].sort == PASSAGE_NUMBERED && p[i + 1].sort == PASSAGE_NUMBERED ? STR("\n") : STR("\n\n"));
	}
	buf_put(&b, op_setting(op, "business.name"));
	*text = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	if (pdf < 0)
		return true;
	p[n++] = (struct passage){ PASSAGE_TEXT, op_setting(op, "business.name") };
	return pdf_made(op, h->name, p, n, spanish, pdf);
}

/* ---- answers ---- */

bool provider_answers(struct op *op, int64_t incident, struct provider_answer **out, size_t *n)
{
	struct sql_answers_of q;
	struct provider_answer *v = NULL;
	size_t room = 0, m = 0;
	if (!sql_answers_of(op, incident, &q))
		return false;
	while (sql_answers_of_next(op, &q)) {
		v = arena_more(op->a, v, m, &room, sizeof *v);
		v[m++] = (struct provider_answer){ .id = q.id, .holder = { q.holder }, .who = q.who, .what = q.what, .from = q.begins, .to = q.ends, .only = q.manner, .said = q.said, .kept = q.kept, .by = q.person_by };
	}
	*out = v, *n = m;
	return op->err.code == OK;
}

/* As `incident suspect` is asked for that window. */
static bool then_of(struct op *op, int64_t incident, const struct provider_answer *a, struct incident *now, struct incident *then)
{
	static const struct verb_field field[] = { { "incident", FIELD_NUMBER, 0, "" }, { "holder", FIELD_TEXT, 0, "" }, { "from", FIELD_TIME, 0, "" }, { "to", FIELD_TIME, 0, "" }, { "only", FIELD_TEXT, 0, "" } };
	struct holder h;
	if (!map_holder(op, a->holder, &h))
		return false;
	struct str value[LENGTH(field)] = { arena_say(op->a, "%" PRId64, incident), arena_say(op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name)), a->from, a->to, a->only };
	struct arg arg[LENGTH(field)];
	for (size_t i = 0; i < LENGTH(field); i++)
		arg[i] = (struct arg){ &field[i], &value[i], value[i].n > 0 };
	return incident_suspect(op, &(struct args){ arg, LENGTH(arg) }, now, then);
}

static bool windows_same(const struct incident *a, const struct incident *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		bool there = false;
		for (size_t k = 0; k < b->n; k++)
			there |= a->suspicion[i].holder.n == b->suspicion[k].holder.n && a->suspicion[i].from == b->suspicion[k].from && a->suspicion[i].to == b->suspicion[k].to && a->suspicion[i].manner == b->suspicion[k].manner;
		if (!there)
			return false;
	}
	return true;
}

bool answer_change(struct op *op, int64_t incident, const struct provider_answer *a, struct difference *d, bool *differs)
{
	struct incident now, then;
	*differs = false;
	if (!a->from.n)
		return true;
	if (!then_of(op, incident, a, &now, &then))
		return false;
	if (windows_same(&now, &then))
		return true;
	*differs = incident_difference(op, &now, &then, d);
	return *differs;
}

/* ---- verbs ---- */

struct letter_of { int64_t incident; struct holder h; bool spanish; };

static bool letter_fill(struct op *op, void *of, int fd)
{
	struct letter_of *l = of;
	struct str text;
	return provider_letter(op, l->incident, &l->h, l->spanish, &text, fd);
}

static bool provider_asked(struct op *op, const struct args *args, const struct incident *i, struct holder *h)
{
	struct holder *all;
	size_t n;
	if (args_has(args, "holder"))
		return map_find(op, args_text(args, "holder"), h);
	if (!response_providers(op, i, &all, &n))
		return false;
	if (n != 1)
		return err_set(&op->err, n ? CONFLICT : INVALID, "holder", n ? "%zu services were concerned. Say with --holder whom to ask." : "No service was concerned. Say with --holder whom to ask.", n);
	*h = all[0];
	return true;
}

bool ask_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct letter_of l;
	struct str text;
	if (!language_asked(op, args, &l.spanish) || !incident_named(op, args, &i) || !provider_asked(op, args, &i, &l.h))
		return false;
	l.incident = i.id;
	if (!provider_letter(op, i.id, &l.h, l.spanish, &text, -1) || !pdf_asked(op, args, letter_fill, &l))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_text(answer, "holder", arena_say(op->a, "%s:" STR_FMT, sort_name(l.h.sort), STR_ARG(l.h.name)));
	answer_text(answer, "text", text);
	answer_row_end(answer);
	answer_lines(answer, text);
	return true;
}

static bool change_say(struct op *op, int64_t incident, const struct provider_answer *a, struct answer *answer)
{
	struct difference d;
	struct holder h;
	bool differs;
	if (!map_holder(op, a->holder, &h) || !answer_change(op, incident, a, &d, &differs))
		return false;
	answer_number(answer, "adds", differs ? (int64_t)bits_count(&d.added) : 0);
	answer_number(answer, "drops", differs ? (int64_t)bits_count(&d.dropped) : 0);
	answer_flag(answer, "differs", differs);
	answer_row_end(answer);
	if (!differs)
		return true;
	answer->attention = true;
	answer_say(answer, "That window would add %s and drop %zu. To take it over:", counted(op->a, (int64_t)bits_count(&d.added), "customer", "customers"), bits_count(&d.dropped));
	answer_say(answer, "  handback incident suspect %" PRId64 " --holder '%s:" STR_FMT "' --from " STR_FMT " --to " STR_FMT "%s" STR_FMT, incident, sort_name(h.sort), STR_ARG(h.name), STR_ARG(a->from), STR_ARG(a->to),
	           a->only.n ? " --only " : "", STR_ARG(a->only));
	bits_close(&d.added);
	bits_close(&d.dropped);
	return true;
}

static bool answer_show(struct op *op, int64_t incident, const struct provider_answer *a, struct answer *answer)
{
	struct holder h;
	if (!map_holder(op, a->holder, &h))
		return false;
	answer_row(answer);
	answer_number(answer, "answer", a->id);
	answer_text(answer, "holder", arena_say(op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name)));
	answer_text(answer, "who", a->who);
	answer_time(answer, "said_at", a->said);
	answer_text(answer, "said", a->what);
	answer_text(answer, "from", a->from);
	answer_text(answer, "to", a->to);
	answer_text(answer, "only", a->only);
	answer_say(answer, "%3" PRId64 "  " STR_FMT ", " STR_FMT ", " STR_FMT ": " STR_FMT, a->id, STR_ARG(day_said(op, a->said, false)), STR_ARG(h.name), STR_ARG(a->who), STR_ARG(a->what));
	return change_say(op, incident, a, answer);
}

bool answer_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i, now, then;
	struct holder h;
	struct provider_answer *all, a = { .who = args_text(args, "who"), .what = args_text(args, "said"), .from = args_text(args, "from"), .to = args_text(args, "to"), .only = args_text(args, "only"),
		.said = op->now, .kept = op->now, .by = op->person };
	struct span on = { .from = op->now };
	size_t n;
	if (!incident_named(op, args, &i) || !provider_asked(op, args, &i, &h) || !text_fits(op, "said", a.what) || !text_fits(op, "who", a.who) || !provider_answers(op, i.id, &all, &n))
		return false;
	if (!op_been(op, "on", args_text(args, "on"), &on))
		return false;
	a.said = on.from;
	if (n >= ANSWERS_MAX)
		return err_set(&op->err, TOO_BIG, NULL, "At most %d answers are kept of one incident.", ANSWERS_MAX);
	a.holder = h.id;
	if (a.only.n && !a.from.n)
		return err_set(&op->err, INVALID, "from", "--only belongs to a window: --from and --to say which.");
	if ((a.from.n || a.to.n) && !then_of(op, i.id, &a, &now, &then))
		return false;
	a.id = op_count(op, "answer");
	return a.id && sql_answer_put(op, i.id, a.id, h.id.n, a.who, a.what, a.from, a.to, a.only, a.said, a.kept, a.by) &&
	       log_add(op, "incident.answered", ABOUT({ "incident", i.id }, { "answer", a.id }, { "holder", h.id.n })) && answer_show(op, i.id, &a, answer);
}

bool answers_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct provider_answer *a;
	size_t n;
	if (!incident_named(op, args, &i) || !provider_answers(op, i.id, &a, &n))
		return false;
	for (size_t k = 0; k < n; k++)
		if (!answer_show(op, i.id, &a[k], answer))
			return false;
	if (!n)
		answer_say(answer, "Nobody has answered yet. What to ask: handback incident ask %" PRId64, i.id);
	return true;
}
