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

/* The first of n paths at or behind this index. */
static size_t audit_from(const struct audit *p, size_t n, uint64_t index)
{
	size_t first = 0;
	while (first < n) {
		size_t middle = (first + n) / 2;
		if (p[middle].index < index)
			first = middle + 1;
		else
			n = middle;
	}
	return first;
}

/* A subtree is complete: it stands beside the way of those below its sibling, or is what one of them begins with. */
static void audit_meet(struct audit *p, size_t n, unsigned level, uint64_t index, const uint8_t root[TREE_HASH])
{
	if (!n || level < p->level)
		return;
	unsigned up = level - p->level;
	for (size_t i = audit_from(p, n, (index ^ 1) << up); i < n && p[i].index >> up == (index ^ 1); i++)
		memcpy(p[i].beside[level], root, TREE_HASH);
	for (size_t i = up ? n : audit_from(p, n, index); i < n && p[i].index == index; i++)
		memcpy(p[i].self, root, TREE_HASH);
}

void tree_add_for(struct tree *t, const uint8_t leaf[TREE_HASH], struct audit *path, size_t paths)
{
	uint8_t root[TREE_HASH];
	size_t n = tree_hashes(t->size);
	unsigned level = 0;
	memcpy(root, leaf, TREE_HASH);
	audit_meet(path, paths, 0, t->size, root);
	for (uint64_t full = t->size; full & 1; full >>= 1) {
		node(t->frontier[--n], root);
		audit_meet(path, paths, ++level, full >> 1, root);
	}
	memcpy(t->frontier[n], root, TREE_HASH);
	t->size++;
}

void tree_add(struct tree *t, const uint8_t leaf[TREE_HASH])
{
	tree_add_for(t, leaf, NULL, 0);
}

size_t audit_end(const struct tree *t, const struct audit *p, uint8_t hash[TREE_LEVELS][TREE_HASH])
{
	size_t subtrees = tree_hashes(t->size), at = 0, n = 0;
	unsigned level = 63;
	uint64_t first = p->index << p->level, before = 0;
	for (;; level--) {                               /* the complete subtree that it is in: at the frontier's `at`, of this level */
		uint64_t wide = (uint64_t)1 << level;
		if (!(t->size & wide))
			continue;
		if (first < before + wide)
			break;
		before += wide, at++;
	}
	for (unsigned l = p->level; l < level; l++)
		memcpy(hash[n++], p->beside[l], TREE_HASH);
	if (at + 1 < subtrees) {
		memcpy(hash[n], t->frontier[subtrees - 1], TREE_HASH);
		for (size_t i = subtrees - 1; --i > at;)
			node(t->frontier[i], hash[n]);
		n++;
	}
	while (at-- > 0)
		memcpy(hash[n++], t->frontier[at], TREE_HASH);
	return n;
}

struct audit audit_of_size(uint64_t size)
{
	unsigned level = (unsigned)__builtin_ctzll(size);
	return (struct audit){ .level = level, .index = (size >> level) - 1 };
}

/* Over one hash of a proof: left of what we have (and then up to where something is left of it again), or right. */
static bool is_left(uint64_t *at, uint64_t *last)
{
	bool left = *at & 1 || *at == *last;
	if (left)
		for (; !(*at & 1) && *at; *at >>= 1)
			*last >>= 1;
	*at >>= 1, *last >>= 1;
	return left;
}

static void join(bool left, const uint8_t other[TREE_HASH], uint8_t root[TREE_HASH])
{
	uint8_t right[TREE_HASH];
	memcpy(right, left ? root : other, TREE_HASH);
	node(left ? other : root, right);
	memcpy(root, right, TREE_HASH);
}

bool tree_included(const uint8_t leaf[TREE_HASH], uint64_t index, uint64_t size, const uint8_t (*hash)[TREE_HASH], size_t n, const uint8_t root[TREE_HASH])
{
	uint8_t r[TREE_HASH];
	if (index >= size)
		return false;
	uint64_t last = size - 1;
	memcpy(r, leaf, TREE_HASH);
	for (size_t i = 0; i < n; i++) {
		if (!last)
			return false;
		join(is_left(&index, &last), hash[i], r);
	}
	return !last && memcmp(r, root, TREE_HASH) == 0;
}

bool tree_extends(uint64_t before, const uint8_t root_before[TREE_HASH], uint64_t size, const uint8_t root[TREE_HASH], const uint8_t (*hash)[TREE_HASH], size_t n)
{
	uint8_t old[TREE_HASH], new[TREE_HASH];
	size_t i = 0;
	if (before > size || (before && before < size && audit_needs_self(before) && !n))
		return false;
	if (!before || before == size)
		return !n && (!before || memcmp(root_before, root, TREE_HASH) == 0);
	uint64_t at = before - 1, last = size - 1;
	for (; at & 1; at >>= 1)
		last >>= 1;
	memcpy(old, audit_needs_self(before) ? hash[i++] : root_before, TREE_HASH);
	memcpy(new, old, TREE_HASH);
	for (; i < n; i++) {
		if (!last)
			return false;
		bool left = is_left(&at, &last);
		if (left)
			join(true, hash[i], old);
		join(left, hash[i], new);
	}
	return !last && memcmp(old, root_before, TREE_HASH) == 0 && memcmp(new, root, TREE_HASH) == 0;
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
