/* check - proves that what is derived agrees with what is true: each day's rows are sorted and written once more, beside what is there. */
#include "import_int.h"
#include "ledger_import_sql.h"
#include "ledger_segments_sql.h"
#include "log.h"
#include "seal.h"

#include <inttypes.h>
#include <stdlib.h>

#define LOST "ledger.lost"                                /* a setting of ours */

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

/* ---- nothing is missing ---- */

/* How many touches there are fewer than imports brought; what was lost before and is known to be is not among them. An import that is taken
 * back counts from the first moment on as if it had brought nothing, so that others' touches only grow. */
static bool missing(struct op *op, int64_t *n)
{
	struct sql_days_total total;
	struct imported *all;
	size_t imports;
	bool found;
	int64_t brought = 0, lost = 0;
	if (!sql_days_total(op, &total, &found) || !ledger_imports(op, INT64_MAX, INT64_MAX, &all, &imports))
		return false;
	for (size_t i = 0; i < imports; i++) {
		const struct format *f = format_named(all[i].format);
		brought += f && !f->contacts && !all[i].undo ? all[i].fresh : 0;
	}
	struct str before = op_setting(op, LOST);
	if (before.n && !str_i64(before, &lost))
		return err_set(&op->err, TORN, NULL, "The note of how many touches were lost can't be read. Restore a backup.");
	*n = brought - lost > total.n ? brought - lost - total.n : 0;
	return op->err.code == OK;
}

static bool none_missing(struct op *op)
{
	int64_t n;
	return missing(op, &n) && (!n || err_set(&op->err, TORN, NULL, "%" PRId64 " touches that imports brought are not there. Restore a backup; or import the files again, "
	                                         "then run handback check --rebuild.", n));
}

static bool say_gone(struct op *op, uint64_t number)
{
	return err_set(&op->err, TORN, NULL, "Customer number %" PRIu64 " is not there any more, so who is at risk can't be told. Restore a backup. "
	               "All that is wrong: handback check", number);
}

/* Every customer that got a number has a row; who can be reached in a way can be found by it, and nobody else. */
static bool people_whole(struct op *op, uint32_t largest, bool *index)
{
	struct sql_customers_given given;
	struct sql_customers_ways q;
	struct sql_index_entries e;
	bool found;
	*index = true;
	if (!sql_customers_given(op, &given, &found))
		return false;
	uint64_t numbers = found && given.value > largest ? (uint64_t)given.value : largest, next = 1;
	uint8_t *has = mem_zero(numbers + 1, 1);
	bool good = sql_index_entries(op, &e), there = true;
	while (good && sql_index_entries_next(op, &e)) {
		unsigned way = e.sort == INDEX_EMAIL ? WAY_EMAIL : e.sort == INDEX_PHONE ? WAY_PHONE : 0;
		if (e.customer > 0 && (uint64_t)e.customer <= numbers)
			has[e.customer] |= (uint8_t)way;
		else
			*index = false;
	}
	good = good && op->err.code == OK && sql_customers_ways(op, &q);
	while (good && sql_customers_ways_next(op, &q)) {
		there = there && q.id == (int64_t)next++;
		if (there && has[q.id] != ((unsigned)q.ways & (WAY_EMAIL | WAY_PHONE)))
			*index = false;
	}
	free(has);
	if (!good || op->err.code != OK)
		return false;
	return (there && next == numbers + 1) || say_gone(op, there ? next : next - 1);
}

bool ledger_nobody_missing(struct op *op)
{
	struct sql_customers_given given;
	struct sql_customers_count count;
	struct sql_customers_ways q;
	uint32_t largest;
	bool found;
	if (!ledger_size(op, &largest) || !sql_customers_count(op, &count, &found) || !sql_customers_given(op, &given, &found))
		return false;
	if (count.n == largest && (!found || given.value <= (int64_t)largest))
		return true;
	uint64_t next = 1;
	if (!sql_customers_ways(op, &q))
		return false;
	while (sql_customers_ways_next(op, &q) && q.id == (int64_t)next)
		next++;
	sql_customers_ways_stop(&q);
	return op->err.code == OK && say_gone(op, next);
}

bool ledger_sound(struct op *op)
{
	struct sql_segments_of_all q;
	int64_t touches = 0;
	struct sql_days_total total;
	bool found;
	struct flavours flavours;
	if (!none_missing(op) || !ledger_nobody_missing(op) || !flavour_all(op, &flavours) || !sql_days_total(op, &total, &found) || !sql_segments_of_all(op, &q))
		return false;
	while (sql_segments_of_all_next(op, &q)) {
		touches += q.n;
		if (part_sound(q.blob) && part_sound(q.rest))
			continue;
		int64_t day = q.day;
		sql_segments_of_all_stop(&q);
		return day_torn(op, day);
	}
	if (op->err.code != OK)
		return false;
	return touches == total.n || err_set(&op->err, TORN, NULL, "The days say %" PRId64 " touches, and %" PRId64 " are there. Restore a backup, or import the files again.", total.n, touches);
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
	bool good = flavour_all(op, &c.flavours) && ledger_size(op, &c.customers) && no_orphans(op) && day_list(op, &list, &n);
	for (size_t i = 0; good && i < n; i++) {
		good = day_check(&c, list[i], rebuild);
		*days += good, *touches += good ? c.rows.n : 0;
		if (op->progress)
			op->progress(op, "Checking days", i + 1, n);
	}
	good = good && ledger_each_listed(op, nothing, NULL) && none_missing(op);
	desk_close(&c.desk);
	free(c.rows.p);
	free(list);
	return good;
}

/* In the words of a person: what went, and which files bring it back. */
static bool took_out(struct op *op, int64_t day, void (*say)(void *, const char *), void *to)
{
	struct sql_imports_on q;
	struct buf files = BUF(4096);
	bool good = sql_imports_on(op, day, &q);
	while (good && sql_imports_on_next(op, &q))
		buf_printf(&files, "%s" STR_FMT, files.n ? ", " : "", STR_ARG(q.file));
	if (good && op->err.code == OK)
		say(to, arena_printf(op->a, "The touches of %.10s could not be read and are taken out. Import again: " STR_FMT, when_text(op->a, day * DAY).p,
		                     STR_ARG(files.n ? arena_str(op->a, buf_str(&files)) : STR("every file of that day"))));
	buf_free(&files);
	return good && op->err.code == OK;
}

/* From here on the touches that are not there are known to be lost: in the log, and no more a fault at each check. */
static bool lost_note(struct op *op, void (*say)(void *, const char *), void *to)
{
	int64_t n, before = 0;
	if (!missing(op, &n))
		return false;
	if (!n)
		return true;
	say(to, arena_printf(op->a, "%" PRId64 " touches that imports brought are lost. If their files were not imported again yet, do so now.", n));
	str_i64(op_setting(op, LOST), &before);
	return op_begin(op) && op_end(op, op_setting_put(op, LOST, arena_say(op->a, "%" PRId64, before + n)) && log_add(op, "ledger.lost", ABOUT({ "touches", n })));
}

bool ledger_take_out(struct op *op, void (*say)(void *, const char *), void *to)
{
	struct checking c = { .op = op };
	int64_t *list = NULL;
	size_t n = 0;
	bool good = flavour_all(op, &c.flavours) && ledger_size(op, &c.customers) && day_list(op, &list, &n);
	for (size_t i = 0; good && i < n; i++) {
		c.rows.n = 0;
		if (day_read(op, list[i], &c.rows) && rows_mean(&c, list[i]))
			continue;
		good = op->err.code == TORN;
		if (!good)
			break;
		err_clear(&op->err);
		good = op_begin(op) && op_end(op, day_write(op, &c.desk, list[i], NULL, 0)) && took_out(op, list[i], say, to);
	}
	desk_close(&c.desk);
	free(c.rows.p);
	free(list);
	return good && lost_note(op, say, to);
}

/* Nobody who is forgotten has contacts again. */
static bool forgotten_stay(struct op *op)
{
	struct sql_forgotten_known q;
	if (!sql_forgotten_known(op, &q))
		return false;
	if (sql_forgotten_known_next(op, &q)) {
		int64_t customer = q.customer;
		sql_forgotten_known_stop(&q);
		return err_set(&op->err, TORN, NULL, "Customer number %" PRId64 " was forgotten at their wish and has contacts again. Take back the wish, then forget them anew.", customer);
	}
	return op->err.code == OK;
}

bool ledger_check_people(struct op *op, bool rebuild)
{
	uint32_t largest;
	bool index;
	if (!ledger_size(op, &largest) || !people_whole(op, largest, &index) || !forgotten_stay(op))
		return false;
	if (index)
		return true;
	return rebuild ? index_rebuild(op)
	               : err_set(&op->err, TORN, NULL, "Not every customer can be found by e-mail and phone: their index is not whole. Run: handback check --rebuild");
}
