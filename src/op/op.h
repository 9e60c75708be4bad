/* op - the operation: what every function of the business gets first, the verbs through which everything is changed, and the log.
 *
 * Hides the data folder, the transaction, asking for the passphrase, masking what comes in, and how the log is chained.
 */
#ifndef OP_H
#define OP_H

#include "base.h"
#include "json.h"
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

/* ---- the log: numbers and salted hashes, never free text ---- */

struct fact { const char *name; int64_t n; };
struct about { const struct fact *fact; size_t n; };
#define ABOUT(...) ((struct about){ (const struct fact[]){ __VA_ARGS__ }, sizeof((const struct fact[]){ __VA_ARGS__ }) / sizeof(struct fact) })
/* Appends "TIME WHAT person=1 name=n ..." in the running write transaction. what: a word like "holder.added". */
bool log_add(struct op *, const char *what, struct about);
/* The same with a salted hash, as "name=HEX" at its end. at: the entry's number; NULL: not wanted. */
bool log_add_hash(struct op *, const char *what, struct about, const char *name, const uint8_t hash[32], int64_t *at);
/* A backup of so many entries, made then, was put back: the log goes on under a new name, which the entry tells. In the running write
 * transaction. */
bool log_epoch(struct op *, int64_t entries, int64_t chain, int64_t made);
/* Has the keeper sign the head when the vault is open and there is something unsigned; else does nothing. Outside a transaction. */
bool log_sign(struct op *);
/* What was tried and not done is worth an entry of its own: "role.refused", "fault.met", with who tried. At most one a minute of each, so that nobody fills
 * the log by it; op->err stays. Outside a transaction, else nothing. */
void log_watched(struct op *, const char *what, int64_t code);
struct log_state { uint64_t entries, signed_entries; bool broken; uint64_t broken_at; const char *how; bool record_lost; };
/* A log that was seen elsewhere: so long, with this root (a checkpoint, proof.h). epoch: a backup was put back within its first `size` entries, last
 * by entry epoch_at. */
struct log_seen { uint64_t size; uint8_t root[32]; enum { SEEN_NOT_REACHED, SEEN_SAME, SEEN_OTHER } is; bool epoch; uint64_t epoch_at; };
/* Walks the whole log: a changed, missing or swapped entry, a wrong root or signature, an end that the keeper's record knows otherwise
 * sets broken, with where and how. record_lost: the keeper's record is missing, damaged or older than the log, so that it can't tell
 * whether an old copy was put back. seen: what it is compared with; NULL: nothing. False only when it could not be read. */
bool log_verify(struct op *, struct log_seen *seen, struct log_state *);
extern const char log_record_lost_words[];               /* for people */
bool log_size(struct op *, int64_t *entries);
struct log_end { uint64_t entries, signed_entries; uint8_t root[32]; };          /* root: of the tree over all entries (RFC 6962) */
bool log_end(struct op *, struct log_end *);
/* Each entry from that number on, in order, until each says false; text stays until it returns. */
bool log_each(struct op *, int64_t from, bool (*each)(void *, int64_t n, struct str text), void *);

/* ---- verbs: the only way to change anything ---- */

enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_TIME, FIELD_FLAG, FIELD_PATH };      /* times stay text: what a date means is the verb's business */
/* placed: given without its name, in order; terminal: for who sits there and waits; afar: a path that may be named from elsewhere, too; secret: a file
 * with a secret, which from elsewhere comes by itself; slow: where it is given, the verb may take minutes; lead: only an owner or a manager gives it */
enum { FIELD_NEEDED = 1, FIELD_LIST = 2, FIELD_PLACED = 4, FIELD_TERMINAL = 8, FIELD_AFAR = 16, FIELD_SECRET = 32, FIELD_SLOW = 64, FIELD_LEAD = 128 };
struct verb_field { const char *name; enum field_type type; unsigned how; const char *help; };

struct arg { const struct verb_field *field; struct str *value; size_t n; };
struct args { struct arg *arg; size_t n; };
struct str args_text(const struct args *, const char *name);        /* the first value; empty when not given */
bool args_has(const struct args *, const char *name);
const struct arg *args_list(const struct args *, const char *name); /* NULL when not given */
bool args_number(const struct args *, const char *name, int64_t *); /* false: not given. Checked to be a number by op_do */
/* When something happened, a day or a time: no day, or one still to come, is INVALID for the field of that name. Empty: *out stays. */
bool op_been(struct op *, const char *name, struct str text, struct span *out);

/* Where a verb's words go; those of a WRITE verb once its transaction is kept. A face shows rows to machines as JSON Lines, sentences to people. */
struct answer {
	bool json;                                       /* rows are wanted; else sentences */
	bool attention;                                  /* exit status 1: done, and the answer needs attention */
	bool stopped;                                    /* it ended before its end, and what it kept by then is good */
	void (*put)(void *, struct str);                 /* a piece of the answer; an empty one: show what there is */
	void (*note)(void *, struct str);                /* a remark */
	void (*bytes)(void *, struct str);               /* a piece of a file that is the answer; NULL: nobody takes one (a LONG verb) */
	void *to;
	struct buf row; struct json j;
};
/* One line for people; nothing when rows are wanted. What is put in by %s can't drive the terminal, and ends no line: a line feed in it becomes a space. fmt knows s, d, u and
 * f with width, precision, - and 0, l and z. */
void answer_say(struct answer *, const char *fmt, ...) PRINTF(2, 3);
void answer_note(struct answer *, const char *fmt, ...) PRINTF(2, 3);  /* a remark beside the answer, for people, in any case */
void answer_lines(struct answer *, struct str);          /* a text of several lines, for people */
void answer_row(struct answer *);                        /* begins a row; nothing when sentences are wanted, likewise below */
void answer_text(struct answer *, const char *key, struct str);
void answer_number(struct answer *, const char *key, int64_t);
void answer_flag(struct answer *, const char *key, bool);
void answer_real(struct answer *, const char *key, double);             /* with three digits behind the point */
void answer_time(struct answer *, const char *key, int64_t);           /* RFC 3339 UTC; null when unknown */
void answer_words(struct answer *, const char *key, const struct str *, size_t n);   /* a list of texts */
void answer_counts(struct answer *, const char *key, const struct str *, const int64_t *, size_t n);   /* an object of numbers */
void answer_texts(struct answer *, const char *key, const char *const *names, const struct str *, size_t n);      /* an object of texts; null when n is 0 */
void answer_row_end(struct answer *);

/* alone: needs no data folder; maybe: uses it when there is a business in it (else op->db is NULL) */
/* new: makes the data folder itself; out: long, and goes over the network */
enum verb_how { VERB_READ, VERB_WRITE, VERB_LONG, VERB_ALONE, VERB_MAYBE, VERB_NEW, VERB_OUT };
struct verb {
	const char *name, *help, *example;               /* "incident open"; one sentence; one call */
	enum verb_how how;
	const struct verb_field *fields; size_t n;
	bool (*run)(struct op *, const struct args *, struct answer *);
	unsigned roles;                                  /* who may; 0: ROLES_LEAD */
	bool slow;                                       /* may take minutes: pages and the API do it as a job */
	bool again;                                      /* in a browser's session only soon after who it is was proved (ASVS 5.0, 7.5.3) */
	bool afar;                                       /* of those that go over the network: asked from elsewhere (op->afar), it leaves that to the courier */
};
static inline unsigned verb_roles(const struct verb *v) { return v->roles ? v->roles : ROLES_LEAD; }
#define FIELDS(...) (const struct verb_field[]){ __VA_ARGS__ }, sizeof((const struct verb_field[]){ __VA_ARGS__ }) / sizeof(struct verb_field)
#define NO_FIELDS NULL, 0

/* The role of op->person, as of now. REFUSED: there is no such person, or they are here no more. */
bool op_role(struct op *, enum role *);
/* What is somebody's own they may decide, as an owner and a manager may of all. REFUSED: it is another's. */
bool op_may_decide(struct op *, struct str person);
/* Checks that op->person may do this, what is needed and of what type, masks card numbers in every text (a masked one is refused: it is not a name), makes the
 * transaction, runs, signs the log. On false op->err says why and nothing is changed but complete steps of a LONG verb. */
bool op_do(struct op *, const struct verb *, const struct args *, struct answer *);
bool op_fits(struct op *, const struct verb *, const struct args *, struct answer *);    /* its checks alone, and its masking */
extern const struct verb op_verbs[];                     /* set; ends with a NULL name, like every room's */

#endif
