/* verbs - person add|list|role|end|language, person factor end|require, session list|end, token add|list|end. */
#include "log.h"
#include "person_int.h"
#include "person_sql.h"

static bool role_of(struct op *op, struct str text, enum role *role)
{
	static const enum role roles[] = { ROLE_OWNER, ROLE_MANAGER, ROLE_STAFF, ROLE_HELPER };
	for (size_t i = 0; i < LENGTH(roles); i++)
		if (str_eq_nocase(text, str_of(role_name(roles[i])))) {
			*role = roles[i];
			return true;
		}
	return err_set(&op->err, INVALID, "role", "A role is owner, manager, staff or helper.");
}

static void row(struct op *op, struct answer *answer, const struct person *p)
{
	answer_row(answer);
	answer_number(answer, "person", p->id);
	answer_text(answer, "name", p->name);
	answer_text(answer, "role", str_of(role_name(p->role)));
	answer_flag(answer, "passphrase", p->slot);
	answer_flag(answer, "second_factor", p->totp || p->passkeys);
	answer_time(answer, "since", p->since);
	answer_time(answer, "ended", p->ended ? p->ended : FAR_OFF);
	answer_row_end(answer);
	answer_say(answer, "%4d  %-24s %-8s %s", (int)p->id, arena_printf(op->a, STR_FMT, STR_ARG(p->name)), role_name(p->role),
	           p->ended ? "here no more" : p->slot ? p->totp || p->passkeys ? "passphrase and a second factor" : "passphrase" : "no passphrase yet");
}

static bool add_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person *list, p = { .since = op->now };
	size_t n;
	int64_t number;
	p.name = str_trim(args_text(args, "name"));
	if (!role_of(op, args_text(args, "role"), &p.role) || !person_list(op, &list, &n))
		return false;
	if (!p.name.n || p.name.n > PERSON_NAME_MAX || str_i64(p.name, &number))
		return err_set(&op->err, INVALID, "name", "A name has 1 to %d characters, and is not just a number.", PERSON_NAME_MAX);
	for (size_t i = 0; i < n; i++)
		if (!list[i].ended && str_same(list[i].name, p.name))
			return err_set(&op->err, CONFLICT, "name", "There is a person of this name already.");
	if (n >= PERSONS_MAX)
		return err_set(&op->err, TOO_BIG, NULL, "There are %d persons, and no more can be kept.", PERSONS_MAX);
	p.id = n ? list[n - 1].id + 1 : 1;
	if (!sql_person_put(op, p.id, p.name, p.role, p.since) || !log_add(op, "person.added", ABOUT({ "who", p.id }, { "role", p.role })))
		return false;
	row(op, answer, &p);
	answer_say(answer, "To sign in they need a passphrase: handback vault slot add %d", (int)p.id);
	return true;
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person *list;
	size_t n;
	(void)args;
	if (!person_list(op, &list, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		row(op, answer, &list[i]);
	return true;
}

static bool here(struct op *op, const struct args *args, struct person *p)
{
	if (!person_named(op, args_text(args, "person"), p))
		return false;
	return !p->ended || err_set(&op->err, CONFLICT, "person", "This person is here no more.");
}

/* Whether a passphrase is an owner's is sealed into its slot: it goes when that changes. */
static bool role_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person p;
	enum role role = 0;
	if (!here(op, args, &p) || !role_of(op, args_text(args, "role"), &role))
		return false;
	if (p.id == PERSON_FIRST && role != ROLE_OWNER)
		return err_set(&op->err, CONFLICT, "person", "Who founded the business stays an owner.");
	bool anew = p.slot && (role == ROLE_OWNER) != (p.role == ROLE_OWNER);
	if ((anew && !sql_slot_drop(op, p.id)) || !sql_session_drop_all(op, p.id) || !sql_person_set(op, p.id, role, 0) ||
	    !log_add(op, "person.role", ABOUT({ "who", p.id }, { "role", role })))
		return false;
	p.role = role;
	p.slot &= !anew;
	row(op, answer, &p);
	if (anew)
		answer_say(answer, "They need a new passphrase for this: handback vault slot add %d", (int)p.id);
	return true;
}

static bool end_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person p;
	if (!here(op, args, &p))
		return false;
	if (p.id == PERSON_FIRST)
		return err_set(&op->err, CONFLICT, "person", "Who founded the business can't be taken out. Give them a new passphrase: handback vault passphrase");
	if (p.id == op->person)
		return err_set(&op->err, CONFLICT, "person", "You can't take yourself out. Ask another owner.");
	if (!sql_slot_drop(op, p.id) || !sql_session_drop_all(op, p.id) || !sql_token_drop_all(op, p.id) || !factors_end(op, p.id) || !sql_person_set(op, p.id, p.role, op->now) ||
	    !log_add(op, "person.ended", ABOUT({ "who", p.id })))
		return false;
	p.ended = op->now;
	p.slot = false;
	row(op, answer, &p);
	answer_say(answer, "Their passphrase, sessions and tokens count no more from now on. What they copied before, they have: if that may be, change the");
	answer_say(answer, "key, so that it opens nothing new: handback vault rotate");
	return true;
}

static bool factor_end_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person p;
	if (!here(op, args, &p) || !factors_end(op, p.id) || !sql_session_drop_all(op, p.id))
		return false;
	p.totp = false, p.passkeys = 0;
	row(op, answer, &p);
	answer_say(answer, "They sign in with the passphrase alone now, until they set up a second factor again.");
	return true;
}

/* Of which roles a second factor is asked; "none": of nobody. Who has none sets it up at the next sign-in, before anything else. */
static bool factor_require_run(struct op *op, const struct args *args, struct answer *answer)
{
	const struct arg *named = args_list(args, "role");
	unsigned roles = 0;
	enum role role = 0;
	for (size_t i = 0; i < named->n; i++) {
		if (str_eq_nocase(named->value[i], STR("none")) && named->n == 1)
			continue;
		if (!role_of(op, named->value[i], &role))
			return false;
		roles |= role;
	}
	if (!op_setting_put(op, "factor.roles", arena_say(op->a, "%u", roles)) || !log_add(op, "factor.required", ABOUT({ "roles", (int64_t)roles })))
		return false;
	answer_row(answer);
	struct str words[4];
	size_t n = 0;
	for (unsigned r = ROLE_OWNER; r <= ROLE_HELPER; r <<= 1)
		if (roles & r)
			words[n++] = str_of(role_name((enum role)r));
	answer_words(answer, "roles", words, n);
	answer_row_end(answer);
	answer_say(answer, n ? "Who has such a role and no second factor sets one up at the next sign-in, before anything else." : "A second factor is asked of nobody who has none.");
	return true;
}

static bool language_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str language = args_text(args, "language");
	if (!str_eq(language, STR("en")) && !str_eq(language, STR("es")))
		return err_set(&op->err, INVALID, "language", "A language is en or es.");
	if (!sql_person_speaks(op, op->person, language) || !log_add(op, "person.language", ABOUT({ "who", op->person })))
		return false;
	answer_row(answer);
	answer_number(answer, "person", op->person);
	answer_text(answer, "language", language);
	answer_row_end(answer);
	answer_say(answer, "Your pages are in %s from now on, wherever you sign in.", str_eq(language, STR("es")) ? "Spanish" : "English");
	return true;
}

/* ---- sessions ---- */

static bool sessions_of(struct op *op, const struct person *p, struct answer *answer)
{
	struct login *l;
	size_t n;
	if (!login_list(op, p->id, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct str mark = hex(op->a, l[i].mark, sizeof l[i].mark);
		answer_row(answer);
		answer_text(answer, "session", mark);
		answer_number(answer, "person", p->id);
		answer_time(answer, "began", l[i].began);
		answer_time(answer, "seen", l[i].seen);
		answer_text(answer, "agent", l[i].agent);
		answer_row_end(answer);
		answer_say(answer, "%s  %-16s since %.16s UTC  " STR_FMT, mark.p, arena_printf(op->a, STR_FMT, STR_ARG(p->name)), when_text(op->a, l[i].began).p, STR_ARG(l[i].agent));
	}
	return true;
}

static bool session_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person *list, one;
	size_t n = 1;
	if (args_has(args, "person") ? !person_named(op, args_text(args, "person"), &one) : !person_list(op, &list, &n))
		return false;
	if (args_has(args, "person"))
		list = &one;
	for (size_t i = 0; i < n; i++)
		if (!sessions_of(op, &list[i], answer))
			return false;
	return true;
}

static bool session_end_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person p;
	struct login *l;
	size_t n, ended = 0;
	struct str which = args_text(args, "session");
	if (!person_named(op, args_text(args, "person"), &p) || !login_list(op, p.id, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!which.n || str_eq(which, hex(op->a, l[i].mark, sizeof l[i].mark))) {
			if (!login_end_marked(op, p.id, l[i].mark))
				return false;
			ended++;
		}
	if (which.n && !ended)
		return err_set(&op->err, NOT_FOUND, "session", "This session has ended already.");
	if (ended && !log_add(op, "session.ended", ABOUT({ "who", p.id }, { "sessions", (int64_t)ended })))
		return false;
	answer_row(answer);
	answer_number(answer, "person", p.id);
	answer_number(answer, "ended", (int64_t)ended);
	answer_row_end(answer);
	answer_say(answer, "%d ended. Who sat there signs in again.", (int)ended);
	return true;
}

/* ---- tokens ---- */

static bool token_add_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct person p;
	char text[TOKEN_TEXT];
	int64_t days = 90, id;
	struct str name = args_text(args, "name");
	args_number(args, "days", &days);
	if (!here(op, args, &p))
		return false;
	if (name.n > PERSON_NAME_MAX)
		return err_set(&op->err, INVALID, "name", "A name has at most %d characters.", PERSON_NAME_MAX);
	if (days < 1 || days > 366)
		return err_set(&op->err, INVALID, "days", "--days is 1 to 366.");
	if (!token_make(op, p.id, name, op->now + days * 86400, text, &id))
		return false;
	answer_row(answer);
	answer_number(answer, "token", id);
	answer_number(answer, "person", p.id);
	answer_text(answer, "secret", str_of(text));
	answer_time(answer, "ends", op->now + days * 86400);
	answer_row_end(answer);
	answer_say(answer, "Token %d of " STR_FMT " (%s), good for %s. It is shown this once:\n\n    %s\n", (int)id, STR_ARG(p.name), role_name(p.role), counted(op->a, days, "day", "days"), text);
	wipe(text, sizeof text);
	return true;
}

static bool token_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct token *t;
	size_t n;
	(void)args;
	if (!token_list(op, 0, &t, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		answer_row(answer);
		answer_number(answer, "token", t[i].id);
		answer_number(answer, "person", t[i].person);
		answer_text(answer, "name", t[i].name);
		answer_time(answer, "made", t[i].made);
		answer_time(answer, "ends", t[i].ends);
		answer_time(answer, "seen", t[i].seen ? t[i].seen : FAR_OFF);
		answer_flag(answer, "counts", t[i].ends > op->now);
		answer_row_end(answer);
		answer_say(answer, "%4d  person %d  %-24s %s", (int)t[i].id, (int)t[i].person, arena_printf(op->a, STR_FMT, STR_ARG(t[i].name)),
		           t[i].ends > op->now ? t[i].seen ? "in use" : "never used" : "ended");
	}
	return true;
}

static bool token_end_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct sql_token_number q;
	int64_t id = 0;
	bool found;
	args_number(args, "token", &id);
	if (!sql_token_number(op, id, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "token", "There is no token with this number. handback token list shows them.");
	if (!sql_token_drop(op, id) || !log_add(op, "token.ended", ABOUT({ "token", id })))
		return false;
	answer_row(answer);
	answer_number(answer, "token", id);
	answer_row_end(answer);
	answer_say(answer, "Token %d counts no more.", (int)id);
	return true;
}

#define PERSON { "person", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the person's number or name" }
#define ROLE   "owner, manager, staff (sees contacts masked) or helper (an adviser from outside: looks, changes nothing)"

const struct verb person_verbs[] = {
	{ "person add", "Adds somebody who may use Handback here.", "handback person add --name Ana --role staff", VERB_WRITE,
	  FIELDS({ "name", FIELD_TEXT, FIELD_NEEDED, "as they will sign in" }, { "role", FIELD_TEXT, FIELD_NEEDED, ROLE }), add_run, ROLE_OWNER },
	{ "person list", "Lists who may use Handback here, and who could.", "handback person list", VERB_READ, NO_FIELDS, list_run },
	{ "person role", "Gives somebody another role.", "handback person role Ana manager", VERB_WRITE,
	  FIELDS(PERSON, { "role", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, ROLE }), role_run, ROLE_OWNER },
	{ "person end", "Takes somebody out: their passphrase, sessions and tokens count no more.", "handback person end Ana", VERB_WRITE, FIELDS(PERSON), end_run, ROLE_OWNER },
	{ "person factor end", "Takes somebody's app, passkeys and codes away, when they are lost: the passphrase alone counts then.", "handback person factor end Ana", VERB_WRITE,
	  FIELDS(PERSON), factor_end_run, ROLE_OWNER },
	{ "person factor require", "Says of which roles a second factor is asked; who has none sets it up at the next sign-in.", "handback person factor require owner manager", VERB_WRITE,
	  FIELDS({ "role", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED | FIELD_LIST, "owner, manager, staff, helper; or none" }), factor_require_run, ROLE_OWNER, .again = true },
	{ "person language", "Chooses the language of one's own pages.", "handback person language es", VERB_WRITE,
	  FIELDS({ "language", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "en or es" }), language_run, ROLES_ALL },
	{ "session list", "Lists the browsers in which somebody is signed in.", "handback session list Ana", VERB_READ,
	  FIELDS({ "person", FIELD_TEXT, FIELD_PLACED, "whose; else everybody's" }), session_list_run, ROLE_OWNER },
	{ "session end", "Signs somebody out: of one browser, or of all.", "handback session end Ana", VERB_WRITE,
	  FIELDS(PERSON, { "session", FIELD_TEXT, FIELD_PLACED, "which, as session list shows it; else all" }), session_end_run, ROLE_OWNER },
	{ "token add", "Makes a token with which a program may do what a person may; shows it once.", "handback token add Ana --name 'the shop' --days 90", VERB_WRITE,
	  FIELDS(PERSON, { "name", FIELD_TEXT, 0, "what it is for" }, { "days", FIELD_NUMBER, 0, "how long it counts, 1 to 366; 90 if not told" }), token_add_run, ROLE_OWNER },
	{ "token list", "Lists the tokens, never what is secret of them.", "handback token list", VERB_READ, NO_FIELDS, token_list_run, ROLE_OWNER },
	{ "token end", "Ends a token.", "handback token end 3", VERB_WRITE,
	  FIELDS({ "token", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number" }), token_end_run, ROLE_OWNER },
	{ 0 },
};
