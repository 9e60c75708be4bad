/* proved - beside each customer's own page the proofs of what they were told, once the log's entries are signed. They are sealed to a key that was kept when the page
 * was written, so nobody has to open the vault. Touches pages/ in the data folder.
 *
 * What lies there is made of the database alone, and `link.proved` says how far it reaches: killed in between, it is made once more.
 */
#include "notice_int.h"
#include "notice_sql.h"
#include "proof.h"

#include <inttypes.h>
#include <unistd.h>

enum { PAGES_AT_ONCE = 512, ROUNDS_MOST = 64 };          /* rounds: as many as rounds_approved gives */

struct owner { customer_id who; char name[FRONT_NAME]; uint8_t key[FRONT_KEY]; int64_t entry; size_t first, n; };

/* Whose pages lack a proof that there could be; at most `many`. */
static bool lacking(struct op *op, const struct kept_head *h, struct owner *o, size_t many, size_t *n)
{
	struct sql_links_unproved q;
	*n = 0;
	if (!sql_links_unproved(op, (int64_t)h->size, (int64_t)many, &q))
		return false;
	while (*n < many && sql_links_unproved_next(op, &q)) {
		struct owner *one = &o[(*n)++];
		if (q.name.n != FRONT_NAME - 1 || q.seal.n != FRONT_KEY)
			return err_set(&op->err, TORN, NULL, "What is kept of customers' pages is damaged. Run handback check.");
		*one = (struct owner){ .who = { (uint32_t)q.customer }, .entry = q.entry };
		memcpy(one->name, q.name.p, FRONT_NAME - 1);
		memcpy(one->key, q.seal.p, FRONT_KEY);
	}
	sql_links_unproved_stop(&q);
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
	struct owner one;
	size_t n = 0;
	bool any;
	*due = false;
	if (!head(op, &h, &any))
		return false;
	if (!any || h.size == *signed_size)
		return true;
	if (!lacking(op, &h, &one, 1, &n))
		return false;
	*due = n > 0;
	if (!n)                                          /* else it is asked again */
		*signed_size = h.size;
	return true;
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
		struct front_proof *file = ARENA_ARRAY(op->a, struct front_proof, o->n + 1);
		size_t n = 0;
		file[n++] = (struct front_proof){ STR("key"), key };
		for (size_t k = o->first; k < o->first + o->n; k++)
			if (w->proof[k].file.n)
				file[n++] = (struct front_proof){ arena_say(op->a, "%" PRId64 ".%" PRId64, w->of[k][0], w->of[k][1]), w->proof[k].file };
		good = front_put_proofs(pages, o->name, o->key, file, n, &op->err);
	}
	return good && front_sync(pages, &op->err);
}

/* Whoever was forgotten meanwhile has no page, and keeps no proof. */
static bool done(struct op *op, int pages, const struct work *w)
{
	bool good = op_begin(op);
	if (!good)
		return false;
	for (size_t i = 0; good && i < w->owners; i++) {
		struct sql_link_there q;
		bool found;
		good = sql_link_there(op, str_of(w->owner[i].name), &q, &found) &&
		       (found && q.put ? sql_link_proved(op, str_of(w->owner[i].name), w->owner[i].entry) : front_drop_for(pages, w->owner[i].name, &op->err));
	}
	return op_end(op, good);
}

static bool some(struct op *op, int pages, size_t *made)
{
	struct kept_head h;
	struct work w = { .owner = ARENA_ARRAY(op->a, struct owner, PAGES_AT_ONCE), .proof = ARENA_ARRAY(op->a, struct proved, PROOFS_MAX) };
	bool any;
	w.of = arena_get_array(op->a, sizeof *w.of, PROOFS_MAX);
	*made = 0;
	if (!head(op, &h, &any) || (any && !lacking(op, &h, w.owner, PAGES_AT_ONCE, &w.owners)))
		return false;
	if (!w.owners)
		return true;
	if (!said(op, &w) || (w.n && !proof_entries(op, w.proof, w.n)) || !files_put(op, pages, &w, arena_say(op->a, STR_FMT "\n", STR_ARG(h.key))) || !done(op, pages, &w))
		return false;
	*made = w.owners;
	return true;
}

static bool round_run(struct op *op, const struct args *args, struct answer *answer)
{
	int pages = front_open(op->folder, &op->err);
	int64_t all = 0;
	size_t made = 1;
	(void)args;
	bool good = pages >= 0;
	while (good && made && !op_stopped(op)) {
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		good = some(op, pages, &made);
		all += (int64_t)made;
		op->a = whole;
		arena_close(mine);
	}
	if (pages >= 0)
		close(pages);
	answer_say(answer, "%s.", counted(op->a, all, "page has its proofs", "pages have their proofs"));
	return good;
}

const struct verb notice_proofs_round = { "notice proofs", "Puts the proofs of what customers were told beside their own pages.", "", VERB_LONG, NO_FIELDS, round_run, ROLES_LEAD };
