/* export - everything in open formats as one file, for the owner, after the passphrase. It is made in memory and is nowhere afterwards. */
#include "act.h"
#include "keep.h"

#include <sys/mman.h>
#include <unistd.h>

static bool export_show(struct visit *v, const struct form *f)
{
	v->back = STR("/settings");
	v->faulty |= f->n > 0;
	page_export(v->o, f);
	return visit_show(v, str_of(visit_words(v, "Take everything with you")));
}

bool export_page(struct visit *v)
{
	return export_show(v, &(struct form){ 0 });
}

bool export_give(struct visit *v, bool (*ask)(struct op *, const char *why, struct str *passphrase))
{
	uint64_t size;
	int fd = memfd_create("export", MFD_CLOEXEC);
	bool good = fd >= 0 ? act_key_by(v, ask) && keep_export(v->op, fd, &size) : err_errno(&v->op->err, "The export can't be made");
	if (good) {
		v->reply->fd = fd, v->reply->size = size;
		v->reply->type = "application/zip";
		reply_head(v->reply, "Content-Disposition", arena_say(v->op->a, "attachment; filename=\"handback-%.10s.zip\"", when_local_text(v->op->a, v->op->zone, v->op->now).p));
	} else if (fd >= 0) {
		close(fd);
	}
	return good;
}

bool export_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	if (export_give(v, act_ask))
		return true;
	act_fault(v, &f);
	return export_show(v, &f);
}
