/* session - who is signed in. The cookie and what follows from it stand in the database (person.h); here, in memory only, which session of
 * the keeper belongs to which cookie, so that a restart closes contacts though nobody has to sign in anew.
 */
#include "desk_int.h"
#include "seal.h"
#include "when.h"

#include <pthread.h>

enum { OPENED_MAX = 400, FIRST_LINK_SECONDS = 1800, WANTED_MAX = 1000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { uint8_t mark[8], token[SEAL_TOKEN]; int64_t since; } opened[OPENED_MAX];      /* since 0: a free place */
static uint8_t first_hash[32];
static int64_t first_until;
static uint8_t founder[LOGIN_ID];                        /* before the founding: whose cookie this is; all 0: nobody's yet */

void session_start(struct str key)
{
	sha256(key, first_hash);
	first_until = key.n ? when_now() + FIRST_LINK_SECONDS : 0;
}

/* ---- the keeper's sessions ---- */

static void opened_put(const uint8_t mark[8], const uint8_t token[SEAL_TOKEN], int64_t now)
{
	size_t at = 0;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < OPENED_MAX; i++) {
		if (memcmp(opened[i].mark, mark, 8) == 0) {
			at = i;
			break;
		}
		if (opened[i].since < opened[at].since)
			at = i;                          /* the one that was opened longest ago makes room */
	}
	memcpy(opened[at].mark, mark, 8);
	memcpy(opened[at].token, token, SEAL_TOKEN);
	opened[at].since = now;
	pthread_mutex_unlock(&lock);
}

static bool opened_take(const uint8_t mark[8], uint8_t token[SEAL_TOKEN], bool forget)
{
	bool found = false;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < OPENED_MAX && !found; i++)
		if (opened[i].since && memcmp(opened[i].mark, mark, 8) == 0) {
			memcpy(token, opened[i].token, SEAL_TOKEN);
			found = true;
			if (forget)
				wipe(&opened[i], sizeof opened[i]);
		}
	pthread_mutex_unlock(&lock);
	return found;
}

void session_key_choose(struct visit *v)
{
	uint8_t token[SEAL_TOKEN];
	if (!v->session || !opened_take(v->session->login.mark, token, false) || !op_keeper(v->op))
		return;
	struct err e = { 0 };
	if (!seal_session(v->op->seal, token, &e) && e.code == LOCKED)
		opened_take(v->session->login.mark, token, true);
	wipe(token, sizeof token);
}

bool session_key_copy(const struct visit *v, uint8_t token[SEAL_TOKEN])
{
	return v->session && opened_take(v->session->login.mark, token, false);
}

void session_key_leave(struct visit *v)
{
	static const uint8_t none[SEAL_TOKEN];
	bool begun = memcmp(v->op->key_session, none, SEAL_TOKEN) != 0;
	if (v->session && begun)
		opened_put(v->session->login.mark, v->op->key_session, v->op->now);
	else if (begun && v->op->seal)                   /* a script's passphrase counts for its one call */
		seal_end(v->op->seal, v->op->key_session, &(struct err){ 0 });
	wipe(v->op->key_session, SEAL_TOKEN);
	if (v->op->seal)
		seal_session(v->op->seal, NULL, &(struct err){ 0 });
}

/* ---- the cookie ---- */

/* With TLS a browser guards its name (RFC 6265bis section 4.1.3.2); Safari takes no Secure cookie from http://localhost. A browser sends cookies to every port of a
 * host (section 8.5): the demo and a copy to practise on answer beside, on others, so the port is in the name. */
static const char *cookie_name(const struct ask *ask)
{
	struct str rest = ask->host;
	str_split(&rest, ':');
	return ask->secure ? "__Host-handback" : arena_printf(ask->a, "handback" "%s" STR_FMT, rest.n ? "-" : "", STR_ARG(rest));
}

/* The page that was asked for before anybody was signed in, for the time of signing in. Only ever an address here (own_address). */
static const char *wanted_name(const struct ask *ask)
{
	return arena_printf(ask->a, "%s-wanted", cookie_name(ask));
}

void wanted_put(struct visit *v)
{
	struct str address = mask_address(v->ask);
	if ((str_eq(v->ask->method, STR("GET")) || str_eq(v->ask->method, STR("HEAD"))) && address.n > 1 && address.n <= WANTED_MAX && own_address(address))
		reply_head(v->reply, "Set-Cookie", arena_say(v->op->a, "%s=" STR_FMT "; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", wanted_name(v->ask), STR_ARG(address), FIRST_LINK_SECONDS,
		           v->ask->secure ? "; Secure" : ""));
}

struct str wanted_take(struct visit *v)
{
	struct str address = pair_text(v->ask->cookie, wanted_name(v->ask));
	if (!address.n)
		return STR("/");
	reply_head(v->reply, "Set-Cookie", arena_say(v->op->a, "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s", wanted_name(v->ask), v->ask->secure ? "; Secure" : ""));
	return address.n <= WANTED_MAX && own_address(address) ? address : STR("/");
}

static void cookie_set(struct visit *v, const uint8_t id[LOGIN_ID])
{
	reply_head(v->reply, "Set-Cookie", arena_say(v->op->a, "%s=" STR_FMT "; Path=/; HttpOnly; SameSite=Lax%s", cookie_name(v->ask), STR_ARG(hex(v->op->a, id, LOGIN_ID)),
	           v->ask->secure ? "; Secure" : ""));
}

bool session_number(const struct ask *ask, const char *cookie, uint8_t id[LOGIN_ID])
{
	struct str s = pair_text(ask->cookie, cookie);
	if (s.n != 2 * LOGIN_ID)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int c = s.p[i], digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (digit < 0)
			return false;
		id[i / 2] = (uint8_t)(i % 2 ? id[i / 2] << 4 | digit : digit);
	}
	return true;
}

static bool is_founder(const uint8_t id[LOGIN_ID])
{
	static const uint8_t nobody[LOGIN_ID];
	pthread_mutex_lock(&lock);
	bool is = secret_same(founder, id, LOGIN_ID) && !secret_same(founder, nobody, LOGIN_ID);
	pthread_mutex_unlock(&lock);
	return is;
}

bool session_find(struct op *op, const struct ask *ask, struct session *s)
{
	if (!session_number(ask, cookie_name(ask), s->id) || (!op->db && !is_founder(s->id)))
		return false;
	if (!op->db)
		s->login = (struct login){ .person = PERSON_FIRST, .role = ROLE_OWNER };
	else if (!login_look(op, s->id, &s->login)) {
		err_clear(&op->err);
		return false;
	}
	login_csrf(s->id, s->csrf);
	return true;
}

bool session_was(struct visit *v, int64_t *person)
{
	uint8_t id[LOGIN_ID];
	char word[65];
	struct str sent = pair_text(v->ask->form, "csrf");
	if (!v->op->db || !session_number(v->ask, cookie_name(v->ask), id))
		return false;
	login_csrf(id, word);
	bool was = sent.n == 64 && secret_same(sent.p, word, 64) && login_was(v->op, id, person);
	err_clear(&v->op->err);
	return was;
}

bool session_begin(struct visit *v, int64_t person, bool half, const uint8_t token[SEAL_TOKEN])
{
	uint8_t id[LOGIN_ID];
	struct login login;
	struct str agent = ask_header(v->ask, "User-Agent");
	agent.n = agent.n > 200 ? 200 : agent.n;
	if (!login_begin(v->op, person, half, str_utf8(agent) ? arena_str(v->op->a, mask_said(v, agent)) : STR(""), id) || !login_look(v->op, id, &login))
		return false;
	if (token)
		opened_put(login.mark, token, v->op->now);
	cookie_set(v, id);
	wipe(id, sizeof id);
	return true;
}

static bool founder_begin(struct visit *v)
{
	pthread_mutex_lock(&lock);
	random_bytes(founder, sizeof founder);
	cookie_set(v, founder);
	pthread_mutex_unlock(&lock);
	return true;
}

/* A person's own link, or the one that the program printed when it was started: that is the owner's. */
bool session_open(struct visit *v, struct str key)
{
	uint8_t hash[32];
	int64_t person = 1;
	sha256(key, hash);
	pthread_mutex_lock(&lock);
	bool first = secret_same(hash, first_hash, sizeof hash) && v->op->now < first_until;
	if (first)
		first_until = 0;
	pthread_mutex_unlock(&lock);
	if (!v->op->db)
		return first && founder_begin(v);
	return (first || link_use(v->op, key, &person)) && session_begin(v, person, false, NULL);
}

bool session_whole(struct visit *v)
{
	uint8_t fresh[LOGIN_ID], token[SEAL_TOKEN];
	struct login login;
	bool open = opened_take(v->session->login.mark, token, true);
	if (!login_whole(v->op, v->session->id, fresh) || !login_look(v->op, fresh, &login))
		return false;
	if (open)
		opened_put(login.mark, token, v->op->now);
	cookie_set(v, fresh);
	memcpy(v->session->id, fresh, sizeof fresh);
	v->session->login = login;
	login_csrf(fresh, v->session->csrf);
	wipe(token, sizeof token);
	wipe(fresh, sizeof fresh);
	return true;
}

bool session_end(struct visit *v)
{
	uint8_t token[SEAL_TOKEN];
	if (v->op->seal && opened_take(v->session->login.mark, token, true))
		seal_end(v->op->seal, token, &(struct err){ 0 });
	wipe(token, sizeof token);
	if (!login_end(v->op, v->session->id))
		return false;
	reply_head(v->reply, "Set-Cookie", arena_say(v->op->a, "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s", cookie_name(v->ask), v->ask->secure ? "; Secure" : ""));
	reply_head(v->reply, "Clear-Site-Data", STR("\"cache\", \"storage\""));
	v->session = NULL;
	return true;
}
