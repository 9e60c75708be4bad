/* factor - what counts beside the passphrase: an app that shows codes, and codes on paper for who has lost it. */
#include "log.h"
#include "person_int.h"
#include "person_sql.h"
#include "seal.h"
#include "store.h"

#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY = 20, STEP = 30, WINDOW = 1, FIGURES = 6 };

static struct place totp_place(struct op *op, int64_t person)
{
	return (struct place){ "totp", "sealed", op->business, person };
}

/* What may stand in a link's path as it is (RFC 3986, 2.3); the rest is written as %XX. */
static void put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-._~", c);
		if (plain)
			buf_byte(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

bool totp_make(struct op *op, int64_t person, char key[40], struct str *uri)
{
	uint8_t secret[KEY];
	struct str plain = { (const char *)secret, KEY }, sealed;
	struct place place = totp_place(op, person);
	struct person p;
	char *text = NULL;
	size_t n = 0;
	bool own;
	if (!person_get(op, person, &p) || !op_key(op))
		return false;
	random_bytes(secret, sizeof secret);
	bool good = seal_wrap(op->seal, &place, &plain, &sealed, 1, op->a, &op->err) && step_begin(op, &own) &&
	            step_end(op, own, sql_totp_put(op, person, sealed) && log_add(op, "totp.made", ABOUT({ "who", person })));
	if (good && oath_base32_encode((const char *)secret, KEY, &text, &n) != OATH_OK)
		good = err_set(&op->err, OUTSIDE, NULL, "The app's key could not be written.");
	if (good) {
		struct buf b = BUF(1024);
		snprintf(key, 40, "%s", text);
		buf_put(&b, STR("otpauth://totp/Handback:"));
		put_escaped(&b, p.name);
		buf_printf(&b, "?secret=%s&issuer=Handback", text);
		*uri = arena_str(op->a, buf_str(&b));
		buf_free(&b);
	}
	free(text);
	wipe(secret, sizeof secret);
	return good;
}

bool totp_right(struct op *op, int64_t person, struct str code)
{
	struct sql_totp_get q;
	struct place place = totp_place(op, person);
	struct str plain;
	char figures[FIGURES + 1] = { 0 };
	size_t n = 0;
	int at = 0;
	bool found, own;
	for (size_t i = 0; i < code.n; i++)
		if (code.p[i] != ' ' && n <= FIGURES)
			n += n < FIGURES ? (figures[n] = code.p[i], 1) : 1;
	/* read and marked as used in one transaction: of two at once only one counts */
	if (!op_keeper(op) || !step_begin(op, &own))
		return false;
	bool good = sql_totp_get(op, person, &q, &found) && (found || err_set(&op->err, NOT_FOUND, "code", "There is no app that shows codes for this person.")) &&
	            seal_unwrap(op->seal, &place, &q.sealed, &plain, 1, op->a, &op->err);
	if (good) {
		bool right = n == FIGURES && oath_totp_validate2(plain.p, plain.n, op->now, STEP, 0, WINDOW, &at, figures) >= 0;
		int64_t step = op->now / STEP + at;
		wipe((char *)(uintptr_t)plain.p, plain.n);
		good = (right && step > q.step && sql_totp_used(op, person, step, q.proved ? q.proved : op->now)) ||
		       (op->err.code == OK && err_set(&op->err, REFUSED, "code", "This code is not right, or was used before. Wait for the next one."));
	}
	return step_end(op, own, good);
}

/* ---- codes on paper: 120 bits of chance, in six groups: so many that a plain hash keeps them (OWASP ASVS 5.0, 6.5.2) ---- */

enum { CODE_LETTERS = 24 };

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";     /* Crockford's: without I, L, O, U */

bool codes_make(struct op *op, int64_t person, char code[CODES][CODE_TEXT])
{
	bool own;
	if (!step_begin(op, &own))
		return false;
	bool good = sql_codes_drop(op, person);
	for (size_t i = 0; good && i < CODES; i++) {
		uint8_t chance[CODE_LETTERS];
		char plain[CODE_LETTERS];
		size_t n = 0;
		random_bytes(chance, sizeof chance);
		for (size_t k = 0; k < sizeof chance; k++) {
			plain[k] = letters[chance[k] % 32];
			if (k && k % 4 == 0)
				code[i][n++] = '-';
			code[i][n++] = plain[k];
		}
		code[i][n] = 0;
		good = sql_code_put(op, person, hash_of(op, (struct str){ plain, sizeof plain }));
		wipe(plain, sizeof plain);
	}
	return step_end(op, own, good && log_add(op, "codes.made", ABOUT({ "who", person })));
}

bool codes_use(struct op *op, int64_t person, struct str code, int64_t *left)
{
	struct sql_code_use q;
	struct sql_codes_left l;
	char plain[CODE_LETTERS];
	size_t n = 0;
	bool found = false, own;
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];
		if (c == ' ' || c == '-')
			continue;
		c = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (n < sizeof plain)
			plain[n] = c;
		n++;
	}
	if (!step_begin(op, &own))
		return false;
	bool good = n != sizeof plain || sql_code_use(op, person, hash_of(op, (struct str){ plain, n }), &q, &found);
	if (good && !found)
		good = err_set(&op->err, REFUSED, "code", "This is none of your codes, or it was used before.");
	good = good && sql_codes_left(op, person, &l, &found) && log_add(op, "code.used", ABOUT({ "who", person }, { "left", l.n }));
	if (!step_end(op, own, good))
		return false;
	*left = l.n;
	return true;
}

bool codes_left(struct op *op, int64_t person, int64_t *left)
{
	struct sql_codes_left l;
	bool found;
	*left = 0;
	if (!sql_codes_left(op, person, &l, &found))
		return false;
	*left = found ? l.n : 0;
	return true;
}

bool totp_end(struct op *op, int64_t person)
{
	struct sql_totp_get q;
	bool own, found;
	if (!step_begin(op, &own))
		return false;
	bool good = sql_totp_get(op, person, &q, &found) && (found || err_set(&op->err, NOT_FOUND, "code", "There is no app that shows codes for this person.")) &&
	            sql_totp_drop(op, person) && log_add(op, "totp.ended", ABOUT({ "who", person }));
	return step_end(op, own, good);
}

bool factors_end(struct op *op, int64_t person)
{
	bool own;
	return step_begin(op, &own) && step_end(op, own, sql_totp_drop(op, person) && sql_codes_drop(op, person) && sql_passkeys_drop(op, person) &&
	                                                 log_add(op, "factors.ended", ABOUT({ "who", person })));
}
