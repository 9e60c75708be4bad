/* left - card readers that are in use as far as the map knows, and that no answer of the walk names: what of each? What is said is kept with the answers, as of a
 * question "reader:7" (the holder's number), and changes the map with them. */
#include "log.h"
#include "task_int.h"
#include "walk_sql.h"

#include <assert.h>
#include <inttypes.h>

const struct left_choice left_choices[] = {
	{ "phone_reader", "phone_reader.readers", LEFT_UNASKED, { "It takes payments with a phone, at the customer's place", "Cobra con un teléfono, donde está el cliente" } },
	{ "counter", "counter.readers", LEFT_UNASKED, { "It takes payments at our counter", "Cobra en nuestro mostrador" } },
	{ "spare", NULL, LEFT_SPARE, { "It is a spare, or not used now", "Es de reserva, o ahora no se usa" } },
	{ "gone", NULL, LEFT_GONE, { "We don't have it any more", "Ya no lo tenemos" } },
};
const size_t left_choices_n = LENGTH(left_choices);

struct str left_ask(struct arena *a, struct str name, bool spanish)
{
	return spanish ? arena_say(a, "¿Qué pasa con el lector " STR_FMT "?", STR_ARG(name)) : arena_say(a, "What is with the reader " STR_FMT "?", STR_ARG(name));
}

static struct str key_of(struct op *op, holder_id reader)
{
	return arena_say(op->a, "reader:%" PRId64, reader.n);
}

bool left_task(struct op *op, struct str question, struct holder *reader)
{
	int64_t id;
	return str_starts(question, STR("reader:")) && str_i64((struct str){ question.p + 7, question.n - 7 }, &id) && map_holder(op, (holder_id){ id }, reader);
}

/* Is this reader among the names of an answer that counts? */
static bool named(const struct answers *a, const bool asked[QUESTIONS_MAX], struct str name)
{
	for (size_t q = 0; q < questions_n; q++)
		if (questions[q].kind == ANSWER_NAMES && questions[q].sort == READER && asked[q] && a->set[q] == ANSWER_NAMED && str_lists(a->text[q], name))
			return true;
	return false;
}

static bool said_of(struct op *op, int64_t walk, struct left_out *l, size_t n)
{
	struct sql_walk_answers q;
	if (!walk)
		return true;
	if (!sql_walk_answers(op, walk, &q))
		return false;
	while (sql_walk_answers_next(op, &q))
		for (size_t i = 0; i < n; i++)
			if (str_eq(q.question, key_of(op, l[i].reader))) {
				l[i].person = q.person, l[i].due = q.due, l[i].is = LEFT_UNKNOWN;
				for (size_t k = 0; k < left_choices_n; k++)
					if (str_eq(q.answer, str_of(left_choices[k].name)))
						l[i].is = left_choices[k].is;
			}
	return op->err.code == OK;
}

bool payment_left(struct op *op, const struct walk *w, struct left_out **out, size_t *n)
{
	struct holder *h;
	struct walk last;
	bool asked[QUESTIONS_MAX];
	size_t holders, count = 0;
	if (!map_holders(op, &h, &holders))
		return false;
	struct left_out *l = ARENA_ARRAY(op->a, struct left_out, holders + 1);
	questions_asked(&w->answers, asked);
	for (size_t i = 0; i < holders; i++)
		if (h[i].sort == READER && h[i].until >= FAR_OFF && !named(&w->answers, asked, h[i].name))
			l[count++] = (struct left_out){ h[i].id, h[i].name, LEFT_UNASKED, { NULL, 0 }, 0 };
	int64_t walk = w->id;
	if (!walk && payment_in_force(op, &last))                /* nothing is drafted: as it was said last */
		walk = last.id;
	*out = l, *n = count;
	return op->err.code == OK && said_of(op, walk, l, count);
}

bool left_next(struct op *op, const struct walk *w, struct left_out *out, bool *any)
{
	struct left_out *l;
	size_t n;
	*any = false;
	if (!payment_left(op, w, &l, &n))
		return false;
	for (size_t i = 0; i < n && !*any; i++)
		if (l[i].is == LEFT_UNASKED)
			*out = l[i], *any = true;
	return true;
}

bool left_fits(const struct answers *a, const struct left_choice *c)
{
	struct answers then = *a;
	size_t q;
	if (!c->names)
		return true;
	for (size_t i = 0; i < questions[0].options; i++)
		if (strcmp(questions[0].option[i].name, c->name) == 0)
			then.set[0] |= 1u << i;
	return question_named(str_of(c->names), &q) && question_may_come(&then, q);
}

/* It takes payments in that way: the way is among those chosen, and its name among that question's. */
static bool names_it(struct op *op, struct walk *w, const struct left_choice *c, struct str name)
{
	struct str value[NAMES_MAX + 1], rest = w->answers.text[0];
	size_t q, n = 0;
	bool chosen = false;
	while (rest.p && rest.n && n < NAMES_MAX) {
		value[n] = str_split(&rest, '\n');
		chosen |= str_eq(value[n++], str_of(c->name));
	}
	value[n++] = str_of(c->name);
	if (!chosen && !payment_answer(op, w, 0, value, n, STR(""), 0))
		return false;
	bool there = question_named(str_of(c->names), &q);
	assert(there);
	n = 0;
	rest = w->answers.set[q] == ANSWER_NAMED ? w->answers.text[q] : (struct str){ NULL, 0 };
	while (rest.p && n < NAMES_MAX)
		value[n++] = str_split(&rest, '\n');
	value[n++] = name;
	return payment_answer(op, w, q, value, n, STR(""), 0);
}

bool payment_left_say(struct op *op, struct walk *w, holder_id reader, struct str what, struct str person, int64_t by)
{
	const struct left_choice *c = left_choices;
	struct sql_walk_person me;
	struct left_out *l;
	size_t n, i = 0;
	bool unknown = str_eq(what, STR("?")), found;
	if (!walk_begin(op, w) || !payment_left(op, w, &l, &n))
		return false;
	while (i < n && l[i].reader.n != reader.n)
		i++;
	if (i == n)
		return err_set(&op->err, INVALID, "reader", "The answers name this reader already, or it is not in use.");
	while (c < left_choices + left_choices_n && !str_eq(what, str_of(c->name)))
		c++;
	if (!unknown && (c == left_choices + left_choices_n || !left_fits(&w->answers, c)))
		return err_set(&op->err, INVALID, "what", "Say what is with it: phone_reader, counter, spare or gone; or ? when nobody knows yet.");
	if (!unknown && c->names)
		return names_it(op, w, c, l[i].name);
	if (unknown && !person.n) {
		if (!sql_walk_person(op, op->person, &me, &found))
			return false;
		person = found ? me.name : STR("");
	}
	return sql_walk_answer_put(op, w->id, key_of(op, reader), what, unknown ? person : STR(""), !unknown ? 0 : by ? by : in_two_weeks(op)) && sql_walk_touch(op, w->id, op->now) &&
	       log_add(op, "payment.reader", ABOUT({ "walk", w->id }, { "holder", reader.n }, { "known", !unknown }));
}

bool left_apply(struct op *op, const struct walk *w, size_t *open)
{
	struct left_out *l;
	struct task *t;
	struct sql_walk_person me;
	size_t n, tasks;
	bool found;
	if (!payment_left(op, w, &l, &n) || !payment_tasks(op, false, &t, &tasks) || !sql_walk_person(op, op->person, &me, &found))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct task *there = NULL;
		bool unknown = l[i].is == LEFT_UNKNOWN || l[i].is == LEFT_UNASKED;
		struct str key = key_of(op, l[i].reader), person = l[i].person.n ? l[i].person : found ? me.name : STR("");
		for (size_t k = 0; k < tasks; k++)
			if (str_eq(t[k].question, key))
				there = &t[k], t[k].question = STR("");              /* what remains is done */
		int64_t due = l[i].due ? l[i].due : in_two_weeks(op);
		*open += unknown;
		if ((unknown && !there && !task_put(op, key, person, due)) || (there && !unknown && !payment_task_done(op, there->id)) ||
		    (l[i].is == LEFT_GONE && !map_holder_end(op, l[i].reader, op->now)))
			return false;
	}
	for (size_t k = 0; k < tasks; k++)
		if (str_starts(t[k].question, STR("reader:")) && !payment_task_done(op, t[k].id))
			return false;
	return true;
}

/* ---- the verb ---- */

bool left_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct walk w;
	struct span by = { 0, 0, false };
	struct str name = args_text(args, "reader");
	struct holder reader;
	if (args_has(args, "by") && (!when_parse(args_text(args, "by"), op->zone, &by) || by.to <= op->now))
		return err_set(&op->err, INVALID, "by", "--by is a day that is still to come, like 2026-12-11.");
	if (!map_find(op, str_starts(name, STR("reader:")) ? name : arena_say(op->a, "reader:" STR_FMT, STR_ARG(name)), &reader) || !payment_draft(op, &w) ||
	    !payment_left_say(op, &w, reader.id, args_text(args, "what"), args_text(args, "person"), by.to ? by.to - 1 : 0))
		return false;
	struct left_out *l;
	size_t n, open = 0;
	if (!payment_left(op, &w, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		open += l[i].is == LEFT_UNASKED;
	answer_row(answer);
	answer_number(answer, "walk", w.id);
	answer_number(answer, "readers_left", (int64_t)open);
	answer_number(answer, "left", (int64_t)questions_left(&w.answers));
	answer_row_end(answer);
	answer_say(answer, "Kept with the answers. Look through them: handback payment show --draft");
	return true;
}
