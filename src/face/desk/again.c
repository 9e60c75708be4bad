/* again - what changes persons, keys or what others hold, and what hands out or sends, asks who it is once more when the last proof is older than 15
 * minutes (OWASP ASVS 5.0, 7.5). Asked in the door, for every route that says so: the form that was sent goes along, and nothing is typed twice.
 */
#include "act.h"
#include "passkeys.h"

/* What proves, and what belongs to the session that sent it: not sent along. */
static bool goes_along(struct str name)
{
	static const char *const own[] = { "csrf", "page", "passphrase", "code", "credential", "client", "data", "signature" };
	for (size_t i = 0; i < LENGTH(own); i++)
		if (str_eq(name, str_of(own[i])))
			return false;
	return true;
}

static bool show(struct visit *v, struct form *f)
{
	struct person p;
	struct again_view w = { .form = f, .path = { v->ask->path } };
	struct pair *sent = ARENA_ARRAY(v->op->a, struct pair, v->ask->form.n + 1);
	if (!person_get(v->op, v->session->login.person, &p))
		return false;
	bool asked = str_eq(v->ask->method, STR("POST"));
	for (size_t i = 0; asked && i < v->ask->form.n; i++)
		if (goes_along(v->ask->form.at[i].name))
			sent[w.sent_n++] = v->ask->form.at[i];
	if (!asked) {
		sent[w.sent_n++] = (struct pair){ STR("to"), v->ask->path };
		w.path.s = STR("/again");
	}
	w.sent = sent;
	w.passphrase = p.slot;
	w.code = p.totp && act_key_at_hand(v);           /* the app's key is sealed */
	w.passkey = p.passkeys && passkeys_ask(v, p.id, false, &w.ask);
	v->faulty = f->n > 0;
	v->reply->status = f->n ? 422 : 200;
	page_again(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Is it still you?")));
}

/* Tries what was sent. False with nothing in op->err: nothing was. */
static bool proved(struct visit *v, const char **field)
{
	struct op *op = v->op;
	int64_t person = v->session->login.person, who;
	struct pairs form = v->ask->form;
	bool passkey = pair_text(form, "signature").n > 0, code = pair_text(form, "code").n > 0, passphrase = pair_text(form, "passphrase").n > 0;
	*field = passkey ? "passkey" : code ? "code" : "passphrase";
	if ((!passkey && !code && !passphrase) || !throttle_may(person, v->ask->peer, op->now, &op->err))
		return false;
	bool good = passkey ? passkeys_right(v, v->session->id, &who) && (who == person || err_set(&op->err, REFUSED, "passkey", "%s", visit_words(v, "This is somebody else's passkey.")))
	            : code  ? code_right(op, person, visit_text(v, "code"))
	                    : act_key_at_hand(v) ? act_key_again(v) : act_key(v);
	if (!good && op->err.code == REFUSED)
		try_failed(v, person);
	if (good)
		throttle_good(person);
	return good;
}

bool again_asks(struct visit *v, const struct route *route)
{
	const char *field;
	struct form f = { 0 };
	if (!(route->flags & ROUTE_AGAIN) || !v->session || v->session->login.again > v->op->now)
		return false;
	if (proved(v, &field) && session_whole(v))
		return false;
	if (v->op->err.code == REFUSED || v->op->err.code == NOT_FOUND || v->op->err.code == LOCKED) {
		bool wrong = strcmp(field, "passphrase") == 0 && strstr(v->op->err.say, "not the passphrase");
		form_fault(&f, field, wrong ? str_of(visit_words(v, "That is not the passphrase. Try once more.")) : visit_said(v, arena_str(v->op->a, str_of(v->op->err.say))));
		err_clear(&v->op->err);
	}
	if (v->op->err.code != OK || !show(v, &f))
		visit_error(v, fault_status(v->op->err.code), str_of(v->op->err.say));
	return true;
}

/* A page that was asked for by its address: it is behind the door, and who comes here has been let in. */
bool again_do(struct visit *v)
{
	struct str to = visit_text(v, "to");
	return visit_see(v, own_address(to) ? to : STR("/"));
}
