/* claims - which sentences may be said today, and the reading of data/trust.txt. */
#include "front.h"
#include "trust_data.h"
#include "trust_int.h"
#include "trust_sql.h"

#include <inttypes.h>

enum { SOON = 14 * DAY, CLAIMS_MAX = 64 };

/* ---- the data ---- */

struct str trust_data(void)
{
	return data_trust_txt;
}

bool entry_next(struct str *text, struct entry *e)
{
	static const char *const kinds_of[] = { "claim", "word", "kind", "absent" };
	struct str *es = NULL;
	bool any = false;
	*e = (struct entry){ 0 };
	while (text->p) {
		struct str before = *text, rest = str_trim(str_split(text, '\n')), word;
		if (!rest.n || rest.p[0] == '#')
			continue;
		word = str_split(&rest, ' ');
		rest = rest.p ? str_trim(rest) : STR("");
		bool begins = false;
		for (size_t i = 0; i < LENGTH(kinds_of); i++)
			begins |= str_eq(word, str_of(kinds_of[i]));
		if (begins && any) {
			*text = before;
			return true;
		}
		if (begins)
			e->kind = word, e->name = rest, any = true;
		else if (str_eq(word, STR("part")))
			e->part = rest;
		else if (str_eq(word, STR("rests")))
			e->rests = rest;
		else if (str_eq(word, STR("link")))
			e->link = rest;
		else if (str_eq(word, STR("promise")))
			e->promise = true;
		else if (str_eq(word, STR("card")))
			e->card = true;
		else if (str_eq(word, STR("days")))
			str_i64(rest, &e->days);
		else if (str_eq(word, STR("say")))
			e->say.in[0] = rest, es = &e->say.in[1];
		else if (str_eq(word, STR("todo")))
			e->todo.in[0] = rest, es = &e->todo.in[1];
		else if (str_eq(word, STR("es")) && es)
			*es = rest;
	}
	return any;
}

struct str word_of(struct op *op, const char *name, int language)
{
	struct str text = trust_data();
	struct entry e;
	while (entry_next(&text, &e))
		if (str_eq(e.kind, STR("word")) && str_eq(e.name, str_of(name)))
			return e.say.in[language];
	err_set(&op->err, TORN, NULL, "data/trust.txt lacks the word \"%s\".", name);
	return STR("");
}

struct str filled_in(struct op *op, struct str text, const struct filling *f, size_t n)
{
	struct buf b = BUF(16 << 10);
	while (text.n) {
		const char *open = memchr(text.p, '{', text.n), *close = open ? memchr(open, '}', (size_t)(text.p + text.n - open)) : NULL;
		buf_put(&b, (struct str){ text.p, close ? (size_t)(open - text.p) : text.n });
		if (!close)
			break;
		for (size_t i = 0; i < n; i++)
			if (str_eq((struct str){ open + 1, (size_t)(close - open) - 1 }, str_of(f[i].place)))
				buf_put(&b, f[i].value);
		text = (struct str){ close + 1, text.n - (size_t)(close + 1 - text.p) };
	}
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

struct str listed(struct op *op, const struct str *item, size_t n, const char *word, int language)
{
	struct buf b = BUF(8 << 10);
	for (size_t i = 0; i < n; i++) {
		if (i && i + 1 < n)
			buf_put(&b, STR(", "));
		else if (i)
			buf_printf(&b, " " STR_FMT " ", STR_ARG(word_of(op, word, language)));
		buf_put(&b, item[i]);
	}
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* ---- what may be said ---- */

const char *claim_state_name(enum claim_state s)
{
	static const char *const names[] = { [CLAIM_TRUE] = "true", [CLAIM_DUE] = "due", [CLAIM_LAPSED] = "lapsed", [CLAIM_HELD] = "held" };
	return names[s];
}

static bool touched(const struct open_ones *open, const struct ground *g)
{
	for (size_t i = 0; i < g->holders; i++)
		for (size_t k = 0; k < open->n; k++)
			if (open->suspicion[k].holder.n == g->holder[i].n)
				return true;
	return false;
}

static enum claim_state state_of(struct op *op, const struct open_ones *open, const struct ground *g)
{
	if (!g->there || g->until <= op->now || g->at > op->now)
		return CLAIM_LAPSED;
	if (touched(open, g))
		return CLAIM_HELD;
	/* soon: two weeks before, of what is looked at more often a quarter of its time */
	int64_t whole = g->until - g->at, soon = whole / 4 < SOON ? whole / 4 : SOON;
	return g->until != FAR_OFF && g->until - op->now < soon ? CLAIM_DUE : CLAIM_TRUE;
}

static bool claim_of(struct op *op, const struct entry *e, const struct open_ones *open, struct claim *c)
{
	struct ground g;
	if (!ground_look(op, e->rests, e->days, &g))
		return false;
	*c = (struct claim){ .name = e->name, .part = e->part, .link = e->link, .rests = g.there ? g.rests : STR(""), .promise = e->promise, .card = e->card, .at = g.at, .until = g.until, .state = state_of(op, open, &g) };
	for (int l = 0; l < 2; l++) {
		c->todo[l] = e->todo.in[l];
		if (c->state != CLAIM_TRUE && c->state != CLAIM_DUE)
			continue;
		const struct filling f[] = { { "date", when_day_text(op->a, op->zone, g.at, l ? "es" : "en") }, { "n", arena_say(op->a, "%" PRId64, g.n) }, { "what", g.what[l] }, { "where", g.where[l] },
		                             { "phone", str_unparted(op->a, op_setting(op, "business.phone")) } };
		c->say[l] = filled_in(op, e->say.in[l], f, LENGTH(f));
	}
	return true;
}

static bool own_ones(struct op *op, struct claim *c, size_t *n)
{
	struct sql_own_all q;
	if (!sql_own_all(op, &q))
		return false;
	while (*n < CLAIMS_MAX && sql_own_all_next(op, &q)) {
		struct str en = arena_str(op->a, q.en), es = arena_str(op->a, q.es);
		c[(*n)++] = (struct claim){ .name = arena_say(op->a, "own-%" PRId64, q.id), .part = STR("tell"), .link = STR(""), .say = { en, es }, .rests = arena_say(op->a, "own %" PRId64, q.id),
		                            .state = CLAIM_TRUE, .promise = true, .own = true, .chosen = true, .card = true, .at = q.at, .until = FAR_OFF };
	}
	if (*n == CLAIMS_MAX)
		sql_own_all_stop(&q);
	return op->err.code == OK;
}

bool trust_claims(struct op *op, struct claim **out, size_t *n)
{
	struct claim *c = ARENA_ARRAY(op->a, struct claim, CLAIMS_MAX);
	struct str text = trust_data();
	struct entry e;
	struct open_ones open;
	struct sql_chosen_all q;
	*n = 0;
	if (!open_incidents(op, &open))
		return false;
	while (*n < CLAIMS_MAX && entry_next(&text, &e))
		if (str_eq(e.kind, STR("claim")) && !claim_of(op, &e, &open, &c[(*n)++]))
			return false;
	if (!sql_chosen_all(op, &q))
		return false;
	while (sql_chosen_all_next(op, &q))
		for (size_t i = 0; i < *n; i++)
			c[i].chosen |= str_eq(c[i].name, q.claim);
	*out = c;
	return op->err.code == OK && own_ones(op, c, n);
}
