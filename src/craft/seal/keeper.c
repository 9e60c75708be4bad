/* keeper - what the process that alone holds the key does when it is asked: the closed list of requests, who may ask, within which budgets. Parses
 * nothing foreign: what it reads is what seal.c writes, and is not believed. How requests come in and answers go out: turn.c.
 */
#include "keeper_int.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { VALUE_VERSION = 1, LEAVE_VERSION = 2, AGAIN_SECONDS = 15 * 60, SESSION_SECONDS = 12 * 3600, PLAIN_MAX = 1 << 20 };

/* ---- the closed list ---- */

enum needs { NOTHING, AN_OPEN_VAULT, A_ROUND, A_SESSION, A_SESSION_OR_ROUND, THE_PASSPHRASE, AN_OWNERS_PASSPHRASE };
enum { CLI = 1 << ASKER_CLI, DESK = 1 << ASKER_DESK, COURIER = 1 << ASKER_COURIER, ANY = CLI | DESK | COURIER };

typedef bool handler(struct keeper *, struct line *, struct cursor *, struct buf *, struct err *);
static handler do_create, do_login, do_again, do_wrap, do_unwrap, do_verify, do_index, do_approve, do_use, do_sign, do_slot, do_backup, do_session,
	do_end, do_line, do_reseal, do_rotate, do_lock, do_link, do_answer, do_give;

/* who may ask, what it needs, which budget it takes from; stretches: runs Argon2 */
static const struct { handler *run; unsigned askers; enum needs needs; enum budget of; bool stretches; } list[R_COUNT] = {
	[R_CREATE]  = { do_create,  CLI | DESK, NOTHING,              B_NONE,    true },
	[R_LOGIN]   = { do_login,   CLI | DESK, NOTHING,              B_TRIES,   true },
	[R_AGAIN]   = { do_again,   CLI | DESK, A_SESSION,            B_TRIES,   true },
	[R_SESSION] = { do_session, CLI | DESK, NOTHING,              B_NONE,    false },
	[R_END]     = { do_end,     CLI | DESK, NOTHING,              B_NONE,    false },
	[R_WRAP]    = { do_wrap,    ANY,        AN_OPEN_VAULT,        B_NONE,    false },
	[R_UNWRAP]  = { do_unwrap,  ANY,        A_SESSION_OR_ROUND,   B_UNWRAP,  false },      /* a round's: just its customers, not counted */
	[R_VERIFY]  = { do_verify,  CLI | DESK, A_SESSION,            B_NONE,    false },      /* opens, answers only yes or no */
	[R_INDEX]   = { do_index,   CLI | DESK, A_SESSION,            B_INDEX,   false },      /* else it is an oracle for phone numbers */
	[R_APPROVE] = { do_approve, CLI | DESK, THE_PASSPHRASE,       B_APPROVE, false },
	[R_USE]     = { do_use,     ANY,        AN_OPEN_VAULT,        B_NONE,    false },      /* a desk only asks whether it holds: the database has every approval */
	[R_SIGN]    = { do_sign,    ANY,        AN_OPEN_VAULT,        B_NONE,    false },
	[R_SLOT]    = { do_slot,    CLI | DESK, THE_PASSPHRASE,       B_SLOTS,   true },       /* another's, or a recovery code: an owner's */
	[R_RESEAL]  = { do_reseal,  CLI | DESK, THE_PASSPHRASE,       B_NONE,    false },      /* to the newest key; nothing comes out */
	[R_GIVE]    = { do_give,    CLI | DESK, THE_PASSPHRASE,       B_NONE,    false },      /* enrolment codes of nobody's to customers; nothing comes out */
	[R_ROTATE]  = { do_rotate,  CLI | DESK, AN_OWNERS_PASSPHRASE, B_SLOTS,   true },
	[R_LOCK]    = { do_lock,    CLI | DESK, AN_OWNERS_PASSPHRASE, B_NONE,    false },
	[R_BACKUP]  = { do_backup,  CLI,        A_SESSION,            B_NONE,    false },      /* what is sealed in a backup's database stays sealed */
	[R_LINK]    = { do_link,    CLI | COURIER, A_ROUND,           B_NONE,    false },      /* that round's customers */
	[R_ANSWER]  = { do_answer,  CLI | DESK, A_SESSION,            B_ANSWERS, false },
	[R_LINE]    = { do_line,    CLI,        NOTHING,              B_NONE,    false },
};

/* at most so many within so many seconds, a person or the vault; free: none are counted for 15 minutes after the passphrase was given again */
const struct limit limits[BUDGETS] = {
	[B_TRIES]   = { 5, 60, A_PERSON, false, "Five wrong passphrases within a minute. Wait a minute, then try again." },
	[B_UNWRAP]  = { 2000, 3600, A_PERSON, true, "2,000 contacts were opened within the hour. Wait, or give the passphrase again for a large job." },
	[B_INDEX]   = { 20000, 86400, THE_VAULT, true, "20,000 look-ups were made today. Give the passphrase again for a large job." },
	[B_APPROVE] = { 10, 86400, THE_VAULT, false, "Ten rounds were approved today. Wait, then approve again; handback check says how the keeper's record is." },
	[B_SLOTS]   = { 20, 86400, THE_VAULT, false, "Twenty passphrases and recovery codes were made today. Wait until tomorrow, then make the next one." },
	[B_ANSWERS] = { 2000, 3600, A_PERSON, true, "2,000 answers were opened within the hour. Wait, or give the passphrase again for a large job." },
};

/* ---- sessions ---- */

static struct session *session_of(struct keeper *k, const uint8_t token[SEAL_TOKEN])
{
	struct session *found = NULL;
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *s = &k->session[i];
		if (s->person && s->ends <= clock_seconds(CLOCK_BOOTTIME))
			wipe(s, sizeof *s);
		if (s->person && sodium_memcmp(s->token, token, SEAL_TOKEN) == 0)
			found = s;
	}
	return found;
}

/* A new one on this line; the one that ends first makes room. A command's lasts as long as the command. */
static void session_begin(struct keeper *k, struct line *l, int64_t person, bool owner)
{
	struct session *s = &k->session[0];
	for (size_t i = 1; i < SESSIONS_MAX; i++)
		if (k->session[i].ends < s->ends)
			s = &k->session[i];
	*s = (struct session){ .person = person, .owner = owner, .ends = l->asker == ASKER_CLI ? INT64_MAX : clock_seconds(CLOCK_BOOTTIME) + SESSION_SECONDS };
	random_bytes(s->token, sizeof s->token);
	memcpy(l->token, s->token, sizeof l->token);
}

static bool again_holds(const struct session *s)
{
	return s && clock_seconds(CLOCK_BOOTTIME) < s->again_until;
}

/* Takes n from the budget of a request, for the line's session. */
static bool spend(struct keeper *k, struct line *l, enum request which, int64_t n, struct err *e)
{
	struct session *s = session_of(k, l->token);
	return (limits[list[which].of].free && again_holds(s)) || record_spend(k->record, list[which].of, s ? s->person : 0, n, e);
}

static void lock(struct keeper *k)
{
	wipe(k->secret, sizeof *k->secret);
	wipe(k->session, sizeof k->session);
	k->open = false;
}

static bool do_session(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	static const uint8_t none[SEAL_TOKEN];
	struct str token = cursor_bytes(c, SEAL_TOKEN);
	(void)out;
	if (!cursor_done(c))
		return false;
	memcpy(l->token, none, sizeof none);
	if (memcmp(token.p, none, sizeof none) == 0)
		return true;
	if (!session_of(k, (const uint8_t *)token.p))
		return err_set(e, LOCKED, "passphrase", "The contacts are closed. Give the passphrase to open them.");
	memcpy(l->token, token.p, sizeof l->token);
	return true;
}

static bool do_end(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct str token = cursor_bytes(c, SEAL_TOKEN);
	(void)l, (void)out, (void)e;
	if (!cursor_done(c))
		return false;
	struct session *s = session_of(k, (const uint8_t *)token.p);
	if (s)
		wipe(s, sizeof *s);
	return true;
}

static bool do_lock(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)l, (void)out, (void)e;
	return cursor_done(c) && (lock(k), true);
}

/* ---- the vault ---- */

static size_t characters(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((uint8_t)s.p[i] & 0xC0) != 0x80;
	return n;
}

static bool passphrase_fits(struct str passphrase, struct err *e)
{
	return (characters(passphrase) >= PASSPHRASE_MIN && passphrase.n <= PASSPHRASE_MAX) ||
	       err_set(e, INVALID, "passphrase", "A passphrase has at least 12 characters. Four plain words make a good one.");
}

static bool slot_of_code(const struct slot *s, int64_t business, const uint8_t master[MASTER], struct slot_cost cost, struct buf *out, char recovery[64], struct err *e)
{
	char plain[CODE];
	recovery_make(recovery);
	recovery_read(str_of(recovery), plain);
	bool good = slot_make(s, business, master, str_of(plain), cost, out, e);
	wipe(plain, sizeof plain);
	return good;
}

static void put_public_key(const struct secrets *s, struct buf *out)
{
	buf_put(out, (struct str){ (const char *)s->sign + 32, 32 });            /* the second half of the secret one */
}

static bool do_create(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct str passphrase = cursor_lstr(c);
	int64_t person = (int64_t)cursor_u64(c);
	struct slot_cost cost = { .mib = cursor_u32(c) };
	cost.passes = cursor_u32(c);
	if (!cursor_done(c) || k->open)
		return false;
	if (!passphrase_fits(passphrase, e))
		return false;
	if (!cost_fits(cost))
		return err_set(e, INVALID, "cost", "The vault's cost is at least %u MiB and %u pass.", SLOT_COST_FLOOR.mib, SLOT_COST_FLOOR.passes);
	if (!record_found(k->record, e))
		return false;
	char recovery[64];
	uint8_t master[MASTER];
	struct slot first = { 1, SLOT_OWNER, person, { 0 } }, second = { 2, SLOT_RECOVERY, person, { 0 } };
	struct buf a = BUF(1024), b = BUF(1024);
	random_bytes(master, sizeof master);
	bool good = slot_make(&first, k->business, master, passphrase, cost, &a, e) && slot_of_code(&second, k->business, master, cost, &b, recovery, e);
	if (good) {
		k->open = secrets_derive(k->secret, master, k->business, STR(""));
		session_begin(k, l, person, true);
		buf_lstr(out, buf_str(&a));
		buf_lstr(out, buf_str(&b));
		buf_lstr(out, str_of(recovery));
		put_public_key(k->secret, out);
	}
	wipe(master, sizeof master);
	wipe(recovery, sizeof recovery);
	buf_free(&a);
	buf_free(&b);
	return good;
}

/* A slot with a new secret: a passphrase, or (none given) a new recovery code. What guessing costs is as in the bytes that come with it. */
static bool do_slot(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct session *s = session_of(k, l->token);
	struct str passphrase = cursor_lstr(c);
	struct slot slot;
	slot.id = (int64_t)cursor_u64(c);
	slot.sort = (enum slot_sort)cursor_u8(c);
	slot.person = (int64_t)cursor_u64(c);
	slot.bytes = cursor_lstr(c);
	struct slot_cost cost = slot_cost_of(slot.bytes);
	bool code = slot.sort == SLOT_RECOVERY, own = slot.person == s->person && slot.sort == (s->owner ? SLOT_OWNER : SLOT_PERSON);
	if (!cursor_done(c) || (!code && slot.sort != SLOT_OWNER && slot.sort != SLOT_PERSON) || code != !passphrase.n)
		return false;
	if (!own && !s->owner)
		return err_set(e, REFUSED, NULL, "Only an owner can do this.");
	if ((!code && !passphrase_fits(passphrase, e)) || !spend(k, l, R_SLOT, 1, e))
		return false;
	char recovery[64] = "";
	struct buf bytes = BUF(1024);
	if (!cost_fits(cost))
		cost = SLOT_COST_DEFAULT;
	bool good = code ? slot_of_code(&slot, k->business, k->secret->master, cost, &bytes, recovery, e)
	                 : slot_make(&slot, k->business, k->secret->master, passphrase, cost, &bytes, e);
	if (good) {
		buf_lstr(out, buf_str(&bytes));
		buf_lstr(out, str_of(recovery));
	}
	wipe(recovery, sizeof recovery);
	buf_free(&bytes);
	return good;
}

/* The slot with which this passphrase or recovery code shall be tried, of those sent: the person's own, or the recovery code's. */
static bool trial_begin(struct keeper *k, struct line *l, int64_t person, struct cursor *c, struct err *e)
{
	struct trial t = { 0 };
	struct str secret = cursor_lstr(c);
	uint32_t n = cursor_u32(c);
	char code[CODE] = { 0 };
	t.recovery = recovery_read(secret, code);
	if (n > SLOTS_MAX)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct slot s = { .id = (int64_t)cursor_u64(c) };
		s.sort = (enum slot_sort)cursor_u8(c);
		s.person = (int64_t)cursor_u64(c);
		s.bytes = cursor_lstr(c);
		if (s.sort == SLOT_RING)
			t.ring = s.bytes;
		else if (!t.slot.id && (t.recovery ? s.sort == SLOT_RECOVERY : (s.sort == SLOT_OWNER || s.sort == SLOT_PERSON) && s.person == person))
			t.slot = s;
	}
	if (!cursor_done(c) || !n)
		return false;
	int mistake = t.recovery ? recovery_mistake(code) : 0;
	if (mistake)
		return err_set(e, REFUSED, "passphrase", "The recovery code has a typing mistake in its group %d.", mistake);
	if (t.slot.id <= 0)
		return err_set(e, REFUSED, "passphrase", "The vault has no passphrase of this person. An owner makes one: handback vault slot add");
	/* counted before it is tried, so that ending the keeper in between gains nothing */
	bool good = record_spend(k->record, B_TRIES, t.slot.person, 1, e) && slot_try(&t.slot, t.recovery ? str_of(code) : secret, &t.stretch, e);
	wipe(code, sizeof code);
	if (good) {
		l->trial = t;
		k->stretching++;
	}
	return good;
}

static bool do_login(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)out;
	int64_t person = (int64_t)cursor_u64(c);
	return trial_begin(k, l, person, c, e);
}

static bool do_again(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)out;
	return trial_begin(k, l, session_of(k, l->token)->person, c, e);
}

/* The key into a vault that is closed, or the same key as in one that is open. */
static bool open_with(struct keeper *k, const uint8_t master[MASTER], struct str ring, struct err *e)
{
	if (k->open)
		return sodium_memcmp(master, k->secret->master, MASTER) == 0 || err_set(e, REFUSED, "passphrase", "That is the passphrase of another vault.");
	if (!secrets_derive(k->secret, master, k->business, ring) || k->secret->generation < record_generation(k->record)) {
		lock(k);
		return err_set(e, TORN, NULL, "The vault's keys do not belong together: was an old copy of the data folder put back? Put back a backup.");
	}
	k->open = record_generation_put(k->record, k->secret->generation, e);
	return k->open;
}

/* What became of a try: the answer to the LOGIN or AGAIN that began it. */
static bool trial_end(struct keeper *k, struct line *l, enum request which, struct buf *out, struct err *e)
{
	struct trial t = l->trial;
	uint8_t key[32], master[MASTER];
	bool good = stretch_end(&t.stretch, key, e);
	l->trial = (struct trial){ 0 };
	k->stretching--;
	if (good && !slot_opens(&t.slot, k->business, key, master))
		good = err_set(e, REFUSED, "passphrase", t.recovery ? "That is not the recovery code. Nothing was opened."
		                                                    : "That is not the passphrase. Nothing was opened. If it is lost, give the recovery code in its place.");
	if (good)
		good = record_spend(k->record, B_TRIES, t.slot.person, -1, e) && open_with(k, master, t.ring, e);
	if (good && which == R_LOGIN) {
		session_begin(k, l, t.slot.person, t.slot.sort != SLOT_PERSON);
		buf_put(out, (struct str){ (const char *)l->token, sizeof l->token });
	} else if (good) {
		struct session *s = session_of(k, l->token);
		if (s)
			s->again_until = clock_seconds(CLOCK_BOOTTIME) + AGAIN_SECONDS;
		else
			good = err_set(e, LOCKED, "passphrase", "The session has ended meanwhile. Sign in again.");
	}
	wipe(key, sizeof key);
	wipe(master, sizeof master);
	return good;
}

/* A new key, wrapped for this owner and in a new recovery code; everybody else's slots stay with the old one. */
static bool do_rotate(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct session *s = session_of(k, l->token);
	struct str passphrase = cursor_lstr(c);
	struct slot mine = { (int64_t)cursor_u64(c), SLOT_OWNER, s->person, { 0 } }, code = { 0, SLOT_RECOVERY, s->person, { 0 } };
	mine.bytes = cursor_lstr(c);
	code.id = (int64_t)cursor_u64(c);
	if (!cursor_done(c))
		return false;
	if (k->secret->generation == GENERATIONS_MAX)
		return err_set(e, TOO_BIG, NULL, "This vault's key was changed %d times, and no more can be kept.", GENERATIONS_MAX - 1);
	struct stretch stretch;
	uint8_t key[32], master[MASTER];
	struct slot_cost cost = slot_cost_of(mine.bytes);
	if (!spend(k, l, R_ROTATE, 1, e) || !record_spend(k->record, B_TRIES, s->person, 1, e) || !slot_try(&mine, passphrase, &stretch, e) ||
	    !stretch_end(&stretch, key, e))
		return false;
	bool good = (slot_opens(&mine, k->business, key, master) && sodium_memcmp(master, k->secret->master, MASTER) == 0) ||
	            err_set(e, REFUSED, "passphrase", "That is not the owner's passphrase. Nothing was changed.");
	char recovery[64] = "";
	struct buf a = BUF(1024), b = BUF(1024), ring = BUF(8192);
	struct secrets *next = secrets_get();
	good = good && (next || err_errno(e, "There is no memory for a new key")) && record_spend(k->record, B_TRIES, s->person, -1, e);
	if (good)
		secrets_next(next, k->secret);
	good = good && slot_make(&mine, k->business, next->master, passphrase, cost, &a, e) && slot_of_code(&code, k->business, next->master, cost, &b, recovery, e);
	if (good) {
		ring_write(next, k->business, &ring);
		buf_lstr(out, buf_str(&a));
		buf_lstr(out, buf_str(&b));
		buf_lstr(out, str_of(recovery));
		buf_lstr(out, buf_str(&ring));
		put_public_key(next, out);
		memcpy(k->secret, next, sizeof *next);
	}
	secrets_drop(next);
	wipe(key, sizeof key);
	wipe(master, sizeof master);
	wipe(recovery, sizeof recovery);
	buf_free(&a);
	buf_free(&b);
	buf_free(&ring);
	return good;
}

/* ---- values ---- */

/* table, column, row: the place, as associated data */
struct spot { struct str table, column; int64_t row; };

static struct spot spot_read(struct cursor *c)
{
	struct spot s;
	s.table = cursor_lstr(c);
	s.column = cursor_lstr(c);
	s.row = (int64_t)cursor_u64(c);
	return s;
}

static bool spot_data(struct keeper *k, uint32_t generation, const struct spot *s, struct buf *ad)
{
	buf_clear(ad);
	buf_u8(ad, VALUE_VERSION);
	buf_u32(ad, generation);
	buf_u64(ad, (uint64_t)k->business);
	buf_lstr(ad, s->table);
	buf_lstr(ad, s->column);
	buf_u64(ad, (uint64_t)s->row);
	return !ad->full;
}

/* Chance is asked for in one go: it costs a call of the system each time. */
struct nonces { uint8_t nonce[256][NONCE]; size_t left; };

static const uint8_t *nonce_next(struct nonces *n)
{
	if (!n->left) {
		random_bytes(n->nonce, sizeof n->nonce);
		n->left = LENGTH(n->nonce);
	}
	return n->nonce[--n->left];
}

/* Seals one value into out; false: it is too long. */
static bool value_seal(struct keeper *k, const struct spot *s, struct str plain, struct nonces *nonces, struct buf *ad, struct buf *out)
{
	const uint8_t *nonce = nonce_next(nonces);
	if (plain.n > FRAME_MAX || !spot_data(k, k->secret->generation, s, ad))
		return false;
	buf_u32(out, (uint32_t)(plain.n + SEAL_EXTRA));
	buf_u8(out, VALUE_VERSION);
	buf_u32(out, k->secret->generation);
	buf_put(out, (struct str){ (const char *)nonce, NONCE });
	char *to = buf_space(out, plain.n + TAG);
	if (to)
		crypto_aead_xchacha20poly1305_ietf_encrypt((uint8_t *)to, NULL, (const uint8_t *)plain.p, plain.n, (const uint8_t *)ad->p, ad->n, NULL, nonce,
		                                           k->secret->data);
	return to != NULL;
}

static bool do_wrap(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	struct nonces nonces = { .left = 0 };
	struct buf ad = BUF(512);
	bool good = true;
	(void)l, (void)e;
	for (uint32_t i = 0; good && i < n; i++) {
		struct spot s = spot_read(c);
		struct str plain = cursor_lstr(c);
		good = !c->torn && value_seal(k, &s, plain, &nonces, &ad, out);
	}
	buf_free(&ad);
	return good && cursor_done(c);
}

/* Opens one value into out (or only tries); false: it does not open. */
static bool value_open(struct keeper *k, const struct spot *s, struct str sealed, struct buf *ad, struct buf *out)
{
	struct cursor v = cursor_of(sealed);
	uint8_t version = cursor_u8(&v);
	uint32_t generation = cursor_u32(&v);
	struct str nonce = cursor_bytes(&v, NONCE);
	const uint8_t *key = secrets_data(k->secret, generation);
	if (v.torn || version != VALUE_VERSION || !key || (size_t)(v.end - v.p) < TAG || !spot_data(k, generation, s, ad))
		return false;
	size_t n = (size_t)(v.end - v.p) - TAG, begun = out->n;
	buf_u32(out, (uint32_t)n);
	char *to = buf_space(out, n);
	if (!to && n)
		return false;
	uint8_t nothing;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(to ? (uint8_t *)to : &nothing, NULL, NULL, v.p, (size_t)(v.end - v.p), (const uint8_t *)ad->p, ad->n,
	                                               (const uint8_t *)nonce.p, key) != 0) {
		out->n = begun;
		return false;
	}
	return true;
}

static bool does_not_open(struct err *e)
{
	return err_set(e, TORN, NULL, "A sealed value was changed or moved, and does not open. Restore a backup.");
}

static bool outside_round(const struct line *l, int64_t customer)
{
	return customer <= 0 || !bits_has(&l->rows, (size_t)customer);
}

static bool not_in_round(struct err *e)
{
	return err_set(e, REFUSED, NULL, "The approval does not open the contacts of all who are in this round now. Approve it again: handback notice approve");
}

/* An enrolment code that is a customer's: its row is that customer's number. Those of nobody's yet stand in another column. */
static bool given_code(const struct spot *s)
{
	return str_eq(s->table, STR("enrolment")) && str_eq(s->column, STR("sealed"));
}

static bool do_unwrap(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	struct buf ad = BUF(512);
	bool good = l->by_round || spend(k, l, R_UNWRAP, n, e);
	for (uint32_t i = 0; good && i < n; i++) {
		struct spot s = spot_read(c);
		struct str sealed = cursor_lstr(c);
		if (c->torn)
			good = false;
		else if (l->by_round && ((!str_eq(s.table, STR("customer")) && !given_code(&s)) || outside_round(l, s.row)))
			good = not_in_round(e);
		else if (!value_open(k, &s, sealed, &ad, out))
			good = does_not_open(e);
	}
	buf_free(&ad);
	if (!good)
		wipe(out->p, out->n), buf_clear(out);
	return good && cursor_done(c);
}

static bool do_verify(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c), bad = UINT32_MAX;
	struct buf ad = BUF(512), plain = BUF(FRAME_MAX);
	(void)l, (void)e;
	for (uint32_t i = 0; i < n && !c->torn; i++) {
		struct spot s = spot_read(c);
		struct str sealed = cursor_lstr(c);
		buf_clear(&plain);
		if (bad == UINT32_MAX && !value_open(k, &s, sealed, &ad, &plain))
			bad = i;
	}
	buf_free(&ad);
	buf_free(&plain);
	buf_u32(out, bad);
	return cursor_done(c);
}

/* Each value of the request sealed anew; `spots` reads where it stood and where it is to stand. Nothing comes out. */
static bool seal_anew(struct keeper *k, struct cursor *c, struct buf *out, void (*spots)(struct cursor *, struct spot *from, struct spot *to), struct err *e)
{
	uint32_t n = cursor_u32(c);
	struct nonces nonces = { .left = 0 };
	struct buf ad = BUF(512), plain = BUF(FRAME_MAX);
	bool good = true;
	for (uint32_t i = 0; good && i < n; i++) {
		struct spot from, to;
		spots(c, &from, &to);
		struct str sealed = cursor_lstr(c);
		buf_clear(&plain);
		good = !c->torn && (value_open(k, &from, sealed, &ad, &plain) || does_not_open(e)) &&
		       value_seal(k, &to, (struct str){ plain.p + 4, plain.n - 4 }, &nonces, &ad, out);
	}
	buf_free(&ad);
	buf_free(&plain);
	return good && cursor_done(c);
}

static void spot_stays(struct cursor *c, struct spot *from, struct spot *to)
{
	*from = *to = spot_read(c);
}

static bool do_reseal(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)l;
	return seal_anew(k, c, out, spot_stays, e);
}

static void code_moves(struct cursor *c, struct spot *from, struct spot *to)
{
	*from = (struct spot){ STR("enrolment"), STR("pool"), (int64_t)cursor_u64(c) };
	*to = (struct spot){ STR("enrolment"), STR("sealed"), (int64_t)cursor_u64(c) };
}

static bool do_give(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)l;
	return seal_anew(k, c, out, code_moves, e);
}

static bool do_index(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint8_t sort = cursor_u8(c);
	uint32_t n = cursor_u32(c);
	if (!spend(k, l, R_INDEX, n, e))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct str plain = cursor_lstr(c);
		crypto_generichash_state h;
		uint8_t hash[16];
		if (c->torn)
			return false;
		crypto_generichash_init(&h, k->secret->index, sizeof k->secret->index, sizeof hash);
		crypto_generichash_update(&h, &sort, 1);
		crypto_generichash_update(&h, (const uint8_t *)plain.p, plain.n);
		crypto_generichash_final(&h, hash, sizeof hash);
		uint64_t key;
		memcpy(&key, hash, sizeof key);
		buf_u64(out, key ? key : 1);             /* 0 stands for none */
	}
	return cursor_done(c);
}

/* ---- leaves ---- */

struct leave_parts { int64_t business, person, incident, round, issued, ends; struct str told, digest; };

static void leave_write(struct buf *b, const struct leave_parts *l)
{
	buf_u8(b, LEAVE_VERSION);
	buf_u64(b, (uint64_t)l->business);
	buf_u64(b, (uint64_t)l->person);
	buf_u64(b, (uint64_t)l->incident);
	buf_u64(b, (uint64_t)l->round);
	buf_u64(b, (uint64_t)l->issued);
	buf_u64(b, (uint64_t)l->ends);
	buf_put(b, l->told);
	buf_put(b, l->digest);
}

static struct leave_parts leave_read(struct cursor *c)
{
	struct leave_parts l;
	l.business = (int64_t)cursor_u64(c);
	l.person = (int64_t)cursor_u64(c);
	l.incident = (int64_t)cursor_u64(c);
	l.round = (int64_t)cursor_u64(c);
	l.issued = (int64_t)cursor_u64(c);
	l.ends = (int64_t)cursor_u64(c);
	l.told = cursor_bytes(c, 32);
	l.digest = cursor_bytes(c, 32);
	return l;
}

static void leave_mark(struct keeper *k, struct str body, uint8_t mark[32])
{
	crypto_generichash(mark, 32, (const uint8_t *)body.p, body.n, k->secret->leave, sizeof k->secret->leave);
}

static bool do_approve(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	enum { LONGEST = 31 * 86400 };
	int64_t now = clock_seconds(CLOCK_REALTIME);
	struct leave_parts p = { .business = k->business, .person = session_of(k, l->token)->person, .issued = now };
	uint8_t mark[32];
	p.incident = (int64_t)cursor_u64(c);
	p.round = (int64_t)cursor_u64(c);
	p.told = cursor_bytes(c, 32);
	p.ends = (int64_t)cursor_u64(c);
	p.digest = cursor_bytes(c, 32);
	if (!cursor_done(c))
		return false;
	if (p.ends <= now || p.ends > now + LONGEST)
		return err_set(e, INVALID, NULL, "An approval ends within 31 days.");
	if (!spend(k, l, R_APPROVE, 1, e))
		return false;
	struct buf body = BUF(LEAVE_MAX);
	leave_write(&body, &p);
	leave_mark(k, buf_str(&body), mark);
	buf_put(out, buf_str(&body));
	buf_put(out, (struct str){ (const char *)mark, sizeof mark });
	buf_free(&body);
	return true;
}

static bool do_use(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct str leave = cursor_lstr(c), words, told_now;
	int64_t incident, round;
	uint64_t n;
	uint8_t mark[32], digest[32];
	(void)out;
	bits_close(&l->rows);
	l->rows = (struct bits){ 0 };
	l->by_round = false;
	if (!leave.n)
		return cursor_done(c);
	incident = (int64_t)cursor_u64(c);
	round = (int64_t)cursor_u64(c);
	told_now = cursor_bytes(c, 32);
	n = cursor_u64(c);
	if (n > (uint64_t)FRAME_MAX * 8)
		return false;
	words = cursor_bytes(c, (size_t)((n + 63) / 64) * 8);
	if (!cursor_done(c))
		return false;
	struct cursor v = cursor_of(leave);
	uint8_t version = cursor_u8(&v);
	struct leave_parts p = leave_read(&v);
	struct str told = cursor_bytes(&v, 32);
	if (!cursor_done(&v) || version != LEAVE_VERSION)
		return err_set(e, REFUSED, NULL, "This approval is damaged. Approve the round again.");
	leave_mark(k, (struct str){ leave.p, leave.n - 32 }, mark);
	if (sodium_memcmp(mark, told.p, 32) != 0 || p.business != k->business)
		return err_set(e, REFUSED, NULL, "This approval was not given here. Approve the round again.");
	if (clock_seconds(CLOCK_REALTIME) >= p.ends)
		return err_set(e, REFUSED, NULL, "This approval has ended. Approve the round again.");
	struct bits rows = bits_open((size_t)n);
	memcpy(rows.w, words.p, words.n);
	rows_digest(&rows, digest);
	if (p.incident != incident || p.round != round || !str_eq(p.told, told_now) || sodium_memcmp(digest, p.digest.p, 32) != 0) {
		bits_close(&rows);
		return err_set(e, REFUSED, NULL, "This round is not what was approved: its text or its customers were changed since. Read it (handback notice preview) "
		               "and approve it again (handback notice approve), or take it back (handback notice undo).");
	}
	if (l->asker == ASKER_DESK) {                    /* it learns that the approval holds, and opens nothing by it */
		bits_close(&rows);
		return true;
	}
	l->rows = rows;
	l->by_round = true;
	return true;
}

static bool do_sign(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct tree t;
	struct str origin = cursor_lstr(c);
	uint64_t size = cursor_u64(c);
	struct str frontier = cursor_bytes(c, tree_hashes(size) * TREE_HASH);
	uint32_t n = cursor_u32(c);
	uint8_t root[TREE_HASH], signature[crypto_sign_BYTES];
	(void)l;
	if (n > SIGN_MAX || !origin_fits(origin))
		return false;
	struct str leaves = cursor_bytes(c, (size_t)n * TREE_HASH);
	if (!cursor_done(c) || !tree_of(&t, size, frontier) || !record_generation_put(k->record, k->secret->generation, e) ||
	    !record_sign(k->record, &t, (const uint8_t (*)[TREE_HASH])(const void *)leaves.p, n, root, e))
		return false;
	struct buf text = BUF(CHECKPOINT_MAX);
	seal_checkpoint(&text, origin, t.size, root);
	crypto_sign_detached(signature, NULL, (const uint8_t *)text.p, text.n, k->secret->sign);
	buf_free(&text);
	buf_put(out, (struct str){ (const char *)signature, sizeof signature });
	return true;
}

/* The key of a backup, sealed to the public key that also checks the log's signatures (as a curve25519 key). */
static bool do_backup(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct str sealed = cursor_bytes(c, BACKUP_SEALED);
	uint8_t public_key[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES], key[BACKUP_KEY];
	(void)l;
	if (!cursor_done(c))
		return false;
	bool good = crypto_sign_ed25519_sk_to_curve25519(secret, k->secret->sign) == 0 &&
	            crypto_sign_ed25519_pk_to_curve25519(public_key, k->secret->sign + 32) == 0 &&
	            crypto_box_seal_open(key, (const uint8_t *)sealed.p, sealed.n, public_key, secret) == 0;
	if (good)
		buf_put(out, (struct str){ (const char *)key, sizeof key });
	wipe(secret, sizeof secret);
	wipe(key, sizeof key);
	return good || err_set(e, TORN, NULL, "This backup is damaged, or was made by another vault.");
}

static bool do_link(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	buf_put(out, (struct str){ (const char *)k->secret->answer_public, ANSWER_KEY });
	for (uint32_t i = 0; i < n && !c->torn; i++) {
		int64_t customer = (int64_t)cursor_u64(c);
		uint8_t secret[LINK_SECRET];
		if (outside_round(l, customer))
			return not_in_round(e);
		link_secret(k->secret, k->business, customer, secret);
		buf_put(out, (struct str){ (const char *)secret, sizeof secret });
		wipe(secret, sizeof secret);
	}
	return cursor_done(c);
}

/* One that does not open is told as no bytes: it keeps no other from being read. */
static bool do_answer(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	struct buf plain = BUF(FRAME_MAX);
	bool good = spend(k, l, R_ANSWER, n, e);
	for (uint32_t i = 0; good && i < n && !c->torn; i++) {
		int64_t customer = (int64_t)cursor_u64(c);
		struct str sealed = cursor_lstr(c);
		buf_clear(&plain);
		answer_open(k->secret, k->business, customer, sealed, &plain);
		buf_lstr(out, buf_str(&plain));
	}
	buf_free(&plain);
	return good && cursor_done(c);
}

/* ---- lines ---- */

static void line_begin(struct line *l, int fd, enum asker asker)
{
	*l = (struct line){ .fd = fd, .asker = asker, .pass = -1, .in = BUF(FRAME_MAX + 4), .out = BUF(FRAME_MAX) };
}

/* A try that still runs needs the request: then the rest goes when it has come to its end. */
void line_end(struct line *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	if (l->pass >= 0)
		close(l->pass);
	l->pass = -1;
	bits_close(&l->rows);
	l->rows = (struct bits){ 0 };
	l->by_round = false;
	wipe(l->token, sizeof l->token);
	buf_free(&l->out);
	if (!l->trial.stretch.child)
		buf_free(&l->in);
}

/* A line more for another process: one end stays here, the other goes back behind the answer. Who asks on it is fixed from here on. */
static bool do_line(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint8_t asker = cursor_u8(c);
	int pair[2];
	(void)out;
	if (!cursor_done(c) || (asker != ASKER_DESK && asker != ASKER_COURIER))
		return false;
	size_t i = 1;
	while (i < k->lines && (k->line[i].fd >= 0 || k->line[i].trial.stretch.child))
		i++;
	if (i == LINES_MAX)
		return err_set(e, TOO_BIG, NULL, "The keeper has %d lines already.", LINES_MAX);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, "The keeper could not make a line");
	line_begin(&k->line[i], pair[0], (enum asker)asker);
	k->lines = i == k->lines ? i + 1 : k->lines;
	l->pass = pair[1];
	return true;
}

static bool allowed(struct keeper *k, struct line *l, enum request which, struct err *e)
{
	enum needs needs = list[which].needs;
	struct session *s = session_of(k, l->token);
	/* another keeper of this vault has a newer key: this one's is history, and so is who signed in with it */
	if (k->open && needs != NOTHING && record_generation(k->record) > k->secret->generation)
		lock(k), s = NULL;
	if (needs != NOTHING && !k->open)
		return err_set(e, LOCKED, "passphrase", "The vault is locked. Give the passphrase.");
	if (needs == A_ROUND)
		return l->by_round || err_set(e, REFUSED, NULL, "This goes under an approved round only.");
	if (needs > A_ROUND && !s && !(needs == A_SESSION_OR_ROUND && l->by_round))
		return err_set(e, LOCKED, "passphrase", "Nobody is signed in. Give the passphrase.");
	if (needs >= THE_PASSPHRASE && !again_holds(s))
		return err_set(e, REFUSED, "passphrase", "This needs the passphrase once more.");
	if (needs == AN_OWNERS_PASSPHRASE && !s->owner)
		return err_set(e, REFUSED, NULL, "Only an owner can do this.");
	return true;
}

/* Puts the answer together. false: the asker is no client of ours. A try that has begun has no answer yet. */
static bool answered(const struct line *l, bool good, struct buf *answer, const struct err *e)
{
	bool later = good && l->trial.stretch.child;
	if (good && !later)
		return !answer->full;
	wipe(answer->p, answer->n);
	buf_clear(answer);
	if (later || !e->code)
		return later;
	buf_u8(answer, (uint8_t)e->code);
	buf_put(answer, str_of(e->say));
	return true;
}

bool keeper_handle(struct keeper *k, struct line *l, struct str request, struct buf *answer)
{
	struct cursor c = cursor_of(request);
	struct err e = { 0 };
	uint8_t which = cursor_u8(&c);
	if (c.torn || which == 0 || which >= R_COUNT || !(list[which].askers >> l->asker & 1))
		return false;
	buf_u8(answer, OK);
	return answered(l, allowed(k, l, which, &e) && list[which].run(k, l, &c, answer, &e), answer, &e);
}

bool keeper_stretches(uint8_t which)
{
	return which < R_COUNT && list[which].stretches;
}

bool keeper_tried(struct keeper *k, struct line *l, enum request which, struct buf *answer)
{
	struct err e = { 0 };
	buf_u8(answer, OK);
	return answered(l, trial_end(k, l, which, answer, &e), answer, &e);
}

struct line *keeper_line(struct keeper *k, enum asker asker)
{
	struct line *l = &k->line[k->lines++];
	line_begin(l, -1, asker);
	return l;
}

void keeper_unlock(struct keeper *k, struct line *l, const uint8_t master[32], int64_t person, bool owner, bool again)
{
	k->open = secrets_derive(k->secret, master, k->business, STR(""));
	session_begin(k, l, person, owner);
	if (again)
		session_of(k, l->token)->again_until = INT64_MAX;
}

struct keeper *keeper_open(int record, int64_t business)
{
	struct keeper *k = mem_zero(1, sizeof *k);
	k->record = record;
	k->business = business;
	k->secret = secrets_get();
	if (!k->secret || sodium_init() < 0) {
		secrets_drop(k->secret);
		free(k);
		return NULL;
	}
	return k;
}

void keeper_close(struct keeper *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->lines; i++)
		line_end(&k->line[i]);
	secrets_drop(k->secret);
	wipe(k, sizeof *k);
	free(k);
}
