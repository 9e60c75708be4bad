/* redact - cleaned copies of text files: every number that the scan finds, or that imports would mask, is replaced by its mask, and the copy is
 * scanned again until nothing is found. The original is only read. What is not yet clean is in memory alone. */
#include "detect.h"
#include "find_int.h"
#include "fresh.h"
#include "told.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 64 << 20, ROUNDS_MAX = 24, PLACES_MAX = 1 << 23 };

struct place { uint64_t at; uint32_t length; uint8_t sort; char last4[5]; };
struct redacting {
	struct op *op;
	struct answer *answer;
	struct find find;
	struct pool *pool;
	struct str text;                                 /* that is scanned */
	struct place *place; size_t places, cap;
	uint64_t masked;                                 /* of the file at work */
	const char *trouble;
	uint64_t files, numbers, left;                   /* copied; masked in them; not copied */
};

/* ---- what the scan of a text says ---- */

static void place_add(struct redacting *r, enum hit_sort sort, uint64_t at, uint32_t length, const char last4[5])
{
	if (r->places == PLACES_MAX) {
		r->trouble = "it holds too many numbers: split it first";
		return;
	}
	if (r->places == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 256;
		r->place = mem_grow(r->place, r->cap * sizeof *r->place);
	}
	struct place *p = &r->place[r->places++];
	*p = (struct place){ .at = at, .length = length, .sort = (uint8_t)sort };
	memcpy(p->last4, last4, sizeof p->last4);
}

static bool is_sign(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Behind what stands between two signs of a number in t: a tag, or a byte. */
static size_t passed(struct str t, size_t at)
{
	enum { TAG_MAX = 200 };
	size_t room = t.n - at < TAG_MAX ? t.n - at : TAG_MAX;
	const char *end = t.p[at] == '<' ? memchr(t.p + at, '>', room) : NULL;
	return end ? (size_t)(end + 1 - t.p) : at + 1;
}

/* Where the number that stands in t from `at` ends; 0: it does not stand there. Up to 8 tags or bytes may stand between two signs. */
static size_t same_end(struct str t, size_t at, struct str signs)
{
	size_t between = 0;
	for (size_t i = 0; i < signs.n;) {
		if (at >= t.n || (is_sign(t.p[at]) && t.p[at] != signs.p[i]) || (!is_sign(t.p[at]) && (++between > 8 || !i)))
			return 0;
		if (is_sign(t.p[at]))
			at++, i++, between = 0;
		else
			at = passed(t, at);
	}
	return at < t.n && is_sign(t.p[at]) ? 0 : at;
}

/* Equal numbers of a line are told once: the others are behind the first. */
static void repeats_add(struct redacting *r, const struct finding *f)
{
	char sign[64];
	struct str t = r->text, signs = { sign, 0 };
	size_t at = (size_t)f->at, end = at + f->length;
	const char *newline = end <= t.n ? memchr(t.p + end, '\n', t.n - end) : NULL;
	uint32_t left = f->count - 1;
	if (end > t.n)
		return;
	for (; at < end && signs.n < sizeof sign; at = is_sign(t.p[at]) ? at + 1 : passed(t, at))
		if (is_sign(t.p[at]))
			sign[signs.n++] = t.p[at];
	t.n = newline ? (size_t)(newline - t.p) : t.n;
	for (at = end; left && signs.n && at < t.n; at++) {
		size_t to = is_sign(t.p[at - 1]) ? 0 : same_end(t, at, signs);
		if (to) {
			place_add(r, f->sort, at, (uint32_t)(to - at), f->last4);
			left--;
			at = to - 1;
		}
	}
	if (left)
		r->trouble = "one of its numbers stands there again in another writing: mask that by hand first";
	wipe(sign, sizeof sign);
}

static void on_hit(void *to, const struct find_hit *h)
{
	struct redacting *r = to;
	const struct finding *f = &h->f;
	if (f->class == SCAN_UNLIKELY || r->trouble)
		return;
	if (!f->line || h->member.n) {
		r->trouble = "it holds numbers in parts that are no plain text";
		return;
	}
	place_add(r, f->sort, f->at, f->length, f->last4);
	if (f->count > 1)
		repeats_add(r, f);
}

static void on_unread(void *to, const struct find_unread *u)
{
	struct redacting *r = to;
	(void)u;
	r->trouble = "a part of it can't be read";
}

static int by_at(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->length < y->length) - (x->length > y->length);
}

static bool scan(struct redacting *r, struct str name, struct str text)
{
	struct err *e = &r->op->err;
	int fd = memfd_create("handback", MFD_CLOEXEC);
	if (fd < 0)
		return err_errno(e, "Could not make room to work in");
	for (size_t at = 0; at < text.n;) {
		ssize_t n = write(fd, text.p + at, text.n - at);
		if (n < 0 && errno != EINTR) {
			close(fd);
			return err_errno(e, "Could not make room to work in");
		}
		at += n > 0 ? (size_t)n : 0;
	}
	r->places = 0;
	r->text = text;
	return pool_add(r->pool, name, fd, text.n, 0, e) && pool_finish(r->pool, e);
}

/* The tags within a place are no part of its number: what they open and close stays as it is. */
static void put_tags(struct buf *to, struct str s)
{
	while (s.n) {
		const char *begin = memchr(s.p, '<', s.n), *end = begin ? memchr(begin, '>', (size_t)(s.p + s.n - begin)) : NULL;
		if (!end)
			return;
		buf_put(to, (struct str){ begin, (size_t)(end + 1 - begin) });
		s = (struct str){ end + 1, (size_t)(s.p + s.n - end - 1) };
	}
}

static void put_mask(struct buf *to, const struct place *p)
{
	const char *name = p->sort == HIT_TRACK ? "card track" : p->sort == HIT_CARD || p->sort == HIT_TEST_NUMBER ? "card" : sort_words(p->sort);
	if (*p->last4)
		buf_printf(to, "[%s ending %s]", name, p->last4);
	else
		buf_printf(to, "[%s]", name);
}

/* The text with each place's mask in it; places that overlap are one. */
static void mask_places(struct redacting *r, const struct buf *from, struct buf *to)
{
	uint64_t at = 0;
	if (r->places)
		qsort(r->place, r->places, sizeof *r->place, by_at);
	for (size_t i = 0; i < r->places; i++) {
		const struct place *p = &r->place[i];
		uint64_t begin = p->at > at ? p->at : at, end = p->at + p->length;
		if (end <= begin || end > from->n)
			continue;
		if (p->at >= at) {
			buf_put(to, (struct str){ from->p + at, begin - at });
			put_mask(to, p);
			r->masked++;
		}
		put_tags(to, (struct str){ from->p + begin, end - begin });
		at = end;
	}
	buf_put(to, (struct str){ from->p + at, from->n - at });
}

/* What imports would mask, in the same text: neither mask may take the other's number away, for a card's code is known by the number beside it. */
static void plain_hits(struct redacting *r)
{
	size_t n = detect_plain(r->text, NULL, 0);
	struct hit *h = n ? mem_zero(n, sizeof *h) : NULL;
	detect_plain(r->text, h, n);
	for (size_t i = 0; i < n; i++)
		place_add(r, h[i].sort, h[i].from, (uint32_t)(h[i].to - h[i].from), h[i].last4);
	free(h);
}

/* Masks all that is found, until nothing is. *text is replaced; trouble: why it can't be done. */
static bool clean(struct redacting *r, struct str name, struct buf *text)
{
	r->trouble = NULL;
	r->masked = 0;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		if (!scan(r, name, buf_str(text)))
			return false;
		plain_hits(r);
		if (r->trouble || !r->places)
			return true;
		struct buf next = BUF(2 * (size_t)TEXT_MAX);
		mask_places(r, text, &next);
		if (next.full) {
			r->trouble = "it is too large";
			buf_free(&next);
			return true;
		}
		buf_free(text);
		*text = next;
	}
	r->trouble = "not all of its numbers could be masked";
	return true;
}

/* ---- one file ---- */

/* Without a space or line end in its beginning, and a quarter of it no ASCII: as hosts of banks write. */
static bool is_ebcdic(struct str s)
{
	size_t n = s.n < 512 ? s.n : 512, high = 0;
	for (size_t i = 0; i < n; i++)
		high += (unsigned char)s.p[i] > 127;
	return n && high * 4 > n && !memchr(s.p, ' ', n) && !memchr(s.p, '\n', n);
}

static const char *no_text(struct str s)
{
	if (str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff")))
		return "it is UTF-16 text: save it as UTF-8 first";
	if (str_starts(s, STR("%PDF")) || str_starts(s, STR("{\\rtf")) || (s.n && memchr(s.p, 0, s.n)))
		return "it is no plain text: clean it in the program that made it";
	if (is_ebcdic(s))
		return "it is EBCDIC text: convert it to UTF-8 first";
	return NULL;
}

static bool text_read(struct redacting *r, const char *path, struct buf *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	r->trouble = fd < 0 ? strerror(errno) : fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ? "it is no file" : st.st_size > TEXT_MAX ? "it is larger than 64 MiB" : NULL;
	for (ssize_t n = 1; !r->trouble && n > 0;) {
		char some[65536];
		n = read(fd, some, sizeof some);
		buf_put(text, (struct str){ some, n > 0 ? (size_t)n : 0 });
		wipe(some, sizeof some);
		if (n < 0)
			r->trouble = strerror(errno);
	}
	if (fd >= 0)
		close(fd);
	if (!r->trouble)
		r->trouble = text->full ? "it is larger than 64 MiB" : no_text(buf_str(text));
	return !r->trouble;
}

static void told_file(struct redacting *r, const char *path)
{
	struct arena *a = arena_open();
	struct str shown = safe_line(a, str_of(path));
	answer_row(r->answer);
	answer_text(r->answer, "path", safe_path(a, str_of(path)));
	answer_flag(r->answer, "copied", !r->trouble);
	answer_number(r->answer, "masked", r->trouble ? 0 : (int64_t)r->masked);
	if (r->trouble)
		answer_text(r->answer, "why", str_of(r->trouble));
	answer_row_end(r->answer);
	if (r->trouble)
		answer_say(r->answer, "not copied: " STR_FMT ": %s", STR_ARG(shown), r->trouble);
	else if (r->masked)
		answer_say(r->answer, STR_FMT ": %" PRIu64 " number%s masked", STR_ARG(shown), r->masked, r->masked == 1 ? "" : "s");
	arena_close(a);
}

/* False: nothing more can be done. A file that can't be cleaned is told, and is no failure of the others. */
static bool file_copy(struct redacting *r, const char *path, struct str to)
{
	struct buf text = BUF(TEXT_MAX);
	struct fresh copy;
	const char *slash = strrchr(path, '/');
	bool good = true;
	if (text_read(r, path, &text))
		good = clean(r, str_of(slash ? slash + 1 : path), &text);
	if (good && !r->trouble) {
		good = fresh_open(&copy, to, "redact-copy", false, &r->op->err);
		if (good) {
			fresh_put(&copy, buf_str(&text));
			good = fresh_keep(&copy, false, &r->op->err);
		}
	}
	buf_free(&text);
	if (!good)
		return false;
	told_file(r, path);
	r->files += !r->trouble;
	r->left += r->trouble != NULL;
	r->numbers += r->trouble ? 0 : r->masked;
	return true;
}

/* ---- a folder ---- */

static bool tree_copy(struct redacting *r, struct str path, struct str to)
{
	char *const roots[] = { (char *)(uintptr_t)path.p, NULL };
	struct stat out;
	struct op *op = r->op;
	if (mkdir(to.p, 0700) != 0 || stat(to.p, &out) != 0)
		return err_set(&op->err, errno == EEXIST ? CONFLICT : OUTSIDE, "redact-copy", "The folder " STR_FMT " can't be made: %s. Name one that is not there yet, in a folder of yours.",
		               STR_ARG(short_path(op->a, to)), strerror(errno));
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!fts)
		return err_errno(&op->err, short_path(op->a, path).p);
	bool good = true;
	for (FTSENT *e; good && !op_stopped(op) && (e = fts_read(fts));) {
		struct arena *a = arena_open();
		struct str there = arena_say(a, STR_FMT "%s", STR_ARG(to), e->fts_path + path.n);
		if (e->fts_info == FTS_D && e->fts_statp->st_ino == out.st_ino && e->fts_statp->st_dev == out.st_dev)
			fts_set(fts, e, FTS_SKIP);
		else if (e->fts_info == FTS_D && e->fts_level)
			good = mkdir(there.p, 0700) == 0 || err_errno(&op->err, short_path(a, there).p);
		else if (e->fts_info == FTS_F)
			good = file_copy(r, e->fts_path, there);
		else if (e->fts_info == FTS_DNR || e->fts_info == FTS_NS || e->fts_info == FTS_ERR) {
			r->trouble = "no permission to read it";
			told_file(r, e->fts_path);
			r->left++;
		}
		arena_close(a);
	}
	fts_close(fts);
	return good;
}

bool redact_copy(struct op *op, struct str path, struct str to, struct answer *answer)
{
	struct redacting r = { .op = op, .answer = answer };
	struct stat st;
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	while (to.n > 1 && to.p[to.n - 1] == '/')
		to.n--;
	path = arena_str(op->a, path), to = arena_str(op->a, to);
	if (stat(path.p, &st) != 0)
		return err_set(&op->err, NOT_FOUND, "path", STR_FMT " can't be read: %s. Check the path.", STR_ARG(safe_line(op->a, path)), strerror(errno));
	r.find = (struct find){ .a = op->a, .jobs = 1, .stop = op->stop, .hit = on_hit, .unread = on_unread, .to = &r };
	r.pool = pool_open(&r.find);
	bool good = S_ISDIR(st.st_mode) ? tree_copy(&r, path, to) : file_copy(&r, path.p, to);
	pool_close(r.pool);
	free(r.place);
	if (!good)
		return false;
	if (r.files)
		answer_say(answer, "%" PRIu64 " file%s copied to " STR_FMT ", %" PRIu64 " number%s masked. The originals are as they were: delete them when the copies are good.", r.files,
		           r.files == 1 ? "" : "s", STR_ARG(safe_line(op->a, to)), r.numbers, r.numbers == 1 ? "" : "s");
	if (op_stopped(op))
		answer_note(answer, "Stopped before the end: " STR_FMT " does not hold all of the files.", STR_ARG(safe_line(op->a, to)));
	if (!r.files && r.left && !S_ISDIR(st.st_mode))
		return err_set(&op->err, INVALID, "path", STR_FMT " was not copied: %s.", STR_ARG(safe_line(op->a, path)), r.trouble);
	answer->attention = r.left || op_stopped(op);
	return true;
}
