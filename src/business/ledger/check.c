/* check - proves that what is derived agrees with what is true, day by day. */
#include "ledger_segments_sql.h"
#include "segment.h"

#include <stdlib.h>

static bool day_sum(struct op *op, int64_t day, uint8_t sum[32])
{
	struct sql_segments_whole q;
	struct sha256 h;
	if (!sql_segments_whole(op, day, &q))
		return false;
	sha256_start(&h);
	while (sql_segments_whole_next(op, &q))
		sha256_add(&h, q.blob), sha256_add(&h, q.rest);
	sha256_end(&h, sum);
	return op->err.code == OK;
}

static bool day_check(struct op *op, int64_t day, bool rebuild, uint64_t *touches)
{
	struct row *rows;
	struct sql_day_get d;
	size_t n;
	uint8_t sum[32];
	bool found;
	if (!day_read(op, day, &rows, &n))
		return false;
	*touches += n;
	bool good = sql_day_get(op, day, &d, &found) && day_sum(op, day, sum);
	if (good && (!found || d.rows_sha.n != 32 || memcmp(d.rows_sha.p, sum, 32) != 0))
		good = err_set(&op->err, TORN, NULL, "The touches of " STR_FMT " are not those that were written. Restore a backup, or import that day's files again.",
		               10, when_text(op->a, day * DAY).p);
	if (good && rebuild)
		good = op_begin(op) && op_end(op, sql_segment_drop_copies(op, day) && day_copies(op, day, rows, n, true));
	good = good && day_copies(op, day, rows, n, false);
	free(rows);
	return good;
}

bool ledger_check(struct op *op, bool rebuild, uint64_t *days, uint64_t *touches)
{
	struct sql_days q;
	struct sql_orphan_segments orphan;
	size_t n = 0, cap = 0;
	int64_t *list = NULL;
	*days = *touches = 0;
	if (!sql_orphan_segments(op, &orphan))
		return false;
	if (sql_orphan_segments_next(op, &orphan)) {
		sql_orphan_segments_stop(&orphan);
		return err_set(&op->err, TORN, NULL, "There are touches of a day that the ledger does not know. Restore a backup.");
	}
	if (op->err.code != OK || !sql_days(op, INT64_MIN, INT64_MAX, &q))
		return false;
	while (sql_days_next(op, &q)) {
		if (n == cap)
			list = mem_grow(list, (cap = cap ? 2 * cap : 512) * sizeof *list);
		list[n++] = q.day;
	}
	bool good = op->err.code == OK;
	for (size_t i = 0; good && i < n; i++) {
		good = day_check(op, list[i], rebuild, touches);
		++*days;
		if (op->progress)
			op->progress(op, "Checking days", i, n);
	}
	free(list);
	return good;
}
