/* backup - everything in one encrypted file. Made beside running work and with the vault locked: a copy of the database as of one moment is proved
 * sound, sealed piece after piece, and the file is opened again before it gets its name. */
#include "keep_int.h"
#include "keep_sql.h"
#include "log.h"
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

bool read_all(int fd, void *to, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t some = read(fd, (char *)to + done, n - done);
		if (some < 0 && errno == EINTR)
			continue;
		if (some <= 0)
			return false;
		done += (size_t)some;
	}
	return true;
}

static bool write_all(int fd, struct str s, struct err *e)
{
	for (size_t done = 0; done < s.n;) {
		ssize_t some = write(fd, s.p + done, s.n - done);
		if (some < 0 && errno == EINTR)
			continue;
		if (some < 0)
			return err_errno(e, "The file could not be written");
		done += (size_t)some;
	}
	return true;
}

bool folder_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

void folder_drop(const char *path)
{
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlinkat(dirfd(d), e->d_name, 0) != 0)
			unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	if (d)
		closedir(d);
	rmdir(path);
}

/* ---- what it looks like ---- */

static void head_write(struct buf *b, const struct head *h)
{
	buf_u64(b, (uint64_t)h->business);
	buf_u64(b, (uint64_t)h->made);
	buf_lstr(b, h->public_key);
	buf_lstr(b, h->sealed);
	buf_lstr(b, h->stream);
	buf_u32(b, (uint32_t)h->slots);
	for (size_t i = 0; i < h->slots; i++) {
		buf_u64(b, (uint64_t)h->slot[i].id);
		buf_u8(b, (uint8_t)h->slot[i].sort);
		buf_u64(b, (uint64_t)h->slot[i].person);
		buf_lstr(b, h->slot[i].bytes);
	}
}

bool head_read(struct arena *a, struct str bytes, struct head *h)
{
	struct cursor c = cursor_of(bytes);
	h->business = (int64_t)cursor_u64(&c);
	h->made = (int64_t)cursor_u64(&c);
	h->public_key = cursor_lstr(&c);
	h->sealed = cursor_lstr(&c);
	h->stream = cursor_lstr(&c);
	h->slots = cursor_u32(&c);
	if (c.torn || h->slots > BACKUP_SLOTS_MAX || h->public_key.n != 32 || h->sealed.n != BACKUP_SEALED || h->stream.n != STREAM_HEADER)
		return false;
	h->slot = ARENA_ARRAY(a, struct slot, h->slots + 1);
	for (size_t i = 0; i < h->slots; i++) {
		h->slot[i].id = (int64_t)cursor_u64(&c);
		h->slot[i].sort = (enum slot_sort)cursor_u8(&c);
		h->slot[i].person = (int64_t)cursor_u64(&c);
		h->slot[i].bytes = cursor_lstr(&c);
	}
	return cursor_done(&c);
}

static bool torn(struct op *op)
{
	return err_set(&op->err, TORN, "file", "This backup is damaged or was cut off. Use another one.");
}

static bool piece_next(int fd, struct seal_stream *s, struct str about, struct buf *in, struct buf *plain, bool *last)
{
	uint32_t n;
	buf_clear(in);
	buf_clear(plain);
	if (!read_all(fd, &n, sizeof n) || n < STREAM_EXTRA || n > PIECE + STREAM_EXTRA)
		return false;
	char *to = buf_space(in, n);
	return to && read_all(fd, to, n) && seal_stream_pull(s, buf_str(in), about, plain, last);
}

bool pieces_read(struct op *op, int fd, const uint8_t key[BACKUP_KEY], struct str head, struct str stream, int to)
{
	uint8_t about[32], sum[32], told[32] = { 0 };
	struct buf in = BUF(PIECE + STREAM_EXTRA), plain = BUF(PIECE + 1);
	struct seal_stream *s = seal_stream_read(key, (const uint8_t *)stream.p);
	struct blake h;
	uint64_t size = 0, done = 0;
	bool last = false;
	char more;
	sha256(head, about);
	const struct str of = { (const char *)about, sizeof about };
	blake_start(&h);
	bool good = s && piece_next(fd, s, of, &in, &plain, &last);
	if (good) {
		struct cursor c = cursor_of(buf_str(&plain));
		size = cursor_u64(&c);
		struct str digest = cursor_bytes(&c, sizeof told);
		good = cursor_done(&c) && !last;
		if (good)
			memcpy(told, digest.p, sizeof told);
	}
	while (good && !last && (good = piece_next(fd, s, of, &in, &plain, &last))) {
		blake_add(&h, buf_str(&plain));
		done += plain.n;
		good = done <= size && (to < 0 || write_all(to, buf_str(&plain), &op->err));
	}
	blake_end(&h, sum);
	good = (good && done == size && memcmp(sum, told, sizeof sum) == 0 && read(fd, &more, 1) == 0) || (op->err.code == OK ? torn(op) : false);
	seal_stream_close(s);
	buf_free(&in);
	buf_free(&plain);
	return good;
}

static bool digest_of(int fd, char *some, uint64_t *size, uint8_t sum[32])
{
	struct blake h;
	ssize_t n;
	blake_start(&h);
	for (*size = 0; (n = read(fd, some, PIECE)) > 0; *size += (uint64_t)n)
		blake_add(&h, (struct str){ some, (size_t)n });
	blake_end(&h, sum);
	return n == 0 && *size && lseek(fd, 0, SEEK_SET) == 0;
}

static bool piece_put(struct op *op, int fd, struct seal_stream *s, struct str plain, struct str about, bool last, struct buf *out)
{
	buf_clear(out);
	buf_u32(out, (uint32_t)(plain.n + STREAM_EXTRA));
	seal_stream_push(s, plain, about, last, out);
	return write_all(fd, buf_str(out), &op->err);
}

static void step_tell(struct op *op, const char *what, uint64_t done, uint64_t of)
{
	if (op->progress)
		op->progress(op, what, done, of);
}

/* head: written, for who reads it again. */
static bool pieces_write(struct op *op, int fd, int from, const uint8_t key[BACKUP_KEY], struct head *h, struct buf *head)
{
	uint8_t *header = arena_get(op->a, STREAM_HEADER), about[32], sum[32];
	const struct str of = { (const char *)about, sizeof about };
	struct seal_stream *s = seal_stream_write(key, header);
	struct buf first = BUF(64), out = BUF(PIECE + STREAM_EXTRA + 4);
	char *some = mem_get(PIECE);
	uint64_t size = 0;
	h->stream = (struct str){ (const char *)header, STREAM_HEADER };
	head_write(head, h);
	sha256(buf_str(head), about);
	buf_u32(&out, (uint32_t)head->n);
	bool good = (!head->full || err_set(&op->err, TOO_BIG, NULL, "The vault has too many slots for a backup.")) &&
	            (digest_of(from, some, &size, sum) || err_errno(&op->err, "The copy can't be read")) && write_all(fd, STR(BACKUP_MAGIC), &op->err) &&
	            write_all(fd, buf_str(&out), &op->err) && write_all(fd, buf_str(head), &op->err);
	buf_u64(&first, size);
	buf_put(&first, (struct str){ (const char *)sum, sizeof sum });
	good = good && piece_put(op, fd, s, buf_str(&first), of, false, &out);
	for (uint64_t done = 0; good && done < size;) {
		step_tell(op, "Sealing the backup", done, size);
		if (op_stopped(op))
			good = err_set(&op->err, REFUSED, NULL, "Stopped by you; there is no half backup.");
		if (!good)
			break;
		size_t n = size - done < PIECE ? (size_t)(size - done) : PIECE;
		done += n;
		good = (read_all(from, some, n) || err_errno(&op->err, "The copy can't be read")) && piece_put(op, fd, s, (struct str){ some, n }, of, done == size, &out);
	}
	seal_stream_close(s);
	wipe(some, PIECE);
	free(some);
	buf_free(&first);
	buf_free(&out);
	return good;
}

/* ---- proving ---- */

bool keep_holds(struct op *op, struct holds *h)
{
	struct sql_counts n;
	struct sql_vault v;
	bool found;
	if (!sql_counts(op, &n, &found) || !found || !sql_vault(op, &v, &found) || !found)
		return op->err.code ? false : err_set(&op->err, TORN, NULL, "There is no business in it.");
	*h = (struct holds){ .business = v.name, .customers = n.customers, .touches = n.touches, .imports = n.imports, .incidents = n.incidents, .entries = n.entries };
	memcpy(&h->chain, n.chain.p, n.chain.n < sizeof h->chain ? n.chain.n : sizeof h->chain);
	return true;
}

bool store_proved(struct op *op, struct holds *h)
{
	struct log_state log;
	if (!db_sound(op->db, &op->err) || !ledger_sound(op) || !log_verify(op, NULL, &log))
		return false;
	if (log.broken)
		return err_set(&op->err, TORN, NULL, "The log is broken at entry %" PRIu64 ": %s. Run handback check.", log.broken_at, log.how);
	return keep_holds(op, h);
}

void holds_tell(struct op *op, const struct holds *h, struct answer *answer)
{
	answer_text(answer, "business", h->business);
	answer_number(answer, "customers", h->customers);
	answer_number(answer, "touches", h->touches);
	answer_number(answer, "imports", h->imports);
	answer_number(answer, "incidents", h->incidents);
	answer_number(answer, "entries", h->entries);
	answer_say(answer, STR_FMT ": %s, %s, %s, %s, %s.", STR_ARG(h->business), counted(op->a, h->customers, "customer", "customers"), counted(op->a, h->touches, "touch", "touches"),
	           counted(op->a, h->imports, "import", "imports"), counted(op->a, h->incidents, "incident", "incidents"),
	           counted(op->a, h->entries, "entry in the log", "entries in the log"));
}

/* The copy by itself: as if it stood in a data folder of its own. */
static bool copy_tell(struct op *op, const char *folder, struct answer *answer)
{
	struct op copy = { 0 };
	struct holds h;
	bool good = op_open(&copy, str_of(folder)) && store_proved(&copy, &h);
	if (good)
		holds_tell(op, &h, answer);
	else
		op->err = copy.err;
	op_close(&copy);
	return good;
}

/* ---- the verb ---- */

static bool head_make(struct op *op, struct head *h, uint8_t key[BACKUP_KEY])
{
	struct sql_vault v;
	struct sql_vault_slots q;
	bool found;
	uint8_t *sealed = arena_get(op->a, BACKUP_SEALED);
	*h = (struct head){ .business = op->business, .made = op->now, .slot = ARENA_ARRAY(op->a, struct slot, BACKUP_SLOTS_MAX) };
	if (!sql_vault(op, &v, &found) || !sql_vault_slots(op, &q))
		return false;
	while (h->slots < BACKUP_SLOTS_MAX && sql_vault_slots_next(op, &q))
		h->slot[h->slots++] = (struct slot){ q.id, (enum slot_sort)q.sort, q.person, q.bytes };
	sql_vault_slots_stop(&q);
	if (op->err.code != OK)
		return false;
	h->public_key = v.public_key;
	h->sealed = (struct str){ (const char *)sealed, BACKUP_SEALED };
	return (found && v.public_key.n == 32 && h->slots) ? seal_backup_new((const uint8_t *)v.public_key.p, key, sealed, &op->err)
	                                                   : err_set(&op->err, TORN, NULL, "The vault's slots or its public key are missing. Run handback check.");
}

/* Writes, opens again, and only then gives the file its name. */
static bool file_make(struct op *op, const char *copy, const char *part, const char *path)
{
	uint8_t key[BACKUP_KEY];
	struct head h;
	struct buf head = BUF(HEAD_MAX);
	int from = open(arena_printf(op->a, "%s/handback.db", copy), O_RDONLY | O_CLOEXEC), fd = -1;
	bool good = (from >= 0 || err_errno(&op->err, "The copy can't be read")) && head_make(op, &h, key);
	if (good) {
		fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
		good = fd >= 0 || err_set(&op->err, INVALID, "file", "%s can't be written: %s.", part, strerror(errno));
	}
	good = good && pieces_write(op, fd, from, key, &h, &head) && (fsync(fd) == 0 || err_errno(&op->err, "The file could not be written"));
	if (good) {
		good = lseek(fd, (off_t)(sizeof BACKUP_MAGIC - 1 + 4 + head.n), SEEK_SET) > 0;
		good = good && pieces_read(op, fd, key, buf_str(&head), h.stream, -1);
	}
	if (good && renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
		good = err_set(&op->err, errno == EEXIST ? CONFLICT : OUTSIDE, "file", "%s could not get its name: %s.", path, strerror(errno));
	if (!good && fd >= 0)
		unlink(part);
	if (fd >= 0)
		close(fd);
	if (from >= 0)
		close(from);
	wipe(key, sizeof key);
	buf_free(&head);
	return good;
}

bool backup_run(struct op *op, const struct args *args, struct answer *answer)
{
	bool own = !args_has(args, "file");
	struct str file = own ? backup_name(op) : args_text(args, "file");
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(file)), *slash = strrchr(path, '/'), *part = arena_printf(op->a, "%s.part", path);
	const char *folder = arena_printf(op->a, STR_FMT "/" BACKUPS, STR_ARG(op->folder)), *copy = arena_printf(op->a, "%s/copy", folder);
	struct stat st;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return err_errno(&op->err, "A folder for backups could not be made in the data folder");
	if (lstat(path, &st) == 0 && own)
		return err_set(&op->err, CONFLICT, NULL, "A backup was made within this minute. It is there, and whole.");
	if (lstat(path, &st) == 0)
		return err_set(&op->err, CONFLICT, "file", "%s is there already. Name a new file: one that is good stays until the next one is.", path);
	int lock = open(arena_printf(op->a, "%s/lock", folder), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0)
		return err_errno(&op->err, "The data folder can't be written");
	if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		close(lock);
		return err_set(&op->err, CONFLICT, NULL, "Another backup of this data folder is being made. Wait for it.");
	}
	folder_drop(copy);                           /* a killed one's */
	bool good = mkdir(copy, 0700) == 0 || err_errno(&op->err, "A folder for the copy could not be made");
	answer_row(answer);
	answer_text(answer, "file", str_of(path));
	step_tell(op, "Copying", 0, 0);
	good = good && db_copy(op->db, arena_printf(op->a, "%s/handback.db", copy), &op->err) && copy_tell(op, copy, answer) && file_make(op, copy, part, path);
	folder_drop(copy);
	close(lock);
	good = good && (stat(path, &st) == 0 || err_errno(&op->err, "The backup is not there"));
	if (!good)
		return false;
	if (!folder_sync(slash ? arena_printf(op->a, "%.*s", (int)(slash - path + 1), path) : "."))
		answer_note(answer, "The disk did not confirm that the file's name is kept; look at it again before you take the disk out.");
	answer_number(answer, "bytes", st.st_size);
	answer_row_end(answer);
	answer_say(answer, "%s: %.1f MB, encrypted, opened again and whole. It opens with the passphrase or the recovery code that counted today.", path, (double)st.st_size / 1e6);
	if (own)
		backups_thin(op);
	return op_begin(op) && op_end(op, op_setting_put(op, "backup.made", arena_say(op->a, "%" PRId64, op->now)) && log_add(op, "backup.made", ABOUT({ "bytes", st.st_size })));
}
