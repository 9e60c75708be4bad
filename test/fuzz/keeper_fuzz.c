/* The keeper's requests as bytes, one after another: who asks, whether the vault is open and whether the passphrase was given again are the
 * first byte's. Argon2id is kept out: what runs it spends time on purpose, and is asked only where it is refused before. */
#include "seal_int.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t master[32] = { 7 };
	static int record = -1;
	if (record < 0) {
		char path[] = "/tmp/handback-fuzz-XXXXXX";
		record = mkstemp(path);
		unlink(path);
	}
	if (!size)
		return 0;
	uint8_t how = data[0];
	bool open = how & 4, again = how & 8, owner = how & 16;
	struct keeper *k = keeper_open(record, 1);
	struct line *l = keeper_line(k, (enum asker)(how % 4 % 3));
	if (open)
		keeper_unlock(k, l, master, 1, owner, again);
	struct cursor c = cursor_of((struct str){ (const char *)data + 1, size - 1 });
	bool good = true;
	while (good && c.p < c.end) {
		struct str request = cursor_bytes(&c, cursor_u16(&c));
		struct buf answer = BUF(FRAME_MAX);
		uint8_t which = request.n ? (uint8_t)request.p[0] : 0;
		bool stretches = which == R_CREATE || which == R_LOGIN || which == R_AGAIN || (again && (which == R_SLOT || which == R_ROTATE));
		good = !stretches && keeper_handle(k, l, request, &answer);
		buf_free(&answer);
	}
	keeper_close(k);
	return 0;
}
