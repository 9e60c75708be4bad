/* check - proves that what is derived agrees with what is true: each day's rows are sorted and written once more, beside what is there. */
#include "ledger_segments_sql.h"
#include "segment.h"

#include <stdlib.h>

struct checking { struct op *op; struct flavours flavours; uint32_t customers; struct rows_of rows; struct desk desk; };

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* The entry order in plain words; no two alike. */
static bool comes_before(const struct row *a, const struct row *b)
{
	const int by[] = { compare(a->entry, b->entry), compare(a->service, b->service), compare(a->person, b->person), compare(a->place, b->place),
	                   (a->at > b->at) - (a->at < b->at), compare(a->hash, b->hash) };
	for (size_t i = 0; i < LENGTH(by); i++)
		if (by[i])
			return by[i] < 0;
	return false;
}

/* Numbers that stand for something, in order. */
static bool rows_mean(struct checking *c, int64_t day)
{
	const struct row *r = c->rows.p;
	for (size_t i = 0; i < c->rows.n; i++)
		if (!r[i].flavour || r[i].flavour >= c->flavours.n || r[i].who > c->customers || (i && !comes_before(&r[i - 1], &r[i])))
			return day_torn(c->op, day);
	return true;
}

static bool day_check(struct checking *c, int64_t day, bool rebuild)
{
	c->rows.n = 0;
	if (!day_read(c->op, day, &c->rows) || !rows_mean(c, day))
		return false;
	if (!rebuild)
		return day_compare(c->op, &c->desk, day, c->rows.p, c->rows.n, false);
	return op_begin(c->op) && op_end(c->op, day_compare(c->op, &c->desk, day, c->rows.p, c->rows.n, true));
}

static bool no_orphans(struct op *op)
{
	struct sql_orphan_segments q;
	if (!sql_orphan_segments(op, &q))
		return false;
	if (sql_orphan_segments_next(op, &q)) {
		sql_orphan_segments_stop(&q);
		return err_set(&op->err, TORN, NULL, "There are touches of a day that the ledger does not know. Restore a backup.");
	}
	return op->err.code == OK;
}

static bool days_list(struct op *op, int64_t **list, size_t *n)
{
	struct sql_days q;
	size_t cap = 0;
	*list = NULL, *n = 0;
	if (!sql_days(op, INT64_MIN, INT64_MAX, &q))
		return false;
	while (sql_days_next(op, &q)) {
		if (*n == cap)
			*list = mem_grow(*list, (cap = cap ? 2 * cap : 512) * sizeof **list);
		(*list)[(*n)++] = q.day;
	}
	return op->err.code == OK;
}

static bool nothing(void *to, const struct listed *l)
{
	return (void)to, (void)l, true;
}

bool ledger_check(struct op *op, bool rebuild, uint64_t *days, uint64_t *touches)
{
	struct checking c = { .op = op };
	int64_t *list = NULL;
	size_t n = 0;
	*days = *touches = 0;
	bool good = flavour_all(op, &c.flavours) && ledger_size(op, &c.customers) && no_orphans(op) && days_list(op, &list, &n);
	for (size_t i = 0; good && i < n; i++) {
		good = day_check(&c, list[i], rebuild);
		*days += good, *touches += good ? c.rows.n : 0;
		if (op->progress)
			op->progress(op, "Checking days", i + 1, n);
	}
	good = good && ledger_each_listed(op, nothing, NULL);
	desk_close(&c.desk);
	free(c.rows.p);
	free(list);
	return good;
}
