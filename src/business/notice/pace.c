/* pace - the limits' count. Moments are kept in whole seconds: what stands at one may have gone at its end. What is on its way stands at FAR_OFF, so that it
 * counts however long that takes; the server's count is kept for a day also where nothing limits it, for a limit is set when one was met. */
#include "marks.h"
#include "notice_bounces_sql.h"
#include "notice_sql.h"
#include "pace.h"
#include "wire.h"

static int64_t named(struct str name, const uint8_t key[16])
{
	char lower[256];
	size_t n = name.n < sizeof lower ? name.n : sizeof lower;
	for (size_t i = 0; i < n; i++)
		lower[i] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
	return (int64_t)(hash64((struct str){ lower, n }, key) >> 1);
}

static int64_t domain_of(struct str address, const uint8_t key[MARK_KEY])
{
	const char *at = address.n ? memrchr(address.p, '@', address.n) : NULL;
	return named(at ? (struct str){ at + 1, (size_t)(address.p + address.n - at) - 1 } : STR(""), key);
}

/* By its host alone: another port or sign-in is no other server. Domains are not negative. */
static int64_t relay_of(struct op *op)
{
	static const uint8_t key[16] = "handback-server";
	struct str server = op_setting(op, "mail.server");
	struct wire_account account;
	struct err ignored = { 0 };
	return -1 - named(wire_account(server, &account, op->a, &ignored) ? account.host : server, key);
}

static bool limit_read(struct op *op, const char *name, int64_t seconds, struct limit *l)
{
	struct str rest = op_setting(op, name), most = str_split(&rest, '/');
	*l = (struct limit){ 0, seconds };
	return !most.n || (str_i64(most, &l->most) && (seconds ? !rest.p : rest.p && str_i64(rest, &l->seconds))) || err_set(&op->err, TORN, name, "The setting %s is damaged.", name);
}

bool pace_open(struct op *op, struct pace *p)
{
	*p = (struct pace){ .relay = relay_of(op) };
	return limit_read(op, "mail.domain-limit", 0, &p->domain) && limit_read(op, "mail.limit", 0, &p->server[0]) && limit_read(op, "mail.day-limit", DAY, &p->server[1]);
}

/* How many more may go by one limit, and when there is room again if none may. */
static bool left(struct op *op, const struct limit *l, int64_t who, int64_t *more, int64_t *later)
{
	struct sql_pace_get q;
	bool found;
	*more = INT64_MAX, *later = 0;
	if (!l->most)
		return true;
	if (!sql_pace_get(op, who, op->now - l->seconds - 1, &q, &found))
		return false;
	*more = l->most > q.n ? l->most - q.n : 0;
	if (!*more)
		*later = (q.first == FAR_OFF ? op->now : q.first) + l->seconds + 1;
	return true;
}

bool pace_room(struct op *op, const struct pace *p, int64_t *room, int64_t *later)
{
	*room = INT64_MAX, *later = 0;
	for (size_t i = 0; i < LENGTH(p->server); i++) {
		int64_t more, at;
		if (!left(op, &p->server[i], p->relay, &more, &at))
			return false;
		*room = more < *room ? more : *room;
		*later = at > *later ? at : *later;
	}
	return true;
}

static bool count(struct op *op, struct pace *p, int64_t who)
{
	size_t i = 0;
	while (i < p->n && p->out[i] != who)
		i++;
	if (i == p->n && p->n < LENGTH(p->out))
		p->out[p->n++] = who;
	return sql_pace_add(op, who, FAR_OFF, 1);
}

bool pace_take(struct op *op, struct pace *p, const uint8_t key[MARK_KEY], struct str address, int64_t *later)
{
	int64_t domain = p->domain.most ? domain_of(address, key) : 0, more;
	if (!left(op, &p->domain, domain, &more, later))
		return false;
	return !more || (count(op, p, p->relay) && (!p->domain.most || count(op, p, domain)));
}

bool pace_spare(struct op *op, const struct pace *p, const uint8_t key[MARK_KEY], struct str address)
{
	return sql_pace_add(op, p->relay, FAR_OFF, -1) && (!p->domain.most || sql_pace_add(op, domain_of(address, key), FAR_OFF, -1));
}

bool pace_done(struct op *op, struct pace *p)
{
	bool good = true;
	for (size_t i = 0; good && i < p->n; i++)
		good = sql_pace_move(op, p->out[i], FAR_OFF, op->now) && sql_pace_drop(op, p->out[i], FAR_OFF);
	p->n = 0;
	return good;
}

bool pace_resume(struct op *op, struct pace *p)
{
	do {
		struct sql_pace_at q;
		if (!pace_done(op, p) || !sql_pace_at(op, FAR_OFF, &q))
			return false;
		while (p->n < LENGTH(p->out) && sql_pace_at_next(op, &q))
			p->out[p->n++] = q.domain;
		sql_pace_at_stop(&q);
	} while (p->n);
	return op->err.code == OK && sql_pace_forget(op, op->now - DAY - 1);
}

bool mails_waiting(struct op *op, const struct round *r, struct mails_waiting *w)
{
	struct sql_notices_waiting q;
	struct pace p;
	int64_t room, later = 0;
	bool found;
	if (!sql_notices_waiting(op, r->incident, r->round, EMAIL, &q, &found) || (q.n && (!pace_open(op, &p) || !pace_room(op, &p, &room, &later))))
		return false;
	*w = (struct mails_waiting){ q.n, q.due > later ? q.due : later, later > q.due };
	return true;
}
