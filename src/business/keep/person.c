/* person - one customer: whose hands their information was in, by the one formula; and forgetting them. */
#include "keep_int.h"
#include "keep_sql.h"
#include "log.h"

#include <inttypes.h>

/* ---- whose hands it was in ---- */

/* Every holder, asked about all of time: what answers is what was ever there. */
bool keep_hands(struct op *op, customer_id who, struct hand **out, size_t *n)
{
	struct atlas atlas;
	struct reason *r;
	size_t reasons;
	*n = 0;
	if (!map_atlas(op, &atlas))
		return false;
	struct suspicion *s = ARENA_ARRAY(op->a, struct suspicion, atlas.holders + 1);
	struct hand *hand = ARENA_ARRAY(op->a, struct hand, atlas.holders + 1);
	for (size_t i = 0; i < atlas.holders; i++) {
		s[i] = (struct suspicion){ atlas.holder[i].id, LONG_AGO, FAR_OFF, BOTH };
		hand[i] = (struct hand){ .holder = atlas.holder[i], .first = FAR_OFF, .last = LONG_AGO };
	}
	if (!exposure_why(op, s, atlas.holders, who, &r, &reasons))
		return false;
	for (size_t i = 0; i < reasons; i++) {
		struct hand *h = &hand[r[i].suspicion];
		h->kinds |= r[i].kinds;
		h->listed |= r[i].listing, h->found |= r[i].finding;
		if (r[i].listing || r[i].finding)
			continue;
		h->first = r[i].at < h->first ? r[i].at : h->first;
		h->last = r[i].at > h->last ? r[i].at : h->last;
		h->times++;
	}
	for (size_t i = 0; i < atlas.holders; i++)
		if (hand[i].kinds)
			hand[(*n)++] = hand[i];
	*out = hand;
	return true;
}

static struct str hand_name(struct op *op, const struct hand *h)
{
	return arena_say(op->a, "%s:" STR_FMT, sort_name(h->holder.sort), STR_ARG(h->holder.name));
}

static void hands_row(struct op *op, const struct hand *h, size_t n, struct answer *answer)
{
	struct json *j = &answer->j;
	json_key(j, "hands");
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, '{');
		answer_text(answer, "holder", hand_name(op, &h[i]));
		struct str words[KIND_COUNT];
		size_t m = 0;
		for (int k = 0; k < KIND_COUNT; k++)
			if (h[i].kinds >> k & 1)
				words[m++] = str_of(kind_name((enum kind)k));
		answer_words(answer, "kinds", words, m);
		answer_time(answer, "first_touch", h[i].first);
		answer_time(answer, "last_touch", h[i].times ? h[i].last : FAR_OFF);
		answer_number(answer, "touches", h[i].times);
		answer_flag(answer, "listed", h[i].listed);
		answer_flag(answer, "found", h[i].found);
		json_close(j);
	}
	json_close(j);
}

static void hands_say(struct op *op, const struct hand *h, size_t n, struct answer *answer)
{
	answer_say(answer, n ? "  In whose hands it was:" : "  Nothing of theirs is known to have been in anybody's hands.");
	for (size_t i = 0; i < n; i++) {
		struct str when = STR("");
		if (h[i].times)
			when = arena_say(op->a, ", %.10s", when_local_text(op->a, op->zone, h[i].first).p);
		if (h[i].times > 1)
			when = arena_say(op->a, STR_FMT " to %.10s, %" PRId64 " times", STR_ARG(when), when_local_text(op->a, op->zone, h[i].last).p, h[i].times);
		answer_say(answer, "  " STR_FMT STR_FMT "%s%s", STR_ARG(hand_name(op, &h[i])), STR_ARG(when), h[i].listed ? ", in a customer list" : "", h[i].found ? ", in a file" : "");
		answer_say(answer, "    " STR_FMT, STR_ARG(kinds_text(op->a, h[i].kinds, ", ")));
	}
}

static bool say_forgotten(struct op *op, customer_id id, struct answer *answer)
{
	struct str sealed, reason;
	struct place place = { "forgotten", "reason", op->business, id.n };
	int64_t at;
	if (!ledger_forgotten_at(op, id, &at, &sealed))
		return false;
	answer_time(answer, "forgotten", at ? at : FAR_OFF);
	if (!at)
		return true;
	if (!seal_unwrap(op->seal, &place, &sealed, &reason, 1, op->a, &op->err))
		return false;
	answer_text(answer, "forgotten_reason", reason);
	answer_say(answer, "  Forgotten at their wish on %.10s: " STR_FMT, when_local_text(op->a, op->zone, at).p, STR_ARG(reason));
	return true;
}

static bool more(void *to, struct op *op, customer_id id, struct answer *answer)
{
	struct hand *h;
	size_t n;
	(void)to;
	if (!say_forgotten(op, id, answer) || !keep_hands(op, ledger_person(op, id), &h, &n))
		return false;
	if (answer->json)
		hands_row(op, h, n, answer);
	else
		hands_say(op, h, n, answer);
	return held_tell(op, id, answer);
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	customer_id id;
	enum role role;
	if (!op_role(op, &role) || !ledger_customer_by_ref(op, args_text(args, "customer"), &id))
		return false;
	return ledger_show(op, &id, 1, answer, role & ROLES_LEAD ? more : NULL, NULL);    /* to the staff contacts alone, and veiled */
}

/* ---- forgetting ---- */

/* Everybody who is this person. */
static bool person_of(struct op *op, struct str ref, customer_id *id, size_t *n)
{
	customer_id one;
	if (!ledger_customer_by_ref(op, ref, &one) || !ledger_joined(op, one, id, JOINED_MAX, n))
		return false;
	return *n < JOINED_MAX || err_set(&op->err, TOO_BIG, "customer", "More than %d customers are joined here. Split some first: handback customer split", JOINED_MAX - 1);
}

/* The first open incident in which they must still be told, or may have to be told more; 0: none. */
static bool holds(struct op *op, const customer_id *id, size_t n, int64_t *incident)
{
	struct sql_incidents_open q;
	int64_t *open = NULL;
	size_t opens = 0, cap = 0;
	*incident = 0;
	if (!sql_incidents_open(op, FAR_OFF, &q))
		return false;
	while (sql_incidents_open_next(op, &q)) {
		open = arena_more(op->a, open, opens, &cap, sizeof *open);
		open[opens++] = q.id;
	}
	if (op->err.code != OK)
		return false;
	for (size_t i = 0; i < opens && !*incident; i++) {
		struct incident in;
		struct exposed *e;
		struct sources s;
		if (!incident_get(op, open[i], &in) || !exposure_of(op, in.suspicion, in.n, false, &e, &s))
			return false;
		uint32_t person = ledger_person(op, id[0]).n;
		bool in_it = person < e->n && exposed_kinds(e, person);
		exposed_close(e);
		for (size_t k = 0; k < n && !in_it; k++) {
			struct sql_noticed_in noticed;
			bool found;
			if (!sql_noticed_in(op, in.id, id[k].n, &noticed, &found))
				return false;
			in_it = noticed.n > 0;
		}
		*incident = in_it ? in.id : 0;
	}
	return true;
}

static bool forget(struct op *op, const customer_id *id, size_t n, struct str reason)
{
	for (size_t i = 0; i < n; i++)
		if (!sql_words_forget(op, id[i].n, STR("")) || !sql_bounces_forget(op, id[i].n, STR("")) || !sql_links_end(op, id[i].n) || !sql_replies_forget(op, id[i].n) || !sql_wish_forget(op, id[i].n) || !sql_codes_forget(op, id[i].n) ||
		    !sql_forward_forget(op, id[i].n))
			return false;
	return ledger_forget(op, id, n, reason);
}

static bool forget_run(struct op *op, const struct args *args, struct answer *answer)
{
	enum { REASON_MAX = 300 };
	customer_id id[JOINED_MAX];
	size_t n, gone = 0;
	int64_t at, incident;
	struct str sealed, ref = args_text(args, "customer"), reason = args_text(args, "reason");
	bool back = args_has(args, "take-back");
	if (!back && !reason.n)
		return err_set(&op->err, INVALID, "reason", "--reason is needed: in a few words, why. It is kept sealed, to answer for it later.");
	if (reason.n > REASON_MAX)
		return err_set(&op->err, TOO_BIG, "reason", "--reason is too long: %d bytes at most.", REASON_MAX);
	if (!person_of(op, ref, id, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ledger_forgotten_at(op, id[i], &at, &sealed))
			return false;
		if (!!at == back)
			id[gone++] = id[i];              /* those it concerns */
	}
	if (!gone)
		return err_set(&op->err, CONFLICT, "customer", STR_FMT, STR_ARG(back ? STR("This customer is not forgotten.") : STR("This customer is forgotten already.")));
	if (back) {
		if (!op_begin(op) || !op_end(op, ledger_unforget(op, id, gone)))
			return false;
		answer_say(answer, STR_FMT " may be known again. Their contacts are not here any more: the next import brings them, or handback customer correct.", STR_ARG(ref));
		return true;
	}
	if (!holds(op, id, gone, &incident))
		return false;
	answer_row(answer);
	answer_text(answer, "customer_ref", ref);
	answer_flag(answer, "forgotten", !incident);
	if (incident)
		answer_number(answer, "incident", incident);
	answer_number(answer, "customers", incident ? 0 : (int64_t)gone);
	answer_row_end(answer);
	if (incident) {
		answer->attention = true;
		answer_say(answer, "Not yet: in incident %" PRId64 ", which is open, " STR_FMT " is at risk or was told, and may have to be told more. When it is closed, run this again.", incident,
		           STR_ARG(ref));
		return op_begin(op) && op_end(op, log_add(op, "customer.forget.deferred", ABOUT({ "customer", id[0].n }, { "incident", incident })));
	}
	if (!op_key(op) || !op_begin(op) || !op_end(op, forget(op, id, gone, reason)))
		return false;
	answer_say(answer, STR_FMT " is forgotten: contacts and keys are gone, the number stays without meaning. An import does not bring them back.", STR_ARG(ref));
	answer_note(answer, "Older backups, and mails and letters in the folder outbox, still hold them: delete those, backups after 8 weeks at the latest. Ask the services that hold them, too.");
	return true;
}

#define CUSTOMER { "customer", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "a customer reference, like C-000123" }

const struct verb keep_verbs[] = {
	{ "customer show", "Shows what we hold of one customer, and whose hands it was in.", "handback customer show C-000123", VERB_READ, FIELDS(CUSTOMER), show_run, ROLES_WORK },
	{ "customer forget", "Forgets a customer at their wish; an open incident that concerns them defers it.", "handback customer forget C-000123 --reason 'asked by phone on 3 May'", VERB_LONG,
	  FIELDS(CUSTOMER, { "reason", FIELD_TEXT, 0, "why, in a few words; kept sealed" },
	         { "take-back", FIELD_FLAG, 0, "a new wish: they may be known again" }), forget_run, .again = true },
	{ "import undo", "Takes an import back: the touches, lists, contacts and customers that only it brought; says which incidents and notices it touches.", "handback import undo 3", VERB_LONG,
	  FIELDS({ "import", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number, from import list" },
	         { "dry-run", FIELD_FLAG, 0, "only says which incidents, drafts and approved rounds it touches" }), undo_import_run, .slow = true, .again = true },
	{ "backup", "Writes everything into one encrypted file, while running and with the vault locked, and opens it again to be sure.", "handback backup /media/usb/handback-2026-11-26.backup",
	  VERB_LONG, FIELDS({ "file", FIELD_PATH, FIELD_PLACED, "the file to write, not there yet; else one in the data folder's backups/, which keeps 7 days and 8 weeks" }), backup_run, .slow = true },
	{ "export", "Writes everything into a new folder in open formats, after asking for the passphrase again; not encrypted.", "handback export ~/handback-2026-11-27", VERB_LONG,
	  FIELDS({ "folder", FIELD_PATH, FIELD_PLACED | FIELD_NEEDED, "the folder to make; it must not be there yet" }), export_run, ROLE_OWNER, .slow = true },
	{ "vault rotate", "Makes a new key and seals everything anew with it: after somebody left who may have copied the old one.", "handback vault rotate", VERB_LONG,
	  FIELDS({ "rest", FIELD_FLAG, FIELD_SLOW, "makes no new key, but goes on sealing anew where that was stopped" },
	         { "key-only", FIELD_FLAG, 0, "only makes the key; what is sealed is sealed anew later, by --rest" }), rotate_run, ROLE_OWNER },
	{ "log", "Shows the log: every change, and every look at sealed data.", "handback log", VERB_READ,
	  FIELDS({ "from", FIELD_NUMBER, 0, "begin with this entry" }, { "follow", FIELD_FLAG, FIELD_TERMINAL, "goes on showing new ones until Ctrl-C" },
	         { "names", FIELD_FLAG, 0, "puts the names of holders beside their numbers; the log itself knows numbers only" }), log_show_run, ROLES_ALL },
	{ "check", "Proves the store sound: what is derived agrees with what is true, the log is unbroken, sealed values open.", "handback check",
	  VERB_LONG, FIELDS({ "rebuild", FIELD_FLAG, 0, "make anew what is derived" }), sound_run, .slow = true },
	{ "restore", "Shows what a backup holds and, with --yes or when you say so, puts it into a new data folder; needs the passphrase or the recovery code.",
	  "handback restore /media/usb/handback-2026-11-26.backup --yes --data ~/handback", VERB_NEW,
	  FIELDS({ "file", FIELD_PATH, FIELD_PLACED | FIELD_NEEDED, "the backup" }, { "yes", FIELD_FLAG, 0, "puts it back; else it is only shown" }), restore_run },
	{ 0 },
};
