/* send - runs a round that is approved: e-mails, then SMS, then letters; by a person's word or, of every round, with nobody at hand.
 *
 * Whatever a killed run left handed may have been sent: it becomes in doubt and waits for a person. One run of a business at a time (send.lock).
 */
#include "log.h"
#include "notice_bounces_sql.h"
#include "notice_sql.h"
#include "sending.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

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
	if (!round_unheld(op, r->incident))
		return false;
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
	struct sending s = { .op = op, .answer = answer, .round = *r, .begun = op->now, .clock = sending_clock(), .moves = -1, .looked = -1, .public.pages = -1 };
	bool good = prepare(&s) && (!now || hasten(op, r)) && recover(op, r, answer, &s.in_doubt) && sending_look(&s) && op_begin(op) && op_end(op, sending_settle(&s)) && mails_send(&s) && messages_send(&s) && letters_send(&s) && sending_report(&s);
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

/* The rounds that may go out and have somebody waiting on this channel; due: when the first of them is, not before `least`. */
static bool waiting_on(struct op *op, enum notice_channel channel, int64_t least, struct waiting *w, size_t *n)
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
			w[(*n)++] = (struct waiting){ q.incident, q.round, FAR_OFF };
		int64_t due = q.due > least ? q.due : least;
		w[i].due = due < w[i].due ? due : w[i].due;
	}
	sql_rounds_waiting_stop(&q);
	return op->err.code == OK;
}

static bool all_waiting(struct op *op, struct waiting w[ROUNDS_AT_ONCE], size_t *n)
{
	struct pace p;
	int64_t room, later;
	*n = 0;
	if (!pace_open(op, &p) || !pace_room(op, &p, &room, &later) || !waiting_on(op, EMAIL, later, w, n) || !waiting_on(op, SMS, 0, w, n) || !waiting_on(op, LETTER, 0, w, n))
		return false;
	for (size_t i = 0; i < *n; i++) {
		struct str why;
		int64_t until;
		if (!incident_hold(op, w[i].incident, &why, &until))
			return false;
		w[i].due = why.n && until > w[i].due ? until : w[i].due;
	}
	return true;
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
