/* rotate - a new key for the vault, and everything that is sealed sealed anew with it, in steps: each is complete in itself, so what a
 * stop leaves is sealed with the older key, which the keeper's ring has. And what is to be taken out when the key is lost for good. */
#include "keep_int.h"
#include "keep_sql.h"
#include "log.h"

#include <stdlib.h>

enum { AT_ONCE = 512 };

/* Some sealed values and where they belong, as one step reads them. */
struct some { struct place place[AT_ONCE]; struct str old[AT_ONCE], fresh[AT_ONCE]; int64_t key[AT_ONCE][5]; size_t n, read; };

/* A table with sealed values: reads those behind the last key (zeros: from the beginning), puts one back. */
struct table { bool (*read)(struct op *, const int64_t after[5], struct some *); bool (*put)(struct op *, const int64_t key[5], struct str); };

static void take(struct op *op, struct some *s, const char *table, const char *column, int64_t row, struct str sealed)
{
	s->place[s->n] = (struct place){ table, column, op->business, row };
	s->key[s->n][0] = row;
	s->old[s->n++] = sealed;
}

static bool customers_read(struct op *op, const int64_t after[5], struct some *s)
{
	struct sql_sealed_customers q;
	if (!sql_sealed_customers(op, after[0], &q))
		return false;
	while (sql_sealed_customers_next(op, &q))
		take(op, s, "customer", "sealed", q.id, q.sealed);
	return op->err.code == OK;
}

static bool customers_put(struct op *op, const int64_t key[5], struct str sealed)
{
	return sql_sealed_customer_set(op, key[0], sealed);
}

static bool reasons_read(struct op *op, const int64_t after[5], struct some *s)
{
	struct sql_sealed_reasons q;
	if (!sql_sealed_reasons(op, after[0], &q))
		return false;
	while (sql_sealed_reasons_next(op, &q))
		take(op, s, "forgotten", "reason", q.customer, q.reason);
	return op->err.code == OK;
}

static bool reasons_put(struct op *op, const int64_t key[5], struct str sealed)
{
	return sql_sealed_reason_set(op, key[0], sealed);
}

static bool words_read(struct op *op, const int64_t after[5], struct some *s)
{
	struct sql_sealed_words q;
	if (!sql_sealed_words(op, after[0], after[1], after[2], after[3], after[4], &q))
		return false;
	while (sql_sealed_words_next(op, &q)) {
		take(op, s, "attempt", "words", q.customer, q.words);
		memcpy(s->key[s->n - 1], (int64_t[]){ q.incident, q.round, q.customer, q.channel, q.attempt }, sizeof s->key[0]);
	}
	return op->err.code == OK;
}

static bool words_put(struct op *op, const int64_t key[5], struct str sealed)
{
	return sql_sealed_words_set(op, key[0], key[1], key[2], key[3], key[4], sealed);
}

static bool totps_read(struct op *op, const int64_t after[5], struct some *s)
{
	struct sql_sealed_totps q;
	if (!sql_sealed_totps(op, after[0], &q))
		return false;
	while (sql_sealed_totps_next(op, &q))
		take(op, s, "totp", "sealed", q.person, q.sealed);
	return op->err.code == OK;
}

static bool totps_put(struct op *op, const int64_t key[5], struct str sealed)
{
	return sql_sealed_totp_set(op, key[0], sealed);
}

static bool photos_read(struct op *op, const int64_t after[5], struct some *s)
{
	struct sql_sealed_photos q;
	if (!sql_sealed_photos(op, after[0], &q))
		return false;
	while (sql_sealed_photos_next(op, &q))
		take(op, s, "inspection_photo", "sealed", q.id, q.sealed);
	return op->err.code == OK;
}

static bool photos_put(struct op *op, const int64_t key[5], struct str sealed)
{
	return sql_sealed_photo_set(op, key[0], sealed);
}

static bool bounces_read(struct op *op, const int64_t after[5], struct some *s)
{
	struct sql_sealed_bounces q;
	if (!sql_sealed_bounces(op, after[0], &q))
		return false;
	while (sql_sealed_bounces_next(op, &q))
		take(op, s, "bounce", "mail", q.id, q.mail);
	return op->err.code == OK;
}

static bool bounces_put(struct op *op, const int64_t key[5], struct str sealed)
{
	return sql_sealed_bounce_set(op, key[0], sealed);
}

static bool codes_read(struct op *op, const int64_t after[5], struct some *s)
{
	struct sql_sealed_codes q;
	if (!sql_sealed_codes(op, after[0], &q))
		return false;
	while (sql_sealed_codes_next(op, &q)) {
		take(op, s, "enrolment", q.customer ? "sealed" : "pool", q.customer ? q.customer : q.id, q.sealed);
		s->key[s->n - 1][0] = q.id;
	}
	return op->err.code == OK;
}

static bool codes_put(struct op *op, const int64_t key[5], struct str sealed)
{
	return sql_sealed_code_set(op, key[0], sealed);
}

static const struct table tables[] = { { customers_read, customers_put }, { reasons_read, reasons_put }, { words_read, words_put }, { totps_read, totps_put }, { photos_read, photos_put },
                                       { bounces_read, bounces_put }, { codes_read, codes_put } };

/* Leaves those that have the newest key already. */
static void keep_older(struct some *s, uint32_t newest)
{
	size_t n = 0;
	s->read = s->n;
	for (size_t i = 0; i < s->n; i++) {
		if (seal_generation(s->old[i]) == newest)
			continue;
		s->place[n] = s->place[i];
		s->old[n] = s->old[i];
		memmove(s->key[n++], s->key[i], sizeof s->key[0]);
	}
	s->n = n;
}

static bool step(struct op *op, const struct table *t, int64_t after[5], uint32_t newest, struct some *s)
{
	*s = (struct some){ .n = 0 };
	if (!op_begin(op))
		return false;
	bool good = t->read(op, after, s);
	if (good && s->n)
		memcpy(after, s->key[s->n - 1], sizeof s->key[0]);
	keep_older(s, newest);
	good = good && (!s->n || seal_reseal(op->seal, s->place, s->old, s->fresh, s->n, op->a, &op->err));
	for (size_t i = 0; good && i < s->n; i++)
		good = t->put(op, s->key[i], s->fresh[i]);
	return op_end(op, good);
}

/* Seals everything anew that has an older key. *n: how many. */
static bool seal_anew(struct op *op, int64_t *n)
{
	struct sql_sealed_all all;
	struct some *s = mem_zero(1, sizeof *s);
	const struct place nowhere = { "vault", "generation", op->business, 0 };
	struct str nothing = STR(""), sealed;
	uint64_t done = 0;
	bool found, good = sql_sealed_all(op, &all, &found) && found && seal_wrap(op->seal, &nowhere, &nothing, &sealed, 1, op->a, &op->err);
	*n = 0;
	for (size_t t = 0; good && t < LENGTH(tables); t++) {
		int64_t after[5] = { 0 };
		do {
			struct arena *a = op->a;
			op->a = arena_open();
			good = step(op, &tables[t], after, seal_generation(sealed), s);
			arena_close(op->a);
			op->a = a;
			*n += (int64_t)s->n;
			done += s->read;
			if (good && op->progress)
				op->progress(op, "Sealing anew", done, (uint64_t)all.n);
			if (good && op_stopped(op))
				good = err_set(&op->err, REFUSED, NULL, "Stopped by you. The new key is in force; go on sealing anew with: handback vault rotate --rest");
		} while (good && s->read);
	}
	free(s);
	return good;
}

bool rotate_run(struct op *op, const struct args *args, struct answer *answer)
{
	char recovery[64] = "";
	int64_t n;
	bool rest = args_has(args, "rest");
	if (rest ? !op_key_again(op) : !op_key_rotate(op, recovery))
		return false;
	if (!rest) {
		/* shown before the long part: it exists from now on, and the one before opens nothing any more */
		answer_row(answer);
		answer_text(answer, "recovery", str_of(recovery));
		answer_row_end(answer);
		answer_say(answer, "The vault has a new key. Recovery code, shown this once:\n\n    %s\n\nWrite it down and throw the old one away.", recovery);
		wipe(recovery, sizeof recovery);
		answer->put(answer->to, STR(""));
	}
	if (args_has(args, "key-only") || (op->afar && !rest))      /* a job's row is no place for the code: the rest is a job of its own */
		return true;
	if (!seal_anew(op, &n))
		return false;
	answer_row(answer);
	answer_number(answer, "sealed", n);
	answer_row_end(answer);
	answer_say(answer, "%s sealed anew. Everybody but you chooses a passphrase anew: handback vault slot add PERSON. Rounds are to be approved again.",
	           counted(op->a, n, "value is", "values are"));
	answer_say(answer, "Whoever copied the old key can still read old copies and backups of this folder, and could guess at e-mail addresses and phone numbers in");
	answer_say(answer, "new ones. Nothing else opens with it.");
	return op_begin(op) && op_end(op, log_add(op, "vault.resealed", ABOUT({ "values", n })));
}

bool keep_lost(struct op *op)
{
	struct str none = STR("");
	return sql_lost_customers(op, none) && sql_lost_index(op) && sql_lost_forgotten(op, none) && sql_lost_forgotten_keys(op) && sql_lost_words(op, none) && sql_lost_bounces(op, none) &&
	       sql_lost_totps(op) && sql_lost_photos(op) && sql_lost_codes(op) && sql_lost_approvals(op, none);
}
