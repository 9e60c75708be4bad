/* passkey - what a browser says of a passkey, checked step by step; the numbers are those of the steps in WebAuthn level 2, 7.1 and 7.2. */
#include "log.h"
#include "passkey.h"
#include "person_int.h"
#include "person_sql.h"

#include <cbor.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <jansson.h>
#include <stdlib.h>

/* authenticatorData (6.1): the site's hash, flags, counter; then what was made, if anything */
enum { SITE_HASH = 32, FLAGS_AT = 32, COUNTER_AT = 33, DATA_MIN = 37, KEY_AT = DATA_MIN + 16 + 2, PRESENT = 0x01, PROVED = 0x04, MADE = 0x40, MORE = 0x80, KEY_MAX = 512 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool base64url(struct arena *a, struct str text, size_t max, struct str *bytes)
{
	while (text.n && text.p[text.n - 1] == '=')
		text.n--;
	if (text.n % 4 == 1 || text.n / 4 * 3 > max)
		return false;
	uint8_t *out = arena_get(a, text.n / 4 * 3 + 3);
	size_t n = 0;
	uint32_t bits = 0;
	for (size_t i = 0; i < text.n; i++) {
		const char *digit = text.p[i] ? strchr(digits, text.p[i]) : NULL;
		if (!digit)
			return false;
		bits = bits << 6 | (uint32_t)(digit - digits);
		if (i % 4)
			out[n++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	*bytes = (struct str){ (const char *)out, n };
	return n <= max;
}

void passkey_challenge(const uint8_t id[LOGIN_ID], bool registering, char text[TOKEN_TEXT])
{
	uint8_t out[33] = { 0 };
	struct sha256 h;
	sha256_start(&h);
	sha256_add(&h, registering ? STR("handback-passkey-add") : STR("handback-passkey-get"));
	sha256_add(&h, (struct str){ (const char *)id, LOGIN_ID });
	sha256_end(&h, out);
	base64url_write(out, text);
}

static bool not_right(struct op *op, enum fault fault, const char *why)
{
	return err_set(&op->err, fault, "passkey", "The passkey was not accepted: %s. Try again, or use another way to sign in.", why);
}

/* 7.1 steps 5 to 10, 7.2 steps 10 to 14: what the browser says that it did. */
static bool client_fits(struct op *op, enum fault fault, struct str client, const char *kind, const char *challenge, struct str origin)
{
	json_error_t why;
	if (client.n > PASSKEY_JSON_MAX)
		return not_right(op, fault, "the browser's answer is too long");
	json_t *j = json_loadb(client.p, client.n, JSON_REJECT_DUPLICATES, &why);
	const char *type = json_string_value(json_object_get(j, "type")), *given = json_string_value(json_object_get(j, "challenge")),
	           *from = json_string_value(json_object_get(j, "origin"));
	bool good = type && given && from;
	if (!good)
		not_right(op, fault, "the browser's answer can't be read");
	else if (strcmp(type, kind) != 0)
		good = not_right(op, fault, "it is for something else");
	else if (strcmp(given, challenge) != 0)
		good = not_right(op, fault, "it is for an earlier question");
	else if (!str_eq(str_of(from), origin) || json_is_true(json_object_get(j, "crossOrigin")))
		good = not_right(op, fault, "it comes from another site");
	json_decref(j);
	return good;
}

/* 7.1 steps 13 to 15, 7.2 steps 15 to 17. */
static bool data_fits(struct op *op, enum fault fault, struct str data, struct str site)
{
	uint8_t hash[32];
	if (data.n < DATA_MIN || data.n > PASSKEY_BYTES_MAX)
		return not_right(op, fault, "the device's answer can't be read");
	sha256(site, hash);
	uint8_t flags = (uint8_t)data.p[FLAGS_AT];
	if (memcmp(hash, data.p, SITE_HASH) != 0)
		return not_right(op, fault, "it is a passkey of another site");
	if (!(flags & PRESENT) || !(flags & PROVED))
		return not_right(op, fault, "the device did not check who you are");
	return true;
}

static int64_t counter_of(struct str data)
{
	const uint8_t *p = (const uint8_t *)data.p + COUNTER_AT;
	return (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
}

/* ---- a new one ---- */

/* CBOR is read thing after thing (libcbor's stream), which takes no memory for what is only announced. */
enum thing { NOTHING, A_NUMBER, SOME_BYTES, SOME_TEXT, A_MAP };
struct cbor { struct str left; enum thing thing; struct str bytes; size_t pairs; };

static void on_bytes(void *of, cbor_data p, size_t n)
{
	struct cbor *c = of;
	c->thing = SOME_BYTES, c->bytes = (struct str){ (const char *)p, n };
}

static void on_text(void *of, cbor_data p, size_t n)
{
	struct cbor *c = of;
	c->thing = SOME_TEXT, c->bytes = (struct str){ (const char *)p, n };
}

static void on_map(void *of, size_t pairs)
{
	struct cbor *c = of;
	c->thing = A_MAP, c->pairs = pairs;
}

static void on_8(void *of, uint8_t v)   { (void)v; ((struct cbor *)of)->thing = A_NUMBER; }
static void on_16(void *of, uint16_t v) { (void)v; ((struct cbor *)of)->thing = A_NUMBER; }

/* The next thing, when it is one of those that there may be: numbers of COSE have two bytes at most. */
static enum thing cbor_next(struct cbor *c)
{
	struct cbor_callbacks wanted = cbor_empty_callbacks;
	wanted.byte_string = on_bytes;
	wanted.string = on_text;
	wanted.map_start = on_map;
	wanted.uint8 = wanted.negint8 = on_8;
	wanted.uint16 = wanted.negint16 = on_16;
	c->thing = NOTHING;
	struct cbor_decoder_result r = cbor_stream_decode((cbor_data)c->left.p, c->left.n, &wanted, c);
	if (r.status != CBOR_DECODER_FINISHED || !c->left.n)
		return NOTHING;
	c->left.p += r.read;
	c->left.n -= r.read;
	return c->thing;
}

/* The authenticator data out of an attestation object: a map of three, in which nothing is attested (6.5.4, 8.7). false: it is another. */
static bool attested(struct str bytes, struct str *data)
{
	struct cbor c = { .left = bytes };
	*data = STR("");
	if (bytes.n > PASSKEY_BYTES_MAX || cbor_next(&c) != A_MAP || c.pairs != 3)
		return false;
	for (int i = 0; i < 3; i++) {
		if (cbor_next(&c) != SOME_TEXT)
			return false;
		struct str key = c.bytes;
		enum thing thing = cbor_next(&c);
		if (str_eq(key, STR("authData")) && thing == SOME_BYTES)
			*data = c.bytes;
		else if (!(str_eq(key, STR("fmt")) && thing == SOME_TEXT) && !(str_eq(key, STR("attStmt")) && thing == A_MAP && !c.pairs))
			return false;
	}
	return data->n && !c.left.n;
}

/* Whether the data hold one new key and nothing else: a map of numbers and bytes. libfido2 sees no other. */
static bool holds_a_key(struct str data)
{
	const uint8_t *p = (const uint8_t *)data.p;
	if (data.n < KEY_AT || (p[FLAGS_AT] & (MADE | MORE)) != MADE)
		return false;
	size_t id = (size_t)p[KEY_AT - 2] << 8 | p[KEY_AT - 1];
	if (!id || id > PASSKEY_ID_MAX || data.n - KEY_AT < id)
		return false;
	struct cbor c = { .left = { data.p + KEY_AT + id, data.n - KEY_AT - id } };
	if (cbor_next(&c) != A_MAP || c.pairs > 8)
		return false;
	for (size_t i = 0, n = 2 * c.pairs; i < n; i++) {
		enum thing thing = cbor_next(&c);
		if (thing != A_NUMBER && thing != SOME_BYTES)
			return false;
	}
	return !c.left.n;
}

/* libfido2 reads the data for one algorithm at a time. */
bool passkey_read(struct arena *a, struct str attestation, struct passkey_made *m)
{
	static const int algorithms[] = { COSE_ES256, COSE_EDDSA, COSE_RS256 };
	bool good = attested(attestation, &m->data) && holds_a_key(m->data), read = false;
	for (size_t i = 0; good && !read && i < LENGTH(algorithms); i++) {
		fido_cred_t *cred = fido_cred_new();
		read = cred && fido_cred_set_type(cred, algorithms[i]) == FIDO_OK &&
		       fido_cred_set_authdata_raw(cred, (const unsigned char *)m->data.p, m->data.n) == FIDO_OK;
		if (read) {
			m->algorithm = algorithms[i];
			m->credential = arena_str(a, (struct str){ (const char *)fido_cred_id_ptr(cred), fido_cred_id_len(cred) });
			m->key = arena_str(a, (struct str){ (const char *)fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred) });
		}
		fido_cred_free(&cred);
	}
	return read && m->credential.n && m->key.n && m->key.n <= KEY_MAX;
}

bool passkey_add(struct op *op, int64_t person, const uint8_t id[LOGIN_ID], const struct passkey_site *site, struct str client_json, struct str attestation,
                 struct str name)
{
	char challenge[TOKEN_TEXT];
	struct sql_passkey_get known;
	struct passkey *list;
	struct passkey_made m;
	size_t n;
	bool found, own;
	passkey_challenge(id, true, challenge);
	if (!client_fits(op, INVALID, client_json, "webauthn.create", challenge, site->origin))
		return false;
	if (!passkey_read(op->a, attestation, &m))
		return not_right(op, INVALID, "no passkey was made, or one of a kind that is not known here");
	if (!data_fits(op, INVALID, m.data, site->site))
		return false;
	name = str_trim(name);
	if (name.n > PERSON_NAME_MAX)
		return err_set(&op->err, INVALID, "name", "A name has at most %d characters.", PERSON_NAME_MAX);
	if (!step_begin(op, &own))
		return false;
	bool good = sql_passkey_get(op, m.credential, &known, &found) && (!found || err_set(&op->err, CONFLICT, "passkey", "This passkey is known already.")) &&
	            passkey_list(op, person, &list, &n) && (n < PASSKEYS_EACH || err_set(&op->err, TOO_BIG, "passkey", "You have %d passkeys. Take one away first.", PASSKEYS_EACH));
	int64_t number = good ? op_count(op, "passkey") : 0;
	good = good && number && sql_passkey_put(op, number, person, name, m.credential, m.algorithm, m.key, counter_of(m.data), op->now) &&
	       log_add(op, "passkey.added", ABOUT({ "who", person }, { "passkey", number }));
	return step_end(op, own, good);
}

/* ---- signing in with one ---- */

/* The public key as libfido2 takes it; *any is to be freed with free_key. */
static bool key_read(int algorithm, struct str key, void **any)
{
	*any = algorithm == COSE_ES256 ? (void *)es256_pk_new() : algorithm == COSE_EDDSA ? (void *)eddsa_pk_new() : (void *)rs256_pk_new();
	if (!*any)
		return false;
	return (algorithm == COSE_ES256 ? es256_pk_from_ptr(*any, key.p, key.n) : algorithm == COSE_EDDSA ? eddsa_pk_from_ptr(*any, key.p, key.n)
	                                                                                                   : rs256_pk_from_ptr(*any, key.p, key.n)) == FIDO_OK;
}

static void free_key(int algorithm, void *any)
{
	if (algorithm == COSE_ES256)
		es256_pk_free((es256_pk_t **)&any);
	else if (algorithm == COSE_EDDSA)
		eddsa_pk_free((eddsa_pk_t **)&any);
	else
		rs256_pk_free((rs256_pk_t **)&any);
}

/* 7.2 steps 19 and 20: over the data and the hash of what the browser says. */
static bool signed_by(const struct sql_passkey_get *q, const struct passkey_site *site, const struct passkey_answer *answer)
{
	uint8_t hash[32];
	char name[256] = { 0 };
	void *key;
	int algorithm = (int)q->algorithm;
	sha256(answer->client_json, hash);
	if (site->site.n >= sizeof name)
		return false;
	memcpy(name, site->site.p, site->site.n);
	fido_assert_t *assertion = fido_assert_new();
	bool good = assertion && fido_assert_set_clientdata_hash(assertion, hash, sizeof hash) == FIDO_OK && fido_assert_set_rp(assertion, name) == FIDO_OK &&
	            fido_assert_set_count(assertion, 1) == FIDO_OK &&
	            fido_assert_set_authdata_raw(assertion, 0, (const unsigned char *)answer->data.p, answer->data.n) == FIDO_OK &&
	            fido_assert_set_sig(assertion, 0, (const unsigned char *)answer->signature.p, answer->signature.n) == FIDO_OK &&
	            fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK && fido_assert_set_uv(assertion, FIDO_OPT_TRUE) == FIDO_OK;
	good = key_read(algorithm, q->public_key, &key) && good && fido_assert_verify(assertion, 0, algorithm, key) == FIDO_OK;
	free_key(algorithm, key);
	fido_assert_free(&assertion);
	return good;
}

bool passkey_right(struct op *op, const uint8_t id[LOGIN_ID], const struct passkey_site *site, const struct passkey_answer *answer, int64_t *person)
{
	char challenge[TOKEN_TEXT];
	struct sql_passkey_get q;
	struct person p;
	bool found = false, own;
	passkey_challenge(id, false, challenge);
	if (!client_fits(op, REFUSED, answer->client_json, "webauthn.get", challenge, site->origin) || !data_fits(op, REFUSED, answer->data, site->site))
		return false;
	if (!step_begin(op, &own))
		return false;
	bool good = answer->credential.n > PASSKEY_ID_MAX || sql_passkey_get(op, answer->credential, &q, &found);
	if (good && (!found || !answer->signature.n || answer->signature.n > KEY_MAX || !signed_by(&q, site, answer)))
		good = not_right(op, REFUSED, "it is not known here");
	if (good && person_get(op, q.person, &p) && p.ended)
		good = not_right(op, REFUSED, "it is not known here");
	/* 7.2 step 21: a counter that did not grow tells of a copy */
	int64_t counter = good ? counter_of(answer->data) : 0;
	if (good && (counter || q.counter) && counter <= q.counter)
		good = not_right(op, REFUSED, "there may be a copy of it; take it away and make a new one");
	good = good && op->err.code == OK && sql_passkey_used(op, q.id, counter, op->now);
	if (!step_end(op, own, good))
		return false;
	*person = q.person;
	return true;
}

/* ---- what there is ---- */

bool passkey_list(struct op *op, int64_t person, struct passkey **list, size_t *n)
{
	struct sql_passkeys q;
	size_t cap = 0;
	*list = NULL;
	*n = 0;
	if (!sql_passkeys(op, person, &q))
		return false;
	while (sql_passkeys_next(op, &q)) {
		*list = arena_more(op->a, *list, *n, &cap, sizeof **list);
		(*list)[(*n)++] = (struct passkey){ q.id, q.name, q.credential, q.made, q.seen };
	}
	sql_passkeys_stop(&q);
	return op->err.code == OK;
}

bool passkey_end(struct op *op, int64_t person, int64_t id)
{
	struct sql_passkey_drop q;
	bool found, own;
	if (!step_begin(op, &own))
		return false;
	bool good = sql_passkey_drop(op, id, person, &q, &found) && (found || err_set(&op->err, NOT_FOUND, "passkey", "You have no such passkey.")) &&
	            log_add(op, "passkey.ended", ABOUT({ "who", person }, { "passkey", id }));
	return step_end(op, own, good);
}
