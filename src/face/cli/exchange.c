/* exchange - a data folder that was made beside the present one takes its place, in one step of the file system: whoever is killed at any moment carries on with the
 * one or the other, and both are whole. The old one is never changed: it stays beside, under a name that says since when. */
#include "cli_int.h"
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

const char *folder_real(struct op *op)
{
	char *real = realpath(arena_str(op->a, op->folder).p, NULL);
	const char *folder = real ? arena_str(op->a, str_of(real)).p : NULL;
	free(real);
	return folder;
}

static struct op beside_of(struct op *op, const char *folder)
{
	return (struct op){ .a = op->a, .folder = str_of(folder) };
}

void folder_beside_drop(struct op *op)
{
	const char *folder = folder_real(op);
	struct op there = beside_of(op, folder ? folder : "");
	if (folder)
		keep_beside_drop(&there);
}

/* As it is held here, so that nobody else begins to serve what gets its name. */
static int lock_new(struct op *op, const char *folder, struct str url)
{
	int lock = open(arena_printf(op->a, "%s/serve.lock", folder), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0 && dprintf(lock, STR_FMT, STR_ARG(url)) > 0)
		return lock;
	err_errno(&op->err, "The new folder could not be held");
	if (lock >= 0)
		close(lock);
	return -1;
}

/* Commands at a terminal write only while they hold this one. */
static int writers_out(struct op *op, const char *folder)
{
	int lock = open(arena_printf(op->a, "%s/write.lock", folder), O_RDWR | O_CLOEXEC);
	if (lock >= 0)
		flock(lock, LOCK_EX);
	return lock;
}

static bool synced(struct op *op, const char *folder)
{
	const char *slash = strrchr(folder, '/');
	int fd = open(slash > folder ? arena_printf(op->a, "%.*s", (int)(slash - folder), folder) : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

/* The new one has its name first, so that what gets it in exchange needs no other: a second step after the exchange could be missed. */
static bool exchanged(struct op *op, const char *beside, const char *before, const char *folder)
{
	if (renameat2(AT_FDCWD, beside, AT_FDCWD, before, RENAME_NOREPLACE) != 0)
		return err_errno(&op->err, "The folder could not be exchanged");
	if (renameat2(AT_FDCWD, before, AT_FDCWD, folder, RENAME_EXCHANGE) != 0) {
		err_errno(&op->err, "The folder could not be exchanged");
		if (rename(before, beside) != 0)
			err_errno(&op->err, arena_printf(op->a, "%s is a restored backup that is not needed", before));
		return false;
	}
	return true;
}

/* Those that are there already stay at hand: the same files, under their names in both. */
static void backups_link(struct op *op, const char *before, const char *folder)
{
	struct op there = beside_of(op, before);
	const char *to = arena_printf(op->a, "%s/backups", folder);
	struct backup *b;
	size_t n = 0;
	if (!keep_backups(&there, &b, &n) || (n && mkdir(to, 0700) != 0 && errno != EEXIST))
		return;
	for (size_t i = 0; i < n; i++)
		if (link(arena_printf(op->a, "%s/backups/" STR_FMT, before, STR_ARG(b[i].name)), arena_printf(op->a, "%s/" STR_FMT, to, STR_ARG(b[i].name))) != 0)
			return;
}

static bool business_there(const char *folder)
{
	struct op there = { 0 };
	bool is = op_open(&there, str_of(folder));
	op_close(&there);
	return is;
}

bool folder_exchange(struct op *op, bool founding, struct str url, int *lock, struct str *before)
{
	struct civil c = civil_of(when_now());
	const char *folder = folder_real(op);
	if (!folder)
		return err_errno(&op->err, "The data folder is not there");
	if (founding && business_there(folder))
		return err_set(&op->err, CONFLICT, "data", "There is a business in %s by now.", folder);
	struct op there = beside_of(op, folder);
	const char *beside = keep_beside(&there);
	const char *old = arena_printf(op->a, "%s.before-%04d-%02d-%02d-%02d%02d%02d", folder, c.year, c.month, c.day, c.hour, c.minute, c.second);
	int held = lock_new(op, beside, url), writers = held >= 0 ? writers_out(op, folder) : -1;
	bool good = held >= 0 && exchanged(op, beside, old, folder);
	if (writers >= 0)
		close(writers);
	if (!good) {
		if (held >= 0)
			close(held);
		return false;
	}
	synced(op, folder);
	close(*lock);
	*lock = held;
	*before = str_of(old);
	if (founding && unlink(arena_printf(op->a, "%s/serve.lock", old)) == 0 && rmdir(old) == 0)
		*before = STR("");
	else
		backups_link(op, old, folder);
	return true;
}
