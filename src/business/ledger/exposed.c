/* exposed - the result: who, and which kinds of theirs; a byte a customer while that is enough. */
#include "exposed.h"

#include <stdlib.h>
#include <sys/mman.h>

struct exposed *exposed_open(struct op *op, bool with_touches)
{
	uint32_t customers;
	if (!ledger_size(op, &customers))
		return NULL;
	struct exposed *e = mem_zero(1, sizeof *e);
	e->n = customers + 1;
	if (with_touches) {
		e->first = mem_get(e->n * sizeof *e->first);
		e->last = mem_get(e->n * sizeof *e->last);
		e->touches = mem_zero(e->n, sizeof *e->touches);
		for (uint32_t i = 0; i < e->n; i++)
			e->first[i] = FAR_OFF, e->last[i] = LONG_AGO;
	}
	return e;
}

void exposed_close(struct exposed *e)
{
	if (!e)
		return;
	free(e->narrow);
	free(e->wide);
	free(e->first);
	free(e->last);
	free(e->touches);
	free(e);
}

kinds exposed_widen(const struct exposed *e, uint8_t narrow)
{
	kinds k = 0;
	for (unsigned bits = narrow; bits; bits &= bits - 1)
		k |= (kinds)1 << e->kind_of[__builtin_ctz(bits)];
	return k;
}

uint8_t exposed_narrow(const struct exposed *e, kinds k)
{
	uint8_t narrow = 0;
	for (size_t i = 0; i < e->n_kinds; i++)
		narrow |= (uint8_t)((k >> e->kind_of[i] & 1) << i);
	return narrow;
}

kinds exposed_kinds(const struct exposed *e, uint32_t customer)
{
	if (customer >= e->n)
		return 0;
	return e->wide ? e->wide[customer] : e->narrow ? exposed_widen(e, e->narrow[customer]) : 0;
}

size_t exposed_customers(const struct exposed *e)
{
	size_t count = 0;
	for (uint32_t i = 1; e->narrow && i < e->n; i++)
		count += e->narrow[i] != 0;
	for (uint32_t i = 1; e->wide && i < e->n; i++)
		count += e->wide[i] != 0;
	return count;
}

/* Written at random: large pages save most of the cost of finding the place. Zeroed by the system when first met. */
static void *masks(size_t n, size_t size)
{
	enum { LARGE = 2 << 20 };
	char *p = mem_zero(n, size);
	uintptr_t first = ((uintptr_t)p + LARGE - 1) / LARGE * LARGE, end = ((uintptr_t)p + n * size) / LARGE * LARGE;
	if (first < end)
		madvise(p + (first - (uintptr_t)p), end - first, MADV_HUGEPAGE);        /* only advice */
	return p;
}

void exposed_room(struct exposed *e, kinds of)
{
	kinds have = exposed_widen(e, (uint8_t)((1u << e->n_kinds) - 1));
	if (e->wide || !of)
		return;
	if (__builtin_popcountll(have | of) <= 8) {
		for (kinds k = of & ~have; k; k &= k - 1)
			e->kind_of[e->n_kinds++] = (uint8_t)__builtin_ctzll(k);
		if (!e->narrow)
			e->narrow = masks(e->n, 1);
		return;
	}
	e->wide = masks(e->n, sizeof(kinds));
	for (uint32_t i = 0; e->narrow && i < e->n; i++)
		e->wide[i] = exposed_widen(e, e->narrow[i]);
	free(e->narrow);
	e->narrow = NULL;
}

void exposed_add(struct exposed *e, uint32_t who, kinds k)
{
	if (e->wide)
		e->wide[who] |= k;
	else
		e->narrow[who] |= exposed_narrow(e, k);
}

kinds exposed_take(struct exposed *e, uint32_t who)
{
	kinds k = exposed_kinds(e, who);
	if (e->wide)
		e->wide[who] = 0;
	else if (e->narrow)
		e->narrow[who] = 0;
	return k;
}
