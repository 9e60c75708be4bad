/* merkle - a Merkle tree that only grows, held by its frontier: the roots of its complete subtrees, largest first, as many as its size
 * has bits set. Whoever holds one can add leaves to it and tell its root, so a frontier and the leaves behind it prove that one tree
 * extends another.
 *
 * leaf = SHA-256(0x00 || text), node = SHA-256(0x01 || left || right)  (RFC 6962, 2.1)
 */
#ifndef MERKLE_H
#define MERKLE_H

#include "base.h"

enum { TREE_HASH = 32, TREE_LEVELS = 63 };
struct tree { uint64_t size; uint8_t frontier[TREE_LEVELS][TREE_HASH]; };        /* all zero: the empty one */

static inline size_t tree_hashes(uint64_t size) { return (size_t)__builtin_popcountll(size); }     /* in its frontier */
void tree_leaf(struct str text, uint8_t leaf[TREE_HASH]);
void tree_add(struct tree *, const uint8_t leaf[TREE_HASH]);
void tree_root(const struct tree *, uint8_t root[TREE_HASH]);
/* A tree of this size from its frontier, which is only measured. false: it has not as many hashes, or nothing is so large. */
bool tree_of(struct tree *, uint64_t size, struct str frontier);
struct str tree_frontier(const struct tree *);           /* a view into the tree */

/* ---- proofs: the hashes beside the way from a leaf, or a complete subtree, up to the root (RFC 6962, 2.1.1 and 2.1.2) ---- */

/* An audit path, gathered while the tree grows from empty, in one pass for many. level, index: which subtree, 2^level leaves from index * 2^level on. */
struct audit { unsigned level; uint64_t index; uint8_t self[TREE_HASH], beside[TREE_LEVELS][TREE_HASH]; };
/* tree_add for a tree whose paths are wanted: n of one level, in the order of their index. */
void tree_add_for(struct tree *, const uint8_t leaf[TREE_HASH], struct audit *, size_t n);
/* The hashes of a path whose subtree is in the tree as it is now, from below; how many. */
size_t audit_end(const struct tree *, const struct audit *, uint8_t hash[TREE_LEVELS][TREE_HASH]);
/* The path that proves that a tree once of `size` leaves (not 0) is the beginning; its proof is those hashes, behind `self` unless size is a power of 2. */
struct audit audit_of_size(uint64_t size);
static inline bool audit_needs_self(uint64_t size) { return (size & (size - 1)) != 0; }

/* Whether n hashes prove that a leaf stands at `index` of the tree with this size and root (RFC 9162, 2.1.3.2). */
bool tree_included(const uint8_t leaf[TREE_HASH], uint64_t index, uint64_t size, const uint8_t (*hash)[TREE_HASH], size_t n, const uint8_t root[TREE_HASH]);
/* Whether they prove that the tree of `size` leaves extends the one of `before` (RFC 9162, 2.1.4.2). Nothing (size 0) is extended by all. */
bool tree_extends(uint64_t before, const uint8_t root_before[TREE_HASH], uint64_t size, const uint8_t root[TREE_HASH], const uint8_t (*hash)[TREE_HASH], size_t n);

#endif
