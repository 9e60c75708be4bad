/* pool: a box that lies, dies or says nonsense harms the file it is at, and no other. The boxes are this program itself, without any limit:
 * what they do stands in the files that they are handed. */
#include "box.h"
#include "find_int.h"
#include "role.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the box ---- */

static void say(struct record r)
{
	struct buf b = BUF(BOX_MESSAGE_MAX);
	record_put(&b, &r);
	if (!box_send(ROLE_EXTRA, buf_str(&b), NULL, 0))
		_exit(1);
	buf_free(&b);
}

static void hit(uint32_t id, const char *member, const char *brand, uint64_t at)
{
	say((struct record){ RECORD_HIT, id, .hit = { .member = str_of(member), .f = { .sort = HIT_CARD, .class = SCAN_CERTAIN, .score = 1, .at = at, .line = 1, .column = at + 1,
	    .count = 1, .brand = brand, .last4 = "1486", .where = str_of(member), .heading = STR("") } } });
}

static void done(uint32_t id) { say((struct record){ RECORD_DONE, id, .what = STR("") }); }

static void lend(uint32_t id, uint32_t files) { say((struct record){ RECORD_LENT, id, .files = files }); }

static unsigned answered;                                       /* files that a child has answered for */
static bool plain;

static bool is(const char *text, const char *word) { return strncmp(text, word, strlen(word)) == 0; }

/* Does what the file says. */
static void play(uint32_t id, int fd)
{
	char text[64] = "", path[64];
	if (pread(fd, text, sizeof text - 1, 0) < 0)
		_exit(1);
	if (is(text, "hit"))
		hit(id, "", "visa", 0);
	if (is(text, "die")) {
		signal(SIGSEGV, SIG_DFL);                      /* a sanitizer has its own way */
		raise(SIGSEGV);
	}
	if (is(text, "once")) {                                /* it is not so the next time */
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		int again = open(path, O_WRONLY);
		if (again < 0 || pwrite(again, "hit ", 4, 0) != 4)
			_exit(1);
		hit(id, "", "visa", 0);
		raise(SIGKILL);
	}
	if (is(text, "next"))
		done(id + 1);
	if (is(text, "garbage") && !box_send(ROLE_EXTRA, STR("\1\2\3\4 what is this?"), NULL, 0))
		_exit(1);
	if (is(text, "brand"))
		hit(id, "", "4539578763621486", 0);
	if (is(text, "shown"))
		hit(id, "4539578763621486 \33[2J\nx\xff", "visa", 0);
	if (is(text, "child")) {
		if (fork() == 0) {
			done(id);
			done(id + 1);
			_exit(0);
		}
		wait(NULL);
	}
	if (is(text, "lent")) {                                /* a child may answer for what it was lent: this one, or two, */
		uint32_t n = is(text, "lent two") ? 2 : 1;
		lend(id, n);
		if (fork() == 0) {
			hit(id, "", "visa", 0);
			say((struct record){ RECORD_DONE, id, .why = UNREAD_BROKEN, .what = STR("") });
			if (n == 2 || is(text, "lent one"))      /* and not for one more */
				done(id + 1);
			_exit(0);
		}
		wait(NULL);
		answered = n - 1;
		return;
	}
	if (is(text, "late")) {                                /* nor when its nursery has answered */
		lend(id, 2);
		done(id);
		if (fork() == 0) {
			hit(id + 1, "", "visa", 0);
			_exit(0);
		}
		wait(NULL);
		return;
	}
	if (is(text, "lines of a child")) {
		lend(id, 1);
		if (fork() == 0) {
			say((struct record){ RECORD_DONE, id, .lines = 1, .behind = 1, .what = STR("") });
			_exit(0);
		}
		wait(NULL);
		return;
	}
	if (is(text, "again")) {                               /* it died: what it said does not count */
		lend(id, 1);
		if (fork() == 0) {
			hit(id, "", "visa", 0);
			hit(id, "", "visa", 0);
			_exit(1);
		}
		wait(NULL);
		say((struct record){ RECORD_AGAIN, id });
		hit(id, "", "visa", 0);
	}
	if (is(text, "many"))
		lend(id, 99);
	if (is(text, "beyond") && (plain || is(text, "beyond all"))) {
		hit(id, "", "visa", 0);
		say((struct record){ RECORD_BEYOND, id });
		pause();                                 /* until it is ended */
	}
	if (is(text, "lines")) {
		say((struct record){ RECORD_DONE, id, .lines = 5, .behind = 1 << 20, .what = STR("") });
		return;
	}
	if (is(text, "flood"))
		for (;;)
			hit(id, "", "visa", 0);
	done(id);
}

static int box(const char *work)
{
	plain = strcmp(work, "find-plain") == 0;
	static char message[BOX_MESSAGE_MAX];
	int fd[BOX_FDS_MAX];
	size_t fds;
	long n;
	while ((n = box_receive(ROLE_EXTRA, message, sizeof message, fd, &fds, NULL)) > 0) {
		struct cursor c = cursor_of((struct str){ message, (size_t)n });
		cursor_bytes(&c, 17);
		cursor_u32(&c);
		for (size_t i = 0; i < fds; i++) {
			uint32_t id = cursor_u32(&c);
			cursor_bytes(&c, 24);
			cursor_lstr(&c);
			if (answered)
				answered--;
			else
				play(id, fd[i]);
			close(fd[i]);
		}
	}
	return n == 0 ? 0 : 1;
}

/* ---- what is told ---- */

void __asan_init(void) __attribute__((weak));                   /* a sanitizer takes memory of its own */

static struct buf told;
static volatile int stop;

static void on_hit(void *to, const struct find_hit *h)
{
	(void)to;
	if (told.n < 1 << 20)
		buf_printf(&told, STR_FMT ":" STR_FMT " ", STR_ARG(h->path), STR_ARG(h->member));
	else
		stop = 1;
}

static void on_unread(void *to, const struct find_unread *u)
{
	(void)to;
	buf_printf(&told, STR_FMT "(%.12s) ", STR_ARG(u->path), u->why.p);
}

static void on_done(void *to, struct str path, bool well)
{
	(void)to;
	buf_printf(&told, STR_FMT "%s ", STR_ARG(path), well ? "+" : "-");
}

/* A scan of files that hold these words; its words are then in `told`. */
static void scan(unsigned jobs, const char *const *words, size_t n)
{
	struct err e = { 0 };
	struct find find = { .jobs = jobs, .stop = &stop, .hit = on_hit, .unread = on_unread, .done = on_done };
	struct pool *p = pool_open(&find);
	stop = 0;
	buf_clear(&told);
	for (size_t i = 0; i < n; i++) {
		char name[8];
		int fd = open(".", O_TMPFILE | O_RDWR, 0600);
		assert_true(fd >= 0 && write(fd, words[i], strlen(words[i])) == (ssize_t)strlen(words[i]));
		snprintf(name, sizeof name, "%c", (char)('a' + i));
		assert_true(pool_add(p, str_of(name), fd, strlen(words[i]), 0, &e));
	}
	assert_true(pool_finish(p, &e));
	pool_close(p);
	buf_byte(&told, 0);
}

#define SAYS(jobs, words, ...) do { \
	const char *const files[] = { __VA_ARGS__ }; \
	scan(jobs, files, LENGTH(files)); \
	assert_string_equal(told.p, words); \
} while (0)

static void what_is_said_is_told_in_order(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs < 4; jobs++)
		SAYS(jobs, "a+ b: b+ c+ d: d(it is damage) d- ", "well", "hit", "well", "lent");
}

static void a_child_answers_for_what_it_was_lent(void **state)
{
	(void)state;
	SAYS(1, "a: a(it is damage) a- b+ c: c+ ", "lent two", "die", "hit");
	SAYS(1, "a: a(it is damage) a- b: b+ ", "lent one", "hit");
	SAYS(1, "a+ b: b+ ", "late", "hit");
	SAYS(1, "a: a+ b: b+ ", "again", "hit");
}

static void what_must_be_opened_goes_to_a_box_that_can(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs < 4; jobs++)
		SAYS(jobs, "a: a+ b+ c+ d: d+ ", "hit", "beyond", "beyond", "hit");
	SAYS(1, "a(its reader s) a- b: b+ ", "beyond all", "hit");          /* only a plain one cannot */
}

static void who_dies_is_named_and_nobody_else(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs < 4; jobs++) {
		SAYS(jobs, "a: a+ b(Reading the ) b- c: c+ d+ ", "hit", "die", "hit", "well");
		SAYS(jobs, "a: a+ b: b+ c: c+ ", "hit", "once", "hit");
	}
}

static void nobody_speaks_for_another_file(void **state)
{
	(void)state;
	SAYS(1, "a(its reader s) a- b: b+ ", "next", "hit");
	SAYS(1, "a(its reader s) a- b: b+ ", "child", "hit");
}

static void nonsense_is_refused(void **state)
{
	(void)state;
	SAYS(1, "a(its reader s) a- b: b+ ", "garbage", "hit");
	SAYS(1, "a(its reader s) a- b: b+ ", "brand", "hit");
	SAYS(1, "a(its reader s) a- b: b+ ", "lines", "hit");
	SAYS(1, "a(its reader s) a- b: b+ ", "lines of a child", "hit");
	SAYS(1, "a(its reader s) a- b: b+ ", "many", "hit");
}

static void what_is_shown_is_safe(void **state)
{
	(void)state;
	SAYS(1, "a:[card ending 1486] \\x1b[2J\\nx\\xff a+ ", "shown");
}

static void a_flood_can_be_stopped_and_is_bounded(void **state)
{
	(void)state;
	static const char *const files[] = { "flood", "hit" };
	scan(1, files, 2);
	assert_true(stop);
	if (__asan_init)
		return;
	char line[128];
	unsigned long most = 0;
	FILE *f = fopen("/proc/self/status", "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			most = strtoul(line + 6, NULL, 10);
	fclose(f);
	assert_in_range(most, 1, 64 << 10);
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "--role") == 0) {
		struct box_limits limits;
		return line_read(ROLE_LINE, &limits, sizeof limits) ? box(argv[3]) : 9;
	}
	role_program = "/proc/self/exe";
	told = BUF(2 << 20);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_told_in_order), cmocka_unit_test(a_child_answers_for_what_it_was_lent), cmocka_unit_test(what_must_be_opened_goes_to_a_box_that_can), cmocka_unit_test(who_dies_is_named_and_nobody_else), cmocka_unit_test(nobody_speaks_for_another_file),
		cmocka_unit_test(nonsense_is_refused), cmocka_unit_test(what_is_shown_is_safe), cmocka_unit_test(a_flood_can_be_stopped_and_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
