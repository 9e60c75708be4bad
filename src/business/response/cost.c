/* cost - what an incident will cost in money and hours, before anything is approved, with every assumption shown. */
#include "response_int.h"
#include "laws.h"
#include "log.h"
#include "response_data.h"
#include "response_sql.h"

#include <inttypes.h>
#include <stdlib.h>

enum { ASSUMPTIONS_MAX = 16 };

/* ---- assumptions ---- */

struct bounds { int64_t least, most; };

static bool assumptions_of(struct op *op, bool spanish, struct assumption *v, struct bounds *bounds, size_t *n)
{
	struct str text = data_costs_txt, *said = NULL;
	struct sql_assumptions q;
	struct line l;
	*n = 0;
	while (str_entry(&text, &l.word, &l.rest)) {
		if (str_eq(l.word, STR("assume")) && *n < ASSUMPTIONS_MAX) {
			struct assumption *a = &v[*n];
			struct bounds *b = &bounds[(*n)++];
			*a = (struct assumption){ .name = str_split(&l.rest, ' ') };
			str_i64(str_split(&l.rest, ' '), &a->value);
			a->unit = str_split(&l.rest, ' ');
			str_i64(str_split(&l.rest, ' '), &b->least);
			str_i64(l.rest, &b->most);
			said = &a->what;
		} else if (str_eq(l.word, STR("what")) || (str_eq(l.word, STR("es")) && spanish)) {
			*said = l.rest;
		} else if (str_eq(l.word, STR("source"))) {
			v[*n - 1].source = l.rest, said = &v[*n - 1].source;
		}
	}
	int64_t own;
	if (str_i64(op_setting(op, "letter.cost"), &own) && str_eq(v[0].name, STR("letter-cents")))
		v[0].value = own, v[0].told = true;
	if (!sql_assumptions(op, &q))
		return false;
	while (sql_assumptions_next(op, &q))
		for (size_t i = 0; i < *n; i++)
			if (str_eq(v[i].name, q.name))
				v[i].value = q.value, v[i].told = true;
	return op->err.code == OK;
}

static int64_t assumed(const struct cost *c, const char *name)
{
	for (size_t i = 0; i < c->assumptions; i++)
		if (str_eq(c->assumption[i].name, str_of(name)))
			return c->assumption[i].value;
	return 0;
}

bool cost_letter(struct op *op, int64_t *cents)
{
	struct cost c = { .assumption = ARENA_ARRAY(op->a, struct assumption, ASSUMPTIONS_MAX) };
	struct bounds bounds[ASSUMPTIONS_MAX];
	if (!assumptions_of(op, false, c.assumption, bounds, &c.assumptions))
		return false;
	*cents = assumed(&c, "letter-cents");
	return true;
}

/* ---- how many letters ---- */

static bool letters_of(struct op *op, const struct facts *f, int64_t *letters)
{
	struct notice_round *r;
	size_t n;
	bool drafted = false;
	*letters = 0;
	if (!notice_rounds(op, f->i.id, &r, &n))
		return false;
	for (size_t k = 0; k < n; k++)
		for (int state = DRAFTED; !r[k].undone && state <= UNREACHABLE; state++)
			drafted = true, *letters += r[k].split.by[state][LETTER];
	if (!drafted)
		*letters = f->c.letters;
	return true;
}

/* Months of monitoring that the laws ask for, times people: only some kinds call for it. */
static bool monitoring_of(struct op *op, const struct facts *f, int64_t *months)
{
	struct obligation *d;
	size_t n;
	*months = 0;
	if (!(f->kinds & (KIND(SSN) | KIND(TAX_ID) | KIND(DRIVERS_LICENCE) | KIND(STATE_ID) | KIND(BANK_ACCOUNT) | KIND(OTHER_GOVERNMENT_ID))) || !f->c.known)
		return true;
	if (!incident_obligations_counted(op, &f->i, &f->c, &d, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (d[i].to == TO_PEOPLE)
			*months += (int64_t)d[i].monitoring * (d[i].must + d[i].should);
	return true;
}

/* ---- the sum ---- */

static void line_add(struct cost *c, const char *name, struct str what, int64_t count, int64_t cents, int64_t seconds)
{
	if (!count)
		return;
	c->line[c->lines++] = (struct cost_line){ name, what, count, cents, (seconds + 59) / 60 };
	c->cents += cents, c->minutes += (seconds + 59) / 60;
}

bool cost_of(struct op *op, int64_t incident, bool spanish, struct cost *c)
{
	struct facts f;
	struct work *w;
	size_t tasks;
	int64_t letters, months, minutes = 0, open = 0;
	struct bounds bounds[ASSUMPTIONS_MAX];
	*c = (struct cost){ .assumption = ARENA_ARRAY(op->a, struct assumption, ASSUMPTIONS_MAX) };
	if (!facts_of(op, incident, &f) || !assumptions_of(op, spanish, c->assumption, bounds, &c->assumptions) || !letters_of(op, &f, &letters) || !work_list(op, incident, spanish, &w, &tasks) ||
	    !monitoring_of(op, &f, &months))
		return false;
	for (size_t i = 0; i < tasks; i++)
		if (w[i].state != WORK_SKIPPED)
			minutes += w[i].minutes, open++;
	int64_t calls = (f.c.tally.customers * assumed(c, "calls-percent") + 99) / 100, takers = months * assumed(c, "monitoring-percent") / 100;
	line_add(c, "letters", spanish ? STR("Cartas") : STR("Letters"), letters, letters * assumed(c, "letter-cents"), letters * assumed(c, "letter-seconds"));
	line_add(c, "tasks", spanish ? STR("Tareas de la lista") : STR("Tasks of the list"), open, 0, minutes * 60);
	line_add(c, "calls", spanish ? STR("Llamadas de clientes") : STR("Calls of customers"), calls, 0, calls * assumed(c, "call-minutes") * 60);
	line_add(c, "other", spanish ? STR("Lo demás") : STR("What comes besides"), assumed(c, "other-minutes") > 0, 0, assumed(c, "other-minutes") * 60);
	line_add(c, "monitoring", spanish ? STR("Vigilancia, meses por persona") : STR("Monitoring, months and people"), takers, takers * assumed(c, "monitoring-cents"), 0);
	line_add(c, "examiner", spanish ? STR("Perito forense") : STR("Forensic examiner"), assumed(c, "examiner-cents") > 0, assumed(c, "examiner-cents"), 0);
	c->all_cents = c->cents + c->minutes * assumed(c, "hour-cents") / 60;
	c->known = f.c.known;
	return true;
}

/* ---- verbs ---- */

bool cost_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct cost c;
	bool spanish;
	if (!language_asked(op, args, &spanish) || !incident_named(op, args, &i) || !cost_of(op, i.id, spanish, &c))
		return false;
	for (size_t k = 0; k < c.lines; k++) {
		answer_row(answer);
		answer_text(answer, "line", str_of(c.line[k].name));
		answer_number(answer, "count", c.line[k].count);
		answer_number(answer, "cents", c.line[k].cents);
		answer_number(answer, "minutes", c.line[k].minutes);
		answer_row_end(answer);
		answer_say(answer, "%-32.*s %8" PRId64 "  $%8" PRId64 ".%02d  %5" PRId64 ":%02d h", STR_ARG(c.line[k].what), c.line[k].count, c.line[k].cents / 100, (int)(c.line[k].cents % 100), c.line[k].minutes / 60,
		           (int)(c.line[k].minutes % 60));
	}
	answer_row(answer);
	answer_text(answer, "line", STR("all"));
	answer_number(answer, "cents", c.cents);
	answer_number(answer, "minutes", c.minutes);
	answer_number(answer, "with_hours_cents", c.all_cents);
	answer_flag(answer, "counted", c.known);
	answer_row_end(answer);
	answer_say(answer, "%-32s %8s  $%8" PRId64 ".%02d  %5" PRId64 ":%02d h", "Together", "", c.cents / 100, (int)(c.cents % 100), c.minutes / 60, (int)(c.minutes % 60));
	answer_say(answer, "With the hours of your own people: $%" PRId64 ".%02d.%s", c.all_cents / 100, (int)(c.all_cents % 100), c.known ? "" : " Who is at risk is not counted yet.");
	answer_say(answer, "This rests on assumptions. To say your own: handback incident assume NAME VALUE");
	for (size_t k = 0; k < c.assumptions; k++) {
		const struct assumption *a = &c.assumption[k];
		answer_row(answer);
		answer_text(answer, "assumption", a->name);
		answer_number(answer, "value", a->value);
		answer_text(answer, "unit", a->unit);
		answer_text(answer, "what", a->what);
		answer_text(answer, "source", a->told ? STR("") : a->source);
		answer_flag(answer, "own", a->told);
		answer_row_end(answer);
		answer_say(answer, "  %-18.*s %6" PRId64 " %-8.*s " STR_FMT "%s" STR_FMT "%s", STR_ARG(a->name), a->value, STR_ARG(a->unit), STR_ARG(a->what), a->told ? " (yours)" : " (", STR_ARG(a->told ? STR("") : a->source),
		           a->told ? "" : ")");
	}
	return true;
}

bool assume_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct assumption a[ASSUMPTIONS_MAX];
	struct bounds bounds[ASSUMPTIONS_MAX];
	struct str name = args_text(args, "name");
	size_t n;
	int64_t value;
	if (!assumptions_of(op, false, a, bounds, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(a[i].name, name))
			continue;
		if (!args_number(args, "value", &value)) {
			answer_say(answer, "%s is as Handback assumes it again.", arena_str(op->a, name).p);
			return sql_assumption_drop(op, name) && log_add(op, "incident.assumed", ABOUT({ "assumption", (int64_t)i }));
		}
		if (value < bounds[i].least || value > bounds[i].most)
			return err_set(&op->err, INVALID, "value", STR_FMT " is from %" PRId64 " to %" PRId64 " " STR_FMT ".", STR_ARG(name), bounds[i].least, bounds[i].most, STR_ARG(a[i].unit));
		answer_row(answer);
		answer_text(answer, "assumption", name);
		answer_number(answer, "value", value);
		answer_row_end(answer);
		answer_say(answer, STR_FMT ": %" PRId64 " " STR_FMT, STR_ARG(a[i].what), value, STR_ARG(a[i].unit));
		return sql_assumption_put(op, name, value, op->now) && log_add(op, "incident.assumed", ABOUT({ "assumption", (int64_t)i }, { "value", value }));
	}
	return err_set(&op->err, NOT_FOUND, "name", "There is no assumption \"" STR_FMT "\". handback incident cost shows them.", STR_ARG(name));
}
