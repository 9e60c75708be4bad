/* segments: random merges against an array, questions against the answering rule said once more, damage, sudden death. */
#include "ledger_test.h"
#include "segment.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- chance that can be repeated ---- */

static uint64_t state;

static uint64_t chance(uint64_t below)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return (state >> 11) % below;
}

static bool often(unsigned percent)
{
	return chance(100) < percent;
}

/* ---- the model: an array of touches ---- */

enum { CUSTOMERS = 1 << 24 | 77, FLAVOURS = 12 };

struct known { struct row row; struct flavour flavour; };
struct model { struct known *p; size_t n, cap; };
struct world { struct op op; struct flavours f; uint32_t code[FLAVOURS]; struct model m; };

static struct flavour random_flavour(bool few)
{
	static const uint32_t spreads[] = { 0, 0, 0, 3600, 86399, 90000 };
	kinds all = few ? KIND(NAME) | KIND(EMAIL) | KIND(CARD_NUMBER) | KIND(PURCHASES) : KINDS_ALL;
	kinds k[4];
	for (int i = 0; i < 4; i++)
		k[i] = often(80) ? (state * 0x9E3779B97F4A7C15u) & all & (kinds)(chance(UINT32_MAX) * 0x100000001u) : 0;
	return (struct flavour){ spreads[chance(LENGTH(spreads))], k[0], k[1], k[2], k[3] };
}

static void world_open(struct world *w, const char *path, uint64_t seed, bool few)
{
	state = seed * 0x9E3779B97F4A7C15u + 1;
	*w = (struct world){ 0 };
	if (!test_open(&w->op, path))
		fail_msg("%s", w->op.err.say);
	assert_true(flavour_all(&w->op, &w->f) && op_begin(&w->op));
	for (int i = 0; i < FLAVOURS; i++) {
		struct flavour v = random_flavour(few);
		assert_true(flavour_code(&w->op, &w->f, &v, &w->code[i]));
	}
	assert_true(sql_test_customer_put(&w->op, CUSTOMERS, STR("last"), 0));
	/* 7 is 3, 9 is 7, 3 is 4: a chain */
	assert_true(sql_test_customer_put(&w->op, 3, STR("c"), 4) && sql_test_customer_put(&w->op, 7, STR("g"), 3) && sql_test_customer_put(&w->op, 9, STR("i"), 7));
	assert_true(op_end(&w->op, true));
}

static void world_close(struct world *w)
{
	op_close(&w->op);
	free(w->m.p);
}

/* Asking walks over all of them. */
static void fewer_customers(struct world *w)
{
	enum { FEW = 60 };
	assert_true(op_begin(&w->op) && sql_test_customers_drop(&w->op, FEW) && sql_test_customer_put(&w->op, FEW, STR("sixty"), 0) && op_end(&w->op, true));
}

static uint32_t person(uint32_t who)
{
	return who == 3 || who == 7 || who == 9 ? 4 : who;
}

struct shape { int64_t first_day, days; uint64_t hashes; bool large_numbers; };

static struct row random_row(struct world *w, const struct shape *s)
{
	int64_t second = often(10) ? 0 : often(10) ? DAY - 1 : (int64_t)chance(DAY);
	struct row r = {
		.at = (s->first_day + (int64_t)chance((uint64_t)s->days)) * DAY + second, .hash = 1 + chance(s->hashes),
		.entry = (uint32_t)chance(7), .service = 10 + (uint32_t)chance(3), .person = (uint32_t)chance(5), .place = 20 + (uint32_t)chance(4),
		.flavour = w->code[chance(FLAVOURS)], .hint = often(50) ? 0 : (uint32_t)(1 + chance(9)) << 16 | (uint32_t)(1 + chance(10000)), .import = (uint32_t)chance(4) };
	/* one source names one customer, or nobody; what two make of it is a test of its own */
	if (!often(40))
		r.who = (uint32_t)(s->large_numbers && r.hash % 5 == 0 ? 1 + r.hash * 7919 % CUSTOMERS : 1 + r.hash % 40);
	if (s->large_numbers && often(20)) {
		r.entry = (uint32_t)chance(UINT32_MAX);
		r.person = (uint32_t)chance(UINT32_MAX);
		r.import = (uint32_t)chance(UINT32_MAX);
	}
	return r;
}

static bool model_update(struct known *old, const struct known *new)
{
	struct known was = *old;
	uint32_t *mine[] = { &old->row.who, &old->row.entry, &old->row.person, &old->row.place, &old->row.hint };
	const uint32_t theirs[] = { new->row.who, new->row.entry, new->row.person, new->row.place, new->row.hint };
	for (size_t i = 0; i < LENGTH(mine); i++)
		*mine[i] = theirs[i] ? theirs[i] : *mine[i];
	old->row.at = new->row.at;
	old->flavour.spread = new->flavour.spread;
	old->flavour.entry |= new->flavour.entry;
	old->flavour.service |= new->flavour.service;
	old->flavour.person |= new->flavour.person;
	old->flavour.place |= new->flavour.place;
	return !flavour_same(&was.flavour, &old->flavour) || memcmp(&was.row, &old->row, sizeof was.row) != 0;
}

static struct known *model_find(struct model *m, const struct row *r, int64_t day)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->p[i].row.hash == r->hash && m->p[i].row.service == r->service && when_day(m->p[i].row.at) == day)
			return &m->p[i];
	return NULL;
}

static void model_add(struct model *m, const struct known *k)
{
	if (m->n == m->cap)
		m->p = mem_grow(m->p, (m->cap = m->cap ? 2 * m->cap : 256) * sizeof *m->p);
	m->p[m->n++] = *k;
}

static void model_merge_day(struct world *w, int64_t day, const struct row *rows, size_t n, bool moved, struct merged *count)
{
	struct model net = { 0 };
	for (size_t i = 0; i < n; i++) {
		struct known k = { rows[i], w->f.by_code[rows[i].flavour] }, *there;
		k.row.flavour = 0;
		if (when_day(rows[i].at) != day)
			continue;
		there = model_find(&net, &k.row, day);
		if (there)
			model_update(there, &k), count->folded++;
		else
			model_add(&net, &k);
	}
	for (size_t i = 0; i < net.n; i++) {
		struct known *old = model_find(&w->m, &net.p[i].row, day);
		for (int64_t d = day - 2; moved && !old && d <= day + 2; d++)
			old = model_find(&w->m, &net.p[i].row, d);
		if (!old)
			model_add(&w->m, &net.p[i]), count->fresh++;
		else if (model_update(old, &net.p[i]))
			count->changed++;
		else
			count->known++;
	}
	free(net.p);
}

static void merge_both(struct world *w, struct row *rows, size_t n, bool moved, const struct shape *s)
{
	struct merged model = { 0 }, real = { 0 };
	bool stopped;
	for (int64_t d = s->first_day; d < s->first_day + s->days; d++)
		model_merge_day(w, d, rows, n, moved, &model);
	if (!segment_merge(&w->op, rows, n, moved, &real, &stopped))
		fail_msg("%s", w->op.err.say);
	assert_false(stopped);
	assert_int_equal(real.fresh, model.fresh);
	assert_int_equal(real.changed, model.changed);
	assert_int_equal(real.known, model.known);
	assert_int_equal(real.folded, model.folded);
	assert_int_equal(real.fresh + real.changed + real.known + real.folded, n);
	assert_true(flavour_all(&w->op, &w->f));         /* merging may have made new ones */
}

/* ---- comparing ---- */

static struct known known_of(const struct touch *t)
{
	struct row r = { .at = t->at, .hash = t->source_hash, .who = t->who.n, .entry = (uint32_t)t->entry.n, .service = (uint32_t)t->service.n,
	                 .person = (uint32_t)t->person.n, .place = (uint32_t)t->place.n, .import = (uint32_t)t->import,
	                 .hint = t->has_last4 ? (uint32_t)t->brand << 16 | (t->last4 + 1u) : 0 };
	return (struct known){ r, { t->spread, t->entry_kinds, t->service_kinds, t->person_kinds, t->place_kinds } };
}

static bool gather(void *to, const struct touch *t)
{
	struct known k = known_of(t);
	model_add(to, &k);
	return true;
}

static int known_order(const void *a, const void *b)
{
	const struct row *x = &((const struct known *)a)->row, *y = &((const struct known *)b)->row;
	int64_t p = when_day(x->at), q = when_day(y->at);
	return p != q ? (p > q) - (p < q) : x->service != y->service ? (x->service > y->service) - (x->service < y->service) : (x->hash > y->hash) - (x->hash < y->hash);
}

static void same_touches(struct world *w)
{
	struct model real = { 0 };
	uint64_t days, touches = 0;
	if (!ledger_each_touch(&w->op, gather, &real) || !ledger_check(&w->op, false, &days, &touches))
		fail_msg("%s", w->op.err.say);
	assert_int_equal(real.n, w->m.n);
	assert_int_equal(touches, w->m.n);
	if (real.n) {
		qsort(real.p, real.n, sizeof *real.p, known_order);
		qsort(w->m.p, w->m.n, sizeof *w->m.p, known_order);
	}
	for (size_t i = 0; i < real.n; i++) {
		assert_memory_equal(&real.p[i].row, &w->m.p[i].row, sizeof real.p[i].row);
		assert_true(flavour_same(&real.p[i].flavour, &w->m.p[i].flavour));
	}
	free(real.p);
}

/* ---- the answering rule, once more ---- */

struct naive { const struct source *q; size_t n; kinds *of; int64_t *first, *last; uint32_t *touches; uint64_t unnamed; kinds unnamed_kinds; };

static bool naive_touch(void *to, const struct touch *t)
{
	struct naive *v = to;
	kinds k = 0;
	for (size_t i = 0; i < v->n; i++) {
		const struct source *s = &v->q[i];
		int64_t at = s->dim == DIM_ENTRY ? t->entry.n : s->dim == DIM_PERSON ? t->person.n : s->dim == DIM_PLACE ? t->place.n : t->service.n;
		kinds of = s->dim == DIM_ENTRY ? t->entry_kinds : s->dim == DIM_PERSON ? t->person_kinds : s->dim == DIM_PLACE ? t->place_kinds : t->service_kinds;
		if (at == s->entry.n && !s->spans_only && t->at <= s->to && t->at + (int64_t)t->spread >= s->from)
			k |= of & s->kinds;
	}
	if (k && !t->who.n) {
		v->unnamed++;
		v->unnamed_kinds |= k;
	} else if (k) {
		uint32_t who = person(t->who.n);
		v->of[who] |= k;
		v->touches[who]++;
		v->first[who] = t->at < v->first[who] ? t->at : v->first[who];
		v->last[who] = t->at > v->last[who] ? t->at : v->last[who];
	}
	return true;
}

static bool naive_listed(void *to, const struct listed *l)
{
	struct naive *v = to;
	for (size_t i = 0; i < v->n; i++)
		if (v->q[i].entry.n == l->holder.n && LONG_AGO <= v->q[i].to && l->came >= v->q[i].from)
			v->of[person(l->who.n)] |= l->kinds & v->q[i].kinds;
	return true;
}

static int64_t random_edge(struct world *w, const struct shape *s)
{
	if (w->m.n && often(60)) {
		const struct known *k = &w->m.p[chance(w->m.n)];
		return k->row.at + (often(50) ? (int64_t)k->flavour.spread : 0) + (int64_t)chance(3) - 1;
	}
	return (s->first_day + (int64_t)chance((uint64_t)s->days + 1)) * DAY - (int64_t)chance(2);
}

static struct source random_source(struct world *w, const struct shape *s, int dim, bool few)
{
	static const uint32_t base[] = { [DIM_ENTRY] = 0, [DIM_PERSON] = 0, [DIM_PLACE] = 20, [DIM_SERVICE] = 10 };
	enum dim d = dim ? (enum dim)dim : (enum dim)(1 + chance(4));
	struct source q = { .entry = { base[d] + (int64_t)chance(8) }, .dim = d, .spans_only = often(10),
	                    .kinds = few ? KIND(NAME) << chance(9) | KIND(CARD_NUMBER) : often(30) ? KINDS_ALL : chance(KINDS_ALL) };
	q.from = often(25) ? LONG_AGO : random_edge(w, s), q.to = often(25) ? FAR_OFF : random_edge(w, s);
	if (q.from > q.to && often(80)) {
		int64_t t = q.from;
		q.from = q.to, q.to = t;
	}
	return q;
}

/* Holder 0 is nobody: a source of it asks for nothing, and the rule above must not see it either. */
static void ask_both(struct world *w, const struct source *q, size_t n, bool with_touches)
{
	struct exposed *e = exposed_open(&w->op, with_touches);
	struct naive v = { .q = q, .n = n, .of = mem_zero(e->n, sizeof *v.of), .first = mem_get(e->n * sizeof *v.first), .last = mem_get(e->n * sizeof *v.last),
	                   .touches = mem_zero(e->n, sizeof *v.touches) };
	for (uint32_t i = 0; i < e->n; i++)
		v.first[i] = FAR_OFF, v.last[i] = LONG_AGO;
	if (!ledger_touched(&w->op, q, n, e) || !ledger_each_touch(&w->op, naive_touch, &v) || !ledger_each_listed(&w->op, naive_listed, &v))
		fail_msg("%s", w->op.err.say);
	size_t count = 0;
	for (uint32_t i = 1, next = 1; i < e->n; i++) {
		count += v.of[i] != 0;
		if (i == next && exposed_next(e, &next))
			assert_true(v.of[next] != 0);
		assert_true(i <= next);
		if (v.of[i]) {
			assert_int_equal(i, next);
			next++;
		}
		if (exposed_kinds(e, i) != v.of[i])
			fail_msg("customer %u: %llx, should be %llx", i, (unsigned long long)exposed_kinds(e, i), (unsigned long long)v.of[i]);
		if (with_touches && (e->touches[i] != v.touches[i] || e->first[i] != v.first[i] || e->last[i] != v.last[i]))
			fail_msg("customer %u: touches", i);
	}
	assert_int_equal(exposed_customers(e), count);
	assert_int_equal(e->unnamed, v.unnamed);
	assert_int_equal(e->unnamed_kinds, v.unnamed_kinds);
	exposed_close(e);
	free(v.of), free(v.first), free(v.last), free(v.touches);
}

static void ask_random(struct world *w, const struct shape *s, size_t times)
{
	struct source q[48];
	for (size_t i = 0; i < times; i++) {
		size_t n = chance(often(20) ? LENGTH(q) : 5);
		int dim = often(50) ? 1 + (int)chance(4) : 0;
		bool few = often(60);
		for (size_t k = 0; k < n; k++)
			do
				q[k] = k && often(20) ? q[k - 1] : random_source(w, s, dim, few);
			while (!q[k].entry.n);
		ask_both(w, q, n, often(30));
	}
}

/* ---- tests ---- */

static void random_merges_are_what_an_array_would_hold(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct world w;
		struct shape s = { (int64_t)chance(9) - 4, 1 + (int64_t)(seed % 6), 20 + (seed % 7) * 40, seed % 3 == 0 };
		world_open(&w, ":memory:", seed, false);
		for (int times = 0; times < 60; times++) {
			struct row rows[200], again[200];
			size_t n = chance(often(20) ? LENGTH(rows) : 12);
			bool moved = often(30);
			for (size_t i = 0; i < n; i++)
				rows[i] = random_row(&w, &s);
			memcpy(again, rows, sizeof again);
			merge_both(&w, rows, n, moved, &s);
			if (often(30))
				merge_both(&w, again, n, moved, &s);
		}
		same_touches(&w);
		world_close(&w);
	}
}

static void days_of_many_parts_are_merged_in_any_order(void **unused)
{
	(void)unused;
	enum { N = 30000, CHUNK = 7000 };
	struct world w;
	struct shape s = { 19999, 2, UINT64_MAX >> 12, true };
	struct row *rows = mem_get(N * sizeof *rows), *mixed = mem_get(N * sizeof *rows);
	world_open(&w, ":memory:", 5, false);
	for (size_t i = 0; i < N; i++) {
		rows[i] = random_row(&w, &s);
		rows[i].hash = i * 0x9E3779B97F4A7C15u;  /* no row twice: the model need not look */
		struct known k = { rows[i], w.f.by_code[rows[i].flavour] };
		k.row.flavour = 0;
		model_add(&w.m, &k);
	}
	for (int round = 0; round < 2; round++) {
		struct merged count = { 0 };
		bool stopped;
		memcpy(mixed, rows, N * sizeof *rows);
		for (size_t i = N; i > 1; i--) {
			size_t k = chance(i);
			struct row t = mixed[k];
			mixed[k] = mixed[i - 1], mixed[i - 1] = t;
		}
		for (size_t at = 0; at < N; at += CHUNK)
			assert_true(segment_merge(&w.op, mixed + at, N - at < CHUNK ? N - at : CHUNK, round, &count, &stopped));
		assert_int_equal(round ? count.known : count.fresh, N);
		same_touches(&w);
	}
	free(rows);
	free(mixed);
	world_close(&w);
}

static void put_listings(struct world *w)
{
	uint32_t who[50];
	assert_true(op_begin(&w->op));
	for (int i = 0; i < 3; i++) {
		size_t n = 0;
		for (uint32_t c = 1; n < LENGTH(who) && c < 60; c++)
			if (often(40))
				who[n++] = c;
		int64_t came = (int64_t)chance(4) * DAY + 5;
		assert_true(listing_put(&w->op, (holder_id){ 10 + i }, i + 1, KIND(NAME) | KIND(EMAIL), came, who, n));
		assert_true(listing_put(&w->op, (holder_id){ 10 + i }, i + 1, KIND(NAME) | KIND(EMAIL), came, who, n / 2));      /* again replaces */
	}
	assert_true(op_end(&w->op, true));
}

static void answers_are_those_of_the_rule(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct world w;
		struct shape s = { -1, 4, 400, false };
		world_open(&w, ":memory:", seed, seed % 2);
		fewer_customers(&w);
		for (int times = 0; times < 3; times++) {
			struct row rows[300];
			for (size_t i = 0; i < LENGTH(rows); i++)
				rows[i] = random_row(&w, &s);
			merge_both(&w, rows, LENGTH(rows), false, &s);
			if (times == 1)
				put_listings(&w);
			ask_random(&w, &s, 150);
		}
		world_close(&w);
	}
}

static void answers_from_copies_are_those_of_the_rule(void **unused)
{
	(void)unused;
	enum { N = 25000 };
	struct world w;
	struct shape s = { 20000, 3, UINT64_MAX >> 12, false };
	struct row *rows = mem_get(N * sizeof *rows);
	struct merged count = { 0 };
	bool stopped;
	world_open(&w, ":memory:", 77, true);
	fewer_customers(&w);
	for (size_t i = 0; i < N; i++) {
		rows[i] = random_row(&w, &s);
		struct known k = { rows[i], w.f.by_code[rows[i].flavour] };
		model_add(&w.m, &k);
	}
	assert_true(segment_merge(&w.op, rows, N, false, &count, &stopped));
	ask_random(&w, &s, 120);
	free(rows);
	world_close(&w);
}

static void more_kinds_than_eight_widen_the_answer(void **unused)
{
	(void)unused;
	struct world w;
	uint32_t few = 0, many = 0;
	bool stopped;
	struct merged count = { 0 };
	world_open(&w, ":memory:", 3, true);
	assert_true(op_begin(&w.op) && flavour_code(&w.op, &w.f, &(struct flavour){ 0, KIND(NAME), 0, 0, 0 }, &few) &&
	            flavour_code(&w.op, &w.f, &(struct flavour){ 0, KINDS_ALL, 0, 0, 0 }, &many) && op_end(&w.op, true));
	struct row rows[] = { { .at = 5, .hash = 1, .who = 1, .entry = 1, .flavour = few }, { .at = 5, .hash = 2, .who = 2, .entry = 2, .flavour = many } };
	assert_true(segment_merge(&w.op, rows, 2, false, &count, &stopped));
	struct exposed *e = exposed_open(&w.op, false);
	struct source q[] = { { .entry = { 1 }, .dim = DIM_ENTRY, .kinds = KIND(NAME), .from = LONG_AGO, .to = FAR_OFF },
	                      { .entry = { 2 }, .dim = DIM_ENTRY, .kinds = KINDS_ALL, .from = LONG_AGO, .to = FAR_OFF } };
	assert_true(ledger_touched(&w.op, q, 1, e));
	assert_true(ledger_touched(&w.op, q + 1, 1, e));
	assert_int_equal(exposed_kinds(e, 1), KIND(NAME));
	assert_int_equal(exposed_kinds(e, 2), KINDS_ALL);
	assert_int_equal(exposed_customers(e), 2);
	exposed_close(e);
	world_close(&w);
}

/* ---- damage ---- */

struct stored { int64_t day, dim, hi, part; struct str blob, rest; };

static size_t stored_all(struct world *w, struct stored *s, size_t max)
{
	struct sql_test_segments q;
	size_t n = 0;
	assert_true(sql_test_segments(&w->op, &q));
	while (n < max && sql_test_segments_next(&w->op, &q))
		s[n++] = (struct stored){ q.day, q.dim, q.hi, q.part, q.blob, q.rest };
	sql_test_segments_stop(&q);
	return n;
}

static bool stored_set(struct world *w, const struct stored *s, struct str blob, struct str rest)
{
	return op_begin(&w->op) && op_end(&w->op, sql_test_segment_set(&w->op, s->day, s->dim, s->hi, s->part, blob, rest));
}

static struct str damaged(struct world *w, struct str s)
{
	struct str d = arena_str(w->op.a, s);
	char *p = (char *)(uintptr_t)d.p;
	if (!d.n || often(20))
		return STR("");
	if (often(30))
		return (struct str){ p, chance(d.n) };
	for (uint64_t i = 0, n = 1 + chance(4); i < n; i++)
		p[chance(often(50) ? 24 : d.n)] ^= (char)(1 + chance(255));
	return d;
}

static bool touch_ignored(void *to, const struct touch *t)
{
	return (void)to, (void)t, true;
}

static void damage_is_found_and_harmless(void **unused)
{
	(void)unused;
	enum { N = 9000 };
	struct world w;
	struct shape s = { 20000, 1, UINT64_MAX >> 12, false };
	struct row *rows = mem_get(N * sizeof *rows);
	struct merged count = { 0 };
	bool stopped;
	uint64_t days, touches;
	struct stored there[16];
	world_open(&w, ":memory:", 4, true);
	fewer_customers(&w);
	for (size_t i = 0; i < N; i++)
		rows[i] = random_row(&w, &s);
	assert_true(segment_merge(&w.op, rows, N, false, &count, &stopped));
	size_t n = stored_all(&w, there, LENGTH(there));
	assert_int_equal(n, 9);
	for (int i = 0; i < 300; i++) {
		const struct stored *one = &there[chance(n)];
		bool source = one->dim == DIM_ENTRY && often(30);
		struct str blob = source ? one->blob : damaged(&w, one->blob), rest = source ? damaged(&w, one->rest) : one->rest;
		if (str_eq(blob, one->blob) && str_eq(rest, one->rest))
			continue;
		assert_true(stored_set(&w, one, blob, rest));
		struct exposed *e = exposed_open(&w.op, often(30));
		struct source q[] = { random_source(&w, &s, (int)one->dim, true), random_source(&w, &s, often(50) ? 0 : (int)one->dim, true) };
		ledger_touched(&w.op, q, 2, e);          /* an answer or not, but no more than that */
		exposed_close(e);
		err_clear(&w.op.err);
		assert_false(ledger_check(&w.op, false, &days, &touches));
		assert_int_equal(w.op.err.code, TORN);
		err_clear(&w.op.err);
		assert_int_equal(ledger_each_touch(&w.op, touch_ignored, NULL), one->dim != DIM_ENTRY);
		err_clear(&w.op.err);
		struct merged ignored = { 0 };
		struct row new = rows[0];
		assert_int_equal(segment_merge(&w.op, &new, 1, false, &ignored, &stopped), one->dim != DIM_ENTRY);
		err_clear(&w.op.err);
		if (one->dim != DIM_ENTRY && often(50))
			assert_true(ledger_check(&w.op, true, &days, &touches));
		else
			assert_true(stored_set(&w, one, one->blob, one->rest));
		if (!ledger_check(&w.op, false, &days, &touches))
			fail_msg("%s", w.op.err.say);
	}
	/* a copy's part that is gone, and at last one of the truth's: those come first */
	for (size_t i = n; i-- > 0;) {
		assert_true(op_begin(&w.op) && sql_test_segment_drop(&w.op, there[i].day, there[i].dim, there[i].hi, there[i].part) && op_end(&w.op, true));
		assert_false(ledger_check(&w.op, false, &days, &touches));
		err_clear(&w.op.err);
		if (there[i].dim == DIM_ENTRY) {
			struct exposed *e = exposed_open(&w.op, false);
			struct source q = { .entry = { 10 }, .dim = DIM_SERVICE, .kinds = KINDS_ALL, .from = LONG_AGO, .to = FAR_OFF };
			assert_false(ledger_touched(&w.op, &q, 1, e));
			assert_int_equal(w.op.err.code, TORN);
			err_clear(&w.op.err);
			exposed_close(e);
		}
		assert_int_equal(ledger_check(&w.op, true, &days, &touches), there[i].dim != DIM_ENTRY);
		err_clear(&w.op.err);
		if (there[i].dim == DIM_ENTRY)
			break;
	}
	free(rows);
	world_close(&w);
}

static void a_touch_outside_its_day_or_of_nobody_is_told(void **unused)
{
	(void)unused;
	struct buf blob = BUF(1 << 20), rest = BUF(1 << 20);
	struct row row = { .at = DAY - 1, .hash = 5, .who = 60, .flavour = 1 }, back[PART_TOUCHES];
	struct world w;
	struct merged count = { 0 };
	uint64_t days, touches;
	size_t n;
	bool stopped;
	part_write(&blob, &rest, 0, &row, 1);
	assert_true(part_rows(buf_str(&blob), buf_str(&rest), 0, back, &n));
	assert_memory_equal(&row, back, sizeof row);
	row.at = DAY;
	part_write(&blob, &rest, 0, &row, 1);
	assert_false(part_rows(buf_str(&blob), buf_str(&rest), 0, back, &n));
	buf_free(&blob);
	buf_free(&rest);
	world_open(&w, ":memory:", 4, true);
	assert_true(segment_merge(&w.op, &row, 1, false, &count, &stopped) && ledger_check(&w.op, false, &days, &touches));
	assert_true(op_begin(&w.op) && sql_test_customers_drop(&w.op, 59) && op_end(&w.op, true));
	assert_false(ledger_check(&w.op, false, &days, &touches));
	assert_int_equal(w.op.err.code, TORN);
	world_close(&w);
}

static void flavours_out_of_order_are_told(void **unused)
{
	(void)unused;
	struct world w;
	struct flavours f;
	world_open(&w, ":memory:", 4, true);
	assert_true(op_begin(&w.op) && sql_test_flavour_drop(&w.op, 3) && op_end(&w.op, true));
	assert_false(flavour_all(&w.op, &f));
	assert_int_equal(w.op.err.code, TORN);
	err_clear(&w.op.err);
	uint32_t code;
	assert_false(flavour_code(&w.op, &w.f, &(struct flavour){ .spread = SPREAD_MAX + 1 }, &code));
	world_close(&w);
}

static void a_listing_of_several_parts_comes_back(void **unused)
{
	(void)unused;
	enum { N = LISTING_PART + 1000 };
	uint32_t *who = mem_get(N * sizeof *who), *back = mem_get(LISTING_PART * sizeof *back);
	struct buf b = BUF(1 << 20);
	size_t n;
	state = 9;
	for (size_t i = 0; i < LISTING_PART; i++)
		who[i] = i ? who[i - 1] + 1 + (uint32_t)(often(1) ? chance(30000) : chance(3)) : 1;
	who[LISTING_PART - 1] = UINT32_MAX;
	listing_write(&b, who, LISTING_PART);
	assert_true(listing_read(buf_str(&b), back, &n));
	assert_int_equal(n, LISTING_PART);
	assert_memory_equal(who, back, LISTING_PART * sizeof *who);
	for (size_t cut = 0; cut < b.n; cut += 1 + b.n / 50)
		assert_false(listing_read((struct str){ b.p, cut }, back, &n));
	b.p[b.n / 2] ^= 1;
	assert_false(listing_read(buf_str(&b), back, &n));
	buf_free(&b);
	free(who);
	free(back);
}

/* ---- on a disk ---- */

static char folder[64], path[80];

static int folder_make(void **unused)
{
	(void)unused;
	strcpy(folder, "/tmp/handback-segment-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/handback.db", folder);
	return 0;
}

static int folder_drop(void **unused)
{
	(void)unused;
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static int64_t written(void)
{
	char wal[96];
	struct stat a = { 0 }, b = { 0 };
	snprintf(wal, sizeof wal, "%s-wal", path);
	stat(path, &a), stat(wal, &b);
	return a.st_size + b.st_size + (int64_t)(a.st_mtim.tv_nsec ^ b.st_mtim.tv_nsec);
}

static void what_is_known_is_not_written_again(void **unused)
{
	(void)unused;
	struct world w;
	struct shape s = { 20000, 3, 100, false };
	struct row rows[500], again[500];
	struct merged count = { 0 };
	bool stopped;
	world_open(&w, path, 6, false);
	for (size_t i = 0; i < LENGTH(rows); i++)        /* with folding: the same identity several times, each time different */
		rows[i] = random_row(&w, &s);
	memcpy(again, rows, sizeof again);
	assert_true(segment_merge(&w.op, rows, LENGTH(rows), false, &count, &stopped));
	assert_true(count.folded > 0);
	int64_t before = written();
	nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
	count = (struct merged){ 0 };
	assert_true(segment_merge(&w.op, again, LENGTH(again), false, &count, &stopped));
	assert_int_equal(count.fresh + count.changed, 0);
	assert_int_equal(written(), before);
	world_close(&w);
}

static volatile int stop;

static void stop_after_two(struct op *op, const char *what, uint64_t done, uint64_t of)
{
	(void)op, (void)what, (void)of;
	stop = done >= 20;
}

/* Who had the touches of one source on one day, in order; 0 for nobody. */
struct named { uint32_t who[8]; size_t n; };

static bool name_take(void *to, const struct touch *t)
{
	struct named *y = to;
	assert_true(y->n < LENGTH(y->who));
	y->who[y->n++] = t->who.n;
	return true;
}

static int who_order(const void *a, const void *b)
{
	return (int)*(const uint32_t *)a - (int)*(const uint32_t *)b;
}

/* Merges one file of rows that share a source, each naming this customer; says who has touches then. */
static void merge_whos(struct world *w, const uint32_t *who, size_t n, struct merged *count)
{
	struct row rows[8];
	bool stopped;
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){ .at = 20000 * DAY + (int64_t)i, .hash = 77, .who = who[i], .entry = 1, .service = 10, .flavour = w->code[0], .import = 1 };
	*count = (struct merged){ 0 };
	assert_true(segment_merge(&w->op, rows, n, true, count, &stopped));
}

#define WHOS(...) (const uint32_t[]){ __VA_ARGS__ }, sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)

static void check_whos(struct world *w, const uint32_t *who, size_t n)
{
	struct named y = { 0 };
	assert_true(ledger_each_touch(&w->op, name_take, &y));
	qsort(y.who, y.n, sizeof *y.who, who_order);
	assert_int_equal(y.n, n);
	assert_memory_equal(y.who, who, n * sizeof *who);
}

/* A reference used twice, or cut short by a spreadsheet, must not make anybody be forgotten. */
static void one_source_that_names_two_customers_is_two_touches(void **unused)
{
	struct world w;
	struct merged c;
	(void)unused;
	world_open(&w, ":memory:", 9, true);
	merge_whos(&w, WHOS(0), &c);
	check_whos(&w, WHOS(0));
	merge_whos(&w, WHOS(5, 6, 5), &c);               /* nobody becomes 5; 6 is another */
	assert_true(c.fresh == 1 && c.changed == 1 && c.folded == 1 && c.known == 0);
	check_whos(&w, WHOS(5, 6));
	merge_whos(&w, WHOS(6, 5), &c);
	assert_true(c.fresh == 0 && c.folded == 0 && c.changed + c.known == 2);
	check_whos(&w, WHOS(5, 6));
	merge_whos(&w, WHOS(0), &c);                     /* an older export, without names: it counts once, and takes none away */
	assert_true(c.fresh == 0 && c.folded == 0 && c.changed + c.known == 1);
	check_whos(&w, WHOS(5, 6));
	merge_whos(&w, WHOS(8), &c);
	assert_true(c.fresh == 1);
	check_whos(&w, WHOS(5, 6, 8));
	world_close(&w);
}

static void a_stop_leaves_whole_days_and_a_second_run_finishes(void **unused)
{
	(void)unused;
	struct world w;
	struct shape s = { 0, 1, 1, false };
	struct row rows[50], again[50];
	struct merged count = { 0 };
	bool stopped;
	world_open(&w, ":memory:", 8, false);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		rows[i] = random_row(&w, &s);
		rows[i].at = (int64_t)(i % 5) * DAY, rows[i].hash = i;
	}
	memcpy(again, rows, sizeof again);
	w.op.stop = &stop, w.op.progress = stop_after_two, stop = 0;
	assert_true(segment_merge(&w.op, rows, LENGTH(rows), false, &count, &stopped));
	assert_true(stopped);
	assert_int_equal(count.fresh, 20);
	w.op.progress = NULL, stop = 0;
	assert_true(segment_merge(&w.op, again, LENGTH(again), false, &count, &stopped));
	assert_false(stopped);
	assert_int_equal(count.fresh, 50);
	assert_int_equal(count.known, 20);
	world_close(&w);
}

enum { KILL_DAYS = 6, KILL_ROWS = 6000 };

struct tally { uint64_t n[KILL_DAYS], named[KILL_DAYS]; };

static bool tally_touch(void *to, const struct touch *t)
{
	struct tally *y = to;
	int64_t day = when_day(t->at) - 20000;
	y->n[day]++;
	y->named[day] += t->who.n == 5;
	return true;
}

/* A child merges and is killed at any moment: each day is as before or as after. */
static void death_leaves_whole_days_and_a_second_run_finishes(void **unused)
{
	(void)unused;
	struct world w;
	struct shape s = { 20000, KILL_DAYS, UINT64_MAX >> 12, false };
	struct row *rows = mem_get(KILL_ROWS * sizeof *rows), *copy = mem_get(KILL_ROWS * sizeof *copy);
	uint64_t whole[KILL_DAYS] = { 0 }, days, touches;
	folder_make(NULL);
	world_open(&w, path, 12, false);
	for (size_t i = 0; i < KILL_ROWS; i++) {
		rows[i] = random_row(&w, &s);
		rows[i].hash = i, rows[i].who = 0;
		whole[when_day(rows[i].at) - 20000]++;
	}
	world_close(&w);
	for (int round = 0; round < 24; round++) {
		/* the odd rounds give names to what the even ones brought */
		if (round % 2 == 0) {
			folder_drop(NULL);
			folder_make(NULL);
			world_open(&w, path, 12, false);
			world_close(&w);
		}
		for (size_t i = 0; i < KILL_ROWS; i++)
			rows[i].who = round % 2 ? 5 : 0;
		pid_t child = fork();
		if (child == 0) {
			struct op op;
			struct merged count = { 0 };
			bool stopped;
			memcpy(copy, rows, KILL_ROWS * sizeof *rows);
			_exit(test_open(&op, path) && segment_merge(&op, copy, KILL_ROWS, false, &count, &stopped) ? 0 : 1);
		}
		nanosleep(&(struct timespec){ 0, (long)chance(60) * 1000000 + (long)chance(1000000) }, NULL);
		kill(child, SIGKILL);
		int status;
		waitpid(child, &status, 0);
		assert_false(WIFEXITED(status) && WEXITSTATUS(status));
		struct op op;
		struct tally y = { 0 };
		struct merged count = { 0 };
		bool stopped;
		assert_true(test_open(&op, path));
		if (!ledger_check(&op, false, &days, &touches) || !ledger_each_touch(&op, tally_touch, &y))
			fail_msg("%s", op.err.say);
		for (int d = 0; d < KILL_DAYS; d++) {
			assert_true(y.n[d] == whole[d] || (round % 2 == 0 && y.n[d] == 0));
			assert_true(y.named[d] == 0 || (round % 2 && y.named[d] == whole[d]));
		}
		memcpy(copy, rows, KILL_ROWS * sizeof *rows);
		assert_true(segment_merge(&op, copy, KILL_ROWS, false, &count, &stopped) && !stopped);
		y = (struct tally){ 0 };
		assert_true(ledger_check(&op, false, &days, &touches) && ledger_each_touch(&op, tally_touch, &y));
		assert_int_equal(touches, KILL_ROWS);
		for (int d = 0; d < KILL_DAYS; d++)
			assert_int_equal(y.named[d], round % 2 ? whole[d] : 0);
		op_close(&op);
	}
	free(rows);
	free(copy);
	folder_drop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_merges_are_what_an_array_would_hold),
		cmocka_unit_test(days_of_many_parts_are_merged_in_any_order),
		cmocka_unit_test(answers_are_those_of_the_rule),
		cmocka_unit_test(answers_from_copies_are_those_of_the_rule),
		cmocka_unit_test(more_kinds_than_eight_widen_the_answer),
		cmocka_unit_test(damage_is_found_and_harmless),
		cmocka_unit_test(a_touch_outside_its_day_or_of_nobody_is_told),
		cmocka_unit_test(flavours_out_of_order_are_told),
		cmocka_unit_test(a_listing_of_several_parts_comes_back),
		cmocka_unit_test_setup_teardown(what_is_known_is_not_written_again, folder_make, folder_drop),
		cmocka_unit_test(one_source_that_names_two_customers_is_two_touches),
		cmocka_unit_test(a_stop_leaves_whole_days_and_a_second_run_finishes),
		cmocka_unit_test(death_leaves_whole_days_and_a_second_run_finishes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
