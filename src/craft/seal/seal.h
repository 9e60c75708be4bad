/* seal - secrets. The key lives in the keeper, a process of its own; everybody else has a line to it.
 *
 * Hides libsodium's ciphers, the vault's slots, the keeper's closed list of requests and its budgets. A sealed value is
 * version (1 byte), key number (u32), nonce (24), ciphertext and tag: XChaCha20-Poly1305 with its place as associated data, so a
 * value moved to another row, column, table or business does not open.
 *
 * Faults: LOCKED - nobody has given the passphrase; REFUSED - wrong passphrase, forged or ended leave, budget used up, a row that
 * the leave does not open; TORN - the value was changed or moved; OUTSIDE - the keeper is gone.
 */
#ifndef SEAL_H
#define SEAL_H

#include "base.h"

/* ---- the line to the keeper ---- */

struct seal;

/* Starts a keeper. record: an open, writable descriptor of the keeper's own record (budgets, last signed log size), taken over
 * and locked by it; business: whose vault this is. Starts locked. Nothing else is asked of the machine until seal_login. */
struct seal *seal_open(int record, int64_t business, struct err *);
void seal_close(struct seal *);                          /* NULL is fine; the keeper ends */

/* ---- the vault: a random master key, wrapped in slots ---- */

enum slot_sort { SLOT_PASSPHRASE = 1, SLOT_RECOVERY = 2 };
struct slot_cost { uint32_t mib, passes; };              /* of Argon2id */
extern const struct slot_cost SLOT_COST_FLOOR;           /* 46 MiB, 1 pass: OWASP ASVS 5.0 11.4 / password storage cheat sheet */
extern const struct slot_cost SLOT_COST_DEFAULT;         /* 256 MiB, 3 passes */

/* What a slot is, as it is stored: id, sort, person, cost, salt, wrapped key. `bytes` is opaque to everybody else. */
struct slot { int64_t id; enum slot_sort sort; int64_t person; struct str bytes; };

/* Makes a new vault in the keeper: one passphrase slot for `person` (id 1), one recovery slot (id 2). The recovery code comes out
 * once, 8 groups of 5 letters and digits that are hard to confuse, the last character a check, and is nowhere kept.
 * public_key: checks signatures of the log's head. INVALID: cost below the floor, passphrase shorter than 12 characters. */
bool seal_create(struct seal *, struct str passphrase, int64_t person, struct slot_cost, struct slot slots[2], char recovery[64],
                 uint8_t public_key[32], struct arena *, struct err *);

/* A passphrase or a recovery code against the slots; Argon2id runs in a child of the keeper. On success the vault is open and the
 * line has this person's session leave. At most 5 tries a minute and person (the count outlives the keeper). */
bool seal_login(struct seal *, const struct slot *, size_t n, struct str passphrase, struct err *);
bool seal_is_open(const struct seal *);

/* The passphrase once more, for what needs it (approve, a large import). Holds for 15 minutes on this line. */
bool seal_again(struct seal *, const struct slot *, size_t n, struct str passphrase, struct err *);

/* The slot with a new secret, in place of its bytes: a passphrase slot with this passphrase (12 characters at least), a recovery slot
 * (passphrase empty) with a new code, which comes out once. Needs seal_again within 15 minutes. The old secret opens no more. */
bool seal_renew(struct seal *, struct slot *, struct str passphrase, char recovery[64], struct arena *, struct err *);

/* ---- sealing ---- */

struct place { const char *table, *column; int64_t business, row; };     /* authenticated with the value */
enum { SEAL_EXTRA = 1 + 4 + 24 + 16 };                   /* a sealed value is so much longer */

/* n values at once; one round trip for each 256 KiB or so. Results live in the arena, in the order given. All or nothing. */
bool seal_wrap  (struct seal *, const struct place *, const struct str *plain, struct str *sealed, size_t n, struct arena *, struct err *);
/* Under the line's session leave, or the round's leave chosen with seal_use. Counts against that leave's budget. */
bool seal_unwrap(struct seal *, const struct place *, const struct str *sealed, struct str *plain, size_t n, struct arena *, struct err *);
/* Opens each value and only says whether it opens: for `check`. bad: the index of the first that does not. */
bool seal_verify(struct seal *, const struct place *, const struct str *sealed, size_t n, size_t *bad, struct err *);

/* Blind index: keyed BLAKE2b, 64 bits, never 0. sort keeps equal texts of different meaning apart. 20,000 a day; no bound for
 * 15 minutes after seal_again (an import). */
enum index_sort { INDEX_EMAIL = 1, INDEX_PHONE = 2, INDEX_NAME = 3, INDEX_FOREIGN_KEY = 4 };
bool seal_index(struct seal *, enum index_sort, const struct str *plain, uint64_t *key, size_t n, struct err *);

/* ---- leaves: what may be opened without the passphrase being typed again ---- */

enum { LEAVE_MAX = 256 };
struct leave { uint8_t bytes[LEAVE_MAX]; size_t n; };    /* a record signed by the keeper; kept in the database */

/* A round's leave: to open just the rows in `rows` (customer numbers) until `ends`. Needs seal_again within 15 minutes; at most
 * 10 a day. The digest of the rows is in the leave. */
bool seal_approve(struct seal *, int64_t incident, int64_t round, const struct bits *rows, int64_t ends, struct leave *, struct err *);
/* Chooses a round's leave for the unwraps that follow: the rows must have the leave's digest. NULL: back to the session. */
bool seal_use(struct seal *, const struct leave *, const struct bits *rows, struct err *);

/* ---- the log's head ---- */

/* Ed25519 over "handback-log-head" and business, size and root. The keeper never signs a smaller size than it signed before:
 * REFUSED then says that the log has been shortened. Needs an open vault, no leave. */
bool seal_sign(struct seal *, uint64_t size, const uint8_t root[32], uint8_t signature[64], struct err *);
bool seal_signed(const uint8_t public_key[32], int64_t business, uint64_t size, const uint8_t root[32], const uint8_t signature[64]);

/* How far a keeper's record says that it has signed, read without a keeper. whole false: the record is missing or damaged; the keeper
 * then begins it anew, with all budgets used. Nobody vouches for the record itself. */
struct signed_so_far { bool whole; uint64_t size; uint8_t root[32]; };
bool seal_record(int record, struct signed_so_far *, struct err *);

/* ---- backups: a file sealed as a whole, under a key of its own ---- */

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
/* A fresh keeper's record in an empty file: for a vault that is put back where there is none. */
bool seal_record_new(int record, struct err *);

/* ---- the keeper itself: what main.c runs for `--role keeper` ---- */

/* Reads requests on `line` until it ends; keeps its record on `record`. drop: takes the process's powers away, called once, before
 * the first request is read. Returns the exit status. */
int keeper_main(int line, int record, int64_t business, bool (*drop)(struct err *));

#endif
