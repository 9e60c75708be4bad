/* verbs - the walk-through by hand: each answer, putting them on the map, and what stands there. The wizards (handback payment walk, the pages) are made of these. */
#include "task_int.h"
#include "walk_sql.h"

#include <inttypes.h>

/* "an option, another" as people read it */
static struct str words_of_answer(struct op *op, const struct answers *a, size_t q, bool spanish)
{
	struct buf b = BUF(64 << 10);
	const struct question *asked = &questions[q];
	if (a->set[q] == ANSWER_UNKNOWN)
		buf_printf(&b, spanish ? "todavía no se sabe (" STR_FMT ", hasta el " STR_FMT ")" : "not known yet (" STR_FMT ", by " STR_FMT ")", STR_ARG(a->person[q]),
		           STR_ARG(when_day_text(op->a, op->zone, a->due[q], spanish ? "es" : "en")));
	else if (a->set[q] == ANSWER_NONE)
		buf_put(&b, str_of(spanish ? "nadie" : "nobody"));
	else if (a->set[q] & ANSWER_NAMED)
		for (struct str rest = a->text[q], one; rest.p;) {
			one = str_split(&rest, '\n');
			buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(one));
		}
	else
		for (size_t i = 0; i < asked->options; i++)
			if (a->set[q] >> i & 1)
				buf_printf(&b, "%s%s", b.n ? "; " : "", spanish ? asked->option[i].label.es : asked->option[i].label.en);
	struct str text = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return text;
}

static void say_next(const struct answers *a, struct answer *answer)
{
	size_t next = question_next(a, 0);
	if (next < questions_n)
		answer_say(answer, "Next: %s  %s", questions[next].name, questions[next].ask.en);
	else
		answer_say(answer, "That was the last question. Look through it: handback payment show --draft. Then: handback payment apply");
}

static bool answer_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct walk w;
	struct span by = { 0, 0, false };
	struct str name = args_text(args, "question");
	const struct arg *value = args_list(args, "answer");
	bool asked[QUESTIONS_MAX];
	size_t q;
	if (!question_named(name, &q))
		return err_set(&op->err, NOT_FOUND, "question", "There is no question of that name. handback payment questions lists them.");
	if (args_has(args, "by") && (!when_parse(args_text(args, "by"), op->zone, &by) || by.to <= op->now))
		return err_set(&op->err, INVALID, "by", "--by is a day that is still to come, like 2026-12-11.");
	if (!payment_draft(op, &w))
		return false;
	questions_asked(&w.answers, asked);
	if (!asked[q])
		return err_set(&op->err, INVALID, "question", "%s is not asked by the answers so far.", questions[q].name);
	if (!payment_answer(op, &w, q, value->value, value->n, args_text(args, "person"), by.to ? by.to - 1 : 0))
		return false;
	size_t next = question_next(&w.answers, 0);
	answer_row(answer);
	answer_number(answer, "walk", w.id);
	answer_text(answer, "next", next < questions_n ? str_of(questions[next].name) : STR(""));
	answer_number(answer, "left", (int64_t)questions_left(&w.answers));
	answer_row_end(answer);
	say_next(&w.answers, answer);
	return true;
}

static bool apply_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct applied done;
	(void)args;
	if (!payment_apply(op, &done))
		return false;
	answer_row(answer);
	answer_number(answer, "walk", done.walk);
	answer_number(answer, "holders", (int64_t)done.holders);
	answer_number(answer, "flows", (int64_t)done.flows);
	answer_number(answer, "ended", (int64_t)done.ended);
	answer_number(answer, "keeps", (int64_t)done.keeps);
	answer_number(answer, "tasks", (int64_t)done.tasks);
	answer_row_end(answer);
	if (str_eq(op_setting(op, "language"), STR("es"))) {
		answer_say(answer, "Está en el mapa: %s y %s, %s.", counted(op->a, (int64_t)done.holders, "lugar nuevo", "lugares nuevos"),
		           counted(op->a, (int64_t)done.flows, "camino nuevo", "caminos nuevos"), counted(op->a, (int64_t)done.ended, "camino terminado", "caminos terminados"));
		if (done.tasks)
			answer_say(answer, "%s por averiguar: handback task list", counted(op->a, (int64_t)done.tasks, "cosa queda", "cosas quedan"));
		return true;
	}
	answer_say(answer, "It is on the map: %s and %s are new, %s.", counted(op->a, (int64_t)done.holders, "holder", "holders"), counted(op->a, (int64_t)done.flows, "flow", "flows"),
	           counted(op->a, (int64_t)done.ended, "flow ended", "flows ended"));
	if (done.tasks)
		answer_say(answer, "%s to be found out: handback task list", counted(op->a, (int64_t)done.tasks, "thing is still", "things are still"));
	return true;
}

/* ---- looking ---- */

static void words_put(struct answer *answer, const char *key, struct str text)
{
	struct str value[NAMES_MAX + 1];
	size_t n = 0;
	while (text.p && n < LENGTH(value))
		value[n++] = str_split(&text, '\n');
	answer_words(answer, key, value, n);
}

/* before: the answers of last time, NULL: there are none, or nobody asks. What is not asked any more stands there as well, without an answer. */
static void show_answer(struct op *op, const struct answers *before, const struct answers *now, bool asked, size_t q, bool spanish, struct answer *answer)
{
	const struct str none = { NULL, 0 };
	bool changed = before && payment_changed(before, now, q), was = changed && before->set[q];
	answer_row(answer);
	answer_text(answer, "question", str_of(questions[q].name));
	answer_text(answer, "part", str_of(walk_parts[questions[q].part].name));
	answer_text(answer, "ask", str_of(questions[q].ask.en));
	words_put(answer, "answer", asked && now->set[q] ? now->text[q] : none);
	answer_flag(answer, "changed", changed);
	words_put(answer, "before", was ? before->text[q] : none);
	answer_row_end(answer);
	answer_say(answer, "  %s", spanish ? questions[q].ask.es : questions[q].ask.en);
	answer_say(answer, "      " STR_FMT "%s", STR_ARG(!asked ? str_of(spanish ? "(ya no se pregunta)" : "(no longer asked)") : now->set[q] ? words_of_answer(op, now, q, spanish) :
	           str_of(spanish ? "(sin respuesta todavía)" : "(not answered yet)")), !changed ? "" : spanish ? "   (cambió)" : "   (changed)");
	if (was)
		answer_say(answer, spanish ? "      antes: " STR_FMT : "      before: " STR_FMT, STR_ARG(words_of_answer(op, before, q, spanish)));
}

static bool left_show(struct op *op, const struct walk *w, bool spanish, struct answer *answer)
{
	struct left_out *l;
	size_t n;
	if (!payment_left(op, w, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct left_choice *c = left_choices;
		while (c < left_choices + left_choices_n && (l[i].is == LEFT_UNASKED || c->is != l[i].is))
			c++;
		bool said = c < left_choices + left_choices_n;
		struct str word = said ? str_of(c->name) : STR("?");
		answer_row(answer);
		answer_text(answer, "question", STR("left"));
		answer_text(answer, "reader", l[i].name);
		answer_words(answer, "answer", &word, l[i].is != LEFT_UNASKED);
		answer_flag(answer, "changed", false);
		answer_row_end(answer);
		answer_say(answer, "  " STR_FMT, STR_ARG(left_ask(op->a, l[i].name, spanish)));
		answer_say(answer, "      %s", said ? spanish ? c->label.es : c->label.en : l[i].is == LEFT_UNKNOWN ? spanish ? "todavía no se sabe" : "not known yet" : spanish ? "(sin respuesta todavía)" : "(not answered yet)");
	}
	return true;
}

/* As text in the business's language; the rows are the same in each. */
static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct walk w, last;
	struct plan p;
	bool asked[QUESTIONS_MAX], draft = args_has(args, "draft"), spanish = str_eq(op_setting(op, "language"), STR("es"));
	if (!payment_in_force(op, &last) || !(draft ? payment_draft(op, &w) : payment_in_force(op, &w)))
		return false;
	if (!w.id)
		return err_set(&op->err, NOT_FOUND, NULL, draft ? "There is no draft. Begin one with: handback payment walk" : "Nobody has walked through it yet. Begin with: handback payment walk");
	questions_asked(&w.answers, asked);
	size_t part = walk_parts_n;
	for (size_t q = 0; q < questions_n; q++) {
		const struct answers *before = draft && last.id ? &last.answers : NULL;
		if (!asked[q] && !(before && payment_changed(before, &w.answers, q)))
			continue;
		if (questions[q].part != part)
			part = questions[q].part, answer_say(answer, "%s", spanish ? walk_parts[part].title.es : walk_parts[part].title.en);
		show_answer(op, before, &w.answers, asked[q], q, spanish, answer);
	}
	if (!left_show(op, &w, spanish, answer))
		return false;
	if (answer->json)
		return true;
	if (!payment_plan(op, &w.answers, &p))
		return false;
	answer_say(answer, "%s", spanish ? "Lo que esto dice en el mapa" : draft ? "What this puts on the map" : "What this says on the map");
	for (size_t i = 0; i < p.flows; i++)
		answer_say(answer, "  " STR_FMT, STR_ARG(plan_flow_say(op->a, &p, &p.flow[i], spanish)));
	return true;
}

static bool channels_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct walk w;
	struct sql_walk_flows f;
	int64_t flows[QUESTIONS_MAX] = { 0 };
	bool asked[QUESTIONS_MAX];
	(void)args;
	if (!payment_in_force(op, &w) || !sql_walk_flows(op, &f))
		return false;
	while (sql_walk_flows_next(op, &f))
		for (size_t p = 0; p < walk_parts_n; p++)
			flows[p] += str_eq(f.channel, str_of(walk_parts[p].name));
	if (op->err.code != OK)
		return false;
	questions_asked(&w.answers, asked);
	for (size_t p = 1; p < walk_parts_n && w.id; p++) {
		int64_t unknown = 0;
		if (!part_chosen(&w.answers, p))
			continue;
		for (size_t q = walk_parts[p].first; q < walk_parts[p].first + walk_parts[p].n; q++)
			unknown += asked[q] && w.answers.set[q] == ANSWER_UNKNOWN;
		answer_row(answer);
		answer_text(answer, "channel", str_of(walk_parts[p].name));
		answer_text(answer, "name", str_of(walk_parts[p].title.en));
		answer_time(answer, "told", w.applied);
		answer_number(answer, "flows", flows[p]);
		answer_number(answer, "unknown", unknown);
		answer_row_end(answer);
		answer_say(answer, "%-14s %s%s", walk_parts[p].name, walk_parts[p].title.en, unknown ? arena_printf(op->a, " (%s)", counted(op->a, unknown, "answer is not known", "answers are not known")) : "");
	}
	if (!w.id)
		answer_say(answer, "Nobody has walked through it yet. Begin with: handback payment walk");
	return true;
}

static bool questions_run(struct op *op, const struct args *args, struct answer *answer)
{
	(void)op, (void)args;
	static const char *const sorts[] = { [ANSWER_ONE] = "one", [ANSWER_SEVERAL] = "several", [ANSWER_NAMES] = "names", [ANSWER_PHONE] = "phone" };
	for (size_t q = 0; q < questions_n; q++) {
		struct str name[32];
		for (size_t i = 0; i < questions[q].options; i++)
			name[i] = str_of(questions[q].option[i].name);
		answer_row(answer);
		answer_text(answer, "question", str_of(questions[q].name));
		answer_text(answer, "part", str_of(walk_parts[questions[q].part].name));
		answer_text(answer, "takes", str_of(sorts[questions[q].kind]));
		answer_words(answer, "options", name, questions[q].options);
		answer_text(answer, "ask", str_of(questions[q].ask.en));
		answer_text(answer, "ask_es", str_of(questions[q].ask.es));
		answer_text(answer, "source", str_of(questions[q].source));
		answer_row_end(answer);
		answer_say(answer, "%s (%s)  %s", questions[q].name, sorts[questions[q].kind], questions[q].ask.en);
		for (size_t i = 0; i < questions[q].options; i++)
			answer_say(answer, "    %-14s %s", questions[q].option[i].name, questions[q].option[i].label.en);
	}
	return true;
}

const struct verb payment_verbs[] = {
	{ "payment answer", "Answers one question of the walk; nothing is put on the map yet.", "handback payment answer channels phone_reader cash", VERB_WRITE,
	  FIELDS({ "question", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "its name: handback payment questions" },
	         { "answer", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED | FIELD_LIST, "options or names; - for nobody, ? for not known yet" },
	         { "person", FIELD_TEXT, 0, "with ?: who finds it out; you, if not told" }, { "by", FIELD_TIME, 0, "with ?: by which day; in two weeks, if not told" }), answer_run },
	{ "payment left", "Says what is with a card reader that is on the map and that no answer names.", "handback payment left 'Van 3 reader' spare", VERB_WRITE,
	  FIELDS({ "reader", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the reader, by name" },
	         { "what", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "phone_reader or counter: it takes payments there; spare; gone; ? for not known yet" },
	         { "person", FIELD_TEXT, 0, "with ?: who finds it out; you, if not told" }, { "by", FIELD_TIME, 0, "with ?: by which day; in two weeks, if not told" }), left_run },
	{ "payment apply", "Puts the answers on the map: holders, flows, how long things are kept, who sees what. Without a draft: says that those in force are still right.", "handback payment apply", VERB_WRITE, NO_FIELDS, apply_run },
	{ "payment show", "Shows the answers and what they say on the map.", "handback payment show --draft", VERB_READ,
	  FIELDS({ "draft", FIELD_FLAG, 0, "those that are not on the map yet, and what has changed" }), show_run, ROLES_ALL },
	{ "payment channels", "Lists the ways in which you are paid.", "handback payment channels", VERB_READ, NO_FIELDS, channels_run, ROLES_ALL },
	{ "payment questions", "Lists what the walk can ask, with the names for files of answers.", "handback payment questions --json", VERB_READ, NO_FIELDS, questions_run, ROLES_ALL },
	{ "task list", "Lists what is still to be found out, the most urgent first.", "handback task list", VERB_READ,
	  FIELDS({ "done", FIELD_FLAG, 0, "those too that are done" }), task_list_run, ROLES_ALL },
	{ "task done", "Says what was found out, and takes the task off the list: one's own, or as an owner or a manager any. The answer goes into the draft.", "handback task done 1 no", VERB_WRITE,
	  FIELDS({ "task", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number" },
	         { "answer", FIELD_TEXT, FIELD_PLACED | FIELD_LIST, "what was found out, as payment answer takes it; needed while its question has none" }), task_done_run, ROLES_WORK },
	{ 0 },
};
