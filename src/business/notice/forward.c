/* forward - whoever comes forward though no export names them: which of the payments without a name fit what they know, who they are, and that they are told. */
#include "exposure.h"
#include "notice_int.h"
#include "notice_public.h"
#include "notice_sql.h"
#include "ways.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- which payments fit ---- */

struct asked_fit { int64_t from, to; holder_id holder; bool of_place, has_last4; uint16_t last4; };      /* holder 0: they did not say where */

struct fitting { struct op *op; const struct asked_fit *asked; const struct sources *sources; const struct holder *holder; size_t holders; struct forward_fit *fit; size_t n; bool more; };

static holder_id stands_at(const struct fitting *f, holder_id h)
{
	return h.n > 0 && h.n <= (int64_t)f->holders ? f->holder[h.n - 1].place : (holder_id){ 0 };
}

/* sure: what they said is what stands there; else it only does not contradict. */
static bool fits(const struct fitting *f, const struct touch *t, bool *sure)
{
	const struct asked_fit *a = f->asked;
	*sure = a->has_last4 && t->has_last4;
	if (t->who.n || t->at >= a->to || t->at + (int64_t)t->spread < a->from || (a->has_last4 && t->has_last4 && a->last4 != t->last4))
		return false;
	if (!a->holder.n)
		return true;
	holder_id where = t->place.n ? t->place : stands_at(f, t->entry);
	bool there = t->entry.n == a->holder.n || t->service.n == a->holder.n || where.n == a->holder.n;
	*sure &= there;
	return there || (a->of_place && !where.n);
}

static bool fit_one(void *to, const struct touch *t)
{
	struct fitting *f = to;
	bool sure;
	if (!fits(f, t, &sure))
		return true;
	if (f->n == FORWARD_FITS)
		return !(f->more = true);
	holder_id where = t->entry.n ? t->entry : t->service;
	f->fit[f->n++] = (struct forward_fit){ *t, exposure_touch(f->sources, t), sure, where.n > 0 && where.n <= (int64_t)f->holders ? f->holder[where.n - 1].name : STR("") };
	return true;
}

static int surest_first(const void *a, const void *b)
{
	const struct forward_fit *x = a, *y = b;
	return x->sure != y->sure ? y->sure - x->sure : !x->at_risk != !y->at_risk ? !x->at_risk - !y->at_risk : (x->touch.at > y->touch.at) - (x->touch.at < y->touch.at);
}

static bool asked_read(struct op *op, const struct args *args, struct asked_fit *a)
{
	struct str last4 = args_text(args, "last4"), at = args_text(args, "at");
	struct span day;
	struct holder h;
	int64_t n;
	*a = (struct asked_fit){ LONG_AGO, FAR_OFF };
	if (!op_been(op, "day", args_text(args, "day"), &day))
		return false;
	if (args_has(args, "day"))
		a->from = day.from, a->to = day.to;
	if (last4.n) {
		if (last4.n != 4 || strspn(last4.p, "0123456789") < 4 || !str_i64(last4, &n))
			return err_set(&op->err, INVALID, "last4", "Only the last four digits, like 1234: they stand on the receipt. Never ask for the card number.");
		a->has_last4 = true, a->last4 = (uint16_t)n;
	}
	if (!at.n)
		return true;
	if (!map_find(op, at, &h))
		return false;
	a->holder = h.id, a->of_place = h.sort == PLACE;
	return true;
}

bool forward_fits(struct op *op, const struct incident *i, const struct args *args, struct forward_fit **out, size_t *n, bool *more)
{
	struct asked_fit a;
	struct sources sources;
	struct holder *holder;
	struct fitting f = { .op = op, .asked = &a, .sources = &sources };
	if (!asked_read(op, args, &a))
		return false;
	if (a.from == LONG_AGO)
		return err_set(&op->err, INVALID, "day", "On which day did they pay? Without it too many payments fit.");
	if (!exposure_sources(op, i->suspicion, i->n, &sources) || !map_holders(op, &holder, &f.holders))
		return false;
	f.holder = holder, f.fit = ARENA_ARRAY(op->a, struct forward_fit, FORWARD_FITS);
	/* a moment in doubt begins up to a day before */
	if (!ledger_each_touch_on(op, when_day(a.from) - 1, when_day(a.to - 1), fit_one, &f))
		return false;
	if (f.n)
		qsort(f.fit, f.n, sizeof *f.fit, surest_first);
	*out = f.fit, *n = f.n, *more = f.more;
	return true;
}

/* ---- a payment by its name: moment, service, hash ---- */

struct str forward_touch_name(struct op *op, const struct touch *t)
{
	return arena_say(op->a, "%" PRId64 ".%" PRId64 ".%016" PRIx64, t->at, t->service.n, t->source_hash);
}

static bool touch_read(struct op *op, struct str name, struct touch *t)
{
	char text[80], rest;
	snprintf(text, sizeof text, STR_FMT, STR_ARG(name));
	*t = (struct touch){ .who = { 0 } };
	return (name.n < sizeof text && sscanf(text, "%" SCNd64 ".%" SCNd64 ".%" SCNx64 "%c", &t->at, &t->service.n, &t->source_hash, &rest) == 3) ||
	       err_set(&op->err, INVALID, "touch", "A payment is named as `notice fits` shows it.");
}

/* ---- verbs ---- */

static bool incident_asked(struct op *op, const struct args *args, struct incident *i)
{
	int64_t id;
	return args_number(args, "incident", &id) && incident_get(op, id, i);
}

bool fits_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct forward_fit *f;
	size_t n;
	bool more;
	if (!incident_asked(op, args, &i) || !forward_fits(op, &i, args, &f, &n, &more))
		return false;
	for (size_t k = 0; k < n; k++) {
		const struct touch *t = &f[k].touch;
		answer_row(answer);
		answer_text(answer, "touch", forward_touch_name(op, t));
		answer_time(answer, "at", t->at);
		answer_text(answer, "where", f[k].where);
		answer_text(answer, "brand", str_of(brand_name(t->brand)));
		answer_text(answer, "last4", t->has_last4 ? arena_say(op->a, "%04u", t->last4) : STR(""));
		answer_text(answer, "fits", f[k].sure ? STR("yes") : STR("perhaps"));
		answer_flag(answer, "at_risk", f[k].at_risk != 0);
		answer_row_end(answer);
		answer_say(answer, "%s  " STR_FMT "  " STR_FMT "%s%s   %s", f[k].sure ? "fits   " : "perhaps", STR_ARG(when_local_text(op->a, op->zone, t->at)), STR_ARG(f[k].where), t->has_last4 ? ", card ending " : "",
		           t->has_last4 ? arena_printf(op->a, "%04u", t->last4) : "", f[k].at_risk ? "at risk" : "not at risk by this incident");
		answer_say(answer, "         " STR_FMT, STR_ARG(forward_touch_name(op, t)));
	}
	if (!n)
		answer_say(answer, "No payment without a name fits. Write them down all the same: handback notice came %" PRId64 " --name ... ", i.id);
	else
		answer_say(answer, "Theirs? handback notice came %" PRId64 " --name ... --email ... --touch " STR_FMT, i.id, STR_ARG(forward_touch_name(op, &f[0].touch)));
	if (more)
		answer_note(answer, "More than %d fit. Ask where it was, and for the last four digits of the card.", FORWARD_FITS);
	return true;
}

/* Somebody has this e-mail address or telephone number already: they are rather that one than a new one. */
static bool known_already(struct op *op, const struct args *args)
{
	static const char *const by[] = { "email", "phone" };
	for (size_t i = 0; i < LENGTH(by); i++) {
		customer_id found[FOUND_MAX];
		struct customer c;
		size_t n = 0;
		if (args_text(args, by[i]).n && !ledger_search(op, args_text(args, by[i]), found, &n))
			return false;
		if (n && ledger_customers(op, found, 1, &c))
			return i ? err_set(&op->err, CONFLICT, by[i], STR_FMT " has this phone number already. If it is them, give that reference (customer); if it is somebody else, say so (new).", STR_ARG(c.ref))
			         : err_set(&op->err, CONFLICT, by[i], STR_FMT " has this e-mail address already. If it is them, give that reference (customer); if it is somebody else, say so (new).", STR_ARG(c.ref));
	}
	return op->err.code == OK;
}

/* The incident's round that is still a draft and open to them; round 0: there is none. In it already: *in. */
static bool draft_of(struct op *op, int64_t incident, customer_id who, struct round *r, bool *in)
{
	struct sql_round_latest latest;
	struct sql_notice_get q;
	struct sql_earlier_customers e;
	bool found;
	*r = (struct round){ 0 }, *in = false;
	if (!sql_earlier_customers(op, incident, &e))
		return false;
	while (sql_earlier_customers_next(op, &e))
		*in |= e.customer == who.n;
	if (op->err.code != OK || *in || !sql_round_latest(op, incident, &latest, &found))
		return op->err.code == OK;
	if (!latest.round || !round_read(op, incident, latest.round, r, &found) || !sql_notice_get(op, incident, latest.round, who.n, &q, &found))
		return op->err.code == OK;
	if (r->approved || r->undone || r->audience == AUDIENCE_TOLD || found)
		r->round = 0;
	return true;
}

/* Puts them into that draft as one whom the exposure has added. */
static bool draft_add(struct op *op, const struct round *r, customer_id who, const struct exposed *e)
{
	struct plan plan;
	return plan_now(op, r->incident, who, &plan) &&
	       sql_notice_put(op, r->incident, r->round, who.n, (int64_t)exposed_kinds(e, who.n), e->first[who.n], e->last[who.n], e->touches[who.n], channel_first(op, &plan, 0), DRAFTED, op->now) &&
	       sql_round_people(op, r->incident, r->round, r->people + 1) && log_add(op, "round.added", ABOUT({ "incident", r->incident }, { "round", r->round }, { "customer", who.n }));
}

struct came { customer_id who; int64_t id; struct round round; bool in, at_risk; kinds kinds; };

/* In the transaction. */
static bool come(struct op *op, const struct args *args, const struct incident *i, const struct asked_fit *a, const struct touch *t, struct came *c)
{
	struct exposed *e;
	struct sources sources;
	bool contact = false;
	static const char *const contacts[] = { "name", "email", "phone", "address1", "city", "region", "postal-code", "country", "language" };
	for (size_t k = 0; k < LENGTH(contacts); k++)
		contact |= args_text(args, contacts[k]).n > 0;
	if (!(c->who.n ? !contact || ledger_correct(op, args, c->who) : ledger_make(op, args, &c->who)) || (t && !ledger_tie(op, t, c->who)) || !(c->id = op_count(op, "forward")) ||
	    !sql_forward_put(op, c->id, i->id, c->who.n, op->now, op->person, a->from == LONG_AGO ? 0 : a->from, a->holder.n, args_text(args, "last4"), t ? t->at : 0, t ? t->service.n : 0, t ? (int64_t)t->source_hash : 0) ||
	    !log_add(op, "forward.came", ABOUT({ "incident", i->id }, { "customer", c->who.n }, { "touches", t != NULL })) || !exposure_of(op, i->suspicion, i->n, true, &e, &sources))
		return false;
	c->who = ledger_person(op, c->who);
	c->kinds = c->who.n < e->n ? exposed_kinds(e, c->who.n) : 0;
	bool good = draft_of(op, i->id, c->who, &c->round, &c->in) && (!c->kinds || !c->round.round || draft_add(op, &c->round, c->who, e));
	exposed_close(e);
	return good;
}

bool came_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct asked_fit a;
	struct touch touch;
	struct came c = { .id = 0 };
	struct customer who;
	bool tied = args_text(args, "touch").n > 0;
	if (!incident_asked(op, args, &i) || !asked_read(op, args, &a) || (tied && !touch_read(op, args_text(args, "touch"), &touch)))
		return false;
	if (i.closed < FAR_OFF)
		return err_set(&op->err, CONFLICT, "incident", "This incident is closed. If more is known now, open another incident.");
	if (args_text(args, "customer").n) {
		struct str sealed;
		int64_t forgotten;
		if (!ledger_customer_by_ref(op, args_text(args, "customer"), &c.who) || !ledger_forgotten_at(op, c.who, &forgotten, &sealed))
			return false;
		if (forgotten)
			return err_set(&op->err, CONFLICT, "customer", "This customer was forgotten at their wish, and is told nothing more.");
	} else if (!args_text(args, "name").n) {
		return err_set(&op->err, INVALID, "name", "What is their name?");
	} else if (!args_text(args, "email").n && !args_text(args, "phone").n && !args_text(args, "address1").n) {
		return err_set(&op->err, INVALID, "email", "How can they be reached? An e-mail address, a phone number or a postal address.");
	}
	if (!op_key(op) || (!c.who.n && !args_has(args, "new") && !known_already(op, args)) || !op_begin(op) || !op_end(op, come(op, args, &i, &a, tied ? &touch : NULL, &c)) || !ledger_customers(op, &c.who, 1, &who))
		return false;
	struct str round = c.kinds && c.round.round ? round_name(op, &c.round) : STR("");
	answer_row(answer);
	answer_number(answer, "forward", c.id);
	answer_text(answer, "customer_ref", who.ref);
	answer_flag(answer, "tied", tied);
	answer_flag(answer, "at_risk", c.kinds != 0);
	answer_text(answer, "round", round);
	answer_flag(answer, "told_before", c.in);
	answer_row_end(answer);
	answer_say(answer, "Kept: " STR_FMT ".%s", STR_ARG(who.ref), tied ? " The payment is theirs now." : "");
	if (!c.kinds)
		answer_say(answer, tied ? "By what is known that payment was not at risk in this incident: they are told nothing by it." : "No payment is known to be theirs yet, so the rounds leave them out. When one is found: handback notice came %" PRId64 " --customer " STR_FMT " --touch ...", i.id, STR_ARG(who.ref));
	else if (c.in)
		answer_say(answer, "They are in a round already.");
	else if (round.n)
		answer_say(answer, "They are added to round " STR_FMT ", which is not approved yet. Next: handback notice approve " STR_FMT, STR_ARG(round), STR_ARG(round));
	else
		answer_say(answer, "They are at risk and in no round yet. Next: handback notice draft %" PRId64, i.id);
	return true;
}

bool forward_list(struct op *op, int64_t incident, int64_t after, struct forward_one **out, size_t *n)
{
	struct sql_forwards q;
	struct forward_one *f = ARENA_ARRAY(op->a, struct forward_one, FORWARDS_SHOWN);
	*n = 0;
	if (!sql_forwards(op, incident, after, FORWARDS_SHOWN, &q))
		return false;
	while (sql_forwards_next(op, &q))
		f[(*n)++] = (struct forward_one){ q.id, q.at, q.day, q.moment, q.undone, q.other, q.ref, q.last4 };
	*out = f;
	return op->err.code == OK;
}

bool forwards_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct forward_one *f;
	int64_t after = 0;
	size_t n;
	if (!incident_asked(op, args, &i))
		return false;
	do {
		if (!forward_list(op, i.id, after, &f, &n))
			return false;
		for (size_t k = 0; k < n; k++) {
			answer_row(answer);
			answer_number(answer, "forward", f[k].id);
			answer_text(answer, "customer_ref", f[k].ref);
			answer_time(answer, "at", f[k].at);
			answer_time(answer, "paid", f[k].paid ? f[k].paid : FAR_OFF);
			answer_text(answer, "last4", f[k].last4);
			answer_flag(answer, "tied", f[k].paid && !f[k].undone);
			answer_flag(answer, "undone", f[k].undone != 0);
			answer_row_end(answer);
			answer_say(answer, "%" PRId64 "  " STR_FMT "  came on %.10s%s%s", f[k].id, STR_ARG(f[k].ref), when_local_text(op->a, op->zone, f[k].at).p,
			           f[k].paid ? ", a payment is theirs" : f[k].other ? ", a payment is theirs by the other time they came" : ", no payment is known to be theirs", f[k].undone ? " (taken back)" : "");
			after = f[k].id;
		}
	} while (n == FORWARDS_SHOWN);
	if (!after)
		answer_say(answer, "Nobody has come forward yet.");
	return true;
}

/* The payment names nobody again; who is not at risk by another one is taken out of a draft. What went out stays. */
static bool undo(struct op *op, int64_t id, const struct sql_forward_get *f, int64_t *out)
{
	struct touch t = { .who = { (uint32_t)f->customer }, .at = f->moment, .service = { f->service }, .source_hash = (uint64_t)f->source };
	struct moving *m = NULL;
	struct sql_notices_of q;
	struct incident i;
	struct exposed *e;
	struct sources sources;
	customer_id who = ledger_person(op, t.who);
	size_t n = 0, cap = 0;
	*out = 0;
	if (f->moment && !ledger_tie(op, &t, (customer_id){ 0 })) {
		if (op->err.code != NOT_FOUND)
			return false;
		err_clear(&op->err);                     /* its import was taken back: nothing is left to untie */
	}
	if (!incident_get(op, f->incident, &i) || !exposure_of(op, i.suspicion, i.n, false, &e, &sources))
		return false;
	bool at_risk = who.n < e->n && exposed_kinds(e, who.n);  /* by another payment of theirs */
	exposed_close(e);
	if (!sql_notices_of(op, who.n, &q))
		return false;
	while (sql_notices_of_next(op, &q)) {
		if (q.incident != f->incident)
			continue;
		if (q.state != DRAFTED) {
			*out += q.state != UNDONE;
			continue;
		}
		m = arena_more(op->a, m, n, &cap, sizeof *m);
		m[n++] = (struct moving){ q.incident, q.round, who, (enum notice_channel)q.channel, DRAFTED, q.attempts };
	}
	bool good = op->err.code == OK;
	for (size_t k = 0; good && !at_risk && k < n; k++)
		good = notice_move(op, &m[k], E_TAKE_BACK, &(struct outcome){ m[k].channel, m[k].attempts, 0, "", { 0 } });
	return good && sql_forward_undo(op, id, op->now) && log_add(op, "forward.undone", ABOUT({ "incident", f->incident }, { "customer", f->customer }));
}

bool forward_undo_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct sql_forward_get f;
	int64_t id, out;
	bool found;
	args_number(args, "forward", &id);
	if (!sql_forward_get(op, id, &f, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "forward", "There is no number %" PRId64 ". Who came forward: handback notice came list INCIDENT", id);
	if (f.undone)
		return err_set(&op->err, CONFLICT, "forward", "That was taken back on " STR_FMT ".", STR_ARG(when_day_text(op->a, op->zone, f.undone, "en")));
	if (!undo(op, id, &f, &out))
		return false;
	answer_row(answer);
	answer_number(answer, "forward", id);
	answer_number(answer, "gone_out", out);
	answer_row_end(answer);
	answer_say(answer, f.moment ? "Taken back: that payment names nobody again. The customer stays; to forget them: handback customer forget" : "Taken back. The customer stays; to forget them: handback customer forget");
	if (out)
		answer_note(answer, "A notice to them had gone on; that can't be taken back.");
	return true;
}
