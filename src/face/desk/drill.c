/* drill - what was practised, step by step, and how to practise; on the copy itself, the case and how far it is. */
#include "act.h"
#include "drill.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { PDF_MAX = 8 << 20 };

static bool spanish(const struct visit *v)
{
	return v->o->language == SPANISH;
}

/* Empty until it has happened. */
static struct str took(struct visit *v, int64_t from, int64_t to)
{
	return from && to ? drill_time(v->op, to - from, spanish(v)) : STR("");
}

static struct drill_row drill_row_of(struct visit *v, const struct drill *d)
{
	return (struct drill_row){ d->id, day_words(v, d->told), drill_story(v->op, d, spanish(v)), d->who, took(v, d->told, d->opened), took(v, d->opened, d->drafted),
		took(v, d->drafted, d->approved), took(v, d->told, d->approved), d->customers };
}

bool drill_now(struct visit *v, struct drill_row *row, bool *here)
{
	struct drill d;
	if (!drill_here(v->op, &d))
		return false;
	*here = d.told;
	if (d.told)
		*row = drill_row_of(v, &d);
	return true;
}

bool drill_due(struct op *op, bool *due)
{
	struct drill *d;
	size_t n;
	if (!drills(op, &d, &n))
		return false;
	*due = !n || d->told < op->now - DRILL_EVERY;
	return true;
}

bool drills_page(struct visit *v)
{
	struct drills_view w = { 0 };
	struct drill *d;
	if (!drills(v->op, &d, &w.rows))
		return false;
	struct drill_row *row = ARENA_ARRAY(v->op->a, struct drill_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		row[i] = drill_row_of(v, &d[i]);
	w.row = row;
	if (w.rows) {
		w.next = day_words(v, d->told + DRILL_EVERY);
		w.due = d->told + DRILL_EVERY <= v->op->now;
	}
	v->back = STR("/");
	page_drills(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Practise an incident")));
}

bool drill_pdf_page(struct visit *v)
{
	int fd = memfd_create("certificate", MFD_CLOEXEC);
	return (fd >= 0 || err_errno(&v->op->err, "memory for the page")) && pdf_answer(v, fd, drill_certificate(v->op, path_number(v, "n"), spanish(v), fd), PDF_MAX, "practice");
}
