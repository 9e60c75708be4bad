/* The tree's roots and proofs against a slow and obvious one, which is RFC 6962's own text: split at the largest power of two. */
#include "merkle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { MOST = 100 };                                     /* all sizes up to here */
static uint8_t leaf[1 << 12][TREE_HASH];

static int leaves_made(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(leaf); i++) {
		char text[16];
		int n = snprintf(text, sizeof text, "entry %zu", i);
		tree_leaf((struct str){ text, (size_t)n }, leaf[i]);
	}
	return 0;
}

static size_t split(size_t n)
{
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

static void slow_root(size_t from, size_t n, uint8_t root[TREE_HASH])
{
	uint8_t both[1 + 2 * TREE_HASH] = { 1 };
	if (n == 1) {
		memcpy(root, leaf[from], TREE_HASH);
		return;
	}
	size_t k = split(n);
	slow_root(from, k, both + 1);
	slow_root(from + k, n - k, both + 1 + TREE_HASH);
	sha256((struct str){ (const char *)both, sizeof both }, root);
}

/* PATH(m, D[n]) of RFC 6962, 2.1.1 */
static size_t slow_path(size_t from, size_t m, size_t n, uint8_t (*out)[TREE_HASH])
{
	if (n == 1)
		return 0;
	size_t k = split(n), have = m < k ? slow_path(from, m, k, out) : slow_path(from + k, m - k, n - k, out);
	if (m < k)
		slow_root(from + k, n - k, out[have]);
	else
		slow_root(from, k, out[have]);
	return have + 1;
}

/* SUBPROOF(m, D[n], b) of RFC 6962, 2.1.2 */
static size_t slow_extends(size_t from, size_t m, size_t n, bool whole, uint8_t (*out)[TREE_HASH])
{
	if (m == n) {
		if (!whole)
			slow_root(from, n, out[0]);
		return !whole;
	}
	size_t k = split(n), have;
	if (m <= k) {
		have = slow_extends(from, m, k, whole, out);
		slow_root(from + k, n - k, out[have]);
	} else {
		have = slow_extends(from + k, m - k, n - k, false, out);
		slow_root(from, k, out[have]);
	}
	return have + 1;
}

static void grow(struct tree *t, size_t n, struct audit *path, size_t paths)
{
	*t = (struct tree){ 0 };
	for (size_t i = 0; i < n; i++)
		tree_add_for(t, leaf[i], path, paths);
}

static void same(const uint8_t (*a)[TREE_HASH], size_t n, uint8_t (*b)[TREE_HASH], size_t m)
{
	assert_int_equal(n, m);
	assert_memory_equal(a, b, n * TREE_HASH);
}

/* A proof holds, and with any one bit, hash, place or size changed it does not. */
static void inclusion_holds(size_t index, size_t n, uint8_t (*hash)[TREE_HASH], size_t hashes, uint8_t root[TREE_HASH])
{
	const uint8_t (*h)[TREE_HASH] = (const uint8_t (*)[TREE_HASH])hash;
	assert_true(tree_included(leaf[index], index, n, h, hashes, root));
	assert_false(tree_included(leaf[index + 1], index, n, h, hashes, root));
	assert_false(index + 1 < n && tree_included(leaf[index], index + 1, n, h, hashes, root));
	assert_false(hashes && tree_included(leaf[index], index, n, h, hashes - 1, root));
	assert_false(tree_included(leaf[index], index, n, h, hashes + 1, root));
	assert_false(tree_included(leaf[index], n, n, h, hashes, root));
	for (size_t i = 0; i < hashes; i++) {
		hash[i][i % TREE_HASH] ^= 1;
		assert_false(tree_included(leaf[index], index, n, h, hashes, root));
		hash[i][i % TREE_HASH] ^= 1;
	}
	root[31] ^= 128;
	assert_false(tree_included(leaf[index], index, n, h, hashes, root));
	root[31] ^= 128;
}

static void every_leaf_of_every_size_is_proved(void **state)
{
	(void)state;
	static struct audit path[MOST];
	for (size_t n = 1; n <= MOST; n++) {
		struct tree t;
		uint8_t root[TREE_HASH], slow[TREE_HASH], hash[TREE_LEVELS][TREE_HASH] = { 0 }, expected[TREE_LEVELS][TREE_HASH];
		for (size_t i = 0; i < n; i++)
			path[i] = (struct audit){ .index = i };
		grow(&t, n, path, n);                    /* all at once */
		tree_root(&t, root);
		slow_root(0, n, slow);
		assert_memory_equal(root, slow, TREE_HASH);
		for (size_t i = 0; i < n; i++) {
			size_t hashes = audit_end(&t, &path[i], hash);
			same((const uint8_t (*)[TREE_HASH])hash, hashes, expected, slow_path(0, i, n, expected));
			inclusion_holds(i, n, hash, hashes, root);
		}
	}
}

static void every_size_is_proved_to_begin_every_larger_one(void **state)
{
	(void)state;
	for (size_t n = 2; n <= 70; n++)
		for (size_t m = 1; m < n; m++) {
			struct audit path = audit_of_size(m);
			struct tree t;
			uint8_t before[TREE_HASH], root[TREE_HASH], hash[TREE_LEVELS + 1][TREE_HASH] = { 0 }, expected[TREE_LEVELS][TREE_HASH];
			grow(&t, n, &path, 1);
			tree_root(&t, root);
			slow_root(0, m, before);
			size_t hashes = 0;
			if (audit_needs_self(m))
				memcpy(hash[hashes++], path.self, TREE_HASH);
			hashes += audit_end(&t, &path, hash + hashes);
			const uint8_t (*h)[TREE_HASH] = (const uint8_t (*)[TREE_HASH])hash;
			same(h, hashes, expected, slow_extends(0, m, n, true, expected));
			assert_true(tree_extends(m, before, n, root, h, hashes));
			assert_false(tree_extends(m, root, n, before, h, hashes) || tree_extends(m, before, n, root, h, hashes - 1) || tree_extends(m, before, n, root, h, hashes + 1));
			assert_false(tree_extends(m - 1, before, n, root, h, hashes) || tree_extends(n, before, m, root, h, hashes));
			for (size_t i = 0; i < hashes; i++) {
				hash[i][7] ^= 4;
				assert_false(tree_extends(m, before, n, root, h, hashes));
				hash[i][7] ^= 4;
			}
			uint8_t fork[TREE_HASH];
			slow_root(1, m, fork);           /* the same size, another beginning */
			assert_false(tree_extends(m, fork, n, root, h, hashes));
		}
}

static void some_of_a_larger_one(void **state)
{
	(void)state;
	struct audit path[3] = { { .index = 0 }, { .index = 2047 }, { .index = 4000 } };
	struct tree t;
	uint8_t root[TREE_HASH], hash[TREE_LEVELS][TREE_HASH] = { 0 };
	grow(&t, 4001, path, LENGTH(path));
	tree_root(&t, root);
	for (size_t i = 0; i < LENGTH(path); i++) {
		size_t n = audit_end(&t, &path[i], hash);
		assert_true(n <= 12);
		inclusion_holds(path[i].index, 4001, hash, n, root);
	}
}

static void nothing_and_the_same(void **state)
{
	(void)state;
	const uint8_t (*none)[TREE_HASH] = (const uint8_t (*)[TREE_HASH])leaf;
	assert_true(tree_extends(0, leaf[1], 5, leaf[2], none, 0) && tree_extends(5, leaf[1], 5, leaf[1], none, 0));
	assert_false(tree_extends(5, leaf[1], 5, leaf[2], none, 0) || tree_extends(0, leaf[1], 5, leaf[2], none, 1) || tree_extends(4, leaf[1], 5, leaf[2], none, 0));
	assert_true(tree_included(leaf[3], 0, 1, none, 0, leaf[3]));
	assert_false(tree_included(leaf[3], 0, 0, none, 0, leaf[3]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_leaf_of_every_size_is_proved),
		cmocka_unit_test(every_size_is_proved_to_begin_every_larger_one),
		cmocka_unit_test(some_of_a_larger_one),
		cmocka_unit_test(nothing_and_the_same),
	};
	return cmocka_run_group_tests(tests, leaves_made, NULL);
}
