/* look - a service with all that follows from what is known of it; and side by side, before taking on another. */
#include "services.h"
#include "signins.h"

#include <inttypes.h>
#include <stdlib.h>

bool service_look(struct op *op, const struct service *s, struct looked *out)
{
	*out = (struct looked){ .s = *s };
	if (!service_holding(op, s->id, &out->h) || !service_lacks(op, s, &out->h, &out->lack, &out->lacks))
		return false;
	out->stakes = service_stakes(s, &out->h), out->weight = stakes_weight(out->stakes);
	for (size_t i = 0; i < out->lacks; i++)
		out->missing += !out->lack[i].met;
	return true;
}

/* One customer's e-mail address is one piece, a payment that names nobody another. */
static int64_t pieces(const struct holding *h)
{
	int64_t n = h->unnamed + h->found;
	for (int k = 0; k < KIND_COUNT; k++)
		n += h->by_kind[k];
	return n;
}

static int most_data_first(const void *a, const void *b)
{
	const struct looked *x = a, *y = b;
	int64_t n = pieces(&x->h), m = pieces(&y->h);
	return x->h.customers != y->h.customers ? (x->h.customers < y->h.customers) - (x->h.customers > y->h.customers) : n != m ? (n < m) - (n > m) : str_cmp(x->s.name, y->s.name);
}

bool services_look(struct op *op, bool gone_too, struct looked **out, size_t *n)
{
	struct service *s;
	size_t m;
	if (!services_list(op, gone_too, &s, &m))
		return false;
	struct looked *l = ARENA_ARRAY(op->a, struct looked, m + 1);
	for (size_t i = 0; i < m; i++)
		if (!service_look(op, &s[i], &l[i]))
			return false;
	if (m)
		qsort(l, m, sizeof *l, most_data_first);
	*out = l, *n = m;
	return true;
}

/* ---- before taking one on ---- */

const struct tongues questions_before[QUESTIONS_BEFORE] = {
	{ STR("Which data of our customers gets there? Does any card number?"), STR("¿Qué datos de nuestros clientes llegan ahí? ¿Algún número de tarjeta?") },
	{ STR("Whose word is there that it takes care: AOC, SOC 2, ISO 27001? Until when?"), STR("¿Quién dice que cuida los datos: AOC, SOC 2, ISO 27001? ¿Hasta cuándo?") },
	{ STR("Who of us signs in there, and with a second step? Who of them can reach our data?"), STR("¿Quién de nosotros entra ahí, y con un segundo paso? ¿Quién de ellos alcanza nuestros datos?") },
	{ STR("If it is broken into: within how many hours does it tell us, and whom do we call at night?"), STR("Si le roban datos: ¿en cuántas horas nos avisa, y a quién llamamos de noche?") },
	{ STR("How do we get our data out, and what happens to it when we leave?"), STR("¿Cómo sacamos nuestros datos, y qué pasa con ellos cuando nos vayamos?") },
};

static const struct tongues ask_it = { STR("Not known: ask it."), STR("No se sabe: pregunte.") };

static struct tongues both_of(struct op *op, const char *en, const char *es, struct tongues t)
{
	return (struct tongues){ arena_say(op->a, "%s" STR_FMT, en, STR_ARG(t.en)), arena_say(op->a, "%s" STR_FMT, es, STR_ARG(t.es)) };
}

static void known_fill(struct op *op, const struct known_service *k, struct compared *c)
{
	c->usual = k->usual, c->maybe = k->maybe;
	c->care = k->card != CARD_NONE || k->way.en.n ? both_of(op, "Not seen yet. ", "Todavía no se ha visto. ", k->way) : ask_it;
	c->sign_in = k->second ? (struct tongues){ STR("It offers a second step."), STR("Ofrece un segundo paso.") }
	                       : (struct tongues){ STR("Whether it offers a second step varies: look."), STR("Si ofrece un segundo paso, varía: mírelo.") };
	c->promise = ask_it;
	c->out = both_of(op, "Out: ", "Para salir: ", k->export);
}

static struct tongues care_of(struct op *op, const struct evidence *e, size_t n)
{
	struct buf en = BUF(4096), es = BUF(4096);
	for (size_t i = 0; i < n; i++) {
		bool audit = e[i].sort->word == WORD_AUDITOR || e[i].sort->word == WORD_BRAND || e[i].sort->word == WORD_CONTRACT;
		if (!audit || e[i].until <= op->now)
			continue;
		bool ends = e[i].until < FAR_OFF;
		buf_printf(&en, "%s" STR_FMT "%s" STR_FMT, en.n ? "; " : "", STR_ARG(e[i].sort->says.en), ends ? ", until " : "", STR_ARG(ends ? when_day_text(op->a, op->zone, e[i].until - 1, "en") : STR("")));
		buf_printf(&es, "%s" STR_FMT "%s" STR_FMT, es.n ? "; " : "", STR_ARG(e[i].sort->says.es), ends ? ", hasta el " : "", STR_ARG(ends ? when_day_text(op->a, op->zone, e[i].until - 1, "es") : STR("")));
	}
	struct tongues t = en.n ? (struct tongues){ arena_str(op->a, buf_str(&en)), arena_str(op->a, buf_str(&es)) } : (struct tongues){ STR("Nothing noted yet."), STR("Todavía nada anotado.") };
	buf_free(&en);
	buf_free(&es);
	return t;
}

static bool sign_in_of(struct op *op, holder_id id, struct tongues *t)
{
	struct access *a;
	size_t n, all = 0, second = 0;
	if (!access_list(op, false, &a, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (a[i].holder.id.n == id.n)
			all++, second += a[i].second == SECOND_YES;
	*t = all ? (struct tongues){ arena_say(op->a, "%s of ours, %zu with a second step.", counted(op->a, (int64_t)all, "sign-in", "sign-ins"), second),
	                             arena_say(op->a, "%zu de nosotros, %zu con segundo paso.", all, second) }
	         : (struct tongues){ STR("Nobody of us is noted."), STR("No hay nadie anotado.") };
	return true;
}

static struct tongues promise_of(struct op *op, const struct service *s)
{
	if (s->hours == HOURS_UNTOLD && !s->contact.n)
		return (struct tongues){ STR("Nothing noted yet."), STR("Todavía nada anotado.") };
	const char *en = s->hours == HOURS_UNTOLD ? "Hours: not noted." : s->hours == HOURS_NONE ? "It promises nothing." : arena_printf(op->a, "Within %s.", counted(op->a, s->hours, "hour", "hours"));
	const char *es = s->hours == HOURS_UNTOLD ? "Horas: sin anotar." : s->hours == HOURS_NONE ? "No promete nada." : arena_printf(op->a, "En %s.", counted(op->a, s->hours, "hora", "horas"));
	return (struct tongues){ arena_say(op->a, "%s%s" STR_FMT, en, s->contact.n ? " Call: " : "", STR_ARG(s->contact)), arena_say(op->a, "%s%s" STR_FMT, es, s->contact.n ? " Llamar: " : "", STR_ARG(s->contact)) };
}

static bool ours_fill(struct op *op, const struct service *s, struct compared *c)
{
	struct evidence *e;
	size_t n;
	*c = (struct compared){ .name = s->name, .ours = true };
	if (!service_holding(op, s->id, &c->h) || !evidence_list(op, s->id, false, &e, &n) || !sign_in_of(op, s->id, &c->sign_in))
		return false;
	for (int k = 0; k < KIND_COUNT; k++)
		c->usual |= c->h.by_kind[k] ? (kinds)1 << k : 0;
	c->care = care_of(op, e, n), c->promise = promise_of(op, s);
	c->out = s->known ? both_of(op, "Out: ", "Para salir: ", s->known->export) : ask_it;
	return true;
}

bool service_compare(struct op *op, struct str name, struct compared **out, size_t *n)
{
	const struct known_service *k = service_known(name);
	struct service *s;
	size_t all, m = 0;
	if (!name.n || name.n > 200)
		return err_set(&op->err, INVALID, "service", "A service's name has 1 to 200 characters.");
	if (!services_list(op, false, &s, &all))
		return false;
	struct compared *c = ARENA_ARRAY(op->a, struct compared, all + 1);
	c[m] = (struct compared){ .name = k ? k->name : name, .care = ask_it, .sign_in = ask_it, .promise = ask_it, .out = ask_it };
	if (k)
		known_fill(op, k, &c[m]);
	m++;
	for (size_t i = 0; i < all; i++) {
		bool same = !k || (s[i].known && str_eq(s[i].known->class, k->class));
		if (s[i].until > op->now && same && !(k && s[i].known == k) && !ours_fill(op, &s[i], &c[m++]))
			return false;
	}
	*out = c, *n = m;
	return true;
}
