/* customer - single customers: finding, opening, showing, correcting. */
#include "import_int.h"
#include "ledger_import_sql.h"
#include "log.h"
#include "seal.h"
#include "veil.h"

#include <inttypes.h>
#include <stdlib.h>

static bool customer_read(struct op *op, customer_id id, struct customer *out, struct str *sealed)
{
	struct sql_customer_by_id q;
	bool found;
	if (!sql_customer_by_id(op, id.n, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "customer", "There is no customer number %" PRIu32 ".", id.n);
	*out = (struct customer){ .id = id, .ref = q.ref, .region = q.region, .country = q.country, .language = q.language, .ways = (unsigned)q.ways };
	*sealed = q.sealed;
	return true;
}

bool ledger_customers(struct op *op, const customer_id *id, size_t n, struct customer *out)
{
	struct str sealed;
	for (size_t i = 0; i < n; i++)
		if (!customer_read(op, id[i], &out[i], &sealed))
			return false;
	return true;
}

bool ledger_open(struct op *op, const customer_id *id, size_t n, struct customer *out)
{
	struct place *place = ARENA_ARRAY(op->a, struct place, n);
	struct str *sealed = ARENA_ARRAY(op->a, struct str, n), *plain = ARENA_ARRAY(op->a, struct str, n);
	size_t *of = ARENA_ARRAY(op->a, size_t, n), m = 0;
	for (size_t i = 0; i < n; i++) {
		if (!customer_read(op, id[i], &out[i], &sealed[m]))
			return false;
		if (!sealed[m].n)
			continue;
		place[m] = (struct place){ "customer", "sealed", op->business, id[i].n };
		of[m++] = i;
	}
	if (m && (!op->seal || !seal_unwrap(op->seal, place, sealed, plain, m, op->a, &op->err)))
		return op->err.code ? false : err_set(&op->err, LOCKED, "passphrase", "The vault is locked. Give the passphrase.");
	for (size_t i = 0; i < m; i++)
		if (!record_read(op->a, plain[i], &out[of[i]]))
			return err_set(&op->err, TORN, NULL, "A customer's record can't be read. Run handback check.");
	return true;
}

bool ledger_customer_by_ref(struct op *op, struct str ref, customer_id *id)
{
	struct sql_customer_by_ref q;
	bool found;
	if (!sql_customer_by_ref(op, ref, &q, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "customer", "There is no customer " STR_FMT ". To find one: handback customer find --email E.", STR_ARG(ref));
	id->n = (uint32_t)q.id;
	return true;
}

bool ledger_check_sealed(struct op *op, bool *tried)
{
	enum { AT_ONCE = 4096 };
	int64_t after = 0;
	*tried = false;
	if (!op_key(op)) {
		if (op->err.code != LOCKED)
			return false;
		err_clear(&op->err);                     /* nobody gave the passphrase: said, not failed */
		return true;
	}
	*tried = true;
	for (size_t n = 1; n;) {
		struct sql_customers_sealed q;
		struct arena *mine = arena_open(), *whole = op->a;
		struct place *place = ARENA_ARRAY(mine, struct place, AT_ONCE);
		struct str *sealed = ARENA_ARRAY(mine, struct str, AT_ONCE);
		size_t bad;
		op->a = mine;
		n = 0;
		bool good = sql_customers_sealed(op, after, &q);
		while (good && n < AT_ONCE && sql_customers_sealed_next(op, &q)) {
			place[n] = (struct place){ "customer", "sealed", op->business, q.id };
			sealed[n++] = q.sealed;
			after = q.id;
		}
		if (good)
			sql_customers_sealed_stop(&q);
		good = good && op->err.code == OK && (!n || seal_verify(op->seal, place, sealed, n, &bad, &op->err));
		if (!good && op->err.code == TORN && n && bad < n) {
			err_clear(&op->err);
			err_set(&op->err, TORN, NULL, "The sealed record of customer number %" PRId64 " was changed or moved, and does not open. Restore a backup.", place[bad].row);
		}
		op->a = whole;
		arena_close(mine);
		if (!good)
			return false;
	}
	return true;
}

bool index_rebuild(struct op *op)
{
	enum { AT_ONCE = 256 };
	uint32_t customers;
	if (!op_key_again(op) || !ledger_size(op, &customers))
		return false;
	for (uint32_t from = 1; from <= customers; from += AT_ONCE) {
		uint32_t n = customers - from + 1 < AT_ONCE ? customers - from + 1 : AT_ONCE;
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		customer_id *id = ARENA_ARRAY(mine, customer_id, n);
		struct customer *c = ARENA_ARRAY(mine, struct customer, n);
		for (uint32_t i = 0; i < n; i++)
			id[i].n = from + i;
		bool good = op_looked(op, n) && ledger_open(op, id, n, c) && op_begin(op);
		if (good) {
			for (uint32_t i = 0; good && i < n; i++)
				good = index_of(op, &c[i]);
			good = op_end(op, good);
		}
		op->a = whole;
		arena_close(mine);
		if (!good)
			return false;
	}
	return true;
}

/* ---- verbs ---- */

typedef bool more_of(void *, struct op *, customer_id, struct answer *);

static bool say_customer(struct op *op, const struct customer *c, struct answer *answer, more_of *more, void *to)
{
	struct str words[64];
	answer_row(answer);
	answer_text(answer, "customer_ref", c->ref);
	answer_text(answer, "region", c->region);
	answer_text(answer, "language", c->language);
	for (size_t i = 0; i < c->names; i++)
		words[i] = c->name[i].value;
	answer_words(answer, "names", words, c->names);
	for (size_t i = 0; i < c->emails; i++)
		words[i] = c->email[i].value;
	answer_words(answer, "emails", words, c->emails);
	for (size_t i = 0; i < c->phones; i++)
		words[i] = c->phone[i].value;
	answer_words(answer, "phones", words, c->phones);
	for (size_t i = 0; i < c->addresses; i++) {
		const struct address *a = &c->address[i];
		words[i] = arena_say(op->a, STR_FMT "%s" STR_FMT ", " STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(a->line1), a->line2.n ? ", " : "", STR_ARG(a->line2), STR_ARG(a->city),
		                     STR_ARG(a->region), STR_ARG(a->postal_code));
	}
	answer_words(answer, "addresses", words, c->addresses);
	if (answer->json) {
		bool good = !more || more(to, op, c->id, answer);
		answer_row_end(answer);
		return good;
	}
	answer_say(answer, STR_FMT "%s" STR_FMT, STR_ARG(c->ref), c->names ? "  " : "", STR_ARG(c->names ? c->name[0].value : STR("")));
	for (size_t i = 0; i < c->emails; i++)
		answer_say(answer, "  e-mail   " STR_FMT, STR_ARG(c->email[i].value));
	for (size_t i = 0; i < c->phones; i++)
		answer_say(answer, "  phone    " STR_FMT, STR_ARG(c->phone[i].value));
	for (size_t i = 0; i < c->addresses; i++)
		answer_say(answer, "  address  " STR_FMT, STR_ARG(words[i]));
	return !more || more(to, op, c->id, answer);
}

bool ledger_show(struct op *op, const customer_id *id, size_t n, struct answer *answer, more_of *more, void *to)
{
	struct customer *c = ARENA_ARRAY(op->a, struct customer, n);
	if (!n) {
		answer_say(answer, "Nobody is found.");
		return true;
	}
	enum role role;
	if (!op_role(op, &role) || !op_key(op) || !op_looked(op, n) || !ledger_open(op, id, n, c))
		return false;
	for (size_t i = 0; i < n && !(role & ROLES_LEAD); i++)
		veil_customer(op->a, &c[i]);
	for (size_t i = 0; i < n; i++)
		if (!say_customer(op, &c[i], answer, more, to))
			return false;
	return true;
}

/* By the blind index; the vault is open. */
static bool find_contact(struct op *op, enum index_sort sort, struct str plain, customer_id *id, size_t *n)
{
	uint64_t key;
	struct sql_index_find q;
	*n = 0;
	if (!seal_index(op->seal, sort, &plain, &key, 1, &op->err) || !sql_index_find(op, sort, (int64_t)key, &q))
		return false;
	while (*n < FOUND_MAX && sql_index_find_next(op, &q))
		id[(*n)++] = (customer_id){ (uint32_t)q.customer };
	sql_index_find_stop(&q);
	return op->err.code == OK;
}

struct numbered { customer_id *id; size_t n; };

static void number_found(void *to, size_t i, customer_id id)
{
	struct numbered *f = to;
	(void)i;
	for (size_t k = 0; k < f->n; k++)
		if (f->id[k].n == id.n)
			return;
	if (f->n < FOUND_MAX)
		f->id[f->n++] = id;
}

bool ledger_by_ref(struct op *op, struct str typed, customer_id found[FOUND_MAX], size_t *n)
{
	struct sql_customer_by_ref exact;
	struct sql_customers_by_ref q;
	bool is;
	*n = 0;
	if (!sql_customer_by_ref(op, typed, &exact, &is))
		return false;
	if (is) {
		found[(*n)++].n = (uint32_t)exact.id;
		return true;
	}
	if (!sql_customers_by_ref(op, typed, FOUND_MAX, &q))
		return false;
	while (sql_customers_by_ref_next(op, &q))
		found[(*n)++].n = (uint32_t)q.id;
	return op->err.code == OK;
}

bool ledger_search(struct op *op, struct str typed, customer_id found[FOUND_MAX], size_t *n)
{
	struct numbered by_number = { found, 0 };
	struct str email = email_plain(op->a, typed), phone = phone_plain(op->a, typed, home_country(op));
	*n = 0;
	if (!email.n && !ledger_whose_number(op, typed, number_found, &by_number))
		return false;
	*n = by_number.n;
	if (!by_number.n && !email.n && !ledger_by_ref(op, typed, found, n))
		return false;
	if (*n || (!email.n && !phone.n))
		return true;
	return op_key(op) && find_contact(op, email.n ? INDEX_EMAIL : INDEX_PHONE, email.n ? email : phone, found, n);
}

bool ledger_page(struct op *op, struct str after, struct customer **out, size_t *n)
{
	struct sql_customers_page q;
	struct customer *c = ARENA_ARRAY(op->a, struct customer, CUSTOMERS_PAGE);
	size_t m = 0;
	if (!sql_customers_page(op, after, CUSTOMERS_PAGE, &q))
		return false;
	while (sql_customers_page_next(op, &q))
		c[m++] = (struct customer){ .id = { (uint32_t)q.id }, .ref = q.ref, .region = q.region, .country = q.country, .language = q.language, .ways = (unsigned)q.ways };
	*out = c, *n = m;
	return op->err.code == OK;
}

static bool find_run(struct op *op, const struct args *args, struct answer *answer)
{
	customer_id id[FOUND_MAX];
	size_t n = 0;
	if (args_has(args, "doubtful")) {
		struct doubtful *d;
		if (!ledger_doubts(op, 0, &d, &n))
			return false;
		for (size_t i = 0; i < n; i++) {
			answer_row(answer);
			answer_text(answer, "customer_ref", d[i].a_ref);
			answer_text(answer, "other_ref", d[i].b_ref);
			answer_text(answer, "shares", d[i].email ? STR("email") : STR("phone"));
			answer_row_end(answer);
			answer_say(answer, STR_FMT " and " STR_FMT " share %s. One person? handback customer merge " STR_FMT " " STR_FMT " Two? handback customer apart " STR_FMT " " STR_FMT,
			           STR_ARG(d[i].a_ref), STR_ARG(d[i].b_ref), d[i].email ? "an e-mail address" : "a phone number", STR_ARG(d[i].a_ref), STR_ARG(d[i].b_ref),
			           STR_ARG(d[i].a_ref), STR_ARG(d[i].b_ref));
		}
		if (!n)
			answer_say(answer, "Nobody is doubtful.");
		return true;
	}
	if (args_has(args, "ref")) {
		if (!ledger_by_ref(op, args_text(args, "ref"), id, &n) || (!n && !ledger_customer_by_ref(op, args_text(args, "ref"), id)))
			return false;
		return ledger_show(op, id, n, answer, NULL, NULL);
	}
	bool email = args_has(args, "email");
	if (!email && !args_has(args, "phone"))
		return err_set(&op->err, INVALID, NULL, "Say whom to find: --email, --phone, --ref or --doubtful.");
	struct str plain = email ? email_plain(op->a, args_text(args, "email")) : phone_plain(op->a, args_text(args, "phone"), home_country(op));
	if (!plain.n)
		return err_set(&op->err, INVALID, email ? "email" : "phone", "That is no %s.", email ? "e-mail address" : "phone number");
	return op_key(op) && find_contact(op, email ? INDEX_EMAIL : INDEX_PHONE, plain, id, &n) && ledger_show(op, id, n, answer, NULL, NULL);
}

/* ---- correcting ---- */

/* Puts it on top as a person's word; the same from a file, or older, is that word then. */
static void say_by_hand(struct record *r, enum fact_tag tag, struct str value)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->n; i++)
		if (r->fact[i].tag != tag || !str_eq(r->fact[i].value, value))
			r->fact[kept++] = r->fact[i];
	r->n = kept;
	record_add(r, tag, BY_HAND, value);
}

/* The newest address, with what is told put in its place. */
static bool correct_address(struct op *op, const struct args *args, struct customer *c, struct record *r)
{
	struct address a = c->addresses ? c->address[0] : (struct address){ 0 };
	const struct { const char *name; struct str *part; } parts[] = {
		{ "address1", &a.line1 }, { "address2", &a.line2 }, { "city", &a.city }, { "region", &a.region }, { "postal-code", &a.postal_code }, { "country", &a.country },
	};
	bool any = false;
	for (size_t i = 0; i < LENGTH(parts); i++)
		if (args_has(args, parts[i].name))
			*parts[i].part = args_text(args, parts[i].name), any = true;
	if (!any)
		return true;
	if (args_has(args, "address1") && !args_has(args, "address2"))
		a.line2 = STR("");
	struct str country = a.country.n ? country_code(op->a, a.country) : c->country;
	if (a.country.n && !country.n)
		return err_set(&op->err, INVALID, "country", "A country is written in two letters, like US.");
	struct str region = region_code(op->a, country.n ? country : home_country(op), a.region);
	if (args_has(args, "region") && !region.n)
		return err_set(&op->err, INVALID, "region", "There is no region \"" STR_FMT "\" there. It is written like NY or US-NY.", STR_ARG(a.region));
	c->country = country.n ? country : home_country(op);
	c->region = region;
	say_by_hand(r, FACT_ADDRESS, address_pack(op->a, &a));
	return true;
}

static bool correct_facts(struct op *op, const struct args *args, struct customer *c, struct record *r)
{
	enum { TEXT_MAX = 300 };
	for (size_t i = 0; i < args->n; i++)
		if (args->arg[i].n && args->arg[i].value[0].n > TEXT_MAX)
			return err_set(&op->err, TOO_BIG, args->arg[i].field->name, "--%s is too long: %d bytes at most.", args->arg[i].field->name, TEXT_MAX);
	if (!correct_address(op, args, c, r))
		return false;
	if (args_has(args, "language")) {
		c->language = args_text(args, "language");
		if (c->language.n != 2)
			return err_set(&op->err, INVALID, "language", "A language is written in two letters, like es.");
	}
	if (args_has(args, "phone")) {
		if (!phone_plain(op->a, args_text(args, "phone"), c->country.n ? c->country : home_country(op)).n)
			return err_set(&op->err, INVALID, "phone", "That is no phone number.");
		say_by_hand(r, FACT_PHONE, args_text(args, "phone"));
	}
	if (args_has(args, "email")) {
		struct str plain = email_plain(op->a, args_text(args, "email"));
		if (!plain.n)
			return err_set(&op->err, INVALID, "email", "That is no e-mail address.");
		say_by_hand(r, FACT_EMAIL, plain);
	}
	if (args_has(args, "name"))
		say_by_hand(r, FACT_NAME, args_text(args, "name"));
	return true;
}

bool ledger_correct(struct op *op, const struct args *args, customer_id id)
{
	struct customer c;
	struct record r = { .n = 0 };
	struct str sealed, plain;
	struct place place = { "customer", "sealed", op->business, id.n };
	uint32_t largest;
	if (!customer_read(op, id, &c, &sealed) || !ledger_size(op, &largest) || !op_looked(op, 1))
		return false;
	if (sealed.n && !seal_unwrap(op->seal, &place, &sealed, &plain, 1, op->a, &op->err))
		return false;
	if (sealed.n && (!record_parse(plain, &r) || !record_read(op->a, plain, &c)))
		return err_set(&op->err, TORN, NULL, "A customer's record can't be read. Run handback check.");
	struct bits one = bits_open((size_t)largest + 1);
	bits_add(&one, id.n);
	bool good = correct_facts(op, args, &c, &r) && index_drop(op, &one) && record_keep(op, &c, &r) && log_add(op, "customer.corrected", ABOUT({ "customer", id.n }));
	bits_close(&one);
	return good;
}

bool ledger_make(struct op *op, const struct args *args, customer_id *id)
{
	id->n = (uint32_t)op_count(op, "customer");
	return id->n && sql_customer_put(op, id->n, arena_say(op->a, "C-%06u", id->n), STR(""), STR(""), STR(""), 0, STR(""), BY_HAND, STR("")) && ledger_correct(op, args, *id);
}

static bool correct_run(struct op *op, const struct args *args, struct answer *answer)
{
	customer_id id;
	int64_t forgotten;
	struct str reason;
	bool any = false;
	for (size_t i = 0; i < args->n; i++)
		any |= args->arg[i].n && strcmp(args->arg[i].field->name, "customer") != 0;
	if (!any)
		return err_set(&op->err, INVALID, NULL, "Say what is right: --name, --email, --phone, --address1, --city, --region, --postal-code, --country, --language.");
	if (!ledger_customer_by_ref(op, args_text(args, "customer"), &id) || !ledger_forgotten_at(op, id, &forgotten, &reason))
		return false;
	if (forgotten)
		return err_set(&op->err, CONFLICT, "customer", "This customer was forgotten at their wish. If they wish otherwise now: handback customer forget --take-back " STR_FMT,
		               STR_ARG(args_text(args, "customer")));
	if (!op_key(op) || !op_begin(op) || !op_end(op, ledger_correct(op, args, id)))
		return false;
	return ledger_show(op, &id, 1, answer, NULL, NULL);
}

#define CUSTOMER { "customer", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "a customer reference, like C-000123" }

const struct verb ledger_verbs[] = {
	{ "import", "Reads customers and touches from an export; says what it understood, masked and refused.", "handback import square-transactions.csv", VERB_LONG,
	  FIELDS({ "file", FIELD_PATH, FIELD_PLACED | FIELD_NEEDED | FIELD_LIST, "the export, as it came" },
	         { "format", FIELD_TEXT, 0, "customers, touches, square-transactions, square-customers or stripe-payments; else told by the column names" },
	         { "name", FIELD_TEXT, 0, "what it is called, where its path does not say" },
	         { "refused", FIELD_PATH, 0, "the file that the refused rows are written to; FILE.refused.csv if not told, unless --name says that FILE is no name" },
	         { "dry-run", FIELD_FLAG, 0, "only says what would be understood; keeps nothing" }), import_run, .slow = true },
	{ "import list", "Lists what was imported when.", "handback import list", VERB_READ, NO_FIELDS, import_list_run, ROLES_ALL },
	{ "customer find", "Finds customers by e-mail, phone or reference; or pairs that may be one person.", "handback customer find --email june@example.com", VERB_READ,
	  FIELDS({ "email", FIELD_TEXT, 0, "an e-mail address" }, { "phone", FIELD_TEXT, 0, "a phone number" }, { "ref", FIELD_TEXT, 0, "a customer reference" },
	         { "doubtful", FIELD_FLAG, 0, "pairs that share an e-mail address or phone number under different names" }), find_run },
	{ "customer correct", "Puts right what we hold of one customer. It comes before what files say; what was there stays behind it.",
	  "handback customer correct C-000123 --email june@example.com", VERB_LONG,
	  FIELDS(CUSTOMER, { "name", FIELD_TEXT, 0, "their name" }, { "email", FIELD_TEXT, 0, "an e-mail address" }, { "phone", FIELD_TEXT, 0, "a phone number" },
	         { "address1", FIELD_TEXT, 0, "street and number" }, { "address2", FIELD_TEXT, 0, "a second line" }, { "city", FIELD_TEXT, 0, "the city" },
	         { "region", FIELD_TEXT, 0, "like NY" }, { "postal-code", FIELD_TEXT, 0, "like 12534" }, { "country", FIELD_TEXT, 0, "like US" },
	         { "language", FIELD_TEXT, 0, "like es" }), correct_run, .again = true },
	{ "customer merge", "Says that two customers are one person; can be taken back.", "handback customer merge C-000123 C-000456", VERB_WRITE,
	  FIELDS(CUSTOMER, { "other", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "who is the same person" }), merge_run },
	{ "customer split", "Takes back that a customer is the same person as another.", "handback customer split C-000456", VERB_WRITE, FIELDS(CUSTOMER), split_run },
	{ "customer apart", "Says that two customers who share an e-mail address or phone number are two persons; no import asks again.", "handback customer apart C-000123 C-000456",
	  VERB_WRITE, FIELDS(CUSTOMER, { "other", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "who is somebody else" }), apart_run },
	{ 0 },
};
