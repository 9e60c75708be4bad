/* Where in a block of text words stand that say what other.c looks for: most blocks have none, and then the many short numbers, dates and
 * addresses of a log need no look at what is around each. */
#include "scan_int.h"

enum { STEMS_MAX = 512, SEEN_BEHIND = 64 /* a word behind a number speaks for it, too */ };

_Static_assert((BACK + BLOCK) / TELLING_CHUNK < 64, "a bit for each chunk");

static void find_telling(struct scanner *s, size_t chunk)
{
	struct str t = { s->buffer, s->filled }, until = { t.p, t.n < (chunk + 1) * TELLING_CHUNK ? t.n : (chunk + 1) * TELLING_CHUNK };
	uint32_t at[STEMS_MAX];
	memset(&s->telling[chunk * TELLING_CHUNK / TELLING_CELL], 0, TELLING_CHUNK / TELLING_CELL * sizeof *s->telling);
	for (size_t from = chunk * TELLING_CHUNK; from < until.n;) {
		size_t n = s->sieve->stems(until, &from, at, STEMS_MAX);
		for (size_t i = 0; i < n; i++)
			s->telling[at[i] / TELLING_CELL] |= telling_senses(t, at[i]);
	}
	s->telling_known |= (uint64_t)1 << chunk;
}

/* Words of passports, licences and births: what stands behind them may have a shape that the sieve does not look for. Of a long text only
 * where such words were met already; births with a time also in its beginning, and in all of it where one was met. */
void labels_look(struct looking *l)
{
	enum { ALL_MAX = 64 << 10 };
	const uint32_t labels = SENSE(PASSPORT) | SENSE(LICENCE) | SENSE(PERMIT) | SENSE(BIRTH);
	struct scanner *s = l->s;
	struct str t = l->v->text;
	bool all = l->in_record || t.n <= ALL_MAX;
	for (size_t from = l->from, until = 0; from < l->limit; from = until) {
		uint32_t at[STEMS_MAX];
		until = (from / TELLING_CELL + 1) * TELLING_CELL;
		until = until < l->limit ? until : l->limit;
		bool known = !l->in_record && s->telling_known >> from / TELLING_CHUNK & 1;
		if (known ? !(s->telling[from / TELLING_CELL] & labels) : !all && !s->stamps && l->base + from >= ALL_MAX)
			continue;
		uint32_t senses = known || all ? labels : SENSE(BIRTH);
		while (from < until) {
			size_t n = s->sieve->stems((struct str){ t.p, until }, &from, at, STEMS_MAX);
			for (size_t i = 0; i < n; i++)
				label_look(l, at[i], senses);
		}
	}
}

bool telling_near(struct looking *l, size_t at, uint32_t senses)
{
	struct scanner *s = l->s;
	/* what is no block of text is not looked up in; and a column's name holds in all of it */
	if (l->in_record || l->v->map || (s->table.all_senses | s->insert.all_senses) & senses)
		return true;
	size_t from = at > BACK ? at - BACK : 0, to = at + SEEN_BEHIND < s->filled ? at + SEEN_BEHIND : s->filled;
	for (size_t chunk = from / TELLING_CHUNK; chunk <= to / TELLING_CHUNK; chunk++)
		if (!(s->telling_known >> chunk & 1))
			find_telling(s, chunk);
	uint32_t all = 0;
	for (size_t cell = from / TELLING_CELL; cell <= to / TELLING_CELL; cell++)
		all |= s->telling[cell];
	return all & senses;
}
