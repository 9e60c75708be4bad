/* person: persons and roles, signing in, sessions, links, tokens, throttles. */
#include "founded_test.h"
#include "person.h"
#include "seal.h"

#include <liboath/oath.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define ANAS STR("another four words there")

static struct str asked;

static bool ask(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	*passphrase = arena_str(op->a, asked);
	return true;
}

static bool run(struct op *op, const char *name, const char *const *values)
{
	struct answer answer = { 0 };
	for (const struct verb *v = person_verbs; v->name; v++) {
		if (strcmp(v->name, name) != 0)
			continue;
		struct args args = { ARENA_ARRAY(op->a, struct arg, v->n), v->n };
		for (size_t i = 0; i < v->n; i++) {
			args.arg[i].field = &v->fields[i];
			if (!*values)
				continue;
			args.arg[i].value = ARENA_NEW(op->a, struct str);
			args.arg[i].value[0] = str_of(*values++);
			args.arg[i].n = 1;
		}
		return op_do(op, v, &args, &answer);
	}
	return false;
}
#define RUN(op, name, ...) run(op, name, (const char *const[]){ __VA_ARGS__, NULL })

static enum fault refused(struct op *op)
{
	enum fault code = op->err.code;
	assert_true(code != OK);
	err_clear(&op->err);
	return code;
}

/* An owner (1), and Ana (2), who is staff and has a passphrase. */
static int make(void **state)
{
	asked = PASSPHRASE;
	throttle_reset();
	if (found(state, (struct founding){ .name = STR("Fernwood"), .region = STR("US-NY"), .timezone = STR("America/New_York"), .owner = STR("June") }, ask) != 0)
		return -1;
	struct op *op = *state;
	return RUN(op, "person add", "Ana", "staff") && person_slot(op, 2, ANAS) ? 0 : -1;
}

static void persons_have_roles_and_end(void **state)
{
	struct op *op = *state;
	struct person p;
	enum role role;
	assert_true(person_named(op, STR("ana"), &p) && p.id == 2 && p.slot && p.role == ROLE_STAFF);
	assert_false(RUN(op, "person add", "ANA", "staff") || refused(op) != CONFLICT);
	assert_false(RUN(op, "person add", "Kofi", "boss") || refused(op) != INVALID);
	assert_false(RUN(op, "person end", "1") || refused(op) != CONFLICT);
	assert_false(RUN(op, "person role", "June", "staff") || refused(op) != CONFLICT);
	op->person = 2;
	assert_true(op_role(op, &role) && role == ROLE_STAFF);
	assert_false(RUN(op, "person add", "Kofi", "owner") || refused(op) != REFUSED);
	op->person = 77;
	assert_false(RUN(op, "person add", "Kofi", "owner") || refused(op) != REFUSED);
	op->person = 1;
	assert_true(RUN(op, "person role", "Ana", "manager") && person_get(op, 2, &p) && p.slot);
	assert_true(RUN(op, "person role", "Ana", "owner") && person_get(op, 2, &p) && !p.slot);       /* an owner's slot is another */
	assert_true(person_slot(op, 2, ANAS) && RUN(op, "person end", "Ana") && person_get(op, 2, &p) && p.ended && !p.slot);
	op->person = 2;
	assert_false(op_role(op, &role) || refused(op) != REFUSED);
	op->person = 1;
	assert_true(RUN(op, "person add", "Ana", "helper"));                     /* the name is free again */
	assert_true(person_named(op, STR("Ana"), &p) && p.id == 3);
}

static void common_passphrases_are_refused(void **state)
{
	struct op *op = *state;
	static const char *const common[] = { "password1234", "Password!!!!!!", "123456781234", "passwordpassword", "aaaaaaaaaaaa", "qwertyqwerty", "short",
	                                      "12345password", "abcabcabcabc" };
	for (size_t i = 0; i < LENGTH(common); i++)
		if (op_passphrase_fits(op, str_of(common[i]), STR("")) || refused(op) != INVALID)
			fail_msg("%s", common[i]);
	assert_true(op_passphrase_fits(op, STR("four plain words here"), STR("")) && op_passphrase_fits(op, STR("\xC3\xA9t\xC3\xA9 \xC3\xA0 la maison"), STR("")));
}

static void the_business_s_name_is_no_passphrase(void **state)
{
	struct op *op = *state;
	static const struct str of = { "Fernwood Plumbing & Co", 22 };
	static const char *const own[] = { "fernwood plumbing", "FernwoodPlumbing2026", "Plumbing-by-Fernwood!", "handback handback", "my handback 2026", "the fernwood van" };
	for (size_t i = 0; i < LENGTH(own); i++)
		if (op_passphrase_fits(op, str_of(own[i]), of) || refused(op) != INVALID)
			fail_msg("%s", own[i]);
	assert_true(op_passphrase_fits(op, STR("fernwood garden lamp"), of) && op_passphrase_fits(op, STR("plum bingo wood fern"), of));
	assert_true(op_begin(op) && op_end(op, op_setting_put(op, "business.name", STR("Caf\xC3\xA9 Millbrook"))));
	assert_false(op_passphrase_fits(op, STR("caf\xC3\xA9 millbrook 1"), STR("")) || refused(op) != INVALID);
	assert_true(op_passphrase_fits(op, STR("fernwood plumbing"), STR("")));
}

static void names_are_the_same_as_people_read_them(void **state)
{
	struct op *op = *state;
	struct person p;
	static const char *const zoe[] = { "Zo\xC3\xAB", "ZO\xC3\x8B", "zo\xC3\xAB", "Zoe\xCC\x88" };
	assert_true(RUN(op, "person add", zoe[0], "staff"));
	for (size_t i = 0; i < LENGTH(zoe); i++) {
		assert_false(RUN(op, "person add", zoe[i], "staff") || refused(op) != CONFLICT);
		assert_true(person_named(op, str_of(zoe[i]), &p) && p.id == 3);
	}
	assert_true(RUN(op, "person add", "Zoe", "staff"));
}

static void a_name_that_is_none_is_as_a_wrong_passphrase(void **state)
{
	struct op *op = *state;
	struct sign_in s;
	char words[400];
	struct op desk = { .ask = ask };
	assert_true(op_open(&desk, str_of(folder)));
	assert_true(sign_in(&desk, STR("Ana"), ANAS, &s) && s.person.id == 2 && !s.second);
	assert_false(sign_in(&desk, STR("Ana"), PASSPHRASE, &s));
	strcpy(words, desk.err.say);
	assert_int_equal(refused(&desk), REFUSED);
	assert_false(sign_in(&desk, STR("Nobody"), PASSPHRASE, &s));
	assert_string_equal(words, desk.err.say);
	assert_int_equal(refused(&desk), REFUSED);
	assert_true(RUN(op, "person end", "Ana"));
	assert_false(sign_in(&desk, STR("Ana"), ANAS, &s) || refused(&desk) != REFUSED);
	op_close(&desk);
}

static void a_session_has_its_times(void **state)
{
	struct op *op = *state;
	uint8_t id[LOGIN_ID], fresh[LOGIN_ID], wrong[LOGIN_ID] = { 1 };
	struct login s;
	int64_t begun = op->now;
	assert_true(login_begin(op, 2, false, STR("a browser\nwith a line end"), id) && login_look(op, id, &s));
	assert_true(s.person == 2 && s.role == ROLE_STAFF && !s.half && s.again == begun + LOGIN_AGAIN && !memchr(s.agent.p, '\n', s.agent.n));
	assert_false(login_look(op, wrong, &s) || refused(op) != LOCKED);
	op->now = begun + LOGIN_IDLE - 1;
	assert_true(login_look(op, id, &s));
	op->now += LOGIN_IDLE;
	assert_false(login_look(op, id, &s) || refused(op) != LOCKED);         /* idle */
	op->now = begun;
	for (assert_true(login_begin(op, 2, false, STR(""), id)); op->now < begun + LOGIN_LONGEST; op->now += 20 * 60)
		assert_true(login_look(op, id, &s));
	assert_false(login_look(op, id, &s) || refused(op) != LOCKED);         /* used all the while, and still it ends */
	begun = op->now;
	assert_true(login_begin(op, 1, true, STR(""), id) && login_look(op, id, &s) && s.half && !s.again);
	assert_true(login_whole(op, id, fresh) && login_look(op, fresh, &s) && !s.half && s.again == begun + LOGIN_AGAIN);
	assert_false(login_look(op, id, &s) || refused(op) != LOCKED);         /* the number before is no more */
	assert_true(login_begin(op, 1, true, STR(""), id));
	op->now += LOGIN_HALF;
	assert_false(login_whole(op, id, fresh) || refused(op) != LOCKED);
}

static void sessions_are_listed_ended_and_bounded(void **state)
{
	struct op *op = *state;
	uint8_t first[LOGIN_ID], id[LOGIN_ID];
	struct login *list, s;
	size_t n;
	char a[65], b[65];
	assert_true(login_begin(op, 2, false, STR("the first"), first));
	for (int i = 0; i < LOGINS_EACH; i++) {
		op->now++;
		assert_true(login_begin(op, 2, false, STR("another"), id));
	}
	assert_true(login_list(op, 2, &list, &n) && n == LOGINS_EACH);
	assert_false(login_look(op, first, &s) || refused(op) != LOCKED);      /* it made room */
	assert_true(login_end_marked(op, 2, list[3].mark) && login_list(op, 2, &list, &n) && n == LOGINS_EACH - 1);
	assert_false(login_end_marked(op, 1, list[3].mark) || refused(op) != NOT_FOUND);       /* another's is not to be reached */
	login_csrf(first, a);
	login_csrf(id, b);
	assert_true(strlen(a) == 64 && strcmp(a, b) != 0);
	assert_true(login_end(op, id) && login_list(op, 2, &list, &n) && n == LOGINS_EACH - 2);
	assert_true(RUN(op, "person role", "Ana", "helper") && login_list(op, 2, &list, &n) && n == 0);
}

static void a_link_counts_once_and_half_an_hour(void **state)
{
	struct op *op = *state;
	char text[TOKEN_TEXT], other[TOKEN_TEXT];
	int64_t person = 0;
	assert_true(link_make(op, 1, text) && link_make(op, 2, other) && strlen(text) == 43 && strcmp(text, other) != 0);
	assert_true(link_use(op, str_of(text), &person) && person == 1);
	assert_false(link_use(op, str_of(text), &person) || refused(op) != LOCKED);
	assert_false(token_look(op, str_of(other), &person) || refused(op) != LOCKED);   /* a link is no token */
	op->now += LINK_SECONDS;
	assert_false(link_use(op, str_of(other), &person) || refused(op) != LOCKED);
	assert_false(link_use(op, STR(""), &person) || refused(op) != LOCKED);
}

static void a_token_ends_with_its_time_its_person_or_by_hand(void **state)
{
	struct op *op = *state;
	char text[TOKEN_TEXT], kept[TOKEN_TEXT];
	int64_t person = 0, id, first;
	assert_true(token_make(op, 2, STR("shop"), op->now + 86400, text, &id) && token_look(op, str_of(text), &person) && person == 2);
	text[3] ^= 1;
	assert_false(token_look(op, str_of(text), &person) || refused(op) != LOCKED);
	text[3] ^= 1;
	assert_true(RUN(op, "token end", arena_printf(op->a, "%d", (int)id)));
	assert_false(token_look(op, str_of(text), &person) || refused(op) != LOCKED);
	assert_false(token_make(op, 2, STR(""), op->now + 400 * 86400, text, &id) || refused(op) != INVALID);
	assert_true(token_make(op, 2, STR(""), op->now + 60, text, &id));
	op->now += 60;
	assert_false(token_look(op, str_of(text), &person) || refused(op) != LOCKED);
	for (int i = 0; i < TOKENS_EACH; i++)
		assert_true(token_make(op, 2, STR(""), op->now + 3600, kept, &first));
	assert_false(token_make(op, 2, STR(""), op->now + 3600, text, &id) || refused(op) != TOO_BIG);
	assert_true(token_look(op, str_of(kept), &person) && RUN(op, "person end", "Ana"));
	assert_false(token_look(op, str_of(kept), &person) || refused(op) != LOCKED);
}

/* RFC 6238 says what an app shows; liboath's own tests are its business, so here the app is liboath too. */
static const char *shown_by_app(struct op *op, const char *key, int64_t at)
{
	char *secret;
	size_t n;
	char *code = arena_get(op->a, 16);
	assert_int_equal(oath_base32_decode(key, strlen(key), &secret, &n), OATH_OK);
	assert_int_equal(oath_totp_generate(secret, n, at, 30, 0, 6, code), OATH_OK);
	free(secret);
	return code;
}

static void a_code_counts_once_and_in_its_time(void **state)
{
	struct op *op = *state;
	char key[40];
	struct str uri;
	struct person p;
	struct sign_in s;
	op->now = op->now / 30 * 30;
	assert_false(totp_right(op, 2, STR("123456")) || refused(op) != NOT_FOUND);
	assert_true(totp_make(op, 2, key, &uri) && memmem(uri.p, uri.n, key, strlen(key)) && strlen(key) == 32);
	assert_true(person_get(op, 2, &p) && !p.totp);           /* counts once a code was right */
	assert_false(totp_right(op, 2, str_of(shown_by_app(op, key, op->now - 60))) || refused(op) != REFUSED);
	assert_false(totp_right(op, 2, str_of(shown_by_app(op, key, op->now + 60))) || refused(op) != REFUSED);
	static const char *const wrong[] = { "", "12345", "1234567", "abcdef", "-12345", "\xFF\xFF\xFF\xFF\xFF\xFF" };
	for (size_t i = 0; i < LENGTH(wrong); i++)
		assert_false(totp_right(op, 2, str_of(wrong[i])) || refused(op) != REFUSED);
	const char *code = shown_by_app(op, key, op->now);
	assert_true(totp_right(op, 2, arena_say(op->a, "%.3s %s", code, code + 3)) && person_get(op, 2, &p) && p.totp);
	assert_false(totp_right(op, 2, str_of(code)) || refused(op) != REFUSED);                 /* once */
	assert_false(totp_right(op, 2, str_of(shown_by_app(op, key, op->now - 30))) || refused(op) != REFUSED);  /* nor the one before it */
	assert_true(totp_right(op, 2, str_of(shown_by_app(op, key, op->now + 30))));             /* a clock half a minute fast */
	assert_true(sign_in(op, STR("Ana"), ANAS, &s) && s.second);
	assert_false(totp_right(op, 1, str_of(shown_by_app(op, key, op->now + 30))) || refused(op) != NOT_FOUND);
	assert_true(factors_end(op, 2) && person_get(op, 2, &p) && !p.totp);
}

static void codes_on_paper_count_once_each(void **state)
{
	struct op *op = *state;
	char code[CODES][CODE_TEXT], other[CODES][CODE_TEXT], low[CODE_TEXT];
	int64_t left;
	assert_true(codes_make(op, 2, code) && codes_make(op, 1, other) && strlen(code[0]) == 29);
	for (size_t i = 0; i <= 29; i++)
		low[i] = code[3][i] >= 'A' ? (char)(code[3][i] + 32) : code[3][i];
	assert_false(codes_use(op, 2, str_of(other[0]), &left) || refused(op) != REFUSED);
	assert_false(codes_use(op, 2, STR("0000-0000-0000-0000"), &left) || refused(op) != REFUSED);
	assert_false(codes_use(op, 2, STR(""), &left) || refused(op) != REFUSED);
	assert_true(codes_use(op, 2, str_of(low), &left) && left == 9);
	assert_false(codes_use(op, 2, str_of(code[3]), &left) || refused(op) != REFUSED);
	assert_true(codes_use(op, 2, str_of(code[0]), &left) && left == 8);
	assert_true(codes_make(op, 2, other));
	assert_false(codes_use(op, 2, str_of(code[1]), &left) || refused(op) != REFUSED);        /* those of before */
	assert_true(factors_end(op, 2));
	assert_false(codes_use(op, 2, str_of(other[1]), &left) || refused(op) != REFUSED);
}

static void failures_double_the_wait_by_person_and_by_network(void **state)
{
	struct op *op = *state;
	struct err e = { 0 };
	int64_t now = 1000000, wait = 0;
	for (int i = 0; i < 5; i++) {
		assert_true(throttle_may(2, STR("192.0.2.7"), now, &e));
		throttle_failed(2, STR("192.0.2.7"), now);
	}
	for (int64_t expected = 1; expected < 1024; expected *= 2) {
		for (wait = 0; !throttle_may(2, STR("198.51.100.1"), now + wait, &e) && wait < 2000; wait++)
			err_clear(&e);
		assert_int_equal(wait, expected < 900 ? expected : 900);
		now += wait;
		throttle_failed(2, STR("192.0.2.7"), now);
	}
	assert_false(throttle_may(0, STR("192.0.2.200"), now, &e));              /* the same /24 */
	err_clear(&e);
	assert_false(throttle_may(0, STR("::ffff:192.0.2.9"), now, &e));
	err_clear(&e);
	assert_true(throttle_may(0, STR("192.0.3.7"), now, &e) && throttle_may(3, STR("192.0.3.7"), now, &e));
	throttle_good(2);
	assert_true(throttle_may(2, STR("192.0.3.7"), now, &e));
	assert_true(throttle_may(2, STR("192.0.2.7"), now + 3600, &e));
	for (int i = 0; i < 6; i++)
		throttle_failed(0, STR("2001:db8:1:2:3::1"), now);
	assert_false(throttle_may(0, STR("2001:db8:1:2:ffff::9"), now, &e));
	err_clear(&e);
	assert_true(throttle_may(0, STR("2001:db8:1:3::1"), now, &e));
	for (int i = 0; i < 100000; i++)                 /* more networks than there are places: no crash, and a busy one stays known */
		throttle_failed(0, arena_say(op->a, "10.%d.%d.1", i / 256 % 256, i % 256), now);
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, make, founded_drop)
	const struct CMUnitTest all[] = {
		EACH(persons_have_roles_and_end), EACH(common_passphrases_are_refused), EACH(the_business_s_name_is_no_passphrase), EACH(names_are_the_same_as_people_read_them),
		EACH(a_name_that_is_none_is_as_a_wrong_passphrase),
		EACH(a_session_has_its_times), EACH(sessions_are_listed_ended_and_bounded), EACH(a_link_counts_once_and_half_an_hour),
		EACH(a_token_ends_with_its_time_its_person_or_by_hand), EACH(a_code_counts_once_and_in_its_time), EACH(codes_on_paper_count_once_each), EACH(failures_double_the_wait_by_person_and_by_network),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
