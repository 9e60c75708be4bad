/* proved - beside each customer's own page the proofs of what they were told, once the log's entries are signed. They are sealed to a key that was kept when the page
 * was written, so nobody has to open the vault. Touches pages/ in the data folder.
 *
 * What lies there is made of the database alone, and `link.proved` says how far it reaches: killed in between, it is made once more.
 */
#include "front.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "proof.h"

#include <inttypes.h>
#include <unistd.h>

enum { PAGES_AT_ONCE = 512, ROUNDS_MOST = 64 };          /* rounds: as many as rounds_approved gives */

struct owner { customer_id who; char name[FRONT_NAME]; uint8_t key[FRONT_KEY]; size_t first, n; };

/* One run. lacks: whose pages lack a proof that there could be, looked up once, for it takes all that was ever tried; after: the name of the page done last. */
struct run { struct bits lacks; char after[FRONT_NAME]; };

/* The next of their pages, by name; *more: there may be others behind. */
static bool owners_next(struct op *op, struct run *r, struct owner *o, size_t *n, bool *more)
{
	struct sql_links_after q;
	size_t links = 0;
	*n = 0;
	if (!sql_links_after(op, str_of(r->after), PAGES_AT_ONCE, &q))
		return false;
	while (sql_links_after_next(op, &q)) {
		if (q.name.n != FRONT_NAME - 1 || q.seal.n != FRONT_KEY) {
			sql_links_after_stop(&q);
			return err_set(&op->err, TORN, NULL, "What is kept of customers' pages is damaged. Run handback check.");
		}
		links++;
		memcpy(r->after, q.name.p, FRONT_NAME - 1);
		if (!bits_has(&r->lacks, (size_t)q.customer))
			continue;
		o[*n] = (struct owner){ .who = { (uint32_t)q.customer } };
		memcpy(o[*n].name, q.name.p, FRONT_NAME - 1);
		memcpy(o[(*n)++].key, q.seal.p, FRONT_KEY);
	}
	*more = links == PAGES_AT_ONCE;
	return op->err.code == OK;
}

/* The log has no signed head before the vault was opened once. */
static bool head(struct op *op, struct kept_head *h, bool *any)
{
	*any = proof_head(op, h);
	if (!*any && op->err.code != CONFLICT)
		return false;
	err_clear(&op->err);
	return true;
}

bool notice_proofs_due(struct op *op, uint64_t *signed_size, bool *due)
{
	struct kept_head h;
	struct sql_customers_unproved q;
	bool any;
	*due = false;
	if (!head(op, &h, &any))
		return false;
	if (!any || h.size == *signed_size)
		return true;
	if (!sql_customers_unproved(op, (int64_t)h.size, &q))
		return false;
	*due = sql_customers_unproved_next(op, &q);
	sql_customers_unproved_stop(&q);
	if (!*due)                                       /* else it is asked again */
		*signed_size = h.size;
	return op->err.code == OK;
}

struct work { struct owner *owner; size_t owners; struct proved *proof; int64_t (*of)[2]; size_t n; };      /* of: incident and round of each proof */

/* What the log says of each of them, as much as one pass over it proves; who does not fit any more is left for the next. */
static bool said(struct op *op, struct work *w)
{
	struct sql_rounds_approved q;
	int64_t round[ROUNDS_MOST][2];
	size_t rounds = 0;
	if (!sql_rounds_approved(op, &q))
		return false;
	while (rounds < ROUNDS_MOST && sql_rounds_approved_next(op, &q))
		round[rounds][0] = q.incident, round[rounds++][1] = q.round;
	sql_rounds_approved_stop(&q);
	size_t i = 0;
	for (; op->err.code == OK && i < w->owners && w->n + rounds <= PROOFS_MAX; i++) {
		struct owner *o = &w->owner[i];
		o->first = w->n;
		for (size_t k = 0; k < rounds; k++) {
			bool outbox;
			if (!logged_last(op, round[k][0], round[k][1], o->who, &w->proof[w->n], &outbox))
				return false;
			if (w->proof[w->n].entry < 0)
				continue;
			w->of[w->n][0] = round[k][0], w->of[w->n][1] = round[k][1];
			w->n++, o->n++;
		}
	}
	w->owners = i;
	return op->err.code == OK;
}

static bool files_put(struct op *op, int pages, const struct work *w, struct str key)
{
	bool good = true;
	for (size_t i = 0; good && i < w->owners; i++) {
		const struct owner *o = &w->owner[i];
		struct front_proof *file = ARENA_ARRAY(op->a, struct front_proof, o->n + 2);
		struct buf read = BUF(ROUNDS_MOST * 48);
		size_t n = 0;
		file[n++] = (struct front_proof){ STR("key"), key };
		for (size_t k = o->first; good && k < o->first + o->n; k++) {
			struct str round = notice_round_name(op, w->of[k][0], w->of[k][1]);
			struct sql_notice_get q;
			bool found;
			if (w->proof[k].file.n)
				file[n++] = (struct front_proof){ round, w->proof[k].file };
			good = sql_notice_get(op, w->of[k][0], w->of[k][1], o->who.n, &q, &found);
			if (good && found && q.state == ACKNOWLEDGED)
				buf_printf(&read, "%s" STR_FMT, read.n ? " " : "", STR_ARG(round));
		}
		file[n++] = (struct front_proof){ STR("read"), arena_str(op->a, buf_str(&read)) };
		buf_free(&read);
		good = good && front_put_proofs(pages, o->name, o->key, file, n, &op->err);
	}
	return good && front_sync(pages, &op->err);
}

/* Whoever was forgotten meanwhile has no page, and keeps no proof. */
static bool done(struct op *op, int pages, const struct work *w, const struct kept_head *h)
{
	bool good = op_begin(op);
	if (!good)
		return false;
	for (size_t i = 0; good && i < w->owners; i++) {
		struct sql_link_there q;
		bool found;
		good = sql_link_there(op, str_of(w->owner[i].name), &q, &found) &&
		       (found && q.put ? sql_link_proved(op, str_of(w->owner[i].name), (int64_t)h->size - 1) : front_drop_for(pages, w->owner[i].name, &op->err));
	}
	return op_end(op, good);
}

static bool some(struct op *op, int pages, struct run *r, size_t *made, bool *more)
{
	struct kept_head h;
	struct work w = { .owner = ARENA_ARRAY(op->a, struct owner, PAGES_AT_ONCE), .proof = ARENA_ARRAY(op->a, struct proved, PROOFS_MAX) };
	size_t found;
	w.of = arena_get_array(op->a, sizeof *w.of, PROOFS_MAX);
	*made = 0;
	if (!proof_head(op, &h) || !owners_next(op, r, w.owner, &w.owners, more))
		return false;
	found = w.owners;
	if (!found)
		return true;
	if (!said(op, &w) || (w.n && !proof_entries(op, w.proof, w.n)) || !files_put(op, pages, &w, arena_say(op->a, STR_FMT "\n", STR_ARG(h.key))) || !done(op, pages, &w, &h))
		return false;
	if (w.owners < found) {                          /* so many proofs as one pass takes: the others follow */
		memcpy(r->after, w.owner[w.owners - 1].name, FRONT_NAME);
		*more = true;
	}
	*made = w.owners;
	return true;
}

static bool lacks_find(struct op *op, struct run *r, bool *any)
{
	struct kept_head h;
	struct sql_customers_unproved q;
	uint32_t customers;
	if (!ledger_size(op, &customers) || !head(op, &h, any))
		return false;
	r->lacks = bits_open((size_t)customers + 1);
	if (!*any)
		return true;
	if (!sql_customers_unproved(op, (int64_t)h.size, &q))
		return false;
	while (sql_customers_unproved_next(op, &q))
		bits_add(&r->lacks, (size_t)q.customer);
	return op->err.code == OK;
}

static bool round_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct run r = { .after = "" };
	int pages = front_open(op->folder, &op->err);
	int64_t all = 0;
	bool more = false, good = pages >= 0 && lacks_find(op, &r, &more);
	(void)args;
	while (good && more && !op_stopped(op)) {
		struct arena *mine = arena_open(), *whole = op->a;
		size_t made;
		op->a = mine;
		good = some(op, pages, &r, &made, &more);
		all += (int64_t)made;
		op->a = whole;
		arena_close(mine);
	}
	if (pages >= 0)
		close(pages);
	bits_close(&r.lacks);
	answer_say(answer, "%s.", counted(op->a, all, "page has its proofs", "pages have their proofs"));
	return good;
}

const struct verb notice_proofs_round = { "notice proofs", "Puts the proofs of what customers were told beside their own pages.", "", VERB_LONG, NO_FIELDS, round_run, ROLES_LEAD };
