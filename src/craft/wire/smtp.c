/* smtp - delivery (RFC 5321). What it must never blur: whether a server may have taken a mail.
 *
 * The point of no return is the last byte of the final dot: a line lost before it took nothing; lost after it, the mail may have been taken. What
 * a server says before it was asked is no answer. A mail is never said twice but by whoever calls.
 *
 * Each connection has a thread of its own, from wire_begin to wire_wait: one that waits for a slow server keeps no other. They share the jobs, under a
 * lock, and nothing else. Where the server takes commands in groups (RFC 2920), a mail goes out in one piece with the commands of the next.
 */
#include "wire_int.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CONNECTIONS_MAX = 20, SILENCE_MS = 60000, DOT_PATIENCE = 10, BYE_MS = 1000, MAIL_MAX = 1 << 25, GROUP_MAX = 2 * PLAIN_ADDRESS + 100 };

/* The last command that went out, or all of the mail. HELLO: the greeting, TLS and the sign-in as well. */
enum stage { HELLO, FROM, TO, DATA, DOT };

struct slot {
	struct wire *w; pthread_t thread;
	struct conn conn; struct reply reply;
	struct buf out;
	bool groups, tls_offered, plain_offered, login_offered;  /* what the server offers */
	bool unended;                                    /* a mail was begun and came to no end: RSET before the next */
	bool ahead;                                      /* the commands of the mail to come are out already */
};

/* What the threads of one wire_begin share: all of it under the lock. */
struct wire {
	struct slot slot[CONNECTIONS_MAX]; unsigned n, started;
	struct wire_account account; struct trust *trust; struct err untrusted;
	pthread_mutex_t lock; pthread_cond_t news;
	struct wire_job *job; size_t jobs, next, told; bool ending, used;        /* used: some connection got as far as a mail */
	size_t *order;                                   /* the jobs, as they came to an end: told of them, of `ended` */
	size_t ended;
	char (*words)[WORDS_MAX + 1];                    /* of each job */
};

/* ---- what became of one ---- */

/* "550 5.1.1" out of "550 5.1.1 No such user" */
static void code_of(const struct reply *r, char out[16])
{
	size_t k = 4, dots = 0, n = (size_t)snprintf(out, 16, "%d", r->code);
	if (r->n > 4 && r->said[4] == *out) {            /* an enhanced code begins with the same class (RFC 3463) */
		while (k < r->n && ((r->said[k] >= '0' && r->said[k] <= '9') || r->said[k] == '.'))
			dots += r->said[k++] == '.';
		if (dots == 2 && k - 4 < 15 - n - 1)
			snprintf(out + n, 16 - n, " %.*s", (int)(k - 4), r->said + 4);
	}
}

static struct str words_put(struct wire *w, const struct wire_job *j, const char *p, size_t n)
{
	char *to = w->words[j - w->job];
	n = n < WORDS_MAX ? n : WORDS_MAX;
	for (size_t i = 0; i < n; i++)
		to[i] = p[i] == '\n' ? ' ' : p[i];
	to[n] = 0;
	return (struct str){ to, n };
}

/* Under the lock. */
static void job_end(struct wire *w, struct wire_job *j)
{
	w->ending |= j->result.fatal;
	w->order[w->ended++] = (size_t)(j - w->job);
	pthread_cond_signal(&w->news);
}

/* By the answer to what went out last; code 0: none came, and why says it. */
static void judge(struct slot *s, struct wire_job *j, enum stage at, const struct reply *r, const char *why)
{
	struct wire *w = s->w;
	struct wire_result *o = &j->result;
	pthread_mutex_lock(&w->lock);
	w->used |= at != HELLO;
	*o = (struct wire_result){ 0 };
	if (r->code >= 400)
		code_of(r, o->code), o->words = words_put(w, j, r->said, r->n);
	else
		o->words = words_put(w, j, why, strlen(why));
	if (at == DOT && r->code / 100 == 2) {
		o->outcome = WIRE_SENT;
	} else if (r->code >= 500) {
		/* who we are was refused, not this mail: a sign-in is wanted (530, RFC 4954), or the sender may not send here */
		o->fatal = r->code == 530 || at == HELLO || (at == FROM && r->code != 552);
		o->outcome = o->fatal ? WIRE_NOT_HANDED : WIRE_REFUSED;
	} else if (r->code >= 400) {
		o->outcome = WIRE_LATER;
	} else if (at == DOT) {
		o->outcome = WIRE_UNKNOWN;
	} else {
		/* no connection, no TLS, or the line was lost; before any mail went through, the next will fare no better */
		o->outcome = WIRE_NOT_HANDED;
		o->fatal = at == HELLO && !w->used;
	}
	job_end(w, j);
	pthread_mutex_unlock(&w->lock);
}

/* The next that can be tried; those that can't are told. NULL: none is left. */
static struct wire_job *job_next(struct wire *w)
{
	struct wire_job *found = NULL;
	char plain[PLAIN_ADDRESS];
	pthread_mutex_lock(&w->lock);
	while (!found && w->next < w->jobs) {
		struct wire_job *j = &w->job[w->next++];
		if (!w->ending && address_plain(j->to, plain) && address_plain(j->from, plain) && j->bytes.n <= MAIL_MAX) {
			found = j;
			continue;
		}
		j->result = (struct wire_result){ w->ending ? WIRE_NOT_BEGUN : WIRE_REFUSED, false, "", w->ending ? STR("not begun") : STR("not an address") };
		job_end(w, j);
	}
	pthread_mutex_unlock(&w->lock);
	return found;
}

/* ---- the dialogue ---- */

static bool answer(struct slot *s, int64_t patience)
{
	conn_wait(&s->conn, (s->w->account.silence_ms ? s->w->account.silence_ms : SILENCE_MS) * patience);
	return conn_reply(&s->conn, &s->reply);
}

static bool say(struct slot *s, struct str command)
{
	s->reply.code = 0;
	conn_wait(&s->conn, SILENCE_MS);
	return conn_write(&s->conn, command) == command.n && answer(s, 1);
}

/* What it offers, from its answer to EHLO: a word a line. */
static void offers(struct slot *s)
{
	struct str rest = { s->reply.said, s->reply.n };
	s->groups = s->tls_offered = s->plain_offered = s->login_offered = false;
	str_split(&rest, '\n');                          /* its name */
	while (rest.p) {
		struct str line = str_split(&rest, '\n'), words = line.n > 4 ? (struct str){ line.p + 4, line.n - 4 } : STR("");
		struct str word = str_trim(str_split(&words, ' '));
		s->groups |= str_eq_nocase(word, STR("PIPELINING"));
		s->tls_offered |= str_eq_nocase(word, STR("STARTTLS"));
		bool in = str_eq_nocase(word, STR("AUTH"));
		if (word.n > 5 && str_eq_nocase((struct str){ word.p, 5 }, STR("AUTH=")))        /* an old spelling */
			in = true, words = (struct str){ word.p + 5, word.n - 5 };
		while (in && words.p) {
			word = str_split(&words, ' ');
			s->plain_offered |= str_eq_nocase(word, STR("PLAIN"));
			s->login_offered |= str_eq_nocase(word, STR("LOGIN"));
		}
	}
}

static bool ehlo(struct slot *s)
{
	if (!say(s, STR("EHLO handback.invalid\r\n")))
		return false;
	if (s->reply.code / 100 == 2) {
		offers(s);
		return true;
	}
	s->groups = s->tls_offered = s->plain_offered = s->login_offered = false;
	return s->reply.code >= 500 && say(s, STR("HELO handback.invalid\r\n")) && s->reply.code / 100 == 2;
}

static bool no(struct slot *s, const char *why)
{
	s->reply.code = 0;
	snprintf(s->conn.why, sizeof s->conn.why, "%s", why);
	return false;
}

/* TLS where the account wants it. Nothing that came before it counts after it. */
static bool safe(struct slot *s)
{
	const struct wire *w = s->w;
	if (w->account.tls == WIRE_PLAIN)
		return true;
	if (!w->trust)
		return no(s, w->untrusted.say);
	if (w->account.tls == WIRE_STARTTLS) {
		if (!s->tls_offered)
			return no(s, "it does not offer TLS (STARTTLS), and nothing is sent in clear");
		if (!say(s, STR("STARTTLS\r\n")) || s->reply.code / 100 != 2)
			return false;
		if (s->conn.at != s->conn.n)
			return no(s, "it went on in clear where TLS begins");
	}
	s->reply.code = 0;
	conn_wait(&s->conn, SILENCE_MS);
	return conn_tls(&s->conn, &w->account, w->trust);
}

/* base64 of up to three pieces, as one line. */
static bool say_secret(struct slot *s, struct str before, struct str a, struct str b, struct str c)
{
	struct buf plain = BUF(4096), line = BUF(8192);
	buf_put(&plain, a), buf_put(&plain, b), buf_put(&plain, c);
	buf_put(&line, before), buf_base64(&line, buf_str(&plain)), buf_put(&line, STR("\r\n"));
	bool good = !plain.full && !line.full && say(s, buf_str(&line));
	buf_free(&plain);
	buf_free(&line);
	return good;
}

/* RFC 4954; PLAIN is RFC 4616. */
static bool signed_in(struct slot *s)
{
	const struct wire_account *a = &s->w->account;
	struct str nothing = STR("");
	if (!a->user.n)
		return true;
	if (s->plain_offered) {
		struct buf named = BUF(2 * USER_MAX);
		buf_byte(&named, 0), buf_put(&named, a->user), buf_byte(&named, 0);
		bool good = say_secret(s, STR("AUTH PLAIN "), buf_str(&named), a->password, nothing);
		buf_free(&named);
		return good && s->reply.code / 100 == 2;
	}
	if (!s->login_offered)
		return no(s, "it offers no way to sign in that is known here (AUTH PLAIN or LOGIN)");
	return say(s, STR("AUTH LOGIN\r\n")) && s->reply.code == 334 && say_secret(s, nothing, a->user, nothing, nothing) && s->reply.code == 334 &&
	       say_secret(s, nothing, a->password, nothing, nothing) && s->reply.code / 100 == 2;
}

static bool hello(struct slot *s)
{
	const struct wire_account *a = &s->w->account;
	s->unended = false;
	s->reply.code = 0;
	return conn_open(&s->conn, a) && (a->tls != WIRE_TLS || safe(s)) && answer(s, 1) && s->reply.code / 100 == 2 && ehlo(s) &&
	       (a->tls != WIRE_STARTTLS || (safe(s) && ehlo(s))) && signed_in(s);
}

/* RFC 5321, 4.1.1.10: leaves in good order; whether it answers does not matter. */
static void bye(struct slot *s)
{
	if (s->conn.fd >= 0) {
		conn_wait(&s->conn, BYE_MS);
		if (conn_write(&s->conn, STR("QUIT\r\n")) == 6)
			conn_reply(&s->conn, &s->reply);
	}
	conn_close(&s->conn);
}

/* MAIL, RCPT and DATA of one mail, from one stage to another. */
static void commands(struct slot *s, const struct wire_job *j, enum stage first, enum stage last)
{
	char from[PLAIN_ADDRESS], to[PLAIN_ADDRESS];
	address_plain(j->from, from);
	address_plain(j->to, to);
	if (first == FROM)
		buf_printf(&s->out, "MAIL FROM:<%s>\r\n", from);
	if (first <= TO && last >= TO)
		buf_printf(&s->out, "RCPT TO:<%s>\r\n", to);
	if (last == DATA)
		buf_put(&s->out, STR("DATA\r\n"));
}

static bool reset(struct slot *s)
{
	bool good = !s->unended || (say(s, STR("RSET\r\n")) && s->reply.code / 100 == 2);
	s->unended = false;
	return good;
}

/* true: the server waits for this mail. Else *at is the command that was not taken, and the answer to it, or none. */
static bool offered(struct slot *s, const struct wire_job *j, enum stage *at)
{
	struct reply refusal = { 0 };
	enum stage refused = HELLO;
	*at = FROM;
	if (!s->ahead && !reset(s))
		return s->reply.code = 0, false;
	for (enum stage stage = FROM; stage <= DATA; stage++) {
		bool whole = true;
		if (!s->ahead && (stage == FROM || !s->groups)) {
			buf_clear(&s->out);
			commands(s, j, stage, s->groups ? DATA : stage);
			conn_wait(&s->conn, SILENCE_MS);
			whole = conn_write(&s->conn, buf_str(&s->out)) == s->out.n;
		}
		if (!refused)
			*at = stage;
		if (!answer(s, 1)) {                     /* also where it could not be said: there may be a reason */
			s->ahead = false;
			if (refused)
				s->reply = refusal;
			return false;
		}
		bool taken = whole && s->reply.code / 100 == (stage == DATA ? 3 : 2);
		s->unended = true;
		if (stage == DATA && taken && refused)   /* it waits for a mail that it has refused: the line ends before there is one */
			conn_close(&s->conn);
		if (taken || refused)
			continue;
		refusal = s->reply, refused = stage;
		if (!s->groups || s->reply.code == 421)
			break;
	}
	s->ahead = false;
	if (refused)
		s->reply = refusal;
	return !refused;
}

/* The mail with its final dot; behind it the commands of the next, if there is one to come. *at: DOT when the dot may be out. */
static bool handed(struct slot *s, const struct wire_job *j, struct wire_job **next, enum stage *at)
{
	struct str rest = j->bytes;
	*at = DATA;
	if (!conn_idle(&s->conn))
		return no(s, "it answered before it was asked");
	buf_clear(&s->out);
	if (rest.n && *rest.p == '.')
		buf_byte(&s->out, '.');
	for (const char *dot; (dot = memmem(rest.p, rest.n, "\n.", 2)); rest = (struct str){ dot + 1, rest.n - (size_t)(dot + 1 - rest.p) }) {
		buf_put(&s->out, (struct str){ rest.p, (size_t)(dot + 1 - rest.p) });
		buf_byte(&s->out, '.');                  /* RFC 5321, 4.5.2 */
	}
	buf_put(&s->out, rest);
	if (s->out.n < 2 || s->out.p[s->out.n - 1] != '\n')
		buf_put(&s->out, STR("\r\n"));
	buf_put(&s->out, STR(".\r\n"));
	size_t dot = s->out.n;
	*next = s->groups ? job_next(s->w) : NULL;
	if (*next)
		commands(s, *next, FROM, DATA);
	conn_wait(&s->conn, SILENCE_MS);
	size_t out = conn_write(&s->conn, buf_str(&s->out));
	*at = out < dot ? DATA : DOT;
	s->ahead = *next && out == s->out.n;
	if (!answer(s, *at == DOT ? DOT_PATIENCE : 1))
		return false;
	s->unended = *at != DOT;
	return *at == DOT && s->reply.code / 100 == 2;
}

/* One mail, and what became of it. *next: one that was begun behind it. */
static void mail_send(struct slot *s, struct wire_job *j, struct wire_job **next)
{
	enum stage at = HELLO;
	*next = NULL;
	for (bool fresh = false; ; ) {
		bool kept = s->conn.fd >= 0;
		bool good = (kept || hello(s)) && offered(s, j, &at) && handed(s, j, next, &at);
		/* without an answer, or with one that does not fit; or the commands of the next are out in part */
		if ((!good && (s->reply.code < 400 || at == HELLO)) || s->reply.code == 421 || (*next && !s->ahead)) {
			conn_close(&s->conn);
			s->ahead = false;
		}
		/* a kept connection that the server had ended meanwhile says nothing about the mail: it gets another one at once */
		if (good || fresh || !kept || at != FROM || (s->reply.code && s->reply.code != 421))
			break;
		fresh = true, at = HELLO;
	}
	judge(s, j, at, &s->reply, s->conn.why);
}

static void *slot_run(void *slot)
{
	struct slot *s = slot;
	struct wire_job *next, *j = job_next(s->w);
	while (j) {
		mail_send(s, j, &next);
		j = next ? next : job_next(s->w);
	}
	return NULL;
}

/* ---- for whoever sends ---- */

struct wire *wire_open(const struct wire_account *a, unsigned connections)
{
	struct wire *w = mem_zero(1, sizeof *w);
	*w = (struct wire){ .n = connections < 1 ? 1 : connections > CONNECTIONS_MAX ? CONNECTIONS_MAX : connections, .account = *a, .lock = PTHREAD_MUTEX_INITIALIZER };
	for (unsigned i = 0; i < w->n; i++)
		w->slot[i].w = w, w->slot[i].conn.fd = -1, w->slot[i].out = BUF(2 * MAIL_MAX + GROUP_MAX);
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&w->news, &steady);
	pthread_condattr_destroy(&steady);
	if (a->tls != WIRE_PLAIN)
		w->trust = trust_open(a, &w->untrusted); /* told by the first mail, like all that keeps the server from being used */
	return w;
}

void wire_close(struct wire *w)
{
	if (!w)
		return;
	for (unsigned i = 0; i < w->n; i++) {
		bye(&w->slot[i]);
		buf_free(&w->slot[i].out);
	}
	trust_close(w->trust);
	pthread_cond_destroy(&w->news);
	free(w);
}

void wire_begin(struct wire *w, struct wire_job *job, size_t n, struct arena *a)
{
	unsigned many = n < w->n ? (unsigned)n : w->n;
	w->job = job, w->jobs = n, w->next = w->told = w->ended = 0, w->ending = false;
	w->order = ARENA_ARRAY(a, size_t, n);
	w->words = arena_get_array(a, sizeof *w->words, n);
	for (w->started = 0; w->started < many; w->started++)
		if (pthread_create(&w->slot[w->started].thread, NULL, slot_run, &w->slot[w->started]) != 0)
			break;                           /* as many as there can be */
}

bool wire_wait(struct wire *w, int64_t most, void (*done)(void *, struct wire_job *), bool (*stop)(void *), void *about)
{
	enum { LOOK_MS = 100 };
	const int64_t end = clock_ms() + most;
	if (!w->started)
		slot_run(&w->slot[0]);
	while (w->told < w->jobs) {
		bool ending = stop && stop(about);
		int64_t now = clock_ms(), until = now + LOOK_MS < end ? now + LOOK_MS : end;
		struct timespec at = { until / 1000, until % 1000 * 1000000 };
		pthread_mutex_lock(&w->lock);
		w->ending |= ending;
		while (w->told == w->ended && pthread_cond_timedwait(&w->news, &w->lock, &at) != ETIMEDOUT)
			;
		size_t ended = w->ended;
		pthread_mutex_unlock(&w->lock);
		while (w->told < ended)
			done(about, &w->job[w->order[w->told++]]);
		if (now >= end && w->told < w->jobs)
			return false;
	}
	for (unsigned i = 0; i < w->started; i++)
		pthread_join(w->slot[i].thread, NULL);
	w->started = 0;
	return true;
}
