/* look - a round's text looked at before it goes out: numbers on how it reads, and what may not be said. Opens no contact. */
#include "monitoring.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "places.h"
#include "telling.h"
#include "ways.h"

#include <inttypes.h>

enum { QUOTED = 90, CITED = 2 };

/* Everything that somebody of this round may be told, in one language: a line a passage. What is read on, without titles and lists of kinds, in `flow`. */
static void filled(struct op *op, const struct templates *templates, const struct telling *t, struct words *out, struct str *all, struct str *flow, struct str *language)
{
	struct words w;
	struct buf whole = BUF(1 << 20), text = BUF(1 << 20);
	templates_fill(op, templates, t, &w);
	for (size_t i = 0; i < w.n; i++) {
		buf_put(&whole, w.passage[i].text);
		buf_byte(&whole, '\n');
		if (w.passage[i].sort != PASSAGE_TEXT && w.passage[i].sort != PASSAGE_NUMBERED)
			continue;
		buf_put(&text, w.passage[i].text);
		buf_byte(&text, '\n');
	}
	*all = arena_str(op->a, buf_str(&whole)), *flow = arena_str(op->a, buf_str(&text)), *language = language_code(w.language);
	*out = w;
	buf_free(&whole);
	buf_free(&text);
}

/* What is known of the incident, with what this round tells. */
static bool known_of(struct op *op, const struct round *r, const struct counts *c, const struct places *p, struct exposure_known *k)
{
	struct known_fact *fact;
	size_t n;
	*k = (struct exposure_known){ .people = r->people };
	if (!incident_known(op, r->incident, &fact, &n))
		return false;
	for (size_t i = 0; i < p->n; i++)
		k->kinds |= p->of[i].kinds;
	for (int kind = 0; kind < KIND_COUNT; kind++)
		k->kinds |= c->tally.by_kind[kind] ? (kinds)1 << kind : 0;
	if (c->tally.customers + c->unnamed > k->people)
		k->people = c->tally.customers + c->unnamed;
	k->encrypted = known_safe(fact, n);
	return op->err.code == OK;
}

/* ---- what the laws of the people in it want ---- */

/* One letter as it would be, against one law. */
struct checking { struct op *op; const struct telling *t; struct words w; struct str all; const struct taken *taken; double average; const struct law *law; };

static bool stands(struct str text, struct str part)
{
	for (size_t at = 0; part.n && at + part.n <= text.n; at++)
		if (str_eq_nocase((struct str){ text.p + at, part.n }, part))
			return true;
	return false;
}

/* The place of the heading (or title) with these words; w.n: there is none. */
static size_t heading_of(const struct checking *c, struct str words)
{
	size_t i = 0;
	while (i < c->w.n && !((c->w.passage[i].sort == PASSAGE_HEADING || c->w.passage[i].sort == PASSAGE_TITLE) && stands(c->w.passage[i].text, words)))
		i++;
	return i;
}

static bool kinds_stand(const struct checking *c)
{
	kinds k = c->t->kinds & KINDS_ALL;
	if (k & KIND(CARD_NUMBER))
		k &= ~KIND(CARD_LAST4);                  /* as they are told */
	for (; k; k &= k - 1) {
		struct str whole = kind_words(c->w.language, (enum kind)__builtin_ctzll(k)), rest = whole;
		str_split(&rest, ' ');                   /* without "your" */
		if (!stands(c->all, whole) && !(rest.p && stands(c->all, rest)))
			return false;
	}
	return true;
}

/* A printed letter has the business's name, address and number at its head. */
static bool phone_stands(const struct checking *c)
{
	return c->t->phone.n && (c->t->letter || stands(c->all, c->t->phone));
}

static bool contact_stands(const struct checking *c)
{
	const struct telling *t = c->t;
	bool way = phone_stands(c) || (t->letter ? t->address.n > 0 : t->reply);
	return (t->letter || stands(c->all, plain_line(c->op, t->business))) && way;
}

static bool attorney_stands(const struct checking *c)
{
	const struct attorney *a = law_attorney(c->law->code);
	struct str rest = a ? a->contact : STR(""), number = str_split(&rest, ',');
	return a && stands(c->all, number);
}

/* A day, or that none is known yet, beside the day of the notice itself. */
static bool day_stands(const struct checking *c)
{
	struct str today = when_day_text(c->op->a, c->t->zone, c->t->at, language_code(c->w.language).p), seen;
	for (size_t i = 0; i < c->w.n; i++)
		if (!str_eq(c->w.passage[i].text, today) && wording_says(wording_take(c->op->a, c->w.passage[i].text, language_code(c->w.language)), STR("day"), &seen))
			return true;
	return false;
}

static struct str what_told(struct op *op, const struct telling *t, enum language language)
{
	struct str s = str_trim(plain_line(op, t->what[language]));
	while (s.n && strchr(".!?", s.p[s.n - 1]))
		s.n--;
	return s;
}

/* One of the tests of data/letter-rules.csv, as doc/laws.md explains them. */
static bool test_fits(const struct checking *c, struct str test, struct str *sentence)
{
	const struct telling *t = c->t;
	struct op *op = c->op;
	struct str seen, word = str_split(&test, ' ');
	const char *code = language_code(c->w.language).p;
	size_t at;
	if (str_eq(word, STR("says")))
		return wording_says(c->taken, test, &seen);
	if (str_eq(word, STR("not")))
		return !wording_says(c->taken, test, sentence);
	if (str_eq(word, STR("heading")) || str_eq(word, STR("title")))
		return heading_of(c, test) < c->w.n;
	if (str_eq(word, STR("under"))) {
		at = heading_of(c, test) + 1;
		return at < c->w.n && c->w.passage[at].sort != PASSAGE_HEADING;
	}
	if (str_eq(word, STR("untold"))) {
		struct str what = what_told(op, t, c->w.language);
		if (!stands(c->all, what))
			return true;
		*sentence = what;
		return false;
	}
	return str_eq(word, STR("kinds"))       ? kinds_stand(c)
	       : str_eq(word, STR("day"))       ? day_stands(c)
	       : str_eq(word, STR("contact"))   ? contact_stands(c)
	       : str_eq(word, STR("phone"))     ? phone_stands(c)
	       : str_eq(word, STR("attorney"))  ? attorney_stands(c)
	       : str_eq(word, STR("today"))     ? t->letter || stands(c->all, when_day_text(op->a, t->zone, t->at, code))
	       : str_eq(word, STR("discovery")) ? !t->discovered || stands(c->all, when_day_text(op->a, t->zone, t->discovered, code))
	       : str_eq(word, STR("people"))    ? stands(c->all, arena_say(op->a, "%" PRId64, t->affected))
	       : str_eq(word, STR("parent"))    ? t->parent.n && stands(c->all, plain_line(op, t->parent))
	       : str_eq(word, STR("plain"))     ? c->average <= SENTENCE_LONG
	                                        : str_eq(word, STR("ours"));
}

struct lackings { struct lacking *of; size_t n, room; };

static void lack(struct op *whole, struct lackings *l, const struct checking *c, const struct letter_rule *r, struct str sentence, int64_t people)
{
	const char *language = language_code(c->w.language).p;
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->of[i].code, c->law->code) && str_eq(l->of[i].rule, r->name) && l->of[i].language == language) {
			l->of[i].people += people;
			return;
		}
	l->of = arena_more(whole->a, l->of, l->n, &l->room, sizeof *l->of);
	l->of[l->n++] = (struct lacking){ c->law->code, c->law->name, r->name, r->add, r->add_es, r->citation, arena_str(whole->a, sentence), language, people, 0, r->stops };
}

/* update: told in the owner's words to who knows already; then only what must not be said counts. */
static void check_one(struct op *whole, struct lackings *l, struct checking *c, bool update, int64_t people)
{
	struct letter_rule r[LETTER_RULES];
	size_t n = law_letter(c->law, c->t->kinds, r);
	for (size_t i = 0; i < n; i++) {
		struct str tests = r[i].looks_for, sentence = STR("");
		bool good = true;
		if (update && !str_starts(r[i].name, STR("must_not_")))
			continue;
		while (good && tests.p) {
			struct str test = str_trim(str_split(&tests, '+'));
			good = test_fits(c, test, &sentence);
			/* what every law wants lacks, not what this one wants more: then that is the advice */
			if (!good && r[i].general && str_eq(test, r[i].general->looks_for))
				r[i].add = r[i].general->add, r[i].add_es = r[i].general->add_es;
		}
		if (!good)
			lack(whole, l, c, &r[i], sentence, people);
	}
}

/* How it reads is worked out only for a law that wants it plain: it takes longer than all the rest. */
static void text_of(struct op *op, const struct templates *templates, const struct telling *t, const struct law *const *law, size_t laws, struct checking *c)
{
	bool plain = false;
	struct str flow, language;
	struct readability read;
	filled(op, templates, t, &c->w, &c->all, &flow, &language);
	for (size_t i = 0; i < laws; i++)
		plain |= law_letter_wants(law[i], t->kinds, "plain_language");
	if (plain)
		wording_read(op->a, flow, language, &read);
	c->taken = wording_take(op->a, c->all, language), c->average = plain ? read.average : 0;
}

void letter_lacks(struct op *op, const struct templates *templates, const struct telling *t, struct lacking **out, size_t *n)
{
	struct lackings l = { 0 };
	struct checking c = { .op = op, .t = t };
	const struct law *law[PLACE_LAWS];
	size_t laws = laws_for(op, t, law);
	text_of(op, templates, t, law, laws, &c);
	for (size_t i = 0; i < laws; i++) {
		c.law = law[i];
		check_one(op, &l, &c, false, 1);
	}
	*out = l.of, *n = l.n;
}

/* Each letter that differs is filled once: by place, kinds, language and way. */
static bool letters_look(struct op *op, const struct round *r, const struct templates *templates, const struct telling *common, const struct obligation *owed, size_t n, const struct places *p, struct lackings *l)
{
	struct arena *whole = op->a;
	for (size_t k = 0; k < p->n; k++) {
		const struct share q = p->of[k];
		struct op kept = *op;
		struct telling t = *common;
		struct checking c = { .op = op, .t = &t };
		const struct law *law[PLACE_LAWS];
		kept.a = whole;
		op->a = arena_open();
		t.kinds = q.kinds, t.letter = q.channel != EMAIL, t.region = q.region.n ? q.region : q.country;
		t.language = str_starts(q.language.n ? q.language : op_setting(op, "language"), STR("es")) ? SPANISH : ENGLISH;
		size_t laws = laws_for(op, &t, law);
		code_to_come(op, owed, n, &t);
		if (laws)
			text_of(op, templates, &t, law, laws, &c);
		for (size_t i = 0; i < laws; i++) {
			c.law = law[i];
			if (law_obliges(owed, n, law[i]->code) && q.channel == EMAIL && law_asks_consent(law[i]) && !op_setting(op, "notice.email-consent").n)
				lack(&kept, l, &c, &(struct letter_rule){ .name = STR("email_consent"), .add = our_words(ENGLISH, "law.consent"), .add_es = our_words(SPANISH, "law.consent"), .citation = law[i]->statute }, STR(""), q.n);
			if (law_obliges(owed, n, law[i]->code))
				check_one(&kept, l, &c, r->audience == AUDIENCE_TOLD, q.n);
		}
		arena_close(op->a);
		op->a = whole;
	}
	return op->err.code == OK;
}

/* By the rules of both languages: what an owner wrote in one may stand in a letter of the other. */
static void honest_look(struct op *op, struct str all, struct str language, const struct exposure_known *known, struct text_look *x)
{
	struct objection *more;
	size_t n;
	wording_honest(op->a, all, language, known, &x->untrue, &x->untrues);
	wording_honest(op->a, all, str_eq(language, STR("es")) ? STR("en") : STR("es"), known, &more, &n);
	struct objection *both = ARENA_ARRAY(op->a, struct objection, x->untrues + n + 1);
	for (size_t i = 0; i < x->untrues + n; i++)
		both[i] = i < x->untrues ? x->untrue[i] : more[i - x->untrues];
	x->untrue = both, x->untrues += n;
}

/* Offices that want to hear of it before or with the letters: nobody should find that out when these are gone. */
static void offices_look(struct op *op, const struct obligation *owed, size_t n, struct lackings *l)
{
	for (size_t i = 0; i < n; i++) {
		const struct obligation *d = &owed[i];
		enum office_when when = d->to == TO_REGULATOR && d->law && d->force > LAW_LOOK ? law_office_when(d->law) : OFFICE_APART;
		const char *words = when == OFFICE_BEFORE ? "law.before" : "law.with";
		if (when == OFFICE_APART)
			continue;
		l->of = arena_more(op->a, l->of, l->n, &l->room, sizeof *l->of);
		l->of[l->n++] = (struct lacking){ d->law->code, d->law->name, when == OFFICE_BEFORE ? STR("office_before") : STR("office_with"), our_words(ENGLISH, words), our_words(SPANISH, words), d->citation,
			STR(""), "", d->must + d->should + d->look, false };
	}
}

/* exact: as of now; else for a page, by what is kept. */
static bool look_by(struct op *op, const struct round *r, const struct incident *of, const struct counts *c, bool exact, struct notice_look *out, struct monitoring *m)
{
	struct obligation *owed;
	size_t n;
	struct templates templates;
	struct telling t;
	struct exposure_known known;
	struct lackings lacking = { 0 };
	struct places places;
	*out = (struct notice_look){ .texts = 0 };
	if (!(exact ? places_now(op, r, &places) : places_seen(op, r, &places)) || !known_of(op, r, c, &places, &known) || !round_telling_of(op, r, places.affected, &t) || !templates_parse(op, r->template, &templates))
		return false;
	t.kinds = known.kinds;
	for (int l = ENGLISH; l <= SPANISH; l++) {
		struct str all, flow, language;
		struct words w;
		struct text_look *x = &out->text[out->texts];
		if (l == SPANISH && templates.in[SPANISH] == templates.in[ENGLISH])
			break;
		t.language = (enum language)l;
		filled(op, &templates, &t, &w, &all, &flow, &language);
		x->language = language.p;
		wording_read(op->a, flow, language, &x->read);
		honest_look(op, all, language, &known, x);
		wording_modest(op->a, all, language, &x->brag, &x->brags);
		objections_refused(x->brag, &x->brags);
		out->texts++;
		out->stops += x->untrues;
	}
	if (!incident_obligations_counted(op, of, c, &owed, &n) || !letters_look(op, r, &templates, &t, owed, n, &places, &lacking) ||
	    !(exact ? monitoring_of(op, r, owed, n, m) : monitoring_seen(op, r, &t, owed, n, &places, m)))
		return false;
	if (r->audience != AUDIENCE_TOLD)
		offices_look(op, owed, n, &lacking);
	for (size_t i = 0; i < lacking.n; i++)
		out->stops += lacking.of[i].stops;
	out->lack = lacking.of, out->lacks = lacking.n;
	out->monitored = (int64_t)m->n, out->codes_lack = m->lacking, out->counted = places.counted;
	out->stops += m->lacking > 0;
	return true;
}

/* By the formula, now. */
static bool look_at(struct op *op, const struct round *r, struct notice_look *out, struct monitoring *m)
{
	struct incident i;
	struct counts c;
	return incident_get(op, r->incident, &i) && incident_counts_now(op, &i, &c) && look_by(op, r, &i, &c, true, out, m);
}

/* For people: what several laws want alike is said once, with all places and the first citations. */
static void lacks_fold(struct op *op, struct notice_look *look)
{
	size_t n = 0;
	for (size_t i = 0; i < look->lacks; i++) {
		const struct lacking l = look->lack[i];
		struct lacking *first = NULL;
		for (size_t k = 0; k < n && !first; k++)
			if (look->lack[k].stops == l.stops && strcmp(look->lack[k].language, l.language) == 0 && str_eq(look->lack[k].add, l.add) && str_eq(look->lack[k].sentence, l.sentence))
				first = &look->lack[k];
		if (!first) {
			look->lack[n++] = l;
			continue;
		}
		first->place = arena_say(op->a, STR_FMT ", " STR_FMT, STR_ARG(first->place), STR_ARG(l.place));
		if (++first->more < CITED)
			first->citation = arena_say(op->a, STR_FMT "; " STR_FMT, STR_ARG(first->citation), STR_ARG(l.citation));
		first->people += l.people;
	}
	for (size_t i = 0; i < n; i++)
		if (look->lack[i].more >= CITED)
			look->lack[i].citation = arena_say(op->a, STR_FMT "; +%zu", STR_ARG(look->lack[i].citation), look->lack[i].more + 1 - CITED);
	look->lacks = n;
}

/* For a page: by counts that may be somewhat old, for approving looks anew. */
bool notice_look(struct op *op, int64_t incident, int64_t round, struct notice_look *out)
{
	struct round r;
	struct incident i;
	struct counts c;
	struct monitoring m;
	if (!round_get(op, incident, round, &r) || !incident_get(op, incident, &i) || !incident_counts(op, &i, &c) || (!c.known && !incident_counts_now(op, &i, &c)) ||
	    !look_by(op, &r, &i, &c, false, out, &m))
		return false;
	lacks_fold(op, out);
	return true;
}

bool notice_sample(struct op *op, int64_t incident, int64_t round, struct str place, bool spanish, const struct notice_line **out, size_t *n)
{
	struct round r;
	struct telling t;
	struct templates templates;
	struct sql_notice_of_place q;
	struct words w;
	struct obligation *owed;
	size_t obligations;
	bool found;
	if (!round_get(op, incident, round, &r) || !incident_obligations(op, incident, &owed, &obligations) || !round_telling(op, &r, &t) || !templates_parse(op, r.template, &templates) || !sql_notice_of_place(op, incident, round, place, &q, &found))
		return false;
	if (found)
		t.kinds = (kinds)q.kinds, t.first = q.first_at, t.last = q.last_at, t.touches = q.touches, t.letter = q.channel == LETTER;
	t.at = r.approved ? r.approved : t.at;
	t.region = place, t.language = spanish ? SPANISH : ENGLISH;
	code_to_come(op, owed, obligations, &t);
	templates_fill(op, &templates, &t, &w);
	*out = words_lines(op, &w), *n = w.n;
	return op->err.code == OK;
}

/* A sentence as it is quoted in an error: not too long, and never within a character. */
static struct str quoted(struct op *op, struct str s)
{
	if (s.n <= QUOTED)
		return s;
	size_t n = QUOTED;
	while (n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return arena_say(op->a, "%.*s ...", (int)n, s.p);
}

bool round_may_go(struct op *op, const struct round *r, const struct incident *of, const struct counts *c, struct monitoring *m)
{
	struct notice_look look;
	if (!look_by(op, r, of, c, true, &look, m))
		return false;
	for (size_t i = 0; i < look.texts; i++)
		if (look.text[i].untrues) {
			const struct objection *o = &look.text[i].untrue[0];
			return err_set(&op->err, REFUSED, "text", "\"" STR_FMT "\" can't go out. " STR_FMT " " STR_FMT " To see all of it: handback notice check " STR_FMT, STR_ARG(quoted(op, o->sentence)), STR_ARG(o->why), STR_ARG(o->instead), STR_ARG(round_name(op, r)));
		}
	for (size_t i = 0; i < look.lacks; i++)
		if (look.lack[i].stops)
			return err_set(&op->err, REFUSED, "text", "The notice to people in " STR_FMT " can't go out so. " STR_FMT " (" STR_FMT ") To see all of it: handback notice check " STR_FMT, STR_ARG(look.lack[i].place),
			               STR_ARG(look.lack[i].add), STR_ARG(look.lack[i].citation), STR_ARG(round_name(op, r)));
	return monitoring_may_go(op, m);
}

/* ---- for people and machines ---- */

static const char *language_said(const char *language)
{
	return strcmp(language, "es") == 0 ? "Spanish" : "English";
}

static struct str read_said(struct op *op, const struct text_look *x)
{
	return arena_say(op->a, "%s text: %s, %.0f words each on average, %" PRId64 " longer than %d; %s, %s, %s.", language_said(x->language), counted(op->a, x->read.sentences, "sentence", "sentences"),
	                 x->read.average, x->read.by[SIGHT_LONG], SENTENCE_LONG, counted(op->a, x->read.by[SIGHT_HEDGING], "hedge", "hedges"), counted(op->a, x->read.by[SIGHT_PASSIVE], "passive", "passives"),
	                 counted(op->a, x->read.by[SIGHT_JARGON], "word of jargon", "words of jargon"));
}

static void object_note(struct answer *answer, const struct objection *o)
{
	answer_note(answer, "Untrue: \"" STR_FMT "\" " STR_FMT " Instead: " STR_FMT, STR_ARG(o->sentence), STR_ARG(o->why), STR_ARG(o->instead));
}

static struct str lacking_said(struct op *op, const struct lacking *l)
{
	return arena_say(op->a, STR_FMT " (%s%s%s): " STR_FMT "%s" STR_FMT "%s (" STR_FMT ")", STR_ARG(l->place), counted(op->a, l->people, "customer", "customers"), *l->language ? ", in " : "", *l->language ? language_said(l->language) : "", STR_ARG(l->add),
	                 l->sentence.n ? " \"" : "", STR_ARG(l->sentence), l->sentence.n ? "\"" : "", STR_ARG(l->citation));
}

static struct str monitored_said(struct op *op, const struct round *r, const struct monitoring *m)
{
	const char *who = counted(op->a, (int64_t)m->n, "customer is owed", "customers are owed");
	if (!m->offered)
		return arena_say(op->a, "%s %s of credit monitoring. To give each a vendor's code: handback enrolment load %" PRId64, who, counted(op->a, m->months, "month", "months"), r->incident);
	return m->lacking ? arena_say(op->a, "%s credit monitoring, and %" PRId64 " codes lack. To read more: handback enrolment load %" PRId64, who, m->lacking, r->incident)
	                  : arena_say(op->a, "%s credit monitoring; there is a code for each.", who);
}

bool round_look_say(struct op *op, const struct round *r, struct answer *answer, size_t *stops)
{
	struct notice_look look;
	struct monitoring m;
	if (!look_at(op, r, &look, &m))
		return false;
	lacks_fold(op, &look);
	for (size_t i = 0; i < look.texts; i++) {
		answer_say(answer, STR_FMT, STR_ARG(read_said(op, &look.text[i])));
		for (size_t k = 0; k < look.text[i].untrues; k++)
			object_note(answer, &look.text[i].untrue[k]);
	}
	for (size_t i = 0; i < look.lacks; i++)
		answer_note(answer, STR_FMT, STR_ARG(lacking_said(op, &look.lack[i])));
	if (m.n)
		answer_note(answer, STR_FMT, STR_ARG(monitored_said(op, r, &m)));
	if (look.stops)
		answer_note(answer, "It can't be approved so. To change the words: handback notice text " STR_FMT " --text FILE", STR_ARG(round_name(op, r)));
	*stops = look.stops;
	return true;
}

static void object_row(struct op *op, const struct round *r, const struct text_look *x, const struct objection *o, const char *what, struct answer *answer)
{
	answer_row(answer);
	answer_text(answer, "round", round_name(op, r));
	answer_text(answer, "language", str_of(x->language));
	answer_text(answer, "what", str_of(what));
	answer_text(answer, "rule", o->name);
	answer_text(answer, "sentence", o->sentence);
	answer_text(answer, "words", o->words);
	answer_text(answer, "why", o->why);
	answer_text(answer, "instead", o->instead);
	answer_row_end(answer);
	answer_say(answer, "%s \"" STR_FMT "\"\n  " STR_FMT "\n  Instead: " STR_FMT, *what == 'u' ? "UNTRUE" : "Brags:", STR_ARG(o->sentence), STR_ARG(o->why), STR_ARG(o->instead));
}

static void text_rows(struct op *op, const struct round *r, const struct text_look *x, struct answer *answer)
{
	answer_row(answer);
	answer_text(answer, "round", round_name(op, r));
	answer_text(answer, "language", str_of(x->language));
	answer_text(answer, "what", STR("numbers"));
	answer_number(answer, "sentences", x->read.sentences);
	answer_number(answer, "words", x->read.words);
	answer_number(answer, "longest", x->read.longest);
	answer_real(answer, "average", x->read.average);
	for (enum sighting_sort s = 0; s < SIGHT_SORTS; s++)
		answer_number(answer, sighting_name(s), x->read.by[s]);
	answer_row_end(answer);
	answer_say(answer, STR_FMT, STR_ARG(read_said(op, x)));
	for (size_t i = 0; i < x->read.n; i++) {
		const struct sighting *s = &x->read.seen[i];
		answer_row(answer);
		answer_text(answer, "round", round_name(op, r));
		answer_text(answer, "language", str_of(x->language));
		answer_text(answer, "what", str_of(sighting_name(s->sort)));
		answer_text(answer, "sentence", s->sentence);
		answer_text(answer, "words", s->words);
		answer_text(answer, "instead", s->instead);
		answer_row_end(answer);
		answer_say(answer, s->instead.n ? "  %s: \"" STR_FMT "\". " STR_FMT : "  %s: \"" STR_FMT "\"", sighting_name(s->sort), STR_ARG(s->words), STR_ARG(s->instead));
	}
	for (size_t i = 0; i < x->untrues; i++)
		object_row(op, r, x, &x->untrue[i], "untrue", answer);
	for (size_t i = 0; i < x->brags; i++)
		object_row(op, r, x, &x->brag[i], "brags", answer);
}

static void lacking_row(struct op *op, const struct round *r, const struct lacking *l, struct answer *answer)
{
	answer_row(answer);
	answer_text(answer, "round", round_name(op, r));
	answer_text(answer, "language", str_of(l->language));
	answer_text(answer, "what", STR("law"));
	answer_text(answer, "code", l->code);
	answer_text(answer, "rule", l->rule);
	answer_flag(answer, "stops", l->stops);
	answer_number(answer, "customers", l->people);
	answer_text(answer, "sentence", l->sentence);
	answer_text(answer, "instead", l->add);
	answer_text(answer, "citation", l->citation);
	answer_row_end(answer);
}

bool check_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct notice_look look;
	struct monitoring m;
	if (!round_asked(op, args, &r) || !look_at(op, &r, &look, &m))
		return false;
	for (size_t i = 0; i < look.texts; i++)
		text_rows(op, &r, &look.text[i], answer);
	for (size_t i = 0; i < look.lacks; i++)
		lacking_row(op, &r, &look.lack[i], answer);
	lacks_fold(op, &look);
	for (size_t i = 0; i < look.lacks; i++)
		answer_say(answer, "%s " STR_FMT, look.lack[i].stops ? "LACKS" : "Look:", STR_ARG(lacking_said(op, &look.lack[i])));
	if (m.n) {
		answer_row(answer);
		answer_text(answer, "round", round_name(op, &r));
		answer_text(answer, "what", STR("monitoring"));
		answer_number(answer, "customers", (int64_t)m.n);
		answer_number(answer, "months", m.months);
		answer_flag(answer, "offered", m.offered);
		answer_number(answer, "codes_lack", m.lacking);
		answer_row_end(answer);
		answer_say(answer, STR_FMT, STR_ARG(monitored_said(op, &r, &m)));
	}
	answer_say(answer, look.stops ? "It can't be approved so." : "Nothing in it is untrue by what is known of the incident, and it has what the laws of its people want, as far as a program can tell.");
	answer->attention = look.stops > 0;
	return true;
}
