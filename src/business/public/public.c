/* public - replies: taken off the line sealed, opened by a person, seen to by a person. */
#include "public.h"
#include "front.h"
#include "log.h"
#include "notice.h"
#include "public_sql.h"
#include "seal.h"

#include <inttypes.h>
#include <unistd.h>

enum { ANSWER_VERSION = 1, OPEN_AT_ONCE = 500, A_DAY = 86400 };

/* ---- from the front ---- */

static bool one_keep(struct op *op, const char *name, struct str sealed)
{
	customer_id who;
	struct sql_replies_since day;
	struct sql_replies_all all;
	bool found, any;
	if (!notice_page_whose(op, name, &who, &found))
		return false;
	if (!found)
		return true;
	if (!sql_replies_since(op, who.n, op->now - A_DAY, &day, &any) || !sql_replies_all(op, &all, &any))
		return false;
	if (day.n >= REPLIES_A_DAY || all.n >= REPLIES_MAX)
		return true;
	int64_t id = op_count(op, "reply");
	return id && sql_reply_put(op, id, who.n, op->now, sealed) && log_add(op, "reply.came", ABOUT({ "reply", id }));
}

bool public_take(struct op *op, int line)
{
	enum { AT_ONCE = 256 };
	struct { char name[FRONT_NAME]; struct str sealed; } all[AT_ONCE];
	size_t n = 0;
	while (n < AT_ONCE && front_answer_take(line, op->a, all[n].name, &all[n].sealed))
		n++;
	if (!n)
		return true;
	if (!op_begin(op))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < n; i++)
		good = one_keep(op, all[i].name, all[i].sealed);
	return op_end(op, good);
}

bool public_tidy(struct op *op)
{
	struct sql_links_gone q;
	struct str name[256];
	size_t n = 0;
	if (!sql_links_gone(op, &q))
		return false;
	while (n < LENGTH(name) && sql_links_gone_next(op, &q))
		name[n++] = q.name;
	sql_links_gone_stop(&q);
	if (op->err.code != OK || !n)
		return op->err.code == OK;
	int pages = front_open(op->folder, &op->err);
	bool good = pages >= 0;
	for (size_t i = 0; good && i < n; i++)
		good = front_drop_for(pages, name[i].p, &op->err);
	if (pages >= 0)
		close(pages);
	if (!good || !op_begin(op))
		return false;
	for (size_t i = 0; good && i < n; i++)
		good = sql_link_drop(op, name[i]);
	return op_end(op, good);
}

/* ---- what stands in one ---- */

static bool known(struct str what)
{
	static const char *const all[] = { "read", "call", "address", "channel", "held", "forget" };
	for (size_t i = 0; i < LENGTH(all); i++)
		if (str_eq(what, str_of(all[i])))
			return true;
	return false;
}

/* E-mail or letter, as the form has it; NO_CHANNEL: anything else. */
static enum notice_channel channel_chosen(const struct reply_field *f)
{
	for (enum notice_channel c = EMAIL; c <= LETTER && str_eq(f->name, STR("by")); c++)
		if (str_eq(f->value, str_of(notice_channel_name(c))))
			return c;
	return NO_CHANNEL;
}

/* Foreign bytes still: whoever has the link may have written them without our form. false: it is none of ours. */
static bool body_read(struct op *op, struct str plain, struct reply_one *r)
{
	struct cursor outer = cursor_of(plain), c = cursor_of(cursor_lstr(&outer));
	bool good = !outer.torn && cursor_u8(&c) == ANSWER_VERSION;
	struct str what = cursor_lstr(&c);
	cursor_u64(&c);                                  /* when it was written, by that machine's clock */
	r->n = 0;
	while (good && !c.torn && c.p < c.end && r->n < REPLY_FIELDS) {
		struct reply_field *f = &r->field[r->n++];
		f->name = cursor_lstr(&c), f->value = cursor_lstr(&c);
		good = str_utf8(f->name) && str_utf8(f->value) && f->name.n && f->name.n < 20;
		f->name = arena_str(op->a, f->name), f->value = arena_str(op->a, f->value);
	}
	good = good && cursor_done(&c) && known(what) && (!str_eq(what, STR("channel")) || (r->n == 1 && channel_chosen(&r->field[0]) != NO_CHANNEL));
	r->what = good ? arena_str(op->a, what) : STR("unreadable");
	r->n = good ? r->n : 0;
	return good;
}

static bool open_all(struct op *op, struct reply_one *r, size_t n)
{
	int64_t *from = ARENA_ARRAY(op->a, int64_t, n + 1);
	struct str *sealed = ARENA_ARRAY(op->a, struct str, n + 1), *plain = ARENA_ARRAY(op->a, struct str, n + 1);
	for (size_t i = 0; i < n; i++)
		from[i] = r[i].who.n, sealed[i] = r[i].sealed;
	if (!n)
		return true;
	if (!op_looked(op, n) || !seal_answers(op->seal, from, sealed, plain, n, op->a, &op->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!plain[i].p || !body_read(op, plain[i], &r[i]))
			r[i].what = STR("unreadable"), r[i].n = 0;
	return true;
}

bool replies_list(struct op *op, bool done_too, int64_t after, bool open, struct reply_one **out, size_t *n)
{
	struct sql_replies_page q;
	struct reply_one *r = ARENA_ARRAY(op->a, struct reply_one, REPLIES_PAGE);
	*n = 0;
	if (!sql_replies_page(op, after, done_too, REPLIES_PAGE, &q))
		return false;
	while (*n < REPLIES_PAGE && sql_replies_page_next(op, &q))
		r[(*n)++] = (struct reply_one){ .id = q.id, .came = q.came, .done = q.done, .who = { (uint32_t)q.customer }, .ref = q.ref, .what = q.what, .sealed = q.sealed };
	sql_replies_page_stop(&q);
	*out = r;
	return op->err.code == OK && (!open || open_all(op, r, *n));
}

bool replies_count(struct op *op, int64_t *unopened, int64_t *waiting)
{
	struct sql_replies_all q;
	bool found;
	if (!sql_replies_all(op, &q, &found))
		return false;
	*unopened = q.unopened, *waiting = q.waiting;
	return true;
}

/* ---- the verbs ---- */

static const char *wants(struct str what)
{
	static const struct { const char *what, *say; } all[] = {
		{ "read", "has read the notice" }, { "call", "asks for a call" }, { "address", "corrects an address" }, { "channel", "chooses how to be written to" },
		{ "held", "asks what you hold of them" }, { "forget", "asks to be deleted" }, { "unreadable", "sent something that does not open" },
	};
	for (size_t i = 0; i < LENGTH(all); i++)
		if (str_eq(what, str_of(all[i].what)))
			return all[i].say;
	return "sent something that nobody has opened yet";
}

static void one_tell(struct op *op, const struct reply_one *r, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "reply", r->id);
	answer_text(answer, "customer_ref", r->ref);
	answer_time(answer, "came", r->came);
	answer_text(answer, "what", r->what.n ? r->what : STR("unopened"));
	for (size_t i = 0; i < r->n; i++)
		answer_text(answer, arena_printf(op->a, "field_" STR_FMT, STR_ARG(r->field[i].name)), r->field[i].value);
	answer_flag(answer, "done", r->done != 0);
	answer_row_end(answer);
	answer_say(answer, "%" PRId64 "  " STR_FMT "  " STR_FMT " %s%s", r->id, STR_ARG(when_local_text(op->a, op->zone, r->came)), STR_ARG(r->ref), wants(r->what), r->done ? " (done)" : "");
	for (size_t i = 0; i < r->n; i++)
		answer_say(answer, "     " STR_FMT ": " STR_FMT, STR_ARG(r->field[i].name), STR_ARG(r->field[i].value));
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct reply_one *r;
	size_t n = 0;
	int64_t unopened, waiting, after = 0;
	do {
		if (!replies_list(op, args_has(args, "all"), after, false, &r, &n))
			return false;
		for (size_t i = 0; i < n; i++)
			one_tell(op, &r[i], answer);
		after = n ? r[n - 1].id : 0;
	} while (n == REPLIES_PAGE);
	if (!replies_count(op, &unopened, &waiting))
		return false;
	answer_say(answer, "%s, %s for somebody.", counted(op->a, unopened, "reply is unopened", "replies are unopened"), counted(op->a, waiting, "waits", "wait"));
	if (unopened)
		answer_note(answer, "To read them: handback reply open");
	return true;
}

static bool asked(struct op *op, const struct args *args, struct reply_one *r)
{
	struct sql_reply_get q;
	bool found;
	args_number(args, "reply", &r->id);
	if (!sql_reply_get(op, r->id, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "reply", "There is no reply %" PRId64 ".", r->id);
	*r = (struct reply_one){ .id = r->id, .came = q.came, .done = q.done, .who = { (uint32_t)q.customer }, .ref = q.ref, .what = q.what, .sealed = q.sealed };
	return true;
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct reply_one r;
	if (!asked(op, args, &r) || !op_key(op) || !open_all(op, &r, 1))
		return false;
	one_tell(op, &r, answer);
	return true;
}

/* How they want to be written to counts from now on. It waits for nobody where we know how. */
static bool wish_keep(struct op *op, const struct reply_one *r, bool *over)
{
	struct notice_wish w;
	enum notice_channel c = channel_chosen(&r->field[0]);
	if (!notice_wish_put(op, ledger_person(op, r->who), c, true) || !notice_wish(op, r->who, &w))
		return false;
	*over = w.first == c || w.barred;
	return true;
}

/* Whoever answered was reached. A reply that only says so needs nobody more. */
static bool open_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct sql_replies_unopened q;
	struct reply_one *r = ARENA_ARRAY(op->a, struct reply_one, OPEN_AT_ONCE);
	size_t n = 0;
	int64_t reached = 0;
	(void)args;
	if (!op_key(op) || !sql_replies_unopened(op, OPEN_AT_ONCE, &q))
		return false;
	while (n < OPEN_AT_ONCE && sql_replies_unopened_next(op, &q))
		r[n++] = (struct reply_one){ .id = q.id, .who = { (uint32_t)q.customer }, .sealed = q.sealed };
	sql_replies_unopened_stop(&q);
	bool good = op->err.code == OK && open_all(op, r, n);
	for (size_t i = 0; good && i < n; i++) {
		int64_t moved = 0;
		bool readable = !str_eq(r[i].what, STR("unreadable")), over = str_eq(r[i].what, STR("read"));
		good = (!str_eq(r[i].what, STR("channel")) || wish_keep(op, &r[i], &over)) && sql_reply_opened(op, r[i].id, r[i].what, over ? op->now : 0) &&
		       (!readable || notice_heard(op, r[i].who, &moved));
		reached += moved > 0;
	}
	if (!good || (n && !log_add(op, "replies.opened", ABOUT({ "replies", (int64_t)n }))))
		return false;
	answer_row(answer);
	answer_number(answer, "opened", (int64_t)n);
	answer_number(answer, "reached", reached);
	answer_row_end(answer);
	answer_say(answer, "%s opened; %s now known to have been reached.", counted(op->a, (int64_t)n, "reply was", "replies were"), counted(op->a, reached, "customer is", "customers are"));
	if (n == OPEN_AT_ONCE)
		answer_note(answer, "There may be more: handback reply open");
	return true;
}

static bool done_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct reply_one r;
	if (!asked(op, args, &r))
		return false;
	if (r.done)
		return err_set(&op->err, CONFLICT, "reply", "Reply %" PRId64 " was seen to on " STR_FMT ".", r.id, STR_ARG(when_day_text(op->a, op->zone, r.done, "en")));
	if (!sql_reply_done(op, r.id, op->now) || !log_add(op, "reply.done", ABOUT({ "reply", r.id })))
		return false;
	r.done = op->now;
	one_tell(op, &r, answer);
	return true;
}

const struct verb public_verbs[] = {
	{ "reply list", "Shows what customers sent from their own pages and waits for somebody.", "handback reply list", VERB_READ,
	  FIELDS({ "all", FIELD_FLAG, 0, "those too that were seen to" }), list_run },
	{ "reply show", "Opens one reply.", "handback reply show 3", VERB_READ, FIELDS({ "reply", FIELD_NUMBER, FIELD_NEEDED | FIELD_PLACED, "its number" }), show_run },
	{ "reply open", "Opens what is new; whoever answered counts as reached.", "handback reply open", VERB_WRITE, NO_FIELDS, open_run },
	{ "reply done", "Says that a reply was seen to.", "handback reply done 3", VERB_WRITE, FIELDS({ "reply", FIELD_NUMBER, FIELD_NEEDED | FIELD_PLACED, "its number" }), done_run },
	{ 0 },
};
