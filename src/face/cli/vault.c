/* vault - the passphrase and the recovery code exchanged. */
#include "cli_int.h"

void recovery_say(struct answer *answer, const char *code)
{
	answer_say(answer, "\nRecovery code, shown this once:\n\n    %s\n\nWrite it down and keep it away from this computer. If the passphrase is lost, give the code wherever", code);
	answer_say(answer, "the passphrase is asked, and choose a new one: handback vault passphrase. Without both, customers'");
	answer_say(answer, "contacts can't be read by anybody.");
}

bool vault_passphrase_run(struct op *op, const struct args *args, struct answer *answer)
{
	char nothing[64];
	struct str fresh;
	const char *file = args_has(args, "new-passphrase-file") ? arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "new-passphrase-file"))) : NULL;
	if (!op_key(op) || !terminal_new_passphrase(op->a, file, &fresh, &op->err) || !op_key_renew(op, fresh, nothing))
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
