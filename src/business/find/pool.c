/* The pool: boxes that read files, several at once, and what they say put into the order of the walk. What a box says is a stranger's word:
 * every number is checked, every text cleaned and masked. */
#include "box.h"
#include "detect.h"
#include "find_int.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	JOBS_MAX = 64, UNDER_WAY = 512,      /* boxes; files that wait, are read, or wait for those before them */
	BATCH_BYTES = 1 << 20,               /* a batch ends when it holds so much, or BOX_FDS_MAX files */
	BATCHES = 2,                         /* under way at each box */
	SILENCE_MS = 120 * 1000,             /* a box that says nothing so long is given up (its own limit is the processor's time) */
	KEPT_MAX = 1 << 20,                  /* bytes of records kept of one file whose turn has not come: then its box waits */
};
#define BOX_MEMORY ((uint64_t)320 << 20)

enum state { WAITING, READ, FINISHED };
struct task {
	enum state state;
	int fd;
	uint64_t size, told;                             /* told: bytes that progress counted already */
	struct str path;                                 /* malloc */
	struct buf records;                              /* until it is its turn */
	bool ocr_tried, wants_ocr, left_out, in_part;    /* in_part: a member of it could not be read */
	enum unread why;
	char what[WORDS_MAX + 1];
	uint32_t unlikely;
	unsigned worker;
};

struct worker { struct box *box; int line; uint32_t under_way, full; bool ocr, waits; };     /* waits: file `full` has too many records */

struct pool {
	struct find *find;
	struct worker worker[JOBS_MAX + 1];              /* the last reads pictures */
	unsigned workers;
	bool ocr_missing;
	struct task task[UNDER_WAY];                     /* a ring: id % UNDER_WAY */
	uint32_t first, handed, last;                    /* the oldest not told, the next to hand out, the next to come */
	char *message;
	struct arena *a;                                 /* of one file's telling */
	uint64_t bytes;
};

const char *unread_words(enum unread why)
{
	static const char *const words[UNREAD_COUNT] = {
		[READ_WELL] = "", [UNREAD_BROKEN] = "it is damaged; what could be read of it was looked at",
		[UNREAD_ENCRYPTED] = "it is encrypted: open it with its password, then look at the copy", [UNREAD_TOO_BIG] = "it is over a limit of size, depth or time",
		[UNREAD_NO_WAY] = "this sort of file can't be read", [UNREAD_STOPPED] = "reading it was stopped", [UNREAD_ERROR] = "its reader failed",
	};
	return why < UNREAD_COUNT ? words[why] : "its reader failed";
}

/* ---- boxes ---- */

static bool worker_start(struct worker *w, const char *work, struct err *e)
{
	int far;
	int near = box_messages(&far, e);
	if (near < 0)
		return false;
	*w = (struct worker){ .line = near, .ocr = strcmp(work, "find-ocr") == 0 };
	w->box = box_start(work, far, &(struct box_limits){ .memory = BOX_MEMORY + (w->ocr ? BOX_MEMORY : 0) }, e);
	close(far);
	if (w->box)
		return true;
	close(near);
	w->line = -1;
	return false;
}

static bool worker_end(struct worker *w, struct err *e)
{
	if (!w->box)
		return true;
	close(w->line);
	bool good = box_end(w->box, e);
	*w = (struct worker){ .line = -1 };
	return good;
}

struct pool *pool_open(struct find *find, struct err *e)
{
	struct pool *p = mem_zero(1, sizeof *p);
	p->find = find;
	p->a = arena_open();
	p->message = mem_get(BOX_MESSAGE_MAX);
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	p->workers = find->jobs ? find->jobs : cores > 0 ? (unsigned)cores : 1;
	if (p->workers > JOBS_MAX)
		p->workers = JOBS_MAX;
	for (unsigned i = 0; i <= JOBS_MAX; i++)
		p->worker[i].line = -1;
	for (unsigned i = 0; i < p->workers; i++)
		if (!worker_start(&p->worker[i], "find", e)) {
			pool_close(p);
			return NULL;
		}
	return p;
}

static struct task *task_of(struct pool *p, uint32_t id) { return &p->task[id % UNDER_WAY]; }

static void task_clear(struct task *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free((void *)(uintptr_t)t->path.p);
	buf_free(&t->records);
	*t = (struct task){ .fd = -1 };
}

void pool_close(struct pool *p)
{
	if (!p)
		return;
	struct err ignored = { 0 };
	for (unsigned i = 0; i <= JOBS_MAX; i++)
		worker_end(&p->worker[i], &ignored);
	for (; p->first != p->last; p->first++)
		task_clear(task_of(p, p->first));
	arena_close(p->a);
	wipe(p->message, BOX_MESSAGE_MAX);
	free(p->message);
	free(p);
}

/* ---- what boxes say ---- */

/* A stranger's text for people: readable, without control characters, without a card number. */
static struct str cleaned(struct arena *a, struct str s)
{
	char *p = arena_get(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		p[i] = (unsigned char)s.p[i] < 32 || s.p[i] == 127 ? ' ' : s.p[i];
	struct str text = { p, s.n };
	if (!detect_maybe(text))
		return text;
	struct buf masked = BUF(1 << 16);
	struct str safe = detect_mask(&masked, text) ? arena_str(a, buf_str(&masked)) : text;
	buf_free(&masked);
	return safe;
}

static bool read_hit(struct arena *a, struct cursor *c, struct find_hit *h)
{
	static char brand[32];
	struct finding *f = &h->f;
	uint8_t sort = cursor_u8(c), class = cursor_u8(c);
	*f = (struct finding){ .sort = (enum hit_sort)sort, .class = (enum scan_class)class, .score = (float)cursor_u32(c) / 1000000 };
	f->signs = cursor_u32(c);
	f->alike = cursor_u32(c);
	f->passing = cursor_u32(c);
	f->at = cursor_u64(c);
	f->line = cursor_u64(c);
	f->column = cursor_u64(c);
	f->length = cursor_u32(c);
	f->count = cursor_u32(c);
	f->record = cursor_u32(c);
	f->same = cursor_u64(c);
	struct str b = cursor_lstr(c), last4 = cursor_lstr(c);
	h->member = cleaned(a, cursor_lstr(c));
	f->where = cleaned(a, cursor_lstr(c));
	f->heading = cleaned(a, cursor_lstr(c));
	if (c->torn || sort < HIT_CARD || sort >= HIT_SORTS || class > SCAN_CERTAIN || b.n >= sizeof brand || last4.n > 4)
		return false;
	for (size_t i = 0; i < b.n; i++)
		if (!((b.p[i] >= 'a' && b.p[i] <= 'z') || b.p[i] == '_'))
			return false;
	for (size_t i = 0; i < last4.n; i++)
		if (!((last4.p[i] >= '0' && last4.p[i] <= '9') || (last4.p[i] >= 'A' && last4.p[i] <= 'Z')))
			return false;
	memcpy(brand, b.p, b.n);
	brand[b.n] = 0;
	f->brand = brand;
	memcpy(f->last4, last4.p, last4.n);
	return true;
}

/* Tells what was kept of a file, in its turn. False: its box said something impossible. */
static bool tell_records(struct pool *p, struct task *t)
{
	struct cursor c = cursor_of(buf_str(&t->records));
	while (c.p < c.end) {
		enum record_sort sort = cursor_u8(&c);
		if (sort == RECORD_HIT) {
			struct find_hit h = { .path = t->path };
			if (!read_hit(p->a, &c, &h))
				return false;
			p->find->hit(p->find->to, &h);
		} else {
			enum unread why = cursor_u8(&c);
			struct find_unread u = { .path = t->path, .member = cleaned(p->a, cursor_lstr(&c)), .why = str_of(unread_words(why)) };
			if (sort != RECORD_UNREAD || c.torn)
				return false;
			t->in_part = true;
			p->find->totals.skipped++;
			p->find->unread(p->find->to, &u);
		}
	}
	buf_clear(&t->records);
	return true;
}

static bool waits_for_ocr(struct pool *p, uint32_t id)
{
	struct task *t = task_of(p, id);
	return t->wants_ocr && !t->ocr_tried && !p->ocr_missing;
}

/* What can be told in order: all of the files that are finished, and of the one that is next what there is. */
static void tell(struct pool *p)
{
	for (; p->first != p->last; p->first++) {
		struct task *t = task_of(p, p->first);
		if (waits_for_ocr(p, p->first))
			return;
		if (!tell_records(p, t)) {
			t->why = UNREAD_ERROR;
			snprintf(t->what, sizeof t->what, "its reader said something impossible; check where the file comes from");
		}
		arena_reset(p->a);
		if (t->state != FINISHED) {
			p->worker[t->worker].waits = false;
			return;
		}
		const char *why = t->what[0] ? t->what : t->wants_ocr && t->why == UNREAD_NO_WAY ? "it is a picture, and tesseract-ocr is not installed" :
		                  t->why != READ_WELL ? unread_words(t->why) : t->wants_ocr ? "a picture in it was not read: tesseract-ocr is not installed" : "";
		if (*why) {
			p->find->totals.skipped++;
			p->find->unread(p->find->to, &(struct find_unread){ .path = t->path, .why = str_of(why), .left_out = t->left_out });
		}
		p->find->totals.unlikely += t->unlikely;
		if (p->find->done)
			p->find->done(p->find->to, t->path, !*why && !t->in_part);
		task_clear(t);
	}
}

static void count_bytes(struct pool *p, struct task *t, uint64_t n)
{
	if (n > t->size - (t->told < t->size ? t->told : t->size))
		n = t->size - (t->told < t->size ? t->told : t->size);
	t->told += n;
	p->find->totals.bytes += n;
}

/* One record; false: nothing a box of ours would say. */
static bool take_record(struct pool *p, unsigned worker, struct cursor *c)
{
	enum record_sort sort = cursor_u8(c);
	uint32_t id = cursor_u32(c);
	struct task *t = task_of(p, id);
	if (c->torn || id - p->first >= p->last - p->first || t->state != READ || t->worker != worker)
		return false;
	if (sort == RECORD_HIT) {
		struct find_hit h;
		const uint8_t *body = c->p;
		if (!read_hit(p->a, c, &h))
			return false;
		buf_u8(&t->records, RECORD_HIT);
		buf_put(&t->records, (struct str){ (const char *)body, (size_t)(c->p - body) });
	} else if (sort == RECORD_UNREAD) {
		const uint8_t *body = c->p;
		cursor_u8(c);
		cursor_lstr(c);
		buf_u8(&t->records, RECORD_UNREAD);
		buf_put(&t->records, (struct str){ (const char *)body, (size_t)(c->p - body) });
	} else if (sort == RECORD_PROGRESS) {
		count_bytes(p, t, cursor_u64(c));
	} else if (sort == RECORD_DONE) {
		t->why = cursor_u8(c);
		count_bytes(p, t, cursor_u64(c));
		cursor_u64(c);
		t->unlikely = cursor_u32(c);
		t->wants_ocr = cursor_u8(c);
		struct str what = cursor_lstr(c);
		if (c->torn || what.n >= sizeof t->what)
			return false;
		memcpy(t->what, what.p, what.n);
		t->what[what.n] = 0;
		t->state = FINISHED;
		p->worker[worker].under_way--;
	} else {
		return false;
	}
	if (t->records.n > KEPT_MAX && id != p->first)
		p->worker[worker].waits = true;
	return !c->torn;
}

/* ---- handing out ---- */

/* A batch from p->handed on, to a box that has room. */
static bool hand_out(struct pool *p, unsigned worker)
{
	struct worker *w = &p->worker[worker];
	struct buf b = BUF(BOX_MESSAGE_MAX);
	int fd[BOX_FDS_MAX];
	uint32_t n = 0;
	uint64_t bytes = 0;
	buf_u32(&b, 0);
	for (; p->handed != p->last && n < BOX_FDS_MAX && bytes < BATCH_BYTES; p->handed++) {
		struct task *t = task_of(p, p->handed);
		if (t->state != WAITING)
			continue;
		const char *slash = memrchr(t->path.p, '/', t->path.n);
		struct str name = slash ? (struct str){ slash + 1, (size_t)(t->path.p + t->path.n - slash - 1) } : t->path;
		buf_u32(&b, p->handed);
		buf_u64(&b, t->size);
		buf_u64(&b, 0);
		buf_u64(&b, UINT64_MAX);
		buf_lstr(&b, name.n > 255 ? (struct str){ name.p + name.n - 255, 255 } : name);
		fd[n++] = t->fd;
		bytes += t->size + 4096;
		t->state = READ;
		t->worker = worker;
		w->under_way++;
	}
	memcpy(b.p, &(uint32_t){ n }, 4);
	bool good = !n || box_send(w->line, buf_str(&b), fd, n);
	buf_free(&b);
	return good;
}

/* A box is gone: the file it was at is told, those it had not begun are handed out again. */
static bool worker_lost(struct pool *p, unsigned worker, struct err *e)
{
	struct worker *w = &p->worker[worker];
	bool ocr = w->ocr;
	struct err how = { 0 };
	bool by_itself = worker_end(w, &how);
	bool culprit = true;
	for (uint32_t id = p->first; id != p->last; id++) {
		struct task *t = task_of(p, id);
		if (t->state != READ || t->worker != worker)
			continue;
		buf_clear(&t->records);
		if (culprit || ocr) {
			t->state = FINISHED;
			t->why = UNREAD_ERROR;
			snprintf(t->what, sizeof t->what, "%s", by_itself ? unread_words(UNREAD_ERROR) : how.say);
			culprit = false;
		} else {
			t->state = WAITING;
			if (id - p->first < p->handed - p->first)
				p->handed = id;
		}
	}
	return ocr || worker_start(w, "find", e);
}

static bool read_messages(struct pool *p, unsigned worker, struct err *e)
{
	struct worker *w = &p->worker[worker];
	int fd[BOX_FDS_MAX];
	size_t fds;
	long n = box_receive(w->line, p->message, BOX_MESSAGE_MAX, fd, &fds);
	while (fds)                                      /* nobody asked for any */
		close(fd[--fds]);
	bool good = n > 0;
	struct cursor c = cursor_of((struct str){ p->message, n > 0 ? (size_t)n : 0 });
	while (good && c.p < c.end)
		good = take_record(p, worker, &c);
	return good || worker_lost(p, worker, e);
}

static bool hand_to_ocr(struct pool *p, uint32_t id)
{
	struct worker *w = &p->worker[JOBS_MAX];
	struct err ignored = { 0 };
	if (!w->box && (p->ocr_missing || !worker_start(w, "find-ocr", &ignored))) {
		p->ocr_missing = true;
		return false;
	}
	struct task *t = task_of(p, id);
	struct buf b = BUF(BOX_MESSAGE_MAX);
	buf_u32(&b, 1);
	buf_u32(&b, id);
	buf_u64(&b, t->size);
	buf_u64(&b, 0);
	buf_u64(&b, UINT64_MAX);
	buf_lstr(&b, STR("picture"));
	buf_clear(&t->records);
	t->state = READ;
	t->worker = JOBS_MAX;
	t->ocr_tried = true;
	w->under_way++;
	bool good = box_send(w->line, buf_str(&b), &t->fd, 1);
	buf_free(&b);
	return good;
}

/* Files that hold pictures go on to where these are read, once. */
static void to_ocr(struct pool *p)
{
	for (uint32_t id = p->first; id != p->handed; id++)
		if (task_of(p, id)->state == FINISHED && waits_for_ocr(p, id) && p->worker[JOBS_MAX].under_way < 4)
			hand_to_ocr(p, id);
}

/* Hands out what can be, and takes what is said; waits for it if asked to. */
static bool pump(struct pool *p, bool wait, struct err *e)
{
	for (unsigned round = 0; round < BATCHES; round++)
		for (unsigned i = 0; i < p->workers; i++)
			if (p->handed != p->last && p->worker[i].under_way <= round * BOX_FDS_MAX / 2 && !hand_out(p, i) && !worker_lost(p, i, e))
				return false;
	to_ocr(p);
	struct pollfd line[JOBS_MAX + 1];
	unsigned who[JOBS_MAX + 1], n = 0;
	for (unsigned i = 0; i <= JOBS_MAX; i++)
		if (p->worker[i].box && p->worker[i].under_way && !p->worker[i].waits) {
			line[n] = (struct pollfd){ .fd = p->worker[i].line, .events = POLLIN };
			who[n++] = i;
		}
	int ready = n ? poll(line, n, wait ? SILENCE_MS : 0) : 0;
	if (ready < 0 && errno != EINTR)
		return err_errno(e, "Could not wait for the helper processes");
	for (unsigned k = 0; k < n && (wait || ready); k++)
		if (ready == 0 ? !worker_lost(p, who[k], e) : ready > 0 && line[k].revents && !read_messages(p, who[k], e))
			return false;
	tell(p);
	if (p->find->progress)
		p->find->progress(p->find->to, "Looking", p->find->totals.bytes, 0);
	return true;
}

static struct task *task_new(struct pool *p, struct str path, int fd, uint64_t size)
{
	struct task *t = task_of(p, p->last);
	char *copy = mem_get(path.n + 1);
	memcpy(copy, path.p, path.n);
	copy[path.n] = 0;
	*t = (struct task){ .fd = fd, .size = size, .path = { copy, path.n }, .records = BUF(KEPT_MAX + BOX_MESSAGE_MAX) };
	p->last++;
	return t;
}

static bool make_room(struct pool *p, struct err *e)
{
	while (p->last - p->first == UNDER_WAY)
		if (!pump(p, true, e))
			return false;
	return true;
}

bool pool_add(struct pool *p, struct str path, int fd, uint64_t size, struct err *e)
{
	if (!make_room(p, e)) {
		close(fd);
		return false;
	}
	task_new(p, path, fd, size);
	p->find->totals.files++;
	/* enough for every box: let them begin */
	if (p->last - p->handed >= BOX_FDS_MAX * p->workers || size >= BATCH_BYTES)
		return pump(p, false, e);
	return true;
}

static void task_of_none(struct pool *p, struct str path, const char *why, bool left_out)
{
	struct err e = { 0 };
	if (!make_room(p, &e))
		return;
	struct task *t = task_new(p, path, -1, 0);
	t->state = FINISHED;
	t->left_out = left_out;
	snprintf(t->what, sizeof t->what, "%s", why);
}

void pool_unread(struct pool *p, struct str path, const char *why)
{
	task_of_none(p, path, why, false);
}

void pool_left_out(struct pool *p, struct str path, const char *why)
{
	task_of_none(p, path, why, true);
}

bool pool_finish(struct pool *p, struct err *e)
{
	while (p->first != p->last)
		if (!pump(p, true, e))
			return false;
	return true;
}
