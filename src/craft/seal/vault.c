/* vault - what the keeper does with the vault itself: makes it, tries a passphrase, makes slots, changes the key. Part of the keeper's process. */
#include "keeper_int.h"

enum { AGAIN_SECONDS = 15 * 60 };

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

bool do_create(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
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
		keeper_admit(k, l, person, true);
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
bool do_slot(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct session *s = keeper_session(k, l->token);
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
	if ((!code && !passphrase_fits(passphrase, e)) || !keeper_spend(k, l, R_SLOT, 1, e))
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

bool do_login(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)out;
	int64_t person = (int64_t)cursor_u64(c);
	return trial_begin(k, l, person, c, e);
}

bool do_again(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)out;
	return trial_begin(k, l, keeper_session(k, l->token)->person, c, e);
}

/* The key into a vault that is closed, or the same key as in one that is open. */
static bool open_with(struct keeper *k, const uint8_t master[MASTER], struct str ring, struct err *e)
{
	if (k->open)
		return sodium_memcmp(master, k->secret->master, MASTER) == 0 || err_set(e, REFUSED, "passphrase", "That is the passphrase of another vault.");
	if (!secrets_derive(k->secret, master, k->business, ring) || k->secret->generation < record_generation(k->record)) {
		keeper_lock(k);
		return err_set(e, TORN, NULL, "The vault's keys do not belong together: was an old copy of the data folder put back? Put back a backup.");
	}
	k->open = record_generation_put(k->record, k->secret->generation, e);
	return k->open;
}

bool trial_end(struct keeper *k, struct line *l, enum request which, struct buf *out, struct err *e)
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
		keeper_admit(k, l, t.slot.person, t.slot.sort != SLOT_PERSON);
		buf_put(out, (struct str){ (const char *)l->token, sizeof l->token });
	} else if (good) {
		struct session *s = keeper_session(k, l->token);
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
bool do_rotate(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct session *s = keeper_session(k, l->token);
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
	if (!keeper_spend(k, l, R_ROTATE, 1, e) || !record_spend(k->record, B_TRIES, s->person, 1, e) || !slot_try(&mine, passphrase, &stretch, e) ||
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
