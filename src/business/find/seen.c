/* seen - which files were looked at, and what was told of them, so that they need not be opened again while they stay as they are. Of a file
 * there is one number made of its name, place on the disk, size and times, how many unlikely ones were counted in it, and of each finding
 * what people are shown: its sort, place and last four, as record.c writes them. No path, no number, no hash of one. Kept in the business's
 * database; without one in $XDG_CACHE_HOME/handback/seen. What is torn, foreign or of another program is ignored. */
#include "find_seen_sql.h"
#include "find_int.h"
#include "fresh.h"
#include "told.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	FILES_MAX = 1 << 20,                             /* remembered; the others are read again */
	DAYS_MAX = 90,                                   /* then it is read again in any case */
	TOLD_MAX = 8 << 20,                              /* bytes of all that was told; files over that are read again */
	KEEP_AFTER = 60,                                 /* seconds of a scan, then what is new is kept */
};
#define FOUND 0x80000000u                                /* in a file's day: something was told of it */

/* handback seen 2, key, rules, n, n times (print, unlikely, day) by print, then (print, text) by print of those that something was told of,
 * digest of all before; numbers little-endian */
static const char magic[16] = "handback seen 2\n";
enum { HEAD = sizeof magic + 16 + 8 + 8, EACH = 16, TOLD_EACH = 12, DIGEST = 32, BYTES_MAX = HEAD + FILES_MAX * EACH + TOLD_MAX + DIGEST };

struct file { uint64_t print; uint32_t unlikely, day; };
struct words { uint64_t print; struct str text; };       /* what was told of a file */
struct told { struct words *of; size_t n, cap, bytes; struct arena *a; };

struct seen {
	struct op *op;                                   /* where it is kept; NULL: nowhere */
	const char *path;                                /* NULL: in the database */
	bool contacts;                                   /* whom files name is looked for, too: what is clean without is not what is clean with it */
	uint8_t key[16];
	uint64_t rules;                                  /* of this program: another one may find more */
	uint32_t today;
	struct file *file; size_t n;                     /* in order */
	struct bits met;                                 /* of them: in this scan */
	struct file *fresh; size_t fresh_n, cap;
	struct told told, fresh_told;
	bool renewed;
	time_t kept;
};

static time_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

/* ---- its bytes ---- */

/* This very program, as it stands on the disk. */
static uint64_t rules_of(const struct seen *s)
{
	struct stat st = { 0 };
	stat("/proc/self/exe", &st);
	const uint64_t parts[] = { st.st_dev, st.st_ino, (uint64_t)st.st_size, (uint64_t)st.st_mtim.tv_sec, (uint64_t)st.st_mtim.tv_nsec, (uint64_t)st.st_ctim.tv_sec,
	                           (uint64_t)st.st_ctim.tv_nsec };
	return hash64((struct str){ (const char *)parts, sizeof parts }, s->key);
}

static void digest(struct str bytes, uint8_t out[32])
{
	struct blake b;
	blake_start(&b);
	blake_add(&b, bytes);
	blake_end(&b, out);
}

static void told_add(struct told *t, uint64_t print, struct str text)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->of = mem_grow(t->of, t->cap * sizeof *t->of);
	}
	t->of[t->n++] = (struct words){ print, arena_str(t->a, text) };
	t->bytes += TOLD_EACH + text.n;
}

static void told_clear(struct told *t)
{
	t->n = t->bytes = 0;
	arena_reset(t->a);
}

static void told_close(struct told *t)
{
	free(t->of);
	arena_close(t->a);
}

void seen_take(struct seen *s, struct str bytes)
{
	uint8_t sum[DIGEST];
	if (bytes.n < HEAD + DIGEST || bytes.n > BYTES_MAX || memcmp(bytes.p, magic, sizeof magic) != 0)
		return;
	struct str body = { bytes.p, bytes.n - DIGEST };
	digest(body, sum);
	struct cursor c = cursor_of((struct str){ bytes.p + sizeof magic, body.n - sizeof magic });
	struct str key = cursor_bytes(&c, sizeof s->key);
	uint64_t rules = cursor_u64(&c), n = cursor_u64(&c);
	if (memcmp(sum, bytes.p + body.n, DIGEST) != 0 || n > FILES_MAX || n > (body.n - HEAD) / EACH)
		return;
	memcpy(s->key, key.p, sizeof s->key);
	s->rules = rules_of(s);
	if (rules != s->rules || !n)
		return;
	s->file = mem_get(n * sizeof *s->file);
	for (uint64_t i = 0; i < n; i++) {
		struct file f = { .print = cursor_u64(&c), .unlikely = cursor_u32(&c), .day = cursor_u32(&c) };
		uint32_t day = f.day & ~FOUND;
		if (day > s->today || s->today - day > DAYS_MAX || (s->n && f.print <= s->file[s->n - 1].print))
			continue;
		s->file[s->n++] = f;
	}
	s->met = bits_open(s->n);
	while (c.p < c.end && !c.torn) {
		uint64_t print = cursor_u64(&c);
		told_add(&s->told, print, cursor_lstr(&c));
	}
}

static int by_print(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	return (x->print > y->print) - (x->print < y->print);
}

static int words_by_print(const void *a, const void *b)
{
	const struct words *x = a, *y = b;
	return (x->print > y->print) - (x->print < y->print);
}

/* Of files that are kept. One that finds no room is read again, for its mark says that something was told. */
static void put_told(const struct seen *s, struct buf *b, const struct file *file, size_t n)
{
	size_t most = s->told.n + s->fresh_told.n, bytes = 0;
	struct words *all = mem_get((most + 1) * sizeof *all);
	if (s->told.n)
		memcpy(all, s->told.of, s->told.n * sizeof *all);
	if (s->fresh_told.n)
		memcpy(all + s->told.n, s->fresh_told.of, s->fresh_told.n * sizeof *all);
	qsort(all, most, sizeof *all, words_by_print);
	for (size_t i = 0; i < most; i++) {
		bool again = i && all[i].print == all[i - 1].print;
		if (again || bytes + TOLD_EACH + all[i].text.n > TOLD_MAX || !bsearch(&(struct file){ .print = all[i].print }, file, n, sizeof *file, by_print))
			continue;
		bytes += TOLD_EACH + all[i].text.n;
		buf_u64(b, all[i].print);
		buf_lstr(b, all[i].text);
	}
	free(all);
}

/* Old and new in one row; when there are too many, those go first that were not met. */
void seen_bytes(struct seen *s, struct buf *b)
{
	size_t unmet = s->n - bits_count(&s->met), most = s->n + s->fresh_n, drop = most > FILES_MAX ? most - FILES_MAX : 0, n = 0;
	struct file *all = mem_get((most + 1) * sizeof *all);
	if (drop > unmet)
		drop = unmet;
	for (size_t i = 0; i < s->n; i++) {
		if (drop && !bits_has(&s->met, i))
			drop--;
		else
			all[n++] = s->file[i];
	}
	if (s->fresh_n)
		memcpy(all + n, s->fresh, s->fresh_n * sizeof *all);
	n += s->fresh_n;
	qsort(all, n, sizeof *all, by_print);
	size_t each = 0;
	for (size_t i = 0; i < n && each < FILES_MAX; i++)
		if (!each || all[i].print != all[each - 1].print)
			all[each++] = all[i];
	buf_put(b, (struct str){ magic, sizeof magic });
	buf_put(b, (struct str){ (const char *)s->key, sizeof s->key });
	buf_u64(b, s->rules);
	buf_u64(b, each);
	for (size_t i = 0; i < each; i++) {
		buf_u64(b, all[i].print);
		buf_u32(b, all[i].unlikely);
		buf_u32(b, all[i].day);
	}
	put_told(s, b, all, each);
	free(all);
	uint8_t sum[DIGEST];
	digest(buf_str(b), sum);
	buf_put(b, (struct str){ (const char *)sum, sizeof sum });
}

/* ---- where it is kept ---- */

static const char *file_name(struct arena *a)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (xdg && *xdg == '/')
		return arena_printf(a, "%s/handback/seen", xdg);
	return home && *home == '/' ? arena_printf(a, "%s/.cache/handback/seen", home) : NULL;
}

static void file_read(struct seen *s)
{
	int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	if (fd < 0)
		return;
	struct buf b = BUF(BYTES_MAX);
	/* nobody else may say what is clean */
	bool ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 077) && (uint64_t)st.st_size <= b.max;
	char *p = ours ? buf_space(&b, (size_t)st.st_size) : NULL;
	ssize_t n = p ? read(fd, p, (size_t)st.st_size) : -1;
	if (n == st.st_size)
		seen_take(s, buf_str(&b));
	buf_free(&b);
	close(fd);
}

static void row_read(struct seen *s)
{
	struct sql_seen q;
	bool found;
	if (sql_seen(s->op, &q, &found) && found)
		seen_take(s, q.files);
	err_clear(&s->op->err);
}

struct seen *seen_new(void)
{
	struct seen *s = mem_zero(1, sizeof *s);
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	s->told.a = arena_open();
	s->fresh_told.a = arena_open();
	random_bytes(s->key, sizeof s->key);
	s->rules = rules_of(s);
	s->today = (uint32_t)(t.tv_sec / 86400);
	s->kept = now();
	return s;
}

struct seen *seen_open(struct op *op, bool contacts)
{
	struct seen *s = seen_new();
	s->contacts = contacts;
	s->path = op->db ? NULL : file_name(op->a);
	s->op = op->db || s->path ? op : NULL;
	if (op->db)
		row_read(s);
	else if (s->path)
		file_read(s);
	return s;
}

struct seen *seen_from(struct str bytes, bool contacts)
{
	struct seen *s = seen_new();
	s->contacts = contacts;
	seen_take(s, bytes);
	return s;
}

void seen_renew(struct seen *s, struct str bytes)
{
	bits_close(&s->met);
	free(s->file);
	s->file = NULL;
	s->n = 0;
	told_clear(&s->told);
	seen_take(s, bytes);
	s->renewed = true;
}

/* It is no loss when it can't be kept: the files are read again. */
static void keep(struct seen *s)
{
	struct op *op = s->op;
	struct fresh f;
	struct buf b = BUF(BYTES_MAX);
	struct err before = op->err, e = { 0 };
	seen_bytes(s, &b);
	if (s->path) {
		if (folders_make(op, s->path) && fresh_open(&f, str_of(s->path), "seen", true, &e)) {
			fresh_put(&f, buf_str(&b));
			fresh_keep(&f, true, &e);
		}
	} else if (op_begin(op)) {
		op_end(op, sql_seen_put(op, buf_str(&b)));
	}
	op->err = before;
	buf_free(&b);
	s->kept = now();
}

void seen_close(struct seen *s)
{
	if (!s)
		return;
	if (s->op && (s->fresh_n || s->renewed))
		keep(s);
	bits_close(&s->met);
	free(s->file);
	free(s->fresh);
	told_close(&s->told);
	told_close(&s->fresh_told);
	free(s);
}

/* ---- asking and remembering ---- */

uint64_t seen_print(const struct seen *s, const char *name, const struct stat *st)
{
	const uint64_t parts[] = { hash64(str_of(name), s->key), st->st_dev, st->st_ino, (uint64_t)st->st_size, (uint64_t)st->st_mtim.tv_sec,
	                           (uint64_t)st->st_mtim.tv_nsec, (uint64_t)st->st_ctim.tv_sec, (uint64_t)st->st_ctim.tv_nsec, s->contacts };
	uint64_t print = hash64((struct str){ (const char *)parts, sizeof parts }, s->key);
	return print ? print : 1;
}

/* A file that is changed again in the same tick of the clock looks unchanged: only what has rested is remembered. File systems that keep
 * whole seconds may keep two. */
bool seen_has_rested(const struct stat *st)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME_COARSE, &t);
	const struct timespec *last = st->st_ctim.tv_sec > st->st_mtim.tv_sec ? &st->st_ctim : &st->st_mtim;
	return last->tv_sec < t.tv_sec - (st->st_ctim.tv_nsec ? 1 : 3);
}

bool seen_any(const struct seen *s)
{
	return s->n > 0;
}

bool seen_has(struct seen *s, uint64_t print, uint32_t *unlikely, struct str *told)
{
	const struct file *f = s->n ? bsearch(&(struct file){ .print = print }, s->file, s->n, sizeof *s->file, by_print) : NULL;
	const struct words *w = f && f->day & FOUND && s->told.n ? bsearch(&(struct words){ .print = print }, s->told.of, s->told.n, sizeof *s->told.of, words_by_print) : NULL;
	if (!f || (f->day & FOUND && !w))
		return false;
	bits_add(&s->met, (size_t)(f - s->file));
	*unlikely = f->unlikely;
	*told = w ? w->text : STR("");
	return true;
}

void seen_put(struct seen *s, uint64_t print, uint32_t unlikely, struct str told)
{
	if (s->fresh_n == FILES_MAX || s->fresh_told.bytes + TOLD_EACH + told.n > TOLD_MAX)
		return;
	if (told.n)
		told_add(&s->fresh_told, print, told);
	if (s->fresh_n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1024;
		s->fresh = mem_grow(s->fresh, s->cap * sizeof *s->fresh);
	}
	s->fresh[s->fresh_n++] = (struct file){ print, unlikely, s->today | (told.n ? FOUND : 0) };
	if (s->op && now() - s->kept >= KEEP_AFTER)
		keep(s);
}
