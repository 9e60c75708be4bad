/* slot - the key, what comes from it, and what it is wrapped in: slots (a passphrase or a recovery code), and the ring that carries older
 * data keys on into a new generation. Runs in the keeper only. */
#include "keeper_int.h"
#include "role.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SLOT_VERSION = 2, SLOT_UNCHECKED = 1, RING_VERSION = 1 };

/* ---- keys ---- */

struct secrets *secrets_get(void)
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

void secrets_drop(struct secrets *s)
{
	if (!s)
		return;
	wipe(s, sizeof *s);
	munmap(s, sizeof *s);
}

/* All but the blind index's key and the older data keys. */
static void derive(struct secrets *s)
{
	uint8_t seed[crypto_sign_SEEDBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
	crypto_kdf_derive_from_key(s->data, sizeof s->data, s->generation, "sealdata", s->master);
	crypto_kdf_derive_from_key(s->leave, sizeof s->leave, 1, "leavemac", s->master);
	crypto_kdf_derive_from_key(seed, sizeof seed, 1, "logsigns", s->master);
	crypto_sign_seed_keypair(public_key, s->sign, seed);
	crypto_kdf_derive_from_key(s->link, sizeof s->link, 1, "linkkeys", s->index);
	crypto_kdf_derive_from_key(seed, sizeof seed, 1, "answers.", s->index);
	crypto_box_seed_keypair(s->answer_public, s->answer, seed);
	wipe(seed, sizeof seed);
}

/* ---- links ---- */

void link_secret(const struct secrets *s, int64_t business, int64_t customer, uint8_t secret[LINK_SECRET])
{
	uint8_t hash[32];
	int64_t whose[2] = { business, customer };
	keyed_hash(s->link, sizeof s->link, "customer", (struct str){ (const char *)whose, sizeof whose }, hash);
	memcpy(secret, hash, LINK_SECRET);
	wipe(hash, sizeof hash);
}

bool answer_open(const struct secrets *s, int64_t business, int64_t customer, struct str sealed, struct buf *out)
{
	enum { PROOF = 32, LONGEST = 4096 };
	uint8_t plain[LONGEST], secret[LINK_SECRET], proof[32];
	if (sealed.n <= crypto_box_SEALBYTES + PROOF || sealed.n > LONGEST ||
	    crypto_box_seal_open(plain, (const uint8_t *)sealed.p, sealed.n, s->answer_public, s->answer) != 0)
		return false;
	struct str body = { (const char *)plain + PROOF, sealed.n - crypto_box_SEALBYTES - PROOF };
	link_secret(s, business, customer, secret);
	keyed_hash(secret, sizeof secret, "answer", body, proof);
	bool good = sodium_memcmp(proof, plain, PROOF) == 0;
	if (good)
		buf_put(out, body);
	wipe(secret, sizeof secret);
	wipe(plain, sizeof plain);
	return good;
}

/* What belongs to a ring and is authenticated with it. */
static void ring_place(struct buf *b, int64_t business, uint32_t generation)
{
	buf_put(b, STR("handback-ring"));
	buf_u8(b, RING_VERSION);
	buf_u64(b, (uint64_t)business);
	buf_u32(b, generation);
}

static void ring_key(const struct secrets *s, uint8_t key[32])
{
	crypto_kdf_derive_from_key(key, 32, 1, "keyring.", s->master);
}

void ring_write(const struct secrets *s, int64_t business, struct buf *out)
{
	size_t n = 32 * (size_t)s->generation;           /* the index's key, and generation - 1 data keys */
	uint8_t nonce[NONCE], key[32], plain[32 * GENERATIONS_MAX];
	struct buf place = BUF(64);
	memcpy(plain, s->index, 32);
	memcpy(plain + 32, s->older, n - 32);
	random_bytes(nonce, sizeof nonce);
	ring_place(&place, business, s->generation);
	ring_key(s, key);
	buf_u8(out, RING_VERSION);
	buf_u32(out, s->generation);
	buf_put(out, (struct str){ (const char *)nonce, NONCE });
	char *to = buf_space(out, n + TAG);
	if (to)
		crypto_aead_xchacha20poly1305_ietf_encrypt((uint8_t *)to, NULL, plain, n, (const uint8_t *)place.p, place.n, NULL, nonce, key);
	wipe(key, sizeof key);
	wipe(plain, sizeof plain);
	buf_free(&place);
}

static bool ring_read(struct secrets *s, int64_t business, struct str ring)
{
	struct cursor c = cursor_of(ring);
	uint8_t version = cursor_u8(&c), key[32], plain[32 * GENERATIONS_MAX];
	uint32_t generation = cursor_u32(&c);
	struct buf place = BUF(64);
	if (c.torn || version != RING_VERSION || generation < 2 || generation > GENERATIONS_MAX)
		return false;
	size_t n = 32 * (size_t)generation;
	struct str nonce = cursor_bytes(&c, NONCE), wrapped = cursor_bytes(&c, n + TAG);
	if (!cursor_done(&c))
		return false;
	ring_place(&place, business, generation);
	ring_key(s, key);
	bool good = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, (const uint8_t *)wrapped.p, wrapped.n, (const uint8_t *)place.p, place.n,
	                                                       (const uint8_t *)nonce.p, key) == 0;
	if (good) {
		s->generation = generation;
		memcpy(s->index, plain, 32);
		memcpy(s->older, plain + 32, n - 32);
	}
	wipe(key, sizeof key);
	wipe(plain, sizeof plain);
	buf_free(&place);
	return good;
}

bool secrets_derive(struct secrets *s, const uint8_t master[MASTER], int64_t business, struct str ring)
{
	memcpy(s->master, master, MASTER);
	s->generation = 1;
	crypto_kdf_derive_from_key(s->index, sizeof s->index, 1, "blindidx", s->master);
	bool good = !ring.n || ring_read(s, business, ring);
	derive(s);
	return good;
}

void secrets_next(struct secrets *next, const struct secrets *s)
{
	memcpy(next, s, sizeof *next);
	memcpy(next->older[s->generation - 1], s->data, 32);
	next->generation = s->generation + 1;
	random_bytes(next->master, MASTER);
	derive(next);
}

const uint8_t *secrets_data(const struct secrets *s, uint32_t generation)
{
	return generation == s->generation ? s->data : generation && generation < s->generation ? s->older[generation - 1] : NULL;
}

/* ---- stretching ---- */

bool stretch_begin(struct stretch *s, struct str secret, const uint8_t salt[SALT], struct slot_cost cost, struct err *e)
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
	if (child < 0) {
		close(ends[0]);
		return err_errno(e, "The keeper could not start what tries the passphrase");
	}
	*s = (struct stretch){ child, ends[0], cost.mib };
	return true;
}

bool stretch_end(struct stretch *s, uint8_t key[32], struct err *e)
{
	ssize_t n = read(s->end, key, 32);
	close(s->end);
	int status = role_wait(s->child);
	uint32_t mib = s->mib;
	*s = (struct stretch){ 0 };
	return (n == 32 && status == 0) ||
	       err_set(e, OUTSIDE, NULL, "There is not enough free memory to open the vault (%u MiB are needed). Close other programs and try again.", mib);
}

/* ---- slots ---- */

bool cost_fits(struct slot_cost c)
{
	return c.mib >= SLOT_COST_FLOOR.mib && c.mib <= 4096 && c.passes >= SLOT_COST_FLOOR.passes && c.passes <= 10;
}

struct slot_cost slot_cost_of(struct str bytes)
{
	struct cursor c = cursor_of(bytes);
	cursor_u8(&c);
	struct slot_cost cost = { .mib = cursor_u32(&c) };
	cost.passes = cursor_u32(&c);
	return cost;
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

bool slot_make(const struct slot *s, int64_t business, const uint8_t master[MASTER], struct str secret, struct slot_cost cost, struct buf *out, struct err *e)
{
	uint8_t salt[SALT], nonce[NONCE], key[32], wrapped[MASTER + TAG];
	struct buf place = BUF(256);
	struct stretch stretch;
	random_bytes(salt, sizeof salt);
	random_bytes(nonce, sizeof nonce);
	if (!stretch_begin(&stretch, secret, salt, cost, e) || !stretch_end(&stretch, key, e))
		return false;
	slot_place(&place, business, s, cost);
	crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped, NULL, master, MASTER, (const uint8_t *)place.p, place.n, NULL, nonce, key);
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

/* A slot's parts behind its cost. */
static bool slot_parts(const struct slot *s, struct str *salt, struct str *nonce, struct str *wrapped)
{
	struct cursor c = cursor_of(s->bytes);
	uint8_t version = cursor_u8(&c);
	cursor_u64(&c);                                  /* the cost */
	*salt = cursor_bytes(&c, SALT);
	*nonce = cursor_bytes(&c, NONCE);
	*wrapped = cursor_bytes(&c, MASTER + TAG);
	bool whole = version == SLOT_VERSION ? !c.torn && cursor_u64(&c) == slot_check((struct str){ s->bytes.p, s->bytes.n - 8 }) : version == SLOT_UNCHECKED;
	return cursor_done(&c) && whole && cost_fits(slot_cost_of(s->bytes));
}

bool slot_try(const struct slot *s, struct str secret, struct stretch *stretch, struct err *e)
{
	struct str salt, nonce, wrapped;
	if (!slot_parts(s, &salt, &nonce, &wrapped))
		return err_set(e, TORN, NULL, s->sort != SLOT_RECOVERY ? "The passphrase's slot in the vault is damaged: no passphrase can open it. Give the recovery code instead, or put back a backup."
		                                                       : "The recovery code's slot in the vault is damaged: no code can open it. Give the passphrase, or put back a backup.");
	return stretch_begin(stretch, secret, (const uint8_t *)salt.p, slot_cost_of(s->bytes), e);
}

bool slot_opens(const struct slot *s, int64_t business, const uint8_t key[32], uint8_t master[MASTER])
{
	struct str salt, nonce, wrapped;
	struct buf place = BUF(256);
	slot_place(&place, business, s, slot_cost_of(s->bytes));
	bool opened = slot_parts(s, &salt, &nonce, &wrapped) &&
	              crypto_aead_xchacha20poly1305_ietf_decrypt(master, NULL, NULL, (const uint8_t *)wrapped.p, wrapped.n, (const uint8_t *)place.p, place.n,
	                                                         (const uint8_t *)nonce.p, key) == 0;
	buf_free(&place);
	return opened;
}

/* ---- recovery codes ---- */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";    /* Crockford's: without I, L, O, U */

static char group_check(const char *group, int number)
{
	int sum = number + 1;
	for (int i = 0; i < RECOVERY_GROUP - 1; i++)
		sum = (sum * 3 + (int)(strchr(alphabet, group[i]) - alphabet) * (2 * i + 1)) % 31;
	return alphabet[sum];
}

void recovery_make(char code[64])
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

bool recovery_read(struct str text, char code[CODE])
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '-' || c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (!c || !strchr(alphabet, c) || n == CODE - 1)
			return false;
		code[n++] = c;
	}
	code[n] = 0;
	return n == CODE - 1;
}

int recovery_mistake(const char code[CODE])
{
	for (int g = 0; g < RECOVERY_GROUPS; g++)
		if (group_check(code + g * RECOVERY_GROUP, g) != code[(g + 1) * RECOVERY_GROUP - 1])
			return g + 1;
	return 0;
}
