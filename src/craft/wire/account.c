/* account - which mail server, as who, and how safely: what mail.server and mail.password-file say. Reads the password's file, nothing else. */
#include "wire_imap.h"
#include "wire_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* user@host:port; the port that stands in `out` is the usual one. setting, say: whose it is, and what it looks like. */
static bool account_read(struct str rest, struct wire_account *out, const char *setting, const char *say, struct arena *a, struct err *e)
{
	struct wire_account w = *out;
	const char *at = rest.p && rest.n ? memrchr(rest.p, '@', rest.n) : NULL;
	if (at) {
		struct str user = { rest.p, (size_t)(at - rest.p) };
		if (memchr(user.p, ':', user.n))
			return err_set(e, INVALID, setting, "A password does not stand in %s. Put it into a file of yours and set %.*s.password-file.", setting, (int)strcspn(setting, "."), setting);
		if (!percent_plain(a, user, &w.user) || w.user.n > USER_MAX)
			return err_set(e, INVALID, setting, "%s", say);
		rest = (struct str){ at + 1, rest.n - user.n - 1 };
	}
	if (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	const char *colon = NULL;
	if (rest.n && rest.p[0] == '[') {
		const char *close = memchr(rest.p, ']', rest.n);
		if (!close)
			return err_set(e, INVALID, setting, "%s", say);
		w.host = (struct str){ rest.p + 1, (size_t)(close - rest.p) - 1 };
		colon = close + 1 < rest.p + rest.n ? close + 1 : NULL;
	} else {
		colon = rest.p && rest.n ? memchr(rest.p, ':', rest.n) : NULL;
		w.host = (struct str){ rest.p, colon ? (size_t)(colon - rest.p) : rest.n };
	}
	if (colon) {
		int64_t port;
		if (*colon != ':' || !str_i64((struct str){ colon + 1, rest.n - (size_t)(colon + 1 - rest.p) }, &port) || port < 1 || port > 65535)
			return err_set(e, INVALID, setting, "%s", say);
		w.port = (uint16_t)port;
	}
	for (size_t i = 0; i < w.host.n; i++) {
		char c = w.host.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr(".-:_", c))))
			w.host.n = 0;
	}
	if (!w.host.n || w.host.n > 253)
		return err_set(e, INVALID, setting, "%s", say);
	w.host = arena_str(a, w.host);
	*out = w;
	return true;
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
	if (!account_read(rest, &w, "mail.server", say, a, e))
		return false;
	if (w.tls == WIRE_STARTTLS && is_loopback(w.host))
		w.tls = WIRE_PLAIN;
	*out = w;
	return true;
}

bool wire_box_account(struct str url, struct wire_account *out, struct str *folder, struct arena *a, struct err *e)
{
	static const char say[] = "bounces.imap is imaps://user@host:port/FOLDER, like imaps://office%40example.com@imap.example.com/INBOX.";
	struct wire_account w = { .tls = WIRE_TLS, .port = 993 };
	struct str start = STR("imaps://"), rest = str_starts(url, start) ? (struct str){ url.p + start.n, url.n - start.n } : STR("");
	struct str server = str_split(&rest, '/');
	if (!server.n || !account_read(server, &w, "bounces.imap", say, a, e))
		return e->code ? false : err_set(e, INVALID, "bounces.imap", "%s", say);
	*folder = STR("INBOX");
	if (!w.user.n || (rest.n && (!percent_plain(a, rest, folder) || folder->n > USER_MAX)))
		return err_set(e, INVALID, "bounces.imap", "%s", say);
	*out = w;
	return true;
}

bool wire_password(const char *setting, struct str file, struct str *password, struct arena *a, struct err *e)
{
	const char *path = arena_printf(a, STR_FMT, STR_ARG(file));
	char text[1024];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, INVALID, setting, "The password file %s can't be read: %s.", path, strerror(errno));
	ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 077) ? read(fd, text, sizeof text) : -1;
	close(fd);
	if (n <= 0)
		return err_set(e, REFUSED, setting, "The password file %s must hold the password and be yours alone: chmod 600 %s", path, path);
	*password = arena_str(a, str_trim((struct str){ text, (size_t)n }));
	wipe(text, sizeof text);
	return true;
}
