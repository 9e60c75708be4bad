/* leaves - what the keeper vouches for: a round's approval and what it opens, customers' links and their answers, the log's head, a backup's key. Part of the
 * keeper's process.
 */
#include "keeper_int.h"
#include "stream.h"

enum { LEAVE_VERSION = 2 };

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

bool do_approve(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	enum { LONGEST = 31 * 86400 };
	int64_t now = clock_seconds(CLOCK_REALTIME);
	struct leave_parts p = { .business = k->business, .person = keeper_session(k, l->token)->person, .issued = now };
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
	if (!keeper_spend(k, l, R_APPROVE, 1, e))
		return false;
	struct buf body = BUF(LEAVE_MAX);
	leave_write(&body, &p);
	leave_mark(k, buf_str(&body), mark);
	buf_put(out, buf_str(&body));
	buf_put(out, (struct str){ (const char *)mark, sizeof mark });
	buf_free(&body);
	return true;
}

bool do_use(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
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

bool do_sign(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
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
bool do_backup(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
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

bool do_link(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	buf_put(out, (struct str){ (const char *)k->secret->answer_public, ANSWER_KEY });
	for (uint32_t i = 0; i < n && !c->torn; i++) {
		int64_t customer = (int64_t)cursor_u64(c);
		uint8_t secret[LINK_SECRET];
		if (!in_round(l, customer, e))
			return false;
		link_secret(k->secret, k->business, customer, secret);
		buf_put(out, (struct str){ (const char *)secret, sizeof secret });
		wipe(secret, sizeof secret);
	}
	return cursor_done(c);
}

/* One that does not open is told as no bytes: it keeps no other from being read. */
bool do_answer(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	struct buf plain = BUF(FRAME_MAX);
	bool good = keeper_spend(k, l, R_ANSWER, n, e);
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
