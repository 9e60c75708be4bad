/* imports - a file brought in: looked at first, then kept by a job, and what was brought in before. The upload stays in memory. */
#include "act.h"
#include "job.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { UPLOADS = 8, UPLOAD_SECONDS = 1800, IMPORTS_PAGE = 50, REFUSALS = 4, REFUSED_SECONDS = 3600 };

/* ---- files that wait for a decision: each session's own, for half an hour ---- */

/* of: the word that this session's forms bring. */
struct waiting { char key[33], of[65]; int fd; int64_t at; char name[UPLOAD_NAME]; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct waiting waits[UPLOADS];

struct upload *upload_sent(const struct visit *v)
{
	for (size_t i = 0; i < v->ask->uploads; i++)
		if (str_eq(v->ask->upload[i].field, STR("file")) && v->ask->upload[i].size)
			return &v->ask->upload[i];
	return NULL;
}

static const struct said say_gone = say("This file is no longer in memory. Choose it once more.");

void upload_gone(struct visit *v, struct form *f)
{
	form_fault(f, "file", str_of(visit_words(v, say_gone.english)));
}

/* The oldest makes room. */
struct str upload_keep(struct visit *v, struct upload *u)
{
	uint8_t key[16];
	random_bytes(key, sizeof key);
	pthread_mutex_lock(&lock);
	struct waiting *w = &waits[0];
	for (size_t i = 0; i < UPLOADS; i++) {
		if (waits[i].at && waits[i].at < v->op->now - UPLOAD_SECONDS) {
			close(waits[i].fd);
			waits[i] = (struct waiting){ 0 };
		}
		if (waits[i].at < w->at)
			w = &waits[i];
	}
	if (w->at)
		close(w->fd);
	*w = (struct waiting){ .fd = u->fd, .at = v->op->now };
	u->fd = -1;
	struct str text = hex(v->op->a, key, sizeof key);
	memcpy(w->key, text.p, sizeof w->key);
	snprintf(w->of, sizeof w->of, STR_FMT, STR_ARG(v->o->csrf));
	snprintf(w->name, sizeof w->name, STR_FMT, STR_ARG(str_whole(u->name, sizeof w->name - 1)));
	pthread_mutex_unlock(&lock);
	return text;
}

int upload_take(struct visit *v, struct str key, char name[UPLOAD_NAME])
{
	int fd = -1;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < UPLOADS; i++)
		if (waits[i].at && str_eq(v->o->csrf, str_of(waits[i].of)) && waits[i].at >= v->op->now - UPLOAD_SECONDS && str_eq(key, str_of(waits[i].key))) {
			fd = fcntl(waits[i].fd, F_DUPFD_CLOEXEC, 3);
			memcpy(name, waits[i].name, sizeof waits[i].name);
		}
	pthread_mutex_unlock(&lock);
	return fd;
}

/* ---- pages ---- */

static bool imports_show(struct visit *v, const struct form *f)
{
	struct imports_view w = { .form = f };
	int64_t below = INT64_MAX;
	struct imported *m;
	if (!query_number(v, "below", &below) || !ledger_imports(v->op, below, IMPORTS_PAGE, &m, &w.rows))
		return false;
	struct import_row *row = ARENA_ARRAY(v->op->a, struct import_row, IMPORTS_PAGE);
	for (size_t i = 0; i < w.rows; i++)
		row[i] = (struct import_row){ m[i], moment_words(v, m[i].at) };
	w.row = row;
	if (w.rows == IMPORTS_PAGE)
		w.more.s = arena_say(v->op->a, "/import?below=%lld", (long long)m[w.rows - 1].id);
	page_import(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Import")));
}

bool import_page(struct visit *v)
{
	return imports_show(v, &(struct form){ 0 });
}

static bool import_faulty(struct visit *v, struct form *f, const char *field, struct said what)
{
	if (what.english)
		form_fault(f, field, str_of(visit_words(v, what.english)));
	v->reply->status = 422;
	v->faulty = true;
	return imports_show(v, f);
}

static struct str path_of(struct visit *v, int fd)
{
	return arena_say(v->op->a, "/proc/self/fd/%d", fd);
}

/* What is brought in, as people call it. */
static const char *format_said(struct visit *v, const struct preview *p)
{
	static const struct { const char *format; struct said words; } words[] = {
		{ "customers", say("Our own list of customers") }, { "touches", say("Our own list of payments") }, { "square-transactions", say("Payments from Square") },
		{ "square-customers", say("Customers from Square") }, { "stripe-payments", say("Payments from Stripe") },
	};
	for (size_t i = 0; i < LENGTH(words); i++)
		if (str_eq(p->format, str_of(words[i].format)))
			return visit_words(v, words[i].words.english);
	return arena_str(v->op->a, p->format).p;
}

static void said_put(void *to, struct str s)
{
	buf_put(to, s);
}

static void said_drop(void *to, struct str s)
{
	(void)to, (void)s;
}

static bool look_show(struct visit *v, const struct form *f, struct str key)
{
	struct preview *p = arena_get(v->op->a, sizeof *p);
	struct look_view w = { .form = f, .key = key, .p = p, .open = act_key_at_hand(v) };
	char name[UPLOAD_NAME];
	struct buf notes = BUF(64 << 10);
	struct answer answer = { .put = said_drop, .note = said_put, .to = &notes };
	int fd = upload_take(v, key, name);
	struct form gone = { 0 };
	if (fd < 0)
		return import_faulty(v, &gone, "file", say_gone);
	w.name = arena_str(v->op->a, str_of(name));
	bool good = ledger_preview(v->op, path_of(v, fd).p, w.name, p, &answer);
	close(fd);
	w.notes = visit_said(v, arena_str(v->op->a, buf_str(&notes)));
	buf_free(&notes);
	if (!good) {
		act_fault(v, &gone);
		return import_faulty(v, &gone, NULL, (struct said){ NULL });
	}
	for (size_t i = 0; i < p->rows; i++)
		w.when[i] = p->row[i].at ? moment_words(v, p->row[i].at) : STR(""), w.kinds[i] = kinds_words(v, p->row[i].kinds);
	if (p->first < FAR_OFF)
		w.first = day_words(v, p->first), w.last = day_words(v, p->last);
	w.format = format_said(v, p);
	v->back = STR("/import");
	page_import_look(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Look before it is kept")));
}

/* A form without a file brings one without a name. */
static bool upload_empty(const struct visit *v)
{
	for (size_t i = 0; i < v->ask->uploads; i++)
		if (str_eq(v->ask->upload[i].field, STR("file")) && v->ask->upload[i].name.n && !v->ask->upload[i].size)
			return true;
	return false;
}

/* The look has an address of its own: whoever goes back to it from what follows sees it again. */
bool import_look_do(struct visit *v)
{
	struct form f = { 0 };
	struct upload *u = upload_sent(v);
	if (!u)
		return import_faulty(v, &f, "file", upload_empty(v) ? say("This file is empty: nothing stands in it. Export it once more where you take payments, open it to see that it has rows, and choose it again.")
		                                                    : say("Choose a file first."));
	struct str key = upload_keep(v, u);
	return visit_see(v, arena_say(v->op->a, "/import/look/" STR_FMT, STR_ARG(key)));
}

bool import_look_page(struct visit *v)
{
	return look_show(v, &(struct form){ 0 }, pair_text(v->ask->param, "key"));
}

/* ---- keeping: a job, which goes on when the page is closed ---- */

/* Rows that an import refused, until they are fetched: in memory, too, for an hour; of: who imported. */
struct refused { int64_t job, of, at; int fd; };
static struct refused refusals[REFUSALS];

/* Takes the descriptor over; the oldest makes room. */
static void refusal_keep(struct visit *v, int64_t job, int fd)
{
	pthread_mutex_lock(&lock);
	struct refused *r = &refusals[0];
	for (size_t i = 0; i < REFUSALS; i++)
		r = refusals[i].at < r->at ? &refusals[i] : r;
	if (r->at)
		close(r->fd);
	*r = (struct refused){ job, v->op->person, v->op->now, fd };
	pthread_mutex_unlock(&lock);
}

/* A descriptor of its own and how much there is; -1: there are none of this person's. */
static int refusal_take(struct visit *v, int64_t job, uint64_t *size)
{
	struct stat st = { 0 };
	int fd = -1;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < REFUSALS && fd < 0; i++)
		if (refusals[i].at > v->op->now - REFUSED_SECONDS && refusals[i].job == job && refusals[i].of == v->op->person && fstat(refusals[i].fd, &st) == 0 && st.st_size)
			fd = fcntl(refusals[i].fd, F_DUPFD_CLOEXEC, 3);
	pthread_mutex_unlock(&lock);
	*size = (uint64_t)st.st_size;
	return fd;
}

bool import_refused(struct visit *v, int64_t job)
{
	uint64_t size;
	int fd = refusal_take(v, job, &size);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool import_refused_page(struct visit *v)
{
	int fd = refusal_take(v, path_number(v, "n"), &v->reply->size);
	if (fd < 0)
		return err_set(&v->op->err, NOT_FOUND, NULL, "%s", visit_words(v, "These rows are no longer in memory. Import the file once more: what is known already stays."));
	v->reply->fd = fd;
	v->reply->type = "text/csv; charset=utf-8";
	reply_head(v->reply, "Content-Disposition", STR("attachment; filename=\"refused.csv\""));
	return true;
}

/* The job; fd is its. What it refuses can be fetched afterwards. */
static bool import_begin(struct visit *v, int fd, const char *name, struct str format, bool dry, int64_t *job)
{
	struct act a;
	int refused = memfd_create("refused", MFD_CLOEXEC), own[2] = { fd, refused >= 0 ? fcntl(refused, F_DUPFD_CLOEXEC, 3) : -1 };
	act_begin(v, &a, "import");
	act_give(v, &a, "file", path_of(v, fd));
	act_give(v, &a, "name", str_of(name));
	act_give(v, &a, "format", format);
	if (dry)
		act_flag(v, &a, "dry-run");
	if (own[1] >= 0)
		act_give(v, &a, "refused", path_of(v, own[1]));
	bool good = job_begin_for(v, &a, own, job);
	act_end(&a);
	if (good && refused >= 0)
		refusal_keep(v, *job, refused);
	else if (refused >= 0)
		close(refused);
	return good;
}

/* For programs: the file comes at once as the field `file` of a form, and is kept without a look unless dry-run is there. */
bool api_import(struct visit *v)
{
	struct upload *u = upload_sent(v);
	struct str dry = visit_text(v, "dry-run");
	int64_t id;
	if (!u)
		return err_set(&v->op->err, INVALID, "file", "Send the export as the file of a form: curl -F file=@customers.csv");
	if (dry.n && !str_eq(dry, STR("true")) && !str_eq(dry, STR("false")))
		return err_set(&v->op->err, INVALID, "dry-run", "dry-run is true or false.");
	if (!api_key(v))
		return false;
	int fd = u->fd;
	u->fd = -1;
	return import_begin(v, fd, arena_str(v->op->a, u->name.n ? u->name : STR("export.csv")).p, visit_text(v, "format"), str_eq(dry, STR("true")), &id) && api_begun(v, id);
}

bool import_keep_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str key = visit_text(v, "key");
	char name[UPLOAD_NAME];
	int64_t id;
	if (!act_key_again(v)) {
		act_fault(v, &f);
		return look_show(v, &f, key);
	}
	int fd = upload_take(v, key, name);
	if (fd < 0)
		return import_faulty(v, &f, "file", say_gone);
	if (import_begin(v, fd, name, STR(""), false, &id))
		return job_see(v, id);
	act_fault(v, &f);
	return look_show(v, &f, key);
}

/* What it touches, before it is done. */
static bool undo_show(struct visit *v, int64_t import, const struct form *f)
{
	struct undo_view w = { .form = f };
	struct imported *m;
	size_t n;
	if (!ledger_imports(v->op, import < INT64_MAX ? import + 1 : import, 1, &m, &n) || !keep_undo_reaches(v->op, import, &w.reach, &w.reaches))
		return false;
	w.m = m[0], w.at = moment_words(v, m[0].at);
	v->back = STR("/import");
	page_import_undo(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Take an import back")));
}

bool import_undo_page(struct visit *v)
{
	return undo_show(v, path_number(v, "n"), &(struct form){ 0 });
}

bool import_undo_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	int64_t id;
	act_begin(v, &a, "import undo");
	act_give(v, &a, "import", pair_text(v->ask->param, "n"));
	bool good = act_key_again(v) && job_begin_for(v, &a, NULL, &id);
	act_end(&a);
	if (!good) {
		act_fault(v, &f);
		return undo_show(v, path_number(v, "n"), &f);
	}
	return job_see(v, id);
}
