/* seal - everybody's end of the line to the keeper: puts requests into frames, in batches, and takes answers out. */
#include "seal_int.h"
#include "role.h"
#include "stream.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const struct slot_cost SLOT_COST_FLOOR = { 46, 1 };
const struct slot_cost SLOT_COST_DEFAULT = { 256, 3 };

struct seal { int line; pid_t child; int64_t business; bool open; struct buf out, in; };

static struct seal *began(struct seal *s, int64_t business)
{
	s->business = business;
	s->out = BUF(FRAME_MAX + 4);
	s->in = BUF(FRAME_MAX);
	return s;
}

struct seal *seal_open(int record, int64_t business, struct err *e)
{
	char which[32];
	struct seal *s = mem_zero(1, sizeof *s);
	snprintf(which, sizeof which, "%" PRId64, business);
	bool started = role_start("keeper", which, record, &s->child, &s->line, e);
	close(record);
	if (!started) {
		free(s);
		return NULL;
	}
	return began(s, business);
}

struct seal *seal_on(int line, int64_t business)
{
	struct seal *s = mem_zero(1, sizeof *s);
	s->line = line;
	return began(s, business);
}

void seal_close(struct seal *s)
{
	if (!s)
		return;
	close(s->line);
	if (s->child)
		role_wait(s->child);
	buf_free(&s->out);
	buf_free(&s->in);
	free(s);
}

bool seal_is_open(const struct seal *s)
{
	return s->open;
}

static void ask(struct seal *s, enum request which)
{
	buf_clear(&s->out);
	buf_u32(&s->out, 0);
	buf_u8(&s->out, (uint8_t)which);
}

/* Sends what was gathered and waits for the answer; *answer is its payload, valid until the next request. */
static bool told(struct seal *s, struct cursor *answer, struct err *e)
{
	if (s->out.full)
		return err_set(e, TOO_BIG, NULL, "That is too much for the keeper at once.");
	uint32_t n = (uint32_t)(s->out.n - 4);
	memcpy(s->out.p, &n, sizeof n);
	bool sent = line_write(s->line, buf_str(&s->out));
	wipe(s->out.p, s->out.n);
	buf_clear(&s->in);
	char *to = NULL;
	if (!sent || !line_read(s->line, &n, sizeof n) || !n || n > FRAME_MAX || !(to = buf_space(&s->in, n)) || !line_read(s->line, to, n)) {
		s->open = false;
		return err_set(e, OUTSIDE, NULL, "The keeper has ended. Run the command again.");
	}
	*answer = cursor_of(buf_str(&s->in));
	uint8_t fault = cursor_u8(answer);
	if (!fault)
		return true;
	if (fault == LOCKED)
		s->open = false;
	return err_set(e, fault <= TORN ? (enum fault)fault : OUTSIDE, NULL, STR_FMT, (int)n - 1, to + 1);
}

static bool end(struct seal *s, const struct cursor *c, struct err *e)
{
	(void)s;
	return cursor_done(c) || err_set(e, OUTSIDE, NULL, "The keeper answered something else. Run the command again.");
}

static void code_out(struct str code, char recovery[64])
{
	memcpy(recovery, code.p, code.n);
	recovery[code.n] = 0;
}

bool seal_create(struct seal *s, struct str passphrase, int64_t person, struct slot_cost cost, struct slot slots[2], char recovery[64],
                 uint8_t public_key[32], struct arena *a, struct err *e)
{
	struct cursor c;
	ask(s, R_CREATE);
	buf_lstr(&s->out, passphrase);
	buf_u64(&s->out, (uint64_t)person);
	buf_u32(&s->out, cost.mib);
	buf_u32(&s->out, cost.passes);
	if (!told(s, &c, e))
		return false;
	struct str first = cursor_lstr(&c), second = cursor_lstr(&c), code = cursor_lstr(&c), key = cursor_bytes(&c, 32);
	if (!end(s, &c, e) || code.n >= 64)
		return false;
	slots[0] = (struct slot){ 1, SLOT_OWNER, person, arena_str(a, first) };
	slots[1] = (struct slot){ 2, SLOT_RECOVERY, person, arena_str(a, second) };
	code_out(code, recovery);
	memcpy(public_key, key.p, 32);
	wipe(s->in.p, s->in.n);
	s->open = true;
	return true;
}

static void put_slot(struct seal *s, const struct slot *slot)
{
	buf_u64(&s->out, (uint64_t)slot->id);
	buf_u8(&s->out, (uint8_t)slot->sort);
	buf_u64(&s->out, (uint64_t)slot->person);
	buf_lstr(&s->out, slot->bytes);
}

static bool tried(struct seal *s, const struct slot *slot, size_t n, struct str passphrase, struct cursor *c, struct err *e)
{
	buf_lstr(&s->out, passphrase);
	buf_u32(&s->out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		put_slot(s, &slot[i]);
	return n <= SLOTS_MAX ? told(s, c, e) : err_set(e, TOO_BIG, NULL, "The vault has more than %d slots.", SLOTS_MAX);
}

bool seal_login(struct seal *s, const struct slot *slot, size_t n, int64_t person, struct str passphrase, uint8_t token[SEAL_TOKEN], struct err *e)
{
	struct cursor c;
	ask(s, R_LOGIN);
	buf_u64(&s->out, (uint64_t)person);
	if (!tried(s, slot, n, passphrase, &c, e))
		return false;
	struct str t = cursor_bytes(&c, SEAL_TOKEN);
	if (!end(s, &c, e))
		return false;
	if (token)
		memcpy(token, t.p, SEAL_TOKEN);
	s->open = true;
	return true;
}

bool seal_again(struct seal *s, const struct slot *slot, size_t n, struct str passphrase, struct err *e)
{
	struct cursor c;
	ask(s, R_AGAIN);
	return tried(s, slot, n, passphrase, &c, e) && end(s, &c, e);
}

static bool by_token(struct seal *s, enum request which, const uint8_t token[SEAL_TOKEN], struct err *e)
{
	struct cursor c;
	ask(s, which);
	buf_put(&s->out, (struct str){ (const char *)token, SEAL_TOKEN });
	return told(s, &c, e) && end(s, &c, e);
}

bool seal_session(struct seal *s, const uint8_t token[SEAL_TOKEN], struct err *e)
{
	static const uint8_t none[SEAL_TOKEN];
	s->open = by_token(s, R_SESSION, token ? token : none, e) && token;
	return s->open || !token;
}

bool seal_end(struct seal *s, const uint8_t token[SEAL_TOKEN], struct err *e)
{
	return by_token(s, R_END, token, e);
}

int seal_line(struct seal *s, enum asker asker, struct err *e)
{
	struct cursor c;
	ask(s, R_LINE);
	buf_u8(&s->out, (uint8_t)asker);
	if (!told(s, &c, e) || !end(s, &c, e))
		return -1;
	int fd = line_taken(s->line);
	if (fd < 0)
		err_set(e, OUTSIDE, NULL, "The keeper gave no line.");
	return fd;
}

bool seal_backup_key(struct seal *s, const uint8_t sealed[BACKUP_SEALED], uint8_t key[BACKUP_KEY], struct err *e)
{
	struct cursor c;
	ask(s, R_BACKUP);
	buf_put(&s->out, (struct str){ (const char *)sealed, BACKUP_SEALED });
	if (!told(s, &c, e))
		return false;
	struct str plain = cursor_bytes(&c, BACKUP_KEY);
	if (!end(s, &c, e))
		return false;
	memcpy(key, plain.p, BACKUP_KEY);
	return true;
}

bool seal_slot(struct seal *s, struct slot *slot, struct str passphrase, char recovery[64], struct arena *a, struct err *e)
{
	struct cursor c;
	ask(s, R_SLOT);
	buf_lstr(&s->out, passphrase);
	put_slot(s, slot);
	if (!told(s, &c, e))
		return false;
	struct str bytes = cursor_lstr(&c), code = cursor_lstr(&c);
	if (!end(s, &c, e) || code.n >= 64)
		return false;
	slot->bytes = arena_str(a, bytes);
	code_out(code, recovery);
	wipe(s->in.p, s->in.n);
	return true;
}

bool seal_rotate(struct seal *s, struct str passphrase, struct slot *mine, struct slot *code, struct slot *ring, char recovery[64], uint8_t public_key[32],
                 struct arena *a, struct err *e)
{
	struct cursor c;
	ask(s, R_ROTATE);
	buf_lstr(&s->out, passphrase);
	buf_u64(&s->out, (uint64_t)mine->id);
	buf_lstr(&s->out, mine->bytes);
	buf_u64(&s->out, (uint64_t)code->id);
	if (!told(s, &c, e))
		return false;
	struct str first = cursor_lstr(&c), second = cursor_lstr(&c), words = cursor_lstr(&c), older = cursor_lstr(&c), key = cursor_bytes(&c, 32);
	if (!end(s, &c, e) || words.n >= 64)
		return false;
	mine->bytes = arena_str(a, first);
	code->bytes = arena_str(a, second);
	code->person = mine->person;
	*ring = (struct slot){ ring->id, SLOT_RING, 0, arena_str(a, older) };
	code_out(words, recovery);
	memcpy(public_key, key.p, 32);
	wipe(s->in.p, s->in.n);
	return true;
}

bool seal_lock(struct seal *s, struct err *e)
{
	struct cursor c;
	ask(s, R_LOCK);
	if (!told(s, &c, e) || !end(s, &c, e))
		return false;
	s->open = false;
	return true;
}

/* ---- values ---- */

/* Gathers places and values from i on, about a batch of them; returns how many. */
static size_t gather(struct seal *s, enum request which, const struct place *place, const struct str *value, size_t i, size_t n)
{
	size_t first = i;
	uint32_t many;
	ask(s, which);
	buf_u32(&s->out, 0);
	for (; i < n && (i == first || s->out.n < BATCH); i++) {
		buf_lstr(&s->out, str_of(place[i].table));
		buf_lstr(&s->out, str_of(place[i].column));
		buf_u64(&s->out, (uint64_t)place[i].row);
		buf_lstr(&s->out, value[i]);
	}
	many = (uint32_t)(i - first);
	memcpy(s->out.p + 5, &many, sizeof many);
	return many;
}

static bool each_value(struct seal *s, enum request which, const struct place *place, const struct str *in, struct str *out, size_t n, struct arena *a,
                       struct err *e)
{
	struct cursor c;
	for (size_t i = 0, many; i < n; i += many) {
		many = gather(s, which, place + i, in + i, 0, n - i);
		if (!told(s, &c, e))
			return false;
		for (size_t k = 0; k < many; k++)
			out[i + k] = arena_str(a, cursor_lstr(&c));
		wipe(s->in.p, s->in.n);
		if (!end(s, &c, e))
			return false;
	}
	return true;
}

bool seal_wrap(struct seal *s, const struct place *place, const struct str *plain, struct str *sealed, size_t n, struct arena *a, struct err *e)
{
	return each_value(s, R_WRAP, place, plain, sealed, n, a, e);
}

bool seal_unwrap(struct seal *s, const struct place *place, const struct str *sealed, struct str *plain, size_t n, struct arena *a, struct err *e)
{
	return each_value(s, R_UNWRAP, place, sealed, plain, n, a, e);
}

bool seal_reseal(struct seal *s, const struct place *place, const struct str *old, struct str *sealed, size_t n, struct arena *a, struct err *e)
{
	return each_value(s, R_RESEAL, place, old, sealed, n, a, e);
}

bool seal_give(struct seal *s, const int64_t *row, const int64_t *customer, const struct str *pooled, struct str *sealed, size_t n, struct arena *a, struct err *e)
{
	struct cursor c;
	for (size_t i = 0; i < n;) {
		size_t first = i;
		ask(s, R_GIVE);
		buf_u32(&s->out, 0);
		for (; i < n && (i == first || s->out.n < BATCH); i++) {
			buf_u64(&s->out, (uint64_t)row[i]);
			buf_u64(&s->out, (uint64_t)customer[i]);
			buf_lstr(&s->out, pooled[i]);
		}
		uint32_t many = (uint32_t)(i - first);
		memcpy(s->out.p + 5, &many, sizeof many);
		if (!told(s, &c, e))
			return false;
		for (size_t k = first; k < i; k++)
			sealed[k] = arena_str(a, cursor_lstr(&c));
		if (!end(s, &c, e))
			return false;
	}
	return true;
}

uint32_t seal_generation(struct str sealed)
{
	struct cursor c = cursor_of(sealed);
	cursor_u8(&c);
	uint32_t generation = cursor_u32(&c);
	return c.torn || sealed.n < SEAL_EXTRA ? 0 : generation;
}

bool seal_verify(struct seal *s, const struct place *place, const struct str *sealed, size_t n, size_t *bad, struct err *e)
{
	struct cursor c;
	*bad = SIZE_MAX;
	for (size_t i = 0, many; i < n; i += many) {
		many = gather(s, R_VERIFY, place + i, sealed + i, 0, n - i);
		if (!told(s, &c, e))
			return false;
		uint32_t first = cursor_u32(&c);
		if (!end(s, &c, e))
			return false;
		if (first != UINT32_MAX) {
			*bad = i + first;
			return err_set(e, TORN, NULL, "A sealed value was changed or moved, and does not open. Restore a backup.");
		}
	}
	return true;
}

bool seal_index(struct seal *s, enum index_sort sort, const struct str *plain, uint64_t *key, size_t n, struct err *e)
{
	struct cursor c;
	for (size_t i = 0; i < n;) {
		size_t first = i;
		ask(s, R_INDEX);
		buf_u8(&s->out, (uint8_t)sort);
		buf_u32(&s->out, 0);
		for (; i < n && (i == first || s->out.n < BATCH); i++)
			buf_lstr(&s->out, plain[i]);
		uint32_t many = (uint32_t)(i - first);
		memcpy(s->out.p + 6, &many, sizeof many);
		if (!told(s, &c, e))
			return false;
		for (size_t k = first; k < i; k++)
			key[k] = cursor_u64(&c);
		if (!end(s, &c, e))
			return false;
	}
	return true;
}

/* ---- leaves ---- */

void rows_digest(const struct bits *rows, uint8_t digest[32])
{
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, 32);
	for (size_t i = 0; bits_next(rows, &i); i++) {
		uint64_t member = i;
		crypto_generichash_update(&h, (const uint8_t *)&member, sizeof member);
	}
	crypto_generichash_final(&h, digest, 32);
}

static void put_approval(struct seal *s, const struct approval *a)
{
	buf_u64(&s->out, (uint64_t)a->incident);
	buf_u64(&s->out, (uint64_t)a->round);
	buf_put(&s->out, (struct str){ (const char *)a->told, sizeof a->told });
}

bool seal_approve(struct seal *s, const struct approval *a, int64_t ends, struct leave *leave, struct err *e)
{
	struct cursor c;
	uint8_t digest[32];
	rows_digest(a->rows, digest);
	ask(s, R_APPROVE);
	put_approval(s, a);
	buf_u64(&s->out, (uint64_t)ends);
	buf_put(&s->out, (struct str){ (const char *)digest, sizeof digest });
	if (!told(s, &c, e))
		return false;
	struct str bytes = cursor_bytes(&c, (size_t)(c.end - c.p));
	if (bytes.n > LEAVE_MAX)
		return err_set(e, OUTSIDE, NULL, "The keeper answered something else. Run the command again.");
	memcpy(leave->bytes, bytes.p, bytes.n);
	leave->n = bytes.n;
	return true;
}

bool seal_use(struct seal *s, const struct leave *leave, const struct approval *a, struct err *e)
{
	struct cursor c;
	ask(s, R_USE);
	buf_lstr(&s->out, leave ? (struct str){ (const char *)leave->bytes, leave->n } : STR(""));
	if (leave) {
		put_approval(s, a);
		buf_u64(&s->out, a->rows->n);
		buf_put(&s->out, (struct str){ (const char *)a->rows->w, (a->rows->n + 63) / 64 * 8 });
	}
	if (!told(s, &c, e) || !end(s, &c, e))
		return false;
	s->open = true;                                  /* a leave is used only in an open vault */
	return true;
}

/* ---- links ---- */

bool seal_links(struct seal *s, const int64_t *customer, size_t n, uint8_t (*secret)[LINK_SECRET], uint8_t answer_key[ANSWER_KEY], struct err *e)
{
	struct cursor c;
	ask(s, R_LINK);
	buf_u32(&s->out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		buf_u64(&s->out, (uint64_t)customer[i]);
	if (!told(s, &c, e))
		return false;
	struct str key = cursor_bytes(&c, ANSWER_KEY), all = cursor_bytes(&c, n * LINK_SECRET);
	if (!end(s, &c, e))
		return false;
	memcpy(answer_key, key.p, key.n);
	memcpy(secret, all.p, all.n);
	wipe(s->in.p, s->in.n);
	return true;
}

bool seal_answers(struct seal *s, const int64_t *customer, const struct str *sealed, struct str *plain, size_t n, struct arena *a, struct err *e)
{
	struct cursor c;
	ask(s, R_ANSWER);
	buf_u32(&s->out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		buf_u64(&s->out, (uint64_t)customer[i]);
		buf_lstr(&s->out, sealed[i]);
	}
	if (!told(s, &c, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct str one = cursor_lstr(&c);
		plain[i] = one.n ? arena_str(a, one) : (struct str){ 0 };
	}
	bool good = end(s, &c, e);
	wipe(s->in.p, s->in.n);
	return good;
}

/* ---- the log's head ---- */

void seal_checkpoint(struct buf *b, struct str origin, uint64_t size, const uint8_t root[TREE_HASH])
{
	buf_put(b, origin);
	buf_printf(b, "\n%llu\n", (unsigned long long)size);
	buf_base64(b, (struct str){ (const char *)root, TREE_HASH });
	buf_byte(b, '\n');
}

bool origin_fits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '.' && s.p[i] != '-' && s.p[i] != '/')
			return false;
	return s.n && s.n <= ORIGIN_MAX;
}

bool seal_sign(struct seal *s, struct str origin, struct tree *base, const uint8_t (*leaf)[TREE_HASH], size_t n, uint8_t signature[64], struct err *e)
{
	struct cursor c;
	ask(s, R_SIGN);
	buf_lstr(&s->out, origin);
	buf_u64(&s->out, base->size);
	buf_put(&s->out, tree_frontier(base));
	buf_u32(&s->out, (uint32_t)n);
	if (n)
		buf_put(&s->out, (struct str){ (const char *)leaf, n * TREE_HASH });
	if (!told(s, &c, e))
		return false;
	struct str bytes = cursor_bytes(&c, 64);
	if (!end(s, &c, e))
		return false;
	memcpy(signature, bytes.p, 64);
	for (size_t i = 0; i < n; i++)
		tree_add(base, leaf[i]);
	return true;
}

bool seal_signed(const uint8_t public_key[32], struct str checkpoint, const uint8_t signature[64])
{
	return crypto_sign_verify_detached(signature, (const uint8_t *)checkpoint.p, checkpoint.n, public_key) == 0;
}
