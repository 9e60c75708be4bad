/* verbs - holders and flows by hand, and the map as text. */
#include "draw.h"
#include "log.h"
#include "map_int.h"
#include "map_sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static struct str full_name(struct op *op, enum holder_sort sort, struct str name)
{
	return arena_say(op->a, "%s:" STR_FMT, sort_name(sort), STR_ARG(name));
}

static struct str keeps_text(struct op *op, int64_t keeps)
{
	if (keeps == KEEPS_UNTOLD)
		return STR("not told");
	if (keeps >= FAR_OFF)
		return STR("until deleted");
	if (!keeps)
		return STR("nothing");
	return keeps % DAY ? arena_say(op->a, "%" PRId64 " s", keeps) : str_of(counted(op->a, keeps / DAY, "day", "days"));
}

static struct str when_bound(struct op *op, int64_t at)
{
	return at <= LONG_AGO || at >= FAR_OFF ? STR("") : when_local_text(op->a, op->zone, at);
}

/* ---- reading arguments ---- */

static bool keeps_value(struct op *op, struct str text, int64_t *keeps)
{
	if (str_eq(text, STR("none")))
		*keeps = 0;
	else if (str_eq(text, STR("deleted")))
		*keeps = FAR_OFF;
	else if (!when_duration(text, keeps))
		return err_set(&op->err, INVALID, "keeps", "\"" STR_FMT "\" is not how long something is kept: none, deleted, or a number with s, m, h, d, w or y, like 90d.",
		               STR_ARG(text));
	return true;
}

/* "card_number,card_expiry=90d", or "90d" for all kinds */
static bool keeps_asked(struct op *op, struct str text, kinds *of, int64_t *keeps)
{
	struct str words = text, bad, value;
	const char *equals = memchr(text.p, '=', text.n);
	*of = KINDS_ALL;
	value = text;
	if (equals) {
		words.n = (size_t)(equals - text.p);
		value = (struct str){ equals + 1, text.n - words.n - 1 };
		if (!kinds_parse(words, ',', of, &bad) || !*of)
			return err_set(&op->err, INVALID, "keeps", "There is no kind of data \"" STR_FMT "\".", STR_ARG(words.n ? bad : words));
	}
	return keeps_value(op, value, keeps);
}

/* coming: it may lie ahead. What has begun, or was closed, has been. */
static bool bound_asked(struct op *op, const struct args *args, const char *name, bool end, bool coming, int64_t *at)
{
	struct span span;
	if (!args_has(args, name))
		return true;
	struct str text = args_text(args, name);
	if (str_eq(text, STR("unknown"))) {
		*at = end ? FAR_OFF : LONG_AGO;
		return true;
	}
	if (!when_parse(text, op->zone, &span))
		return err_set(&op->err, INVALID, name, "--%s is a day like 2026-11-27, a time like 2026-11-27T14:30:00-05:00, or unknown.", name);
	if (!coming && span.from > op->now)
		return op_been(op, name, text, &span);
	*at = end && span.date_only ? span.to : span.from;
	return true;
}

/* ---- holders ---- */

static bool holder_add_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str text = args_text(args, "holder"), rest = text, before = str_split(&rest, ':'), name;
	enum holder_sort sort;
	struct holder h;
	bool sorted = rest.p && sort_parse(before, &sort), known = true;
	if (sorted) {
		struct sql_holder_by_name q;
		name = str_trim(rest);
		if (!name.n || name.n > 200)
			return err_set(&op->err, INVALID, "holder", "A holder's name has 1 to 200 characters.");
		if (!sql_holder_by_name(op, sort, name, &q, &known) || !map_name(op, sort, name, 0, &h.id) || !map_holder(op, h.id, &h))
			return false;
	} else if (!map_find(op, text, &h)) {
		if (op->err.code != NOT_FOUND)
			return false;
		err_clear(&op->err);
		return err_set(&op->err, INVALID, "holder", "\"" STR_FMT "\" is new, so say what it is: reader:, service:, computer:, storage:, mailbox:, paper:, website:, person: or place: in front.",
		               STR_ARG(text));
	}
	struct holder place = { 0 };
	if (!bound_asked(op, args, "since", false, false, &h.since) || !bound_asked(op, args, "until", true, true, &h.until) ||
	    (args_has(args, "at") && !map_find(op, args_text(args, "at"), &place)))
		return false;
	if (args_has(args, "at") && place.sort != PLACE)
		return err_set(&op->err, INVALID, "at", "\"" STR_FMT "\" is no place.", STR_ARG(args_text(args, "at")));
	if (place.id.n)
		h.place = place.id;
	if (!sql_holder_update(op, h.id.n, h.since, h.until, h.place.n))
		return false;
	const struct arg *keeps = args_list(args, "keeps");
	for (size_t i = 0; keeps && i < keeps->n; i++) {
		kinds of;
		int64_t how_long;
		if (!keeps_asked(op, keeps->value[i], &of, &how_long))
			return false;
		if (!map_keeps_put(op, h.id, of, how_long))
			return false;
	}
	answer_row(answer);
	answer_number(answer, "holder", h.id.n);
	answer_text(answer, "name", full_name(op, h.sort, h.name));
	answer_row_end(answer);
	answer_say(answer, "%s:" STR_FMT " is on the map.", sort_name(h.sort), STR_ARG(h.name));
	return !known || log_add(op, "holder.changed", ABOUT({ "holder", h.id.n }, { "place", h.place.n }));
}

static void show_holder(const struct atlas *m, const struct holder *h, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "holder", h->id.n);
	answer_text(answer, "sort", str_of(sort_name(h->sort)));
	answer_text(answer, "name", h->name);
	answer_time(answer, "since", h->since);
	answer_time(answer, "until", h->until);
	struct str words[KIND_COUNT];
	int64_t seconds[KIND_COUNT];
	size_t n = 0;
	for (size_t i = 0; i < m->tolds; i++)
		if (m->told[i].holder.n == h->id.n && n < KIND_COUNT)
			words[n] = str_of(kind_name(m->told[i].kind)), seconds[n++] = m->told[i].keeps >= FAR_OFF ? -1 : m->told[i].keeps;
	answer_counts(answer, "keeps_seconds", words, seconds, n);
	answer_row_end(answer);
}

static bool holder_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct atlas m;
	(void)args;
	if (!map_atlas(op, &m))
		return false;
	for (size_t i = 0; i < m.holders; i++) {
		if (answer->json)
			show_holder(&m, &m.holder[i], answer);
		answer_say(answer, "%-9s " STR_FMT "%s", sort_name(m.holder[i].sort), STR_ARG(m.holder[i].name), m.holder[i].until < FAR_OFF ? "  (closed)" : "");
	}
	return true;
}

static struct holder holder_of(const struct atlas *m, holder_id id)
{
	for (size_t i = 0; i < m->holders; i++)
		if (m->holder[i].id.n == id.n)
			return m->holder[i];
	return (struct holder){ 0 };
}

static const char *const manners[] = { [HANDS_ON] = "hands on", [COPIES] = "copies", [SEES] = "sees" };

static void flow_row(struct op *op, const struct atlas *m, const struct flow *f, struct answer *answer)
{
	struct holder from = holder_of(m, f->from), to = holder_of(m, f->to);
	answer_row(answer);
	answer_number(answer, "flow", f->id);
	answer_text(answer, "from", full_name(op, from.sort, from.name));
	answer_text(answer, "to", full_name(op, to.sort, to.name));
	answer_text(answer, "manner", f->manner == HANDS_ON ? STR("hands-on") : str_of(manners[f->manner]));
	struct str words[KIND_COUNT];
	size_t n = 0;
	for (kinds k = f->kinds; k; k &= k - 1)
		words[n++] = str_of(kind_name((enum kind)__builtin_ctzll(k)));
	answer_words(answer, "kinds", words, n);
	answer_text(answer, "keeps", keeps_text(op, f->keeps));
	answer_time(answer, "since", f->since);
	answer_time(answer, "until", f->until);
	answer_row_end(answer);
}

static void say_flow(struct op *op, const struct atlas *m, const struct flow *f, struct answer *answer)
{
	struct holder from = holder_of(m, f->from), to = holder_of(m, f->to);
	struct str since = when_bound(op, f->since), until = when_bound(op, f->until);
	flow_row(op, m, f, answer);
	answer_say(answer, "%3" PRId64 "  " STR_FMT " -> " STR_FMT " (%s): " STR_FMT "%s" STR_FMT "%s" STR_FMT "%s" STR_FMT, f->id, STR_ARG(from.name), STR_ARG(to.name),
	           manners[f->manner], STR_ARG(f->kinds == KINDS_ALL ? STR("everything") : kinds_text(op->a, f->kinds, ", ")),
	           f->keeps == KEEPS_UNTOLD ? "" : "; keeps ", STR_ARG(f->keeps == KEEPS_UNTOLD ? STR("") : keeps_text(op, f->keeps)),
	           since.n ? "; since " : "", STR_ARG(since), until.n ? "; until " : "", STR_ARG(until));
}

static bool holder_show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct atlas m;
	struct holder h, place;
	if (!map_atlas(op, &m) || !map_find(op, args_text(args, "holder"), &h))
		return false;
	show_holder(&m, &h, answer);
	answer_say(answer, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name));
	if (h.place.n && map_holder(op, h.place, &place))
		answer_say(answer, "  stands at " STR_FMT, STR_ARG(place.name));
	if (when_bound(op, h.since).n)
		answer_say(answer, "  since " STR_FMT, STR_ARG(when_bound(op, h.since)));
	if (when_bound(op, h.until).n)
		answer_say(answer, "  until " STR_FMT, STR_ARG(when_bound(op, h.until)));
	for (size_t i = 0; i < m.tolds; i++)
		if (m.told[i].holder.n == h.id.n)
			answer_say(answer, "  keeps %-20s " STR_FMT, kind_name(m.told[i].kind), STR_ARG(keeps_text(op, m.told[i].keeps)));
	for (size_t i = 0; i < m.emptieds; i++)
		if (m.emptied[i].holder.n == h.id.n)
			answer_say(answer, "  everything deleted, confirmed for " STR_FMT, STR_ARG(when_local_text(op->a, op->zone, m.emptied[i].at)));
	for (size_t i = 0; i < m.flows && !answer->json; i++)
		if (m.flow[i].from.n == h.id.n || m.flow[i].to.n == h.id.n)
			say_flow(op, &m, &m.flow[i], answer);
	return op->err.code == OK;
}

static bool holder_close_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct holder h;
	int64_t at = op->now;
	if (!map_find(op, args_text(args, "holder"), &h) || !bound_asked(op, args, "at", true, false, &at) || !map_holder_end(op, h.id, at))
		return false;
	answer_say(answer, STR_FMT " is closed. What it keeps still counts until its deletion is confirmed: handback holder emptied.", STR_ARG(h.name));
	return true;
}

static bool holder_emptied_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct holder h;
	struct span s = { .from = op->now };
	if (!map_find(op, args_text(args, "holder"), &h) || !op_been(op, "at", args_text(args, "at"), &s) || !map_emptied_put(op, h.id, s.from))
		return false;
	answer_say(answer, "Kept: everything that came to " STR_FMT " before " STR_FMT " is deleted there.", STR_ARG(h.name),
	           STR_ARG(when_local_text(op->a, op->zone, s.from)));
	return true;
}

/* ---- flows ---- */

static bool flow_add_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct holder from, to;
	struct atlas m;
	struct flow f = { .manner = COPIES, .keeps = KEEPS_UNTOLD, .since = LONG_AGO, .until = FAR_OFF };
	struct str manner = args_text(args, "manner"), bad;
	if (!map_find(op, args_text(args, "from"), &from) || !map_find(op, args_text(args, "to"), &to) || !map_atlas(op, &m))
		return false;
	if (from.id.n == to.id.n)
		return err_set(&op->err, INVALID, "to", "A flow goes from one holder to another.");
	if (!kinds_parse(args_text(args, "kinds"), ',', &f.kinds, &bad) || !f.kinds)
		return err_set(&op->err, INVALID, "kinds", "--kinds is a list like name,email. Kinds are: " STR_FMT ".", STR_ARG(kinds_text(op->a, KINDS_ALL, ", ")));
	if (str_eq(manner, STR("hands-on")))
		f.manner = HANDS_ON;
	else if (str_eq(manner, STR("sees")))
		f.manner = SEES;
	else if (manner.n && !str_eq(manner, STR("copies")))
		return err_set(&op->err, INVALID, "manner", "--manner is hands-on, copies or sees.");
	if ((args_has(args, "keeps") && !keeps_value(op, args_text(args, "keeps"), &f.keeps)) || !bound_asked(op, args, "since", false, false, &f.since) ||
	    !bound_asked(op, args, "until", true, true, &f.until))
		return false;
	if (f.since >= f.until)
		return err_set(&op->err, INVALID, "until", "--until is not after --since.");
	f.from = from.id, f.to = to.id;
	if (!map_flow_put(op, &m, &f))
		return false;
	say_flow(op, &m, &f, answer);
	return true;
}

static bool flow_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct atlas m;
	(void)args;
	if (!map_atlas(op, &m))
		return false;
	for (size_t i = 0; i < m.flows; i++)
		say_flow(op, &m, &m.flow[i], answer);
	return true;
}

static bool flow_close_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct atlas m;
	int64_t id, at = op->now;
	if (!args_number(args, "flow", &id) || !map_atlas(op, &m) || !bound_asked(op, args, "at", true, false, &at))
		return false;
	for (size_t i = 0; i < m.flows; i++)
		if (m.flow[i].id == id) {
			if (at <= m.flow[i].since)
				return err_set(&op->err, INVALID, "at", "Flow %" PRId64 " began after that.", id);
			answer_say(answer, "Flow %" PRId64 " is closed from " STR_FMT " on. What went along it before still counts.", id,
			           STR_ARG(when_local_text(op->a, op->zone, at)));
			return map_flow_end(op, id, at);
		}
	return err_set(&op->err, NOT_FOUND, "flow", "There is no flow %" PRId64 ". handback flow list shows them.", id);
}

/* ---- the map ---- */

static void dot_name(struct buf *b, struct str name)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			buf_byte(b, '\\');
		buf_byte(b, name.p[i]);
	}
	buf_byte(b, '"');
}

/* Customers are 0. */
static int64_t dot_number(const struct atlas *m, const struct draw_box *b, size_t i)
{
	return b->sort ? m->holder[b->holder[i]].id.n : 0;
}

/* What the picture shows besides the flows. */
static void dot_assumed(struct op *op, const struct atlas *m, struct buf *b)
{
	struct drawing d;
	draw_map(op->a, m, op->now, false, &d);
	for (size_t l = 0; l < d.lines; l++) {
		const struct draw_line *line = &d.line[l];
		const struct draw_box *from = &d.box[line->from], *to = &d.box[line->to];
		for (size_t i = 0; i < (from->sort ? from->n : 1) && !line->kinds; i++)
			for (size_t k = 0; k < to->n; k++)
				buf_printf(b, "\th%" PRId64 " -> h%" PRId64 " [%sarrowhead=%s];\n", dot_number(m, from, i), dot_number(m, to, k), line->assumed ? "style=dotted " : line->card ? "style=bold " : "",
				           line->card ? "normal" : "open");
	}
}

static void map_dot(struct op *op, const struct atlas *m, struct answer *answer)
{
	struct buf b = BUF(64 << 20);
	buf_printf(&b, "digraph map {\n\trankdir=LR; node [shape=box];\n\th0 [label=\"%s\"];\n", draw_english(op).customers);
	for (size_t i = 0; i < m->holders; i++) {
		buf_printf(&b, "\th%" PRId64 " [label=", m->holder[i].id.n);
		dot_name(&b, full_name(op, m->holder[i].sort, m->holder[i].name));
		buf_put(&b, STR("];\n"));
	}
	for (size_t i = 0; i < m->flows; i++) {
		buf_printf(&b, "\th%" PRId64 " -> h%" PRId64 " [label=", m->flow[i].from.n, m->flow[i].to.n);
		dot_name(&b, m->flow[i].kinds == KINDS_ALL ? STR("everything") : kinds_text(op->a, m->flow[i].kinds, ", "));
		buf_put(&b, m->flow[i].kinds & draw_card_kinds() ? STR(" style=bold arrowhead=normal];\n") : STR(" arrowhead=open];\n"));
	}
	dot_assumed(op, m, &b);
	buf_put(&b, STR("}\n"));
	answer->put(answer->to, buf_str(&b));
	buf_free(&b);
}

static void map_svg(struct op *op, const struct atlas *m, bool narrow, const struct draw_mark *mark, size_t marks, struct answer *answer)
{
	struct buf b = BUF(16 << 20);
	struct drawing d;
	struct draw_words w = draw_english(op);
	draw_map(op->a, m, op->now, narrow, &d);
	draw_svg(&b, m, &d, &w, "map", mark, marks);
	buf_byte(&b, '\n');
	answer->put(answer->to, buf_str(&b));
	buf_free(&b);
}

/* As people say it: "card number, name". */
static struct str kinds_said(struct op *op, kinds k)
{
	if (k == KINDS_ALL)
		return STR("everything");
	struct str s = kinds_text(op->a, k, ", ");
	char *said = arena_get(op->a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		said[i] = s.p[i] == '_' ? ' ' : s.p[i];
	return (struct str){ said, s.n };
}

static void tell_flow(struct op *op, const struct atlas *m, const struct flow *f, struct answer *answer)
{
	struct holder from = holder_of(m, f->from), to = holder_of(m, f->to);
	struct str what = kinds_said(op, f->kinds), since = when_bound(op, f->since), until = when_bound(op, f->until);
	struct str way = f->manner == SEES ? arena_say(op->a, STR_FMT " sees " STR_FMT " at " STR_FMT, STR_ARG(to.name), STR_ARG(what), STR_ARG(from.name))
	                                   : arena_say(op->a, STR_FMT " %s " STR_FMT " %s " STR_FMT, STR_ARG(from.name), f->manner == COPIES ? "copies" : "passes", STR_ARG(what),
	                                               f->manner == COPIES ? "to" : "on to", STR_ARG(to.name));
	struct str keeps = f->keeps == KEEPS_UNTOLD ? STR("") : arena_say(op->a, ", and it stays there %s" STR_FMT, f->keeps && f->keeps < FAR_OFF ? "for " : "",
	                                                                  STR_ARG(f->keeps ? keeps_text(op, f->keeps) : STR("not at all")));
	answer_say(answer, STR_FMT STR_FMT "%s" STR_FMT "%s" STR_FMT ".", STR_ARG(way), STR_ARG(keeps), since.n ? ", since " : "", STR_ARG(since), until.n ? ", until " : "", STR_ARG(until));
}

static struct str box_name(struct op *op, const struct atlas *m, const struct draw_box *b, const struct draw_words *w)
{
	return !b->sort ? str_of(w->customers) : b->n == 1 ? m->holder[*b->holder].name : arena_say(op->a, "%zu %s", b->n, w->sorts[b->sort]);
}

/* What the picture shows besides the flows: those lines have no kinds. */
static void tell_assumed(struct op *op, const struct atlas *m, struct answer *answer)
{
	struct draw_words w = draw_english(op);
	struct drawing d;
	draw_map(op->a, m, op->now, false, &d);
	for (size_t i = 0; i < d.lines; i++)
		if (!d.line[i].kinds) {
			struct str from = box_name(op, m, &d.box[d.line[i].from], &w), to = box_name(op, m, &d.box[d.line[i].to], &w);
			bool customers = !d.box[d.line[i].from].sort;
			answer_say(answer, STR_FMT "%s %s%s to " STR_FMT "%s%s%s.", STR_ARG(from), customers ? " give" : " passes", d.line[i].card ? "cards" : "other details",
			           customers ? "" : " on", STR_ARG(to), d.line[i].assumed ? " (" : "", d.line[i].assumed ? w.assumed : "", d.line[i].assumed ? ")" : "");
		}
}

/* A row into a list of a document. */
static void list_row(void *to, struct str row)
{
	struct buf *b = to;
	if (b->n)
		buf_byte(b, ',');
	buf_put(b, (struct str){ row.p, row.n - 1 });        /* without its line's end */
}

/* One document of the same rows as --json prints. */
static bool map_document(struct op *op, const struct atlas *m, struct answer *answer)
{
	struct buf holders = BUF(64 << 20), flows = BUF(64 << 20);
	struct answer row = { .json = true, .put = list_row, .to = &holders };
	for (size_t i = 0; i < m->holders; i++)
		show_holder(m, &m->holder[i], &row);
	row.to = &flows;
	for (size_t i = 0; i < m->flows; i++)
		flow_row(op, m, &m->flow[i], &row);
	buf_free(&row.row);
	bool good = !holders.full && !flows.full;
	if (good) {
		answer->put(answer->to, STR("{\"holders\":["));
		answer->put(answer->to, buf_str(&holders));
		answer->put(answer->to, STR("],\"flows\":["));
		answer->put(answer->to, buf_str(&flows));
		answer->put(answer->to, STR("]}\n"));
	}
	buf_free(&holders);
	buf_free(&flows);
	return good || err_set(&op->err, TOO_BIG, "format", "The map is too large for one document. --json prints it row by row.");
}

bool map_tell(struct op *op, const struct args *args, const struct draw_mark *mark, size_t marks, struct answer *answer)
{
	struct atlas m;
	struct str format = args_text(args, "format");
	bool svg = str_eq(format, STR("svg"));
	if (format.n && !svg && !str_eq(format, STR("text")) && !str_eq(format, STR("json")) && !str_eq(format, STR("dot")))
		return err_set(&op->err, INVALID, "format", "--format is text, svg, dot or json.");
	if (!map_atlas(op, &m))
		return false;
	if (svg) {
		map_svg(op, &m, args_has(args, "narrow"), mark, marks, answer);
		return true;
	}
	if (str_eq(format, STR("dot"))) {
		map_dot(op, &m, answer);
		return true;
	}
	if (str_eq(format, STR("json")) && !answer->json)
		return map_document(op, &m, answer);
	for (enum holder_sort s = READER; s <= PLACE; s++)
		for (size_t i = 0; i < m.holders; i++) {
			if (m.holder[i].sort != s)
				continue;
			show_holder(&m, &m.holder[i], answer);
			answer_say(answer, "%-9s " STR_FMT, sort_name(s), STR_ARG(m.holder[i].name));
		}
	if (m.flows)
		answer_say(answer, "%s", "");
	for (size_t i = 0; i < m.flows; i++) {
		flow_row(op, &m, &m.flow[i], answer);
		tell_flow(op, &m, &m.flow[i], answer);
	}
	if (!answer->json)
		tell_assumed(op, &m, answer);
	return true;
}

#define HOLDER { "holder", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "[sort:]name, like 'reader:Van 2 reader'" }

const struct verb map_verbs[] = {
	{ "holder add", "Adds a holder to the map, or says more of one that is there.", "handback holder add service:Square --keeps card_number=none --keeps 7y", VERB_WRITE,
	  FIELDS(HOLDER, { "keeps", FIELD_TEXT, FIELD_LIST, "KIND[,KIND]=90d, =none or =deleted; without kinds for all" },
	         { "at", FIELD_TEXT, 0, "the place where it stands" }, { "since", FIELD_TIME, 0, "in use since" }, { "until", FIELD_TIME, 0, "in use until" }), holder_add_run },
	{ "holder list", "Lists who holds customers' information.", "handback holder list", VERB_READ, NO_FIELDS, holder_list_run, ROLES_ALL },
	{ "holder show", "Shows one holder: what it keeps, and the flows to and from it.", "handback holder show Square", VERB_READ, FIELDS(HOLDER), holder_show_run, ROLES_ALL },
	{ "holder close", "Says that a holder is no longer used; what it keeps still counts.", "handback holder close 'Van 1 reader' --at 2026-06-30", VERB_WRITE,
	  FIELDS(HOLDER, { "at", FIELD_TIME, 0, "since when; now, if not told" }), holder_close_run },
	{ "holder emptied", "Says that everything there was deleted, and that this is confirmed.", "handback holder emptied Square --at 2026-06-30", VERB_WRITE,
	  FIELDS(HOLDER, { "at", FIELD_TIME, FIELD_NEEDED, "the moment for which it is confirmed; a day: its beginning" }), holder_emptied_run },
	{ "flow add", "Adds a flow: information goes on from one holder to another.", "handback flow add --from Square --to computer:Office --kinds name,email --keeps 90d", VERB_WRITE,
	  FIELDS({ "from", FIELD_TEXT, FIELD_NEEDED, "a holder on the map" }, { "to", FIELD_TEXT, FIELD_NEEDED, "another" },
	         { "kinds", FIELD_TEXT, FIELD_NEEDED, "which kinds of data, like name,email" },
	         { "manner", FIELD_TEXT, 0, "hands-on: as it comes; copies: what is there (if not told); sees: a person's sign-in" },
	         { "keeps", FIELD_TEXT, 0, "what the second keeps of it: 90d, none or deleted" },
	         { "since", FIELD_TIME, 0, "in use since: a day's first second" }, { "until", FIELD_TIME, 0, "in use until: a day's end" }), flow_add_run },
	{ "flow list", "Lists the flows.", "handback flow list", VERB_READ, NO_FIELDS, flow_list_run, ROLES_ALL },
	{ "flow close", "Ends a flow; what went along it before still counts.", "handback flow close 3 --at 2026-06-30", VERB_WRITE,
	  FIELDS({ "flow", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number" }, { "at", FIELD_TIME, 0, "since when; now, if not told" }), flow_close_run },
	{ 0 },
};
