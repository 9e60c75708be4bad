/* pace - never more than so many mails to one mail domain in any stretch of so many seconds (mail.domain-limit), also over a restart: what goes out is
 * on record before it can go, and counts from the moment at which its batch had its answers. */
#include "notice_bounces_sql.h"
#include "notice_int.h"

static int64_t domain_of(struct str address, const uint8_t key[MARK_KEY])
{
	const char *at = address.n ? memrchr(address.p, '@', address.n) : NULL;
	char lower[256];
	size_t n = at ? (size_t)(address.p + address.n - at) - 1 : 0;
	n = n < sizeof lower ? n : sizeof lower;
	for (size_t i = 0; i < n; i++)
		lower[i] = (char)(at[1 + i] >= 'A' && at[1 + i] <= 'Z' ? at[1 + i] + 32 : at[1 + i]);
	return (int64_t)(hash64((struct str){ lower, n }, key) >> 1);
}

bool pace_open(struct op *op, struct pace *p)
{
	struct str rest = op_setting(op, "mail.domain-limit"), most = str_split(&rest, '/');
	*p = (struct pace){ 0 };
	return !most.n || (str_i64(most, &p->most) && rest.p && str_i64(rest, &p->seconds)) || err_set(&op->err, TORN, "mail.domain-limit", "The setting mail.domain-limit is damaged.");
}

/* In the batch's transaction: this one may go now, and counts; else when it may. */
bool pace_take(struct op *op, struct pace *p, const uint8_t key[MARK_KEY], struct str address, int64_t *later)
{
	struct sql_pace_get q;
	bool found;
	*later = 0;
	if (!p->most)
		return true;
	int64_t domain = domain_of(address, key);
	/* moments are kept in whole seconds: what stands at the first one may have gone at its end */
	if (!sql_pace_get(op, domain, op->now - p->seconds - 1, &q, &found))
		return false;
	if (q.n >= p->most) {
		*later = q.first + p->seconds + 1;
		return true;
	}
	return sql_pace_add(op, domain, op->now, 1) && (p->n == LENGTH(p->domain) || (p->domain[p->n++] = domain, true));
}

/* In the transaction after it: what went out counts from now on. */
bool pace_done(struct op *op, struct pace *p, int64_t handed)
{
	bool good = !p->most || sql_pace_forget(op, op->now - p->seconds - 1);
	for (size_t i = 0; good && i < p->n && op->now != handed; i++)
		good = sql_pace_add(op, p->domain[i], op->now, 1) && sql_pace_less(op, p->domain[i], handed);
	p->n = 0;
	return good;
}
