/* file - small files that somebody named, read and written whole. */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* O_NONBLOCK: a pipe without a writer, or a terminal, is no file to wait for. */
bool file_whole(const char *path, struct buf *out, const char *field, struct err *e)
{
	char some[1 << 16];
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(e, INVALID, field, "%s can't be read: %s.", path, strerror(errno));
	while (!out->full && ((n = read(fd, some, sizeof some)) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			buf_put(out, (struct str){ some, (size_t)n });
	int why = errno;
	close(fd);
	if (n < 0)
		return err_set(e, INVALID, field, "%s can't be read: %s.", path, strerror(why));
	return !out->full || err_set(e, TOO_BIG, field, "%s is too long: at most %zu bytes are taken.", path, out->max);
}

bool file_put(const char *path, struct str bytes, unsigned mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return err_errno(e, path);
	bool good = true;
	for (size_t at = 0; good && at < bytes.n;) {
		ssize_t n = write(fd, bytes.p + at, bytes.n - at);
		if (n > 0)
			at += (size_t)n;
		else
			good = n < 0 && errno == EINTR;
	}
	if (!good)
		err_errno(e, path);
	if (close(fd) != 0 && good)
		good = err_errno(e, path);
	if (!good)
		unlink(path);
	return good;
}

bool file_replace(const char *path, struct str bytes, unsigned mode, struct err *e)
{
	size_t n = strlen(path);
	char *fresh = mem_get(n + sizeof ".new");
	memcpy(fresh, path, n), memcpy(fresh + n, ".new", sizeof ".new");
	unlink(fresh);                                   /* of one that was killed */
	bool good = file_put(fresh, bytes, mode, e) && (rename(fresh, path) == 0 || err_errno(e, path));
	free(fresh);
	return good;
}
