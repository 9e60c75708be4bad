/* job - long work that anybody can follow: a row says what is done, by whom, how far it is and how it ended, so that every process (a page, a
 * script, the command line) can read it and ask it to stop. Hides the row, the lock that tells a running job from one whose process is gone, and
 * the threads that do verbs beside a face.
 */
#ifndef JOB_H
#define JOB_H

#include "verb.h"

enum job_state { JOB_RUNNING = 1, JOB_DONE, JOB_FAILED, JOB_STOPPED };   /* failed: also when its process ended before the work did */
const char *job_state_name(enum job_state);              /* "running" */

enum {
	JOBS_KEPT = 200,             /* rows; the oldest that have ended go */
	JOBS_AT_ONCE = 8,            /* threads in one process */
	JOB_ROWS_MAX = 256 << 10,    /* bytes of an answer's rows that are kept, whole rows: the first and the last */
	JOB_LAST_MAX = 96 << 10,     /* of them the last one's */
	JOB_SAY_MAX = 4000,          /* bytes of its words */
};

/* As it is now. say: what it is at, like "Importing"; once ended the sentence that tells how, with the verb's remarks, a line each. rows: the
 * answer's rows, JSON Lines. of 0: how much there is is not known. stop: somebody asked it to end. */
struct job { int64_t id, person, began, changed, done, of; enum job_state state; bool attention, stop; struct str what, say, rows; };
bool job_get(struct op *, int64_t id, struct job *);     /* NOT_FOUND: there is none */
bool job_list(struct op *, struct job **, size_t *n);    /* newest first, without their rows */

/* ---- work that keeps its own row ---- */

struct job_hand;
/* A new row, running. Its changes go over a database line of its own, so `op` may be in the middle of anything later. NULL: err says why. */
struct job_hand *job_begin(struct op *, const char *what);
int64_t job_id(const struct job_hand *);
/* How far it is, written at most four times a second. op: whose work it is; while it writes, the step is kept with its transaction. Any thread,
 * one at a time. Returns whether somebody asked the job to stop. A step that could not be kept is left out. */
bool job_step(struct job_hand *, struct op *, const char *say, uint64_t done, uint64_t of);
/* How it ended; the hand is gone in any case. NULL is fine. */
void job_end(struct job_hand *, enum job_state, bool attention, struct str say, struct str rows);

/* ---- a verb as a job: in a thread of its own, with an operation of its own on the same data folder ---- */

/* ready: called in the thread before the verb, with its operation open: chooses the keeper's session and the like; false ends it with op->err. over: the
 * last that the thread calls, also when it could not begin. Either may be NULL. The arguments are copied. */
struct job_order { const struct verb *verb; const struct args *args; bool (*ready)(struct op *, void *about); void (*over)(void *about); void *about; };
/* Starts it and says its number. False: it may not be done so (op_fits), or CONFLICT: JOBS_AT_ONCE are running; `over` is then not called. */
bool job_start(struct op *, const struct job_order *, int64_t *id);
/* Asks all jobs of this process to stop, and returns when they have: before a process ends. */
void jobs_end(void);

extern const struct verb job_verbs[];                    /* job list|show|stop */

#endif
