/* rounds - drafting a round, and approving it. */
#include "marks.h"
#include "monitoring.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "places.h"
#include "seal.h"
#include "telling.h"
#include "ways.h"

#include <inttypes.h>
#include <time.h>

enum { TEXT_FILE_MAX = 128 << 10, HOURS = 48, WAIT_MAX = 24 * 60 };

struct str notice_round_name(struct op *op, int64_t incident, int64_t round)
{
	return arena_say(op->a, "%" PRId64 ".%" PRId64, incident, round);
}

struct str round_name(struct op *op, const struct round *r)
{
	return notice_round_name(op, r->incident, r->round);
}

bool round_read(struct op *op, int64_t incident, int64_t round, struct round *r, bool *found)
{
	struct sql_round_get q;
	if (!sql_round_get(op, incident, round, &q, found))
		return false;
	if (*found)
		*r = (struct round){ incident, round, q.drafted, q.approved, q.ends, q.undone, q.begins, q.until, q.people, (enum audience)q.audience, q.template, { q.what, q.what_es }, q.doing, q.leave, q.opens };
	return true;
}

bool round_get(struct op *op, int64_t incident, int64_t round, struct round *r)
{
	bool found;
	return round_read(op, incident, round, r, &found) &&
	       (found || err_set(&op->err, NOT_FOUND, "round", "There is no round %s.", notice_round_name(op, incident, round).p));
}

bool round_asked(struct op *op, const struct args *args, struct round *r)
{
	struct str text = args_text(args, "round"), rest = text, number = str_split(&rest, '.');
	struct sql_round_latest latest;
	bool found;
	*r = (struct round){ 0 };
	if (!text.n) {                                   /* where it may be left away: the latest of all */
		struct sql_round_last last;
		if (!sql_round_last(op, &last, &found))
			return false;
		if (!last.incident)
			return err_set(&op->err, NOT_FOUND, "round", "There is no round yet. To draft one: handback notice draft INCIDENT");
		number = arena_say(op->a, "%" PRId64, last.incident);
	}
	if (!str_i64(number, &r->incident) || (rest.p && !str_i64(rest, &r->round)))
		return err_set(&op->err, INVALID, "round", "A round is named like 1.2: the second round of incident 1.");
	if (!rest.p) {
		if (!sql_round_latest(op, r->incident, &latest, &found))
			return false;
		r->round = latest.round;
	}
	return round_read(op, r->incident, r->round, r, &found) &&
	       (found || err_set(&op->err, NOT_FOUND, "round", "There is no round " STR_FMT ". To draft one: handback notice draft %" PRId64, STR_ARG(text), r->incident));
}

bool round_telling(struct op *op, const struct round *r, struct telling *t)
{
	struct sql_round_affected affected;
	bool found;
	return sql_round_affected(op, r->incident, r->round, &affected, &found) && round_telling_of(op, r, affected.n, t);
}

bool round_telling_of(struct op *op, const struct round *r, int64_t affected, struct telling *t)
{
	*t = (struct telling){ .business = op_setting(op, "business.name"), .address = op_setting(op, "business.address"), .phone = op_setting(op, "business.phone"),
	                       .what = { r->what[0], r->what[1] }, .doing = r->doing, .reply = op_setting(op, "mail.from").n > 0, .from = r->begins, .to = r->until, .at = op->now, .zone = op->zone,
	                       .parent = op_setting(op, "business.parent") };
	struct law *law;
	struct incident i;
	struct known_fact *fact;
	struct offer *offer = ARENA_NEW(op->a, struct offer);
	size_t n;
	bool offered;
	if (!laws_in_force(op, &law, &t->laws) || !incident_get(op, r->incident, &i) || !incident_known(op, r->incident, &fact, &n) || !enrol_offer(op, r->incident, offer, &offered))
		return false;
	t->offer = offered ? offer : NULL;
	t->law = law, t->discovered = i.discovered, t->affected = affected, t->home = op_setting(op, "region");
	for (size_t f = 0; f < n; f++)
		t->waited |= strcmp(fact[f].name, "hold-since") == 0 && fact[f].text.n;
	return op->err.code == OK;
}

bool one_asked(struct op *op, const struct args *args, const struct round *r, struct moving *m)
{
	customer_id who;
	struct sql_notice_get q;
	bool found;
	if (!ledger_customer_by_ref(op, args_text(args, "customer"), &who) || !sql_notice_get(op, r->incident, r->round, who.n, &q, &found))
		return false;
	if (!found) {                                    /* it may have been joined to another since, or before */
		who = ledger_person(op, who);
		if (!sql_notice_get(op, r->incident, r->round, who.n, &q, &found))
			return false;
	}
	if (!found)
		return err_set(&op->err, NOT_FOUND, "customer", STR_FMT " is not in round " STR_FMT ".", STR_ARG(args_text(args, "customer")), STR_ARG(round_name(op, r)));
	*m = (struct moving){ r->incident, r->round, who, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts };
	return true;
}

static void add_numbers(struct blake *b, const int64_t *n, size_t many)
{
	blake_add(b, (struct str){ (const char *)n, many * sizeof *n });
}

bool round_approval(struct op *op, const struct round *r, const struct bits *rows, struct approval *a)
{
	struct offer o;
	bool offered;
	struct sql_notices_told q;
	struct blake b;
	*a = (struct approval){ .incident = r->incident, .round = r->round, .rows = rows };
	if (!enrol_offer(op, r->incident, &o, &offered))
		return false;
	const struct str text[] = { r->template, r->what[0], r->what[1], r->doing, o.vendor, o.page, o.phone };      /* none is offered: empty */
	blake_start(&b);
	add_numbers(&b, (const int64_t[]){ r->audience, r->begins, r->until, o.until, o.months }, 5);
	for (size_t i = 0; i < LENGTH(text); i++) {
		add_numbers(&b, (const int64_t[]){ (int64_t)text[i].n }, 1);
		blake_add(&b, text[i]);
	}
	if (!sql_notices_told(op, r->incident, r->round, &q))
		return false;
	while (sql_notices_told_next(op, &q))
		add_numbers(&b, (const int64_t[]){ q.customer, q.kinds, q.first_at, q.last_at, q.touches }, 5);
	blake_end(&b, a->told);
	return op->err.code == OK;
}

bool round_leave(const struct round *r, struct leave *leave, struct bits *rows)
{
	if (!r->leave.n || r->leave.n > LEAVE_MAX || r->opens.n % 8)
		return false;
	memcpy(leave->bytes, r->leave.p, r->leave.n);
	leave->n = r->leave.n;
	*rows = bits_open(r->opens.n * 8);
	memcpy(rows->w, r->opens.p, r->opens.n);
	return true;
}

void split_add(struct split *s, enum notice_state state, int64_t n)
{
	s->state[state] += n;
	s->all += n;
	s->open += notice_state_open(state) ? n : 0;
}

bool round_split(struct op *op, const struct round *r, struct split *s)
{
	struct sql_states_count q;
	*s = (struct split){ 0 };
	if (!sql_states_count(op, r->incident, r->round, &q))
		return false;
	while (sql_states_count_next(op, &q)) {
		if (q.state < DRAFTED || q.state > UNREACHABLE || q.channel < NO_CHANNEL || q.channel > IN_PERSON)
			continue;
		s->by[q.state][q.channel] = q.n;
		split_add(s, (enum notice_state)q.state, q.n);
	}
	return op->err.code == OK;
}

/* ---- draft: who ---- */

bool earlier_people(struct op *op, int64_t incident, bool told, uint32_t n, struct bits *out)
{
	struct sql_earlier_customers q;
	struct sql_told_customers t;
	*out = bits_open((size_t)n + 1);
	bool good = told ? sql_told_customers(op, incident, &t) : sql_earlier_customers(op, incident, &q);
	while (good && (told ? sql_told_customers_next(op, &t) : sql_earlier_customers_next(op, &q))) {
		customer_id who = { (uint32_t)(told ? t.customer : q.customer) };
		bits_add(out, (told ? t.same_as : q.same_as) ? ledger_person(op, who).n : who.n);
	}
	if (op->err.code == OK)
		return true;
	bits_close(out);
	return false;
}

struct drafting {
	struct op *op; int64_t incident, round; enum audience audience;
	struct exposed *exposed; struct bits before, told, forgotten; struct planner planner;
	int64_t by[IN_PERSON + 1], all, untold, wished, barred, pathless;          /* untold: forgotten at their wish; wished: told as they asked; barred, pathless: not so, for the law or for want of an address */
};

static bool draft_one(struct drafting *d, uint32_t who)
{
	struct op *op = d->op;
	const struct exposed *e = d->exposed;
	bool at_risk = who < e->n && exposed_kinds(e, who);
	kinds k = at_risk ? exposed_kinds(e, who) : 0;
	bool in = d->audience == AUDIENCE_NEW    ? k && !bits_has(&d->before, who)
	          : d->audience == AUDIENCE_TOLD ? bits_has(&d->told, who)
	                                         : k || bits_has(&d->told, who);
	struct plan plan;
	if (!in)
		return true;
	if (bits_has(&d->forgotten, who)) {
		d->untold++;
		return true;
	}
	if (!plan_of(op, &d->planner, (customer_id){ who }, &plan))
		return false;
	enum notice_channel channel = channel_first(op, &plan, 0);
	d->by[channel]++, d->all++;
	if (plan.wish)
		++*(channel == plan.wish ? &d->wished : plan.barred & 1u << plan.wish ? &d->barred : &d->pathless);
	return sql_notice_put(op, d->incident, d->round, who, (int64_t)k, at_risk ? e->first[who] : FAR_OFF, at_risk ? e->last[who] : FAR_OFF,
	                      at_risk ? e->touches[who] : 0, channel, DRAFTED, op->now);
}

static bool draft_all(struct drafting *d)
{
	struct op *op = d->op;
	uint32_t n;
	if (!ledger_size(op, &n))
		return false;
	n = n >= d->exposed->n ? n : d->exposed->n - 1;
	if (!earlier_people(op, d->incident, false, n, &d->before) || !earlier_people(op, d->incident, true, n, &d->told) || !planner_open(op, d->incident, true, &d->planner) || !ledger_forgotten(op, &d->forgotten))
		return false;
	for (uint32_t who = 1; who <= n; who++)
		if (!draft_one(d, who))
			return false;
	return true;
}

/* ---- draft: what ---- */

static bool audience_read(struct op *op, const struct args *args, enum audience *a)
{
	struct str s = args_text(args, "for");
	*a = !s.n || str_eq(s, STR("new")) ? AUDIENCE_NEW : str_eq(s, STR("told")) ? AUDIENCE_TOLD : AUDIENCE_ALL;
	if (*a == AUDIENCE_ALL && !str_eq(s, STR("all")))
		return err_set(&op->err, INVALID, "for", "--for is new (not told yet), told, or all.");
	return *a != AUDIENCE_TOLD || args_has(args, "text") || args_has(args, "words") ||
	       err_set(&op->err, INVALID, "words", "What shall those be told who know already? Write it into a file and give it with --text FILE, or give it with --words.");
}

/* An own text, from a file or as it was typed (a browser ends lines with CR LF); neither: ours. */
static bool text_read(struct op *op, const struct args *args, enum audience audience, struct str *stored)
{
	if (args_has(args, "words")) {
		struct str words = args_text(args, "words"), typed = arena_str(op->a, words);
		char *p = (char *)(uintptr_t)typed.p;
		typed.n = 0;
		for (size_t i = 0; i < words.n; i++)
			if (words.p[i] != '\r')
				p[typed.n++] = words.p[i];
		return templates_own(op, typed, audience != AUDIENCE_TOLD, stored);
	}
	if (!args_has(args, "text")) {
		*stored = templates_builtin(op);
		return true;
	}
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "text")));
	struct buf b = BUF(TEXT_FILE_MAX);
	bool good = file_whole(path, &b, "text", &op->err);
	good = good && templates_own(op, str_straight(op->a, arena_str(op->a, buf_str(&b))), audience != AUDIENCE_TOLD, stored);
	buf_free(&b);
	return good;
}

static bool round_make(struct op *op, const struct incident *i, int64_t round, enum audience a, struct str stored)
{
	int64_t from = FAR_OFF, to = LONG_AGO;
	for (size_t k = 0; k < i->n; k++) {
		from = i->suspicion[k].from < from ? i->suspicion[k].from : from;
		to = i->suspicion[k].to > to ? i->suspicion[k].to : to;
	}
	if (!i->n)
		from = LONG_AGO, to = FAR_OFF;
	return mark_key_make(op) && sql_round_put(op, i->id, round, a, stored, i->title, notice_title(i, true), op_setting(op, "notice.doing"), from, to, op->now, STR(""));
}

/* An unapproved round is finished or taken back first: nobody wonders which of two drafts goes out. */
static bool no_open_draft(struct op *op, int64_t incident, enum audience audience, int64_t *next)
{
	struct sql_round_latest latest;
	struct sql_round_get q;
	bool found;
	if (!sql_round_latest(op, incident, &latest, &found))
		return false;
	*next = latest.round + 1;
	if (!latest.round)
		return true;
	if (!sql_round_get(op, incident, latest.round, &q, &found))
		return false;
	const char *name = notice_round_name(op, incident, latest.round).p;
	if (!q.approved && !q.undone && q.audience == AUDIENCE_TOLD && audience != AUDIENCE_TOLD)
		return err_set(&op->err, CONFLICT, "incident", "Round %s, a further word to those who were told, is drafted and waits. First approve it; or take it back, write to those newly at risk, and write it again afterwards. To take it back: handback notice undo %s",
		               name, name);
	return q.approved || q.undone || err_set(&op->err, CONFLICT, "incident", "Round %s is drafted already. Approve it, or take it back: handback notice undo %s", name, name);
}

static void draft_say(struct op *op, const struct drafting *d, struct answer *answer)
{
	struct str name = notice_round_name(op, d->incident, d->round);
	answer_row(answer);
	answer_text(answer, "round", name);
	answer_number(answer, "customers", d->all);
	answer_number(answer, "email", d->by[EMAIL]);
	answer_number(answer, "letter", d->by[LETTER]);
	if (d->by[SMS])
		answer_number(answer, "sms", d->by[SMS]);
	if (d->by[PHONE])
		answer_number(answer, "phone", d->by[PHONE]);
	answer_number(answer, "unreachable", d->by[NO_CHANNEL]);
	if (d->wished + d->barred + d->pathless) {
		answer_number(answer, "wished", d->wished);
		answer_number(answer, "wished_barred", d->barred);
		answer_number(answer, "wished_pathless", d->pathless);
	}
	answer_number(answer, "unnamed_touches", (int64_t)d->exposed->unnamed);
	answer_row_end(answer);
	answer_say(answer, "Round %s: %s. %" PRId64 " by e-mail, %" PRId64 " by letter, %" PRId64 " with no known way.", name.p, counted(op->a, d->all, "customer", "customers"), d->by[EMAIL], d->by[LETTER], d->by[NO_CHANNEL]);
	if (d->by[SMS] + d->by[PHONE])
		answer_say(answer, "%" PRId64 " by SMS, %" PRId64 " to be called by you.", d->by[SMS], d->by[PHONE]);
	if (d->wished)
		answer_say(answer, "%s in the way they asked for.", counted(op->a, d->wished, "customer is told", "customers are told"));
	if (d->barred)
		answer_note(answer, "%s for a way that the law of where they live does not take for a notice. They are told as it asks first, and in their way if that fails.", counted(op->a, d->barred, "customer asked", "customers asked"));
	if (d->pathless)
		answer_note(answer, "%s for a way in which nobody knows how to reach them: another is taken.", counted(op->a, d->pathless, "customer asked", "customers asked"));
	if (d->by[EMAIL] && !op_setting(op, "mail.from").n)
		answer_note(answer, "No sender stands on the e-mails yet: handback set mail.from you@example.com");
	if (d->by[EMAIL] && (!op_setting(op, "mail.server").n || str_eq(op_setting(op, "mail.server"), STR("none"))))
		answer_note(answer, "No mail server is set: the e-mails will be put into the folder outbox, and you send them with your mail program. To set one: handback set mail.server smtps://...");
	if (!op_setting(op, "business.phone").n)
		answer_note(answer, "No phone number stands in the notice yet: handback set business.phone '(202) 555-0100'");
	if (d->by[LETTER] && !op_setting(op, "business.address").n)
		answer_note(answer, "No sender stands on the letters yet: handback set business.address '12 Mill St, Millbrook, NY 12545'");
	answer_say(answer, "Read one before it goes out: handback notice preview %s", name.p);
}

static bool open_or_last_word(struct op *op, const struct incident *i, enum audience audience)
{
	return i->closed >= FAR_OFF || audience == AUDIENCE_TOLD ||
	       err_set(&op->err, CONFLICT, "incident", "This incident is closed. Only a last word to those who were told can still be written. If more is known now, open another incident.");
}

static bool nobody_told(struct op *op, int64_t incident)
{
	struct sql_told_count q;
	bool found;
	return sql_told_count(op, incident, &q, &found) && !q.told;
}

static bool draft_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct drafting d = { .op = op };
	struct incident i;
	struct sources sources;
	struct str stored;
	if (!args_number(args, "incident", &d.incident) || !incident_get(op, d.incident, &i) || !audience_read(op, args, &d.audience) ||
	    !open_or_last_word(op, &i, d.audience) || !text_read(op, args, d.audience, &stored) || !no_open_draft(op, i.id, d.audience, &d.round) || !ledger_sound(op) || !exposure_of(op, i.suspicion, i.n, true, &d.exposed, &sources))
		return false;
	bool good = round_make(op, &i, d.round, d.audience, stored) && draft_all(&d);
	if (good && d.exposed->unnamed)
		answer_say(answer, d.exposed->unnamed == 1 ? "%" PRIu64 " payment at risk names nobody and can't be told by this; your payment service can reach that person."
		                                           : "%" PRIu64 " payments at risk name nobody and can't be told by this; your payment service can reach those people.", d.exposed->unnamed);
	if (good && d.untold)
		answer_say(answer, "%s at their wish, and cannot be told.", counted(op->a, d.untold, "customer at risk was forgotten", "customers at risk were forgotten"));
	if (good && d.all) {
		draft_say(op, &d, answer);
		good = sql_round_people(op, i.id, d.round, d.all) && log_add(op, "round.drafted", ABOUT({ "incident", i.id }, { "round", d.round }, { "audience", d.audience }, { "customers", d.all }));
	} else if (good && d.audience == AUDIENCE_TOLD && nobody_told(op, i.id)) {
		good = err_set(&op->err, CONFLICT, "incident", "Nobody was told of this yet: no notice has gone out. Send the first ones, then write again.");
	} else if (good) {
		answer_say(answer, exposed_customers(d.exposed) ? "Nobody is left to tell: each customer at risk is in an earlier round. No round was made."
		                                                : "No customer that we know is at risk by this incident. No round was made.");
		good = sql_round_drop(op, i.id, d.round);
	}
	struct round r;
	bool found;
	size_t stops = 0;
	good = good && (!d.all || (round_read(op, i.id, d.round, &r, &found) && round_look_say(op, &r, answer, &stops) && places_keep(op, &r)));
	answer->attention |= stops > 0;
	exposed_close(d.exposed);
	bits_close(&d.before);
	bits_close(&d.told);
	bits_close(&d.forgotten);
	planner_close(&d.planner);
	return good;
}

/* ---- its text ---- */

bool text_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct str stored;
	bool ours = args_has(args, "ours"), changes = ours || args_has(args, "text") || args_has(args, "words");
	if (!round_asked(op, args, &r))
		return false;
	if (changes && (r.approved || r.undone))
		return err_set(&op->err, CONFLICT, "round", r.undone ? "Round " STR_FMT " was taken back." : "Round " STR_FMT " is approved: its words stay. To say it otherwise, take it back and draft anew: handback notice undo " STR_FMT,
		               STR_ARG(round_name(op, &r)), STR_ARG(round_name(op, &r)));
	if (changes && ours && r.audience == AUDIENCE_TOLD)
		return err_set(&op->err, CONFLICT, "ours", "An update is in your own words; we have none for it.");
	if (changes && !text_read(op, args, r.audience, &stored))
		return false;
	if (!changes) {
		answer_row(answer);
		answer_text(answer, "round", round_name(op, &r));
		answer_text(answer, "text", r.template);
		answer_row_end(answer);
		answer_lines(answer, r.template);
		return true;
	}
	if (!ours && r.audience != AUDIENCE_NEW)
		stored = templates_with_corrections(op, stored, r.template);
	answer_say(answer, "Round " STR_FMT " says it in %s words. Read one before it goes out: handback notice preview " STR_FMT, STR_ARG(round_name(op, &r)), ours ? "our" : "your",
	           STR_ARG(round_name(op, &r)));
	r.template = stored;
	size_t stops;
	if (!sql_round_word(op, r.incident, r.round, stored) || !log_add(op, "round.worded", ABOUT({ "incident", r.incident }, { "round", r.round })) || !round_look_say(op, &r, answer, &stops))
		return false;
	answer->attention = stops > 0;
	return true;
}

/* ---- preview ---- */

static bool preview_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m = { 0 };
	struct notice_preview p;
	if (!round_asked(op, args, &r) || (args_has(args, "customer") && !one_asked(op, args, &r, &m)) || !op_key(op) || !notice_preview(op, r.incident, r.round, m.who, &p))
		return false;
	answer_row(answer);
	answer_text(answer, "customer_ref", p.ref);
	answer_text(answer, "round", round_name(op, &r));
	answer_text(answer, "channel", str_of(notice_channel_name(p.channel)));
	answer_text(answer, "subject", p.subject);
	answer_text(answer, "text", p.text);
	answer_row_end(answer);
	answer_say(answer, "To " STR_FMT ", by %s\nSubject: " STR_FMT "\n", STR_ARG(p.ref),
	           notice_channel_said(p.channel), STR_ARG(p.subject));
	answer_lines(answer, p.text);
	size_t stops;
	if (!round_look_say(op, &r, answer, &stops))
		return false;
	answer_say(answer, "Another one: handback notice preview " STR_FMT " --customer REF. All good: handback notice approve " STR_FMT, STR_ARG(round_name(op, &r)),
	           STR_ARG(round_name(op, &r)));
	return true;
}

/* ---- approve ---- */

/* Everybody in the round, and everybody joined to one of them: whose contacts the keeper is to open. */
static bool round_people(struct op *op, const struct round *r, struct bits *out)
{
	struct families families;
	struct sql_notice_numbers q;
	uint32_t n;
	if (!ledger_size(op, &n) || !families_open(op, &families))
		return false;
	*out = bits_open((size_t)n + 1);
	bool good = sql_notice_numbers(op, r->incident, r->round, &q);
	while (good && sql_notice_numbers_next(op, &q)) {
		customer_id member[FAMILY_MAX];
		size_t members;
		good = family_of(op, &families, (customer_id){ (uint32_t)q.customer }, member, &members);
		for (size_t i = 0; good && i < members; i++)
			bits_add(out, member[i].n);
	}
	families_close(&families);
	if (op->err.code == OK)
		return true;
	bits_close(out);
	return false;
}

/* What is drafted is queued on its channel; who has none is unreachable. A renewed approval finds nothing drafted. */
static bool approve_keep(struct op *op, const struct round *r, int64_t due, int64_t ends, const struct leave *leave, const struct bits *rows, int64_t customers)
{
	struct str bits = { (const char *)rows->w, (rows->n + 63) / 64 * 8 };
	return sql_round_approve(op, r->incident, r->round, op->now, ends, (struct str){ (const char *)leave->bytes, leave->n }, bits) &&
	       notices_move_all(op, r->incident, r->round, DRAFTED, E_APPROVE, EMAIL, IN_PERSON) &&
	       notices_move_all(op, r->incident, r->round, DRAFTED, E_NO_CHANNEL, NO_CHANNEL, NO_CHANNEL) && (!due || sql_notices_delay(op, r->incident, r->round, due)) &&
	       log_add(op, "round.approved", ABOUT({ "incident", r->incident }, { "round", r->round }, { "customers", customers }));
}

/* Contacts may have come or gone since the draft: each drafted notice goes the way that is known now. *n: how many go another. */
static bool channels_renew(struct op *op, const struct round *r, int64_t *n)
{
	struct sql_notices_drafted q;
	struct planner planner;
	struct few_channels { int64_t customer; enum notice_channel channel; } *other = NULL;
	size_t cap = 0;
	*n = 0;
	if (!planner_open(op, r->incident, true, &planner))
		return false;
	bool good = sql_notices_drafted(op, r->incident, r->round, &q);
	while (good && sql_notices_drafted_next(op, &q)) {
		struct plan plan;
		good = plan_of(op, &planner, (customer_id){ (uint32_t)q.customer }, &plan);
		enum notice_channel now = good ? channel_first(op, &plan, 0) : (enum notice_channel)q.channel;
		if (now == (enum notice_channel)q.channel)
			continue;
		other = arena_more(op->a, other, (size_t)*n, &cap, sizeof *other);
		other[(*n)++] = (struct few_channels){ q.customer, now };
	}
	planner_close(&planner);
	if (op->err.code != OK || !*n)
		return op->err.code == OK;
	good = op_begin(op);
	for (int64_t i = 0; good && i < *n; i++)
		good = sql_notice_channel(op, r->incident, r->round, other[i].customer, other[i].channel);
	return op_end(op, good && log_add(op, "round.channels", ABOUT({ "incident", r->incident }, { "round", r->round }, { "customers", *n })));
}

/* Whether the round is still what was approved. */
static bool approval_holds(struct op *op, const struct round *r, bool *holds)
{
	struct leave leave;
	struct bits rows;
	struct approval approval;
	struct err why = { 0 };
	*holds = false;
	if (!op_key(op))
		return false;
	if (!round_leave(r, &leave, &rows))
		return true;
	bool good = round_approval(op, r, &rows, &approval);
	*holds = good && seal_use(op->seal, &leave, &approval, &why);
	bits_close(&rows);
	return good && (why.code == OK || why.code == REFUSED) && seal_use(op->seal, NULL, NULL, &op->err);
}

/* In the approval's transaction: it stands with a code for each who is owed one, or not at all. */
static bool codes_give(struct op *op, const struct round *r, const struct monitoring *m)
{
	int64_t given;
	return !m->offered || enrol_give(op, r->incident, m->who, m->n, &given);
}

/* What is drafted of somebody's exposure goes out as it was drafted: not when that is no more so (a window was changed, an import taken back). Whom the
 * exposure has added since is told by the next round. CONFLICT, with how many. */
static bool still_at_risk(struct op *op, const struct round *r, const struct exposed *e)
{
	struct strayed *s;
	size_t n;
	int64_t gone = 0;
	if (!round_strayed(op, r, e, &s, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		gone += !s[i].now;
	return !n || err_set(&op->err, CONFLICT, "round", "Since this round was drafted, who is at risk has changed: %s no longer, %s with other information. Take it back and draft anew: handback notice undo " STR_FMT,
	                     counted(op->a, gone, "customer", "customers"), counted(op->a, (int64_t)n - gone, "customer", "customers"), STR_ARG(round_name(op, r)));
}

/* The exposure as it is now, asked for once: against what was drafted, what the text says and what the laws want. */
static bool round_as_now(struct op *op, const struct round *r, struct monitoring *m)
{
	struct incident i;
	struct sources sources;
	struct exposed *e;
	struct counts c = { 0 };
	if (!incident_get(op, r->incident, &i) || !ledger_sound(op) || !exposure_of(op, i.suspicion, i.n, false, &e, &sources))
		return false;
	bool good = still_at_risk(op, r, e) && incident_counts_of(op, e, &sources, &c);
	exposed_close(e);
	return good && round_may_go(op, r, &i, &c, m);
}

bool round_unheld(struct op *op, int64_t incident)
{
	struct str why;
	int64_t until;
	if (!incident_hold(op, incident, &why, &until))
		return false;
	return !why.n || err_set(&op->err, REFUSED, "round", STR_FMT " Nothing goes out while that lasts. When it is over, say until when it was; if people are to be told all the same, agreed with the police or because a law wants it, say why%s", STR_ARG(why),
	                         op->afar ? "." : arena_printf(op->a, ": handback incident fact %" PRId64 " --hold-until DAY, or --hold-anyway WHY", incident));
}

static bool approve_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct split s;
	struct bits rows;
	struct leave leave;
	struct approval approval;
	struct monitoring m;
	bool holds = false;
	int64_t others, hours = HOURS, wait = 0, now = (int64_t)time(NULL);      /* the keeper goes by this machine's clock */
	if (args_number(args, "wait", &wait) && (wait < 0 || wait > WAIT_MAX))
		return err_set(&op->err, INVALID, "wait", "--wait is 0 to %d minutes.", WAIT_MAX);
	if (!round_asked(op, args, &r))
		return false;
	if (r.undone)
		return err_set(&op->err, CONFLICT, "round", "This round was taken back. Draft a new one: handback notice draft %" PRId64, r.incident);
	if (r.approved && now < r.ends && !approval_holds(op, &r, &holds))
		return false;
	if (holds)
		return err_set(&op->err, CONFLICT, "round", "This round was approved on " STR_FMT ". Next: handback notice send " STR_FMT,
		               STR_ARG(when_day_text(op->a, op->zone, r.approved, "en")), STR_ARG(round_name(op, &r)));
	if (r.approved && now < r.ends)
		answer_note(answer, "This round was changed since it was approved on " STR_FMT ". Read one before you approve it again: handback notice preview " STR_FMT,
		            STR_ARG(when_day_text(op->a, op->zone, r.approved, "en")), STR_ARG(round_name(op, &r)));
	if (!round_unheld(op, r.incident) || !round_as_now(op, &r, &m) || !channels_renew(op, &r, &others) || !round_split(op, &r, &s))
		return false;
	if (others)
		answer_note(answer, "%s another way than in the draft: contacts or wishes were changed since.", counted(op->a, others, "customer is told", "customers are told"));
	int64_t waiting = s.state[DRAFTED] + s.state[QUEUED], email = s.by[DRAFTED][EMAIL] + s.by[QUEUED][EMAIL], letter = s.by[DRAFTED][LETTER] + s.by[QUEUED][LETTER],
	        no_way = s.by[DRAFTED][NO_CHANNEL], other = waiting - email - letter - no_way;
	answer_note(answer, "Round " STR_FMT ": %s, %" PRId64 " by e-mail, %" PRId64 " by letter, %" PRId64 " with no known way.",
	            STR_ARG(round_name(op, &r)), counted(op->a, waiting, "customer", "customers"), email, letter, no_way);
	if (op_setting(op, "approval.hours").n)
		str_i64(op_setting(op, "approval.hours"), &hours);
	if (!op_key_again(op) || !round_people(op, &r, &rows))
		return false;
	if (op_stopped(op)) {
		bits_close(&rows);
		return err_set(&op->err, REFUSED, NULL, "Stopped by you; nothing was approved.");
	}
	bool good = round_approval(op, &r, &rows, &approval) && seal_approve(op->seal, &approval, now + hours * 3600, &leave, &op->err) && op_begin(op) &&
	            op_end(op, codes_give(op, &r, &m) && approve_keep(op, &r, wait ? op->now + wait * 60 : 0, now + hours * 3600, &leave, &rows, waiting));
	bits_close(&rows);
	if (!good)
		return false;
	answer_row(answer);
	answer_text(answer, "round", round_name(op, &r));
	answer_number(answer, "customers", waiting);
	answer_number(answer, "email", email);
	answer_number(answer, "letter", letter);
	if (other)
		answer_number(answer, "phone", other);
	answer_number(answer, "unreachable", no_way);
	answer_time(answer, "ends", now + hours * 3600);
	answer_row_end(answer);
	answer_say(answer, "Approved for %s: %s, %" PRId64 " by e-mail, %" PRId64 " by letter, %" PRId64 " with no known way.", counted(op->a, hours, "hour", "hours"),
	           counted(op->a, waiting, "customer", "customers"), email, letter, no_way);
	if (other)
		answer_say(answer, "%s by SMS or by your call: handback notice calls " STR_FMT, counted(op->a, other, "customer is told", "customers are told"), STR_ARG(round_name(op, &r)));
	if (wait)
		answer_say(answer, "Nothing goes out for %s; until then this takes it back: handback notice undo " STR_FMT, counted(op->a, wait, "minute", "minutes"),
		           STR_ARG(round_name(op, &r)));
	answer_say(answer, "Next: handback notice send " STR_FMT, STR_ARG(round_name(op, &r)));
	return true;
}

#define ROUND { "round", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "like 1.2: the second round of incident 1; a bare 1 is its latest" }
#define INCIDENT { "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" }
#define WHO(how) { "customer", FIELD_TEXT, how, "a customer reference" }

const struct verb notice_verbs[] = {
	{ "notice draft", "Drafts a round: a notice to each customer at risk who was not told yet.", "handback notice draft 1", VERB_WRITE,
	  FIELDS({ "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" },
	         { "for", FIELD_TEXT, 0, "new: not told yet (if not told); told: an update; all" },
	         { "text", FIELD_PATH, 0, "a file with your own text instead of ours, see doc/letters.md" },
	         { "words", FIELD_TEXT, 0, "that text itself" }), draft_run },
	{ "notice text", "Puts your own words into a drafted round, or shows the words that it has.", "handback notice text 1.1 --text mine.txt", VERB_WRITE,
	  FIELDS(ROUND, { "text", FIELD_PATH, 0, "a file with your own text, see doc/letters.md" }, { "words", FIELD_TEXT, 0, "that text itself" },
	         { "ours", FIELD_FLAG, 0, "takes our words again" }), text_run },
	{ "notice preview", "Shows what one customer will read.", "handback notice preview 1.1 --customer C-000123", VERB_LONG, FIELDS(ROUND, WHO(0)), preview_run },
	{ "notice check", "Looks at a round's text: how hard it is to read, what of it is untrue by what is known of the incident, and what brags.", "handback notice check 1.1", VERB_READ,
	  FIELDS(ROUND), check_run },
	{ "notice approve", "Approves a round, after asking for the passphrase again: from here on it may go out.", "handback notice approve 1.1", VERB_LONG,
	  FIELDS(ROUND, { "wait", FIELD_NUMBER, 0, "minutes until the first may go out, in which notice undo takes all of it back; 0 if not told" }), approve_run, .again = true },
	{ "notice send", "Sends what is due of an approved round: e-mails first, then letters.", "handback notice send 1.1", VERB_OUT,
	  FIELDS(ROUND, { "now", FIELD_FLAG, 0, "sends at once what waits: what the mail server had put off, what was approved with --wait" }), send_run, .afar = true },
	{ "notice status", "Says how far a round is, and who is not reached.", "handback notice status 1.1 --json", VERB_READ,
	  FIELDS({ "round", FIELD_TEXT, FIELD_PLACED, "like 1.2; a bare 1 is the latest of incident 1; none: the latest of the latest incident that has one" }, { "state", FIELD_TEXT, 0, "only these, like in_doubt" }), status_run, ROLES_ALL },
	{ "notice retry", "Tries again, by your decision, what failed or is in doubt; who is in doubt may get it twice.", "handback notice retry 1.1 --customer C-000123",
	  VERB_WRITE, FIELDS(ROUND, WHO(0), { "state", FIELD_TEXT, 0, "only failed, only in_doubt, or outbox: mails there that nobody has sent" }), retry_run },
	{ "notice undo", "Takes back what has not gone out yet, also what only lies in the outbox.", "handback notice undo 1.1", VERB_LONG,
	  FIELDS(ROUND, { "draft", FIELD_FLAG, 0, "only if it is still a draft: one that was approved stays" }), undo_run },
	{ "notice posted", "Says that the printed letters were posted, or that you have sent the mails of the outbox; what is done with goes from the outbox.",
	  "handback notice posted 1.1", VERB_LONG, FIELDS(ROUND, WHO(0), { "mails", FIELD_FLAG, 0, "the mails, not the letters" }), posted_run, ROLES_WORK },
	{ "notice returned", "Says that a letter or an e-mail came back; after an e-mail a letter goes out, where an address is known.",
	  "handback notice returned 1.1 --customer C-000123", VERB_WRITE,
	  FIELDS({ "round", FIELD_TEXT, FIELD_PLACED, "like 1.2; with a code it may be left away" }, WHO(0), { "code", FIELD_TEXT, 0, "what stands in the letter, or in its QR code" }), returned_run, ROLES_WORK },
	{ "notice reached", "Says that a customer was reached in another way.", "handback notice reached 1.1 --customer C-000123 --by phone", VERB_WRITE,
	  FIELDS(ROUND, WHO(FIELD_NEEDED), { "by", FIELD_TEXT, FIELD_NEEDED, "phone or in-person" }), reached_run, ROLES_WORK },
	{ "customer wish", "Keeps how a customer asks to be told; where the law wants another form, that goes first.", "handback customer wish C-000123 --by letter", VERB_WRITE,
	  FIELDS({ "customer", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "a customer reference, like C-000123" }, { "by", FIELD_TEXT, FIELD_NEEDED, "email, letter, sms, phone or any" }), wish_run, ROLES_WORK },
	{ "notice public", "Words for those without a name: a poster, the website, the receipt, the phone, the processor, the law's substitute notice.",
	  "handback notice public 1 --what poster --to poster.pdf", VERB_LONG,
	  FIELDS({ "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" },
	         { "what", FIELD_TEXT, FIELD_NEEDED, "poster, website, receipt, phone, processor or substitute" }, { "language", FIELD_TEXT, 0, "en or es" },
	         { "to", FIELD_PATH, 0, "the poster as a PDF: the file, which must not be there yet" }, { "paper", FIELD_FLAG, 0, "the poster as a PDF, to standard output" }), public_run },
	{ "notice substitute", "Says where the law lets a notice to all stand for the letters, for whom, and what it wants then.", "handback notice substitute 1", VERB_READ, FIELDS(INCIDENT), substitute_run },
	{ "notice fits", "Shows which payments without a name fit what somebody who comes forward knows.", "handback notice fits 1 --day 2026-03-01 --at 'place:Van 2' --last4 1234", VERB_READ,
	  FIELDS(INCIDENT, { "day", FIELD_TEXT, FIELD_NEEDED, "on which day they paid" }, { "at", FIELD_TEXT, 0, "where: a place, a reader or a website" }, { "last4", FIELD_TEXT, 0, "the last four digits of their card; never more" }), fits_run, ROLES_WORK },
	{ "notice came", "Writes down who came forward; the payment that was theirs gets their name, and they are told.", "handback notice came 1 --name 'June Marsh' --email june@example.com --touch T", VERB_LONG,
	  FIELDS(INCIDENT, { "name", FIELD_TEXT, 0, "their name" }, { "email", FIELD_TEXT, 0, "an e-mail address" }, { "phone", FIELD_TEXT, 0, "a phone number" }, { "address1", FIELD_TEXT, 0, "street and number" },
	         { "city", FIELD_TEXT, 0, "the city" }, { "region", FIELD_TEXT, 0, "like NY" }, { "postal-code", FIELD_TEXT, 0, "like 12534" }, { "country", FIELD_TEXT, 0, "like US" }, { "language", FIELD_TEXT, 0, "like es" },
	         WHO(0), { "new", FIELD_FLAG, 0, "somebody else, though another has this e-mail address or phone number" }, { "day", FIELD_TEXT, 0, "on which day they paid" }, { "at", FIELD_TEXT, 0, "where" },
	         { "last4", FIELD_TEXT, 0, "the last four digits of their card; never more" }, { "touch", FIELD_TEXT, 0, "the payment that was theirs, as notice fits names it" }), came_run, ROLES_WORK },
	{ "notice came list", "Lists who came forward.", "handback notice came list 1", VERB_READ, FIELDS(INCIDENT), forwards_run, ROLES_WORK },
	{ "notice came undo", "Takes back that a payment was theirs; it names nobody again.", "handback notice came undo 2", VERB_WRITE,
	  FIELDS({ "forward", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number in the list" }), forward_undo_run },
	{ "notice calls", "Lists who is to be called or told in person, with what to say.", "handback notice calls 1.1 --to calls.pdf", VERB_LONG,
	  FIELDS(ROUND, { "to", FIELD_PATH, 0, "as a PDF to tick off: the file, which must not be there yet" }, { "paper", FIELD_FLAG, 0, "as a PDF, to standard output" }), calls_run },
	{ "notice called", "Says that a call reached nobody; after three, or a wrong number, they are told in person.", "handback notice called 1.1 --customer C-000123 --how no-answer",
	  VERB_WRITE, FIELDS(ROUND, WHO(FIELD_NEEDED), { "how", FIELD_TEXT, FIELD_NEEDED, "no-answer or wrong-number" }), called_run, ROLES_WORK },
	{ "notice bounces", "Reads the mails that came back, and tells those customers in another way.", "handback notice bounces ~/Maildir", VERB_OUT,
	  FIELDS({ "from", FIELD_PATH, FIELD_PLACED, "a Maildir, a mailbox file or imaps://user@host/FOLDER; none: the settings bounces.box and bounces.imap" }), bounces_run },
	{ "notice bounce list", "Lists the mails that came back, and what each means.", "handback notice bounce list --waiting", VERB_READ,
	  FIELDS({ "round", FIELD_TEXT, 0, "only of this round" }, { "waiting", FIELD_FLAG, 0, "only those that wait for a person" }), bounce_list_run, ROLES_WORK },
	{ "notice bounce show", "Opens one of them.", "handback notice bounce show 3", VERB_LONG,
	  FIELDS({ "bounce", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number in the list" }), bounce_show_run },
	{ "notice bounce settle", "Says what one that waits means: the address failed, or nothing is to be done.", "handback notice bounce settle 3 --failed", VERB_WRITE,
	  FIELDS({ "bounce", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number in the list" }, { "failed", FIELD_FLAG, 0, "the address does not work: they are told in another way" },
	         { "customer", FIELD_TEXT, 0, "whose mail it was" }, { "round", FIELD_TEXT, 0, "of which round, when the customer is named" }), bounce_settle_run, ROLES_WORK },
	{ "log proof", "A file that proves to anybody, offline, that this customer's notice was logged then, and what it said (doc/proof.md).",
	  "handback log proof 1.1 --customer C-000123 > C-000123.tlog-proof", VERB_READ, FIELDS(ROUND, WHO(FIELD_NEEDED)), proof_run, ROLES_ALL },
	{ "incident close", "Closes an incident, and says who of it was not told; nothing of it is forgotten.", "handback incident close 1", VERB_WRITE,
	  FIELDS({ "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" }), incident_close_run },
	{ 0 },
};
