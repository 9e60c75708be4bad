/* exposed - who is at risk, for people and for machines. Opens nothing sealed: references only. */
#include "incident_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct region { struct str name; int64_t n; };
struct walk {
	struct op *op; struct answer *answer; const struct exposed *e;
	kinds kind; struct str region;
	bool nowhere, lives_there;                       /* those whose region is not known; somebody at all lives in `region` */
	bool rows, refs;
	struct bits forgotten; uint64_t customers, untold; int64_t by_kind[KIND_COUNT];
	struct region *regions; size_t n_regions, room;
};

static void count_region(struct walk *w, struct str region)
{
	for (size_t i = 0; i < w->n_regions; i++)
		if (str_eq(w->regions[i].name, region)) {
			w->regions[i].n++;
			return;
		}
	w->regions = arena_more(w->op->a, w->regions, w->n_regions, &w->room, sizeof *w->regions);
	w->regions[w->n_regions++] = (struct region){ arena_str(w->op->a, region), 1 };
}

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
	kinds of = id.n < w->e->n ? exposed_kinds(w->e, id.n) : 0;
	bool here = w->nowhere ? !region.n : !w->region.n || str_eq(w->region, region);
	w->lives_there |= here;
	if (!here && w->region.n && region.n)
		count_region(w, region);                 /* for the hint: where customers live */
	if (!of || (w->kind && !(of & w->kind)) || !here)
		return true;
	bool forgotten = bits_has(&w->forgotten, id.n);
	w->customers++;
	w->untold += forgotten;
	for (kinds rest = of; rest; rest &= rest - 1)
		w->by_kind[__builtin_ctzll(rest)]++;
	if (!w->region.n)
		count_region(w, region.n ? region : STR("unknown"));
	if (w->rows) {
		answer_row(w->answer);
		answer_text(w->answer, "customer_ref", ref);
		put_kinds(w->answer, of);
		bool touched = w->e->touches[id.n];
		answer_time(w->answer, "first_touch", touched ? w->e->first[id.n] : FAR_OFF);
		answer_time(w->answer, "last_touch", touched ? w->e->last[id.n] : FAR_OFF);
		answer_number(w->answer, "touches", w->e->touches[id.n]);
		answer_flag(w->answer, "forgotten", forgotten);
		answer_row_end(w->answer);
	}
	if (w->refs) {
		w->answer->put(w->answer->to, ref);
		w->answer->put(w->answer->to, STR("\n"));
	}
	return !op_stopped(w->op);
}

static int more_first(const void *a, const void *b)
{
	const struct region *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : str_cmp(x->name, y->name);
}

static void say_counts(struct walk *w, const struct incident *i)
{
	struct answer *answer = w->answer;
	struct str words[KIND_COUNT], *names = ARENA_ARRAY(w->op->a, struct str, w->n_regions + 1);
	int64_t counts[KIND_COUNT], *many = ARENA_ARRAY(w->op->a, int64_t, w->n_regions + 1);
	size_t n = 0;
	for (int k = 0; k < KIND_COUNT; k++)
		if (w->by_kind[k])
			words[n] = str_of(kind_name((enum kind)k)), counts[n++] = w->by_kind[k];
	if (w->n_regions)                                /* a list of none has no place, and qsort wants one */
		qsort(w->regions, w->n_regions, sizeof *w->regions, more_first);
	for (size_t r = 0; r < w->n_regions; r++)
		names[r] = w->regions[r].name, many[r] = w->regions[r].n;
	answer_row(answer);
	answer_number(answer, "customers", (int64_t)w->customers);
	answer_number(answer, "forgotten", (int64_t)w->untold);
	answer_number(answer, "unnamed_touches", (int64_t)w->e->unnamed);
	answer_number(answer, "unnamed_found", (int64_t)w->e->found);
	answer_counts(answer, "by_kind", words, counts, n);
	answer_counts(answer, "by_region", names, many, w->n_regions);
	answer_row_end(answer);
	answer_say(answer, "Incident %" PRId64 ": " STR_FMT, i->id, STR_ARG(i->title));
	answer_say(answer, "%s at risk.", counted(w->op->a, (int64_t)w->customers, "customer is", "customers are"));
	for (size_t k = 0; k < n; k++)
		answer_say(answer, "  %-22.*s %" PRId64, STR_ARG(words[k]), counts[k]);
	for (size_t r = 0; r < w->n_regions && r < 10; r++)
		answer_say(answer, "  in %-19.*s %" PRId64, STR_ARG(names[r]), many[r]);
	if (w->untold)
		answer_say(answer, "%s at their wish, and cannot be told.", counted(w->op->a, (int64_t)w->untold, "of them was forgotten", "of them were forgotten"));
	if (w->e->unnamed)
		answer_say(answer, w->e->unnamed == 1 ? "%" PRIu64 " more payment is at risk that names nobody. Your payment service can reach that person: ask it to."
		                                      : "%" PRIu64 " more payments are at risk that name nobody. Your payment service can reach those people: ask it to.", w->e->unnamed);
	if (w->e->found)
		answer_say(answer, "%" PRIu64 " numbers in files there stand in the record of no customer we know: whose they are is not known.", w->e->found);
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
		answer_say(answer, "%s" STR_FMT "  " STR_FMT "%s", k ? "\n" : "", STR_ARG(r->listing ? STR("in a customer list") : r->finding ? STR("in a file") : when_local_text(op->a, op->zone, r->at)),
		           STR_ARG(r->way), r->has_last4 ? arena_printf(op->a, "  (%s ending %04u)", brand_name(r->brand), r->last4) : "");
		answer_say(answer, "  " STR_FMT, STR_ARG(kinds_text(op->a, r->kinds, ", ")));
		answer_say(answer, "  " STR_FMT, STR_ARG(r->because));
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
static void region_hint(struct walk *w)
{
	enum { SHOWN = 8 };
	struct buf b = BUF(1024);
	if (w->n_regions)                                /* a list of none has no place, and qsort wants one */
		qsort(w->regions, w->n_regions, sizeof *w->regions, more_first);
	for (size_t r = 0; r < w->n_regions && r < SHOWN; r++)
		buf_printf(&b, "%s" STR_FMT, r ? ", " : "", STR_ARG(w->regions[r].name));
	answer_note(w->answer, "No customer that is known lives in " STR_FMT ". They live in " STR_FMT "%s.", STR_ARG(w->region),
	            STR_ARG(b.n ? buf_str(&b) : STR("no region that is known")), w->n_regions > SHOWN ? " and others" : "");
	buf_free(&b);
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
	struct walk w = { .op = op, .answer = answer, .region = args_text(args, "region") };
	enum kind k;
	if (!incident_asked(op, args, &i))
		return false;
	if (args_has(args, "kind")) {
		if (!kind_parse(args_text(args, "kind"), &k))
			return err_set(&op->err, INVALID, "kind", "There is no kind of data \"" STR_FMT "\". Kinds are: " STR_FMT ".",
			               STR_ARG(args_text(args, "kind")), STR_ARG(kinds_text(op->a, KINDS_ALL, ", ")));
		w.kind = (kinds)1 << k;
	}
	w.nowhere = str_eq(w.region, STR("unknown"));
	if (w.region.n && !w.nowhere && !str_region(w.region))
		return err_set(&op->err, INVALID, "region", "--region is a country and a part of it, like US-NY%s" STR_FMT "; or unknown.", w.region.n == 2 ? ". Did you mean US-" : "",
		               STR_ARG(w.region.n == 2 ? w.region : STR("")));
	if (args_has(args, "why"))
		return why(op, &i, args_text(args, "why"), answer);
	bool count = args_has(args, "count");
	w.refs = args_has(args, "refs") && !count;
	w.rows = answer->json && !count && !w.refs;
	struct exposed *e;
	struct sources s;
	if (!exposure_of(op, i.suspicion, i.n, w.rows, &e, &s))
		return false;
	w.e = e;
	bool good = ledger_forgotten(op, &w.forgotten) && ledger_each_customer(op, each_customer, &w);
	if (good && w.region.n && !w.lives_there)
		region_hint(&w);
	if (w.region.n)                                  /* those counted were for the hint */
		w.n_regions = 0;
	if (good && w.region.n && w.customers)
		w.n_regions = 1, w.regions = ARENA_NEW(op->a, struct region), *w.regions = (struct region){ w.region, (int64_t)w.customers };
	if (good && (count || (!answer->json && !w.refs)))
		say_counts(&w, &i);
	if (good && !answer->json && !w.refs && !count && w.customers)
		answer_say(answer, "\nWhich: handback incident exposed %" PRId64 " --refs      Why one of them: --why REF\nNext:  handback notice draft %" PRId64, i.id, i.id);
	if (good && !w.customers && !e->unnamed && !answer->json && !w.refs && !w.kind && !w.region.n)
		good = say_used(op, &i, answer);
	if (good)
		say_open_questions(op, &s, answer);
	if (good && args_has(args, "verify"))
		good = verify(op, &i, e, answer);
	bits_close(&w.forgotten);
	exposed_close(e);
	return good;
}
