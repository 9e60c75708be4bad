/* nightly - the backups that Handback makes by itself: what they are called, which stay, and when the next is due. */
#include "keep_int.h"
#include "keep_sql.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAYS = 7, WEEKS = 8, HOUR = 3600, EARLY = 2, LATE = 5, A_NIGHT = 20 * HOUR, TOO_LONG = 36 * HOUR, BACKUPS_MAX = 1000 };

/* handback-2026-11-27-0312.backup, in UTC: a name that is none of ours is nobody's business here. */
static bool made_of(struct str name, int64_t *made)
{
	struct civil c = { 0 };
	char again[64];
	int n = 0;
	if (name.n != sizeof "handback-2026-11-27-0312.backup" - 1 ||
	    sscanf(name.p, "handback-%4d-%2d-%2d-%2d%2d.backup%n", &c.year, &c.month, &c.day, &c.hour, &c.minute, &n) != 5 || !civil_valid(&c))
		return false;
	snprintf(again, sizeof again, "handback-%04d-%02d-%02d-%02d%02d.backup", c.year, c.month, c.day, c.hour, c.minute);
	*made = civil_seconds(&c);
	return n == (int)name.n && str_eq(name, str_of(again));
}

struct str backup_name(struct op *op)
{
	struct civil c = civil_of(op->now);
	return arena_say(op->a, STR_FMT "/" BACKUPS "/handback-%04d-%02d-%02d-%02d%02d.backup", STR_ARG(op->folder), c.year, c.month, c.day, c.hour, c.minute);
}

static const char *path_in(struct op *op, struct str name)
{
	return arena_printf(op->a, STR_FMT "/" BACKUPS "/" STR_FMT, STR_ARG(op->folder), STR_ARG(name));
}

static int newest_first(const void *a, const void *b)
{
	int64_t x = ((const struct backup *)a)->made, y = ((const struct backup *)b)->made;
	return x < y ? 1 : x > y ? -1 : 0;
}

bool keep_backups(struct op *op, struct backup **list, size_t *n)
{
	DIR *d = opendir(path_in(op, STR("")));
	struct stat st;
	*list = ARENA_ARRAY(op->a, struct backup, BACKUPS_MAX);
	*n = 0;
	for (struct dirent *e; d && *n < BACKUPS_MAX && (e = readdir(d));) {
		struct backup b = { .name = arena_str(op->a, str_of(e->d_name)) };
		if (!made_of(b.name, &b.made) || lstat(path_in(op, b.name), &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		b.size = st.st_size;
		(*list)[(*n)++] = b;
	}
	if (d)
		closedir(d);
	qsort(*list, *n, sizeof **list, newest_first);
	return true;
}

int keep_backup_open(struct op *op, struct str name)
{
	int64_t made;
	int fd = made_of(name, &made) ? open(path_in(op, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (fd < 0)
		err_set(&op->err, NOT_FOUND, "file", "There is no such backup any more.");
	return fd;
}

/* The week's number, weeks beginning on a Monday; day 0 was a Thursday. */
static int64_t week_of(int64_t made)
{
	return (when_day(made) + 3) / 7;
}

void backups_thin(struct op *op)
{
	struct backup *b;
	size_t n, days = 0, weeks = 0;
	int64_t day = -1, week = -1;
	keep_backups(op, &b, &n);
	for (size_t i = 0; i < n; i++) {
		bool of_day = when_day(b[i].made) != day && days < DAYS, of_week = week_of(b[i].made) != week && weeks < WEEKS;
		days += of_day, weeks += of_week;
		day = when_day(b[i].made), week = week_of(b[i].made);
		if (!of_day && !of_week)
			unlink(path_in(op, b[i].name));
	}
}

bool keep_backup_due(struct op *op, bool *due)
{
	struct sql_began q;
	int64_t last;
	bool found;
	*due = false;
	if (!str_i64(op_setting(op, "backup.made"), &last)) {
		if (!sql_began(op, PERSON_FIRST, &q, &found) || !found)
			return op->err.code == OK;
		last = q.since;
	}
	struct civil here = civil_of(zone_local(op->zone, op->now));
	bool night = here.hour >= EARLY && here.hour < LATE;
	*due = op->now - last > TOO_LONG || (night && op->now - last > A_NIGHT);
	return true;
}
