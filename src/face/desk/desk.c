/* desk - the role: takes what the parent hands over, and answers until the parent closes the line. */
#include "box.h"
#include "desk_data.h"
#include "desk_int.h"
#include "role.h"

#include <stdio.h>
#include <unistd.h>

/* Over the line: the length, then the texts; the descriptors come along with the length. */
enum { START_MAX = 16 << 10 };

bool desk_hand_over(int line, const struct desk_start *s, struct err *e)
{
	struct buf b = BUF(START_MAX);
	uint32_t n;
	uint8_t ready;
	buf_lstr(&b, s->folder);
	buf_lstr(&b, s->url);
	buf_lstr(&b, s->key);
	buf_u8(&b, s->proxy);
	n = (uint32_t)b.n;
	bool good = !b.full && box_send(line, (struct str){ (const char *)&n, sizeof n }, s->listener, s->listeners) && line_write(line, buf_str(&b)) &&
	            line_read(line, &ready, 1);
	buf_free(&b);
	return good || err_set(e, OUTSIDE, NULL, "The desk did not start. Run handback check.");
}

static bool take_over(int line, struct arena *a, struct desk_start *s)
{
	uint32_t n;
	int fd[BOX_FDS_MAX];
	size_t fds;
	if (box_receive(line, &n, sizeof n, fd, &fds, NULL) != sizeof n || n > START_MAX || !fds || fds > LENGTH(s->listener))
		return false;
	char *p = arena_get(a, n);
	if (!line_read(line, p, n))
		return false;
	struct cursor c = cursor_of((struct str){ p, n });
	*s = (struct desk_start){ .folder = cursor_lstr(&c), .url = cursor_lstr(&c) };
	s->key = cursor_lstr(&c);
	s->proxy = cursor_u8(&c);
	s->listeners = fds;
	memcpy(s->listener, fd, sizeof *fd * fds);
	return cursor_done(&c);
}

int desk_main(int line)
{
	struct arena *a = arena_open();
	struct desk_start s;
	struct err e = { 0 };
	if (!take_over(line, a, &s)) {
		fputs("handback: a desk is started by the program itself\n", stderr);
		return 2;
	}
	struct str host = s.url;
	str_split(&host, '/'), str_split(&host, '/');
	words_load(SPANISH, data_es_mo);
	asset_start();
	session_start(s.key);
	const struct http_settings settings = {
		.listener = s.listener, .listeners = s.listeners, .host = &host, .hosts = 1, .route = desk_routes, .routes = desk_routes_n,
		.proxy = s.proxy, .serve = visit_serve, .files = visit_files,
	};
	struct http *http = visit_start(s.folder, &e) ? http_start(&settings, &e) : NULL;
	if (!http)
		fprintf(stderr, "handback: %s\n", e.say);
	else if (line_write(line, STR("r")))
		while (read(line, &(char){ 0 }, 1) > 0)
			;
	http_stop(http);
	visit_stop();
	arena_close(a);
	return http ? 0 : 3;
}
