/* fetch - one page by HTTPS, through libcurl. The guard is here: see wire_fetch.h. */
#include "wire_fetch.h"
#include "when.h"
#include "wire_int.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { URL_MAX = 2000, HEADER_MAX = 2000, HEADERS_MAX = 200, FORM_MAX = 64 << 10, SECONDS_MAX = 120 };

struct fetch {
	CURL *easy; struct arena *a; struct wire_got *got;
	struct buf body;
	struct sockaddr_in to; bool turned;              /* turned: all connections go to `to` */
	unsigned headers;
	bool forbidden, headers_full;
	char error[CURL_ERROR_SIZE];
};

/* ---- addresses ---- */

/* IANA's IPv4 special-purpose registry (RFC 6890), multicast and what is reserved. */
static bool four_public(uint32_t a)
{
	static const struct { uint32_t net; unsigned bits; } special[] = {
		{ 0x00000000, 8 }, { 0x0A000000, 8 }, { 0x64400000, 10 }, { 0x7F000000, 8 }, { 0xA9FE0000, 16 }, { 0xAC100000, 12 }, { 0xC0000000, 24 }, { 0xC0000200, 24 },
		{ 0xC0586300, 24 }, { 0xC0A80000, 16 }, { 0xC6120000, 15 }, { 0xC6336400, 24 }, { 0xCB007100, 24 }, { 0xE0000000, 3 },
	};
	for (size_t i = 0; i < LENGTH(special); i++)
		if ((a ^ special[i].net) >> (32 - special[i].bits) == 0)
			return false;
	return true;
}

static uint32_t four_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Only 2000::/3 is handed out; of it not 2001::/23 (Teredo and other protocols), documentation and 6to4. NAT64 (RFC 6052) counts as what it leads to. */
static bool six_public(const uint8_t a[16])
{
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xFF, 0x9B };
	if (memcmp(a, nat64, sizeof nat64) == 0)
		return four_public(four_at(a + 12));
	if (a[0] >> 5 != 1)
		return false;
	bool protocols = a[0] == 0x20 && a[1] == 0x01 && a[2] < 2, documents = a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0D && a[3] == 0xB8;
	return !protocols && !documents && !(a[0] == 0x20 && a[1] == 0x02) && !(a[0] == 0x3F && a[1] == 0xFF);
}

bool wire_public(const void *address, size_t size)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	sa_family_t family;
	if (size < sizeof family)
		return false;
	memcpy(&family, (const char *)address + offsetof(struct sockaddr, sa_family), sizeof family);
	if (family == AF_INET && size >= sizeof four) {
		memcpy(&four, address, sizeof four);
		return four_public(ntohl(four.sin_addr.s_addr));
	}
	if (family != AF_INET6 || size < sizeof six)
		return false;
	memcpy(&six, address, sizeof six);
	return six_public(six.sin6_addr.s6_addr);
}

bool four_and_port(struct str s, struct sockaddr_in *out)
{
	char text[16];
	int64_t port = 0;
	struct str address = str_split(&s, ':');
	if (address.n >= sizeof text || (s.p && (!str_i64(s, &port) || port < 1 || port > 65535)))
		return false;
	memcpy(text, address.p, address.n);
	text[address.n] = 0;
	*out = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	return inet_pton(AF_INET, text, &out->sin_addr) == 1;
}

bool wire_way_fits(const struct wire_way *w, struct err *e)
{
	struct sockaddr_in at;
	if (w->to.n && (!four_and_port(w->to, &at) || !at.sin_port || ntohl(at.sin_addr.s_addr) >> 24 != 127))
		return err_set(e, INVALID, "outward.to", "outward.to is an address of this machine with a port, like 127.0.0.1:8443, for tests.");
	if (w->resolver.n && !four_and_port(w->resolver, &at))
		return err_set(e, INVALID, "outward.resolver", "outward.resolver is a name server's address, like 9.9.9.9 or 127.0.0.1:5353.");
	return true;
}

/* ---- curl's callbacks ---- */

/* The address that is really used, after the name was looked up. */
static curl_socket_t on_open(void *about, curlsocktype purpose, struct curl_sockaddr *at)
{
	struct fetch *f = about;
	(void)purpose;
	if (f->turned) {
		struct sockaddr_in four;
		memcpy(&four, &at->addr, sizeof four);
		if (at->family != AF_INET || four.sin_addr.s_addr != f->to.sin_addr.s_addr || four.sin_port != f->to.sin_port)
			f->forbidden = true;
	} else if (!wire_public(&at->addr, at->addrlen)) {
		f->forbidden = true;
	}
	return f->forbidden ? CURL_SOCKET_BAD : socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

/* The connection stands, the request isn't out: what was agreed. */
static int on_connected(void *about, char *theirs, char *ours, int port, int our_port)
{
	struct fetch *f = about;
	const struct curl_tlssessioninfo *tls = NULL;
	(void)theirs, (void)ours, (void)port, (void)our_port;
	if (curl_easy_getinfo(f->easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || !tls || tls->backend != CURLSSLBACKEND_GNUTLS || !tls->internals)
		return CURL_PREREQFUNC_OK;
	gnutls_protocol_t v = gnutls_protocol_get_version(tls->internals);
	snprintf(f->got->tls.version, sizeof f->got->tls.version, "%s", v == GNUTLS_TLS1_3 ? "TLS 1.3" : v == GNUTLS_TLS1_2 ? "TLS 1.2" : "");
	return CURL_PREREQFUNC_OK;
}

static bool header_is(struct str line, const char *name, struct str *value)
{
	size_t n = strlen(name);
	if (line.n <= n || line.p[n] != ':' || strncasecmp(line.p, name, n) != 0)
		return false;
	*value = str_trim((struct str){ line.p + n + 1, line.n - n - 1 });
	value->n = value->n > HEADER_MAX ? HEADER_MAX : value->n;
	return true;
}

static size_t on_header(char *line, size_t size, size_t n, void *about)
{
	struct fetch *f = about;
	struct wire_got *g = f->got;
	struct str said = { line, size * n }, value;
	if (++f->headers > HEADERS_MAX * (FETCH_REDIRECTS + 1)) {
		f->headers_full = true;
		return 0;
	}
	if (str_starts(said, STR("HTTP/")))
		g->type = g->location = g->etag = g->hsts = STR("");             /* the next answer begins */
	else if (header_is(said, "content-type", &value)) {
		struct str type = str_trim(str_split(&value, ';'));
		char *low = arena_printf(f->a, STR_FMT, STR_ARG(type));
		for (char *p = low; *p; p++)
			*p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
		g->type = str_of(low);
	} else if (header_is(said, "location", &value))
		g->location = arena_str(f->a, value);
	else if (header_is(said, "etag", &value))
		g->etag = arena_str(f->a, value);
	else if (!g->hsts.n && header_is(said, "strict-transport-security", &value))
		g->hsts = arena_str(f->a, value);                                /* RFC 6797, 8.1: the first one counts */
	return size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *about)
{
	struct fetch *f = about;
	buf_put(&f->body, (struct str){ p, size * n });
	return f->body.full ? 0 : size * n;
}

/* ---- asking ---- */

static CURLcode started;

static void start(void)
{
	started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool start_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
	return started == CURLE_OK;
}

static bool url_fits(const struct wire_ask *ask, struct str *host)
{
	struct str rest, scheme = ask->plain ? STR("http://") : STR("https://");
	if (ask->url.n > URL_MAX || !str_starts(ask->url, scheme))
		return false;
	for (size_t i = 0; i < ask->url.n; i++)
		if ((unsigned char)ask->url.p[i] <= 0x20 || (unsigned char)ask->url.p[i] >= 0x7F)
			return false;
	rest = (struct str){ ask->url.p + scheme.n, ask->url.n - scheme.n };
	size_t n = 0;
	while (n < rest.n && !strchr("/?#", rest.p[n]))
		n++;
	*host = (struct str){ rest.p, n };
	return n && !memchr(rest.p, '@', n) && !memchr(rest.p, '\\', n);
}

/* "Expire Date:2027-01-31 10:00:00 GMT" of the server's own certificate, the first that it sent. */
static void certificates(struct fetch *f)
{
	struct curl_certinfo *info = NULL;
	struct civil c = { 0 };
	if (curl_easy_getinfo(f->easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info || info->num_of_certs < 1)
		return;
	f->got->tls.chain = (unsigned)info->num_of_certs;
	for (const struct curl_slist *l = info->certinfo[0]; l; l = l->next)
		if (sscanf(l->data, "Expire Date:%d-%d-%d %d:%d:%d", &c.year, &c.month, &c.day, &c.hour, &c.minute, &c.second) == 6 && civil_valid(&c))
			f->got->tls.until = civil_seconds(&c);
}

static void judge(struct fetch *f, CURLcode code, struct str host)
{
	struct wire_got *g = f->got;
	long redirects = 0;
	const char *at = NULL, *why = "";
	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &g->status);
	curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_COUNT, &redirects);
	curl_easy_getinfo(f->easy, CURLINFO_EFFECTIVE_URL, &at);
	g->redirects = (unsigned)redirects;
	g->url = arena_str(f->a, str_of(at));
	certificates(f);
	if (f->forbidden)
		g->how = FETCH_FORBIDDEN, why = "leads to an address that is not on the public internet";
	else if (code == CURLE_OK)
		g->how = FETCH_ANSWERED;
	else if (f->body.full || f->headers_full)
		g->how = FETCH_TOO_BIG, why = "answers with more than is read";
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		g->how = FETCH_UNTRUSTED, why = "has a certificate that is not valid for it";
	else if (code == CURLE_TOO_MANY_REDIRECTS || code == CURLE_UNSUPPORTED_PROTOCOL)
		g->how = FETCH_FORBIDDEN, why = code == CURLE_TOO_MANY_REDIRECTS ? "leads on too often" : "leads away from https";
	else
		g->how = FETCH_NOT_REACHED,
		why = code == CURLE_COULDNT_RESOLVE_HOST ? "was not found: its name has no address" : code == CURLE_OPERATION_TIMEDOUT ? "did not answer in time" :
		      code == CURLE_SSL_CONNECT_ERROR ? "and this machine did not agree on TLS 1.2 or newer" : code == CURLE_SSL_CACERT_BADFILE ? "was not asked: the file of trusted certificates can't be read" :
		      "did not take the connection, or broke it off";
	if (g->how != FETCH_ANSWERED)
		snprintf(g->why, sizeof g->why, "%.100s %s", arena_printf(f->a, STR_FMT, STR_ARG(host)), why);
}

void wire_fetch(const struct wire_way *w, const struct wire_ask *ask, struct wire_got *got, struct arena *a)
{
	struct fetch f = { .a = a, .got = got, .body = BUF(ask->most ? ask->most : FETCH_MOST) };
	struct curl_slist *turn = NULL, *headers = NULL;
	struct str host = STR("");
	*got = (struct wire_got){ .how = FETCH_FORBIDDEN };
	if (!url_fits(ask, &host) || ask->form.n > FORM_MAX || (w->to.n && !four_and_port(w->to, &f.to))) {
		snprintf(got->why, sizeof got->why, "This is no address that can be asked for.");
		return;
	}
	if (!start_once() || !(f.easy = curl_easy_init())) {
		*got = (struct wire_got){ .how = FETCH_NOT_REACHED, .why = "The library for it could not start." };
		return;
	}
	CURL *c = f.easy;
	f.turned = w->to.n > 0;
	curl_easy_setopt(c, CURLOPT_URL, arena_printf(a, STR_FMT, STR_ARG(ask->url)));
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, ask->plain ? "http" : "https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, (long)!(ask->plain || ask->stay || ask->post));
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, &f);
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, &f);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &f);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &f);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f.error);
	curl_easy_setopt(c, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)(ask->seconds && ask->seconds < SECONDS_MAX ? ask->seconds : FETCH_SECONDS));
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Handback/" HANDBACK_VERSION " (self-hosted; looks at the public front of services that a business uses)");
	if (w->ca_file.n)
		curl_easy_setopt(c, CURLOPT_CAINFO, arena_printf(a, STR_FMT, STR_ARG(w->ca_file)));
	if (f.turned) {
		turn = curl_slist_append(NULL, arena_printf(a, "::" STR_FMT, STR_ARG(w->to)));
		curl_easy_setopt(c, CURLOPT_CONNECT_TO, turn);
	}
	if (ask->etag.n) {
		headers = curl_slist_append(headers, arena_printf(a, "If-None-Match: " STR_FMT, STR_ARG(ask->etag)));
		curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	}
	if (ask->user.n) {
		curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(c, CURLOPT_USERNAME, arena_printf(a, STR_FMT, STR_ARG(ask->user)));
		curl_easy_setopt(c, CURLOPT_PASSWORD, arena_printf(a, STR_FMT, STR_ARG(ask->password)));
	}
	if (ask->post) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)ask->form.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, ask->form.n ? ask->form.p : "");
	}
	judge(&f, curl_easy_perform(c), host);
	got->body = arena_str(a, buf_str(&f.body));
	buf_free(&f.body);
	curl_easy_cleanup(c);
	curl_slist_free_all(turn);
	curl_slist_free_all(headers);
}

void fetch_form(struct buf *out, struct str name, struct str value)
{
	const struct str part[] = { name, value };
	if (out->n)
		buf_byte(out, '&');
	for (size_t k = 0; k < LENGTH(part); k++) {
		if (k)
			buf_byte(out, '=');
		for (size_t i = 0; i < part[k].n; i++) {
			unsigned char c = (unsigned char)part[k].p[i];
			if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("*-._", c)))
				buf_byte(out, (char)c);
			else if (c == ' ')
				buf_byte(out, '+');
			else
				buf_printf(out, "%%%02X", c);
		}
	}
}
