/* holding - what a service holds of whom now, by the one formula: counted on the spot where that takes a moment, else kept from one count to the next, as
 * the counts of incidents are. On these counts nobody is told anything. */
#include "services.h"
#include "services_sql.h"

#include <stdlib.h>

static bool count(struct op *op, holder_id id, struct holding *h)
{
	struct suspicion now = { id, op->now, op->now + 1, KEPT };
	struct exposed *e;
	struct sources s;
	*h = (struct holding){ .at = op->now, .known = true };
	if (!op_moves(op, MOVES_ANSWERS, &h->moves) || !exposure_of(op, &now, 1, false, &e, &s))
		return false;
	for (uint32_t c = 1; exposed_next(e, &c); c++) {
		h->customers++;
		for (kinds rest = exposed_kinds(e, c); rest; rest &= rest - 1)
			h->by_kind[__builtin_ctzll(rest)]++;
	}
	h->unnamed = (int64_t)e->unnamed, h->found = (int64_t)e->found;
	exposed_close(e);
	return true;
}

static bool read_kept(struct op *op, holder_id id, struct holding *h)
{
	struct sql_holding_get q;
	struct sql_holding_parts p;
	int64_t moves;
	*h = (struct holding){ 0 };
	if (!op_moves(op, MOVES_ANSWERS, &moves) || !sql_holding_get(op, id.n, &q, &h->known))
		return false;
	if (!h->known)
		return true;
	h->customers = q.customers, h->unnamed = q.unnamed, h->found = q.found, h->at = q.at, h->moves = q.moves;
	h->stale = q.moves != moves || !str_eq(q.program, STR(HANDBACK_VERSION)) || q.at + DAY <= op->now;      /* what is kept for so long goes by itself */
	if (!sql_holding_parts(op, id.n, &p))
		return false;
	while (sql_holding_parts_next(op, &p))
		if (p.kind < KIND_COUNT)
			h->by_kind[p.kind] = p.n;
	return op->err.code == OK;
}

static bool put_kept(struct op *op, holder_id id, const struct holding *h)
{
	bool good = sql_holding_drop(op, id.n) && sql_holding_parts_drop(op, id.n) &&
	            sql_holding_put(op, id.n, STR(HANDBACK_VERSION), h->moves, h->at, h->customers, h->unnamed, h->found);
	for (int k = 0; good && k < KIND_COUNT; k++)
		good = !h->by_kind[k] || sql_holding_part_put(op, id.n, k, h->by_kind[k]);
	return good;
}

/* A way leads there, so that nothing there is an answer. */
static bool comes_there(struct op *op, holder_id id, bool *yes)
{
	struct atlas m;
	if (!map_atlas(op, &m))
		return false;
	*yes = false;
	for (size_t i = 0; i < m.flows && !*yes; i++)
		*yes = m.flow[i].to.n == id.n;
	return true;
}

bool service_holding(struct op *op, holder_id id, struct holding *h)
{
	bool quick, comes;
	if (!exposure_quick(op, &quick) || !(quick ? count(op, id, h) : read_kept(op, id, h)) || !comes_there(op, id, &comes))
		return false;
	if (!op->afar && (!h->known || h->stale) && !count(op, id, h))      /* nobody waits for a page */
		return false;
	h->untold = h->known && !comes && !h->customers && !h->unnamed && !h->found;
	return true;
}

bool services_count_all(struct op *op)
{
	struct service *s;
	struct holding h;
	size_t n;
	bool quick;
	if (!exposure_quick(op, &quick) || !services_list(op, false, &s, &n))
		return false;
	for (size_t i = 0; i < n && !quick && !op_stopped(op); i++) {
		if (!read_kept(op, s[i].id, &h))
			return false;
		if ((!h.known || h.stale) && (!count(op, s[i].id, &h) || !op_begin(op) || !op_end(op, put_kept(op, s[i].id, &h))))
			return false;
	}
	return true;
}

bool services_check(struct op *op, bool rebuild, uint64_t *kept)
{
	struct service *s;
	struct holding was, is;
	size_t n;
	*kept = 0;
	if (rebuild && !(op_begin(op) && op_end(op, sql_holdings_drop(op) && sql_holdings_parts_drop(op)) && services_count_all(op)))
		return false;
	if (!services_list(op, true, &s, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!read_kept(op, s[i].id, &was))
			return false;
		if (!was.known || was.stale)
			continue;
		int64_t now = op->now;
		op->now = was.at;                                /* as of when it was counted */
		bool good = count(op, s[i].id, &is);
		op->now = now;
		if (!good)
			return false;
		if (is.moves == was.moves && (is.customers != was.customers || is.unnamed != was.unnamed || is.found != was.found || memcmp(is.by_kind, was.by_kind, sizeof is.by_kind) != 0))
			return err_set(&op->err, TORN, NULL, "What was counted of " STR_FMT " is not what is there. Run: handback check --rebuild", STR_ARG(s[i].name));
		++*kept;
	}
	return true;
}

/* ---- the words: "card numbers of 2,900 customers, e-mail of 1,204" ---- */

static int by_n(const void *a, const void *b)
{
	const struct kind_count *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : (int)x->kind - (int)y->kind;
}

size_t holding_kinds(const struct holding *h, struct kind_count out[KIND_COUNT])
{
	size_t n = 0;
	for (int k = 0; k < KIND_COUNT; k++)
		if (h->by_kind[k])
			out[n++] = (struct kind_count){ (enum kind)k, h->by_kind[k] };
	if (n)
		qsort(out, n, sizeof *out, by_n);
	return n;
}
