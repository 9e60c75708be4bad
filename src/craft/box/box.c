/* box - starts and ends boxes, and takes powers away. The parent's half touches processes; box_enter and box_drop change this
 * process for good. */
#include "box.h"
#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
#define SANITIZING 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZING 1
#endif
#endif
#ifndef SANITIZING
#define SANITIZING 0
#endif

enum {
	OUT_OF_MEMORY = 3,      /* the exit status of base's mem_get */
	GRACE_MS = 3000,        /* how long a box may go on after its line is closed */
	SILENCE_SECONDS = 60,   /* how long it may say nothing, beyond its processor time */
};

struct box { struct helper helper; };

/* ---- the parent's half ---- */

struct box *box_start(const char *work, int fd, const struct box_limits *limits, struct err *e)
{
	struct box b;
	if (!helper_start("box", work, fd, &b.helper, e))
		return NULL;
	struct box *kept = mem_zero(1, sizeof *kept);
	*kept = b;
	/* a box that sleeps uses no processor time: reading and writing its line ends all the same */
	struct timeval patience = { .tv_sec = limits->cpu_seconds ? (time_t)limits->cpu_seconds + SILENCE_SECONDS : 0 };
	if (setsockopt(b.helper.line, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
	    setsockopt(b.helper.line, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
	    !line_write(b.helper.line, (struct str){ (const char *)limits, sizeof *limits })) {
		err_errno(e, "Could not start a helper process");
		box_end(kept, e);
		return NULL;
	}
	return kept;
}

int box_line(const struct box *b)
{
	return b->helper.line;
}

pid_t box_pid(const struct box *b)
{
	return b->helper.pid;
}

void box_kill(const struct box *b)
{
	helper_kill(&b->helper);
}

/* Its wait status; a box that does not end by itself is ended. */
static int box_wait(struct helper *h, bool *stubborn)
{
	int status = SIGKILL;
	*stubborn = !helper_wait(h, GRACE_MS, &status);
	if (*stubborn) {
		helper_kill(h);
		helper_wait(h, -1, &status);
	}
	return status;
}

/* Says why a box with this wait status did not end well. */
static bool ending(int status, bool stubborn, struct err *e)
{
	int exited = WIFEXITED(status) ? WEXITSTATUS(status) : -1, killed = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (exited == OUT_OF_MEMORY)
		return err_set(e, TOO_BIG, NULL, "The file needs more memory to read than is allowed; split it and try again.");
	if (stubborn)
		return err_set(e, TORN, NULL, "Reading the file did not come to an end and was stopped; check where the file comes from.");
	if (killed == SIGKILL)
		return err_set(e, OUTSIDE, NULL, "Reading the file was ended from outside: the machine may have run out of memory. Close other programs and try again.");
	if (killed == SIGXCPU)
		return err_set(e, TOO_BIG, NULL, "The file takes longer to read than is allowed; split it and try again.");
	if (killed == SIGSYS || killed == SIGXFSZ)
		return err_set(e, TORN, NULL, "The file could not be read safely and was left alone; look at it yourself.");
	if (killed)
		return err_set(e, TORN, NULL, "Reading the file was stopped by a fault (signal %d); check where it comes from.", killed);
	return err_set(e, OUTSIDE, NULL, "The helper that reads the file could not do so (status %d); try again.", exited);
}

bool box_end(struct box *b, struct err *e)
{
	if (!b)
		return true;
	bool stubborn;
	close(b->helper.line);
	int status = box_wait(&b->helper, &stubborn);
	free(b);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return ending(status, stubborn, e);
}

/* ---- giving up powers ---- */

static bool limit(int what, rlim_t soft, rlim_t hard, struct err *e)
{
	struct rlimit old, r = { soft, hard };
	if (getrlimit(what, &old) != 0)
		return err_errno(e, "Could not read a limit");
	if (old.rlim_max != RLIM_INFINITY && old.rlim_max < r.rlim_max)
		r.rlim_max = old.rlim_max;               /* what is stricter already stays so */
	if (r.rlim_cur > r.rlim_max)
		r.rlim_cur = r.rlim_max;
	return setrlimit(what, &r) == 0 || err_errno(e, "Could not set a limit");
}

/* The kernel's Landlock version, 0 without. Raw calls: the C library has no names for them. */
/* Asked once: a role that has given up its powers may ask no more. */
static int landlock_version(void)
{
	static int known = -1;
	if (known >= 0)
		return known;
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return known = v > 0 ? (int)v : 0;
}

/* All rights to files that a kernel of this version knows; those to read, to change what is in files, and to change folders (no devices,
 * sockets or links). */
static uint64_t file_rights(int version)
{
	return version >= 5 ? 0xFFFF : version >= 3 ? 0x7FFF : version == 2 ? 0x3FFF : 0x1FFF;
}

enum {
	MAY_READ = LANDLOCK_ACCESS_FS_READ_FILE, MAY_LIST = LANDLOCK_ACCESS_FS_READ_DIR, MAY_CHANGE = LANDLOCK_ACCESS_FS_WRITE_FILE | 1 << 14 /* truncate */,
	MAY_KEEP = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR,
	NET_BIND = 1, NET_CONNECT = 2, SCOPES = 3,
};

static bool grant(int rules, const struct box_path *p, int version, struct err *e)
{
	struct stat st;
	int fd = open(p->path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == EACCES || err_errno(e, "Could not look at a file that is needed");
	bool folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	struct landlock_path_beneath_attr beneath = { .parent_fd = fd, .allowed_access =
		(uint64_t)(MAY_READ | (folder ? MAY_LIST : 0) | (p->write ? MAY_CHANGE : 0) | (p->write && folder ? MAY_KEEP : 0)) & file_rights(version) };
	bool good = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0 || err_errno(e, "Could not give up the file system");
	close(fd);
	return good;
}

/* Handles every right this kernel knows and grants these alone: no other path can be opened, no TCP port used (4; a courier may connect), no
 * signal or abstract socket reaches out (6). The structure is the kernel's newest, of which an older kernel is shown the part it knows. */
static bool landlock_drop(enum power power, const struct box_path *path, size_t n, struct err *e)
{
	int version = landlock_version();
	if (version == 0)
		return true;
	struct { uint64_t files, net, scopes; } rules = {
		.files = file_rights(version), .net = power == POWER_COURIER ? NET_BIND : NET_BIND | NET_CONNECT, .scopes = SCOPES,
	};
	size_t size = version >= 6 ? sizeof rules : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return err_errno(e, "Could not give up the file system");
	bool done = true;
	for (size_t i = 0; i < n && done; i++)
		done = grant(fd, &path[i], version, e);
	done = done && (syscall(SYS_landlock_restrict_self, fd, 0) == 0 || err_errno(e, "Could not give up the file system"));
	close(fd);
	return done;
}

static const int calls[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(fstat),
	SCMP_SYS(close), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(getpid), SCMP_SYS(gettid),    /* abort */
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(sysinfo),                         /* qsort */
#if SANITIZING
	SCMP_SYS(sigaltstack), SCMP_SYS(sched_yield), SCMP_SYS(getrlimit), SCMP_SYS(prlimit64),
#endif
};

static const int keeper_calls[] = {
	SCMP_SYS(wait4), SCMP_SYS(set_robust_list), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(pwrite64),
	SCMP_SYS(flock), SCMP_SYS(memfd_secret), SCMP_SYS(pipe2), SCMP_SYS(mlock), SCMP_SYS(munlock),
	SCMP_SYS(sendmsg),                               /* a descriptor along a line */
};

static const int nursery_calls[] = { SCMP_SYS(wait4), SCMP_SYS(set_robust_list), SCMP_SYS(recvmsg), SCMP_SYS(seccomp) };

/* What serving asks for: looking at files, threads, lines, waiting. Which files is Landlock's to say. */
static const int service_calls[] = {
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(statfs), SCMP_SYS(fstatfs),
	SCMP_SYS(fcntl), SCMP_SYS(fadvise64),
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sigaltstack), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(getrusage),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getppid), SCMP_SYS(uname), SCMP_SYS(clock_getres),
	SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(eventfd2), SCMP_SYS(pipe2), SCMP_SYS(dup), SCMP_SYS(dup3), SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(recvfrom), SCMP_SYS(shutdown), SCMP_SYS(setsockopt), SCMP_SYS(getsockopt), SCMP_SYS(getsockname),
	SCMP_SYS(getpeername),
};
/* What keeping files asks for besides. */
static const int keeping_calls[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(pwrite64), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(flock),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(rmdir), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(umask),
};
/* Looking at files. What opens is allowed apart, to read. */
static const int scan_calls[] = {
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd),
	SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(fcntl), SCMP_SYS(fadvise64), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(geteuid), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(recvfrom), SCMP_SYS(shutdown), SCMP_SYS(setsockopt),
};
static const int desk_calls[] = { SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendfile), SCMP_SYS(memfd_create), SCMP_SYS(sendto) };
static const int courier_calls[] = { SCMP_SYS(connect), SCMP_SYS(sendto), SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg), SCMP_SYS(syncfs) /* many files at once */,
                                   SCMP_SYS(memfd_create) /* mails for a box */ };
/* What no service of ours ever does: whoever tries it has taken it over. The rest is answered with EPERM, for libraries try a lot. */
static const int deadly_calls[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(bpf), SCMP_SYS(mount),
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(init_module), SCMP_SYS(kexec_load), SCMP_SYS(pidfd_getfd),
};

static int allow(scmp_filter_ctx f, const int *call, size_t n)
{
	int bad = 0;
	for (size_t i = 0; i < n && !bad; i++)
		bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, call[i], 0);
	return bad;
}

static int deadly(scmp_filter_ctx f)
{
	int bad = 0;
	for (size_t i = 0; i < LENGTH(deadly_calls) && !bad; i++)
		bad = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, deadly_calls[i], 0);
	return bad;
}

static int allow_reading(scmp_filter_ctx f)
{
	const scmp_datum_t writes = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
	int bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, writes, 0));
	return bad ? bad : seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, writes, 0));
}

static int fill_service(scmp_filter_ctx f, enum power power)
{
	struct scmp_arg_cmp thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD), no_new = SCMP_A2(SCMP_CMP_EQ, 0);
	struct scmp_arg_cmp local = SCMP_A0(SCMP_CMP_EQ, AF_UNIX), pending = SCMP_A1(SCMP_CMP_EQ, FIONREAD), blocking = SCMP_A1(SCMP_CMP_EQ, FIONBIO);
	struct scmp_arg_cmp named = SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME);
	static const int families[] = { AF_INET, AF_INET6, AF_NETLINK /* which addresses this machine has */ };
	int bad = allow(f, service_calls, LENGTH(service_calls));
	if (!bad) bad = power == POWER_COURIER ? allow(f, courier_calls, LENGTH(courier_calls)) : allow(f, desk_calls, LENGTH(desk_calls));
	if (!bad) bad = power == POWER_FRONT ? allow_reading(f) : allow(f, keeping_calls, LENGTH(keeping_calls));
	for (size_t i = 0; i < LENGTH(families) && power == POWER_COURIER && !bad; i++)
		bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1, local);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, pending);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, blocking);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, no_new);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, named);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, thread);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);            /* then libc takes clone */
	return bad ? bad : deadly(f);
}

static int fill_scan(scmp_filter_ctx f)
{
	struct scmp_arg_cmp local = SCMP_A0(SCMP_CMP_EQ, AF_UNIX), no_new = SCMP_A2(SCMP_CMP_EQ, 0);
	int bad = allow(f, scan_calls, LENGTH(scan_calls));
	if (!bad) bad = allow_reading(f);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1, local);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, no_new);
	return bad ? bad : deadly(f);
}

static bool serves(enum power power)
{
	return power == POWER_DESK || power == POWER_COURIER || power == POWER_SCAN || power == POWER_FRONT;
}

static int fill(scmp_filter_ctx f, enum power power)
{
	struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	struct scmp_arg_cmp no_address = SCMP_A4(SCMP_CMP_EQ, 0);         /* send() on a line */
	struct scmp_arg_cmp self = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());
	/* what fork() asks for and nothing else: no thread, no name space */
	struct scmp_arg_cmp as_fork = SCMP_A0(SCMP_CMP_MASKED_EQ, ~(scmp_datum_t)(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID), SIGCHLD);
	int bad = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!bad) bad = allow(f, calls, LENGTH(calls));
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, self);    /* abort */
	if (!bad && serves(power))
		return power == POWER_SCAN ? fill_scan(f) : fill_service(f, power);
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1, no_address);
	/* malloc, out of memory, asks how many processors could use another heap; then it gives up */
	if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(sched_getaffinity), 0);
	if (!bad && power == POWER_NURSERY) {
		bad = allow(f, nursery_calls, LENGTH(nursery_calls));
		struct scmp_arg_cmp itself = SCMP_A0(SCMP_CMP_EQ, 0), end_with_parent = SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG);
		if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, itself);
		if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, end_with_parent);
	}
	if (!bad && power == POWER_KEEPER) {
		bad = allow(f, keeper_calls, LENGTH(keeper_calls));
		struct scmp_arg_cmp local = SCMP_A0(SCMP_CMP_EQ, AF_UNIX), stream = SCMP_A1(SCMP_CMP_EQ, SOCK_STREAM | SOCK_CLOEXEC);
		if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 2, local, stream);
		if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(recvfrom), 1, no_address);
	}
	if (!bad && power != POWER_BOX) {
		if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, as_fork);
		if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);    /* then libc takes clone */
	}
	return bad;
}

static bool seccomp_drop(enum power power, struct err *e)
{
	scmp_filter_ctx f = seccomp_init(serves(power) ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	int bad = f ? fill(f, power) : -ENOMEM;
	if (!bad)
		bad = seccomp_load(f);
	seccomp_release(f);
	errno = -bad;
	return !bad || err_errno(e, "Could not limit what this process may ask of the system");
}

/* What a nursery's children are limited to: made while it can be, put in force in each child. */
static struct sock_fprog child_filter;

static bool prepare_child_filter(struct err *e)
{
	int line[2];
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool good = f && fill(f, POWER_BOX) == 0 && pipe2(line, O_CLOEXEC) == 0;
	if (good) {
		enum { ROOM = 32 << 10 };
		struct sock_filter *code = mem_get(ROOM);
		good = seccomp_export_bpf(f, line[1]) == 0;
		close(line[1]);
		ssize_t n = good ? read(line[0], code, ROOM) : 0;
		close(line[0]);
		good = n > 0 && n < ROOM;
		child_filter = (struct sock_fprog){ .len = (unsigned short)((size_t)n / sizeof *code), .filter = code };
	}
	seccomp_release(f);
	return good || err_set(e, OUTSIDE, NULL, "Could not prepare what a helper process may ask of the system.");
}

bool box_drop_but(enum power power, const struct box_path *path, size_t n, struct err *e)
{
	if (power == POWER_NURSERY && !prepare_child_filter(e))
		return false;
	if (!limit(RLIMIT_CORE, 0, 0, e) ||
	    (power != POWER_KEEPER && power != POWER_DESK && power != POWER_COURIER && !limit(RLIMIT_FSIZE, 0, 0, e)) || (power == POWER_BOX && !limit(RLIMIT_NPROC, 0, 0, e)))
		return false;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_errno(e, "Could not give up privileges");
	return landlock_drop(power, path, n, e) && seccomp_drop(power, e);
}

bool box_drop(enum power power, struct err *e)
{
	return box_drop_but(power, NULL, 0, e);
}

/* What the program takes by itself, its libraries included: the limit counts address space, and theirs is not the file's fault. */
static bool own_size(uint64_t *size, struct err *e)
{
	char text[64];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	struct str rest = { text, n > 0 ? (size_t)n : 0 };
	int64_t pages;
	if (!str_i64(str_split(&rest, ' '), &pages) || pages < 0)
		return err_set(e, OUTSIDE, NULL, "Could not learn this process's size from /proc; mount it.");
	*size = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

static bool limit_memory(uint64_t memory, struct err *e)
{
	uint64_t size;
	/* a sanitizer reserves terabytes of addresses, so its limit is left alone */
	return SANITIZING || (own_size(&size, e) && limit(RLIMIT_AS, size + memory, size + memory, e));
}

/* The soft limit's signal ends it; the hard one's does should that be caught. */
static bool limit_time(unsigned seconds, struct err *e)
{
	return !seconds || limit(RLIMIT_CPU, seconds, (rlim_t)seconds + 1, e);
}

bool box_enter(int line, enum power power, struct err *e)
{
	struct box_limits limits;
	if (!line_read(line, &limits, sizeof limits))
		return err_set(e, INVALID, NULL, "A box is started by the program itself.");
	return limit_memory(limits.memory, e) && limit_time(limits.cpu_seconds, e) && box_drop(power, e);
}

/* ---- a nursery's children ---- */

static _Noreturn void nursed(unsigned cpu_seconds, int (*work)(void *), void *of)
{
	struct err e = { 0 };
	bool good = prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && limit_time(cpu_seconds, &e);
	if (!good || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &child_filter) != 0)
		_exit(126);
	_exit(work(of));
}

static void on_child(int signal_number)
{
	(void)signal_number;
}

static int64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Its wait status; false: it did not end in time. The signal is let through only while this waits, so none is missed. */
static bool child_ends(pid_t child, int64_t milliseconds, const sigset_t *waiting, int *status)
{
	for (int64_t until = clock_ms() + milliseconds; waitpid(child, status, WNOHANG) != child;) {
		int64_t left = until - clock_ms();
		if (left <= 0)
			return false;
		ppoll(NULL, 0, &(struct timespec){ left / 1000, left % 1000 * 1000000 }, waiting);
	}
	return true;
}

bool box_nurse(unsigned cpu_seconds, int (*work)(void *), void *of, int *status, struct err *e)
{
	sigset_t children, before;
	int how;
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = on_child }, NULL);
	sigprocmask(SIG_BLOCK, &children, &before);
	sigdelset(&before, SIGCHLD);
	pid_t child = fork();
	if (child == 0)
		nursed(cpu_seconds, work, of);
	if (child < 0)
		return err_errno(e, "Could not start a helper process");
	bool ended = child_ends(child, cpu_seconds * (int64_t)4000 + 2000, &before, &how);
	*status = !ended ? NURSED_STILL : WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	if (*status >= 0 && *status != OUT_OF_MEMORY && *status != 126)
		return true;
	return ending(how, !ended, e);
}

/* ---- whole messages ---- */

int box_messages(int *far, struct err *e)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		err_errno(e, "Could not make a line to a helper process");
		return -1;
	}
	setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int));
	*far = pair[1];
	return pair[0];
}

union fds_space { struct cmsghdr head; char space[CMSG_SPACE(sizeof(int) * BOX_FDS_MAX) + CMSG_SPACE(sizeof(struct ucred))]; };

bool box_send(int line, struct str message, const int *fd, size_t fds)
{
	if (!fds) {
		ssize_t n;
		do
			n = send(line, message.p, message.n, MSG_NOSIGNAL);
		while (n < 0 && errno == EINTR);
		return n == (ssize_t)message.n;
	}
	union fds_space control = { 0 };
	struct iovec part = { (void *)(uintptr_t)message.p, message.n };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = CMSG_SPACE(sizeof(int) * fds) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	*c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int) * fds) };
	memcpy(CMSG_DATA(c), fd, sizeof(int) * fds);
	ssize_t n;
	do
		n = sendmsg(line, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)message.n;
}

long box_receive(int line, void *to, size_t max, int *fd, size_t *fds, pid_t *from)
{
	union fds_space control = { 0 };
	struct iovec part = { to, max };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space };
	ssize_t n;
	do
		n = recvmsg(line, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (fds)
		*fds = 0;
	if (from)
		*from = 0;
	for (struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS && from)
			*from = ((const struct ucred *)(const void *)CMSG_DATA(c))->pid;
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t many = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < many; i++) {
			int one;
			memcpy(&one, CMSG_DATA(c) + i * sizeof one, sizeof one);
			if (fd && *fds < BOX_FDS_MAX)
				fd[(*fds)++] = one;
			else
				close(one);
		}
	}
	return n;
}

/* ---- telling a role what it needs ---- */

bool box_tell(int line, struct str bytes, const int *fd, size_t fds, struct err *e)
{
	uint32_t n = (uint32_t)bytes.n;
	uint8_t ready;
	bool good = bytes.n <= BOX_TELL_MAX && box_send(line, (struct str){ (const char *)&n, sizeof n }, fd, fds) && line_write(line, bytes) && line_read(line, &ready, 1);
	return good || err_set(e, OUTSIDE, NULL, "A process that serves pages did not start. Run handback check.");
}

bool box_told(int line, struct arena *a, struct str *bytes, int *fd, size_t *fds, size_t most)
{
	uint32_t n;
	int all[BOX_FDS_MAX];
	if (box_receive(line, &n, sizeof n, all, fds, NULL) != sizeof n || n > BOX_TELL_MAX || !*fds || *fds > most)
		return false;
	char *p = arena_get(a, n);
	if (!line_read(line, p, n))
		return false;
	memcpy(fd, all, sizeof *fd * *fds);
	*bytes = (struct str){ p, n };
	return true;
}

bool serving_tell(int line, const struct serving *s, struct str beside, struct err *e)
{
	struct buf b = BUF(BOX_TELL_MAX + 1);
	buf_lstr(&b, s->folder);
	buf_lstr(&b, s->url);
	buf_u8(&b, s->proxy);
	buf_lstr(&b, s->tls_cert);
	buf_lstr(&b, s->tls_key);
	buf_lstr(&b, beside);
	bool good = box_tell(line, buf_str(&b), s->listener, s->listeners, e);
	buf_free(&b);
	return good;
}

bool serving_told(int line, struct arena *a, struct serving *s, struct cursor *beside)
{
	struct str bytes;
	*s = (struct serving){ 0 };
	if (!box_told(line, a, &bytes, s->listener, &s->listeners, LENGTH(s->listener)))
		return false;
	struct cursor c = cursor_of(bytes);
	s->folder = cursor_lstr(&c), s->url = cursor_lstr(&c);
	s->proxy = cursor_u8(&c);
	s->tls_cert = arena_str(a, cursor_lstr(&c));
	s->tls_key = arena_str(a, cursor_lstr(&c));
	*beside = cursor_of(cursor_lstr(&c));
	return cursor_done(&c);
}

struct str box_powers(struct arena *a)
{
	int version = landlock_version();
	const char *seccomp = prctl(PR_GET_SECCOMP) >= 0 ? "seccomp" : "no seccomp";
	if (version == 0)
		return arena_say(a, "%s, no landlock (the pages and the courier could open any file of yours), no core files", seccomp);
	return arena_say(a, "%s, landlock %d%s, no core files", seccomp, version, version < 4 ? " (files, not the network)" : "");
}
