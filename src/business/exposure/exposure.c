/* exposure - the formula: the map's intervals, looked up in the ledger; and why, for one customer. */
#include "exposure.h"
#include "found.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool exposure_sources(struct op *op, const struct suspicion *s, size_t n, struct sources *sources)
{
	struct bits dwelling;
	if (!found_holders(op, &dwelling))
		return false;
	bool good = map_sources(op, s, n, &dwelling, sources);
	bits_close(&dwelling);
	return good;
}

bool exposure_of(struct op *op, const struct suspicion *s, size_t n, bool with_touches, struct exposed **out, struct sources *sources)
{
	struct exposed *e = exposure_sources(op, s, n, sources) ? exposed_open(op, with_touches) : NULL;
	if (!e)
		return false;
	uint32_t any = 1;
	bool good = ledger_touched(op, sources->source, sources->n, e);
	sources->touched = good && (e->unnamed || exposed_next(e, &any));
	if (!good || !find_at(op, sources->dwell, sources->dwells, e, &sources->found)) {
		exposed_close(e);
		return false;
	}
	*out = e;
	return true;
}

bool exposure_quick(struct op *op, bool *yes)
{
	enum { QUICK = 100000 };                         /* touches and customers that are looked through */
	uint32_t customers;
	int64_t touches;
	if (!ledger_size(op, &customers) || !ledger_touches(op, &touches))
		return false;
	*yes = touches + (int64_t)customers <= QUICK;
	return true;
}

bool exposed_same(const struct exposed *a, const struct exposed *b, uint32_t *differs_at)
{
	for (uint32_t i = 1; i < a->n || i < b->n; i++)
		if ((i < a->n ? exposed_kinds(a, i) : 0) != (i < b->n ? exposed_kinds(b, i) : 0)) {
			*differs_at = i;
			return false;
		}
	*differs_at = 0;
	return a->unnamed == b->unnamed && a->unnamed_kinds == b->unnamed_kinds && a->found == b->found && a->found_kinds == b->found_kinds;
}

/* ---- why ---- */

struct asking {
	struct op *op;
	const struct suspicion *suspicion; const struct sources *sources;
	const customer_id *who; size_t joined;           /* everybody who is the person asked about */
	struct reason *reason; size_t n, cap;
	const struct found *found;                       /* at work */
};

static bool asked_about(const struct asking *q, customer_id who)
{
	for (size_t i = 0; i < q->joined; i++)
		if (q->who[i].n == who.n)
			return true;
	return false;
}

static struct str way_text(struct op *op, const struct way *w)
{
	struct atlas m;
	struct holder h;
	struct buf b = BUF(8192);
	if (map_holder(op, w->entry, &h))
		buf_put(&b, h.name);
	if (w->n && map_atlas(op, &m))
		for (size_t i = 0; i < w->n; i++)
			for (size_t f = 0; f < m.flows; f++)
				if (m.flow[f].id == w->flow[i] && map_holder(op, m.flow[f].to, &h)) {
					buf_put(&b, STR(" -> "));
					buf_put(&b, h.name);
				}
	struct str text = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return text;
}

/* "It came to Drive and was kept there in the time in question." */
static struct str because(struct op *op, const struct suspicion *s, struct str what, const char *passed, const char *came, holder_id asks)
{
	struct holder at = { 0 }, asked;
	struct str assumed = STR("");
	map_holder(op, s->holder, &at);
	if (asks.n && map_holder(op, asks, &asked) && map_assumed(asked.sort, KIND_NAME))
		assumed = arena_say(op->a, " That " STR_FMT " keeps it so long is assumed: nobody has told.", STR_ARG(asked.name));
	return arena_say(op->a, STR_FMT " %s " STR_FMT "%s in the time in question." STR_FMT, STR_ARG(what), s->manner == PASSING ? passed : came, STR_ARG(at.name),
	                 s->manner == PASSING ? "" : s->manner == KEPT ? " and was kept there" : " or was kept there", STR_ARG(assumed));
}

static struct reason *reason_new(struct asking *q, holder_id entry, kinds k, uint32_t suspicion, uint32_t way)
{
	q->reason = arena_more(q->op->a, q->reason, q->n, &q->cap, sizeof *q->reason);
	struct reason *r = &q->reason[q->n++];
	*r = (struct reason){ .entry = entry, .kinds = k, .suspicion = suspicion };
	r->way = way_text(q->op, &q->sources->way[way]);
	return r;
}

static struct reason *reason_add(struct asking *q, const struct source *source, kinds k, bool listing)
{
	struct reason *r = reason_new(q, source->entry, k, source->suspicion, source->way);
	r->listing = listing;
	r->dim = source->dim;
	r->because = listing ? because(q->op, &q->suspicion[source->suspicion], STR("The contact stood in a customer list"), "that reached", "that reached", source->asks)
	                     : because(q->op, &q->suspicion[source->suspicion], STR("It"), "passed through", "came to", source->asks);
	return r;
}

static kinds touch_kinds(const struct touch *t, const struct source *s)
{
	int64_t holder = s->dim == DIM_ENTRY ? t->entry.n : s->dim == DIM_PERSON ? t->person.n : s->dim == DIM_PLACE ? t->place.n : t->service.n;
	kinds k = s->dim == DIM_ENTRY ? t->entry_kinds : s->dim == DIM_PERSON ? t->person_kinds : s->dim == DIM_PLACE ? t->place_kinds : t->service_kinds;
	return holder == s->entry.n && !s->spans_only && t->at <= s->to && t->at + (int64_t)t->spread >= s->from ? k & s->kinds : 0;
}

kinds exposure_touch(const struct sources *s, const struct touch *t)
{
	kinds k = 0;
	for (size_t i = 0; i < s->n; i++)
		k |= touch_kinds(t, &s->source[i]);
	return k;
}

static kinds listed_kinds(const struct listed *l, const struct source *s)
{
	return s->entry.n == l->holder.n && l->came >= s->from ? l->kinds & s->kinds : 0;
}

kinds exposure_listing(const struct sources *s, const struct listed *l)
{
	kinds k = 0;
	for (size_t i = 0; i < s->n; i++)
		k |= listed_kinds(l, &s->source[i]);
	return k;
}

struct walk { const struct sources *sources; void (*each)(void *, const struct touch *, kinds); void *to; kinds of; bool listed; };

static bool walk_touch(void *to, const struct touch *t)
{
	struct walk *w = to;
	w->each(w->to, t, exposure_touch(w->sources, t));
	return true;
}

bool exposure_each_touch(struct op *op, const struct sources *s, void (*each)(void *, const struct touch *, kinds), void *to)
{
	return ledger_each_touch(op, walk_touch, &(struct walk){ .sources = s, .each = each, .to = to });
}

static bool walk_listed(void *to, const struct listed *l)
{
	struct walk *w = to;
	for (size_t i = 0; i < w->sources->n && !w->listed; i++)
		w->listed = (listed_kinds(l, &w->sources->source[i]) & w->of) != 0;
	return !w->listed;
}

bool exposure_listed(struct op *op, const struct sources *s, kinds of, bool *listed)
{
	struct walk w = { .sources = s, .of = of };
	if (!ledger_each_listed(op, walk_listed, &w))
		return false;
	*listed = w.listed;
	return true;
}

static bool why_touch(void *to, const struct touch *t)
{
	struct asking *q = to;
	for (size_t i = 0; i < q->sources->n; i++) {
		kinds k = touch_kinds(t, &q->sources->source[i]);
		if (!k)
			continue;
		struct reason *r = reason_add(q, &q->sources->source[i], k, false);
		r->at = t->at, r->spread = t->spread, r->brand = t->brand, r->last4 = t->last4, r->has_last4 = t->has_last4;
	}
	return true;
}

static bool why_listed(void *to, const struct listed *l)
{
	struct asking *q = to;
	if (!asked_about(q, l->who))
		return true;
	for (size_t i = 0; i < q->sources->n; i++) {
		const struct source *s = &q->sources->source[i];
		if (listed_kinds(l, s))
			reason_add(q, s, listed_kinds(l, s), true)->at = l->came;
	}
	return true;
}

static bool why_named(void *to, customer_id who, kinds k, struct str spot)
{
	struct asking *q = to;
	const struct found *f = q->found;
	struct op *op = q->op;
	if (!asked_about(q, who))
		return true;
	for (size_t i = 0; i < q->sources->dwells; i++) {
		const struct dwell *dwell = &q->sources->dwell[i];
		const struct suspicion *s = &q->suspicion[dwell->suspicion];
		kinds hit = found_answers(f, dwell) & k;
		struct holder at = { 0 };
		if (!hit || !map_holder(op, f->holder, &at))
			continue;
		struct reason *r = reason_new(q, dwell->entry, hit, dwell->suspicion, dwell->way);
		r->finding = true;
		r->at = f->seen;
		struct str gone = f->gone < FAR_OFF ? arena_say(op->a, ", gone by " STR_FMT, STR_ARG(when_day_text(op->a, op->zone, f->gone, "en"))) : STR("");
		struct str found = arena_say(op->a, "It was found in " STR_FMT " on " STR_FMT ", " STR_FMT ", last seen " STR_FMT STR_FMT, STR_ARG(f->path), STR_ARG(at.name),
		                             STR_ARG(spot), STR_ARG(when_day_text(op->a, op->zone, f->seen, "en")), STR_ARG(gone));
		r->because = f->holder.n == s->holder.n ? arena_say(op->a, STR_FMT ".", STR_ARG(found))
		                                        : because(op, s, arena_say(op->a, STR_FMT "; from there it", STR_ARG(found)), "passed through", "came to", dwell->asks);
	}
	return true;
}

static bool why_found(void *to, const struct found *f)
{
	struct asking *q = to;
	q->found = f;
	for (size_t i = 0; i < q->sources->dwells; i++)
		if (found_answers(f, &q->sources->dwell[i]) & f->kinds)
			return found_names(q->op, f->id, why_named, q);
	return true;
}

static bool joined_all(struct op *op, customer_id who, customer_id **out, size_t *n)
{
	size_t most = 32;
	do {
		most *= 2;
		*out = ARENA_ARRAY(op->a, customer_id, most);
		if (!ledger_joined(op, who, *out, most, n))
			return false;
	} while (*n == most);
	return true;
}

bool exposure_why(struct op *op, const struct suspicion *s, size_t n, customer_id who, struct reason **out, size_t *m)
{
	struct sources sources;
	customer_id *joined;
	struct asking q = { .op = op, .suspicion = s, .sources = &sources };
	if (!exposure_sources(op, s, n, &sources) || !joined_all(op, who, &joined, &q.joined))
		return false;
	q.who = joined;
	q.joined = ledger_person(op, who).n == who.n ? q.joined : 0;     /* who was joined to another is looked up as that one */
	if (!ledger_each_touch_of(op, joined, q.joined, why_touch, &q) || !ledger_each_listed(op, why_listed, &q) || !found_each(op, why_found, &q) || op->err.code != OK)
		return false;
	*out = q.reason, *m = q.n;
	return true;
}

static bool ask_holder(struct op *op, holder_id h, struct str *out, holder_id *asked, size_t *n, size_t max)
{
	struct holder holder;
	if (!h.n || *n == max)
		return true;
	for (size_t k = 0; k < *n; k++)
		if (asked[k].n == h.n)
			return true;
	if (!map_holder(op, h, &holder))
		return false;
	asked[*n] = h;
	out[(*n)++] = arena_say(op->a, N_("Nobody has told how long %.*s itself keeps things; this answer assumes %s. If you know, say it: handback holder add '%s:%.*s' --keeps KIND=90d"),
	                        STR_ARG(holder.name), map_assumed(holder.sort, KIND_NAME) ? N_("until it is deleted (magnetic stripe, codes and PINs: not at all)")
	                                                                                  : N_("that it hands on and keeps nothing, as is usual; if it does keep things, more people are at risk"),
	                        sort_name(holder.sort), STR_ARG(holder.name));
	return true;
}

bool exposure_questions(struct op *op, const struct sources *sources, struct str **out, size_t *n)
{
	enum { QUESTIONS_MAX = 5 };
	holder_id asked[QUESTIONS_MAX];
	*out = ARENA_ARRAY(op->a, struct str, QUESTIONS_MAX);
	*n = 0;
	for (size_t i = 0; sources->touched && i < sources->n; i++)
		if (!ask_holder(op, sources->source[i].asks, *out, asked, n, QUESTIONS_MAX))
			return false;
	for (size_t i = 0; sources->found && i < sources->dwells; i++)
		if (!ask_holder(op, sources->dwell[i].asks, *out, asked, n, QUESTIONS_MAX))
			return false;
	return true;
}
