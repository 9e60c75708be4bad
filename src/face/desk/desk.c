/* desk - the role: takes what the parent hands over, and answers until the parent closes the line. */
#include "desk_data.h"
#include "desk_int.h"
#include "job.h"
#include "role.h"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LAST_ANSWER_MS = 500, REST_MS = 1000 };

bool desk_hand_over(int line, const struct desk_start *s, struct err *e)
{
	struct buf b = BUF(256);
	buf_lstr(&b, s->key);
	buf_u8(&b, s->founding);
	buf_u8(&b, s->restored);
	bool good = serving_tell(line, &s->at, buf_str(&b), e);
	buf_free(&b);
	return good;
}

static bool take_over(int line, struct arena *a, struct desk_start *s)
{
	struct cursor c;
	if (!serving_told(line, a, &s->at, &c))
		return false;
	s->key = cursor_lstr(&c);
	s->founding = cursor_u8(&c);
	s->restored = cursor_u8(&c);
	return cursor_done(&c);
}

/* The database, the locks beside it, letters and mails that lie ready, backups; before there is a business nothing of the folder. Not the keeper's record,
 * but to read. */
static bool powers_drop(struct arena *a, const struct desk_start *s, struct err *e)
{
	static const struct { const char *name; bool write; } own[] = {
		{ "/handback.db", true }, { "/handback.db-wal", true }, { "/handback.db-shm", true }, { "/write.lock", true }, { "/job.lock", true }, { "/import.lock", true },
		{ "/send.lock", true }, { "/courier.lock", true }, { "/outbox", true }, { "/backups", true }, { "/keeper.record", false }, { "/find.folders", false },
	};
	static const struct box_path machine[] = {
		{ "/usr/share/zoneinfo", false }, { "/etc/localtime", false }, { "/etc/fonts", false }, { "/usr/share/fonts", false }, { "/usr/local/share/fonts", false },
		{ "/usr/share/fontconfig", false }, { "/var/cache/fontconfig", false }, { "/dev/null", true }, { "/dev/urandom", false },
	};
	struct box_path path[LENGTH(own) + LENGTH(machine) + 2];
	size_t n = LENGTH(machine);
	const char *folder = arena_printf(a, STR_FMT, STR_ARG(s->at.folder));
	memcpy(path, machine, sizeof machine);
	for (size_t i = 0; i < LENGTH(own) && !s->founding; i++) {
		const char *name = arena_printf(a, "%s%s", folder, own[i].name);
		if (strstr(name, ".lock") || strstr(name, "/find.folders"))      /* there, so that it can be named */
			close(open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
		if (strstr(name, "/outbox") || strstr(name, "/backups"))
			mkdir(name, 0700);
		path[n++] = (struct box_path){ name, own[i].write };
	}
	if (s->at.tls_cert.n)
		path[n++] = (struct box_path){ http_tls_folder(a, s->at.tls_cert), false }, path[n++] = (struct box_path){ http_tls_folder(a, s->at.tls_key), false };
	return box_drop_but(POWER_DESK, path, n, e);
}

static struct http *serving;                             /* so that a last answer can end it */

void desk_finish(void)
{
	http_quiet(serving);
	shutdown(ROLE_LINE, SHUT_RD);                    /* as if the parent had closed the line */
}

int desk_main(int line, int broker)
{
	struct arena *a = arena_open();
	struct desk_start s;
	struct err e = { 0 };
	if (!take_over(line, a, &s)) {
		fputs("handback: a desk is started by the program itself\n", stderr);
		return 2;
	}
	umask(077);
	mallopt(M_ARENA_MAX, 2);                         /* threads that each kept a heap of their own would hold what others could use */
	role_broker(broker);
	struct str host = s.at.url;
	str_split(&host, '/'), str_split(&host, '/');
	words_load(ENGLISH, data_en_mo);
	words_load(SPANISH, data_es_mo);
	asset_start();
	session_start(s.key);
	restore_start(s.restored);
	if (s.founding)
		first_start();
	const struct http_settings settings = {
		.listener = s.at.listener, .listeners = s.at.listeners, .host = &host, .hosts = 1, .route = s.founding ? first_routes : desk_routes,
		.routes = s.founding ? first_routes_n : desk_routes_n,
		.proxy = s.at.proxy, .tls_cert = s.at.tls_cert.n ? s.at.tls_cert.p : NULL, .tls_key = s.at.tls_key.n ? s.at.tls_key.p : NULL, .serve = visit_serve, .files = visit_files, .of = &host,
	};
	struct http *http = visit_start(s.at.folder, s.founding, &e) && powers_drop(a, &s, &e) ? http_start(&settings, &e) : NULL;
	serving = http;
	if (!http)
		fprintf(stderr, "handback: %s\n", e.say);
	else if (line_write(line, STR("r")))
		while (poll(&(struct pollfd){ .fd = line, .events = POLLIN }, 1, REST_MS) <= 0 || read(line, &(char){ 0 }, 1) > 0)
			visit_rest();
	if (http && (s.founding || restore_over())) {    /* the last answer goes out; and a server that is stopped would shut the listener down, which the next desk has too */
		http_drain(http, LAST_ANSWER_MS);
		jobs_end();
		counting_end();
		_exit(0);
	}
	http_stop(http);
	jobs_end();
	counting_end();
	visit_stop();
	arena_close(a);
	return http ? 0 : 3;
}
