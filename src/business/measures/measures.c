/* measures - kept with their cause and cost; one that removes no known cause, or is known not to help, is questioned first. */
#include "measures.h"
#include "incident.h"
#include "log.h"
#include "measures_data.h"
#include "measures_sql.h"
#include "risks.h"

#include <inttypes.h>
#include <stdlib.h>

enum { WHAT_MAX = 300, MINUTES_MAX = 100000, AGAIN_DAYS_MAX = 366, AGAIN_DAYS = 90 };

/* ---- what is known ---- */

static bool word_begins(struct str text, struct str beginning)
{
	for (size_t i = 0; i + beginning.n <= text.n; i++) {
		bool starts = i == 0 || !(((unsigned char)text.p[i - 1] | 0x20) >= 'a' && ((unsigned char)text.p[i - 1] | 0x20) <= 'z');
		if (starts && str_eq_nocase((struct str){ text.p + i, beginning.n }, beginning))
			return true;
	}
	return false;
}

static bool all_stand_there(struct str what, struct str words)
{
	while (words.p)
		if (!word_begins(what, str_split(&words, ' ')))
			return false;
	return true;
}

/* The first of the data that fits. */
bool measure_known(struct str what, struct known_measure *out)
{
	struct str text = data_measures_txt, *es = NULL;
	struct known_measure m = { { 0 } };
	bool fits = false;
	while (text.p) {
		struct str line = str_trim(str_split(&text, '\n')), word = str_split(&line, ' ');
		line = line.p ? str_trim(line) : STR("");
		if (str_eq(word, STR("measure"))) {
			if (fits)
				break;
			m = (struct known_measure){ .name = str_split(&line, ' ') };
			m.verdict = str_eq(line, STR("no")) ? MEASURE_NO : str_eq(line, STR("ask")) ? MEASURE_ASK : MEASURE_YES;
		} else if (str_eq(word, STR("match"))) {
			fits |= all_stand_there(what, line);
		} else if (str_eq(word, STR("why"))) {
			m.why = line, es = &m.why_es;
		} else if (str_eq(word, STR("instead"))) {
			m.instead = line, es = &m.instead_es;
		} else if (str_eq(word, STR("es")) && es) {
			*es = line;
		} else if (str_eq(word, STR("against"))) {
			m.against = line;
		} else if (str_eq(word, STR("source"))) {
			m.source = line;
		}
	}
	if (fits)
		*out = m;
	return fits;
}

/* ---- those that were taken ---- */

bool measures_list(struct op *op, int64_t incident, bool ended_too, struct measure **out, size_t *n)
{
	struct sql_measures q;
	struct measure *v = NULL;
	size_t room = 0, m = 0;
	if (!sql_measures(op, &q))
		return false;
	while (sql_measures_next(op, &q)) {
		if ((incident && q.incident != incident) || (q.ended && !ended_too))
			continue;
		v = arena_more(op->a, v, m, &room, sizeof *v);
		v[m++] = (struct measure){ q.id, q.incident, q.what, q.cause, q.reason, q.staff, q.customers, q.again, q.made, q.ended };
	}
	*out = v, *n = m;
	return op->err.code == OK;
}

static bool measure_asked(struct op *op, const struct args *args, struct measure *m)
{
	struct measure *all;
	size_t n;
	int64_t id;
	args_number(args, "measure", &id);
	if (!measures_list(op, 0, true, &all, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (all[i].id == id) {
			*m = all[i];
			return !m->ended || err_set(&op->err, CONFLICT, "measure", "Measure %" PRId64 " was dropped on " STR_FMT ".", id, STR_ARG(when_day_text(op->a, op->zone, m->ended, "en")));
		}
	return err_set(&op->err, NOT_FOUND, "measure", "There is no measure %" PRId64 ". handback incident measures lists them.", id);
}

/* A holder of the map, or a risky spot that shows now. */
static bool cause_asked(struct op *op, struct str text, struct str *cause)
{
	struct holder h;
	struct risk *r;
	size_t n;
	if (!risks_list(op, &r, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(risk_name(op, r[i].rule), text)) {
			*cause = risk_name(op, r[i].rule);
			return true;
		}
	if (!map_find(op, text, &h)) {
		if (op->err.code != NOT_FOUND)
			return false;
		err_clear(&op->err);
		return err_set(&op->err, INVALID, "cause", "\"" STR_FMT "\" is neither a holder on the map nor a risky spot. handback risk list and handback holder list show them.", STR_ARG(text));
	}
	*cause = arena_say(op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name));
	return true;
}

static bool minutes_asked(struct op *op, const struct args *args, const char *field, int64_t *minutes)
{
	*minutes = 0;
	if (!args_number(args, field, minutes))
		return true;
	return (*minutes >= 0 && *minutes <= MINUTES_MAX) || err_set(&op->err, INVALID, field, "--%s is how many minutes a week, from 0 on.", field);
}

static bool again_asked(struct op *op, const struct args *args, int64_t *again)
{
	struct span s;
	*again = op->now + AGAIN_DAYS * DAY;
	if (!args_has(args, "again"))
		return true;
	if (!when_parse(args_text(args, "again"), op->zone, &s) || s.from <= op->now || s.from > op->now + AGAIN_DAYS_MAX * DAY)
		return err_set(&op->err, INVALID, "again", "--again is the day on which it is looked at again, within a year.");
	*again = s.from;
	return true;
}

bool measure_elsewhere(struct op *op, int64_t incident, struct str cause, bool *elsewhere)
{
	struct incident i;
	struct holder h;
	*elsewhere = false;
	if (!incident || !memchr(cause.p ? cause.p : "", ':', cause.n))
		return true;
	if (!incident_get(op, incident, &i))
		return false;
	if (!map_find(op, cause, &h)) {                          /* no holder: whoever keeps it says so */
		err_clear(&op->err);
		return true;
	}
	*elsewhere = true;
	for (size_t k = 0; k < i.n; k++)
		*elsewhere &= i.suspicion[k].holder.n != h.id.n;
	return true;
}

/* Is that cause, as far as its sort tells, nothing that such a measure removes? What a risky spot ("R13") is, does not stand in its name. */
static bool misses(struct str against, struct str cause)
{
	struct str rest = cause, sort = str_split(&rest, ':');
	if (!against.n || !cause.n || str_eq(against, STR("nothing")))
		return against.n > 0 && cause.n > 0;
	while (rest.p && against.p)
		if (str_eq_nocase(str_split(&against, ' '), sort))
			return false;
	return rest.p != NULL;
}

bool measure_doubt(struct str what, struct str cause, bool elsewhere, struct known_measure *out)
{
	struct known_measure known = { .verdict = MEASURE_UNKNOWN };
	measure_known(what, &known);
	bool causeless = !cause.n || elsewhere, missed = misses(known.against, cause);
	bool doubted = known.verdict == MEASURE_NO || missed || (known.verdict != MEASURE_YES && causeless);
	if (missed && known.verdict == MEASURE_YES)
		known.why = STR("It helps, but it removes nothing at what is named as its cause."), known.why_es = STR("Ayuda, pero no elimina nada en lo que se nombra como su causa.");
	if (doubted && known.verdict == MEASURE_UNKNOWN && elsewhere)
		known.why = STR("What it is against is not where this incident happened."), known.why_es = STR("Aquello contra lo que va no es donde ocurrió este incidente.");
	else if (doubted && known.verdict == MEASURE_UNKNOWN)
		known.why = STR("No cause is named that it removes."), known.why_es = STR("No se nombra ninguna causa que elimine.");
	*out = known;
	return doubted;
}

static void row_of(const struct measure *m, struct answer *answer)
{
	answer_number(answer, "measure", m->id);
	answer_number(answer, "incident", m->incident);
	answer_text(answer, "what", m->what);
	answer_text(answer, "cause", m->cause);
	answer_number(answer, "staff_minutes", m->staff);
	answer_number(answer, "customer_minutes", m->customers);
	answer_time(answer, "again", m->again);
	answer_text(answer, "reason", m->reason);
	answer_time(answer, "ended", m->ended ? m->ended : FAR_OFF);
}

static bool add_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct measure m = { .what = args_text(args, "what"), .reason = args_text(args, "reason"), .made = op->now };
	struct incident i;
	struct known_measure doubt;
	if (!m.what.n || m.what.n > WHAT_MAX || m.reason.n > WHAT_MAX)
		return err_set(&op->err, INVALID, m.reason.n > WHAT_MAX ? "reason" : "what", "Say it in a sentence of at most %d characters.", WHAT_MAX);
	if ((args_number(args, "incident", &m.incident) && !incident_get(op, m.incident, &i)) || (args_has(args, "cause") && !cause_asked(op, args_text(args, "cause"), &m.cause)) ||
	    !minutes_asked(op, args, "staff-minutes", &m.staff) || !minutes_asked(op, args, "customer-minutes", &m.customers) || !again_asked(op, args, &m.again))
		return false;
	bool elsewhere;
	if (!measure_elsewhere(op, m.incident, m.cause, &elsewhere))
		return false;
	bool doubted = measure_doubt(m.what, m.cause, elsewhere, &doubt);
	if (doubted && !m.reason.n) {
		answer->attention = true;
		answer_row(answer);
		answer_text(answer, "doubt", doubt.why);
		answer_text(answer, "instead", doubt.instead);
		answer_text(answer, "source", doubt.source);
		answer_row_end(answer);
		answer_say(answer, "Not kept yet. " STR_FMT, STR_ARG(doubt.why));
		if (doubt.instead.n)
			answer_say(answer, "What helps instead: " STR_FMT, STR_ARG(doubt.instead));
		if (doubt.source.n)
			answer_say(answer, "(" STR_FMT ")", STR_ARG(doubt.source));
		answer_say(answer, "You may go ahead: --reason says why, and is kept with it.");
		return true;
	}
	m.id = op_count(op, "measure");
	if (!m.id || !sql_measure_put(op, m.id, m.incident, m.what, m.cause, m.reason, m.staff, m.customers, m.again, m.made) ||
	    !log_add(op, "measure.added", ABOUT({ "measure", m.id }, { "incident", m.incident }, { "minutes", m.staff + m.customers }, { "doubted", doubted })))
		return false;
	answer_row(answer);
	row_of(&m, answer);
	answer_row_end(answer);
	answer_say(answer, "Measure %" PRId64 " is kept: %s a week for staff, %" PRId64 " for customers. You are asked again on " STR_FMT ": keep, or drop.", m.id, counted(op->a, m.staff, "minute", "minutes"), m.customers,
	           STR_ARG(when_day_text(op->a, op->zone, m.again, "en")));
	return true;
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct measure *m;
	size_t n;
	int64_t incident = 0, staff = 0, customers = 0;
	struct incident i;
	if ((args_number(args, "incident", &incident) && !incident_get(op, incident, &i)) || !measures_list(op, incident, args_has(args, "all"), &m, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		answer_row(answer);
		row_of(&m[k], answer);
		answer_row_end(answer);
		answer_say(answer, "%3" PRId64 "  " STR_FMT "%s" STR_FMT ". %s a week for staff, %" PRId64 " for customers. %s" STR_FMT ".", m[k].id, STR_ARG(m[k].what),
		           m[k].cause.n ? ", against " : "", STR_ARG(m[k].cause), counted(op->a, m[k].staff, "minute", "minutes"), m[k].customers, m[k].ended ? "Dropped on " : m[k].again <= op->now ? "Keep, or drop? Due since " : "Looked at again on ",
		           STR_ARG(when_day_text(op->a, op->zone, m[k].ended ? m[k].ended : m[k].again, "en")));
		answer->attention |= !m[k].ended && m[k].again <= op->now;
		staff += m[k].ended ? 0 : m[k].staff, customers += m[k].ended ? 0 : m[k].customers;
	}
	answer_say(answer, n ? "Together: %s a week for staff, %" PRId64 " for customers." : "No measure is in force.", counted(op->a, staff, "minute", "minutes"), customers);
	return true;
}

static bool keep_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct measure m;
	int64_t again;
	if (!measure_asked(op, args, &m) || !again_asked(op, args, &again) || !sql_measure_again(op, m.id, again) || !log_add(op, "measure.kept", ABOUT({ "measure", m.id }, { "incident", m.incident })))
		return false;
	answer_say(answer, "Measure %" PRId64 " goes on. You are asked again on " STR_FMT ".", m.id, STR_ARG(when_day_text(op->a, op->zone, again, "en")));
	return true;
}

static bool drop_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct measure m;
	if (!measure_asked(op, args, &m) || !sql_measure_end(op, m.id, op->now) || !log_add(op, "measure.dropped", ABOUT({ "measure", m.id }, { "incident", m.incident })))
		return false;
	answer_say(answer, "Measure %" PRId64 " is dropped: %s a week %s free again.", m.id, counted(op->a, m.staff + m.customers, "minute", "minutes"), m.staff + m.customers == 1 ? "is" : "are");
	return true;
}

#define MEASURE { "measure", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the measure's number" }
#define AGAIN   { "again", FIELD_TIME, 0, "the day on which it is looked at again, within a year; in 90 days, if not told" }

const struct verb measures_verbs[] = {
	{ "measure add", "Keeps what you mean to do, with the cause that it removes and what it costs; questions what is known not to help.",
	  "handback measure add --incident 1 --what 'Look at each reader every morning' --cause 'reader:Van 2 reader' --staff-minutes 10", VERB_WRITE,
	  FIELDS({ "what", FIELD_TEXT, FIELD_NEEDED, "what you mean to do, in a sentence" }, { "incident", FIELD_NUMBER, 0, "because of which incident" },
	         { "cause", FIELD_TEXT, 0, "what it removes: a holder, or a risky spot like R13" }, { "staff-minutes", FIELD_NUMBER, 0, "minutes a week that it costs the staff, all together" },
	         { "customer-minutes", FIELD_NUMBER, 0, "minutes a week that it costs customers, all together" }, AGAIN,
	         { "reason", FIELD_TEXT, 0, "why you go ahead although it is questioned" }), add_run },
	{ "measure keep", "Goes on with a measure until it is looked at again.", "handback measure keep 2 --again 2027-03-01", VERB_WRITE, FIELDS(MEASURE, AGAIN), keep_run },
	{ "measure drop", "Ends a measure.", "handback measure drop 2", VERB_WRITE, FIELDS(MEASURE), drop_run },
	{ "incident measures", "The measures that were taken, and the minutes that they cost together.", "handback incident measures 1", VERB_READ,
	  FIELDS({ "incident", FIELD_NUMBER, FIELD_PLACED, "only those of this incident" }, { "all", FIELD_FLAG, 0, "also those that were dropped" }), list_run, ROLES_ALL },
	{ 0 },
};
