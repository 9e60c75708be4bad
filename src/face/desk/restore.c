/* restore - a backup put back from the pages, before there is a business and instead of the one that there is: the file stays in memory, a role of its own makes and
 * proves the new folder beside the old one (restoring.h), what it holds is shown beside what is here, and when the number was typed the parent exchanges the folders.
 * Then this desk ends, and the next one asks who signs in.
 */
#include "act.h"
#include "restoring.h"
#include "role.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { LOOK_MS = 4000, KEEP_MS = 60000, ENDING_MS = 5000, REFRESH_SECONDS = 2 };

/* One at a time, and its asker's alone. line -1: none is at work. */
static struct {
	pthread_mutex_t lock;
	struct helper role;
	int64_t person, began;
	char key[64], name[UPLOAD_NAME];
	bool told; struct restoring_said said; char room[RESTORING_MAX];
	bool done;                                       /* one was put back since the program was started */
	bool over;                                       /* it is kept, and this desk has nothing more to say */
} putting = { .lock = PTHREAD_MUTEX_INITIALIZER, .role.line = -1 };

void restore_start(bool done)
{
	putting.done = done;
}

bool restore_over(void)
{
	pthread_mutex_lock(&putting.lock);
	bool over = putting.over;
	pthread_mutex_unlock(&putting.lock);
	return over;
}

bool restore_see(struct visit *v)
{
	reply_head(v->reply, "Connection", STR("close"));        /* the next desk answers */
	return visit_see(v, STR("/sign-in?restored=yes"));
}

/* Before there is a business there is nobody to sign in, and its pages stand under another address. */
static struct str address(struct visit *v, const char *rest)
{
	return arena_say(v->op->a, "%s%s", v->op->db ? "/restore" : "/first/restore", rest);
}

/* ---- the role: under the lock ---- */

static void end(void)
{
	struct helper *h = &putting.role;
	int status;
	if (h->line >= 0) {
		close(h->line);                          /* the word to leave all as it is */
		h->line = -1;
		if (!helper_wait(h, ENDING_MS, &status)) {
			helper_kill(h);
			helper_wait(h, ENDING_MS, &status);
		}
	}
	putting.told = false;
	wipe(putting.room, sizeof putting.room);
	putting.key[0] = 0;
}

/* Waits so long for what it says. */
static void listen_to(int milliseconds)
{
	if (putting.role.line < 0 || putting.told || poll(&(struct pollfd){ .fd = putting.role.line, .events = POLLIN }, 1, milliseconds) <= 0)
		return;
	putting.told = true;
	if (!restoring_told(putting.role.line, putting.room, &putting.said))
		err_set(&putting.said.why, OUTSIDE, "file", "The backup could not be opened. Try again; if it stays so, start Handback anew.");
}

static bool mine(const struct visit *v)
{
	return putting.role.line >= 0 && putting.person == v->session->login.person && putting.began == v->session->login.began;
}

/* ---- choosing a file ---- */

static bool choose_show(struct visit *v, const struct form *f)
{
	struct restore_view w = { .form = f, .base = { address(v, "") }, .founding = !v->op->db, .done = putting.done, .demo = v->op->db && (op_setting(v->op, "demo").n || op_setting(v->op, "drill").n) };
	v->faulty = f->n > 0;
	v->reply->status = f->n ? 422 : 200;
	v->back = v->op->db ? STR("/backup") : STR("/");
	page_restore(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Bring back a backup")));
}

bool restore_page(struct visit *v)
{
	return choose_show(v, &(struct form){ 0 });
}

bool restore_do(struct visit *v)
{
	struct form f = { 0 };
	struct upload *u = upload_sent(v);
	if (u) {
		const char *key = upload_keep(v, u).p;
		return visit_see(v, address(v, arena_printf(v->op->a, "/look/%s", key)));
	}
	form_fault(&f, "file", str_of(visit_words(v, "Choose a backup first. Its name ends in .backup.")));
	return choose_show(v, &f);
}

/* What is in memory, or one of those in the data folder, by its name. */
static int backup_take(struct visit *v, struct str key, char name[UPLOAD_NAME])
{
	int fd = putting.done ? -1 : upload_take(v, key, name);
	if (fd >= 0 || putting.done || !v->op->db)
		return fd;
	snprintf(name, UPLOAD_NAME, STR_FMT, STR_ARG(str_whole(key, UPLOAD_NAME - 1)));
	fd = keep_backup_open(v->op, key);
	err_clear(&v->op->err);
	return fd;
}

/* ---- opening it ---- */

static bool open_show(struct visit *v, const struct form *f, struct str key, struct str name)
{
	struct restore_view w = { .form = f, .base = { address(v, "") }, .name = name, .key = key };
	v->faulty = f->n > 0;
	v->reply->status = f->n ? 422 : 200;
	v->back = address(v, "");
	page_restore_open(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Open the backup")));
}

static bool gone(struct visit *v)
{
	struct form f = { 0 };
	if (!putting.done)
		upload_gone(v, &f);
	return choose_show(v, &f);
}

bool restore_open_page(struct visit *v)
{
	struct str key = pair_text(v->ask->param, "key");
	char name[UPLOAD_NAME];
	int fd = backup_take(v, key, name);
	if (fd < 0)
		return gone(v);
	close(fd);
	return open_show(v, &(struct form){ 0 }, key, arena_str(v->op->a, str_of(name)));
}

/* Under the lock: begins with this file. */
static bool begin(struct visit *v, int fd, struct str key, const char *name, struct str passphrase)
{
	end();
	if (!helper_start("restore", "", fd, &putting.role, &v->op->err)) {
		putting.role.line = -1;
		return false;
	}
	putting.person = v->session->login.person, putting.began = v->session->login.began;
	snprintf(putting.key, sizeof putting.key, STR_FMT, STR_ARG(key));
	snprintf(putting.name, sizeof putting.name, "%s", name);
	return restoring_ask(putting.role.line, passphrase) || err_set(&v->op->err, OUTSIDE, NULL, "%s", visit_words(v, "The backup could not be opened. Try again; if it stays so, start Handback anew."));
}

bool restore_open_do(struct visit *v)
{
	struct form f = { 0 };
	struct str key = pair_text(v->ask->param, "key"), passphrase = pair_text(v->ask->form, "passphrase");
	int64_t person = v->session->login.person;
	char name[UPLOAD_NAME];
	int fd = backup_take(v, key, name);
	if (fd < 0)
		return gone(v);
	bool may = throttle_may(person, v->ask->peer, v->op->now, &v->op->err);
	if (!passphrase.n)
		form_fault(&f, "passphrase", str_of(visit_words(v, "Type the passphrase, or the code on the recovery sheet.")));
	else if (!may)
		form_fault(&f, "passphrase", visit_said(v, arena_str(v->op->a, str_of(v->op->err.say))));
	err_clear(&v->op->err);
	pthread_mutex_lock(&putting.lock);
	bool good = f.n || begin(v, fd, key, name, passphrase);
	if (good && !f.n)
		listen_to(LOOK_MS);
	pthread_mutex_unlock(&putting.lock);
	close(fd);
	return !good ? false : f.n ? open_show(v, &f, key, arena_str(v->op->a, str_of(name))) : visit_see(v, address(v, "/put"));
}

/* ---- deciding ---- */

static struct str made_words(struct visit *v, int64_t made)
{
	struct zone *zone = v->op->zone;
	if (!zone)                                       /* of this machine, as long as no business has one */
		v->op->zone = zone_open(when_machine_zone(v->op->a), &v->op->err);
	struct str words = v->op->zone ? moment_words(v, made) : when_text(v->op->a, made);
	if (!zone && v->op->zone)
		zone_close(v->op->zone);
	v->op->zone = zone;
	return words;
}

/* It could not be opened: why, where its passphrase is asked for. Under the lock. */
static bool failed_show(struct visit *v)
{
	struct form f = { 0 };
	const struct err *why = &putting.said.why;
	struct str key = arena_str(v->op->a, str_of(putting.key)), name = arena_str(v->op->a, str_of(putting.name));
	bool passphrase = why->code == REFUSED || (why->code == INVALID && strstr(why->say, "passphrase"));
	if (passphrase && v->op->db)
		try_failed(v, v->session->login.person);
	else if (passphrase)
		throttle_failed(v->session->login.person, v->ask->peer, v->op->now);
	form_fault(&f, passphrase ? "passphrase" : "file", visit_said(v, arena_str(v->op->a, str_of(why->say))));
	end();
	return passphrase ? open_show(v, &f, key, name) : choose_show(v, &f);
}

/* Under the lock. */
static bool put_show(struct visit *v, const struct form *f)
{
	struct restore_view w = { .form = f, .base = { address(v, "") }, .name = arena_str(v->op->a, str_of(putting.name)), .founding = !v->op->db, .there = putting.said.what, .folder = v->op->folder };
	if (putting.told && !putting.said.holds)
		return failed_show(v);
	if (!putting.told) {
		v->refresh = REFRESH_SECONDS;
		page_restore_waits(v->o, &w);
		return visit_show(v, str_of(visit_words(v, "Looking at the backup")));
	}
	if (v->op->db && !keep_holds(v->op, &w.here))
		return false;
	w.there.business = arena_str(v->op->a, w.there.business);
	w.made = made_words(v, w.there.made);
	v->faulty = f->n > 0;
	v->reply->status = f->n ? 422 : 200;
	v->back = address(v, "");
	page_restore_put(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What the backup holds")));
}

bool restore_put_page(struct visit *v)
{
	pthread_mutex_lock(&putting.lock);
	bool is = mine(v);
	if (is)
		listen_to(0);
	bool good = is ? put_show(v, &(struct form){ 0 }) : visit_see(v, address(v, ""));
	pthread_mutex_unlock(&putting.lock);
	return good;
}

/* The number is typed, so that nobody puts back what they did not look at. Under the lock. */
static bool put(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	int64_t n;
	if (!putting.told || !putting.said.holds)
		return put_show(v, &f);
	if (!number_typed(v, "number", &n) || n != putting.said.what.customers) {
		form_fault(&f, "number", str_of(visit_words(v, "Type how many customers the backup holds, as it stands above.")));
		return put_show(v, &f);
	}
	putting.told = false;
	if (restoring_keep(putting.role.line))
		listen_to(KEEP_MS);
	if (!putting.told || !putting.said.kept) {
		if (!putting.told)
			err_set(&putting.said.why, OUTSIDE, "file", "The backup could not be opened. Try again; if it stays so, start Handback anew.");
		return failed_show(v);
	}
	putting.over = true;
	desk_finish();
	return restore_see(v);
}

bool restore_put_do(struct visit *v)
{
	pthread_mutex_lock(&putting.lock);
	bool good = mine(v) ? put(v) : visit_see(v, address(v, ""));
	pthread_mutex_unlock(&putting.lock);
	return good;
}
