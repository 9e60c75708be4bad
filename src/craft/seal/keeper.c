/* keeper - the process that alone holds the key. It reads requests from one line, answers those of the list below within their
 * budgets, and ends at anything else. Parses nothing foreign: what it reads is what seal.c writes, and is not believed.
 *
 * The master key wraps nothing itself: from it come (BLAKE2b key derivation) the data key, the blind index's key, the key that marks
 * leaves, and the seed of the key that signs the log.
 */
#include "seal_int.h"
#include "role.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MASTER = 32, SALT = 16, VALUE_VERSION = 1, SLOT_VERSION = 2, SLOT_UNCHECKED = 1, LEAVE_VERSION = 1, KEY_NUMBER = 1, AGAIN_SECONDS = 15 * 60,
       NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES };

/* Everything secret, in one piece of memory that is locked, not dumped, and off the kernel's own map where that is possible. */
struct secrets { uint8_t master[MASTER], data[32], index[32], leave[32], sign[crypto_sign_SECRETKEYBYTES]; };

struct keeper {
	int record; int64_t business;
	struct secrets *secret;
	bool open;
	int64_t person;                                  /* whose session; 0: nobody's */
	int64_t again_until;                             /* CLOCK_BOOTTIME seconds */
	bool by_round;                                   /* unwraps go by a round's leave */
	struct bits rows;
};

/* ---- the closed list ---- */

enum needs { NOTHING, AN_OPEN_VAULT, A_SESSION, A_SESSION_OR_ROUND, THE_PASSPHRASE };
enum budget { B_TRIES, B_UNWRAP, B_INDEX, B_APPROVE, B_NONE, BUDGETS = B_NONE };

typedef bool handler(struct keeper *, struct cursor *, struct buf *, struct err *);
static handler do_create, do_login, do_again, do_wrap, do_unwrap, do_verify, do_index, do_approve, do_use, do_sign, do_renew, do_backup;

static const struct { handler *run; enum needs needs; } list[R_COUNT] = {
	[R_CREATE]  = { do_create,  NOTHING },
	[R_LOGIN]   = { do_login,   NOTHING },
	[R_AGAIN]   = { do_again,   A_SESSION },
	[R_WRAP]    = { do_wrap,    AN_OPEN_VAULT },
	[R_UNWRAP]  = { do_unwrap,  A_SESSION_OR_ROUND },
	[R_VERIFY]  = { do_verify,  A_SESSION },         /* opens, answers only yes or no */
	[R_INDEX]   = { do_index,   A_SESSION },         /* else it is an oracle for phone numbers */
	[R_APPROVE] = { do_approve, THE_PASSPHRASE },
	[R_USE]     = { do_use,     AN_OPEN_VAULT },
	[R_SIGN]    = { do_sign,    AN_OPEN_VAULT },
	[R_RENEW]   = { do_renew,   THE_PASSPHRASE },
	[R_BACKUP]  = { do_backup,  A_SESSION },         /* what is sealed in a backup's database stays sealed */
};

/* at most so many within so many seconds; free: none are counted for 15 minutes after the passphrase was given again */
static const struct { int64_t most, seconds; bool free; const char *say; } budgets[BUDGETS] = {
	[B_TRIES]   = { 5, 60, false, "Five wrong passphrases within a minute. Wait a minute, then try again." },
	[B_UNWRAP]  = { 2000, 3600, true, "2,000 contacts were opened within the hour. Wait, or give the passphrase again for a large job." },
	[B_INDEX]   = { 20000, 86400, true, "20,000 look-ups were made today. Give the passphrase again for a large job." },
	[B_APPROVE] = { 10, 86400, false, "Ten rounds were approved today. Wait, then approve again; handback check says how the keeper's record is." },
};

/* ---- the keeper's own record: what outlives it ---- */

/* Two copies, written in turn: a torn write leaves the other. Only grows stricter when the clock goes back. */
struct record {
	uint64_t turn;
	struct { int64_t since, count; } used[BUDGETS];
	uint64_t signed_size; uint8_t signed_root[32];
	uint64_t check;
};

static uint64_t record_check(const struct record *r)
{
	static const uint8_t key[16] = "handback-keeper";
	return hash64((struct str){ (const char *)r, offsetof(struct record, check) }, key);
}

static int64_t clock_seconds(clockid_t which)
{
	struct timespec t;
	clock_gettime(which, &t);
	return t.tv_sec;
}

/* The newer copy that is whole; false: neither is. */
static bool record_read(int fd, struct record *r)
{
	struct record copy[2] = { 0 };
	bool any = false;
	for (int i = 0; i < 2; i++)
		if (pread(fd, &copy[i], sizeof copy[i], (off_t)(i * 4096)) == (ssize_t)sizeof copy[i] && copy[i].check == record_check(&copy[i]) &&
		    (!any || copy[i].turn >= r->turn))
			*r = copy[i], any = true;
	return any;
}

static bool record_write(struct keeper *k, struct record *r, struct err *e)
{
	r->turn++;
	r->check = record_check(r);
	return (pwrite(k->record, r, sizeof *r, (off_t)(r->turn % 2 * 4096)) == (ssize_t)sizeof *r && fdatasync(k->record) == 0) ||
	       err_errno(e, "The keeper's record could not be written");
}

static bool record_lock(int fd, int how, struct err *e)
{
	while (flock(fd, how) != 0)
		if (errno != EINTR)
			return err_errno(e, "The keeper's record could not be locked");
	return true;
}

/* A record that is lost must not give new tries: all budgets count as used for an hour, those of a minute for a minute. */
static void record_anew(struct record *r)
{
	*r = (struct record){ 0 };
	for (int b = 0; b < BUDGETS; b++) {
		int64_t wait = budgets[b].seconds < 3600 ? budgets[b].seconds : 3600;
		r->used[b].since = clock_seconds(CLOCK_REALTIME) + wait - budgets[b].seconds;
		r->used[b].count = budgets[b].most;
	}
}

static bool record_take(struct keeper *k, struct record *r, struct err *e)
{
	if (!record_lock(k->record, LOCK_EX, e))
		return false;
	if (record_read(k->record, r))
		return true;
	record_anew(r);
	if (record_write(k, r, e))
		return true;
	flock(k->record, LOCK_UN);
	return false;
}

static bool record_leave(struct keeper *k, struct record *r, bool change, struct err *e)
{
	bool good = !change || record_write(k, r, e);
	flock(k->record, LOCK_UN);
	return good;
}

/* A new vault's: nothing is used, nothing is signed. */
static bool record_found(struct keeper *k, struct err *e)
{
	struct record r = { 0 };
	return record_lock(k->record, LOCK_EX, e) && record_leave(k, &r, true, e);
}

bool seal_record_new(int fd, struct err *e)
{
	struct keeper k = { .record = fd };
	struct record r;
	return (!record_read(fd, &r) && record_found(&k, e)) || err_set(e, CONFLICT, NULL, "There is a keeper's record already.");
}

bool seal_record(int fd, struct signed_so_far *out, struct err *e)
{
	struct record r;
	if (!record_lock(fd, LOCK_SH, e))
		return false;
	*out = (struct signed_so_far){ .whole = record_read(fd, &r) };
	flock(fd, LOCK_UN);
	if (out->whole) {
		out->size = r.signed_size;
		memcpy(out->root, r.signed_root, sizeof out->root);
	}
	return true;
}

/* Takes n from a budget, before anything is done; n < 0 gives back. */
static bool spend(struct keeper *k, enum budget b, int64_t n, struct err *e)
{
	struct record r;
	int64_t now = clock_seconds(CLOCK_REALTIME);
	if (budgets[b].free && clock_seconds(CLOCK_BOOTTIME) < k->again_until)
		return true;
	if (!record_take(k, &r, e))
		return false;
	if (!r.used[b].count || now >= r.used[b].since + budgets[b].seconds)
		r.used[b].since = now, r.used[b].count = 0;
	if (n > 0 && r.used[b].count + n > budgets[b].most) {
		record_leave(k, &r, false, e);
		if (r.signed_size)
			return err_set(e, REFUSED, NULL, "%s", budgets[b].say);
		/* a vault's record has signed the log from its founding on */
		return err_set(e, REFUSED, NULL, "The keeper's record (keeper.record in the data folder) was missing or damaged and was begun anew. "
		               "So that this gives nobody new tries, wait %s, then run it again.", budgets[b].seconds < 3600 ? "a minute" : "an hour");
	}
	r.used[b].count += n;
	if (r.used[b].count < 0)
		r.used[b].count = 0;
	return record_leave(k, &r, true, e);
}

/* ---- keys ---- */

static struct secrets *secrets_get(void)
{
	struct secrets *s = MAP_FAILED;
#ifdef SYS_memfd_secret
	int fd = (int)syscall(SYS_memfd_secret, 0);
	if (fd >= 0) {
		if (ftruncate(fd, (off_t)sizeof *s) == 0)
			s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
	}
#endif
	if (s == MAP_FAILED) {
		s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (s == MAP_FAILED)
			return NULL;
		mlock(s, sizeof *s);
		madvise(s, sizeof *s, MADV_DONTDUMP);
	}
	return s;
}

static void keys_derive(struct keeper *k)
{
	uint8_t seed[crypto_sign_SEEDBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
	struct secrets *s = k->secret;
	crypto_kdf_derive_from_key(s->data, sizeof s->data, KEY_NUMBER, "sealdata", s->master);
	crypto_kdf_derive_from_key(s->index, sizeof s->index, 1, "blindidx", s->master);
	crypto_kdf_derive_from_key(s->leave, sizeof s->leave, 1, "leavemac", s->master);
	crypto_kdf_derive_from_key(seed, sizeof seed, 1, "logsigns", s->master);
	crypto_sign_seed_keypair(public_key, s->sign, seed);
	wipe(seed, sizeof seed);
	k->open = true;
}

/* Argon2id in a child, so that its memory goes back to the machine at once. */
static bool stretched(struct str secret, const uint8_t salt[SALT], struct slot_cost cost, uint8_t key[32], struct err *e)
{
	int ends[2];
	if (pipe2(ends, 0) != 0)
		return err_errno(e, "The keeper could not make a line");
	pid_t child = fork();
	if (child == 0) {
		uint8_t out[32];
		if (crypto_pwhash(out, sizeof out, secret.p, secret.n, salt, cost.passes, (size_t)cost.mib << 20, crypto_pwhash_ALG_ARGON2ID13) != 0)
			_exit(1);
		_exit(write(ends[1], out, sizeof out) == (ssize_t)sizeof out ? 0 : 1);
	}
	close(ends[1]);
	ssize_t n = child > 0 ? read(ends[0], key, 32) : -1;
	close(ends[0]);
	int status = child > 0 ? role_wait(child) : -1;
	if (child < 0 || n != 32 || status != 0)
		return err_set(e, OUTSIDE, NULL, "There is not enough free memory to open the vault (%u MiB are needed). Close other programs and try again.", cost.mib);
	return true;
}

static bool cost_fits(struct slot_cost c)
{
	return c.mib >= SLOT_COST_FLOOR.mib && c.mib <= 4096 && c.passes >= SLOT_COST_FLOOR.passes && c.passes <= 10;
}

/* What belongs to a slot and is authenticated with the wrapped key. */
static void slot_place(struct buf *b, int64_t business, const struct slot *s, struct slot_cost cost)
{
	buf_put(b, STR("handback-slot"));
	buf_u8(b, 1);
	buf_u64(b, (uint64_t)business);
	buf_u64(b, (uint64_t)s->id);
	buf_u8(b, (uint8_t)s->sort);
	buf_u64(b, (uint64_t)s->person);
	buf_u32(b, cost.mib);
	buf_u32(b, cost.passes);
}

/* So that a slot whose bytes are damaged is told from a wrong passphrase; it keeps nobody from anything. */
static uint64_t slot_check(struct str bytes)
{
	static const uint8_t key[16] = "handback-slotchk";
	return hash64(bytes, key);
}

static bool slot_make(struct keeper *k, const struct slot *s, struct str secret, struct slot_cost cost, struct buf *out, struct err *e)
{
	uint8_t salt[SALT], nonce[NONCE], key[32], wrapped[MASTER + TAG];
	struct buf place = BUF(256);
	random_bytes(salt, sizeof salt);
	random_bytes(nonce, sizeof nonce);
	if (!stretched(secret, salt, cost, key, e))
		return false;
	slot_place(&place, k->business, s, cost);
	crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped, NULL, k->secret->master, MASTER, (const uint8_t *)place.p, place.n, NULL, nonce, key);
	wipe(key, sizeof key);
	buf_u8(out, SLOT_VERSION);
	buf_u32(out, cost.mib);
	buf_u32(out, cost.passes);
	buf_put(out, (struct str){ (const char *)salt, sizeof salt });
	buf_put(out, (struct str){ (const char *)nonce, sizeof nonce });
	buf_put(out, (struct str){ (const char *)wrapped, sizeof wrapped });
	buf_u64(out, slot_check(buf_str(out)));
	buf_free(&place);
	return true;
}

/* *opened tells whether the secret fits; false is a fault of another sort. */
static bool slot_open(struct keeper *k, const struct slot *s, struct str secret, uint8_t master[MASTER], bool *opened, struct err *e)
{
	struct cursor c = cursor_of(s->bytes);
	uint8_t version = cursor_u8(&c), key[32];
	struct slot_cost cost = { .mib = cursor_u32(&c) };
	cost.passes = cursor_u32(&c);
	struct str salt = cursor_bytes(&c, SALT), nonce = cursor_bytes(&c, NONCE), wrapped = cursor_bytes(&c, MASTER + TAG);
	bool whole = version == SLOT_VERSION ? !c.torn && cursor_u64(&c) == slot_check((struct str){ s->bytes.p, s->bytes.n - 8 }) : version == SLOT_UNCHECKED;
	if (!cursor_done(&c) || !whole || !cost_fits(cost))
		return err_set(e, TORN, NULL, s->sort == SLOT_PASSPHRASE ? "The passphrase's slot in the vault is damaged: no passphrase can open it. Give the recovery code instead, or put back a backup."
		                                                         : "The recovery code's slot in the vault is damaged: no code can open it. Give the passphrase, or put back a backup.");
	if (!stretched(secret, (const uint8_t *)salt.p, cost, key, e))
		return false;
	struct buf place = BUF(256);
	slot_place(&place, k->business, s, cost);
	*opened = crypto_aead_xchacha20poly1305_ietf_decrypt(master, NULL, NULL, (const uint8_t *)wrapped.p, wrapped.n, (const uint8_t *)place.p, place.n,
	                                                     (const uint8_t *)nonce.p, key) == 0;
	buf_free(&place);
	wipe(key, sizeof key);
	return true;
}

/* ---- recovery codes: eight groups of four random characters and a check character ---- */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";    /* Crockford's: without I, L, O, U */

static char group_check(const char *group, int number)
{
	int sum = number + 1;
	for (int i = 0; i < RECOVERY_GROUP - 1; i++)
		sum = (sum * 3 + (int)(strchr(alphabet, group[i]) - alphabet) * (2 * i + 1)) % 31;
	return alphabet[sum];
}

static void recovery_make(char code[64])
{
	char *to = code;
	for (int g = 0; g < RECOVERY_GROUPS; g++) {
		char *group = to;
		for (int i = 0; i < RECOVERY_GROUP - 1; i++)
			*to++ = alphabet[randombytes_uniform(32)];
		*to++ = group_check(group, g);
		*to++ = g + 1 < RECOVERY_GROUPS ? '-' : 0;
	}
}

/* Text that is meant as a recovery code, without what does not count; false: it is something else. */
static bool recovery_read(struct str text, char code[RECOVERY_GROUPS * RECOVERY_GROUP + 1])
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '-' || c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (!c || !strchr(alphabet, c) || n == RECOVERY_GROUPS * RECOVERY_GROUP)
			return false;
		code[n++] = c;
	}
	code[n] = 0;
	return n == RECOVERY_GROUPS * RECOVERY_GROUP;
}

/* ---- requests ---- */

static size_t characters(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((uint8_t)s.p[i] & 0xC0) != 0x80;
	return n;
}

static bool do_create(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	struct str passphrase = cursor_lstr(c);
	int64_t person = (int64_t)cursor_u64(c);
	struct slot_cost cost = { .mib = cursor_u32(c) };
	cost.passes = cursor_u32(c);
	if (!cursor_done(c) || k->open)
		return false;
	if (characters(passphrase) < PASSPHRASE_MIN || passphrase.n > PASSPHRASE_MAX)
		return err_set(e, INVALID, "passphrase", "A passphrase has at least 12 characters. Four plain words make a good one.");
	if (!cost_fits(cost))
		return err_set(e, INVALID, "cost", "The vault's cost is at least %u MiB and %u pass.", SLOT_COST_FLOOR.mib, SLOT_COST_FLOOR.passes);
	if (!record_found(k, e))
		return false;
	char recovery[64], plain[RECOVERY_GROUPS * RECOVERY_GROUP + 1];
	struct slot first = { 1, SLOT_PASSPHRASE, person, { 0 } }, second = { 2, SLOT_RECOVERY, person, { 0 } };
	struct buf a = BUF(1024), b = BUF(1024);
	random_bytes(k->secret->master, MASTER);
	recovery_make(recovery);
	recovery_read(str_of(recovery), plain);
	bool good = slot_make(k, &first, passphrase, cost, &a, e) && slot_make(k, &second, str_of(plain), cost, &b, e);
	if (good) {
		keys_derive(k);
		k->person = person;
		buf_lstr(out, buf_str(&a));
		buf_lstr(out, buf_str(&b));
		buf_lstr(out, str_of(recovery));
		buf_put(out, (struct str){ (const char *)k->secret->sign + 32, 32 });          /* its second half is the public key */
	}
	wipe(recovery, sizeof recovery);
	wipe(plain, sizeof plain);
	buf_free(&a);
	buf_free(&b);
	return good;
}

/* A slot's secret exchanged: a new passphrase, or (none given) a new recovery code. What guessing costs stays as the old slot has it. */
static bool do_renew(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	struct str passphrase = cursor_lstr(c);
	struct slot slot;
	slot.id = (int64_t)cursor_u64(c);
	slot.sort = (enum slot_sort)cursor_u8(c);
	slot.person = (int64_t)cursor_u64(c);
	slot.bytes = cursor_lstr(c);
	struct cursor old = cursor_of(slot.bytes);
	cursor_u8(&old);
	struct slot_cost cost = { .mib = cursor_u32(&old) };
	cost.passes = cursor_u32(&old);
	if (!cursor_done(c) || (slot.sort != SLOT_PASSPHRASE && slot.sort != SLOT_RECOVERY) || (slot.sort == SLOT_RECOVERY) != !passphrase.n)
		return false;
	if (slot.sort == SLOT_PASSPHRASE && (characters(passphrase) < PASSPHRASE_MIN || passphrase.n > PASSPHRASE_MAX))
		return err_set(e, INVALID, "passphrase", "A passphrase has at least 12 characters. Four plain words make a good one.");
	char recovery[64] = "", plain[RECOVERY_GROUPS * RECOVERY_GROUP + 1];
	struct buf bytes = BUF(1024);
	if (slot.sort == SLOT_RECOVERY) {
		recovery_make(recovery);
		recovery_read(str_of(recovery), plain);
		passphrase = str_of(plain);
	}
	bool good = slot_make(k, &slot, passphrase, cost_fits(cost) ? cost : SLOT_COST_DEFAULT, &bytes, e);
	if (good) {
		buf_lstr(out, buf_str(&bytes));
		buf_lstr(out, str_of(recovery));
	}
	wipe(recovery, sizeof recovery);
	wipe(plain, sizeof plain);
	buf_free(&bytes);
	return good;
}

/* The passphrase or recovery code against the slots. *person: whose it is. */
static bool try_slots(struct keeper *k, struct cursor *c, uint8_t master[MASTER], int64_t *person, struct err *e)
{
	struct slot slot[SLOTS_MAX];
	struct str passphrase = cursor_lstr(c);
	uint32_t n = cursor_u32(c);
	char code[RECOVERY_GROUPS * RECOVERY_GROUP + 1] = { 0 };
	if (n > SLOTS_MAX)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		slot[i].id = (int64_t)cursor_u64(c);
		slot[i].sort = (enum slot_sort)cursor_u8(c);
		slot[i].person = (int64_t)cursor_u64(c);
		slot[i].bytes = cursor_lstr(c);
	}
	if (!cursor_done(c) || !n)
		return false;
	bool recovery = recovery_read(passphrase, code), opened = false, good = true;
	for (int g = 0; recovery && g < RECOVERY_GROUPS; g++)
		if (group_check(code + g * RECOVERY_GROUP, g) != code[(g + 1) * RECOVERY_GROUP - 1])
			return err_set(e, REFUSED, "passphrase", "The recovery code has a typing mistake in its group %d.", g + 1);
	/* counted before it is tried, so that ending the keeper in between gains nothing */
	if (!spend(k, B_TRIES, 1, e))
		return false;
	for (uint32_t i = 0; good && !opened && i < n; i++)
		if (slot[i].sort == (recovery ? SLOT_RECOVERY : SLOT_PASSPHRASE)) {
			good = slot_open(k, &slot[i], recovery ? str_of(code) : passphrase, master, &opened, e);
			*person = slot[i].person;
		}
	wipe(code, sizeof code);
	if (good && !opened)
		return err_set(e, REFUSED, "passphrase", recovery ? "That is not the recovery code. Nothing was opened." : "That is not the passphrase. Nothing was opened. If it is lost, give the recovery code in its place.");
	return good && spend(k, B_TRIES, -1, e);
}

static bool do_login(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	uint8_t master[MASTER];
	int64_t person;
	(void)out;
	bool good = try_slots(k, c, master, &person, e);
	if (good) {
		memcpy(k->secret->master, master, MASTER);
		keys_derive(k);
		k->person = person;
	}
	wipe(master, sizeof master);
	return good;
}

static bool do_again(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	uint8_t master[MASTER];
	int64_t person;
	(void)out;
	bool good = try_slots(k, c, master, &person, e);
	if (good && sodium_memcmp(master, k->secret->master, MASTER) != 0)
		good = err_set(e, REFUSED, "passphrase", "That is the passphrase of another vault.");
	if (good)
		k->again_until = clock_seconds(CLOCK_BOOTTIME) + AGAIN_SECONDS;
	wipe(master, sizeof master);
	return good;
}

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

static bool spot_data(struct keeper *k, const struct spot *s, struct buf *ad)
{
	buf_clear(ad);
	buf_u8(ad, VALUE_VERSION);
	buf_u32(ad, KEY_NUMBER);
	buf_u64(ad, (uint64_t)k->business);
	buf_lstr(ad, s->table);
	buf_lstr(ad, s->column);
	buf_u64(ad, (uint64_t)s->row);
	return !ad->full;
}

static bool do_wrap(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	enum { NONCES = 256 };
	uint32_t n = cursor_u32(c);
	uint8_t nonces[NONCES][NONCE];
	struct buf ad = BUF(512);
	bool good = true;
	(void)e;
	for (uint32_t i = 0; good && i < n; i++) {
		struct spot s = spot_read(c);
		struct str plain = cursor_lstr(c);
		good = !c->torn && spot_data(k, &s, &ad);
		if (!good)
			break;
		if (i % NONCES == 0)
			random_bytes(nonces, sizeof nonces);
		const uint8_t *nonce = nonces[i % NONCES];
		buf_u32(out, (uint32_t)(plain.n + SEAL_EXTRA));
		buf_u8(out, VALUE_VERSION);
		buf_u32(out, KEY_NUMBER);
		buf_put(out, (struct str){ (const char *)nonce, NONCE });
		char *to = buf_space(out, plain.n + TAG);
		good = to != NULL;
		if (good)
			crypto_aead_xchacha20poly1305_ietf_encrypt((uint8_t *)to, NULL, (const uint8_t *)plain.p, plain.n, (const uint8_t *)ad.p, ad.n, NULL, nonce,
			                                           k->secret->data);
	}
	buf_free(&ad);
	return good && cursor_done(c);
}

/* Opens one value into out (or only tries); false: it does not open. */
static bool value_open(struct keeper *k, const struct spot *s, struct str sealed, struct buf *ad, struct buf *out)
{
	struct cursor v = cursor_of(sealed);
	uint8_t version = cursor_u8(&v);
	uint32_t number = cursor_u32(&v);
	struct str nonce = cursor_bytes(&v, NONCE);
	if (v.torn || version != VALUE_VERSION || number != KEY_NUMBER || (size_t)(v.end - v.p) < TAG || !spot_data(k, s, ad))
		return false;
	size_t n = (size_t)(v.end - v.p) - TAG, begun = out->n;
	buf_u32(out, (uint32_t)n);
	char *to = buf_space(out, n);
	if (!to && n)
		return false;
	uint8_t nothing;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(to ? (uint8_t *)to : &nothing, NULL, NULL, v.p, (size_t)(v.end - v.p), (const uint8_t *)ad->p, ad->n,
	                                               (const uint8_t *)nonce.p, k->secret->data) != 0) {
		out->n = begun;
		return false;
	}
	return true;
}

static bool do_unwrap(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	struct buf ad = BUF(512);
	bool good = k->by_round || spend(k, B_UNWRAP, n, e);
	for (uint32_t i = 0; good && i < n; i++) {
		struct spot s = spot_read(c);
		struct str sealed = cursor_lstr(c);
		if (c->torn)
			good = false;
		else if (k->by_round && (!str_eq(s.table, STR("customer")) || s.row <= 0 || !bits_has(&k->rows, (size_t)s.row)))
			good = err_set(e, REFUSED, NULL, "This round's leave does not open that contact.");
		else if (!value_open(k, &s, sealed, &ad, out))
			good = err_set(e, TORN, NULL, "A sealed value was changed or moved, and does not open. Restore a backup.");
	}
	buf_free(&ad);
	if (!good)
		wipe(out->p, out->n), buf_clear(out);
	return good && cursor_done(c);
}

static bool do_verify(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c), bad = UINT32_MAX;
	struct buf ad = BUF(512), plain = BUF(FRAME_MAX);
	(void)e;
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

static bool do_index(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	uint8_t sort = cursor_u8(c);
	uint32_t n = cursor_u32(c);
	if (!spend(k, B_INDEX, n, e))
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

struct leave_parts { int64_t business, person, incident, round, issued, ends; struct str digest; };

static void leave_write(struct buf *b, const struct leave_parts *l)
{
	buf_u8(b, LEAVE_VERSION);
	buf_u64(b, (uint64_t)l->business);
	buf_u64(b, (uint64_t)l->person);
	buf_u64(b, (uint64_t)l->incident);
	buf_u64(b, (uint64_t)l->round);
	buf_u64(b, (uint64_t)l->issued);
	buf_u64(b, (uint64_t)l->ends);
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
	l.digest = cursor_bytes(c, 32);
	return l;
}

static void leave_mark(struct keeper *k, struct str body, uint8_t mark[32])
{
	crypto_generichash(mark, 32, (const uint8_t *)body.p, body.n, k->secret->leave, sizeof k->secret->leave);
}

static bool do_approve(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	enum { LONGEST = 31 * 86400 };
	int64_t now = clock_seconds(CLOCK_REALTIME);
	struct leave_parts l = { .business = k->business, .person = k->person, .issued = now };
	uint8_t mark[32];
	l.incident = (int64_t)cursor_u64(c);
	l.round = (int64_t)cursor_u64(c);
	l.ends = (int64_t)cursor_u64(c);
	l.digest = cursor_bytes(c, 32);
	if (!cursor_done(c))
		return false;
	if (l.ends <= now || l.ends > now + LONGEST)
		return err_set(e, INVALID, NULL, "An approval ends within 31 days.");
	if (!spend(k, B_APPROVE, 1, e))
		return false;
	struct buf body = BUF(LEAVE_MAX);
	leave_write(&body, &l);
	leave_mark(k, buf_str(&body), mark);
	buf_put(out, buf_str(&body));
	buf_put(out, (struct str){ (const char *)mark, sizeof mark });
	buf_free(&body);
	return true;
}

static bool do_use(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	struct str leave = cursor_lstr(c), words;
	uint64_t n = cursor_u64(c);
	uint8_t mark[32], digest[32];
	(void)out;
	bits_close(&k->rows);
	k->by_round = false;
	if (!leave.n)
		return cursor_done(c);
	if (n > (uint64_t)FRAME_MAX * 8)
		return false;
	words = cursor_bytes(c, (size_t)((n + 63) / 64) * 8);
	if (!cursor_done(c))
		return false;
	struct cursor v = cursor_of(leave);
	uint8_t version = cursor_u8(&v);
	struct leave_parts l = leave_read(&v);
	struct str told = cursor_bytes(&v, 32);
	if (!cursor_done(&v) || version != LEAVE_VERSION)
		return err_set(e, REFUSED, NULL, "This approval is damaged. Approve the round again.");
	leave_mark(k, (struct str){ leave.p, leave.n - 32 }, mark);
	if (sodium_memcmp(mark, told.p, 32) != 0 || l.business != k->business)
		return err_set(e, REFUSED, NULL, "This approval was not given here. Approve the round again.");
	if (clock_seconds(CLOCK_REALTIME) >= l.ends)
		return err_set(e, REFUSED, NULL, "This approval has ended. Approve the round again.");
	struct bits rows = bits_open((size_t)n);
	memcpy(rows.w, words.p, words.n);
	rows_digest(&rows, digest);
	if (sodium_memcmp(digest, l.digest.p, 32) != 0) {
		bits_close(&rows);
		return err_set(e, REFUSED, NULL, "The round's customers are not those that were approved. Approve the round again.");
	}
	k->rows = rows;
	k->by_round = true;
	return true;
}

static bool do_sign(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	uint64_t size = cursor_u64(c);
	struct str root = cursor_bytes(c, 32);
	struct record r;
	uint8_t message[80], signature[crypto_sign_BYTES];
	if (!cursor_done(c))
		return false;
	if (!record_take(k, &r, e))
		return false;
	bool shorter = size < r.signed_size, forked = size == r.signed_size && size && memcmp(r.signed_root, root.p, 32) != 0;
	if (!shorter && !forked) {
		r.signed_size = size;
		memcpy(r.signed_root, root.p, 32);
	}
	if (!record_leave(k, &r, !shorter && !forked, e))
		return false;
	if (shorter || forked)
		return err_set(e, REFUSED, NULL, "The log has been %s since it was last signed. Was an old copy of the data folder put back?",
		               shorter ? "shortened" : "rewritten");
	size_t n = head_message(k->business, size, (const uint8_t *)root.p, message);
	crypto_sign_detached(signature, NULL, message, n, k->secret->sign);
	buf_put(out, (struct str){ (const char *)signature, sizeof signature });
	return true;
}

/* The key of a backup, sealed to the public key that also checks the log's signatures (as a curve25519 key). */
static bool do_backup(struct keeper *k, struct cursor *c, struct buf *out, struct err *e)
{
	struct str sealed = cursor_bytes(c, BACKUP_SEALED);
	uint8_t public_key[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES], key[BACKUP_KEY];
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

/* ---- one request ---- */

static bool allowed(const struct keeper *k, enum needs needs, struct err *e)
{
	bool locked = needs != NOTHING && !k->open;
	if (locked)
		return err_set(e, LOCKED, "passphrase", "The vault is locked. Give the passphrase.");
	if ((needs == A_SESSION || needs == THE_PASSPHRASE) && !k->person)
		return err_set(e, LOCKED, "passphrase", "Nobody is signed in. Give the passphrase.");
	if (needs == A_SESSION_OR_ROUND && !k->person && !k->by_round)
		return err_set(e, LOCKED, "passphrase", "Nobody is signed in. Give the passphrase.");
	if (needs == THE_PASSPHRASE && clock_seconds(CLOCK_BOOTTIME) >= k->again_until)
		return err_set(e, REFUSED, "passphrase", "This needs the passphrase once more.");
	return true;
}

bool keeper_handle(struct keeper *k, struct str request, struct buf *answer)
{
	struct cursor c = cursor_of(request);
	struct err e = { 0 };
	uint8_t which = cursor_u8(&c);
	if (c.torn || which == 0 || which >= R_COUNT)
		return false;
	buf_u8(answer, OK);
	if (allowed(k, list[which].needs, &e) && list[which].run(k, &c, answer, &e))
		return !answer->full;
	if (!e.code)
		return false;                            /* not refused but broken: the asker is no client of ours */
	buf_clear(answer);
	buf_u8(answer, (uint8_t)e.code);
	buf_put(answer, str_of(e.say));
	return true;
}

struct keeper *keeper_open(int record, int64_t business)
{
	struct keeper *k = mem_zero(1, sizeof *k);
	k->record = record;
	k->business = business;
	k->secret = secrets_get();
	if (!k->secret || sodium_init() < 0) {
		free(k);
		return NULL;
	}
	return k;
}

void keeper_close(struct keeper *k)
{
	if (!k)
		return;
	bits_close(&k->rows);
	wipe(k->secret, sizeof *k->secret);
	munmap(k->secret, sizeof *k->secret);
	free(k);
}

int keeper_main(int line, int record, int64_t business, bool (*drop)(struct err *))
{
	struct err e = { 0 };
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	if (prctl(PR_SET_DUMPABLE, 0) != 0)
		return 3;
	struct keeper *k = keeper_open(record, business);
	if (!k || !drop(&e)) {
		fprintf(stderr, "handback: the keeper could not start safely: %s\n", e.say);
		return 3;
	}
	struct buf request = BUF(FRAME_MAX), answer = BUF(FRAME_MAX);
	uint32_t n;
	bool good = true;
	while (good && line_read(line, &n, sizeof n)) {
		buf_clear(&request);
		buf_clear(&answer);
		char *to = n && n <= FRAME_MAX ? buf_space(&request, n) : NULL;
		good = to && line_read(line, to, n) && keeper_handle(k, buf_str(&request), &answer);
		n = (uint32_t)answer.n;
		good = good && line_write(line, (struct str){ (const char *)&n, sizeof n }) && line_write(line, buf_str(&answer));
		wipe(request.p, request.n);
		wipe(answer.p, answer.n);
	}
	buf_free(&request);
	buf_free(&answer);
	keeper_close(k);
	return good ? 0 : 1;
}
