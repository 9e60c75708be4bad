/* near - which holder may be meant by a name that is not on the map. Reads holders, changes nothing. */
#include "map.h"

#include <limits.h>

/* How many letters are added, left out or typed wrong between two names; at most 64 characters of each are looked at. */
static unsigned letters_apart(struct str a, struct str b)
{
	unsigned row[65];
	size_t n = b.n < 64 ? b.n : 64;
	for (size_t k = 0; k <= n; k++)
		row[k] = (unsigned)k;
	for (size_t i = 0; i < a.n && i < 64; i++) {
		unsigned left = row[0], best;
		row[0] = (unsigned)i + 1;
		for (size_t k = 0; k < n; k++) {
			best = left + (a.p[i] != b.p[k]);
			left = row[k + 1];
			best = best < left + 1 ? best : left + 1;
			row[k + 1] = best < row[k] + 1 ? best : row[k] + 1;
		}
	}
	return row[n];
}

bool map_near(struct op *op, enum holder_sort sort, struct str name, unsigned apart, struct str *near)
{
	enum { NEAR_SHOWN = 3, NEAR_LENGTH = 60 };
	struct holder *h;
	size_t n;
	if (!map_holders(op, &h, &n))
		return false;
	bool *told = ARENA_ARRAY(op->a, bool, n + 1);
	struct str list = STR(""), folded = str_folded(op->a, name);
	for (int shown = 0; shown < NEAR_SHOWN; shown++) {
		size_t best = n;
		unsigned least = UINT_MAX;
		for (size_t i = 0; i < n; i++) {
			bool other = h[i].sort == sort && h[i].until >= FAR_OFF && !told[i] && !map_own(h[i].id) && !str_eq(h[i].name, name);
			unsigned far = other ? letters_apart(folded, str_folded(op->a, h[i].name)) : UINT_MAX;
			if (other && far <= apart && far < least)
				least = far, best = i;
		}
		if (best == n)
			break;
		told[best] = true;
		list = arena_say(op->a, STR_FMT "%s" STR_FMT, STR_ARG(list), list.n ? ", " : "", STR_ARG(str_whole(h[best].name, NEAR_LENGTH)));
	}
	*near = list;
	return true;
}

bool map_new_note(struct op *op, enum holder_sort sort, struct str name, struct answer *answer)
{
	struct str near;
	if (!map_near(op, sort, name, MISTYPED, &near))
		return false;
	answer_note(answer, STR_FMT " is new on the map: a %s.%s" STR_FMT "%s", STR_ARG(name), sort_name(sort), near.n ? " There is, too: " : "", STR_ARG(near), near.n ? ". If that was meant, take the new one out again." : "");
	return true;
}
