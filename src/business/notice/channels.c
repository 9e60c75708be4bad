/* channels - in which order people are told: as they asked, where the law of where they live takes that for a notice; then e-mail, letter, SMS, phone,
 * in person. One that has failed in a round is not tried again by itself. */
#include "notice_int.h"
#include "notice_sql.h"
#include "telling.h"
#include "ways.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- what they asked for ---- */

struct wish { uint32_t who; enum notice_channel channel; int64_t at; };          /* who: the person */

static int by_person(const void *a, const void *b)
{
	const struct wish *x = a, *y = b;
	return x->who != y->who ? (x->who > y->who) - (x->who < y->who) : (x->at > y->at) - (x->at < y->at);
}

static bool wishes_read(struct op *op, struct planner *p)
{
	struct sql_wishes q;
	size_t cap = 0;
	if (!sql_wishes(op, &q))
		return false;
	while (sql_wishes_next(op, &q)) {
		customer_id who = { (uint32_t)q.customer };
		if (p->wishes == cap)
			p->wish = mem_grow(p->wish, (cap = cap ? 2 * cap : 64) * sizeof *p->wish);
		p->wish[p->wishes++] = (struct wish){ q.same_as ? ledger_person(op, who).n : who.n, (enum notice_channel)q.channel, q.at };
	}
	if (p->wishes)
		qsort(p->wish, p->wishes, sizeof *p->wish, by_person);
	return op->err.code == OK;
}

/* The newest of everybody who is that person. */
static enum notice_channel wish_of(const struct planner *p, uint32_t who)
{
	size_t low = 0, high = p->wishes;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (p->wish[mid].who <= who)
			low = mid + 1;
		else
			high = mid;
	}
	return low && p->wish[low - 1].who == who ? p->wish[low - 1].channel : NO_CHANNEL;
}

/* ---- what the law takes ---- */

static bool admits(struct str channels, const char *word)
{
	while (channels.p && channels.n)
		if (str_eq(str_split(&channels, '|'), str_of(word)))
			return true;
	return false;
}

bool law_bars(const struct law *l, enum notice_channel c)
{
	bool any = !l || admits(l->channels, "any") || admits(l->channels, "direct") || admits(l->channels, "none");
	switch (c) {
	case EMAIL:     return !any && !admits(l->channels, "email") && !law_asks_consent(l);
	case SMS:       return !any && !admits(l->channels, "sms");
	case PHONE:     return !any && !admits(l->channels, "phone");
	default:        return false;
	}
}

bool law_asks_consent(const struct law *l)
{
	static const char *const words[] = { "email_consent", "email_esign", "email_primary", "previously_used_method" };
	bool asks = false;
	for (size_t i = 0; i < LENGTH(words); i++)
		asks |= admits(l->channels, words[i]);
	return asks && !admits(l->channels, "email");
}

/* The channels that a law of this place bars, a bit each; consent: whether e-mail needs what the business says it has not. */
static bool place_read(struct op *op, struct planner *p, struct str region, struct str country, struct place_of *out)
{
	struct telling t = { .region = region.n ? region : country, .home = op_setting(op, "region") };
	const struct law *law[PLACE_LAWS];
	if (!p->law && !laws_in_force(op, &p->law, &p->laws))
		return false;
	t.law = p->law, t.laws = p->laws;
	size_t n = laws_for(op, &t, law);
	*out = (struct place_of){ .name = arena_str(op->a, t.region) };
	for (size_t i = 0; i < n; i++) {
		for (enum notice_channel c = EMAIL; c <= PHONE; c++)
			out->barred |= law_bars(law[i], c) ? 1u << c : 0;
		if (p->strict && law_asks_consent(law[i]))
			out->barred |= 1u << EMAIL, out->own_word |= admits(law[i]->channels, "email_consent");
	}
	return op->err.code == OK;
}

static bool place_of(struct op *op, struct planner *p, struct str region, struct str country, size_t *at)
{
	struct str name = region.n ? region : country;
	for (*at = 0; *at < p->places; ++*at)
		if (str_eq(p->place[*at].name, name))
			return true;
	if (p->places == LENGTH(p->place))
		--p->places, --*at;                      /* more places than there are laws: the last is asked anew each time */
	return place_read(op, p, region, country, &p->place[p->places++]);
}

struct placing { struct op *op; struct planner *p; size_t n; bool good; };

static void one_place(void *to, customer_id who, struct str region, struct str country, unsigned ways)
{
	(void)ways;
	struct placing *g = to;
	size_t at;
	if (g->good && who.n < g->n && (g->good = place_of(g->op, g->p, region, country, &at)))
		g->p->at[who.n] = g->p->place[at].barred | (g->p->place[at].own_word ? OWN_WORD : 0);
}

/* ---- planning ---- */

bool planner_open(struct op *op, int64_t incident, bool everybody, struct planner *p)
{
	struct offer offer;
	bool offered = false;
	struct placing g = { op, p, 0, true };
	uint32_t n;
	*p = (struct planner){ .strict = str_eq(op_setting(op, "notice.email-consent"), STR("no")) };
	if (incident && !op_setting(op, "public.url").n && !enrol_offer(op, incident, &offer, &offered))
		return false;
	if (offered && offer_stands(op, &offer))
		p->shut = 1u << SMS;
	if (!ledger_size(op, &n) || !families_open(op, &p->families))
		return false;
	bool good = wishes_read(op, p);
	if (good && everybody && p->strict) {
		g.n = p->ats = (size_t)n + 1, p->at = mem_grow(NULL, g.n);
		memset(p->at, 0, g.n);
		good = ledger_each_place(op, one_place, &g) && g.good;
	}
	if (!good)
		planner_close(p);
	return good;
}

void planner_close(struct planner *p)
{
	families_close(&p->families);
	free(p->wish);
	free(p->at);
	*p = (struct planner){ 0 };
}

bool plan_of(struct op *op, struct planner *p, customer_id who, struct plan *plan)
{
	struct sql_customer_ways w;
	struct sql_customer_place q;
	bool found;
	unsigned bits = 0;
	*plan = (struct plan){ .wish = wish_of(p, who.n), .shut = p->shut };
	if (!sql_customer_ways(op, who.n, &w, &found))
		return false;
	plan->ways = found ? (unsigned)w.ways : 0;
	if (!family_ways(op, &p->families, who, &plan->ways))
		return false;
	if (who.n < p->ats) {
		bits = p->at[who.n];
	} else if (p->strict || (plan->wish && plan->wish != LETTER)) {
		size_t at;
		if (!sql_customer_place(op, who.n, &q, &found) || !place_of(op, p, found ? q.region : STR(""), found ? q.country : STR(""), &at))
			return false;
		bits = p->place[at].barred | (p->place[at].own_word ? OWN_WORD : 0);
	}
	/* whoever asked for e-mail has agreed to it, where the law asks for no more than that */
	plan->barred = bits & OWN_WORD && plan->wish == EMAIL ? bits & ~(OWN_WORD | 1u << EMAIL) : bits & ~OWN_WORD;
	return true;
}

bool plan_now(struct op *op, int64_t incident, customer_id who, struct plan *plan)
{
	struct planner p;
	if (!planner_open(op, incident, false, &p))
		return false;
	bool good = plan_of(op, &p, who, plan);
	planner_close(&p);
	return good;
}

bool channel_open(struct op *op, enum notice_channel c, unsigned ways)
{
	switch (c) {
	case EMAIL:     return ways & WAY_EMAIL;
	case LETTER:    return ways & WAY_POSTAL;
	case SMS:       return ways & WAY_PHONE && op_setting(op, "sms.gateway").n;
	case PHONE:     return ways & WAY_PHONE;
	default:        return false;
	}
}

enum notice_channel channel_first(struct op *op, const struct plan *p, unsigned tried)
{
	/* as they asked, if the law lets us; what is written and what the law takes; as they asked, in addition; the rest */
	const struct { enum notice_channel c; bool lawful; } order[] = { { p->wish, true }, { EMAIL, true }, { LETTER, true }, { p->wish, false }, { EMAIL, false }, { SMS, false }, { PHONE, false } };
	for (size_t i = 0; i < LENGTH(order); i++) {
		enum notice_channel c = order[i].c;
		if (c && !((tried | p->shut) & 1u << c) && !(order[i].lawful && p->barred & 1u << c) && channel_open(op, c, p->ways))
			return c;
	}
	/* whom no call reaches is told when they come by */
	return tried & 1u << PHONE && !(tried & 1u << IN_PERSON) ? IN_PERSON : NO_CHANNEL;
}

bool channels_tried(struct op *op, const struct moving *m, unsigned *tried)
{
	struct sql_channels_tried q;
	*tried = m->channel ? 1u << m->channel : 0;
	if (!sql_channels_tried(op, m->incident, m->round, m->who.n, &q))
		return false;
	while (sql_channels_tried_next(op, &q))
		*tried |= q.channel > NO_CHANNEL && q.channel <= IN_PERSON ? 1u << q.channel : 0;
	return op->err.code == OK;
}

bool again_on(struct op *op, const struct moving *m, enum notice_channel channel, struct outcome *o)
{
	struct sql_attempts_on q;
	bool found;
	if (!sql_attempts_on(op, m->incident, m->round, m->who.n, channel, &q, &found))
		return false;
	*o = (struct outcome){ channel, q.attempts, op->now, "", { 0 } };
	return true;
}

bool channel_next(struct op *op, struct moving *m, const char *code, enum notice_channel *to)
{
	struct outcome o;
	struct plan p;
	unsigned tried;
	if (!plan_now(op, m->incident, m->who, &p) || !channels_tried(op, m, &tried))
		return false;
	*to = channel_first(op, &p, tried);
	if (*to == NO_CHANNEL)
		return true;
	if (!again_on(op, m, *to, &o))
		return false;
	o.code = code;
	return notice_move(op, m, E_NEXT_CHANNEL, &o);
}

/* ---- keeping a wish ---- */

bool notice_wish(struct op *op, customer_id who, struct notice_wish *w)
{
	struct planner p;
	struct plan plan;
	*w = (struct notice_wish){ NO_CHANNEL, NO_CHANNEL, false, STR("") };
	who = ledger_person(op, who);
	if (!planner_open(op, 0, false, &p))
		return false;
	bool good = plan_of(op, &p, who, &plan);
	if (good) {
		w->wish = plan.wish, w->first = channel_first(op, &plan, 0), w->barred = plan.wish && plan.barred & 1u << plan.wish;
		for (size_t i = 0; i < p.places && w->barred; i++)
			w->place = p.place[i].name;      /* one customer's place is all that was looked up */
	}
	planner_close(&p);
	return good;
}

bool notice_wish_put(struct op *op, customer_id who, enum notice_channel channel, bool own)
{
	if (channel > PHONE)
		return err_set(&op->err, INVALID, "by", "--by is email, letter, sms, phone or any.");
	return (channel ? sql_wish_put(op, who.n, channel, op->now, own) : sql_wish_drop(op, who.n)) &&
	       log_add(op, "customer.wish", ABOUT({ "customer", who.n }, { "channel", channel }, { "own", own }));
}

bool wish_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str ref = args_text(args, "customer"), by = args_text(args, "by"), sealed;
	enum notice_channel c = EMAIL;
	struct notice_wish w;
	customer_id who;
	int64_t forgotten;
	while (c <= PHONE && !str_eq(by, str_of(notice_channel_name(c))))
		c++;
	if (c > PHONE && !str_eq(by, STR("any")))
		return err_set(&op->err, INVALID, "by", "--by is email, letter, sms, phone or any.");
	if (!ledger_customer_by_ref(op, ref, &who) || !ledger_forgotten_at(op, who, &forgotten, &sealed))
		return false;
	if (forgotten)
		return err_set(&op->err, CONFLICT, "customer", "This customer was forgotten at their wish, and is told nothing more.");
	who = ledger_person(op, who);
	if (!notice_wish_put(op, who, c > PHONE ? NO_CHANNEL : c, false) || !notice_wish(op, who, &w))
		return false;
	answer_row(answer);
	answer_text(answer, "customer_ref", ref);
	answer_text(answer, "wish", str_of(w.wish ? notice_channel_name(w.wish) : "any"));
	answer_text(answer, "first", str_of(notice_channel_name(w.first)));
	answer_flag(answer, "barred", w.barred);
	answer_row_end(answer);
	if (!w.wish)
		answer_say(answer, "Kept: " STR_FMT " is told in any way.", STR_ARG(ref));
	else
		answer_say(answer, "Kept: " STR_FMT " asks to be told by %s. Rounds go by it from their draft or approval on.", STR_ARG(ref), notice_channel_said(w.wish));
	if (w.barred)
		answer_note(answer, "The law of where they live" STR_FMT " does not take that for a notice: the notice goes by %s first, and by %s if that fails.", STR_ARG(w.place.n ? arena_say(op->a, " (" STR_FMT ")", STR_ARG(w.place)) : STR("")),
		            notice_channel_said(w.first), notice_channel_said(w.wish));
	else if (w.wish && w.first != w.wish)
		answer_note(answer, w.wish == SMS && !op_setting(op, "sms.gateway").n ? "No SMS can be sent yet: handback set sms.gateway ... Until then another way is taken." : "It is not known where to reach them so: another way is taken until it is. handback customer correct " STR_FMT, STR_ARG(ref));
	return true;
}
