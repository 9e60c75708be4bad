/* serve - the parent of the pages: `ui`, `serve`. It starts the keeper, the desk, the courier and the front, hands lines over, starts anew what died, and ends all.
 * Of what its children say it reads only which helper they want. */
#include "box.h"
#include "cli_int.h"
#include "courier.h"
#include "desk.h"
#include "find.h"
#include "founding.h"
#include "http.h"
#include "person.h"
#include "role.h"
#include "seal.h"
#include "store.h"
#include "visitors.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	DESK, COURIER, FRONT, PARTS, SCAN = PARTS,   /* a scan asks as a part does, but is a helper */
	HELPERS_MAX = 64, SCANS_MAX = 2,             /* boxes and scans at once; scans, of these */
	AGAIN_MOST = 60,             /* seconds before something that died is started anew, doubled from 1 each time */
	GRACE_SECONDS = 90,          /* for the end: as long as a mail server may think about a batch */
	ANSWERS_MAX = 1 << 20,       /* sealed answers on their way from front to courier, bytes: some 250 */
};

struct part { pid_t pid; int line, broker, ended; int64_t began, again, wait; };
struct helping { pid_t pid; int call, ended, broker; const char *beside; };      /* broker: a scan's; -1: it is none. beside: the role with pages of its own, "demo", "drill"; NULL: it is none */

struct parent {
	struct op *op; struct answer *answer;
	struct desk_start start; bool browser;
	struct front_start front;                        /* no listener: nothing is public */
	int answers[2];                                  /* what visitors send, from the front to the courier: read, write. Kept here while one of them is started anew */
	struct str link;                                 /* the key of the link that is printed */
	bool rests;                                      /* nothing has happened since it let go of what it does not need */
	struct str next;                                 /* after the founding: the key with which its visitor goes on to the next desk; else empty */
	int lock;                                        /* serve.lock */
	bool moving, lost;                               /* the data folder is being exchanged, and nothing is told of what ends; it went wrong, for good */
	bool practice;                                   /* on a copy: there is no courier */
	const char *demo;                                /* the folder of the sample business that may be opened beside this one; NULL: this is it, or a copy to practise on */
	struct part part[PARTS];
	struct helping helping[HELPERS_MAX];
};

static int64_t seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec;
}

/* ---- parts ---- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A front's extra is where visitors' answers go; the others' is a line to broker over. */
static bool part_start(struct parent *p, int which)
{
	static const char *const roles[PARTS] = { [DESK] = "desk", [COURIER] = "courier", [FRONT] = "front" };
	struct part *part = &p->part[which];
	struct err *e = &p->op->err;
	int pair[2] = { -1, p->answers[1] };
	if (which != FRONT && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, "Could not make a line to a helper process");
	bool good = role_start(roles[which], which == COURIER ? p->start.at.folder.p : NULL, pair[1], &part->pid, &part->line, e);
	if (which != FRONT)
		close(pair[1]);
	if (!good) {
		close_fd(&pair[0]);
		return false;
	}
	part->broker = pair[0];
	part->ended = pidfd_open(part->pid, 0);
	part->began = seconds();
	part->again = 0;
	return true;
}

static const char restoring_role[] = "restore";

/* A backup is being made ready to take the folder's place, or is: its role ends before a desk is started, as it does when its desk is gone. */
static bool restoring(const struct parent *p)
{
	for (size_t i = 0; i < HELPERS_MAX; i++)
		if (p->helping[i].pid && p->helping[i].beside == restoring_role)
			return true;
	return false;
}

static void end_say(struct parent *p, int which, int status, int64_t wait)
{
	char say[200];
	static const char *const does[PARTS] = { [DESK] = "shows the pages", [COURIER] = "sends notices", [FRONT] = "answers the public" };
	snprintf(say, sizeof say, "handback: what %s has ended (%s %d); it is started anew in %lld second%s.", does[which],
	         WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), (long long)wait, wait == 1 ? "" : "s");
	if (p->op->tell)
		p->op->tell(p->op, say);
}

/* It has ended: when it is started anew, and that it is said. One that ran for a minute begins with a second again. Only a desk in which a business
 * was founded, or a backup put back, ends because it should. */
static void part_ended(struct parent *p, int which)
{
	struct part *part = &p->part[which];
	int64_t now = seconds();
	int status = role_wait(part->pid);
	bool founded = which == DESK && (p->next.n || restoring(p)) && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	part->pid = 0;
	close_fd(&part->line);
	close_fd(&part->broker);
	close_fd(&part->ended);
	part->wait = founded ? 0 : now - part->began > 60 || !part->wait ? 1 : part->wait * 2 > AGAIN_MOST ? AGAIN_MOST : part->wait * 2;
	part->again = now + part->wait;
	if (!founded && !p->moving && !op_stopped(p->op))
		end_say(p, which, status, part->wait);
}

static struct str link_key(struct parent *p)
{
	uint8_t key[FOUNDING_KEY / 2];
	random_bytes(key, sizeof key);
	return hex(p->op->a, key, sizeof key);
}

static void link_say(struct parent *p)
{
	struct str link = arena_say(p->op->a, STR_FMT "/open/" STR_FMT, STR_ARG(p->start.at.url), STR_ARG(p->link));
	answer_row(p->answer);
	answer_text(p->answer, "link", link);
	answer_row_end(p->answer);
	answer_say(p->answer, "Open this link within 30 minutes; it works once: %s", link.p);
	p->answer->put(p->answer->to, STR(""));
}

/* A page of its own leads there, so that the link is not seen in the list of processes by others. */
static void browser_open(struct parent *p)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	if (!run || !*run || (!getenv("DISPLAY") && !getenv("WAYLAND_DISPLAY")))
		return;
	const char *path = arena_printf(p->op->a, "%s/handback-open.html", run);
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	dprintf(fd, "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url=%s/open/%s\"><title>Handback</title>\n", p->start.at.url.p, p->link.p);
	close(fd);
	pid_t child = fork();
	if (child == 0) {
		int nothing = open("/dev/null", O_RDWR);
		dup2(nothing, 0), dup2(nothing, 1), dup2(nothing, 2);
		if (fork() == 0)
			execlp("xdg-open", "xdg-open", path, (char *)NULL);
		_exit(0);
	}
	if (child > 0)
		role_wait(child);
}

/* Before the founding, and for its visitor, the desk itself knows the link; else it stands in the database like any other. */
static bool link_new(struct parent *p)
{
	char text[TOKEN_TEXT];
	if (p->start.founding || p->next.n) {
		p->link = p->start.key = p->next.n ? p->next : link_key(p);
		return true;
	}
	p->start.key = STR("");
	p->op->now = when_now();
	if (!link_make(p->op, p->practice ? p->op->person : PERSON_FIRST, text))   /* who practises is on the copy who they are */
		return false;
	p->link = arena_str(p->op->a, str_of(text));
	wipe(text, sizeof text);
	return true;
}

/* Each time with a link of its own. */
static bool desk_start(struct parent *p)
{
	/* from the founding the visitor is led on; only if that desk died before, the link is needed */
	bool led = p->next.n && !p->part[DESK].wait;
	if (!link_new(p))
		return false;
	p->next = STR("");
	if (!part_start(p, DESK))
		return false;
	if (!desk_hand_over(p->part[DESK].line, &p->start, &p->op->err))
		return false;
	if (!led)
		link_say(p);
	return true;
}

/* Whatever this start is, the courier learns where answers come from before it does anything. */
static bool courier_start(struct parent *p)
{
	return part_start(p, COURIER) && (line_pass(p->part[COURIER].line, p->answers[0]) || err_set(&p->op->err, OUTSIDE, NULL, "The courier did not start."));
}

static bool front_start(struct parent *p)
{
	p->front.business = op_setting(p->op, "business.name");
	return part_start(p, FRONT) && front_hand_over(p->part[FRONT].line, &p->front, &p->op->err);
}

static void parts_start(struct parent *p)
{
	static bool (*const start[PARTS])(struct parent *) = { [DESK] = desk_start, [COURIER] = courier_start, [FRONT] = front_start };
	int64_t now = seconds();
	for (int i = 0; i < PARTS; i++) {
		struct part *part = &p->part[i];
		if (part->pid || part->again > now || (i != DESK && p->start.founding) || (i == DESK && restoring(p)) || (i == FRONT && !p->front.at.listeners) || (i == COURIER && p->practice))
			continue;
		err_clear(&p->op->err);
		if (start[i](p))
			continue;
		if (part->pid) {
			kill(part->pid, SIGKILL);
			part_ended(p, i);
		} else {
			part->again = now + AGAIN_MOST;
		}
	}
	err_clear(&p->op->err);
}

/* ---- brokering ---- */

/* The keeper that is gone is started anew, locked unless a passphrase file was named; whoever had a line to it starts anew, too. */
static int keeper_line(struct parent *p, int which)
{
	struct op *op = p->op;
	enum asker asker = which == DESK ? ASKER_DESK : ASKER_COURIER;
	int line = op_keeper(op) ? seal_line(op->seal, asker, &op->err) : -1;
	if (line < 0 && op->err.code == OUTSIDE && op->seal) {
		seal_close(op->seal);
		op->seal = NULL;
		err_clear(&op->err);
		if (op->key_at_hand && op->db)
			op_key(op);
		err_clear(&op->err);
		line = op_keeper(op) ? seal_line(op->seal, asker, &op->err) : -1;
		int other = which == DESK ? COURIER : DESK;
		if (p->part[other].pid)
			kill(p->part[other].pid, SIGKILL);
	}
	err_clear(&op->err);
	return line;
}

/* NULL: there are too many. */
static struct helping *helping_free(struct parent *p, bool scan)
{
	struct helping *h = NULL;
	size_t scans = 0;
	for (size_t i = 0; i < HELPERS_MAX; i++) {
		scans += p->helping[i].pid && p->helping[i].broker >= 0;
		h = p->helping[i].pid ? h : &p->helping[i];
	}
	return scan && scans == SCANS_MAX ? NULL : h;
}

/* It runs: the asker gets the line. */
static void helping_begins(struct helping *h, struct wanted *w, int line, int brokers)
{
	h->call = w->call;
	h->broker = brokers, h->beside = NULL;
	h->ended = pidfd_open(h->pid, 0);
	broker_give(w->call, line, h->pid);
	close(line);
}

static bool box_give(struct parent *p, struct wanted *w)
{
	struct helping *h = helping_free(p, false);
	int line;
	if (!h)
		return false;
	if (!role_start("box", w->work, w->extra, &h->pid, &line, &p->op->err)) {
		h->pid = 0;
		err_clear(&p->op->err);
		return false;
	}
	helping_begins(h, w, line, -1);
	return true;
}

/* What it may look through it is told here, before whoever asked can say a word to it. */
static bool scan_give(struct parent *p, struct wanted *w)
{
	struct helping *h = helping_free(p, true);
	struct arena *own = p->op->a;
	int pair[2], line;
	if (!h || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	bool good = role_start("scan", NULL, pair[1], &h->pid, &line, &p->op->err);
	close(pair[1]);
	if (!good) {
		close(pair[0]);
		h->pid = 0;
		err_clear(&p->op->err);
		return false;
	}
	p->op->a = arena_open();
	scan_hand_over(line, op_setting(p->op, "find.folders"), p->op->folder);  /* if it is gone already, its end is told */
	arena_close(p->op->a);
	p->op->a = own;
	helping_begins(h, w, line, pair[0]);
	return true;
}

/* One of each at a time, with a parent of its own: the sample business in its own folder, or a copy of this one to practise on. */
static bool beside_give(struct parent *p, struct wanted *w, const char *role, const char *work, int extra)
{
	struct helping *h = helping_free(p, false);
	int line;
	for (size_t i = 0; i < HELPERS_MAX; i++)
		if (p->helping[i].pid && p->helping[i].beside == role)
			h = NULL;
	if (!h || !work)
		return false;
	if (!role_start(role, work, extra, &h->pid, &line, &p->op->err)) {
		h->pid = 0;
		err_clear(&p->op->err);
		return false;
	}
	helping_begins(h, w, line, -1);
	h->beside = role;
	return true;
}

static bool drill_give(struct parent *p, struct wanted *w)
{
	static const char role[] = "drill";
	char work[DRILL_WORK_MAX];
	int64_t person;
	if (p->practice || !str_i64(str_of(w->work), &person) || snprintf(work, sizeof work, "%" PRId64 " " STR_FMT, person, STR_ARG(p->op->folder)) >= (int)sizeof work)
		return false;
	return beside_give(p, w, role, work, -1);
}

/* One a start: each is a new keeper's record, whose budgets begin anew, and a desk that was taken over would have them as often as it likes. Not in the demo. */
static bool restore_give(struct parent *p, struct wanted *w)
{
	const char *folder = p->demo && !p->start.restored ? folder_real(p->op) : NULL;
	return w->extra >= 0 && beside_give(p, w, restoring_role, folder, w->extra);
}

/* The one thing that is asked for in words. The keeper in which the vault was made ends with it: the one that is started later is locked. */
static void found(struct parent *p, int call)
{
	char room[FOUNDING_MAX], recovery[64] = "";
	struct founding_asked asked;
	struct op op = { .a = arena_open(), .stop = p->op->stop, .tell = p->op->tell };
	struct arena *own = op.a;
	if (founding_take(call, room, &asked)) {
		struct founding f = { asked.name, asked.region, asked.timezone, asked.passphrase, SLOT_COST_DEFAULT.mib, SLOT_COST_DEFAULT.passes };
		bool good = init_found(&op, p->start.at.folder, &f, recovery);
		if (op.a != own)
			op_close(&op);
		if (good) {
			p->start.founding = false;
			p->next = link_key(p);
		}
		founding_answer(call, good ? str_of(recovery) : STR(""), p->next, &op.err);
	}
	arena_close(own);
	wipe(room, sizeof room);
	wipe(recovery, sizeof recovery);
}

/* A desk may have boxes, scans, the demo, a drill, a backup put back and the keeper, and as long as there is no business one founded; a courier the keeper, and boxes for the mails
 * that came back; a scan boxes. */
static void serve_wish(struct parent *p, int which, int line)
{
	struct wanted w;
	bool kept = false;
	if (!broker_read(line, &w))
		return;
	if (strcmp(w.role, restoring_role) == 0 && which == DESK) {
		kept = restore_give(p, &w);
	} else if (p->start.founding) {
		if (strcmp(w.role, "found") == 0)
			found(p, w.call);
	} else if (strcmp(w.role, "keeper") == 0 && which != SCAN) {
		int keeper = keeper_line(p, which);
		if (keeper >= 0)
			broker_give(w.call, keeper, getpid());
		close_fd(&keeper);
	} else if (strcmp(w.role, "box") == 0 && (which != COURIER || strcmp(w.work, "bounce") == 0)) {
		kept = box_give(p, &w);
	} else if (strcmp(w.role, "scan") == 0 && which == DESK) {
		kept = scan_give(p, &w);
	} else if (strcmp(w.role, "demo") == 0 && which == DESK) {
		static const char role[] = "demo";
		kept = beside_give(p, &w, role, p->demo, -1);
	} else if (strcmp(w.role, "drill") == 0 && which == DESK) {
		kept = drill_give(p, &w);
	}
	close_fd(&w.extra);
	if (!kept)
		close(w.call);
}

static void put_back(struct parent *);

static void helper_ended(struct parent *p, struct helping *h)
{
	bool restores = h->beside == restoring_role;
	int status = role_wait(h->pid);
	broker_ended(h->call, status);
	close_fd(&h->call);
	close_fd(&h->ended);
	close_fd(&h->broker);
	*h = (struct helping){ .call = -1, .ended = -1, .broker = -1 };
	if (restores && WIFEXITED(status) && WEXITSTATUS(status) == 0 && !op_stopped(p->op))
		put_back(p);
	else if (restores)
		folder_beside_drop(p->op);
}

/* ---- waiting ---- */

static void once(struct parent *p)
{
	struct pollfd fd[2 * PARTS + 3 * HELPERS_MAX];
	size_t n = 0;
	for (int i = 0; i < PARTS; i++) {
		fd[n++] = (struct pollfd){ .fd = p->part[i].pid ? p->part[i].ended : -1, .events = POLLIN };
		fd[n++] = (struct pollfd){ .fd = p->part[i].pid ? p->part[i].broker : -1, .events = POLLIN };
	}
	for (int i = 0; i < HELPERS_MAX; i++) {
		fd[n++] = (struct pollfd){ .fd = p->helping[i].pid ? p->helping[i].ended : -1, .events = POLLIN };
		/* once it was asked to end, its call says so without end */
		fd[n++] = (struct pollfd){ .fd = p->helping[i].pid ? p->helping[i].call : -1, .events = POLLIN };
		fd[n++] = (struct pollfd){ .fd = p->helping[i].pid ? p->helping[i].broker : -1, .events = POLLIN };
	}
	int news = poll(fd, n, 1000);
	if (news == 0 && !p->rests)                      /* all it had to start runs */
		mem_rest(), p->rests = true;
	if (news <= 0)
		return;
	p->rests = false;
	for (int i = 0; i < PARTS; i++) {
		if (fd[2 * i + 1].revents & POLLIN)
			serve_wish(p, i, p->part[i].broker);
		if (fd[2 * i].revents)
			part_ended(p, i);
	}
	for (int i = 0; i < HELPERS_MAX; i++) {
		struct helping *h = &p->helping[i];
		const struct pollfd *of = &fd[2 * PARTS + 3 * i];
		if (h->pid && of[2].revents & POLLIN)
			serve_wish(p, SCAN, h->broker);
		if (of[1].revents && h->pid)
			kill(h->pid, SIGKILL);
		if (of[0].revents && h->pid)
			helper_ended(p, h);
	}
}

/* for_good: else what answers leaves the listeners as they are for who comes next. A desk in which a backup was put back ends by itself. */
static void all_end(struct parent *p, bool for_good)
{
	int64_t until = seconds() + GRACE_SECONDS;
	for (int i = 0; i < HELPERS_MAX; i++)
		if (p->helping[i].pid) {
			kill(p->helping[i].pid, SIGKILL);
			helper_ended(p, &p->helping[i]);
		}
	for (int i = 0; i < PARTS; i++) {
		if (!p->part[i].pid)
			continue;
		if (i == COURIER)
			kill(p->part[i].pid, SIGTERM);
		if (for_good || i == COURIER)
			shutdown(p->part[i].line, SHUT_RDWR);
		else if (i == FRONT)
			kill(p->part[i].pid, SIGKILL);
		close_fd(&p->part[i].broker);            /* who has asked for a helper and was not heard yet waits no longer */
	}
	for (int i = 0; i < PARTS; i++) {
		struct part *part = &p->part[i];
		struct pollfd ended = { .fd = part->ended, .events = POLLIN };
		while (part->pid && seconds() < until && poll(&ended, 1, 1000) <= 0)
			;
		if (part->pid) {
			kill(part->pid, SIGKILL);
			part_ended(p, i);
		}
	}
}

/* ---- another data folder ---- */

static void folder_leave(struct op *op)
{
	seal_close(op->seal);
	free(op->tail);
	db_close(op->db);
	zone_close(op->zone);
	op->seal = NULL, op->tail = NULL, op->db = NULL, op->zone = NULL;
}

/* What was made in the arena before lives on. A passphrase file that was named for the old vault does not have to open this one. */
static bool folder_enter(struct op *op, struct str folder)
{
	bool good = op_open(op, folder) && op_keeper(op);
	if (good && op->key_at_hand && !op_key(op))
		err_clear(&op->err);
	return good;
}

/* A role has proved a backup, and its desk ends: all others end, the folders are exchanged, and all begin anew, on whatever is in the place by then. */
static void put_back(struct parent *p)
{
	struct op *op = p->op;
	const struct str folders = op->db ? op_setting(op, "find.folders") : STR("");        /* this machine's: no backup has them */
	const char *say = "handback: a backup was put back.";
	struct str before;
	p->moving = true;
	all_end(p, false);
	folder_leave(op);
	if (folder_exchange(op, p->start.founding, p->start.at.url, &p->lock, &before)) {
		p->start.founding = false, p->start.restored = true;
		if (before.n)
			say = arena_printf(op->a, "%s What was here before is in " STR_FMT, say, STR_ARG(before));
	} else {
		say = arena_printf(op->a, "handback: no backup was put back: %s", op->err.say);
		err_clear(&op->err);
		folder_beside_drop(op);
	}
	if (op->tell)
		op->tell(op, say);
	p->lost = !p->start.founding && !folder_enter(op, p->start.at.folder);
	if (p->start.restored && folders.n && !op_setting_put(op, "find.folders", folders))
		err_clear(&op->err);
	p->moving = false;
	for (int i = 0; i < PARTS; i++)
		p->part[i].again = p->part[i].wait = 0;
}

/* ---- the verbs ---- */

/* One parent a folder. The file tells where its pages are. */
static bool lock_take(struct op *op, int *lock)
{
	char where[200] = "";
	*lock = open(arena_printf(op->a, STR_FMT "/serve.lock", STR_ARG(op->folder)), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*lock < 0)
		return err_errno(&op->err, "Could not open serve.lock in the data folder");
	if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	ssize_t n = read(*lock, where, sizeof where - 1);
	close(*lock);
	*lock = -1;
	return err_set(&op->err, CONFLICT, "data", "Handback's pages are open already for this data folder%s%s. End that one first (Ctrl-C where it was started).", n > 0 ? ": " : "", where);
}

static bool folder_make(struct op *op)
{
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(op->folder));
	return mkdir(path, 0700) == 0 || errno == EEXIST || err_set(&op->err, OUTSIDE, "data", "The folder %s can't be made: %s.", path, strerror(errno));
}

/* Each answer is a packet, whole or not at all, whoever dies on the way; when it is full nobody waits. */
static bool answers_open(int line[2], struct err *e)
{
	if (pipe2(line, O_CLOEXEC | O_NONBLOCK | O_DIRECT) != 0)
		return err_errno(e, "Could not make a line to a helper process");
	fcntl(line[1], F_SETPIPE_SZ, ANSWERS_MAX);
	return true;
}

/* practice: called about once a second; NULL: it is none. */
static bool parent_run(struct op *op, struct desk_start *start, const struct front_start *front, bool browser, struct answer *answer, bool (*practice)(void *), void *about)
{
	struct parent p = { .op = op, .answer = answer, .browser = browser, .front = *front, .practice = practice };
	for (int i = 0; i < PARTS; i++)
		p.part[i] = (struct part){ .line = -1, .broker = -1, .ended = -1 };
	if (!op->business)
		op->business = 1;                        /* a folder of its own, before its founding */
	if (!practice && !(op->db && op_setting(op, "demo").n))
		p.demo = home_folder(op->a, "handback-demo", true).p;
	start->founding = !op->db;
	start->at.folder = p.front.at.folder = op->folder;
	p.start = *start;
	if (!answers_open(p.answers, &op->err))
		return false;
	if (!lock_take(op, &p.lock)) {
		close(p.answers[0]), close(p.answers[1]);
		return false;
	}
	if (ftruncate(p.lock, 0) == 0)
		dprintf(p.lock, STR_FMT, STR_ARG(start->at.url));
	if (!practice && !drill_clear(op))               /* what stays of a drill keeps nobody from their data */
		err_clear(&op->err);
	/* whoever names a passphrase file wants it open without being asked */
	bool good = (start->founding || (op_keeper(op) && (!op->key_at_hand || op_key(op)))) && desk_start(&p);
	if (good) {
		answer_say(answer, "Ctrl-C ends Handback.");
		answer->put(answer->to, STR(""));
		if (browser)
			browser_open(&p);
	}
	while (good && !op_stopped(op)) {
		parts_start(&p);
		once(&p);
		good = !p.lost && (!practice || practice(about));
	}
	all_end(&p, true);
	close(p.answers[0]), close(p.answers[1]);
	close(p.lock);
	return good;
}

static void listeners_close(const int *listener, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close(listener[i]);
}

static bool loopback_listen(struct op *op, uint16_t port, struct desk_start *s)
{
	s->at.listener[0] = http_listen(false, &port, &op->err);
	if (s->at.listener[0] < 0)
		return false;
	s->at.listener[1] = http_listen(true, &port, &(struct err){ 0 });    /* without it where a machine has no IPv6 */
	s->at.listeners = 1 + (s->at.listener[1] >= 0);
	s->at.url = arena_say(op->a, "http://localhost:%u", port);
	return true;
}

static bool port_asked(struct op *op, const struct args *args, int64_t *port)
{
	*port = 0;
	args_number(args, "port", port);
	return (*port >= 0 && *port <= 65535) || err_set(&op->err, INVALID, "port", "A port is a number from 1 to 65535.");
}

bool serve_free(struct op *op, const char *folder)
{
	struct op there = { .a = op->a, .folder = str_of(folder) };
	int lock;
	bool good = lock_take(&there, &lock);
	if (good)
		close(lock);
	op->err = there.err;
	return good;
}

bool ui_practise(struct op *op, const struct args *args, struct answer *answer, bool (*practice)(void *), void *about)
{
	struct desk_start s = { 0 };
	int64_t port;
	if (!port_asked(op, args, &port) || !folder_make(op) || !loopback_listen(op, (uint16_t)port, &s))
		return false;
	bool good = parent_run(op, &s, &(struct front_start){ 0 }, true, answer, practice, about);
	listeners_close(s.at.listener, s.at.listeners);
	return good;
}

bool ui_run(struct op *op, const struct args *args, struct answer *answer)
{
	return ui_practise(op, args, answer, NULL, NULL);
}

/* ADDR:PORT, [v6]:PORT or PORT. */
struct address { struct sockaddr_storage to; socklen_t n; int64_t port; bool loopback; };

static bool address_read(struct op *op, const char *field, struct str text, struct address *a)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&a->to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a->to;
	const char *colon = memrchr(text.p, ':', text.n);
	struct str host = { text.p, colon ? (size_t)(colon - text.p) : 0 }, number = colon ? (struct str){ colon + 1, text.n - host.n - 1 } : text;
	bool six = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
	if (six)
		host = (struct str){ host.p + 1, host.n - 2 };
	const char *name = arena_printf(op->a, STR_FMT, STR_ARG(host.n ? host : STR("127.0.0.1")));
	*a = (struct address){ 0 };
	bool good = str_i64(number, &a->port) && a->port > 0 && a->port <= 65535;
	if (good && six) {
		*v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)a->port) };
		good = inet_pton(AF_INET6, name, &v6->sin6_addr) == 1;
		a->loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr), a->n = sizeof *v6;
	} else if (good) {
		*v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)a->port) };
		good = inet_pton(AF_INET, name, &v4->sin_addr) == 1;
		a->loopback = ntohl(v4->sin_addr.s_addr) >> 24 == 127, a->n = sizeof *v4;
	}
	return good || err_set(&op->err, INVALID, field, "--%s takes an address and a port, like 127.0.0.1:8080 or [::]:443.", field);
}

/* A socket that listens there; -1 with the reason. */
static int address_listen(struct op *op, const char *field, const struct address *a, struct str text)
{
	int fd = socket(a->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0 && bind(fd, (const struct sockaddr *)&a->to, a->n) == 0 &&
	    listen(fd, SOMAXCONN) == 0)
		return fd;
	err_set(&op->err, OUTSIDE, field, STR_FMT " can't be listened on: %s.", STR_ARG(text), strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool url_fits(struct op *op, struct str url, bool secure)
{
	struct str want = secure ? STR("https://") : STR("http");
	bool good = str_starts(url, want) && url.n > 8 && url.n < 200 && url.p[url.n - 1] != '/' && !memchr(url.p, ' ', url.n);
	return good || err_set(&op->err, INVALID, "url", "--url is how people reach the pages, like https://handback.example.com, without a / at its end.");
}

static bool file_there(struct op *op, const char *field, struct str path)
{
	return access(path.p, R_OK) == 0 || err_set(&op->err, INVALID, field, "The file " STR_FMT " can't be read: %s.", STR_ARG(path), strerror(errno));
}

/* What the public may ask, if `--public` says so: by the same rules as the pages, save that people find it under the setting public.url. */
static bool public_listen(struct op *op, const struct args *args, struct front_start *f)
{
	struct str where = args_text(args, "public"), url = op->db ? op_setting(op, "public.url") : STR("");
	struct address a;
	*f = (struct front_start){ .at = { .proxy = args_has(args, "proxy"), .tls_cert = args_text(args, "public-cert"), .tls_key = args_text(args, "public-key") } };
	bool tls = f->at.tls_cert.n > 0;
	if (!where.n)
		return !tls || err_set(&op->err, INVALID, "public", "--public-cert belongs to --public ADDR:PORT.");
	if (!address_read(op, "public", where, &a))
		return false;
	if (!a.loopback && !tls)
		return err_set(&op->err, REFUSED, "public", "Public pages go by TLS only. Give --public-cert F --public-key F, or put a proxy on this machine before them: "
		               "--public 127.0.0.1:8090 --proxy (doc/front.md).");
	if (tls != (f->at.tls_key.n > 0))
		return err_set(&op->err, INVALID, tls ? "public-key" : "public-cert", "--public-cert and --public-key go together.");
	if (f->at.proxy && !a.loopback)
		return err_set(&op->err, INVALID, "proxy", "With --proxy only this machine may be listened on, like --public 127.0.0.1:8090: else anybody could claim to be the proxy.");
	if ((tls || f->at.proxy) && !str_starts(url, STR("https://")))
		return err_set(&op->err, INVALID, "public", "Tell first how people reach the public pages: handback set public.url https://notice.example.com");
	if (tls && (!file_there(op, "public-cert", f->at.tls_cert) || !file_there(op, "public-key", f->at.tls_key)))
		return false;
	f->at.url = url.n ? url : arena_say(op->a, "http://localhost:%" PRId64, a.port);
	f->at.listener[0] = address_listen(op, "public", &a, where);
	f->at.listeners = f->at.listener[0] >= 0;
	return f->at.listeners;
}

bool serve_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str where = args_text(args, "listen"), cert = args_text(args, "tls-cert"), key = args_text(args, "tls-key"), url = args_text(args, "url");
	struct desk_start s = { .at = { .proxy = args_has(args, "proxy"), .tls_cert = cert, .tls_key = key } };
	struct front_start front;
	struct address a;
	bool tls = cert.n > 0;
	if (!where.n)
		where = STR("127.0.0.1:8443");
	if (!address_read(op, "listen", where, &a))
		return false;
	if (!a.loopback && !tls)
		return err_set(&op->err, REFUSED, "listen", "Pages for others than this machine go by TLS only. Give --tls-cert F --tls-key F and --url https://NAME, or put a proxy on this "
		               "machine before it: --listen 127.0.0.1:8080 --proxy --url https://NAME (doc/serve.md).");
	if (tls != (key.n > 0))
		return err_set(&op->err, INVALID, tls ? "tls-key" : "tls-cert", "--tls-cert and --tls-key go together.");
	if (s.at.proxy && !a.loopback)
		return err_set(&op->err, INVALID, "proxy", "With --proxy only this machine may be listened on, like --listen 127.0.0.1:8080: else anybody could claim to be the proxy.");
	if ((tls || s.at.proxy) && !url.n)
		return err_set(&op->err, INVALID, "url", "--url is needed: how people reach the pages, like https://handback.example.com");
	if ((url.n && !url_fits(op, url, tls || s.at.proxy)) || (tls && (!file_there(op, "tls-cert", cert) || !file_there(op, "tls-key", key))) ||
	    !folder_make(op) || !public_listen(op, args, &front))
		return false;
	s.at.url = url.n ? url : arena_say(op->a, "http://localhost:%" PRId64, a.port);
	s.at.listener[0] = address_listen(op, "listen", &a, where);
	s.at.listeners = s.at.listener[0] >= 0;
	bool good = s.at.listeners && parent_run(op, &s, &front, false, answer, NULL, NULL);
	listeners_close(s.at.listener, s.at.listeners);
	listeners_close(front.at.listener, front.at.listeners);
	return good;
}
