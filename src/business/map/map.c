/* map - holders, flows, retention and confirmed deletions as they are stored; what is assumed when nobody told. */
#include "log.h"
#include "map_data.h"
#include "map_int.h"
#include "map_sql.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *const sort_names[] = {
	[READER] = "reader", [SERVICE] = "service", [COMPUTER] = "computer", [STORAGE] = "storage", [MAILBOX] = "mailbox",
	[PAPER] = "paper", [WEBSITE] = "website", [PERSON] = "person", [PLACE] = "place",
};

const char *sort_name(enum holder_sort s)
{
	return sort_names[s];
}

bool sort_parse(struct str word, enum holder_sort *sort)
{
	for (size_t s = READER; s < LENGTH(sort_names); s++)
		if (str_eq(word, str_of(sort_names[s]))) {
			*sort = (enum holder_sort)s;
			return true;
		}
	return false;
}

/* ---- what is assumed ---- */

static kinds takes[LENGTH(sort_names)];
static int64_t assumed[LENGTH(sort_names)][KIND_COUNT];
static bool assumptions_read;

static kinds kinds_or_all(struct str words)
{
	kinds k = KINDS_ALL;
	struct str bad;
	if (!str_eq(words, STR("*")) && !kinds_parse(words, '|', &k, &bad))
		abort();                                 /* the data is part of the program */
	return k;
}

static void keeps_read(struct str line)
{
	enum holder_sort one = READER;
	struct str sort = str_split(&line, ','), words = str_split(&line, ','), keeps = str_split(&line, ',');
	bool all = str_eq(sort, STR("*"));
	if (!all && !sort_parse(sort, &one))
		abort();
	for (size_t s = READER; s < LENGTH(sort_names); s++)
		for (kinds k = kinds_or_all(words); k; k &= k - 1)
			if ((all || s == one) && assumed[s][__builtin_ctzll(k)] < 0)          /* the first row that fits counts */
				assumed[s][__builtin_ctzll(k)] = str_eq(keeps, STR("none")) ? 0 : FAR_OFF;
}

static void assumptions(void)
{
	if (assumptions_read)
		return;
	struct str text = data_takes_csv;
	memset(assumed, 0xFF, sizeof assumed);
	for (size_t s = READER; s < LENGTH(sort_names); s++)
		takes[s] = KINDS_ALL;
	str_split(&text, '\n');
	while (text.p) {
		struct str line = str_split(&text, '\n'), sort = str_split(&line, ','), words = str_split(&line, ',');
		enum holder_sort s;
		if (sort_parse(sort, &s))
			takes[s] = kinds_or_all(words);
	}
	text = data_keeps_csv;
	str_split(&text, '\n');
	while (text.p) {
		struct str line = str_split(&text, '\n');
		if (line.n)
			keeps_read(line);
	}
	assumptions_read = true;
}

kinds map_takes(enum holder_sort s)
{
	assumptions();
	return takes[s];
}

int64_t map_assumed(enum holder_sort s, enum kind k)
{
	assumptions();
	return assumed[s][k];
}

bool map_stand(struct op *op, holder_id id, holder_id place)
{
	struct holder h;
	return map_holder(op, id, &h) && sql_holder_update(op, id.n, h.since, h.until, place.n);
}

/* ---- finding ---- */

static bool no_holder(struct op *op, holder_id id)
{
	return err_set(&op->err, NOT_FOUND, "holder", "There is no holder number %" PRId64 ".", id.n);
}

bool map_holder(struct op *op, holder_id id, struct holder *h)
{
	struct sql_holder_by_id q;
	bool found;
	if (!sql_holder_by_id(op, id.n, &q, &found))
		return false;
	if (!found)
		return no_holder(op, id);
	*h = (struct holder){ id, (enum holder_sort)q.sort, q.name, q.since, q.until, { q.place } };
	return true;
}

bool map_holders(struct op *op, struct holder **out, size_t *n)
{
	struct sql_holders q;
	struct holder *h = NULL;
	size_t count = 0, cap = 0;
	if (!sql_holders(op, &q))
		return false;
	while (sql_holders_next(op, &q)) {
		h = arena_more(op->a, h, count, &cap, sizeof *h);
		h[count++] = (struct holder){ { q.id }, (enum holder_sort)q.sort, q.name, q.since, q.until, { q.place } };
	}
	if (op->err.code != OK)
		return false;
	*out = h, *n = count;
	return true;
}

const struct holder *map_among(struct op *op, const struct holder *all, size_t n, holder_id id)
{
	if (id.n >= 1 && (uint64_t)id.n <= n && all[id.n - 1].id.n == id.n)
		return &all[id.n - 1];
	no_holder(op, id);
	return NULL;
}

/* "reader:Van 2": a sort in front counts only when it is one, for names may hold a colon */
static bool split_name(struct str text, enum holder_sort *sort, struct str *name)
{
	struct str rest = text, before = str_split(&rest, ':');
	bool sorted = rest.p && sort_parse(before, sort);
	*name = sorted ? rest : text;
	return sorted;
}

struct found { struct holder **by_name; size_t n; };

static int name_order(const void *a, const void *b)
{
	const struct holder *x = *(struct holder *const *)a, *y = *(struct holder *const *)b;
	int c = str_cmp(x->name, y->name);
	return c ? c : (x->id.n > y->id.n) - (x->id.n < y->id.n);
}

static bool found_one(struct op *op, const struct found *f, struct str text, struct holder *out)
{
	enum holder_sort sort;
	struct str name;
	bool sorted = split_name(text, &sort, &name);
	size_t low = 0, high = f->n;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (str_cmp(f->by_name[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	const struct holder *hit = NULL;
	for (; low < f->n && str_eq(f->by_name[low]->name, name); low++) {
		const struct holder *h = f->by_name[low];
		if (sorted && h->sort != sort)
			continue;
		if (hit)
			return err_set(&op->err, CONFLICT, "holder", "\"" STR_FMT "\" is a %s and a %s. Say which: %s:" STR_FMT ".", STR_ARG(name),
			               sort_name(hit->sort), sort_name(h->sort), sort_name(hit->sort), STR_ARG(name));
		hit = h;
	}
	for (size_t i = 0; i < f->n && !hit; i++)
		if (str_eq_nocase(f->by_name[i]->name, name) && (!sorted || f->by_name[i]->sort == sort))
			return err_set(&op->err, NOT_FOUND, "holder", "There is no holder \"" STR_FMT "\". Did you mean \"%s:" STR_FMT "\"?", STR_ARG(text), sort_name(f->by_name[i]->sort),
			               STR_ARG(f->by_name[i]->name));
	if (!hit)
		return err_set(&op->err, NOT_FOUND, "holder", "There is no holder \"" STR_FMT "\". handback holder list shows them; an import adds those it names.",
		               STR_ARG(text));
	*out = *hit;
	return true;
}

static bool found_open(struct op *op, struct found *f)
{
	struct holder *h;
	if (!map_holders(op, &h, &f->n))
		return false;
	f->by_name = ARENA_ARRAY(op->a, struct holder *, f->n);
	for (size_t i = 0; i < f->n; i++)
		f->by_name[i] = &h[i];
	if (f->n)
		qsort(f->by_name, f->n, sizeof *f->by_name, name_order);
	return true;
}

bool map_find(struct op *op, struct str text, struct holder *out)
{
	struct found f;
	return found_open(op, &f) && found_one(op, &f, text, out);
}

static bool names_read(struct op *op, struct str path, struct str *text)
{
	enum { NAMES_MAX = 16 << 20 };
	struct buf b = BUF(NAMES_MAX);
	bool good = file_whole(arena_printf(op->a, STR_FMT, STR_ARG(path)), &b, "holder", &op->err);
	if (good)
		*text = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return good;
}

static int id_order(const void *a, const void *b)
{
	int64_t x = ((const struct holder *)a)->id.n, y = ((const struct holder *)b)->id.n;
	return (x > y) - (x < y);
}

bool map_find_all(struct op *op, const struct arg *names, struct holder **out, size_t *n)
{
	struct found f;
	struct holder *hit = NULL;
	size_t count = 0, cap = 0;
	if (!names)
		return err_set(&op->err, INVALID, "holder", "--holder is needed.");
	if (!found_open(op, &f))
		return false;
	for (size_t i = 0; i < names->n; i++) {
		struct str text = names->value[i], name, lines = { NULL, 0 };
		enum holder_sort sort;
		size_t before = count;
		if (split_name(text, &sort, &name) && str_eq(name, STR("*"))) {
			for (size_t k = 0; k < f.n; k++)
				if (f.by_name[k]->sort == sort) {
					hit = arena_more(op->a, hit, count, &cap, sizeof *hit);
					hit[count++] = *f.by_name[k];
				}
			if (count == before)
				return err_set(&op->err, NOT_FOUND, "holder", "There is no %s on the map yet.", sort_name(sort));
			continue;
		}
		if (str_starts(text, STR("@")) && !names_read(op, (struct str){ text.p + 1, text.n - 1 }, &lines))
			return false;
		do {
			struct str one = lines.p ? str_trim(str_split(&lines, '\n')) : text;
			if (!one.n)
				continue;
			hit = arena_more(op->a, hit, count, &cap, sizeof *hit);
			if (!found_one(op, &f, one, &hit[count]))
				return false;
			count++;
		} while (lines.p);
		if (count == before)
			return err_set(&op->err, INVALID, "holder", "There is no name in " STR_FMT ".", STR_ARG(text));
	}
	if (count)
		qsort(hit, count, sizeof *hit, id_order);
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!kept || hit[kept - 1].id.n != hit[i].id.n)
			hit[kept++] = hit[i];
	*out = hit, *n = kept;
	return true;
}

/* ---- making ---- */

bool map_name(struct op *op, enum holder_sort sort, struct str name, int64_t import, holder_id *id)
{
	struct sql_holder_by_name q;
	bool found;
	struct holder person;
	if (sort == PERSON && map_person(op, name, &person)) {
		*id = person.id;
		return true;
	}
	if (sort == PERSON && op->err.code != NOT_FOUND)
		return false;
	if (sort == PERSON)
		err_clear(&op->err);
	if (!sql_holder_by_name(op, sort, name, &q, &found))
		return false;
	if (!found) {
		q.id = op_count(op, "holder");
		if (!q.id || !sql_holder_put(op, q.id, sort, name, LONG_AGO, FAR_OFF, 0, import) ||
		    !log_add(op, "holder.added", ABOUT({ "holder", q.id }, { "sort", sort }, { "import", import })))
			return false;
	}
	id->n = q.id;
	return true;
}

bool map_flow_have(struct op *op, holder_id from, holder_id to, enum manner_flow manner, kinds k)
{
	struct sql_flows q;
	kinds passed = 0;
	if (!sql_flows(op, &q))
		return false;
	while (sql_flows_next(op, &q))
		if (q.source == from.n && q.target == to.n && q.manner == manner && q.since <= LONG_AGO && q.until >= FAR_OFF)
			passed |= (kinds)q.kinds;
	k &= ~passed;
	if (op->err.code != OK || !k)
		return op->err.code == OK;
	int64_t id = op_count(op, "flow");
	return id && sql_flow_put(op, id, from.n, to.n, manner, (int64_t)k, KEEPS_UNTOLD, LONG_AGO, FAR_OFF, op->now) &&
	       log_add(op, "flow.added", ABOUT({ "flow", id }, { "from", from.n }, { "to", to.n }));
}

bool map_keeps_put(struct op *op, holder_id holder, kinds of, int64_t keeps)
{
	for (kinds k = of; k; k &= k - 1)
		if (!sql_keeps_put(op, holder.n, __builtin_ctzll(k), keeps, op->now))
			return false;
	return log_add(op, "holder.keeps", ABOUT({ "holder", holder.n }, { "kinds", (int64_t)of }, { "seconds", keeps }));
}

bool map_flow_put(struct op *op, const struct atlas *m, struct flow *f)
{
	bool too_long;
	if (!map_chain_too_long(op, m, f, &too_long))
		return false;
	if (too_long)
		return err_set(&op->err, INVALID, "to", "This would be the ninth flow in a row. Handback follows eight: leave out a holder in between that changes nothing.");
	f->id = op_count(op, "flow"), f->told = op->now;
	return f->id && sql_flow_put(op, f->id, f->from.n, f->to.n, f->manner, (int64_t)f->kinds, f->keeps, f->since, f->until, f->told) &&
	       log_add(op, "flow.added", ABOUT({ "flow", f->id }, { "from", f->from.n }, { "to", f->to.n }, { "kinds", (int64_t)f->kinds }));
}

bool map_flow_again(struct op *op, int64_t flow)
{
	return sql_flow_again(op, flow, op->now);
}

bool map_keeps_again(struct op *op, holder_id id, enum kind kind)
{
	return sql_keeps_again(op, id.n, kind, op->now);
}

bool map_flow_end(struct op *op, int64_t flow, int64_t at)
{
	return sql_flow_close(op, flow, at) && log_add(op, "flow.closed", ABOUT({ "flow", flow }, { "at", at }));
}

bool map_holder_end(struct op *op, holder_id id, int64_t at)
{
	struct holder h;
	return map_holder(op, id, &h) && sql_holder_update(op, id.n, h.since, at, h.place.n) && log_add(op, "holder.closed", ABOUT({ "holder", id.n }, { "at", at }));
}

bool map_holder_again(struct op *op, holder_id id)
{
	struct holder h;
	return map_holder(op, id, &h) && sql_holder_update(op, id.n, h.since, FAR_OFF, h.place.n) && log_add(op, "holder.changed", ABOUT({ "holder", id.n }));
}

bool map_emptied_put(struct op *op, holder_id id, int64_t at)
{
	return sql_emptied_put(op, id.n, at) && log_add(op, "holder.emptied", ABOUT({ "holder", id.n }, { "at", at }));
}

bool map_emptied_not(struct op *op, holder_id id, int64_t at)
{
	return sql_emptied_drop(op, id.n, at) && log_add(op, "holder.not-emptied", ABOUT({ "holder", id.n }, { "at", at }));
}

holder_id map_self(struct op *op)
{
	(void)op;
	return (holder_id){ SELF };
}

bool map_own(holder_id h)
{
	return h.n == SELF || h.n == BACKUPS;
}

bool map_begin(struct op *op)
{
	holder_id self, backups;
	return map_name(op, COMPUTER, STR("Handback"), 0, &self) && map_name(op, STORAGE, STR("Handback backups"), 0, &backups) &&
	       map_flow_have(op, self, backups, COPIES, KINDS_ALL);
}

/* ---- as it stands ---- */

bool standing_read(struct op *op, struct standing **out, size_t *size)
{
	struct sql_holder_largest last;
	struct sql_holders_standing q;
	bool any;
	if (!sql_holder_largest(op, &last, &any))
		return false;
	*size = any ? (size_t)last.id + 1 : 1;
	*out = ARENA_ARRAY(op->a, struct standing, *size);
	if (!sql_holders_standing(op, &q))
		return false;
	while (sql_holders_standing_next(op, &q))
		(*out)[q.id] = (struct standing){ (uint32_t)q.place, (uint8_t)q.sort };
	return op->err.code == OK;
}

bool map_atlas(struct op *op, struct atlas *out)
{
	*out = (struct atlas){ 0 };
	return map_holders(op, &out->holder, &out->holders) && atlas_flows(op, out);
}

bool atlas_flows(struct op *op, struct atlas *out)
{
	struct atlas m = *out;
	struct sql_flows f;
	struct sql_keeps_all k;
	struct sql_emptied_all e;
	size_t cap = 0;
	if (!sql_flows(op, &f))
		return false;
	while (sql_flows_next(op, &f)) {
		m.flow = arena_more(op->a, m.flow, m.flows, &cap, sizeof *m.flow);
		m.flow[m.flows++] = (struct flow){ f.id, { f.source }, { f.target }, (enum manner_flow)f.manner, (kinds)f.kinds, f.keeps, f.since, f.until, f.told };
	}
	cap = 0;
	if (op->err.code != OK || !sql_keeps_all(op, &k))
		return false;
	while (sql_keeps_all_next(op, &k)) {
		m.told = arena_more(op->a, m.told, m.tolds, &cap, sizeof *m.told);
		m.told[m.tolds++] = (struct told){ { k.holder }, (enum kind)k.kind, k.keeps, k.told };
	}
	cap = 0;
	if (op->err.code != OK || !sql_emptied_all(op, &e))
		return false;
	while (sql_emptied_all_next(op, &e)) {
		m.emptied = arena_more(op->a, m.emptied, m.emptieds, &cap, sizeof *m.emptied);
		m.emptied[m.emptieds++] = (struct emptied){ { e.holder }, e.at };
	}
	if (op->err.code != OK)
		return false;
	*out = m;
	return true;
}

struct index flows_by(struct op *op, const struct atlas *m, size_t n, bool target)
{
	struct index i = { ARENA_ARRAY(op->a, uint32_t, n + 1), ARENA_ARRAY(op->a, uint32_t, m->flows + 1) };
	for (size_t f = 0; f < m->flows; f++)
		i.start[(size_t)(target ? m->flow[f].to.n : m->flow[f].from.n) + 1]++;
	for (size_t h = 1; h <= n; h++)
		i.start[h] += i.start[h - 1];
	uint32_t *at = ARENA_ARRAY(op->a, uint32_t, n + 1);
	memcpy(at, i.start, (n + 1) * sizeof *at);
	for (size_t f = 0; f < m->flows; f++)
		i.order[at[target ? m->flow[f].to.n : m->flow[f].from.n]++] = (uint32_t)f;
	return i;
}
