/* stream - a file sealed as a whole, piece after piece (libsodium's secretstream): a backup. Its key is sealed to the vault's public key, so
 * that a locked machine can make one; only the keeper opens that (leaves.c). */
#include "stream.h"

#include <sodium.h>
#include <stdlib.h>

_Static_assert(STREAM_HEADER == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "header");
_Static_assert(STREAM_EXTRA == crypto_secretstream_xchacha20poly1305_ABYTES, "tag");
_Static_assert(BACKUP_KEY == crypto_secretstream_xchacha20poly1305_KEYBYTES, "key");
_Static_assert(BACKUP_SEALED == BACKUP_KEY + crypto_box_SEALBYTES, "sealed key");

struct seal_stream { crypto_secretstream_xchacha20poly1305_state state; };

bool seal_backup_new(const uint8_t public_key[32], uint8_t key[BACKUP_KEY], uint8_t sealed[BACKUP_SEALED], struct err *e)
{
	uint8_t box[crypto_box_PUBLICKEYBYTES];
	crypto_secretstream_xchacha20poly1305_keygen(key);
	return (crypto_sign_ed25519_pk_to_curve25519(box, public_key) == 0 && crypto_box_seal(sealed, key, BACKUP_KEY, box) == 0) ||
	       err_set(e, TORN, NULL, "The vault's public key is damaged. Run handback check.");
}

struct seal_stream *seal_stream_write(const uint8_t key[BACKUP_KEY], uint8_t header[STREAM_HEADER])
{
	struct seal_stream *s = mem_zero(1, sizeof *s);
	crypto_secretstream_xchacha20poly1305_init_push(&s->state, header, key);
	return s;
}

struct seal_stream *seal_stream_read(const uint8_t key[BACKUP_KEY], const uint8_t header[STREAM_HEADER])
{
	struct seal_stream *s = mem_zero(1, sizeof *s);
	if (crypto_secretstream_xchacha20poly1305_init_pull(&s->state, header, key) == 0)
		return s;
	free(s);
	return NULL;
}

void seal_stream_push(struct seal_stream *s, struct str plain, struct str about, bool last, struct buf *out)
{
	char *to = buf_space(out, plain.n + STREAM_EXTRA);
	if (to)
		crypto_secretstream_xchacha20poly1305_push(&s->state, (uint8_t *)to, NULL, (const uint8_t *)plain.p, plain.n, (const uint8_t *)about.p, about.n,
		                                           last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
}

bool seal_stream_pull(struct seal_stream *s, struct str sealed, struct str about, struct buf *out, bool *last)
{
	uint8_t tag;
	char *to = sealed.n >= STREAM_EXTRA ? buf_space(out, sealed.n - STREAM_EXTRA + 1) : NULL;
	if (!to || crypto_secretstream_xchacha20poly1305_pull(&s->state, (uint8_t *)to, NULL, &tag, (const uint8_t *)sealed.p, sealed.n, (const uint8_t *)about.p, about.n) != 0)
		return false;
	out->n--;                                        /* the one more keeps the room from being none */
	*last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	return true;
}

void seal_stream_close(struct seal_stream *s)
{
	if (s)
		wipe(s, sizeof *s);
	free(s);
}
