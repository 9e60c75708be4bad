/* replies - what customers sent from their own pages: opened with the session's key, and what is to be done about each. */
#include "act.h"
#include "public.h"

/* What each sort of reply asks for, and the page where that is done. */
static const struct { const char *what; struct said words, link_words; const char *link; } sorts[] = {
	{ "", say("Not opened yet"), say(""), NULL },
	{ "read", say("Has read the notice"), say(""), NULL },
	{ "call", say("Asks for a call"), say(""), NULL },
	{ "address", say("Corrects an address"), say("Correct it"), "" },
	{ "channel", say("Chooses how to be written to: from the next notice on it counts"), say("Where do we reach them so?"), "" },
	{ "held", say("Asks what we hold of them"), say("Print the list"), "/sheet" },
	{ "forget", say("Asks to be deleted"), say("Look at what the law asks, and delete"), "" },
	{ "unreadable", say("Does not open: it was not sent from that customer's page"), say(""), NULL },
};
static const struct { const char *name; struct said label; } fields[] = {
	{ "phone", say("Telephone number") }, { "when", say("A good time") }, { "email", say("E-mail address") }, { "address", say("Postal address") }, { "by", say("From now on") },
};

static void row_fill(struct visit *v, const struct reply_one *r, struct reply_row *row)
{
	size_t sort = 0;
	while (sort + 1 < LENGTH(sorts) && !str_eq(r->what, str_of(sorts[sort].what)))
		sort++;
	*row = (struct reply_row){ .id = r->id, .ref = r->ref, .came = moment_words(v, r->came), .what = sorts[sort].words, .unopened = !r->what.n, .done = r->done != 0 };
	if (sorts[sort].link)
		row->link.s = arena_say(v->op->a, "/customer/" STR_FMT "%s", STR_ARG(r->ref), sorts[sort].link), row->link_words = sorts[sort].link_words;
	for (size_t i = 0; i < r->n; i++)
		for (size_t f = 0; f < LENGTH(fields); f++)
			if (str_eq(r->field[i].name, str_of(fields[f].name)))
				row->line[row->lines++] = (struct reply_line){ fields[f].label, str_eq(r->field[i].value, STR("email")) ? str_of(visit_words(v, "by e-mail")) :
					str_eq(r->field[i].value, STR("letter")) ? str_of(visit_words(v, "by letter")) : r->field[i].value };
}

static bool replies_show(struct visit *v, struct form *f)
{
	struct replies_view w = { .form = f, .locked = !act_key_at_hand(v), .all = pair_has(v->ask->query, "all"), .is_public = op_setting(v->op, "public.url").n > 0 };
	struct reply_one *r;
	int64_t after = 0, waiting;
	if (!query_number(v, "after", &after) || !replies_list(v->op, w.all, after, !w.locked, &r, &w.rows) || !replies_count(v->op, &w.unopened, &waiting))
		return false;
	struct reply_row *row = ARENA_ARRAY(v->op->a, struct reply_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		row_fill(v, &r[i], &row[i]);
	if (w.rows == REPLIES_PAGE)
		w.more.s = arena_say(v->op->a, "/replies?after=%lld%s", (long long)r[w.rows - 1].id, w.all ? "&all=yes" : "");
	w.row = row;
	v->back = STR("/customers");
	page_replies(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Replies")));
}

bool replies_open_new(struct visit *v)
{
	struct act a;
	int64_t unopened, waiting;
	if (!replies_count(v->op, &unopened, &waiting))
		return false;
	if (!unopened || !(v->o->reader & ROLES_LEAD) || !act_key_at_hand(v))
		return true;
	act_begin(v, &a, "reply open");
	bool good = act_do(v, &a);
	act_end(&a);
	if (!good)
		err_clear(&v->op->err);                  /* the page says that they wait, and has the button */
	return true;
}

bool replies_page(struct visit *v)
{
	return replies_open_new(v) && replies_show(v, &(struct form){ 0 });
}

bool replies_open_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "reply open");
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/replies"));
	act_fault(v, &f);
	return replies_show(v, &f);
}

bool reply_done_do(struct visit *v)
{
	struct act a;
	act_begin(v, &a, "reply done");
	act_give(v, &a, "reply", pair_text(v->ask->param, "n"));
	bool good = act_do(v, &a);
	act_end(&a);
	return good && visit_see(v, STR("/replies"));
}
