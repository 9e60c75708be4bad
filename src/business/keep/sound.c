/* sound - everything proved sound, room by room: what is derived agrees with what is true, the log is unbroken, what is sealed opens. */
#include "box.h"
#include "enrol.h"
#include "found.h"
#include "incident.h"
#include "keep_int.h"
#include "ledger.h"
#include "log.h"
#include "notice.h"
#include "services.h"
#include "store.h"

#include <inttypes.h>

static void told(struct answer *answer, const char *what, bool good, const char *how)
{
	answer_row(answer);
	answer_text(answer, "check", str_of(what));
	answer_flag(answer, "good", good);
	answer_text(answer, "how", str_of(how));
	answer_row_end(answer);
	answer_say(answer, "%-9s %-4s  %s", what, good ? "good" : "BAD", how);
	answer->attention |= !good;
}

/* A check that fails is an answer, not an error: the others still run. */
static bool found_bad(struct op *op, struct answer *answer, const char *what)
{
	if (op->err.code != TORN)
		return false;
	told(answer, what, false, op->err.say);
	err_clear(&op->err);
	return true;
}

static void taken_out(void *to, const char *what)
{
	answer_note(to, "%s", what);
}

bool sound_run(struct op *op, const struct args *args, struct answer *answer)
{
	uint64_t days = 0, touches = 0, findings = 0, counts = 0, rounds = 0;
	struct log_state log;
	bool tried = false;
	if (db_sound(op->db, &op->err))
		told(answer, "database", true, "its pages and indexes are sound");
	else if (!found_bad(op, answer, "database"))
		return false;
	bool rebuild = args_has(args, "rebuild");
	if (rebuild && !ledger_take_out(op, taken_out, answer) && !found_bad(op, answer, "ledger"))
		return false;
	if (ledger_check(op, rebuild, &days, &touches))
		told(answer, "ledger", true, arena_printf(op->a, "%s on %s; what is derived agrees with them", counted(op->a, (int64_t)touches, "touch", "touches"), counted(op->a, (int64_t)days, "day", "days")));
	else if (!found_bad(op, answer, "ledger"))
		return false;
	if (ledger_check_people(op, rebuild))
		told(answer, "customers", true, "none is missing; who has an e-mail or a phone number is found by it");
	else if (!found_bad(op, answer, "customers"))
		return false;
	if (found_check(op, &findings))
		told(answer, "findings", true, arena_printf(op->a, "%" PRIu64 "; they name holders and customers that there are", findings));
	else if (!found_bad(op, answer, "findings"))
		return false;
	if (incident_check(op, rebuild, &counts))
		told(answer, "counts", true, arena_printf(op->a, "%" PRIu64 " kept of incidents; the formula gives the same", counts));
	else if (!found_bad(op, answer, "counts"))
		return false;
	if (services_check(op, rebuild, &counts))
		told(answer, "services", true, arena_printf(op->a, "%" PRIu64 " kept of what they hold; the formula gives the same", counts));
	else if (!found_bad(op, answer, "services"))
		return false;
	if (notice_check(op, rebuild, &rounds))
		told(answer, "rounds", true, arena_printf(op->a, "%" PRIu64 "; whom they were drafted for is in them", rounds));
	else if (!found_bad(op, answer, "rounds"))
		return false;
	if (!log_verify(op, NULL, &log))
		return false;
	if (log.record_lost)
		told(answer, "keeper", false, log_record_lost_words);
	told(answer, "log", !log.broken, log.broken ? arena_printf(op->a, "broken at entry %" PRIu64 ": %s", log.broken_at, log.how)
	                                            : arena_printf(op->a, "%s, unbroken", counted(op->a, (int64_t)log.entries, "entry", "entries")));
	if (op_read_only(op))
		told(answer, "sealed", true, "not tried: this folder can only be read");
	else if (ledger_check_sealed(op, &tried) && (!tried || enrol_check(op)))
		told(answer, "sealed", true, tried ? "every sealed contact opens" : "not tried: the vault is locked (give --passphrase-file to try)");
	else if (!found_bad(op, answer, "sealed"))
		return false;
	told(answer, "powers", true, box_powers(op->a).p);
	return true;
}
