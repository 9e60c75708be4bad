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

static bool drill_row_of(struct visit *v, const struct drill *d, struct drill_row *row)
{
	static const struct said steps[DRILL_STEPS] = { say("Until the incident was opened"), say("From then until it was seen who is at risk"), say("From then until the first notice was drafted"),
		say("From then until all were approved"), say("All together") };
	int64_t took[DRILL_STEPS], last[DRILL_STEPS];
	struct drill before;
	bool es = spanish(v);
	if (!drill_before(v->op, d->id, &before))
		return false;
	*row = (struct drill_row){ .id = d->id, .day = day_words(v, d->told), .story = drill_story(v->op, d, es), .who = d->who, .customers = d->customers, .opened = d->opened > 0,
		.before = before.told > 0 };
	drill_steps(d, took);
	drill_steps(&before, last);
	for (size_t i = 0; i < DRILL_STEPS; i++) {
		row->step[i] = (struct drill_step){ .what = steps[i], .took = took[i] < 0 ? STR("") : drill_time(v->op, took[i], es), .last = row->before ? drill_time(v->op, last[i], es) : STR("") };
		if (row->before && took[i] >= 0)
			row->step[i].differs = drill_difference(v->op, took[i], last[i], es);
	}
	row->all = row->step[DRILL_STEPS - 1].took;
	return true;
}

bool drill_now(struct visit *v, struct drill_row *row, bool *here)
{
	struct drill d;
	if (!drill_here(v->op, &d))
		return false;
	*here = d.told;
	return !d.told || drill_row_of(v, &d, row);
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

bool drills_show(struct visit *v, const struct beside_view *open)
{
	struct drills_view w = { .drill = *open, .may = v->o->reader & ROLES_LEAD };
	struct drill *d;
	if (!drills(v->op, &d, &w.rows))
		return false;
	struct drill_row *row = ARENA_ARRAY(v->op->a, struct drill_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		if (!drill_row_of(v, &d[i], &row[i]))
			return false;
	w.row = row;
	if (w.rows) {
		w.next = day_words(v, d->told + DRILL_EVERY);
		w.due = d->told + DRILL_EVERY <= v->op->now;
	}
	v->back = STR("/");
	page_drills(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Practise an incident")));
}

bool drills_page(struct visit *v)
{
	struct beside_view open;
	drill_open(v, &open);
	return drills_show(v, &open);
}

bool drill_pdf_page(struct visit *v)
{
	int fd = memfd_create("certificate", MFD_CLOEXEC);
	return (fd >= 0 || err_errno(&v->op->err, "memory for the page")) && pdf_answer(v, fd, drill_certificate(v->op, path_number(v, "n"), spanish(v), fd), PDF_MAX, "practice");
}
