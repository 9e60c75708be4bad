/* vault - the verbs for what opens the vault: persons' passphrases and the recovery code. */
#include "person_int.h"
#include "person_sql.h"
#include "seal.h"
#include "store.h"

bool slot_list(struct op *op, struct slot_made **list, size_t *n)
{
	struct sql_slots_made q;
	size_t cap = 0;
	*list = NULL;
	*n = 0;
	if (!sql_slots_made(op, &q))
		return false;
	while (sql_slots_made_next(op, &q)) {
		*list = arena_more(op->a, *list, *n, &cap, sizeof **list);
		(*list)[(*n)++] = (struct slot_made){ q.id, q.person, q.made, (int)q.sort };
	}
	sql_slots_made_stop(&q);
	return op->err.code == OK;
}

void recovery_say(struct answer *answer, const char *code)
{
	answer_say(answer, "\nRecovery code, shown this once:\n\n    %s\n\nWrite it down and keep it away from this computer. If the passphrase is lost, give the code wherever", code);
	answer_say(answer, "the passphrase is asked, and choose a new one: handback vault passphrase. Without both, customers'");
	answer_say(answer, "contacts can't be read by anybody.");
}

static bool new_passphrase(struct op *op, const struct args *args, struct str *fresh)
{
	return op_key(op) && ((op->ask_new && op->ask_new(op, args_text(args, "new-passphrase-file"), fresh)) ||
	                      (op->err.code == OK && err_set(&op->err, LOCKED, "passphrase", "There is nobody who could be asked for a new passphrase here.")));
}

static bool passphrase_run(struct op *op, const struct args *args, struct answer *answer)
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

static bool recovery_run(struct op *op, const struct args *args, struct answer *answer)
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

static bool slot_add_run(struct op *op, const struct args *args, struct answer *answer)
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

static bool slot_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	static const char *const sorts[] = { [SLOT_OWNER] = "an owner's passphrase", [SLOT_RECOVERY] = "the recovery code", [SLOT_PERSON] = "a passphrase",
	                                     [SLOT_RING] = "the keys of before" };
	struct slot_made *slots;
	struct person p;
	size_t n;
	(void)args;
	if (!slot_list(op, &slots, &n))
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
		answer_time(answer, "made", slots[i].made);
		answer_row_end(answer);
		answer_say(answer, "%4d  %.10s  %-22s " STR_FMT, (int)slots[i].id, when_text(op->a, slots[i].made).p, sorts[slots[i].sort], STR_ARG(whose ? p.name : STR("")));
	}
	return true;
}

static bool slot_end_run(struct op *op, const struct args *args, struct answer *answer)
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

const struct verb vault_verbs[] = {
	{ "vault passphrase", "Gives the vault a new passphrase; the old one, or the recovery code, is asked first.", "handback vault passphrase", VERB_LONG,
	  FIELDS({ "new-passphrase-file", FIELD_PATH, FIELD_SECRET, "a file with the new one in a line; else it is asked for" }), passphrase_run, ROLES_ALL },
	{ "vault recovery", "Makes a new recovery code and shows it once; the old one opens nothing any more.", "handback vault recovery", VERB_LONG, NO_FIELDS,
	  recovery_run, ROLE_OWNER },
	{ "vault recover", "Gives the vault a new passphrase by the recovery code, when the old one is lost.", "handback vault recover", VERB_LONG,
	  FIELDS({ "new-passphrase-file", FIELD_PATH, FIELD_SECRET, "a file with the new one in a line; else it is asked for" }), passphrase_run, ROLE_OWNER },
	{ "vault slot add", "Gives somebody a passphrase, or another in its place; asks for yours again.", "handback vault slot add Ana", VERB_LONG,
	  FIELDS({ "person", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the person's number or name" },
	         { "new-passphrase-file", FIELD_PATH, FIELD_SECRET, "a file with their passphrase in a line; else they type it" }), slot_add_run, ROLE_OWNER },
	{ "vault slot list", "Lists what opens the vault.", "handback vault slot list", VERB_READ, NO_FIELDS, slot_list_run, ROLE_OWNER },
	{ "vault slot end", "Takes somebody's passphrase away.", "handback vault slot end Ana", VERB_WRITE,
	  FIELDS({ "person", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the person's number or name" }), slot_end_run, ROLE_OWNER },
	{ 0 },
};
