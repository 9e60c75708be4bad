/* op - the operation: what every function of the business gets first. Hides the data folder, the transaction, and asking for the passphrase.
 * Everything is changed through verbs (verb.h), and leaves an entry in the log (log.h).
 */
#ifndef OP_H
#define OP_H

#include "base.h"
#include "when.h"

struct db;                                               /* store.h */
struct seal;                                             /* seal.h */
struct slot;

enum { PERSON_FIRST = 1 };                               /* who founded the business: always an owner; whom the command line acts as */

/* What a person may do: a verb names a set of them. A helper is an adviser from outside: looks, and changes nothing. */
enum role { ROLE_OWNER = 1, ROLE_MANAGER = 2, ROLE_STAFF = 4, ROLE_HELPER = 8,
            ROLES_LEAD = ROLE_OWNER | ROLE_MANAGER, ROLES_WORK = ROLES_LEAD | ROLE_STAFF, ROLES_ALL = ROLES_WORK | ROLE_HELPER };

struct op {
	struct arena *a;                                 /* everything handed back lives here and dies with the operation */
	struct db *db;
	struct seal *seal;                               /* the line to the keeper; NULL until op_key */
	uint8_t key_session[16];                         /* the keeper's session that op_key began (SEAL_TOKEN); all 0: it began none */
	int64_t business, now, person;                   /* now: the moment the operation began; person: who acts */
	struct zone *zone;                               /* the business's time zone */
	struct str folder;                               /* the data folder */
	struct err err;
	/* the face's part */
	bool (*ask)(struct op *, const char *why, struct str *passphrase);      /* false: there is nobody to ask */
	bool (*ask_new)(struct op *, struct str file, struct str *passphrase);  /* a new one: what stands in that file, else it is asked for */
	bool (*sure)(struct op *, const char *question); /* asks a person who sits there to confirm with yes; NULL: there is none, or the question was put before */
	bool afar;                                       /* who asks may sit elsewhere: names no file of this machine */
	bool key_at_hand;                                /* asking disturbs nobody: the passphrase stands in a file that was named */
	void (*progress)(struct op *, const char *what, uint64_t done, uint64_t of);   /* of 0: not known */
	const volatile int *stop;                        /* set when somebody wants this to end; NULL: never */
	void (*tell)(struct op *, const char *);         /* a remark while something lasts; NULL: nobody listens */
	struct log_tail *tail;                           /* the log's end while a transaction adds to it */
	unsigned moved;                                  /* where this transaction wrote, of enum moves: set by generated code */
};

/* ---- opening ---- */

/* Opens the data folder `folder` for business 1 and brings its schema up to date. NOT_FOUND: there is none. */
bool op_open(struct op *, struct str folder);
bool op_is_there(struct op *, struct str folder);        /* a data folder with a database in it */
bool op_read_only(const struct op *);                    /* the folder or its medium can only be read: WRITE and LONG verbs are refused */
/* Makes the folder (0700), the database, the business, and its vault with the owner's passphrase; op is then open and unlocked.
 * recovery: shown once. CONFLICT: there is a business already, or the folder holds something else. A failed start leaves nothing behind, and what a
 * killed one left is made anew. */
struct founding {
	struct str name, region, timezone, passphrase;
	uint32_t kdf_mib, kdf_passes;                    /* what guessing the passphrase costs: SLOT_COST_DEFAULT of seal.h */
	bool (*first)(struct op *);                      /* what else is made in the same transaction */
	struct str owner;                                /* who founds it, as they will sign in; empty: "Owner" */
};
bool op_create(struct op *, struct str folder, const struct founding *, char recovery[64]);
void op_close(struct op *);
/* While something lasts, its process holds byte n of a lock file in the data folder, which the kernel lets go when that ends in any way. The
 * descriptor, close-on-exec, to close when it is over; -1, with the reason: it can't be held. */
int  op_hold(struct op *, const char *file, int64_t n);
bool op_held(struct op *, const char *file, int64_t n);  /* somebody does */
static inline bool op_stopped(const struct op *op) { return op->stop && *op->stop; }

/* ---- the key ---- */

bool op_keeper(struct op *);                             /* there is a line to a keeper afterwards; the vault stays as it is, locked or open */
bool op_key(struct op *);                                /* the vault is open afterwards; asks for the passphrase once. LOCKED: nobody gave it */
bool op_key_again(struct op *);                          /* asks for the passphrase again: approving, large imports */
/* A new passphrase for op->person, or with an empty one a new recovery code (into recovery, once); the old one opens no more. Asks
 * for the passphrase (or the recovery code) again. Its own transaction. */
bool op_key_renew(struct op *, struct str passphrase, char recovery[64]);
/* A new key (seal_rotate), with op->person's passphrase and a new recovery code; everybody else's slots are gone. What is sealed still opens. */
bool op_key_rotate(struct op *, char recovery[64]);
/* Passphrase and recovery code are both lost: a new vault for op->person, in which nothing of before opens. forget: takes everything sealed out, in
 * the same transaction. */
bool op_key_lost(struct op *, struct str passphrase, bool (*forget)(struct op *), char recovery[64]);
bool op_slots(struct op *, struct slot **, size_t *n);   /* all of the vault's, as seal_login takes them */
/* INVALID: shorter than 12 characters, among the common ones, one thing said over and over, or little more than the business's name. No other rules, and no
 * hints. business: its name before there is one in the database; empty: as it stands there. */
bool op_passphrase_fits(struct op *, struct str, struct str business);
/* n sealed contacts are about to be shown: an entry in the log first (in the running transaction, or one of its own). */
bool op_looked(struct op *, uint64_t n);

/* ---- a verb's steps; op_do makes one transaction round a WRITE verb, a LONG verb makes its own ---- */

bool op_begin(struct op *);                              /* a write transaction */
bool op_end(struct op *, bool keep);                     /* keep false, or a false answer: everything since op_begin is as before */
/* How often something changed in the tables that schema.sql marks so: who is at risk, or how far notices are, is as it was while that stays. */
enum moves { MOVES_ANSWERS = 1, MOVES_NOTICES = 2 };
bool op_moves(struct op *, enum moves, int64_t *n);
int64_t op_count(struct op *, const char *counter);      /* the next number of that counter, from 1; 0 on an error. In a write transaction */
int64_t op_count_many(struct op *, const char *counter, int64_t n);   /* the first of n */
struct str op_setting(struct op *, const char *name);    /* empty: not set */
struct wire_way;
void op_outward(struct op *, struct wire_way *);        /* how the settings have the outside reached (wire_fetch.h) */
bool op_setting_put(struct op *, const char *name, struct str value);
const char *op_setting_help(int64_t number);             /* what the setting of that number is, as the log numbers them; "" for none */

/* ---- who acts ---- */

/* The role of op->person, as of now. REFUSED: there is no such person, or they are here no more. */
bool op_role(struct op *, enum role *);
/* What is somebody's own they may decide, as an owner and a manager may of all. REFUSED: it is another's. */
bool op_may_decide(struct op *, struct str person);

#endif
