/* export - everything in open formats, for whoever wants to look at it or leave: customers and touches as files that `import` takes, all that is
 * known of them beside it, every other table as it stands, and what the columns mean (data/export/export.txt). */
#include "keep_data.h"
#include "keep_int.h"
#include "log.h"
#include "pack.h"
#include "store.h"

#include "keep_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 20, OUT_FULL = 1 << 16, AT_ONCE = 256 };

struct exporting {
	struct op *op; struct pack pack; struct buf out;
	uint32_t *by_ref, customers; size_t n;           /* all customers in their references' order */
	struct buf refs; size_t *ref_at;                 /* their references, by number */
	struct holder *holder; size_t holders;
	int64_t touches, listed; bool json, failed;
};

static bool flush(struct exporting *x, bool all)
{
	return (!all && x->out.n < OUT_FULL) || pack_put(&x->pack, &x->out, &x->op->err);
}

static bool line_end(struct exporting *x)
{
	buf_put(&x->out, x->json ? STR("\n") : STR("\r\n"));
	return flush(x, false);
}

static bool file_begin(struct exporting *x, const char *name, bool json, const char *head)
{
	x->json = json;
	buf_put(&x->out, str_of(head));
	return pack_begin(&x->pack, name, &x->op->err);
}

static bool file_end(struct exporting *x)
{
	return flush(x, true) && pack_file_end(&x->pack, &x->op->err);
}

/* Many small texts are made on the way: each part of the work has an arena of its own. */
static struct arena *aside(struct op *op, struct arena *mine)
{
	struct arena *whole = op->a;
	op->a = mine;
	return whole;
}

/* ---- customers ---- */

static bool ref_one(void *to, customer_id id, struct str ref, struct str region)
{
	struct exporting *x = to;
	(void)region;
	if (id.n > x->customers)
		return true;                             /* came while this was begun */
	x->by_ref[x->n++] = id.n;
	x->ref_at[id.n] = x->refs.n;
	buf_lstr(&x->refs, ref);
	return true;
}

static struct str ref_of(const struct exporting *x, uint32_t id)
{
	if (!id || id > x->customers)
		return STR("");
	struct cursor c = cursor_of((struct str){ x->refs.p + x->ref_at[id], x->refs.n - x->ref_at[id] });
	return cursor_lstr(&c);
}

static bool refs_read(struct exporting *x)
{
	if (!ledger_size(x->op, &x->customers))
		return false;
	x->by_ref = mem_zero((size_t)x->customers + 1, sizeof *x->by_ref);
	x->ref_at = mem_zero((size_t)x->customers + 1, sizeof *x->ref_at);
	return ledger_each_customer(x->op, ref_one, x) && (!x->refs.full || err_set(&x->op->err, TOO_BIG, NULL, "There are too many customers to export."));
}

static void cells(struct buf *b, const struct str *cell, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_byte(b, ',');
		buf_csv(b, cell[i]);
	}
}

/* Oldest first, a row for each of what there are several: imported again, the newest stands on top again. */
static bool customer_rows(struct exporting *x, const struct customer *c)
{
	size_t most = c->names > c->emails ? c->names : c->emails;
	most = c->phones > most ? c->phones : most;
	most = c->addresses > most ? c->addresses : most;
	for (size_t i = most; i-- > 0;) {
		struct address a = i < c->addresses ? c->address[i] : (struct address){ 0 };
		if (!c->addresses && !i)
			a.region = c->region, a.country = c->country;
		struct str street = a.line2.n ? arena_say(x->op->a, STR_FMT "%s" STR_FMT, STR_ARG(a.line1), a.line1.n ? ", " : "", STR_ARG(a.line2)) : a.line1;
		const struct str cell[] = { c->ref, i < c->names ? c->name[i].value : STR(""), i < c->emails ? c->email[i].value : STR(""), i < c->phones ? c->phone[i].value : STR(""),
			street, a.city, a.region, a.postal_code, a.country, c->language };
		cells(&x->out, cell, LENGTH(cell));
		if (!line_end(x))
			return false;
	}
	return true;
}

static void facts(struct json *j, const char *key, const struct fact_of *f, size_t n)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, '{');
		json_key(j, "value"), json_str(j, f[i].value);
		json_key(j, "import"), json_i64(j, f[i].import);
		json_close(j);
	}
	json_close(j);
}

static void addresses(struct json *j, const struct customer *c)
{
	json_key(j, "addresses");
	json_open(j, '[');
	for (size_t i = 0; i < c->addresses; i++) {
		const struct address *a = &c->address[i];
		const struct { const char *key; struct str value; } part[] = {
			{ "address1", a->line1 }, { "address2", a->line2 }, { "city", a->city }, { "region", a->region }, { "postal_code", a->postal_code }, { "country", a->country },
		};
		json_open(j, '{');
		for (size_t k = 0; k < LENGTH(part); k++)
			json_key(j, part[k].key), json_str(j, part[k].value);
		json_key(j, "import"), json_i64(j, a->import);
		json_close(j);
	}
	json_close(j);
}

static bool customer_object(struct exporting *x, const struct customer *c)
{
	struct json j = json_to(&x->out);
	json_open(&j, '{');
	json_key(&j, "customer_ref"), json_str(&j, c->ref);
	json_key(&j, "region"), json_str(&j, c->region);
	json_key(&j, "country"), json_str(&j, c->country);
	json_key(&j, "language"), json_str(&j, c->language);
	facts(&j, "names", c->name, c->names);
	facts(&j, "emails", c->email, c->emails);
	facts(&j, "phones", c->phone, c->phones);
	addresses(&j, c);
	json_close(&j);
	return line_end(x);
}

static bool each_opened(struct exporting *x, bool (*one)(struct exporting *, const struct customer *))
{
	struct op *op = x->op;
	bool good = true;
	for (size_t from = 0; good && from < x->n; from += AT_ONCE) {
		size_t n = x->n - from < AT_ONCE ? x->n - from : AT_ONCE;
		struct arena *mine = arena_open(), *whole = aside(op, mine);
		customer_id *id = ARENA_ARRAY(mine, customer_id, n);
		struct customer *c = ARENA_ARRAY(mine, struct customer, n);
		for (size_t i = 0; i < n; i++)
			id[i].n = x->by_ref[from + i];
		good = !op_stopped(op) && ledger_open(op, id, n, c);
		for (size_t i = 0; good && i < n; i++)
			good = one(x, &c[i]);
		if (good && op->progress)
			op->progress(op, "exporting", from + n, x->n);
		op->a = whole;
		arena_close(mine);
	}
	return good || (op_stopped(op) && err_set(&op->err, REFUSED, NULL, "Stopped by you; what was written is not whole."));
}

/* ---- touches ---- */

static struct str holder_named(struct exporting *x, struct arena *a, holder_id id, bool sort)
{
	if (id.n <= 0 || (size_t)id.n > x->holders)
		return STR("");
	const struct holder *h = &x->holder[id.n - 1];
	return sort ? arena_say(a, "%s:" STR_FMT, sort_name(h->sort), STR_ARG(h->name)) : h->name;
}

/* A day alone where the file told no more; else its first moment. */
static struct str moment_of(struct op *op, const struct touch *t)
{
	struct span s;
	struct str day = arena_say(op->a, "%.10s", when_local_text(op->a, op->zone, t->at).p);
	return t->spread && when_parse(day, op->zone, &s) && s.from == t->at && s.to - s.from == (int64_t)t->spread + 1 ? day : when_text(op->a, t->at);
}

static struct str last4_of(struct arena *a, const struct touch *t)
{
	return t->has_last4 ? arena_say(a, "%04d", t->last4) : STR("");
}

static bool touch_row(struct exporting *x, const struct touch *t)
{
	struct arena *a = x->op->a;
	const struct str cell[] = { moment_of(x->op, t), ref_of(x, t->who.n), holder_named(x, a, t->entry, true), holder_named(x, a, t->service, false), holder_named(x, a, t->person, false),
		holder_named(x, a, t->place, false), kinds_text(a, t->entry_kinds | t->service_kinds | t->person_kinds | t->place_kinds, "|"),
		arena_say(a, "handback:%016" PRIx64, t->source_hash), str_of(brand_name(t->brand)), last4_of(a, t) };
	cells(&x->out, cell, LENGTH(cell));
	return line_end(x);
}

static void at_holder(struct exporting *x, struct json *j, const char *key, holder_id id, kinds k)
{
	json_key(j, key);
	json_open(j, '{');
	json_key(j, "holder"), json_str(j, holder_named(x, x->op->a, id, true));
	json_key(j, "kinds"), json_str(j, kinds_text(x->op->a, k, "|"));
	json_close(j);
}

static bool touch_object(struct exporting *x, const struct touch *t)
{
	struct json j = json_to(&x->out);
	json_open(&j, '{');
	json_key(&j, "touched_at"), json_str(&j, when_text(x->op->a, t->at));
	json_key(&j, "spread_seconds"), json_i64(&j, t->spread);
	json_key(&j, "customer_ref"), json_str(&j, ref_of(x, t->who.n));
	at_holder(x, &j, "entry", t->entry, t->entry_kinds);
	at_holder(x, &j, "service", t->service, t->service_kinds);
	at_holder(x, &j, "staff", t->person, t->person_kinds);
	at_holder(x, &j, "place", t->place, t->place_kinds);
	json_key(&j, "brand"), json_str(&j, str_of(brand_name(t->brand)));
	json_key(&j, "last4"), json_str(&j, last4_of(x->op->a, t));
	json_key(&j, "import"), json_i64(&j, t->import);
	json_close(&j);
	return line_end(x);
}

static bool touch_one(void *to, const struct touch *t)
{
	struct exporting *x = to;
	struct arena *mine = arena_open(), *whole = aside(x->op, mine);
	x->touches++;
	x->failed = op_stopped(x->op) || !(x->json ? touch_object(x, t) : touch_row(x, t));
	x->op->a = whole;
	arena_close(mine);
	return !x->failed;
}

static bool touches(struct exporting *x)
{
	x->touches = 0;
	if (!ledger_each_touch(x->op, touch_one, x))
		return false;
	return !x->failed || err_set(&x->op->err, REFUSED, NULL, "Stopped by you; what was written is not whole.");
}

static bool listed_one(void *to, const struct listed *l)
{
	struct exporting *x = to;
	struct arena *mine = arena_open(), *whole = aside(x->op, mine);
	const struct str cell[] = { ref_of(x, l->who.n), holder_named(x, mine, l->holder, true), kinds_text(mine, l->kinds, "|"), when_text(mine, l->came), arena_say(mine, "%" PRId64, l->import) };
	x->listed++;
	cells(&x->out, cell, LENGTH(cell));
	x->failed = !line_end(x);
	x->op->a = whole;
	arena_close(mine);
	return !x->failed;
}

/* ---- every other table ---- */

/* What opens something, or is nothing but a way to find or to check it. */
static bool left_out(const char *name)
{
	static const char *const names[] = { "slot", "session", "token", "totp", "passkey", "recovery_code", "customer_index", "forgotten_key", "counter", "flavour", "day", "segment",
		"listing", "log_head", "holding", "enrolment" };
	for (size_t i = 0; i < LENGTH(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool table_rows(struct exporting *x, const struct table *t)
{
	enum { COLUMNS_MAX = 40 };
	struct op *op = x->op;
	struct value out[COLUMNS_MAX], in[] = { { .i = op->business } };
	struct arena *mine = arena_open();
	struct rows *rows;
	bool good = t->columns <= COLUMNS_MAX && db_run(op->db, &t->all, in, &rows, &op->err);
	for (size_t n = 0; good && db_next(rows, out, mine, &op->err); n++) {
		struct json j = json_to(&x->out);
		json_open(&j, '{');
		for (size_t i = 0; i < t->columns; i++) {
			json_key(&j, t->column[i]);
			if (t->all.out[i] == 't')
				json_str(&j, out[i].s);
			else
				json_i64(&j, out[i].i);
		}
		json_close(&j);
		if (!line_end(x)) {
			db_stop(rows);
			good = false;
		}
		if (n % 1024 == 1023)
			arena_reset(mine);
	}
	arena_close(mine);
	return good && op->err.code == OK;
}

static bool all_tables(struct exporting *x)
{
	for (size_t i = 0; i < LENGTH(tables); i++)
		if (!left_out(tables[i].name) &&
		    !(file_begin(x, arena_printf(x->op->a, "tables/%s.jsonl", tables[i].name), true, "") && table_rows(x, &tables[i]) && file_end(x)))
			return false;
	return true;
}

/* ---- all of it ---- */

static bool text_file(struct exporting *x, const char *name, struct str text)
{
	buf_put(&x->out, text);
	return file_begin(x, name, true, "") && file_end(x);
}

/* What the files are: their lengths and digests, so that two exports can be compared. */
static bool contents(struct exporting *x)
{
	struct json j = json_to(&x->out);
	json_open(&j, '{');
	json_key(&j, "handback"), json_str(&j, str_of(HANDBACK_VERSION));
	json_key(&j, "business"), json_str(&j, op_setting(x->op, "business.name"));
	json_key(&j, "at"), json_str(&j, when_text(x->op->a, x->op->now));
	json_key(&j, "files");
	json_open(&j, '[');
	for (size_t i = 0; i < x->pack.n; i++) {
		json_open(&j, '{');
		json_key(&j, "file"), json_str(&j, str_of(x->pack.file[i].name));
		json_key(&j, "bytes"), json_i64(&j, (int64_t)x->pack.file[i].bytes);
		json_key(&j, "blake2b"), json_str(&j, hex(x->op->a, x->pack.file[i].digest, 32));
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
	buf_byte(&x->out, '\n');
	return file_begin(x, "contents.json", true, "") && file_end(x) && pack_end(&x->pack, &x->op->err);
}

static bool write_all_of_it(struct exporting *x)
{
	return file_begin(x, "customers.csv", false, "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\r\n") && each_opened(x, customer_rows) && file_end(x) &&
	       file_begin(x, "touches.csv", false, "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref,brand,last4\r\n") && touches(x) && file_end(x) &&
	       file_begin(x, "customers.jsonl", true, "") && each_opened(x, customer_object) && file_end(x) &&
	       file_begin(x, "touches.jsonl", true, "") && touches(x) && file_end(x) &&
	       file_begin(x, "listings.csv", false, "customer_ref,holder,kinds,came,import\r\n") && ledger_each_listed(x->op, listed_one, x) && !x->failed && file_end(x) &&
	       all_tables(x) && text_file(x, "schema.sql", data_schema_sql) && text_file(x, "README.txt", data_export_txt) && contents(x);
}

/* One state of the database, whatever others write meanwhile; the looks are counted before. */
static bool export_to(struct exporting *x)
{
	struct op *op = x->op;
	x->out = BUF(OUT_MAX), x->refs = BUF((size_t)1 << 32);
	bool good = refs_read(x) && op_looked(op, x->n) && map_holders(op, &x->holder, &x->holders) && db_begin(op->db, false, &op->err);
	if (good) {
		good = write_all_of_it(x);
		db_end(op->db, false, &op->err);
	}
	good = good && op_begin(op) && op_end(op, log_add(op, "export.made", ABOUT({ "customers", (int64_t)x->n }, { "touches", x->touches })));
	free(x->by_ref);
	free(x->ref_at);
	buf_free(&x->refs);
	buf_free(&x->out);                               /* wipes */
	return good;
}

bool keep_export(struct op *op, int zip, uint64_t *size)
{
	struct exporting x = { .op = op, .pack = { .a = op->a, .folder = -1, .zip = zip, .fd = -1 } };
	bool good = export_to(&x);
	*size = x.pack.zipped;
	return good;
}

bool export_run(struct op *op, const struct args *args, struct answer *answer)
{
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "folder")));
	struct exporting x = { .op = op, .pack = { .a = op->a, .folder = -1, .zip = -1, .fd = -1 } };
	uint64_t bytes = 0;
	if (mkdir(path, 0700) != 0)
		return err_set(&op->err, errno == EEXIST ? CONFLICT : INVALID, "folder", errno == EEXIST ? "%s is there already. Name a new folder." : "%s can't be made: %s.", path, strerror(errno));
	x.pack.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool good = x.pack.folder >= 0 ? op_key_again(op) && export_to(&x) : err_errno(&op->err, "The folder can't be opened");
	for (size_t i = 0; i < x.pack.n && !good; i++)
		unlinkat(x.pack.folder, x.pack.file[i].name, 0);
	if (x.pack.fd >= 0) {
		close(x.pack.fd);
		unlinkat(x.pack.folder, x.pack.file[x.pack.n].name, 0);
	}
	if (!good && x.pack.folder >= 0)
		unlinkat(x.pack.folder, "tables", AT_REMOVEDIR);
	if (x.pack.folder >= 0)
		close(x.pack.folder);
	if (!good) {
		rmdir(path);                             /* nothing half-written stays behind */
		return false;
	}
	for (size_t i = 0; i < x.pack.n; i++)
		bytes += x.pack.file[i].bytes;
	answer_row(answer);
	answer_text(answer, "folder", str_of(path));
	answer_number(answer, "files", (int64_t)x.pack.n);
	answer_number(answer, "bytes", (int64_t)bytes);
	answer_number(answer, "customers", (int64_t)x.n);
	answer_number(answer, "touches", x.touches);
	answer_text(answer, "customers_digest", hex(op->a, x.pack.file[0].digest, 32));
	answer_text(answer, "touches_digest", hex(op->a, x.pack.file[1].digest, 32));
	answer_row_end(answer);
	answer_say(answer, "%s: %zu files, %.1f MB: %s, %s. README.txt there says what each is, and what importing them brings back.", path, x.pack.n, (double)bytes / 1e6,
	           counted(op->a, (int64_t)x.n, "customer", "customers"), counted(op->a, x.touches, "touch", "touches"));
	answer_note(answer, "These files are not encrypted: names, addresses and phone numbers can be read by whoever has them.");
	return true;
}
