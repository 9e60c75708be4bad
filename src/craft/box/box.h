/* box - a child without powers: no file system, no network, no new processes, limits on memory and time. Foreign bytes are parsed
 * only there. Hides seccomp, Landlock, rlimits and how a box ends.
 *
 * A box is given one work by name (main.c lists them) and one descriptor; it answers on its line. What comes back is hostile:
 * whoever reads it checks it.
 */
#ifndef BOX_H
#define BOX_H

#include "base.h"

struct box;
/* memory: bytes beyond what the program takes by itself. A box that neither works nor says anything is given up after a minute
 * more than cpu_seconds. */
struct box_limits { uint64_t memory; unsigned cpu_seconds; };

/* Starts a box for `work`, handing on fd (read from where it stands; stays the caller's). */
struct box *box_start(const char *work, int fd, const struct box_limits *, struct err *);
int  box_line(const struct box *);                       /* where the answer is read from, and a question may be written to */
/* Ends the box and says how it went: false with TOO_BIG (over its limits), TORN (stopped by a fault or a forbidden call) or
 * OUTSIDE in err, unless it ended by itself with 0. NULL is fine. */
bool box_end(struct box *, struct err *);

/* What a box does first, in main: takes its limits from the line and drops its powers. false: it must not go on. */
bool box_enter(int line, struct err *);

/* ---- giving up powers: the last call of every role's start ---- */

enum power {
	POWER_BOX,          /* read and write what is open already; memory; nothing else */
	POWER_KEEPER,       /* the same, and forking a child that has the same powers */
};
/* No new privileges, not dumpable, no core files, Landlock with nothing granted where the kernel has it, a seccomp list of allowed
 * calls. false: it could not be put in force, and the role must not go on. */
bool box_drop(enum power, struct err *);
/* What this machine has of it, for `check`: "seccomp, landlock 4, no core files". */
struct str box_powers(struct arena *);

#endif
