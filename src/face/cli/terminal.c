/* terminal - passphrases, progress bars and Ctrl-C. */
#include "cli_int.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { PASSPHRASE_MAX = 1024 };

volatile int terminal_stop;
static const char *passphrase_file;
static volatile int prompting;

static void on_stop(int signal_number)
{
	if (terminal_stop)
		_exit(128 + signal_number);
	terminal_stop = 1;
	if (prompting)                                   /* the asking ends, and says so itself */
		return;
	static const char words[] = "\nEnding at the next safe point; once more ends at once.\n";
	if (write(2, words, sizeof words - 1) < 0)
		return;
}

static void watch_stop(int flags)
{
	struct sigaction a = { .sa_handler = on_stop, .sa_flags = flags };
	sigemptyset(&a.sa_mask);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

void terminal_watch_stop(void)
{
	watch_stop(SA_RESTART);
	signal(SIGPIPE, SIG_IGN);
}

void terminal_use_file(const char *path)
{
	passphrase_file = path;
}

static bool from_file(struct arena *a, const char *path, struct str *passphrase, struct err *e)
{
	static const char *told;
	char text[PASSPHRASE_MAX + 2];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, INVALID, "passphrase-file", "The passphrase file %s can't be read: %s.", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) && told != path) {
		fprintf(stderr, "Other users of this machine can read the passphrase in %s. Run: chmod 600 %s\n", path, path);
		told = path;
	}
	ssize_t n = 0, got;
	while ((size_t)n < sizeof text && (got = read(fd, text + n, sizeof text - (size_t)n)) > 0)
		n += got;
	close(fd);
	struct str s = { text, (size_t)n };
	if (s.n && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	bool good = s.n > 0 && s.n <= PASSPHRASE_MAX && !memchr(s.p, '\n', s.n);
	if (good)
		*passphrase = arena_str(a, s);
	else
		err_set(e, INVALID, "passphrase-file", "The passphrase file %s must hold one line of 1 to %d characters.", path, PASSPHRASE_MAX);
	wipe(text, sizeof text);
	return good;
}

/* Ctrl-C ends the read (no SA_RESTART while it waits); the terminal is as before in any case. Sets e when the asking was ended. */
static bool from_terminal(struct arena *a, const char *prompt, struct str *passphrase, struct err *e)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct termios before, quiet;
	char text[PASSPHRASE_MAX + 1];
	if (tty < 0)
		return false;
	if (tcgetattr(tty, &before) != 0) {
		close(tty);
		return false;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	dprintf(tty, "%s: ", prompt);
	tcsetattr(tty, TCSAFLUSH, &quiet);
	prompting = 1;
	watch_stop(0);
	ssize_t n = terminal_stop ? -1 : read(tty, text, PASSPHRASE_MAX);
	watch_stop(SA_RESTART);
	prompting = 0;
	tcsetattr(tty, TCSAFLUSH, &before);
	dprintf(tty, "\n");
	close(tty);
	if (terminal_stop) {
		wipe(text, sizeof text);
		return err_set(e, REFUSED, NULL, "Stopped by you; nothing was done.");
	}
	if (n > 0 && text[n - 1] == '\n')
		n--;
	bool good = n > 0;
	if (good)
		*passphrase = arena_str(a, (struct str){ text, (size_t)n });
	wipe(text, sizeof text);
	return good;
}

bool terminal_line(const char *prompt, char *line, size_t room)
{
	printf("%s", prompt);
	fflush(stdout);
	prompting = 1;
	watch_stop(0);
	bool got = !terminal_stop && fgets(line, (int)room, stdin) && !terminal_stop;
	watch_stop(SA_RESTART);
	prompting = 0;
	if (terminal_stop)
		printf("\n");
	return got;
}

bool terminal_sure(struct op *op, const char *question)
{
	char line[16];
	fflush(stderr);
	return terminal_line(arena_printf(op->a, "%s Type yes: ", question), line, sizeof line) && str_eq_nocase(str_trim(str_of(line)), STR("yes"));
}

bool terminal_passphrase(struct op *op, const char *why, struct str *passphrase)
{
	if (passphrase_file)
		return from_file(op->a, passphrase_file, passphrase, &op->err);
	return from_terminal(op->a, arena_printf(op->a, "Passphrase, %s", why), passphrase, &op->err);
}

bool terminal_new_passphrase(struct op *op, struct str file, struct str *passphrase)
{
	struct arena *a = op->a;
	struct err *e = &op->err;
	struct str again;
	if (file.n)
		return from_file(a, arena_printf(a, STR_FMT, STR_ARG(file)), passphrase, e);
	if (!from_terminal(a, "A new passphrase (12 characters or more; four words are good)", passphrase, e))
		return err_set(e, INVALID, "passphrase-file", "A new passphrase is needed. Give it in a file (init: --passphrase-file FILE, vault passphrase: --new-passphrase-file FILE), or run this on a terminal.");
	if (!from_terminal(a, "The same once more", &again, e) || !str_eq(*passphrase, again))
		return err_set(e, INVALID, NULL, "The two passphrases were not the same. Nothing was changed; run it again.");
	return true;
}

const char *terminal_passphrase_file(void)
{
	return passphrase_file;
}

/* ---- progress: only when work takes more than a second ---- */

static struct { struct timespec begun, drawn; uint64_t first; char work[40]; bool shown; } bar;

static double since(const struct timespec *t)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - t->tv_sec) + (double)(now.tv_nsec - t->tv_nsec) / 1e9;
}

/* Three digits or so: "999", "12.3 k", "820 M". */
static const char *amount(double n, char room[16])
{
	static const char units[] = " kMGTPE";
	size_t u = 0;
	for (; n >= 1000 && units[u + 1]; u++)
		n /= 1000;
	if (u)
		snprintf(room, 16, n < 100 ? "%.1f %c" : "%.0f %c", n, units[u]);
	else
		snprintf(room, 16, "%.0f", n);
	return room;
}

/* What stands before a colon is the work, what stands behind it is how far it is. */
static bool is_new(const char *what)
{
	size_t n = strcspn(what, ":");
	n = n < sizeof bar.work ? n : sizeof bar.work - 1;
	if (strncmp(bar.work, what, n) == 0 && !bar.work[n])
		return false;
	memcpy(bar.work, what, n);
	bar.work[n] = 0;
	return true;
}

void terminal_progress(struct op *op, const char *what, uint64_t done, uint64_t of)
{
	enum { WIDTH = 30 };
	char much[16], fast[16];
	(void)op;
	if (is_new(what)) {
		terminal_progress_end();
		bar.first = done;
		clock_gettime(CLOCK_MONOTONIC, &bar.begun);
		bar.drawn = bar.begun;
		return;
	}
	double seconds = since(&bar.begun);
	if (seconds < 1 || (bar.shown && since(&bar.drawn) < 0.1 && done != of))
		return;
	clock_gettime(CLOCK_MONOTONIC, &bar.drawn);
	double rate = (double)(done - bar.first) / seconds;
	if (of && done <= of) {
		char hashes[WIDTH + 1] = { 0 };
		memset(hashes, '.', WIDTH);
		memset(hashes, '#', (size_t)(WIDTH * ((double)done / (double)of)));
		unsigned left = rate > 0 ? (unsigned)((double)(of - done) / rate) : 0;
		fprintf(stderr, "\r%s [%s] %3d %%  %s/s  %u:%02u left \033[K", what, hashes, (int)(100.0 * (double)done / (double)of), amount(rate, fast),
		        left / 60, left % 60);
	} else {
		fprintf(stderr, "\r%s, %s  %s/s \033[K", what, amount((double)done, much), amount(rate, fast));
	}
	fflush(stderr);
	bar.shown = true;
}

void terminal_progress_end(void)
{
	if (bar.shown)
		fputs("\r\033[K", stderr);
	bar.shown = false;
}
