/* session - browsers that somebody signed in with, one-time links, tokens for programs. */
#include "log.h"
#include "person_int.h"
#include "person_sql.h"
#include "store.h"

enum { AGENT_MAX = 120, MINUTE = 60, LINK = 1, TOKEN = 2, A_YEAR = 366 * 86400 };

bool step_begin(struct op *op, bool *own)
{
	*own = !db_writing(op->db);
	return !*own || op_begin(op);
}

bool step_end(struct op *op, bool own, bool keep)
{
	return own ? op_end(op, keep) : keep;
}

struct str hash_of(struct op *op, struct str secret)
{
	uint8_t *out = arena_get(op->a, 32);
	sha256(secret, out);
	return (struct str){ (const char *)out, 32 };
}

static struct str id_hash(struct op *op, const uint8_t id[LOGIN_ID])
{
	return hash_of(op, (struct str){ (const char *)id, LOGIN_ID });
}

static bool no_session(struct op *op)
{
	return err_set(&op->err, LOCKED, NULL, "You are not signed in, or were away for too long. Sign in.");
}

/* ---- sessions ---- */

/* The oldest of a person's make room for one. */
static bool make_room(struct op *op, int64_t person)
{
	struct sql_sessions q;
	struct str over[LOGINS_EACH + 1];
	size_t seen = 0, n = 0;
	if (!sql_session_drop_old(op, op->now - LOGIN_LONGEST, op->now - LOGIN_LONGEST) || !sql_sessions(op, person, &q))
		return false;
	while (n < LENGTH(over) && sql_sessions_next(op, &q))
		if (++seen >= LOGINS_EACH)
			over[n++] = q.hash;
	sql_sessions_stop(&q);
	for (size_t i = 0; i < n; i++)
		if (!sql_session_drop(op, over[i]))
			return false;
	return op->err.code == OK;
}

bool login_begin(struct op *op, int64_t person, bool half, struct str agent, uint8_t id[LOGIN_ID])
{
	bool own;
	struct buf words = BUF(AGENT_MAX * 4);
	buf_shown(&words, (struct str){ agent.p, agent.n < AGENT_MAX ? agent.n : AGENT_MAX });
	struct str shown = arena_str(op->a, buf_str(&words));
	buf_free(&words);
	random_bytes(id, LOGIN_ID);
	return step_begin(op, &own) && step_end(op, own, make_room(op, person) &&
	       sql_session_put(op, id_hash(op, id), person, half ? 1 : 2, op->now, half ? 0 : op->now + LOGIN_AGAIN, shown) &&
	       (half || log_add(op, "session.began", ABOUT({ "who", person }))));
}

static bool holds(struct op *op, bool half, int64_t began, int64_t seen)
{
	return half ? op->now < began + LOGIN_HALF : op->now < seen + LOGIN_IDLE && op->now < began + LOGIN_LONGEST;
}

bool login_look(struct op *op, const uint8_t id[LOGIN_ID], struct login *s)
{
	struct sql_session_get q;
	struct person p;
	struct str hash = id_hash(op, id);
	unsigned roles;
	bool found, own;
	if (!sql_session_get(op, hash, &q, &found))
		return false;
	if (!found || !holds(op, q.stage == 1, q.began, q.seen))
		return no_session(op);
	if (!person_get(op, q.person, &p) || !factor_roles(op, &roles))
		return false;
	if (p.ended)
		return no_session(op);
	if (op->now >= q.seen + MINUTE && (!step_begin(op, &own) || !step_end(op, own, sql_session_seen(op, hash, op->now))))
		return false;
	*s = (struct login){ q.person, p.role, p.name, q.agent, q.stage == 1, q.began, op->now, q.again, { 0 }, p.language, roles & p.role && !p.totp && !p.passkeys };
	memcpy(s->mark, hash.p, sizeof s->mark);
	return true;
}

bool login_was(struct op *op, const uint8_t id[LOGIN_ID], int64_t *person)
{
	struct sql_session_get q;
	bool found;
	if (!sql_session_get(op, id_hash(op, id), &q, &found) || !found || q.stage == 1 || holds(op, false, q.began, q.seen) || op->now >= q.began + LOGIN_LONGEST)
		return false;
	*person = q.person;
	return true;
}

bool login_whole(struct op *op, const uint8_t id[LOGIN_ID], uint8_t fresh[LOGIN_ID])
{
	struct login s;
	struct sql_session_get q;
	bool found, own;
	if (!login_look(op, id, &s) || !sql_session_get(op, id_hash(op, id), &q, &found))
		return false;
	random_bytes(fresh, LOGIN_ID);
	/* a half one begins only now */
	int64_t began = s.half ? op->now : s.began;
	return step_begin(op, &own) && step_end(op, own, sql_session_drop(op, id_hash(op, id)) &&
	       sql_session_put(op, id_hash(op, fresh), s.person, 2, began, op->now + LOGIN_AGAIN, q.agent) &&
	       sql_session_seen(op, id_hash(op, fresh), op->now) && log_add(op, s.half ? "session.began" : "session.again", ABOUT({ "who", s.person })));
}

bool login_end(struct op *op, const uint8_t id[LOGIN_ID])
{
	bool own;
	return step_begin(op, &own) && step_end(op, own, sql_session_drop(op, id_hash(op, id)));
}

bool login_list(struct op *op, int64_t person, struct login **list, size_t *n)
{
	struct sql_sessions q;
	struct person p;
	size_t cap = 0;
	*list = NULL;
	*n = 0;
	if (!person_get(op, person, &p) || !sql_sessions(op, person, &q))
		return false;
	while (sql_sessions_next(op, &q)) {
		if (!holds(op, q.stage == 1, q.began, q.seen))
			continue;
		*list = arena_more(op->a, *list, *n, &cap, sizeof **list);
		struct login *s = &(*list)[(*n)++];
		*s = (struct login){ person, p.role, p.name, q.agent, q.stage == 1, q.began, q.seen, q.again, { 0 } };
		memcpy(s->mark, q.hash.p, sizeof s->mark);
	}
	sql_sessions_stop(&q);
	return op->err.code == OK;
}

bool login_end_marked(struct op *op, int64_t person, const uint8_t mark[8])
{
	struct sql_sessions q;
	struct str hash = { NULL, 0 };
	bool own;
	if (!sql_sessions(op, person, &q))
		return false;
	while (!hash.n && sql_sessions_next(op, &q))
		if (memcmp(q.hash.p, mark, 8) == 0)
			hash = q.hash;
	sql_sessions_stop(&q);
	if (op->err.code != OK)
		return false;
	if (!hash.n)
		return err_set(&op->err, NOT_FOUND, NULL, "This session has ended already.");
	return step_begin(op, &own) && step_end(op, own, sql_session_drop(op, hash));
}

bool login_end_all(struct op *op, int64_t person)
{
	bool own;
	return step_begin(op, &own) && step_end(op, own, sql_session_drop_all(op, person));
}

void login_csrf(const uint8_t id[LOGIN_ID], char word[65])
{
	static const char figures[] = "0123456789abcdef";
	uint8_t out[32];
	struct sha256 h;
	sha256_start(&h);
	sha256_add(&h, STR("handback-csrf"));
	sha256_add(&h, (struct str){ (const char *)id, LOGIN_ID });
	sha256_end(&h, out);
	for (size_t i = 0; i < sizeof out; i++)
		word[2 * i] = figures[out[i] >> 4], word[2 * i + 1] = figures[out[i] & 15];
	word[64] = 0;
}

/* ---- links and tokens ---- */

void base64url_write(const uint8_t bytes[33], char text[TOKEN_TEXT])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	for (size_t i = 0; i < TOKEN_TEXT - 1; i++) {
		size_t bit = i * 6, two = (size_t)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
		text[i] = letters[two >> (10 - bit % 8) & 63];
	}
	text[TOKEN_TEXT - 1] = 0;
}

static void text_make(char text[TOKEN_TEXT])
{
	uint8_t bytes[33] = { 0 };
	random_bytes(bytes, 32);
	base64url_write(bytes, text);
	wipe(bytes, sizeof bytes);
}

static bool put(struct op *op, int sort, int64_t person, struct str name, int64_t ends, char text[TOKEN_TEXT], int64_t *id)
{
	bool own;
	text_make(text);
	return step_begin(op, &own) && step_end(op, own, sql_token_drop_old(op, op->now) && (*id = op_count(op, "token")) != 0 &&
	       sql_token_put(op, *id, hash_of(op, str_of(text)), sort, person, name, op->now, ends) &&
	       log_add(op, sort == LINK ? "link.made" : "token.made", ABOUT({ "token", *id }, { "who", person })));
}

/* Whose it is, if it counts and its person is here. */
static bool get(struct op *op, struct str text, int sort, struct sql_token_get *q)
{
	struct person p;
	bool found = false;
	if (text.n == TOKEN_TEXT - 1 && !sql_token_get(op, hash_of(op, text), sort, q, &found))
		return false;
	if (found && q->ends > op->now) {
		if (!person_get(op, q->person, &p))
			return false;
		if (!p.ended)
			return true;
	}
	return err_set(&op->err, LOCKED, NULL, sort == LINK ? "This link was used already, or is older than 30 minutes. Start handback ui again for a new one."
	                                                    : "This token does not count, or no more.");
}

bool link_make(struct op *op, int64_t person, char text[TOKEN_TEXT])
{
	int64_t id;
	return put(op, LINK, person, STR(""), op->now + LINK_SECONDS, text, &id);
}

bool link_use(struct op *op, struct str text, int64_t *person)
{
	struct sql_token_get q;
	bool own;
	if (!step_begin(op, &own))
		return false;
	bool good = get(op, text, LINK, &q) && sql_token_drop(op, q.id) && log_add(op, "link.used", ABOUT({ "token", q.id }, { "who", q.person }));
	if (!step_end(op, own, good))
		return false;
	*person = q.person;
	return true;
}

bool token_list(struct op *op, int64_t person, struct token **list, size_t *n)
{
	struct sql_tokens q;
	size_t cap = 0;
	*list = NULL;
	*n = 0;
	if (!sql_tokens(op, &q))
		return false;
	while (sql_tokens_next(op, &q)) {
		if (person && q.person != person)
			continue;
		*list = arena_more(op->a, *list, *n, &cap, sizeof **list);
		(*list)[(*n)++] = (struct token){ q.id, q.person, q.made, q.ends, q.seen, q.name };
	}
	sql_tokens_stop(&q);
	return op->err.code == OK;
}

bool token_make(struct op *op, int64_t person, struct str name, int64_t ends, char text[TOKEN_TEXT], int64_t *id)
{
	struct token *t;
	size_t n;
	int have = 0;
	if (ends <= op->now || ends > op->now + A_YEAR)
		return err_set(&op->err, INVALID, "until", "A token ends within a year from now.");
	if (!token_list(op, person, &t, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		have += t[i].ends > op->now;
	if (have >= TOKENS_EACH)
		return err_set(&op->err, TOO_BIG, NULL, "This person has %d tokens. End one first: handback token end N", have);
	return put(op, TOKEN, person, name, ends, text, id);
}

bool token_look(struct op *op, struct str text, int64_t *person)
{
	struct sql_token_get q;
	bool own;
	if (!get(op, text, TOKEN, &q))
		return false;
	*person = q.person;
	return op->now < q.seen + MINUTE || (step_begin(op, &own) && step_end(op, own, sql_token_seen(op, q.id, op->now)));
}
