/* whose - customers by e-mail address or telephone number, many at once, by blind index; and by their numbers. */
#include "import_int.h"
#include "ledger_import_sql.h"
#include "seal.h"

/* A day's budget of a session is soon used up by a scan: the passphrase, when it is at hand, gives more. */
static bool keys_of(struct op *op, enum index_sort sort, const struct str *plain, uint64_t *key, size_t n)
{
	if (!n || seal_index(op->seal, sort, plain, key, n, &op->err))
		return true;
	if (op->err.code != REFUSED || !op->key_at_hand)
		return false;
	err_clear(&op->err);
	return op_key_again(op) && seal_index(op->seal, sort, plain, key, n, &op->err);
}

static bool tell_all(struct op *op, enum index_sort sort, uint64_t key, size_t i, void (*each)(void *, size_t, customer_id), void *to)
{
	struct sql_index_find q;
	if (!sql_index_find(op, sort, (int64_t)key, &q))
		return false;
	while (sql_index_find_next(op, &q))
		each(to, i, (customer_id){ (uint32_t)q.customer });
	sql_index_find_stop(&q);
	return op->err.code == OK;
}

bool ledger_whose(struct op *op, const struct contact_text *asked, size_t n, void (*each)(void *, size_t, customer_id), void *to)
{
	struct str country = home_country(op);
	struct arena *a = arena_open();
	struct str *plain = ARENA_ARRAY(a, struct str, n);
	uint64_t *key = ARENA_ARRAY(a, uint64_t, n);
	size_t *of = ARENA_ARRAY(a, size_t, n);
	bool good = true;
	for (enum index_sort sort = INDEX_EMAIL; good && sort <= INDEX_PHONE; sort++) {
		size_t m = 0;
		for (size_t i = 0; i < n; i++) {
			if (asked[i].phone != (sort == INDEX_PHONE))
				continue;
			plain[m] = sort == INDEX_PHONE ? phone_plain(a, asked[i].text, country) : email_plain(a, asked[i].text);
			of[m] = i;
			m += plain[m].n > 0;
		}
		good = keys_of(op, sort, plain, key, m);
		for (size_t i = 0; good && i < m; i++)
			good = tell_all(op, sort, key[i], of[i], each, to);
	}
	arena_close(a);
	return good;
}

bool ledger_whose_number(struct op *op, struct str number, void (*each)(void *, size_t, customer_id), void *to)
{
	struct sql_customer_by_ref q;
	struct sql_keys_at_services k;
	bool found;
	if (!sql_customer_by_ref(op, number, &q, &found))
		return false;
	if (found)
		each(to, 0, (customer_id){ (uint32_t)q.id });
	if (!sql_keys_at_services(op, number, SERVICE, &k))
		return false;
	while (sql_keys_at_services_next(op, &k))
		each(to, 0, (customer_id){ (uint32_t)k.customer });
	return op->err.code == OK;
}
