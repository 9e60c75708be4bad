/* send - delivers an approved round: e-mails through the server or into the outbox, then letters on paper.
 *
 * Nobody is forgotten and nobody gets it twice: "handed" is committed before a batch can be sent, the outcome after. Whatever a
 * killed run left handed may have been sent: it becomes in doubt and waits for a person. Files of the outbox are named after the
 * customer, so writing one again changes nothing. Contacts are opened under the round's leave only.
 */
#include "log.h"
#include "notice_bounces_sql.h"
#include "notice_sql.h"
#include "qr.h"
#include "sending.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	GIVE_UP = 48 * 3600,                             /* put off for longer, an e-mail falls to the letter */
	BURST = 10,                                      /* so many refusals for policy and nothing taken: it is the account */
	OPEN_AT_ONCE = 256, SMS_AT_ONCE = 50, LETTERS_A_FILE = 2000, MAIL_MAX = 1 << 20, ODD_SHOWN = 10,
};

struct item {
	struct moving m; kinds kinds; int64_t first, last, touches; struct customer c; struct wire_job *job;
	struct str text, code;                           /* what it tells; the customer's code for credit monitoring */
	struct str mail; struct telling t; struct words page;    /* of an e-mail: its bytes, and what their page says */
	uint8_t secret[FRONT_SECRET];                    /* of the customer's link */
	bool torn, gone, written;                        /* its record does not open; somebody moved it since it was read; there is a mail */
};

/* Mails that are read, opened and written together. */
struct batch { struct arena *a; struct item *item; size_t n; struct wire_job *job; size_t jobs; int64_t handed; };

static int64_t clock_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int64_t tick(struct sending *s)
{
	/* whole seconds that have passed, never one too many: what is put off till now must be due in the next run */
	return s->op->now = s->begun + (clock_ns() - s->clock) / INT64_C(1000000000);
}

static void progress(struct sending *s, const char *what)
{
	if (s->op->progress)
		s->op->progress(s->op, what, (uint64_t)s->done, (uint64_t)s->total);
}

/* ---- a batch: who is due, their contacts, their words ---- */

static bool due(struct sending *s, enum notice_channel channel, int64_t many, struct item *item, size_t *n)
{
	struct sql_notices_due q;
	const struct round *r = &s->round;
	*n = 0;
	if (!sql_notices_due(s->op, r->incident, r->round, channel, tick(s), many, &q))
		return false;
	while (*n < (size_t)many && sql_notices_due_next(s->op, &q))
		item[(*n)++] = (struct item){ .m = { r->incident, r->round, { (uint32_t)q.customer }, channel, QUEUED, q.attempts }, .kinds = (kinds)q.kinds, .first = q.first_at,
		                              .last = q.last_at, .touches = q.touches };
	sql_notices_due_stop(&q);
	return s->op->err.code == OK;
}

/* One damaged record does not keep the others from being told: each by itself. */
static bool contact_alone(struct sending *s, const customer_id *id, struct customer *c, bool *torn)
{
	err_clear(&s->op->err);
	*torn = !contacts_open(s->op, &s->families, &s->rows, id, 1, c);
	if (!*torn)
		return true;
	if (s->op->err.code != TORN)
		return false;
	err_clear(&s->op->err);
	return true;
}

static bool contacts(struct sending *s, struct item *item, size_t n)
{
	for (size_t at = 0; at < n; at += OPEN_AT_ONCE) {
		size_t many = n - at < OPEN_AT_ONCE ? n - at : OPEN_AT_ONCE;
		customer_id *id = ARENA_ARRAY(s->op->a, customer_id, many);
		struct customer *c = ARENA_ARRAY(s->op->a, struct customer, many);
		for (size_t i = 0; i < many; i++)
			id[i] = item[at + i].m.who;
		bool all = contacts_open(s->op, &s->families, &s->rows, id, many, c);
		if (!all && s->op->err.code != TORN)
			return false;
		for (size_t i = 0; i < many; i++) {
			if (!all && !contact_alone(s, &id[i], &c[i], &item[at + i].torn))
				return false;
			item[at + i].c = c[i];
		}
		uint8_t (*secret)[FRONT_SECRET] = arena_get_array(s->op->a, sizeof *secret, many);
		if (!own_links(s->op, &s->public, id, many, secret))
			return false;
		struct str *code = ARENA_ARRAY(s->op->a, struct str, many);
		if (s->common.offer && !enrol_open(s->op, s->round.incident, id, many, code))
			return false;
		for (size_t i = 0; i < many; i++) {
			memcpy(item[at + i].secret, secret[i], FRONT_SECRET);
			item[at + i].code = code[i];
		}
	}
	return true;
}

/* What this customer is told, with the link to their page where there are public pages; without it those are the page's words. */
static void words_told(struct sending *s, const struct item *i, struct telling *t, struct words *w, struct words *page)
{
	*t = s->common;
	t->at = s->op->now;
	t->kinds = i->kinds, t->first = i->first, t->last = i->last, t->touches = i->touches, t->letter = i->m.channel == LETTER, t->code = i->code;
	customer_telling(s->op, &i->c, t);
	templates_fill(s->op, &s->templates, t, w);
	*page = *w;
	words_link(s->op, w, t, &s->public, i->secret);
}

/* The same, and their page is put up. In a write transaction. */
static bool words_for(struct sending *s, const struct item *i, struct telling *t, struct words *w)
{
	struct words page;
	words_told(s, i, t, w, &page);
	return own_put(s->op, &s->public, &i->m, i->secret, &page, t);
}

/* ---- e-mails ---- */

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

/* One has failed for good: the next channel, or none. An address that does not open is none. */
static bool fall(struct sending *s, const struct item *i, const char *code, struct str words)
{
	struct outcome o;
	struct plan p;
	unsigned tried;
	if (!plan_now(s->op, i->m.incident, i->m.who, &p) || !channels_tried(s->op, &i->m, &tried))
		return false;
	p.ways = (customer_address(&i->c) ? WAY_POSTAL : 0) | (i->c.phones ? WAY_PHONE : 0) | (customer_email(&i->c).n ? WAY_EMAIL : 0);
	enum notice_channel to = channel_first(s->op, &p, tried);
	if (to == NO_CHANNEL) {
		s->unreachable++;
		return notice_move(s->op, &i->m, E_NO_CHANNEL, &(struct outcome){ NO_CHANNEL, i->m.attempts, 0, code, words });
	}
	s->to_letter += to == LETTER;
	if (!again_on(s->op, &i->m, to, &o))
		return false;
	o.code = code, o.words = words;
	return notice_move(s->op, &i->m, E_NEXT_CHANNEL, &o);
}

/* Approved is not at risk for good: whom the exposure has dropped since is not written to. In a write transaction, so that nothing changes it meanwhile. */
static bool settle(struct sending *s)
{
	int64_t moves, dropped;
	if (!op_moves(s->op, MOVES_ANSWERS, &moves))
		return false;
	if (moves == s->moves)
		return true;
	if (!round_settle(s->op, &s->round, &dropped))
		return false;
	s->moves = moves, s->dropped += dropped;
	return true;
}

/* They were read outside of the transaction, for looks are logged before them: taken back or reached meanwhile, they don't go out. */
static bool still_due(struct sending *s, struct item *item, size_t n)
{
	if (!settle(s))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct sql_notice_get q;
		bool found;
		if (!sql_notice_get(s->op, item[i].m.incident, item[i].m.round, item[i].m.who.n, &q, &found))
			return false;
		item[i].gone = !found || q.state != QUEUED || q.channel != item[i].m.channel;
	}
	return true;
}

static bool spoil(struct sending *s, const struct item *i, const char *why)
{
	s->failed++, s->done++;
	return notice_move(s->op, &i->m, E_SPOIL, &(struct outcome){ i->m.channel, i->m.attempts, 0, why, { 0 } });
}

/* Reads who is due, opens their contacts and writes their mails. Nothing is kept or sent yet. */
static bool batch_write(struct sending *s, struct batch *b, int64_t many)
{
	struct arena *whole = s->op->a;
	s->op->a = b->a = arena_open();
	b->item = ARENA_ARRAY(b->a, struct item, BATCH_MAX);
	bool good = due(s, EMAIL, many, b->item, &b->n) && (!b->n || contacts(s, b->item, b->n));
	for (size_t i = 0; good && i < b->n; i++) {
		struct item *item = &b->item[i];
		struct words w;
		item->m.attempts++;
		if (item->torn || !customer_email(&item->c).n)
			continue;
		words_told(s, item, &item->t, &w, &item->page);
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
	bool good = still_due(s, b->item, b->n);
	for (size_t i = 0; good && i < b->n; i++) {
		struct item *item = &b->item[i];
		if (item->gone) {
			item->written = false;
		} else if (item->torn) {
			good = spoil(s, item, "damaged");
		} else if (!customer_email(&item->c).n) {
			s->done++;
			good = fall(s, item, "bad address", STR(""));
		} else if (!item->written) {
			good = spoil(s, item, "not written");
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
	bool good = op_begin(op);
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
	(void)job;
	((struct sending *)to)->done++;
	progress(to, "Sending");
}

static bool put_off(struct sending *s, const struct item *i, int64_t attempts, int64_t wait)
{
	const struct wire_result *r = &i->job->result;
	s->done--;
	return notice_move(s->op, &i->m, E_PUT_OFF, &(struct outcome){ i->m.channel, attempts, s->op->now + wait, r->code, r->words });
}

/* It was not taken now, and may be later: tried again within this run, then by another, for two days. */
static bool try_later(struct sending *s, const struct item *i)
{
	struct sql_attempts_on q;
	bool found;
	uint8_t *tries = &s->tries[i->m.who.n];
	if (!sql_attempts_on(s->op, i->m.incident, i->m.round, i->m.who.n, i->m.channel, &q, &found))
		return false;
	if (s->op->now - q.begun > GIVE_UP)
		return fall(s, i, i->job->result.code, i->job->result.words);
	if (*tries >= s->delays)
		return put_off(s, i, i->m.attempts, LATER);
	int64_t wait = s->delay[(*tries)++];
	s->again++;
	s->until = s->op->now + wait > s->until ? s->op->now + wait : s->until;
	return put_off(s, i, i->m.attempts, wait);
}

/* What became of one, as a move. */
static bool outcome(struct sending *s, struct item *i)
{
	const struct wire_result *r = &i->job->result;
	i->m.state = HANDED;
	switch (r->outcome) {
	case WIRE_SENT:
		s->sent++, s->texts += i->m.channel == SMS;
		outbox_drop(&s->outbox, arena_printf(s->op->a, STR_FMT ".eml", STR_ARG(i->c.ref)));    /* an earlier run may have put one there */
		return notice_move(s->op, &i->m, E_ACCEPT, &(struct outcome){ i->m.channel, i->m.attempts, 0, "", { 0 } });
	case WIRE_UNKNOWN:
		s->in_doubt++, s->lost++;
		return notice_move(s->op, &i->m, E_LOSE_TRACK, &(struct outcome){ i->m.channel, i->m.attempts, 0, *r->code ? r->code : "no answer", r->words });
	case WIRE_REFUSED:
		return fall(s, i, r->code, r->words);
	case WIRE_NOT_BEGUN:                             /* as if it had not been due */
		return put_off(s, i, i->m.attempts - 1, 0);
	case WIRE_NOT_HANDED:
		if (r->fatal && !s->stuck) {
			s->stuck = true;
			struct str words = r->words;             /* a sentence goes on behind them */
			while (words.n && words.p[words.n - 1] == '.')
				words.n--;
			snprintf(s->why, sizeof s->why, STR_FMT, STR_ARG(words));
			memcpy(s->code, r->code, sizeof s->code);
		}
		if (r->fatal)                            /* no fault of this customer's: as if it had not been tried */
			return put_off(s, i, i->m.attempts - 1, 0);
		return try_later(s, i);
	case WIRE_LATER:
		return try_later(s, i);
	}
	return true;
}

/* "5.7.1 Relaying denied" to everybody is about the account or the text, not about an address (RFC 3463: X.7.X is policy): nobody is
 * moved to a letter by it, and the owner looks first. */
static void policy_is_no_address(struct sending *s, struct wire_job *job, size_t n)
{
	size_t refused = 0;
	for (size_t i = 0; i < n; i++)
		refused += job[i].result.outcome == WIRE_REFUSED && strstr(job[i].result.code, " 5.7.") != NULL;
	if (s->sent || n < BURST || refused < n)
		return;
	for (size_t i = 0; i < n; i++)
		job[i].result.outcome = WIRE_NOT_HANDED, job[i].result.fatal = true;
}

/* What became of those that were out. In a write transaction. */
static bool batch_told(struct sending *s, struct batch *b)
{
	bool good = true;
	for (size_t i = 0; good && i < b->n; i++)
		good = !b->item[i].job || outcome(s, &b->item[i]);
	return good && pace_done(s->op, &s->pace, b->handed);
}

/* Marks as handed whom the pace lets go, at most so many. In a write transaction. */
static bool batch_hand(struct sending *s, struct batch *b, int64_t many)
{
	struct op *op = s->op;
	b->n = b->n < (size_t)many ? b->n : (size_t)many;
	b->job = ARENA_ARRAY(op->a, struct wire_job, b->n);
	b->handed = op->now;
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
		*item->job = (struct wire_job){ .from = envelope_from(op->a, s->back, s->from, s->marks, &item->m), .to = to, .bytes = item->mail, .result.outcome = WIRE_UNKNOWN };
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
	if (!op_begin(op))
		return false;
	op->a = out->a ? out->a : next->a;
	bool good = batch_told(s, out);
	op->a = next->a ? next->a : out->a;
	/* never more than one batch without an answer: whoever takes mails and says nothing gets no more of them */
	good = good && (!next->n || !may_go_on(s) || batch_hand(s, next, s->batch - s->lost));
	op->a = whole;
	return op_end(op, good);
}

/* Through the server: handed is durable before a byte goes out, the outcome as soon as all of a batch have one. While one batch is on its way the
 * next is written. */
static bool mails_by_wire(struct sending *s)
{
	struct op *op = s->op;
	struct batch out = { 0 }, next = { 0 };
	struct err first = { 0 };
	bool good = true;
	do {
		good = !may_go_on(s) || batch_write(s, &next, s->batch - s->lost);
		if (!good) {                             /* what became of those that are out is kept all the same */
			first = op->err;
			err_clear(&op->err);
			batch_close(&next);
		}
		if (out.jobs) {
			wire_wait(s->wire, job_done, wants_stop, s);
			policy_is_no_address(s, out.job, out.jobs);
			tick(s);
		}
		bool any = out.n || next.n;
		good &= batch_turn(s, &out, &next);
		batch_close(&out);
		out = next, next = (struct batch){ 0 };
		if (good && out.jobs)
			wire_begin(s->wire, out.job, out.jobs, out.a);
		progress(s, "Sending");
		if (any || !good)
			continue;
		if (!may_go_on(s) || !s->again || tick(s) > s->until)            /* nothing comes back within this run */
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
		progress(s, "Sending");
	}
	return good;
}

static bool mails(struct sending *s)
{
	return s->wire ? mails_by_wire(s) : mails_to_outbox(s);
}

/* ---- SMS ---- */

/* One is handed, sent and answered before the next: a gateway charges for each. */
static bool sms_one(struct sending *s, struct item *i)
{
	struct op *op = s->op;
	struct telling t;
	struct words w;
	struct wire_job job = { 0 };
	if (!op_begin(op))
		return false;
	bool good = still_due(s, i, 1);
	i->m.attempts++;
	if (good && !i->gone && i->torn)
		good = spoil(s, i, "damaged");
	else if (good && !i->gone && !i->c.phones)
		good = fall(s, i, "no number", STR(""));
	else if (good && !i->gone && (good = words_for(s, i, &t, &w))) {
		i->job = &job;
		i->text = sms_words(op, &t, s->public.pages < 0 ? STR("") : front_link(op->a, s->public.url, i->secret));
		good = own_sync(op, &s->public) && notice_move(op, &i->m, E_HAND, &(struct outcome){ SMS, i->m.attempts, 0, "", { 0 }, i->text });
	}
	if (!op_end(op, good) || !i->job)
		return good;
	sms_send(op, &s->sms, i->c.phone[0].value, i->text, &job.result);
	tick(s);
	return op_begin(op) && op_end(op, outcome(s, i));
}

static bool messages(struct sending *s)
{
	struct op *op = s->op;
	bool good = true;
	while (good && s->sms.url.n && !s->stuck && !s->lost && !op_stopped(op)) {
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		struct item *item = ARENA_ARRAY(mine, struct item, SMS_AT_ONCE);
		size_t n;
		good = due(s, SMS, SMS_AT_ONCE, item, &n) && (!n || contacts(s, item, n));
		for (size_t i = 0; good && i < n && !s->stuck && !s->lost && !op_stopped(op); i++)
			good = sms_one(s, &item[i]);
		op->a = whole;
		arena_close(mine);
		progress(s, "Sending");
		if (!n)
			break;
	}
	return good;
}

/* ---- letters ---- */

static void odd_letter(struct sending *s, const struct item *i)
{
	size_t n = strlen(s->odd_refs);
	if (s->odd++ < ODD_SHOWN)
		snprintf(s->odd_refs + n, sizeof s->odd_refs - n, "%s" STR_FMT, n ? ", " : "", STR_ARG(i->c.ref));
}

/* Where the last letter of any file stands, "001/00017": the next file's number goes on from there. */
static bool last_file(struct sending *s, int64_t *number)
{
	struct sql_letter_files q;
	bool found;
	*number = 0;
	if (!sql_letter_files(s->op, s->round.incident, s->round.round, &q, &found))
		return false;
	struct str rest = q.last;
	str_i64(str_split(&rest, '/'), number);
	return true;
}

static const char *letters_name(struct op *op, int64_t number)
{
	return arena_printf(op->a, "letters-%03" PRId64 ".pdf", number);
}

/* One PDF in one language: written beside, named, then kept in the database. Killed in between, it is written anew under its name. */
static bool letters_file(struct sending *s, struct item **item, size_t n, enum language language)
{
	struct op *op = s->op;
	struct sheet *sheet = ARENA_ARRAY(op->a, struct sheet, n);
	struct paper_result *result = ARENA_ARRAY(op->a, struct paper_result, n);
	int64_t number;
	if (!n)
		return true;
	if (!last_file(s, &number))
		return false;
	number++;
	for (size_t i = 0; i < n; i++) {
		struct telling t;
		struct words w;
		struct qr *qr = ARENA_NEW(op->a, struct qr);
		/* what ticks it off when it comes back, typed or scanned; where there are pages for customers the QR code is the link, which does that, too */
		struct str foot = arena_say(op->a, STR_FMT " " STR_FMT, STR_ARG(round_name(op, &s->round)), STR_ARG(item[i]->c.ref));
		if (!words_for(s, item[i], &t, &w) || !qr_make(qr, s->public.pages >= 0 ? front_link(op->a, s->public.url, item[i]->secret) : foot, &op->err))
			return false;
		item[i]->text = words_text(op, &w);
		sheet[i] = (struct sheet){ .dark = qr->dark, .wide = qr->wide, .address = address_lines(op, &item[i]->c), .date = when_day_text(op->a, op->zone, op->now, language_code(w.language).p),
		                           .code = foot,
		                           .passage = w.passage, .n = w.n };
	}
	if (!own_sync(op, &s->public) ||
	    !outbox_letters(op, &s->outbox, letters_name(op, number), &s->common, language, sheet, n, result) || !outbox_sync(&s->outbox, &op->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		s->printed++, s->done++;
		if (result[i].address_cut || result[i].missing_glyphs)
			odd_letter(s, item[i]);
		if (!notice_move(op, &item[i]->m, E_PRINT, &(struct outcome){ LETTER, item[i]->m.attempts + 1, 0, letter_place(op, number, &result[i]).p, { 0 }, item[i]->text }))
			return false;
	}
	return true;
}

/* In one transaction, so that nobody takes back what is being printed. */
static bool letters_batch(struct sending *s, struct item *item, size_t n)
{
	struct op *op = s->op;
	struct item **in[2] = { ARENA_ARRAY(op->a, struct item *, n), ARENA_ARRAY(op->a, struct item *, n) };
	size_t many[2] = { 0 };
	if (!op_begin(op))
		return false;
	bool good = still_due(s, item, n);
	for (size_t i = 0; good && i < n; i++) {
		struct telling t;
		if (item[i].gone)
			continue;
		if (item[i].torn) {
			item[i].m.attempts++;
			good = spoil(s, &item[i], "damaged");
			continue;
		}
		if (customer_address(&item[i].c)) {
			customer_telling(op, &item[i].c, &t);
			in[t.language][many[t.language]++] = &item[i];
			continue;
		}
		s->done++;
		good = fall(s, &item[i], "no address", STR(""));
	}
	good = good && letters_file(s, in[ENGLISH], many[ENGLISH], ENGLISH) && letters_file(s, in[SPANISH], many[SPANISH], SPANISH);
	good = op_end(op, good);
	progress(s, "Printing");
	return good;
}

/* The list, also when an earlier run was killed before it; a PDF that such a run had named and not kept goes. */
static bool letters_list(struct sending *s, bool any)
{
	struct split split;
	int64_t number;
	if (!round_split(s->op, &s->round, &split) || !last_file(s, &number))
		return false;
	for (int64_t more = 1; more <= 2; more++)
		outbox_drop(&s->outbox, letters_name(s->op, number + more));
	return (!any && !split.state[PRINTED]) || outbox_list(s->op, &s->outbox, &s->round);
}

static bool letters(struct sending *s)
{
	struct op *op = s->op;
	bool good = true, any = false;
	while (good && !op_stopped(op)) {
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		struct item *item = ARENA_ARRAY(mine, struct item, LETTERS_A_FILE);
		size_t n;
		good = due(s, LETTER, LETTERS_A_FILE, item, &n) && (!n || (contacts(s, item, n) && letters_batch(s, item, n)));
		op->a = whole;
		arena_close(mine);
		any |= n > 0;
		if (!n)
			break;
	}
	return good && letters_list(s, any);
}

/* ---- the run ---- */

/* Whatever a killed run of this round left handed: it may have been sent. Never more than one batch. Under the lock, so nobody is sending it. */
static bool recover(struct op *op, const struct round *r, struct answer *answer, int64_t *in_doubt)
{
	struct sql_notices_in q;
	struct moving m[BATCH_MAX];
	struct str ref[BATCH_MAX];
	size_t n = 0;
	if (!sql_notices_in(op, r->incident, r->round, HANDED, &q))
		return false;
	while (n < BATCH_MAX && sql_notices_in_next(op, &q)) {
		m[n] = (struct moving){ r->incident, r->round, { (uint32_t)q.customer }, (enum notice_channel)q.channel, HANDED, q.attempts };
		ref[n++] = q.ref;
	}
	if (n == BATCH_MAX)
		sql_notices_in_stop(&q);
	if (op->err.code != OK || !n)
		return op->err.code == OK;
	if (!op_begin(op))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < n; i++)
		good = notice_move(op, &m[i], E_LOSE_TRACK, &(struct outcome){ m[i].channel, m[i].attempts, 0, "interrupted", { 0 } });
	if (!op_end(op, good))
		return false;
	*in_doubt += (int64_t)n;
	answer_note(answer, "An earlier run was interrupted while %zu e-mails were on their way. They may have been sent, and are not sent again by themselves:", n);
	for (size_t i = 0; i < n; i++)
		answer_note(answer, "  " STR_FMT, STR_ARG(ref[i]));
	return true;
}

/* What the approval allows: the leave and the rows it was given for. */
static bool approved(struct sending *s)
{
	struct op *op = s->op;
	const struct round *r = &s->round;
	const char *name = round_name(op, r).p;
	if (r->undone)
		return err_set(&op->err, CONFLICT, "round", "Round %s was taken back. Draft a new one: handback notice draft %" PRId64, name, r->incident);
	if (!round_leave(r, &s->leave, &s->rows))
		return err_set(&op->err, REFUSED, "round", "Round %s is not approved. Read one (handback notice preview %s), then: handback notice approve %s", name, name, name);
	if ((int64_t)time(NULL) >= r->ends)              /* the keeper says so too; here it is said better */
		return err_set(&op->err, REFUSED, "round", "The approval of round %s ended on " STR_FMT ". To go on: handback notice approve %s", name,
		               STR_ARG(when_day_text(op->a, op->zone, r->ends, "en")), name);
	return true;
}

static bool prepare(struct sending *s)
{
	struct op *op = s->op;
	struct split split;
	uint32_t customers;
	sending_settings(s);
	if (!approved(s) || !round_split(op, &s->round, &split) || !round_telling(op, &s->round, &s->common) || !templates_parse(op, s->round.template, &s->templates) ||
	    !ledger_size(op, &customers) || !families_open(op, &s->families) || !mark_key(op, s->marks))
		return false;
	s->back = op_setting(op, "bounces.address");
	s->tries = mem_zero((size_t)customers + 1, 1);
	s->total = notice_waits(&split);
	/* where nobody can be asked it is enough that somebody has opened the vault */
	return sending_account(s) && sms_open(op, &s->sms) && pace_open(op, &s->pace) && (op->ask ? op_key(op) : op_keeper(op)) && round_approval(op, &s->round, &s->rows, &s->approval) &&
	       seal_use(op->seal, &s->leave, &s->approval, &op->err) && own_open(op, &s->public) && outbox_open(op, &s->round, &s->outbox);
}

/* What waits is due now: a person says so. */
static bool hasten(struct op *op, const struct round *r)
{
	return op_begin(op) && op_end(op, sql_notices_hasten(op, r->incident, r->round, op->now) &&
	                                  log_add(op, "round.hastened", ABOUT({ "incident", r->incident }, { "round", r->round })));
}

/* Asked by way of the pages, whose process reaches no network: the courier does it. What is due it sends by itself. */
static bool send_soon(struct op *op, const struct round *r, bool now, struct answer *answer)
{
	struct sending s = { .op = op, .round = *r };
	struct split split;
	if (!approved(&s) || (now && !hasten(op, r)) || !round_split(op, r, &split))
		return false;
	answer_row(answer);
	answer_text(answer, "round", round_name(op, r));
	answer_number(answer, "waiting", notice_waits(&split));
	answer_row_end(answer);
	return true;
}

/* One send of a business at a time: two would hand over the same mails. */
static bool lock_take(struct op *op, int *lock)
{
	if (op_setting(op, "drill").n)
		return err_set(&op->err, REFUSED, NULL, "This is a copy to practise on: nothing in it is ever sent.");
	*lock = open(arena_printf(op->a, STR_FMT "/send.lock", STR_ARG(op->folder)), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*lock < 0)
		return err_errno(&op->err, "Could not open send.lock in the data folder");
	if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	close(*lock);
	return err_set(&op->err, CONFLICT, "round", "Another handback is sending just now. See how far it is: handback notice status");
}

/* One round, under the lock. */
static bool send_round(struct op *op, const struct round *r, bool now, struct answer *answer, struct sent *sent)
{
	struct sending s = { .op = op, .answer = answer, .round = *r, .begun = op->now, .clock = clock_ns(), .moves = -1, .public.pages = -1 };
	bool good = prepare(&s) && (!now || hasten(op, r)) && recover(op, r, answer, &s.in_doubt) && op_begin(op) && op_end(op, settle(&s)) && mails(&s) && messages(&s) && letters(&s) && sending_report(&s);
	if (op->seal) {
		struct err ignored = { 0 };
		seal_use(op->seal, NULL, NULL, &ignored);
	}
	sent->rounds++;
	sent->sent += s.sent, sent->printed += s.printed, sent->in_doubt += s.in_doubt;
	sent->silent |= s.lost >= s.batch && s.batch;
	if (s.stuck && !*sent->stuck)
		snprintf(sent->stuck, sizeof sent->stuck, "%s%s", s.why, stuck_cause(&s));
	wire_close(s.wire);
	outbox_close(&s.outbox);
	own_close(&s.public);
	families_close(&s.families);
	bits_close(&s.rows);
	free(s.tries);
	return good;
}

bool send_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct sent sent = { 0 };
	int lock = -1;
	if (op->afar)
		return round_asked(op, args, &r) && send_soon(op, &r, args_has(args, "now"), answer);
	if (!lock_take(op, &lock))
		return false;
	bool good = round_asked(op, args, &r) && send_round(op, &r, args_has(args, "now"), answer, &sent);
	close(lock);
	return good;
}

/* ---- every round, with nobody at hand ---- */

enum { ROUNDS_AT_ONCE = 64 };
struct waiting { int64_t incident, round, due; };

/* The rounds that may go out and have somebody waiting on this channel; due: when the first of them is. */
static bool waiting_on(struct op *op, enum notice_channel channel, struct waiting *w, size_t *n)
{
	struct sql_rounds_waiting q;
	if (!sql_rounds_waiting(op, channel, (int64_t)time(NULL), &q))
		return false;
	while (sql_rounds_waiting_next(op, &q)) {
		size_t i = 0;
		while (i < *n && (w[i].incident != q.incident || w[i].round != q.round))
			i++;
		if (i == ROUNDS_AT_ONCE)
			break;
		if (i == *n)
			w[(*n)++] = (struct waiting){ q.incident, q.round, q.due };
		w[i].due = q.due < w[i].due ? q.due : w[i].due;
	}
	sql_rounds_waiting_stop(&q);
	return op->err.code == OK;
}

static bool all_waiting(struct op *op, struct waiting w[ROUNDS_AT_ONCE], size_t *n)
{
	*n = 0;
	return waiting_on(op, EMAIL, w, n) && waiting_on(op, SMS, w, n) && waiting_on(op, LETTER, w, n);
}

bool notice_due(struct op *op, int64_t *at)
{
	struct waiting w[ROUNDS_AT_ONCE];
	size_t n;
	if (!all_waiting(op, w, &n))
		return false;
	*at = FAR_OFF;
	for (size_t i = 0; i < n; i++)
		*at = w[i].due < *at ? w[i].due : *at;
	return true;
}

static bool recover_all(struct op *op, struct answer *answer, struct sent *sent)
{
	struct sql_rounds_handed q;
	struct round r[ROUNDS_AT_ONCE];
	size_t n = 0;
	if (!sql_rounds_handed(op, &q))
		return false;
	while (n < ROUNDS_AT_ONCE && sql_rounds_handed_next(op, &q))
		r[n++] = (struct round){ .incident = q.incident, .round = q.round };
	sql_rounds_handed_stop(&q);
	for (size_t i = 0; op->err.code == OK && i < n; i++)
		recover(op, &r[i], answer, &sent->in_doubt);
	return op->err.code == OK;
}

/* A round that can't go out does not keep the others; the first one's reason counts. */
static bool send_all(struct op *op, struct answer *answer, struct sent *sent)
{
	struct waiting w[ROUNDS_AT_ONCE];
	struct err first = { 0 };
	size_t n;
	if (!recover_all(op, answer, sent) || !all_waiting(op, w, &n))
		return false;
	for (size_t i = 0; i < n && !op_stopped(op); i++) {
		struct round r;
		bool found;
		op->now = when_now();
		if (w[i].due > op->now)
			continue;
		if ((!round_read(op, w[i].incident, w[i].round, &r, &found) || !send_round(op, &r, false, answer, sent)) && first.code == OK)
			first = op->err;
		err_clear(&op->err);
	}
	op->err = first;
	return first.code == OK && log_sign(op);
}

bool notice_send_due(struct op *op, struct answer *answer, struct sent *sent)
{
	int lock = -1;
	*sent = (struct sent){ 0 };
	if (!lock_take(op, &lock))
		return false;
	bool good = send_all(op, answer, sent);
	close(lock);
	return good;
}
