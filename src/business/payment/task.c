/* task - what somebody is to find out, by a day: listed, and done. */
#include "log.h"
#include "task_int.h"
#include "task_sql.h"

#include <inttypes.h>

bool payment_tasks(struct op *op, bool done_too, struct task **out, size_t *n)
{
	struct sql_tasks q;
	struct task *t = NULL;
	size_t count = 0, room = 0;
	if (!sql_tasks(op, &q))
		return false;
	while (sql_tasks_next(op, &q)) {
		if (q.done && !done_too)
			continue;
		t = arena_more(op->a, t, count, &room, sizeof *t);
		t[count++] = (struct task){ q.id, q.question, q.person, q.due, q.made, q.done };
	}
	*out = t, *n = count;
	return op->err.code == OK;
}

bool payment_task(struct op *op, int64_t id, struct task *out)
{
	struct task *t;
	size_t n;
	if (!payment_tasks(op, true, &t, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (t[i].id == id) {
			*out = t[i];
			return true;
		}
	return err_set(&op->err, NOT_FOUND, "task", "There is no task %" PRId64 ". handback task list shows them.", id);
}

bool payment_task_open(struct op *op, const struct task *t, bool *open)
{
	struct walk w;
	struct left_out *l;
	struct holder reader;
	bool asked[QUESTIONS_MAX];
	size_t q, n;
	*open = false;
	if (t->done || !payment_draft(op, &w))
		return t->done != 0;
	questions_asked(&w.answers, asked);
	if (question_named(t->question, &q)) {
		*open = asked[q] && (!w.answers.set[q] || w.answers.set[q] == ANSWER_UNKNOWN);
		return true;
	}
	if (!left_task(op, t->question, &reader))
		return op->err.code == OK;
	if (!payment_left(op, &w, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		*open |= l[i].reader.n == reader.id.n && (l[i].is == LEFT_UNASKED || l[i].is == LEFT_UNKNOWN);
	return true;
}

bool payment_task_done(struct op *op, int64_t id)
{
	struct task t;
	return payment_task(op, id, &t) && (t.done || (sql_task_end(op, id, op->now) && log_add(op, "task.done", ABOUT({ "task", id }))));
}

static const struct task *open_task(const struct task *t, size_t n, size_t q)
{
	for (size_t i = 0; i < n; i++)
		if (!t[i].done && str_eq(t[i].question, str_of(questions[q].name)))
			return &t[i];
	return NULL;
}

bool task_put(struct op *op, struct str question, struct str person, int64_t due)
{
	int64_t id = op_count(op, "task");
	return id && sql_task_put(op, id, question, person, due, op->now) && log_add(op, "task.added", ABOUT({ "task", id }));
}

bool tasks_of(struct op *op, const struct answers *a, size_t *open)
{
	struct task *t;
	size_t n;
	bool asked[QUESTIONS_MAX];
	*open = 0;
	questions_asked(a, asked);
	if (!payment_tasks(op, false, &t, &n))
		return false;
	for (size_t q = 0; q < questions_n; q++) {
		const struct task *there = open_task(t, n, q);
		bool unknown = asked[q] && a->set[q] == ANSWER_UNKNOWN;
		*open += unknown;
		bool good = unknown && !there ? task_put(op, str_of(questions[q].name), a->person[q], a->due[q])
		            : unknown         ? sql_task_move(op, there->id, a->person[q], a->due[q])
		            : there           ? payment_task_done(op, there->id)
		                              : true;
		if (!good)
			return false;
	}
	return true;
}

/* ---- verbs ---- */

bool task_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct task *t;
	size_t n, q;
	if (!payment_tasks(op, args_has(args, "done"), &t, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct holder reader;
		const char *ask = question_named(t[i].question, &q) ? questions[q].ask.en : left_task(op, t[i].question, &reader) ? left_ask(op->a, reader.name, false).p : arena_str(op->a, t[i].question).p;
		answer_row(answer);
		answer_number(answer, "task", t[i].id);
		answer_text(answer, "question", t[i].question);
		answer_text(answer, "find_out", str_of(ask));
		answer_text(answer, "person", t[i].person);
		answer_time(answer, "due", t[i].due);
		answer_flag(answer, "late", !t[i].done && t[i].due < op->now);
		answer_flag(answer, "done", t[i].done);
		answer_row_end(answer);
		answer_say(answer, "%3" PRId64 "  %s", t[i].id, ask);
		answer_say(answer, "     " STR_FMT ", by " STR_FMT "%s", STR_ARG(t[i].person), STR_ARG(when_day_text(op->a, op->zone, t[i].due, "en")),
		           t[i].done ? " (done)" : t[i].due < op->now ? " (late)" : "");
	}
	if (!n)
		answer_say(answer, "Nothing is to be found out.");
	return true;
}

/* What a question takes, for who is to answer it: "yes, no"; names and numbers speak for themselves. */
static struct str takes(struct op *op, const struct task *t)
{
	struct str list = STR("");
	size_t q;
	bool known = question_named(t->question, &q);
	for (size_t i = 0; i < (known ? questions[q].options : left_choices_n); i++)
		list = arena_say(op->a, STR_FMT "%s%s", STR_ARG(list), list.n ? ", " : "", known ? questions[q].option[i].name : left_choices[i].name);
	return list;
}

/* What was found out goes into the draft; an owner or a manager puts it on the map. */
static bool task_answer(struct op *op, const struct task *t, const struct arg *answer)
{
	struct walk w;
	struct holder reader;
	bool asked[QUESTIONS_MAX];
	size_t q;
	for (size_t i = 0; i < answer->n; i++)
		if (str_eq(str_trim(answer->value[i]), STR("?")))
			return err_set(&op->err, INVALID, "answer", "That is still open, and stays on the list until somebody knows.");
	if (!question_named(t->question, &q))
		return left_task(op, t->question, &reader) ? payment_draft(op, &w) && payment_left_say(op, &w, reader.id, answer->value[0], STR(""), 0) : op->err.code == OK;
	if (!payment_draft(op, &w))
		return false;
	questions_asked(&w.answers, asked);
	return asked[q] ? payment_answer(op, &w, q, answer->value, answer->n, STR(""), 0) :
	                  err_set(&op->err, CONFLICT, "answer", "This is not asked any more, as the answers stand. Take it off the list without an answer.");
}

bool task_done_run(struct op *op, const struct args *args, struct answer *answer)
{
	const struct arg *given = args_list(args, "answer");
	struct task t;
	int64_t id;
	bool open, answers = given && given->n;
	if (!args_number(args, "task", &id) || !payment_task(op, id, &t) || !op_may_decide(op, t.person) || !payment_task_open(op, &t, &open))
		return false;
	if (open && !answers) {
		struct str list = takes(op, &t);
		return err_set(&op->err, CONFLICT, "answer", "What was found out? Its question has no answer yet%s" STR_FMT ". Give it with the task; until somebody knows, it stays on the list.",
		               list.n ? ": " : "", STR_ARG(list));
	}
	if ((answers && !task_answer(op, &t, given)) || !payment_task_done(op, id))
		return false;
	answer_say(answer, answers ? "Task %" PRId64 " is done. The answer is kept with the others; an owner or a manager puts them on the map: handback payment apply" : "Task %" PRId64 " is done.", id);
	return true;
}
