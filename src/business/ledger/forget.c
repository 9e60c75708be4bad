/* forget - a customer's wish: the record, keys and index entries go, the number and keyed hashes stay, so that an import does not bring
 * them back. */
#include "import_int.h"
#include "ledger_import_sql.h"
#include "log.h"
#include "seal.h"

#include <inttypes.h>
#include <stdlib.h>

bool ledger_forgotten(struct op *op, struct bits *out)
{
	struct sql_forgotten_all q;
	uint32_t n;
	if (!ledger_size(op, &n) || !sql_forgotten_all(op, &q))
		return false;
	*out = bits_open((size_t)n + 1);
	while (sql_forgotten_all_next(op, &q))
		bits_add(out, (size_t)q.customer);
	if (op->err.code == OK)
		return true;
	bits_close(out);
	return false;
}

bool ledger_forgotten_at(struct op *op, customer_id id, int64_t *at, struct str *sealed_reason)
{
	struct sql_forgotten_get q;
	bool found;
	*at = 0;
	if (!sql_forgotten_get(op, id.n, &q, &found))
		return false;
	if (found)
		*at = q.at, *sealed_reason = q.reason;
	return true;
}

struct str forgotten_key_text(struct arena *a, int64_t service, struct str key)
{
	return arena_say(a, "%" PRId64 " " STR_FMT, service, STR_ARG(key));
}

static bool hashes_put(struct op *op, enum index_sort sort, uint32_t id, const struct str *plain, size_t n)
{
	uint64_t *key = ARENA_ARRAY(op->a, uint64_t, n + 1);
	if (!seal_index(op->seal, sort, plain, key, n, &op->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (plain[i].n && !sql_forgotten_key_put(op, sort, (int64_t)key[i], id))
			return false;
	return true;
}

static bool keys_keep(struct op *op, uint32_t id)
{
	struct sql_keys_all q;
	struct str *key = NULL;
	size_t n = 0, cap = 0;
	if (!sql_keys_all(op, &q))
		return false;
	while (sql_keys_all_next(op, &q)) {
		if (q.customer != id)
			continue;
		key = arena_more(op->a, key, n, &cap, sizeof *key);
		key[n++] = forgotten_key_text(op->a, q.service, q.key);
	}
	return op->err.code == OK && hashes_put(op, INDEX_FOREIGN_KEY, id, key, n);
}

static bool forget_one(struct op *op, const struct customer *c, struct str names, struct str reason)
{
	struct place place = { "forgotten", "reason", op->business, c->id.n };
	struct str *email = ARENA_ARRAY(op->a, struct str, c->emails + 1), *phone = ARENA_ARRAY(op->a, struct str, c->phones + 1), sealed;
	for (size_t i = 0; i < c->emails; i++)
		email[i] = email_plain(op->a, c->email[i].value);
	for (size_t i = 0; i < c->phones; i++)
		phone[i] = phone_plain(op->a, c->phone[i].value, c->country.n ? c->country : home_country(op));
	return seal_wrap(op->seal, &place, &reason, &sealed, 1, op->a, &op->err) && sql_forgotten_put(op, c->id.n, op->now, sealed, names) &&
	       hashes_put(op, INDEX_EMAIL, c->id.n, email, c->emails) && hashes_put(op, INDEX_PHONE, c->id.n, phone, c->phones) && keys_keep(op, c->id.n);
}

bool ledger_forget(struct op *op, const customer_id *id, size_t n, struct str reason)
{
	struct customer *c = ARENA_ARRAY(op->a, struct customer, n);
	uint32_t largest;
	if (!ledger_size(op, &largest) || !op_looked(op, n) || !ledger_open(op, id, n, c))
		return false;
	struct bits these = bits_open((size_t)largest + 1);
	bool good = true;
	for (size_t i = 0; good && i < n; i++) {
		struct sql_customer_by_id q;
		bool found;
		good = sql_customer_by_id(op, id[i].n, &q, &found) && forget_one(op, &c[i], q.names, reason) && log_add(op, "customer.forgotten", ABOUT({ "customer", id[i].n }));
		bits_add(&these, id[i].n);
	}
	good = good && ledger_empty(op, &these);
	bits_close(&these);
	return good;
}

bool ledger_unforget(struct op *op, const customer_id *id, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!sql_forgotten_drop(op, id[i].n) || !sql_forgotten_keys_drop(op, id[i].n) || !log_add(op, "customer.known.again", ABOUT({ "customer", id[i].n })))
			return false;
	return true;
}
