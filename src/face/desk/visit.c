/* visit - one request, from the door to the page: who asks, what all answers have in common, and what is said when something fails. */
#include "act.h"
#include "log.h"
#include "store.h"

#include <pthread.h>
#include <stdlib.h>

#define CSP "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; " \
	"frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
#define PERMISSIONS "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

/* ---- operations: opened at the start, one for each request that is at work ---- */

static struct { pthread_mutex_t lock; pthread_cond_t free_one; struct op op[HTTP_THREADS]; bool busy[HTTP_THREADS]; size_t working; uint64_t served; } pool =
	{ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, { { 0 } }, { false }, 0, 0 };

bool visit_start(struct str folder, bool founding, struct err *e)
{
	for (size_t i = 0; i < LENGTH(pool.op); i++) {
		if (founding) {
			pool.op[i].folder = folder;
		} else if (!op_open(&pool.op[i], folder)) {
			*e = pool.op[i].err;
			return false;
		}
		pool.op[i].afar = true;
	}
	return true;
}

void visit_stop(void)
{
	for (size_t i = 0; i < LENGTH(pool.op); i++)
		if (pool.op[i].a)
			op_close(&pool.op[i]);
}

static struct op *op_take(void)
{
	pthread_mutex_lock(&pool.lock);
	for (;;) {
		for (size_t i = 0; i < LENGTH(pool.op); i++)
			if (!pool.busy[i]) {
				pool.busy[i] = true;
				pool.working++;
				pthread_mutex_unlock(&pool.lock);
				return &pool.op[i];
			}
		pthread_cond_wait(&pool.free_one, &pool.lock);
	}
}

static void op_give(struct op *op)
{
	pthread_mutex_lock(&pool.lock);
	pool.busy[op - pool.op] = false;
	pool.working--;
	pool.served++;
	pthread_cond_signal(&pool.free_one);
	pthread_mutex_unlock(&pool.lock);
}

void visit_rest(void)
{
	static uint64_t seen, rested = UINT64_MAX;       /* it rests after its start, too */
	pthread_mutex_lock(&pool.lock);
	bool quiet = !pool.working && pool.served == seen, rests = quiet && rested != seen;
	seen = pool.served;
	for (size_t i = 0; rests && i < LENGTH(pool.op); i++)
		if (pool.op[i].db)
			db_rest(pool.op[i].db);
	pthread_mutex_unlock(&pool.lock);
	if (rests)
		mem_rest(), rested = seen;
}

/* ---- what all answers have in common ---- */

static void common_headers(struct visit *v)
{
	static const struct { const char *name; struct str value; } headers[] = {
		{ "Content-Security-Policy", { CSP, sizeof CSP - 1 } },
		{ "X-Content-Type-Options", { "nosniff", 7 } },
		{ "X-Frame-Options", { "DENY", 4 } },
		{ "Referrer-Policy", { "same-origin", 11 } },  /* with no-referrer a browser sends Origin: null with our own forms (Fetch standard) */
		{ "Cross-Origin-Opener-Policy", { "same-origin", 11 } },
		{ "Cross-Origin-Resource-Policy", { "same-origin", 11 } },
		{ "Permissions-Policy", { PERMISSIONS, sizeof PERMISSIONS - 1 } },
	};
	bool cached = false;
	for (size_t i = 0; i < v->reply->heads; i++)
		cached |= str_eq(v->reply->head[i].name, STR("Cache-Control"));
	if (!cached)
		reply_head(v->reply, "Cache-Control", STR("no-store"));
	for (size_t i = 0; i < LENGTH(headers); i++)
		reply_head(v->reply, headers[i].name, headers[i].value);
	if (!v->op->db)
		reply_head(v->reply, "Connection", STR("close"));      /* another desk answers after the founding */
	if (v->ask->secure)
		reply_head(v->reply, "Strict-Transport-Security", STR("max-age=31536000"));
}

/* ---- language ---- */

static const char language_cookie[] = "handback-language";

/* As was chosen here; else as the browser says. */
static enum language language_of(const struct ask *ask)
{
	struct str chosen = pair_text(ask->cookie, language_cookie);
	return chosen.n ? str_eq(chosen, STR("es")) ? SPANISH : ENGLISH : ask_language(ask);
}

/* Kept with the person who is signed in, and in this browser for a year; the page from which it was chosen is shown again. */
bool language_do(struct visit *v)
{
	bool spanish = str_eq(visit_text(v, "language"), STR("es"));
	if (v->session && v->op->db) {
		struct act a;
		act_begin(v, &a, "person language");
		act_give(v, &a, "language", spanish ? STR("es") : STR("en"));
		bool good = act_do(v, &a);
		act_end(&a);
		if (!good)
			return false;
	}
	reply_head(v->reply, "Set-Cookie", arena_say(v->op->a, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000%s", language_cookie, spanish ? "es" : "en",
	           v->ask->secure ? "; Secure" : ""));
	return again_do(v);
}

const char *visit_words(const struct visit *v, const char *english)
{
	return words_of(v->o->language, english);
}

struct str visit_said(const struct visit *v, struct str english)
{
	struct buf b = BUF(1 << 20);
	english = mask_said(v, english);                 /* a reason may quote what was typed */
	if (!english.n)
		return english;
	for (bool first = true; english.p; first = false) {
		buf_put(&b, first ? STR("") : STR("\n"));
		buf_put(&b, words_fit(v->op->a, v->o->language, str_split(&english, '\n')));
	}
	struct str said = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return said;
}

struct str visit_text(const struct visit *v, const char *field)
{
	return str_trim(pair_text(v->ask->form, field));
}

/* ---- showing ---- */

static bool follows(struct str path, struct str part)
{
	return str_starts(path, part) && path.n > part.n && path.p[part.n] == '/';
}

/* Nobody is led to a page that they may not see. */
static bool open_to_reader(const struct visit *v, struct str path)
{
	for (size_t i = 0; i < desk_routes_n; i++)
		if (str_eq(str_of(desk_routes[i].path), path) && strcmp(desk_routes[i].method, "GET") == 0)
			return !desk_routes[i].roles || (desk_routes[i].roles & v->o->reader);
	return true;
}

/* The menu for who reads, with this page's part marked: the one whose path the address begins with. */
static const struct menu_item *menu_here(const struct visit *v, size_t *n)
{
	struct menu_item *menu = ARENA_ARRAY(v->op->a, struct menu_item, desk_menu_n);
	struct str rest = v->ask->path;
	str_split(&rest, '/');
	struct str word = str_split(&rest, '/'), first = arena_say(v->op->a, " /" STR_FMT " ", STR_ARG(word));
	*n = 0;
	for (size_t i = 0; i < desk_menu_n; i++) {
		struct str path = desk_menu[i].path.s;
		if (!open_to_reader(v, path))
			continue;
		struct menu_item *item = &menu[(*n)++];
		*item = desk_menu[i];
		item->exactly = str_eq(v->ask->path, path);
		/* one of them stands under the word without its s: /customers, /customer/C-000123 */
		struct str one = { path.p, path.n - (path.n > 1 && path.p[path.n - 1] == 's') };
		item->here = item->exactly || (path.n > 1 && (follows(v->ask->path, path) || follows(v->ask->path, one))) ||
		             (item->also.n && memmem(item->also.p, item->also.n, first.p, first.n));
	}
	return menu;
}

bool visit_show(struct visit *v, struct str title)
{
	struct html layout = *v->o;
	struct layout_view view = {
		.title = title, .back = { v->back }, .body = { buf_str(v->o->b) }, .refresh = v->refresh, .faulty = v->faulty, .signed_in = v->session && v->op->db,
		.css = asset_path("desk.css"), .js = asset_path("desk.js"), .icon = asset_path("icon.svg"),
	};
	if (v->session && !v->session->login.half)
		view.folder = v->op->folder, view.person = v->session->login.name;
	view.masked = v->masked || pair_has(v->ask->query, "masked");
	view.here.s = str_eq(v->ask->method, STR("GET")) ? v->ask->path : STR("/");
	if (v->op->db && view.folder.n) {
		view.business = op_setting(v->op, "business.name");
		view.demo = str_eq(op_setting(v->op, "demo"), STR("yes"));
		view.practice = op_setting(v->op, "drill").n > 0;
		view.menu = menu_here(v, &view.menu_n);
	}
	layout.b = &v->reply->body;
	page_layout(&layout, &view);
	return true;
}

bool visit_see(struct visit *v, struct str path)
{
	bool more = memchr(path.p, '?', path.n);
	reply_see(v->reply, v->masked ? arena_say(v->op->a, STR_FMT "%smasked=yes", STR_ARG(path), more ? "&" : "?") : path);
	return true;
}

bool own_address(struct str to)
{
	bool ours = to.n && to.p[0] == '/' && (to.n == 1 || (to.p[1] != '/' && to.p[1] != '\\'));
	for (size_t i = 0; i < to.n && ours; i++)
		ours = to.p[i] > ' ' && to.p[i] < 0x7F;
	return ours;
}

int fault_status(enum fault code)
{
	static const int statuses[] = {
		[OK] = 200, [REFUSED] = 403, [INVALID] = 400, [NOT_FOUND] = 404, [CONFLICT] = 409, [TOO_BIG] = 413, [LOCKED] = 423, [OUTSIDE] = 503, [TORN] = 500,
	};
	return statuses[code];
}

void visit_error(struct visit *v, int status, struct str what)
{
	static const struct { int status; struct said title, what; } errors[] = {
		{ 400, say("That could not be understood"), say("Something in the address or the form was not as it should be. Go back and try once more.") },
		{ 403, say("That is not allowed"), say("You are signed in, but this is for somebody else to do.") },
		{ 404, say("There is no such page"), say("The address may be mistyped, or what it showed is gone.") },
		{ 405, say("That does not work here"), say("This address exists, but not for what was asked of it.") },
		{ 409, say("That does not fit"), say("Something changed meanwhile. Go back, look again, and decide.") },
		{ 413, say("That is too much at once"), say("The form or file is larger than this page takes. Larger files go in by the command line: handback import FILE, and a large backup: handback restore FILE") },
		{ 421, say("This address is not Handback's"), say("Handback answers only under the address that it was started with. Use the link that it printed.") },
		{ 423, say("That is locked"), say("It needs your passphrase. Go back and type it where it is asked for.") },
		{ 429, say("Please wait a little"), say("That was asked very often in a short time. Wait a minute, then try again.") },
		{ 500, say("Something went wrong"), say("Nothing half-done was kept. Try again; if it comes back, run handback check.") },
		{ 501, say("That does not work here"), say("The request came in a form that this server does not take.") },
		{ 503, say("That is not possible just now"), say("The machine could not do it. Try again in a moment.") },
	};
	size_t i = 0;
	while (i + 1 < LENGTH(errors) && errors[i].status != status)
		i++;
	if (v->api) {
		api_error(v, status, what.n ? mask_said(v, what) : str_of(errors[i].what.english));
		return;
	}
	v->reply->status = status;
	buf_clear(v->o->b);
	buf_clear(&v->reply->body);
	struct str title = str_of(visit_words(v, errors[i].title.english));
	page_error(v->o, &(struct error_view){ status, title, what.n ? visit_said(v, what) : str_of(visit_words(v, errors[i].what.english)) });
	visit_show(v, title);
}

/* ---- the door ---- */

/* A browser tells where a request comes from; one that another site caused is refused. What tells nothing needs the form's token alone. */
static bool own_origin(const struct visit *v)
{
	struct str origin = ask_header(v->ask, "Origin"), site = ask_header(v->ask, "Sec-Fetch-Site");
	struct str ours = arena_say(v->op->a, "%s://" STR_FMT, v->ask->secure ? "https" : "http", STR_ARG(v->ask->host));
	return (!origin.n || str_eq_nocase(origin, ours)) && (!site.n || str_eq(site, STR("same-origin")));
}

static bool same_token(struct str a, struct str b)
{
	return a.n && a.n == b.n && secret_same(a.p, b.p, a.n);
}

static bool forged(const struct visit *v, const struct route *route)
{
	if (str_eq(str_of(route->method), STR("GET")))
		return false;
	if (v->token)                                    /* no browser adds one by itself */
		return false;
	/* before anybody is signed in there is no token yet: then a browser must say that the request is our own page's */
	if (!v->session)
		return !own_origin(v) || !ask_header(v->ask, "Origin").n;
	return !own_origin(v) || !same_token(v->api ? ask_header(v->ask, "X-CSRF-Token") : pair_text(v->ask->form, "csrf"), str_of(v->session->csrf));
}

/* What stands behind "Bearer "; empty: no token was sent, or it is named otherwise. */
static struct str token_sent(const struct ask *ask)
{
	struct str s = ask_header(ask, "Authorization");
	return str_starts(s, STR("Bearer ")) ? str_trim((struct str){ s.p + 7, s.n - 7 }) : STR("");
}

/* Who asks: in the API by a token, where one is brought, and then by nothing else; else by the browser's session. */
static void asker_find(struct visit *v, struct session *session)
{
	struct str token = ask_header(v->ask, "Authorization");
	v->op->person = 0;                               /* nobody */
	if (v->api && token.n) {
		v->token = token_look(v->op, token_sent(v->ask), &v->op->person);
		v->op->person = v->token ? v->op->person : 0;
		err_clear(&v->op->err);
		return;
	}
	v->session = session_find(v->op, v->ask, session) ? session : NULL;
	if (v->session) {
		uint8_t page[8];
		random_bytes(page, sizeof page);
		v->o->csrf = str_of(session->csrf);
		v->o->page = hex(v->op->a, page, sizeof page);
		v->o->reader = session->login.role;
		if (session->login.language.n)
			v->o->language = str_eq(session->login.language, STR("es")) ? SPANISH : ENGLISH;
		v->op->person = session->login.person;
		session_key_choose(v);
	}
}

/* What stands for a number in an address is one: else there is no such page, whatever is asked of it. */
static bool numbers_are(const struct visit *v)
{
	static const char *const number[] = { "n", "r", "e", "look", "job" };
	int64_t is;
	for (size_t i = 0; i < v->ask->param.n; i++)
		for (size_t k = 0; k < LENGTH(number); k++)
			if (str_eq(v->ask->param.at[i].name, str_of(number[k])) && (!str_i64(v->ask->param.at[i].value, &is) || is < 1))
				return false;
	return true;
}

static void visit_run(struct visit *v, const struct route *route)
{
	if (restore_over()) {
		restore_see(v);
		return;
	}
	if (!route) {
		visit_error(v, v->reply->status, STR(""));
		return;
	}
	if (v->masked && str_eq(v->ask->method, STR("GET"))) {
		visit_see(v, mask_address(v->ask));      /* it leaves the address, too */
		return;
	}
	if (v->api && !v->token && (!v->session || v->session->login.half) && !(route->flags & ROUTE_OPEN)) {
		visit_error(v, 401, STR("Nobody is known by this. Bring a token: Authorization: Bearer TOKEN. handback token add makes one."));
		return;
	}
	if (!v->session && !v->token && !(route->flags & ROUTE_OPEN)) {
		kept_put(v);
		wanted_put(v);
		visit_see(v, STR("/sign-in"));
		return;
	}
	if (v->session && v->session->login.half && !(route->flags & (ROUTE_OPEN | ROUTE_HALF))) {
		visit_see(v, STR("/sign-in/code"));
		return;
	}
	if (v->session && v->session->login.lacks && !(route->flags & (ROUTE_OPEN | ROUTE_HALF | ROUTE_FACTOR))) {
		if (v->api)
			visit_error(v, 403, STR("A second factor is asked of your role. Set one up on your own page first."));
		else
			visit_see(v, STR("/you/second"));
		return;
	}
	if (v->session && route->roles && !(route->roles & v->session->login.role)) {
		log_watched(v->op, "role.refused", v->session->login.role);
		visit_error(v, 403, STR(""));
		return;
	}
	enum role role;
	if (v->token && route->roles && (!op_role(v->op, &role) || !(route->roles & role))) {
		visit_error(v, 403, STR("Your role does not allow this. Ask an owner."));
		return;
	}
	if (!numbers_are(v)) {
		visit_error(v, 404, STR(""));
		return;
	}
	if (forged(v, route)) {
		visit_error(v, 403, str_of(visit_words(v, "This form is too old, or another site sent it. Go back, load the page again and send it once more.")));
		return;
	}
	if (again_asks(v, route))
		return;
	/* what is open to all only shows, signs in or out, or chooses a language: that may come as often as it likes */
	if (v->session && str_eq(v->ask->method, STR("POST")) && !(route->flags & ROUTE_OPEN) && !twice_begin(v))
		return;
	if (v->session && str_eq(v->ask->method, STR("POST")))
		kept_sent(v);
	bool good = route->page(v);
	if (!good && (v->op->err.code == TORN || v->op->err.code == OUTSIDE))
		log_watched(v->op, "fault.met", fault_status(v->op->err.code));
	if (!good)
		visit_error(v, fault_status(v->op->err.code), str_of(v->op->err.say));
	twice_end(v);
}

/* Asked by this machine's number on loopback, where it is called localhost (passkeys need a name): the first page by its name. */
static bool by_number(struct str name, const struct ask *ask, struct reply *reply)
{
	struct str port = name, host = ask->host;
	if (reply->status != 421 || !str_eq(str_split(&port, ':'), STR("localhost")) || !(str_eq(ask->method, STR("GET")) || str_eq(ask->method, STR("HEAD"))))
		return false;
	if (!str_eq(host, arena_say(ask->a, "127.0.0.1:" STR_FMT, STR_ARG(port))) && !str_eq(host, arena_say(ask->a, "[::1]:" STR_FMT, STR_ARG(port))))
		return false;
	reply->status = 308;
	reply_head(reply, "Location", arena_say(ask->a, "http://" STR_FMT "/", STR_ARG(name)));
	return true;
}

void visit_serve(void *host, const struct route *route, struct ask *ask, struct reply *reply)
{
	struct op *op = op_take();
	struct arena *own = op->a;
	struct buf body = BUF(16 << 20);
	struct html o = { .b = &body, .language = language_of(ask) };
	op->a = ask->a;
	op->now = when_now();
	err_clear(&op->err);
	struct session session;
	struct visit v = { .ask = ask, .reply = reply, .op = op, .o = &o, .api = route ? route->flags & ROUTE_API : str_starts(ask->path, STR("/api/")) };
	v.masked = !v.api && mask_asked(ask);            /* in the API the verb's note says so */
	if (!by_number(*(const struct str *)host, ask, reply)) {
		asker_find(&v, &session);
		visit_run(&v, route);
		session_key_leave(&v);
	}
	if (body.full || reply->body.full) {
		body.max = 1 << 20;
		visit_error(&v, 500, STR(""));
	}
	common_headers(&v);
	buf_free(&body);
	op->a = own;
	op_give(op);
}

bool visit_files(void *desk, const struct route *route, const struct ask *ask)
{
	(void)desk;
	struct session session;
	if (!(route->flags & ROUTE_FILES))
		return false;
	struct op *op = op_take();
	struct arena *own = op->a;
	op->a = ask->a;
	op->now = when_now();
	err_clear(&op->err);
	struct str token = route->flags & ROUTE_API ? token_sent(ask) : STR("");
	enum role role;
	bool may = token.n ? token_look(op, token, &op->person) && op_role(op, &role) && role & route->roles : session_find(op, ask, &session) && !session.login.half;
	op->a = own;
	op_give(op);
	return may;
}
