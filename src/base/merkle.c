/* merkle - see merkle.h. */
#include "merkle.h"

#include <string.h>

void tree_leaf(struct str text, uint8_t leaf[TREE_HASH])
{
	struct sha256 h;
	sha256_start(&h);
	sha256_add(&h, (struct str){ "", 1 });           /* a byte 0 */
	sha256_add(&h, text);
	sha256_end(&h, leaf);
}

static void node(const uint8_t left[TREE_HASH], uint8_t right[TREE_HASH])
{
	struct sha256 h;
	sha256_start(&h);
	sha256_add(&h, STR("\x01"));
	sha256_add(&h, (struct str){ (const char *)left, TREE_HASH });
	sha256_add(&h, (struct str){ (const char *)right, TREE_HASH });
	sha256_end(&h, right);
}

void tree_add(struct tree *t, const uint8_t leaf[TREE_HASH])
{
	uint8_t root[TREE_HASH];
	size_t n = tree_hashes(t->size);
	memcpy(root, leaf, TREE_HASH);
	for (uint64_t full = t->size; full & 1; full >>= 1)
		node(t->frontier[--n], root);
	memcpy(t->frontier[n], root, TREE_HASH);
	t->size++;
}

/* The smaller subtrees are joined first (RFC 6962: the left one is the largest power of two). */
void tree_root(const struct tree *t, uint8_t root[TREE_HASH])
{
	size_t n = tree_hashes(t->size);
	if (!n) {
		sha256(STR(""), root);
		return;
	}
	memcpy(root, t->frontier[--n], TREE_HASH);
	while (n-- > 0)
		node(t->frontier[n], root);
}

bool tree_of(struct tree *t, uint64_t size, struct str frontier)
{
	*t = (struct tree){ 0 };
	if (size > INT64_MAX || frontier.n != tree_hashes(size) * TREE_HASH)
		return false;
	t->size = size;
	if (frontier.n)
		memcpy(t->frontier, frontier.p, frontier.n);
	return true;
}

struct str tree_frontier(const struct tree *t)
{
	return (struct str){ (const char *)t->frontier, tree_hashes(t->size) * TREE_HASH };
}
