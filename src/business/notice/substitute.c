/* substitute - where the law lets a notice to all stand for the letters, for whom, and what it wants then. No lawyer. */
#include "exposure.h"
#include "notice_int.h"
#include "notice_public.h"
#include "notice_sql.h"
#include "ways.h"

#include <inttypes.h>
#include <stdlib.h>

struct lost_at { struct str place; int64_t n; };
struct losing { struct op *op; struct bits lost; struct lost_at at[128]; size_t places; };

/* Whoever is at risk and has no way, or whose ways have all failed. */
static bool lost_find(struct losing *g, const struct incident *i, const struct exposed *e)
{
	struct sql_wayless_customers w;
	struct sql_lost_customers l;
	struct families families;
	bool good = families_open(g->op, &families) && sql_wayless_customers(g->op, &w);
	while (good && sql_wayless_customers_next(g->op, &w)) {
		unsigned ways = 0;
		customer_id who = { (uint32_t)w.id };
		if (who.n < e->n && exposed_kinds(e, who.n) && (good = family_ways(g->op, &families, who, &ways)) && !ways)
			bits_add(&g->lost, who.n);
	}
	families_close(&families);
	good = good && g->op->err.code == OK && sql_lost_customers(g->op, i->id, &l);
	while (good && sql_lost_customers_next(g->op, &l))
		if (l.customer < e->n && exposed_kinds(e, (uint32_t)l.customer))
			bits_add(&g->lost, (size_t)l.customer);
	return good && g->op->err.code == OK;
}

static void lost_place(void *to, customer_id who, struct str region, struct str country, unsigned ways)
{
	(void)ways;
	struct losing *g = to;
	struct str place = region.n ? region : country;
	size_t k = 0;
	if (!bits_has(&g->lost, who.n))
		return;
	while (k < g->places && !str_eq(g->at[k].place, place))
		k++;
	if (k == LENGTH(g->at))
		k--;
	else if (k == g->places)
		g->at[g->places++].place = arena_str(g->op->a, place);
	g->at[k].n++;
}

/* Of those, who lives under this law; whose place nobody knows, where the business is. */
static int64_t lost_under(const struct losing *g, struct str code, struct str home)
{
	int64_t n = 0;
	for (size_t k = 0; k < g->places; k++) {
		struct str of[PLACE_LAWS], place = g->at[k].place.n && !str_eq(g->at[k].place, STR("US")) ? g->at[k].place : home;
		size_t laws = laws_of_place(g->op->a, place, of);
		for (size_t i = 0; i < laws; i++)
			n += str_eq(of[i], code) ? g->at[k].n : 0;
	}
	return n;
}

bool notice_substitute(struct op *op, const struct incident *i, struct substitute **out, size_t *n)
{
	struct losing g = { .op = op };
	struct exposed *e;
	struct sources sources;
	struct obligation *o;
	struct str home = op_setting(op, "region"), homes[PLACE_LAWS];
	size_t owed, at_home = home.n ? laws_of_place(op->a, home, homes) : 0;
	int64_t cents = 0;
	str_i64(op_setting(op, "letter.cost"), &cents);
	if (!incident_obligations(op, i->id, &o, &owed) || !exposure_of(op, i->suspicion, i->n, false, &e, &sources))
		return false;
	g.lost = bits_open(e->n + 1);
	bool good = lost_find(&g, i, e) && ledger_each_place(op, lost_place, &g);
	int64_t unnamed = (int64_t)e->unnamed;
	exposed_close(e);
	bits_close(&g.lost);
	if (!good)
		return false;
	struct substitute *s = ARENA_ARRAY(op->a, struct substitute, owed + 1);
	*n = 0;
	for (size_t k = 0; k < owed; k++) {
		const struct law *l = o[k].law;
		if (o[k].to != TO_PEOPLE || !l)
			continue;
		struct substitute one = { .law = l, .rule = law_substitute_rule(l), .people = o[k].must + o[k].should + o[k].look, .force = o[k].force };
		for (size_t h = 0; h < at_home; h++)
			one.unnamed = str_eq(homes[h], l->code) ? unnamed : one.unnamed;
		one.missing = lost_under(&g, l->code, home);
		one.dollars = cents ? one.people * cents / 100 : -1;
		one.grounds = law_substitute(l, one.people + one.unnamed, one.missing + one.unnamed, one.dollars);
		s[(*n)++] = one;
	}
	*out = s;
	return true;
}

bool substitute_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct substitute *s;
	int64_t id;
	size_t n, may = 0;
	if (!args_number(args, "incident", &id) || !incident_get(op, id, &i) || !notice_substitute(op, &i, &s, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		const struct substitute *x = &s[k];
		bool all = x->grounds & (SUBSTITUTE_COUNT | SUBSTITUTE_COST);
		may += x->grounds != 0;
		answer_row(answer);
		answer_text(answer, "code", x->law->code);
		answer_text(answer, "place", x->law->name);
		answer_number(answer, "people", x->people);
		answer_number(answer, "not_reached", x->missing);
		answer_number(answer, "unnamed_touches", x->unnamed);
		answer_number(answer, "dollars", x->dollars);
		answer_text(answer, "allowed", str_of(substitute_name(x)));
		answer_text(answer, "for", !x->grounds ? STR("") : all ? STR("everybody there") : STR("those who can't be reached"));
		answer_flag(answer, "by_contact", x->grounds & SUBSTITUTE_CONTACT);
		answer_flag(answer, "by_count", x->grounds & SUBSTITUTE_COUNT);
		answer_flag(answer, "by_cost", x->grounds & SUBSTITUTE_COST);
		answer_text(answer, "words", x->grounds & SUBSTITUTE_WORDS ? x->law->substitute_cost : STR(""));
		answer_number(answer, "days", x->grounds ? x->rule->days : 0);
		answer_text(answer, "wants", x->grounds ? x->rule->wants : STR(""));
		answer_text(answer, "citation", x->rule->citation.n ? x->rule->citation : x->law->statute);
		answer_row_end(answer);
		answer_say(answer, STR_FMT ": %s, %" PRId64 " of them can't be reached%s", STR_ARG(x->law->name), counted(op->a, x->people, "person at risk", "people at risk"), x->missing,
		           x->unnamed ? arena_printf(op->a, "; %" PRId64 " payments name nobody, and who made them may live there", x->unnamed) : "");
		if (!x->grounds) {
			answer_say(answer, "  No: each of them is told.");
			continue;
		}
		answer_say(answer, all ? "  It may stand for the letters to everybody there:%s%s" : "  For those who can't be reached:%s%s", x->grounds & SUBSTITUTE_COUNT ? " so many people;" : "", x->grounds & SUBSTITUTE_COST ? arena_printf(op->a, " letters would cost about %" PRId64 " dollars;", x->dollars) : "");
		if (x->grounds & SUBSTITUTE_WORDS)
			answer_say(answer, "  LOOK: the law allows it for " STR_FMT "; ask a lawyer whether that is so.", STR_ARG(x->law->substitute_cost));
		answer_say(answer, "  " STR_FMT " (" STR_FMT ")", STR_ARG(x->rule->wants), STR_ARG(x->rule->citation.n ? x->rule->citation : x->law->statute));
	}
	if (!op_setting(op, "letter.cost").n)
		answer_note(answer, "What one letter costs you is not known, so no cost is counted: handback set letter.cost CENTS");
	if (may)
		answer_say(answer, "Its text: handback notice public %" PRId64 " --what substitute. Each customer who can be reached is told all the same.", i.id);
	else
		answer_say(answer, "No law is known to let a notice to all stand for the letters here.");
	return true;
}

const char *substitute_name(const struct substitute *s)
{
	return !s->grounds ? "no" : s->grounds == SUBSTITUTE_WORDS || s->force == LAW_LOOK || (s->grounds == SUBSTITUTE_CONTACT && !s->missing) ? "look" : "yes";
}
