/* kept - a form that was sent when its session had been idle for too long is not lost: its person signs in again and has it back. In this process's memory
 * alone, for half an hour, without passphrases, codes and card numbers (mask.c); nobody else is shown it, and nothing is done until they send it. Whose it was is
 * known by the session's own word in the form, so that no other site can leave one here.
 */
#include "desk_int.h"

#include <pthread.h>

enum { PLACES = 16, KEPT_MAX = 64 << 10, FIELDS_MAX = 500, SECONDS = 1800 };

static struct place { int64_t person, at; struct buf form; } places[PLACES];     /* form: the address, then name and value in turn. person 0: a free one */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void drop(struct place *p)
{
	buf_free(&p->form);                              /* wipes */
	*p = (struct place){ 0 };
}

/* The one that is kept for somebody; each has one. Under the lock. */
static struct place *of(int64_t person, int64_t now)
{
	struct place *found = NULL;
	for (size_t i = 0; i < PLACES; i++) {
		if (places[i].person && places[i].at < now - SECONDS)
			drop(&places[i]);
		if (places[i].person && places[i].person == person)
			found = &places[i];
	}
	return found;
}

/* Codes of an app and the recovery sheet's groups prove, too. */
static bool secret(struct str name)
{
	return mask_proves(name) || str_eq(name, STR("code")) || str_eq(name, STR("one")) || str_eq(name, STR("two"));
}

void kept_put(struct visit *v)
{
	const struct pairs form = v->ask->form;
	struct buf b = BUF(KEPT_MAX);
	int64_t person;
	if (!str_eq(v->ask->method, STR("POST")) || v->ask->uploads || form.n > FIELDS_MAX || !session_was(v, &person))
		return;
	buf_lstr(&b, v->ask->path);
	for (size_t i = 0; i < form.n; i++)
		if (!secret(form.at[i].name))
			buf_lstr(&b, form.at[i].name), buf_lstr(&b, form.at[i].value);
	if (b.full) {
		buf_free(&b);
		return;
	}
	pthread_mutex_lock(&lock);
	struct place *p = of(person, v->op->now), *oldest = &places[0];
	for (size_t i = 0; i < PLACES; i++)
		oldest = places[i].at < oldest->at ? &places[i] : oldest;        /* a free one, when there is one */
	p = p ? p : oldest;
	drop(p);
	*p = (struct place){ person, v->op->now, b };
	pthread_mutex_unlock(&lock);
}

bool kept_there(const struct visit *v, int64_t person)
{
	pthread_mutex_lock(&lock);
	bool there = of(person, v->op->now) != NULL;
	pthread_mutex_unlock(&lock);
	return there;
}

static void forget(struct visit *v, bool always)
{
	pthread_mutex_lock(&lock);
	struct place *p = of(v->session->login.person, v->op->now);
	if (p) {
		struct cursor c = cursor_of(buf_str(&p->form));
		if (always || str_eq(cursor_lstr(&c), v->ask->path))
			drop(p);
	}
	pthread_mutex_unlock(&lock);
}

void kept_sent(struct visit *v)
{
	forget(v, false);
}

bool kept_page(struct visit *v)
{
	struct str form = STR("");
	struct again_view w = { .sent = NULL };
	pthread_mutex_lock(&lock);
	struct place *p = of(v->session->login.person, v->op->now);
	if (p)
		form = arena_str(v->op->a, buf_str(&p->form));
	pthread_mutex_unlock(&lock);
	if (!form.n)
		return visit_see(v, STR("/"));
	struct pair *sent = ARENA_ARRAY(v->op->a, struct pair, FIELDS_MAX);
	struct cursor c = cursor_of(form);
	w.path.s = cursor_lstr(&c);
	while (c.p < c.end && w.sent_n < FIELDS_MAX) {
		sent[w.sent_n].name = cursor_lstr(&c);
		sent[w.sent_n++].value = cursor_lstr(&c);
	}
	w.sent = sent;
	page_kept(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What you had typed")));
}

bool kept_drop_do(struct visit *v)
{
	forget(v, true);
	return visit_see(v, STR("/"));
}
