/* saq - which questionnaire fits, by the rules of data/questions.txt, and the fewest changes to a smaller one. Touches nothing but its arguments. */
#include "saq.h"

#include "payment_data.h"

#include <assert.h>
#include <stdlib.h>

enum { REQUIREMENTS_MAX = 300, CANDIDATES_MAX = 120, THEN_MAX = 4 };

static const char *const names[FORMS] = {
	[FORM_NONE] = "no form", [FORM_A] = "SAQ A", [FORM_A_EP] = "SAQ A-EP", [FORM_B] = "SAQ B", [FORM_B_IP] = "SAQ B-IP", [FORM_C] = "SAQ C", [FORM_C_VT] = "SAQ C-VT",
	[FORM_P2PE] = "SAQ P2PE", [FORM_SPOC] = "SAQ SPoC", [FORM_PROVIDER] = "no form", [FORM_D] = "SAQ D",
};

const char *saq_name(enum saq s)
{
	return names[s];
}

/* ---- the requirements ---- */

static struct requirement requirement[REQUIREMENTS_MAX];
static size_t requirement_n, sizes[FORMS];

static void requirements_read(void)
{
	static const enum saq columns[] = { FORM_A, FORM_A_EP, FORM_B, FORM_B_IP, FORM_C, FORM_C_VT, FORM_P2PE, FORM_D };
	struct str rest = data_pci_saq_txt;
	size_t n = 0;
	if (requirement_n)
		return;
	while (rest.p) {
		struct str line = str_split(&rest, '\n');
		if (!line.n || line.p[0] == '#')
			continue;
		assert(n < REQUIREMENTS_MAX);
		struct requirement *r = &requirement[n++];
		*r = (struct requirement){ .id = str_split(&line, '|') };
		for (size_t i = 0; i < LENGTH(columns); i++)
			if (str_split(&line, '|').n) {
				r->forms |= 1u << columns[i];
				sizes[columns[i]]++;
			}
		r->answered_by = str_split(&line, '|');
		r->gist = str_split(&line, '|');
		r->gist_es = line;
		if (r->forms & 1u << FORM_P2PE)
			r->forms |= 1u << FORM_SPOC;
		if (r->forms & 1u << FORM_D)
			r->forms |= 1u << FORM_PROVIDER;
	}
	sizes[FORM_SPOC] = sizes[FORM_P2PE], sizes[FORM_PROVIDER] = sizes[FORM_D];
	requirement_n = n;
}

const struct requirement *saq_requirements(size_t *n)
{
	requirements_read();
	*n = requirement_n;
	return requirement;
}

size_t saq_size(enum saq s)
{
	requirements_read();
	return sizes[s];
}

/* ---- what fits ---- */

static bool larger(const struct fit *a, const struct fit *b)
{
	size_t x = saq_size(a->form), y = saq_size(b->form);
	return x > y || (x == y && a->form == FORM_D && b->form == FORM_PROVIDER);
}

static void fit_add(struct assessment *out, size_t part, const struct form_rule *r)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->all[i].part == part && out->all[i].form == r->form)
			return;
	assert(out->n < FITS_MAX);
	out->all[out->n++] = (struct fit){ r->form, part, r };
}

/* The first rule of the part that holds. */
static void part_fit(const struct answers *a, const bool asked[QUESTIONS_MAX], size_t part, struct assessment *out)
{
	const struct part *p = &walk_parts[part];
	for (size_t i = p->form; i < p->form + p->forms; i++)
		if (condition_holds(a, asked, &form_rules[i].when)) {
			fit_add(out, part, &form_rules[i]);
			return;
		}
}

void saq_assess(const struct answers *given, struct assessment *out)
{
	static _Thread_local struct answers a;               /* large */
	bool asked[QUESTIONS_MAX];
	size_t code;
	a = *given;
	*out = (struct assessment){ 0 };
	for (size_t q; (q = question_next(&a, 0)) < questions_n;)
		a.set[q] = q ? ANSWER_UNKNOWN : (1u << questions[0].options) - 1;
	questions_asked(&a, asked);
	for (size_t p = 0; p < walk_parts_n; p++) {
		int ways = walk_parts[p].ways;
		uint32_t all = ways < 0 ? 0 : a.set[ways];
		if (!part_chosen(&a, p))
			continue;
		if (ways < 0 || !asked[ways]) {
			part_fit(&a, asked, p, out);
			continue;
		}
		for (uint32_t left = all; left; left &= left - 1) {
			a.set[ways] = left & -left;
			part_fit(&a, asked, p, out);
		}
		a.set[ways] = all;
	}
	for (size_t i = 0; i < out->n; i++) {
		out->several |= out->all[i].form != out->all[0].form && out->all[0].part != 0;   /* what the business keeps makes all of it one form */
		if (!i || larger(&out->all[i], &out->fit))
			out->fit = out->all[i];
	}
	bool there = question_named(STR("code_kept"), &code);
	assert(there);
	out->code_kept = asked[code] && a.set[code] != 1;        /* the first option is no */
}

/* ---- what would make it smaller ---- */

struct candidate { struct saq_change change; uint32_t set; struct condition then; };      /* then: answers that come with it */

/* Leaving this channel out: what takes its place is used from then on, as is said there; one that is used already stays as it is. */
static struct candidate dropped(const struct answers *a, size_t q, size_t option)
{
	const struct condition *then = &questions[q].option[option].then;
	struct candidate c = { { q, (int)option, true }, a->set[q] & ~(1u << option), { 0 } };
	if (then->n && !part_chosen(a, questions[then->clause->question].part)) {
		c.set |= 1u << (questions[then->clause->question].part - 1);
		c.then = *then;
	}
	return c;
}

/* Finding out comes first: it costs nothing. */
static size_t candidates(const struct answers *a, struct candidate *out)
{
	bool asked[QUESTIONS_MAX];
	size_t n = 0;
	questions_asked(a, asked);
	for (size_t k = 0; k < 2 * questions_n; k++) {
		size_t q = k % questions_n;
		if (!asked[q] || (a->set[q] == ANSWER_UNKNOWN) != (k < questions_n))
			continue;
		for (size_t i = 0; i < questions[q].options && n < CANDIDATES_MAX; i++) {
			const struct option *o = &questions[q].option[i];
			struct candidate drop = { 0 };
			uint32_t bit = 1u << i;
			if (o->drop.en && a->set[q] & bit)
				drop = dropped(a, q, i);
			if (a->set[q] == ANSWER_UNKNOWN)
				out[n++] = (struct candidate){ { q, -1, false }, bit, { 0 } };
			else if (o->change.en && a->set[q] != bit)
				out[n++] = (struct candidate){ { q, (int)i, false }, bit, { 0 } };
			else if (drop.set)
				out[n++] = drop;
		}
	}
	return n;
}

struct search { struct answers a; const struct candidate *c; size_t n, before, best; size_t picked[CHANGES_MAX]; struct saq_advice *out; };

/* All choices of `more` further candidates behind the last one. */
static void look(struct search *s, size_t depth, size_t more, size_t from)
{
	assert(depth + (more > 0) <= CHANGES_MAX);
	if (!more) {
		struct assessment now;
		saq_assess(&s->a, &now);
		size_t size = saq_size(now.fit.form);
		if (size >= s->best)
			return;
		s->best = size;
		s->out->n = depth, s->out->form = now.fit.form;
		for (size_t i = 0; i < depth; i++)
			s->out->change[i] = s->c[s->picked[i]].change;
		return;
	}
	for (size_t i = from; i < s->n; i++) {
		size_t q = s->c[i].change.question;
		bool again = false;
		for (size_t k = 0; k < depth; k++)
			again |= s->c[s->picked[k]].change.question == q;
		if (again)
			continue;
		const struct condition *then = &s->c[i].then;
		uint32_t before = s->a.set[q], other[THEN_MAX];
		assert(then->n <= THEN_MAX);
		for (size_t k = 0; k < then->n; k++) {
			other[k] = s->a.set[then->clause[k].question];
			s->a.set[then->clause[k].question] = then->clause[k].any;
		}
		s->a.set[q] = s->c[i].set;
		s->picked[depth] = i;
		look(s, depth + 1, more - 1, i + 1);
		s->a.set[q] = before;
		for (size_t k = 0; k < then->n; k++)
			s->a.set[then->clause[k].question] = other[k];
	}
}

void saq_advise(const struct answers *a, struct saq_advice *out)
{
	static _Thread_local struct search s;                /* large */
	struct candidate c[CANDIDATES_MAX];
	struct assessment now;
	saq_assess(a, &now);
	*out = (struct saq_advice){ 0 };
	s = (struct search){ .a = *a, .c = c, .n = candidates(a, c), .before = saq_size(now.fit.form), .best = saq_size(now.fit.form), .out = out };
	for (size_t k = 1; k <= CHANGES_MAX && !out->n; k++)
		look(&s, 0, k, 0);
}

/* ---- in words ---- */

static const char *in(const struct both *b, bool spanish)
{
	return spanish ? b->es : b->en;
}

struct str saq_change_say(struct arena *a, const struct saq_change *c, bool spanish)
{
	const struct question *q = &questions[c->question];
	if (c->option < 0)
		return arena_say(a, spanish ? "Averigüe: %s" : "Find out: %s", in(&q->ask, spanish));
	return str_of(in(c->drop ? &q->option[c->option].drop : &q->option[c->option].change, spanish));
}

struct str saq_say(struct arena *a, const struct assessment *s, bool spanish)
{
	struct buf b = BUF(8192);
	if (!s->n)
		return str_of(spanish ? "No se aceptan tarjetas, así que no hay cuestionario que llenar. Los datos bancarios y los de los clientes siguen en el mapa."
		                      : "No card is taken, so there is no questionnaire to fill in. Bank details and customers' details are on the map all the same.");
	if (s->fit.form == FORM_PROVIDER)
		buf_printf(&b, spanish ? "Para esto no hay cuestionario propio, porque %s. Pregunte a su empresa de pagos; sin otra respuesta vale SAQ D, con %zu requisitos, de los que la mayoría no se aplica."
		                       : "There is no questionnaire for this, because %s. Ask your payment company; without another answer SAQ D counts, with %zu requirements of which most do not apply.",
		           in(&s->fit.because->because, spanish), saq_size(FORM_D));
	else
		buf_printf(&b, spanish ? "Corresponde %s, con %zu requisitos, porque %s." : "%s fits, with %zu requirements, because %s.", saq_name(s->fit.form), saq_size(s->fit.form),
		           in(&s->fit.because->because, spanish));
	if (s->several)
		buf_put(&b, spanish ? STR(" Usted cobra de varias formas: puede ser un formulario para cada una si su adquirente lo acepta, y si no, SAQ D para todo.")
		                    : STR(" You are paid in several ways: one form for each, if your acquirer agrees, else SAQ D for all."));
	else
		buf_put(&b, spanish ? STR(" Su empresa de pagos decide qué formulario acepta, y quizá no pida ninguno.")
		                    : STR(" Your payment company decides which form it takes, and may ask for none."));
	struct str text = arena_str(a, buf_str(&b));
	buf_free(&b);
	return text;
}

/* Nothing small makes the largest form smaller: which answers, one in each channel, make it that. */
static void say_causes(struct buf *b, const struct assessment *s, bool spanish)
{
	size_t said = 0;
	buf_put(b, spanish ? STR("No conocemos uno, dos o tres cambios que lleven a uno más pequeño. Lo que más cuenta: ")
	                   : STR("No one, two or three changes that we know of lead to a smaller one. What counts most: "));
	for (size_t i = 0; i < s->n; i++)
		if (saq_size(s->all[i].form) == saq_size(s->fit.form))
			buf_printf(b, "%s%s: %s", said++ ? "; " : "", in(&walk_parts[s->all[i].part].title, spanish), in(&s->all[i].because->because, spanish));
	buf_byte(b, '.');
}

struct str saq_advice_say(struct arena *a, const struct assessment *s, const struct saq_advice *advice, bool spanish)
{
	struct buf b = BUF(8192);
	if (!advice->n) {
		if (saq_size(s->fit.form) == saq_size(FORM_D))
			say_causes(&b, s, spanish);
		struct str causes = arena_str(a, buf_str(&b));
		buf_free(&b);
		return causes;
	}
	for (size_t i = 0; i < advice->n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? spanish ? "; y " : "; and " : "", STR_ARG(saq_change_say(a, &advice->change[i], spanish)));
	if (advice->form == FORM_NONE)
		buf_printf(&b, spanish ? ": de %zu requisitos a ninguno" : ": from %zu requirements to none", saq_size(s->fit.form));
	else
		buf_printf(&b, spanish ? ": de %zu requisitos a %zu (%s)" : ": from %zu requirements to %zu (%s)", saq_size(s->fit.form), saq_size(advice->form), saq_name(advice->form));
	if (advice->change[0].option < 0)
		buf_put(&b, spanish ? STR(", si la respuesta es la buena") : STR(", if the answer is the good one"));
	buf_byte(&b, '.');
	struct str text = arena_str(a, buf_str(&b));
	buf_free(&b);
	return text;
}
