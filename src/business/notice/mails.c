/* mails - a round's e-mails, through the server or into the outbox, a batch at a time.
 *
 * Nobody is forgotten and nobody gets it twice: "handed" is committed before a batch can be sent, the outcome after. Files of the outbox are named after the
 * customer, so writing one again changes nothing.
 */
#include "notice_bounces_sql.h"
#include "sending.h"

#include <stdio.h>
#include <time.h>

enum {
	BURST = 10,                                      /* so many refusals for policy and nothing taken: it is the account */
	MAIL_MAX = 1 << 20,
	KEEP_MS = 500,                                   /* an answer waits no longer than this for those of its batch before it is kept */
};

/* Mails that are read, opened and written together. */
struct batch { struct arena *a; struct item *item; size_t n; struct wire_job *job; size_t jobs; };

static bool mail_for(struct sending *s, struct item *i, const struct telling *t, const struct words *w, struct str *bytes)
{
	struct op *op = s->op;
	struct buf b = BUF(MAIL_MAX);
	struct err e = { 0 };
	i->text = words_text(op, w);
	struct mail m = { .unsent = !s->wire, .from_name = plain_line(op, t->business), .from = s->from, .to_name = plain_line(op, t->customer),
	                  .to = customer_email(&i->c), .subject = words_subject(op, w, t),
	                  .text = i->text, .html = words_html(op, w), .id = message_id(op->a, s->marks, &i->m, s->domain),
	                  .language = language_code(w->language), .date = op->now };
	bool good = mail_write(&b, &m, &e);
	if (!good && e.code == INVALID) {                /* a name that can't stand in a header: without it */
		m.to_name = STR("");
		buf_clear(&b);
		err_clear(&e);
		good = mail_write(&b, &m, &e);
	}
	if (good)
		*bytes = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return good;
}

/* Reads who is due, opens their contacts and writes their mails. Nothing is kept or sent yet. */
static bool batch_write(struct sending *s, struct batch *b, int64_t many)
{
	struct arena *whole = s->op->a;
	s->op->a = b->a = arena_open();
	b->item = ARENA_ARRAY(b->a, struct item, BATCH_MAX);
	bool good = items_due(s, EMAIL, many, b->item, &b->n) && (!b->n || items_open(s, b->item, b->n));
	for (size_t i = 0; good && i < b->n; i++) {
		struct item *item = &b->item[i];
		struct words w;
		item->m.attempts++;
		if (item->torn || !customer_email(&item->c).n)
			continue;
		item_words(s, item, &item->t, &w, &item->page);
		item->written = mail_for(s, item, &item->t, &w, &item->mail);
	}
	s->op->a = whole;
	return good;
}

static void batch_close(struct batch *b)
{
	arena_close(b->a);
	*b = (struct batch){ 0 };
}

/* Who can't be sent one moves on; the others' pages are put up. In a write transaction. */
static bool batch_sort(struct sending *s, struct batch *b)
{
	bool good = items_still_due(s, b->item, b->n);
	for (size_t i = 0; good && i < b->n; i++) {
		struct item *item = &b->item[i];
		if (item->gone) {
			item->written = false;
		} else if (item->torn) {
			good = item_spoil(s, item, "damaged");
		} else if (!customer_email(&item->c).n) {
			s->done++;
			good = item_fall(s, item, "bad address", STR(""));
		} else if (!item->written) {
			good = item_spoil(s, item, "not written");
		} else {
			good = own_put(s->op, &s->public, &item->m, item->secret, &item->page, &item->t);
		}
	}
	return good && own_sync(s->op, &s->public);
}

/* Into the outbox: first the files, then the states; killed in between, the same files are written again. */
static bool batch_keep(struct sending *s, struct batch *b)
{
	struct op *op = s->op;
	struct arena *whole = op->a;
	op->a = b->a;
	struct outbox_file *file = ARENA_ARRAY(op->a, struct outbox_file, b->n);
	size_t files = 0;
	bool good = sending_look(s) && op_begin(op);
	if (good) {
		good = batch_sort(s, b);
		for (size_t i = 0; good && i < b->n; i++)
			if (b->item[i].written)
				file[files++] = (struct outbox_file){ arena_printf(op->a, STR_FMT ".eml", STR_ARG(b->item[i].c.ref)), b->item[i].mail };
		good = good && outbox_put(&s->outbox, file, files, &op->err) && outbox_sync(&s->outbox, &op->err);
		for (size_t i = 0; good && i < b->n; i++) {
			struct item *item = &b->item[i];
			if (!item->written)
				continue;
			s->sent++, s->done++;
			good = notice_move(op, &item->m, E_ACCEPT, &(struct outcome){ EMAIL, item->m.attempts, 0, "outbox", { 0 }, item->text });
		}
		good = op_end(op, good);
	}
	op->a = whole;
	return good;
}

static bool wants_stop(void *to)
{
	return op_stopped(((struct sending *)to)->op);
}

static void job_done(void *to, struct wire_job *job)
{
	((struct item *)job->about)->answered = true;
	((struct sending *)to)->done++;
	sending_progress(to, "Sending");
}

/* "5.7.1 Relaying denied" to everybody is about the account or the text, not about an address (RFC 3463: X.7.X is policy). So far: */
static bool policy_alone(const struct sending *s, const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct item *item = &b->item[i];
		if (item->answered && (item->job->result.outcome != WIRE_REFUSED || !strstr(item->job->result.code, " 5.7.")))
			return false;
	}
	return !s->sent && b->jobs >= BURST;
}

/* What became of those that are answered and not told yet. In a write transaction. */
static bool batch_told(struct sending *s, struct batch *b)
{
	bool good = true;
	for (size_t i = 0; good && i < b->n; i++) {
		struct item *item = &b->item[i];
		if (!item->answered || item->told)
			continue;
		const struct wire_result *r = &item->job->result;
		bool offered = r->outcome != WIRE_NOT_BEGUN && !(r->outcome == WIRE_NOT_HANDED && r->fatal);
		good = (offered || pace_spare(s->op, &s->pace, s->marks, item->job->to)) && item_outcome(s, item);
	}
	return good;
}

/* While others of the batch have no answer yet. Whether a refusal for policy is about the address, the first other answer tells. */
static bool batch_told_early(struct sending *s, struct batch *b)
{
	struct op *op = s->op;
	struct arena *whole = op->a;
	size_t fresh = 0;
	for (size_t i = 0; i < b->n; i++)
		fresh += b->item[i].answered && !b->item[i].told;
	if (!fresh || policy_alone(s, b))
		return true;
	sending_tick(s);
	op->a = b->a;
	bool good = op_begin(op) && op_end(op, batch_told(s, b));
	for (size_t i = 0; good && i < b->n; i++)
		b->item[i].told = b->item[i].answered;
	op->a = whole;
	return good;
}

/* Until each of the batch has its outcome. Nobody is moved to a letter by a refusal that is about the account: the owner looks first. */
static bool batch_wait(struct sending *s, struct batch *b)
{
	bool good = true;
	while (!wire_wait(s->wire, KEEP_MS, job_done, wants_stop, s))
		good = good && batch_told_early(s, b);
	bool account = policy_alone(s, b);
	for (size_t i = 0; account && i < b->jobs; i++)
		b->job[i].result.outcome = WIRE_NOT_HANDED, b->job[i].result.fatal = true;
	sending_tick(s);
	return good;
}

/* How many may be on their way next. Never more than one batch without an answer: whoever takes mails and says nothing gets no more of them. */
static bool room(struct sending *s, int64_t *many)
{
	int64_t later;
	sending_tick(s);
	if (!pace_room(s->op, &s->pace, many, &later))
		return false;
	*many = *many < s->batch - s->lost ? *many : s->batch - s->lost;
	return true;
}

/* Marks as handed whom the pace lets go. In a write transaction. */
static bool batch_hand(struct sending *s, struct batch *b)
{
	struct op *op = s->op;
	int64_t many;
	if (!room(s, &many))
		return false;
	b->n = b->n < (size_t)many ? b->n : (size_t)many;
	b->job = ARENA_ARRAY(op->a, struct wire_job, b->n);
	bool good = batch_sort(s, b);
	for (size_t i = 0; good && i < b->n; i++) {
		struct item *item = &b->item[i];
		int64_t later = 0;
		struct str to = customer_email(&item->c);
		s->again -= s->tries[item->m.who.n] > 0;
		if (!item->written)
			continue;
		good = pace_take(op, &s->pace, s->marks, to, &later) &&
		       (!later || sql_notice_later(op, item->m.incident, item->m.round, item->m.who.n, later));
		if (!good || later)
			continue;
		item->job = &b->job[b->jobs++];
		*item->job = (struct wire_job){ .from = envelope_from(op->a, s->back, s->from, s->marks, &item->m), .to = to, .bytes = item->mail, .result.outcome = WIRE_UNKNOWN, .about = item };
		good = notice_move(op, &item->m, E_HAND, &(struct outcome){ EMAIL, item->m.attempts, 0, "", { 0 }, item->text });
	}
	return good;
}

static bool may_go_on(const struct sending *s)
{
	return !s->stuck && s->lost < s->batch && !op_stopped(s->op);
}

/* One transaction: what became of one batch, and that the next is handed over. So never more than one is on its way. */
static bool batch_turn(struct sending *s, struct batch *out, struct batch *next)
{
	struct op *op = s->op;
	struct arena *whole = op->a;
	if (!out->jobs && !next->n)
		return true;
	if (!sending_look(s) || !op_begin(op))
		return false;
	op->a = out->a ? out->a : next->a;
	bool good = batch_told(s, out) && pace_done(op, &s->pace);
	op->a = next->a ? next->a : out->a;
	good = good && (!next->n || !may_go_on(s) || batch_hand(s, next));
	op->a = whole;
	return op_end(op, good);
}

/* Puts the first fault aside: what became of those that are out is kept all the same. */
static bool aside(struct op *op, struct err *first, bool good)
{
	if (!good && first->code == OK)
		*first = op->err;
	if (!good)
		err_clear(&op->err);
	return good;
}

/* Through the server: handed is durable before a byte goes out, the outcome as soon as all of a batch have one or KEEP_MS are over. While one batch is on
 * its way the next is written. */
static bool mails_by_wire(struct sending *s)
{
	struct op *op = s->op;
	struct batch out = { 0 }, next = { 0 };
	struct err first = { 0 };
	int64_t many;
	bool good = op_begin(op) && op_end(op, pace_resume(op, &s->pace));
	if (!good)
		return false;
	do {
		good = aside(op, &first, !may_go_on(s) || (room(s, &many) && (!many || batch_write(s, &next, many))));
		if (out.jobs)
			good &= aside(op, &first, batch_wait(s, &out));
		if (!good)
			batch_close(&next);
		bool any = out.n || next.n;
		good &= batch_turn(s, &out, &next);
		batch_close(&out);
		out = next, next = (struct batch){ 0 };
		if (good && out.jobs)
			wire_begin(s->wire, out.job, out.jobs, out.a);
		sending_progress(s, "Sending");
		if (any || !good)
			continue;
		if (!may_go_on(s) || !s->again || sending_tick(s) > s->until)            /* nothing comes back within this run */
			break;
		nanosleep(&(struct timespec){ 0, 100 * 1000000 }, NULL);
	} while (good);
	batch_close(&out);
	if (first.code != OK)
		op->err = first;
	return good;
}

static bool mails_to_outbox(struct sending *s)
{
	bool good = true, any = true;
	while (good && any && !op_stopped(s->op)) {
		struct batch b = { 0 };
		good = batch_write(s, &b, s->batch) && (!b.n || batch_keep(s, &b));
		any = b.n;
		batch_close(&b);
		sending_progress(s, "Sending");
	}
	return good;
}

bool mails_send(struct sending *s)
{
	return s->wire ? mails_by_wire(s) : mails_to_outbox(s);
}
