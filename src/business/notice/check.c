/* check - that incidents and rounds are as the log says they were made: nobody has dropped out of a round, no holder out of an incident. */
#include "notice_int.h"
#include "notice_sql.h"

#include <inttypes.h>

/* What the log says of one incident or round. */
struct told_of { int64_t incident, round, n; };             /* round 0: the incident's holders */
struct hearing { struct op *op; struct told_of *said; size_t n, cap; };

/* The number behind " name=" in an entry; 0: it is not there. */
static int64_t fact(struct str text, const char *name)
{
	size_t n = strlen(name);
	for (struct str rest = text; rest.p;) {
		struct str word = str_split(&rest, ' ');
		int64_t value;
		if (word.n > n && memcmp(word.p, name, n) == 0 && word.p[n] == '=' && str_i64((struct str){ word.p + n + 1, word.n - n - 1 }, &value))
			return value;
	}
	return 0;
}

static struct told_of *said_of(struct hearing *h, int64_t incident, int64_t round)
{
	for (size_t i = h->n; i-- > 0;)
		if (h->said[i].incident == incident && h->said[i].round == round)
			return &h->said[i];
	h->said = arena_more(h->op->a, h->said, h->n, &h->cap, sizeof *h->said);
	h->said[h->n] = (struct told_of){ incident, round, 0 };
	return &h->said[h->n++];
}

static bool heard(void *to, int64_t number, struct str text)
{
	struct hearing *h = to;
	struct str rest = text, what;
	(void)number;
	str_split(&rest, ' ');                           /* when */
	what = str_split(&rest, ' ');
	if (str_eq(what, STR("round.drafted")))
		said_of(h, fact(rest, "incident"), fact(rest, "round"))->n = fact(rest, "customers");
	else if (str_eq(what, STR("round.added")))
		said_of(h, fact(rest, "incident"), fact(rest, "round"))->n++;
	else if (str_eq(what, STR("incident.opened")))
		said_of(h, fact(rest, "incident"), 0)->n = fact(rest, "holders");
	else if (str_eq(what, STR("incident.cleared")))
		said_of(h, fact(rest, "incident"), 0)->n--;
	return true;
}

static bool torn(struct op *op, const struct told_of *s, int64_t there)
{
	if (s->round)
		return err_set(&op->err, TORN, NULL, "Round %s was drafted for %s, and %" PRId64 " are there. Put back a backup.", notice_round_name(op, s->incident, s->round).p,
		               counted(op->a, s->n, "customer", "customers"), there);
	return err_set(&op->err, TORN, NULL, "Incident %" PRId64 " has %s, and the log knows of %" PRId64 " at least. Put back a backup.", s->incident,
	               counted(op->a, there, "holder", "holders"), s->n);
}

bool notice_check(struct op *op, bool rebuild, uint64_t *rounds)
{
	struct hearing h = { .op = op };
	*rounds = 0;
	if (!log_each(op, 0, heard, &h))
		return false;
	for (size_t i = 0; i < h.n; i++) {
		const struct told_of *s = &h.said[i];
		struct sql_round_whole r;
		struct sql_incident_holders in;
		bool found;
		if (!(s->round ? sql_round_whole(op, s->incident, s->round, &r, &found) : sql_incident_holders(op, s->incident, &in, &found)))
			return false;
		if (s->round ? r.n != s->n : in.n < s->n)
			return torn(op, s, s->round ? r.n : in.n);
		if (s->round && r.odd)
			return err_set(&op->err, TORN, NULL, "%s of round %s stand in a state that there is not. Put back a backup.",
			               counted(op->a, r.odd, "notice", "notices"), notice_round_name(op, s->incident, s->round).p);
		*rounds += s->round > 0;
	}
	return reach_check(op, rebuild);
}
