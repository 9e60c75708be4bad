/* customers - finding one, what we hold of them and whose hands it was in; correcting, handing out, forgetting, parting. */
#include "act.h"
#include "veil.h"

static bool customers_show(struct visit *v, struct form *f, const customer_id *found, size_t n, bool searched)
{
	struct customers_view w = { .form = f, .searched = searched, .locked = !act_key_at_hand(v) };
	struct customer *c;
	if (searched) {
		c = ARENA_ARRAY(v->op->a, struct customer, n + 1);
		if (!ledger_customers(v->op, found, n, c))
			return false;
		w.rows = n;
	} else {
		struct str after = pair_text(v->ask->query, "after");
		customer_id last;
		if (after.n && !ledger_customer_by_ref(v->op, after, &last))
			return v->op->err.code == NOT_FOUND || v->op->err.code == INVALID ? list_lost(v, "after") : false;
		if (!ledger_page(v->op, after, &c, &w.rows))
			return false;
	}
	struct customer_row *row = ARENA_ARRAY(v->op->a, struct customer_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		row[i] = (struct customer_row){ c[i], ways_said(v, c[i].ways) };
	w.row = row;
	if (!searched && w.rows == CUSTOMERS_PAGE)
		w.more.s = arena_say(v->op->a, "/customers?after=" STR_FMT, STR_ARG(c[w.rows - 1].ref));     /* a reference has no letter that an address can't hold */
	struct doubtful *d;
	uint32_t all;
	if (!ledger_size(v->op, &all) || ((v->session->login.role & ROLES_LEAD) && !ledger_doubts(v->op, 0, &d, &w.pairs)))
		return false;
	w.all = all, w.first = !pair_text(v->ask->query, "after").n, w.may = v->session->login.role & ROLES_LEAD;
	page_customers(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Customers")));
}

bool customers_page(struct visit *v)
{
	return customers_show(v, &(struct form){ 0 }, NULL, 0, false);
}

/* Sent, not put into the address: what is typed here is personal. Who sees no contacts finds nobody by one. */
bool customers_search(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	customer_id found[FOUND_MAX];
	size_t n = 0;
	if (!visit_text(v, "who").n) {
		form_fault(&f, "who", str_of(visit_words(v, "Type whom to find.")));
		v->reply->status = 422;
		v->faulty = true;
		return customers_show(v, &f, NULL, 0, false);
	}
	if (!(v->session->login.role & ROLES_LEAD)) {
		if (!ledger_by_ref(v->op, visit_text(v, "who"), found, &n))
			return false;
	} else if (pair_text(v->ask->form, "passphrase").n && !act_key(v))
		act_fault(v, &f);
	else if (!ledger_search(v->op, visit_text(v, "who"), found, &n))
		act_fault(v, &f);
	return customers_show(v, &f, found, n, !f.n);
}

/* Who counts as one person with this one; each join that is directly somebody's can be taken back. */
static bool joined_of(struct visit *v, customer_id id, struct customer_view *w)
{
	enum { SHOWN_MAX = 32 };
	customer_id one[SHOWN_MAX], to;
	struct customer c[SHOWN_MAX];
	size_t n;
	if (!ledger_joined(v->op, id, one, SHOWN_MAX, &n) || !ledger_customers(v->op, one, n, c))
		return false;
	struct joined_row *row = ARENA_ARRAY(v->op->a, struct joined_row, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (one[i].n == id.n)
			continue;
		if (!ledger_joined_to(v->op, one[i], &to))
			return false;
		row[w->joins++] = (struct joined_row){ c[i].ref, to.n > 0 };
	}
	if (!ledger_joined_to(v->op, id, &to))
		return false;
	w->join = row, w->joined_itself = to.n > 0;
	return true;
}

static bool customer_show(struct visit *v, struct form *f)
{
	struct op *op = v->op;
	struct customer_view w = { .form = f };
	customer_id id;
	struct str sealed;
	int64_t forgotten;
	if (!ledger_customer_by_ref(op, pair_text(v->ask->param, "ref"), &id) || !ledger_customers(op, &id, 1, &w.c) || !ledger_forgotten_at(op, id, &forgotten, &sealed))
		return false;
	w.may = v->session->login.role & ROLES_LEAD;
	w.locked = !act_key_at_hand(v), w.ways = ways_said(v, w.c.ways);
	if (!w.locked && !(op_looked(op, 1) && ledger_open(op, &id, 1, &w.c)))
		return false;
	if (!w.locked && !w.may)
		veil_customer(op->a, &w.c);
	if (forgotten)
		w.forgotten = day_words(v, forgotten);
	if ((w.may && !joined_of(v, id, &w)) || !notice_wish(op, id, &w.wish))
		return false;
	w.wished = channel_said(v, w.wish.wish), w.first = channel_said(v, w.wish.first);
	v->back = STR("/customers");
	page_customer(v->o, &w);
	return visit_show(v, w.c.ref);
}

bool hands_of(struct visit *v, customer_id id, const struct hand_row **out, size_t *n)
{
	struct op *op = v->op;
	struct hand *hand;
	if (!keep_hands(op, ledger_person(op, id), &hand, n))
		return false;
	struct hand_row *row = ARENA_ARRAY(op->a, struct hand_row, *n + 1);
	for (size_t i = 0; i < *n; i++) {
		const struct hand *h = &hand[i];
		row[i] = (struct hand_row){ h->holder.name, sort_said(v, h->holder.sort), h->times ? day_words(v, h->first) : STR(""), h->times ? day_words(v, h->last) : STR(""),
			kinds_words(v, h->kinds), h->times, h->listed, h->found };
	}
	*out = row;
	return true;
}

/* A page of its own: all that was ever imported is looked through, which takes seconds where there are millions of touches. */
bool hands_page(struct visit *v)
{
	struct hands_view w = { .ref = pair_text(v->ask->param, "ref") };
	customer_id id;
	if (!ledger_customer_by_ref(v->op, w.ref, &id) || !hands_of(v, id, &w.hand, &w.hands))
		return false;
	v->back = arena_say(v->op->a, "/customer/" STR_FMT, STR_ARG(w.ref));
	page_hands(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Whose hands it was in")));
}

bool customer_page(struct visit *v)
{
	return customer_show(v, &(struct form){ 0 });
}

bool customer_open_do(struct visit *v)
{
	struct form f = { 0 };
	if (!act_key(v))
		act_fault(v, &f);
	return customer_show(v, &f);
}

/* again: a new wish, they may be known again. */
static bool customer_verb(struct visit *v, const char *verb, const char *const *fields, size_t n, bool again)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, verb);
	act_give(v, &a, "customer", pair_text(v->ask->param, "ref"));
	for (size_t i = 0; i < n; i++)
		act_give(v, &a, fields[i], visit_text(v, fields[i]));
	if (again)
		act_flag(v, &a, "take-back");
	bool good = act_do(v, &a);
	int64_t waits = act_number(&a, "incident");
	act_end(&a);
	if (good && !waits)
		return visit_see(v, arena_say(v->op->a, "/customer/" STR_FMT, STR_ARG(pair_text(v->ask->param, "ref"))));
	if (good)
		form_fault(&f, "", str_of(visit_words(v, "Not yet: an open incident concerns this customer, and they may have to be told more. When it is closed, ask again. This wish is in the log.")));
	else
		act_fault(v, &f);
	return customer_show(v, &f);
}

bool customer_correct_do(struct visit *v)
{
	static const char *const fields[] = { "name", "email", "phone", "address1", "city", "region", "postal-code", "country", "language" };
	return customer_verb(v, "customer correct", fields, LENGTH(fields), false);
}

bool customer_wish_do(struct visit *v)
{
	static const char *const fields[] = { "by" };
	return customer_verb(v, "customer wish", fields, LENGTH(fields), false);
}

/* `customer` is the one that becomes a person of its own again: this one, or one that was joined to it. */
bool customer_split_do(struct visit *v)
{
	struct form f = { 0 };
	struct act a;
	act_begin(v, &a, "customer split");
	act_give(v, &a, "customer", visit_text(v, "customer"));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/customer/" STR_FMT, STR_ARG(pair_text(v->ask->param, "ref"))));
	act_fault(v, &f);
	return customer_show(v, &f);
}

bool customer_forget_do(struct visit *v)
{
	static const char *const fields[] = { "reason" };
	return customer_verb(v, "customer forget", fields, LENGTH(fields), visit_text(v, "take-back").n > 0);
}

/* What we hold of them, as a file that can be handed to them. */
bool customer_export_do(struct visit *v)
{
	struct form f = { 0 };
	struct act a;
	act_begin(v, &a, "customer show");
	act_give(v, &a, "customer", pair_text(v->ask->param, "ref"));
	bool good = act_do(v, &a);
	if (good) {
		v->reply->type = "application/json";
		reply_head(v->reply, "Content-Disposition", STR("attachment; filename=\"customer.json\""));
		buf_put(&v->reply->body, buf_str(&a.rows));
	}
	act_end(&a);
	if (good)
		return true;
	act_fault(v, &f);
	return customer_show(v, &f);
}
