/* access - checklists for who leaves, and the verbs. */
#include "access.h"
#include "access_sql.h"
#include "ledger.h"
#include "log.h"
#include "payment.h"
#include "readers.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- what the walk says of all at the payment company ---- */

bool access_by_walk(struct op *op, struct access *s, size_t n, bool *said)
{
	struct walk w;
	size_t provider;
	bool there = question_named(STR("provider"), &provider);
	assert(there);
	if (!payment_in_force(op, &w))
		return false;
	for (size_t i = 0; i < n; i++) {
		said[i] = false;
		if (!w.id || s[i].holder.sort != SERVICE || !question_has(&w.answers, "provider", "named") || !str_lists(w.answers.text[provider], s[i].holder.name))
			continue;
		if (!s[i].account) {
			s[i].account = question_has(&w.answers, "provider.login", "shared") ? ACCOUNT_SHARED : question_has(&w.answers, "provider.login", "own") ? ACCOUNT_OWN : ACCOUNT_UNTOLD;
			said[i] = s[i].account != ACCOUNT_UNTOLD;
		}
		if (!s[i].second)
			s[i].second = question_has(&w.answers, "provider.second", "no") ? SECOND_NO : question_has(&w.answers, "provider.second", "yes") ? SECOND_YES : SECOND_UNTOLD;
	}
	return true;
}

/* ---- who leaves ---- */

/* Names of the readers that a person has, as the register says. */
static struct str readers_of(struct op *op, const struct reader *r, size_t n, holder_id person)
{
	struct str names = STR("");
	for (size_t i = 0; i < n; i++)
		if (r[i].person.n == person.n && r[i].until >= FAR_OFF)
			names = arena_say(op->a, STR_FMT "%s" STR_FMT, STR_ARG(names), names.n ? ", " : "", STR_ARG(r[i].name));
	return names;
}

static int latest_first(const void *a, const void *b)
{
	const struct leaving *x = a, *y = b;
	return x->person.until != y->person.until ? (x->person.until < y->person.until) - (x->person.until > y->person.until) : str_cmp(x->person.name, y->person.name);
}

bool access_leavings(struct op *op, struct leaving **out, size_t *n)
{
	enum { ITEMS_EACH = 500 };
	struct sql_leavings q;
	struct access *s;
	struct reader *r;
	size_t signs, readers, count = 0, cap = 0;
	struct leaving *l = NULL;
	if (!access_list(op, true, &s, &signs) || !access_by_walk(op, s, signs, ARENA_ARRAY(op->a, bool, signs + 1)) || !readers_list(op, &r, &readers) || !sql_leavings(op, &q))
		return false;
	while (sql_leavings_next(op, &q)) {
		size_t k = 0;
		while (k < count && l[k].person.id.n != q.person)
			k++;
		if (k == count) {
			l = arena_more(op->a, l, count, &cap, sizeof *l);
			l[count++] = (struct leaving){ .person = { .id = { q.person } }, .item = ARENA_ARRAY(op->a, struct leaving_item, ITEMS_EACH) };
		}
		struct leaving_item item = { q.item, q.due, q.done, NULL, STR("") };
		for (size_t i = 0; i < signs && item.item > 0; i++)
			if (s[i].id == q.item) {
				item.sign_in = &s[i];
				item.done = !item.done && s[i].until <= op->now ? s[i].until : item.done;      /* closed there by other means */
			}
		if ((item.item > 0 && !item.sign_in) || (item.item < 0 && (size_t)-item.item > leaving_things_n) || l[k].n == ITEMS_EACH)
			continue;
		if (item.item < 0 && strcmp(leaving_things[-1 - item.item].name, "devices") == 0)
			item.readers = readers_of(op, r, readers, l[k].person.id);
		l[k].item[l[k].n++] = item;
		l[k].open += !item.done;
	}
	if (op->err.code != OK)
		return false;
	for (size_t k = 0; k < count; k++)
		if (!map_holder(op, l[k].person.id, &l[k].person))
			return false;
	if (count)
		qsort(l, count, sizeof *l, latest_first);
	*out = l, *n = count;
	return true;
}

/* ---- verbs ---- */

static const char *const accounts[] = { "not told", "own", "shared" }, *const seconds[] = { "not told", "yes", "no" };

/* by_walk: its account is what the walk says of all there. */
static void say_sign_in(struct op *op, const struct access *s, bool by_walk, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "sign_in", s->id);
	answer_text(answer, "who", s->person.name);
	answer_text(answer, "holder", arena_say(op->a, "%s:" STR_FMT, sort_name(s->holder.sort), STR_ARG(s->holder.name)));
	answer_text(answer, "account", str_of(accounts[s->account]));
	answer_flag(answer, "account_of_walk", by_walk);
	answer_text(answer, "second_step", str_of(seconds[s->second]));
	answer_time(answer, "since", s->since);
	answer_time(answer, "until", s->until);
	answer_time(answer, "looked_at", s->looked ? s->looked : FAR_OFF);
	answer_flag(answer, "wrong", s->wrong != 0);
	answer_row_end(answer);
	answer_say(answer, "%3" PRId64 "  %-20.*s %-28.*s %s%s%s%s", s->id, STR_ARG(s->person.name), STR_ARG(s->holder.name),
	           s->account == ACCOUNT_UNTOLD ? "own or shared: not told" : s->account == ACCOUNT_OWN ? "their own" : by_walk ? "shared by some" : "shared",
	           s->second == SECOND_YES ? ", with a second step" : s->second == SECOND_NO ? ", a password alone" : "",
	           s->wrong ? ", should not be" : s->person.until <= op->now && s->until > op->now ? ", has left" : "",
	           s->until < FAR_OFF ? arena_printf(op->a, ", until " STR_FMT, STR_ARG(when_day_text(op->a, op->zone, s->until, "en"))) : "");
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct access *s;
	size_t n, due;
	if (!access_list(op, args_has(args, "ended"), &s, &n) || !access_due(op, &due))
		return false;
	bool *by_walk = ARENA_ARRAY(op->a, bool, n + 1);
	if (!access_by_walk(op, s, n, by_walk))
		return false;
	for (size_t i = 0; i < n; i++)
		say_sign_in(op, &s[i], by_walk[i], answer);
	if (!n)
		answer_say(answer, "No sign-in is known yet. handback access add Ana Square");
	if (due)
		answer_note(answer, "%s not looked at for a quarter. Right as they stand? handback access look --all", counted(op->a, (int64_t)due, "sign-in was", "sign-ins were"));
	return true;
}

/* A day: its first second as a beginning, the second after its last as an end. coming: it may lie ahead, as somebody's last day. */
static bool day_asked(struct op *op, const struct args *args, const char *name, bool end, bool coming, int64_t *at)
{
	struct span span;
	if (!args_has(args, name))
		return true;
	if (!when_parse(args_text(args, name), op->zone, &span))
		return err_set(&op->err, INVALID, name, "--%s is a day like 2026-11-27.", name);
	if (!coming && span.from > op->now)
		return op_been(op, name, args_text(args, name), &span);
	*at = end && span.date_only ? span.to : span.from;
	return true;
}

static bool choice_asked(struct op *op, const struct args *args, const char *name, const char *const *words, int *choice)
{
	struct str text = args_text(args, name);
	if (!text.n)
		return true;
	for (*choice = 1; *choice < 3; ++*choice)
		if (str_eq(text, str_of(words[*choice])))
			return true;
	return err_set(&op->err, INVALID, name, "--%s is %s or %s.", name, words[1], words[2]);
}

/* make: an unknown one is made, which is said there; NULL: it is an error. */
static bool person_asked(struct op *op, struct str text, struct answer *make, struct holder *person)
{
	struct str name = str_starts(text, STR("person:")) ? (struct str){ text.p + 7, text.n - 7 } : text;
	holder_id id;
	if (!name.n || name.n > 200)
		return err_set(&op->err, INVALID, "who", "A person's name has 1 to 200 characters.");
	if (map_person(op, name, person))
		return true;
	if (!make || op->err.code != NOT_FOUND)
		return false;
	err_clear(&op->err);
	return map_new_note(op, PERSON, name, make) && map_name(op, PERSON, name, 0, &id) && map_holder(op, id, person);
}

static bool add_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct holder person, holder;
	struct access *all, s = { 0 };
	struct atlas m;
	struct flow f = { .manner = SEES, .kinds = KINDS_ALL, .keeps = KEEPS_UNTOLD, .since = LONG_AGO, .until = FAR_OFF };
	struct str bad;
	int account = 0, second = 0;
	size_t n;
	if (!person_asked(op, args_text(args, "who"), answer, &person) || !map_find(op, args_text(args, "holder"), &holder) || !day_asked(op, args, "since", false, false, &f.since) ||
	    !choice_asked(op, args, "account", accounts, &account) || !choice_asked(op, args, "second", seconds, &second) || !access_list(op, false, &all, &n) || !map_atlas(op, &m))
		return false;
	if (holder.sort == PERSON || holder.sort == PLACE)
		return err_set(&op->err, INVALID, "holder", "Nobody signs in at a %s.", sort_name(holder.sort));
	if (args_has(args, "kinds") && (!kinds_parse(args_text(args, "kinds"), ',', &f.kinds, &bad) || !f.kinds))
		return err_set(&op->err, INVALID, "kinds", "--kinds is a list like name,email.");
	for (size_t i = 0; i < n && !s.id; i++)
		if (all[i].holder.id.n == holder.id.n && all[i].person.id.n == person.id.n)
			s = all[i];
	f.from = holder.id, f.to = person.id;
	if (!s.id && !map_flow_put(op, &m, &f))
		return false;
	if (!s.id)
		s = (struct access){ .id = f.id, .holder = holder, .person = person, .since = f.since, .until = f.until };
	s.account = account ? (enum account)account : s.account;
	s.second = second ? (enum second)second : s.second;
	s.looked = op->now, s.wrong = 0;
	if (!access_say(op, &s))
		return false;
	say_sign_in(op, &s, false, answer);
	return true;
}

static bool end_run(struct op *op, const struct args *args, struct answer *answer)
{
	int64_t id, at = op->now;
	if (!args_number(args, "sign-in", &id) || !day_asked(op, args, "at", true, false, &at) || !access_end(op, id, at < op->now ? at : op->now))
		return false;
	answer_say(answer, "Sign-in %" PRId64 " is closed. What could be seen by it before still counts.", id);
	return true;
}

static bool named_in(const struct arg *list, int64_t id)
{
	int64_t n;
	for (size_t i = 0; list && i < list->n; i++)
		if (str_i64(list->value[i], &n) && n == id)
			return true;
	return false;
}

static bool look_run(struct op *op, const struct args *args, struct answer *answer)
{
	const struct arg *right = args_list(args, "right"), *wrong = args_list(args, "wrong");
	struct access *s;
	size_t n, good = 0, bad = 0, told = (right ? right->n : 0) + (wrong ? wrong->n : 0);
	if (!told && !args_has(args, "all"))
		return err_set(&op->err, INVALID, "right", "Which are still right, and which are not? --right 3 --wrong 5, or --all: all are right.");
	if (!access_list(op, false, &s, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool is_wrong = named_in(wrong, s[i].id), is_right = !is_wrong && (named_in(right, s[i].id) || (args_has(args, "all") && !s[i].wrong));
		if (!is_wrong && !is_right)
			continue;
		s[i].looked = op->now;
		s[i].wrong = is_right ? 0 : s[i].wrong ? s[i].wrong : op->now;
		if (!access_say(op, &s[i]))
			return false;
		good += is_right, bad += is_wrong;
	}
	if (good + bad < told)
		return err_set(&op->err, NOT_FOUND, "right", "One of these is no open sign-in. handback access list shows them.");
	answer_row(answer);
	answer_number(answer, "right", (int64_t)good);
	answer_number(answer, "wrong", (int64_t)bad);
	answer_row_end(answer);
	answer_say(answer, "%s right.%s", counted(op->a, (int64_t)good, "sign-in is", "sign-ins are"),
	           bad ? arena_printf(op->a, " %s not: close it there, then say so: handback access end N.", counted(op->a, (int64_t)bad, "is", "are")) : "");
	return true;
}

static void say_leaving(struct op *op, const struct leaving *l, struct answer *answer)
{
	answer_say(answer, STR_FMT "%s, %s", STR_ARG(l->person.name),
	           l->person.until < FAR_OFF ? arena_printf(op->a, " (until " STR_FMT ")", STR_ARG(when_day_text(op->a, op->zone, l->person.until - 1, "en"))) : "",
	           l->open ? arena_printf(op->a, "%zu to do:", l->open) : "all is done:");
	for (size_t i = 0; i < l->n; i++) {
		const struct leaving_item *k = &l->item[i];
		struct str what = k->sign_in ? arena_say(op->a, k->sign_in->account == ACCOUNT_SHARED ? "Change the password at " STR_FMT ": it was shared." : "Remove the sign-in at " STR_FMT ".", STR_ARG(k->sign_in->holder.name))
		                             : arena_say(op->a, "%s%s" STR_FMT "%s", leaving_things[-1 - k->item].says.en, k->readers.n ? " (" : "", STR_ARG(k->readers), k->readers.n ? ")" : "");
		struct str name = k->sign_in ? arena_say(op->a, "%" PRId64, k->item) : str_of(leaving_things[-1 - k->item].name);
		answer_row(answer);
		answer_text(answer, "who", l->person.name);
		answer_text(answer, "item", name);
		answer_text(answer, "what", what);
		answer_time(answer, "due", k->due);
		answer_time(answer, "done", k->done ? k->done : FAR_OFF);
		answer_row_end(answer);
		answer_say(answer, "  %-10.*s %s%s  " STR_FMT, STR_ARG(name), k->done ? "done " : k->due < op->now ? "LATE " : "by ",
		           arena_printf(op->a, STR_FMT, STR_ARG(when_day_text(op->a, op->zone, k->done ? k->done : k->due - 1, "en"))), STR_ARG(what));
	}
}

static bool leaving_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct leaving *l;
	size_t n;
	if (!access_leavings(op, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!args_has(args, "who") || str_eq(args_text(args, "who"), l[i].person.name)) {
			say_leaving(op, &l[i], answer);
			answer->attention |= l[i].open > 0;
		}
	if (!n)
		answer_say(answer, "Nobody leaves. When somebody does: handback access leave Ana --at 2026-12-31");
	return true;
}

static bool leave_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct holder person;
	struct access *s;
	size_t n;
	int64_t last = op->now;
	if (!person_asked(op, args_text(args, "who"), NULL, &person) || !day_asked(op, args, "at", true, true, &last) || !access_list(op, false, &s, &n) ||
	    !map_holder_end(op, person.id, last))
		return false;
	for (size_t i = 0; i < n; i++)                           /* PCI DSS 8.2.5: at once */
		if (s[i].person.id.n == person.id.n && !sql_leaving_put(op, person.id.n, s[i].id, last))
			return false;
	for (size_t k = 0; k < leaving_things_n; k++)
		if (!sql_leaving_put(op, person.id.n, -1 - (int64_t)k, when_add(last, leaving_things[k].days * DAY)))
			return false;
	if (!log_add(op, "access.leaves", ABOUT({ "holder", person.id.n }, { "at", last })))
		return false;
	struct leaving *l;
	if (!access_leavings(op, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (l[i].person.id.n == person.id.n)
			say_leaving(op, &l[i], answer);
	return true;
}

/* Saying that somebody was taken out of Handback is true only when they were. */
static bool gone_from_here(struct op *op, struct str name)
{
	struct sql_signs_in_here q;
	bool there;
	if (!sql_signs_in_here(op, name, &q, &there))
		return false;
	return !there || err_set(&op->err, CONFLICT, "item", STR_FMT " can still sign in here. First: handback person end " STR_FMT ", or in the pages: Settings, Persons.", STR_ARG(name), STR_ARG(name));
}

static bool done_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct leaving *l;
	size_t n;
	struct holder person;
	const struct arg *items = args_list(args, "item");
	if (!person_asked(op, args_text(args, "who"), NULL, &person) || !access_leavings(op, &l, &n))
		return false;
	for (size_t i = 0; items && i < items->n; i++) {
		bool hit = false;
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; j < l[k].n && l[k].person.id.n == person.id.n && !hit; j++) {
				const struct leaving_item *it = &l[k].item[j];
				int64_t number;
				hit = it->sign_in ? str_i64(items->value[i], &number) && number == it->item : str_eq(items->value[i], str_of(leaving_things[-1 - it->item].name));
				if (hit && !it->sign_in && strcmp(leaving_things[-1 - it->item].name, "handback") == 0 && !gone_from_here(op, person.name))
					return false;
				if (hit && !it->done && ((it->sign_in && !access_end(op, it->item, op->now)) || !sql_leaving_end(op, person.id.n, it->item, op->now) ||
				    !log_add(op, "access.leaving-done", ABOUT({ "holder", person.id.n }, { "item", it->item }))))
					return false;
			}
		if (!hit)
			return err_set(&op->err, NOT_FOUND, "item", "\"" STR_FMT "\" is not on that list. handback access leaving shows it.", STR_ARG(items->value[i]));
	}
	answer_say(answer, "Noted.");
	return true;
}

/* ---- one person, or two ---- */

/* Did customers' visits name this person? */
static bool is_touched(struct op *op, holder_id person, bool *touched)
{
	struct source all = { .entry = person, .dim = DIM_PERSON, .kinds = KINDS_ALL, .from = LONG_AGO, .to = FAR_OFF };
	struct exposed *e = exposed_open(op, false);
	bool good = e && ledger_touched(op, &all, 1, e);
	*touched = good && (exposed_customers(e) || e->unnamed);
	exposed_close(e);
	return good;
}

/* Where both have a sign-in, what is known of one is known of the other. */
static bool signs_joined(struct op *op, holder_id a, holder_id b)
{
	struct access *s;
	size_t n;
	if (!access_list(op, false, &s, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			if (s[i].person.id.n != a.n || s[k].person.id.n != b.n || s[i].holder.id.n != s[k].holder.id.n)
				continue;
			s[k].account = s[k].account ? s[k].account : s[i].account;
			s[k].second = s[k].second ? s[k].second : s[i].second;
			s[k].wrong = s[k].wrong ? s[k].wrong : s[i].wrong;
			if (!access_say(op, &s[k]))
				return false;
		}
	return true;
}

/* Where a name stands in answers and tasks, the other stands from now on. */
static bool rename_there(struct op *op, struct str from, struct str to)
{
	struct walk w[2];
	if (!payment_in_force(op, &w[0]) || !payment_draft(op, &w[1]))
		return false;
	for (size_t i = 0; i < 2; i++)
		for (size_t q = 0; w[i].id && q < questions_n; q++) {
			struct buf b = BUF(64 << 10);
			bool there = false;
			for (struct str rest = w[i].answers.text[q]; questions[q].kind == ANSWER_NAMES && questions[q].sort == PERSON && rest.p && rest.n;) {
				struct str name = str_split(&rest, '\n');
				bool is = str_eq(name, from), again = is && str_lists(w[i].answers.text[q], to);
				there |= is;
				if (!again)
					buf_printf(&b, "%s" STR_FMT, b.n ? "\n" : "", STR_ARG(is ? to : name));
			}
			bool good = !there || sql_answer_renamed(op, w[i].id, str_of(questions[q].name), buf_str(&b));
			buf_free(&b);
			if (!good)
				return false;
		}
	return sql_tasks_renamed(op, from, to);
}

static bool same_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct holder a, b;
	bool a_touched, b_touched;
	if (!person_asked(op, args_text(args, "who"), NULL, &a) || !person_asked(op, args_text(args, "other"), NULL, &b))
		return false;
	if (a.id.n == b.id.n)
		return err_set(&op->err, INVALID, "other", "These are one person here already.");
	if (args_has(args, "apart")) {
		if (!map_two_persons(op, a.id, b.id))
			return false;
		answer_say(answer, STR_FMT " and " STR_FMT " are two persons.", STR_ARG(a.name), STR_ARG(b.name));
		return true;
	}
	if (!is_touched(op, a.id, &a_touched) || !is_touched(op, b.id, &b_touched))
		return false;
	if (a_touched && b_touched)
		return err_set(&op->err, CONFLICT, "who", "Customers' visits name both. They stay two names here: in an incident, name both.");
	if (a_touched || (!b_touched && a.name.n > b.name.n)) {  /* who goes on: whom visits name, else the longer name */
		struct holder c = a;
		a = b, b = c;
	}
	if (!signs_joined(op, a.id, b.id) || !map_one_person(op, a.id, b.id) || !sql_reader_renamed(op, a.id.n, b.id.n) || !sql_leaving_renamed(op, a.id.n, b.id.n) || !rename_there(op, a.name, b.name))
		return false;
	answer_say(answer, STR_FMT " is " STR_FMT " from now on: their sign-ins, readers, answers and tasks.", STR_ARG(a.name), STR_ARG(b.name));
	return true;
}

#define READ_BY ROLES_LEAD | ROLE_HELPER
#define WHO { "who", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "a person, by name" }

const struct verb access_verbs[] = {
	{ "access list", "Lists who can sign in where.", "handback access list", VERB_READ, FIELDS({ "ended", FIELD_FLAG, 0, "those as well that were closed" }), list_run, READ_BY },
	{ "payment access", "Lists who can sign in where (as access list does).", "handback payment access", VERB_READ, FIELDS({ "ended", FIELD_FLAG, 0, "those as well that were closed" }), list_run, READ_BY },
	{ "access add", "Says that somebody can sign in somewhere, or more of a sign-in that is known.", "handback access add Ana Square --account own --second yes", VERB_WRITE,
	  FIELDS(WHO, { "holder", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "where: a holder on the map" }, { "account", FIELD_TEXT, 0, "own, or shared with others" },
	         { "second", FIELD_TEXT, 0, "yes: signing in takes a second step, like a code; no: a password alone" }, { "since", FIELD_TIME, 0, "since that day" },
	         { "kinds", FIELD_TEXT, 0, "what they see, like name,email; everything, if not told" }), add_run },
	{ "access end", "Says that a sign-in was closed there.", "handback access end 12", VERB_WRITE,
	  FIELDS({ "sign-in", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number in access list" }, { "at", FIELD_TIME, 0, "that day; now, if not told" }), end_run },
	{ "access look", "The quarterly look: which sign-ins are still right, and which are not.", "handback access look --all --wrong 12", VERB_WRITE,
	  FIELDS({ "right", FIELD_NUMBER, FIELD_LIST, "a sign-in that is right" }, { "wrong", FIELD_NUMBER, FIELD_LIST, "one that should not be" },
	         { "all", FIELD_FLAG, 0, "all others are right" }), look_run },
	{ "access same", "Says that two names are one person, whose sign-ins, readers and tasks are then under one name; or with --apart that they are two.", "handback access same Ana 'Ana Silva'", VERB_WRITE,
	  FIELDS(WHO, { "other", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the other name" }, { "apart", FIELD_FLAG, 0, "they are two" }), same_run },
	{ "access leave", "Says that somebody leaves, and makes the list of what to close and take back.", "handback access leave Ana --at 2026-12-31", VERB_WRITE,
	  FIELDS(WHO, { "at", FIELD_TIME, 0, "the last day; today, if not told" }), leave_run },
	{ "access leaving", "Shows what is still to be closed and taken back from who leaves.", "handback access leaving", VERB_READ,
	  FIELDS({ "who", FIELD_TEXT, FIELD_PLACED, "only this person's" }), leaving_run, READ_BY },
	{ "access done", "Says that things of that list are done; a sign-in is closed by it.", "handback access done Ana 12 keys", VERB_WRITE,
	  FIELDS(WHO, { "item", FIELD_TEXT, FIELD_PLACED | FIELD_LIST | FIELD_NEEDED, "a sign-in's number, or the thing's name in the list" }), done_run },
	{ 0 },
};
