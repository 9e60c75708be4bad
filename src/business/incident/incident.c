/* incident - opening one, its suspected holders and their windows. */
#include "incident_int.h"
#include "incident_sql.h"
#include "log.h"
#include "readers.h"

#include <inttypes.h>
#include <stdlib.h>

enum { TITLE_MAX = 200 };

const char *manner_name(enum manner m)
{
	return m == PASSING ? "passing" : m == KEPT ? "kept" : "both";
}

static struct str bound_text(struct op *op, int64_t at)
{
	if (at <= LONG_AGO || at >= FAR_OFF)
		return STR("unknown");
	struct str s = when_local_text(op->a, op->zone, at);
	if (s.n < 20)
		return s;
	/* "2025-11-27 00:00"; seconds where there are some; the zone is the business's, which window_text names */
	return memcmp(s.p + 16, ":00", 3) == 0 ? arena_say(op->a, "%.10s %.5s", s.p, s.p + 11) : arena_say(op->a, "%.10s %.8s", s.p, s.p + 11);
}

struct str window_text(struct op *op, int64_t from, int64_t to)
{
	return arena_say(op->a, STR_FMT " to " STR_FMT "%s" STR_FMT, STR_ARG(bound_text(op, from)), STR_ARG(bound_text(op, to)), from <= LONG_AGO && to >= FAR_OFF ? "" : ", ",
	                 STR_ARG(from <= LONG_AGO && to >= FAR_OFF ? STR("") : op_setting(op, "timezone")));
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
	struct incident i = { id, q.title, q.title_es, q.opened, q.discovered, q.closed, NULL, 0, q.unwritten, q.published };
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

bool incident_list(struct op *op, struct incident **out, size_t *n)
{
	struct sql_incidents q;
	struct incident *v = NULL;
	size_t room = 0, m = 0;
	if (!sql_incidents(op, &q))
		return false;
	while (sql_incidents_next(op, &q)) {
		v = arena_more(op->a, v, m, &room, sizeof *v);
		v[m++] = (struct incident){ q.id, q.title, q.title_es, q.opened, q.discovered, q.closed, NULL, 0, q.unwritten, q.published };
	}
	*out = v, *n = m;
	return op->err.code == OK;
}

bool incident_asked(struct op *op, const struct args *args, struct incident *out)
{
	int64_t id;
	return args_number(args, "incident", &id) && incident_get(op, id, out);
}

/* ---- windows ---- */

struct window { int64_t from, to; enum manner manner; bool inspected; };     /* inspected: of each reader, from its last clean look on */

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
	bool inspected = str_eq(args_text(args, "from"), STR("inspected"));
	if (inspected)
		from = (struct span){ LONG_AGO, FAR_OFF, false };
	if ((!inspected && !time_read(op, args, "from", &from)) || !time_read(op, args, "to", &to))
		return false;
	*w = (struct window){ from.from, to.date_only || to.to >= FAR_OFF ? to.to : to.from, BOTH, inspected };
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

bool incident_window(struct op *op, const struct args *args, struct suspicion *w)
{
	struct span from, to;
	if ((args_has(args, "from") && !time_read(op, args, "from", &from)) || (args_has(args, "to") && !time_read(op, args, "to", &to)))
		return false;
	w->from = args_has(args, "from") ? from.from : w->from;
	w->to = !args_has(args, "to") ? w->to : to.date_only || to.to >= FAR_OFF ? to.to : to.from;
	return w->from < w->to || err_set(&op->err, INVALID, "to", "--to is not after --from. Check the two times.");
}

/* Where it begins for this holder. */
static bool window_begin(struct op *op, const struct window *w, const struct holder *h, int64_t *from)
{
	*from = w->from;
	if (!w->inspected)
		return true;
	if (h->sort != READER)
		return err_set(&op->err, INVALID, "from", "--from inspected is for card readers: nobody looks over %s:" STR_FMT ". Say when it may have begun, or unknown.", sort_name(h->sort), STR_ARG(h->name));
	return reader_window(op, h->id, w->to < op->now ? w->to : op->now, from);
}

/* A year mistyped gives nobody at risk, or letters that tell of what has not come yet. */
static void future_told(struct op *op, const struct window *w, struct answer *answer)
{
	if (w->from > op->now)
		answer_note(answer, "Look again: this window begins on " STR_FMT ", which has not come yet. Nobody can be at risk by it so far.",
		            STR_ARG(when_day_text(op->a, op->zone, w->from, "en")));
	else if (w->to < FAR_OFF && w->to - 1 > op->now + DAY)
		answer_note(answer, "Look again: this window ends on " STR_FMT ", which has not come yet. If nobody knows when it ends: --to unknown. Letters will say that its end is not known.",
		            STR_ARG(when_day_text(op->a, op->zone, w->to - 1, "en")));
}

static void say_unnamed(struct answer *answer, uint64_t n)
{
	if (n)
		answer_say(answer, "%" PRIu64 " payment%s at risk name%s nobody: %s too, and your payment service can reach %s.", n, n == 1 ? "" : "s", n == 1 ? "s" : "",
		           n == 1 ? "it counts" : "they count", n == 1 ? "that person" : "those people");
}

/* ---- verbs ---- */

/* Two names that differ in their letters' case only are two holders; an incident on one misses the other, so it is said. */
static bool twins_told(struct op *op, const struct holder *meant, size_t n, struct answer *answer)
{
	struct holder *all;
	size_t m;
	if (!map_holders(op, &all, &m))
		return false;
	for (size_t i = 0; i < n && i < 10; i++)
		for (size_t k = 0; k < m; k++) {
			bool same = all[k].sort == meant[i].sort && all[k].id.n != meant[i].id.n && str_eq_nocase(all[k].name, meant[i].name);
			for (size_t j = 0; j < n && same; j++)
				same = meant[j].id.n != all[k].id.n;
			if (same)
				answer_note(answer, "There is also %s:" STR_FMT ". If that is the same one, add it: handback incident suspect", sort_name(all[k].sort), STR_ARG(all[k].name));
		}
	return true;
}

bool incident_begin(struct op *op, struct str title, struct str title_es, int64_t discovered, const struct suspicion *s, size_t n, int64_t *out)
{
	int64_t id = op_count(op, "incident");
	if (!id || !sql_incident_put(op, id, title, title_es, op->now, discovered, FAR_OFF))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!sql_suspect_put(op, id, s[i].holder.n, s[i].from, s[i].to, s[i].manner))
			return false;
	*out = id;
	return log_add(op, "incident.opened", ABOUT({ "incident", id }, { "holders", (int64_t)n }));
}

static bool title_fits(struct op *op, const char *field, struct str title)
{
	return title.n <= TITLE_MAX || err_set(&op->err, TOO_BIG, field, "Say what happened in at most %d characters: each notice has this sentence.", TITLE_MAX);
}

static bool open_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct window w;
	struct holder *holder;
	size_t n;
	struct span discovered = { op->now, op->now, false };
	struct str title = args_text(args, "title"), title_es = str_trim(args_text(args, "title-es"));
	const bool known = args_has(args, "discovered") && !str_eq(args_text(args, "discovered"), STR("unknown"));
	if (!title.n)
		return err_set(&op->err, INVALID, "title", "--title says in a few plain words what happened.");
	if (!title_fits(op, "title", title) || !title_fits(op, "title-es", title_es) || !window_read(op, args, &w) || !map_find_all(op, args_list(args, "holder"), &holder, &n) ||
	    (known && !op_been(op, "discovered", args_text(args, "discovered"), &discovered)))
		return false;
	int64_t id;
	struct suspicion *s = ARENA_ARRAY(op->a, struct suspicion, n);
	for (size_t i = 0; i < n; i++) {
		s[i] = (struct suspicion){ holder[i].id, 0, w.to, w.manner };
		if (!window_begin(op, &w, &holder[i], &s[i].from))
			return false;
		if (known && discovered.to <= s[i].from)
			return err_set(&op->err, INVALID, "discovered", "It can't have been discovered before it began: one of the two days is wrong.");
	}
	if (!incident_begin(op, title, title_es, discovered.from, s, n, &id))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", id);
	answer_row_end(answer);
	answer_say(answer, "Incident %" PRId64 " is open: " STR_FMT ".", id, STR_ARG(title));
	for (size_t i = 0; i < n && i < 10; i++)
		answer_say(answer, "  %s:" STR_FMT ", " STR_FMT, sort_name(holder[i].sort), STR_ARG(holder[i].name), STR_ARG(window_text(op, s[i].from, w.to)));
	if (n > 10)
		answer_say(answer, "  and %s", counted(op->a, (int64_t)(n - 10), "more holder", "more holders"));
	answer_say(answer, "Next: handback incident exposed %" PRId64, id);
	future_told(op, &w, answer);
	return twins_told(op, holder, n, answer);
}

bool incident_publish(struct op *op, int64_t id, int64_t since)
{
	return sql_incident_publish(op, id, since);
}

static bool title_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	int64_t id = 0;
	args_number(args, "incident", &id);
	if (!incident_get(op, id, &i))
		return false;
	i.title = args_has(args, "title") ? str_trim(args_text(args, "title")) : i.title;
	i.title_es = args_has(args, "title-es") ? str_trim(args_text(args, "title-es")) : i.title_es;
	if (!i.title.n || (!args_has(args, "title") && !args_has(args, "title-es")))
		return err_set(&op->err, INVALID, "title", "--title says in a few plain words what happened.");
	if (!title_fits(op, "title", i.title) || !title_fits(op, "title-es", i.title_es) || !sql_incident_title(op, id, i.title, i.title_es) ||
	    !log_add(op, "incident.titled", ABOUT({ "incident", id }, { "by", op->person })))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", id);
	answer_text(answer, "title", i.title);
	answer_text(answer, "title_es", i.title_es);
	answer_row_end(answer);
	answer_say(answer, "Incident %" PRId64 ": " STR_FMT, id, STR_ARG(i.title));
	if (i.title_es.n)
		answer_say(answer, "In Spanish: " STR_FMT, STR_ARG(i.title_es));
	answer_note(answer, "A draft that is there already keeps its words: draft it anew.");
	return true;
}

/* The references of those who were added or dropped, in the order of the references. */
struct moved { struct op *op; const struct bits *in; struct str *ref; size_t n, room; };

static bool moved_one(void *to, customer_id id, struct str ref, struct str region)
{
	struct moved *m = to;
	(void)region;
	if (bits_has(m->in, id.n)) {
		m->ref = arena_more(m->op->a, m->ref, m->n, &m->room, sizeof *m->ref);
		m->ref[m->n++] = arena_str(m->op->a, ref);
	}
	return true;
}

static bool moved_refs(struct op *op, const struct bits *in, struct moved *m)
{
	*m = (struct moved){ .op = op, .in = in };
	return !bits_count(in) || ledger_each_customer(op, moved_one, m);
}

static void moved_say(struct answer *answer, const char *what, const struct moved *m)
{
	enum { SHOWN = 10 };
	struct buf b = BUF(2048);
	for (size_t i = 0; i < m->n && i < SHOWN; i++)
		buf_printf(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(m->ref[i]));
	if (m->n > SHOWN)
		buf_printf(&b, " and %zu more", m->n - SHOWN);
	if (m->n)
		answer_say(answer, "  %s: " STR_FMT, what, STR_ARG(buf_str(&b)));
	buf_free(&b);
}

bool incident_suspect(struct op *op, const struct args *args, struct incident *now, struct incident *then)
{
	struct window w = { 0 };
	struct holder *holder;
	size_t n;
	bool clear = args_has(args, "clear"), also = args_has(args, "also");
	if (clear == (args_has(args, "from") && args_has(args, "to")))
		return err_set(&op->err, INVALID, "from", clear ? "--clear takes no window." : "--from and --to say when; or --clear takes the holder out.");
	if (!incident_asked(op, args, now) || (!clear && !window_read(op, args, &w)) || !map_find_all(op, args_list(args, "holder"), &holder, &n))
		return false;
	*then = *now;
	then->suspicion = ARENA_ARRAY(op->a, struct suspicion, now->n + n);
	then->n = 0;
	for (size_t i = 0; i < now->n; i++) {
		bool named = false;
		for (size_t k = 0; k < n && !also; k++)
			named |= holder[k].id.n == now->suspicion[i].holder.n;
		if (!named)
			then->suspicion[then->n++] = now->suspicion[i];
	}
	for (size_t k = 0; k < n && !clear; k++) {
		int64_t from;
		if (!window_begin(op, &w, &holder[k], &from))
			return false;
		then->suspicion[then->n++] = (struct suspicion){ holder[k].id, from, w.to, w.manner };
	}
	return true;
}

bool incident_difference(struct op *op, const struct incident *now, const struct incident *then, struct difference *d)
{
	struct exposed *before, *after;
	struct sources s;
	if (!exposure_of(op, now->suspicion, now->n, false, &before, &s))
		return false;
	if (!exposure_of(op, then->suspicion, then->n, false, &after, &s)) {
		exposed_close(before);
		return false;
	}
	uint32_t most = after->n > before->n ? after->n : before->n;
	*d = (struct difference){ bits_open((size_t)most + 1), bits_open((size_t)most + 1), exposed_customers(after), after->unnamed };
	for (uint32_t c = 1; c < most; c++) {
		bool was = c < before->n && exposed_kinds(before, c), is = c < after->n && exposed_kinds(after, c);
		if (is && !was)
			bits_add(&d->added, c);
		if (was && !is)
			bits_add(&d->dropped, c);
	}
	exposed_close(before);
	exposed_close(after);
	return true;
}

static void suspect_tell(struct op *op, const struct incident *i, const struct difference *d, const struct moved *added, const struct moved *dropped, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "incident", i->id);
	answer_number(answer, "adds", (int64_t)bits_count(&d->added));
	answer_number(answer, "drops", (int64_t)bits_count(&d->dropped));
	answer_number(answer, "customers", (int64_t)d->customers);
	answer_number(answer, "unnamed_touches", (int64_t)d->unnamed);
	answer_words(answer, "added", added->ref, added->n);
	answer_words(answer, "dropped", dropped->ref, dropped->n);
	answer_row_end(answer);
	answer_say(answer, "%s at risk now: %zu more than before, %zu no longer.", counted(op->a, (int64_t)d->customers, "customer is", "customers are"),
	           bits_count(&d->added), bits_count(&d->dropped));
	moved_say(answer, "added", added);
	moved_say(answer, "no longer", dropped);
	say_unnamed(answer, d->unnamed);
}

static bool suspect_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident now, then;
	struct difference d;
	struct moved added, dropped;
	struct window w;
	struct holder *holder;
	size_t n;
	int64_t from;
	bool clear = args_has(args, "clear"), also = args_has(args, "also");
	if (!incident_suspect(op, args, &now, &then) || !map_find_all(op, args_list(args, "holder"), &holder, &n) || (!clear && !window_read(op, args, &w)) ||
	    !incident_difference(op, &now, &then, &d))
		return false;
	if (clear)
		w = (struct window){ 0 };
	bool good = moved_refs(op, &d.added, &added) && moved_refs(op, &d.dropped, &dropped);
	for (size_t k = 0; good && k < n; k++)
		good = window_begin(op, &w, &holder[k], &from) && (also || sql_suspect_clear(op, now.id, holder[k].id.n)) &&
		       (clear || sql_suspect_put(op, now.id, holder[k].id.n, from, w.to, w.manner)) &&
		       log_add(op, clear ? "incident.cleared" : "incident.suspected",
		               ABOUT({ "incident", now.id }, { "holder", holder[k].id.n }, { "from", from }, { "to", w.to }));
	if (good)
		suspect_tell(op, &now, &d, &added, &dropped, answer);
	if (good && !clear)
		future_told(op, &w, answer);
	bits_close(&d.added);
	bits_close(&d.dropped);
	return good;
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident *all;
	size_t n;
	(void)args;
	if (!incident_list(op, &all, &n))
		return false;
	for (size_t k = n; k-- > 0;) {
		const struct incident *i = &all[k];
		answer_row(answer);
		answer_number(answer, "incident", i->id);
		answer_text(answer, "title", i->title);
		answer_text(answer, "title_es", i->title_es);
		answer_time(answer, "opened", i->opened);
		answer_time(answer, "discovered", i->discovered);
		answer_time(answer, "closed", i->closed);
		answer_row_end(answer);
		answer_say(answer, "%3" PRId64 "  %-6s  discovered " STR_FMT "  " STR_FMT, i->id, i->closed >= FAR_OFF ? "open" : "closed",
		           STR_ARG(when_day_text(op->a, op->zone, i->discovered, "en")), STR_ARG(i->title));
	}
	if (!n)
		answer_say(answer, "No incident is open. To open one: handback incident open --help");
	return true;
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

#define INCIDENT  { "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" }
#define TITLE_ES  { "title-es", FIELD_TEXT, 0, "the same in Spanish, for whoever reads Spanish" }
#define HOLDERS   { "holder", FIELD_TEXT, FIELD_NEEDED | FIELD_LIST, "[sort:]name, sort:* for all of a sort, or @FILE with a name a line" }
#define ONLY      { "only", FIELD_TEXT, 0, "passing: what went through in the window; kept: what rested there; else both" }

const struct verb incident_verbs[] = {
	{ "incident open", "Opens an incident: something happened to one or more holders, within a window of time.",
	  "handback incident open --title 'Skimmer on reader 2' --holder 'reader:Van 2 reader' --from 2026-11-27 --to 2026-12-15", VERB_WRITE,
	  FIELDS({ "title", FIELD_TEXT, FIELD_NEEDED, "what happened, in a few plain words" }, TITLE_ES, HOLDERS,
	         { "from", FIELD_TIME, FIELD_NEEDED, "when it may have begun: a day, a time, unknown, or inspected: a reader's last clean look" },
	         { "to", FIELD_TIME, FIELD_NEEDED, "when it ended: a day (to its end), a time, or unknown" }, ONLY,
	         { "discovered", FIELD_TIME, 0, "when you learnt of it; now, if not told" }), open_run },
	{ "incident title", "Says anew what happened; drafts made from then on have these words.", "handback incident title 1 --title-es 'Había un lector de bandas en una terminal'", VERB_WRITE,
	  FIELDS(INCIDENT, { "title", FIELD_TEXT, 0, "what happened, in a few plain words" }, TITLE_ES), title_run },
	{ "incident suspect", "Adds a holder to an incident, or changes its window; says whom that adds and drops.",
	  "handback incident suspect 1 --holder 'Van 3 reader' --from 2026-12-01 --to 2026-12-15 --only passing", VERB_WRITE,
	  FIELDS(INCIDENT, HOLDERS, { "from", FIELD_TIME, 0, "a day, a time, unknown, or inspected" }, { "to", FIELD_TIME, 0, "a day, a time, or unknown" }, ONLY,
	         { "also", FIELD_FLAG, 0, "a further window for it, beside those it has" },
	         { "clear", FIELD_FLAG, 0, "takes the holder out; the log keeps that it was there" }), suspect_run },
	{ "incident exposed", "Who is at risk by an incident, which kinds of their data, and why.", "handback incident exposed 1 --why C-000012", VERB_READ,
	  FIELDS(INCIDENT, { "kind", FIELD_TEXT, 0, "only those of whom this kind is exposed, like card_number" },
	         { "region", FIELD_TEXT, 0, "only those in this region, like US-CA; unknown: those whose region is not known" },
	         { "count", FIELD_FLAG, 0, "numbers only" }, { "refs", FIELD_FLAG, 0, "bare customer references, one a line" },
	         { "why", FIELD_TEXT, 0, "the touches, ways and retentions for this customer" },
	         { "verify", FIELD_FLAG, 0, "computes it once more by brute force and compares" }), incident_exposed_run },
	{ "incident obligations", "Whom the law and contracts say to tell, by when: MUST, SHOULD, and LOOK where a lawyer should.", "handback incident obligations 1", VERB_READ, FIELDS(INCIDENT),
	  incident_obligations_run, ROLES_LEAD | ROLE_HELPER },
	{ "incident fact", "Keeps what decides on the law's clocks and no kind of data tells; without a fact it shows those known.", "handback incident fact 1 --determined 2026-11-30 --encrypted no", VERB_WRITE,
	  FIELDS(INCIDENT, { "determined", FIELD_TIME, 0, "when it was determined that people are at risk" }, { "vendor-told", FIELD_TIME, 0, "when the provider told you" },
	         { "encrypted", FIELD_TEXT, 0, "was the data encrypted where it was taken: yes, no, unknown" }, { "key-taken", FIELD_TEXT, 0, "was its key taken, too: yes, no, unknown" },
	         { "code-there", FIELD_TEXT, 0, "was the card's code or PIN there, too: yes, no, unknown" }, { "paper", FIELD_TEXT, 0, "was it paper, not a computer: yes, no, unknown" },
	         { "no-harm", FIELD_TEXT, 0, "why no harm is likely, in your words; unknown takes it back" },
	         { "hold-since", FIELD_TIME, 0, "since when the police ask you to wait" }, { "hold-until", FIELD_TIME, 0, "until when; unknown: no end yet" },
	         { "hold-by", FIELD_TEXT, 0, "who asks you to wait, and on which paper" },
	         { "hold-anyway", FIELD_TEXT, 0, "why people are told all the same, agreed with the police or because a law wants it; unknown takes it back" }), incident_fact_run },
	{ "incident list", "Lists the incidents.", "handback incident list", VERB_READ, NO_FIELDS, list_run, ROLES_ALL },
	{ "incident show", "Shows one incident: its holders and windows.", "handback incident show 1", VERB_READ, FIELDS(INCIDENT), show_run, ROLES_ALL },
	{ 0 },
};
