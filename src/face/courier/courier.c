/* courier - one loop: what is due goes out; else it sleeps until something is, or the database has changed. It may touch the data folder, the mail
 * password's file, the box that mails come back to, and the network outwards. */
#include "box.h"
#include "courier.h"
#include "job.h"
#include "keep.h"
#include "notice.h"
#include "notice_back.h"
#include "public.h"
#include "role.h"
#include "status.h"
#include "store.h"
#include "trust.h"
#include "watch.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOK_MS = 1000,              /* how often it looks whether something has changed */
	BACK_MS = 300,               /* the same where mails come back to this machine: within a second whoever they are about has the next way */
	WAIT_LEAST = 60, WAIT_MOST = 15 * 60,    /* after a failure, doubled each time */
	WAIT_LOCKED = 30,            /* for the vault to be opened; less when something changes */
	WAIT_OTHER = 5,              /* for another sender */
	TRUST_LOOK = 60,             /* and whether the page for customers says something else */
	BACKUP_LOOK = 60,            /* how often it looks whether a backup is due */
	WAIT_BACKUP = 3600,          /* before another try to make one */
	WATCH_LOOK = 10,             /* how often it looks whether something is to be looked at outside */
	WAIT_WATCH = 60,             /* between two rounds of it */
	WAIT_PROOFS = 10,            /* between two looks whether customers' pages lack proofs */
	STATUS_LOOK = 60, WAIT_STATUS = 10,      /* whether an incident's public page is what it should be; and after making it so */
	WAIT_SILENT = 3600,          /* a server that takes mails and never answers: each try may put a batch in doubt */
	EXIT_ANEW = 0, EXIT_FAILED = 3,
};

static const char say_setting[] = "courier.says";
static volatile int stop, halt;                  /* halt: of the run alone, too */

static void on_term(int signal_number)
{
	(void)signal_number;
	stop = halt = 1;
}

/* ---- what it says ---- */

static int lock_open(struct op *op)
{
	return open(arena_printf(op->a, STR_FMT "/courier.lock", STR_ARG(op->folder)), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static struct flock whole_file(short how)
{
	return (struct flock){ .l_type = how, .l_whence = SEEK_SET };
}

bool courier_state(struct op *op, struct courier_state *state)
{
	struct flock held = whole_file(F_WRLCK);
	int lock = lock_open(op);
	*state = (struct courier_state){ .runs = lock >= 0 && fcntl(lock, F_OFD_GETLK, &held) == 0 && held.l_type != F_UNLCK };
	if (lock >= 0)
		close(lock);
	state->say = state->runs ? op_setting(op, say_setting) : STR(N_("Nothing goes out just now: the part of Handback that sends is not running. It is started again by itself. If this still stands here in five minutes, stop Handback and start it again."));
	return op->err.code == OK;
}

static void says(struct op *op, const char *sentence)
{
	struct err before = op->err;
	err_clear(&op->err);
	if (!str_eq(op_setting(op, say_setting), str_of(sentence)) && op_begin(op))
		op_end(op, op_setting_put(op, say_setting, str_of(sentence)));
	op->err = before;
}

/* ---- its powers ---- */

/* What libraries read on the way to a mail server and to a letter. */
static const struct box_path machine[] = {
	{ "/etc/resolv.conf", false }, { "/run/systemd/resolve", false }, { "/etc/hosts", false }, { "/etc/nsswitch.conf", false }, { "/etc/host.conf", false },
	{ "/etc/gai.conf", false }, { "/etc/services", false }, { "/etc/ssl", false }, { "/usr/share/ca-certificates", false }, { "/usr/lib/ssl", false },
	{ "/etc/fonts", false }, { "/usr/share/fonts", false }, { "/usr/local/share/fonts", false }, { "/usr/share/fontconfig", false },
	{ "/var/cache/fontconfig", false }, { "/usr/share/zoneinfo", false }, { "/etc/localtime", false }, { "/lib", false }, { "/usr/lib", false },
	{ "/dev/null", true }, { "/dev/urandom", false },
};
enum { OWN_PATHS = 7 };
struct paths { struct box_path path[LENGTH(machine) + OWN_PATHS]; size_t n; struct str password, ca, back, sms, outward, box; };

static void paths_find(struct op *op, struct paths *p)
{
	memcpy(p->path, machine, sizeof machine);
	p->n = LENGTH(machine);
	p->password = op_setting(op, "mail.password-file"), p->ca = op_setting(op, "mail.ca-file"), p->back = op_setting(op, "bounces.box");
	p->box = op_setting(op, "bounces.password-file");
	if (p->box.n)
		p->path[p->n++] = (struct box_path){ p->box.p, false };
	p->sms = op_setting(op, "sms.password-file"), p->outward = op_setting(op, "outward.ca-file");
	for (size_t i = 0; i < 2; i++)
		if ((i ? p->outward : p->sms).n)
			p->path[p->n++] = (struct box_path){ (i ? p->outward : p->sms).p, false };
	p->path[p->n++] = (struct box_path){ arena_printf(op->a, STR_FMT, STR_ARG(op->folder)), true };
	if (p->password.n)
		p->path[p->n++] = (struct box_path){ p->password.p, false };
	if (p->ca.n)
		p->path[p->n++] = (struct box_path){ p->ca.p, false };
	if (p->back.n)
		p->path[p->n++] = (struct box_path){ p->back.p, false };
}

/* The settings name other files than those it was given: it ends, and the parent starts it with these. */
static bool outdated(struct op *op, const struct paths *p)
{
	return !str_eq(op_setting(op, "mail.password-file"), p->password) || !str_eq(op_setting(op, "mail.ca-file"), p->ca) ||
	       !str_eq(op_setting(op, "bounces.box"), p->back) || !str_eq(op_setting(op, "sms.password-file"), p->sms) || !str_eq(op_setting(op, "bounces.password-file"), p->box) ||
	       !str_eq(op_setting(op, "outward.ca-file"), p->outward);
}

/* Name look-ups load libraries the first time, which nothing may do later. */
static void look_ups_begin(void)
{
	struct addrinfo *a = NULL;
	if (getaddrinfo("localhost", NULL, NULL, &a) == 0)
		freeaddrinfo(a);
}

/* ---- the loop ---- */

static void nowhere(void *to, struct str s)
{
	(void)to, (void)s;
}

struct courier { struct op op; int line, answers; int64_t hold, wait, version, backup, trust, watch, status, status_hold, proofs; uint64_t proved; bool tried, rests; const char *back; uint64_t back_as; int64_t back_hold, imap_hold, run, back_next; };        /* backup: not looked for before; in ms: when the run began, and when it is
                                                    next asked whether mails came back */

static void wait_longer(struct courier *c)
{
	c->wait = c->wait ? c->wait * 2 : WAIT_LEAST;
	c->wait = c->wait > WAIT_MOST ? WAIT_MOST : c->wait;
	c->hold = when_now() + c->wait;
}

static const char *again_at(struct op *op, int64_t at)
{
	struct str local = when_local_text(op->a, op->zone, at);
	return arena_printf(op->a, "%.*s", local.n > 16 ? 5 : 0, local.p + 11);
}

/* What a run came to: what is said of it, and when the next one may be. */
static void judge(struct courier *c, bool good, const struct sent *sent)
{
	struct op *op = &c->op;
	c->hold = 0;
	if (sent->silent) {
		c->hold = when_now() + WAIT_SILENT;
		says(op, arena_printf(op->a, "The mail server took e-mails and never answered. No more go out until %s, so that no more come into doubt. Look after the server.",
		                      again_at(op, c->hold)));
	} else if (*sent->stuck) {
		wait_longer(c);
		says(op, arena_printf(op->a, "The mail server could not be used: %s Trying again at %s.", sent->stuck, again_at(op, c->hold)));
	} else if (good) {
		c->wait = 0;
		says(op, "");
	} else if (op->err.code == LOCKED) {
		c->hold = when_now() + WAIT_LOCKED;
		says(op, "Locked: sign in to go on. Approved notices wait until then.");
	} else if (op->err.code == CONFLICT) {
		c->hold = when_now() + WAIT_OTHER;
	} else {
		wait_longer(c);
		says(op, arena_printf(op->a, "Approved notices could not go out: %s Trying again at %s.", op->err.say, again_at(op, c->hold)));
	}
}

/* What tells that mails have come: when its folders or the file last changed, and how large it is. 0: nowhere to look, or nothing new. */
static uint64_t back_news(const struct courier *c)
{
	static const char *const parts[] = { "", "/new", "/cur" };
	static const uint8_t key[16] = "handback-bounces";
	struct { int64_t at, ns, size; } seen[LENGTH(parts)] = { 0 };
	char path[4096];
	if (!*c->back || when_now() < c->back_hold)
		return 0;
	for (size_t i = 0; i < LENGTH(parts); i++) {
		struct stat st;
		if (snprintf(path, sizeof path, "%s%s", c->back, parts[i]) < (int)sizeof path && stat(path, &st) == 0)
			seen[i].at = st.st_mtim.tv_sec, seen[i].ns = st.st_mtim.tv_nsec, seen[i].size = st.st_size;
	}
	uint64_t as = hash64((struct str){ (const char *)seen, sizeof seen }, key) | 1;
	return as == c->back_as ? 0 : as;
}

static int64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* A mail that came back moves somebody on at once: the run rests when those on their way are answered, and goes on when it is read. What a run begins with
 * is no more than a tenth of it. */
static void meanwhile(struct op *op, const char *what, uint64_t done, uint64_t of)
{
	struct courier *c = (struct courier *)op;        /* its first member */
	int64_t now = clock_ms(), begun = now - c->run;
	(void)what, (void)done, (void)of;
	(void)what, (void)done, (void)of;
	if (!c->back_next)
		c->back_next = now + (9 * begun > BACK_MS ? 9 * begun : BACK_MS);
	if (now < c->back_next)
		return;
	c->back_next = now + BACK_MS;
	if (back_news(c))
		halt = 1;
}

/* One look, and a run when something is due. The first one always: what a killed courier left becomes in doubt. A keeper that is gone is
 * the parent's business. */
static bool look(struct courier *c)
{
	struct op *op = &c->op;
	struct answer answer = { .put = nowhere, .note = nowhere };
	struct sent sent = { 0 };
	int64_t due;
	op->now = when_now();
	err_clear(&op->err);
	if (!notice_due(op, &due))
		return false;
	if (c->tried && (due > op->now || c->hold > op->now))
		return true;
	c->run = clock_ms(), c->back_next = 0;
	op->progress = meanwhile;
	bool good = notice_send_due(op, &answer, &sent);
	op->progress = NULL;
	bool keeper_gone = !good && op->err.code == OUTSIDE && op->seal && strstr(op->err.say, "keeper has ended");
	if (!stop)
		judge(c, good, &sent);
	c->tried = true;
	buf_free(&answer.row);
	return !keeper_gone;
}

/* The night's backup, in a thread of its own: mails go on meanwhile. It needs no key. How it went stands in its job. */
static void backup_look(struct courier *c)
{
	const struct verb *verb = keep_verbs;
	const struct args none = { 0 };
	int64_t id;
	bool due;
	c->op.now = when_now();
	if (c->backup > c->op.now)
		return;
	c->backup = c->op.now + BACKUP_LOOK;
	while (strcmp(verb->name, "backup") != 0)
		verb++;
	if (keep_backup_due(&c->op, &due) && due && job_start(&c->op, &(struct job_order){ .verb = verb, .args = &none }, &id))
		c->backup = c->op.now + WAIT_BACKUP;
	err_clear(&c->op.err);
}

/* Services and the catalogue of breaches, where they are switched on and due, or a page asked: in a thread of its own, too. */
static void watch_look(struct courier *c)
{
	const struct args none = { 0 };
	int64_t id, due;
	c->op.now = when_now();
	if (c->watch > c->op.now)
		return;
	c->watch = c->op.now + WATCH_LOOK;
	if (watch_due(&c->op, &due) && due <= c->op.now && job_start(&c->op, &(struct job_order){ .verb = &watch_round, .args = &none }, &id))
		c->watch = c->op.now + WAIT_WATCH;
	err_clear(&c->op.err);
}

/* The public pages of incidents follow what was decided and what is at risk: in a thread of its own, for a large ledger takes a while. */
static void incident_pages_look(struct courier *c, bool changed)
{
	const struct args none = { 0 };
	int64_t id;
	bool due;
	c->op.now = when_now();
	if (changed && c->status > c->status_hold)
		c->status = c->status_hold;
	if (c->status > c->op.now)
		return;
	c->status = c->op.now + STATUS_LOOK;
	if (status_due(&c->op, &due) && due && job_start(&c->op, &(struct job_order){ .verb = &status_round, .args = &none }, &id))
		c->status = c->status_hold = c->op.now + WAIT_STATUS;
	err_clear(&c->op.err);
}

/* Proofs of what customers were told, when the log was signed further: in a thread of its own. */
static void proofs_look(struct courier *c)
{
	const struct args none = { 0 };
	int64_t id;
	bool due;
	c->op.now = when_now();
	if (c->proofs > c->op.now)
		return;
	c->proofs = c->op.now + WAIT_PROOFS;
	if (notice_proofs_due(&c->op, &c->proved, &due) && due)
		job_start(&c->op, &(struct job_order){ .verb = &notice_proofs_round, .args = &none }, &id);
	err_clear(&c->op.err);
}

/* hold: until when it is not tried again: locked, or in vain. */
static bool back_read(struct courier *c, struct str from, int64_t *hold)
{
	struct answer answer = { .put = nowhere, .note = nowhere };
	struct bounces_read n;
	c->op.now = when_now();
	bool good = notice_bounces_read(&c->op, from, &answer, &n);
	if (!good)
		*hold = c->op.now + (c->op.err.code == LOCKED ? WAIT_LOCKED : WAIT_MOST);
	if (!good && c->op.err.code != LOCKED)
		says(&c->op, arena_printf(c->op.a, "Mails that came back could not be read: %s", c->op.err.say));
	buf_free(&answer.row);
	err_clear(&c->op.err);
	return good;
}

/* Mails that came back: to this machine again when something is different, to a mailbox elsewhere each minute. */
static void back_look(struct courier *c)
{
	enum { IMAP_LOOK = 60 };
	uint64_t as = back_news(c);
	if (as && back_read(c, str_of(c->back), &c->back_hold))
		c->back_as = as;
	if (when_now() < c->imap_hold)
		return;
	struct str imap = op_setting(&c->op, "bounces.imap");
	if (!imap.n || back_read(c, imap, &c->imap_hold))
		c->imap_hold = when_now() + IMAP_LOOK;
}

/* The page for customers follows what is true. Somebody may have asked for it just now. */
static void trust_look(struct courier *c)
{
	c->op.now = when_now();
	if (c->trust > c->op.now && !str_eq(op_setting(&c->op, "trust.put"), STR("0")))
		return;
	c->trust = c->op.now + TRUST_LOOK;
	trust_renew(&c->op);
	err_clear(&c->op.err);
}

/* What visitors sent is kept as it came, locked or not; forgotten people's pages go. What does not work now is tried again. */
static void public_look(struct courier *c, bool changed)
{
	c->op.now = when_now();
	err_clear(&c->op.err);
	if (!public_take(&c->op, c->answers) || (changed && !public_tidy(&c->op)))
		fprintf(stderr, "handback: %s\n", c->op.err.say);
	err_clear(&c->op.err);
}

/* Until the parent ends it, or something has changed, or the time has come. false: end. */
static bool rest(struct courier *c)
{
	struct pollfd fd[2] = { { .fd = c->line, .events = POLLIN }, { .fd = c->answers, .events = POLLIN } };
	int news = stop ? -1 : poll(fd, 2, *c->back ? BACK_MS : LOOK_MS);
	if (news == 0 && !c->rests)                      /* nothing to do just now */
		mem_rest(), c->rests = true;
	return !stop && (news <= 0 || !fd[0].revents) && !stop;
}

/* A run that only rests goes on at once. */
static bool go_on(struct courier *c)
{
	bool rests = halt && !stop;
	halt = 0;
	if (stop)                                        /* also if that was just now */
		halt = 1;
	return rests || rest(c);
}

static int work(struct courier *c, const struct paths *paths)
{
	struct op *op = &c->op;
	struct arena *whole = op->a;
	int64_t due_look = 0;
	do {
		int64_t version = db_version(op->db), now = when_now();
		bool changed = version != c->version;
		bool answered = poll(&(struct pollfd){ .fd = c->answers, .events = POLLIN }, 1, 0) > 0;
		if (!changed && !answered && now < due_look && now < c->backup && now < c->watch && now < c->status && now < c->imap_hold && !back_news(c))
			continue;
		c->rests = false;
		op->a = arena_open();
		public_look(c, changed);
		c->version = version;
		if (changed && op_setting(op, say_setting).n && strncmp(op_setting(op, say_setting).p, "Locked", 6) == 0)
			c->hold = c->back_hold = c->imap_hold = 0;
		bool anew = outdated(op, paths);
		if (!anew)
			back_look(c);
		bool good = anew || look(c);
		int64_t due = FAR_OFF;
		err_clear(&op->err);
		if (good && !anew)
			notice_due(op, &due);
		due_look = c->hold > due ? c->hold : due;
		if (good && !anew)
			watch_look(c), backup_look(c), trust_look(c), incident_pages_look(c, changed), proofs_look(c);
		arena_close(op->a);
		op->a = whole;
		if (anew)
			return EXIT_ANEW;
		if (!good)
			return EXIT_FAILED;
	} while (go_on(c));
	return stop ? EXIT_ANEW : EXIT_FAILED;
}

int courier_main(int line, int broker, const char *folder)
{
	struct courier c = { .line = line, .answers = line_taken(line), .op = { .stop = &halt } };
	struct paths paths = { 0 };
	struct err e = { 0 };
	struct flock own = whole_file(F_WRLCK);
	umask(077);
	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	role_broker(broker);
	look_ups_begin();
	if (!op_open(&c.op, str_of(folder))) {
		fprintf(stderr, "handback: %s\n", c.op.err.say);
		op_close(&c.op);
		return EXIT_FAILED;
	}
	int lock = lock_open(&c.op), status = EXIT_FAILED;
	if (lock < 0 || fcntl(lock, F_OFD_SETLK, &own) != 0) {
		fputs("handback: another courier is at work on this data folder\n", stderr);
	} else {
		paths_find(&c.op, &paths);
		c.back = arena_str(c.op.a, paths.back).p;
		if (box_drop_but(POWER_COURIER, paths.path, paths.n, &e))
			status = work(&c, &paths);
		else
			fprintf(stderr, "handback: %s\n", e.say);
	}
	jobs_end();
	if (lock >= 0)
		close(lock);
	op_close(&c.op);
	return status;
}
