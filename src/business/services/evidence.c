/* evidence - kept, listed, and taken back. */
#include "services.h"
#include "detect.h"
#include "log.h"
#include "services_sql.h"

#include <inttypes.h>

enum { A_YEAR = 365 * DAY };

bool evidence_list(struct op *op, holder_id holder, bool ended_too, struct evidence **out, size_t *n)
{
	struct sql_evidence_all q;
	struct evidence *e = NULL;
	size_t cap = 0, m = 0;
	if (!sql_evidence_all(op, &q))
		return false;
	while (sql_evidence_all_next(op, &q)) {
		const struct evidence_sort *sort = evidence_sort(q.sort);
		if ((holder.n && q.holder != holder.n) || (q.ended && !ended_too) || !sort)
			continue;
		e = arena_more(op->a, e, m, &cap, sizeof *e);
		e[m++] = (struct evidence){ q.id, { q.holder }, sort, (enum result)q.result, q.seen, q.until, q.made, q.ended, q.note, q.link };
	}
	*out = e, *n = m;
	return op->err.code == OK;
}

/* Without a card number, in one line, not longer than is kept. */
static struct str masked(struct op *op, struct str text)
{
	struct buf b = BUF(64 << 10);
	detect_mask(&b, text.n > 4 * TEXT_MAX ? (struct str){ text.p, 4 * TEXT_MAX } : text);
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	if (s.n > TEXT_MAX)
		s.n = TEXT_MAX;
	while (s.n && !str_utf8(s))                              /* cut within a letter */
		s.n--;
	return s;
}

bool evidence_put(struct op *op, struct evidence *e)
{
	struct sql_evidence_count q;
	struct holder h;
	bool there;
	if (!map_holder(op, e->holder, &h) || (e->sort->word == WORD_MEASURED && (!sql_evidence_end_sort(op, h.id.n, e->sort->name, op->now) ||
	    !sql_evidence_drop_old(op, h.id.n, e->sort->name, op->now - A_YEAR))) || !sql_evidence_count(op, h.id.n, &q, &there))
		return false;
	if (there && q.n >= EVIDENCE_MAX)
		return err_set(&op->err, TOO_BIG, NULL, STR_FMT " has %d pieces of evidence already: take some back first.", STR_ARG(h.name), EVIDENCE_MAX);
	e->until = e->until ? e->until : e->sort->days ? e->seen + e->sort->days * (int64_t)DAY : FAR_OFF;
	e->note = masked(op, e->note), e->link = masked(op, e->link), e->made = op->now, e->ended = 0;
	e->id = op_count(op, "evidence");
	return e->id && sql_evidence_put(op, e->id, h.id.n, e->sort->name, e->result, e->seen, e->until, e->note, e->link, e->made) &&
	       log_add(op, "evidence.added", ABOUT({ "evidence", e->id }, { "holder", h.id.n }, { "until", e->until < FAR_OFF ? e->until : 0 }));
}

bool evidence_end(struct op *op, int64_t id)
{
	struct sql_evidence_by_id q;
	bool there;
	if (!sql_evidence_by_id(op, id, &q, &there))
		return false;
	if (!there)
		return err_set(&op->err, NOT_FOUND, "evidence", "There is no evidence %" PRId64 " that counts.", id);
	return sql_evidence_end(op, id, op->now) && log_add(op, "evidence.ended", ABOUT({ "evidence", id }, { "holder", q.holder }));
}
