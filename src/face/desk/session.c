/* session - who is signed in: the one-time link that `ui` prints, and the cookie it gives. Holds them in memory only. */
#include "desk_int.h"
#include "when.h"

#include <pthread.h>

enum { SESSIONS = 64, IDLE_SECONDS = 1800, ABSOLUTE_SECONDS = 12 * 3600, LINK_SECONDS = 1800, ID_BYTES = 32 };

/* The cookie's bytes are kept hashed: whoever reads this memory has no cookie. */
struct session { uint8_t hash[32]; char csrf[2 * 16 + 1]; int64_t began, seen; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct session sessions[SESSIONS];
static uint8_t link_hash[32];
static int64_t link_until;

static const char cookie_name[] = "handback";

static void hash_of(struct str s, uint8_t out[32])
{
	sha256(s, out);
}

static bool same(const uint8_t a[32], const uint8_t b[32])
{
	uint8_t differs = 0;
	for (size_t i = 0; i < 32; i++)
		differs |= a[i] ^ b[i];
	return !differs;
}

void session_start(struct str key)
{
	hash_of(key, link_hash);
	link_until = key.n ? when_now() + LINK_SECONDS : 0;
}

struct session *session_of(const struct ask *ask)
{
	uint8_t hash[32];
	struct session *found = NULL;
	struct str id = pair_text(ask->cookie, cookie_name);
	int64_t now = when_now();
	if (!id.n)
		return NULL;
	hash_of(id, hash);
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < SESSIONS; i++)
		if (sessions[i].began && same(sessions[i].hash, hash) && now - sessions[i].seen < IDLE_SECONDS && now - sessions[i].began < ABSOLUTE_SECONDS) {
			found = &sessions[i];
			found->seen = now;
		}
	pthread_mutex_unlock(&lock);
	return found;
}

struct str session_csrf(const struct session *s)
{
	return str_of(s->csrf);
}

/* The place of the one that was seen longest ago. */
static struct session *session_place(void)
{
	struct session *oldest = &sessions[0];
	for (size_t i = 1; i < SESSIONS; i++)
		if (sessions[i].seen < oldest->seen)
			oldest = &sessions[i];
	return oldest;
}

bool session_open(struct visit *v, struct str key)
{
	uint8_t hash[32], id[ID_BYTES], csrf[16];
	int64_t now = when_now();
	hash_of(key, hash);
	random_bytes(id, sizeof id);
	random_bytes(csrf, sizeof csrf);
	struct str cookie = hex(v->op->a, id, sizeof id);
	pthread_mutex_lock(&lock);
	bool good = now < link_until && same(hash, link_hash);
	if (good) {
		struct session *s = session_place();
		*s = (struct session){ .began = now, .seen = now };
		hash_of(cookie, s->hash);
		memcpy(s->csrf, hex(v->op->a, csrf, sizeof csrf).p, sizeof s->csrf);
		link_until = 0;
	}
	pthread_mutex_unlock(&lock);
	wipe(id, sizeof id);
	if (good)
		reply_head(v->reply, "Set-Cookie", arena_say(v->op->a, "%s=" STR_FMT "; Path=/; HttpOnly; SameSite=Lax%s", cookie_name, STR_ARG(cookie), v->ask->secure ? "; Secure" : ""));
	return good;
}

void session_end(struct visit *v)
{
	pthread_mutex_lock(&lock);
	if (v->session)
		*v->session = (struct session){ 0 };
	pthread_mutex_unlock(&lock);
	reply_head(v->reply, "Set-Cookie", arena_say(v->op->a, "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", cookie_name));
	v->session = NULL;
}
