/* box: what a box and a keeper must not do is stopped, and told as what it was. The tricks are played by this program itself,
 * started as a box. */
#include "box.h"
#include "role.h"

#include <errno.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- tricks: each would return 0 if nobody stopped it ---- */

static const struct box_limits usual = { 64 << 20, 20 };

static int answers(void)
{
	char c;
	pid_t self = getpid();
	return line_read(ROLE_LINE, &c, 1) && read(ROLE_EXTRA, &c, 1) == 1 && line_write(ROLE_LINE, (struct str){ &c, 1 }) &&
	       line_write(ROLE_LINE, (struct str){ (char *)&self, sizeof self }) && line_read(ROLE_LINE, &c, 1) ? 0 : 1;
}
static int opens(void)       { return open("/etc/passwd", O_RDONLY) < 0; }
static int makes_a_file(void){ return open("/tmp/handback-box-test", O_WRONLY | O_CREAT, 0600) < 0; }
static int makes_a_socket(void) { return socket(AF_INET, SOCK_DGRAM, 0) < 0; }
static int connects(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "/tmp/x" };
	return connect(ROLE_LINE, (struct sockaddr *)&a, sizeof a);
}
static int sends_elsewhere(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "/tmp/x" };
	return sendto(ROLE_LINE, "x", 1, 0, (struct sockaddr *)&a, sizeof a) < 0;
}
static int takes_descriptors(void)
{
	struct msghdr m = { 0 };
	return recvmsg(ROLE_LINE, &m, 0) < 0;
}
static int forks(void)       { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0; }
static int forks_as_libc(void) { return fork() < 0; }
static int execs(void)
{
	static char *const none[] = { NULL };
	return execve("/bin/true", none, none);
}
static int traces(void)      { return ptrace(PTRACE_ATTACH, getpid(), 0, 0) < 0; }
static int kills_the_parent(void) { return kill((pid_t)syscall(SYS_getppid), SIGTERM); }
static int signals_another(void)  { return (int)syscall(SYS_tgkill, 1, 1, SIGTERM); }
static int reads_memory(void)
{
	char c;
	struct iovec v = { &c, 1 };
	return (int)syscall(SYS_process_vm_readv, getpid(), &v, 1, &v, 1, 0);
}
static int maps_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}
static int makes_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}
static int lifts_a_limit(void) { return (int)syscall(SYS_prlimit64, 0, 0, &(uint64_t[2]){ 100, 100 }, NULL); }
static int given = ROLE_EXTRA;                                   /* the file that is to be read */
static int writes_the_file(void) { return pwrite(given, "x", 1, 0) != 1; }
static int appends_to_the_file(void) { return write(given, "x", 1) != 1; }
static int faults(void)      { return *(volatile int *)(uintptr_t)getpid(); }
static int aborts(void)      { abort(); }
static int gives_up(void)    { return 5; }
static int eats_memory(void)
{
	for (int i = 0; i < 65; i++)
		memset(mem_get(1 << 20), 1, 1 << 20);
	return 0;
}
static int keeps_to_memory(void)
{
	for (int i = 0; i < 60; i++)
		memset(mem_get(1 << 20), 1, 1 << 20);
	return 0;
}
static int runs_forever(void)
{
	volatile bool on = true;
	while (on)
		;
	return 0;
}
static int never_ends(void)
{
	while (poll(NULL, 0, -1) <= 0)
		;
	return 0;
}

static const struct trick { const char *name; int (*play)(void); enum fault fault; } tricks[] = {
#define TRICK(name, fault) { #name, name, fault }
	TRICK(answers, OK), TRICK(keeps_to_memory, OK),
	TRICK(opens, TORN), TRICK(makes_a_file, TORN), TRICK(makes_a_socket, TORN), TRICK(connects, TORN), TRICK(sends_elsewhere, TORN),
	TRICK(takes_descriptors, TORN), TRICK(forks, TORN), TRICK(forks_as_libc, TORN), TRICK(execs, TORN), TRICK(traces, TORN),
	TRICK(kills_the_parent, TORN), TRICK(signals_another, TORN), TRICK(reads_memory, TORN), TRICK(maps_code, TORN),
	TRICK(makes_code, TORN), TRICK(writes_the_file, TORN), TRICK(appends_to_the_file, TORN), TRICK(aborts, TORN),
	TRICK(gives_up, OUTSIDE), TRICK(runs_forever, TOO_BIG), TRICK(never_ends, TORN),
	TRICK(eats_memory, TOO_BIG), TRICK(lifts_a_limit, TORN), TRICK(faults, TORN),
};

/* A sanitizer has an address space, a reason to read limits and an end after a fault of its own. */
void __asan_init(void) __attribute__((weak));
static bool sanitizer_differs(const struct trick *t)
{
	return __asan_init && (t->play == eats_memory || t->play == lifts_a_limit || t->play == faults);
}

/* ---- a nursery, too: it has each trick played by a child and says how that went ---- */

struct ending { uint8_t trick, ended, fault; int status; };

static int in_a_child(void *of)
{
	const struct trick *t = of;
	return box_send(ROLE_EXTRA, STR("child"), NULL, 0) ? t->play() : 9;
}

static void nurses(size_t i)
{
	struct err e = { 0 };
	struct ending how = { .trick = (uint8_t)i };
	how.ended = box_nurse(1, in_a_child, (void *)(uintptr_t)&tricks[i], &how.status, &e);
	how.fault = (uint8_t)e.code;
	if (!box_send(ROLE_EXTRA, (struct str){ (const char *)&how, sizeof how }, NULL, 0))
		_exit(8);
}

static int nursery(void)
{
	struct err e = { 0 };
	size_t last = 0, fds;
	int fd[BOX_FDS_MAX];
	char text[16];
	if (!box_enter(ROLE_LINE, POWER_NURSERY, &e))
		return 9;
	if (box_receive(ROLE_EXTRA, text, sizeof text, fd, &fds, NULL) != 4 || fds != 3 || pread(fd[2], text, 5, 0) != 5 || memcmp(text, "hello", 5) != 0)
		return 7;
	given = fd[0];
	for (size_t i = 2; i < LENGTH(tricks); i++)
		if (tricks[i].play == never_ends)
			last = i;
		else if (!sanitizer_differs(&tricks[i]))
			nurses(i);
	nurses(last);
	return 0;
}

/* ---- a desk and a courier: each trick must fail, or end them; what they are for must work ---- */

static bool has_landlock;
static char service_folder[] = "/tmp/handback-service-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/%s", service_folder, name);
	return path;
}

static bool writes(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write(fd, "x", 1) == 1;
	if (fd >= 0)
		close(fd);
	return good;
}

static void *thread_runs(void *of)
{
	*(bool *)of = true;
	return NULL;
}

static bool threads(void)
{
	bool ran = false;
	pthread_t thread;
	return pthread_create(&thread, NULL, thread_runs, &ran) == 0 && pthread_join(thread, NULL) == 0 && ran;
}

static bool meets(int family, uint16_t port, bool listens)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && (listens ? bind(fd, (struct sockaddr *)&to, sizeof to) == 0 && listen(fd, 1) == 0 : connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	if (fd >= 0)
		close(fd);
	return good;
}

/* A listener that is there before: a desk answers on it, a courier connects to it. */
static int listener_made(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, 4) != 0 || getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		_exit(90);
	*port = ntohs(at.sin_port);
	return fd;
}

/* Returns the number of the first thing that was not as it should be. */
static int serves_so(bool desk)
{
	struct err e = { 0 };
	uint16_t port;
	int listener = listener_made(&port), early = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (connect(early, (struct sockaddr *)&to, sizeof to) != 0)
		return 91;
	struct box_path path[] = { { strdup(in_folder("own")), true }, { strdup(in_folder("read")), false }, { "/nowhere/at-all", true } };
	if (!box_drop_but(desk ? POWER_DESK : POWER_COURIER, path, LENGTH(path), &e))
		return 92;
	if (!writes(in_folder("own/file")) || rename(in_folder("own/file"), strdup(in_folder("own/other"))) != 0)
		return 1;
	if (open(in_folder("read"), O_RDONLY) < 0 || !threads())
		return 2;
	if (has_landlock && (open("/etc/passwd", O_RDONLY) >= 0 || writes(in_folder("read")) || writes(in_folder("elsewhere"))))
		return 3;
	if (fork() >= 0 || clone(NULL, NULL, SIGCHLD, NULL) >= 0)
		return 4;
	if (desk && (accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0 || meets(AF_INET, port, false) || meets(AF_INET, 0, true) || meets(AF_UNIX, 0, false)))
		return 5;
	if (!desk && (!meets(AF_INET, port, false) || meets(AF_INET, 0, true) || accept4(listener, NULL, NULL, 0) >= 0 || meets(AF_UNIX, 0, false)))
		return 6;
	if ((syncfs(open(in_folder("own"), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == 0) == desk)
		return 9;
	if (kill(getppid(), 0) == 0 || mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED || makes_code() == 0)
		return 7;
	if (prctl(PR_SET_DUMPABLE, 1) == 0 || chroot("/") == 0 || symlink("a", in_folder("own/link")) == 0)
		return 8;
	return 0;
}

/* A scan: also without Landlock it changes no file. */
static int looks_so(bool unused)
{
	struct err e = { 0 };
	uint16_t port;
	int line[2], own;
	(void)unused;
	listener_made(&port);
	struct box_path path[] = { { strdup(in_folder("own")), false } };
	if (!writes(in_folder("own/file")) || !box_drop_but(POWER_SCAN, path, LENGTH(path), &e))
		return 92;
	own = open(in_folder("own/file"), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (own < 0 || fcntl(own, F_DUPFD_CLOEXEC, 10) < 0 || open(in_folder("own"), O_RDONLY | O_DIRECTORY) < 0)
		return 1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) != 0 || send(line[0], "x", 1, MSG_NOSIGNAL) != 1)
		return 2;
	if (has_landlock && open("/etc/passwd", O_RDONLY) >= 0)
		return 3;
	if (writes(in_folder("own/file")) || writes(in_folder("own/another")) || open(in_folder("own/file"), O_RDWR) >= 0 || unlink(in_folder("own/file")) == 0)
		return 4;
	if (meets(AF_INET, port, false) || meets(AF_INET, 0, true) || meets(AF_UNIX, 0, false) || fork() >= 0 || threads())
		return 5;
	if (kill(getppid(), 0) == 0 || chmod(in_folder("own/file"), 0666) == 0 || rename(in_folder("own/file"), "/tmp/x") == 0)
		return 6;
	return 0;
}

/* A front: answers on the listener that is there, reads its folder, and writes to its pipe; no more, also without Landlock. */
static int shows_so(bool unused)
{
	struct err e = { 0 };
	uint16_t port;
	int pipe_ends[2], listener = listener_made(&port), early = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	(void)unused;
	if (connect(early, (struct sockaddr *)&to, sizeof to) != 0 || pipe2(pipe_ends, O_CLOEXEC | O_DIRECT | O_NONBLOCK) != 0)
		return 91;
	struct box_path path[] = { { strdup(in_folder("own")), false } };
	if (!writes(in_folder("own/file")) || !writes(in_folder("handback.db")) || !box_drop_but(POWER_FRONT, path, LENGTH(path), &e))
		return 92;
	if (open(in_folder("own/file"), O_RDONLY | O_CLOEXEC) < 0 || !threads() || write(pipe_ends[1], "x", 1) != 1)
		return 1;
	if (accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0)
		return 2;
	if (has_landlock && (open(in_folder("handback.db"), O_RDONLY) >= 0 || open("/etc/passwd", O_RDONLY) >= 0 || open("/proc/1/status", O_RDONLY) >= 0))
		return 3;
	if (writes(in_folder("own/file")) || writes(in_folder("own/another")) || open(in_folder("own/file"), O_RDWR) >= 0 || unlink(in_folder("own/file")) == 0 ||
	    rename(in_folder("own/file"), in_folder("own/other")) == 0 || mkdir(in_folder("own/folder"), 0700) == 0 || truncate(in_folder("own/file"), 0) == 0)
		return 4;
	if (meets(AF_INET, port, false) || meets(AF_INET, 0, true) || meets(AF_UNIX, 0, false) || socket(AF_INET, SOCK_DGRAM, 0) >= 0 || socket(AF_NETLINK, SOCK_RAW, 0) >= 0)
		return 5;
	if (fork() >= 0 || clone(NULL, NULL, SIGCHLD, NULL) >= 0)
		return 6;
	if (kill(getppid(), 0) == 0 || mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED || makes_code() == 0)
		return 7;
	if (prctl(PR_SET_DUMPABLE, 1) == 0 || chroot("/") == 0 || symlink("a", in_folder("own/link")) == 0)
		return 8;
	return 0;
}

static int play(const char *name)
{
	struct err e = { 0 };
	if (strcmp(name, "nursery") == 0)
		_exit(nursery());
	if (!box_enter(ROLE_LINE, POWER_BOX, &e)) {
		fprintf(stderr, "%s\n", e.say);
		return 9;
	}
	for (size_t i = 0; i < LENGTH(tricks); i++)
		if (strcmp(tricks[i].name, name) == 0)
			_exit(tricks[i].play());
	_exit(9);
}

/* ---- boxes ---- */

static const char itself[] = "/proc/self/exe";                         /* boxes are this program... */
static const char *program;                                      /* ...and those of the one that is tested */

/* A file that says "hello", open for reading and writing and without a name. */
static int some_file(void)
{
	FILE *f = tmpfile();
	assert_non_null(f);
	fputs("hello", f);
	fflush(f);
	int fd = dup(fileno(f));
	fclose(f);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void a_box_reads_what_it_is_given_and_answers(void **state)
{
	(void)state;
	struct err e = { 0 };
	int fd = some_file();
	struct box *b = box_start("answers", fd, &usual, &e);
	assert_non_null(b);
	char c = '?';
	pid_t box;
	assert_true(line_write(box_line(b), STR("?")) && line_read(box_line(b), &c, 1) && c == 'h');
	assert_true(line_read(box_line(b), &box, sizeof box));

	char path[64], status[4096];
	snprintf(path, sizeof path, "/proc/%d/status", (int)box);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	status[fread(status, 1, sizeof status - 1, f)] = 0;
	fclose(f);
	assert_non_null(strstr(status, "NoNewPrivs:\t1\n"));
	assert_non_null(strstr(status, "Seccomp:\t2\n"));
	struct rlimit { uint64_t soft, hard; } core = { 1, 1 };
	assert_int_equal(syscall(SYS_prlimit64, box, 4 /* RLIMIT_CORE */, NULL, &core), 0);
	assert_true(core.soft == 0 && core.hard == 0);

	assert_true(line_write(box_line(b), STR(".")));
	assert_true(box_end(b, &e));
	close(fd);
}

static void what_a_box_must_not_do_is_stopped_and_told(void **state)
{
	(void)state;
	for (size_t i = 1; i < LENGTH(tricks); i++) {
		if (sanitizer_differs(&tricks[i]))
			continue;
		struct err e = { 0 };
		struct box_limits limits = usual;
		if (tricks[i].play == runs_forever)
			limits.cpu_seconds = 1;
		int fd = some_file();
		struct box *b = box_start(tricks[i].name, fd, &limits, &e);
		assert_non_null(b);
		char c;
		if (tricks[i].play != never_ends)
			assert_false(line_read(box_line(b), &c, 1));     /* until it has ended */
		bool ended = box_end(b, &e);
		if (e.code != tricks[i].fault || ended != (e.code == OK))
			fail_msg("%s: %d, %s", tricks[i].name, (int)e.code, e.say);
		char file[8] = "";
		assert_true(pread(fd, file, sizeof file, 0) == 5 && memcmp(file, "hello", 5) == 0);
		close(fd);
	}
	assert_true(access("/tmp/handback-box-test", F_OK) != 0);
}

/* The real program's boxes, with all its libraries. */
static void the_program_itself_can_be_a_box(void **state)
{
	(void)state;
	if (!program)
		skip();
	struct err e = { 0 };
	char bytes[100];
	int fd = some_file();
	role_program = program;
	struct box *b = box_start("csv", fd, &usual, &e);
	assert_true(b && line_read(box_line(b), bytes, 50));
	assert_true(box_end(b, &e));
	struct box *none = box_start("no such work", fd, &usual, &e);      /* NULL: it has ended before all was handed over */
	role_program = itself;
	assert_true(!none || (!line_read(box_line(none), bytes, 1) && !box_end(none, &e)));
	assert_int_equal(e.code, OUTSIDE);
	close(fd);
}

/* ---- a process that starts its boxes by way of another ---- */

static int asks_its_broker(int line)
{
	struct err e = { 0 };
	char c = '?';
	pid_t box;
	int fd = some_file();
	role_broker(line);
	int keeper = role_keeper(&e);
	if (keeper < 0 || !line_read(keeper, &c, 1) || c != 'k')
		return 1;
	struct box *b = box_start("answers", fd, &usual, &e), *busy = box_start("never_ends", fd, &usual, &e), *bad = box_start("opens", fd, &usual, &e);
	if (!b || !busy || !bad || !line_write(box_line(b), STR("?")) || !line_read(box_line(b), &c, 1) || c != 'h')
		return 2;
	if (!line_read(box_line(b), &box, sizeof box) || box != box_pid(b) || !line_write(box_line(b), STR(".")) || !box_end(b, &e))
		return 3;
	box_kill(busy);
	if (box_end(busy, &e) || e.code != OUTSIDE)
		return 4;
	err_clear(&e);
	if (box_end(bad, &e) || e.code != TORN)
		return 5;
	err_clear(&e);
	return box_start("refused", fd, &usual, &e) || e.code != OUTSIDE ? 6 : 0;
}

static void boxes_can_be_had_by_way_of_another_process(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct { pid_t pid; int call; } given_out[4];
	struct wanted w;
	int pair[2], keeper[2], line, status, n = 0;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	pid_t asker = fork();
	if (asker == 0)
		_exit(asks_its_broker(pair[1]));
	close(pair[1]);
	assert_true(broker_read(pair[0], &w) && strcmp(w.role, "keeper") == 0 && w.extra < 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, keeper), 0);
	assert_true(line_write(keeper[0], STR("k")) && broker_give(w.call, keeper[1], getpid()));
	close(w.call);
	for (; n < 3; n++) {
		assert_true(broker_read(pair[0], &w) && strcmp(w.role, "box") == 0 && w.extra >= 0);
		assert_true(role_start("box", w.work, w.extra, &given_out[n].pid, &line, &e) && broker_give(w.call, line, given_out[n].pid));
		given_out[n].call = w.call;
		close(line);
		close(w.extra);
	}
	for (int i = 0; i < n; i++) {
		struct pollfd asked = { .fd = given_out[i].call, .events = POLLIN };
		if (i == 1) {                                    /* the one that never ends is wanted no more */
			assert_int_equal(poll(&asked, 1, 20000), 1);
			kill(given_out[i].pid, SIGKILL);
		}
		assert_true(broker_ended(given_out[i].call, role_wait(given_out[i].pid)));
		close(given_out[i].call);
	}
	assert_true(broker_read(pair[0], &w) && strcmp(w.work, "refused") == 0);
	close(w.extra);
	close(w.call);
	assert_false(broker_read(pair[0], &w));
	assert_int_equal(waitpid(asker, &status, 0), asker);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(pair[0]), close(keeper[0]), close(keeper[1]);
}

static int service_ends(int (*run)(bool), bool desk)
{
	int status;
	pid_t child = fork();
	if (child == 0)
		_exit(run(desk));
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static int then_execs(bool desk)
{
	int bad = serves_so(desk);
	return bad ? bad : execs();
}

static int then_traces(bool desk)
{
	int bad = serves_so(desk);
	return bad ? bad : traces();
}

static int shows_then_execs(bool unused)
{
	int bad = shows_so(unused);
	return bad ? bad : execs();
}

static int shows_then_traces(bool unused)
{
	int bad = shows_so(unused);
	return bad ? bad : traces();
}

static void a_desk_a_courier_a_front_and_a_scan_can_do_what_they_are_for_and_no_more(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(service_folder));
	assert_int_equal(mkdir(in_folder("own"), 0700), 0);
	assert_true(writes(in_folder("read")));
	struct arena *a = arena_open();
	has_landlock = !strstr(box_powers(a).p, "no landlock");
	arena_close(a);
	for (int desk = 0; desk < 2; desk++) {
		int status = service_ends(serves_so, desk);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			fail_msg("%s: status %x", desk ? "desk" : "courier", (unsigned)status);
		status = service_ends(then_execs, desk);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
		status = service_ends(then_traces, desk);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	}
	assert_true(access(in_folder("elsewhere"), F_OK) != 0);
	int status = service_ends(looks_so, false);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("scan: status %x", (unsigned)status);
	status = service_ends(shows_so, false);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("front: status %x", (unsigned)status);
	status = service_ends(shows_then_execs, false);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	status = service_ends(shows_then_traces, false);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	unlink(in_folder("handback.db"));
	unlink(in_folder("own/file"));
	unlink(in_folder("own/other"));
	rmdir(in_folder("own"));
	unlink(in_folder("read"));
	rmdir(service_folder);
}

static void a_program_that_does_not_start_is_told(void **state)
{
	(void)state;
	struct err e = { 0 };
	role_program = "/nowhere/at-all";
	struct box *b = box_start("answers", -1, &usual, &e);
	role_program = itself;
	assert_false(b && box_end(b, &e));
	assert_int_equal(e.code, OUTSIDE);
	assert_true(box_end(NULL, &e));
}

/* Whatever a child does, its nursery says so and goes on; only one that sleeps for ever ends it, and ends with it. */
static void a_nurserys_child_harms_itself_alone(void **state)
{
	(void)state;
	struct err e = { 0 };
	int far, near = box_messages(&far, &e), file = some_file(), three[] = { file, file, file };
	struct box *b = box_start("nursery", far, &usual, &e);
	close(far);
	assert_true(near >= 0 && b && box_send(near, STR("take"), three, 3));
	pid_t from, child = 0;
	struct ending how;
	size_t played = 0;
	for (long n; (n = box_receive(near, &how, sizeof how, NULL, NULL, &from)) > 0;) {
		assert_true((n == 5) == (from != box_pid(b)));       /* the kernel says who speaks */
		if (n == 5) {
			child = from;
			continue;
		}
		const struct trick *t = &tricks[how.trick];
		enum fault fault = t->play == gives_up ? OK : t->fault;
		if (n != sizeof how || how.fault != fault || how.ended != (fault == OK) || (how.status == NURSED_STILL) != (t->play == never_ends))
			fail_msg("%s: %ld bytes, %d, status %d", t->name, n, how.fault, how.status);
		if (t->play == gives_up)
			assert_int_equal(how.status, 5);
		played++;
	}
	assert_true(played > 15 && child > 0);
	assert_true(box_end(b, &e));
	for (int tries = 0; kill(child, 0) == 0; tries++) {
		assert_true(tries < 500);
		poll(NULL, 0, 10);
	}
	char text[8];
	assert_true(pread(file, text, sizeof text, 0) == 5 && memcmp(text, "hello", 5) == 0);
	close(near);
	close(file);
}

/* ---- keepers, and giving up powers in general ---- */

/* How a child ends that does this with these powers: its exit status, or the signal's number, negative. */
static int ends(int (*act)(void))
{
	pid_t child = fork();
	if (child == 0)
		_exit(act());
	int status = role_wait(child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int record;                                               /* a keeper's own file, open before */

static bool keeper(void)
{
	struct err e = { 0 };
	return box_drop(POWER_KEEPER, &e);
}

static int keeps(void)
{
	char c[4];
	int pipes[2], status;
	if (!keeper() || flock(record, LOCK_EX) || pwrite(record, "kept", 4, 0) != 4 || fsync(record) || fdatasync(record) ||
	    ftruncate(record, 2) || pread(record, c, 4, 0) != 2 || lseek(record, 0, SEEK_SET) || pipe2(pipes, O_CLOEXEC))
		return 1;
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || mlock(page, 4096) || munlock(page, 4096) || getrandom(c, 4, 0) != 4)
		return 2;
	long secret = syscall(SYS_memfd_secret, 0);                  /* not every kernel has it, but none may be killed for it */
	if (secret >= 0 && (ftruncate((int)secret, 4096) ||
	                    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, (int)secret, 0) == MAP_FAILED))
		return 3;
	pid_t child = fork();
	if (child == 0)
		_exit(write(pipes[1], "done", 4) == 4 ? 0 : 1);
	struct pollfd p = { .fd = pipes[0], .events = POLLIN };
	if (child < 0 || poll(&p, 1, 5000) != 1 || read(pipes[0], c, 4) != 4 || close(pipes[0]))
		return 4;
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : 5;
}

static int keeper_opens(void)   { return !keeper() || opens(); }
static int keeper_sockets(void) { return !keeper() || makes_a_socket(); }
static int keeper_execs(void)   { return !keeper() || execs(); }
static int keeper_threads(void) { return !keeper() || syscall(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, 0, 0, 0, 0) < 0; }
static int keeper_unshares(void){ return !keeper() || syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) < 0; }
static int keeper_kills(void)   { return !keeper() || kills_the_parent(); }
static int keepers_child_opens(void)
{
	int status;
	if (!keeper())
		return 1;
	pid_t child = fork();
	if (child == 0)
		_exit(opens());
	return waitpid(child, &status, 0) == child && WIFSIGNALED(status) ? WTERMSIG(status) : 2;
}

static void a_keeper_can_do_its_work_and_no_more(void **state)
{
	(void)state;
	record = some_file();
	assert_int_equal(ends(keeps), 0);
	assert_int_equal(ends(keepers_child_opens), SIGSYS);
	int (*const forbidden[])(void) = { keeper_opens, keeper_sockets, keeper_execs, keeper_threads, keeper_unshares, keeper_kills };
	for (size_t i = 0; i < LENGTH(forbidden); i++)
		assert_int_equal(ends(forbidden[i]), -SIGSYS);
	close(record);
}

static bool as_nursery(void)
{
	struct err e = { 0 };
	return box_drop(POWER_NURSERY, &e);
}
static int nursery_opens(void)    { return !as_nursery() || opens(); }
static int nursery_sockets(void)  { return !as_nursery() || makes_a_socket(); }
static int nursery_execs(void)    { return !as_nursery() || execs(); }
static int nursery_threads(void)  { return !as_nursery() || syscall(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, 0, 0, 0, 0) < 0; }
static int nursery_unshares(void) { return !as_nursery() || syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) < 0; }
static int nursery_kills(void)    { return !as_nursery() || kills_the_parent(); }
static int nursery_traces(void)   { return !as_nursery() || traces(); }
static int nursery_maps_code(void){ return !as_nursery() || maps_code(); }
static int nursery_limits_others(void) { return !as_nursery() || syscall(SYS_prlimit64, syscall(SYS_getppid), 0, NULL, NULL) < 0; }
static int nursery_is_dumped(void){ return !as_nursery() || syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0); }

static void a_nursery_can_do_no_more_than_nurse(void **state)
{
	(void)state;
	int (*const forbidden[])(void) = { nursery_opens, nursery_sockets, nursery_execs, nursery_threads, nursery_unshares, nursery_kills, nursery_traces, nursery_maps_code,
	                                   nursery_limits_others, nursery_is_dumped };
	for (size_t i = __asan_init ? 1 : 0; i < LENGTH(forbidden); i++)
		if (!__asan_init || forbidden[i] != nursery_limits_others)
			assert_int_equal(ends(forbidden[i]), -SIGSYS);
}

/* A system that refuses filters, or Landlock, with this. */
static int refused(int call, int why, enum power power)
{
	struct err e = { 0 };
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	if (seccomp_rule_add(f, SCMP_ACT_ERRNO((unsigned)why), call, 0) || seccomp_load(f))
		return 9;
	return box_drop(power, &e) ? 1 : e.code == OUTSIDE ? 0 : 2;
}
static int no_filters(void)      { return refused(SCMP_SYS(seccomp), EINVAL, POWER_BOX); }
static int landlock_breaks(void) { return refused(SCMP_SYS(landlock_restrict_self), E2BIG, POWER_BOX); }
static int landlock_missing(void){ return refused(SCMP_SYS(landlock_create_ruleset), ENOSYS, POWER_KEEPER); }

static void without_a_filter_a_role_does_not_go_on(void **state)
{
	(void)state;
	assert_int_equal(ends(no_filters), 0);
	assert_int_equal(ends(landlock_missing), 1);             /* the kernel is too old for it: the rest holds */
	struct arena *a = arena_open();
	if (!strstr(box_powers(a).p, "no landlock"))
		assert_int_equal(ends(landlock_breaks), 0);
	arena_close(a);
}

static void powers_are_told(void **state)
{
	(void)state;
	struct arena *a = arena_open();
	struct str s = box_powers(a);
	assert_true(str_starts(s, STR("seccomp, ")) && strstr(s.p, "landlock") && strstr(s.p, "no core files"));
	arena_close(a);
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "--role") == 0)
		return play(argv[3]);
	program = getenv("HANDBACK_PROGRAM");
	role_program = itself;
	const struct CMUnitTest all[] = {
		cmocka_unit_test(a_box_reads_what_it_is_given_and_answers), cmocka_unit_test(what_a_box_must_not_do_is_stopped_and_told),
		cmocka_unit_test(boxes_can_be_had_by_way_of_another_process), cmocka_unit_test(the_program_itself_can_be_a_box), cmocka_unit_test(a_program_that_does_not_start_is_told),
		cmocka_unit_test(a_nurserys_child_harms_itself_alone), cmocka_unit_test(a_nursery_can_do_no_more_than_nurse),
		cmocka_unit_test(a_keeper_can_do_its_work_and_no_more),
		cmocka_unit_test(without_a_filter_a_role_does_not_go_on), cmocka_unit_test(powers_are_told),
		cmocka_unit_test(a_desk_a_courier_a_front_and_a_scan_can_do_what_they_are_for_and_no_more),
	};
	/* the last one is not run under a sanitizer, which asks for more than a service may */
	return _cmocka_run_group_tests("all", all, LENGTH(all) - (__asan_init ? 1 : 0), NULL, NULL);
}
