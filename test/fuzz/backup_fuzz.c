/* The head of a backup, which stands in the clear and may come from anybody: what is taken of it points into it, and is as long as it has to be. */
#include "keep_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct str all, struct str part)
{
	if (part.n && (part.p < all.p || part.p + part.n > all.p + all.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct head h;
	if (!size || size > HEAD_MAX)
		return 0;
	struct arena *a = arena_open();
	struct str all = { mem_get(size), size };        /* so that a byte behind it is seen */
	memcpy((char *)(uintptr_t)all.p, data, size);
	if (head_read(a, all, &h)) {
		if (h.public_key.n != 32 || h.sealed.n != BACKUP_SEALED || h.stream.n != STREAM_HEADER || h.slots > BACKUP_SLOTS_MAX)
			abort();
		inside(all, h.public_key), inside(all, h.sealed), inside(all, h.stream);
		for (size_t i = 0; i < h.slots; i++)
			inside(all, h.slot[i].bytes);
	}
	free((char *)(uintptr_t)all.p);
	arena_close(a);
	return 0;
}
