/* logged - what the log holds of each attempt to tell a customer: a salted hash of who was told what, and by which way. The salt and the text's hash stay with
 * the attempt, so that the one customer's can be shown and no other's; once they are forgotten nothing leads from the log to them.
 */
#include "notice_int.h"
#include "notice_sql.h"
#include "proof.h"

#include <inttypes.h>

enum { STATEMENT_MAX = 1 << 10 };

void logged_new(struct logged *k, struct str text)
{
	*k = (struct logged){ .made = true, .has_text = text.n > 0 };
	random_bytes(k->salt, sizeof k->salt);
	if (k->has_text)
		sha256(text, k->text);
}

static void logged_of(struct logged *k, struct str salt, struct str said)
{
	*k = (struct logged){ .made = salt.n == sizeof k->salt, .has_text = said.n == sizeof k->text };
	if (k->made)
		memcpy(k->salt, salt.p, sizeof k->salt);
	if (k->has_text)
		memcpy(k->text, said.p, sizeof k->text);
}

bool logged_get(struct op *op, const struct attempt *a, struct logged *k)
{
	struct sql_attempt_logged q;
	bool found;
	*k = (struct logged){ 0 };
	if (!sql_attempt_logged(op, a->incident, a->round, a->who.n, a->channel, a->number, &q, &found))
		return false;
	if (found)
		logged_of(k, q.salt, q.said);
	return true;
}

struct str logged_salt(const struct logged *k)
{
	return (struct str){ (const char *)k->salt, k->made ? sizeof k->salt : 0 };
}

struct str logged_text(const struct logged *k)
{
	return (struct str){ (const char *)k->text, k->has_text ? sizeof k->text : 0 };
}

/* What the hash is of: the same each time, and read by people, too (doc/proof.md). */
static bool statement(struct op *op, const struct logged *k, const struct attempt *a, const char *state, struct str *out)
{
	struct sql_customer_ref q;
	struct buf b = BUF(STATEMENT_MAX);
	bool found;
	if (!sql_customer_ref(op, a->who.n, &q, &found))
		return false;
	buf_printf(&b, "handback-notice/1\nsalt " STR_FMT "\nround %s\ncustomer ", STR_ARG(hex(op->a, k->salt, sizeof k->salt)), notice_round_name(op, a->incident, a->round).p);
	buf_shown(&b, found ? q.ref : STR(""));
	buf_printf(&b, "\nby %s, try %" PRId64 "\nbecame %s\ntext ", notice_channel_name(a->channel), a->number, state);
	buf_put(&b, k->has_text ? hex(op->a, k->text, sizeof k->text) : STR("-"));
	buf_byte(&b, '\n');
	*out = arena_str(op->a, buf_str(&b));
	bool whole = !b.full;
	buf_free(&b);
	return whole || err_set(&op->err, TOO_BIG, NULL, "A customer's reference is too long for the log.");
}

bool logged_add(struct op *op, struct logged *k, const struct attempt *a, const char *what, struct about about, const char *state)
{
	struct str said;
	if (!k->made)
		return log_add(op, what, about);
	if (!statement(op, k, a, state, &said))
		return false;
	sha256(said, k->hash);
	return log_add_hash(op, what, about, "notice", k->hash, &k->entry);
}

/* A call or an answer afterwards has no text, and does not hide the message that had one. */
bool logged_last(struct op *op, int64_t incident, int64_t round, customer_id who, struct proved *p, bool *outbox)
{
	struct sql_attempt_proved q;
	struct logged k;
	bool found;
	*p = (struct proved){ .entry = -1 };
	if (!sql_attempt_proved(op, incident, round, who.n, &q, &found))
		return false;
	*outbox = found && q.state == SENT && str_eq(q.code, STR("outbox"));
	if (!found || *outbox)
		return true;
	logged_of(&k, q.salt, q.said);
	struct attempt a = { incident, round, who, (enum notice_channel)q.channel, q.attempt };
	const char *state = q.state == SENT && str_eq(q.code, STR("by hand")) ? "sent by hand" : notice_state_name((enum notice_state)q.state);
	p->entry = q.entry;
	return statement(op, &k, &a, state, &p->said);
}

bool notice_proofs(struct op *op, int64_t incident, int64_t round, const customer_id *who, size_t n, struct str *file)
{
	struct proved *p = ARENA_ARRAY(op->a, struct proved, n + 1);
	size_t *of = ARENA_ARRAY(op->a, size_t, n + 1), many = 0;
	bool outbox;
	for (size_t i = 0; i < n; i++) {
		file[i] = STR("");
		if (!logged_last(op, incident, round, who[i], &p[many], &outbox))
			return false;
		if (p[many].entry >= 0)
			of[many++] = i;
	}
	if (many && !proof_entries(op, p, many))
		return false;
	for (size_t i = 0; i < many; i++)
		file[of[i]] = p[i].file;
	return true;
}

bool proof_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct round r;
	struct moving m;
	struct proved p;
	bool outbox;
	if (!round_asked(op, args, &r) || !one_asked(op, args, &r, &m) || !logged_last(op, r.incident, r.round, m.who, &p, &outbox))
		return false;
	if (outbox)
		return err_set(&op->err, CONFLICT, "customer", "This mail lies in the outbox: nothing says yet that it was sent. Once you have sent it, say so: handback notice posted --mails");
	if (p.entry < 0)
		return err_set(&op->err, CONFLICT, "customer", "Nothing has gone to this customer in round " STR_FMT " that could be proved.", STR_ARG(round_name(op, &r)));
	if (!proof_entries(op, &p, 1))
		return false;
	if (!p.file.n)
		return err_set(&op->err, LOCKED, "passphrase", "The log's entry of this notice waits for its signature. Open the vault once, then try again.");
	answer_row(answer);
	answer_text(answer, "round", round_name(op, &r));
	answer_text(answer, "customer", args_text(args, "customer"));
	answer_number(answer, "entry", p.entry);
	answer_text(answer, "said", p.said);
	answer_text(answer, "proof", p.file);
	answer_row_end(answer);
	answer_lines(answer, str_trim(p.file));
	return true;
}
