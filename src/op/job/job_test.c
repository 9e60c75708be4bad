/* job: what others see of long work, how it is stopped, and what is told when its process is gone. */
#include "founded_test.h"
#include "job.h"
#include "store.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static bool open_again(struct op *op)
{
	*op = (struct op){ 0 };
	return op_open(op, str_of(folder));
}

static int make(void **state)
{
	return found(state, (struct founding){ .name = STR("Fernwood"), .region = STR("US-NY"), .timezone = STR("UTC") }, NULL);
}

static int drop(void **state)
{
	jobs_end();
	return founded_drop(state);
}

static struct job seen(int64_t id)
{
	static struct op op;
	struct job j;
	op_close(&op);
	assert_true(open_again(&op));
	assert_true(job_get(&op, id, &j));
	return j;
}

static void a_job_is_seen_by_others_from_its_beginning_to_its_end(void **state)
{
	struct op *op = *state;
	struct job_hand *h = job_begin(op, "import");
	assert_non_null(h);
	int64_t id = job_id(h);
	assert_int_equal(seen(id).state, JOB_RUNNING);
	assert_false(job_step(h, op, "Importing", 3, 10));
	struct job j = seen(id);
	assert_true(j.state == JOB_RUNNING && j.done == 3 && j.of == 10 && str_eq(j.say, STR("Importing")) && str_eq(j.what, STR("import")));
	assert_false(job_step(h, op, "Importing", 4, 10));       /* too soon to be written */
	assert_int_equal(seen(id).done, 3);
	pause_ms(300);
	assert_false(job_step(h, op, "Importing", 5, 10));
	assert_int_equal(seen(id).done, 5);
	job_end(h, JOB_DONE, true, STR("All is in."), STR("{\"a\":1}\n"));
	j = seen(id);
	assert_true(j.state == JOB_DONE && j.attention && str_eq(j.say, STR("All is in.")) && str_eq(j.rows, STR("{\"a\":1}\n")));
}

static void a_step_within_a_transaction_is_kept_with_it(void **state)
{
	struct op *op = *state;
	struct job_hand *h = job_begin(op, "import");
	assert_true(op_begin(op));
	assert_false(job_step(h, op, "Keeping", 7, 0));
	assert_int_equal(seen(job_id(h)).done, 0);
	assert_true(op_end(op, true));
	assert_int_equal(seen(job_id(h)).done, 7);
	job_end(h, JOB_DONE, false, STR(""), STR(""));
}

static void a_job_whose_process_is_gone_is_told_as_such(void **state)
{
	int ends[2];
	int64_t id = 0;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		struct op op;
		struct job_hand *h = open_again(&op) ? job_begin(&op, "find") : NULL;
		id = h ? job_id(h) : 0;
		if (write(ends[1], &id, sizeof id) == sizeof id)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &id, sizeof id), sizeof id);
	assert_int_equal(seen(id).state, JOB_RUNNING);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ends[0]);
	close(ends[1]);
	struct job j = seen(id);
	assert_int_equal(j.state, JOB_FAILED);
	assert_non_null(strstr(j.say.p, "has ended before the work did"));
	/* the next one keeps that, so that the row can go one day */
	struct op *op = *state;
	job_end(job_begin(op, "find"), JOB_DONE, false, STR(""), STR(""));
	assert_int_equal(seen(id).state, JOB_FAILED);
}

/* ---- verbs as jobs ---- */

static int64_t started, over;

static bool until_stopped(struct op *op, const struct args *args, struct answer *answer)
{
	(void)answer;
	assert_true(str_eq(args_text(args, "word"), STR("kept")));
	__atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
	for (uint64_t i = 0; !op_stopped(op); i++) {
		op->progress(op, "Waiting", i, 0);
		pause_ms(20);
	}
	return err_set(&op->err, REFUSED, NULL, "Stopped by you.");
}

/* What it has by then is good, as of an import: but it is not done. */
static bool keeps_what_it_has(struct op *op, const struct args *args, struct answer *answer)
{
	(void)args;
	for (uint64_t i = 0; !op_stopped(op); i++) {
		op->progress(op, "Keeping", i, 0);
		pause_ms(20);
	}
	answer_note(answer, "Half of it is kept.");
	answer->stopped = answer->attention = true;
	return true;
}

static bool says_much(struct op *op, const struct args *args, struct answer *answer)
{
	(void)args;
	for (int i = 0; i < 20000; i++) {
		answer_row(answer);
		answer_text(answer, "text", STR("all work and no play"));
		answer_number(answer, "n", i);
		answer_row_end(answer);
		answer_note(answer, "A remark.");
	}
	answer->attention = true;
	return op->person == 7;
}

static bool chooses(struct op *op, void *about)
{
	return about == &started && op->db != NULL;
}

static void ends(void *about)
{
	assert_ptr_equal(about, &started);
	__atomic_add_fetch(&over, 1, __ATOMIC_SEQ_CST);
}

static const struct verb waiting = { "wait", "Waits.", "wait", VERB_LONG, FIELDS({ "word", FIELD_TEXT, 0, "a word" }), until_stopped };
static const struct verb half = { "half", "Keeps half.", "half", VERB_LONG, NO_FIELDS, keeps_what_it_has };
static const struct verb much = { "much", "Says much.", "much", VERB_LONG, NO_FIELDS, says_much };

static const struct verb *verb_named(const char *name)
{
	const struct verb *v = job_verbs;
	while (strcmp(v->name, name) != 0)
		v++;
	return v;
}

static bool ask_to_stop(struct op *op, int64_t id)
{
	const struct verb *stop = verb_named("job stop");
	struct str number = arena_say(op->a, "%d", (int)id);
	struct arg a = { &stop->fields[0], &number, 1 };
	struct args args = { &a, 1 };
	struct answer answer = { 0 };
	return op_do(op, stop, &args, &answer);
}

static int64_t start(struct op *op, const struct verb *v, const struct args *args)
{
	int64_t id = 0;
	struct job_order order = { v, args, chooses, ends, &started };
	return job_start(op, &order, &id) ? id : 0;
}

static struct job ended(int64_t id)
{
	struct job j = seen(id);
	for (int i = 0; i < 500 && j.state == JOB_RUNNING; i++) {
		pause_ms(20);
		j = seen(id);
	}
	return j;
}

static void a_verb_runs_beside_and_ends_when_asked(void **state)
{
	struct op *op = *state;
	char word[] = "kept";
	struct str value = { word, 4 };
	struct arg a = { &waiting.fields[0], &value, 1 };
	int64_t id = start(op, &waiting, &(struct args){ &a, 1 });
	assert_true(id);
	word[0] = 'x';                                           /* the caller's memory is its own again */
	for (int i = 0; i < 500 && !seen(id).done; i++)
		pause_ms(20);
	assert_true(seen(id).done > 0);
	assert_true(ask_to_stop(op, id));
	struct job j = ended(id);
	assert_int_equal(j.state, JOB_STOPPED);
	assert_true(str_eq(j.say, STR("Stopped by you.")));
	jobs_end();
	assert_int_equal(over, 1);
	err_clear(&op->err);
	assert_false(ask_to_stop(op, id) || op->err.code != CONFLICT);
	err_clear(&op->err);
	assert_false(ask_to_stop(op, 4711) || op->err.code != NOT_FOUND);
	err_clear(&op->err);
}

static void what_is_stopped_half_way_is_not_done(void **state)
{
	struct op *op = *state;
	int64_t id = start(op, &half, &(struct args){ 0 });
	assert_true(id && ask_to_stop(op, id));
	struct job j = ended(id);
	assert_int_equal(j.state, JOB_STOPPED);
	assert_true(j.attention && str_starts(j.say, STR("Half of it is kept.")));
}

static void an_answer_is_kept_up_to_its_bounds_and_in_whole_rows(void **state)
{
	struct op *op = *state;
	static const struct statement somebody = { "somebody", "INSERT INTO person (business, id, name, role, since, ended, language) VALUES (1, 7, 'Ana', 1, 0, 0, '')", "", "" };
	assert_true(op_begin(op) && op_end(op, db_do(op->db, &somebody, NULL, &op->err)));
	op->person = 7;
	struct job j = ended(start(op, &much, &(struct args){ 0 }));
	op->person = 1;
	assert_int_equal(j.state, JOB_DONE);
	struct str last = STR("{\"text\":\"all work and no play\",\"n\":19999}\n");
	assert_true(j.attention && j.rows.n > JOB_ROWS_MAX - JOB_LAST_MAX - 100 && j.rows.n <= JOB_ROWS_MAX - JOB_LAST_MAX + 100);
	assert_true(str_starts(j.rows, STR("{\"text\":\"all work and no play\",\"n\":0}\n")));
	assert_true(str_eq((struct str){ j.rows.p + j.rows.n - last.n, last.n }, last));        /* the last one, whatever did not fit before it */
	assert_true(j.say.n > JOB_SAY_MAX - 100 && j.say.n <= JOB_SAY_MAX);
}

static void so_many_at_once_and_no_more(void **state)
{
	struct op *op = *state;
	struct str value = STR("kept");
	struct arg a = { &waiting.fields[0], &value, 1 };
	for (int i = 0; i < JOBS_AT_ONCE; i++)
		assert_true(start(op, &waiting, &(struct args){ &a, 1 }));
	assert_false(start(op, &waiting, &(struct args){ &a, 1 }));
	assert_int_equal(op->err.code, CONFLICT);
	err_clear(&op->err);
	jobs_end();
}

static void old_jobs_go(void **state)
{
	struct op *op = *state;
	struct job *j;
	size_t n;
	for (int i = 0; i < JOBS_KEPT + 5; i++)
		job_end(job_begin(op, "find"), JOB_DONE, false, STR(""), STR(""));
	assert_true(job_list(op, &j, &n));
	assert_int_equal(n, JOBS_KEPT);
	assert_true(j[0].id > j[n - 1].id);
	assert_false(job_get(op, 1, j));
	err_clear(&op->err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_is_seen_by_others_from_its_beginning_to_its_end),
		cmocka_unit_test(a_step_within_a_transaction_is_kept_with_it),
		cmocka_unit_test(a_job_whose_process_is_gone_is_told_as_such),
		cmocka_unit_test(a_verb_runs_beside_and_ends_when_asked),
		cmocka_unit_test(what_is_stopped_half_way_is_not_done), cmocka_unit_test(an_answer_is_kept_up_to_its_bounds_and_in_whole_rows),
		cmocka_unit_test(so_many_at_once_and_no_more),
		cmocka_unit_test(old_jobs_go),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
