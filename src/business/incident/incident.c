/* incident - opening one, its suspected holders and their windows. */
#include "incident_int.h"
#include "incident_sql.h"

#include <inttypes.h>
#include <stdlib.h>

const char *manner_name(enum manner m)
{
	return m == PASSING ? "passing" : m == KEPT ? "kept" : "both";
}

static struct str bound_text(struct op *op, int64_t at)
{
	if (at <= LONG_AGO || at >= FAR_OFF)
		return STR("unknown");
	struct str s = when_local_text(op->a, op->zone, at);
	return s.n > 16 ? arena_say(op->a, "%.10s %.5s", s.p, s.p + 11) : s;
}

struct str window_text(struct op *op, int64_t from, int64_t to)
{
	return arena_say(op->a, STR_FMT " to " STR_FMT, STR_ARG(bound_text(op, from)), STR_ARG(bound_text(op, to)));
}

bool incident_get(struct op *op, int64_t id, struct incident *out)
{
	struct sql_incident_by_id q;
	struct sql_suspects s;
	bool found;
	if (!sql_incident_by_id(op, id, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "incident", "There is no incident %" PRId64 ". handback incident list shows them.", id);
	struct incident i = { id, q.title, q.opened, q.discovered, q.closed, NULL, 0 };
	size_t room = 0;
	if (!sql_suspects(op, id, &s))
		return false;
	while (sql_suspects_next(op, &s)) {
		i.suspicion = arena_more(op->a, i.suspicion, i.n, &room, sizeof *i.suspicion);
		i.suspicion[i.n++] = (struct suspicion){ { s.holder }, s.begins, s.ends, (enum manner)s.manner };
	}
	if (op->err.code != OK)
		return false;
	*out = i;
	return true;
}

bool incident_asked(struct op *op, const struct args *args, struct incident *out)
{
	int64_t id;
	return args_number(args, "incident", &id) && incident_get(op, id, out);
}

/* ---- windows ---- */

struct window { int64_t from, to; enum manner manner; };

static bool time_read(struct op *op, const struct args *args, const char *name, struct span *out)
{
	struct str text = args_text(args, name);
	if (str_eq(text, STR("unknown")))
		*out = (struct span){ LONG_AGO, FAR_OFF, false };
	else if (!when_parse(text, op->zone, out))
		return err_set(&op->err, INVALID, name, "--%s is a day like 2026-11-27, a time like 2026-11-27T14:30:00-05:00, or unknown.", name);
	return true;
}

/* Half-open: a date as the end means to the end of that day, an instant means up to it (CLI contract). */
static bool window_read(struct op *op, const struct args *args, struct window *w)
{
	struct span from, to;
	struct str only = args_text(args, "only");
	if (!time_read(op, args, "from", &from) || !time_read(op, args, "to", &to))
		return false;
	*w = (struct window){ from.from, to.date_only || to.to >= FAR_OFF ? to.to : to.from, BOTH };
	if (w->from >= w->to)
		return err_set(&op->err, INVALID, "to", "--to is not after --from. Check the two times.");
	if (str_eq(only, STR("passing")))
		w->manner = PASSING;
	else if (str_eq(only, STR("kept")))
		w->manner = KEPT;
	else if (only.n)
		return err_set(&op->err, INVALID, "only", "--only is passing or kept. Leave it away when nobody knows.");
	return true;
}

static bool exposed_now(struct op *op, int64_t id, struct exposed **e, struct sources *s)
{
	struct incident i;
	return incident_get(op, id, &i) && exposure_of(op, i.suspicion, i.n, false, e, s);
}

static void say_unnamed(struct answer *answer, const struct exposed *e)
{
	if (e->unnamed)
		answer_say(answer, "%" PRIu64 " payments at risk name nobody: they count too, and your payment service can reach those people.", e->unnamed);
}

/* ---- verbs ---- */

static bool open_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct window w;
	struct holder *holder;
	size_t n;
	struct span discovered = { op->now, op->now, false };
	struct str title = args_text(args, "title");
	if (!title.n)
		return err_set(&op->err, INVALID, "title", "--title says in a few plain words what happened.");
	if (!window_read(op, args, &w) || !map_find_all(op, args_list(args, "holder"), &holder, &n) ||
	    (args_has(args, "discovered") && !time_read(op, args, "discovered", &discovered)))
		return false;
	int64_t id = op_count(op, "incident");
	if (!id || !sql_incident_put(op, id, title, op->now, discovered.from <= LONG_AGO ? op->now : discovered.from, FAR_OFF))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!sql_suspect_put(op, id, holder[i].id.n, w.from, w.to, w.manner))
			return false;
	if (!log_add(op, "incident.opened", ABOUT({ "incident", id }, { "holders", (int64_t)n })))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", id);
	answer_row_end(answer);
	answer_say(answer, "Incident %" PRId64 " is open: " STR_FMT ".", id, STR_ARG(title));
	for (size_t i = 0; i < n && i < 10; i++)
		answer_say(answer, "  %s:" STR_FMT ", " STR_FMT, sort_name(holder[i].sort), STR_ARG(holder[i].name), STR_ARG(window_text(op, w.from, w.to)));
	if (n > 10)
		answer_say(answer, "  and %zu more holders", n - 10);
	answer_say(answer, "Next: handback incident exposed %" PRId64, id);
	return true;
}

static bool suspect_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct window w = { 0 };
	struct holder *holder;
	size_t n;
	bool clear = args_has(args, "clear"), also = args_has(args, "also");
	if (clear == (args_has(args, "from") && args_has(args, "to")))
		return err_set(&op->err, INVALID, "from", clear ? "--clear takes no window." : "--from and --to say when; or --clear takes the holder out.");
	if (!incident_asked(op, args, &i) || (!clear && !window_read(op, args, &w)) || !map_find_all(op, args_list(args, "holder"), &holder, &n))
		return false;
	struct exposed *before, *after;
	struct sources s;
	if (!exposure_of(op, i.suspicion, i.n, false, &before, &s))
		return false;
	bool good = true;
	for (size_t k = 0; good && k < n; k++)
		good = (also || sql_suspect_clear(op, i.id, holder[k].id.n)) &&
		       (clear || sql_suspect_put(op, i.id, holder[k].id.n, w.from, w.to, w.manner)) &&
		       log_add(op, clear ? "incident.cleared" : "incident.suspected",
		               ABOUT({ "incident", i.id }, { "holder", holder[k].id.n }, { "from", w.from }, { "to", w.to }));
	if (!good || !exposed_now(op, i.id, &after, &s)) {
		exposed_close(before);
		return false;
	}
	uint64_t adds = 0, drops = 0;
	for (uint32_t c = 1; c < after->n || c < before->n; c++) {
		bool was = c < before->n && exposed_kinds(before, c), is = c < after->n && exposed_kinds(after, c);
		adds += is && !was;
		drops += was && !is;
	}
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_number(answer, "adds", (int64_t)adds);
	answer_number(answer, "drops", (int64_t)drops);
	answer_number(answer, "customers", (int64_t)exposed_customers(after));
	answer_number(answer, "unnamed_touches", (int64_t)after->unnamed);
	answer_row_end(answer);
	answer_say(answer, "%zu customers are at risk now: %" PRIu64 " more than before, %" PRIu64 " no longer.", exposed_customers(after), adds, drops);
	say_unnamed(answer, after);
	exposed_close(before);
	exposed_close(after);
	return true;
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	(void)args;
	struct sql_incidents q;
	bool any = false;
	if (!sql_incidents(op, &q))
		return false;
	while (sql_incidents_next(op, &q)) {
		any = true;
		answer_row(answer);
		answer_number(answer, "incident", q.id);
		answer_text(answer, "title", q.title);
		answer_time(answer, "opened", q.opened);
		answer_time(answer, "discovered", q.discovered);
		answer_time(answer, "closed", q.closed);
		answer_row_end(answer);
		answer_say(answer, "%3" PRId64 "  %-6s  discovered " STR_FMT "  " STR_FMT, q.id, q.closed >= FAR_OFF ? "open" : "closed",
		           STR_ARG(when_day_text(op->a, op->zone, q.discovered, "en")), STR_ARG(q.title));
	}
	if (!any)
		answer_say(answer, "No incident is open. To open one: handback incident open --help");
	return op->err.code == OK;
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	if (!incident_asked(op, args, &i))
		return false;
	answer_say(answer, "Incident %" PRId64 ": " STR_FMT " (%s, discovered " STR_FMT ")", i.id, STR_ARG(i.title),
	           i.closed >= FAR_OFF ? "open" : "closed", STR_ARG(when_day_text(op->a, op->zone, i.discovered, "en")));
	for (size_t k = 0; k < i.n; k++) {
		struct holder h;
		const struct suspicion *s = &i.suspicion[k];
		if (!map_holder(op, s->holder, &h))
			return false;
		answer_row(answer);
		answer_number(answer, "incident", i.id);
		answer_text(answer, "holder", arena_say(op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name)));
		answer_time(answer, "from", s->from);
		answer_time(answer, "to", s->to);
		answer_text(answer, "manner", str_of(manner_name(s->manner)));
		answer_row_end(answer);
		answer_say(answer, "  %s:" STR_FMT ", " STR_FMT ", %s", sort_name(h.sort), STR_ARG(h.name), STR_ARG(window_text(op, s->from, s->to)),
		           s->manner == PASSING ? "what passed through" : s->manner == KEPT ? "what was kept there" : "what passed through or was kept");
	}
	answer_say(answer, "Who is at risk: handback incident exposed %" PRId64, i.id);
	return true;
}

static bool close_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	if (!incident_asked(op, args, &i))
		return false;
	if (i.closed < FAR_OFF)
		return err_set(&op->err, CONFLICT, "incident", "Incident %" PRId64 " was closed on " STR_FMT ".", i.id,
		               STR_ARG(when_day_text(op->a, op->zone, i.closed, "en")));
	answer_say(answer, "Incident %" PRId64 " is closed. Nothing of it is forgotten.", i.id);
	return sql_incident_close(op, i.id, op->now) && log_add(op, "incident.closed", ABOUT({ "incident", i.id }));
}

#define INCIDENT  { "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" }
#define HOLDERS   { "holder", FIELD_TEXT, FIELD_NEEDED | FIELD_LIST, "[sort:]name, sort:* for all of a sort, or @FILE with a name a line" }
#define ONLY      { "only", FIELD_TEXT, 0, "passing: what went through in the window; kept: what rested there; else both" }

const struct verb incident_verbs[] = {
	{ "incident open", "Opens an incident: something happened to one or more holders, within a window of time.",
	  "handback incident open --title 'Skimmer on reader 2' --holder 'reader:Van 2 reader' --from 2026-11-27 --to 2026-12-15", VERB_WRITE,
	  FIELDS({ "title", FIELD_TEXT, FIELD_NEEDED, "what happened, in a few plain words" }, HOLDERS,
	         { "from", FIELD_TIME, FIELD_NEEDED, "when it may have begun: a day, a time, or unknown" },
	         { "to", FIELD_TIME, FIELD_NEEDED, "when it ended: a day (to its end), a time, or unknown" }, ONLY,
	         { "discovered", FIELD_TIME, 0, "when you learnt of it; now, if not told" }), open_run },
	{ "incident suspect", "Adds a holder to an incident, or changes its window; says whom that adds and drops.",
	  "handback incident suspect 1 --holder 'Van 3 reader' --from 2026-12-01 --to 2026-12-15 --only passing", VERB_WRITE,
	  FIELDS(INCIDENT, HOLDERS, { "from", FIELD_TIME, 0, "a day, a time, or unknown" }, { "to", FIELD_TIME, 0, "a day, a time, or unknown" }, ONLY,
	         { "also", FIELD_FLAG, 0, "a further window for it, beside those it has" },
	         { "clear", FIELD_FLAG, 0, "takes the holder out; the log keeps that it was there" }), suspect_run },
	{ "incident exposed", "Who is at risk by an incident, which kinds of their data, and why.", "handback incident exposed 1 --why C-000012", VERB_READ,
	  FIELDS(INCIDENT, { "kind", FIELD_TEXT, 0, "only those of whom this kind is exposed, like card_number" },
	         { "region", FIELD_TEXT, 0, "only those in this region, like US-CA" },
	         { "count", FIELD_FLAG, 0, "numbers only" }, { "refs", FIELD_FLAG, 0, "bare customer references, one a line" },
	         { "why", FIELD_TEXT, 0, "the touches, ways and retentions for this customer" },
	         { "verify", FIELD_FLAG, 0, "computes it once more by brute force and compares" }), incident_exposed_run },
	{ "incident list", "Lists the incidents.", "handback incident list", VERB_READ, NO_FIELDS, list_run },
	{ "incident show", "Shows one incident: its holders and windows.", "handback incident show 1", VERB_READ, FIELDS(INCIDENT), show_run },
	{ "incident close", "Closes an incident; nothing of it is forgotten.", "handback incident close 1", VERB_WRITE, FIELDS(INCIDENT), close_run },
	{ 0 },
};
