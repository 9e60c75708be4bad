/* sign_in - the ways in: the one-time link, a name and a passphrase, then a code where the person has an app for it; and the way out. */
#include "desk_int.h"
#include "log.h"
#include "passkeys.h"

bool open_page(struct visit *v)
{
	if (!session_open(v, pair_text(v->ask->param, "key"))) {
		err_clear(&v->op->err);
		return err_set(&v->op->err, REFUSED, NULL, "%s", visit_words(v, "This link was used already, or is older than 30 minutes. Start Handback again to get a new one, or sign in."));
	}
	return visit_see(v, pair_has(v->ask->query, "first") ? STR("/choices") : wanted_take(v));
}

static bool form_show(struct visit *v, const struct form *f, bool code)
{
	struct person p = { 0 };
	struct passkey_ask ask;
	struct sign_in_view view = { .form = f, .restored = pair_has(v->ask->query, "restored") };
	v->faulty = f->n > 0;
	if (code && !person_get(v->op, v->session->login.person, &p))
		return false;
	view.code = !p.passkeys || p.totp;
	if (code ? p.passkeys && passkeys_ask(v, p.id, false, &ask) : passkeys_door(v, &ask))
		view.ask = &ask;
	if (code)
		page_sign_in_code(v->o, &view);
	else
		page_sign_in(v->o, &view);
	return visit_show(v, str_of(visit_words(v, code ? "Your code" : "Sign in")));
}

/* What could not be done is told on the form: a wrong passphrase, or too many tries. */
static bool form_again(struct visit *v, const char *field, bool code)
{
	struct form f = { .given = v->ask->form };
	bool often = v->op->err.code == REFUSED && strstr(v->op->err.say, "Wait");
	form_fault(&f, field, visit_said(v, arena_str(v->op->a, str_of(v->op->err.say))));
	err_clear(&v->op->err);
	v->reply->status = often ? 429 : 403;
	return form_show(v, &f, code);
}

void try_failed(struct visit *v, int64_t person)
{
	struct err why = v->op->err;
	throttle_failed(person, v->ask->peer, v->op->now);
	err_clear(&v->op->err);
	if (op_begin(v->op))
		op_end(v->op, log_add(v->op, "session.refused", ABOUT({ "who", person })));
	v->op->err = why;
}

/* In: to what was typed before the last session ran out, if something was; else to the page that was asked for, or the first one. */
static bool in_again(struct visit *v, int64_t person)
{
	struct str wanted = wanted_take(v);
	return visit_see(v, kept_there(v, person) ? STR("/kept") : wanted);
}

bool sign_in_page(struct visit *v)
{
	return v->session && !v->session->login.half ? visit_see(v, STR("/")) : form_show(v, &(struct form){ 0 }, false);
}

bool sign_in_do(struct visit *v)
{
	struct op *op = v->op;
	struct person who = { 0 };
	struct sign_in in = { 0 };
	struct str name = visit_text(v, "name");
	if (!person_named(op, name, &who))
		who.id = 0;
	err_clear(&op->err);
	if (!throttle_may(who.id, v->ask->peer, op->now, &op->err))
		return form_again(v, "name", false);
	if (!sign_in(op, name, pair_text(v->ask->form, "passphrase"), &in)) {
		if (op->err.code != REFUSED)
			return false;
		try_failed(v, who.id);
		return form_again(v, "passphrase", false);
	}
	throttle_good(in.person.id);
	bool good = session_begin(v, in.person.id, in.second, in.token) && (in.second ? visit_see(v, STR("/sign-in/code")) : in_again(v, in.person.id));
	wipe(&in, sizeof in);
	return good;
}

bool code_page(struct visit *v)
{
	return form_show(v, &(struct form){ 0 }, true);
}

bool code_right(struct op *op, int64_t person, struct str code)
{
	int64_t left;
	return code.n <= 6 ? totp_right(op, person, code) : codes_use(op, person, code, &left);
}

bool code_do(struct visit *v)
{
	struct op *op = v->op;
	int64_t person = v->session->login.person;
	if (!throttle_may(person, v->ask->peer, op->now, &op->err))
		return form_again(v, "code", true);
	if (!code_right(op, person, visit_text(v, "code"))) {
		if (op->err.code != REFUSED)
			return false;
		try_failed(v, person);
		return form_again(v, "code", true);
	}
	throttle_good(person);
	return session_whole(v) && in_again(v, person);
}

static bool passkey_wrong(struct visit *v, int64_t person, bool code)
{
	if (v->op->err.code != REFUSED)
		return false;
	try_failed(v, person);
	return form_again(v, "passkey", code);
}

/* Beside the passphrase, instead of a code. */
bool code_passkey_do(struct visit *v)
{
	int64_t person = v->session->login.person, who;
	if (!throttle_may(person, v->ask->peer, v->op->now, &v->op->err))
		return form_again(v, "passkey", true);
	if (!passkeys_right(v, v->session->id, &who) ||
	    (who != person && !err_set(&v->op->err, REFUSED, "passkey", "%s", visit_words(v, "This is somebody else's passkey."))))
		return passkey_wrong(v, person, true);
	throttle_good(person);
	return session_whole(v) && in_again(v, person);
}

/* Alone: the device has checked who holds it. Pages open, contacts stay closed until the passphrase is typed. */
bool sign_in_passkey_do(struct visit *v)
{
	int64_t who;
	if (!throttle_may(0, v->ask->peer, v->op->now, &v->op->err))
		return form_again(v, "passkey", false);
	if (!passkeys_door_right(v, &who))
		return passkey_wrong(v, 0, false);
	return session_begin(v, who, false, NULL) && in_again(v, who);
}

bool out_page(struct visit *v)
{
	return session_end(v) && visit_see(v, STR("/sign-in"));
}
