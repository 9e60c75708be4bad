/* afar - a scan by a process of its own, for who may open no files: a desk. The asker's end, and the role's: which may read the folders that the
 * parent told it of, has no way out but its line, and has its boxes from the parent.
 *
 * Over the line: from the parent u32 length, then the folders and our own data's; from the asker u32 length, then u8 contacts, u8 unlikely, u32 boxes,
 * u32 number, paths, and the files that are remembered; back come frames, u32 length and u8 sort each. All numbers little-endian. */
#include "box.h"
#include "find_int.h"
#include "role.h"
#include "told.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
	FOLDERS_ROOM = 16 << 10,                         /* bytes of what the parent tells */
	FOLDERS_MAX = 64, PATHS_MAX = 64,
	ASKED_MAX = 28 << 20, FRAME_MAX = 28 << 20,      /* bytes: the remembered files take up to 24 MiB */
	SEND_FROM = 32 << 10,                            /* so much is collected, or what came until progress is told */
	GRACE_MS = 3000,
};
enum frame { FRAME_HIT = 1, FRAME_CONTACT, FRAME_UNREAD, FRAME_DONE, FRAME_PROGRESS, FRAME_END };

static bool put_whole(int line, struct buf *b)
{
	uint32_t n = (uint32_t)b->n;
	bool good = !b->full && line_write(line, (struct str){ (const char *)&n, sizeof n }) && line_write(line, buf_str(b));
	buf_free(b);
	return good;
}

static bool take_whole(int line, struct arena *a, uint32_t max, struct cursor *c)
{
	uint32_t n;
	if (!line_read(line, &n, sizeof n) || n > max)
		return false;
	char *p = arena_get(a, n);
	*c = cursor_of((struct str){ p, n });
	return line_read(line, p, n);
}

static void put_totals(struct buf *b, const struct find_totals *t)
{
	const uint64_t n[] = { t->files, t->bytes, t->known, t->skipped, t->unlikely, t->milliseconds, t->holes };
	for (size_t i = 0; i < LENGTH(n); i++)
		buf_u64(b, n[i]);
	buf_u8(b, t->stopped);
}

static void take_totals(struct cursor *c, struct find_totals *t)
{
	uint64_t *const n[] = { &t->files, &t->bytes, &t->known, &t->skipped, &t->unlikely, &t->milliseconds, &t->holes };
	for (size_t i = 0; i < LENGTH(n); i++)
		*n[i] = cursor_u64(c);
	t->stopped = cursor_u8(c);
}

/* ---- the parent's part ---- */

bool scan_hand_over(int line, struct str folders, struct str own)
{
	struct buf b = BUF(FOLDERS_ROOM);
	buf_lstr(&b, folders);
	buf_lstr(&b, own);
	return put_whole(line, &b);
}

/* ---- the asker's end ---- */

static bool ask(struct find *find, int line)
{
	struct buf b = BUF(ASKED_MAX), seen = BUF(ASKED_MAX);
	buf_u8(&b, find->contact != NULL);
	buf_u8(&b, find->unlikely);
	buf_u32(&b, find->jobs);
	buf_u32(&b, (uint32_t)find->paths);
	for (size_t i = 0; i < find->paths; i++)
		buf_lstr(&b, find->path[i]);
	if (find->seen)
		seen_bytes(find->seen, &seen);
	buf_u8(&b, find->seen != NULL);
	buf_lstr(&b, buf_str(&seen));
	buf_free(&seen);
	return put_whole(line, &b);
}

static bool on_end(struct find *find, struct cursor *c, struct err *e)
{
	enum fault code = (enum fault)cursor_u8(c);
	struct str field = cursor_lstr(c), say = cursor_lstr(c), seen;
	struct find_totals totals = { 0 };
	take_totals(c, &totals);
	seen = cursor_lstr(c);
	if (!cursor_done(c) || code > TORN)
		return err_set(e, TORN, NULL, "What looked through the folders spoke nonsense. Try again.");
	find->totals = totals;
	if (find->seen && seen.n)
		seen_renew(find->seen, seen);
	if (code == OK)
		return true;
	err_set(e, code, NULL, STR_FMT, STR_ARG(safe_line(find->a, say)));
	if (field.n < sizeof e->field)
		memcpy(e->field, field.p, field.n), e->field[field.n] = 0;
	return false;
}

/* false: nothing that the role would say. */
static bool on_frame(struct find *find, struct arena *a, enum frame sort, struct cursor *c)
{
	struct record r;
	struct str path = sort == FRAME_PROGRESS ? STR("") : arena_str(a, cursor_lstr(c));
	if (sort == FRAME_HIT || sort == FRAME_CONTACT) {
		if (c->torn || !record_take(c, a, &r) || !cursor_done(c) || r.sort != (sort == FRAME_HIT ? RECORD_HIT : RECORD_CONTACT))
			return false;
		r.hit.path = path;
		if (sort == FRAME_HIT)
			find->hit(find->to, &r.hit);
		else if (find->contact)
			find->contact(find->to, &(struct find_contact){ path, r.member, r.contact });
		return true;
	}
	if (sort == FRAME_UNREAD) {
		struct str member = safe_line(a, cursor_lstr(c)), why = safe_line(a, cursor_lstr(c));
		bool left_out = cursor_u8(c);
		if (!cursor_done(c))
			return false;
		find->unread(find->to, &(struct find_unread){ path, member, why, left_out });
		return true;
	}
	if (sort == FRAME_DONE) {
		bool well = cursor_u8(c);
		if (!cursor_done(c))
			return false;
		if (find->done)
			find->done(find->to, path, well);
		return true;
	}
	struct str what = safe_line(a, cursor_lstr(c));
	uint64_t done = cursor_u64(c), of = cursor_u64(c);
	take_totals(c, &find->totals);
	if (sort != FRAME_PROGRESS || !cursor_done(c))
		return false;
	if (find->progress)
		find->progress(find->to, arena_printf(a, STR_FMT, STR_ARG(what)), done, of);
	return true;
}

bool afar_hear(struct find *find, struct arena *a, struct cursor *c, bool *over, struct err *e)
{
	enum frame sort = (enum frame)cursor_u8(c);
	*over = sort == FRAME_END;
	return *over ? on_end(find, c, e) : on_frame(find, a, sort, c);
}

static bool listen_to(struct find *find, int line, struct err *e)
{
	struct arena *a = arena_open();
	struct pollfd p = { .fd = line, .events = POLLIN };
	struct cursor c;
	bool good = true, stopped = false, over = false;
	while (good && !over) {
		stopped = find->stop && *find->stop;
		if (stopped)
			break;
		if (poll(&p, 1, 250) <= 0)
			continue;
		arena_reset(a);
		good = take_whole(line, a, FRAME_MAX, &c) && afar_hear(find, a, &c, &over, e);
	}
	arena_close(a);
	find->totals.stopped |= stopped;
	return good || err_set(e, OUTSIDE, NULL, "What looks through the folders has ended before it was done. Try again.");
}

bool find_afar(struct find *find, struct err *e)
{
	struct helper h;
	int status;
	if (find->database.n)
		return err_set(e, REFUSED, "database", "Databases are looked at by the command line: handback find --database ...");
	if (!helper_start("scan", "", -1, &h, &(struct err){ 0 }))
		return err_set(e, CONFLICT, NULL, "Two looks through files are going on already, or the machine is busy. Try again when one has ended.");
	bool good = ask(find, h.line) ? listen_to(find, h.line, e) : err_set(e, OUTSIDE, NULL, "What looks through the folders could not be asked. Try again.");
	close(h.line);
	if (!helper_wait(&h, find->totals.stopped ? 0 : GRACE_MS, &status)) {
		helper_kill(&h);
		helper_wait(&h, -1, &status);
	}
	return good;
}

/* ---- the role ---- */

struct scanning { int line; struct buf out; volatile int stop; struct find *find; };

/* Nobody listens any more: then it ends. */
static void send_all(struct scanning *s)
{
	if (s->out.n && !line_write(s->line, buf_str(&s->out)))
		s->stop = 1;
	buf_clear(&s->out);
}

static void frame(struct scanning *s, enum frame sort, struct buf *body)
{
	buf_u32(&s->out, (uint32_t)body->n + 1);
	buf_u8(&s->out, (uint8_t)sort);
	buf_put(&s->out, buf_str(body));
	if (s->out.n >= SEND_FROM)
		send_all(s);
	buf_free(body);
}

static struct buf body_of(struct str path)
{
	struct buf b = BUF(FRAME_MAX);
	buf_lstr(&b, path);
	return b;
}

static void on_hit(void *to, const struct find_hit *h)
{
	struct buf b = body_of(h->path);
	record_put(&b, &(struct record){ .sort = RECORD_HIT, .hit = *h });
	frame(to, FRAME_HIT, &b);
}

static void on_contact(void *to, const struct find_contact *c)
{
	struct buf b = body_of(c->path);
	record_put(&b, &(struct record){ .sort = RECORD_CONTACT, .member = c->member, .contact = c->c });
	frame(to, FRAME_CONTACT, &b);
}

static void on_unread(void *to, const struct find_unread *u)
{
	struct buf b = body_of(u->path);
	buf_lstr(&b, u->member);
	buf_lstr(&b, u->why);
	buf_u8(&b, u->left_out);
	frame(to, FRAME_UNREAD, &b);
}

static void on_done(void *to, struct str path, bool well)
{
	struct buf b = body_of(path);
	buf_u8(&b, well);
	frame(to, FRAME_DONE, &b);
}

static void on_progress(void *to, const char *what, uint64_t done, uint64_t of)
{
	struct scanning *s = to;
	struct buf b = body_of(str_of(what));
	buf_u64(&b, done);
	buf_u64(&b, of);
	put_totals(&b, &s->find->totals);
	frame(s, FRAME_PROGRESS, &b);
	send_all(s);
}

static void end(struct scanning *s, const struct err *e)
{
	struct buf b = BUF(FRAME_MAX), seen = BUF(FRAME_MAX);
	buf_u8(&b, (uint8_t)e->code);
	buf_lstr(&b, str_of(e->field));
	buf_lstr(&b, str_of(e->say));
	put_totals(&b, &s->find->totals);
	if (s->find->seen)
		seen_bytes(s->find->seen, &seen);
	buf_lstr(&b, buf_str(&seen));
	buf_free(&seen);
	frame(s, FRAME_END, &b);
	send_all(s);
	buf_free(&s->out);
}

/* Where a path really leads must lie in one of the folders. What opens files is kept to them in any case. */
static bool may_look(struct str path, const struct box_path *folder, size_t n)
{
	char *real = path.n && path.p[0] == '/' ? realpath(path.p, NULL) : NULL;
	bool may = false;
	for (size_t i = 0; real && i < n && !may; i++) {
		size_t length = strlen(folder[i].path);
		bool root = strcmp(folder[i].path, "/") == 0;
		may = root || (strncmp(real, folder[i].path, length) == 0 && (!real[length] || real[length] == '/'));
	}
	free(real);
	return may;
}

static bool folders_take(int line, struct arena *a, struct box_path *folder, size_t *n, struct str *own)
{
	struct cursor c;
	if (!take_whole(line, a, FOLDERS_ROOM, &c))
		return false;
	struct str all = cursor_lstr(&c);
	*own = arena_str(a, cursor_lstr(&c));
	for (*n = 0; all.p && all.n && *n < FOLDERS_MAX;)
		folder[(*n)++] = (struct box_path){ arena_str(a, str_split(&all, ':')).p, false };
	return cursor_done(&c);
}

bool afar_asked(struct cursor *c, struct find *find)
{
	bool contacts = cursor_u8(c);
	find->contact = contacts ? on_contact : NULL;
	find->unlikely = cursor_u8(c);
	find->jobs = cursor_u32(c);
	find->paths = cursor_u32(c);
	if (find->paths > PATHS_MAX)
		return false;
	struct str *path = ARENA_ARRAY(find->a, struct str, find->paths + 1);
	for (size_t i = 0; i < find->paths; i++)
		path[i] = arena_str(find->a, cursor_lstr(c));
	find->path = path;
	bool remembered = cursor_u8(c);
	struct str seen = cursor_lstr(c);
	if (!cursor_done(c))
		return false;
	find->seen = remembered ? seen_from(seen, contacts) : NULL;
	return true;
}

int scan_main(int line, int broker)
{
	struct arena *a = arena_open();
	struct box_path folder[FOLDERS_MAX];
	struct scanning s = { .line = line, .out = BUF(FRAME_MAX + (SEND_FROM << 1)) };
	struct find find = { .a = a, .stop = &s.stop, .hit = on_hit, .unread = on_unread, .done = on_done, .progress = on_progress, .to = &s };
	struct err e = { 0 };
	struct cursor c;
	size_t n;
	s.find = &find;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	role_broker(broker);
	if (!folders_take(line, a, folder, &n, &find.leave) || !box_drop_but(POWER_SCAN, folder, n, &e) || !take_whole(line, a, ASKED_MAX, &c) || !afar_asked(&c, &find))
		return 2;
	bool good = n || err_set(&e, REFUSED, "path", "No folder may be looked through from the pages yet. On this machine: handback set find.folders /home/you/Documents");
	for (size_t i = 0; good && i < find.paths; i++)
		good = may_look(find.path[i], folder, n) || err_set(&e, REFUSED, "path", STR_FMT " is not in a folder that may be looked through from the pages. "
		                                                     "handback set find.folders, on this machine, says which may.", STR_ARG(safe_line(a, find.path[i])));
	if (good)
		find_here(&find, &e);
	end(&s, &e);
	seen_close(find.seen);
	arena_close(a);
	return 0;
}
