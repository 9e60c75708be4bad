/* Any bytes as what a mailbox's server says, in clear: mails come in the order of their numbers, none longer than asked for, and what ends it is said. An odd
 * first byte: the sign-in has gone well already. */
#include "wire_int.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAIL_MOST = 64, BYTES_MOST = 1024 };              /* of a dialogue: what is asked meanwhile fits the socket, for nobody reads it */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool taken(void *count, struct str mail)
{
	if (mail.n > MAIL_MOST || ++*(size_t *)count > IMAP_AT_ONCE)
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct wire_account account = { .user = STR("anna"), .password = STR("right horse") };
	static const struct str in = STR("* OK\r\nh1 OK\r\n* OK [UIDVALIDITY 7]\r\nh2 OK\r\n");
	struct imap_at at = { 7, 3 };
	struct conn c = { .fd = -1 };
	struct err e = { 0 };
	bool more;
	size_t count = 0;
	int pair[2];
	if (n > BYTES_MOST || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return 0;
	if (n && bytes[0] & 1 && write(pair[1], in.p, in.n) != (ssize_t)in.n)
		abort();
	if (n > 1 && write(pair[1], bytes + 1, n - 1) != (ssize_t)n - 1)
		abort();
	shutdown(pair[1], SHUT_WR);
	c.fd = pair[0];
	bool good = mailbox_read(&c, &account, STR("INBOX"), 0, MAIL_MOST, &at, taken, &count, &more, &e);
	if (good ? !at.validity || e.code != OK : e.code == OK || !*e.say)
		abort();
	if (at.validity == 7 ? at.uid < 3 : count > at.uid)      /* numbers only grow: so many mails, so high the last one's */
		abort();
	conn_close(&c);
	close(pair[1]);
	return 0;
}
