/* wire: what a mail looks like, which addresses and accounts can be, and what is known when a server falls silent. */
#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct mail sample(void)
{
	return (struct mail){ .from_name = STR("Fernwood Plumbing"), .from = STR("care@fernwood.example.com"), .to_name = STR("Ana Lopez"), .to = STR("ana@example.com"),
	                      .subject = STR("What happened to your card"), .text = STR("Hello.\n"), .html = STR("<p>Hello.</p>\n"),
	                      .id = STR("0123456789abcdef@fernwood.example.com"), .language = STR("en"), .date = 1764201600 };
}

static struct buf written(const struct mail *m)
{
	struct buf b = BUF(1 << 22);
	struct err e = { 0 };
	if (!mail_write(&b, m, &e))
		fail_msg("%s", e.say);
	return b;
}

static bool has(const struct buf *b, const char *part)
{
	return memmem(b->p, b->n, part, strlen(part)) != NULL;
}

/* Every line ends in CRLF, is not longer than `most`, and none begins with a dot. */
static void lines_are_sound(const struct buf *b, size_t most)
{
	size_t run = 0;
	assert_true(b->n > 2 && b->p[b->n - 1] == '\n');
	for (size_t i = 0; i < b->n; i++) {
		unsigned char c = (unsigned char)b->p[i];
		assert_true(c < 0x80 && c);
		if (c == '\n') {
			assert_true(i && b->p[i - 1] == '\r');
			assert_true(run - 1 <= most);
			run = 0;
			continue;
		}
		assert_true(c != '\r' || b->p[i + 1] == '\n');
		assert_true(run || c != '.');
		run++;
	}
}

static void a_mail_has_the_headers_it_needs(void **state)
{
	(void)state;
	struct mail m = sample();
	struct buf b = written(&m);
	static const char *const wanted[] = {
		"From: \"Fernwood Plumbing\"\r\n <care@fernwood.example.com>\r\n", "To: \"Ana Lopez\"\r\n <ana@example.com>\r\n",
		"Subject: What happened to your card\r\n", "Date: Thu, 27 Nov 2025 00:00:00 +0000\r\n", "Message-ID: <0123456789abcdef@fernwood.example.com>\r\n",
		"Auto-Submitted: auto-generated\r\n", "Content-Language: en\r\n", "Content-Type: multipart/alternative; boundary=\"",
	};
	for (size_t i = 0; i < LENGTH(wanted); i++)
		assert_true(has(&b, wanted[i]));
	lines_are_sound(&b, 76);
	buf_free(&b);
}

static void the_same_mail_is_the_same_bytes(void **state)
{
	(void)state;
	struct mail m = sample();
	struct buf a = written(&m), b = written(&m);
	assert_true(str_eq(buf_str(&a), buf_str(&b)));
	buf_free(&a);
	buf_free(&b);
}

static void no_value_becomes_a_header(void **state)
{
	(void)state;
	static const struct str bad[] = { STR("a\r\nBcc: x@example.com"), STR("a\nb"), STR("a\rb"), { "a\0b", 3 }, STR("a\tb"), STR("a\x7F"), STR("a\xFF\xFE"),
	                                  STR("a\xC0\x8A" "b") };
	for (size_t i = 0; i < LENGTH(bad); i++)
		for (int field = 0; field < 8; field++) {
			struct mail m = sample();
			struct str *at[] = { &m.from_name, &m.from, &m.to_name, &m.to, &m.subject, &m.id, &m.reply_to, &m.language };
			struct buf b = BUF(1 << 20);
			struct err e = { 0 };
			*at[field] = bad[i];
			assert_false(mail_write(&b, &m, &e));
			assert_int_equal(e.code, INVALID);
			buf_free(&b);
		}
}

/* Decodes base64 of one encoded word. */
static size_t plain(const char *p, size_t n, char *out)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t v = 0;
	size_t bits = 0, k = 0;
	for (size_t i = 0; i < n && p[i] != '='; i++) {
		v = v << 6 | (uint32_t)(strchr(set, p[i]) - set);
		if ((bits += 6) >= 8)
			bits -= 8, out[k++] = (char)(v >> bits);
	}
	return k;
}

static void a_long_subject_is_encoded_without_splitting_a_character(void **state)
{
	(void)state;
	for (size_t lead = 0; lead < 50; lead++) {
		char text[400], back[400], *p;
		size_t n = lead, got = 0;
		memset(text, 'a', lead);
		while (n < 300) {
			memcpy(text + n, n % 2 ? "\xE2\x82\xAC" : "\xF0\x9F\x94\x91", n % 2 ? 3 : 4);
			n += n % 2 ? 3 : 4;
		}
		struct mail m = sample();
		m.subject = (struct str){ text, n };
		struct buf b = written(&m);
		lines_are_sound(&b, 76);
		buf_byte(&b, 0);
		p = strstr(b.p, "Subject: ");
		char *end = strstr(p, "\r\nDate:");
		while ((p = strstr(p, "=?UTF-8?B?")) && p < end) {
			char *close = strstr(p + 10, "?=");
			char piece[80];
			size_t many = plain(p + 10, (size_t)(close - p) - 10, piece);
			assert_true(close + 2 - p <= 75);
			assert_true(str_utf8((struct str){ piece, many }));
			memcpy(back + got, piece, many);
			got += many, p = close;
		}
		assert_int_equal(got, n);
		assert_memory_equal(back, text, n);
		buf_free(&b);
	}
}

static void a_name_that_looks_encoded_is_encoded(void **state)
{
	(void)state;
	struct mail m = sample();
	m.to_name = m.subject = STR("=?UTF-8?B?QUJD?=");
	struct buf b = written(&m);
	assert_false(has(&b, "QUJD"));
	buf_free(&b);
	m.to_name = STR("Ana \"Nan\" \\ Lopez, <x@example.com>");
	b = written(&m);
	assert_true(has(&b, "To: \"Ana \\\"Nan\\\" \\\\ Lopez, <x@example.com>\"\r\n <ana@example.com>\r\n"));
	buf_free(&b);
}

static void bodies_keep_to_their_lines(void **state)
{
	(void)state;
	static const char *const parts[] = { ".", "..\n", "From me\n", " \n", "\t\n", "=", "\xC3\xA9", "aaaaaaaaaaaaaaaaaaaaaaaa", "\r\n", "word ", "\n.\n" };
	uint32_t dice = 1;
	for (int round = 0; round < 300; round++) {
		struct buf text = BUF(1 << 20);
		for (int i = 0; i < round; i++) {
			dice = dice * 1664525 + 1013904223;
			buf_put(&text, str_of(parts[(dice >> 16) % LENGTH(parts)]));
		}
		struct mail m = sample();
		m.text = m.html = buf_str(&text);
		struct buf b = written(&m);
		lines_are_sound(&b, 76);
		assert_false(has(&b, " \r\n"));
		buf_free(&b);
		buf_free(&text);
	}
}

static void addresses_that_can_be_and_cannot(void **state)
{
	(void)state;
	static const char *const good[] = { "a@example.com", "a.b+c@sub.example.co.uk", "o'brien@example.com", "A_1-2=3@EXAMPLE.com", "x@xn--bcher-kva.example",
	                                    "x@b\303\274cher.example", "1@2.example" };
	static const char *const bad[] = { "", "a", "@example.com", "a@", "a@b", "a@@example.com", "a b@example.com", "a@exa mple.com", ".a@example.com", "a.@example.com",
		"a..b@example.com", "a@.example.com", "a@example..com", "a@-a.example", "a@a-.example", "a@[127.0.0.1]", "a@127.0.0.1", "<a@example.com>",
		"a@example.com,b@example.com", "a@example.com>", "\"a b\"@example.com", "b\xC3\xBC@example.com", "a@example.com\r\nX: y", "a\n@example.com", "a@exam_ple.com",
		"a@example.com SIZE=1", "a(b)@example.com", "a@b@example.com" };
	for (size_t i = 0; i < LENGTH(good); i++)
		if (!mail_address(str_of(good[i])))
			fail_msg("%s is an address", good[i]);
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (mail_address(str_of(bad[i])))
			fail_msg("%s is no address", bad[i]);
	char longest[300];
	snprintf(longest, sizeof longest, "%064d@example.com", 0);
	assert_true(mail_address(str_of(longest)));
	snprintf(longest, sizeof longest, "%065d@example.com", 0);
	assert_false(mail_address(str_of(longest)));
	snprintf(longest, sizeof longest, "a@%063d.%063d.%063d.%063d.com", 0, 0, 0, 0);
	assert_false(mail_address(str_of(longest)));
	assert_false(mail_address((struct str){ "a\0@example.com", 14 }));
}

static void accounts_are_read(void **state)
{
	(void)state;
	static const struct { const char *url, *host, *user; unsigned port; enum wire_tls tls; } good[] = {
		{ "smtp://mail.example.com", "mail.example.com", "", 587, WIRE_STARTTLS }, { "smtps://mail.example.com/", "mail.example.com", "", 465, WIRE_TLS },
		{ "smtp://a%40example.com@mail.example.com:2525", "mail.example.com", "a@example.com", 2525, WIRE_STARTTLS },
		{ "smtp://a@b.example@mail.example.com", "mail.example.com", "a@b.example", 587, WIRE_STARTTLS },
		{ "smtp://localhost:25", "localhost", "", 25, WIRE_PLAIN }, { "smtp://127.9.9.9:25", "127.9.9.9", "", 25, WIRE_PLAIN },
		{ "smtp://[::1]:25", "::1", "", 25, WIRE_PLAIN }, { "smtps://[2001:db8::1]", "2001:db8::1", "", 465, WIRE_TLS }, { "smtps://localhost", "localhost", "", 465, WIRE_TLS },
		{ "smtp://localhost.example.com", "localhost.example.com", "", 587, WIRE_STARTTLS }, { "smtp://127.0.0.1.example.com", "127.0.0.1.example.com", "", 587, WIRE_STARTTLS },
	};
	static const struct str bad[] = { STR(""), STR("mail.example.com"), STR("http://mail.example.com"), STR("smtp://"), STR("smtp:///"), STR("smtp://u@"), STR("smtp://h:0"),
		STR("smtp://h:65536"), STR("smtp://h:x"), STR("smtp://h:"), STR("smtp://u:secret@h"), STR("smtp://%zz@h"), STR("smtp://%0a@h"), STR("smtp://%00@h"), STR("smtp://%4@h"),
		STR("smtp://[::1"), STR("smtp://[::1]x"), STR("smtp://[]:1"), STR("smtp://h/path"), STR("smtp://h?x"), STR("smtp://h h"), { "smtp://h\0x", 10 }, STR("smtp://a\nb@h") };
	struct arena *a = arena_open();
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct wire_account w;
		struct err e = { 0 };
		if (!wire_account(str_of(good[i].url), &w, a, &e))
			fail_msg("%s: %s", good[i].url, e.say);
		assert_true(str_eq(w.host, str_of(good[i].host)));
		assert_true(str_eq(w.user, str_of(good[i].user)));
		assert_int_equal(w.port, good[i].port);
		assert_int_equal(w.tls, good[i].tls);
	}
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct wire_account w;
		struct err e = { 0 };
		if (wire_account(bad[i], &w, a, &e))
			fail_msg("%.*s is no account", STR_ARG(bad[i]));
		assert_int_equal(e.code, INVALID);
		assert_null(strstr(e.say, "secret"));
	}
	char user[320];
	struct wire_account w;
	struct err e = { 0 };
	snprintf(user, sizeof user, "smtp://%0256d@h", 0);
	assert_false(wire_account(str_of(user), &w, a, &e));
	arena_close(a);
}

/* ---- a server that falls silent ---- */

/* Answers commands until one begins with `at`, then says nothing any more. "": not even a greeting. "." : after the mail. */
static pid_t silent(const char *at, uint16_t *port)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof here;
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(s >= 0 && bind(s, (struct sockaddr *)&here, n) == 0 && listen(s, 4) == 0 && getsockname(s, (struct sockaddr *)&here, &n) == 0);
	*port = ntohs(here.sin_port);
	pid_t child = fork();
	if (child) {
		close(s);
		return child;
	}
	alarm(20);
	FILE *f = fdopen(accept(s, NULL, NULL), "r+");
	char line[2000];
	bool data = false;
	setbuf(f, NULL);
	if (*at)
		fputs("220 here\r\n", f);
	while (fgets(line, sizeof line, f)) {
		if (!*at || (data ? strcmp(line, ".\r\n") == 0 && *at == '.' : strncmp(line, at, strlen(at)) == 0))
			pause();
		if (!data || strcmp(line, ".\r\n") == 0) {
			bool begins = strncmp(line, "DATA", 4) == 0;
			fputs(begins ? "354 go on\r\n" : "250 fine\r\n", f);
			data = begins;
		}
	}
	_exit(0);
}

static void told(void *about, struct wire_job *job)
{
	(void)job;
	++*(int *)about;
}

static void silence_before_the_dot_took_nothing_and_after_it_is_unknown(void **state)
{
	(void)state;
	static const struct { const char *at; enum wire_outcome outcome; bool fatal; } expected[] = {
		{ "", WIRE_NOT_HANDED, true }, { "EHLO", WIRE_NOT_HANDED, true }, { "MAIL", WIRE_NOT_HANDED, false }, { "RCPT", WIRE_NOT_HANDED, false },
		{ "DATA", WIRE_NOT_HANDED, false }, { ".", WIRE_UNKNOWN, false }, { "nothing", WIRE_SENT, false },
	};
	for (size_t i = 0; i < LENGTH(expected); i++) {
		struct wire_account account = { .host = STR("127.0.0.1"), .tls = WIRE_PLAIN, .silence_ms = 200 };
		struct wire_job job = { .from = STR("a@example.com"), .to = STR("b@example.com"), .bytes = STR("Subject: x\r\n\r\nx\r\n") };
		struct arena *a = arena_open();
		int times = 0;
		pid_t child = silent(expected[i].at, &account.port);
		struct wire *w = wire_open(&account, 1);
		wire_begin(w, &job, 1, a);
		assert_true(wire_wait(w, 60000, told, NULL, &times));
		if (job.result.outcome != expected[i].outcome || job.result.fatal != expected[i].fatal)
			fail_msg("silent at %s: %d %d %.*s", expected[i].at, job.result.outcome, job.result.fatal, STR_ARG(job.result.words));
		assert_int_equal(times, 1);
		assert_string_equal(job.result.code, "");
		wire_close(w);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		arena_close(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_has_the_headers_it_needs),
		cmocka_unit_test(the_same_mail_is_the_same_bytes),
		cmocka_unit_test(no_value_becomes_a_header),
		cmocka_unit_test(a_long_subject_is_encoded_without_splitting_a_character),
		cmocka_unit_test(a_name_that_looks_encoded_is_encoded),
		cmocka_unit_test(bodies_keep_to_their_lines),
		cmocka_unit_test(addresses_that_can_be_and_cannot),
		cmocka_unit_test(accounts_are_read),
		cmocka_unit_test(silence_before_the_dot_took_nothing_and_after_it_is_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
