/* The keeper's requests as bytes: a locked keeper. Argon2id is kept out: slots' costs below the floor refuse. */
#include "seal_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int record = -1;
	if (record < 0) {
		char path[] = "/tmp/handback-fuzz-XXXXXX";
		record = mkstemp(path);
		unlink(path);
	}
	/* logging in and founding spend time on purpose: not here */
	if (size && (data[0] == R_CREATE || data[0] == R_LOGIN || data[0] == R_AGAIN))
		return 0;
	struct keeper *k = keeper_open(record, 1);
	struct buf answer = BUF(FRAME_MAX);
	keeper_handle(k, (struct str){ (const char *)data, size }, &answer);
	buf_free(&answer);
	keeper_close(k);
	return 0;
}
