/* obligations - whom an incident obliges the business to tell, by when: the exposure by places and kinds, and what is known besides, given to the laws. */
#include "incident_int.h"
#include "incident_sql.h"
#include "laws.h"
#include "log.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- who lives where, with which kinds exposed ---- */

/* Places and kinds that were met, found again by their hash. */
struct living { struct op *op; const struct exposed *e; struct residents *of; size_t n, room; uint32_t *slot; size_t slots; int64_t letters; };

static uint64_t living_hash(struct str place, kinds of)
{
	static const uint8_t key[16] = "places and kinds";
	return hash64(place, key) ^ (of * 0x9E3779B97F4A7C15u);
}

static void slot_put(struct living *l, size_t i)
{
	size_t at = living_hash(l->of[i].place, l->of[i].kinds) & (l->slots - 1);
	while (l->slot[at])
		at = (at + 1) & (l->slots - 1);
	l->slot[at] = (uint32_t)i + 1;
}

static struct residents *living_at(struct living *l, struct str place, kinds of)
{
	for (size_t at = living_hash(place, of) & (l->slots - 1); l->slot[at]; at = (at + 1) & (l->slots - 1)) {
		struct residents *r = &l->of[l->slot[at] - 1];
		if (r->kinds == of && str_eq(r->place, place))
			return r;
	}
	if (2 * (l->n + 1) > l->slots) {
		l->slots *= 2;
		l->slot = ARENA_ARRAY(l->op->a, uint32_t, l->slots);
		for (size_t i = 0; i < l->n; i++)
			slot_put(l, i);
	}
	l->of = arena_more(l->op->a, l->of, l->n, &l->room, sizeof *l->of);
	l->of[l->n++] = (struct residents){ arena_str(l->op->a, place), of, 0 };
	slot_put(l, l->n - 1);
	return &l->of[l->n - 1];
}

/* An address of the armed forces tells the post where to, and not in which state somebody lives. */
static bool forces(struct str region)
{
	return str_eq(region, STR("US-AA")) || str_eq(region, STR("US-AE")) || str_eq(region, STR("US-AP"));
}

static void lives(void *to, customer_id id, struct str region, struct str country, unsigned ways)
{
	struct living *l = to;
	kinds of = exposed_kinds(l->e, id.n);
	if (!of)
		return;
	living_at(l, forces(region) ? STR("") : region.n ? region : country, of)->n++;
	l->letters += !(ways & WAY_EMAIL) && (ways & WAY_POSTAL);
}

static int residents_order(const void *a, const void *b)
{
	const struct residents *x = a, *y = b;
	int places = str_cmp(x->place, y->place);
	return places ? places : (x->kinds > y->kinds) - (x->kinds < y->kinds);
}

bool incident_homes(struct op *op, const struct exposed *e, struct counts *c)
{
	struct living l = { .op = op, .e = e, .slots = 64, .slot = ARENA_ARRAY(op->a, uint32_t, 64) };
	if (!ledger_each_place(op, lives, &l))
		return false;
	if (l.n)
		qsort(l.of, l.n, sizeof *l.of, residents_order);
	c->home = l.of, c->homes = l.n, c->letters = l.letters;
	return true;
}

/* ---- what is known besides ---- */

/* What may be told: a moment, yes or no, or words. */
enum fact_sort { FACT_MOMENT, FACT_YES_NO, FACT_WORDS };
static const struct { const char *name; enum fact_sort sort; size_t at; } facts[] = {
	{ "determined", FACT_MOMENT, offsetof(struct law_case, determined) },
	{ "vendor-told", FACT_MOMENT, offsetof(struct law_case, vendor_told) },
	{ "hold-since", FACT_MOMENT, offsetof(struct law_case, hold_since) },
	{ "hold-until", FACT_MOMENT, offsetof(struct law_case, hold_until) },
	{ "encrypted", FACT_YES_NO, offsetof(struct law_case, encrypted) },
	{ "key-taken", FACT_YES_NO, offsetof(struct law_case, key_taken) },
	{ "code-there", FACT_YES_NO, offsetof(struct law_case, code_there) },
	{ "paper", FACT_YES_NO, offsetof(struct law_case, paper) },
	{ "no-harm", FACT_WORDS, 0 },
	{ "hold-by", FACT_WORDS, 0 },
	{ "hold-anyway", FACT_WORDS, 0 },
};

static bool fact_read(struct op *op, size_t f, struct str text, struct str *value)
{
	struct span s;
	bool moment = facts[f].sort == FACT_MOMENT, coming = strcmp(facts[f].name, "hold-until") == 0;      /* the one that may be still to come */
	if (str_eq(text, STR("unknown")) && !coming)
		*value = STR("");
	else if (coming && str_eq(text, STR("unknown")))
		*value = arena_say(op->a, "%" PRId64, FAR_OFF);
	else if (coming && when_parse(text, op->zone, &s))
		*value = arena_say(op->a, "%" PRId64, s.date_only ? s.to : s.from);
	else if (moment && !coming && !op_been(op, facts[f].name, text, &s))
		return false;
	else if (moment && !coming)
		*value = arena_say(op->a, "%" PRId64, s.from);
	else if (coming)
		return err_set(&op->err, INVALID, facts[f].name, "--%s is a day like 2026-11-27, a time, or unknown.", facts[f].name);
	else if (facts[f].sort == FACT_YES_NO && !str_eq(text, STR("yes")) && !str_eq(text, STR("no")))
		return err_set(&op->err, INVALID, facts[f].name, "--%s is yes, no or unknown.", facts[f].name);
	else
		*value = text;
	return value->n <= 1000 || err_set(&op->err, TOO_BIG, facts[f].name, "--%s is too long.", facts[f].name);
}

bool incident_known(struct op *op, int64_t incident, struct known_fact **out, size_t *n)
{
	struct sql_incident_facts q;
	struct known_fact *k = ARENA_ARRAY(op->a, struct known_fact, LENGTH(facts));
	for (size_t f = 0; f < LENGTH(facts); f++)
		k[f] = (struct known_fact){ facts[f].name, facts[f].sort == FACT_MOMENT, 0, STR("") };
	if (!sql_incident_facts(op, incident, &q))
		return false;
	while (sql_incident_facts_next(op, &q))
		for (size_t f = 0; f < LENGTH(facts); f++) {
			if (!str_eq(q.name, str_of(facts[f].name)))
				continue;
			k[f].text = q.value;
			if (k[f].moment && str_i64(q.value, &k[f].at))
				k[f].text = k[f].at >= FAR_OFF ? STR("no end yet") : when_local_text(op->a, op->zone, k[f].at);
		}
	*out = k, *n = LENGTH(facts);
	return op->err.code == OK;
}

bool known_safe(const struct known_fact *k, size_t n)
{
	bool encrypted = false, key_safe = false;
	for (size_t f = 0; f < n; f++) {
		encrypted |= strcmp(k[f].name, "encrypted") == 0 && str_eq(k[f].text, STR("yes"));
		key_safe |= strcmp(k[f].name, "key-taken") == 0 && str_eq(k[f].text, STR("no"));
	}
	return encrypted && key_safe;
}

static bool case_read(struct op *op, int64_t incident, struct law_case *c)
{
	struct known_fact *k;
	size_t n;
	if (!incident_known(op, incident, &k, &n))
		return false;
	for (size_t f = 0; f < n; f++) {
		void *at = (char *)c + facts[f].at;
		if (!k[f].text.n)
			continue;
		if (facts[f].sort == FACT_MOMENT)
			*(int64_t *)at = k[f].at;
		else if (facts[f].sort == FACT_YES_NO)
			*(enum said_so *)at = str_eq(k[f].text, STR("yes")) ? SAID_YES : SAID_NO;
		else if (strcmp(facts[f].name, "no-harm") == 0)
			c->no_harm = SAID_YES;
		else if (strcmp(facts[f].name, "hold-by") == 0)
			c->hold_named = true;
	}
	struct sql_first_letters first;
	bool any;
	if (!sql_first_letters(op, incident, &first, &any))
		return false;
	c->letters = any ? first.approved : 0;
	return true;
}

bool incident_obligations(struct op *op, int64_t id, struct obligation **out, size_t *n)
{
	struct incident i;
	struct counts c;
	return incident_get(op, id, &i) && incident_counts_now(op, &i, &c) && incident_obligations_counted(op, &i, &c, out, n);
}

bool incident_obligations_counted(struct op *op, const struct incident *i, const struct counts *counts, struct obligation **out, size_t *n)
{
	struct law *law;
	size_t laws;
	struct sql_home_region home;
	bool found;
	*out = NULL, *n = 0;
	if (!counts->known)
		return true;
	if (!laws_in_force(op, &law, &laws) || !sql_home_region(op, &home, &found))
		return false;
	struct law_case c = { .people = counts->home, .n = counts->homes, .home = arena_str(op->a, home.region), .unnamed = counts->unnamed, .now = op->now, .discovered = i->discovered, .zone = op->zone };
	return case_read(op, i->id, &c) && laws_obligations(op->a, law, laws, &c, out, n, &op->err);
}

/* ---- verbs ---- */

static void row_of(const struct obligation *d, struct answer *answer)
{
	answer_row(answer);
	answer_text(answer, "to", str_of(obligee_name(d->to)));
	answer_text(answer, "force", str_of(force_name(d->force)));
	answer_text(answer, "code", d->code);
	answer_text(answer, "whom", d->whom);
	answer_text(answer, "citation", d->citation);
	answer_time(answer, "by", d->by);
	answer_flag(answer, "house_rule", d->house);
	answer_flag(answer, "stopped", d->stopped);
	answer_number(answer, "must", d->must);
	answer_number(answer, "should", d->should);
	answer_number(answer, "look", d->look);
	answer_number(answer, "monitoring_months", d->monitoring);
	answer_text(answer, "checked_through", d->law ? d->law->checked_through : STR(""));
	answer_words(answer, "because", d->because, d->n);
	answer_words(answer, "questions", d->question, d->questions);
	answer_row_end(answer);
}

static struct str by_said(struct op *op, const struct obligation *d)
{
	struct str day = when_due_text(op->a, op->zone, d->by, "en");
	return d->by >= FAR_OFF ? STR("stopped by a hold") : arena_say(op->a, d->by <= op->now ? "now (since " STR_FMT ")" : "by " STR_FMT, STR_ARG(day));
}

bool incident_obligations_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct obligation *d;
	struct str *question;
	size_t n, questions;
	bool look = false;
	if (!incident_asked(op, args, &i) || !incident_obligations(op, i.id, &d, &n))
		return false;
	int64_t house = law_house_day(op->zone, i.discovered);
	answer_say(answer, "Our own rule: everybody has a letter within 30 days of the discovery, by " STR_FMT ". It meets every fixed day in the table but the shorter ones below.",
	           STR_ARG(when_day_text(op->a, op->zone, house, "en")));
	for (size_t k = 0; k < n; k++) {
		int64_t people = d[k].must + d[k].should + d[k].look;
		row_of(&d[k], answer);
		struct str place = d[k].law && d[k].to != TO_PEOPLE ? arena_say(op->a, STR_FMT ": ", STR_ARG(d[k].law->name)) : STR("");
		answer_say(answer, "%-6s %-35.*s %s: " STR_FMT STR_FMT "%s%s%s", force_name(d[k].force), STR_ARG(by_said(op, &d[k])), d[k].to == TO_PEOPLE ? "the people in" : "tell", STR_ARG(place), STR_ARG(d[k].whom),
		           d[k].to == TO_PEOPLE ? " (" : "", d[k].to == TO_PEOPLE ? counted(op->a, people, "customer", "customers") : "", d[k].to == TO_PEOPLE ? ")" : "");
		answer_say(answer, "       " STR_FMT "%s" STR_FMT, STR_ARG(d[k].citation), d[k].law ? ", checked through " : "", STR_ARG(d[k].law ? d[k].law->checked_through : STR("")));
		for (size_t w = 0; w < d[k].n; w++)
			answer_say(answer, "       " STR_FMT, STR_ARG(d[k].because[w]));
		if (d[k].monitoring)
			answer_say(answer, "       Owes them %s of free credit monitoring.", counted(op->a, d[k].monitoring, "month", "months"));
		look |= d[k].force == LAW_LOOK;
	}
	laws_questions(op->a, d, n, &question, &questions);
	if (questions)
		answer_say(answer, "To be more exact:");
	for (size_t q = 0; q < questions; q++)
		answer_say(answer, "  ? " STR_FMT, STR_ARG(question[q]));
	if (n)
		answer_say(answer, "Which offices and partners were told: handback filing list %" PRId64 ". Who of the people: handback notice status %" PRId64, i.id, i.id);
	if (!n)
		answer_say(answer, "No law in the table asks for anything: nobody is at risk by this incident, as far as is known.");
	answer_say(answer, "%sThis comes out of a table of facts with their sources, and is no lawyer's advice. handback laws show CODE shows a row; handback incident fact answers the questions; handback laws import FILE takes a newer table.",
	           look ? "LOOK: have a lawyer look at it. " : "");
	return true;
}

/* A hold is who, on which paper, since when, until when: without its beginning there is none. taken: its beginning was just taken back. */
static bool hold_whole(struct op *op, int64_t incident, bool taken)
{
	struct known_fact *k;
	size_t n;
	int64_t since = 0, until = 0;
	bool parts = false;
	if (!incident_known(op, incident, &k, &n))
		return false;
	for (size_t f = 0; f < n; f++) {
		bool begins = strcmp(k[f].name, "hold-since") == 0, ends = strcmp(k[f].name, "hold-until") == 0;
		since = begins && k[f].text.n ? k[f].at : since, until = ends && k[f].text.n ? k[f].at : until;
		parts |= !begins && k[f].text.n && strncmp(k[f].name, "hold-", 5) == 0;
	}
	if (since && until && until <= since)
		return err_set(&op->err, INVALID, "hold-until", "The hold would end before it begins. Check the two days.");
	if (since || !parts)
		return true;
	if (!taken)
		return err_set(&op->err, INVALID, "hold-since", "Say since when the police ask you to wait, too.");
	return sql_incident_fact_drop(op, incident, STR("hold-until")) && sql_incident_fact_drop(op, incident, STR("hold-by")) && sql_incident_fact_drop(op, incident, STR("hold-anyway"));
}

bool incident_hold(struct op *op, int64_t incident, struct str *why, int64_t *until)
{
	struct known_fact *k;
	size_t n;
	int64_t since = 0, end = FAR_OFF;
	struct str by = STR("");
	bool anyway = false;
	*why = STR(""), *until = 0;
	if (!incident_known(op, incident, &k, &n))
		return false;
	for (size_t f = 0; f < n; f++) {
		const bool there = k[f].text.n;
		since = there && strcmp(k[f].name, "hold-since") == 0 ? k[f].at : since;
		end = there && strcmp(k[f].name, "hold-until") == 0 ? k[f].at : end;
		by = there && strcmp(k[f].name, "hold-by") == 0 ? k[f].text : by;
		anyway |= there && strcmp(k[f].name, "hold-anyway") == 0;
	}
	if (!since || anyway || op->now < since || op->now >= end)
		return true;
	*until = end;
	if (!by.n)
		by = STR("-");
	*why = end < FAR_OFF ? arena_say(op->a, "The police asked you to wait with telling people until " STR_FMT " (" STR_FMT ").", STR_ARG(((struct str){ when_local_text(op->a, op->zone, end - 1).p, 10 })), STR_ARG(by))
	                     : arena_say(op->a, "The police asked you to wait with telling people (" STR_FMT ").", STR_ARG(by));
	return true;
}

bool incident_fact_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	size_t told = 0;
	if (!incident_asked(op, args, &i))
		return false;
	for (size_t f = 0; f < LENGTH(facts); f++) {
		struct str value = STR("");
		if (!args_has(args, facts[f].name))
			continue;
		if (!fact_read(op, f, args_text(args, facts[f].name), &value) || !(value.n ? sql_incident_fact_put(op, i.id, str_of(facts[f].name), value, op->now)
		                                                                          : sql_incident_fact_drop(op, i.id, str_of(facts[f].name))))
			return false;
		told++;
	}
	if (told && !hold_whole(op, i.id, args_has(args, "hold-since")))
		return false;
	struct known_fact *known;
	size_t n;
	if (!incident_known(op, i.id, &known, &n))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	for (size_t k = 0; k < n; k++) {
		if (!known[k].text.n)
			continue;
		if (known[k].moment)
			answer_time(answer, known[k].name, known[k].at);
		else
			answer_text(answer, known[k].name, known[k].text);
		answer_say(answer, "%-12s " STR_FMT, known[k].name, STR_ARG(known[k].text));
	}
	answer_row_end(answer);
	return op->err.code == OK && (!told || log_add(op, "incident.fact", ABOUT({ "incident", i.id }, { "facts", (int64_t)told })));
}
