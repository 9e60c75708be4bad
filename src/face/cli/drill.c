/* drill - practising an incident: the pages on a copy of the data, from which nothing is sent, until Ctrl-C. Once the last notice is approved the result
 * stands in the real data; the copy is taken away at the end. */
#include "cli.h"
#include "cli_int.h"
#include "drill.h"
#include "store.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int asked_over = -1;              /* the line of whoever began it from the pages; -1: it was typed */

struct drilling { struct op *real, *copy; struct answer *answer; int64_t version; bool kept; };

static const struct verb *keep_verb(void)
{
	const struct verb *v = drill_verbs;
	while (strcmp(v->name, "drill keep") != 0)
		v++;
	return v;
}

static bool keep(struct drilling *g)
{
	g->real->now = when_now();
	if (!op_do(g->real, keep_verb(), &(struct args){ 0 }, g->answer))
		return false;
	g->kept = true;
	answer_say(g->answer, "All notices are approved: the drill is over, and kept. Ctrl-C ends it and takes the copy away.");
	g->answer->put(g->answer->to, STR(""));
	return true;
}

/* Looked at when somebody has changed something; and whoever began it has ended it, or is gone. */
static bool look(void *about)
{
	struct drilling *g = about;
	struct drill d;
	struct pollfd asker = { .fd = asked_over };
	if (poll(&asker, 1, 0) > 0 && asker.revents & POLLHUP)
		kill(getpid(), SIGTERM);                 /* as if by hand: the copy is taken away */
	int64_t version = db_version(g->copy->db);
	if (g->kept || version == g->version)
		return true;
	struct arena *own = g->copy->a;
	g->version = version;
	g->copy->a = arena_open();
	g->copy->now = when_now();
	bool good = drill_here(g->copy, &d), over = good && d.approved;
	arena_close(g->copy->a);
	g->copy->a = own;
	err_clear(&g->copy->err);                        /* a moment's trouble: the next change is looked at again */
	return !over || keep(g);
}

bool drill_clear(struct op *op)
{
	struct stat st;
	const char *folder = drill_folder(op).p;
	if (lstat(folder, &st) != 0)
		return true;
	if (!serve_free(op, folder) || !folder_take_away(op, folder, "The copy of the last drill"))
		return false;
	if (op->tell)
		op->tell(op, "The copy of a drill that was broken off is taken away. Your data was not touched by it.");
	return true;
}

static bool practise(struct op *op, struct op *copy, const struct args *args, struct answer *answer)
{
	struct drilling g = { .real = op, .copy = copy, .answer = answer };
	copy->ask = op->ask, copy->ask_new = op->ask_new, copy->key_at_hand = op->key_at_hand, copy->progress = op->progress, copy->tell = op->tell, copy->stop = op->stop;
	copy->person = op->person;
	bool good = ui_practise(copy, args, answer, look, &g);
	if (!good && op->err.code == OK)
		op->err = copy->err;
	if (good && !g.kept)
		answer_note(answer, "The drill was ended before all notices were approved: nothing is kept of it.");
	return good;
}

bool drill_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct op copy = { 0 };
	struct drill d;
	struct str folder = drill_folder(op);
	if (op_setting(op, "drill").n)
		return err_set(&op->err, REFUSED, "data", "This is itself a copy to practise on. Name your own data folder.");
	if (!drill_clear(op) || !drill_invent(op, &d))
		return false;
	bool good = drill_copy(op, folder, &d);
	if (good) {
		answer_say(answer, "Practice, on a copy of your data. Nothing is sent. Told just now:");
		answer_say(answer, STR_FMT, STR_ARG(drill_story(op, &d, false)));
		good = op_open(&copy, folder) && practise(op, &copy, args, answer);
		if (!good && op->err.code == OK)
			op->err = copy.err;
		op_close(&copy);
	}
	struct err why = op->err;
	bool away = folder_take_away(op, folder.p, "The copy");
	if (!good)
		op->err = why;
	return good && away;
}

/* As if it had been typed by this person: its rows, of which the first is the link, go to whoever asked. */
int drill_main(int line, const char *work)
{
	char person[24] = "";
	const char *folder = strchr(work, ' ');
	if (!folder || (size_t)(folder - work) >= sizeof person)
		return 2;
	memcpy(person, work, (size_t)(folder - work));
	char *argv[] = { (char *)(uintptr_t)"handback", (char *)(uintptr_t)"--json", (char *)(uintptr_t)"--as", person, (char *)(uintptr_t)"--data", (char *)(uintptr_t)(folder + 1),
		(char *)(uintptr_t)"drill", NULL };
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || dup2(line, STDOUT_FILENO) < 0)
		return 3;
	asked_over = line;
	return cli_main(LENGTH(argv) - 1, argv);
}
