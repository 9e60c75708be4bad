/* demo - the sample business, opened beside one's own by the parent: an address of its own, which is led to. */
#include "desk_int.h"
#include "role.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

enum { MAKING_MS = 60000, ENDING_MS = 5000, SAID_MAX = 1024 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct helper running = { .line = -1 };           /* the demo that is open; line -1: none is */

/* What it says first has its link, http://localhost:PORT/open/KEY, which works once and for half an hour. The first time it is made, in some seconds. */
static bool link_take(int line, struct arena *a, struct demo_view *w)
{
	char said[SAID_MAX];
	size_t n = 0;
	struct pollfd p = { .fd = line, .events = POLLIN };
	while (n < sizeof said && !memchr(said, '\n', n)) {
		if (poll(&p, 1, MAKING_MS) <= 0)
			return false;
		ssize_t got = read(line, said + n, sizeof said - n);
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	static const struct str host = { "http://localhost:", 17 };
	const char *from = memmem(said, n, host.p, host.n), *to = from ? memchr(from, '"', (size_t)(said + n - from)) : NULL;
	if (!to)
		return false;
	struct str link = arena_str(a, (struct str){ from + host.n, (size_t)(to - from) - host.n });
	w->port = str_split(&link, '/');
	str_split(&link, '/');
	w->key = link;
	return w->port.n && w->key.n;
}

static void demo_end(void)
{
	int status;
	if (running.line < 0)
		return;
	helper_kill(&running);
	helper_wait(&running, ENDING_MS, &status);
	close(running.line);
	running.line = -1;
}

/* Its pages answer on this machine alone. */
static bool beside(const struct visit *v)
{
	return str_starts(v->ask->host, STR("localhost:"));
}

static bool demo_show(struct visit *v, struct demo_view *w)
{
	w->beside = beside(v);
	page_demo(v->o, w);
	v->back = STR("/choices");
	return visit_show(v, str_of(visit_words(v, "Look at the demo")));
}

bool demo_page(struct visit *v)
{
	return demo_show(v, &(struct demo_view){ 0 });
}

/* Each time anew, for a link of its own; what was done in it stays. */
bool demo_do(struct visit *v)
{
	struct err *e = &v->op->err;
	struct demo_view w = { 0 };
	if (!beside(v) || op_setting(v->op, "demo").n || op_setting(v->op, "drill").n)
		return err_set(e, REFUSED, NULL, "%s", visit_words(v, "The demo opens beside a business of your own, on the machine on which Handback runs."));
	if (pthread_mutex_trylock(&lock) != 0)
		return err_set(e, CONFLICT, NULL, "%s", visit_words(v, "The demo is being opened already. Wait a moment, then try again."));
	demo_end();
	bool good = helper_start("demo", "", -1, &running, e);
	if (!good)
		running.line = -1;
	else if (!link_take(running.line, v->op->a, &w)) {
		demo_end();
		good = err_set(e, OUTSIDE, NULL, "%s", visit_words(v, "The demo did not open. It may be open already, where it was started by hand: close it there, then try again."));
	}
	pthread_mutex_unlock(&lock);
	return good && demo_show(v, &w);
}
