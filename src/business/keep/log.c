/* log - shows the log, as it is chained; with --names holders, which it knows by number, are shown with their names beside. */
#include "keep_int.h"
#include "log.h"
#include "map.h"

#include <inttypes.h>
#include <time.h>

struct following { struct op *op; struct answer *answer; int64_t next; bool names; };

/* "holder=4" becomes "holder=4 (reader:Van 2 reader)". */
static struct str named(struct op *op, struct str text)
{
	const char *at = memmem(text.p, text.n, " holder=", 8);
	struct holder h;
	int64_t id;
	if (!at)
		return text;
	struct str rest = { at + 8, text.n - (size_t)(at + 8 - text.p) }, number = str_split(&rest, ' ');
	struct str head = { text.p, (size_t)(number.p + number.n - text.p) };
	if (!str_i64(number, &id) || !map_holder(op, (holder_id){ id }, &h)) {
		err_clear(&op->err);                     /* a number that the map does not know is shown as it is */
		return text;
	}
	return arena_say(op->a, STR_FMT " (%s:" STR_FMT ")%s" STR_FMT, STR_ARG(head), sort_name(h.sort), STR_ARG(h.name), rest.p ? " " : "", STR_ARG(rest));
}

static bool show_entry(void *to, int64_t n, struct str text)
{
	struct following *f = to;
	f->next = n + 1;
	answer_row(f->answer);
	answer_number(f->answer, "n", n);
	answer_text(f->answer, "entry", text);
	answer_row_end(f->answer);
	if (!f->answer->json)
		answer_say(f->answer, "%6" PRId64 "  " STR_FMT, n, STR_ARG(f->names ? named(f->op, text) : text));
	return true;
}

bool log_show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct following f = { op, answer, 0, args_has(args, "names") };
	args_number(args, "from", &f.next);
	bool good = log_each(op, f.next, show_entry, &f);
	while (good && args_has(args, "follow") && !op_stopped(op)) {
		answer->put(answer->to, STR(""));        /* so that what was shown is seen at once */
		nanosleep(&(struct timespec){ 0, 500 * 1000000 }, NULL);
		good = log_each(op, f.next, show_entry, &f);
	}
	return good;
}
