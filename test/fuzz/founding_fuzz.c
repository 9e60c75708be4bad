/* What a desk before the founding may send to the parent: one message of founding.h, over a pipe as it comes. */
#include "founding.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { PIPE = 60000 };                           /* a pipe takes so much without a reader */
	struct founding_asked f;
	int line[2];
	if (size > PIPE)
		return 0;
	char *room = malloc(FOUNDING_MAX);               /* so that a byte behind it is seen */
	if (pipe(line) != 0 || write(line[1], data, size) != (ssize_t)size)
		abort();
	close(line[1]);
	if (founding_take(line[0], room, &f)) {
		const struct str all[] = { f.name, f.region, f.timezone, f.passphrase };
		for (size_t i = 0; i < LENGTH(all); i++)
			if (all[i].n && (all[i].p < room || all[i].p + all[i].n > room + FOUNDING_MAX))
				abort();
	}
	close(line[0]);
	free(room);
	return 0;
}
