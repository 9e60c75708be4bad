/* walk - going through the questions: the draft of answers, and the answers in force. */
#include "log.h"
#include "task_int.h"

#include "found.h"
#include "walk_sql.h"

#include <stdlib.h>

enum { FIND_OUT_DAYS = 14 };

/* ---- as it stands ---- */

static bool answers_read(struct op *op, int64_t walk, struct answers *a)
{
	struct sql_walk_answers q;
	*a = (struct answers){ 0 };
	if (!sql_walk_answers(op, walk, &q))
		return false;
	while (sql_walk_answers_next(op, &q)) {
		struct str value[NAMES_MAX + 1], rest = q.answer;
		struct err none = { 0 };
		size_t i, n = 0;
		while (rest.p && n < LENGTH(value))
			value[n++] = str_split(&rest, '\n');
		/* a question that a newer version asks no more, or an option that it has no more, is asked anew */
		if (question_named(q.question, &i) && question_read(op->a, i, value, n, &a->set[i], &a->text[i], &none))
			a->person[i] = q.person, a->due[i] = q.due;
	}
	return op->err.code == OK;
}

bool payment_in_force(struct op *op, struct walk *w)
{
	struct sql_walk_in_force q;
	bool found;
	if (!sql_walk_in_force(op, &q, &found))
		return false;
	*w = found ? (struct walk){ q.id, q.began, q.changed, q.applied, { { 0 } } } : (struct walk){ 0 };
	return !found || answers_read(op, w->id, &w->answers);
}

bool payment_draft(struct op *op, struct walk *w)
{
	struct sql_walk_draft q;
	bool found;
	if (!sql_walk_draft(op, &q, &found))
		return false;
	if (found) {
		*w = (struct walk){ q.id, q.began, q.changed, q.applied, { { 0 } } };
		return answers_read(op, w->id, &w->answers);
	}
	if (!payment_in_force(op, w))
		return false;
	w->id = w->began = w->changed = w->applied = 0;
	return true;
}

bool payment_changed(const struct answers *before, const struct answers *now, size_t q)
{
	bool was[QUESTIONS_MAX], is[QUESTIONS_MAX];
	questions_asked(before, was);
	questions_asked(now, is);
	bool there = was[q] && before->set[q], here = is[q] && now->set[q];
	return there != here || (here && !str_eq(before->text[q], now->text[q]));
}

/* ---- answering ---- */

/* The draft there is, or a new one with the answers in force. */
bool walk_begin(struct op *op, struct walk *w)
{
	struct walk last;
	if (!payment_draft(op, w))
		return false;
	if (w->id)
		return true;
	int64_t id = op_count(op, "walk");
	return id && payment_in_force(op, &last) && sql_walk_put(op, id, op->now) && (!last.id || sql_walk_copy(op, id, last.id)) &&
	       log_add(op, "payment.begun", ABOUT({ "walk", id })) && payment_draft(op, w);
}

int64_t in_two_weeks(struct op *op)
{
	int64_t day = when_day(zone_local(op->zone, op->now)) + FIND_OUT_DAYS;
	return zone_instant(op->zone, (day + 1) * DAY).at - 1;
}

/* A name that the map knows in other letters is written as there, and stands once. */
static bool as_known(struct op *op, size_t q, struct str *text)
{
	struct holder *h, person;
	size_t holders;
	struct buf b = BUF(NAMES_MAX * (NAME_LENGTH + 1));
	if (!map_holders(op, &h, &holders))
		return false;
	for (struct str rest = *text; rest.p;) {
		struct str name = str_split(&rest, '\n'), known = name;
		if (questions[q].sort == PERSON && map_person(op, name, &person))
			known = person.name.n <= NAME_LENGTH ? person.name : name;
		err_clear(&op->err);
		for (size_t i = 0; questions[q].sort != PERSON && i < holders && str_eq(known, name); i++)
			known = h[i].sort == questions[q].sort && str_same(h[i].name, name) ? h[i].name : name;
		bool again = false;
		for (struct str before = buf_str(&b); before.p && before.n && !again;)
			again = str_same(str_split(&before, '\n'), known);
		if (!again)
			buf_printf(&b, "%s" STR_FMT, b.n ? "\n" : "", STR_ARG(known));
	}
	*text = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return true;
}

/* What was given, each name by itself: what the map knows is one name, whatever stands in it. */
static bool names_each(struct op *op, size_t q, const struct str *value, size_t n, struct str **out, size_t *m)
{
	struct holder *h;
	struct str name[NAMES_MAX + 1];
	size_t holders, room = 0;
	*out = NULL, *m = 0;
	if (!map_holders(op, &h, &holders))
		return false;
	for (size_t i = 0; i < n && *m <= NAMES_MAX; i++) {
		size_t names = 1;
		bool known = false;
		for (size_t k = 0; k < holders && !known; k++)
			known = h[k].sort == questions[q].sort && str_same(h[k].name, value[i]);
		name[0] = value[i];
		if (!known)
			names = names_typed(value[i], name);
		for (size_t k = 0; k < names; k++) {
			*out = arena_more(op->a, *out, *m, &room, sizeof **out);
			(*out)[(*m)++] = name[k];
		}
	}
	return true;
}

bool payment_answer(struct op *op, struct walk *w, size_t q, const struct str *value, size_t n, struct str person, int64_t by)
{
	struct sql_walk_person me;
	struct str text;
	uint32_t set;
	bool found;
	struct str *each;
	if (questions[q].kind == ANSWER_NAMES) {
		if (!names_each(op, q, value, n, &each, &n))
			return false;
		value = each;
	}
	if (!walk_begin(op, w) || !question_read(op->a, q, value, n, &set, &text, &op->err))
		return false;
	bool unknown = set == ANSWER_UNKNOWN;
	if (questions[q].kind == ANSWER_NAMES && set == ANSWER_NAMED && !as_known(op, q, &text))
		return false;
	if (person.n > NAME_LENGTH)
		return err_set(&op->err, TOO_BIG, "person", "A name has at most %d characters.", NAME_LENGTH);
	if (unknown && !person.n) {
		if (!sql_walk_person(op, op->person, &me, &found))
			return false;
		person = found ? me.name : STR("");
	}
	w->answers.set[q] = set, w->answers.text[q] = text;
	w->answers.person[q] = unknown ? person : STR(""), w->answers.due[q] = !unknown ? 0 : by ? by : in_two_weeks(op);
	return sql_walk_answer_put(op, w->id, str_of(questions[q].name), text, w->answers.person[q], w->answers.due[q]) && sql_walk_touch(op, w->id, op->now) &&
	       log_add(op, "payment.answered", ABOUT({ "walk", w->id }, { "question", (int64_t)q }, { "known", !unknown }));
}

/* ---- what is offered ---- */

struct card_findings { struct bits holder; };

static bool with_cards(void *to, const struct found *f)
{
	struct card_findings *c = to;
	if (f->last >= FAR_OFF && (f->kinds | f->unnamed_kinds) & KIND(CARD_NUMBER))
		bits_add(&c->holder, (size_t)f->holder.n);
	return true;
}

static bool imported_ones(struct op *op, struct bits *in)
{
	struct sql_walk_imported q;
	if (!sql_walk_imported(op, &q))
		return false;
	while (sql_walk_imported_next(op, &q))
		bits_add(in, (size_t)q.id);
	return op->err.code == OK;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

bool payment_offered(struct op *op, size_t q, struct offered *out)
{
	const struct question *asked = &questions[q];
	bool finding = strcmp(asked->name, "cards_kept") == 0;
	struct holder *h;
	size_t holders;
	*out = (struct offered){ 0 };
	if (asked->kind != ANSWER_NAMES && !finding)
		return true;
	if (!map_holders(op, &h, &holders))
		return false;
	struct bits imported = bits_open(holders + 2);
	struct card_findings cards = { bits_open(holders + 2) };
	bool good = imported_ones(op, &imported) && (!finding || found_each(op, with_cards, &cards));
	out->name = ARENA_ARRAY(op->a, struct str, NAMES_MAX);
	for (size_t i = 0; good && i < holders && out->n < NAMES_MAX; i++) {
		bool own = h[i].id.n == map_self(op).n, right = finding ? bits_has(&cards.holder, (size_t)h[i].id.n) : h[i].sort == asked->sort && h[i].until >= FAR_OFF && !own;
		if (!right || h[i].name.n > NAME_LENGTH)
			continue;
		out->name[out->n++] = h[i].name;
		out->imported |= bits_has(&imported, (size_t)h[i].id.n);
	}
	if (out->n)
		qsort(out->name, out->n, sizeof *out->name, by_name);
	bits_close(&imported);
	bits_close(&cards.holder);
	return good;
}
