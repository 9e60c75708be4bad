/* thread - verbs as jobs, each in a thread with its own operation. What the threads share is a table under one lock. */
#include "job.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct running {
	struct op op;                                    /* first: op->progress finds the rest by it */
	struct job_hand *hand;
	struct job_order order;
	struct args args;
	struct arena *kept;                              /* what the order brought along */
	volatile int stop;
	struct buf rows, last, say;                      /* last: the newest row that found no room in rows */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static struct running *running[JOBS_AT_ONCE];

static void progress(struct op *op, const char *what, uint64_t done, uint64_t of)
{
	struct running *r = (struct running *)op;
	if (job_step(r->hand, op, what, done, of))
		r->stop = 1;
}

/* The first rows, as far as there is room, and the last: it may sum up all. */
static void put(void *to, struct str s)
{
	struct running *r = to;
	if (!r->last.n && r->rows.n + s.n <= JOB_ROWS_MAX - JOB_LAST_MAX) {
		buf_put(&r->rows, s);
	} else if (s.n && s.n <= JOB_LAST_MAX) {
		buf_clear(&r->last);
		buf_put(&r->last, s);
	}
}

static void note(void *to, struct str s)
{
	struct running *r = to;
	if (r->say.n + s.n < JOB_SAY_MAX)
		buf_put(&r->say, s);
}

static void end(struct running *r, bool good, bool attention, bool stopped)
{
	enum job_state state = good ? (stopped ? JOB_STOPPED : JOB_DONE) : r->stop ? JOB_STOPPED : JOB_FAILED;
	if (!good) {
		buf_clear(&r->say);
		buf_put(&r->say, str_of(r->op.err.say));
	}
	buf_put(&r->rows, buf_str(&r->last));
	job_end(r->hand, state, attention, buf_str(&r->say), buf_str(&r->rows));
}

static void place_leave(struct running *r)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < JOBS_AT_ONCE; i++)
		if (running[i] == r)
			running[i] = NULL;
	pthread_cond_broadcast(&ended);
	pthread_mutex_unlock(&lock);
}

static void *run(void *of)
{
	struct running *r = of;
	struct answer answer = { .json = true, .put = put, .note = note, .to = r };
	struct str folder = r->op.folder;
	int64_t person = r->op.person;
	bool good = op_open(&r->op, folder);
	r->op.person = person;
	good = good && (!r->order.ready || r->order.ready(&r->op, r->order.about)) && op_do(&r->op, r->order.verb, &r->args, &answer);
	end(r, good, answer.attention, answer.stopped);
	if (r->order.over)
		r->order.over(r->order.about);
	op_close(&r->op);
	arena_close(r->kept);
	buf_free(&r->rows);
	buf_free(&r->last);
	buf_free(&r->say);
	malloc_trim(0);                                  /* long work takes much, and nobody else needs it soon */
	place_leave(r);
	free(r);
	return NULL;
}

static struct args args_copy(struct arena *a, const struct args *from)
{
	struct args to = { ARENA_ARRAY(a, struct arg, from->n), from->n };
	for (size_t i = 0; i < from->n; i++) {
		to.arg[i] = (struct arg){ from->arg[i].field, ARENA_ARRAY(a, struct str, from->arg[i].n), from->arg[i].n };
		for (size_t k = 0; k < from->arg[i].n; k++)
			to.arg[i].value[k] = arena_str(a, from->arg[i].value[k]);
	}
	return to;
}

static bool place_take(struct running *r)
{
	bool taken = false;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < JOBS_AT_ONCE && !taken; i++)
		if (!running[i])
			running[i] = r, taken = true;
	pthread_mutex_unlock(&lock);
	return taken;
}

/* Signals are for the thread that waits for them. */
static bool thread_start(struct running *r, struct err *e)
{
	pthread_t thread;
	pthread_attr_t detached;
	sigset_t all, before;
	sigfillset(&all);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool good = pthread_create(&thread, &detached, run, r) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&detached);
	return good || err_set(e, OUTSIDE, NULL, "The machine has no room for another thread. Try again later.");
}

bool job_start(struct op *op, const struct job_order *order, int64_t *id)
{
	struct running *r;
	if (!op_fits(op, order->verb, order->args, &(struct answer){ 0 }))
		return false;
	r = mem_zero(1, sizeof *r);
	r->kept = arena_open();
	r->order = *order;
	r->args = args_copy(r->kept, order->args);
	r->rows = BUF(JOB_ROWS_MAX);
	r->last = BUF(JOB_LAST_MAX);
	r->say = BUF(JOB_SAY_MAX * 2);
	r->op = (struct op){ .folder = arena_str(r->kept, op->folder), .person = op->person, .afar = op->afar, .progress = progress, .stop = &r->stop };
	bool placed = place_take(r) || err_set(&op->err, CONFLICT, NULL, "%d long tasks are running already. Wait until one has ended.", JOBS_AT_ONCE);
	r->hand = placed ? job_begin(op, order->verb->name) : NULL;
	if (r->hand) {
		*id = job_id(r->hand);
		if (thread_start(r, &op->err))
			return true;
		job_end(r->hand, JOB_FAILED, false, str_of(op->err.say), STR(""));
	}
	if (placed)
		place_leave(r);
	arena_close(r->kept);
	free(r);
	return false;
}

void jobs_end(void)
{
	pthread_mutex_lock(&lock);
	for (bool any = true; any;) {
		any = false;
		for (size_t i = 0; i < JOBS_AT_ONCE; i++)
			if (running[i])
				running[i]->stop = 1, any = true;
		if (any)
			pthread_cond_wait(&ended, &lock);
	}
	pthread_mutex_unlock(&lock);
}
