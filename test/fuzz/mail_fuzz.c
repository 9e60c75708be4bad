/* Any values: a mail is refused, or is ASCII whose lines end, keep to their length and begin with no dot, with no header but ours. An
 * account that is taken has a host without anything odd. */
#include "wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool good)
{
	if (!good)
		abort();
}

static void lines_are_sound(struct str s)
{
	static const char *const headers[] = { "From: ", "To: ", "Reply-To: ", "Subject: ", "Date: ", "Message-ID: ", "Auto-Submitted: ", "MIME-Version: ", "Content-Language: ",
	                                       "Content-Type: " };
	bool head = true;
	while (s.n) {
		const char *end = memmem(s.p, s.n, "\r\n", 2);
		must(end != NULL);
		struct str line = { s.p, (size_t)(end - s.p) };
		must(line.n <= 998 && (!line.n || line.p[0] != '.'));
		for (size_t i = 0; i < line.n; i++)
			must(line.p[i] && (unsigned char)line.p[i] < 0x80 && line.p[i] != '\r' && line.p[i] != '\n');
		if (!line.n)
			head = false;
		bool known = !head || line.p[0] == ' ';
		for (size_t i = 0; !known && i < LENGTH(headers); i++)
			known = str_starts(line, str_of(headers[i]));
		must(known);
		s.n -= line.n + 2, s.p = end + 2;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str all = { (const char *)bytes, n }, part[9] = { 0 };
	struct buf b = BUF(1 << 22);
	struct err e = { 0 };
	struct arena *a = arena_open();
	struct wire_account w;
	for (size_t i = 0; i < LENGTH(part) && all.p; i++)
		part[i] = str_split(&all, '\x01');
	/* addresses and the id are seldom right by chance */
	struct mail m = { part[0], mail_address(part[1]) ? part[1] : STR("a@example.com"), part[2], mail_address(part[3]) ? part[3] : STR("b@example.com"), part[4], part[5], part[6],
	                  n % 2 ? part[7] : STR("id@example.com"), mail_address(part[8]) ? part[8] : STR(""), STR("en"), (int64_t)n };
	if (mail_write(&b, &m, &e))
		lines_are_sound(buf_str(&b));
	else
		must(e.code == INVALID || e.code == TOO_BIG);
	err_clear(&e);
	if (wire_account(part[0], &w, a, &e))
		must(w.host.n && w.port && !memchr(w.host.p, 0, w.host.n) && !memchr(w.host.p, '/', w.host.n) && w.user.n < 256);
	else
		must(e.code == INVALID);
	buf_free(&b);
	arena_close(a);
	return 0;
}
