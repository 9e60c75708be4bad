/* The box's half: takes files, looks at plain ones itself, lets a child open each of the others, and says what was found. Sees nothing but
 * the descriptors that it is handed. */
#include "box.h"
#include "find_int.h"
#include "open.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROGRESS_BYTES = 32 << 20, NAME_MAX_BYTES = 512 };
#define UNPACK_MAX ((uint64_t)64 << 30)

struct reading {
	int line;
	struct buf out;
	struct scanner *scanner[OPEN_DEPTH_MAX + 2];     /* one a depth: a member comes in the middle of its file */
	uint8_t key[16];
	uint32_t id, unlikely;
	uint64_t bytes, told_bytes, lines;
	struct buf member;                               /* the way inside: "a.zip!b.docx" */
	struct listener listener;
};

static void flush(struct reading *r)
{
	if (r->out.n && !box_send(r->line, buf_str(&r->out), NULL, 0))
		_exit(1);                                /* nobody listens */
	buf_clear(&r->out);
}

static void begin(struct reading *r, enum record_sort sort)
{
	if (r->out.n > BOX_MESSAGE_MAX - (MEMBER_MAX + 2 * WORDS_MAX + 256))
		flush(r);
	buf_u8(&r->out, (uint8_t)sort);
	buf_u32(&r->out, r->id);
}

static void put_text(struct reading *r, struct str s, size_t max)
{
	buf_lstr(&r->out, s.n > max ? (struct str){ s.p, max } : s);
}

static void found(void *of, const struct finding *f)
{
	struct reading *r = of;
	if (f->class == SCAN_UNLIKELY && r->unlikely++ >= 1000)
		return;                                  /* counted; so many are shown to nobody */
	begin(r, RECORD_HIT);
	buf_u8(&r->out, (uint8_t)f->sort);
	buf_u8(&r->out, (uint8_t)f->class);
	buf_u32(&r->out, (uint32_t)(f->score * 1000000));
	buf_u32(&r->out, f->signs);
	buf_u32(&r->out, f->alike);
	buf_u32(&r->out, f->passing);
	buf_u64(&r->out, f->at);
	buf_u64(&r->out, f->line);
	buf_u64(&r->out, f->column);
	buf_u32(&r->out, f->length);
	buf_u32(&r->out, f->count);
	buf_u32(&r->out, f->record);
	buf_u64(&r->out, f->same);
	put_text(r, str_of(f->brand), 31);
	put_text(r, str_of(f->last4), 4);
	put_text(r, buf_str(&r->member), MEMBER_MAX);
	put_text(r, f->where, WORDS_MAX);
	put_text(r, f->heading, WORDS_MAX);
}

static void progress(struct reading *r, uint64_t n)
{
	r->bytes += n;
	if (r->bytes - r->told_bytes < PROGRESS_BYTES)
		return;
	begin(r, RECORD_PROGRESS);
	buf_u64(&r->out, r->bytes - r->told_bytes);
	r->told_bytes = r->bytes;
	flush(r);
}

static struct scanner *scanner_at(struct reading *r, unsigned depth)
{
	if (!r->scanner[depth])
		r->scanner[depth] = scanner_open(r->key);
	return r->scanner[depth];
}

/* ---- plain text ---- */

/* The first `have` bytes are in the scanner's room already. */
static bool plain(struct reading *r, struct scanner *s, const struct source *source, uint64_t at, uint64_t to, size_t have)
{
	size_t room, got = have;
	for (bool last = false; !last; got = 0) {
		char *p = scanner_room(s, &room);
		if (room > to - at)
			room = (size_t)(to - at);
		if (!got)
			got = source_read(source, at, p, room);
		last = got < room || at + got >= to;
		at += got;
		scanner_take(s, got, last);
		progress(r, got);
	}
	return scanner_end(s);
}

/* ---- files within files ---- */

static enum unread unread_of(enum open_end end)
{
	static const enum unread of[OPEN_ENDS] = { [OPEN_DONE] = READ_WELL, [OPEN_STOPPED] = UNREAD_STOPPED, [OPEN_BROKEN] = UNREAD_BROKEN,
	                                           [OPEN_ENCRYPTED] = UNREAD_ENCRYPTED, [OPEN_TOO_BIG] = UNREAD_TOO_BIG, [OPEN_NO_WAY] = UNREAD_NO_WAY };
	return of[end];
}

static bool on_piece(void *of, const struct piece *p)
{
	struct reading *r = of;
	scanner_piece(scanner_at(r, r->listener.depth), p->text, p->where, p->field, p->record);
	return true;
}

static void put_unread(struct reading *r, enum unread why)
{
	begin(r, RECORD_UNREAD);
	buf_u8(&r->out, (uint8_t)why);
	put_text(r, buf_str(&r->member), MEMBER_MAX);
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
	put_unread(r, unread_of(why));
	r->member.n = before;
	return true;
}

static bool on_member(void *of, struct str name, const struct source *source)
{
	struct reading *r = of;
	size_t before = member_push(r, name);
	if (r->listener.depth >= OPEN_DEPTH_MAX) {
		put_unread(r, UNREAD_TOO_BIG);
	} else {
		r->listener.depth++;
		struct scanner *s = scanner_at(r, r->listener.depth);
		enum file_sort sort = open_sort(source, name);
		enum open_end end = OPEN_DONE;
		scanner_begin(s, found, r);
		if (sort == FILE_PLAIN) {
			plain(r, s, source, 0, UINT64_MAX, 0);
		} else {
			end = open_file(source, sort, name, &r->listener);
			scanner_end(s);
		}
		r->listener.depth--;
		if (end != OPEN_DONE && end != OPEN_STOPPED)
			put_unread(r, unread_of(end));
	}
	r->member.n = before;
	return true;
}

/* ---- one file ---- */

struct job { struct reading *r; const struct source *source; struct str name; enum file_sort sort; };

static void done(struct reading *r, enum unread why, const char *what)
{
	begin(r, RECORD_DONE);
	buf_u8(&r->out, (uint8_t)why);
	buf_u64(&r->out, r->bytes - r->told_bytes);
	buf_u64(&r->out, r->lines);
	buf_u32(&r->out, r->unlikely);
	buf_u8(&r->out, r->listener.wants_ocr);
	put_text(r, str_of(what), WORDS_MAX);
}

/* In a child of its own. */
static int open_it(void *of)
{
	struct job *job = of;
	struct reading *r = job->r;
	r->listener = (struct listener){ .to = r, .piece = on_piece, .member = on_member, .unread = on_unread, .left = UNPACK_MAX };
	scanner_begin(scanner_at(r, 0), found, r);
	enum open_end end = open_file(job->source, job->sort, job->name, &r->listener);
	scanner_end(scanner_at(r, 0));
	r->bytes = r->told_bytes + job->source->size;
	done(r, unread_of(end), "");
	flush(r);
	return 0;
}

/* Reading pictures takes its time: more of it the larger the file. */
static unsigned seconds_for(uint64_t size, bool ocr)
{
	uint64_t seconds = 30 + (size >> (ocr ? 15 : 23));
	return seconds < 7200 ? (unsigned)seconds : 7200;
}

static bool with_ocr;

static void read_file(struct reading *r, int fd, uint64_t size, uint64_t from, uint64_t to, struct str name)
{
	struct source source = source_of_fd(&fd, size);
	struct scanner *s = scanner_at(r, 0);
	size_t room;
	r->bytes = r->told_bytes = r->lines = r->unlikely = 0;
	r->listener = (struct listener){ 0 };
	buf_clear(&r->member);
	scanner_begin(s, found, r);
	char *p = scanner_room(s, &room);
	size_t got = source_read(&source, 0, p, room);
	struct str head = { p, got };
	struct source first = source_of_text(&head);
	enum file_sort sort = open_sort(&first, name);
	if (sort == FILE_PLAIN) {
		(void)from;
		plain(r, s, &source, 0, to, got);
		done(r, READ_WELL, "");
		return;
	}
	flush(r);
	struct job job = { r, &source, name, sort };
	struct err e = { 0 };
	int status;
	if (!box_nurse(seconds_for(size, with_ocr), open_it, &job, &status, &e))
		done(r, e.code == TOO_BIG ? UNREAD_TOO_BIG : UNREAD_ERROR, e.say);
	else if (status != 0)
		done(r, UNREAD_ERROR, "The helper that reads the file could not do so.");
}

bool find_box_prepare(void)
{
	return open_prepare(false);
}

bool find_box_prepare_ocr(void)
{
	with_ocr = true;
	return open_prepare(true);
}

int find_box_main(int line, int messages)
{
	(void)line;
	static char message[BOX_MESSAGE_MAX];
	struct reading r = { .line = messages, .out = BUF(BOX_MESSAGE_MAX + 1), .member = BUF(4 * MEMBER_MAX) };
	random_bytes(r.key, sizeof r.key);
	for (;;) {
		int fd[BOX_FDS_MAX];
		size_t fds;
		long n = box_receive(messages, message, sizeof message, fd, &fds);
		if (n <= 0)
			return n == 0 ? 0 : 1;
		struct cursor c = cursor_of((struct str){ message, (size_t)n });
		uint32_t files = cursor_u32(&c);
		for (uint32_t i = 0; i < files && i < fds; i++) {
			r.id = cursor_u32(&c);
			uint64_t size = cursor_u64(&c), from = cursor_u64(&c), to = cursor_u64(&c);
			struct str name = cursor_lstr(&c);
			read_file(&r, fd[i], size, from, to, name);
			close(fd[i]);
		}
		flush(&r);
	}
}
