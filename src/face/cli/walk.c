/* walk - the walk-through in the terminal: one plain question at a time, or the answers out of a file of lines or of JSON. Every answer and the end are verbs of payment. */
#include "cli_int.h"
#include "payment.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_READ = 4096, LINES_MAX = 1000 };

/* ---- doing verbs ---- */

static const struct verb *verb_named(const char *name)
{
	const struct verb *v = payment_verbs;
	while (v->name && strcmp(v->name, name) != 0)
		v++;
	return v;
}

struct given { const char *field; struct str *value; size_t n; };

static struct args args_of(struct op *op, const struct verb *v, const struct given *given, size_t n)
{
	struct args args = { ARENA_ARRAY(op->a, struct arg, v->n + 1), v->n };
	for (size_t f = 0; f < v->n; f++) {
		args.arg[f].field = &v->fields[f];
		for (size_t i = 0; i < n; i++)
			if (strcmp(given[i].field, v->fields[f].name) == 0)
				args.arg[f].value = given[i].value, args.arg[f].n = given[i].n;
	}
	return args;
}

static bool does(struct op *op, const char *name, const struct given *given, size_t n, struct answer *answer)
{
	const struct verb *v = verb_named(name);
	struct args args = args_of(op, v, given, n);
	return op_do(op, v, &args, answer);
}

/* Only what was masked is told while the questions are asked. */
static struct answer quiet(const struct answer *a)
{
	return (struct answer){ .note = a->note, .to = a->to };
}

/* within: in a transaction that is under way already. */
static bool answered(struct op *op, size_t q, struct str *value, size_t n, struct str person, struct str by, bool within, struct answer *answer)
{
	struct str name = str_of(questions[q].name);
	struct given given[] = { { "question", &name, 1 }, { "answer", value, n }, { "person", &person, person.n > 0 }, { "by", &by, by.n > 0 } };
	struct answer silent = quiet(answer);
	if (!within)
		return does(op, "payment answer", given, LENGTH(given), &silent);
	const struct verb *v = verb_named("payment answer");
	struct args args = args_of(op, v, given, LENGTH(given));
	return op_fits(op, v, &args, &silent) && v->run(op, &args, &silent);
}

/* What is with a reader that no answer names. */
static bool left_says(struct op *op, struct str reader, struct str what, bool within, struct answer *answer)
{
	struct given given[] = { { "reader", &reader, 1 }, { "what", &what, 1 } };
	struct answer silent = quiet(answer);
	if (!within)
		return does(op, "payment left", given, LENGTH(given), &silent);
	const struct verb *v = verb_named("payment left");
	struct args args = args_of(op, v, given, LENGTH(given));
	return op_fits(op, v, &args, &silent) && v->run(op, &args, &silent);
}

/* ---- a file of answers ---- */

/* One question's: an option, options or names; "? PERSON 2026-12-11" of an unknown one, person and day at will. "left READER" names a reader that no answer names. */
static bool says(struct op *op, struct str name, struct str *value, size_t n, struct bits *seen, struct answer *answer)
{
	struct str person = { NULL, 0 }, by = { NULL, 0 };
	size_t q;
	struct span day;
	if (str_starts(name, STR("left ")))
		return left_says(op, str_trim((struct str){ name.p + 5, name.n - 5 }), value[0], true, answer);
	if (!question_named(name, &q))
		return err_set(&op->err, INVALID, "answers", "There is no question of that name. handback payment questions lists them.");
	if (bits_has(seen, q))
		return err_set(&op->err, INVALID, "answers", "%s is answered above already. Keep one of the two.", questions[q].name);
	bits_add(seen, q);
	if (n == 1 && value[0].n && value[0].p[0] == '?') {
		struct str words = str_trim((struct str){ value[0].p + 1, value[0].n - 1 });
		const char *space = words.n ? memrchr(words.p, ' ', words.n) : NULL;
		struct str last = space ? (struct str){ space + 1, words.n - (size_t)(space + 1 - words.p) } : words;
		if (when_parse(last, op->zone, &day))
			by = last, words.n -= last.n;
		person = str_trim(words);
		value[0].n = 1;
	}
	return answered(op, q, value, n, person, by, true, answer);
}

/* What is said in one text: options with commas between; names as they are, for the verb takes them apart: a company's may have a comma in it. */
static size_t told_apart(struct str name, struct str text, struct str value[NAMES_MAX + 1])
{
	size_t q, n = 0;
	bool whole = (text.n && text.p[0] == '?') || !question_named(name, &q) || questions[q].kind >= ANSWER_NAMES;
	if (whole)
		value[n++] = text;
	while (!whole && text.p && n < NAMES_MAX + 1)
		value[n++] = str_trim(str_split(&text, ','));
	return n;
}

/* "QUESTION = ANSWER, ANSWER" */
static bool line_answer(struct op *op, struct str line, struct bits *seen, struct answer *answer)
{
	struct str value[NAMES_MAX + 1], rest = line, name = str_trim(str_split(&rest, '='));
	if (!rest.p)
		return err_set(&op->err, INVALID, "answers", "This is no QUESTION = ANSWER.");
	return says(op, name, value, told_apart(name, str_trim(rest), value), seen, answer);
}

/* Line by line; line: the one that was wrong, 0 for the file as a whole. A mark of UTF-8 at the start, as editors on Windows write it, says nothing. */
static bool lines_answer(struct op *op, FILE *f, int64_t *line, struct answer *answer)
{
	struct bits seen = bits_open(questions_n + 1);
	char *text = NULL;
	size_t room = 0, told = 0;
	ssize_t n;
	bool good = true;
	while (good && (n = getline(&text, &room, f)) >= 0) {
		struct str s = { text, (size_t)n };
		if (!(*line)++ && str_starts(s, STR("\xEF\xBB\xBF")))
			s.p += 3, s.n -= 3;
		s = str_trim(s);
		if (n > LINE_MAX_READ || *line > LINES_MAX)
			good = err_set(&op->err, TOO_BIG, "answers", "A file of answers has at most %d lines of %d characters.", LINES_MAX, LINE_MAX_READ);
		else if (s.n && s.p[0] != '#')
			good = line_answer(op, arena_str(op->a, s), &seen, answer), told++;
	}
	if (good)
		*line = 0;
	if (good && ferror(f))
		good = err_set(&op->err, INVALID, "answers", "It can't be read: %s.", strerror(errno));
	else if (good && !told)
		good = err_set(&op->err, INVALID, "answers", "There is no answer in it. A line says QUESTION = ANSWER.");
	free(text);
	bits_close(&seen);
	return good;
}

/* At most as much as lines may have, a part at a time. */
struct reading { FILE *f; size_t left; };

static size_t some_read(void *part, size_t size, void *of)
{
	struct reading *r = of;
	size_t n = size <= r->left ? fread(part, 1, size, r->f) : 0;
	r->left -= n;
	return (size > r->left + n || ferror(r->f)) ? (size_t)-1 : n;
}

/* A text, or a list of texts. */
static bool json_answer(struct op *op, struct str name, const json_t *told, struct bits *seen, struct answer *answer)
{
	struct str value[NAMES_MAX + 1];
	size_t n = 0;
	bool good = json_is_string(told) || (json_is_array(told) && json_array_size(told) > 0 && json_array_size(told) <= LENGTH(value));
	if (good && json_is_string(told))
		n = told_apart(name, str_trim(str_of(json_string_value(told))), value);
	for (size_t i = 0; good && i < json_array_size(told); i++) {
		const json_t *one = json_array_get(told, i);
		good = json_is_string(one);
		if (good)
			value[n++] = str_trim(str_of(json_string_value(one)));
	}
	return good ? says(op, name, value, n, seen, answer) : err_set(&op->err, INVALID, "answers", "An answer is a text, or a list of at most %d texts.", NAMES_MAX);
}

/* {"QUESTION": "ANSWER", "QUESTION": ["ANSWER", "ANSWER"]}, in any order: what is asked before is answered before. */
static bool json_answers(struct op *op, FILE *f, int64_t *line, struct answer *answer)
{
	struct bits seen = bits_open(questions_n + 1);
	struct reading reading = { f, (size_t)LINES_MAX * LINE_MAX_READ };
	json_error_t e;
	json_t *all = json_load_callback(some_read, &reading, JSON_REJECT_DUPLICATES, &e), *told;
	const char *name;
	size_t q;
	bool good = json_is_object(all) && json_object_size(all) > 0;
	if (!good)
		err_set(&op->err, INVALID, "answers", all ? "There is no answer in it. It is {\"QUESTION\": \"ANSWER\", ...}." : "This is not JSON as it should be."), *line = all ? 0 : e.line;
	json_object_foreach(all, name, told)
		if (good && !question_named(str_of(name), &q))           /* a reader; what is neither is said to be no question */
			good = str_starts(str_of(name), STR("left ")) || says(op, str_of(name), NULL, 0, &seen, answer);
	for (q = 0; good && q < questions_n; q++)
		if ((told = json_object_get(all, questions[q].name)))
			good = json_answer(op, str_of(questions[q].name), told, &seen, answer);
	json_object_foreach(all, name, told)
		if (good && str_starts(str_of(name), STR("left ")))
			good = json_answer(op, str_of(name), told, &seen, answer);
	json_decref(all);
	bits_close(&seen);
	return good;
}

static bool begins_as_json(FILE *f)
{
	int c = getc(f);
	if (c != EOF)
		ungetc(c, f);
	return c == '{' || c == '[';
}

/* All of the file, or with an error in it nothing. */
static bool from_file(struct op *op, struct str path, struct answer *answer)
{
	const char *name = arena_printf(op->a, STR_FMT, STR_ARG(path));
	int64_t line = 0;
	FILE *f = fopen(name, "re");
	if (!f)
		return err_set(&op->err, INVALID, "answers", "%s can't be read: %s.", name, strerror(errno));
	if (!op_begin(op)) {
		fclose(f);
		return false;
	}
	bool good = begins_as_json(f) ? json_answers(op, f, &line, answer) : lines_answer(op, f, &line, answer);
	fclose(f);
	if (!good) {
		struct err why = op->err;
		err_clear(&op->err);
		err_set(&op->err, why.code, "answers", "%s%s: %s Nothing of the file is kept.", name, line ? arena_printf(op->a, ", line %" PRId64, line) : "", why.say);
	}
	return op_end(op, good) && good;
}

/* ---- in the terminal: in the business's language ---- */

static bool spanish(struct op *op)
{
	return str_eq(op_setting(op, "language"), STR("es"));
}

static const char *in(const struct both *b, bool es)
{
	return es ? b->es : b->en;
}

/* What steers the walk; the English word counts in Spanish, too. */
static bool steers(struct str line, const struct both *word)
{
	return str_eq(line, str_of(word->en)) || str_eq(line, str_of(word->es));
}
static const struct both stop = { "stop", "parar" }, back = { "back", "volver" }, help = { "help", "ayuda" }, dunno = { "dunno", "nose" }, yes = { "yes", "si" };

enum said { SAID_ANSWER, SAID_BACK, SAID_STOP };

static void show_options(const struct question *q, bool es)
{
	for (size_t i = 0; i < q->options; i++)
		printf("  %2zu  %s\n", i + 1, in(&q->option[i].label, es));
}

static void show_question(const struct walk *w, size_t q, const struct offered *o, bool es)
{
	const struct question *asked = &questions[q];
	size_t k, n;
	question_place(&w->answers, q, &k, &n);
	printf(es ? "\n%s: pregunta %zu de unas %zu\n%s\n" : "\n%s: question %zu of about %zu\n%s\n", in(&walk_parts[asked->part].title, es), k, n, in(&asked->ask, es));
	if (o->n && asked->prefill.en)
		printf("  %s\n", in(&asked->prefill, es));
	show_options(asked, es);
	for (size_t i = 0; i < o->n && asked->kind == ANSWER_NAMES; i++)
		printf("  %2zu  " STR_FMT "\n", i + 1, STR_ARG(o->name[i]));
	for (size_t i = 0; i < o->n && asked->kind != ANSWER_NAMES; i++)
		printf("      " STR_FMT "\n", STR_ARG(o->name[i]));
	if (w->answers.set[q]) {
		printf(es ? "  Hasta ahora: " : "  As it stands: ");
		for (struct str rest = w->answers.text[q], one; rest.p; printf("%s", rest.p ? ", " : "\n")) {
			size_t i = 0;
			one = str_split(&rest, '\n');
			while (i < asked->options && !str_eq(one, str_of(asked->option[i].name)))
				i++;
			printf(STR_FMT, STR_ARG(i < asked->options ? str_of(in(&asked->option[i].label, es)) : str_eq(one, STR("?")) ? str_of(es ? "todavía no se sabe" : "not known yet")
			                        : str_eq(one, STR("-")) ? str_of(es ? "nadie" : "nobody") : one));
		}
	}
}

static void show_help(size_t q, bool es)
{
	static const struct both how[] = {
		[ANSWER_ONE] = { "Type the number of your answer.", "Escriba el número de su respuesta." },
		[ANSWER_SEVERAL] = { "Type the numbers of your answers, with commas.", "Escriba los números de sus respuestas, separados por comas." },
		[ANSWER_NAMES] = { "Type numbers or names, with commas; - for nobody.", "Escriba números o nombres, separados por comas; - para nadie." },
		[ANSWER_PHONE] = { "Type the number, with its area code.", "Escriba el número, con su código de área." },
	};
	if (questions[q].help.en)
		printf("  %s\n", in(&questions[q].help, es));
	printf("  %s\n", in(&how[questions[q].kind], es));
	if (q)                                                   /* all others follow from the first, so somebody knows it */
		printf("  %s\n", es ? "nose: nadie lo sabe todavía, y alguien lo averigua." : "dunno: nobody knows yet, and somebody finds it out.");
	printf(es ? "  volver: la pregunta anterior. parar: seguir otro día. Enter: como está.\n  Por qué preguntamos: %s\n"
	          : "  back: the question before. stop: go on another time. Enter: as it stands.\n  Why we ask: %s\n", questions[q].source);
}

static bool read_line(struct op *op, const char *prompt, struct str *out)
{
	char text[LINE_MAX_READ];
	if (!terminal_line(prompt, text, sizeof text))
		return false;
	*out = arena_str(op->a, str_trim(str_of(text)));
	return true;
}

/* Numbers stand for options or for the names that were offered; anything else for itself. */
static struct str meant(size_t q, const struct offered *o, struct str word)
{
	int64_t n;
	const struct question *asked = &questions[q];
	if (!str_i64(word, &n) || n < 1)
		return word;
	if ((size_t)n <= asked->options)
		return str_of(asked->option[n - 1].name);
	return asked->kind == ANSWER_NAMES && (size_t)n <= o->n ? o->name[n - 1] : word;
}

/* One question until it is answered. */
static enum said ask(struct op *op, const struct walk *w, size_t q, struct answer *answer)
{
	struct offered o;
	struct str line, value[NAMES_MAX + 1], person = { NULL, 0 }, by = { NULL, 0 };
	bool es = spanish(op);
	if (!payment_offered(op, q, &o))
		return SAID_STOP;
	show_question(w, q, &o, es);
	while (read_line(op, "> ", &line)) {
		size_t n = 0;
		if (steers(line, &stop))
			return SAID_STOP;
		if (steers(line, &back))
			return SAID_BACK;
		if (str_eq(line, STR("?")) || steers(line, &help)) {
			show_help(q, es);
			continue;
		}
		if (!line.n && w->answers.set[q])        /* as it stands */
			return SAID_ANSWER;
		if (!q && steers(line, &dunno)) {
			printf("  %s\n", es ? "Esta la necesita: las demás preguntas dependen de ella. Empiece con una forma que sepa; se puede cambiar." :
			                      "This one is needed: all others follow from it. Begin with a way that you know; it can be changed.");
			continue;
		}
		if (steers(line, &dunno)) {
			if (!read_line(op, es ? "  ¿Quién lo averigua? (Enter: usted) " : "  Who finds it out? (Enter: you) ", &person) ||
			    !read_line(op, es ? "  ¿Hasta qué día? (como 2026-12-11; Enter: en dos semanas) " : "  By which day? (like 2026-12-11; Enter: in two weeks) ", &by))
				return SAID_STOP;
			value[n++] = STR("?");
		} else if (questions[q].kind == ANSWER_PHONE) {
			value[n++] = line;
		} else if (questions[q].kind == ANSWER_NAMES && line.n) {
			n = names_typed(line, value);
			for (size_t i = 0; i < n; i++)
				value[i] = meant(q, &o, value[i]);
		} else if (line.n) {
			while (line.p && n < LENGTH(value)) {
				value[n] = meant(q, &o, str_trim(str_split(&line, ',')));
				n++;
			}
		}
		if (answered(op, q, value, n, person, by, false, answer))
			return SAID_ANSWER;
		printf("  %s\n", op->err.say);
		err_clear(&op->err);
		person.n = by.n = 0;
	}
	return SAID_STOP;
}

/* Of one reader that no answer names, until it is said. */
static bool ask_left(struct op *op, const struct walk *w, const struct left_out *l, struct answer *answer)
{
	bool es = spanish(op);
	size_t fits[8], n = 0;
	struct str line;
	int64_t k;
	printf("\n" STR_FMT "\n", STR_ARG(left_ask(op->a, l->name, es)));
	for (size_t i = 0; i < left_choices_n && n < LENGTH(fits); i++)
		if (left_fits(&w->answers, &left_choices[i])) {
			fits[n++] = i;
			printf("  %2zu  %s\n", n, in(&left_choices[i].label, es));
		}
	while (read_line(op, "> ", &line)) {
		if (steers(line, &stop))
			return false;
		if (left_says(op, l->name, steers(line, &dunno) ? STR("?") : str_i64(line, &k) && k > 0 && (size_t)k <= n ? str_of(left_choices[fits[k - 1]].name) : line, false, answer))
			return true;
		printf("  %s\n", op->err.say);
		err_clear(&op->err);
	}
	return false;
}

static bool questions_through(struct op *op, struct answer *answer)
{
	struct walk w;
	if (!payment_draft(op, &w))
		return false;
	size_t q = question_next(&w.answers, 0);
	while (q < questions_n) {
		enum said said = ask(op, &w, q, answer);
		if (said == SAID_STOP || op_stopped(op) || !payment_draft(op, &w))
			return false;
		size_t before = question_before(&w.answers, q);
		q = said == SAID_ANSWER ? question_next(&w.answers, 0) : before < questions_n ? before : q;
	}
	return true;
}

/* Asks what is open, then of readers that no answer names, which may open more. false: stopped, or nothing more comes. */
static bool walk_through(struct op *op, struct answer *answer)
{
	struct walk w;
	struct left_out l;
	for (bool any = true; any;) {
		if (!questions_through(op, answer) || !payment_draft(op, &w) || !left_next(op, &w, &l, &any) || (any && !ask_left(op, &w, &l, answer)))
			return false;
	}
	return true;
}

/* The check-your-answers page of the terminal: yes puts it on the map, a question's name asks it again. */
static bool check(struct op *op, bool *apply, struct answer *answer)
{
	struct str line, draft = STR("");
	struct walk w;
	size_t q;
	bool es = spanish(op);
	for (*apply = false;;) {
		struct given given[] = { { "draft", &draft, 1 } };
		printf("\n%s\n", es ? "Revise sus respuestas. Todavía no hay nada en el mapa." : "Check your answers. Nothing is on the map yet.");
		fflush(stdout);
		if (!payment_draft(op, &w) || !does(op, "payment show", given, w.id ? LENGTH(given) : 0, answer))
			return false;
		do
			if (!read_line(op, es ? "\n¿Poner esto en el mapa? si, parar, o el nombre de la pregunta que cambiar (como list) " : "\nPut this on the map? yes, stop, or the question to change (like list) ", &line) ||
			    steers(line, &stop))
				return true;
		while (!steers(line, &yes) && !question_named(line, &q) &&
		       printf("  %s\n", es ? "Ninguna pregunta se llama así. handback payment questions las enumera." : "That is no question's name. handback payment questions lists them."));
		if (steers(line, &yes)) {
			*apply = true;
			return true;
		}
		if (ask(op, &w, q, answer) == SAID_STOP || !walk_through(op, answer))
			return true;
	}
}

bool payment_walk_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct walk w;
	bool file = args_has(args, "answers"), apply = false, people = isatty(0);
	if ((file && !from_file(op, args_text(args, "answers"), answer)) || !payment_draft(op, &w))
		return false;
	size_t open = question_next(&w.answers, 0);
	if (file && !people && open < questions_n) {
		answer_note(answer, "The answers are kept as a draft: %s is still open, and %zu in all. Nothing is on the map yet.", questions[open].name, questions_left(&w.answers));
		answer->attention = true;
		return true;
	}
	if (!file || open < questions_n) {
		if (!walk_through(op, answer) || !check(op, &apply, answer))
			apply = false;
	} else {
		apply = true;
	}
	if (op->err.code != OK)
		return false;
	if (!apply) {
		answer_note(answer, spanish(op) ? "Sus respuestas quedan guardadas. Siga con: handback payment walk" : "Your answers are kept. Go on with: handback payment walk");
		return true;
	}
	return does(op, "payment apply", NULL, 0, answer);
}
