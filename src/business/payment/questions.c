/* questions - which question comes next, and what an answer says. Touches nothing but its arguments. */
#include "questions.h"

#include "detect.h"

#include <assert.h>

bool question_named(struct str name, size_t *q)
{
	for (size_t i = 0; i < questions_n; i++)
		if (str_eq(name, str_of(questions[i].name))) {
			*q = i;
			return true;
		}
	return false;
}

static uint32_t option_bit(const struct question *q, struct str name)
{
	for (size_t i = 0; i < q->options; i++)
		if (str_eq(name, str_of(q->option[i].name)))
			return 1u << i;
	return str_eq(name, STR("unknown")) ? ANSWER_UNKNOWN : str_eq(name, STR("named")) ? ANSWER_NAMED : str_eq(name, STR("none")) ? ANSWER_NONE : 0;
}

/* ---- which are asked ---- */

bool part_chosen(const struct answers *a, size_t part)
{
	return part == 0 || (a->set[0] >> (part - 1) & 1);
}

/* maybe: what is not answered yet may come to hold. */
static bool holds(const struct answers *a, const bool asked[QUESTIONS_MAX], const struct condition *c, bool maybe)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t q = c->clause[i].question;
		if (!asked[q] || !((a->set[q] & c->clause[i].any) || (maybe && !a->set[q])))
			return false;
	}
	return true;
}

static void asked_of(const struct answers *a, bool asked[QUESTIONS_MAX], bool maybe)
{
	assert(questions_n <= QUESTIONS_MAX);
	for (size_t q = 0; q < questions_n; q++)             /* a condition names earlier questions only (mkquestions) */
		asked[q] = part_chosen(a, questions[q].part) && holds(a, asked, &questions[q].when, maybe);
}

void questions_asked(const struct answers *a, bool asked[QUESTIONS_MAX])
{
	asked_of(a, asked, false);
}

bool condition_holds(const struct answers *a, const bool asked[QUESTIONS_MAX], const struct condition *c)
{
	return holds(a, asked, c, false);
}

bool question_may_come(const struct answers *a, size_t q)
{
	bool asked[QUESTIONS_MAX];
	asked_of(a, asked, true);
	return asked[q];
}

size_t question_next(const struct answers *a, size_t from)
{
	bool asked[QUESTIONS_MAX];
	questions_asked(a, asked);
	for (size_t q = from; q < questions_n; q++)
		if (asked[q] && !a->set[q])
			return q;
	return questions_n;
}

size_t question_before(const struct answers *a, size_t q)
{
	bool asked[QUESTIONS_MAX];
	questions_asked(a, asked);
	while (q-- > 0)
		if (asked[q])
			return q;
	return questions_n;
}

void question_place(const struct answers *a, size_t q, size_t *k, size_t *n)
{
	const struct part *p = &walk_parts[questions[q].part];
	bool asked[QUESTIONS_MAX];
	asked_of(a, asked, true);
	*k = *n = 0;
	for (size_t i = p->first; i < p->first + p->n; i++) {
		*n += asked[i];
		*k += asked[i] && i <= q;
	}
}

size_t questions_left(const struct answers *a)
{
	bool asked[QUESTIONS_MAX];
	size_t n = 0;
	questions_asked(a, asked);
	for (size_t q = 0; q < questions_n; q++)
		n += asked[q] && !a->set[q];
	return n;
}

bool question_has(const struct answers *a, const char *question, const char *option)
{
	bool asked[QUESTIONS_MAX];
	size_t q;
	bool there = question_named(str_of(question), &q);
	assert(there);
	uint32_t bit = option_bit(&questions[q], str_of(option));
	assert(bit);
	questions_asked(a, asked);
	return asked[q] && (a->set[q] & bit);
}

/* ---- what an answer says ---- */

/* Pages show these sentences as they stand, so they name no question: whoever reads one has just answered it. */
static bool one_answer(struct err *e)
{
	return err_set(e, INVALID, "answer", "This takes one answer.");
}

static bool goes_alone(struct err *e)
{
	return err_set(e, INVALID, "answer", "None, or not known, goes with no other answer. Give one or the other.");
}

static bool read_options(struct arena *a, const struct question *q, const struct str *value, size_t n, uint32_t *set, struct str *text, struct err *e)
{
	struct buf b = BUF(4096);
	uint32_t chosen = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t bit = option_bit(q, value[i]);
		if (!bit || bit >= ANSWER_NAMED) {
			for (size_t k = 0; k < q->options; k++)
				buf_printf(&b, "%s%s", k ? ", " : "", q->option[k].name);
			struct str given = str_whole(value[i], 40);
			if (q == questions)                      /* of which nobody says that they don't know */
				err_set(e, INVALID, "answer", "\"" STR_FMT "\" is no answer to %s. It takes " STR_FMT ".", STR_ARG(given), q->name, STR_ARG(buf_str(&b)));
			else
				err_set(e, INVALID, "answer", "\"" STR_FMT "\" is no answer to %s. It takes " STR_FMT "; or ? when nobody knows yet.", STR_ARG(given), q->name,
				        STR_ARG(buf_str(&b)));
			buf_free(&b);
			return false;
		}
		chosen |= bit;
	}
	for (size_t k = 0; k < q->options; k++)
		if (chosen & 1u << k) {
			if (chosen != 1u << k && (q->kind == ANSWER_ONE || q->option[k].alone)) {
				buf_free(&b);
				return q->kind == ANSWER_ONE ? one_answer(e) : goes_alone(e);
			}
			buf_printf(&b, "%s%s", b.n ? "\n" : "", q->option[k].name);
		}
	*set = chosen;
	*text = arena_str(a, buf_str(&b));
	buf_free(&b);
	return true;
}

static bool read_names(struct arena *a, const struct question *q, const struct str *value, size_t n, uint32_t *set, struct str *text, struct err *e)
{
	struct buf b = BUF(NAMES_MAX * (NAME_LENGTH + 1)), masked = BUF(4096);
	size_t names = 0;
	bool good = true;
	for (size_t i = 0; good && i < n; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again |= str_eq(value[k], value[i]);
		if (again)
			continue;
		buf_clear(&masked);
		if (value[i].n > NAME_LENGTH || memchr(value[i].p, '\n', value[i].n))
			good = err_set(e, TOO_BIG, "answer", "A name has at most %d characters.", NAME_LENGTH);
		else if (detect_mask_name(&masked, value[i]) || memmem(value[i].p, value[i].n, "[card", 5))     /* masked already by op_do */
			good = err_set(e, INVALID, "answer", q->kind == ANSWER_PHONE ? "This is or looks like a card number. Handback never keeps one; leave it out." :
			               "There is a card number among the names. Handback never keeps one; type a name.");
		else if (++names > NAMES_MAX)
			good = err_set(e, TOO_BIG, "answer", "This takes at most %d names.", NAMES_MAX);
		else
			buf_printf(&b, "%s" STR_FMT, b.n ? "\n" : "", STR_ARG(value[i]));
	}
	if (good) {
		*set = ANSWER_NAMED;
		*text = arena_str(a, buf_str(&b));
	}
	buf_free(&b);
	buf_free(&masked);
	return good;
}

/* "Inc." of "Block, Inc.": what stands behind a comma in a company's name, and is no company of its own. */
static bool legal_form(struct str s)
{
	static const char *const forms[] = { "inc", "llc", "llp", "ltd", "corp", "co", "pbc", "n.a", "s.a", "s.l" };
	while (s.n && s.p[s.n - 1] == '.')
		s.n--;
	for (size_t i = 0; i < LENGTH(forms); i++)
		if (str_eq_nocase(s, str_of(forms[i])))
			return true;
	return false;
}

/* The first name of a line of several, "Ana, Ben"; *rest: those behind it, p NULL: none. */
static struct str name_split(struct str *rest)
{
	size_t n = 0;
	for (; n < rest->n; n++) {
		struct str behind = { rest->p + n + 1, rest->n - n - 1 };
		if (rest->p[n] == ';' || (rest->p[n] == ',' && !legal_form(str_trim(str_split(&behind, ',')))))
			break;
	}
	struct str name = { rest->p, n };
	*rest = n < rest->n ? (struct str){ rest->p + n + 1, rest->n - n - 1 } : (struct str){ NULL, 0 };
	return name;
}

/* "Ana." is Ana; "Ana S.", "Bob Jr." and "Block, Inc." are as they are. */
static struct str name_said(struct str s)
{
	const char *space = s.n ? memrchr(s.p, ' ', s.n) : NULL;
	struct str word = space ? (struct str){ space + 1, s.n - (size_t)(space + 1 - s.p) } : s;
	if (s.n > 1 && s.p[s.n - 1] == '.' && (!space || (word.n > 3 && !legal_form(word))))
		s.n--;
	return s;
}

size_t names_typed(struct str typed, struct str name[NAMES_MAX + 1])
{
	size_t n = 0;
	while (typed.p && n < NAMES_MAX + 1) {
		struct str one = str_trim(name_split(&typed));
		name[n] = name_said(one);
		n += name[n].n > 0;
	}
	return n;
}

bool question_read(struct arena *a, size_t q, const struct str *value, size_t n, uint32_t *set, struct str *text, struct err *e)
{
	const struct question *asked = &questions[q];
	struct str *given = ARENA_ARRAY(a, struct str, n + 1);
	size_t m = 0;
	for (size_t i = 0; i < n; i++) {
		given[m] = str_trim(value[i]);
		m += given[m].n > 0;
	}
	if (!m)
		return q ? err_set(e, INVALID, "answer", "%s has no answer yet. Give one, or ? when nobody knows yet.", asked->name) :
		           err_set(e, INVALID, "answer", "%s has no answer yet. Give one.", asked->name);
	bool unknown = q > 0 && m == 1 && str_eq(given[0], STR("?")), none = m == 1 && str_eq(given[0], STR("-"));
	if (unknown || (none && asked->kind >= ANSWER_NAMES)) {
		*set = unknown ? ANSWER_UNKNOWN : ANSWER_NONE;
		*text = unknown ? STR("?") : STR("-");
		return true;
	}
	for (size_t i = 0; i < m; i++)
		if (asked->kind >= ANSWER_NAMES && (str_eq(given[i], STR("-")) || (q > 0 && str_eq(given[i], STR("?")))))
			return goes_alone(e);
		else if (!str_utf8(given[i]))
			return err_set(e, INVALID, "answer", "This is not readable text (UTF-8).");
	if (asked->kind == ANSWER_PHONE && m > 1)
		return one_answer(e);
	if (asked->kind >= ANSWER_NAMES)
		return read_names(a, asked, given, m, set, text, e) && (asked->kind == ANSWER_NAMES || phone_fits(e, "answer", *text));
	return read_options(a, asked, given, m, set, text, e);
}
