/* exposed - who is at risk, for people and for machines. Opens nothing sealed: references only. */
#include "incident_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- counting ---- */

struct regions { struct op *op; const struct bits *of; struct region_count *region; size_t n, room; int64_t all; };

/* They come in the order of the regions. */
static void count_region(void *to, customer_id id, struct str region)
{
	struct regions *r = to;
	if (r->of && !bits_has(r->of, id.n))
		return;
	r->all++;
	if (!r->n || !str_eq(r->region[r->n - 1].name, region)) {
		r->region = arena_more(r->op->a, r->region, r->n, &r->room, sizeof *r->region);
		r->region[r->n++] = (struct region_count){ arena_str(r->op->a, region), 0 };
	}
	r->region[r->n - 1].n++;
}

struct living { struct str region; const struct bits *of; struct bits *in; };

static void lives_there(void *to, customer_id id, struct str region)
{
	struct living *l = to;
	if (bits_has(l->of, id.n) && str_eq(l->region, region))
		bits_add(l->in, id.n);
}

static void lives_somewhere(void *to, customer_id id, struct str region)
{
	struct living *l = to;
	(void)region;
	if (id.n < l->in->n)
		l->in->w[id.n >> 6] &= ~((uint64_t)1 << (id.n & 63));
}

static int more_first(const void *a, const void *b)
{
	const struct region_count *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : str_cmp(x->name, y->name);
}

/* Only those who live there stay in t->who. */
static bool keep_region(struct op *op, struct str region, struct tally *t)
{
	bool nowhere = str_eq(region, STR("unknown"));
	struct bits in = bits_open(t->who.n);
	if (nowhere)
		memcpy(in.w, t->who.w, (t->who.n + 63) / 64 * sizeof *in.w);
	struct living l = { region, &t->who, &in };
	bool good = ledger_each_region(op, nowhere ? lives_somewhere : lives_there, &l);
	bits_close(&t->who);
	t->who = in;
	return good;
}

bool incident_tally(struct op *op, const struct exposed *e, kinds kind, struct str region, struct tally *t)
{
	struct bits forgotten = { 0 };
	*t = (struct tally){ .who = bits_open((size_t)e->n + 1) };
	for (uint32_t c = 1; exposed_next(e, &c); c++)
		if (!kind || (exposed_kinds(e, c) & kind))
			bits_add(&t->who, c);
	bool good = ledger_forgotten(op, &forgotten) && (!region.n || keep_region(op, region, t));
	struct regions r = { .op = op, .of = &t->who };
	good = good && ledger_each_region(op, count_region, &r);
	for (size_t c = 1; good && bits_next(&t->who, &c); c++) {
		t->customers++;
		t->forgotten += bits_has(&forgotten, c);
		for (kinds rest = exposed_kinds(e, (uint32_t)c); rest; rest &= rest - 1)
			t->by_kind[__builtin_ctzll(rest)]++;
	}
	bits_close(&forgotten);
	if (!good) {
		bits_close(&t->who);
		return false;
	}
	if (t->customers > r.all) {
		r.region = arena_more(op->a, r.region, r.n, &r.room, sizeof *r.region);
		r.region[r.n++] = (struct region_count){ STR("unknown"), t->customers - r.all };
	}
	if (r.n)
		qsort(r.region, r.n, sizeof *r.region, more_first);
	t->region = r.region, t->regions = r.n;
	return true;
}

/* ---- rows ---- */

struct walk { struct op *op; struct answer *answer; const struct exposed *e; const struct tally *t; struct bits forgotten; bool refs; };

static void put_kinds(struct answer *answer, kinds of)
{
	struct str words[KIND_COUNT];
	size_t n = 0;
	for (int k = 0; k < KIND_COUNT; k++)
		if (of >> k & 1)
			words[n++] = str_of(kind_name((enum kind)k));
	answer_words(answer, "kinds", words, n);
}

static bool each_customer(void *to, customer_id id, struct str ref, struct str region)
{
	struct walk *w = to;
	(void)region;
	if (!bits_has(&w->t->who, id.n))
		return true;
	if (w->refs) {
		w->answer->put(w->answer->to, ref);
		w->answer->put(w->answer->to, STR("\n"));
		return !op_stopped(w->op);
	}
	bool touched = w->e->touches[id.n];
	answer_row(w->answer);
	answer_text(w->answer, "customer_ref", ref);
	put_kinds(w->answer, exposed_kinds(w->e, id.n));
	answer_time(w->answer, "first_touch", touched ? w->e->first[id.n] : FAR_OFF);
	answer_time(w->answer, "last_touch", touched ? w->e->last[id.n] : FAR_OFF);
	answer_number(w->answer, "touches", w->e->touches[id.n]);
	answer_flag(w->answer, "forgotten", bits_has(&w->forgotten, id.n));
	answer_row_end(w->answer);
	return !op_stopped(w->op);
}

static void say_counts(struct op *op, const struct incident *i, const struct exposed *e, const struct tally *t, struct answer *answer)
{
	struct str words[KIND_COUNT], *names = ARENA_ARRAY(op->a, struct str, t->regions + 1);
	int64_t counts[KIND_COUNT], *many = ARENA_ARRAY(op->a, int64_t, t->regions + 1);
	size_t n = 0;
	for (int k = 0; k < KIND_COUNT; k++)
		if (t->by_kind[k])
			words[n] = str_of(kind_name((enum kind)k)), counts[n++] = t->by_kind[k];
	for (size_t r = 0; r < t->regions; r++)
		names[r] = t->region[r].name, many[r] = t->region[r].n;
	answer_row(answer);
	answer_number(answer, "customers", t->customers);
	answer_number(answer, "forgotten", t->forgotten);
	answer_number(answer, "unnamed_touches", (int64_t)e->unnamed);
	answer_number(answer, "unnamed_found", (int64_t)e->found);
	answer_counts(answer, "by_kind", words, counts, n);
	answer_counts(answer, "by_region", names, many, t->regions);
	answer_row_end(answer);
	answer_say(answer, "Incident %" PRId64 ": " STR_FMT, i->id, STR_ARG(i->title));
	answer_say(answer, "%s at risk.", counted(op->a, t->customers, "customer is", "customers are"));
	for (size_t k = 0; k < n; k++)
		answer_say(answer, "  %-22.*s %" PRId64, STR_ARG(words[k]), counts[k]);
	for (size_t r = 0; r < t->regions && r < 10; r++)
		answer_say(answer, "  in %-19.*s %" PRId64, STR_ARG(names[r]), many[r]);
	if (t->forgotten)
		answer_say(answer, "%s at their wish, and cannot be told.", counted(op->a, t->forgotten, "of them was forgotten", "of them were forgotten"));
	if (e->unnamed)
		answer_say(answer, e->unnamed == 1 ? "%" PRIu64 " more payment is at risk that names nobody. Your payment service can reach that person: ask it to."
		                                   : "%" PRIu64 " more payments are at risk that name nobody. Your payment service can reach those people: ask it to.", e->unnamed);
	if (e->found)
		answer_say(answer, "%" PRIu64 " numbers in files there stand in the record of no customer we know: whose they are is not known.", e->found);
}

static bool verify(struct op *op, const struct incident *i, const struct exposed *e, struct answer *answer)
{
	struct exposed *brute;
	uint32_t at = 0;
	if (!exposure_brute(op, i->suspicion, i->n, &brute))
		return false;
	bool same = exposed_same(e, brute, &at);
	exposed_close(brute);
	answer_note(answer, same ? "Verified: brute force over every touch gives the same answer."
	                         : "NOT the same by brute force, first at customer number %" PRIu32 ". Please report this; run handback check.", at);
	answer->attention |= !same;
	return true;
}

/* A doubtful time is a span: some moment of it was in the window. */
static struct str touched_text(struct op *op, const struct reason *r)
{
	struct str at = when_local_text(op->a, op->zone, r->at);
	return r->spread ? arena_say(op->a, "at a moment not known, between " STR_FMT " and " STR_FMT, STR_ARG(at), STR_ARG(when_local_text(op->a, op->zone, r->at + (int64_t)r->spread))) : at;
}

static bool why(struct op *op, const struct incident *i, struct str ref, struct answer *answer)
{
	customer_id id;
	struct reason *reason;
	size_t n;
	if (!ledger_customer_by_ref(op, ref, &id) || !exposure_why(op, i->suspicion, i->n, ledger_person(op, id), &reason, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		const struct reason *r = &reason[k];
		answer_row(answer);
		answer_text(answer, "customer_ref", ref);
		put_kinds(answer, r->kinds);
		answer_time(answer, "at", r->listing || r->finding ? FAR_OFF : r->at);
		answer_number(answer, "spread", r->spread);
		answer_text(answer, "way", r->way);
		answer_text(answer, "because", r->because);
		answer_text(answer, "from", r->listing ? STR("listing") : r->finding ? STR("finding") : STR("touch"));
		if (r->has_last4) {
			answer_text(answer, "brand", str_of(brand_name(r->brand)));
			answer_text(answer, "last4", arena_say(op->a, "%04u", r->last4));
		}
		answer_row_end(answer);
		if (k)
			answer_say(answer, "%s", "");
		answer_say(answer, STR_FMT "  " STR_FMT "%s", STR_ARG(r->listing ? STR("in a customer list") : r->finding ? STR("in a file") : touched_text(op, r)), STR_ARG(r->way), r->has_last4 ? arena_printf(op->a, "  (%s ending %04u)", brand_name(r->brand), r->last4) : "");
		answer_say(answer, "  " STR_FMT, STR_ARG(kinds_text(op->a, r->kinds, ", ")));
		answer_say(answer, "  " STR_FMT "%s", STR_ARG(r->because), r->spread ? " Its time is doubtful, and part of that span is in question: so it counts." : "");
	}
	if (!n)
		answer_say(answer, STR_FMT " is not at risk by incident %" PRId64 ": nothing of theirs was there then.", STR_ARG(ref), i->id);
	return true;
}

static void say_open_questions(struct op *op, const struct sources *s, struct answer *answer)
{
	struct str *question;
	size_t n;
	for (size_t p = 0; p < s->places_empty; p++) {
		struct holder h;
		if (map_holder(op, s->place_empty[p], &h))
			answer_note(answer, "It is not known what stands at place:" STR_FMT ", so what was kept there could not be looked up. Say it: handback holder add NAME --at '" STR_FMT "'",
			            STR_ARG(h.name), STR_ARG(h.name));
	}
	if (exposure_questions(op, s, &question, &n))
		for (size_t k = 0; k < n; k++)
			answer_note(answer, STR_FMT, STR_ARG(question[k]));
}

/* Nobody lives in a region: a slip of the pen shows by where they do. */
static bool region_hint(struct op *op, struct str region, struct answer *answer)
{
	enum { SHOWN = 8 };
	struct regions r = { .op = op };
	struct buf b = BUF(1024);
	bool there = str_eq(region, STR("unknown"));
	if (!ledger_each_region(op, count_region, &r))
		return false;
	if (r.n)
		qsort(r.region, r.n, sizeof *r.region, more_first);
	for (size_t i = 0; i < r.n; i++) {
		there |= str_eq(r.region[i].name, region);
		if (i < SHOWN)
			buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(r.region[i].name));
	}
	if (!there)
		answer_note(answer, "No customer that is known lives in " STR_FMT ". They live in " STR_FMT "%s.", STR_ARG(region),
		            STR_ARG(b.n ? buf_str(&b) : STR("no region that is known")), r.n > SHOWN ? " and others" : "");
	buf_free(&b);
	return true;
}

/* Nobody at risk: then when the holders were in use at all, for a window or a year may be mistyped. */
static bool say_used(struct op *op, const struct incident *i, struct answer *answer)
{
	for (size_t k = 0; k < i->n; k++) {
		struct suspicion whole = { i->suspicion[k].holder, LONG_AGO, FAR_OFF, PASSING };
		int64_t first = FAR_OFF, last = LONG_AGO;
		struct exposed *e;
		struct sources s;
		struct holder h;
		if (!map_holder(op, whole.holder, &h) || !exposure_of(op, &whole, 1, true, &e, &s))
			return false;
		for (uint32_t c = 1; c < e->n; c++)
			if (exposed_kinds(e, c) && e->touches[c]) {
				first = e->first[c] < first ? e->first[c] : first;
				last = e->last[c] > last ? e->last[c] : last;
			}
		exposed_close(e);
		if (last > LONG_AGO)
			answer_say(answer, "Customers' information came to %s:" STR_FMT " from " STR_FMT " to " STR_FMT "; the window is " STR_FMT ".", sort_name(h.sort), STR_ARG(h.name),
			           STR_ARG(when_day_text(op->a, op->zone, first, "en")), STR_ARG(when_day_text(op->a, op->zone, last, "en")),
			           STR_ARG(window_text(op, i->suspicion[k].from, i->suspicion[k].to)));
		else
			answer_say(answer, "No information of a known customer is known to have come to %s:" STR_FMT " at any time.", sort_name(h.sort), STR_ARG(h.name));
	}
	return true;
}

bool incident_exposed_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct str region = args_text(args, "region");
	kinds only = 0;
	enum kind k;
	if (!incident_asked(op, args, &i))
		return false;
	if (args_has(args, "kind")) {
		if (!kind_parse(args_text(args, "kind"), &k))
			return err_set(&op->err, INVALID, "kind", "There is no kind of data \"" STR_FMT "\". Kinds are: " STR_FMT ".",
			               STR_ARG(args_text(args, "kind")), STR_ARG(kinds_text(op->a, KINDS_ALL, ", ")));
		only = (kinds)1 << k;
	}
	if (region.n && !str_eq(region, STR("unknown")) && !str_region(region))
		return err_set(&op->err, INVALID, "region", "--region is a country and a part of it, like US-NY%s" STR_FMT "; or unknown.", region.n == 2 ? ". Did you mean US-" : "",
		               STR_ARG(region.n == 2 ? region : STR("")));
	if (args_has(args, "why"))
		return why(op, &i, args_text(args, "why"), answer);
	bool count = args_has(args, "count"), refs = args_has(args, "refs") && !count, rows = answer->json && !count && !refs;
	struct exposed *e;
	struct sources s;
	struct tally t;
	if (!ledger_nobody_missing(op) || !exposure_of(op, i.suspicion, i.n, rows, &e, &s))
		return false;
	if (!incident_tally(op, e, only, region, &t)) {
		exposed_close(e);
		return false;
	}
	struct walk w = { .op = op, .answer = answer, .e = e, .t = &t, .refs = refs };
	bool good = !(rows || refs) || (ledger_forgotten(op, &w.forgotten) && ledger_each_customer(op, each_customer, &w));
	if (good && region.n && !t.customers)
		good = region_hint(op, region, answer);
	if (good && !rows && !refs)
		say_counts(op, &i, e, &t, answer);
	if (good && !rows && !refs && !count && t.customers)
		answer_say(answer, "\nWhich: handback incident exposed %" PRId64 " --refs      Why one of them: --why REF\nNext:  handback notice draft %" PRId64, i.id, i.id);
	if (good && !t.customers && !e->unnamed && !answer->json && !refs && !only && !region.n)
		good = say_used(op, &i, answer);
	if (good)
		say_open_questions(op, &s, answer);
	if (good && args_has(args, "verify"))
		good = verify(op, &i, e, answer);
	bits_close(&w.forgotten);
	bits_close(&t.who);
	exposed_close(e);
	return good;
}
