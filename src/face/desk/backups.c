/* backups - what there is to go back to: made now, made by night, taken away as a file. */
#include "act.h"
#include "job.h"

#include <unistd.h>

static bool show(struct visit *v, const struct form *f)
{
	struct backup *b;
	struct backups_view w = { .form = f, .folder = v->op->folder, .owner = v->session->login.role == ROLE_OWNER };
	if (!keep_backups(v->op, &b, &w.rows))
		return false;
	struct backup_row *row = ARENA_ARRAY(v->op->a, struct backup_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		row[i] = (struct backup_row){ b[i].name, moment_words(v, b[i].made), arena_say(v->op->a, "%.1f MB", (double)b[i].size / 1e6) };
	w.row = row;
	int64_t last;
	if (str_i64(op_setting(v->op, "backup.made"), &last))
		w.last = moment_words(v, last);
	v->back = STR("/settings");
	page_backups(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Backups")));
}

bool backups_page(struct visit *v)
{
	return show(v, &(struct form){ 0 });
}

bool backup_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	int64_t id;
	act_begin(v, &a, "backup");
	bool good = job_begin_for(v, &a, NULL, &id);
	act_end(&a);
	if (good)
		return job_see(v, id);
	act_fault(v, &f);
	return show(v, &f);
}

/* It is sealed: whoever has the file needs the passphrase or the recovery sheet of its day. */
bool backup_file(struct visit *v)
{
	struct str name = pair_text(v->ask->param, "file");
	int fd = keep_backup_open(v->op, name);
	off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
	if (size < 0)
		return v->op->err.code ? false : err_errno(&v->op->err, "The backup can't be read");
	v->reply->type = "application/octet-stream";
	v->reply->fd = fd;
	v->reply->size = (uint64_t)size;
	reply_head(v->reply, "Content-Disposition", arena_say(v->op->a, "attachment; filename=\"" STR_FMT "\"", STR_ARG(name)));
	return true;
}
