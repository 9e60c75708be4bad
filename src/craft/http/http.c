/* http - a server on libmicrohttpd. Touches the sockets it is given and nothing else.
 *
 * The library reads request lines and headers; what they mean is decided here, and stricter than HTTP allows: no transfer codings, one
 * Host, one Content-Length. Whoever asks ambiguously is refused and the connection closed, so that no proxy and we can differ on where
 * a request ends (RFC 9112 section 11.2).
 */
#include "fields.h"
#include "guard.h"
#include "tls.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REPLY_MAX = 64 << 20, FILES_AT_ONCE = 2 };

static atomic_int with_files;                    /* requests that are bringing files now: memory of ours */

struct http { const struct http_settings *s; struct guard *guard; struct MHD_Daemon *daemon[4]; size_t n; };

/* One request, from its first line until it is answered. */
struct request {
	struct arena *a;
	struct str uri;
	struct ask ask;
	const struct route *route;
	int refused;                             /* the status of what can't be answered; 0: it can */
	bool begun, close;
	struct buf body;
	bool files;                              /* counted in with_files */
	struct multipart *parts;                 /* instead of body: a form with files */
	struct reply reply;
};

/* ---- reading ---- */

static void deadline(const struct http *h, struct MHD_Connection *c, unsigned seconds)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (info && info->socket_context)
		guard_until(h->guard, info->socket_context, seconds);
}

/* Whoever holds one IPv6 address holds its network (RFC 6177). */
static uint64_t place_of(const struct sockaddr *from)
{
	uint64_t place = 0;
	if (from && from->sa_family == AF_INET)
		return (uint64_t)1 << 63 | ((const struct sockaddr_in *)(const void *)from)->sin_addr.s_addr;
	if (!from || from->sa_family != AF_INET6)
		return 0;
	const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
	if (IN6_IS_ADDR_V4MAPPED(six)) {
		uint32_t four;
		memcpy(&four, six->s6_addr + 12, sizeof four);
		return (uint64_t)1 << 63 | four;
	}
	memcpy(&place, six->s6_addr, sizeof place);
	return place ? place : 1;                        /* ::1 */
}

static void on_connection(void *of, struct MHD_Connection *c, void **about, enum MHD_ConnectionNotificationCode what)
{
	struct http *h = of;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*about = guard_add(h->guard, MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
			h->s->proxy ? 0 : place_of(MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr), HTTP_PLACE_CONNECTIONS_MAX, HTTP_REQUEST_SECONDS);
	else if (*about)
		guard_drop(h->guard, *about);
}

static void *on_uri(void *of, const char *uri, struct MHD_Connection *c)
{
	deadline(of, c, HTTP_REQUEST_SECONDS);
	struct request *r = mem_zero(1, sizeof *r);
	r->a = arena_open();
	r->uri = arena_str(r->a, str_of(uri));
	r->reply.fd = -1;
	return r;
}

/* The library's own decoding is not wanted: fields.h does it. */
static size_t as_it_is(void *of, struct MHD_Connection *c, char *s)
{
	(void)of, (void)c;
	return strlen(s);
}

struct look { const char *name; struct str value; size_t n; };

static enum MHD_Result look_at(void *of, enum MHD_ValueKind kind, const char *key, size_t key_n, const char *value, size_t value_n)
{
	(void)kind;
	struct look *l = of;
	if (str_eq_nocase((struct str){ key, key_n }, str_of(l->name))) {
		l->value = l->n++ ? l->value : (struct str){ value ? value : "", value ? value_n : 0 };
	}
	return MHD_YES;
}

/* The first header of that name, and how many there are. */
static struct look headers(const void *connection, const char *name)
{
	struct look l = { .name = name, .value = STR("") };
	MHD_get_connection_values_n((struct MHD_Connection *)(uintptr_t)connection, MHD_HEADER_KIND, look_at, &l);
	return l;
}

struct str ask_header(const struct ask *ask, const char *name)
{
	return ask->head ? headers(ask->head, name).value : STR("");
}

/* RFC 9110 section 12.5.4, without weights: browsers write the liked first. */
enum language ask_language(const struct ask *ask)
{
	struct str list = ask_header(ask, "Accept-Language");
	while (list.p) {
		struct str one = str_trim(str_split(&list, ','));
		if (one.n >= 2 && str_eq_nocase((struct str){ one.p, 2 }, STR("es")))
			return SPANISH;
		if (one.n >= 2 && str_eq_nocase((struct str){ one.p, 2 }, STR("en")))
			return ENGLISH;
	}
	return ENGLISH;
}

static struct str peer_of(struct arena *a, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *from = info ? info->client_addr : NULL;
	char text[64] = "";
	if (from && from->sa_family == AF_INET) {
		const uint8_t *p = (const uint8_t *)&((const struct sockaddr_in *)(const void *)from)->sin_addr;
		return arena_say(a, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
	}
	if (from && from->sa_family == AF_INET6) {
		const uint8_t *p = (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
		for (size_t i = 0, n = 0; i < 16; i += 2)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%x", i ? ":" : "", p[i] << 8 | p[i + 1]);
	}
	return arena_str(a, str_of(text));
}

/* What a proxy on this machine says of its asker. Of several the last one: that is what our proxy added. */
static void forwarded(struct request *r)
{
	struct str list = ask_header(&r->ask, "X-Forwarded-For"), last = STR("");
	while (list.p)
		last = str_trim(str_split(&list, ','));
	if (last.n && last.n < 64 && str_utf8(last))
		r->ask.peer = arena_str(r->a, last);
	r->ask.secure = str_eq_nocase(ask_header(&r->ask, "X-Forwarded-Proto"), STR("https"));
}

static bool host_known(const struct http_settings *s, struct str host)
{
	for (size_t i = 0; i < s->hosts; i++)
		if (str_eq_nocase(host, s->host[i]))
			return true;
	return false;
}

/* The route, or the status that says why there is none. */
static int route_find(const struct http_settings *s, struct request *r)
{
	struct str method = str_eq(r->ask.method, STR("HEAD")) ? STR("GET") : r->ask.method;
	int status = 404;
	for (size_t i = 0; i < s->routes; i++) {
		if (!fields_path(r->a, s->route[i].path, r->ask.path, &r->ask.param))
			continue;
		status = 405;
		if (str_eq(method, str_of(s->route[i].method))) {
			r->route = &s->route[i];
			return 0;
		}
	}
	return status;
}

/* How long the body is: 0 without one, -1 when that is not clear. */
static int64_t body_length(const struct request *r)
{
	struct look length = headers(r->ask.head, "Content-Length");
	int64_t n = 0;
	if (!length.n)
		return 0;
	return length.n == 1 && length.value.n && length.value.p[0] != '-' && str_i64(length.value, &n) ? n : -1;
}

/* Files are taken from those only who may send them here: what they take of memory is taken before the form is looked at. */
static int files_fit(const struct http_settings *s, struct request *r, struct str type, int64_t length)
{
	struct str boundary;
	if (!fields_parameter(r->a, type, "boundary", &boundary))
		return 400;
	bool may = s->files && s->files(s->of, r->route, &r->ask);
	if (!may)
		return length > HTTP_BODY_MAX ? 413 : (r->parts = multipart_open(r->a, boundary), 0);
	if (length > HTTP_UPLOAD_MAX + HTTP_BODY_MAX)
		return 413;
	if (atomic_fetch_add(&with_files, 1) >= FILES_AT_ONCE) {
		atomic_fetch_sub(&with_files, 1);
		return 429;
	}
	r->files = true;
	r->parts = multipart_open(r->a, boundary);
	return 0;
}

static int body_fits(const struct http_settings *s, struct request *r, int64_t length)
{
	struct str type = ask_header(&r->ask, "Content-Type"), rest = type;
	if (length && str_eq_nocase(str_trim(str_split(&rest, ';')), STR("multipart/form-data")))
		return files_fit(s, r, type, length);
	if (length > HTTP_BODY_MAX)
		return 413;
	r->body.max = (size_t)length;
	return 0;
}

/* Everything that can be said before the body is there. */
static int begin(const struct http_settings *s, struct request *r, struct MHD_Connection *c)
{
	struct str rest = r->uri, path = str_split(&rest, '?');
	struct look host = headers(c, "Host"), cookie = headers(c, "Cookie");
	r->ask.head = c;
	r->ask.peer = peer_of(r->a, c);
	r->ask.secure = s->tls_cert != NULL;
	r->ask.host = arena_str(r->a, host.value);
	if (s->proxy)
		forwarded(r);
	int64_t length = body_length(r);
	bool coded = headers(c, "Transfer-Encoding").n != 0;
	r->close = length != 0 || coded;
	if (coded)
		return 501;
	if (length < 0 || host.n != 1 || cookie.n > 1 || !path.n || path.p[0] != '/' || !fields_percent(r->a, path, false, &r->ask.path) ||
	    !fields_form(r->a, rest, &r->ask.query) || !fields_cookie(r->a, arena_str(r->a, cookie.value), &r->ask.cookie))
		return 400;
	if (!host_known(s, host.value))
		return 421;
	int status = route_find(s, r);
	if (status)
		return status;
	status = body_fits(s, r, length);
	r->close = r->close && status;
	return status;
}

static int finish(struct request *r)
{
	static const int statuses[] = { [MULTIPART_GOING] = 0, [MULTIPART_BROKEN] = 400, [MULTIPART_TOO_MUCH] = 413 };
	if (r->parts)
		return statuses[multipart_end(r->parts, &r->ask.form, &r->ask.upload, &r->ask.uploads)];
	struct str type = ask_header(&r->ask, "Content-Type");
	r->ask.body = buf_str(&r->body);
	if (!r->ask.body.n)
		return 0;
	struct str bare = str_trim(str_split(&type, ';'));
	if (!str_eq_nocase(bare, STR("application/x-www-form-urlencoded")))
		return 0;
	return fields_form(r->a, r->ask.body, &r->ask.form) ? 0 : 400;
}

/* ---- answering ---- */

void reply_head(struct reply *r, const char *name, struct str value)
{
	assert(r->heads < LENGTH(r->head));
	for (size_t i = 0; i < value.n; i++)
		assert((unsigned char)value.p[i] >= ' ' && value.p[i] != 0x7F);
	r->head[r->heads++] = (struct pair){ str_of(name), value };
}

void reply_see(struct reply *r, struct str where)
{
	assert(where.n && where.p[0] == '/' && !str_starts(where, STR("//")));
	r->status = 303;
	reply_head(r, "Location", where);
}

static enum MHD_Result answer(const struct http_settings *s, struct request *r, struct MHD_Connection *c)
{
	struct reply *reply = &r->reply;
	*reply = (struct reply){ .status = r->refused ? r->refused : 200, .type = "text/html; charset=utf-8", .body = BUF(REPLY_MAX), .fd = -1 };
	s->serve(s->of, r->refused ? NULL : r->route, &r->ask, reply);
	struct str body = reply->fixed.p ? reply->fixed : buf_str(&reply->body);
	struct MHD_Response *out = reply->fd >= 0 ? MHD_create_response_from_fd64(reply->size, reply->fd) :
	                           MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_PERSISTENT);
	if (!out)
		return MHD_NO;
	reply->fd = -1;                          /* the library's now */
	if (reply->type)
		MHD_add_response_header(out, "Content-Type", reply->type);
	for (size_t i = 0; i < reply->heads; i++)
		MHD_add_response_header(out, reply->head[i].name.p, arena_printf(r->a, STR_FMT, STR_ARG(reply->head[i].value)));
	if (r->close)
		MHD_add_response_header(out, "Connection", "close");
	enum MHD_Result done = MHD_queue_response(c, (unsigned)reply->status, out);
	MHD_destroy_response(out);
	return done;
}

/* What was brought is let go of as soon as the page is made, not when its reader has it: who sends another file at once is not told to wait for their own. */
static void files_end(struct request *r)
{
	if (r->files)
		atomic_fetch_sub(&with_files, 1);
	r->files = false;
	multipart_close(r->parts);
	r->parts = NULL;
	for (size_t i = 0; i < r->ask.uploads; i++)
		if (r->ask.upload[i].fd >= 0)
			close(r->ask.upload[i].fd), r->ask.upload[i].fd = -1;
}

/* The library calls once when the headers are there, for each piece of the body, and at the end. */
static enum MHD_Result on_request(void *of, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *piece,
                                  size_t *piece_n, void **about)
{
	const struct http *h = of;
	const struct http_settings *s = h->s;
	struct request *r = *about;
	(void)url, (void)version;
	if (!r->begun) {
		r->begun = true;
		r->ask.a = r->a;
		r->ask.method = arena_str(r->a, str_of(method));
		r->refused = begin(s, r, c);
		if (r->files)
			deadline(h, c, HTTP_UPLOAD_SECONDS);
		return r->refused && r->close ? answer(s, r, c) : MHD_YES;
	}
	if (*piece_n) {
		if (!r->refused && r->parts)
			multipart_put(r->parts, (struct str){ piece, *piece_n });
		else if (!r->refused)
			buf_put(&r->body, (struct str){ piece, *piece_n });
		*piece_n = 0;
		return MHD_YES;
	}
	if (!r->refused)
		r->refused = finish(r);
	deadline(h, c, HTTP_UPLOAD_SECONDS);             /* what goes out may be long, and the line slow */
	enum MHD_Result done = answer(s, r, c);
	files_end(r);
	return done;
}

static void on_done(void *of, struct MHD_Connection *c, void **about, enum MHD_RequestTerminationCode how)
{
	(void)how;
	struct request *r = *about;
	deadline(of, c, HTTP_IDLE_SECONDS + HTTP_REQUEST_SECONDS);
	if (!r)
		return;
	files_end(r);
	buf_free(&r->body);
	buf_free(&r->reply.body);
	arena_close(r->a);
	free(r);
	*about = NULL;
}

/* ---- starting ---- */

static PRINTF(2, 0) void quiet(void *of, const char *fmt, va_list ap)
{
	(void)of, (void)fmt, (void)ap;           /* what the library says of askers is for nobody */
}

const char *http_tls_folder(struct arena *a, struct str file)
{
	const char *slash = memrchr(file.p, '/', file.n);
	return !slash ? "." : slash == file.p ? "/" : arena_printf(a, "%.*s", (int)(slash - file.p), file.p);
}

struct http *http_start(const struct http_settings *s, struct err *e)
{
	struct http *h = mem_zero(1, sizeof *h);
	h->s = s;
	h->guard = guard_open(e);
	if (!h->guard) {
		free(h);
		return NULL;
	}
	if (s->tls_cert && !tls_start(s->tls_cert, s->tls_key, e)) {
		http_stop(h);
		return NULL;
	}
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, tls_callback() },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
		{ MHD_OPTION_END, 0, NULL },
	};
	for (size_t i = 0; i < s->listeners && i < LENGTH(h->daemon); i++) {
		h->daemon[i] = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG | (s->tls_cert ? MHD_USE_TLS : 0), 0, NULL, NULL, on_request, h,
			MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL,
			MHD_OPTION_LISTEN_SOCKET, s->listener[i],
			MHD_OPTION_THREAD_POOL_SIZE, (unsigned)HTTP_THREADS,
			MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX,
			MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_SECONDS,
			MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(2 * HTTP_HEAD_MAX),
			MHD_OPTION_STRICT_FOR_CLIENT, 1,
			MHD_OPTION_URI_LOG_CALLBACK, on_uri, h,
			MHD_OPTION_UNESCAPE_CALLBACK, as_it_is, NULL,
			MHD_OPTION_NOTIFY_COMPLETED, on_done, h,
			MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
			MHD_OPTION_ARRAY, s->tls_cert ? tls : tls + LENGTH(tls) - 1,
			MHD_OPTION_END);
		if (!h->daemon[i]) {
			err_set(e, OUTSIDE, NULL, "The web server could not be started: %s.", strerror(errno));
			http_stop(h);
			return NULL;
		}
		h->n++;
	}
	return h;
}

void http_stop(struct http *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->n; i++)
		MHD_stop_daemon(h->daemon[i]);
	guard_close(h->guard);
	tls_stop();
	free(h);
}

void http_quiet(struct http *h)
{
	for (size_t i = 0; i < h->n; i++)
		MHD_quiesce_daemon(h->daemon[i]);
}

void http_drain(struct http *h, unsigned milliseconds)
{
	enum { STEP = 10 };
	unsigned there = 1;
	for (unsigned waited = 0; there && waited < milliseconds; waited += STEP) {
		nanosleep(&(struct timespec){ 0, STEP * 1000000 }, NULL);
		there = 0;
		for (size_t i = 0; i < h->n; i++)
			there += MHD_get_daemon_info(h->daemon[i], MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections;
	}
}

int http_listen(bool v6, uint16_t *port, struct err *e)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(*port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(*port), .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr *at = v6 ? (struct sockaddr *)&six : (struct sockaddr *)&four;
	socklen_t n = v6 ? sizeof six : sizeof four;
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0 &&
	    (!v6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 1 }, sizeof(int)) == 0) &&
	    bind(fd, at, n) == 0 && listen(fd, SOMAXCONN) == 0 && getsockname(fd, at, &n) == 0) {
		*port = ntohs(v6 ? six.sin6_port : four.sin_port);
		return fd;
	}
	err_set(e, errno == EADDRINUSE ? CONFLICT : OUTSIDE, "port", errno == EADDRINUSE ? "Port %u is in use by another program. Choose another one." :
	        "Port %u could not be opened. Choose another one.", *port);
	if (fd >= 0)
		close(fd);
	return -1;
}
