/* counting - who is at risk, counted anew behind the pages: in one thread, with an operation of its own, when a page has met counts that are stale or
 * missing. Where an import changes them all the time it rests between two counts, so that pages come first. */
#include "desk_int.h"
#include "notice.h"
#include "services.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

enum {
	REST = 10,                   /* stale counts are made anew when so many times as long as the last took have gone by */
	MOMENT = 200,                /* ms that a page waits for it */
};

static struct { pthread_mutex_t lock; pthread_cond_t ended_one; pthread_t thread; bool started, busy; volatile int stop; double ended, took; char folder[4096]; } counting = 
	{ .lock = PTHREAD_MUTEX_INITIALIZER, .ended_one = PTHREAD_COND_INITIALIZER };

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *count_all(void *none)
{
	struct op op = { .stop = &counting.stop };
	double began = seconds();
	if (!op_open(&op, str_of(counting.folder)) || !incident_count_all(&op) || !notice_count_all(&op) || !services_count_all(&op))
		fprintf(stderr, "handback: what the pages show could not be counted: %s\n", op.err.say);
	op_close(&op);
	malloc_trim(0);
	pthread_mutex_lock(&counting.lock);
	counting.busy = false;
	counting.ended = seconds();
	counting.took = counting.ended - began;
	pthread_cond_broadcast(&counting.ended_one);
	pthread_mutex_unlock(&counting.lock);
	return none;
}

/* Signals are for the thread that waits for them. */
static void begin(void)
{
	sigset_t all, before;
	if (counting.started)
		pthread_join(counting.thread, NULL);     /* it is at its end */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	counting.started = counting.busy = pthread_create(&counting.thread, NULL, count_all, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool counting_ask(struct op *op, bool missing)
{
	struct timespec until;
	if (op_read_only(op))
		return false;
	pthread_mutex_lock(&counting.lock);
	bool begun = !counting.busy && !counting.stop && (missing || seconds() - counting.ended >= REST * counting.took);
	if (begun) {
		snprintf(counting.folder, sizeof counting.folder, STR_FMT, STR_ARG(op->folder));
		begin();
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += (until.tv_nsec + MOMENT * 1000000L) / 1000000000;
		until.tv_nsec = (until.tv_nsec + MOMENT * 1000000L) % 1000000000;
		while (counting.busy && pthread_cond_timedwait(&counting.ended_one, &counting.lock, &until) == 0)
			;
	}
	bool ended = begun && !counting.busy;
	pthread_mutex_unlock(&counting.lock);
	return ended;
}

void counting_end(void)
{
	pthread_mutex_lock(&counting.lock);
	counting.stop = 1;
	bool started = counting.started;
	pthread_mutex_unlock(&counting.lock);
	if (started)
		pthread_join(counting.thread, NULL);
}
