/* passkeys - between the browser's form and the person room's verification. */
#include "act.h"
#include "passkeys.h"

#include <arpa/inet.h>
#include <pthread.h>

enum { ASK_SECONDS = 600, TAKEN_MAX = 64 };

/* The name that the pages are reached by: a passkey belongs to one, and never to an address in numbers (WebAuthn 5.1.3). */
static bool site_of(const struct visit *v, struct passkey_site *s)
{
	struct str host = v->ask->host, port = host;
	struct in_addr number;
	s->site = str_split(&port, ':');
	s->origin = arena_say(v->op->a, "%s://" STR_FMT, v->ask->secure ? "https" : "http", STR_ARG(host));
	return s->site.n && host.p[0] != '[' && inet_pton(AF_INET, arena_printf(v->op->a, STR_FMT, STR_ARG(s->site)), &number) != 1 &&
	       (v->ask->secure || str_eq(s->site, STR("localhost")));
}

bool passkeys_count(struct visit *v)
{
	return site_of(v, &(struct passkey_site){ 0 });
}

static struct str base64url_of(struct arena *a, struct str s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *to = arena_get(a, s.n * 4 / 3 + 4);
	size_t n = 0;
	uint32_t bits = 0;
	for (size_t i = 0; i < s.n; i++) {
		bits = bits << 8 | (uint8_t)s.p[i];
		size_t have = (i % 3 + 1) * 2;           /* bits that were not written yet, after this byte's first letter */
		to[n++] = letters[bits >> have & 63];
		if (i % 3 == 2)
			to[n++] = letters[bits & 63];
	}
	if (s.n % 3)
		to[n++] = letters[bits << (6 - s.n % 3 * 2) & 63];
	return (struct str){ to, n };
}

static bool ids_of(struct visit *v, int64_t person, struct str *ids)
{
	struct passkey *list;
	size_t n;
	struct buf b = BUF(64 << 10);
	bool good = passkey_list(v->op, person, &list, &n);
	for (size_t i = 0; good && i < n; i++) {
		buf_put(&b, i ? STR(" ") : STR(""));
		buf_put(&b, base64url_of(v->op->a, list[i].credential));
	}
	*ids = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return good;
}

static struct str challenge_of(struct visit *v, const uint8_t id[LOGIN_ID], bool making)
{
	char text[TOKEN_TEXT];
	passkey_challenge(id, making, text);
	return arena_str(v->op->a, str_of(text));
}

bool passkeys_ask(struct visit *v, int64_t person, bool making, struct passkey_ask *ask)
{
	*ask = (struct passkey_ask){ .challenge = challenge_of(v, v->session->id, making), .name = v->session->login.name };
	ask->user = base64url_of(v->op->a, arena_say(v->op->a, "person-%lld", (long long)person));
	return passkeys_count(v) && ids_of(v, person, &ask->ids);
}

static bool field(struct visit *v, const char *name, size_t max, struct str *bytes)
{
	return base64url(v->op->a, pair_text(v->ask->form, name), max, bytes) ||
	       err_set(&v->op->err, REFUSED, "passkey", "%s", visit_words(v, "The browser's answer can't be read. Try again."));
}

bool passkeys_right(struct visit *v, const uint8_t id[LOGIN_ID], int64_t *person)
{
	struct passkey_site site;
	struct passkey_answer a;
	if (!site_of(v, &site))
		return err_set(&v->op->err, REFUSED, "passkey", "%s", visit_words(v, "Passkeys do not count under this address."));
	return field(v, "credential", PASSKEY_ID_MAX, &a.credential) && field(v, "client", PASSKEY_JSON_MAX, &a.client_json) && field(v, "data", PASSKEY_BYTES_MAX, &a.data) &&
	       field(v, "signature", PASSKEY_BYTES_MAX, &a.signature) && passkey_right(v->op, id, &site, &a, person);
}

bool passkeys_add(struct visit *v, struct str name)
{
	struct passkey_site site;
	struct str client, made;
	if (!site_of(v, &site))
		return err_set(&v->op->err, REFUSED, "passkey", "%s", visit_words(v, "Passkeys do not count under this address."));
	return field(v, "client", PASSKEY_JSON_MAX, &client) && field(v, "made", PASSKEY_BYTES_MAX, &made) &&
	       passkey_add(v->op, v->session->login.person, v->session->id, &site, client, made, name);
}

/* ---- before signing in: 8 bytes of time, 8 of chance, 16 that only this process can make of them ---- */

static struct { pthread_mutex_t lock; uint8_t key[32], taken[TAKEN_MAX][LOGIN_ID]; size_t next; bool made; } door = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const char *door_cookie(const struct visit *v)
{
	return v->ask->secure ? "__Host-handback-ask" : "handback-ask";
}

static void door_mark(uint8_t id[LOGIN_ID])
{
	uint8_t out[32];
	struct sha256 h;
	pthread_mutex_lock(&door.lock);
	if (!door.made)
		random_bytes(door.key, sizeof door.key);
	door.made = true;
	sha256_start(&h);
	sha256_add(&h, (struct str){ (const char *)door.key, sizeof door.key });
	sha256_add(&h, (struct str){ (const char *)id, 16 });
	sha256_end(&h, out);
	pthread_mutex_unlock(&door.lock);
	memcpy(id + 16, out, 16);
}

bool passkeys_door(struct visit *v, struct passkey_ask *ask)
{
	uint8_t id[LOGIN_ID];
	if (!passkeys_count(v))
		return false;
	memcpy(id, &v->op->now, 8);
	random_bytes(id + 8, 8);
	door_mark(id);
	*ask = (struct passkey_ask){ .challenge = challenge_of(v, id, false) };
	reply_head(v->reply, "Set-Cookie", arena_say(v->op->a, "%s=" STR_FMT "; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", door_cookie(v), STR_ARG(hex(v->op->a, id, LOGIN_ID)),
	           ASK_SECONDS, v->ask->secure ? "; Secure" : ""));
	return true;
}

/* Whether it is ours, young, and nobody signed in with it; from now on somebody has. */
static bool door_take(struct visit *v, const uint8_t id[LOGIN_ID])
{
	uint8_t marked[LOGIN_ID];
	int64_t made;
	memcpy(marked, id, 16);
	memcpy(&made, id, 8);
	door_mark(marked);
	bool good = secret_same(marked, id, LOGIN_ID) && made <= v->op->now && v->op->now < made + ASK_SECONDS;
	pthread_mutex_lock(&door.lock);
	for (size_t i = 0; i < TAKEN_MAX; i++)
		good &= !secret_same(door.taken[i], id, LOGIN_ID);
	if (good) {
		memcpy(door.taken[door.next], id, LOGIN_ID);
		door.next = (door.next + 1) % TAKEN_MAX;
	}
	pthread_mutex_unlock(&door.lock);
	return good;
}

bool passkeys_door_right(struct visit *v, int64_t *person)
{
	uint8_t id[LOGIN_ID];
	int64_t who;
	if (!session_number(v->ask, door_cookie(v), id))
		return err_set(&v->op->err, REFUSED, "passkey", "%s", visit_words(v, "This page is too old. Load it again."));
	if (!passkeys_right(v, id, &who))
		return false;
	if (!door_take(v, id))
		return err_set(&v->op->err, REFUSED, "passkey", "%s", visit_words(v, "This page is too old. Load it again."));
	*person = who;
	return true;
}
