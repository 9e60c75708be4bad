/* What the role that opens a backup says to its desk, over a pipe as it comes: by then it has read a stranger's file. */
#include "restoring.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { PIPE = 60000 };                           /* a pipe takes so much without a reader */
	struct restoring_said s;
	int line[2];
	if (size > PIPE)
		return 0;
	char *room = malloc(RESTORING_MAX);              /* so that a byte behind it is seen */
	if (pipe(line) != 0 || write(line[1], data, size) != (ssize_t)size)
		abort();
	close(line[1]);
	if (restoring_told(line[0], room, &s)) {
		struct str b = s.what.business;
		if (s.holds + s.kept > 1 || (b.n && (b.p < room || b.p + b.n > room + RESTORING_MAX)))
			abort();
	}
	close(line[0]);
	free(room);
	return 0;
}
