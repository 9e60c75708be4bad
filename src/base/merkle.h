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

#endif
