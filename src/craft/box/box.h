/* box - a child without powers: no file system, no network, no new processes, limits on memory and time. Foreign bytes are parsed
 * only there. Hides seccomp, Landlock, rlimits and how a box ends.
 *
 * A box is given one work by name (main.c lists them) and one descriptor; it answers on its line. What comes back is hostile:
 * whoever reads it checks it.
 */
#ifndef BOX_H
#define BOX_H

#include "base.h"
#include <sys/types.h>

struct box;
/* memory: bytes beyond what the program takes by itself. A box that neither works nor says anything is given up after a minute
 * more than cpu_seconds. */
struct box_limits { uint64_t memory; unsigned cpu_seconds; };     /* cpu_seconds 0: no limit, and no patience either */

/* What a process may still do, once the rest is given up. */
enum power {
	POWER_BOX,          /* read and write what is open already; memory; nothing else */
	POWER_KEEPER,       /* the same, and forking a child that has the same powers */
	POWER_NURSERY,      /* to take descriptors from its line, and to fork children that have POWER_BOX */
	POWER_DESK,         /* threads; to answer on sockets that listen already; the files it names in box_drop_but; no network of its own, no program */
	POWER_SCAN,         /* to read the files it names, also without Landlock to read only; lines of its own; no network, no process */
	POWER_COURIER,      /* threads; to connect outwards; the files it names; to listen nowhere, no program */
	POWER_FRONT,        /* threads; to answer on sockets that listen already; the files it names, also without Landlock to read only; nothing else */
};

/* Starts a box for `work`, handing on fd (read from where it stands; stays the caller's). */
struct box *box_start(const char *work, int fd, const struct box_limits *, struct err *);
int  box_line(const struct box *);                       /* where the answer is read from, and a question may be written to */
pid_t box_pid(const struct box *);
void box_kill(const struct box *);                       /* at once; box_end follows */
/* Ends the box and says how it went: false with TOO_BIG (over its limits), TORN (stopped by a fault or a forbidden call) or
 * OUTSIDE in err, unless it ended by itself with 0. NULL is fine. */
bool box_end(struct box *, struct err *);

/* What a box does first, in main: takes its limits from the line and drops its powers. false: it must not go on. */
bool box_enter(int line, enum power, struct err *);

/* ---- a nursery: a box that is handed one file after another, and lets a child open each that is risky ---- */

/* In a nursery: runs work(of) in a child with POWER_BOX, the nursery's limit of memory and this one of processor time (by the clock four
 * times as much, and two seconds), which ends with what work returns, from 0 to 100. Returns how it ended: true with *status, or false
 * with the reason in err, as box_end. *status is NURSED_STILL when it did not end: the nursery must then end itself, which ends it. */
enum { NURSED_STILL = -2 };
bool box_nurse(unsigned cpu_seconds, int (*work)(void *), void *of, int *status, struct err *);
/* A line for messages that come whole or not at all: *far goes to box_start, as its fd. Returns the near end, which learns who sent each. */
int box_messages(int *far, struct err *);
enum { BOX_MESSAGE_MAX = 60 << 10, BOX_FDS_MAX = 128 };
/* Sends a message, with up to BOX_FDS_MAX descriptors; receives one (as many bytes as fit, 0 at the end, -1 on an error). fd: room for
 * BOX_FDS_MAX, or NULL: none is taken. from: the sender's process, as the kernel knows it, 0 at the far end; or NULL. */
bool box_send(int line, struct str message, const int *fd, size_t fds);
long box_receive(int line, void *to, size_t max, int *fd, size_t *fds, pid_t *from);

/* ---- starting a role that serves: the parent tells it once what it needs ---- */

/* Bytes, with descriptors, and waits until the other end is ready (it writes one byte). */
enum { BOX_TELL_MAX = 16 << 10 };
bool box_tell(int line, struct str, const int *fd, size_t fds, struct err *);
/* The other end: bytes in the arena, 1 to `most` descriptors. false: nobody of ours is there. */
bool box_told(int line, struct arena *, struct str *, int *fd, size_t *fds, size_t most);

/* What every role is told that answers browsers; and what each is told beside it. */
struct serving {
	struct str folder;               /* the data folder */
	struct str url;                  /* "https://notice.example.com", no / at the end: where people find it */
	bool proxy;                      /* a proxy on this machine stands before it */
	struct str tls_cert, tls_key;    /* PEM files; empty: no TLS here */
	int listener[2]; size_t listeners;
};
bool serving_tell(int line, const struct serving *, struct str beside, struct err *);
bool serving_told(int line, struct arena *, struct serving *, struct cursor *beside);

/* ---- giving up powers: the last call of every role's start ---- */

/* No new privileges, not dumpable, no core files, Landlock with nothing granted where the kernel has it, a seccomp list of allowed
 * calls. false: it could not be put in force, and the role must not go on. */
bool box_drop(enum power, struct err *);
/* The same for a desk and a courier, but for these files and what is in these folders (one that is not there is left out). Before the first thread
 * begins. A kernel without Landlock does not keep it to them; `check` says so. */
struct box_path { const char *path; bool write; };
bool box_drop_but(enum power, const struct box_path *, size_t n, struct err *);
/* What this machine has of it, for `check`: "seccomp, landlock 4, no core files". */
struct str box_powers(struct arena *);

#endif
