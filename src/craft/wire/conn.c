/* conn - a connection to a mail server, in clear or by TLS (GnuTLS). Every wait has an end, and an answer has a largest size. Knows no command. */
#include "wire_int.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECT_MS = 15000, ANSWER_MAX = 1 << 16, RECORD_MAX = 1 << 14 };

static const char NOT_ONE[] = "what it answers is not a mail server's";

struct trust { gnutls_certificate_credentials_t whom; };

int64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void conn_wait(struct conn *c, int64_t ms)
{
	c->until = clock_ms() + ms;
}

static bool PRINTF(2, 3) lost(struct conn *c, const char *why, ...)
{
	va_list more;
	va_start(more, why);
	if (!*c->why)
		vsnprintf(c->why, sizeof c->why, why, more);
	va_end(more);
	return false;
}

static bool ready(struct conn *c, short events)
{
	struct pollfd p = { .fd = c->fd, .events = events };
	for (;;) {
		int64_t left = c->until - clock_ms();
		int got = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (got > 0)
			return true;
		if (got == 0)
			return lost(c, "no answer in time");
		if (errno != EINTR)
			return lost(c, "%s", strerror(errno));
	}
}

/* ---- open, close ---- */

struct trust *trust_open(const struct wire_account *a, struct err *e)
{
	struct trust *t = mem_zero(1, sizeof *t);
	char path[4096];
	snprintf(path, sizeof path, STR_FMT, STR_ARG(a->ca_file));
	if (gnutls_certificate_allocate_credentials(&t->whom) < 0) {
		err_set(e, OUTSIDE, NULL, "TLS could not start.");
	} else if ((a->ca_file.n ? gnutls_certificate_set_x509_trust_file(t->whom, path, GNUTLS_X509_FMT_PEM) : gnutls_certificate_set_x509_system_trust(t->whom)) > 0) {
		return t;
	} else {
		err_set(e, OUTSIDE, "mail.ca-file", "No certificate can be read from %s", a->ca_file.n ? path : "the system's own list");
	}
	trust_close(t);
	return NULL;
}

void trust_close(struct trust *t)
{
	if (t && t->whom)
		gnutls_certificate_free_credentials(t->whom);
	free(t);
}

static bool joined(struct conn *c, const struct addrinfo *at, const char *host, const char *port)
{
	int bad = 0;
	socklen_t n = sizeof bad;
	c->fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return lost(c, "%s", strerror(errno));
	if ((connect(c->fd, at->ai_addr, at->ai_addrlen) == 0 || (errno == EINPROGRESS && ready(c, POLLOUT))) && getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &bad, &n) == 0 && !bad) {
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		c->why[0] = 0;                               /* nor does an address that was tried before */
		return true;
	}
	bad = bad ? bad : errno;
	conn_close(c);
	c->why[0] = 0;                                   /* the address tried last tells */
	return lost(c, "could not connect to %s port %s: %s", host, port, strerror(bad));
}

bool conn_open(struct conn *c, const struct wire_account *a)
{
	char host[256], port[8];
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *found = NULL;
	*c = (struct conn){ .fd = -1 };
	snprintf(host, sizeof host, STR_FMT, STR_ARG(a->host));
	snprintf(port, sizeof port, "%u", a->port);
	int bad = getaddrinfo(host, port, &want, &found);
	if (bad)
		return lost(c, "could not resolve host: %s (%s)", host, gai_strerror(bad));
	bool good = false;
	for (const struct addrinfo *at = found; at && !good; at = at->ai_next) {
		conn_wait(c, CONNECT_MS);
		good = joined(c, at, host, port);
	}
	freeaddrinfo(found);
	return good;
}

/* Why the certificate is not believed, in GnuTLS's words. */
static bool not_believed(struct conn *c)
{
	gnutls_datum_t words = { 0 };
	unsigned status = gnutls_session_get_verify_cert_status(c->tls);
	if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &words, 0) < 0)
		return lost(c, "its certificate is not believed");
	lost(c, "its certificate is not believed. %s", (char *)words.data);
	free(words.data);                                /* as gnutls_free does, which is no function */
	return false;
}

bool conn_tls(struct conn *c, const struct wire_account *a, const struct trust *trust)
{
	static const char versions[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
	char host[256];
	snprintf(host, sizeof host, STR_FMT, STR_ARG(a->host));
	bool number = memchr(a->host.p, ':', a->host.n) || (host[strspn(host, "0123456789.")] == 0);
	if (gnutls_init(&c->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK) < 0)
		return lost(c, "TLS could not start");
	if (gnutls_priority_set_direct(c->tls, versions, NULL) < 0 || gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, trust->whom) < 0 ||
	    (!number && gnutls_server_name_set(c->tls, GNUTLS_NAME_DNS, host, strlen(host)) < 0))
		return lost(c, "TLS could not start");
	gnutls_session_set_verify_cert(c->tls, host, 0);
	gnutls_transport_set_int(c->tls, c->fd);
	for (;;) {
		int got = gnutls_handshake(c->tls);
		if (got >= 0)
			return true;
		if (got == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
			return not_believed(c);
		if (gnutls_error_is_fatal(got))
			return lost(c, "no TLS: %s", gnutls_strerror(got));
		if (got == GNUTLS_E_AGAIN && !ready(c, gnutls_record_get_direction(c->tls) ? POLLOUT : POLLIN))
			return false;
	}
}

void conn_close(struct conn *c)
{
	if (c->tls) {
		gnutls_bye(c->tls, GNUTLS_SHUT_WR);
		gnutls_deinit(c->tls);
	}
	if (c->fd >= 0)
		close(c->fd);
	c->tls = NULL, c->fd = -1, c->at = c->n = 0;
}

/* ---- bytes ---- */

/* After a call that gave n < 0 or 0: true when it is to be made again. */
static bool once_more(struct conn *c, ssize_t n, short events)
{
	if (c->tls) {
		if (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_REHANDSHAKE || n == GNUTLS_E_WARNING_ALERT_RECEIVED)
			return true;
		if (n == GNUTLS_E_AGAIN)
			return ready(c, gnutls_record_get_direction(c->tls) ? POLLOUT : POLLIN);
		return lost(c, "%s", n < 0 ? gnutls_strerror((int)n) : "the line was ended");
	}
	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0 && errno == EAGAIN)
		return ready(c, events);
	return lost(c, "%s", n < 0 ? strerror(errno) : "the line was ended");
}

size_t conn_write(struct conn *c, struct str s)
{
	size_t out = 0;
	while (out < s.n) {
		ssize_t n = c->tls ? gnutls_record_send(c->tls, s.p + out, s.n - out) : send(c->fd, s.p + out, s.n - out, MSG_NOSIGNAL);
		if (n > 0)
			out += (size_t)n;
		else if (!once_more(c, n, POLLOUT))
			return !c->tls ? out : s.n - out > RECORD_MAX ? out + RECORD_MAX : s.n;        /* a record may be half out */
	}
	return out;
}

static bool fill(struct conn *c)
{
	for (;;) {
		ssize_t n = c->tls ? gnutls_record_recv(c->tls, c->in, sizeof c->in) : recv(c->fd, c->in, sizeof c->in, 0);
		if (n > 0) {
			c->at = 0, c->n = (size_t)n;
			return true;
		}
		if (!once_more(c, n, POLLIN))
			return false;
	}
}

bool conn_line(struct conn *c, struct buf *to)
{
	for (;;) {
		if (c->at == c->n && !fill(c))
			return false;
		char byte = c->in[c->at++];
		if (byte == '\n')
			return true;
		if (byte != '\r')
			buf_byte(to, byte);
		if (to->full)
			return lost(c, "its answer has no end");
	}
}

bool conn_take(struct conn *c, size_t n, struct buf *to)
{
	while (n) {
		if (c->at == c->n && !fill(c))
			return false;
		size_t some = c->n - c->at < n ? c->n - c->at : n;
		if (to)
			buf_put(to, (struct str){ c->in + c->at, some });
		c->at += some, n -= some;
	}
	return true;
}

bool conn_idle(struct conn *c)
{
	char byte;
	return c->at == c->n && (c->tls ? gnutls_record_check_pending(c->tls) == 0 : recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0);
}

/* One line of an answer behind the others; its number, or 0. Three digits, then a space, a hyphen or the end. */
static int reply_line(struct conn *c, struct reply *r, size_t *taken, bool *last)
{
	char head[4] = { 0 }, byte = 0, before;
	size_t n = 0;
	if (r->n && r->n < sizeof r->said)
		r->said[r->n++] = '\n';
	for (;;) {
		if (c->at == c->n && !fill(c))
			return 0;
		before = byte, byte = c->in[c->at++];
		if (byte == '\n')
			break;
		if (++*taken > ANSWER_MAX) {
			lost(c, "its answer has no end");
			return 0;
		}
		if (n < sizeof head)
			head[n] = byte;
		n++;
		if (r->n < sizeof r->said && byte != '\r')
			r->said[r->n++] = (unsigned char)byte < 0x20 || (unsigned char)byte >= 0x7F ? ' ' : byte;
	}
	n -= before == '\r';
	*last = n == 3 || head[3] == ' ';
	if (n >= 3 && head[0] >= '2' && head[0] <= '5' && head[1] >= '0' && head[1] <= '9' && head[2] >= '0' && head[2] <= '9' && (*last || head[3] == '-'))
		return (head[0] - '0') * 100 + (head[1] - '0') * 10 + (head[2] - '0');
	lost(c, "%s", NOT_ONE);
	return 0;
}

bool conn_reply(struct conn *c, struct reply *r)
{
	size_t taken = 0;
	bool last = false;
	r->code = 0, r->n = 0;
	while (!last) {
		int code = reply_line(c, r, &taken, &last), before = r->code;
		r->code = !before || code == before ? code : 0;
		if (!r->code)                            /* each line must have the same */
			return lost(c, "%s", NOT_ONE);
	}
	return true;
}
