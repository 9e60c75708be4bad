/* restore - a backup made into a data folder of its own, beside the place that it is for: all is there and proved before anybody gives it the name. */
#include "keep_int.h"
#include "keep_sql.h"
#include "log.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
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

/* From here on the log says that it was put back, and from where: an honest restore is no fraud. Who was signed in on that day is so no more. */
static bool epoch_begin(struct op *op, const struct holds *h)
{
	return op_begin(op) && op_end(op, sql_sessions_clear(op) && sql_links_clear(op) && log_epoch(op, h->entries, h->chain, h->made)) && log_sign(op);
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

/* The new store, opened by itself: shown, and if it is to be kept its log goes on in a new epoch. */
static bool store_prove(struct op *op, const struct restoring *r, const char *folder, struct seal **seal, const struct head *head, bool *kept)
{
	struct op store = { .person = PERSON_FIRST };
	struct sql_vault v;
	struct holds h;
	bool found, good = op_open(&store, str_of(folder));
	store.seal = *seal;                              /* the store's from here on */
	*seal = NULL;
	good = good && sql_vault(&store, &v, &found) &&
	       ((found && str_eq(v.public_key, head->public_key)) || err_set(&store.err, TORN, "file", "The backup's vault and its database do not belong together. Use another one.")) &&
	       store_proved(&store, &h);
	h.made = head->made;
	*kept = good && r->sure(op, &h, r->about);
	good = good && (!*kept || epoch_begin(&store, &h));
	if (!good)
		op->err = store.err;
	op_close(&store);
	return good;
}

const char *keep_beside(struct op *op)
{
	return arena_printf(op->a, STR_FMT ".restoring", STR_ARG(op->folder));
}

void keep_beside_drop(struct op *op)
{
	folder_drop(keep_beside(op));
}

bool keep_restore(struct op *op, const struct restoring *r, bool *kept)
{
	const char *beside = keep_beside(op);
	uint8_t key[BACKUP_KEY];
	struct seal *seal = NULL;
	struct head h;
	struct str head;
	bool keep = false;
	if (!head_of_file(op, r->fd, r->name, &head, &h))
		return false;
	folder_drop(beside);                         /* a killed one's */
	bool good = (mkdir(beside, 0700) == 0 || err_set(&op->err, OUTSIDE, "data", "The folder %s could not be made: %s.", beside, strerror(errno))) &&
	            vault_open(op, beside, &h, &seal, key) && (!r->ready || r->ready(op, beside)) && database_put(op, r->fd, beside, key, head, &h) &&
	            store_prove(op, r, beside, &seal, &h, &keep) && (!keep || folder_sync(beside) || err_errno(&op->err, "The database could not be written"));
	seal_close(seal);
	wipe(key, sizeof key);
	if (!good || !keep)
		folder_drop(beside);
	if (good)
		*kept = keep;
	return good;
}
