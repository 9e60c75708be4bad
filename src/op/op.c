/* op - opening the data folder, the key, transactions, counters, settings. */
#include "log.h"
#include "op_int.h"
#include "op_sql.h"
#include "role.h"
#include "seal.h"
#include "store.h"
#include "schema.h"
#include "wire_fetch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const steps[] = { schema_1 };

static const char *path_of(struct op *op, const char *name)
{
	return arena_printf(op->a, STR_FMT "/%s", STR_ARG(op->folder), name);
}

/* Only its owner may look into a data folder: others on this machine are outsiders too. */
static bool folder_private(struct op *op)
{
	struct stat st;
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(op->folder));
	if (stat(path, &st) != 0)
		return err_set(&op->err, NOT_FOUND, "data", "There is no business at %s yet. Make one with: handback init --name NAME", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(&op->err, INVALID, "data", "%s is not a folder.", path);
	if ((st.st_mode & 077) && chmod(path, 0700) != 0 && errno != EROFS)
		return err_set(&op->err, OUTSIDE, "data", "Other users of this machine can look into %s, and that could not be changed. Run: chmod 700 %s",
		               path, path);
	return true;
}

static bool business_read(struct op *op)
{
	struct sql_business_get b;
	bool found;
	if (!sql_business_get(op, &b, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "data", "There is no business in this data folder yet. Make one with: handback init --name NAME");
	op->zone = zone_open(b.timezone, &op->err);
	return op->zone != NULL;
}

/* A business was here, and its database is not: the keeper has signed its log, or there are changes to a database without one. (SQLite would
 * throw those away.) */
static bool database_gone(struct op *op, bool *gone)
{
	struct signed_so_far record;
	struct stat st;
	bool empty = stat(path_of(op, "handback.db"), &st) != 0 || !st.st_size, changes = stat(path_of(op, "handback.db-wal"), &st) == 0 && st.st_size;
	*gone = empty && changes;
	if (!empty || changes)
		return true;
	bool good = log_record(op, &record);
	*gone = good && record.size;
	return good;
}

static bool say_gone(struct op *op)
{
	return err_set(&op->err, TORN, "data", "The database in " STR_FMT " is empty or missing, and a business was here. Nothing was changed. "
	               "Put back a backup, into a new folder: handback restore FILE --yes --data DIR", STR_ARG(op->folder));
}

static void op_start(struct op *op, struct str folder)
{
	op->a = arena_open();
	op->folder = arena_str(op->a, folder);
	op->business = 1;
	op->person = PERSON_FIRST;
	op->now = when_now();
}

bool op_is_there(struct op *op, struct str folder)
{
	struct stat st;
	return stat(arena_printf(op->a, STR_FMT "/handback.db", STR_ARG(folder)), &st) == 0;
}

static void waits(void *about)
{
	struct op *op = about;
	if (op->tell)
		op->tell(op, "Another handback is writing to this data folder; waiting for it.");
}

static bool database_open(struct op *op, bool create)
{
	op->db = db_open(path_of(op, "handback.db"), create, &op->err);
	if (op->db)
		db_on_wait(op->db, waits, op);
	return op->db && db_upgrade(op->db, steps, LENGTH(steps), &op->err);
}

bool op_open(struct op *op, struct str folder)
{
	bool gone;
	op_start(op, folder);
	if (!folder_private(op) || !database_gone(op, &gone))
		return false;
	return gone ? say_gone(op) : database_open(op, false) && business_read(op);
}

bool op_read_only(const struct op *op)
{
	return op->db && db_read_only(op->db);
}

void op_close(struct op *op)
{
	seal_close(op->seal);
	free(op->tail);
	db_close(op->db);
	zone_close(op->zone);
	arena_close(op->a);
	op->seal = NULL, op->tail = NULL, op->db = NULL, op->zone = NULL, op->a = NULL;
}

static bool keeper_start(struct op *op)
{
	if (role_brokered()) {
		int line = role_keeper(&op->err);
		op->seal = line >= 0 ? seal_on(line, op->business) : NULL;
		return op->seal != NULL;
	}
	int record = open(path_of(op, "keeper.record"), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (record < 0 && (errno == EROFS || errno == EACCES))
		return err_set(&op->err, OUTSIDE, "data", "This data folder can only be read, and the vault counts each try to open it. Copy the folder to where you can write: --data COPY.");
	if (record < 0)
		return err_errno(&op->err, "Could not open keeper.record in the data folder");
	op->seal = seal_open(record, op->business, &op->err);
	return op->seal != NULL;
}

/* ---- founding ---- */

static bool found_business(struct op *op, const struct founding *f, char recovery[64])
{
	struct slot slots[2];
	uint8_t public_key[32];
	op->zone = zone_open(f->timezone, &op->err);
	if (!op->zone || !op_passphrase_fits(op, f->passphrase, f->name) || !keeper_start(op) ||
	    !seal_create(op->seal, f->passphrase, op->person, (struct slot_cost){ f->kdf_mib, f->kdf_passes }, slots, recovery, public_key, op->a, &op->err) || !op_begin(op))
		return false;
	bool good = sql_business_put(op, f->name, f->region, f->timezone, op->now, (struct str){ (const char *)public_key, 32 }) &&
	            sql_person_first(op, f->owner.n ? f->owner : STR("Owner"), op->now);
	for (size_t i = 0; good && i < LENGTH(slots); i++)
		good = sql_slot_put(op, slots[i].id, slots[i].sort, slots[i].person, slots[i].bytes, op->now);
	good = good && log_add(op, "business.founded", ABOUT({ "slots", LENGTH(slots) })) && (!f->first || f->first(op));
	return op_end(op, good);
}

static const char *const own_files[] = { "handback.db", "handback.db-journal", "handback.db-wal", "handback.db-shm", "write.lock", "keeper.record" };
static const char parents_file[] = "serve.lock";        /* held by whoever serves the pages in which it is founded */

/* Another's folder is not made private, and its files are not mixed with ours. */
static bool folder_free(struct op *op, const char *path)
{
	DIR *d = opendir(path);
	bool good = d || err_set(&op->err, OUTSIDE, "data", "The folder %s can't be looked into: %s.", path, strerror(errno));
	for (struct dirent *e; d && good && (e = readdir(d));) {
		bool ours = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
		for (size_t i = 0; i < LENGTH(own_files); i++)
			ours |= strcmp(e->d_name, own_files[i]) == 0;
		if (!ours && strcmp(e->d_name, parents_file) != 0)
			good = err_set(&op->err, CONFLICT, "data", "There are other files in %s. A business has a folder of its own: name a new one, like --data %s/handback", path, path);
	}
	if (d)
		closedir(d);
	return good;
}

static void own_files_drop(struct op *op)
{
	for (size_t i = 0; i < LENGTH(own_files); i++)
		unlink(path_of(op, own_files[i]));
}

/* A database without a business is what a killed start left: nobody was told that it is there, and it may go. Takes nothing away itself. */
static bool leftovers_only(struct op *op, const char *path)
{
	struct sql_business_get b;
	struct stat st;
	bool found = false, gone;
	if (!database_gone(op, &gone) || (gone && !say_gone(op)))
		return false;
	if (stat(path_of(op, "handback.db"), &st) == 0 && st.st_size) {
		bool read = database_open(op, false) && sql_business_get(op, &b, &found);
		db_close(op->db);
		op->db = NULL;
		if (!read)
			return false;
	}
	if (found)
		return err_set(&op->err, CONFLICT, "data", "There is a business at %s already. Choose another folder with --data, or go on with this one. "
		               "(If its recovery code was never shown, make one: handback vault recovery)", path);
	return true;
}

/* One that was killed may have a child left that is just being born, and lets go of it within the second. */
static bool lock_soon(int fd)
{
	enum { TRIES = 20, PAUSE_MS = 100 };
	for (int i = 0; i < TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		nanosleep(&(struct timespec){ 0, PAUSE_MS * 1000000 }, NULL);
	}
	return false;
}

bool op_create(struct op *op, struct str folder, const struct founding *f, char recovery[64])
{
	op_start(op, folder);
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(folder));
	bool made = mkdir(path, 0700) == 0;
	if (!made && errno != EEXIST)
		return err_set(&op->err, OUTSIDE, "data", "Could not make the folder %s: %s.", path, strerror(errno));
	/* two starts at once: only one of them may take away what the other left */
	int lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool alone = lock >= 0 && lock_soon(lock), good = false;
	if (!alone)
		err_set(&op->err, CONFLICT, "data", lock < 0 ? "%s is not a folder." : "Another handback init is at work in %s. Wait for it.", path);
	/* a business of its own is said first, then what else is there */
	else if (!leftovers_only(op, path) || !folder_free(op, path))
		alone = false;
	else {
		own_files_drop(op);
		good = folder_private(op) && database_open(op, true) && found_business(op, f, recovery);
	}
	if (!good && alone) {                            /* nothing half-made stays */
		seal_close(op->seal);
		db_close(op->db);
		op->seal = NULL, op->db = NULL;
		own_files_drop(op);
	}
	if (!good && made)
		rmdir(path);
	if (lock >= 0)
		close(lock);
	return good && log_sign(op);
}

/* ---- the key ---- */

bool op_slots(struct op *op, struct slot **slots, size_t *n)
{
	enum { SLOTS_MAX = 256 };
	struct sql_slots q;
	*slots = ARENA_ARRAY(op->a, struct slot, SLOTS_MAX);
	*n = 0;
	if (!sql_slots(op, &q))
		return false;
	while (*n < SLOTS_MAX && sql_slots_next(op, &q))
		(*slots)[(*n)++] = (struct slot){ q.id, (enum slot_sort)q.sort, q.person, q.bytes };
	sql_slots_stop(&q);
	return op->err.code == OK;
}

static bool key_by(struct op *op, bool again, const char *why)
{
	struct slot *slots;
	size_t n;
	struct str passphrase;
	if (!op_keeper(op))
		return false;
	if (!op->ask || !op->ask(op, why, &passphrase))
		return err_set(&op->err, LOCKED, "passphrase", "This needs the passphrase (%s). Give it with --passphrase-file FILE, or run this on a terminal.", why);
	bool good = op_slots(op, &slots, &n) && (again ? seal_again(op->seal, slots, n, passphrase, &op->err)
	                                                 : seal_login(op->seal, slots, n, op->person, passphrase, op->key_session, &op->err));
	wipe((char *)(uintptr_t)passphrase.p, passphrase.n);
	/* whoever presses Ctrl-C while the passphrase is tried means no */
	return good && (!op_stopped(op) || err_set(&op->err, REFUSED, NULL, "Stopped by you, before anything was done."));
}

bool op_keeper(struct op *op)
{
	return op->seal || keeper_start(op);
}

/* That the keeper had lost its record is kept where it can't be taken back: in the log. */
static bool record_watched(struct op *op)
{
	bool lost;
	if (!log_record_lost(op, &lost))
		return false;
	if (!lost || op_read_only(op))
		return true;
	if (db_writing(op->db))
		return log_add(op, "keeper.record_lost", ABOUT({ "business", op->business }));
	return op_begin(op) && op_end(op, log_add(op, "keeper.record_lost", ABOUT({ "business", op->business }))) && log_sign(op);
}

bool op_key(struct op *op)
{
	return (op->seal && seal_is_open(op->seal)) || (key_by(op, false, "to open the vault") && record_watched(op));
}

bool op_key_again(struct op *op)
{
	return op_key(op) && key_by(op, true, "once more, for this step");
}

bool op_key_renew(struct op *op, struct str passphrase, char recovery[64])
{
	struct slot *slots, *mine = NULL;
	size_t n;
	if ((passphrase.n && !op_passphrase_fits(op, passphrase, STR(""))) || !op_key_again(op) || !op_slots(op, &slots, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (passphrase.n ? slots[i].person == op->person && (slots[i].sort == SLOT_OWNER || slots[i].sort == SLOT_PERSON) : slots[i].sort == SLOT_RECOVERY)
			mine = &slots[i];
	if (!mine)
		return err_set(&op->err, TORN, NULL, "The vault has no such slot. Put back a backup.");
	return seal_slot(op->seal, mine, passphrase, recovery, op->a, &op->err) && op_begin(op) &&
	       op_end(op, sql_slot_set(op, mine->id, mine->bytes, op->now) && log_add(op, "slot.renewed", ABOUT({ "slot", mine->id }, { "sort", mine->sort })));
}

/* The vault's new keys as they are kept: these slots and no others, this public key, and a head that nobody has signed. */
static bool vault_put(struct op *op, const struct slot *slot, size_t n, const uint8_t public_key[32], const char *what)
{
	bool good = sql_slots_drop(op) && sql_business_set_key(op, (struct str){ (const char *)public_key, 32 }) && sql_log_head_unsign(op);
	for (size_t i = 0; good && i < n; i++)
		good = sql_slot_put(op, slot[i].id, slot[i].sort, slot[i].person, slot[i].bytes, op->now);
	return good && log_add(op, what, ABOUT({ "slots", (int64_t)n }));
}

bool op_key_rotate(struct op *op, char recovery[64])
{
	enum { MINE, CODE, RING };
	struct slot *slots, fresh[3] = { { 0 } };
	struct str passphrase;
	uint8_t public_key[32];
	size_t n;
	if (!op_keeper(op) || !op_slots(op, &slots, &n))
		return false;
	fresh[RING].id = 1;
	for (size_t i = 0; i < n; i++) {
		if (slots[i].sort == SLOT_OWNER && slots[i].person == op->person)
			fresh[MINE] = slots[i];
		if (slots[i].sort == SLOT_RECOVERY)
			fresh[CODE] = slots[i];
		fresh[RING].id = slots[i].id >= fresh[RING].id ? slots[i].id + 1 : fresh[RING].id;
	}
	if (!fresh[MINE].id || !fresh[CODE].id)
		return err_set(&op->err, TORN, NULL, "The vault has no slot of this owner, or none of the recovery code. Run handback check.");
	if (!op->ask || !op->ask(op, "to make a new key", &passphrase))
		return err_set(&op->err, LOCKED, "passphrase", "This needs the passphrase. Give it with --passphrase-file FILE, or run this on a terminal.");
	/* nobody else writes meanwhile: nothing is sealed with a key that is not kept yet */
	bool begun = (seal_is_open(op->seal) || seal_login(op->seal, slots, n, op->person, passphrase, op->key_session, &op->err)) &&
	             seal_again(op->seal, slots, n, passphrase, &op->err) && record_watched(op) && op_begin(op);
	bool made = begun && seal_rotate(op->seal, passphrase, &fresh[MINE], &fresh[CODE], &fresh[RING], recovery, public_key, op->a, &op->err);
	wipe((char *)(uintptr_t)passphrase.p, passphrase.n);
	bool good = begun && op_end(op, made && vault_put(op, fresh, LENGTH(fresh), public_key, "vault.rotated"));
	if (made && !good)                               /* the keeper must not go on with a key that is kept nowhere */
		seal_lock(op->seal, &(struct err){ 0 });
	return good && log_sign(op);
}

bool op_key_lost(struct op *op, struct str passphrase, bool (*forget)(struct op *), char recovery[64])
{
	struct slot slots[2];
	uint8_t public_key[32];
	const char *record = path_of(op, "keeper.record");
	if (!op_passphrase_fits(op, passphrase, STR("")))
		return false;
	seal_close(op->seal);
	op->seal = NULL;
	/* the record is the lost key's; a vault that is founded on a new one counts from nothing, but opens nothing of before */
	if (unlink(record) != 0 && errno != ENOENT)
		return err_errno(&op->err, "keeper.record in the data folder could not be removed");
	return keeper_start(op) && seal_create(op->seal, passphrase, op->person, SLOT_COST_DEFAULT, slots, recovery, public_key, op->a, &op->err) && op_begin(op) &&
	       op_end(op, forget(op) && vault_put(op, slots, LENGTH(slots), public_key, "vault.renewed")) && log_sign(op);
}

bool op_looked(struct op *op, uint64_t n)
{
	struct about about = ABOUT({ "customers", (int64_t)n });
	if (db_writing(op->db))
		return log_add(op, "contacts.opened", about);
	return op_begin(op) && op_end(op, log_add(op, "contacts.opened", about));
}

/* ---- what lasts ---- */

static struct flock lock_of(int64_t n)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = n, .l_len = 1 };
}

/* Open file description locks: of a thread's own descriptor, not of the process. */
int op_hold(struct op *op, const char *file, int64_t n)
{
	struct flock byte = lock_of(n);
	int fd = open(path_of(op, file), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &byte) == 0)
		return fd;
	err_errno(&op->err, arena_printf(op->a, "Could not lock %s in the data folder", file));
	if (fd >= 0)
		close(fd);
	return -1;
}

bool op_held(struct op *op, const char *file, int64_t n)
{
	struct flock byte = lock_of(n);
	int fd = open(path_of(op, file), O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool held = fcntl(fd, F_OFD_GETLK, &byte) != 0 || byte.l_type != F_UNLCK;
	close(fd);
	return held;
}

/* ---- steps ---- */

bool op_begin(struct op *op)
{
	return db_begin(op->db, true, &op->err);
}

static const struct { enum moves what; const char *counter; } movable[] = { { MOVES_ANSWERS, "answers" }, { MOVES_NOTICES, "notices" } };

static bool moves_count(struct op *op)
{
	bool good = true;
	for (size_t i = 0; good && i < LENGTH(movable); i++)
		good = !(op->moved & movable[i].what) || op_count(op, movable[i].counter);
	return good;
}

bool op_moves(struct op *op, enum moves what, int64_t *n)
{
	struct sql_counter_get q = { 0 };
	bool found;
	for (size_t i = 0; i < LENGTH(movable); i++)
		if (movable[i].what == what && !sql_counter_get(op, str_of(movable[i].counter), &q, &found))
			return false;
	*n = q.value;
	return true;
}

bool op_end(struct op *op, bool keep)
{
	keep = keep && log_flush(op) && moves_count(op);
	op->moved = 0;
	log_forget(op);
	return db_end(op->db, keep, &op->err) && keep;
}

int64_t op_count_many(struct op *op, const char *counter, int64_t n)
{
	struct sql_counter_add q;
	bool found;
	return sql_counter_add(op, str_of(counter), n, &q, &found) && found ? q.value - n + 1 : 0;
}

int64_t op_count(struct op *op, const char *counter)
{
	return op_count_many(op, counter, 1);
}

/* ---- settings ---- */

/* Which folders may be looked through for the pages is this machine's, and not for a desk to change that was taken over: it stands in a file that a
 * desk can only read. Written in place: what a desk was let read stays that file. */
#define FOLDERS "find.folders"
enum { FOLDERS_MAX = 4096 };

static struct str folders_read(struct op *op)
{
	char *text = arena_get(op->a, FOLDERS_MAX);
	int fd = open(path_of(op, FOLDERS), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd >= 0 ? read(fd, text, FOLDERS_MAX) : 0;
	if (fd >= 0)
		close(fd);
	return str_trim((struct str){ text, n > 0 ? (size_t)n : 0 });
}

static bool folders_write(struct op *op, struct str value)
{
	int fd = value.n < FOLDERS_MAX ? open(path_of(op, FOLDERS), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	if (value.n >= FOLDERS_MAX)
		return err_set(&op->err, TOO_BIG, FOLDERS, "That is too long: name the folder above them.");
	bool good = fd >= 0 && write(fd, value.p, value.n) == (ssize_t)value.n && fsync(fd) == 0;
	if (!good)
		err_errno(&op->err, "find.folders in the data folder can't be written");
	if (fd >= 0)
		close(fd);
	return good;
}

struct str op_setting(struct op *op, const char *name)
{
	struct sql_business_get b;
	struct sql_setting_get s;
	bool found = false;
	if (strcmp(name, FOLDERS) == 0)
		return folders_read(op);
	if (strcmp(name, "business.name") == 0 || strcmp(name, "region") == 0 || strcmp(name, "timezone") == 0) {
		if (!sql_business_get(op, &b, &found) || !found)
			return STR("");
		return name[0] == 'b' ? b.name : name[0] == 'r' ? b.region : b.timezone;
	}
	return sql_setting_get(op, str_of(name), &s, &found) && found ? s.value : STR("");
}

void op_outward(struct op *op, struct wire_way *w)
{
	*w = (struct wire_way){ op_setting(op, "outward.to"), op_setting(op, "outward.ca-file"), op_setting(op, "outward.resolver") };
}

bool op_setting_put(struct op *op, const char *name, struct str value)
{
	if (strcmp(name, FOLDERS) == 0)
		return folders_write(op, value);
	if (strcmp(name, "business.name") == 0)
		return sql_business_set_name(op, value);
	if (strcmp(name, "region") == 0)
		return sql_business_set_region(op, value);
	if (strcmp(name, "timezone") == 0)
		return sql_business_set_timezone(op, value);
	return value.n ? sql_setting_put(op, str_of(name), value) : sql_setting_drop(op, str_of(name));
}
