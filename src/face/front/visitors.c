/* visitors - the role: takes what the parent hands over, gives up its powers, and answers until the parent closes the line. Reads pages/ only. */
#include "box.h"
#include "role.h"
#include "throttle.h"
#include "visitors_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CSP "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " \
	"object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
#define PERMISSIONS "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

static struct { int pages, answers; struct str business; } front;

/* ---- showing ---- */

void guest_show(struct guest *g, const char *title)
{
	struct html layout = g->o;
	layout.b = &g->reply->body;
	front_layout(&layout, &(struct front_view){ .title = str_of(words_of(g->o.language, title)), .business = g->business, .script = g->script, .body = { buf_str(g->o.b) } });
}

void guest_error(struct guest *g, int status, const char *say)
{
	static const struct { int status; struct said title, what; } errors[] = {
		{ 404, say("There is no such page"), say("The address may be mistyped, or what it showed is gone.") },
		{ 405, say("There is no such page"), say("The address may be mistyped, or what it showed is gone.") },
		{ 413, say("That is too long"), say("Please write less, and send it once more.") },
		{ 429, say("Please wait a little"), say("That was asked very often in a short time. Wait a minute, then try again.") },
		{ 503, say("That is not possible just now"), say("Please try again in a few minutes, or call us.") },
		{ 400, say("That could not be understood"), say("Please go back, and try once more.") },
	};
	size_t i = 0;
	while (i + 1 < LENGTH(errors) && errors[i].status != status)
		i++;
	g->reply->status = status;
	buf_clear(g->o.b);
	buf_clear(&g->reply->body);
	page_fault(&g->o, &(struct fault_view){ errors[i].title.english, say ? say : errors[i].what.english });
	guest_show(g, errors[i].title.english);
}

/* ---- pages ---- */

/* Typed from paper, an address may lack the last stroke, or be the host's alone: then it leads to the page meant, if that is there. */
static bool typed_short(struct guest *g)
{
	struct str path = g->ask->path, full = str_eq(path, STR("/")) ? STR("/trust/") : arena_say(g->ask->a, STR_FMT "/", STR_ARG(path));
	uint64_t size;
	const char *name;
	int fd = front_path(g->ask->a, full, ENGLISH, &name) ? front_file(g->pages, name, &size) : -1;
	if (fd < 0)
		return false;
	close(fd);
	reply_see(g->reply, full);
	return true;
}

/* A file as it lies there; a visitor who reads Spanish gets the Spanish one where there is one. */
bool file_page(struct visit *v)
{
	struct guest *g = &v->guest;
	uint64_t size;
	const char *name;
	int fd = -1;
	for (enum language language = g->o.language; fd < 0; language = ENGLISH) {
		if (front_path(g->ask->a, g->ask->path, language, &name))
			fd = front_file(g->pages, name, &size);
		if (language == ENGLISH)
			break;
	}
	if (fd < 0) {
		if (!typed_short(g))
			guest_error(g, 404, NULL);
		return true;
	}
	g->reply->type = front_type(name);
	g->reply->fd = fd;
	g->reply->size = size;
	reply_head(g->reply, "Cache-Control", STR("public, max-age=60"));
	reply_head(g->reply, "Vary", STR("Accept-Language"));
	return true;
}

/* Browsers ask for it by themselves. */
bool icon_page(struct visit *v)
{
	struct guest *g = &v->guest;
	g->reply->type = "image/svg+xml";
	g->reply->fixed = front_icon();
	reply_head(g->reply, "Cache-Control", STR("public, max-age=86400"));
	return true;
}

static void enter(struct guest *g, const char *wrong, struct str typed)
{
	g->script = true;
	page_enter(&g->o, &(struct enter_view){ wrong, typed });
	guest_show(g, wrong ? "This code is not right" : "Your page");
}

bool enter_page(struct visit *v)
{
	enter(&v->guest, NULL, STR(""));
	return true;
}

/* They said so just now, or it is known by what the courier put beside the page. */
static bool is_read(struct guest *g, const uint8_t secret[FRONT_SECRET], const struct own_told *newest)
{
	struct str list, name = arena_say(g->ask->a, "%" PRId64 ".%" PRId64, newest->incident, newest->round);
	struct err none = { 0 };
	bool read = pair_text(g->ask->form, "read").n > 0;
	if (!read && front_proof_for(g->pages, secret, STR("read"), g->ask->a, &list, &none))
		while (list.n && !read)
			read = str_eq(str_split(&list, ' '), name);
	return read;
}

bool guest_own(struct guest *g, const uint8_t secret[FRONT_SECRET], struct own_page *page, int *status)
{
	struct str bytes;
	struct err e = { 0 };
	bool good = front_page_for(g->pages, secret, g->ask->a, &bytes, &e) && front_own_read(bytes, page);
	if (good)
		g->o.language = page->language;
	else
		*status = e.code == NOT_FOUND ? 404 : 500;
	return good;
}

bool own_page(struct visit *v)
{
	struct guest *g = &v->guest;
	struct str typed = pair_text(g->ask->form, "code");
	uint8_t secret[FRONT_SECRET];
	struct own_page *page = ARENA_NEW(g->ask->a, struct own_page);
	bool coded = front_code_read(typed, secret);
	int status = 400;
	if (coded && guest_own(g, secret, page, &status)) {
		char code[FRONT_CODE];
		front_code(secret, code);
		page_own(&g->o, &(struct own_view){ page, arena_str(g->ask->a, str_of(code)), g->business, is_read(g, secret, &page->told[0]) });
		guest_show(g, arena_str(g->ask->a, page->told[0].title).p);
		wipe(code, sizeof code);
	} else {
		g->reply->status = status;
		enter(g, coded ? say("There is no page for this code any more. Please call us.").english :
		      say("This code has a typing mistake. Compare it with our message, group by group.").english, (struct str){ typed.p, typed.n < 80 ? typed.n : 80 });
	}
	wipe(secret, sizeof secret);
	return true;
}

/* The proof of one notice, or the key that checks it, as a file. It is put there after the page, once the log is signed. */
bool own_proof_page(struct visit *v)
{
	struct guest *g = &v->guest;
	struct str typed = pair_text(g->ask->form, "code"), which = pair_text(g->ask->form, "proof"), bytes;
	uint8_t secret[FRONT_SECRET];
	struct own_page *page = ARENA_NEW(g->ask->a, struct own_page);
	struct err none = { 0 };
	int status = 404;
	if (!front_code_read(typed, secret) || !guest_own(g, secret, page, &status)) {
		guest_error(g, status, NULL);
	} else if (!str_eq(which, STR("read")) && front_proof_for(g->pages, secret, which, g->ask->a, &bytes, &none)) {
		/* the name that was asked for is one that stands there: figures and a point */
		g->reply->type = "application/octet-stream";
		g->reply->fixed = bytes;
		reply_head(g->reply, "Content-Disposition", str_eq(which, STR("key")) ? STR("attachment; filename=\"log-key.txt\"") :
		           arena_say(g->ask->a, "attachment; filename=\"notice-" STR_FMT ".tlog-proof\"", STR_ARG(which)));
	} else {
		page_proof_later(&g->o, &(struct proof_later_view){ typed });
		guest_show(g, "The proof is not here yet");
	}
	wipe(secret, sizeof secret);
	return true;
}

/* ---- the door ---- */

static const struct route routes[] = {
	{ "GET",  "/favicon.ico", 0, 0, icon_page },
	{ "GET",  "/p",       0, 0, enter_page },
	{ "GET",  "/p/:name", 0, 0, enter_page },
	{ "POST", "/p",       0, 0, own_page },
	{ "POST", "/p/answer", 0, 0, answer_do },
	{ "POST", "/p/proof", 0, 0, own_proof_page },
	{ "POST", "/look",    0, 0, lookup_do },
	{ "GET",  "/",        0, 0, file_page },
	{ "GET",  "/*path",   0, 0, file_page },
};

static void headers(struct guest *g)
{
	static const struct { const char *name; struct str value; } all[] = {
		{ "Content-Security-Policy", { CSP, sizeof CSP - 1 } },
		{ "X-Content-Type-Options", { "nosniff", 7 } },
		{ "X-Frame-Options", { "DENY", 4 } },
		{ "Referrer-Policy", { "no-referrer", 11 } },
		{ "Cross-Origin-Opener-Policy", { "same-origin", 11 } },
		{ "Cross-Origin-Resource-Policy", { "same-origin", 11 } },
		{ "Permissions-Policy", { PERMISSIONS, sizeof PERMISSIONS - 1 } },
	};
	bool cached = false;
	for (size_t i = 0; i < g->reply->heads; i++)
		cached |= str_eq(g->reply->head[i].name, STR("Cache-Control"));
	if (!cached) {                           /* what is somebody's own */
		reply_head(g->reply, "Cache-Control", STR("no-store"));
		reply_head(g->reply, "X-Robots-Tag", STR("noindex, nofollow"));
	}
	for (size_t i = 0; i < LENGTH(all); i++)
		reply_head(g->reply, all[i].name, all[i].value);
	if (g->ask->secure)
		reply_head(g->reply, "Strict-Transport-Security", STR("max-age=31536000"));
}

static bool too_often(const struct ask *ask)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return str_eq(ask->method, STR("POST")) && !throttle_lets(ask->peer, t.tv_sec);
}

/* On several threads at once; what they share does not change. */
static void serve(void *of, const struct route *route, struct ask *ask, struct reply *reply)
{
	struct buf body = BUF(FRONT_PAGE_MAX);
	struct visit v = { .guest = { .ask = ask, .reply = reply, .o = { .b = &body, .language = ask_language(ask) }, .pages = front.pages, .answers = front.answers,
	                              .business = front.business } };
	(void)of;
	if (!route)
		guest_error(&v.guest, reply->status, NULL);
	else if (too_often(ask))
		guest_error(&v.guest, 429, NULL);
	else
		route->page(&v);
	headers(&v.guest);
	buf_free(&body);
}

/* ---- starting ---- */

bool front_hand_over(int line, const struct front_start *s, struct err *e)
{
	return serving_tell(line, &s->at, s->business, e);
}

static bool powers_drop(struct arena *a, const struct front_start *s, struct err *e)
{
	const char *pages = arena_printf(a, STR_FMT "/pages", STR_ARG(s->at.folder));
	struct box_path path[3] = { { pages, false } };
	size_t n = 1;
	if (s->at.tls_cert.n)
		path[n++] = (struct box_path){ http_tls_folder(a, s->at.tls_cert), false }, path[n++] = (struct box_path){ http_tls_folder(a, s->at.tls_key), false };
	return box_drop_but(POWER_FRONT, path, n, e);
}

int front_main(int line, int answers)
{
	struct arena *a = arena_open();
	struct front_start s;
	struct err e = { 0 };
	struct cursor beside;
	if (!serving_told(line, a, &s.at, &beside)) {
		fputs("handback: a front is started by the program itself\n", stderr);
		return 2;
	}
	s.business = cursor_bytes(&beside, (size_t)(beside.end - beside.p));
	umask(077);
	front_words();
	struct str host = s.at.url;
	str_split(&host, '/'), str_split(&host, '/');
	front.pages = front_open(s.at.folder, &e), front.answers = answers, front.business = s.business;
	const struct http_settings settings = {
		.listener = s.at.listener, .listeners = s.at.listeners, .host = &host, .hosts = 1, .route = routes, .routes = LENGTH(routes), .proxy = s.at.proxy,
		.tls_cert = s.at.tls_cert.n ? s.at.tls_cert.p : NULL, .tls_key = s.at.tls_key.n ? s.at.tls_key.p : NULL, .serve = serve,
	};
	struct http *http = front.pages >= 0 && powers_drop(a, &s, &e) ? http_start(&settings, &e) : NULL;
	if (!http)
		fprintf(stderr, "handback: %s\n", e.say);
	else if (line_write(line, STR("r")))
		while (read(line, &(char){ 0 }, 1) > 0)
			;
	http_stop(http);
	arena_close(a);
	return http ? 0 : 3;
}
