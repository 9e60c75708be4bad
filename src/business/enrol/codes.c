/* codes - a vendor's CSV: which column has the codes, and which of its rows hold one. Pure. */
#include "detect.h"
#include "enrol.h"

#include <stdlib.h>

/* As vendors head the column, in small letters, without spaces and marks. */
static const char *const headings[] = {
	"code", "codes", "activationcode", "activationcodes", "enrollmentcode", "enrolmentcode", "enrollmentcodes", "enrolmentcodes", "redemptioncode", "membershipcode", "membershipnumber",
	"membershipid", "memberid", "promocode", "promotioncode", "accesscode", "uniquecode", "referencecode", "registrationcode", "vouchercode", "activationkey", "enrollmentkey", "monitoringcode", "codigo",
	"codigodeactivacion", "codigodeinscripcion",
};

/* A heading as it is compared: "Activation Code #" is "activationcode". Accents stay out of it: "Código" is "cdigo", which counts too. */
static bool heading_is(struct str s, struct str wanted)
{
	char a[80], b[80];
	size_t n = 0, m = 0;
	for (size_t i = 0; i < s.n && n < sizeof a; i++)
		if ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z')
			a[n++] = (char)(s.p[i] | 32);
	for (size_t i = 0; i < wanted.n && m < sizeof b; i++)
		if ((wanted.p[i] | 32) >= 'a' && (wanted.p[i] | 32) <= 'z')
			b[m++] = (char)(wanted.p[i] | 32);
	return n && n == m && memcmp(a, b, n) == 0;
}

static bool known_heading(struct str s)
{
	for (size_t i = 0; i < LENGTH(headings); i++)
		if (heading_is(s, str_of(headings[i])))
			return true;
	return heading_is(s, STR("cdigo")) || heading_is(s, STR("cdigodeactivacin")) || heading_is(s, STR("cdigodeinscripcin"));
}

/* NULL: it can be one. */
static const char *no_code(struct str s)
{
	struct hit hit;
	if (!s.n)
		return "there is no code";
	if (s.n > CODE_MAX)
		return "it is too long for a code";
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && !memchr("-_.", s.p[i], 3))
			return "a code has letters, figures, - _ and . only";
	if (detect(s, &hit, 1))
		return "it looks like a card number, which is never kept here";
	return NULL;
}

static bool digits_in(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

static bool blank(const struct str *field, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_trim(field[i]).n)
			return false;
	return true;
}

/* Which column by the first row; *head: that row is a heading. */
static bool column_of(const struct str *field, size_t n, struct str wanted, size_t *column, bool *head, struct err *e)
{
	size_t found = 0;
	*head = true;
	for (size_t i = 0; i < n; i++)
		if (wanted.n ? str_eq_nocase(str_trim(field[i]), wanted) : known_heading(field[i]))
			*column = i, found++;
	if (found == 1)
		return true;
	if (found > 1)
		return err_set(e, INVALID, "column", "More than one column could be the codes. Say which by its heading.");
	if (wanted.n)
		return err_set(e, INVALID, "column", "No column has that heading. Look at the first line of the file.");
	if (n != 1)
		return err_set(e, INVALID, "column", "Which column has the codes is not clear. Say which by its heading.");
	*column = 0;
	*head = !digits_in(field[0]);                    /* a single column: its first row is a code, unless no figure is in it */
	return true;
}

static int code_order(const void *a, const void *b)
{
	const struct str *x = *(const struct str *const *)a, *y = *(const struct str *const *)b;
	size_t n = x->n < y->n ? x->n : y->n;
	int order = memcmp(x->p, y->p, n);
	return order ? order : x->n != y->n ? (x->n > y->n) - (x->n < y->n) : (x > y) - (x < y);
}

/* Leaves each once, where it stood first. */
static void once_each(struct arena *a, struct code_list *l)
{
	struct str **at = ARENA_ARRAY(a, struct str *, l->n + 1);
	size_t m = 0;
	for (size_t i = 0; i < l->n; i++)
		at[i] = &l->code[i];
	if (l->n)
		qsort(at, l->n, sizeof *at, code_order);
	for (size_t i = l->n; i-- > 1;)                  /* from behind: what stands before is compared whole */
		if (str_eq(*at[i], *at[i - 1]))
			at[i]->p = NULL;
	for (size_t i = 0; i < l->n; i++)
		if (l->code[i].p)
			l->code[m++] = l->code[i];
	l->twice = l->n - m, l->n = m;
}

bool codes_row(struct codes_reading *r, const struct str *cell, size_t n, size_t line, struct err *e)
{
	struct code_list *l = r->to;
	bool head = false;
	if (blank(cell, n))
		return true;
	if (!r->begun) {
		r->begun = true;
		if (!column_of(cell, n, str_trim(r->column), &r->at, &head, e))
			return false;
		l->column = head ? arena_str(r->a, str_trim(cell[r->at])) : STR("");
		if (head)
			return true;
	}
	struct str code = r->at < n ? str_trim(cell[r->at]) : STR("");
	const char *why = no_code(code);
	if (why) {
		if (l->refused < NOT_CODES)
			l->no[l->refused].line = line, l->no[l->refused].why = why;
		l->refused++;
		return true;
	}
	if (l->n == CODES_MAX)
		return err_set(e, TOO_BIG, "file", "There are more than %d codes in it.", CODES_MAX);
	l->code = arena_more(r->a, l->code, l->n, &r->room, sizeof *l->code);
	l->code[l->n++] = arena_str(r->a, code);
	return true;
}

bool codes_end(struct codes_reading *r, struct err *e)
{
	once_each(r->a, r->to);
	return r->to->n || err_set(e, INVALID, "file", r->to->refused ? "No row of it holds a code." : "There is no code in it.");
}
