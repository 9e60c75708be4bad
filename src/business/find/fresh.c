/* fresh - files that are there whole or not at all. The file has no name while it is written, where the file system can do that; else a
 * hidden one, which goes with it. */
#include "fresh.h"
#include "told.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 64 << 10, PIECE_MAX = 64 << 20 };

static bool cannot(struct fresh *f, struct str path, struct err *e)
{
	const char *why = errno == EEXIST ? "it is there already. Choose another name" : errno == ENOENT || errno == ENOTDIR ? "there is no such folder. Make it first, or choose another" :
	                  errno == EACCES || errno == EPERM || errno == EROFS ? "you may not write there. Choose a folder of yours" :
	                  errno == ENOSPC || errno == EDQUOT ? "there is no room left. Free some, or choose another place" : NULL;
	enum fault code = errno == EEXIST ? CONFLICT : OUTSIDE;
	struct arena *a = arena_open();
	struct str shown = short_path(a, path);
	if (why)
		err_set(e, code, f->what, "--%s: " STR_FMT " can't be written: %s.", f->what, STR_ARG(shown), why);
	else
		err_set(e, code, f->what, "--%s: " STR_FMT " can't be written: %s. Choose another place.", f->what, STR_ARG(shown), strerror(errno));
	arena_close(a);
	return false;
}

static void hidden_name(struct fresh *f)
{
	uint64_t chance;
	random_bytes(&chance, sizeof chance);
	snprintf(f->hidden, sizeof f->hidden, ".handback-%016" PRIx64, chance);
}

bool fresh_may_replace(struct str path, struct str mark, const char *what, struct err *e)
{
	char begin[4096];
	int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return true;
	ssize_t n = fd < 0 ? -1 : pread(fd, begin, sizeof begin, 0);
	if (fd >= 0)
		close(fd);
	return n == 0 || (n > 0 && memmem(begin, (size_t)n, mark.p, mark.n)) ||
	       err_set(e, CONFLICT, what, "--%s: the file is there already, and is no report of Handback's. Nothing is overwritten; choose another name.", what);
}

bool fresh_open(struct fresh *f, struct str path, const char *what, bool replace, struct err *e)
{
	*f = (struct fresh){ .fd = -1, .folder = -1, .out = BUF(PIECE_MAX), .what = what };
	const char *slash = path.p && path.n ? memrchr(path.p, '/', path.n) : NULL;
	struct str folder = slash ? (struct str){ path.p, slash == path.p ? 1 : (size_t)(slash - path.p) } : STR(".");
	struct str name = slash ? (struct str){ slash + 1, (size_t)(path.p + path.n - slash - 1) } : path;
	char folder_name[4096];
	struct stat st;
	if (!name.n || name.n >= sizeof f->name || folder.n >= sizeof folder_name || str_eq(name, STR(".")) || str_eq(name, STR("..")))
		return err_set(e, INVALID, what, "--%s takes the name of a file.", what);
	memcpy(f->name, name.p, name.n);
	f->name[name.n] = 0;
	memcpy(folder_name, folder.p, folder.n);
	folder_name[folder.n] = 0;
	f->folder = open(folder_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (f->folder < 0)
		return cannot(f, path, e);
	bool there = fstatat(f->folder, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (there && (!replace || !S_ISREG(st.st_mode))) {
		errno = EEXIST;
		cannot(f, path, e);
		fresh_drop(f);
		return false;
	}
	f->fd = openat(f->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (f->fd < 0) {
		hidden_name(f);
		f->fd = openat(f->folder, f->hidden, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	if (f->fd >= 0)
		return true;
	cannot(f, path, e);
	f->hidden[0] = 0;
	fresh_drop(f);
	return false;
}

void fresh_flush(struct fresh *f)
{
	for (size_t at = 0; at < f->out.n && !f->bad;) {
		ssize_t n = write(f->fd, f->out.p + at, f->out.n - at);
		if (n < 0 && errno != EINTR)
			f->bad = true;
		at += n > 0 ? (size_t)n : 0;
	}
	f->bad |= f->out.full;
	buf_clear(&f->out);
}

struct buf *fresh_buf(struct fresh *f)
{
	if (f->out.n >= BLOCK)
		fresh_flush(f);
	return &f->out;
}

void fresh_put(struct fresh *f, struct str s)
{
	buf_put(fresh_buf(f), s);
}

/* Gives what is written its name: one that is free, or in place of what has it. */
static bool name_it(struct fresh *f, bool replace)
{
	if (!f->hidden[0]) {
		char self[40];
		snprintf(self, sizeof self, "/proc/self/fd/%d", f->fd);
		if (!replace)
			return linkat(AT_FDCWD, self, f->folder, f->name, AT_SYMLINK_FOLLOW) == 0;
		hidden_name(f);
		if (linkat(AT_FDCWD, self, f->folder, f->hidden, AT_SYMLINK_FOLLOW) != 0)
			return f->hidden[0] = 0, false;
	}
	if (renameat2(f->folder, f->hidden, f->folder, f->name, replace ? 0 : RENAME_NOREPLACE) != 0)
		return false;
	f->hidden[0] = 0;
	return true;
}

bool fresh_keep(struct fresh *f, bool replace, struct err *e)
{
	fresh_flush(f);
	bool good = !f->bad && fsync(f->fd) == 0 && name_it(f, replace);
	if (!good)
		cannot(f, str_of(f->name), e);
	fresh_drop(f);
	return good;
}

void fresh_drop(struct fresh *f)
{
	if (f->hidden[0])
		unlinkat(f->folder, f->hidden, 0);
	if (f->fd >= 0)
		close(f->fd);
	if (f->folder >= 0)
		close(f->folder);
	buf_free(&f->out);
	*f = (struct fresh){ .fd = -1, .folder = -1 };
}
