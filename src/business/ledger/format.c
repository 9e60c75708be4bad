/* format - column maps out of data/formats: lines of a directive and its value. doc/formats.md says what they mean. */
#include "import_int.h"
#include "ledger_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const field_names[F_COUNT] = {
	"time", "zone", "source", "key", "ref", "name", "given", "family", "email", "phone", "line1", "line2", "city", "region", "postal_code",
	"country", "language", "entry", "service", "person", "place", "data_kinds", "brand", "last4", "refunded",
};

/* The data is part of the program: a line that is wrong ends the first test that runs. */
static _Noreturn void wrong(struct str line)
{
	fprintf(stderr, "handback: data/formats: can't read: " STR_FMT "\n", STR_ARG(line));
	abort();
}

static struct str until(struct str *rest, const char *separator)
{
	const char *at = rest->n ? memmem(rest->p, rest->n, separator, strlen(separator)) : NULL;
	struct str field = at ? (struct str){ rest->p, (size_t)(at - rest->p) } : *rest;
	*rest = at ? (struct str){ at + strlen(separator), rest->n - field.n - strlen(separator) } : (struct str){ NULL, 0 };
	return str_trim(field);
}

static void where_read(struct where *w, struct str value)
{
	w->first_of = memmem(value.p, value.n, " | ", 3) != NULL;
	while (value.p) {
		if (w->n == PARTS_MAX)
			wrong(value);
		w->column[w->n++] = until(&value, w->first_of ? " | " : " + ");
	}
}

static void condition_read(struct condition *c, struct str text)
{
	static const struct { const char *word; enum test test; } tests[] = { { " = ", IS }, { " has none of ", HAS_NONE }, { " has ", HAS }, { " is empty", EMPTY } };
	for (size_t i = 0; i < LENGTH(tests); i++) {
		const char *at = memmem(text.p, text.n, tests[i].word, strlen(tests[i].word));
		if (!at)
			continue;
		size_t n = (size_t)(at - text.p), skip = n + strlen(tests[i].word);
		*c = (struct condition){ str_trim((struct str){ text.p, n }), tests[i].test, str_trim((struct str){ text.p + skip, text.n - skip }) };
		return;
	}
	*c = (struct condition){ str_trim(text), FILLED, STR("") };
}

static void rule_read(struct format *f, struct str conditions, struct str actions, struct str line)
{
	if (f->rules == RULES_MAX)
		wrong(line);
	struct rule *r = &f->rule[f->rules++];
	while (conditions.p && conditions.n) {
		if (r->n == CONDITIONS_MAX)
			wrong(line);
		condition_read(&r->condition[r->n++], until(&conditions, " and "));
	}
	while (actions.p) {
		struct str action = until(&actions, ";"), rest = action, bad, where = str_split(&rest, ' ');
		kinds k;
		if (str_eq(action, STR("at service"))) {
			r->at_service = true;
			continue;
		}
		if (!rest.p || !kinds_parse(rest, ',', &k, &bad))
			wrong(line);
		if (str_eq(where, STR("entry")))
			r->entry |= k;
		else if (str_eq(where, STR("service")))
			r->service |= k;
		else if (str_eq(where, STR("person")))
			r->person |= k;
		else if (str_eq(where, STR("place")))
			r->place |= k;
		else
			wrong(line);
	}
}

static void line_read_into(struct format *f, struct str line)
{
	struct str value = line, word = str_split(&value, ' ');
	value = value.p ? str_trim(value) : STR("");
	if (str_eq(word, STR("format")))
		f->name = value;
	else if (str_eq(word, STR("own")))
		f->own = true;
	else if (str_eq(word, STR("contacts")) || str_eq(word, STR("touches")))
		f->contacts = word.p[0] == 'c';
	else if (str_eq(word, STR("utc")))
		f->utc = true;
	else if (str_eq(word, STR("order")))
		f->day_first = str_eq(value, STR("dmy"));
	else if (str_eq(word, STR("tell")) && f->tells < TELLS_MAX)
		f->tell[f->tells++] = value;
	else if (str_eq(word, STR("service")) && !f->own)
		f->service = value;
	else if (str_eq(word, STR("always:")))
		rule_read(f, STR(""), value, line);
	else if (str_eq(word, STR("when"))) {
		struct str conditions = until(&value, ": ");
		rule_read(f, conditions, value, line);
	} else {
		for (int k = 0; k < F_COUNT; k++)
			if (str_eq(word, str_of(field_names[k]))) {
				where_read(&f->where[k], value);
				return;
			}
		wrong(line);
	}
}

static struct format formats[8];
static size_t n_formats;

const struct format *format_all(size_t *n)
{
	const struct str *const files[] = { &data_customers_txt, &data_touches_txt, &data_square_transactions_txt, &data_square_customers_txt,
	                                    &data_stripe_payments_txt };
	_Static_assert(LENGTH(files) <= LENGTH(formats), "room for every format");
	for (; n_formats < LENGTH(files); n_formats++) {
		struct str text = *files[n_formats];
		while (text.p) {
			struct str line = str_trim(str_split(&text, '\n'));
			if (line.n && line.p[0] != '#')
				line_read_into(&formats[n_formats], line);
		}
	}
	*n = n_formats;
	return formats;
}

const struct format *format_named(struct str name)
{
	size_t n;
	const struct format *f = format_all(&n);
	for (size_t i = 0; i < n; i++)
		if (str_eq(f[i].name, name))
			return &f[i];
	return NULL;
}

static int column_named(const struct str *cell, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_trim(cell[i]), name))
			return (int)i;
	return -1;
}

bool format_tells(const struct format *f, const struct str *cell, size_t n)
{
	for (size_t t = 0; t < f->tells; t++) {
		struct str rest = f->tell[t];
		bool all = true;
		while (rest.p && all)
			all = column_named(cell, n, until(&rest, ";")) >= 0;
		if (all)
			return true;
	}
	return false;
}

void layout_make(struct arena *a, const struct format *f, const struct str *cell, size_t n, struct layout *l)
{
	bool named[CSV_CELLS_MAX] = { false };
	*l = (struct layout){ .format = f, .columns = n };
	for (int k = 0; k < F_COUNT; k++)
		for (size_t i = 0; i < PARTS_MAX; i++) {
			int at = l->at[k][i] = i < f->where[k].n ? column_named(cell, n, f->where[k].column[i]) : -1;
			if (at >= 0)
				named[at] = true;
		}
	for (size_t r = 0; r < f->rules; r++)
		for (size_t i = 0; i < f->rule[r].n; i++) {
			int at = l->condition_at[r][i] = column_named(cell, n, f->rule[r].condition[i].column);
			if (at >= 0)
				named[at] = true;
		}
	for (size_t i = 0; i < n; i++)
		if (!named[i] && str_trim(cell[i]).n)
			l->unknown[l->unknowns++] = arena_str(a, str_trim(cell[i]));
}

bool format_workbook(int fd)
{
	char head[4];
	return pread(fd, head, sizeof head, 0) == sizeof head && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "\xD0\xCF\x11\xE0", 4) == 0);
}
