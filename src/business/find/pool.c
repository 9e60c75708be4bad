/* The pool: boxes that read files, several at once, and what they say put into the order of the walk. What a box says is a stranger's word
 * (record.c); a large file is looked at in parts, by as many boxes as there are, and told as one. */
#include "box.h"
#include "find_int.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	JOBS_MAX = 64, OCR = JOBS_MAX,       /* boxes; the one behind them reads pictures */
	UNDER_WAY = 512,                     /* files and parts that wait, are read, or wait for those before them */
	BATCH_BYTES = 1 << 20,               /* a batch ends when it holds so much, or `most` files */
	KEPT_MAX = 16 << 20,                 /* bytes of records kept of all files whose turn has not come: then only the first file's box is heard */
	STREAM_FROM = 1 << 20,               /* and of one file whose turn it is: then they are told before it is done */
	NAME_SHOWN_MAX = 255,                /* bytes of a file's name that its box sees */
	PROGRESS_MS = 50, COUNT_AFTER_MS = 900,      /* of a scan that takes so long it is asked how much there is */
	SILENCE_MS = 180 * 1000,             /* a box that says nothing so long, and 4 times as long as opening its file may take, is given up */
	HITS_MAX = 1 << 24,                  /* of one file: more is a lie */
	BATCH_MIN = 8,
	REMEMBERED_MAX = 32 << 10,           /* bytes of what is remembered of one file; one with more in it is read again */
	STARTS = 5,
	TRIES = 2,                           /* of a file whose box ended: it may have been somebody else's fault */
};
#define BOX_MEMORY ((uint64_t)224 << 20)     /* beyond the program itself: a parser stays within 256 MiB */

/* A file of SPLIT_FROM bytes or more is looked at in parts of 16 to 32 MiB, as many as can be divided by four: enough for every core, and
 * each large enough for what a column or a log's lines say of their numbers. Where contacts are looked for, it is one: records have no parts. */
#define SPLIT_FROM ((uint64_t)64 << 20)
#define PARTS_OF ((uint64_t)128 << 20)

enum state { NOBODYS, WAITING, READ, FINISHED };
struct task {
	enum state state;
	int fd;
	uint64_t size, from, to, counted;                /* counted: bytes that are in the totals already */
	uint64_t print;                                  /* under which the file is remembered when it was read whole; 0: not */
	struct str path;                                 /* malloc */
	struct buf records;                              /* until it is its turn */
	struct buf without_ocr;                          /* what was found without reading the pictures in it, while these are read */
	uint32_t said, told, again;                      /* records that came; were told already; and that a second try will say again */
	bool last;                                       /* of its file's parts */
	bool ocr_tried, wants_ocr, left_out, abandoned, known;
	enum unread why;
	char what[WORDS_MAX + 1];
	uint32_t unlikely, tries;
	uint64_t lines, behind;
	unsigned worker;
	uint64_t turn;                                   /* of what was handed to its box */
};

struct worker {
	struct box *box;
	int line;
	uint32_t under_way;
	uint32_t lent;                                   /* files, from its current one on, for which a child of its speaks */
	uint64_t bytes;                                  /* of what is under way */
	uint64_t heard;                                  /* when it last said something, in milliseconds */
	bool plain, beyond;                              /* for plain files alone; and it met another */
};

struct pool {
	struct find *find;
	struct worker worker[JOBS_MAX + 1];
	unsigned workers;
	bool ocr_missing;
	bool opens;                                      /* there are files that must be opened: boxes that can are started, which takes five times as long */
	uint8_t key[16];                                 /* fingerprints of one run can be compared */
	struct task task[UNDER_WAY];                     /* a ring: id % UNDER_WAY */
	uint32_t room;                                   /* how many of them are used */
	uint32_t most;                                   /* files in a batch: two for each box have room */
	uint32_t first, handed, last;                    /* the oldest not told, the next to hand out, the next to come */
	uint64_t turns;
	size_t kept;
	char *message;
	struct arena *a;                                 /* of one message, or one file's telling */
	/* the file that is told: of its parts so far */
	uint64_t lines, line_start;
	uint32_t unlikely;
	bool well, memorable;                         /* read whole, with all in it; what was told can be remembered: */
	struct buf memory;
	enum { MENTIONED = 1, NAMED } contacts;          /* who stands in it */
	uint64_t waiting, batch;                         /* bytes and number of what came since boxes were last given something */
	uint64_t began, shown, of;                       /* in milliseconds, when progress was told; how much work there is, 0: not known */
	bool counted;
};

static bool stopped(const struct pool *p) { return p->find->stop && *p->find->stop; }

/* ---- boxes ---- */

static bool worker_try(struct pool *p, unsigned i, struct err *e)
{
	struct worker *w = &p->worker[i];
	int far;
	int near = box_messages(&far, e);
	if (near < 0)
		return false;
	*w = (struct worker){ .line = near, .heard = now_ms(), .plain = i != OCR && !p->opens };
	w->box = box_start(i == OCR ? "find-ocr" : w->plain ? "find-plain" : "find", far, &(struct box_limits){ .memory = BOX_MEMORY }, e);
	close(far);
	if (w->box)
		return true;
	close(near);
	w->line = -1;
	return false;
}

/* A box that is killed before it began is no reason to give up. */
static bool worker_start(struct pool *p, unsigned i, struct err *e)
{
	for (int tries = 1; tries < STARTS; tries++) {
		struct err ignored = { 0 };
		if (worker_try(p, i, &ignored))
			return true;
	}
	return worker_try(p, i, e);
}

/* kill: it may be in the middle of something. */
static bool worker_end(struct worker *w, bool kill, struct err *e)
{
	if (!w->box)
		return true;
	close(w->line);
	if (kill)
		box_kill(w->box);
	bool good = box_end(w->box, e);
	*w = (struct worker){ .line = -1 };
	return good;
}

/* Every file under way has its descriptor here. */
static uint32_t room_for_files(unsigned workers)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return UNDER_WAY / 2;
	rlim_t wanted = UNDER_WAY + 512, others = 320 + 4 * (rlim_t)workers;     /* the walk holds one for each folder on its way */
	if (r.rlim_cur < wanted) {
		r.rlim_cur = r.rlim_max < wanted ? r.rlim_max : wanted;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	return r.rlim_cur > others + UNDER_WAY ? UNDER_WAY : r.rlim_cur > others + 8 ? (uint32_t)(r.rlim_cur - others) : 8;
}

struct pool *pool_open(struct find *find)
{
	struct pool *p = mem_zero(1, sizeof *p);
	p->find = find;
	p->began = now_ms();
	p->a = arena_open();
	p->message = mem_get(BOX_MESSAGE_MAX);
	random_bytes(p->key, sizeof p->key);
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	p->workers = find->jobs ? find->jobs : cores > 0 ? (unsigned)cores : 1;
	if (p->workers > JOBS_MAX)
		p->workers = JOBS_MAX;
	p->room = room_for_files(p->workers);
	p->most = p->room / (2 * p->workers);
	p->most = p->most < BATCH_MIN ? BATCH_MIN : p->most > BOX_FDS_MAX ? BOX_FDS_MAX : p->most;
	for (unsigned i = 0; i <= JOBS_MAX; i++)
		p->worker[i].line = -1;
	return p;
}

static struct task *task_of(struct pool *p, uint32_t id) { return &p->task[id % UNDER_WAY]; }

static void records_clear(struct pool *p, struct buf *records)
{
	p->kept -= records->n;
	buf_free(records);
}

static void task_clear(struct pool *p, struct task *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free((void *)(uintptr_t)t->path.p);
	records_clear(p, &t->records);
	records_clear(p, &t->without_ocr);
	*t = (struct task){ .fd = -1 };
}

void pool_close(struct pool *p)
{
	if (!p)
		return;
	struct err ignored = { 0 };
	for (unsigned i = 0; i <= JOBS_MAX; i++)
		worker_end(&p->worker[i], p->worker[i].under_way > 0, &ignored);
	for (; p->first != p->last; p->first++)
		task_clear(p, task_of(p, p->first));
	arena_close(p->a);
	buf_free(&p->memory);
	wipe(p->key, sizeof p->key);
	wipe(p->message, BOX_MESSAGE_MAX);
	free(p->message);
	free(p);
}

/* ---- telling ---- */

static void tell_unread(struct pool *p, const struct task *t, struct str member, const char *why)
{
	p->well = false;
	p->find->totals.skipped++;
	p->find->unread(p->find->to, &(struct find_unread){ .path = t->path, .member = member, .why = str_of(why), .left_out = t->left_out });
}

/* What is told of a finding is remembered as people see it, without what makes equal numbers equal. An e-mail address is not: where one is
 * in a place, the file is read again. */
static void remember(struct pool *p, struct task *t, const struct record *r)
{
	struct record kept = { .sort = RECORD_HIT, .hit = r->hit };
	const struct str texts[] = { r->hit.member, r->hit.f.where, r->hit.f.heading };
	if (!t->print || r->hit.f.class == SCAN_UNLIKELY)        /* those are counted */
		return;
	kept.hit.f.same = 0;
	for (size_t i = 0; i < LENGTH(texts); i++)
		p->memorable &= !texts[i].n || !memchr(texts[i].p, '@', texts[i].n);
	record_put(&p->memory, &kept);
	p->memorable &= !p->memory.full;
}

/* What was kept of a file, in its turn. */
static void tell_records(struct pool *p, struct task *t)
{
	struct cursor c = cursor_of(buf_str(&t->records));
	struct record r;
	for (; c.p < c.end && record_take(&c, p->a, &r); arena_reset(p->a)) {
		t->told++;
		if (r.sort == RECORD_UNREAD) {
			tell_unread(p, t, r.member, unread_words(r.why));
			continue;
		}
		if (r.sort == RECORD_CONTACT) {
			p->contacts |= r.contact.sort <= CONTACT_PHONE ? NAMED : MENTIONED;
			if (p->find->contact)
				p->find->contact(p->find->to, &(struct find_contact){ t->path, r.member, r.contact });
			continue;
		}
		r.hit.path = t->path;
		struct finding *f = &r.hit.f;
		if (t->from && f->line == 1)             /* its line began in an earlier part */
			f->column += t->from - p->line_start;
		if (f->line)
			f->line += p->lines;
		remember(p, t, &r);
		p->find->hit(p->find->to, &r.hit);
	}
	records_clear(p, &t->records);
}

/* What was told stays: pictures are then left. */
static bool waits_for_ocr(const struct pool *p, const struct task *t)
{
	return t->wants_ocr && !t->ocr_tried && !p->ocr_missing && !t->told;
}

static const char *why_not(const struct pool *p, const struct task *t)
{
	if (t->what[0])
		return t->what;
	if (t->wants_ocr && p->ocr_missing)
		return t->why == UNREAD_NO_WAY ? "it is a picture, and tesseract-ocr is not installed" : "a picture in it was not read: tesseract-ocr is not installed";
	if (t->why == READ_WELL && t->wants_ocr)
		return "a picture in it was not read: it holds too much else";
	return unread_words(t->why);
}

/* What can be told in order: all of the files that are finished, and of the one whose turn it is what there is, if that is much. */
static void tell(struct pool *p)
{
	for (; p->first != p->last; p->first++) {
		struct task *t = task_of(p, p->first);
		if (p->handed == p->first && t->state == FINISHED)
			p->handed++;                     /* it was never to be handed out */
		if (t->state != FINISHED || waits_for_ocr(p, t)) {
			if (t->state == READ && t->records.n >= STREAM_FROM)
				tell_records(p, t);
			return;
		}
		if (!t->from) {
			p->lines = p->line_start = p->unlikely = 0;
			p->well = p->memorable = true;
			p->contacts = 0;
			p->memory = BUF(REMEMBERED_MAX);
		}
		tell_records(p, t);
		p->lines += t->lines;
		if (t->lines)
			p->line_start = t->behind;
		const char *why = why_not(p, t);
		if (*why)
			tell_unread(p, t, STR(""), why);
		p->find->totals.unlikely += t->unlikely;
		p->unlikely += t->unlikely;
		if (t->abandoned) {
			p->well = false;
		} else if (t->last) {
			p->find->totals.files += t->size > 0;
			p->find->totals.known += t->known;
			/* contacts are remembered nowhere; a customer's number alone says nothing of them */
			if (t->print && p->well && p->memorable && !(p->contacts & NAMED) && !(p->contacts && p->memory.n))
				seen_put(p->find->seen, t->print, p->unlikely, buf_str(&p->memory));
			if (p->find->done)
				p->find->done(p->find->to, t->path, p->well);
		}
		if (t->last || t->abandoned)
			buf_free(&p->memory);
		task_clear(p, t);
	}
}

/* ---- what boxes say ---- */

static void count_bytes(struct pool *p, struct task *t, uint64_t n)
{
	uint64_t left = t->to - t->from - t->counted;
	n = n < left ? n : left;
	t->counted += n;
	p->find->totals.bytes += n;
}

/* The one that a box is at: it was handed to it first. NULL: none. */
static struct task *current(struct pool *p, unsigned worker, uint32_t *id)
{
	struct task *first = NULL;
	for (uint32_t i = p->first; i != p->last; i++) {
		struct task *t = task_of(p, i);
		if (t->state == READ && t->worker == worker && (!first || t->turn < first->turn)) {
			first = t;
			*id = i;
		}
	}
	return first;
}

static void records_keep(struct pool *p, struct buf *records, struct str raw)
{
	buf_put(records, raw);
	p->kept += raw.n;
}

/* by_reader: it came to its end; else its reader did not. */
static void finish(struct pool *p, struct task *t, bool by_reader, enum unread why, struct str what)
{
	struct worker *w = &p->worker[t->worker];
	bool pictures_failed = t->worker == OCR && !by_reader && (why == UNREAD_ERROR || why == UNREAD_TOO_BIG);
	t->state = FINISHED;
	w->under_way--;
	w->bytes -= t->to - t->from;
	if (pictures_failed) {                           /* what was found before stays */
		records_clear(p, &t->records);
		t->records = t->without_ocr;
		t->without_ocr = (struct buf){ 0 };
	} else {
		t->why = why;
	}
	snprintf(t->what, sizeof t->what, "%s" STR_FMT, pictures_failed ? "a picture in it was not read: " : "", STR_ARG(what));
}

/* What was said of it does not count: it will be said again, and what was told already is then passed over. */
static void take_back(struct pool *p, struct task *t)
{
	records_clear(p, &t->records);
	t->again = t->told;
	t->unlikely = t->said = 0;
	t->why = READ_WELL;
	t->wants_ocr = false;
}

/* One record, which stands at `raw`; child: the word of one that the box has lent files to. False: nothing that a box of ours would say. */
static bool take(struct pool *p, struct task *t, const struct record *r, struct str raw, bool child)
{
	struct worker *w = &p->worker[t->worker];
	if (child && !w->lent)
		return false;
	switch (r->sort) {
	case RECORD_HIT:
	case RECORD_CONTACT:
	case RECORD_UNREAD:
		if (++t->said > HITS_MAX)
			return false;
		if (t->again) {
			t->again--;
			return true;
		}
		if (r->sort == RECORD_HIT && t->from && r->hit.f.at + SCAN_AROUND < t->from)
			return false;
		records_keep(p, &t->records, raw);
		return !t->records.full;
	case RECORD_PROGRESS:
		count_bytes(p, t, r->bytes);
		return true;
	case RECORD_LENT:
		if (child || r->files > w->under_way)
			return false;
		p->ocr_missing |= t->worker == OCR && r->wants_ocr;
		w->lent = r->files;
		return true;
	case RECORD_AGAIN:
		if (child)
			return false;
		w->lent = 0;
		take_back(p, t);
		return true;
	case RECORD_BEYOND:
		return w->plain && (w->beyond = true);
	case RECORD_DONE:
		if (r->lines > t->to - t->from || (r->lines && (child || r->behind <= t->from || r->behind > t->to + 1)))
			return false;
		count_bytes(p, t, r->bytes);
		p->find->totals.holes += r->holes < t->to - t->from ? r->holes : t->to - t->from;
		t->lines = r->lines;
		t->behind = r->behind;
		t->unlikely += r->unlikely;
		t->wants_ocr |= r->wants_ocr;
		w->lent = child ? w->lent - 1 : 0;
		finish(p, t, child, r->why, r->what);
		return true;
	case RECORD_SORTS:
		break;
	}
	return false;
}

/* ---- handing out ---- */

static void put_file(struct buf *b, uint32_t id, const struct task *t)
{
	const char *slash = memrchr(t->path.p, '/', t->path.n);
	struct str name = slash ? (struct str){ slash + 1, (size_t)(t->path.p + t->path.n - slash - 1) } : t->path;
	buf_u32(b, id);
	buf_u64(b, t->size);
	buf_u64(b, t->from);
	buf_u64(b, t->to);
	buf_lstr(b, name.n > NAME_SHOWN_MAX ? (struct str){ name.p + name.n - NAME_SHOWN_MAX, NAME_SHOWN_MAX } : name);
}

static bool send_files(struct pool *p, unsigned worker, const uint32_t *id, size_t n)
{
	struct worker *w = &p->worker[worker];
	struct buf b = BUF(BOX_MESSAGE_MAX);
	int fd[BOX_FDS_MAX];
	if (!w->under_way)
		w->heard = now_ms();
	buf_put(&b, (struct str){ (const char *)p->key, sizeof p->key });
	buf_u8(&b, p->find->contact != NULL);
	buf_u32(&b, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		struct task *t = task_of(p, id[i]);
		put_file(&b, id[i], t);
		fd[i] = t->fd;
		t->state = READ;
		t->worker = worker;
		t->turn = p->turns++;
		w->under_way++;
		w->bytes += t->to - t->from;
	}
	bool good = box_send(w->line, buf_str(&b), fd, n);
	buf_free(&b);
	return good;
}

/* A box gets more while it has little to do: what waits at one can't go to another. */
static bool wants_more(const struct pool *p, const struct worker *w)
{
	return !w->under_way || (w->under_way <= p->most / 2 && w->bytes < PARTS_OF / 2);
}

static bool ends_in(struct str path, const char *const *endings, size_t many)
{
	for (size_t i = 0; i < many; i++) {
		size_t n = strlen(endings[i]);
		if (path.n > n && str_eq_nocase((struct str){ path.p + path.n - n, n }, str_of(endings[i])))
			return true;
	}
	return false;
}

/* A guess from their names, which their box makes true: documents and mails are handed out first, so that one child can read them all; */
static bool is_document(struct str path)
{
	static const char *const endings[] = { ".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".xlsb", ".odt", ".ods", ".odp", ".rtf", ".eml", ".mbox" };
	return ends_in(path, endings, LENGTH(endings));
}

/* and for these, too, boxes are started at once that can open them. */
static bool is_opened(struct str path)
{
	static const char *const endings[] = { ".pdf", ".doc", ".xls", ".ppt", ".msg", ".pst", ".ost", ".zip", ".gz", ".7z", ".tar", ".jpg", ".jpeg", ".png", ".db", ".sqlite" };
	return is_document(path) || ends_in(path, endings, LENGTH(endings));
}

static void documents_first(struct pool *p, uint32_t *id, size_t n)
{
	uint32_t other[BOX_FDS_MAX];
	size_t documents = 0, others = 0;
	for (size_t i = 0; i < n; i++)
		if (is_document(task_of(p, id[i])->path))
			id[documents++] = id[i];
		else
			other[others++] = id[i];
	memcpy(id + documents, other, others * sizeof *id);
}

/* A batch from p->handed on. False: the box is gone. */
static bool hand_out(struct pool *p, unsigned worker)
{
	uint32_t id[BOX_FDS_MAX];
	size_t n = 0;
	for (uint64_t bytes = 0; p->handed != p->last && n < p->most && bytes < BATCH_BYTES; p->handed++) {
		struct task *t = task_of(p, p->handed);
		if (t->state != WAITING)
			continue;
		bytes += t->to - t->from + FILE_COSTS;
		id[n++] = p->handed;
	}
	documents_first(p, id, n);
	return !n || send_files(p, worker, id, n);
}

/* A file whose box is gone may be tried once more, in another: from the beginning. */
static void task_again(struct pool *p, struct task *t, uint32_t id)
{
	take_back(p, t);
	if (t->worker == OCR) {
		t->records = t->without_ocr;
		t->without_ocr = (struct buf){ 0 };
		t->state = FINISHED;
		t->ocr_tried = false;
		t->wants_ocr = true;
		return;
	}
	t->state = WAITING;
	if (id - p->first < p->handed - p->first)
		p->handed = id;
}

/* A box is gone, or is given up: the file it was at may have been why; those behind it had not begun. */
static bool worker_lost(struct pool *p, unsigned worker, const char *why, struct err *e)
{
	struct err how = { 0 };
	uint32_t id;
	struct task *culprit = p->worker[worker].beyond ? NULL : current(p, worker, &id);
	bool by_itself = worker_end(&p->worker[worker], true, &how);
	if (culprit && ++culprit->tries >= TRIES) {
		records_clear(p, &culprit->records);
		finish(p, culprit, false, UNREAD_ERROR, why ? str_of(why) : by_itself ? str_of(unread_words(UNREAD_ERROR)) : str_of(how.say));
	}
	for (id = p->first; id != p->last; id++) {
		struct task *t = task_of(p, id);
		if (t->state == READ && t->worker == worker)
			task_again(p, t, id);
	}
	p->worker[worker].under_way = p->worker[worker].lent = 0;
	p->worker[worker].bytes = 0;
	return stopped(p) || worker == OCR || worker_start(p, worker, e);         /* the one for pictures starts when there are some */
}

static bool read_messages(struct pool *p, unsigned worker, struct err *e)
{
	struct worker *w = &p->worker[worker];
	struct task *t = NULL;
	struct record r;
	uint32_t id = 0;
	pid_t from;
	long n = box_receive(w->line, p->message, BOX_MESSAGE_MAX, NULL, NULL, &from);
	bool good = n > 0, child = from != box_pid(w->box);
	struct cursor c = cursor_of((struct str){ p->message, n > 0 ? (size_t)n : 0 });
	w->heard = now_ms();
	while (good && !w->beyond && c.p < c.end) {
		const char *raw = (const char *)c.p;
		if (!t || t->state != READ)
			t = current(p, worker, &id);
		good = t && record_take(&c, p->a, &r) && r.id == id && take(p, t, &r, (struct str){ raw, (size_t)((const char *)c.p - raw) }, child);
	}
	arena_reset(p->a);
	p->opens |= w->beyond;
	return (good && !w->beyond) || worker_lost(p, worker, n > 0 ? "its reader said something impossible; check where it comes from" : NULL, e);
}

/* Files that hold pictures go on to where these are read, once. */
static bool to_ocr(struct pool *p, struct err *e)
{
	struct worker *w = &p->worker[OCR];
	struct err ignored = { 0 };
	for (uint32_t id = p->first; id != p->handed; id++) {
		struct task *t = task_of(p, id);
		if (t->state != FINISHED || !waits_for_ocr(p, t) || w->under_way >= 4)
			continue;
		if (!w->box && !worker_start(p, OCR, &ignored)) {
			p->ocr_missing = true;
			return true;
		}
		t->without_ocr = t->records;
		t->records = BUF(2 * KEPT_MAX);
		t->ocr_tried = true;
		t->wants_ocr = false;
		if (!send_files(p, OCR, &id, 1) && !worker_lost(p, OCR, NULL, e))
			return false;
	}
	return true;
}

/* ---- waiting ---- */

/* While too much is kept only that is heard which can be told. */
static bool is_heard(struct pool *p, unsigned worker)
{
	const struct task *t = task_of(p, p->first);
	if (!p->worker[worker].box || !p->worker[worker].under_way)
		return false;
	return p->kept < KEPT_MAX || t->state == WAITING || t->state == FINISHED || t->worker == worker;
}

static bool is_silent(struct pool *p, unsigned worker, uint64_t now)
{
	uint32_t id;
	const struct task *t = current(p, worker, &id);
	return t && now - p->worker[worker].heard > SILENCE_MS + 4000 * (uint64_t)reading_seconds(t->size, worker == OCR);
}

static void progress(struct pool *p, uint64_t now)
{
	const struct find_totals *t = &p->find->totals;
	char what[64];
	if (!p->counted && now - p->began >= COUNT_AFTER_MS) {
		p->of = walk_size(p->find);
		p->counted = true;
	}
	snprintf(what, sizeof what, "Looking: %" PRIu64 " file%s", t->files, t->files == 1 ? "" : "s");
	p->find->progress(p->find->to, what, t->bytes + FILE_COSTS * t->files, p->of);
	p->shown = now;
}

/* Hands out what can be, and takes what is said; waits for it, a second at most, if asked to. */
static bool pump(struct pool *p, bool wait, struct err *e)
{
	for (bool gave = true; gave && p->handed != p->last;) {
		gave = false;
		for (unsigned i = 0; i < p->workers && p->handed != p->last; i++)
			if (wants_more(p, &p->worker[i])) {
				if (!p->worker[i].box && !worker_start(p, i, e))
					return false;
				if (!hand_out(p, i) && !worker_lost(p, i, NULL, e))
					return false;
				gave = true;
			}
	}
	if (!to_ocr(p, e))
		return false;
	struct pollfd line[JOBS_MAX + 1];
	unsigned who[JOBS_MAX + 1], n = 0;
	uint64_t now = now_ms();
	for (unsigned i = 0; i <= JOBS_MAX; i++)
		if (is_heard(p, i)) {
			line[n] = (struct pollfd){ .fd = p->worker[i].line, .events = POLLIN };
			who[n++] = i;
		} else {
			p->worker[i].heard = now;        /* it can't speak */
		}
	int ready = n ? poll(line, n, wait ? 1000 : 0) : 0;
	if (ready < 0 && errno != EINTR)
		return err_errno(e, "Could not wait for the helper processes");
	for (unsigned k = 0; k < n; k++) {
		if (ready > 0 && line[k].revents && !read_messages(p, who[k], e))
			return false;
		if (ready >= 0 && wait && !line[k].revents && is_silent(p, who[k], now) && !worker_lost(p, who[k], "its reader said nothing any more", e))
			return false;
	}
	tell(p);
	if (p->find->progress && now - p->shown >= PROGRESS_MS)
		progress(p, now);
	return true;
}

/* ---- what comes ---- */

/* The next task, of a file or of a part. */
static struct task *task_new(struct pool *p, struct str path, int fd)
{
	struct task *t = task_of(p, p->last++);
	char *copy = mem_get(path.n + 1);
	memcpy(copy, path.p, path.n);
	copy[path.n] = 0;
	*t = (struct task){ .state = WAITING, .fd = fd, .last = true, .path = { copy, path.n }, .records = BUF(2 * KEPT_MAX) };
	return t;
}

static bool make_room(struct pool *p, struct err *e)
{
	while (p->last - p->first >= p->room && !stopped(p))
		if (!pump(p, true, e))
			return false;
	return !stopped(p);
}

/* Where the first part with anything in it begins, of those from `from` on; size: there is none. */
static uint64_t part_from(int fd, uint64_t from, uint64_t part, uint64_t size)
{
	if (from == 0 || from >= size)
		return from < size ? from : size;
	off_t data = lseek(fd, (off_t)from, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? size : from;
	return (uint64_t)data < size ? (uint64_t)data / part * part : size;
}

bool pool_add(struct pool *p, struct str path, int fd, uint64_t size, uint64_t print, struct err *e)
{
	p->opens |= size && is_opened(path);
	uint64_t parts = size < SPLIT_FROM || p->find->contact ? 1 : 4 * (size / PARTS_OF + (size % PARTS_OF != 0));
	uint64_t part = (size / parts + (size % parts != 0) + 4095) & ~(uint64_t)4095;
	for (uint64_t from = 0, next; from < size; from = next) {
		if (!make_room(p, e)) {
			close(fd);
			return false;
		}
		next = part_from(fd, from + part, part, size);
		int own = next < size ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : fd;
		struct task *t = task_new(p, path, own);
		t->size = size;
		t->from = from;
		t->to = size - from < part ? size : from + part;
		t->last = next == size;
		t->print = print;
		p->waiting += t->to - from + FILE_COSTS;
		p->find->totals.bytes += next - t->to;           /* a hole */
		p->find->totals.holes += next - t->to;
		if (own < 0) {
			t->state = FINISHED;
			snprintf(t->what, sizeof t->what, "%s", strerror(errno));
		}
	}
	/* a batch: let it be begun */
	if (p->waiting < BATCH_BYTES && ++p->batch < p->most)
		return true;
	p->waiting = p->batch = 0;
	return pump(p, false, e);
}

bool pool_known(struct pool *p, struct str path, uint64_t size, uint32_t unlikely, struct str told, struct err *e)
{
	if (!make_room(p, e))
		return false;
	struct task *t = task_new(p, path, -1);
	t->state = FINISHED;
	t->size = size;
	t->unlikely = unlikely;
	t->known = true;
	if (told.n)
		records_keep(p, &t->records, told);
	p->find->totals.bytes += size;
	tell(p);
	return true;
}

static void add_none(struct pool *p, struct str path, const char *why, bool left_out)
{
	struct err e = { 0 };
	if (!make_room(p, &e))
		return;
	struct task *t = task_new(p, path, -1);
	t->state = FINISHED;
	t->left_out = left_out;
	snprintf(t->what, sizeof t->what, "%s", why);
}

void pool_unread(struct pool *p, struct str path, const char *why)
{
	add_none(p, path, why, false);
}

void pool_left_out(struct pool *p, struct str path, const char *why)
{
	add_none(p, path, why, true);
}

bool pool_finish(struct pool *p, struct err *e)
{
	while (p->first != p->last && !stopped(p))
		if (!pump(p, true, e))
			return false;
	/* stopped: what was found so far is told, the rest is left */
	p->ocr_missing |= p->first != p->last;
	for (uint32_t id = p->first; id != p->last; id++) {
		struct task *t = task_of(p, id);
		t->abandoned = t->state != FINISHED;
		t->state = FINISHED;
	}
	tell(p);
	return true;
}
