/* task - what somebody is to find out, by a day: listed, and done. */
#include "payment.h"
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

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct task *t;
	size_t n;
	if (!payment_tasks(op, args_has(args, "done"), &t, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		answer_row(answer);
		answer_number(answer, "task", t[i].id);
		answer_text(answer, "question", t[i].question);
		answer_text(answer, "person", t[i].person);
		answer_time(answer, "due", t[i].due);
		answer_flag(answer, "done", t[i].done);
		answer_row_end(answer);
		answer_say(answer, "%3" PRId64 "  " STR_FMT "  " STR_FMT "  %s" STR_FMT, t[i].id, STR_ARG(when_day_text(op->a, op->zone, t[i].due, "en")), STR_ARG(t[i].person),
		           t[i].done ? "(done) " : "", STR_ARG(t[i].question));
	}
	if (!n)
		answer_say(answer, "Nothing is to be found out.");
	return true;
}

static bool done_run(struct op *op, const struct args *args, struct answer *answer)
{
	int64_t id;
	if (!args_number(args, "task", &id) || !payment_task_done(op, id))
		return false;
	answer_say(answer, "Task %" PRId64 " is done.", id);
	return true;
}

const struct verb payment_verbs[] = {
	{ "task list", "Lists what is still to be found out, the most urgent first.", "handback task list", VERB_READ,
	  FIELDS({ "done", FIELD_FLAG, 0, "those too that are done" }), list_run, ROLES_ALL },
	{ "task done", "Says that a task is done.", "handback task done 1", VERB_WRITE,
	  FIELDS({ "task", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number" }), done_run, ROLES_WORK },
	{ 0 },
};
