/* beside - the sample business, and the copy on which an incident is practised: opened beside one's own pages by the parent, each at an address of its own,
 * which is led to. */
#include "drill.h"
#include "desk_int.h"
#include "role.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { MAKING_MS = 60000, ENDING_MS = 15000, SAID_MAX = 1024 };

enum sort { DEMO, DRILL, SORTS };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { struct helper helper; int64_t person; char port[6]; } running[SORTS] = { { .helper.line = -1 }, { .helper.line = -1 } };   /* line -1: it is not open; person: who opened it */

/* What it says first has its link, http://localhost:PORT/open/KEY, which works once and for half an hour. The first time the demo is made, in some seconds. */
static bool link_take(int line, struct arena *a, struct beside_view *w)
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

/* The line's end is the word to end: a drill takes its copy away. What does not heed it is ended. */
static void end(enum sort sort)
{
	struct helper *h = &running[sort].helper;
	int status;
	if (h->line < 0)
		return;
	close(h->line);
	h->line = -1;
	if (sort == DEMO || !helper_wait(h, ENDING_MS, &status)) {
		helper_kill(h);
		helper_wait(h, ENDING_MS, &status);
	}
}

/* Under the lock. Each time anew, for a link of its own. */
static bool begin(struct visit *v, enum sort sort, const char *role, const char *work, struct beside_view *w)
{
	struct helper *h = &running[sort].helper;
	end(sort);
	if (!helper_start(role, work, -1, h, &v->op->err)) {
		h->line = -1;
		return false;
	}
	if (!link_take(h->line, v->op->a, w)) {
		end(sort);
		return false;
	}
	running[sort].person = v->op->person;
	snprintf(running[sort].port, sizeof running[sort].port, STR_FMT, STR_ARG(w->port));
	return true;
}

/* Its pages answer on this machine alone. */
static bool beside(const struct visit *v)
{
	return str_starts(v->ask->host, STR("localhost:"));
}

/* ---- the demo ---- */

static bool demo_show(struct visit *v, struct beside_view *w)
{
	w->beside = beside(v);
	page_demo(v->o, w);
	v->back = STR("/choices");
	return visit_show(v, str_of(visit_words(v, "Look at the demo")));
}

bool demo_page(struct visit *v)
{
	return demo_show(v, &(struct beside_view){ 0 });
}

/* What was done in it stays. */
bool demo_do(struct visit *v)
{
	struct err *e = &v->op->err;
	struct beside_view w = { 0 };
	if (!beside(v) || op_setting(v->op, "demo").n || op_setting(v->op, "drill").n)
		return err_set(e, REFUSED, NULL, "%s", visit_words(v, "The demo opens beside a business of your own, on the machine on which Handback runs."));
	if (pthread_mutex_trylock(&lock) != 0)
		return err_set(e, CONFLICT, NULL, "%s", visit_words(v, "The demo is being opened already. Wait a moment, then try again."));
	bool good = begin(v, DEMO, "demo", "", &w) || e->code != OK ||
	            err_set(e, OUTSIDE, NULL, "%s", visit_words(v, "The demo did not open. It may be open already, where it was started by hand: close it there, then try again."));
	pthread_mutex_unlock(&lock);
	return good && e->code == OK && demo_show(v, &w);
}

/* ---- a drill ---- */

/* Ended by itself, with its desk or by hand: it is open no more. Asked without waiting for one that is just being opened. */
bool drill_open(struct visit *v, struct beside_view *w)
{
	int status;
	*w = (struct beside_view){ .beside = beside(v), .copy = op_setting(v->op, "drill").n > 0 };
	if (pthread_mutex_trylock(&lock) != 0)
		return false;
	struct helper *h = &running[DRILL].helper;
	if (h->line >= 0 && helper_wait(h, 0, &status)) {
		close(h->line);
		h->line = -1;
	}
	if (h->line >= 0) {
		w->port = arena_str(v->op->a, str_of(running[DRILL].port));
		w->own = running[DRILL].person == v->op->person;
	}
	pthread_mutex_unlock(&lock);
	return w->port.n;
}

bool drill_do(struct visit *v)
{
	struct err *e = &v->op->err;
	struct beside_view w;
	uint32_t customers;
	bool open = drill_open(v, &w);
	if (!w.beside || w.copy)
		return err_set(e, REFUSED, NULL, "%s", visit_words(v, "A drill opens beside your own pages, on the machine on which Handback runs."));
	if (open)
		return visit_see(v, STR("/drills"));
	if (!ledger_size(v->op, &customers))
		return false;
	if (!customers)
		return err_set(e, CONFLICT, NULL, "%s", visit_words(v, "There is nobody yet whom an incident would concern. Import what your payment service exports first, then practise."));
	if (pthread_mutex_trylock(&lock) != 0)
		return err_set(e, CONFLICT, NULL, "%s", visit_words(v, "The drill is being opened already. Wait a moment, then try again."));
	bool good = begin(v, DRILL, "drill", arena_printf(v->op->a, "%lld", (long long)v->op->person), &w);
	pthread_mutex_unlock(&lock);
	if (!good)
		return e->code != OK ? false : err_set(e, OUTSIDE, NULL, "%s", visit_words(v, "The drill did not open. It may be open already, where it was started by hand: end it there, then try again."));
	w.own = true;
	return drills_show(v, &w);
}

bool drill_end_do(struct visit *v)
{
	pthread_mutex_lock(&lock);
	end(DRILL);
	pthread_mutex_unlock(&lock);
	return visit_see(v, STR("/drills"));
}
