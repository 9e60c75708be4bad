/* timeline - what happened in an incident and what was done, in the order of time, out of the log and the tables: to be handed to an insurer or a regulator. */
#include "response_int.h"
#include "laws.h"
#include "log.h"
#include "paper.h"
#include "proof.h"
#include "response_sql.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- collecting ---- */

/* Entries of the log that name the incident, copied: while the log is walked nothing else is asked. many, last: of those that were folded into it. */
struct entry_of { int64_t n, last, many, day, round, person; struct str what, text; };
struct gathering { struct op *op; struct entry_of *v; size_t n, told, room; struct str mark; bool cut; };

static int64_t fact_in(struct str text, const char *name)
{
	int64_t n = 0;
	while (text.p) {
		struct str value = str_split(&text, ' '), key = str_split(&value, '=');
		if (str_eq(key, str_of(name)) && value.p)
			str_i64(value, &n);
	}
	return n;
}

/* What is of single notices is told together: one line a round, a kind of event, who did it, and a day. */
static const struct { const char *what, *one, *many, *one_es, *many_es; } folded[] = {
	{ "mail.sent_by_hand", "mail was sent by hand", "mails were sent by hand", "correo se envió a mano", "correos se enviaron a mano" },
	{ "bounce.kept", "mail that came back was read", "mails that came back were read", "correo devuelto se leyó", "correos devueltos se leyeron" },
	{ "round.added", "customer was added to drafted notices", "customers were added to drafted notices", "cliente se añadió a avisos redactados", "clientes se añadieron a avisos redactados" },
	{ "forward.came", "person came forward whom no export names", "people came forward whom no export names", "persona a quien ninguna exportación nombra se presentó", "personas a quienes ninguna exportación nombra se presentaron" },
	{ "forward.undone", "time it was taken back that a payment was somebody's", "times it was taken back that a payment was somebody's", "vez se retiró que un pago era de alguien", "veces se retiró que un pago era de alguien" },
};

static size_t folded_as(struct str what)
{
	size_t k = 0;
	while (k < LENGTH(folded) && !str_eq(what, str_of(folded[k].what)))
		k++;
	return k;
}

/* What a notice became is told out of the tables, by round, channel and state; who looked at contacts is no event of the incident. */
static bool worth(struct str what)
{
	return !str_eq(what, STR("notice.moved")) && !str_eq(what, STR("notices.moved")) && !str_eq(what, STR("contacts.opened"));
}

static bool fold(struct gathering *g, const struct entry_of *e)
{
	for (size_t i = g->n; i-- > 0;)
		if (g->v[i].day == e->day && g->v[i].round == e->round && g->v[i].person == e->person && str_eq(g->v[i].what, e->what)) {
			g->v[i].many++, g->v[i].last = e->n;
			return true;
		}
	return false;
}

static bool gather_one(void *to, int64_t n, struct str text)
{
	struct gathering *g = to;
	struct str rest = text, at = str_split(&rest, ' '), what = str_split(&rest, ' '), facts = rest;
	struct span s;
	bool named = false;
	while (rest.p && !named)
		named = str_eq(str_split(&rest, ' '), g->mark);
	if (!named || !worth(what))
		return true;
	bool single = folded_as(what) < LENGTH(folded);
	struct entry_of e = { .n = n, .last = n, .many = 1 };
	if (single) {
		e.what = what, e.day = when_parse(at, NULL, &s) ? zone_local(g->op->zone, s.from) / DAY : 0, e.round = fact_in(facts, "round"), e.person = fact_in(facts, "person");
		if (fold(g, &e))
			return true;
	} else if (g->told == MOMENTS_MAX) {
		g->cut = true;
		return true;
	} else {
		g->told++;
	}
	g->v = arena_more(g->op->a, g->v, g->n, &g->room, sizeof *g->v);
	e.text = arena_str(g->op->a, text), e.what = arena_str(g->op->a, what);
	g->v[g->n++] = e;
	return true;
}

/* ---- what an entry says ---- */

/* What offices and partners were told, as it is kept: when, how, under which number of theirs. */
struct filed { int64_t party, sent; struct str code, how, reference, by; size_t moment; };       /* moment: where it is told, 0: nowhere */
enum { FILED_MAX = 300 };
struct telling_of { struct op *op; struct facts f; struct filed filed[FILED_MAX]; size_t filings; struct provider_answer *answer; size_t answers; struct work *work; size_t works; bool es; };

/* In words of whole days; to the second where it begins or ends within one. */
static struct str window_said(struct op *op, int64_t from, int64_t to, bool es)
{
	bool days = (from <= LONG_AGO || zone_local(op->zone, from) % DAY == 0) && (to >= FAR_OFF || zone_local(op->zone, to) % DAY == 0);
	return days ? window_words(op, from, to, es) : window_text(op, from, to);
}

static struct str holder_named(struct op *op, int64_t id)
{
	struct holder h;
	return id > 0 && map_holder(op, (holder_id){ id }, &h) ? h.name : STR("?");
}

static bool task_said(struct telling_of *t, int64_t n, struct str *out)
{
	struct sql_incident_tasks q;
	struct str name = STR(""), reason = STR("");
	if (!sql_incident_tasks(t->op, t->f.i.id, &q))
		return false;
	while (sql_incident_tasks_next(t->op, &q))
		if (q.n == n)
			name = q.what.n ? q.what : q.name, reason = q.reason;
	for (size_t i = 0; i < t->works; i++)
		if (str_eq(t->work[i].name, name))
			name = t->work[i].what;
	*out = reason.n ? arena_say(t->op->a, STR_FMT " (" STR_FMT ")", STR_ARG(name), STR_ARG(reason)) : name;
	return t->op->err.code == OK;
}

static struct str answer_said(struct telling_of *t, int64_t id)
{
	for (size_t i = 0; i < t->answers; i++) {
		const struct provider_answer *a = &t->answer[i];
		if (a->id == id)
			return arena_say(t->op->a, STR_FMT ", " STR_FMT " (" STR_FMT "): \"" STR_FMT "\"%s" STR_FMT "%s" STR_FMT, STR_ARG(holder_named(t->op, a->holder.n)), STR_ARG(a->who), STR_ARG(day_said(t->op, a->said, t->es)),
			                 STR_ARG(a->what), a->from.n ? t->es ? " Período: " : " Window: " : "", STR_ARG(a->from), a->from.n ? " - " : "", STR_ARG(a->to));
	}
	return STR("?");
}

static struct str audience_said(struct telling_of *t, int64_t round)
{
	struct sql_round_about q;
	bool found;
	static const char *const words[2][4] = { { "", "those not told yet", "those told already", "everybody" }, { "", "quienes no lo sabían", "quienes ya lo sabían", "todos" } };
	if (!sql_round_about(t->op, t->f.i.id, round, &q, &found) || !found || q.audience < 1 || q.audience > 3)
		return STR("");
	return arena_say(t->op->a, t->es ? "ronda %" PRId64 ", para %s: %s" : "round %" PRId64 ", for %s: %s", round, words[t->es][q.audience],
	                 counted(t->op->a, q.people, t->es ? "cliente" : "customer", t->es ? "clientes" : "customers"));
}

/* What kind of entry, and its words in both languages; how the rest is said follows from its number. */
enum rest_of { REST_NONE, REST_TITLE, REST_WINDOW, REST_HOLDER, REST_ROUND, REST_TASK, REST_ANSWER, REST_MEASURE, REST_DAYS, REST_PARTY, REST_CODES, REST_DRAFT };
static const struct { const char *what, *en, *es; enum rest_of rest; } known[] = {
	{ "incident.opened", "Opened here", "Abierto aquí", REST_TITLE }, { "incident.suspected", "A window was set", "Se fijó un período", REST_WINDOW },
	{ "incident.titled", "The title was put into other words", "Se cambió el título", REST_TITLE }, { "incident.cleared", "No longer suspected", "Ya no se sospecha", REST_HOLDER }, { "incident.fact", "Facts for the laws' clocks were kept", "Se anotaron hechos para los plazos de ley", REST_NONE },
	{ "incident.answered", "An answer", "Una respuesta", REST_ANSWER }, { "incident.task.added", "A task was added", "Se añadió una tarea", REST_TASK },
	{ "incident.task.set", "A task was given to somebody", "Se encargó una tarea", REST_TASK }, { "incident.task.done", "Done", "Hecho", REST_TASK }, { "incident.task.skipped", "Left away", "Omitido", REST_TASK },
	{ "incident.task.again", "To be done after all", "Se hará de todos modos", REST_TASK }, { "incident.rhythm", "How often customers hear was set, in days", "Se fijó cada cuántos días se escribe", REST_DAYS },
	{ "round.drafted", "Notices were drafted", "Se redactaron avisos", REST_ROUND }, { "round.worded", "Notices were put into other words", "Se cambió el texto de los avisos", REST_ROUND },
	{ "round.approved", "Notices were approved", "Se aprobaron avisos", REST_ROUND }, { "round.undone", "Notices were taken back", "Se retiraron avisos", REST_ROUND },
	{ "measure.added", "A measure was taken", "Se tomó una medida", REST_MEASURE }, { "measure.kept", "A measure goes on", "Una medida sigue", REST_MEASURE }, { "measure.dropped", "A measure was dropped", "Se dejó una medida", REST_MEASURE },
	{ "status.published", "The public page was put out", "Se publicó la página", REST_NONE }, { "status.worded", "The public page was put into other words", "Se cambió el texto de la página pública", REST_NONE }, { "status.taken_down", "The public page was taken down", "Se retiró la página pública", REST_NONE },
	{ "filing.sent", "Told, as a law or a contract asks", "Avisado, como pide una ley o un contrato", REST_PARTY }, { "filing.unsent", "Not told after all", "No se avisó, después de todo", REST_PARTY },
	{ "round.settled", "Who is at risk no more was taken out of the notices", "Se retiró de los avisos a quienes ya no están en riesgo", REST_ROUND },
	{ "incident.closed", "Closed", "Cerrado", REST_NONE },
	{ "round.channels", "Drafted notices go another way", "Los avisos redactados van por otra vía", REST_ROUND }, { "round.hastened", "Waiting e-mails were sent at once", "Los correos en espera se enviaron enseguida", REST_ROUND },
	{ "enrolment.loaded", "Codes for credit monitoring were read", "Se leyeron códigos para la vigilancia de crédito", REST_CODES },
	{ "enrolment.given", "Codes for credit monitoring were given to customers", "Se dieron códigos para la vigilancia de crédito a clientes", REST_CODES },
	{ "enrolment.dropped", "Unused codes for credit monitoring were thrown away", "Se descartaron códigos sin usar para la vigilancia de crédito", REST_CODES },
	{ "draft.confirmed", "A draft became this incident", "Un borrador pasó a ser este incidente", REST_DRAFT },
	{ "customer.forget.deferred", "A customer's wish to be forgotten waits until this is closed", "El pedido de un cliente de ser olvidado espera hasta el cierre", REST_NONE },
};

/* By its number, enum obligee. */
static struct str party_said(int64_t party, bool es)
{
	static const char *const words[2][TO_INSURER + 1] = { { "", "people", "an authority", "the credit bureaus", "the payment company or a card brand", "the insurer" },
	                                                      { "", "personas", "una autoridad", "las oficinas de crédito", "la empresa de pagos o una marca de tarjetas", "el seguro" } };
	return str_of(party >= TO_PEOPLE && party <= TO_INSURER ? words[es][party] : "");
}

/* What the provider wrote, or the catalogue says, that the draft was made of. */
static bool draft_words(struct telling_of *t, int64_t draft, struct str *out)
{
	struct sql_draft_about q;
	bool found;
	if (!sql_draft_about(t->op, draft, &q, &found))
		return false;
	struct str words = found ? q.said.n ? q.said : q.classes : STR("");
	*out = words.n ? arena_say(t->op->a, STR_FMT ", " STR_FMT ": \"" STR_FMT "\"", STR_ARG(holder_named(t->op, q.holder)), STR_ARG(day_said(t->op, q.added, t->es)), STR_ARG(arena_str(t->op->a, words))) : STR("");
	return true;
}

/* "88 mails were sent by hand, round 1". */
static struct str folded_said(struct telling_of *t, const struct entry_of *e, size_t k)
{
	const char *many = counted(t->op->a, e->many, t->es ? folded[k].one_es : folded[k].one, t->es ? folded[k].many_es : folded[k].many);
	return arena_say(t->op->a, e->round ? t->es ? "%s, ronda %" PRId64 : "%s, round %" PRId64 : "%s", many, e->round);
}

static bool entry_said(struct telling_of *t, const struct entry_of *e, struct moment *m)
{
	struct op *op = t->op;
	struct str rest = e->text, at = str_split(&rest, ' '), what = str_split(&rest, ' '), more = STR("");
	struct sql_person_name person;
	struct sql_measure_about measure;
	struct span s;
	bool found;
	size_t k = 0, together = folded_as(what);
	while (k < LENGTH(known) && !str_eq(what, str_of(known[k].what)))
		k++;
	m->at = when_parse(at, NULL, &s) ? s.from : 0;
	m->what = arena_str(op->a, what).p;
	m->entry = e->n, m->last = e->last, m->many = e->many;
	if (!sql_person_name(op, fact_in(rest, "person"), &person, &found))
		return false;
	m->by = found ? arena_str(op->a, person.name) : STR("");
	switch (k < LENGTH(known) ? known[k].rest : REST_NONE) {
	case REST_TITLE:
		more = t->f.i.title;
		break;
	case REST_WINDOW:
		more = arena_say(op->a, STR_FMT ", " STR_FMT, STR_ARG(holder_named(op, fact_in(rest, "holder"))), STR_ARG(window_said(op, fact_in(rest, "from"), fact_in(rest, "to"), t->es)));
		break;
	case REST_HOLDER:
		more = holder_named(op, fact_in(rest, "holder"));
		break;
	case REST_ROUND:
		more = audience_said(t, fact_in(rest, "round"));
		break;
	case REST_TASK:
		if (!task_said(t, fact_in(rest, "task"), &more))
			return false;
		break;
	case REST_ANSWER:
		more = answer_said(t, fact_in(rest, "answer"));
		break;
	case REST_MEASURE:
		if (!sql_measure_about(op, fact_in(rest, "measure"), &measure, &found))
			return false;
		more = found ? measure.what : STR("");
		break;
	case REST_DRAFT:
		if (!draft_words(t, fact_in(rest, "draft"), &more))
			return false;
		break;
	case REST_CODES:
		more = arena_say(op->a, "%" PRId64, fact_in(rest, "codes"));
		break;
	case REST_DAYS:
		more = arena_say(op->a, "%" PRId64, fact_in(rest, "days"));
		break;
	case REST_PARTY:
		more = party_said(fact_in(rest, "party"), t->es);
		if (fact_in(rest, "at"))
			more = arena_say(op->a, STR_FMT ", " STR_FMT, STR_ARG(more), STR_ARG(day_said(op, fact_in(rest, "at"), t->es)));
		break;
	case REST_NONE:
		break;
	}
	m->say = together < LENGTH(folded) ? folded_said(t, e, together) : k == LENGTH(known) ? arena_str(op->a, what) : arena_say(op->a, "%s%s" STR_FMT, t->es ? known[k].es : known[k].en, more.n ? ": " : "", STR_ARG(more));
	return op->err.code == OK;
}

/* ---- what the tables know besides ---- */

static void moment_add(struct record *r, int64_t at, const char *what, struct str say)
{
	r->moment[r->n++] = (struct moment){ .at = at, .entry = -1, .last = -1, .many = 1, .what = what, .say = say };
}

static bool filed_read(struct op *op, int64_t incident, struct filed v[FILED_MAX], size_t *n)
{
	struct sql_filed q;
	*n = 0;
	if (!sql_filed(op, incident, &q))
		return false;
	while (*n < FILED_MAX && sql_filed_next(op, &q))
		v[(*n)++] = (struct filed){ q.party, q.sent, q.code, q.how, q.reference, q.name, 0 };
	sql_filed_stop(&q);
	return op->err.code == OK;
}

/* "web form, 2026-0417"; empty when neither was told. */
static struct str filed_how(struct op *op, const struct filed *f, bool es)
{
	struct str number = f->reference.n ? arena_say(op->a, es ? "su número: " STR_FMT : "their number: " STR_FMT, STR_ARG(f->reference)) : STR("");
	return arena_say(op->a, STR_FMT "%s" STR_FMT, STR_ARG(f->how), f->how.n && number.n ? ", " : "", STR_ARG(number));
}

enum { TABLE_MOMENTS = 500 + FILED_MAX };                /* at most so many out of tables: three states, five channels, a few rounds; filings */

static bool tables_told(struct telling_of *t, struct record *r)
{
	struct op *op = t->op;
	struct sql_sent_of q;
	size_t most = r->n + TABLE_MOMENTS - FILED_MAX - 2;
	static const char *const by[2][IN_PERSON + 1] = { { [EMAIL] = "by e-mail", [LETTER] = "by letter", [SMS] = "by SMS", [PHONE] = "by phone", [IN_PERSON] = "in person" },
	                                                  { [EMAIL] = "por correo electrónico", [LETTER] = "por carta", [SMS] = "por SMS", [PHONE] = "por teléfono", [IN_PERSON] = "en persona" } };
	moment_add(r, t->f.i.discovered, "discovered", t->es ? STR("Descubierto") : STR("Discovered"));
	if (t->f.told != t->f.i.discovered)
		moment_add(r, t->f.told, "told", t->es ? STR("El proveedor nos avisó") : STR("The provider told us"));
	if (!sql_sent_of(op, t->f.i.id, &q))
		return false;
	while (sql_sent_of_next(op, &q)) {
		if (q.channel < EMAIL || q.channel > IN_PERSON || r->n >= most)
			continue;
		const char *state = q.state == SENT ? t->es ? "enviados" : "sent" : q.state == POSTED ? t->es ? "puestos en el correo" : "put in the post" : t->es ? "llegaron" : "reached them";
		moment_add(r, q.last_at, "sent", arena_say(op->a, t->es ? "Avisos de la ronda %" PRId64 " %s %s: %" PRId64 ", desde %.10s %.5s" : "Notices of round %" PRId64 " %s %s: %" PRId64 ", from %.10s %.5s on", q.round, state, by[t->es][q.channel], q.n,
		                                           when_local_text(op->a, op->zone, q.first_at).p, when_local_text(op->a, op->zone, q.first_at).p + 11));
	}
	for (size_t i = 0; i < t->filings && op->err.code == OK; i++) {
		const struct filed *f = &t->filed[i];
		struct str how = filed_how(op, f, t->es);
		t->filed[i].moment = r->n;
		moment_add(r, f->sent, "filing", arena_say(op->a, t->es ? "Se avisó a " STR_FMT " (" STR_FMT ")%s" STR_FMT : "Sent to " STR_FMT " (" STR_FMT ")%s" STR_FMT, STR_ARG(party_said(f->party, t->es)), STR_ARG(f->code),
		                                           how.n ? ": " : "", STR_ARG(how)));
		r->moment[r->n - 1].by = f->by;
	}
	return op->err.code == OK;
}

/* What is kept of a filing tells it in whole: its entry in the log is shown there, not on a line of its own. */
static bool filing_entered(struct telling_of *t, struct record *r, const struct entry_of *e)
{
	if (!str_eq(e->what, STR("filing.sent")))
		return false;
	for (size_t i = 0; i < t->filings; i++) {
		const struct filed *f = &t->filed[i];
		if (f->party != fact_in(e->text, "party") || f->sent != fact_in(e->text, "at") || !f->moment || r->moment[f->moment].entry >= 0)
			continue;
		r->moment[f->moment].entry = r->moment[f->moment].last = e->n;
		return true;
	}
	return false;
}

static int moment_order(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;
	return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->entry > y->entry) - (x->entry < y->entry);
}

static bool telling_begin(struct op *op, int64_t incident, bool spanish, struct telling_of *t)
{
	*t = (struct telling_of){ .op = op, .es = spanish };
	return facts_of(op, incident, &t->f) && provider_answers(op, incident, &t->answer, &t->answers) && work_list(op, incident, spanish, &t->work, &t->works) && filed_read(op, incident, t->filed, &t->filings);
}

bool record_of(struct op *op, int64_t incident, bool spanish, struct record *r)
{
	struct telling_of *of = ARENA_NEW(op->a, struct telling_of);
	struct log_end end;
	struct gathering g = { .op = op, .mark = arena_say(op->a, "incident=%" PRId64, incident) };
	if (!telling_begin(op, incident, spanish, of) || !log_each(op, 0, gather_one, &g) || !log_end(op, &end))
		return false;
	*r = (struct record){ .moment = ARENA_ARRAY(op->a, struct moment, g.n + TABLE_MOMENTS), .cut = g.cut, .size = end.entries, .signed_size = end.signed_entries, .root = hex(op->a, end.root, sizeof end.root) };
	struct kept_head head;
	if (proof_head(op, &head))
		r->note = head.note, r->key = head.key;
	else if (op->err.code != CONFLICT)
		return false;
	err_clear(&op->err);                                     /* nothing was signed yet */
	if (!tables_told(of, r))
		return false;
	for (size_t i = 0; i < g.n; i++)
		if (!filing_entered(of, r, &g.v[i]) && !entry_said(of, &g.v[i], &r->moment[r->n++]))
			return false;
	qsort(r->moment, r->n, sizeof *r->moment, moment_order);
	return true;
}

/* ---- on paper ---- */

struct str moment_entry(struct op *op, const struct moment *m)
{
	return m->entry < 0 ? STR("") : m->last == m->entry ? arena_say(op->a, "%" PRId64, m->entry) : arena_say(op->a, "%" PRId64 "-%" PRId64, m->entry, m->last);
}

static struct str moment_text(struct op *op, const struct moment *m)
{
	struct civil c = civil_of(zone_local(op->zone, m->at));
	struct str entry = moment_entry(op, m), where = entry.n ? arena_say(op->a, " [" STR_FMT "]", STR_ARG(entry)) : STR("");
	return arena_say(op->a, "%04d-%02d-%02d %02d:%02d  " STR_FMT "%s" STR_FMT "%s" STR_FMT, c.year, c.month, c.day, c.hour, c.minute, STR_ARG(m->say), m->by.n ? " (" : "", STR_ARG(m->by), m->by.n ? ")" : "", STR_ARG(where));
}

static struct str log_said(struct op *op, const struct record *r, bool es)
{
	return arena_say(op->a, es ? "Números entre corchetes: entradas del registro, al que solo se añade. Ahora tiene %" PRIu64 " entradas, %" PRIu64 " firmadas. La raíz de su árbol (RFC 6962, SHA-256): " STR_FMT
	                           : "Numbers in brackets are entries of the log, to which entries are only added. It has %" PRIu64 " entries now, %" PRIu64 " of them signed. The head of its tree (RFC 6962, SHA-256): " STR_FMT,
	                 r->size, r->signed_size, STR_ARG(r->root));
}

static struct str risk_said(struct op *op, const struct facts *f, bool es)
{
	return arena_say(op->a, es ? "En riesgo según lo que se sabe ahora: %s, con " STR_FMT ". Pagos sin nombre: %" PRId64 "." : "At risk as known now: %s, with " STR_FMT ". Payments that name nobody: %" PRId64 ".",
	                 counted(op->a, f->c.tally.customers, es ? "cliente" : "customer", es ? "clientes" : "customers"), STR_ARG(f->kinds ? kinds_named(op, f->kinds, es) : es ? STR("nada") : STR("nothing")), f->c.unnamed);
}

static const char *force_said(enum law_force f, bool es)
{
	static const char *const spanish[] = { [LAW_NONE] = "", [LAW_LOOK] = "REVISAR", [LAW_SHOULD] = "CONVIENE", [LAW_MUST] = "OBLIGATORIO" };
	return es ? spanish[f] : force_name(f);
}

static struct str citation_said(const struct obligation *d, bool es)
{
	return !es || d->law ? d->citation : d->to == TO_INSURER ? STR("Su póliza") : d->to == TO_PEOPLE ? STR("Ninguna ley de la tabla") : d->citation;
}

/* "Connecticut: Attorney General"; "the people in Connecticut, 12 customers". */
static struct str whom_said(struct op *op, const struct obligation *d, bool es)
{
	if (d->to == TO_PEOPLE)
		return arena_say(op->a, es ? "las personas en " STR_FMT ", %s" : "the people in " STR_FMT ", %s", STR_ARG(d->whom),
		                 counted(op->a, d->must + d->should + d->look, es ? "cliente" : "customer", es ? "clientes" : "customers"));
	if (d->law)
		return arena_say(op->a, STR_FMT ": " STR_FMT, STR_ARG(d->law->name), STR_ARG(d->whom));
	return !es ? d->whom : d->to == TO_INSURER ? STR("Su aseguradora") : str_eq(d->code, STR("acquirer")) ? STR("Su empresa de pagos (acquirer)") : d->whom;
}

/* Whom to tell, by when, as computed now, and whether it was (`met`, empty: no): people by their notices. */
struct owed { const struct obligation *duty; struct str met, line; };

static bool owed_of(struct op *op, const struct facts *f, bool es, struct owed **out, size_t *n)
{
	struct obligation *d;
	struct filed *filed = ARENA_ARRAY(op->a, struct filed, FILED_MAX);
	size_t all, filings;
	if (!incident_obligations(op, f->i.id, &d, &all) || !filed_read(op, f->i.id, filed, &filings))
		return false;
	*out = ARENA_ARRAY(op->a, struct owed, all + 1), *n = all;
	for (size_t i = 0; i < all; i++) {
		struct str met = d[i].to == TO_PEOPLE && f->approved ? arena_say(op->a, es ? " Primer aviso aprobado el " STR_FMT "." : " First notice approved on " STR_FMT ".", STR_ARG(day_said(op, f->approved, es))) : STR("");
		for (size_t k = 0; k < filings; k++) {
			struct str how = filed_how(op, &filed[k], es);
			if (filed[k].party == (int64_t)d[i].to && str_eq(filed[k].code, d[i].code))
				met = arena_say(op->a, es ? " Avisado el " STR_FMT "%s" STR_FMT "." : " Sent on " STR_FMT "%s" STR_FMT ".", STR_ARG(day_said(op, filed[k].sent, es)), how.n ? ", " : "", STR_ARG(how));
		}
		(*out)[i] = (struct owed){ &d[i], str_trim(met), arena_say(op->a, "%s: " STR_FMT ", " STR_FMT ". " STR_FMT "." STR_FMT, force_said(d[i].force, es), STR_ARG(whom_said(op, &d[i], es)),
		                           STR_ARG(d[i].by >= FAR_OFF ? es ? STR("detenido") : STR("stopped") : when_due_text(op->a, op->zone, d[i].by, es ? "es" : "en")), STR_ARG(citation_said(&d[i], es)), STR_ARG(met)) };
	}
	return true;
}

static struct str nobody_owed(bool es)
{
	return es ? STR("Según lo que se sabe, ninguna ley de la tabla lo pide.") : STR("As far as is known, no law in the table asks for it.");
}

static struct str more_owed(struct op *op, size_t n, bool es)
{
	return arena_say(op->a, es ? "Y otras %zu." : "And %zu more.", n);
}

bool record_pdf(struct op *op, int64_t incident, bool es, int fd)
{
	enum { LINES_MAX = 900, OWED_MAX = 60, WINDOWS_MAX = 20, REST_MAX = 30 };
	struct record r;
	struct facts f;
	size_t n = 0;
	struct owed *owed;
	size_t duties;
	if (!record_of(op, incident, es, &r) || !facts_of(op, incident, &f) || !facts_exact(op, &f) || !owed_of(op, &f, es, &owed, &duties))     /* what is handed to others says no old number */
		return false;
	struct passage *p = ARENA_ARRAY(op->a, struct passage, LINES_MAX + OWED_MAX + WINDOWS_MAX + REST_MAX);
	size_t from = r.n > LINES_MAX ? r.n - LINES_MAX : 0;
	p[n++] = (struct passage){ PASSAGE_TITLE, arena_say(op->a, es ? "Cronología del incidente %" PRId64 : "Timeline of incident %" PRId64, incident) };
	p[n++] = (struct passage){ PASSAGE_TEXT, f.i.title };
	p[n++] = (struct passage){ PASSAGE_TEXT, risk_said(op, &f, es) };
	p[n++] = (struct passage){ PASSAGE_HEADING, es ? STR("Qué se vio afectado") : STR("What was concerned") };
	for (size_t k = 0; k < f.i.n && k < WINDOWS_MAX; k++)
		p[n++] = (struct passage){ PASSAGE_BULLET, arena_say(op->a, STR_FMT ", " STR_FMT, STR_ARG(holder_named(op, f.i.suspicion[k].holder.n)), STR_ARG(window_said(op, f.i.suspicion[k].from, f.i.suspicion[k].to, es))) };
	p[n++] = (struct passage){ PASSAGE_HEADING, es ? STR("Qué ocurrió y cuándo") : STR("What happened when") };
	p[n++] = (struct passage){ PASSAGE_TEXT, arena_say(op->a, es ? "Horas de " STR_FMT "." : "Times are those of " STR_FMT ".", STR_ARG(op_setting(op, "timezone"))) };
	if (from || r.cut)
		p[n++] = (struct passage){ PASSAGE_TEXT, es ? STR("Hay más de lo que cabe aquí: la lista completa está en el registro.") : STR("There is more than fits here: the whole list is in the log.") };
	for (size_t i = from; i < r.n; i++)
		p[n++] = (struct passage){ PASSAGE_BULLET, moment_text(op, &r.moment[i]) };
	p[n++] = (struct passage){ PASSAGE_HEADING, es ? STR("A quién hay que avisar") : STR("Whom to tell") };
	for (size_t i = 0; i < duties && i < OWED_MAX; i++)
		p[n++] = (struct passage){ PASSAGE_BULLET, owed[i].line };
	if (!duties || duties > OWED_MAX)
		p[n++] = (struct passage){ PASSAGE_TEXT, duties ? more_owed(op, duties - OWED_MAX, es) : nobody_owed(es) };
	p[n++] = (struct passage){ PASSAGE_HEADING, es ? STR("Cómo comprobarlo") : STR("How to check this") };
	p[n++] = (struct passage){ PASSAGE_TEXT, log_said(op, &r, es) };
	if (r.note.n) {
		p[n++] = (struct passage){ PASSAGE_TEXT, es ? STR("La clave que comprueba la última cabeza firmada (c2sp.org/tlog-checkpoint), y esta:") : STR("The key that checks the last signed head (c2sp.org/tlog-checkpoint), and that head:") };
		p[n++] = (struct passage){ PASSAGE_EXACT, r.key };
		p[n++] = (struct passage){ PASSAGE_EXACT, str_trim(r.note) };
	}
	return pdf_made(op, STR(""), p, n, es, fd);
}

/* ---- verb ---- */

struct record_for { int64_t incident; bool es; };

static bool record_fill(struct op *op, void *of, int fd)
{
	const struct record_for *r = of;
	return record_pdf(op, r->incident, r->es, fd);
}

bool timeline_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct record r;
	struct record_for of;
	if (!language_asked(op, args, &of.es) || !incident_named(op, args, &i))
		return false;
	of.incident = i.id;
	struct facts f;
	struct owed *owed;
	size_t duties;
	if (!record_of(op, i.id, of.es, &r) || !facts_of(op, i.id, &f) || !owed_of(op, &f, of.es, &owed, &duties) || !pdf_asked(op, args, record_fill, &of))
		return false;
	for (size_t k = 0; k < r.n; k++) {
		const struct moment *m = &r.moment[k];
		answer_row(answer);
		answer_time(answer, "at", m->at);
		answer_text(answer, "what", str_of(m->what));
		answer_text(answer, "say", m->say);
		answer_text(answer, "by", m->by);
		if (m->entry >= 0)
			answer_number(answer, "entry", m->entry), answer_number(answer, "last_entry", m->last), answer_number(answer, "entries", m->many);
		answer_row_end(answer);
		answer_say(answer, STR_FMT, STR_ARG(moment_text(op, m)));
	}
	if (r.cut)
		answer_note(answer, "Only the first %d entries are shown.", MOMENTS_MAX);
	answer_say(answer, "%s", of.es ? "A quién hay que avisar" : "Whom to tell");
	for (size_t k = 0; k < duties; k++) {
		const struct obligation *d = owed[k].duty;
		answer_row(answer);
		answer_text(answer, "force", str_of(force_name(d->force)));
		answer_text(answer, "whom", whom_said(op, d, of.es));
		answer_time(answer, "by", d->by);
		answer_text(answer, "citation", d->citation);
		answer_text(answer, "met", owed[k].met);
		answer_row_end(answer);
		answer_say(answer, STR_FMT, STR_ARG(owed[k].line));
	}
	if (!duties)
		answer_say(answer, STR_FMT, STR_ARG(nobody_owed(of.es)));
	answer_say(answer, "%s", of.es ? "Cómo comprobarlo" : "How to check this");
	answer_row(answer);
	answer_number(answer, "log_entries", (int64_t)r.size);
	answer_number(answer, "log_signed", (int64_t)r.signed_size);
	answer_text(answer, "log_tree_head", r.root);
	answer_text(answer, "log_checkpoint", r.note);
	answer_text(answer, "log_key", r.key);
	answer_flag(answer, "cut", r.cut);
	answer_row_end(answer);
	answer_say(answer, STR_FMT, STR_ARG(log_said(op, &r, of.es)));
	return true;
}
