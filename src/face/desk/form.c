/* form - what a form's parts show: what was typed, and what is wrong with it. */
#include "form.h"

void form_fault(struct form *f, const char *field, struct str what)
{
	if (f->n < LENGTH(f->fault))
		f->fault[f->n++] = (struct form_fault){ field, what };
}

const struct form_fault *form_fault_of(const struct form *f, const char *field)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->fault[i].field, field) == 0)
			return &f->fault[i];
	return NULL;
}

struct str form_value(const struct form *f, const struct form_field *field)
{
	return pair_has(f->given, field->name) ? pair_text(f->given, field->name) : field->value;
}

bool form_chosen(const struct form *f, const struct form_field *field, const struct form_choice *choice)
{
	for (size_t i = 0; i < f->given.n; i++)
		if (str_eq(f->given.at[i].name, str_of(field->name)) && str_eq(f->given.at[i].value, choice->value))
			return true;
	return !f->given.n && str_eq(field->value, choice->value);
}

/* The field NAME-PART. */
static struct str part_given(struct pairs given, const char *name, const char *part)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < given.n; i++) {
		struct str s = given.at[i].name;
		if (s.n == n + 1 + strlen(part) && memcmp(s.p, name, n) == 0 && s.p[n] == '-' && memcmp(s.p + n + 1, part, strlen(part)) == 0)
			return str_trim(given.at[i].value);
	}
	return STR("");
}

struct str form_date_part(const struct form *f, const struct form_field *field, const char *part)
{
	struct str v = field->value;
	if (f->given.n)
		return part_given(f->given, field->name, part);
	if (v.n != 10)
		return STR("");
	return part[0] == 'y' ? (struct str){ v.p, 4 } : part[0] == 'm' ? (struct str){ v.p + 5, 2 } : (struct str){ v.p + 8, 2 };
}

struct str form_date_text(struct arena *a, struct pairs given, const char *name)
{
	struct str year = part_given(given, name, "year"), month = part_given(given, name, "month"), day = part_given(given, name, "day");
	if (!year.n && !month.n && !day.n)
		return STR("");
	return arena_say(a, STR_FMT "-%s" STR_FMT "-%s" STR_FMT, STR_ARG(year), month.n == 1 ? "0" : "", STR_ARG(month), day.n == 1 ? "0" : "", STR_ARG(day));
}
