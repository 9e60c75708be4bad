/* flavour - sets of kinds at each place of a touch's path, and the doubt of its moment, as small codes. */
#include "ledger_segments_sql.h"
#include "segment.h"

static void flavour_add(struct op *op, struct flavours *f, const struct flavour *one)
{
	if (f->n == f->cap) {
		struct flavour *more = ARENA_ARRAY(op->a, struct flavour, f->cap = f->cap ? 2 * f->cap : 64);
		if (f->n)
			memcpy(more, f->by_code, f->n * sizeof *more);
		f->by_code = more;
	}
	f->by_code[f->n++] = *one;
	f->spread_max = one->spread > f->spread_max ? one->spread : f->spread_max;
}

/* Not a secret: it finds damage. What kinds a touch had is told to people, and the days' checksums hold the code alone. */
static int64_t flavour_checksum(int64_t code, const struct flavour *f)
{
	static const uint8_t key[16] = "ledger flavours";
	const uint64_t held[] = { (uint64_t)code, f->spread, f->entry, f->service, f->person, f->place };
	return (int64_t)hash64((struct str){ (const char *)held, sizeof held }, key);
}

bool flavour_all(struct op *op, struct flavours *out)
{
	struct sql_flavours q;
	struct flavours f = { 0 };
	flavour_add(op, &f, &(struct flavour){ 0 });
	if (!sql_flavours(op, &q))
		return false;
	while (sql_flavours_next(op, &q)) {
		struct flavour one = { (uint32_t)q.spread, (kinds)q.entry_kinds, (kinds)q.service_kinds, (kinds)q.person_kinds, (kinds)q.place_kinds };
		if (q.code != (int64_t)f.n || q.spread < 0 || q.spread > SPREAD_MAX || q.checksum != flavour_checksum(q.code, &one)) {
			sql_flavours_stop(&q);
			return err_set(&op->err, TORN, NULL, "Which kinds of data the touches had is damaged in the database. Restore a backup.");
		}
		flavour_add(op, &f, &one);
	}
	if (op->err.code != OK)
		return false;
	*out = f;
	return true;
}

bool flavour_same(const struct flavour *a, const struct flavour *b)
{
	return a->spread == b->spread && a->entry == b->entry && a->service == b->service && a->person == b->person && a->place == b->place;
}

static bool flavour_known(const struct flavours *all, const struct flavour *f, uint32_t *code)
{
	for (size_t i = 1; i < all->n; i++)
		if (flavour_same(&all->by_code[i], f)) {
			*code = (uint32_t)i;
			return true;
		}
	return false;
}

bool flavour_code(struct op *op, struct flavours *all, const struct flavour *f, uint32_t *code)
{
	if (flavour_known(all, f, code))
		return true;
	/* another import may have made some since they were read; in this transaction nobody can */
	if (!flavour_all(op, all))
		return false;
	if (flavour_known(all, f, code))
		return true;
	if (f->spread > SPREAD_MAX)
		return err_set(&op->err, INVALID, "spread", "A touch's moment can be in doubt by %d days at most.", SPREAD_MAX / DAY);
	if (!sql_flavour_put(op, (int64_t)all->n, f->spread, (int64_t)f->entry, (int64_t)f->service, (int64_t)f->person, (int64_t)f->place, flavour_checksum((int64_t)all->n, f)))
		return false;
	*code = (uint32_t)all->n;
	flavour_add(op, all, f);
	return true;
}
