/* init - a new business. It stands above the rooms. */
#include "cli_int.h"
#include "detect.h"
#include "map.h"
#include "person.h"
#include "seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
		f->timezone = when_machine_zone(op->a);
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

const struct verb cli_verbs[] = {
	{ "vault renew", "Begins a new vault when passphrase and recovery code are both lost; the contacts are lost with them.", "handback vault renew --contacts-are-lost", VERB_LONG,
	  FIELDS({ "contacts-are-lost", FIELD_FLAG, 0, "says that you know it" },
	         { "new-passphrase-file", FIELD_PATH, FIELD_SECRET, "a file with the new passphrase in a line; else it is asked for" }), vault_renew_run, ROLE_OWNER },
	{ "payment walk", "Walks through how you are paid, one question at a time; the end shows all answers before anything is put on the map.", "handback payment walk --answers answers.txt",
	  VERB_LONG, FIELDS({ "answers", FIELD_PATH, 0, "a file of answers, JSON or QUESTION = ANSWER a line, instead of being asked" }), payment_walk_run },
	{ 0 },
};
