/* settle - what is drafted or approved, against the exposure, which goes on changing: a window is narrowed, an import is taken back. */
#include "notice_int.h"
#include "notice_sql.h"
#include "outbox.h"

#include <inttypes.h>

bool round_strayed(struct op *op, const struct round *r, const struct exposed *e, struct strayed **out, size_t *n)
{
	struct sql_notices_to_go q;
	size_t cap = 0;
	*out = NULL, *n = 0;
	if (r->audience == AUDIENCE_TOLD)                /* they were told, and hear more, whatever has become of it since */
		return true;
	bool good = sql_notices_to_go(op, r->incident, r->round, &q);
	while (good && sql_notices_to_go_next(op, &q)) {
		customer_id given = { (uint32_t)q.customer }, who = q.same_as ? ledger_person(op, given) : given;
		kinds now = who.n < e->n ? exposed_kinds(e, who.n) : 0;
		if (now == (kinds)q.kinds)
			continue;
		*out = arena_more(op->a, *out, *n, &cap, sizeof **out);
		(*out)[(*n)++] = (struct strayed){ { r->incident, r->round, given, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts }, (kinds)q.kinds, now };
	}
	return good && op->err.code == OK;
}

/* What they would read is not so: they are at risk no more, or not with all of it; or they are after all. More than it says takes nothing back. */
static bool untrue(kinds told, kinds now)
{
	return told ? (told & ~now) != 0 : now != 0;
}

static bool take_back(struct op *op, const struct moving *m)
{
	return notice_move(op, m, E_TAKE_BACK, &(struct outcome){ m->channel, m->attempts, 0, "", { 0 } });
}

/* Those that wait still: what was read before the transaction may have gone on. */
static bool waiting_back(struct op *op, const struct strayed *s, size_t n, int64_t *taken)
{
	for (size_t k = 0; k < n; k++) {
		struct sql_notice_get q;
		bool found;
		if (!untrue(s[k].told, s[k].now))
			continue;
		if (!sql_notice_get(op, s[k].m.incident, s[k].m.round, s[k].m.who.n, &q, &found))
			return false;
		if (!found || q.state != QUEUED)
			continue;
		struct moving m = s[k].m;
		m.state = QUEUED, m.channel = (enum notice_channel)q.channel, m.attempts = q.attempts;
		if (!take_back(op, &m))
			return false;
		++*taken;
	}
	return true;
}

/* ---- what is printed, or lies in the outbox ---- */

struct lying { struct moving m; uint32_t person; kinds told; struct str ref, place; };

static bool lying_of(struct op *op, int64_t incident, int64_t round, struct lying **out, size_t *n)
{
	struct sql_notices_in_outbox q;
	size_t cap = 0;
	*out = NULL, *n = 0;
	if (!sql_notices_in_outbox(op, incident, round, &q))
		return false;
	while (sql_notices_in_outbox_next(op, &q)) {
		customer_id given = { (uint32_t)q.customer };
		*out = arena_more(op->a, *out, *n, &cap, sizeof **out);
		(*out)[(*n)++] = (struct lying){ { incident, round, given, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts },
			q.same_as ? ledger_person(op, given).n : given.n, (kinds)q.kinds, arena_str(op->a, q.ref), arena_str(op->a, q.place) };
	}
	return op->err.code == OK;
}

/* In the order of their places. */
static void page_add(struct buf *pages, struct str *file, struct str place)
{
	struct str at = str_split(&place, '/');
	int64_t page = 0;
	str_i64(str_split(&place, '/'), &page);
	if (str_eq(at, *file))
		buf_printf(pages, ", %" PRId64, page);
	else
		buf_printf(pages, "%sletters-" STR_FMT ".pdf: %" PRId64, pages->n ? "; " : "", STR_ARG(at), page);
	*file = at;
}

static void lying_count(struct op *op, const struct lying *l, struct unsent *u, struct buf *pages, struct str *file, size_t *cap)
{
	if (l->m.state == PRINTED) {
		u->printed++;
		page_add(pages, file, l->place);
		return;
	}
	u->ref = arena_more(op->a, u->ref, (size_t)u->mails, cap, sizeof *u->ref);
	u->ref[u->mails++] = l->ref;
}

static bool lying_back(struct op *op, struct lying *l)
{
	if (l->m.state != SENT)
		return take_back(op, &l->m);
	bool good = notice_move(op, &l->m, E_UNSENT, &(struct outcome){ EMAIL, l->m.attempts, 0, "", { 0 } });
	l->m.state = QUEUED;
	return good && take_back(op, &l->m);
}

/* Of these persons; or of those of whom they would say what the exposure does not, and these are taken back. */
static bool lying_each(struct op *op, int64_t incident, int64_t round, const struct exposed *e, const struct bits *who, struct unsent *u)
{
	struct buf pages = BUF(1 << 20);
	struct str file = STR("");
	struct lying *l;
	size_t n, cap = 0;
	bool good = lying_of(op, incident, round, &l, &n);
	for (size_t i = 0; good && i < n; i++) {
		if (e ? !untrue(l[i].told, l[i].person < e->n ? exposed_kinds(e, l[i].person) : 0) : !bits_has(who, l[i].person))
			continue;
		lying_count(op, &l[i], u, &pages, &file, &cap);
		good = !e || lying_back(op, &l[i]);
	}
	u->pages = arena_str(op->a, buf_str(&pages));
	buf_free(&pages);
	return good;
}

/* ---- settling ---- */

/* What is approved of somebody's exposure, and may still be taken back. */
static bool settles(const struct round *r)
{
	return r->approved && !r->undone && r->audience != AUDIENCE_TOLD;
}

static bool exposed_now(struct op *op, const struct round *r, struct exposed **e)
{
	struct incident i;
	struct sources sources;
	return incident_get(op, r->incident, &i) && ledger_sound(op) && exposure_of(op, i.suspicion, i.n, false, e, &sources);
}

static bool settled_log(struct op *op, const struct round *r, int64_t n)
{
	return !n || log_add(op, "round.settled", ABOUT({ "incident", r->incident }, { "round", r->round }, { "customers", n }));
}

bool round_look(struct op *op, const struct round *r, struct strayed **out, size_t *n)
{
	struct exposed *e;
	*out = NULL, *n = 0;
	if (!settles(r))
		return true;
	if (!exposed_now(op, r, &e))
		return false;
	bool good = round_strayed(op, r, e, out, n);
	exposed_close(e);
	return good;
}

bool round_settle(struct op *op, const struct round *r, const struct strayed *s, size_t n, int64_t *dropped)
{
	*dropped = 0;
	return waiting_back(op, s, n, dropped) && settled_log(op, r, *dropped);
}

/* With what lies ready. */
static bool settle(struct op *op, const struct round *r, struct unsent *taken)
{
	struct strayed *s;
	struct exposed *e;
	size_t n;
	if (!settles(r))
		return true;
	if (!exposed_now(op, r, &e))
		return false;
	bool good = round_strayed(op, r, e, &s, &n) && waiting_back(op, s, n, &taken->waiting) && lying_each(op, r->incident, r->round, e, NULL, taken);
	exposed_close(e);
	return good && settled_log(op, r, taken->waiting + taken->printed + taken->mails);
}

bool notice_settle(struct op *op, int64_t incident, int64_t round, struct unsent *taken)
{
	struct round r;
	bool found;
	*taken = (struct unsent){ 0 };
	return round_read(op, incident, round, &r, &found) && (!found || settle(op, &r, taken));
}

/* A page stays in its file of letters: it is on paper already, and its number is told. The list says whose are still to be posted. */
bool notice_settled(struct op *op, int64_t incident, int64_t round, const struct unsent *taken)
{
	struct round r;
	struct split s;
	struct sql_in_outbox mails;
	struct outbox o;
	bool found, good = true;
	if (!taken->printed && !taken->mails)
		return true;
	if (!round_read(op, incident, round, &r, &found) || !round_split(op, &r, &s) || !sql_in_outbox(op, incident, round, &mails, &found))
		return false;
	for (int64_t k = 0; k < taken->mails; k++)
		outbox_drop_mail(op, &r, taken->ref[k]);
	bool waits = notice_waits(&s) || s.state[HANDED];
	if (taken->printed && s.state[PRINTED]) {
		good = outbox_open(op, &r, &o) && outbox_list(op, &o, &r);
		outbox_close(&o);
	}
	outbox_clear(op, &r, !mails.n && !waits, !s.state[PRINTED] && !waits);
	return good;
}

bool notice_unsent(struct op *op, int64_t incident, int64_t round, const struct bits *who, struct unsent *u)
{
	struct sql_notices_to_go q;
	*u = (struct unsent){ 0 };
	if (!sql_notices_to_go(op, incident, round, &q))
		return false;
	while (sql_notices_to_go_next(op, &q)) {
		customer_id given = { (uint32_t)q.customer };
		u->waiting += bits_has(who, q.same_as ? ledger_person(op, given).n : given.n);
	}
	return op->err.code == OK && lying_each(op, incident, round, NULL, who, u);
}
