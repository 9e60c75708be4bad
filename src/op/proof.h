/* proof - what of the log can be checked by somebody who has neither the database nor the key: that the log is the one that was seen before, and
 * that an entry stands in it (doc/proof.md).
 *
 * Hides the formats: signed notes and checkpoints (c2sp.org/signed-note, /tlog-checkpoint), proofs (c2sp.org/tlog-proof), RFC 6962's hashes.
 */
#ifndef PROOF_H
#define PROOF_H

#include "merkle.h"
#include "seal.h"
#include "verb.h"

#define EPOCH_WORD "log.epoch"                           /* the entry that says that a backup was put back */
enum { NOTE_MAX = 16 << 10, PROOF_MAX = 64 << 10, KEY_TEXT_MAX = 200 };

/* ---- made from the log; what the keeper has not signed yet can't be proved ---- */

/* The log's last signed head as a checkpoint, with the key that checks it ("NAME+ID+KEY"). CONFLICT: nothing is signed yet. */
struct kept_head { struct str note, key, origin; uint64_t size; uint8_t root[TREE_HASH]; };
bool proof_head(struct op *, struct kept_head *);
/* That this head extends the log's first `before` entries: "old N", hashes, an empty line, the checkpoint (as a witness is told,
 * c2sp.org/tlog-witness). INVALID: nothing or more than is signed. */
bool proof_extends(struct op *, uint64_t before, struct str *file);
/* For each entry its proof as a file, one pass over the log for all. said: what the entry's salted hash (log_add_hash) is the SHA-256 of; it goes
 * along, so it can be checked, too. file: empty where the entry waits for its signature. TORN: the log is not what was signed. */
enum { PROOFS_MAX = 4096 };
struct proved { int64_t entry; struct str said, file; };
bool proof_entries(struct op *, struct proved *, size_t n);      /* at most PROOFS_MAX */

/* ---- read by whoever was given them; all views into what was read ---- */

struct checkpoint { struct str origin, text, signatures; uint64_t size; uint8_t root[TREE_HASH]; };
bool checkpoint_read(struct str note, struct checkpoint *, struct err *);        /* INVALID: it is none. Signatures are not looked at */
enum signed_how { SIGNED_WELL, SIGNED_BY_ANOTHER, SIGNED_FALSELY };
enum signed_how checkpoint_signed(const struct checkpoint *, const uint8_t public_key[32]);
/* The note as it was, after a form or an editor: CR LF and white space around it undone. */
struct str note_plain(struct arena *, struct str);

/* A proof that holds: entry number n of the log's first `head.size`, and what was said with it (empty: nothing). INVALID: it is none, or does not
 * hold, and why. Who signed the head is the caller's to look at. */
struct shown { struct checkpoint head; uint64_t n; struct str entry, said; };
bool proof_read(struct arena *, struct str file, struct shown *, struct err *);
/* "NAME+ID+KEY" (c2sp.org/signed-note) */
struct str key_text(struct arena *, struct str origin, const uint8_t public_key[32]);
bool key_read(struct str text, uint8_t public_key[32], struct err *);

/* The head on one Letter page with a QR code, to keep elsewhere. */
bool checkpoint_sheet(struct op *, bool spanish, int fd);

extern const struct verb log_verbs[];                    /* log verify|checkpoint|check */

#endif
