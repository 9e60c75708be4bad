/* look - a round's text looked at before it goes out: numbers on how it reads, and what may not be said. Opens no contact. */
#include "notice_int.h"
#include "notice_sql.h"

#include <inttypes.h>

enum { QUOTED = 90 };

/* Everything that somebody of this round may be told, in one language: a line a passage. What is read on, without titles and lists of kinds, in `flow`. */
static void filled(struct op *op, const struct templates *templates, struct telling *t, struct str *all, struct str *flow, struct str *language)
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
	buf_free(&whole);
	buf_free(&text);
}

/* What is known of the incident, with what this round tells. */
static bool known_of(struct op *op, const struct round *r, struct exposure_known *k)
{
	struct incident i;
	struct counts c;
	struct known_fact *fact;
	struct sql_round_kinds q;
	size_t n;
	bool encrypted = false, key_safe = false;
	*k = (struct exposure_known){ .people = r->people };
	if (!incident_get(op, r->incident, &i) || !incident_counts(op, &i, &c) || !incident_known(op, r->incident, &fact, &n) || !sql_round_kinds(op, r->incident, r->round, &q))
		return false;
	while (sql_round_kinds_next(op, &q))
		k->kinds |= (kinds)q.kinds;
	for (int kind = 0; c.known && kind < KIND_COUNT; kind++)
		k->kinds |= c.tally.by_kind[kind] ? (kinds)1 << kind : 0;
	if (c.known && c.tally.customers + c.unnamed > k->people)
		k->people = c.tally.customers + c.unnamed;
	for (size_t f = 0; f < n; f++) {
		encrypted |= strcmp(fact[f].name, "encrypted") == 0 && str_eq(fact[f].text, STR("yes"));
		key_safe |= strcmp(fact[f].name, "key-taken") == 0 && str_eq(fact[f].text, STR("no"));
	}
	k->encrypted = encrypted && key_safe;
	return op->err.code == OK;
}

/* What is only questioned is for pages that stand long; a notice may promise. */
static void refused_only(struct objection *o, size_t *n)
{
	size_t m = 0;
	for (size_t i = 0; i < *n; i++)
		if (o[i].sort == OBJECTION_REFUSED)
			o[m++] = o[i];
	*n = m;
}

static bool look_at(struct op *op, const struct round *r, struct notice_look *out)
{
	struct templates templates;
	struct telling t;
	struct exposure_known known;
	*out = (struct notice_look){ .texts = 0 };
	if (!known_of(op, r, &known) || !round_telling(op, r, &t) || !templates_parse(op, r->template, &templates))
		return false;
	t.kinds = known.kinds;
	for (int l = ENGLISH; l <= SPANISH; l++) {
		struct str all, flow, language;
		struct text_look *x = &out->text[out->texts];
		if (l == SPANISH && templates.in[SPANISH] == templates.in[ENGLISH])
			break;
		t.language = (enum language)l;
		filled(op, &templates, &t, &all, &flow, &language);
		x->language = language.p;
		wording_read(op->a, flow, language, &x->read);
		wording_honest(op->a, all, language, &known, &x->untrue, &x->untrues);
		wording_modest(op->a, all, language, &x->brag, &x->brags);
		refused_only(x->brag, &x->brags);
		out->texts++;
	}
	return true;
}

bool notice_look(struct op *op, int64_t incident, int64_t round, struct notice_look *out)
{
	struct round r;
	bool found;
	if (!round_read(op, incident, round, &r, &found))
		return false;
	return found ? look_at(op, &r, out) : err_set(&op->err, NOT_FOUND, "round", "There is no round %" PRId64 ".%" PRId64 ".", incident, round);
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

bool round_may_go(struct op *op, const struct round *r)
{
	struct notice_look look;
	if (!look_at(op, r, &look))
		return false;
	for (size_t i = 0; i < look.texts; i++)
		if (look.text[i].untrues) {
			const struct objection *o = &look.text[i].untrue[0];
			return err_set(&op->err, REFUSED, "text", "\"" STR_FMT "\" can't go out. " STR_FMT " " STR_FMT " To see all of it: handback notice check " STR_FMT, STR_ARG(quoted(op, o->sentence)), STR_ARG(o->why), STR_ARG(o->instead), STR_ARG(round_name(op, r)));
		}
	return true;
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

bool round_look_say(struct op *op, const struct round *r, struct answer *answer)
{
	struct notice_look look;
	size_t untrue = 0;
	if (!look_at(op, r, &look))
		return false;
	for (size_t i = 0; i < look.texts; i++) {
		answer_say(answer, STR_FMT, STR_ARG(read_said(op, &look.text[i])));
		for (size_t k = 0; k < look.text[i].untrues; k++)
			object_note(answer, &look.text[i].untrue[k]);
		untrue += look.text[i].untrues;
	}
	if (untrue)
		answer_note(answer, "It can't be approved so. To change the words: handback notice text " STR_FMT " --text FILE", STR_ARG(round_name(op, r)));
	answer->attention |= untrue > 0;
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

bool check_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct notice_look look;
	size_t untrue = 0;
	if (!round_asked(op, args, &r) || !look_at(op, &r, &look))
		return false;
	for (size_t i = 0; i < look.texts; i++) {
		text_rows(op, &r, &look.text[i], answer);
		untrue += look.text[i].untrues;
	}
	answer_say(answer, untrue ? "It can't be approved so." : "Nothing in it is untrue by what is known of the incident.");
	answer->attention = untrue > 0;
	return true;
}
