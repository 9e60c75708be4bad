/* find - the scan as a whole, and the verbs. */
#include "find_int.h"
#include "role.h"
#include "told.h"

#include <time.h>

uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool find_scan(struct find *find, struct err *e)
{
	return role_brokered() ? find_afar(find, e) : find_here(find, e);
}

bool find_here(struct find *find, struct err *e)
{
	uint64_t began = now_ms();
	struct pool *pool = pool_open(find);
	bool good = (!find->paths || walk(find, pool, e)) && (!find->database.n || tables_look(find, pool, e));
	struct err after = { 0 };
	/* what was met is told, also when a path was not there */
	good = pool_finish(pool, good ? e : &after) && good;
	pool_close(pool);
	find->totals.bytes -= find->totals.holes;
	find->totals.stopped = find->stop && *find->stop;
	find->totals.milliseconds = now_ms() - began;
	return good;
}

const struct verb find_verbs[] = {
	{ "find", "Looks for card numbers and other personal data in files, folders, archives, mail, documents and pictures.", "handback find ~/Documents --html found.html",
	  VERB_MAYBE,
	  FIELDS({ "path", FIELD_PATH, FIELD_PLACED | FIELD_LIST | FIELD_AFAR, "files and folders to look at" },
	         { "database", FIELD_TEXT, FIELD_TERMINAL, "also looks at the tables of this PostgreSQL database, read-only: postgresql://user@host/database, the password in ~/.pgpass or PGPASSWORD" },
	         { "jobs", FIELD_NUMBER, 0, "how many helpers read at once, 1 to 64; as many as there are processors if not told" },
	         { "holder", FIELD_TEXT, 0, "on which holder the files lie, like 'computer:Office PC'; this computer if not told. What is found goes on the map" },
	         { "all", FIELD_FLAG, 0, "shows every one: the unlikely and the judged, too" },
	         { "sarif", FIELD_PATH, 0, "also writes them to this file, for tools that read SARIF" },
	         { "html", FIELD_PATH, 0, "also writes them to this file, as a page to read and print" },
	         { "redact-copy", FIELD_PATH, 0, "does not show: writes a cleaned copy of a text file, or of those in a folder, to this new place" }), find_run, .slow = true },
	{ "find verdict", "Says what a finding is; that sticks until something else stands there.", "handback find verdict orders.csv:12:30 test-data", VERB_MAYBE,
	  FIELDS({ "place", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "a place as find shows it, or a file for all in it" },
	         { "verdict", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "test-data, not-a-card or cleaned-up; none takes it back" }), verdict_run, .slow = true },
	{ "find list", "Lists what scans found on each holder, whom it names, and who can open it.", "handback find list --holder 'computer:Office PC'", VERB_READ,
	  FIELDS({ "holder", FIELD_TEXT, 0, "only what lies there" }, { "all", FIELD_FLAG, 0, "what is gone, too" }), find_list_run, ROLES_ALL },
	{ 0 },
};
