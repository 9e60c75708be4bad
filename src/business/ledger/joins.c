/* joins - two customers that are one person: which may be, who is, and what a person decides of it. A join is a row that can be taken back. */
#include "import_int.h"
#include "ledger_import_sql.h"
#include "log.h"

#include <inttypes.h>

customer_id ledger_person(struct op *op, customer_id id)
{
	enum { LINKS_MAX = 32 };
	for (int i = 0; i < LINKS_MAX; i++) {
		struct sql_customer_root q;
		bool found;
		if (!sql_customer_root(op, id.n, &q, &found) || !found || !q.same_as)
			break;
		id.n = (uint32_t)q.same_as;
	}
	return id;
}

bool ledger_joined(struct op *op, customer_id who, customer_id *out, size_t most, size_t *n)
{
	struct sql_joined_with q;
	*n = 0;
	if (!sql_joined_with(op, ledger_person(op, who).n, &q))
		return false;
	while (*n < most && sql_joined_with_next(op, &q))
		out[(*n)++].n = (uint32_t)q.id;
	if (*n == most)
		sql_joined_with_stop(&q);
	return op->err.code == OK;
}

bool ledger_joined_to(struct op *op, customer_id id, customer_id *to)
{
	struct sql_customer_root q;
	bool found;
	if (!sql_customer_root(op, id.n, &q, &found))
		return false;
	to->n = found ? (uint32_t)q.same_as : 0;
	return true;
}

/* Those who became one person since are in doubt no more. */
bool ledger_doubts(struct op *op, int64_t import, struct doubtful **out, size_t *n)
{
	enum { SHOWN_MAX = 10000 };
	struct doubtful *d = NULL;
	struct sql_doubts q;
	size_t all = 0, cap = 0;
	*out = NULL, *n = 0;
	if (!sql_doubts(op, import, &q))
		return false;
	while (all < SHOWN_MAX && sql_doubts_next(op, &q)) {
		d = arena_more(op->a, d, all, &cap, sizeof *d);
		d[all++] = (struct doubtful){ { (uint32_t)q.a }, { (uint32_t)q.b }, q.a_ref, q.b_ref, q.shares == 1 };
	}
	sql_doubts_stop(&q);
	for (size_t i = 0; i < all; i++)
		if (ledger_person(op, d[i].a).n != ledger_person(op, d[i].b).n)
			d[(*n)++] = d[i];
	*out = d;
	return op->err.code == OK;
}

/* ---- verbs ---- */

static bool two_asked(struct op *op, const struct args *args, customer_id *a, customer_id *b)
{
	return ledger_customer_by_ref(op, args_text(args, "customer"), a) && ledger_customer_by_ref(op, args_text(args, "other"), b);
}

static bool apart(struct op *op, customer_id a, customer_id b)
{
	return sql_doubt_apart(op, a.n < b.n ? a.n : b.n, a.n < b.n ? b.n : a.n, op->now);
}

/* Whoever is joined to somebody forgotten could not be told either. */
static bool remembered(struct op *op, customer_id id, struct str ref)
{
	int64_t at;
	struct str reason;
	if (!ledger_forgotten_at(op, id, &at, &reason))
		return false;
	return !at || err_set(&op->err, CONFLICT, "customer", STR_FMT " was forgotten at their wish, and can't be joined to anybody.", STR_ARG(ref));
}

bool merge_run(struct op *op, const struct args *args, struct answer *answer)
{
	customer_id a, b;
	struct str ref = args_text(args, "customer"), other = args_text(args, "other");
	if (!two_asked(op, args, &a, &b))
		return false;
	a = ledger_person(op, a), b = ledger_person(op, b);
	if (a.n == b.n)
		return err_set(&op->err, CONFLICT, "other", "They are one person already.");
	if (!remembered(op, a, ref) || !remembered(op, b, other))
		return false;
	answer_say(answer, STR_FMT " and " STR_FMT " count as one person now. To take it back: handback customer split " STR_FMT, STR_ARG(ref), STR_ARG(other), STR_ARG(other));
	return sql_customer_same(op, b.n, a.n) && log_add(op, "customer.merged", ABOUT({ "customer", a.n }, { "other", b.n }));
}

bool split_run(struct op *op, const struct args *args, struct answer *answer)
{
	customer_id id, to;
	if (!ledger_customer_by_ref(op, args_text(args, "customer"), &id) || !ledger_joined_to(op, id, &to))
		return false;
	if (!to.n)
		return err_set(&op->err, CONFLICT, "customer", "This customer is joined to nobody.");
	answer_say(answer, STR_FMT " is a person of its own again.", STR_ARG(args_text(args, "customer")));
	return sql_customer_same(op, id.n, 0) && apart(op, id, to) && log_add(op, "customer.split", ABOUT({ "customer", id.n }, { "other", to.n }));
}

bool apart_run(struct op *op, const struct args *args, struct answer *answer)
{
	customer_id a, b;
	struct str ref = args_text(args, "customer"), other = args_text(args, "other");
	if (!two_asked(op, args, &a, &b))
		return false;
	if (a.n == b.n)
		return err_set(&op->err, CONFLICT, "other", "Both are " STR_FMT ".", STR_ARG(ref));
	if (ledger_person(op, a).n == ledger_person(op, b).n)
		return err_set(&op->err, CONFLICT, "other", "They count as one person. To take that back: handback customer split " STR_FMT, STR_ARG(other));
	answer_say(answer, STR_FMT " and " STR_FMT " stay two persons, and no import asks again.", STR_ARG(ref), STR_ARG(other));
	return apart(op, a, b) && log_add(op, "customer.apart", ABOUT({ "customer", a.n }, { "other", b.n }));
}
