/* enrol - what is offered for an incident, its codes, and whose each is. */
#include "enrol.h"
#include "box.h"
#include "csv.h"
#include "enrol_sql.h"
#include "log.h"
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 200, MONTHS_MAX = 120, AT_ONCE = 4096, AGAIN = 10000 };      /* AGAIN: so many look-ups want the passphrase once more (keeper.c's budget) */

/* ---- what is offered ---- */

bool enrol_offer(struct op *op, int64_t incident, struct offer *o, bool *found)
{
	struct sql_offer_get q;
	struct sql_codes_count n;
	bool any;
	if (!sql_offer_get(op, incident, &q, found) || !sql_codes_count(op, incident, &n, &any))
		return false;
	*o = *found ? (struct offer){ incident, q.vendor, q.page, q.phone, q.until, q.months, n.free, n.given } : (struct offer){ incident };
	return true;
}

static bool text_fits(struct op *op, const char *field, struct str text)
{
	return text.n <= TEXT_MAX || err_set(&op->err, TOO_BIG, field, "Say it in at most %d characters.", TEXT_MAX);
}

/* What the fields say of it, over what is known. */
static bool offer_asked(struct op *op, const struct args *args, struct offer *o, bool known)
{
	struct span s;
	if (args_has(args, "vendor"))
		o->vendor = args_text(args, "vendor");
	if (args_has(args, "site"))
		o->page = args_text(args, "site");
	if (args_has(args, "phone"))
		o->phone = args_text(args, "phone");
	args_number(args, "months", &o->months);
	if (!o->vendor.n)
		return err_set(&op->err, INVALID, "vendor", "Say who watches (vendor): the letters name it.");
	if (!o->page.n)
		return err_set(&op->err, INVALID, "site", "Say where a code is typed (site): the letters name it.");
	if (!text_fits(op, "vendor", o->vendor) || !text_fits(op, "site", o->page) || !text_fits(op, "phone", o->phone) || (o->phone.n && !phone_fits(&op->err, "phone", o->phone)))
		return false;
	if (o->months < 1 || o->months > MONTHS_MAX)
		return err_set(&op->err, INVALID, "months", "Say how many months they watch (months): 1 to %d.", MONTHS_MAX);
	if (args_has(args, "until")) {
		if (!when_parse(args_text(args, "until"), op->zone, &s))
			return err_set(&op->err, INVALID, "until", "The last day on which a code is taken (until) is a day like 2026-11-27.");
		o->until = s.to - 1;
	} else if (!known) {
		return err_set(&op->err, INVALID, "until", "Say the last day on which a code is taken (until): the letters name it.");
	}
	return offer_stands(op, o) || err_set(&op->err, INVALID, "until", "That day is past. Ask the vendor for codes that can still be used.");
}

/* What letters say stands for every code of an incident, and who has one was told it: codes on other terms can't be put among them. */
static bool terms_stay(struct op *op, const struct offer *was, const struct offer *o)
{
	const char *how = op->afar ? "" : ": --correct";
	if ((!was->left && !was->given) || (str_eq(was->vendor, o->vendor) && str_eq(was->page, o->page) && str_eq(was->phone, o->phone) && was->until == o->until && was->months == o->months))
		return true;
	struct str terms = arena_say(op->a, STR_FMT ", %s, until " STR_FMT, STR_ARG(was->vendor), counted(op->a, was->months, "month", "months"), STR_ARG(when_day_text(op->a, op->zone, was->until, "en")));
	if (was->given)
		return err_set(&op->err, CONFLICT, "vendor", "Customers have codes on other terms: " STR_FMT ". Ask the vendor for more of the same. If it is the terms that were typed wrong, or the vendor changed them for all, say so%s", STR_ARG(terms), how);
	return err_set(&op->err, CONFLICT, "vendor", "Codes on other terms wait: " STR_FMT ". Throw those away first. If it is the terms that were typed wrong, or the vendor changed them for all, say so%s", STR_ARG(terms), how);
}

/* ---- loading ---- */

/* The vendor's file, or the text itself, to be read from its start; -1: op->err says why. */
static int codes_file(struct op *op, struct str path, struct str text)
{
	struct stat st;
	const char *name = path.n ? arena_str(op->a, path).p : "the text";
	int fd = path.n ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : memfd_create("codes", MFD_CLOEXEC);
	for (size_t done = 0; fd >= 0 && !path.n && done < text.n;) {
		ssize_t n = write(fd, text.p + done, text.n - done);
		if (n < 0) {
			close(fd);
			fd = -1;
		} else {
			done += (size_t)n;
		}
	}
	if (fd < 0) {
		err_set(&op->err, INVALID, "file", "%s can't be read: %s.", name, strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= CODES_FILE_MAX && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	if (!S_ISREG(st.st_mode))
		err_set(&op->err, INVALID, "file", "That is no file. Name the vendor's CSV file.");
	else
		err_set(&op->err, TOO_BIG, "file", "The file is larger than %d MB.", CODES_FILE_MAX >> 20);
	return -1;
}

/* Foreign bytes are taken apart in a box; a row that it can't tell makes the whole file doubtful. */
static bool codes_take(struct op *op, int fd, struct str column, struct code_list *l)
{
	const struct box_limits limits = { 64 << 20, 60 };
	struct codes_reading r = { op->a, column, l };
	struct csv_batch b = { 0 };
	struct box *box = box_start("csv", fd, &limits, &op->err);
	struct csv *csv = box ? csv_open(box_line(box)) : NULL;
	bool good = csv != NULL, more = good;
	*l = (struct code_list){ .n = 0 };
	while (good && more) {
		good = csv_next(csv, &b, &op->err);
		more = good && b.n;
		for (size_t i = 0; good && i < b.n; i++)
			good = b.row[i].fault ? err_set(&op->err, INVALID, "file", "Line %llu: %s. Save it as CSV once more, and choose that.", (unsigned long long)b.row[i].line, b.row[i].fault)
			                      : codes_row(&r, b.row[i].cell, b.row[i].n, (size_t)b.row[i].line, &op->err);
	}
	csv_close(csv);
	struct err why = { 0 };
	if (!box_end(box, &why) && (good || op->err.code == TORN))               /* why it stopped says more */
		op->err = why, good = false;
	return good && codes_end(&r, &op->err);
}

/* Those that are not here yet: by their marks. */
static bool fresh_ones(struct op *op, const struct code_list *l, uint64_t *mark, bool *fresh, size_t *n)
{
	struct str *plain = ARENA_ARRAY(op->a, struct str, l->n);
	*n = 0;
	for (size_t i = 0; i < l->n; i++)
		plain[i] = arena_say(op->a, "enrolment " STR_FMT, STR_ARG(l->code[i]));
	if (!seal_index(op->seal, INDEX_FOREIGN_KEY, plain, mark, l->n, &op->err))
		return false;
	for (size_t i = 0; i < l->n; i++) {
		struct sql_code_marked q;
		bool found;
		if (!sql_code_marked(op, (int64_t)mark[i], &q, &found))
			return false;
		fresh[i] = !q.n;
		*n += fresh[i];
	}
	return true;
}

static bool codes_keep(struct op *op, int64_t incident, const struct code_list *l, const uint64_t *mark, const bool *fresh, size_t n)
{
	int64_t id = n ? op_count_many(op, "enrolment", (int64_t)n) : 1;
	struct place *place = ARENA_ARRAY(op->a, struct place, n + 1);
	struct str *plain = ARENA_ARRAY(op->a, struct str, n + 1), *sealed = ARENA_ARRAY(op->a, struct str, n + 1);
	uint64_t *of = ARENA_ARRAY(op->a, uint64_t, n + 1);
	size_t m = 0;
	for (size_t i = 0; i < l->n; i++)
		if (fresh[i])
			place[m] = (struct place){ "enrolment", "pool", op->business, id + (int64_t)m }, plain[m] = l->code[i], of[m++] = mark[i];
	bool good = id > 0 && seal_wrap(op->seal, place, plain, sealed, m, op->a, &op->err);
	for (size_t i = 0; good && i < m; i++)
		good = sql_code_put(op, place[i].row, incident, (int64_t)of[i], op->now, sealed[i]);
	return good;
}

static void list_say(struct op *op, int64_t incident, const struct code_list *l, size_t fresh, const struct offer *o, bool dry, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "incident", incident);
	answer_number(answer, "codes", (int64_t)l->n);
	if (!dry) {                                      /* looking takes no key, and without it nobody knows */
		answer_number(answer, "new", (int64_t)fresh);
		answer_number(answer, "known", (int64_t)(l->n - fresh));
	}
	answer_number(answer, "twice", (int64_t)l->twice);
	answer_number(answer, "refused", (int64_t)l->refused);
	answer_text(answer, "column", l->column);
	answer_number(answer, "left", o->left);
	answer_number(answer, "given", o->given);
	answer_row_end(answer);
	answer_say(answer, "%s in %s" STR_FMT "%s, %zu twice in the file, %s.", counted(op->a, (int64_t)l->n, "code", "codes"), l->column.n ? "the column \"" : "the only column",
	           STR_ARG(l->column), l->column.n ? "\"" : "", l->twice, counted(op->a, (int64_t)l->refused, "row refused", "rows refused"));
	for (size_t i = 0; i < l->refused && i < NOT_CODES; i++)
		answer_note(answer, "Row %zu: %s.", l->no[i].line, l->no[i].why);
	if (dry)
		answer_say(answer, "Nothing is kept yet: that was only a look.");
	else
		answer_say(answer, "%zu new, %zu here already. %s left to give, %" PRId64 " given. Approving a round gives one of them to each customer who is owed monitoring.", fresh, l->n - fresh, counted(op->a, o->left, "code is", "codes are"), o->given);
}

static bool load_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct offer o, was;
	struct code_list l;
	int64_t number = 0;
	bool known, dry = args_has(args, "dry-run");
	size_t n;
	args_number(args, "incident", &number);
	if (args_has(args, "file") == args_has(args, "codes"))
		return err_set(&op->err, INVALID, "file", "Name the vendor's CSV file.");
	if (!incident_get(op, number, &i) || !enrol_offer(op, i.id, &o, &known))
		return false;
	was = o;
	if (!dry && (!offer_asked(op, args, &o, known) || (!args_has(args, "correct") && !terms_stay(op, &was, &o))))
		return false;
	int fd = codes_file(op, args_text(args, "file"), args_text(args, "codes"));
	bool good = fd >= 0 && codes_take(op, fd, args_text(args, "column"), &l) && (dry || (l.n > AGAIN ? op_key_again(op) : op_key(op)));
	if (fd >= 0)
		close(fd);
	uint64_t *mark = ARENA_ARRAY(op->a, uint64_t, good ? l.n : 1);
	bool *fresh = ARENA_ARRAY(op->a, bool, good ? l.n : 1);
	if (good && dry)
		n = l.n;
	else if (good && (good = op_begin(op)))
		good = op_end(op, fresh_ones(op, &l, mark, fresh, &n) && codes_keep(op, i.id, &l, mark, fresh, n) && sql_offer_put(op, i.id, o.vendor, o.page, o.phone, o.until, o.months) &&
		                  log_add(op, "enrolment.loaded", ABOUT({ "incident", i.id }, { "codes", (int64_t)n }, { "refused", (int64_t)l.refused })));
	for (size_t k = 0; good && k < l.n; k++)
		wipe((char *)l.code[k].p, l.code[k].n);
	if (!good || (!dry && !enrol_offer(op, i.id, &o, &known)))
		return false;
	list_say(op, i.id, &l, n, &o, dry, answer);
	answer->attention = l.refused > 0;
	return true;
}

/* ---- giving ---- */

bool enrol_without(struct op *op, int64_t incident, const customer_id *who, size_t n, int64_t *without)
{
	*without = 0;
	for (size_t i = 0; i < n; i++) {
		struct sql_code_of q;
		bool found;
		if (!sql_code_of(op, incident, who[i].n, &q, &found))
			return false;
		*without += !found;
	}
	return true;
}

/* The next codes of nobody's to these customers. */
static bool give_some(struct op *op, int64_t incident, const int64_t *to, size_t n)
{
	struct sql_codes_free q;
	int64_t *row = ARENA_ARRAY(op->a, int64_t, n);
	struct str *pooled = ARENA_ARRAY(op->a, struct str, n), *sealed = ARENA_ARRAY(op->a, struct str, n);
	size_t m = 0;
	if (!sql_codes_free(op, incident, (int64_t)n, &q))
		return false;
	while (m < n && sql_codes_free_next(op, &q))
		row[m] = q.id, pooled[m++] = q.sealed;
	sql_codes_free_stop(&q);
	if (op->err.code == OK && m < n)
		return err_set(&op->err, CONFLICT, NULL, "There are too few codes: %zu more are needed.", n - m);
	bool good = op->err.code == OK && seal_give(op->seal, row, to, pooled, sealed, n, op->a, &op->err);
	for (size_t i = 0; good && i < n; i++)
		good = sql_code_give(op, row[i], to[i], op->now, sealed[i]);
	return good;
}

bool enrol_give(struct op *op, int64_t incident, const customer_id *who, size_t n, int64_t *given)
{
	int64_t to[AT_ONCE];
	size_t m = 0;
	bool good = true;
	*given = 0;
	for (size_t i = 0; good && i < n; i++) {
		struct sql_code_of q;
		bool found;
		good = sql_code_of(op, incident, who[i].n, &q, &found);
		if (good && !found)
			to[m++] = who[i].n, ++*given;
		if (good && m == AT_ONCE)
			good = give_some(op, incident, to, m), m = 0;
	}
	return good && (!m || give_some(op, incident, to, m)) && (!*given || log_add(op, "enrolment.given", ABOUT({ "incident", incident }, { "codes", *given })));
}

bool enrol_open(struct op *op, int64_t incident, const customer_id *who, size_t n, struct str *code)
{
	struct place *place = ARENA_ARRAY(op->a, struct place, n + 1);
	struct str *sealed = ARENA_ARRAY(op->a, struct str, n + 1), *plain = ARENA_ARRAY(op->a, struct str, n + 1);
	size_t *of = ARENA_ARRAY(op->a, size_t, n + 1), m = 0;
	for (size_t i = 0; i < n; i++) {
		struct sql_code_of q;
		bool found;
		code[i] = STR("");
		if (!sql_code_of(op, incident, who[i].n, &q, &found))
			return false;
		if (found)
			place[m] = (struct place){ "enrolment", "sealed", op->business, q.customer }, sealed[m] = q.sealed, of[m++] = i;
	}
	if (m && !seal_unwrap(op->seal, place, sealed, plain, m, op->a, &op->err))
		return false;
	for (size_t i = 0; i < m; i++)
		code[of[i]] = plain[i];
	return true;
}

bool enrol_check(struct op *op)
{
	int64_t after = 0;
	for (size_t n = 1; n;) {
		struct sql_codes_all q;
		struct place place[1024];
		struct str sealed[1024];
		size_t bad;
		n = 0;
		if (!sql_codes_all(op, after, &q))
			return false;
		while (sql_codes_all_next(op, &q)) {
			place[n] = (struct place){ "enrolment", q.customer ? "sealed" : "pool", op->business, q.customer ? q.customer : q.id };
			sealed[n++] = q.sealed, after = q.id;
		}
		if (op->err.code != OK || (n && !seal_verify(op->seal, place, sealed, n, &bad, &op->err)))
			return false;
	}
	return true;
}

/* ---- verbs ---- */

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	enum { OFFERS_MAX = 1000 };
	struct sql_offers q;
	int64_t id[OFFERS_MAX], asked = 0;
	size_t n = 0;
	bool one = args_number(args, "incident", &asked), found;
	if (!sql_offers(op, &q))
		return false;
	while (n < OFFERS_MAX && sql_offers_next(op, &q))
		if (!one || q.incident == asked)
			id[n++] = q.incident;
	sql_offers_stop(&q);
	for (size_t i = 0; op->err.code == OK && i < n; i++) {
		struct offer o;
		if (!enrol_offer(op, id[i], &o, &found))
			return false;
		answer_row(answer);
		answer_number(answer, "incident", o.incident);
		answer_text(answer, "vendor", o.vendor);
		answer_text(answer, "site", o.page);
		answer_text(answer, "phone", o.phone);
		answer_time(answer, "until", o.until);
		answer_number(answer, "months", o.months);
		answer_number(answer, "left", o.left);
		answer_number(answer, "given", o.given);
		answer_row_end(answer);
		answer_say(answer, "Incident %" PRId64 ": " STR_FMT ", %s, until " STR_FMT ". %s left, %" PRId64 " given.", o.incident, STR_ARG(o.vendor), counted(op->a, o.months, "month", "months"),
		           STR_ARG(when_day_text(op->a, op->zone, o.until, "en")), counted(op->a, o.left, "code is", "codes are"), o.given);
	}
	if (op->err.code == OK && !n)
		answer_say(answer, "No enrolment codes were read yet. To read a vendor's: handback enrolment load INCIDENT FILE --vendor NAME --site ADDRESS --until DAY --months 24");
	return op->err.code == OK;
}

static bool drop_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct offer o;
	int64_t number = 0;
	bool known;
	args_number(args, "incident", &number);
	if (!incident_get(op, number, &i) || !enrol_offer(op, i.id, &o, &known))
		return false;
	if (!o.left)
		return err_set(&op->err, CONFLICT, "incident", "Every code of this incident is somebody's, or none was read. What was given stays.");
	answer_say(answer, "%s thrown away; %" PRId64 " that customers have stay theirs.", counted(op->a, o.left, "code is", "codes are"), o.given);
	return sql_codes_drop(op, i.id) && log_add(op, "enrolment.dropped", ABOUT({ "incident", i.id }, { "codes", o.left }));
}

#define INCIDENT { "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" }

const struct verb enrol_verbs[] = {
	{ "enrolment load", "Reads a vendor's CSV of codes for free credit monitoring; approving a round gives one to each customer who is owed it.",
	  "handback enrolment load 1 codes.csv --vendor 'Example Watch' --site example.com/enrol --until 2027-03-31 --months 24", VERB_LONG,
	  FIELDS(INCIDENT, { "file", FIELD_PATH, FIELD_PLACED, "the CSV" }, { "codes", FIELD_TEXT, 0, "the CSV itself" },
	         { "column", FIELD_TEXT, 0, "the heading of the codes' column, where it is not clear" }, { "vendor", FIELD_TEXT, 0, "who watches, as the letters say it" },
	         { "site", FIELD_TEXT, 0, "where a customer types the code" }, { "phone", FIELD_TEXT, 0, "where they can call instead" },
	         { "until", FIELD_TIME, 0, "the last day on which a code is taken" }, { "months", FIELD_NUMBER, 0, "how long they watch" },
	         { "correct", FIELD_FLAG, 0, "these are the terms of the codes that are here, too: they were typed wrong, or the vendor changed them for all" },
	         { "dry-run", FIELD_FLAG, 0, "only looks how many codes there are" }), load_run },
	{ "enrolment list", "Who watches for which incident, how many codes are left and how many were given; never the codes.", "handback enrolment list", VERB_READ,
	  FIELDS({ "incident", FIELD_NUMBER, FIELD_PLACED, "only of this incident" }), list_run, ROLES_LEAD | ROLE_HELPER },
	{ "enrolment drop", "Throws away the codes that are nobody's, when another file is to be read instead; those given stay.", "handback enrolment drop 1", VERB_WRITE, FIELDS(INCIDENT), drop_run },
	{ 0 },
};
