/* pairs - two customers that may be one person: which are in doubt, both side by side, and what a person decides; and taking a join back. */
#include "act.h"

enum { PAIRS_PAGE = 50 };

bool pairs_page(struct visit *v)
{
	struct pairs_view w = { 0 };
	struct doubtful *d;
	if (!ledger_doubts(v->op, 0, &d, &w.all))
		return false;
	w.pair = d, w.pairs = w.all < PAIRS_PAGE ? w.all : PAIRS_PAGE;
	v->back = STR("/customers");
	page_pairs(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Customers who may be one person")));
}

static struct str pair_path(struct visit *v, struct str one, struct str other)
{
	return arena_say(v->op->a, "/customers/pair/" STR_FMT "/" STR_FMT, STR_ARG(one), STR_ARG(other));
}

static bool pair_show(struct visit *v, const struct form *f)
{
	struct op *op = v->op;
	struct customer c[2];
	customer_id id[2];
	struct pair_view w = { .form = f, .customer = c, .locked = !act_key_at_hand(v) };
	if (!ledger_customer_by_ref(op, pair_text(v->ask->param, "one"), &id[0]) || !ledger_customer_by_ref(op, pair_text(v->ask->param, "other"), &id[1]) || !ledger_customers(op, id, 2, c))
		return false;
	if (!w.locked && !(op_looked(op, 2) && ledger_open(op, id, 2, c)))
		return false;
	w.one_person = ledger_person(op, id[0]).n == ledger_person(op, id[1]).n;
	w.path.s = pair_path(v, c[0].ref, c[1].ref);
	v->back = STR("/customers/pairs");
	page_pair(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "One person, or two?")));
}

bool pair_page(struct visit *v)
{
	return pair_show(v, &(struct form){ 0 });
}

/* With `do`: what a person decided. Without: only the passphrase, to see both. */
bool pair_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str word = visit_text(v, "do");
	struct act a;
	if (!word.n) {
		if (!act_key(v))
			act_fault(v, &f);
		return pair_show(v, &f);
	}
	act_begin(v, &a, str_eq(word, STR("merge")) ? "customer merge" : "customer apart");
	act_give(v, &a, "customer", pair_text(v->ask->param, "one"));
	act_give(v, &a, "other", pair_text(v->ask->param, "other"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/customers/pairs"));
	act_fault(v, &f);
	return pair_show(v, &f);
}
