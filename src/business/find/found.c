/* found - findings on the map: read, kept, and asked by the formula. */
#include "find_kept_sql.h"
#include "found.h"
#include "log.h"

#include <inttypes.h>
#include <stdlib.h>

bool found_each(struct op *op, bool (*each)(void *, const struct found *), void *to)
{
	struct sql_findings q;
	if (!sql_findings(op, FAR_OFF, &q))
		return false;
	while (sql_findings_next(op, &q)) {
		struct found f = { q.id, { q.holder }, q.path, q.sample, (kinds)q.kinds, (kinds)q.unnamed_kinds, (uint64_t)q.numbers, (uint64_t)q.unnamed, q.began,
		                   q.came, q.seen, q.gone, q.gone < q.emptied ? q.gone : q.emptied, q.looked != 0 };
		if (!each(to, &f))
			break;
	}
	sql_findings_stop(&q);
	return op->err.code == OK;
}

bool found_names(struct op *op, int64_t finding, bool (*each)(void *, customer_id, kinds, struct str), void *to)
{
	struct sql_finding_customers q;
	if (!sql_finding_customers(op, finding, &q))
		return false;
	while (sql_finding_customers_next(op, &q))
		if (!each(to, (customer_id){ (uint32_t)q.customer }, (kinds)q.kinds, q.spot))
			break;
	sql_finding_customers_stop(&q);
	return op->err.code == OK;
}

bool found_holders(struct op *op, struct bits *out)
{
	struct sql_findings_holders q;
	struct bits b = { 0 };
	if (!sql_findings_holders(op, &q))
		return false;
	while (sql_findings_holders_next(op, &q)) {
		if ((size_t)q.holder >= b.n) {
			struct bits more = bits_open((size_t)q.holder * 2 + 64);
			for (size_t i = 0; bits_next(&b, &i); i++)
				bits_add(&more, i);
			bits_close(&b);
			b = more;
		}
		bits_add(&b, (size_t)q.holder);
	}
	if (op->err.code != OK) {
		bits_close(&b);
		return false;
	}
	*out = b;
	return true;
}

/* ---- keeping ---- */

static bool put_names(struct op *op, int64_t id, const struct met *m)
{
	bool good = true;
	for (size_t i = 0; good && i < m->n; i++)
		good = sql_finding_names(op, id, m->named[i].who.n, (int64_t)m->named[i].kinds, m->named[i].spot);
	return good;
}

static bool put_new(struct op *op, holder_id holder, const struct met *m, int64_t *out)
{
	int64_t id = op_count(op, "finding"), began = m->began < op->now ? m->began : op->now;
	if (!id || !sql_finding_put(op, id, holder.n, m->path, (int64_t)m->kinds, (int64_t)m->numbers, (int64_t)m->unnamed, (int64_t)m->unnamed_kinds, m->sample, began,
	                            op->now, op->now, FAR_OFF, m->looked) ||
	    !put_names(op, id, m))
		return false;
	*out = id;
	return log_add(op, "find.met", ABOUT({ "finding", id }, { "holder", holder.n }, { "kinds", (int64_t)m->kinds }, { "numbers", (int64_t)m->numbers },
	                                     { "customers", (int64_t)m->n }));
}

bool found_gone(struct op *op, int64_t id)
{
	return sql_finding_gone(op, id, op->now) && log_add(op, "find.gone", ABOUT({ "finding", id }));
}

struct comparing { const struct met *m; size_t at; bool same; };

static bool compare_name(void *to, customer_id who, kinds k, struct str spot)
{
	struct comparing *c = to;
	(void)spot;
	const struct named *n = c->at < c->m->n ? &c->m->named[c->at] : NULL;
	c->same = n && n->who.n == who.n && n->kinds == k;
	c->at++;
	return c->same;
}

static bool same_as_before(struct op *op, const struct sql_finding_there *q, const struct met *m, bool *same)
{
	struct comparing c = { .m = m, .same = true };
	*same = (kinds)q->kinds == m->kinds && (uint64_t)q->numbers == m->numbers && (uint64_t)q->unnamed == m->unnamed && (kinds)q->unnamed_kinds == m->unnamed_kinds;
	if (!*same)
		return true;
	if (!found_names(op, q->id, compare_name, &c))
		return false;
	*same = c.same && c.at == m->n;
	return true;
}

/* Whose it is is not known of both: what is known of either counts. */
static bool grow(struct op *op, const struct sql_finding_there *q, const struct met *m, int64_t began)
{
	struct met all = *m;
	all.kinds |= (kinds)q->kinds;
	if (!m->looked) {
		uint64_t more = m->numbers > (uint64_t)q->numbers ? m->numbers - (uint64_t)q->numbers : 0;
		all.unnamed = (uint64_t)q->unnamed + more;
		all.unnamed_kinds = (kinds)q->unnamed_kinds | (more ? m->kinds : all.kinds & ~(kinds)q->kinds);
		/* nothing is new: then it is still known whose it is */
		all.looked = q->looked && !more && all.kinds == (kinds)q->kinds;
	}
	return sql_finding_again(op, q->id, (int64_t)all.kinds, (int64_t)all.numbers, (int64_t)all.unnamed, (int64_t)all.unnamed_kinds, began, op->now, all.looked) &&
	       put_names(op, q->id, m);
}

bool found_keep(struct op *op, holder_id holder, const struct met *m, int64_t *id)
{
	struct sql_finding_there q;
	bool known, same = false;
	if (!sql_finding_there(op, holder.n, m->path, FAR_OFF, &q, &known))
		return false;
	if (!known)
		return put_new(op, holder, m, id);
	int64_t began = m->began < q.began ? m->began : q.began;
	*id = q.id;
	if (!q.looked || !m->looked)
		return grow(op, &q, m, began);
	if (!same_as_before(op, &q, m, &same))
		return false;
	if (same)
		return sql_finding_again(op, q.id, q.kinds, q.numbers, q.unnamed, q.unnamed_kinds, began, op->now, q.looked);
	return found_gone(op, q.id) && put_new(op, holder, m, id);
}

bool found_check(struct op *op, uint64_t *findings)
{
	struct sql_findings_count n;
	struct sql_findings_unsound q;
	bool known;
	if (!sql_findings_count(op, &n, &known) || !sql_findings_unsound(op, &q))
		return false;
	if (sql_findings_unsound_next(op, &q)) {
		sql_findings_unsound_stop(&q);
		return err_set(&op->err, TORN, NULL, "Finding %" PRId64 " names something that is not there, or its times are not in order. Restore a backup.", q.id);
	}
	*findings = (uint64_t)n.n;
	return op->err.code == OK;
}

/* ---- the formula's half ---- */

struct adding { struct op *op; const struct dwell *dwell; size_t n; struct exposed *e; kinds answer; struct few *few; size_t fews, cap; };

static bool add_name(void *to, customer_id who, kinds k, struct str spot)
{
	struct adding *a = to;
	(void)spot;
	if (!(k & a->answer))
		return true;
	if (a->fews == a->cap) {
		a->cap = a->cap ? 2 * a->cap : 256;
		a->few = mem_grow(a->few, a->cap * sizeof *a->few);
	}
	a->few[a->fews++] = (struct few){ who.n, k & a->answer };
	return true;
}

static bool add_found(void *to, const struct found *f)
{
	struct adding *a = to;
	a->answer = 0;
	for (size_t i = 0; i < a->n; i++)
		a->answer |= found_answers(f, &a->dwell[i]);
	if (!(f->kinds & a->answer))
		return true;
	if (f->unnamed_kinds & a->answer) {
		a->e->found += f->unnamed;
		a->e->found_kinds |= f->unnamed_kinds & a->answer;
	}
	return found_names(a->op, f->id, add_name, a);
}

bool find_at(struct op *op, const struct dwell *dwell, size_t n, struct exposed *e, bool *any)
{
	struct adding a = { .op = op, .dwell = dwell, .n = n, .e = e };
	*any = false;
	if (!n)
		return true;
	bool good = found_each(op, add_found, &a) && op->err.code == OK && ledger_add(op, a.few, a.fews, e);
	*any = a.fews || e->found;
	free(a.few);
	return good;
}
