/* home - the first page, what is to be done next, the list of incidents. */
#include "act.h"
#include "courier.h"
#include "store.h"
#include "measures.h"
#include "payment.h"
#include "public.h"
#include "practice.h"
#include "readers.h"
#include "response.h"
#include "risks.h"
#include "services.h"
#include "watch.h"

enum { CARDS_MAX = 50, BACKUP_DAYS = 7 };

static bool card_of(struct visit *v, const struct incident *from, struct incident_card *c)
{
	struct counts counts;
	*c = (struct incident_card){ .i = *from, .discovered = day_words(v, from->discovered), .closed = from->closed < FAR_OFF };
	if (!incident_get(v->op, from->id, &c->i))
		return false;
	if (c->closed)                                   /* what was told is kept, and nothing else is counted anew */
		return notice_reach(v->op, c->i.id, &c->reach);
	if (!counts_of(v, &c->i, &counts, &c->reach, &c->counted))
		return false;
	c->at_risk = counts.tally.customers, c->unnamed = counts.unnamed, c->uncounted = !counts.known;
	return true;
}

/* Open ones first, latest first. */
static bool cards_of(struct visit *v, bool closed, struct incident_card **out, size_t *n)
{
	struct incident *all;
	size_t incidents, m = 0;
	if (!incident_list(v->op, &all, &incidents))
		return false;
	struct incident_card *card = ARENA_ARRAY(v->op->a, struct incident_card, CARDS_MAX);
	for (int pass = 0; pass < (closed ? 2 : 1); pass++)
		for (size_t i = 0; i < incidents && m < CARDS_MAX; i++)
			if ((all[i].closed < FAR_OFF) == pass && !card_of(v, &all[i], &card[m++]))
				return false;
	*out = card, *n = m;
	return true;
}

/* Who may do what is asked for; what only shows how far something is, is for everybody. */
static bool theirs(const struct visit *v, enum next_step next)
{
	unsigned who = next == NEXT_DRAFT || next == NEXT_APPROVE                         ? ROLES_LEAD
	               : next == NEXT_OUTBOX || next == NEXT_POST || next == NEXT_REACH ? ROLES_WORK
	                                                                                : ROLES_ALL;
	return v->session->login.role & who;
}

/* What an open incident asks for of who reads; NEXT_NOTHING: just now nothing. */
static void next_of(struct visit *v, const struct incident_card *c, struct home_view *h)
{
	const struct notice_round *r = c->reach.round;
	size_t n = c->reach.rounds;
	size_t last = 0;
	while (last < n && r[last].undone)
		last++;
	const struct split *s = last < n ? &r[last].split : NULL;
	const char *where = s ? arena_printf(v->op->a, "/incident/%lld/round/%lld", (long long)c->i.id, (long long)r[last].round)
	                      : arena_printf(v->op->a, "/incident/%lld", (long long)c->i.id);
	int64_t lost = s ? s->state[UNREACHABLE] + s->state[RETURNED] + s->state[IN_DOUBT] + s->state[FAILED] + s->state[BOUNCED] + s->state[QUEUED] - notice_waits(s) : 0;
	int64_t waits = s ? notice_waits(s) + s->state[HANDED] : 0;
	h->title = c->i.title;
	h->next_path.s = str_of(where);
	h->next = !s ? c->uncounted ? NEXT_COUNT : c->at_risk ? NEXT_DRAFT : NEXT_NOTHING
	          : !r[last].approved    ? NEXT_APPROVE
	          : s->state[PRINTED]    ? NEXT_POST
	          : r[last].in_outbox    ? NEXT_OUTBOX
	          : waits                ? NEXT_SENDING
	          : lost                 ? NEXT_REACH
	                                 : NEXT_NOTHING;
	if (!theirs(v, h->next))
		h->next = NEXT_NOTHING;
	h->n = h->next == NEXT_DRAFT     ? c->at_risk
	       : h->next == NEXT_APPROVE ? s->all
	       : h->next == NEXT_POST    ? s->state[PRINTED]
	       : h->next == NEXT_OUTBOX  ? r[last].in_outbox
	       : h->next == NEXT_SENDING ? waits
	                                 : lost;
}

static void due_add(struct visit *v, struct home_view *h, bool is, struct str path, struct said words)
{
	if (is && h->dues < LENGTH(h->due))
		h->due[h->dues++] = (struct due_row){ { path }, str_of(visit_words(v, words.english)) };
}

/* For everybody who works here: what is theirs to read and sign, readers to look at. */
static bool work_dues(struct visit *v, struct home_view *h)
{
	struct practice *p;
	struct reader *r;
	struct person me;
	size_t pages, readers;
	bool sign = false, look = false, odd = false;
	if (!practices(v->op, &p, &pages) || !readers_list(v->op, &r, &readers) || !person_get(v->op, v->op->person, &me))
		return false;
	for (size_t i = 0; i < pages; i++) {
		struct signer *s;
		size_t n;
		if (!practice_signers(v->op, &p[i], &s, &n))
			return false;
		for (size_t k = 0; k < n; k++)
			sign |= s[k].due && str_eq(s[k].name, me.name);
	}
	for (size_t i = 0; i < readers; i++)
		look |= r[i].until >= FAR_OFF && r[i].due <= v->op->now, odd |= r[i].until >= FAR_OFF && r[i].odd;
	due_add(v, h, odd && h->next != NEXT_ODD, STR("/readers"), say("Something was odd about a card reader: use it no more until it was looked into"));
	due_add(v, h, sign, STR("/practice"), say("How to take a payment: please read and sign"));
	due_add(v, h, look, STR("/readers"), say("Card readers: half a minute to look at each that is due"));
	return true;
}

/* For who leads: what may have happened at a service, risky spots to stop today, what is to be taken back from who left, the look at sign-ins, what of services runs out, measures to decide on. */
static bool lead_dues(struct visit *v, struct home_view *h)
{
	struct op *op = v->op;
	struct leaving *l;
	struct risk *r;
	struct measure *m;
	struct renewal *due;
	struct draft *draft;
	size_t looks, leavings, risks, measures, renewals, drafts;
	int64_t late = 0, stop = 0, incident = 0, word = 0;
	if (!access_due(op, &looks) || !access_leavings(op, &l, &leavings) || !risks_list(op, &r, &risks) || !measures_list(op, 0, false, &m, &measures) || !services_renewals(op, RENEWAL_DAYS, &due, &renewals) ||
	    !update_overdue(op, &word) || !drafts_list(op, false, &draft, &drafts))
		return false;
	for (size_t i = 0; i < leavings; i++)
		late += l[i].open > 0;
	for (size_t i = 0; i < risks; i++)
		stop += r[i].state == RISK_OPEN && r[i].rule->severity == RISK_STOP;
	for (size_t i = 0; i < measures && !incident; i++)
		incident = m[i].again <= op->now ? m[i].incident : 0;
	due_add(v, h, word, arena_say(op->a, "/incident/%lld/updates", (long long)word), say("Customers were promised a word: write to them again, even if there is nothing new"));
	int64_t unopened, replies;
	if (!replies_count(op, &unopened, &replies))
		return false;
	due_add(v, h, unopened + replies, STR("/replies"), say("Customers have answered: open their replies"));
	due_add(v, h, drafts, STR("/watch"), say("Something may have happened at a service: look whether it concerns you"));
	due_add(v, h, stop, STR("/risks"), say("Risky spots: there is something to stop today"));
	due_add(v, h, late, STR("/access"), say("Somebody leaves: not all is closed and taken back yet"));
	due_add(v, h, looks, STR("/access/look"), say("Look who can sign in where: two minutes, once a quarter"));
	static const struct said services[] = { say("A service: something is late"), say("A service: something runs out this week"), say("A service: something runs out within a month"),
		say("A service: something runs out within two months") };
	if (renewals) {
		int days = due->days;
		due_add(v, h, true, STR("/services"), services[days < 1 ? 0 : days <= 7 ? 1 : days <= 30 ? 2 : 3]);
	}
	bool practise;
	if (!drill_due(op, &practise))
		return false;
	due_add(v, h, practise, STR("/drills"), say("Practise an incident: half an hour, once a year"));
	due_add(v, h, incident, arena_say(op->a, "/incident/%lld/measures", (long long)incident), say("A measure: keep it, or drop it?"));
	return true;
}

/* Hundreds of small questions (of each reader when it was looked at): in one read transaction, else each begins one, and while an import writes finds
 * nothing of what the one before had read. */
static bool dues_of(struct visit *v, struct home_view *h)
{
	enum role role = v->session->login.role;
	if (!replies_open_new(v) || !db_begin(v->op->db, false, &v->op->err))
		return false;
	bool good = (!(role & ROLES_WORK) || work_dues(v, h)) && (!(role & ROLES_LEAD) || lead_dues(v, h));
	return db_end(v->op->db, false, &v->op->err) && good;
}

/* A reader of which somebody said that it is odd: after an incident that it may be part of, before all else. */
static bool odd_next(struct visit *v, struct home_view *h)
{
	struct reader *r;
	size_t n;
	if (!readers_list(v->op, &r, &n))
		return false;
	for (size_t i = 0; i < n && h->next == NEXT_NOTHING; i++)
		if (r[i].odd && r[i].until >= FAR_OFF)
			h->next = NEXT_ODD, h->title = r[i].name, h->next_path.s = arena_say(v->op->a, "/reader/%lld", (long long)r[i].id.n);
	return true;
}

bool home_page(struct visit *v)
{
	struct op *op = v->op;
	struct incident_card *card;
	struct imported *import;
	size_t imports;
	uint32_t customers;
	int64_t backup = 0;
	struct courier_state courier;
	struct home_view h = { .business = op_setting(op, "business.name") };
	if (!drill_now(v, &h.drill, &h.practice) || !cards_of(v, false, &card, &h.cards) || !ledger_imports(op, INT64_MAX, 1, &import, &imports) || !ledger_size(op, &customers))
		return false;
	h.card = card;
	h.customers = thousands(v, customers);
	if (imports)
		h.last_import = day_words(v, import->at);
	if (str_i64(op_setting(op, "backup.made"), &backup))
		h.last_backup = day_words(v, backup);
	for (size_t i = 0; i < h.cards && h.next == NEXT_NOTHING && (!h.practice || (h.drill.opened && !h.drill.all.n)); i++)      /* what was told goes before what is open in the copy */
		next_of(v, &card[i], &h);
	if (v->session->login.role & ROLES_LEAD && !h.practice && !odd_next(v, &h))
		return false;
	bool lead = v->session->login.role & ROLES_LEAD && !h.practice;   /* to others nothing is said that they may not do; on a copy only the incident counts */
	if (h.next == NEXT_NOTHING && !imports && lead)
		h.next = NEXT_IMPORT, h.next_path.s = STR("/import");
	if (h.next == NEXT_NOTHING && imports && lead && backup < op->now - BACKUP_DAYS * DAY)
		h.next = NEXT_BACKUP, h.next_path.s = STR("/backup");
	if (h.next == NEXT_NOTHING && !h.practice && !payment_next(v, &h))
		return false;
	struct walk walk;
	if (!payment_in_force(op, &walk))
		return false;
	h.choices = lead && (!imports || !walk.id);
	if (!courier_state(op, &courier) || (!h.practice && !dues_of(v, &h)))
		return false;
	if (!h.practice && (courier.runs || h.next == NEXT_SENDING))      /* while it starts and nothing waits, it is nobody's business */
		h.courier = visit_said(v, courier.say);
	page_home(v->o, &h);
	return visit_show(v, str_of(visit_words(v, "Home")));
}

bool incidents_page(struct visit *v)
{
	struct incident_card *card;
	struct incidents_view view = { 0 };
	if (!cards_of(v, true, &card, &view.cards))
		return false;
	view.card = card;
	page_incidents(v->o, &view);
	return visit_show(v, str_of(visit_words(v, "Incidents")));
}
