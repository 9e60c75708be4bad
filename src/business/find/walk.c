/* The walk: every regular file below the paths that were named, once, never through a link, never a pipe or a device. What the machine keeps
 * for itself (/proc, /sys), our own data, and what a .handbackignore names are left out, and told. */
#include "find_int.h"
#include "told.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	COUNT_MS = 250,                                  /* what counting takes at most */
	IGNORE_MAX = 64 << 10,                           /* bytes of a .handbackignore */
	MET_MAX = 1 << 20,                               /* folders, and files with several names, that are remembered */
	ENTRIES_MAX = 64 << 10, ENTRIES_MIN = 256,       /* of one folder that are put in order at once: so many, */
	NAMES_MAX = 16 << 20,                            /* or fewer, when the folders on the way hold so many bytes of names */
};

struct identity { dev_t dev; ino_t ino; };

struct walking {
	const struct find *find;
	struct pool *pool;
	struct find_totals *totals;
	struct buf path;                                 /* with a 0 behind it */
	struct ignore *ignore;
	struct identity *met;                            /* a set by open addressing; inode 0: nobody */
	size_t met_n, met_cap;
	struct named { struct identity id; bool done; } *named;                /* of the paths; inode 0: not there */
	struct identity leave;
	bool counts;                                     /* how much there is: nothing is opened but folders, and told */
	uint64_t size, until;                            /* of that so far; when to give up, in milliseconds */
	size_t names;                                    /* bytes of them, of the folders on the way */
	struct err *e;
};

static struct identity identity(const struct stat *st) { return (struct identity){ st->st_dev, st->st_ino }; }
static bool same(struct identity a, struct identity b) { return a.ino == b.ino && a.dev == b.dev; }
static bool stopped(const struct walking *w) { return (w->find->stop && *w->find->stop) || (w->counts && now_ms() > w->until); }

static void path_add(struct walking *w, const char *name)
{
	if (w->path.n && w->path.p[w->path.n - 1] != '/')
		buf_byte(&w->path, '/');
	buf_put(&w->path, (struct str){ name, strlen(name) + 1 });
	w->path.n--;
}

static void path_cut(struct walking *w, size_t n)
{
	w->path.n = n;
	w->path.p[n] = 0;
}

static void cannot(struct walking *w, const char *why)
{
	if (!w->counts)
		pool_unread(w->pool, buf_str(&w->path), why);
}

static void left_out(struct walking *w, const char *why)
{
	if (!w->counts)
		pool_left_out(w->pool, buf_str(&w->path), why);
}

/* Gone meanwhile, or now a link: nothing to tell. */
static void cannot_open(struct walking *w)
{
	if (errno != ENOENT && errno != ELOOP && errno != ENOTDIR)
		cannot(w, errno == EACCES ? "no permission to read it" : strerror(errno));
}

/* ---- what was met ---- */

static struct identity *met_slot(struct identity *met, size_t cap, struct identity id)
{
	uint64_t h = ((uint64_t)id.ino ^ (uint64_t)id.dev << 40) * 0x9E3779B97F4A7C15u;
	size_t at = (size_t)(h >> 32) & (cap - 1);
	while (met[at].ino && !same(met[at], id))
		at = (at + 1) & (cap - 1);
	return &met[at];
}

/* Says whether it was met before, and remembers it. Beyond the limit nothing more is remembered: then a file is looked at twice. */
static bool met_before(struct walking *w, struct identity id)
{
	if (w->met_n * 4 >= w->met_cap * 3 && w->met_cap < MET_MAX) {
		size_t cap = w->met_cap ? w->met_cap * 2 : 1024;
		struct identity *more = mem_zero(cap, sizeof *more);
		for (size_t i = 0; i < w->met_cap; i++)
			if (w->met[i].ino)
				*met_slot(more, cap, w->met[i]) = w->met[i];
		free(w->met);
		w->met = more;
		w->met_cap = cap;
	}
	struct identity *slot = met_slot(w->met, w->met_cap, id);
	if (same(*slot, id))
		return true;
	if (w->met_n * 4 < w->met_cap * 3) {
		*slot = id;
		w->met_n++;
	}
	return false;
}

/* What is named itself is looked at in its own turn. */
static bool is_named(const struct walking *w, struct identity id)
{
	for (size_t i = 0; w->find->paths > 1 && i < w->find->paths; i++)
		if (same(w->named[i].id, id))
			return true;
	return false;
}

/* ---- what to leave out ---- */

/* What the kernel makes up: nothing there is kept. */
static bool machines_own(int fd)
{
	static const unsigned long own[] = { PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC,
	                                       DEVPTS_SUPER_MAGIC, BPF_FS_MAGIC, PSTOREFS_MAGIC, EFIVARFS_MAGIC };
	struct statfs s;
	if (fstatfs(fd, &s) != 0)
		return false;
	for (size_t i = 0; i < LENGTH(own); i++)
		if ((unsigned long)s.f_type == own[i])
			return true;
	return false;
}

/* Reads the folder's .handbackignore. True: ignore_pop must follow. */
static bool rules_begin(struct walking *w, int folder, bool named)
{
	static const char name[] = ".handbackignore";
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	if (fd < 0)
		return false;
	bool holds = false;
	bool ours = fstat(fd, &st) == 0 && (named || st.st_uid == geteuid() || st.st_uid == 0);
	if (!ours) {
		size_t before = w->path.n;
		path_add(w, name);
		left_out(w, "it is somebody else's, so nothing was left out for it");
		path_cut(w, before);
	} else if (S_ISREG(st.st_mode)) {
		char text[IGNORE_MAX + 1];
		ssize_t n = pread(fd, text, sizeof text, 0);
		holds = n >= 0 && n <= IGNORE_MAX && ignore_push(w->ignore, (struct str){ text, (size_t)n }, w->path.n);
		if (!holds) {
			size_t before = w->path.n;
			path_add(w, name);
			cannot(w, "it is too large, or one of too many: nothing was left out for it");
			path_cut(w, before);
		}
	}
	close(fd);
	return holds;
}

static void rules_end(struct walking *w)
{
	char words[400];
	size_t before = w->path.n;
	struct buf some = BUF(1 << 12);
	uint64_t n = ignore_pop(w->ignore, &some);
	struct arena *a = arena_open();
	struct str names = safe_line(a, buf_str(&some));
	if (n)
		snprintf(words, sizeof words, "left out what it names: %llu file%s or folder%s: %.*s%s", (unsigned long long)n, n == 1 ? "" : "s", n == 1 ? "" : "s",
		         names.n < 280 ? (int)names.n : 280, names.p, n > IGNORE_NAMED || names.n > 280 ? " ..." : "");
	buf_free(&some);
	arena_close(a);
	if (!n)
		return;
	path_add(w, ".handbackignore");
	left_out(w, words);
	path_cut(w, before);
}

/* ---- a folder's names, in order ---- */

struct entries { struct buf text; uint32_t *at; size_t n; };             /* of each its type (d_type), then its name */

static int by_name(const void *a, const void *b, void *text)
{
	const char *p = text;
	return strcmp(p + *(const uint32_t *)a + 1, p + *(const uint32_t *)b + 1);
}

/* The next names, in order: all of them, unless there are very many. False: no more. */
static bool entries_next(struct walking *w, DIR *d, struct entries *e)
{
	size_t cap = 0;
	*e = (struct entries){ .text = BUF(ENTRIES_MAX * (NAME_MAX + 2)) };
	for (const struct dirent *one; e->n < ENTRIES_MAX && (e->n < ENTRIES_MIN || w->names + e->text.n < NAMES_MAX) && (one = readdir(d));) {
		if (strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0)
			continue;
		if (e->n == cap) {
			cap = cap ? cap * 2 : 64;
			e->at = mem_grow(e->at, cap * sizeof *e->at);
		}
		e->at[e->n++] = (uint32_t)e->text.n;
		buf_byte(&e->text, (char)one->d_type);
		buf_put(&e->text, (struct str){ one->d_name, strlen(one->d_name) + 1 });
	}
	if (e->n)
		qsort_r(e->at, e->n, sizeof *e->at, by_name, e->text.p);
	w->names += e->text.n;
	return e->n > 0;
}

static void entries_end(struct walking *w, struct entries *e)
{
	w->names -= e->text.n;
	free(e->at);
	free(e->text.p);
}

/* ---- walking: a name at a time below its folder's descriptor, so that nothing on the way can be a link ---- */

/* Is it wanted: a regular file that has not been looked at? */
static bool is_wanted(struct walking *w, const struct stat *st, bool root)
{
	return S_ISREG(st->st_mode) && (root || !is_named(w, identity(st))) && !(st->st_nlink > 1 && met_before(w, identity(st)));
}

/* A file that is as it was when it was looked at needs no opening. */
static bool is_known(struct walking *w, int folder, const char *name, struct stat *st, uint32_t *unlikely, struct str *told)
{
	struct seen *seen = w->find->seen;
	return seen && seen_any(seen) && fstatat(folder, name, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode) &&
	       seen_has(seen, seen_print(seen, name, st), unlikely, told) && !(w->find->unlikely && *unlikely);
}

static bool file_at(struct walking *w, int folder, const char *name, bool root)
{
	struct stat st;
	uint32_t unlikely;
	struct str told;
	if (w->counts) {
		if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_wanted(w, &st, root))
			w->size += (uint64_t)st.st_size + FILE_COSTS;
		return true;
	}
	if (is_known(w, folder, name, &st, &unlikely, &told)) {
		if (!is_wanted(w, &st, root))
			return true;
		uint64_t on_disk = (uint64_t)st.st_blocks * 512;
		w->totals->holes += on_disk < (uint64_t)st.st_size ? (uint64_t)st.st_size - on_disk : 0;
		return pool_known(w->pool, buf_str(&w->path), (uint64_t)st.st_size, unlikely, told, w->e);
	}
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		cannot_open(w);
		return true;
	}
	bool wanted = fstat(fd, &st) == 0 && is_wanted(w, &st, root);
	if (!wanted || st.st_size <= 0) {
		w->totals->files += wanted;
		close(fd);
		return true;
	}
	uint64_t print = w->find->seen && seen_has_rested(&st) ? seen_print(w->find->seen, name, &st) : 0;
	return pool_add(w->pool, buf_str(&w->path), fd, (uint64_t)st.st_size, print, w->e);
}

static bool folder_at(struct walking *w, int parent, const char *name, unsigned depth, dev_t device);

static bool entry_at(struct walking *w, int folder, dev_t device, const char *entry, unsigned depth)
{
	const char *name = entry + 1;
	unsigned char type = (unsigned char)*entry;
	size_t before = w->path.n;
	if (type == DT_UNKNOWN) {
		struct stat st;
		type = fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ? DT_UNKNOWN : S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_FIFO;
	}
	if (type != DT_REG && type != DT_DIR)
		return true;
	path_add(w, name);
	bool good = true;
	if (!ignore_fits(w->ignore, w->path.p, name, type == DT_DIR))
		good = type == DT_REG ? file_at(w, folder, name, false) : folder_at(w, folder, name, depth + 1, device);
	path_cut(w, before);
	return good;
}

static bool all_in(struct walking *w, int fd, dev_t device, DIR *d, unsigned depth)
{
	struct entries e;
	bool good = true, rules = rules_begin(w, fd, depth == 0);
	while (good && entries_next(w, d, &e)) {
		for (size_t i = 0; good && i < e.n; i++)
			good = !stopped(w) && entry_at(w, fd, device, e.text.p + e.at[i], depth);
		entries_end(w, &e);
	}
	if (rules)
		rules_end(w);
	return good;
}

/* depth 0: it was named. */
static bool folder_at(struct walking *w, int parent, const char *name, unsigned depth, dev_t device)
{
	if (depth > WALK_DEPTH_MAX) {
		cannot(w, "it is too deep: more than 256 folders within folders; look from one of the lower ones");
		return true;
	}
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	if (fd < 0) {
		cannot_open(w);
		return true;
	}
	const char *why = NULL;
	DIR *d = NULL;
	bool wanted = fstat(fd, &st) == 0 && !(depth && is_named(w, identity(&st))) && !met_before(w, identity(&st));
	if (wanted && w->leave.ino && same(w->leave, identity(&st)))
		why = "left out: it is Handback's own data";
	else if (wanted && (!depth || st.st_dev != device) && machines_own(fd))
		why = "left out: it is the system's own";
	if (why)
		left_out(w, why);
	else if (wanted && !(d = fdopendir(fd)))
		cannot_open(w);
	if (!d) {
		close(fd);
		return true;
	}
	bool good = all_in(w, fd, st.st_dev, d, depth);
	closedir(d);
	return good;
}

/* ---- what was named ---- */

/* A path that was named may be a link: what it leads to was meant. */
static bool root_at(struct walking *w, size_t i)
{
	struct str path = w->find->path[i];
	struct named *named = &w->named[i];
	if (named->done)
		return true;
	for (size_t k = i; k < w->find->paths; k++)
		w->named[k].done |= named->id.ino && same(w->named[k].id, named->id);
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	buf_clear(&w->path);
	buf_put(&w->path, path);
	buf_byte(&w->path, 0);
	w->path.n--;
	char *real = realpath(path.p, NULL);
	struct stat st;
	bool good = true;
	if (!real || stat(real, &st) != 0)
		cannot(w, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		good = folder_at(w, AT_FDCWD, real, 0, st.st_dev);
	else if (S_ISREG(st.st_mode))
		good = file_at(w, AT_FDCWD, real, true);
	else
		cannot(w, "it is neither a file nor a folder");
	free(real);
	return good;
}

/* What is named is there, or not: *why is then the first reason. */
static size_t roots_find(struct walking *w, int *why)
{
	const struct find *find = w->find;
	struct stat st;
	size_t there = 0;
	w->named = mem_zero(find->paths + 1, sizeof *w->named);
	for (size_t i = 0; i < find->paths; i++)
		if (stat(find->path[i].p, &st) == 0)
			w->named[i].id = identity(&st), there++;
		else if (!*why)
			*why = errno;
	if (find->leave.n && stat(find->leave.p, &st) == 0)
		w->leave = identity(&st);
	return there;
}

static struct walking walking_begin(const struct find *find)
{
	return (struct walking){ .find = find, .path = BUF(1 << 20), .ignore = ignore_open() };
}

static void walking_end(struct walking *w)
{
	buf_free(&w->path);
	ignore_close(w->ignore);
	free(w->met);
	free(w->named);
}

uint64_t walk_size(const struct find *find)
{
	struct walking w = walking_begin(find);
	int why = 0;
	w.counts = true;
	w.until = now_ms() + COUNT_MS;
	bool good = roots_find(&w, &why) > 0;
	for (size_t i = 0; good && i < find->paths; i++)
		good = root_at(&w, i);
	walking_end(&w);
	return good ? w.size : 0;
}

bool walk(struct find *find, struct pool *pool, struct err *e)
{
	struct walking w = walking_begin(find);
	int why = 0;
	w.pool = pool;
	w.totals = &find->totals;
	w.e = e;
	bool good = roots_find(&w, &why) || err_set(e, NOT_FOUND, "path", STR_FMT " can't be read: %s. Check the path.", STR_ARG(safe_line(find->a, find->path[0])), strerror(why));
	for (size_t i = 0; good && i < find->paths; i++)
		good = root_at(&w, i);
	walking_end(&w);
	return good || (stopped(&w) && e->code == OK);
}
