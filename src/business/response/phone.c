/* phone - what to say when customers ring, out of the incident's facts. */
#include "response_int.h"
#include "laws.h"
#include "response_data.h"

#include <inttypes.h>

enum { LINES = 40, STEPS = 3 };

static struct str steps_of(struct op *op, kinds of, bool spanish)
{
	struct str step[STEPS];
	struct buf b = BUF(2000);
	size_t n = notice_advice(of, spanish, step, STEPS);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%zu. " STR_FMT, i ? "\n" : "", i + 1, STR_ARG(step[i]));
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* A title is no sentence: it may end as one, or not. */
static struct str without_end(struct str s)
{
	while (s.n && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ' '))
		s.n--;
	return s;
}

/* One of the data as it is read. said: where its Spanish goes. */
struct reading { struct phone_line *out; size_t n; struct str question, say; bool holds, any; };

static void say_end(struct op *op, struct reading *r, const struct place_value *values, size_t n)
{
	struct str text = r->any && r->holds ? filled(op, r->say, values, n) : STR("");
	struct phone_line *last = r->n ? &r->out[r->n - 1] : NULL;
	if (text.n && last && r->question.n && str_eq(last->question, r->question))
		last->say = arena_say(op->a, STR_FMT " " STR_FMT, STR_ARG(last->say), STR_ARG(text));
	else if (text.n && r->n < LINES)
		r->out[r->n++] = (struct phone_line){ r->question, text };
	r->any = false;
}

bool phone_lines(struct op *op, int64_t incident, bool spanish, struct phone_line **out, size_t *n)
{
	struct facts f;
	struct update u;
	struct str text = data_phone_txt;
	struct line l;
	if (!facts_of(op, incident, &f) || !update_plan(op, &f.i, &u))
		return false;
	kinds of = f.c.known ? f.kinds : 0;
	struct str steps = steps_of(op, of, spanish);
	const struct place_value values[] = {
		{ "what", without_end(notice_title(&f.i, spanish)) }, { "window", facts_window(op, &f, spanish) }, { "kinds", notice_kinds(op, of, spanish) }, { "steps", steps },
		{ "by", day_said(op, law_house_day(op->zone, f.i.discovered), spanish) }, { "next", u.due < FAR_OFF ? day_said(op, u.due < op->now ? op->now : u.due, spanish) : day_said(op, op->now + u.every * DAY, spanish) },
		{ "customers", arena_say(op->a, "%" PRId64, f.c.tally.customers) }, { "business", op_setting(op, "business.name") }, { "phone", op_setting(op, "business.phone") },
	};
	struct reading r = { .out = ARENA_ARRAY(op->a, struct phone_line, LINES) };
	struct str *said = NULL;
	while (str_entry(&text, &l.word, &l.rest)) {
		if (str_eq(l.word, STR("ask")) || str_eq(l.word, STR("never")) || str_eq(l.word, STR("say")))
			say_end(op, &r, values, LENGTH(values));
		if (str_eq(l.word, STR("ask")))
			r.question = l.rest, said = &r.question;
		else if (str_eq(l.word, STR("never")))
			r.question = STR(""), r.say = l.rest, said = &r.say, r.any = r.holds = true;
		else if (str_eq(l.word, STR("say")))
			r.say = l.rest, said = &r.say, r.any = r.holds = true;
		else if (str_eq(l.word, STR("es")) && spanish)
			*said = l.rest;
		else if (str_eq(l.word, STR("if")))
			r.holds &= facts_hold(&f, l.rest);
		else if (str_eq(l.word, STR("unless")))
			r.holds &= !facts_hold(&f, l.rest);
	}
	say_end(op, &r, values, LENGTH(values));
	*out = r.out, *n = r.n;
	return true;
}

bool say_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct phone_line *l;
	size_t n;
	bool spanish;
	if (!language_asked(op, args, &spanish) || !incident_named(op, args, &i) || !phone_lines(op, i.id, spanish, &l, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		answer_row(answer);
		answer_text(answer, "question", l[k].question);
		answer_text(answer, "say", l[k].say);
		answer_row_end(answer);
		if (l[k].question.n)
			answer_say(answer, STR_FMT, STR_ARG(l[k].question));
		for (struct str say = l[k].say; say.p;) {
			struct str line = str_split(&say, '\n');
			answer_say(answer, l[k].question.n ? "  " STR_FMT : "! " STR_FMT, STR_ARG(line));
		}
	}
	return true;
}
