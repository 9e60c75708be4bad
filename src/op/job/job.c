/* job - the rows of jobs. A running one holds a lock on byte `id` of job.lock in the data folder (an open file description lock, which the kernel
 * lets go when its process ends in any way): a row that says "running" without that lock is one whose process is gone. */
#include "job.h"
#include "job_sql.h"
#include "store.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char lock_file[] = "job.lock";

enum { STEP_MS = 250, SAY_STEP = 120 };

struct job_hand { int64_t id, told; int lock; struct op own; };

static const char gone[] = "The process that did it has ended before the work did. What was complete by then is kept; start it again to go on.";

const char *job_state_name(enum job_state s)
{
	static const char *const names[] = { "", "running", "done", "failed", "stopped" };
	return names[s <= JOB_STOPPED ? s : 0];
}

/* ---- reading ---- */

static void settle(struct op *op, struct job *j)
{
	if (j->state == JOB_RUNNING && !op_held(op, lock_file, j->id))
		j->state = JOB_FAILED, j->say = STR(gone);
}

bool job_get(struct op *op, int64_t id, struct job *j)
{
	struct sql_job_get q;
	bool found;
	if (!sql_job_get(op, id, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "job", "There is no job %lld. handback job list shows them all.", (long long)id);
	*j = (struct job){ id, q.person, q.began, q.changed, q.done, q.todo, (enum job_state)q.state, q.attention, q.stop, q.what, q.say, q.answer };
	settle(op, j);
	return true;
}

bool job_list(struct op *op, struct job **jobs, size_t *n)
{
	struct sql_jobs q;
	struct job *j = ARENA_ARRAY(op->a, struct job, JOBS_KEPT);
	size_t many = 0;
	if (!sql_jobs(op, JOBS_KEPT, &q))
		return false;
	while (many < JOBS_KEPT && sql_jobs_next(op, &q)) {
		j[many] = (struct job){ q.id, q.person, q.began, q.changed, q.done, q.todo, (enum job_state)q.state, q.attention, q.stop, q.what, q.say, { 0 } };
		settle(op, &j[many++]);
	}
	sql_jobs_stop(&q);
	*jobs = j;
	*n = many;
	return op->err.code == OK;
}

/* ---- keeping ---- */

static int64_t milliseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Rows whose process is gone are told so for good, that they can go when their time comes. */
static bool put(struct op *op, struct job_hand *h, const char *what)
{
	struct job *old;
	size_t n;
	h->id = op_count(op, "job");
	if (!h->id || (h->lock = op_hold(op, lock_file, h->id)) < 0 || !job_list(op, &old, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (old[i].state == JOB_FAILED && str_eq(old[i].say, STR(gone)) && !sql_job_end(op, old[i].id, JOB_FAILED, 0, STR(gone), STR(""), old[i].changed))
			return false;
	return sql_jobs_drop(op, h->id - JOBS_KEPT) && sql_job_put(op, h->id, str_of(what), op->person, when_now());
}

struct job_hand *job_begin(struct op *op, const char *what)
{
	struct job_hand *h = mem_zero(1, sizeof *h);
	h->lock = -1;
	bool good = op_open(&h->own, op->folder);
	if (!good)
		op->err = h->own.err;
	good = good && op_begin(op) && op_end(op, put(op, h, what));
	if (good)
		return h;
	if (h->lock >= 0)
		close(h->lock);
	op_close(&h->own);
	free(h);
	return NULL;
}

int64_t job_id(const struct job_hand *h)
{
	return h->id;
}

bool job_step(struct job_hand *h, struct op *op, const char *say, uint64_t done, uint64_t of)
{
	int64_t now = milliseconds();
	struct sql_job_step q = { 0 };
	bool found = false;
	if (h->told && now - h->told < STEP_MS)
		return false;
	h->told = now;
	/* a verb that writes holds the write lock: another line would wait for it without end */
	bool within = db_writing(op->db);
	struct op *by = within ? op : &h->own;
	struct err before = by->err;
	struct str words = str_of(say);
	words.n = words.n > SAY_STEP ? SAY_STEP : words.n;
	if (within || op_begin(by)) {
		bool kept = sql_job_step(by, h->id, words, (int64_t)done, (int64_t)of, when_now(), &q, &found);
		kept = within || (op_end(by, kept) && kept);
		found = found && kept;
	}
	by->err = before;
	return found && q.stop;
}

/* At most so much of it, whole lines. */
static struct str lines_within(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	const char *end = memrchr(s.p, '\n', max);
	return (struct str){ s.p, end ? (size_t)(end + 1 - s.p) : 0 };
}

void job_end(struct job_hand *h, enum job_state state, bool attention, struct str say, struct str rows)
{
	if (!h)
		return;
	if (say.n > JOB_SAY_MAX)
		say = lines_within(say, JOB_SAY_MAX);
	/* not kept: it is seen as one whose process is gone, once the lock is */
	if (op_begin(&h->own))
		op_end(&h->own, sql_job_end(&h->own, h->id, state, attention, say, lines_within(rows, JOB_ROWS_MAX), when_now()));
	close(h->lock);
	op_close(&h->own);
	free(h);
}
