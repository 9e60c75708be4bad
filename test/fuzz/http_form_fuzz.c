/* Any query or form: what is taken is UTF-8 text, and written again it gives the same pairs. */
#include "fields.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void again(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_printf(b, "%%%02x", (unsigned char)s.p[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	struct pairs p, q;
	struct buf b = BUF(1 << 26);
	if (fields_form(a, (struct str){ (const char *)bytes, n }, &p)) {
		for (size_t i = 0; i < p.n; i++) {
			if (!str_utf8(p.at[i].name) || !str_utf8(p.at[i].value))
				abort();
			again(&b, p.at[i].name);
			buf_byte(&b, '=');
			again(&b, p.at[i].value);
			buf_byte(&b, '&');
		}
		if (!fields_form(a, buf_str(&b), &q) || q.n != p.n)
			abort();
		for (size_t i = 0; i < p.n; i++)
			if (!str_eq(p.at[i].name, q.at[i].name) || !str_eq(p.at[i].value, q.at[i].value))
				abort();
	}
	buf_free(&b);
	arena_close(a);
	return 0;
}
