/* updates - when customers hear again, be it that there is nothing new, and what they read then. */
#include "response_int.h"
#include "laws.h"
#include "log.h"
#include "response_data.h"
#include "response_sql.h"

#include <inttypes.h>

enum { EVERY = 7, EVERY_MAX = 90, TEXT_MAX = 24 << 10 };              /* days between two words, if nobody says otherwise */

/* ---- the plan ---- */

bool update_plan(struct op *op, const struct incident *i, struct update *u)
{
	struct sql_plan_get plan;
	struct sql_words_told q;
	bool found, closed = i->closed < FAR_OFF;
	int64_t closing = 0;
	*u = (struct update){ .incident = i->id, .every = EVERY, .due = FAR_OFF, .then = FAR_OFF };
	if (!sql_plan_get(op, i->id, &plan, &found))
		return false;
	if (found)
		u->every = plan.every, closing = plan.closing;
	if (!sql_words_told(op, i->id, &q))
		return false;
	while (sql_words_told_next(op, &q)) {
		u->last = q.approved;
		u->ended = q.round == closing;                   /* a word after the last one: something new came to light */
	}
	if (op->err.code != OK || !u->last || (u->ended && closed))
		return op->err.code == OK;
	u->closing = closed;
	if (!u->ended)
		u->due = law_days(op->zone, u->last, (int)u->every, false);
	u->late = u->due < op->now;
	u->then = law_days(op->zone, u->late || u->due >= FAR_OFF ? op->now : u->due, (int)u->every, false);
	return true;
}

bool update_overdue(struct op *op, int64_t *incident)
{
	struct incident *all;
	struct update u;
	size_t n;
	int64_t oldest = FAR_OFF;
	*incident = 0;
	if (!incident_list(op, &all, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!update_plan(op, &all[i], &u))
			return false;
		if (u.late && u.due < oldest)
			oldest = u.due, *incident = all[i].id;
	}
	return true;
}

/* ---- its words ---- */

static struct str part_of(struct op *op, struct str text, const char *name)
{
	struct str head = arena_say(op->a, "\npart %s\n", name);
	const char *at = memmem(text.p, text.n, head.p, head.n);
	if (!at)
		return STR("");
	struct str body = { at + head.n, text.n - (size_t)(at + head.n - text.p) };
	const char *end = memmem(body.p, body.n, "\npart ", 6);
	return end ? (struct str){ body.p, (size_t)(end - body.p) + 1 } : body;
}

/* [next] and [providers] are put in here; {{ }} is the notice's. An owner's words can't make fields or headings of their own by accident: the notice checks them. */
static void part_put(struct buf *b, struct str part, struct str next, struct str providers)
{
	while (part.n) {
		const char *open = memchr(part.p, '[', part.n);
		size_t before = open ? (size_t)(open - part.p) : part.n;
		buf_put(b, (struct str){ part.p, before });
		part.p += before, part.n -= before;
		bool is_next = str_starts(part, STR("[next]")), is_providers = str_starts(part, STR("[providers]"));
		size_t skip = is_next ? 6 : is_providers ? 11 : part.n ? 1 : 0;
		buf_put(b, is_next ? next : is_providers ? providers : (struct str){ part.p, skip });
		part.p += skip, part.n -= skip;
	}
}

/* The windows of the last word that was told are not those of now. */
static bool window_changed(struct op *op, const struct facts *f, bool *changed)
{
	struct sql_words_told q;
	int64_t from = FAR_OFF, to = LONG_AGO, begins = 0, until = 0;
	*changed = false;
	if (!sql_words_told(op, f->i.id, &q))
		return false;
	bool any = false;
	while (sql_words_told_next(op, &q))
		begins = q.begins, until = q.until, any = true;
	for (size_t k = 0; k < f->i.n; k++) {
		from = f->i.suspicion[k].from < from ? f->i.suspicion[k].from : from;
		to = f->i.suspicion[k].to > to ? f->i.suspicion[k].to : to;
	}
	*changed = any && f->i.n && (from != begins || to != until);
	return op->err.code == OK;
}

bool update_words(struct op *op, int64_t incident, bool closing, struct str news, struct str news_es, struct str *out)
{
	struct facts f;
	struct update u;
	struct buf b = BUF(TEXT_MAX);
	bool changed;
	if (!facts_of(op, incident, &f) || !update_plan(op, &f.i, &u) || !window_changed(op, &f, &changed))
		return false;
	bool waiting = f.asked && f.unanswered;
	if (news.n + news_es.n && (!news.n || !news_es.n))       /* in one language only: for everybody, in that one */
		news = news.n ? news : news_es, news_es = news;
	for (int spanish = 0; spanish < 2; spanish++) {
		struct str text = spanish ? data_update_es_txt : data_update_en_txt, own = spanish ? news_es : news;
		struct str next = day_said(op, u.then < FAR_OFF ? u.then : law_days(op->zone, op->now, (int)u.every, false), spanish), providers = facts_holders(op, &f, STR("service"), spanish);
		const struct { const char *name, *last; bool is; } parts[] = {
			{ "title", "title.closing", true }, { "open", "open.closing", true }, { "new", "new", !closing || own.n || changed }, { "nothing", "nothing", !closing && !own.n && !changed && !waiting },
			{ "window", "window", changed }, { "waiting", "waiting", waiting && !closing },
		}, rest[] = { { "yours", "yours", true }, { "doing", "doing.closing", !closing || op_setting(op, "notice.doing").n > 0 }, { "advice", "advice", true }, { "again", "again.closing", true }, { "end", "end", true } };
		buf_printf(&b, "%%%% %s\n", spanish ? "es" : "en");
		for (size_t p = 0; p < LENGTH(parts); p++)
			if (parts[p].is)
				part_put(&b, part_of(op, text, closing ? parts[p].last : parts[p].name), next, providers);
		if (own.n)
			buf_printf(&b, STR_FMT "\n\n", STR_ARG(own));
		for (size_t p = 0; p < LENGTH(rest); p++)
			if (rest[p].is)
				part_put(&b, part_of(op, text, closing ? rest[p].last : rest[p].name), next, providers);
	}
	*out = arena_str(op->a, buf_str(&b));
	bool whole = !b.full;
	buf_free(&b);
	return whole || err_set(&op->err, TOO_BIG, "news", "The words are too long for a letter.");
}

/* ---- verbs ---- */

static void plan_show(struct op *op, const struct incident *i, const struct update *u, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "incident", i->id);
	answer_number(answer, "every", u->every);
	answer_time(answer, "last", u->last ? u->last : FAR_OFF);
	answer_time(answer, "due", u->due);
	answer_flag(answer, "late", u->late);
	answer_flag(answer, "closing", u->closing);
	answer_flag(answer, "ended", u->ended);
	answer_row_end(answer);
	answer->attention |= u->late;
	if (!u->last)
		answer_say(answer, "%3" PRId64 "  " STR_FMT ": the first notice comes first. After it, a word every %s.", i->id, STR_ARG(i->title), counted(op->a, u->every, "day", "days"));
	else if (u->ended)
		answer_say(answer, "%3" PRId64 "  " STR_FMT ": the last word was told on " STR_FMT ".", i->id, STR_ARG(i->title), STR_ARG(day_said(op, u->last, false)));
	else
		answer_say(answer, "%3" PRId64 "  " STR_FMT ": %s by " STR_FMT "%s, even if there is nothing new. Every %s; the last on " STR_FMT ".", i->id, STR_ARG(i->title), u->closing ? "the closing word" : "the next word",
		           STR_ARG(day_said(op, u->due, false)), u->late ? " (late)" : "", counted(op->a, u->every, "day", "days"), STR_ARG(day_said(op, u->last, false)));
}

bool updates_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident *all, one;
	struct update u;
	size_t n = 1;
	bool named = args_has(args, "incident");
	if (named ? !incident_named(op, args, &one) : !incident_list(op, &all, &n))
		return false;
	all = named ? &one : all;
	for (size_t i = 0; i < n; i++) {
		if (!update_plan(op, &all[i], &u))
			return false;
		if (named || all[i].closed >= FAR_OFF || u.due < FAR_OFF)
			plan_show(op, &all[i], &u, answer);
	}
	return true;
}

/* Drafts a round for those who were told, as `notice draft` does it. */
static bool draft_made(struct op *op, int64_t incident, struct str words, struct answer *answer)
{
	const struct verb *v = notice_verbs;
	while (strcmp(v->name, "notice draft") != 0)
		v++;
	struct str number = arena_say(op->a, "%" PRId64, incident), told = STR("told");
	struct arg *arg = ARENA_ARRAY(op->a, struct arg, v->n);
	for (size_t f = 0; f < v->n; f++) {
		const char *name = v->fields[f].name;
		struct str *value = strcmp(name, "incident") == 0 ? &number : strcmp(name, "for") == 0 ? &told : strcmp(name, "words") == 0 ? &words : NULL;
		arg[f] = (struct arg){ &v->fields[f], value, value != NULL };
	}
	return v->run(op, &(struct args){ arg, v->n }, answer);
}

/* News in one language alone, while some who were told read the other: a letter of two languages is for nobody. */
static bool both_read(struct op *op, int64_t incident, struct str news, struct str news_es)
{
	struct sql_told_reading q;
	bool found, spanish = news.n > 0;
	if (!news.n == !news_es.n)
		return true;
	if (!sql_told_reading(op, incident, op_setting(op, "language"), &q, &found))
		return false;
	if (spanish && q.spanish)
		return err_set(&op->err, INVALID, "news-es", "Of those who were told, so many read Spanish: %" PRId64 ". Say the news in Spanish, too; if nobody of yours can, the same words again.", q.spanish);
	if (!spanish && q.whole > q.spanish)
		return err_set(&op->err, INVALID, "news", "Of those who were told, so many read English: %" PRId64 ". Say the news in English, too; if nobody of yours can, the same words again.", q.whole - q.spanish);
	return true;
}

bool update_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct update u;
	struct sql_plan_get plan;
	struct notice_round *round;
	struct str text, news = args_text(args, "news"), news_es = args_text(args, "news-es");
	size_t rounds;
	int64_t every;
	bool found, closing = args_has(args, "closing"), draft = args_has(args, "draft");
	if (!incident_named(op, args, &i) || !update_plan(op, &i, &u) || !sql_plan_get(op, i.id, &plan, &found) || !text_fits(op, "news", news) || !text_fits(op, "news-es", news_es))
		return false;
	if (args_number(args, "every", &every)) {
		if (every < 1 || every > EVERY_MAX)
			return err_set(&op->err, INVALID, "every", "--every is a number of days from 1 to %d.", EVERY_MAX);
		if (!sql_plan_put(op, i.id, every, found ? plan.closing : 0) || !log_add(op, "incident.rhythm", ABOUT({ "incident", i.id }, { "days", every })) || !update_plan(op, &i, &u))
			return false;
	}
	if (draft && !u.last)
		return err_set(&op->err, CONFLICT, "incident", "Nobody was told of this yet: the first notice comes first. handback notice draft %" PRId64, i.id);
	if ((draft && !both_read(op, i.id, news, news_es)) || !update_words(op, i.id, closing, news, news_es, &text))
		return false;
	if (!draft) {
		plan_show(op, &i, &u, answer);
		answer_row(answer);
		answer_text(answer, "text", text);
		answer_row_end(answer);
		if (u.last)
			answer_lines(answer, text);
		return true;
	}
	if (!notice_rounds(op, i.id, &round, &rounds))
		return false;
	int64_t before = rounds ? round[0].round : 0;
	if (!draft_made(op, i.id, text, answer) || !notice_rounds(op, i.id, &round, &rounds))
		return false;                                    /* nobody is left to tell: no round was made */
	return !closing || !rounds || round[0].round == before || sql_plan_put(op, i.id, u.every, round[0].round);
}
