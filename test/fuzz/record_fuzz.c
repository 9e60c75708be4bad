/* What a box says, which a file may have taken over: records are refused, or safe to show; written anew they are the same. */
#include "detect.h"
#include "find_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check(bool good)
{
	if (!good)
		abort();
}

static void shown(struct str s)
{
	check(str_utf8(s));
	for (size_t i = 0; i < s.n; i++)
		check((unsigned char)s.p[i] >= 32 && s.p[i] != 127);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	struct cursor c = cursor_of((struct str){ (const char *)bytes, n });
	struct record r, again;
	while (c.p < c.end && record_take(&c, a, &r)) {
		const struct finding *f = &r.hit.f;
		shown(r.member);
		shown(r.what);
		check(r.why < UNREAD_COUNT);
		if (r.sort == RECORD_HIT) {
			shown(r.hit.member);
			shown(f->where);
			shown(f->heading);
			shown(str_of(f->last4));
			check(*find_kind(f) && f->class <= SCAN_CERTAIN && f->score >= 0 && f->score <= 1 && f->count && strlen(f->last4) <= 4 && strlen(f->brand) < 32);
			find_reason(a, f);
			find_masked(a, f);
		}
		struct buf b = BUF(1 << 20);
		record_put(&b, &r);
		struct cursor d = cursor_of(buf_str(&b));
		check(record_take(&d, a, &again) && d.p == d.end && again.sort == r.sort && again.id == r.id && again.why == r.why && again.hit.f.at == f->at);
		check(str_eq(again.what, r.what) || r.what.n > WORDS_MAX);        /* what is escaped may have grown too long */
		buf_free(&b);
	}
	arena_close(a);
	return 0;
}
