/* register - the services on the map with what else is told and known of them. */
#include "log.h"
#include "services.h"
#include "services_sql.h"

#include <stdlib.h>

static void domains_of(struct op *op, struct service *s)
{
	struct str rest = s->told.n ? s->told : s->known ? s->known->domains : STR("");
	while (rest.n && s->domains < DOMAINS_MAX) {
		struct str one = str_split(&rest, ' ');
		char *d = arena_printf(op->a, STR_FMT, STR_ARG(one));
		for (char *c = d; *c; c++)
			*c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
		if (*d)
			s->domain[s->domains++] = str_of(d);
	}
}

static bool service_of(struct op *op, const struct holder *h, struct service *s)
{
	struct sql_service_by_holder q = { .hours = HOURS_UNTOLD, .ends = FAR_OFF };
	struct sql_service_emptied e = { 0 };
	bool told, there;
	if (!sql_service_by_holder(op, h->id.n, &q, &told) || (h->until < FAR_OFF && !sql_service_emptied(op, h->id.n, h->until, &e, &there)))
		return false;
	*s = (struct service){ .id = h->id, .name = h->name, .since = h->since, .until = h->until, .known = service_known(h->name), .hours = HOURS_UNTOLD, .ends = FAR_OFF, .emptied = e.at };
	if (told) {
		s->told = q.domain, s->contact = q.contact, s->clause = q.clause, s->account = q.account, s->hours = q.hours;
		s->used = q.used, s->ends = q.ends, s->asked = q.asked, s->said_card = (int)q.card, s->said_page = (int)q.page;
		s->known = s->known || !s->told.n ? s->known : service_known(s->told);
	}
	domains_of(op, s);
	s->power = s->known ? s->known->power : 0;
	if (s->said_page)
		s->power = s->said_page == 1 ? s->power | POWER_PAGE : s->power & ~(unsigned)POWER_PAGE;
	s->card = s->said_card ? s->said_card == 1 : s->power & POWER_PAGE || (s->known && s->known->card != CARD_NONE);
	return true;
}

bool service_get(struct op *op, holder_id id, struct service *s)
{
	struct holder h;
	if (!map_holder(op, id, &h))
		return false;
	if (h.sort != SERVICE)
		return err_set(&op->err, INVALID, "service", "%s:" STR_FMT " is no service.", sort_name(h.sort), STR_ARG(h.name));
	return service_of(op, &h, s);
}

static int by_name(const void *a, const void *b)
{
	const struct service *x = a, *y = b;
	return str_cmp(x->name, y->name);
}

bool services_list(struct op *op, bool gone_too, struct service **out, size_t *n)
{
	struct holder *h;
	size_t all, m = 0;
	if (!map_holders(op, &h, &all))
		return false;
	struct service *s = ARENA_ARRAY(op->a, struct service, all + 1);
	for (size_t i = 0; i < all; i++) {
		if (h[i].sort != SERVICE)
			continue;
		if (!service_of(op, &h[i], &s[m]))
			return false;
		m += gone_too || !s[m].emptied;
	}
	if (m)
		qsort(s, m, sizeof *s, by_name);
	*out = s, *n = m;
	return true;
}

bool service_put(struct op *op, const struct service *s)
{
	return sql_service_put(op, s->id.n, s->told, s->contact, s->clause, s->account, s->hours, s->said_card, s->said_page, s->used, s->ends, s->asked) &&
	       log_add(op, "service.told", ABOUT({ "holder", s->id.n }, { "hours", s->hours }, { "card", s->card }));
}
