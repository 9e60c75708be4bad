/* What strangers show of a log: a proof, a checkpoint, a key. What is read well stands in the file, and is signed by nobody that we know. */
#include "proof.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nobody[32] = { 7 };
	struct str text = { (const char *)data, size };
	struct arena *a = arena_open();
	struct err e = { 0 };
	struct shown p;
	struct checkpoint c;
	uint8_t key[32];
	if (proof_read(a, text, &p, &e))
		assert(p.n < p.head.size && p.head.text.p >= text.p && p.head.text.p + p.head.text.n <= text.p + size);
	err_clear(&e);
	if (checkpoint_read(note_plain(a, text), &c, &e))
		assert(c.origin.n && checkpoint_signed(&c, nobody) != SIGNED_WELL);
	err_clear(&e);
	key_read(text, key, &e);
	arena_close(a);
	return 0;
}
