/* founded_test - for unit tests: a business in a folder of its own, which goes away with it. Founding costs a slow hash, so it is one for all tests of a file. */
#ifndef FOUNDED_TEST_H
#define FOUNDED_TEST_H

#include "op.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PASSPHRASE STR("four plain words here")

static char folder[64];

/* For op->ask: who is asked gives the passphrase. */
static inline bool ask_founder(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	*passphrase = arena_str(op->a, PASSPHRASE);
	return true;
}

/* A group's set-up: *state becomes the operation. Of the founding what is told; the passphrase is PASSPHRASE, at the least cost there may be (seal.h). */
static inline int found(void **state, struct founding f, bool (*ask)(struct op *, const char *why, struct str *passphrase))
{
	char recovery[64];
	struct op *op = mem_zero(1, sizeof *op);
	strcpy(folder, "/tmp/handback-unit-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	f.passphrase = PASSPHRASE, f.kdf_mib = 46, f.kdf_passes = 1;
	op->ask = ask;
	*state = op;
	if (op_create(op, str_of(folder), &f, recovery))
		return 0;
	fprintf(stderr, "%s\n", op->err.say);
	return -1;
}

/* A group's end. */
static inline int founded_drop(void **state)
{
	char command[128];
	op_close(*state);
	free(*state);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

#endif
