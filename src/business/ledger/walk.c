/* walk - all customers in order, without keeping them in memory. */
#include "ledger.h"
#include "ledger_walk_sql.h"

bool ledger_each_customer(struct op *op, bool (*each)(void *, customer_id, struct str, struct str), void *to)
{
	struct sql_customers_by_ref q;
	if (!sql_customers_by_ref(op, &q))
		return false;
	while (sql_customers_by_ref_next(op, &q))
		if (!each(to, (customer_id){ (uint32_t)q.id }, q.ref, q.region))
			break;
	sql_customers_by_ref_stop(&q);
	return op->err.code == OK;
}

bool ledger_each_place(struct op *op, void (*each)(void *, customer_id, struct str, struct str, unsigned), void *to)
{
	struct sql_customers_by_place q;
	if (!sql_customers_by_place(op, &q))
		return false;
	while (sql_customers_by_place_next(op, &q))
		each(to, (customer_id){ (uint32_t)q.id }, q.region, q.country, (unsigned)q.ways);
	return op->err.code == OK;
}

bool ledger_each_region(struct op *op, void (*each)(void *, customer_id, struct str), void *to)
{
	struct sql_customers_by_region q;
	if (!sql_customers_by_region(op, &q))
		return false;
	while (sql_customers_by_region_next(op, &q))
		each(to, (customer_id){ (uint32_t)q.id }, q.region);
	return op->err.code == OK;
}
