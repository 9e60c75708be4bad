/* persons - names that may be of one person: told to be one, or to be two. Names are compared without case and in either form of accents (base: str_folded). */
#include "log.h"
#include "map.h"
#include "map_sql.h"

enum { ALIKE_MAX = 20 };

/* Whom this person was told to be. */
static bool person_is(struct op *op, int64_t *id)
{
	struct sql_person_into q;
	bool found;
	if (!sql_person_into(op, *id, &q, &found))
		return false;
	*id = found ? q.into : *id;
	return true;
}

/* Without a full stop at the end: "Ana." is Ana. */
static struct str undotted(struct str s)
{
	while (s.n && s.p[s.n - 1] == '.')
		s.n--;
	return s;
}

bool map_person(struct op *op, struct str name, struct holder *out)
{
	struct sql_holder_by_name q;
	struct holder *h;
	size_t n, hit;
	bool found;
	if (!sql_holder_by_name(op, PERSON, name, &q, &found))
		return false;
	if (found)
		return person_is(op, &q.id) && map_holder(op, (holder_id){ q.id }, out);
	if (!map_holders(op, &h, &n))
		return false;
	struct str folded = undotted(str_folded(op->a, name));
	hit = n;
	for (size_t i = n; i-- > 0;)                             /* the first that is the same */
		if (h[i].sort == PERSON && str_eq(undotted(str_folded(op->a, h[i].name)), folded))
			hit = i;
	if (hit == n)
		return err_set(&op->err, NOT_FOUND, "who", "There is no \"" STR_FMT "\" on the map.", STR_ARG(name));
	int64_t id = h[hit].id.n;
	return person_is(op, &id) && map_holder(op, (holder_id){ id }, out);
}

/* Every word of the shorter name is one of the longer: "Ana" and "Ana Silva". */
static bool words_within(struct str shorter, struct str longer)
{
	if (!shorter.n)
		return false;
	while (shorter.p) {
		struct str word = str_split(&shorter, ' '), rest = longer;
		bool there = false;
		while (rest.p && !there)
			there = str_eq(str_split(&rest, ' '), word);
		if (!there)
			return false;
	}
	return true;
}

bool map_alike(struct op *op, struct alike **out, size_t *n)
{
	struct sql_persons_told q;
	struct { int64_t a, b; } *told = NULL;
	struct holder *h;
	size_t holders, tolds = 0, cap = 0;
	if (!map_holders(op, &h, &holders) || !sql_persons_told(op, &q))
		return false;
	while (sql_persons_told_next(op, &q)) {
		told = arena_more(op->a, told, tolds, &cap, sizeof *told);
		told[tolds].a = q.a, told[tolds++].b = q.b;
	}
	struct str *name = ARENA_ARRAY(op->a, struct str, holders + 1);
	*out = ARENA_ARRAY(op->a, struct alike, ALIKE_MAX), *n = 0;
	for (size_t i = 0; i < holders; i++) {
		name[i] = h[i].sort == PERSON && h[i].until >= FAR_OFF ? str_folded(op->a, h[i].name) : STR("");
		for (size_t k = 0; k < i && name[i].n && *n < ALIKE_MAX; k++) {
			bool decided = !name[k].n;
			for (size_t t = 0; t < tolds && !decided; t++)
				decided = (told[t].a == h[i].id.n && told[t].b == h[k].id.n) || (told[t].a == h[k].id.n && told[t].b == h[i].id.n);
			if (!decided && words_within(name[i], name[k]))
				(*out)[(*n)++] = (struct alike){ h[i], h[k] };
			else if (!decided && words_within(name[k], name[i]))
				(*out)[(*n)++] = (struct alike){ h[k], h[i] };
		}
	}
	return op->err.code == OK;
}

bool map_two_persons(struct op *op, holder_id a, holder_id b)
{
	return sql_person_told(op, a.n, b.n, 0, op->now) && log_add(op, "holder.two", ABOUT({ "holder", a.n }, { "other", b.n }));
}

/* What a flow of theirs says already needs no second one. */
static bool flow_there(const struct atlas *m, const struct flow *f, holder_id a, holder_id b)
{
	for (size_t i = 0; i < m->flows; i++) {
		const struct flow *g = &m->flow[i];
		if (f->to.n == a.n && g->to.n == b.n && g->from.n == f->from.n && g->manner == f->manner && !(f->kinds & ~g->kinds) && g->since <= f->since && g->until >= f->until)
			return true;
	}
	return false;
}

bool map_one_person(struct op *op, holder_id a, holder_id b)
{
	struct atlas m;
	if (!map_atlas(op, &m))
		return false;
	for (size_t i = 0; i < m.flows; i++) {
		const struct flow *f = &m.flow[i];
		bool theirs = f->from.n == a.n || f->to.n == a.n;
		if (!theirs)
			continue;
		if (flow_there(&m, f, a, b) ? !map_flow_end(op, f->id, op->now) : !sql_flow_move(op, f->id, f->from.n == a.n ? b.n : f->from.n, f->to.n == a.n ? b.n : f->to.n))
			return false;
	}
	return sql_person_told(op, a.n, b.n, 1, op->now) && map_holder_end(op, a, op->now) && log_add(op, "holder.one", ABOUT({ "holder", a.n }, { "other", b.n }));
}
