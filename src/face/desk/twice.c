/* twice - a form that comes twice counts once: a double tap, a reload, the browser's way back. Every page has a word of its own, which all its forms bring;
 * the same form of the same page with the same answers is the same wish, and who sends it again is led to where the first one led. What failed, or only
 * showed something, may be sent again, and so may what another form for the same address has changed since. In the door, for every form of every page; in
 * this process's memory, for the session's length.
 */
#include "desk_int.h"

#include <assert.h>
#include <pthread.h>

enum { PLACES = 1024, SEE_MAX = 512, SECONDS = 12 * 3600 };

/* see: where it led; empty while it is at work */
static struct place { uint8_t mark[32], to[32]; int64_t at; char see[SEE_MAX]; } places[PLACES];        /* at 0: a free one */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;

/* One text after another, each with its length, so that no two lists look alike. */
static void add(struct blake *h, struct str s)
{
	uint64_t n = s.n;
	blake_add(h, (struct str){ (const char *)&n, sizeof n });
	blake_add(h, s);
}

/* to: who sends, and where to. mark: from which page, too, and what: without what proves who it is, which may be typed anew. */
static void marks_of(const struct visit *v, struct str page, uint8_t to[32], uint8_t mark[32])
{
	const struct login *who = &v->session->login;
	struct blake h;
	blake_start(&h);
	add(&h, (struct str){ (const char *)&who->person, sizeof who->person });
	add(&h, (struct str){ (const char *)&who->began, sizeof who->began });
	add(&h, v->ask->path);
	blake_end(&h, to);
	blake_start(&h);
	add(&h, (struct str){ (const char *)to, 32 });
	add(&h, page);
	for (size_t i = 0; i < v->ask->form.n; i++)
		if (!mask_proves(v->ask->form.at[i].name)) {
			add(&h, v->ask->form.at[i].name);
			add(&h, v->ask->form.at[i].value);
		}
	for (size_t i = 0; i < v->ask->uploads; i++) {
		add(&h, v->ask->upload[i].name);
		add(&h, (struct str){ (const char *)&v->ask->upload[i].size, sizeof v->ask->upload[i].size });
	}
	blake_end(&h, mark);
}

static struct place *find(const uint8_t mark[32], int64_t now)
{
	for (size_t i = 0; i < PLACES; i++)
		if (places[i].at > now - SECONDS && memcmp(places[i].mark, mark, 32) == 0)
			return &places[i];
	return NULL;
}

/* That of the last form which was sent there, else a free one, else the one that led somewhere longest ago: at work are never more than there are threads. */
static struct place *make(const uint8_t to[32], const uint8_t mark[32], int64_t now)
{
	struct place *p = NULL;
	for (size_t i = 0; i < PLACES; i++) {
		bool last = places[i].see[0] && memcmp(places[i].to, to, 32) == 0;
		if ((!places[i].at || places[i].see[0]) && (!p || places[i].at < p->at || last))
			p = &places[i];
		if (last)
			break;
	}
	assert(p);
	*p = (struct place){ .at = now };
	memcpy(p->to, to, 32);
	memcpy(p->mark, mark, 32);
	return p;
}

bool twice_begin(struct visit *v)
{
	struct str page = pair_text(v->ask->form, "page");
	uint8_t to[32], mark[32];
	struct place *p;
	if (!page.n)                                     /* not from a page of ours: it has the session's token all the same */
		return true;
	marks_of(v, page, to, mark);
	pthread_mutex_lock(&lock);
	while ((p = find(mark, v->op->now)) && !p->see[0])
		pthread_cond_wait(&moved, &lock);        /* the first one is being worked on: what becomes of it is waited for */
	struct str see = p ? arena_str(v->op->a, str_of(p->see)) : STR("");
	v->twice = p ? NULL : make(to, mark, v->op->now);
	pthread_mutex_unlock(&lock);
	return !p || !visit_see(v, see);
}

void twice_end(struct visit *v)
{
	struct str see = STR("");
	if (!v->twice)
		return;
	for (size_t i = 0; v->reply->status == 303 && i < v->reply->heads; i++)
		if (str_eq(v->reply->head[i].name, STR("Location")))
			see = v->reply->head[i].value;
	pthread_mutex_lock(&lock);
	if (see.n && see.n < SEE_MAX)                    /* longer ones are wizards' next questions, with all answers in the address: nothing was kept yet */
		memcpy(v->twice->see, see.p, see.n);
	else
		*v->twice = (struct place){ 0 };
	pthread_cond_broadcast(&moved);
	pthread_mutex_unlock(&lock);
}
