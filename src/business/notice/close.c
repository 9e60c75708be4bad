/* close - closing an incident: it is done at once, and whoever of it was not told is named in the same breath. */
#include "notice_int.h"
#include "notice_sql.h"
#include "store.h"

#include <inttypes.h>

/* How many are at risk now and were in no round. */
static bool nobody_wrote(struct op *op, const struct incident *i, int64_t *n)
{
	struct exposed *e;
	struct sources s;
	struct bits written, forgotten = { 0 };
	*n = 0;
	if (!exposure_of(op, i->suspicion, i->n, false, &e, &s))
		return false;
	bool good = earlier_people(op, i->id, false, e->n, &written);
	if (good && !(good = ledger_forgotten(op, &forgotten)))
		bits_close(&written);
	for (uint32_t who = 0; good && exposed_next(e, &who); who++)
		*n += !bits_has(&written, who) && !bits_has(&forgotten, who);
	if (good) {
		bits_close(&written);
		bits_close(&forgotten);
	}
	exposed_close(e);
	return good;
}

bool notice_left(struct op *op, const struct incident *i, struct left *out)
{
	struct notice_round *round;
	size_t rounds;
	*out = (struct left){ .unwritten = i->unwritten };        /* of a closed one who was at risk is not asked anew: what was told stands */
	if ((i->closed >= FAR_OFF && !nobody_wrote(op, i, &out->unwritten)) || !notice_rounds(op, i->id, &round, &rounds))
		return false;
	for (size_t r = 0; r < rounds; r++)
		out->open += round[r].split.open, out->printed += round[r].split.state[PRINTED], out->in_outbox += round[r].in_outbox;
	return true;
}

static void left_say(struct answer *answer, const char *key, int64_t n, const char *sentence)
{
	answer_number(answer, key, n);
	answer->attention |= n > 0;
	if (n)
		answer_note(answer, "%s", sentence);
}

bool incident_close_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct left left;
	int64_t id;
	if (!args_number(args, "incident", &id) || !incident_get(op, id, &i))
		return false;
	if (i.closed < FAR_OFF)
		return err_set(&op->err, CONFLICT, "incident", "Incident %" PRId64 " was closed on " STR_FMT ".", i.id, STR_ARG(when_day_text(op->a, op->zone, i.closed, "en")));
	if (!notice_left(op, &i, &left))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", id);
	answer_say(answer, "Incident %" PRId64 " is closed. Nothing of it is forgotten.", id);
	left_say(answer, "unwritten", left.unwritten,
	         arena_printf(op->a, "%s at risk by it and %s in no notice: handback notice draft %" PRId64, counted(op->a, left.unwritten, "customer is", "customers are"), left.unwritten == 1 ? "was" : "were", id));
	left_say(answer, "open", left.open,
	         arena_printf(op->a, "%s not reached anybody yet: handback notice status %" PRId64, counted(op->a, left.open, "notice of it has", "notices of it have"), id));
	left_say(answer, "in_outbox", left.in_outbox,
	         arena_printf(op->a, "%s in the outbox, and nobody has sent %s yet: handback notice status %" PRId64, counted(op->a, left.in_outbox, "mail lies", "mails lie"), left.in_outbox == 1 ? "it" : "them", id));
	left_say(answer, "printed", left.printed,
	         arena_printf(op->a, "%s printed, but not said to be in the post: handback notice status %" PRId64, counted(op->a, left.printed, "letter is", "letters are"), id));
	answer_row_end(answer);
	return sql_incident_close(op, id, op->now, left.unwritten) && log_add(op, "incident.closed", ABOUT({ "incident", id }));
}
