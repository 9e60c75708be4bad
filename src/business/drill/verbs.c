/* verbs - keeping what a drill measured, showing it, and its certificate. */
#include "drill.h"
#include "drill_sql.h"
#include "log.h"
#include "paper.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PDF_MAX = 8 << 20 };

struct str drill_time(struct op *op, int64_t seconds, bool spanish)
{
	int64_t hours = seconds / 3600, minutes = seconds / 60 % 60;
	if (seconds < 60)
		return str_of(counted(op->a, seconds, spanish ? "segundo" : "second", spanish ? "segundos" : "seconds"));
	const char *m = counted(op->a, minutes, spanish ? "minuto" : "minute", spanish ? "minutos" : "minutes");
	if (!hours)
		return str_of(m);
	const char *h = counted(op->a, hours, spanish ? "hora" : "hour", spanish ? "horas" : "hours");
	return minutes ? arena_say(op->a, "%s %s", h, m) : str_of(h);
}

static bool drill_numbered(struct op *op, int64_t id, struct drill *d, struct drill *before)
{
	struct drill *all;
	size_t n, i = 0;
	if (!drills(op, &all, &n))
		return false;
	while (i < n && all[i].id != id)
		i++;
	if (i == n)
		return err_set(&op->err, NOT_FOUND, "drill", "There is no drill %" PRId64 ". handback drill list shows them.", id);
	*d = all[i];
	return drill_before(op, id, before);
}

struct str drill_difference(struct op *op, int64_t took, int64_t before, bool es)
{
	if (took == before)
		return es ? STR("igual") : STR("the same");
	return arena_say(op->a, STR_FMT " %s", STR_ARG(drill_time(op, took < before ? before - took : took - before, es)), took < before ? es ? "menos" : "less" : es ? "más" : "more");
}

static const struct { const char *name, *en, *es; } steps[DRILL_STEPS] = {
	{ "opened", "From being told to the incident opened", "De saberlo a abrir el incidente" },
	{ "seen", "To having seen who is at risk", "Hasta ver a quién afecta" },
	{ "drafted", "To the first notice drafted", "Hasta el primer aviso redactado" },
	{ "approved", "To all notices approved", "Hasta aprobar todos los avisos" },
	{ "all", "All together", "En total" },
};

/* ---- the certificate ---- */

/* One step in words, with the same of the drill before beside it; b.told is 0: there was none. */
static struct str step(struct op *op, size_t i, const struct drill *d, const struct drill *b, bool es)
{
	const char *what = es ? steps[i].es : steps[i].en;
	int64_t took[DRILL_STEPS], before[DRILL_STEPS];
	drill_steps(d, took);
	drill_steps(b, before);
	struct str now = drill_time(op, took[i], es);
	if (!b->told)
		return arena_say(op->a, "%s: " STR_FMT, what, STR_ARG(now));
	return arena_say(op->a, es ? "%s: " STR_FMT " (la vez anterior: " STR_FMT "; " STR_FMT ")" : "%s: " STR_FMT " (the time before: " STR_FMT "; " STR_FMT ")", what, STR_ARG(now),
	                 STR_ARG(drill_time(op, before[i], es)), STR_ARG(drill_difference(op, took[i], before[i], es)));
}

bool drill_certificate(struct op *op, int64_t id, bool es, int fd)
{
	struct drill d, b;
	const char *language = es ? "es" : "en";
	if (!drill_numbered(op, id, &d, &b))
		return false;
	struct str day = when_day_text(op->a, op->zone, d.told, language);
	const struct passage p[] = {
		{ PASSAGE_TITLE, es ? STR("Práctica de un incidente") : STR("Practice of an incident") },
		{ PASSAGE_TEXT, arena_say(op->a, es ? STR_FMT " practicó el " STR_FMT " lo que hace " STR_FMT " cuando puede haber quedado expuesta información de clientes, con una copia de sus propios datos. No se envió nada."
		                                           : STR_FMT " practised on " STR_FMT " what " STR_FMT " does when customers' information may have been exposed, on a copy of its own data. Nothing was sent.",
		                                 STR_ARG(d.who), STR_ARG(day), STR_ARG(op_setting(op, "business.name"))) },
		{ PASSAGE_HEADING, es ? STR("El caso, inventado") : STR("The case, invented") },
		{ PASSAGE_TEXT, drill_story(op, &d, es) },
		{ PASSAGE_TEXT, arena_say(op->a, es ? "Clientes a quienes se habría avisado: %" PRId64 "." : "Customers who would have been told: %" PRId64 ".", d.customers) },
		{ PASSAGE_HEADING, es ? STR("Cuánto tardó") : STR("How long it took") },
		{ PASSAGE_BULLET, step(op, 0, &d, &b, es) }, { PASSAGE_BULLET, step(op, 1, &d, &b, es) }, { PASSAGE_BULLET, step(op, 2, &d, &b, es) },
		{ PASSAGE_BULLET, step(op, 3, &d, &b, es) }, { PASSAGE_BULLET, step(op, 4, &d, &b, es) },
		{ PASSAGE_HEADING, es ? STR("Para qué sirve") : STR("What it is for") },
		{ PASSAGE_TEXT, es ? STR("Evidencia para el requisito 12.10.2 de PCI DSS v4.0.1: el plan de incidentes se prueba al menos una vez cada 12 meses. El registro de Handback tiene la entrada.")
		                          : STR("Evidence for PCI DSS v4.0.1 requirement 12.10.2: the plan for incidents is tested at least once every 12 months. Handback's log has the entry.") },
	};
	struct buf sender = BUF(4000);
	buf_put(&sender, op_setting(op, "business.name"));
	struct sheet sheet = { .address = STR(""), .date = when_day_text(op->a, op->zone, op->now, language), .passage = p, .n = LENGTH(p) };
	struct paper_style style = { str_eq(op_setting(op, "paper.size"), STR("a4")) ? PAPER_A4 : PAPER_LETTER, arena_str(op->a, buf_str(&sender)), language };
	buf_free(&sender);
	return paper_letters(fd, &sheet, 1, &style, NULL, &op->err);
}

/* ---- verbs ---- */

/* In the rows: the seconds of each step as NAME_seconds, all together as seconds, and of the drill before as last_... */
static void steps_of(struct op *op, const struct drill *d, const char *last, struct answer *answer)
{
	int64_t took[DRILL_STEPS];
	drill_steps(d, took);
	for (size_t i = 0; i + 1 < DRILL_STEPS; i++)
		answer_number(answer, arena_printf(op->a, "%s%s_seconds", last, steps[i].name), took[i]);
	answer_number(answer, arena_printf(op->a, "%sseconds", last), took[DRILL_STEPS - 1]);
}

/* before: told is 0 where there was none; NULL: it is not asked for. */
static void row_of(struct op *op, const struct drill *d, const struct drill *before, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "drill", d->id);
	answer_text(answer, "case", d->story);
	answer_text(answer, "holder", d->holder);
	answer_time(answer, "told", d->told);
	steps_of(op, d, "", answer);
	if (before && before->told)
		steps_of(op, before, "last_", answer);
	answer_number(answer, "customers", d->customers);
	answer_text(answer, "who", d->who);
	answer_row_end(answer);
	answer_say(answer, "%3" PRId64 "  " STR_FMT ", " STR_FMT ": " STR_FMT " from told to all notices approved (opened " STR_FMT ", seen " STR_FMT ", drafted " STR_FMT ", approved " STR_FMT "), %s.", d->id,
	           STR_ARG(when_day_text(op->a, op->zone, d->told, "en")), STR_ARG(d->who), STR_ARG(drill_time(op, d->approved - d->told, false)), STR_ARG(drill_time(op, d->opened - d->told, false)),
	           STR_ARG(drill_time(op, d->seen - d->opened, false)), STR_ARG(drill_time(op, d->drafted - d->seen, false)), STR_ARG(drill_time(op, d->approved - d->drafted, false)), counted(op->a, d->customers, "customer", "customers"));
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct drill *d;
	size_t n;
	(void)args;
	if (!drills(op, &d, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		row_of(op, &d[i], NULL, answer);
	if (!n)
		answer_say(answer, "Nobody has practised yet. handback drill begins: it takes half an hour, and nothing is sent.");
	return true;
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct drill d, before;
	int64_t id = 0;
	args_number(args, "drill", &id);
	if (!drill_numbered(op, id, &d, &before))
		return false;
	row_of(op, &d, &before, answer);
	answer_say(answer, STR_FMT, STR_ARG(drill_story(op, &d, false)));
	for (size_t i = 0; i < DRILL_STEPS; i++)
		answer_say(answer, "  " STR_FMT, STR_ARG(step(op, i, &d, &before, false)));
	return true;
}

/* The copy answers for itself how far it came; what came of it is written here. */
static bool keep_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct op copy = { 0 };
	struct drill d = { 0 }, *all;
	size_t n;
	(void)args;
	if (!op_is_there(op, drill_folder(op)))
		return err_set(&op->err, NOT_FOUND, NULL, "No drill is going on. handback drill begins one.");
	bool good = op_open(&copy, drill_folder(op)) && drill_here(&copy, &d);
	if (!good)
		op->err = copy.err;
	d.story = arena_str(op->a, d.story), d.holder = arena_str(op->a, d.holder);
	op_close(&copy);
	if (!good || !drills(op, &all, &n))
		return false;
	if (!d.approved)
		return err_set(&op->err, CONFLICT, NULL, "The drill is not over: not everybody at risk stands in an approved notice.");
	if (n && all->told == d.told)
		return err_set(&op->err, CONFLICT, NULL, "This drill is kept already, as number %" PRId64 ".", all->id);
	d.id = op_count(op, "drill");
	if (!d.id || !sql_drill_put(op, d.id, d.story, d.holder, d.from, d.to, d.told, d.opened, d.seen, d.drafted, d.approved, d.customers, op->person) ||
	    !log_add(op, "drill.kept", ABOUT({ "drill", d.id }, { "customers", d.customers }, { "seconds", d.approved - d.told })) || !drills(op, &all, &n))
		return false;
	row_of(op, &all[0], NULL, answer);
	return true;
}

static bool certificate_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str to = args_text(args, "to"), language = args_text(args, "language");
	bool es = str_eq(language, STR("es"));
	int64_t id = 0;
	args_number(args, "drill", &id);
	if (language.n && !es && !str_eq(language, STR("en")))
		return err_set(&op->err, INVALID, "language", "--language is en or es.");
	if (!to.n && !answer->bytes)
		return err_set(&op->err, INVALID, "to", "--to says where the PDF goes.");
	int pdf = memfd_create("certificate", MFD_CLOEXEC);
	if (pdf < 0)
		return err_errno(&op->err, "memory for the page");
	struct buf b = BUF(PDF_MAX);
	bool good = drill_certificate(op, id, es, pdf) && file_whole(arena_printf(op->a, "/proc/self/fd/%d", pdf), &b, "to", &op->err) &&
	            (!to.n || file_put(arena_printf(op->a, STR_FMT, STR_ARG(to)), buf_str(&b), 0644, &op->err));
	if (good && !to.n)
		answer->bytes(answer->to, buf_str(&b));
	else if (good)
		answer_say(answer, "The certificate is in " STR_FMT ".", STR_ARG(to));
	buf_free(&b);
	close(pdf);
	return good;
}

#define DRILL { "drill", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the drill's number" }

const struct verb drill_verbs[] = {
	{ "drill list", "The drills so far, the latest first: how long each step took.", "handback drill list", VERB_READ, NO_FIELDS, list_run, ROLES_LEAD | ROLE_HELPER },
	{ "drill show", "One drill: its case, its steps, and how long it took the time before.", "handback drill show 1", VERB_READ, FIELDS(DRILL), show_run, ROLES_LEAD | ROLE_HELPER },
	{ "drill certificate", "A page that shows that it was practised: evidence for PCI DSS 12.10.2.", "handback drill certificate 1 --to drill.pdf", VERB_LONG,
	  FIELDS(DRILL, { "to", FIELD_PATH, 0, "the PDF file" }, { "language", FIELD_TEXT, 0, "en or es" }), certificate_run },
	{ "drill keep", "Keeps what the drill that is going on has measured; it does so by itself when the last notice is approved.", "handback drill keep", VERB_WRITE, NO_FIELDS, keep_run },
	{ 0 },
};
