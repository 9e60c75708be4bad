/* Any bytes as a mail server's answers, in clear: each that is read has one number and lines that can be shown; what is none says why. */
#include "wire_int.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void sound(const struct reply *r)
{
	if (r->code < 200 || r->code > 599 || r->n < 3 || r->n > sizeof r->said)
		abort();
	for (size_t i = 0; i < r->n; i++) {
		bool begins = i == 0 || r->said[i - 1] == '\n';
		if (r->said[i] != '\n' && (r->said[i] < ' ' || r->said[i] > '~'))
			abort();
		if (begins && r->n - i >= 3 && (r->said[i] - '0') * 100 + (r->said[i + 1] - '0') * 10 + (r->said[i + 2] - '0') != r->code)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	enum { MOST = 1 << 17 };                         /* twice what an answer may have; the socket holds it */
	int pair[2];
	struct conn c = { .fd = -1 };
	struct reply r;
	if (n > MOST || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return 0;
	if (n && write(pair[1], bytes, n) != (ssize_t)n)
		abort();
	close(pair[1]);
	c.fd = pair[0];
	conn_wait(&c, 1000);
	while (conn_reply(&c, &r))
		sound(&r);
	if (r.code || !*c.why)
		abort();
	conn_close(&c);
	return 0;
}
