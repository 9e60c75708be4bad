/* log - the tamper-evident log: entries without personal data, each chained to the last, over RFC 6962 leaf hashes (merkle.h), with a Merkle
 * tree head that the keeper signs.
 *
 * chain(n) = SHA-256(chain(n-1) || leaf(n)), chain(-1) = 32 zero bytes
 */
#include "op_int.h"
#include "merkle.h"
#include "op_sql.h"
#include "seal.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HASH = TREE_HASH };

/* The log's end: the tree over its entries, and the last of the chain. */
struct end { struct tree tree; uint8_t chain[HASH]; };
struct log_tail { struct end end; bool changed; };

static struct str bytes(const uint8_t *p, size_t n)
{
	return (struct str){ (const char *)p, n };
}

static void end_add(struct end *t, struct str text)
{
	uint8_t leaf[HASH];
	struct sha256 h;
	tree_leaf(text, leaf);
	sha256_start(&h);
	sha256_add(&h, bytes(t->chain, HASH));
	sha256_add(&h, bytes(leaf, HASH));
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

bool log_add(struct op *op, const char *what, struct about about)
{
	struct sql_log_head_get head;
	bool found;
	if (!op->tail) {
		struct end t;
		if (!end_read(op, &t, &head, &found))
			return false;
		op->tail = mem_zero(1, sizeof *op->tail);
		op->tail->end = t;
	}
	char text[512];
	struct civil c = civil_of(op->now);
	int n = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ %s person=%" PRId64, c.year, c.month, c.day, c.hour, c.minute,
	                 c.second, what, op->person);
	for (size_t i = 0; i < about.n && n > 0 && (size_t)n < sizeof text; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, " %s=%" PRId64, about.fact[i].name, about.fact[i].n);
	if (n < 0 || (size_t)n >= sizeof text)
		return err_set(&op->err, TOO_BIG, NULL, "A log entry is too long.");
	struct end *t = &op->tail->end;
	struct str line = { text, (size_t)n };
	end_add(t, line);
	op->tail->changed = true;
	return sql_entry_put(op, (int64_t)t->tree.size - 1, line, bytes(t->chain, HASH));
}

bool log_flush(struct op *op)
{
	if (!op->tail || !op->tail->changed)
		return true;
	struct end *t = &op->tail->end;
	return sql_log_head_put(op, (int64_t)t->tree.size, bytes(t->chain, HASH), tree_frontier(&t->tree), STR(""));
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

/* Has the entries behind t signed, a part at a time; those that the keeper signed before (so many) are only read over. */
static bool sign_on(struct op *op, struct tree *t, uint64_t known, uint8_t signature[64])
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
			good = seal_sign(op->seal, t, (const uint8_t (*)[HASH])leaf, n, signature, &op->err);
			n = 0;
		}
	}
	if (more)
		sql_entries_stop(&q);
	good = good && op->err.code == OK && seal_sign(op->seal, t, (const uint8_t (*)[HASH])leaf, n, signature, &op->err);
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
	if (sign_on(op, &t, record.size, signature)) {
		uint8_t root[HASH];
		struct sql_business_get business;
		tree_root(&t, root);
		if (!sql_business_get(op, &business, &found))
			return false;
		if (!found || business.public_key.n != 32 || !seal_signed((const uint8_t *)business.public_key.p, op->business, t.size, root, signature))
			return err_set(&op->err, LOCKED, NULL, "The vault has a new key. Give the passphrase again.");
		return op_begin(op) && op_end(op, sql_log_head_sign(op, (int64_t)t.size, tree_frontier(&t), bytes(signature, 64)));
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

bool log_verify(struct op *op, struct log_state *s)
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
		if (!str_eq(q.chain, bytes(t.chain, HASH))) {
			broken(s, t.tree.size - 1, "an entry was changed or moved");
			break;
		}
		if (record.whole && t.tree.size == record.size) {
			uint8_t root[HASH];
			tree_root(&t.tree, root);
			if (memcmp(root, record.root, HASH) != 0)
				broken(s, t.tree.size - 1, "it was rewritten since the keeper signed it (was an old copy of the data folder put back?)");
		}
		if (t.tree.size == signed_size) {
			uint8_t root[HASH];
			tree_root(&t.tree, root);
			if (!str_eq(head.signed_frontier, tree_frontier(&t.tree)) || head.signature.n != 64 || business.public_key.n != 32 ||
			    !seal_signed((const uint8_t *)business.public_key.p, op->business, signed_size, root, (const uint8_t *)head.signature.p))
				broken(s, t.tree.size - 1, "the keeper's signature does not fit what stands there");
		}
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
