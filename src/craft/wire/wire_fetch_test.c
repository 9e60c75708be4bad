/* wire_fetch: which addresses may be asked, that a forbidden one isn't even knocked at, what a name server's bytes mean, and a resolver that is slow, lies or says little. */
#include "wire_fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static bool is_public(const char *text)
{
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		return wire_public(&four, sizeof four);
	assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
	return wire_public(&six, sizeof six);
}

static void only_public_addresses_are_public(void **unused)
{
	static const char *const there[] = { "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.0.1", "172.15.255.255",
		"172.32.0.0", "192.167.1.1", "192.169.0.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808" };
	static const char *const not[] = { "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.1", "192.0.2.7", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "64:ff9b::a00:1",
		"64:ff9b:1::1", "100::1", "4000::1" };
	(void)unused;
	for (size_t i = 0; i < LENGTH(there); i++)
		if (!is_public(there[i]))
			fail_msg("%s", there[i]);
	for (size_t i = 0; i < LENGTH(not); i++)
		if (is_public(not[i]))
			fail_msg("%s", not[i]);
	struct sockaddr none = { .sa_family = AF_UNIX };
	assert_false(wire_public(&none, sizeof none));
	assert_false(wire_public(&none, 1));
}

static int listener(int type, unsigned *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_true(type == SOCK_DGRAM || listen(fd, 5) == 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void this_machine_is_not_asked_by_any_name(void **unused)
{
	static const char *const host[] = { "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "0x7f.1", "2130706433", "127.1", "10.0.0.1", "169.254.169.254", "[fe80::1]" };
	struct arena *a = arena_open();
	struct wire_way way = { 0 };
	struct wire_got got;
	unsigned port;
	int fd = listener(SOCK_STREAM, &port);
	(void)unused;
	for (size_t i = 0; i < LENGTH(host); i++) {
		struct wire_ask ask = { .url = arena_say(a, "https://%s:%u/", host[i], port) };
		wire_fetch(&way, &ask, &got, a);
		if (got.how != FETCH_FORBIDDEN)
			fail_msg("%s: %d %s", host[i], got.how, got.why);
		assert_non_null(strstr(got.why, "public internet"));
	}
	assert_int_equal(poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 0), 0);            /* nobody knocked */
	close(fd);
	arena_close(a);
}

static void what_is_no_address_to_ask_is_refused(void **unused)
{
	static const char *const url[] = { "", "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://", "https://user@example.com/", "https://a:b@example.com/", "https://example.com\\@x/",
		"https://example.com/\r\nX: y", "https://example.com/ ", "HTTPS://example.com/", "https:/example.com" };
	struct arena *a = arena_open();
	struct wire_way way = { 0 };
	struct wire_got got;
	struct err e = { 0 };
	(void)unused;
	for (size_t i = 0; i < LENGTH(url); i++) {
		wire_fetch(&way, &(struct wire_ask){ .url = str_of(url[i]) }, &got, a);
		if (got.how != FETCH_FORBIDDEN || !*got.why)
			fail_msg("%s: %d", url[i], got.how);
	}
	char *longest = arena_get(a, 3000);
	memset(longest, 'a', 2990);
	memcpy(longest, "https://", 8);
	wire_fetch(&way, &(struct wire_ask){ .url = str_of(longest) }, &got, a);
	assert_int_equal(got.how, FETCH_FORBIDDEN);
	/* what stands in for the internet in tests can only be this machine */
	static const char *const to[] = { "127.0.0.1", "192.0.2.1:443", "8.8.8.8:443", "127.0.0.1:0", "127.0.0.1:65536", "localhost:1", "127.0.0.1:1:2", ":1" };
	for (size_t i = 0; i < LENGTH(to); i++, err_clear(&e))
		if (wire_way_fits(&(struct wire_way){ .to = str_of(to[i]) }, &e))
			fail_msg("%s", to[i]);
	assert_true(wire_way_fits(&(struct wire_way){ .to = STR("127.0.0.1:8443"), .resolver = STR("9.9.9.9") }, &e));
	assert_false(wire_way_fits(&(struct wire_way){ .resolver = STR("dns.example") }, &e));
	arena_close(a);
}

static void a_form_is_encoded(void **unused)
{
	struct buf b = BUF(1000);
	(void)unused;
	fetch_form(&b, STR("To"), STR("+1 202 555-0100"));
	fetch_form(&b, STR("Body"), STR("a&b=c \xC3\xA9\n*._~"));
	assert_true(str_eq(buf_str(&b), STR("To=%2B1+202+555-0100&Body=a%26b%3Dc+%C3%A9%0A*._%7E")));
	buf_free(&b);
}

static void the_registered_name_is_known(void **unused)
{
	static const struct { const char *in, *out; } names[] = { { "www.example.com", "example.com" }, { "A.B.Example.CO.UK", "example.co.uk" }, { "example.com", "example.com" }, { "com", "com" },
		{ "", "" }, { "a..b", "" }, { "-x y", "" }, { "square.test", "square.test" } };
	struct arena *a = arena_open();
	(void)unused;
	for (size_t i = 0; i < LENGTH(names); i++)
		if (!str_eq(wire_registrable(str_of(names[i].in), a), str_of(names[i].out)))
			fail_msg("%s: " STR_FMT, names[i].in, STR_ARG(wire_registrable(str_of(names[i].in), a)));
	arena_close(a);
}

/* ---- name servers ---- */

/* An answer to a question for t.test, then one record's bytes behind the name; flags: the header's second word (RFC 1035, 4.1.1). */
static struct str answer_of(struct buf *b, unsigned flags, unsigned records, unsigned type, const char *data, size_t n)
{
	static const uint8_t question[] = { 1, 't', 4, 't', 'e', 's', 't', 0, 0, 16, 0, 1 };
	const uint8_t head[] = { 0x12, 0x34, (uint8_t)(flags >> 8), (uint8_t)flags, 0, 1, 0, (uint8_t)records, 0, 0, 0, 0 };
	buf_clear(b);
	buf_put(b, (struct str){ (const char *)head, sizeof head });
	buf_put(b, (struct str){ (const char *)question, sizeof question });
	for (unsigned i = 0; i < records; i++) {
		const uint8_t record[] = { 0xC0, 12, (uint8_t)(type >> 8), (uint8_t)type, 0, 1, 0, 0, 0, 60, (uint8_t)(n >> 8), (uint8_t)n };
		buf_put(b, (struct str){ (const char *)record, sizeof record });
		buf_put(b, (struct str){ data, n });
	}
	return buf_str(b);
}

static void answers_mean_what_they_say(void **unused)
{
	static const struct { unsigned flags, records, type; const char *data; size_t n; enum dns_sort sort; enum dns_how how; const char *said; } answers[] = {
		{ 0x8180, 1, 16, "\x03" "v=s" "\x04" "pf1 ", 9, DNS_TXT, DNS_THERE, "v=spf1 " },
		{ 0x8180, 1, 257, "\x00\x05issueletsencrypt.org", 22, DNS_CAA, DNS_THERE, "issue letsencrypt.org" },
		{ 0x8180, 1, 15, "\x00\x0A\x02mx\xC0\x0C", 7, DNS_MX, DNS_THERE, "10 mx.t.test" },
		{ 0x8180, 1, 12, "\x02mx\xC0\x0C", 5, DNS_PTR, DNS_THERE, "mx.t.test" },
		{ 0x8180, 1, 1, "\xC0\x00\x02\x07", 4, DNS_A, DNS_THERE, "192.0.2.7" },
		{ 0x8180, 1, 1, "\xC0\x00\x02", 3, DNS_A, DNS_FAILED, NULL },
		{ 0x8180, 0, 0, "", 0, DNS_TXT, DNS_NONE, NULL },                                /* no such record */
		{ 0x8183, 0, 0, "", 0, DNS_TXT, DNS_NONE, NULL },                                /* no such name */
		{ 0x8180, 1, 5, "\xC0\x0C", 2, DNS_TXT, DNS_NONE, NULL },                        /* another name, and nothing there */
		{ 0x8182, 0, 0, "", 0, DNS_TXT, DNS_FAILED, NULL },                              /* the server couldn't */
		{ 0x8185, 0, 0, "", 0, DNS_TXT, DNS_FAILED, NULL },                              /* it won't */
		{ 0x8380, 1, 16, "\x01" "a", 2, DNS_TXT, DNS_FAILED, NULL },                     /* cut off */
		{ 0x0180, 1, 16, "\x01" "a", 2, DNS_TXT, DNS_FAILED, NULL },                     /* a question */
		{ 0x8180, 1, 16, "\x09" "a", 2, DNS_TXT, DNS_FAILED, NULL },                     /* a string that is longer than its record */
		{ 0x8180, 1, 257, "\x00\x09is", 4, DNS_CAA, DNS_FAILED, NULL },
		{ 0x8180, 1, 15, "\x00", 1, DNS_MX, DNS_FAILED, NULL },
		{ 0x8180, 1, 12, "\xC0\x24", 2, DNS_PTR, DNS_FAILED, NULL },                     /* a name that leads to itself */
	};
	struct arena *a = arena_open();
	struct buf b = BUF(4096);
	struct dns_said said;
	(void)unused;
	for (size_t i = 0; i < LENGTH(answers); i++) {
		dns_read(answer_of(&b, answers[i].flags, answers[i].records, answers[i].type, answers[i].data, answers[i].n), answers[i].sort, &said, a);
		if (said.how != answers[i].how || said.n != (answers[i].said ? 1 : 0) || (said.n && !str_eq(said.record[0], str_of(answers[i].said))))
			fail_msg("%zu: %d " STR_FMT, i, said.how, STR_ARG(said.n ? said.record[0] : STR("")));
	}
	dns_read(answer_of(&b, 0x8180, 120, 16, "\x01" "a", 2), DNS_TXT, &said, a);
	assert_int_equal(said.n, DNS_RECORDS);
	struct str whole = answer_of(&b, 0x8180, 2, 16, "\x01" "a", 2);
	for (size_t n = 0; n < whole.n; n++) {                                           /* cut anywhere: nobody said anything */
		dns_read((struct str){ whole.p, n }, DNS_TXT, &said, a);
		assert_int_equal(said.how, DNS_FAILED);
	}
	buf_free(&b);
	arena_close(a);
}

/* Answers one question by UDP with an answer to another one first, then "cut off"; then by TCP in full. */
struct server { int udp, tcp; };

static void *serve(void *about)
{
	const struct server *s = about;
	uint8_t q[600], p[1200] = { 0 };
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	size_t n = (size_t)recvfrom(s->udp, q, sizeof q, 0, (struct sockaddr *)&from, &size);
	memcpy(p, q, n);
	p[2] = 0x83, p[3] = 0x80, p[0] ^= 1;
	sendto(s->udp, p, n, 0, (struct sockaddr *)&from, size);                         /* somebody who guesses the number */
	p[0] ^= 1, p[13] ^= 2;
	sendto(s->udp, p, n, 0, (struct sockaddr *)&from, size);                         /* an answer to what wasn't asked */
	p[13] ^= 2;
	sendto(s->udp, p, n, 0, (struct sockaddr *)&from, size);
	int fd = accept(s->tcp, NULL, NULL);
	if (recv(fd, q, n + 2, MSG_WAITALL) == (ssize_t)n + 2) {
		static const uint8_t record[] = { 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 3, 2, 'o', 'k' };
		memcpy(p + 2, q + 2, n);
		p[4] = 0x81, p[5] = 0x80, p[9] = 1;
		memcpy(p + 2 + n, record, sizeof record);
		p[0] = (uint8_t)((n + sizeof record) >> 8), p[1] = (uint8_t)(n + sizeof record);
		send(fd, p, 1, MSG_NOSIGNAL);                                            /* in two pieces */
		send(fd, p + 1, 1 + n + sizeof record, MSG_NOSIGNAL);
	}
	close(fd);
	return NULL;
}

static void an_answer_is_the_one_to_the_question(void **unused)
{
	struct arena *a = arena_open();
	struct dns_said said;
	unsigned port;
	struct server s = { .tcp = listener(SOCK_STREAM, &port) };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port) };
	pthread_t thread;
	(void)unused;
	s.udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s.udp, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, &s), 0);
	struct wire_way way = { .resolver = arena_say(a, "127.0.0.1:%u", port) };
	wire_dns(&way, STR("t.test"), DNS_TXT, &said, a);
	pthread_join(thread, NULL);
	assert_int_equal(said.how, DNS_THERE);
	assert_int_equal(said.n, 1);
	assert_true(str_eq(said.record[0], STR("ok")));
	close(s.udp), close(s.tcp);
	/* nobody is there: not the same as "there is none"; and what is no name isn't asked for */
	wire_dns(&way, STR("t.test"), DNS_TXT, &said, a);
	assert_int_equal(said.how, DNS_FAILED);
	wire_dns(&way, STR("a b.test"), DNS_TXT, &said, a);
	assert_int_equal(said.how, DNS_FAILED);
	arena_close(a);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(only_public_addresses_are_public), cmocka_unit_test(this_machine_is_not_asked_by_any_name), cmocka_unit_test(what_is_no_address_to_ask_is_refused),
		cmocka_unit_test(a_form_is_encoded), cmocka_unit_test(the_registered_name_is_known), cmocka_unit_test(answers_mean_what_they_say),
		cmocka_unit_test(an_answer_is_the_one_to_the_question),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
