/* init - a new business; check - everything proved sound. Both stand above the rooms. */
#include "box.h"
#include "cli_int.h"
#include "detect.h"
#include "found.h"
#include "ledger.h"
#include "notice.h"
#include "person.h"
#include "seal.h"
#include "services.h"
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The machine's own zone, when its name is known. */
static struct str machine_zone(struct arena *a)
{
	char target[256];
	const char *tz = getenv("TZ");
	if (tz && *tz && *tz != ':')
		return str_of(tz);
	ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
	target[n > 0 ? n : 0] = 0;
	const char *zone = strstr(target, "zoneinfo/");
	return zone ? arena_str(a, str_of(zone + strlen("zoneinfo/"))) : STR("UTC");
}

bool init_found(struct op *op, struct str folder, struct founding *f, char recovery[64])
{
	struct buf masked = BUF(64 << 10);
	bool card = detect_mask(&masked, f->name) > 0;
	buf_free(&masked);
	if (!f->name.n || f->name.n > 1024 || !str_utf8(f->name) || card)
		return err_set(&op->err, INVALID, "name", "%s", !f->name.n ? "--name is needed: the business's name, as customers know it." : "This is no name for a business.");
	if (f->region.n && !str_region(f->region))
		return err_set(&op->err, INVALID, "region", "There is no region \"" STR_FMT "\". It is a country and a part of it, like US-CA.", STR_ARG(f->region));
	if (!f->timezone.n)
		f->timezone = machine_zone(op->a);
	f->first = map_begin;
	return op_create(op, folder, f, recovery);
}

bool init_run(struct op *op, const struct args *args, struct answer *answer)
{
	char recovery[64];
	int64_t mib = SLOT_COST_DEFAULT.mib, passes = SLOT_COST_DEFAULT.passes;
	struct founding f = { args_text(args, "name"), args_text(args, "region"), args_text(args, "timezone") };
	if (args_has(args, "database"))
		return err_set(&op->err, INVALID, "database", "PostgreSQL comes in a later version. Leave --database away: the ledger is then a file in the data folder.");
	args_number(args, "kdf-memory", &mib);
	args_number(args, "kdf-passes", &passes);
	if (mib < SLOT_COST_FLOOR.mib || mib > 4096 || passes < SLOT_COST_FLOOR.passes || passes > 10)
		return err_set(&op->err, INVALID, "kdf-memory", "--kdf-memory is 46 to 4096 (MiB), --kdf-passes 1 to 10.");
	f.kdf_mib = (uint32_t)mib;
	f.kdf_passes = (uint32_t)passes;
	if (!terminal_new_passphrase(op, str_of(terminal_passphrase_file()), &f.passphrase) || !init_found(op, op->folder, &f, recovery))
		return false;
	answer_row(answer);
	answer_text(answer, "name", f.name);
	answer_text(answer, "timezone", f.timezone);
	answer_text(answer, "recovery", str_of(recovery));
	answer_row_end(answer);
	answer_say(answer, STR_FMT " is ready in " STR_FMT " (times in " STR_FMT ").", STR_ARG(f.name), STR_ARG(op->folder), STR_ARG(f.timezone));
	recovery_say(answer, recovery);
	answer_say(answer, "\nNext: handback import FILE, with an export of your payment service.");
	wipe(recovery, sizeof recovery);
	return true;
}

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

static bool check_run(struct op *op, const struct args *args, struct answer *answer)
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
		told(answer, "ledger", true, arena_printf(op->a, "%" PRIu64 " touches on %" PRIu64 " days; what is derived agrees with them", touches, days));
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
		told(answer, "services", true, arena_printf(op->a, "%" PRIu64 " counts kept of what they hold; the formula gives the same", counts));
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
	                                            : arena_printf(op->a, "%" PRIu64 " entries, unbroken", log.entries));
	if (op_read_only(op))
		told(answer, "sealed", true, "not tried: this folder can only be read");
	else if (ledger_check_sealed(op, &tried))
		told(answer, "sealed", true, tried ? "every sealed contact opens" : "not tried: the vault is locked (give --passphrase-file to try)");
	else if (!found_bad(op, answer, "sealed"))
		return false;
	told(answer, "powers", true, box_powers(op->a).p);
	return true;
}

const struct verb cli_verbs[] = {
	{ "log", "Shows the log: every change, and every look at sealed data.", "handback log", VERB_READ,
	  FIELDS({ "from", FIELD_NUMBER, 0, "begin with this entry" }, { "follow", FIELD_FLAG, 0, "goes on showing new ones until Ctrl-C" },
	         { "names", FIELD_FLAG, 0, "puts the names of holders beside their numbers; the log itself knows numbers only" }), log_run, ROLES_ALL },
	{ "vault renew", "Begins a new vault when passphrase and recovery code are both lost; the contacts are lost with them.", "handback vault renew --contacts-are-lost", VERB_LONG,
	  FIELDS({ "contacts-are-lost", FIELD_FLAG, 0, "says that you know it" },
	         { "new-passphrase-file", FIELD_PATH, 0, "a file with the new passphrase in a line; else it is asked for" }), vault_renew_run, ROLE_OWNER },
	{ "payment walk", "Walks through how you are paid, one question at a time; the end shows all answers before anything is put on the map.", "handback payment walk --answers answers.txt",
	  VERB_LONG, FIELDS({ "answers", FIELD_PATH, 0, "a file of answers, QUESTION = ANSWER a line, instead of being asked" }), payment_walk_run },
	{ "check", "Proves the store sound: what is derived agrees with what is true, the log is unbroken, sealed values open.", "handback check",
	  VERB_LONG, FIELDS({ "rebuild", FIELD_FLAG, 0, "make anew what is derived" }), check_run },
	{ 0 },
};
