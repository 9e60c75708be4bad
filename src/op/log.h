/* log - what was done, when and by whom, entry by entry. Hides how the entries are chained and how the keeper signs their end (doc/proof.md).
 * Numbers and salted hashes, never free text.
 */
#ifndef LOG_H
#define LOG_H

#include "op.h"

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

#endif
