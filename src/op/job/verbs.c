/* verbs - jobs as the command line and the pages show them. */
#include "job.h"
#include "job_sql.h"
#include "log.h"

#include <inttypes.h>
#include <time.h>

static const char *how_far(struct op *op, const struct job *j)
{
	if (j->state != JOB_RUNNING)
		return job_state_name(j->state);
	if (j->of)
		return arena_printf(op->a, "%d %%", (int)(100.0 * (double)j->done / (double)j->of));
	return j->stop ? "stopping" : "running";
}

static void row(struct answer *answer, const struct job *j)
{
	answer_row(answer);
	answer_number(answer, "job", j->id);
	answer_text(answer, "what", j->what);
	answer_text(answer, "state", str_of(job_state_name(j->state)));
	answer_number(answer, "person", j->person);
	answer_time(answer, "began", j->began);
	answer_time(answer, "changed", j->changed);
	answer_number(answer, "done", j->done);
	answer_number(answer, "of", j->of);
	answer_flag(answer, "stop_asked", j->stop);
	answer_flag(answer, "attention", j->attention);
	answer_text(answer, "say", j->say);
	if (j->rows.n)
		answer_text(answer, "rows", j->rows);
	answer_row_end(answer);
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct job *j;
	size_t n;
	(void)args;
	if (!job_list(op, &j, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct str rest = j[i].say, said = str_split(&rest, '\n');
		row(answer, &j[i]);
		answer_say(answer, "%4" PRId64 "  %s  %-16.*s %-8s  " STR_FMT, j[i].id, when_local_text(op->a, op->zone, j[i].began).p, STR_ARG(j[i].what), how_far(op, &j[i]),
		           STR_ARG(said));
	}
	if (!n)
		answer_say(answer, "There was no long work in the pages yet.");
	return true;
}

/* Until it has ended, or whoever looks has had enough. */
static bool follow(struct op *op, int64_t id)
{
	struct arena *whole = op->a;
	for (bool running = true; running && !op_stopped(op);) {
		struct job j = { 0 };
		op->a = arena_open();
		running = job_get(op, id, &j) && j.state == JOB_RUNNING;
		if (running && op->progress)
			op->progress(op, arena_printf(op->a, STR_FMT, STR_ARG(j.say)), (uint64_t)j.done, (uint64_t)j.of);
		arena_close(op->a);
		op->a = whole;
		if (running)
			nanosleep(&(struct timespec){ 0, 250 * 1000000 }, NULL);
	}
	return op->err.code == OK;
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct job j;
	int64_t id = 0;
	args_number(args, "job", &id);
	if ((args_has(args, "follow") && !follow(op, id)) || !job_get(op, id, &j))
		return false;
	row(answer, &j);
	answer_say(answer, "Job %" PRId64 ", " STR_FMT ", begun %s: %s", j.id, STR_ARG(j.what), when_local_text(op->a, op->zone, j.began).p, how_far(op, &j));
	answer_lines(answer, j.say);
	answer_lines(answer, j.rows);
	answer->attention = j.attention || j.state == JOB_FAILED || j.state == JOB_STOPPED;
	return true;
}

static bool stop_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct job j;
	int64_t id = 0;
	args_number(args, "job", &id);
	if (!job_get(op, id, &j))
		return false;
	if (j.state != JOB_RUNNING)
		return err_set(&op->err, CONFLICT, "job", "Job %" PRId64 " is not running: it is %s.", id, job_state_name(j.state));
	answer_say(answer, "Job %" PRId64 " ends at its next safe point. See it: handback job show %" PRId64 " --follow", id, id);
	return sql_job_ask_stop(op, id) && log_add(op, "job.stopped", ABOUT({ "job", id }));
}

#define JOB { "job", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number" }

const struct verb job_verbs[] = {
	{ "job list", "Shows the long work that the pages began: how far it is, how it ended.", "handback job list", VERB_READ, NO_FIELDS, list_run, ROLES_ALL },
	{ "job show", "Shows one of them, with what it answered.", "handback job show 3 --follow", VERB_READ,
	  FIELDS(JOB, { "follow", FIELD_FLAG, FIELD_TERMINAL, "waits until it has ended, and shows how far it is" }), show_run, ROLES_ALL },
	{ "job stop", "Asks one to end at its next safe point.", "handback job stop 3", VERB_WRITE, FIELDS(JOB), stop_run, ROLES_WORK },
	{ 0 },
};
