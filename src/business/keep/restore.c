/* restore - a backup put into a data folder that is not there yet: all is made and proved beside it, and then gets its name at once. */
#include "keep_int.h"
#include "keep_sql.h"
#include "log.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool no_backup(struct op *op, const char *path)
{
	return err_set(&op->err, INVALID, "file", "%s is no backup of Handback's, or it is damaged.", path);
}

static bool head_of_file(struct op *op, int fd, const char *path, struct str *bytes, struct head *h)
{
	char magic[sizeof BACKUP_MAGIC - 1];
	uint32_t n;
	if (!read_all(fd, magic, sizeof magic) || memcmp(magic, BACKUP_MAGIC, sizeof magic) != 0 || !read_all(fd, &n, sizeof n) || !n || n > HEAD_MAX)
		return no_backup(op, path);
	char *p = arena_get(op->a, n);
	*bytes = (struct str){ p, n };
	return (read_all(fd, p, n) && head_read(op->a, *bytes, h)) || no_backup(op, path);
}

/* A keeper with a record of its own in the new folder; the passphrase or the recovery code opens the backup's vault. */
static bool vault_open(struct op *op, const char *folder, const struct head *h, struct seal **seal, uint8_t key[BACKUP_KEY])
{
	struct str passphrase;
	int record = open(arena_printf(op->a, "%s/keeper.record", folder), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (record < 0)
		return err_errno(&op->err, "The keeper's record could not be made");
	if (!seal_record_new(record, &op->err)) {
		close(record);
		return false;
	}
	*seal = seal_open(record, h->business, &op->err);
	if (!*seal)
		return false;
	if (!op->ask || !op->ask(op, "to open the backup", &passphrase))
		return err_set(&op->err, LOCKED, "passphrase", "This needs the passphrase, or the recovery code. Give it with --passphrase-file FILE, or run this on a terminal.");
	bool good = seal_login(*seal, h->slot, h->slots, PERSON_FIRST, passphrase, NULL, &op->err) && seal_backup_key(*seal, (const uint8_t *)h->sealed.p, key, &op->err);
	wipe((char *)(uintptr_t)passphrase.p, passphrase.n);
	return good;
}

/* From here on the log says that it was put back, and from where: an honest restore is no fraud. */
static bool epoch_begin(struct op *op, const struct head *h, int64_t entries, int64_t chain)
{
	return op_begin(op) && op_end(op, log_epoch(op, entries, chain, h->made)) && log_sign(op);
}

static bool database_put(struct op *op, int fd, const char *folder, const uint8_t key[BACKUP_KEY], struct str head, const struct head *h)
{
	int to = open(arena_printf(op->a, "%s/handback.db", folder), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = (to >= 0 || err_errno(&op->err, "The database could not be made")) && pieces_read(op, fd, key, head, h->stream, to) &&
	            (fsync(to) == 0 || err_errno(&op->err, "The database could not be written"));
	if (to >= 0)
		close(to);
	return good;
}

/* The new store, opened by itself: shown, and if it is to be kept, as was told or is said now, its log goes on in a new epoch. */
static bool store_prove(struct op *op, const char *folder, struct seal **seal, const struct head *h, bool *keep, struct answer *answer)
{
	struct op store = { .person = PERSON_FIRST };
	struct sql_vault v;
	int64_t entries, chain;
	bool found, good = op_open(&store, str_of(folder));
	store.seal = *seal;                              /* the store's from here on */
	*seal = NULL;
	good = good && sql_vault(&store, &v, &found) &&
	       ((found && str_eq(v.public_key, h->public_key)) || err_set(&store.err, TORN, "file", "The backup's vault and its database do not belong together. Use another one.")) &&
	       store_tell(&store, answer, &entries, &chain);
	*keep = good && (*keep || (op->sure && op->sure(op, arena_printf(op->a, "Put it into " STR_FMT "?", STR_ARG(op->folder)))));
	good = good && (!*keep || epoch_begin(&store, h, entries, chain));
	if (!good)
		op->err = store.err;
	op_close(&store);
	return good;
}

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

bool restore_run(struct op *op, const struct args *args, struct answer *answer)
{
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "file"))), *folder = arena_printf(op->a, STR_FMT, STR_ARG(op->folder));
	const char *beside = arena_printf(op->a, "%s.restoring", folder), *slash = strrchr(folder, '/');
	uint8_t key[BACKUP_KEY];
	struct seal *seal = NULL;
	struct head h;
	struct str head;
	bool keep = args_has(args, "yes");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(&op->err, INVALID, "file", "%s can't be read: %s.", path, strerror(errno));
	if (!folder_is_free(op, folder) || !head_of_file(op, fd, path, &head, &h)) {
		close(fd);
		return false;
	}
	folder_drop(op, beside);                         /* a killed one's */
	answer_row(answer);
	answer_time(answer, "made", h.made);
	answer_say(answer, "Made on %.16s UTC.", when_text(op->a, h.made).p);
	bool good = (mkdir(beside, 0700) == 0 || err_set(&op->err, OUTSIDE, "data", "The folder %s could not be made: %s.", beside, strerror(errno))) &&
	            vault_open(op, beside, &h, &seal, key) && database_put(op, fd, beside, key, head, &h) && store_prove(op, beside, &seal, &h, &keep, answer);
	seal_close(seal);
	wipe(key, sizeof key);
	close(fd);
	if (good && keep)
		good = (folder_sync(beside) && rename(beside, folder) == 0) || err_set(&op->err, OUTSIDE, "data", "%s could not get its name: %s.", folder, strerror(errno));
	if (!good || !keep)
		folder_drop(op, beside);
	if (!good)
		return false;
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
