/* held - all that we hold of one person, piece by piece, with where each came from, and what they were told: for who asks for it. */
#include "keep_int.h"
#include "keep_sql.h"

#include <inttypes.h>

struct holding { struct op *op; struct held *held; size_t n, cap; struct imported *import; size_t imports; };

static struct str source_of(struct holding *h, int64_t import, int64_t *at)
{
	*at = LONG_AGO;
	if (!import)
		return STR("by hand");
	for (size_t i = 0; i < h->imports; i++)
		if (h->import[i].id == import) {
			*at = h->import[i].at;
			return arena_say(h->op->a, "import %" PRId64 ", " STR_FMT, import, STR_ARG(h->import[i].file));
		}
	return arena_say(h->op->a, "import %" PRId64, import);
}

static void hold(struct holding *h, struct str of, struct str what, struct str value, struct str source, int64_t at)
{
	h->held = arena_more(h->op->a, h->held, h->n, &h->cap, sizeof *h->held);
	h->held[h->n++] = (struct held){ of, what, value, source, at };
}

static void hold_facts(struct holding *h, const struct customer *c, struct str what, const struct fact_of *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t at;
		struct str source = source_of(h, f[i].import, &at);
		hold(h, c->ref, what, f[i].value, source, at);
	}
}

static struct str address_said(struct op *op, const struct address *a)
{
	const struct str part[] = { a->line1, a->line2, a->city, a->region, a->postal_code, a->country };
	struct buf b = BUF(4096);
	for (size_t i = 0; i < LENGTH(part); i++)
		if (part[i].n)
			buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(part[i]));
	struct str said = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return said;
}

static bool hold_numbers(struct holding *h, const struct customer *c)
{
	struct sql_numbers_of q;
	if (!sql_numbers_of(h->op, c->id.n, &q))
		return false;
	while (sql_numbers_of_next(h->op, &q))
		hold(h, c->ref, STR("number"), q.key, q.service, LONG_AGO);
	return h->op->err.code == OK;
}

static bool hold_wish(struct holding *h, const struct customer *c)
{
	struct sql_wish_of q;
	bool found;
	if (!sql_wish_of(h->op, c->id.n, &q, &found))
		return false;
	if (found)
		hold(h, c->ref, STR("wish"), str_of(notice_channel_name((enum notice_channel)q.channel)), q.own ? STR("their own page") : STR("by hand"), q.at);
	return true;
}

/* What they told when they came forward. */
static bool hold_came(struct holding *h, const struct customer *c)
{
	struct sql_forwards_of q;
	if (!sql_forwards_of(h->op, c->id.n, &q))
		return false;
	while (sql_forwards_of_next(h->op, &q))
		if (q.day || q.last4.n)
			hold(h, c->ref, STR("paid"), arena_say(h->op->a, "%.10s%s" STR_FMT, q.day ? when_local_text(h->op->a, h->op->zone, q.day).p : "", q.day && q.last4.n ? ", *" : q.last4.n ? "*" : "", STR_ARG(q.last4)), STR("by hand"), q.at);
	return h->op->err.code == OK;
}

bool keep_held(struct op *op, customer_id who, struct held **out, size_t *n)
{
	customer_id id[JOINED_MAX];
	struct customer c[JOINED_MAX];
	struct holding h = { .op = op };
	size_t people;
	*n = 0;
	if (!ledger_joined(op, who, id, JOINED_MAX, &people) || !ledger_imports(op, INT64_MAX, INT64_MAX, &h.import, &h.imports) || !ledger_open(op, id, people, c))
		return false;
	for (size_t i = 0; i < people; i++) {
		hold_facts(&h, &c[i], STR("name"), c[i].name, c[i].names);
		hold_facts(&h, &c[i], STR("email"), c[i].email, c[i].emails);
		hold_facts(&h, &c[i], STR("phone"), c[i].phone, c[i].phones);
		for (size_t k = 0; k < c[i].addresses; k++) {
			int64_t at;
			struct str source = source_of(&h, c[i].address[k].import, &at);
			hold(&h, c[i].ref, STR("address"), address_said(op, &c[i].address[k]), source, at);
		}
		if (!hold_numbers(&h, &c[i]) || !hold_wish(&h, &c[i]) || !hold_came(&h, &c[i]))
			return false;
	}
	*out = h.held, *n = h.n;
	return true;
}

bool keep_noticed(struct op *op, customer_id who, struct noticed **out, size_t *n)
{
	customer_id id[JOINED_MAX];
	size_t people, cap = 0;
	*out = NULL, *n = 0;
	if (!ledger_joined(op, who, id, JOINED_MAX, &people))
		return false;
	for (size_t i = 0; i < people; i++) {
		struct sql_notices_to q;
		if (!sql_notices_to(op, id[i].n, &q))
			return false;
		while (sql_notices_to_next(op, &q)) {
			*out = arena_more(op->a, *out, *n, &cap, sizeof **out);
			(*out)[(*n)++] = (struct noticed){ q.incident, q.round, q.at, (enum notice_state)q.state, (enum notice_channel)q.channel };
		}
		if (op->err.code != OK)
			return false;
	}
	return true;
}

/* ---- in the answer of `customer show` ---- */

static void held_row(const struct held *h, size_t n, struct answer *answer)
{
	struct json *j = &answer->j;
	json_key(j, "facts");
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, '{');
		answer_text(answer, "customer_ref", h[i].of);
		answer_text(answer, "what", h[i].what);
		answer_text(answer, "value", h[i].value);
		answer_text(answer, "source", h[i].source);
		answer_time(answer, "at", h[i].at);
		json_close(j);
	}
	json_close(j);
}

static void noticed_row(const struct noticed *t, size_t n, struct answer *answer)
{
	struct json *j = &answer->j;
	json_key(j, "notices");
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, '{');
		answer_number(answer, "incident", t[i].incident);
		answer_number(answer, "round", t[i].round);
		answer_text(answer, "state", str_of(notice_state_name(t[i].state)));
		answer_text(answer, "channel", str_of(notice_channel_name(t[i].channel)));
		answer_time(answer, "at", t[i].at);
		json_close(j);
	}
	json_close(j);
}

bool held_tell(struct op *op, customer_id id, struct answer *answer)
{
	struct held *h;
	struct noticed *t;
	customer_id joined[JOINED_MAX];
	struct customer c[JOINED_MAX];
	struct str ref[JOINED_MAX];
	size_t n, notices, people;
	if (!keep_held(op, id, &h, &n) || !keep_noticed(op, id, &t, &notices) || !ledger_joined(op, id, joined, JOINED_MAX, &people) || !ledger_customers(op, joined, people, c))
		return false;
	if (answer->json) {
		for (size_t i = 0; i < people; i++)
			ref[i] = c[i].ref;
		answer_words(answer, "one_person", ref, people);
		held_row(h, n, answer);
		noticed_row(t, notices, answer);
		return true;
	}
	for (size_t i = 0; i < people; i++)
		if (c[i].id.n != id.n)
			answer_say(answer, "  One person with " STR_FMT ". Not so? handback customer split " STR_FMT, STR_ARG(c[i].ref), STR_ARG(c[i].ref));
	for (size_t i = 0; i < notices; i++)
		answer_say(answer, "  Notice %s: %s %s, %.10s", notice_round_name(op, t[i].incident, t[i].round).p, notice_channel_name(t[i].channel), notice_state_name(t[i].state),
		           when_local_text(op->a, op->zone, t[i].at).p);
	return true;
}
