/* exposure_test - a business to ask about, and its verbs called as the command line would: for the tests of this room. */
#ifndef EXPOSURE_TEST_H
#define EXPOSURE_TEST_H

#include "exposure.h"
#include "found.h"
#include "verb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char base[64];                                    /* a fresh business, copied for each world */
static char world[96];

static inline bool ask(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	*passphrase = arena_str(op->a, STR("four plain words here"));
	return true;
}

static inline void quiet(void *to, struct str s)
{
	(void)to, (void)s;
}

/* Runs a verb as the command line would: words of the form "name=value". */
static inline bool say(struct op *op, const struct verb *verbs, const char *name, const char *const *words)
{
	const struct verb *v = verbs;
	while (v->name && strcmp(v->name, name) != 0)
		v++;
	assert_non_null(v->name);
	struct arg arg[16] = { 0 };
	struct str value[16][8];
	for (size_t f = 0; f < v->n; f++) {
		arg[f] = (struct arg){ &v->fields[f], value[f], 0 };
		for (size_t w = 0; words[w]; w++) {
			struct str rest = str_of(words[w]), key = str_split(&rest, '=');
			if (str_eq(key, str_of(v->fields[f].name)))
				value[f][arg[f].n++] = rest;
		}
	}
	struct args args = { arg, v->n };
	struct answer answer = { .put = quiet, .note = quiet };
	return op_do(op, v, &args, &answer);
}
#define SAY(op, verbs, name, ...) say(op, verbs, name, (const char *const[]){ __VA_ARGS__, NULL })

static inline void done(struct op *op, bool good)
{
	if (!good)
		fail_msg("%s", op->err.say);
}

static inline void shell(const char *command, const char *a, const char *b)
{
	char line[400];
	snprintf(line, sizeof line, "%s %s %s", command, a, b);
	assert_int_equal(system(line), 0);
}

static inline void world_open(struct op *op)
{
	snprintf(world, sizeof world, "%s.world", base);
	shell("rm -rf", world, "");
	shell("cp -r", base, world);
	*op = (struct op){ .ask = ask };
	done(op, op_open(op, str_of(world)));
}

static inline void touches_import(struct op *op, const struct buf *csv)
{
	char path[128];
	snprintf(path, sizeof path, "%s/touches.csv", world);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fwrite(csv->p, 1, csv->n, f);
	fclose(f);
	done(op, SAY(op, ledger_verbs, "import", arena_printf(op->a, "file=%s", path)));
}

/* A group's first and last step. */
static inline int make(void **unused)
{
	struct op op = { .ask = ask };
	char recovery[64];
	struct founding f = { STR("Fernwood"), STR("US-NY"), STR("America/New_York"), STR("four plain words here"), 46, 1, map_begin };
	(void)unused;
	strcpy(base, "/dev/shm/handback-exposure-XXXXXX");
	if (!mkdtemp(base) || rmdir(base) != 0)
		return -1;
	bool good = op_create(&op, str_of(base), &f, recovery);
	if (!good)
		fprintf(stderr, "%s\n", op.err.say);
	op_close(&op);
	return good ? 0 : -1;
}

static inline int drop(void **unused)
{
	(void)unused;
	shell("rm -rf", base, world);
	return 0;
}

#endif
