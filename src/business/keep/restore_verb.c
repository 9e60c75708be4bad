/* restore_verb - on the command line a backup goes into a data folder that is not there yet. */
#include "keep_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

/* Pages that asked for a business's name, and were ended, leave their lock. */
static void lock_drop(struct op *op, const char *folder)
{
	const char *path = arena_printf(op->a, "%s/serve.lock", folder);
	int lock = access(arena_printf(op->a, "%s/handback.db", folder), F_OK) == 0 ? -1 : open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (lock < 0)
		return;
	if (flock(lock, LOCK_EX | LOCK_NB) == 0)
		unlink(path);
	close(lock);
}

static bool folder_is_free(struct op *op, const char *folder)
{
	lock_drop(op, folder);
	if (rmdir(folder) == 0 || errno == ENOENT)       /* an empty one may be there */
		return true;
	return err_set(&op->err, CONFLICT, "data", errno == ENOTDIR ? "%s is not a folder." : "There is something at %s already, and a restore never writes over it. Name a folder that is not there yet: --data DIR", folder);
}

struct asked { const struct args *args; struct answer *answer; };

/* On the command line: it is shown, and kept as was told or is said now. */
static bool sure_run(struct op *op, const struct holds *h, void *about)
{
	const struct asked *t = about;
	answer_row(t->answer);
	answer_time(t->answer, "made", h->made);
	answer_say(t->answer, "Made on %.16s UTC.", when_text(op->a, h->made).p);
	holds_tell(op, h, t->answer);
	return args_has(t->args, "yes") || (op->sure && op->sure(op, arena_printf(op->a, "Put it into " STR_FMT "?", STR_ARG(op->folder))));
}

bool restore_run(struct op *op, const struct args *args, struct answer *answer)
{
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "file"))), *folder = arena_printf(op->a, STR_FMT, STR_ARG(op->folder)), *slash = strrchr(folder, '/');
	struct asked asked = { args, answer };
	bool keep;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(&op->err, INVALID, "file", "%s can't be read: %s.", path, strerror(errno));
	bool good = folder_is_free(op, folder) && keep_restore(op, &(struct restoring){ fd, path, NULL, sure_run, &asked }, &keep);
	close(fd);
	if (!good)
		return false;
	if (keep && rename(keep_beside(op), folder) != 0) {
		err_set(&op->err, OUTSIDE, "data", "%s could not get its name: %s.", folder, strerror(errno));
		keep_beside_drop(op);
		return false;
	}
	answer_flag(answer, "restored", keep);
	answer_row_end(answer);
	if (!keep) {
		answer->attention = true;
		answer_say(answer, "Nothing is put back yet. To put it into %s, run this again with --yes", folder);
		return true;
	}
	folder_sync(slash && slash > folder ? arena_printf(op->a, "%.*s", (int)(slash - folder), folder) : slash ? "/" : ".");
	answer_say(answer, "It is in %s. What was done after the backup is not in it: import again what came since.", folder);
	return true;
}
