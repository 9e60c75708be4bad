/* exposed - the result: who, and which kinds of theirs. A short list at first; a mask of all customers when it grows long, a byte each
 * while that is enough. */
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
	free(e->few);
	free(e->mask);
	free(e->first);
	free(e->last);
	free(e->touches);
	free(e);
}

static kinds widen(const struct exposed *e, uint8_t narrow)
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

bool exposed_fits_narrow(const struct exposed *e)
{
	return !e->wide && __builtin_popcountll(e->occur) <= 8;
}

/* ---- looking ---- */

/* The first of the list that is not below who. */
static size_t few_from(const struct exposed *e, uint32_t who)
{
	size_t low = 0, high = e->n_few;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (e->few[middle].who < who)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

kinds exposed_kinds(const struct exposed *e, uint32_t customer)
{
	if (customer >= e->n)
		return 0;
	if (e->wide)
		return e->wide[customer];
	if (e->narrow)
		return widen(e, e->narrow[customer]);
	size_t i = few_from(e, customer);
	return i < e->n_few && e->few[i].who == customer ? e->few[i].kinds : 0;
}

size_t exposed_customers(const struct exposed *e)
{
	size_t count = 0;
	for (size_t i = 0; i < e->n_few; i++)
		count += e->few[i].kinds != 0;
	for (uint32_t i = 1; e->narrow && i < e->n; i++)
		count += e->narrow[i] != 0;
	for (uint32_t i = 1; e->wide && i < e->n; i++)
		count += e->wide[i] != 0;
	return count;
}

static bool eight_empty(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return !v;
}

bool exposed_next(const struct exposed *e, uint32_t *customer)
{
	uint32_t i = *customer;
	if (e->narrow) {
		while (i + 8 <= e->n && eight_empty(e->narrow + i))
			i += 8;
		while (i < e->n && !e->narrow[i])
			i++;
	} else if (e->wide) {
		while (i < e->n && !e->wide[i])
			i++;
	} else {
		size_t k = few_from(e, i);
		while (k < e->n_few && !e->few[k].kinds)
			k++;
		i = k < e->n_few ? e->few[k].who : e->n;
	}
	*customer = i;
	return i < e->n;
}

/* ---- growing ---- */

enum { FEW_MAX = 8192 };

/* A zeroed mask. It is written at random: large pages save most of the cost of finding the place. */
static void *mask_get(struct exposed *e, size_t size)
{
	enum { LARGE = 2 << 20 };
	size_t room = e->n * size;
	char *p = e->mask = mem_zero(1, room < LARGE ? room : room + LARGE);
	if (room < LARGE)
		return p;
	p += (LARGE - (uintptr_t)p % LARGE) % LARGE;
	madvise(p, room, MADV_HUGEPAGE);                 /* only advice */
	return p;
}

static void mask_add(struct exposed *e, uint32_t who, kinds k)
{
	if (e->wide)
		e->wide[who] |= k;
	else
		e->narrow[who] |= exposed_narrow(e, k);
}

static void few_to_mask(struct exposed *e)
{
	if (exposed_fits_narrow(e))
		e->narrow = mask_get(e, 1);
	else
		e->wide = mask_get(e, sizeof(kinds));
	for (size_t i = 0; i < e->n_few; i++)
		mask_add(e, e->few[i].who, e->few[i].kinds);
	free(e->few);
	e->few = NULL, e->n_few = 0;
}

void exposed_room(struct exposed *e, kinds of)
{
	kinds more = of & ~e->occur;
	e->occur |= of;
	if (exposed_fits_narrow(e)) {
		for (; more; more &= more - 1)
			e->kind_of[e->n_kinds++] = (uint8_t)__builtin_ctzll(more);
	} else if (e->narrow) {
		void *before = e->mask;
		e->wide = mask_get(e, sizeof(kinds));
		for (uint32_t i = 0; i < e->n; i++)
			e->wide[i] = widen(e, e->narrow[i]);
		free(before);
		e->narrow = NULL;
	}
}

void exposed_expect(struct exposed *e, size_t touches)
{
	if (!e->narrow && !e->wide && touches > FEW_MAX)
		few_to_mask(e);
}

void exposed_add(struct exposed *e, uint32_t who, kinds k)
{
	if (!e->narrow && !e->wide && e->n_few == FEW_MAX)
		few_to_mask(e);
	if (e->narrow || e->wide) {
		mask_add(e, who, k);
		return;
	}
	if (!e->few)
		e->few = mem_get(FEW_MAX * sizeof *e->few);
	e->few[e->n_few++] = (struct few){ who, k };
}

static int few_order(const void *a, const void *b)
{
	const struct few *x = a, *y = b;
	return (x->who > y->who) - (x->who < y->who);
}

void exposed_settle(struct exposed *e)
{
	size_t kept = 0;
	if (!e->n_few)
		return;
	qsort(e->few, e->n_few, sizeof *e->few, few_order);
	for (size_t i = 0; i < e->n_few; i++)
		if (kept && e->few[kept - 1].who == e->few[i].who)
			e->few[kept - 1].kinds |= e->few[i].kinds;
		else
			e->few[kept++] = e->few[i];
	e->n_few = kept;
}

kinds exposed_take(struct exposed *e, uint32_t who)
{
	kinds k = exposed_kinds(e, who);
	size_t i = few_from(e, who);
	if (e->wide)
		e->wide[who] = 0;
	else if (e->narrow)
		e->narrow[who] = 0;
	else if (k)
		e->few[i].kinds = 0;
	return k;
}
