/* signins - the sign-ins as they stand. */
#include "log.h"
#include "signins.h"
#include "signins_sql.h"

#include <inttypes.h>
#include <stdlib.h>

static int sign_in_order(const void *a, const void *b)
{
	const struct access *x = a, *y = b;
	int c = str_cmp(x->person.name, y->person.name);
	c = c ? c : str_cmp(x->holder.name, y->holder.name);
	return c ? c : (x->id > y->id) - (x->id < y->id);
}

static int by_id(const void *a, const void *b)
{
	const struct access *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

bool access_list(struct op *op, bool ended_too, struct access **out, size_t *n)
{
	struct atlas m;
	struct sql_sign_ins q;
	size_t count = 0, last = 0;
	if (!map_atlas(op, &m))
		return false;
	for (size_t i = 0; i < m.holders; i++)
		last = (size_t)m.holder[i].id.n > last ? (size_t)m.holder[i].id.n : last;
	const struct holder **of = ARENA_ARRAY(op->a, const struct holder *, last + 1);
	for (size_t i = 0; i < m.holders; i++)
		of[m.holder[i].id.n] = &m.holder[i];
	struct access *s = ARENA_ARRAY(op->a, struct access, m.flows + 1);
	for (size_t i = 0; i < m.flows; i++) {                   /* flows are in the order of their numbers */
		const struct flow *f = &m.flow[i];
		if (f->manner == SEES && of[f->to.n]->sort == PERSON && (ended_too || op->now < f->until))
			s[count++] = (struct access){ .id = f->id, .holder = *of[f->from.n], .person = *of[f->to.n], .since = f->since, .until = f->until };
	}
	if (!sql_sign_ins(op, &q))
		return false;
	while (sql_sign_ins_next(op, &q)) {
		struct access key = { .id = q.flow }, *hit = count ? bsearch(&key, s, count, sizeof *s, by_id) : NULL;
		if (hit)
			hit->account = (enum account)q.account, hit->second = (enum second)q.second, hit->looked = q.looked, hit->wrong = q.wrong;
	}
	if (op->err.code != OK)
		return false;
	if (count)
		qsort(s, count, sizeof *s, sign_in_order);
	*out = s, *n = count;
	return true;
}

bool access_due(struct op *op, size_t *n)
{
	struct access *s;
	size_t all;
	if (!access_list(op, false, &s, &all))
		return false;
	*n = 0;
	for (size_t i = 0; i < all; i++)
		*n += sign_in_open(&s[i], op->now) && !s[i].wrong && s[i].looked < op->now - (int64_t)ACCESS_QUARTER * DAY;
	return true;
}

bool access_say(struct op *op, const struct access *s)
{
	return sql_sign_in_put(op, s->id, s->account, s->second, s->looked, s->wrong) &&
	       log_add(op, "access.said", ABOUT({ "sign_in", s->id }, { "account", s->account }, { "second", s->second }, { "wrong", s->wrong != 0 }));
}

static bool sign_in_numbered(struct op *op, int64_t id, struct access *out)
{
	struct access *s;
	size_t n;
	if (!access_list(op, true, &s, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i].id == id) {
			*out = s[i];
			return true;
		}
	return err_set(&op->err, NOT_FOUND, "sign-in", "There is no sign-in %" PRId64 ". handback access list shows them.", id);
}

bool access_end(struct op *op, int64_t id, int64_t at)
{
	struct access s = { 0 };
	if (!sign_in_numbered(op, id, &s))
		return false;
	if (at <= s.since)
		return err_set(&op->err, INVALID, "at", "That sign-in began after that.");
	return s.until <= at || map_flow_end(op, id, at);
}
