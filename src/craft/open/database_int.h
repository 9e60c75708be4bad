/* database_int - what the two halves of the SQLite opener share: what SQLite's own library tells of a file (database.c), and what its pages
 * hold besides (database_pages.c). File format: https://www.sqlite.org/fileformat2.html, its sections named where they matter. */
#ifndef DATABASE_INT_H
#define DATABASE_INT_H

#include "open_int.h"

/* A b-tree: a table's rows, or an index. */
struct tree {
	uint32_t root;
	struct str table, shown;        /* its name, and as people see it */
	bool rows;                      /* a table's; not an index, nor a table WITHOUT ROWID */
	bool read;                      /* all of its rows were given */
	uint32_t columns;               /* of its records, when rows; 0: not known */
	struct str *column;             /* as people see them */
};

struct database {
	const struct source *s;
	struct listener *l;
	struct arena *a;
	struct tree *tree;
	size_t trees, trees_cap;
	uint64_t record;                /* the last record given */
	uint64_t left;                  /* bytes that may yet be given: a damaged file can give the same ones again and again */
	enum open_end end;              /* OPEN_DONE until something else is so */
};

/* What stands in a cell. Text is UTF-8 or near it. */
enum value_sort { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };
struct value { enum value_sort sort; int64_t integer; double real; struct str bytes; };

/* Gives it to the listener, as a piece or a member; false: no more (db->end says why). */
bool database_give(struct database *, const struct value *, struct str where, struct str field, uint64_t record);
/* Deleted rows of all pages, as far as they can be made out; and all that stands on pages of trees that were not read. */
void database_pages(struct database *);

#endif
