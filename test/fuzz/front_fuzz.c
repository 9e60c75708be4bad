/* Any typed code, any path that browsers ask for, and any bytes as what a page holds: a code read is written again as the same code, a path is a name that stays in its folder. */
#include "front.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	struct str s = arena_str(a, (struct str){ (const char *)bytes, n });
	uint8_t secret[FRONT_SECRET], again[FRONT_SECRET];
	char code[FRONT_CODE];
	const char *name;
	if (front_code_read(s, secret)) {
		front_code(secret, code);
		if (!front_code_read(str_of(code), again) || memcmp(secret, again, sizeof secret) != 0)
			abort();
	}
	for (int spanish = 0; spanish < 2; spanish++)
		if (front_path(a, s, spanish ? SPANISH : ENGLISH, &name) && (strstr(name, "..") || strstr(name, "//") || *name == '/' || strchr(name, '%') || !front_type(name)))
			abort();
	if (n >= FRONT_SECRET) {                         /* every secret has a code that reads as it */
		front_code(bytes, code);
		if (!front_code_read(str_of(code), again) || memcmp(bytes, again, sizeof again) != 0)
			abort();
	}
	struct own_page page, same;                      /* what a page holds: read, written and read again it is the same */
	struct buf b = BUF(FRONT_OWN_MAX);
	if (front_own_read(s, &page)) {
		front_own_write(&b, &page);
		if (!b.full && (!front_own_read(buf_str(&b), &same) || same.n != page.n || !str_eq(same.told[page.n - 1].text, page.told[page.n - 1].text)))
			abort();
	}
	buf_free(&b);
	arena_close(a);
	return 0;
}
