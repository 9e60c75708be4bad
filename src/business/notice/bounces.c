/* bounces - the mails that come back: read in a box, each put to its notice, kept sealed, and the customer moved to the next way.
 *
 * What moves by itself: a mail that was refused for good, or given up, or complained of, when it bears our mark, or when an address in it is that of
 * one customer whose last mail went out less than two weeks ago. Whoever forges one must have seen that very notice, or know the address and be so
 * early; all it can do is that this customer is told in one more way. Everything else is kept and waits for a person, or tells nothing new.
 */
#include "box.h"
#include "detect.h"
#include "marks.h"
#include "notice_back.h"
#include "notice_bounces_sql.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "seal.h"
#include "ways.h"
#include "wire_imap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FRESH_DAYS = 14,                                 /* how long an address alone tells whose a mail is */
	BATCH_BYTES = 16 << 20, MAILBOX_MAX = 64 << 20, KEPT_MAX = 64 << 10,
};

struct bounces {
	struct op *op; struct answer *answer; uint8_t key[MARK_KEY]; bool can_look_up;
	int64_t since;                                   /* what came before the first round concerns none */
	struct bounces_read n;
};

/* ---- whose ---- */

struct whose { struct moving m; int64_t knew; bool found; };
enum { BY_NOTHING, BY_MARK, BY_ADDRESS, BY_PERSON };

static bool notice_there(struct op *op, struct whose *w)
{
	struct sql_notice_get q;
	if (!sql_notice_get(op, w->m.incident, w->m.round, w->m.who.n, &q, &w->found))
		return false;
	if (w->found)
		w->m.channel = (enum notice_channel)q.channel, w->m.state = (enum notice_state)q.state, w->m.attempts = q.attempts;
	return true;
}

struct owners { struct op *op; struct whose last; int64_t since; size_t n; bool good; };

static void owner(void *to, size_t i, customer_id who)
{
	struct owners *o = to;
	struct sql_mailed_last q;
	bool found;
	(void)i;
	who = ledger_person(o->op, who);
	o->good = o->good && sql_mailed_last(o->op, who.n, o->since, &q, &found);
	if (!o->good || !found || (o->n && o->last.m.who.n == who.n))
		return;
	o->last = (struct whose){ { .incident = q.incident, .round = q.round, .who = who }, BY_ADDRESS, true };
	o->n++;
}

/* By our mark, whatever else stands there; else by the address, when that can be looked up and is one customer's. */
static bool whose_is(struct bounces *b, const struct bounce *r, struct whose *w)
{
	*w = (struct whose){ 0 };
	for (size_t i = 0; i < r->marks && !w->found; i++) {
		if (!mark_read(b->op->a, b->key, str_of(r->mark[i]), &w->m))
			continue;
		w->knew = BY_MARK;
		if (!notice_there(b->op, w))
			return false;
	}
	if (w->found || !*r->address || !b->can_look_up)
		return true;
	struct owners o = { .op = b->op, .since = b->op->now - FRESH_DAYS * DAY, .good = true };
	if (!ledger_whose(b->op, &(struct contact_text){ false, str_of(r->address) }, 1, owner, &o)) {
		if (b->op->err.code != REFUSED && b->op->err.code != LOCKED)
			return false;
		err_clear(&b->op->err);                  /* no look-up without the passphrase: a person decides */
		b->can_look_up = false;
		return true;
	}
	if (o.good && o.n == 1) {
		*w = o.last;
		return notice_there(b->op, w);
	}
	return o.good;
}

/* ---- keeping one ---- */

/* The mail as it may be kept: without card numbers, also such as stand in encoded parts, which are then kept decoded. */
static struct str masked(struct op *op, const struct bounce *r, struct str raw)
{
	struct buf text = BUF(4 * KEPT_MAX), all = BUF(4 * KEPT_MAX);
	raw.n = raw.n < KEPT_MAX ? raw.n : KEPT_MAX;
	buf_put(&all, str_of(r->words));
	buf_byte(&all, '\n');
	size_t inside = detect_mask(&text, r->text), plainly = detect_mask(&all, raw);
	if (inside && !plainly) {
		buf_clear(&all);
		buf_printf(&all, "%s\n", r->words);
		buf_put(&all, buf_str(&text));
	}
	struct buf out = BUF(4 * KEPT_MAX);
	detect_mask(&out, buf_str(&all));                /* the words, too */
	struct str kept = arena_str(op->a, buf_str(&out));
	buf_free(&text);
	buf_free(&all);
	buf_free(&out);
	return kept;
}

static bool moves(const struct bounce *r)
{
	return r->final && (r->class == BOUNCE_HARD || r->class == BOUNCE_SOFT || r->class == BOUNCE_COMPLAINT);
}

/* The notice goes on, when it is where this can be said of it. *to: on which channel; NO_CHANNEL with moved: none is left. */
static bool go_on(struct op *op, struct whose *w, const char *code, bool *moved, enum notice_channel *to)
{
	*moved = w->m.channel == EMAIL && (w->m.state == SENT || w->m.state == IN_DOUBT);
	*to = NO_CHANNEL;
	if (!*moved)
		return true;
	if (!notice_move(op, &w->m, E_RETURN, &(struct outcome){ EMAIL, w->m.attempts, 0, code, { 0 } }))
		return false;
	w->m.state = BOUNCED;
	return channel_next(op, &w->m, "", to);
}

static bool arrived(struct op *op, const struct whose *w)
{
	return w->m.state != IN_DOUBT || w->m.channel != EMAIL ||
	       notice_move(op, &w->m, E_ACCEPT, &(struct outcome){ EMAIL, w->m.attempts, 0, "", { 0 } });
}

static bool customer_ref(struct op *op, customer_id who, struct str *ref)
{
	struct customer c = { 0 };
	*ref = STR("");
	if (!who.n)
		return true;
	bool good = ledger_customers(op, &who, 1, &c);
	*ref = c.ref;
	return good;
}

static void tell(struct bounces *b, int64_t id, const struct bounce *r, const struct whose *w, struct str ref, bool moved, enum notice_channel to, bool waits)
{
	struct answer *a = b->answer;
	answer_row(a);
	answer_number(a, "bounce", id);
	answer_text(a, "class", str_of(bounce_class_name(r->class)));
	answer_text(a, "reason", str_of(bounce_reason_name(r->reason)));
	answer_text(a, "status", str_of(r->status));
	answer_text(a, "customer_ref", ref);
	if (w->found)
		answer_text(a, "round", notice_round_name(b->op, w->m.incident, w->m.round));
	answer_flag(a, "moved", moved);
	if (moved)
		answer_text(a, "next", str_of(notice_channel_name(to)));
	answer_flag(a, "waits", waits);
	answer_row_end(a);
	struct str why = notice_bounce_words(r->class, r->reason, r->final, "en");
	answer_say(a, "%6" PRId64 "  " STR_FMT "  " STR_FMT "%s%s", id, STR_ARG(ref.n ? ref : STR("nobody known")), STR_ARG(why),
	           !moved ? "" : to == NO_CHANNEL ? " No other way is known: call or visit them." : " Next: ", moved && to != NO_CHANNEL ? notice_channel_name(to) : "");
}

static bool keep_one(struct bounces *b, struct bounce *r, struct str raw, const uint8_t digest[32], struct whose *w)
{
	struct op *op = b->op;
	bool moved = false;
	enum notice_channel to = NO_CHANNEL;
	char code[16] = "";
	if (r->class == BOUNCE_NONE)
		r->class = BOUNCE_UNKNOWN;
	bool waits = !w->found || r->class == BOUNCE_UNKNOWN;
	struct str sealed, plain = masked(op, r, raw), ref = STR("");
	memcpy(code, *r->status ? r->status : "came back", *r->status ? sizeof r->status : 10);
	if (!op_begin(op))
		return false;
	int64_t id = op_count(op, "bounce");
	struct place place = { "bounce", "mail", op->business, id };
	bool good = id && seal_wrap(op->seal, &place, &plain, &sealed, 1, op->a, &op->err) && customer_ref(op, w->m.who, &ref);
	if (good && w->found && moves(r))
		good = go_on(op, w, code, &moved, &to);
	else if (good && w->found && r->class == BOUNCE_AUTO)
		good = arrived(op, w);
	good = good && sql_bounce_put(op, id, op->now, r->class, r->reason, r->final, str_of(r->status), w->m.incident, w->m.round, w->m.who.n, w->found ? w->knew : BY_NOTHING, moved,
	                              waits ? 0 : op->now, (struct str){ (const char *)digest, 16 }, sealed) &&
	       log_add(op, "bounce.kept", ABOUT({ "bounce", id }, { "class", r->class }, { "reason", r->reason }, { "incident", w->m.incident }, { "round", w->m.round }, { "customer", w->m.who.n }));
	if (!op_end(op, good))
		return false;
	b->n.kept++, b->n.moved += moved && to != NO_CHANNEL, b->n.stuck += moved && to == NO_CHANNEL, b->n.waiting += waits;
	tell(b, id, r, w, ref, moved, to, waits);
	return true;
}

/* What is not about a notice is not kept: a mailbox may be somebody's own. */
static bool read_one(struct bounces *b, struct bounce *r, struct str raw)
{
	struct sql_bounce_known q;
	struct whose w;
	uint8_t digest[32];
	bool known;
	sha256(str_trim(raw), digest);                   /* a mailbox file may end it with another line */
	b->n.looked++;
	if (!sql_bounce_known(b->op, (struct str){ (const char *)digest, 16 }, &q, &known))
		return false;
	if (known || !whose_is(b, r, &w))
		return known;
	bool ours = w.found || (r->class != BOUNCE_NONE && r->class != BOUNCE_AUTO && r->reason != WHY_CHALLENGE && r->reason != WHY_LEFT);
	if (!w.found)
		w.m = (struct moving){ 0 };
	return !ours || keep_one(b, r, raw, digest, &w);
}

/* ---- through a box ---- */

static bool line_read(int line, struct buf *out, struct err *e)
{
	for (;;) {
		char some[64 << 10];
		ssize_t n = read(line, some, sizeof some);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 || err_errno(e, "A reader of mails could not be heard");
		buf_put(out, (struct str){ some, (size_t)n });
		if (out->full)
			return err_set(e, TOO_BIG, NULL, "There are too many mails in one file.");
	}
}

/* bytes: what the descriptor holds, a mailbox or frames. */
static bool through_box(struct bounces *b, int fd, struct str bytes)
{
	struct op *op = b->op;
	struct box_limits limits = { .memory = (uint64_t)bytes.n + (256 << 20), .cpu_seconds = 120 };
	struct box *box = box_start("bounce", fd, &limits, &op->err);
	struct buf told = BUF(256 << 20);
	bool good = box && line_read(box_line(box), &told, &op->err);
	good = box_end(box, good ? &op->err : &(struct err){ 0 }) && good;
	struct cursor c = cursor_of(buf_str(&told));
	struct arena *whole = op->a;
	struct bounce_told t;
	for (bool more = good; more && good && !op_stopped(op);) {
		op->a = arena_open();
		more = bounce_told(&c, bytes.n, &t, op->a);
		good = !more || read_one(b, &t.bounce, (struct str){ bytes.p + t.at, t.n });
		arena_close(op->a);
		op->a = whole;
	}
	good = good && (!c.torn || err_set(&op->err, TORN, NULL, "The reader of mails said something impossible."));
	buf_free(&told);
	return good;
}

static bool frames_read(struct bounces *b, struct buf *frames)
{
	if (!frames->n)
		return true;
	int fd = memfd_create("mails", MFD_CLOEXEC);
	struct str s = buf_str(frames);
	bool good = fd >= 0;
	for (size_t at = 0; good && at < s.n;) {
		ssize_t n = write(fd, s.p + at, s.n - at);
		good = n > 0;
		at += good ? (size_t)n : 0;
	}
	good = good ? through_box(b, fd, s) : err_errno(&b->op->err, "The mails can't be handed over");
	if (fd >= 0)
		close(fd);
	buf_clear(frames);
	return good;
}

/* ---- where they lie ---- */

static bool mail_file(struct bounces *b, int dir, const char *name, struct buf *frames)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return true;                             /* the mail program has moved it meanwhile: next time */
	struct buf one = BUF(BOUNCE_MAIL_MAX);
	bool wanted = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_mtime >= b->since;
	for (ssize_t n = 1; wanted && n > 0 && one.n < BOUNCE_MAIL_MAX;) {
		char some[32 << 10];
		n = read(fd, some, sizeof some < BOUNCE_MAIL_MAX - one.n ? sizeof some : BOUNCE_MAIL_MAX - one.n);
		if (n > 0)
			buf_put(&one, (struct str){ some, (size_t)n });
	}
	close(fd);
	if (one.n)
		bounce_frame(frames, buf_str(&one));
	buf_free(&one);
	return frames->n < BATCH_BYTES || frames_read(b, frames);
}

static bool maildir(struct bounces *b, const char *path)
{
	static const char *const parts[] = { "new", "cur" };
	struct buf frames = BUF(2 * BATCH_BYTES);
	bool good = true, any = false;
	for (size_t i = 0; good && i < LENGTH(parts); i++) {
		DIR *d = opendir(arena_printf(b->op->a, "%s/%s", path, parts[i]));
		any |= d != NULL;
		for (struct dirent *e; good && d && (e = readdir(d)) && !op_stopped(b->op);)
			if (e->d_name[0] != '.')
				good = mail_file(b, dirfd(d), e->d_name, &frames);
		if (d)
			closedir(d);
	}
	good = good && frames_read(b, &frames);
	buf_free(&frames);
	return good && (any || err_set(&b->op->err, INVALID, "from", "%s is a folder, but no Maildir: there is no \"new\" or \"cur\" in it.", path));
}

static bool mailbox(struct bounces *b, int fd, const char *path, size_t size)
{
	struct op *op = b->op;
	if (size > MAILBOX_MAX)
		return err_set(&op->err, TOO_BIG, "from", "%s is larger than %d MiB. Let bounces come into a mailbox of their own.", path, MAILBOX_MAX >> 20);
	void *at = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	if (at == MAP_FAILED)
		return err_errno(&op->err, "The mailbox can't be read");
	bool good = !size || through_box(b, fd, (struct str){ at, size });
	if (size)
		munmap(at, size);
	return good;
}

static bool local(struct bounces *b, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		return err_set(&b->op->err, INVALID, "from", "%s can't be read: %s.", path, strerror(errno));
	}
	bool good = S_ISDIR(st.st_mode)   ? maildir(b, path)
	            : S_ISREG(st.st_mode) ? mailbox(b, fd, path, (size_t)st.st_size)
	                                  : err_set(&b->op->err, INVALID, "from", "%s is neither a Maildir nor a mailbox.", path);
	close(fd);
	return good;
}

/* ---- elsewhere, by IMAP ---- */

#define IMAP_SEEN "bounces.imap-seen"                    /* a setting of ours: how far which mailbox was read */

struct arriving { struct bounces *b; struct buf frames; };

static bool arrive(void *to, struct str mail)
{
	struct arriving *a = to;
	bounce_frame(&a->frames, mail);
	return !op_stopped(a->b->op) && (a->frames.n < BATCH_BYTES || frames_read(a->b, &a->frames));
}

/* "123 45 imaps://..."; another mailbox begins anew. */
static struct imap_at seen_read(struct op *op, struct str url)
{
	struct str rest = op_setting(op, IMAP_SEEN), validity = str_split(&rest, ' '), uid = str_split(&rest, ' ');
	int64_t v, u;
	if (!rest.p || !str_eq(rest, url) || !str_i64(validity, &v) || !str_i64(uid, &u) || v < 0 || v > UINT32_MAX || u < 0 || u > UINT32_MAX)
		return (struct imap_at){ 0, 0 };
	return (struct imap_at){ (uint32_t)v, (uint32_t)u };
}

/* What was read is noted only when it is kept: after a stop it is read again, and counts once all the same. */
static bool elsewhere(struct bounces *b, struct str url)
{
	struct op *op = b->op;
	struct wire_account account;
	struct arriving a = { b, BUF(2 * BATCH_BYTES) };
	struct str folder, file = op_setting(op, "bounces.password-file");
	struct imap_at at = seen_read(op, url);
	struct imap_at before;
	bool more;
	if (!wire_box_account(url, &account, &folder, op->a, &op->err))
		return false;
	if (!file.n)
		return err_set(&op->err, INVALID, "bounces.password-file", "The mailbox's password is in no file yet: handback set bounces.password-file FILE");
	account.ca_file = op_setting(op, "mail.ca-file");
	bool good = wire_password("bounces.password-file", file, &account.password, op->a, &op->err);
	do {
		before = at;
		good = good && wire_imap(&account, folder, b->since, BOUNCE_MAIL_MAX, &at, arrive, &a, &more, &op->err) && frames_read(b, &a.frames);
		if (good && (at.validity != before.validity || at.uid != before.uid))
			good = op_begin(op) && op_end(op, op_setting_put(op, IMAP_SEEN, arena_say(op->a, "%" PRIu32 " %" PRIu32 " " STR_FMT, at.validity, at.uid, STR_ARG(url))));
	} while (good && more && !op_stopped(op));
	wipe((char *)(uintptr_t)account.password.p, account.password.n);
	buf_free(&a.frames);
	return good;
}

bool notice_bounces_read(struct op *op, struct str from, struct answer *answer, struct bounces_read *n)
{
	struct bounces b = { .op = op, .answer = answer, .can_look_up = op->ask != NULL };
	struct sql_first_approved first;
	bool found;
	*n = (struct bounces_read){ 0 };
	if (!sql_first_approved(op, &first, &found))
		return false;
	if (!first.at)
		return true;                             /* nothing has gone out: nothing can come back */
	b.since = first.at - DAY;
	bool good = mark_key(op, b.key) && (op->ask ? op_key(op) : op_keeper(op)) && (str_starts(from, STR("imaps://")) ? elsewhere(&b, from) : local(&b, arena_str(op->a, from).p));
	*n = b.n;
	return good;
}

/* ---- verbs ---- */

bool bounces_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str from[] = { args_has(args, "from") ? args_text(args, "from") : op_setting(op, "bounces.box"), args_has(args, "from") ? STR("") : op_setting(op, "bounces.imap") };
	struct bounces_read n = { 0 }, one;
	if (!from[0].n && !from[1].n)
		return err_set(&op->err, INVALID, "from", "Where do mails come back to? Name a Maildir or a mailbox file, or set it once: handback set bounces.box PATH, or bounces.imap for a mailbox elsewhere");
	for (size_t i = 0; i < LENGTH(from); i++) {
		if (from[i].n && !notice_bounces_read(op, from[i], answer, &one))
			return false;
		if (from[i].n)
			n.looked += one.looked, n.kept += one.kept, n.moved += one.moved, n.stuck += one.stuck, n.waiting += one.waiting;
	}
	answer_say(answer, "%s looked at, %s about notices; %s went on another way.", counted(op->a, n.looked, "mail was", "mails were"), counted(op->a, n.kept, "new one is", "new ones are"),
	           counted(op->a, n.moved, "customer", "customers"));
	if (n.stuck)
		answer_say(answer, "%s no other way: call or visit them. See: handback notice status", counted(op->a, n.stuck, "customer has", "customers have"));
	if (n.waiting)
		answer_say(answer, "%s for you: handback notice bounce list --waiting", counted(op->a, n.waiting, "waits", "wait"));
	answer->attention = n.waiting + n.stuck > 0;
	return true;
}

bool notice_bounces(struct op *op, const struct bounces_asked *asked, struct bounce_row **out, size_t *n)
{
	struct sql_bounces q;
	struct bounce_row *row = ARENA_ARRAY(op->a, struct bounce_row, BOUNCES_PAGE);
	size_t m = 0;
	if (!sql_bounces(op, asked->below ? asked->below : INT64_MAX, asked->waiting, asked->incident, asked->round, BOUNCES_PAGE, &q))
		return false;
	while (sql_bounces_next(op, &q))
		row[m++] = (struct bounce_row){ q.id, q.at, (enum bounce_class)q.class, (enum bounce_reason)q.reason, q.final, q.moved, q.knew == BY_ADDRESS, q.status, q.incident, q.round,
		                                { (uint32_t)q.customer }, q.ref, q.settled };
	*out = row, *n = m;
	return op->err.code == OK;
}

bool notice_bounces_waiting(struct op *op, int64_t *n)
{
	struct sql_bounces_waiting q;
	bool found;
	bool good = sql_bounces_waiting(op, &q, &found);
	*n = good ? q.n : 0;
	return good;
}

static void row_tell(struct op *op, const struct bounce_row *b, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "bounce", b->id);
	answer_time(answer, "at", b->at);
	answer_text(answer, "class", str_of(bounce_class_name(b->class)));
	answer_text(answer, "reason", str_of(bounce_reason_name(b->reason)));
	answer_text(answer, "status", b->status);
	answer_text(answer, "customer_ref", b->ref);
	if (b->incident)
		answer_text(answer, "round", notice_round_name(op, b->incident, b->round));
	answer_flag(answer, "moved", b->moved);
	answer_flag(answer, "waits", !b->settled);
	answer_text(answer, "why", notice_bounce_words(b->class, b->reason, b->final, "en"));
	answer_row_end(answer);
	answer_say(answer, "%6" PRId64 "  %-10s  " STR_FMT "  " STR_FMT "%s", b->id, bounce_class_name(b->class), STR_ARG(b->ref.n ? b->ref : STR("nobody known")),
	           STR_ARG(notice_bounce_words(b->class, b->reason, b->final, "en")), b->settled ? "" : "  Waits for you.");
}

bool bounce_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct bounces_asked asked = { .waiting = args_has(args, "waiting") };
	struct bounce_row *row;
	struct round r;
	size_t n;
	int64_t all = 0;
	if (args_has(args, "round") && !round_asked(op, args, &r))
		return false;
	if (args_has(args, "round"))
		asked.incident = r.incident, asked.round = r.round;
	do {
		if (!notice_bounces(op, &asked, &row, &n))
			return false;
		for (size_t i = 0; i < n; i++)
			row_tell(op, &row[i], answer);
		all += (int64_t)n;
		asked.below = n ? row[n - 1].id : 0;
	} while (n == BOUNCES_PAGE);
	if (!all)
		answer_say(answer, asked.waiting ? "No mail that came back waits for you." : "No mail has come back.");
	return true;
}

static bool bounce_asked(struct op *op, const struct args *args, int64_t *id, struct sql_bounce_get *q)
{
	bool found;
	args_number(args, "bounce", id);
	return sql_bounce_get(op, *id, q, &found) && (found || err_set(&op->err, NOT_FOUND, "bounce", "There is no mail %" PRId64 ". Those that came back: handback notice bounce list", *id));
}

bool notice_bounce_mail(struct op *op, int64_t id, struct str *words, struct str *mail)
{
	struct sql_bounce_get q;
	struct place place = { "bounce", "mail", op->business, id };
	struct str plain = STR("");
	bool found;
	if (!sql_bounce_get(op, id, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "bounce", "There is no mail %" PRId64 ".", id);
	if (q.mail.n && (!op_looked(op, 1) || !seal_unwrap(op->seal, &place, &q.mail, &plain, 1, op->a, &op->err)))
		return false;
	*words = str_split(&plain, '\n');
	*mail = plain.p ? plain : STR("");
	return true;
}

bool bounce_show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct sql_bounce_get q;
	struct str words, mail;
	int64_t id = 0;
	if (!bounce_asked(op, args, &id, &q) || !op_key(op) || !notice_bounce_mail(op, id, &words, &mail))
		return false;
	struct str why = notice_bounce_words((enum bounce_class)q.class, (enum bounce_reason)q.reason, q.final, "en");
	answer_row(answer);
	answer_number(answer, "bounce", id);
	answer_text(answer, "why", why);
	answer_text(answer, "words", words);
	answer_text(answer, "mail", mail);
	answer_row_end(answer);
	answer_say(answer, STR_FMT, STR_ARG(why));
	answer_lines(answer, mail);
	return true;
}

/* What a person says of one: whose it is, and whether the address failed. */
bool bounce_settle_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct sql_bounce_get q;
	struct round r;
	struct whose w = { 0 };
	bool failed = args_has(args, "failed"), moved = false;
	enum notice_channel to = NO_CHANNEL;
	int64_t id = 0;
	if (!bounce_asked(op, args, &id, &q))
		return false;
	if (q.settled)
		return err_set(&op->err, CONFLICT, "bounce", "Mail %" PRId64 " is settled already.", id);
	if (args_has(args, "customer")) {
		if (!round_asked(op, args, &r) || !one_asked(op, args, &r, &w.m))
			return false;
		w.found = true, w.knew = BY_PERSON;
	} else if (q.customer) {
		w = (struct whose){ { .incident = q.incident, .round = q.round, .who = { (uint32_t)q.customer } }, q.knew, false };
		if (!notice_there(op, &w))
			return false;
	}
	if (failed && !w.found)
		return err_set(&op->err, INVALID, "customer", "Whose mail was it? Say so with --customer REF and --round.");
	if (failed && !go_on(op, &w, "came back", &moved, &to))
		return false;
	if (failed && !moved)
		return err_set(&op->err, CONFLICT, "customer", "This customer's notice is not with an e-mail that was sent: nothing is to be done.");
	answer_row(answer);
	answer_number(answer, "bounce", id);
	answer_flag(answer, "moved", moved);
	if (moved)
		answer_text(answer, "next", str_of(notice_channel_name(to)));
	answer_row_end(answer);
	answer_say(answer, !moved ? "Kept: nothing is to be done." : to == NO_CHANNEL ? "Kept: the address does not work, and no other way is known. Call or visit them." : "Kept: the address does not work. Next: %s.",
	           notice_channel_name(to));
	return sql_bounce_settle(op, id, w.m.incident, w.m.round, w.m.who.n, w.found ? w.knew : BY_NOTHING, moved, op->now) &&
	       log_add(op, "bounce.settled", ABOUT({ "bounce", id }, { "customer", w.m.who.n }, { "moved", moved }));
}
