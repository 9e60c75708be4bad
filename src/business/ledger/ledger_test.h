/* ledger_test - a ledger without a business round it, for tests and measurements: the schema, no vault, no log. */
#ifndef LEDGER_TEST_H
#define LEDGER_TEST_H

#include "ledger_test_sql.h"
#include "schema.h"

/* path: of a database file, made when there is none; ":memory:". Closed by op_close. */
static inline bool test_open(struct op *op, const char *path)
{
	static const char *const steps[] = { schema_1 };
	*op = (struct op){ .a = arena_open(), .business = 1, .person = 1, .now = 1764000000 };
	op->db = db_open(path, true, &op->err);
	return op->db && db_upgrade(op->db, steps, 1, &op->err);
}

#endif
