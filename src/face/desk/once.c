/* once - what is shown once: a recovery code, codes for paper, a token's text, an app's key. It stays in this process's memory for its person's session,
 * so that the page which shows it can be looked at again and printed, until it is confirmed or half an hour has passed. */
#include "once.h"

#include <pthread.h>

enum { PLACES = 64, SECONDS = 1800 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* of a session, by its person and beginning: its number changes whenever who it is was proved again */
static struct place { int64_t person, began, at; enum once what; char text[ONCE_MAX]; } places[PLACES];

static struct place *find(const struct visit *v, enum once what)
{
	for (size_t i = 0; i < PLACES; i++) {
		struct place *p = &places[i];
		if (p->at && p->at < v->op->now - SECONDS)
			wipe(p, sizeof *p);
		if (p->at && p->what == what && p->person == v->session->login.person && p->began == v->session->login.began)
			return p;
	}
	return NULL;
}

void once_put(struct visit *v, enum once what, struct str text)
{
	pthread_mutex_lock(&lock);
	struct place *p = find(v, what), *oldest = &places[0];
	for (size_t i = 0; i < PLACES; i++)
		oldest = places[i].at < oldest->at ? &places[i] : oldest;        /* a free one, when there is one */
	p = p ? p : oldest;
	wipe(p, sizeof *p);
	*p = (struct place){ v->session->login.person, v->session->login.began, v->op->now, what, { 0 } };
	memcpy(p->text, text.p, text.n < ONCE_MAX ? text.n : ONCE_MAX - 1);
	pthread_mutex_unlock(&lock);
}

struct str once_get(struct visit *v, enum once what)
{
	pthread_mutex_lock(&lock);
	struct place *p = find(v, what);
	struct str text = p ? arena_str(v->op->a, str_of(p->text)) : STR("");
	pthread_mutex_unlock(&lock);
	return text;
}

void once_end(struct visit *v, enum once what)
{
	pthread_mutex_lock(&lock);
	struct place *p = find(v, what);
	if (p)
		wipe(p, sizeof *p);
	pthread_mutex_unlock(&lock);
}

struct str group_of(struct str code, size_t which)
{
	struct str group = STR("");
	for (size_t i = 0; i <= which; i++)
		group = str_split(&code, '-');
	return group;
}

void groups_choose(size_t group[2])
{
	uint8_t chance[2];
	random_bytes(chance, sizeof chance);
	size_t one = chance[0] % CODE_GROUPS, two = (one + 1 + chance[1] % (CODE_GROUPS - 1)) % CODE_GROUPS;
	group[0] = one < two ? one : two;
	group[1] = one < two ? two : one;
}

const struct said group_names[CODE_GROUPS] = { say("Group 1"), say("Group 2"), say("Group 3"), say("Group 4"), say("Group 5"), say("Group 6"), say("Group 7"), say("Group 8") };

void group_fault(struct visit *v, struct form *f, const char *field, size_t which)
{
	form_fault(f, field, arena_say(v->op->a, "%s: %s", visit_words(v, group_names[which % CODE_GROUPS].english), visit_words(v, "This is not what stands on the sheet there. Look at it again.")));
}
