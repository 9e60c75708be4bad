/* obligations - whom an incident obliges the business to tell, by when, and the questions that settle it; the letter to each office and partner, and what was sent. */
#include "act.h"
#include "filings.h"
#include "laws.h"
#include "pack.h"

#include <sys/mman.h>
#include <unistd.h>

enum { PDF_MAX = 4 << 20 };

static struct str *all_told(struct visit *v, const struct str *sentence, size_t n)
{
	struct str *out = ARENA_ARRAY(v->op->a, struct str, n + 1);
	for (size_t i = 0; i < n; i++)
		out[i] = visit_said(v, sentence[i]);
	return out;
}

/* What is known already, as the form shows it: of a moment its local day. */
static bool known_fill(struct visit *v, int64_t incident, struct obligations_view *w)
{
	struct known_fact *k;
	size_t n;
	if (!incident_known(v->op, incident, &k, &n))
		return false;
	for (size_t i = 0; i < n && i < LENGTH(w->fact); i++) {
		bool end = strcmp(k[i].name, "hold-until") == 0;
		struct str day = k[i].moment && k[i].text.n && k[i].at < FAR_OFF ? when_local_text(v->op->a, v->op->zone, k[i].at - end) : STR("");
		w->fact[i] = (struct fact_field){ k[i].name, k[i].moment ? (struct str){ day.p, day.n > 10 ? 10 : day.n } : k[i].text };
	}
	return true;
}

static bool obligations_show(struct visit *v, struct form *f)
{
	struct obligations_view w = { .form = f };
	struct obligation *d;
	struct counts c;
	struct str *question;
	size_t n;
	if (!incident_get(v->op, path_number(v, "n"), &w.i) || !counts_of(v, &w.i, &c, NULL, &w.counted) || !incident_obligations_counted(v->op, &w.i, &c, &d, &n) || !known_fill(v, w.i.id, &w))
		return false;
	struct filing *filing;
	size_t filings;
	if (!filings_of(v->op, w.i.id, d, n, &filing, &filings))
		return false;
	struct obligation_row *row = ARENA_ARRAY(v->op->a, struct obligation_row, n + 1);
	for (size_t i = 0; i < n; i++)
		row[i] = (struct obligation_row){ .to = (int)d[i].to, .force = (int)d[i].force, .whom = d[i].law && d[i].to != TO_PEOPLE ? arena_say(v->op->a, STR_FMT ": " STR_FMT, STR_ARG(d[i].law->name), STR_ARG(d[i].whom)) : d[i].law ? d[i].whom : visit_said(v, d[i].whom), .citation = d[i].law ? d[i].citation : visit_said(v, d[i].citation), .checked = d[i].law ? d[i].law->checked_through : STR(""), .code = d[i].code,
			.by = d[i].by >= FAR_OFF ? STR("") : due_words(v, d[i].by), .late = d[i].by <= v->op->now, .people = d[i].must + d[i].should + d[i].look, .monitoring = d[i].monitoring,
			.because = all_told(v, d[i].because, d[i].n), .n = d[i].n, .party = obligee_name(d[i].to) };
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < filings; k++)
			if (filing[k].sent && filing[k].owed.to == d[i].to && str_eq(filing[k].owed.code, d[i].code))
				row[i].sent = day_words(v, filing[k].sent), row[i].how = filing[k].how;
	laws_questions(v->op->a, d, n, &question, &w.questions);
	w.question = all_told(v, question, w.questions);
	w.row = row, w.rows = n, w.uncounted = !c.known;
	w.house = day_words(v, law_house_day(v->op->zone, w.i.discovered));
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)w.i.id);
	page_obligations(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Whom to tell, by when")));
}

bool obligations_page(struct visit *v)
{
	return obligations_show(v, &(struct form){ 0 });
}

bool facts_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct known_fact *k;
	size_t n;
	if (!incident_known(v->op, path_number(v, "n"), &k, &n))
		return false;
	act_begin(v, &a, "incident fact");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	for (size_t i = 0; i < n; i++) {                         /* emptied: taken back */
		struct str typed = k[i].moment ? form_date_text(v->op->a, v->ask->form, k[i].name) : visit_text(v, k[i].name);
		act_give(v, &a, k[i].name, typed.n || !k[i].text.n ? typed : STR("unknown"));
	}
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/incident/" STR_FMT "/obligations", STR_ARG(pair_text(v->ask->param, "n"))));
	act_fault(v, &f);
	return obligations_show(v, &f);
}

/* ---- the letter to one of them ---- */

static bool filing_asked(struct visit *v, struct filing *f)
{
	return filing_named(v->op, path_number(v, "n"), pair_text(v->ask->param, "to"), pair_text(v->ask->param, "code"), f);
}

static struct str filing_path(struct visit *v)
{
	return arena_say(v->op->a, "/incident/%lld/filing/" STR_FMT "/" STR_FMT, (long long)path_number(v, "n"), STR_ARG(pair_text(v->ask->param, "to")), STR_ARG(pair_text(v->ask->param, "code")));
}

static bool filing_show(struct visit *v, const struct form *form)
{
	struct filing f;
	struct filing_letter letter;
	struct filing_view w = { .form = form, .f = &f, .letter = &letter, .may = v->session->login.role & ROLES_LEAD };
	if (!incident_get(v->op, path_number(v, "n"), &w.i) || !filing_asked(v, &f) || !filing_letter(v->op, w.i.id, &f, v->o->language == SPANISH, &letter, -1))
		return false;
	w.path.s = filing_path(v), w.pdf.s = arena_say(v->op->a, STR_FMT "/letter.pdf", STR_ARG(w.path.s));
	w.whom = f.owed.law ? arena_say(v->op->a, STR_FMT ": " STR_FMT, STR_ARG(f.owed.law->name), STR_ARG(f.owed.whom)) : visit_said(v, f.owed.whom);
	w.by = f.owed.by >= FAR_OFF ? STR("") : due_words(v, f.owed.by), w.late = f.owed.by <= v->op->now;
	w.where = filing_where(v->op, &f, v->o->language == SPANISH);
	if (str_starts(w.where, STR("https://")))
		w.portal.s = str_split(&w.where, ' ');
	w.sent = f.sent ? day_words(v, f.sent) : STR("");
	v->back = arena_say(v->op->a, "/incident/%lld/obligations", (long long)w.i.id);
	v->faulty |= form->n > 0;
	page_filing(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "The letter to an office or partner")));
}

bool filing_page(struct visit *v)
{
	return filing_show(v, &(struct form){ 0 });
}

bool filing_letter_page(struct visit *v)
{
	struct filing f;
	struct filing_letter letter;
	int fd = memfd_create("filing", MFD_CLOEXEC);
	return pdf_answer(v, fd, fd >= 0 && filing_asked(v, &f) && filing_letter(v->op, path_number(v, "n"), &f, v->o->language == SPANISH, &letter, fd), PDF_MAX, "letter");
}

/* ---- the proofs that go along, as one file ---- */

struct packing { struct pack pack; struct op *op; };

static bool proof_pack(void *to, const char *name, struct str bytes)
{
	enum { PROOF_MAX = 1 << 20 };
	struct packing *p = to;
	struct buf b = BUF(PROOF_MAX);
	buf_put(&b, bytes);
	bool good = pack_begin(&p->pack, name, &p->op->err) && pack_put(&p->pack, &b, &p->op->err) && pack_file_end(&p->pack, &p->op->err);
	buf_free(&b);
	return good;
}

bool proofs_page(struct visit *v)
{
	int64_t made, lacking;
	struct packing p = { .pack = { .a = v->op->a, .folder = -1, .zip = memfd_create("proofs", MFD_CLOEXEC), .fd = -1 }, .op = v->op };
	struct incident i;
	bool good = p.pack.zip >= 0 ? incident_get(v->op, path_number(v, "n"), &i) && filing_proofs(v->op, i.id, proof_pack, &p, &made, &lacking) && pack_end(&p.pack, &v->op->err) : err_errno(&v->op->err, "The export can't be made");
	if (good) {
		v->reply->fd = p.pack.zip, v->reply->size = p.pack.zipped;
		v->reply->type = "application/zip";
		reply_head(v->reply, "Content-Disposition", arena_say(v->op->a, "attachment; filename=\"proofs-%lld.zip\"", (long long)i.id));
	} else if (p.pack.zip >= 0) {
		close(p.pack.zip);
	}
	return good;
}

bool filing_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	bool back = str_eq(visit_text(v, "do"), STR("unsent"));
	act_begin(v, &a, back ? "filing unsent" : "filing sent");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "to", pair_text(v->ask->param, "to"));
	act_give(v, &a, "code", pair_text(v->ask->param, "code"));
	if (!back) {
		act_give(v, &a, "on", form_date_text(v->op->a, v->ask->form, "on"));
		act_give(v, &a, "how", visit_text(v, "how"));
		act_give(v, &a, "reference", visit_text(v, "reference"));
	}
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, filing_path(v));
	act_fault(v, &f);
	return filing_show(v, &f);
}
