/* filings - the letters of data/filings.txt filled with an incident's facts, and which of them were sent. */
#include "filings.h"
#include "filings_data.h"
#include "filings_sql.h"
#include "letter.h"
#include "paper.h"

#include <inttypes.h>

enum { LINES_MAX = 60, PASSAGES_MAX = 300 };

/* ---- which there are, and which were sent ---- */

/* The months of monitoring that the letters to the people of that law owe. */
static unsigned months_of(const struct obligation *owed, size_t n, struct str code)
{
	for (size_t i = 0; i < n; i++)
		if (owed[i].to == TO_PEOPLE && str_eq(owed[i].code, code))
			return owed[i].monitoring;
	return 0;
}

bool filings_of(struct op *op, int64_t incident, const struct obligation *owed, size_t all, struct filing **out, size_t *n)
{
	struct sql_filings_of q;
	size_t m = 0;
	struct filing *f = ARENA_ARRAY(op->a, struct filing, all + 1);
	for (size_t i = 0; i < all; i++)
		if (owed[i].to != TO_PEOPLE)
			f[m].months = months_of(owed, all, owed[i].code), f[m++].owed = owed[i];
	if (!sql_filings_of(op, incident, &q))
		return false;
	while (sql_filings_of_next(op, &q))
		for (size_t i = 0; i < m; i++)
			if ((int64_t)f[i].owed.to == q.party && str_eq(f[i].owed.code, q.code))
				f[i].sent = q.sent, f[i].how = q.how, f[i].reference = q.reference;
	*out = f, *n = m;
	return op->err.code == OK;
}

bool filings_list(struct op *op, int64_t incident, struct filing **out, size_t *n)
{
	struct obligation *owed;
	size_t all;
	return incident_obligations(op, incident, &owed, &all) && filings_of(op, incident, owed, all, out, n);
}

bool filing_named(struct op *op, int64_t incident, struct str to, struct str code, struct filing *out)
{
	struct filing *f;
	size_t n;
	if (!filings_list(op, incident, &f, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(to, str_of(obligee_name(f[i].owed.to))) && str_eq_nocase(code, f[i].owed.code)) {
			*out = f[i];
			return true;
		}
	return err_set(&op->err, NOT_FOUND, "code", "This incident obliges to nothing of that name. What it obliges to: handback filing list %" PRId64, incident);
}

/* ---- facts for the letters ---- */

enum fact_value { V_BUSINESS, V_ADDRESS, V_PHONE, V_WHOM, V_LAW, V_WHAT, V_WINDOW, V_DISCOVERED, V_DETERMINED, V_RESIDENTS, V_CUSTOMERS, V_KINDS, V_ENCRYPTED, V_LETTERS, V_PLANNED, V_HOLD, V_MONTHS,
             V_DOING, V_PLACE, VALUES };
struct known { struct facts f; struct place_value v[VALUES]; bool waited, monitoring; int64_t round; };

static struct str known_text(const struct known_fact *k, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(k[i].name, name) == 0)
			return k[i].text;
	return STR("");
}

static int64_t known_at(const struct known_fact *k, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(k[i].name, name) == 0)
			return k[i].text.n ? k[i].at : 0;
	return 0;
}

static struct str hold_words(struct op *op, int64_t since, int64_t until, bool es)
{
	return until < FAR_OFF ? window_words(op, since, until, es)
	                       : arena_say(op->a, es ? "desde el " STR_FMT ", sin fin todavía" : "since " STR_FMT ", with no end yet", STR_ARG(day_said(op, since, es)));
}

static struct str encrypted_said(const struct known_fact *k, size_t n, bool es)
{
	struct str encrypted = known_text(k, n, "encrypted"), key = known_text(k, n, "key-taken");
	if (!encrypted.n)
		return STR("");
	if (str_eq(encrypted, STR("no")))
		return STR("no");
	if (!key.n)
		return es ? STR("sí; no se sabe si también se tomó la clave") : STR("yes; whether the key was taken, too, is not known");
	return str_eq(key, STR("yes")) ? es ? STR("sí, y también se tomó la clave") : STR("yes, and the key was taken, too") : es ? STR("sí, y la clave no se tomó") : STR("yes, and the key was not taken");
}

/* The latest round that was not taken back; 0: none. */
static bool round_of(struct op *op, int64_t incident, int64_t *round)
{
	struct notice_round *r;
	size_t n;
	*round = 0;
	if (!notice_rounds(op, incident, &r, &n))
		return false;
	for (size_t i = 0; i < n && !*round; i++)
		if (!r[i].undone && r[i].audience != AUDIENCE_TOLD)
			*round = r[i].round;
	return true;
}

/* Whoever paid without a name is affected, too, and stands in no count of people. */
static struct str people_said(struct op *op, const struct counts *c, bool es)
{
	return c->unnamed ? arena_say(op->a, es ? "%" PRId64 " (y además pagos que no nombran a nadie: %" PRId64 ")" : "%" PRId64 " (and besides, payments that name nobody: %" PRId64 ")", c->tally.customers, c->unnamed)
	                  : arena_say(op->a, "%" PRId64, c->tally.customers);
}

static bool known_of(struct op *op, int64_t incident, const struct filing *filing, bool es, struct known *out)
{
	static const char *const names[VALUES] = { "business", "address", "phone", "whom", "law", "what", "window", "discovered", "determined", "residents", "customers", "kinds", "encrypted", "letters",
		"planned", "hold", "months", "doing", "place" };
	const struct obligation *o = &filing->owed;
	struct known_fact *k;
	size_t n;
	*out = (struct known){ .monitoring = false };
	if (!facts_of(op, incident, &out->f) || !facts_exact(op, &out->f) || !incident_known(op, incident, &k, &n) || !round_of(op, incident, &out->round))
		return false;
	int64_t determined = known_at(k, n, "determined");
	struct str since = known_text(k, n, "hold-since"), until = known_text(k, n, "hold-until"), by = known_text(k, n, "hold-by"), v[VALUES] = {
		[V_BUSINESS] = op_setting(op, "business.name"), [V_ADDRESS] = op_setting(op, "business.address"), [V_PHONE] = op_setting(op, "business.phone"),
		[V_WHOM] = o->law ? arena_say(op->a, STR_FMT " (" STR_FMT ")", STR_ARG(o->whom), STR_ARG(o->law->name)) : o->whom, [V_LAW] = o->citation, [V_WHAT] = notice_title(&out->f.i, es),
		[V_WINDOW] = facts_window(op, &out->f, es), [V_DISCOVERED] = day_said(op, out->f.i.discovered, es), [V_DETERMINED] = determined ? day_said(op, determined, es) : STR(""),
		[V_RESIDENTS] = arena_say(op->a, "%" PRId64, o->must + o->should + o->look),
		[V_CUSTOMERS] = people_said(op, &out->f.c, es), [V_KINDS] = kinds_named(op, out->f.kinds, es),
		[V_ENCRYPTED] = encrypted_said(k, n, es), [V_LETTERS] = out->f.approved ? day_said(op, out->f.approved, es) : STR(""),
		[V_PLANNED] = day_said(op, law_house_day(op->zone, out->f.i.discovered), es),
		[V_HOLD] = since.n ? arena_say(op->a, STR_FMT "%s" STR_FMT, STR_ARG(hold_words(op, known_at(k, n, "hold-since"), until.n ? known_at(k, n, "hold-until") : FAR_OFF, es)), by.n ? ", " : "", STR_ARG(by)) : STR(""),
		[V_MONTHS] = arena_say(op->a, "%u", filing->months), [V_DOING] = op_setting(op, "notice.doing"), [V_PLACE] = o->law ? o->law->name : STR(""),
	};
	for (int i = 0; i < VALUES; i++)
		out->v[i] = (struct place_value){ names[i], v[i] };
	out->waited = since.n > 0, out->monitoring = filing->months > 0;
	return op->err.code == OK;
}

/* ---- the letter ---- */

static bool holds(const struct known *k, const struct filing *filing, struct str condition)
{
	struct str rest = condition, word = str_split(&rest, ' ');
	if (str_eq(word, STR("code"))) {
		while (rest.p)
			if (str_eq(str_split(&rest, ' '), filing->owed.code))
				return true;
		return false;
	}
	return str_eq(condition, STR("waited"))       ? k->waited
	       : str_eq(condition, STR("monitoring")) ? k->monitoring
	       : str_eq(condition, STR("letters"))    ? k->f.approved != 0
	       : str_eq(condition, STR("unsent"))     ? k->f.approved == 0
	                                              : facts_hold(&k->f, condition);
}

/* A value that is lacking is one to fill in: "{determined}" alone becomes nothing. */
static bool all_known(const struct known *k, struct str text)
{
	for (int i = 0; i < VALUES; i++) {
		struct str name = str_of(k->v[i].name);
		for (size_t at = 0; at + name.n + 2 <= text.n; at++)
			if (text.p[at] == '{' && memcmp(text.p + at + 1, name.p, name.n) == 0 && text.p[at + 1 + name.n] == '}' && !k->v[i].value.n)
				return false;
	}
	return true;
}

static struct filing_line line_of(struct op *op, const struct known *k, const struct line *l, struct str text)
{
	struct filing_line out = { .title = str_eq(l->word, STR("title")) };
	bool row = str_eq(l->word, STR("row")), fill = str_eq(l->word, STR("fill"));
	if (!row && !fill) {
		out.value = filled(op, text, k->v, VALUES);
		return out;
	}
	const char *equals = memmem(text.p, text.n, " = ", 3);
	struct str label = { text.p, equals ? (size_t)(equals - text.p) : text.n }, value = equals ? (struct str){ equals + 3, text.n - label.n - 3 } : STR("");
	out.label = filled(op, label, k->v, VALUES);
	out.fill = fill || !all_known(k, value);
	out.value = out.fill && !fill ? STR("") : filled(op, value, k->v, VALUES);
	return out;
}

/* The lines of one letter: those whose condition holds, in the language. */
static size_t lines_of(struct op *op, const struct known *k, const struct filing *filing, bool es, struct filing_line *line)
{
	struct str data = data_filings_txt, text = STR("");
	struct line l, kept = { { 0 }, { 0 } };
	bool here = false, good = true;
	size_t n = 0;
	for (bool more = true; more;) {
		more = str_entry(&data, &l.word, &l.rest);
		if (more && str_eq(l.word, STR("es"))) {
			text = es ? l.rest : text;
			continue;
		}
		if (more && str_eq(l.word, STR("if"))) {
			good &= holds(k, filing, l.rest);
			continue;
		}
		if (here && kept.word.n && good && n < LINES_MAX)
			line[n++] = line_of(op, k, &kept, text);
		kept = l, text = l.rest, good = true;
		if (more && str_eq(l.word, STR("to")))
			here = str_eq(l.rest, str_of(obligee_name(filing->owed.to))), kept.word = STR("");
	}
	return n;
}

static struct str line_text(struct op *op, const struct filing_line *l, bool es)
{
	const char *mark = es ? "[POR COMPLETAR" : "[TO FILL IN";
	if (!l->label.n)
		return l->value;
	if (!l->fill)
		return arena_say(op->a, STR_FMT ": " STR_FMT, STR_ARG(l->label), STR_ARG(l->value));
	return l->value.n ? arena_say(op->a, STR_FMT ": %s: " STR_FMT "]", STR_ARG(l->label), mark, STR_ARG(l->value)) : arena_say(op->a, STR_FMT ": %s]", STR_ARG(l->label), mark);
}

/* Regulators want a copy of what people read: behind the letter, as it reads for those of their place. */
static bool copy_put(struct op *op, int64_t incident, const struct known *k, const struct filing *filing, bool es, struct passage *p, size_t *n)
{
	static const enum passage_sort sorts[] = { [LINE_TITLE] = PASSAGE_HEADING, [LINE_HEADING] = PASSAGE_HEADING, [LINE_TEXT] = PASSAGE_TEXT, [LINE_BULLET] = PASSAGE_BULLET, [LINE_NUMBERED] = PASSAGE_NUMBERED };
	const struct notice_line *line;
	size_t lines;
	if (filing->owed.to != TO_REGULATOR)
		return true;
	if (!k->round) {
		p[(*n)++] = (struct passage){ PASSAGE_TEXT, es ? STR("[POR COMPLETAR: la copia; todavía no hay ningún aviso redactado]") : STR("[TO FILL IN: the copy; no notice is drafted yet]") };
		return true;
	}
	if (!notice_sample(op, incident, k->round, filing->owed.code, es, &line, &lines))
		return false;
	for (size_t i = 0; i < lines && *n < PASSAGES_MAX; i++)
		p[(*n)++] = (struct passage){ sorts[line[i].sort], line[i].text };
	return true;
}

bool filing_letter(struct op *op, int64_t incident, const struct filing *filing, bool es, struct filing_letter *out, int pdf)
{
	struct known k;
	struct passage *p = ARENA_ARRAY(op->a, struct passage, PASSAGES_MAX + 1);
	struct filing_line *line = ARENA_ARRAY(op->a, struct filing_line, LINES_MAX);
	struct buf b = BUF(256 << 10);
	size_t passages = 0;
	if (!known_of(op, incident, filing, es, &k))
		return false;
	*out = (struct filing_letter){ .line = line, .n = lines_of(op, &k, filing, es, line) };
	for (size_t i = 0; i < out->n; i++) {
		p[passages++] = (struct passage){ line[i].title ? PASSAGE_TITLE : PASSAGE_TEXT, line_text(op, &line[i], es) };
		out->fills += line[i].fill;
	}
	if (!copy_put(op, incident, &k, filing, es, p, &passages))
		return false;
	for (size_t i = 0; i < passages; i++) {
		buf_put(&b, p[i].sort == PASSAGE_BULLET ? STR("- ") : STR(""));
		buf_put(&b, p[i].text);
		buf_put(&b, STR("\n\n"));
	}
	out->text = str_trim(arena_str(op->a, buf_str(&b)));
	buf_free(&b);
	return pdf < 0 || pdf_made(op, k.v[V_WHOM].value, p, passages, es, pdf);
}

struct str filing_where(struct op *op, const struct filing *f, bool es)
{
	const struct attorney *a = f->owed.law ? law_attorney(f->owed.law->code) : NULL;
	const struct portal *p = f->owed.law ? law_portal(f->owed.law->code) : NULL;
	if (f->owed.to != TO_REGULATOR)
		return STR("");
	if (p)
		return arena_say(op->a, es ? STR_FMT " " STR_FMT "%s" STR_FMT " (Visto en " STR_FMT ".%s)" : STR_FMT " " STR_FMT "%s" STR_FMT " (Seen in " STR_FMT ".%s)", STR_ARG(p->page), STR_ARG(es ? p->how_es : p->how),
		                 a ? es ? " Su contacto: " : " Its contact: " : "", STR_ARG(a ? a->contact : STR("")), STR_ARG(p->seen),
		                 p->sure ? "" : es ? " Mire si sigue siendo así." : " Look whether it is still so.");
	if (!a)
		return es ? STR("Revise: no sabemos a qué dirección o formulario va. Llame a la oficina, diga que debe avisar de una filtración y pregunte con qué formulario y si por correo electrónico o postal. Su sitio web también lo dice: busque allí «data breach» o «security breach». El plazo sigue mientras tanto.")
		          : STR("Look: we do not know which address or web form it goes to. Call the office, say that you have to report a breach, and ask by which form, and whether by e-mail or by post. Its own website says so, too: look there for \"data breach\" or \"security breach\". The clock runs meanwhile.");
	return arena_say(op->a, es ? STR_FMT ". Muchas quieren su propio formulario: búsquelo allí como «data breach»." : STR_FMT ". Many want their own web form: look there for \"data breach\".", STR_ARG(a->contact));
}
