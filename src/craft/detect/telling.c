/* Where in a block of text words stand that say what other.c looks for: most blocks have none, and then the many short numbers, dates and
 * addresses of a log need no look at what is around each. */
#include "scan_int.h"

enum { STEMS_MAX = 512, SEEN_BEHIND = 64 /* a word behind a number speaks for it, too */ };

static void find_telling(struct scanner *s)
{
	struct str t = { s->buffer, s->filled };
	uint32_t at[STEMS_MAX];
	memset(s->telling, 0, sizeof s->telling);
	s->telling_all = 0;
	for (size_t from = 0; from < t.n;) {
		size_t n = s->sieve->stems(t, &from, at, STEMS_MAX);
		for (size_t i = 0; i < n; i++)
			s->telling_all |= s->telling[at[i] / TELLING_CELL] |= telling_senses(t, at[i]);
	}
	s->telling_known = true;
}

/* What is no block of text is not looked up in; and a column's name holds in all of it. */
static bool told_anyway(const struct looking *l, uint32_t senses)
{
	return l->in_record || l->v->map || (l->s->table.all_senses | l->s->insert.all_senses) & senses;
}

bool telling_any(struct looking *l, uint32_t senses)
{
	struct scanner *s = l->s;
	if (told_anyway(l, senses))
		return true;
	if (!s->telling_known)
		find_telling(s);
	return s->telling_all & senses;
}

bool telling_near(struct looking *l, size_t at, uint32_t senses)
{
	const struct scanner *s = l->s;
	if (!telling_any(l, senses))
		return false;
	if (told_anyway(l, senses))
		return true;
	uint32_t all = 0;
	size_t to = (at + SEEN_BEHIND) / TELLING_CELL;
	for (size_t cell = (at > BACK ? at - BACK : 0) / TELLING_CELL; cell <= to && cell < LENGTH(s->telling); cell++)
		all |= s->telling[cell];
	return all & senses;
}
