/* you - one's own page: the passphrase, what is asked beside it, where one is signed in. For everybody. */
#include "act.h"
#include "once.h"
#include "passkeys.h"
#include "persons.h"
#include "qr.h"

enum { CODES_TEXT = CODES * CODE_TEXT };

bool you_page(struct visit *v)
{
	struct op *op = v->op;
	int64_t person = v->session->login.person;
	struct you_view w = { .saved = pair_has(v->ask->query, "saved") };
	struct session_row *sessions;
	struct passkey *list;
	if (!person_get(op, person, &w.p) || !session_rows(v, person, &sessions, &w.sessions) || !passkey_list(op, person, &list, &w.passkeys) || !codes_left(op, person, &w.codes))
		return false;
	struct passkey_row *row = ARENA_ARRAY(op->a, struct passkey_row, w.passkeys + 1);
	for (size_t i = 0; i < w.passkeys; i++)
		row[i] = (struct passkey_row){ list[i].id, list[i].name.n ? list[i].name : str_of(visit_words(v, "without a name")), day_words(v, list[i].made),
			list[i].seen ? day_words(v, list[i].seen) : STR("") };
	w.session = sessions, w.passkey = row, w.role = role_said(w.p.role), w.owner = w.p.role == ROLE_OWNER;
	w.passkeys_count = passkeys_count(v);
	page_you(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "You")));
}

/* Where who signs in is led when their role needs a second factor and they have none. */
bool second_page(struct visit *v)
{
	struct you_view w = { .passkeys_count = passkeys_count(v), .role = role_said(v->session->login.role) };
	if (!v->session->login.lacks)
		return visit_see(v, STR("/you"));
	page_second(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "One more step")));
}

static bool others_end(struct visit *v)
{
	struct login *l;
	size_t n;
	int64_t person = v->session->login.person;
	if (!login_list(v->op, person, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (memcmp(l[i].mark, v->session->login.mark, sizeof l[i].mark) != 0 && !login_end_marked(v->op, person, l[i].mark))
			return false;
	return true;
}

static bool passphrase_show(struct visit *v, const struct form *f)
{
	v->back = STR("/you");
	page_you_passphrase(v->o, &(struct you_view){ .form = f });
	return visit_show(v, str_of(visit_words(v, "A new passphrase")));
}

bool you_passphrase_page(struct visit *v)
{
	return passphrase_show(v, &(struct form){ 0 });
}

/* Other browsers are signed out: whoever knew the old one may sit there. */
bool you_passphrase_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	bool good = act_new_fits(v);
	if (good) {
		act_begin(v, &a, "vault passphrase");
		good = act_do(v, &a);
		act_end(&a);
	}
	if (good)
		return others_end(v) && visit_see(v, STR("/you?saved=yes"));
	act_fault(v, &f);
	return passphrase_show(v, &f);
}

static bool one_ends(struct visit *v, struct str mark)
{
	struct login *l;
	size_t n;
	int64_t person = v->session->login.person;
	if (!login_list(v->op, person, &l, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(mark, hex(v->op->a, l[i].mark, sizeof l[i].mark)))
			return login_end_marked(v->op, person, l[i].mark);
	return true;                                     /* it has ended already */
}

bool you_do(struct visit *v)
{
	struct str what = visit_text(v, "do");
	int64_t person = v->session->login.person, id;
	bool good = str_eq(what, STR("sessions"))  ? others_end(v)
	            : str_eq(what, STR("session")) ? one_ends(v, visit_text(v, "session"))
	            : str_eq(what, STR("app-end")) ? totp_end(v->op, person)
	            : str_eq(what, STR("passkey-end")) && str_i64(visit_text(v, "passkey"), &id)
	                ? passkey_end(v->op, person, id)
	                : err_set(&v->op->err, INVALID, "do", "%s", visit_words(v, "This form is not known here. Go back and try once more."));
	return good && visit_see(v, STR("/you"));
}

/* ---- codes on paper ---- */

static bool codes_new(struct visit *v)
{
	char code[CODES][CODE_TEXT], all[CODES_TEXT + 1] = "";
	if (!codes_make(v->op, v->session->login.person, code))
		return false;
	for (size_t i = 0; i < CODES; i++)
		strcat(strcat(all, i ? "\n" : ""), code[i]);
	once_put(v, ONCE_CODES, str_of(all));
	wipe(code, sizeof code);
	wipe(all, sizeof all);
	return true;
}

/* With the first second factor come codes for the day on which it is lost. */
static bool codes_first(struct visit *v)
{
	int64_t left;
	return codes_left(v->op, v->session->login.person, &left) && (left ? visit_see(v, STR("/you")) : codes_new(v) && visit_see(v, STR("/you/codes")));
}

bool codes_make_do(struct visit *v)
{
	return codes_new(v) && visit_see(v, STR("/you/codes"));
}

bool codes_page(struct visit *v)
{
	struct str all = once_get(v, ONCE_CODES), code[CODES];
	struct codes_view w = { .name = v->session->login.name, .code = code };
	if (!all.n)
		return visit_see(v, STR("/you"));
	while (all.n && w.n < CODES)
		code[w.n++] = str_split(&all, '\n');
	v->back = STR("/you");
	page_codes(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Codes for paper")));
}

/* ---- an app that shows codes ---- */

/* The key out of the link, in groups of four. */
static struct str key_groups(struct visit *v, struct str uri)
{
	const char *at = strstr(arena_printf(v->op->a, STR_FMT, STR_ARG(uri)), "secret=");
	struct buf b = BUF(128);
	for (size_t i = 0; at && at[7 + i] && at[7 + i] != '&'; i++) {
		buf_put(&b, i && i % 4 == 0 ? STR(" ") : STR(""));
		buf_byte(&b, at[7 + i]);
	}
	struct str groups = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return groups;
}

static bool app_show(struct visit *v, const struct form *f)
{
	struct str uri = once_get(v, ONCE_APP);
	struct buf svg = BUF(256 << 10);
	v->back = STR("/you");
	if (!uri.n) {
		page_app_start(v->o, &(struct you_view){ .form = f, .locked = !act_key_at_hand(v) });
		return visit_show(v, str_of(visit_words(v, "An app that shows codes")));
	}
	bool good = qr_svg(&svg, uri, &v->op->err);
	if (good)
		page_app(v->o, &(struct app_view){ f, key_groups(v, uri), { buf_str(&svg) } });
	buf_free(&svg);
	return good && visit_show(v, str_of(visit_words(v, "An app that shows codes")));
}

bool app_page(struct visit *v)
{
	return app_show(v, &(struct form){ 0 });
}

/* Its key is sealed, so the vault is to be open. */
bool app_make_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	char key[40];
	struct str uri;
	if (act_key(v) && totp_make(v->op, v->session->login.person, key, &uri)) {
		once_put(v, ONCE_APP, uri);
		wipe(key, sizeof key);
		return visit_see(v, STR("/you/app"));
	}
	act_fault(v, &f);
	return app_show(v, &f);
}

bool app_prove_do(struct visit *v)
{
	struct form f = { 0 };
	int64_t person = v->session->login.person;
	if (throttle_may(person, v->ask->peer, v->op->now, &v->op->err) && totp_right(v->op, person, visit_text(v, "code"))) {
		throttle_good(person);
		once_end(v, ONCE_APP);
		return codes_first(v);
	}
	if (v->op->err.code == REFUSED)
		try_failed(v, person);
	act_fault(v, &f);
	return app_show(v, &f);
}

/* ---- passkeys ---- */

static bool passkey_show(struct visit *v, const struct form *f)
{
	struct passkey_view w = { .form = f };
	if (!passkeys_ask(v, v->session->login.person, true, &w.ask))
		return visit_see(v, STR("/you"));
	v->back = STR("/you");
	page_passkey(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Add a passkey")));
}

bool passkey_page(struct visit *v)
{
	return passkey_show(v, &(struct form){ 0 });
}

bool passkey_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	if (passkeys_add(v, visit_text(v, "name")))
		return codes_first(v);
	act_fault(v, &f);
	return passkey_show(v, &f);
}
