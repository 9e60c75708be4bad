/* vault - a new vault when all is lost. */
#include "cli_int.h"
#include "keep.h"
#include "person.h"

bool vault_renew_run(struct op *op, const struct args *args, struct answer *answer)
{
	char recovery[64];
	struct str fresh;
	if (!args_has(args, "contacts-are-lost"))
		return err_set(&op->err, INVALID, "contacts-are-lost", "This gives up all contacts, and is for when passphrase and recovery code are both lost: look for the code's sheet once more. "
		               "End handback ui and serve, make a copy of the data folder, then say --contacts-are-lost.");
	if (!terminal_new_passphrase(op, args_text(args, "new-passphrase-file"), &fresh) || !op_key_lost(op, fresh, keep_lost, recovery))
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
