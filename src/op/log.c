/* log - the tamper-evident log: entries without personal data, each chained to the last, over RFC 6962 leaf hashes (merkle.h), with a Merkle
 * tree head that the keeper signs.
 *
 * chain(n) = SHA-256(chain(n-1) || leaf(n)), chain(-1) = 32 zero bytes. What outsiders can check of it: proof.c.
 */
#include "log.h"
#include "op_int.h"
#include "op_sql.h"
#include "proof.h"
#include "seal.h"
#include "store.h"

#include <stdatomic.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The log's end: the tree over its entries, and the last of the chain. */
struct end { struct tree tree; uint8_t chain[HASH]; };
struct log_tail { struct end end; char origin[ORIGIN_MAX + 1]; bool changed; };

static void end_add(struct end *t, struct str text)
{
	uint8_t leaf[HASH];
	struct sha256 h;
	tree_leaf(text, leaf);
	sha256_start(&h);
	sha256_add(&h, bytes_of(t->chain, HASH));
	sha256_add(&h, bytes_of(leaf, HASH));
	sha256_end(&h, t->chain);
	tree_add(&t->tree, leaf);
}

static bool end_read(struct op *op, struct end *t, struct sql_log_head_get *head, bool *found)
{
	*t = (struct end){ 0 };
	if (!sql_log_head_get(op, head, found))
		return false;
	if (!*found)
		return true;
	if (head->size < 0 || head->chain.n != HASH || !tree_of(&t->tree, (uint64_t)head->size, head->frontier))
		return err_set(&op->err, TORN, NULL, "The log's head is damaged. Run handback log verify.");
	memcpy(t->chain, head->chain.p, HASH);
	return true;
}

/* "handback/3f9a0b1c2d3e4f50/2" */
static bool origin_put(struct op *op, char to[ORIGIN_MAX + 1], struct str log, int64_t epoch)
{
	struct str s = arena_say(op->a, "handback/" STR_FMT "/%" PRId64, STR_ARG(log), epoch);
	if (s.n > ORIGIN_MAX)
		return err_set(&op->err, TORN, NULL, "The log's head is damaged. Run handback log verify.");
	memcpy(to, s.p, s.n + 1);
	return true;
}

static bool tail_read(struct op *op)
{
	struct sql_log_head_get head;
	struct log_tail t = { 0 };
	uint8_t name[8];
	bool found;
	if (op->tail)
		return true;
	if (!end_read(op, &t.end, &head, &found))
		return false;
	random_bytes(name, sizeof name);
	if (found && head.origin.n <= ORIGIN_MAX)
		memcpy(t.origin, head.origin.p, head.origin.n);
	else if (found || !origin_put(op, t.origin, hex(op->a, name, sizeof name), 1))
		return err_set(&op->err, TORN, NULL, "The log's head is damaged. Run handback log verify.");
	op->tail = mem_get(sizeof *op->tail);
	*op->tail = t;
	return true;
}

void log_watched(struct op *op, const char *what, int64_t code)
{
	enum { MINUTE = 60 };
	static _Atomic int64_t last[2];                  /* of refusals, of faults: person and minute */
	struct err why = op->err;
	_Atomic int64_t *of = &last[strcmp(what, "fault.met") == 0];
	int64_t now = op->person * ((int64_t)1 << 32) + op->now / MINUTE;
	if (!op->db || op_read_only(op) || db_writing(op->db) || atomic_exchange(of, now) == now)
		return;
	err_clear(&op->err);
	if (op_begin(op))
		op_end(op, log_add(op, what, ABOUT({ "code", code })));
	op->err = why;
}

bool log_add(struct op *op, const char *what, struct about about)
{
	return log_add_hash(op, what, about, NULL, NULL, NULL);
}

bool log_add_hash(struct op *op, const char *what, struct about about, const char *name, const uint8_t hash[32], int64_t *at)
{
	if (!tail_read(op))
		return false;
	char text[512];
	struct civil c = civil_of(op->now);
	int n = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ %s person=%" PRId64, c.year, c.month, c.day, c.hour, c.minute,
	                 c.second, what, op->person);
	for (size_t i = 0; i < about.n && n > 0 && (size_t)n < sizeof text; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, " %s=%" PRId64, about.fact[i].name, about.fact[i].n);
	if (hash && n > 0 && (size_t)n < sizeof text)
		n += snprintf(text + n, sizeof text - (size_t)n, " %s=" STR_FMT, name, STR_ARG(hex(op->a, hash, 32)));
	if (n < 0 || (size_t)n >= sizeof text)
		return err_set(&op->err, TOO_BIG, NULL, "A log entry is too long.");
	struct end *t = &op->tail->end;
	struct str line = { text, (size_t)n };
	end_add(t, line);
	op->tail->changed = true;
	if (at)
		*at = (int64_t)t->tree.size - 1;
	return sql_entry_put(op, (int64_t)t->tree.size - 1, line, bytes_of(t->chain, HASH));
}

bool log_flush(struct op *op)
{
	if (!op->tail || !op->tail->changed)
		return true;
	struct end *t = &op->tail->end;
	return sql_log_head_put(op, (int64_t)t->tree.size, bytes_of(t->chain, HASH), tree_frontier(&t->tree), STR(""), str_of(op->tail->origin));
}

bool log_epoch(struct op *op, int64_t entries, int64_t chain, int64_t made)
{
	if (!tail_read(op))
		return false;
	struct str log, rest = arena_str(op->a, str_of(op->tail->origin));
	int64_t epoch = 0;
	str_split(&rest, '/');
	log = str_split(&rest, '/');
	if (!str_i64(rest, &epoch))
		return err_set(&op->err, TORN, NULL, "The log's head is damaged. Run handback log verify.");
	return origin_put(op, op->tail->origin, log, epoch + 1) && sql_log_head_unsign(op) &&
	       log_add(op, EPOCH_WORD, ABOUT({ "entries", entries }, { "chain", chain }, { "made", made }, { "epoch", epoch + 1 }));
}

void log_forget(struct op *op)
{
	free(op->tail);
	op->tail = NULL;
}

bool log_record(struct op *op, struct signed_so_far *r)
{
	int fd = open(arena_printf(op->a, STR_FMT "/keeper.record", STR_ARG(op->folder)), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	*r = (struct signed_so_far){ 0 };
	if (fd < 0)
		return errno == ENOENT || err_errno(&op->err, "Could not open keeper.record in the data folder");
	bool good = seal_record(fd, r, &op->err);
	close(fd);
	return good;
}

/* The keeper's signature fits the log that has this name and is so long. */
static bool head_signed(struct str public_key, struct str origin, const struct tree *t, struct str signature)
{
	uint8_t root[HASH];
	struct buf text = BUF(CHECKPOINT_MAX);
	tree_root(t, root);
	seal_checkpoint(&text, origin, t->size, root);
	bool fits = public_key.n == 32 && signature.n == 64 && !text.full &&
	            seal_signed((const uint8_t *)public_key.p, buf_str(&text), (const uint8_t *)signature.p);
	buf_free(&text);
	return fits;
}

/* Has the entries behind t signed, a part at a time; those that the keeper signed before (so many) are only read over. */
static bool sign_on(struct op *op, struct str origin, struct tree *t, uint64_t known, uint8_t signature[64])
{
	enum { PART = 1 << 12 };
	uint8_t (*leaf)[HASH] = mem_zero(PART, sizeof *leaf);
	struct sql_entries q;
	size_t n = 0;
	bool good = sql_entries(op, (int64_t)t->size, &q), more = good;
	while (good && (more = sql_entries_next(op, &q))) {
		tree_leaf(q.body, leaf[n]);
		if (t->size < known)
			tree_add(t, leaf[n]);
		else if (++n == PART) {
			good = seal_sign(op->seal, origin, t, (const uint8_t (*)[HASH])leaf, n, signature, &op->err);
			n = 0;
		}
	}
	if (more)
		sql_entries_stop(&q);
	good = good && op->err.code == OK && seal_sign(op->seal, origin, t, (const uint8_t (*)[HASH])leaf, n, signature, &op->err);
	free(leaf);
	return good;
}

bool log_sign(struct op *op)
{
	struct sql_log_head_get head;
	struct signed_so_far record, after;
	struct tree t;
	uint8_t signature[64];
	bool found;
	if (!op->seal || !seal_is_open(op->seal))
		return true;
	if (!sql_log_head_get(op, &head, &found) || !log_record(op, &record))
		return false;
	if (!found || head.signed_size >= head.size)
		return true;
	/* from what was signed last; a record that knows less was lost, and then all is read */
	if (head.signed_size < 0 || (uint64_t)head.signed_size > record.size || !tree_of(&t, (uint64_t)head.signed_size, head.signed_frontier))
		t = (struct tree){ 0 };
	/* after the commit: a head that is signed is there to stay, so the keeper never sees the log shrink */
	struct str origin = arena_str(op->a, head.origin);
	if (sign_on(op, origin, &t, record.size, signature)) {
		struct sql_business_get business;
		if (!sql_business_get(op, &business, &found))
			return false;
		if (!found || !head_signed(business.public_key, origin, &t, bytes_of(signature, sizeof signature)))
			return err_set(&op->err, LOCKED, NULL, "The vault has a new key. Give the passphrase again.");
		return op_begin(op) && op_end(op, sql_log_head_sign(op, (int64_t)t.size, tree_frontier(&t), bytes_of(signature, 64)));
	}
	if (op->err.code != REFUSED || !log_record(op, &after))
		return false;
	if (after.size > record.size) {                  /* another one signed meanwhile, and goes before */
		err_clear(&op->err);
		return log_sign(op);
	}
	struct err why = op->err;
	err_clear(&op->err);
	return err_set(&op->err, why.code, NULL, "%s Was an old copy of the data folder put back? If that was you, delete keeper.record in it: the log will say so.", why.say);
}

bool log_record_lost(struct op *op, bool *lost)
{
	struct sql_log_head_get head;
	struct signed_so_far r;
	bool found;
	if (!sql_log_head_get(op, &head, &found) || !log_record(op, &r))      /* the keeper writes its record before the head */
		return false;
	*lost = found && (!r.whole || r.size < (uint64_t)head.signed_size);
	return true;
}

static void broken(struct log_state *s, uint64_t at, const char *how)
{
	if (!s->broken)
		*s = (struct log_state){ s->entries, s->signed_entries, true, at, how, false };
}

/* What was seen of the log elsewhere, against what stands there. */
static void seen_meet(struct log_seen *seen, const struct tree *t, struct str entry)
{
	uint8_t root[HASH];
	if (!seen)
		return;
	struct str rest = entry;
	str_split(&rest, ' ');
	if (str_eq(str_split(&rest, ' '), STR(EPOCH_WORD)) && t->size <= seen->size)
		seen->epoch = true, seen->epoch_at = t->size - 1;
	if (t->size != seen->size)
		return;
	tree_root(t, root);
	seen->is = memcmp(root, seen->root, HASH) == 0 ? SEEN_SAME : SEEN_OTHER;
}

bool log_verify(struct op *op, struct log_seen *seen, struct log_state *s)
{
	struct sql_log_head_get head;
	struct sql_business_get business;
	struct sql_entries q;
	struct end kept, t = { 0 };
	bool found, known;
	struct signed_so_far record;
	*s = (struct log_state){ 0 };
	/* the record first: what it has signed was committed before, so the entries read after it hold that */
	if (!log_record(op, &record) || !db_begin(op->db, false, &op->err))
		return false;
	bool good = sql_business_get(op, &business, &known) && sql_log_head_get(op, &head, &found);
	if (good && found && !end_read(op, &kept, &head, &found)) {
		broken(s, 0, "the head is damaged");
		err_clear(&op->err);
	}
	uint64_t size = good && found ? (uint64_t)head.size : 0, signed_size = good && found ? (uint64_t)head.signed_size : 0;
	s->entries = size;
	s->signed_entries = signed_size;
	good = good && sql_entries(op, 0, &q);
	while (good && sql_entries_next(op, &q)) {
		if ((uint64_t)q.n != t.tree.size) {
			broken(s, t.tree.size, "an entry is missing");
			break;
		}
		end_add(&t, q.body);
		if (!q.n && !memmem(q.body.p, q.body.n, " business.founded ", 18)) {
			broken(s, 0, "the first entry is not the founding of the business");
			break;
		}
		if (!str_eq(q.chain, bytes_of(t.chain, HASH))) {
			broken(s, t.tree.size - 1, "an entry was changed or moved");
			break;
		}
		if (record.whole && t.tree.size == record.size) {
			uint8_t root[HASH];
			tree_root(&t.tree, root);
			if (memcmp(root, record.root, HASH) != 0)
				broken(s, t.tree.size - 1, "it was rewritten since the keeper signed it (was an old copy of the data folder put back?)");
		}
		if (t.tree.size == signed_size && (!str_eq(head.signed_frontier, tree_frontier(&t.tree)) || !known ||
		                                   !head_signed(business.public_key, head.origin, &t.tree, head.signature)))
			broken(s, t.tree.size - 1, "the keeper's signature does not fit what stands there");
		seen_meet(seen, &t.tree, q.body);
	}
	if (good)
		sql_entries_stop(&q);
	good = good && op->err.code == OK;
	if (good && !s->broken && !t.tree.size && !size)
		broken(s, 0, "there is no entry at all, not even the founding of the business");
	if (good && !s->broken && record.whole && t.tree.size < record.size)
		broken(s, t.tree.size, "entries that the keeper has signed are missing (was an old copy of the data folder put back?)");
	if (good && !s->broken && (t.tree.size != size || t.tree.size < signed_size))
		broken(s, t.tree.size < size ? t.tree.size : size, t.tree.size < size ? "the last entries are missing" : "there are entries behind the head");
	if (good && !s->broken && found && (memcmp(kept.chain, t.chain, HASH) != 0 || !str_eq(tree_frontier(&kept.tree), tree_frontier(&t.tree))))
		broken(s, size, "the head does not fit the entries");
	struct err ignored = { 0 };
	db_end(op->db, false, &ignored);
	return good && log_record_lost(op, &s->record_lost);
}

bool log_size(struct op *op, int64_t *entries)
{
	struct sql_log_head_get head;
	bool found;
	*entries = 0;
	if (!sql_log_head_get(op, &head, &found))
		return false;
	if (found)
		*entries = head.size;
	return true;
}

bool log_end(struct op *op, struct log_end *out)
{
	struct sql_log_head_get head;
	struct end t;
	bool found;
	*out = (struct log_end){ 0 };
	if (!end_read(op, &t, &head, &found))
		return false;
	out->entries = t.tree.size;
	out->signed_entries = found ? (uint64_t)head.signed_size : 0;
	tree_root(&t.tree, out->root);
	return true;
}

bool log_each(struct op *op, int64_t from, bool (*each)(void *, int64_t n, struct str text), void *to)
{
	struct sql_entries q;
	if (!sql_entries(op, from, &q))
		return false;
	while (sql_entries_next(op, &q))
		if (!each(to, q.n, q.body))
			break;
	sql_entries_stop(&q);
	return op->err.code == OK;
}
