/* touches - every touch and every listing as it is stored: slow and plain, for `why` and to compare with. */
#include "ledger_segments_sql.h"
#include "segment.h"

#include <stdlib.h>

bool ledger_size(struct op *op, uint32_t *customers)
{
	struct sql_customer_largest q;
	bool found;
	if (!sql_customer_largest(op, &q, &found))
		return false;
	*customers = found ? (uint32_t)q.id : 0;
	return true;
}

bool ledger_touches(struct op *op, int64_t *touches)
{
	struct sql_days_total q;
	bool found;
	if (!sql_days_total(op, &q, &found))
		return false;
	*touches = q.n;
	return true;
}

bool ledger_spread(struct op *op, int64_t *most)
{
	struct flavours f;
	if (!flavour_all(op, &f))
		return false;
	*most = f.spread_max;
	return true;
}

static struct touch touch_of(const struct row *r, const struct flavour *v)
{
	unsigned last4 = r->hint & 0xFFFF;
	return (struct touch){
		.who = { r->who }, .at = r->at, .spread = v->spread,
		.entry = { r->entry }, .service = { r->service }, .person = { r->person }, .place = { r->place },
		.entry_kinds = v->entry, .service_kinds = v->service, .person_kinds = v->person, .place_kinds = v->place,
		.source_hash = r->hash, .import = r->import,
		.brand = (uint8_t)(r->hint >> 16), .last4 = (uint16_t)(last4 ? last4 - 1 : 0), .has_last4 = last4 != 0 };
}

bool ledger_each_touch_on(struct op *op, int64_t first, int64_t last, bool (*each)(void *, const struct touch *), void *to)
{
	struct sql_days q;
	struct flavours f;
	struct rows_of r = { 0 };
	bool go_on = true;
	if (!flavour_all(op, &f) || !sql_days(op, first, last, &q))
		return false;
	while (go_on && op->err.code == OK && sql_days_next(op, &q)) {
		r.n = 0;
		if (!day_read(op, q.day, &r))
			break;
		for (size_t i = 0; go_on && i < r.n; i++) {
			if (!r.p[i].flavour || r.p[i].flavour >= f.n) {
				day_torn(op, q.day);
				break;
			}
			struct touch t = touch_of(&r.p[i], &f.by_code[r.p[i].flavour]);
			go_on = each(to, &t);
		}
	}
	sql_days_stop(&q);
	free(r.p);
	return op->err.code == OK;
}

bool ledger_each_touch(struct op *op, bool (*each)(void *, const struct touch *), void *to)
{
	return ledger_each_touch_on(op, INT64_MIN, INT64_MAX, each, to);
}

bool ledger_tie(struct op *op, const struct touch *t, customer_id who)
{
	struct rows_of r = { 0 };
	struct desk desk = { 0 };
	int64_t day = when_day(t->at);
	size_t at = 0;
	bool good = day_read(op, day, &r);
	while (good && at < r.n && (r.p[at].hash != t->source_hash || r.p[at].service != (uint32_t)t->service.n || r.p[at].at != t->at || r.p[at].who != t->who.n))
		at++;
	if (good && at == r.n)
		good = err_set(&op->err, NOT_FOUND, "touch", "There is no such payment any more: its import was taken back, or it has a name by now. Look again.");
	if (good) {
		r.p[at].who = who.n;
		good = day_write(op, &desk, day, r.p, r.n);
	}
	desk_close(&desk);
	free(r.p);
	return good;
}

static bool among(const customer_id *who, size_t n, uint32_t one)
{
	for (size_t i = 0; i < n; i++)
		if (who[i].n == one)
			return true;
	return false;
}

static bool part_names(const struct part *p, const customer_id *who, size_t n)
{
	for (size_t i = 0; i < p->n; i++)
		if (among(who, n, (uint32_t)column_at(&p->who, i)))
			return true;
	return false;
}

/* A part that names somebody asked for, decoded whole: its checksums are looked at, too. */
static bool part_read(struct op *op, const struct sql_segments_whose *at, struct row *row, size_t *n)
{
	struct sql_segment_rest q;
	if (!sql_segment_rest(op, at->day, at->hi, at->lo, at->part, &q))
		return false;
	bool good = sql_segment_rest_next(op, &q) && part_rows(at->blob, q.rest, at->day, row, n);
	sql_segment_rest_stop(&q);
	return good;
}

bool ledger_each_touch_of(struct op *op, const customer_id *who, size_t many, bool (*each)(void *, const struct touch *), void *to)
{
	struct sql_segments_whose q;
	struct flavours f;
	struct part p;
	int64_t all, seen = 0;
	size_t n;
	bool go_on = true, good = true;
	if (!flavour_all(op, &f) || !ledger_touches(op, &all) || !sql_segments_whose(op, &q))
		return false;
	struct row *row = mem_get(PART_TOUCHES * sizeof *row);
	while (good && go_on && sql_segments_whose_next(op, &q)) {
		good = part_open(&p, DIM_ENTRY, q.blob);
		seen += (int64_t)p.n;
		if (!good || !part_names(&p, who, many))
			continue;
		good = part_read(op, &q, row, &n);
		for (size_t i = 0; good && go_on && i < n; i++) {
			good = row[i].flavour && row[i].flavour < f.n;
			if (good && among(who, many, row[i].who)) {
				struct touch t = touch_of(&row[i], &f.by_code[row[i].flavour]);
				go_on = each(to, &t);
			}
		}
	}
	int64_t day = q.day;
	sql_segments_whose_stop(&q);
	free(row);
	if (op->err.code != OK)
		return false;
	return (good && (!go_on || seen == all)) || day_torn(op, day);
}

bool ledger_each_listed(struct op *op, bool (*each)(void *, const struct listed *), void *to)
{
	struct sql_listings l;
	size_t n;
	bool go_on = true;
	if (!sql_listings(op, &l))
		return false;
	uint32_t *who = mem_get(LISTING_PART * sizeof *who);
	while (go_on && sql_listings_next(op, &l)) {
		if (!listing_read(l.blob, who, &n)) {
			err_set(&op->err, TORN, NULL, "A customer list is damaged in the database. Restore a backup, or import it again.");
			break;
		}
		for (size_t i = 0; go_on && i < n; i++)
			go_on = each(to, &(struct listed){ { who[i] }, { l.holder }, (kinds)l.kinds, l.came, l.import });
	}
	sql_listings_stop(&l);
	free(who);
	return op->err.code == OK;
}

static const char *const brands[] = { "", "Visa", "Mastercard", "American Express", "Discover", "Diners Club", "JCB", "UnionPay", "Maestro", "Interac", "other" };

const char *brand_name(uint8_t brand)
{
	return brand < LENGTH(brands) ? brands[brand] : "";
}
