/* The walk: every regular file below the paths that were named, once, never through a link, never a pipe or a device. What the machine keeps
 * for itself (/proc, /sys), our own data, and what a .handbackignore names are left out. */
#include "find_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { DEPTH_MAX = 256, RULES_MAX = 4096, IGNORE_MAX = 256 << 10 };

/* A line of a .handbackignore, as in .gitignore: "*.log", "/build", "old/", "!keep.log"; the folder it stands in counts. */
struct rule { struct str pattern; size_t base; bool folder, not, anchored; };

struct walking {
	struct find *find;
	struct pool *pool;
	struct buf path;
	struct rule *rule;
	size_t rules, rules_cap;
	struct arena *words;                             /* of the rules */
	struct { dev_t dev; ino_t ino; } *linked;        /* files with several names that were met */
	size_t linked_n, linked_cap;
	dev_t leave_dev; ino_t leave_ino;
	struct err *e;
};

static struct str path_of(struct walking *w)
{
	return buf_str(&w->path);
}

/* ---- what to leave out ---- */

static void take_rules(struct walking *w, int folder)
{
	int fd = openat(folder, ".handbackignore", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= IGNORE_MAX) {
		char *text = arena_get(w->words, (size_t)st.st_size + 1);
		ssize_t n = read(fd, text, (size_t)st.st_size);
		struct str rest = { text, n > 0 ? (size_t)n : 0 };
		while (rest.p && rest.n && w->rules < RULES_MAX) {
			struct str line = str_trim(str_split(&rest, '\n'));
			if (!line.n || line.p[0] == '#')
				continue;
			struct rule r = { .base = w->path.n };
			if (line.p[0] == '!')
				r.not = true, line.p++, line.n--;
			if (line.n && line.p[line.n - 1] == '/')
				r.folder = true, line.n--;
			r.anchored = memchr(line.p, '/', line.n) != NULL;
			if (line.n && line.p[0] == '/')
				line.p++, line.n--;
			r.pattern = arena_str(w->words, line);
			w->rule = arena_more(w->words, w->rule, w->rules, &w->rules_cap, sizeof *w->rule);
			w->rule[w->rules++] = r;
		}
	}
	close(fd);
}

/* The last rule that fits says it. */
static bool ignored(struct walking *w, const char *name, bool folder)
{
	for (size_t i = w->rules; i--;) {
		const struct rule *r = &w->rule[i];
		if (r->folder && !folder)
			continue;
		const char *what = r->anchored ? w->path.p + r->base : name;
		while (r->anchored && *what == '/')
			what++;
		if (fnmatch(r->pattern.p, what, FNM_PATHNAME | FNM_PERIOD) == 0)
			return !r->not;
	}
	return false;
}

/* What the kernel makes up: nothing there is kept. */
static bool machines_own(int fd)
{
	static const unsigned long kinds[] = { PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC,
	                                       DEVPTS_SUPER_MAGIC, BPF_FS_MAGIC, PSTOREFS_MAGIC, EFIVARFS_MAGIC };
	struct statfs s;
	if (fstatfs(fd, &s) != 0)
		return false;
	for (size_t i = 0; i < LENGTH(kinds); i++)
		if ((unsigned long)s.f_type == kinds[i])
			return true;
	return false;
}

/* A file with several names is looked at under the first. */
static bool met_before(struct walking *w, const struct stat *st)
{
	if (st->st_nlink < 2)
		return false;
	for (size_t i = 0; i < w->linked_n; i++)
		if (w->linked[i].dev == st->st_dev && w->linked[i].ino == st->st_ino)
			return true;
	if (w->linked_n == w->linked_cap) {
		w->linked_cap = w->linked_cap ? w->linked_cap * 2 : 256;
		w->linked = mem_grow(w->linked, w->linked_cap * sizeof *w->linked);
	}
	w->linked[w->linked_n].dev = st->st_dev;
	w->linked[w->linked_n++].ino = st->st_ino;
	return false;
}

/* ---- walking ---- */

static void cannot(struct walking *w, const char *why)
{
	pool_unread(w->pool, path_of(w), why);
}

/* The name below `folder`; its path is w->path. */
static bool file_at(struct walking *w, int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	if (fd < 0) {
		if (errno != ENOENT && errno != ELOOP)   /* gone meanwhile, or now a link */
			cannot(w, errno == EACCES ? "no permission to read it" : strerror(errno));
		return true;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0 || met_before(w, &st)) {
		close(fd);
		return true;
	}
	return pool_add(w->pool, path_of(w), fd, (uint64_t)st.st_size, w->e);
}

struct entry { char *name; unsigned char type; };

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void entries_free(struct entry *entry, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(entry[i].name);
	free(entry);
}

static size_t entries_of(DIR *d, struct entry **out)
{
	struct entry *entry = NULL;
	size_t n = 0, cap = 0;
	for (struct dirent *e; (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (n == cap) {
			cap = cap ? cap * 2 : 64;
			entry = mem_grow(entry, cap * sizeof *entry);
		}
		size_t length = strlen(e->d_name) + 1;
		entry[n] = (struct entry){ mem_get(length), e->d_type };
		memcpy(entry[n++].name, e->d_name, length);
	}
	if (n)
		qsort(entry, n, sizeof *entry, by_name);
	*out = entry;
	return n;
}

static bool folder_at(struct walking *w, int parent, const char *name, unsigned depth);

static bool entry_at(struct walking *w, int folder, const struct entry *e, unsigned depth)
{
	unsigned char type = e->type;
	size_t before = w->path.n;
	if (!before || w->path.p[before - 1] != '/')
		buf_byte(&w->path, '/');
	buf_put(&w->path, str_of(e->name));
	buf_byte(&w->path, 0);                           /* for fnmatch */
	w->path.n--;
	if (type == DT_UNKNOWN) {
		struct stat st;
		type = fstatat(folder, e->name, &st, AT_SYMLINK_NOFOLLOW) != 0 ? DT_UNKNOWN : S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_FIFO;
	}
	bool good = true;
	if ((type == DT_REG || type == DT_DIR) && !ignored(w, e->name, type == DT_DIR))
		good = type == DT_REG ? file_at(w, folder, e->name) : folder_at(w, folder, e->name, depth + 1);
	w->path.n = before;
	return good;
}

static bool folder_at(struct walking *w, int parent, const char *name, unsigned depth)
{
	if (depth > DEPTH_MAX) {
		cannot(w, "it is too deep");
		return true;
	}
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (fd < 0) {
		if (errno != ENOENT && errno != ELOOP && errno != ENOTDIR)
			cannot(w, errno == EACCES ? "no permission to read it" : strerror(errno));
		return true;
	}
	bool leave = fstat(fd, &st) != 0 || (w->leave_ino && st.st_ino == w->leave_ino && st.st_dev == w->leave_dev);
	if (leave || machines_own(fd)) {
		if (leave || depth == 0)
			pool_left_out(w->pool, path_of(w), leave ? "left out: it is Handback's own data" : "left out: it is the system's own");
		close(fd);
		return true;
	}
	DIR *d = fdopendir(fd);
	if (!d) {
		close(fd);
		cannot(w, strerror(errno));
		return true;
	}
	size_t rules = w->rules;
	take_rules(w, fd);
	struct entry *entry;
	size_t n = entries_of(d, &entry);
	bool good = true;
	for (size_t i = 0; good && i < n; i++)
		good = !(w->find->stop && *w->find->stop) && entry_at(w, fd, &entry[i], depth);
	entries_free(entry, n);
	closedir(d);
	w->rules = rules;
	return good;
}

/* A path that was named may be a link: what it leads to was meant. */
static bool root_at(struct walking *w, struct str path)
{
	char *real = realpath(path.p, NULL);
	struct stat st;
	if (!real || stat(real, &st) != 0) {
		free(real);
		return err_set(w->e, NOT_FOUND, "path", STR_FMT " can't be read: %s. Check the path.", STR_ARG(path), strerror(errno));
	}
	buf_clear(&w->path);
	buf_put(&w->path, path);
	while (w->path.n > 1 && w->path.p[w->path.n - 1] == '/')
		w->path.n--;
	bool good = true;
	if (S_ISDIR(st.st_mode))
		good = folder_at(w, AT_FDCWD, real, 0);
	else if (S_ISREG(st.st_mode))
		good = file_at(w, AT_FDCWD, real);
	else
		cannot(w, "it is neither a file nor a folder");
	free(real);
	return good;
}

bool walk(struct find *find, struct pool *pool, struct err *e)
{
	struct walking w = { .find = find, .pool = pool, .path = BUF(64 << 10), .words = arena_open(), .e = e };
	struct stat st;
	if (find->leave.n && stat(find->leave.p, &st) == 0) {
		w.leave_dev = st.st_dev;
		w.leave_ino = st.st_ino;
	}
	bool good = true;
	for (size_t i = 0; good && i < find->paths; i++)
		good = root_at(&w, find->path[i]);
	buf_free(&w.path);
	arena_close(w.words);
	free(w.linked);
	return good || (find->stop && *find->stop && e->code == OK);
}
