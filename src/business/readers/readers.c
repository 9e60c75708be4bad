/* readers - the register, the looks, and the window that they prove. */
#include "readers_int.h"
#include "readers_data.h"
#include "readers_sql.h"

#include <inttypes.h>
#include <stdlib.h>

enum { A_WEEK = 7 * DAY };

const struct reader_check *reader_checks(size_t *n)
{
	static struct reader_check check[CHECKS_MAX];
	static size_t checks;
	struct str text = data_reader_checks_csv;
	str_split(&text, '\n');
	for (size_t i = 0; !checks && text.p && i < CHECKS_MAX; i++) {
		struct str line = str_split(&text, '\n');
		int64_t bit;
		if (!str_i64(str_split(&line, ','), &bit)) {
			checks = i;
			break;
		}
		check[i].bit = (int)bit;
		check[i].name = str_split(&line, ','), check[i].en = str_split(&line, ','), check[i].es = str_split(&line, ',');
	}
	*n = checks;
	return check;
}

static int first_to_see(const void *a, const void *b)
{
	const struct reader *x = a, *y = b;
	bool gone = x->until < FAR_OFF, other = y->until < FAR_OFF;
	return gone != other ? gone - other : x->odd != y->odd ? y->odd - x->odd : x->due != y->due ? (x->due > y->due) - (x->due < y->due) : str_cmp(x->name, y->name);
}

/* only: that one; 0: all of them. */
static bool readers_of(struct op *op, int64_t only, struct reader **out, size_t *n)
{
	struct sql_readers q;
	struct reader *r = NULL;
	size_t m = 0, room = 0;
	if (!sql_readers(op, READER, only, op->now, LONG_AGO, &q))
		return false;
	while (sql_readers_next(op, &q)) {
		r = arena_more(op->a, r, m, &room, sizeof *r);
		int64_t every = q.every ? q.every : A_WEEK;
		r[m++] = (struct reader){ .id = { q.id }, .name = q.name, .make = q.make, .model = q.model, .serial = q.serial, .place = { q.place }, .person = { q.person },
			.place_name = q.place_name, .person_name = q.person_name, .every = every, .until = q.until, .looked = q.looked, .clean = q.clean,
			.due = q.looked > LONG_AGO ? when_add(q.looked, every) : op->now, .looked_by = q.looked_by, .odd = q.odd };
	}
	*out = r, *n = m;
	return op->err.code == OK;
}

bool readers_list(struct op *op, struct reader **out, size_t *n)
{
	if (!readers_of(op, 0, out, n))
		return false;
	if (*n)
		qsort(*out, *n, sizeof **out, first_to_see);
	return true;
}

bool reader_get(struct op *op, holder_id id, struct reader *out)
{
	struct holder h;
	struct reader *r;
	size_t n;
	if (!map_holder(op, id, &h))
		return false;
	if (h.sort != READER)
		return err_set(&op->err, INVALID, "reader", "%s:" STR_FMT " is no card reader.", sort_name(h.sort), STR_ARG(h.name));
	if (!readers_of(op, id.n, &r, &n) || !n)
		return false;
	*out = *r;
	return true;
}

/* ---- looks ---- */

static bool has_photo(struct op *op, struct inspection *i)
{
	struct sql_photo_there q;
	return sql_photo_there(op, i->id, &q, &i->photo);
}

bool reader_looks(struct op *op, holder_id reader, struct inspection **out, size_t *n)
{
	struct sql_inspections_of q;
	struct inspection *v = NULL;
	size_t m = 0, room = 0;
	if (!sql_inspections_of(op, reader.n, LOOKS_MAX, &q))
		return false;
	while (sql_inspections_of_next(op, &q)) {
		v = arena_more(op->a, v, m, &room, sizeof *v);
		v[m++] = (struct inspection){ .id = q.id, .reader = reader, .at = q.at, .entered = q.entered, .entered_by = q.entered_by, .by = q.looked_by, .note = q.note, .odd = q.odd, .settled = q.settled, .why = q.why };
	}
	for (size_t i = 0; i < m && op->err.code == OK; i++)
		has_photo(op, &v[i]);
	*out = v, *n = m;
	return op->err.code == OK;
}

bool reader_look(struct op *op, int64_t id, struct inspection *i)
{
	struct sql_inspection_by_id q;
	bool found;
	if (!sql_inspection_by_id(op, id, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "look", "There is no look %" PRId64 ". handback reader show READER lists them.", id);
	*i = (struct inspection){ .id = id, .reader = { q.holder }, .at = q.at, .by = q.looked_by, .note = q.note, .odd = q.odd };
	return has_photo(op, i);
}

bool reader_tell(struct op *op, struct str *names)
{
	struct sql_who_leads q;
	if (!sql_who_leads(op, &q))
		return false;
	*names = STR("");
	while (sql_who_leads_next(op, &q))
		*names = arena_say(op->a, STR_FMT "%s" STR_FMT, STR_ARG(*names), names->n ? ", " : "", STR_ARG(q.name));
	struct str phone = op_setting(op, "business.phone");
	if (phone.n)
		*names = arena_say(op->a, STR_FMT "%s" STR_FMT, STR_ARG(*names), names->n ? ", " : "", STR_ARG(phone));
	return op->err.code == OK;
}

bool reader_window(struct op *op, holder_id reader, int64_t found, int64_t *from)
{
	struct sql_inspection_clean q;
	bool fine;
	if (!sql_inspection_clean(op, reader.n, found, &q, &fine))
		return false;
	*from = fine ? q.at : LONG_AGO;
	return true;
}

bool reader_at_stake(struct op *op, holder_id reader, int64_t at, struct at_stake *s)
{
	struct exposed *e;
	struct sources sources;
	if (!reader_window(op, reader, at, &s->since))
		return false;
	const struct suspicion ask = { reader, s->since, when_add(at, 1), PASSING };
	if (!exposure_of(op, &ask, 1, false, &e, &sources))
		return false;
	s->customers = exposed_customers(e), s->unnamed = e->unnamed;
	exposed_close(e);
	return true;
}
