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
#include "merkle.h"

/* ---- the line to the keeper ---- */

struct seal;

/* Starts a keeper, and is its first asker, the command line. record: an open, writable descriptor of the keeper's own record (budgets, last signed log size), taken over
 * and locked by it; business: whose vault this is. Starts locked. Nothing else is asked of the machine until seal_login. */
struct seal *seal_open(int record, int64_t business, struct err *);
void seal_close(struct seal *);                          /* NULL is fine; a keeper that was started ends */

/* Who asks on a line: what may be asked follows from it (the list in keeper.c). The first line is the command line's. */
enum asker { ASKER_CLI, ASKER_DESK, ASKER_COURIER };
/* One line more to a keeper that was started here, for another process; returns its descriptor (close-on-exec), -1 with the reason. */
int seal_line(struct seal *, enum asker, struct err *);
/* Everybody's end of such a line, taken over. Closed: LOCKED is the answer to everything until seal_session or seal_use. */
struct seal *seal_on(int line, int64_t business);

/* ---- the vault: a random master key, wrapped in slots ---- */

/* An owner's passphrase, the recovery code, another person's passphrase; the ring: no slot, but the data keys of before a rotation */
enum slot_sort { SLOT_OWNER = 1, SLOT_RECOVERY = 2, SLOT_PERSON = 3, SLOT_RING = 4 };
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

/* A person's passphrase, or the recovery code (which is the first owner's), against the vault's slots: all of them are given, and the
 * fitting one is tried. Argon2id runs in a child of the keeper, at most two at a time. On success the vault is open, and a session has
 * begun that is chosen on this line; token (NULL: not wanted) names it for others. A session of the desk ends after 12 hours. At most 5
 * wrong tries a minute and person (the count outlives the keeper). */
enum { SEAL_TOKEN = 16 };
bool seal_login(struct seal *, const struct slot *, size_t n, int64_t person, struct str passphrase, uint8_t token[SEAL_TOKEN], struct err *);
bool seal_is_open(const struct seal *);                  /* as far as this line knows */
/* Chooses a session for what follows on this line; NULL: none. LOCKED: it has ended, or the keeper is another one. */
bool seal_session(struct seal *, const uint8_t token[SEAL_TOKEN], struct err *);
bool seal_end(struct seal *, const uint8_t token[SEAL_TOKEN], struct err *);       /* signed out; one that has ended is fine */

/* The session's passphrase once more, for what needs it (approve, a large import). Holds for 15 minutes for this session. */
bool seal_again(struct seal *, const struct slot *, size_t n, struct str passphrase, struct err *);

/* A slot with a new secret: id, sort and person are told, bytes are those it had or another slot's (what guessing costs stays so), and
 * are replaced. A passphrase has 12 characters at least; for SLOT_RECOVERY it is empty, and a new code comes out once. Needs seal_again
 * within 15 minutes; all but one's own passphrase needs an owner's. At most 20 a day. */
bool seal_slot(struct seal *, struct slot *, struct str passphrase, char recovery[64], struct arena *, struct err *);

/* A new master key. passphrase: the owner's, whose slot is mine; code: the recovery slot's id. Both slots come out anew with a new code,
 * the ring (older data keys, for what is sealed with them) and a new public key. Everybody else's slots open only what was sealed before,
 * so they are to be dropped. Nothing may be sealed before all this is kept, so it is asked for with the write transaction open. Needs seal_again by an owner. */
bool seal_rotate(struct seal *, struct str passphrase, struct slot *mine, struct slot *code, struct slot *ring, char recovery[64], uint8_t public_key[32],
                 struct arena *, struct err *);
/* The keeper forgets the key, and every session with it: when a new one could not be kept. Needs seal_again by an owner. */
bool seal_lock(struct seal *, struct err *);

/* ---- sealing ---- */

struct place { const char *table, *column; int64_t business, row; };     /* authenticated with the value */
enum { SEAL_EXTRA = 1 + 4 + 24 + 16 };                   /* a sealed value is so much longer */

/* n values at once; one round trip for each 256 KiB or so. Results live in the arena, in the order given. All or nothing. */
bool seal_wrap  (struct seal *, const struct place *, const struct str *plain, struct str *sealed, size_t n, struct arena *, struct err *);
/* Under the line's session leave, or the round's leave chosen with seal_use. Counts against that leave's budget. */
bool seal_unwrap(struct seal *, const struct place *, const struct str *sealed, struct str *plain, size_t n, struct arena *, struct err *);
/* Each value sealed anew with the newest key; nothing comes out. Needs seal_again within 15 minutes. */
bool seal_reseal(struct seal *, const struct place *, const struct str *old, struct str *sealed, size_t n, struct arena *, struct err *);
/* Enrolment codes that are nobody's yet (place "enrolment", "pool", row) become customers' (place "enrolment", "sealed", the customer's number, which a round's
 * leave opens); nothing comes out. Needs seal_again within 15 minutes. */
bool seal_give(struct seal *, const int64_t *row, const int64_t *customer, const struct str *pooled, struct str *sealed, size_t n, struct arena *, struct err *);
uint32_t seal_generation(struct str sealed);             /* the key it was sealed with, from 1; 0: no sealed value */
/* Opens each value and only says whether it opens: for `check`. bad: the index of the first that does not. */
bool seal_verify(struct seal *, const struct place *, const struct str *sealed, size_t n, size_t *bad, struct err *);

/* Blind index: keyed BLAKE2b, 64 bits, never 0. sort keeps equal texts of different meaning apart. 20,000 a day; no bound for
 * 15 minutes after seal_again (an import). */
enum index_sort { INDEX_EMAIL = 1, INDEX_PHONE = 2, INDEX_NAME = 3, INDEX_FOREIGN_KEY = 4 };
bool seal_index(struct seal *, enum index_sort, const struct str *plain, uint64_t *key, size_t n, struct err *);

/* ---- leaves: what may be opened without the passphrase being typed again ---- */

enum { LEAVE_MAX = 256 };
struct leave { uint8_t bytes[LEAVE_MAX]; size_t n; };    /* a record signed by the keeper; kept in the database */

/* What is approved: which round, whose contacts (customer numbers) and what they are told (a digest: the approver's business). */
struct approval { int64_t incident, round; const struct bits *rows; uint8_t told[32]; };
/* A round's leave: to open just its rows until `ends`. Needs seal_again within 15 minutes; at most 10 a day. All of the approval is in the
 * leave, the rows by their digest. */
bool seal_approve(struct seal *, const struct approval *, int64_t ends, struct leave *, struct err *);
/* Chooses a round's leave for the unwraps that follow; a desk's line only learns that it holds. REFUSED: it was given for another approval. NULL, NULL: back
 * to the session. */
bool seal_use(struct seal *, const struct leave *, const struct approval *, struct err *);

/* ---- links: a customer's secret for the public side, and what comes back by it (doc/front.md) ---- */

/* The secrets in these customers' links, each the same in every round and after a new key, and the public key that their answers are sealed to.
 * Under the round's leave that is in use, for its customers; REFUSED for others. */
enum { LINK_SECRET = 16, ANSWER_KEY = 32 };
bool seal_links(struct seal *, const int64_t *customer, size_t n, uint8_t (*secret)[LINK_SECRET], uint8_t answer_key[ANSWER_KEY], struct err *);
/* Opens what came by these customers' links: bytes that begin with their length (buf_lstr), and then zeros. plain[i].p NULL: it does not open, or
 * whoever wrote it did not have that customer's link. Needs a session; 2,000 an hour. */
bool seal_answers(struct seal *, const int64_t *customer, const struct str *sealed, struct str *plain, size_t n, struct arena *, struct err *);

/* ---- the log's head ---- */

/* What is signed of a log: a checkpoint's three lines (c2sp.org/tlog-checkpoint): origin, size, root in base64. origin: the log's name, of
 * a to z, 0 to 9, . - and /, at most ORIGIN_MAX. */
enum { ORIGIN_MAX = 64, CHECKPOINT_MAX = ORIGIN_MAX + 80 };
void seal_checkpoint(struct buf *, struct str origin, uint64_t size, const uint8_t root[TREE_HASH]);
/* Ed25519 over that. The keeper signs only what extends what it signed last: base is that log (of size 0 when its record has signed
 * nothing), and n leaves come behind it, which are added to it. REFUSED: base is another one, so the log has been shortened or rewritten,
 * or somebody else had a longer one signed meanwhile. Needs an open vault, no leave. */
enum { SIGN_MAX = 1 << 18 };                             /* leaves at once */
bool seal_sign(struct seal *, struct str origin, struct tree *base, const uint8_t (*leaf)[TREE_HASH], size_t n, uint8_t signature[64], struct err *);
bool seal_signed(const uint8_t public_key[32], struct str checkpoint, const uint8_t signature[64]);

/* How far a keeper's record says that it has signed, read without a keeper. whole false: the record is missing or damaged; the keeper
 * then begins it anew, with all budgets used. Nobody vouches for the record itself. */
struct signed_so_far { bool whole; uint64_t size; uint8_t root[32]; };
bool seal_record(int record, struct signed_so_far *, struct err *);
/* A fresh keeper's record in an empty file: for a vault that is put back where there is none. */
bool seal_record_new(int record, struct err *);

/* ---- the keeper itself: what main.c runs for `--role keeper` ---- */

/* Reads requests on `line` until it ends; keeps its record on `record`. drop: takes the process's powers away, called once, before
 * the first request is read. Returns the exit status. */
int keeper_main(int line, int record, int64_t business, bool (*drop)(struct err *));

#endif
