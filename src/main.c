/* main - picks the role. A role is this program started anew with `--role NAME` and a line on descriptor 3 (base/role.h); without
 * it, the command line. */
#include "base.h"
#include "bounce.h"
#include "box.h"
#include "cli.h"
#include "courier.h"
#include "csv.h"
#include "desk.h"
#include "find.h"
#include "late.h"
#include "restoring.h"
#include "role.h"
#include "seal.h"
#include "visitors.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What a box can be asked to do, by name. */
static const struct work { const char *name; int (*run)(int line, int fd); enum power power; bool (*prepare)(void); const char *room; } works[] = {
	{ "bounce", bounce_main, POWER_BOX, NULL, "base" },
	{ "csv", csv_main, POWER_BOX, NULL, "base" },
	{ "find-plain", find_box_main, POWER_NURSERY, find_box_prepare_plain, "base" },
	{ "find", find_box_main, POWER_NURSERY, find_box_prepare, "open" },
	{ "find-ocr", find_box_main, POWER_NURSERY, find_box_prepare_ocr, "open" },
	{ NULL, NULL, POWER_BOX, NULL, NULL },
};

/* No work begins with powers left. */
static int box_main(const struct work *work)
{
	struct err e = { 0 };
	late_load(work->room);
	if (work->prepare && !work->prepare())
		return 2;
	if (!box_enter(ROLE_LINE, work->power, &e)) {
		fprintf(stderr, "handback: %s\n", e.say);
		return 2;
	}
	return work->run(ROLE_LINE, ROLE_EXTRA);
}

static bool keeper_drop(struct err *e)
{
	return box_drop(POWER_KEEPER, e);
}

static int role_main(const char *role, const char *work)
{
	/* once their powers are gone they can load no library; these two parse nothing, and have no other */
	bool small = strcmp(role, "keeper") == 0 || strcmp(role, "scan") == 0;
	if (strcmp(role, "box") != 0)
		late_load(small ? "base" : NULL);
	if (strcmp(role, "keeper") == 0 && work)
		return keeper_main(ROLE_LINE, ROLE_EXTRA, strtoll(work, NULL, 10), keeper_drop);
	if (strcmp(role, "desk") == 0)
		return desk_main(ROLE_LINE, ROLE_EXTRA);
	if (strcmp(role, "front") == 0)
		return front_main(ROLE_LINE, ROLE_EXTRA);
	if (strcmp(role, "courier") == 0 && work)
		return courier_main(ROLE_LINE, ROLE_EXTRA, work);
	if (strcmp(role, "scan") == 0)
		return scan_main(ROLE_LINE, ROLE_EXTRA);
	if (strcmp(role, "demo") == 0 && work)
		return demo_main(ROLE_LINE, work);
	if (strcmp(role, "drill") == 0 && work)
		return drill_main(ROLE_LINE, work);
	if (strcmp(role, "restore") == 0 && work)
		return restore_main(ROLE_LINE, ROLE_EXTRA, work);
	if (strcmp(role, "box") == 0)
		for (size_t i = 0; work && works[i].name; i++)
			if (strcmp(work, works[i].name) == 0)
				return box_main(&works[i]);
	fputs("handback: this role is started by the program itself\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	role_program = "/proc/self/exe";
	if (argc >= 3 && strcmp(argv[1], "--role") == 0)
		_exit(role_main(argv[2], argc > 3 ? argv[3] : NULL));    /* what libraries want done at an exit is not: its powers are gone */
	return cli_main(argc, argv);
}
