/* calls - those whom people tell themselves, by phone and then in person: the list, what to say, and what came of it. */
#include "notice_bounces_sql.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "telling.h"
#include "ways.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	CALLS_MAX = 3,                                   /* unanswered, then they are told when they come by */
	CALL_AGAIN = 4 * 3600, CALLS_A_SHEET = 400, PDF_MAX = 8 << 20,
};

bool notice_calls(struct op *op, int64_t incident, int64_t round, int64_t skip, struct notice_one **out, size_t *n)
{
	struct sql_notices_by_hand q;
	struct notice_one *one = ARENA_ARRAY(op->a, struct notice_one, NOTICE_PAGE);
	size_t m = 0;
	if (!sql_notices_by_hand(op, incident, round, skip, NOTICE_PAGE, &q))
		return false;
	while (sql_notices_by_hand_next(op, &q))
		one[m++] = (struct notice_one){ { (uint32_t)q.customer }, q.ref, (enum notice_channel)q.channel, q.attempts, q.at, q.code };
	*out = one, *n = m;
	return op->err.code == OK;
}

bool notice_script(struct op *op, int64_t incident, int64_t round, const char *language, struct str line[SCRIPT_LINES])
{
	struct round r;
	if (!round_get(op, incident, round, &r))
		return false;
	for (size_t i = 0; i < SCRIPT_LINES; i++)
		line[i] = script_line(op, i + 1, op_setting(op, "business.name"), r.what[str_eq(str_of(language), STR("es"))], op_setting(op, "business.phone"), language);
	return op->err.code == OK;
}

/* The names and numbers of those on a page of the list, opened; the look is logged. */
static bool opened(struct op *op, const struct notice_one *one, size_t n, struct customer **out)
{
	customer_id *who = ARENA_ARRAY(op->a, customer_id, n + 1);
	*out = ARENA_ARRAY(op->a, struct customer, n + 1);
	for (size_t i = 0; i < n; i++)
		who[i] = one[i].who;
	return !n || notice_people(op, who, n, *out);
}

static struct str phone_of(const struct customer *c)
{
	return c->phones ? c->phone[0].value : STR("");
}

struct sheetful { struct op *op; struct passage *p; size_t n, cap; };

static void add(struct sheetful *s, enum passage_sort sort, struct str text)
{
	s->p = arena_more(s->op->a, s->p, s->n, &s->cap, sizeof *s->p);
	s->p[s->n++] = (struct passage){ sort, text };
}

static void one_add(struct sheetful *s, const struct notice_one *one, const struct customer *c)
{
	struct str phone = phone_of(c);
	add(s, PASSAGE_BULLET, arena_say(s->op->a, STR_FMT "   " STR_FMT "   " STR_FMT "      [    ] told  [    ] no answer  [    ] wrong", STR_ARG(phone.n ? plain_line(s->op, phone) : STR("in person")),
	                                 STR_ARG(plain_line(s->op, customer_name(c))), STR_ARG(one->ref)));
}

/* The list on paper, to tick off: the script first, then a line for each. */
static bool print(struct op *op, const struct round *r, const struct sheetful *s, int fd)
{
	struct paper_style style = { .size = str_eq(op_setting(op, "paper.size"), STR("a4")) ? PAPER_A4 : PAPER_LETTER, .sender = op_setting(op, "business.name"), .language = "en" };
	size_t sheets = 1 + s->n / CALLS_A_SHEET;
	struct sheet *sheet = ARENA_ARRAY(op->a, struct sheet, sheets);
	for (size_t i = 0; i < sheets; i++)
		sheet[i] = (struct sheet){ .address = STR(""), .date = when_day_text(op->a, op->zone, op->now, "en"), .code = round_name(op, r), .passage = s->p + i * CALLS_A_SHEET,
		                           .n = i + 1 < sheets ? CALLS_A_SHEET : s->n - i * CALLS_A_SHEET };
	if (!sheet[sheets - 1].n)
		sheets--;
	return paper_letters(fd, sheet, sheets, &style, NULL, &op->err);
}

bool pdf_give(struct op *op, int fd, const char *to, struct answer *answer)
{
	struct buf b = BUF(PDF_MAX);
	bool good = file_whole(arena_printf(op->a, "/proc/self/fd/%d", fd), &b, "to", &op->err) && (!*to || file_put(to, buf_str(&b), 0600, &op->err));
	if (good && !*to)
		answer->bytes(answer->to, buf_str(&b));
	buf_free(&b);
	return good;
}

bool calls_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct str line[SCRIPT_LINES];
	struct notice_one *one;
	struct customer *c;
	struct sheetful s = { .op = op };
	const char *to = arena_str(op->a, args_text(args, "to")).p;
	bool paper = args_has(args, "to") || args_has(args, "paper");
	int64_t all = 0;
	size_t n;
	if (!round_asked(op, args, &r) || !notice_script(op, r.incident, r.round, "en", line) || !op_key(op))
		return false;
	if (paper && !*to && !answer->bytes)
		return err_set(&op->err, INVALID, "to", "--to says where the PDF goes.");
	add(&s, PASSAGE_TITLE, STR("Who is to be called"));
	for (size_t i = 0; i < SCRIPT_LINES; i++)
		add(&s, PASSAGE_NUMBERED, line[i]);
	add(&s, PASSAGE_HEADING, STR("Tick off"));
	do {
		if (!notice_calls(op, r.incident, r.round, all, &one, &n) || !opened(op, one, n, &c))
			return false;
		for (size_t i = 0; i < n; i++) {
			if (paper) {
				one_add(&s, &one[i], &c[i]);
				continue;
			}
			answer_row(answer);
			answer_text(answer, "customer_ref", one[i].ref);
			answer_text(answer, "name", customer_name(&c[i]));
			answer_text(answer, "phone", phone_of(&c[i]));
			answer_text(answer, "channel", str_of(notice_channel_name(one[i].channel)));
			answer_number(answer, "tries", one[i].attempts);
			answer_row_end(answer);
			answer_say(answer, "%-12.*s " STR_FMT "   " STR_FMT "%s", STR_ARG(one[i].ref), STR_ARG(customer_name(&c[i])), STR_ARG(phone_of(&c[i])),
			           one[i].channel == IN_PERSON ? "   in person" : one[i].attempts ? "   was called, no answer" : "");
		}
		all += (int64_t)n;
	} while (n == NOTICE_PAGE);
	if (paper) {
		int fd = memfd_create("calls", MFD_CLOEXEC);
		bool good = (fd >= 0 || err_errno(&op->err, "memory for the page")) && print(op, &r, &s, fd) && pdf_give(op, fd, to, answer);
		if (fd >= 0)
			close(fd);
		if (good && *to)
			answer_say(answer, "The list of %s is in %s.", counted(op->a, all, "customer", "customers"), to);
		return good;
	}
	if (!all) {
		answer_say(answer, "Nobody of round " STR_FMT " is to be called.", STR_ARG(round_name(op, &r)));
		return true;
	}
	answer_say(answer, "\nWhat to say:");
	for (size_t i = 0; i < SCRIPT_LINES; i++)
		answer_say(answer, "  %zu. " STR_FMT, i + 1, STR_ARG(line[i]));
	answer_say(answer, "\nAfter each call: handback notice reached " STR_FMT " --customer REF --by phone\n"
	                   "Nobody answered, or it is a wrong number: handback notice called " STR_FMT " --customer REF --how no-answer|wrong-number",
	           STR_ARG(round_name(op, &r)), STR_ARG(round_name(op, &r)));
	return true;
}

bool called_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct outcome o;
	struct str how = args_text(args, "how");
	bool wrong = str_eq(how, STR("wrong-number"));
	enum notice_channel to = PHONE;
	if (!wrong && !str_eq(how, STR("no-answer")))
		return err_set(&op->err, INVALID, "how", "--how is no-answer or wrong-number.");
	if (!round_asked(op, args, &r) || !one_asked(op, args, &r, &m))
		return false;
	if (m.state != QUEUED || m.channel != PHONE)
		return err_set(&op->err, CONFLICT, "customer", STR_FMT " is not to be called now: this notice is %s, by %s. Did you speak with them all the same? handback notice reached " STR_FMT " --customer " STR_FMT " --by phone",
		               STR_ARG(args_text(args, "customer")), notice_state_name(m.state), notice_channel_said(m.channel), STR_ARG(round_name(op, &r)), STR_ARG(args_text(args, "customer")));
	m.attempts++;
	o = (struct outcome){ PHONE, m.attempts, op->now + CALL_AGAIN, wrong ? "wrong number" : "no answer", { 0 } };
	if (wrong || m.attempts >= CALLS_MAX) {
		if (!channel_next(op, &m, o.code, &to))
			return false;
	} else if (!notice_move(op, &m, E_PUT_OFF, &o)) {
		return false;
	}
	answer_row(answer);
	answer_text(answer, "customer_ref", args_text(args, "customer"));
	answer_text(answer, "round", round_name(op, &r));
	answer_text(answer, "channel", str_of(notice_channel_name(to)));
	answer_number(answer, "tries", m.attempts);
	answer_row_end(answer);
	if (to == PHONE)
		answer_say(answer, "Kept: nobody answered. Try once more at another time of day.");
	else
		answer_say(answer, "Kept: " STR_FMT " can't be called; tell them when they come by: handback notice reached " STR_FMT " --customer " STR_FMT " --by in-person",
		           STR_ARG(args_text(args, "customer")), STR_ARG(round_name(op, &r)), STR_ARG(args_text(args, "customer")));
	return true;
}
