/* The box's half: takes files, looks at plain ones itself, lets children open the others, and says what was found. Sees nothing but the
 * descriptors that it is handed. Documents and mails that our own readers take are lent to one child, several at a time, and so are a few
 * PDFs: for a child costs more than a small file. One that fails there is opened once more, in a child that has opened nothing before. */
#include "box.h"
#include "whom.h"
#include "find_int.h"
#include "open.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PROGRESS_BYTES = 4 << 20, UNLIKELY_SHOWN = 1000, HOLE_MIN = 64 << 10, PIECES_UNASKED = 1024, LENT_BYTES = 2 << 20, SEND_FROM = BOX_MESSAGE_MAX / 2 };
#define UNPACK_MAX ((uint64_t)64 << 30)

/* What a child has done of the files that are lent to it, in memory that it shares with its box. */
struct lent {
	uint32_t at;                                     /* the file that it is at, or the last */
	uint32_t said;                                   /* how many are done, and all of it sent */
};

/* A file of the batch. */
struct handed { uint32_t id; uint64_t size, from, to; struct str name; };

struct reading {
	int line;
	struct buf out;
	struct scanner *scanner[OPEN_DEPTH_MAX + 2];     /* one a depth: a member comes in the middle of its file */
	struct whom *contacts[OPEN_DEPTH_MAX + 2];       /* likewise, when they are looked for */
	uint64_t record[OPEN_DEPTH_MAX + 2];             /* of the piece last given at each depth */
	bool looks_for_contacts;
	uint8_t key[16];
	int fd[BOX_FDS_MAX];                             /* of the batch; those before `at` are closed */
	struct handed file[BOX_FDS_MAX];
	size_t at, fds, together;                        /* together: at most so many are lent at once, after one failed */
	volatile struct lent *lent;
	uint32_t whole;                                  /* in a child: how many are done */
	bool is_child;
	bool beyond;                                     /* a plain box met what it cannot open: all that comes is left, until the line is closed */
	uint32_t id, unlikely;
	uint64_t bytes, told_bytes, holes;
	struct buf member;                               /* the way inside: "a.zip!b.docx" */
	struct listener listener;
	time_t seconds;                                  /* of the processor's, that opening may take */
	struct timespec asked;                           /* when the processor's clock was last looked at */
	uint64_t finds;                                  /* that may yet be said of what is opened */
	unsigned pieces;
	enum unread limit;                               /* that was met: it goes for all that is not read for it; READ_WELL: none */
};

static void flush(struct reading *r)
{
	if (r->out.n && !box_send(r->line, buf_str(&r->out), NULL, 0))
		_exit(1);                                /* nobody listens */
	buf_clear(&r->out);
	if (r->is_child)
		r->lent->said = r->whole;
}

static void say(struct reading *r, struct record record)
{
	if (r->out.n > BOX_MESSAGE_MAX - RECORD_MAX)
		flush(r);
	record.id = r->id;
	record_put(&r->out, &record);
}

static void found(void *of, const struct finding *f)
{
	struct reading *r = of;
	if (f->class == SCAN_UNLIKELY && r->unlikely++ >= UNLIKELY_SHOWN)
		return;                                  /* counted; so many are shown to nobody */
	if (!r->finds)
		return;
	r->finds--;
	say(r, (struct record){ .sort = RECORD_HIT, .hit = { .member = buf_str(&r->member), .f = *f } });
}

static void progress(struct reading *r, uint64_t n)
{
	r->bytes += n;
	if (r->bytes - r->told_bytes < PROGRESS_BYTES)
		return;
	say(r, (struct record){ .sort = RECORD_PROGRESS, .bytes = r->bytes - r->told_bytes });
	r->told_bytes = r->bytes;
	flush(r);
}

static struct scanner *scanner_at(struct reading *r, unsigned depth)
{
	if (!r->scanner[depth])
		r->scanner[depth] = scanner_open(r->key);
	return r->scanner[depth];
}

static void named(void *of, const struct contact *c)
{
	struct reading *r = of;
	say(r, (struct record){ .sort = RECORD_CONTACT, .member = buf_str(&r->member), .contact = *c });
}

/* NULL: they are not looked for. */
static struct whom *whom_at(struct reading *r, unsigned depth)
{
	if (r->looks_for_contacts && !r->contacts[depth])
		r->contacts[depth] = whom_open();
	return r->looks_for_contacts ? r->contacts[depth] : NULL;
}

static void look_begin(struct reading *r, unsigned depth)
{
	struct whom *c = whom_at(r, depth);
	scanner_begin(scanner_at(r, depth), found, r);
	if (c)
		whom_begin(c, named, r);
	r->record[depth] = 0;
}

/* Contacts are said first. */
static void look_end(struct reading *r, unsigned depth)
{
	struct whom *c = whom_at(r, depth);
	if (c)
		whom_end(c);
	scanner_end(scanner_at(r, depth));
}

/* ---- plain text ---- */

/* From `at` to before `end`. The first `have` bytes are in the scanner's room already. fd: where holes are passed over; -1: none. Returns
 * where it ended: earlier where no more could be read. */
static uint64_t plain(struct reading *r, unsigned depth, const struct source *source, uint64_t at, uint64_t end, size_t have, int fd)
{
	struct scanner *s = scanner_at(r, depth);
	struct whom *c = whom_at(r, depth);
	for (bool last = false; !last; have = 0) {
		off_t data = fd < 0 || have ? (off_t)at : lseek(fd, (off_t)at, SEEK_DATA);
		if (data < 0 || (uint64_t)data >= end)           /* zeros up to the end */
			data = fd < 0 || data >= 0 || errno == ENXIO ? (off_t)end : (off_t)at;
		if ((uint64_t)data - at >= HOLE_MIN) {
			scanner_skip(s, (uint64_t)data - at);
			r->holes += (uint64_t)data - at;
			if (c)
				whom_skip(c, (uint64_t)data - at);
			at = (uint64_t)data;
		}
		size_t room, got = have;
		char *p = scanner_room(s, &room);
		if (room > end - at)
			room = (size_t)(end - at);
		if (!have)
			got = source_read(source, at, p, room);
		at += got;
		last = got < room || at >= end;
		if (c)
			whom_text(c, (struct str){ p, got });
		scanner_take(s, got, last);
		progress(r, got);
	}
	return at;
}

/* ---- files within files ---- */

static enum unread unread_of(const struct reading *r, enum open_end end)
{
	static const enum unread of[OPEN_ENDS] = { [OPEN_DONE] = READ_WELL, [OPEN_STOPPED] = UNREAD_STOPPED, [OPEN_BROKEN] = UNREAD_BROKEN, [OPEN_ENCRYPTED] = UNREAD_ENCRYPTED,
	                                           [OPEN_TOO_BIG] = UNREAD_TOO_BIG, [OPEN_TOO_DEEP] = UNREAD_TOO_DEEP, [OPEN_NO_WAY] = UNREAD_NO_WAY };
	return r->limit && (end == OPEN_TOO_BIG || end == OPEN_STOPPED) ? r->limit : of[end];
}

/* An opener that takes long ends by itself when its time is up, or when too much was found: what it read counts. */
static bool may_go_on(void *of)
{
	struct reading *r = of;
	struct timespec now, used = { 0 };
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);     /* costs nothing; the processor's clock goes no faster */
	if ((now.tv_sec - r->asked.tv_sec) * 10 + (now.tv_nsec - r->asked.tv_nsec) / 100000000 >= 1) {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
		r->asked = now;
	}
	if (!r->limit)
		r->limit = used.tv_sec >= r->seconds ? UNREAD_TOO_LONG : !r->finds ? UNREAD_TOO_MANY : READ_WELL;
	return !r->limit;
}

static bool on_piece(void *of, const struct piece *p)
{
	struct reading *r = of;
	unsigned depth = r->listener.depth;
	if (++r->pieces % PIECES_UNASKED == 0 && !may_go_on(r))
		return false;
	scanner_piece(scanner_at(r, depth), p->text, p->where, p->field, p->record);
	if (r->looks_for_contacts)
		whom_piece(whom_at(r, depth), p->text, p->where, p->field, p->record);
	r->record[depth] = p->record;
	return true;
}

static void member_unread(struct reading *r, enum unread why)
{
	say(r, (struct record){ .sort = RECORD_UNREAD, .why = why, .member = buf_str(&r->member) });
}

static size_t member_push(struct reading *r, struct str name)
{
	size_t before = r->member.n;
	if (before)
		buf_byte(&r->member, '!');
	buf_put(&r->member, name);
	return before;
}

static bool on_unread(void *of, struct str name, enum open_end why)
{
	struct reading *r = of;
	size_t before = member_push(r, name);
	member_unread(r, unread_of(r, why));
	r->member.n = before;
	return true;
}

static bool on_member(void *of, struct str name, const struct source *source)
{
	struct reading *r = of;
	size_t before = member_push(r, name);
	if (r->listener.depth >= OPEN_DEPTH_MAX) {
		member_unread(r, UNREAD_TOO_DEEP);
	} else {
		unsigned depth = ++r->listener.depth;
		enum file_sort sort = open_sort(source, name);
		enum open_end end = OPEN_DONE;
		if (r->looks_for_contacts && r->record[depth - 1])
			named(r, &(struct contact){ .sort = CONTACT_WITHIN, .record = r->record[depth - 1] });
		look_begin(r, depth);
		if (sort == FILE_PLAIN)
			plain(r, depth, source, 0, UINT64_MAX, 0, -1);
		else
			end = open_file(source, sort, name, &r->listener);
		look_end(r, depth);
		r->listener.depth--;
		if (end != OPEN_DONE && (end != OPEN_STOPPED || r->limit))
			member_unread(r, unread_of(r, end));
	}
	r->member.n = before;
	return true;
}

/* ---- one file ---- */

static void done(struct reading *r, struct record record, const char *what)
{
	record.sort = RECORD_DONE;
	record.bytes = r->bytes - r->told_bytes;
	record.what = str_of(what);
	say(r, record);
}

static struct source source_at(struct reading *r, size_t i)
{
	return source_of_fd(&r->fd[i], r->file[i].size);
}

static enum file_sort sort_at(struct reading *r, size_t i)
{
	struct source s = source_at(r, i);
	return open_sort(&s, r->file[i].name);
}

static void file_begins(struct reading *r, size_t i)
{
	r->id = r->file[i].id;
	r->bytes = r->told_bytes = r->holes = r->unlikely = r->pieces = 0;
	r->limit = READ_WELL;
	r->finds = UINT64_MAX;
	buf_clear(&r->member);
	look_begin(r, 0);
}

static bool only_plain, with_ocr, without_tesseract;

/* In a child. */
static void open_one(struct reading *r, size_t i, time_t begun)
{
	struct source source = source_at(r, i);
	struct str all = { NULL, 0 };
	if (source.size <= LENT_BYTES && source_all(&source, LENT_BYTES, &all))      /* with one call instead of many */
		source = source_of_text(&all);
	file_begins(r, i);
	r->seconds = begun + reading_seconds(source.size, with_ocr);
	r->finds = reading_finds(source.size);
	bool spent = r->listener.spent;
	r->listener = (struct listener){ .to = r, .piece = on_piece, .member = on_member, .unread = on_unread, .left = UNPACK_MAX,
	                                 .go_on = may_go_on, .spent = spent };
	enum open_end end = open_file(&source, open_sort(&source, r->file[i].name), r->file[i].name, &r->listener);
	look_end(r, 0);
	if (all.p)
		wipe((char *)(uintptr_t)all.p, all.n);
	free((char *)(uintptr_t)all.p);
	r->bytes = source.size;
	enum unread why = end == OPEN_DONE && !r->finds ? UNREAD_TOO_MANY : unread_of(r, end);
	done(r, (struct record){ .why = why, .unlikely = r->unlikely, .wants_ocr = r->listener.wants_ocr }, "");
}

/* A child has its limit of time for one file: it takes another only while it has hardly used any. */
static bool is_fresh(const struct timespec *began, time_t *used)
{
	struct timespec now, cpu;
	clock_gettime(CLOCK_MONOTONIC, &now);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	*used = cpu.tv_sec;
	return now.tv_sec - began->tv_sec < 2 && cpu.tv_sec < 1;
}

struct job { struct reading *r; size_t files; };

/* In a child of its own: it keeps of the batch what it is to read. */
static int open_them(void *of)
{
	struct job *job = of;
	struct reading *r = job->r;
	struct timespec began;
	time_t used = 0;
	r->is_child = true;
	for (size_t i = r->at + job->files; i < r->fds; i++)
		close(r->fd[i]);
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (uint32_t k = 0; k < job->files && (k == 0 || (!r->listener.spent && is_fresh(&began, &used))); k++) {
		r->lent->at = k;
		open_one(r, r->at + k, used);
		r->whole = k + 1;
		if (r->out.n > SEND_FROM)
			flush(r);
	}
	flush(r);
	return 0;
}

/* How many files from the current one on can be lent to one child; the first is one that is opened. */
static size_t lend(struct reading *r, enum file_sort sort)
{
	size_t n = 1, many = open_together(sort), most = r->together ? r->together : r->fds - r->at;
	uint64_t bytes = r->file[r->at].size;
	r->together = 0;
	for (; n < most && n < many; n++) {
		const struct handed *f = &r->file[r->at + n];
		bytes += f->size;
		if (bytes > LENT_BYTES || f->from || (sort = sort_at(r, r->at + n)) == FILE_PLAIN || open_together(sort) != many)
			break;
	}
	return n;
}

/* Lends the current file, and what can go with it, to a child. Returns how many are done. */
static size_t read_risky(struct reading *r, enum file_sort sort)
{
	struct job job = { r, lend(r, sort) };
	struct err e = { 0 };
	int status;
	unsigned seconds = 1;
	for (size_t i = r->at; i < r->at + job.files; i++) {
		unsigned one = reading_seconds(r->file[i].size, with_ocr) + reading_grace(r->file[i].size, with_ocr);
		seconds = one > seconds ? one : seconds;
	}
	say(r, (struct record){ .sort = RECORD_LENT, .files = (uint32_t)job.files, .wants_ocr = without_tesseract });
	flush(r);
	r->lent->at = r->lent->said = 0;
	bool ended = box_nurse(seconds, open_them, &job, &status, &e), well = ended && status == 0;
	/* the child's own words, which are held to what can be */
	size_t said = r->lent->said < job.files ? r->lent->said : job.files, at = r->lent->at < job.files ? r->lent->at : job.files - 1;
	if (said == job.files || (well && said))
		return said;
	r->id = r->file[r->at + said].id;
	r->bytes = r->file[r->at + said].size;
	r->told_bytes = 0;
	if (at && (ended || status != NURSED_STILL)) {
		/* one that was not the child's first: those before it again, if need be, then it alone */
		say(r, (struct record){ .sort = RECORD_AGAIN });
		r->together = at > said ? at - said : 1;
		return said;
	}
	const char *why = ended ? "The helper that reads the file could not do so." : e.say;
	done(r, (struct record){ .why = !ended && e.code == TOO_BIG ? UNREAD_TOO_BIG : UNREAD_ERROR }, why);
	if (status == NURSED_STILL && !ended) {
		flush(r);
		_exit(0);
	}
	return said + 1;
}

/* What begins from `from` to before `to`; `have` bytes of the beginning are in the scanner's room. */
static void read_plain(struct reading *r, const struct source *source, int fd, uint64_t from, uint64_t to, size_t have)
{
	struct scanner *s = scanner_at(r, 0);
	uint64_t size = source->size, end = size - to < SCAN_AROUND ? size : to + SCAN_AROUND, at = from > SCAN_AROUND ? from - SCAN_AROUND : 0;
	size_t room;
	off_t hole = size < PROGRESS_BYTES ? -1 : lseek(fd, (off_t)from, SEEK_HOLE);
	if (from || to < size)
		scanner_part(s, (struct str){ scanner_room(s, &room), have }, from, (size_t)(from - at), to);
	uint64_t reached = plain(r, 0, source, at, end, from ? 0 : have, hole >= 0 && (uint64_t)hole < end ? fd : -1);
	struct record record = { .unlikely = 0 };
	look_end(r, 0);
	record.unlikely = r->unlikely;
	record.lines = scanner_lines(s, &record.behind);
	record.holes = r->holes;
	r->bytes = to - from > r->told_bytes ? to - from : r->told_bytes;
	char byte;
	if (reached < end && pread(fd, &byte, 1, (off_t)reached) < 0) {
		char what[WORDS_MAX];
		snprintf(what, sizeof what, "only its first %" PRIu64 " bytes could be read: %s", reached, strerror(errno));
		record.why = UNREAD_ERROR;
		done(r, record, what);
		return;
	}
	done(r, record, "");
}

/* Returns how many files are done. */
static size_t read_file(struct reading *r)
{
	const struct handed *f = &r->file[r->at];
	struct source source = source_at(r, r->at);
	size_t room;
	file_begins(r, r->at);
	char *p = scanner_room(scanner_at(r, 0), &room);
	struct str head = { p, source_read(&source, 0, p, f->size < room ? (size_t)f->size : room) };
	struct source first = source_of_text(&head);
	enum file_sort sort = open_sort(&first, f->name);
	if (sort == FILE_PLAIN) {
		read_plain(r, &source, r->fd[r->at], f->from, f->to, head.n);
	} else if (f->from) {                            /* it is opened with its first part */
		r->bytes = f->to - f->from;
		done(r, (struct record){ .why = READ_WELL }, "");
	} else if (only_plain) {
		say(r, (struct record){ .sort = RECORD_BEYOND });
		r->beyond = true;
		return 0;
	} else {
		return read_risky(r, sort);
	}
	return 1;
}

bool find_box_prepare_plain(void)
{
	return only_plain = true;
}

bool find_box_prepare(void)
{
	return open_prepare(false);
}

/* Also without tesseract: then it says so of each file. */
bool find_box_prepare_ocr(void)
{
	with_ocr = true;
	without_tesseract = !open_prepare(true);
	return true;
}

int find_box_main(int line, int messages)
{
	(void)line;
	static char message[BOX_MESSAGE_MAX];
	static struct reading r;
	r = (struct reading){ .line = messages, .out = BUF(BOX_MESSAGE_MAX), .member = BUF(4 * MEMBER_MAX) };
	mallopt(M_TOP_PAD, 1 << 20);                     /* memory is asked for, and given back, in large pieces */
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	r.lent = mmap(NULL, sizeof *r.lent, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r.lent == MAP_FAILED)
		return 1;
	for (;;) {
		long n = box_receive(messages, message, sizeof message, r.fd, &r.fds, NULL);
		if (n <= 0)
			return n == 0 ? 0 : 1;
		struct cursor c = cursor_of((struct str){ message, (size_t)n });
		memcpy(r.key, cursor_bytes(&c, sizeof r.key).p, sizeof r.key);
		r.looks_for_contacts = cursor_u8(&c);
		cursor_u32(&c);
		for (size_t i = 0; i < r.fds; i++) {
			struct handed *f = &r.file[i];
			f->id = cursor_u32(&c);
			f->size = cursor_u64(&c);
			f->from = cursor_u64(&c);
			f->to = cursor_u64(&c);
			f->name = cursor_lstr(&c);
		}
		for (r.at = r.together = 0; r.at < r.fds && !r.beyond;)
			for (size_t read = read_file(&r); read; read--)
				close(r.fd[r.at++]);
		while (r.at < r.fds)
			close(r.fd[r.at++]);
		flush(&r);
	}
}
