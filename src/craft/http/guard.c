/* guard - a list of sockets with the moment at which each must be done, and where it comes from. */
#include "guard.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct guarded { struct guarded *next, **here; int fd; uint64_t place; time_t until; };
struct guard { pthread_mutex_t lock; pthread_cond_t ends; bool ended; pthread_t thread; struct guarded *first; };

static time_t clock_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void *watch(void *of)
{
	struct guard *g = of;
	pthread_mutex_lock(&g->lock);
	while (!g->ended) {
		time_t now = clock_seconds();
		for (struct guarded *c = g->first; c; c = c->next)
			if (now >= c->until)
				shutdown(c->fd, SHUT_RDWR);
		struct timespec next = { now + 1, 0 };
		pthread_cond_timedwait(&g->ends, &g->lock, &next);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

struct guard *guard_open(struct err *e)
{
	struct guard *g = mem_zero(1, sizeof *g);
	pthread_condattr_t how;
	pthread_condattr_init(&how);
	pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->ends, &how);
	errno = pthread_create(&g->thread, NULL, watch, g);
	if (!errno)
		return g;
	err_errno(e, "The web server could not be started");
	free(g);
	return NULL;
}

void guard_close(struct guard *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->lock);
	g->ended = true;
	pthread_cond_signal(&g->ends);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->thread, NULL);
	free(g);
}

struct guarded *guard_add(struct guard *g, int fd, uint64_t place, size_t most, unsigned seconds)
{
	struct guarded *c = mem_zero(1, sizeof *c);
	size_t there = 0;
	c->fd = fd;
	c->place = place;
	c->until = clock_seconds() + seconds;
	pthread_mutex_lock(&g->lock);
	for (const struct guarded *other = g->first; other && place; other = other->next)
		there += other->place == place;
	if (there >= most)
		shutdown(fd, SHUT_RDWR);
	c->next = g->first;
	c->here = &g->first;
	if (c->next)
		c->next->here = &c->next;
	g->first = c;
	pthread_mutex_unlock(&g->lock);
	return c;
}

void guard_until(struct guard *g, struct guarded *c, unsigned seconds)
{
	pthread_mutex_lock(&g->lock);
	c->until = clock_seconds() + seconds;
	pthread_mutex_unlock(&g->lock);
}

void guard_drop(struct guard *g, struct guarded *c)
{
	pthread_mutex_lock(&g->lock);
	*c->here = c->next;
	if (c->next)
		c->next->here = c->here;
	pthread_mutex_unlock(&g->lock);
	free(c);
}
