/* The bounces of test/fixtures/bounces, each with what it says; limits; and that what a box wrote is not believed. */
#include "bounce.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* "hard no_mailbox final 5.1.1 ana@example.com 1-1-7-abcdefghij234567", - for what is not there */
static struct str said(const struct bounce *b, struct arena *a)
{
	struct str marks = STR("");
	for (size_t i = 0; i < b->marks; i++)
		marks = arena_say(a, STR_FMT "%s%s", STR_ARG(marks), i ? "," : "", b->mark[i]);
	return arena_say(a, "%s %s %s %s %s %s", bounce_class_name(b->class), bounce_reason_name(b->reason), b->final ? "final" : "open", *b->status ? b->status : "-",
	                 *b->address ? b->address : "-", marks.n ? marks.p : "-");
}

static struct str file_of(const char *name, struct arena *a)
{
	struct buf b = BUF(1 << 20);
	struct err e = { 0 };
	assert_true(file_whole(arena_printf(a, "%s/test/fixtures/bounces/%s", getenv("HANDBACK_SOURCE"), name), &b, NULL, &e));
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* Each "%% name", "%% answer", and the mail up to the next. */
static int each_case(const char *name, struct arena *a, int *wrong)
{
	struct str rest = file_of(name, a);
	int n = 0;
	while (rest.p && rest.n) {
		struct str title = str_split(&rest, '\n'), answer = str_split(&rest, '\n');
		assert_true(str_starts(title, STR("%% ")) && str_starts(answer, STR("%% ")));
		const char *next = memmem(rest.p, rest.n, "\n%% ", 4);
		struct str mail = { rest.p, next ? (size_t)(next + 1 - rest.p) : rest.n };
		rest = next ? (struct str){ next + 1, rest.n - mail.n } : (struct str){ 0 };
		struct bounce b;
		bounce_read(mail, &b, a);
		struct str got = said(&b, a);
		answer.p += 3, answer.n -= 3;
		if (!str_eq(got, answer)) {
			print_error(STR_FMT "\n  is  " STR_FMT "\n  not " STR_FMT "\n", STR_ARG(title), STR_ARG(got), STR_ARG(answer));
			++*wrong;
		}
		n++;
	}
	return n;
}

static void corpus(void **state)
{
	struct arena *a = arena_open();
	DIR *d = opendir(arena_printf(a, "%s/test/fixtures/bounces", getenv("HANDBACK_SOURCE")));
	int n = 0, wrong = 0;
	(void)state;
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.')
			n += each_case(e->d_name, a, &wrong);
	closedir(d);
	arena_close(a);
	assert_int_equal(wrong, 0);
	assert_true(n >= 60);
}

static void limits(void **state)
{
	struct arena *a = arena_open();
	struct buf b = BUF(8 << 20);
	struct bounce out;
	(void)state;
	/* parts within parts without end, fields without end, marks without end */
	for (int i = 0; i < 5000; i++)
		buf_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	bounce_read(buf_str(&b), &out, a);
	assert_int_equal(out.class, BOUNCE_NONE);
	buf_clear(&b);
	buf_put(&b, STR("From: mailer-daemon@example.com\nSubject: failure notice\nX-Long: "));
	for (int i = 0; i < 100000; i++)
		buf_printf(&b, "1-2-%d-abcdefghij234567 \n ", i);
	bounce_read(buf_str(&b), &out, a);
	assert_int_equal(out.marks, BOUNCE_MARKS);
	buf_clear(&b);
	buf_put(&b, STR("From: mailer-daemon@example.com\nSubject: failure notice\n\n"));
	for (int i = 0; i < 40000; i++)
		buf_put(&b, STR("user unknown \xC3\xA9\xE2\x82\xAC "));
	bounce_read(buf_str(&b), &out, a);
	assert_true(out.class == BOUNCE_HARD && out.text.n <= BOUNCE_TEXT && str_utf8(out.text) && str_utf8(str_of(out.words)));
	bounce_read(STR(""), &out, a);
	assert_int_equal(out.class, BOUNCE_NONE);
	buf_free(&b);
	arena_close(a);
}

/* What the work writes about mails on a descriptor. */
static struct buf worked(struct str mails)
{
	struct buf out = BUF(8 << 20);
	int fd = memfd_create("mails", MFD_CLOEXEC), to = memfd_create("told", MFD_CLOEXEC);
	assert_int_equal(write(fd, mails.p, mails.n), mails.n);
	assert_int_equal(bounce_main(to, fd), 0);
	off_t n = lseek(to, 0, SEEK_END);
	assert_int_equal(pread(to, buf_space(&out, (size_t)n), (size_t)n, 0), n);
	close(fd);
	close(to);
	return out;
}

static void many(void **state)
{
	static const char box[] = "From a@example.com Mon Nov  2 10:00:00 2026\nSubject: Hello\n\nGood day.\n\nFrom MAILER-DAEMON Mon Nov  2 10:00:00 2026\n"
	                          "From: mailer-daemon@example.com\nSubject: failure notice\n\nHi. This is the qmail-send program.\n<x@example.com>:\n550 user unknown\n";
	struct arena *a = arena_open();
	struct buf frames = BUF(1 << 20);
	struct bounce_told t;
	(void)state;
	struct str text = { box, sizeof box - 1 };
	struct buf out = worked(text);
	struct cursor c = cursor_of(buf_str(&out));
	assert_true(bounce_told(&c, text.n, &t, a) && str_starts((struct str){ box + t.at, t.n }, STR("Subject: Hello")) && t.bounce.class == BOUNCE_NONE);
	assert_true(bounce_told(&c, text.n, &t, a) && t.bounce.class == BOUNCE_HARD && str_starts((struct str){ box + t.at, t.n }, STR("From: mailer-daemon")));
	assert_false(bounce_told(&c, text.n, &t, a) || c.torn);
	/* a place outside of what was given, and bytes that end too soon, are refused */
	c = cursor_of(buf_str(&out));
	assert_true(!bounce_told(&c, 10, &t, a) && c.torn);
	for (size_t n = 1; n < out.n; n += 7) {
		c = cursor_of((struct str){ out.p, n });
		while (bounce_told(&c, text.n, &t, a))
			assert_true(t.at + t.n <= text.n);
	}
	buf_free(&out);
	for (int i = 0; i < 3; i++)
		bounce_frame(&frames, STR("Subject: Automatic reply: hello\nAuto-Submitted: auto-replied\n\nAway\n"));
	out = worked(buf_str(&frames));
	c = cursor_of(buf_str(&out));
	int n = 0;
	while (bounce_told(&c, frames.n, &t, a))
		n += t.bounce.class == BOUNCE_AUTO && str_starts((struct str){ frames.p + t.at, t.n }, STR("Subject: "));
	assert_int_equal(n, 3);
	buf_free(&out);
	buf_free(&frames);
	arena_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(corpus), cmocka_unit_test(limits), cmocka_unit_test(many) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
