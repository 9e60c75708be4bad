/* marks - the name that each notice goes out under: in its Message-ID and, where the owner's provider allows it, in its sender's address. It says
 * which notice it is, and is signed with a key of this business's, so that a mail that comes back moves just the notice whose mark it bears: who
 * has seen one mark can make no other (RFC 5321 4.5.5, "variable envelope return path"; the tag is like BATV's).
 */
#include "bounce.h"
#include "marks.h"
#include "notice_int.h"
#include "wire.h"

#include <inttypes.h>
#include <stdlib.h>

static const char setting[] = "notice.marks";            /* not among those that people set */

bool mark_key_make(struct op *op)
{
	uint8_t key[MARK_KEY];
	if (op_setting(op, setting).n)
		return op->err.code == OK;
	random_bytes(key, sizeof key);
	return op_setting_put(op, setting, hex(op->a, key, sizeof key));
}

bool mark_key(struct op *op, uint8_t key[MARK_KEY])
{
	struct str s = op_setting(op, setting);
	bool good = s.n == 2 * MARK_KEY;
	for (size_t i = 0; good && i < MARK_KEY; i++) {
		char digits[3] = { s.p[2 * i], s.p[2 * i + 1] }, *end;
		key[i] = (uint8_t)strtoul(digits, &end, 16);
		good = !*end;
	}
	return good || err_set(&op->err, TORN, NULL, "The key of the notices' marks is damaged. Restore a backup.");
}

struct str mark_of(struct arena *a, const uint8_t key[MARK_KEY], const struct moving *m)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t hash[32];
	char mac[BOUNCE_MAC + 1] = "";
	struct buf b = BUF(256);
	buf_put(&b, (struct str){ (const char *)key, MARK_KEY });
	buf_put(&b, STR("handback-mark"));
	buf_u64(&b, (uint64_t)m->incident);
	buf_u64(&b, (uint64_t)m->round);
	buf_u32(&b, m->who.n);
	sha256(buf_str(&b), hash);
	buf_free(&b);
	for (size_t i = 0; i < BOUNCE_MAC; i++)          /* 80 bits, five each */
		mac[i] = letters[(hash[i * 5 / 8] << 8 | hash[i * 5 / 8 + 1]) >> (11 - i * 5 % 8) & 31];
	return arena_say(a, "%" PRId64 "-%" PRId64 "-%" PRIu32 "-%s", m->incident, m->round, m->who.n, mac);
}

bool mark_read(struct arena *a, const uint8_t key[MARK_KEY], struct str mark, struct moving *m)
{
	struct str rest = mark;
	int64_t n[3];
	for (size_t i = 0; i < LENGTH(n); i++)
		if (!str_i64(str_split(&rest, '-'), &n[i]) || n[i] < 1)
			return false;
	if (n[2] > UINT32_MAX)
		return false;
	*m = (struct moving){ .incident = n[0], .round = n[1], .who = { (uint32_t)n[2] } };
	struct str good = mark_of(a, key, m);
	return good.n == mark.n && secret_same(good.p, mark.p, mark.n);
}

struct str message_id(struct arena *a, const uint8_t key[MARK_KEY], const struct moving *m, struct str domain)
{
	return arena_say(a, STR_FMT "@" STR_FMT, STR_ARG(mark_of(a, key, m)), STR_ARG(domain));
}

struct str envelope_from(struct arena *a, struct str pattern, struct str from, const uint8_t key[MARK_KEY], const struct moving *m)
{
	const char *star = pattern.n ? memchr(pattern.p, '*', pattern.n) : NULL;
	if (!star)
		return pattern.n ? pattern : from;
	size_t before = (size_t)(star - pattern.p);
	struct str with = arena_say(a, STR_FMT STR_FMT STR_FMT, (int)before, pattern.p, STR_ARG(mark_of(a, key, m)), (int)(pattern.n - before - 1), star + 1);
	return mail_address(with) ? with : from;         /* longer than an address may be */
}
