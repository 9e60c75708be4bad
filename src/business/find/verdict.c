/* verdict - what people said of findings: "test data", "not a card", "cleaned up". A verdict holds for one file, place, kind and last four,
 * and so ends by itself when something else stands there. Kept in the business's database; without one in a file beside the user's
 * settings ($XDG_CONFIG_HOME/handback/verdicts), a line each. */
#include "find_verdict_sql.h"
#include "fresh.h"
#include "log.h"
#include "told.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT_MAX = 100000, FILE_MAX = 64 << 20, PARTS = 5, NAMES_MAX = 1 << 20, NAMES_DEPTH_MAX = 256 };

/* part: path, member, spot, kind, last four */
struct kept { struct str part[PARTS]; enum verdict verdict; bool changed; };
struct verdicts {
	struct op *op;
	struct arena *a;
	struct kept *kept; size_t n, cap;
	uint32_t *slot; size_t mask;                     /* number + 1, by hash */
	uint8_t key[16];
	const char *file;                                /* NULL: the database */
};

static const char *const names[VERDICTS] = { "none", "test-data", "cleaned-up", "not-a-card" };

const char *verdict_name(enum verdict v)
{
	return names[v];
}

/* ---- finding ---- */

static bool same(const struct str *a, const struct str *b)
{
	for (size_t i = 0; i < PARTS; i++)
		if (!str_eq(a[i], b[i]))
			return false;
	return true;
}

static uint32_t *slot_of(const struct verdicts *v, const struct str *part)
{
	uint64_t h = 0;
	for (size_t i = 0; i < PARTS; i++)
		h = h * 31 + hash64(part[i], v->key);
	size_t at = (size_t)h & v->mask;
	while (v->slot[at] && !same(v->kept[v->slot[at] - 1].part, part))
		at = (at + 1) & v->mask;
	return &v->slot[at];
}

static void room(struct verdicts *v)
{
	if (v->slot && 2 * (v->n + 1) <= v->mask)
		return;
	free(v->slot);
	v->mask = v->slot ? 2 * v->mask + 1 : 1023;
	v->slot = mem_zero(v->mask + 1, sizeof *v->slot);
	for (size_t i = 0; i < v->n; i++)
		*slot_of(v, v->kept[i].part) = (uint32_t)i + 1;
}

static bool put(struct verdicts *v, const struct str *part, enum verdict verdict, bool changed)
{
	room(v);
	uint32_t *slot = slot_of(v, part);
	if (!*slot) {
		if (v->n == KEPT_MAX)
			return err_set(&v->op->err, TOO_BIG, "verdict", "There are %d verdicts already. Name folders in a .handbackignore instead.", KEPT_MAX);
		v->kept = arena_more(v->a, v->kept, v->n, &v->cap, sizeof *v->kept);
		v->kept[v->n] = (struct kept){ .verdict = VERDICT_NONE };
		for (size_t i = 0; i < PARTS; i++)
			v->kept[v->n].part[i] = arena_str(v->a, part[i]);
		*slot = (uint32_t)++v->n;
	}
	v->kept[*slot - 1].verdict = verdict;
	v->kept[*slot - 1].changed |= changed;
	return true;
}

static void parts_of(struct arena *a, struct str path, const struct telling *t, struct str *part)
{
	part[0] = path;
	part[1] = kept_name(a, t->member);
	part[2] = kept_name(a, t->spot);
	part[3] = str_of(find_kind(t->f));
	part[4] = str_of(t->f->last4);
}

enum verdict verdicts_of(const struct verdicts *v, struct str path, const struct telling *t)
{
	struct str part[PARTS];
	if (!v->n)
		return VERDICT_NONE;
	struct arena *a = arena_open();
	parts_of(a, path, t, part);
	uint32_t slot = *slot_of(v, part);
	arena_close(a);
	return slot ? v->kept[slot - 1].verdict : VERDICT_NONE;
}

static bool say(struct verdicts *v, struct str path, const struct telling *t, enum verdict verdict)
{
	struct str part[PARTS];
	parts_of(v->a, path, t, part);
	return put(v, part, verdict, true);
}

void verdicts_lapse(struct verdicts *v, struct str path, const struct telling *t)
{
	say(v, path, t, VERDICT_NONE);                   /* it is there, so there is room */
}

/* ---- the file ---- */

static const char *file_name(struct arena *a)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (xdg && *xdg == '/')
		return arena_printf(a, "%s/handback/verdicts", xdg);
	return home && *home == '/' ? arena_printf(a, "%s/.config/handback/verdicts", home) : NULL;
}

/* Tabs part the words of a line; a name that holds one has it as "%09". */
static struct str from_word(struct arena *a, struct str s)
{
	char *p = arena_get(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char two[3] = { 0 };
		if (s.p[i] == '%' && i + 2 < s.n) {
			memcpy(two, s.p + i + 1, 2);
			p[n++] = (char)strtol(two, NULL, 16);
			i += 2;
		} else {
			p[n++] = s.p[i];
		}
	}
	return (struct str){ p, n };
}

static void word_put(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 32 || s.p[i] == '%')
			buf_printf(b, "%%%02X", (unsigned char)s.p[i]);
		else
			buf_byte(b, s.p[i]);
}

static bool file_read(struct verdicts *v)
{
	int fd = open(v->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	if (fd < 0)
		return errno == ENOENT || err_errno(&v->op->err, v->file);
	struct buf b = BUF(FILE_MAX);
	bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MAX;
	for (ssize_t n = 1; good && n > 0;) {
		char some[16384];
		n = read(fd, some, sizeof some);
		good = n >= 0;
		buf_put(&b, (struct str){ some, n > 0 ? (size_t)n : 0 });
	}
	close(fd);
	struct str rest = buf_str(&b);
	while (good && rest.p && rest.n) {
		struct str line = str_split(&rest, '\n'), part[PARTS], word = str_split(&line, '\t');
		enum verdict verdict = VERDICTS;
		for (size_t i = VERDICT_TEST_DATA; i < VERDICTS; i++)
			if (str_eq(word, str_of(names[i])))
				verdict = (enum verdict)i;
		for (size_t i = 0; i < PARTS; i++)
			part[i] = line.p ? from_word(v->a, str_split(&line, '\t')) : STR("");
		if (verdict < VERDICTS && part[0].n)
			good = put(v, part, verdict, false);
	}
	buf_free(&b);
	return good || err_set(&v->op->err, OUTSIDE, NULL, "%s can't be read. Look at it, or take it away.", v->file);
}

bool folders_make(struct op *op, const char *file)
{
	char *path = arena_printf(op->a, "%s", file);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return err_errno(&op->err, path);
		*slash = '/';
	}
	return true;
}

static bool file_write(struct verdicts *v)
{
	struct fresh f;
	if (!folders_make(v->op, v->file) || !fresh_open(&f, str_of(v->file), "verdict", true, &v->op->err))
		return false;
	for (size_t i = 0; i < v->n; i++) {
		const struct kept *k = &v->kept[i];
		if (!k->verdict)
			continue;
		struct buf *b = fresh_buf(&f);
		buf_put(b, str_of(names[k->verdict]));
		for (size_t p = 0; p < PARTS; p++) {
			buf_byte(b, '\t');
			word_put(b, k->part[p]);
		}
		buf_byte(b, '\n');
	}
	return fresh_keep(&f, true, &v->op->err);
}

/* ---- the database ---- */

static bool rows_read(struct verdicts *v)
{
	struct sql_verdicts q;
	bool good = sql_verdicts(v->op, &q);
	while (good && sql_verdicts_next(v->op, &q)) {
		struct str part[PARTS] = { q.path, q.member, q.spot, q.kind, q.last4 };
		good = put(v, part, (enum verdict)q.verdict, false);
	}
	return good && v->op->err.code == OK;
}

static bool rows_write(struct verdicts *v)
{
	struct op *op = v->op;
	int64_t said = 0, taken_back = 0;
	if (!op_begin(op))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < v->n; i++) {
		const struct kept *k = &v->kept[i];
		const struct str *p = k->part;
		if (!k->changed)
			continue;
		good = k->verdict ? sql_verdict_put(op, p[0], p[1], p[2], p[3], p[4], k->verdict, op->now) : sql_verdict_drop(op, p[0], p[1], p[2], p[3], p[4]);
		said += k->verdict != VERDICT_NONE;
		taken_back += k->verdict == VERDICT_NONE;
	}
	return op_end(op, good && log_add(op, "find.judged", ABOUT({ "verdicts", said }, { "ended", taken_back })));
}

bool find_verdicts_in(struct op *op, struct str path, void (*each)(void *, struct str, struct str, struct str, struct str, const char *), void *to)
{
	struct sql_verdicts_in q;
	bool good = sql_verdicts_in(op, path, &q);
	while (good && sql_verdicts_in_next(op, &q))
		each(to, q.member, q.spot, q.kind, q.last4, names[q.verdict > 0 && q.verdict < VERDICTS ? q.verdict : VERDICT_NONE]);
	return good && op->err.code == OK;
}

/* ---- both ---- */

struct verdicts *verdicts_open(struct op *op)
{
	struct verdicts *v = mem_zero(1, sizeof *v);
	*v = (struct verdicts){ .op = op, .a = arena_open() };
	random_bytes(v->key, sizeof v->key);
	room(v);
	if (!op->db)
		v->file = file_name(v->a);
	if (op->db ? rows_read(v) : !v->file || file_read(v))
		return v;
	for (size_t i = 0; i < v->n; i++)
		v->kept[i].changed = false;
	verdicts_close(v);
	return NULL;
}

bool verdicts_close(struct verdicts *v)
{
	bool changed = false, good = true;
	if (!v)
		return true;
	for (size_t i = 0; i < v->n; i++)
		changed |= v->kept[i].changed;
	if (changed)
		good = v->op->db ? rows_write(v) : v->file ? file_write(v) : err_set(&v->op->err, OUTSIDE, NULL, "There is no home folder to keep verdicts in. Set HOME.");
	free(v->slot);
	arena_close(v->a);
	free(v);
	return good;
}

/* ---- the verb ---- */

struct judging { struct op *op; struct verdicts *verdicts; struct str place, file, shown, real; enum verdict verdict; uint64_t n; bool good; };

static void on_hit(void *to, const struct find_hit *h)
{
	struct judging *j = to;
	struct telling t;
	struct arena *a = arena_open();
	told_make(a, h, &t);
	if (h->f.class != SCAN_UNLIKELY && (str_eq(j->place, t.place) || str_eq(j->place, j->file) || str_eq(j->place, j->shown))) {
		j->good = j->good && say(j->verdicts, j->real, &t, j->verdict);
		j->n += h->f.count;
	}
	arena_close(a);
}

static void on_unread(void *to, const struct find_unread *u)
{
	(void)to, (void)u;
}

/* A file's name as find shows it may not be its own: numbers and odd characters in it are masked. The folders are asked which name is
 * shown so. */
struct naming { struct arena *a; struct str place; struct buf path; struct str file; size_t there, looked; };

/* How many bytes of the place are the path up to here, as it is shown; 0: it begins otherwise. */
static size_t shown(struct naming *n)
{
	struct str s = safe_line(n->a, buf_str(&n->path));
	bool ends = str_starts(n->place, s) && (s.n == n->place.n || strchr("/!:,", n->place.p[s.n]));
	return ends ? s.n : 0;
}

static void names_in(struct naming *n, unsigned depth)
{
	size_t before = n->path.n;
	buf_byte(&n->path, 0);
	DIR *d = opendir(before ? n->path.p : ".");
	struct stat st;
	for (const struct dirent *one; d && n->looked < NAMES_MAX && (one = readdir(d)); n->looked++) {
		n->path.n = before;
		if (before && n->path.p[before - 1] != '/')
			buf_byte(&n->path, '/');
		buf_put(&n->path, str_of(one->d_name));
		size_t seen = shown(n);
		if (!seen)
			continue;
		buf_byte(&n->path, 0);
		n->path.n--;
		if (stat(n->path.p, &st) != 0)
			continue;
		if (S_ISREG(st.st_mode) && (seen == n->place.n || n->place.p[seen] != '/')) {
			n->file = arena_str(n->a, buf_str(&n->path));
			n->there++;
		} else if (S_ISDIR(st.st_mode) && seen < n->place.n && n->place.p[seen] == '/' && depth < NAMES_DEPTH_MAX) {
			names_in(n, depth + 1);
		}
	}
	n->path.n = before;
	if (d)
		closedir(d);
}

static size_t file_shown_as(struct op *op, struct str place, struct str *file)
{
	struct naming n = { .a = arena_open(), .place = place, .path = BUF(1 << 16) };
	if (str_starts(place, STR("/")))
		buf_byte(&n.path, '/');
	names_in(&n, 0);
	*file = arena_str(op->a, n.file);
	buf_free(&n.path);
	arena_close(n.a);
	return n.there;
}

/* A place begins with the name of a file; names may hold what parts a place, so the longest that is there counts. */
static bool file_of(struct op *op, struct str place, struct str *file)
{
	struct stat st;
	for (size_t n = place.n; n; n--) {
		if (n != place.n && !strchr("!:,", place.p[n]))
			continue;
		*file = arena_str(op->a, (struct str){ place.p, n });
		if (stat(file->p, &st) == 0 && S_ISREG(st.st_mode))
			return true;
	}
	size_t there = file_shown_as(op, place, file);
	struct str safe = safe_line(op->a, place);
	if (there > 1)
		return err_set(&op->err, CONFLICT, "place", "%zu files are shown as " STR_FMT ". Rename them so that they can be told apart.", there, STR_ARG(safe));
	return there || err_set(&op->err, NOT_FOUND, "place", "There is no file " STR_FMT ". Copy the place as handback find shows it, from the same folder.", STR_ARG(safe));
}

bool verdict_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct judging j = { .op = op, .place = args_text(args, "place"), .verdict = VERDICTS, .good = true };
	struct str word = args_text(args, "verdict");
	for (size_t i = 0; i < VERDICTS; i++)
		if (str_eq(word, str_of(names[i])))
			j.verdict = (enum verdict)i;
	if (j.verdict == VERDICTS)
		return err_set(&op->err, INVALID, "verdict", "A verdict is test-data, not-a-card or cleaned-up; none takes it back.");
	if (!file_of(op, j.place, &j.file) || !(j.verdicts = verdicts_open(op)))
		return false;
	j.shown = safe_line(op->a, j.file);
	struct roots roots = roots_of(op->a, &j.file, 1);
	j.real = roots_path(op->a, &roots, j.file);
	struct find find = { .a = op->a, .path = &j.file, .paths = 1, .jobs = 1, .stop = op->stop, .hit = on_hit, .unread = on_unread, .to = &j };
	bool good = find_scan(&find, &op->err) && j.good;
	if (good && !j.n)
		good = err_set(&op->err, NOT_FOUND, "place", "Nothing is found at " STR_FMT "%s", STR_ARG(safe_line(op->a, j.place)),
		               j.verdict == VERDICT_CLEANED_UP ? ": it is cleaned up already, and no verdict is needed." : ". Run handback find on the file and copy the place as it shows it.");
	good = verdicts_close(j.verdicts) && good;
	if (!good)
		return false;
	answer_row(answer);
	answer_text(answer, "place", safe_line(op->a, j.place));
	answer_text(answer, "verdict", str_of(names[j.verdict]));
	answer_number(answer, "count", (int64_t)j.n);
	answer_row_end(answer);
	if (j.verdict == VERDICT_CLEANED_UP)
		answer_say(answer, "Kept. It is still in the file now: if the next scan meets it there, the verdict ends and it is shown again.");
	else if (j.verdict)
		answer_say(answer, "Kept: %s, %" PRIu64 " time%s. It is not shown any more, only counted, until something else stands there.", names[j.verdict], j.n,
		           j.n == 1 ? "" : "s");
	else
		answer_say(answer, "The verdict is taken back.");
	return true;
}
