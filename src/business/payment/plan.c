/* plan - what answers put on the map: worked out by the rules of data/questions.txt, shown, and then put there. */
#include "log.h"
#include "task_int.h"
#include "walk_sql.h"

#include <assert.h>
#include <stdlib.h>

enum { FLOWS_MAX_PLANNED = 4000 };

/* ---- working it out ---- */

struct planning { struct op *op; const struct answers *a; bool asked[QUESTIONS_MAX]; struct holder *map; size_t on_map; bool spanish; struct plan *plan; size_t holder_room, flow_room, keep_room; };

static const struct holder *map_has(const struct planning *p, enum holder_sort sort, struct str name)
{
	for (size_t i = 0; i < p->on_map; i++)
		if (p->map[i].sort == sort && str_eq(p->map[i].name, name))
			return &p->map[i];
	return NULL;
}

static size_t holder_of(struct planning *p, enum holder_sort sort, struct str name, bool stand_in)
{
	struct plan *plan = p->plan;
	for (size_t i = 0; i < plan->holders; i++)
		if (plan->holder[i].sort == sort && str_eq(plan->holder[i].name, name))
			return i;
	const struct holder *there = map_has(p, sort, name);
	plan->holder = arena_more(p->op->a, plan->holder, plan->holders, &p->holder_room, sizeof *plan->holder);
	plan->holder[plan->holders] = (struct plan_holder){ sort, name, { there ? there->id.n : 0 }, stand_in };
	return plan->holders++;
}

/* A stand-in has the name that it has on the map already, in whichever language it came there. */
static size_t stand_in_of(struct planning *p, size_t n)
{
	const struct stand_in *s = &stand_ins[n];
	struct str en = str_of(s->name.en), es = str_of(s->name.es);
	bool spanish = map_has(p, s->sort, es) || (p->spanish && !map_has(p, s->sort, en));
	return holder_of(p, s->sort, spanish ? es : en, true);
}

/* Who stands at a place of a rule: at most NAMES_MAX. */
static size_t who(struct planning *p, const struct rule_end *place, size_t out[NAMES_MAX])
{
	if (!place->asked) {
		out[0] = stand_in_of(p, place->n);
		return 1;
	}
	const struct question *q = &questions[place->n];
	if (!p->asked[place->n] || p->a->set[place->n] == ANSWER_NONE)
		return 0;
	if (p->a->set[place->n] != ANSWER_NAMED) {
		if (q->instead < 0)
			return 0;
		out[0] = stand_in_of(p, (size_t)q->instead);
		return 1;
	}
	size_t n = 0;
	for (struct str rest = p->a->text[place->n]; rest.p && n < NAMES_MAX;)
		out[n++] = holder_of(p, (enum holder_sort)q->sort, str_split(&rest, '\n'), false);
	return n;
}

static void flow_of(struct planning *p, size_t from, size_t to, const struct map_rule *r)
{
	struct plan *plan = p->plan;
	for (size_t i = 0; i < plan->flows; i++)
		if (plan->flow[i].from == from && plan->flow[i].to == to && plan->flow[i].manner == r->manner) {
			plan->flow[i].kinds |= r->kinds;
			return;
		}
	plan->flow = arena_more(p->op->a, plan->flow, plan->flows, &p->flow_room, sizeof *plan->flow);
	plan->flow[plan->flows++] = (struct plan_flow){ from, to, r->manner, r->kinds, r->part };
}

/* Of two answers the longer time counts. */
static void keep_of(struct planning *p, size_t holder, enum kind kind, int64_t keeps)
{
	struct plan *plan = p->plan;
	for (size_t i = 0; i < plan->keeps; i++)
		if (plan->keep[i].holder == holder && plan->keep[i].kind == kind) {
			plan->keep[i].keeps = plan->keep[i].keeps > keeps ? plan->keep[i].keeps : keeps;
			return;
		}
	plan->keep = arena_more(p->op->a, plan->keep, plan->keeps, &p->keep_room, sizeof *plan->keep);
	plan->keep[plan->keeps++] = (struct plan_keep){ holder, kind, keeps };
}

bool payment_plan(struct op *op, const struct answers *a, struct plan *out)
{
	struct planning p = { .op = op, .a = a, .plan = out, .spanish = str_eq(op_setting(op, "language"), STR("es")) };
	size_t from[NAMES_MAX], to[NAMES_MAX];
	*out = (struct plan){ 0 };
	if (!map_holders(op, &p.map, &p.on_map))
		return false;
	questions_asked(a, p.asked);
	for (const struct map_rule *r = map_rules; r < map_rules + map_rules_n; r++) {
		if (!part_chosen(a, r->part) || !condition_holds(a, p.asked, &r->when))
			continue;
		size_t n = who(&p, &r->from, from), m = who(&p, &r->to, to);
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < m; k++) {
				bool oneself = from[i] == to[k];         /* the customer list may be the payment company's */
				if (!oneself && out->flows >= FLOWS_MAX_PLANNED)
					return err_set(&op->err, TOO_BIG, NULL, "These answers make more than %d flows. Name fewer readers or persons: one name can stand for several.", FLOWS_MAX_PLANNED);
				if (!oneself)
					flow_of(&p, from[i], to[k], r);
			}
	}
	for (const struct keep_rule *r = keep_rules; r < keep_rules + keep_rules_n; r++) {
		if (!part_chosen(a, r->part) || !condition_holds(a, p.asked, &r->when))
			continue;
		size_t n = who(&p, &r->holder, from);
		for (size_t i = 0; i < n; i++)
			for (kinds k = r->kinds; k; k &= k - 1)
				keep_of(&p, from[i], (enum kind)__builtin_ctzll(k), r->keeps);
	}
	return op->err.code == OK;
}

struct str plan_flow_say(struct arena *a, const struct plan *p, const struct plan_flow *f, bool spanish)
{
	static const struct both says[] = { [HANDS_ON] = { "passes on to", "pasa a" }, [COPIES] = { "is copied to", "se copia a" }, [SEES] = { "is seen by", "lo ve" } };
	const struct both *way = &says[f->manner];
	return arena_say(a, STR_FMT " %s " STR_FMT ": " STR_FMT, STR_ARG(p->holder[f->from].name), spanish ? way->es : way->en, STR_ARG(p->holder[f->to].name),
	                 STR_ARG(kinds_text(a, f->kinds, ", ")));
}

/* ---- putting it there ---- */

static bool holders_put(struct op *op, struct plan *p, struct applied *done)
{
	for (size_t i = 0; i < p->holders; i++) {
		struct plan_holder *h = &p->holder[i];
		bool new = !h->id.n;
		done->holders += new;
		if (!map_name(op, h->sort, h->name, 0, &h->id) || (new && h->stand_in && !sql_walk_holder_put(op, h->id.n)))
			return false;
	}
	return true;
}

/* What earlier walks made and nobody named ends when nothing leads there or from there any more; what lies there still counts. It is in use again when an
 * answer says so again. */
static bool stand_ins_put(struct op *op, const struct plan *p)
{
	struct sql_walk_holders q;
	struct atlas m;
	if (!map_atlas(op, &m) || !sql_walk_holders(op, &q))
		return false;
	struct bits made = bits_open(m.holders + 2), used = bits_open(m.holders + 2);
	while (sql_walk_holders_next(op, &q))
		bits_add(&made, (size_t)q.holder);
	for (size_t i = 0; i < m.flows; i++)
		if (m.flow[i].until >= FAR_OFF)
			bits_add(&used, (size_t)m.flow[i].from.n), bits_add(&used, (size_t)m.flow[i].to.n);
	for (size_t i = 0; i < p->holders; i++)
		bits_add(&used, (size_t)p->holder[i].id.n);
	bool good = op->err.code == OK;
	for (size_t i = 0; good && i < m.holders; i++) {
		const struct holder *h = &m.holder[i];
		bool ended = h->until < FAR_OFF;
		if (bits_has(&made, (size_t)h->id.n) && bits_has(&used, (size_t)h->id.n) == ended)
			good = ended ? map_holder_again(op, h->id) : map_holder_end(op, h->id, op->now);
	}
	bits_close(&made);
	bits_close(&used);
	return good;
}

static bool same_way(const struct plan *p, const struct plan_flow *w, const struct flow *f)
{
	return f->from.n == p->holder[w->from].id.n && f->to.n == p->holder[w->to].id.n && f->manner == w->manner;
}

static bool flow_add(struct op *op, struct atlas *m, struct flow *f, const char *channel, size_t *room)
{
	if (!map_flow_put(op, m, f) || !sql_walk_flow_put(op, f->id, str_of(channel)))
		return false;
	if (*room < m->flows + 1) {                              /* the atlas gave no room of ours */
		struct flow *more = ARENA_ARRAY(op->a, struct flow, 2 * (m->flows + 1));
		if (m->flows)
			memcpy(more, m->flow, m->flows * sizeof *more);
		m->flow = more, *room = 2 * (m->flows + 1);
	}
	m->flow[m->flows++] = *f;
	return true;
}

/* What is wanted and not there yet. Other flows between the two, by hand or by an import, count as well. */
static bool flows_put(struct op *op, const struct plan *p, int64_t since, struct applied *done)
{
	struct atlas m;
	size_t room = 0;
	if (!map_atlas(op, &m))
		return false;
	for (size_t i = 0; i < p->flows; i++) {
		const struct plan_flow *w = &p->flow[i];
		kinds there = 0;
		for (size_t k = 0; k < m.flows; k++) {
			if (!same_way(p, w, &m.flow[k]) || m.flow[k].until < FAR_OFF)
				continue;
			there |= m.flow[k].kinds;
			if (m.flow[k].kinds & w->kinds && !map_flow_again(op, m.flow[k].id))
				return false;
		}
		if (!(w->kinds & ~there))
			continue;
		struct flow f = { 0, p->holder[w->from].id, p->holder[w->to].id, w->manner, w->kinds & ~there, KEEPS_UNTOLD, since, FAR_OFF };
		if (!flow_add(op, &m, &f, walk_parts[w->part].name, &room))
			return false;
		done->flows++;
	}
	return true;
}

/* Flows of earlier walks that these answers do not tell: they end now. One that is told in part goes on as that. */
static bool flows_end(struct op *op, const struct plan *p, struct applied *done)
{
	struct sql_walk_flows q;
	struct atlas m;
	struct { int64_t flow; struct str channel; } *mine = NULL;
	size_t n = 0, cap = 0, room = 0;
	if (!map_atlas(op, &m) || !sql_walk_flows(op, &q))
		return false;
	while (sql_walk_flows_next(op, &q)) {
		mine = arena_more(op->a, mine, n, &cap, sizeof *mine);
		mine[n].flow = q.flow, mine[n++].channel = q.channel;
	}
	if (op->err.code != OK)
		return false;
	size_t before = m.flows;
	for (size_t k = 0, i = 0; k < before && i < n; k++) {    /* both in the order of their numbers */
		struct flow f = m.flow[k];
		while (i < n && mine[i].flow < f.id)
			i++;
		if (i == n || mine[i].flow != f.id || f.until < FAR_OFF)
			continue;
		kinds wanted = 0;
		for (size_t w = 0; w < p->flows; w++)
			if (same_way(p, &p->flow[w], &f))
				wanted |= p->flow[w].kinds;
		if (!(f.kinds & ~wanted))
			continue;
		if (!map_flow_end(op, f.id, op->now))
			return false;
		done->ended++;
		f.kinds &= wanted, f.since = op->now;
		if (f.kinds && !flow_add(op, &m, &f, arena_str(op->a, mine[i].channel).p, &room))
			return false;
	}
	return true;
}

static bool keeps_put(struct op *op, const struct plan *p, struct applied *done)
{
	struct atlas m;
	if (!map_atlas(op, &m))
		return false;
	for (size_t i = 0; i < p->keeps; i++) {
		const struct plan_keep *k = &p->keep[i];
		bool there = false;
		for (size_t t = 0; t < m.tolds; t++)
			there |= m.told[t].holder.n == p->holder[k->holder].id.n && m.told[t].kind == k->kind && m.told[t].keeps == k->keeps;
		if (there && !map_keeps_again(op, p->holder[k->holder].id, k->kind))
			return false;
		if (there)
			continue;
		if (!map_keeps_put(op, p->holder[k->holder].id, (kinds)1 << k->kind, k->keeps))
			return false;
		done->keeps++;
	}
	return true;
}

bool payment_apply(struct op *op, struct applied *out)
{
	struct walk w, last;
	struct plan p;
	struct applied done = { 0 };
	if (!payment_draft(op, &w) || !payment_in_force(op, &last))
		return false;
	if (!w.id && !last.id)
		return err_set(&op->err, NOT_FOUND, NULL, "There are no answers to put on the map. Begin with: handback payment walk");
	if (!walk_begin(op, &w))                                 /* without a draft: the answers in force are still right */
		return false;
	size_t open = question_next(&w.answers, 0);
	if (open < questions_n)
		return err_set(&op->err, CONFLICT, "question", "%s is not answered yet (%zu to go). Answer it, or say ? when nobody knows yet.", questions[open].name,
		               questions_left(&w.answers));
	done.walk = w.id;
	if (!payment_plan(op, &w.answers, &p) || !holders_put(op, &p, &done) || !flows_end(op, &p, &done) ||
	    !flows_put(op, &p, last.id ? last.applied : LONG_AGO, &done) || !keeps_put(op, &p, &done) || !stand_ins_put(op, &p) || !tasks_of(op, &w.answers, &done.tasks) || !left_apply(op, &w, &done.tasks) ||
	    !sql_walk_apply(op, w.id, op->now) ||
	    !log_add(op, "payment.applied", ABOUT({ "walk", w.id }, { "holders", (int64_t)done.holders }, { "flows", (int64_t)done.flows }, { "ended", (int64_t)done.ended })))
		return false;
	*out = done;
	return true;
}
