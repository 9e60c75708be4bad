/* undo - an import taken back: the touches and lists that it brought first, the contacts that only it told, the customers that nothing else
 * knows. Rows first, a transaction a day; then all that concerns customers, in one. Killed at any moment it goes on when run again: from its
 * beginning on the import counts no more (check.c). */
#include "import_int.h"
#include "ledger_import_sql.h"
#include "ledger_segments_sql.h"
#include "log.h"
#include "seal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum { AT_ONCE = 4096, TIES = 4 };

struct undo {
	struct op *op; struct answer *answer;
	bool (*more)(void *, struct op *, bool complete, struct answer *); void *to;
	struct sql_import_by_id import; int64_t id; bool contacts;
	struct desk desk; struct rows_of rows;
	uint64_t touches, listed, stays[TIES];
	struct bits brought, goes, told, tie[TIES];      /* customers that it brought; that go; whom it told something of; who is named elsewhere */
};

static bool brings_contacts(struct str name)
{
	const struct format *f = format_named(name);
	return !f || f->contacts || f->where[F_NAME].n || f->where[F_EMAIL].n || f->where[F_PHONE].n || f->where[F_LINE1].n;
}

/* ---- touches ---- */

/* Without decoding the day: an import stands in few runs. */
static bool day_has(struct op *op, int64_t day, int64_t import, bool *has)
{
	struct sql_segments_of q;
	*has = false;
	if (!sql_segments_of(op, day, DIM_ENTRY, &q))
		return false;
	while (!*has && sql_segments_of_next(op, &q)) {
		struct part p;
		struct rest r;
		if (!part_open(&p, DIM_ENTRY, q.blob) || !rest_open(&r, &p, q.rest) || !part_runs(&p, &r.import)) {
			day_torn(op, day);
			break;
		}
		for (size_t i = 0; i < r.import.n && !*has; i++)
			*has = column_at(&r.import.value, i) == (uint64_t)import;
	}
	sql_segments_of_stop(&q);
	return op->err.code == OK;
}

/* In a write transaction. */
static bool day_undo(struct undo *u, int64_t day, uint64_t *dropped)
{
	struct rows_of *r = &u->rows;
	size_t kept = 0;
	r->n = 0;
	if (!day_read(u->op, day, r))
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (r->p[i].import != u->id)
			r->p[kept++] = r->p[i];
	*dropped = r->n - kept;
	return kept == r->n || day_write(u->op, &u->desk, day, r->p, kept);
}

static bool days_undo(struct undo *u)
{
	struct op *op = u->op;
	int64_t *day;
	size_t n;
	bool good = day_list(op, &day, &n);
	for (size_t i = 0; good && i < n && !op_stopped(op); i++) {
		bool has;
		uint64_t dropped = 0;
		good = day_has(op, day[i], u->id, &has);
		if (good && has) {
			good = op_begin(op) && op_end(op, day_undo(u, day[i], &dropped));
			u->touches += good ? dropped : 0;
		}
		if (op->progress)
			op->progress(op, "Taking back", i + 1, n);
	}
	free(day);
	return good;
}

/* ---- customers ---- */

/* Why somebody whom it brought stays: what else names them. */
static const char *const tie_words[TIES] = {
	"are named by payments that other imports brought", "stand in another customer list, or have contacts from another import or by hand",
	"are named by a finding or had a notice", "are joined with another customer",
};
enum { TIE_TOUCH, TIE_LIST, TIE_TOLD, TIE_JOINED };

static bool ties_of_touches(struct undo *u)
{
	struct sql_segments_of_all q;
	if (!sql_segments_of_all(u->op, &q))
		return false;
	while (sql_segments_of_all_next(u->op, &q)) {
		struct part p;
		if (!part_open(&p, DIM_ENTRY, q.blob)) {
			day_torn(u->op, q.day);
			break;
		}
		for (size_t i = 0; i < p.n; i++)
			bits_add(&u->tie[TIE_TOUCH], column_at(&p.who, i));
	}
	sql_segments_of_all_stop(&q);
	return u->op->err.code == OK;
}

static bool each_listed(void *to, const struct listed *l)
{
	struct undo *u = to;
	bits_add(&u->tie[TIE_LIST], l->who.n);
	return true;
}

static bool ties_find(struct undo *u)
{
	struct sql_customers_told t;
	struct sql_same_as_all s;
	struct sql_customers_of_import c;
	if (!ties_of_touches(u) || !ledger_each_listed(u->op, each_listed, u) || !sql_customers_told(u->op, &t))
		return false;
	while (sql_customers_told_next(u->op, &t))
		bits_add(&u->tie[TIE_TOLD], (size_t)t.customer);
	if (u->op->err.code != OK || !sql_same_as_all(u->op, &s))
		return false;
	while (sql_same_as_all_next(u->op, &s))
		bits_add(&u->tie[TIE_JOINED], (size_t)s.same_as);
	if (u->op->err.code != OK || !sql_customers_of_import(u->op, u->id, &c))
		return false;
	while (sql_customers_of_import_next(u->op, &c))
		bits_add(&u->brought, (size_t)c.id);
	return u->op->err.code == OK;
}

/* The sealed records after `after`, opened; *n of them, 0 at the end. */
static bool records_next(struct op *op, int64_t *after, customer_id *id, struct str *plain, size_t *n)
{
	struct sql_customers_sealed q;
	struct place *place = ARENA_ARRAY(op->a, struct place, AT_ONCE);
	struct str *sealed = ARENA_ARRAY(op->a, struct str, AT_ONCE);
	*n = 0;
	if (!sql_customers_sealed(op, *after, &q))
		return false;
	while (*n < AT_ONCE && sql_customers_sealed_next(op, &q)) {
		place[*n] = (struct place){ "customer", "sealed", op->business, q.id };
		sealed[*n] = q.sealed;
		id[(*n)++].n = (uint32_t)q.id;
		*after = q.id;
	}
	sql_customers_sealed_stop(&q);
	return op->err.code == OK && (!*n || (op_looked(op, *n) && seal_unwrap(op->seal, place, sealed, plain, *n, op->a, &op->err)));
}

/* One who has contacts: told only by this import they go, if it brought them; else what it told goes. */
static void sort_out(struct undo *u, uint32_t id, const struct record *r)
{
	size_t own = 0;
	for (size_t i = 0; i < r->n; i++)
		own += r->fact[i].import == u->id;
	if (own)
		bits_add(&u->told, id);
	if (own < r->n)
		bits_add(&u->tie[TIE_LIST], id);
}

/* Takes out what it told of one customer; the region, where an address of its was the source, follows the newest that is left. */
static bool untell(struct undo *u, customer_id id, struct record *r)
{
	struct op *op = u->op;
	struct customer c;
	struct buf b = BUF(RECORD_MAX);
	if (!ledger_customers(op, &id, 1, &c))
		return false;
	bool moved = record_drop(r, FACT_ADDRESS, u->id) > 0;
	record_drop(r, 0, u->id);
	record_write(&b, r);
	bool good = record_read(op->a, arena_str(op->a, buf_str(&b)), &c);
	buf_free(&b);
	if (good && moved) {
		c.country = c.addresses ? country_code(op->a, c.address[0].country) : STR("");
		c.region = c.addresses ? region_code(op->a, c.country.n ? c.country : home_country(op), c.address[0].region) : STR("");
	}
	return good && record_keep(op, &c, r);
}

/* Goes through all contacts; change: those whom it told something of are kept without that, else they are only sorted out. */
static bool contacts_walk(struct undo *u, bool change)
{
	struct op *op = u->op;
	struct arena *whole = op->a;
	bool good = true;
	int64_t after = 0;
	for (size_t n = 1; good && n;) {
		op->a = arena_open();
		customer_id *id = ARENA_ARRAY(op->a, customer_id, AT_ONCE);
		struct str *plain = ARENA_ARRAY(op->a, struct str, AT_ONCE);
		struct record r;
		good = records_next(op, &after, id, plain, &n);
		for (size_t i = 0; good && i < n; i++) {
			if (change && !bits_has(&u->told, id[i].n))
				continue;
			good = record_parse(plain[i], &r) || err_set(&op->err, TORN, NULL, "A customer's record can't be read. Run handback check.");
			if (good && change)
				good = untell(u, id[i], &r);
			else if (good)
				sort_out(u, id[i].n, &r);
		}
		arena_close(op->a);
		op->a = whole;
	}
	return good;
}

static bool keys_drop(struct op *op, const struct bits *customers)
{
	struct sql_keys_all q;
	struct key { int64_t service; struct str key; } *gone = NULL;
	size_t n = 0, cap = 0;
	bool good = sql_keys_all(op, &q);
	while (good && sql_keys_all_next(op, &q)) {
		if (!bits_has(customers, (size_t)q.customer))
			continue;
		gone = arena_more(op->a, gone, n, &cap, sizeof *gone);
		gone[n++] = (struct key){ q.service, arena_str(op->a, q.key) };
	}
	good = good && op->err.code == OK;
	for (size_t i = 0; good && i < n; i++)
		good = sql_key_drop(op, gone[i].service, gone[i].key);
	return good;
}

bool ledger_empty(struct op *op, const struct bits *customers)
{
	bool good = index_drop(op, customers) && keys_drop(op, customers);
	for (size_t id = 1; good && bits_next(customers, &id); id++)
		good = sql_customer_empty(op, (int64_t)id, STR(""));
	return good && sql_doubts_settle(op);
}

/* In one write transaction, with the end of it all. */
static bool customers_undo(struct undo *u)
{
	struct op *op = u->op;
	if ((u->contacts && !contacts_walk(u, false)) || !ties_find(u))
		return false;
	for (size_t id = 1; bits_next(&u->brought, &id); id++) {
		size_t t = 0;
		while (t < TIES && !bits_has(&u->tie[t], id))
			t++;
		if (t < TIES)
			u->stays[t]++;
		else
			bits_add(&u->goes, id);
	}
	for (size_t id = 1; bits_next(&u->goes, &id); id++) {
		u->told.w[id >> 6] &= ~((uint64_t)1 << (id & 63));
		if (!sql_customer_same(op, (int64_t)id, 0))
			return false;
	}
	return index_drop(op, &u->told) && ledger_empty(op, &u->goes) && (!u->contacts || contacts_walk(u, true)) && sql_doubts_undo(op, u->id) &&
	       sql_import_undone(op, u->id, op->now) &&
	       log_add(op, "import.undone", ABOUT({ "import", u->id }, { "customers", (int64_t)bits_count(&u->goes) }));
}

/* ---- what is said ---- */

/* The same file as another import of `all` that counts: what it found known came by that one. */
static bool brought_before(const struct imported *all, size_t n, const struct imported *m, int64_t undone)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].id < m->id && (!all[i].undo || all[i].id == undone) && m->digest.n && str_eq(all[i].digest, m->digest))
			return true;
	return false;
}

/* Which files to import again: later ones that found rows of theirs known, where something of theirs went, and older ones whose rows it had
 * changed. Not the file that is taken back, nor one that was imported before under another number. */
static bool tell_again(struct undo *u, struct str **again, size_t *n)
{
	struct op *op = u->op;
	struct imported *all;
	size_t imports, cap = 0;
	int64_t fresh = 0;
	*again = NULL, *n = 0;
	if (!ledger_imports(op, INT64_MAX, INT64_MAX, &all, &imports))
		return false;
	for (size_t i = 0; i < imports; i++)
		fresh = all[i].id == u->id ? all[i].fresh : fresh;
	for (size_t i = imports; i-- > 0;) {
		const struct imported *m = &all[i];
		bool later = m->id > u->id, days = m->first_day <= u->import.last_day && m->last_day >= u->import.first_day;
		bool lost = (days && fresh) || (u->contacts && brings_contacts(m->format) && (bits_count(&u->goes) || bits_count(&u->told)));
		if (m->id == u->id || m->undo || brought_before(all, imports, m, u->id) || !(later ? lost && m->known + m->changed + m->folded : days ? u->import.changed : 0))
			continue;
		*again = arena_more(op->a, *again, *n, &cap, sizeof **again);
		(*again)[(*n)++] = m->file;
	}
	return true;
}

static bool tell(struct undo *u, bool complete)
{
	struct answer *answer = u->answer;
	struct str *again;
	size_t n;
	uint64_t stay = 0;
	struct sql_holders_of_import holders;
	bool found;
	if (!tell_again(u, &again, &n) || !sql_holders_of_import(u->op, u->id, &holders, &found))
		return false;
	for (size_t t = 0; t < TIES; t++)
		stay += u->stays[t];
	answer_row(answer);
	answer_number(answer, "import", u->id);
	answer_text(answer, "file", u->import.file);
	answer_number(answer, "touches", (int64_t)u->touches);
	answer_number(answer, "listed", (int64_t)u->listed);
	answer_number(answer, "customers", (int64_t)bits_count(&u->goes));
	answer_number(answer, "customers_stay", (int64_t)stay);
	answer_number(answer, "changed", u->import.changed);
	answer_words(answer, "import_again", again, n);
	answer_flag(answer, "complete", complete);
	if (!u->more(u->to, u->op, complete, answer))
		return false;
	answer_row_end(answer);
	if (!complete) {
		answer->attention = true;
		answer_note(answer, "Stopped: %" PRIu64 " touches are taken back, in whole days. Run the same command again and it goes on.", u->touches);
		return true;
	}
	answer_say(answer, "Import %" PRId64 " (" STR_FMT ") is taken back: %s, %s in customer lists, %s.", u->id, STR_ARG(u->import.file),
	           counted(u->op->a, (int64_t)u->touches, "touch", "touches"), counted(u->op->a, (int64_t)u->listed, "place", "places"),
	           counted(u->op->a, (int64_t)bits_count(&u->goes), "customer", "customers"));
	for (size_t t = 0; t < TIES; t++)
		if (u->stays[t])
			answer_say(answer, "%s: they %s.", counted(u->op->a, (int64_t)u->stays[t], "customer that it brought stays", "customers that it brought stay"), tie_words[t]);
	if (bits_count(&u->told))
		answer_say(answer, "Of %s who stay, the contacts that only it told are taken out.", counted(u->op->a, (int64_t)bits_count(&u->told), "customer", "customers"));
	if (u->import.changed && u->import.first_day <= u->import.last_day)
		answer_say(answer, "It had changed %s. They keep what it said until their own file is imported again.", counted(u->op->a, u->import.changed, "older row", "older rows"));
	if (holders.n)
		answer_say(answer, "%s on the map: handback holder list", counted(u->op->a, holders.n, "holder that it named first stays", "holders that it named first stay"));
	for (size_t i = 0; i < n; i++)
		answer_note(answer, "Import again, for it shares rows with the one taken back: " STR_FMT, STR_ARG(again[i]));
	answer->attention |= n > 0;
	return true;
}

/* ---- the verb ---- */

static bool each_of_its(void *to, const struct listed *l)
{
	struct undo *u = to;
	u->listed += l->import == u->id;
	return true;
}

static bool listings_undo(struct undo *u)
{
	return ledger_each_listed(u->op, each_of_its, u) && op_begin(u->op) && op_end(u->op, sql_listings_undo(u->op, u->id));
}

static bool begin(struct undo *u)
{
	struct op *op = u->op;
	bool found;
	if (!sql_import_by_id(op, u->id, &u->import, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "import", "There is no import %" PRId64 ". handback import list shows them all.", u->id);
	if (u->import.undone)
		return err_set(&op->err, CONFLICT, "import", "Import %" PRId64 " was taken back on %.10s.", u->id, when_text(op->a, u->import.undone).p);
	u->contacts = brings_contacts(u->import.format);
	if (u->contacts && !op_key_again(op))
		return false;
	return u->import.undo || (op_begin(op) && op_end(op, sql_import_undo(op, u->id, op->now) && log_add(op, "import.undo", ABOUT({ "import", u->id }))));
}

bool ledger_undo(struct op *op, int64_t import, struct answer *answer, bool (*more)(void *, struct op *, bool complete, struct answer *), void *to)
{
	struct undo u = { .op = op, .answer = answer, .more = more, .to = to, .id = import };
	struct bits *sets[] = { &u.brought, &u.goes, &u.told, &u.tie[0], &u.tie[1], &u.tie[2], &u.tie[3] };
	uint32_t customers;
	if (!begin(&u) || !ledger_size(op, &customers))
		return false;
	int lock = op_hold(op, IMPORT_LOCK, u.id);
	if (lock < 0)
		return false;
	for (size_t i = 0; i < LENGTH(sets); i++)
		*sets[i] = bits_open((size_t)customers + 1);
	bool good = days_undo(&u), complete = good && !op_stopped(op);
	if (complete)
		good = listings_undo(&u) && op_begin(op) && op_end(op, customers_undo(&u));
	good = good && tell(&u, complete);
	for (size_t i = 0; i < LENGTH(sets); i++)
		bits_close(sets[i]);
	desk_close(&u.desk);
	free(u.rows.p);
	close(lock);
	return good;
}
