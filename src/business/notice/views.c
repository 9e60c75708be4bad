/* views - how far rounds are and what they say, as plain structs for pages. Changes nothing but the log of looks. */
#include "monitoring.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "pace.h"
#include "telling.h"
#include "ways.h"

#include <inttypes.h>
#include <stdlib.h>

static bool round_view(struct op *op, const struct round *r, struct notice_round *out)
{
	struct sql_in_outbox outbox;
	struct mails_waiting waiting;
	bool found;
	*out = (struct notice_round){ r->incident, r->round, r->audience, r->drafted, r->approved, r->ends, r->undone };
	if (!round_split(op, r, &out->split) || !sql_in_outbox(op, r->incident, r->round, &outbox, &found) ||
	    !mails_waiting(op, r, &waiting))
		return false;
	out->in_outbox = outbox.n;
	out->due = waiting.due, out->limited = waiting.limited;
	return true;
}

bool notice_rounds(struct op *op, int64_t incident, struct notice_round **out, size_t *n)
{
	struct sql_round_latest latest;
	struct round r;
	bool found;
	if (!sql_round_latest(op, incident, &latest, &found))
		return false;
	struct notice_round *v = ARENA_ARRAY(op->a, struct notice_round, (size_t)latest.round + 1);
	size_t m = 0;
	for (int64_t round = latest.round; round >= 1; round--) {
		if (!round_read(op, incident, round, &r, &found) || (found && !round_view(op, &r, &v[m])))
			return false;
		m += found;
	}
	*out = v, *n = m;
	return true;
}

bool notice_in_state(struct op *op, int64_t incident, int64_t round, enum notice_state state, int64_t skip, struct notice_one **out, size_t *n)
{
	struct sql_notices_page q;
	struct notice_one *one = ARENA_ARRAY(op->a, struct notice_one, NOTICE_PAGE);
	size_t m = 0;
	if (!sql_notices_page(op, incident, round, state, skip, NOTICE_PAGE, &q))
		return false;
	while (sql_notices_page_next(op, &q))
		one[m++] = (struct notice_one){ { (uint32_t)q.customer }, q.ref, (enum notice_channel)q.channel, q.attempts, q.at, q.code };
	*out = one, *n = m;
	return op->err.code == OK;
}

bool notice_some(struct op *op, int64_t incident, int64_t round, customer_id *out, size_t asked, size_t *n)
{
	struct sql_notice_largest last;
	struct sql_notice_from q;
	bool found;
	*n = 0;
	if (!sql_notice_largest(op, incident, round, &last, &found))
		return false;
	while (last.customer && *n < asked) {
		uint64_t chance;
		bool stands = true, again = false;
		random_bytes(&chance, sizeof chance);
		/* the next one from a place by chance on; behind the last comes the first, once */
		for (int64_t at = (int64_t)(chance % (uint64_t)last.customer) + 1; stands; at = found ? q.customer + 1 : 1) {
			if (!sql_notice_from(op, incident, round, at, &q, &found))
				return false;
			if (!found && again)
				return true;             /* all of them are taken */
			again |= !found;
			stands = !found;
			for (size_t k = 0; found && k < *n; k++)
				stands |= out[k].n == (uint32_t)q.customer;
		}
		out[(*n)++].n = (uint32_t)q.customer;
	}
	return true;
}

struct notice_line *words_lines(struct op *op, const struct words *w)
{
	static const enum line_sort sorts[] = { [PASSAGE_TITLE] = LINE_TITLE, [PASSAGE_HEADING] = LINE_HEADING, [PASSAGE_TEXT] = LINE_TEXT, [PASSAGE_BULLET] = LINE_BULLET,
	                                        [PASSAGE_NUMBERED] = LINE_NUMBERED };
	struct notice_line *line = ARENA_ARRAY(op->a, struct notice_line, w->n + 1);
	for (size_t i = 0; i < w->n; i++)
		line[i] = (struct notice_line){ sorts[w->passage[i].sort], w->passage[i].text };
	return line;
}

/* A letter that is only shown has no code. Whom people tell themselves they also tell the code: what is shown is that notice. */
static bool code_shown(struct op *op, int64_t incident, customer_id who, bool told_by_hand, struct telling *t)
{
	struct obligation *owed;
	size_t n;
	if (!t->offer)
		return true;
	if (told_by_hand)
		return enrol_open(op, incident, &who, 1, &t->code);
	if (!incident_obligations(op, incident, &owed, &n))
		return false;
	code_to_come(op, owed, n, t);
	return true;
}

bool notice_preview(struct op *op, int64_t incident, int64_t round, customer_id who, struct notice_preview *out)
{
	struct round r;
	struct sql_notice_from first;
	struct sql_notice_get q;
	struct telling t;
	struct templates templates;
	struct families families;
	struct customer c;
	struct words w;
	bool found;
	if (!round_get(op, incident, round, &r))
		return false;
	if (!who.n) {
		if (!sql_notice_from(op, incident, round, 1, &first, &found))
			return false;
		who.n = found ? (uint32_t)first.customer : 0;
	}
	if (!sql_notice_get(op, incident, round, who.n, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "customer", who.n ? "This customer is not in round %s." : "Nobody is in round %s.", round_name(op, &r).p);
	if (!round_telling(op, &r, &t) || !templates_parse(op, r.template, &templates) || !families_open(op, &families))
		return false;
	bool good = contacts_open(op, &families, NULL, &who, 1, &c);
	families_close(&families);
	if (!good)
		return false;
	/* a draft goes the way that is known when it is approved */
	enum notice_channel channel = q.state != DRAFTED ? (enum notice_channel)q.channel : customer_email(&c).n ? EMAIL : customer_address(&c) ? LETTER : NO_CHANNEL;
	t.kinds = (kinds)q.kinds, t.first = q.first_at, t.last = q.last_at, t.touches = q.touches, t.letter = channel == LETTER;
	customer_telling(op, &c, &t);
	if (!code_shown(op, incident, who, q.state != DRAFTED && (channel == PHONE || channel == IN_PERSON), &t))
		return false;
	templates_fill(op, &templates, &t, &w);
	struct notice_line *line = words_lines(op, &w);
	*out = (struct notice_preview){ who, c.ref, words_subject(op, &w, &t), words_text(op, &w), channel, language_code(w.language).p, line, w.n };
	return true;
}

bool notice_text(struct op *op, int64_t incident, int64_t round, struct notice_text *out)
{
	struct round r;
	if (!round_get(op, incident, round, &r))
		return false;
	*out = (struct notice_text){ str_trim(templates_text(r.template, ENGLISH)), str_trim(templates_text(r.template, SPANISH)), !str_eq(r.template, templates_builtin(op)) };
	return true;
}
