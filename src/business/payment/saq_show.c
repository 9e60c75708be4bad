/* saq_show - the questionnaire for people: the command, the list of requirements with what our registers say of each, the table and the letter for the acquirer. */
#include "saq.h"

#include "access.h"
#include "found.h"
#include "paper.h"
#include "readers.h"
#include "services.h"
#include "saq_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CSV_MAX = 1 << 20, YEAR = 365 * DAY };

static struct str day_of(struct op *op, int64_t at, bool spanish)
{
	return when_day_text(op->a, op->zone, at, spanish ? "es" : "en");
}

/* ---- what there is ---- */

static bool on_map(struct op *op, const struct walk *w, bool spanish, struct answered *e)
{
	struct atlas m;
	if (!map_atlas(op, &m))
		return false;
	e->there = true;
	e->say = arena_say(op->a, spanish ? "El mapa, confirmado el " STR_FMT ": %s, %s" : "The map, confirmed on " STR_FMT ": %s, %s", STR_ARG(day_of(op, w->applied, spanish)),
	                   counted(op->a, (int64_t)m.holders, spanish ? "lugar" : "holder", spanish ? "lugares" : "holders"), counted(op->a, (int64_t)m.flows, spanish ? "flujo" : "flow", spanish ? "flujos" : "flows"));
	return true;
}

static bool card_numbers(void *to, const struct found *f)
{
	int64_t *n = to;
	n[0]++;
	n[1] += f->last >= FAR_OFF && (f->kinds | f->unnamed_kinds) & (KIND(CARD_NUMBER) | KIND(CARD_TRACK) | KIND(CARD_CODE));
	return true;
}

static bool in_files(struct op *op, bool spanish, struct answered *e)
{
	int64_t n[2] = { 0, 0 };
	if (!found_each(op, card_numbers, n))
		return false;
	e->there = n[0] > 0;
	e->say = !n[0]   ? str_of(spanish ? "Todavía no hay búsquedas guardadas" : "No search of files is kept yet")
	         : !n[1] ? str_of(spanish ? "Lo que la búsqueda encontró con tarjetas ya no está" : "What the search found with card data is gone")
	                 : arena_say(op->a, spanish ? "La búsqueda conoce %s con datos de tarjetas: falta la limpieza" : "The search knows of %s with card data: still to be cleaned up",
	                             counted(op->a, n[1], spanish ? "archivo" : "file", spanish ? "archivos" : "files"));
	return true;
}

static bool register_of(struct op *op, bool looks, bool spanish, struct answered *e)
{
	struct reader *r;
	size_t n, used = 0, whole = 0, timely = 0;
	int64_t last = LONG_AGO;
	if (!readers_list(op, &r, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (r[i].until < FAR_OFF)
			continue;
		used++;
		whole += r[i].make.n && r[i].model.n && r[i].serial.n;
		timely += r[i].looked > LONG_AGO && r[i].due > op->now;
		last = r[i].looked > last ? r[i].looked : last;
	}
	e->there = looks ? timely > 0 : whole > 0;
	if (!used)
		e->say = str_of(spanish ? "No hay lectores en el registro" : "There is no reader in the register");
	else if (!looks)
		e->say = arena_say(op->a, spanish ? "Registro de lectores: %zu, de ellos %zu con marca, modelo y serie" : "The register of readers: %zu, of them %zu with make, model and serial number", used, whole);
	else if (last <= LONG_AGO)
		e->say = str_of(spanish ? "Todavía no se ha revisado ningún lector" : "No reader has been looked at yet");
	else
		e->say = arena_say(op->a, spanish ? "Revisiones: %zu de %s al día, la última el " STR_FMT : "Looks: %zu of %s in time, the last one on " STR_FMT, timely,
		                   counted(op->a, (int64_t)used, spanish ? "lector" : "reader", spanish ? "lectores" : "readers"),
		                   STR_ARG(day_of(op, last, spanish)));
	return true;
}

static bool owners(struct op *op, bool spanish, struct answered *e)
{
	struct sql_saq_owners q;
	bool found;
	if (!sql_saq_owners(op, &q, &found))
		return false;
	e->there = found && q.n > 0;
	e->say = arena_say(op->a, spanish ? "Dueños con nombre: %" PRId64 : "Owners by name: %" PRId64, found ? q.n : 0);
	return true;
}

/* PCI DSS 12.8.1 to 12.8.5: of the providers that take part in card payments, or can affect their security. */
static const struct { const char *by, *sorts, *en, *es; } providers[] = {
	{ "services", "", "Providers in the register that take part in card payments or can affect them", "Proveedores del registro que participan en los cobros con tarjeta o pueden afectarlos" },
	{ "agreements", "agreement", "Providers with a written agreement", "Proveedores con acuerdo por escrito" },
	{ "diligence", "diligence", "Providers that were looked at before, with what came out", "Proveedores que se miraron antes, con lo que resultó" },
	{ "attestations", "aoc brand_list council_list", "Providers with an attestation or listing that counts today", "Proveedores con certificado o lista vigente hoy" },
	{ "responsibilities", "responsibility", "Providers with a list of who answers for what", "Proveedores con lista de quién responde de qué" },
};

static bool our_services(struct op *op, size_t which, bool spanish, struct answered *e)
{
	size_t of, with;
	if (!services_with(op, str_of(providers[which].sorts), &of, &with))
		return false;
	e->there = with > 0;
	e->say = arena_say(op->a, spanish ? "%s: %zu de %zu" : "%s: %zu of %zu", spanish ? providers[which].es : providers[which].en, with, of);
	return true;
}

/* What the walk's answers say by themselves: only a good answer is evidence. */
static struct answered by_answers(struct op *op, const struct walk *w, struct str by, bool spanish)
{
	const struct answers *a = &w->answers;
	struct str day = day_of(op, w->applied, spanish);
	if (str_eq(by, STR("logins"))) {
		bool own = question_has(a, "provider.login", "own");
		return (struct answered){ own, own ? arena_say(op->a, spanish ? "Cada quien su cuenta en la empresa de pagos, según las respuestas del " STR_FMT
		                                                              : "Each their own sign-in at the payment company, by the answers of " STR_FMT, STR_ARG(day))
		                               : str_of(spanish ? "Algunos comparten una cuenta, o no se sabe" : "Some share a sign-in, or nobody knows yet") };
	}
	if (str_eq(by, STR("paper"))) {
		bool cards = question_has(a, "cards_kept", "paper") || question_has(a, "paper.what", "card") || question_has(a, "paper.what", "code") || question_has(a, "cards_kept", "unknown") ||
		             question_has(a, "paper.what", "unknown") || question_has(a, "phone.paper", "shredded") || question_has(a, "phone.paper", "kept") || question_has(a, "phone.paper", "unknown");
		bool good = question_has(a, "paper.where", "locked") && (question_has(a, "paper.until", "day") || question_has(a, "paper.until", "month"));
		return (struct answered){ !cards || good, cards && good ? arena_say(op->a, spanish ? "Bajo llave y destruido a su tiempo, según las respuestas del " STR_FMT : "Locked up and shredded in time, by the answers of " STR_FMT, STR_ARG(day))
		                                          : cards ? str_of(spanish ? "Hay papel con tarjetas que no está bajo llave o no se destruye" : "There is paper with card data that is not locked up, or not shredded")
		                                                  : arena_say(op->a, spanish ? "No hay papel con tarjetas, según las respuestas del " STR_FMT : "No paper with card data, by the answers of " STR_FMT, STR_ARG(day)) };
	}
	if (str_eq(by, STR("pay page"))) {
		bool ours = question_has(a, "web.page", "frame") || question_has(a, "web.page", "fields") || question_has(a, "web.page", "server") || question_has(a, "web.page", "unknown");
		return (struct answered){ !ours, ours ? str_of(spanish ? "La tarjeta se escribe en su página, o no se sabe: controle sus scripts" : "The card is typed on your page, or nobody knows yet: its scripts have to be watched")
		                                      : arena_say(op->a, spanish ? "Ninguna página propia recibe tarjetas, según las respuestas del " STR_FMT : "No page of ours takes cards, by the answers of " STR_FMT, STR_ARG(day)) };
	}
	if (str_eq(by, STR("plan")) && question_has(a, "provider.phone", "named"))
		return (struct answered){ true, str_of(spanish ? "A quién llamar en la empresa de pagos, en el recorrido" : "Whom to call at the payment company, in the walk-through") };
	return (struct answered){ false, str_of(spanish ? "Todavía nada" : "Nothing yet") };
}

/* Whoever leaves loses their sign-ins: the list of these, and what of the leavers' checklists is still open. */
static bool sign_ins(struct op *op, bool spanish, struct answered *e)
{
	struct access *a;
	struct leaving *l;
	size_t n, leavers, open = 0;
	if (!access_list(op, false, &a, &n) || !access_leavings(op, &l, &leavers))
		return false;
	for (size_t i = 0; i < leavers; i++)
		open += l[i].open;
	e->there = n > 0 && !open;
	e->say = arena_say(op->a, spanish ? "Cuentas en el registro: %zu; de quienes se fueron quedan por cerrar %zu cosas" : "Sign-ins in the register: %zu; of those who left %zu things are still to be closed", n, open);
	return true;
}

static bool signatures(struct op *op, bool spanish, struct answered *e)
{
	struct sql_saq_signed q;
	bool found;
	if (!sql_saq_signed(op, op->now - YEAR, &q, &found))
		return false;
	e->there = found && q.n > 0;
	e->say = e->there ? arena_say(op->a, spanish ? "Páginas para el personal, firmadas en el último año por %" PRId64 "; la última firma el " STR_FMT
	                                             : "Pages for the staff, signed in the last year by %" PRId64 "; the last one on " STR_FMT, q.n, STR_ARG(day_of(op, q.last, spanish)))
	                  : str_of(spanish ? "Nadie ha firmado todavía la página para el personal" : "Nobody has signed the page for the staff yet");
	return true;
}

/* The plan for incidents was tried out in the last year (doc/drills.md). */
static bool practised(struct op *op, bool spanish, struct answered *e)
{
	struct sql_saq_drilled q;
	bool found;
	if (!sql_saq_drilled(op, &q, &found))
		return false;
	e->there = found && q.told > op->now - YEAR;
	e->say = found ? arena_say(op->a, spanish ? "Práctica de un incidente el " STR_FMT ", %s de la noticia al último aviso aprobado; su certificado está en «Practicar un incidente»"
	                                          : "An incident was practised on " STR_FMT ", %s from told to the last approved notice; its certificate is under Practise an incident",
	                                STR_ARG(day_of(op, q.told, spanish)), counted(op->a, (q.approved - q.told) / 60, spanish ? "minuto" : "minute", spanish ? "minutos" : "minutes"))
	               : str_of(spanish ? "Nadie ha practicado un incidente todavía" : "Nobody has practised an incident yet");
	return true;
}

bool saq_evidence(struct op *op, struct str by, bool spanish, struct answered *out)
{
	struct answered e = { false, STR("") };
	struct walk w;
	if (!payment_in_force(op, &w))
		return false;
	bool good = true;
	size_t provider = 0;
	while (provider < LENGTH(providers) && !str_eq(by, str_of(providers[provider].by)))
		provider++;
	if (provider < LENGTH(providers))
		good = our_services(op, provider, spanish, &e);
	else if (str_eq(by, STR("map")))
		good = on_map(op, &w, spanish, &e);
	else if (str_eq(by, STR("find")))
		good = in_files(op, spanish, &e);
	else if (str_eq(by, STR("readers")) || str_eq(by, STR("inspections")))
		good = register_of(op, by.p[0] == 'i', spanish, &e);
	else if (str_eq(by, STR("owner")))
		good = owners(op, spanish, &e);
	else if (str_eq(by, STR("access")))
		good = sign_ins(op, spanish, &e);
	else if (str_eq(by, STR("practice")))
		good = signatures(op, spanish, &e);
	else if (str_eq(by, STR("drill")))
		good = practised(op, spanish, &e);
	else if (by.n)
		e = by_answers(op, &w, by, spanish);
	if (good)
		*out = e;
	return good;
}

/* ---- the list, as all that shows it needs it ---- */

struct line { const struct requirement *r; struct answered e; };
struct sheet_of { struct walk w; struct assessment s; struct saq_advice advice; struct line *line; size_t n, ours, there; };

static bool sheet_read(struct op *op, bool spanish, struct sheet_of *out)
{
	size_t n;
	const struct requirement *r = saq_requirements(&n);
	if (!payment_in_force(op, &out->w))
		return false;
	if (!out->w.id)
		return err_set(&op->err, NOT_FOUND, NULL, "Nobody has walked through it yet. Begin with: handback payment walk");
	saq_assess(&out->w.answers, &out->s);
	saq_advise(&out->w.answers, &out->advice);
	out->line = ARENA_ARRAY(op->a, struct line, n);
	out->n = out->ours = out->there = 0;
	for (size_t i = 0; i < n; i++) {
		struct line *l = &out->line[out->n];
		if (!(r[i].forms & 1u << out->s.fit.form))
			continue;
		bool same = false;
		*l = (struct line){ .r = &r[i] };
		for (size_t k = 0; k < out->n && !same; k++)         /* each register is asked once */
			if ((same = str_eq(out->line[k].r->answered_by, r[i].answered_by)))
				l->e = out->line[k].e;
		if (!same && !saq_evidence(op, r[i].answered_by, spanish, &l->e))
			return false;
		out->n++;
		out->ours += r[i].answered_by.n > 0;
		out->there += l->e.there;
	}
	return true;
}

static void cell(struct buf *b, struct str s, const char *end)
{
	buf_csv(b, s);
	buf_put(b, str_of(end));
}

bool saq_csv(struct op *op, bool spanish, struct buf *b)
{
	struct sheet_of s;
	if (!sheet_read(op, spanish, &s))
		return false;
	buf_put(b, spanish ? STR("formulario,requisito,de qué trata,registro propio,hay algo,evidencia\r\n") : STR("form,requirement,about,register,there is something,evidence\r\n"));
	for (size_t i = 0; i < s.n; i++) {
		const struct line *l = &s.line[i];
		cell(b, str_of(saq_name(s.s.fit.form)), ",");
		cell(b, l->r->id, ",");
		cell(b, spanish ? l->r->gist_es : l->r->gist, ",");
		cell(b, l->r->answered_by, ",");
		cell(b, str_of(!l->r->answered_by.n ? "" : l->e.there ? spanish ? "sí" : "yes" : "no"), ",");
		cell(b, l->e.say, "\r\n");
	}
	return !b->full || err_set(&op->err, TOO_BIG, NULL, "The table is too long.");
}

bool saq_pdf(struct op *op, bool spanish, int fd)
{
	struct sheet_of s;
	if (!sheet_read(op, spanish, &s))
		return false;
	struct passage *p = ARENA_ARRAY(op->a, struct passage, 2 * s.n + 12);
	size_t n = 0;
	struct str advice = saq_advice_say(op->a, &s.s, &s.advice, spanish), phone = op_setting(op, "business.phone"), address = op_setting(op, "business.address");
	p[n++] = (struct passage){ PASSAGE_TITLE, arena_say(op->a, spanish ? "Autoevaluación PCI DSS v4.0.1: %s" : "PCI DSS v4.0.1 self-assessment: %s", saq_name(s.s.fit.form)) };
	p[n++] = (struct passage){ PASSAGE_TEXT, saq_say(op->a, &s.s, spanish) };
	if (advice.n)
		p[n++] = (struct passage){ PASSAGE_TEXT, advice };
	p[n++] = (struct passage){ PASSAGE_TEXT, arena_say(op->a, spanish ? "De los %zu requisitos, nuestros propios registros responden a %zu; para %zu ya hay algo. Lo siguiente son números de requisitos con palabras nuestras; cuenta el formulario mismo."
	                                                                         : "Of its %zu requirements our own registers answer %zu; for %zu there is something already. What follows are numbers of requirements with words of our own; the form itself counts.",
	                                                                    s.n, s.ours, s.there) };
	for (int pass = 0; pass < 2; pass++) {
		bool any = false;
		for (size_t i = 0; i < s.n; i++) {
			const struct line *l = &s.line[i];
			if ((l->r->answered_by.n == 0) != pass)
				continue;
			if (!any)
				p[n++] = (struct passage){ PASSAGE_HEADING, str_of(pass ? spanish ? "Lo demás del formulario" : "The rest of the form" : spanish ? "Lo que responden nuestros registros" : "What our registers answer") };
			any = true;
			p[n++] = (struct passage){ PASSAGE_BULLET, pass ? arena_say(op->a, STR_FMT "  " STR_FMT, STR_ARG(l->r->id), STR_ARG(spanish ? l->r->gist_es : l->r->gist))
			                                                       : arena_say(op->a, STR_FMT "  " STR_FMT ". " STR_FMT ".", STR_ARG(l->r->id), STR_ARG(spanish ? l->r->gist_es : l->r->gist), STR_ARG(l->e.say)) };
		}
	}
	struct str sender = arena_say(op->a, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(op_setting(op, "business.name")), STR_ARG(address), STR_ARG(phone)), provider = STR("");
	size_t q;
	if (question_named(STR("provider"), &q) && s.w.answers.set[q] & ANSWER_NAMED) {
		struct str rest = s.w.answers.text[q];
		provider = str_split(&rest, '\n');
	}
	struct sheet sheet = { .address = provider, .date = day_of(op, op->now, spanish), .code = str_of(saq_name(s.s.fit.form)), .passage = p, .n = n };
	struct paper_style style = { str_eq(op_setting(op, "paper.size"), STR("a4")) ? PAPER_A4 : PAPER_LETTER, sender, spanish ? "es" : "en" };
	return paper_letters(fd, &sheet, 1, &style, NULL, &op->err);
}

/* ---- the command ---- */

/* A new file; what could not be written whole stays nowhere. */
static bool file_write(struct op *op, const char *field, struct str path, bool (*fill)(struct op *, bool spanish, int fd), bool spanish)
{
	const char *name = arena_printf(op->a, STR_FMT, STR_ARG(path));
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(&op->err, OUTSIDE, field, "%s can't be written: %s.", name, strerror(errno));
	bool good = fill(op, spanish, fd);
	if (close(fd) != 0 && good)
		good = err_errno(&op->err, "The file could not be written");
	if (!good)
		unlink(name);
	return good;
}

static bool csv_fill(struct op *op, bool spanish, int fd)
{
	struct buf b = BUF(CSV_MAX);
	bool good = saq_csv(op, spanish, &b);
	for (struct str rest = buf_str(&b); good && rest.n;) {
		ssize_t n = write(fd, rest.p, rest.n);
		if (n < 0)
			good = err_errno(&op->err, "The file could not be written");
		else
			rest.p += n, rest.n -= (size_t)n;
	}
	buf_free(&b);
	return good;
}

static void show_lines(const struct sheet_of *s, bool spanish, struct answer *answer)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct line *l = &s->line[i];
		answer_row(answer);
		answer_text(answer, "requirement", l->r->id);
		answer_text(answer, "about", spanish ? l->r->gist_es : l->r->gist);
		answer_text(answer, "register", l->r->answered_by);
		answer_flag(answer, "there", l->e.there);
		answer_text(answer, "evidence", l->e.say);
		answer_row_end(answer);
		answer_say(answer, "%-10.*s %s " STR_FMT, STR_ARG(l->r->id), l->e.there ? "*" : l->r->answered_by.n ? "-" : " ", STR_ARG(spanish ? l->r->gist_es : l->r->gist));
		if (l->r->answered_by.n)
			answer_say(answer, "             " STR_FMT, STR_ARG(l->e.say));
	}
}

/* "B-IP" of "SAQ B-IP" */
static struct str short_name(enum saq form)
{
	struct str name = str_of(saq_name(form));
	return str_starts(name, STR("SAQ ")) ? (struct str){ name.p + 4, name.n - 4 } : name;
}

static bool saq_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct sheet_of s;
	struct str language = args_text(args, "language");
	bool spanish = str_eq(language, STR("es"));
	if (language.n && !spanish && !str_eq(language, STR("en")))
		return err_set(&op->err, INVALID, "language", "--language is en or es.");
	if (!sheet_read(op, spanish, &s) || (args_has(args, "csv") && !file_write(op, "csv", args_text(args, "csv"), csv_fill, spanish)) ||
	    (args_has(args, "pdf") && !file_write(op, "pdf", args_text(args, "pdf"), saq_pdf, spanish)))
		return false;
	struct str advice = saq_advice_say(op->a, &s.s, &s.advice, spanish), form[FITS_MAX];
	for (size_t i = 0; i < s.s.n; i++)
		form[i] = arena_say(op->a, "%s: %s", walk_parts[s.s.all[i].part].name, saq_name(s.s.all[i].form));
	answer_row(answer);
	static const char *const parts[] = { "saq", "if" };
	const struct str smaller[] = { short_name(s.advice.form), advice };
	answer_text(answer, "saq", short_name(s.s.fit.form));
	answer_text(answer, "form", str_of(saq_name(s.s.fit.form)));
	answer_texts(answer, "smaller", parts, smaller, s.advice.n ? LENGTH(parts) : 0);
	answer_number(answer, "requirements", (int64_t)s.n);
	answer_text(answer, "why", saq_say(op->a, &s.s, spanish));
	answer_text(answer, "smaller_by", s.advice.n ? advice : STR(""));
	answer_number(answer, "then", s.advice.n ? (int64_t)saq_size(s.advice.form) : (int64_t)s.n);
	answer_words(answer, "channels", form, s.s.n);
	answer_number(answer, "ours", (int64_t)s.ours);
	answer_number(answer, "there", (int64_t)s.there);
	answer_flag(answer, "code_kept", s.s.code_kept);
	answer_row_end(answer);
	answer_say(answer, STR_FMT, STR_ARG(saq_say(op->a, &s.s, spanish)));
	if (s.s.several)
		for (size_t i = 0; i < s.s.n; i++)
			answer_say(answer, "  %s: %s", spanish ? walk_parts[s.s.all[i].part].title.es : walk_parts[s.s.all[i].part].title.en, saq_name(s.s.all[i].form));
	if (s.s.code_kept)
		answer_say(answer, "%s", spanish ? "El código de 3 o 4 dígitos no puede guardarse de ninguna forma (PCI DSS 3.3.1.2): eso va primero." : "The 3 or 4 digit code may not be kept in any form (PCI DSS 3.3.1.2): that comes first.");
	if (advice.n)
		answer_say(answer, STR_FMT, STR_ARG(advice));
	if (s.n)
		answer_say(answer, spanish ? "Nuestros registros responden a %zu de sus requisitos; para %zu ya hay algo." : "Our own registers answer %zu of its requirements; for %zu there is something already.", s.ours, s.there);
	if (args_has(args, "list"))
		show_lines(&s, spanish, answer);
	return true;
}

const struct verb saq_verbs[] = {
	{ "payment saq", "Says which PCI DSS self-assessment questionnaire fits and why, what would lead to a smaller one, and which of it our registers answer.",
	  "handback payment saq --pdf saq.pdf --csv saq.csv", VERB_READ,
	  FIELDS({ "list", FIELD_FLAG, 0, "all requirements of the form, with what our registers say" }, { "pdf", FIELD_PATH, 0, "writes it as a letter for the acquirer, into a new file" },
	         { "csv", FIELD_PATH, 0, "writes it as a table, into a new file" }, { "language", FIELD_TEXT, 0, "en or es" }), saq_run, ROLES_ALL },
	{ 0 },
};
