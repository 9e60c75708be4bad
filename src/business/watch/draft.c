/* draft - what may become an incident: kept, shown, confirmed or discarded by a person. */
#include "detect.h"
#include "incident.h"
#include "log.h"
#include "watch_int.h"
#include "watch_sql.h"

#include <inttypes.h>
#include <limits.h>

enum { TITLE_MOST = 200, REASON_MOST = 300, NAME_MOST = 200 };

/* Without what could be a card number, and not longer than is kept. */
static struct str masked(struct op *op, struct str s, size_t most)
{
	struct buf b = BUF(64 << 10);
	detect_mask(&b, (struct str){ s.p, s.n > most ? most : s.n });
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	while (out.n && !str_utf8(out))                  /* cut within a letter */
		out.n--;
	return out;
}

bool draft_put(struct op *op, struct draft *d)
{
	struct suspicion s = { d->holder, d->begins, d->ends, BOTH };
	struct sources sources;
	struct exposed *e;
	d->said = masked(op, d->said, SAID_MOST), d->title = masked(op, d->title, TITLE_MOST), d->classes = masked(op, d->classes, CLASSES_MOST);
	if (!exposure_of(op, &s, 1, false, &e, &sources))
		return false;
	d->customers = (int64_t)exposed_customers(e);
	kinds there = e->unnamed_kinds | e->found_kinds;
	for (uint32_t c = 1; exposed_next(e, &c); c++)
		there |= exposed_kinds(e, c);
	d->kinds = d->named & there;
	exposed_close(e);
	d->id = op_count(op, "draft"), d->state = DRAFT_OPEN, d->made = op->now;
	return d->id && sql_draft_put(op, d->id, d->holder.n, d->from, d->entry, d->title, d->said, d->classes, d->happened, d->added, d->begins, d->ends, (int64_t)d->named, (int64_t)d->kinds, d->customers, d->made) &&
	       log_add(op, "draft.made", ABOUT({ "draft", d->id }, { "holder", d->holder.n }, { "source", d->from }, { "customers", d->customers }));
}

bool drafts_list(struct op *op, bool decided_too, struct draft **out, size_t *n)
{
	struct sql_drafts q;
	struct draft *v = NULL;
	size_t m = 0, room = 0;
	if (!sql_drafts(op, &q))
		return false;
	while (sql_drafts_next(op, &q)) {
		if (q.state != DRAFT_OPEN && !decided_too)
			continue;
		v = arena_more(op->a, v, m, &room, sizeof *v);
		v[m++] = (struct draft){ q.id, { q.holder }, (enum draft_from)q.source, (enum draft_state)q.state, q.entry, q.title, q.said, q.classes, q.happened, q.added, q.begins, q.ends,
		                         (kinds)q.named, (kinds)q.kinds, q.customers, q.made, q.decided, q.incident, q.reason };
	}
	*out = v, *n = m;
	return op->err.code == OK;
}

bool draft_get(struct op *op, int64_t id, struct draft *out)
{
	struct draft *d;
	size_t n;
	if (!drafts_list(op, true, &d, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (d[i].id == id) {
			*out = d[i];
			return true;
		}
	return err_set(&op->err, NOT_FOUND, "draft", "There is no draft %" PRId64 ". handback incident drafts lists them.", id);
}

void draft_tell(struct op *op, const struct draft *d, struct answer *answer)
{
	static const char *const state[] = { [DRAFT_OPEN] = "open", [DRAFT_CONFIRMED] = "confirmed", [DRAFT_DISCARDED] = "discarded" };
	struct holder h;
	if (!map_holder(op, d->holder, &h)) {
		err_clear(&op->err);
		h = (struct holder){ .name = STR("?") };
	}
	answer_row(answer);
	answer_number(answer, "draft", d->id);
	answer_text(answer, "state", str_of(state[d->state]));
	answer_text(answer, "service", h.name);
	answer_text(answer, "title", d->title);
	answer_text(answer, "source", d->from == FROM_CATALOGUE ? arena_say(op->a, STR_FMT STR_FMT, STR_ARG(catalogue_source().page), STR_ARG(d->entry)) : STR("letter"));
	answer_time(answer, "happened", d->happened);
	answer_time(answer, "added", d->added);
	answer_time(answer, "from", d->begins);
	answer_time(answer, "to", d->ends);
	answer_text(answer, "they_say", d->classes);
	answer_text(answer, "said", d->said);
	answer_text(answer, "of_what_you_give_it", kinds_text(op->a, d->kinds, ", "));
	answer_text(answer, "no_trace_of", kinds_text(op->a, d->named & ~d->kinds, ", "));
	answer_number(answer, "customers", d->customers);
	answer_number(answer, "incident", d->incident);
	answer_row_end(answer);
	answer_say(answer, "Draft %" PRId64 ": " STR_FMT " (service:" STR_FMT "), " STR_FMT ". It would concern %s.%s", d->id, STR_ARG(d->title), STR_ARG(h.name), STR_ARG(window_text(op, d->begins, d->ends)),
	           counted(op->a, d->customers, "customer", "customers"), d->state == DRAFT_OPEN ? "" : d->state == DRAFT_CONFIRMED ? " It was confirmed." : " It was discarded.");
	if (d->from == FROM_LETTER && d->said.n)
		answer_say(answer, "  They say: \"" STR_FMT "\"", STR_ARG(d->said));
	if (d->classes.n)
		answer_say(answer, d->from == FROM_LETTER ? "  It speaks of: " STR_FMT : "  They say: " STR_FMT, STR_ARG(d->classes));
	if (d->kinds)
		answer_say(answer, "  Of that, what was there of yours: " STR_FMT, STR_ARG(kinds_text(op->a, d->kinds, ", ")));
	if (d->named & ~d->kinds)
		answer_say(answer, "  No trace of yours there, as far as imports and the map know: " STR_FMT, STR_ARG(kinds_text(op->a, d->named & ~d->kinds, ", ")));
	if (d->from == FROM_CATALOGUE)
		answer_say(answer, "  Source: " STR_FMT " (" STR_FMT "), " STR_FMT STR_FMT, STR_ARG(catalogue_source().name), STR_ARG(catalogue_source().licence), STR_ARG(catalogue_source().page), STR_ARG(d->entry));
	if (d->state == DRAFT_OPEN)
		answer_say(answer, "  Nobody is told anything. Next: handback incident confirm %" PRId64 ", or handback incident discard %" PRId64 " --reason '...'", d->id, d->id);
}

bool drafts_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct draft *d;
	size_t n;
	if (!drafts_list(op, args_has(args, "all"), &d, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		draft_tell(op, &d[i], answer);
		answer->attention |= d[i].state == DRAFT_OPEN;
	}
	if (!n)
		answer_say(answer, "No draft waits.");
	return true;
}

/* ---- a provider's letter ---- */

/* Who mistypes a name would have a second service, of which nobody knows what goes to it: a new one only when that is said. */
static bool unknown_service(struct op *op, struct str name)
{
	struct str near;
	if (!map_near(op, SERVICE, name, UINT_MAX, &near))
		return false;
	const char *how = op->afar ? "." : ": --new";
	if (!near.n)
		return err_set(&op->err, NOT_FOUND, "service", "There is no service \"" STR_FMT "\". If it is a new one, say so%s", STR_ARG(str_whole(name, 60)), how);
	return err_set(&op->err, NOT_FOUND, "service", "There is no service \"" STR_FMT "\". Did you mean one of these: " STR_FMT "? If it is a new one, say so%s", STR_ARG(str_whole(name, 60)), STR_ARG(near), how);
}

bool told_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str name = str_trim(args_text(args, "service")), said = args_text(args, "said");
	struct suspicion w = { .from = LONG_AGO, .to = FAR_OFF, .manner = BOTH };
	struct span came = { op->now, op->now, false };
	struct service *all, *s = NULL;
	size_t n;
	if (!name.n || name.n > NAME_MOST)
		return err_set(&op->err, INVALID, "service", "Say who wrote to you, in at most %d letters.", NAME_MOST);
	if (said.n > SAID_MOST)
		return err_set(&op->err, TOO_BIG, "said", "Keep to what matters: at most %d characters.", SAID_MOST);
	if (!op_been(op, "received", args_text(args, "received"), &came) || !services_list(op, true, &all, &n) || !incident_window(op, args, &w))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(all[i].name, name))
			s = &all[i];
	struct draft d = { .from = FROM_LETTER, .entry = STR(""), .said = said, .added = came.from, .begins = w.from, .ends = w.to, .happened = args_has(args, "to") ? w.from : FAR_OFF,
	                   .named = classes_kinds(said), .title = arena_say(op->a, STR_FMT " wrote to us", STR_ARG(name)) };
	d.classes = kinds_text(op->a, d.named, ", ");
	if (s)
		d.holder = s->id;
	else if (!args_has(args, "new"))
		return unknown_service(op, name);
	else if (!map_name(op, SERVICE, name, 0, &d.holder))
		return false;
	if (!draft_put(op, &d))
		return false;
	draft_tell(op, &d, answer);
	if (!s)
		answer_note(answer, "\"" STR_FMT "\" was not on the map: it is there now, but nothing says yet what goes to it. Say so before you confirm.", STR_ARG(name));
	return true;
}

/* ---- decided ---- */

static bool open_draft(struct op *op, const struct args *args, struct draft *d)
{
	int64_t id;
	if (!args_number(args, "draft", &id) || !draft_get(op, id, d))
		return false;
	return d->state == DRAFT_OPEN || err_set(&op->err, CONFLICT, "draft", "Draft %" PRId64 " was decided on " STR_FMT ".", id, STR_ARG(when_day_text(op->a, op->zone, d->decided, "en")));
}

bool confirm_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct draft d;
	struct span discovered;
	if (!open_draft(op, args, &d))
		return false;
	struct suspicion w = { d.holder, d.begins, d.ends, BOTH };
	struct holder h;
	if (!map_holder(op, d.holder, &h))
		return false;
	/* as customers read it, and whoever it is told of */
	struct str title = args_has(args, "title") ? args_text(args, "title") : arena_say(op->a, "Something happened to information at " STR_FMT ", a company that works for us", STR_ARG(h.name));
	struct str spanish = args_has(args, "title") ? STR("") : arena_say(op->a, "Algo pasó con información en " STR_FMT ", una empresa que trabaja para nosotros", STR_ARG(h.name));
	/* a letter is known from the day it came, an entry from the day we were shown it: clocks begin there, the stricter way */
	discovered = (struct span){ d.from == FROM_LETTER ? d.added : d.made, 0, false };
	if (!op_been(op, "discovered", args_text(args, "discovered"), &discovered))
		return false;
	if (!title.n || title.n > TITLE_MOST)
		return err_set(&op->err, INVALID, "title", "Say what happened in a few plain words.");
	if (!incident_window(op, args, &w) || !incident_begin(op, title, spanish, discovered.from, &w, 1, &d.incident) ||
	    !sql_draft_decide(op, d.id, DRAFT_CONFIRMED, op->now, d.incident, STR("")) || !log_add(op, "draft.confirmed", ABOUT({ "draft", d.id }, { "incident", d.incident })))
		return false;
	answer_row(answer);
	answer_number(answer, "draft", d.id);
	answer_number(answer, "incident", d.incident);
	answer_row_end(answer);
	answer_say(answer, "Incident %" PRId64 " is open: " STR_FMT ". Next: handback incident exposed %" PRId64, d.incident, STR_ARG(title), d.incident);
	return true;
}

bool discard_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct draft d;
	struct str reason = args_text(args, "reason");
	if (!open_draft(op, args, &d))
		return false;
	if (!str_trim(reason).n || reason.n > REASON_MOST)
		return err_set(&op->err, INVALID, "reason", "Say why it does not concern you, in at most %d characters: it is kept.", REASON_MOST);
	if (!sql_draft_decide(op, d.id, DRAFT_DISCARDED, op->now, 0, reason) || !log_add(op, "draft.discarded", ABOUT({ "draft", d.id })))
		return false;
	answer_say(answer, "Draft %" PRId64 " is discarded. The reason is kept with it.", d.id);
	return true;
}
