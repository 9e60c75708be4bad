/* task - what somebody is to find out, by a day: listed, and done. */
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

bool payment_task_done(struct op *op, int64_t id)
{
	struct sql_task_by_id q;
	bool found;
	if (!sql_task_by_id(op, id, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "task", "There is no task %" PRId64 ". handback task list shows them.", id);
	return q.done || (sql_task_end(op, id, op->now) && log_add(op, "task.done", ABOUT({ "task", id })));
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

bool task_done_run(struct op *op, const struct args *args, struct answer *answer)
{
	int64_t id;
	struct sql_task_by_id q;
	bool found;
	if (!args_number(args, "task", &id) || !sql_task_by_id(op, id, &q, &found) || (found && !op_may_decide(op, q.person)) || !payment_task_done(op, id))
		return false;
	answer_say(answer, "Task %" PRId64 " is done. What was found out goes into the answers: handback payment walk", id);
	return true;
}
