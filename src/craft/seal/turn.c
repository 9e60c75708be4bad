/* turn - the keeper's main loop: whole requests in from many lines, answers out, and passphrases that are being stretched waited for. Ends a line (the
 * first one: the keeper itself) that asks for what is not on the list.
 */
#include "keeper_int.h"
#include "role.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* The whole request that waits in a line's buffer, or the empty text. */
static struct str waiting(const struct line *l)
{
	return l->got > 4 && l->got == l->in.n ? (struct str){ l->in.p + 4, l->in.n - 4 } : STR("");
}

/* Takes in what there is, up to one request; false: the line has ended, or announces more than there may be. */
static bool line_take(struct line *l)
{
	uint32_t n;
	if (!l->in.n)
		buf_space(&l->in, sizeof n);
	while (l->got < l->in.n) {
		ssize_t some = recv(l->fd, l->in.p + l->got, l->in.n - l->got, MSG_DONTWAIT);
		if (some <= 0)
			return some < 0 && (errno == EINTR || errno == EAGAIN);
		l->got += (size_t)some;
		if (l->got != sizeof n || l->in.n != sizeof n)
			continue;
		memcpy(&n, l->in.p, sizeof n);
		if (!n || n > FRAME_MAX || !buf_space(&l->in, n))
			return false;
	}
	return true;
}

static void request_done(struct line *l)
{
	wipe(l->in.p, l->in.n);
	buf_clear(&l->in);
	l->got = l->sent = 0;
}

/* Gives out what fits of the answer: its length, then itself, then a descriptor. */
static bool line_give(struct line *l)
{
	uint32_t n = (uint32_t)l->out.n;
	while (l->sent < sizeof n + l->out.n) {
		struct str part = l->sent < sizeof n ? (struct str){ (const char *)&n + l->sent, sizeof n - l->sent }
		                                     : (struct str){ l->out.p + l->sent - sizeof n, l->out.n - (l->sent - sizeof n) };
		ssize_t some = send(l->fd, part.p, part.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (some < 0)
			return errno == EINTR || errno == EAGAIN;
		l->sent += (size_t)some;
	}
	wipe(l->out.p, l->out.n);
	buf_clear(&l->out);
	bool good = l->pass < 0 || line_pass(l->fd, l->pass);
	if (l->pass >= 0)
		close(l->pass);
	l->pass = -1;
	return good;
}

/* A try has come to its end. Whoever asked may be gone: then it stays counted, and nothing else happens. */
static bool line_tried(struct keeper *k, struct line *l)
{
	uint8_t key[32];
	if (l->fd < 0) {
		struct err e = { 0 };
		stretch_end(&l->trial.stretch, key, &e);
		wipe(key, sizeof key);
		l->trial = (struct trial){ 0 };
		k->stretching--;
		return false;
	}
	bool good = keeper_tried(k, l, (enum request)waiting(l).p[0], &l->out);
	request_done(l);
	return good;
}

/* Answers the line's request if it has one whole. One that stretches a passphrase waits while two others do. */
static bool line_serve(struct keeper *k, struct line *l)
{
	struct str request = waiting(l);
	if (!request.n || l->out.n || l->trial.stretch.child)
		return true;
	if (keeper_stretches((uint8_t)request.p[0]) && k->stretching >= STRETCHES_MAX)
		return true;
	if (!keeper_handle(k, l, request, &l->out))
		return false;
	if (!l->trial.stretch.child)
		request_done(l);
	return !l->out.n || line_give(l);
}

static bool line_turn(struct keeper *k, struct line *l, short ready, bool tried)
{
	if (tried && !line_tried(k, l))
		return false;
	if (l->fd < 0)
		return true;
	if (ready & POLLOUT)
		return line_give(l);
	if (ready & POLLIN)
		return line_take(l);
	return !(ready & (POLLHUP | POLLERR | POLLNVAL));
}

/* One round: waits until a line can go on, and lets each that can. */
static void keeper_turn(struct keeper *k, bool *broken)
{
	struct pollfd p[2 * LINES_MAX];
	size_t lines = k->lines;
	for (size_t i = 0; i < lines; i++) {
		const struct line *l = &k->line[i];
		p[2 * i] = (struct pollfd){ .fd = l->fd, .events = l->out.n ? POLLOUT : waiting(l).n ? 0 : POLLIN };
		p[2 * i + 1] = (struct pollfd){ .fd = l->trial.stretch.child ? l->trial.stretch.end : -1, .events = POLLIN };
	}
	if (poll(p, 2 * lines, -1) < 0)
		return;
	for (size_t i = 0; i < lines; i++) {
		struct line *l = &k->line[i];
		bool there = l->fd >= 0, good = line_turn(k, l, p[2 * i].revents, p[2 * i + 1].revents != 0);
		if (good && there && !line_serve(k, l))
			good = false, *broken |= i == 0;
		if (!good)
			line_end(l);
	}
}

int keeper_main(int line, int record, int64_t business, bool (*drop)(struct err *))
{
	struct err e = { 0 };
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	if (prctl(PR_SET_DUMPABLE, 0) != 0)
		return 3;
	struct keeper *k = keeper_open(record, business);
	if (!k || !drop(&e)) {
		fprintf(stderr, "handback: the keeper could not start safely: %s\n", e.say);
		return 3;
	}
	struct line *first = keeper_line(k, ASKER_CLI);
	bool broken = false;
	for (first->fd = line; first->fd >= 0;)
		keeper_turn(k, &broken);
	keeper_close(k);
	return broken;
}
