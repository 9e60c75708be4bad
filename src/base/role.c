#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs between fork and exec: only calls that are safe there. */
static _Noreturn void become(const char *program, char *const *argv, int line, int extra)
{
	int nothing = open("/dev/null", O_RDWR);
	/* out of the way first, so that no dup2 overwrites one that is still needed */
	line = fcntl(line, F_DUPFD, 10);
	extra = extra >= 0 ? fcntl(extra, F_DUPFD, 10) : -1;
	if (nothing < 0 || line < 0)
		_exit(127);
	dup2(nothing, 0);
	dup2(nothing, 1);
	if (fcntl(2, F_GETFD) < 0)
		dup2(nothing, 2);
	dup2(line, ROLE_LINE);
	if (extra >= 0)
		dup2(extra, ROLE_EXTRA);
	if (close_range(extra >= 0 ? ROLE_EXTRA + 1 : ROLE_LINE + 1, ~0U, 0) != 0)
		for (int fd = extra >= 0 ? ROLE_EXTRA + 1 : ROLE_LINE + 1; fd < 1024; fd++)
			close(fd);
	/* Ctrl-C is for the parent; it ends its roles by closing their lines */
	signal(SIGINT, SIG_IGN);
	static char *const nothing_known[] = { NULL };
	execve(program, argv, nothing_known);
	_exit(127);
}

const char *role_program;

bool role_start(const char *role, const char *work, int extra, pid_t *child, int *line, struct err *e)
{
	int pair[2];
	const char *program = role_program ? role_program : getenv("HANDBACK_PROGRAM");
	if (!program)
		return err_set(e, OUTSIDE, NULL, "HANDBACK_PROGRAM does not name the program whose helper processes are to be started.");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, "Could not make a line to a helper process");
	char *argv[] = { (char *)(uintptr_t)"handback", (char *)(uintptr_t)"--role", (char *)(uintptr_t)role,
	                 (char *)(uintptr_t)work, NULL };
	pid_t pid = fork();
	if (pid == 0)
		become(program, argv, pair[1], extra);
	int why = errno;
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		errno = why;
		return err_errno(e, "Could not start a helper process");
	}
	*child = pid;
	*line = pair[0];
	return true;
}

bool line_write(int line, struct str s)
{
	while (s.n) {
		ssize_t n = send(line, s.p, s.n, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

bool line_read(int line, void *to, size_t n)
{
	char *p = to;
	while (n) {
		ssize_t got = read(line, p, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

bool line_say(int line, const struct buf *b)
{
	uint32_t n = (uint32_t)b->n;
	return !b->full && line_write(line, (struct str){ (const char *)&n, sizeof n }) && line_write(line, buf_str(b));
}

bool line_hear(int line, char *room, size_t max, struct cursor *c)
{
	uint32_t n;
	if (!line_read(line, &n, sizeof n) || n > max || !line_read(line, room, n))
		return false;
	*c = cursor_of((struct str){ room, n });
	return true;
}

/* What is told beside the one byte: room for one descriptor. */
union beside { char room[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; };

bool line_pass(int line, int fd)
{
	char byte = 0;
	union beside beside = { .room = { 0 } };
	struct iovec bytes = { &byte, 1 };
	struct msghdr m = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = beside.room, .msg_controllen = sizeof beside.room };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	ssize_t n;
	do
		n = sendmsg(line, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

int line_taken(int line)
{
	char byte;
	union beside beside;
	struct iovec bytes = { &byte, 1 };
	struct msghdr m = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = beside.room, .msg_controllen = sizeof beside.room };
	ssize_t n;
	int fd = -1;
	do
		n = recvmsg(line, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	struct cmsghdr *c = n == 1 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof fd))
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

int role_wait(pid_t child)
{
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* ---- helpers, and who brokers them ----
 *
 * For each request the asker makes a pair of sockets and passes one end on: the call. Over it go role, work and what is to be handed on; back
 * come the line and the process's number, and its wait status when it has ended. Shutting its end of the call down ends the helper. So
 * several threads can ask at once, and nobody's answer is read by another. */

static int broker = -1;

void role_broker(int line)
{
	broker = line;
}

bool role_brokered(void)
{
	return broker >= 0;
}

static bool put_word(int call, const char *word)
{
	uint8_t n = (uint8_t)strlen(word);
	return line_write(call, (struct str){ (const char *)&n, 1 }) && line_write(call, str_of(word));
}

static bool take_word(int call, char *word, size_t room)
{
	uint8_t n;
	if (!line_read(call, &n, 1) || n >= room || !line_read(call, word, n))
		return false;
	word[n] = 0;
	return true;
}

static bool no_helper(struct err *e)
{
	return err_set(e, OUTSIDE, NULL, "Could not start a helper process. Try again; if it stays so, start Handback anew.");
}

/* The request as it goes out; our end of the call, or -1. */
static int call_make(const char *role, const char *work, int extra, struct err *e)
{
	int pair[2];
	uint8_t more = extra >= 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		err_errno(e, "Could not make a line to a helper process");
		return -1;
	}
	bool good = line_pass(broker, pair[1]);
	close(pair[1]);
	if (good && put_word(pair[0], role) && put_word(pair[0], work) && line_write(pair[0], (struct str){ (const char *)&more, 1 }) &&
	    (!more || line_pass(pair[0], extra)))
		return pair[0];
	close(pair[0]);
	no_helper(e);
	return -1;
}

int role_call(const char *what, struct err *e)
{
	return call_make(what, "", -1, e);
}

static bool ask(const char *role, const char *work, int extra, struct helper *h, struct err *e)
{
	h->call = call_make(role, work, extra, e);
	if (h->call < 0)
		return false;
	h->line = line_taken(h->call);
	if (h->line >= 0 && line_read(h->call, &h->pid, sizeof h->pid))
		return true;
	if (h->line >= 0)
		close(h->line);
	close(h->call);
	return no_helper(e);
}

int role_keeper(struct err *e)
{
	struct helper h;
	if (!ask("keeper", "", -1, &h, e))
		return -1;
	close(h.call);
	return h.line;
}

bool helper_start(const char *role, const char *work, int extra, struct helper *h, struct err *e)
{
	h->call = -1;
	return broker >= 0 ? ask(role, work, extra, h, e) : role_start(role, work, extra, &h->pid, &h->line, e);
}

bool helper_wait(struct helper *h, int milliseconds, int *status)
{
	int fd = h->call >= 0 ? h->call : pidfd_open(h->pid, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int ready;
	do
		ready = fd < 0 ? 0 : poll(&p, 1, milliseconds);
	while (ready < 0 && errno == EINTR);
	bool ended = ready > 0;
	if (ended && h->call < 0)
		*status = role_wait(h->pid);
	else if (ended && !line_read(h->call, status, sizeof *status))
		*status = SIGKILL;                       /* the parent is gone, and all ends with it */
	if (fd >= 0 && (ended || h->call < 0))
		close(fd);
	return ended;
}

void helper_kill(const struct helper *h)
{
	if (h->call >= 0)
		shutdown(h->call, SHUT_WR);
	else
		kill(h->pid, SIGKILL);
}

bool broker_read(int line, struct wanted *w)
{
	uint8_t more = 0;
	struct timeval patience = { .tv_sec = 1 };
	w->extra = -1;
	w->call = line_taken(line);
	if (w->call < 0)
		return false;
	bool good = setsockopt(w->call, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 && take_word(w->call, w->role, sizeof w->role) &&
	            take_word(w->call, w->work, sizeof w->work) && line_read(w->call, &more, 1) && (!more || (w->extra = line_taken(w->call)) >= 0);
	if (!good)
		close(w->call);
	return good;
}

bool broker_give(int call, int line, pid_t pid)
{
	return line_pass(call, line) && line_write(call, (struct str){ (const char *)&pid, sizeof pid });
}

bool broker_ended(int call, int status)
{
	return line_write(call, (struct str){ (const char *)&status, sizeof status });
}
