/* jobs - long work that pages and the API begin: a verb in a thread of its own, with what its asker may open; the page that follows it, and the same
 * for scripts. */
#include "act.h"
#include "job.h"
#include "seal.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { REFRESH_SECONDS = 3, QUICK_MS = 1000 };

/* ---- beginning ---- */

/* What the thread has of its asker: the keeper's session, and the passphrase when a form brought one. */
struct going { uint8_t token[SEAL_TOKEN]; bool opened; int fd[2]; struct buf passphrase; };

static _Thread_local struct going *going_here;

static bool ask_going(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	*passphrase = arena_str(op->a, buf_str(&going_here->passphrase));
	return passphrase->n > 0 || err_set(&op->err, LOCKED, "passphrase", "This needs the passphrase. Sign in to the pages with it, or use the command line.");
}

static bool going_ready(struct op *op, void *about)
{
	struct err e = { 0 };
	going_here = about;
	op->ask = ask_going;
	if (going_here->opened && op_keeper(op))
		seal_session(op->seal, going_here->token, &e);   /* ended meanwhile: then it asks */
	op->key_at_hand = going_here->passphrase.n || (op->seal && seal_is_open(op->seal));
	return true;
}

static void going_over(void *about)
{
	struct going *g = about;
	for (size_t i = 0; i < LENGTH(g->fd); i++)
		if (g->fd[i] >= 0)
			close(g->fd[i]);
	buf_free(&g->passphrase);                        /* wipes */
	wipe(g, sizeof *g);
	free(g);
}

bool job_begin_for(struct visit *v, struct act *a, const int fd[2], int64_t *id)
{
	struct going *g = mem_zero(1, sizeof *g);
	*g = (struct going){ .fd = { fd ? fd[0] : -1, fd ? fd[1] : -1 }, .passphrase = BUF(4096) };
	g->opened = session_key_copy(v, g->token);
	buf_put(&g->passphrase, pair_text(v->ask->form, "passphrase"));
	if (job_start(v->op, &(struct job_order){ a->verb, &a->args, going_ready, going_over, g }, id))
		return true;
	going_over(g);
	return false;
}

bool job_wait(struct visit *v, int64_t id, struct job *j)
{
	*j = (struct job){ .state = JOB_RUNNING };
	for (int waited = 0; waited < QUICK_MS && j->state == JOB_RUNNING; waited += 50) {
		nanosleep(&(struct timespec){ .tv_nsec = 50 * 1000000 }, NULL);
		if (!job_get(v->op, id, j))
			return false;
	}
	return true;
}

/* What is quick is not watched. */
bool job_see(struct visit *v, int64_t id)
{
	struct job j;
	return job_wait(v, id, &j) && visit_see(v, arena_say(v->op->a, "/job/%lld", (long long)id));
}

/* ---- following ---- */

static int64_t percent(const struct job *j)
{
	return j->of > 0 ? 100 * (j->done < j->of ? j->done : j->of) / j->of : 0;
}

/* What a verb says that it is at, in the reader's language. */
static struct str at_words(struct visit *v, struct str at)
{
	struct str rest = at, what = str_split(&rest, ':'), count = str_trim(rest);
	const char *said = visit_words(v, arena_str(v->op->a, what).p);
	int64_t n;
	rest = count;
	if (!str_i64(str_split(&rest, ' '), &n))
		return arena_say(v->op->a, "%s%s" STR_FMT, said, count.n ? ": " : "", STR_ARG(count));
	return arena_say(v->op->a, "%s: %lld %s", said, (long long)n, visit_words(v, n == 1 ? "file" : "files"));
}

bool job_page(struct visit *v)
{
	struct job_view w = { 0 };
	struct job j;
	if (!job_get(v->op, path_number(v, "n"), &j))
		return false;
	w.find = str_starts(j.what, STR("find"));
	if (str_eq(j.what, STR("find")) && (j.state == JOB_DONE || (j.state == JOB_STOPPED && j.rows.n)))
		return visit_see(v, arena_say(v->op->a, "/find/scan/%lld", (long long)j.id));
	w.id = j.id, w.say = j.state == JOB_RUNNING ? at_words(v, j.say) : visit_said(v, j.say), w.running = j.state == JOB_RUNNING, w.failed = j.state == JOB_FAILED, w.stopped = j.state == JOB_STOPPED || j.stop, w.attention = j.attention;
	w.percent = percent(&j), w.measured = j.of > 0;
	w.refused = str_eq(j.what, STR("import")) && import_refused(v, j.id);
	v->refresh = w.running ? REFRESH_SECONDS : 0;
	w.import = str_eq(j.what, STR("import"));
	v->back = w.find ? STR("/find") : w.import ? STR("/import") : str_eq(j.what, STR("backup")) ? STR("/backup") : str_eq(j.what, STR("vault rotate")) ? STR("/keys") : STR("");
	page_job(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "At work")));
}

bool job_stop_do(struct visit *v)
{
	struct act a;
	act_begin(v, &a, "job stop");
	act_give(v, &a, "job", pair_text(v->ask->param, "n"));
	bool good = act_do(v, &a);
	act_end(&a);
	return good && visit_see(v, arena_say(v->op->a, "/job/%lld", (long long)path_number(v, "n")));
}

/* Server-sent events (WHATWG HTML, 9.2): one, which is how it is now, and the end of the answer; whoever listens asks again a second later. */
bool job_events(struct visit *v)
{
	struct buf *out = &v->reply->body;
	struct json json = json_to(out);
	enum role role;
	struct job j;
	if (!op_role(v->op, &role) || !job_get(v->op, path_number(v, "job"), &j))
		return false;
	v->reply->type = "text/event-stream";
	buf_put(out, STR("retry: 1000\ndata: "));
	json_open(&json, '{');
	json_key(&json, "job"), json_i64(&json, j.id);
	json_key(&json, "what"), json_str(&json, j.what);
	json_key(&json, "state"), json_str(&json, str_of(job_state_name(j.state)));
	json_key(&json, "done"), json_i64(&json, j.done);
	json_key(&json, "of"), json_i64(&json, j.of);
	json_key(&json, "percent"), json_i64(&json, percent(&j));
	json_key(&json, "stop_asked"), json_bool(&json, j.stop);
	json_key(&json, "attention"), json_bool(&json, j.attention);
	json_key(&json, "say"), json_str(&json, v->token ? j.say : j.state == JOB_RUNNING ? at_words(v, j.say) : visit_said(v, j.say));
	json_close(&json);
	buf_put(out, STR("\n\n"));
	return true;
}
