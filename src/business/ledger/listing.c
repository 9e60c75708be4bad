/* listing - customers that a service's list shows to be there, touches or not. */
#include "ledger_segments_sql.h"
#include "segment.h"

bool listing_put(struct op *op, holder_id holder, int64_t import, kinds k, int64_t came, const uint32_t *customers, size_t n)
{
	struct buf b = BUF(1 << 20);
	bool good = sql_listing_drop(op, holder.n, import, (int64_t)k);
	for (size_t at = 0, part = 0; good && at < n; at += LISTING_PART, part++) {
		size_t many = n - at < LISTING_PART ? n - at : LISTING_PART;
		listing_write(&b, customers + at, many);
		good = sql_listing_put_part(op, holder.n, import, (int64_t)k, (int64_t)part, came, (int64_t)many, buf_str(&b));
	}
	buf_free(&b);
	return good;
}
