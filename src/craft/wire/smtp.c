/* smtp - delivery by libcurl. What it must never blur: whether a server may have taken a mail.
 *
 * Each connection has a thread of its own while wire_send runs: libcurl's multi interface stands still for all while one waits for
 * the answer to its final dot. Threads share the jobs, under a lock, and call back under it.
 *
 * The point of no return is the read callback that says "all is read": only after it can the final dot go out. A line lost before
 * it took nothing; lost after it, the mail may have been taken. libcurl is never let read a mail twice.
 */
#include "wire.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 20, WORDS_MAX = 500, CONNECT_SECONDS = 15, SILENCE_SECONDS = 60, USER_MAX = 255 };

enum stage { HELLO, FROM, TO, DATA };                    /* the last command, QUIT apart; HELLO: greeting, TLS and sign-in as well */

struct run;
struct slot {
	struct run *run; pthread_t thread; CURL *easy; struct curl_slist *to;
	struct wire_job *job; size_t at;
	enum stage stage;
	bool all_read, rewound, quitting, again, nonsense;   /* again: this is the second connection for this mail; nonsense: the answer was none */
	long last; bool whole;                           /* the number answered to the last command or to the dot, 0 none; its last line came */
	char words[WORDS_MAX + 1]; char error[CURL_ERROR_SIZE];
};

struct wire { struct slot slot[CONNECTIONS_MAX]; unsigned n; struct wire_account account; char url[300]; bool used; };   /* used: some connection got as far as a mail */

/* ---- the account ---- */

static bool is_loopback(struct str host)
{
	char text[64];
	struct in_addr a4;
	struct in6_addr a6;
	if (str_eq_nocase(host, STR("localhost")))
		return true;
	if (host.n >= sizeof text)
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = 0;
	if (inet_pton(AF_INET, text, &a4) == 1)
		return ntohl(a4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, text, &a6) == 1 && IN6_IS_ADDR_LOOPBACK(&a6);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static bool percent_plain(struct arena *a, struct str s, struct str *out)
{
	struct buf b = BUF(512);
	bool good = true;
	for (size_t i = 0; i < s.n && good; i++) {
		if (s.p[i] != '%') {
			buf_byte(&b, s.p[i]);
			continue;
		}
		int high = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1, low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;
		good = high >= 0 && low >= 0 && (high || low >= 1);
		if (good)
			buf_byte(&b, (char)(high << 4 | low));
		i += 2;
	}
	*out = arena_str(a, buf_str(&b));
	for (size_t i = 0; i < out->n; i++)
		good = good && (unsigned char)out->p[i] >= 0x20 && out->p[i] != 0x7F;
	good = good && !b.full;
	buf_free(&b);
	return good;
}

bool wire_account(struct str url, struct wire_account *out, struct arena *a, struct err *e)
{
	static const char say[] = "mail.server is smtp://user@host:port or smtps://user@host:port.";
	struct wire_account w = { 0 };
	struct str rest = STR("");
	if (str_starts(url, STR("smtps://")))
		rest = (struct str){ url.p + 8, url.n - 8 }, w.tls = WIRE_TLS, w.port = 465;
	else if (str_starts(url, STR("smtp://")))
		rest = (struct str){ url.p + 7, url.n - 7 }, w.tls = WIRE_STARTTLS, w.port = 587;
	else
		return err_set(e, INVALID, "mail.server", "%s", say);
	const char *at = rest.p && rest.n ? memrchr(rest.p, '@', rest.n) : NULL;
	if (at) {
		struct str user = { rest.p, (size_t)(at - rest.p) };
		if (memchr(user.p, ':', user.n))
			return err_set(e, INVALID, "mail.server", "A password does not stand in mail.server. Put it into a file of yours and set mail.password-file.");
		if (!percent_plain(a, user, &w.user) || w.user.n > USER_MAX)
			return err_set(e, INVALID, "mail.server", "%s", say);
		rest = (struct str){ at + 1, rest.n - user.n - 1 };
	}
	if (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	const char *colon = NULL;
	if (rest.n && rest.p[0] == '[') {
		const char *close = memchr(rest.p, ']', rest.n);
		if (!close)
			return err_set(e, INVALID, "mail.server", "%s", say);
		w.host = (struct str){ rest.p + 1, (size_t)(close - rest.p) - 1 };
		colon = close + 1 < rest.p + rest.n ? close + 1 : NULL;
	} else {
		colon = rest.p && rest.n ? memchr(rest.p, ':', rest.n) : NULL;
		w.host = (struct str){ rest.p, colon ? (size_t)(colon - rest.p) : rest.n };
	}
	if (colon) {
		int64_t port;
		if (*colon != ':' || !str_i64((struct str){ colon + 1, rest.n - (size_t)(colon + 1 - rest.p) }, &port) || port < 1 || port > 65535)
			return err_set(e, INVALID, "mail.server", "%s", say);
		w.port = (uint16_t)port;
	}
	for (size_t i = 0; i < w.host.n; i++) {
		char c = w.host.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr(".-:_", c))))
			w.host.n = 0;
	}
	if (!w.host.n || w.host.n > 253)
		return err_set(e, INVALID, "mail.server", "%s", say);
	w.host = arena_str(a, w.host);
	if (w.tls == WIRE_STARTTLS && is_loopback(w.host))
		w.tls = WIRE_PLAIN;
	*out = w;
	return true;
}

bool wire_password(struct str file, struct str *password, struct arena *a, struct err *e)
{
	const char *path = arena_printf(a, STR_FMT, STR_ARG(file));
	char text[1024];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, INVALID, "mail.password-file", "The mail password file %s can't be read: %s.", path, strerror(errno));
	ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 077) ? read(fd, text, sizeof text) : -1;
	close(fd);
	if (n <= 0)
		return err_set(e, REFUSED, "mail.password-file", "The mail password file %s must hold the password and be yours alone: chmod 600 %s", path, path);
	*password = arena_str(a, str_trim((struct str){ text, (size_t)n }));
	wipe(text, sizeof text);
	return true;
}

/* ---- curl's callbacks ---- */

static size_t on_read(char *to, size_t size, size_t n, void *about)
{
	struct slot *s = about;
	size_t room = size * n, left = s->job->bytes.n - s->at;
	if (s->rewound)
		return CURL_READFUNC_ABORT;              /* a second time is never: the server may have had it */
	if (!left) {
		s->all_read = true;
		s->last = 0, s->whole = false, s->words[0] = 0;
		return 0;
	}
	size_t many = left < room ? left : room;
	memcpy(to, s->job->bytes.p + s->at, many);
	s->at += many;
	return many;
}

static int on_seek(void *about, curl_off_t offset, int origin)
{
	struct slot *s = about;
	(void)offset, (void)origin;
	if (s->at == 0 && !s->all_read)
		return CURL_SEEKFUNC_OK;                 /* nothing was read: beginning at the beginning */
	s->rewound = true;
	return CURL_SEEKFUNC_FAIL;
}

/* The commands as they go out: an answer is judged by what it answers. The good-bye that libcurl says after a refusal, and the answer
 * to it, are no part of it. Sees passwords; keeps none. */
static int on_debug(CURL *easy, curl_infotype type, char *line, size_t n, void *about)
{
	struct slot *s = about;
	struct str said = { line, n };
	(void)easy;
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	s->quitting = str_starts(said, STR("QUIT"));
	if (s->quitting)
		return 0;
	s->stage = str_starts(said, STR("MAIL ")) ? FROM : str_starts(said, STR("RCPT ")) ? TO : str_starts(said, STR("DATA")) ? DATA : s->stage;
	s->last = 0, s->whole = false, s->words[0] = 0;
	return 0;
}

/* Each line of the server's answers. */
static size_t on_header(char *line, size_t size, size_t n, void *about)
{
	struct slot *s = about;
	size_t length = size * n, used = strlen(s->words);
	if (s->quitting)
		return length;
	/* RFC 5321, 4.2: three digits, then a space, a hyphen or the end. Whoever says anything else is not waited for. */
	if (length < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '9' || line[2] < '0' || line[2] > '9' ||
	    (length > 3 && line[3] != ' ' && line[3] != '-' && line[3] != '\r' && line[3] != '\n')) {
		s->nonsense = true;
		s->last = 0, s->whole = false, s->words[0] = 0;
		return 0;
	}
	s->last = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
	s->whole = length == 3 || line[3] != '-';
	for (size_t i = 0; i < length && used < WORDS_MAX; i++) {
		unsigned char c = (unsigned char)line[i];
		s->words[used++] = c < 0x20 || c >= 0x7F ? ' ' : (char)c;
	}
	s->words[used] = 0;
	return length;
}

static size_t on_body(char *p, size_t size, size_t n, void *about)
{
	(void)p, (void)about;
	return size * n;
}

/* ---- open, close ---- */

struct wire *wire_open(const struct wire_account *a, unsigned connections, struct err *e)
{
	static bool started;
	if (!started && curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		err_set(e, OUTSIDE, NULL, "The mail library could not start.");
		return NULL;
	}
	started = true;
	struct wire *w = mem_zero(1, sizeof *w);
	w->n = connections < 1 ? 1 : connections > CONNECTIONS_MAX ? CONNECTIONS_MAX : connections;
	w->account = *a;
	bool six = memchr(a->host.p, ':', a->host.n) != NULL;
	snprintf(w->url, sizeof w->url, "%s://%s" STR_FMT "%s:%u/handback.invalid", a->tls == WIRE_TLS ? "smtps" : "smtp", six ? "[" : "", STR_ARG(a->host), six ? "]" : "",
	         a->port);
	bool good = true;
	for (unsigned i = 0; good && i < w->n; i++)
		good = (w->slot[i].easy = curl_easy_init()) != NULL;
	if (!good) {
		err_set(e, OUTSIDE, NULL, "The mail library could not start.");
		wire_close(w);
		return NULL;
	}
	return w;
}

void wire_close(struct wire *w)
{
	if (!w)
		return;
	for (unsigned i = 0; i < w->n; i++) {
		curl_easy_cleanup(w->slot[i].easy);
		curl_slist_free_all(w->slot[i].to);
	}
	free(w);
}

/* ---- what became of one ---- */

/* "550 5.1.1" out of "550 5.1.1 No such user" */
static void code_of(struct slot *s, char out[16])
{
	size_t n = 0, dots = 0;
	const char *p = s->words;
	if (!s->last) {
		out[0] = 0;
		return;
	}
	n = (size_t)snprintf(out, 16, "%ld", s->last);
	if (strlen(p) > 4 && p[4] == *out) {             /* an enhanced code begins with the same class (RFC 3463) */
		size_t k = 4;
		while ((p[k] >= '0' && p[k] <= '9') || p[k] == '.')
			dots += p[k++] == '.';
		if (dots == 2 && k - 4 < 15 - n - 1)
			snprintf(out + n, 16 - n, " %.*s", (int)(k - 4), p + 4);
	}
}

static void judge(struct wire *w, struct slot *s, CURLcode code, struct arena *a)
{
	struct wire_result *r = &s->job->result;
	*r = (struct wire_result){ 0 };
	if (s->last >= 400)
		code_of(s, r->code);
	w->used |= s->stage != HELLO;
	const char *words = s->nonsense ? "what it answers is not a mail server's" : *s->words && s->last >= 400 ? s->words : *s->error ? s->error : curl_easy_strerror(code);
	r->words = arena_str(a, str_of(words));
	bool answered = s->whole && s->last != 354;
	if (code == CURLE_OK || (s->all_read && answered && s->last < 400)) {
		r->outcome = WIRE_SENT;                  /* taken, even if the good-bye went wrong */
	} else if (s->all_read && !answered) {
		r->outcome = WIRE_UNKNOWN;
	} else if (answered && s->last >= 400 && s->last < 500) {
		r->outcome = WIRE_LATER;
	} else if (answered && s->last >= 500) {
		/* who we are was refused, not this mail: a sign-in is wanted (530, RFC 4954), or the sender may not send here */
		r->fatal = s->last == 530 || s->stage == HELLO || (s->stage == FROM && s->last != 552);
		r->outcome = r->fatal ? WIRE_NOT_HANDED : WIRE_REFUSED;
	} else {
		/* no connection, no TLS, or the line was lost; before any mail went through, the next will fare no better */
		r->outcome = WIRE_NOT_HANDED;
		r->fatal = s->stage == HELLO && !w->used;
	}
}

/* ---- sending ---- */

/* One attempt at the slot's job. */
static CURLcode job_try(const struct wire *w, struct slot *s, bool again)
{
	const struct wire_job *job = s->job;
	char from[600], to[600], user[USER_MAX + 1], password[1024], ca[1024];
	const struct wire_account *a = &w->account;
	CURL *c = s->easy;
	s->at = 0, s->all_read = s->rewound = s->quitting = s->whole = s->nonsense = false, s->again = again, s->stage = HELLO, s->last = 0, s->words[0] = s->error[0] = 0;
	curl_slist_free_all(s->to);
	s->to = NULL;
	snprintf(from, sizeof from, "<" STR_FMT ">", STR_ARG(job->from));
	snprintf(to, sizeof to, "<" STR_FMT ">", STR_ARG(job->to));
	s->to = curl_slist_append(NULL, to);
	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, w->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_MAXCONNECTS, 1L);
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, s->to);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(c, CURLOPT_READDATA, s);
	curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(c, CURLOPT_SEEKDATA, s);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(c, CURLOPT_DEBUGDATA, s);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, s->error);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, (long)again);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(a->silence_seconds ? a->silence_seconds : SILENCE_SECONDS));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)(a->silence_seconds ? a->silence_seconds : SILENCE_SECONDS));
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(a->tls == WIRE_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (a->ca_file.n) {
		snprintf(ca, sizeof ca, STR_FMT, STR_ARG(a->ca_file));
		curl_easy_setopt(c, CURLOPT_CAINFO, ca);
	}
	if (a->user.n) {
		snprintf(user, sizeof user, STR_FMT, STR_ARG(a->user));
		snprintf(password, sizeof password, STR_FMT, STR_ARG(a->password));
		curl_easy_setopt(c, CURLOPT_USERNAME, user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, password);
		wipe(password, sizeof password);
	}
	return s->to ? curl_easy_perform(c) : CURLE_OUT_OF_MEMORY;
}

/* A kept connection that the server had ended meanwhile says nothing about the mail: it gets another one at once. */
static bool kept_too_long(struct slot *s, CURLcode code)
{
	long connects = 0;
	return code != CURLE_OK && !s->again && s->stage == FROM && !s->last && curl_easy_getinfo(s->easy, CURLINFO_NUM_CONNECTS, &connects) == CURLE_OK && !connects;
}

/* What the threads of one wire_send share: all of it under the lock. */
struct run {
	pthread_mutex_t lock;
	struct wire *w; struct wire_job *job; size_t n, next; bool ending;
	void (*done)(void *, struct wire_job *); bool (*stop)(void *); void *about; struct arena *a;
};

/* The next that can be tried; those that can't are told. */
static struct wire_job *job_next(struct run *r)
{
	while (r->next < r->n) {
		struct wire_job *j = &r->job[r->next++];
		r->ending = r->ending || (r->stop && r->stop(r->about));
		if (!r->ending && mail_address(j->to) && mail_address(j->from))
			return j;
		j->result = (struct wire_result){ r->ending ? WIRE_NOT_BEGUN : WIRE_REFUSED, false, "", arena_str(r->a, r->ending ? STR("not begun") : STR("not an address")) };
		r->done(r->about, j);
	}
	return NULL;
}

static void *slot_run(void *slot)
{
	struct slot *s = slot;
	struct run *r = s->run;
	pthread_mutex_lock(&r->lock);
	while ((s->job = job_next(r))) {
		pthread_mutex_unlock(&r->lock);
		CURLcode code = job_try(r->w, s, false);
		if (kept_too_long(s, code))
			code = job_try(r->w, s, true);
		pthread_mutex_lock(&r->lock);
		judge(r->w, s, code, r->a);
		r->ending |= s->job->result.fatal;
		r->done(r->about, s->job);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

void wire_send(struct wire *w, struct wire_job *job, size_t n, void (*done)(void *, struct wire_job *), bool (*stop)(void *), void *about, struct arena *a)
{
	struct run r = { .lock = PTHREAD_MUTEX_INITIALIZER, .w = w, .job = job, .n = n, .done = done, .stop = stop, .about = about, .a = a };
	unsigned many = n < w->n ? (unsigned)n : w->n, started = 1;
	for (unsigned i = 0; i < w->n; i++)
		w->slot[i].run = &r;
	while (started < many && pthread_create(&w->slot[started].thread, NULL, slot_run, &w->slot[started]) == 0)
		started++;                               /* as many as there can be */
	slot_run(&w->slot[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(w->slot[i].thread, NULL);
}
