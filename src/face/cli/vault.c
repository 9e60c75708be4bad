/* vault - the passphrases and the recovery code. */
#include "cli_int.h"
#include "keep.h"
#include "person.h"
#include "seal.h"

void recovery_say(struct answer *answer, const char *code)
{
	answer_say(answer, "\nRecovery code, shown this once:\n\n    %s\n\nWrite it down and keep it away from this computer. If the passphrase is lost, give the code wherever", code);
	answer_say(answer, "the passphrase is asked, and choose a new one: handback vault passphrase. Without both, customers'");
	answer_say(answer, "contacts can't be read by anybody.");
}

static bool new_passphrase(struct op *op, const struct args *args, struct str *fresh)
{
	const char *file = args_has(args, "new-passphrase-file") ? arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "new-passphrase-file"))) : NULL;
	return op_key(op) && terminal_new_passphrase(op->a, file, fresh, &op->err);
}

bool vault_passphrase_run(struct op *op, const struct args *args, struct answer *answer)
{
	char nothing[64];
	struct str fresh;
	if (!new_passphrase(op, args, &fresh) || !op_key_renew(op, fresh, nothing))
		return false;
	wipe((char *)(uintptr_t)fresh.p, fresh.n);
	answer_row(answer);
	answer_text(answer, "vault", STR("passphrase"));
	answer_row_end(answer);
	answer_say(answer, "The vault has a new passphrase. The old one opens it no more; the recovery code stays as it was.");
	answer_say(answer, "Copies of the data folder from before still open with the old one: destroy those that somebody else may have.");
	return true;
}

bool vault_recovery_run(struct op *op, const struct args *args, struct answer *answer)
{
	char code[64];
	(void)args;
	if (!op_key_renew(op, STR(""), code))
		return false;
	answer_row(answer);
	answer_text(answer, "recovery", str_of(code));
	answer_row_end(answer);
	recovery_say(answer, code);
	wipe(code, sizeof code);
	return true;
}

bool vault_slot_add_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person p;
	struct str fresh;
	if (!person_named(op, args_text(args, "person"), &p))
		return false;
	if (p.id == op->person)
		return err_set(&op->err, CONFLICT, "person", "This is you. Change your own passphrase with: handback vault passphrase");
	if (!new_passphrase(op, args, &fresh) || !person_slot(op, p.id, fresh))
		return false;
	wipe((char *)(uintptr_t)fresh.p, fresh.n);
	answer_row(answer);
	answer_number(answer, "person", p.id);
	answer_row_end(answer);
	answer_say(answer, STR_FMT " can sign in with this passphrase.", STR_ARG(p.name));
	return true;
}

bool vault_slot_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	static const char *const sorts[] = { [SLOT_OWNER] = "an owner's passphrase", [SLOT_RECOVERY] = "the recovery code", [SLOT_PERSON] = "a passphrase",
	                                     [SLOT_RING] = "the keys of before" };
	struct slot *slots;
	struct person p;
	size_t n;
	(void)args;
	if (!op_slots(op, &slots, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool whose = (slots[i].sort == SLOT_OWNER || slots[i].sort == SLOT_PERSON);
		if (whose && !person_get(op, slots[i].person, &p))
			return false;
		answer_row(answer);
		answer_number(answer, "slot", slots[i].id);
		answer_text(answer, "what", str_of(sorts[slots[i].sort]));
		if (whose)
			answer_number(answer, "person", p.id);
		answer_row_end(answer);
		answer_say(answer, "%4d  %-22s " STR_FMT, (int)slots[i].id, sorts[slots[i].sort], STR_ARG(whose ? p.name : STR("")));
	}
	return true;
}

bool vault_slot_end_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person p;
	if (!person_named(op, args_text(args, "person"), &p) || !person_slot_end(op, p.id))
		return false;
	answer_row(answer);
	answer_number(answer, "person", p.id);
	answer_row_end(answer);
	answer_say(answer, STR_FMT " can't sign in with a passphrase any more.", STR_ARG(p.name));
	return true;
}

bool vault_renew_run(struct op *op, const struct args *args, struct answer *answer)
{
	char recovery[64];
	struct str fresh;
	const char *file = args_has(args, "new-passphrase-file") ? arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "new-passphrase-file"))) : NULL;
	if (!args_has(args, "contacts-are-lost"))
		return err_set(&op->err, INVALID, "contacts-are-lost", "This gives up all contacts, and is for when passphrase and recovery code are both lost: look for the code's sheet once more. "
		               "End handback ui and serve, make a copy of the data folder, then say --contacts-are-lost.");
	if (!terminal_new_passphrase(op->a, file, &fresh, &op->err) || !op_key_lost(op, fresh, keep_lost, recovery))
		return false;
	wipe((char *)(uintptr_t)fresh.p, fresh.n);
	answer_row(answer);
	answer_text(answer, "recovery", str_of(recovery));
	answer_row_end(answer);
	answer_say(answer, "The vault is new and has no contacts. Holders, flows, touches, incidents and the log are as before. Import your customers again: they");
	answer_say(answer, "are joined with what is there by their references and their services' keys. Who was forgotten at their wish is not recognised any more.");
	recovery_say(answer, recovery);
	wipe(recovery, sizeof recovery);
	return true;
}
