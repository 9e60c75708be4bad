/* laws - the table of breach laws: what is in it and when each was checked; another table, looked at first, in its place. */
#include "act.h"
#include "laws.h"

#include <unistd.h>

enum { SHOWN_MOST = 100 };

static bool laws_show(struct visit *v, const struct form *f, struct laws_view *w)
{
	int64_t at;
	w->form = f, w->may = v->o->reader & ROLES_LEAD;
	if (!laws_in_force(v->op, &w->law, &w->laws) || !laws_imported(v->op, &at))
		return false;
	w->imported = at ? day_words(v, at) : STR("");
	v->back = STR("/incidents");
	v->faulty |= f->n > 0;
	page_laws(v->o, w);
	return visit_show(v, str_of(visit_words(v, "Breach laws")));
}

bool laws_page(struct visit *v)
{
	return laws_show(v, &(struct form){ 0 }, &(struct laws_view){ .laws = 0 });
}

/* What the table of that key would change. false: the form says why it is none. */
static bool looked(struct visit *v, struct str key, struct laws_view *w, struct form *f)
{
	char name[UPLOAD_NAME];
	struct buf csv = BUF(LAWS_TABLE_MAX + 1);
	struct law *was, *is;
	size_t n, m;
	int fd = upload_take(v, key, name);
	if (fd < 0) {
		upload_gone(v, f);
		return false;
	}
	bool good = laws_in_force(v->op, &was, &n) && file_whole(arena_printf(v->op->a, "/proc/self/fd/%d", fd), &csv, "file", &v->op->err) &&
	            laws_read(v->op->a, arena_str(v->op->a, buf_str(&csv)), &is, &m, &v->op->err);
	buf_free(&csv);
	close(fd);
	if (!good) {
		act_fault(v, f);
		return false;
	}
	w->difference = laws_differences(v->op->a, was, n, is, m, &w->differences);
	w->key = key, w->name = arena_str(v->op->a, str_of(name)), w->rows = (int64_t)m;
	w->more = w->differences > SHOWN_MOST ? (int64_t)(w->differences - SHOWN_MOST) : 0;
	w->differences -= (size_t)w->more;
	return true;
}

bool laws_look_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct laws_view w = { .laws = 0 };
	struct upload *u = upload_sent(v);
	if (u)
		looked(v, upload_keep(v, u), &w, &f);
	else
		form_fault(&f, "file", str_of(visit_words(v, "Choose a file first.")));
	v->reply->status = f.n ? 422 : 200;
	return laws_show(v, &f, &w);
}

bool laws_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	char name[UPLOAD_NAME];
	struct str key = visit_text(v, "key");
	int fd = key.n ? upload_take(v, key, name) : -1;
	bool good = false;
	act_begin(v, &a, "laws import");
	if (!key.n)
		act_flag(v, &a, "built-in");
	else if (fd >= 0)
		act_give(v, &a, "file", arena_say(v->op->a, "/proc/self/fd/%d", fd));
	if (key.n && fd < 0)
		upload_gone(v, &f);
	else if (!(good = act_do(v, &a)))
		act_fault(v, &f);
	act_end(&a);
	if (fd >= 0)
		close(fd);
	if (good)
		return visit_see(v, STR("/laws"));
	v->reply->status = 422;
	return laws_show(v, &f, &(struct laws_view){ .laws = 0 });
}
