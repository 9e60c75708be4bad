/* contacts - opens how people can be reached. One person may be several customers (same_as): their contacts count together. */
#include "detect.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "telling.h"
#include "ways.h"
#include "wire.h"

bool families_open(struct op *op, struct families *f)
{
	struct sql_joined_roots q;
	uint32_t n;
	if (!ledger_size(op, &n) || !sql_joined_roots(op, &q))
		return false;
	f->roots = bits_open((size_t)n + 1);
	while (sql_joined_roots_next(op, &q))
		bits_add(&f->roots, (size_t)q.same_as);
	if (op->err.code == OK)
		return true;
	families_close(f);
	return false;
}

void families_close(struct families *f)
{
	bits_close(&f->roots);
}

bool family_ways(struct op *op, const struct families *f, customer_id who, unsigned *ways)
{
	struct sql_joined_to q;
	if (!bits_has(&f->roots, who.n))
		return true;
	if (!sql_joined_to(op, who.n, &q))
		return false;
	while (sql_joined_to_next(op, &q))
		*ways |= (unsigned)q.ways;
	return op->err.code == OK;
}

bool family_of(struct op *op, const struct families *f, customer_id who, customer_id member[FAMILY_MAX], size_t *n)
{
	struct sql_joined_to q;
	member[0] = who;
	*n = 1;
	if (!bits_has(&f->roots, who.n))
		return true;
	if (!sql_joined_to(op, who.n, &q))
		return false;
	while (*n < FAMILY_MAX && sql_joined_to_next(op, &q))
		member[(*n)++] = (customer_id){ (uint32_t)q.id };
	if (*n == FAMILY_MAX)
		sql_joined_to_stop(&q);
	return op->err.code == OK;
}

static void facts_join(struct op *op, struct fact_of **to, size_t *n, const struct fact_of *more, size_t m)
{
	struct fact_of *all = ARENA_ARRAY(op->a, struct fact_of, *n + m);
	if (*n)
		memcpy(all, *to, *n * sizeof *all);
	if (m)
		memcpy(all + *n, more, m * sizeof *all);
	*to = all;
	*n += m;
}

static void customer_join(struct op *op, struct customer *c, const struct customer *more)
{
	struct address *all = ARENA_ARRAY(op->a, struct address, c->addresses + more->addresses);
	facts_join(op, &c->name, &c->names, more->name, more->names);
	facts_join(op, &c->email, &c->emails, more->email, more->emails);
	facts_join(op, &c->phone, &c->phones, more->phone, more->phones);
	if (c->addresses)
		memcpy(all, c->address, c->addresses * sizeof *all);
	if (more->addresses)
		memcpy(all + c->addresses, more->address, more->addresses * sizeof *all);
	c->address = all;
	c->addresses += more->addresses;
	c->ways |= more->ways;
	if (!c->language.n)
		c->language = more->language;
}

bool contacts_open(struct op *op, const struct families *f, const struct bits *opens, const customer_id *who, size_t n, struct customer *out)
{
	customer_id *id = ARENA_ARRAY(op->a, customer_id, n * FAMILY_MAX);
	size_t *of = ARENA_ARRAY(op->a, size_t, n * FAMILY_MAX), all = 0;
	for (size_t i = 0; i < n; i++) {
		customer_id member[FAMILY_MAX];
		size_t members;
		if (!family_of(op, f, who[i], member, &members))
			return false;
		for (size_t k = 0; k < members; k++)
			if (!k || !opens || bits_has(opens, member[k].n))
				of[all] = i, id[all++] = member[k];
	}
	struct customer *c = ARENA_ARRAY(op->a, struct customer, all);
	if (!op_looked(op, all) || !ledger_open(op, id, all, c))
		return false;
	for (size_t i = 0; i < all; i++)
		if (i && of[i] == of[i - 1])
			customer_join(op, &out[of[i]], &c[i]);
		else
			out[of[i]] = c[i];
	return true;
}

bool notice_people(struct op *op, const customer_id *who, size_t n, struct customer *out)
{
	struct families f;
	if (!families_open(op, &f))
		return false;
	bool good = contacts_open(op, &f, NULL, who, n, out);
	families_close(&f);
	return good;
}

struct str customer_email(const struct customer *c)
{
	for (size_t i = 0; i < c->emails; i++)
		if (mail_address(c->email[i].value))
			return c->email[i].value;
	return STR("");
}

struct str customer_name(const struct customer *c)
{
	for (size_t i = 0; i < c->names; i++)
		if (!detect_masked(c->name[i].value))
			return c->name[i].value;
	return STR("");
}

const struct address *customer_address(const struct customer *c)
{
	for (size_t i = 0; i < c->addresses; i++)
		if (c->address[i].line1.n || c->address[i].line2.n)
			return &c->address[i];
	return NULL;
}

void customer_telling(struct op *op, const struct customer *c, struct telling *t)
{
	struct str language = c->language.n ? c->language : op_setting(op, "language");
	t->language = str_starts(language, STR("es")) ? SPANISH : ENGLISH;
	t->region = c->region.n ? c->region : c->country;
	t->customer = customer_name(c);
}
