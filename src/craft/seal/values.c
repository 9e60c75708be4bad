/* values - what the keeper does with single values: seals them, opens them, seals them anew, and makes the blind index. Part of the keeper's process. */
#include "keeper_int.h"

enum { VALUE_VERSION = 1 };

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

bool do_wrap(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
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

bool in_round(const struct line *l, int64_t customer, struct err *e)
{
	return (customer > 0 && bits_has(&l->rows, (size_t)customer)) ||
	       err_set(e, REFUSED, NULL, "The approval does not open the contacts of all who are in this round now. Approve it again: handback notice approve");
}

/* Whose value it is, by its place; 0: no customer's. An enrolment code of nobody's yet stands in another column. */
static int64_t spot_customer(const struct spot *s)
{
	bool code = str_eq(s->table, STR("enrolment")) && str_eq(s->column, STR("sealed"));
	return code || str_eq(s->table, STR("customer")) ? s->row : 0;
}

bool do_unwrap(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	struct buf ad = BUF(512);
	bool good = l->by_round || keeper_spend(k, l, R_UNWRAP, n, e);
	for (uint32_t i = 0; good && i < n; i++) {
		struct spot s = spot_read(c);
		struct str sealed = cursor_lstr(c);
		good = !c->torn && (!l->by_round || in_round(l, spot_customer(&s), e)) && (value_open(k, &s, sealed, &ad, out) || does_not_open(e));
	}
	buf_free(&ad);
	if (!good)
		wipe(out->p, out->n), buf_clear(out);
	return good && cursor_done(c);
}

bool do_verify(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
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

bool do_reseal(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)l;
	return seal_anew(k, c, out, spot_stays, e);
}

static void code_moves(struct cursor *c, struct spot *from, struct spot *to)
{
	*from = (struct spot){ STR("enrolment"), STR("pool"), (int64_t)cursor_u64(c) };
	*to = (struct spot){ STR("enrolment"), STR("sealed"), (int64_t)cursor_u64(c) };
}

bool do_give(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)l;
	return seal_anew(k, c, out, code_moves, e);
}

bool do_index(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint8_t sort = cursor_u8(c);
	uint32_t n = cursor_u32(c);
	if (!keeper_spend(k, l, R_INDEX, n, e))
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
