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

static bool name_of(struct op *op, holder_id id, struct str *name)
{
	struct holder h;
	if (id.n && !map_holder(op, id, &h))
		return false;
	*name = id.n ? h.name : STR("");
	return true;
}

static bool reader_of(struct op *op, const struct holder *h, struct reader *r)
{
	struct sql_reader_get q = { 0 };
	struct sql_inspection_last last;
	struct sql_inspection_clean clean;
	struct sql_inspection_open open;
	bool told, looked, fine, odd;
	if (!sql_reader_get(op, h->id.n, &q, &told) || !sql_inspection_last(op, h->id.n, &last, &looked) || !sql_inspection_clean(op, h->id.n, op->now, &clean, &fine) ||
	    !sql_inspection_open(op, h->id.n, &open, &odd))
		return false;
	*r = (struct reader){ .id = h->id, .name = h->name, .place = h->place, .until = h->until, .every = A_WEEK, .looked = LONG_AGO, .clean = LONG_AGO, .due = op->now };
	if (told) {
		r->make = q.make, r->model = q.model, r->serial = q.serial, r->person.n = q.person;
		r->every = q.every ? q.every : A_WEEK;
	}
	if (looked)
		r->looked = last.at, r->looked_by = last.looked_by, r->due = when_add(last.at, r->every);
	if (fine)
		r->clean = clean.at;
	r->odd = odd;
	return name_of(op, r->place, &r->place_name) && name_of(op, r->person, &r->person_name);
}

bool reader_get(struct op *op, holder_id id, struct reader *r)
{
	struct holder h;
	if (!map_holder(op, id, &h))
		return false;
	if (h.sort != READER)
		return err_set(&op->err, INVALID, "reader", "%s:" STR_FMT " is no card reader.", sort_name(h.sort), STR_ARG(h.name));
	return reader_of(op, &h, r);
}

static int first_to_see(const void *a, const void *b)
{
	const struct reader *x = a, *y = b;
	bool gone = x->until < FAR_OFF, other = y->until < FAR_OFF;
	return gone != other ? gone - other : x->odd != y->odd ? y->odd - x->odd : x->due != y->due ? (x->due > y->due) - (x->due < y->due) : str_cmp(x->name, y->name);
}

bool readers_list(struct op *op, struct reader **out, size_t *n)
{
	struct holder *h;
	size_t holders, m = 0;
	if (!map_holders(op, &h, &holders))
		return false;
	struct reader *r = ARENA_ARRAY(op->a, struct reader, holders + 1);
	for (size_t i = 0; i < holders; i++)
		if (h[i].sort == READER && !reader_of(op, &h[i], &r[m++]))
			return false;
	qsort(r, m, sizeof *r, first_to_see);
	*out = r, *n = m;
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
