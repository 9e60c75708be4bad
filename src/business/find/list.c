/* list - the findings on the map: what lies where, whose it is, and who can open it. */
#include "found.h"
#include "told.h"

#include <inttypes.h>

struct listing {
	struct op *op; struct answer *answer;
	struct atlas map;
	int64_t only;                                    /* this holder's; 0: all */
	bool all;                                        /* those that are gone, too */
	int64_t holder; uint64_t n;
};

static bool count_name(void *to, customer_id who, kinds k, struct str spot)
{
	(void)who, (void)k, (void)spot;
	++*(uint64_t *)to;
	return true;
}

static const struct holder *holder_of(const struct listing *l, int64_t id)
{
	for (size_t i = 0; i < l->map.holders; i++)
		if (l->map.holder[i].id.n == id)
			return &l->map.holder[i];
	return NULL;
}

/* People whose sign-in there is in use: "Ana, Ben". */
static struct str who_sees(const struct listing *l, int64_t holder, size_t *n)
{
	struct str names = STR("");
	*n = 0;
	for (size_t i = 0; i < l->map.flows; i++) {
		const struct flow *f = &l->map.flow[i];
		const struct holder *h = holder_of(l, f->to.n);
		if (f->from.n != holder || f->manner != SEES || f->until <= l->op->now || !h || h->sort != PERSON)
			continue;
		names = arena_say(l->op->a, STR_FMT "%s" STR_FMT, STR_ARG(names), names.n ? ", " : "", STR_ARG(h->name));
		++*n;
	}
	return names;
}

static void say_holder(struct listing *l, const struct holder *h)
{
	size_t n;
	struct str names = who_sees(l, h->id.n, &n);
	l->holder = h->id.n;
	if (l->n)
		answer_lines(l->answer, STR(""));
	answer_say(l->answer, "%s:" STR_FMT "%s" STR_FMT, sort_name(h->sort), STR_ARG(h->name), n ? "; who can open it: " : "", STR_ARG(names));
}

static bool say_finding(void *to, const struct found *f)
{
	struct listing *l = to;
	struct op *op = l->op;
	struct answer *answer = l->answer;
	struct str words[KIND_COUNT];
	size_t n = 0;
	uint64_t customers = 0;
	const struct holder *h = holder_of(l, f->holder.n);
	if (!h || (l->only && f->holder.n != l->only) || (f->last < FAR_OFF && !l->all))
		return true;
	if (!found_names(op, f->id, count_name, &customers))
		return false;
	if (l->holder != f->holder.n)
		say_holder(l, h);
	l->n++;
	for (kinds k = f->kinds; k; k &= k - 1)
		words[n++] = str_of(kind_name((enum kind)__builtin_ctzll(k)));
	answer_row(answer);
	answer_number(answer, "finding", f->id);
	answer_text(answer, "holder", arena_say(op->a, "%s:" STR_FMT, sort_name(h->sort), STR_ARG(h->name)));
	answer_text(answer, "path", f->path);
	answer_words(answer, "kinds", words, n);
	answer_number(answer, "numbers", (int64_t)f->numbers);
	answer_number(answer, "customers", (int64_t)customers);
	answer_number(answer, "unnamed", (int64_t)f->unnamed);
	answer_text(answer, "whose", f->looked ? STR("looked_up") : STR("not_looked_up"));
	answer_text(answer, "sample", f->sample);
	answer_time(answer, "began", f->began);
	answer_time(answer, "came", f->came);
	answer_time(answer, "seen", f->seen);
	answer_time(answer, "gone", f->last);
	answer_row_end(answer);
	answer_say(answer, "  " STR_FMT, STR_ARG(f->path));
	answer_say(answer, "      " STR_FMT, STR_ARG(kinds_text(op->a, f->kinds, ", ")));
	answer_say(answer, "      %" PRIu64 " number%s%s" STR_FMT "; %s%" PRIu64 " customer%s; last seen " STR_FMT "%s" STR_FMT, f->numbers, f->numbers == 1 ? "" : "s",
	           f->sample.n ? ", the first: " : "", STR_ARG(f->sample), f->looked ? "names " : "whose: not looked up; names at least ", customers, customers == 1 ? "" : "s",
	           STR_ARG(when_day_text(op->a, op->zone, f->seen, "en")), f->last < FAR_OFF ? "; gone by " : "",
	           STR_ARG(f->last < FAR_OFF ? when_day_text(op->a, op->zone, f->last, "en") : STR("")));
	return true;
}

bool find_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct listing l = { .op = op, .answer = answer, .all = args_has(args, "all") };
	struct holder h;
	if (!map_atlas(op, &l.map))
		return false;
	if (args_has(args, "holder")) {
		if (!map_find(op, args_text(args, "holder"), &h))
			return false;
		l.only = h.id.n;
	}
	if (!found_each(op, say_finding, &l) || op->err.code != OK)
		return false;
	if (!l.n)
		answer_say(answer, "Nothing is on the map. To look: handback find PATH --holder 'computer:Office PC'");
	return true;
}
