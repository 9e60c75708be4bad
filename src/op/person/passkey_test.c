/* passkey: a device and a browser made of OpenSSL, for each algorithm; and everything that one could forge. */
#include "founded_test.h"
#include "passkey.h"
#include "seal.h"
#include "store.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum algorithm { ES256, EDDSA, RS256, ALGORITHMS };

static const struct passkey_site here = { STR("https://handback.example.com"), STR("handback.example.com") };

static int make(void **state)
{
	return found(state, (struct founding){ .name = STR("Fernwood"), .region = STR("US-NY"), .timezone = STR("America/New_York"), .owner = STR("June") }, NULL);
}

static enum fault refused(struct op *op)
{
	enum fault code = op->err.code;
	assert_true(code != OK);
	err_clear(&op->err);
	return code;
}

/* ---- the device ---- */

struct device { enum algorithm algorithm; EVP_PKEY *key; uint8_t credential[16]; uint32_t counter; uint8_t flags; const char *site; };

static struct device device_new(enum algorithm algorithm)
{
	struct device d = { algorithm, NULL, { 0 }, 1, 0x05, "handback.example.com" };
	random_bytes(d.credential, sizeof d.credential);
	d.key = algorithm == ES256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256") : algorithm == EDDSA ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
	                                                                                              : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	assert_non_null(d.key);
	return d;
}

static void put_number(struct buf *b, EVP_PKEY *key, const char *name, int n)
{
	BIGNUM *number = NULL;
	uint8_t bytes[256];
	assert_true(EVP_PKEY_get_bn_param(key, name, &number) && BN_bn2binpad(number, bytes, n) == n);
	buf_put(b, (struct str){ (const char *)bytes, (size_t)n });
	BN_free(number);
}

static void put_big(struct buf *b, uint32_t v, int bytes)
{
	while (bytes-- > 0)
		buf_u8(b, (uint8_t)(v >> 8 * bytes));
}

/* The key as COSE has it (RFC 8152), RS256 as RFC 8812. */
static void put_key(struct buf *b, const struct device *d)
{
	uint8_t raw[32];
	size_t n = sizeof raw;
	switch (d->algorithm) {
	case ES256:
		buf_put(b, STR("\xA5\x01\x02\x03\x26\x20\x01\x21\x58\x20"));
		put_number(b, d->key, OSSL_PKEY_PARAM_EC_PUB_X, 32);
		buf_put(b, STR("\x22\x58\x20"));
		put_number(b, d->key, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
		break;
	case EDDSA:
		assert_true(EVP_PKEY_get_raw_public_key(d->key, raw, &n) && n == 32);
		buf_put(b, STR("\xA4\x01\x01\x03\x27\x20\x06\x21\x58\x20"));
		buf_put(b, (struct str){ (const char *)raw, 32 });
		break;
	default:
		buf_put(b, STR("\xA4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00"));
		put_number(b, d->key, OSSL_PKEY_PARAM_RSA_N, 256);
		buf_put(b, STR("\x21\x43"));
		put_number(b, d->key, OSSL_PKEY_PARAM_RSA_E, 3);
	}
}

static struct str device_data(struct op *op, const struct device *d, bool made)
{
	struct buf b = BUF(4096);
	uint8_t hash[32];
	sha256(str_of(d->site), hash);
	buf_put(&b, (struct str){ (const char *)hash, 32 });
	buf_u8(&b, (uint8_t)(d->flags | (made ? 0x40 : 0)));
	put_big(&b, d->counter, 4);
	if (made) {
		buf_put(&b, STR("0123456789abcdef"));
		put_big(&b, sizeof d->credential, 2);
		buf_put(&b, (struct str){ (const char *)d->credential, sizeof d->credential });
		put_key(&b, d);
	}
	struct str data = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return data;
}

static struct str attestation(struct op *op, struct str data)
{
	struct buf b = BUF(4096);
	buf_put(&b, STR("\xA3\x63" "fmt\x64none\x67" "attStmt\xA0\x68" "authData\x59"));
	put_big(&b, (uint32_t)data.n, 2);
	buf_put(&b, data);
	struct str all = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return all;
}

static struct str client(struct op *op, const char *type, const uint8_t id[LOGIN_ID], const char *origin)
{
	char challenge[TOKEN_TEXT];
	passkey_challenge(id, strcmp(type, "webauthn.create") == 0, challenge);
	return arena_say(op->a, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}", type, challenge, origin);
}

static struct str signature(struct op *op, const struct device *d, struct str data, struct str json)
{
	uint8_t hash[32];
	struct buf b = BUF(8192);
	sha256(json, hash);
	buf_put(&b, data);
	buf_put(&b, (struct str){ (const char *)hash, 32 });
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t *out = arena_get(op->a, 512);
	size_t n = 512;
	assert_true(EVP_DigestSignInit(c, NULL, d->algorithm == EDDSA ? NULL : EVP_sha256(), NULL, d->key) == 1 &&
	            EVP_DigestSign(c, out, &n, (const uint8_t *)b.p, b.n) == 1);
	EVP_MD_CTX_free(c);
	buf_free(&b);
	return (struct str){ (const char *)out, n };
}

static bool added(struct op *op, const struct device *d, const uint8_t id[LOGIN_ID])
{
	return passkey_add(op, 1, id, &here, client(op, "webauthn.create", id, "https://handback.example.com"), attestation(op, device_data(op, d, true)), STR("phone"));
}

static struct passkey_answer answer_of(struct op *op, const struct device *d, const uint8_t id[LOGIN_ID])
{
	struct passkey_answer a = { { (const char *)d->credential, sizeof d->credential }, client(op, "webauthn.get", id, "https://handback.example.com"),
	                            device_data(op, d, false), { NULL, 0 } };
	a.signature = signature(op, d, a.data, a.client_json);
	return a;
}

/* ---- tests ---- */

static void each_algorithm_registers_and_signs_in(void **state)
{
	struct op *op = *state;
	uint8_t id[LOGIN_ID];
	struct passkey *list;
	size_t n;
	int64_t person = 0;
	random_bytes(id, sizeof id);
	for (int i = 0; i < ALGORITHMS; i++) {
		struct device d = device_new((enum algorithm)i);
		if (!added(op, &d, id))
			fail_msg("%d: %s", i, op->err.say);
		assert_false(added(op, &d, id) || refused(op) != CONFLICT);
		struct passkey_answer a = answer_of(op, &d, id);
		assert_false(passkey_right(op, id, &here, &a, &person) || refused(op) != REFUSED);      /* the counter stands where it was */
		d.counter++;
		a = answer_of(op, &d, id);
		if (!passkey_right(op, id, &here, &a, &person))
			fail_msg("%d: %s", i, op->err.say);
		assert_int_equal(person, 1);
		assert_false(passkey_right(op, id, &here, &a, &person) || refused(op) != REFUSED);      /* the same again */
		for (size_t k = 0; k < a.signature.n; k += 7) {                  /* a signature that was changed */
			d.counter++;
			a = answer_of(op, &d, id);
			if (k >= a.signature.n)                          /* they differ in length by a byte or two */
				break;
			((char *)(uintptr_t)a.signature.p)[k] ^= 4;
			assert_false(passkey_right(op, id, &here, &a, &person) || refused(op) != REFUSED);
		}
		EVP_PKEY_free(d.key);
	}
	assert_true(passkey_list(op, 1, &list, &n) && n == ALGORITHMS && list[0].seen == op->now);
	assert_false(passkey_end(op, 2, list[0].id) || refused(op) != NOT_FOUND);
	assert_true(passkey_end(op, 1, list[0].id) && passkey_list(op, 1, &list, &n) && n == ALGORITHMS - 1);
}

static void a_device_that_does_not_count_is_taken(void **state)
{
	struct op *op = *state;
	uint8_t id[LOGIN_ID] = { 5 };
	struct device d = device_new(ES256);
	int64_t person;
	d.counter = 0;
	assert_true(added(op, &d, id));
	for (int i = 0; i < 2; i++) {
		struct passkey_answer a = answer_of(op, &d, id);
		assert_true(passkey_right(op, id, &here, &a, &person));
	}
	EVP_PKEY_free(d.key);
}

/* Signed by the right key, and still for something else. */
static void what_was_signed_for_something_else_is_refused(void **state)
{
	struct op *op = *state;
	uint8_t id[LOGIN_ID] = { 1 }, other[LOGIN_ID] = { 2 };
	struct device d = device_new(EDDSA), stranger = device_new(EDDSA);
	int64_t person;
	assert_true(added(op, &d, id));
	d.counter = 100;
	char challenge[TOKEN_TEXT];
	passkey_challenge(id, false, challenge);
	const struct str json[] = {
		client(op, "webauthn.create", id, "https://handback.example.com"), client(op, "webauthn.get", other, "https://handback.example.com"),
		client(op, "webauthn.get", id, "https://handback.example.com.evil.example"), client(op, "webauthn.get", id, "http://handback.example.com"), STR(""), STR("{}"), STR("[1]"),
		arena_say(op->a, "{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"https://handback.example.com\",\"crossOrigin\":true}", challenge),
		arena_say(op->a, "{\"type\":\"webauthn.get\",\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"https://handback.example.com\"}", challenge),
		arena_say(op->a, "{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"https://handback.example.com\",\"more\":\"%5000d\"}", challenge, 1),
	};
	for (size_t i = 0; i < LENGTH(json); i++) {
		struct passkey_answer a = answer_of(op, &d, id);
		a.client_json = json[i];
		a.signature = signature(op, &d, a.data, a.client_json);
		assert_false(passkey_right(op, id, &here, &a, &person) || refused(op) != REFUSED);
	}
	static const struct { uint8_t flags; const char *site; } device[] = { { 0x01, "handback.example.com" }, { 0x04, "handback.example.com" }, { 0x05, "evil.example" } };
	for (size_t i = 0; i < LENGTH(device); i++) {
		struct device bad = d;
		bad.flags = device[i].flags;
		bad.site = device[i].site;
		struct passkey_answer a = answer_of(op, &bad, id);
		assert_false(passkey_right(op, id, &here, &a, &person) || refused(op) != REFUSED);
		random_bytes(bad.credential, sizeof bad.credential);
		assert_false(added(op, &bad, id) || refused(op) != INVALID);
	}
	struct passkey_answer a = answer_of(op, &stranger, id);
	assert_false(passkey_right(op, id, &here, &a, &person) || refused(op) != REFUSED);       /* nobody's */
	memcpy(stranger.credential, d.credential, sizeof d.credential);
	stranger.counter = 200;
	a = answer_of(op, &stranger, id);
	assert_false(passkey_right(op, id, &here, &a, &person) || refused(op) != REFUSED);       /* another's key under this one's name */
	a = answer_of(op, &d, id);
	assert_true(passkey_right(op, id, &here, &a, &person));                  /* and the right one is still right */
	EVP_PKEY_free(d.key);
	EVP_PKEY_free(stranger.key);
}

static void a_damaged_attestation_is_refused(void **state)
{
	struct op *op = *state;
	uint8_t id[LOGIN_ID] = { 9 };
	struct device d = device_new(ES256);
	struct str json = client(op, "webauthn.create", id, "https://handback.example.com"), whole = attestation(op, device_data(op, &d, true));
	for (size_t n = 0; n < whole.n; n += 3)
		assert_false(passkey_add(op, 1, id, &here, json, (struct str){ whole.p, n }, STR("")) || refused(op) != INVALID);
	static const char *const bad[] = { "\x9B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "\xA1\x68" "authData\xF6", "\xBF\x68" "authData\x41\x01\xFF", "\xA2\x68" "authData\x40\x68" "authData\x40", "\xA0" };
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(passkey_add(op, 1, id, &here, json, str_of(bad[i]), STR("")) || refused(op) != INVALID);
	assert_false(passkey_add(op, 1, id, &here, json, attestation(op, device_data(op, &d, false)), STR("")) || refused(op) != INVALID);   /* nothing was made */
	for (int i = 0; i < PASSKEYS_EACH; i++) {
		random_bytes(d.credential, sizeof d.credential);
		assert_true(added(op, &d, id));
	}
	random_bytes(d.credential, sizeof d.credential);
	assert_false(added(op, &d, id) || refused(op) != TOO_BIG);
	EVP_PKEY_free(d.key);
}

static void base64url_is_read_strictly(void **state)
{
	struct op *op = *state;
	struct str bytes;
	assert_true(base64url(op->a, STR("aGFuZGJhY2s"), 100, &bytes) && str_eq(bytes, STR("handback")));
	assert_true(base64url(op->a, STR("aGFuZGJhY2s="), 100, &bytes) && str_eq(bytes, STR("handback")));
	assert_true(base64url(op->a, STR("-_-_"), 3, &bytes) && bytes.n == 3);
	assert_false(base64url(op->a, STR("aGFu/w"), 100, &bytes) || base64url(op->a, STR("a"), 100, &bytes) || base64url(op->a, STR("aGFuZGJhY2s"), 7, &bytes));
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, make, founded_drop)
	const struct CMUnitTest all[] = {
		EACH(each_algorithm_registers_and_signs_in), EACH(a_device_that_does_not_count_is_taken), EACH(what_was_signed_for_something_else_is_refused),
		EACH(a_damaged_attestation_is_refused), EACH(base64url_is_read_strictly),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
