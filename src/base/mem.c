/* mem - memory of one operation, and growing buffers. */
#include "base.h"

#include <sodium.h>
#include <inttypes.h>
#include <link.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, ALIGN = 16 };

struct chunk { struct chunk *next; size_t cap, used; _Alignas(ALIGN) char bytes[]; };
struct arena { struct chunk *head; };

/* Limits on input were passed before anything is asked for here: there is nothing sensible left to do, and all work is in
 * transactions. */
static _Noreturn void out_of_memory(void)
{
	fputs("handback: out of memory; nothing half-done was kept\n", stderr);
	_exit(3);
}

void *mem_get(size_t n)
{
	void *p = malloc(n ? n : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *mem_zero(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *mem_grow(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);
	if (!p)
		out_of_memory();
	return p;
}

/* Loaded segments that can't be written are as in their files (elf(5), PT_LOAD): what relocation wrote to stands in others. */
static int segments_let_go(struct dl_phdr_info *info, size_t size, void *to)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	(void)size, (void)to;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = (info->dlpi_addr + p->p_vaddr) & ~(page - 1), end = info->dlpi_addr + p->p_vaddr + p->p_memsz;
		if (p->p_type == PT_LOAD && !(p->p_flags & PF_W))
			madvise((void *)from, end - from, MADV_DONTNEED);        /* only advice */
	}
	return 0;
}

void mem_rest(void)
{
	malloc_trim(0);
	dl_iterate_phdr(segments_let_go, NULL);
}

struct arena *arena_open(void)
{
	return mem_zero(1, sizeof(struct arena));
}

static void chunk_free(struct chunk *c)
{
	sodium_memzero(c->bytes, c->used);               /* names and addresses pass through here */
	free(c);
}

void arena_close(struct arena *a)
{
	if (!a)
		return;
	while (a->head) {
		struct chunk *next = a->head->next;
		chunk_free(a->head);
		a->head = next;
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	while (a->head && a->head->next) {
		struct chunk *next = a->head->next;
		chunk_free(a->head);
		a->head = next;
	}
	if (a->head) {
		sodium_memzero(a->head->bytes, a->head->used);
		a->head->used = 0;
	}
}

void *arena_get(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct chunk *c = a->head;
	if (!c || c->cap - c->used < size) {
		size_t cap = size > CHUNK / 4 ? size : CHUNK;
		struct chunk *fresh = mem_zero(1, sizeof *fresh + cap);
		fresh->cap = cap;
		if (c && size > CHUNK / 4) {             /* a large one goes behind, the started chunk stays in use */
			fresh->next = c->next;
			c->next = fresh;
		} else {
			fresh->next = c;
			a->head = fresh;
		}
		c = fresh;
	}
	void *p = c->bytes + c->used;
	c->used += size;
	return p;
}

void *arena_get_array(struct arena *a, size_t size, size_t n)
{
	size_t total;
	if (__builtin_mul_overflow(size, n, &total))
		out_of_memory();
	return arena_get(a, total);
}

void *arena_more(struct arena *a, void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	*cap = *cap ? 2 * *cap : 64;
	void *to = arena_get_array(a, size, *cap);
	if (n)
		memcpy(to, array, n * size);
	return to;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = arena_get(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

static PRINTF(2, 0) struct str arena_vsay(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return STR("");
	char *p = arena_get(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	return (struct str){ p, (size_t)n };
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str s = arena_vsay(a, fmt, ap);
	va_end(ap);
	return (char *)(uintptr_t)s.p;
}

const char *counted(struct arena *a, int64_t n, const char *one, const char *many)
{
	return arena_printf(a, "%" PRId64 " %s", n, n == 1 ? one : many);
}

struct str arena_say(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str s = arena_vsay(a, fmt, ap);
	va_end(ap);
	return s;
}

char *buf_space(struct buf *b, size_t n)
{
	if (b->full || n > b->max - b->n) {
		b->full = true;
		return NULL;
	}
	if (b->n + n > b->cap) {
		size_t cap = b->cap ? b->cap : 256;
		while (cap < b->n + n)
			cap *= 2;
		if (cap > b->max)
			cap = b->max;
		b->p = mem_grow(b->p, cap);
		b->cap = cap;
	}
	char *p = b->p + b->n;
	b->n += n;
	return p;
}

void buf_put(struct buf *b, struct str s)
{
	char *p = s.n ? buf_space(b, s.n) : NULL;
	if (p)
		memcpy(p, s.p, s.n);
}

void buf_byte(struct buf *b, char c)
{
	char *p = buf_space(b, 1);
	if (p)
		*p = c;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char few[512];
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(few, sizeof few, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof few) {
		buf_put(b, (struct str){ few, (size_t)n });
	} else if (n >= 0) {
		char *many = mem_get((size_t)n + 1);
		vsnprintf(many, (size_t)n + 1, fmt, again);
		buf_put(b, (struct str){ many, (size_t)n });
		free(many);
	}
	va_end(again);
}

static void buf_little(struct buf *b, uint64_t v, size_t n)
{
	char *p = buf_space(b, n);
	for (size_t i = 0; p && i < n; i++)
		p[i] = (char)(v >> (8 * i));
}

void buf_u8(struct buf *b, uint8_t v)   { buf_little(b, v, 1); }
void buf_u16(struct buf *b, uint16_t v) { buf_little(b, v, 2); }
void buf_u32(struct buf *b, uint32_t v) { buf_little(b, v, 4); }
void buf_u64(struct buf *b, uint64_t v) { buf_little(b, v, 8); }

void buf_lstr(struct buf *b, struct str s)
{
	if (s.n > UINT32_MAX) {
		b->full = true;
		return;
	}
	buf_u32(b, (uint32_t)s.n);
	buf_put(b, s);
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->full = false;
}

void buf_free(struct buf *b)
{
	if (b->p)
		sodium_memzero(b->p, b->cap);
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

struct cursor cursor_of(struct str s)
{
	const uint8_t *p = (const uint8_t *)(s.p ? s.p : "");
	return (struct cursor){ p, p + s.n, false };
}

struct str cursor_bytes(struct cursor *c, size_t n)
{
	if (c->torn || n > (size_t)(c->end - c->p)) {
		c->torn = true;
		return (struct str){ "", 0 };
	}
	struct str s = { (const char *)c->p, n };
	c->p += n;
	return s;
}

static uint64_t cursor_little(struct cursor *c, size_t n)
{
	struct str s = cursor_bytes(c, n);
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++)
		v |= (uint64_t)(uint8_t)s.p[i] << (8 * i);
	return v;
}

uint8_t  cursor_u8(struct cursor *c)  { return (uint8_t)cursor_little(c, 1); }
uint16_t cursor_u16(struct cursor *c) { return (uint16_t)cursor_little(c, 2); }
uint32_t cursor_u32(struct cursor *c) { return (uint32_t)cursor_little(c, 4); }
uint64_t cursor_u64(struct cursor *c) { return cursor_little(c, 8); }

struct str cursor_lstr(struct cursor *c)
{
	return cursor_bytes(c, cursor_u32(c));
}

bool cursor_done(const struct cursor *c)
{
	return !c->torn && c->p == c->end;
}

struct bits bits_open(size_t n)
{
	return (struct bits){ mem_zero((n + 63) / 64, sizeof(uint64_t)), n };
}

void bits_close(struct bits *b)
{
	free(b->w);
	*b = (struct bits){ 0 };
}

size_t bits_count(const struct bits *b)
{
	size_t count = 0;
	for (size_t i = 0; i < (b->n + 63) / 64; i++)
		count += (size_t)__builtin_popcountll(b->w[i]);
	return count;
}

bool bits_next(const struct bits *b, size_t *i)
{
	for (size_t at = *i; at < b->n; at = (at | 63) + 1) {
		uint64_t rest = b->w[at >> 6] >> (at & 63);
		if (rest) {
			*i = at + (size_t)__builtin_ctzll(rest);
			return *i < b->n;
		}
	}
	return false;
}
