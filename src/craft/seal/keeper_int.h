/* keeper_int - what the keeper's own files tell each other: turn.c (its lines), keeper.c (who may ask what), vault.c, values.c and leaves.c (what is then done),
 * record.c (what outlives the keeper), slot.c (the key and what wraps it). Nobody else sees the key. */
#ifndef KEEPER_INT_H
#define KEEPER_INT_H

#include "seal_int.h"

#include <sodium.h>
#include <sys/types.h>
#include <time.h>

/* ---- the record ---- */

/* Whose count it is: one for the vault, or one for each person. */
enum of { THE_VAULT, A_PERSON };
enum budget { B_TRIES, B_UNWRAP, B_INDEX, B_APPROVE, B_SLOTS, B_ANSWERS, B_NONE, BUDGETS = B_NONE };
struct limit { int64_t most, per; enum of of; bool free; const char *say; };     /* most: within `per` seconds */
extern const struct limit limits[BUDGETS];               /* keeper.c */

/* Takes n from a budget, before anything is done; n < 0 gives back. The count outlives the keeper. */
bool record_spend(int record, enum budget, int64_t person, int64_t n, struct err *);
/* A new vault's: nothing is used, nothing is signed. CONFLICT: this record has signed a vault's log already. */
bool record_found(int record, struct err *);
uint32_t record_generation(int record);                  /* the newest key that a keeper on this record had; 0: not known */
bool record_generation_put(int record, uint32_t, struct err *);          /* never goes back */
/* The log's head is about to be signed: base, which must be what was signed last, with these leaves behind it. The new root comes out. */
bool record_sign(int record, struct tree *base, const uint8_t (*leaf)[TREE_HASH], size_t n, uint8_t root[TREE_HASH], struct err *);
static inline int64_t clock_seconds(clockid_t which)
{
	struct timespec t;
	clock_gettime(which, &t);
	return t.tv_sec;
}

/* ---- the key ---- */

enum { MASTER = 32, SALT = 16, NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
       GENERATIONS_MAX = 64 };

/* Everything secret, in one piece of memory that is locked, not dumped, and off the kernel's own map where that is possible. The
 * master key wraps nothing itself: from it come (BLAKE2b key derivation) the data key, the key that marks leaves, the seed of the key
 * that signs the log, and in the first generation the blind index's key, which later ones take over; from that one the key of links and the key pair
 * that customers' answers are sealed to, so that links stay as they are. */
struct secrets {
	uint8_t master[MASTER], data[32], index[32], leave[32], link[32], answer[32], answer_public[32], sign[crypto_sign_SECRETKEYBYTES];
	uint32_t generation;                             /* which key this is, from 1: a sealed value names the one it was sealed with */
	uint8_t older[GENERATIONS_MAX][32];              /* data keys of the generations before: older[g - 1] */
};
struct secrets *secrets_get(void);                       /* NULL: no memory */
void secrets_drop(struct secrets *);                     /* wipes */
/* From a master key; ring: the SLOT_RING's bytes, which name the generation; empty: the first. false: the ring is not this key's. */
bool secrets_derive(struct secrets *, const uint8_t master[MASTER], int64_t business, struct str ring);
/* The next generation, from a new master key: with the blind index's key and all older data keys. The caller checks GENERATIONS_MAX. */
void secrets_next(struct secrets *next, const struct secrets *);
void ring_write(const struct secrets *, int64_t business, struct buf *out);
/* The data key of a generation; NULL: there is none. */
const uint8_t *secrets_data(const struct secrets *, uint32_t generation);

/* The secret in a customer's link. */
void link_secret(const struct secrets *, int64_t business, int64_t customer, uint8_t secret[LINK_SECRET]);
/* What came by that link, behind its proof; false: it does not open, or is not by who had the link. */
bool answer_open(const struct secrets *, int64_t business, int64_t customer, struct str sealed, struct buf *out);

/* Argon2id in a child, so that its memory goes back to the machine at once and nobody waits who asks for something else. */
struct stretch { pid_t child; int end; uint32_t mib; };          /* child 0: none runs; end: readable when it is done */
bool stretch_begin(struct stretch *, struct str secret, const uint8_t salt[SALT], struct slot_cost, struct err *);
bool stretch_end(struct stretch *, uint8_t key[32], struct err *);

bool cost_fits(struct slot_cost);
struct slot_cost slot_cost_of(struct str bytes);         /* as they tell; not believed */
bool slot_make(const struct slot *, int64_t business, const uint8_t master[MASTER], struct str secret, struct slot_cost, struct buf *out, struct err *);
/* Tries a secret: begin checks the slot's bytes and starts stretching, end tells whether it opened. */
bool slot_try(const struct slot *, struct str secret, struct stretch *, struct err *);
bool slot_opens(const struct slot *, int64_t business, const uint8_t key[32], uint8_t master[MASTER]);

/* Recovery codes: eight groups of four random characters and a check character. */
enum { CODE = RECOVERY_GROUPS * RECOVERY_GROUP + 1 };
void recovery_make(char code[64]);
bool recovery_read(struct str text, char code[CODE]);    /* meant as one: without what does not count; false: it is something else */
int recovery_mistake(const char code[CODE]);             /* the group with a typing mistake, from 1; 0: none */

/* ---- the keeper and its lines ---- */

enum { LINES_MAX = 64, SESSIONS_MAX = 64,
       STRETCHES_MAX = 2 };                              /* Argon2 takes its memory: so many at once, the next one waits */

/* Somebody who gave the passphrase. Known by its token on every line that may have sessions. Times: CLOCK_BOOTTIME seconds. */
struct session { uint8_t token[SEAL_TOKEN]; int64_t person, ends, again_until; bool owner; };      /* person 0: none */

/* A passphrase being tried: views into the line's request, which stays until the answer. */
struct trial { struct stretch stretch; struct slot slot; struct str ring; bool recovery; };

struct line {
	int fd;                                          /* -1: nobody is there any more */
	enum asker asker;
	struct buf in, out; size_t got, sent;
	int pass;                                        /* a descriptor that goes out behind the answer, or -1 */
	uint8_t token[SEAL_TOKEN];                       /* the session chosen; zero: none */
	bool by_round; struct bits rows;                 /* unwraps go by a round's leave */
	struct trial trial;
};

struct keeper {
	int record; int64_t business;
	struct secrets *secret; bool open;
	struct session session[SESSIONS_MAX];
	struct line line[LINES_MAX]; size_t lines;
	size_t stretching;
};
/* One request: reads what came behind its number, whole (cursor_done), and puts the answer behind what is there. false without a fault set: the asker broke the
 * rules, and its line ends. Whether it may be asked has been looked at (keeper.c). */
typedef bool handler(struct keeper *, struct line *, struct cursor *, struct buf *, struct err *);
handler do_create, do_slot, do_login, do_again, do_rotate;                 /* vault.c */
handler do_wrap, do_unwrap, do_verify, do_reseal, do_give, do_index;       /* values.c */
handler do_approve, do_use, do_sign, do_backup, do_link, do_answer;        /* leaves.c */
/* What became of a try: the answer to the LOGIN or AGAIN that began it. */
bool trial_end(struct keeper *, struct line *, enum request which, struct buf *out, struct err *);
/* Whether the round in use on this line tells this customer; else REFUSED. */
bool in_round(const struct line *, int64_t customer, struct err *);

/* keeper.c, for those */
struct session *keeper_session(struct keeper *, const uint8_t token[SEAL_TOKEN]);      /* NULL: it has ended, or never was */
/* A new one on this line; the one that ends first makes room. A command's lasts as long as the command. */
void keeper_admit(struct keeper *, struct line *, int64_t person, bool owner);
bool keeper_spend(struct keeper *, struct line *, enum request which, int64_t n, struct err *);  /* n from the request's budget, for the line's session */
void keeper_lock(struct keeper *);                       /* forgets the key and every session */

/* keeper.c, for turn.c. keeper_handle, keeper_line: seal_int.h */
void line_end(struct line *);
bool keeper_stretches(uint8_t which);                    /* a request that stretches a passphrase */
/* A try has come to its end: the answer to the LOGIN or AGAIN that began it. false: the asker is no client of ours. */
bool keeper_tried(struct keeper *, struct line *, enum request which, struct buf *answer);

#endif
