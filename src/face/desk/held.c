/* held - all that we hold of one person, with where it came from, on a page to print and hand over; and the same as a table (CSV). */
#include "act.h"
#include "keep.h"

static const char *what_said(struct visit *v, struct str what)
{
	static const struct { const char *what; struct said words; } all[] = {
		{ "name", say("Name") }, { "email", say("E-mail") }, { "phone", say("Phone") }, { "address", say("Address") }, { "number", say("Number at a service") }, { "wish", say("Asks to be told by") }, { "paid", say("Paid on, with a card ending in") },
	};
	for (size_t i = 0; i < LENGTH(all); i++)
		if (str_eq(what, str_of(all[i].what)))
			return visit_words(v, all[i].words.english);
	return "";
}

static struct str value_said(struct visit *v, const struct held *h)
{
	for (enum notice_channel c = EMAIL; c <= PHONE && str_eq(h->what, STR("wish")); c++)
		if (str_eq(h->value, str_of(notice_channel_name(c))))
			return str_of(channel_said(v, c));
	return h->value;
}

static bool held_of(struct visit *v, customer_id *id, struct held **h, size_t *n)
{
	return ledger_customer_by_ref(v->op, pair_text(v->ask->param, "ref"), id) && op_looked(v->op, 1) && keep_held(v->op, *id, h, n);
}

static struct str customer_path(struct visit *v)
{
	return arena_say(v->op->a, "/customer/" STR_FMT, STR_ARG(pair_text(v->ask->param, "ref")));
}

bool held_page(struct visit *v)
{
	struct op *op = v->op;
	struct held_view w = { .ref = pair_text(v->ask->param, "ref"), .business = op_setting(op, "business.name"), .phone = op_setting(op, "business.phone") };
	customer_id id;
	struct held *held;
	struct noticed *told;
	if (!act_key_at_hand(v))                         /* the customer's own page asks for the passphrase */
		return visit_see(v, customer_path(v));
	if (!held_of(v, &id, &held, &w.pieces) || !hands_of(v, id, &w.hand, &w.hands) || !keep_noticed(op, id, &told, &w.notices))
		return false;
	struct piece_row *piece = ARENA_ARRAY(op->a, struct piece_row, w.pieces + 1);
	for (size_t i = 0; i < w.pieces; i++)
		piece[i] = (struct piece_row){ what_said(v, held[i].what), value_said(v, &held[i]), str_eq(held[i].source, STR("by hand")) ? str_of(visit_words(v, "by hand")) : str_eq(held[i].source, STR("their own page")) ? str_of(visit_words(v, "their own page")) : held[i].source,
		                               held[i].at > LONG_AGO ? day_words(v, held[i].at) : STR("") };
	struct told_row *row = ARENA_ARRAY(op->a, struct told_row, w.notices + 1);
	for (size_t i = 0; i < w.notices; i++) {
		struct incident in;
		if (!incident_get(op, told[i].incident, &in))
			return false;
		row[i] = (struct told_row){ in.title, state_said(v, told[i].state), day_words(v, told[i].at) };
	}
	w.piece = piece, w.notice = row, w.today = day_words(v, op->now);
	v->back = customer_path(v);
	page_held(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What we hold of you")));
}

bool held_table(struct visit *v)
{
	struct buf *b = &v->reply->body;
	struct held *h;
	customer_id id;
	size_t n;
	if (!act_key_at_hand(v))
		return visit_see(v, customer_path(v));
	if (!held_of(v, &id, &h, &n))
		return false;
	v->reply->type = "text/csv; charset=utf-8";
	reply_head(v->reply, "Content-Disposition", STR("attachment; filename=\"customer.csv\""));
	buf_put(b, STR("customer_ref,what,value,source,at\r\n"));
	for (size_t i = 0; i < n; i++) {
		const struct str part[] = { h[i].of, h[i].what, h[i].value, h[i].source, h[i].at > LONG_AGO ? when_text(v->op->a, h[i].at) : STR("") };
		for (size_t k = 0; k < LENGTH(part); k++) {
			if (k)
				buf_byte(b, ',');
			buf_csv(b, part[k]);
		}
		buf_put(b, STR("\r\n"));
	}
	return true;
}
