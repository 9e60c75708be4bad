/* monitoring - whose notice carries a code for credit monitoring: those whom a law that means them owes it, while a vendor's offer stands (enrol). */
#include "monitoring.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "places.h"
#include "telling.h"

#include <inttypes.h>

bool law_obliges(const struct obligation *d, size_t n, struct str code)
{
	for (size_t i = 0; i < n; i++)
		if (d[i].to == TO_PEOPLE && d[i].force >= LAW_SHOULD && str_eq(d[i].code, code))
			return true;
	return false;
}

unsigned months_owed(struct op *op, const struct obligation *owed, size_t n, const struct telling *t)
{
	const struct law *law[PLACE_LAWS];
	unsigned most = 0;
	for (size_t i = 0, laws = laws_for(op, t, law); i < laws && t->kinds; i++) {
		unsigned months = law_obliges(owed, n, law[i]->code) ? law_monitoring(law[i], t->kinds) : 0;
		most = months > most ? months : most;
	}
	return most;
}

void code_to_come(struct op *op, const struct obligation *owed, size_t n, struct telling *t)
{
	bool offered = t->offer && offer_stands(op, t->offer) && months_owed(op, owed, n, t);
	t->code = !offered ? STR("") : t->language == SPANISH ? STR("(aquí va su propio código)") : STR("(their own code stands here)");
}

/* Does any law owe it to people at risk? Who was told already may have been at risk with more than is known now: they are looked at one by one. */
static bool owed_to_any(const struct round *r, const struct obligation *owed, size_t n)
{
	bool any = r->audience == AUDIENCE_TOLD;
	for (size_t i = 0; i < n; i++)
		any |= owed[i].to == TO_PEOPLE && owed[i].monitoring;
	return any;
}

/* Those that are drafted or wait: others have theirs, or need none any more. Who lives where and of whom the same is told is looked at once. */
bool monitoring_of(struct op *op, const struct round *r, const struct obligation *owed, size_t n, struct monitoring *m)
{
	struct sql_notices_to_code q;
	struct telling t;
	struct offer offer;
	bool found;
	size_t cap = 0;
	*m = (struct monitoring){ .n = 0 };
	if (!enrol_offer(op, r->incident, &offer, &found))
		return false;
	m->offered = found && offer_stands(op, &offer), m->left = offer.left, m->lasts = (unsigned)offer.months;
	if (!owed_to_any(r, owed, n))
		return true;
	if (!round_telling(op, r, &t) || !sql_notices_to_code(op, r->incident, r->round, &q))
		return false;
	struct str region = STR(""), country = STR("");
	int64_t kinds_before = 0;
	unsigned months = 0;
	while (sql_notices_to_code_next(op, &q)) {
		if (q.kinds != kinds_before || !str_eq(q.region, region) || !str_eq(q.country, country)) {
			region = arena_str(op->a, q.region), country = arena_str(op->a, q.country), kinds_before = q.kinds;
			t.kinds = (kinds)q.kinds, t.region = region.n ? region : country;
			months = months_owed(op, owed, n, &t);
		}
		if (!months)
			continue;
		m->months = months > m->months ? months : m->months;
		m->who = arena_more(op->a, m->who, m->n, &cap, sizeof *m->who);
		m->who[m->n++] = (customer_id){ (uint32_t)q.customer };
	}
	if (op->err.code != OK || !m->offered)
		return op->err.code == OK;
	int64_t without;
	if (!enrol_without(op, r->incident, m->who, m->n, &without))
		return false;
	m->lacking = without > m->left ? without - m->left : 0;
	return true;
}

bool monitoring_seen(struct op *op, const struct round *r, const struct telling *common, const struct obligation *owed, size_t n, const struct places *p, struct monitoring *m)
{
	struct telling t = *common;
	struct offer offer;
	bool found;
	if (!enrol_offer(op, r->incident, &offer, &found))
		return false;
	if (found && offer_stands(op, &offer))
		return monitoring_of(op, r, owed, n, m);
	*m = (struct monitoring){ .n = 0 };
	for (size_t i = 0; i < p->n && owed_to_any(r, owed, n); i++) {
		t.kinds = p->of[i].kinds, t.region = p->of[i].region.n ? p->of[i].region : p->of[i].country;
		unsigned months = months_owed(op, owed, n, &t);
		m->n += months ? (size_t)p->of[i].open : 0;
		m->months = months > m->months ? months : m->months;
	}
	return true;
}

bool monitoring_may_go(struct op *op, const struct monitoring *m)
{
	if (m->offered && m->n && m->lasts < m->months)
		return err_set(&op->err, REFUSED, "round", "Customers in this round are owed %u months of credit monitoring, and the codes are for %u. Ask the vendor for longer ones.", m->months, m->lasts);
	if (m->offered && m->lacking)
		return err_set(&op->err, REFUSED, "round", "Codes for credit monitoring lack: %s for %s of this round. Read more of the vendor's codes first.",
		               counted(op->a, m->lacking, "code", "codes"), counted(op->a, (int64_t)m->n, "customer", "customers"));
	return true;
}
