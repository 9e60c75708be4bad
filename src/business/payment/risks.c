/* risks - what is true of each holder and sign-in, and which spots that makes. Reads the map, findings, imports, the registers and the walk; writes nothing. */
#include "risks.h"
#include "found.h"
#include "ledger.h"
#include "payment.h"
#include "readers.h"
#include "risks_sql.h"
#include "services.h"

#include <stdlib.h>

enum { LONG_DAYS = 7 * 365, SHOWN_FOR = 365 * DAY, LOOKED_FOR = 2 * DAY };      /* PCI DSS 12.6.3: yearly */

/* ---- the rule, pure ---- */

bool risk_fires(const struct risk_when *w, uint32_t facts, const struct answers *a)
{
	if ((facts & w->all) != w->all || facts & w->none)
		return false;
	for (size_t i = 0; i < w->answers; i++) {
		bool any = false;
		for (const char *const *o = w->answer[i].option; *o && !any; o++)
			any = question_has(a, w->answer[i].question, *o);
		if (!any)
			return false;
	}
	return true;
}

/* ---- facts ---- */

/* Of each holder by its number: what is true of it, and of each fact when something last showed it (0: nobody knows when). What a register says counts as of now. */
struct facts { uint32_t *of; int64_t (*seen)[HOLDER_FACTS]; const struct holder **holder; size_t size; struct atlas m; struct walk walk; int64_t now; holder_id self; };

static void fact_add(struct facts *f, holder_id h, uint32_t fact, int64_t seen)
{
	int64_t *at = &f->seen[h.n][__builtin_ctz(fact)];
	f->of[h.n] |= fact;
	*at = seen > *at ? seen : *at;
}

/* When all of these facts of a holder were last shown. */
static int64_t facts_seen(const struct facts *f, holder_id h, uint32_t facts)
{
	int64_t seen = 0;
	for (uint32_t k = facts; k; k &= k - 1)
		seen = f->seen[h.n][__builtin_ctz(k)] > seen ? f->seen[h.n][__builtin_ctz(k)] : seen;
	return seen;
}

static kinds code_kinds(void)
{
	return KIND(CARD_CODE) | KIND(CARD_TRACK) | KIND(CARD_PIN);
}

static bool finding_told(void *to, const struct found *x)
{
	struct facts *f = to;
	kinds k = x->kinds | x->unnamed_kinds;
	if (x->last < FAR_OFF)
		return true;
	if (k & KIND(CARD_NUMBER))
		fact_add(f, x->holder, HOLDER_KEEPS_CARD, x->seen);
	if (k & code_kinds())
		fact_add(f, x->holder, HOLDER_KEEPS_CODE, x->seen);
	return true;
}

/* What a sort keeps when nobody told: more than nothing? */
static bool assumed_to_keep(enum holder_sort s)
{
	return map_assumed(s, KIND_NAME) > 0;
}

static void facts_of_map(struct facts *f)
{
	static const uint32_t sorts[] = { [READER] = HOLDER_READER, [SERVICE] = HOLDER_SERVICE, [COMPUTER] = HOLDER_COMPUTER, [STORAGE] = HOLDER_STORAGE, [MAILBOX] = HOLDER_MAILBOX,
		[PAPER] = HOLDER_PAPER, [WEBSITE] = HOLDER_WEBSITE, [PERSON] = 0, [PLACE] = 0 };
	const struct atlas *m = &f->m;
	kinds *told = mem_zero(f->size, sizeof *told), *kept = mem_zero(f->size, sizeof *kept), *comes = mem_zero(f->size, sizeof *comes), *stays = mem_zero(f->size, sizeof *stays);
	for (size_t i = 0; i < m->holders; i++)
		f->of[m->holder[i].id.n] |= sorts[m->holder[i].sort] | (m->holder[i].until <= f->now ? HOLDER_CLOSED : 0);
	f->of[f->self.n] |= HOLDER_OWN;                          /* its backups are marked below */
	for (size_t i = 0; i < m->tolds; i++) {
		const struct told *t = &m->told[i];
		told[t->holder.n] |= (kinds)1 << t->kind;
		kept[t->holder.n] |= t->keeps > 0 ? (kinds)1 << t->kind : 0;
		if (t->keeps > LONG_DAYS * (int64_t)DAY && (t->kind == KIND_NAME || t->kind == KIND_EMAIL || t->kind == KIND_PHONE || t->kind == KIND_POSTAL_ADDRESS))
			fact_add(f, t->holder, HOLDER_KEEPS_LONG, f->now);
		stays[t->holder.n] |= t->keeps > DAY ? (kinds)1 << t->kind : 0;      /* what goes the same day is not kept */
	}
	for (size_t i = 0; i < m->flows; i++) {
		const struct flow *x = &m->flow[i];
		if (x->from.n == f->self.n && x->manner == COPIES)
			f->of[x->to.n] |= f->holder[x->to.n]->sort == STORAGE ? HOLDER_OWN : 0;
		kept[x->to.n] |= x->keeps > 0 ? x->kinds : 0;
		told[x->to.n] |= x->keeps != KEEPS_UNTOLD ? x->kinds : 0;
		if (f->now < x->since || f->now >= x->until || x->manner == SEES)
			continue;
		f->of[x->to.n] |= HOLDER_COMES_IN;
		if (x->kinds == KINDS_ALL)                       /* of whatever there is: no word that cards are */
			continue;
		comes[x->to.n] |= x->kinds;
		f->of[x->to.n] |= x->kinds & KIND(POSTAL_ADDRESS) ? HOLDER_ADDRESS : 0;
		if (x->kinds & KIND(HOME_ACCESS))
			fact_add(f, x->to, HOLDER_HOME_ACCESS, x->told);
		if (x->kinds & KIND(CARD_NUMBER)) {
			fact_add(f, x->to, HOLDER_PASSES_CARD, x->told);
			fact_add(f, x->from, HOLDER_PASSES_CARD, x->told);
		}
	}
	for (size_t i = 0; i < m->holders; i++) {
		const struct holder *h = &m->holder[i];
		/* how long is told of kinds, too, that never come there */
		stays[h->id.n] &= comes[h->id.n] ? comes[h->id.n] : stays[h->id.n] == KINDS_ALL ? 0 : KINDS_ALL;
		f->of[h->id.n] |= kept[h->id.n] & KIND(POSTAL_ADDRESS) ? HOLDER_ADDRESS : 0;
		f->of[h->id.n] |= kept[h->id.n] || (told[h->id.n] != KINDS_ALL && assumed_to_keep(h->sort)) ? HOLDER_RESTS : 0;
		if (!told[h->id.n])
			fact_add(f, h->id, HOLDER_UNTOLD, f->now);
	}
	for (size_t i = 0; i < m->tolds; i++) {
		const struct told *t = &m->told[i];
		kinds k = stays[t->holder.n] & (kinds)1 << t->kind;
		if (k & KIND(CARD_NUMBER))
			fact_add(f, t->holder, HOLDER_KEEPS_CARD, t->told);
		if (k & code_kinds())
			fact_add(f, t->holder, HOLDER_KEEPS_CODE, t->told);
	}
	for (size_t i = 0; i < m->emptieds; i++)
		if (m->emptied[i].at >= f->holder[m->emptied[i].holder.n]->until)
			f->of[m->emptied[i].holder.n] |= HOLDER_EMPTIED;
	free(told);
	free(kept);
	free(comes);
	free(stays);
}

/* Card numbers that came in on paper, as customers' touches have it, and were not confirmed to be gone since: even if nobody walked through it. */
static bool facts_of_papers(struct op *op, struct facts *f)
{
	holder_id *paper = ARENA_ARRAY(op->a, holder_id, f->m.holders + 1);
	int64_t *last = ARENA_ARRAY(op->a, int64_t, f->m.holders + 1);
	size_t n = 0;
	for (size_t i = 0; i < f->m.holders; i++)
		if (f->m.holder[i].sort == PAPER)
			paper[n++] = f->m.holder[i].id;
	if (!ledger_last(op, paper, n, KIND(CARD_NUMBER), last))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool gone = last[i] == LONG_AGO;
		for (size_t k = 0; k < f->m.emptieds && !gone; k++)
			gone = f->m.emptied[k].holder.n == paper[i].n && f->m.emptied[k].at > last[i];
		if (!gone)
			fact_add(f, paper[i], HOLDER_PASSES_CARD, last[i]);
	}
	return true;
}

static bool facts_of_services(struct op *op, struct facts *f)
{
	struct service *s;
	struct evidence *e;
	size_t n, pieces;
	if (!services_list(op, false, &s, &n) || !evidence_list(op, (holder_id){ 0 }, false, &e, &pieces))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool proven = false;
		for (size_t k = 0; k < pieces && !proven; k++)
			proven = e[k].holder.n == s[i].id.n && e[k].sort->word != WORD_MEASURED && e[k].sort->word != WORD_PUBLIC && e[k].until > op->now;
		if (s[i].card && (!proven || !s[i].contact.n))
			fact_add(f, s[i].id, HOLDER_UNPROVEN, f->now);
	}
	return true;
}

/* What of the looks at a reader says that somebody came to it unasked: data/reader-checks.csv. */
static int64_t stranger_bit(void)
{
	size_t n;
	const struct reader_check *c = reader_checks(&n);
	while (n && !str_eq(c->name, STR("stranger")))
		c++, n--;
	return n ? (int64_t)1 << c->bit : 0;
}

static bool facts_of_readers(struct op *op, struct facts *f)
{
	struct sql_strangers q;
	struct reader *r;
	size_t n;
	if (!readers_list(op, &r, &n) || !sql_strangers(op, stranger_bit(), &q))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!r[i].serial.n)
			fact_add(f, r[i].id, HOLDER_UNREGISTERED, f->now);
		if (r[i].looked < f->now - LOOKED_FOR)
			fact_add(f, r[i].id, HOLDER_UNLOOKED, f->now);
	}
	while (sql_strangers_next(op, &q))
		fact_add(f, (holder_id){ q.holder }, HOLDER_STRANGER, f->now);
	return op->err.code == OK;
}

/* Is this holder among the names that a question was answered with? */
static bool is_named(const struct answers *a, size_t q, const struct holder *h)
{
	return h->sort == questions[q].sort && question_has(a, questions[q].name, "named") && str_lists(a->text[q], h->name);
}

/* Who takes payments, as the walk names them, and was not shown how. */
static bool facts_of_takers(struct op *op, struct facts *f)
{
	struct sql_shown q;
	struct str *shown = NULL;
	size_t n = 0, cap = 0, takers;
	if (!f->walk.id || !question_named(STR("takers"), &takers))
		return true;
	if (!sql_shown(op, f->now - SHOWN_FOR, &q))
		return false;
	while (sql_shown_next(op, &q)) {
		shown = arena_more(op->a, shown, n, &cap, sizeof *shown);
		shown[n++] = str_folded(op->a, q.name);
	}
	for (size_t i = 0; i < f->m.holders; i++) {
		const struct holder *h = &f->m.holder[i];
		bool signed_it = !is_named(&f->walk.answers, takers, h);
		for (size_t k = 0; k < n && !signed_it; k++)
			signed_it = str_eq(shown[k], str_folded(op->a, h->name));
		if (!signed_it)
			fact_add(f, h->id, HOLDER_UNSHOWN, f->now);
	}
	return op->err.code == OK;
}

static bool facts_open(struct op *op, struct facts *f)
{
	struct sql_masked_imports q;
	size_t provider;
	*f = (struct facts){ .now = op->now, .size = 2, .self = map_self(op) };
	if (!map_atlas(op, &f->m) || !payment_in_force(op, &f->walk))
		return false;
	for (size_t i = 0; i < f->m.holders; i++)
		f->size = (size_t)f->m.holder[i].id.n >= f->size ? (size_t)f->m.holder[i].id.n + 1 : f->size;
	f->of = ARENA_ARRAY(op->a, uint32_t, f->size), f->holder = ARENA_ARRAY(op->a, const struct holder *, f->size);
	f->seen = arena_get_array(op->a, sizeof *f->seen, f->size);
	for (size_t i = 0; i < f->m.holders; i++)
		f->holder[f->m.holder[i].id.n] = &f->m.holder[i];
	facts_of_map(f);
	if (!facts_of_papers(op, f) || !facts_of_services(op, f) || !facts_of_readers(op, f) || !facts_of_takers(op, f) || !found_each(op, finding_told, f) || !sql_masked_imports(op, &q))
		return false;
	while (sql_masked_imports_next(op, &q))
		fact_add(f, (holder_id){ q.holder }, HOLDER_NOTES_CARD, q.at);
	for (size_t i = 0; f->walk.id && question_named(STR("provider"), &provider) && i < f->m.holders; i++)
		f->of[f->m.holder[i].id.n] |= is_named(&f->walk.answers, provider, &f->m.holder[i]) ? HOLDER_PAYMENT_COMPANY : 0;
	return op->err.code == OK;
}

/* ---- what was said ---- */

struct said { struct sql_risk_said_all told; enum risk_seen seen; };
struct saids { struct said *row; size_t n; };

static bool saids_open(struct op *op, struct saids *s)
{
	struct sql_risk_said_all q;
	size_t cap = 0;
	*s = (struct saids){ 0 };
	if (!sql_risk_said_all(op, &q))
		return false;
	while (sql_risk_said_all_next(op, &q)) {
		s->row = arena_more(op->a, s->row, s->n, &cap, sizeof *s->row);
		s->row[s->n++] = (struct said){ q, SEEN_GONE };
	}
	return op->err.code == OK;
}

static struct said *said_of(const struct saids *s, int spot, int64_t place)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->row[i].told.spot == spot && s->row[i].told.place == place)
			return &s->row[i];
	return NULL;
}

/* ---- spots ---- */

/* The open and the accepted places of one rule. */
struct spot { struct risk open, accepted; size_t cap_open, cap_accepted; };

static void place_put(struct op *op, struct risk *r, size_t *cap, struct risk_place p)
{
	for (size_t i = 0; i < r->places; i++)
		if (r->place[i].id == p.id && r->place[i].holder.id.n == p.holder.id.n)
			return;
	r->place = arena_more(op->a, r->place, r->places, cap, sizeof *r->place);
	r->place[r->places++] = p;
}

/* seen: when something last showed that it is so. */
static void spot_put(struct op *op, struct spot *s, const struct risk_rule *rule, const struct saids *saids, struct risk_place p, int64_t seen)
{
	struct said *said = said_of(saids, rule->id, p.id);
	const struct sql_risk_said_all *told = said ? &said->told : NULL;
	if (said)
		said->seen = seen > told->fixed + told->accepted ? SEEN_AGAIN : SEEN_STILL;
	if (told && told->accepted && op->now < told->again) {
		s->accepted.again = s->accepted.places && s->accepted.again < told->again ? s->accepted.again : told->again;
		s->accepted.reason = told->reason;
		place_put(op, &s->accepted, &s->cap_accepted, p);
	} else if (!told || !told->fixed || seen > told->fixed) {
		s->open.back |= told && told->fixed;
		place_put(op, &s->open, &s->cap_open, p);
	}
}

/* Of the walk: true of the business, so one thing is said of it, and shown at the holders that the answer to `at` names; none: nowhere on the map. */
static void walk_places(struct op *op, const struct facts *f, const struct risk_when *w, const struct risk_rule *rule, const struct saids *said, struct spot *s)
{
	size_t q, n = 0;
	for (size_t i = 0; w->at && question_named(str_of(w->at), &q) && i < f->m.holders; i++)
		if (is_named(&f->walk.answers, q, &f->m.holder[i])) {
			const struct holder *h = &f->m.holder[i];
			spot_put(op, s, rule, said, (struct risk_place){ 0, *h, h->name }, f->walk.applied);
			n++;
		}
	if (!n)
		spot_put(op, s, rule, said, (struct risk_place){ 0, { .sort = 0 }, STR("") }, f->walk.applied);
}

static uint32_t sign_in_facts(const struct access *s, int64_t now)
{
	return (s->account == ACCOUNT_SHARED ? SIGN_IN_SHARED : 0) | (s->second == SECOND_NO ? SIGN_IN_NO_SECOND : 0) | (s->person.until <= now ? SIGN_IN_LEFT : 0) | (s->wrong ? SIGN_IN_WRONG : 0);
}

static struct str sign_in_name(struct op *op, const struct access *s)
{
	return arena_say(op->a, STR_FMT " (" STR_FMT ")", STR_ARG(s->holder.name), STR_ARG(s->person.name));
}

static bool at_named(const struct facts *f, const struct risk_when *w, const struct holder *h)
{
	size_t q;
	return !w->at || (question_named(str_of(w->at), &q) && is_named(&f->walk.answers, q, h));
}

static void rule_try(struct op *op, const struct facts *f, const struct access *sign, size_t signs, const struct risk_rule *rule, const struct saids *said, struct spot *s)
{
	for (size_t k = 0; k < rule->whens; k++) {
		const struct risk_when *w = &rule->when[k];
		for (size_t i = 0; w->each == EACH_HOLDER && i < f->m.holders; i++) {
			const struct holder *h = &f->m.holder[i];
			int64_t seen = facts_seen(f, h->id, w->all);
			if (risk_fires(w, f->of[h->id.n], &f->walk.answers) && at_named(f, w, h))
				spot_put(op, s, rule, said, (struct risk_place){ h->id.n, *h, h->name }, w->answers && f->walk.applied > seen ? f->walk.applied : seen);
		}
		for (size_t i = 0; w->each == EACH_SIGN_IN && i < signs; i++)
			if (sign_in_open(&sign[i], f->now) && risk_fires(w, sign_in_facts(&sign[i], f->now), &f->walk.answers))
				spot_put(op, s, rule, said, (struct risk_place){ sign[i].id, sign[i].holder, sign_in_name(op, &sign[i]) }, f->now);                /* what the register says now counts: fixing one changes it there */
		if (w->each == EACH_WALK && !s->open.places && !s->accepted.places && f->walk.id && risk_fires(w, 0, &f->walk.answers))
			walk_places(op, f, w, rule, said, s);
	}
}

static int risk_order(const void *a, const void *b)
{
	const struct risk *x = a, *y = b;
	const struct risk_rule *r = x->rule, *q = y->rule;
	int c = x->state != y->state ? (int)x->state - (int)y->state : r->severity != q->severity ? (int)r->severity - (int)q->severity : r->minutes != q->minutes ? r->minutes - q->minutes : r->cost - q->cost;
	return c ? c : r->id - q->id;
}

static bool risks_of(struct op *op, struct risk **out, size_t *n, struct saids *said, struct access **sign, size_t *signs)
{
	struct facts f;
	size_t count = 0;
	struct risk *r = ARENA_ARRAY(op->a, struct risk, 2 * risk_rules_n);
	if (!facts_open(op, &f) || !access_list(op, true, sign, signs) || !saids_open(op, said))
		return false;
	for (size_t i = 0; i < risk_rules_n; i++) {
		struct spot s = { .open = { .rule = &risk_rules[i], .state = RISK_OPEN }, .accepted = { .rule = &risk_rules[i], .state = RISK_ACCEPTED } };
		rule_try(op, &f, *sign, *signs, &risk_rules[i], said, &s);
		if (s.open.places)
			r[count++] = s.open;
		if (s.accepted.places)
			r[count++] = s.accepted;
	}
	if (count)
		qsort(r, count, sizeof *r, risk_order);
	for (size_t i = 0; i < count && i < RISKS_NOW; i++)      /* the open ones stand first */
		r[i].now = r[i].state == RISK_OPEN;
	*out = r, *n = count;
	return true;
}

bool risks_list(struct op *op, struct risk **out, size_t *n)
{
	struct saids said;
	struct access *sign;
	size_t signs;
	return risks_of(op, out, n, &said, &sign, &signs);
}

/* The name of a place that something was said of, also when nothing shows it any more. */
static bool place_name(struct op *op, const struct risk_rule *rule, int64_t place, const struct access *sign, size_t signs, struct str *name)
{
	struct holder h;
	*name = STR("");
	for (size_t i = 0; rule->when->each == EACH_SIGN_IN && i < signs; i++)
		if (sign[i].id == place)
			*name = sign_in_name(op, &sign[i]);
	if (!place || rule->when->each == EACH_SIGN_IN)
		return true;
	if (!map_holder(op, (holder_id){ place }, &h))
		return false;
	*name = h.name;
	return true;
}

bool risks_said(struct op *op, struct risk_word **out, size_t *n)
{
	struct risk *r;
	struct saids said;
	struct access *sign;
	size_t signs, risks, count = 0;
	if (!risks_of(op, &r, &risks, &said, &sign, &signs))
		return false;
	struct risk_word *w = ARENA_ARRAY(op->a, struct risk_word, said.n + 1);
	for (size_t i = 0; i < said.n; i++) {
		const struct sql_risk_said_all *t = &said.row[i].told;
		const struct risk_rule *rule = risk_rules;
		while (rule < risk_rules + risk_rules_n && rule->id != t->spot)
			rule++;
		if (rule == risk_rules + risk_rules_n)           /* one that this version knows no more */
			continue;
		w[count] = (struct risk_word){ rule, t->place, { NULL, 0 }, t->person, t->fixed, t->accepted, t->again, t->reason, said.row[i].seen };
		if (!place_name(op, rule, t->place, sign, signs, &w[count++].name))
			return false;
	}
	*out = w, *n = count;
	return true;
}

struct str risk_name(struct op *op, const struct risk_rule *r)
{
	return arena_say(op->a, "R%02d", r->id);
}
