/* risks_said - risky spots listed, and marked on the map; and what is said of them: fixed, or accepted until a day. */
#include "draw.h"
#include "log.h"
#include "risks.h"
#include "risks_sql.h"

#include <inttypes.h>

static const char *const severities[] = { [RISK_STOP] = "stop today", [RISK_SOON] = "soon", [RISK_GOOD] = "good to do" };

/* whole: with what to do. */
static void say_risk(struct op *op, const struct risk *r, bool whole, struct answer *answer)
{
	struct str *names = ARENA_ARRAY(op->a, struct str, r->places), where = STR("");
	size_t n = 0;
	for (size_t i = 0; i < r->places; i++)
		if (r->place[i].name.n) {
			names[n++] = arena_say(op->a, "%" PRId64 " " STR_FMT, r->place[i].id, STR_ARG(r->place[i].name));
			if (n <= 5)
				where = arena_say(op->a, STR_FMT "%s" STR_FMT, STR_ARG(where), n > 1 ? ", " : "", STR_ARG(r->place[i].name));
		}
	answer_row(answer);
	answer_text(answer, "spot", risk_name(op, r->rule));
	answer_text(answer, "severity", str_of(severities[r->rule->severity]));
	answer_text(answer, "state", str_of(r->state == RISK_OPEN ? "open" : "accepted"));
	answer_flag(answer, "now", r->now);
	answer_text(answer, "says", str_of(r->rule->says.en));
	answer_words(answer, "places", names, n);
	answer_text(answer, "fix", str_of(r->rule->fix.en));
	answer_number(answer, "minutes", r->rule->minutes);
	answer_number(answer, "dollars_at_most", r->rule->cost);
	answer_text(answer, "avoid", str_of(r->rule->avoid.en));
	answer_text(answer, "source", str_of(r->rule->source));
	answer_time(answer, "again", r->state == RISK_ACCEPTED ? r->again : FAR_OFF);
	answer_row_end(answer);
	answer_say(answer, STR_FMT "  %s  %s%s", STR_ARG(risk_name(op, r->rule)), risk_level(r) != r->rule->severity ? "next" : severities[r->rule->severity], r->rule->says.en, r->back ? " It was said to be fixed, and shows again." : "");
	if (where.n)
		answer_say(answer, "     Where: " STR_FMT "%s", STR_ARG(where), n > 5 ? arena_printf(op->a, " and %zu more", n - 5) : "");
	if (r->state == RISK_ACCEPTED)
		answer_say(answer, "     Accepted until " STR_FMT ": " STR_FMT, STR_ARG(when_day_text(op->a, op->zone, r->again, "en")), STR_ARG(r->reason));
	else if (whole)
		answer_say(answer, "     %s (%s, %s)", r->rule->fix.en, counted(op->a, r->rule->minutes, "minute", "minutes"), r->rule->cost ? arena_printf(op->a, "up to $%d", r->rule->cost) : "costs nothing");
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct risk *r;
	size_t n, open = 0;
	(void)args;
	if (!risks_list(op, &r, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (r[i].state == RISK_OPEN && open == 0)
			answer_say(answer, "Do these now:");
		if (r[i].state == RISK_OPEN && open == RISKS_NOW)
			answer_say(answer, "Later; when one of these three is done, the next moves up:");
		if (r[i].state == RISK_ACCEPTED && (!i || r[i - 1].state == RISK_OPEN))
			answer_say(answer, "Accepted for now:");
		open += r[i].state == RISK_OPEN;
		say_risk(op, &r[i], r[i].now, answer);
	}
	if (!open)
		answer_say(answer, "No risky spot is known. The more the map knows, the more that is worth: handback payment walk");
	answer->attention = open && r[0].rule->severity == RISK_STOP;
	return true;
}

static bool risk_named(struct op *op, struct str text, struct risk *out)
{
	struct risk *r;
	size_t n;
	int64_t id;
	bool number = text.n > 1 && (text.p[0] == 'R' || text.p[0] == 'r') && str_i64((struct str){ text.p + 1, text.n - 1 }, &id);
	if (!risks_list(op, &r, &n))
		return false;
	for (size_t i = 0; number && i < n; i++)
		if (r[i].rule->id == id) {
			*out = r[i];
			return true;
		}
	return err_set(&op->err, NOT_FOUND, "spot", "There is no risky spot \"" STR_FMT "\" now. handback risk list shows them.", STR_ARG(text));
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct risk r;
	if (!risk_named(op, args_text(args, "spot"), &r))
		return false;
	say_risk(op, &r, true, answer);
	answer_say(answer, "     What it changes: %s", r.rule->changes.en);
	answer_say(answer, "     Better, later: %s", r.rule->better.en);
	answer_say(answer, "     Don't overdo it: %s", r.rule->avoid.en);
	answer_say(answer, "     Source: %s", r.rule->source);
	return true;
}

/* What fixing changes on the map, so that it is no longer said there; and back, when it was said by mistake at `undone`. */
static bool fix_there(struct op *op, const struct risk_rule *rule, int64_t place, bool back, int64_t when, const struct access *s, size_t n)
{
	if (rule->does == RISK_EMPTIES)
		return back ? map_emptied_not(op, (holder_id){ place }, when) : map_emptied_put(op, (holder_id){ place }, when);
	for (size_t i = 0; i < n && rule->when->each == EACH_SIGN_IN; i++) {
		struct access said = s[i];
		if (s[i].id != place)
			continue;
		if (rule->does == RISK_ENDS)
			return !back ? access_end(op, place, when) : s[i].until != when || map_flow_end(op, place, FAR_OFF);
		said.account = rule->does == RISK_OWN ? back ? ACCOUNT_SHARED : ACCOUNT_OWN : said.account;
		said.second = rule->does == RISK_SECOND ? back ? SECOND_NO : SECOND_YES : said.second;
		return rule->does == RISK_NOTES || access_say(op, &said);
	}
	return true;
}

/* Is this place among those asked? None asked: all are. */
static bool place_asked(const struct arg *asked, int64_t place)
{
	int64_t id;
	bool wanted = !asked;
	for (size_t k = 0; asked && k < asked->n && !wanted; k++)
		wanted = str_i64(asked->value[k], &id) && id == place;
	return wanted;
}

static bool goes_by_itself(struct op *op, const struct risk_rule *rule)
{
	static const char *const how[] = { [RISK_AT_READER] = N_("Nobody needs to say so: once the register of readers has it, this goes by itself."),
		[RISK_AT_SERVICE] = N_("Nobody needs to say so: once the register of services has it, this goes by itself."),
		[RISK_AT_HOLDER] = N_("Nobody needs to say so: once the map says how long it is kept, this goes by itself."),
		[RISK_AT_PRACTICE] = N_("Nobody needs to say so: once they have signed the page for the staff, this goes by itself.") };
	return err_set(&op->err, CONFLICT, "spot", "%s", how[rule->does]);
}

/* fixed, or accepted until `again` with a reason: of the places asked, or all that there are. */
static bool said_run(struct op *op, const struct args *args, bool fixed, int64_t again, struct str reason, size_t *places)
{
	const struct arg *asked = args_list(args, "place");
	struct risk r;
	struct access *s;
	size_t n, computed = 0;
	if (!risk_named(op, args_text(args, "spot"), &r) || !access_list(op, false, &s, &n))
		return false;
	*places = 0;
	for (size_t i = 0; i < r.places; i++) {
		const struct risk_place *p = &r.place[i];
		if (!place_asked(asked, p->id))
			continue;
		if (fixed && p->id && r.rule->does >= RISK_AT_READER) {
			computed++;
			continue;
		}
		++*places;
		if ((fixed && !fix_there(op, r.rule, p->id, false, op->now, s, n)) ||
		    !sql_risk_said_put(op, r.rule->id, p->id, fixed ? op->now : 0, fixed ? 0 : op->now, again, reason, op->person) ||
		    !log_add(op, fixed ? "risk.fixed" : "risk.accepted", ABOUT({ "spot", r.rule->id }, { "place", p->id }, { "again", again })))
			return false;
	}
	if (!*places && computed)
		return goes_by_itself(op, r.rule);
	return *places ? true : err_set(&op->err, NOT_FOUND, "place", "It is at none of these places. handback risk list --json shows their numbers.");
}

static bool fixed_run(struct op *op, const struct args *args, struct answer *answer)
{
	size_t n;
	if (!said_run(op, args, true, 0, STR(""), &n))
		return false;
	answer_say(answer, "Noted as fixed%s. It comes back when something newer shows it again. handback risk said lists what was said.", n > 1 ? arena_printf(op->a, ", at %zu places", n) : "");
	return true;
}

/* ---- what was said ---- */

static bool words_run(struct op *op, const struct args *args, struct answer *answer)
{
	static const char *const seen[] = { [SEEN_GONE] = "nothing shows it now", [SEEN_STILL] = "what showed it is still told", [SEEN_AGAIN] = "it shows again" };
	struct risk_word *w;
	size_t n;
	(void)args;
	if (!risks_said(op, &w, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		answer_row(answer);
		answer_text(answer, "spot", risk_name(op, w[i].rule));
		answer_number(answer, "place", w[i].place);
		answer_text(answer, "name", w[i].name);
		answer_text(answer, "said", str_of(w[i].fixed ? "fixed" : "accepted"));
		answer_time(answer, "at", w[i].fixed ? w[i].fixed : w[i].accepted);
		answer_text(answer, "person", w[i].person);
		answer_time(answer, "again", w[i].accepted ? w[i].again : FAR_OFF);
		answer_text(answer, "reason", w[i].reason);
		answer_text(answer, "now", str_of(seen[w[i].seen]));
		answer_row_end(answer);
		answer_say(answer, STR_FMT "  %s%s" STR_FMT "%s", STR_ARG(risk_name(op, w[i].rule)), w[i].rule->says.en, w[i].name.n ? " (" : "", STR_ARG(w[i].name), w[i].name.n ? ")" : "");
		answer_say(answer, "     %s on " STR_FMT " by " STR_FMT "%s" STR_FMT "; %s.", w[i].fixed ? "Said to be fixed" : "Accepted",
		           STR_ARG(when_day_text(op->a, op->zone, w[i].fixed ? w[i].fixed : w[i].accepted, "en")), STR_ARG(w[i].person), w[i].reason.n ? ": " : "", STR_ARG(w[i].reason), seen[w[i].seen]);
	}
	if (!n)
		answer_say(answer, "Nothing was said to be fixed, and nothing was accepted.");
	return true;
}

static bool undo_run(struct op *op, const struct args *args, struct answer *answer)
{
	const struct arg *asked = args_list(args, "place");
	struct risk_word *w;
	struct access *s;
	size_t n, signs, back = 0;
	if (!risks_said(op, &w, &n) || !access_list(op, true, &s, &signs))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq_nocase(risk_name(op, w[i].rule), args_text(args, "spot")) || !place_asked(asked, w[i].place))
			continue;
		back++;
		if ((w[i].fixed && !fix_there(op, w[i].rule, w[i].place, true, w[i].fixed, s, signs)) || !sql_risk_said_drop(op, w[i].rule->id, w[i].place) ||
		    !log_add(op, "risk.taken-back", ABOUT({ "spot", w[i].rule->id }, { "place", w[i].place })))
			return false;
	}
	if (!back)
		return err_set(&op->err, NOT_FOUND, "spot", "Nothing was said of \"" STR_FMT "\" there. handback risk said lists what was.", STR_ARG(args_text(args, "spot")));
	answer_say(answer, "Taken back. If it is still so, it is on the list again.");
	return true;
}

static bool accept_run(struct op *op, const struct args *args, struct answer *answer)
{
	enum { REASON_MAX = 300 };
	struct str reason = str_trim(args_text(args, "reason"));
	struct span span;
	size_t n;
	if (!reason.n)
		return err_set(&op->err, INVALID, "reason", "Say in a sentence why it is accepted.");
	if (reason.n > REASON_MAX)
		return err_set(&op->err, TOO_BIG, "reason", "A reason has at most %d characters.", REASON_MAX);
	if (!when_parse(args_text(args, "until"), op->zone, &span) || span.to <= op->now)
		return err_set(&op->err, INVALID, "until", "--until is a day to come, like 2027-03-01: then it is looked at again.");
	if (span.from > op->now + (int64_t)ACCEPT_DAYS_MAX * DAY)
		return err_set(&op->err, INVALID, "until", "Look at it again within a year.");
	if (!said_run(op, args, false, span.to, reason, &n))
		return false;
	answer_say(answer, "Accepted until " STR_FMT ". Then it is on the list again.", STR_ARG(when_day_text(op->a, op->zone, span.to - 1, "en")));
	return true;
}

/* ---- the map ---- */

#define READ_BY (ROLES_LEAD | ROLE_HELPER)

/* A picture is marked for who may see risky spots. */
static bool map_run(struct op *op, const struct args *args, struct answer *answer)
{
	enum role role;
	struct risk *r = NULL;
	size_t n = 0, marks = 0, places = 0;
	if (!op_role(op, &role) || (str_eq(args_text(args, "format"), STR("svg")) && role & READ_BY && !risks_list(op, &r, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		places += r[i].places;
	struct draw_mark *mark = ARENA_ARRAY(op->a, struct draw_mark, places + 1);
	for (size_t i = 0; i < n && r[i].state == RISK_OPEN; i++)
		for (size_t k = 0; k < r[i].places; k++)
			if (r[i].place[k].holder.id.n)
				mark[marks++] = (struct draw_mark){ r[i].place[k].holder.id, (int)risk_level(&r[i]), str_of(r[i].rule->says.en) };
	return map_tell(op, args, mark, marks, answer);
}

/* ---- verbs ---- */

#define SPOT { "spot", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "its name in the list, like R13" }
#define PLACE_OF { "place", FIELD_NUMBER, FIELD_LIST, "only at this holder or sign-in; all, if not told" }

const struct verb risk_verbs[] = {
	{ "risk list", "Lists risky spots: three to do now, the rest for later.", "handback risk list", VERB_READ, NO_FIELDS, list_run, READ_BY },
	{ "payment risks", "Lists risky spots (as risk list does).", "handback payment risks", VERB_READ, NO_FIELDS, list_run, READ_BY },
	{ "risk show", "Shows one: the cheapest fix, what it changes, and what would be too much.", "handback risk show R13", VERB_READ, FIELDS(SPOT), show_run, READ_BY },
	{ "risk fixed", "Says that one is fixed; sign-ins and deletions are changed on the map with it.", "handback risk fixed R13", VERB_WRITE, FIELDS(SPOT, PLACE_OF), fixed_run },
	{ "risk said", "Lists what was said to be fixed or accepted, by whom, when and why, and whether anything still shows it.", "handback risk said", VERB_READ, NO_FIELDS, words_run, READ_BY },
	{ "risk undo", "Takes back what was said of one: that it is fixed, with what that changed on the map, or accepted.", "handback risk undo R13", VERB_WRITE, FIELDS(SPOT, PLACE_OF), undo_run },
	{ "risk accept", "Accepts one until a day, with the reason.", "handback risk accept R07 --reason 'the new readers come in May' --until 2027-05-31", VERB_WRITE,
	  FIELDS(SPOT, PLACE_OF, { "reason", FIELD_TEXT, FIELD_NEEDED, "why" }, { "until", FIELD_TIME, FIELD_NEEDED, "when to look again" }), accept_run },
	{ "map", "Shows who holds what and where it goes on to; the picture has the risky spots, too.", "handback map --format svg > map.svg", VERB_READ,
	  FIELDS({ "format", FIELD_TEXT, 0, "text, svg (a picture), dot (for Graphviz) or json" }, { "narrow", FIELD_FLAG, 0, "the picture upright, for a phone" }), map_run, ROLES_ALL },
	{ 0 },
};
