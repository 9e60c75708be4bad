/* stream - backups: a file sealed as a whole, piece after piece, under a key of its own, which is sealed to the vault's public key. */
#ifndef STREAM_H
#define STREAM_H

#include "seal.h"

enum { BACKUP_KEY = 32, BACKUP_SEALED = 80, STREAM_HEADER = 24, STREAM_EXTRA = 17 };
/* A new key, also sealed to the vault with this public key: needs no keeper, so a locked machine can make a backup. */
bool seal_backup_new(const uint8_t public_key[32], uint8_t key[BACKUP_KEY], uint8_t sealed[BACKUP_SEALED], struct err *);
/* The key of a backup that was sealed to this vault. Needs a session. TORN: of another vault, or damaged. */
bool seal_backup_key(struct seal *, const uint8_t sealed[BACKUP_SEALED], uint8_t key[BACKUP_KEY], struct err *);
/* A stream of pieces in their order, each authenticated with `about`; a piece is longer by STREAM_EXTRA when sealed. */
struct seal_stream;
struct seal_stream *seal_stream_write(const uint8_t key[BACKUP_KEY], uint8_t header[STREAM_HEADER]);
struct seal_stream *seal_stream_read(const uint8_t key[BACKUP_KEY], const uint8_t header[STREAM_HEADER]);        /* NULL: no such header */
void seal_stream_push(struct seal_stream *, struct str plain, struct str about, bool last, struct buf *out);    /* appends */
bool seal_stream_pull(struct seal_stream *, struct str sealed, struct str about, struct buf *plain, bool *last); /* false: changed, moved or missing */
void seal_stream_close(struct seal_stream *);                      /* wipes; NULL is fine */

#endif
