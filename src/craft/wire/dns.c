/* dns - one name by DNS (RFC 1035): libresolv makes the question and reads the answer; the way there is our own, so that it ends in time. */
#include "wire_fetch.h"
#include "wire_int.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <libpsl.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MAX = 65535, QUESTION_MAX = 512, NAME_MAX_DNS = 253, SERVER_MS = 3000, ALL_MS = 10000, PORT_DNS = 53 };

static const unsigned types[] = { [DNS_TXT] = ns_t_txt, [DNS_CAA] = 257, [DNS_MX] = ns_t_mx, [DNS_PTR] = ns_t_ptr, [DNS_A] = ns_t_a };

/* ---- reading ---- */

static bool record_read(ns_msg *m, const ns_rr *r, enum dns_sort sort, struct str *out, struct arena *a)
{
	char name[NS_MAXDNAME];
	struct cursor c = { ns_rr_rdata(*r), ns_rr_rdata(*r) + ns_rr_rdlen(*r), false };
	struct buf b = BUF(ANSWER_MAX);
	if (sort == DNS_TXT) {
		while (c.p < c.end && !c.torn)
			buf_put(&b, cursor_bytes(&c, cursor_u8(&c)));
	} else if (sort == DNS_CAA) {                    /* RFC 8659, 4.1: flags, the tag's length, the tag, the value */
		cursor_u8(&c);
		buf_put(&b, cursor_bytes(&c, cursor_u8(&c)));
		buf_byte(&b, ' ');
		buf_put(&b, cursor_bytes(&c, (size_t)(c.end - c.p)));
	} else if (sort == DNS_A) {
		for (int i = 0; i < 4; i++)
			buf_printf(&b, "%s%u", i ? "." : "", cursor_u8(&c));
		c.torn |= c.p != c.end;
	} else {
		if (sort == DNS_MX) {
			unsigned high = cursor_u8(&c);
			buf_printf(&b, "%u ", high << 8 | cursor_u8(&c));
		}
		if (c.torn || ns_name_uncompress(ns_msg_base(*m), ns_msg_end(*m), c.p, name, sizeof name) < 0)
			c.torn = true;
		else
			buf_put(&b, str_of(name));
	}
	*out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return !c.torn;
}

void dns_read(struct str answer, enum dns_sort sort, struct dns_said *out, struct arena *a)
{
	ns_msg m;
	ns_rr r;
	struct str *v = NULL;
	size_t n = 0, room = 0;
	*out = (struct dns_said){ .how = DNS_FAILED };
	if (answer.n > ANSWER_MAX || ns_initparse((const u_char *)answer.p, (int)answer.n, &m) < 0 || !ns_msg_getflag(m, ns_f_qr) || ns_msg_getflag(m, ns_f_tc))
		return;
	unsigned code = (unsigned)ns_msg_getflag(m, ns_f_rcode);
	if (code != ns_r_noerror && code != ns_r_nxdomain)
		return;
	for (int i = 0; i < ns_msg_count(m, ns_s_an) && n < DNS_RECORDS; i++) {
		if (ns_parserr(&m, ns_s_an, i, &r) < 0)
			return;
		if ((unsigned)ns_rr_type(r) != types[sort] || ns_rr_class(r) != ns_c_in)
			continue;                        /* a CNAME on the way */
		v = arena_more(a, v, n, &room, sizeof *v);
		if (!record_read(&m, &r, sort, &v[n], a))
			return;
		n++;
	}
	*out = (struct dns_said){ n ? DNS_THERE : DNS_NONE, v, n, code == ns_r_nxdomain };
}

/* ---- asking ---- */

static bool ready(int fd, short what, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = what };
	for (;;) {
		int64_t left = until - clock_ms();
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (n >= 0 || errno != EINTR)
			return n > 0;
	}
}

static int connected(const struct sockaddr *at, size_t size, int type, int64_t until)
{
	int fd = socket(at->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), fault = 0;
	socklen_t length = sizeof fault;
	if (fd < 0)
		return -1;
	if (connect(fd, at, (socklen_t)size) == 0 ||
	    (errno == EINPROGRESS && ready(fd, POLLOUT, until) && getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &length) == 0 && !fault))
		return fd;
	close(fd);
	return -1;
}

static bool read_whole(int fd, uint8_t *p, size_t n, int64_t until)
{
	while (n) {
		ssize_t got = ready(fd, POLLIN, until) ? recv(fd, p, n, 0) : 0;
		if (got <= 0)
			return false;
		p += got, n -= (size_t)got;
	}
	return true;
}

/* An answer to this question: its id, and it says again what was asked. */
static bool is_answer(const uint8_t *q, size_t nq, const uint8_t *p, size_t n)
{
	return n >= nq && nq > NS_HFIXEDSZ && p[0] == q[0] && p[1] == q[1] && p[2] & 0x80 && p[4] == 0 && p[5] == 1 &&
	       str_eq_nocase((struct str){ (const char *)q + NS_HFIXEDSZ, nq - NS_HFIXEDSZ }, (struct str){ (const char *)p + NS_HFIXEDSZ, nq - NS_HFIXEDSZ });
}

/* By UDP, and by TCP when the answer doesn't fit into that (RFC 7766). How many bytes; 0: none that is an answer. */
static size_t server_asked(const struct sockaddr *at, size_t size, const uint8_t *q, size_t nq, uint8_t *answer, int64_t until)
{
	size_t n = 0;
	int fd = connected(at, size, SOCK_DGRAM, until);
	if (fd < 0)
		return 0;
	if (send(fd, q, nq, MSG_NOSIGNAL) == (ssize_t)nq)
		while (!n && ready(fd, POLLIN, until)) {
			ssize_t got = recv(fd, answer, ANSWER_MAX, 0);
			if (got < 0)
				break;
			if (is_answer(q, nq, answer, (size_t)got))
				n = (size_t)got;
		}
	close(fd);
	if (!n || !(answer[2] & 0x02))
		return n;
	uint8_t framed[2 + QUESTION_MAX] = { (uint8_t)(nq >> 8), (uint8_t)nq }, length[2];
	memcpy(framed + 2, q, nq);
	n = 0;
	if ((fd = connected(at, size, SOCK_STREAM, until)) < 0)
		return 0;
	if (send(fd, framed, nq + 2, MSG_NOSIGNAL) == (ssize_t)nq + 2 && read_whole(fd, length, 2, until)) {
		n = (size_t)length[0] << 8 | length[1];
		n = read_whole(fd, answer, n, until) && is_answer(q, nq, answer, n) ? n : 0;
	}
	close(fd);
	return n;
}

/* Letters, digits, - and _ between dots, at most 253 (RFC 1035, 2.3.4). */
static bool name_fits(struct str s)
{
	size_t label = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
		if (!letter && (c != '.' || !label))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return s.n && s.n <= NAME_MAX_DNS && label;
}

/* 192.0.2.1 as 1.2.0.192.in-addr.arpa (RFC 1035, 3.5), 2001:db8::1 by nibbles under ip6.arpa (RFC 3596, 2.5). */
static bool reversed(struct str address, char out[80])
{
	char text[INET6_ADDRSTRLEN];
	uint8_t b[16];
	size_t at = 0;
	if (!address.n || address.n >= sizeof text)
		return false;
	memcpy(text, address.p, address.n);
	text[address.n] = 0;
	if (inet_pton(AF_INET, text, b) == 1)
		return snprintf(out, 80, "%u.%u.%u.%u.in-addr.arpa", b[3], b[2], b[1], b[0]) > 0;
	if (inet_pton(AF_INET6, text, b) != 1)
		return false;
	for (size_t i = 16; i-- > 0;)
		at += (size_t)snprintf(out + at, 80 - at, "%x.%x.", b[i] & 15, b[i] >> 4);
	snprintf(out + at, 80 - at, "ip6.arpa");
	return true;
}

void wire_dns(const struct wire_way *w, struct str name, enum dns_sort sort, struct dns_said *out, struct arena *a)
{
	struct __res_state state = { 0 };
	char arpa[80];
	uint8_t q[QUESTION_MAX], *answer = arena_get(a, ANSWER_MAX);
	int64_t until = clock_ms() + ALL_MS;
	*out = (struct dns_said){ .how = DNS_FAILED };
	if (sort == DNS_PTR && reversed(name, arpa))
		name = str_of(arpa);
	if (!name_fits(name) || res_ninit(&state) != 0)
		return;
	int n = res_nmkquery(&state, ns_o_query, arena_printf(a, STR_FMT, STR_ARG(name)), ns_c_in, (int)types[sort], NULL, 0, NULL, q, sizeof q);
	int servers = w->resolver.n ? 1 : state.nscount;
	for (int i = 0; n > 0 && i < servers && out->how == DNS_FAILED; i++) {
		struct sockaddr_in own = state.nsaddr_list[i];
		const struct sockaddr *at = (const struct sockaddr *)&own;
		size_t size = sizeof own;
		if (w->resolver.n) {
			if (!four_and_port(w->resolver, &own))
				break;
			own.sin_port = own.sin_port ? own.sin_port : htons(PORT_DNS);
		} else if (!own.sin_family && state._u._ext.nsaddrs[i]) {
			at = (const struct sockaddr *)state._u._ext.nsaddrs[i], size = sizeof(struct sockaddr_in6);
		}
		int64_t now = clock_ms(), most = now + (servers > 1 ? SERVER_MS : ALL_MS / 2);
		size_t got = server_asked(at, size, q, (size_t)n, answer, most < until ? most : until);
		if (got)
			dns_read((struct str){ (const char *)answer, got }, sort, out, a);
	}
	res_nclose(&state);
}

/* ---- whose a name is ---- */

struct str wire_registrable(struct str domain, struct arena *a)
{
	char *low = arena_printf(a, STR_FMT, STR_ARG(domain));
	for (char *p = low; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
	if (!name_fits(str_of(low)))
		return STR("");
	const char *mine = psl_registrable_domain(psl_builtin(), low);
	return str_of(mine ? mine : low);
}
